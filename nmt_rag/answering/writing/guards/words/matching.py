"""The words of a statement beside those of its quote: how near each is to its nearest, and what a difference is.

Nearness is that of the evidence for answers, synonyms in both directions. What a difference means is the work of
`nmt_rag.answering.writing.guards.words.contrasts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nmt_rag.answering.writing.guards.words import closeness
from nmt_rag.answering.writing.guards.words.readings import ContentWord, WordReading
from nmt_rag.swedish import terms

Kind = Literal["number", "denied", "opposite", "strength", "actor", "name"]

SAME = 0.8
"""From this closeness on, a word of the statement is in the quote."""
SYNONYM = 0.7
"""What a word counts that the thesaurus lists: its lists are for finding passages, and join «sms» and «chatt»."""
EQUAL = 0.95
"""From this closeness on, two words are one."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference: its kind, the words it lies in, and whether it is certain enough to rule out support."""

    kind: Kind
    detail: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A content word of the statement and the nearest word of the quote, if any; ``others`` are equally near."""

    word: ContentWord
    other: ContentWord | None
    closeness: float
    others: tuple[ContentWord, ...] = ()


def nearness(word: str, other: str) -> float:
    """Return how near a word of a statement is to one of a quote, in [0, 1]; synonyms count in both directions."""
    near = closeness.nearness(word, other)
    if near < SYNONYM and (_lists(word, other) or _lists(other, word)):
        return SYNONYM
    return near


def _lists(word: str, other: str) -> bool:
    return any(closeness.nearness(synonym, other) >= EQUAL for synonym in terms.synonyms(word))


def match(statement: WordReading, quote: WordReading) -> list[Match]:
    """Return for each content word of the statement its nearest word in the quote; of equals, one denied alike."""
    found = []
    for word in statement.words:
        near = [(nearness(word.text, other.text), other) for other in quote.words]
        best = max((value for value, _ in near), default=0.0)
        ties = [other for value, other in near if value == best and value > 0]
        ties.sort(key=lambda other: other.denied != word.denied)
        found.append(Match(word, ties[0] if ties else None, best, tuple(ties)))
    return found
