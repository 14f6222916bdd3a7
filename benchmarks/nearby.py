"""Dense search of a large index: every embedding compared, and lists that choose what is compared.

The embeddings are made up around real ones: 4,000 sentences are encoded, and each made-up embedding is one of theirs
plus noise with the covariance of all of theirs, scaled so that a made-up one has a cosine of about 0.9 with its real
one. The questions are real and their embeddings untouched. Words are not searched.
"""

from __future__ import annotations

import multiprocessing
import struct
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray

import nmt_rag
from benchmarks import texts
from benchmarks.cheap import RandomEncoder
from benchmarks.measuring import MEGABYTE, Measurement, resident_bytes
from benchmarks.sizes import Sizes
from nmt_rag.index.engines.dense.lists import DenseLists
from nmt_rag.index.engines.dense.search import Dense

BASES, NOISE, AT_ONCE = 4_000, 0.7, 50_000
K = 10
PROMISED = 1_000_000
"""So many passages must be searched within the limits beside the numbers."""
FILTERS = {"": 1, ", half of all let through": 2, ", a tenth let through": 10}


@dataclass(frozen=True, slots=True)
class Opened:
    """What one process measured: seconds to open, seconds of each search and ids found by filter, bytes in memory."""

    opening: float
    searches: dict[str, list[float]]
    found: dict[str, list[list[int]]]
    resident: int


def run(sizes: Sizes) -> list[Measurement]:
    """Measure every size, first without lists and then with them."""
    encoder = RandomEncoder() if sizes.made_up else nmt_rag.default_encoder()
    bases = encoder.encode_passages(texts.sentences(BASES, made_up=sizes.made_up))
    asked = texts.questions(sizes.nearby_questions, made_up=sizes.made_up)
    questions = np.stack([encoder.encode_query(text) for text in asked])
    rows: list[Measurement] = []
    for n in sizes.listed:
        promised = n == PROMISED
        with tempfile.TemporaryDirectory() as folder:
            built = _build(Path(folder), bases, n)
            size = (Path(folder) / "lists").stat().st_size
            exact, listed = (_in_new_process(Path(folder), questions, lists=lists) for lists in (False, True))
        label = f"{n:,} passages".replace(",", "\u00a0")
        rows.append(Measurement(f"{label}: building the lists", built, "s"))
        rows.append(Measurement(f"{label}: size of the lists", size / MEGABYTE, "MB"))
        for name, found in (("all compared", exact), ("lists", listed)):
            goal = promised and found is listed
            rows.append(Measurement(f"{label}, {name}: opening", found.opening, "s", 1 if goal else None))
            for kind, seconds in found.searches.items():
                for share in (50, 95):
                    what = f"{label}, {name}{kind}: search, {share}th percentile"
                    value = 1000 * float(np.percentile(seconds, share))
                    rows.append(Measurement(what, value, "ms", 50 if goal and share == 95 else None))
            memory = found.resident / MEGABYTE
            rows.append(Measurement(f"{label}, {name}: resident memory", memory, "MB", 600 if goal else None))
        for kind, searches in exact.found.items():
            shares = [len({*a} & {*b}) / len(a) for a, b in zip(searches, listed.found[kind], strict=True)]
            at_least = 0.98 if promised else None
            what = f"{label}, lists{kind}: recall@{K}"
            rows.append(Measurement(what, float(np.mean(shares)), "", at_least=at_least))
    return rows


def around(bases: NDArray[np.float32], n: int, seed: int = 0) -> Iterator[NDArray[np.float32]]:
    """Yield made-up unit embeddings around real ones, some at a time. *Shape:* ``(n_bases, dim) -> (n_some, dim)``."""
    chance, dim = np.random.default_rng(seed), bases.shape[1]
    spread = np.linalg.cholesky(np.cov(bases.T) + 1e-6 * np.eye(dim)).astype(np.float32)
    for start in range(0, n, AT_ONCE):
        shape = min(AT_ONCE, n - start), dim
        noise = chance.standard_normal(shape, dtype=np.float32) @ spread.T
        rows = bases[chance.integers(0, len(bases), len(noise))] + NOISE * noise
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write(file: BinaryIO, embeddings: Iterable[NDArray[np.float32]], n: int, dim: int) -> None:
    """Write n embeddings under the ids from 1 on as `Dense` does, without holding all of them in memory."""
    header = struct.pack("<iqqqBi", dim, n, 1 << 20, 1 << 20, 1, faiss.METRIC_INNER_PRODUCT)
    file.write(b"IxM2" + header + b"IxFI" + header + struct.pack("<Q", n * dim))
    for some in embeddings:
        file.write(np.ascontiguousarray(some, dtype="<f4").data)
    file.write(struct.pack("<Q", n) + np.arange(1, n + 1, dtype="<i8").tobytes())


def _build(folder: Path, bases: NDArray[np.float32], n: int) -> float:
    """Write both files; return the seconds that the lists took."""
    with open(folder / "all", "wb") as file:
        write(file, around(bases, n), n, bases.shape[1])
    dense = Dense.map(folder / "all")
    start = time.perf_counter()
    with open(folder / "lists", "wb") as file:
        DenseLists.build(dense.ids(), dense.embeddings).write(file)
    return time.perf_counter() - start


def _in_new_process(folder: Path, questions: NDArray[np.float32], *, lists: bool) -> Opened:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_measure, folder, questions, lists).result()


def _measure(folder: Path, questions: NDArray[np.float32], lists: bool) -> Opened:
    start = time.perf_counter()
    dense = Dense.map(folder / "all", DenseLists.map(folder / "lists") if lists else None)
    opening, resident = time.perf_counter() - start, 0
    searches: dict[str, list[float]] = {}
    found: dict[str, list[list[int]]] = {}
    for kind, one_of in FILTERS.items():
        ids = dense.ids()
        chosen = np.random.default_rng(one_of).permutation(len(ids)) % one_of == 0
        allowed = None if one_of == 1 else np.sort(ids[chosen])
        searches[kind], found[kind] = [], []
        for question in questions:
            start = time.perf_counter()
            hits = dense.search(question, K, allowed=allowed)
            searches[kind].append(time.perf_counter() - start)
            found[kind].append([i for i, _ in hits])
        resident = resident or resident_bytes()  # without a filter
    return Opened(opening, searches, found, resident)
