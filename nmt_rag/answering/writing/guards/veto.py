"""Whether a quote plainly says otherwise than a statement: a language model's sentence is not released then.

Literal differences (`nmt_rag.answering.writing.guards.words.contrasts`), or words that the quote has nothing near to.
It vetoes and never supports: what is supported is the reader's to say (`nmt_rag.answering.judging.support`).
"""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag import swedish
from nmt_rag.answering import choose
from nmt_rag.answering.judging.support import bare, is_literal
from nmt_rag.answering.writing.guards.words import contrasts, matching, readings
from nmt_rag.answering.writing.guards.words.matching import Match
from nmt_rag.swedish import wordlists

WEIGHTS = (-1.07, 6.12, -3.09)
"""Of the emptiest word, the weakest of the things said, and 1: fitted on the development half of the labelled pairs."""
NOT_SUPPORTED = 0.2
"""Below this probability a quote says something else."""
COMMONEST = 14.0
"""Base-2 logarithm of the frequency per million of the commonest content words: they weigh least."""
LEAST_WEIGHT = 0.2


def says_otherwise(statement: str, quote: str, *, actor: str = "") -> bool:
    """Tell whether a quote says otherwise than a statement.

    Args:
        statement: what is said.
        quote: the text that it rests on.
        actor: who acts in the quote by the document it stands in, or nothing.
    """
    said = bare(statement)
    if not swedish.words(said) or not swedish.words(quote) or is_literal(said, quote):
        return False
    one, other = readings.read(said), readings.read(quote)
    matches = matching.match(one, other)
    differences = contrasts.find(one, other, matches, actor)
    if differences and differences[0].certain:
        return True
    return bool(matches) and _score(matches) < NOT_SUPPORTED


def _score(matches: Sequence[Match]) -> float:
    """Return how probable it is that a quote carries the words of a statement."""
    heavy = [_weight(each.word.text) for each in matches]
    gap = max(weight * (1 - each.closeness) for each, weight in zip(matches, heavy, strict=True))
    groups: dict[int, list[int]] = {}
    for place, each in enumerate(matches):
        groups.setdefault(each.word.group, []).append(place)
    weakest = min(
        sum(matches[i].closeness * heavy[i] for i in group) / sum(heavy[i] for i in group) for group in groups.values()
    )
    return choose.probability((gap, weakest, 1.0), WEIGHTS)


def _weight(word: str) -> float:
    """Return how much a word tells, in [`LEAST_WEIGHT`, 1]: rare words tell most."""
    return max(LEAST_WEIGHT, 1.0 - max(0.0, wordlists.frequencies().get(swedish.stem(word), 0.0)) / COMMONEST)
