"""Question and hits → the passages around the best hits, each with how surely it answers: the reader's work.

What is read is a window of neighbouring passages of one section, below its document's title, with the headings above
it as sentences of their own, and each table row with its header words: what the reader has learned on. What is made
of its scores is decided in `nmt_rag.answering.choose`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from nmt_rag.index import Index, Place
from nmt_rag.models import Encoder, Reader, Sentences
from nmt_rag.types import Hit, Passage

TURNS = (2, 2, 6)
"""How many windows are read at a time: the next only where those before leave open whether there is an answer."""
N_WINDOWS = sum(TURNS)
"""At most this many windows are read for one question."""
REACH = 3
"""At most this many passages on each side of a hit are read with it, where there is room."""
WINDOW_CHARACTERS = 560
"""At most this much text stands in a window: what the reader takes in beside a question (characters)."""
PASSAGE_CHARACTERS = 320
"""At most this much of one passage counts as text of a window: the reader cuts a sentence there (characters)."""
LEAST = 1e-6
"""Probabilities are kept at least this far from 0 and 1, so that their logits are finite."""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage that was read with a question, and how surely it answers.

    ``hit`` is how a search found it; a neighbour of a hit that no search found has rank and score 0. ``logit`` is
    what the reader says, ``similarity`` the cosine of the question's and the passage's embeddings, 0 without an
    encoder.
    """

    hit: Hit
    logit: float
    similarity: float

    @property
    def place(self) -> Place:
        """Where the passage stands."""
        return Place(self.hit.document_id, self.hit.passage.ordinal)


@dataclass(frozen=True, slots=True)
class _Span:
    """The passages ``first`` to before ``last`` of a document, around a hit."""

    hit: Hit
    passages: tuple[Passage, ...]
    first: int
    last: int


def read(
    index: Index,
    encoder: Encoder | None,
    reader: Reader,
    question: str,
    hits: Sequence[Hit],
    passages_of: Callable[[str], Sequence[Passage]],
    *,
    n_windows: int = N_WINDOWS,
) -> list[ScoredPassage]:
    """Return every passage of the windows around the best hits, each once, in the order they were read.

    Args:
        index: holds the embeddings of the passages.
        encoder: the one that the index was built with; None for words alone.
        reader: scores the passages.
        question: as it was asked.
        hits: best first.
        passages_of: gives the passages of a document by its id.
        n_windows: how many windows are read at most.

    Raises:
        LookupError: a document was replaced after the search, and has lost a passage that was found.
        ReadingError: the reader failed.
        EncodingError: the encoder failed.
    """
    return next(in_turns(index, encoder, reader, question, hits, passages_of, turns=(n_windows,)), [])


def in_turns(
    index: Index,
    encoder: Encoder | None,
    reader: Reader,
    question: str,
    hits: Sequence[Hit],
    passages_of: Callable[[str], Sequence[Passage]],
    *,
    turns: Sequence[int] = TURNS,
) -> Iterator[list[ScoredPassage]]:
    """Yield what `read` returns of the first windows, then of those and the next, for who stops when it is enough.

    The arguments and errors are those of `read`; ``turns`` are the numbers of windows that are read at a time.
    """
    spans = iter(windows(hits, passages_of, sum(turns)))
    by_place = {Place(hit.document_id, hit.passage.ordinal): hit for hit in hits}
    best: dict[Place, ScoredPassage] = {}
    embedding = None
    for turn in turns:
        if not (some := list(islice(spans, turn))):
            return
        for span, place, logit in _scored(reader, question, some):
            known = best.get(place)
            if known is None or logit > known.logit:
                hit = by_place.get(place) or replace(
                    span.hit,
                    passage=span.passages[place.ordinal],
                    rank=0,
                    score=0.0,
                    dense_rank=None,
                    dense_score=None,
                )
                best[place] = ScoredPassage(hit, logit, 0.0)
        if encoder is None:
            yield list(best.values())
        else:
            embedding = encoder.encode_query(question) if embedding is None else embedding
            cosines = index.similarities(embedding, list(best))
            yield [replace(each, similarity=cosines.get(place, 0.0)) for place, each in best.items()]


