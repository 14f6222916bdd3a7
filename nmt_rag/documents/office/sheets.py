"""Spreadsheets (.xlsx) and files of values (.csv) → tables, each row with the header words above it.

What a reader of the sheet sees is text: values as they were last computed and as they are shown. Hidden sheets, rows
and columns are left out, and that is told; so are charts, pictures and comments, which is not.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nmt_rag.documents.decoding import clean, decode_counting, one_line
from nmt_rag.documents.formats import (
    YEAR,
    Block,
    FileDraft,
    Remark,
    damage_remarks,
    is_field,
    join_blocks,
    may_label,
    sensible_title,
    without_bars,
)
from nmt_rag.documents.office import packages
from nmt_rag.documents.office.shown_values import shown
from nmt_rag.errors import CorpusError

MAX_ROWS = 50_000
"""A sheet of more rows is a database, which nobody quotes from: the rest is left out and told."""
MAX_COLUMNS = 200
"""What stands further to the right is left out."""
_KIND = "workbook (.xlsx)"
_DELIMITERS = (";", "\t", ",", "|")
_SEPARATOR = re.compile(r"\ufeff?\"?sep=([^\w\s\"]|\t)\"?[ \t;,|]*(?:\r\n?|\n)", re.IGNORECASE)
"""A first line that tells Excel what parts the values."""
_DEFAULT_NAME = re.compile(r"(?:blad|sheet|ark|taul|tabelle|feuil)\w* ?\d*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−]?(?=[\s.,:/–-]*+\d)[\d\s.,:/–-]*+(?:kr|%|€)?")
_UNCOMPUTED = re.compile(rb"(?:</f>|<f\b[^>]{0,500}+(?<=/)>)\s*+(?:<v\s*+/>|<v>\s*+</v>)?+\s*+</c>")


@dataclass(frozen=True, slots=True)
class _Value:
    """What a cell shows; merged cells show the same, from the same ``place``."""

    text: str
    bold: bool = False
    place: tuple[int, int] = (0, 0)


def read_xlsx(data: bytes) -> FileDraft:
    """Return the rows of a workbook, sheet by sheet, each below its sheet's name as a heading.

    None of several sheets names the workbook: one of them may hold what is valid no more.

    Raises:
        CorpusError: the file is no .xlsx, is encrypted, unpacks to too much, or openpyxl is not installed.
    """
    remarks: list[Remark] = []
    blocks: list[Block] = []
    with packages.reading(_KIND, "openpyxl"):
        import openpyxl

        archive = packages.checked(data, _KIND)
        book = openpyxl.load_workbook(io.BytesIO(archive), data_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible:
            name = clean(sheet.title).strip()
            rows, noted = _rows(sheet)
            found = list(_tables(rows, sparse=True))
            if found and not (len(visible) == 1 and _DEFAULT_NAME.fullmatch(name)):
                blocks.append(Block(name, "# "))
            blocks += found
            remarks += [Remark(kind, name, f"{what} of the sheet {name!r} were left out") for kind, what in noted]
        unseen = ", ".join(clean(sheet.title) for sheet in book.worksheets if sheet not in visible)
        if unseen:
            remarks.append(Remark("hidden", unseen, f"hidden sheets were left out: {unseen}"))
        if _has_uncomputed(archive):
            message = "formulas that were never computed were left out: open and save it in a spreadsheet program"
            remarks.append(Remark("formulas", "", message))
        title = book.properties.title
    n_parts = sum(block.mark == "# " for block in blocks)
    return FileDraft(clean(join_blocks(blocks)), sensible_title(title), notes=tuple(remarks), in_parts=n_parts > 1)


def read_csv(data: bytes) -> FileDraft:
    """Return the rows of a file whose values are parted by semicolons, commas, tabs or bars.

    Raises:
        CorpusError: the file is not text, or its rows cannot be told apart.
    """
    csv.field_size_limit(max(csv.field_size_limit(), packages.MAX_UNPACKED_BYTES))  # of the process: never lowered here
    text, damage = decode_counting(data)
    told = _SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    delimiter = told[1] if told else max(_DELIMITERS, key=lambda one: _regularity(text[:100_000], one))
    rows, wide = [], False
    try:
        for number, row in enumerate(itertools.islice(_values(text, delimiter), MAX_ROWS + 1)):
            values = enumerate(row[:MAX_COLUMNS])
            rows.append([_Value(" ".join(value.split()), place=(number, column)) for column, value in values])
            wide = wide or any(value.strip() for value in row[MAX_COLUMNS:])
    except csv.Error as error:
        raise CorpusError(f"the rows cannot be told apart ({one_line(error)}): save it anew as CSV") from error
    kept = f"{MAX_ROWS:,} rows" if len(rows) > MAX_ROWS else f"{MAX_COLUMNS} columns"
    message = f"it has more than {kept}: the others were left out"
    remarks = (*damage_remarks(damage), *((Remark("rows", "", message),) if len(rows) > MAX_ROWS or wide else ()))
    return FileDraft(clean(join_blocks(_tables(rows[:MAX_ROWS], sparse=False))), notes=remarks)


def _values(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    """Return which share of the first rows has the usual number of values, and that number; 0 where it is one."""
    try:
        widths = [len(row) for row in itertools.islice(_values(text, delimiter), 50) if any(row)]
    except csv.Error:
        return 0.0, 0
    usual = max(widths, key=widths.count, default=0)
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)


def _rows(sheet: Any) -> tuple[list[list[_Value]], list[tuple[Any, str]]]:  # noqa: ANN401 - openpyxl has no types
    """Return the rows of a sheet without what is hidden, empty rows included, and what was left out."""
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        if area.size["rows"] * area.size["columns"] <= MAX_ROWS
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    no_columns = {
        number
        for one in sheet.column_dimensions.values()
        if one.hidden
        for number in range(one.min or one.index, min(one.max or 0, MAX_COLUMNS) + 1)
    }
    no_rows = {number for number, one in sheet.row_dimensions.items() if one.hidden}
    # `iter_rows` makes a cell for each empty place, and a sheet may have millions of them.
    filled = {place: cell for place, cell in sheet._cells.items() if cell.value not in (None, "")}
    places = {**{place: origin for place, origin in merged.items() if origin in filled}, **{p: p for p in filled}}
    seen = {p: o for p, o in places.items() if p[0] not in no_rows and p[1] not in no_columns}
    noted = [("hidden", "hidden rows or columns")] if any(place not in seen for place in filled) else []
    last_row = max((row for row, _ in seen), default=0)
    if last_row > MAX_ROWS or any(column > MAX_COLUMNS for _, column in seen):
        noted.append(("rows", f"the rows after the first {MAX_ROWS:,} and the columns after the first {MAX_COLUMNS}"))
    width = min(MAX_COLUMNS, max((column for _, column in seen), default=0))
    columns = [column for column in range(1, width + 1) if column not in no_columns]
    rows: list[list[_Value]] = []
    for number in range(1, min(last_row, MAX_ROWS) + 1):
        if number in no_rows:
            continue
        origins = [seen.get((number, column)) for column in columns]
        rows.append([_Value("") if origin is None else _value(filled[origin], origin) for origin in origins])
    return rows, noted


def _value(cell: Any, place: tuple[int, int]) -> _Value:  # noqa: ANN401
    return _Value(shown(cell.value, cell.number_format), bool(cell.font and cell.font.b), place)


def _tables(rows: Sequence[Sequence[_Value]], *, sparse: bool) -> Iterator[Block]:
    """Yield the rows as blocks: a text alone in its row labels those below it, a header begins a table.

    Args:
        rows: all, the empty ones included.
        sparse: whether a single value in a row of several columns stands alone there.
    """
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and not (_is_empty(rows[end - 1]) and _begins(rows, end, sparse=sparse)):
            end += 1
        below = next((row for row in rows[end:] if not _is_empty(row)), ())
        title = _title([row for row in rows[start:end] if not _is_empty(row)], below) if sparse else ""
        if title:
            yield Block(f"**{title}**")
        else:
            yield from _table([row for row in rows[start:end] if not _is_empty(row)], sparse=sparse)
        start = end


def _title(rows: Sequence[Sequence[_Value]], below: Sequence[_Value]) -> str:
    """Return the one text of the rows, where it is set apart from a table below it."""
    filled = [value for row in rows for value in row if value.text]
    is_title = len({value.place for value in filled}) == 1 and len({value.place for value in below if value.text}) > 1
    return filled[0].text if is_title and may_label(filled[0].text) else ""


def _begins(rows: Sequence[Sequence[_Value]], number: int, *, sparse: bool) -> bool:
    """Tell whether a row below an empty one begins a table of its own, rather than going on with the one above."""
    following = [row for row in rows[number : number + 4] if not _is_empty(row)]
    if not following or following[0] is not rows[number]:
        return False
    if _is_header(following[0], following[1:2]) or (sparse and _is_label(following[0])):
        return True
    return sparse and _stands_alone(following[0]) and len(following) > 1 and _is_header(following[1], following[2:3])


def _table(rows: Sequence[Sequence[_Value]], *, sparse: bool) -> Iterator[Block]:
    """Yield the rows of one table without its unused columns; texts alone above its header stand before it."""
    used = sorted({column for row in rows for column, value in enumerate(row) if value.text})
    grid = [[row[column] if column < len(row) else _Value("") for column in used] for row in rows]
    first = 0
    while len(used) > 1 and first < len(grid):
        surely = not sparse and not _n_header(
            grid[first + 1 : first + 4]
        )  # a row of one value is a title above a header
        if not _stands_alone(grid[first], surely=surely, raw=rows[first]):
            break
        text = next(value.text for value in grid[first] if value.text)
        yield Block(f"**{text}**" if may_label(text) else text)
        first += 1
    n_header = _n_header(grid[first:]) if len(used) > 1 else 0
    for number, row in enumerate(grid[first:]):
        texts = [without_bars(value.text) for value in row]
        if len(used) == 1:
            yield Block(texts[0])
        elif sparse and _is_label(row) and may_label(texts[0]):
            yield Block(f"**{texts[0]}**", row=True)
        else:
            yield Block(" | ".join(texts), row=True, header=number < n_header)


def _is_empty(row: Sequence[_Value]) -> bool:
    return not any(value.text for value in row)


def _stands_alone(row: Sequence[_Value], *, surely: bool = False, raw: Sequence[_Value] = ()) -> bool:
    """Tell whether one text is all that a row has: its first value, or one cell that is merged over several.

    Args:
        row: without the columns that nobody uses.
        surely: only where the row has no other value at all, not even empty ones.
        raw: the row as it is in the file.
    """
    filled = [value for value in row if value.text]
    alone = bool(filled) and all(value.place == filled[0].place for value in filled) and bool(row[0].text)
    return alone and not _NUMBER.fullmatch(filled[0].text) and (not surely or len(raw) == 1)


def _is_label(row: Sequence[_Value]) -> bool:
    """Tell whether a row is one text that is set off from the others, bold or merged over several columns."""
    filled = [value for value in row if value.text]
    return _stands_alone(row) and (filled[0].bold or len(filled) > 1)


def _n_header(rows: Sequence[Sequence[_Value]]) -> int:
    """Return how many rows at the top hold header words: a second one where cells of the first are merged.

    A label below them is passed over: it heads the rows below it, and tells nothing of the header.
    """
    if len(rows) < 2:
        return 0
    places = [value.place for value in rows[0] if value.text]
    below = [row for row in rows[2:4] if not _is_label(row)][:1]
    second = [value if value.text else above for value, above in zip(rows[1], rows[0], strict=True)]
    if len(set(places)) < len(places) and _is_header(second, below) and _is_header(rows[0], below):
        return 2
    return int(_is_header(rows[0], [row for row in rows[1:3] if not _is_label(row)][:1]))


def _is_header(row: Sequence[_Value], below: Sequence[Sequence[_Value]]) -> bool:
    """Tell whether a row holds header words for the rows below it: words or years, in all columns but the first."""
    filled = [value for value in row if value.text]
    if len(filled) < 2 or not below or _is_empty(below[0]) or any("@" in value.text for value in filled):
        return False
    if all(value.bold for value in filled):
        return not all(value.bold for value in below[0] if value.text)
    if is_field([value.text for value in filled]):
        return False
    words = [value for value in filled if not _NUMBER.fullmatch(value.text)]
    is_word = all(value in words or YEAR.fullmatch(value.text) for value in filled) and (
        bool(words) or _is_of_years(row, below[0])
    )
    wide = max((column for column, value in enumerate(below[0]) if value.text), default=0)
    return is_word and all(value.text for value in row[1 : wide + 1])


def _is_of_years(row: Sequence[_Value], below: Sequence[_Value]) -> bool:
    """Tell whether years head what is below: they begin to the right of a word, above something else than years."""
    first = next(column for column, value in enumerate(row) if value.text)
    labelled = any(value.text and not _NUMBER.fullmatch(value.text) for value in below[:first])
    return labelled and not all(YEAR.fullmatch(value.text) for value in below[first:] if value.text)


def _has_uncomputed(archive: bytes) -> bool:
    """Tell whether a sheet has a formula without a value: a program wrote it, and no spreadsheet opened it since."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = [name for name in opened.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(_UNCOMPUTED.search(opened.read(name)) for name in names)
