"""A Word document → its text with headings, list items and table rows marked.

What a reader of the printed page sees is text: automatic numbers, ticked boxes and notes too; what is struck out or
hidden is not. Nothing is fetched, and no entity is resolved.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap
from docx.oxml.ns import qn as qualified
from lxml import etree

from nmt_rag.documents.decoding import clean, one_line
from nmt_rag.documents.formats import Block, Draft, Remark, join_blocks, sensible_title, written_number
from nmt_rag.documents.office import packages
from nmt_rag.errors import CorpusError

MAX_CELL = 600
"""A "cell" of more characters is a column of a page that a table lays out."""

MAX_HEAD = 120
"""A bold paragraph of more characters heads nothing; it is only bold."""

qn = functools.cache(qualified)  # it takes a name apart each time, and is asked for some at each paragraph

_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])", re.IGNORECASE)
_LIST = re.compile(r"list (?:bullet|number)|punktlista|numrerad lista", re.IGNORECASE)
_P, _TBL, _ALT_CHUNK, _T, _R, _SYM, _BOX, _FF_DATA, _HYPERLINK, _FOOTNOTE, _ENDNOTE, _VAL = (
    *(qn(f"w:{name}") for name in "p tbl altChunk t r sym txbxContent ffData hyperlink".split()),
    *(qn(f"w:{name}") for name in "footnoteReference endnoteReference val".split()),
)
_P_PR, _P_STYLE, _NUM_PR, _R_PR, _R_STYLE, _VERT_ALIGN = (
    qn(f"w:{name}") for name in "pPr pStyle numPr rPr rStyle vertAlign".split()
)
_TR_PR, _TC_PR, _GRID_SPAN, _V_MERGE = (qn(f"w:{name}") for name in "trPr tcPr gridSpan vMerge".split())
_ROWS = etree.XPath("./w:tr | ./w:sdt/w:sdtContent/w:tr", namespaces=nsmap)
_CELLS = etree.XPath("./w:tc | ./w:sdt/w:sdtContent/w:tc", namespaces=nsmap)
_B, *_ = _TOLD = tuple(qn(f"w:{name}") for name in "b strike dstrike vanish".split())
_SAID_OF_A_RUN = (*_TOLD, _R_STYLE, _VERT_ALIGN)
_LEFT_OUT = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sectPr"))
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
_BOXES = {0xFE: "☒", 0xFD: "☒", 0x78: "☒", 0x54: "☒", 0x52: "☒", 0x53: "☒", 0x6F: "☐", 0xA8: "☐", 0x71: "☐"}
_BOXES |= {0xA3: "☐", 0xFC: "✓", 0xFB: "✗"}  # Wingdings and Wingdings 2
_OFF = frozenset(("0", "false", "off", "none"))
_NOTE_MARK = re.compile(r"[\d,*†‡)]+")
_UNIT = re.compile(r"(?<!\w)\d*\s?(?:m|mm|cm|dm|km)$")
_POWERS = {"2": "²", "3": "³"}
_DIGIT = re.compile(r"\d")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_SEEN_OTHERWISE = {**dict.fromkeys((0x200B, 0x200D, 0x2060, 0xFEFF)), **_LIGATURES}  # the first four are not seen
_ODD = re.compile(f"[{''.join(map(chr, _SEEN_OTHERWISE))}]")


def read_docx(data: bytes) -> Draft:
    """Return the text of a Word document, in document order.

    Inserted text counts; deleted, struck-out and hidden text does not. Footnotes, endnotes and text boxes follow the
    paragraph (or table) that holds them. Page headers and footers are left out, and so are comments.

    Raises:
        CorpusError: the file is no .docx, is encrypted, or unpacks to more than `packages.MAX_UNPACKED_BYTES`.
    """
    try:
        document = docx.Document(io.BytesIO(packages.checked(data, "Word file (.docx)")))
        reader = _Reader(document)
        blocks = list(reader.blocks(document.element.body))
        title = document.core_properties.title
    except CorpusError:
        raise
    except Exception as error:  # a damaged package makes zipfile, lxml and python-docx raise nearly anything
        raise CorpusError(f"the file is no readable .docx ({one_line(error)}): save it anew in Word") from error
    message = "parts of other files that are embedded in it were left out: copy their text into it"
    notes = (Remark("embedded", "", message),)
    return Draft(
        clean(join_blocks(blocks)), title=sensible_title(title), notes=notes if reader.has_embedded_parts else ()
    )


@dataclass(slots=True)
class _Style:
    """What a style says itself; None and "" where it says nothing."""

    mark: str = ""
    base: str = ""
    numbering: str = ""
    level: int | None = None
    bold: bool | None = None
    unseen: bool | None = None


@dataclass(slots=True)
class _Level:
    """One level of a list: where it starts, the form of its number and the text around it."""

    start: int = 1
    form: str = "decimal"
    text: str = "%1."


@dataclass(slots=True)
class _Numbering:
    """The lists of a document, and how far each is counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # by abstract list
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    by_style: dict[tuple[str, str], int] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def mark(self, number: str, level: int) -> str:
        """Return the mark of a list's next item: ``"- "``, ``"2. "`` or the like."""
        abstract = self.lists.get(number)
        levels = self.levels.get(abstract or "", {})
        form = levels.get(level)
        if abstract is None or form is None or form.form == "bullet":
            return "- "
        counts = self.counted.setdefault(abstract, {})
        if number not in self.begun:
            self.begun.add(number)
            for (other, at), start in self.starts.items():
                if other == number:
                    counts[at] = start - 1
        counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if form.form == "none":
            return ""
        label = form.text
        for at in range(level + 1):
            one = levels.get(at, _Level())
            label = label.replace(f"%{at + 1}", written_number(counts.get(at, one.start), one.form))
        return f"{label.strip()} " if label.strip() else ""


