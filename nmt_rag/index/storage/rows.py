"""Documents and passages ↔ the columns of their rows, with the hashes and checksums that prove what is read.

Derived files are brought up to date with the rows that came and went since the state they hold (`added_since`,
`embeddings_since`, `removed_since`).

In which tables they lie, and under which filter keys, stands in `nmt_rag.index.storage.store`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.conditions import ACTOR, All, Either, Equal, Filter, Not, as_text, passage_keys, plain
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.strict_json import finite
from nmt_rag.types import Document, Passage

_T = TypeVar("_T")

PAGE = 500
"""Rows read at a time, so that no reader holds up a commit, and the most variables of one statement."""

_WITH_TEXT = (date, time, Enum, Decimal, UUID, PurePath)
"""What JSON lacks and is kept as text: the others' `str` says what they are called, or a part of what they hold."""

PASSAGE = (
    "SELECT p.id, d.id, p.ordinal, p.start, p.end, p.text, p.heading, p.actors, p.page, p.paragraph, p.context, p.crc"
    " FROM passages p JOIN documents d ON d.number = p.document"
)
"""A passage with its id, as `passage_of` reads it."""


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
    return (number, *columns, text_hash(p.context), row_checksum(columns))


def row_checksum(columns: Sequence[Any]) -> int:
    """Return a checksum of a passage's columns: a database may be damaged in ways that SQLite does not see."""
    return zlib.crc32("\0".join(map(str, columns)).encode("utf-8", "replace"))


def as_json(value: object) -> str:
    """Return JSON; what it cannot hold is written as text (a date in front matter), a list (a set) or null (NaN).

    Raises:
        TypeError: it holds what has no such text: an array, bytes, any other object.
        ValueError: it holds itself, or a number of too many digits.
        RecursionError: it is nested too deeply.
    """
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, default=_without_json)


