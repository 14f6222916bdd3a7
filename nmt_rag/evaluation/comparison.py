"""Two evaluations of the same questions side by side: each measure's difference with a paired test, and who changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nmt_rag.evaluation.evaluating import Evaluation, QuestionEvaluation
from nmt_rag.evaluation.inputs.answers import fold
from nmt_rag.evaluation.intervals import Difference, paired
from nmt_rag.evaluation.measures import MEASURES

TOLD = ("right", "citation_f1", "exact", "supported", "document_ndcg@10")
"""The measures that say, in this order, whether a question became better or worse: the first that differs decides."""


@dataclass(frozen=True, slots=True)
class Change:
    """A question that became better or worse, and by which measure."""

    id: str
    question: str
    measure: str
    before: float
    after: float

    @property
    def better(self) -> bool:
        """Whether the second set of answers is the better one."""
        return (self.after > self.before) is not MEASURES[self.measure].lower

    def to_dict(self) -> dict[str, Any]:
        """Return the change as a dictionary that JSON can hold."""
        names = ("id", "question", "measure", "before", "after", "better")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second evaluation minus the first, over the questions that both have.

    ``differences`` holds every measure that single questions have; ``only_first`` and ``only_second``
    count the questions that one of the two lacks. Where less is better, a negative difference is the better one.
    """

    differences: Mapping[str, Difference]
    changes: tuple[Change, ...]
    only_first: int
    only_second: int

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a dictionary that JSON can hold."""
        return {
            "differences": {name: one.to_dict() for name, one in self.differences.items()},
            "changes": [change.to_dict() for change in self.changes],
            "only_first": self.only_first,
            "only_second": self.only_second,
        }


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Return what differs between two evaluations; a question is known by its id, or else by its text.

    A measure of things (quotes, statements) is compared by each question's share, where both have such things.
    """
    before, after = _named(first), _named(second)
    both = [(before[name], after[name]) for name in before if name in after]
    differences: dict[str, Difference] = {}
    for measure in MEASURES:
        pairs = [
            (a.values[measure].share, b.values[measure].share)
            for a, b in both
            if measure in a.values and measure in b.values
        ]
        if pairs:
            found = paired([one for one, _ in pairs], [other for _, other in pairs])
            lower = MEASURES[measure].lower
            differences[measure] = replace(found, better=found.worse, worse=found.better) if lower else found
    changes = [change for a, b in both if (change := _change(a, b)) is not None]
    return Comparison(
        differences=differences,
        changes=tuple(sorted(changes, key=lambda change: change.better)),
        only_first=len(before) - len(both),
        only_second=len(after) - len(both),
    )


def _named(evaluation: Evaluation) -> dict[str, QuestionEvaluation]:
    """Return the questions by name; of two with one name the first."""
    return {one.id or fold(one.question): one for one in reversed(evaluation.questions)}


def _change(before: QuestionEvaluation, after: QuestionEvaluation) -> Change | None:
    for measure in TOLD:
        if measure in before.values and measure in after.values:
            old, new = before.values[measure].share, after.values[measure].share
            if old != new:
                return Change(after.id, after.question, measure, old, new)
    return None
