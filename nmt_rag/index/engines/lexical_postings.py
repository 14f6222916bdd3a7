"""Whether a words index holds the tokens and filter keys of the passages that the database holds, and no others.

How often a token stands in a passage is not compared: that moves a passage up or down, but finds no other one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nmt_rag.index.engines.lexical_folder import Words, entries
from nmt_rag.index.engines.ranking import BOOSTS
from nmt_rag.types import Passage

if TYPE_CHECKING:
    from nmt_rag.index.engines.lexical import Entry, Lexical

_PRIME = 2**61 - 1


class _Postings:
    """Which token of which field stands under which ids, one number a token: large indexes fit in memory.

    The number is the product of all ``x + id`` modulo a prime, for an x that nobody knows before: two sets of ids with
    one number are as likely as n in 2^61 (Schwartz 1980).
    """

    def __init__(self, x: int) -> None:
        self._x = x
        self.products: dict[str, dict[str, int]] = {field: {} for field in (*BOOSTS, "filter")}

    def add(self, entry: Entry) -> None:
        """Count a passage."""
        factor = self._x + entry.id
        for field, products in self.products.items():
            for token in set(entry.filters if field == "filter" else getattr(entry, field)):
                products[token] = products.get(token, 1) * factor % _PRIME

    def first_fault(self, lexical: Lexical) -> str:
        """Return a field in which a words index holds something else, or an empty string."""
        for field, products in self.products.items():
            n_tokens = 0
            for token, ids in lexical.postings(field):
                if products.get(token) != _product(self._x, ids):
                    return field
                n_tokens += 1
            if n_tokens != len(products):
                return field
        return ""


def postings_fault(words: Words, rows: Iterable[tuple[int, Passage, str, Sequence[str]]]) -> str:
    """Return where a words index differs from the passages of a database, or an empty string.

    Args:
        words: what is searched.
        rows: the passages as `nmt_rag.index.storage.rows.added_since` gives them, all of them.
    """
    x = secrets.randbelow(_PRIME)
    passages, documents = _Postings(x), _Postings(x)
    for passage, document in entries(rows):
        passages.add(passage)
        if document is not None:
            documents.add(document)
    for kind, expected, lexical in (("passages", passages, words.passages), ("documents", documents, words.documents)):
        if field := expected.first_fault(lexical):
            return f"the field {field!r} of {kind}"
    return ""


def _product(x: int, ids: Iterable[int]) -> int:
    """Return the product of ``x + id`` modulo the prime."""
    product = 1
    for passage_id in ids:
        product = product * (x + passage_id) % _PRIME
    return product
