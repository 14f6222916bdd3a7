"""Who acts in a statement and in its quote, and whether the quote has the same actor do the same thing.

Actors are told by how Swedish words for them are built: `nmt_rag.documents.actors` finds names for the index, here
«åklagaren» counts too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.words.closeness import closeness
from nmt_rag.answering.writing.guards.words.matching import EQUAL, SAME, Contrast, Match, nearness
from nmt_rag.answering.writing.guards.words.readings import WordReading

_WHOLE = (
    "polis åklagare domare domstol nämnd styrelse myndighet kommun region landsting skola kyrka förening organisation "
    "arbetsgivare arbetstagare hyresvärd hyresgäst läkare sjuksköterska undersköterska lärare rektor handläggare "
    "jurist advokat volontär tolk regering riksdag departement minister bibliotek mottagning företag vårdcentral "
    "förskola kurator psykolog ombudsman förvaltning universitet högskola förbund stiftelse byrå museum "
    "socialsekreterare"
).split()
_LAST = (
    "råd verk tjänst enhet rätt central kontor bank jour avdelning bevakning inspektion institut kassa bolag ombud "
    "nätverk"
).split()
_ENDS = r"(?:en|et|n|t|er|ar|r|erna|arna|na|s|ens|ets|ns|ts|ernas|arnas|nas)?"
_ACTOR = re.compile(
    rf"(?:(?:{'|'.join(_WHOLE)}){_ENDS}|\w{{2,}}(?:{'|'.join(_LAST)})(?:en|et|n|ens|ets|ns|s)?"
    r"|(?:under|sjuk)sköterskor(?:na)?)$"
)
"""Words for whoever acts: alone or last in a compound; some only last in one («Skatteverket», not «verk»)."""
_NO_ACTOR = re.compile(r"(?:samråd|regelverk|uppdrag|förråd|förtjänst|äganderätt|rösträtt|rådrum)(?:en|et|er)?$")
_OBJECT = frozenset("från till åt mot om för med via ur mellan i vid inom".split())
_OWNING = re.compile(r": ?s\b")
_GENERIC = 9
"""A bare word for a kind of actor («nämnden», «myndigheten») at most so long may point back to a name (letters)."""


@dataclass(frozen=True, slots=True)
class Acting:
    """A word for an actor: where it stands, and whether it acts there or is only spoken of («från X»)."""

    word: str
    start: int
    clause: int
    agent: bool


def actors(statement: WordReading, quote: WordReading, matches: Sequence[Match], actor: str = "") -> list[Contrast]:
    """Return the actors of the statement that do not act in the quote, or do something else there."""
    mine, theirs = read(statement), read(quote)
    known = [*theirs, *(Acting(word, -1, -1, True) for word in swedish.words(actor))]
    found = []
    for one in mine:
        same = [other for other in known if same_actor(one.word, other.word)]
        if not same:
            rivals = [
                other
                for other in known
                if other.agent == one.agent and not any(same_actor(each.word, other.word) for each in mine)
            ]
            if not any(nearness(one.word, word.text) >= EQUAL for word in quote.words):
                found.append(Contrast("actor", one.word, bool(rivals)))
        elif one.agent and not any(other.agent for other in same):
            also = [each.word for each in mine if each.agent]
            others = [each for each in theirs if each.agent and not any(same_actor(word, each.word) for word in also)]
            found.append(Contrast("actor", one.word, bool(others)))
        elif one.agent and _somebody_else(one, same, theirs, matches):
            found.append(Contrast("actor", one.word, True))
    return found


def read(reading: WordReading) -> list[Acting]:
    """Return the words that name an actor, and whether it acts there or is only spoken of."""
    found = []
    lower = reading.text.lower()
    for word in reading.words:
        written = reading.text[word.start : word.start + len(word.text)]
        acronym = len(written) > 1 and written.isupper() and written.isalpha()
        if acronym or (_ACTOR.search(word.text) and not _NO_ACTOR.search(word.text)):
            spoken_of = swedish.words(lower[: word.start])[-1:]
            owns = written.lower().endswith(("ens", "ets")) or _OWNING.match(lower, word.start + len(word.text))
            agent = not (set(spoken_of) & _OBJECT or owns)
            found.append(Acting(word.text, word.start, word.clause, agent))
    return found


def same_actor(first: str, second: str) -> bool:
    """Tell whether two words name one actor: «polisen», «Polismyndigheten»; «nämnden», «Byggnadsnämnden»."""
    one, other = swedish.stem(first), swedish.stem(second)
    if one == other or swedish.stem(first.removesuffix("s")) == swedish.stem(second.removesuffix("s")):
        return True
    if all(word.startswith("polis") and not word.startswith("polisregion") for word in (first, second)):
        return True
    return (len(first) <= _GENERIC and second.endswith(first)) or first in ("myndigheten", "myndighetens")


def _somebody_else(one: Acting, same: Sequence[Acting], theirs: Sequence[Acting], matches: Sequence[Match]) -> bool:
    """Tell whether what the statement's actor does is done by another one in the quote, judged clause by clause."""
    places = {other.clause for other in same}
    if -1 in places:
        return False
    doing = [each for each in matches if each.word.clause == one.clause and each.closeness >= SAME]
    doing = [each for each in doing if not _ACTOR.search(each.word.text)]
    elsewhere = [each.others[0].clause for each in doing if not places & {other.clause for other in each.others}]
    if len(elsewhere) <= len(doing) / 2:
        return False
    most = max(set(elsewhere), key=elsewhere.count)
    return any(other.agent for other in theirs if other.clause == most)


_LEANING = re.compile(r"\b(?:han|hon|hans|hennes|deras|dess|denn[ae]s?|detta|dessa|sådana?)\b", re.IGNORECASE)
"""Words for what a text has named before: then a name that is missing may be meant."""
_NAME = re.compile(r"(?<=[a-zåäö,;] )[A-ZÅÄÖ][\w-]+")


def names(statement: WordReading, quote: WordReading, actor: str = "") -> list[Contrast]:
    """Return the proper names within the statement that the quote does not have; certain where it has others."""
    theirs = (*swedish.words(quote.text), *swedish.words(actor))
    rivals = {name.lower() for name in _NAME.findall(quote.text)} - set(swedish.words(statement.text))
    certain = bool(rivals) and not _LEANING.search(quote.text)
    return [
        Contrast("name", name, certain)
        for name in _NAME.findall(statement.text)
        if not _ACTOR.search(name.lower())
        and name.lower() not in ("sverige", "sveriges")
        and max((closeness(word, theirs) for word in swedish.words(name)), default=1.0) < SAME
    ]
