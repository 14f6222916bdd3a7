"""Numbers in figures of a statement against its quote: each keeps its sign and its unit; no other meaning is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nmt_rag import swedish

_NUMBER = re.compile(r"(?:(?<![\w,.:–-])[-−–+±])?\d+(?:[ .,:\xa0\u202f/–-]?\d+)*")
_UNIT = re.compile(r"[ \xa0\u202f]*([^\W\d_]+|[%‰€$°])")
_CLOCK = re.compile(r"0(?=\d[.:]\d\d$)")


def missing_numbers(statement: str, quote: str) -> list[str]:
    """Return the numbers of a statement that its quote does not have, in figures or as a word, with the same unit.

    A number of the quote that nothing follows stands for one with any unit: «12» in a table for «12 platser». One that
    is there with another unit is returned with the statement's: «12 anställda».
    """
    there = frozenset(_counted(quote))
    known = {digits for digits, _ in there}
    missing = []
    for match in _NUMBER.finditer(statement):
        digits, unit = _digits(match.group()), _unit(statement, match.end())
        if there.isdisjoint({(digits, ""), (digits, unit)}):
            follows = _UNIT.match(statement, match.end())
            missing.append(statement[match.start() : follows.end() if follows and digits in known else match.end()])
    return missing


def _counted(text: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a text with their units; those written as words, too."""
    for match in _NUMBER.finditer(text):
        yield _digits(match.group()), _unit(text, match.end())
    for match in swedish.PLAIN_WORD.finditer(text):
        figures = swedish.number_figures(match.group().lower())
        if figures:
            yield figures, _unit(text, match.end())


def _digits(number: str) -> str:
    """Return a number without what may differ in its writing: spaces, the kind of hyphen, «08.30» for «8.30»."""
    plain = re.sub(r"[ \xa0\u202f]", "", number).replace("−", "-").replace("–", "-")
    return _CLOCK.sub("", plain)


def _unit(text: str, end: int) -> str:
    """Return the word or sign right after a number, as its stem, so that one «krona» counts as two «kronor».

    A word that only joins others is no unit: «vecka 34 för att», «mellan 2021 och 2023».
    """
    found = _UNIT.match(text, end)
    word = found[1].lower() if found else ""
    return "" if word in swedish.stop_words() else swedish.stem(word)
