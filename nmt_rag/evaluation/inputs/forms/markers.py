"""The markers of citations in an answer's text, whatever their style, and the text without them.

Read are ``[1]``, ``[1, 2]``, ``[1-3]``, ``[^1]``, ``[[1]](url)``, ``【1†source】`` and any of them in ``<sup>``. A
link, ``[1](url)``, is none. Nothing is known here of what the numbers stand for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PART = r"\d{1,3}(?:\s*[-–—]\s*\d{1,3})?"
_LIST = rf"\s*{_PART}(?:\s*[,;]\s*\^?{_PART})*\s*"
_LINK = r"\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
_ONE = (
    rf"(?:\[\[{_LIST}\]\](?:{_LINK})?|\[\[{_LIST}\]{_LINK}\]|\[\^?(?:\s*\d{{4}}\s*|{_LIST})\^?\](?!\()"
    rf"|【{_LIST}(?:†[^【】\n]{{0,200}})?】)"
)
_BLANK = r"[^\S\n]*"
_SEVERAL = rf"{_ONE}(?:(?:{_BLANK}[,;])?{_BLANK}{_ONE})*"
MARKERS = re.compile(rf"<sup>\s*{_SEVERAL}\s*</sup>|{_SEVERAL}")
"""One marker or several in a row. The blanks before them are looked for from here, so that long ones cost nothing."""
_NUMBERS = re.compile(rf"[\[【]\^?(\s*\d{{4}}\s*|{_LIST})[\^†\]】]")
_RANGE = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")
_DEFINITION = re.compile(r"(?m)^[^\S\n]*\[(?:\^\d{1,4}\]:[^\n]*|\d{1,4}\]:[^\S\n]*\S+(?:[^\S\n]+[\"'(][^\n]*)?)$\n?")
"""A line that says what a marker stands for, as Markdown has them at the end: ``[^1]: …`` and ``[1]: https://…``."""
_UNKNOWN = re.compile(
    r"【[^】\n]{1,60}】|<sup>[^<\n]{1,40}</sup>|\[[^\W\d]{1,12}[ _-]?\d{1,3}\]|\{\d{1,3}\}|\(\d{1,2}\)"
    r"|(?<=[.!?])[¹²³⁴-⁹]+"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text with parts cut out; ``ends`` and ``removed`` tell, for each part, where it ended and how much is gone."""

    text: str
    ends: tuple[int, ...]
    removed: tuple[int, ...]

    def at(self, place: int) -> int:
        """Return where a place of the whole text is now; one inside a part that was cut is where that part began."""
        number = bisect_right(self.ends, place)
        gone = self.removed[number - 1] if number else 0
        if number < len(self.ends):
            more = self.removed[number] - gone
            gone += max(0, place - (self.ends[number] - more))
        return place - gone


def cut(text: str, parts: Iterable[tuple[int, int]]) -> Cut:
    """Return a text without some parts of it, ``(start, end)`` in any order; they may overlap.

    Where two words would meet that a part stood between, a space is left.
    """
    kept: list[str] = []
    ends: list[int] = []
    removed: list[int] = []
    position = gone = 0
    for start, end in sorted(parts):
        first = max(start, position)
        if first >= end:
            continue
        meet = first > 0 and not text[first - 1].isspace() and text[end : end + 1].isalnum()
        kept += [text[position:first], " " * meet]
        gone += end - first - meet
        position = end
        ends.append(end)
        removed.append(gone)
    return Cut("".join([*kept, text[position:]]), tuple(ends), tuple(removed))


def places(text: str) -> list[tuple[int, int, tuple[int, ...]]]:
    """Return where markers stand in a text with the blanks before them, in order: ``(start, end, numbers)``.

    A line that says what a marker stands for is a place without numbers.
    """
    said = [(match.start(), match.end(), ()) for match in _DEFINITION.finditer(text)]
    shown = [(_blanks(text, match.start()), match.end(), _numbers(match[0])) for match in MARKERS.finditer(text)]
    starts = [start for start, _, _ in said]

    def is_apart(start: int, end: int) -> bool:
        before = bisect_right(starts, end - 1)
        return not before or said[before - 1][1] <= start

    return sorted([*said, *(one for one in shown if one[2] and is_apart(*one[:2]))])


def _blanks(text: str, end: int) -> int:
    """Return where the blanks before a place begin, in its line."""
    while end and text[end - 1].isspace() and text[end - 1] != "\n":
        end -= 1
    return end


def numbers_in(text: str) -> set[int]:
    """Return the numbers of all markers that a text shows."""
    return {number for _, _, numbers in places(text) for number in numbers}


def belongs(spans: Sequence[tuple[int, int]], place: int) -> int:
    """Return which of some sentences, one after the other, a marker at a place belongs to: the one that it follows.

    A marker between two sentences, or before the first word of one, belongs to the one before.
    """
    return max(0, bisect_right([start for start, _ in spans], place - 1) - 1)


def unknown(text: str) -> str:
    """Return the first thing in a text that looks like a marker of a style that is not known; empty without any."""
    match = _UNKNOWN.search(text)
    return match[0] if match else ""


def _numbers(markers: str) -> tuple[int, ...]:
    """Return the numbers of markers in a row; none where a range runs backwards, which is no marker."""
    found: list[int] = []
    for inside in _NUMBERS.findall(markers):
        for first, last in _RANGE.findall(inside):
            low, high = int(first), int(last or first)
            if low > high:
                return ()
            found += range(low, high + 1)
    return tuple(dict.fromkeys(found))
