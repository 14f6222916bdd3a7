"""Whether a question sounds as if whoever asks, or somebody they know, needs help now, and who asks.

It looks at words alone, and rather speaks up once too often: all that follows from it is a box with numbers to call
(`nmt_rag.answering.help.numbers`), and that what is there for those who buy or hit is left out of the answer
(`nmt_rag.answering.help.doers`). Patterns have no å, ä and ö, as many people write in haste.
"""

from __future__ import annotations

import re
from typing import Literal

from nmt_rag.answering import question
from nmt_rag.swedish import tongues

Need = Literal["life", "help"]
Asker = Literal["professional", "parent", "child", "man", "trans", "sells", "hits", "foreign"]
"""Who asks, where the words tell; the box then begins with the number that is there for them."""

_PLAIN = str.maketrans("åäöéüæø’", "aaoeuao'")
_NEAR = (
    r"(?:mig|mej|oss|henne|honom|hen|dem|dom|sig|min|mitt|mina|var|vara|sin|sina|barnen|me|us|her|him|them|my|our|"
    r"(?:en |ett )?barn)"
)
"""Whom something is done to."""
_SELF = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|vi|oss|me|my|we|us|our|im|i'm|nan|nagon|ngn|someone|somebody|tvingd|harifran|"
    r"(?:en|ett|a) (?:kompis|van|vaninna|granne|kollega|elev|flicka|pojke|tjej|kille|barn|friend|girl|boy|child)s?|"
    r"hennes|her)\b"
)
_I = re.compile(r"\bi\b")
"""In Swedish a preposition."""
_I_AM = re.compile(r"\bi (?:am|was|got|have|had|must|need|owe|run|sell|want|cant|can't|work|came|feel)\b")

