"""Answers with citations, gold and sources → an `Evaluation`: four layers of measures, per question and on average.

Means are over all questions a measure applies to: a gold question without an answer, or without a result, is a zero.
Measures of quotes and statements are shares of all of them; their intervals draw whole questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nmt_rag.answering import Judge
from nmt_rag.evaluation import values
from nmt_rag.evaluation.agreement import Agreement
from nmt_rag.evaluation.checks import abstaining
from nmt_rag.evaluation.checks.exactness import Exactness, check, with_whole_documents
from nmt_rag.evaluation.checks.gold import Gold, GoldCheck, against_gold, read_gold
from nmt_rag.evaluation.checks.support import StatementCheck, check_statements
from nmt_rag.evaluation.inputs.answers import CitedAnswer, Problem, fold, from_answer, markers_in
from nmt_rag.evaluation.inputs.fields import FieldError
from nmt_rag.evaluation.inputs.forms import foreign, markers
from nmt_rag.evaluation.inputs.labels import Label, agreements, misplaced, read_label
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.intervals import Interval
from nmt_rag.evaluation.measures import LAYERS, MEASURES, Layer
from nmt_rag.evaluation.values import Value
from nmt_rag.progress import counted
from nmt_rag.types import Answer, Document

SCHEMA = "nmt-rag/evaluation/1"


@dataclass(frozen=True, slots=True)
class QuestionEvaluation:
    """All that was found of one question.

    ``answer`` is None where a gold question got none, ``gold`` where there is none, ``exactness`` where there are no
    sources. ``values`` holds the measures that apply.
    """

    id: str
    question: str
    answer: CitedAnswer | None
    gold: Gold | None
    exactness: Exactness | None
    against_gold: GoldCheck | None
    support: tuple[StatementCheck, ...]
    values: Mapping[str, Value]

    @property
    def faults(self) -> tuple[tuple[Layer, str], ...]:
        """Everything that is wrong with the answer: the layer that found it, and its kind in one word."""
        found: list[tuple[Layer, str]] = [
            ("exactness", kind) for kind in (self.exactness.faults if self.exactness else ())
        ]
        found += [("citation", kind) for kind in (self.against_gold.faults if self.against_gold else ())]
        found += [("support", "not_supported") for one in self.support if one.verdict == "not supported"]
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return the question's evaluation as a dictionary that JSON can hold, without the answer itself."""
        gold = self.against_gold
        return {
            "id": self.id,
            "question": self.question,
            "faults": [f"{layer}:{kind}" for layer, kind in self.faults],
            "measures": {name: round(value.share, 6) for name, value in self.values.items()},
            "exactness": self.exactness.to_dict() if self.exactness else None,
            "gold": None
            if gold is None
            else {
                "right": gold.right,
                "missing_actors": list(gold.missing_actors),
                "extra_actors": list(gold.extra_actors),
                "wrong_citations": list(gold.wrong),
                "extra_citations": list(gold.extra),
                "missing_evidence": list(gold.missing),
            },
            "support": [one.to_dict() for one in self.support],
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a set of answers.

    ``curve`` is risk over coverage, ``bins`` the mean confidence, share of right ones and number of answers of each bin
    of confidence; both are empty without gold or confidences. ``judge`` says who judged free text, and how well;
    ``agreement`` how far the verdicts on statements agree with people's labels (``judge``: Cohen's kappa), and people
    among themselves (``people``: Krippendorff's alpha).
    """

    questions: tuple[QuestionEvaluation, ...]
    means: Mapping[str, Interval]
    curve: tuple[tuple[float, float], ...]
    bins: tuple[tuple[float, float, int], ...]
    problems: tuple[Problem, ...]
    judge: str
    agreement: Mapping[str, Agreement]

    def layer(self, name: str) -> dict[str, Interval]:
        """Return the means of one layer."""
        return {measure: mean for measure, mean in self.means.items() if MEASURES[measure].layer == name}

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation in the schema ``nmt-rag/evaluation/1``."""
        return {
            "schema": SCHEMA,
            "n_questions": len(self.questions),
            **{name: {key: mean.to_dict() for key, mean in self.layer(name).items()} for name in LAYERS},
            "risk_coverage": [list(point) for point in self.curve],
            "calibration": [list(one) for one in self.bins],
            "judge": self.judge,
            "agreement": {name: one.to_dict() for name, one in self.agreement.items()},
            "problems": [problem.to_dict() for problem in self.problems],
            "questions": [question.to_dict() for question in self.questions],
        }


def evaluate(
    answers: Iterable[CitedAnswer | Answer | Mapping[str, Any] | Problem],
    gold: Iterable[Gold | Mapping[str, Any] | Problem] = (),
    sources: Sources | Iterable[Document] | None = None,
    *,
    judge: Judge | None = None,
    labels: Iterable[Label | Mapping[str, Any] | Problem] = (),
    progress: bool = False,
) -> Evaluation:
    """Judge answers with citations, from this library or any other.

    Args:
        answers: answers, or dictionaries of any form that `nmt_rag.evaluation.inputs.forms.foreign` reads. One that
            cannot be read becomes a `Problem`, and the others are judged.
        gold: what right answers hold; without any, quotes, markers and support are judged all the same. An answer
            belongs to the gold question of its id, or else of its question.
        sources: the documents that quotes are held against; without any, those that the answers bring along.
        judge: who says whether a quote supports a statement of free text.
        labels: what people say of statements, to compare the judge with.
        progress: count the answers on stderr, where that is a terminal.

    Raises:
        TypeError: answers, gold or labels are no list, or the sources no documents.
    """
    _require_rows(answers=answers, gold=gold, labels=labels)
    problems: list[Problem] = []
    golds = _by_name(_read(gold, read_gold, "gold", problems), problems)
    held = sources if isinstance(sources, Sources) or sources is None else Sources(sources)
    cited = _read(counted(answers, "Evaluating", "answers", wanted=progress), _cited, "answer", problems)
    questions = _judged(cited, golds, held, judge, problems)
    labelled = list(_read(labels, read_label, "label", problems))
    problems += misplaced(labelled, {q.answer.id: len(q.answer.statements) for q in questions if q.answer})
    verdicts = {(q.answer.id, one.number): one.verdict for q in questions if q.answer for one in q.support}
    confidence, right = _sure(questions)
    asked = sum(one.gold is not None for one in questions)
    means = {**values.means([one.values for one in questions]), **values.of_confidence(confidence, right)}
    return Evaluation(
        questions=tuple(questions),
        means={name: means[name] for name in MEASURES if name in means},
        curve=tuple(abstaining.risk_coverage(confidence, right, asked)),
        bins=tuple(abstaining.bins(confidence, right)),
        problems=tuple(problems),
        judge=str(getattr(judge, "description", "") or type(judge).__name__) if judge is not None else "",
        agreement=agreements(labelled, verdicts),
    )


def _require_rows(**given: object) -> None:
    """Raise TypeError where what should be a list of rows is none: text or a single row would be taken apart."""
    for name, rows in given.items():
        if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
            raise TypeError(f"{name} is a list of rows, got {type(rows).__name__}")


def _judged(
    answers: Iterable[CitedAnswer],
    golds: Mapping[str, Gold],
    held: Sources | None,
    judge: Judge | None,
    problems: list[Problem],
) -> list[QuestionEvaluation]:
    """Each answer beside its gold, then the gold without an answer; what is amiss is added to the problems."""
    questions: list[QuestionEvaluation] = []
    met: set[int] = set()
    seen: set[str] = set()
    for answer in answers:
        answer = with_whole_documents(answer, held if held is not None else Sources(answer.documents))
        wanted = golds.get(answer.id) if answer.id in golds else golds.get(fold(answer.question))
        name = answer.id or answer.question
        if name in seen or (wanted is not None and id(wanted) in met):
            again = f"{name!r} is answered twice: gold for the first only"
            problems.append(Problem("duplicate_answer", answer.place, again))
            wanted = None
        elif wanted is None and golds:
            problems.append(Problem("missing_gold", answer.place, f"no gold for {name!r}"))
        seen.add(name)
        met |= {id(wanted)} if wanted is not None else set()
        questions.append(_question(answer, wanted, held, judge))
        problems += _unknown(answer, questions[-1].exactness)
        problems += _unclear(answer)
    any_retrieved = any(one.answer is not None and one.answer.retrieved for one in questions)
    for one in {id(one): one for one in golds.values()}.values():
        if id(one) not in met:
            problems.append(Problem("missing_answer", one.place, f"no answer to {one.id or one.question!r}"))
            questions.append(_question(None, one, held, judge))
    if not (golds and any_retrieved):
        return questions
    ranked = values.of_retrieval([(one.answer, one.gold) for one in questions], held)
    return [replace(one, values={**more, **one.values}) for one, more in zip(questions, ranked, strict=True)]


def _cited(value: object, place: str) -> CitedAnswer:
    if isinstance(value, CitedAnswer):
        return value
    if isinstance(value, Answer):
        return from_answer(value, place=place)
    return foreign.read_answer(value, place)


def _read(rows: Iterable[Any], read: Any, what: str, problems: list[Problem]) -> Iterator[Any]:  # noqa: ANN401
    """Yield what can be read of some rows, and keep what is wrong with the others."""
    for number, row in enumerate(rows, 1):
        place = f"{what} {number}"
        if isinstance(row, Problem):
            problems.append(row)
        elif isinstance(row, Gold | CitedAnswer | Label):
            yield row if row.place else replace(row, place=place)
        else:
            try:
                yield read(row, place)
            except FieldError as error:
                problems.append(Problem("unreadable", place, str(error)))


def _by_name(golds: Iterable[Gold], problems: list[Problem]) -> dict[str, Gold]:
    """Return the gold questions by id and by question; the first of two with one name has it."""
    named: dict[str, Gold] = {}
    for gold in golds:
        name = gold.id or fold(gold.question)
        if name in named:
            problems.append(
                Problem("duplicate_gold", gold.place, f"{gold.id or gold.question!r} is there twice: the first counts")
            )
            continue
        named[name] = gold
        named.setdefault(fold(gold.question), gold)
    return named


def _unknown(answer: CitedAnswer, checked: Exactness | None) -> Iterator[Problem]:
    quotes = checked.quotes if checked is not None else ()
    unknown = {cited.source for cited, one in zip(answer.citations, quotes, strict=False) if not one.known}
    for source in sorted(unknown):
        yield Problem("unknown_document", answer.place, f"no document is called {source!r}")


def _unclear(answer: CitedAnswer) -> Iterator[Problem]:
    """Yield what of an answer's citations could not be read as it may have been meant."""
    whole = sorted({one.source for one in answer.citations if one.whole and one.quote})
    if whole:
        names = ", ".join(repr(name) for name in whole)
        yield Problem("no_quote", answer.place, f"nothing is quoted of {names}: the whole document counts as cited")
    odd = markers.unknown(answer.text) if answer.answered and (answer.citations or answer.retrieved) else ""
    if odd and not markers_in(answer.text) and len({one.citations for one in answer.statements}) == 1:
        says = "every sentence counts as citing everything" if answer.citations else "nothing counts as cited"
        yield Problem("unknown_marker", answer.place, f"{odd!r} is no known marker of a citation: {says}")


def _question(
    answer: CitedAnswer | None, gold: Gold | None, sources: Sources | None, judge: Judge | None
) -> QuestionEvaluation:
    found: dict[str, Value] = {}
    checked: Exactness | None = None
    support: tuple[StatementCheck, ...] = ()
    if answer is not None and (sources is not None or answer.documents or not answer.citations):
        checked = check(answer, sources)
        found.update(values.of_exactness(answer, checked))
    if answer is not None:
        support, counts = check_statements(answer, sources, judge)
        found.update(values.of_support(support, counts))
    held: GoldCheck | None = None
    if gold is not None:
        named = sources if sources is not None else Sources(answer.documents if answer is not None else ())
        held = against_gold(answer, gold, named)
        found.update(values.of_gold(answer, gold, held))
    names = [one.id for one in (gold, answer) if one is not None and one.id]
    question = answer.question if answer is not None else gold.question if gold is not None else ""
    return QuestionEvaluation(names[0] if names else "", question, answer, gold, checked, held, support, found)


def _sure(questions: Sequence[QuestionEvaluation]) -> tuple[list[float], list[bool]]:
    """Return the confidence of each answer given to a gold question, and whether it is right."""
    confidence: list[float] = []
    right: list[bool] = []
    for one in questions:
        if one.answer is not None and one.against_gold is not None and one.answer.answered:
            if one.answer.confidence is not None:
                confidence.append(one.answer.confidence)
                right.append(one.against_gold.right)
    return confidence, right
