"""Where a statement says something else than its quote: another number, actor or opposite, a denial, too much firmness.

Each function looks for one kind of difference and returns what it found. What it cannot tell it marks as uncertain, so
that nobody calls the statement supported. How alike the two are is `nmt_rag.answering.judging.support`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.words import acting, quantities, readings
from nmt_rag.answering.writing.guards.words.matching import SAME, Contrast, Match, nearness
from nmt_rag.answering.writing.guards.words.quantities import Quantity
from nmt_rag.answering.writing.guards.words.readings import WordReading
from nmt_rag.swedish import wordlists

TURNED = 0.6
"""Share of a clause's matched words denied on one side only, from which on the clause is contradicted."""
UNSURE = 0.25
"""From this share on, nobody calls the statement supported."""
DAYS_A_MONTH = (28, 31)


def find(statement: WordReading, quote: WordReading, matches: Sequence[Match], actor: str = "") -> list[Contrast]:
    """Return every difference found, certain ones first."""
    found = [
        *numbers(statement.text, quote.text),
        *acting.actors(statement, quote, matches, actor),
        *acting.names(statement, quote, actor),
        *opposites(matches, quote),
        *denials(statement, quote, matches),
        *strength(statement, quote, matches),
    ]
    return sorted(found, key=lambda contrast: not contrast.certain)


# --- numbers, dates and times


def numbers(statement: str, quote: str) -> list[Contrast]:
    """Return the quantities of the statement that the quote does not have in that value."""
    theirs = quantities.read(quote)
    found = []
    for mine in quantities.read(statement):
        verdict = _compare(mine, theirs, quote)
        if verdict != "same":
            found.append(Contrast("number", statement[mine.start : mine.end], verdict == "differs"))
    return found


