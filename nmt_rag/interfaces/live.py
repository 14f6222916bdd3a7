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
            self._follow()
            held = self._held
            held.calls += 1
        try:
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

    def _follow(self) -> None:
        """Begin to open what lies in the folder now, if that is another index. The lock is held."""
        found = self._held.rag.index.identity()
        if found in (None, self._held.identity, self._refused) or self._opening is not None:
            return
        self._opening = threading.Thread(target=self._replace, args=(found,), name="nmt-rag-open", daemon=True)
        self._opening.start()

    def _replace(self, identity: Hashable) -> None:
        """Open what lies in the folder, and hold it instead; what cannot be opened is told once."""
        try:
            rag = self._opener()
            try:
                rag.index.refresh()  # now, rather than in the first call
            except BaseException:
                rag.close()
                raise
        except (NmtRagError, OSError, ValueError) as error:
            logging.getLogger("nmt_rag").error("the new index was not taken, the one before stays in use: %s", error)
            with self._lock:
                self._refused, self._opening = identity, None
            return
        with self._lock:
            before, self._held, self._opening = self._held, _Held(rag, identity), None
            self._let_go(before)

    def _let_go(self, held: _Held) -> None:
        """Close an index that is no longer held, if no call is at work on it. The lock is held."""
        if held is not self._held and held.calls == 0:
            held.rag.close()


def open_live(path: Path | str | None = None, *, encoder: Encoder | str | None = "default") -> LiveRag:
    """Open an index as `nmt_rag.rag.open_rag` does, to be followed; an encoder that is named is loaded once."""
    kept = load_encoder(encoder) if isinstance(encoder, str) and encoder != "default" else encoder
    return LiveRag(lambda: open_rag(path, encoder=kept))