class _Reader:
    """Reads the elements of one document."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - python-docx's elements have no types
        self._styles = _styles(document.styles.element)
        self._whole: dict[str, _Style] = {}
        self._numbering = _numbering(_part(document, "/numbering"))
        notes = {kind: _part(document, f"/{kind}s") for kind in ("footnote", "endnote")}
        self._notes = {
            kind: {note.get(qn("w:id")): note for note in _children(root, f"w:{kind}")} for kind, root in notes.items()
        }
        roots = [root for root in (document.element, *notes.values()) if root is not None]
        # The properties of most runs say nothing that counts here, and to look into each takes a fifth of the time.
        self._telling = {told.getparent() for root in roots for told in root.iter(*_SAID_OF_A_RUN)}
        self._addresses = {
            name: relation.target_ref
            for name, relation in document.part.rels.items()
            if relation.is_external and relation.target_ref.lower().startswith(("mailto:", "tel:"))
        }
        self._waiting: list[Any] = []  # notes of the paragraph or table that is being read
        self._in_table = 0
        self.has_embedded_parts = False

    def blocks(self, container: Any) -> Iterator[Block]:  # noqa: ANN401
        """Yield the blocks of a body, a cell, a text box or a note."""
        for child in container:
            if child.tag == _P:
                yield from self._paragraph(child)
            elif child.tag == _TBL:
                self._in_table += 1
                rows = list(self._table(child))
                self._in_table -= 1
                yield from rows
                yield from self._notes_read()
            elif child.tag == _ALT_CHUNK:
                self.has_embedded_parts = True
            elif child.tag not in _LEFT_OUT:  # content controls, tracked insertions and other wrappings
                yield from self.blocks(child)

    def _notes_read(self) -> Iterator[Block]:
        """Yield the notes that wait, unless the table that holds their marks goes on."""
        while self._waiting and not self._in_table:
            note = self._waiting.pop(0)
            yield from self.blocks(note)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:  # noqa: ANN401
        boxes: list[Any] = []
        runs: list[tuple[str, bool]] = []
        properties = _first(paragraph, _P_PR)
        style = self._style(_child(properties, _P_STYLE))
        if not style.unseen:
            self._text(paragraph, boxes, runs, bool(style.bold))
        text = "".join([piece for piece, _ in runs])
        text = (text.translate(_SEEN_OTHERWISE) if _ODD.search(text) else text).strip()
        if text:
            mark = self._mark(properties, style)
            if not mark and not self._in_table and _heads(text, runs):
                text = f"**{text}**"
            yield Block(" ".join(text.split("\n")) if mark else text, mark)
        for box in boxes:
            yield from self.blocks(box)
        yield from self._notes_read()

    def _style(self, element: Any) -> _Style:  # noqa: ANN401
        """Return what a paragraph's style says, with what the styles say that it is based on."""
        identifier = "" if element is None else element.get(_VAL, "")
        if identifier not in self._whole:
            self._whole[identifier] = self._with_bases(identifier)
        return self._whole[identifier]

    def _with_bases(self, identifier: str) -> _Style:
        whole = _Style()
        for _ in range(10):  # styles may be based on one another in a ring
            one = self._styles.get(identifier)
            if one is None:
                break
            whole.mark = whole.mark or one.mark
            if not whole.numbering and one.numbering:
                whole.numbering = one.numbering
                at = self._numbering.by_style.get((self._numbering.lists.get(one.numbering, ""), identifier))
                whole.level = one.level if at is None else at
            whole.bold = one.bold if whole.bold is None else whole.bold
            whole.unseen = one.unseen if whole.unseen is None else whole.unseen
            identifier = one.base
        return whole

    def _mark(self, properties: Any, style: _Style) -> str:  # noqa: ANN401
        """Return the mark of a heading or list item, with its automatic number."""
        mark = style.mark
        own = _child(properties, _NUM_PR)
        number, level = style.numbering, style.level or 0
        if own is not None:
            number = _value(own, "w:numId") or number
            level = _number(_value(own, "w:ilvl"), level)
        numbered = self._numbering.mark(number, level) if number and number != "0" else ""
        if mark.startswith("#"):
            return mark + ("" if numbered == "- " else numbered)
        return numbered or mark

    def _text(self, element: Any, boxes: list[Any], runs: list[tuple[str, bool]], bold: bool) -> None:  # noqa: ANN401
        """Gather the pieces of text in a paragraph and whether they are bold, and put the text boxes aside."""
        for child in element:
            tag = child.tag
            if tag == _T:
                runs.append((child.text or "", bold))
            elif tag == _R:
                self._run(child, boxes, runs, bold)
            elif tag in _LEFT_OUT:
                continue
            elif tag in _MARKS:
                runs.append((_MARKS[tag], bold))
            elif tag == _SYM:
                runs.append((_symbol(child), bold))
            elif tag == _BOX:
                boxes.append(child)
            elif tag in (_FOOTNOTE, _ENDNOTE):
                kind = "footnote" if tag == _FOOTNOTE else "endnote"
                note = self._notes[kind].pop(child.get(qn("w:id")), None)  # once: a note may refer to itself
                if note is not None:
                    self._waiting.append(note)
            elif tag == _FF_DATA:
                runs.append((_form_value(child), bold))
            elif tag == _HYPERLINK:
                first = len(runs)
                self._text(child, boxes, runs, bold)
                address = self._addresses.get(child.get(qn("r:id"), ""), "").partition(":")[2].partition("?")[0]
                shown = "".join(piece for piece, _ in runs[first:])
                if address and re.sub(r"\W", "", address) not in re.sub(r"\W", "", shown):
                    runs.append((f" ({address})", bold))
            elif not str(tag).endswith("}Fallback"):
                self._text(child, boxes, runs, bold)

    def _run(self, run: Any, boxes: list[Any], runs: list[tuple[str, bool]], bold: bool) -> None:  # noqa: ANN401
        properties = _first(run, _R_PR)
        if properties not in self._telling:
            self._text(run, boxes, runs, bold)
            return
        style = self._style(_child(properties, _R_STYLE))
        heavy, unseen = _properties(properties)
        if unseen if unseen is not None else style.unseen:
            return
        first = len(runs)
        heavy = heavy if heavy is not None else (style.bold or bold)
        self._text(run, boxes, runs, bool(heavy))
        raised = _child(properties, _VERT_ALIGN)
        if raised is None or raised.get(_VAL) != "superscript":
            return
        mark = "".join(piece for piece, _ in runs[first:])
        before = "".join(piece for piece, _ in runs[:first])
        if before.strip() and _NOTE_MARK.fullmatch(mark.strip()):  # a note's mark, or the power of a unit
            runs[first:] = [(_POWERS[mark], bold)] if mark in _POWERS and _UNIT.search(before) else []

    def _table(self, table: Any) -> Iterator[Block]:  # noqa: ANN401
        """Yield one block for a row of plain cells; a table that only lays out a page yields what stands in its cells.

        A cell over several rows or columns is repeated in each.
        """
        found: list[tuple[list[str], bool, bool]] = []
        above: dict[int, str] = {}
        for row in _ROWS(table):
            texts: list[str] = []
            blocks: list[Block] = []
            bold = True
            cells = _CELLS(row)
            plain = len(cells) > 1
            properties = _child(row, _TR_PR)
            before = _child(properties, qn("w:gridBefore"))
            texts += [""] * (0 if before is None else _number(before.get(_VAL), 0))
            merged: dict[int, str] = {}
            for cell in cells:
                inside = list(self.blocks(cell))
                shape = _child(cell, _TC_PR)
                width = _child(shape, _GRID_SPAN)
                span = 1 if width is None else max(1, min(63, _number(width.get(_VAL), 1)))
                vertical = _child(shape, _V_MERGE)
                if len(inside) == 1:
                    text = " ".join(inside[0].text.split())
                else:
                    items = all(block.mark and not block.mark.startswith("#") for block in inside)
                    text = ("; " if items else " ").join(" ".join(block.text.split()) for block in inside)
                if vertical is not None and vertical.get(_VAL, "continue") == "continue" and not text:
                    text = above.get(len(texts), "")
                if vertical is not None:
                    merged.update(dict.fromkeys(range(len(texts), len(texts) + span), text))
                plain = plain and len(text) <= MAX_CELL
                plain = plain and not any(block.row or block.mark.startswith("#") for block in inside)
                bold = bold and (not text or _is_bold(cell))
                texts += [text.replace(" | ", " ¦ ")] * span
                blocks += inside
            above = merged
            if plain and any(texts):
                header = _child(properties, qn("w:tblHeader"))
                is_header = header is not None and header.get(_VAL, "true") not in _OFF
                found.append((texts, is_header, bold))
                continue
            if _labels(cells, blocks, table):
                found.append(([f"**{blocks[0].text}**"], False, False))
                continue
            yield from _rows(found)
            found = []
            yield from blocks
        yield from _rows(found)


