"""Who asks a question that tells of a need, where its words say so; whether it does is `nmt_rag.answering.help.need`'s.

It looks at words alone; patterns have no å, ä and ö.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag.answering.help import blows, cries, ordinary, phrases
from nmt_rag.answering.help.need import plain
from nmt_rag.swedish import tongues

Asker = Literal[
    "professional", "parent", "child", "man", "woman", "partner", "trans", "sells", "hits", "ill", "foreign"
]
"""Who asks, where the words tell; the box then begins with the number that is there for them.

A ``"partner"`` has a wife or girlfriend, and may be a man or a woman. An ``"ill"`` one speaks of somebody who does not
breathe.
"""

_WHOM = (
    r"(?:henne|honom|hen|dem|dom|barnen|nagon|nan|ngn|him|her|them|someone|somebody|people|(?:en|ett|min|mitt|mina|var|"
    r"vart|vara|my|our|a) (?:\w+ )?(?:man|fru|hustru|sambo|pojkvan|flickvan|kille|tjej|ex\w*|partner|mamma|pappa|mor|"
    r"far|"
    r"foraldr\w*|styv\w*|syster|bror|syskon|dotter|dottrar|son|soner|barn\w*|bebis\w*|unge\w*|\w*aring\w*|kompis\w*|"
    r"van|vaninna\w*|granne\w*|chef|kollega|elev\w*|kusin|flicka|pojke|kvinna|husband|wife|boyfriend|girlfriend|mother|"
    r"father|mum|mom|dad|parents?|brother|sister|daughters?|sons?|child|children|kids?|baby|friend|neighbou?r|boss|"
    r"student|woman|girl|boy))\b"
)
"""A person that is harmed, and not «mitt knä»."""
_HIT = (
    rf"(?:slar|slog|slagit|sla|skada\w*|hotar|hotade|hotat|misshandla\w*|sparka\w*|doda\w*|valdtog|valdtagit|"
    rf"(?:tog|tar|tagit) (?:ett )?stryp(?:tag|grepp) pa|(?:forgrep|forgripit|forgriper) mig pa|{blows.KNOCKS}|"
    r"(?:kasta\w*|spotta\w*) (?:\w+ )?pa|hit|beat|hurt|threaten\w*|rape[ds]?|hitting|beating|hurting|kill)"
)
_LOSES = r"(?:(?:tappa\w*|forlora\w*|lose|lost) (?:kontrollen|humoret|control|it|my temper) (?:och|and) )"

_SUFFERS = re.compile(
    r"\b(?<!jag )(?:slar|slog|slagit|sparka\w*|stryp\w*|skada\w*|skar|hota\w*|misshandl\w*|valdt\w*|tvinga\w*|"
    rf"kontrollera\w*|hits?|beats?|beating|threat\w*|hurts?|rap(?:es|ed)|forc\w*|abus\w*|{blows.KNOCKS}|(?:kasta\w*|"
    r"throws?) (?:\w+ )?(?:pa|at)|spotta\w* pa) (?:(?:bade|"
    r"both) )?(?:mig|mej|oss|me|us)\b|\b(?:jag|vi|i|we) (?:ar|blir|blev|har blivit|am|are|was|were|got|get|have been|"
    r"am being) (?:\w+ )?(?:slagen|slagna|misshandla\w*|hotad\w*|valdtag\w*|tvingad\w*|beaten|raped|threatened|abused|"
    r"forced)\b|\b(?:radd for|afraid of|scared of) (?:min|my) (?:man|sambo|pojkvan|kille|fru|flickvan|ex\w*|partner|"
    r"husband|boyfriend|wife|girlfriend)\b"
)
"""Something is done to whoever asks: they need help themselves, whomever they ask for besides."""

_YOUNG = re.compile(r"\b(?:jag (?:ar|e)|i(?:'m| am)|im) (?:bara |only )?(?:[89]|1[0-7])\b")
_WORKED = re.compile(phrases.WORKED)
_ASKERS: tuple[tuple[Asker, re.Pattern[str]], ...] = (
    (
        "professional",
        re.compile(
            r"\b(?:min|mina|var|vara|en|my|our|a) (?:klient|patient|elev|brukare|ungdom pa|boende pa|client|pupil|"
            r"student)\w*|"
            r"\bvi pa \w+\b|\b(?:i|pa) (?:mitt|vart) (?:arbete|jobb)\b|\bat (?:my|our) (?:work|job|workplace)\b|"
            r"\b(?:jag|vi) (?:jobbar|arbetar) (?:som|med|pa|inom|i|"
            r"hos)\b|"
            r"\bjag ar (?:en )?(?:\w*polis|\w*sekreterare|kurator|\w*larare|rektor|handlaggare|\w*skoterska|"
            r"barnmorska|lakare|"
            r"volontar|advokat|\w*inspektor|god man|behandlingsassistent|tolk|psykolog|socionom|faltarbetare|"
            r"aklagare)\b|"
            r"\bi(?:'m| am) an? (?:social worker|police officer|teacher|nurse|doctor|midwife|volunteer|lawyer|case "
            r"?worker|"
            r"inspector|counsell?or|interpreter)\b|\bi work (?:as|with|at|for)\b|\bsom (?:polis|socialsekreterare|"
            r"larare|kurator) \b"
        ),
    ),
    ("ill", cries.ILL),
    (
        "hits",
        re.compile(
            rf"\b(?:jag|ja|jag som|jag ar den som|i) {_LOSES}?(?:(?:har|hade|rakade|ibland|ofta|ocksa|have|had|just|"
            rf"sometimes|often|always) )*{_HIT}(?: (?:ofta|ibland|jamt))? {_WHOM}|\bslar mina barn\b|"
            rf"\bjag (?:har )?hota\w* (?:med )?att (?:doda|sla|skada) {_WHOM}|"
            r"\bjag (?:(?!(?:han|hon|de|dom|man|pappa|att|som)\b)\w+ ){1,5}och (?:slar|slog|knuffar|sparkar) (?:dem|"
            r"dom|"
            r"henne|honom)\b|"
            r"\bjag (?:har )?(?:skakar|skakade|skakat) (?:(?:min|mitt|vart|var) )?(?:bebis\w*|barn\w*|son|dotter)\b|"
            r"\bi (?:have )?(?:shook|shaken|shake) (?:my|our|the) (?:baby|son|daughter|child)\b|"
            r"\b(?:sa arg|so angry|so mad)(?: (?:att|that))? (?:jag|i) (?:\w+ )?(?:slar|slog|knuffar|sparkar|hit|"
            r"push)\b|"
            r"\b(?:kan inte|svart att|cannot|can'?t) (?:kontrollera|styra|control) (?:min|mina|mitt|my) (?:ilska|"
            r"aggress\w*|vrede|humor|temper|anger|rage)\b|"
            r"\bradd (?:for )?att (?:jag )?(?:(?:ska|skulle|kommer|kan|att|rakar) )*(?:(?:sla|slar|skada|skadar|doda|"
            r"hota)"
            rf"(?= {_WHOM}|[ .!?,]*$| (?:till|igen|nar|om)\b)|(?:gor|gora) (?!mig|mej|sig)(?:\w+ ){{0,2}}illa(?! "
            rf"(?:mig|mej|sig)\b)|"
            r"bli(?:r)? valdsam)|"
            r"\bjag (?:har )?(?:gor|gjort|gjorde) (?!mig|mej|det)(?:\w+ ){1,2}illa\b|"
            r"\b(?:jag|i) (?:\w+ )?(?:vill|skulle kunna|tanker|want to|could|will|might|am going to) (?:sla|skada|"
            r"doda|hit|hurt|"
            r"kill|beat) (?:min|mitt|mina|henne|honom|dem|barnen|my (?!self)|her|him|them)\b|"
            r"\b(?:afraid|scared|worried)(?: that)? (?:i(?:'ll| will| might| could| may|'m going to| am going to)|of) "
            r"(?:hit|hitting|hurt|hurting|beat|beating|kill|killing) (?:my (?!self)|him|her|them)"
        ),
    ),
    (
        "child",
        re.compile(
            _YOUNG.pattern + r"|\b(?:min|mina) (?:pappa|mamma|"
            r"foraldrar|styv(?:pappa|far|mamma|mor)|larare|trana?re)\b|\bmy (?:dad|mum|mom|parents|step-?(?:dad|"
            r"father|mum|"
            r"mom|mother)|teacher|coach)\b|"
            r"\b(?:pappa|mamma|styvpappa) (?:sager|vill|ger|slar|slog|har|later|tvingar|tar|hotar|far (?:veta|reda pa)|"
            r"ska|dricker|knuffar|sparkar|misshandlar)\b|\b(?:mat|ata|food)\b.{0,10}\b(?:hemma|at home)\b"
        ),
    ),
    (
        "parent",
        re.compile(
            r"\b(?:pappa|mamma|foralder|forald\w+|parent|father|mother) (?:till|of|to)\b|\b(?:min|mitt|mina|var|vart|"
            r"vara|my|our) (?:\w+ )?(?:dotter|son|barn|tonaring|\w*aring\w*|"
            r"daughter|"
            r"child|children|kids?|teenager|barnbarn|grandchild\w*)\b"
            r"(?! (?:\w+ )?(?:slar|slog|slagit|sparka\w*|stryp\w*|skada\w*|hota\w*|misshandl\w*|tvinga\w*|"
            r"kontrollera\w*|tar|tog|tagit|"
            r"hits?|beats?|threat\w*|hurts?|kicks?|takes?|took) (?:mig|mej|oss|min|mitt|mina|me|us|my)\b)"
        ),
    ),
    (
        "trans",
        re.compile(
            r"\btrans(?:person\w*|kvinna|man|tjej|kille|exuell\w*|gender|woman)?\b|\bick(?:e|)-?binar\w*|"
            r"\bnon-?binary\b"
        ),
    ),
    (
        "man",
        re.compile(
            r"\bjag (?:ar|e) (?:(?:en|ocksa|sjalv|ju) )*(?:man(?! om)|kille|gay|bog)\b|\bsom man\b|"
            r"\bi(?:'m| am) (?:(?:also|a|gay) )*(?:man|guy|gay)\b|\b(?:as a|i'm his|i am his) (?:man|boyfriend|"
            r"husband)\b"
        ),
    ),
    (
        "woman",
        re.compile(
            r"\bjag (?:ar|e) (?:(?:en|ocksa|sjalv|ju) )*(?:kvinna|tjej|flicka|lesbisk|flata)\b|\bsom kvinna\b|"
            r"\bi(?:'m| am) (?:(?:also|a) )*(?:woman|girl|lesbian)\b|\bas a woman\b"
        ),
    ),
    (
        "partner",
        re.compile(
            r"\b(?:min|mitt) (?:forra |fore detta )?(?:ex-?)?(?:fru|hustru|flickvan|tjej)\b|\bmy (?:ex[- ]?)?(?:wife|"
            r"girlfriend)\b|\b(?:gift|sambo|ihop|tillsammans|married|living|together) (?:med|to|with) (?:en|a) "
            r"(?:kvinna|"
            r"tjej|woman|girl)\b"
        ),
    ),
    (
        "sells",
        re.compile(
            r"\b(?:salj\w*|salt|salde) (?:sex|mig|min kropp|sexuella)\b|\b(?:(?<!jag har )(?<!jag har aldrig )betalt|"
            r"ersattning|pengar) (?:for|mot) (?:att ha )?sex\b|\b(?:get|gets|got|getting|been|was|were|am|"
            r"are) paid for sex\b|"
            r"\bsell(?:s|ing)? (?:sex|me|my body|myself)\b|\bsold sex\b|\bsugar\w+|\bes[ck]ort\w*|\bsex (?:for|mot) "
            r"(?:pengar|"
            r"money|ersattning)\b|\bprostituera\w*\b|\bonlyfans\b"
        ),
    ),
)


def asker(text: str) -> Asker | None:
    """Return who asks, where the words of a question tell it."""
    if tongues.is_foreign(text):
        return "foreign"
    return next(iter(told(text)), None)


def told(text: str) -> tuple[Asker, ...]:
    """Return all that the words tell of who asks, what matters most first: a boy who sells sex is three.

    Whoever suffers something, or is exploited at work, asks for themselves: as no professional and no worried parent.
    Whoever has children is no child, unless they say how young they are.
    """
    asked = ordinary.NO_HARM.sub(" ", plain(text))
    found = dict.fromkeys(name for name, pattern in _ASKERS if pattern.search(asked))
    suffers = _SUFFERS.search(asked) is not None
    if suffers or _WORKED.search(asked):
        found.pop("professional", None)
    if "parent" in found and not _YOUNG.search(asked):
        found.pop("child", None)
    if suffers:
        found.pop("parent", None)
        found.pop("ill", None)
    return tuple(found)
