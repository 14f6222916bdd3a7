"""The elements of a web page as they begin and end → its blocks: headings, list items, labels and table rows marked.

It decodes nothing and makes no tree: `nmt_rag.documents.web.html` walks through the elements.
"""

from __future__ import annotations

import re
from typing import Any

from nmt_rag.documents.formats import Block
from nmt_rag.documents.web.inline import BOLD, BOLD_ENDS, HEADINGS, end_inline, is_all_bold, is_spoken, label, plain
from nmt_rag.documents.web.lists import ListMarks
from nmt_rag.documents.web.noise import SiteParts
from nmt_rag.documents.web.panels import Panels, is_headed
from nmt_rag.documents.web.sections import Sections
from nmt_rag.documents.web.tables import ITEM, ITEM_ENDS, Cell, Row, RowCells, cell_line, span
from nmt_rag.documents.web.tables import blocks as table_blocks

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre search section summary table tbody td tfoot"
    " th thead tr ul".split()
)
_PARTS = (*HEADINGS, "ul", "ol", "dl", "pre", "table")  # what holds one of these is more than a paragraph
_CLOSING = frozenset({"dl", "details"})
_SPACE = re.compile(r"[ \t\n\r\f]+")  # what HTML collapses; a no-break space is none of it
_SPACES = re.compile("  +")
_LINE_BREAK = re.compile(r"\n(?!\n)")