def _compare(mine: Quantity, theirs: Sequence[Quantity], quote: str) -> Literal["same", "differs", "unknown"]:
    alike = [other for other in theirs if other.unit == mine.unit]
    equal = [other for other in alike if abs(other.value - mine.value) < 1e-9 * max(1.0, abs(mine.value))]
    for other in equal:
        if mine.limit and other.limit and mine.limit != other.limit:
            continue
        if not mine.nouns or not other.nouns or _share(mine.nouns, other.nouns) or not _elsewhere(mine, alike):
            return "same"
    if equal:
        return "differs"
    if mine.age and any(other.limit for other in alike):
        return "same" if _within(mine.value, alike) else "differs"
    if mine.unit == "monthname":
        return _among(int(mine.value), [int(other.value // 100) for other in theirs if other.unit == "date"], alike)
    if mine.unit == "date" and any(other.unit == "monthname" for other in theirs):
        return "unknown"
    if mine.unit == "month" and mine.limit and (spans := [other for other in theirs if other.unit == "day"]):
        low, high = (mine.value * days for days in DAYS_A_MONTH)
        if any(low - 1e-6 <= other.value <= high for other in spans):
            return "same"
    if mine.unit in ("number", "share") and mine.nouns == () and alike == []:
        return "unknown"
    if mine.unit in ("number", "weekday", "day", "per year", "share") and not alike:
        return "unknown"  # «tre orter» may count what the quote lists; «två dagar i veckan», what it names
    if mine.unit == "number" and not any(_share(mine.nouns, other.nouns) for other in alike if mine.nouns):
        return "same" if mine.value in _listed(quote) else "differs" if not mine.nouns else "unknown"
    return "differs"


def _share(first: Sequence[str], second: Sequence[str]) -> bool:
    return any(nearness(one, other) >= SAME for one in first for other in second)


def _elsewhere(mine: Quantity, alike: Sequence[Quantity]) -> bool:
    """Tell whether what the statement counts stands with another number in the quote."""
    return any(_share(mine.nouns, other.nouns) and other.value != mine.value for other in alike)


def _within(value: float, limits: Sequence[Quantity]) -> bool:
    return all(value >= one.value if one.limit == "least" else value <= one.value for one in limits if one.limit)


def _among(value: int, values: Sequence[int], alike: Sequence[Quantity]) -> Literal["same", "differs", "unknown"]:
    return "same" if value in values else "differs" if values or alike else "unknown"


def _listed(text: str) -> set[int]:
    """Return how many things each list in a text has: «Stockholm, Göteborg och Malmö» has three."""
    lists = re.findall(r"[\w-]+(?:, [\w-]+)* (?:och|eller|samt) [\w-]+", text)
    return {len(re.split(r", | och | eller | samt ", each)) for each in lists}


# --- opposites, denials and firmness


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sides in wordlists.pairs("opposites_sv.txt"):
        first, second = ({swedish.stem(word) for word in side.split()} for side in sides)
        for one, other in ((first, second), (second, first)):
            for stem in one:
                found.setdefault(stem, set()).update(other)
    return {stem: frozenset(others) for stem, others in found.items()}


def are_opposite(first: str, second: str) -> bool:
    """Tell whether two words say the opposite of each other: «öka», «minska»; «laglig», «olaglig»."""
    return swedish.stem(second) in opposites_of(first)


@lru_cache(maxsize=4_096)
def opposites_of(word: str) -> frozenset[str]:
    """Return the stems that say the opposite of a word."""
    stem = swedish.stem(word)
    longer = [f"{prefix}{stem}" for prefix in _PREFIXES if len(stem) > 2]
    shorter = [stem.removeprefix(prefix) for prefix in _PREFIXES if stem.startswith(prefix)]
    return frozenset((*_opposites().get(stem, ()), *longer, *(other for other in shorter if len(other) > 2)))


_PREFIXES = ("o", "miss", "icke")


def opposites(matches: Sequence[Match], quote: WordReading) -> list[Contrast]:
    """Return the words of the statement that the quote lacks and whose opposite it has, denied alike."""
    found = []
    for each in matches:
        against = [other for other in quote.words if are_opposite(each.word.text, other.text)]
        if against and not (each.closeness >= SAME and each.other and each.other not in against):
            found.append(
                Contrast("opposite", each.word.text, any(each.word.denied == other.denied for other in against))
            )
    return found


def denials(statement: WordReading, quote: WordReading, matches: Sequence[Match]) -> list[Contrast]:
    """Return the clauses of the statement that deny what the quote says, or say what it denies."""
    found = []
    clauses_differing = 0
    near = [each for each in matches if each.other and each.closeness >= SAME]
    for clause in sorted({each.word.clause for each in near}):
        words = [each for each in near if each.word.clause == clause]
        turned = [each for each in words if each.other and each.other.denied != each.word.denied]
        share = len(turned) / len(words)
        if share >= UNSURE:
            clauses_differing += share >= TURNED
            sure = share >= TURNED and len(words) >= 2 and not _of_another(near[0], turned, quote)
            found.append(Contrast("denied", " ".join(each.word.text for each in turned), sure))
    said, quoted = sum(statement.negations), sum(quote.negations)
    if said >= 2 and said % 2 == 0 and quoted == 0 and (quote.every or quote.only):
        return []  # «ingen saknar» for «alla har»
    if said % 2 == quoted % 2 and clauses_differing > 1:
        return [Contrast(each.kind, each.detail, False) for each in found]
    return found


def _of_another(first: Match, turned: Sequence[Match], quote: WordReading) -> bool:
    """Tell whether the quote denies it of another one: «X har inget ansvar, utan Y».

    So it is where the statement begins with a word that is not turned and stands elsewhere in the quote, and the
    clause of the quote with one that is not turned either.
    """
    places = {each.other.clause for each in turned if each.other}
    if first in turned or first.other is None or first.other.clause in places:
        return False
    theirs = [next(word for word in quote.words if word.clause == place) for place in places]
    return not any(each.other in theirs for each in turned)


def strength(statement: WordReading, quote: WordReading, matches: Sequence[Match]) -> list[Contrast]:
    """Return where the statement says more firmly, or of more, what the quote says with a limit."""
    found = []
    if statement.only and not quote.only:
        found.append(Contrast("strength", " ".join(sorted(statement.only)), True))
    wide = statement.every - readings.NONE
    if wide and not quote.every and sum(quote.negations) < 2:
        found.append(Contrast("strength", " ".join(sorted(wide)), True))
    near = [each for each in matches if each.other and each.closeness >= SAME]
    for clause in sorted({each.word.clause for each in near}):
        words = [each for each in near if each.word.clause == clause]
        theirs = [max(quote.strength[other.clause] for other in each.others) for each in words]
        mine, other = statement.strength[clause], max(set(theirs), key=theirs.count)
        if len(theirs) < 2:
            continue
        if mine == readings.MUST and other in (readings.MAY, readings.USUALLY):
            found.append(Contrast("strength", "ska", True))
        elif mine == readings.FLAT and other == readings.MAY:
            found.append(Contrast("strength", "kan", False))
    if statement.optional and readings.MUST in quote.strength and not quote.optional:
        found.append(Contrast("strength", "frivilligt", True))
    return found
