"""What `Index.verify` proves: that database, embeddings and words agree, and every quote stands where it says.

Each check is one function that returns the first fault it finds, in words, or nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import NmtRagError
from nmt_rag.index.adding import UNIT_TOLERANCE
from nmt_rag.index.conditions import document_keys, passage_keys
from nmt_rag.index.engines.dense.file import DENSE_STAMP, DenseFile
from nmt_rag.index.engines.lexical_folder import LEXICAL_STAMP, LexicalFolder
from nmt_rag.index.engines.lexical_postings import postings_fault
from nmt_rag.index.storage import records as index_records
from nmt_rag.index.storage.database import Database, damaged
from nmt_rag.index.storage.files import Stamp, is_whole, read_stamp, trusted
from nmt_rag.index.storage.rows import (
    added_since,
    digest,
    embeddings_since,
    id_array,
    marks,
    parts_of,
    passage_ids,
    text_hash,
)
from nmt_rag.index.storage.schema import schema_fault
from nmt_rag.index.storage.store import Store


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; the message says what was found, and what to do where it is not ok."""

    name: str
    ok: bool
    message: str


def check_index(path: Path, store: Store, dense: DenseFile, lexical: LexicalFolder, dim: int) -> Iterator[Check]:
    """Yield every check with its outcome, the truth first. It reads the whole index and changes no truth."""
    rebuild = f"delete the folder {path} and build the index again from the documents"
    derived = f"delete {DENSE_STAMP} and {LEXICAL_STAMP} in {path}; they and their files are built again when needed"
    checks: list[tuple[str, str, Callable[[], str]]] = [
        ("database", rebuild, lambda: _database(store)),
        ("documents", rebuild, lambda: _documents(store)),
        ("passages", rebuild, lambda: _passages(store)),
        ("filters", rebuild, lambda: _filters(store)),
        ("embeddings", rebuild, lambda: _embeddings(store, dim)),
        ("dense", derived, lambda: _dense(store, dense, dim)),
        ("lexical", derived, lambda: _lexical(store, lexical)),
        ("stamps", derived, lambda: _stamps(path, store)),
    ]
    if not dim:
        checks = [check for check in checks if check[0] != "dense"]
    for check in checks:
        yield run_check(*check)
    again = "index the texts again with force_update=True, and delete by id what no source holds any more"
    records = run_check("records", again, lambda: index_records.disagreement(store.database))
    if not records.ok or index_records.kept(store.database):
        yield records


def run_check(name: str, remedy: str, first_fault: Callable[[], str]) -> Check:
    """Return one check with its outcome; where there is a fault, also what to do."""
    try:
        fault = first_fault()
    except NmtRagError as error:
        return Check(name, ok=False, message=str(error))
    return Check(name, ok=not fault, message=f"{fault}; {remedy}" if fault else "ok")


def _database(store: Store) -> str:
    if fault := schema_fault(store.database.rows):
        return fault
    rows = [row[0] for row in store.database.rows("PRAGMA integrity_check(1)")]
    if rows != ["ok"]:
        return f"SQLite found: {rows[0]}"
    orphans = "SELECT count(*) FROM passages WHERE document NOT IN (SELECT number FROM documents)"
    n_orphans = store.database.rows(orphans)[0][0]
    return f"{n_orphans} passages have no document" if n_orphans else ""


def _documents(store: Store) -> str:
    for document in store.documents():  # checks each text's SHA-256
        if store.digest(document.id) != digest(document):
            return f"title, address, publisher, language, id or metadata of {document.id!r} is not what was added"
    return ""


def _filters(store: Store) -> str:
    for document_id in store.document_ids():
        document = store.document(document_id)
        kept = _filter_keys(store.database, document_id)
        if document is None or kept.document != set(document_keys(document)):
            return f"the filters of {document_id!r} are not those of its fields"
        for passage_id, passage in store.passages(document_id):
            if kept.passages.get(passage_id, set()) != set(passage_keys(passage)):
                return f"the filters of passage {passage.ordinal} of {document_id!r} are not those of its actors"
    for kind, table, number in (("passage", "passages", "id"), ("document", "documents", "number")):
        orphans = f"SELECT count(*) FROM {kind}_filters WHERE {kind} NOT IN (SELECT {number} FROM {table})"
        if n_orphans := store.database.rows(orphans)[0][0]:
            return f"{n_orphans} filters are of a {kind} that is not there"
    return ""


