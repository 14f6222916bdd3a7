"""How the HTTP interface is described: what requests and replies hold, with examples, for its OpenAPI document.

What is returned is `nmt_rag.interfaces.replies`'s. Nothing here runs on an index.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from nmt_rag.answering import MAX_QUESTION_LENGTH
from nmt_rag.index import filters
from nmt_rag.interfaces import filter_schema, replies
from nmt_rag.interfaces.http import counters, problems
from nmt_rag.interfaces.lookups import MAX_BATCH, MAX_HITS, MAX_QUOTE, as_whole
from nmt_rag.rag import MAX_WINDOW

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
    {
        *("/v1/ask", "/v1/ask/batch", "/v1/search", "/v1/search/batch", "/v1/verify", "/v1/documents"),
        *("/v1/who-does-what", "/healthz", "/readyz", "/metrics", "/openapi.json"),
    }
)


def route(path: str) -> str:
    """Return the path as the description has it, ``other`` where it has none: what is counted is known beforehand."""
    if path.startswith("/v1/documents/"):
        return "/v1/documents/{document_id}"
    return path if path in _ROUTES else "other"


def _understood(where: dict[str, Any]) -> dict[str, Any]:
    """Return a filter that can be parsed; what is wrong is told without what was sent."""
    try:
        filters.parse(where)
    except filters.FilterError as error:
        raise PydanticCustomError("filter", "{rule}", {"rule": f"A filter: {error.rule}."}) from error
    return where


FILTER: dict[str, Any] = filter_schema.schema("#/components/schemas/Filter")
_Where = Annotated[dict[str, Any], AfterValidator(_understood), WithJsonSchema({"$ref": "#/components/schemas/Filter"})]


class _Model(BaseModel):
    """The body of a request or a reply: no member but those that are named, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, sent: Any) -> Any:  # noqa: ANN401 - any JSON
        """Say which members there are where another was sent, which is not repeated."""
        if isinstance(sent, dict) and sent.keys() - cls.model_fields.keys():
            raise PydanticCustomError(
                "unknown", "A member is not known; known are {known}.", {"known": ", ".join(cls.model_fields)}
            )
        return sent


_Window = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_WINDOW,
        description="How many passages of the section before and after are returned: in a citation's `prefix` and "
        "`suffix`, in a hit's `before` and `after`.",
    ),
    BeforeValidator(as_whole),
]
_Language = Annotated[
    Literal["sv", "en"] | None,
    Field(description="The language around the quotes; the question's where it is left out."),
]
_Question = Annotated[str, Field(max_length=MAX_QUESTION_LENGTH)]
_K = Annotated[int, Field(ge=1, le=MAX_HITS), BeforeValidator(as_whole)]


class _Asking(_Model):
    """How questions are to be answered, one or many."""

    where: _Where | None = None
    language: _Language = None
    least_confidence: float | None = Field(
        default=None,
        ge=0.0,
        le=1.0,
        description="How sure an answer must be; what lies below the usual bar has `uncertain` set.",
    )
    window: _Window = 0

    def options(self) -> dict[str, Any]:
        """Return what `Rag.ask` takes of it."""
        return {"where": self.where, "language": self.language, "least_confidence": self.least_confidence}


class Ask(_Asking):
    """A question."""

    question: str = Field(max_length=MAX_QUESTION_LENGTH, description="In Swedish or English.", examples=[_QUESTION])
    earlier: list[_Question] = Field(
        default_factory=list,
        max_length=MAX_BATCH,
        description="The questions before it, oldest first, from which one that points back is understood. The server "
        "keeps none.",
    )

    def options(self) -> dict[str, Any]:
        """Return what `Rag.ask` takes of it."""
        return {**super().options(), "earlier": self.earlier}


class AskBatch(_Asking):
    """Some questions, each of which is answered for itself."""

    questions: list[_Question] = Field(min_length=1, max_length=MAX_BATCH, examples=[[_QUESTION]])


class _Searching(_Model):
    """How many passages are wanted, of which documents, for one query or for many."""

    k: _K = 10
    where: _Where | None = None
    window: _Window = 0


class Search(_Searching):
    """Words or a question, and how many passages are wanted."""

    query: str = Field(max_length=MAX_QUESTION_LENGTH, examples=["betänketid"])


class SearchBatch(_Searching):
    """Some queries, each of which is searched for by itself."""

    queries: list[_Question] = Field(min_length=1, max_length=MAX_BATCH, examples=[["betänketid"]])


