"""What a question asks for: its language, its kind, its subject words and the actors it names.

It looks at the question alone (and at the names of known actors), never at passages. English questions are carried
over to Swedish words by a glossary, so that everything after this module is about Swedish.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from nmt_rag import swedish, terms, verbs
from nmt_rag.composing import composed
from nmt_rag.questions import Question, Seeks

Kind = Literal[
    "actor",
    "activity",
    "difference",
    "definition",
    "name",
    "time",
    "number",
    "price",
    "punishment",
    "contact",
    "place",
    "reason",
    "manner",
    "other",
]

MAX_QUESTION_LENGTH = 2_000
"""Longer questions are read to here: no one asks so much in one sentence (characters)."""

_WORD = terms.WORD
_ENGLISH = terms.ENGLISH_FUNCTION_WORDS
_SWEDISH_MARKS = frozenset(
    "vem vad vilken vilket vilka var vart när hur varför är och att som för på av till det den en ett jag i kan med om "
    "har inte man mig du vi ni de dem sin från hos efter ska får finns mycket eller men så utan bli blir vara".split()
)

# Words that frame a question without being what it is about.
_FRAME = frozenset(
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
_PLACE_NOUNS = frozenset(swedish.stem(w) for w in "stad städer ort orter plats platser".split())
_TIME_NOUNS = frozenset(
    swedish.stem(w) for w in "tid tider tidpunkt dag dagar år datum klockslag veckodag månad".split()
)
_CONTACT = re.compile(
    r"\b(?:telefonnum\w*|telnr|tele?\.?nr|num(?:mer|ret)|adress\w*|mejladress\w*|e-?post\w*|mailadress\w*|hemsida\w*|"
    r"webbplats\w*|chef\w*|generaldirektör\w*|ordförande\w*)\b"
)
_WHERE_TO_CALL = re.compile(r"^vart (?:\w+ ){0,2}ring(?:a|er)(?: (?:jag|man|vi))?[ ?.!]*$")
_PRICE = re.compile(r"\b(?:kosta\w*|pris\w*|avgift\w*|gratis|kostnad\w*|betala för (?:att|ett|besök\w*))\b")
_OPENING = re.compile(r"\böppettid\w*|\bnär\b.*\b(?:öppet|öppna|öppen|stängt|stängd)\b|\b(?:har|är) [\w ]+ öppet\b")
_PUNISHMENT = re.compile(
    r"\b(?:\w*straff(?:et|en|ar|as|at|bar\w*|skala\w*)?|fängelse\w*|böter\w*|böterna|påföljd\w*|o?laglig\w*|brottslig[at]?|"
    r"förbjud\w*|förbud\w*|tillåt\w*)\b"
)
_NUMBER = re.compile(
    r"\b(?:hur (?:många|mycket|stor|stora|lång|långt|länge|ofta|gammal|gamla|hög|högt|snabbt|fort)|antal\w*|"
    r"how (?:many|much|long|old|often|fast|soon))\b"
)
_ACTIVITY = re.compile(
    r"\b(?:vad (?:gör|ansvarar|arbetar|jobbar|sysslar|är [\w: ]+ (?:uppgift|roll|ansvar|uppdrag)|har [\w: ]+ för|"
    r"erbjuder|kan [\w ]+ göra)|vilke[nt] (?:roll|ansvar|uppdrag|mandat|stöd|hjälp)|"
    r"vilk(?:en|a) (?:uppgift\w*|befogenhet\w*|ansvarsområde\w*)|"
    r"hur (?:arbetar|jobbar|hjälper|kan)|what (?:does|do|is the role|are the)|tell me)\b|^(?:berätta|beskriv)\b"
)


_CLOSED = re.compile(
    r"^(?!jämför|förklar)(?:kan|ska|skall|måste|har|hade|finns|krävs|behövs|\w+r|"
    r"do|does|did|is|are|can|could|may|must|should|will|has|have) "
)
_OPEN = re.compile(
    r"^var\b|\b(?:vem|vems|vad|vart|när|hur|varför|vilk\w+|var (?:finns|ligger|kan|får|i|på)|"
    r"who|whom|whose|what|where|when|how|why|which)\b"
)


_AND_QUESTION = re.compile(
    r"\s*(?:,|;|\?)?\s+(?:och|samt|and)\s+(?=(?:vem|vilk\w+|vad|var|vart|när|hur|who|which|what|where|when|how)\b)|"
    r"(?:,|;|\?)\s+(?:och|and)\s+(?=(?:kan|får|ska|måste|har|är|finns|hjälper|can|may|is|are|does|do|must)\b)",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\bvad är (?:\w+ )?\w+(?:et|en|na) (?:med|för|enligt|hos|på|mellan)\b|\bwhat is the \w+ (?:of|for|under|behind)\b"
)
"""«Vad är målet med …?» asks for no definition."""
_MEASURE = re.compile(r"ofta|gammal|gamla|snabbt|fort|länge|långt?|långa|många|mycket|stora?|stort|höga?|högt|antal\w*")
_IS_THERE = re.compile(r"\bfinns (?:det )?(?:någon |något |några )?([a-zåäö]+)", re.IGNORECASE)
_LEANING_ALONE = re.compile(
    r"^(?:och|men|and|but)\b|\b(?:där|dit|dem|there|them)\b|\b(?:det|den) (?:då|där)\b", re.IGNORECASE
)
_LEANING = re.compile(r"\b(?:där|dit|de|dem|den|hen|there|they|them|it)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """A question, understood as far as its own words allow.

    ``swedish`` is the question in Swedish words (equal to ``text`` unless it was English); ``subject`` its content
    words, lower-case, in order and without repeats; ``asked`` the noun after «vilken», «hur många» and their kin;
    ``proper`` the words written as names; ``untranslated`` the English words that no list has; ``alternatives`` the
    subject words that stand together for one English word; ``closed`` tells whether yes or no would be an answer;
    ``deed`` is the verb right after «vem», or the noun of «finns det …?».
    """

    text: str
    language: str
    kind: Kind
    swedish: str
    subject: tuple[str, ...]
    asked: str
    proper: tuple[str, ...]
    untranslated: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    closed: bool = False
    deed: str = ""

    @property
    def plain(self) -> Question:
        """The question as the search takes it."""
        seeks: Seeks = "actor" if self.kind == "actor" else "place" if self.kind in {"place", "contact"} else ""
        return Question(self.text, self.language, self.swedish, self.subject, seeks)

    @property
    def leaning_alone(self) -> bool:
        """Tell whether «och …?», «där», «då» or the like leans on something that was said before."""
        return _LEANING_ALONE.search(self.text) is not None

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Return the subject words in groups of which a text needs one word each."""
        found: list[tuple[str, ...]] = []
        for word in self.subject:
            together = next((words for words in self.alternatives if word in words), ())
            group = tuple(each for each in self.subject if each in together) or (word,)
            if group not in found:
                found.append(group)
        return tuple(found)

    @property
    def leaning(self) -> bool:
        """Tell whether a word such as «där» stands for somebody whom another question names."""
        return _LEANING.search(self.text) is not None


