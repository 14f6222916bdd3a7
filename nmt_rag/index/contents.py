"""What an index holds, to be read as it was committed last or at one moment, and what of it is remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import IndexDamagedError, IndexLockedError
from nmt_rag.index.engines.protocol import Engine, Truth
from nmt_rag.index.storage.rows import Place
from nmt_rag.types import Document, Passage

_T = TypeVar("_T")

CHARACTERS = 4_000_000
"""Documents of at most this many characters together are remembered: all 209 agency instructions are 1.5
million. What answering keeps of them (text, passages with their contexts, words) takes about ten bytes a character."""
MOMENTS = 20
"""Work is done at most this many times where the index changed under it; commits come a few times a second at most."""


class IndexContents:
    """The reading half of `nmt_rag.index.Index`; a call sees what any process committed before it began."""

    def __init__(self, engine: Engine) -> None:
        self.path = engine.path
        self.fingerprint = engine.fingerprint
        """The fingerprint of the encoder that the index was built with; None when it holds words only."""
        self.dim = engine.dim
        """The width of the embeddings; 0 when it holds words only."""
        self._engine = engine
        self._truth = engine.truth
        self._memory = Memory()

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
        try:
            return self._truth.document(document_id)
        except UnicodeEncodeError:  # half a character, which no id has
            return None

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

        It is made once and kept until any process commits (`Memory`). Both arguments are of one moment.
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
        if self.generation == generation:  # else a commit came between the two reads, which Qdrant does not prevent
            self._memory.keep(generation, key, made, len(document.text))
        return made

    def at_one_moment(self, work: Callable[[], _T]) -> _T:
        """Return what some work on the index finds, done again where the index changed meanwhile.

        A place that was found in one generation is no place in the next one's text.

        Raises:
            IndexLockedError: the index changed each of `MOMENTS` times.
            IndexDamagedError: it lacks what it found in itself.
        """
        for _ in range(MOMENTS):
            generation = self.generation
            try:
                found = work()
            except (LookupError, ValueError) as error:  # what was found is gone, or lies outside of the new text
                if self.generation != generation:
                    continue
                if type(error) is LookupError:
                    message = f"the index {self.path} is damaged ({error}); build it again from the documents"
                    raise IndexDamagedError(message) from error
                raise
            else:
                if self.generation == generation:
                    return found
        raise IndexLockedError(f"the index {self.path} changes all the time; ask again when the writer is done")


class Memory:
    """Values under keys, all of one generation of an index: what was worked out once waits for the next question.

    It holds a bounded number of characters, those used last, and knows nothing of what it holds. Threads may share it.

    Args:
        characters: how much is held at most; a value that is larger by itself is not held.
    """

    def __init__(self, characters: int = CHARACTERS) -> None:
        self._limit = characters
        self._lock = threading.Lock()
        self._generation = -1
        self._held: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._characters = 0

    def recall(self, generation: int, key: Hashable) -> object | None:
        """Return what was kept under a key in this generation, or None."""
        with self._lock:
            if generation != self._generation or key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def keep(self, generation: int, key: Hashable, value: object, characters: int) -> None:
        """Keep a value; what is of an earlier generation, or was not used for longest, goes."""
        with self._lock:
            if generation < self._generation or characters > self._limit:
                return
            if generation > self._generation:
                self._generation, self._characters = generation, 0
                self._held.clear()
            self._characters += characters - self._held.pop(key, (None, 0))[1]
            self._held[key] = value, characters
            while self._characters > self._limit:
                self._characters -= self._held.popitem(last=False)[1][1]


class FieldValues:
    """The values that documents hold in each field, read once and caught up.

    A comparison is turned into keys with them. Values of documents that are gone stay known, which harms
    nothing: no document has their keys. Threads may share it.
    """

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._lock = threading.Lock()
        self._by_field: dict[str, set[str]] = {}
        self._last = 0

    def of(self, field: str) -> frozenset[str]:
        """Return every value, as text, that a document held in a field when the call began."""
        with self._lock:
            for number, texts in self._truth.field_texts(self._last):
                for name, text in texts:
                    self._by_field.setdefault(name, set()).add(text)
                self._last = number
            return frozenset(self._by_field.get(field, ()))
