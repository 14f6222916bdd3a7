"""MCP over stdin and stdout: what was asked is answered, also where stdin ends first, or where it is no message.

It stands between the process's streams and the official package's server, which drops a request that it cannot read,
takes one whose id no reply could name for a notification, and drops what it is still working on when its input ends. It
reads no message but for its kind and its id; the package writes what goes out.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
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
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

LAST_SECONDS = 150.0
"""How long what was asked is still worked on when stdin has ended (seconds)."""
UNREADABLE = (
    "The line is no JSON-RPC 2.0 message: one object, in Unicode (half a surrogate pair is no character), with "
    '"jsonrpc": "2.0", a method, and an id that is text or a whole number.'
)

Item = SessionMessage | Exception
Serve = Callable[[MemoryObjectReceiveStream[Item], MemoryObjectSendStream[SessionMessage]], Awaitable[None]]


class Unreadable(Exception):
    """A line that is no message, whose sender is told.

    Args:
        code: JSON-RPC's number of what is wrong.
        request_id: whose reply it is; None where the line does not tell.
    """

    def __init__(self, code: int, request_id: int | str | None = None) -> None:
        super().__init__(UNREADABLE)
        self.code = code
        self.request_id = request_id


async def over_stdio(serve: Serve) -> None:
    """Serve over stdin and stdout until stdin ends and all that was asked is answered, or nobody reads any more.

    Args:
        serve: runs the server on a stream of what comes in and one of what goes out, until the first is closed.
    """
    nothing = anyio.wrap_file(io.StringIO())  # for the package, which only writes
    try:
        async with stdio_server(stdin=nothing) as (unread, outgoing), unread:
            await between(_lines(), outgoing, serve)
    except* (BrokenPipeError, anyio.BrokenResourceError):  # its writer failed, and what is sent to that finds no taker
        pass


async def between(lines: AsyncIterator[str], outgoing: Any, serve: Serve) -> None:  # noqa: ANN401 - the package's own
    """Serve on the lines that come in and a stream of the official package; see `over_stdio`."""
    to_server, read_stream = anyio.create_memory_object_stream[Item](0)
    write_stream, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    waiting: set[int | str] = set()
    settled = anyio.Condition()

    async def settle(request_id: object) -> None:
        async with settled:
            if isinstance(request_id, int | str):  # anything else names no request, and may be no key of a set
                waiting.discard(_known_as(request_id))
            settled.notify_all()

    async def take_in() -> None:
        """Pass on what comes in; at its end the requests that wait have some seconds left."""
        async with to_server:
            async for line in lines:
                try:
                    message = read(line)
                except Unreadable as refused:
                    await outgoing.send(_reply(refused))
                    continue
                if message is None:
                    continue
                if isinstance(message, JSONRPCRequest):
                    waiting.add(_known_as(message.id))
                elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
                    await settle((message.params or {}).get("requestId"))
                await to_server.send(SessionMessage(message))
            with anyio.move_on_after(LAST_SECONDS):
                async with settled:
                    while waiting:
                        await settled.wait()

    async def give_out() -> None:
        async with outgoing, from_server:
            async for item in from_server:
                await outgoing.send(item)
                if isinstance(item.message, JSONRPCResponse | JSONRPCError):
                    await settle(item.message.id)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_in)
        tasks.start_soon(give_out)
        async with read_stream, write_stream:
            await serve(read_stream, write_stream)


def read(line: str) -> JSONRPCMessage | None:
    """Return the message that a line holds; None where it holds none that anybody waits for a reply to.

    Raises:
        Unreadable: it is no message, and no notification or reply either. As JSON-RPC asks, no request is named where
            the line is no JSON, or where the id is none that a reply could name.
    """
    if not line.strip():
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise Unreadable(PARSE_ERROR) from None
    if not isinstance(row, dict):
        raise Unreadable(INVALID_REQUEST)  # many messages at once were in JSON-RPC, and are in MCP no more
    is_reply = "method" not in row and ("result" in row or "error" in row)
    if "id" in row and not is_reply and not _can_be_named(row["id"]):
        raise Unreadable(INVALID_REQUEST)
    try:
        return jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError:
        if is_reply or ("id" not in row and isinstance(row.get("method"), str)):
            return None
        raise Unreadable(INVALID_REQUEST, row.get("id")) from None


async def _lines() -> AsyncIterator[str]:
    """Yield the lines of stdin; U+FFFD stands for what is no UTF-8."""
    async for line in anyio.wrap_file(sys.stdin.buffer):
        yield line.decode("utf-8", "replace")


def _reply(refused: Unreadable) -> SessionMessage:
    error = ErrorData(code=refused.code, message=UNREADABLE)
    return SessionMessage(JSONRPCError(jsonrpc="2.0", id=refused.request_id, error=error))


def _known_as(request_id: int | str) -> int | str:
    """Return what the package knows a request by, to which 23 and "23" are one."""
    try:
        return int(request_id)
    except ValueError:
        return request_id


def _can_be_named(request_id: object) -> bool:
    """Tell whether a reply can be given this id: a whole number or text in Unicode."""
    if isinstance(request_id, str):
        return request_id == request_id.encode("utf-8", "replace").decode()
    return isinstance(request_id, int) and not isinstance(request_id, bool)
