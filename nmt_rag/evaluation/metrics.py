"""How good a ranking is: qrels and a run → one number a question, by the definitions of trec_eval.

Qrels say which documents answer a question (``{question: {document: relevance}}``; relevant is 1 or more), a run what
was found (``{question: {document: score}}``; higher is better). Every question of the qrels has a value: one without a
result is a zero, not an absence; what a run holds beside the qrels' questions is not looked at. Questions that nothing
answers have no place in the qrels.

Ties: documents of equal score are ranked by id, the last of the alphabet first, as trec_eval does. (trec_eval compares
scores in single precision, this module in double.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Mapping[str, float]]


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Return the documents of one question, best first.

    Raises:
        ValueError: a score is no number, so that there is no order.
    """
    wrong = next((document for document, score in scores.items() if math.isnan(score)), None)
    if wrong is not None:
        raise ValueError(f"the score of document {wrong!r} is not a number")
    return sorted(sorted(scores, reverse=True), key=lambda document: -scores[document])


def ndcg(qrels: Qrels, run: Run, k: int) -> dict[str, float]:
    """Return the normalised discounted cumulative gain of the first ``k`` documents (Järvelin and Kekäläinen 2002).

    ``DCG = Σ relevance(i) / log2(i + 1)`` over the ranks i = 1 … k, divided by the DCG of the best ranking there is.
    """

    def of(relevance: Mapping[str, int], ranking: list[str]) -> float:
        best = _dcg(sorted(relevance.values(), reverse=True)[:k])
        return _dcg(relevance.get(document, 0) for document in ranking[:k]) / best if best else 0.0

    return _each(qrels, run, k, of)


def recall(qrels: Qrels, run: Run, k: int) -> dict[str, float]:
    """Return the share of the relevant documents that are among the first ``k``."""

    def of(relevance: Mapping[str, int], ranking: list[str]) -> float:
        wanted = _relevant(relevance)
        return len(wanted & set(ranking[:k])) / len(wanted) if wanted else 0.0

    return _each(qrels, run, k, of)


def success(qrels: Qrels, run: Run, k: int) -> dict[str, float]:
    """Return 1 where a relevant document is among the first ``k``, else 0."""
    return _each(qrels, run, k, lambda relevance, ranking: float(bool(_relevant(relevance) & set(ranking[:k]))))


def reciprocal_rank(qrels: Qrels, run: Run) -> dict[str, float]:
    """Return 1 ÷ the rank of the first relevant document, 0 where none was found; the mean is the MRR."""

    def of(relevance: Mapping[str, int], ranking: list[str]) -> float:
        wanted = _relevant(relevance)
        return next((1 / rank for rank, document in enumerate(ranking, 1) if document in wanted), 0.0)

    return _each(qrels, run, 1, of)


def average_precision(qrels: Qrels, run: Run) -> dict[str, float]:
    """Return the precision at the rank of each relevant document, averaged over all of them; the mean is the MAP.

    A relevant document that was not found counts as a precision of zero.
    """

    def of(relevance: Mapping[str, int], ranking: list[str]) -> float:
        wanted = _relevant(relevance)
        found, total = 0, 0.0
        for rank, document in enumerate(ranking, 1):
            if document in wanted:
                found += 1
                total += found / rank
        return total / len(wanted) if wanted else 0.0

    return _each(qrels, run, 1, of)


def mean(values: Mapping[str, float]) -> float:
    """Return the mean over all questions; 0 where there is none."""
    return math.fsum(values.values()) / len(values) if values else 0.0


def _each(qrels: Qrels, run: Run, k: int, of: Callable[[Mapping[str, int], list[str]], float]) -> dict[str, float]:
    if k < 1:
        raise ValueError(f"k is at least 1, got {k}")
    return {question: of(relevance, ranked(run.get(question, {}))) for question, relevance in qrels.items()}


def _relevant(relevance: Mapping[str, int]) -> set[str]:
    return {document for document, grade in relevance.items() if grade >= 1}


def _dcg(gains: Iterable[int]) -> float:
    """Return the discounted cumulative gain of grades in order; a grade below zero gains nothing."""
    return math.fsum(max(0, gain) / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
