"""Requests that are worked on by turns of their addresses, few at a time; one whose client left before is not."""

from __future__ import annotations

from collections import Counter

from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Message, Receive, Scope, Send
from nmt_rag.interfaces.serving.turns import Turns


class InTurn:
    """An ASGI application in front of another, which does all its work before its response begins.

    With the response a request leaves its place: a client that reads slowly holds nobody up.

    Args:
        app: what is behind it.
        places: how many requests are worked on at a time.
        from_one: how many of one address may be under way and waiting; more are answered with 429 (RFC 6585).
        refusal: what these are told, plain text.
    """

    def __init__(self, app: App, *, places: int, from_one: int, refusal: str) -> None:
        self._app = app
        self._turns = Turns(places)
        self._from_one = from_one
        self._refusal = refusal
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on when it is its address's turn."""
        client = asgi.client_of(scope)
        if self._under_way[client] >= self._from_one:
            await asgi.respond(send, 429, {"content-type": "text/plain; charset=utf-8"}, self._refusal.encode())
            return
        self._under_way[client] += 1
        try:
            await self._in_turn(client, scope, receive, send)
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]

    async def _in_turn(self, client: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a place and hand a request on, unless its client leaves before."""
        came: list[Message] = []

        async def gone() -> None:
            while not came or came[-1]["type"] != "http.disconnect":
                came.append(await receive())

        async def told() -> Message:
            return came.pop(0) if came else await receive()

        has_place = await self._turns.take_unless(client, gone)

        def leave() -> None:
            nonlocal has_place
            if has_place:
                has_place = False
                self._turns.leave()

        async def begun(message: Message) -> None:
            leave()
            await send(message)

        try:
            if has_place:
                await self._app(scope, told, begun)
        finally:
            leave()
