"""Answers with citations as they are judged, from any system, and what is wrong with a file that holds them.

Nothing in them is trusted: offsets may point nowhere, markers may be invented, quotes may stand in no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nmt_rag import swedish
from nmt_rag.types import Answer, Document, Statement

MARKER = re.compile(r"\s*\[(\d{1,4})\](?!\()")
"""A citation's marker in a text, ``[1]``; ``[1](url)`` is a link."""


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote and where an answer says that it stands.

    ``source`` is what the answer names: a document's id, address or title; empty where it names none. Offsets are None
    where the answer has none, and otherwise count in a unit that is still to be found out. ``actor`` is who acts in the
    quote, where the answer says so.
    """

    marker: int
    quote: str
    source: str = ""
    start: int | None = None
    end: int | None = None
    prefix: str = ""
    suffix: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A text that was retrieved for a question; higher scores are better."""

    source: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """One answer to judge.

    ``actors`` and ``confidence`` are None where the format knows none. ``documents`` are the sources that the answer
    brings along, used where no others are given. ``place`` is the file and line, for messages.
    """

    question: str
    text: str
    answered: bool
    statements: tuple[Statement, ...] = ()
    citations: tuple[CitedQuote, ...] = ()
    id: str = ""
    actors: tuple[str, ...] | None = None
    confidence: float | None = None
    retrieved: tuple[Retrieved, ...] = ()
    documents: tuple[Document, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a row from being judged, or judged in full.

    ``kind`` is one of ``unreadable``, ``duplicate_answer``, ``duplicate_gold``, ``missing_gold``, ``missing_answer``
    and ``unknown_document``.
    """

    kind: str
    place: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """Return the problem as a dictionary that JSON can hold."""
        return {"kind": self.kind, "place": self.place, "message": self.message}


def from_answer(answer: Answer, *, answer_id: str = "", place: str = "") -> CitedAnswer:
    """Return an answer of this library as one to judge; what it cites and shows as related counts as retrieved."""
    found = [(one.document_id, one.quote) for one in answer.citations]
    found += [(one.document_id, one.quote) for one in answer.related]
    return CitedAnswer(
        question=answer.question,
        text=answer.text,
        answered=answer.answered,
        statements=answer.statements,
        citations=tuple(
            CitedQuote(one.marker, one.quote, one.document_id, one.start, one.end, one.prefix, one.suffix, one.actor)
            for one in answer.citations
        ),
        id=answer_id,
        actors=answer.actors,
        confidence=answer.confidence,
        retrieved=in_order(found),
        place=place,
    )


def in_order(found: Iterable[tuple[str, str]]) -> tuple[Retrieved, ...]:
    """Return sources and texts, best first, as retrieved: each with 1 ÷ its rank for a score."""
    return tuple(Retrieved(source, text, 1 / rank) for rank, (source, text) in enumerate(found, 1))


def split_statements(text: str) -> tuple[Statement, ...]:
    """Return the sentences of a text with the markers in and right after them; the sentences' own text has none.

    A marker at the start of a sentence belongs to the one before: «Så är det. [1] Och så här. [2]».
    """
    found: list[tuple[str, list[int]]] = []
    for start, end in swedish.sentences(text):
        sentence = text[start:end]
        while found and (leading := re.match(MARKER, sentence)):
            found[-1][1].append(int(leading[1]))
            sentence = sentence[leading.end() :]
        markers = [int(marker) for marker in MARKER.findall(sentence)]
        plain = MARKER.sub("", sentence).strip()
        if any(character.isalnum() for character in plain):
            found.append((plain, markers))
        elif found:
            found[-1][1].extend(markers)
    return tuple(Statement(plain, tuple(dict.fromkeys(markers))) for plain, markers in found)


def markers_in(text: str) -> set[int]:
    """Return the markers that a text shows."""
    return {int(marker) for marker in MARKER.findall(text)}


def fold(text: str) -> str:
    """Return a text as questions and names are compared: lower case, single spaces."""
    return " ".join(text.casefold().split())
