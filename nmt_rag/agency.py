"""Whether own words let the same actors act as the passage that they are taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag import actors, swedish
from nmt_rag.alignment import GLUE, PREPOSITIONS, RELATIVES, Token
from nmt_rag.types import Passage

_WORD = re.compile(r"[^\W_]+")
_DEFINITE = re.compile(r"\w{3,}(?:en|et|na)$")


def acts(own: str, mentions: Sequence[actors.Mention], passage: Passage, there: Sequence[actors.Mention]) -> bool:
    """Tell whether each actor of own words is the passage's, acts only where it acts there, and in the same order."""
    if not _known_names(own, mentions, passage):
        return False
    known = list(dict.fromkeys((*passage.actors[:1], *(mention.actor for mention in there), *passage.actors)))
    wanted = list(dict.fromkeys(mention.actor for mention in mentions))
    if not set(wanted) <= set(known) or sorted(wanted, key=known.index) != wanted:
        return False
    acting = {*passage.actors[:1], *actors.agents(passage.text, there)}
    if not set(actors.agents(own, mentions)) <= acting:
        return False
    for mention in mentions:
        before = _preposition_before(own, mention.start)
        allowed = {_preposition_before(passage.text, one.start) for one in there if one.actor == mention.actor}
        if mention.actor in passage.actors[:1]:
            allowed.add("")
        if before not in allowed:
            return False
    return True


def _known_names(own: str, mentions: Sequence[actors.Mention], passage: Passage) -> bool:
    """Tell whether what is written as a name in own words, and is no known actor's, stands in the passage."""
    there = {*swedish.words(passage.text), *swedish.words(" ".join((*passage.heading, *passage.actors)))}
    for match in _WORD.finditer(own):
        word = match.group()
        inside = any(mention.start <= match.start() < mention.end for mention in mentions)
        begins = not own[: match.start()].strip() or own[: match.start()].rstrip()[-1] in ".?!:"
        named = word[:1].isupper() and (not begins or bool(actors.names_in_heading(word)))
        if named and not inside and word.lower() not in there:
            return False
    return True


def other_acts(start: int, end: int, wanted: set[str], passage: Passage, there: Sequence[actors.Mention]) -> bool:
    """Tell whether somebody else acts in a stretch of the passage than the actors that the own words name."""
    if not wanted:
        return False
    if any(mention.actor in wanted for mention in there if start <= mention.start < end):
        return False
    acting = actors.agents(passage.text, there)
    before = [mention.actor for mention in there if mention.end <= start and mention.actor in acting]
    return bool(before) and before[-1] not in wanted


def has_another_subject(number: int, source: Sequence[Token], actor: str) -> bool:
    """Tell whether a word of the source has another subject than an actor: a noun right before it, or a «som»."""
    named = [place for place in range(number) if source[place].actor == actor]
    stretch = source[named[-1] + 1 if named else 0 : number]
    if any(token.word in RELATIVES for token in stretch):
        return True
    before = source[number - 1] if number else None
    if before is None or before.actor or actor.lower().endswith(before.word):  # Tolkförmedlingen is «förmedlingen»
        return False
    return before.word not in GLUE and _DEFINITE.match(before.word) is not None


def _preposition_before(text: str, position: int) -> str:
    words = swedish.words(text[:position])[-1:]
    return words[0] if words and words[0] in PREPOSITIONS else ""
