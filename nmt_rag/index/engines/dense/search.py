"""Dense search: the passages whose embeddings lie nearest to a question's, by exact inner product in FAISS.

Dtype and dimension are settled here; polarity (higher is better), FAISS's sentinel -1 and ties in
`nmt_rag.index.engines.dense.nearest`. It knows no text. The search is exact, but where lists of a large file choose
what is compared (`nmt_rag.index.engines.dense.lists`); scores are exact always.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.engines.dense.lists import DenseLists, ListedFile
from nmt_rag.index.engines.dense.nearest import NO_IDS, Embeddings, Ids, nearest

_FAISS: Any = faiss  # its type stubs know the C++ signatures, not the Python ones

_FLAT_KINDS = (b"IxF2", b"IxFI")
_FLAT_HEADER = 45
"""Kind (4 bytes), width (4), number (8), two unused (16), whether trained (1), metric (4), number of values (8):
https://github.com/facebookresearch/faiss/blob/main/faiss/impl/index_write.cpp"""

_COPIED_AT_ONCE = 10_000
"""So many embeddings are held twice while a file is written of what is mapped and what came since."""


class Dense:
    """Embeddings of unit norm under integer ids. Many threads may search; a change waits for them.

    Args:
        dim: length of every embedding.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._gate = _Gate()
        self._faiss: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._mapped: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))  # of a file: never changed, FAISS would abort
        self._file: NDArray[np.uint8] | None = None  # what it points into
        self._filed = NO_IDS  # the ids in it, ascending
        self._listed: ListedFile | None = None  # the same file, where lists choose what is compared
        self._gone = NO_IDS  # those of them that were removed since

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """Return the embeddings that `write` wrote. The caller has checked that the file is whole.

        Python does the reading: FAISS cannot open paths with å, ä and ö on Windows.

        Raises:
            ValueError: the file holds no such index.
        """
        loaded = _read(_FAISS.PyCallbackIOReader(file.read))
        dense = cls(loaded.d)
        dense._faiss = loaded
        return dense

    @classmethod
    def map(cls, path: Path, lists: DenseLists | None = None) -> Self:
        """Return the embeddings of a file that `write` wrote, mapped: processes share its pages, and none is copied.

        Lists of the same embeddings, where given, choose what a search compares.

        What is added and removed later is kept beside them. The file must not be written again in place, only
        replaced; Windows refuses to replace one that is mapped, so there it is read.

        Raises:
            OSError: the file cannot be read.
            ValueError: the file holds no such index.
        """
        if os.name == "nt":
            with open(path, "rb") as file:
                return cls.read(file)
        data = np.memmap(path, dtype=np.uint8, mode="r")
        loaded = _read(_FAISS.ZeroCopyIOReader(faiss.swig_ptr(data), data.size))
        dense = cls(loaded.d)
        ids = _ids(loaded)
        dense._mapped, dense._file, dense._filed = loaded, data, np.sort(ids)
        if lists:
            first_byte = int(_FAISS.downcast_index(loaded.index).get_xb()) - data.ctypes.data
            dense._listed = ListedFile(path, lists, ids, dim=loaded.d, first_byte=first_byte)
        return dense

    def write(self, file: BinaryIO) -> None:
        """Write the embeddings as FAISS writes an ``IndexIDMap2(IndexFlatIP)``.

        Raises:
            OSError: the file cannot be written.
        """
        with self._gate.searching():
            whole = self._faiss
            if self._mapped.ntotal:
                whole = faiss.IndexIDMap2(faiss.IndexFlatIP(self.dim))
                for part, ids in ((self._mapped, self._kept()), (self._faiss, _ids(self._faiss))):
                    for start in range(0, len(ids), _COPIED_AT_ONCE):
                        some = ids[start : start + _COPIED_AT_ONCE]
                        whole.add_with_ids(part.reconstruct_batch(some), some)
            faiss.write_index(whole, _FAISS.PyCallbackIOWriter(file.write))

    def __len__(self) -> int:
        """Return the number of embeddings."""
        return int(self._faiss.ntotal + self._mapped.ntotal) - len(self._gone)

    def ids(self) -> Ids:
        """Return the ids in the order they were added. *Shape:* ``(n,)``."""
        with self._gate.searching():
            return np.concatenate([self._kept(), _ids(self._faiss)])

    def _kept(self) -> Ids:
        """Return those ids of the file that were not removed."""
        ids = _ids(self._mapped)
        return ids[~np.isin(ids, self._gone)] if len(self._gone) else ids

    def _is_filed(self, ids: Ids) -> NDArray[np.bool_]:
        """Tell which ids the file holds, removed ones too; its own ids are not copied for that."""
        return np.searchsorted(self._filed, ids, "right") > np.searchsorted(self._filed, ids, "left")

    def embeddings(self, ids: Ids) -> Embeddings:
        """Return the embeddings of known ids. *Shape:* ``(n,) -> (n, dim)``."""
        if not len(ids):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._gate.searching():
            wanted = np.asarray(ids, dtype=np.int64)
            found = np.empty((len(wanted), self.dim), dtype=np.float32)
            of_file = self._is_filed(wanted) & ~np.isin(wanted, self._gone)
            for part, chosen in ((self._mapped, of_file), (self._faiss, ~of_file)):
                if chosen.any():
                    found[chosen] = part.reconstruct_batch(wanted[chosen])
            return found

    def add(self, ids: Ids, embeddings: Embeddings) -> None:
        """Add embeddings under new ids. *Shape:* ``(n,)`` and ``(n, dim)``, float32, unit norm.

        Raises:
            ValueError: the shapes do not fit.
        """
        if embeddings.shape != (len(ids), self.dim):
            raise ValueError(f"expected embeddings of shape {(len(ids), self.dim)}, got {embeddings.shape}")
        if len(ids):
            with self._gate.changing():
                self._faiss.add_with_ids(np.ascontiguousarray(embeddings, dtype=np.float32), np.asarray(ids, np.int64))

    def remove(self, ids: Ids) -> None:
        """Remove ids; unknown ones are passed over."""
        if len(ids):
            with self._gate.changing():
                self._faiss.remove_ids(np.asarray(ids, dtype=np.int64))
                ids = np.asarray(ids, dtype=np.int64)
                self._gone = np.union1d(self._gone, ids[self._is_filed(ids)])

    def search(self, embedding: Embeddings, k: int, *, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most k ``(id, cosine)``, best first, ties by id.

        Args:
            embedding: the question's embedding, *shape* ``(dim,)``, unit norm.
            k: at least 1; may exceed the number of embeddings.
            allowed: the only ids to search, all others are left out before the search; None searches all.

        Raises:
            ValueError: k is below 1, or the embedding has another shape or is not finite.
        """
        query = np.ascontiguousarray(embedding, dtype=np.float32)
        if query.shape != (self.dim,):
            raise ValueError(f"expected an embedding of shape {(self.dim,)}, got {query.shape}")
        if not np.isfinite(query).all():
            raise ValueError("the embedding holds NaN or infinity")
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        with self._gate.searching():
            hits = nearest(self._faiss, query, k, allowed, NO_IDS)
            if self._mapped.ntotal:
                near = self._listed.nearest(query, k, allowed, self._gone) if self._listed else None
                hits += nearest(self._mapped, query, k, allowed, self._gone) if near is None else near
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]


