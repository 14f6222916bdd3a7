"""The derived files of an index, kept in step with its database: embeddings in FAISS and tokens in tantivy.

Both may be missing, damaged or behind: they are caught up with what was committed since their stamp, or built again,
on disk where the folder can be written and in memory otherwise. Nothing here is ever the only copy of anything.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nmt_rag import swedish
from nmt_rag.errors import IndexLockedError
from nmt_rag.locking import writer_lock
from nmt_rag.stamps import Stamp, State, checksum, is_whole, read_stamp, write_file, write_stamp
from nmt_rag.store import Store
from nmt_rag.types import Passage

if TYPE_CHECKING:  # both engines are imported when first used: `documents` and `show` need neither
    from nmt_rag.dense import Dense
    from nmt_rag.lexical import Entry, Lexical

DENSE_FILE, DENSE_STAMP = "dense.faiss", "dense.json"
LEXICAL_FOLDER, LEXICAL_STAMP = "lexical", "lexical.json"

DENSE_LAG = 1_000
"""The FAISS file is written again when more passages than this, and a tenth of all, came or went since the last time."""

REMOVED_SHARE = 0.2
"""tantivy's statistics count removed passages; when they are more than this share, the words index is built again."""


class DenseFile:
    """The embeddings of an index in memory, and their FAISS file, which may lag behind the database."""

    def __init__(self, folder: Path, store: Store, dim: int) -> None:
        self._folder, self._store, self._dim = folder, store, dim
        self._lock = threading.Lock()
        self._dense: Dense | None = None
        self._state = State("", 0, 0)
        self._saved = State("", 0, 0)

    def current(self) -> Dense:
        """Return the embeddings of the state committed last."""
        with self._lock:
            if self._dense is None or self._state != self._store.state():
                self._catch_up()
            assert self._dense is not None
            return self._dense

    def _catch_up(self) -> None:
        """Load the file where nothing is loaded, then take out and put in what changed since."""
        with self._store.database.reading():
            state = self._store.state()
            if self._dense is None:
                self._dense, self._state = self._load(state)
                self._saved = self._state
            removed = self._store.removed_since(self._state.generation)
            self._dense.remove(removed[removed <= self._state.last_passage])
            for ids, embeddings in self._store.embeddings_since(self._state.last_passage, self._dim):
                self._dense.add(ids, embeddings)
            self._state = state

    def _load(self, state: State) -> tuple[Dense, State]:
        """Return what the file holds and as of when, or an empty index as of the beginning."""
        from nmt_rag.dense import Dense

        stamp = read_stamp(self._folder / DENSE_STAMP)
        if stamp and stamp.state.index == state.index and stamp.state.generation <= state.generation:
            try:
                data = (self._folder / DENSE_FILE).read_bytes()
                if stamp.files == {DENSE_FILE: _sha256(data)}:
                    return Dense.from_bytes(data), stamp.state
            except (OSError, ValueError):
                pass  # built again below, from the database
        return Dense(self._dim), State(state.index, 0, 0)

    def save(self) -> None:
        """Write the file where it is missing or far behind. The caller holds the writer's lock.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        dense = self.current()
        with self._lock:
            lag = self._state.last_passage - self._saved.last_passage
            lag += len(self._store.removed_since(self._saved.generation))
            if self._saved.index and (self._folder / DENSE_FILE).exists() and lag <= max(DENSE_LAG, len(dense) // 10):
                return
            data = dense.to_bytes()
            write_file(self._folder / DENSE_FILE, data)
            write_stamp(self._folder / DENSE_STAMP, Stamp(self._state, {DENSE_FILE: _sha256(data)}))
            self._saved = self._state


class LexicalFolder:
    """The tokens of an index in a tantivy folder, or in memory where the folder cannot be written."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store
        self._lock = threading.Lock()
        self._lexical: Lexical | None = None
        self._state = State("", 0, 0)

    def current(self) -> Lexical:
        """Return the words index of the state committed last, or of one shortly before while a writer is at work."""
        with self._lock:
            state = self._store.state()
            if self._lexical is None or self._state != state:
                stamp = self._valid_stamp(state)
                if stamp is None or stamp.state != state:
                    self._catch_up_or_make_do(stamp, state)
                elif not self._open(stamp):
                    self._build_in_memory()
            assert self._lexical is not None
            return self._lexical

    def write(self) -> None:
        """Bring the folder to the state committed last. The caller holds the writer's lock.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        with self._lock:
            self._write()

    def _catch_up_or_make_do(self, stamp: Stamp | None, state: State) -> None:
        try:
            with writer_lock(self._folder):
                self._write()
                return
        except IndexLockedError:  # a writer is at work and will write the folder itself
            if self._state.index or (stamp and self._open(stamp)):
                return
        except OSError:
            pass  # a read-only folder or a full disk
        if self._state != state:
            self._build_in_memory()

    def _write(self) -> None:
        """Open the folder where that is possible, take out and put in what changed since, and stamp it."""
        from nmt_rag.lexical import removed_share

        state = self._store.state()
        stamp = self._valid_stamp(state)
        path = self._folder / LEXICAL_FOLDER
        if stamp and stamp.state == state and self._state == state:
            return
        if not stamp or not self._open(stamp):
            self._create(path)
        if self._fill(self._state):
            if removed_share(path) > REMOVED_SHARE:
                self._create(path)
                self._fill(self._state)
        files = {f"{path.name}/{file.name}": checksum(file) for file in path.iterdir() if file.suffix != ".lock"}
        write_stamp(self._folder / LEXICAL_STAMP, Stamp(self._state, files))

    def _valid_stamp(self, state: State) -> Stamp | None:
        """Return the stamp of the folder where it belongs to this index and its files are whole."""
        stamp = read_stamp(self._folder / LEXICAL_STAMP)
        if stamp is None or stamp.state.index != state.index or stamp.state.generation > state.generation:
            return None
        return stamp if stamp.state == self._state or is_whole(self._folder, stamp) else None

    def _open(self, stamp: Stamp) -> bool:
        """Open the folder as its stamp describes it; tell whether that was possible."""
        from nmt_rag.lexical import Lexical

        try:
            self._lexical = Lexical.open(self._folder / LEXICAL_FOLDER)
        except (OSError, ValueError):
            return False
        self._state = stamp.state
        return True

    def _create(self, path: Path) -> None:
        """Begin an empty folder. Without a stamp nothing in it counts until it is written to the end."""
        from nmt_rag.lexical import Lexical

        (self._folder / LEXICAL_STAMP).unlink(missing_ok=True)
        if path.exists():
            shutil.rmtree(path)
        path.mkdir()
        self._lexical, self._state = Lexical.create(path), State(self._state.index, 0, 0)

    def _build_in_memory(self) -> None:
        from nmt_rag.lexical import Lexical

        self._lexical, self._state = Lexical.create(None), State("", 0, 0)
        self._fill(self._state)

    def _fill(self, since: State) -> bool:
        """Take out and put in what changed since a state; tell whether anything did."""
        assert self._lexical is not None
        with self._store.database.reading():
            state = self._store.state()
            removed = self._store.removed_since(since.generation)
            removed = removed[removed <= since.last_passage]
            self._lexical.remove(removed.tolist())
            for page in self._store.added_since(since.last_passage):
                for entry in _entries(page):
                    self._lexical.add(entry)
        self._lexical.commit()
        self._state = state
        return len(removed) > 0


def _entries(page: Iterable[tuple[int, Passage, str, Sequence[str]]]) -> Iterable[Entry]:
    """Turn passages into what is searched of them; the tokens of a title and heading path are made once."""
    from nmt_rag.lexical import Entry

    headings: dict[tuple[str, ...], list[str]] = {}
    for passage_id, passage, title, keys in page:
        path = (title, *passage.heading)
        if path not in headings:
            headings[path] = swedish.tokens(" \n".join(path))
        yield Entry(passage_id, swedish.tokens(passage.text), headings[path], swedish.tokens(passage.context), keys)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
