"""What the checks of each question count for every measure that applies to it, and the means with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nmt_rag.evaluation.checks import abstaining, ranking
from nmt_rag.evaluation.checks.attribution import Attribution
from nmt_rag.evaluation.checks.exactness import Exactness
from nmt_rag.evaluation.checks.gold import Gold, GoldCheck
from nmt_rag.evaluation.checks.support import StatementCheck
from nmt_rag.evaluation.inputs.answers import CitedAnswer
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.intervals import Interval, interval, ratio_interval, resample


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure counted of one question: ``count`` of ``total`` things (1 for a measure of the whole question)."""

    count: float
    total: float = 1.0

    @property
    def share(self) -> float:
        """The value of the question by itself."""
        return self.count / self.total


def of_exactness(answer: CitedAnswer, checked: Exactness) -> dict[str, Value]:
    """Return what the texts alone tell of an answer."""
    quotes = [one for one in checked.quotes if one.kind != "whole"]
    n = len(checked.quotes)
    placed = [one for cited, one in zip(answer.citations, checked.quotes, strict=True) if cited.start is not None]
    shown = {marker for statement in answer.statements for marker in statement.citations} | set(checked.invented)
    counts = {
        **{
            name: (sum(one.verdict == name for one in quotes), len(quotes))
            for name in ("exact", "moved", "elsewhere", "altered", "absent")
        },
        "offsets": (sum(one.verdict == "exact" for one in placed), len(placed)),
        "markers": (len(shown) - len(checked.invented), len(shown)),
        "statements_cited": (len(answer.statements) - len(checked.uncited), len(answer.statements)),
        "citations_used": (n - sum(cited.marker in checked.unused for cited in answer.citations), n),
    }
    return {name: Value(count, total) for name, (count, total) in counts.items() if total}


def of_support(support: Sequence[StatementCheck], counts: Attribution) -> dict[str, Value]:
    """Return what the statements' quotes say, and ALCE's measures with that for support."""
    values = {
        name: Value(sum(one.verdict == verdict for one in support), len(support))
        for name, verdict in (
            ("supported", "supported"),
            ("not_supported", "not supported"),
            ("cannot_tell", "cannot tell"),
        )
        if support
    }
    if counts.statements:
        shares = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
        values.update({f"support_{name}": Value(share) for name, share in shares.items()})
    return values


def of_gold(answer: CitedAnswer | None, gold: Gold, held: GoldCheck) -> dict[str, Value]:
    """Return what is right of an answer, or of the lack of one, by its gold question."""
    there = answer is not None
    values = {"right": Value(float(held.right and there)), "over_citation": Value(len(held.extra))}
    if there and not held.answered:
        values["abstention_precision"] = Value(float(not gold.answerable))
    if not gold.answerable:
        return {**values, "abstention_recall": Value(float(there and not held.answered))}
    values["answered"] = Value(float(held.answered))
    values["under_citation"] = Value(len(held.missing))
    if gold.evidence or gold.relevant:
        shares = {"citation_precision": held.precision, "citation_recall": held.recall, "citation_f1": held.f1}
        stated = held.statements
        shares |= {
            "statement_precision": stated.precision,
            "statement_recall": stated.recall,
            "statement_f1": stated.f1,
        }
        values.update({name: Value(share) for name, share in shares.items()})
    if gold.actors:
        values["actor_accuracy"] = Value(float(held.answered and held.actors_named))
        if answer is not None and answer.actors:
            n = len(answer.actors)
            values["actor_precision"] = Value(n - len(held.extra_actors), n)
    return values


def of_retrieval(
    pairs: Sequence[tuple[CitedAnswer | None, Gold | None]], sources: Sources | None
) -> list[dict[str, Value]]:
    """Return, for each answer with its gold, how well what was retrieved for it meets the gold.

    Passages need gold with evidence, documents more than one source to choose from, and texts whose document can be
    told: an answer of a form that names none, to texts that no source holds, is left out there.
    """
    found: list[dict[str, Value]] = [{} for _ in pairs]
    wanted = {str(n): (answer, gold) for n, (answer, gold) in enumerate(pairs) if gold is not None and gold.answerable}
    passages = {name: qrels for name, (_, gold) in wanted.items() if (qrels := ranking.passage_qrels(gold))}
    run = {name: ranking.passage_run(*wanted[name]) for name in passages}
    measured = dict(ranking.measure(passages, run, "passage"))
    if sources is None or len(sources) > 1:
        documents = {
            name: qrels for name, (_, gold) in wanted.items() if (qrels := ranking.document_qrels(gold, sources))
        }
        run = {name: ranking.document_run(wanted[name][0], sources) for name in documents}
        untold = {name for name, ranked in run.items() if not ranked and _has_retrieved(wanted[name][0])}
        documents = {name: qrels for name, qrels in documents.items() if name not in untold}
        measured.update(ranking.measure(documents, run, "document"))
    for measure, shares in measured.items():
        for name, share in shares.items():
            found[int(name)][measure] = Value(share)
    return found


def _has_retrieved(answer: CitedAnswer | None) -> bool:
    return answer is not None and bool(answer.retrieved)


def means(questions: Sequence[Mapping[str, Value]]) -> dict[str, Interval]:
    """Return the mean of every measure over the questions that it applies to; shares of things are over all things."""
    columns: dict[str, list[Value]] = {}
    for values in questions:
        for name, value in values.items():
            columns.setdefault(name, []).append(value)
    return {
        name: ratio_interval([value.count for value in column], [value.total for value in column])
        for name, column in columns.items()
    }


def of_confidence(confidence: Sequence[float], right: Sequence[bool]) -> dict[str, Interval]:
    """Return the area under risk over coverage and the calibration error of the answers given; nothing without any."""
    if not confidence:
        return {}
    sure, were = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool)
    n = len(sure)
    luck = interval(1.0 - were)  # where all are right, no sample differs
    risk = (luck.low, luck.high) if were.all() else resample(n, lambda rows: abstaining.area(sure[rows], were[rows]))
    error = resample(n, lambda rows: abstaining.calibration_error(sure[rows], were[rows]))
    return {
        "aurc": Interval(abstaining.area(sure, were), *risk, n),
        "ece": Interval(abstaining.calibration_error(sure, were), *error, n),
    }
