"""The paths of MCP over HTTP: where calls are posted, and where whoever watches the server asks whether it lives.

It stands around the official package's application, which would open a stream for a GET though there are no sessions
and nothing to say on it. It knows nothing of MCP itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from nmt_rag import strict_json
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.http import problems
from nmt_rag.interfaces.http.problems import HttpProblem
from nmt_rag.interfaces.live import LiveRag
from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App, Receive, Scope, Send

HTTP_PATH = "/mcp"
"""Where calls are posted."""
METHODS = {HTTP_PATH: "POST", "/healthz": "GET", "/readyz": "GET"}
"""What each path takes."""


class Paths:
    """An ASGI application around the one that answers calls, behind the gate of the HTTP interface.

    Args:
        calls: what answers calls.
        live: the index that `/readyz` looks at.
    """

    def __init__(self, calls: App, live: LiveRag) -> None:
        self._calls = calls
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._calls(scope, receive, send)
            return
        path = asgi.path(scope)
        method = METHODS.get(path)
        if method is None:
            await _tell(HttpProblem(404, f"There is nothing at this path; calls are posted to {HTTP_PATH}."), send)
        elif method != scope["method"]:
            detail = "This path takes another method; see the header Allow."
            await _tell(HttpProblem(405, detail, {"Allow": method}), send)
        elif path == HTTP_PATH:
            await self._calls(scope, receive, send)
        else:
            await self._tell_health(path, send)

    async def _tell_health(self, path: str, send: Send) -> None:
        """Tell whether the server lives, and at `/readyz` whether its index can be asked."""
        try:
            if path == "/readyz":
                await asyncio.to_thread(self._look)
        except NmtRagError as error:
            await _tell(problems.failed(error), send)
            return
        status = {"/healthz": "ok", "/readyz": "ready"}[path]
        await _respond(200, "application/json", {}, strict_json.dumps({"status": status}).encode(), send)

    def _look(self) -> None:
        with self._live.using() as rag:
            rag.info()


async def _tell(problem: HttpProblem, send: Send) -> None:
    await _respond(problem.status, problems.MEDIA_TYPE, problem.headers, problem.body(), send)


async def _respond(status: int, kind: str, headers: Mapping[str, str], body: bytes, send: Send) -> None:
    await asgi.respond(send, status, {"content-type": kind, "content-length": str(len(body)), **headers}, body)
