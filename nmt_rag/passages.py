"""Document → passages: the citable sentences and list items, with heading path, offsets and context.

Headings are lines that begin with ``#`` marks; in a document without any mark they are found by their layout. Who
acts in a passage is settled in `nmt_rag.actors`; this module only calls it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nmt_rag import actors, swedish
from nmt_rag.types import Document, Passage

MAX_HEADING_LENGTH = 100
"""A longer line without a full stop is a sentence that lost it (characters; Swedish agencies' headings stay below)."""

MAX_PASSAGE_LENGTH = 2_000
"""A longer "sentence" is cut at a space, so that a text without punctuation stays citable (characters)."""

CONTEXT_NEIGHBOURS = 300
"""How much of the sentence before is encoded with a passage that leans on it (characters)."""

MAX_MARKED_HEADING_LENGTH = 300
"""A longer line with heading marks is text that has them by mistake, and stays citable (characters)."""

_MARKED = re.compile(r"(#{1,6})[ \t\xa0]+(?=\S)")
_LEANING = re.compile(
    r"(?:de|den|det|detta|denna|dessa|dom|där|dit|han|hon|myndigheten|verket|nämnden|rådet|mottagning\w*|även|också|"
    r"vidare|dessutom|sådan\w*)\b",
    re.IGNORECASE,
)
_STATUTE_NOTE = re.compile(r"(?:Förordning|Lag)\s\(\d{4}:\d+\)\.$")


@dataclass(frozen=True, slots=True)
class _Span:
    """One sentence, heading or list item of the text, before it is known what it means."""

    start: int
    end: int
    text: str
    level: int  # 0: a passage; 1 to 6: a heading
    blank_before: bool


def split(document: Document) -> list[Passage]:
    """Return the passages of a document, in order.

    ``passage.text == document.text[passage.start:passage.end]`` and starts strictly increase. List marks and
    heading marks are left out of the passages, and so are lines without a word («---») and the notes of Swedish
    statutes that only say which statute last changed the text above («Förordning (2019:1279).»).
    """
    path: list[tuple[int, str]] = []
    found: list[Passage] = []
    paragraph = 0
    for span in _spans(document):
        if span.level:
            path = [*((level, title) for level, title in path if level < span.level), (span.level, span.text)]
            paragraph += 1
            continue
        paragraph += span.blank_before
        if _STATUTE_NOTE.match(span.text) or not swedish.words(span.text[:MAX_PASSAGE_LENGTH]):
            continue
        for start, end in _pieces(document.text, span.start, span.end):
            found.append(
                Passage(
                    document_id=document.id,
                    ordinal=len(found),
                    start=start,
                    end=end,
                    text=document.text[start:end],
                    heading=tuple(title for _, title in path),
                    page=_page(document, start),
                    paragraph=paragraph,
                )
            )
    return _with_context(document, actors.attribute(document, found))


def headings(document: Document) -> list[tuple[int, int, str]]:
    """Return the headings of a document as ``(offset, level, text)``, in order; levels count from 1."""
    return [(span.start, span.level, span.text) for span in _spans(document) if span.level]


def _spans(document: Document) -> list[_Span]:
    """Classify the sentences of a document into headings and passages."""
    text = document.text
    bounds = swedish.sentences(text)
    marked = any(_MARKED.match(text, start, end) for start, end in bounds)
    spans: list[_Span] = []
    for number, (start, end) in enumerate(bounds):
        match = _MARKED.match(text, start, end)
        title = _without_closing_marks(text[match.end() : end]) if match else ""
        if match and title and len(title) <= MAX_MARKED_HEADING_LENGTH:
            spans.append(_Span(start, end, title, len(match.group(1)), True))
            continue
        start = match.end() if match and title else start
        piece = text[start:end]
        gap = text[bounds[number - 1][1] : start] if number else "\n\n"
        blank = gap.count("\n") > 1 or (
            "\n" in gap and (not number or _ends_paragraph(text, bounds[number - 1], piece))
        )
        if not marked and _looks_like_heading(text, bounds, number):
            spans.append(_Span(start, end, piece, 1 if piece == document.title else 2, True))
        else:
            offset = swedish.list_mark_length(piece) if "\n" in gap else 0
            offset = offset if offset < len(piece) else 0
            spans.append(_Span(start + offset, end, piece[offset:], 0, blank or offset > 0))
    return spans


def _without_closing_marks(title: str) -> str:
    """Return the title of a heading without the marks that may close it: «Polisen ##»."""
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else title


def _ends_paragraph(text: str, previous: tuple[int, int], piece: str) -> bool:
    """Tell whether a single line break after the previous sentence begins a new paragraph."""
    start = text.rfind("\n", 0, previous[1]) + 1
    return previous[1] - start > 120 or previous[1] - start < 60 or swedish.is_list_item(piece)


def _looks_like_heading(text: str, bounds: Sequence[tuple[int, int]], number: int) -> bool:
    """Tell whether a line without marks is a heading: short, alone on its line, no full stop, text below it."""
    start, end = bounds[number]
    if not _stands_alone(text, start, end) or number + 1 == len(bounds):
        return False
    if number > 1 and "\n\n" not in text[bounds[number - 1][1] : start] and _stands_alone(text, *bounds[number - 1]):
        return False  # the last line of a list
    below_start, below_end = bounds[number + 1]
    below = text[below_start:below_end]
    if not _stands_alone(text, below_start, below_end):
        return True
    # A run of short lines is a list, unless a blank line sets the first apart (a title above a heading).
    return "\n\n" in text[end:below_start] and (number == 0 or below[-1:] in ".!?:")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a span fills its line and reads like a heading."""
    piece = text[start:end]
    alone = (start == 0 or "\n" in text[max(0, start - 4) : start]) and text[end : end + 4].lstrip(" \t\xa0")[
        :1
    ] == "\n"
    return (
        alone
        and "\n" not in piece
        and len(piece) <= MAX_HEADING_LENGTH
        and piece[-1] not in ".!:;,…"
        and (piece[0].isupper() or piece[0].isdigit())
        and not piece.startswith("Läs mer")
        and not swedish.is_list_item(piece)
        and (swedish.words(piece) or ["att"])[-1] not in swedish.stop_words()
    )


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a span at spaces into pieces of at most `MAX_PASSAGE_LENGTH` characters."""
    while end - start > MAX_PASSAGE_LENGTH:
        space = max(text.rfind(mark, start + 1, start + MAX_PASSAGE_LENGTH) for mark in (" ", "\n", "\t"))
        cut = space if space > start else start + MAX_PASSAGE_LENGTH
        yield start, start + len(text[start:cut].rstrip())
        start = cut
        while text[start].isspace():  # the span itself ends with another character
            start += 1
    if start < end:
        yield start, end


def _page(document: Document, start: int) -> int | None:
    """Return the number of the page that an offset lies on, from 1, or None where there are no pages."""
    return bisect.bisect_right(document.pages, start) if document.pages else None


def _with_context(document: Document, found: Sequence[Passage]) -> list[Passage]:
    """Give each passage the text it is encoded with: title or heading, what it leans on, and itself."""
    result: list[Passage] = []
    introduction: Passage | None = None
    for number, passage in enumerate(found):
        previous = found[number - 1] if number else None
        if introduction and introduction.heading != passage.heading:
            introduction = None
        parts = [passage.heading[-1] if passage.heading else document.title]
        if passage.actor and passage.actor not in parts[0]:
            parts.append(passage.actor)
        if introduction and passage.text[:1].islower():
            parts.append(introduction.text[-CONTEXT_NEIGHBOURS:])
        elif previous and previous.heading == passage.heading and _leans(passage, previous):
            parts.append(previous.text[-CONTEXT_NEIGHBOURS:])
        if passage.text[0].isupper() or passage.text[0].isdigit():
            introduction = passage if passage.text[-1] not in ".!?" else None
        result.append(replace(passage, context="\n".join((*parts, passage.text))))
    return result


def _leans(passage: Passage, previous: Passage) -> bool:
    """Tell whether a passage cannot be understood without the one before it."""
    near = previous.paragraph >= passage.paragraph - 1
    return near and (passage.text[:1].islower() or _LEANING.match(passage.text) is not None)
