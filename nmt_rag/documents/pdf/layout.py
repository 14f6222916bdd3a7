"""The words of a PDF's pages → paragraphs, headings, list items and tables, in the order they are read.

A line break of the page is a space here, and a word that was parted at the end of a line is whole: where a line ends
is the page's matter and no writer's. What stands on every page (running heads) is read once, a page's number never.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from nmt_rag.citations import joined
from nmt_rag.documents.formats import Block, is_above_numbers, without_bars
from nmt_rag.documents.pdf.headings import mark_headings, repeat_label, with_boxes_ended
from nmt_rag.documents.pdf.lines import (
    LETTERS,
    NARROW,
    Line,
    Paragraph,
    by_row,
    has_leaders,
    has_no_end,
    is_item,
    lines_of,
)
from nmt_rag.documents.pdf.order import in_order
from nmt_rag.documents.pdf.pages import File
from nmt_rag.documents.pdf.running import Margins, body_size, in_margins, strike_running
from nmt_rag.documents.pdf.tables import Table

WIDE = 1.9
"""Lines that lie further apart are measured as if they lay so (letter heights; one and a half spaces are 1.8)."""
SAME_SIZE = 0.12
"""Letters whose heights differ by at most this share of the lower line's are of one size."""
_NUMBER_AND_CAPITAL = re.compile(r"(\d{1,3})\.\s+[A-ZÅÄÖ]")
_NUMBER = re.compile(r"\(?(\d{1,3})[.)]")
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡]+)[.)]?\s+\S")


def read(file: File) -> list[tuple[Block, int, list[tuple[int, int]]]]:
    """Return the blocks of a file in reading order, each with its page (from 0) and the pages that begin within it."""
    pages = [lines_of(page, number) for number, page in enumerate(file.pages)]
    body = body_size(line for lines, _ in pages for line in lines)
    margins = in_margins(pages, [page.height for page in file.pages], body)
    strike_running(pages, margins, body)
    flow: list[Paragraph] = []
    ordered = [_ordered([line for line in lines if not line.running], tables, margins) for lines, tables in pages]
    stretch = _stretch(ordered)
    for number, (lines, _) in enumerate(pages):
        running = [Paragraph(text, number, kind="running") for text in _running(lines)]
        paragraphs = _paragraphs(ordered[number], number, stretch, body)
        crosswise = [" ".join(word.text for word in file.pages[number].crosswise)]
        paragraphs = _notes_first(paragraphs, body)
        if flow and paragraphs and flow[-1].box is None and paragraphs[0].box is None:
            _join_over(flow[-1], paragraphs)
        repeat_label(flow, paragraphs)
        flow += running + paragraphs + [Paragraph(text, number) for text in crosswise if LETTERS.search(text)]
    mark_headings(flow, [word for _, tables in pages for table in tables for word in table.words])
    return [_block(paragraph) for paragraph in with_boxes_ended(flow)]


def _running(lines: Sequence[Line]) -> list[str]:
    """Return what the running heads of a page say; a date or a number stands with the words beside it."""
    found: list[str] = []
    for row in by_row(line for line in lines if line.running):
        for i, line in enumerate(row):
            if i and not (LETTERS.search(line.text) and LETTERS.search(row[i - 1].text)):
                found[-1] += " " + line.text
            else:
                found.append(line.text)
    return found


def _block(paragraph: Paragraph) -> tuple[Block, int, list[tuple[int, int]]]:
    """Return a paragraph as a block, with its page and where in the block later pages begin."""
    kind = paragraph.kind
    mark = "#" * paragraph.level + " " if kind == "heading" else ""
    text = Block(paragraph.text, mark, row=kind in ("row", "header"), header=kind == "header")
    return text, paragraph.page, [(page, at + len(mark)) for page, at in paragraph.breaks]


def _ordered(lines: list[Line], tables: list[Table], margins: Margins) -> list[list[Line] | Table]:
    """Return what stands on a page in reading order: what is in its margins belongs to no column."""
    inner: list[Line | Table] = [*(line for line in lines if id(line) not in margins.apart), *tables]
    top = min((item.y for item in inner), default=0.0)
    outer = [line for line in lines if id(line) in margins.apart]
    above, below = [line for line in outer if line.y < top], [line for line in outer if line.y >= top]
    return [*in_order(above), *in_order(inner), *in_order(below)]


