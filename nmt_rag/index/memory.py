"""What was worked out of a document, kept until the index changes, so that the next question finds it ready.

It holds a bounded number of characters, those of the documents used last, and knows nothing of what it holds.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

CHARACTERS = 4_000_000
"""Documents of so many characters together are remembered: all 209 agency instructions are 1.5 million. What answering
keeps of them (text, passages with their contexts, words) takes about ten bytes a character."""


class Memory:
    """Values under keys, all of one generation of an index. Threads may share it.

    Args:
        characters: how much is held at most; a value that is larger by itself is not held.
    """

    def __init__(self, characters: int = CHARACTERS) -> None:
        self._limit = characters
        self._lock = threading.Lock()
        self._generation = -1
        self._held: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._characters = 0

    def recall(self, generation: int, key: Hashable) -> object | None:
        """Return what was kept under a key in this generation, or None."""
        with self._lock:
            if generation != self._generation or key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def keep(self, generation: int, key: Hashable, value: object, characters: int) -> None:
        """Keep a value; what is of an earlier generation, or was not used for longest, goes."""
        with self._lock:
            if generation < self._generation or characters > self._limit:
                return
            if generation > self._generation:
                self._generation, self._characters = generation, 0
                self._held.clear()
            self._characters += characters - self._held.pop(key, (None, 0))[1]
            self._held[key] = value, characters
            while self._characters > self._limit:
                self._characters -= self._held.popitem(last=False)[1][1]
