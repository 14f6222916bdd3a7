"""Points: what a vector engine keeps, and the conditions by which they are found; nothing of any one engine.

A point has an id, a payload, and none, one or both of an embedding and a sparse vector of words. `Points` is one
collection of them, `Cluster` the place where collections lie. Every change is on disk, or with the replicas that the
collection asks for, when its call returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

PointId = int | str
"""A number of at least 0, or a UUID as text."""

EMBEDDING, WORDS = "embedding", "words"
"""The names of the two vectors that a point may have."""

SearchMethod = Literal["exact", "hnsw", "scalar", "binary"]
"""How embeddings are searched: each compared, by a graph, or in one of two shorter forms (`QUANTIZED`)."""

QUANTIZED = ("scalar", "binary")
"""The layouts whose embeddings are searched in a shorter form and then scored anew as they are."""

OVERSAMPLING = 3.0
"""At most this many times as many as are asked for are scored anew."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field, or an item of it, is one of some values."""

    key: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The field is a number between two bounds, which count; a point that lacks it does not match."""

    key: str
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class HasId:
    """The point's id is one of some."""

    ids: tuple[PointId, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds; with none, everything matches."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The condition does not hold."""

    condition: Condition


Condition = OneOf | Between | HasId | AllOf | AnyOf | NoneOf


class Sparse(NamedTuple):
    """A sparse vector: dimensions below 2³², each once, and their values."""

    indices: list[int]
    values: list[float]


@dataclass(frozen=True, slots=True)
class Point:
    """One point as it is kept, or as far as it was asked for."""

    id: PointId
    payload: Mapping[str, Any] = field(default_factory=dict)
    embedding: NDArray[np.float32] | None = None
    words: Sparse | None = None


@dataclass(frozen=True, slots=True)
class CollectionLayout:
    """What a collection holds: embeddings of a width (0 for none), words, and the payload fields that filters use."""

    dim: int = 0
    search: SearchMethod = "exact"
    shards: int = 1
    replicas: int = 1
    indexed: Mapping[str, Literal["keyword", "integer"]] = field(default_factory=dict)


class Points(Protocol):
    """One collection. Threads may share it."""

    def upsert(self, points: Sequence[Point], *, only: Condition | None = None) -> None:
        """Put points, in place of those with the same ids; of these only the ones that match ``only``."""
        ...

    def put_words(self, words: Mapping[PointId, Sparse], *, only: Condition) -> None:
        """Put the sparse vectors of points that are there and match ``only``."""
        ...

    def delete(self, where: Condition) -> None:
        """Delete the points that match."""
        ...

    def set_fields(self, where: Condition, payload: Mapping[str, Any]) -> None:
        """Set fields of the payload of the points that match; the others stay."""
        ...

    def unset_fields(self, where: Condition, keys: Sequence[str]) -> None:
        """Take fields out of the payload of the points that match."""
        ...

    def retrieve(
        self, ids: Sequence[PointId], *, fields: Sequence[str] | None = None, vectors: Sequence[str] = ()
    ) -> dict[PointId, Point]:
        """Return points by their ids; those that are not there are left out. No fields stands for all of them."""
        ...

    def scroll(
        self,
        where: Condition,
        *,
        limit: int,
        after: PointId | None = None,
        fields: Sequence[str] | None = None,
        vectors: Sequence[str] = (),
    ) -> tuple[list[Point], PointId | None]:
        """Return matching points in the order of their ids, and where the next page begins, None after the last."""
        ...

    def count(self, where: Condition) -> int:
        """Return the exact number of matching points."""
        ...

    def nearest(
        self, vector: NDArray[np.float32] | Sparse, limit: int, *, where: Condition
    ) -> list[tuple[PointId, float]]:
        """Return the matching points of the highest inner products, best first, ties in any order."""
        ...


class Cluster(Protocol):
    """The place where collections lie."""

    exclusive: bool
    """Whether nothing but this process can open it, so that a writer in another one is no longer at work."""

    def exists(self, name: str) -> bool:
        """Tell whether there is a collection."""
        ...

    def create(self, name: str, layout: CollectionLayout) -> Points:
        """Make an empty collection."""
        ...

    def open(self, name: str, layout: CollectionLayout) -> Points:
        """Open a collection that is there."""
        ...

    def drop(self, name: str) -> None:
        """Delete a collection with all that it holds."""
        ...

    def close(self) -> None:
        """Let go of what is open; closing twice is harmless."""
        ...
