"""Warm questions: `ask` on the packaged page, `search` and `ask` on many real passages, against the bare engine calls.

Both sides encode the question; both ask FAISS and tantivy the same. What is left is what this library adds, and in
`ask` the reader. A question that is repeated finds its words compared already, so the time of asking it first is told.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import texts
from benchmarks.cheap import RandomEncoder
from benchmarks.engines import Call, Engines, Recorder
from benchmarks.measuring import Measurement, interleaved, ratio, timed
from benchmarks.sizes import Sizes
from nmt_rag import documents
from nmt_rag.answering import answer, search
from nmt_rag.index import packaged
from nmt_rag.index.index import Index
from nmt_rag.models.encoder import default_encoder
from nmt_rag.types import Document

if TYPE_CHECKING:
    from nmt_rag.models.encoder import Encoder

CACHE = Path(".cache/benchmarks")
"""Where the index of real passages is kept, since encoding them takes minutes."""

PAGE_MILLISECONDS, MANY_MILLISECONDS = 200, 300
"""So long an answer may take on the page, and among many passages."""

Work = Callable[[Any, "Encoder", str], object]


def run(sizes: Sizes) -> list[Measurement]:
    """Measure `ask` on the page, and `search` and `ask` on the large index."""
    encoder: Encoder = RandomEncoder() if sizes.made_up else default_encoder()
    with tempfile.TemporaryDirectory() as folder:
        with Index.create(Path(folder, "page"), encoder=encoder) as page:
            page.add(found for found in documents.load(_pages()) if isinstance(found, Document))
            asked_of_page = texts.QUESTIONS[: sizes.queries]
            asked = _against_engines("`ask` on the page", page, encoder, asked_of_page, answer.ask, sizes.rounds)
            asked[0] = replace(asked[0], at_most=PAGE_MILLISECONDS)
        at = Path(folder) if sizes.made_up else CACHE
        with large_index(sizes, encoder, at) as index:
            queries = texts.questions(sizes.queries, made_up=sizes.made_up)
            many = f"{index.n_passages:,} passages".replace(",", "\u00a0")
            searched = _against_engines(
                f"`search` on {many}", index, encoder, queries, search.search, sizes.rounds, at_most=1.5
            )
            some = queries[: len(asked_of_page)]
            asked_of_many = _against_engines(f"`ask` on {many}", index, encoder, some, answer.ask, sizes.rounds)[:2]
            asked_of_many[0] = replace(asked_of_many[0], at_most=MANY_MILLISECONDS)
    return [*asked, *searched, *asked_of_many]


def large_index(sizes: Sizes, encoder: Encoder, folder: Path) -> Index:
    """Open the index of real passages in a folder; it is built where it is missing."""
    path = folder / f"{encoder.fingerprint.rsplit(':', 1)[-1].replace('/', '-')}-{sizes.searched}"
    if not path.with_suffix(".complete").exists():
        shutil.rmtree(path, ignore_errors=True)
        with Index.create(path, encoder=encoder) as index:
            index.add(texts.documents(texts.sentences(sizes.searched, made_up=sizes.made_up), 10))
        path.with_suffix(".complete").touch()
    return Index.open(path, encoder=encoder)


def _against_engines(
    name: str,
    index: Index,
    encoder: Encoder,
    queries: Sequence[str],
    work: Work,
    rounds: int,
    *,
    at_most: float | None = None,
) -> list[Measurement]:
    """Measure some work on each query in turns with the engine calls that it makes, and those at most so many times."""
    recorded: list[list[Call]] = []
    first, ours, bare, engine = [], [], [], []
    for query in queries:
        recorder = Recorder(index)
        first.append(timed(partial(work, recorder, encoder, query)))
        recorded.append(recorder.calls)
    engines = Engines(index.path)
    for query, calls in zip(queries, recorded, strict=True):
        seconds = interleaved(
            {
                "ours": partial(work, index, encoder, query),
                "bare": partial(_bare, engines, calls, encoder, query),
                "engine": partial(engines.repeat, calls),
            },
            rounds,
        )
        ours.append(statistics.median(seconds["ours"]))
        bare.append(statistics.median(seconds["bare"]))
        engine.append(statistics.median(seconds["engine"]))
    return [
        Measurement(f"{name}, median", 1000 * statistics.median(ours), "ms"),
        Measurement(f"{name}, slowest of {len(queries)}", 1000 * max(ours), "ms"),
        Measurement("the encoder and the bare engines", 1000 * statistics.median(bare), "ms"),
        Measurement("the bare engines alone", 1000 * statistics.median(engine), "ms"),
        Measurement(f"{name} ÷ encoder and bare engines", ratio(ours, bare), "", at_most=at_most),
        Measurement(f"{name}, each question the first time ÷ the same", ratio(first, bare), ""),
    ]


def _bare(engines: Engines, calls: Sequence[Call], encoder: Encoder, query: str) -> None:
    encoder.encode_query(query)
    engines.repeat(calls)


def _pages() -> list[Path]:
    return sorted(page for page in packaged.packaged_corpus().glob("*.md") if page.name != "README.md")
