"""Documents and passages of an index in Qdrant, read from the points of the generation of now.

What the points hold, and in which generations each is visible, stands in `nmt_rag.index.engines.qdrant.payloads`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index import conditions
from nmt_rag.index.engines.qdrant.bm25 import Totals
from nmt_rag.index.engines.qdrant.payloads import Collections, first_number, payload_filter, visible
from nmt_rag.index.engines.qdrant.points import EMBEDDING, AllOf, Condition, OneOf, Point, PointId, Points
from nmt_rag.index.storage.files import State
from nmt_rag.index.storage.rows import Place, as_json, parts_of, row_checksum, strings
from nmt_rag.types import Document, Passage

PAGE = 500
"""Points read at a time."""


class QdrantTruth:
    """The documents and passages of an index in Qdrant; see `nmt_rag.index.engines.protocol.Truth`."""

    def __init__(self, collections: Collections) -> None:
        self._at = collections

    def state(self) -> State:
        """Return the stamp of the generation that was committed last."""
        moment = self._at.moment()
        return State(moment.index, moment.generation, first_number(moment.generation + 1) - 1)

    def counts(self) -> tuple[int, int]:
        """Return the number of documents and of passages."""
        moment = self._at.moment()
        return moment.n_documents, moment.n_passages

    def has_several_documents(self) -> bool:
        """Tell whether there are two documents or more."""
        return self._at.moment().n_documents > 1

    def digest(self, document_id: str) -> str | None:
        """Return the digest of a document that is held, or None."""
        point = self.document_points([document_id], fields=["id", "digest"]).get(document_id)
        return None if point is None else str(point.payload["digest"])

    def document_ids(self) -> list[str]:
        """Return the ids of the documents, in the order they were added."""
        return [point.payload["id"] for point in self._scrolled(self._at.documents, fields=["id"])]

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None."""
        point = self.document_points([document_id]).get(document_id)
        return None if point is None else self.document_of(point)

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order they were added, few in memory at a time."""
        return (self.document_of(point) for point in self._scrolled(self._at.documents, page=8))

    def sources(self, document_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return title and url of documents by their ids; those that are not held are left out."""
        points = self.document_points(document_ids, fields=["id", "title", "url"])
        return {name: (point.payload["title"], point.payload["url"]) for name, point in points.items()}

    def passages(self, document_id: str) -> list[tuple[int, Passage]]:
        """Return a document's passages with their ids, in the order of the text."""
        point = self.document_points([document_id], fields=["id"]).get(document_id)
        return [] if point is None else self.passages_of(int(point.id))

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their ids; those that are gone are left out."""
        return {int(point.id): self.passage_of(point) for point in self._by_id(ids)}

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where passages stand, by their ids; those that are gone are left out."""
        points = self._by_id(ids, fields=["id", "ordinal", "added", "removed"])
        return {int(point.id): Place(point.payload["id"], point.payload["ordinal"]) for point in points}

    def ids_at(self, places: Sequence[Place]) -> dict[Place, int]:
        """Return the ids of the passages at some places; those that are gone are left out."""
        wanted: dict[str, list[int]] = {}
        for document_id, ordinal in places:
            wanted.setdefault(document_id, []).append(ordinal)
        found: dict[Place, int] = {}
        for document_id, point in self.document_points(list(wanted), fields=["id"]).items():
            for part in parts_of(wanted[document_id]):
                where = OneOf("document", (int(point.id),)), OneOf("ordinal", tuple(part))
                for one in scrolled(self._at.passages, AllOf(where), fields=["ordinal"]):
                    found[Place(document_id, one.payload["ordinal"])] = int(one.id)
        return found

    def embeddings(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the embeddings of passages by their ids, each *shape* ``(dim,)``; those that are gone are left out."""
        if not self._at.moment().dim:
            return {}
        points = self._by_id(ids, fields=["added", "removed"], vectors=[EMBEDDING])
        return {int(point.id): point.embedding for point in points if point.embedding is not None}

    def matching(self, condition: conditions.Filter) -> NDArray[np.int64]:
        """Return the ids of passages that a filter without comparisons lets through, ascending. *Shape:* ``(n,)``."""
        points = self._scrolled(self._at.passages, payload_filter(condition), fields=["added"], page=10_000)
        return np.array([int(point.id) for point in points], dtype=np.int64)

    def field_texts(self, after: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield the numbers of documents above one, and their fields as `conditions.texts_of` gives them."""
        for point in self._scrolled(self._at.documents, fields=["id", "title", "fields"], first=after + 1):
            yield int(point.id), conditions.texts_of(self._document_of(point, {**point.payload, "text": ""}))

    def everything(self) -> Iterator[tuple[Any, ...]]:
        """Yield every row that is kept: the settings, the documents with their passages, and the embeddings.

        What a writer counts, weighs or prepares meanwhile is left out.
        """
        moment = self._at.moment()
        kept = replace(moment, settled=0, last_token=0, totals=Totals(), averages=(), weighing=False, given_up=())
        yield "settings", as_json(kept.to_payload())
        vectors = [EMBEDDING] if moment.dim else []
        for collection, held in ((self._at.documents, []), (self._at.passages, vectors)):
            for point in self._scrolled(collection, vectors=held):
                embedding = b"" if point.embedding is None else point.embedding.astype("<f4").tobytes()
                payload = {name: value for name, value in point.payload.items() if name not in ("removed", "weighed")}
                yield (
                    int(point.id),
                    json.dumps(payload, sort_keys=True, ensure_ascii=False, allow_nan=False),
                    embedding,
                )

    # Points

    def document_points(self, document_ids: Sequence[str], *, fields: Sequence[str] | None = None) -> dict[str, Point]:
        """Return the points of documents that are held, by their ids."""
        moment = self._at.moment()
        points: dict[str, Point] = {}
        for part in parts_of(document_ids):
            where = visible(moment, OneOf("id", tuple(part)))
            found, _ = self._at.documents.scroll(where, limit=len(part), fields=fields)
            points.update((point.payload["id"], point) for point in found)
        return points

    def passages_of(self, number: int) -> list[tuple[int, Passage]]:
        """Return the passages of the document with a number, with their ids, in the order of the text."""
        points = scrolled(self._at.passages, OneOf("document", (number,)))
        rows = [(int(point.id), self.passage_of(point)) for point in points]
        return sorted(rows, key=lambda row: row[1].ordinal)

    def document_of(self, point: Point) -> Document:
        """Return the document of a point. Raises IndexDamagedError where its text is not the one that was added."""
        document = self._document_of(point, point.payload)
        if document.sha256 != point.payload.get("sha256"):
            raise self._at.damaged(f"the text of the document {document.id!r} is not what was added")
        return document

    def _document_of(self, point: Point, payload: Mapping[str, Any]) -> Document:
        """Return the document of a payload, its text unchecked."""
        try:
            own = {name: payload[name] for name in ("id", "title", "text")}
            return Document.from_dict({**json.loads(payload["fields"]), **own})
        except (KeyError, ValueError, TypeError, RecursionError) as error:
            raise self._at.damaged(f"document {point.id} cannot be read") from error

    def passage_of(self, point: Point) -> Passage:
        """Return the passage of a point. Raises IndexDamagedError where it is not the one that was added."""
        payload = point.payload
        if payload.get("crc") != row_checksum(payload.get("row", ())):
            raise self._at.damaged(f"passage {point.id} is not what was added")
        ordinal, start, end, text, heading, actors, page, paragraph, context = payload["row"]
        try:
            names = strings(heading), strings(actors)
        except ValueError as error:
            raise self._at.damaged(f"passage {point.id} cannot be read") from error
        return Passage(payload["id"], ordinal, start, end, text, *names, page, paragraph, context)

    def _by_id(
        self, ids: Sequence[int], *, fields: Sequence[str] | None = None, vectors: Sequence[str] = ()
    ) -> Iterator[Point]:
        """Yield the passages' points that are there and belong to the generation of now."""
        moment = self._at.moment()
        for part in parts_of([int(number) for number in ids]):
            for point in self._at.passages.retrieve(part, fields=fields, vectors=vectors).values():
                if moment.shows(point.payload):
                    yield point

    def _scrolled(
        self,
        collection: Points,
        *more: Condition,
        fields: Sequence[str] | None = None,
        vectors: Sequence[str] = (),
        page: int = PAGE,
        first: PointId | None = None,
    ) -> Iterator[Point]:
        """Yield the points of the generation of now that match, in the order of their ids."""
        where = visible(self._at.moment(), *more)
        return scrolled(collection, where, fields=fields, vectors=vectors, page=page, first=first)


def scrolled(
    collection: Points,
    where: Condition,
    *,
    fields: Sequence[str] | None = None,
    vectors: Sequence[str] = (),
    page: int = PAGE,
    first: PointId | None = None,
) -> Iterator[Point]:
    """Yield all points that match, in the order of their ids from a first one on, a page at a time."""
    after = first
    while True:
        points, after = collection.scroll(where, limit=page, after=after, fields=fields, vectors=vectors)
        yield from points
        if after is None:
            return