def _rows(found: list[tuple[list[str], bool, bool]]) -> Iterator[Block]:
    """Yield the rows of a table, those first that hold its header words."""
    n_header = 0
    while n_header < len(found) - 1 and found[n_header][1]:
        n_header += 1
    if not n_header and len(found) > 1:
        first, rest = found[0], found[1:]
        n_header = int((first[2] and not all(one[2] for one in rest)) or _is_above_numbers([one[0] for one in found]))
    width = max((len(texts) for texts, _, _ in found), default=0)
    for number, (texts, _, _) in enumerate(found):
        row = [*texts, *[""] * (width - len(texts))] if len(texts) > 1 else texts  # one text labels the rows below
        yield Block(" | ".join(row), row=True, header=number < n_header)


def _is_above_numbers(rows: list[list[str]]) -> bool:
    """Tell whether the first row has no number and a column below it has nothing else."""
    head, body = rows[0], rows[1:]
    if len(body) < 2 or any(map(_DIGIT.search, head)) or not all(head[1:]):
        return False
    columns = [[row[i] for row in body if len(row) > i and row[i]] for i in range(1, len(head))]
    return any(len(column) > 1 and all(map(_DIGIT.search, column)) for column in columns)


def _labels(cells: list[Any], blocks: list[Block], table: Any) -> bool:  # noqa: ANN401
    """Tell whether a row is one short cell across a table of several columns: it labels the rows below it."""
    columns = len(table.xpath("./w:tblGrid/w:gridCol"))
    alone = len(cells) == 1 and columns > 1 and len(blocks) == 1 and not blocks[0].mark and not blocks[0].row
    return alone and len(blocks[0].text) <= MAX_HEAD and blocks[0].text[-1:] not in ".!"


