"""Collections of a Qdrant server or cluster, over its own client (extra ``qdrant``).

The key of a server that asks for one is read from the environment (``QDRANT_API_KEY``), never from an address: those
are printed. Writes wait until they are applied, in the order in which the shard's leader took them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag import extras
from nmt_rag.errors import NmtRagError
from nmt_rag.index.engines.qdrant.points import (
    EMBEDDING,
    WORDS,
    Between,
    CollectionLayout,
    Condition,
    HasId,
    OneOf,
    Point,
    PointId,
    Points,
    Sparse,
)
from nmt_rag.index.engines.qdrant.terms import fields_of, filter_of, id_of, point_of, search_params, vectors_of

try:
    from qdrant_client import QdrantClient, models
    from qdrant_client.http.exceptions import ApiException
except ModuleNotFoundError as error:
    raise NmtRagError(
        f"an index at qdrant:// needs {error.name}, which is not installed: {extras.install('qdrant')}"
    ) from error

_models: Any = models
_STRONG = models.WriteOrdering.STRONG


class ServerPoints:
    """One collection of a server."""

    def __init__(self, client: QdrantClient, name: str, layout: CollectionLayout) -> None:
        self._client = client
        self._name = name
        self._params = search_params(_models, layout)

    def upsert(self, points: Sequence[Point], *, only: Condition | None = None) -> None:
        """Put points, in place of those with the same ids; of these only the ones that match ``only``."""
        if points:
            rows = [
                _models.PointStruct(id=point.id, vector=vectors_of(point, _sparse), payload=dict(point.payload))
                for point in points
            ]
            condition = None if only is None else _filter(only)
            with _translated():
                self._client.upsert(self._name, rows, wait=True, ordering=_STRONG, update_filter=condition)

    def put_words(self, words: Mapping[PointId, Sparse], *, only: Condition) -> None:
        """Put the sparse vectors of points that are there and match ``only``."""
        if words:
            rows = [_models.PointVectors(id=key, vector={WORDS: _sparse(value)}) for key, value in words.items()]
            with _translated():
                self._client.update_vectors(self._name, rows, wait=True, ordering=_STRONG, update_filter=_filter(only))

    def delete(self, where: Condition) -> None:
        """Delete the points that match."""
        selector = _models.FilterSelector(filter=_filter(where))
        with _translated():
            self._client.delete(self._name, selector, wait=True, ordering=_STRONG)

    def set_fields(self, where: Condition, payload: Mapping[str, Any]) -> None:
        """Set fields of the payload of the points that match; the others stay."""
        with _translated():
            self._client.set_payload(self._name, dict(payload), _filter(where), wait=True, ordering=_STRONG)

    def unset_fields(self, where: Condition, keys: Sequence[str]) -> None:
        """Take fields out of the payload of the points that match."""
        with _translated():
            self._client.delete_payload(self._name, list(keys), _filter(where), wait=True, ordering=_STRONG)

    def retrieve(
        self, ids: Sequence[PointId], *, fields: Sequence[str] | None = None, vectors: Sequence[str] = ()
    ) -> dict[PointId, Point]:
        """Return points by their ids; those that are not there are left out."""
        if not ids:
            return {}
        with _translated():
            rows = self._client.retrieve(
                self._name, list(ids), with_payload=fields_of(fields), with_vectors=list(vectors) or False
            )
        return {point.id: point for point in map(point_of, rows)}

    def scroll(
        self,
        where: Condition,
        *,
        limit: int,
        after: PointId | None = None,
        fields: Sequence[str] | None = None,
        vectors: Sequence[str] = (),
    ) -> tuple[list[Point], PointId | None]:
        """Return matching points in the order of their ids, and where the next page begins."""
        with _translated():
            rows, following = self._client.scroll(
                self._name,
                scroll_filter=_filter(where),
                limit=limit,
                offset=after,
                with_payload=fields_of(fields),
                with_vectors=list(vectors) or False,
            )
        return [point_of(row) for row in rows], None if following is None else id_of(following)

    def count(self, where: Condition) -> int:
        """Return the exact number of matching points."""
        with _translated():
            return int(self._client.count(self._name, count_filter=_filter(where), exact=True).count)

    def nearest(
        self, vector: NDArray[np.float32] | Sparse, limit: int, *, where: Condition
    ) -> list[tuple[PointId, float]]:
        """Return the matching points of the highest inner products, best first, ties in any order."""
        query, name = (_sparse(vector), WORDS) if isinstance(vector, Sparse) else (vector.tolist(), EMBEDDING)
        with _translated():
            response = self._client.query_points(
                self._name,
                query=query,
                using=name,
                query_filter=_filter(where),
                search_params=self._params,
                limit=limit,
                with_payload=False,
            )
        return [(id_of(hit.id), float(hit.score)) for hit in response.points]


class ServerCluster:
    """The collections of one server or cluster."""

    exclusive = False

    def __init__(self, client: QdrantClient) -> None:
        self._client = client

    def exists(self, name: str) -> bool:
        """Tell whether there is a collection."""
        with _translated():
            return bool(self._client.collection_exists(name))

    def create(self, name: str, layout: CollectionLayout) -> Points:
        """Make an empty collection, in as many shards and replicas as the layout says."""
        # Without a graph nothing is built that an exact search does not use.
        graph = _models.HnswConfigDiff(m=0) if layout.search == "exact" else None
        embedding = _models.VectorParams(
            size=layout.dim or 1,
            distance=_models.Distance.DOT,
            hnsw_config=graph,
            quantization_config=_quantization(layout),
        )
        with _translated():
            self._client.create_collection(
                name,
                vectors_config={EMBEDDING: embedding} if layout.dim else {},
                sparse_vectors_config={WORDS: _models.SparseVectorParams()},
                shard_number=layout.shards,
                replication_factor=layout.replicas,
                write_consistency_factor=layout.replicas // 2 + 1,
            )
            for key, kind in layout.indexed.items():
                self._client.create_payload_index(name, key, field_schema=_models.PayloadSchemaType(kind), wait=True)
        return self.open(name, layout)

    def open(self, name: str, layout: CollectionLayout) -> Points:
        """Open a collection that is there."""
        return ServerPoints(self._client, name, layout)

    def drop(self, name: str) -> None:
        """Delete a collection with all that it holds."""
        with _translated():
            self._client.delete_collection(name)

    def close(self) -> None:
        """Close the connection; closing twice is harmless."""
        self._client.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the client's errors as ours; wrong arguments stay what they are."""
    try:
        yield
    except (ApiException, OSError, RuntimeError) as error:
        message = " ".join(str(error).split())[:300]
        raise NmtRagError(
            f"the Qdrant server does not do what was asked ({message}); see that it runs, that its address is right "
            "and, where it asks for a key, that QDRANT_API_KEY holds it"
        ) from error


