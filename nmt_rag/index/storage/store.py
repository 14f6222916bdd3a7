"""The truth of an index: what the rows of its database mean. Documents, passages, embeddings, filters, generations.

It knows no search engine and no encoder. Passage ids are never used twice: an old id may be gone, but never means
another passage. Embeddings lie under the hash of the text that was encoded, so equal text is encoded once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.conditions import ACTOR, All, Either, Equal, Filter, Not
from nmt_rag.index.filters import document_keys, passage_keys, texts_of
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.index.storage.rows import (
    PAGE,
    Place,
    as_json,
    checksum,
    digest,
    id_array,
    marks,
    parts,
    passage_row,
    strings,
)
from nmt_rag.index.storage.stamps import State
from nmt_rag.types import Document, Passage

_DOCUMENT = "SELECT number, id, title, text, sha256, fields FROM documents"
_TABLES = {
    **{"settings": "name", "documents": "number", "passages": "id", "embeddings": "hash", "removed": "passage"},
    **{"document_filters": "key, document", "passage_filters": "key, passage"},
}
_PASSAGE = (
    "SELECT p.id, d.id, p.ordinal, p.start, p.end, p.text, p.heading, p.actors, p.page, p.paragraph, p.context, p.crc"
    " FROM passages p JOIN documents d ON d.number = p.document"
)


class FilterKeys(NamedTuple):
    """The filter keys that are kept of a document, and of its passages by their ids."""

    document: set[str]
    passages: dict[int, set[str]]


class Store:
    """The documents and passages of one index. Use `create` once, then `open`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.path = database.path

    @classmethod
    def create(cls, path: Path, *, name: str, fingerprint: str | None, dim: int) -> None:
        """Write an empty store for embeddings of one encoder, or for none."""
        Database.create(path, _settings(name, fingerprint, dim))

    @classmethod
    def in_memory(cls, *, name: str, fingerprint: str | None, dim: int) -> Self:
        """Return an empty store that lies in no file; see `create`."""
        return cls(Database.in_memory(_settings(name, fingerprint, dim)))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store; see `Database.open`."""
        return cls(Database.open(path))

    def close(self) -> None:
        """Close the database; closing twice is harmless."""
        self.database.close()

    def settings(self) -> dict[str, Any]:
        """Return index, fingerprint, dim and generation. Raises IndexDamagedError where they make no sense."""
        settings = dict(self.database.rows("SELECT name, value FROM settings"))
        kinds = {name: type(settings.get(name)) for name in ("index", "dim", "generation", "fingerprint")}
        if kinds.pop("fingerprint") not in (str, type(None)) or kinds != {"index": str, "dim": int, "generation": int}:
            raise damaged(self.path, "its settings cannot be read")
        return settings

    def state(self) -> State:
        """Return the state that was committed last."""
        row = self.database.rows(
            "SELECT (SELECT value FROM settings WHERE name = 'index'),"
            " (SELECT value FROM settings WHERE name = 'generation'), (SELECT max(id) FROM passages)"
        )[0]
        if not isinstance(row[0], str) or not isinstance(row[1], int):
            raise damaged(self.path, "its settings cannot be read")
        return State(row[0], row[1], row[2] or 0)

    def counts(self) -> tuple[int, int]:
        """Return the number of documents and of passages."""
        row = self.database.rows("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)")[0]
        return int(row[0]), int(row[1])

    def has_several_documents(self) -> bool:
        """Tell whether there are two documents or more, without counting them."""
        return len(self.database.rows("SELECT 1 FROM documents LIMIT 2")) > 1

    @contextmanager
    def changing(self) -> Iterator[int]:
        """Commit what is run inside as a new generation, whose number is given; or nothing of it."""
        with self.database.changing():
            self.database.run("UPDATE settings SET value = value + 1 WHERE name = 'generation'")
            yield int(self.database.rows("SELECT value FROM settings WHERE name = 'generation'")[0][0])

    # Documents

    def digest(self, document_id: str) -> str | None:
        """Return the `digest` of a document that is held, or None."""
        rows = self.database.rows("SELECT digest FROM documents WHERE id = ?", (document_id,))
        return str(rows[0][0]) if rows else None

    def document_ids(self) -> list[str]:
        """Return the ids of the documents, in the order they were added."""
        return [row[0] for row in self.database.rows("SELECT id FROM documents ORDER BY number")]

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None. Raises IndexDamagedError where its text is not the one that was added."""
        rows = self.database.rows(f"{_DOCUMENT} WHERE id = ?", (document_id,))
        return self._document(*rows[0][1:]) if rows else None

    def sources(self, document_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return title and url of documents by their ids; those that are not held are left out."""
        found: dict[str, tuple[str, str]] = {}
        for part in parts(list(document_ids)):
            rows = self.database.rows(f"SELECT id, title, fields FROM documents WHERE id IN ({marks(part)})", part)
            found.update((row[0], (row[1], self._fields(row[0], row[2])["url"])) for row in rows)
        return found

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order they were added, few in memory at a time."""
        number = 0
        while rows := self.database.rows(f"{_DOCUMENT} WHERE number > ? ORDER BY number LIMIT 8", (number,)):
            yield from (self._document(*row[1:]) for row in rows)
            number = rows[-1][0]

    def _document(self, document_id: str, title: str, text: str, sha256: str, fields: str) -> Document:
        row = {**self._fields(document_id, fields), "id": document_id, "title": title, "text": text}
        document = Document.from_dict(row)
        if document.sha256 != sha256:
            raise damaged(self.path, f"the text of the document {document_id!r} is not what was added")
        return document

    def _fields(self, document_id: str, fields: str) -> dict[str, Any]:
        """Return the fields of a document that have no column of their own."""
        try:
            row: dict[str, Any] = json.loads(fields)
            Document.from_dict({**row, "id": "", "title": "", "text": ""})
        except (ValueError, TypeError, AttributeError) as error:
            raise damaged(self.path, f"the document {document_id!r} cannot be read") from error
        return row

    def add_document(self, document: Document, passages: Sequence[Passage]) -> list[int]:
        """Insert a document that is not held, inside `changing`; return the new ids of its passages."""
        row = document.to_dict()
        fields = {name: value for name, value in row.items() if name not in ("id", "title", "text")}
        run, run_many = self.database.run, self.database.run_many
        number = run(
            "INSERT INTO documents (id, sha256, digest, title, text, fields) VALUES (?, ?, ?, ?, ?, ?)",
            (document.id, document.sha256, digest(document), document.title, document.text, as_json(fields)),
        )
        run_many("INSERT INTO document_filters VALUES (?, ?)", ((key, number) for key in document_keys(document)))
        ids = [
            run(
                "INSERT INTO passages (document, ordinal, start, end, text, heading, actors, page, paragraph, context,"
                " hash, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                passage_row(number, passage),
            )
            for passage in passages
        ]
        pairs = ((key, i) for i, passage in zip(ids, passages, strict=True) for key in passage_keys(passage))
        run_many("INSERT INTO passage_filters VALUES (?, ?)", pairs)
        return ids

    def remove_document(self, document_id: str, generation: int) -> tuple[list[int], list[bytes]]:
        """Delete a document inside `changing`; return its passages' ids and the hashes of what they encoded."""
        run, run_many = self.database.run, self.database.run_many
        rows = self.database.rows(
            "SELECT p.id, p.hash FROM passages p JOIN documents d ON d.number = p.document WHERE d.id = ?",
            (document_id,),
        )
        ids = [int(row[0]) for row in rows]
        run_many("DELETE FROM passage_filters WHERE passage = ?", ((i,) for i in ids))
        run_many("INSERT INTO removed VALUES (?, ?)", ((i, generation) for i in ids))
        chosen = "(SELECT number FROM documents WHERE id = ?)"
        run(f"DELETE FROM passages WHERE document = {chosen}", (document_id,))
        run(f"DELETE FROM document_filters WHERE document = {chosen}", (document_id,))
        run("DELETE FROM documents WHERE id = ?", (document_id,))
        return ids, [row[1] for row in rows]

    # Passages

    def passages(self, document_id: str) -> list[tuple[int, Passage]]:
        """Return a document's passages with their ids, in the order of the text."""
        rows = self.database.rows(f"{_PASSAGE} WHERE d.id = ? ORDER BY p.ordinal", (document_id,))
        return [self._passage(row) for row in rows]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their ids; those that are gone are left out."""
        found: dict[int, Passage] = {}
        for part in parts(list(ids)):
            found.update(map(self._passage, self.database.rows(f"{_PASSAGE} WHERE p.id IN ({marks(part)})", part)))
        return found

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where passages stand, by their ids; those that are gone are left out. Their text is not read."""
        found: dict[int, Place] = {}
        for part in parts(list(ids)):
            rows = self.database.rows(
                "SELECT p.id, d.id, p.ordinal FROM passages p JOIN documents d ON d.number = p.document"
                f" WHERE p.id IN ({marks(part)})",
                part,
            )
            found.update((row[0], Place(row[1], row[2])) for row in rows)
        return found

    def ids_at(self, places: Sequence[Place]) -> dict[Place, int]:
        """Return the ids of the passages at some places; those that are gone are left out."""
        wanted: dict[str, list[int]] = {}
        for document_id, ordinal in places:
            wanted.setdefault(document_id, []).append(ordinal)
        found: dict[Place, int] = {}
        for document_id, ordinals in wanted.items():
            for part in parts(ordinals):
                rows = self.database.rows(
                    "SELECT p.ordinal, p.id FROM passages p JOIN documents d ON d.number = p.document"
                    f" WHERE d.id = ? AND p.ordinal IN ({marks(part)})",
                    (document_id, *part),
                )
                found.update((Place(document_id, ordinal), number) for ordinal, number in rows)
        return found

    def _passage(self, row: tuple[Any, ...]) -> tuple[int, Passage]:
        passage_id, document_id, *columns, crc = row
        if crc != checksum(columns):
            raise damaged(self.path, f"passage {passage_id} of {document_id!r} is not what was added")
        ordinal, start, end, text, heading, actors, page, paragraph, context = columns
        return passage_id, Passage(
            document_id, ordinal, start, end, text, strings(heading), strings(actors), page, paragraph, context
        )

    def passage_ids(self) -> NDArray[np.int64]:
        """Return the ids of all passages, ascending. *Shape:* ``(n_passages,)``."""
        return id_array(self.database.rows("SELECT id FROM passages ORDER BY id"))

    def first_passage_ids(self) -> NDArray[np.int64]:
        """Return the id of each document's first passage, ascending. *Shape:* ``(n_documents_with_text,)``."""
        return id_array(self.database.rows("SELECT MIN(id) FROM passages GROUP BY document ORDER BY 1"))

    def hashes(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the hashes under which the embeddings of passages lie, by passage id."""
        found: dict[int, bytes] = {}
        for part in parts(list(ids)):
            found.update(self.database.rows(f"SELECT id, hash FROM passages WHERE id IN ({marks(part)})", part))
        return found

    def matching(self, condition: Filter) -> NDArray[np.int64]:
        """Return the ids of passages that a filter without comparisons lets through, ascending. *Shape:* ``(n,)``."""
        values: list[str] = []
        return id_array(
            self.database.rows(f"SELECT id FROM passages WHERE {_sql(condition, values)} ORDER BY id", values)
        )

    def field_texts(self, after: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield the numbers of documents above one, and their fields as `nmt_rag.index.filters.texts_of` gives them."""
        sql = f"SELECT number, id, title, fields FROM documents WHERE number > ? ORDER BY number LIMIT {PAGE}"
        while rows := self.database.rows(sql, (after,)):
            for number, document_id, title, fields in rows:
                row = {**self._fields(document_id, fields), "id": document_id, "title": title, "text": ""}
                yield number, texts_of(Document.from_dict(row))
            after = rows[-1][0]

    def filter_keys(self, document_id: str) -> FilterKeys:
        """Return the filter keys of a document and, by their ids, of its passages."""
        rows = self.database.rows
        number = "(SELECT number FROM documents WHERE id = ?)"
        of_document = rows(f"SELECT key FROM document_filters WHERE document = {number}", (document_id,))
        found: dict[int, set[str]] = {}
        sql = f"SELECT f.passage, f.key FROM passages p JOIN passage_filters f ON f.passage = p.id WHERE p.document = {number}"
        for passage_id, key in rows(sql, (document_id,)):
            found.setdefault(passage_id, set()).add(key)
        return FilterKeys({row[0] for row in of_document}, found)

    def everything(self) -> Iterator[tuple[Any, ...]]:
        """Yield every row of every table with the table's name, in one order, few in memory at a time."""
        for table, order in _TABLES.items():
            n_read = 0
            while rows := self.database.rows(f"SELECT * FROM {table} ORDER BY {order} LIMIT {PAGE} OFFSET {n_read}"):
                yield from ((table, *row) for row in rows)
                n_read += len(rows)

    def n_lost(self) -> int:
        """Return how many passages were added and are neither there nor removed; ids are given one by one."""
        row = self.database.rows(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'passages'), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM removed)"
        )[0]
        return int(row[0] or 0) - int(row[1]) - int(row[2])

    def added_since(self, last_passage: int) -> Iterator[list[tuple[int, Passage, str, list[str]]]]:
        """Yield the passages with higher ids by the page: id, passage, title, and all filter keys."""
        while rows := self.database.rows(f"{_PASSAGE} WHERE p.id > ? ORDER BY p.id LIMIT {PAGE}", (last_passage,)):
            documents: dict[str, tuple[str, list[str]]] = {}
            for row in rows:
                if row[1] not in documents:
                    documents[row[1]] = self._title_and_keys(row[1])
            pairs = [self._passage(row) for row in rows]
            yield [(i, p, documents[p.document_id][0], documents[p.document_id][1] + passage_keys(p)) for i, p in pairs]
            last_passage = rows[-1][0]

    def _title_and_keys(self, document_id: str) -> tuple[str, list[str]]:
        number, title = self.database.rows("SELECT number, title FROM documents WHERE id = ?", (document_id,))[0]
        keys = self.database.rows("SELECT key FROM document_filters WHERE document = ?", (number,))
        return title, [row[0] for row in keys]

    def removed_since(self, generation: int) -> NDArray[np.int64]:
        """Return the ids of the passages that were removed after a generation. *Shape:* ``(n,)``."""
        return id_array(self.database.rows("SELECT passage FROM removed WHERE generation > ?", (generation,)))

    # Embeddings

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some hashes, each once and in order, under which no embedding lies."""
        wanted = list(dict.fromkeys(hashes))
        known: set[bytes] = set()
        for part in parts(wanted):
            sql = f"SELECT hash FROM embeddings WHERE hash IN ({marks(part)})"
            known.update(row[0] for row in self.database.rows(sql, part))
        return [value for value in wanted if value not in known]

    def put_embeddings(self, hashes: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Commit embeddings under the hashes of their texts. *Shape:* ``(n,)`` and ``(n, dim)``."""
        rows = zip(hashes, (row.astype("<f4").tobytes() for row in embeddings), strict=True)
        with self.database.changing():
            self.database.run_many("INSERT OR IGNORE INTO embeddings VALUES (?, ?)", rows)

    def forget_embeddings(self, hashes: Iterable[bytes]) -> None:
        """Delete those of some embeddings that no passage needs any more, inside `changing`."""
        self.database.run_many(
            "DELETE FROM embeddings WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM passages WHERE hash = ?1)",
            ((value,) for value in hashes),
        )

    def embeddings(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the embeddings of passages by their ids, each *shape* ``(dim,)``; those that are gone are left out."""
        found: dict[int, NDArray[np.float32]] = {}
        for part in parts(list(ids)):
            sql = (
                f"SELECT p.id, e.embedding FROM passages p JOIN embeddings e USING (hash) WHERE p.id IN ({marks(part)})"
            )
            for passage_id, embedding in self.database.rows(sql, part):
                found[passage_id] = np.frombuffer(embedding, dtype="<f4").astype(np.float32)
        return found

    def embeddings_since(self, last_passage: int, dim: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield the embeddings of the passages with higher ids by the page. *Shape:* ``(n,)`` and ``(n, dim)``.

        Raises:
            IndexDamagedError: an embedding is missing or has another length.
        """
        sql = (
            "SELECT p.id, e.embedding FROM passages p LEFT JOIN embeddings e ON e.hash = p.hash"
            f" WHERE p.id > ? ORDER BY p.id LIMIT {PAGE}"
        )
        while rows := self.database.rows(sql, (last_passage,)):
            if any(value is None or len(value) != 4 * dim for _, value in rows):
                raise damaged(self.path, "an embedding is missing or has another length")
            values = np.frombuffer(b"".join(value for _, value in rows), dtype="<f4").reshape(len(rows), dim)
            yield id_array(rows), values.astype(np.float32)
            last_passage = rows[-1][0]


def _sql(condition: Filter, values: list[str]) -> str:
    """Return a filter as a condition on a passage, and append what its marks stand for."""
    match condition:
        case Equal(field):
            values.append(as_json(condition.keys))
            keys = "(SELECT value FROM json_each(?))"
            if field == ACTOR:
                return f"id IN (SELECT passage FROM passage_filters WHERE key IN {keys})"
            return f"document IN (SELECT document FROM document_filters WHERE key IN {keys})"
        case Not(part):
            return f"NOT ({_sql(part, values)})"
        case All(parts):
            return " AND ".join(f"({_sql(part, values)})" for part in parts)
        case Either(parts):
            return " OR ".join(f"({_sql(part, values)})" for part in parts)
    raise ValueError(f"a comparison is no set of keys: {condition}")


def _settings(name: str, fingerprint: str | None, dim: int) -> dict[str, str | int | None]:
    return {"index": name, "fingerprint": fingerprint, "dim": dim, "generation": 0}
