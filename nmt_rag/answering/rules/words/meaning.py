"""How near two words are in meaning: the cosine of their embeddings, once what all words share is taken away.

Any two words have a high cosine in most models; less the mean embedding of common words, unrelated ones are near 0. It
judges single words out of their context, and knows nothing of passages.

Source: the mean is taken away as in Mu and Viswanath 2018, "All-but-the-top".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from nmt_rag.models import Encoder
from nmt_rag.swedish import wordlists

MOST_REMEMBERED = 20_000
"""So many words' embeddings are kept for each encoder: 30 MB at 384 dimensions."""
MOST_GROUPS = 2_000
"""So many passages' words are kept together, ready to be compared: 46 MB with 15 words each."""
COMMON = 400
"""So many common words stand for all in the mean."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


class Meanings:
    """The meanings of words as one encoder sees them; each word is embedded once."""

    def __init__(self, embed: Embed, centre: NDArray[np.float32]) -> None:
        self._embed = embed
        self._centre = centre
        self._known: dict[str, NDArray[np.float32]] = {}
        self._groups: dict[tuple[str, ...], NDArray[np.float32]] = {}

    @classmethod
    def of(cls, encoder: Encoder) -> Meanings:
        """Return the meanings of an encoder, the same object each time.

        An encoder that has ``encode_words(words) -> (n_words, dim)`` is asked for words by it, else by
        ``encode_passages``.
        """
        found = _of_encoders.get(encoder)
        if found is None:
            embed: Embed = getattr(encoder, "encode_words", encoder.encode_passages)
            found = _of_encoders[encoder] = cls(embed, embed(common_words()).mean(axis=0))
        return found

    def learn(self, words: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit embeddings, mean taken away, of words; those that are new are embedded together."""
        wanted = tuple(dict.fromkeys(words))
        known = self._known
        new = [word for word in wanted if word not in known]
        if new:
            moved = self._embed(new) - self._centre
            moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
            if len(known) + len(new) > MOST_REMEMBERED:
                known = {word: known[word] for word in wanted if word in known}
            # Bound anew, not changed: other threads go on with the words that they have.
            known = self._known = {**known, **dict(zip(new, moved, strict=True))}
        return known

    def near(self, word: str, others: tuple[str, ...]) -> float:
        """Return the cosine of a word and the nearest of others, in [-1, 1]; 0 for none."""
        if not others:
            return 0.0
        found = self._groups.get(others)
        if found is None:
            known = self.learn(others)
            if len(self._groups) >= MOST_GROUPS:
                self._groups = {}
            found = self._groups[others] = np.array([known[other] for other in others])
        return float((found @ self.learn((word,))[word]).max())


_of_encoders: WeakKeyDictionary[Encoder, Meanings] = WeakKeyDictionary()


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """Return the commonest Swedish stems of four letters and more, as they stand for words in general."""
    rows = wordlists.frequencies().items()
    ranked = sorted((-value, stem) for stem, value in rows if len(stem) > 3 and stem.isalpha())
    return tuple(stem for _, stem in ranked[:COMMON])
