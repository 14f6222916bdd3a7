"""The writer's lock of an index folder: one process writes, the others are told which.

The operating system holds the lock, so a killed process leaves none behind. Two threads are two writers, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nmt_rag.errors import IndexLockedError

LOCK_FILE = "writer.lock"
PID_FILE = "writer.pid"
PATIENCE = 1.0
"""So long a writer waits (seconds): a reader that catches up with a change holds the lock for a moment too."""


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
            f"the index {folder} is being written by process {_read(pid_file)}; wait until it is done and try again"
        ) from error
    try:
        pid_file.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        lock.release()


def _read(pid_file: Path) -> str:
    try:
        return str(int(pid_file.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return "(unknown)"
