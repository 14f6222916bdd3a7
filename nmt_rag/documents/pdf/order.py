"""Lines and tables of a page → its columns, in the order in which they are read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from nmt_rag.documents.pdf.lines import NARROW, Line, by_row
from nmt_rag.documents.pdf.tables import Table

_WIDEST = 14_400
"""Points: no page of a PDF is wider (ISO 32000), but a damaged file may say so."""


def in_order(items: Sequence[Line | Table]) -> list[list[Line] | Table]:
    """Return a page's columns of lines, and its tables between them, in the order they are read."""
    if not items:
        return []
    gutter = _gutter(items)
    if gutter is None:
        for parts in (_at_gaps(items), _at_columns(items)):
            if len(parts) > 1 and any(_gutter(part) is not None for part in parts):
                return [column for part in parts for column in in_order(part)]
        return _column(items)
    found: list[list[Line] | Table] = []
    left: list[Line | Table] = []
    right: list[Line | Table] = []
    for item in sorted(items, key=lambda item: item.y):
        if item.x0 < gutter < item.x1:
            found += [*in_order(left), *in_order(right), *_column([item])]
            left, right = [], []
        else:
            (left if item.x1 <= gutter else right).append(item)
    return [*found, *in_order(left), *in_order(right)]


def _column(items: Sequence[Line | Table]) -> list[list[Line] | Table]:
    """Return one column from above: its lines, parted by its tables."""
    lines = [_whole(row) for row in by_row(item for item in items if isinstance(item, Line))]
    if lines:
        _measure(lines)
    found: list[list[Line] | Table] = []
    for table in sorted((item for item in items if isinstance(item, Table)), key=lambda table: table.y):
        above = [line for line in lines if line.y <= table.y + 1]
        lines = lines[len(above) :]
        found += [above, table] if above else [table]
    return [*found, lines] if lines else found


def _whole(row: list[Line]) -> Line:
    """Return the pieces of a row as one line."""
    return row[0] if len(row) == 1 else Line([cell for line in row for cell in line.cells], row[0].page)


def _at_gaps(items: Sequence[Line | Table]) -> list[list[Line | Table]]:
    """Return the lines parted where much white lies between them."""
    parts: list[list[Line | Table]] = []
    bottom = 0.0
    for item in sorted(items, key=lambda item: item.y):
        if parts and item.y - bottom < 2.2 * item.size:
            parts[-1].append(item)
        else:
            parts.append([item])
        bottom = max(bottom, item.bottom if isinstance(item, Table) else item.y)
    return parts


def _at_columns(items: Sequence[Line | Table]) -> list[list[Line | Table]]:
    """Return the lines parted where columns of text begin or end."""
    ordered = sorted(items, key=lambda item: item.y)
    groups = itertools.groupby(ordered, key=lambda item: isinstance(item, Line) and item.beside)
    return [list(group) for _, group in groups]


def _gutter(items: Sequence[Line | Table]) -> float | None:
    """Return the middle of the white strip between two columns of text, or None."""
    lines = sorted(items, key=lambda item: item.y)
    if len(lines) < 6:
        return None
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    width = int(right - left) + 2
    if not 100 <= width <= _WIDEST or sum(line.x0 > left + 0.25 * width for line in lines) < 3:
        return None
    change = [0] * (width + 2)
    for line in lines:
        change[max(0, int(line.x0 - left))] += 1
        change[min(width, int(line.x1 - left) + 1)] -= 1
    beside = all(isinstance(line, Line) and line.beside for line in lines)  # columns for certain: none reaches over
    allowed = 0 if beside else max(1, len(lines) // 12)
    best: tuple[int, int] | None = None
    over, start = 0, None
    for x in range(width):
        over += change[x]
        if over <= allowed:
            start = x if start is None else start
        if start is not None and (over > allowed or x == width - 1):
            if start > 0.1 * width and x < 0.95 * width and (best is None or x - start > best[1] - best[0]):
                best = (start, x)
            start = None
    if best is None or best[1] - best[0] < 7:
        return None
    middle = left + (best[0] + best[1]) / 2
    one = [line for line in lines if line.x1 <= middle]
    other = [line for line in lines if line.x0 >= middle]
    if len(one) < 3 or len(other) < 3:
        return None
    if _labelled(one, other):
        return None
    together = min(one[-1].y, other[-1].y) - max(one[0].y, other[0].y)
    return middle if together > 2 * lines[0].size else None


def _labelled(one: Sequence[Line | Table], other: Sequence[Line | Table]) -> bool:
    """Tell whether the left side holds the labels of what stands beside it, rather than a text of its own."""
    left = [line for line in one if isinstance(line, Line)]
    right = [line for line in other if isinstance(line, Line)]
    beside = sum(any(abs(line.y - label.y) < 0.35 * line.size for label in left) for line in right)
    if beside < 0.7 * len(right) or all(line.beside for line in left):
        return False
    width = max(line.x1 - line.x0 for line in left)
    full = sum(line.x1 - line.x0 > 0.75 * width for line in left)
    return width < NARROW * left[0].size or full < 0.5 * len(left)


def _measure(lines: list[Line]) -> None:
    """Tell each line of a column how far the column reaches, and whether other lines show that."""
    edge = max(line.x1 for line in lines)
    left = min(line.x0 for line in lines)
    near = sum(line.x1 - left > 0.8 * (edge - left) for line in lines)
    for line in lines:
        line.edge, line.left, line.supported = edge, left, near > 1
