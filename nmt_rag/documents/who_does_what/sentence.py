"""The words of one sentence, as numbers and offsets, with what the rules of who does what ask about them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nmt_rag.swedish import MODALS, verbs

Offsets = tuple[int, int]
"""Where something begins and ends in a text."""
_WORD = re.compile(r"[^\W_]+(?:[-:][^\W_]+)*")
_MARK = re.compile(r"(?:\d+\s*kap\.\s*)?\d+\s*(?:[a-z]\s)?§\s*|[-*•–]\s+|\(?(?:\d+|[a-z])[.)]\s+")
_LED = frozenset("talan register statistik dialog diarium protokoll förteckning befäl".split())
"""What follows «för» where it is a verb: «för talan»."""


def is_genitive(written: str, names: Iterable[str]) -> bool:
    """Tell whether a name is written in the genitive, as «Polismyndighetens», of those that it stands for."""
    return written.endswith("s") and not any(name.endswith("s") for name in names)


class Sentence:
    """The words of one sentence, with what the rules ask about them."""

    def __init__(self, text: str) -> None:
        mark = _MARK.match(text)
        self.text = text
        self.first = mark.end() if mark else 0
        """Where the sentence begins, behind the mark of its section or list item."""
        found = [match for match in _WORD.finditer(text) if match.start() >= self.first]
        self.spans = [match.span() for match in found]
        self.words = [match.group().lower() for match in found]

    def at(self, offset: int) -> int:
        """Return the number of the first word that does not end before an offset."""
        return next((i for i, (_, end) in enumerate(self.spans) if end > offset), len(self.spans))

    def word(self, number: int) -> str:
        """Return a word by its number, or an empty string."""
        return self.words[number] if 0 <= number < len(self.words) else ""

    def gap(self, number: int) -> str:
        """Return what stands between a word and the one before it."""
        return self.text[self.spans[number - 1][1] : self.spans[number][0]] if 0 < number < len(self.spans) else ""

    def finite(self, number: int) -> bool:
        """Tell whether a word is a verb in the present tense that a subject can have."""
        word = self.word(number)
        found = verbs.verb(word)
        if word == "för":
            return self.word(number + 1) in _LED
        return word in MODALS or bool(
            found and found.form == "present" and not found.passive and (found.acting or word in ("är", "har"))
        )

    def infinitive(self, number: int) -> str:
        """Return the infinitive that a word is, or an empty string."""
        found = verbs.verb(self.word(number))
        return found.infinitive if found and found.form == "infinitive" and not found.passive else ""

    def trimmed(self, start: int, end: int) -> Offsets:
        """Return a span without white space and punctuation at its ends."""
        piece = re.sub(r"[\s,;]+(?:och|samt|eller)\s*$", "", self.text[start:end])
        left = len(piece) - len(piece.lstrip(" \t\n\xa0,;:–"))
        right = len(piece.rstrip(" \t\n\xa0,;:–.!?…"))
        return (start + left, start + max(left, right))
