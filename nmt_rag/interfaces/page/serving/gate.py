"""What stands before the web page when it is served: a password if one is wanted, and headers that keep questions home.

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
from collections.abc import Mapping
from typing import Any

from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Message, Receive, Scope, Send
from nmt_rag.interfaces.serving.failures import log_failure

HEALTH_PATH = "/halsa"
WAIT_AFTER_WRONG = 0.5
"""How long a wrong password waits for its answer (seconds)."""
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""The browser itself lets no request go to another machine. (Gradio writes scripts into the page.)"""
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
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


class PageGate:
    """An ASGI application in front of another.

    Args:
        app: what is behind it.
        password: what visitors must give; empty is none.
        hosts: the names that it may be called by; None is any.
    """

    def __init__(
        self,
        app: App,
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
        refused = await self._refused(scope)
        if refused is not None:
            await _refuse(scope, send, *refused)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Gradio lets every other site read along, where the page is not called by a name of this machine.
                kept = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(_CROSS_ORIGIN)]
                message["headers"] = [*kept, *asgi.pairs(_HEADERS)]
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:  # the server would log its message, in which Gradio repeats what was sent
            log_failure(error)

    async def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Return the status and the words of a refusal; None for a request that is let in."""
        if asgi.path(scope) == HEALTH_PATH:
            return None
        headers = asgi.headers(scope)
        if self._password and not _knows(headers.get(b"authorization", b""), self._password):
            if b"authorization" in headers:
                await asyncio.sleep(WAIT_AFTER_WRONG)
            return 401, "Sidan kräver lösenord.\n"
        if not asgi.called_by(headers, self._hosts):
            return 421, "Sidan svarar inte på det namnet.\n"
        if _from_elsewhere(scope.get("method"), headers):
            return 403, "Sidan kan bara användas från sin egen adress.\n"
        return None


def _knows(given: bytes, password: str) -> bool:
    """Tell whether a request brings the password (HTTP Basic, RFC 7617; the user name is free)."""
    scheme, _, coded = given.partition(b" ")
    if scheme.lower() != b"basic":
        return False
    try:
        _, _, brought = base64.b64decode(coded, validate=True).partition(b":")
    except binascii.Error:
        return False
    return hmac.compare_digest(brought, password.encode())


def _from_elsewhere(method: str | None, sent: Mapping[bytes, bytes]) -> bool:
    """Tell whether a page of another site makes a request; to follow a link from there is none of that.

    Browsers say where a request comes from (Fetch Metadata), or at least from which origin.
    """
    headers = {name: value.decode("latin-1").lower() for name, value in sent.items()}
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return method != "GET" or headers.get(b"sec-fetch-mode") != "navigate"
    origin = headers.get(b"origin")
    if origin is None or site is not None:
        return False
    names = (headers.get(b"host"), headers.get(b"x-forwarded-host"))  # a page cannot set the second one
    name = origin.partition("://")[2]
    return name not in names and name.rpartition(":")[0] not in names  # some proxies hand on no port


async def _refuse(scope: Scope, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = {"content-type": "text/plain; charset=utf-8", **_HEADERS}
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="Fraga kallan", charset="UTF-8"'
    await asgi.respond(send, status, headers, words.encode())
