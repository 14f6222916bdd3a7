"""Words and ruled lines of a page → the tables on it: rows of cells where lines rule them, or where columns align.

What is no table for certain stays what it was: words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nmt_rag.citations import joined
from nmt_rag.documents.pdf.pages import Rule, Word

NEAR = 2.5
"""Lines and edges at most this far from each other are one (points)."""

MIN_ALIGNED = 3
"""At least this many lines with the same columns are a table without ruled lines; two may stand so by chance."""


@dataclass(slots=True)
class Table:
    """A table: where it stands (left, top, right, bottom, in points from above) and its rows of cells."""

    x0: float
    top: float
    x1: float
    bottom: float
    rows: list[list[str]]
    n_header: int = 0

    @property
    def y(self) -> float:
        """Where it begins, from above."""
        return self.top

    @property
    def size(self) -> float:
        """A usual height of letters: a table has none of its own."""
        return 10.0


@dataclass(slots=True)
class WordRun:
    """Words side by side without a wide gap."""

    words: list[Word]

    @property
    def x0(self) -> float:
        """Its left end."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Its right end."""
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        """Its words, with a space between each two."""
        return " ".join(word.text for word in self.words)


@dataclass(slots=True)
class _Grid:
    """Ruled lines that meet one another: those of one table, if it is one."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)


def ruled(words: Sequence[Word], level: Sequence[Rule], upright: Sequence[Rule]) -> tuple[list[Table], list[Word]]:
    """Return the tables that lines rule on a page, and the words outside them."""
    tables: list[Table] = []
    rest = list(words)
    for grid in _grids(_merged(level), _merged(upright)):
        xs, ys = _places(rule.at for rule in grid.upright), _places(rule.at for rule in grid.level)
        if len(xs) < 3 or len(ys) < 3:
            continue  # a frame, or one row of boxes: it lays out a page
        inside = [
            word for word in rest if xs[0] - NEAR < _middle(word) < xs[-1] + NEAR and ys[0] < _height(word) < ys[-1]
        ]
        table = _filled(inside, xs, ys, grid)
        if table is None:
            continue
        taken = set(map(id, inside))
        rest = [word for word in rest if id(word) not in taken]
        tables.append(table)
    return tables, rest


def _filled(inside: list[Word], xs: list[float], ys: list[float], grid: _Grid) -> Table | None:
    """Return the table with the words in its cells; a cell over several rows or columns is repeated in each."""
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    held: dict[tuple[int, int], list[Word]] = {}
    for word in inside:
        row = next((i for i in range(n_rows) if ys[i] <= _height(word) < ys[i + 1]), n_rows - 1)
        column = next((i for i in range(n_columns) if xs[i] <= _middle(word) < xs[i + 1]), n_columns - 1)
        held.setdefault((row, column), []).append(word)
    # A cell begins where a line stands between it and its neighbour above and to the left.
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(n_rows):
        for column in range(n_columns):
            place = (row, column)
            if row and not _is_ruled(grid.level, ys[row], xs[column], xs[column + 1]):
                place = first[row - 1, column]
            elif column and not _is_ruled(grid.upright, xs[column], ys[row], ys[row + 1]):
                place = first[row, column - 1]
            first[row, column] = place
    cells: dict[tuple[int, int], list[Word]] = {}
    for place, content in held.items():
        cells.setdefault(first[place], []).extend(content)
    if len(cells) < 3:
        return None
    texts = {place: in_lines(content) for place, content in cells.items()}
    rows = [[texts.get(first[row, column], "") for column in range(n_columns)] for row in range(n_rows)]
    empty = [column for column in range(n_columns) if not any(row[column] for row in rows)]
    rows = [[cell for column, cell in enumerate(row) if column not in empty] for row in rows]
    rows = [row for i, row in enumerate(rows) if any(row) and (not i or row != rows[i - 1])]
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    bold = [{word.bold for word in held.get((row, column), ())} for row in range(n_rows) for column in range(n_columns)]
    head = set().union(*bold[:n_columns])
    body = set().union(*bold[n_columns:])
    return Table(xs[0], ys[0], xs[-1], ys[-1], rows, 1 if head == {True} and False in body else 0)


def aligned(lines: Sequence[list[WordRun]]) -> list[tuple[int, int, list[list[str]], int]]:
    """Return the runs of lines whose cells stand in the same columns: first line, line after the last, rows, headers.

    Args:
        lines: the lines of a page, from above, each as its cells from the left.
    """
    found = []
    start = 0
    while start < len(lines):
        end = _run(lines, start)
        if end - start >= MIN_ALIGNED:
            columns = _columns(lines[start:end])
            rows = [_in_columns(line, columns) for line in lines[start:end]]
            bold = [all(word.bold for cell in line for word in cell.words) for line in lines[start:end]]
            found.append((start, end, rows, 1 if bold[0] and not any(bold[1:]) else 0))
        start = max(end, start + 1)
    return found


def in_lines(words: Sequence[Word]) -> str:
    """Return the words of one cell, line by line from above, on one line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if lines and abs(word.y - lines[-1][-1].y) < 0.4 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    text = ""
    for line in lines:
        piece = " ".join(word.text for word in sorted(line, key=lambda word: word.x0))
        text = joined(text, piece) if text else piece
    return text


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
    run = lines[start:end]
    if len(run) < MIN_ALIGNED or _is_prose(run):
        return start
    return end


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
    """Tell whether the cells are rather lines of text in two columns: most of them fill their column."""
    by_column = [[line[i] for line in run if len(line) > i] for i in range(2)]
    for cells in by_column:
        width = max(cell.x1 - cell.x0 for cell in cells)
        size = cells[0].words[0].size
        full = sum(cell.x1 - cell.x0 > 0.75 * width for cell in cells)
        if width < 12 * size or full < 0.6 * len(cells):
            return False
    return True


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


def _grids(level: list[Rule], upright: list[Rule]) -> list[_Grid]:
    """Return the groups of lines that cross or touch one another."""
    if len(level) < 3 or len(upright) < 3 or len(level) * len(upright) > 200_000:
        return []
    group = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        """Return the line that stands for all of a line's group (union–find, paths halved)."""
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, one in enumerate(level):
        for j, other in enumerate(upright):
            touches = (
                one.start - NEAR <= other.at <= one.end + NEAR and other.start - NEAR <= one.at <= other.end + NEAR
            )
            if touches:
                group[root(i)] = root(len(level) + j)
    grids: dict[int, _Grid] = {}
    for i, rule in enumerate([*level, *upright]):
        grid = grids.setdefault(root(i), _Grid())
        (grid.level if i < len(level) else grid.upright).append(rule)
    return [grid for grid in grids.values() if grid.level and grid.upright]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Return the lines with those joined that go on from each other, or lie upon each other."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / NEAR), rule.start)):
        last = found[-1] if found else None
        if last and abs(last.at - rule.at) < NEAR and rule.start <= last.end + NEAR:
            found[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            found.append(rule)
    return found


def _places(values: object) -> list[float]:
    """Return the places of lines from the least, those within `NEAR` of each other as one."""
    places: list[float] = []
    for value in sorted(values):  # type: ignore[call-overload]
        if not places or value - places[-1] > NEAR:
            places.append(value)
    return places


def _is_ruled(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    middle = (start + end) / 2
    return any(abs(rule.at - at) <= NEAR and rule.start <= middle <= rule.end for rule in rules)


def _middle(word: Word) -> float:
    return (word.x0 + min(word.x1, word.x0 + 200)) / 2


def _height(word: Word) -> float:
    return word.y - 0.3 * word.size
