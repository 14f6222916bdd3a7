"""The HTTP interface: routes on an open index.

It searches nothing itself. What is asked runs in threads (`nmt_rag.interfaces.http.threads`), and
`nmt_rag.interfaces.http.gate` stands before all of it. This module alone imports FastAPI (extra ``serve``); the process
that serves it is `nmt_rag.interfaces.http.server`.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.sse import EventSourceResponse
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException

import nmt_rag
from nmt_rag.answering import ChatModel, Said
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces import lookups
from nmt_rag.interfaces.http import counters, problems, schema, streams
from nmt_rag.interfaces.http.counters import Counters
from nmt_rag.interfaces.http.gate import MORE, Gate, Limits
from nmt_rag.interfaces.http.problems import HttpProblem
from nmt_rag.interfaces.http.schema import Ask, AskBatch, Search, SearchBatch, Verify
from nmt_rag.interfaces.http.threads import IndexThreads
from nmt_rag.interfaces.live import LiveRag
from nmt_rag.interfaces.serving import asgi
from nmt_rag.interfaces.serving.asgi import App
from nmt_rag.rag import Rag, windows
from nmt_rag.types import Answer

_Offset = Annotated[int, Query(ge=0, description="How many are passed over.")]
_Words = Annotated[str, Query(max_length=1_000, description="Words of the name, or beginnings of words of the task.")]
_Limit = Annotated[int, Query(ge=1, le=schema.MAX_PAGE, description="How many at most.")]


class _Anything(Convertor[str]):
    """The rest of a path, also over line breaks: an id may hold them."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())

THREADS = os.cpu_count() or 2
"""How many questions are worked on at a time; more would only take turns on the same cores."""
MODEL_THREADS = 16
"""How many answers a language model may be wording at a time; these threads mostly wait for it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves.

    ``limits`` as `nmt_rag.interfaces.http.gate` has them, ``origins`` that pages in a browser may ask from, the
    ``token`` that clients send, how many ``threads`` work on questions, and the ``model`` that words the answers, if
    one does.
    """

    limits: Limits = dataclasses.field(default_factory=Limits)
    origins: tuple[str, ...] = ()
    token: str | None = None
    threads: int = THREADS
    model: ChatModel | None = None


