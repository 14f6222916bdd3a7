"""Threads for matrix products: one for each product, and several products at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

__all__ = ["in_parallel", "one_blas_thread"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_parallel(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """The results of some work on each item, in order, done by as many threads as this process has cores."""
    if len(items) < 2:
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor  # not for a single question: its import takes 10 ms

    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(min(n_cores, len(items))) as pool:
        return list(pool.map(work, items))


class OneBlasThread:
    """Keeps each matrix product on one thread; batches run in parallel instead, and none waits for another.

    Threads that share one product wait for the slowest of them, time after time: beside another program on the same 2
    cores that made 105 passages a second where this makes 250 (on idle cores 370 and 480). The limit holds for the
    whole process. The first that comes sets it and the last that goes lifts it: were each to restore what it found,
    the second would restore the limit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._found: list[int] = []

    def __enter__(self) -> None:
        """Set the limit, where this is the first."""
        with self._lock:
            if not self._inside:
                self._found = [int(library.get_num_threads()) for library in _blas()]
                self._set([1] * len(self._found))
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        """Lift it, where this is the last."""
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._set(self._found)

    def _set(self, counts: Sequence[int]) -> None:
        for library, count in zip(_blas(), counts, strict=True):
            library.set_num_threads(count)
            # From 3.7 on, threadpoolctl lets only the thread that set a limit change it, until it says that it is done.
            getattr(library, "clear_controlling_thread", lambda: None)()


one_blas_thread = OneBlasThread()


@lru_cache(maxsize=1)
def _blas() -> list[Any]:
    """The BLAS libraries whose number of threads holds for the process; under OpenMP it is each thread's own."""
    import threadpoolctl

    return list(threadpoolctl.ThreadpoolController().select(threading_layer="pthreads").lib_controllers)
