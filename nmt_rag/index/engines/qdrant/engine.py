"""An index in Qdrant, on a server, a cluster or in this process: searches, checks, and the turns of its writer.

Documents, passages and generations are `truth`'s, writing is `writing`'s. Dense search is by inner product
of unit embeddings; words are an inner product of our own BM25 weights (`bm25`): no score is the engine's own.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import IndexLockedError, IndexMismatchError, IndexNotFoundError, NmtRagError
from nmt_rag.index.checks import Check
from nmt_rag.index.conditions import Filter
from nmt_rag.index.engines.qdrant import bm25, checks
from nmt_rag.index.engines.qdrant.payloads import MOMENT, PAYLOAD_FORMAT, Collections, Moment, payload_filter, visible
from nmt_rag.index.engines.qdrant.points import (
    Cluster,
    CollectionLayout,
    Condition,
    HasId,
    Point,
    PointId,
    Points,
    Sparse,
)
from nmt_rag.index.engines.qdrant.truth import QdrantTruth
from nmt_rag.index.engines.qdrant.writing.word_counts import known_tokens
from nmt_rag.index.engines.qdrant.writing.writer import Writer, writing
from nmt_rag.index.engines.ranking import (
    BM25_DECIMALS,
    COSINE_DECIMALS,
    checked_boosts,
    checked_embedding,
    k_best,
    searched_tokens,
)
from nmt_rag.index.storage.files import PATIENCE
from nmt_rag.index.storage.records import Records
from nmt_rag.types import Document, Passage

_FILTERED: Mapping[str, Literal["keyword", "integer"]] = {"added": "integer", "removed": "integer"}


class QdrantEngine:
    """An open index in Qdrant; see `nmt_rag.index.engines.protocol.Engine`. Use `create` or `open`."""

    def __init__(self, collections: Collections, moment: Moment) -> None:
        self.path = collections.address
        self.fingerprint = moment.fingerprint
        self.dim = moment.dim
        self.truth = QdrantTruth(collections)
        self._at = collections
        self._turn = threading.Lock()
        self._writer: Writer | None = None

    @classmethod
    def create(
        cls, cluster: Cluster, name: str, *, address: str, fingerprint: str | None, dim: int, layout: CollectionLayout
    ) -> Self:
        """Make the collections of an empty index, its generation last, and open it.

        Raises:
            NmtRagError: there is an index already, or the engine fails.
        """
        if _moment_of(cluster, name) is not None:
            raise NmtRagError(f"there is an index at {address} already; open it, or delete its collections first")
        for collection in _names(name):  # what a creation that was broken off has left
            if cluster.exists(collection):
                cluster.drop(collection)
        moment = Moment(uuid.uuid4().hex, fingerprint, dim, layout.search)
        passages, documents, words = (
            cluster.create(collection, shape)
            for collection, shape in zip(_names(name), _layouts(replace(layout, dim=dim)), strict=True)
        )
        documents.upsert([Point(MOMENT, {**moment.to_payload(), "writer": "", "until": 0.0})])
        return cls(Collections(address, cluster, passages, documents, words), moment)

    @classmethod
    def open(cls, cluster: Cluster, name: str, *, address: str) -> Self:
        """Open the index of some collections.

        Raises:
            IndexNotFoundError: there is none.
            IndexMismatchError: it is of another format.
        """
        payload = _moment_of(cluster, name)
        if payload is None:
            raise IndexNotFoundError(
                f"there is no index at {address}; make one with: nmt-rag index PATH --index {address}"
            )
        if payload.get("format") != PAYLOAD_FORMAT:
            raise IndexMismatchError(
                f"the index {address} has format {payload.get('format')}, this version of nmt_rag reads format "
                f"{PAYLOAD_FORMAT}; build the index again from the documents"
            )
        layouts = _layouts(CollectionLayout(dim=int(payload["dim"]), search=payload["search"]))
        passages, documents, words = (
            cluster.open(collection, shape) for collection, shape in zip(_names(name), layouts, strict=True)
        )
        collections = Collections(address, cluster, passages, documents, words)
        return cls(collections, collections.moment())

    def moment(self) -> AbstractContextManager[None]:
        """Promise nothing: what is read while a generation ends may be of either; `Index.at_one_moment` asks again."""
        return nullcontext()

    def identity(self) -> Hashable:
        """Return the random name that the index got when it was created; None where there is none now."""
        try:
            return self._at.moment().index
        except NmtRagError:
            return None

    def refresh(self) -> None:
        """Do nothing: the engine holds what searches need."""

    # Searching

    def search_dense(
        self,
        embedding: NDArray[np.float32],
        k: int,
        *,
        where: Filter | None,
        among: NDArray[np.int64] | None,
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, cosine)``, best first, ties by id."""
        question = checked_embedding(embedding, self.dim)
        chosen = _filtered(where) if among is None else (HasId(tuple(among.tolist())),)
        shown = visible(self._at.moment(), *chosen)
        return _ranked(self._at.passages, question, k, shown, COSINE_DECIMALS)

    def search_words(
        self,
        tokens: Sequence[str],
        k: int,
        *,
        where: Filter | None,
        boosts: Mapping[str, float] | None,
        lesser: Collection[str],
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, BM25 score)``, best first, ties by id."""
        wanted, moment = checked_boosts(boosts), self._at.moment()
        question = self._question(moment, tokens, wanted, lesser)
        shown = visible(moment, *_filtered(where))
        return _ranked(self._at.passages, question, k, shown, BM25_DECIMALS)

    def search_documents(self, tokens: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Return at most k ``(document_id, BM25 score)`` of whole documents, best first."""
        moment = self._at.moment()
        question = self._question(moment, tokens, {"document": 1.0}, ())
        ranked = _ranked(self._at.documents, question, k, visible(moment), BM25_DECIMALS)
        points = self._at.documents.retrieve([number for number, _ in ranked], fields=["id"])
        return [(points[number].payload["id"], score) for number, score in ranked if number in points]

    def _question(
        self, moment: Moment, tokens: Sequence[str], boosts: Mapping[str, float], lesser: Collection[str]
    ) -> Sparse:
        """Return a question's tokens, weighed by what was counted of them in the settled generation of a moment."""
        names = searched_tokens(tokens)
        known = known_tokens(self._at, names, moment.settled)
        return bm25.query(names, known, moment.totals, boosts, lesser)

    # Changing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer; what a killed one has left is undone first."""
        if not self._turn.acquire(timeout=PATIENCE):
            raise IndexLockedError(f"another thread is writing to the index {self.path}; try again when it is done")
        try:
            with writing(self._at) as writer:
                self._writer = writer
                yield
        finally:
            self._writer = None
            self._turn.release()

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some texts' hashes, each once and in order, whose embeddings are not held."""
        return self._at_work().unknown_hashes(hashes)

    def put_embeddings(self, hashes: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Hold embeddings under the hashes of their texts until their passages are written."""
        self._at_work().put_embeddings(hashes, embeddings)

    def upsert(self, batch: Sequence[tuple[Document, Sequence[Passage]]]) -> set[str]:
        """Commit documents as one generation; return the ids of those that were replaced."""
        return self._at_work().upsert(batch)

    def delete(self, document_ids: Iterable[str]) -> list[str]:
        """Remove documents in one generation; return the ids of those that were there."""
        return self._at_work().delete(document_ids)

    def settle(self) -> None:
        """Count the words of what was committed, and delete what was removed."""
        self._at_work().settle()

    def write_words(self) -> None:
        """Count the words of what was committed so far."""
        self._at_work().settle()

    def _at_work(self) -> Writer:
        """Return the writer of the turn that goes on. Raises ValueError outside of `writing`."""
        if self._writer is None:
            raise ValueError("the index is changed inside `writing`")
        return self._writer

    # The rest

    def verify(self) -> Iterator[Check]:
        """Yield every check with its outcome; see `nmt_rag.index.engines.qdrant.checks`."""
        return checks.check(self._at, self.truth)

    def records(self, namespace: str) -> Records:
        """Refuse: records of indexing runs are kept in index folders only."""
        raise NmtRagError(
            f"the index {self.path} keeps no records of indexing runs ({namespace}); use a folder for that"
        )

    def close(self) -> None:
        """Let go of the connection; closing twice is harmless."""
        self._at.cluster.close()


def _ranked(
    points: Points, question: NDArray[np.float32] | Sparse, k: int, where: Condition, decimals: int
) -> list[tuple[int, float]]:
    """Return the k best by rounded score, ties by id, which the engine does not order."""

    def nearest(n: int) -> list[tuple[PointId, float]]:
        """Return the n best points with their scores; a question of no known word has none."""
        asks_nothing = isinstance(question, Sparse) and not question.indices
        return [] if asks_nothing else points.nearest(question, n, where=where)

    return k_best(nearest, k, decimals=decimals)


def _filtered(where: Filter | None) -> tuple[Condition, ...]:
    """Return a filter as conditions on a passage's payload; none where there is no filter."""
    return () if where is None else (payload_filter(where),)


def _names(name: str) -> tuple[str, str, str]:
    """Return the names of an index's collections: passages, documents and words."""
    return name, f"{name}-documents", f"{name}-words"


def _layouts(layout: CollectionLayout) -> tuple[CollectionLayout, CollectionLayout, CollectionLayout]:
    """Return the layouts of the three collections of an index."""
    plain = replace(layout, dim=0, search="exact")
    passages = replace(layout, indexed={**_FILTERED, "document": "integer", "keys": "keyword", "hash": "keyword"})
    documents = replace(plain, indexed={**_FILTERED, "id": "keyword", "generation": "integer", "writer": "keyword"})
    return passages, documents, replace(plain, indexed={"number": "integer"})


def _moment_of(cluster: Cluster, name: str) -> Mapping[str, Any] | None:
    """Return the payload of the point that holds an index's generation, or None where there is no index."""
    documents = _names(name)[1]
    if not cluster.exists(documents):
        return None
    point = cluster.open(documents, CollectionLayout()).retrieve([MOMENT]).get(MOMENT)
    return None if point is None else point.payload
