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
    INDENT,
    Block,
    FileDraft,
    Remark,
    boxed,
    hidden_address,
    join_blocks,
    may_head,
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
from nmt_rag.documents.office.word.formulas import FORMULA, formula_text
from nmt_rag.documents.office.word.numbering import read_numbering
from nmt_rag.documents.office.word.pieces import TextPiece, labelled, settled
from nmt_rag.documents.office.word.styles import Styles, WordStyle, outline_mark
from nmt_rag.documents.office.word.symbols import TYPED, form_value, symbol
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
_FIELD_CHAR, _FIELD_CODE, _FIELD, _SDT = (qn(f"w:{name}") for name in "fldChar instrText fldSimple sdt".split())
_COUNTS_OF_A_RUN = (*TOLD_OF_A_RUN, _R_STYLE, _VERT_ALIGN)
_LEFT_OUT = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sectPr"))
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
_CONTENTS = re.compile(r"\s*TOC\b")
_LINK = re.compile(r'\bHYPERLINK\s+"?([^"\s]+)')
_UNSEEN = (0x200B, 0x200D, 0x2060, 0xFEFF)
_SEEN_OTHERWISE = {
    **TYPED,
    **dict.fromkeys(_UNSEEN),
    **{c: letters for c, letters in LIGATURES.items() if letters != "st"},
}
_ODD = re.compile(f"[{''.join(map(chr, _SEEN_OTHERWISE))}]")


def read_docx(data: bytes) -> FileDraft:
    """Return the text of a Word document, in document order.

    Inserted text counts; deleted, struck-out and hidden text does not. Footnotes, endnotes and text boxes follow the
    paragraph (or table) that holds them. Page headers and footers are left out, and so are comments and lists of
    contents.

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
        for root in roots:
            _forget_placeholders(root)
            _forget_contents(root)
        # The properties of most runs say nothing that counts here, and to look into each takes a fifth of the time.
        self._telling = {told.getparent() for root in roots for told in root.iter(*_COUNTS_OF_A_RUN)}
        self._links = {
            name: relation.target_ref for name, relation in document.part.rels.items() if relation.is_external
        }
        self._waiting: list[Any] = []  # notes of the paragraph or table that is being read
        self._in_table = 0
        self._in_section = False  # below a heading
        self._fields: list[tuple[list[str], int]] = []  # the code of each open field, and where what it shows begins
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
        pieces: list[TextPiece] = []
        properties = first_if(paragraph, _P_PR)
        style = self._styles.of(child_of(properties, _P_STYLE))
        self._fields = []
        if not style.unseen:
            self._text(paragraph, boxes, pieces, bold=bool(style.bold))
        pieces = settled(pieces)
        text = "".join([piece.text for piece in pieces])
        mark = self._mark(properties, style, text.strip()) if text.strip() else ""
        if not mark and not self._in_table:
            text = labelled(pieces)
        text = (text.translate(_SEEN_OTHERWISE) if _ODD.search(text) else text).strip()
        if text:
            self._in_section = self._in_section or mark.startswith("#")
            yield Block(" ".join(text.split("\n")) if mark else text, mark)
        for box in boxes:
            inside = self.blocks(box)
            yield from inside if self._in_table else boxed(inside, in_section=self._in_section)
        yield from self._notes_read()

    def _mark(self, properties: Any, style: WordStyle, text: str) -> str:  # noqa: ANN401
        """Return the mark of a heading or list item, with its automatic number.

        An outline level makes a heading of a short line only: whole paragraphs and cells of tables have one, too.
        """
        mark = style.mark
        if not self._in_table and not mark.startswith("#") and may_head(text):
            said = outline_mark(properties)
            mark = (style.outline if said is None else said) or mark
        own = child_of(properties, _NUM_PR)
        number, level = style.numbering, style.level or 0
        if own is not None:
            number = value_of(own, "w:numId") or number
            level = whole_number(value_of(own, "w:ilvl"), level)
        numbered = self._numbering.mark(number, level) if number and number != "0" else ""
        if mark.startswith("#"):
            return mark + ("" if numbered == "- " else numbered)
        return INDENT * max(level, mark.count(INDENT)) + numbered if numbered else mark

    def _text(self, element: Any, boxes: list[Any], runs: list[TextPiece], *, bold: bool) -> None:  # noqa: ANN401
        """Gather the pieces of text in a paragraph and whether they are bold, and put the text boxes aside."""
        for child in element:
            tag = child.tag
            if tag == _T:
                runs.append(TextPiece(child.text or "", bold))
            elif tag == _R:
                self._run(child, boxes, runs, bold=bold)
            elif tag in _LEFT_OUT:
                continue
            elif tag in _MARKS:
                runs.append(TextPiece(_MARKS[tag], bold))
            elif tag == _SYM:
                runs.append(TextPiece(symbol(child), bold))
            elif tag == _BOX:
                boxes.append(child)
            elif tag in (_FOOTNOTE, _ENDNOTE):
                kind = "footnote" if tag == _FOOTNOTE else "endnote"
                note = self._notes[kind].pop(child.get(qn("w:id")), None)  # once: a note may refer to itself
                if note is not None:
                    self._waiting.append(note)
            elif tag == _FF_DATA:
                runs.append(TextPiece(form_value(child), bold))
            elif tag == FORMULA:
                runs.append(TextPiece(formula_text(child), bold))
            elif tag in (_HYPERLINK, _FIELD):
                first = len(runs)
                self._text(child, boxes, runs, bold=bold)
                code = _LINK.search(child.get(qn("w:instr"), ""))
                link = code[1] if code else self._links.get(child.get(qn("r:id"), ""), "")
                _show_address(link, first, runs, bold=bold)
            elif tag == _FIELD_CODE:
                if self._fields:
                    self._fields[-1][0].append(child.text or "")
            elif not str(tag).endswith("}Fallback"):
                if tag == _FIELD_CHAR:
                    self._field(child.get(qn("w:fldCharType"), ""), runs, bold=bold)
                self._text(child, boxes, runs, bold=bold)

    def _field(self, kind: str, runs: list[TextPiece], *, bold: bool) -> None:
        """Take in that a field begins, that its code ends and what it shows begins, or that it ends.

        One that goes on in another paragraph, as a list of contents does, is no link of words.
        """
        if kind == "begin":
            self._fields.append(([], len(runs)))
        elif self._fields and kind == "separate":
            self._fields[-1] = (self._fields[-1][0], len(runs))
        elif self._fields and kind == "end":
            code, first = self._fields.pop()
            link = _LINK.search("".join(code))
            _show_address(link[1] if link else "", first, runs, bold=bold)

    def _run(self, run: Any, boxes: list[Any], runs: list[TextPiece], *, bold: bool) -> None:  # noqa: ANN401
        """Gather a run's pieces of text, unless it is hidden or struck out, and tell those that are raised."""
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
        place = child_of(properties, _VERT_ALIGN)
        if style.raised if place is None else place.get(VAL) == "superscript":
            runs[first:] = [piece._replace(raised=True) for piece in runs[first:]]


