"""Ruled lines that make a grid → the tables on a page, a cell between four lines.

What is no table for certain stays what it was: words.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nmt_rag.documents.formats import is_above_numbers, may_label
from nmt_rag.documents.pdf.pages import NEAR, Rule, Word
from nmt_rag.documents.pdf.tables.cells import Table, in_lines


@dataclass(slots=True)
class Grid:
    """Ruled lines that meet one another: those of one table, if it is one."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)


def ruled(words: Sequence[Word], level: Sequence[Rule], upright: Sequence[Rule]) -> tuple[list[Table], list[Word]]:
    """Return the tables that lines rule on a page, and the words outside them."""
    tables: list[Table] = []
    rest = list(words)
    for grid in grids(level, upright):
        xs, ys = _places(rule.at for rule in grid.upright), _places(rule.at for rule in grid.level)
        if len(xs) < 3 or len(ys) < 3:
            continue  # a frame, or one row of boxes: it lays out a page
        inside = [
            word for word in rest if xs[0] - NEAR < _middle(word) < xs[-1] + NEAR and ys[0] < height_of(word) < ys[-1]
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
        row = next((i for i in range(n_rows) if ys[i] <= height_of(word) < ys[i + 1]), n_rows - 1)
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
    return Table(xs[0], ys[0], xs[-1], ys[-1], [rows[i] for i in kept], n_header, inside)


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


def grids(level: Sequence[Rule], upright: Sequence[Rule]) -> list[Grid]:
    """Return the groups of lines that cross or touch one another; those that lie upon each other are one."""
    level, upright = merged(level), merged(upright)
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
            if touch(one, other):
                group[root(i)] = root(len(level) + j)
    met: dict[int, Grid] = {}
    for i, rule in enumerate([*level, *upright]):
        grid = met.setdefault(root(i), Grid())
        (grid.level if i < len(level) else grid.upright).append(rule)
    return [grid for grid in met.values() if grid.level and grid.upright]


def touch(level: Rule, upright: Rule) -> bool:
    """Tell whether a level and an upright line cross or meet."""
    crosses = level.start - NEAR <= upright.at <= level.end + NEAR
    return crosses and upright.start - NEAR <= level.at <= upright.end + NEAR


def merged(rules: Sequence[Rule]) -> list[Rule]:
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


def height_of(word: Word) -> float:
    """Return the height of the middle of a word's letters, from above."""
    return word.y - 0.3 * word.size
