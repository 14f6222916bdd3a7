"""What must hold of a statement by the letter, whatever the reader finds: its signs, its names and its numbers.

A number keeps its sign and its unit; no other meaning is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from nmt_rag import swedish
from nmt_rag.documents import actors
from nmt_rag.types import Passage

_SIGNS = frozenset(" .,:;!()-–'’/%&§")
"""What own words may hold besides letters and digits; other signs only where the passage has them too."""
_STRESSED = frozenset("%&§/")
"""Of these, what says something by itself, and must stand in the passage."""
_NUMBER = re.compile(r"(?:(?<![\w,.:–-])[-−–+±])?\d+(?:[ .,:\xa0\u202f/–-]?\d+)*")
_UNIT = re.compile(r"[ \xa0\u202f]*([^\W\d_]+|[%‰€$°])")
_CLOCK = re.compile(r"0(?=\d[.:]\d\d$)")


def strange(own: str, text: str) -> bool:
    """Tell whether own words hold a sign or a letter that is neither usual nor the passage's: «？», a Greek «Ρ».

    Args:
        own: the own words, in NFC.
        text: the passage's.
    """
    return any(
        not (one in _SIGNS - _STRESSED or _is_plain(one)) and (one not in text or unicodedata.category(one)[0] in "MC")
        for one in own
    )


def foreign_name(own: str, passage: Passage, names: actors.Names) -> bool:
    """Tell whether own words name an actor, or anything by a name, that the passage and what stands over it do not.

    Args:
        own: the own words.
        passage: what must know them.
        names: the actors that the sources know.
    """
    mentions = names.mentions(own)
    known = {*passage.actors, *(one.actor for one in names.mentions(passage.text))}
    if any(one.actor not in known for one in mentions):
        return True
    there = frozenset(swedish.words(" ".join((passage.context or passage.text, *passage.heading, *passage.actors))))
    for match in swedish.PLAIN_WORD.finditer(own):
        word = match.group()
        begins = not own[: match.start()].strip() or own[: match.start()].rstrip()[-1] in ".!:"
        named = word[:1].isupper() and (not begins or bool(actors.names_in_heading(word)))
        if named and word.lower() not in there and not any(one.start <= match.start() < one.end for one in mentions):
            return True
    return False


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


def _is_plain(one: str) -> bool:
    """Tell whether a character is a digit 0 to 9 or a Latin letter."""
    return (one.isascii() and one.isalnum()) or (one.isalpha() and unicodedata.name(one, "").startswith("LATIN"))


def _counted(text: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a text with their units; those written as words, too.

    «En» and «ett» count with what they count alone: «en av dem» is no 1 of whatever a statement speaks of.
    """
    for match in _NUMBER.finditer(text):
        yield _digits(match.group()), _unit(text, match.end())
    for match in swedish.PLAIN_WORD.finditer(text):
        figures = swedish.number_figures(match.group().lower())
        unit = _unit(text, match.end()) if figures else ""
        if unit or figures not in {"", "1"}:
            yield figures, unit


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
