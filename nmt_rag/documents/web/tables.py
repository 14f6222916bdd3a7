"""The cells of an HTML table → its rows as blocks: merged cells in each row they cover, header rows told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nmt_rag.documents.formats import MAX_CELL, Block, cell_text

ITEM, ITEM_ENDS = "\x04", "\x05"
"""No page holds these: they mark the items of a list in a cell's text."""
MAX_SPAN = 100
"""A cell covers at most this many columns or rows: more is a mistake, or meant to fill the memory."""

_REPEATED, _AT_LEAST = 10, 2_000
"""Merged cells make a table at most this many times, or characters, longer: from there on each stands once."""

_PARTS = ("h1", "h2", "h3", "h4", "h5", "h6", "dl", "pre", "table")
"""A cell that holds one of these is a part of a page, also in a table of values."""
_LONGEST_LABEL = 100
_LONGEST_HEADER_WORD = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text on one line, if it is a header's (``<th>`` or all bold), what it covers, if it is a ``<th>``."""

    text: str
    head: bool = False
    columns: int = 1
    rows: int = 1
    th: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row; ``head`` tells one of ``<thead>``."""

    cells: tuple[Cell, ...]
    head: bool = False


def blocks(rows: Sequence[Row]) -> Iterator[Block]:
    """Yield the rows of a table as blocks, as `formats.join_blocks` takes them; the first row parts it from another."""
    first = True
    for block in _blocks(rows):
        yield replace(block, first=block.row and first)
        first = first and not block.row


def _blocks(rows: Sequence[Row]) -> Iterator[Block]:
    rows = [row for row in rows if any(cell.text.strip() for cell in row.cells)]
    grid = _grid(rows)
    width = max((len(line) for line in grid), default=0)
    filled = width if width * len(grid) <= _room(rows) else 0
    titles = [_spans_all(row, width) for row in rows]
    first = next((number for number, title in enumerate(titles) if not title), len(rows))
    n_header = _n_header(rows[first:], grid[first:])
    body = first + n_header
    last = max((number for number, title in enumerate(titles) if not title), default=-1)
    # A title with rows of its own ends with the next one: it does not stand above it, as the title of a table does.
    later = [number for number in range(body, last) if titles[number]]
    beside = first > 0 and body < len(rows) and not titles[body] and bool(later)
    if first == 1 and n_header:
        beside = beside and _are_alike(rows, later)
    above = first - 1 if beside and n_header else first
    for number in range(above):
        yield from _label(rows[number], inside=False)
    for number in (*range(first, body), *range(above, first), *range(body, len(rows))):
        cells = [cell.text for cell in grid[number]]
        if not any(cells):
            continue
        if not titles[number]:
            yield Block(" | ".join(cells + [""] * (filled - len(cells))), row=True, header=first <= number < body)
        elif number < last:
            yield from _label(rows[number], inside=bool(n_header) or not beside)
        else:
            yield Block(next(cell.text for cell in rows[number].cells if cell.text))  # no row is left for it to head


def cell_line(text: str) -> str:
    """Return a cell's text in which list items are marked as one line."""
    if ITEM not in text:
        return text
    first, *rest = re.split(f"([{ITEM}{ITEM_ENDS}])", text)
    blocks = [Block(first.strip())]
    blocks += [
        Block(piece.strip(), "- " if mark == ITEM else "") for mark, piece in zip(rest[::2], rest[1::2], strict=True)
    ]
    return cell_text([block for block in blocks if block.text])


def span(cell: Any, name: str) -> int:  # noqa: ANN401 - lxml has no types
    """Return how many columns or rows an element says that it covers, by the name of the attribute."""
    value = cell.get(name)
    return int(value) if value and (value := value.strip()).isdecimal() and len(value) < 6 else 1


class RowCells:
    """Which rows of a page's tables hold values, though there are lists in their cells, and not parts of the page."""

    def __init__(self) -> None:
        self._tables: dict[Any, bool] = {}
        self._rows: dict[Any, bool] = {}

    def are_plain(self, row: Any) -> bool:  # noqa: ANN401
        """Tell whether a row's cells hold but short lists and paragraphs, in a table that says that it is one."""
        if row not in self._rows:
            table = next(row.iterancestors("table"), None)
            if table is not None and table not in self._tables:
                self._tables[table] = _holds_values(table)
            plain = table is not None and self._tables[table] and next(row.iter(*_PARTS), None) is None
            self._rows[row] = plain and all(map(_is_short, row.iterchildren("td", "th")))
        return self._rows[row]


