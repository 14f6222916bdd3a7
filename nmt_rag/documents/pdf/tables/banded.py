"""Level lines alone → the tables on a page: a row between each two, however many lines its cells wrap to.

Columns are parted where the lines are drawn cell by cell, else by white that runs through all rows. Two lines of text
that look like rows of their own, as below the line under a header, are no row: what is no table for certain stays what
it was.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.citations import joined
from nmt_rag.documents.formats import may_label
from nmt_rag.documents.pdf.pages import NEAR, Rule, Word
from nmt_rag.documents.pdf.tables.cells import Table, by_baseline
from nmt_rag.documents.pdf.tables.ruled import height_of, merged

_LEAST_WIDTH = 100.0
"""A line of less is none between the rows of a table (points)."""
_GAP = 0.8
"""White of at least this many letter heights in all rows parts columns."""
_NEAR_LINE = 2.4
"""A row's first and last line lie at most this many letter heights from the ruled line above or below it."""
_LEADING = 1.8
"""The lines of a row lie at most this many letter heights apart."""
_SAME_SIZE = 1.12
"""Letters of a row are at most this many times as high as most of them."""

_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """The words between two lines, as lines of text from above."""

    lines: list[list[Word]]

    @property
    def words(self) -> list[Word]:
        """All of them."""
        return [word for line in self.lines for word in line]

    @property
    def spans(self) -> list[_Span]:
        """Where its words stand, from the left."""
        return [(word.x0, word.x1) for word in self.words]

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.bold for word in self.words)

    @property
    def size(self) -> float:
        """The height that most of its letters have."""
        return sorted(word.size for word in self.words)[len(self.words) // 2]


def banded(words: Sequence[Word], level: Sequence[Rule]) -> tuple[list[Table], list[Word]]:
    """Return the tables between level lines that begin and end together, three or more, and the other words."""
    stacks: dict[tuple[int, int], list[Rule]] = {}
    for rule in sorted(merged(level), key=lambda rule: rule.at):
        if rule.end - rule.start > _LEAST_WIDTH:
            stacks.setdefault((round(rule.start / 5), round(rule.end / 5)), []).append(rule)
    tables: list[Table] = []
    rest = sorted(words, key=height_of)
    taken: set[int] = set()
    pieces = sorted(level, key=lambda piece: piece.at)
    for rules in stacks.values():
        found = _tables(rest, rules, [_joints(rule, pieces) for rule in rules]) if len(rules) > 2 else []
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
    rows = []
    for above, below in itertools.pairwise(rules):
        within = words[bisect.bisect(heights, above.at) : bisect.bisect(heights, below.at)]
        rows.append(_row(within, above, below))
    tables: list[Table] = []
    start = 0
    while start < len(rows):
        run: list[_Row] = []
        borders = joints[start] or joints[start + 1]
        edges = [rules[start].start, *borders, rules[start].end]
        columns = list(itertools.pairwise(edges)) if borders else []
        for i, row in enumerate(itertools.islice(rows, start, None), start):
            if row is None or (run and abs(row.size - run[0].size) > 0.1 * row.size):
                break
            wider = _columns_with(columns, row, borders) if joints[i + 1] in (borders, []) or not borders else None
            if wider is None:
                break
            columns = wider
            run.append(row)
        while len(columns) > 1 and run and _is_label(run[-1], columns, borders):
            run.pop()  # no rows stand below it
        end = start + len(run)
        if len(run) > 1 and len(columns) > 1:
            head = _beside_rule(words, heights, rules[start], columns, borders, below=False)
            last = None if head else _beside_rule(words, heights, rules[end], columns, borders, below=True)
            table = _table(head, [*run, *([last] if last else [])], columns, borders, rules[start])
            tables += [table] if table else []
        start = max(end, start + 1)
    return tables


def _row(words: Sequence[Word], above: Rule, below: Rule) -> _Row | None:
    """Return the row that the words between two lines are, or None where they fill no room of their own there."""
    words = [word for word in words if word.x1 > above.start and word.x0 < above.end]
    if not words or any(word.x0 < above.start - 1 or word.x1 > above.end + 1 for word in words):
        return None
    row = _Row(by_baseline(words))
    firsts = [line[0].y for line in row.lines]
    near = max(firsts[0] - above.at, below.at - firsts[-1]) < _NEAR_LINE * row.size
    close = all(lower - upper < _LEADING * row.size for upper, lower in itertools.pairwise(firsts))
    return row if near and close and max(word.size for word in words) < _SAME_SIZE * row.size else None


def _columns_with(columns: Sequence[_Span], row: _Row, borders: Sequence[float]) -> list[_Span] | None:
    """Return the columns of the rows above and one more, or None where it is no row below these.

    Args:
        columns: those of the rows above.
        row: the one more.
        borders: where the columns meet, if that is drawn.
    """
    if borders:
        fits = _fits(row, borders) and _is_one(row, columns)
        return list(columns) if fits or _is_label(row, columns, borders) else None
    if not columns and len(_merged_spans(row.spans, _GAP * row.size)) < 2:
        return None
    wider = _merged_spans([*columns, *row.spans], _GAP * row.size)
    if any(sum(x0 <= left and right <= x1 for left, right in columns) > 1 for x0, x1 in wider):
        return list(columns) if _is_label(row, columns, borders) else None
    return wider if _is_one(row, wider) else None


def _fits(row: _Row, borders: Sequence[float]) -> bool:
    """Tell whether no word of a row stands across the borders of its columns."""
    return not any(x0 + 1 < border < x1 - 1 for x0, x1 in row.spans for border in borders)


def _merged_spans(spans: Sequence[_Span], gap: float) -> list[_Span]:
    """Return the spans from the left, those with less than a gap between them as one."""
    found: list[_Span] = []
    for x0, x1 in sorted(spans):
        if found and x0 - found[-1][1] < gap:
            found[-1] = found[-1][0], max(found[-1][1], x1)
        else:
            found.append((x0, x1))
    return found


def _is_label(row: _Row, columns: Sequence[_Span], borders: Sequence[float]) -> bool:
    """Tell whether a row is one bold text, in the first column or over several, that may label the rows below it."""
    is_run = len(_merged_spans(row.spans, _GAP * row.size)) == 1
    if not (is_run and row.bold and may_label(" ".join(word.text for word in row.words))):
        return False
    return max(x1 for _, x1 in row.spans) < columns[1][0] or not borders or not _fits(row, borders)


def _is_one(row: _Row, columns: Sequence[_Span]) -> bool:
    """Tell whether the lines between two ruled ones are one row, of which cells wrap, and no rows of their own.

    A line that begins in the first column goes on there in lower case, and no column holds a number in two lines.
    """
    cells = [_in_columns(line, columns) for line in row.lines]
    for (above, *_), (below, *_) in itertools.pairwise(cells):
        if above and below and not row.bold and not (below[0].text[:1].islower() or above[-1].text.endswith("-")):
            return False
    numbers = [[_is_number(cell) for cell in column] for column in zip(*cells, strict=True)]
    return all(sum(column) < 2 for column in numbers)


def _is_number(cell: Sequence[Word]) -> bool:
    text = "".join(word.text for word in cell)
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def _in_columns(words: Sequence[Word], columns: Sequence[_Span]) -> list[list[Word]]:
    """Return the words that stand in each column."""
    cells: list[list[Word]] = [[] for _ in columns]
    starts = [x0 for x0, _ in columns]
    for word in words:
        cells[max(0, bisect.bisect(starts, word.x0 + 0.5) - 1)].append(word)
    return cells


def _beside_rule(
    words: Sequence[Word],
    heights: Sequence[float],
    rule: Rule,
    columns: Sequence[_Span],
    borders: Sequence[float],
    *,
    below: bool,
) -> _Row | None:
    """Return the row of some columns above the first line of a table, bold, or the one below its last line, or None.

    Args:
        words: those of the page, from above.
        heights: their heights.
        rule: the line.
        columns: those of the table.
        borders: where they meet, if that is drawn.
        below: whether the row stands below the line.
    """
    at = bisect.bisect(heights, rule.at)
    near = words[at : at + 200] if below else words[max(0, at - 200) : at]
    lines = by_baseline([word for word in near if word.x1 > rule.start and word.x0 < rule.end])
    row: list[list[Word]] = []
    edge, most = rule.at, _NEAR_LINE
    for line in lines if below else reversed(lines):
        first = line[0]
        of_one_type = not row or (abs(first.size - row[0][0].size) < 0.5 and (below or all(word.bold for word in line)))
        if abs(first.y - edge) > most * first.size or not of_one_type:
            break
        row.insert(len(row) if below else 0, line)
        edge, most = first.y, _LEADING
    if not row:
        return None
    whole = _Row(row)
    wider = None if _is_label(whole, columns, borders) else _columns_with(columns, whole, borders)
    filled = sum(map(bool, _in_columns(whole.words, columns)))
    inside = all(rule.start - 1 < x0 and x1 < rule.end + 1 for x0, x1 in whole.spans)
    is_row = wider is not None and len(wider) == len(columns) and filled > 1 and inside
    return whole if is_row and (below or whole.bold) else None


def _table(
    head: _Row | None, rows: Sequence[_Row], columns: Sequence[_Span], borders: Sequence[float], rule: Rule
) -> Table | None:
    """Return the table of some rows, or None where fewer than two have several cells.

    Args:
        head: the header words above the first line, if any stand there.
        rows: those between the lines.
        columns: the left and right end of what stands in each.
        borders: where they meet, if that is drawn.
        rule: the first line.
    """
    edges = [*(x0 for x0, _ in columns[1:]), rule.end]
    every = [*([head] if head else []), *rows]
    texts = [
        [_cell_text(cell, edge) for cell, edge in zip(_in_columns(row.words, columns), edges, strict=True)]
        for row in every
    ]
    if sum(sum(map(bool, cells)) > 1 for cells in texts) < 2:
        return None
    filled = [any(column) for column in zip(*texts, strict=True)]
    texts = [list(itertools.compress(cells, filled)) for cells in texts]
    labels = [_is_label(row, columns, borders) for row in every]
    n_header = int(every[0].bold and not labels[0] and not all(row.bold for row in every))
    for i, row in enumerate(every):
        if labels[i]:
            texts[i] = [f"**{' '.join(word.text for word in row.words)}**"]
    words = [word for row in every for word in row.words]
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
