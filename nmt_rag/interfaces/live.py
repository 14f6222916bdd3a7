"""An open index that follows its folder: when another index is put in its place, that one is asked from then on.

New generations of the same index are seen by every search anyway (`nmt_rag.index`). This is for whole folders that are
put in the place of the old one, as when an index is built elsewhere and moved in: no call is interrupted, and the old
files are let go when the last call on them is done.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nmt_rag.errors import NmtRagError
from nmt_rag.models import Encoder, load_encoder
from nmt_rag.rag import Rag, open_rag


@dataclass
class _Held:
    """An open index, what tells it from another in its place, and how many calls are at work on it."""

    rag: Rag
    identity: Hashable
    calls: int = 0


class LiveRag:
    """An open index that many threads use and that follows its folder. Close it when no call is under way."""

    def __init__(self, opener: Callable[[], Rag]) -> None:
        rag = opener()
        self._opener = opener
        self._lock = threading.Lock()
        self._opening: threading.Thread | None = None
        self._refused: Hashable = None
        self._held = _Held(rag, rag.index.identity())

    @contextmanager
    def using(self) -> Iterator[Rag]:
        """Give the index for one call; it stays open until the call is done."""
        with self._lock:
            held = self._held
            held.calls += 1
        try:
            self._follow(held)
            yield held.rag
        finally:
            with self._lock:
                held.calls -= 1
                self._let_go(held)

    def close(self) -> None:
        """Close the index, after one that is being opened."""
        opening = self._opening
        if opening is not None:
            opening.join()
        self._held.rag.close()

    def _follow(self, held: _Held) -> None:
        """Begin to open what lies in the folder now, if that is another index than the one that is held for a call."""
        found = held.rag.index.identity()  # without the lock: a server may take its time to tell
        with self._lock:
            known = found in (None, held.identity, self._refused)
            if known or held is not self._held or self._opening is not None:
                return
            self._opening = threading.Thread(target=self._replace, args=(found,), name="nmt-rag-open", daemon=True)
            self._opening.start()

    def _replace(self, identity: Hashable) -> None:
        """Open what lies in the folder, and hold it instead; what cannot be opened is told once."""
        rag: Rag | None = None
        try:
            rag = self._opened()
        except Exception as error:  # whatever it is, later indexes are followed
            expected = isinstance(error, NmtRagError | OSError | ValueError)
            message = "the new index was not taken, the one before stays in use: %s"
            logging.getLogger("nmt_rag").error(message, error, exc_info=not expected)
        finally:
            with self._lock:
                before, self._opening = self._held, None
                if rag is None:
                    self._refused = identity
                else:
                    self._held = _Held(rag, identity)
                    self._let_go(before)

    def _opened(self) -> Rag:
        """Open what lies in the folder."""
        rag = self._opener()
        try:
            rag.index.refresh()  # now, rather than in the first call
        except BaseException:
            rag.close()
            raise
        return rag

    def _let_go(self, held: _Held) -> None:
        """Close an index that is no longer held, if no call is at work on it. The lock is held."""
        if held is not self._held and held.calls == 0:
            held.rag.close()


def open_live(path: Path | str | None = None, *, encoder: Encoder | str | None = "default") -> LiveRag:
    """Open an index as `nmt_rag.rag.open_rag` does, to be followed; an encoder that is named is loaded once."""
    kept = load_encoder(encoder) if isinstance(encoder, str) and encoder != "default" else encoder
    return LiveRag(lambda: open_rag(path, encoder=kept))
