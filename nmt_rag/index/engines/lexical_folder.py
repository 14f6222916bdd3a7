"""The words index of an index in a folder (tantivy), kept in step with its database; `dense.file` is its like.

It may be missing, damaged or behind: it is caught up with what was committed since its stamp, or built again, on disk
where the folder can be written and still holds the index, in memory otherwise. Nothing here is ever the only copy of
anything.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nmt_rag import swedish
from nmt_rag.errors import IndexLockedError
from nmt_rag.index.storage.database import MEMORY
from nmt_rag.index.storage.files import (
    NOWHERE,
    Stamp,
    State,
    file_sha256,
    signature,
    stamp_of,
    trusted,
    write_stamp,
    writer_lock,
)
from nmt_rag.index.storage.rows import added_since, removed_since
from nmt_rag.index.storage.store import Store
from nmt_rag.progress import counter
from nmt_rag.types import Passage

if TYPE_CHECKING:  # both engines are imported when first used: `documents` and `show` need neither
    from nmt_rag.index.engines.lexical import Entry, Lexical

LEXICAL_FOLDER, DOCUMENTS_FOLDER, LEXICAL_STAMP = "lexical", "lexical-documents", "lexical.json"

REMOVED_SHARE = 0.2
"""tantivy's statistics count removed passages; when they are more than this share, the words index is built again."""

_PROBE = "Åklagarna fattade beslut om betänketid kl. 12.30, bl.a. för 3 § socialtjänstlagen; KAST-mottagningarna"
_FIELDS = "text heading around; document"  # what passages and documents are searched by
_FOLDERS = LEXICAL_FOLDER, DOCUMENTS_FOLDER
_CHANGING_FILES = ("meta.json", ".managed.json")  # tantivy writes every other file once, under a new name


