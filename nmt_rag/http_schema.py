"""How the HTTP interface is described: what requests and replies hold, with examples, for its OpenAPI document.

The schema of an answer is the one that travels with the package (docs/answer-schema.md); those of hits are made from
the dataclasses of `nmt_rag.types`. Nothing here runs on an index.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from nmt_rag import counters, problems
from nmt_rag.types import Hit, Verdict

MAX_QUESTION = 2_000
"""The longest question (characters): a page of text is no question, and costs a hundred times as much."""
MAX_QUOTE = 10_000
"""The longest quote that is looked for (characters)."""
MAX_HITS = 100
"""The most hits that one request may ask for."""
MAX_PAGE = 1_000
"""The most documents that one request may list."""
FACTS = ("documents", "passages", "generation")
"""What a server tells of its index."""
DESCRIPTION = (
    "Semantic search and question answering over Swedish text, with an exact citation behind every sentence. "
    "Errors are problem details (RFC 9457). Offsets count characters (code points) of a document's text."
)

_QUESTION = "Vilken myndighet beslutar om betänketid?"
_QUOTE = "Handläggare på Migrationsverket kan i sitt arbete komma att upptäcka offer för människohandel"
_DOCUMENT = "deltagande-myndigheter"
_ROUTES = frozenset(
    {"/v1/ask", "/v1/search", "/v1/verify", "/v1/documents", "/healthz", "/readyz", "/metrics", "/openapi.json"}
)


def route(path: str) -> str:
    """Return the path as the description has it, ``other`` where it has none: what is counted is known beforehand."""
    if path.startswith("/v1/documents/"):
        return "/v1/documents/{document_id}"
    return path if path in _ROUTES else "other"


def _whole(value: object) -> object:
    """Return 5 for 5.0, which is the same number in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Where = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=100)], Annotated[str, Field(max_length=MAX_QUESTION)]],
    Field(
        max_length=10,
        description="Only passages whose `actor`, `document_id`, `title`, `url`, `publisher`, `language` or metadata "
        "field has this value; all must hold.",
        examples=[{"actor": "Migrationsverket"}],
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Ask(_Model):
    """A question."""

    question: str = Field(max_length=MAX_QUESTION, description="In Swedish or English.", examples=[_QUESTION])
    where: Where | None = None
    language: Literal["sv", "en"] | None = Field(
        None, description="The language around the quotes; the question's where it is left out."
    )


class Search(_Model):
    """Words or a question, and how many passages are wanted."""

    query: str = Field(max_length=MAX_QUESTION, examples=["betänketid"])
    k: Annotated[int, BeforeValidator(_whole)] = Field(10, ge=1, le=MAX_HITS)
    where: Where | None = None


class Verify(_Model):
    """A quote, and where it is said to stand."""

    quote: str = Field(min_length=1, max_length=MAX_QUOTE, examples=[_QUOTE])
    document_id: str | None = Field(
        None, max_length=1_000, description="Without one, all documents are searched.", examples=[_DOCUMENT]
    )


class Hits(_Model):
    """The passages nearest to a query, best first."""

    hits: list[Hit]


class Verification(_Model):
    """What became of a quote, and where it stands now."""

    verdict: Verdict
    document_id: str | None
    start: int | None
    end: int | None
    similarity: float
    diff: str = Field(description="`[-old-] {+new+}` where the verdict is `altered`.")
    message: str
    url: str = Field(description="A link to the very place, or an empty string.")


class DocumentRow(_Model):
    """A document without its text."""

    id: str
    title: str
    url: str
    publisher: str
    language: str
    metadata: dict[str, Any]
    sha256: str
    characters: int


class Documents(_Model):
    """Some of the documents, in the order they were added."""

    documents: list[DocumentRow]
    total: int
    offset: int


class Document(_Model):
    """A document with its text."""

    id: str
    title: str
    text: str
    url: str
    publisher: str
    language: str
    metadata: dict[str, Any]
    pages: list[int] = Field(description="The offset at which each page begins; empty where there are no pages.")
    sha256: str


class Ready(_Model):
    """What the index holds."""

    status: Literal["ready"]
    documents: int
    passages: int
    generation: int


class Health(_Model):
    """The server lives."""

    status: Literal["ok"]


class Error(_Model):
    """One thing that is wrong in a request."""

    detail: str
    pointer: str | None = Field(None, description="Where in the body (RFC 6901).")
    parameter: str | None = None


class ProblemDetails(_Model):
    """An error (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[Error] | None = None


_REPLIES = (Hits, Verification, Documents, Document, Ready, Health)
_ERRORS = {
    400: "The body is not JSON.",
    401: "The token is missing or wrong.",
    404: "There is no such document.",
    408: "The body did not come in time.",
    413: "The body is too long.",
    415: "The body is not sent as JSON.",
    422: "The request does not follow its description.",
    429: "Too many requests from this address.",
    503: "Not now; try again.",
}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(summary: str, schema: str, *errors: int, also: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the keywords with which a route is added."""
    content = {"schema": _ref(schema)}
    told = {
        status: {"description": _ERRORS[status], "content": {problems.MEDIA_TYPE: {"schema": _ref("ProblemDetails")}}}
        for status in errors
    }
    return {
        "summary": summary,
        "responses": {
            200: {"description": summary, "content": {"application/json": content, **(also or {})}},
            **told,
        },
    }


_POSTED = (400, 401, 408, 413, 415, 422, 429, 503)
_GOT = (401, 429, 503)
_EVENTS = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "An event `statement` for each statement (its text and citations), then one `answer`.",
        }
    }
}


