"""A Word document → its text with headings, list items and table rows marked.

Nothing is fetched, and no entity is resolved.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import docx
from docx.oxml.ns import qn

from nmt_rag.decoding import clean, one_line
from nmt_rag.errors import CorpusError
from nmt_rag.formats import Block, Draft, join_blocks, sensible_title

MAX_UNPACKED_BYTES = 100_000_000  # of a .docx: twice the largest file that is read; beyond it lies a zip bomb

_WORD_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])", re.IGNORECASE)
_WORD_LIST = re.compile(r"list (?:bullet|number)|punktlista|numrerad lista", re.IGNORECASE)
_WORD_LEFT_OUT = frozenset(qn(f"w:{name}") for name in ("del", "moveFrom", "pPr", "rPr", "sectPr"))
_WORD_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}


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
    return Draft(clean(join_blocks(blocks)), title=sensible_title(title))


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
