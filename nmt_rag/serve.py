"""The HTTP interface: routes on an open index, and the server that runs them.

It searches nothing itself. What is asked runs in a few threads of its own, and `nmt_rag.gate` stands before all of it.
This module alone imports FastAPI and uvicorn (extra ``serve``).
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import ipaddress
import json
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

import nmt_rag
from nmt_rag import asked, counters, http_schema, problems
from nmt_rag.counters import Counters
from nmt_rag.errors import IndexLockedError, NmtRagError
from nmt_rag.failures import log_failure
from nmt_rag.gate import App, Gate, Limits
from nmt_rag.http_schema import Ask, Search, Verify
from nmt_rag.live import LiveRag, open_live
from nmt_rag.problems import Problem
from nmt_rag.rag import Rag
from nmt_rag.types import Answer

_T = TypeVar("_T")
_Offset = Annotated[int, Query(ge=0, description="How many are passed over.")]
_Limit = Annotated[int, Query(ge=1, le=http_schema.MAX_PAGE, description="How many at most.")]

TOKEN = "NMT_RAG_TOKEN"
"""The environment variable that holds the token which clients must send."""
THREADS = os.cpu_count() or 2
"""How many questions are worked on at a time; more would only take turns on the same cores."""
DRAIN_SECONDS = 30
"""How long requests under way are waited for when the server is told to stop."""
EVENT_STREAM = "text/event-stream"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves: its limits, the origins that a browser may ask from, the token, and threads to work in."""

    limits: Limits = dataclasses.field(default_factory=Limits)
    origins: tuple[str, ...] = ()
    token: str | None = None
    threads: int = THREADS


class Work:
    """Runs what blocks in threads, on the index that is open, and counts the answers."""

    def __init__(self, live: LiveRag, threads: int) -> None:
        self._live = live
        self._n_threads = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="nmt-rag")

    async def __call__(self, work: Callable[[Rag], _T]) -> _T:
        """Return what some work on the index returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._on_index, work)

    async def aside(self, work: Callable[[Rag], _T]) -> _T:
        """Return what some short work on the index returns; it does not wait behind the questions."""
        return await asyncio.to_thread(self._on_index, work)

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Wait at the end for what is under way; who starts the application once more finds it as it was."""
        yield
        before, self._threads = self._threads, ThreadPoolExecutor(self._n_threads, thread_name_prefix="nmt-rag")
        before.shutdown()

    def _on_index(self, work: Callable[[Rag], _T]) -> _T:
        with self._live.using() as rag:
            return work(rag)


def build(live: LiveRag, settings: Settings | None = None) -> App:
    """Return the ASGI application that answers from an open index, which stays its owner's to close."""
    chosen = settings or Settings()
    counts, work = Counters(), Work(live, chosen.threads)
    app = FastAPI(
        title="nmt-rag",
        version=nmt_rag.__version__,
        description=http_schema.DESCRIPTION,
        docs_url=None,  # their pages fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=work.lifespan,
        # It would send what it sees to a collector that the environment names.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    _add_routes(app, work, counts)
    _add_problems(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign] # FastAPI's own way
    gate: App = Gate(app, chosen.limits, counts, http_schema.route, token=chosen.token)
    if not chosen.origins:
        return gate
    headers = ["authorization", "content-type"]
    return CORSMiddleware(gate, allow_origins=chosen.origins, allow_methods=["GET", "POST"], allow_headers=headers)


def _add_routes(app: FastAPI, work: Work, counts: Counters) -> None:
    """Add every route of the interface."""

    @app.post("/v1/ask", **http_schema.ASK)
    async def ask(wanted: Ask, request: Request) -> Response:
        answer = await work(lambda rag: rag.ask(wanted.question, where=wanted.where, language=wanted.language))
        counts.answered(answer.abstention.reason if answer.abstention else "answered")
        if EVENT_STREAM in request.headers.get("accept", ""):
            return StreamingResponse(_events(answer), media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})
        return JSONResponse(answer.to_dict())

    @app.post("/v1/search", **http_schema.SEARCH)
    async def search(wanted: Search) -> Response:
        hits = await work(lambda rag: rag.search(wanted.query, k=wanted.k, where=wanted.where))
        return JSONResponse({"hits": [hit.to_dict() for hit in hits]})

    @app.post("/v1/verify", **http_schema.VERIFY)
    async def verify(said: Verify) -> Response:
        return JSONResponse(await work(lambda rag: asked.verified(rag, said.quote, said.document_id)))

    @app.get("/v1/documents", **http_schema.DOCUMENTS)
    async def documents(offset: _Offset = 0, limit: _Limit = 100) -> Response:
        return JSONResponse(await work(lambda rag: asked.listed(rag, offset, limit)))

    @app.get("/v1/documents/{document_id:path}", **http_schema.DOCUMENT)
    async def document(document_id: str) -> Response:
        found = await work(lambda rag: asked.document(rag, document_id))
        return JSONResponse({**found.to_dict(), "sha256": found.sha256})

    @app.get("/healthz", **http_schema.HEALTH)
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", **http_schema.READY)
    async def readyz() -> Response:
        facts = await work.aside(lambda rag: rag.info())
        return JSONResponse({"status": "ready", **{name: facts[name] for name in http_schema.FACTS}})

    @app.get("/metrics", **http_schema.METRICS)
    async def metrics() -> Response:
        facts = await work.aside(lambda rag: rag.info())
        gauges = {f"index_{name}": facts[name] for name in http_schema.FACTS}
        return PlainTextResponse(counts.text(gauges), media_type=counters.MEDIA_TYPE)


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        app.openapi_schema = http_schema.complete(made)
    return app.openapi_schema


