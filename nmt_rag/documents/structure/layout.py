"""Text → its sentences, each with what it is: a heading, a question that heads its answer, a table row, or plain text.

Headings are lines that begin with ``#`` marks; in a document without any mark they are found by their layout. Less
than these, but headings too, are bold lines and the questions of a FAQ: they head what follows until the next one. The
header row of a table is neither heading nor passage: it is read with each of the rows below it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from nmt_rag import swedish
from nmt_rag.documents.structure import markdown
from nmt_rag.documents.structure.labels import asks_again, gap, labels
from nmt_rag.documents.structure.plain_headings import looks_like_heading
from nmt_rag.swedish import BlockSpan, blocks, wholewords
from nmt_rag.types import Document

MAX_MARKED_HEADING_LENGTH = 300
"""A longer line with heading marks is text that has them by mistake, and stays citable (characters). Longer header
words are not read with the rows."""

MAX_LED_LENGTH = 500
"""A line is read with the headings that it leads to where both together are no longer (characters)."""

LABEL = 7
"""The level of what heads the text below it without being a section: a FAQ's question, a bold line."""

ROW_LABEL, INLINE = 8, 9
"""The levels of a row that labels the rows below it, and of a question that heads the rest of its own paragraph."""

HEADER, RULE = -1, -2

_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}$")
_CELLS = re.compile(r"(?<!\\)\|")
_BULLETS = "*•·◦▪●"
"""Marks that begin a list item in the middle of a line too, where a quote may begin with a dash."""


@dataclass(frozen=True, slots=True)
class LayoutSpan:
    """One sentence, heading, list item or table row of the text.

    ``level`` is 0 for what may be cited, 1 to 6 for a heading, `LABEL` and more for what heads only what follows it,
    and less for what is neither: `HEADER`, a table's header row or what no page shows, and `RULE`, a line that ends
    what a label heads. A heading ends at ``scope``, an offset.
    ``read`` is a row as it is read, with its header words; ``led`` the headings that a line leads to.
    """

    start: int
    end: int
    text: str
    level: int
    blank_before: bool
    scope: int
    read: str = ""
    led: str = ""


def spans(document: Document) -> list[LayoutSpan]:
    """Return the sentences of a document with what each is, in order."""
    text = document.text
    parts = blocks.blocks(text)
    bounds = [bound for block in parts for bound in block.sentences]
    marks = markdown.marks(text)
    matches = [markdown.mark(text, *bound, marks.code) for bound in bounds]
    marked = any(matches)
    rows = _tables(text, parts)
    heads = labels(text, parts)
    result: list[LayoutSpan] = []
    presumed: set[int] = set()  # places of headings without marks
    number = -1
    for place, block in enumerate(parts):
        n_labelling = 0  # sentences of the block that are one label
        for position, (start, end) in enumerate(block.sentences):
            number += 1
            if position < n_labelling:
                continue
            blank = _begins_paragraph(text, bounds, number)
            match = matches[number]
            title = markdown.heading(text[match.end() : end]) if match else ""
            if marks.unseen.hold(start, end):
                result.append(LayoutSpan(start, end, text[start:end], HEADER, blank, len(text)))
            elif place in rows:
                result.append(replace(rows[place], blank_before=blank))
            elif start in marks.underlined:
                title = " ".join(markdown.heading(text[start:end]).split())
                result.append(LayoutSpan(start, end, title, marks.underlined[start], True, len(text)))
            elif match and title and len(title) <= MAX_MARKED_HEADING_LENGTH:
                result.append(LayoutSpan(start, end, title, len(match.group(1)), True, len(text)))
            elif _RULE.match(text, start, end):
                result.append(LayoutSpan(start, end, text[start:end], RULE, True, len(text)))
            elif not marked and looks_like_heading(text, bounds, number):
                piece = text[start:end]
                presumed.add(len(result))
                result.append(LayoutSpan(start, end, piece, 1 if piece == document.title else 2, True, len(text)))
            elif place in heads and (position < heads[place].n_sentences or asks_again(text, block, position)):
                label = heads[place]
                n_labelling = max(position + 1, label.n_sentences)
                end = block.sentences[n_labelling - 1][1]
                level = INLINE if label.inline else LABEL
                result.append(LayoutSpan(start, end, _bare(text[start:end]), level, True, label.scope))
            else:
                start = match.end() if match and title else start
                piece = text[start:end]
                above = text[bounds[number - 1][1] : start] if number else "\n\n"
                offset = swedish.list_mark_length(piece) if "\n" in above or piece[0] in _BULLETS else 0
                offset = offset if offset < len(piece) else 0
                blank = blank or offset > 0
                start, end = _inside_bold(text, start + offset, end, block)
                result.append(LayoutSpan(start, end, text[start:end], 0, blank, len(text)))
    return _led(_heading_something(result, presumed))


