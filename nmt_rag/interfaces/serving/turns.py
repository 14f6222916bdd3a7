"""Places that those who ask take by turns, so that who asks much keeps nobody else waiting.

Plain asyncio; it knows nothing of HTTP, and not who they are that ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Coroutine


class Turns:
    """Places that those who wait take by turns (round robin): each asker's oldest work, then the next asker's.

    Args:
        places: how many there are.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._lock = threading.Lock()

    async def take_unless(self, asker: str, gone: Callable[[], Coroutine[None, None, object]]) -> bool:
        """Wait for a place for an asker who may be gone before; return whether there is one, to be left.

        Args:
            asker: for whom.
            gone: what returns once the asker is gone; it is begun where no place is free, and cancelled in the end.
        """
        waiting, has_place = asyncio.ensure_future(self.take(asker)), False
        leaving: asyncio.Future[object] | None = None
        try:
            await asyncio.sleep(0)
            if not waiting.done():
                leaving = asyncio.ensure_future(gone())
                await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            has_place = waiting.done() and not (leaving and leaving.done())
        finally:
            if leaving:
                leaving.cancel()
            if not has_place and not waiting.cancel():
                self.leave()
        return has_place

    async def take(self, asker: str) -> None:
        """Wait for a place for an asker."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it came at the same moment
                self.leave()
            self._forget(asker, turn)
            raise

    def leave(self) -> None:
        """Let the next one take a place; any thread may call it."""
        with self._lock:
            while self._waiting:
                asker, turns = next(iter(self._waiting.items()))
                del self._waiting[asker]
                turn = turns.popleft()
                if turns:
                    self._waiting[asker] = turns  # behind all others
                with contextlib.suppress(RuntimeError):  # its event loop is over
                    turn.get_loop().call_soon_threadsafe(self._hand_over, turn)
                    return
            self._free += 1

    def _forget(self, asker: str, turn: asyncio.Future[None]) -> None:
        with self._lock:
            turns = self._waiting.get(asker, deque())
            if turn in turns:
                turns.remove(turn)
                if not turns:
                    del self._waiting[asker]

    def _hand_over(self, turn: asyncio.Future[None]) -> None:
        if turn.done():  # whoever waited is gone
            self.leave()
        else:
            turn.set_result(None)
