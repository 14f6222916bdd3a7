"""The folder of what visitors upload: how much room it has, and how what nobody took in is removed.

A file that is read is removed at once by whoever reads it. What stays lies there because its visitor left, or sent it
past the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nmt_rag.interfaces.serving.asgi import Message, Receive, Send

MAX_BYTES = 1_000_000_000
"""The most that may lie in the folder at a time (bytes): five visitors' twenty files of ten megabytes."""
MAX_REQUEST = 250_000_000
"""The most that may come in one request (bytes): a visitor's twenty files, and some that are too large."""
MAX_FILES = 100
"""At most this many files may come in one request, each an open one; that twenty are taken the page says in words."""
LEAST = 8_192
"""The least that a file counts as, with the folder it lies in (bytes): empty ones fill a disk, too."""
STEP = 4_000_000
"""How often it is looked whether there is still room, while files arrive (bytes)."""
SECONDS = 300.0
"""After this long what nobody took in is removed (seconds): a file is read once it is there. A request has as long."""
EVERY = 30.0
"""How often it is looked for (seconds)."""
_PREFIX = "nmt-rag-page-"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder for uploads and remove it in the end; first of all remove those whose page was killed.

    A page holds a lock on its folder, which ends with the process. (Windows has no such locks: nothing is removed.)
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with _locked(left, wait=False) as ours:
            if ours:
                shutil.rmtree(left, ignore_errors=True)
    while True:
        made = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, made, ignore_errors=True)
            stack.enter_context(_locked(made, wait=True))
            if made.is_dir():  # no other page that starts just now took it for one that was left
                yield made
                return


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a folder's lock; give whether it is held, which it never is of a link or of another user's folder."""
    with contextlib.ExitStack() as stack:
        try:
            import fcntl

            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            stack.callback(os.close, handle)
            ours = os.fstat(handle).st_uid == os.geteuid()
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except (ImportError, OSError):
            ours = False
        yield ours


def room(folder: Path) -> int:
    """Return how many bytes more may be put into the folder."""
    return max(0, MAX_BYTES - sum(max(LEAST, found.st_size) for _, found in _files(folder)))


def sweep(folder: Path, *, seconds: float = SECONDS, now: float | None = None) -> int:
    """Remove what lies in the folder for longer than some seconds, and folders that are empty; return how many files.

    Args:
        folder: of the uploads.
        seconds: how long a file may lie there unchanged.
        now: the time, as `time.time` tells it.
    """
    before = (time.time() if now is None else now) - seconds
    n_removed = 0
    old_folders = [
        path for path, _, _ in os.walk(folder, topdown=False) if path != str(folder) and _older(path, before)
    ]
    for path, found in _files(folder):
        if found.st_mtime < before:
            with contextlib.suppress(OSError):
                os.unlink(path)
                n_removed += 1
    for path in old_folders:
        with contextlib.suppress(OSError):
            os.rmdir(path)  # refuses one that is not empty
    return n_removed


@contextlib.contextmanager
def swept(folder: Path, also: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Sweep the folder now and then, and ``also`` something else, in a thread, until the block ends."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(EVERY):
            sweep(folder)
            also()

    thread = threading.Thread(target=work, name="nmt-rag-sweep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _older(path: str, before: float) -> bool:
    try:
        return os.stat(path).st_mtime < before
    except OSError:
        return False


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files below a folder with their sizes and times; what vanishes meanwhile is passed over."""
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                file = os.path.join(path, name)
                yield file, os.lstat(file)


class Coming:
    """An upload on its way into a folder, ended where that is full; Gradio sees then that the client is gone."""

    def __init__(self, folder: Path, receive: Receive, send: Send) -> None:
        self._folder, self._receive, self._send = folder, receive, send
        self._unmeasured = 0
        self.full = False
        self.replied = False

    async def receive(self) -> Message:
        """Return what comes, and now and then look for room."""
        message = await self._receive()
        self._unmeasured += len(message.get("body", b""))
        if self._unmeasured >= STEP:
            self._unmeasured = 0
            self.full = self.full or not await asyncio.to_thread(room, self._folder)
        return {"type": "http.disconnect"} if self.full else message

    async def send(self, message: Message) -> None:
        """Send the reply on, but for Gradio's to a client that it was told is gone."""
        if not self.full:
            self.replied = True
            await self._send(message)
