"""Conditions, vectors and points in the terms of Qdrant's two libraries, which name most things alike.

The server's client and the engine inside a process differ in how a single condition is made, and in a sparse vector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nmt_rag.index.engines.qdrant.points import (
    EMBEDDING,
    OVERSAMPLING,
    QUANTIZED,
    WORDS,
    AllOf,
    AnyOf,
    Between,
    CollectionLayout,
    Condition,
    HasId,
    NoneOf,
    OneOf,
    Point,
    PointId,
    Sparse,
)


def filter_of(library: Any, condition: Condition, single: Callable[[OneOf | Between | HasId], Any]) -> Any:  # noqa: ANN401
    """Return a condition as a library's filter.

    Args:
        library: the module; both are untyped here.
        condition: what the points are to be.
        single: makes the library's own of a condition that holds no others.
    """

    def of(one: Condition) -> Any:  # noqa: ANN401
        """Return a condition with those that it holds."""
        match one:
            case AllOf(conditions):
                return library.Filter(must=[of(each) for each in conditions])
            case AnyOf(()):
                return single(HasId(()))
            case AnyOf(conditions):
                return library.Filter(should=[of(each) for each in conditions])
            case NoneOf(inner):
                return library.Filter(must_not=[of(inner)])
            case _:
                return single(one)

    return library.Filter(must=[of(condition)])


def search_params(library: Any, layout: CollectionLayout) -> Any:  # noqa: ANN401
    """Return how a collection is searched: exactly, or by short embeddings whose best are scored anew."""
    rescoring = library.QuantizationSearchParams(rescore=True, oversampling=OVERSAMPLING)
    return library.SearchParams(
        exact=layout.search == "exact", quantization=rescoring if layout.search in QUANTIZED else None
    )


def vectors_of(point: Point, sparse: Callable[[Sparse], Any]) -> dict[str, Any]:
    """Return the vectors that a point has, by their names."""
    vectors: dict[str, Any] = {}
    if point.embedding is not None:
        vectors[EMBEDDING] = point.embedding.tolist()
    if point.words is not None:
        vectors[WORDS] = sparse(point.words)
    return vectors


def fields_of(fields: Sequence[str] | None) -> bool | list[str]:
    """Return which fields are asked for: all of them where none are named."""
    return True if fields is None else list(fields) or False


def id_of(value: Any) -> PointId:  # noqa: ANN401
    """Return a library's id of a point."""
    return value if isinstance(value, int) else str(value)


def point_of(row: Any) -> Point:  # noqa: ANN401
    """Return a library's point."""
    vectors = row.vector if isinstance(row.vector, dict) else {}
    embedding, words = vectors.get(EMBEDDING), vectors.get(WORDS)
    return Point(
        id_of(row.id),
        row.payload or {},
        None if embedding is None else np.asarray(embedding, dtype=np.float32),
        None if words is None else Sparse(list(words.indices), list(words.values)),
    )
