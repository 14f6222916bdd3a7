"""An OpenDocument text (.odt) → its text with headings, list items and table rows marked.

As in Word files, what a reader of the printed page sees is text: automatic numbers and notes too; what is struck out,
hidden or deleted is not. Comments, page headers, lists of contents and what describes a picture are left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from nmt_rag.documents.decoding import clean
from nmt_rag.documents.formats import (
    INDENT,
    RAISED,
    Block,
    FileDraft,
    Remark,
    boxed,
    cell_text,
    hidden_address,
    is_plain_cell,
    join_blocks,
    may_head,
    sensible_title,
    without_bars,
    written_number,
)
from nmt_rag.documents.office import packages
from nmt_rag.documents.office.opendocument_styles import (
    Level,
    Style,
    level_of,
    merged,
    style_of,
    whole_number,
)
from nmt_rag.documents.office.opendocument_styles import (
    qualified as _q,
)
from nmt_rag.documents.web.tables import Cell, Row
from nmt_rag.documents.web.tables import blocks as table_blocks
from nmt_rag.errors import CorpusError

MAX_REPEATED = 100
"""A cell or space that is repeated more often is a mistake, or meant to fill the memory."""

_KIND = "OpenDocument text (.odt)"
_LEFT_OUT = frozenset(
    _q(f"{prefix}:{name}")
    for prefix, names in (
        ("text", "tracked-changes sequence-decls variable-decls user-field-decls table-of-content illustration-index"),
        ("text", "note-citation hidden-text hidden-paragraph ruby-text bookmark-ref-mark"),
        ("office", "annotation annotation-end forms"),
        ("drawing", "image object"),
        ("table", "table-column table-columns shapes title desc"),
        ("svg", "title desc"),
    )
    for name in names.split()
)
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_SPACE = re.compile(r"[ \t\r\n]+")


_H, _P, _LIST, _TABLE, _SECTION, _NOTE = map(
    _q, ("text:h", "text:p", "text:list", "table:table", "text:section", "text:note")
)
_DRAWN = _q("drawing:")
_S, _TAB, _BREAK, _A = map(_q, ("text:s", "text:tab", "text:line-break", "text:a"))


def read_odt(data: bytes) -> FileDraft:
    """Return the text of an OpenDocument text, in document order; a note follows the paragraph or table of its mark.

    Raises:
        CorpusError: the file is no .odt, is encrypted, or unpacks to more than `packages.MAX_UNPACKED_BYTES`.
    """
    with packages.reading(_KIND, "lxml"):
        with zipfile.ZipFile(io.BytesIO(packages.checked(data, _KIND))) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise CorpusError(f"the file is encrypted: save it as a {_KIND} without a password")
            content, styles, meta = (_parsed(archive, name) for name in ("content.xml", "styles.xml", "meta.xml"))
        body = None if content is None else content.find(f"{_q('office:body')}/{_q('office:text')}")
        if body is None:
            raise CorpusError(f"the file is no {_KIND}: save it anew")
        reader = _Reader([root for root in (styles, content) if root is not None])
        blocks = [*reader.blocks(body), *reader.waiting_notes()]
    title = "" if meta is None else meta.findtext(f".//{_q('dc:title')}")
    remark = Remark("hidden", "", "hidden sections were left out")
    return FileDraft(
        clean(join_blocks(blocks)), sensible_title(title), notes=(remark,) if reader.has_hidden_sections else ()
    )


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:  # noqa: ANN401 - lxml has no types
    if name not in archive.namelist():
        return None
    return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))


@dataclass(slots=True)
class _Reader:
    """Reads the elements of one document."""

    roots: list[Any]
    has_hidden_sections: bool = False
    _styles: dict[tuple[str, str], Style] = field(default_factory=dict)
    _lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)
    _waiting: list[Any] = field(default_factory=list)  # notes of the paragraph or table that is being read
    _in_table: int = 0
    _in_section: bool = False  # below a heading

    def __post_init__(self) -> None:
        for root in self.roots:
            for style in root.iter(_q("style:style"), _q("style:default-style")):
                self._styles[style.get(_q("style:family"), ""), style.get(_q("style:name"), "")] = style_of(style)
            for style in root.iter(_q("text:list-style"), _q("text:outline-style")):
                name = "" if style.tag == _q("text:outline-style") else style.get(_q("style:name"), "")
                self._lists[name] = {whole_number(one.get(_q("text:level")), 1): level_of(one) for one in style}

    def blocks(self, container: Any) -> Iterator[Block]:  # noqa: ANN401
        """Yield the blocks of a body, a cell, a text box or a note."""
        for child in container:
            if child.tag in (_H, _P):
                yield from self._paragraph(child, self._heading_mark(child) if child.tag == _H else "")
            elif child.tag == _LIST:
                yield from self._list(child, 1, "")
            elif child.tag == _TABLE:
                self._in_table += 1
                rows = list(self._table(child))
                self._in_table -= 1
                yield from rows
                yield from self.waiting_notes()
            elif child.tag == _SECTION and child.get(_q("text:display"), "true") != "true":
                self.has_hidden_sections = True
            elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
                inside = self.blocks(child)
                is_box = _is_box(child) and not self._in_table
                yield from boxed(inside, in_section=self._in_section) if is_box else inside

    def waiting_notes(self) -> Iterator[Block]:
        """Yield the notes that wait, unless the table that holds their marks goes on."""
        while self._waiting and not self._in_table:
            yield from self.blocks(self._waiting.pop(0))

    def _paragraph(self, paragraph: Any, mark: str) -> Iterator[Block]:  # noqa: ANN401
        """Yield a paragraph, bold where it heads what follows, then its text boxes and the notes that wait."""
        pieces: list[tuple[str, bool]] = []
        boxes: list[Any] = []
        style = self._style("paragraph", paragraph.get(_q("text:style-name"), ""))
        if not style.unseen:
            self._text(paragraph, style, pieces, boxes)
        text = re.sub(" *\n *", "\n", re.sub(" +", " ", "".join(piece for piece, _ in pieces))).strip()
        if text:
            is_bold = all(bold for piece, bold in pieces if piece.strip())
            if is_bold and not (mark or self._in_table or "\n" in text) and may_head(text):
                text = f"**{text}**"
            self._in_section = self._in_section or mark.startswith("#")
            yield Block(" ".join(text.split("\n")) if mark else text, mark)
        for box in boxes:
            inside = self.blocks(box)
            yield from inside if self._in_table else boxed(inside, in_section=self._in_section)
        yield from self.waiting_notes()

    def _text(self, element: Any, style: Style, pieces: list[tuple[str, bool]], boxes: list[Any]) -> None:  # noqa: ANN401
        """Gather the pieces of text in an element and whether they are bold; put boxes of text and notes aside."""

        def add(text: str | None) -> None:
            if text:
                shown = _SPACE.sub(" ", text)
                pieces.append((shown.translate(RAISED) if style.raised else shown, bool(style.bold)))

        add(element.text)
        for child in element:
            if child.tag == _S:
                add(" " * min(whole_number(child.get(_q("text:c")), 1), MAX_REPEATED))
            elif child.tag in (_TAB, _BREAK):
                pieces.append(("\t" if child.tag == _TAB else "\n", bool(style.bold)))
            elif child.tag == _NOTE:
                self._waiting += child.findall(_q("text:note-body"))
            elif _is_box(child):
                boxes.append(child)
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                inner = self._style("text", child.get(_q("text:style-name"), ""), style)
                if not inner.unseen:
                    first = len(pieces)
                    self._text(child, inner, pieces, boxes)
                    link = child.get(_q("xlink:href"), "") if child.tag == _A else ""
                    if address := hidden_address(link, "".join(piece for piece, _ in pieces[first:])):
                        add(f" ({address})")
            add(child.tail)

    def _style(self, family: str, name: str, within: Style | None = None) -> Style:
        """Return what a style says, with what the styles say that it is based on, and those it stands within."""
        whole = Style(raised=False) if family == "paragraph" else Style()
        for _ in range(10):  # styles may be based on one another in a ring
            one = self._styles.get((family, name))
            if one is None or not name:
                break
            whole = merged(whole, one)
            name = one.base
        return whole if within is None else merged(whole, within)

    def _heading_mark(self, heading: Any) -> str:  # noqa: ANN401
        level = whole_number(heading.get(_q("text:outline-level")), 1)
        forms = self._lists.get("", {})
        mark = "#" * min(level, 6) + " "
        if not forms.get(level, Level()).form or heading.get(_q("text:is-list-header")) == "true":
            return mark
        return mark + self._next("", level, forms)

    def _list(self, element: Any, level: int, style: str) -> Iterator[Block]:  # noqa: ANN401
        """Yield the items of a list, each with its mark; only the first paragraph of an item has one."""
        style = element.get(_q("text:style-name")) or style
        goes_on = element.get(_q("text:continue-numbering")) == "true" or element.get(_q("text:continue-list"))
        if level == 1 and not goes_on:
            self._counted.pop(style, None)
        forms = self._lists.get(style, {})
        for item in element:
            start = item.get(_q("text:start-value"))
            if start is not None:
                self._counted.setdefault(style, {})[level] = whole_number(start, 1) - 1
            mark = self._next(style, level, forms) if item.tag == _q("text:list-item") else ""
            for child in item:
                if child.tag == _LIST:
                    yield from self._list(child, level + 1, style)
                elif child.tag == _H:
                    yield from self._paragraph(
                        child,
                        "#" * min(whole_number(child.get(_q("text:outline-level")), 1), 6)
                        + " "
                        + ("" if mark == "- " else mark),
                    )
                    mark = ""
                elif child.tag == _P:
                    yield from self._paragraph(child, INDENT * (level - 1) + mark if mark else "")
                    mark = ""
                else:
                    yield from self.blocks([child])

    def _next(self, style: str, level: int, forms: dict[int, Level]) -> str:
        """Return the mark of a list's next item: ``"- "``, ``"2. "`` or the like."""
        form = forms.get(level, Level())
        counts = self._counted.setdefault(style, {})
        counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if not form.form:
            return "- "
        shown = range(max(1, level - form.n_shown + 1), level + 1)
        numbers = (written_number(counts.get(at, 1), _FORMS.get(forms.get(at, form).form, "decimal")) for at in shown)
        return f"{form.prefix}{'.'.join(numbers)}{form.suffix}".strip() + " "

    def _table(self, table: Any) -> Iterator[Block]:  # noqa: ANN401
        """Yield a block for each row of plain cells; a table that only lays out a page yields what its cells hold."""
        rows: list[Row] = []
        held: list[Block] = []
        is_plain = True
        for row in table.iter(_q("table:table-row")):
            if next(row.iterancestors(_TABLE)) is not table:
                continue
            cells: list[Cell] = []
            for cell in row.iterchildren(_q("table:table-cell")):
                inside = list(self.blocks(cell))
                held += inside
                text = cell_text(inside)
                is_plain = is_plain and is_plain_cell(text, inside)
                one = Cell(
                    without_bars(text),
                    bool(text) and self._is_bold(cell),
                    whole_number(cell.get(_q("table:number-columns-spanned")), 1),
                    whole_number(cell.get(_q("table:number-rows-spanned")), 1),
                )
                cells += [one] * min(whole_number(cell.get(_q("table:number-columns-repeated")), 1), MAX_REPEATED)
            rows.append(Row(tuple(cells), head=row.getparent().tag == _q("table:table-header-rows")))
        is_plain = is_plain and max((len(row.cells) for row in rows), default=0) > 1
        yield from table_blocks(rows) if is_plain else held

    def _is_bold(self, cell: Any) -> bool:  # noqa: ANN401
        pieces: list[tuple[str, bool]] = []
        waiting = list(self._waiting)
        for paragraph in cell.iter(_P):
            self._text(paragraph, self._style("paragraph", paragraph.get(_q("text:style-name"), "")), pieces, [])
        self._waiting = waiting  # its notes were read with its text
        return all(bold for piece, bold in pieces if piece.strip())


def _is_box(element: Any) -> bool:  # noqa: ANN401
    """Tell whether something drawn holds paragraphs of its own: a text box, or any shape with text in it."""
    drawn = isinstance(element.tag, str) and element.tag.startswith(_DRAWN)
    return drawn and next(element.iterchildren(_H, _P, _LIST, _TABLE), None) is not None
