"""A run and qrels in TREC's lines → an `Evaluation` with the retrieval layer alone, a question for each topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from nmt_rag.errors import CorpusError
from nmt_rag.evaluation import trec, values
from nmt_rag.evaluation.checks import ranking
from nmt_rag.evaluation.evaluating import Evaluation, QuestionEvaluation
from nmt_rag.evaluation.inputs.answers import Problem
from nmt_rag.evaluation.inputs.records import reading
from nmt_rag.evaluation.measures import MEASURES
from nmt_rag.evaluation.values import Value

_T = TypeVar("_T")


def evaluate_run(run: Mapping[str, Mapping[str, float]], qrels: Mapping[str, Mapping[str, int]]) -> Evaluation:
    """Measure a run. A topic without a result is a zero; one that nothing is relevant for is left out.

    Args:
        run: topic → document → score, higher is better.
        qrels: topic → document → relevance, 0 for one that is not.
    """
    wanted = {topic: dict(grades) for topic, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    found = {topic: dict(run.get(topic, {})) for topic in wanted}
    measured = ranking.measure(wanted, found, "document")
    questions = tuple(
        QuestionEvaluation(
            topic, "", None, None, None, None, (), {name: Value(of[topic]) for name, of in measured.items()}
        )
        for topic in wanted
    )
    means = values.means([one.values for one in questions])
    problems = [Problem("missing_answer", "run", f"no result for {topic!r}") for topic in wanted if topic not in run]
    problems += [Problem("missing_gold", "run", f"no qrels for {topic!r}") for topic in run if topic not in qrels]
    ordered = {name: means[name] for name in MEASURES if name in means}
    return Evaluation(questions, ordered, (), (), tuple(problems), "", {})


def read_file(path: str, read: Callable[[Iterable[str]], Mapping[str, _T]]) -> Mapping[str, _T]:
    """Return what `nmt_rag.evaluation.trec.read_run` or `read_qrels` makes of a file, ``-`` for stdin.

    Raises:
        CorpusError: it cannot be opened, a line is not TREC's, or there is none; the file and the line are named.
    """
    with reading(path) as file:
        try:
            found = read(file)
        except CorpusError as error:
            raise CorpusError(f"{path}, {error}") from error
    if not found:
        what = "question 0 document relevance" if read is trec.read_qrels else "question Q0 document rank score tag"
        raise CorpusError(f"{path} holds no line: give TREC's, `{what}`")
    return found
