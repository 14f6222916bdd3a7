"""Who asks a question that tells of a need, where its words say so; whether it does is `nmt_rag.answering.help.need`'s.

It looks at words alone; patterns have no å, ä and ö.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag.answering.help import phrases
from nmt_rag.answering.help.need import plain
from nmt_rag.swedish import tongues

Asker = Literal["professional", "parent", "child", "man", "partner", "trans", "sells", "hits", "foreign"]
"""Who asks, where the words tell; the box then begins with the number that is there for them.

A ``"partner"`` has a wife or girlfriend, and may be a man or a woman.
"""

_SUFFERS = re.compile(
    r"\b(?<!jag )(?:slar|slog|slagit|sparka\w*|stryp\w*|skada\w*|skar|hota\w*|misshandl\w*|valdt\w*|tvinga\w*|"
    r"kontrollera\w*|hits?|beats?|beating|threat\w*|hurts?|kicks?|chok\w*|rap(?:es|ed)|forc\w*|abus\w*) (?:(?:bade|"
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
    (
        "hits",
        re.compile(
            r"\b(?:jag|ja|jag som|jag ar den som) (?:har )?(?:slar|slog|slagit|hotar|hotade|hotat|misshandla\w+|"
            r"sparka\w*) (?:min|mitt|mina|"
            r"henne|"
            r"honom|dem|barnen)\b|"
            r"\bi (?:hit|beat|threaten\w*|hurt) (?:my (?!self)|him|her|them)|\bslar mina barn\b|"
            r"\bradd (?:for )?att (?:jag )?(?:(?:ska|skulle|kommer|kan|att|rakar) )*(?:(?:sla|slar|skada|skadar|doda|"
            r"hota)"
            r"(?! (?:mig|mej|sig)\b)|(?:gor|gora) (?!mig|mej|sig)(?:\w+ ){0,2}illa(?! (?:mig|mej|sig)\b)|"
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
            r"foraldrar|styvpappa|larare|trana?re)\b|\bmy (?:dad|mum|mom|parents|stepdad|teacher)\b|"
            r"\b(?:pappa|mamma|styvpappa) (?:sager|vill|ger|slar|slog|har|later|tvingar|tar|hotar|far (?:veta|reda pa)|"
            r"ska|dricker)\b|\b(?:mat|ata|food)\b.{0,10}\b(?:hemma|at home)\b"
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
            r"\bjag (?:ar|e) (?:en )?(?:man|kille|gay|bog)\b|\bsom man\b|"
            r"\bi(?:'m| am) (?:a |gay )?(?:man|guy|gay)\b|\b(?:as a|i'm his|i am his) (?:man|boyfriend|husband)\b"
        ),
    ),
    (
        "partner",
        re.compile(r"\bmin (?:fru|flickvan|tjej)\b|\bmy (?:wife|girlfriend)\b"),
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
    asked = plain(text)
    found = dict.fromkeys(name for name, pattern in _ASKERS if pattern.search(asked))
    suffers = _SUFFERS.search(asked) is not None
    if suffers or _WORKED.search(asked):
        found.pop("professional", None)
    if "parent" in found and not _YOUNG.search(asked):
        found.pop("child", None)
    if suffers:
        found.pop("parent", None)
    return tuple(found)
