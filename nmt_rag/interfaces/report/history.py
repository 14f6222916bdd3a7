"""The means of evaluations over time, in a file of JSON lines that each run adds a line to.

Runs are not paired here: what changed for which question says `nmt_rag.evaluation.comparison`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nmt_rag import strict_json
from nmt_rag.errors import CorpusError
from nmt_rag.evaluation import MEASURES, Evaluation, FieldError, Fields, Interval, Problem, read_each

SCHEMA = "nmt-rag/history/1"
SHOWN = ("right", "citation_f1", "exact", "supported", "document_ndcg@10")
"""The measures that are followed over time, each of a layer of its own but for the first two."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One evaluation in the history: when, of what, over how many questions, and the mean of every measure."""

    time: datetime
    name: str
    n_questions: int
    means: Mapping[str, Interval]

    def to_dict(self) -> dict[str, Any]:
        """Return the run in the schema ``nmt-rag/history/1``."""
        return {
            "schema": SCHEMA,
            "time": self.time.isoformat(timespec="seconds"),
            "name": self.name,
            "n_questions": self.n_questions,
            "means": {name: mean.to_dict() for name, mean in self.means.items()},
        }


def of_evaluation(evaluation: Evaluation, name: str) -> PastRun:
    """Return an evaluation of now as a run; ``name`` is that of the answers."""
    return PastRun(datetime.now(UTC), name, len(evaluation.questions), evaluation.means)


def read(path: str) -> list[PastRun]:
    """Return the runs of a history file, the oldest first; none where there is no file yet.

    Raises:
        CorpusError: the file cannot be read, or a line of it is no run; the line is named.
    """
    if not Path(path).exists():
        return []
    runs = list(read_each(path, _run))
    broken = next((one for one in runs if isinstance(one, Problem)), None)
    if broken is not None:
        raise CorpusError(f"{broken.place}: {broken.message}; a history is what `evaluate --history` wrote")
    return sorted((one for one in runs if isinstance(one, PastRun)), key=lambda run: run.time)


def add(path: str, run: PastRun) -> None:
    """Add a run as the last line of a history file.

    Raises:
        CorpusError: the file cannot be written.
    """
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(f"{strict_json.dumps(run.to_dict())}\n")
    except OSError as error:
        raise CorpusError(f"cannot write {path}: {error.strerror}; choose another file") from error


def followed(runs: Sequence[PastRun]) -> list[str]:
    """Return the measures that are followed, of those that the last run has and an earlier one too."""
    return [name for name in SHOWN if runs and name in runs[-1].means and any(name in run.means for run in runs[:-1])]


def _run(value: object, place: str) -> PastRun:
    row = Fields(value)
    if row.text("schema") != SCHEMA:
        raise FieldError("schema", f"expected {SCHEMA!r}, got {row.text('schema')!r}")
    try:
        time = datetime.fromisoformat(row.text("time"))
    except ValueError as error:
        raise FieldError("time", f"expected a time as 2026-11-27T09:00:00+00:00, got {row.text('time')!r}") from error
    if time.tzinfo is None:
        raise FieldError("time", "expected one with its zone, as +00:00")
    n = row.whole("n_questions")
    if n is None:
        raise FieldError("n_questions", "is missing")
    given = Fields(row.row.get("means"), "means")
    return PastRun(time, row.text("name"), n, {name: _mean(given, name) for name in given.row if name in MEASURES})


def _mean(given: Fields, name: str) -> Interval:
    one = Fields(given.row[name], f"means.{name}")
    mean, low, high, n = one.number("mean"), one.number("low"), one.number("high"), one.whole("n")
    if mean is None or low is None or high is None or n is None:
        raise FieldError(f"means.{name}", "expected mean, low, high and n")
    return Interval(mean, low, high, n)
