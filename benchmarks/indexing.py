"""Indexing many small documents, against the encoder alone on the same texts; and whether memory stays flat."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import texts
from benchmarks.cheap import RandomEncoder
from benchmarks.measuring import MEGABYTE, Measurement, interleaved, ratio, resident_bytes
from benchmarks.sizes import Sizes
from nmt_rag.documents.passages import split
from nmt_rag.index.adding import BATCH_PASSAGES
from nmt_rag.index.index import Index
from nmt_rag.models.encoder import default_encoder
from nmt_rag.types import Document

if TYPE_CHECKING:
    from nmt_rag.models.encoder import Encoder

SENTENCES = 3
"""Sentences of a document."""
ROUNDS = 3
"""Rounds at most: one takes more than a minute."""


def run(sizes: Sizes) -> list[Measurement]:
    """Measure throughput and memory."""
    encoder: Encoder = RandomEncoder() if sizes.made_up else default_encoder()
    sentences = texts.sentences(sizes.indexed * SENTENCES, made_up=sizes.made_up)
    documents = list(texts.documents(sentences, SENTENCES))
    contexts = list(dict.fromkeys(passage.context for document in documents for passage in split(document)))
    with tempfile.TemporaryDirectory() as folder:
        paths = (Path(folder, str(number)) for number in range(ROUNDS + 1))

        def index() -> None:
            with Index.create(next(paths), encoder=encoder) as made:
                made.add(documents)

        def encode() -> None:
            for first in range(0, len(contexts), BATCH_PASSAGES):
                encoder.encode_passages(contexts[first : first + BATCH_PASSAGES])

        seconds = interleaved({"encode": encode, "index": index}, min(ROUNDS, sizes.rounds))
    after_fifth, at_end = memory(sizes.indexed)
    return [
        Measurement("documents", len(documents), ""),
        Measurement("passages", len(contexts), ""),
        Measurement("indexing, documents a second", len(documents) / statistics.median(seconds["index"]), ""),
        Measurement("indexing, passages a second", len(contexts) / statistics.median(seconds["index"]), ""),
        Measurement("encoder alone, passages a second", len(contexts) / statistics.median(seconds["encode"]), ""),
        Measurement("indexing ÷ encoder alone", ratio(seconds["encode"], seconds["index"]), "", at_least=0.8),
        Measurement("resident memory after a fifth of the documents (encoder left out)", after_fifth, "MB"),
        Measurement("resident memory at the end", at_end, "MB"),
    ]


def memory(n_documents: int) -> tuple[float, float]:
    """Return the resident megabytes after a fifth of the documents and at the end, in a process of its own.

    The documents are made up one by one and the encoder is the cheap one, so that what grows is the index.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_memory, n_documents).result()


def _memory(n_documents: int) -> tuple[float, float]:
    seen: list[tuple[int, int]] = []

    def made() -> Iterator[Document]:
        sentences = texts.invented()
        for number in range(n_documents):
            lines = "\n\n".join(next(sentences) for _ in range(SENTENCES))
            yield Document(f"text/{number}", f"Text {number}", f"# Text {number}\n\n{lines}\n")
            if number + 1 in (n_documents // 5, n_documents):
                seen.append((number, resident_bytes()))

    with tempfile.TemporaryDirectory() as folder, Index.create(Path(folder, "index"), encoder=RandomEncoder()) as index:
        index.add(made())
    return seen[0][1] / MEGABYTE, seen[-1][1] / MEGABYTE
