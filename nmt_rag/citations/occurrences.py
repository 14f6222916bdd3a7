"""How often a piece stands in a text, for many pieces of one long text: its words are looked up once.

To search a text from its beginning for each of its sentences takes the square of its length.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

KEY = 12
"""So many characters from the beginning of a word are looked up."""
SHORT = 20_000
"""A shorter text is searched from its beginning, which is as quick (characters)."""

_WORD = re.compile(r"(?<=\s)\S")


def at_most_two(text: str, piece: str) -> int:
    """Return how often a piece stands in a text, overlapping places included; two is as good as any more."""
    places = _places(text, piece) if len(text) > SHORT else None
    if places is None:
        first = text.find(piece)
        return 0 if first < 0 else 1 if text.find(piece, first + 1) < 0 else 2
    offset, starts = places
    found = 0
    for start in starts:
        found += text.startswith(piece, start - offset) if start >= offset else 0
        if found == 2:
            break
    return found


def _places(text: str, piece: str) -> tuple[int, list[int]] | None:
    """Return where the rarest word of a piece stands in the piece, and where in the text; None where it has none."""
    words = _words(text)
    offsets = [match.start() for match in _WORD.finditer(piece) if match.start() <= len(piece) - KEY]
    rarest = min(offsets, key=lambda offset: len(words.get(piece[offset : offset + KEY], ())), default=None)
    return None if rarest is None else (rarest, words.get(piece[rarest : rarest + KEY], []))


@lru_cache(maxsize=2)  # the text of a document, and what its page shows of it
def _words(text: str) -> dict[str, list[int]]:
    """Return where the words of a text begin, by their first characters and what follows them."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for match in _WORD.finditer(text):
        found[text[match.start() : match.start() + KEY]].append(match.start())
    return dict(found)