def read_embeddings(file: BinaryIO) -> Embeddings:
    """Return the embeddings of a flat FAISS index of any program, by distance or inner product, in order: (n, dim).

    The length that the file claims is checked first: FAISS would take the memory before it reads.

    Raises:
        ValueError: the file holds no such index, or is not whole.
    """
    header = file.read(_FLAT_HEADER)
    if header[:4] not in _FLAT_KINDS:
        raise ValueError("it is no flat FAISS index, the only kind that gives its embeddings back as they were")
    n_values = int.from_bytes(header[-8:], "little")
    if len(header) < _FLAT_HEADER or file.seek(0, io.SEEK_END) != _FLAT_HEADER + 4 * n_values:
        raise ValueError("it is damaged: it is longer or shorter than it says")
    file.seek(0)
    try:
        found = faiss.read_index(_FAISS.PyCallbackIOReader(file.read))
    except RuntimeError as error:
        raise ValueError("it is a damaged FAISS index") from error
    return np.asarray(found.reconstruct_n(0, found.ntotal), dtype=np.float32).reshape(found.ntotal, found.d)


def _read(reader: Any) -> Any:  # noqa: ANN401
    """Return the index that a reader of FAISS reads. Raises ValueError where it is none of ours."""
    try:
        loaded = faiss.read_index(reader)
    except RuntimeError as error:
        raise ValueError(f"not a FAISS index: {error}") from error
    if not isinstance(loaded, faiss.IndexIDMap2):
        raise ValueError(f"expected an IndexIDMap2, got a {type(loaded).__name__}")
    return loaded


def _ids(index: Any) -> Ids:  # noqa: ANN401
    return np.array(faiss.vector_to_array(index.id_map), dtype=np.int64)


class _Gate:
    """Lets many searches in, or one change; a change waits for the searches, and later ones for it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._searching = 0

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Be one of many searches."""
        with self._condition:
            self._searching += 1
        try:
            yield
        finally:
            with self._condition:
                self._searching -= 1
                self._condition.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Be the only one, once the searches are done."""
        with self._condition:  # held to the end, so that no new search begins
            self._condition.wait_for(lambda: self._searching == 0)
            yield
