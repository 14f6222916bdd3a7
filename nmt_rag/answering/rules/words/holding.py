"""Whether a passage holds the kind of thing that a question asks for: a time, a number, a price, a punishment.

It looks for the signs of such a thing, never for the answer: how well a passage answers is
`nmt_rag.answering.rules.evidence`'s to say.
"""

from __future__ import annotations

import re

from nmt_rag import swedish
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words.closeness import KNOWN, closeness
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
_CONTACT = (
    (re.compile(r"chef|generaldirektör|ordförande"), re.compile(r"\b(?:\w*chef|generaldirektör|ordförande)\w*", re.I)),
    (re.compile(r"e-?post|mejl|mail"), re.compile(r"@")),
    (re.compile(r"hemsida|webb"), re.compile(r"www\.|https?:", re.I)),
    (
        re.compile(r"adress"),
        re.compile(r"\w(?:gatan|vägen|gränd|torget|allén|stigen|plan|plats) \d|@|www\.|https?:", re.I),
    ),
    (
        re.compile(r"telefon|tel|nummer|numret|ring(?:a|er)?\b"),
        re.compile(r"(?:\+46|\b0\d{1,3})[\s-]*\d{2,}(?:[\s-]?\d{2,})*|\b11[234](?: ?\d\d)?\b|\b\d{3}-\d{2,}"),
    ),
)
"""What a question for a contact has, and what the answer then has: the first pair whose word is asked for decides."""
_PLACE = re.compile(
    r"\b(?:i|på|inom|hos|vid)[ \xa0](?:\w+[ \xa0])?[A-ZÅÄÖ]|\b(?i:inom|hos|vid)\b|\w(?:gatan|vägen|torget) \d"
)
_LIES = re.compile(
    r"\b(?:ligger|ligga|belägen|belägna)\b|^var (?:finns|sitter|arbetar|jobbar|verkar|håller|har)\b", re.IGNORECASE
)
"""Where something lies is a place; where one can turn is an actor too."""
_TOWNS = re.compile(r"(?:städer|stad|orter|ort|län|kommun|kommuner|platser|plats|land|länder)$")
"""What is asked for in «i vilka städer …»: only a place answers."""
_FOLLOWING = re.compile(r"\b(?:följande|dessa)\b[^:]*:$", re.IGNORECASE)
_NAMING = re.compile(r"\(|\b(?:kalla[ds]\w*|heter|hette|benämns|namn\w*|det vill säga|förkort\w*)\b", re.IGNORECASE)
_HOW_TO = re.compile(r"^hur (?:(?!arbetar|jobbar|hjälper|fungerar|påverkar)\w+r|kan) |^hur går .*\btill\b")
_MANNER = re.compile(
    r"\b(?:genom|via|med hjälp av|blankett\w*|e-tjänst\w*|mejl\w*|mail|telefon\w*|ring|ringa|chatt\w*|boka|kontakta|"
    r"besök|skriv|skicka|ansök|anmäl|fyll|lämna|personliga möten|anonymt|steg|först|"
    r"\w+as (?:till|hos|på))\b|@|\d{2,}[\d\s-]{4,}",
    re.IGNORECASE,
)
"""Signs that a sentence says how something is done."""
_WHAT_TO_DO = re.compile(
    r"\bvad (?:ska|skall|bör|kan|får|måste|behöver) (?:jag|man|vi|du|ni|en|han|hon|hen|de|\w+(?:en|et|na)) göra\b"
)
_ADVICE = re.compile(
    r"\b(?:du|dig|din|ditt|dina|man|ni|er|jag|vi|öppe[nt] för|till för|riktar sig till|vänder sig till|erbjud\w+|"
    r"kontakta|ring|anmäl|vänd|meddela|prata)\b",
    re.IGNORECASE,
)
"""Signs that a sentence tells people what they can do, or what is there for them: an agency's powers are no advice."""
_NOBODY = frozenset(
    "det den de detta denna dessa här där om när då nu sedan du vi ni man jag i på vid för hos efter under enligt "
    "genom inom ett en alla vissa många".split()
)
"""Words that begin a sentence and name nobody who acts in it."""
_BY = re.compile(r"\b(\w+)s av ((?:[\w-]+ ?){1,4})")
_TAKEN_BY = re.compile(
    r"\b(\w{4,})\b[^,;.:]*? (?:fattas|tas|görs|utförs|genomförs|lämnas|meddelas|ges|sker|ordnas|sköts) (?:alltid |"
    r"normalt |oftast )?"
    r"av ((?:[\w-]+ ?){1,4})",
    re.IGNORECASE,
)
"""A deed told by its noun: «Beslut om … fattas av nämnden»."""
_WHO = re.compile(r"\b[Dd]et är ((?:[\w-]+ ){1,5})som (\w+)")
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


def agent(deed: str, text: str) -> tuple[int, int] | None:
    """Return where a sentence names the doer after a passive verb or before «som», or None: «… utses av byggherren».

    Args:
        deed: the verb whose doer is asked for, in the present tense.
        text: the sentence.
    """
    if not deed:
        return None
    for match in _BY.finditer(text):
        verb = match.group(1).lower()
        if closeness(deed, (verb, f"{verb}r", f"{verb}ar", f"{verb}er")) >= KNOWN:
            return match.span(2)
    for match in _TAKEN_BY.finditer(text):
        if closeness(deed, (match.group(1).lower(),)) >= KNOWN:
            return match.span(2)
    for match in _WHO.finditer(text):
        if closeness(deed, (match.group(2).lower(),)) >= KNOWN:
            return match.span(1)
    return None


def somebody_does(deed: str, text: str) -> bool:
    """Tell whether a sentence says who does something, whoever that is: «Kronofogden beslutar …», «… beviljas av X»."""
    if not deed:
        return False
    if agent(deed, text) is not None:
        return True
    first = swedish.words(text)[:4]
    named = text[:1].isupper() and bool(first) and first[0] not in _NOBODY
    return named and closeness(deed, tuple(first[1:])) >= KNOWN


def introduces(text: str) -> bool:
    """Tell whether a sentence names whoever follows it: «… i samverkan mellan följande aktörer:»."""
    return text.endswith(":") and _FOLLOWING.search(text) is not None


def holds(question: RuleQuestion, passage: Passage) -> bool:
    """Tell whether a passage has the kind of thing that is asked for: a time, a number, a price, a reason."""
    text = passage.text
    if _WHAT_TO_DO.search(question.swedish.lower()) and not _ADVICE.search(text):
        return False
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
            asked = question.swedish.lower()
            signs = [sign for wanted, sign in _CONTACT if wanted.search(asked)]
            return any(sign.search(text) for sign in signs[:1] or [sign for _, sign in _CONTACT])
        case "reason":
            return _REASON.search(text) is not None
        case "name":
            return _NAMING.search(text) is not None
        case "place":
            place = _PLACE.search(text) is not None
            strict = _LIES.search(question.swedish) or _TOWNS.search(question.asked)
            return place if strict else place or bool(passage.actors)
        case "actor":
            return bool(passage.actors) or introduces(text) or somebody_does(question.deed, text)
        case "manner":
            return _HOW_TO.search(question.swedish.lower()) is None or _MANNER.search(text) is not None
        case _:
            return True
