"""The engine in a folder on this machine: SQLite holds the truth, FAISS and tantivy follow it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import IndexNotFoundError, NmtRagError
from nmt_rag.index.checks import Check, check_index
from nmt_rag.index.conditions import Filter
from nmt_rag.index.engines import lexical_folder
from nmt_rag.index.engines.dense import file as dense_file
from nmt_rag.index.storage.database import MEMORY, os_error
from nmt_rag.index.storage.files import LOCK_FILE, PATIENCE, PID_FILE, writer_lock
from nmt_rag.index.storage.records import Records
from nmt_rag.index.storage.store import Store
from nmt_rag.types import Document, Passage

DATABASE = "index.sqlite"
FILES = frozenset(
    {DATABASE, f"{DATABASE}-journal", f"{DATABASE}.tmp", LOCK_FILE, PID_FILE}
    | {dense_file.DENSE_FILE, dense_file.LISTS_FILE, dense_file.DENSE_STAMP}
    | {lexical_folder.LEXICAL_FOLDER, lexical_folder.DOCUMENTS_FOLDER, lexical_folder.LEXICAL_STAMP}
)
"""Everything that an index folder may hold."""

WHOLE_TEXTS = "FaissVectorStore/"
"""How the fingerprint of an index of whole texts begins (`nmt_rag.langchain`). It is searched by embedding; its words
are read only when they are searched for, since tokens and tantivy would take most of the time of adding."""


class Embedded:
    """An open index folder, or one in memory where there is no path. Use `create`, `open` or `in_memory`."""

    def __init__(self, path: Path | None, store: Store) -> None:
        settings = store.settings()
        self.path = path or MEMORY
        self.fingerprint: str | None = settings["fingerprint"]
        self.dim = int(settings["dim"])
        self.truth = store
        folder = path and path.absolute()  # whatever becomes the working folder
        self.dense = dense_file.DenseFile(folder, store, self.dim)
        self.words = lexical_folder.LexicalFolder(folder, store) if folder else lexical_folder.LexicalMemory(store)
        self._whole_texts = bool(self.fingerprint and self.fingerprint.startswith(WHOLE_TEXTS))
        turn = threading.Lock()
        self._lock: Callable[[], AbstractContextManager[Any]] = (
            partial(writer_lock, folder, patience=PATIENCE) if folder else lambda: turn
        )

    @classmethod
    def create(cls, path: Path, *, fingerprint: str | None, dim: int) -> Self:
        """Make an empty index in a folder, and open it.

        Args:
            path: a new or empty folder.
            fingerprint: of the encoder; None for words only.
            dim: the width of its embeddings; 0 for words only.

        Raises:
            NmtRagError: there is an index already, the folder holds other files, or it cannot be written.
            IndexLockedError: another process is making one there.
        """
        try:
            str(path).encode()
        except UnicodeEncodeError as error:  # SQLite and tantivy take only names that are text
            raise NmtRagError(
                f"the name {str(path)!r} is not UTF-8; give the index a folder of another name"
            ) from error
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
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an index folder. Raises IndexNotFoundError where there is none in it."""
        try:
            found = (path / DATABASE).is_file()
        except OSError as error:  # a folder that may not be entered, or a name that is too long
            raise os_error(path, error) from error
        if not found:
            raise IndexNotFoundError(f"there is no index in {path}; make one with: nmt-rag index PATH --index {path}")
        store = Store.open(path / DATABASE)
        try:
            return cls(path, store)
        except BaseException:
            store.close()
            raise

    @classmethod
    def in_memory(cls, *, fingerprint: str | None, dim: int) -> Self:
        """Return an empty index that lies in no file and goes when it is closed."""
        return cls(None, Store.in_memory(name=uuid.uuid4().hex, fingerprint=fingerprint, dim=dim))

    def moment(self) -> AbstractContextManager[None]:
        """See one committed moment of the index throughout; keep it short, a commit waits for it."""
        return self.truth.database.reading()

    def identity(self) -> Hashable:
        """Return what tells one database file from another that has its name; None where there is none."""
        return self.truth.database.identity()

    def refresh(self) -> None:
        """Load or catch up embeddings and words."""
        if self.fingerprint is not None:
            self.dense.current()
        self.words.current()

    def search_dense(
        self,
        embedding: NDArray[np.float32],
        k: int,
        *,
        where: Filter | None,
        among: NDArray[np.int64] | None,
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, cosine)``, best first, ties by id."""
        allowed = among if among is not None or where is None else self.truth.matching(where)
        return self.dense.current().search(embedding, k, allowed=allowed)

    def search_words(
        self,
        tokens: Sequence[str],
        k: int,
        *,
        where: Filter | None,
        boosts: Mapping[str, float] | None,
        lesser: Collection[str],
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, BM25 score)``, best first, ties by id."""
        return self.words.current().passages.search(tokens, k, where=where, boosts=boosts, lesser=lesser)

    def search_documents(self, tokens: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Return at most k ``(document_id, BM25 score)`` of whole documents, best first."""
        ranked = self.words.current().documents.search(tokens, k, boosts={"text": 1.0})
        places = self.truth.places([number for number, _ in ranked])
        return [(places[number].document_id, score) for number, score in ranked if number in places]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; the operating system's errors come out as ours, as where the index is gone."""
        try:
            self.truth.database.require_in_place()
            with self._lock():
                yield
        except OSError as error:
            raise os_error(self.path, error) from error

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some hashes, each once and in order, under which no embedding lies."""
        return self.truth.unknown_hashes(hashes)

    def put_embeddings(self, hashes: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Commit embeddings under the hashes of their texts. *Shape:* ``(n,)`` and ``(n, dim)``."""
        self.truth.put_embeddings(hashes, embeddings)

    def upsert(self, batch: Sequence[tuple[Document, Sequence[Passage]]]) -> set[str]:
        """Write documents in one transaction; what was held of them goes out in the same one."""
        replaced: set[str] = set()
        stale: list[bytes] = []
        with self.truth.changing() as generation:
            for document, passages in batch:
                if self.truth.digest(document.id) is not None:
                    stale += self.truth.remove_document(document.id, generation)
                    replaced.add(document.id)
                self.truth.add_document(document, passages)
            self.truth.forget_embeddings(stale)
        return replaced

    def delete(self, document_ids: Iterable[str]) -> list[str]:
        """Remove documents in one commit; return those that were there."""
        there = [name for name in dict.fromkeys(document_ids) if self.truth.digest(name) is not None]
        if there:
            with self.truth.changing() as generation:
                hashes = [value for name in there for value in self.truth.remove_document(name, generation)]
                self.truth.forget_embeddings(hashes)
        return there

    def settle(self) -> None:
        """Bring the derived files up to what was committed."""
        self.write_words()
        if self.fingerprint is not None:
            self.dense.save()

    def write_words(self) -> None:
        """Bring tantivy's folders up to what was committed; whole texts are read when they are searched."""
        if not self._whole_texts:
            self.words.write()

    def verify(self) -> Iterator[Check]:
        """Yield every check with its outcome; see `nmt_rag.index.checks`."""
        self.truth.database.rows("SELECT 1")  # a closed index is not a damaged one: this raises
        return check_index(self.path, self.truth, self.dense, self.words, self.dim)

    def records(self, namespace: str) -> Records:
        """Return the records of indexing runs, which lie in the same database."""
        return Records(self.truth.database, namespace)

    def close(self) -> None:
        """Close the database; closing twice is harmless."""
        self.truth.close()


def _is_ours(name: str) -> bool:
    return name in FILES or name.endswith((".tmp", ".tmp-journal"))
