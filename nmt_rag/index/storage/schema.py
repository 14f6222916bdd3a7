"""The tables of an index's database, and whether a database holds these and nothing else.

A trigger that somebody put in would change rows with the next commit, and a view or another table would stand where
the index's own is read. The SQL that SQLite keeps of each object is compared with that of a database made here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

DATABASE_FORMAT = 1
"""Version of the schema below; another version is refused."""

APPLICATION = 0x4E4D5452  # "NMTR", SQLite's application_id

SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {DATABASE_FORMAT};
BEGIN;
CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE embeddings (hash BLOB PRIMARY KEY, embedding BLOB NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents (number),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL,
    heading TEXT NOT NULL, actors TEXT NOT NULL, page INTEGER, paragraph INTEGER NOT NULL,
    context TEXT NOT NULL, hash BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX passages_of_document ON passages (document, ordinal);
CREATE INDEX passages_of_hash ON passages (hash);
CREATE TABLE document_filters (key TEXT, document INTEGER, PRIMARY KEY (key, document)) WITHOUT ROWID;
CREATE INDEX filters_of_document ON document_filters (document);
CREATE TABLE passage_filters (key TEXT, passage INTEGER, PRIMARY KEY (key, passage)) WITHOUT ROWID;
CREATE INDEX filters_of_passage ON passage_filters (passage);
CREATE TABLE removed (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX removed_in_generation ON removed (generation);
"""
"""What a new database is made with; whoever runs it commits."""

RECORDS_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS records (namespace TEXT NOT NULL, key TEXT NOT NULL, group_id TEXT,"
    " updated REAL NOT NULL, PRIMARY KEY (namespace, key)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS records_by_time ON records (namespace, updated)",
)
"""What is added where records are first kept (`nmt_rag.index.storage.records`)."""

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_STATISTICS = tuple(("table", name, name) for name in ("sqlite_stat1", "sqlite_stat4"))  # ANALYZE writes them


def schema_fault(rows: Callable[[str], Sequence[tuple[Any, ...]]]) -> str:
    """Return what a database holds besides the tables of an index, or lacks of them; an empty string for nothing.

    Args:
        rows: returns the rows of a query.
    """
    needed, allowed = _own_objects()
    found = {tuple(row) for row in rows(_OBJECTS)}
    foreign = sorted(row[:2] for row in found - allowed if row[:3] not in _STATISTICS)
    lacking = sorted(row[:2] for row in needed - found)
    if foreign:
        return f"its {foreign[0][0]} {foreign[0][1]!r} is none that nmt_rag makes"
    return f"its {lacking[0][0]} {lacking[0][1]!r} is not there" if lacking else ""


@cache
def _own_objects() -> tuple[frozenset[tuple[Any, ...]], frozenset[tuple[Any, ...]]]:
    """Return the objects that every index has, and those that it may have."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(SCHEMA)
        needed = frozenset(connection.execute(_OBJECTS))
        for statement in RECORDS_SCHEMA:
            connection.execute(statement)
        return needed, frozenset(connection.execute(_OBJECTS))
    finally:
        connection.close()