def _is_bold(cell: Any) -> bool:  # noqa: ANN401
    runs = [run for run in cell.iter(qn("w:r")) if "".join(text.text or "" for text in run.iter(qn("w:t"))).strip()]
    return bool(runs) and all(_properties(_child(run, _R_PR))[0] for run in runs)


def _heads(text: str, runs: list[tuple[str, bool]]) -> bool:
    """Tell whether a paragraph is bold all through and short: it heads what follows."""
    bold = all(heavy for piece, heavy in runs if piece.strip())
    return bold and len(text) <= MAX_HEAD and "\n" not in text and "**" not in text and text[-1] not in ".,;"


def _part(document: Any, kind: str) -> Any:  # noqa: ANN401
    """Return the root of the part that a document is related to, or None."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(kind) and not relation.is_external:
            part = relation.target_part
            return part.element if hasattr(part, "element") else parse_xml(part.blob)
    return None


def _children(element: Any, name: str) -> list[Any]:  # noqa: ANN401
    return [] if element is None else element.findall(qn(name))


def _child(element: Any, tag: str) -> Any:  # noqa: ANN401
    """Return the first child of a name, or None; also where there is no element."""
    return None if element is None else next(element.iterchildren(tag), None)


def _first(element: Any, tag: str) -> Any:  # noqa: ANN401
    """Return the first child if it has a name, or None: properties stand first."""
    return element[0] if len(element) and element[0].tag == tag else None


def _value(element: Any, name: str) -> str:  # noqa: ANN401
    child = _child(element, qn(name))
    return "" if child is None else child.get(_VAL, "")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text) else otherwise


def _properties(element: Any) -> tuple[bool | None, bool | None]:  # noqa: ANN401
    """Return whether a run's properties make it bold, and whether unseen; None where they do not say."""
    if element is None:
        return None, None
    said: dict[str, bool] = {}
    for child in element.iterchildren(*_TOLD):
        said.setdefault(child.tag, child.get(_VAL, "true") not in _OFF)
    bold = said.pop(_B, None)
    return bold, any(said.values()) if said else None


