"""An evaluation → what to mend, worst first: the kinds of faults, and the questions that have them.

Worst is what tells a reader something that the sources do not; a mark that is missing comes last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.evaluation import Evaluation, QuestionEvaluation

GRAVEST_FIRST = (
    "answered_unanswerable",
    "not_supported",
    "absent",
    "altered",
    "elsewhere",
    "invented_marker",
    "extra_actor",
    "missing_actor",
    "wrong_citation",
    "missing_evidence",
    "silent",
    "uncited_statement",
    "altered:case",
    "altered:punctuation",
    "altered:unicode",
    "altered:whitespace",
    "moved",
    "doubled_marker",
    "unused_citation",
)
"""Faults, the gravest first: kinds, or groups, which stand before the colon of a kind."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One kind of fault: how often it is there, and the questions that have it, in the order they were asked."""

    kind: str
    n: int
    questions: tuple[QuestionEvaluation, ...]

    @property
    def group(self) -> str:
        """The fault's group."""
        return group_of(self.kind)


def group_of(kind: str) -> str:
    """Return the group of a kind of fault: ``altered`` for ``altered:number``."""
    return kind.partition(":")[0]


def mends(evaluation: Evaluation) -> list[Mend]:
    """Return every kind of fault, by its gravity and then by how often it is there."""
    counts = Counter(kind for one in evaluation.questions for _, kind in one.faults)
    found = [
        Mend(kind, n, tuple(one for one in evaluation.questions if any(kind == each for _, each in one.faults)))
        for kind, n in counts.items()
    ]
    return sorted(found, key=lambda one: (_rank(one.kind), -one.n, one.kind))


def worst_first(questions: Sequence[QuestionEvaluation]) -> list[QuestionEvaluation]:
    """Return questions by their gravest fault, then by how many they have; those without any come last."""
    return sorted(questions, key=_badness)


def _badness(one: QuestionEvaluation) -> tuple[int, int]:
    ranks = [_rank(kind) for _, kind in one.faults]
    return min(ranks, default=len(GRAVEST_FIRST) + 1), -len(ranks)


def _rank(kind: str) -> int:
    known = [name for name in (kind, group_of(kind)) if name in GRAVEST_FIRST]
    return GRAVEST_FIRST.index(known[0]) if known else len(GRAVEST_FIRST)
