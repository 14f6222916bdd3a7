"""Whether a question sounds as if whoever asks, or somebody they know, needs help now.

It looks at words alone, and rather speaks up once too often: all that follows from it is a fixed line with numbers to
call (`nmt_rag.messages.helplines`), and more care in what is answered (`nmt_rag.choosing`) and quoted
(`nmt_rag.evidence`). It says nothing of who asks. Patterns have no å, ä and ö, as many people write in haste.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag import questions

Need = Literal["life", "help"]

_PLAIN = str.maketrans("åäöéü’", "aaoeu'")
_NEAR = (
    r"(?:mig|mej|oss|henne|honom|hen|dem|dom|sig|min|mitt|mina|var|vara|sin|sina|barnen|me|us|her|him|them|my|our|"
    r"(?:en |ett )?barn)"
)
"""Whom something is done to."""
_SELF = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|vi|oss|me|my|we|us|our|im|i'm|nan|nagon|ngn|someone|somebody|tvingd|harifran)\b"
)
_I = re.compile(r"\bi\b")
"""In Swedish a preposition."""
_I_AM = re.compile(r"\bi (?:am|was|got|have|had|must|need|owe|run|sell|want|cant|can't|work|came|feel)\b")

_LIFE = re.compile(
    r"\bsjalvmord|\bsuicid(?!prevention|ologi)|\bkms\b|"
    r"\b(?:vill|orkar|pallar) (?:verkligen )?(?:inte|ej) (?:leva|finnas)\b(?! over)|\borkar (?:inte|ej) (?:mer|"
    r"langre)\b|"
    r"\bvill (?:bara |verkligen )?(?:do|forsvinna|somna)\b|\btank\w* (?:pa att )?(?:ta|do)\b|"
    r"\bta(?:r)? (?:mitt|sitt|livet)(?: eget)? ?(?:liv|av)\b|\bgora slut pa (?:mig|sig|allt)[ .!?]*$|"
    r"\bska(?:r|da|dar) mig(?: sjalv)?\b|\bhoppa framfor\b|\b(?:battre|lika bra) (?:om|att) jag (?:var dod|dor|"
    r"ar dod|dog)\b|"
    r"\bonskar (?:att )?jag (?:var|vore) dod\b|\b(?:massa|manga|alla|for manga) (?:tabletter|piller)\b|"
    r"\bwan(?:t|ts|na)(?: to)? die\b|\bkill(?:ing)? (?:myself|himself|herself)\b|\b(?:end|take|took|taking) (?:my|"
    r"her|his|their)"
    r"(?: own)? life\b|\b(?:don'?t|do not) wan(?:t|na)(?: to)? live\b|\bending it all\b|\bbetter off dead\b|"
    r"\bno reason to live\b|"
    r"\bcut(?:ting)? myself\b|\bcan'?t go on\b|\bhurt(?:ing)? myself\b"
)
_CRY = re.compile(
    r"(?:(?:snalla|please|pls|plz|akut|asso|assa)[ ,]*)*(?:hjalp|radda|help|save|sos)(?: (?:mig|oss|me|us|please|"
    r"pls|plz))*\b(?! (?:med|till|att|from|with)\b).{0,40}|"
    r"(?:(?:jag|vi|i|we) )?(?:behover|vill ha|need) (?:typ |er )?(?:hjalp|help)(?: nu| now)?[ !.]*|"
    r"(?:ring|larma|call)(?: the)? (?:polisen|police|112)\b.{0,20}"
)
_HARM = re.compile(
    r"\btvinga(?:r|s|d|t|de|ts)?\b|\btving\w{0,3}\b|\btvang\b|\btvungen\b|\bforced?\b|\bforc(?:es|ing)\b|\b(?:hota(?:r|d|t|s|de)?|hotr)\b|"
    rf"\bthreat\w*|\b(?:slar|slog|slagit|sparka\w*|strypt?\w*|skada\w*|dranker|hits?|beats?|chok\w+|hurts?|"
    rf"kicks?) {_NEAR}\b|"
    r"\bstryp\w+|\b(?:slagen|beaten|choked)\b|\bmisshandl\w*|\bvaldt\w*|\bvald(?:sam)?\b|\boverfall\w*|\bovergrepp\w*|\bofreda\w*|\btafsa\w*|"
    r"\brape[ds]?\b|\babus\w+|\bassault\w*|\bviolent\b|\btouch(?:es|ed|ing)? (?:me|my|her|him)\b|\bror (?:mig|min)\b|"
    r"\butnyttja(?:s|d|t|ts|r mig|de mig)\b|\bexploit(?:ed|s me|ing me)\b|\b(?:ar|blir|blev|blivit|varit|"
    r"har) (?:\w+ )?utsat\w*|\butsatts? for\b|"
    r"\b(?:ar|blir|blev|blivit|varit) (?:jag )?(?:ett )?(?:\w+ )?offer\b|\bmanniskohandel (?:det )?jag\b|\b(?:am i|"
    r"i am|i'm) a victim\b|"
    r"\b(?:am|are|is|was|were|been|being|got) traffick\w*|\bhallick\w*|\bpimp\w*|\bbordell\w*|\bbrothel\b|"
    r"\b(?:salj(?:er|a)|salt|salde) (?:sex|mig|sig|min kropp|sin kropp)\b|\b(?:ar|blir|blev|blivit) (?:sald|kopt)\b|"
    r"\bkopt(?:e)? mig\b|"
    r"\bsold (?:me|us|her|him|my (?:sister|daughter|friend))\b|\b(?:been|was|am|being) sold\b|\bsell(?:s|"
    r"ing)? (?:sex|me|my body|myself)\b|"
    r"\b(?:betalt?|ersattning|pengar|betalning|paid|money) (?:for|mot) (?:att ha )?sex\b|\bmot betalning\b|"
    r"\bsex for money\b|"
    r"\bligga med (?:hans|andra|man|folk|dem|dom|kunder)\b|\bsex med (?:hans|andra man|dem|kunder|hans vanner)\b|"
    r"\b(?:sex|sleep) with (?:his|other men|men|them|customers)\b|\bprostituera(?:r|s|d|t|ts)?\b|\bes[ck]ort\w*|"
    r"\bsugar\w+|"
    r"\b(?:nakenbild\w*|nudes?|naked|sexbild\w*|sex video|sextortion|utpress\w*|blackmail\w*)\b|"
    r"\b(?:inlast|inspar\w*|inlasta|instangd|fangen|fanga\w*|trapped|locked (?:me|us|up|in))\b|\blas(?:er|te|"
    r"t) in (?:mig|oss|henne)\b|"
    r"\bfar inte (?:ga|lamna|aka|sluta|komma|ut|traffa|ha kontakt)\b|\b(?:not allowed|can'?t|cannot|won'?t let me|"
    r"don'?t let me) (?:to )?"
    r"(?:leave|go out)\b|\b(?:keep|keeps) (?:me|us|my passport)\b|"
    r"\b(?:ta(?:git|r)|tog|har|tar) (?:mitt|vart|vara|mina|alla) (?:pass|papper|id)\b|\b(?:took|take[ns]?|has|"
    r"have) my passport\b|"
    r"\b(?:skyldig (?:dem|dom|honom|henne|pengar)|jobba\w* av (?:en |min )?skuld\w*|owe them|pay (?:a |the |"
    r"my )?debt)\b|"
    r"\b(?:ingen|utan) lon\b|\bno (?:pay|money|salary)\b|\b(?:dont|don'?t|doesn'?t) pay me\b|"
    r"\bbortgift\w*|\bgifta bort\b|\bgiftas mot\b|\bmarry me to\b|\bforced marriage\b|\bkonsstymp\w*|\bheders\w+|"
    r"\bdoda (?:mig|oss|henne|min)\b|\bdodar (?:mig|min)\b|\bkill (?:me|my|us|her)\b|"
    r"\b(?:livradd|radd for (?:honom|henne|min|mitt|mina|dem|dom|pappa|mamma)|(?:ar|e) (?:sa |jatte)?radd[ .!?]*$|"
    r"tors inte|vagar inte)|"
    r"\b(?:scared|afraid|terrified)(?: of (?:him|her|them|my (?!spider)\w+)| to (?:go|leave)|[ .!?]*$)|\bi(?:'m|"
    r" am) (?:not safe|in danger)\b|"
    r"\bstalk\w*|\bforfolj\w*|\brymma\b|\brymt\b|\bgomma (?:mig|oss)\b|\bgommer (?:mig|oss)\b|\brun(?:ning)? away\b|"
    r"\bescape(?: from|[ .!?]*$)|"
    r"\bskyddat boende\b|\bkvinnojour\w*|\bdroga(?:d|t|de)\b|\bdrugged\b|\bvuxen man\b|\baldre man\b|\blurad hit\b|"
    r"\bmot min vilja\b|"
    r"\btigga at\b|\bmake (?:me|us) (?:beg|work|have|sex)\b|\bmig ur det har\b|\bbestammer over mig\b|"
    r"\bkontrollerar (?:mig|min|allt)\b"
)
_PERSON = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|vi|oss|var|vart|vara|han|hon|honom|henne|nan|ngn|me|my|we|us|our|he|she)\b"
)
_ASKS = re.compile(
    r"\?|\b(?:vem|vems|vad|vilken|vilket|vilka|vart|nar|hur|varfor|kan|far|finns|undrar|beratta|forklara|fragar?|"
    r"who|whom|whose|what|where|when|how|why|which|can|could|is there|are there|tell|wonder)\b|"
    r"^var (?:kan|far|ligger|finns|ar|har|sitter|ska|i|pa|hittar)\b|^(?:is|are|do|does|am|may)\b"
)
_BUYS = re.compile(r"\b(?:jag|i|min man|my husband)\b.*\b(?:kop(?:er|t|a|te)|sexkop\w*|buy(?:s|ing)?|bought)\b(?! mig)")

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
    asked = _plain(text)
    if _LIFE.search(asked):
        return "life"
    told = (_SELF.search(asked) or _english_i(asked)) and _HARM.search(asked)
    return "help" if told or _CRY.fullmatch(asked) else None


def tells(text: str) -> bool:
    """Tell whether somebody cries for help, or tells of themselves or of another, and asks nothing: «han låser in mig».

    Whoever says that they buy sex is left out: there is nothing that they need to be kept from.
    """
    asked = _plain(text)
    if _CRY.fullmatch(asked):
        return True
    own = _PERSON.search(asked) is not None or _english_i(asked)
    return own and _ASKS.search(asked) is None and _BUYS.search(asked) is None


def is_for_doers(text: str) -> bool:
    """Tell whether a passage offers something to those who buy, hit or threaten, and says nothing of those exposed.

    Who is forced into something is not helped by what is there for those who buy it.
    """
    return _DOERS.search(text) is not None and _EXPOSED.search(text) is None


def _english_i(asked: str) -> bool:
    return _I_AM.search(asked) is not None or (_I.search(asked) is not None and questions.language_of(asked) == "en")


def _plain(text: str) -> str:
    return questions.clean(text).lower().translate(_PLAIN)