def _without_json(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted(map(_text_of_item, value))
    number = plain(value)
    return finite(number) if number is not value else as_text(_with_text(value))


def _text_of_item(value: object) -> str:
    """Return the text of an item of a set: as a list has it, a number counts as its text."""
    return as_text(value if isinstance(plain(value), str | int | float) else _with_text(value))


def _with_text(value: object) -> object:
    """Return a value whose text says all of it. Raises TypeError for any other."""
    if not isinstance(value, _WITH_TEXT):
        raise TypeError(f"the type {type(value).__name__} has no text of its own")
    return value


def as_kept(document: Document) -> Document:
    """Return a document as it comes back from its row, with metadata as JSON has them: its filter keys are of those."""
    return replace(document, metadata=json.loads(as_json(document.metadata)))


@lru_cache(maxsize=4_096)
def strings(text: str) -> tuple[str, ...]:
    """Return the strings of a list that `as_json` wrote: passages that lie together have headings and actors alike.

    Raises:
        ValueError: it is no such list.
    """
    try:
        values = json.loads(text)
    except (TypeError, RecursionError) as error:
        raise ValueError("a list of strings cannot be read") from error
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("a list of strings holds something else")
    return tuple(values)


def document_of(database: Database, document_id: str, title: str, text: str, sha256: str, fields: str) -> Document:
    """Return the document of a row. Raises IndexDamagedError where its text is not the one that was added."""
    as_text_only(database, document_id, title, text)
    row = {**fields_of(database, document_id, fields), "id": document_id, "title": title, "text": text}
    document = Document.from_dict(row)
    if document.sha256 != sha256:
        raise damaged(database.path, f"the text of the document {document_id!r} is not what was added")
    return document


def as_text_only(database: Database, *values: object) -> None:
    """Raise IndexDamagedError where one of some columns is no text: SQLite keeps any kind of value in any column."""
    for value in values:
        if not isinstance(value, str):
            raise damaged(database.path, f"it holds {type(value).__name__} where text was added")


def fields_of(database: Database, document_id: str, fields: str) -> dict[str, Any]:
    """Return the fields of a document that have no column of their own. Raises IndexDamagedError as `document_of`."""
    try:
        row: dict[str, Any] = json.loads(fields)
        document = Document.from_dict({**row, "id": "", "title": "", "text": ""})
        if not all(isinstance(one, str | None) for one in (document.url, document.publisher, document.language)):
            raise TypeError("a field of text holds something else")
        if not all(isinstance(page, int) for page in document.pages):
            raise TypeError("a page begins at no offset")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(database.path, f"the document {document_id!r} cannot be read") from error
    return row


def passage_of(database: Database, row: tuple[Any, ...]) -> tuple[int, Passage]:
    """Return the passage of a row that `PASSAGE` selects, with its id. Raises IndexDamagedError where it is another."""
    passage_id, document_id, *columns, crc = row
    if crc != row_checksum(columns):
        raise damaged(database.path, f"passage {passage_id} of {document_id!r} is not what was added")
    ordinal, start, end, text, heading, actors, page, paragraph, context = columns
    is_typed = all(isinstance(value, str) for value in (document_id, text, context)) and all(
        isinstance(value, int) for value in (ordinal, start, end, paragraph, page or 0)
    )
    try:
        above, acting = strings(heading), strings(actors)
    except ValueError:
        is_typed = False
    if not is_typed:
        raise damaged(database.path, f"passage {passage_id} of {document_id!r} cannot be read")
    return passage_id, Passage(document_id, ordinal, start, end, text, above, acting, page, paragraph, context)


def filter_sql(condition: Filter, values: list[str]) -> str:
    """Return a filter as a condition on a passage, and append what its marks stand for."""
    match condition:
        case Equal(field):
            values.append(as_json(condition.keys))
            keys = "(SELECT value FROM json_each(?))"
            if field == ACTOR:
                return f"id IN (SELECT passage FROM passage_filters WHERE key IN {keys})"
            return f"document IN (SELECT document FROM document_filters WHERE key IN {keys})"
        case Not(part):
            return f"NOT ({filter_sql(part, values)})"
        case All(parts):
            return " AND ".join(f"({filter_sql(part, values)})" for part in parts)
        case Either(parts):
            return " OR ".join(f"({filter_sql(part, values)})" for part in parts)
    raise ValueError(f"a comparison is no set of keys: {condition}")


def id_array(rows: Sequence[tuple[Any, ...]]) -> NDArray[np.int64]:
    """Return the first column of some rows. *Shape:* ``(n,)``."""
    return np.array([row[0] for row in rows], dtype=np.int64)


def parts_of(values: Iterable[_T], size: int = PAGE) -> Iterator[list[_T]]:
    """Yield some values in lists of at most ``size``."""
    rows = list(values)
    return (rows[i : i + size] for i in range(0, len(rows), size))


def marks(values: Sequence[object]) -> str:
    """Return the question marks that stand for some values in SQL."""
    return ",".join("?" * len(values))


def added_since(database: Database, last_passage: int) -> Iterator[list[tuple[int, Passage, str, list[str]]]]:
    """Yield the passages with higher ids by the page: id, passage, title, and all filter keys."""
    while rows := database.rows(f"{PASSAGE} WHERE p.id > ? ORDER BY p.id LIMIT {PAGE}", (last_passage,)):
        documents: dict[str, tuple[str, list[str]]] = {}
        for row in rows:
            if row[1] not in documents:
                documents[row[1]] = _title_and_keys(database, row[1])
        pairs = [passage_of(database, row) for row in rows]
        yield [(i, p, documents[p.document_id][0], documents[p.document_id][1] + passage_keys(p)) for i, p in pairs]
        last_passage = rows[-1][0]


def _title_and_keys(database: Database, document_id: str) -> tuple[str, list[str]]:
    number, title = database.rows("SELECT number, title FROM documents WHERE id = ?", (document_id,))[0]
    as_text_only(database, title)
    keys = database.rows("SELECT key FROM document_filters WHERE document = ?", (number,))
    return title, [row[0] for row in keys]


def removed_since(database: Database, generation: int) -> NDArray[np.int64]:
    """Return the ids of the passages that were removed after a generation. *Shape:* ``(n,)``."""
    return id_array(database.rows("SELECT passage FROM removed WHERE generation > ?", (generation,)))


def embeddings_since(
    database: Database, last_passage: int, dim: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield the embeddings of the passages with higher ids by the page. *Shape:* ``(n,)`` and ``(n, dim)``.

    Raises:
        IndexDamagedError: an embedding is missing or has another length.
    """
    sql = (
        "SELECT p.id, e.embedding FROM passages p LEFT JOIN embeddings e ON e.hash = p.hash"
        f" WHERE p.id > ? ORDER BY p.id LIMIT {PAGE}"
    )
    while rows := database.rows(sql, (last_passage,)):
        if any(not isinstance(value, bytes) or len(value) != 4 * dim for _, value in rows):
            raise damaged(database.path, "an embedding is missing or has another length")
        values = np.frombuffer(b"".join(value for _, value in rows), dtype="<f4").reshape(len(rows), dim)
        yield id_array(rows), values.astype(np.float32)
        last_passage = rows[-1][0]


def passage_ids(database: Database) -> NDArray[np.int64]:
    """Return the ids of all passages, ascending. *Shape:* ``(n_passages,)``."""
    return id_array(database.rows("SELECT id FROM passages ORDER BY id"))
