"""Words and ruled lines of a page → the tables on it: rows of cells where lines rule them, or where columns align.

What is no table for certain stays what it was: words.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nmt_rag.citations import joined
from nmt_rag.documents.formats import is_above_numbers, may_label
from nmt_rag.documents.pdf.pages import NEAR, Grid, Rule, Word, grids

MIN_ALIGNED = 3
"""At least this many lines with the same columns are a table without ruled lines; two may stand so by chance."""
_FULL = 0.9
"""A line is full where it and the next word exceed this share of the widest: not all programs wrap by width."""


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


def ruled(words: Sequence[Word], level: Sequence[Rule], upright: Sequence[Rule]) -> tuple[list[Table], list[Word]]:
    """Return the tables that lines rule on a page, and the words outside them."""
    tables: list[Table] = []
    rest = list(words)
    for grid in grids(level, upright):
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


def _filled(inside: list[Word], xs: list[float], ys: list[float], grid: Grid) -> Table | None:
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
    labels = _labels(rows, first, held)
    n_header = _n_header({i: row for i, row in enumerate(rows) if i not in labels}, first, held)
    empty = [column for column in range(n_columns) if not any(row[column] for row in rows)]
    rows = [
        [f"**{row[0]}**"] if i in labels else [cell for column, cell in enumerate(row) if column not in empty]
        for i, row in enumerate(rows)
    ]
    kept = [i for i, row in enumerate(rows) if any(row) and (not i or row != rows[i - 1])]
    if len(kept) < 2 or len(rows[0]) < 2:
        return None
    n_header = sum(i < n_header for i in kept)
    return Table(xs[0], ys[0], xs[-1], ys[-1], [rows[i] for i in kept], n_header)


def _labels(
    rows: Sequence[Sequence[str]],
    first: Mapping[tuple[int, int], tuple[int, int]],
    held: Mapping[tuple[int, int], Sequence[Word]],
) -> set[int]:
    """Return the rows below the first that label those below them: one cell over all columns, or one bold text alone.

    The arguments are those of `_n_header`, with all rows.
    """
    found = set()
    for i, row in enumerate(rows[1:], 1):
        is_one = all(first[i, column] == (i, 0) for column in range(len(row)))
        is_bold = not any(row[1:]) and all(word.bold for word in held.get((i, 0), ()))
        if (is_one or is_bold) and may_label(row[0]):
            found.add(i)
    return found


def _n_header(
    rows: Mapping[int, Sequence[str]],
    first: Mapping[tuple[int, int], tuple[int, int]],
    held: Mapping[tuple[int, int], Sequence[Word]],
) -> int:
    """Return how many rows at the top hold header words: a second one where a cell of the first spans columns.

    Args:
        rows: the texts of the cells by the number of their row, without those that are labels.
        first: of each place (row, column) the one where its cell begins.
        held: the words that stand at a place.
    """
    columns = range(len(rows[0]))
    bold = [[word.bold for column in columns for word in held.get((row, column), ())] for row in rows]
    spans = any(first[0, column] == first[0, column - 1] for column in columns[1:])
    most = 2 if spans and len(rows) > 2 else 1
    if most == 2 and is_above_numbers(list(rows.values())[1:]) and not any(map(str.isdigit, "".join(rows[0]))):
        return 2
    n_bold = sum(1 for _ in itertools.takewhile(lambda row: row and all(row), bold[:most]))
    return 0 if all(map(all, bold[n_bold:])) else n_bold


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
