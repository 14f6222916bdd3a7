"""What stands before the HTTP interface: who may come in, how often, with how much, and for how long.

Plain ASGI (https://asgi.readthedocs.io), which knows no route but the two that tell whether the server lives. It counts
requests, and writes no access log: nothing that a client sends is kept or logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hmac
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nmt_rag.interfaces.http import problems
from nmt_rag.interfaces.http.counters import Counters
from nmt_rag.interfaces.http.problems import HttpProblem
from nmt_rag.interfaces.http.threads import ASKER
from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Message, Receive, Scope, Send
from nmt_rag.interfaces.serving.failures import log_failure

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""What whoever watches the server may always ask, without token and limit."""
MAX_CLIENTS = 10_000
"""At most this many addresses are remembered by the limit of requests; the quiet longest are forgotten first."""
MOST_THROWN_AWAY = 4_000_000
"""At most this much of a body that is too long is read before the connection is closed (bytes)."""
SECONDS_THROWN_AWAY = 1.0
"""At most this long is waited for it (seconds)."""
MORE = "nmt_rag.more"
"""In a scope: a function by which what is behind the gate counts a request as so many more; it may hold several."""

_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
_LAST = {"Connection": "close"}  # a body that is not read to its end leaves no place for a next request
_HEADERS = {
    "cache-control": "no-store",  # a proxy that kept an answer would keep the question
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server takes.

    ``body_bytes`` is the longest body of a request, ``seconds`` how long one may take from its first byte to its last,
    ``a_minute`` how many requests one address may send (0: any number), ``at_once`` how many may be under way,
    ``from_one`` how many of them may come from one address (None: half of those), ``hosts`` the names by which the
    server may be called (None: any).
    """

    body_bytes: int = 65_536
    seconds: float = 30.0
    a_minute: int = 600
    at_once: int = 512
    from_one: int | None = None
    hosts: frozenset[str] | None = None


class Rates:
    """How many requests each client still has: a bucket that fills by the minute's share every second.

    Args:
        a_minute: requests a minute, and at most so many at once.
        clock: seconds that only go forward.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Take one request of a client; return 0, or the seconds until there is one to take."""
        now = self._clock()
        left, since = self._left.pop(client, (float(self._a_minute), now))
        left = min(float(self._a_minute), left + (now - since) * self._a_minute / 60)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > MAX_CLIENTS:
            del self._left[next(iter(self._left))]
        return 0.0 if left >= 1 else (1 - left) * 60 / self._a_minute

    def owe(self, client: str, more: int) -> None:
        """Take more requests of a client whose last one was let in; what it does not have, it waits for next time."""
        left, since = self._left.get(client, (float(self._a_minute), self._clock()))
        self._left[client] = (left - more, since)


class Gate:
    """An ASGI application around another: lets in what keeps the limits, and answers the rest with a problem.

    Args:
        app: what is behind it.
        limits: how much it lets in.
        counters: where requests are counted.
        route: a path → its name in the counts.
        token: what a client must send as ``Authorization: Bearer …``; None where all may come in.
        clock: see `Rates`.
    """

    def __init__(
        self,
        app: App,
        limits: Limits,
        counters: Counters,
        route: Callable[[str], str],
        *,
        token: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limits = limits
        self._counters = counters
        self._route = route
        self._token = None if token is None else token.encode()
        self._rates = Rates(limits.a_minute, clock) if limits.a_minute else None
        self._from_one = limits.from_one or max(1, limits.at_once // 2)
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(send)
        began, client = time.perf_counter(), asgi.client_of(scope)
        self._counters.under_way += 1
        self._under_way[client] += 1
        ASKER.set(client)
        try:
            problem = await self._served(scope, receive, reply)
            if problem is not None and not reply.status:
                await reply.tell(problem)
        finally:
            self._counters.under_way -= 1
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._counters.served(self._route(asgi.path(scope)), method, reply.status, time.perf_counter() - began)

    async def _served(self, scope: Scope, receive: Receive, reply: _Reply) -> HttpProblem | None:
        """Let a request in, or return the problem with it."""
        headers = asgi.headers(scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            return refused
        inside = False
        try:
            async with asyncio.timeout(self._limits.seconds):
                body = await self._body(headers, receive)
                if isinstance(body, HttpProblem):
                    return body
                inside = True
                await self._watched(scope, body, receive, reply)
        except TimeoutError:
            if inside:
                return problems.busy(f"It took longer than {self._limits.seconds:g} seconds; try again later.")
            return HttpProblem(408, f"The body did not come within {self._limits.seconds:g} seconds.", _LAST)
        except _Gone:
            return None
        except Exception as error:
            log_failure(error)
            return HttpProblem(500, "Something went wrong in the server; its log says what.")
        return None

    async def _watched(self, scope: Scope, body: bytes, receive: Receive, reply: _Reply) -> None:
        """Run what is behind the gate, and stop it when its client goes away.

        Raises:
            _Gone: the client went before the response was whole.
        """
        inbox: asyncio.Queue[Message] = asyncio.Queue()

        async def watch() -> None:
            message: Message = {"type": ""}
            while message["type"] != "http.disconnect":
                message = await receive()
                inbox.put_nowait(message)
                await asyncio.sleep(0)

        inner = {**scope, MORE: functools.partial(self._count_more, asgi.client_of(scope))}
        if scope["method"] == "HEAD":
            inner["method"] = "GET"  # RFC 9110, 9.3.2; the server that runs all this leaves the body out
        work = asyncio.ensure_future(self._app(inner, asgi.replayed(body, inbox.get), reply))
        watcher = asyncio.ensure_future(watch())
        try:
            await asyncio.wait({work, watcher}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and not reply.whole:
                work.cancel()
                raise _Gone
            await work
        finally:
            for task in (work, watcher):
                task.cancel()
            await asyncio.gather(work, watcher, return_exceptions=True)

    def _count_more(self, client: str, more: int) -> None:
        if self._rates:
            self._rates.owe(client, more)

    def _refused(self, scope: Scope, headers: Mapping[bytes, bytes]) -> HttpProblem | None:
        """Return why a request is not let in, before anything of its body is read; None where it is."""
        if asgi.path(scope) in OPEN_PATHS:
            return None
        wait = self._rates.wait(asgi.client_of(scope)) if self._rates else 0.0
        if wait:
            retry = {"Retry-After": str(int(wait) + 1)}
            return HttpProblem(429, f"More than {self._limits.a_minute} requests a minute; wait, then go on.", retry)
        if self._counters.under_way > self._limits.at_once:
            return problems.busy(f"More than {self._limits.at_once} requests are under way; try again.")
        if self._under_way[asgi.client_of(scope)] > self._from_one:
            detail = f"More than {self._from_one} requests of yours are under way; wait, then go on."
            return HttpProblem(429, detail, {"Retry-After": str(problems.RETRY_SECONDS)})
        if not asgi.called_by(headers, self._limits.hosts):
            return HttpProblem(421, "This server is not called by that name; whoever started it can allow the name.")
        if self._token is not None and not _authorized(headers.get(b"authorization", b""), self._token):
            return HttpProblem(401, "Send the token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
        content = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if scope["method"] == "POST" and content != b"application/json":
            return HttpProblem(415, "Send the body as Content-Type: application/json.")
        return None

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes | HttpProblem:
        """Return the body, or the problem where it is too long; of that one only so much is read as is on its way."""
        too_long = HttpProblem(413, f"The body is longer than {self._limits.body_bytes} bytes.", _LAST)
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > self._limits.body_bytes:
            await _thrown_away(receive)
            return too_long
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += bytes(message.get("body", b""))
            if len(body) > self._limits.body_bytes:
                if message.get("more_body", False):
                    await _thrown_away(receive)
                return too_long
            if not message.get("more_body", False):
                return body


class _Gone(Exception):
    """The client went away in the middle of its request."""


class _Reply:
    """Sends a response on, with the headers that each has; remembers its status (0 before it began) and its end."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.whole = False

    async def __call__(self, message: Message) -> None:
        self.whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *asgi.pairs(_HEADERS)]}
        await self._send(message)

    async def tell(self, problem: HttpProblem) -> None:
        """Send a problem as the whole response."""
        body = problem.body()
        headers = {"content-type": problems.MEDIA_TYPE, "content-length": str(len(body)), **problem.headers}
        await asgi.respond(self, problem.status, headers, body)


async def _thrown_away(receive: Receive) -> None:
    """Read what is left of a body, within limits: a client that is cut off while it writes never sees the answer."""
    left = MOST_THROWN_AWAY
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_THROWN_AWAY):
            while left > 0:
                message = await receive()
                left -= max(1, len(message.get("body", b"")))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return


def _authorized(sent: bytes, token: bytes) -> bool:
    """Tell whether a header holds the token, in a time that does not tell how much of it is right."""
    scheme, _, given = sent.partition(b" ")
    return hmac.compare_digest(given.strip(), token) and scheme.lower() == b"bearer"