def _holds_values(table: Any) -> bool:  # noqa: ANN401
    """Tell whether a table with lists in it is no layout of an old page.

    It has header words or a caption, or it is made of short cells, as many in each of several rows.
    """
    if table.get("role") in ("none", "presentation") or table.find(".//table") is not None:
        return False
    if next(table.iter("th", "caption", "thead"), None) is not None:
        return True
    rows = [list(row.iterchildren("td")) for row in table.iter("tr")]
    widths = {len(cells) for cells in rows}
    return len(rows) > 1 and len(widths) == 1 and all(_is_short(cell) for cells in rows for cell in cells)


def _is_short(cell: Any) -> bool:  # noqa: ANN401
    return len(" ".join("".join(cell.itertext()).split())) <= MAX_CELL


def _grid(rows: Sequence[Row]) -> list[list[Cell]]:
    """Return the rows with each merged cell in every row and column that it covers."""
    covered: dict[tuple[int, int], Cell] = {}
    grid: list[list[Cell]] = []
    left = _room(rows)
    for number, row in enumerate(rows):
        line: list[Cell] = []
        waiting = list(row.cells)
        while waiting or (number, len(line)) in covered:
            if (number, len(line)) in covered:
                line.append(covered.pop((number, len(line))))
                continue
            cell = waiting.pop(0)
            n_columns = min(max(cell.columns, 1), MAX_SPAN)
            n_rows = max(1, min(cell.rows, MAX_SPAN, len(rows) - number))
            left -= (n_columns * n_rows - 1) * (len(cell.text) + 1)
            n_columns, n_rows = (n_columns, n_rows) if left >= 0 else (1, 1)
            for _ in range(n_columns):
                for below in range(1, n_rows):
                    covered[number + below, len(line)] = cell
                line.append(cell)
        grid.append(line)
    return grid


def _room(rows: Sequence[Row]) -> int:
    """Return by how many characters what is written again may make a table longer."""
    return _AT_LEAST + _REPEATED * sum(len(cell.text) + 1 for row in rows for cell in row.cells)


def _spans_all(row: Row, width: int) -> bool:
    """Tell whether the row is one cell over all columns."""
    filled = [cell for cell in row.cells if cell.text]
    return len(row.cells) == 1 and width > 1 and len(filled) == 1 and filled[0].columns >= width


def _label(row: Row, *, inside: bool) -> Iterator[Block]:
    """Yield a row of one cell: what labels the rows below it in bold, anything else as it is.

    Args:
        row: the row.
        inside: it stands among the rows of its table, which end what it heads; else whoever takes the blocks ends it.
    """
    text = next(cell.text for cell in row.cells if cell.text)
    labels = len(text) <= _LONGEST_LABEL and not text.endswith((".", "!"))
    yield Block(f"**{text}**" if labels else text, row=inside and labels)


def _are_alike(rows: Sequence[Row], later: Sequence[int]) -> bool:
    """Tell whether the title in the first row, right above the header rows, is but one of several of its kind.

    It is the title of the whole table, unless the page says otherwise: a later one is a ``<th>`` of the same part of
    the table, too, or has header rows of its own.

    Args:
        rows: the rows of the table.
        later: the numbers of the other titles, none of which is the last row.
    """
    top = rows[0]
    alike = (top.cells[0].th and rows[number].cells[0].th and rows[number].head == top.head for number in later)
    return any(alike) or any(_all_head(rows[number + 1]) for number in later)


def _n_header(rows: Sequence[Row], grid: Sequence[Sequence[Cell]]) -> int:
    """Return how many rows at the top are header rows: at least one row must be left below them."""
    n_header = 0
    while n_header < len(rows) and (rows[n_header].head or _all_head(rows[n_header])):
        n_header += 1
    if not n_header and len(rows) > 1 and (_has_corner(grid) or _differs(grid)):
        n_header = 1
    return n_header if n_header < len(rows) else 0


def _all_head(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell.text]
    return len(filled) > 1 and all(cell.head for cell in filled)


def _has_corner(grid: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether the first row lacks only its first cell, which the rows below have."""
    top = [cell.text for cell in grid[0]]
    return len(top) > 1 and not top[0] and all(top[1:]) and all(row and row[0].text for row in grid[1:])


def _differs(grid: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether the first row has different words where all rows below have numbers, in at least two columns."""
    top = [cell.text for cell in grid[0]]
    plain = all(text and not re.search(r"\d", text) and len(text) <= _LONGEST_HEADER_WORD for text in top)
    below = [[cell.text for cell in row] for row in grid[1:]]
    if len(top) < 3 or not plain or len(set(top)) < len(top) or any(len(row) != len(top) for row in below):
        return False
    return all(re.search(r"\d", row[column]) for row in below for column in range(1, len(top)) if row[column])
