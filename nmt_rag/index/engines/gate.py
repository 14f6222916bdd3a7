"""A gate for many searches or one change: FAISS indexes may be read by many threads but not while they change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
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
