"""The lease of the one writer of an index in Qdrant: who writes, and for how long it is believed to be at work.

It keeps writers apart as long as each says in time that it is at work. What a writer that was silent for too long may
still send is made harmless in `nmt_rag.index.engines.qdrant.writing.writer`.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Mapping
from typing import Self

from nmt_rag.errors import IndexLockedError
from nmt_rag.index.engines.qdrant.payloads import MOMENT, Collections
from nmt_rag.index.engines.qdrant.points import AllOf, Condition, HasId, OneOf

LEASE = 60.0
"""A writer is believed to be at work at most this long after it last said so (seconds); each request takes less."""

_PROCESS = uuid.uuid4().hex[:8]


class Lease:
    """The right to write for one turn, said anew while it is used. Use `take`.

    ``is_first`` tells that the writer before ended in order, so that nothing of it is on its way.
    """

    def __init__(self, collections: Collections, holder: str, *, is_first: bool) -> None:
        self.is_first = is_first
        self._at = collections
        self._holder = holder
        self._until = time.monotonic() + LEASE

    @classmethod
    def take(cls, collections: Collections) -> Self:
        """Become the writer, where there is none or where the last one has long been silent.

        Raises:
            IndexLockedError: another writer is at work; the message names its machine and process.
        """
        payload = _held(collections)
        last = str(payload.get("writer", ""))
        is_here = not collections.cluster.exclusive or f":{_PROCESS}:" in last
        if last and is_here and float(str(payload.get("until", 0.0))) > time.time():
            raise _locked(collections, payload)
        holder = f"{socket.gethostname()}:{os.getpid()}:{_PROCESS}:{uuid.uuid4().hex[:8]}"
        lease = cls(collections, holder, is_first=not last)
        # Compare-and-set: the second writer's condition no longer matches.
        free = AllOf((HasId((MOMENT,)), OneOf("writer", (last,))))
        collections.documents.set_fields(free, lease.renewed())
        if (now := _held(collections)).get("writer") != holder:
            raise _locked(collections, now)
        return lease

    def mine(self) -> Condition:
        """Return the condition that the point `MOMENT` names this writer."""
        return AllOf((HasId((MOMENT,)), OneOf("writer", (self._holder,))))

    def renewed(self) -> dict[str, object]:
        """Return what says on the point `MOMENT` that the holder is at work from now on."""
        return {"writer": self._holder, "until": time.time() + LEASE}

    def keep_alive(self) -> None:
        """Say before a request that this writer is still at work, where it has not said so for a while.

        Raises:
            IndexLockedError: another writer has taken over.
        """
        if time.monotonic() >= self._until - LEASE / 2:
            self._at.documents.set_fields(self.mine(), self.renewed())
            self.assure()

    def assure(self) -> None:
        """See that what was written on the point `MOMENT` just now was written by the writer that it names.

        Raises:
            IndexLockedError: another writer has taken over.
        """
        if _held(self._at).get("writer") != self._holder:
            raise IndexLockedError(f"another process has taken over the writing of {self._at.address}; run it again")
        self._until = time.monotonic() + LEASE

    def release(self, *, in_order: bool) -> None:
        """Let the next one write; where this turn did not end in order, its name stays, so that the next one knows."""
        ended: dict[str, object] = {"until": 0.0}
        self._at.documents.set_fields(self.mine(), {**ended, "writer": ""} if in_order else ended)


def _held(collections: Collections) -> Mapping[str, object]:
    point = collections.documents.retrieve([MOMENT], fields=["writer", "until"]).get(MOMENT)
    return {} if point is None else point.payload


def _locked(collections: Collections, payload: Mapping[str, object]) -> IndexLockedError:
    return IndexLockedError(
        f"the index {collections.address} is being written by {payload.get('writer', 'another process')}; "
        "wait until it is done and try again"
    )
