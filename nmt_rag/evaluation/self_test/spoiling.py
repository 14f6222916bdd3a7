"""A right quote → the same with one thing wrong, or None where the quote has no place for it."""

from __future__ import annotations

import random
import re

from nmt_rag.evaluation.checks.alterations import NEGATIONS
from nmt_rag.swedish import normalized

_LETTERS = "abdefghiklmnoprstuvåäö"


def letter(quote: str, rng: random.Random) -> str | None:
    """Change one letter of a long word that holds no number."""
    words = [match for match in re.finditer(r"[^\W\d_]{6,}", quote) if match[0].casefold() not in NEGATIONS]
    if not words:
        return None
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end())
    letter = rng.choice([each for each in _LETTERS if each != quote[place].lower()])
    return quote[:place] + letter + quote[place + 1 :]


def number(quote: str, rng: random.Random) -> str | None:
    """Change one digit."""
    digits = [match.start() for match in re.finditer(r"\d", quote)]
    if not digits:
        return None
    place = rng.choice(digits)
    return quote[:place] + rng.choice([d for d in "123456789" if d != quote[place]]) + quote[place + 1 :]


def not_added(quote: str, rng: random.Random) -> str | None:
    """Put «inte» somewhere into a quote without a negation."""
    if set(quote.casefold().split()) & NEGATIONS:
        return None
    words = quote.split(" ")
    place = rng.randrange(1, len(words) - 1)
    return " ".join([*words[:place], "inte", *words[place:]])


def not_dropped(quote: str, rng: random.Random) -> str | None:
    """Drop the only «inte»."""
    return quote.replace(" inte ", " ", 1) if quote.count(" inte ") == 1 else None


def decomposed(quote: str, rng: random.Random) -> str | None:
    """Write å, ä and ö as letter and mark (NFD)."""
    return normalized("NFD", quote)


def space_replaced(quote: str, rng: random.Random) -> str | None:
    """Replace every no-break space."""
    return quote.replace("\xa0", " ") if "\xa0" in quote else None


def space_added(quote: str, rng: random.Random) -> str | None:
    """Put one no-break space for a space."""
    place = rng.choice([match.start() for match in re.finditer(" ", quote)])
    return f"{quote[:place]}\xa0{quote[place + 1 :]}"


def ellipsis(quote: str, rng: random.Random) -> str | None:
    """Leave out two words in the middle, with … in their place."""
    words = quote.split(" ")
    first = rng.randrange(2, len(words) - 3)
    return f"{' '.join(words[:first])} … {' '.join(words[first + 2 :])}"
