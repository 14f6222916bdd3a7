"""Whether words of one's own say no more than a passage: they may leave out, join and inflect, and cannot add.

No shortening may change who does it, what it is done to, how many there are, or how far it holds. It is decided by the
words and a handful of rules about Swedish, no grammar: in doubt it is no.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.stated import agency, alignment, counting, qualifiers
from nmt_rag.answering.writing.guards.stated.alignment import ATTRIBUTE, PREPOSITIONS, Token
from nmt_rag.documents import actors
from nmt_rag.types import Passage

Fault = Literal["actor", "number", "words", "qualifier"]


def fault(own: str, passage: Passage, quotes: Sequence[tuple[int, int]], names: actors.Names) -> Fault | None:
    """Return what makes own words beside some quotes say more than their passage, or None.

    Args:
        own: the own words, without the quotes.
        passage: what they must be proven by.
        quotes: the places of the quotes in the passage's text, as ``(start, end)``.
        names: the actors that the sources know.
    """
    mentions = names.mentions(own)
    there = names.mentions(passage.text)
    mine = alignment.tokens(own, mentions)
    source = alignment.tokens(passage.text, there)
    if counting.invented(own, passage.text, quotes):
        return "number"
    if not agency.acts(own, mentions, passage, there):
        return "actor"
    if any(_cut_short(own, passage, source, start, end) for start, end in quotes):
        return "qualifier"
    wanted = {mention.actor for mention in mentions}
    alone = alignment.leading(mine) == len(mine)
    if any(agency.other_acts(start, end, wanted, passage, there, first=alone) for start, end in quotes):
        return "actor"
    pairs = alignment.aligned(mine, source, quotes)
    if pairs is None or not alignment.whole(mine, source, pairs, wanted):
        return "words"
    if pairs and agency.other_acts(source[pairs[0][1]].start, source[pairs[0][1]].start, wanted, passage, there):
        return "actor"
    if pairs and not agency.begins(source, pairs[0][1], wanted, passage.actor):
        return "words"
    if not counting.counted(mine, source, pairs, quotes):
        return "number"
    return "qualifier" if pairs and _unqualified(own, passage, source, pairs) else None


def _cut_short(own: str, passage: Passage, source: Sequence[Token], start: int, end: int) -> bool:
    """Tell whether a quote begins or ends so that what limits it is lost, and the own words do not say it either."""
    text = passage.text
    if qualifiers.around(passage) or qualifiers.narrowed_after(text, end):
        return True
    inside = {*swedish.words(text[start:end]), *swedish.words(own), *(["?"] if text[start:end].endswith("?") else [])}
    if not qualifiers.governing(text, start, end) <= inside:
        return True
    before = [token for token in source if token.end <= start and not text[token.end : start].strip()][-1:]
    said = swedish.words(own)
    return any(ATTRIBUTE.match(one.word) or (one.word in PREPOSITIONS and one.word not in said) for one in before)


def _unqualified(own: str, passage: Passage, source: Sequence[Token], pairs: Sequence[tuple[int, int]]) -> bool:
    """Tell whether own words leave out what limits them in the source: a qualifier, or what follows them."""
    said = set(swedish.words(own))
    first, last = source[pairs[0][1]], source[pairs[-1][1]]
    governing = qualifiers.governing(passage.text, first.start, last.end)
    if not governing <= said or qualifiers.narrowed_after(passage.text, last.end):
        return True
    # What is negated may be repeated, not shortened: «inte» would come to deny another word.
    return bool(governing & qualifiers.NEGATIONS) and not alignment.contiguous(source, pairs)
