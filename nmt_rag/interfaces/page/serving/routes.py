"""What of Gradio's server the page uses, and what may be sent to it: everything else is shut.

Gradio serves far more than this page needs: it fetches addresses for whoever names one (``file=http://…``, a file whose
path is an address), hands out files by their path, and mirrors other servers. So the routes that the page calls are
listed, the bodies of its events are read, cleaned and written anew before Gradio sees them, and uploads have a quota
and an end. Plain ASGI; who may come in at all is `nmt_rag.interfaces.page.serving.gate`'s.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from nmt_rag import strict_json
from nmt_rag.interfaces.page.serving import uploads
from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Message, Receive, Scope, Send

MAX_BODY = 262_144
"""The longest body of an event (bytes): a question and twenty uploaded files are named in a tenth of it."""
MAX_DEPTH = 20
"""How deep an event may be nested."""
MAX_SESSION = 100
"""The longest name of a session (characters); Gradio keeps it."""
EVENT_SECONDS = 30.0
"""How long the body of an event may take to arrive."""
MAX_QUERY = 200
"""The longest query of a route that the page's own address is not handed on to: Gradio keeps the name of an upload."""
MAX_ADDRESS = 30_000
"""The longest address: a question of 2,000 characters, each of which is four escaped bytes, and some more."""
UPLOAD = "/gradio_api/upload"
"""Where files are sent."""
CALL, JOIN = "/gradio_api/run/predict", "/gradio_api/queue/join"
"""Where a function is called, and where it is put into Gradio's queue."""
STREAM = re.compile(r"/gradio_api/(?:queue/data|upload_progress|heartbeat/\w+)")
"""What is read as long as a visitor stays."""
TOO_LONG = "Det som skickades är för långt.\n"
TOO_SLOW = "Det som skickades kom för långsamt.\n"
NO_ROOM = "Just nu finns inte plats för fler filer. Försök igen om en stund.\n"
FAILED = "Något gick fel. Försök igen om en stund.\n"