def clean(text: str) -> str:
    """Return a question in NFC on one line, without control characters, cut at `MAX_QUESTION_LENGTH`."""
    visible = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text
        if unicodedata.category(c) not in {"Cf", "Cs"}
    )
    return " ".join(composed(visible).split())[:MAX_QUESTION_LENGTH]


def understand(text: str) -> RuleQuestion:
    """Return what a question asks for.

    Raises:
        TypeError: the question is no string.
    """
    if not isinstance(text, str):
        raise TypeError(f"a question is a str, got {type(text).__name__}")
    cleaned = clean(text)
    language = language_of(cleaned)
    carried = terms.translate(cleaned) if language == "en" else terms.Translation(cleaned, (), ())
    swedish_text = carried.swedish
    lowered = swedish_text.lower()
    asked = _asked_noun(lowered)
    kind = _kind(lowered, cleaned.lower(), asked)
    last = cleaned.lower().rpartition(", ")[2]  # «Jag har köpt sex, anmäler ni mig?»
    last = "" if last.startswith("finns") else last
    closed = _OPEN.search(cleaned.lower()) is None and any(map(_CLOSED.search, (cleaned.lower(), last)))
    return RuleQuestion(
        text=cleaned,
        language=language,
        kind=kind,
        swedish=swedish_text,
        subject=_subject(swedish_text, language, kind),
        asked=asked,
        proper=_proper(cleaned),
        untranslated=carried.unknown,
        alternatives=carried.alternatives,
        deed=_deed(lowered, closed),
        closed=closed,
    )


