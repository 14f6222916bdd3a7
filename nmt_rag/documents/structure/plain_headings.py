"""Headings of a text without heading marks: short lines that stand alone and have text below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag import swedish
from nmt_rag.swedish import blocks

MAX_HEADING_LENGTH = 100
"""A longer line without a full stop is a sentence that lost it (characters; Swedish agencies' headings stay below)."""
_LAST_IN_HEADINGS = frozenset("det dig du er ni oss till vi".split()) | swedish.NEGATIONS
"""Function words that end a heading above a whole sentence («Så ansöker du»), where the others lead on."""
_DEEPEST = 80
"""A heading stands at most this far from its line's beginning (characters): a web page's text is indented."""
_FIELD = re.compile(r"[^\W\d_][\w /-]{0,40}: \S")
"""A line that begins with what it tells, as minutes and letters do above their text («Plats: Föreningshuset»)."""
_BOX = re.compile("[☐☑☒]")
"""A form's box, before its label or after it: the line tells what was ticked."""
_LINE_END = re.compile(r"[ \t\xa0]{0,3}(?:\n|\Z)")


def looks_like_heading(text: str, bounds: Sequence[tuple[int, int]], number: int) -> bool:
    """Tell whether a line without marks is a heading: short, alone on its line, no full stop, text below it."""
    start, end = bounds[number]
    if number + 1 == len(bounds):
        return False
    below_start, below_end = bounds[number + 1]
    below = text[below_start:below_end]
    if _BOX.search(text, start, end) or _is_one_of_fields(text, bounds, number):
        return False
    surely = _is_heading_by_what_is_below(text[start:end], below)
    if not _stands_alone(text, start, end, surely=surely):
        return False
    if number > 1 and "\n\n" not in text[bounds[number - 1][1] : start] and _stands_alone(text, *bounds[number - 1]):
        return False  # the last line of a list
    if not _stands_alone(text, below_start, below_end):
        item = below[swedish.list_mark_length(below) :]
        if item != below:
            return not blocks.goes_on_below(item)  # else the sentence that the items go on with
        return not (below[0].islower() and number and _leads_in(text, *bounds[number - 1]))
    # A run of short lines is a list, unless a blank line sets the first apart (a title above a heading, or fields).
    blank = "\n\n" in text[end:below_start]
    if blank and _is_one_of_fields(text, bounds, number + 1):
        return True
    return (blank and (number == 0 or below[-1:] in ".!?:")) or _is_above_heading(text, bounds, number, blank=blank)


def _is_one_of_fields(text: str, bounds: Sequence[tuple[int, int]], number: int) -> bool:
    """Tell whether a line says what something is, next to one that does too: «Plats: …», «Närvarande: …»."""
    if not _FIELD.match(text, *bounds[number]):
        return False
    for other in (number - 1, number + 1):
        if not (0 <= other < len(bounds) and _FIELD.match(text, *bounds[other])):
            continue
        above, below = bounds[min(number, other)], bounds[max(number, other)]
        if text[above[1] : below[0]].count("\n") == 1:
            return True
    return False


def _is_above_heading(text: str, bounds: Sequence[tuple[int, int]], number: int, *, blank: bool) -> bool:
    """Tell whether a line is the title of a text that begins with two headings, or stands by itself above a heading."""
    if number + 2 >= len(bounds) or _stands_alone(text, *bounds[number + 2]):
        return False
    return number == 0 or (
        blank
        and "\n\n" in text[bounds[number - 1][1] : bounds[number][0]]
        and not _stands_alone(text, *bounds[number - 1])
    )


def _leads_in(text: str, start: int, end: int) -> bool:
    """Tell whether a line leads in a list, or is in one: neither a whole sentence nor a heading."""
    return text[end - 1] not in ".!?…" and not _stands_alone(text, start, end)


def _is_heading_by_what_is_below(line: str, below: str) -> bool:
    """Tell whether a line may end as sentences do and lead lines, and yet is a heading: «Lön m.m.», «Så ansöker du»."""
    if len(line) > MAX_HEADING_LENGTH or not line[-1].isalpha():
        return blocks.heads_section(line, below)
    sentence = below[0].isupper() and below[-1] in ".!?" and not swedish.is_list_item(below)
    return sentence and not _LAST_IN_HEADINGS.isdisjoint(swedish.words(line)[-1:])


def _stands_alone(text: str, start: int, end: int, *, surely: bool = False) -> bool:
    """Tell whether a span fills its line and reads like a heading, with an end like one's, if it is not one surely."""
    piece = text[start:end]
    before = text[max(0, start - _DEEPEST) : start]
    begins = start == 0 or "\n" in before[len(before.rstrip()) :]
    alone = begins and _LINE_END.match(text, end) is not None
    return (
        alone
        and "\n" not in piece
        and len(piece) <= MAX_HEADING_LENGTH
        and (surely or piece[-1] not in ".!:;,…")
        and (piece[0].isupper() or piece[0].isdigit() or piece[0] == "§")
        and not piece.startswith("Läs mer")
        and not swedish.is_list_item(piece)
        and (surely or (swedish.words(piece) or ["att"])[-1] not in swedish.stop_words())
    )