_READ = re.compile(
    r"/|/(?:gradio_api/)?(?:config|theme\.css|app_id)|/(?:favicon\.ico|robots\.txt|manifest\.json)"
    rf"|/(?:assets|static|svelte)(?:/[\w@+-][\w.@+-]*)+|/gradio_api/(?:info|startup-events)|{STREAM.pattern}"
)
_EVENTS = frozenset({CALL, JOIN, "/gradio_api/cancel", "/gradio_api/reset"})
_SHUT_PARAMETERS = frozenset({"deep_link", "__sign"})
_OF_BODY = frozenset({b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"})


class BadEvent(ValueError):
    """What an event must not hold."""


def serves(method: str, path: str, query: str = "") -> bool:
    """Tell whether a request is one that the page makes of Gradio.

    Args:
        method: as in ``"GET"``.
        path: without escapes, below the page's own root.
        query: what follows the question mark, as it was sent.
    """
    if len(query) > MAX_QUERY and path not in ("/", "/config"):
        return False
    if method in ("GET", "HEAD"):
        return _READ.fullmatch(path) is not None and _SHUT_PARAMETERS.isdisjoint(_names(query))
    return method == "POST" and (path == UPLOAD or path in _EVENTS)


def cleaned(body: bytes, folder: Path, *, functions: Collection[int] | None = None) -> bytes:
    """Return the body of an event as Gradio may see it: the files that it names lie in the folder of uploads.

    The body is written anew, so that what was checked is what is read: one of two members with one name goes. The
    address of a file, which browsers send along, is taken out.

    Args:
        body: JSON, as it was sent.
        folder: where visitors' uploads lie.
        functions: the numbers that the event may call; None for an event that calls none.

    Raises:
        BadEvent: it is no JSON object, is nested deeper than `MAX_DEPTH`, holds half a character (a lone surrogate),
            names a file that is not there or lies elsewhere, or more than `uploads.MAX_FILES`, calls what is not, or
            has a session whose name is longer than `MAX_SESSION`.
    """
    try:
        event = strict_json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadEvent("the body is not JSON") from error
    if not isinstance(event, dict):
        raise BadEvent("the body is no JSON object")
    called = event.get("fn_index")
    if functions is not None and (type(called) is not int or called not in functions):
        raise BadEvent("the page has no such function")
    if len(str(event.get("session_hash", ""))) > MAX_SESSION:
        raise BadEvent("the name of the session is too long")
    n_files = 0
    for part in _objects(event):
        n_files += "path" in part
        if n_files > uploads.MAX_FILES:
            raise BadEvent("too many files are named")
        if "path" in part and not _lies_in(part["path"], os.path.realpath(folder)):
            raise BadEvent("a file is named that was not uploaded")
        for name in ("url", "is_stream"):
            if name in part:
                part[name] = None if name == "url" else False
    try:
        return strict_json.dumps(event).encode()
    except UnicodeEncodeError as error:
        raise BadEvent("the body holds half a character") from error


class Doors:
    """An ASGI application in front of the page: lets in what the page itself asks for.

    Args:
        app: what is behind it.
        folder: where Gradio keeps what visitors upload.
        own: the paths of the page that are not Gradio's.
        functions: the numbers of what events may call, below `CALL` and `JOIN`; where none are told, any.
    """

    def __init__(
        self,
        app: App,
        *,
        folder: Path,
        own: Collection[str] = (),
        functions: Mapping[str, Collection[int]] | None = None,
    ) -> None:
        self._app = app
        self._folder = folder
        self._own = frozenset(own)
        self._functions = functions or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it in a few words."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = asgi.path(scope)
        query = scope.get("query_string", b"")
        if len(scope.get("raw_path") or path) + len(query) > MAX_ADDRESS:
            await _refuse(send, 414, "Adressen är för lång.\n")
            return
        send = _in_words(send)
        ours = path in self._own and scope["method"] in ("GET", "HEAD")
        if not ours and not serves(scope["method"], path, query.decode("latin-1")):
            await _refuse(send, 404, "Här finns inget.\n")
        elif path == UPLOAD:
            await self._upload(scope, receive, send)
        elif scope["method"] == "POST":
            await self._event(scope, receive, send, path)
        else:
            await self._app(scope, receive, send)

    async def _event(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Hand an event on with its body as Gradio may see it."""
        try:
            async with asyncio.timeout(EVENT_SECONDS):
                body = await _whole(receive)
        except TimeoutError:
            await _refuse(send, 408, TOO_SLOW)
            return
        if body is None:
            return
        if len(body) > MAX_BODY:
            await _refuse(send, 413, TOO_LONG)
            return
        try:
            body = cleaned(body, self._folder, functions=self._functions.get(path))
        except BadEvent:
            await _refuse(send, 400, "Det som skickades går inte att läsa.\n")
            return
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _OF_BODY]
        kept += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "headers": kept}, asgi.replayed(body, receive), send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand files on as long as there is room for them; what is announced and does not come takes none."""
        length = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in scope["headers"])
        if chunked or not length.isdigit():  # in chunks it is as long as it comes, whatever length is told
            await _refuse(send, 411, "Filens storlek saknas.\n")
            return
        size = int(length[:20])
        if size > uploads.MAX_REQUEST:
            await _refuse(send, 413, TOO_LONG)
            return
        if size > await asyncio.to_thread(uploads.room, self._folder):
            await _refuse(send, 507, NO_ROOM)
            return
        coming = uploads.Coming(self._folder, receive, send)
        problem = 408, TOO_SLOW
        try:
            async with asyncio.timeout(uploads.SECONDS):
                await self._app(scope, coming.receive, coming.send)
            problem = 507, NO_ROOM
        except TimeoutError:
            pass
        except Exception:
            if not coming.full:
                raise
            problem = 507, NO_ROOM
        if not coming.replied:
            await _refuse(send, *problem)


async def _whole(receive: Receive) -> bytes | None:
    """Return a body, or somewhat more of one than `MAX_BODY`; None where the client went away."""
    body, more = b"", True
    while more and len(body) <= MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        more = message.get("more_body", False)
    return body


def _in_words(send: Send) -> Send:
    """Return what sends messages on, with our words where the server itself says in English that it failed."""
    failed = False

    async def sent(message: Message) -> None:
        nonlocal failed
        if message["type"] == "http.response.start":
            kind = {name.lower(): value for name, value in message.get("headers", ())}.get(b"content-type", b"")
            failed = message["status"] == 500 and kind.startswith(b"text/plain")
            if failed:
                await _refuse(send, 500, FAILED)
        if not failed:
            await send(message)

    return sent


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = {"content-type": "text/plain; charset=utf-8", "connection": "close"}
    await asgi.respond(send, status, headers, words.encode())


def _objects(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every object in an event."""
    waiting: list[tuple[Any, int]] = [(event, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise BadEvent("the body is nested too deep")
        if isinstance(value, dict):
            yield value
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]


def _names(query: str) -> set[str]:
    """Return the names of the parameters of a query, however they are written, in lower case."""
    pairs = parse_qsl(query.replace(";", "&"), keep_blank_values=True)
    return {name.strip().lower() for name, _ in pairs}


def _lies_in(path: object, folder: str) -> bool:
    """Tell whether a path is one of a file that is there, below a folder; an address is none."""
    if not isinstance(path, str) or "\0" in path or "://" in path or path.startswith(("//", "\\\\")):
        return False
    try:
        real = os.path.realpath(path)
        inside = os.path.isabs(path) and os.path.commonpath([real, folder]) == folder
        return inside and os.path.isfile(real)
    except (ValueError, OSError):  # another drive, or a name that no file can have
        return False
