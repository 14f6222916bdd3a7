"""Words that say the opposite of each other: «öka», «minska» by a list, «laglig», «olaglig» by prefixes."""

from __future__ import annotations

from functools import lru_cache

from nmt_rag import swedish, wordlists

_PREFIXES = ("o", "miss", "icke")


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sides in wordlists.pairs("opposites_sv.txt"):
        first, second = ({swedish.stem(word) for word in side.split()} for side in sides)
        for one, other in ((first, second), (second, first)):
            for stem in one:
                found.setdefault(stem, set()).update(other)
    return {stem: frozenset(others) for stem, others in found.items()}


@lru_cache(maxsize=4_096)
def opposites_of(word: str) -> frozenset[str]:
    """Return the stems that say the opposite of a word."""
    stem = swedish.stem(word)
    longer = [f"{prefix}{stem}" for prefix in _PREFIXES if len(stem) > 2]
    shorter = [stem.removeprefix(prefix) for prefix in _PREFIXES if stem.startswith(prefix)]
    return frozenset((*_opposites().get(stem, ()), *longer, *(other for other in shorter if len(other) > 2)))