_LIFE = re.compile(
    r"\bsjalvmord|\bsuicid(?!prevention|ologi)|\bkms\b|"
    r"\b(?:vill|orkar|pallar) (?:verkligen )?(?:inte|ej) (?:leva|finnas)\b(?! over)|\borkar (?:inte|ej) (?:mer|"
    r"langre)\b|"
    r"\bvill (?:bara |verkligen )?(?:do|forsvinna|somna)\b|\btank\w* (?:pa att )?(?:ta|do)\b|"
    r"\b(?:tanker|tankt|vill|ska) (?:pa att )?hoppa(?! (?:over|av|pa|in)\b)|\bta(?:r)? (?:mitt|sitt|livet)(?: eget)? "
    r"?(?:liv|av)\b|\bgora slut pa (?:mig|sig|allt)[ .!?]*$|"
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
    r"(?:(?:snalla|please|pls|plz|akut|asso|assa)[ ,]*)*(?:hjalp|hjelp|radda|help|save|sos)(?: (?:mig|oss|me|us|please|"
    r"pls|plz))*\b(?! (?:med|till|att|from|with)\b).{0,40}|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:(?:jag|vi|i|we) )?(?:behover|vill ha|soker|need|want) (?:typ |er |any )?"
    r"(?:rad|stod|hjalp|help|support|advice)(?: (?:och|eller|and|or) (?:rad|stod|hjalp|help|support|advice))?"
    r"(?: nu| now)?[ !.?]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:finns(?: det)?|var finns|hur far (?:man|jag)|is there|"
    r"where (?:is|can i (?:get|find))) (?:det )?(?:nagon |nan |any )?"
    r"(?:hjalp|stod|skyddat boende|help|support|shelter)\b.{0,30}|"
    r".{0,25}\b(?:prata|tala|snacka|talk|speak) (?:med|to|with) (?:nagon|nan|ngn|someone|somebody|anyone)\b.{0,20}|"
    r".{0,25}\b(?:far|kan|vill|can|may|want to) (?:jag|man|vi|i|we|you) (?:(?:vara|be|fa|get) )?(?:hjalp |stod |prata |"
    r"talk |help |support )?(?:med nagon |to someone )?(?:anonym\w*|(?:utan att|without) (?:uppge|saga|lamna|giving|"
    r"saying|telling) (?:\w+ )?(?:namn\w*|name|vem jag ar|who i am))[ ?!.]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:(?:finns det|ar det|is there) )?(?:(?:kan|kunde|can|could) )?(?:nagon|nan|ngn|ni|"
    r"du|vem|someone|somebody|anyone|you|who)(?: (?:som|who|that))?(?: (?:kan|can|could))? (?:hjalpa?|help) (?:mig|"
    r"oss|me|us)\b(?! (?:med|till|att|from|with|to)\b).{0,20}|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:vem|var|vart|who|where) (?:kan|ska|skall|far|can|should|do) (?:jag|vi|man|i|we) "
    r"(?:ringa|vanda (?:mig|oss|sig)|ga|kontakta|call|go|turn to|contact)(?: nu| now)?[ ?!.]*|"
    r"(?:(?:hej|hi|hello)[ ,!]*)?(?:kan|far|can) (?:jag|man|vi|i|we) (?:ringa|call) (?:nagonstans|nagon|nan|ngn|"
    r"someone|somebody|anyone|somewhere)\b.{0,20}|"
    r"(?:kan|far|can) (?:min|mitt|mina|var|vart|vara|my|our) .{1,30} (?:fa|get) (?:hjalp|stod|help|support)[ ?!.]*|"
    r"(?:jag|i) (?:vill|maste|want to|wanna|have to) (?:bara |just )?(?:sluta|komma bort|komma (?:loss|ut)|ta mig ut|"
    r"stop|get out|get away)(?: nu| now| med (?:det|allt)(?: har)?)?[ !.]*|"
    r"(?:ring|larma|call)(?: the)? (?:polisen|police|112)\b.{0,20}"
)
_HARM = re.compile(
    r"\btvinga(?:r|s|d|t|de|ts)?\b|\btving\w{0,3}\b|\btvang\b|\btvungen\b|\bforced?\b|\bforc(?:es|ing)\b|"
    r"\b(?:hota(?:r|d|t|s|de)?|hotr)\b|"
    rf"\bthreat\w*|\b(?:slar|slog|slagit|sparka\w*|strypt?\w*|skada\w*|dranker|hits?|beats?|chok\w+|hurts?|"
    rf"kicks?) {_NEAR}\b|"
    r"\bstryp\w+|\b(?:slagen|beaten|choked)\b|\bmisshandl\w*|\bvaldt\w*|\bvald(?:sam)?\b|\boverfall\w*|\bovergrepp\w*|"
    r"\bofreda\w*|\btafsa\w*|"
    r"\brape[ds]?\b|\babus\w+|\bassault\w*|\bviolent\b|\btouch(?:es|ed|ing)? (?:me|my|her|him)\b|\bror (?:mig|min)\b|"
    r"\butnyttja(?:s|d|t|ts|r mig|de mig)\b|\bexploit(?:ed|s me|ing me)\b|\b(?:ar|blir|blev|blivit|varit|"
    r"har) (?:\w+ )?utsat\w*|\butsatts\b|\butsatt for\b|"
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
    r"\bskyddat boende\b|\bkvinnojour\w*|\bdroga(?:d|t|de)\b|\bdrugged\b|\bvuxen man\b|\baldre man\b|"
    r"\blurad(?:es|e mig)?\b|\btricked\b|"
    r"\bmot min vilja\b|"
    r"\btigga at\b|\bmake (?:me|us) (?:beg|work|have|sex)\b|\bmig ur det har\b|\bbestammer over mig\b|"
    r"\bkontrollerar (?:mig|min|allt|henne|hennes)\b|"
    r"\bbestammer (?:vem|vilka|vad|nar|over|allt)\b|\b(?:tar|tog|tagit|takes?|took|keeps?) (?:hela |alla |allt |all )?"
    r"(?:av )?(?:min|mina|mitt|"
    r"hennes|hans|"
    r"deras|my|her|his|their|all)(?: all)? (?:lon|pengar|mobil|telefon|bankkort|pass|money|salary|wages|phone|"
    r"passport)\b|"
    r"\b(?:ingenstans|nagonstans) att (?:bo|sova|ta vagen)\b|\b(?:var|vart) (?:kan|ska|far) (?:jag|vi) (?:sova|bo|ta "
    r"vagen)\b|"
    r"\bnowhere to (?:go|sleep|live|stay)\b|\bwhere can (?:i|we) (?:sleep|stay|hide)\b|"
    r"\b(?:i|we) (?:report|testify against|tell (?:the )?police (?:on|about)) (?:them|him|her|my)\b|"
    r"\b(?:om|nar) (?:jag|vi) (?:anmaler|polisanmaler|vittnar mot|berattar om) (?:dem|dom|honom|henne|min)\b|"
    r"\b(?:utvisa[ds]?|deporte?d?)\b|\b(?:far|fa|get|have) (?:skydd\b|protection)|\bsover (?:i (?:en |min )?(?:bil\w*|"
    r"trapp\w*|kallar\w*|"
    r"talt)|pa (?:gatan|stan|tag\w*)|ute|utomhus)\b|\bsleep(?:ing)? (?:in (?:my|the) car|on the street|outside|"
    r"rough)\b|"
    r"\b(?:behalla|behaller) (?:mitt|mina|vara|hennes|hans) (?:pass|papper|id)\b|\b(?:vill|maste) bort (?:fran|"
    r"harifran)\b|"
    r"\bom jag berattar\b|\bif i tell\b"
)
_LEAVES = re.compile(
    r"\b(?:jag|mig|vi|oss|hon|henne|han|honom|i|me|my|we|us|she|her|he|him)\b.{0,40}"
    r"\b(?:lamna\w*|slutar?|ur|ifran|bort fran|leave|leaving|quit|exit|out of|away from)\b.{0,15}"
    r"\b(?:prostitution\w*|sexhandel\w*|sexindustri\w*|sexarbete\w*|sex (?:trade|industry|work))\b"
)
"""Out of prostitution."""
_SEES = re.compile(
    r"\b(?:halls?|ar|verkar|sitter|blir|vara|hitta\w*(?: en)?) (?:\w+ ){0,3}(?:inlast|instangd|fangen|fangslad)\w*|"
    r"\b(?:held|kept|locked) (?:captive|prisoner|in|up|against)\b|"
    r"\b(?:jag|vi|personal\w*|i|we|staff)\b.{0,30}\b(?:misstank\w+|anar|suspect\w*|suspicion)\b.{0,60}"
    r"\b(?:sexhandel\w*|koppleri\w*|manniskohandel\w*|prostitution\w*|traffick\w*|saljs|sald|tvingas|utnyttjas|sold|"
    r"forced)\b|"
    r"\b(?:gast|gasten|flicka|flickan|kvinna|kvinnan|tjej|tjejen|kollega|boende|granne|girl|woman|guest)\b.{0,40}"
    r"\b(?:saljs|tvingas|utnyttjas|(?:tio|manga|olika|flera) man|different men|men a day|(?:be|is) a victim|forced)\b"
)
"""What somebody sees or suspects of another."""
_SEEKS_SEX = re.compile(
    r"\b(?:var|vart|hur|where|how|vill|want to|skulle vilja|soker|looking for)\b.{0,30}"
    r"\b(?:kopa|salja|boka|buy|sell|hitta\w*|finns|fa\w* (?:jag |man )?tag pa|find|finding)\b.{0,25}"
    r"\b(?:sex|sexuella tjanster|sexual services|prostituera\w*|prostitutes?|horor|hora|hookers?|es[ck]ort\w*|"
    r"(?:tjejer|kvinnor|man|killar|girls|women) (?:som saljer|who sell|selling))\b(?! och vill)|"
    r"\b(?:vem|vilka|who) (?:saljer|sells?) (?:sex|sexuella tjanster|sexual services)\b"
)
"""Whoever looks for sex to buy or a place to sell it; «jag köper sex och vill sluta» does not."""
_OTHER_WISH = re.compile(
    r"\b(?:slut\w*|hjalp\w*|stod\w*|rad|radgivning|skydd\w*|mottagning\w*|samtal\w*|vard|straff\w*|\w*laglig\w*|brott\w*|"
    r"stop\w*|quit|help|support|advice|protection|\w*legal)\b"
)
_PERSON = re.compile(
    r"\b(?:han|hon|honom|henne|hennes|nan|ngn|mig|mej|oss|he|she|him|her|me|us|(?:min|mitt|mina|var|vart|vara|my|our|"
    r"hans|en) "
    r"(?:\w+ )?(?:man|fru|sambo|pojkvan|flickvan|kille|tjej|ex\w*|partner|mamma|pappa|mor|far|foraldrar|syster|bror|"
    r"syskon|"
    r"dotter|son|barn|\w+aring\w*|kompis\w*|van|vanner|vaninna|granne|chef|arbetsgivare|slakt\w*|kusin|klient\w*|"
    r"elev\w*|"
    r"patient\w*|husband|wife|boyfriend|girlfriend|boss|mother|father|mum|mom|dad|parents|sister|brother|daughter|"
    r"child|"
    r"children|kids?|friend|neighbou?r|client|pupil|patient))s?\b"
)
"""Of whom is told; «min dator» is nobody."""
_HARD = re.compile(
    r"\b(?:inte|aldrig|ingen|inget|inga|ensam|radd|ledsen|orolig|oroar|gravid|hemlos|trott|ont|sjuk|gratit|grater|mar|"
    r"maste|"
    r"mardrom\w*|hungrig|skyldig|not|never|nobody|nothing|alone|scared|afraid|sad|worried|pregnant|homeless|must|"
    r"hungry|"
    r"can't|cannot)\b"
)
"""What makes a sentence about oneself one that somebody may need help with."""
_MINE = re.compile(r"\b(?:jag|ja|vi|i|im|i'm|we)\b")
_ASKS = re.compile(
    r"\?|\b(?:undrar|beratta (?:om|for)|forklara|fragar|tell me|wonder)\b|"
    r"^(?:(?:hej|hi|hello|men|och|but|and)[ ,!]*)?(?:vem|vems|vad|vilken|vilket|vilka|vart|nar|hur|varfor|kan|far|"
    r"finns|"
    r"who|whom|whose|what|where|when|how|why|which|can|could|is|are|do|does|am|may|should)\b|"
    r"\b(?:vem|vad|vart|hur|who|what|where|how) (?:ska|kan|gor|bor|far|should|can|do|to)\b|"
    r"^var (?:kan|far|ligger|finns|ar|har|sitter|ska|i|pa|hittar)\b"
)
_BUYS = re.compile(r"\b(?:jag|i|min man|my husband)\b.*\b(?:kop(?:er|t|a|te)|sexkop\w*|buy(?:s|ing)?|bought)\b(?! mig)")
_ASKERS: tuple[tuple[Asker, re.Pattern[str]], ...] = (
    (
        "professional",
        re.compile(
            r"\b(?:min|mina|var|vara|en|my|our|a) (?:klient|patient|elev|brukare|ungdom pa|boende pa|client|pupil|"
            r"student)\w*|"
            r"\bi (?:mitt|vart) (?:arbete|jobb)\b|\b(?:jag|vi) (?:jobbar|arbetar) (?:som|med|pa|inom|i|hos)\b|"
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
            r"foraldrar|styvpappa|larare|trana?re)\b|\bmy (?:dad|mum|mom|parents|stepdad|teacher)\b"
        ),
    ),
    (
        "parent",
        re.compile(
            r"\b(?:pappa|mamma|foralder|forald\w+|parent|father|mother) (?:till|of|to)\b|\b(?:min|mitt|mina|var|vart|"
            r"vara|my|our) (?:\w+ )?(?:dotter|son|barn|tonaring|\w*aring\w*|"
            r"daughter|"
            r"child|children|kids?|teenager|barnbarn|grandchild\w*)\b"
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


def of(text: str) -> Need | None:
    """Return ``"life"`` where a question speaks of suicide, ``"help"`` where it tells of coercion, violence or fear.

    Args:
        text: a question, in Swedish or English.
    """
    asked = plain(text)
    if _LIFE.search(asked):
        return "life"
    told = (_SELF.search(asked) or _english_i(asked)) and _HARM.search(asked)
    cries = _CRY.fullmatch(asked) and not _BUYS.search(asked)
    return "help" if told or cries or _LEAVES.search(asked) or _SEES.search(asked) else None


def seeks_sex(text: str) -> bool:
    """Tell whether somebody asks where sex is sold or bought: no text of help is an answer to that."""
    asked = plain(text)
    return _SEEKS_SEX.search(asked) is not None and _OTHER_WISH.search(asked) is None


def tells(text: str) -> bool:
    """Tell whether somebody cries for help, or tells of themselves or of another, and asks nothing: «han låser in mig».

    Whoever says that they buy sex is left out: there is nothing that they need to be kept from. So is who tells of a
    thing: «min dator slog av sig».
    """
    asked = plain(text)
    if _BUYS.search(asked):
        return False
    if _CRY.fullmatch(asked):
        return True
    mine = (_MINE.search(asked) is not None or _english_i(asked)) and _HARD.search(asked) is not None
    told = _PERSON.search(asked) is not None or mine
    return told and _ASKS.search(asked) is None


def asker(text: str) -> Asker | None:
    """Return who asks, where the words of a question tell it."""
    if tongues.is_foreign(text):
        return "foreign"
    asked = plain(text)
    return next((name for name, pattern in _ASKERS if pattern.search(asked)), None)


def heard(text: str, *, answered: bool) -> Need | None:
    """Return what the box is shown for, or None where none is.

    Where a question is not answered, somebody who tells and asks nothing may need it, too; and so does whoever writes
    in a language that cannot be answered: better once too often.
    """
    found = of(text)
    if found is None and ((not answered and tells(text)) or tongues.is_foreign(text)):
        return "help"
    return found


def _english_i(asked: str) -> bool:
    return _I_AM.search(asked) is not None or (_I.search(asked) is not None and question.language_of(asked) == "en")


def plain(text: str) -> str:
    """Return a question in lower case without å, ä and ö, as the patterns take it."""
    return question.clean(text).lower().translate(_PLAIN)
