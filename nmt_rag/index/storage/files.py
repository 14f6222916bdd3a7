"""The files of an index folder: who writes them, that each is replaced as a whole, and the stamp that proves one.

One process writes, the others are told which. The operating system holds the lock, so a killed process leaves none
behind; two threads are two writers, too.

A derived file (embeddings, words) is only trusted when the stamp beside it names this index and the checksums of every
file. A file that the file system says nobody has touched since is not read for that; any other is. Without a valid
stamp it is built again from the database; nothing is ever repaired. No file's format is known here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from nmt_rag.errors import IndexLockedError

LOCK_FILE = "writer.lock"
PID_FILE = "writer.pid"
PATIENCE = 1.0
"""A writer waits at most this long (seconds): a reader that catches up with a change holds the lock a moment too."""


@contextmanager
def writer_lock(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock of a folder.

    Args:
        folder: the index folder.
        patience: how long to wait for it, in seconds.

    Raises:
        IndexLockedError: another writer holds it; the message names its process.
        OSError: the folder cannot be written.
    """
    # The process id lies in a file of its own: Windows lets nobody read a locked one.
    lock, pid_file = FileLock(folder / LOCK_FILE, timeout=patience, thread_local=False), folder / PID_FILE
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexLockedError(
            f"the index {folder} is being written by process {_process(pid_file)}; wait until it is done and try again"
        ) from error
    try:
        pid_file.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        lock.release()


def _process(pid_file: Path) -> str:
    """Return the number of the process that wrote a file last."""
    try:
        return str(int(pid_file.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return "(unknown)"


@dataclass(frozen=True, slots=True)
class State:
    """One committed moment of an index.

    ``index`` is the random name that the index got when it was created, ``generation`` counts its commits,
    ``last_passage`` is the highest passage id (ids are never used twice).
    """

    index: str
    generation: int
    last_passage: int


NOWHERE = State("", 0, 0)
"""The state of what holds nothing yet."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state that derived files hold, the SHA-256 of each of them by name, and the analyzer that made them.

    ``seen`` holds the `signature` that each file had when it was last known to have that SHA-256.
    """

    state: State
    files: Mapping[str, str]
    analyzer: str = ""
    seen: Mapping[str, str] = field(default_factory=dict, compare=False)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write; a reader, at any instant and after any crash, sees the old bytes or all of the new ones.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signature(path: Path) -> str:
    """Return what changes when a file is written or replaced; empty where the system tells no time of change.

    Inode, size, and the times of the last change of the bytes and of the file itself. Programs can set the former time
    (copying, unpacking, ``touch``), but not the latter: at every write, rename or setting of the former it becomes the
    clock's.

    Raises:
        OSError: the file is not there.
    """
    status = path.stat()
    if os.name != "posix":  # Windows gives the time of creation in its stead
        return ""
    return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a stamp beside the files it vouches for; they must be on disk already.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    with replacing(path) as file:
        file.write(json.dumps(asdict(stamp), allow_nan=False, indent=1, sort_keys=True).encode())


def read_stamp(path: Path) -> Stamp | None:
    """Return a stamp, or None where there is none that can be read."""
    try:
        row = json.loads(path.read_bytes())
        state = State(str(row["state"]["index"]), int(row["state"]["generation"]), int(row["state"]["last_passage"]))
        files, seen = (
            {str(name): str(value) for name, value in found.items()} for found in (row["files"], row.get("seen", {}))
        )
        return Stamp(state, files, str(row.get("analyzer", "")), seen)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def trusted(folder: Path, stamp: Stamp) -> Stamp | None:
    """Return a stamp whose files are whole, with their signatures of now, or None.

    Only files whose signature has changed are read. A medium that loses bits unseen by the file system is found by
    `is_whole`.
    """
    seen: dict[str, str] = {}
    try:
        for name, value in stamp.files.items():
            seen[name] = signature(folder / name)
            untouched = seen[name] and seen[name] == stamp.seen.get(name)
            if not untouched and file_sha256(folder / name) != value:
                return None
    except OSError:
        return None
    return replace(stamp, seen=seen)


def is_whole(folder: Path, stamp: Stamp) -> bool:
    """Tell whether every file of a stamp lies in the folder with the bytes it was stamped with."""
    try:
        return all(file_sha256(folder / name) == value for name, value in stamp.files.items())
    except OSError:
        return False


def stamp_of(path: Path, state: State) -> Stamp | None:
    """Return a stamp of this index and of no later state than the given one."""
    stamp = read_stamp(path)
    return stamp if stamp and stamp.state.index == state.index and stamp.state.generation <= state.generation else None
