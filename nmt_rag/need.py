"""Whether a question sounds as if whoever asks, or somebody they know, needs help now.

It looks at words alone, and rather speaks up once too often: all that follows from it is a fixed line with numbers to
call (`nmt_rag.messages.helplines`), and more care in what is quoted (`nmt_rag.evidence`). It says nothing of who asks.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag import questions

Need = Literal["life", "help"]

_LIFE = re.compile(
    r"\bsjälvmord|\bsuicid|\b(?:vill|orkar) (?:verkligen )?(?:inte|ej) (?:leva|mer|längre|finnas)\b|"
    r"\bvill (?:bara |verkligen )?dö\b|\bta(?:r)? (?:mitt|sitt) (?:eget )?liv\b|\b(?:ta|göra) (?:livet|slut) (?:av|på) "
    r"(?:mig|sig|allt)\b|\bskada(?:r)? mig själv\b|\bwant(?:s)? to die\b|\bkill (?:myself|himself|herself)\b|"
    r"\bend my (?:own )?life\b|\b(?:don.?t|do not) want to live\b",
    re.IGNORECASE,
)
_CRY = re.compile(
    r"(?:(?:snälla|please)[ ,]*)*(?:akut )?(?:hjälp|rädda|help|save|sos)(?: (?:mig|oss|me|us))?(?:[ ,]*(?:snälla|nu|"
    r"please|now))*"
    r"[ !.?]*|(?:jag|vi) (?:behöver|vill ha) (?:er )?hjälp(?: nu)?[ !.]*|(?:i|we) need help(?: now)?[ !.]*",
    re.IGNORECASE,
)
_SELF = {
    "sv": re.compile(r"\b(?:jag|mig|mej|min|mitt|mina|vi|oss|vår|vårt|våra)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:i|me|my|we|us|our)\b", re.IGNORECASE),
}
_HARM = {
    "sv": re.compile(
        r"\b(?:tvinga\w*|tvång\w*|hota\w*|slår|slog|slagit|slagen|misshandl\w*|våld\w*|utnyttja\w*|utsatt\w*|utsätt\w*|"
        r"övergrepp\w*|hallick\w*|inlåst\w*|inspärrad\w*|låst in|rädd|rädda för|rymma|fly|förföljer|förföljd|"
        r"prostituera(?:r|s|d|t|ts)?|(?:säljer|sålt|sälja|sålde) (?:sex|mig|min|sig|sin)|såld|(?:betalt?|ersättning|"
        r"pengar) för "
        r"(?:att ha )?sex|ligga med|får inte (?:gå|lämna|åka|sluta|komma)|(?:tagit|tog|tar) (?:mitt|vårt|alla) pass|"
        r"offer för)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:forc\w+|threat\w*|beat\w*|hits?|abus\w+|rap(?:e|ed|es|ing)|exploit\w*|traffick\w*|assault\w*|pimps?|locked|"
        r"afraid|scared|escape|prostitut\w*|sell(?:s|ing)? (?:sex|me|my|myself)|sold|paid for sex|sex for money|"
        r"(?:took|taken|takes|has|have) my passport|(?:not allowed|can.?t|cannot) (?:to )?leave|victim)\b",
        re.IGNORECASE,
    ),
}
_DOERS = re.compile(
    r"\b(?:som (?:själv(?:a)? |även |också )?(?:köper|köpt|utövar|utövat|använder våld|använt våld|slår|hotar|begår|"
    r"begått|utsätter)|"
    r"köpare|sexköp\w*)\b",
    re.IGNORECASE,
)
_EXPOSED = re.compile(
    r"\b(?:utsat\w+|utsätts|offer|offren|offret\w*|brottsoffer\w*|tvingas|tvingats|hotas|skada(?:d|de|ts)|säljer|sålt|sålde|"
    r"ersättning för att|målsägande\w*)\b",
    re.IGNORECASE,
)


def of(text: str) -> Need | None:
    """Return ``"life"`` where a question speaks of suicide, ``"help"`` where it tells of coercion, violence or fear.

    Args:
        text: a question, in Swedish or English.
    """
    asked = questions.clean(text)
    if _LIFE.search(asked):
        return "life"
    language = questions.language_of(asked)
    told = _SELF[language].search(asked) and _HARM[language].search(asked)
    return "help" if told or _CRY.fullmatch(asked) else None


def is_for_doers(text: str) -> bool:
    """Tell whether a passage offers something to those who buy, hit or threaten, and says nothing of those exposed.

    Who is forced into something is not helped by what is there for those who buy it.
    """
    return _DOERS.search(text) is not None and _EXPOSED.search(text) is None
