"""What answering knows of the documents behind the hits: their text, passages, actors and themes.

It is worked out once for each document and remembered by the index; nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from nmt_rag import swedish
from nmt_rag.answering.background import Background
from nmt_rag.answering.rules.words.meaning import Meanings
from nmt_rag.documents import actors
from nmt_rag.index import Index
from nmt_rag.models import Encoder
from nmt_rag.types import Document, Hit, Passage

MOST_REMEMBERED = 1_000
"""Of so many passages it is remembered who is involved in them, for each set of actors."""


class _RuleSource:
    """What the rules know of a document beside that; the index remembers it from question to question."""

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self._title, self._passages = document.title, tuple(passages)

    @cached_property
    def theme(self) -> frozenset[str]:
        """The words of the document's title and opening; a sentence of another section's is no opening."""
        first = self._passages[:2]
        opening = " ".join(passage.text for passage in first if passage.heading == first[0].heading)
        return frozenset(swedish.words(f"{self._title} {opening}"))

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        words: dict[str, set[str]] = {}
        for passage in self._passages:
            words.setdefault(passage.actor, set()).update(swedish.words(passage.text))
        return {actor: frozenset(found) for actor, found in words.items()}

    def words_about(self, actor: str) -> frozenset[str]:
        """Return the words of all passages in which an actor comes first."""
        return self._words.get(actor, frozenset())


class _Known:
    """The names of some actors, and who is involved in the texts that were asked about last."""

    def __init__(self, names: actors.Names) -> None:
        self.names = names
        self._involved: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}

    def involved(self, text: str, acting: tuple[str, ...]) -> frozenset[str]:
        found = self._involved.get((text, acting))
        if found is None:
            parts = (mention.actor for name in acting for word in name.split() for mention in self.names.mentions(word))
            spoken_of = (mention.actor for mention in self.names.mentions(text))
            found = frozenset((*acting, *spoken_of, *parts))
            if len(self._involved) >= MOST_REMEMBERED:
                self._involved = {}
            self._involved[text, acting] = found
        return found


@lru_cache(maxsize=32)
def _known(names: actors.Names) -> _Known:
    return _Known(names)


class RuleBackground(Background):
    """What answering knows of the documents behind the hits, and their themes, words and who is involved."""

    def __init__(self, index: Index, encoder: Encoder | None, hits: Sequence[Hit]) -> None:
        super().__init__(index, hits)
        self.meanings = Meanings.of(encoder) if encoder else None
        self._known = _known(self.names)

    def _beside(self, document_id: str) -> _RuleSource:
        found = self._index.remembered(_RuleSource, document_id)
        if found is None:
            raise KeyError(document_id)
        return found

    def involved(self, passage: Passage) -> frozenset[str]:
        """Return the actors of a passage, and those whose names are part of theirs («Polisens … Avdelning»)."""
        return self._known.involved(passage.text, passage.actors)

    def theme(self, document_id: str) -> frozenset[str]:
        """Return the words of a document's title and opening; none for a document that is not read for names."""
        return self._beside(document_id).theme if document_id in self.document_ids else frozenset()

    def words_about(self, passage: Passage) -> frozenset[str]:
        """Return the words of all passages of a document in which the first actor of one of them comes first.

        None for a passage without actors, or of a document that is not read for names.
        """
        if not passage.actor or passage.document_id not in self.document_ids:
            return frozenset()
        return self._beside(passage.document_id).words_about(passage.actor)
