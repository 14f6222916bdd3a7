"""What a server grants a connection before its request is there: so many of one address, and so long for the headers.

It is uvicorn's (https://uvicorn.dev), which waits without end for the first request. What holds from the headers on is
told by the gates of the HTTP interface and of the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from nmt_rag.interfaces.serving import asgi

HEADER_SECONDS = 15.0
"""How long a request's headers may take (seconds): the first one's from the connection on, later from a first byte."""
MOST_FROM_ONE = 500
"""At most this many connections one address may have to a process; a proxy that is trusted has any number."""
MOST_FILES = 65_536
"""How many open files are asked of the system, which counts each connection as one."""
LOG_SECONDS = 60.0
"""What anyone can have logged by connecting is logged once in so long."""


class Protocol(H11Protocol):
    """uvicorn's connection, closed where its headers do not come, or where its address has too many.

    What follows a response that came before the end of its request's body counts as the next request's headers.
    """

    _open: ClassVar[Counter[str]] = Counter()
    """How many connections each address has."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._address = ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request, or close the connection."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self._address = asgi.client(host)
        self._open[self._address] += 1
        trusted = isinstance(self.app, ProxyHeadersMiddleware) and host in self.app.trusted_hosts
        if self._open[self._address] > MOST_FROM_ONE and not trusted:
            transport.abort()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        super().connection_lost(exc)
        self._forget()
        self._open[self._address] -= 1
        if not self._open[self._address]:
            del self._open[self._address]

    def data_received(self, data: bytes) -> None:
        """Take in what came, and set or lift the time for headers."""
        super().data_received(data)
        if self._awaits_headers():
            self._watch()
        else:
            self._forget()

    def _awaits_headers(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _watch(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self._end)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        self._deadline = None
        if self._awaits_headers():
            self.transport.abort()


class _Seldom(logging.Filter):
    """Lets what anyone can have logged pass once a minute, and says of the system's refusals what matters."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is logged."""
        kind = next((kind for kind in _ANYONES if str(record.msg).startswith(kind)), None)
        if kind is None:
            return True
        now, one = self._clock(), f"{kind} {record.args}"
        if now - self._passed.get(one, -LOG_SECONDS) < LOG_SECONDS:
            return False
        self._passed[one] = now
        if kind == _NO_ROOM and record.exc_info:
            record.msg, record.args = f"new connections wait: {record.exc_info[1]}", None
            record.exc_info = None
        return True


_NO_ROOM = "socket.accept() out of system resource"  # asyncio's, up to 2,048 times a second, each with a traceback
_ANYONES = (
    _NO_ROOM,
    "ASGI callable returned without",  # a stream whose reader left
    "Invalid HTTP request",
    "No supported WebSocket library",
    "Unsupported upgrade request",
    "a request failed",  # each place of its own
)
_SELDOM = _Seldom()


def prepare() -> None:
    """Make this process ready for many connections: more open files, where the system grants them, and a quiet log."""
    for name in ("asyncio", "nmt_rag", "uvicorn.error"):
        logging.getLogger(name).addFilter(_SELDOM)
    if sys.platform == "win32":  # it has no such limit
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS has a lower limit beside the one that it tells
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
