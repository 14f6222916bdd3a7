"""The tables of a Word document → one block a row; a table that only lays out a page gives what stands in its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import nsmap
from lxml import etree

from nmt_rag.documents.formats import MAX_HEAD, Block, cell_text, is_above_numbers, is_plain_cell, without_bars
from nmt_rag.documents.office.word.elements import OFF, R_PR, VAL, bold_and_unseen, child_of, qn, whole_number

_TR_PR, _TC_PR, _GRID_SPAN, _V_MERGE = (qn(f"w:{name}") for name in "trPr tcPr gridSpan vMerge".split())
_ROWS = etree.XPath("./w:tr | ./w:sdt/w:sdtContent/w:tr", namespaces=nsmap)
_CELLS = etree.XPath("./w:tc | ./w:sdt/w:sdtContent/w:tc", namespaces=nsmap)


@dataclass(frozen=True, slots=True)
class _WordRow:
    """A row: the text of each column, whether the file names it a header, and whether all of it is bold.

    ``blocks`` is what stands in its cells; ``plain`` tells whether they are a table's values, not parts of a page.
    ``merged`` holds the texts of its columns that go on in the rows below; ``wide`` tells whether a cell covers
    several columns.
    """

    texts: list[str]
    header: bool = False
    bold: bool = False
    blocks: list[Block] = field(default_factory=list)
    plain: bool = True
    merged: Mapping[int, str] = field(default_factory=dict)
    wide: bool = False


def table_blocks(table: Any, blocks_of: Callable[[Any], Iterator[Block]]) -> Iterator[Block]:  # noqa: ANN401
    """Yield one block for a row of plain cells; a table that only lays out a page yields what stands in its cells.

    A cell over several rows or columns is repeated in each.

    Args:
        table: the element.
        blocks_of: reads what stands in a cell.
    """
    rows: list[_WordRow] = []
    above: Mapping[int, str] = {}
    for element in _ROWS(table):
        row = _row(element, above, blocks_of)
        above = row.merged
        if row.plain and any(row.texts):
            rows.append(row)
        elif _labels(_CELLS(element), row.blocks, table):
            rows.append(_WordRow([f"**{row.blocks[0].text}**"]))
        else:
            yield from _row_blocks(rows)
            rows = []
            yield from row.blocks
    yield from _row_blocks(rows)


def _row(element: Any, above: Mapping[int, str], blocks_of: Callable[[Any], Iterator[Block]]) -> _WordRow:  # noqa: ANN401
    """Return a row as it is read, with the texts of merged cells that begin in a row above."""
    texts: list[str] = []
    blocks: list[Block] = []
    merged: dict[int, str] = {}
    bold, wide = True, False
    cells = _CELLS(element)
    plain = len(cells) > 1
    properties = child_of(element, _TR_PR)
    before = child_of(properties, qn("w:gridBefore"))
    texts += [""] * (0 if before is None else whole_number(before.get(VAL), 0))
    for cell in cells:
        inside = list(blocks_of(cell))
        shape = child_of(cell, _TC_PR)
        width = child_of(shape, _GRID_SPAN)
        span = 1 if width is None else max(1, min(63, whole_number(width.get(VAL), 1)))
        vertical = child_of(shape, _V_MERGE)
        text = cell_text(inside)
        bold = bold and (not text or _is_bold(cell))
        wide = wide or (span > 1 and bool(text))
        if vertical is not None and vertical.get(VAL, "continue") == "continue" and not text:
            text = above.get(len(texts), "")
        if vertical is not None:
            merged.update(dict.fromkeys(range(len(texts), len(texts) + span), text))
        plain = plain and is_plain_cell(text, inside)
        texts += [without_bars(text)] * span
        blocks += inside
    header = child_of(properties, qn("w:tblHeader"))
    is_header = header is not None and header.get(VAL, "true") not in OFF
    return _WordRow(texts, is_header, bold, blocks, plain, merged, wide)


def _row_blocks(rows: Sequence[_WordRow]) -> Iterator[Block]:
    """Yield the rows of a table, those first that hold its header words."""
    n_header = _n_header(rows)
    width = max((len(row.texts) for row in rows), default=0)
    for number, row in enumerate(rows):
        filled = [*row.texts, *[""] * (width - len(row.texts))] if len(row.texts) > 1 else row.texts
        yield Block(" | ".join(filled), row=True, header=number < n_header)  # a lone text labels the rows below


def _n_header(rows: Sequence[_WordRow]) -> int:
    """Return how many rows at the top hold header words: those that the file names, or else the first, if it is bold.

    A bold row below a header cell over several columns tells these columns apart, and is one, too.
    """
    n_header = 0
    while n_header < len(rows) - 1 and rows[n_header].header:
        n_header += 1
    if not n_header and len(rows) > 1:
        alone_bold = rows[0].bold and not all(row.bold for row in rows[1:])
        n_header = int(alone_bold or is_above_numbers([row.texts for row in rows]))
    while 0 < n_header < len(rows) - 1 and rows[n_header - 1].wide:
        if not rows[n_header].bold or len(list(filter(None, rows[n_header].texts))) < 2:
            break
        n_header += 1
    return n_header


def _labels(cells: list[Any], blocks: list[Block], table: Any) -> bool:  # noqa: ANN401
    """Tell whether a row is one short cell across a table of several columns: it labels the rows below it."""
    columns = len(table.xpath("./w:tblGrid/w:gridCol"))
    alone = len(cells) == 1 and columns > 1 and len(blocks) == 1 and not blocks[0].mark and not blocks[0].row
    return alone and len(blocks[0].text) <= MAX_HEAD and blocks[0].text[-1:] not in ".!"


def _is_bold(cell: Any) -> bool:  # noqa: ANN401
    runs = [run for run in cell.iter(qn("w:r")) if "".join(text.text or "" for text in run.iter(qn("w:t"))).strip()]
    return bool(runs) and all(bold_and_unseen(child_of(run, R_PR))[0] for run in runs)
