"""HTML → the text that a reader of the page sees, with headings, list items and table rows marked.

No script runs, nothing is fetched, and the site around the page (navigation, banner, footer) is left out.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from nmt_rag.decoding import clean, decode
from nmt_rag.errors import CorpusError
from nmt_rag.formats import Block, Draft, join_blocks

MAX_HTML_BYTES = 10_000_000  # of a page: its tree takes some 25 times as much memory

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre search section summary table tbody td tfoot"
    " th thead tr ul".split()
)
_NOISE = frozenset(
    "audio canvas datalist dialog embed head iframe input map math nav noscript object script select style svg template"
    " textarea video".split()
)
_NOISE_ROLES = frozenset({"navigation", "search", "menu", "menubar", "dialog", "alertdialog"})
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_MAKES_LAYOUT = (*_HEADINGS, "ul", "ol", "dl", "pre", "table")  # a table cell that holds one of these is no plain cell
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")  # what HTML collapses; a no-break space is none of it


def read_html(data: bytes) -> Draft:
    """Return the visible text of a web page: of ``<main>`` where it has one, else of the whole body.

    Raises:
        CorpusError: the file is not text, is larger than `MAX_HTML_BYTES`, or has elements nested 2,048 deep.
    """
    if len(data) > MAX_HTML_BYTES:
        raise CorpusError(f"the page is larger than {MAX_HTML_BYTES // 1_000_000} MB: split it into documents")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(decode(data).encode("utf-8"), parser)
    except etree.XMLSyntaxError:  # an empty page: lxml 5 raises, lxml 6 returns None
        return Draft("")
    if parser.error_log.filter_from_fatals():  # lxml would go on with half of the page
        raise CorpusError("the HTML is nested too deep: open it in a browser and save the text")
    if root is None:
        return Draft("")
    text = ""
    for main in root.xpath("//main | //*[@role='main']")[:1]:
        text = _text(main)
    return Draft(
        text=text or _text(root),
        title=clean(root.findtext("head/title") or ""),
        url=_absolute(root.xpath("string(//link[@rel='canonical']/@href)")),
        publisher=clean(root.xpath("string(//meta[@property='og:site_name']/@content)")),
        language=root.get("lang", ""),
    )


def _text(root: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return the text below an element. Walks without recursion: pages may be nested deep."""
    page = _Page(root)
    skipped = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start" and element is not root and page.is_noise(element):
            skipped = element
            walk.skip_subtree()  # its "end" still comes
        elif event == "start":
            page.start(element)
        else:
            if element is not skipped:
                page.end(element)
            if element is not root:
                page.add(element.tail)
    return clean(join_blocks(page.blocks))


class _Page:
    """The blocks of a page, gathered while its elements begin and end."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._row: list[str] = []
        self._mark = ""
        self._flat: Any = None  # the heading or table cell whose inner blocks run together
        self._verbatim = 0  # how many <pre> we are in
        self._layout: set[str] = set()  # elements that hold something which is more than a paragraph
        for element in root.iter(*_MAKES_LAYOUT):
            parent = element.getparent()
            while parent is not None and parent not in self._layout:
                self._layout.add(parent)
                parent = parent.getparent()

    def is_noise(self, element: Any) -> bool:  # noqa: ANN401
        """Whether the element is hidden, no text, or belongs to the site rather than the page."""
        tag = element.tag
        if tag in _NOISE or element.get("role") in _NOISE_ROLES:
            return True
        if element.get("hidden", "until-found") != "until-found" or _INVISIBLE.search(element.get("style", "")):
            return True
        if tag == "button":  # but an accordion's heading is a button
            return self._flat is None
        if tag == "footer" or (tag == "header" and element.find(".//h1") is None):
            return next(element.iterancestors("main", "article", "section"), None) is None
        return False

    def start(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element begins, and the text before its first child."""
        tag = element.tag
        if tag in _BLOCKS:
            self._separate()
        elif tag == "br":
            self._pieces.append("\n" if self._flat is None else " ")
        if tag == "li":
            self._mark = "- "
        elif self._flat is None and tag in _HEADINGS:
            self._flat, self._mark = element, _HEADINGS[tag]
        elif self._flat is None and tag in ("td", "th") and self._is_plain_cell(element):
            self._flat = element
        self._verbatim += tag == "pre"
        self.add(element.text)

    def end(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element ends."""
        tag = element.tag
        if element is self._flat:
            self._flat = None
            if tag in ("td", "th"):
                self._row.append(self._take())
        if tag in _BLOCKS:
            self._separate()
        if tag == "tr" and any(self._row):
            self.blocks.append(Block(" | ".join(self._row), row=True))
        if tag == "tr":
            self._row = []
        if tag == "li" or tag in _HEADINGS:
            self._mark = ""  # unused where it was empty
        self._verbatim -= tag == "pre"

    def add(self, text: str | None) -> None:
        """Take in a piece of text, with white space collapsed as a browser does."""
        if text:
            self._pieces.append(text if self._verbatim else _SPACE.sub(" ", text))

    def _is_plain_cell(self, cell: Any) -> bool:  # noqa: ANN401
        """Whether the cell stands in a row of several cells that hold no more than paragraphs."""
        alone = cell.getnext() is None and cell.getprevious() is None
        return not alone and cell.getparent() not in self._layout

    def _separate(self) -> None:
        if self._flat is not None:
            self._pieces.append(" ")
        elif self._pieces and (text := self._take()):
            self.blocks.append(Block(text, self._mark))
            self._mark = ""

    def _take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        if self._verbatim:
            return text.strip("\n")
        return re.sub(" ?\n ?", "\n", re.sub(" +", " ", text)).strip(" \n")


def _absolute(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""
