"""What a question is, as far as its own words tell: its language, its subject words, whether it asks who or where.

It looks at the question alone, never at passages, and only for the search: whether a passage answers is the reader's to
say. English questions are carried over to Swedish words by a glossary, for the search by words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from nmt_rag import swedish
from nmt_rag.swedish import composed, terms

Seeks = Literal["actor", "place", ""]
"""Whom or where a question asks for, or neither."""

MAX_QUESTION_LENGTH = 2_000
"""At most this much of a question is read: no one asks so much in one sentence (characters)."""

_WORD = terms.WORD
_ENGLISH = terms.ENGLISH_FUNCTION_WORDS
_SWEDISH_MARKS = frozenset(
    "vem vad vilken vilket vilka var vart när hur varför är och att som för på av till det den en ett jag i kan med om "
    "har inte man mig du vi ni de dem sin från hos efter ska får finns mycket eller men så utan bli blir vara".split()
)

# Words that frame a question without being what it is about.
FRAME = frozenset(
    "gör göra gjort göras jobbar arbetar håller sysslar berätta beskriv förklara information info veta undrar "
    "fråga frågor "
    "vet säger handlar uppgift uppgifter uppgiften ansvar ansvarsområde roll rollen uppdrag uppdraget syfte "
    "funktion hjälp hjälpa "
    "hjälper vänder vända vänd kontakta kontaktar prata betyder betyda innebär innebära heter hette kallas står "
    "förkortningen namnet tack snälla hej exempel sorts slags typ skillnad skillnaden jämför olika mellan egentligen "
    "egen eget egna finns ligger ingår fungerar går gå behöver kommer komma tar ta ger ge "
    "help tell about know work explain describe please thanks thank something does".split()
)
_ACTOR_NOUNS = frozenset(
    "mynd aktör organisation instans avdelning enhet mottagning verksam part person yrkesgrupp verk inrättning "
    "kommitté nämnd del delar grupp roll".split()
)
_NO_NOUNS = frozenset(
    "leder ger tar gör får kan ska har är bör arbetar samarbetar samverkar hjälper stödjer ansvarar beslutar "
    "bestämmer deltar ingår finns driver erbjuder utreder samordnar jobbar möter fattar upprättar vänder riktar "
    "sköter".split()
)
"""After «vilken» these are no nouns: «Vilka leder arbetet?»."""
_PLACE_NOUNS = frozenset(swedish.stem(w) for w in "stad städer ort orter plats platser".split())
_PLACE = re.compile(
    r"^(?:var|i vilken|på vilken)\b|\b(?:telefonnum\w*|num(?:mer|ret)|adress\w*|e-?post\w*|hemsida\w*|webbplats\w*)\b"
)
_WHO = re.compile(r"\b(?:vem|vilka|vems|vart|vilken|vilket)\b")
_IS_THERE = re.compile(r"\bfinns (?:det )?(?:någon |något |några )?([a-zåäö]+)", re.IGNORECASE)
_AND_QUESTION = re.compile(
    r"\s*(?:,|;|\?)?\s+(?:och|samt|and)\s+(?=(?:vem|vilk\w+|vad|var|vart|när|hur|who|which|what|where|when|how)\b)|"
    r"(?:,|;|\?)\s+(?:och|and)\s+(?=(?:kan|får|ska|måste|har|är|finns|hjälper|can|may|is|are|does|do|must)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as its own words allow.

    ``swedish`` is the question in Swedish words (equal to ``text`` unless it was English); ``subject`` its content
    words, lower-case, in order and without repeats; ``seeks`` tells whether it asks for an actor or a place.
    """

    text: str
    language: str
    swedish: str
    subject: tuple[str, ...]
    seeks: Seeks = ""


def clean(text: str) -> str:
    """Return a question in NFC on one line, without control characters, cut at `MAX_QUESTION_LENGTH`."""
    visible = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if unicodedata.category(c) not in {"Cf", "Cs"}
    )
    return " ".join(composed(visible).split())[:MAX_QUESTION_LENGTH]


def understand(text: str) -> Question:
    """Return what a question asks for.

    Raises:
        TypeError: the question is no string.
    """
    if not isinstance(text, str):
        raise TypeError(f"a question is a str, got {type(text).__name__}")
    cleaned = clean(text)
    language = language_of(cleaned)
    swedish_text = terms.translate(cleaned) if language == "en" else cleaned
    return Question(cleaned, language, swedish_text, _subject(swedish_text, language), _seeks(swedish_text.lower()))


def parts(question: Question) -> list[Question]:
    """Return the questions that a double question is made of («Vem … och vem …?»), or the question itself."""
    found = [understand(piece) for piece in _AND_QUESTION.split(question.text)]
    if len(found) < 2 or not all(part.subject for part in found):
        return [question]
    return [replace(part, language=question.language) for part in found]


def language_of(text: str) -> str:
    """Return ``"en"`` for a text whose function words are English, else ``"sv"``."""
    found = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH for word in found)
    swedish_words = sum(word in _SWEDISH_MARKS or any(c in "åäö" for c in word) for word in found)
    return "en" if english > swedish_words else "sv"


def _seeks(text: str) -> Seeks:
    """Return whether a question asks for an actor or a place."""
    noun = _asked_noun(text)
    if noun and swedish.stem(noun) in _PLACE_NOUNS:
        return "place"
    if _WHO.search(text) and (not noun or _is_actor_noun(noun)):
        return "actor"
    return "place" if _PLACE.search(text) else ""


def _asked_noun(text: str) -> str:
    """Return the noun that «vilken», «vilket» or «vilka» asks for, or an empty string."""
    match = re.search(r"\b(?:vilken|vilket|vilka|vilkas)\s+((?:(?:[a-zåäö]+(?:a|iga?|ska?))\s+)?)([a-zåäö-]{3,})", text)
    match = match or re.search(
        r"\bvilk(?:en|et|a) är (?:(?:de|den|det) )?((?:[a-zåäö]+(?:a|iga?|ska?) )?)([a-zåäö-]{3,})[?. ]*$", text
    )
    if not match:
        counted = re.search(r"\bhur (?:många|mycket|långt?|långa|stort?|stora|högt?|höga) ([a-zåäö-]{3,})", text)
        word = counted.group(1) if counted else ""
        return "" if word in swedish.stop_words() or word in _NO_NOUNS or word in FRAME else word
    word = match.group(2)
    if word in _NO_NOUNS or (word.endswith(("ar", "er")) and swedish.stem(word) == word and not match.group(1)):
        return ""
    return "" if word in swedish.stop_words() else word


def _is_actor_noun(word: str) -> bool:
    """Tell whether a noun stands for whoever acts: «myndighet», «enhet»."""
    return swedish.stem(word) in _ACTOR_NOUNS or word.endswith(
        ("myndighet", "myndigheter", "organisation", "enhet", "avdelning")
    )


def _subject(text: str, language: str) -> tuple[str, ...]:
    """Return the content words of a question, lower-case, in order; what «finns det …?» asks for is one of them."""
    dropped = swedish.stop_words() | FRAME | (_ENGLISH if language == "en" else frozenset())
    wanted = {match.group(1).lower() for match in _IS_THERE.finditer(text)} - swedish.stop_words()
    found = [word for word in swedish.words(text) if (word not in dropped or word in wanted) and len(word) > 1]
    return tuple(dict.fromkeys(found))
