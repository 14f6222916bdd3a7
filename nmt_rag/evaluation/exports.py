"""Judged answers → the files of other tools: RAGAS, RAGChecker, and TREC's run and qrels.

Gold evidence stands in for the reference answer that RAGAS and RAGChecker want; without gold those fields are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nmt_rag import strict_json
from nmt_rag.evaluation import trec
from nmt_rag.evaluation.checks import ranking
from nmt_rag.evaluation.checks.gold import Gold
from nmt_rag.evaluation.evaluating import Evaluation, QuestionEvaluation
from nmt_rag.evaluation.metrics import Qrels, Run


def to_ragas(evaluation: Evaluation) -> Iterator[str]:
    """Yield one line of JSON for each answer, with the fields of RAGAS' `SingleTurnSample`."""
    for one in evaluation.questions:
        if one.answer is None:
            continue
        contexts = [(found.source, found.text) for found in one.answer.retrieved]
        contexts = contexts or [(quote.source, quote.quote) for quote in one.answer.citations]
        evidence = _evidence(one.gold)
        yield strict_json.dumps(
            {
                "user_input": one.question,
                "response": one.answer.text,
                "retrieved_contexts": [text for _, text in contexts],
                "retrieved_context_ids": [source for source, _ in contexts],
                "reference": " ".join(evidence),
                "reference_contexts": evidence,
            }
        )


def to_ragchecker(evaluation: Evaluation) -> Iterator[str]:
    """Yield RAGChecker's one JSON object with all answers, line by line."""
    rows = [row for number, one in enumerate(evaluation.questions) if (row := _checker_row(number, one)) is not None]
    yield strict_json.dumps({"results": rows}, indent=1)


def to_qrels(evaluation: Evaluation) -> Iterator[str]:
    """Yield the relevant passages of every gold question as TREC's lines; see `checks.ranking` for their names."""
    qrels: Qrels = {name: ranking.passage_qrels(gold) for name, gold, _ in _named(evaluation)}
    return trec.qrels_lines(qrels)


def to_run(evaluation: Evaluation) -> Iterator[str]:
    """Yield the retrieved passages of every gold question as TREC's lines."""
    run: Run = {name: ranking.passage_run(one.answer, gold) for name, gold, one in _named(evaluation)}
    return trec.run_lines(run)


EXPORTS: dict[str, Callable[[Evaluation], Iterable[str]]] = {
    "ragas": to_ragas,
    "ragchecker": to_ragchecker,
    "qrels": to_qrels,
    "run": to_run,
}


def _named(evaluation: Evaluation) -> Iterator[tuple[str, Gold, QuestionEvaluation]]:
    for number, one in enumerate(evaluation.questions):
        if one.gold is not None and one.gold.answerable:
            yield one.id or f"q{number}", one.gold, one


def _checker_row(number: int, one: QuestionEvaluation) -> dict[str, Any] | None:
    if one.answer is None:
        return None
    found = [{"doc_id": each.source, "text": each.text} for each in one.answer.retrieved]
    found = found or [{"doc_id": each.source, "text": each.quote} for each in one.answer.citations]
    return {
        "query_id": one.id or f"q{number}",
        "query": one.question,
        "gt_answer": " ".join(_evidence(one.gold)),
        "response": one.answer.text,
        "retrieved_context": found,
    }


def _evidence(gold: Gold | None) -> list[str]:
    return [group[0] for group in gold.evidence] if gold is not None else []
