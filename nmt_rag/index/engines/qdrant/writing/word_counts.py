"""What is counted of each token of an index in Qdrant, and when passages must be weighed anew.

Until a generation's words are counted, words are scored by the counts of the one before: each token keeps both.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nmt_rag.index.engines.lexical_folder import entries
from nmt_rag.index.engines.qdrant.bm25 import FIELDS, TokenCounts, Totals
from nmt_rag.index.engines.qdrant.payloads import Collections, Moment
from nmt_rag.types import Passage

DRIFT = 0.01
"""Passages are weighed anew when a field's mean length has moved by more than this share since they were weighed; the
scores are then off by less than that share."""
WEIGHED_AT_ONCE = 20_000
"""An index of at most this many passages is weighed anew however little the mean lengths have moved."""
ROUNDING = 1e-9
"""Mean lengths that lie no further apart are the same, written and read."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """The tokens of a document: of each passage by its id, in the fields of passages, and of the whole."""

    passages: dict[int, dict[str, list[str]]]
    whole: list[str]

    def tokens(self) -> set[str]:
        """Return every token, each once."""
        return {token for row in self.passages.values() for field in row.values() for token in field}.union(self.whole)


def analysed(title: str, passages: Sequence[tuple[int, Passage]]) -> Analysed:
    """Return the tokens of a document from its title and its passages with their ids."""
    rows: dict[int, dict[str, list[str]]] = {}
    whole: list[str] = []
    for entry, document in entries((number, passage, title, ()) for number, passage in passages):
        fields = {"text": entry.text, "heading": entry.heading, "around": entry.around}
        rows[entry.id] = {name: list(tokens) for name, tokens in fields.items()}
        if document is not None:
            whole = list(document.text)
    return Analysed(rows, whole)


class Changes:
    """What counts change by since the settled generation: of each token, in the order of `FIELDS`, and the totals."""

    def __init__(self, totals: Totals) -> None:
        self.totals = totals
        self.by_token: dict[str, list[int]] = {}

    def count(self, document: Analysed, sign: int) -> None:
        """Add a document to what the counts change by, or take it out."""
        fields: list[Mapping[str, Sequence[str]]] = [*document.passages.values()]
        n_documents = sign if fields else 0
        tokens = list(self.totals.tokens)
        for row in [*fields, {"document": document.whole}]:
            for name, field in row.items():
                place = FIELDS.index(name)
                tokens[place] += sign * len(field)
                for token in set(field):
                    self.by_token.setdefault(token, [0, 0, 0, 0])[place] += sign
        self.totals = Totals(
            self.totals.passages + sign * len(fields),
            self.totals.documents + n_documents,
            (tokens[0], tokens[1], tokens[2], tokens[3]),
        )


def counts_at(payload: Mapping[str, object], settled: int) -> tuple[int, int, int, int]:
    """Return a token's counts in the generation that is settled."""
    counts = payload["now"] if int(str(payload["at"])) <= settled else payload["before"]
    return tuple(counts)  # type: ignore[arg-type, return-value]


def token_id(name: str) -> str:
    """Return the id of a token's point: 128 bits of a hash, so that no two tokens meet."""
    return str(uuid.UUID(bytes=hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()))


def known_tokens(collections: Collections, names: Sequence[str], settled: int) -> dict[str, TokenCounts]:
    """Return what is counted of tokens in the generation that is settled, by their names."""
    points = collections.words.retrieve([token_id(name) for name in names])
    return {
        name: TokenCounts(points[key].payload["number"], counts_at(points[key].payload, settled))
        for name in names
        if (key := token_id(name)) in points
    }


def is_weighed(moment: Moment) -> bool:
    """Tell whether passages need not be weighed anew: the mean lengths are those that they all were weighed against."""
    averages = moment.totals.averages()
    most = ROUNDING if moment.n_passages <= WEIGHED_AT_ONCE else DRIFT
    return not moment.weighing and moved(moment.averages or averages, averages) <= most


def moved(before: Sequence[float], now: Sequence[float]) -> float:
    """Return by what share the mean length of that field has changed that has changed most."""
    return max((abs(new - old) / max(old, 1e-9) for old, new in zip(before, now, strict=True)), default=0.0)
