"""The evaluation tried on known faults: how many of each kind it finds, and how often it errs on right answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nmt_rag.answering import Judge
from nmt_rag.documents import passages
from nmt_rag.evaluation.evaluating import QuestionEvaluation, evaluate
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.measures import LAYERS, Layer
from nmt_rag.evaluation.self_test.faults import FAULTS, Planted, plant, right_answers
from nmt_rag.progress import counted
from nmt_rag.types import Document

EACH = 60
"""Faults of each kind: over a thousand in all."""
CASES = 400
"""Right answers: where one in a hundred gave a false alarm, it would be seen with a chance of 98 %."""


@dataclass(frozen=True, slots=True)
class KindResult:
    """How many faults of a kind were planted, and found by their own name; ``missed`` tells what some were found as."""

    kind: str
    layer: Layer
    planted: int
    found: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was found of each kind of fault, and on how many of ``right`` right answers each layer gave an alarm."""

    kinds: tuple[KindResult, ...]
    right: int
    alarms: dict[str, int]

    @property
    def passed(self) -> bool:
        """Whether the exactness layer found every fault and gave no false alarm: no model stands in its way."""
        exact = [one for one in self.kinds if one.layer == "exactness"]
        return bool(self.right) and all(one.found == one.planted for one in exact) and not self.alarms["exactness"]

    def to_dict(self) -> dict[str, Any]:
        """Return the results as a dictionary that JSON can hold."""
        return {"passed": self.passed, **asdict(self)}


def self_test(
    documents: Sequence[Document],
    *,
    each: int = EACH,
    seed: int = 0,
    judge: Judge | None = None,
    progress: bool = False,
) -> SelfTest:
    """Plant faults in right answers over some documents and evaluate them; a single document is cut into its sections.

    Args:
        documents: the sources.
        each: how many faults of each kind, at most.
        seed: of all choices.
        judge: who judges support, beside the literal check.
        progress: count the faults on stderr, where that is a terminal.
    """
    rng = random.Random(seed)
    given = list(documents) if len(documents) > 1 else [part for one in documents for part in sections(one)]
    sources = Sources(given)
    cases = right_answers(given, CASES, rng)
    planted = list(plant(cases, sources, each, rng))
    results: dict[str, list[str]] = {kind: [] for kind in FAULTS}
    for one in counted(planted, "Testing", "faults", wanted=progress):
        question = evaluate([one.answer], [one.gold], sources, judge=judge).questions[0]
        results[one.kind].append("" if (one.layer, one.expected) in question.faults else _missed(one, question))
    alarms: dict[str, int] = dict.fromkeys(LAYERS, 0)
    for question in evaluate([c.answer for c in cases], [c.gold for c in cases], sources, judge=judge).questions:
        for layer in {layer for layer, _ in question.faults}:
            alarms[layer] += 1
    kinds = tuple(
        KindResult(
            kind=kind,
            layer=FAULTS[kind][0],
            planted=len(found),
            found=found.count(""),
            missed=tuple(missed for missed in found if missed)[:5],
        )
        for kind, found in results.items()
    )
    return SelfTest(kinds, len(cases), alarms)


def _missed(planted: Planted, question: QuestionEvaluation) -> str:
    """Return what a fault was found as instead, and its quote."""
    other = ", ".join(f"{layer}:{kind}" for layer, kind in question.faults) or "nothing"
    quote = planted.answer.citations[0].quote if planted.answer.citations else planted.answer.text
    return f"{other}: «{quote}»"


def sections(document: Document) -> list[Document]:
    """Return a document's sections as documents of their own, each named by its heading."""
    headings = passages.headings(document)
    starts, titles = [offset for offset, _, _ in headings], [title for _, _, title in headings]
    ends = [*starts[1:], len(document.text)][: len(starts)]
    return [
        Document(id=f"{document.id}#{number}", title=title, text=document.text[start:end], language=document.language)
        for number, (start, end, title) in enumerate(zip(starts, ends, titles, strict=True))
        if document.text[start:end].strip()
    ] or [document]


def lines(found: SelfTest) -> Iterator[str]:
    """Yield the results as a Markdown table, which a terminal shows well too."""
    total = sum(one.planted for one in found.kinds)
    yield f"{total} faults planted, one in each answer; {found.right} right answers beside them."
    yield from ("", "| fault | layer | planted | found by name | recall |", "|---|---|---:|---:|---:|")
    for one in found.kinds:
        recall = f"{one.found / one.planted:.3f}" if one.planted else "–"
        yield f"| {one.kind} | {one.layer} | {one.planted} | {one.found} | {recall} |"
    for one in found.kinds:
        yield from (f"missed: {one.kind}, found as {missed}" for missed in one.missed)
    alarms = ", ".join(f"{layer} {n} of {found.right}" for layer, n in found.alarms.items() if layer != "retrieval")
    yield from ("", f"False alarms on right answers: {alarms}.")
    yield "passed" if found.passed else "FAILED: the exactness layer must find every fault and give no false alarm"
