"""What the web page serves: an index to ask, what its texts say of who does what, and visitors' own documents.

It knows nothing of HTML or of the server. Many threads may use it at once.
"""

from __future__ import annotations

from nmt_rag.answering import MAX_QUESTION_LENGTH, search
from nmt_rag.documents import Relation, Responsibility, network, tasks
from nmt_rag.index import Index
from nmt_rag.interfaces.lookups import OnceAGeneration
from nmt_rag.interfaces.page.visits import Visits
from nmt_rag.progress import counted
from nmt_rag.rag import Rag
from nmt_rag.types import Hit

COMPARED = 5
"""How many hits of each search are compared."""


class Site:
    """An open index with all that the page shows of it."""

    def __init__(self, rag: Rag) -> None:
        self.rag = rag
        self.visits = Visits(rag.encoder)
        self._texts = OnceAGeneration(_texts)

    def rows(self) -> list[Responsibility]:
        """Return who does what, read again only when the index has changed."""
        return self._texts(self.rag)[0]

    def ties(self) -> list[Relation]:
        """Return how the actors are tied to one another, read again only when the index has changed."""
        return self._texts(self.rag)[1]

    def chosen(self, actor: str, word: str) -> list[Responsibility]:
        """Return the rows of one actor (its name; empty is all) with a word that begins so (empty is all)."""
        rows = [row for row in self.rows() if not actor or row.actor == actor]
        return tasks.chosen(rows, word=word[:MAX_QUESTION_LENGTH])

    def actors(self) -> list[str]:
        """Return the actors that do something, in the order of the alphabet."""
        return sorted({row.actor for row in self.rows()}, key=str.casefold)

    def rag_for(self, key: str, *, own: bool) -> Rag:
        """Return what a visitor asks: the index, or their own documents where they have some and want those."""
        return (self.visits.rag(key) if own else None) or self.rag

    def compared(self, query: str) -> list[tuple[str, list[Hit]]]:
        """Return the best hits by words, by meaning and by both; without an encoder by words alone."""
        query = query[:MAX_QUESTION_LENGTH]
        if not query.strip():
            return []
        index, encoder = self.rag.index, self.rag.encoder
        found = [("compare_words", search.search(index, None, query, k=COMPARED))]
        if encoder is not None:
            found.append(("compare_meaning", search.search(index, encoder, query, k=COMPARED, dense_share=1.0)))
            found.append(("compare_both", search.search(index, encoder, query, k=COMPARED)))
        return found


def _texts(index: Index) -> tuple[list[Responsibility], list[Relation]]:
    """Return who does what in an index, and how the actors are tied to one another."""
    rows: list[Responsibility] = []
    ties: list[Relation] = []
    for document in counted(index.documents(), "Reading", "documents", wanted=False):
        passages = index.passages(document.id)
        mine = tasks.of_document(document, passages)
        rows += mine
        ties += network.of_document(document, passages, mine)
    return rows, ties
