"""One index: add, remove, search, verify.

What it is kept in is an engine (`nmt_rag.index.engines`): a folder, where the SQLite database is the truth
(`nmt_rag.index.storage.store`) and the embeddings in FAISS and the tokens in tantivy follow it (`engines.dense_file`,
`engines.lexical_folder`). It ranks nothing itself: fusing the two searches is `nmt_rag.answering.search`'s.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from nmt_rag import swedish
from nmt_rag.documents import passages
from nmt_rag.errors import IndexMismatchError, IndexNotFoundError, NmtRagError
from nmt_rag.index.adding import Outcome, add_documents
from nmt_rag.index.checks import Check
from nmt_rag.index.conditions import Filter
from nmt_rag.index.engines import dense_file, lexical_folder, opening
from nmt_rag.index.engines.embedded import WHOLE_TEXTS, Embedded
from nmt_rag.index.engines.protocol import Engine
from nmt_rag.index.filters import Where, parse, without_comparisons
from nmt_rag.index.memory import Memory
from nmt_rag.index.storage.database import os_error
from nmt_rag.index.storage.field_values import FieldValues
from nmt_rag.index.storage.locking import LOCK_FILE, PID_FILE, writer_lock
from nmt_rag.index.storage.records import Records
from nmt_rag.index.storage.rows import Place
from nmt_rag.index.storage.store import Store
from nmt_rag.types import Document, Passage

if TYPE_CHECKING:
    from nmt_rag.models import Encoder

_T = TypeVar("_T")

DATABASE = "index.sqlite"
FILES = frozenset(
    {DATABASE, f"{DATABASE}-journal", f"{DATABASE}.tmp", LOCK_FILE, PID_FILE}
    | {dense_file.DENSE_FILE, dense_file.LISTS_FILE, dense_file.DENSE_STAMP}
    | {lexical_folder.LEXICAL_FOLDER, lexical_folder.LEXICAL_STAMP}
)
"""Everything that an index folder may hold."""

LEXICAL_LAG = 20_000
"""While adding, tantivy is committed every so many passages (a commit costs about 0.1 s), and at the end."""


@dataclass(frozen=True, slots=True)
class Added:
    """What `Index.add` did, as document ids in the order they came; all of it is committed."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


