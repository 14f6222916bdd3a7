"""MCP over stdin and stdout: what was asked is answered, also where stdin ends first, or where it is not Unicode.

It stands between the official package's streams and its server, which drops a request that it cannot read, and what it
is still working on when its input ends. It reads no request but for its id.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)
from pydantic import ValidationError

LAST_SECONDS = 150.0
"""How long what was asked is still worked on when stdin has ended (seconds)."""
UNREADABLE = "The line is no JSON-RPC 2.0 request in Unicode; it may hold half a surrogate pair, which is no character."

Item = SessionMessage | Exception
Serve = Callable[[MemoryObjectReceiveStream[Item], MemoryObjectSendStream[SessionMessage]], Awaitable[None]]


async def over_stdio(serve: Serve) -> None:
    """Serve over stdin and stdout until stdin ends and all that was asked is answered.

    Args:
        serve: runs the server on a stream of what comes in and one of what goes out, until the first is closed.
    """
    async with stdio_server() as (incoming, outgoing):
        await between(incoming, outgoing, serve)


async def between(incoming: Any, outgoing: Any, serve: Serve) -> None:  # noqa: ANN401 - the package's own streams
    """Serve on two streams of the official package; see `over_stdio`."""
    to_server, read = anyio.create_memory_object_stream[Item](0)
    write, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    waiting: set[Any] = set()
    settled = anyio.Condition()

    async def settle(request_id: object) -> None:
        async with settled:
            waiting.discard(request_id)
            settled.notify_all()

    async def take_in() -> None:
        """Pass on what comes in; at its end the requests that wait have some seconds left."""
        async with to_server:
            async for item in incoming:
                if isinstance(item, Exception) and (refusal := _refusal(item)) is not None:
                    await outgoing.send(refusal)
                    continue
                message = None if isinstance(item, Exception) else item.message
                if isinstance(message, JSONRPCRequest):
                    waiting.add(message.id)
                elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
                    cancelled = (message.params or {}).get("requestId")
                    if isinstance(cancelled, int | str):  # anything else names no request, and may be no key of a set
                        await settle(cancelled)
                await to_server.send(item)
            with anyio.move_on_after(LAST_SECONDS):
                async with settled:
                    while waiting:
                        await settled.wait()

    async def give_out() -> None:
        async with outgoing:
            async for item in from_server:
                await outgoing.send(item)
                if isinstance(item.message, JSONRPCResponse | JSONRPCError):
                    await settle(item.message.id)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_in)
        tasks.start_soon(give_out)
        async with read, write:
            await serve(read, write)


def _refusal(error: Exception) -> SessionMessage | None:
    """Return the reply to a line that could not be read; None where nobody waits for one.

    It has no id, as JSON-RPC asks, where the line is no JSON, or where its id is none that a reply could name.
    """
    if not isinstance(error, ValidationError):
        return None
    details = error.errors()
    row = next(filter(None, map(_request, details)), {})
    if row and "id" in row:
        return _error(INVALID_REQUEST, row["id"] if _can_be_named(row["id"]) else None)
    unreadable = not row and any(detail["type"] == "json_invalid" and detail["input"].strip() for detail in details)
    return _error(PARSE_ERROR, None) if unreadable else None


def _error(code: int, request_id: int | str | None) -> SessionMessage:
    return SessionMessage(JSONRPCError(jsonrpc="2.0", id=request_id, error=ErrorData(code=code, message=UNREADABLE)))


def _can_be_named(request_id: object) -> bool:
    """Tell whether a reply can be given this id: a whole number or text in Unicode."""
    if isinstance(request_id, str):
        return request_id == request_id.encode("utf-8", "replace").decode()
    return isinstance(request_id, int) and not isinstance(request_id, bool)


def _request(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request that a detail of a failed validation is about, as it was sent; empty where there is none."""
    row = detail.get("input")
    if isinstance(row, str | bytes) and not detail.get("loc"):  # the whole line
        try:
            row = json.loads(row)
        except (ValueError, RecursionError):
            return {}
    return row if isinstance(row, dict) and "method" in row else {}
