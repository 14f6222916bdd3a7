"""What a question asks for: its language, its kind, its subject words and the actors it names.

It looks at the question alone (and at the names of known actors), never at passages. English questions are carried
over to Swedish words by a glossary, so that everything after this module is about Swedish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nmt_rag import swedish
from nmt_rag.answering.question import (
    FRAME,
    IS_THERE,
    PLACE_NOUNS,
    Question,
    Seeks,
    asked_noun,
    clean,
    is_actor_noun,
    language_of,
    split,
)
from nmt_rag.swedish import terms, verbs

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

_WORD = terms.WORD
_ENGLISH = terms.ENGLISH_FUNCTION_WORDS
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


_PURPOSE = re.compile(
    r"\bvad är (?:\w+ )?\w+(?:et|en|na) (?:med|för|enligt|hos|på|mellan)\b|\bwhat is the \w+ (?:of|for|under|behind)\b"
)
"""«Vad är målet med …?» asks for no definition."""
_MEASURE = re.compile(r"ofta|gammal|gamla|snabbt|fort|länge|långt?|långa|många|mycket|stora?|stort|höga?|högt|antal\w*")
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
    asked = asked_noun(lowered)
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
    return split(question, understand)


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
    if stem in PLACE_NOUNS and asked:
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
    if re.search(r"\b(?:vem|vilka|vems|vart|vilken|vilket)\b", text) and (not asked or is_actor_noun(asked)):
        return "actor"
    if re.search(r"^(?:var|i vilken|på vilken)\b", text):
        return "place"
    return "manner" if text.startswith("hur ") else "other"


def _deed(text: str, closed: bool) -> str:
    """Return the word without which nothing is answered.

    The verb of «vem …?» and of a yes-or-no question, the noun of «finns det …?».
    """
    match = re.match(r"(?:vem|vilka)\s+(?:(?:kan|ska|får|måste|bör)\s+)?([a-zåäö]{3,})", text) or IS_THERE.search(text)
    if match or not closed:
        return match.group(1) if match else ""
    first, *others = swedish.words(text)
    if first not in verbs.MODALS | {"har", "är", "kan"}:
        return first
    done = (word for word in others if (verb := verbs.verb(word)) and verb.form == "infinitive")
    return next(done, "")


@lru_cache(maxsize=4_096)
def is_generic(word: str) -> bool:
    """Tell whether an asked noun only says what kind of thing is asked for: «myndighet», «stad», «tid»."""
    stem = swedish.stem(word)
    return (
        is_actor_noun(word)
        or stem in PLACE_NOUNS
        or stem in _TIME_NOUNS
        or word in FRAME
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
    dropped = swedish.stop_words() | FRAME | (_ENGLISH if language == "en" else frozenset())
    wanted = {match.group(1).lower() for match in IS_THERE.finditer(text)} - swedish.stop_words()
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