def _forget_placeholders(root: Any) -> None:  # noqa: ANN401
    """Empty the fields of a form that nobody filled in: what they show says what to write there."""
    for field in root.iter(_SDT):
        if field.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None:
            for text in field.iter(_T):
                text.text = ""


def _forget_contents(root: Any) -> None:  # noqa: ANN401
    """Empty the lists of contents, with their headings: they say again where the headings of the document are."""
    for field in root.iter(_SDT):
        gallery = field.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
        if gallery is not None and gallery.get(VAL) == "Table of Contents":
            for text in field.iter(_T):
                text.text = ""
    opened: list[int] = []  # how many texts of lists of contents stood before each field that goes on; -1 of others
    texts: list[Any] = []
    for element in root.iter(_FIELD_CHAR, _FIELD_CODE, _T):
        if element.tag == _FIELD_CODE and opened and opened[-1] < 0 and _CONTENTS.match(element.text or ""):
            opened[-1] = len(texts)
        elif element.tag == _T and opened:
            texts.append(element)
        elif element.get(qn("w:fldCharType")) == "begin":
            opened.append(-1)
        elif element.get(qn("w:fldCharType")) == "end" and opened:
            first = opened.pop()
            for text in texts[first:] if first >= 0 else ():
                text.text = ""
            if first >= 0:
                del texts[first:]


def _show_address(link: str, first: int, pieces: list[TextPiece], *, bold: bool) -> None:
    """Add the address that a link leads to behind its words, the pieces from a place on, unless they show it."""
    if address := hidden_address(link, "".join(piece.text for piece in pieces[first:])):
        pieces.append(TextPiece(f" ({address})", bold))