def _stretch(ordered: Sequence[Sequence[list[Line] | Table]]) -> float:
    """Return by how much the lines of a file lie wider apart than `WIDE`, or 1; distances are divided by it.

    The usual distance is that of lines which one sentence goes over.
    """
    usual = Counter(
        round(10 * (below.y - above.y) / max(below.size, 1.0)) / 10
        for items in ordered
        for column in items
        if not isinstance(column, Table)
        for above, below in itertools.pairwise(column)
        if below.text[:1].islower() and _same_size(above, below) and _was_full(above, below)
    )
    return max(1.0, usual.most_common(1)[0][0] / WIDE) if usual else 1.0


def _paragraphs(items: Sequence[list[Line] | Table], number: int, stretch: float, body: float) -> list[Paragraph]:
    """Return the paragraphs of a page in reading order; one that a column ends in goes on in the next."""
    flow: list[Paragraph] = []
    for item in items:
        if isinstance(item, Table):
            flow += _rows_of(item, number)
            continue
        paragraphs = _notes_first(_of_column(item, number, stretch), body)
        before = next((one for one in reversed(flow) if one.box == item[0].box), None)  # past the boxes between
        if before is not None and paragraphs:
            _join_over(before, paragraphs)
        flow += paragraphs
    return flow


def _rows_of(table: Table, number: int) -> list[Paragraph]:
    """Return the rows of a table as paragraphs of a page's number; «Telefon: | 08-…» is one text."""
    rows = table.rows
    n_header = table.n_header or int(is_above_numbers(rows))
    paragraphs = []
    for i, row in enumerate(rows):
        text = " | ".join(without_bars(cell) for cell in row).rstrip()
        if len(row) == 2 and row[0].endswith(":"):
            text = f"{row[0]} {row[1]}".strip()
        paragraphs.append(Paragraph(text, number, kind="header" if i < n_header else "row", box=table.box))
    return paragraphs


def _of_column(lines: list[Line], number: int, stretch: float) -> list[Paragraph]:
    """Return the paragraphs of a column: lines near each other that one sentence goes over.

    Args:
        lines: the column's, from above.
        number: the page's, from 0.
        stretch: what distances are divided by (`_stretch`).
    """
    paragraphs: list[Paragraph] = []
    gaps = [(below.y - above.y) / stretch for above, below in itertools.pairwise(lines)]
    group: list[Line] = []
    for i, line in enumerate(lines):
        if group and (gaps[i - 1] > _leading(lines, i, stretch) * line.size or abs(group[-1].size - line.size) > 0.5):
            _judge(group)
            group = []
        group.append(line)
    _judge(group)
    for i, line in enumerate(lines):
        space = gaps[i - 1] / max(line.size, 1.0) if i else 9.0
        one = Paragraph(line.text, number, [line], space_above=space, box=line.box)
        if paragraphs:
            paragraphs[-1].space_below = space
        if paragraphs and space < _leading(lines, i, stretch) and _goes_on(paragraphs[-1], one):
            _append(paragraphs[-1], one)
        else:
            paragraphs.append(one)
    if paragraphs:
        paragraphs[-1].space_below = 9.0
    return paragraphs


def _judge(group: list[Line]) -> None:
    """Tell the lines of a group if some of them end where there was room: an address, a list, a verse."""
    full = short = 0
    for line, below in itertools.pairwise(group):
        if _was_full(line, below):
            full += 1
        elif line.text[-1:] not in ".!?:…,-–" and not below.text[:1].islower() and not has_no_end(line.text):
            short += 1
    if short and 3 * short >= full:
        for line in group:
            line.on_purpose = True


def _leading(lines: list[Line], i: int, stretch: float) -> float:
    """Return the distance beyond which a line begins another paragraph, in letter heights.

    It is measured between lines of one size: a heading stands nearer to what is below it, for its height.
    """
    near = [
        (below.y - above.y) / stretch / max(below.size, 1.0)
        for above, below in itertools.pairwise(lines[max(0, i - 6) : i + 6])
        if _same_size(above, below)
    ]
    usual = [distance for distance in near if 0.8 < distance < 2.1]
    return 1.25 * min(usual) + 0.05 if usual else 1.6


