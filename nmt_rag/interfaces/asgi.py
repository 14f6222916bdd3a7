"""What the doors of the servers have in common, in ASGI terms (https://asgi.readthedocs.io): names and responses."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine."""

_HOST = re.compile(r"(?:\[(?P<address>[\da-f:.]+)\]|(?P<name>[^\s:\[\]]+))(?::\d*)?")


def headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers of a request by their names in lower case."""
    return {name.lower(): value for name, value in scope["headers"]}


def called_by(sent: Mapping[bytes, bytes], names: Collection[str] | None) -> bool:
    """Tell whether a request calls the server by one of its names.

    A page of another site may let its own name lead to this machine (DNS rebinding); by that name it is told apart.

    Args:
        sent: the request's headers, from `headers`.
        names: in any case, IPv6 addresses in brackets or without; None is any name, also none at all.
    """
    if names is None:
        return True
    found = _HOST.fullmatch(sent.get(b"host", b"").decode("latin-1").lower())
    return found is not None and (found["address"] or found["name"]) in {one.lower().strip("[]") for one in names}


def pairs(sent: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI sends them."""
    return [(name.lower().encode(), value.encode()) for name, value in sent.items()]


async def respond(send: Send, status: int, sent: Mapping[str, str], body: bytes) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": status, "headers": pairs(sent)})
    await send({"type": "http.response.body", "body": body})
