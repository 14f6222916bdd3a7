"""How near two words are in letters: stems, endings, compounds, slips of the pen, and the synonyms of a thesaurus.

Meaning beyond the thesaurus is `nmt_rag.answering.writing.guards.words.meaning`'s; what nearness amounts to is
`nmt_rag.answering.writing.guards.evidence`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from nmt_rag import swedish
from nmt_rag.swedish import terms

SYNONYM_SHARE = 0.85
"""What a match of a synonym counts, against the word itself."""
COMPOUND = 0.6
"""What a word counts that is only the last part of a compound in the question."""
SAME = 0.88
"""From this closeness on two words differ by an ending or a slip of the pen, and by no part of a compound."""
ENDING = 4
"""A word that is longer than another by more letters than this is a compound of it, no inflection or derivation."""
_LIGHT = "arbete brott fall fråga mål område sak situation ärende"
"""Words that make no other thing of what they are joined to: a «människohandelsärende» is about «människohandel»."""
_FOLDED = frozenset(swedish.fold(swedish.stem(word)) for word in _LIGHT.split())
KNOWN = 0.8
"""From this closeness on a word counts as the same."""


def likeness(word: str, others: Iterable[str]) -> float:
    """Return how near a word is to the nearest of others, in [0, 1], by their letters alone."""
    return max((nearness(word, other) for other in others), default=0.0)


@lru_cache(maxsize=16_384)
def closeness(word: str, others: tuple[str, ...]) -> float:
    """Return how near a word is to the nearest of others, in [0, 1]: 1 for the same stem.

    A word that the texts write in another way («gärningsman», «förövare») is as near as its synonym, less a tenth.
    """
    literal = likeness(word, others)
    if literal >= SYNONYM_SHARE:
        return literal
    same = max((nearness(synonym, other) for synonym in terms.synonyms(word) for other in others), default=0.0)
    return max(literal, SYNONYM_SHARE * same if same >= KNOWN else 0.0)


@lru_cache(maxsize=65_536)
def nearness(word: str, other: str) -> float:
    """Return how near two words are by their letters alone, in [0, 1]: 1 for the same stem; no synonyms."""
    first, second = swedish.stem(word), swedish.stem(other)
    if first == second:
        return 1.0
    if word.isdigit() or other.isdigit():
        return 0.0
    first, second = swedish.fold(first), swedish.fold(second)
    if first == second:
        return 0.95
    near = min(len(word), len(other)) >= 6 and abs(len(word) - len(other)) <= 1
    if near and _within(1, swedish.fold(word), swedish.fold(other)):
        return 0.9
    short, long = sorted((first, second), key=len)
    if len(short) >= 5 and _within(1 if len(short) < 8 else 2, first, second):
        return 0.9
    narrower = first.endswith(second) or (first.startswith(second) and _tells(first[len(second) :]))
    if len(short) >= 5 and narrower:
        return (
            COMPOUND  # the question's is narrower: «orosanmälan» is not any «anmälan», «tillståndskort» no «tillstånd»
        )
    if len(short) >= 4 and (long.startswith(short) or (len(short) >= 5 and long.endswith(short))):
        return 0.85 if len(short) >= 6 or len(long) - len(short) <= 4 else 0.6
    mine, theirs = set(swedish.ngrams(word)), set(swedish.ngrams(other))
    if not mine or not theirs:
        return 0.0
    share = len(mine & theirs) / min(len(mine), len(theirs))
    return 0.85 * share if share >= 0.4 else 0.0


def _tells(rest: str) -> bool:
    """Tell whether what a word has after another one makes a compound of another thing of it."""
    return len(rest) > ENDING and rest not in _FOLDED and rest.removeprefix("s") not in _FOLDED


def _within(limit: int, first: str, second: str) -> bool:
    """Tell whether two words are at most so many edits apart; a difference in length or in letters tells most."""
    if abs(len(first) - len(second)) > limit:
        return False
    mine, theirs = set(first), set(second)
    if len(mine - theirs) > limit or len(theirs - mine) > limit:
        return False
    return _edits(first, second) <= limit


def _edits(first: str, second: str) -> int:
    """Return the optimal string alignment distance (insert, delete, replace, swap of neighbours)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row, last = row, [i], before
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
