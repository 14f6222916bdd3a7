"""Whether own words let the same actors act as the passage that they are taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.stated.alignment import ADVERBS, ARTICLES, JOINTS, PREPOSITIONS, RELATIVES, Token
from nmt_rag.documents import actors
from nmt_rag.types import Passage

_DEFINITE = re.compile(r"\w{3,}(?:en|et|na)$")

_PRONOUNS = frozenset("de den det".split())
_ROLE = re.compile(
    r"\b\w{3,}(?:ens|ets) (?:roll|uppgift|uppdrag|ansvar) är (?:bland annat )?att"
    r"(?: \w+ och)?(?: (?:fatta|göra|hålla))?$"
)
"""What may stand between an actor and what it does: «… och myndighetens roll är bland annat att utreda och fatta»."""


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
    for match in swedish.PLAIN_WORD.finditer(own):
        word = match.group()
        inside = any(mention.start <= match.start() < mention.end for mention in mentions)
        begins = not own[: match.start()].strip() or own[: match.start()].rstrip()[-1] in ".?!:"
        named = word[:1].isupper() and (not begins or bool(actors.names_in_heading(word)))
        if named and not inside and word.lower() not in there:
            return False
    return True


def other_acts(
    start: int, end: int, wanted: set[str], passage: Passage, there: Sequence[actors.Mention], *, first: bool = False
) -> bool:
    """Tell whether somebody else acts in a stretch of the passage than the actors that the own words name.

    Args:
        start: first character of the stretch.
        end: the character after its last one.
        wanted: the actors that the own words name; with none, nobody else acts.
        passage: what the stretch stands in.
        there: the actors that the passage's text names.
        first: the first who acts there must be one of them, not any.
    """
    if not wanted:
        return False
    acting = actors.agents(passage.text, there)
    inside = [mention.actor for mention in there if start <= mention.start < end and mention.actor in acting]
    if inside:
        return not wanted.intersection(inside[:1] if first else inside)
    before = [mention.actor for mention in there if mention.end <= start and mention.actor in acting]
    return bool(before) and before[-1] not in wanted


def begins(source: Sequence[Token], first: int, wanted: set[str], main: str) -> bool:
    """Tell whether own words that begin at a word of the source have there the subject that they give it.

    Args:
        source: the words of the passage.
        first: the place of the first own word in it, actors before it left out.
        wanted: the actors that the own words name.
        main: the passage's main actor, whom its pronouns mean.
    """
    before = source[:first]
    while before and before[-1].word in ADVERBS:
        before = before[:-1]
    if not wanted:
        starts = not before or (before[-1].word in ARTICLES and len(before) == 1)
        joined = bool(before) and (source[len(before)].after_mark or before[-1].word in JOINTS)
        return starts or (joined and _DEFINITE.match(source[first].word) is not None)
    if source[first].word in PREPOSITIONS:
        return False
    if not before:
        return source[first + 1 : first + 2] != [] and source[first + 1].actor in wanted  # «Vidare ansvarar NOA för …»
    if before[-1].actor:
        return before[-1].actor in wanted
    if len(before) == 1 and main in wanted:
        return before[0].word in _PRONOUNS or main.lower().endswith(before[0].word)  # «Förmedlingen»: Tolkförmedlingen
    said = " ".join(token.word for token in before)
    if main in wanted and _ROLE.search(said):
        return True
    named = [place for place, token in enumerate(before) if token.actor in wanted]
    stretch = before[named[-1] + 1 if named else 0 :]
    new = any(
        _DEFINITE.match(token.word) and number and (token.after_mark or stretch[number - 1].word in JOINTS)
        for number, token in enumerate(stretch)
    )
    joined = source[len(before)].after_mark or before[-1].word in JOINTS
    return joined and bool(named) and not new and not any(t.word in RELATIVES | {"att"} for t in stretch)


def _preposition_before(text: str, position: int) -> str:
    words = swedish.words(text[:position])[-1:]
    return words[0] if words and words[0] in PREPOSITIONS else ""
