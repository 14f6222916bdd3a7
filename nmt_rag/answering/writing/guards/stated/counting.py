"""Whether numbers and dates of own words are those of their quotes, and count the same things with the same limits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.stated.alignment import Token

_NEAR = 3
_COMPARISONS = frozenset(
    "högst minst inom upp över under mer mindre fler färre cirka omkring ungefär nästan drygt knappt senast "
    "tidigast före efter mellan max maximalt per åtminstone".split()
)
"""What may stand before a number and changes it, looked for among the `_NEAR` words before."""
_NUMBERS = frozenset(
    "två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo "
    "trettio fyrtio femtio sextio sjuttio åttio nittio hundra tusen miljon miljoner miljard miljarder hälften "
    "dubbelt".split()
)
_DATES = frozenset(
    "januari februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag "
    "torsdag fredag lördag söndag".split()
)
_NUMBER = re.compile(r"\d+(?:[ .,:\xa0/–-]?\d+)*")


def invented(own: str, text: str, quotes: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the own words hold a number or a date that no quote has, or a quote cuts a number in two."""
    whole: set[str] = set()
    for match in _NUMBER.finditer(text):
        for start, end in quotes:
            if match.start() < start < match.end() or match.start() < end < match.end():
                return True  # «har 12» of «har 12 000 platser»
            if start <= match.start() and match.end() <= end:
                whole.add(" ".join(match.group().split()))
    quoted = {word for start, end in quotes for word in swedish.words(text[start:end])}
    said = {" ".join(number.split()) for number in _NUMBER.findall(own)}
    return not said <= whole or not (_NUMBERS | _DATES).intersection(swedish.words(own)) <= quoted


def counted(
    mine: Sequence[Token],
    source: Sequence[Token],
    aligned: Sequence[tuple[int, int]],
    quotes: Sequence[tuple[int, int]],
) -> bool:
    """Tell whether each number counts what it counts in the source, with the «högst» or «inom» before it."""
    said = {token.word for token in mine}
    by_place = dict(aligned)
    for place, number in aligned:
        if _is_number(source[number].word):
            following = by_place.get(place + 1)
            if following is not None and following != number + 1:
                return False  # «12 platser och 5 anställda» are not «12 anställda»
            if not {token.word for token in source[max(0, number - _NEAR) : number]} & _COMPARISONS <= said:
                return False
    for start, end in quotes:
        for number, token in enumerate(source):
            if start <= token.start < end and _is_number(token.word):
                before = source[max(0, number - _NEAR) : number]
                if not {one.word for one in before if one.start < start} & _COMPARISONS <= said:
                    return False
    return True


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _NUMBERS or word in _DATES
