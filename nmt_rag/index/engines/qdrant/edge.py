"""Qdrant's engine inside this process (`qdrant-edge-py`): collections as folders, one process at a time.

It is the same Rust engine that a Qdrant server runs, without its network and shards: for one machine, and for tests of
what a server will do.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import IndexLockedError, NmtRagError
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
    import qdrant_edge as edge
except ModuleNotFoundError as error:
    raise NmtRagError(
        "an index at qdrant+local: needs qdrant-edge-py, which is not installed: pip install qdrant-edge-py"
    ) from error

_edge: Any = edge

_OPEN_SHARDS: dict[Path, tuple[Any, int]] = {}  # a folder can be opened once: all of this process share it
_OPEN_LOCK = threading.Lock()


class EdgePoints:
    """One collection in a folder."""

    def __init__(self, path: Path, shard: Any, layout: CollectionLayout) -> None:  # noqa: ANN401 - the library is untyped here
        self._path = path
        self._shard = shard
        self._params = search_params(_edge, layout)

    def upsert(self, points: Sequence[Point], *, only: Condition | None = None) -> None:
        """Put points, in place of those with the same ids; of these only the ones that match ``only``."""
        if points:
            rows = [_edge.Point(point.id, vectors_of(point, _sparse), dict(point.payload)) for point in points]
            condition = None if only is None else _filter(only)
            self._update(_edge.UpdateOperation.upsert_points(rows, condition=condition))

    def put_words(self, words: Mapping[PointId, Sparse], *, only: Condition) -> None:
        """Put the sparse vectors of points that are there and match ``only``."""
        if words:
            rows = [_edge.PointVectors(key, {WORDS: _sparse(value)}) for key, value in words.items()]
            self._update(_edge.UpdateOperation.update_vectors(rows, condition=_filter(only)))

    def delete(self, where: Condition) -> None:
        """Delete the points that match."""
        self._update(_edge.UpdateOperation.delete_points_by_filter(_filter(where)))

    def set_fields(self, where: Condition, payload: Mapping[str, Any]) -> None:
        """Set fields of the payload of the points that match; the others stay."""
        self._update(_edge.UpdateOperation.set_payload_by_filter(_filter(where), dict(payload)))

    def unset_fields(self, where: Condition, keys: Sequence[str]) -> None:
        """Take fields out of the payload of the points that match."""
        self._update(_edge.UpdateOperation.delete_payload_by_filter(_filter(where), list(keys)))

    def retrieve(
        self, ids: Sequence[PointId], *, fields: Sequence[str] | None = None, vectors: Sequence[str] = ()
    ) -> dict[PointId, Point]:
        """Return points by their ids; those that are not there are left out."""
        if not ids:
            return {}
        with _translated(self._path):
            rows = self._shard.retrieve(list(ids), fields_of(fields), list(vectors) or False)
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
        request = _edge.ScrollRequest(
            offset=after,
            limit=limit,
            filter=_filter(where),
            with_payload=fields_of(fields),
            with_vector=list(vectors) or False,
        )
        with _translated(self._path):
            rows, following = self._shard.scroll(request)
        return [point_of(row) for row in rows], None if following is None else id_of(following)

    def count(self, where: Condition) -> int:
        """Return the exact number of matching points."""
        with _translated(self._path):
            return int(self._shard.count(_edge.CountRequest(exact=True, filter=_filter(where))))

    def nearest(
        self, vector: NDArray[np.float32] | Sparse, limit: int, *, where: Condition
    ) -> list[tuple[PointId, float]]:
        """Return the matching points of the highest inner products, best first, ties in any order."""
        if isinstance(vector, Sparse):
            query = _edge.Query.Nearest(_sparse(vector), using=WORDS)
        else:
            query = _edge.Query.Nearest(vector.tolist(), using=EMBEDDING)
        request = _edge.QueryRequest(
            limit=limit,
            query=query,
            filter=_filter(where),
            with_payload=False,
            params=self._params,
        )
        with _translated(self._path):
            return [(id_of(hit.id), float(hit.score)) for hit in self._shard.query(request)]

    def _update(self, operation: Any) -> None:  # noqa: ANN401
        with _translated(self._path):
            self._shard.update(operation)


class EdgeCluster:
    """Collections in the folders of one folder."""

    exclusive = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: list[Path] = []

    def exists(self, name: str) -> bool:
        """Tell whether there is a collection."""
        return (self._folder / name / "edge_config.json").exists() or (self._folder / name / "segments").is_dir()

    def create(self, name: str, layout: CollectionLayout) -> Points:
        """Make an empty collection."""
        path = self._folder / name
        vectors = {EMBEDDING: _edge.EdgeVectorParams(size=layout.dim, distance=_edge.Distance.Dot)}
        config = _edge.EdgeConfig(
            vectors=vectors if layout.dim else None,
            sparse_vectors={WORDS: _edge.EdgeSparseVectorParams()},
            quantization_config=_quantization(layout),
        )
        with _translated(path):
            path.mkdir(parents=True, exist_ok=True)
            shard = _edge.EdgeShard.create(str(path), config)
            for key, kind in layout.indexed.items():
                schema = getattr(_edge.PayloadSchemaType, kind.capitalize())
                shard.update(_edge.UpdateOperation.create_field_index(key, schema))
            shard.flush()
            shard.close()
        return self.open(name, layout)

    def open(self, name: str, layout: CollectionLayout) -> Points:
        """Open a collection that is there."""
        path = (self._folder / name).resolve()
        with _OPEN_LOCK, _translated(path):
            shard, n_users = _OPEN_SHARDS.get(path, (None, 0))
            shard = shard or _edge.EdgeShard.load(str(path))
            _OPEN_SHARDS[path] = shard, n_users + 1
        self._opened.append(path)
        return EdgePoints(path, shard, layout)

    def drop(self, name: str) -> None:
        """Delete a collection with all that it holds."""
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def close(self) -> None:
        """Let go of what is open; the last to do so closes it."""
        opened, self._opened = self._opened, []
        with _OPEN_LOCK:
            for path in opened:
                shard, n_users = _OPEN_SHARDS.pop(path)
                if n_users > 1:
                    _OPEN_SHARDS[path] = shard, n_users - 1
                else:
                    shard.flush()
                    shard.close()


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Raise the engine's errors, which have no type of their own, as ours."""
    try:
        yield
    except (NmtRagError, KeyboardInterrupt, SystemExit, TypeError):
        raise
    except Exception as error:
        message = " ".join(str(error).split())
        if "WouldBlock" in message:
            raise IndexLockedError(
                f"the index {path.parent} is open in another process; qdrant+local: serves one at a time"
            ) from error
        raise NmtRagError(f"Qdrant's engine failed at {path}: {message[:300]}") from error


def _filter(condition: Condition) -> Any:  # noqa: ANN401
    """Return a condition as the engine's filter."""
    return filter_of(_edge, condition, _single)


def _single(condition: OneOf | Between | HasId) -> Any:  # noqa: ANN401
    match condition:
        case OneOf(key, values):
            return _edge.FieldCondition(key, match=_edge.MatchAny(list(values)))
        case Between(key, least, most):
            return _edge.FieldCondition(key, range=_edge.RangeFloat(gte=least, lte=most))
        case HasId(ids):
            return _edge.HasIdCondition(set(ids))


def _sparse(vector: Sparse) -> Any:  # noqa: ANN401
    return _edge.SparseVector(*vector)


def _quantization(layout: CollectionLayout) -> Any:  # noqa: ANN401
    if layout.search == "scalar":
        return _edge.ScalarQuantizationConfig(type=_edge.ScalarType.Int8)
    return _edge.BinaryQuantizationConfig() if layout.search == "binary" else None