def _passages(store: Store) -> str:
    for document_id in store.document_ids():
        document = store.document(document_id)
        passages = [passage for _, passage in store.passages(document_id)]
        for passage in passages:
            if document is None or document.text[passage.start : passage.end] != passage.text:
                return f"passage {passage.ordinal} of {document_id!r} is not the document's text at its offsets"
        if [p.ordinal for p in passages] != list(range(len(passages))):
            return f"the passages of {document_id!r} are not numbered one by one"
    n_missing = _n_lost(store.database)
    return f"{n_missing} passages that were added are neither there nor removed" if n_missing else ""


def _embeddings(store: Store, dim: int) -> str:
    if not dim:
        kept = store.database.rows("SELECT 1 FROM embeddings LIMIT 1")
        return "there are embeddings in an index of words only" if kept else ""
    # It raises where one is missing or has another length.
    for ids, embeddings in embeddings_since(store.database, 0, dim):
        norms = np.linalg.norm(embeddings, axis=1)
        wrong = ids[~(np.abs(norms - 1.0) <= UNIT_TOLERANCE)]
        if len(wrong):
            return f"the embedding of passage {wrong[0]} is not of unit norm"
    for page in added_since(store.database, 0):
        hashes = _hashes(store.database, [passage_id for passage_id, *_ in page])
        for passage_id, passage, *_ in page:
            if hashes[passage_id] != text_hash(passage.context):
                return f"the embedding of passage {passage_id} belongs to another text"
    return ""


def _dense(store: Store, dense: DenseFile, dim: int) -> str:
    loaded = dense.current()
    if not np.array_equal(np.sort(loaded.ids()), passage_ids(store.database)):
        return "FAISS and the database hold different passages"
    for ids, embeddings in embeddings_since(store.database, 0, dim):
        if not np.array_equal(loaded.embeddings(ids), embeddings):
            return f"FAISS holds other embeddings than the database between passages {ids[0]} and {ids[-1]}"
    return loaded.lists_fault()


def _lexical(store: Store, lexical: LexicalFolder) -> str:
    if not np.array_equal(lexical.current().passages.ids(), passage_ids(store.database)):
        return "tantivy and the database hold different passages"
    if not np.array_equal(lexical.current().documents.ids(), _first_passage_ids(store.database)):
        return "tantivy and the database hold different documents"
    rows = itertools.chain.from_iterable(added_since(store.database, 0))
    fault = postings_fault(lexical.current(), rows)
    return f"tantivy holds other words than the database in {fault}" if fault else ""


def _stamps(path: Path, store: Store) -> str:
    state = store.state()
    for name in (DENSE_STAMP, LEXICAL_STAMP):
        stamp = read_stamp(path / name)
        if stamp and (stamp.state.index != state.index or stamp.state.generation > state.generation):
            return f"{name} belongs to another index or to a later state than the database's"
        if stamp and _changed_unseen(path, stamp):
            return f"a file that {name} vouches for holds other bytes than were written"
    return ""


def _changed_unseen(path: Path, stamp: Stamp) -> bool:
    """Tell whether a damaged file would be opened: what does not pass as whole does no harm."""
    return bool(trusted(path, stamp)) and not is_whole(path, stamp) and bool(trusted(path, stamp))


class _FilterKeys(NamedTuple):
    """The filter keys that are kept of a document, and of its passages by their ids."""

    document: set[str]
    passages: dict[int, set[str]]


def _first_passage_ids(database: Database) -> NDArray[np.int64]:
    """Return the id of each document's first passage, ascending. *Shape:* ``(n_documents_with_text,)``."""
    return id_array(database.rows("SELECT MIN(id) FROM passages GROUP BY document ORDER BY 1"))


def _hashes(database: Database, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the hashes under which the embeddings of passages lie, by passage id."""
    found: dict[int, bytes] = {}
    for part in parts_of(ids):
        found.update(database.rows(f"SELECT id, hash FROM passages WHERE id IN ({marks(part)})", part))
    return found


def _filter_keys(database: Database, document_id: str) -> _FilterKeys:
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
    return _FilterKeys({row[0] for row in of_document}, found)


def _n_lost(database: Database) -> int:
    """Return how many passages were added and are neither there nor removed; ids are given one by one."""
    row = database.rows(
        "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'passages'), (SELECT count(*) FROM passages),"
        " (SELECT count(*) FROM removed)"
    )[0]
    if not isinstance(row[0], int | None):
        raise damaged(database.path, "what counts passages is no number")
    return (row[0] or 0) - int(row[1]) - int(row[2])
