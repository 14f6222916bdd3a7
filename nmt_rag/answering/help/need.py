"""Whether a question sounds as if whoever asks, or somebody they know, needs help now.

It looks at words alone, and rather speaks up once too often: all that follows from it is a box with numbers to call
(`nmt_rag.answering.help.helplines`), and that what is there for those who buy or hit is left out of the answer
(`nmt_rag.answering.help.doers`). What tells of danger is listed in `nmt_rag.answering.help.phrases`, `cries` and
`suicide` beside it. Patterns have no å, ä and ö, as many people write in haste.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from nmt_rag.answering import question
from nmt_rag.answering.help import cries, ordinary, phrases, suicide
from nmt_rag.swedish import tongues

Need = Literal["life", "help"]

_PLAIN = str.maketrans("åäöéüæø’", "aaoeuao'")
_SELF = re.compile(
    r"\b(?:jag|ja|mig|mej|min|mitt|mina|vi|oss|me|my|we|us|our|im|i'm|nan|nagon|ngn|someone|somebody|tvingd|harifran|"
    r"(?:en|ett|a) (?:kompis|van|vaninna|granne|kollega|elev|flicka|pojke|tjej|kille|barn|friend|girl|boy|child)s?|"
    r"hennes|her)\b|"
    r"\b(?:om|nar|ifall|fast) man (?:sjalv )?(?:har |hade )?(?:ar|blir|blev|blivit|varit|salt|tvingats)\b"
)
_I = re.compile(r"\bi\b")
"""In Swedish a preposition."""
_I_AM = re.compile(r"\bi (?:am|was|got|have|had|must|need|owe|run|sell|want|cant|can't|work|came|feel)\b")

_PERSON = re.compile(
    r"\bjag\b.{0,25}\b(?:dem|dom)\b|\bi\b.{0,25}\bthem\b|"
    r"\b(?:han|hon|honom|henne|hennes|nan|ngn|mig|mej|oss|he|she|him|her|me|us|(?:min|mitt|mina|var|"
    r"vart|vara|my|our|"
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
_THING = re.compile(
    r"^(?:(?:min|mitt|mina|var|vart|the|my|our) )?(?:\w+ )?(?:dator\w*|skrivar\w*|mobil\w*|telefon\w*|skarm\w*|bil|"
    r"bilen|"
    r"cykel\w*|tvattmaskin\w*|natverk\w*|internet\w*|wifi|bankid|app|appen|program\w*|fil|filen|printer|computer|"
    r"laptop|"
    r"phone|screen|car|bike|browser|software|file)\b|"
    r"\b(?:oppna|ladda\w*|skriva ut|logga in|installera|spara|lasa|hitta\w*|open|download|print|install|log in|save|"
    r"read)\b.{0,20}"
    r"\b(?:\w*filen?|\w*filer|pdf\w*|\w*sidan|webb\w*|appen|konto\w*|lank\w*|blankett\w*|dokument\w*|files?|page|app|"
    r"account|"
    r"link|form|document|website)\b|"
    r"^(?:my|the|this|these) (?!husband|boyfriend|father|dad|boss|wife|partner|uncle|brother|man\b)\w+ (?:is|"
    r"are) killing me\b"
)
"""What is told of is a thing: «My printer is killing me», «Jag kan inte öppna filen»."""
_CALM = re.compile(r"\b(?:fyller|heter|alskar|gillar|tycker om|studerar|likes?|loves?|enjoys?)\b")
"""What somebody is told to do that needs no help."""
_HIM = re.compile(r"\b(?:han|honom|he|him)\b")
_MY_OWN = re.compile(r"\b(?:jag|mig|mej|min|mitt|mina|i'm|me|my)\b")
_KIN = re.compile(
    r"\b(?:min|mitt|mina|var|vart|vara|en|my|our|a) (?:\w+ )?(?:son|dotter|barn\w*|mamma|pappa|mor|far|elev|klient|"
    r"brukare|"
    r"patient|anstalld|kollega|medarbetare|hund|katt|child|kid|mother|father|pupil|client|student|colleague|dog|cat)\b"
)
_AFRAID_OF = (
    r"(?! (?:for|of) (?!att|de\b|dem|dom|honom|henne|han|hon|min|mitt|mina|var|vara|pappa|mamma|polis|man\b|mannen|"
    r"\w*chef|\w*van|\w+s \w|him|her|them|his|my|our|the (?:man|men|police)|what|being|going|telling|people)\w)"
)
"""What somebody is afraid of is no person: «rädd för spindlar»."""
_HARD = re.compile(
    rf"\b(?:inte|aldrig|ingen|inget|inga|ensam|radd{_AFRAID_OF}|ledsen|orolig|oroar|gravid|hemlos|trott(?! pa (?!allt|"
    rf"honom|dem|det har))|ont(?! i (?:rygg|huvud|nack|kna|hals|tand))|sjuk|"
    rf"gratit|grater|mar|"
    r"(?:maste|must|have to) (?:\w+ )?(?:jobba|arbeta|betala|sova|ligga|lyda|gomma|fly|bort|ut|harifran|tigga|stjala|"
    r"salja|ge|gora allt|"
    r"traffa|traffas|work|pay|sleep|obey|hide|run|beg|steal|sell|leave|give|do what)|"
    rf"mardrom\w*|hungrig|skyldig|not|never|nobody|nothing|alone|(?:scared|afraid){_AFRAID_OF}|sad|worried|pregnant|"
    rf"homeless|"
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
_BUYS = re.compile(
    r"\b(?:jag|i|min (?:man|sambo|kille|pojkvan|partner)|my (?:husband|boyfriend|partner))\b.*\b(?:kop(?:er|t|a|te)|"
    r"sexkop\w*|buy(?:s|ing)?|bought|(?:boka\w*|book\w*|betala\w*|pay\w*|visit\w*|hitta\w*|anlita\w*|find\w*|"
    r"hire\w*) (?:for |en |an? )*(?:es[ck]ort\w*|prostitut\w*|sex))\b(?! mig)|\b(?:jag|min (?:man|sambo|kille|pojkvan|"
    r"partner)) har (?:(?!fatt|tagit)\w+ )?betalt (?:\w+ ){0,2}for (?:att ha )?sex\b|"
    r"\bhar jag betalt (?:\w+ ){0,2}for (?:att ha )?sex\b|\bjag betala\w* (?:(?!mig\b)\w+ ){1,3}for (?:att ha )?sex\b|"
    r"\b(?:i|i've|my (?:husband|boyfriend|partner)) (?:(?:have|has|once|also|"
    r"never) )*paid (?:(?!me\b)\w+ ){0,3}for sex\b|\b(?:kop(?:a|er|t|te)|buy(?:ing)?|bought) sex\b|\b(?:ga|gar|gatt|"
    r"gick) till (?:horor|prostituerade)\b|\b(?:hittar|anlitar|bokar) (?:jag|man) (?:en )?(?:es[ck]ort\w*|"
    r"prostitu\w*)\b|\bes[ck]ortsid\w*"
)
_OF_BUYING = re.compile(
    r"\b(?:es[ck]ort\w*|prostitu\w*|bordell\w*|brothel\w*|om jag berattar|if i tell|"
    r"(?:betala\w*|betalt|pay\w*|paid|money) (?:for|mot) (?:att ha )?sex)\b"
)
"""What is no sign of harm where somebody tells that they buy."""


def of(text: str) -> Need | None:
    """Return ``"life"`` where a question speaks of suicide, ``"help"`` where it tells of coercion, violence or fear.

    So does one that only asks where to turn. In a conversation it is `of_conversation`'s to say.

    Args:
        text: a question, in Swedish or English.
    """
    return of_conversation(text, ())


def of_conversation(text: str, earlier: Sequence[str]) -> Need | None:
    """Return the need that a question or one before it tells of: what was told once holds.

    A question of where to turn («Vem kan jag kontakta?») tells of one only where nothing else is asked.
    """
    asked = (*earlier, text)
    needs = [_told(each) for each in asked]
    if "life" in needs:
        return "life"
    return "help" if "help" in needs or all(map(turns, asked)) else None


def turns(text: str) -> bool:
    """Tell whether a question only asks where to turn, and tells of nothing: «Kan jag vara anonym?»."""
    return cries.TURNS.fullmatch(plain(text)) is not None


def _told(text: str) -> Need | None:
    """Return the need that the words of a question tell of by themselves."""
    asked = plain(text)
    if _speaks_of_suicide(asked):
        return "life"
    cry = cries.CRY.fullmatch(asked) and not cries.TURNS.fullmatch(asked) and not _BUYS.search(asked)
    weary = suicide.WEARY.search(asked) is not None and suicide.FACTS.search(asked) is None
    of_somebody = _SELF.search(asked) or _english_i(asked)
    asked = phrases.NOT_TOLD.sub(lambda match: match[0].partition(" ")[0], ordinary.NO_HARM.sub(" ", asked))
    if _BUYS.search(asked):
        asked = _OF_BUYING.sub("", asked)
    harm = of_somebody and phrases.HARM.search(asked)
    if harm or cry or any(each.search(asked) for each in (phrases.LEAVES, phrases.SEES, cries.ILL)):
        return "help"
    return "life" if weary else None


def _speaks_of_suicide(asked: str) -> bool:
    """Tell whether somebody thinks of suicide, or is feared to; facts about it, where nobody is told of, do not."""
    own = suicide.WRITTEN.sub("", suicide.OTHERS.sub("", ordinary.NO_WISH_TO_DIE.sub("", asked)))
    told = suicide.FACTS.search(asked) is None or suicide.PERSONAL.search(asked) is not None
    return told and suicide.LIFE.search(own) is not None


def tells(text: str) -> bool:
    """Tell whether somebody cries for help, or tells of themselves or of another, and asks nothing: «han låser in mig».

    Whoever says that they buy sex is left out: there is nothing that they need to be kept from. So is who tells of a
    thing: «min dator slog av sig».
    """
    asked = plain(text)
    if _BUYS.search(asked):
        return False
    if cries.CRY.fullmatch(asked) or cries.TURNS.fullmatch(asked):
        return True
    if _THING.search(asked) or (_CALM.search(asked) and not _HARD.search(asked)):
        return False
    mine = (_MINE.search(asked) is not None or _english_i(asked)) and _HARD.search(asked) is not None
    told = _PERSON.search(asked) is not None or mine
    return told and _ASKS.search(asked) is None


def heard(text: str, *, answered: bool, earlier: Sequence[str] = ()) -> Need | None:
    """Return what the box is shown for, or None where none is.

    Where a question is not answered, somebody who tells and asks nothing may need it, too; and so does whoever writes
    in a language that cannot be answered: better once too often. Who then asks only where to turn still does.

    Args:
        text: the question.
        answered: whether it is answered.
        earlier: the questions before it; see `of_conversation`.
    """
    found = of_conversation(text, earlier)
    if found is not None or tongues.is_foreign(text):
        return found or "help"
    if earlier and turns(text):
        return "help" if any(map(_is_shown_unanswered, earlier)) else None
    return "help" if not answered and (tells(text) or _speaks_of_him(text)) else None


def _is_shown_unanswered(text: str) -> bool:
    """Tell whether an earlier question had a box where it was not answered: one that only asks where to turn had none.

    Whether it was answered is not known; and so is the box shown rather once too often.
    """
    return not turns(text) and (tongues.is_foreign(text) or tells(text) or _speaks_of_him(text))


def _speaks_of_him(text: str) -> bool:
    """Tell whether somebody asks of themselves and a «him» that no one has named: it is one in their life.

    Whoever buys sex is left out, and who asks for a child, a parent or somebody they meet in their work.
    """
    asked = plain(text)
    mine = _MY_OWN.search(asked) is not None or _english_i(asked)
    return (
        mine
        and _HIM.search(asked) is not None
        and not (_BUYS.search(asked) or _KIN.search(asked) or _THING.search(asked))
    )


def _english_i(asked: str) -> bool:
    return _I_AM.search(asked) is not None or (_I.search(asked) is not None and question.language_of(asked) == "en")


def plain(text: str) -> str:
    """Return a question in lower case without å, ä and ö, as the patterns take it."""
    return question.clean(text).lower().translate(_PLAIN)
