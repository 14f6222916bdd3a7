"""The documents, passages, embeddings and filters of an index in its SQLite database, and the number of its commits.

It knows no search engine and no encoder. Passage ids are never used twice: an old id may be gone, but never means
another passage. Embeddings lie under the hash of the text that was encoded, so equal text is encoded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.conditions import Filter, document_keys, passage_keys, texts_of
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.index.storage.files import State
from nmt_rag.index.storage.rows import (
    PAGE,
    PASSAGE,
    Place,
    as_json,
    as_kept,
    as_text_only,
    digest,
    document_of,
    fields_of,
    filter_sql,
    id_array,
    marks,
    parts_of,
    passage_of,
    passage_row,
)
from nmt_rag.index.storage.schema import schema_fault
from nmt_rag.types import Document, Passage

_DOCUMENT = "SELECT number, id, title, text, sha256, fields FROM documents"
_TABLES = {
    **{"settings": "name", "documents": "number", "passages": "id", "embeddings": "hash", "removed": "passage"},
    **{"document_filters": "key, document", "passage_filters": "key, passage"},
    **{"records": "namespace, key", "sqlite_sequence": "name"},
}
_MOST_GENERATIONS = 2**53


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
        kinds = [type(settings.get(name)) for name in ("index", "dim", "generation")]
        encoder = settings.get("fingerprint")
        sound = kinds == [str, int, int] and settings["generation"] < _MOST_GENERATIONS
        if not sound or (settings["dim"] < 1 if isinstance(encoder, str) else (encoder, settings["dim"]) != (None, 0)):
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
        ids = [row[0] for row in self.database.rows("SELECT id FROM documents ORDER BY number")]
        as_text_only(self.database, *ids)
        return ids

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None. Raises IndexDamagedError where its text is not the one that was added."""
        rows = self.database.rows(f"{_DOCUMENT} WHERE id = ?", (document_id,))
        return document_of(self.database, *rows[0][1:]) if rows else None

    def sources(self, document_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return title and url of documents by their ids; those that are not held are left out."""
        found: dict[str, tuple[str, str]] = {}
        for part in parts_of(document_ids):
            rows = self.database.rows(f"SELECT id, title, fields FROM documents WHERE id IN ({marks(part)})", part)
            as_text_only(self.database, *(row[1] for row in rows))
            found.update((row[0], (row[1], fields_of(self.database, row[0], row[2])["url"])) for row in rows)
        return found

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order they were added, few in memory at a time."""
        number = 0
        while rows := self.database.rows(f"{_DOCUMENT} WHERE number > ? ORDER BY number LIMIT 8", (number,)):
            yield from (document_of(self.database, *row[1:]) for row in rows)
            number = rows[-1][0]

    def add_document(self, document: Document, passages: Sequence[Passage]) -> None:
        """Insert a document that is not held, inside `changing`."""
        row = document.to_dict()
        fields = {name: value for name, value in row.items() if name not in ("id", "title", "text")}
        run, run_many = self.database.run, self.database.run_many
        number = run(
            "INSERT INTO documents (id, sha256, digest, title, text, fields) VALUES (?, ?, ?, ?, ?, ?)",
            (document.id, document.sha256, digest(document), document.title, document.text, as_json(fields)),
        )
        run_many(
            "INSERT INTO document_filters VALUES (?, ?)", ((key, number) for key in document_keys(as_kept(document)))
        )
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

    def remove_document(self, document_id: str, generation: int) -> list[bytes]:
        """Delete a document inside `changing`; return the hashes under which its passages' embeddings lie."""
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
        return [row[1] for row in rows]

    # Passages

    def passages(self, document_id: str) -> list[tuple[int, Passage]]:
        """Return a document's passages with their ids, in the order of the text."""
        rows = self.database.rows(f"{PASSAGE} WHERE d.id = ? ORDER BY p.ordinal", (document_id,))
        return [passage_of(self.database, row) for row in rows]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their ids; those that are gone are left out."""
        found: dict[int, Passage] = {}
        for part in parts_of(ids):
            rows = self.database.rows(f"{PASSAGE} WHERE p.id IN ({marks(part)})", part)
            found.update(passage_of(self.database, row) for row in rows)
        return found

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where passages stand, by their ids; those that are gone are left out. Their text is not read."""
        found: dict[int, Place] = {}
        for part in parts_of(ids):
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
            for part in parts_of(ordinals):
                rows = self.database.rows(
                    "SELECT p.ordinal, p.id FROM passages p JOIN documents d ON d.number = p.document"
                    f" WHERE d.id = ? AND p.ordinal IN ({marks(part)})",
                    (document_id, *part),
                )
                found.update((Place(document_id, ordinal), number) for ordinal, number in rows)
        return found

    def matching(self, condition: Filter) -> NDArray[np.int64]:
        """Return the ids of passages that a filter without comparisons lets through, ascending. *Shape:* ``(n,)``."""
        values: list[str] = []
        return id_array(
            self.database.rows(f"SELECT id FROM passages WHERE {filter_sql(condition, values)} ORDER BY id", values)
        )

    def field_texts(self, after: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield the numbers of documents above one, and their fields as `conditions.texts_of` gives them."""
        sql = f"SELECT number, id, title, fields FROM documents WHERE number > ? ORDER BY number LIMIT {PAGE}"
        while rows := self.database.rows(sql, (after,)):
            for number, document_id, title, fields in rows:
                as_text_only(self.database, document_id, title)
                row = {**fields_of(self.database, document_id, fields), "id": document_id, "title": title, "text": ""}
                yield number, texts_of(Document.from_dict(row))
            after = rows[-1][0]

    def everything(self) -> Iterator[tuple[Any, ...]]:
        """Yield every row of every table with the table's name, in one order, few in memory at a time.

        Raises:
            IndexDamagedError: there is a trigger, a view or a table besides these.
        """
        if fault := schema_fault(self.database.rows):
            raise damaged(self.path, fault)
        there = {row[0] for row in self.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table, order in ((table, order) for table, order in _TABLES.items() if table in there):
            n_read = 0
            while rows := self.database.rows(f"SELECT * FROM {table} ORDER BY {order} LIMIT {PAGE} OFFSET {n_read}"):
                yield from ((table, *row) for row in rows)
                n_read += len(rows)

    # Embeddings

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some hashes, each once and in order, under which no embedding lies."""
        wanted = list(dict.fromkeys(hashes))
        known: set[bytes] = set()
        for part in parts_of(wanted):
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
        for part in parts_of(ids):
            sql = (
                f"SELECT p.id, e.embedding FROM passages p JOIN embeddings e USING (hash) WHERE p.id IN ({marks(part)})"
            )
            for passage_id, embedding in self.database.rows(sql, part):
                if not isinstance(embedding, bytes) or len(embedding) % 4:
                    raise damaged(self.database.path, f"the embedding of passage {passage_id} is none")
                found[passage_id] = np.frombuffer(embedding, dtype="<f4").astype(np.float32)
        return found


def _settings(name: str, fingerprint: str | None, dim: int) -> dict[str, str | int | None]:
    return {"index": name, "fingerprint": fingerprint, "dim": dim, "generation": 0}