def parts(question: RuleQuestion) -> list[RuleQuestion]:
    """Return the questions that a double question is made of («Vem … och vem …?»), or the question itself."""
    pieces = _AND_QUESTION.split(question.text)
    found = [understand(piece) for piece in pieces]
    if len(found) < 2 or not all(part.subject for part in found):
        return [question]
    return [replace(part, language=question.language) for part in found]


def language_of(text: str) -> str:
    """Return ``"en"`` for a text whose function words are English, else ``"sv"``."""
    found = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH for word in found)
    swedish_words = sum(word in _SWEDISH_MARKS or any(c in "åäö" for c in word) for word in found)
    return "en" if english > swedish_words else "sv"


def _kind(text: str, original: str, asked: str) -> Kind:
    """Return what kind of thing a question asks for."""
    stem = swedish.stem(asked) if asked else ""
    if re.search(r"\b(?:skillnad\w*|skiljer|jämför|difference|compare)\b", text):
        return "difference"
    if _PRICE.search(text):
        return "price"
    if _OPENING.search(text):
        return "time"
    if _PUNISHMENT.search(text):
        return "punishment"
    if _CONTACT.search(text) or _WHERE_TO_CALL.search(text):
        return "contact"
    if _NUMBER.search(text) or _NUMBER.search(original):
        return (
            "time"
            if re.search(r"\bhur (?:lång|länge|snabbt|fort)|how (?:long|fast|soon)", text + " " + original)
            else "number"
        )
    if re.search(r"\b(?:varför|anledning\w*|syfte[nt]?|ändamålet)\b", text):
        return "reason"
    if re.search(
        r"(?:^|[.,] ?)(?:sedan |från )?när\b|\bnär (?:jobbar|arbetar|öppnar|stänger|är|har|börjar)\b", text
    ) or (stem in _TIME_NOUNS and asked):
        return "time"
    if stem in _PLACE_NOUNS and asked:
        return "place"
    if re.search(r"\bvad (?:heter|hette|kallas|kallades)\b", text):
        return "name"
    if (
        not _PURPOSE.search(f"{text} {original}")
        and re.search(r"\b(?:vad|what) (?:är|betyder|står|innebär|menas|hette|heter|is|kallas)\b", text)
        and not _ACTIVITY.search(text)
    ):
        return "definition"
    if _ACTIVITY.search(text) or _ACTIVITY.search(original):
        return "activity"
    if re.search(r"\b(?:vem|vilka|vems|vart|vilken|vilket)\b", text) and (not asked or _is_actor_noun(asked)):
        return "actor"
    if re.search(r"^(?:var|i vilken|på vilken)\b", text):
        return "place"
    return "manner" if text.startswith("hur ") else "other"


