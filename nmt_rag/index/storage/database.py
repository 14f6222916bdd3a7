"""One SQLite file opened the way an index needs it: transactions, turns between threads, and our errors for SQLite's.

It knows the schema (`nmt_rag.index.storage.schema`) and no more: what the rows mean stands in
`nmt_rag.index.storage.store`. A rollback journal, not
WAL: at rest the index is a single file, which also opens on a read-only medium.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from nmt_rag.errors import IndexDamagedError, IndexLockedError, IndexMismatchError, NmtRagError
from nmt_rag.index.storage.schema import APPLICATION, DATABASE_FORMAT, SCHEMA, schema_fault

MEMORY = Path("(in memory)")
"""What stands for the folder of an index that has none, in messages."""

_ELSEWHERE = "it was moved, deleted or replaced since it was opened; open it again"
_BUSY_SECONDS = 60.0  # how long a commit waits for readers, and they for it: both last milliseconds


class Database:
    """One open index database. Threads take turns; every error of SQLite comes out as one of ours."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._file = path.absolute()  # whatever becomes the working folder
        self._opened = self.identity()

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, str | int | None]) -> None:
        """Write an empty database with its settings, whole or not at all.

        Raises:
            NmtRagError: the folder cannot be written or the disk is full.
        """
        temporary = path.with_name(f"{path.name}.tmp")
        with translated(path):
            temporary.unlink(missing_ok=True)
            connection = sqlite3.connect(temporary, isolation_level=None)
            try:
                connection.executescript(SCHEMA)
                connection.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
                connection.execute("COMMIT")
            finally:
                connection.close()
            temporary.replace(path)

    @classmethod
    def in_memory(cls, settings: Mapping[str, str | int | None]) -> Self:
        """Return an empty database that lies in no file and goes when it is closed."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
        connection.execute("COMMIT")
        return cls(MEMORY / ":memory:", connection)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a database that `create` made.

        Raises:
            IndexDamagedError: it is broken, or holds a trigger, a view or a table that is none of the index's own.
            IndexMismatchError: it is another program's, or of another format version.
        """
        with translated(path):
            if path.stat().st_size == 0:
                raise damaged(path, "the file is empty")
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=_BUSY_SECONDS,
            )
            try:
                application = connection.execute("PRAGMA application_id").fetchone()[0]
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if application != APPLICATION:
                    raise IndexMismatchError(f"{path} is not an nmt_rag index; give the index another folder")
                if version != DATABASE_FORMAT:
                    raise IndexMismatchError(
                        f"the index {path.parent} has format {version}, this version of nmt_rag reads format "
                        f"{DATABASE_FORMAT}; build the index again from the documents"
                    )
                if fault := schema_fault(lambda sql: connection.execute(sql).fetchall()):
                    raise damaged(path, fault)
                connection.execute("PRAGMA cache_spill = OFF")  # a spill would shut readers out before the commit
            except BaseException:
                connection.close()
                raise
            return cls(path, connection)

    def close(self) -> None:
        """Close the database; closing twice is harmless."""
        with self._lock:
            self._connection.close()

    def identity(self) -> tuple[int, int] | None:
        """Return what tells the file that has the database's name now from another; None where there is none."""
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def require_in_place(self) -> None:
        """Raise FileNotFoundError where the file in the folder is not the one opened: nothing is made there."""
        if self.identity() != self._opened:
            raise FileNotFoundError(errno.ENOENT, _ELSEWHERE)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._lock, translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement inside `changing`; return the number of the row that it inserted."""
        with self._lock, translated(self.path):
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def run_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of many rows inside `changing`."""
        with self._lock, translated(self.path):
            self._connection.executemany(sql, values)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one committed moment of the index throughout; keep it short, a commit waits for it."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self.run("BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Commit all that is run inside, or nothing of it.

        Raises:
            IndexDamagedError: the tables are no longer the index's own: a trigger would change what is written.
        """
        with self._lock:
            self.run("BEGIN IMMEDIATE")
            try:
                if fault := schema_fault(self.rows):
                    raise damaged(self.path, fault)
                yield
                self.run("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        with translated(self.path):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def damaged(path: Path, what: str) -> IndexDamagedError:
    """Return the error that says that the index can no longer be trusted."""
    return IndexDamagedError(
        f"the index database {path} is damaged ({what}); delete the folder {path.parent} and build the index again "
        "from the documents"
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise the errors of SQLite and of the operating system as ours, each with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        # https://www.sqlite.org/rescode.html: the low byte is the primary result code.
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise _disk_full(path.parent) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise IndexLockedError(
                f"the index {path.parent} is busy; try again when the other process is done"
            ) from error
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_DBMOVED:
            raise os_error(path.parent, FileNotFoundError(errno.ENOENT, _ELSEWHERE)) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            raise NmtRagError(f"the index {path.parent} cannot be written; make the folder writable") from error
        if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path, os.R_OK):
            raise NmtRagError(f"the index database {path} may not be read; let whoever runs this read it") from error
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            raise NmtRagError(
                f"the index {path.parent} cannot be read or written ({error}); "
                "see that the disk is not full and that the folder may be written"
            ) from error
        if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
            raise NmtRagError(f"the index {path.parent} is closed; open it again to use it") from error
        if isinstance(error, sqlite3.ProgrammingError):
            raise ValueError(f"the index {path.parent} cannot be used: {error}") from error
        raise damaged(path, str(error)) from error
    except UnicodeDecodeError as error:  # SQLite hands out the bytes of a TEXT column unseen
        raise damaged(path, "it holds text that is not UTF-8") from error
    except OSError as error:
        raise os_error(path.parent, error) from error


def os_error(folder: Path, error: OSError) -> NmtRagError:
    """Return our error for one of the operating system's in an index folder."""
    if error.errno == errno.ENOSPC:
        return _disk_full(folder)
    return NmtRagError(f"the index {folder} cannot be read or written: {error.strerror or error}")


def _disk_full(folder: Path) -> NmtRagError:
    return NmtRagError(
        f"the disk is full: the index {folder} is as it was after its last commit; make room and run the same again"
    )
