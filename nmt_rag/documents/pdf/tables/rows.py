"""A row between two level lines: its lines of text, the columns that it shares with other rows, and its kind."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.documents.formats import may_label
from nmt_rag.documents.pdf.pages import Word

GAP = 0.8
"""White of at least this many letter heights in all rows parts columns."""

Span = tuple[float, float]
"""A left and a right end."""


@dataclass(frozen=True, slots=True)
class RuledRow:
    """The words between two lines, as lines of text from above."""

    lines: list[list[Word]]

    @property
    def words(self) -> list[Word]:
        """All of them."""
        return [word for line in self.lines for word in line]

    @property
    def spans(self) -> list[Span]:
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


def columns_with(columns: Sequence[Span], row: RuledRow, borders: Sequence[float]) -> list[Span] | None:
    """Return the columns of the rows above and one more, or None where it is no row below these.

    Args:
        columns: those of the rows above.
        row: the one more.
        borders: where the columns meet, if that is drawn.
    """
    if borders:
        fits = _fits(row, borders) and _is_one(row, columns)
        return list(columns) if fits or is_label(row, columns, borders) else None
    if not columns and len(merged_spans(row.spans, GAP * row.size)) < 2:
        return None
    wider = merged_spans([*columns, *row.spans], GAP * row.size)
    if any(sum(x0 <= left and right <= x1 for left, right in columns) > 1 for x0, x1 in wider):
        return list(columns) if is_label(row, columns, borders) else None
    return wider if _is_one(row, wider) else None


def _fits(row: RuledRow, borders: Sequence[float]) -> bool:
    """Tell whether no word of a row stands across the borders of its columns."""
    return not any(x0 + 1 < border < x1 - 1 for x0, x1 in row.spans for border in borders)


def merged_spans(spans: Sequence[Span], gap: float) -> list[Span]:
    """Return the spans from the left, those with less than a gap between them as one."""
    found: list[Span] = []
    for x0, x1 in sorted(spans):
        if found and x0 - found[-1][1] < gap:
            found[-1] = found[-1][0], max(found[-1][1], x1)
        else:
            found.append((x0, x1))
    return found


def is_label(row: RuledRow, columns: Sequence[Span], borders: Sequence[float]) -> bool:
    """Tell whether a row is one bold text, in the first column or over several, that may label the rows below it."""
    is_run = len(merged_spans(row.spans, GAP * row.size)) == 1
    if not (is_run and row.bold and may_label(" ".join(word.text for word in row.words))):
        return False
    return max(x1 for _, x1 in row.spans) < columns[1][0] or not borders or not _fits(row, borders)


def _is_one(row: RuledRow, columns: Sequence[Span]) -> bool:
    """Tell whether the lines between two ruled ones are one row, of which cells wrap, and no rows of their own.

    A line that begins in the first column goes on there in lower case, and no column holds a number in two lines.
    """
    cells = [in_columns(line, columns) for line in row.lines]
    for (above, *_), (below, *_) in itertools.pairwise(cells):
        if above and below and not row.bold and not (below[0].text[:1].islower() or above[-1].text.endswith("-")):
            return False
    numbers = [[_is_number(cell) for cell in column] for column in zip(*cells, strict=True)]
    return all(sum(column) < 2 for column in numbers)


def _is_number(cell: Sequence[Word]) -> bool:
    text = "".join(word.text for word in cell)
    return any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def in_columns(words: Sequence[Word], columns: Sequence[Span]) -> list[list[Word]]:
    """Return the words that stand in each column."""
    cells: list[list[Word]] = [[] for _ in columns]
    starts = [x0 for x0, _ in columns]
    for word in words:
        cells[max(0, bisect.bisect(starts, word.x0 + 0.5) - 1)].append(word)
    return cells
