"""Lines of words → tables that no line rules: rows whose cells stand in the same columns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nmt_rag.documents.pdf.pages import NEAR
from nmt_rag.documents.pdf.tables.cells import WordRun

MIN_ALIGNED = 3
"""At least this many lines with the same columns are a table without ruled lines; two may stand so by chance."""
_FULL = 0.9
"""A line is full where it and the next word exceed this share of the widest: not all programs wrap by width."""


def aligned(lines: Sequence[list[WordRun]]) -> list[tuple[int, int, list[list[str]], int]]:
    """Return the runs of lines whose cells stand in the same columns: first line, line after the last, rows, headers.

    Where the columns hold text that runs down them, there are no rows.

    Args:
        lines: the lines of a page, from above, each as its cells from the left.
    """
    found: list[tuple[int, int, list[list[str]], int]] = []
    start = 0
    while start < len(lines):
        end = _run(lines, start)
        if end - start >= MIN_ALIGNED and _is_prose(lines[start:end]):
            found.append((start, end, [], 0))
        elif end - start >= MIN_ALIGNED:
            columns = _columns(lines[start:end])
            rows = [_in_columns(line, columns) for line in lines[start:end]]
            bold = [all(word.bold for cell in line for word in cell.words) for line in lines[start:end]]
            found.append((start, end, rows, 1 if bold[0] and not any(bold[1:]) else 0))
        start = max(end, start + 1)
    return found


def _run(lines: Sequence[list[WordRun]], start: int) -> int:
    """Return the line after the last one that shares the columns of the line at ``start``."""
    if len(lines[start]) < 2:
        return start
    end = start + 1
    while end < len(lines) and len(lines[end]) >= 2 and _share(lines[end - 1], lines[end]):
        before, here = lines[end - 1][0].words[0], lines[end][0].words[0]
        if here.y - before.y > 3.5 * here.size:
            break
        end += 1
    return end if end - start >= MIN_ALIGNED else start


def _share(above: list[WordRun], below: list[WordRun]) -> bool:
    """Tell whether all cells of the line with fewer of them stand under, or over, one of the other's, by an edge."""
    few, many = sorted((above, below), key=len)

    def meets(cell: WordRun) -> bool:
        return any(
            abs(cell.x0 - other.x0) < NEAR
            or abs(cell.x1 - other.x1) < NEAR
            or abs(cell.x0 + cell.x1 - other.x0 - other.x1) < 2 * NEAR
            for other in many
        )

    return all(map(meets, few))


def _is_prose(run: Sequence[list[WordRun]]) -> bool:
    """Tell whether the cells are rather lines of text in columns: most fill theirs, or go on in the line below."""
    by_column = [[line[i] for line in run if len(line) > i] for i in range(2)]
    if any(max(cell.x1 - cell.x0 for cell in cells) < 12 * cells[-1].words[0].size for cells in by_column):
        return False
    return all(map(_is_filled, by_column)) or all(map(_goes_on, by_column))


def _is_filled(cells: Sequence[WordRun]) -> bool:
    """Tell whether most lines are about as wide as the widest."""
    width = max(cell.x1 - cell.x0 for cell in cells)
    return sum(cell.x1 - cell.x0 > 0.75 * width for cell in cells) >= 0.6 * len(cells)


def _goes_on(cells: Sequence[WordRun]) -> bool:
    """Tell whether most lines had no room for the next one's first word, and a third of these begin in lower case.

    A bold line above the others heads them, and below the last one nothing stands.
    """
    left = min(cell.x0 for cell in cells)
    edge = left + _FULL * (max(cell.x1 for cell in cells) - left)
    pairs = [pair for pair in itertools.pairwise(cells) if pair[0].words[0].bold == pair[1].words[0].bold]
    firsts = [below.words[0] for _, below in pairs]
    full = sum(cell.x1 + first.x1 - first.x0 > edge for (cell, _), first in zip(pairs, firsts, strict=True))
    lower = sum(first.text[:1].islower() for first in firsts)
    return len(pairs) > 1 and full >= 0.75 * len(pairs) and 3 * lower >= len(pairs)


def _columns(run: Sequence[list[WordRun]]) -> list[tuple[float, float]]:
    """Return the left and right end of each column: cells that overlap are of one."""
    spans: list[list[float]] = []
    for x0, x1 in sorted((cell.x0, cell.x1) for line in run for cell in line):
        if spans and x0 < spans[-1][1] - 1:
            spans[-1][1] = max(spans[-1][1], x1)
        else:
            spans.append([x0, x1])
    return [(x0, x1) for x0, x1 in spans]


def _in_columns(line: list[WordRun], columns: Sequence[tuple[float, float]]) -> list[str]:
    """Return the text of a line in each of some columns, given as (left, right)."""
    row = [""] * len(columns)
    for cell in line:
        column = next(i for i, (x0, x1) in enumerate(columns) if x0 - 1 <= cell.x0 <= x1 + 1)
        row[column] = f"{row[column]} {cell.text}".strip()
    return row
