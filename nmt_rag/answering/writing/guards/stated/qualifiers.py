"""The small words that a sentence of a source stands or falls with: «inte», «kan», «endast», «om» and their kin.

Told for a stretch of a sentence: which of them govern it. Whoever repeats the stretch without them says something else.
It reads Swedish by its words and a handful of rules, no grammar: in doubt a word governs more rather than less.
"""

from __future__ import annotations

import re

from nmt_rag import swedish
from nmt_rag.types import Passage


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = swedish.NEGATIONS | _words("ingenstans knappast knappt sällan utan")
HEDGES = _words(
    "kan kunna kunde bör borde skulle ska skall måste torde eventuellt eventuell eventuella möjligen kanske "
    "ibland ofta oftast vanligtvis normalt initialt undantagsvis istället stället snarare tidigare förut "
    "dåvarande delvis"
)
"""Words of duty, possibility and time."""
STANCES = _words(
    "anser ansåg föreslår föreslog föreslagit planerar planeras avser vill ville önskar hoppas bedömer tror menar "
    "uppger påstår begär begära begärt ansöker ansöka ansökan kräver rekommenderar överväger försöker syftar "
    "syfte misstänker misstänks misstanke risk risken förbjuder förbjudet förbud hindra hindrar förhindra "
    "förhindrar vägra vägrar avslår avslå avslag avråder avråda avstår slutar upphör upphört undvika undviker "
    "motverka motverkar förebygga förebygger minska minskar bekämpa bekämpar riskerar"
)
"""Words whose object is not said to be so: what somebody proposes, applies for, suspects, prevents or forbids."""
RESTRICTIONS = _words(
    "endast bara enbart förutom utom undantag hälften undantagen undantaget undantagna såvida förutsatt först"
)
CONDITIONS = _words("om när ifall därest innan sedan medan")
"""Words that open a condition or a time where they open a clause; elsewhere «om» is a preposition."""
DUTIES = _words("ska skall måste bör krävs kräver")
"""Under a duty «eller» gives a way out, so that neither side alone is what the source says."""

_NARROWING = _words("som vars om när ifall innan tills över under från inom mellan efter före fram högst minst")
_BOUNDARY = re.compile(r"[,;:–—]|\b(?:och|men|samt|eller)\b", re.IGNORECASE)
_FINITE = re.compile(r"\b(?:är|var|har|hade|blir|blev|ska|skall|kan|bör|får|måste|finns|ligger)\b", re.IGNORECASE)
_OWN_SUBJECT = re.compile(r"\s*\w{3,}(?:en|et|na)\s+\w{2,}(?:ar|er)\b", re.IGNORECASE)
_SUBORDINATE = re.compile(r"\s*(?:som|där|när|om|vilke[nt]|vilka|att|eftersom|medan|då|ifall)\b", re.IGNORECASE)
_CONDITION_AFTER = re.compile(r",\s*(om|när|ifall|därest|såvida|förutsatt)\b", re.IGNORECASE)
_CLAUSE_AFTER = re.compile(
    r"\b(om|när|ifall|innan|tills|såvida)\s+(?:det|de|den|man|du|han|hon|dessa|någon|\w+(?:en|et|na))\s+(?:\S+\s+){0,3}?"
    r"(?:är|har|kan|ska|får|vill|bör|måste|behöver|begär|\w+(?:ar|er))\b",
    re.IGNORECASE,
)
_TIME_AFTER = re.compile(
    r"\b(från|till|fram|efter|före|tidigast|senast)(?: (?:och med|till))?(?: den)?[ \xa0]\d", re.IGNORECASE
)
_NEXT = re.compile(rf"[ \t\n\xa0]+({swedish.PLAIN_WORD.pattern})")


def governing(text: str, start: int, end: int) -> frozenset[str]:
    """Return the qualifiers that govern ``text[start:end]``, in lower case.

    Before the stretch and in it: every one from where its clause begins. After it: negations, restrictions, conditions,
    and the «eller» of a duty; a hedge there belongs to what comes later. The «?» of a question governs all of it.

    Args:
        text: one sentence of a source.
        start: first character of the stretch.
        end: the character after its last one.
    """
    opening = _clause_start(text, start)
    words = [match.group().lower() for match in swedish.PLAIN_WORD.finditer(text, opening, end)]
    found = {word for word in words if word in NEGATIONS | HEDGES | STANCES | RESTRICTIONS}
    found.update(word for word in words[:1] if word in CONDITIONS)
    after = {match.group().lower() for match in swedish.PLAIN_WORD.finditer(text, end)}
    found.update(after & (NEGATIONS | RESTRICTIONS) - {"utan"})  # «… utan istället»: what stands before it is true
    found.update(match.group(1).lower() for match in _CONDITION_AFTER.finditer(text, end))
    found.update(match.group(1).lower() for match in _CLAUSE_AFTER.finditer(text, end))
    found.update(match.group(1).lower() for match in _TIME_AFTER.finditer(text, end))
    if "eller" in after | set(words) and DUTIES & set(words):
        found.add("eller")
    if text.rstrip().endswith("?") and end < len(text.rstrip()):
        found.add("?")
    return frozenset(found)


def narrowed_after(text: str, end: int) -> str:
    """Return the word right after a place that narrows what stands before it («personer som …»), or nothing."""
    following = _NEXT.match(text, end)
    word = following.group(1).lower() if following else ""
    return word if word in _NARROWING else ""


def around(passage: Passage) -> frozenset[str]:
    """Return the negations and restrictions that stand over a passage: in its headings, or before a list's item."""
    over = list(passage.heading)
    if passage.text[:1].islower():
        over.append(passage.context.removesuffix(passage.text))
    words = {match.group().lower() for text in over for match in swedish.PLAIN_WORD.finditer(text)}
    return frozenset(words & (NEGATIONS | RESTRICTIONS))


def _clause_start(text: str, position: int) -> int:
    """Return where the main clause around a position begins, or 0.

    A comma or an «och» begins one only where a finite verb that is told by itself follows before the next of them, or
    a definite noun with a verb: «bör utreda och bedöma» is one clause, «bör utreda och nämnden bedömer» are two.
    """
    boundaries = list(_BOUNDARY.finditer(text))
    for number in range(len(boundaries) - 1, -1, -1):
        match = boundaries[number]
        if match.end() > position:
            continue
        if match.group() == ";":
            return match.end()
        until = boundaries[number + 1].start() if number + 1 < len(boundaries) else len(text)
        clause = text[match.end() : until]
        if (_FINITE.search(clause) or _OWN_SUBJECT.match(clause)) and not _SUBORDINATE.match(clause):
            return match.end()
    return 0
