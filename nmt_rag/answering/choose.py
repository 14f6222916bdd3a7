"""What was read → the passages that answer, or none and why, with how sure that is.

The best passage is the one of most worth: the reader's score and shares of what the search says. Whether it answers at
all is a logistic model of a handful of numbers; both stand in the reader's ``calibration.json``, fitted by
`training/decision.py` on questions to texts that the reader was not trained on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nmt_rag.answering.read import ScoredPassage
from nmt_rag.models import READER_FOLDER, calibrated
from nmt_rag.types import AbstentionReason

MAX_STATEMENTS = 8
"""At most this many passages are cited: more is a page, not an answer."""

UNRIVALLED = -4.0
"""Where nothing else was read, the best passage's rival is taken for one that the reader gives this logit."""

LOWEST = -10.0
"""Logits of rivals are clipped to at least this; what was not read has minus infinity."""

SETTLED = (0.2, 0.6)
"""Below and from these on, more reading changes nothing: in turns of two, two and six, as many of 323
development questions are answered rightly and wrongly, and 3.9 windows are read instead of 9.9; on the page, 3.0."""

RIVALS = 5
"""This many logits after the best one are among the `FEATURES`."""

FEW = 10
"""Where fewer passages than this were read, an index holds no more: among a handful of lines every number means
something else."""

FEATURES = (
    *("logit", "similarity", "score", "margin", "sum"),
    *(f"rival_{number}" for number in range(1, RIVALS + 1)),
    *("highest_similarity", "third_similarity", "reciprocal_rank"),
    *("document_margin", "similarity_logit", "worth_share", "higher_logits", "higher_similarities"),
    *("english", "english_logit", "bias"),
)
"""What the decision is made of. Of the best passage: the reader's logit, the embedding's cosine, the search's score and
reciprocal rank (0 for a neighbour of a hit), its worth above the best one of another place. Of all that was read: the
sum, the next logits, the highest and third highest cosine. Of the question: whether it is English, alone and times the
logit. And 1."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the choice: ``worth`` weighs similarity and score beside the logit, ``answer`` weighs `FEATURES`.

    ``few`` is added to ``answer``, the whole of it where nothing was read, nothing of it from `FEW` passages on.
    An answer needs a probability of ``bar``; where it must be surer, as on the packaged page, one of ``strict_bar``.
    Further passages are cited whose worth is at most ``also_within`` below the best one's and whose own probability,
    as the reader says, is at least ``also_bar``. Below a similarity of ``off_topic`` the question is about something
    else.
    """

    worth: tuple[float, ...]
    answer: Mapping[str, float]
    few: Mapping[str, float]
    bar: float
    strict_bar: float
    also_within: float
    also_bar: float
    off_topic: float

    def __post_init__(self) -> None:
        """Refuse numbers that lack one of the `FEATURES`."""
        for weights in (self.answer, self.few):
            if missing := set(FEATURES) - set(weights):
                raise ValueError(f"no weight for {', '.join(sorted(missing))}")

    def weights(self, n_read: int) -> list[float]:
        """Return the weights of `FEATURES` where ``n_read`` passages were read."""
        share = fewness(n_read)
        return [self.answer[name] + share * self.few[name] for name in FEATURES]


@lru_cache(maxsize=4)
def calibration(*, with_encoder: bool, folder: Path = READER_FOLDER) -> Calibration:
    """Return the numbers of the packaged reader's choice.

    Args:
        with_encoder: whether the passages have embeddings; words alone have numbers of their own.
        folder: the reader's.

    Raises:
        ReadingError: the file is missing or damaged.
    """
    return calibrated(Calibration, "with_encoder" if with_encoder else "words_only", folder)


@dataclass(frozen=True, slots=True)
class SupportBars:
    """From a probability of ``supported`` on a quote is said to carry a statement, below ``doubt`` that it does not."""

    supported: float
    doubt: float


@lru_cache(maxsize=4)
def support_bars(folder: Path = READER_FOLDER) -> SupportBars:
    """Return the bars of the judge of support. Raises as `calibration` does."""
    return calibrated(SupportBars, "support", folder)


@dataclass(frozen=True, slots=True)
class Choice:
    """The passages that answer, best first, and how sure it is that the first one does; none, and the reason.

    ``order`` is all that was read, of most worth first.
    """

    chosen: tuple[ScoredPassage, ...]
    probability: float
    reason: AbstentionReason = "no_evidence"
    order: tuple[ScoredPassage, ...] = ()


