"""What the doors of the servers have in common, in ASGI terms (https://asgi.readthedocs.io): names and responses."""

from __future__ import annotations

import ipaddress
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

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_HOST = re.compile(r"(?:\[(?P<address>[\da-f:.]+)\]|(?P<name>[^\s:\[\]]+))(?::\d*)?")


def headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers of a request by their names in lower case."""
    return {name.lower(): value for name, value in scope["headers"]}


def path(scope: Scope) -> str:
    """Return the path of a request within the application, which may be mounted under another path."""
    whole, mounted = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return whole.removeprefix(mounted) if whole.startswith(f"{mounted}/") else whole


def client(host: str) -> str:
    """Return whose address it is: an IPv4 address, or for IPv6 the network that one customer has.

    That is a /56, as providers give a household (RFC 6177): whoever has it chooses among 256 networks of /64.
    An IPv4 address that is written or carried as an IPv6 one is a customer of its own. All that is no address is one
    client, the empty one.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])  # behind it stands by which way this machine reaches it
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if address in _NAT64:
        inner = ipaddress.IPv4Address(address.packed[-4:])
    return str(inner) if inner else f"{address.exploded[:17]}00"


def client_of(scope: Scope) -> str:
    """Return whose request it is."""
    return client(str((scope.get("client") or ("",))[0]))


def called_by(sent: Mapping[bytes, bytes], names: Collection[str] | None) -> bool:
    """Tell whether a request calls the server by one of its names.

    A page of another site may let its own name lead to this machine (DNS rebinding); by that name it is told apart.
    Starlette's ``TrustedHostMiddleware`` does not do: it answers 400 in words of its own, where each interface answers
    421 (RFC 9110) in its own form, and it stands before every path, also those that whoever watches a server asks.

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


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives a body that was read already, once, and after that what the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def respond(send: Send, status: int, sent: Mapping[str, str], body: bytes) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": status, "headers": pairs(sent)})
    await send({"type": "http.response.body", "body": body})