def _goes_on(before: Paragraph, after: Paragraph, *, apart: bool = False) -> bool:
    """Tell whether a line goes on with the paragraph before it (``apart``: in another column or on another page)."""
    line, last = after.lines[0], before.lines[-1]
    text, following = before.text, line.text
    size = max(last.size, 1.0)
    if abs(line.size - last.size) > SAME_SIZE * size or has_leaders(text) or has_leaders(following):
        return False
    if line.bold != last.bold and (line.bold or (len(before.lines) == 1 and last.bold)):
        return False
    if text[-1:] in "☐☒" or following[:1] in "☐☒" or (is_item(line) and not _ends_in_number(before, line)):
        return False
    ended = text[-1:] in ".!?:…" or text[-2:] in (".”", ".»", ".)")
    if apart:
        if ended:
            return False
        return (
            following[:1].islower()
            or text[-1:] in ",-–(/"
            or (has_no_end(text) or (_was_full(last, line) and len(before.lines) > 1))
        )
    if line.bold and last.bold and line.size > 0 and len(before.lines) == 1:
        return _was_full(last, line) or following[:1].islower()
    indented = line.x0 - last.x0
    if ended and len(before.lines) > 1 and indented > 0.8 * size:
        return False  # a first line's indent
    if ended and not _was_full(last, line):
        return False
    if len(text) > 1 and text[-1] == "-" and text[-2].isalnum() and following[:1].isalnum():
        return True
    if is_item(before.lines[0]) and line.x0 - before.lines[0].x0 > 0.5 * size:  # below an item's text
        return not ended and (following[:1].islower() or _was_full(last, line))
    if last.x1 - last.x0 > NARROW * size:
        if following[:1].islower() or text[-1:] in ",-–(/":
            return True
    if not ended and has_no_end(text):
        return True
    if last.on_purpose or last.edge - last.left < NARROW * size:
        return False
    return _was_full(last, line) and (line.supported or last.x1 - last.x0 > 30 * size)


def _ends_in_number(before: Paragraph, line: Line) -> bool:
    """Tell whether a line that begins as an item does begins with a sentence's last number: «mellan 17 och⏎22. Då».

    The line above is full and ends with a word that something must follow, and no item there has the number before.
    """
    number, item = _NUMBER_AND_CAPITAL.match(line.text), _NUMBER.match(before.text)
    if number is None or not has_no_end(before.text) or not _was_full(before.lines[-1], line):
        return False
    return int(number[1]) not in (1, int(item[1]) + 1 if item else 1)


def _same_size(above: Line, below: Line) -> bool:
    return abs(above.size - below.size) <= SAME_SIZE * below.size


def _was_full(last: Line, line: Line) -> bool:
    """Tell whether a line had no room for the first word of the next."""
    first = line.first
    return last.x1 + (first.x1 - first.x0) + 0.2 * first.size > last.edge - 0.4 * first.size


def _append(before: Paragraph, after: Paragraph) -> None:
    """Add a paragraph to the one before it."""
    text = joined(before.text, after.text)
    start = len(text) - len(after.text)
    if after.page != (before.breaks[-1][0] if before.breaks else before.page):
        before.breaks.append((after.page, start))
    before.breaks += [(page, at + start) for page, at in after.breaks]
    before.text, before.space_below = text, after.space_below
    before.lines += after.lines


def _join_over(before: Paragraph, paragraphs: list[Paragraph]) -> None:
    """Join the first paragraph of a page or column to the last one before it, if the sentence goes on."""
    after = paragraphs[0]
    if before.lines and after.lines and not before.kind and not after.kind and _goes_on(before, after, apart=True):
        _append(before, paragraphs.pop(0))


def _notes_first(column: list[Paragraph], body: float) -> list[Paragraph]:
    """Put the notes at the foot of a page or column before its last paragraph, which may go on in the next."""
    n = len(column)
    while n > 1 and column[n - 1].lines and column[n - 1].lines[0].size < 0.93 * body and not column[n - 1].kind:
        n -= 1
    notes = column[n:]
    if not notes or not _NOTE.match(notes[0].text) or column[n - 1].kind or column[n - 1].text[-1:] in ".!?:":
        return column
    return [*column[: n - 1], *notes, column[n - 1]]
