"""Dense search: the passages whose embeddings lie nearest to a question's, by exact inner product in FAISS.

Dtype, dimension, polarity (higher is better) and FAISS's sentinel -1 are settled here. It knows no text. The search is
exact, but where lists of a large file choose what is compared (`nmt_rag.index.engines.dense.lists`); scores are exact
always.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.engines.ranking import COSINE_DECIMALS, checked_embedding, k_best

if TYPE_CHECKING:  # they search with what is here
    from nmt_rag.index.engines.dense.lists import DenseLists, ListedFile

Ids = NDArray[np.int64]
Embeddings = NDArray[np.float32]

_FAISS: Any = faiss  # its type stubs know the C++ signatures, not the Python ones

_WIDEST_BITMAP = 1_000_000_000  # only a damaged database has higher ids
_COPIED_AT_ONCE = 10_000
"""At most this many embeddings are held twice while a file is written of what is mapped and what came since."""
NO_IDS: Ids = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Mapped:
    """The embeddings of a file that is mapped: they are never changed, FAISS would abort."""

    index: Any
    data: NDArray[np.uint8] | None  # what the index points into
    ids: Ids  # ascending
    listed: ListedFile | None  # the same file, where lists choose what is compared


class Dense:
    """Embeddings of unit norm under integer ids. Many threads may search; a change waits for them.

    Use `empty`, `read` or `map`.
    """

    def __init__(self, changing: Any, mapped: _Mapped | None = None) -> None:  # noqa: ANN401 - FAISS's types are no help
        self.dim = int(changing.d)
        self._gate = _Gate()
        self._faiss = changing  # what was added beside the file
        self._mapped = mapped or _Mapped(_flat(self.dim), None, NO_IDS, None)
        self._gone = NO_IDS  # those of the file that were removed since

    @classmethod
    def empty(cls, dim: int) -> Self:
        """Return no embeddings yet, each to be of length ``dim``."""
        return cls(_flat(dim))

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """Return the embeddings that `write` wrote. The caller has checked that the file is whole.

        Python does the reading: FAISS cannot open paths with å, ä and ö on Windows.

        Raises:
            ValueError: the file holds no such index.
        """
        loaded = _read(_FAISS.PyCallbackIOReader(file.read))
        return cls(loaded)

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
        ids = _ids(loaded)
        listed = None
        if lists:
            first_byte = int(_FAISS.downcast_index(loaded.index).get_xb()) - data.ctypes.data
            listed = lists.beside(path, ids, dim=loaded.d, first_byte=first_byte)
        return cls(_flat(loaded.d), _Mapped(loaded, data, np.sort(ids), listed))

    def write(self, file: BinaryIO) -> None:
        """Write the embeddings as FAISS writes an ``IndexIDMap2(IndexFlatIP)``.

        Raises:
            OSError: the file cannot be written.
        """
        with self._gate.searching():
            whole = self._faiss
            if self._mapped.index.ntotal:
                whole = _flat(self.dim)
                for part, ids in ((self._mapped.index, self._kept()), (self._faiss, _ids(self._faiss))):
                    for start in range(0, len(ids), _COPIED_AT_ONCE):
                        some = ids[start : start + _COPIED_AT_ONCE]
                        whole.add_with_ids(part.reconstruct_batch(some), some)
            faiss.write_index(whole, _FAISS.PyCallbackIOWriter(file.write))

    def __len__(self) -> int:
        """Return the number of embeddings."""
        return int(self._faiss.ntotal + self._mapped.index.ntotal) - len(self._gone)

    def ids(self) -> Ids:
        """Return the ids in the order they were added. *Shape:* ``(n,)``."""
        with self._gate.searching():
            return np.concatenate([self._kept(), _ids(self._faiss)])

    def _kept(self) -> Ids:
        """Return those ids of the file that were not removed."""
        ids = _ids(self._mapped.index)
        return ids[~np.isin(ids, self._gone)] if len(self._gone) else ids

    def _is_filed(self, ids: Ids) -> NDArray[np.bool_]:
        """Tell which ids the file holds, removed ones too; its own ids are not copied for that."""
        return np.searchsorted(self._mapped.ids, ids, "right") > np.searchsorted(self._mapped.ids, ids, "left")

    def embeddings(self, ids: Ids) -> Embeddings:
        """Return the embeddings of known ids. *Shape:* ``(n,) -> (n, dim)``."""
        if not len(ids):
            return np.empty((0, self.dim), dtype=np.float32)
        with self._gate.searching():
            wanted = np.asarray(ids, dtype=np.int64)
            found = np.empty((len(wanted), self.dim), dtype=np.float32)
            of_file = self._is_filed(wanted) & ~np.isin(wanted, self._gone)
            for part, chosen in ((self._mapped.index, of_file), (self._faiss, ~of_file)):
                if chosen.any():
                    found[chosen] = part.reconstruct_batch(wanted[chosen])
            return found

    def lists_fault(self) -> str:
        """Return how the lists that choose what is compared differ from the embeddings; an empty string for nothing."""
        return self._mapped.listed.fault() if self._mapped.listed else ""

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
                known = np.asarray(ids, dtype=np.int64)
                self._faiss.remove_ids(known)
                self._gone = np.union1d(self._gone, known[self._is_filed(known)])

    def search(self, embedding: Embeddings, k: int, *, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """Return at most k ``(id, cosine)``, best first, ties by id.

        Args:
            embedding: the question's embedding, *shape* ``(dim,)``, unit norm.
            k: at least 1; may exceed the number of embeddings.
            allowed: the only ids to search, all others are left out before the search; None searches all.

        Raises:
            ValueError: k is below 1, or the embedding has another shape or is not finite.
        """
        query = checked_embedding(embedding, self.dim)
        with self._gate.searching():
            hits = nearest(self._faiss, query, k, allowed, NO_IDS)
            if self._mapped.index.ntotal:
                listed = self._mapped.listed
                near = listed.nearest(query, k, allowed, self._gone) if listed else None
                hits += nearest(self._mapped.index, query, k, allowed, self._gone) if near is None else near
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]


def nearest(
    index: Any,  # noqa: ANN401
    query: Embeddings,
    k: int,
    allowed: Ids | None,
    gone: Ids,
) -> list[tuple[int, float]]:
    """Return the k best ``(id, cosine)`` of a FAISS index, of those allowed and not gone, ties by id."""
    candidates = int(index.ntotal) - len(gone)
    if allowed is not None:
        allowed = np.setdiff1d(allowed, gone) if len(gone) else allowed
        candidates = min(candidates, len(allowed))
    selector, _memory = selector_of(gone, but=True) if allowed is None else selector_of(allowed)
    parameters = _FAISS.SearchParameters(sel=selector) if selector else None

    def found(n: int) -> list[tuple[int, float]]:
        """Return the n best ids with their cosines, or as many as there are."""
        if candidates <= 0:
            return []
        with one_thread():
            scores, ids = index.search(query[np.newaxis], min(n, candidates), params=parameters)
        return [(i, score) for i, score in zip(ids[0], scores[0], strict=True) if i >= 0]

    return k_best(found, k, decimals=COSINE_DECIMALS)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let FAISS use one thread for a single question.

    Threads that share one question wait for each other longer than they search: 60,000 embeddings take 3.3 ms on one
    thread and 18 to 40 ms on two busy cores, 35 take 0.006 ms and up to 8 ms. Nor do scores then depend, in their last
    bit, on the number of cores. OpenMP keeps the number apart for each thread, so no other thread notices
    (https://www.openmp.org/spec-html/5.0/openmpsu110.html).
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def selector_of(ids: Ids, *, but: bool = False) -> tuple[Any, Any]:
    """Return FAISS's selector of some ids, or of all but them (None for all but none), and what it points into."""
    if but and not len(ids):
        return None, None
    if ids.max(initial=0) > _WIDEST_BITMAP:
        few = _FAISS.IDSelectorBatch(np.ascontiguousarray(ids))
        return (_FAISS.IDSelectorNot(few) if but else few), few
    mask = np.zeros(int(ids.max(initial=0)) + 1, dtype=bool)
    mask[ids] = True
    bitmap = np.packbits(mask, bitorder="little")
    selector = _FAISS.IDSelectorBitmap(bitmap)
    chosen = _FAISS.IDSelectorNot(selector) if but else selector
    return chosen, (selector, bitmap)


def _read(reader: Any) -> Any:  # noqa: ANN401
    """Return the index that a reader of FAISS reads. Raises ValueError where it is none of ours."""
    try:
        loaded = faiss.read_index(reader)
    except RuntimeError as error:
        raise ValueError(f"not a FAISS index: {error}") from error
    if not isinstance(loaded, faiss.IndexIDMap2):
        raise ValueError(f"expected an IndexIDMap2, got a {type(loaded).__name__}")
    inner = _FAISS.downcast_index(loaded.index)
    if type(inner) is not faiss.IndexFlatIP:  # another measure would find the farthest
        raise ValueError(f"expected an IndexFlatIP, got a {type(inner).__name__}")
    return loaded


def _flat(dim: int) -> Any:  # noqa: ANN401
    """Return an empty index of FAISS."""
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dim))


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