class PageBlocks:
    """The blocks of a page, gathered while its elements begin and end."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        self._sections = Sections()
        self._pieces: list[str] = []
        self._cells: list[Cell] = []
        self._rows: list[Row] = []
        self._titled = False  # the table: a row of it heads rows below
        self._row_cells = RowCells()
        self._mark = ""
        self._flat: Any = None  # the heading, label or table cell whose inner blocks run together
        self._verbatim = 0  # how many <pre> we are in
        self._bold = 0
        self._inside: list[int] = []  # where the open links and raised texts begin among the pieces
        self._lists = ListMarks()
        self._terms: list[str] = []  # which share the explanation that follows
        self._answers: set[Any] = set()  # the panels that have a label
        self._layout: set[Any] = set()  # elements that hold something which is more than a paragraph
        tree = root.getroottree().getroot()  # what stands beside the element may be read, too
        self._panels = Panels(tree)
        self._site = SiteParts(tree, self._panels.opened)
        self._heading_later = set(self._panels.tabs.values())
        for element in tree.iter(*_PARTS):
            parent = element.getparent()
            while parent is not None and parent not in self._layout:
                self._layout.add(parent)
                parent = parent.getparent()

    def begin_beside(self) -> None:
        """Take in that what follows stands beside the text of the page."""
        self._sections.end_all_but_title()

    def finished(self) -> list[Block]:
        """Return all blocks, when the page has ended."""
        self._end_table()
        return self._sections.blocks

    def is_noise(self, element: Any) -> bool:  # noqa: ANN401
        """Whether the element is hidden, no text, or belongs to the site rather than the page."""
        if element in self._heading_later or self._site.is_noise(element):
            return True
        if element.tag == "a" and self._flat is not None and self._flat.tag in HEADINGS:
            return element.get("href", "").startswith("#") and not _has_words(element)  # «¶», for who links to here
        if element.tag == "button":  # but an accordion's heading is a button
            return self._flat is None and not self._opens(element)
        return False

    def start(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element begins, and the text before its first child."""
        tag = element.tag
        if tag in ("aside", "footer"):
            self._separate()
        elif element.get("id", "") in self._panels.opened:
            self._begin_panel(element)
        self._sections.begin(element)
        opens = self._opens(element)
        if opens or tag in _BLOCKS:
            self._separate()
            self._start_block(element, opens=opens)
        elif tag == "br":
            self._pieces.append("\n" if self._flat is None else " ")
        if tag in ("b", "strong"):
            self._bold += 1
            self._pieces.append(BOLD if self._bold == 1 else "")
        elif tag in ("a", "sup"):
            self._inside.append(len(self._pieces))
        elif is_spoken(element) and self._pieces and self._pieces[-1][-1:].isalnum():
            self._pieces.append(" ")
        self.add(element.text)

    def end(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element ends."""
        tag = element.tag
        if tag in ("b", "strong"):
            self._bold -= 1
            self._pieces.append("" if self._bold else BOLD_ENDS)
        elif tag in ("a", "sup"):
            end_inline(element, self._pieces, self._inside.pop())
        elif is_spoken(element) and (not element.tail or element.tail[0].isalnum()):
            self._pieces.append(" ")
        if element is self._flat:
            self._flat = None
            if tag in ("td", "th"):
                self._end_cell(element)
            elif tag not in HEADINGS:
                self._end_label(element, self._panels.named_by(element))
        if tag in _BLOCKS:
            self._separate()
            self._end_block(element)
        if element.get("id", "") in self._panels.opened or element in self._answers:
            self._sections.end_label()
        self._sections.end(element)

    def add(self, text: str | None) -> None:
        """Take in a piece of text, with white space collapsed as a browser does."""
        if text:
            collapsed = self._verbatim or (text.isprintable() and "  " not in text)
            self._pieces.append(text if collapsed else _SPACE.sub(" ", text))

    def _start_block(self, element: Any, *, opens: bool) -> None:  # noqa: ANN401
        tag = element.tag
        if tag == "pre":
            self._verbatim += 1
        elif tag == "figcaption":
            self._bold += 1  # what is bold in it heads nothing
        if tag == "table" and self._flat is None:
            self._end_table()
        if tag == "li":
            mark = self._lists.begin(element)
            if self._flat is None:
                self._mark = mark
            elif self._flat.tag in ("td", "th"):
                self._pieces.append(ITEM)
        elif self._flat is None and (tag in HEADINGS or self._is_label(element, opens=opens)):
            self._flat, self._mark = element, ""
            if tag in HEADINGS:
                panel = self._panels.headed_by(element)
                highest = self._panels.highest_in(panel)
                self._mark = _mark(self._sections.begin_heading(int(tag[1]), panel, highest))
        elif self._flat is None and tag in ("td", "th") and self._is_plain_cell(element):
            self._flat = element

    def _end_block(self, element: Any) -> None:  # noqa: ANN401
        tag = element.tag
        if tag == "tr":
            self._end_row(element)
        elif tag == "table":
            if self._flat is None:
                self._end_table()
            if self._titled or element.find("caption") is not None:
                self._sections.end_label()
            self._titled = False
        elif tag == "li":
            self._lists.end()
            if self._flat is None:
                self._mark = ""  # unused where it was empty
            elif self._flat.tag in ("td", "th"):
                self._pieces.append(ITEM_ENDS)
        elif tag in HEADINGS:
            self._mark = ""
        elif tag in _CLOSING:
            self._sections.end_label()
        elif tag == "pre":
            self._verbatim -= 1
        elif tag == "figcaption":
            self._bold -= 1

    def _begin_panel(self, panel: Any) -> None:  # noqa: ANN401
        """Take in that what something opens begins: a tab's name is written, and headings in it end with it."""
        tab, highest = self._panels.tabs.get(panel.get("id")), self._panels.highest_in(panel)
        if tab is not None or highest:
            self._separate()
        if tab is not None and (name := " ".join("".join(tab.itertext()).split())) and not is_headed(panel, name):
            self._pieces.append(name)
            self._end_label(tab, panel)
        if highest:
            self._sections.ends_with(panel, highest)

    def _opens(self, element: Any) -> bool:  # noqa: ANN401
        """Whether a click on the element opens a panel of text: it is what heads the panel."""
        panel = self._panels.opened_by(element)
        return panel is not None and not self._site.is_noise(panel)

    def _is_label(self, element: Any, *, opens: bool) -> bool:  # noqa: ANN401
        """Whether the element heads what follows it: a question that opens its answer, a term, a table's caption."""
        return (opens or element.tag in ("dt", "summary", "caption")) and element not in self._layout

    def _is_plain_cell(self, cell: Any) -> bool:  # noqa: ANN401
        """Whether the cell stands in a row of several cells, or is merged over several, and holds only paragraphs."""
        if cell.getparent() in self._layout and not self._row_cells.are_plain(cell.getparent()):
            return False
        alone = cell.getnext() is None and cell.getprevious() is None
        return not alone or (cell not in self._layout and (span(cell, "colspan") > 1 or bool(self._rows)))

    def _end_cell(self, cell: Any) -> None:  # noqa: ANN401
        bold = is_all_bold("".join(self._pieces))
        text = cell_line(self._take())
        text = text.replace("**", "") if bold else text
        th = cell.tag == "th"
        self._cells.append(Cell(text, th or bold, span(cell, "colspan"), span(cell, "rowspan"), th))

    def _end_row(self, row: Any) -> None:  # noqa: ANN401
        if any(cell.text for cell in self._cells):
            around = next(row.iterancestors("thead", "table"), None)  # a row may stand outside of any table
            self._rows.append(Row(tuple(self._cells), around is not None and around.tag == "thead"))
        self._cells = []

    def _end_label(self, element: Any, panel: Any) -> None:  # noqa: ANN401
        """Take in that what heads an explanation, a table or a panel ends: a panel's name stands above its headings."""
        text = self._take().replace("**", "")
        if text:
            self._terms.append(text)
        following = element.getnext() if element.tag == "dt" else None
        if following is not None and following.tag == "dt" and self._is_label(following, opens=False):
            if not self._site.is_noise(following):
                return
        shared = following is not None and following.tag == "dd"
        terms, self._terms = [", ".join(self._terms)] if shared and self._terms else self._terms, []
        highest = self._panels.highest_in(panel)
        if panel is not None:
            self._answers.add(panel)
        for term in terms:
            if highest:
                self._put(Block(term, _mark(self._sections.begin_name(panel, highest))))
            else:
                self._put(Block(term if term.endswith((".", "!")) else f"**{term}**"))

    def _separate(self) -> None:
        if self._flat is not None:
            self._pieces.append(" ")
        elif self._pieces and (text := self._take()):
            mark = self._mark or self._lists.below
            if not mark.startswith("#"):
                self._lists.write(mark)
                text = _LINE_BREAK.sub(f"\n{self._lists.below}", text)
            self._put(Block(text, mark))
            self._mark = ""

    def _put(self, block: Block) -> None:
        """Add a block, after the rows that wait."""
        self._end_table()
        self._sections.add(block)

    def _end_table(self) -> None:
        if self._rows:
            rows, self._rows = self._rows, []
            for block in table_blocks(rows):
                self._put(block)
                self._titled = self._titled or (not block.row and block.text.startswith("**"))

    def _take(self) -> str:
        """Return the text gathered so far, spaces collapsed and bold lines marked, and begin anew."""
        text = "".join(self._pieces)
        self._pieces.clear()
        if self._verbatim:
            return re.sub("(?m)^#", "    #", plain(text).strip("\n"))  # so far in it is code, and no heading
        if "  " in text:
            text = _SPACES.sub(" ", text)
        if "\n" in text:
            text = text.replace(" \n", "\n").replace("\n ", "\n")
        text = text.strip(" \n")
        if BOLD not in text and BOLD_ENDS not in text:
            return text
        within = self._flat is not None or bool(self._mark)
        return "\n".join(plain(line) if within else label(line) for line in text.split("\n")).strip(" \n")


def _has_words(element: Any) -> bool:  # noqa: ANN401
    return any(character.isalnum() for text in element.itertext() for character in text)


def _mark(level: int) -> str:
    return "#" * level + " "