def build(live: LiveRag, settings: Settings | None = None) -> App:
    """Return the ASGI application that answers from an open index, which stays its owner's to close."""
    chosen, counts = settings or Settings(), Counters()
    on_index = IndexThreads(live, chosen.threads)
    # What waits for a language model must not keep the others waiting.
    writing = on_index if chosen.model is None else IndexThreads(live, MODEL_THREADS)
    app = FastAPI(
        title="nmt-rag",
        version=nmt_rag.__version__,
        description=schema.DESCRIPTION,
        docs_url=None,  # their pages fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # so are the functions of a generated client called
        lifespan=_finishing(on_index, writing),
        dependencies=[Depends(_only_known)],
        # It would send what it sees to a collector that the environment names.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    _add_routes(app, on_index, counts)
    _add_ask(app, writing, counts, chosen.model)
    _add_problems(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign] # FastAPI's own way
    gate: App = Gate(app, chosen.limits, counts, schema.route, token=chosen.token)
    if not chosen.origins:
        return gate
    headers = ["authorization", "content-type"]
    return CORSMiddleware(
        gate,
        allow_origins=chosen.origins,
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=headers,
        expose_headers=["retry-after"],
    )


def _add_ask(app: FastAPI, writing: IndexThreads, counts: Counters, model: ChatModel | None) -> None:
    """Add the routes that answer questions, at once or in parts."""

    async def answered(question: str, wanted: Ask | AskBatch) -> dict[str, Any]:
        def work(rag: Rag) -> Answer:
            answer = rag.ask(question, model=model, **wanted.options())
            return rag.widened(answer, window=wanted.window) if wanted.window else answer

        answer = await writing(work)
        counts.answered(answer)
        return answer.to_dict()

    @app.post("/v1/ask", **schema.ASK)
    async def ask(wanted: Ask, request: Request) -> Response:
        if _takes_events(request.headers.getlist("accept")):
            options: dict[str, Any] = {"model": model, **wanted.options()}
            parts = writing.parts(lambda rag: _widened(rag, rag.ask_stream(wanted.question, **options), wanted.window))
            first = await anext(parts)  # what fails before it is a problem with a status of its own
            told = streams.events(first, parts, counts.answered)
            return EventSourceResponse(told, headers={"X-Accel-Buffering": "no"})
        return JSONResponse(await answered(wanted.question, wanted))

    @app.post("/v1/ask/batch", **schema.ASK_BATCH)
    async def ask_batch(wanted: AskBatch, request: Request) -> Response:
        _as_many(request, wanted.questions)
        answers = await writing.each(wanted.questions, lambda one: answered(one, wanted))
        return JSONResponse({"answers": answers})


def _takes_events(accept: Sequence[str]) -> bool:
    """Tell whether a client asks for events: with a weight of 0 it refuses them (RFC 9110, 12.5.1)."""
    for part in ",".join(accept).lower().split(","):
        kind, *parameters = (one.strip() for one in part.split(";"))
        if kind == EventSourceResponse.media_type:
            return not any(re.fullmatch(r"q=0(\.0*)?", one) for one in parameters)
    return False


def _widened(rag: Rag, parts: Iterator[Said | Answer], window: int) -> Iterator[Said | Answer]:
    """Yield what a stream yields, with the text around its citations."""
    return (windows.part_with_text(rag.index, part, window) for part in parts)


def _as_many(request: Request, asked: Sequence[str]) -> None:
    """Count a batch as the requests that it stands for: it gets no more of the server than they would."""
    request.scope[MORE](len(asked) - 1)


def _add_routes(app: FastAPI, on_index: IndexThreads, counts: Counters) -> None:
    """Add every other route of the interface."""

    async def found(query: str, wanted: Search | SearchBatch) -> dict[str, Any]:
        options: dict[str, Any] = {"k": wanted.k, "where": wanted.where, "window": wanted.window}
        return {"hits": await on_index(lambda rag: lookups.hit_rows(rag, query, **options))}

    @app.post("/v1/search", **schema.SEARCH)
    async def search(wanted: Search) -> Response:
        return JSONResponse(await found(wanted.query, wanted))

    @app.post("/v1/search/batch", **schema.SEARCH_BATCH)
    async def search_batch(wanted: SearchBatch, request: Request) -> Response:
        _as_many(request, wanted.queries)
        results = await on_index.each(wanted.queries, lambda one: found(one, wanted))
        return JSONResponse({"results": results})

    who = lookups.WhoDoesWhat()

    @app.get("/v1/who-does-what", **schema.WHO_DOES_WHAT)
    async def who_does_what(actor: _Words = "", word: _Words = "") -> Response:
        return JSONResponse(await on_index(lambda rag: who.rows(rag, actor, word)))

    @app.post("/v1/verify", **schema.VERIFY)
    async def verify(said: Verify) -> Response:
        return JSONResponse(await on_index(lambda rag: lookups.verified(rag, said.quote, said.document_id)))

    @app.get("/v1/documents", **schema.DOCUMENTS)
    async def documents(offset: _Offset = 0, limit: _Limit = 100) -> Response:
        return JSONResponse(await on_index(lambda rag: lookups.listed(rag, offset, limit)))

    @app.get("/v1/documents/{document_id:anything}", **schema.DOCUMENT)
    async def document(document_id: str) -> Response:
        return JSONResponse(await on_index(lambda rag: lookups.whole(rag, document_id)))

    @app.get("/healthz", **schema.HEALTH)
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", **schema.READY)
    async def readyz() -> Response:
        facts = await on_index.aside(lambda rag: rag.info())
        return JSONResponse({"status": "ready", **{name: facts[name] for name in schema.FACTS}})

    @app.get("/metrics", **schema.METRICS)
    async def metrics() -> Response:
        facts = await on_index.aside(lambda rag: rag.info())
        gauges = {f"index_{name}": facts[name] for name in schema.FACTS}
        return PlainTextResponse(counts.text(gauges), media_type=counters.MEDIA_TYPE)


def _only_known(request: Request) -> None:
    """Refuse a parameter that a route does not have: a misspelt one must not be a list of everything.

    Raises:
        RequestValidationError: there is one; it is not repeated.
    """
    known = [parameter.alias for parameter in request.scope["route"].dependant.query_params]
    if asgi.path(request.scope).startswith("/v1/") and request.query_params.keys() - set(known):
        said = f"known are {', '.join(known)}" if known else "this path has none"
        raise RequestValidationError(
            [{"type": "unknown", "loc": ("query",), "msg": f"A parameter is not known; {said}."}]
        )


def _finishing(*threads: IndexThreads) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what FastAPI runs around its life: at its end, what is under way is finished."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for some in dict.fromkeys(threads):
                await stack.enter_async_context(some.until_done(app))
            yield

    return life


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        app.openapi_schema = schema.complete(made)
    return app.openapi_schema


def _add_problems(app: FastAPI) -> None:
    """Let every error be told as a problem."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if request.method == "POST" and not await request.body():  # FastAPI takes it for a body that may be left out
            return _told(HttpProblem(400, "The body is not JSON."))
        return _told(problems.invalid(error.errors(), schema.NAMES))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return _told(HttpProblem(error.status_code, _DETAILS.get(error.detail, error.detail), error.headers or {}))

    @app.exception_handler(lookups.NoSuchDocument)
    async def missing(_: Request, error: lookups.NoSuchDocument) -> Response:
        return _told(HttpProblem(404, "There is no such document; GET /v1/documents lists them."))

    @app.exception_handler(NmtRagError)
    async def failed(_: Request, error: NmtRagError) -> Response:
        return _told(problems.failed(error))

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> Response:
        return _told(HttpProblem(500, "Something went wrong in the server; its log says what."))


_DETAILS = {
    "Not Found": "There is nothing at this path; GET /openapi.json tells which there are.",
    "Method Not Allowed": "This path takes another method; see the header Allow.",
    "There was an error parsing the body": "The body is not JSON.",
}


def _told(problem: HttpProblem) -> Response:
    return Response(problem.body(), problem.status, dict(problem.headers), problems.MEDIA_TYPE)
