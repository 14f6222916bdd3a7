"""A real chat model over HTTP words answers of the packaged page: what is released, what dropped, how long it takes.

``python -m benchmarks.wording [--n 12] [--url http://127.0.0.1:8000/v1 --model NAME]``. Without an address the small
model of ``examples/local_model.py`` is served on this machine; its processor time is then counted with this program's.
"""

from __future__ import annotations

import argparse
import json
import runpy
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nmt_rag
from benchmarks.measuring import Measurement, table, timed
from nmt_rag.answering import ChatModel, open_model
from nmt_rag.rag import Rag

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "data" / "nmt_questions_dev.jsonl"
SERVED: Callable[[], Any] = runpy.run_path(str(ROOT / "examples" / "local_model.py"))["served"]


def questions(n: int) -> list[str]:
    """Return so many questions that the page answers, spread over the file."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    found = [row["question"] for row in rows if row["answerable"]]
    return found[:: max(1, len(found) // n)][:n]


def measure(rag: Rag, model: ChatModel, asked: Sequence[str]) -> list[Measurement]:
    """Ask each question without the model and with it; only those that the page answers are put to the model."""
    alone, worded, processor = [], [], []
    told: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for question in asked:
        alone.append(timed(lambda question=question: rag.ask(question)))
        start, busy = time.perf_counter(), time.process_time()
        try:
            part = rag.ask(question, model=model).engine["model"]
        except nmt_rag.GenerationError:
            told["failed"] += 1
            continue
        if not part["asked"]:
            continue
        worded.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
        told["asked"] += 1
        told["released"] += part["released"]
        told["worded"] += part["released"] > 0
        dropped.update(part["dropped"])
    seconds = {"without the model, median": alone, "with it, median": worded, "processor time, median": processor}
    return [
        Measurement("questions put to the model", told["asked"], ""),
        Measurement("of which it failed or took too long", told["failed"], ""),
        Measurement("answered in its words", told["worded"], ""),
        Measurement("sentences released", told["released"], ""),
        *(Measurement(f"sentences dropped: {reason}", n, "") for reason, n in dropped.most_common()),
        *(Measurement(what, statistics.median(found), "s") for what, found in seconds.items() if found),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one model; the exit status is 1 where there is none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wording", description="Measure a model's wording.")
    parser.add_argument("--n", type=int, default=12, help="questions (default: 12)")
    parser.add_argument("--url", help="the address of a model's server, with its /v1")
    parser.add_argument("--model", default="smollm2", help="the model's name there (default: smollm2)")
    parsed = parser.parse_args(arguments)
    with nullcontext(parsed.url) if parsed.url else SERVED() as url, nmt_rag.open() as rag:
        if url is None:
            print("no language model: see examples/local_model.py", file=sys.stderr)
            return 1
        print(table(measure(rag, open_model(parsed.model, url=url), questions(parsed.n))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
