"""The values that documents hold in each field, read once and caught up: what a comparison is turned into keys with.

Values of documents that are gone stay known, which harms nothing: no document has their keys.
"""

from __future__ import annotations

import threading

from nmt_rag.index.engines.protocol import Truth


class FieldValues:
    """The values in the documents of an index. Threads may share it."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._lock = threading.Lock()
        self._by_field: dict[str, set[str]] = {}
        self._last = 0

    def of(self, field: str) -> frozenset[str]:
        """Return every value, as text, that a document held in a field when the call began."""
        with self._lock:
            for number, texts in self._truth.field_texts(self._last):
                for name, text in texts:
                    self._by_field.setdefault(name, set()).add(text)
                self._last = number
            return frozenset(self._by_field.get(field, ()))
