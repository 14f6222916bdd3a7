"""Answers with citations as they are judged, from any system, and what is wrong with a file that holds them.

Nothing in them is trusted: offsets may point nowhere, markers may be invented, quotes may stand in no document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nmt_rag import swedish
from nmt_rag.evaluation.inputs.forms import markers
from nmt_rag.types import Answer, Document, Statement


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote and where an answer says that it stands.

    ``source`` is what the answer names: a document's id, address or title; empty where it names none. Offsets are None
    where the answer has none, and otherwise count in a unit that is still to be found out. ``actor`` is who acts in the
    quote, where the answer says so. ``whole`` is True where the answer names a document and quotes nothing of it.
    """

    marker: int
    quote: str
    source: str = ""
    start: int | None = None
    end: int | None = None
    prefix: str = ""
    suffix: str = ""
    actor: str = ""
    whole: bool = False


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

    ``kind`` is one of ``unreadable``, ``duplicate_answer``, ``duplicate_gold``, ``missing_gold``, ``missing_answer``,
    ``unknown_document``, ``unknown_marker`` and ``no_quote``.
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
    shown = markers.places(text)
    bare = markers.cut(text, [(start, end) for start, end, _ in shown])
    return stated(bare.text, [(bare.at(start), number) for start, _, numbers in shown for number in numbers])


def stated(
    text: str, marked: Iterable[tuple[int, int]], covered: Iterable[tuple[int, int, int]] = ()
) -> tuple[Statement, ...]:
    """Return the sentences of a text without markers, each with those that belong to it.

    Args:
        text: of an answer, its markers cut out.
        marked: where in it a marker stood, and its number; see `nmt_rag.evaluation.inputs.forms.markers.belongs`.
        covered: the start and the end of what a citation covers, and its marker: of every sentence in it.
    """
    spans = [(start, end) for start, end in swedish.sentences(text) if any(map(str.isalnum, text[start:end]))]
    found: list[list[int]] = [[] for _ in spans]
    for first, last, number in covered:
        for (start, end), numbers in zip(spans, found, strict=True):
            if first < end and start < last:
                numbers.append(number)
    for place, number in marked:
        if spans:
            found[markers.belongs(spans, place)].append(number)
    pairs = zip(spans, found, strict=True)
    return tuple(Statement(text[start:end].strip(), tuple(dict.fromkeys(numbers))) for (start, end), numbers in pairs)


def markers_in(text: str) -> set[int]:
    """Return the markers that a text shows."""
    return markers.numbers_in(text)


def fold(text: str) -> str:
    """Return a text as questions and names are compared: lower case, single spaces."""
    return " ".join(text.casefold().split())
