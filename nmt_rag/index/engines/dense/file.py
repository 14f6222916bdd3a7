"""The file of embeddings (FAISS) of an index in a folder: read, caught up with what was committed, or built again.

A large index has a second file, its embeddings in lists (`lists`); one stamp vouches for both. Files of embeddings that
other programs wrote are read here as well.
"""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from nmt_rag.index.storage.files import (
    NOWHERE,
    Stamp,
    State,
    file_sha256,
    replacing,
    signature,
    stamp_of,
    trusted,
    write_stamp,
)
from nmt_rag.index.storage.rows import embeddings_since, removed_since
from nmt_rag.index.storage.store import Store
from nmt_rag.progress import counter

if TYPE_CHECKING:  # FAISS is imported when first used
    from nmt_rag.index.engines.dense.search import Dense, Embeddings

DENSE_FILE, DENSE_STAMP = "dense.faiss", "dense.json"
LISTS_FILE = "dense-lists.faiss"
LISTS_FROM = 250_000
"""From this many passages on, lists choose what a search compares; to compare fewer is quick (docs/benchmarks.md)."""
DENSE_LAG = 1_000
"""The FAISS file is written again when more passages than this, and a tenth of all, changed since it was written."""

_FLAT_KINDS = (b"IxF2", b"IxFI")
_FLAT_HEADER = 45
"""Kind (4 bytes), width (4), number (8), two unused (16), whether trained (1), metric (4), number of values (8):
https://github.com/facebookresearch/faiss/blob/main/faiss/impl/index_write.cpp"""


class DenseFile:
    """The embeddings of an index in memory, and their FAISS file, which may lag behind the database."""

    def __init__(self, folder: Path | None, store: Store, dim: int) -> None:
        self._folder, self._store, self._dim = folder, store, dim
        self._lock = threading.RLock()
        self._dense: Dense | None = None
        self._state = self._saved = NOWHERE
        self._listed = False  # whether there is a file of lists

    def current(self) -> Dense:
        """Return the embeddings of the state committed last."""
        with self._lock:
            if self._dense is None or self._state != self._store.state():
                self._dense = self._caught_up(self._dense or self._load())
            return self._dense

    def save(self) -> None:
        """Write the file where it is missing or far behind. The caller holds the writer's lock.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        if self._folder is None:
            return
        with self._lock:
            dense, state, saved, was_listed = self.current(), self._state, self._saved, self._listed
        path = self._folder / DENSE_FILE
        listed = len(dense) >= LISTS_FROM and os.name != "nt"  # where nothing is mapped
        removed = removed_since(self._store.database, saved.generation)
        lag = state.last_passage - saved.last_passage + len(removed)
        far = lag > max(DENSE_LAG, len(dense) // 10) or listed > was_listed
        if saved != NOWHERE and path.exists() and not far:
            return
        with replacing(path) as file:
            dense.write(file)
        names = [DENSE_FILE, LISTS_FILE] if listed else [DENSE_FILE]
        if listed:
            from nmt_rag.index.engines.dense.lists import DenseLists

            with replacing(self._folder / LISTS_FILE) as file:
                DenseLists.build(dense.ids(), dense.embeddings).write(file)
        files = {name: file_sha256(self._folder / name) for name in names}
        seen = {name: signature(self._folder / name) for name in names}
        write_stamp(self._folder / DENSE_STAMP, Stamp(state, files, seen=seen))
        if not listed:
            (self._folder / LISTS_FILE).unlink(missing_ok=True)
        with self._lock:
            self._saved, self._listed = state, listed
            if listed:
                self._dense = self._load()

    def _caught_up(self, dense: Dense) -> Dense:
        """Take out and put in what changed since the embeddings were loaded."""
        with self._store.database.reading():
            state = self._store.state()
            removed = removed_since(self._store.database, self._state.generation)
            dense.remove(removed[removed <= self._state.last_passage])
            with counter("Loading", "embeddings") as bar:
                for ids, embeddings in embeddings_since(self._store.database, self._state.last_passage, self._dim):
                    dense.add(ids, embeddings)
                    bar.update(len(ids))
            self._state = state
        return dense

    def _load(self) -> Dense:
        """Return what the file holds; where it cannot be trusted, an empty index to be filled from the database."""
        from nmt_rag.index.engines.dense.lists import DenseLists
        from nmt_rag.index.engines.dense.search import Dense

        state = self._store.state()
        stamp = stamp_of(self._folder / DENSE_STAMP, state) if self._folder else None
        if self._folder and stamp and (stamp := trusted(self._folder, stamp)):
            try:
                self._listed = LISTS_FILE in stamp.files
                lists = DenseLists.map(self._folder / LISTS_FILE) if self._listed and os.name != "nt" else None
                dense = Dense.map(self._folder / DENSE_FILE, lists)
                if all(signature(self._folder / name) == seen for name, seen in stamp.seen.items()):
                    self._state = self._saved = stamp.state
                    return dense
            except (OSError, ValueError):
                pass  # written by another FAISS; or replaced meanwhile, as where signatures differ
        self._listed = False
        self._state, self._saved = State(state.index, 0, 0), NOWHERE
        return Dense.empty(self._dim)


def read_embeddings(file: BinaryIO) -> Embeddings:
    """Return the embeddings of a flat FAISS index of any program, by distance or inner product, in order: (n, dim).

    The length that the file claims is checked first: FAISS would take the memory before it reads.

    Raises:
        ValueError: the file holds no such index, or is not whole.
    """
    import faiss

    reading: Any = faiss  # its type stubs know the C++ signatures, not the Python ones
    header = file.read(_FLAT_HEADER)
    if header[:4] not in _FLAT_KINDS:
        raise ValueError("it is no flat FAISS index, the only kind that gives its embeddings back as they were")
    n_values = int.from_bytes(header[-8:], "little")
    if len(header) < _FLAT_HEADER or file.seek(0, io.SEEK_END) != _FLAT_HEADER + 4 * n_values:
        raise ValueError("it is damaged: it is longer or shorter than it says")
    file.seek(0)
    try:
        found = faiss.read_index(reading.PyCallbackIOReader(file.read))
    except RuntimeError as error:
        raise ValueError("it is a damaged FAISS index") from error
    return np.asarray(found.reconstruct_n(0, found.ntotal), dtype=np.float32).reshape(found.ntotal, found.d)
