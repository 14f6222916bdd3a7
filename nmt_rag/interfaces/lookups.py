"""What the servers are asked beside questions: to verify a quote, to list and to show sources, and who does what.

Each function takes an open index and returns a dictionary that JSON can hold, of one generation of the index; its shape
is `nmt_rag.interfaces.replies`'s. The limits here hold over HTTP and over MCP.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from nmt_rag.citations import deep_link
from nmt_rag.documents import Responsibility, tasks
from nmt_rag.index import Index
from nmt_rag.rag import Rag
from nmt_rag.strict_json import finite
from nmt_rag.types import Document, Hit

_T = TypeVar("_T")

MAX_QUOTE = 10_000
"""The longest quote that is looked for (characters)."""
MAX_HITS = 100
"""The most hits that may be asked for at once."""
MAX_SHOWN = 20_000
"""The longest part of a document that is shown (characters)."""
AROUND = 300
"""How much of the text is shown on each side of a place (characters)."""
MAX_BATCH = 32
"""The most questions of one request."""
MAX_ROWS = 200
"""The most rows of who does what: a longer table nobody reads. Those of one actor are fewer."""


def as_whole(value: object) -> object:
    """Return 5 for 5.0, which is the same number in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class NoSuchDocument(LookupError):
    """The index holds no document with the id that was asked for."""


def hit_rows(rag: Rag, query: str, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - those of `Rag.search`
    """Return what `read_hits` does as rows of JSON."""
    return [{**hit.to_dict(), "reading": reading} for hit, reading in read_hits(rag, query, **options)]


def read_hits(rag: Rag, query: str, **options: Any) -> list[tuple[Hit, str]]:  # noqa: ANN401 - those of `Rag.search`
    """Return the nearest passages, best first, each with what must be read with it."""

    def work() -> list[tuple[Hit, str]]:
        hits = rag.search(query, **options)
        return list(zip(hits, rag.readings(hits), strict=True))

    return rag.at_one_moment(work)


def document(rag: Rag, document_id: str) -> Document:
    """Return a document.

    Raises:
        NoSuchDocument: there is none.
    """
    found = rag.document(document_id)
    if found is None:
        raise NoSuchDocument(document_id)
    return found


def whole(rag: Rag, document_id: str) -> dict[str, Any]:
    """Return a document with its text. Raises as `document` does."""
    found = document(rag, document_id)
    return {**finite(found.to_dict()), "sha256": found.sha256}


def without_text(found: Document) -> dict[str, Any]:
    """Return what a document says of itself, without its text and its pages."""
    row: dict[str, Any] = finite(found.to_dict())
    del row["text"], row["pages"]
    return row


def verified(rag: Rag, quote: str, document_id: str | None) -> dict[str, Any]:
    """Return what became of a quote, with a link to the place where it stands.

    Raises:
        NoSuchDocument: it is said to stand in one that is not there.
    """

    def work() -> dict[str, Any]:
        if document_id is not None:
            document(rag, document_id)
        found = rag.verify_quote(quote, document_id=document_id)
        url = "" if found.document_id is None else _link(document(rag, found.document_id), found.start, found.end)
        return {**dataclasses.asdict(found), "url": url}

    return rag.at_one_moment(work)


def listed(rag: Rag, offset: int, limit: int) -> dict[str, Any]:
    """Return some of the documents without their texts, in the order they were added."""

    def work() -> dict[str, Any]:
        ids = rag.index.document_ids()
        found = [document(rag, document_id) for document_id in ids[offset : offset + limit]]
        rows = [{**without_text(one), "sha256": one.sha256, "characters": len(one.text)} for one in found]
        return {"documents": rows, "total": len(ids), "offset": offset}

    return rag.at_one_moment(work)


def shown(rag: Rag, document_id: str, start: int, end: int) -> dict[str, Any]:
    """Return a place in a document, with what stands around it.

    Raises:
        NoSuchDocument: the index does not hold it.
        ValueError: the offsets are no place in its text, or too much is asked for.
    """
    found = document(rag, document_id)
    length = len(found.text)
    if not 0 <= start < end <= length or end - start > MAX_SHOWN:
        raise ValueError(
            f"expected 0 <= start < end <= {length}, the length of the document, and at most {MAX_SHOWN} characters; "
            f"got {start} and {end}"
        )
    return {
        "document_id": found.id,
        "title": found.title,
        "url": _link(found, start, end),
        "start": start,
        "end": end,
        "text": found.text[start:end],
        "before": found.text[max(0, start - AROUND) : start],
        "after": found.text[end : end + AROUND],
        "characters": length,
        "sha256": found.sha256,
    }


def one_each(rows: Sequence[Responsibility]) -> list[Responsibility]:
    """Return who does what with one row for two verbs with the same words («utreda och fatta beslut»)."""
    return list({(row.actor, row.phrase, row.citation.document_id, row.citation.start): row for row in rows}.values())


class OnceAGeneration(Generic[_T]):
    """What is found in all texts of an index at one moment, once for each of its generations. Threads may share it.

    Args:
        found: an index → what is found in it.
    """

    def __init__(self, found: Callable[[Index], _T]) -> None:
        self._found = found
        self._lock = threading.Lock()
        self._kept: tuple[Index, int, _T] | None = None

    def __call__(self, rag: Rag) -> _T:
        """Return what is found in an index as it is now; see `Rag.at_one_moment`."""
        with self._lock:
            self._kept = kept = rag.at_one_moment(lambda: self._now(rag.index))
        return kept[2]

    def _now(self, index: Index) -> tuple[Index, int, _T]:
        """Return what is kept of this generation of an index, or find it."""
        kept, generation = self._kept, index.generation
        if kept is not None and kept[0] is index and kept[1] == generation:
            return kept
        return index, generation, self._found(index)


class WhoDoesWhat:
    """Who does what in an index."""

    def __init__(self) -> None:
        self._rows = OnceAGeneration(tasks.of_index)

    def rows(self, rag: Rag, actor: str, word: str = "") -> dict[str, Any]:
        """Return the rows of some actors and tasks, at most `MAX_ROWS`; see `tasks.chosen`."""
        chosen = tasks.chosen(self._rows(rag), actor=actor, word=word)
        return {"rows": [row.to_dict() for row in chosen[:MAX_ROWS]], "total": len(chosen)}


def _link(found: Document, start: int | None, end: int | None) -> str:
    return deep_link(found.url, found.text, start or 0, end or 0, page=found.page_at(start or 0))