class Verify(_Model):
    """A quote, and where it is said to stand."""

    quote: str = Field(min_length=1, max_length=MAX_QUOTE, examples=[_QUOTE])
    document_id: str | None = Field(
        default=None, max_length=1_000, description="Without one, all documents are searched.", examples=[_DOCUMENT]
    )


_BODIES = (Ask, AskBatch, Search, SearchBatch, Verify)
NAMES = frozenset({*(name for body in _BODIES for name in body.model_fields), "offset", "limit", "actor", "word"})
"""What a request may name: the members of its body, and its parameters."""


class Error(_Model):
    """One thing that is wrong in a request."""

    detail: str
    pointer: str | None = Field(default=None, description="Where in the body (RFC 6901).")
    parameter: str | None = None


class ProblemDetails(_Model):
    """An error (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[Error] | None = None


_REPLIES = (
    *(replies.Hits, replies.HitsBatch, replies.Responsibilities, replies.VerifiedQuote),
    *(replies.Documents, replies.WholeDocument, replies.Ready, replies.Health),
)
_REFERENCE = "#/components/schemas/{model}"
_ERRORS = {
    400: "The body is not JSON.",
    401: "The token is missing or wrong.",
    404: "There is no such document.",
    408: "The body did not come in time.",
    413: "The body is too long.",
    415: "The body is not sent as JSON.",
    421: "The server is not called by that name.",
    422: "The request does not follow its description.",
    429: "Too many requests from this address.",
    502: "The language model failed.",
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


_POSTED = (400, 401, 408, 413, 415, 421, 422, 429, 503)
_GOT = (401, 421, 429, 503)
_EVENTS = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "An event `statement` for each statement (text, markers, citations that are new, and "
            "`uncertain` where the answer is), then one `answer`; or one `error`, a problem.",
        }
    }
}


ASK = _operation("Answer a question, or say that the sources do not.", "Answer", *_POSTED, 502, also=_EVENTS)
SEARCH = _operation("List the passages nearest to a query.", "Hits", *_POSTED)
ASK_BATCH = _operation("Answer some questions, in their order.", "AnswersBatch", *_POSTED, 502)
SEARCH_BATCH = _operation("List the passages nearest to some queries, in their order.", "HitsBatch", *_POSTED)
WHO_DOES_WHAT = _operation("List what the texts say that actors do.", "Responsibilities", *_GOT, 422)
VERIFY = _operation("Tell whether a quote stands in the sources.", "VerifiedQuote", *_POSTED, 404)
DOCUMENTS = _operation("List the documents.", "Documents", *_GOT, 422)
DOCUMENT = _operation("Return one document.", "WholeDocument", *_GOT, 404, 422)
HEALTH = _operation("Tell whether the server lives.", "Health")
READY = _operation("Tell whether the index can be asked.", "Ready", 503)
METRICS: dict[str, Any] = {
    "summary": "Counts and durations for Prometheus.",
    "responses": {
        200: {"description": "Counts.", "content": {counters.MEDIA_TYPE.split(";")[0]: {"schema": {"type": "string"}}}},
        **{status: READY["responses"][503] | {"description": _ERRORS[status]} for status in _GOT},
    },
}


def schemas() -> dict[str, Any]:
    """Return the schemas of all replies, by their names in the OpenAPI document."""
    problem = ProblemDetails.model_json_schema(ref_template=_REFERENCE)
    parts = problem.pop("$defs")
    made = replies.schemas(*_REPLIES, ref_template=_REFERENCE)
    return {**made, **parts, "ProblemDetails": problem, "Filter": FILTER, **_answer()}


def _answer() -> dict[str, Any]:
    """Return the packaged schema of an answer, with its parts beside it rather than inside."""
    text = json.dumps(replies.answer_schema(), allow_nan=False).replace('"#/$defs/', '"#/components/schemas/Answer-')
    schema: dict[str, Any] = json.loads(text)
    parts = {f"Answer-{name}": part for name, part in schema.pop("$defs").items()}
    del schema["$schema"]
    schema["title"] = "Answer"  # so is the class of a generated client called
    several = {"type": "array", "items": _ref("Answer")}
    batch = {
        "description": "Answers, in the order of the questions.",
        "type": "object",
        "properties": {"answers": several},
        "required": ["answers"],
        "additionalProperties": False,
    }
    return {"Answer": schema, "AnswersBatch": batch, **parts}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with the schemas of the replies, and the token that clients may have to send."""
    components = document.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **schemas()}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"token": []}]
    # Here, because FastAPI drops members that are null from what it is given.
    answered = document["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    answered["example"] = replies.answer_example()
    for path in ("/healthz", "/readyz"):
        document["paths"][path]["get"]["security"] = []
    return document
