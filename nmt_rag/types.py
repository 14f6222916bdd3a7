"""The data that flow through the library: frozen dataclasses, and their dictionaries.

No work is done here. Every offset counts characters (code points) of ``Document.text``; every score is
"higher is better".
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

ANSWER_SCHEMA = "nmt-rag/answer/1"

AbstentionReason = Literal["no_evidence", "weak_evidence", "off_topic", "empty_question"]
Verdict = Literal["exact", "moved", "elsewhere", "altered", "absent"]


@dataclass(frozen=True, slots=True)
class Document:
    r"""One source text.

    ``text`` is NFC with ``\n`` as the only line ending, and otherwise as it was in the source. Headings are
    lines that begin with ``#`` marks, as in Markdown; texts without any such mark are read by their layout.
    ``pages`` holds the offset at which each page starts (empty where the format has no pages).
    """

    id: str
    title: str
    text: str
    url: str = ""
    publisher: str = ""
    language: str = "sv"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    pages: tuple[int, ...] = ()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return the document as a dictionary that JSON can hold."""
        return dict(_plain(self))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the document that `to_dict` described."""
        return cls(**{**row, "metadata": dict(row.get("metadata", {})), "pages": tuple(row.get("pages", ()))})


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest citable unit: a sentence or a list item, with the place it stands in.

    ``text`` equals ``document.text[start:end]``. ``heading`` is the path of headings above it, ``actors`` who
    acts or speaks in it (the main actor first), ``context`` the text that is encoded and searched for it:
    heading, neighbours and the sentence itself.
    """

    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    page: int | None = None
    paragraph: int = 0
    context: str = ""

    @property
    def actor(self) -> str:
        """The main actor, or an empty string where nobody is named."""
        return self.actors[0] if self.actors else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the passage as a dictionary that JSON can hold."""
        return dict(_plain(self))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the passage that `to_dict` described."""
        return cls(**{**row, "heading": tuple(row.get("heading", ())), "actors": tuple(row.get("actors", ()))})


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, with what put it there.

    ``dense_rank`` and ``lexical_rank`` count from 1 and are None where that search did not find the passage.
    """

    rank: int
    score: float
    document_id: str
    passage: Passage
    title: str = ""
    url: str = ""
    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None
    matched: tuple[str, ...] = ()

    def explain(self) -> str:
        """Return one line that says why the passage was found."""
        parts = [f"score {self.score:.3f}"]
        if self.dense_rank is not None and self.dense_score is not None:
            parts.append(f"embedding rank {self.dense_rank} ({self.dense_score:.3f})")
        if self.lexical_rank is not None and self.lexical_score is not None:
            parts.append(f"words rank {self.lexical_rank} ({self.lexical_score:.2f})")
        parts.append("matched: " + (", ".join(self.matched) if self.matched else "–"))
        return " · ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as a dictionary that JSON can hold."""
        return dict(_plain(self))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the hit that `to_dict` described."""
        return cls(**{**row, "passage": Passage.from_dict(row["passage"]), "matched": tuple(row.get("matched", ()))})


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and the exact place it was taken from: ``document.text[start:end] == quote``."""

    marker: int
    document_id: str
    title: str
    url: str
    heading: tuple[str, ...]
    actor: str
    quote: str
    start: int
    end: int
    source_sha256: str
    prefix: str = ""
    suffix: str = ""
    verdict: Verdict = "exact"
    score: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the citation as a dictionary that JSON can hold."""
        return dict(_plain(self))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the citation that `to_dict` described."""
        return cls(**{**row, "heading": tuple(row.get("heading", ()))})


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says, and the markers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A passage that lies near the question without supporting an answer."""

    document_id: str
    actor: str
    quote: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why there is no answer, in one word for programs and one sentence for people."""

    reason: AbstentionReason
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or an abstention. Its dictionary follows the schema ``nmt-rag/answer/1``."""

    question: str
    language: str
    answered: bool
    text: str
    abstention: Abstention | None = None
    actors: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    related: tuple[Related, ...] = ()
    confidence: float = 0.0
    engine: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in the schema ``nmt-rag/answer/1``."""
        return {"schema": ANSWER_SCHEMA, **_plain(self)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the answer that `to_dict` described.

        Raises:
            ValueError: the schema is another one.
        """
        if row.get("schema") != ANSWER_SCHEMA:
            raise ValueError(f"expected schema {ANSWER_SCHEMA!r}, got {row.get('schema')!r}")
        abstention = row.get("abstention")
        return cls(
            question=row["question"],
            language=row["language"],
            answered=row["answered"],
            text=row["text"],
            abstention=Abstention(**abstention) if abstention else None,
            actors=tuple(row["actors"]),
            statements=tuple(Statement(s["text"], tuple(s["citations"])) for s in row["statements"]),
            citations=tuple(Citation.from_dict(c) for c in row["citations"]),
            related=tuple(Related(**r) for r in row["related"]),
            confidence=row["confidence"],
            engine=dict(row["engine"]),
        )


def _plain(value: Any) -> Any:  # noqa: ANN401 - it walks any dataclass
    """Turn dataclasses, mappings and tuples into dictionaries and lists, in field order."""
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