def _heading_something(all_spans: Sequence[LayoutSpan], presumed: Set[int]) -> list[LayoutSpan]:
    """Return the spans, each presumed heading that heads nothing as a sentence: nothing of a text may be lost.

    It heads nothing at the end of a text; and where the next heading follows at once it is the title of that part, but
    for a line that tells a number («Telefon 0123-45 67 89»).

    Args:
        all_spans: what a text holds, in order.
        presumed: the places of headings that no mark tells.
    """
    result = list(all_spans)
    below: int | None = None  # the level of what has words below, where anything has
    for place in range(len(result) - 1, -1, -1):
        span = result[place]
        titles = below is not None and 0 < below <= span.level
        if place in presumed and (below is None or (titles and any(map(str.isdigit, span.text)))):
            result[place] = span = replace(span, level=0)
        if span.level >= 0 and any(map(str.isalnum, span.text)):
            below = span.level
    return result


def _led(all_spans: Sequence[LayoutSpan]) -> list[LayoutSpan]:
    """Return the spans, each line that leads to headings below it («… aktörer:») with those; none of them asks."""
    result, section = list(all_spans), 0
    for place, (span, following) in enumerate(itertools.pairwise(all_spans)):
        section = span.level if 0 < span.level <= LABEL else section
        if span.level or span.read or not span.text.endswith(":") or not section < following.level <= LABEL:
            continue
        items = list(_items(all_spans, place + 1, following.level))
        asks = any(item.endswith("?") for item in items)
        if len(items) > 1 and not asks and len(span.text) + len(led := "; ".join(items)) < MAX_LED_LENGTH:
            result[place] = replace(span, led=led)
    return result


def _items(all_spans: Sequence[LayoutSpan], place: int, level: int) -> Iterator[str]:
    """Yield the headings of a level from a place on, up to one of a higher level, or labels up to a rule."""
    for number in range(place, len(all_spans)):
        if 0 < all_spans[number].level < level or (level == LABEL and all_spans[number].level == RULE):
            return
        if all_spans[number].level == level:
            yield all_spans[number].text


def _inside_bold(text: str, start: int, end: int, block: BlockSpan) -> tuple[int, int]:
    """Return where a sentence begins and ends within the marks of bold text that it or its block stands between."""
    if not text.startswith(("**", "__"), start) and not text.endswith(("**", "__"), start, end):
        return start, end
    if blocks.is_bold_line(text[start:end]):
        return start + 2, end - 2
    first = block.start + swedish.list_mark_length(text[block.start : block.end])
    if not blocks.is_bold_line(text[first : block.end]):
        return start, end
    return start + 2 * (start == first), end - 2 * (end == block.end)


def _begins_paragraph(text: str, bounds: Sequence[tuple[int, int]], number: int) -> bool:
    if not number:
        return True
    start, end = bounds[number]
    gap = text[bounds[number - 1][1] : start]
    return gap.count("\n") > 1 or ("\n" in gap and _ends_paragraph(text, bounds[number - 1], text[start:end]))


def _bare(title: str) -> str:
    """Return a question or bold line without the marks around it, on one line."""
    title = title[swedish.list_mark_length(title) :] or title
    return " ".join(wholewords.joined(title).strip("*_").split()) or title


