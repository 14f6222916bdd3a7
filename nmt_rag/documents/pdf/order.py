"""Lines and tables of a page → its columns, in the order in which they are read."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.documents.pdf.lines import NARROW, Line, by_row
from nmt_rag.documents.pdf.pages import NEAR, Rectangle
from nmt_rag.documents.pdf.tables import Table

_SET_APART = 1.6
"""A heading that lies this many of its letter heights below a column heads nothing in it: it may end the one beside."""
_WIDEST = 14_400
"""Points: no page of a PDF is wider (ISO 32000), but a damaged file may say so."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """A box on the page with what stands in it: read in one go."""

    box: Rectangle
    items: list[Line | Table]

    @property
    def x0(self) -> float:
        """Its left end."""
        return self.box.x0

    @property
    def x1(self) -> float:
        """Its right end."""
        return self.box.x1

    @property
    def y(self) -> float:
        """Where it begins, from above."""
        return self.box.top

    @property
    def bottom(self) -> float:
        """Where it ends, from above."""
        return self.box.bottom

    @property
    def size(self) -> float:
        """A usual height of letters."""
        return self.items[0].size


_Item = Line | Table | _Panel


def in_order(items: Sequence[Line | Table]) -> list[list[Line] | Table]:
    """Return a page's columns of lines, and its tables between them, in the order they are read.

    What stands in a box is read in one go, and cuts no paragraph beside it.
    """
    panels: dict[Rectangle, _Panel] = {}
    for item in items:
        if item.box is not None:
            panels.setdefault(item.box, _Panel(item.box, [])).items.append(item)
    return _in_order([*(item for item in items if item.box is None), *panels.values()])


def _in_order(items: Sequence[_Item], following: _Item | None = None) -> list[list[Line] | Table]:
    """Return columns and tables in the order they are read; ``following`` is what stands below them on the page."""
    if not items:
        return []
    gutter = _gutter(items)
    if gutter is None:
        for parts in (_at_gaps(items), _at_columns(items)):
            if len(parts) > 1 and any(_gutter(part) is not None for part in parts):
                below = [*(part[0] for part in parts[1:]), following]
                pairs = zip(parts, below, strict=True)
                return [column for part, first in pairs for column in _in_order(part, first)]
        return _column(items)
    found: list[list[Line] | Table] = []
    left: list[_Item] = []
    right: list[_Item] = []
    for item in sorted(items, key=lambda item: item.y):
        if item.x0 < gutter < item.x1:
            heads = _heads_below(left, right, item)
            left = left[: len(left) - len(heads)]
            for side in (left, right):
                found += _in_order([one for one in side if not _reaches_below(one, item)])
            found += _column([*heads, item])
            left, right = ([one for one in side if _reaches_below(one, item)] for side in (left, right))
        else:
            (left if item.x1 <= gutter else right).append(item)
    heads = _heads_below(left, right, following) if following is not None else []
    return [*found, *_in_order(left[: len(left) - len(heads)]), *_in_order(right), *(_column(heads) if heads else [])]


def _reaches_below(one: _Item, item: _Item) -> bool:
    """Tell whether a box stands beside what begins lower, and is no part of the column above it."""
    return isinstance(one, _Panel) and one.bottom > item.y


def _heads_below(left: Sequence[_Item], right: Sequence[_Item], item: _Item) -> list[_Item]:
    """Return the lines at the end of the left column that head what reaches over both columns below them.

    They lie below the end of the right column, set apart from it, in bold or larger type than most; of several, each is
    smaller than the one above it: a heading that another of its kind follows ends its column, and heads the next one.
    """
    lines = [line for line in (*left, *right) if isinstance(line, Line)]
    ends = [one.bottom if isinstance(one, Table) else one.y for one in right if not isinstance(one, _Panel)]
    if not ends or not lines:
        return []
    usual = sorted(line.size for line in lines)[len(lines) // 2]
    bold_text = 2 * sum(line.bold for line in lines) > len(lines)
    heads: list[_Item] = []
    for line in reversed(left):
        if not isinstance(line, Line) or not (line.size > 1.1 * usual or (line.bold and not bold_text)):
            break
        if line.y - (1 if heads else _SET_APART) * line.size < max(ends) or (
            heads and line.size < 1.05 * heads[0].size
        ):
            break
        if isinstance(item, Line) and (item.bold, round(item.size)) == (line.bold, round(line.size)):
            break
        heads.insert(0, line)
    return heads


def _column(items: Sequence[_Item]) -> list[list[Line] | Table]:
    """Return one column from above: its lines, parted by its tables, and by its boxes below what stands beside them."""
    lines = [_whole(row) for row in by_row(item for item in items if isinstance(item, Line))]
    if lines:
        _measure(lines)
    found: list[list[Line] | Table] = []
    blocks = [item for item in items if not isinstance(item, Line)]
    for block in sorted(blocks, key=lambda block: (round(block.y / NEAR), block.x0)):
        end = block.y + 1
        if isinstance(block, _Panel):
            beside = [line for line in lines if block.y < line.y <= block.bottom]
            if beside:
                _measure(beside)
                end = block.bottom
        above = [line for line in lines if line.y <= end]
        lines = lines[len(above) :]
        found += [above] if above else []
        found += _in_order(block.items) if isinstance(block, _Panel) else [block]
    return [*found, lines] if lines else found


def _whole(row: list[Line]) -> Line:
    """Return the pieces of a row as one line."""
    return row[0] if len(row) == 1 else Line([cell for line in row for cell in line.cells], row[0].page, box=row[0].box)


def _at_gaps(items: Sequence[_Item]) -> list[list[_Item]]:
    """Return the lines parted where much white lies between them."""
    parts: list[list[_Item]] = []
    bottom = 0.0
    for item in sorted(items, key=lambda item: item.y):
        if parts and item.y - bottom < 2.2 * item.size:
            parts[-1].append(item)
        else:
            parts.append([item])
        bottom = max(bottom, item.y if isinstance(item, Line) else item.bottom)
    return parts


def _at_columns(items: Sequence[_Item]) -> list[list[_Item]]:
    """Return the lines parted where columns of text begin or end."""
    ordered = sorted(items, key=lambda item: item.y)
    groups = itertools.groupby(ordered, key=lambda item: isinstance(item, Line) and item.beside)
    return [list(group) for _, group in groups]


def _gutter(items: Sequence[_Item]) -> float | None:
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


def _labelled(one: Sequence[_Item], other: Sequence[_Item]) -> bool:
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
