"""An index folder: what it may hold, how it is made, and how it is opened."""

from __future__ import annotations

import uuid
from pathlib import Path

from nmt_rag.errors import IndexNotFoundError, NmtRagError
from nmt_rag.index.engines import lexical_folder
from nmt_rag.index.engines.dense import file as dense_file
from nmt_rag.index.engines.embedded import Embedded
from nmt_rag.index.storage.database import os_error
from nmt_rag.index.storage.locking import LOCK_FILE, PID_FILE, writer_lock
from nmt_rag.index.storage.store import Store

DATABASE = "index.sqlite"
FILES = frozenset(
    {DATABASE, f"{DATABASE}-journal", f"{DATABASE}.tmp", LOCK_FILE, PID_FILE}
    | {dense_file.DENSE_FILE, dense_file.LISTS_FILE, dense_file.DENSE_STAMP}
    | {lexical_folder.LEXICAL_FOLDER, lexical_folder.LEXICAL_STAMP}
)
"""Everything that an index folder may hold."""


def create_folder(path: Path, *, fingerprint: str | None, dim: int) -> None:
    """Make an empty index in a folder.

    Args:
        path: a new or empty folder.
        fingerprint: of the encoder; None for words only.
        dim: the width of its embeddings; 0 for words only.

    Raises:
        NmtRagError: there is an index already, the folder holds other files, or it cannot be written.
        IndexLockedError: another process is making one there.
    """
    try:
        if path.exists() and not path.is_dir():
            raise NmtRagError(f"{path} is a file that exists already; give the index a folder of its own")
        path.mkdir(parents=True, exist_ok=True)
        if foreign := sorted(entry.name for entry in path.iterdir() if not _is_ours(entry.name)):
            raise NmtRagError(
                f"the folder {path} holds other files ({foreign[0]}, …); give the index a folder of its own"
            )
        with writer_lock(path):
            if (path / DATABASE).exists():
                raise NmtRagError(f"there is an index in {path} already; open it, or delete the folder first")
            Store.create(path / DATABASE, name=uuid.uuid4().hex, fingerprint=fingerprint, dim=dim)
    except OSError as error:
        raise os_error(path, error) from error


def open_folder(path: Path) -> Embedded:
    """Open an index folder. Raises IndexNotFoundError where there is none in it."""
    try:
        found = (path / DATABASE).is_file()
    except OSError as error:  # a folder that may not be entered, or a name that is too long
        raise os_error(path, error) from error
    if not found:
        raise IndexNotFoundError(f"there is no index in {path}; make one with: nmt-rag index PATH --index {path}")
    store = Store.open(path / DATABASE)
    try:
        return Embedded(path, store)
    except BaseException:
        store.close()
        raise


def _is_ours(name: str) -> bool:
    return name in FILES or name.endswith((".tmp", ".tmp-journal"))