def _filter(condition: Condition) -> Any:  # noqa: ANN401 - the client's models take more than they declare
    """Return a condition as the client's filter."""
    return filter_of(_models, condition, _single)


def _single(condition: OneOf | Between | HasId) -> Any:  # noqa: ANN401
    match condition:
        case OneOf(key, values):
            return _models.FieldCondition(key=key, match=_models.MatchAny(any=list(values)))
        case Between(key, least, most):
            return _models.FieldCondition(key=key, range=_models.Range(gte=least, lte=most))
        case HasId(ids):
            return _models.HasIdCondition(has_id=list(ids))


def _sparse(vector: Sparse) -> Any:  # noqa: ANN401
    return _models.SparseVector(indices=vector.indices, values=vector.values)


def _quantization(layout: CollectionLayout) -> Any:  # noqa: ANN401
    if layout.search == "scalar":
        return _models.ScalarQuantization(
            scalar=_models.ScalarQuantizationConfig(type=_models.ScalarType.INT8, always_ram=True)
        )
    if layout.search == "binary":
        return _models.BinaryQuantization(binary=_models.BinaryQuantizationConfig(always_ram=True))
    return None


def connect(url: str, *, key: str | None, timeout: int) -> ServerCluster:
    """Return the collections of the server at a URL; it is asked when it is first needed."""
    return ServerCluster(QdrantClient(url=url, api_key=key, timeout=timeout, check_compatibility=False))
