"""The file of embeddings (FAISS) of an index in a folder: read, caught up with what was committed, or built again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from nmt_rag.index.storage import following
from nmt_rag.index.storage.stamps import Stamp, State, checksum, replacing, signature, stamp_of, trusted, write_stamp
from nmt_rag.index.storage.store import Store
from nmt_rag.progress import counter

if TYPE_CHECKING:  # FAISS is imported when first used
    from nmt_rag.index.engines.dense import Dense

DENSE_FILE, DENSE_STAMP = "dense.faiss", "dense.json"
DENSE_LAG = 1_000
"""The FAISS file is written again when more passages than this, and a tenth of all, changed since it was written."""
_NOWHERE = State("", 0, 0)


class DenseFile:
    """The embeddings of an index in memory, and their FAISS file, which may lag behind the database."""

    def __init__(self, folder: Path | None, store: Store, dim: int) -> None:
        self._folder, self._store, self._dim = folder, store, dim
        self._lock = threading.RLock()
        self._dense: Dense | None = None
        self._state = self._saved = _NOWHERE

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
            dense, path = self.current(), self._folder / DENSE_FILE
            lag = self._state.last_passage - self._saved.last_passage
            lag += len(following.removed_since(self._store.database, self._saved.generation))
            if self._saved != _NOWHERE and path.exists() and lag <= max(DENSE_LAG, len(dense) // 10):
                return
            with replacing(path) as file:
                dense.write(file)
            seen = {DENSE_FILE: signature(path)}
            write_stamp(self._folder / DENSE_STAMP, Stamp(self._state, {DENSE_FILE: checksum(path)}, seen=seen))
            self._saved = self._state

    def _caught_up(self, dense: Dense) -> Dense:
        """Take out and put in what changed since the embeddings were loaded."""
        with self._store.database.reading():
            state = self._store.state()
            removed = following.removed_since(self._store.database, self._state.generation)
            dense.remove(removed[removed <= self._state.last_passage])
            with counter("Loading", "embeddings") as bar:
                for ids, embeddings in following.embeddings_since(
                    self._store.database, self._state.last_passage, self._dim
                ):
                    dense.add(ids, embeddings)
                    bar.update(len(ids))
            self._state = state
        return dense

    def _load(self) -> Dense:
        """Return what the file holds; where it cannot be trusted, an empty index to be filled from the database."""
        from nmt_rag.index.engines.dense import Dense

        state = self._store.state()
        stamp = stamp_of(self._folder / DENSE_STAMP, state) if self._folder else None
        if self._folder and stamp and trusted(self._folder, stamp):
            try:
                dense = Dense.map(self._folder / DENSE_FILE)
            except (OSError, ValueError):
                pass  # replaced meanwhile, or written by another FAISS
            else:
                self._state = self._saved = stamp.state
                return dense
        self._state, self._saved = State(state.index, 0, 0), _NOWHERE
        return Dense(self._dim)
