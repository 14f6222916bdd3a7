"""Two rankings → one: the scores of a search by embedding and of one by words, fused, and what their documents add.

The fused score is a convex combination of both, each scaled to [0, 1] over the candidates, of how near a passage's
embedding is to the nearest one's, and of the best scores in the same document. How much each of these counts is fitted
by ``training/fusion.py`` (docs/retrieval.md).
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from nmt_rag.index import Place

FITTED = Path(__file__).with_name("fusion.json")
DENSE_WEIGHT = 0.6
"""The share of the embedding in a fused score where nothing is known of the question: texts of other libraries."""
NEARNESS = 25.0
"""Nearness is 1 at the greatest cosine, and falls to a half with each .028 below it."""
OPENING_PASSAGES = 6
"""How many passages are a document's opening, where a text says what it is about; those after it are raised the less,
the further down they stand."""
OPENING_SHARE = 2.0
"""How much a passage of the opening is raised where the question seeks an actor and several documents compete."""
DOCUMENT_PASSAGES = 8
"""At most this many of its best passages are the evidence of a document."""
DOCUMENT_DECAY = 0.8
"""What each further one of them counts, against the one before."""
DOCUMENT_SHARE = 0.15
"""How much the evidence of a whole document adds to the score of each of its passages in a search by words alone."""
DOCUMENT_SHARE_ACTOR = 2.0
"""`DOCUMENT_SHARE` where the question seeks an actor."""
WHOLE_SHARE = 0.5
"""How much the words of a whole document add to the score of each of its passages in a search by words alone."""
WHOLE_SHARE_ACTOR = 0.2
"""`WHOLE_SHARE` where the question seeks an actor."""
FOURTH = 3
"""A ranking leads by what its first has before this many more."""

_COUNTS = tuple(DOCUMENT_DECAY**place for place in range(DOCUMENT_PASSAGES))

Ranking = Sequence[tuple[int, float]]
"""Passages by their ids with their scores, best first."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells whether words or embeddings find what a question asks for.

    ``matched_by_words`` and ``matched_nearest`` are the shares of the question's words that stand in the best passage
    of each search, ``lead_by_words`` and ``lead_nearest`` how far the best one stands before the fourth: all in [0, 1].
    """

    matched_by_words: float
    matched_nearest: float
    lead_by_words: float
    lead_nearest: float
    seeks_actor: bool
    english: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much in the fused score of a passage.

    ``dense`` is the embedding's share in [0, 1], the rest is the words'. Against these two together, which count 1,
    ``near`` is the weight of nearness, ``document`` that of the best passages of the same document, and ``whole`` that
    of the words of all its text.
    """

    dense: float
    near: float
    document: float
    whole: float


def plain_weights(dense: float, *, seeks_actor: bool) -> Weights:
    """Return the weights of a search by words alone, and of one whose share of the embedding is given."""
    document = DOCUMENT_SHARE_ACTOR if seeks_actor else DOCUMENT_SHARE
    return Weights(dense, 0.0, document, WHOLE_SHARE_ACTOR if seeks_actor else WHOLE_SHARE)


def valued(signs: Signs) -> dict[str, float]:
    """Return the signs by their names as what fitted numbers are multiplied by; ``bias`` is always 1."""
    return {"bias": 1.0} | {name: float(value) for name, value in asdict(signs).items()}


def fitted_weights(signs: Signs, fitted: Mapping[str, Mapping[str, float]] | None = None) -> Weights:
    """Return the weights for a question by what its two searches found; ``fitted`` is what ``fusion.json`` holds."""
    known = valued(signs)
    sums = {
        name: sum(number * known[sign] for sign, number in numbers.items())
        for name, numbers in (fitted or _fitted()).items()
    }
    dense = 1 / (1 + math.exp(-sums.pop("dense")))
    return Weights(dense, **{name: math.log1p(math.exp(value)) for name, value in sums.items()})


