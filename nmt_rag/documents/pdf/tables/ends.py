"""The row above the first of a table's level lines, and the one below the last: many tables rule only between rows.

A header may be any bold row that has room in the columns. Any other row must also stand by an edge with the cells of
its columns, which a line of running text does not.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from nmt_rag.documents.pdf.pages import NEAR, Rule, Word
from nmt_rag.documents.pdf.tables.cells import by_baseline
from nmt_rag.documents.pdf.tables.rows import GAP, RuledRow, Span, columns_with, in_columns, is_label, merged_spans
from nmt_rag.documents.pdf.tables.ruled import height_of

NEAR_LINE = 2.4
"""A row's first and last line lie at most this many letter heights from the ruled line above or below it."""
LEADING = 1.8
"""The lines of a row lie at most this many letter heights apart."""
SAME_SIZE = 1.12
"""Letters of a row are at most this many times as high as most of them."""
_NEXT_ROW = 3.5
"""A row without a line to the one before it lies at most this many letter heights from it."""


def lines_beside(words: Sequence[Word], rule: Rule, *, below: bool) -> list[list[Word]]:
    """Return the lines of text above or below a ruled one, the nearest first, up to one that goes on beside it.

    Args:
        words: those of the page, from above.
        rule: the ruled line.
        below: whether to look below it.
    """
    at = bisect.bisect(words, rule.at, key=height_of)
    lines = by_baseline(words[at : at + 200] if below else words[max(0, at - 200) : at])
    found: list[list[Word]] = []
    for line in lines if below else reversed(lines):
        if any(x0 < edge < x1 for x0, x1 in _runs(line) for edge in (rule.start - 1, rule.end + 1)):
            break
        within = [word for word in line if rule.start - 1 <= word.x0 and word.x1 <= rule.end + 1]
        found += [within] if within else []
    return found


def header_above(
    lines: Sequence[list[Word]], rule: Rule, columns: Sequence[Span], borders: Sequence[float]
) -> RuledRow | None:
    """Return the bold row above the first line of a table, or None.

    Args:
        lines: those of text above it, the nearest first.
        rule: the first line.
        columns: those of the table.
        borders: where they meet, if that is drawn.
    """
    row: list[list[Word]] = []
    edge, most = rule.at, NEAR_LINE
    for line in lines:
        first = line[0]
        of_one_type = not row or abs(first.size - row[0][0].size) < 0.5
        if abs(first.y - edge) > most * first.size or not of_one_type or not all(word.bold for word in line):
            break
        row.insert(0, line)
        edge, most = first.y, LEADING
    return RuledRow(row) if row and _has_columns(RuledRow(row), columns, borders) else None


def row_beside(
    lines: Sequence[list[Word]], rule: Rule, rows: Sequence[RuledRow], columns: Sequence[Span], borders: Sequence[float]
) -> RuledRow | None:
    """Return the row beside a table's first or last line whose cells stand as those between the lines, or None.

    Args:
        lines: those of text above or below the line, the nearest first.
        rule: the line.
        rows: those between the lines.
        columns: those of the table.
        borders: where they meet, if that is drawn.
    """
    found: RuledRow | None = None
    edge, most = rule.at, NEAR_LINE
    for line in lines:
        first = line[0]
        more = RuledRow(sorted([*(found.lines if found else []), line], key=lambda line: line[0].y))
        like = abs(more.size - rows[0].size) <= 0.1 * more.size
        like = like and max(word.size for word in line) < SAME_SIZE * more.size
        if abs(first.y - edge) > most * first.size or not like or not _fits_in(more, columns, borders):
            break
        found, edge, most = more, first.y, LEADING
    if found is None or not _has_columns(found, columns, borders):
        return None
    columns = columns_with(columns, found, borders) or columns
    n_cells = sum(map(bool, in_columns(found.words, columns)))
    return found if _n_met(found, rows, columns) == n_cells else None


def goes_on(
    lines: Sequence[list[Word]],
    edge: float,
    rows: Sequence[RuledRow],
    columns: Sequence[Span],
    borders: Sequence[float],
    taken: RuledRow | None,
) -> bool:
    """Tell whether the text beside a table looks like one more row of it, that no line parts from the others.

    Args:
        lines: those of text above or below it, the nearest first.
        edge: the height of the table's line there.
        rows: those between its lines.
        columns: those of the table.
        borders: where they meet, if that is drawn.
        taken: the row beside the line that is the table's already, if any.
    """
    n_taken = len(taken.lines) if taken else 0
    if n_taken == len(lines):
        return False
    line = RuledRow([lines[n_taken]])
    edge = lines[n_taken - 1][0].y if n_taken else edge
    columns = columns_with(columns, line, borders) or columns
    return abs(line.words[0].y - edge) < _NEXT_ROW * line.size and _n_met(line, rows, columns) > 1


def _has_columns(row: RuledRow, columns: Sequence[Span], borders: Sequence[float]) -> bool:
    """Tell whether a row is no label, has room in the columns of a table and fills several."""
    wider = None if is_label(row, columns, borders) else columns_with(columns, row, borders)
    several = sum(map(bool, in_columns(row.words, columns))) > 1
    return wider is not None and len(wider) == len(columns) and several


def _fits_in(row: RuledRow, columns: Sequence[Span], borders: Sequence[float]) -> bool:
    """Tell whether a row has room in the columns, and where their borders are drawn, white there."""
    wider = columns_with(columns, row, borders)
    runs = [run for line in row.lines for run in _runs(line)]
    crosses = any(x0 < border < x1 for x0, x1 in runs for border in borders)
    return wider is not None and len(wider) == len(columns) and not crosses


def _n_met(row: RuledRow, rows: Sequence[RuledRow], columns: Sequence[Span]) -> int:
    """Return in how many columns a row's cell stands by an edge, or by its middle, with that of another row."""
    others = [in_columns(other.words, columns) for other in rows]
    count = 0
    for column, words in enumerate(in_columns(row.words, columns)):
        cells = [_extent(cells[column]) for cells in others if cells[column]]
        if words and (not cells or any(_share_edge(_extent(words), cell) for cell in cells)):
            count += 1
    return count


def _runs(line: Sequence[Word]) -> list[Span]:
    return merged_spans([(word.x0, word.x1) for word in line], GAP * line[0].size)


def _extent(words: Sequence[Word]) -> Span:
    return min(word.x0 for word in words), max(word.x1 for word in words)


def _share_edge(one: Span, other: Span) -> bool:
    left, right = one[0] - other[0], one[1] - other[1]
    return min(abs(left), abs(right), abs(left + right) / 2) < NEAR
