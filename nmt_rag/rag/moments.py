"""Work on an index that changes meanwhile: done again until all of it is of one generation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nmt_rag.errors import IndexLockedError
from nmt_rag.index import Index

_T = TypeVar("_T")

MOMENTS = 20
"""How often a question is asked again because the index changed under it; commits come a few times a second at most."""


def at_one_moment(index: Index, work: Callable[[], _T]) -> _T:
    """Return what some work on an index finds, done again where the index changed meanwhile.

    Raises:
        IndexLockedError: the index changed each of `MOMENTS` times.
    """
    for _ in range(MOMENTS):
        generation = index.generation
        try:
            found = work()
        except (LookupError, ValueError):  # what was found is gone, or its place lies outside of the new text
            if index.generation == generation:
                raise
        else:
            if index.generation == generation:
                return found
    raise IndexLockedError(f"the index {index.path} changes all the time; ask again when the writer is done")
