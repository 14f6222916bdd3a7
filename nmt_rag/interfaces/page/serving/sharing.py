"""How the addresses that use the page share it: they take turns, and one may have so much waiting.

What is called, what is read and what is put into Gradio's queue wait apart: a page is read in a thousandth of the time
that a question takes. That queue knows no turns; `nmt_rag.interfaces.page.panes` gives its uploads theirs. Plain ASGI.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from nmt_rag.interfaces.page.serving import routes
from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Receive, Scope, Send
from nmt_rag.interfaces.serving.in_turn import InTurn

CALLS, READS = 2 * (os.cpu_count() or 2), 8
"""How many calls, such as questions, and how many requests that read are worked on at a time."""
FROM_ONE = 100
"""At most this many of each kind may be under way and waiting for one address."""
QUEUED_FROM_ONE = 20
"""At most this many events of one address, its uploads, may be in Gradio's queue, which begins 40 at a time."""
TOO_MANY = "Just nu väntar för mycket från din adress. Försök igen om en stund.\n"


class Sharing:
    """An ASGI application in front of the page and behind its doors.

    Args:
        app: what is behind it.
        queued: returns the hosts of the events in Gradio's queue, begun or not.
    """

    def __init__(self, app: App, *, queued: Callable[[], Iterable[str]] = tuple) -> None:
        def in_turn(app: App, places: int) -> App:
            return InTurn(app, places=places, from_one=FROM_ONE, refusal=TOO_MANY)

        self._app = app
        self._queued = queued
        self._calls, self._reads = in_turn(app, CALLS), in_turn(app, READS)
        self._joins = in_turn(self._join, 1)  # one after the other, so that they can be counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on when it is its address's turn; an upload on its way and a stream take none."""
        app = self._app
        if scope["type"] == "http":
            path = asgi.path(scope)
            if path in (routes.CALL, routes.JOIN):
                app = self._calls if path == routes.CALL else self._joins
            elif scope["method"] != "POST" and not routes.STREAM.fullmatch(path):
                app = self._reads
        await app(scope, receive, send)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an event on into Gradio's queue, unless its address has many there."""
        client = asgi.client_of(scope)
        if sum(asgi.client(host) == client for host in self._queued()) >= QUEUED_FROM_ONE:
            await asgi.respond(send, 429, {"content-type": "text/plain; charset=utf-8"}, TOO_MANY.encode())
        else:
            await self._app(scope, receive, send)
