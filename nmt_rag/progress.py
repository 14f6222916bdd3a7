"""Long work and its terminal: a count on stderr after two seconds, and processes that Ctrl-C leaves alone.

Work that a caller did not ask for, such as building a damaged file again, is only counted inside `shown`, which the
command line uses: a library does not write on its host's terminal unasked.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

_T = TypeVar("_T")

PROGRESS_AFTER = 2.0
"""What is quicker than this shows nothing (seconds): it would only flicker."""

_shown: ContextVar[bool] = ContextVar("nmt_rag.progress.shown", default=False)


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Let all work inside show how far it is."""
    token = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(token)


@contextlib.contextmanager
def without_interrupt() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: a terminal sends it to all, and this process tells them to stop."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def at_end_of_parent(end: Callable[[], object]) -> None:
    """Call a function, in a thread, when the process that started this one is gone, killed as it may be."""
    import multiprocessing  # only who starts processes needs it
    import threading

    def wait(parent: multiprocessing.process.BaseProcess) -> None:
        parent.join()
        end()

    if parent := multiprocessing.parent_process():
        threading.Thread(target=wait, args=(parent,), daemon=True).start()


def counter(what: str, unit: str, *, wanted: bool = False, at_once: bool = False) -> contextlib.closing[Any]:
    """Return a counter for a ``with`` statement, whose ``update(n)`` counts.

    Args:
        what: the work, as in ``"Indexing"``.
        unit: what is counted, as in ``"documents"``.
        wanted: show it outside of `shown`, too.
        at_once: show it from the beginning, because a single step may take longer than `PROGRESS_AFTER`.
    """
    return contextlib.closing(_bar(None, what, unit, wanted or _shown.get(), 0.0 if at_once else PROGRESS_AFTER))


def counted(rows: Iterable[_T], what: str, unit: str, *, wanted: bool) -> Iterable[_T]:
    """Return rows as they come, counted where that is wanted."""
    passed: Iterable[_T] = _bar(rows, what, unit, wanted, PROGRESS_AFTER)
    return passed


class _Unseen:
    """A counter that nobody sees: it needs no library, whose import would take a tenth of a first answer's time."""

    def update(self, n: int = 1) -> None:
        """Count nothing."""

    def close(self) -> None:
        """Close nothing."""


def _bar(rows: Iterable[Any] | None, what: str, unit: str, wanted: bool, delay: float) -> Any:  # noqa: ANN401
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        return _Unseen() if rows is None else rows
    from tqdm import tqdm

    return tqdm(rows, desc=what, unit=f" {unit}", delay=delay)