def _add_problems(app: FastAPI) -> None:
    """Let every error be told as a problem."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return _told(problems.invalid(error.errors()))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return _told(Problem(error.status_code, _DETAILS.get(error.detail, error.detail), error.headers or {}))

    @app.exception_handler(asked.NoSuchDocument)
    async def missing(_: Request, error: asked.NoSuchDocument) -> Response:
        return _told(Problem(404, "There is no such document; GET /v1/documents lists them."))

    @app.exception_handler(NmtRagError)
    async def failed(_: Request, error: NmtRagError) -> Response:
        if isinstance(error, IndexLockedError):
            return _told(problems.busy("The index is being changed; try again."))
        log_failure(error)
        return _told(problems.busy("The index cannot be used now; the server's log says why."))

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> Response:
        return _told(Problem(500, "Something went wrong in the server; its log says what."))


_DETAILS = {
    "Not Found": "There is nothing at this path; GET /openapi.json tells which there are.",
    "Method Not Allowed": "This path takes another method; see the header Allow.",
    "There was an error parsing the body": "The body is not JSON.",
}


def _told(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, dict(problem.headers), problems.MEDIA_TYPE)


def _events(answer: Answer) -> Iterator[str]:
    """Yield an answer as server-sent events: its statements one by one with their citations, then all of it."""
    citations = {citation.marker: citation.to_dict() for citation in answer.citations}
    for statement in answer.statements:
        cited = [citations[marker] for marker in statement.citations]
        yield _event("statement", {"text": statement.text, "citations": cited})
    yield _event("answer", answer.to_dict())


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def command(parsed: argparse.Namespace, encoder: str | None, say: Callable[[str], None]) -> int:
    """Run ``nmt-rag serve`` as its arguments say; return its exit status."""
    limits = Limits(body_bytes=parsed.max_bytes, seconds=float(parsed.timeout), a_minute=parsed.rate)
    settings = Settings(limits, tuple(parsed.allow_origin), token(), parsed.threads or THREADS)
    listening = listen(parsed.host, parsed.port)
    with listening:
        live = open_live(parsed.index, encoder=encoder)
        host, port = listening.getsockname()[:2]
        if settings.token is None and not ipaddress.ip_address(host).is_loopback:
            say(f"everyone who reaches {host} may ask: set {TOKEN} to ask for a token")
        say(f"listening on http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl-C stops it)")
        run(build(live, settings), listening, proxies=parsed.trust_proxy)
        live.close()
    return 0


def token() -> str | None:
    """Return the token that the environment asks of clients, or None.

    Raises:
        NmtRagError: the variable is there but empty: a server that was meant to be closed would stand open.
    """
    found = os.environ.get(TOKEN)
    if found is not None and not found.strip():
        raise NmtRagError(f"{TOKEN} is set but empty; set it to a token, or unset it to let everyone in")
    return found.strip() if found else None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        NmtRagError: the port is taken, or the host is not of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # below 0: a name's fault
        raise NmtRagError(f"cannot listen on {host}, port {port}: {why}") from error


def run(app: App, listening: socket.socket, *, proxies: Sequence[str] = ()) -> None:
    """Serve until SIGTERM or Ctrl-C; what is under way is finished first.

    Args:
        app: what `build` returned.
        listening: where to listen, from `listen`.
        proxies: addresses of proxies whose X-Forwarded-For is believed.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        lifespan="on",
        ws="none",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    # uvicorn raises the signal once more when it is done, which would end the process as killed.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        signal.signal(signal.SIGTERM, before)
