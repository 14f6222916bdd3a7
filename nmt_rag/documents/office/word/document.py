"""A Word document → its text with headings, list items and table rows marked.

What a reader of the printed page sees is text: automatic numbers, ticked boxes and notes too; what is struck out or
hidden is not. Nothing is fetched, and no entity is resolved.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx

from nmt_rag.documents.decoding import clean, one_line
from nmt_rag.documents.formats import (
    MAX_HEAD,
    POWERS,
    Block,
    FileDraft,
    Remark,
    hidden_address,
    join_blocks,
    sensible_title,
)
from nmt_rag.documents.office import packages
from nmt_rag.documents.office.word.elements import (
    R_PR,
    TOLD_OF_A_RUN,
    VAL,
    bold_and_unseen,
    child_of,
    children_of,
    first_if,
    part_of,
    qn,
    value_of,
    whole_number,
)
from nmt_rag.documents.office.word.numbering import read_numbering
from nmt_rag.documents.office.word.styles import Styles, WordStyle
from nmt_rag.documents.office.word.symbols import form_value, symbol
from nmt_rag.documents.office.word.tables import table_blocks
from nmt_rag.errors import CorpusError
from nmt_rag.swedish import LIGATURES

_P, _TBL, _ALT_CHUNK, _T, _R, _SYM, _BOX, _FF_DATA, _HYPERLINK, _FOOTNOTE, _ENDNOTE = (
    *(qn(f"w:{name}") for name in "p tbl altChunk t r sym txbxContent ffData hyperlink".split()),
    *(qn(f"w:{name}") for name in "footnoteReference endnoteReference".split()),
)
_P_PR, _P_STYLE, _NUM_PR, _R_STYLE, _VERT_ALIGN = (
    qn(f"w:{name}") for name in "pPr pStyle numPr rStyle vertAlign".split()
)
_COUNTS_OF_A_RUN = (*TOLD_OF_A_RUN, _R_STYLE, _VERT_ALIGN)
_LEFT_OUT = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sectPr"))
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
_NOTE_MARK = re.compile(r"[\d,*†‡)]+")
_UNIT = re.compile(r"(?<!\w)\d*\s?(?:m|mm|cm|dm|km)$")
_UNSEEN = (0x200B, 0x200D, 0x2060, 0xFEFF)
_SEEN_OTHERWISE = {**dict.fromkeys(_UNSEEN), **{c: letters for c, letters in LIGATURES.items() if letters != "st"}}
_ODD = re.compile(f"[{''.join(map(chr, _SEEN_OTHERWISE))}]")


def read_docx(data: bytes) -> FileDraft:
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
    return FileDraft(
        clean(join_blocks(blocks)), title=sensible_title(title), notes=notes if reader.has_embedded_parts else ()
    )


class _Reader:
    """Reads the elements of one document."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - python-docx's elements have no types
        self._numbering = read_numbering(part_of(document, "/numbering"))
        self._styles = Styles(document.styles.element, self._numbering)
        notes = {kind: part_of(document, f"/{kind}s") for kind in ("footnote", "endnote")}
        self._notes = {
            kind: {note.get(qn("w:id")): note for note in children_of(root, f"w:{kind}")}
            for kind, root in notes.items()
        }
        roots = [root for root in (document.element, *notes.values()) if root is not None]
        # The properties of most runs say nothing that counts here, and to look into each takes a fifth of the time.
        self._telling = {told.getparent() for root in roots for told in root.iter(*_COUNTS_OF_A_RUN)}
        self._links = {
            name: relation.target_ref for name, relation in document.part.rels.items() if relation.is_external
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
                rows = list(table_blocks(child, self.blocks))
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
        """Yield a paragraph, bold where it heads what follows, then its text boxes and the notes that wait."""
        boxes: list[Any] = []
        runs: list[tuple[str, bool]] = []
        properties = first_if(paragraph, _P_PR)
        style = self._styles.of(child_of(properties, _P_STYLE))
        if not style.unseen:
            self._text(paragraph, boxes, runs, bold=bool(style.bold))
        text = "".join([piece for piece, _ in runs])
        mark = self._mark(properties, style) if text.strip() else ""
        if not mark and not self._in_table:
            text = _labelled(text, runs)
        text = (text.translate(_SEEN_OTHERWISE) if _ODD.search(text) else text).strip()
        if text:
            yield Block(" ".join(text.split("\n")) if mark else text, mark)
        for box in boxes:
            yield from self.blocks(box)
        yield from self._notes_read()

    def _mark(self, properties: Any, style: WordStyle) -> str:  # noqa: ANN401
        """Return the mark of a heading or list item, with its automatic number."""
        mark = style.mark
        own = child_of(properties, _NUM_PR)
        number, level = style.numbering, style.level or 0
        if own is not None:
            number = value_of(own, "w:numId") or number
            level = whole_number(value_of(own, "w:ilvl"), level)
        numbered = self._numbering.mark(number, level) if number and number != "0" else ""
        if mark.startswith("#"):
            return mark + ("" if numbered == "- " else numbered)
        return numbered or mark

    def _text(self, element: Any, boxes: list[Any], runs: list[tuple[str, bool]], *, bold: bool) -> None:  # noqa: ANN401
        """Gather the pieces of text in a paragraph and whether they are bold, and put the text boxes aside."""
        for child in element:
            tag = child.tag
            if tag == _T:
                runs.append((child.text or "", bold))
            elif tag == _R:
                self._run(child, boxes, runs, bold=bold)
            elif tag in _LEFT_OUT:
                continue
            elif tag in _MARKS:
                runs.append((_MARKS[tag], bold))
            elif tag == _SYM:
                runs.append((symbol(child), bold))
            elif tag == _BOX:
                boxes.append(child)
            elif tag in (_FOOTNOTE, _ENDNOTE):
                kind = "footnote" if tag == _FOOTNOTE else "endnote"
                note = self._notes[kind].pop(child.get(qn("w:id")), None)  # once: a note may refer to itself
                if note is not None:
                    self._waiting.append(note)
            elif tag == _FF_DATA:
                runs.append((form_value(child), bold))
            elif tag == _HYPERLINK:
                first = len(runs)
                self._text(child, boxes, runs, bold=bold)
                link = self._links.get(child.get(qn("r:id"), ""), "")
                if address := hidden_address(link, "".join(piece for piece, _ in runs[first:])):
                    runs.append((f" ({address})", bold))
            elif not str(tag).endswith("}Fallback"):
                self._text(child, boxes, runs, bold=bold)

    def _run(self, run: Any, boxes: list[Any], runs: list[tuple[str, bool]], *, bold: bool) -> None:  # noqa: ANN401
        """Gather a run's pieces of text, unless it is hidden or struck out; a raised number is a mark or a power."""
        properties = first_if(run, R_PR)
        if properties not in self._telling:
            self._text(run, boxes, runs, bold=bold)
            return
        style = self._styles.of(child_of(properties, _R_STYLE))
        heavy, unseen = bold_and_unseen(properties)
        if unseen if unseen is not None else style.unseen:
            return
        first = len(runs)
        heavy = heavy if heavy is not None else (style.bold or bold)
        self._text(run, boxes, runs, bold=bool(heavy))
        raised = child_of(properties, _VERT_ALIGN)
        if raised is None or raised.get(VAL) != "superscript":
            return
        mark = "".join(piece for piece, _ in runs[first:])
        before = "".join(piece for piece, _ in runs[:first])
        if before.strip() and _NOTE_MARK.fullmatch(mark.strip()):  # a note's mark, or the power of a unit
            runs[first:] = [(POWERS[mark], bold)] if mark in POWERS and _UNIT.search(before) else []


def _labelled(text: str, runs: list[tuple[str, bool]]) -> str:
    """Return a paragraph with marks around the line that is bold and heads what follows, in it or below it."""
    if not any(heavy for _, heavy in runs):
        return text
    lines: list[list[tuple[str, bool]]] = [[]]
    for piece, heavy in runs:
        first, *others = piece.split("\n")
        lines[-1].append((first, heavy))
        lines += [[(other, heavy)] for other in others]
    written = ["".join(piece for piece, _ in line).strip() for line in lines]
    heads = [bool(words) and _heads(words, line) for words, line in zip(written, lines, strict=True)]
    if not any(heads) or (all(heads) and len(heads) > 1):
        return text
    return "\n".join(f"**{words}**" if head else words for words, head in zip(written, heads, strict=True))


def _heads(text: str, runs: list[tuple[str, bool]]) -> bool:
    """Tell whether a line is bold all through and short: it heads what follows."""
    bold = all(heavy for piece, heavy in runs if piece.strip())
    return bold and len(text) <= MAX_HEAD and "**" not in text and text[-1] not in ".,;"
