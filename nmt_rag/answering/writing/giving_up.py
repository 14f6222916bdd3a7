"""Work that nobody waits for any more: whoever asked for it says so, and what does it can ask.

It goes along in the context of a thread, so that nothing in between has to hand it on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_given_up: ContextVar[threading.Event | None] = ContextVar("nmt_rag_given_up", default=None)


@contextmanager
def until(given_up: threading.Event) -> Iterator[None]:
    """Run a block of work that is given up when an event is set."""
    before = _given_up.set(given_up)
    try:
        yield
    finally:
        _given_up.reset(before)


def is_given_up() -> bool:
    """Tell whether nobody waits for the work that runs here."""
    event = _given_up.get()
    return event is not None and event.is_set()
