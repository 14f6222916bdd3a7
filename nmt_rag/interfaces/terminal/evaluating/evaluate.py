"""What ``nmt-rag evaluate`` does: read answers, gold and sources, give out the evaluation in the forms asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nmt_rag import documents, strict_json
from nmt_rag.documents import Failure, Note
from nmt_rag.errors import CorpusError
from nmt_rag.evaluation import (
    CitedAnswer,
    Comparison,
    Evaluation,
    Problem,
    Sources,
    compare,
    evaluate,
    exports,
    foreign,
    open_judge,
    read_each,
    read_gold,
    read_label,
    trec,
)
from nmt_rag.evaluation import run as self_test
from nmt_rag.evaluation import runs as trec_runs
from nmt_rag.index import DATABASE, opening, packaged
from nmt_rag.interfaces.report import history, summary
from nmt_rag.interfaces.report import html as report
from nmt_rag.progress import counted
from nmt_rag.rag import open_rag
from nmt_rag.types import Document


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What to print on stdout, what to complain about on stderr, and the exit status."""

    lines: tuple[str, ...]
    complaints: tuple[str, ...]
    status: int


def run(parsed: argparse.Namespace) -> CommandResult:
    """Do what the arguments of ``nmt-rag evaluate`` ask for.

    Raises:
        CorpusError: a file cannot be read or written.
    """
    complaints: list[str] = []
    if parsed.self_test:
        return _self_test(parsed)
    if parsed.run:
        return _run(parsed)
    answers = _answers(parsed.answers)
    gold = list(read_each(parsed.gold, read_gold)) if parsed.gold else []
    notes: list[str] = []
    sources = _sources(parsed.sources, answers, complaints, notes)
    judge = open_judge(parsed.judge, url=parsed.judge_url, language=parsed.language)
    labels = list(read_each(parsed.labels, read_label)) if parsed.labels else []
    evaluation = evaluate(answers, gold, sources, judge=judge, labels=labels, progress=True)
    comparison = None
    if parsed.compare:
        others = _answers(parsed.compare)
        comparison = compare(evaluation, evaluate(others, gold, sources, judge=judge, progress=True))
        complaints += [f"{one.place}: {one.message}" for one in others if isinstance(one, Problem)]
    complaints += [f"{one.place}: {one.message}" for one in evaluation.problems if one.kind == "unreadable"]
    for form, path in parsed.export:
        lines = list(exports.EXPORTS[form](evaluation))
        _write(path, lines)
        if not lines:
            complaints.append(f"{path} is empty: no answer has what the form {form} tells (is --gold missing?)")
    runs = _history(parsed.history, evaluation, parsed.answers)
    if parsed.html:
        _write(
            parsed.html,
            report.report(evaluation, sources, comparison=comparison, history=runs, language=parsed.language),
        )
    _remember(parsed.history, runs)
    short = _short(evaluation, parsed.fail_under)
    shown = evaluation if judge is None or parsed.json else replace(evaluation, judge=judge.described("en"))
    return CommandResult(
        lines=tuple(_shown(parsed, shown, comparison, runs)),  # English around it, whatever the report's language
        complaints=(*complaints, *notes, *short),
        status=1 if complaints or short else 0,
    )


def _run(parsed: argparse.Namespace) -> CommandResult:
    """Measure a run by qrels, and beside it another one."""
    qrels = trec_runs.read_file(parsed.qrels, trec.read_qrels)
    evaluation = trec_runs.evaluate_run(trec_runs.read_file(parsed.run, trec.read_run), qrels)
    comparison = None
    if parsed.compare:
        other = trec_runs.evaluate_run(trec_runs.read_file(parsed.compare, trec.read_run), qrels)
        comparison = compare(evaluation, other)
    runs = _history(parsed.history, evaluation, parsed.run)
    if parsed.html:
        _write(parsed.html, report.report(evaluation, comparison=comparison, history=runs, language=parsed.language))
    _remember(parsed.history, runs)
    short = _short(evaluation, parsed.fail_under)
    return CommandResult(tuple(_shown(parsed, evaluation, comparison, runs)), tuple(short), 1 if short else 0)


def _answers(path: str) -> list[CitedAnswer | Problem]:
    """Return the answers of a file, and what could not be read of it.

    Raises:
        CorpusError: there is neither.
    """
    found = list(counted(read_each(path, foreign.read_answer), "Reading", "answers", wanted=True))
    if not found:
        place = "stdin" if path == "-" else path
        raise CorpusError(f"{place} holds no answer: give answers as JSON lines, as `nmt-rag ask --json` prints them")
    return found


def _self_test(parsed: argparse.Namespace) -> CommandResult:
    complaints: list[str] = []
    notes: list[str] = []
    sources = _sources(parsed.sources, (), complaints, notes)
    found = self_test.self_test(sources.documents if sources else (), progress=True)
    shown = [strict_json.dumps(found.to_dict(), indent=1)] if parsed.json else self_test.lines(found)
    return CommandResult(tuple(shown), (*complaints, *notes), 0 if found.passed and not complaints else 1)


def _history(path: str | None, evaluation: Evaluation, name: str) -> list[history.PastRun]:
    """Return the runs of a history and this one; none where there is no history."""
    return [] if path is None else [*history.read(path), history.of_evaluation(evaluation, name)]


def _remember(path: str | None, runs: Sequence[history.PastRun]) -> None:
    """Add this run to its history, once all else is written: a run that failed is done again."""
    if path is not None:
        history.add(path, runs[-1])


def _shown(
    parsed: argparse.Namespace, evaluation: Evaluation, comparison: Comparison | None, runs: Sequence[history.PastRun]
) -> Iterator[str]:
    if parsed.json:
        compared = {} if comparison is None else {"comparison": comparison.to_dict()}
        yield strict_json.dumps({**evaluation.to_dict(), **compared}, indent=1)
    elif parsed.markdown:
        yield from summary.markdown(evaluation, comparison, runs)
    else:
        yield from summary.lines(evaluation, comparison, runs)


def _short(evaluation: Evaluation, limits: Mapping[str, float]) -> list[str]:
    """Return what to say of each measure that falls short of its limit, or that was not measured."""
    found: list[str] = []
    for name, limit in limits.items():
        mean = evaluation.means.get(name)
        if mean is None:
            found.append(f"{name} was not measured: nothing it applies to (is --gold or --sources missing?)")
        elif mean.mean < limit:
            found.append(f"{name} is {mean.mean:.4f}, below {limit:g}")
    return found


def _sources(
    path: str | None, answers: Iterable[CitedAnswer | Problem], complaints: list[str], notes: list[str]
) -> Sources | None:
    """Return the documents of a folder, file or index; without a path the packaged page, if answers bring none.

    What could not be read is added to the complaints; what was left out of what could, to the notes.
    """
    if path is None:
        if any(isinstance(one, CitedAnswer) and one.documents for one in answers):
            return None
        path = str(packaged.packaged_corpus())
    if opening.is_address(path) or (Path(path) / DATABASE).is_file():
        with open_rag(path, encoder=None) as rag:
            return Sources(rag.documents())
    found = list(documents.load(path))
    complaints += [one.message for one in found if isinstance(one, Failure)]
    notes += [one.message for one in found if isinstance(one, Note)]
    return Sources(one for one in found if isinstance(one, Document))


def _write(path: str, lines: Iterable[str]) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise CorpusError(f"cannot write {path}: {error.strerror}; choose another file") from error
