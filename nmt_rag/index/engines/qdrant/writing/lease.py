"""The lease of the one writer of an index in Qdrant: who writes, and for how long it is believed to be at work."""

from __future__ import annotations

import time
from collections.abc import Mapping

from nmt_rag.errors import IndexLockedError
from nmt_rag.index.engines.qdrant.payloads import MOMENT, Collections
from nmt_rag.index.engines.qdrant.points import AllOf, Ids, OneOf

LEASE = 60.0
"""So long (seconds) a writer is believed to be at work after it last said so; each request takes less."""


class Lease:
    """The right to write for one turn, said anew while it is used; no holder where there can be one writer only."""

    def __init__(self, collections: Collections, holder: str | None) -> None:
        self._at = collections
        self.holder = holder
        self._until = time.monotonic() + LEASE

    def renewed(self) -> dict[str, object]:
        """Return what says on the point `MOMENT` that the holder is at work from now on."""
        return {} if self.holder is None else {"writer": self.holder, "until": time.time() + LEASE}

    def work(self) -> None:
        """Say before each request that this writer is still at work, where it has not said so for a while.

        Raises:
            IndexLockedError: another writer has taken over, or may have.
        """
        if self.holder is None or time.monotonic() < self._until - LEASE / 2:
            return
        if time.monotonic() > self._until:
            held = _lease(self._at)
            if held.get("writer") not in ("", self.holder):
                raise _locked(self._at, held)
            raise IndexLockedError(
                f"this process has been silent for too long to go on writing {self._at.address}; run the same again"
            )
        take_lease(self._at, self.holder)
        self._until = time.monotonic() + LEASE


def take_lease(collections: Collections, holder: str) -> None:
    """Make one the writer, where there is none, where it is already, or where the last one has long been silent.

    Raises:
        IndexLockedError: another writer is at work; the message names its machine and process.
    """
    payload = _lease(collections)
    last = str(payload.get("writer", ""))
    if last not in ("", holder) and float(str(payload.get("until", 0.0))) > time.time():
        raise _locked(collections, payload)
    # Of two that come here at once the second does not find the writer that it has read, and takes nothing.
    free = AllOf((Ids((MOMENT,)), OneOf("writer", (last,))))
    collections.documents.set_fields(free, {"writer": holder, "until": time.time() + LEASE})
    if (now := _lease(collections)).get("writer") != holder:
        raise _locked(collections, now)


def _lease(collections: Collections) -> Mapping[str, object]:
    point = collections.documents.retrieve([MOMENT], fields=["writer", "until"]).get(MOMENT)
    return {} if point is None else point.payload


def _locked(collections: Collections, payload: Mapping[str, object]) -> IndexLockedError:
    return IndexLockedError(
        f"the index {collections.address} is being written by {payload.get('writer', 'another process')}; "
        "wait until it is done and try again"
    )
