"""What was retrieved for questions, held against their gold: qrels and runs over passages and over documents.

A passage is named by the evidence sentence it meets (``e0.1``: first group, second alternative), every alternative is
relevant. A document is relevant that the gold names, or that holds an evidence sentence; what was retrieved without the
name of its document is of every document that holds its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nmt_rag.evaluation import metrics
from nmt_rag.evaluation.checks.exactness import Holds
from nmt_rag.evaluation.checks.gold import Gold, document_name, meets
from nmt_rag.evaluation.inputs.answers import CitedAnswer, Retrieved

CUTOFF = 10

_MEASURES: dict[str, Callable[[metrics.Qrels, metrics.Run], dict[str, float]]] = {
    f"ndcg@{CUTOFF}": lambda qrels, run: metrics.ndcg(qrels, run, CUTOFF),
    f"recall@{CUTOFF}": lambda qrels, run: metrics.recall(qrels, run, CUTOFF),
    "rr": metrics.reciprocal_rank,
    "ap": metrics.average_precision,
    "success@1": lambda qrels, run: metrics.success(qrels, run, 1),
    "success@3": lambda qrels, run: metrics.success(qrels, run, 3),
}


def measure(qrels: metrics.Qrels, run: metrics.Run, unit: str) -> dict[str, dict[str, float]]:
    """Return every retrieval measure of each question: ``{"passage_ndcg@10": {question: value}}``."""
    return {f"{unit}_{name}": of(qrels, run) for name, of in _MEASURES.items()}


def passage_qrels(gold: Gold) -> dict[str, int]:
    """Return the relevant passages of a question."""
    return {f"e{g}.{a}": 1 for g, group in enumerate(gold.evidence) for a, _ in enumerate(group)}


def passage_run(answer: CitedAnswer | None, gold: Gold) -> dict[str, float]:
    """Return the passages that were retrieved, best first; one that meets two sentences counts as both, in a row."""
    found: list[str] = []
    for number, one in enumerate(_best_first(answer)):
        names = [
            f"e{g}.{a}"
            for g, group in enumerate(gold.evidence)
            for a, text in enumerate(group)
            if meets(one.text, text)
        ]
        found += names or [f"r{number}"]
    return _scored(found)


def document_qrels(gold: Gold, sources: Holds | None) -> dict[str, int]:
    """Return the relevant documents of a question."""
    if gold.relevant or sources is None:
        return {document_name(name, sources): 1 for name in gold.relevant}
    return {one.id: 1 for group in gold.evidence for text in group for one in sources.holding(text)}


def document_run(answer: CitedAnswer | None, sources: Holds | None) -> dict[str, float]:
    """Return the documents that were retrieved, each at the rank of its best passage."""
    found: list[str] = []
    for one in _best_first(answer):
        if one.source:
            found.append(document_name(one.source, sources))
        elif sources is not None and one.text.strip():
            found += [document.id for document in sources.holding(one.text)]
    return _scored(found)


def _best_first(answer: CitedAnswer | None) -> Sequence[Retrieved]:
    """Return what was retrieved, each text once, in the order of the scores."""
    given = sorted(answer.retrieved, key=lambda one: -one.score) if answer is not None else []
    unique: dict[tuple[str, str], Retrieved] = {}
    for one in given:
        unique.setdefault((one.source, one.text), one)
    return list(unique.values())


def _scored(names: Sequence[str]) -> dict[str, float]:
    """Return names with 1 ÷ their rank for a score; one that comes again keeps its first rank."""
    return {name: 1 / rank for rank, name in enumerate(dict.fromkeys(names), 1)}
