"""How an index grows: what adding, searching and opening cost at each size, and how much memory and disk it takes.

The encoder is the cheap one (`benchmarks.cheap`), so that a million passages finish; the sentences are real.
"""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import texts
from benchmarks.cheap import RandomEncoder
from benchmarks.measuring import MEGABYTE, Measurement, resident_bytes, timed
from benchmarks.sizes import Sizes
from nmt_rag.answering import search as retrieval
from nmt_rag.index.index import Index
from nmt_rag.types import Document

SENTENCES = 20
"""Sentences of a document."""
TIMES = 7
"""Searches and additions that are timed at each size."""


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size of the index."""

    passages: int
    add_per_passage: float
    """Milliseconds for each passage since the size before."""
    search: float
    """Milliseconds, median."""
    add_one: float
    """Milliseconds to add one document to the open index, median."""
    open: float
    """Milliseconds to open the folder in a new process and load both engines."""
    first_add: float
    """Milliseconds to open a copy of the folder and add a document to it: all of it is read and checked once."""
    memory: float
    """Resident megabytes of a process that has the index open and searched it."""
    disk: float
    """Megabytes of the folder."""

    def to_dict(self) -> dict[str, Any]:
        """Return the size as a dictionary that JSON can hold."""
        return asdict(self)


def run(sizes: Sizes) -> list[Measurement]:
    """Measure every size."""
    found = grow(sizes)
    rows = []
    for size in found:
        label = f"{size.passages:,} passages".replace(",", "\u00a0")
        rows += [
            Measurement(f"{label}: adding, a passage", size.add_per_passage, "ms"),
            Measurement(f"{label}: search", size.search, "ms"),
            Measurement(f"{label}: adding one document", size.add_one, "ms"),
            Measurement(f"{label}: opening", size.open, "ms"),
            Measurement(f"{label}: the first document after opening", size.first_add, "ms"),
            Measurement(f"{label}: resident memory", size.memory, "MB"),
            Measurement(f"{label}: disk", size.disk, "MB"),
        ]
    return rows


def grow(sizes: Sizes) -> list[Size]:
    """Return what was measured at each size, smallest first."""
    encoder = RandomEncoder()
    stream = texts.stream(made_up=sizes.made_up)
    queries = texts.questions(TIMES, made_up=sizes.made_up)
    found: list[Size] = []
    with tempfile.TemporaryDirectory() as folder:
        path, n_passages, number = Path(folder, "index"), 0, 0
        with Index.create(path, encoder=encoder) as index:
            for target in sizes.grown:
                before, seconds = n_passages, 0.0
                while n_passages < target:
                    count = max(1, -(-(target - n_passages) // SENTENCES))
                    batch = _documents(stream, number, count)
                    number += count
                    seconds += timed(partial(index.add, batch))
                    n_passages = index.n_passages
                per_passage = 1000 * seconds / (n_passages - before)
                retrieval.search(index, encoder, queries[0])
                search = statistics.median(timed(partial(retrieval.search, index, encoder, query)) for query in queries)
                additions = [_documents(stream, number + place, 1) for place in range(TIMES)]
                add_one = statistics.median(timed(partial(index.add, one)) for one in additions)
                number += TIMES
                disk = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
                opened = _in_new_process(path)
                found.append(
                    Size(
                        n_passages,
                        per_passage,
                        1000 * search,
                        1000 * add_one,
                        *opened,
                        disk / MEGABYTE,
                    )
                )
    return found


def _documents(stream: Iterator[str], first: int, count: int) -> Iterator[Document]:
    for number in range(first, first + count):
        lines = "\n\n".join(next(stream) for _ in range(SENTENCES))
        yield Document(f"text/{number}", f"Text {number}", f"# Text {number}\n\n{lines}\n")


def _in_new_process(path: Path) -> tuple[float, float, float]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_open, path).result()


def _open(path: Path) -> tuple[float, float, float]:
    """Return milliseconds to open and to add the first document, and resident megabytes after a search."""
    encoder = RandomEncoder()
    opened: list[Index] = []

    def work() -> None:
        opened.append(Index.open(path, encoder=encoder))
        opened[0].refresh()

    seconds = timed(work)
    with opened[0] as index:
        retrieval.search(index, encoder, texts.QUESTIONS[0])
        memory = resident_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(path, Path(folder, "index"))
        with Index.open(copy, encoder=encoder) as index:
            first = timed(lambda: index.add(_documents(texts.invented(seed=1), 10**9, 1)))
    return 1000 * seconds, 1000 * first, memory / MEGABYTE
