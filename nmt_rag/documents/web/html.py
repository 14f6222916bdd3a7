"""HTML → the text that a reader of the page sees, with headings, list items and table rows marked.

No script runs, nothing is fetched, and the site around the page (navigation, banner, footer) is left out.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from nmt_rag.documents.decoding import clean
from nmt_rag.documents.formats import FileDraft, Remark, join_blocks
from nmt_rag.documents.web.charsets import decode_page
from nmt_rag.documents.web.page import PageBlocks
from nmt_rag.documents.web.panels import is_hidden
from nmt_rag.errors import CorpusError

MAX_HTML_BYTES = 10_000_000  # of a page: its tree takes some 25 times as much memory
MAX_ATTRIBUTES = 1_000  # of one element: the tree takes the square of their number in time

_CONTROL = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F))  # which a tree cannot hold
_UNREAD = re.compile(  # what is never closed goes on to the end, or each such tag would search all of the page
    r"<(?:(?P<kept>!--.*?(?:-->|\Z)|(?P<raw>script|style)\b.*?(?:</(?P=raw)\s*>|\Z))"
    r"|noscript\b(?:(?!<noscript\b).)*?</noscript\s*>|/?noscript\b[^<>]*>)",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED_END = re.compile(rb"=\s*(?:\"[^\">]*>|'[^'>]*>)")
_TITLE_DEPTH = 5
"""The title of a page stands at most this many elements deep in what holds it and the words around it."""
_SHORTEST_TOLD, _TOLD = 20, 60
"""Hidden text with a sentence is told of when it is left out, if it has at least so many characters; so many of it."""
_TABLE_ROLES = {
    **{"table": "table", "grid": "table", "row": "tr", "cell": "td", "gridcell": "td"},
    **{"columnheader": "th", "rowheader": "th"},
}
_HIDDEN = frozenset("article aside dd div dl li ol p section table ul".split())


def read_html(data: bytes) -> FileDraft:
    """Return the visible text of a web page: of each ``<main>`` where it has any, else of the whole body.

    With ``<main>`` are read the title above it, where it has none itself, and the ``<aside>`` below it.

    Raises:
        CorpusError: the file is not text, is larger than `MAX_HTML_BYTES`, has elements nested 2,048 deep, or one with
            more than `MAX_ATTRIBUTES`.
    """
    if len(data) > MAX_HTML_BYTES:
        raise CorpusError(f"the page is larger than {MAX_HTML_BYTES // 1_000_000} MB: split it into documents")
    return read_source(*decode_page(data))


def read_source(source: str, notes: tuple[Remark, ...] = ()) -> FileDraft:
    """Return the visible text of a web page that is decoded already, with what is to be said about that.

    Raises:
        CorpusError: as `read_html` does, but for what is no text.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    page = _without_noscript(source).encode("utf-8", "replace").translate(None, _CONTROL)
    _check_attributes(page)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError:  # an empty page: lxml 5 raises, lxml 6 returns None
        return FileDraft("")
    if parser.error_log.filter_from_fatals():  # lxml would go on with half of the page
        raise CorpusError("the HTML is nested too deep: open it in a browser and save the text")
    if root is None:
        return FileDraft("")
    _mark_roles(root)
    text, left_out = "", ""
    mains = _mains(root)
    if mains:
        text, left_out = _text(mains[0], below=mains[1:])
        above, beside = _title_above(mains[0]), mains[-1].xpath("following::aside[not(ancestor::aside)]")
        if text and (above or beside):
            text, left_out = _text(mains[0], above=above, below=mains[1:], beside=beside)
    if not text:
        text, left_out = _text(root)
    if left_out:
        notes = (*notes, Remark("hidden", left_out, f"text that the page hides was left out: «{left_out}»"))
    return FileDraft(
        text=text,
        title=clean(root.findtext("head/title") or ""),
        url=_url(root),
        publisher=clean(root.xpath("string(//meta[@property='og:site_name']/@content)")),
        language=root.get("lang", ""),
        notes=notes,
    )


class _Attributes:
    """What lxml tells of a page's elements one by one, without a tree: none may have too many attributes."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in that an element begins."""
        if len(attributes) > MAX_ATTRIBUTES:
            count = f"the element <{tag[:20]}> has {len(attributes):,} attributes"
            raise CorpusError(f"{count}: open the page in a browser and save the text")

    def close(self) -> None:
        """Take in that the page ends."""


def _check_attributes(page: bytes) -> None:
    """Refuse a page with an element of which the tree would take too long.

    Raises:
        CorpusError: an element has more than `MAX_ATTRIBUTES` attributes.
    """
    # An attribute takes at least a letter and what parts it from the next: a tag with so many is long up to its end, or
    # holds a ">" between quotes that does not end it.
    if max(map(len, page.split(b">"))) > 2 * MAX_ATTRIBUTES or _QUOTED_END.search(page):
        with contextlib.suppress(etree.XMLSyntaxError):  # told when the tree is made
            etree.fromstring(page, etree.HTMLParser(encoding="utf-8", huge_tree=True, target=_Attributes()))


