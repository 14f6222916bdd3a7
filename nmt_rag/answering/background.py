"""What answering knows of the documents behind the hits: their text, passages and actors.

It is worked out once for each document and remembered by the index; nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from nmt_rag.answering.help import doers
from nmt_rag.documents import actors
from nmt_rag.index import Index
from nmt_rag.types import Document, Hit, Passage

MAX_DOCUMENTS = 8
"""Only so many documents, those of the best hits, are read for the names of actors."""


class _Source:
    """What answering knows of a document; the index remembers it from question to question."""

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self.document, self.passages = document, tuple(passages)

    @cached_property
    def actors(self) -> tuple[actors.Actor, ...]:
        return actors.of_passages(self.document, self.passages)

    @cached_property
    def doers(self) -> tuple[frozenset[int], frozenset[str]]:
        """What `doers.sections` tells of the document, by whom its sections and sentences are about, acting or not."""
        return doers.sections(actors.attribute(self.document, self.passages), self.document.title)


@lru_cache(maxsize=32)
def _names(found: tuple[actors.Actor, ...]) -> actors.Names:
    return actors.Names(found)


class Background:
    """What answering knows of the documents behind the hits: their text, passages and actors."""

    def __init__(self, index: Index, hits: Sequence[Hit]) -> None:
        self._index = index
        self._read: dict[str, _Source] = {}
        self.document_ids = list(dict.fromkeys(hit.document_id for hit in hits))[:MAX_DOCUMENTS]
        self.names = _names(tuple(actor for each in self.document_ids for actor in self._source(each).actors))

    def _source(self, document_id: str) -> _Source:
        if document_id not in self._read:
            source = self._index.remembered(_Source, document_id)
            if source is None:
                raise KeyError(document_id)
            self._read[document_id] = source
        return self._read[document_id]

    def document(self, document_id: str) -> Document:
        """Return a document of the index."""
        return self._source(document_id).document

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Return the passages of a document, in order."""
        return self._source(document_id).passages

    def doers(self, document_id: str) -> tuple[frozenset[int], frozenset[str]]:
        """Return which passages are there for those who buy, hit or threaten, and whose they are (`doers.sections`)."""
        return self._source(document_id).doers