def _styles(root: Any) -> Mapping[str, _Style]:  # noqa: ANN401
    found: dict[str, _Style] = {}
    for style in root.findall(qn("w:style")):
        bold, unseen = _properties(_child(style, _R_PR))
        one = _Style(_style_mark(_value(style, "w:name")), _value(style, "w:basedOn"), bold=bold, unseen=unseen)
        numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is not None:
            one.numbering, one.level = _value(numbering, "w:numId"), _number(_value(numbering, "w:ilvl"), 0)
        found[style.get(qn("w:styleId"), "")] = one
    return found


def _style_mark(name: str) -> str:
    if heading := _HEADING.match(name):
        return "#" * min(int(heading[1]), 6) + " "
    if name.casefold() == "title":
        return "# "
    return "- " if _LIST.match(name) else ""


def _numbering(root: Any) -> _Numbering:  # noqa: ANN401
    found = _Numbering()
    for abstract in _children(root, "w:abstractNum"):
        name = abstract.get(qn("w:abstractNumId"), "")
        levels = found.levels.setdefault(name, {})
        for level in _children(abstract, "w:lvl"):
            at = _number(level.get(qn("w:ilvl")), 0)
            text = _value(level, "w:lvlText")
            levels[at] = _Level(_number(_value(level, "w:start"), 1), _value(level, "w:numFmt") or "decimal", text)
            if style := _value(level, "w:pStyle"):
                found.by_style[name, style] = at
    for one in _children(root, "w:num"):
        number = one.get(qn("w:numId"), "")
        found.lists[number] = _value(one, "w:abstractNumId")
        for override in _children(one, "w:lvlOverride"):
            if start := _value(override, "w:startOverride"):
                found.starts[number, _number(override.get(qn("w:ilvl")), 0)] = _number(start, 1)
    return found


def _symbol(element: Any) -> str:  # noqa: ANN401
    """Return a character of a symbol font: a box, ticked or not; of an ordinary font itself."""
    code = element.get(qn("w:char"), "")
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0
    if "wingdings" in element.get(qn("w:font"), "").casefold():
        return _BOXES.get(number & 0xFF, "")
    return "" if not number or 0xD800 <= number <= 0xF8FF else chr(number)


def _form_value(element: Any) -> str:  # noqa: ANN401
    """Return what an old form field shows: a box or the chosen entry of a list (a text field has its text)."""
    box = element.find(qn("w:checkBox"))
    if box is not None:
        said = box.find(qn("w:checked"))
        said = box.find(qn("w:default")) if said is None else said
        return "☒" if said is not None and said.get(_VAL, "true") not in _OFF else "☐"
    choices = element.find(qn("w:ddList"))
    if choices is None:
        return ""
    entries = [one.get(_VAL, "") for one in choices.findall(qn("w:listEntry"))]
    chosen = _number(_value(choices, "w:result"), 0)
    return entries[chosen] if 0 <= chosen < len(entries) else ""
