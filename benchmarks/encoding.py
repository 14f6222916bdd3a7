"""The packaged encoder against sentence-transformers with the same weights: one query, and many short passages."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import texts
from benchmarks.measuring import Measurement, interleaved, ratio
from benchmarks.sizes import Sizes
from nmt_rag.models.encoder import PACKAGED_FOLDER, PackagedEncoder

if TYPE_CHECKING:
    from nmt_rag.models.encoder import Encoder

QUERY = "Vilken myndighet beslutar om betänketid?"
QUERY_REPEATS = 20


def run(sizes: Sizes) -> list[Measurement]:
    """Measure both encoders in turns; in tiny mode the packaged one against itself."""
    ours = PackagedEncoder.open()
    theirs = ours if sizes.made_up else _sentence_transformers()
    passages = texts.sentences(sizes.encoded, made_up=sizes.made_up)
    angles = np.sum(ours.encode_passages(passages) * theirs.encode_passages(passages), axis=1)
    one = interleaved({"ours": _repeated(ours), "theirs": _repeated(theirs)}, sizes.rounds)
    many = interleaved(
        {
            "ours": lambda: ours.encode_passages(passages),
            "theirs": lambda: theirs.encode_passages(passages),
        },
        sizes.rounds,
    )
    tokens = statistics.mean(ours.n_tokens(passage) for passage in passages)
    return [
        Measurement("one query", 1000 * statistics.median(one["ours"]) / QUERY_REPEATS, "ms", at_most=15),
        Measurement("the same, sentence-transformers", 1000 * statistics.median(one["theirs"]) / QUERY_REPEATS, "ms"),
        Measurement("one query ÷ sentence-transformers", ratio(one["ours"], one["theirs"]), ""),
        Measurement("tokens of a passage, mean", tokens, ""),
        Measurement("passages a second", len(passages) / statistics.median(many["ours"]), "", at_least=165),
        Measurement("the same, sentence-transformers", len(passages) / statistics.median(many["theirs"]), ""),
        Measurement("throughput ÷ sentence-transformers", ratio(many["theirs"], many["ours"]), ""),
        Measurement("least cosine between the two", float(angles.min()), "", at_least=0.998),
    ]


def _repeated(encoder: Encoder) -> Callable[[], None]:
    def work() -> None:
        for _ in range(QUERY_REPEATS):
            encoder.encode_query(QUERY)

    return work


def _sentence_transformers() -> Encoder:
    from nmt_rag.models.sentence_transformers import SentenceTransformerEncoder
    from nmt_rag.models.unpacking import unpack

    with tempfile.TemporaryDirectory() as folder:
        unpack(PACKAGED_FOLDER, Path(folder))
        return SentenceTransformerEncoder.open(folder)
