"""What stands before the web demo when it is served: a password if one is wanted, and headers that keep questions home.

Plain ASGI, so that it covers every route, the files of the page and the events alike. A wrong password is answered
slowly; the question of a health check needs none. A page of another site may link here, and no more. Which routes there
are is `nmt_rag.interfaces.page.serving.routes`'s.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from nmt_rag.interfaces.failures import log_failure

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEALTH_PATH = "/halsa"
WAIT_AFTER_WRONG = 0.5
"""How long a wrong password waits for its answer (seconds)."""
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""The browser itself lets no request go to another machine. (Gradio writes scripts into the page.)"""
_HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_CROSS_ORIGIN = b"access-control-"


class Quiet:
    """Stands for the module ``traceback`` where a library prints whole errors: their message may hold a question."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        """Return what the module has of that name."""
        return getattr(traceback, name)

    def print_exc(self, *_: object, **__: object) -> None:
        """Log the error that is being handled, without its message."""
        error = sys.exc_info()[1]
        if error is not None:
            log_failure(error)


class Gate:
    """An ASGI application in front of another.

    Args:
        app: what is behind it.
        password: what visitors must give; empty is none.
        hosts: the names that it may be called by; None is any.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        *,
        password: str = "",
        hosts: frozenset[str] | None = None,
    ) -> None:
        self._app = app
        self._password = password
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with our headers on its answer, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        healthy = scope["path"].removeprefix(scope.get("root_path", "")) == HEALTH_PATH
        if self._password and not healthy and not _knows(scope, self._password):
            if any(name == b"authorization" for name, _ in scope["headers"]):
                await asyncio.sleep(WAIT_AFTER_WRONG)
            await _refuse(scope, send, 401, "Sidan kräver lösenord.\n")
            return
        if self._hosts is not None and not healthy and _host(scope) not in self._hosts:
            # Another site may let its name lead to this machine, to read along in a visitor's browser.
            await _refuse(scope, send, 421, "Sidan svarar inte på det namnet.\n")
            return
        if not healthy and _from_elsewhere(scope):
            await _refuse(scope, send, 403, "Sidan kan bara användas från sin egen adress.\n")
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                # Gradio lets every other site read along, where the page is not called by a name of this machine.
                kept = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(_CROSS_ORIGIN)]
                message["headers"] = [*kept, *_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:  # the server would log its message, in which Gradio repeats what was sent
            log_failure(error)


def _knows(scope: Scope, password: str) -> bool:
    """Tell whether a request brings the password (HTTP Basic, RFC 7617; the user name is free)."""
    given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, coded = given.partition(b" ")
    if scheme.lower() != b"basic":
        return False
    try:
        _, _, brought = base64.b64decode(coded, validate=True).partition(b":")
    except binascii.Error:
        return False
    return hmac.compare_digest(brought, password.encode())


def _from_elsewhere(scope: Scope) -> bool:
    """Tell whether a page of another site makes a request; to follow a link from there is none of that.

    Browsers say where a request comes from (Fetch Metadata), or at least from which origin.
    """
    headers = {name.lower(): value.decode("latin-1").lower() for name, value in scope["headers"]}
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return scope.get("method") != "GET" or headers.get(b"sec-fetch-mode") != "navigate"
    origin = headers.get(b"origin")
    if origin is None or site is not None:
        return False
    names = (headers.get(b"host"), headers.get(b"x-forwarded-host"))  # a page cannot set the second one
    name = origin.partition("://")[2]
    return name not in names and name.rpartition(":")[0] not in names  # some proxies hand on no port


def _host(scope: Scope) -> str:
    """Return the name that a request calls the server by, without its port."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return given[1:].partition("]")[0] if given.startswith("[") else given.partition(":")[0]


async def _refuse(scope: Scope, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="Fraga kallan", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