def _scored(reader: Reader, question: str, spans: Sequence[_Span]) -> Iterator[tuple[_Span, Place, float]]:
    """Yield each passage of some windows, by its place, with the reader's logit."""
    texts = [shown(span) for span in spans]
    for span, window, probabilities in zip(spans, texts, reader.read(question, texts), strict=True):
        n_headings = len(window.sentences) - (span.last - span.first)
        own = probabilities[n_headings:]
        for passage, probability in zip(span.passages[span.first : span.last], own, strict=True):
            yield span, Place(passage.document_id, passage.ordinal), _logit(float(probability))


def beyond(together: Sequence[ScoredPassage], earlier: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """Return what was read with two questions, less what answers the earlier one anyway.

    Read together with the question before it, a follow-up is answered by that one's answer as well: the passage that
    best answers the earlier question alone is left out. From each other one is taken off the logit that the reader
    gives it for the earlier question, where that is above 0.

    Args:
        together: read with both questions.
        earlier: read with the earlier one alone, from the same hits.
    """
    known = {each.place: each.logit for each in earlier}
    told = max(known, key=lambda place: known[place], default=None)
    return [replace(each, logit=each.logit - max(0.0, known[each.place])) for each in together if each.place != told]


def windows(hits: Sequence[Hit], passages_of: Callable[[str], Sequence[Passage]], n_windows: int) -> list[_Span]:
    """Return the windows around the best hits; a hit that stands in an earlier one gets none of its own.

    The best are taken by turns from the order of the search and from that of the embeddings alone: what a question
    asks in quite other words than the text is often far down where words have their say.

    Raises:
        LookupError: a document was replaced after the search, and has lost a passage that was found.
    """
    spans: list[_Span] = []
    for hit in by_turns(hits):
        place = hit.passage.ordinal
        if any(span.hit.document_id == hit.document_id and span.first <= place < span.last for span in spans):
            continue
        passages = tuple(passages_of(hit.document_id))
        if place >= len(passages):  # the document was replaced after the search
            raise LookupError(f"passage {place} of {hit.document_id!r} is gone")
        spans.append(_Span(hit, passages, *_grown(passages, place)))
        if len(spans) == n_windows:
            break
    return spans


def by_turns(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits by turns: the best, the nearest by its embedding, the second best, the second nearest, and so on."""
    nearest = sorted((hit for hit in hits if hit.dense_rank), key=lambda hit: hit.dense_rank or 0)
    turns = (hit for pair in zip_longest(hits, nearest) for hit in pair if hit)
    return list({Place(hit.document_id, hit.passage.ordinal): hit for hit in turns}.values())


def _grown(passages: Sequence[Passage], place: int) -> tuple[int, int]:
    """Return the passages around one, to either side by turns, within its section and what the reader takes in."""
    first, last = place, place + 1
    heading = passages[place].heading
    room = WINDOW_CHARACTERS - _size(passages[place])
    for _ in range(REACH):
        for other in (first - 1, last):
            if 0 <= other < len(passages) and passages[other].heading == heading:
                size = _size(passages[other])
                if size <= room:
                    room -= size
                    first, last = min(first, other), max(last, other + 1)
    return first, last


def _logit(probability: float) -> float:
    probability = min(max(probability, LEAST), 1 - LEAST)
    return math.log(probability / (1 - probability))


def _size(passage: Passage) -> int:
    return min(PASSAGE_CHARACTERS, len(passage.reading))


def shown(span: _Span) -> Sentences:
    """Return a window as the reader is shown it."""
    part = span.passages[span.first : span.last]
    headings = [heading for heading in part[0].heading if heading != span.hit.title]
    return Sentences(span.hit.title, (*headings, *(passage.reading for passage in part)))
