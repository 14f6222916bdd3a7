"""Citation precision, recall and F1 of an answer, as ALCE defines them, for any notion of what supports a statement.

Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text with Citations" (EMNLP 2023), section 3.2. With
``supports(s, C)`` for "the quotes C together support the statement s":

* recall of a statement: 1 if it has citations and ``supports(s, all of them)``, else 0; of an answer: the mean of its
  statements, the ones without citations included;
* precision of a citation c of s: 1 if the recall of s is 1 and c is not irrelevant, else 0; c is irrelevant if it does
  not support s alone and the others do without it; of an answer: the mean over its citations;
* F1: ``2 · precision · recall / (precision + recall)``.

An answer without statements has recall 0, one without citations precision 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nmt_rag.types import Statement


@dataclass(frozen=True, slots=True)
class Attribution:
    """What was counted of one answer's statements and of their citations."""

    supported: int
    statements: int
    precise: int
    citations: int

    @property
    def recall(self) -> float:
        """The share of statements that their citations support."""
        return self.supported / self.statements if self.statements else 0.0

    @property
    def precision(self) -> float:
        """The share of citations that are needed, or sufficient, for a supported statement."""
        return self.precise / self.citations if self.citations else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return f1(self.precision, self.recall)


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of two shares; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def attribution(statements: Sequence[Statement], supports: Callable[[Statement, tuple[int, ...]], bool]) -> Attribution:
    """Count an answer's supported statements and precise citations.

    Args:
        statements: each with the markers of its citations; a marker that comes twice counts once.
        supports: a statement and some of its markers → whether these quotes together support it. It is asked for all
            markers first, and only where that is so, for single ones and for the rest without them.
    """
    supported = precise = citations = 0
    for statement in statements:
        markers = tuple(dict.fromkeys(statement.citations))
        citations += len(markers)
        if not markers or not supports(statement, markers):
            continue
        supported += 1
        for marker in markers if len(markers) > 1 else ():
            rest = tuple(other for other in markers if other != marker)
            precise += supports(statement, (marker,)) or not supports(statement, rest)
        precise += len(markers) == 1
    return Attribution(supported, len(statements), precise, citations)
