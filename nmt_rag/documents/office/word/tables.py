"""The tables of a Word document → one block a row; a table that only lays out a page gives what stands in its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import nsmap
from lxml import etree

from nmt_rag.documents.formats import Block
from nmt_rag.documents.office.word.elements import OFF, R_PR, VAL, bold_and_unseen, child_of, qn, whole_number

MAX_CELL = 600
"""A "cell" of more characters is a column of a page that a table lays out."""
MAX_HEAD = 120
"""A bold paragraph or a row of more characters heads nothing."""

_TR_PR, _TC_PR, _GRID_SPAN, _V_MERGE = (qn(f"w:{name}") for name in "trPr tcPr gridSpan vMerge".split())
_ROWS = etree.XPath("./w:tr | ./w:sdt/w:sdtContent/w:tr", namespaces=nsmap)
_CELLS = etree.XPath("./w:tc | ./w:sdt/w:sdtContent/w:tc", namespaces=nsmap)
_DIGIT = re.compile(r"\d")


def table_blocks(table: Any, blocks_of: Callable[[Any], Iterator[Block]]) -> Iterator[Block]:  # noqa: ANN401
    """Yield one block for a row of plain cells; a table that only lays out a page yields what stands in its cells.

    A cell over several rows or columns is repeated in each.

    Args:
        table: the element.
        blocks_of: reads what stands in a cell.
    """
    found: list[tuple[list[str], bool, bool]] = []
    above: dict[int, str] = {}
    for row in _ROWS(table):
        texts: list[str] = []
        blocks: list[Block] = []
        bold = True
        cells = _CELLS(row)
        plain = len(cells) > 1
        properties = child_of(row, _TR_PR)
        before = child_of(properties, qn("w:gridBefore"))
        texts += [""] * (0 if before is None else whole_number(before.get(VAL), 0))
        merged: dict[int, str] = {}
        for cell in cells:
            inside = list(blocks_of(cell))
            shape = child_of(cell, _TC_PR)
            width = child_of(shape, _GRID_SPAN)
            span = 1 if width is None else max(1, min(63, whole_number(width.get(VAL), 1)))
            vertical = child_of(shape, _V_MERGE)
            if len(inside) == 1:
                text = " ".join(inside[0].text.split())
            else:
                items = all(block.mark and not block.mark.startswith("#") for block in inside)
                text = ("; " if items else " ").join(" ".join(block.text.split()) for block in inside)
            if vertical is not None and vertical.get(VAL, "continue") == "continue" and not text:
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
            header = child_of(properties, qn("w:tblHeader"))
            is_header = header is not None and header.get(VAL, "true") not in OFF
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
    return bool(runs) and all(bold_and_unseen(child_of(run, R_PR))[0] for run in runs)
