"""The small words that a sentence of a source stands or falls with: «inte», «kan», «endast», «om» and their kin.

Told for a stretch of a sentence: which of them govern it. Whoever repeats the stretch without them says something else.
It reads Swedish by its words and a handful of rules, no grammar: in doubt a word governs more rather than less.
"""

from __future__ import annotations

import re

NEGATIONS = frozenset(
    "inte ej icke aldrig ingen inget inga ingenting ingenstans varken knappast knappt sällan utan".split()
)
HEDGES = frozenset(
    "kan kunna kunde bör borde skulle ska skall måste torde eventuellt eventuell eventuella möjligen kanske ibland "
    "ofta oftast vanligtvis normalt initialt undantagsvis".split()
)
RESTRICTIONS = frozenset(
    "endast bara enbart förutom utom undantag undantagen undantaget undantagna såvida förutsatt".split()
)
CONDITIONS = frozenset("om när ifall därest innan sedan medan".split())
"""Words that open a condition or a time where they open a clause; elsewhere «om» is a preposition."""

_WORD = re.compile(r"[^\W_]+")
_BOUNDARY = re.compile(r"[,;:–—]|\b(?:och|men|samt|eller)\b", re.IGNORECASE)
_FINITE = re.compile(r"\b(?:är|var|har|hade|blir|blev|ska|skall|kan|bör|får|måste|finns|ligger)\b", re.IGNORECASE)
_SUBORDINATE = re.compile(r"\s*(?:som|där|när|om|vilke[nt]|vilka|att|eftersom|medan|då|ifall)\b", re.IGNORECASE)
_CONDITION_AFTER = re.compile(r",\s*(om|när|ifall|därest|såvida|förutsatt)\b", re.IGNORECASE)


def governing(text: str, start: int, end: int) -> frozenset[str]:
    """Return the qualifiers that govern ``text[start:end]``, in lower case.

    Before the stretch and in it: every one from where its clause begins. After it: negations, restrictions, and
    conditions that follow a comma; a hedge there belongs to what comes later.

    Args:
        text: one sentence of a source.
        start: first character of the stretch.
        end: the character after its last one.
    """
    opening = _clause_start(text, start)
    words = [match.group().lower() for match in _WORD.finditer(text, opening, end)]
    found = {word for word in words if word in NEGATIONS | HEDGES | RESTRICTIONS}
    found.update(word for word in words[:1] if word in CONDITIONS)
    after = {match.group().lower() for match in _WORD.finditer(text, end)}
    found.update(after & (NEGATIONS | RESTRICTIONS) - {"utan"})  # «… utan istället»: what stands before it is true
    found.update(match.group(1).lower() for match in _CONDITION_AFTER.finditer(text, end))
    return frozenset(found)


def _clause_start(text: str, position: int) -> int:
    """Return where the main clause around a position begins, or 0.

    A comma or an «och» begins one only where a finite verb that is told by itself follows before the next of them:
    «bör utreda och bedöma» is one clause, «bör utreda, och myndighetens roll är att bedöma» are two.
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
        if _FINITE.search(clause) and not _SUBORDINATE.match(clause):
            return match.end()
    return 0
