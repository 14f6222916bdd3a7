"""What blocks a server, in threads: work on the index that is open now, and answers that come in parts.

Those who ask take turns, so that who asks much keeps nobody else waiting. Plain asyncio; it knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TypeVar

from nmt_rag.answering import giving_up
from nmt_rag.interfaces.live import LiveRag
from nmt_rag.interfaces.serving.turns import Turns
from nmt_rag.rag import Rag

_T = TypeVar("_T")
_Q = TypeVar("_Q")

ASKER: ContextVar[str] = ContextVar("ASKER", default="")
"""For whom the current task works."""


class IndexThreads:
    """Threads that work on an open index.

    Args:
        live: the index.
        threads: how much is worked on at a time; what comes meanwhile waits for its turn. Those for whom something
            waits (`ASKER`) have one turn each, then the next.
    """

    def __init__(self, live: LiveRag, threads: int) -> None:
        self._live = live
        self._n_threads = threads
        self._threads = self._made()
        self._turns = Turns(threads)

    async def __call__(self, work: Callable[[Rag], _T]) -> _T:
        """Return what some work on the index returns; where the waiting for it ends, it is given up."""
        enough = threading.Event()

        def read(rag: Rag) -> _T:
            with giving_up.until(enough):
                return work(rag)

        done = await self._begun(read)
        try:
            return await done
        finally:
            enough.set()

    async def aside(self, work: Callable[[Rag], _T]) -> _T:
        """Return what some short work on the index returns; it does not wait for its turn."""
        return await asyncio.to_thread(self._on_index, work)

    async def each(self, asked: Sequence[_Q], work: Callable[[_Q], Awaitable[_T]]) -> list[_T]:
        """Return what some work returns for each of what was asked together, in its order.

        No more of it waits for a thread than there are: what else is asked for comes in between. Where some fails, the
        rest is given up.
        """
        places = asyncio.Semaphore(self._n_threads)

        async def done(one: _Q) -> _T:
            async with places:
                return await work(one)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(done(one)) for one in asked]
        except BaseExceptionGroup as failed:  # each error has its own reply; the first one's is given
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]

    async def parts(self, work: Callable[[Rag], Iterator[_T]]) -> AsyncGenerator[_T, None]:
        """Yield what some work on the index yields, as it comes; one thread does all of it, on one index.

        Who stops listening, stops the work at its next part, or where it asks whether it is given up.
        """
        loop, enough = asyncio.get_running_loop(), threading.Event()
        heard: asyncio.Queue[_T | None] = asyncio.Queue()

        def tell(part: _T | None) -> None:
            with contextlib.suppress(RuntimeError):  # the server is gone
                loop.call_soon_threadsafe(heard.put_nowait, part)

        def read(rag: Rag) -> None:
            try:
                with giving_up.until(enough):
                    for part in () if enough.is_set() else work(rag):
                        if enough.is_set():
                            return
                        tell(part)
            finally:
                tell(None)

        done = await self._begun(read)
        done.add_done_callback(lambda future: future.cancelled() or future.exception())  # else asyncio would log it
        try:
            while (part := await heard.get()) is not None:
                yield part
            await done
        finally:
            enough.set()

    @contextlib.asynccontextmanager
    async def until_done(self, _: object) -> AsyncIterator[None]:
        """Wait at the end for what is under way; who starts the server once more finds it as it was."""
        yield
        before, self._threads = self._threads, self._made()
        before.shutdown()

    async def _begun(self, work: Callable[[Rag], _T]) -> asyncio.Future[_T]:
        """Begin some work when it is its turn; return what it will return."""
        await self._turns.take(ASKER.get())
        try:
            running = self._threads.submit(self._on_index, work)
        except BaseException:
            self._turns.leave()
            raise
        running.add_done_callback(lambda _: self._turns.leave())  # not before: a thread that nobody waits for runs on
        return asyncio.wrap_future(running)

    def _made(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._n_threads, thread_name_prefix="nmt-rag")

    def _on_index(self, work: Callable[[Rag], _T]) -> _T:
        with self._live.using() as rag:
            return work(rag)
