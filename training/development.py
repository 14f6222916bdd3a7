"""The development questions answered by words only, by embeddings only and by both: what `make evaluate` prints.

Run ``python -m training.development [--write]``. The packaged page is asked its own questions; ``--write`` keeps the numbers
as the baseline, and those of every third question as what a test holds every later change to.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import nmt_rag
from nmt_rag.answering import fusion
from nmt_rag.answering.fusion import Signs, Weights
from nmt_rag.evaluation.checks.gold import read_gold
from nmt_rag.evaluation.evaluating import Evaluation, evaluate
from nmt_rag.evaluation.inputs.answers import CitedAnswer, Retrieved, from_answer
from nmt_rag.progress import counted
from nmt_rag.rag import Rag
from nmt_rag.types import Document

DATA = Path(__file__).parent.parent / "tests" / "data"
QUESTIONS = ("nmt_questions_dev.jsonl", "nmt_development_3.jsonl", "nmt_development_4.jsonl")
BASELINE = DATA / "baseline.json"
WAYS = ("words", "embeddings", "fused")
KEPT = (
    *("passage_ndcg@10", "passage_recall@10", "passage_success@1", "exact", "right", "citation_precision"),
    *("citation_recall", "citation_f1", "actor_accuracy", "abstention_precision", "abstention_recall", "supported"),
)
"""The measures of the table and of the baseline; higher is better."""
DEPTH = 10
EVERY = 4
"""The baseline is of every fourth question."""
SAMPLED = 3 * EVERY
"""A test measures every third of those anew."""
TOLERANCE = {EVERY: 0.025, SAMPLED: 0.06}
"""One of the 52 or 18 questions that have an answer: processors without instructions for bytes round otherwise, which turns one."""


def read_rows(every: int = EVERY) -> list[dict[str, Any]]:
    """Every so manyth of the development questions on the packaged page."""
    files = [(DATA / name).read_text(encoding="utf-8").splitlines() for name in QUESTIONS]
    return [json.loads(line) for lines in files for line in lines if line.strip()][::every]


@contextmanager
def opened(way: str) -> Iterator[Rag]:
    """The packaged page, searched in one of `WAYS`."""
    with ExitStack() as stack:
        if way == "embeddings":
            stack.enter_context(mock.patch.object(fusion, "fitted_weights", by_embedding))
        yield stack.enter_context(nmt_rag.open(encoder=None if way == "words" else "default"))


def by_embedding(signs: Signs) -> Weights:
    """The weights of a search by embedding alone."""
    return fusion.plain_weights(1.0, seeks_actor=signs.seeks_actor)


@dataclass(frozen=True)
class Answered:
    """Questions, their answers, and the documents that were asked."""

    rows: Sequence[Mapping[str, Any]]
    answers: Sequence[CitedAnswer]
    documents: Sequence[Document]

    def judged(self, every: int = 1) -> Evaluation:
        """The measures of every so manyth of the answers."""
        return evaluate(self.answers[::every], [read_gold(row) for row in self.rows[::every]], self.documents)


def measure(way: str, rows: Sequence[Mapping[str, Any]], *, progress: bool = False) -> Answered:
    """Answer the questions in one way; what counts as retrieved is what a search finds."""
    answers = []
    with opened(way) as rag:
        for row in counted(rows, f"Asking ({way})", "questions", wanted=progress):
            hits = rag.search(row["question"], k=DEPTH)
            found = tuple(Retrieved(hit.document_id, hit.passage.text, 1 / hit.rank) for hit in hits)
            answer = from_answer(rag.ask(row["question"]), answer_id=row["id"])
            answers.append(replace(answer, retrieved=found))
        documents = list(rag.documents())
    return Answered(rows, answers, documents)


def table(found: Mapping[str, Evaluation]) -> str:
    """The kept measures of each way, as Markdown."""
    n = len(next(iter(found.values())).questions)
    lines = [f"{n} development questions.", "", f"| measure | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    for name in KEPT:
        cells = [str(one.means[name]) if name in one.means else "" for one in found.values()]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def means(found: Evaluation) -> dict[str, float]:
    """The kept measures, rounded as the baseline holds them."""
    return {name: round(found.means[name].mean, 3) for name in KEPT if name in found.means}


def baseline(every: int) -> dict[str, dict[str, float]]:
    """What was kept of every so manyth question: the measures of each way."""
    kept: dict[str, dict[str, dict[str, float]]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return kept[str(every)]


def below(found: Mapping[str, float], baseline: Mapping[str, float], tolerance: float) -> list[str]:
    """What fell below the baseline by more than the tolerance, or is no longer measured."""
    return [
        f"{name} is {found.get(name, 0.0):.3f}, the baseline {wanted:.3f}"
        for name, wanted in baseline.items()
        if found.get(name, 0.0) < wanted - tolerance
    ]


def main() -> None:
    """Print the table, and what fell below the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the numbers as the baseline")
    parser.add_argument("--wrong", action="store_true", help="list the questions that both together get wrong")
    parser.add_argument("--all", action="store_true", help="ask all questions; there is no baseline for them")
    options = parser.parse_args()
    if options.all and options.write:
        parser.error("--write keeps the numbers of every fourth question, not of --all")
    rows = read_rows(1 if options.all else EVERY)
    answered = {way: measure(way, rows, progress=True) for way in WAYS}
    found = {way: one.judged() for way, one in answered.items()}
    print(table(found))
    if options.wrong:
        for one in found["fused"].questions:
            if one.faults:
                print(f"{one.id} {one.question} {[kind for _, kind in one.faults]}")
    if options.write:
        sampled = {way: means(one.judged(SAMPLED // EVERY)) for way, one in answered.items()}
        text = json.dumps({EVERY: {way: means(one) for way, one in found.items()}, SAMPLED: sampled}, indent=1)
        BASELINE.write_text(text + "\n", encoding="utf-8")
        return
    if options.all:
        return
    kept = baseline(EVERY)
    fallen = [f"{way}: {line}" for way in WAYS for line in below(means(found[way]), kept[way], TOLERANCE[EVERY])]
    print("\n".join(["", *fallen]) if fallen else "\nNothing is below the baseline.")
    raise SystemExit(bool(fallen))


if __name__ == "__main__":
    main()
