"""Level lines alone → the tables on a page: a row between each two, however many lines its cells wrap to.

Columns are parted where the lines are drawn cell by cell, else by white that runs through all rows. Two lines of text
that look like rows of their own, as below the line under a header, are no row: what is no table for certain stays what
it was.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from nmt_rag.citations import joined
from nmt_rag.documents.pdf.pages import NEAR, Rule, Word
from nmt_rag.documents.pdf.tables.cells import Table, by_baseline
from nmt_rag.documents.pdf.tables.ends import (
    LEADING,
    NEAR_LINE,
    SAME_SIZE,
    goes_on,
    header_above,
    lines_beside,
    row_beside,
)
from nmt_rag.documents.pdf.tables.rows import RuledRow, Span, columns_with, in_columns, is_label
from nmt_rag.documents.pdf.tables.ruled import height_of, merged

_LEAST_WIDTH = 100.0
"""A line of less is none between the rows of a table (points)."""


def banded(words: Sequence[Word], level: Sequence[Rule]) -> tuple[list[Table], list[Word]]:
    """Return the tables between level lines that begin and end together, and the other words."""
    stacks: dict[tuple[int, int], list[Rule]] = {}
    for rule in sorted(merged(level), key=lambda rule: rule.at):
        if rule.end - rule.start > _LEAST_WIDTH:
            stacks.setdefault((round(rule.start / 5), round(rule.end / 5)), []).append(rule)
    tables: list[Table] = []
    rest = sorted(words, key=height_of)
    taken: set[int] = set()
    pieces = sorted(level, key=lambda piece: piece.at)
    for rules in stacks.values():
        found = _tables(rest, rules, [_joints(rule, pieces) for rule in rules]) if len(rules) > 1 else []
        if found:
            taken.update(id(word) for table in found for word in table.words)
            rest = [word for word in rest if id(word) not in taken]
            tables += found
    return tables, [word for word in words if id(word) not in taken]


def _joints(rule: Rule, pieces: Sequence[Rule]) -> list[float]:
    """Return where the pieces of a line meet that were drawn one after the other, given all pieces from above."""
    first = bisect.bisect(pieces, rule.at - NEAR, key=lambda piece: piece.at)
    last = bisect.bisect(pieces, rule.at + NEAR, key=lambda piece: piece.at)
    inner = {round(piece.start) for piece in pieces[first:last] if rule.start + NEAR < piece.start < rule.end - NEAR}
    return sorted(inner)


def _tables(words: Sequence[Word], rules: Sequence[Rule], joints: Sequence[Sequence[float]]) -> list[Table]:
    """Return the tables that some lines rule among words, all in their order from above.

    Args:
        words: those that may stand between the lines.
        rules: the lines.
        joints: of each where its pieces meet.
    """
    heights = [height_of(word) for word in words]
    rows: list[RuledRow | None] = []
    for above, below in itertools.pairwise(rules):
        within = words[bisect.bisect(heights, above.at) : bisect.bisect(heights, below.at)]
        rows.append(_row(within, above, below))
    tables: list[Table] = []
    start = 0
    while start < len(rows):
        run: list[RuledRow] = []
        borders = joints[start] or joints[start + 1]
        edges = [rules[start].start, *borders, rules[start].end]
        columns = list(itertools.pairwise(edges)) if borders else []
        for i, row in enumerate(itertools.islice(rows, start, None), start):
            if row is None or (run and abs(row.size - run[0].size) > 0.1 * row.size):
                break
            wider = columns_with(columns, row, borders) if joints[i + 1] in (borders, []) or not borders else None
            if wider is None:
                break
            columns = wider
            run.append(row)
        while len(columns) > 1 and run and is_label(run[-1], columns, borders):
            run.pop()  # no rows stand below it
        end = start + len(run)
        is_rest = len(rules) == 2 and len(run) == 1 and len(run[0].lines) > 1  # of a table from the page before
        if (len(run) > 1 or is_rest) and len(columns) > 1:
            table = _ended(words, run, columns, borders, (rules[start], rules[end]))
            tables += [table] if table else []
            taken = set(map(id, table.words)) if table else set()
            words = [word for word in words if id(word) not in taken]
            following = rows[end] if end < len(rows) else None
            end += following is not None and id(following.words[0]) in taken  # it stands below the last of the lines
        start = max(end, start + 1)
    return tables


def _row(words: Sequence[Word], above: Rule, below: Rule) -> RuledRow | None:
    """Return the row that the words between two lines are, or None where they fill no room of their own there."""
    words = [word for word in words if word.x1 > above.start and word.x0 < above.end]
    if not words or any(word.x0 < above.start - 1 or word.x1 > above.end + 1 for word in words):
        return None
    row = RuledRow(by_baseline(words))
    firsts = [line[0].y for line in row.lines]
    near = max(firsts[0] - above.at, below.at - firsts[-1]) < NEAR_LINE * row.size
    close = all(lower - upper < LEADING * row.size for upper, lower in itertools.pairwise(firsts))
    return row if near and close and max(word.size for word in words) < SAME_SIZE * row.size else None


def _ended(
    words: Sequence[Word],
    rows: Sequence[RuledRow],
    columns: Sequence[Span],
    borders: Sequence[float],
    ends: tuple[Rule, Rule],
) -> Table | None:
    """Return the table of some rows and those above the first line and below the last, or None.

    Where each row is one line of text and more of them seem to follow that no line parts, the table is left to those
    who read columns that align: what is ruled is only a part of it. One row between lines needs a full header.

    Args:
        words: those of the page, from above.
        rows: those between the lines.
        columns: those of the table.
        borders: where they meet, if that is drawn.
        ends: the first line and the last.
    """
    above, below = lines_beside(words, ends[0], below=False), lines_beside(words, ends[1], below=True)
    head = row_beside(above, ends[0], rows, columns, borders)
    if len(rows) == 1 and (head is None or len(columns) != sum(map(bool, in_columns(head.words, columns)))):
        return None
    head = header_above(above, ends[0], columns, borders) or head
    columns = (columns_with(columns, head, borders) if head else None) or columns
    last = row_beside(below, ends[1], rows, columns, borders)
    columns = (columns_with(columns, last, borders) if last else None) or columns
    is_part = any(
        goes_on(lines, rule.at, rows, columns, borders, taken)
        for lines, rule, taken in ((above, ends[0], head), (below, ends[1], last))
    )
    every = [*([head] if head else []), *rows, *([last] if last else [])]
    if is_part and all(len(row.lines) == 1 and not is_label(row, columns, borders) for row in every):
        return None
    return _table(every, columns, borders, ends[0])


def _table(rows: Sequence[RuledRow], columns: Sequence[Span], borders: Sequence[float], rule: Rule) -> Table | None:
    """Return the table of some rows, or None where fewer than two have several cells.

    Args:
        rows: all of its rows, from above.
        columns: the left and right end of what stands in each.
        borders: where they meet, if that is drawn.
        rule: the first line.
    """
    edges = [*(x0 for x0, _ in columns[1:]), rule.end]
    texts = [
        [_cell_text(cell, edge) for cell, edge in zip(in_columns(row.words, columns), edges, strict=True)]
        for row in rows
    ]
    if sum(sum(map(bool, cells)) > 1 for cells in texts) < 2:
        return None
    filled = [any(column) for column in zip(*texts, strict=True)]
    texts = [list(itertools.compress(cells, filled)) for cells in texts]
    labels = [is_label(row, columns, borders) for row in rows]
    n_header = int(rows[0].bold and not labels[0] and not all(row.bold for row in rows))
    for i, row in enumerate(rows):
        if labels[i]:
            texts[i] = [f"**{' '.join(word.text for word in row.words)}**"]
    words = [word for row in rows for word in row.words]
    top, bottom = min(word.y - word.size for word in words), max(word.y for word in words)
    return Table(rule.start, top, rule.end, bottom, texts, n_header, words)


def _cell_text(words: Sequence[Word], edge: float) -> str:
    """Return the words of a cell on one line; a semicolon follows a line that ends where there was room for more.

    Args:
        words: those of the cell.
        edge: where the next column begins.
    """
    text, end = "", 0.0
    for line in by_baseline(words):
        piece = " ".join(word.text for word in line)
        first = line[0]
        had_room = end + first.x1 - first.x0 + 1.3 * first.size < edge
        if text and had_room and text[-1] not in ".!?:;,-–/" and not first.text[:1].islower():
            text += ";"
        text = joined(text, piece) if text else piece
        end = line[-1].x1
    return text
