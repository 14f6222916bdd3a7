"""What Markdown marks besides headings with ``#``: comments, code between fences, definitions, underlined headings.

None of it is left out of the text; `nmt_rag.documents.structure.layout` makes neither passage nor heading of what no
page shows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

MARKED = re.compile(r"(#{1,6})[ \t\xa0]+(?=\S)")
"""How a heading begins."""
_FENCE = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)([^`\n]*+)$", re.MULTILINE)
_DEFINITION = re.compile(
    r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]+<?(?:[a-z][a-z0-9+.-]{1,20}:|[./#])\S*(?:[ \t]+[\"'(][^\n]*)?[ \t]*$",
    re.MULTILINE,
)
_NAME = re.compile(r"\{#[\w-]+\}$")
_UNDERLINED = re.compile(
    r"(?:\A|\n[ \t]*\n)( {0,3}(?!\S[^\n]*(?:\t|  )\S)\S[^\n]*[^\s.,;:!])[ \t]*\n( {0,3}(?:={3,}|-{3,}))[ \t]*(?=\n|\Z)"
)
"""A line by itself above a line of marks; one in columns is no heading, but a table's."""


@dataclass(frozen=True, slots=True)
class Extents:
    """Parts of a text that do not overlap, as offsets in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def hold(self, start: int, end: int) -> bool:
        """Tell whether one of them holds all of a span."""
        place = bisect_right(self.starts, start) - 1
        return place >= 0 and end <= self.ends[place]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a text marks.

    ``unseen`` is what no page shows: comments, the fences around code, definitions of links, underlines. ``code``
    stands between fences: a line of it that begins with ``#`` is no heading. ``underlined`` has the levels of the
    headings that stand alone above a line of ``=`` (1) or ``-`` (2), by where they begin.
    """

    unseen: Extents
    code: Extents
    underlined: dict[int, int]


def marks(text: str) -> Marks:
    """Return what a text marks; it is gone through once for each kind."""
    pairs = list(_fences(text))
    fences = [span for pair in pairs for span in pair]
    definitions = [match.span() for match in _DEFINITION.finditer(text) if not match.group().lstrip().startswith("[^")]
    above = list(_UNDERLINED.finditer(text))
    return Marks(
        _merged([*_comments(text), *fences, *definitions, *(match.span(2) for match in above)]),
        _merged([(opened[1], closed[0]) for opened, closed in pairs]),
        {match.end(1) - len(match[1].lstrip()): 1 if match[2].lstrip()[0] == "=" else 2 for match in above},
    )


def mark(text: str, start: int, end: int, code: Extents) -> re.Match[str] | None:
    """Return the marks of the heading that a span is; code, between fences or four spaces in, is none."""
    match = MARKED.match(text, start, end)
    if match is None or code.hold(start, end):
        return None
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    return None if "\t" in indent or len(indent) > 3 else match


def heading(title: str) -> str:
    """Return the title of a heading without marks that close it («Polisen ##») or its name («Polisen {#polisen}»)."""
    title = _NAME.sub("", title.rstrip()).rstrip()
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else title


def _comments(text: str) -> Iterator[tuple[int, int]]:
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        yield start, end + 3
        start = text.find("<!--", end + 3)


def _fences(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the lines that open and close each piece of code; one that is never closed opens none."""
    opened: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match
        elif match[1].startswith(opened[1]) and not match[2].strip():
            yield opened.span(), match.span()
            opened = None


def _merged(spans: list[tuple[int, int]]) -> Extents:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return Extents(tuple(start for start, _ in found), tuple(end for _, end in found))
