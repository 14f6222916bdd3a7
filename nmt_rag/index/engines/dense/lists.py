"""Lists of embeddings that lie near each other (FAISS, IVF with 8 bits a number): where a large index looks first.

They only choose what is compared; it is scored by the exact embeddings, read from their file. Source: Jégou and
others, "Product quantization for nearest neighbor search", 2011, and FAISS's ``IndexIVFScalarQuantizer``.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.engines.dense.search import NO_IDS, Embeddings, Ids, nearest, one_thread, selector_of

_FAISS: Any = faiss  # its type stubs know the C++ signatures, not the Python ones

N_LISTS = 1_024
"""Lists of an index; a small one has fewer, so that each is learned from `_LEARNED_FROM` embeddings."""

N_PROBED = 512
"""Lists that one search looks through, chosen by benchmarks/nearby.py (docs/decisions/lists-of-embeddings.md)."""

SHARE = 4
"""A filter that lets through at most one in this many passages is searched exactly."""

MOST = 1_000
"""At most this many results are searched for in the lists; more, exactly."""

_MORE = 100
"""Twice as many as are asked for, and this many more, are scored: 8 bits a number rank roughly."""

_ALIKE = 0.9
"""An embedding of unit norm and what 8 bits a number tell of it have at least this inner product."""

_LEARNED_FROM = 40
_ROUNDS = 8
_SEED = 2026
_AT_ONCE = 50_000


class DenseLists:
    """Codes of embeddings in lists. Many threads may search; nothing changes them."""

    def __init__(self, lists: Any) -> None:  # noqa: ANN401 - FAISS's types are no help
        self._lists = lists

    @classmethod
    def build(cls, ids: Ids, embeddings: Callable[[Ids], Embeddings]) -> Self:
        """Return the lists of some ids, at least one; few embeddings are in memory at a time.

        Args:
            ids: *shape* ``(n,)``.
            embeddings: returns those of some ids, *shape* ``(n,) -> (n, dim)``, unit norm.
        """
        n_lists = max(1, min(N_LISTS, len(ids) // _LEARNED_FROM))
        chosen = np.random.default_rng(_SEED).choice(len(ids), min(len(ids), n_lists * _LEARNED_FROM), replace=False)
        sample = embeddings(ids[np.sort(chosen)])
        dim = sample.shape[1]
        centres = faiss.IndexFlatIP(dim)
        lists = _FAISS.IndexIVFScalarQuantizer(
            centres, dim, n_lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        lists.cp.niter, lists.cp.seed = _ROUNDS, _SEED
        lists.cp.min_points_per_centroid = 1
        lists.train(sample)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            lists.add_with_ids(embeddings(some), some)
        return cls(lists)

    def write(self, file: BinaryIO) -> None:
        """Write the lists as FAISS does. Raises OSError where the file cannot be written."""
        faiss.write_index(self._lists, _FAISS.PyCallbackIOWriter(file.write))

    @classmethod
    def map(cls, path: Path) -> Self:
        """Return the lists of a file that `write` wrote, mapped. Not on Windows.

        Raises:
            OSError: the file cannot be read.
            ValueError: the file holds no such lists.
        """
        try:
            with open(path, "rb") as file:  # FAISS takes no path that is not UTF-8
                loaded = _FAISS.read_index(f"/dev/fd/{file.fileno()}", faiss.IO_FLAG_MMAP)
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error
        if not isinstance(loaded, faiss.IndexIVFScalarQuantizer):
            raise ValueError(f"expected an IndexIVFScalarQuantizer, got a {type(loaded).__name__}")
        _FAISS.downcast_InvertedLists(loaded.invlists).prefetch_nthread = 0  # else 32 threads for each search
        return cls(loaded)

    def beside(self, path: Path, ids: Ids, *, dim: int, first_byte: int) -> ListedFile:
        """Return the file that the lists were built of with them; see `ListedFile`."""
        return ListedFile(path, self, ids, dim=dim, first_byte=first_byte)

    def candidates(self, query: Embeddings, n: int, selector: Any) -> Ids:  # noqa: ANN401
        """Return at most n ids that lie near a question's embedding, in no order.

        Args:
            query: *shape* ``(dim,)``, unit norm.
            n: at least 1.
            selector: FAISS's selector of the only ids to look at; None for all.
        """
        options = _FAISS.SearchParametersIVF(nprobe=min(N_PROBED, self._lists.nlist), sel=selector)
        _, ids = self._lists.search(query[np.newaxis], n, params=options)
        return np.asarray(ids[0][ids[0] >= 0], dtype=np.int64)

    def decoded(self) -> Iterator[tuple[int, Ids, Embeddings]]:
        """Yield what each list that holds any holds: its number, ids, and embeddings as 8 bits a number tell them."""
        for number in range(self._lists.nlist):
            n = self._lists.invlists.list_size(number)
            if not n:
                continue
            ids = faiss.rev_swig_ptr(self._lists.invlists.get_ids(number), n).copy()
            codes = faiss.rev_swig_ptr(self._lists.invlists.get_codes(number), n * self._lists.code_size)
            found = self._lists.sq.decode(codes.reshape(n, -1).copy())
            if self._lists.by_residual:
                found = found + self._lists.quantizer.reconstruct(number)
            yield number, ids, found

    def nearest_lists(self, embeddings: Embeddings) -> NDArray[np.int64]:
        """Return the list that each embedding belongs to. *Shape:* ``(n, dim) -> (n,)``."""
        return np.asarray(self._lists.quantizer.search(embeddings, 1)[1][:, 0])


class ListedFile:
    """A file of embeddings and their lists; the file must not be written again in place.

    Args:
        path: the file.
        lists: the lists of the same embeddings.
        ids: the ids of its embeddings, in its order.
        dim: length of every embedding.
        first_byte: where the first embedding begins.
    """

    def __init__(self, path: Path, lists: DenseLists, ids: Ids, *, dim: int, first_byte: int) -> None:
        self._lists, self._dim, self._first_byte = lists, dim, first_byte
        self._rows = np.argsort(ids, kind="stable")
        self._ids = ids[self._rows]
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    def nearest(self, query: Embeddings, k: int, allowed: Ids | None, gone: Ids) -> list[tuple[int, float]] | None:
        """Return what holds the k best ``(id, cosine)``; None where all that is allowed has to be compared."""
        few = allowed is not None and len(allowed) * SHARE <= len(self._ids)
        if few or k > MOST:
            return None
        if allowed is not None and len(gone):
            allowed = np.setdiff1d(allowed, gone)
        wanted = 2 * k + _MORE
        selector, _memory = selector_of(gone, but=True) if allowed is None else selector_of(allowed)
        with one_thread():
            ids = self._lists.candidates(query, wanted, selector)
        if len(ids) < wanted or not self._holds(ids).all():
            return None
        exact = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dim))
        exact.add_with_ids(self._read(ids), ids)
        hits = nearest(exact, query, wanted, None, NO_IDS)
        return hits if hits[-1][1] < hits[k - 1][1] else None  # more may tie with the last

    def fault(self) -> str:
        """Return how the lists differ from the embeddings of the file; an empty string for nothing."""
        found = [NO_IDS]
        for number, ids, decoded in self._lists.decoded():
            found.append(ids)
            if not self._holds(ids).all():
                break
            exact = self._read(ids)
            if (self._lists.nearest_lists(exact) != number).any() or ((decoded * exact).sum(axis=1) < _ALIKE).any():
                return "the lists of FAISS hold other embeddings than its file"
        same = np.array_equal(np.sort(np.concatenate(found)), self._ids)
        return "" if same else "the lists of FAISS hold other passages than its file"

    def _holds(self, ids: Ids) -> NDArray[np.bool_]:
        """Tell which ids the file holds. *Shape:* ``(n,) -> (n,)``."""
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.asarray(self._ids[places] == ids)

    def _read(self, ids: Ids) -> Embeddings:
        """Return embeddings, read and not mapped: a page that is touched would bring its neighbours into memory."""
        size = self._dim * np.dtype(np.float32).itemsize
        rows = self._rows[np.searchsorted(self._ids, ids)]
        data = b"".join(os.pread(self._descriptor, size, self._first_byte + int(row) * size) for row in rows)
        return np.frombuffer(data, dtype=np.float32).reshape(len(ids), self._dim)
