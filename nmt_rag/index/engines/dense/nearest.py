"""The exact search of one FAISS index, for one question on one thread: polarity, the sentinel -1, ties and rounding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Embeddings = NDArray[np.float32]

_FAISS: Any = faiss  # its type stubs know the C++ signatures, not the Python ones

SCORE_DECIMALS = 6
"""Scores are rounded to this: equal embeddings may differ in the last bit by where they lie, and must tie."""

_TIE_MARGIN = 16
"""How many results more than k are fetched first, so that ties at the cut are seen."""

NO_IDS: Ids = np.empty(0, dtype=np.int64)


def nearest(
    index: Any,  # noqa: ANN401 - FAISS's types are no help
    query: Embeddings,
    k: int,
    allowed: Ids | None,
    gone: Ids,
) -> list[tuple[int, float]]:
    """Return what holds the k best ``(id, cosine)`` of a FAISS index, of those allowed and not gone."""
    candidates = int(index.ntotal) - len(gone)
    if allowed is not None:
        allowed = np.setdiff1d(allowed, gone) if len(gone) else allowed
        candidates = min(candidates, len(allowed))
    selector, _memory = selector_of(gone, but=True) if allowed is None else selector_of(allowed)
    parameters = _FAISS.SearchParameters(sel=selector) if selector else None
    fetched = min(k + _TIE_MARGIN, candidates)
    while fetched > 0:
        with one_thread():
            scores, ids = index.search(query[np.newaxis], fetched, params=parameters)
        hits = [(int(i), round(float(s), SCORE_DECIMALS)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
        if fetched == candidates or len(hits) < fetched or hits[-1][1] < hits[k - 1][1]:
            return hits
        fetched = min(fetched * 2, candidates)
    return []


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
    mask = np.zeros(int(ids.max(initial=0)) + 1, dtype=bool)
    mask[ids] = True
    bitmap = np.packbits(mask, bitorder="little")
    selector = _FAISS.IDSelectorBitmap(bitmap)
    chosen = _FAISS.IDSelectorNot(selector) if but else selector
    return chosen, (selector, bitmap)