def _asked_noun(text: str) -> str:
    """Return the noun that «vilken», «vilket» or «vilka» asks for, or an empty string."""
    match = re.search(r"\b(?:vilken|vilket|vilka|vilkas)\s+((?:(?:[a-zåäö]+(?:a|iga?|ska?))\s+)?)([a-zåäö-]{3,})", text)
    match = match or re.search(
        r"\bvilk(?:en|et|a) är (?:(?:de|den|det) )?((?:[a-zåäö]+(?:a|iga?|ska?) )?)([a-zåäö-]{3,})[?. ]*$", text
    )
    if not match:
        counted = re.search(r"\bhur (?:många|mycket|långt?|långa|stort?|stora|högt?|höga) ([a-zåäö-]{3,})", text)
        word = counted.group(1) if counted else ""
        return "" if word in swedish.stop_words() or word in _VERB_AFTER_WHICH or word in _FRAME else word
    word = match.group(2)
    if word in _VERB_AFTER_WHICH or (word.endswith(("ar", "er")) and swedish.stem(word) == word and not match.group(1)):
        return ""
    return "" if word in swedish.stop_words() else word


_VERB_AFTER_WHICH = frozenset(
    "leder ger tar gör får kan ska har är bör arbetar samarbetar samverkar hjälper stödjer ansvarar beslutar "
    "bestämmer deltar "
    "ingår finns driver erbjuder utreder samordnar jobbar möter fattar upprättar vänder riktar sköter".split()
)


def _deed(text: str, closed: bool) -> str:
    """Return the word without which nothing is answered.

    The verb of «vem …?» and of a yes-or-no question, the noun of «finns det …?».
    """
    match = re.match(r"(?:vem|vilka)\s+(?:(?:kan|ska|får|måste|bör)\s+)?([a-zåäö]{3,})", text) or _IS_THERE.search(text)
    if match or not closed:
        return match.group(1) if match else ""
    first, *others = swedish.words(text)
    if first not in verbs.MODALS | {"har", "är", "kan"}:
        return first
    done = (word for word in others if (verb := verbs.verb(word)) and verb.form == "infinitive")
    return next(done, "")


def _is_actor_noun(word: str) -> bool:
    return swedish.stem(word) in _ACTOR_NOUNS or word.endswith(
        ("myndighet", "myndigheter", "organisation", "enhet", "avdelning")
    )


@lru_cache(maxsize=4_096)
def is_generic(word: str) -> bool:
    """Tell whether an asked noun only says what kind of thing is asked for: «myndighet», «stad», «tid»."""
    stem = swedish.stem(word)
    return (
        _is_actor_noun(word)
        or stem in _PLACE_NOUNS
        or stem in _TIME_NOUNS
        or word in _FRAME
        or stem
        in {
            swedish.stem(frame)
            for frame in ("stöd", "hjälp", "roll", "ansvar", "uppgift", "uppdrag", "sätt", "fall", "sak", "insats")
        }
    )


def _subject(text: str, language: str, kind: Kind) -> tuple[str, ...]:
    """Return the content words of a question, lower-case, in order; what «finns det …?» asks for is one of them.

    Words that only say that a telephone number, a price or a measure is asked for are none: the passage gives it.
    """
    dropped = swedish.stop_words() | _FRAME | (_ENGLISH if language == "en" else frozenset())
    wanted = {match.group(1).lower() for match in _IS_THERE.finditer(text)} - swedish.stop_words()
    found = [word for word in swedish.words(text) if (word not in dropped or word in wanted) and len(word) > 1]
    sign = {"contact": _CONTACT, "price": _PRICE, "number": _MEASURE, "time": _MEASURE}.get(kind)
    telling = [word for word in found if sign is None or not sign.fullmatch(word)]
    return tuple(dict.fromkeys(telling or found))


def _proper(text: str) -> tuple[str, ...]:
    """Return the words that are written as names: a capital letter inside a sentence, or capitals throughout."""
    found = list(_WORD.finditer(text))
    if sum(match.group().isupper() for match in found) > len(found) / 2 and len(found) > 2:
        return ()
    names = []
    for number, match in enumerate(found):
        word = match.group()
        starts = number == 0 or text[: match.start()].rstrip()[-1:] in ".?!:"
        if word[:1].isupper() and (not starts or (word.isupper() and len(word) > 1)) and word not in {"I", "OK"}:
            names.append(word)
    return tuple(names)
