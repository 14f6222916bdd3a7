"""Documents and passages → the columns of their rows, with the hashes and checksums that guard them.

It knows no database: what is stored where stands in `nmt_rag.index.storage.store`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt_rag.strict_json import finite
from nmt_rag.types import Document, Passage

_T = TypeVar("_T")

PAGE = 500
"""Rows read at a time, so that no reader holds up a commit, and the most variables of one statement."""


class Place(NamedTuple):
    """Where a passage stands: what a ranking needs to know of it."""

    document_id: str
    ordinal: int


def digest(document: Document) -> str:
    """Return the SHA-256 of all that a document holds: equal digests need no indexing."""
    return hashlib.sha256(as_json(document.to_dict()).encode()).hexdigest()


def text_hash(text: str) -> bytes:
    """Return the hash under which the embedding of a text lies."""
    return hashlib.blake2b(text.encode(), digest_size=20).digest()


def passage_row(number: int, passage: Passage) -> tuple[Any, ...]:
    """Return the columns of a passage of the document with a number, without the id."""
    p = passage
    columns = (p.ordinal, p.start, p.end, p.text, as_json(p.heading), as_json(p.actors), p.page, p.paragraph, p.context)
    return (number, *columns, text_hash(p.context), checksum(columns))


def checksum(columns: Sequence[Any]) -> int:
    """Return a checksum of a passage's columns: a database may be damaged in ways that SQLite does not see."""
    return zlib.crc32("\0".join(map(str, columns)).encode("utf-8", "replace"))


def as_json(value: object) -> str:
    """Return JSON; what it cannot hold is written as text (a date in front matter) or null (NaN)."""
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, default=str)


@lru_cache(maxsize=4_096)
def strings(text: str) -> tuple[str, ...]:
    """Return the strings of a list that `as_json` wrote: passages that lie together have headings and actors alike."""
    return tuple(json.loads(text))


def id_array(rows: Sequence[tuple[Any, ...]]) -> NDArray[np.int64]:
    """Return the first column of some rows. *Shape:* ``(n,)``."""
    return np.array([row[0] for row in rows], dtype=np.int64)


def parts(values: list[_T]) -> Iterator[list[_T]]:
    """Yield a list in pieces of at most `PAGE`."""
    return (values[i : i + PAGE] for i in range(0, len(values), PAGE))


def marks(values: Sequence[object]) -> str:
    """Return the question marks that stand for some values in SQL."""
    return ",".join("?" * len(values))
