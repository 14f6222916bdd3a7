"""The documents that citations are held against: found by any name that an answer may use, and by a quote's words."""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from nmt_rag.evaluation.inputs.answers import fold
from nmt_rag.swedish import composed
from nmt_rag.types import Document

RAREST = 3
"""How many of a quote's rarest words are looked up before documents are searched for the whole quote."""
LIKE = 3
"""In so many documents the place is looked for that is most like a quote that stands nowhere."""


class Sources:
    """Documents in memory. They are never changed; the first search for a quote makes an index of all their words.

    Raises:
        TypeError: one is no document.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = tuple(documents)
        self._names: dict[str, int | None] = {}
        self._words: dict[str, array[int]] = {}
        self._spellings: dict[str, list[str]] = {}
        for number, document in enumerate(self.documents):
            if not isinstance(document, Document):
                raise TypeError(f"sources are documents (nmt_rag.Document), got {type(document).__name__}")
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
        """Return the document of an id, address, title or file name, or None.

        A file name may have folders before it, and its ending or not, where the document's id has none.
        """
        folded = fold(name.partition("#")[0])
        path = PurePosixPath(folded.replace("\\", "/"))
        for tried in (name, folded, path.name):
            if (number := self._names.get(tried)) is not None:
                return self.documents[number]
        number = self._names.get(path.stem) if path.suffix else None
        bare = number is not None and not PurePosixPath(self.documents[number].id).suffix
        return self.documents[number] if number is not None and bare else None

    def holding(self, quote: str) -> Iterator[Document]:
        """Yield the documents that hold a quote, character for character."""
        for number in self._candidates(quote):
            if quote in self.documents[number].text:
                yield self.documents[number]

    def like(self, quote: str) -> Sequence[Document]:
        """Return the documents that share most of a quote's words, rare ones counting for more, the likest first."""
        words = self._index()
        if not self._spellings:
            for word in words:
                self._spellings.setdefault(_bare(word), []).append(word)
        shares: dict[int, float] = {}
        for bare in {_bare(word) for word in quote.split()} - {""}:
            numbers = {number for word in self._spellings.get(bare, ()) for number in words[word]}
            for number in numbers:
                shares[number] = shares.get(number, 0.0) + len(bare) * math.log(1 + len(self.documents) / len(numbers))
        best = heapq.nsmallest(LIKE, shares, key=lambda number: (-shares[number], number))
        return [self.documents[number] for number in best]

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


def _bare(word: str) -> str:
    """Return a word as it is compared: lower case, composed, letters and digits only."""
    return "".join(letter for letter in composed(word).casefold() if letter.isalnum())


def _names(document: Document) -> set[str]:
    """Return what a document may be called, folded but for its id."""
    path = PurePosixPath(document.id)
    others = {document.id, document.title, document.url.partition("#")[0], path.name, path.stem}
    return {document.id, *(fold(name) for name in others if name.strip())}