@dataclass(frozen=True, slots=True)
class Words:
    """The words index: passages under their ids, and whole documents, each under the id of its first passage."""

    passages: Lexical
    documents: Lexical

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages, and the documents that begin with one of them: a document is only removed whole."""
        self.passages.remove(ids)
        self.documents.remove(ids)

    def commit(self) -> None:
        """Commit both. Raises as `Lexical.commit` does."""
        self.passages.commit()
        self.documents.commit()

    def discard(self) -> None:
        """Forget what was added and removed since the last `commit`."""
        self.passages.discard()
        self.documents.discard()


class LexicalFolder:
    """The tokens of an index in two tantivy folders, or in memory where they cannot be written."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store
        self._lock = threading.Lock()
        self._lexical: Words | None = None
        self._state = NOWHERE
        self._trusted: Stamp | None = None  # the stamp whose files were found whole, or were written here

    def current(self) -> Words:
        """Return the words index of the state committed last, or of one shortly before while a writer is at work."""
        with self._lock:
            state = self._store.state()
            if self._lexical is None or self._state != state:
                stamp = self._whole_stamp(state)
                opened = self._open(stamp) if stamp and stamp.state == state else None
                self._lexical = opened or self._caught_up_or_made_do(stamp)
            return self._lexical

    def write(self) -> None:
        """Bring the folder to the state committed last. The caller holds the writer's lock.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        with self._lock:
            self._lexical = self._written()

    def _caught_up_or_made_do(self, stamp: Stamp | None) -> Words:
        try:
            self._store.database.require_in_place()
            with writer_lock(self._folder):
                return self._written()
        except IndexLockedError:  # a writer is at work and will write the folder itself
            if stamp and stamp.state != self._state and (opened := self._open(stamp)):
                return opened
            if self._lexical is not None:
                return self._lexical
        except OSError:
            pass  # a read-only folder, a full disk, or an index that was moved or deleted
        return self._built_in_memory()

    def _written(self) -> Words:
        """Open the folders where that is possible, take out and put in what changed since, and stamp them."""
        from nmt_rag.index.engines.lexical import removed_share

        state = self._store.state()
        stamp = self._whole_stamp(state)
        lexical = self._open(stamp) if stamp else None
        if lexical and stamp and stamp.state == state:
            return lexical
        lexical = lexical or self._created()
        if self._fill(lexical) and removed_share(self._folder / LEXICAL_FOLDER) > REMOVED_SHARE:
            lexical = self._created()
            self._fill(lexical)
        self._trusted = _stamped(self._folder, self._state, stamp)
        write_stamp(self._folder / LEXICAL_STAMP, self._trusted)
        return lexical

    def _whole_stamp(self, state: State) -> Stamp | None:
        """Return the stamp of the folder where it belongs to this index and its files are whole."""
        stamp = stamp_of(self._folder / LEXICAL_STAMP, state)
        if stamp and stamp != self._trusted:
            whole = trusted(self._folder, stamp) if stamp.analyzer == _analyzer() else None
            if whole:
                self._trusted = whole
            return whole
        return self._trusted if stamp else None

    def _open(self, stamp: Stamp) -> Words | None:
        """Open the folders as their stamp describes them, where that is possible."""
        from nmt_rag.index.engines.lexical import Lexical

        try:
            lexical = Words(*(Lexical.open(self._folder / name) for name in _FOLDERS))
        except (OSError, ValueError):
            return None  # a lock file that cannot be made, or another tantivy's format
        self._state = stamp.state
        return lexical

    def _created(self) -> Words:
        """Begin empty folders. Without a stamp nothing in them counts until they are written to the end."""
        from nmt_rag.index.engines.lexical import Lexical

        (self._folder / LEXICAL_STAMP).unlink(missing_ok=True)
        for path in (self._folder / name for name in _FOLDERS):
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            path.mkdir()
        self._state = NOWHERE
        return Words(*(Lexical.create(self._folder / name) for name in _FOLDERS))

    def _built_in_memory(self) -> Words:
        from nmt_rag.index.engines.lexical import Lexical

        self._state, lexical = NOWHERE, Words(Lexical.create(None), Lexical.create(None))
        self._fill(lexical)
        return lexical

    def _fill(self, lexical: Words) -> bool:
        """Take out and put in what changed since the state that is held; tell whether anything was taken out."""
        try:
            with self._store.database.reading():
                state = self._store.state()
                removed = removed_since(self._store.database, self._state.generation)
                removed = removed[removed <= self._state.last_passage]
                lexical.remove(removed.tolist())
                with counter("Reading words", "passages") as bar:
                    pages = added_since(self._store.database, self._state.last_passage)
                    for passage, document in entries(itertools.chain.from_iterable(pages)):
                        lexical.passages.add(passage)
                        if document is not None:
                            lexical.documents.add(document)
                        bar.update(1)
            lexical.commit()
        except BaseException:
            lexical.discard()
            raise
        self._state = state
        return len(removed) > 0


class LexicalMemory(LexicalFolder):
    """The tokens of an index that has no folder: made when words are first searched, and again when it has changed."""

    def __init__(self, store: Store) -> None:
        super().__init__(MEMORY, store)

    def current(self) -> Words:
        """Return the words index of the state committed last."""
        with self._lock:
            if self._lexical is None or self._state != self._store.state():
                self._lexical = self._built_in_memory()
            return self._lexical

    def write(self) -> None:
        """Do nothing: there is nowhere to write."""


@lru_cache(maxsize=1)
def _analyzer() -> str:
    """Return a hash of what the analyzer does: tokens that another version of it made would not be found."""
    text = " ".join([_FIELDS, *sorted(swedish.stop_words()), *swedish.tokens(_PROBE), *swedish.pairs(_PROBE)])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _stamped(folder: Path, state: State, known: Stamp | None) -> Stamp:
    """Return the stamp of tantivy's files; what was known of unchanging files stays, they are not read again."""
    files: dict[str, str] = {}
    seen: dict[str, str] = {}
    for file in sorted(file for name in _FOLDERS for file in (folder / name).iterdir()):
        name = f"{file.parent.name}/{file.name}"
        if known and name in known.files and file.name not in _CHANGING_FILES:
            files[name], seen[name] = known.files[name], known.seen.get(name, "")
        elif file.suffix != ".lock":
            seen[name] = signature(file)
            files[name] = file_sha256(file)
    return Stamp(state, files, _analyzer(), seen)


def entries(rows: Iterable[tuple[int, Passage, str, Sequence[str]]]) -> Iterator[tuple[Entry, Entry | None]]:
    """Turn passages, in the order of their texts, into what is searched of them; everything is analysed once.

    With the last passage of a document comes the document, which has no pairs: they gave nothing (docs/retrieval.md).
    """
    from nmt_rag.index.engines.lexical import Entry

    headings: dict[tuple[str, ...], list[str]] = {}
    analysed = ((row, swedish.tokens(row[1].reading), swedish.pairs(row[1].reading)) for row in rows)
    here = next(analysed, None)
    before: list[str] = []
    first, document = 0, list[str]()
    while here is not None:
        (passage_id, passage, title, keys), tokens, pairs = here
        path = (title, *passage.heading)
        if path not in headings:
            headings[path] = swedish.tokens(" \n".join(path))
        if not document:
            first, document = passage_id, swedish.tokens(title)
        document += tokens
        here = next(analysed, None)
        goes_on = here is not None and here[0][1].document_id == passage.document_id
        after = [*here[1], *here[2]] if here and goes_on else []
        text = [*tokens, *pairs]
        entry = Entry(passage_id, text, headings[path], [*before, *text, *after], keys)
        yield entry, None if goes_on else Entry(first, document, (), (), ())
        before = text if goes_on else []
        if not goes_on:
            document = []
