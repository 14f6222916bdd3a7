"""What the servers return, over HTTP and over MCP: the shape of each reply, and its JSON Schema.

An answer's schema is the file that travels with the package (docs/answer-schema.md); the others are made from these
models and from the dataclasses they hold. Every member of a reply is always there. Nothing here runs on an index.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from nmt_rag.documents import Responsibility
from nmt_rag.types import Hit, Verdict


class Reply(BaseModel):
    """What all replies have in common: no member but those that are named."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class FoundHit(Hit):
    """A passage found for a query, with what must be read with it («Du får inte:»), or an empty string."""

    reading: str = ""


class Hits(Reply):
    """The passages nearest to a query, best first."""

    hits: list[FoundHit]


class HitsBatch(Reply):
    """The passages nearest to some queries, in the order of the queries."""

    results: list[Hits]


class VerifiedQuote(Reply):
    """What became of a quote, and where it stands now."""

    verdict: Verdict
    document_id: str | None
    start: int | None
    end: int | None
    similarity: float
    diff: str = Field(description="`[-old-] {+new+}` where the verdict is `altered`.")
    message: str
    url: str = Field(description="A link to the very place, or an empty string.")


class DocumentRow(Reply):
    """A document without its text."""

    id: str
    title: str
    url: str
    publisher: str
    language: str
    metadata: dict[str, Any]
    sha256: str
    characters: int


class Documents(Reply):
    """Some of the documents, in the order they were added."""

    documents: list[DocumentRow]
    total: int
    offset: int


class WholeDocument(Reply):
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


class Ready(Reply):
    """What the index holds."""

    status: Literal["ready"]
    documents: int
    passages: int
    generation: int


class Health(Reply):
    """The server lives."""

    status: Literal["ok"]


class ShownPlace(Reply):
    """A place in a document, with what stands around it."""

    model_config = ConfigDict(title="Source")

    document_id: str
    title: str
    url: str = Field(description="A link to the very place, or an empty string.")
    start: int
    end: int
    text: str
    before: str = Field(description="The text just before.")
    after: str = Field(description="The text just after.")
    characters: int = Field(description="The length of the whole document: offsets go from 0 to this.")
    sha256: str


class Responsibilities(Reply):
    """Who does what: a row for each thing that the texts say an actor does."""

    rows: list[Responsibility]
    total: int = Field(description="How many rows there are; `rows` holds the first of them.")


def schemas(*models: type[BaseModel], ref_template: str = "#/$defs/{model}") -> dict[str, dict[str, Any]]:
    """Return the schemas of some replies and of all that they hold, by their names."""
    modes: list[tuple[type[BaseModel], Literal["serialization"]]] = [(model, "serialization") for model in models]
    _, made = models_json_schema(modes, ref_template=ref_template)
    found: dict[str, dict[str, Any]] = made["$defs"]
    for schema in found.values():
        if "properties" in schema:
            schema.update(required=list(schema["properties"]), additionalProperties=False)
    return found


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a reply as one object, which holds what it refers to in ``$defs``."""
    found = schemas(model)
    return {**found.pop(model.__name__), **({"$defs": found} if found else {})}


def answer_schema() -> dict[str, Any]:
    """Return the packaged schema of an answer."""
    return _packaged("answer-1.json")


def answer_example() -> dict[str, Any]:
    """Return a real answer from the packaged page."""
    return _packaged("answer-1-example.json")


def _packaged(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("nmt_rag.interfaces") / "schemas" / name).read_text("utf-8"))
    return found