def _without_noscript(source: str) -> str:
    """Return a page without what only browsers without scripts show: its tags may be left open, and hide the rest."""
    return _UNREAD.sub(lambda match: match[0] if match["kept"] else "", source)


def _mark_roles(root: Any) -> None:  # noqa: ANN401 - lxml has no types
    """Make headings, and tables with rows and cells, of the elements that are said to be some."""
    for element in root.xpath("//*[self::div or self::p or self::span][@role='heading']"):
        level = element.get("aria-level", "2").strip()
        element.tag = f"h{level if level in set('123456') else 6}"
    for element in root.xpath("//*[self::div or self::span or self::p or self::ul or self::li][@role]"):
        element.tag = _TABLE_ROLES.get(element.get("role"), element.tag)


def _mains(root: Any) -> list[Any]:  # noqa: ANN401
    """Return the elements that hold the text of a page, none in another; of neighbours also what is between them."""
    within = "ancestor::main or ancestor::*[@role='main']"
    found = root.xpath(f"(//main | //*[@role='main'])[not({within})]")
    mains = [main for main in found if not is_hidden(main)] or found[:1]
    if len(mains) < 2 or mains[0].getparent() is not mains[-1].getparent():
        return mains
    between = itertools.takewhile(lambda one: one is not mains[-1], mains[0].itersiblings("*"))
    return [mains[0], *between, mains[-1]]


def _title_above(main: Any) -> list[Any]:  # noqa: ANN401
    """Return what holds the title of a page where that stands above its text, with the words around it, or nothing.

    A title that is a link is the site's. What holds menus, too, is left out but for the title. A page without a title
    may have another heading in the ``<header>`` right above its text.
    """
    title = main.xpath("(preceding::h1[not(.//a)])[last()]") if main.find(".//h1") is None else []
    around = set(main.iterancestors())
    for above in itertools.islice(title[0].iterancestors(), _TITLE_DEPTH) if title else ():
        if above in around or above.xpath("boolean(.//nav | .//input | .//li//a | .//*[@role='navigation'])"):
            break
        title = [above]
    return title or main.xpath("self::*[not(//h1)]/preceding-sibling::header[1][.//h2 or .//h3]")


def _text(
    root: Any,  # noqa: ANN401
    *,
    above: Sequence[Any] = (),
    below: Sequence[Any] = (),
    beside: Sequence[Any] = (),
) -> tuple[str, str]:
    """Return the text below an element, and the beginning of what it hides. Walks without recursion: pages are deep.

    Args:
        root: the element.
        above: elements that are read before it, unless they belong to the site.
        below: elements that are read after it, unless they belong to the site.
        beside: elements that are read after these, headed by the page's title, unless they belong to the site.
    """
    page = PageBlocks(root)
    left_out = ""
    in_site = dict.fromkeys([root, *root.iterancestors()], False)
    parts = (*above, root, *below, *beside)
    for number, part in enumerate(parts):
        if _is_noise(part, page, in_site):
            continue
        if number > len(above) + len(below):
            page.begin_beside()
        skipped = None
        walk = etree.iterwalk(part, events=("start", "end"))
        for event, element in walk:
            if event == "start" and element is not part and page.is_noise(element):
                skipped = element
                walk.skip_subtree()  # its "end" still comes
                if not left_out and element.tag in _HIDDEN and is_hidden(element):
                    hidden = " ".join("".join(element.itertext()).split())
                    left_out = clean(hidden[:_TOLD]) if len(hidden) >= _SHORTEST_TOLD and ". " in hidden + " " else ""
            elif event == "start":
                page.start(element)
            else:
                if element is not skipped:
                    page.end(element)
                if element is not part:
                    page.add(element.tail)
        if number + 1 < len(parts) - len(beside) and part.getnext() is parts[number + 1]:
            page.add(part.tail)  # what stands between two neighbours
    return clean(join_blocks(page.finished())), left_out


def _is_noise(part: Any, page: PageBlocks, known: dict[Any, bool]) -> bool:  # noqa: ANN401
    """Tell whether a part of a page, or what stands around it, belongs to the site; keeps what was found."""
    unknown = []
    while part is not None and part not in known:
        unknown.append(part)
        part = part.getparent()
    noise = known.get(part, False)
    for one in reversed(unknown):
        noise = known[one] = noise or page.is_noise(one)
    return noise


def _url(root: Any) -> str:  # noqa: ANN401
    """Return the page's address as it states it, or nothing; a relative one goes on from its ``<base>``, if any."""
    base = root.xpath("string(//base/@href)").strip()
    told = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    for stated in (root.xpath(f"string({place})").strip() for place in told):
        with contextlib.suppress(ValueError):  # a damaged address
            url = str(urljoin(base, stated) if stated and base else stated)
            if url.lower().startswith(("http://", "https://")):
                return url
    return ""
