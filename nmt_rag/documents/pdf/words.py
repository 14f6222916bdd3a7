"""The pages of a PDF as PDFium sees them: words with their place and font, ruled lines, form values, pictures.

Nothing is interpreted here; which words make a line, a paragraph or a table is settled in
`nmt_rag.documents.pdf.layout`. A PDF engine is no Python code: PDFium is what Chrome opens any stranger's file with. It
is not made for threads, so one file is read at a time.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nmt_rag.documents.decoding import clean, one_line
from nmt_rag.documents.pdf.drawings import Drawings, bullets, drawings_of
from nmt_rag.documents.pdf.pages import File, Page, Word, attached
from nmt_rag.errors import CorpusError
from nmt_rag.swedish import LIGATURES

_HYPHENS = "\x02\ufffe"  # what PDFium makes of a hyphen at the end of a line
_WORDS = re.compile(rf"[^\s{_HYPHENS}]+[{_HYPHENS}]?|[{_HYPHENS}]")
_NOTHING = re.compile("[\u200b-\u200d\u2060\ufeff\ufffd]")  # zero-width characters, and glyphs without a character
_BULLETS = dict.fromkeys([0xF0B7, 0xF0A7, 0xF0A8, 0xF0D8, 0xF076, 0xF0FC, 0xF06E], "•")
_CHARACTERS = LIGATURES | _BULLETS
_BOLD_NAME = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_ASKEW = 1 / 6
"""Text turned by more than this from a quarter of a circle (a share of a quarter: 15 degrees) is a stamp upon the page,
such as «UTKAST» across it, and no part of its text; a scanned page may lie a little askew."""
_lock = threading.Lock()
_text_object = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
"""`FPDFText_GetTextObject` as a plain number, which is compared and looked up faster than a pointer."""


@dataclass(frozen=True, slots=True)
class _Font:
    """How a piece of text is drawn."""

    size: float  # the height of its letters, in points
    bold: bool
    turn: int | None  # how many quarters of a circle the text is turned, None where it lies askew


def read(data: bytes) -> File:
    """Return what stands on the pages of a PDF.

    Raises:
        CorpusError: the file is no PDF, is damaged, or needs a password.
    """
    with _lock:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise CorpusError("the PDF is encrypted: save it without a password") from error
            raise CorpusError(f"the PDF cannot be read ({one_line(error)}): export it anew") from error
        try:
            if document.get_formtype() != pdfium.FORMTYPE_NONE:
                document.init_forms()
            pages = tuple(_page(document, number) for number in range(len(document)))
            title = clean(document.get_metadata_value("Title") or "").strip()
            return File(pages, title, _told(partial(pdfium.FPDFCatalog_GetLanguage, document)))
        except pypdfium2.PdfiumError as error:
            raise CorpusError(f"the PDF cannot be read ({one_line(error)}): export it anew") from error
        finally:
            document.close()


def _told(ask: Callable[[Any, int], int]) -> str:
    """Return the text that a call of PDFium's writes into a buffer of some bytes; without one it tells how many."""
    length = ask(None, 0)
    units = (ctypes.c_ushort * (length // 2 + 1))()
    ask(units, length)
    return bytes(units).decode("utf-16-le", "replace").split("\0")[0]


def _page(document: Any, number: int) -> Page:  # noqa: ANN401 - PDFium's objects have no types
    """Return what stands on a page, turned as most of its words are; a page that is broken counts as a picture."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:  # one broken page does not take the others with it
        return Page((), pictured=True)
    try:
        height = page.get_height() if page.get_rotation() in (0, 180) else page.get_width()
        textpage = page.get_textpage()
        try:
            words = list(_Characters(textpage.raw, height).words())
        finally:
            textpage.close()
        turns = [turn for turn, _ in words]
        turn = max(set(turns), key=turns.count) if turns else 0
        upright = [word for angle, word in words if angle == turn]
        crosswise = [word for angle, word in words if angle != turn]
        drawings = Drawings() if turn else drawings_of(page, height)
        upright += bullets(drawings.dots, upright)
        if turn == 0 and document.formenv is not None:
            upright += _values(page, document.formenv, upright, height)
    finally:
        page.close()
    return Page(
        words=tuple(_once(upright)),
        crosswise=tuple(_once(crosswise)),
        level=tuple(drawings.level),
        upright=tuple(drawings.upright),
        boxes=tuple(drawings.boxes),
        pictured=drawings.pictured,
        height=0.0 if turn else height,
    )


class _Characters:
    """The characters of a page. Few calls a word: on most pages they are what takes the time."""

    def __init__(self, raw: Any, height: float) -> None:  # noqa: ANN401
        self._raw = raw
        self._height = height
        self._address = ctypes.cast(raw, ctypes.c_void_p)
        self._fonts: dict[int, _Font] = {}
        self._point = ctypes.c_double(), ctypes.c_double()
        self._box = ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double()

    def words(self) -> Iterator[tuple[int, Word]]:
        """Yield the words of the page but those askew, each with the quarters of a circle that it is turned.

        On some pages PDFium ends a line after each letter: what touches over the end of a line is one word.
        """
        text = self._text()
        pending: list[tuple[int, Word]] = []
        end = 0
        for match in _WORDS.finditer(text):
            first, last = match.start(), match.end() - 1
            key = _text_object(self._address, first) or 0
            if first == last or key == (_text_object(self._address, last) or 0):
                pieces = [self._piece(text, first, last, key)]
            else:
                pieces = list(self._parts(text, first, last))
            if text[end : match.start()] != "\r\n":
                yield from _joined(pending)
                pending = []
            pending += [(turn, word) for turn, word in pieces if turn is not None]
            end = match.end()
        yield from _joined(pending)

    def _text(self) -> str:
        """Return one character for each that PDFium counts."""
        count = pdfium.FPDFText_CountChars(self._raw)
        if count <= 0:
            return ""
        units = (ctypes.c_ushort * (count + 1))()
        got = pdfium.FPDFText_GetText(self._raw, 0, count, units) - 1
        if got == count:
            text = bytes(units)[: 2 * got].decode("utf-16-le", "replace")
            if len(text) == count:
                return text
        codes = (pdfium.FPDFText_GetUnicode(self._raw, i) for i in range(count))  # characters beyond 16 bits
        return "".join(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)

    def _parts(self, text: str, first: int, last: int) -> Iterator[tuple[int | None, Word]]:
        """Yield the parts of a word that was drawn piece by piece."""
        start, before = first, _text_object(self._address, first)
        for i in range(first + 1, last + 1):
            here = _text_object(self._address, i)
            if here != before:
                yield self._piece(text, start, i - 1, before or 0)
                start, before = i, here
        yield self._piece(text, start, last, before or 0)

    def _piece(self, text: str, first: int, last: int, key: int) -> tuple[int | None, Word]:
        """Return the characters from the first to the last as one word, and the quarters that it is turned.

        Args:
            text: all characters of the page.
            first: the number of the first one.
            last: the number of the last one.
            key: the text object they were drawn with, which has one font.
        """
        font = self._fonts.get(key)
        if font is None:
            font = self._fonts[key] = _font(self._raw, first)
        x, y = self._point
        left, right, bottom, top = self._box
        pdfium.FPDFText_GetCharOrigin(self._raw, first, x, y)
        pdfium.FPDFText_GetCharBox(self._raw, last, left, right, bottom, top)
        start, line, end = x.value, self._height - y.value, right.value
        if font.turn == 1:  # upwards
            start, line, end = y.value, x.value, top.value
        elif font.turn == 2:
            start, line, end = -x.value, y.value, -left.value
        elif font.turn == 3:
            start, line, end = -y.value, -x.value, -bottom.value
        return font.turn, Word(text[first : last + 1], start, max(start, end), line, font.size, font.bold)


def _font(raw: Any, index: int) -> _Font:  # noqa: ANN401
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(raw, index, matrix)
    size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d) or 1.0
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    turn = round(quarters) % 4 if abs(quarters - round(quarters)) < _ASKEW else None
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, index, name, 128, flags)
    bold = bool(_BOLD_NAME.search(name.value.decode("utf-8", "replace")))
    return _Font(size, bold or pdfium.FPDFText_GetFontWeight(raw, index) > _BOLD_WEIGHT, turn)


def _joined(pieces: list[tuple[int, Word]]) -> Iterator[tuple[int, Word]]:
    """Yield the words that pieces without a gap make."""
    if not pieces:
        return
    turn, word = pieces[0]
    for angle, piece in pieces[1:]:
        whole = attached(word, piece) if angle == turn else None
        if whole is None:
            yield from _named(turn, word)
            turn, word = angle, piece
        else:
            word = whole
    yield from _named(turn, word)


def _named(turn: int, word: Word) -> Iterator[tuple[int, Word]]:
    text = word.text
    if text.isascii() and text.isprintable():
        yield turn, word
        return
    text = _NOTHING.sub("", text.translate(_CHARACTERS))
    if text and text[-1] in _HYPHENS:
        text = text[:-1] + "-"
    text = clean(text).strip()
    if text:
        yield turn, word if text == word.text else replace(word, text=text)


def _once(words: list[Word]) -> list[Word]:
    """Return the words without those that were drawn a second time at the same place, as for bold or a shadow."""
    places: dict[tuple[str, int], list[tuple[float, float]]] = {}
    kept: list[Word] = []
    for word in words:
        row, reach = int(word.y / 4), 0.25 * word.size
        here = places.get((word.text, row))
        for near in (here, places.get((word.text, row - 1)), places.get((word.text, row + 1))):
            if near and any(abs(x - word.x0) < reach and abs(y - word.y) < reach for x, y in near):
                break
        else:
            if here is None:
                here = places[word.text, row] = []
            here.append((word.x0, word.y))
            kept.append(word)
    return kept


def _values(page: Any, forms: Any, words: list[Word], height: float) -> list[Word]:  # noqa: ANN401
    """Return what a form's fields hold, each at the place of its field and on the line of its label."""
    found: list[Word] = []
    rectangle = pdfium.FS_RECTF()
    for i in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        field = pdfium.FPDFPage_GetAnnot(page.raw, i)
        try:
            if pdfium.FPDFAnnot_GetSubtype(field) != pdfium.FPDF_ANNOT_WIDGET:
                continue
            text = _value(forms, field)
            pdfium.FPDFAnnot_GetRect(field, rectangle)
        finally:
            pdfium.FPDFPage_CloseAnnot(field)
        high, low = sorted((height - rectangle.bottom, height - rectangle.top))
        lines = [line for line in clean(text).split("\n") if line.strip()]
        for number, line in enumerate(lines):
            size = min(11.0, (low - high) / max(1, len(lines)) * 0.8) or 8.0
            y = high + (number + 0.8) * (low - high) / len(lines)
            if len(lines) == 1:
                beside = [word.y for word in words if high <= word.y <= low + 2]
                y = min(beside, key=lambda other: abs(other - y), default=y)
            found.append(Word(line.strip(), rectangle.left, rectangle.right, y, size))
    return found


def _value(forms: Any, field: Any) -> str:  # noqa: ANN401
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, field)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return "☒" if pdfium.FPDFAnnot_IsChecked(forms, field) else "☐"
    if kind in (pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE):
        return ""
    written = _told(partial(pdfium.FPDFAnnot_GetFormFieldValue, forms, field))
    return written.replace("\r\n", "\n").replace("\r", "\n")
