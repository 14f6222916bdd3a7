"""What every engine behind an index does: keep documents at one moment, and search them by embedding and by words.

A *moment* is a generation: a document with all its passages is in it or is not. Ids of passages are never used twice,
ascend in the order in which passages were added, and are what ties are broken by. Both searches leave out what a
filter does not let through before they rank, so that k hits are k hits of the filter; the filters that come here hold
no comparisons (`nmt_rag.index.filters.without_comparisons`). It holds no ranking of its own: fusing the two searches is
`nmt_rag.answering.search`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.index.checks import Check
from nmt_rag.index.conditions import Filter
from nmt_rag.index.storage.files import State
from nmt_rag.index.storage.records import Records
from nmt_rag.index.storage.rows import Place
from nmt_rag.types import Document, Passage


class Truth(Protocol):
    """The documents and passages of the generation that was committed last."""

    def state(self) -> State:
        """Return the stamp of that generation."""
        ...

    def counts(self) -> tuple[int, int]:
        """Return the number of documents and of passages."""
        ...

    def has_several_documents(self) -> bool:
        """Tell whether there are two documents or more."""
        ...

    def digest(self, document_id: str) -> str | None:
        """Return the `nmt_rag.index.storage.rows.digest` of a document that is held, or None."""
        ...

    def document_ids(self) -> list[str]:
        """Return the ids of the documents, in the order they were added."""
        ...

    def document(self, document_id: str) -> Document | None:
        """Return a document, or None. Raises IndexDamagedError where its text is not the one that was added."""
        ...

    def documents(self) -> Iterator[Document]:
        """Yield the documents in the order they were added, few in memory at a time."""
        ...

    def sources(self, document_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return title and url of documents by their ids; those that are not held are left out."""
        ...

    def passages(self, document_id: str) -> list[tuple[int, Passage]]:
        """Return a document's passages with their ids, in the order of the text."""
        ...

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their ids; those that are gone are left out."""
        ...

    def places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where passages stand, by their ids; those that are gone are left out."""
        ...

    def ids_at(self, places: Sequence[Place]) -> dict[Place, int]:
        """Return the ids of the passages at some places; those that are gone are left out."""
        ...

    def embeddings(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the embeddings of passages by their ids, each *shape* ``(dim,)``; those that are gone are left out."""
        ...

    def matching(self, condition: Filter) -> NDArray[np.int64]:
        """Return the ids of passages that a filter without comparisons lets through, ascending. *Shape:* ``(n,)``."""
        ...

    def field_texts(self, after: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield the numbers of documents above one, and their fields as `conditions.texts_of` gives them."""
        ...

    def everything(self) -> Iterator[tuple[Any, ...]]:
        """Yield every row that is kept, in one order, for `nmt_rag.index.sealing`."""
        ...


class Engine(Protocol):
    """What an index is kept in. Many threads may read and search; one writer at a time may change it."""

    @property
    def path(self) -> Path | str:
        """Where it is: a folder, or an address."""
        ...

    @property
    def fingerprint(self) -> str | None:
        """The encoder that its embeddings are of; None where it holds words only."""
        ...

    @property
    def dim(self) -> int:
        """The width of the embeddings; 0 where it holds words only."""
        ...

    @property
    def truth(self) -> Truth:
        """Its documents and passages."""
        ...

    def moment(self) -> AbstractContextManager[None]:
        """Read one generation throughout, where the engine can promise that; keep it short."""
        ...

    def identity(self) -> Hashable:
        """Return what tells this index from another in its place; None where there is none now."""
        ...

    def refresh(self) -> None:
        """Load or catch up what searches need, which they otherwise do themselves."""
        ...

    def search_dense(
        self, embedding: NDArray[np.float32], k: int, *, where: Filter | None, among: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, cosine)``, best first, ties by id; see `nmt_rag.index.Index.search_dense`."""
        ...

    def search_words(
        self,
        tokens: Sequence[str],
        k: int,
        *,
        where: Filter | None,
        boosts: Mapping[str, float] | None,
        lesser: Collection[str],
    ) -> list[tuple[int, float]]:
        """Return at most k ``(passage_id, BM25 score)``, best first, ties by id; see `lexical.Lexical.search`."""
        ...

    def search_documents(self, tokens: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Return at most k ``(document_id, BM25 score)`` of whole documents, best first, ties by first passage."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer's lock. Raises IndexLockedError where another writer holds it."""
        ...

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some texts' hashes, each once and in order, whose embeddings are not held."""
        ...

    def put_embeddings(self, hashes: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Hold embeddings under the hashes of their texts. *Shape:* ``(n,)`` and ``(n, dim)``."""
        ...

    def upsert(self, batch: Sequence[tuple[Document, Sequence[Passage]]]) -> set[str]:
        """Commit documents with their passages as one generation; return the ids of those that were replaced.

        The embeddings of the passages' contexts must be held.
        """
        ...

    def delete(self, document_ids: Iterable[str]) -> list[str]:
        """Remove documents in one generation; return the ids of those that were there."""
        ...

    def settle(self) -> None:
        """Bring what is derived from the documents up to what was committed; the writer's lock is held."""
        ...

    def write_words(self) -> None:
        """Bring the words index up to what was committed; the writer's lock is held."""
        ...

    def verify(self) -> Iterator[Check]:
        """Yield every check of the whole engine with its outcome."""
        ...

    def records(self, namespace: str) -> Records:
        """Return the records that indexing runs keep of what they put in."""
        ...

    def close(self) -> None:
        """Let go of what is open; closing twice is harmless."""
        ...