def example() -> dict[str, Any]:
    """Return a real answer from the packaged page."""
    found: dict[str, Any] = json.loads((files("nmt_rag") / "schemas" / "answer-1-example.json").read_text("utf-8"))
    return found


ASK = _operation("Answer a question, or say that the sources do not.", "Answer", *_POSTED, also=_EVENTS)
SEARCH = _operation("List the passages nearest to a query.", "Hits", *_POSTED)
VERIFY = _operation("Tell whether a quote stands in the sources.", "Verification", *_POSTED, 404)
DOCUMENTS = _operation("List the documents.", "Documents", *_GOT, 422)
DOCUMENT = _operation("Return one document.", "Document", *_GOT, 404, 422)
HEALTH = _operation("Tell whether the server lives.", "Health")
READY = _operation("Tell whether the index can be asked.", "Ready", 503)
METRICS: dict[str, Any] = {
    "summary": "Counts and durations for Prometheus.",
    "responses": {
        200: {"description": "Counts.", "content": {counters.MEDIA_TYPE.split(";")[0]: {"schema": {"type": "string"}}}},
        **{status: READY["responses"][503] | {"description": _ERRORS[status]} for status in _GOT},
    },
}


@lru_cache(maxsize=1)
def schemas() -> dict[str, Any]:
    """Return the schemas of all replies, by their names in the OpenAPI document."""
    modes: list[tuple[type[BaseModel], Literal["serialization"]]] = [(model, "serialization") for model in _REPLIES]
    _, made = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    found: dict[str, Any] = made["$defs"]
    for schema in found.values():  # what is written always has all of its members
        if "properties" in schema:
            schema.update(required=list(schema["properties"]), additionalProperties=False)
    return {**found, "ProblemDetails": _problem(), **_answer()}


def _problem() -> dict[str, Any]:
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["errors"] = {"type": "array", "items": schema.pop("$defs")["Error"]}
    return schema


def _answer() -> dict[str, Any]:
    """Return the packaged schema of an answer, with its parts beside it rather than inside."""
    text = (files("nmt_rag") / "schemas" / "answer-1.json").read_text("utf-8")
    schema = json.loads(text.replace('"#/$defs/', '"#/components/schemas/Answer-'))
    parts = {f"Answer-{name}": part for name, part in schema.pop("$defs").items()}
    del schema["$schema"]
    return {"Answer": schema, **parts}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the schemas of the replies, and the token that clients may have to send."""
    components = document.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **schemas()}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"token": []}]
    # Here, because FastAPI drops members that are null from what it is given.
    answered = document["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    answered["example"] = example()
    for path in ("/healthz", "/readyz"):
        document["paths"][path]["get"]["security"] = []
    return document
