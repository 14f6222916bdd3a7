"""BM25 for engines that only multiply vectors: what a passage weighs, what a question asks, as tantivy would score it.

The score of a passage is the sum, over the question's tokens and the fields, of
``boost · share · idf(token, field)`` (the question's part) times ``tf · (k1 + 1) / (tf + k1 · (1 - b + b · length /
average))`` (the passage's part), which is an inner product of two sparse vectors. Lengths are rounded as Lucene and
tantivy do (https://github.com/quickwit-oss/tantivy/blob/main/src/fieldnorm/code.rs). It knows no engine and no text.
"""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nmt_rag import swedish
from nmt_rag.index.engines.qdrant.points import Sparse
from nmt_rag.index.engines.ranking import LESSER_SHARE, searched_tokens

K1, B = 1.2, 0.75

FIELDS = ("text", "heading", "around", "document")
"""The fields of a passage, as in `ranking.BOOSTS`, and the one of a whole document. A token has a dimension for
each: its number times four, and the field's place here."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """A token of the words index: the number that its dimensions come from, and in how many texts each field has it."""

    number: int
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Totals:
    """Over what the words were counted: how many passages and documents, and how many tokens in each field."""

    passages: int = 0
    documents: int = 0
    tokens: tuple[int, int, int, int] = (0, 0, 0, 0)

    def n_texts(self, field: int) -> int:
        """Return the number of texts that a field was counted over."""
        return self.documents if FIELDS[field] == "document" else self.passages

    def averages(self) -> tuple[float, ...]:
        """Return the mean number of tokens of each field; 1 where there is no text."""
        return tuple(self.tokens[i] / self.n_texts(i) if self.n_texts(i) else 1.0 for i in range(len(FIELDS)))


def weights(fields: Mapping[str, Sequence[str]], numbers: Mapping[str, int], averages: Sequence[float]) -> Sparse:
    """Return the sparse vector of a passage or document: the tokens of some `FIELDS`, each weighed against its length.

    Args:
        fields: the tokens by field.
        numbers: the number of each token.
        averages: the mean length of each of `FIELDS`.
    """
    weighed: dict[int, float] = {}
    for name, tokens in fields.items():
        place = FIELDS.index(name)
        norm = K1 * (1 - B + B * rounded_length(len(tokens)) / max(averages[place], 1e-9))
        for token, count in Counter(tokens).items():
            weighed[numbers[token] * len(FIELDS) + place] = count * (K1 + 1) / (count + norm)
    indices = sorted(weighed)
    return Sparse(indices, [weighed[index] for index in indices])


def query(
    tokens: Sequence[str],
    known: Mapping[str, TokenCounts],
    totals: Totals,
    boosts: Mapping[str, float],
    lesser: Collection[str] = (),
) -> Sparse:
    """Return the sparse vector of a question.

    Args:
        tokens: the question's, n-grams after their stem; each counts once, and `MAX_SEARCH_TOKENS` are asked for.
        known: those of them that are counted.
        totals: what they were counted over.
        boosts: the worth of each field.
        lesser: those of the tokens that count `LESSER_SHARE` of the others.
    """
    asked: dict[int, float] = {}
    own = FIELDS.index("document" if "document" in boosts else "text")  # where the stem of an n-gram's word must stand
    has_stem = True
    for name in searched_tokens(tokens):
        token = known.get(name)
        if swedish.is_stem(name):
            has_stem = token is not None and token.counts[own] > 0
        if token is None:
            continue
        share = swedish.share(name, known=has_stem) * (LESSER_SHARE if name in lesser else 1.0)
        for field, boost in boosts.items():
            place = FIELDS.index(field)
            if boost and token.counts[place]:
                asked[token.number * len(FIELDS) + place] = (
                    boost * share * idf(totals.n_texts(place), token.counts[place])
                )
    indices = sorted(asked)
    return Sparse(indices, [asked[index] for index in indices])


def idf(n_texts: int, n_with: int) -> float:
    """Return how telling a token is that so many of so many texts have (Lucene's form, never below 0)."""
    return math.log(1 + (n_texts - n_with + 0.5) / (n_with + 0.5))


def rounded_length(n_tokens: int) -> int:
    """Return a length as one byte holds it: exact to 40, then the next lower of eight steps to each doubling."""
    return _LENGTHS[bisect.bisect_right(_LENGTHS, n_tokens) - 1]


def _lengths() -> list[int]:
    """Return the 256 lengths that one byte can stand for."""
    exact = 24  # Lucene's SmallFloat.byte4ToInt: so many values before the floating ones, 3 bits of mantissa each
    floating = [low if high == 0 else (low | 8) << (high - 1) for high in range(29) for low in range(8)]
    return [*range(exact), *(exact + value for value in floating)]


_LENGTHS = _lengths()
