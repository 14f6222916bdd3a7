"""Shards → an index of any engine: what `embed` made is added as it is, nothing is read or encoded again."""

from __future__ import annotations

from pathlib import Path

from nmt_rag.documents import Failure
from nmt_rag.errors import IndexNotFoundError
from nmt_rag.index.adding import Report
from nmt_rag.index.index import Index
from nmt_rag.index.shards.shards import ShardEncoder
from nmt_rag.progress import counter


def load_shards(folder: Path, place: Path | str) -> Report:
    """Add the documents of a folder of shards to an index, which is made where there is none.

    Args:
        folder: what `nmt_rag.index.shards.embedding.embed` wrote.
        place: the index folder, or an address (`nmt_rag.index.engines.opening`).

    Raises:
        CorpusError: a shard is missing or broken.
        IndexMismatchError: the index is of another encoder than the shards.
        IndexLockedError: another process is writing to the index.
    """
    encoder = ShardEncoder(folder)
    contents = list(encoder.contents())
    failed: list[Failure] = [one for said in contents for one in said.failed]
    try:
        index = Index.open(place, encoder=encoder)
    except IndexNotFoundError:
        index = Index.create(place, encoder=encoder)
    with index, counter("Indexing", "documents", at_once=True) as bar:
        added = index.add(encoder.documents(failed), split=encoder.split, progress=bar.update)
    notes = tuple(one for said in contents for one in said.notes)
    return Report(added.added, added.replaced, added.unchanged, tuple(failed), notes)
