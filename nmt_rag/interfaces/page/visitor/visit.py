"""What one visitor has: an index of the documents, what they count, and what is asked while they are worked on.

Which files it may have, and when it is over, is `nmt_rag.interfaces.page.visits`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nmt_rag.documents import FileContents, Remark
from nmt_rag.index import Index
from nmt_rag.rag import Rag
from nmt_rag.types import Passage


@dataclass(slots=True)
class Visit:
    """What a visitor has; while long files are not yet in ``rag``, ``by_words`` holds everything and is asked.

    ``files``, ``documents`` and ``characters`` count what is being read, too. ``names`` are the ids of all documents;
    ``known`` is what was left out of each file, by its name and its SHA-256.
    """

    rag: Rag
    used: float
    address: str = ""
    files: int = 0
    documents: int = 0
    characters: int = 0
    names: set[str] = field(default_factory=set)
    known: dict[tuple[str, str], tuple[Remark, ...]] = field(default_factory=dict)
    unread: list[FileContents] = field(default_factory=list)
    by_words: Rag | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take_back(self, same: tuple[str, str], found: FileContents) -> None:
        """Count a file no more that was read, and not taken in after all; one that was known before stays.

        Args:
            same: its name and its SHA-256.
            found: what it holds; nothing where it was known before.
        """
        with self.lock:
            if found.documents:
                self.files -= 1
                self.documents -= len(found.documents)
                self.characters -= found.characters
                self.names.difference_update(document.id for document in found.documents)
                del self.known[same]

    def ask_by_words(self, found: FileContents) -> None:
        """Let everything be asked by words, with what a file holds; nobody is named in that."""
        with self.lock:
            self.unread.append(found)
            self._make_by_words()

    def ask_as_before(self, found: FileContents) -> None:
        """Let a file be asked by words no more; while another one is still unread, everything goes on being."""
        with self.lock:
            self.unread = [one for one in self.unread if one is not found]
            self._make_by_words()

    def _make_by_words(self) -> None:
        """Make what is asked by words anew, where a file is unread; the caller holds the lock."""
        if not self.unread:
            self.by_words = None
            return
        given = {document.id: document for document in self.rag.documents()}
        passages: dict[str, Sequence[Passage]] = {name: self.rag.index.passages(name) for name in given}
        for one in self.unread:
            for document, rows in zip(one.documents, one.passages, strict=True):
                given[document.id] = document
                passages[document.id] = [replace(row, actors=()) for row in rows]
        index = Index.in_memory(encoder=None)
        index.add(list(given.values()), split=lambda document: passages[document.id])
        self.by_words = Rag(index, None)
