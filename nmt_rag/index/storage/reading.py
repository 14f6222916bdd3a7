"""Rows of the database → documents and passages, proven to be those that were added; a filter → a condition in SQL."""

from __future__ import annotations

import json
from typing import Any

from nmt_rag.index.conditions import ACTOR, All, Either, Equal, Filter, Not
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.index.storage.rows import as_json, checksum, strings
from nmt_rag.types import Document, Passage

PASSAGE = (
    "SELECT p.id, d.id, p.ordinal, p.start, p.end, p.text, p.heading, p.actors, p.page, p.paragraph, p.context, p.crc"
    " FROM passages p JOIN documents d ON d.number = p.document"
)


def document_of(database: Database, document_id: str, title: str, text: str, sha256: str, fields: str) -> Document:
    """Return the document of a row. Raises IndexDamagedError where its text is not the one that was added."""
    row = {**fields_of(database, document_id, fields), "id": document_id, "title": title, "text": text}
    document = Document.from_dict(row)
    if document.sha256 != sha256:
        raise damaged(database.path, f"the text of the document {document_id!r} is not what was added")
    return document


def fields_of(database: Database, document_id: str, fields: str) -> dict[str, Any]:
    """Return the fields of a document that have no column of their own."""
    try:
        row: dict[str, Any] = json.loads(fields)
        Document.from_dict({**row, "id": "", "title": "", "text": ""})
    except (ValueError, TypeError, AttributeError) as error:
        raise damaged(database.path, f"the document {document_id!r} cannot be read") from error
    return row


def passage_of(database: Database, row: tuple[Any, ...]) -> tuple[int, Passage]:
    """Return the passage of a row that `PASSAGE` selects, with its id. Raises IndexDamagedError where it is another."""
    passage_id, document_id, *columns, crc = row
    if crc != checksum(columns):
        raise damaged(database.path, f"passage {passage_id} of {document_id!r} is not what was added")
    ordinal, start, end, text, heading, actors, page, paragraph, context = columns
    return passage_id, Passage(
        document_id, ordinal, start, end, text, strings(heading), strings(actors), page, paragraph, context
    )


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
