"""Document → passages: the citable sentences and list items, with heading path, offsets and context.

What is a heading and what a passage is settled in `nmt_rag.documents.structure.layout`, what a passage goes on from in
`nmt_rag.documents.leading`, and who acts in it in `nmt_rag.documents.actors`; this module only calls them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from nmt_rag import swedish
from nmt_rag.citations import fuller
from nmt_rag.documents import actors
from nmt_rag.documents.leading import CONTEXT_NEIGHBOURS, leads, may_point
from nmt_rag.documents.structure import layout
from nmt_rag.swedish import wholewords
from nmt_rag.types import Document, Passage

MAX_PASSAGE_LENGTH = 2_000
"""A longer "sentence" is cut at a space, so that a text without punctuation stays citable (characters)."""

_LEANING = re.compile(
    r"(?:de|den|det|detta|denna|dessa|dom|där|dit|han|hon|myndigheten|verket|nämnden|rådet|mottagning\w*|även|också|"
    r"vidare|dessutom|sådan\w*)\b",
    re.IGNORECASE,
)
_STATUTE_NOTE = re.compile(r"(?:Förordning|Lag)\s\(\d{4}:\d+\)\.$")


def split(document: Document) -> list[Passage]:
    """Return the passages of a document, in order.

    ``passage.text == document.text[passage.start:passage.end]`` and starts strictly increase. List marks and
    heading marks are left out of the passages, and so are lines without a word («---») and the notes of Swedish
    statutes that only say which statute last changed the text above («Förordning (2019:1279).»).
    """
    found, readings, led = _unnamed(document)
    read = [
        passage if passage.text == text else replace(passage, text=text)
        for passage, text in zip(found, readings, strict=True)
    ]
    named = [passage.actors for passage in actors.attribute(document, read)]
    acting = [replace(passage, actors=names) for passage, names in zip(found, named, strict=True)]
    whole = [f"{text} {more}" if more else text for text, more in zip(readings, led, strict=True)]
    return _with_context(document, acting, whole)


def _unnamed(document: Document) -> tuple[list[Passage], list[str], list[str]]:
    """Return the passages without who acts in them, each as it is read, and the headings that it leads to."""
    path: list[tuple[int, str, int]] = []
    found: list[Passage] = []
    readings: list[str] = []
    led: list[str] = []
    paragraph = 0
    for span in layout.spans(document):
        if span.level == layout.HEADER:
            continue
        if span.level:
            level = span.level if span.level > 0 else layout.LABEL
            path = [heading for heading in path if heading[0] < level]
            path += [(span.level, span.text, span.scope)] if span.level > 0 else []
            paragraph += 1
            continue
        path = [heading for heading in path if span.start < heading[2]]
        paragraph += span.blank_before
        if _STATUTE_NOTE.match(span.text) or not swedish.words(span.text[:MAX_PASSAGE_LENGTH]):
            continue
        for start, end in _pieces(document.text, span.start, span.end):
            piece = document.text[start:end]
            readings.append(span.read if span.read and piece == span.text else wholewords.as_read(piece) or piece)
            led.append(span.led)
            found.append(
                Passage(
                    document_id=document.id,
                    ordinal=len(found),
                    start=start,
                    end=end,
                    text=piece,
                    heading=tuple(title for _, title, _ in path),
                    page=document.page_at(start),
                    paragraph=paragraph,
                )
            )
    return found, readings, led


def headings(document: Document) -> list[tuple[int, int, str]]:
    """Return the headings of a document as ``(offset, level, text)``, in order.

    Levels count from 1; what only heads the text right below it, such as a FAQ's question, has `layout.LABEL` or more.
    """
    return [(span.start, span.level, span.text) for span in layout.spans(document) if span.level > 0]


def full_reading(document: Document, start: int, end: int) -> str:
    """Return what must be read with the passage that holds a place, but for its section; or an empty string."""
    first = document.text.rfind("\n", 0, start) + 1
    line = document.text[first:end]
    if " | " in line or line.endswith(":"):
        here = (span for span in layout.spans(document) if span.start <= start and end <= span.end)
        more = next((more for span in here if (more := span.led or (span.read and fuller(span.text, span.read)))), "")
        if more or " | " in line:
            return more
    above = document.text[max(0, first - layout.MAX_MARKED_HEADING_LENGTH) : first].rstrip().rpartition("\n")[2]
    listed = line[:1].isspace() or swedish.list_mark_length(line)
    if not (listed or "?" in above + line or above.endswith(":") or may_point(document.text[:first])):
        return ""
    held = (led for first, last, led in _led(document.text, document.title) if first <= start and end <= last)
    return next(held, "")


@lru_cache(maxsize=4)
def _led(text: str, title: str) -> list[tuple[int, int, str]]:
    """Return where each passage that a line above leads to begins and ends, and both as they are read."""
    document = Document("", title, text)
    found, readings, _ = _unnamed(document)
    told = leads(document, found)
    return [
        (one.start, one.end, f"{told[one.ordinal]} {readings[one.ordinal]}") for one in found if told.get(one.ordinal)
    ]


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


def _with_context(document: Document, found: Sequence[Passage], readings: Sequence[str]) -> list[Passage]:
    """Give each passage the text it is encoded with: title or heading, what it leans on, and itself."""
    result: list[Passage] = []
    introduction: Passage | None = None
    for number, passage in enumerate(found):
        previous = found[number - 1] if number else None
        if introduction and introduction.heading != passage.heading:
            introduction = None
        parts = [(passage.heading[-1] if passage.heading else document.title)[:CONTEXT_NEIGHBOURS]]
        if passage.actor and passage.actor not in parts[0]:
            parts.append(passage.actor)
        if introduction and passage.text[:1].islower():
            parts.append(readings[introduction.ordinal][-CONTEXT_NEIGHBOURS:])
        elif previous and previous.heading == passage.heading and _leans(passage, previous):
            parts.append(readings[previous.ordinal][-CONTEXT_NEIGHBOURS:])
        if passage.text[0].isupper() or passage.text[0].isdigit():
            introduction = passage if passage.text[-1] not in ".!?" else None
        result.append(replace(passage, context="\n".join((*parts, readings[number]))))
    return result


def _leans(passage: Passage, previous: Passage) -> bool:
    """Tell whether a passage cannot be understood without the one before it."""
    near = previous.paragraph >= passage.paragraph - 1
    return near and (passage.text[:1].islower() or _LEANING.match(passage.text) is not None)
