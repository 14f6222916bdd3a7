"""PDF and Word files → text in which headings, list items and table rows can be told apart.

A heading becomes a line ``# …`` (one mark a level), a list item ``- …``, a table row ``cell | cell``; blocks are
parted by a blank line. The text of a PDF stays as it was extracted. Nothing is fetched, and no entity is resolved.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import docx
import pypdf
from docx.oxml.ns import qn

from nmt_rag.decoding import clean, one_line
from nmt_rag.errors import CorpusError

MAX_UNPACKED_BYTES = 100_000_000  # of a .docx: twice the largest file that is read; beyond it lies a zip bomb

_NO_TITLE = re.compile(
    r"(?:untitled|namnlös)\w*(?:[ -]?(?:document|dokument))?\s*\d*|\(?(?:anonymous|unspecified|unknown|no title)\)?|"
    r"(document|dokument|presentation)\s*\d*|microsoft \w+ - .*|.*\.(docx?|indd|odt|pdf|pptx?|rtf|txt|xlsx?)",
    re.IGNORECASE,
)
_WORD_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])", re.IGNORECASE)
_WORD_LIST = re.compile(r"list (?:bullet|number)|punktlista|numrerad lista", re.IGNORECASE)
_WORD_LEFT_OUT = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sectPr"))
_WORD_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # or its remarks on odd files land on stderr


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file's format tells of a document; a field that it does not know is empty."""

    text: str
    title: str = ""
    url: str = ""
    publisher: str = ""
    language: str = ""
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, with the mark that makes it a heading or a list item; ``row`` tells a table row.

    ``header`` tells a row that holds the header words of the rows below it.
    """

    text: str
    mark: str = ""
    row: bool = False
    header: bool = False


def join_blocks(blocks: Iterable[Block]) -> str:
    """Return the blocks as one text: a blank line between them, but for neighbouring list items and rows.

    A line ``--- | ---``, as in Markdown, parts the header rows of a table from the rows below them.
    """
    parts: list[str] = []
    previous = None
    for block in blocks:
        if previous is not None:
            new_table = block.header and not previous.header
            together = block.row and previous.row and not new_table
            parts.append("\n" if together or block.mark == previous.mark == "- " else "\n\n")
            if together and previous.header and not block.header:
                parts.append(" | ".join(["---"] * (previous.text.count(" | ") + 1)) + "\n")
        parts.append(block.mark + block.text)
        previous = block
    return "".join(parts)


def read_pdf(data: bytes) -> Draft:
    """Return the text of a PDF as it was extracted, and the offset at which each page starts.

    Raises:
        CorpusError: the file is no PDF, needs a password, or holds no text.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError("the PDF is encrypted: save it without a password")
        extracted = [clean(page.extract_text()).strip() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
        language = reader.root_object["/Lang"] if "/Lang" in reader.root_object else None
    except CorpusError:
        raise
    except pypdf.errors.DependencyError as error:
        raise CorpusError("the PDF is encrypted with AES: install `cryptography`, or save it unencrypted") from error
    except Exception as error:  # a damaged PDF makes pypdf raise nearly anything
        raise CorpusError(f"the PDF cannot be read ({one_line(error)}): export it anew") from error
    if not any(extracted):
        raise CorpusError("the PDF holds no text, probably scanned images: run text recognition (OCR) on it first")
    text, pages = "", []
    for page in extracted:
        if text:  # a sentence may run on over the end of a page
            text += "\n\n" if text.endswith((".", "!", "?", ":")) else "\n"
        pages.append(len(text))
        text += page
    return Draft(text, title=_sensible(title), language=str(language or ""), pages=tuple(pages))


def read_docx(data: bytes) -> Draft:
    """Return the text of a Word document, in document order.

    Inserted text counts and deleted text does not; a text box follows the paragraph that holds it. Page headers and
    footers, notes and comments are left out.

    Raises:
        CorpusError: the file is no .docx, is encrypted, or unpacks to more than `MAX_UNPACKED_BYTES`.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CorpusError("the file is encrypted or an old Word file (.doc): save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise CorpusError(f"the file unpacks to {unpacked // 1_000_000:,} MB: split it")
        document = docx.Document(io.BytesIO(data))
        blocks = list(_word_blocks(document.element.body, _word_styles(document.styles.element)))
        title = document.core_properties.title
    except CorpusError:
        raise
    except Exception as error:  # a damaged package makes zipfile, lxml and python-docx raise nearly anything
        raise CorpusError(f"the file is no readable .docx ({one_line(error)}): save it anew in Word") from error
    return Draft(clean(join_blocks(blocks)), title=_sensible(title))


def _word_styles(styles: Any) -> dict[str, str]:  # noqa: ANN401 - python-docx's elements have no types
    """Return the mark of each paragraph style that makes headings or list items, also by what it is based on."""
    names: dict[str, str] = {}
    bases: dict[str, str] = {}
    for style in styles.findall(qn("w:style")):
        identifier = style.get(qn("w:styleId"), "")
        for tag, values in (("w:name", names), ("w:basedOn", bases)):
            element = style.find(qn(tag))
            values[identifier] = "" if element is None else element.get(qn("w:val"), "")
    marks = {}
    for identifier in names:
        ancestor, mark = identifier, ""
        for _ in range(10):  # styles may be based on one another in a ring
            mark = mark or _style_mark(names.get(ancestor, ""))
            ancestor = bases.get(ancestor, "")
        if mark:
            marks[identifier] = mark
    return marks


def _style_mark(name: str) -> str:
    if heading := _WORD_HEADING.match(name):
        return "#" * min(int(heading[1]), 6) + " "
    if name.casefold() == "title":
        return "# "
    return "- " if _WORD_LIST.match(name) else ""


def _word_blocks(container: Any, styles: Mapping[str, str]) -> Iterator[Block]:  # noqa: ANN401
    for child in container:
        if child.tag == qn("w:p"):
            yield from _word_paragraph(child, styles)
        elif child.tag == qn("w:tbl"):
            for row in child.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr"):
                yield from _word_row(row, styles)
        elif child.tag not in _WORD_LEFT_OUT:  # content controls, tracked insertions and other wrappings
            yield from _word_blocks(child, styles)


def _word_row(row: Any, styles: Mapping[str, str]) -> Iterator[Block]:  # noqa: ANN401
    """Yield one block for a row of plain cells; a table that only lays out a page yields what stands in its cells."""
    cells = [list(_word_blocks(cell, styles)) for cell in row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc")]
    blocks = [block for cell in cells for block in cell]
    if len(cells) == 1 or any(block.mark or block.row for block in blocks):
        yield from blocks
    elif blocks:
        yield Block(" | ".join(" ".join(block.text for block in cell) for cell in cells), row=True)


def _word_paragraph(paragraph: Any, styles: Mapping[str, str]) -> Iterator[Block]:  # noqa: ANN401
    boxes: list[Any] = []
    text = "".join(_word_text(paragraph, boxes)).strip()
    if text:
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        mark = "" if style is None else styles.get(style.get(qn("w:val")), "")
        numbering = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        if not mark and numbering is not None and numbering.get(qn("w:val")) != "0":
            mark = "- "
        yield Block(" ".join(text.split("\n")) if mark else text, mark)
    for box in boxes:
        yield from _word_blocks(box, styles)


def _word_text(element: Any, boxes: list[Any]) -> Iterator[str]:  # noqa: ANN401
    """Yield the pieces of text in a paragraph, and put the text boxes it holds aside."""
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _WORD_MARKS:
            yield _WORD_MARKS[child.tag]
        elif child.tag == qn("w:txbxContent"):
            boxes.append(child)
        elif child.tag not in _WORD_LEFT_OUT and not str(child.tag).endswith("}Fallback"):
            yield from _word_text(child, boxes)


def _sensible(title: object) -> str:
    """Return a title from a file's properties, unless a program put its own there."""
    text = clean(str(title or "")).strip()
    return "" if _NO_TITLE.fullmatch(text) else text