def _tables(text: str, parts: Sequence[BlockSpan]) -> dict[int, LayoutSpan]:
    """Return the rows among the blocks as spans, read with the header words of their table."""
    result: dict[int, LayoutSpan] = {}
    for first, last in _runs(text, parts):
        lines = [text[block.start : block.end] for block in parts[first : last + 1]]
        delimiter = next((n for n, line in enumerate(lines) if blocks.is_delimiter_row(line)), 0)
        width = len(_cells(lines[delimiter])) if delimiter else 0
        headed = 0 < delimiter < len(lines) - 1
        header = _header([_cells(line, width) for line in lines[:delimiter]], width) if headed else ()
        scope = parts[last].end
        for place, line in enumerate(lines, first):
            block = parts[place]
            start, end = _inside(text, block)
            cells = _cells(line, width)
            filled = [cell for cell in cells if cell]
            label = len(filled) == 1 and place > first and blocks.is_bold_line(filled[0])
            if blocks.is_delimiter_row(line) or (headed and place < first + delimiter):
                result[place] = LayoutSpan(block.start, block.end, line, HEADER, False, scope)
            elif label:
                result[place] = LayoutSpan(start, end, _bare(filled[0]), ROW_LABEL, False, scope)
            else:
                result[place] = LayoutSpan(start, end, text[start:end], 0, False, scope, _read(cells, header))
    return result


def _runs(text: str, parts: Sequence[BlockSpan]) -> Iterator[tuple[int, int]]:
    """Yield the first and last block of each table: rows, and bold lines between them, without a blank line."""
    first = 0
    while first < len(parts):
        last = first
        while parts[first].row and last + 1 < len(parts) and gap(text, parts[last], parts[last + 1]).count("\n") < 2:
            following = parts[last + 1]
            if not (following.row or blocks.is_bold_line(text[following.start : following.end])):
                break
            last += 1
        if parts[first].row:
            while not parts[last].row:  # a bold line below the table is none of its labels
                last -= 1
            yield first, last
        first = last + 1


def _cells(line: str, width: int = 0) -> list[str]:
    """Return the cells of a row, without the pipes that may stand at its ends.

    Args:
        line: the row.
        width: the number of cells that the table has, or 0 where it is not known.
    """
    cells = [cell.strip() for cell in _CELLS.split(line)]
    if len(cells) > max(width, 1) and not cells[0]:
        cells = cells[1:]
    return cells[:-1] if len(cells) > max(width, 1) and not cells[-1] else cells


def _header(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """Return the header words of each column, from the rows above the delimiter."""
    columns = ([row[column] for row in rows if column < len(row)] for column in range(width))
    words = (" ".join(dict.fromkeys(filter(None, column))) for column in columns)
    return tuple(wholewords.as_read(name) if len(name) <= MAX_MARKED_HEADING_LENGTH else "" for name in words)


def _read(cells: Sequence[str], header: Sequence[str]) -> str:
    """Return a row as it is read: its label, and the other cells after their header words («Bad | Lördag: 9–15»)."""
    names = header if len(header) == len(cells) else ("",) * len(cells)
    parts = [
        f"{name}: {cell}" if name and column and name != cell else cell
        for column, (name, cell) in enumerate(zip(names, map(wholewords.as_read, cells), strict=True))
        if cell
    ]
    return " | ".join(parts)


def _inside(text: str, block: BlockSpan) -> tuple[int, int]:
    """Return where a row begins and ends within its outer pipes."""
    line = text[block.start : block.end]
    start = len(line) - len(line.lstrip("| \t"))
    return (
        (block.start + start, block.start + len(line.rstrip("| \t")))
        if line.strip("| \t")
        else (block.start, block.end)
    )


def _ends_paragraph(text: str, previous: tuple[int, int], piece: str) -> bool:
    """Tell whether a single line break after the previous sentence begins a new paragraph."""
    start = text.rfind("\n", 0, previous[1]) + 1
    return previous[1] - start > 120 or previous[1] - start < 60 or swedish.is_list_item(piece)
