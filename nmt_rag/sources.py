"""The documents that citations are held against: found by any name that an answer may use, and by a quote's words."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from nmt_rag.cited import fold
from nmt_rag.types import Document

RAREST = 3
"""So many of a quote's rarest words are looked up before documents are searched for the whole quote."""


class Sources:
    """Documents in memory. They are never changed; the first search for a quote makes an index of all their words."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = tuple(documents)
        self._names: dict[str, int | None] = {}
        self._words: dict[str, array[int]] = {}
        for number, document in enumerate(self.documents):
            for name in _names(document):
                # A title that two documents share names neither; an id always names its own.
                taken = name in self._names and name != document.id
                self._names[name] = None if taken else number
        for number, document in enumerate(self.documents):
            self._names[document.id] = number

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.documents)

    def find(self, name: str) -> Document | None:
        """Return the document of an id, address, title or bare file name, or None."""
        number = self._names.get(name)
        if number is None:
            number = self._names.get(fold(name.partition("#")[0]))
        return None if number is None else self.documents[number]

    def holding(self, quote: str) -> Iterator[Document]:
        """Yield the documents that hold a quote, character for character."""
        for number in self._candidates(quote):
            if quote in self.documents[number].text:
                yield self.documents[number]

    def _candidates(self, quote: str) -> Iterable[int]:
        """Return the documents that hold the quote's inner words, which no border can cut."""
        inner = set(quote.split()[1:-1])
        if not inner:
            return range(len(self.documents))
        words = self._index()
        if any(word not in words for word in inner):
            return ()
        rarest = sorted(inner, key=lambda word: len(words[word]))[:RAREST]
        found = set(words[rarest[0]])
        for word in rarest[1:]:
            found.intersection_update(words[word])
        return sorted(found)

    def _index(self) -> dict[str, array[int]]:
        if not self._words:
            for number, document in enumerate(self.documents):
                for word in set(document.text.split()):
                    self._words.setdefault(word, array("I")).append(number)
        return self._words


def _names(document: Document) -> set[str]:
    """Return what a document may be called, folded but for its id."""
    stem = PurePosixPath(document.id).stem
    others = {document.id, document.title, document.url.partition("#")[0], stem}
    return {document.id, *(fold(name) for name in others if name.strip())}
