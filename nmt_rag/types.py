"""The data that flow through the library: frozen dataclasses, and their dictionaries.

No work is done here. Every offset counts characters (code points) of ``Document.text``; a higher score is better.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Self

from nmt_rag.dictionaries import made, plain

ANSWER_SCHEMA = "nmt-rag/answer/1"

AbstentionReason = Literal["no_evidence", "weak_evidence", "off_topic", "empty_question"]
Verdict = Literal["exact", "moved", "elsewhere", "altered", "absent"]


class _Row:
    """What is kept as a dictionary, and made of one again."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that JSON can hold."""
        return dict(plain(self))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described.

        Raises:
            ValueError: a key is missing or unknown; the message names it.
            TypeError: the row, or a value in it, is of another type.
        """
        return made(cls, row)


@dataclass(frozen=True, slots=True)
class Document(_Row):
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

    def __post_init__(self) -> None:
        """Refuse pages that are no offsets (TypeError), or do not ascend from 0 (ValueError)."""
        if not all(hasattr(page, "__index__") for page in self.pages):
            raise TypeError(f"the pages of a document are the offsets at which they start, got {self.pages!r}")
        if list(self.pages) != sorted(self.pages) or min(self.pages, default=0) < 0:
            raise ValueError(f"the pages of a document start one after the other, got {self.pages!r}")

    def page_at(self, offset: int) -> int | None:
        """Return the page that an offset lies on, from 1, or None where the document has no pages."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
        return _sha256(self.text)


@dataclass(frozen=True, slots=True)
class Passage(_Row):
    """The smallest citable unit: a sentence or a list item, with the place it stands in.

    ``text`` equals ``document.text[start:end]``. ``heading`` is the path of headings above it, ``actors`` who
    acts or speaks in it (the main actor first), ``context`` the text that is encoded and searched for it:
    heading, neighbours and, on its last line, the sentence itself as it is read.
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

    @property
    def reading(self) -> str:
        """The passage as it is read, on one line: whole words, a row's header words, and the headings it leads to."""
        return self.text if self.context in ("", self.text) else self.context.rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class Hit(_Row):
    """A passage found for a query, with what put it there.

    ``dense_rank`` and ``lexical_rank`` count from 1 and are None where that search did not find the passage.
    ``before`` and ``after`` are the text around the passage, empty where none was asked for.
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
    before: str = ""
    after: str = ""

    def explain(self) -> str:
        """Return one line that says why the passage was found."""
        parts = [f"score {self.score:.3f}"]
        if self.dense_rank is not None and self.dense_score is not None:
            parts.append(f"embedding rank {self.dense_rank} ({self.dense_score:.3f})")
        if self.lexical_rank is not None and self.lexical_score is not None:
            parts.append(f"words rank {self.lexical_rank} ({self.lexical_score:.2f})")
        parts.append("matched: " + (", ".join(self.matched) if self.matched else "–"))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Citation(_Row):
    """A quote and the exact place it was taken from: ``document.text[start:end] == quote``.

    ``page`` is where it begins, from 1 (None: no pages); ``reading`` is what must be read with the quote.
    """

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
    page: int | None = None
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says, and the markers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A passage that lies near the question without supporting an answer; ``reading`` is as in a `Citation`."""

    document_id: str
    actor: str
    quote: str
    start: int
    end: int
    score: float
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why there is no answer, in one word for programs and one sentence for people."""

    reason: AbstentionReason
    message: str


@dataclass(frozen=True, slots=True)
class Answer(_Row):
    """An answer with its citations, or an abstention. Its dictionary follows the schema ``nmt-rag/answer/1``.

    ``confidence`` is how probable it is that the answer is right, in [0, 1]; of an abstention, that the best one it had
    would have been. ``uncertain`` marks an answer below the normal bar, given because the asker lowered it.
    """

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
    uncertain: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in the schema ``nmt-rag/answer/1``."""
        return {"schema": ANSWER_SCHEMA, **plain(self)}

    def to_json(self) -> str:
        """Return the answer as one line of JSON in the schema ``nmt-rag/answer/1``."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the answer that `to_json` wrote, or ``nmt-rag ask --json``.

        Raises:
            ValueError: the text is no JSON, or as `from_dict` raises it.
            TypeError: as `from_dict` raises it.
        """
        return cls.from_dict(json.loads(text))

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Return the answer that `to_dict` described; an ``id``, which is the asker's own, is passed over.

        Raises:
            ValueError: the schema is another one, or a key is missing or unknown; the message names it.
            TypeError: the row, or a value in it, is of another type.
        """
        if not isinstance(row, Mapping):
            raise TypeError(f"expected a mapping with the keys of Answer, got {type(row).__name__}")
        if row.get("schema") != ANSWER_SCHEMA:
            raise ValueError(f"expected schema {ANSWER_SCHEMA!r}, got {row.get('schema')!r}")
        return made(cls, {key: value for key, value in row.items() if key not in ("schema", "id")})


@lru_cache(maxsize=2)  # each citation of a document tells it
def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