@cache
def _fitted() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads(FITTED.read_text(encoding="utf-8"))
    return found


def lead(ranking: Ranking) -> float:
    """Return how far the first of a ranking stands before the fourth, in parts of its lead over the last: in [0, 1]."""
    if not ranking:
        return 0.0
    worst, best, fourth = ranking[-1][1], ranking[0][1], ranking[min(FOURTH, len(ranking) - 1)][1]
    return (best - fourth) / (best - worst) if best > worst else 0.0


def nearness(dense: Ranking) -> dict[int, float]:
    """Return how near each passage of a search by embedding is to the nearest one, in [0, 1]."""
    return {number: math.exp(NEARNESS * (score - dense[0][1])) for number, score in dense}


def fuse(dense: Ranking, lexical: Ranking, dense_share: float, near: float = 0.0) -> dict[int, float]:
    """Return the fused score in [0, 1] of every passage that either search found.

    Each list's scores are scaled to [0, 1] between its worst and its best; a passage that a list lacks gets its 0.

    Args:
        dense: the search by embedding, with cosines.
        lexical: the search by words.
        dense_share: the weight of ``dense`` in [0, 1]; the words get the rest.
        near: the weight of nearness to the nearest embedding, against 1 for both searches.
    """
    fused: dict[int, float] = {}
    for ranking, share in ((dense, dense_share), (lexical, 1.0 - dense_share)):
        if not ranking:
            continue
        worst, best = ranking[-1][1], ranking[0][1]
        for number, score in ranking:
            scaled = (score - worst) / (best - worst) if best > worst else 1.0
            fused[number] = fused.get(number, 0.0) + share * scaled
    for number, value in nearness(dense).items() if near else ():
        fused[number] += near * value
    return {number: score / (1 + near) for number, score in fused.items()}


def opening(ordinal: int, *, seeks_actor: bool) -> float:
    """Return what the score of a passage is multiplied by for where it stands in its document: at most 1."""
    share = OPENING_SHARE if seeks_actor else 0.0
    return (1 + share * min(1.0, OPENING_PASSAGES / (ordinal + 1))) / (1 + share)


def evidence(scores: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the weighted mean of the best passages of each document, from documents' ids with a passage's score."""
    by_document: dict[str, list[float]] = {}
    for document, score in scores:
        by_document.setdefault(document, []).append(score)
    return {
        document: sum(map(operator.mul, sorted(found, reverse=True), _COUNTS)) / sum(_COUNTS)
        for document, found in by_document.items()
    }


def with_document_evidence(
    scores: Mapping[int, float],
    places: Mapping[int, Place],
    *,
    seeks_actor: bool,
    weights: Weights,
    whole: Mapping[str, float] | None = None,
) -> list[tuple[int, float]]:
    """Return the passages best first, each score raised by what else its document has to say.

    The evidence of a document is the weighted mean of its best passages, and how well its words match as a whole. A
    question that seeks an actor («Vilken myndighet …?») is answered by a document more than by a sentence, and best by
    its opening. With a single document the order stays as it is. The results are in [0, 1].

    Args:
        scores: of the passages, by their ids, in [0, 1].
        places: where each of them stands.
        seeks_actor: whether the question asks who.
        weights: of the document and of its words as a whole.
        whole: the best documents by the words of their whole texts, and their scores; None where that was not searched.
    """
    documents = {number: places[number].document_id for number in scores}
    if len(set(documents.values())) < 2:
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    raised = {
        number: score * opening(places[number].ordinal, seeks_actor=seeks_actor) for number, score in scores.items()
    }
    known, share = evidence((documents[number], score) for number, score in raised.items()), weights.document
    total = {number: (score + share * known[documents[number]]) / (1 + share) for number, score in raised.items()}
    if whole:
        most, worth = max(whole.values()), weights.whole
        total = {
            number: (score + worth * whole.get(documents[number], 0.0) / most) / (1 + worth)
            for number, score in total.items()
        }
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))
