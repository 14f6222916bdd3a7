"""Text → sentences, headings, list items and table rows, as offsets; what a line break means is read from the lines.

Where a sentence ends, what marks a line has and which lines were wrapped is settled in `nmt_rag.swedish.splitting`. It
knows no headings' meaning and no documents.
"""

from __future__ import annotations

from dataclasses import dataclass

from nmt_rag.swedish.splitting.sentence_ends import ends_abbreviated, split
from nmt_rag.swedish.splitting.wrapping import (
    HEADING_MARK,
    goes_on_below,
    heads_section,
    is_bold_line,
    is_delimiter_row,
    is_list_item,
    lines_of,
    list_mark_length,
    n_cell_ends,
    wrapped,
)

__all__ = [
    "BlockSpan",
    "blocks",
    "ends_abbreviated",
    "goes_on_below",
    "heads_section",
    "in_row",
    "is_bold_line",
    "is_delimiter_row",
    "is_list_item",
    "list_mark_length",
    "sentences",
]


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """Lines that belong together: a paragraph, a heading, a list item or a table row, and its sentences as offsets."""

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]
    row: bool = False


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the ``(start, end)`` offsets of the sentences, headings, list items and table rows of a text, in order.

    Nothing but whitespace falls between them, none is empty, and none begins or ends with whitespace.
    """
    return [span for block in blocks(text) for span in block.sentences]


def in_row(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a text stands in a line of cells, as the rows of tables are."""
    line_end = text.find("\n", end)
    return n_cell_ends(text[text.rfind("\n", 0, start) + 1 : line_end if line_end >= 0 else len(text)].strip()) > 0


def blocks(text: str) -> list[BlockSpan]:
    """Return the blocks of a text that hold anything, in order; their sentences are those of `sentences`."""
    result: list[BlockSpan] = []
    for start, end, row in _bounds(text):
        whole = row or HEADING_MARK.match(text, start, end) is not None
        found = tuple(_trim(text, *span) for span in ([(start, end)] if whole else split(text, start, end)))
        found = tuple(span for span in found if span[0] < span[1])
        if found:
            result.append(BlockSpan(found[0][0], found[-1][1], found, row))
    return result


def _bounds(text: str) -> list[tuple[int, int, bool]]:
    """Return where each block begins and ends, and whether it is a row: wrapped lines are joined, others are not."""
    lines = lines_of(text)
    goes_on = wrapped(lines)
    found: list[tuple[int, int, bool]] = []
    for number, line in enumerate(lines):
        if not line.text:
            continue
        if number and goes_on[number - 1]:
            found[-1] = (found[-1][0], line.end, False)
        else:
            found.append((line.start, line.end, line.row))
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends of a span inwards past whitespace."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
