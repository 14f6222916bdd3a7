"""Who asks a question that tells of a need, where its words say so; whether it does is `nmt_rag.answering.help.need`'s.

It looks at words alone; patterns have no å, ä and ö.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag.answering.help.need import plain
from nmt_rag.swedish import tongues

Asker = Literal["professional", "parent", "child", "man", "trans", "sells", "hits", "foreign"]
"""Who asks, where the words tell; the box then begins with the number that is there for them."""

_ASKERS: tuple[tuple[Asker, re.Pattern[str]], ...] = (
    (
        "professional",
        re.compile(
            r"\b(?:min|mina|var|vara|en|my|our|a) (?:klient|patient|elev|brukare|ungdom pa|boende pa|client|pupil|"
            r"student)\w*|"
            r"\bvi pa \w+\b|\bi (?:mitt|vart) (?:arbete|jobb)\b|\b(?:jag|vi) (?:jobbar|arbetar) (?:som|med|pa|inom|i|"
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
            r"\b(?:jag|ja) (?:har )?(?:slar|slog|slagit|hotar|hotade|hotat|misshandla\w+) (?:min|mitt|mina|henne|"
            r"honom|dem|barnen)\b|"
            r"\bi (?:hit|beat|threaten\w*|hurt) (?:my (?!self)|him|her|them)|\bslar mina barn\b|\bradd att (?:jag "
            r")?(?:ska )?sla\b"
        ),
    ),
    (
        "child",
        re.compile(
            r"\b(?:jag (?:ar|e)|i(?:'m| am)|im) (?:bara |only )?(?:[89]|1[0-7])\b|\b(?:min|mina) (?:pappa|mamma|"
            r"foraldrar|styvpappa|larare|trana?re)\b|\bmy (?:dad|mum|mom|parents|stepdad|teacher)\b|"
            r"\b(?:pappa|mamma|styvpappa) (?:sager|vill|slar|slog|har|later|tvingar|tar|hotar|far (?:veta|reda pa)|"
            r"ska|dricker)\b"
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
            r"\bjag (?:ar|e) (?:en )?(?:man|kille|gay|bog)\b|\bsom man\b|\bmin (?:fru|flickvan|tjej)\b|"
            r"\bi(?:'m| am) (?:a |gay )?(?:man|guy|gay)\b|\bmy (?:wife|girlfriend)\b"
        ),
    ),
    (
        "sells",
        re.compile(
            r"\b(?:salj\w*|salt|salde) (?:sex|mig|min kropp|sexuella)\b|\b(?:betalt?|ersattning|pengar) (?:for|mot) "
            r"(?:att ha )?sex\b|"
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
    """Return all that the words tell of who asks, what matters most first: a boy who sells sex is three."""
    asked = plain(text)
    return tuple(name for name, pattern in _ASKERS if pattern.search(asked))
