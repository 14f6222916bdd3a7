"""Checking the quotes of many answers, read from a file, against many documents: seconds, and if memory is flat."""

from __future__ import annotations

import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import texts
from benchmarks.measuring import MEGABYTE, Measurement, resident_bytes
from benchmarks.sizes import Sizes
from nmt_rag.documents.passages import split
from nmt_rag.evaluation.checks.exactness import check
from nmt_rag.evaluation.inputs.answers import CitedAnswer
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.inputs.records import read_each
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.types import Document

CITATIONS = 5
"""Citations of an answer."""
SENTENCES = 10
"""Sentences of a document."""
WRONG = ("letter", "shifted", "document", "absent")
WRONG_SHARE = 0.2
"""So many of the citations are wrong, each kind as often: they cost more to check than right ones."""
LIMIT = 60.0
"""Seconds that 10,000 answers over 5,000 documents may take."""


def run(sizes: Sizes) -> list[Measurement]:
    """Measure in a process of its own, so that memory is that of the work alone."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        seconds, exact, after_fifth, at_end = process.submit(_measure, sizes).result()
    return [
        Measurement("answers", sizes.judged, ""),
        Measurement("documents", sizes.indexed, ""),
        Measurement("quotes found exact", exact, ""),
        Measurement("all quotes checked", seconds, "s", at_most=LIMIT),
        Measurement("answers a second", sizes.judged / seconds, ""),
        Measurement("resident memory after a fifth of the answers", after_fifth, "MB"),
        Measurement("resident memory at the end", at_end, "MB"),
    ]


def answers(documents: Sequence[Document], n: int, seed: int = 0) -> Iterator[dict[str, object]]:
    """Yield answers in our own schema, whose citations are right or wrong in a known way."""
    chance = random.Random(seed)
    passages = {document.id: split(document) for document in documents}
    for number in range(n):
        citations = [_citation(chance, documents, passages, marker) for marker in range(1, CITATIONS + 1)]
        statements = [{"text": one["quote"], "citations": [one["marker"]]} for one in citations]
        yield {
            "schema": "nmt-rag/answer/1",
            "id": str(number),
            "question": f"Fråga {number}?",
            "answered": True,
            "text": "",
            "statements": statements,
            "citations": citations,
        }


def _citation(
    chance: random.Random, documents: Sequence[Document], passages: dict[str, list], marker: int
) -> dict[str, object]:
    document = chance.choice(documents)
    passage = chance.choice(passages[document.id])
    cited = {
        "marker": marker,
        "document_id": document.id,
        "quote": passage.text,
        "start": passage.start,
        "end": passage.end,
    }
    wrong = chance.choice(WRONG) if chance.random() < WRONG_SHARE else ""
    if wrong == "letter":
        place = chance.randrange(len(passage.text))
        cited["quote"] = f"{passage.text[:place]}q{passage.text[place + 1 :]}"
    elif wrong == "shifted":
        cited["start"], cited["end"] = passage.start + 3, passage.end + 3
    elif wrong == "document":
        cited["document_id"] = chance.choice(documents).id
    elif wrong == "absent":
        cited["quote"] = " ".join(reversed(passage.text.split()))
    return cited


def _measure(sizes: Sizes) -> tuple[float, int, float, float]:
    """Return the seconds, the quotes found exact, and the resident megabytes after a fifth and at the end."""
    made = texts.documents(texts.sentences(sizes.indexed * SENTENCES, made_up=sizes.made_up), SENTENCES)
    documents = list(made)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.jsonl")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in answers(documents, sizes.judged))
        start = time.perf_counter()
        sources = Sources(documents)
        exact, seen = 0, []
        for number, answer in enumerate(read_each(str(path), read_answer), 1):
            if isinstance(answer, CitedAnswer):
                exact += sum(one.verdict == "exact" for one in check(answer, sources).quotes)
            else:
                raise ValueError(f"a made-up answer cannot be read: {answer}")
            if number in (max(1, sizes.judged // 5), sizes.judged):
                seen.append(resident_bytes() / MEGABYTE)
        return time.perf_counter() - start, exact, seen[0], seen[-1]
