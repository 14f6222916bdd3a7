"""What must hold of a language model's own words by the letter, whatever the reader finds: signs and names."""

from __future__ import annotations

import unicodedata

from nmt_rag import swedish
from nmt_rag.documents import actors
from nmt_rag.types import Passage

_SIGNS = frozenset(" .,:;!()-–'’/%&§")
"""What own words may hold besides letters and digits; other signs only where the passage has them too."""
_STRESSED = frozenset("%&§/")
"""Of these, what says something by itself, and must stand in the passage."""


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


def _is_plain(one: str) -> bool:
    """Tell whether a character is a digit 0 to 9 or a Latin letter."""
    return (one.isascii() and one.isalnum()) or (one.isalpha() and unicodedata.name(one, "").startswith("LATIN"))
