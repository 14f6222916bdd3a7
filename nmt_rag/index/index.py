"""One index: add, remove, search, verify.

What it is kept in is an engine (`nmt_rag.index.engines`): Qdrant, or memory or a folder, where the SQLite database
(`nmt_rag.index.storage.store`) is the truth that the embeddings in FAISS (`engines.dense.file`) and the tokens in
tantivy (`engines.lexical_folder`) follow. It ranks nothing itself: `nmt_rag.answering.search` fuses the two searches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from nmt_rag import swedish
from nmt_rag.documents import passages
from nmt_rag.errors import IndexMismatchError
from nmt_rag.index.adding import Added, add_documents, built_with
from nmt_rag.index.checks import Check
from nmt_rag.index.conditions import Filter
from nmt_rag.index.contents import FieldValues, IndexContents
from nmt_rag.index.engines import opening
from nmt_rag.index.engines.embedded import DATABASE, WHOLE_TEXTS, Embedded
from nmt_rag.index.engines.protocol import Engine
from nmt_rag.index.filters import Where, parse, without_comparisons
from nmt_rag.index.storage.records import Records
from nmt_rag.types import Document, Passage

if TYPE_CHECKING:
    from nmt_rag.models import Encoder

__all__ = ["DATABASE", "Added", "Index"]


class Index(IndexContents):
    """An open index. Threads may share it; a search sees what any process committed before it began.

    Use `create`, `open` or `in_memory`, and `close` it or use it in a ``with`` statement.
    What it holds is read with the methods of `nmt_rag.index.contents.IndexContents`.
    """

    def __init__(self, engine: Engine, encoder: Encoder | None) -> None:
        super().__init__(engine)
        self._encoder = encoder
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
            TypeError: the encoder's fingerprint is no text, or its dim no whole number.
            ValueError: the fingerprint is empty, or the dim below 1.
        """
        fingerprint, dim = built_with(encoder)
        if opening.is_address(path):
            return cls(opening.create_engine(str(path), fingerprint=fingerprint, dim=dim), encoder)
        return cls(Embedded.create(Path(path), fingerprint=fingerprint, dim=dim), encoder)

    @classmethod
    def in_memory(cls, *, encoder: Encoder | None) -> Self:
        """Return an empty index that lies in no file and goes when it is closed; its writers wait for each other."""
        fingerprint, dim = built_with(encoder)
        return cls(Embedded.in_memory(fingerprint=fingerprint, dim=dim), encoder)

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
        engine: Engine = opening.open_engine(str(path)) if opening.is_address(path) else Embedded.open(Path(path))
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
        condition = None if where is None else parse(where)
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
                `nmt_rag.index.engines.ranking.BOOSTS`.
            lesser: those of the tokens that count `nmt_rag.index.engines.ranking.LESSER_SHARE` of the others.

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
            TypeError: a field of a document that is text is something else, or its metadata are no mapping, or hold
                what is neither in JSON nor has a text of its own (dates and paths have one, arrays and bytes none).
            ValueError: a document holds half a surrogate pair, which is no character, or metadata that hold themselves.
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
        with self._writing():
            return add_documents(self._engine, encoder, documents, split or passages.split, progress)

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

        Raises:
            NmtRagError: the index is closed.
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