class Index:
    """An open index folder. Threads may share it; a search sees what any process committed before it began.

    Use `create`, `open` or `in_memory`, and `close` it or use it in a ``with`` statement.
    """

    def __init__(self, engine: Engine, encoder: Encoder | None) -> None:
        self.path = engine.path
        self.fingerprint = engine.fingerprint
        """The fingerprint of the encoder that the index was built with; None when it holds words only."""
        self.dim = engine.dim
        """The width of the embeddings; 0 when it holds words only."""
        self._encoder = encoder
        self._engine = engine
        self._truth = engine.truth
        self._memory = Memory()
        self._values = FieldValues(self._truth)

    @classmethod
    def create(cls, path: Path | str, *, encoder: Encoder | None) -> Self:
        """Make an empty index, and open it. Without an encoder it holds words only.

        Args:
            path: a new or empty folder, or the address of an engine (`nmt_rag.index.engines.opening`).
            encoder: what encodes its passages and the questions to it.

        Raises:
            NmtRagError: there is an index already, the folder holds other files, or it cannot be written.
            IndexLockedError: another process is making one there.
        """
        fingerprint, dim = (encoder.fingerprint, encoder.dim) if encoder else (None, 0)
        if opening.is_address(path):
            return cls(opening.create_engine(str(path), fingerprint=fingerprint, dim=dim), encoder)
        path = Path(path)
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
        return cls.open(path, encoder=encoder)

    @classmethod
    def in_memory(cls, *, encoder: Encoder | None) -> Self:
        """Return an empty index that lies in no file and goes when it is closed; its writers wait for each other."""
        fingerprint, dim = (encoder.fingerprint, encoder.dim) if encoder else (None, 0)
        store = Store.in_memory(name=uuid.uuid4().hex, fingerprint=fingerprint, dim=dim)
        return cls(Embedded(None, store), encoder)

    @classmethod
    def open(cls, path: Path | str, *, encoder: Encoder | None) -> Self:
        """Open an index.

        Args:
            path: its folder, or the address of an engine (`nmt_rag.index.engines.opening`).
            encoder: the encoder that it was built with, or None to read and to search by words only.

        Raises:
            IndexNotFoundError: there is no index in the folder.
            IndexMismatchError: it was built with another encoder or format.
            IndexDamagedError: its database is broken.
        """
        engine: Engine = opening.open_engine(str(path)) if opening.is_address(path) else _open_folder(Path(path))
        try:
            index = cls(engine, encoder)
            if encoder and encoder.fingerprint != index.fingerprint:
                whole_texts = (index.fingerprint or "").startswith(WHOLE_TEXTS)
                if whole_texts and not encoder.fingerprint.startswith(WHOLE_TEXTS):
                    raise IndexMismatchError(
                        f"the index {path} is a vector store of whole texts; open it with "
                        "nmt_rag.langchain.FaissVectorStore, or search its words alone (--encoder none)"
                    )
                built = index.fingerprint or "no encoder (words only)"
                raise IndexMismatchError(
                    f"the index {path} was built with {built}, not with {encoder.fingerprint}; "
                    "open it with the encoder it was built with (--encoder), or build it again from the documents"
                )
            return index
        except BaseException:
            engine.close()
            raise

    def close(self) -> None:
        """Close the index; closing twice is harmless."""
        self._engine.close()

    def __enter__(self) -> Self:
        """Return the index itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the index."""
        self.close()

    # Reading

    @property
    def generation(self) -> int:
        """The number of commits so far, by any process."""
        return self._truth.state().generation

    @property
    def n_documents(self) -> int:
        """The number of documents."""
        return self._truth.counts()[0]

    @property
    def has_several_documents(self) -> bool:
        """Whether there are two documents or more; quicker than to count them."""
        return self._truth.has_several_documents()

    @property
    def n_passages(self) -> int:
        """The number of passages."""
        return self._truth.counts()[1]

    def document_ids(self) -> list[str]:
        """Return the ids of the documents, in the order they were added."""
        return self._truth.document_ids()

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None where it is not held."""
        return self._truth.document(document_id)

    def sources(self, document_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return title and url of documents by their ids; those that are not held are left out."""
        return self._truth.sources(document_ids)

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order they were added, few in memory at a time."""
        return self._truth.documents()

    def passages(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in the order of its text."""
        return [passage for _, passage in self._truth.passages(document_id)]

    def passage(self, passage_id: int) -> Passage:
        """Return one passage.

        Raises:
            KeyError: it is not, or no longer, in the index.
        """
        return self._truth.passages_by_id([passage_id])[passage_id]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their ids; those that are no longer in the index are left out."""
        return self._truth.passages_by_id(ids)

    def embeddings(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the embeddings of passages by their ids, each *shape* ``(dim,)``; those that are gone are left out."""
        return self._truth.embeddings(ids)

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return document id and ordinal of passages by their ids, far quicker than the passages themselves."""
        return self._truth.places(ids)

    def similarities(self, embedding: NDArray[np.float32], places: Sequence[Place]) -> dict[Place, float]:
        """Return the cosine of an embedding with that of each passage at some places; those that are gone are left out.

        Args:
            embedding: the question's, *shape* ``(dim,)``.
            places: where the passages stand.
        """
        ids = self._truth.ids_at(places)
        known = self.embeddings(list(ids.values()))
        return {place: float(known[number] @ embedding) for place, number in ids.items() if number in known}

    def remembered(self, make: Callable[[Document, Sequence[Passage]], _T], document_id: str) -> _T | None:
        """Return what ``make`` makes of a document and its passages, or None where the document is not held.

        It is made once and kept until any process commits (`nmt_rag.index.memory`). Both arguments are of one moment.
        """
        key = make, document_id
        if (known := self._memory.recall(self.generation, key)) is not None:
            return cast(_T, known)
        with self._engine.moment():
            generation, document = self.generation, self.document(document_id)
            passages = self.passages(document_id)
        if document is None:
            return None
        made = make(document, passages)
        if self.generation == generation:  # else both may be of two moments, where the engine promises none
            self._memory.keep(generation, key, made, len(document.text))
        return made

    # Searching

    def matching(self, where: Where | None) -> NDArray[np.int64] | None:
        """Return the ids of the passages that a filter lets through, ascending; None where there is no filter.

        Args:
            where: see `nmt_rag.index.parse`.

        Raises:
            ValueError: the filter is not understood.
        """
        condition = self._condition(where)
        return None if condition is None else self._truth.matching(condition)

    def _condition(self, where: Where | None) -> Filter | None:
        """Return a filter that asks for keys alone, which every engine matches exactly."""
        condition = parse(where)
        return None if condition is None else without_comparisons(condition, self._values.of)

    def search_dense(
        self,
        embedding: NDArray[np.float32],
        k: int,
        *,
        where: Where | None = None,
        among: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, cosine)``, best first, ties by id.

        Args:
            embedding: the question's, *shape* ``(dim,)``.
            k: at least 1.
            where: see `matching`; filters before the search.
            among: the only passages to search, in place of ``where``.

        Raises:
            ValueError: k is below 1 or the embedding is of another shape or not finite.
            IndexMismatchError: the index holds words only.
        """
        if self.fingerprint is None:
            raise IndexMismatchError(f"the index {self.path} was built without an encoder; search it by words only")
        condition = None if among is not None else self._condition(where)
        return self._engine.search_dense(embedding, k, where=condition, among=among)

    def search_lexical(
        self,
        query: str | Sequence[str],
        k: int,
        *,
        where: Where | None = None,
        boosts: Mapping[str, float] | None = None,
        lesser: Collection[str] = (),
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, BM25 score)``, best first, ties by id.

        Args:
            query: a text, or its tokens as `nmt_rag.swedish.tokens` gives them.
            k: at least 1.
            where: see `matching`; filters before the search.
            boosts: the worth of the fields ``text``, ``heading`` and ``around``; None for
            `nmt_rag.index.engines.lexical.BOOSTS`.
            lesser: those of the tokens that count `nmt_rag.index.engines.lexical.LESSER_SHARE` of the others.

        Raises:
            ValueError: k is below 1, or a boost names an unknown field.
        """
        tokens = swedish.tokens(query) if isinstance(query, str) else query
        return self._engine.search_words(tokens, k, where=self._condition(where), boosts=boosts, lesser=lesser)

    def search_documents(self, tokens: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Return at most k ``(document_id, BM25 score)`` of whole documents by their words, best first.

        Args:
            tokens: as `nmt_rag.swedish.tokens` gives them.
            k: at least 1.
        """
        return self._engine.search_documents(tokens, k)

    def identity(self) -> Hashable:
        """Return what tells this index from another that may lie in its place by now; None where there is none."""
        return self._engine.identity()

    def refresh(self) -> int:
        """Load or catch up what searches need, which they otherwise do themselves; return the generation."""
        self._engine.refresh()
        return self.generation

    # Changing

    def add(
        self,
        documents: Iterable[Document],
        *,
        split: Callable[[Document], Sequence[Passage]] | None = None,
        encoder: Encoder | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Added:
        """Add documents, replacing those with the same id; equal documents and equal texts cost no encoding.

        Args:
            documents: read one by one; few are in memory at a time.
            split: what takes a document apart; None for the sentences of `nmt_rag.documents.passages`.
            encoder: encodes these documents in place of the one that the index was opened with.
            progress: called after each commit with the number of documents that it settled.

        Raises:
            IndexLockedError: another process is writing.
            IndexMismatchError: the index was opened without the encoder it was built with.
            EncodingError: the encoder gave something else than unit embeddings.
            NmtRagError: the disk is full or the folder cannot be written.
        """
        encoder = encoder or self._encoder
        if self.fingerprint is not None and encoder is None:
            raise IndexMismatchError(
                f"the index {self.path} was built with {self.fingerprint}; open it with that encoder to add to it"
            )
        settled: list[tuple[str, Outcome]] = []
        with self._writing():
            behind = 0
            for commit in add_documents(self._engine, encoder, documents, split or passages.split):
                settled += commit.settled
                behind += commit.n_passages
                if progress:
                    progress(len(commit.settled))
                if behind >= LEXICAL_LAG:
                    self._engine.write_words()
                    behind = 0
        return Added(*(tuple(name for name, outcome in settled if outcome == kind) for kind in get_args(Outcome)))

    def remove(self, document_id: str) -> bool:
        """Remove a document; tell whether it was there. Raises as `add` does."""
        return bool(self.remove_all([document_id]))

    def remove_all(self, document_ids: Iterable[str]) -> list[str]:
        """Remove documents in one commit; return the ids of those that were there. Raises as `add` does."""
        with self._writing():
            return self._engine.delete(document_ids)

    def records(self, namespace: str) -> Records:
        """Return the records that indexing runs keep here of what they put in; see `nmt_rag.index.storage.records`."""
        return self._engine.records(namespace)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield every row of the database, for `nmt_rag.index.sealing`."""
        return self._truth.everything()

    def verify(self, *, progress: Callable[[int], None] | None = None) -> list[Check]:
        """Prove that database, embeddings and words agree and that every passage is where it says; see `checks`.

        Args:
            progress: called after each check with the number 1.
        """
        checks = []
        for check in self._engine.verify():
            checks.append(check)
            if progress:
                progress(1)
        return checks

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock, and at the end bring what is derived up to what was committed."""
        with self._engine.writing():
            yield
            self._engine.settle()


def _open_folder(path: Path) -> Embedded:
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