def choose(scored: Sequence[ScoredPassage], calibration: Calibration, *, bar: float, language: str = "sv") -> Choice:
    """Return the passages that answer, or none and why.

    Args:
        scored: what was read.
        calibration: the weights and bars of the choice.
        bar: the least probability of an answer.
        language: of the question, ``"sv"`` or ``"en"``.
    """
    if not scored:
        return Choice((), 0.0)
    order = tuple(ranked(scored, calibration.worth))
    best = order[0]
    chance = probability(features(order, calibration.worth, language), calibration.weights(len(order)))
    if chance < bar:
        reason: AbstentionReason = "weak_evidence" if chance >= bar / 2 else "no_evidence"
        if 0.0 < max(each.similarity for each in scored) < calibration.off_topic:
            reason = "off_topic"
        return Choice((), chance, reason, order)
    least = worth(best, calibration.worth) - calibration.also_within
    others = [
        each
        for each in order[1:]
        if worth(each, calibration.worth) >= least and sigmoid(each.logit) >= calibration.also_bar
    ]
    return Choice((best, *others[: MAX_STATEMENTS - 1]), chance, order=order)


def is_settled(probability: float, bar: float) -> bool:
    """Tell whether an answer is so probable, or so improbable, that what is not yet read need not be."""
    return probability < min(SETTLED[0], bar) or probability >= max(SETTLED[1], bar)


def fewness(n_read: int) -> float:
    """Return how much of `Calibration.few` is added: 1 where nothing was read, 0 from `FEW` passages on."""
    return max(0.0, 1.0 - n_read / FEW)


def ranked(scored: Sequence[ScoredPassage], weights: Sequence[float]) -> list[ScoredPassage]:
    """Return what was read, of most worth first; ties in the order of the search, then of the text.

    What stands word for word in a better one is left out: the same sentence of another document is no rival of it.
    """
    order = sorted(
        scored,
        key=lambda each: (-worth(each, weights), each.hit.rank or math.inf, each.hit.passage.ordinal),
    )
    once: dict[object, ScoredPassage] = {}
    for each in order:
        passage = each.hit.passage
        once.setdefault(passage.reading or (passage.document_id, passage.start), each)  # the fitting keeps no text
    return list(once.values())


def worth(one: ScoredPassage, weights: Sequence[float]) -> float:
    """Return the reader's logit with shares of similarity and score."""
    similarity, score = weights
    return one.logit + similarity * one.similarity + score * one.hit.score


def features(order: Sequence[ScoredPassage], weights: Sequence[float], language: str) -> tuple[float, ...]:
    """Return the `FEATURES` of the first of some ranked passages, for a question in a language."""
    best = order[0]
    worths = [worth(each, weights) for each in order]
    apart = (value for value, each in zip(worths, order, strict=True) if not _beside(each, best))
    rival = next(apart, UNRIVALLED + weights[0] * best.similarity)
    logits = sorted((each.logit for each in order), reverse=True)[1 : RIVALS + 1]
    similarities = sorted((each.similarity for each in order), reverse=True)
    here, elsewhere = [LOWEST], [LOWEST]
    for each in order:
        (here if each.hit.document_id == best.hit.document_id else elsewhere).append(each.logit)
    english = float(language == "en")
    return (
        best.logit,
        best.similarity,
        best.hit.score,
        worths[0] - rival,
        math.log1p(sum(sigmoid(each.logit) for each in order)),
        *(max(logit, LOWEST) for logit in logits),
        *[UNRIVALLED] * (RIVALS - len(logits)),
        similarities[0],
        similarities[min(2, len(similarities) - 1)],
        1.0 / best.hit.rank if best.hit.rank else 0.0,
        max(here) - max(elsewhere),
        best.similarity * max(best.logit, LOWEST),
        1.0 / sum(math.exp(value - worths[0]) for value in worths),
        float(sum(each.logit > best.logit for each in order)),
        float(sum(each.similarity > best.similarity for each in order)),
        english,
        english * best.logit,
        1.0,
    )


def _beside(one: ScoredPassage, other: ScoredPassage) -> bool:
    """Tell whether two passages stand next to each other, or are one."""
    a, b = one.hit.passage, other.hit.passage
    return a.document_id == b.document_id and abs(a.ordinal - b.ordinal) <= 1


def probability(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the logistic of weighed values."""
    return sigmoid(sum(value * weight for value, weight in zip(values, weights, strict=True)))


def sigmoid(value: float) -> float:
    """Return the logistic function of a number, without overflow."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - 1 / (1 + math.exp(value))
