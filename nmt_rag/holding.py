"""Whether a passage holds the kind of thing that a question asks for: a time, a number, a price, a punishment.

It looks for the signs of such a thing, never for the answer: how well a passage answers is `nmt_rag.evidence`'s to say.
"""

from __future__ import annotations

import re

from nmt_rag import swedish
from nmt_rag.closeness import KNOWN, closeness
from nmt_rag.questions import Question
from nmt_rag.types import Passage

_DIGITS = re.compile(r"\d")
_TIME = re.compile(
    r"\b(?:\d{1,2}[.:]\d\d|\d{4}|dag(?:ar|en|tid)?|kväll\w*|natt\w*|nätter|helg\w*|vardag\w*|veck\w*|månad\w*|år(?:et|s)?|dygn\w*|"
    r"timm\w*|måndag\w*|tisdag\w*|onsdag\w*|torsdag\w*|fredag\w*|lördag\w*|söndag\w*|januari|februari|mars|april|maj|juni|juli|"
    r"augusti|september|oktober|november|december|så länge|när|innan|initialt|omedelbart|klockan|kl|skeden?)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(?:kosta\w*|avgift\w*|gratis|kronor|kr|pris\w*|kostnad\w*|euro)\b", re.IGNORECASE)
_PUNISHMENT = re.compile(
    r"\b(?:\w*straff\w*|fängelse\w*|böter\w*|påföljd\w*|o?laglig\w*|brottslig[at]?|förbjud\w*|förbud\w*|tillåt\w*)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:för att|eftersom|därför|syfte\w*|på grund av|orsak\w*|anledning\w*|så att|beror)\b", re.IGNORECASE
)
_CONTACT = re.compile(
    r"\d{2,}[\d\s-]{3,}|\w(?:gatan|vägen|gränd|torget|allén|stigen|plan|plats) \d|@|www\.|https?:|"
    r"\bchef\w*|\bgeneraldirektör\w*|\bordförande\w*",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:i|på|inom|hos|vid)[ \xa0](?:\w+[ \xa0])?[A-ZÅÄÖ]|\b(?:inom|hos|vid)\b")
_LIES = re.compile(r"\b(?:ligger|ligga|belägen|belägna)\b", re.IGNORECASE)
"""Where something lies is a place; where one can turn is an actor too."""
_FOLLOWING = re.compile(r"\b(?:följande|dessa)\b[^:]*:$", re.IGNORECASE)
_NAMING = re.compile(r"\(|\b(?:kalla[ds]\w*|heter|hette|benämns|namn\w*|det vill säga|förkort\w*)\b", re.IGNORECASE)
_NUMERALS = frozenset(
    "två tre fyra fem sex sju åtta nio tio elva tolv hundra tusen miljoner hundratals tusentals".split()
)


def _counts(noun: str, text: str) -> bool:
    """Tell whether a number stands before a noun, at most two words from it: «290 kommuner», «två nya kontor»."""
    found = tuple(swedish.words(text))
    return any(
        closeness(noun, found[place + 1 : place + 4]) >= KNOWN
        for place, word in enumerate(found)
        if word[0].isdigit() or word in _NUMERALS
    )


def introduces(text: str) -> bool:
    """Tell whether a sentence names whoever follows it: «… i samverkan mellan följande aktörer:»."""
    return text.endswith(":") and _FOLLOWING.search(text) is not None


def holds(question: Question, passage: Passage) -> bool:
    """Tell whether a passage has the kind of thing that is asked for: a time, a number, a price, a reason."""
    text = passage.text
    match question.kind:
        case "price":
            return _PRICE.search(text) is not None
        case "punishment":
            return _PUNISHMENT.search(text) is not None
        case "time":
            return _TIME.search(text) is not None
        case "number":
            return _counts(question.asked, text) if question.asked else _DIGITS.search(text) is not None
        case "contact":
            return _CONTACT.search(text) is not None
        case "reason":
            return _REASON.search(text) is not None
        case "name":
            return _NAMING.search(text) is not None
        case "place":
            place = _PLACE.search(text) is not None
            return place if _LIES.search(question.swedish) else place or bool(passage.actors)
        case "actor":
            return bool(passage.actors) or introduces(text)
        case _:
            return True
