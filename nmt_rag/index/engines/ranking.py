"""What the searches of every engine have in common: what is asked is checked, scores are rounded, ties go by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

BOOSTS: Mapping[str, float] = {"text": 1.0, "heading": 0.1, "around": 0.4}
"""What a token is worth in the passage itself, in its title and headings, and in it with the passages around it."""

LESSER_SHARE = 0.5
"""What a token counts that is not the question's own word, but one that means the same."""

MAX_SEARCH_TOKENS = 512
"""At most this many distinct tokens of a question are searched: about 70 words; the rest would cost time, not help."""

COSINE_DECIMALS, BM25_DECIMALS = 6, 4
"""Scores are rounded to this many: equal passages may differ in the last bits by where they lie, and must tie."""

_TIE_MARGIN = 16
"""How many results more than k are fetched first, so that ties at the cut are seen."""


def k_best(
    nearest: Callable[[int], Iterable[tuple[int | str, float]]], k: int, *, decimals: int
) -> list[tuple[int, float]]:
    """Return at most k ``(id, score)`` by rounded score, best first, ties by id.

    Args:
        nearest: returns at most so many ``(id, score)`` of the highest scores, ties in any order; asked again for
            twice as many until nothing beyond the cut can tie with what is within.
        k: at least 1.
        decimals: what scores are rounded to.

    Raises:
        ValueError: k is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    fetched = k + _TIE_MARGIN
    while True:
        rounded = ((int(i), round(float(score), decimals)) for i, score in nearest(fetched))
        hits = sorted(rounded, key=lambda hit: (-hit[1], hit[0]))
        if len(hits) < fetched or hits[-1][1] < hits[k - 1][1]:
            return hits[:k]
        fetched *= 2


def checked_embedding(embedding: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """Return a question's embedding as engines take it. *Shape:* ``(dim,)``.

    Raises:
        ValueError: it has another shape or is not finite.
    """
    question = np.ascontiguousarray(embedding, dtype=np.float32)
    if question.shape != (dim,):
        raise ValueError(f"expected an embedding of shape {(dim,)}, got {question.shape}")
    if not np.isfinite(question).all():
        raise ValueError("the embedding holds NaN or infinity")
    return question


def checked_boosts(boosts: Mapping[str, float] | None) -> Mapping[str, float]:
    """Return the worth of each field, `BOOSTS` for None. Raises ValueError where a field is unknown."""
    wanted = BOOSTS if boosts is None else boosts
    if unknown := wanted.keys() - BOOSTS.keys():
        raise ValueError(f"unknown fields {sorted(unknown)}; there are {list(BOOSTS)}")
    return wanted


def searched_tokens(tokens: Sequence[str]) -> list[str]:
    """Return those of a question's tokens that are searched, each once."""
    return list(dict.fromkeys(tokens))[:MAX_SEARCH_TOKENS]
