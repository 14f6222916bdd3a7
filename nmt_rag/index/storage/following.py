"""What follows the database: what its derived files are brought up to date with, and what they are checked against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.filters import passage_keys
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.index.storage.rows import PAGE, PASSAGE, id_array, marks, parts, passage_of
from nmt_rag.types import Passage


class FilterKeys(NamedTuple):
    """The filter keys that are kept of a document, and of its passages by their ids."""

    document: set[str]
    passages: dict[int, set[str]]


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
        if any(value is None or len(value) != 4 * dim for _, value in rows):
            raise damaged(database.path, "an embedding is missing or has another length")
        values = np.frombuffer(b"".join(value for _, value in rows), dtype="<f4").reshape(len(rows), dim)
        yield id_array(rows), values.astype(np.float32)
        last_passage = rows[-1][0]


def passage_ids(database: Database) -> NDArray[np.int64]:
    """Return the ids of all passages, ascending. *Shape:* ``(n_passages,)``."""
    return id_array(database.rows("SELECT id FROM passages ORDER BY id"))


def first_passage_ids(database: Database) -> NDArray[np.int64]:
    """Return the id of each document's first passage, ascending. *Shape:* ``(n_documents_with_text,)``."""
    return id_array(database.rows("SELECT MIN(id) FROM passages GROUP BY document ORDER BY 1"))


def hashes(database: Database, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the hashes under which the embeddings of passages lie, by passage id."""
    found: dict[int, bytes] = {}
    for part in parts(list(ids)):
        found.update(database.rows(f"SELECT id, hash FROM passages WHERE id IN ({marks(part)})", part))
    return found


def filter_keys(database: Database, document_id: str) -> FilterKeys:
    """Return the filter keys of a document and, by their ids, of its passages."""
    rows = database.rows
    number = "(SELECT number FROM documents WHERE id = ?)"
    of_document = rows(f"SELECT key FROM document_filters WHERE document = {number}", (document_id,))
    found: dict[int, set[str]] = {}
    sql = (
        "SELECT f.passage, f.key FROM passages p JOIN passage_filters f ON f.passage = p.id"
        f" WHERE p.document = {number}"
    )
    for passage_id, key in rows(sql, (document_id,)):
        found.setdefault(passage_id, set()).add(key)
    return FilterKeys({row[0] for row in of_document}, found)


def n_lost(database: Database) -> int:
    """Return how many passages were added and are neither there nor removed; ids are given one by one."""
    row = database.rows(
        "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'passages'), (SELECT count(*) FROM passages),"
        " (SELECT count(*) FROM removed)"
    )[0]
    return int(row[0] or 0) - int(row[1]) - int(row[2])
