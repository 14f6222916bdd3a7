"""Which passages are there for those who buy, hit or threaten, and which questions are about them or from one of them.

They are kept away from everybody else (`nmt_rag.answering.quoting`). It looks at words alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from nmt_rag import swedish
from nmt_rag.answering.help import need
from nmt_rag.answering.help.need import plain
from nmt_rag.types import Passage

_OF_DOERS = re.compile(
    r"\b(?:kop\w*|\w*kopare\w*|sexkop\w*|torsk\w*|kunder(?:na)?|efterfragan|forovare\w*|garningsm\w+|"
    r"(?:ga|gar|gatt|gick) till (?:horor|prostituerade\w*)|"
    r"betala\w* for (?:sex|att fa ligga)|jag har betalt for (?:att ha )?sex|"
    r"(?<!get )(?<!got )(?<!am )(?<!was )(?<!been )paid for "
    r"sex|jag (?:slar|hotar|slog)|(?:jag|min man|mannen|han) koper|valdsutovare\w*|"
    r"utova\w* vald|buy\w*|"
    r"bought|book\w* (?:an )?es[ck]ort\w*|boka\w* (?:en )?es[ck]ort\w*|clients?|johns|punters?|pay\w* for sex|"
    r"perpetrators?|offenders?|i (?:hit|beat|threaten))\b"
)
"""A question about those who buy, hit or threaten, or from one of them."""
_DOERS = re.compile(
    r"\b(?:som (?:själv(?:a)? |även |också )?(?:köper|köpt|utövar|utövat|använder våld|använt våld|slår|hotar|begår|"
    r"begått|utsätter)|"
    r"köpare|sexköp\w*)\b",
    re.IGNORECASE,
)
_EXPOSED = re.compile(
    r"\b(?:utsat\w+|utsätts|offer|offren|offret\w*|brottsoffer\w*|tvingas|tvingats|hotas|skada(?:d|de|ts)|säljer|sålt|"
    r"sålde|"
    r"ersättning för att|målsägande\w*)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:till för|vänder sig till|riktar sig (?:till|mot)|öppe[nt] för|hjälp(?:er|a)?\b|stöd(?:jer)?\b|erbjuder|för "
    r"(?:dig|er|den|dem|"
    r"personer|män|människor) som)",
    re.IGNORECASE,
)


_SEEKS_SEX = re.compile(
    r"\b(?:var|vart|hur|where|how|vill|want to|skulle vilja|soker|looking for)\b.{0,30}"
    r"\b(?:kopa|salja|boka|buy|sell|hitta\w*|finns|fa\w* (?:jag |man )?tag pa|find|finding)\b.{0,25}"
    r"\b(?:sex|sexuella tjanster|sexual services|prostituera\w*|prostitutes?|horor|hora|hookers?|es[ck]ort\w*|"
    r"(?:tjejer|kvinnor|man|killar|girls|women) (?:som saljer|who sell|selling))\b(?! och vill)|"
    r"\b(?:vem|vilka|who) (?:saljer|sells?) (?:sex|sexuella tjanster|sexual services)\b|"
    r"^(?:kan|far|gar det att|can|is it possible to) (?:(?:jag|man|vi|i|you|we) )?(?:kopa|boka|"
    r"buy) sex\b.{0,4}\b(?:pa|i|av|hos|via|"
    r"genom|in|at|from)\b|"
    r"\b(?:vad|hur mycket|what|how much)\b.{0,15}\b(?:kostar|cost|costs|tar)\b.{0,10}\b(?:sex|prostituera\w*|"
    r"prostitutes?|"
    r"horor|hora|hookers?|es[ck]ort\w*)\b"
)
"""Whoever looks for sex to buy or a place to sell it; «jag köper sex och vill sluta» does not."""
_OTHER_WISH = re.compile(
    r"\b(?:slut\w*|hjalp\w*|stod\w*|rad|radgivning|skydd\w*|mottagning\w*|samtal\w*|vard|straff\w*|\w*laglig\w*|"
    r"brott\w*|"
    r"stop\w*|quit|help|support|advice|protection|\w*legal)\b"
)


def asks_of_doers(text: str) -> bool:
    """Tell whether a question is about those who buy, hit or threaten, or asked by one of them."""
    return _OF_DOERS.search(plain(text)) is not None


def is_for_doers(text: str) -> bool:
    """Tell whether a passage offers something to those who buy, hit or threaten, and says nothing of those exposed.

    Who is forced into something is not helped by what is there for those who buy it.
    """
    return _DOERS.search(text) is not None and _EXPOSED.search(text) is None


def sections(passages: Sequence[Passage], title: str = "") -> tuple[frozenset[int], frozenset[str]]:
    """Return which passages of a document are there for those who buy, hit or threaten, and the actors that are.

    It is decided for a whole section and actor at once: by the actor's name, the heading (the document's title where
    there is none), or the sentence that says whom it is for. What else stands there («De erbjuder råd och stöd»,
    «Kontakten kan ske anonymt») goes with it.
    Where the same actor also speaks to those exposed, nothing is.

    Returns:
        The passages' ordinals, and the names of the actors and sections.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Passage]] = {}
    for passage in passages:
        groups.setdefault((passage.actor, () if passage.actor else passage.heading), []).append(passage)
    ordinals: set[int] = set()
    names: set[str] = set()
    for (actor, heading), own in groups.items():
        named = [actor] if actor else [name for name in heading[-1:] or (title,) if name]
        says = any(is_for_doers(text) for text in named) or any(
            is_for_doers(passage.text) and _OFFERS.search(passage.text) for passage in own
        )
        if says and not any(_EXPOSED.search(passage.text) for passage in own):
            ordinals |= {passage.ordinal for passage in own}
            names |= {*named}
    return frozenset(ordinals), frozenset(names)


def kept_away(
    asked: str, named: Collection[str], found: Mapping[str, tuple[frozenset[int], frozenset[str]]]
) -> list[tuple[str, int]]:
    """Return the passages that are kept away from a question: what is there for those who buy, hit or threaten.

    They are for who names such an actor, or asks about those who do it, and tells of no need of their own.

    Args:
        asked: the question.
        named: the actors that it names.
        found: what `sections` tells of each document, by its id.
    """
    words = swedish.words(asked)
    wanted = asks_of_doers(asked) or any(
        name in named or _stands_in(swedish.words(name), words) for _, names in found.values() for name in names
    )
    if wanted and not need.of(asked):
        return []
    return [(document_id, ordinal) for document_id, (ordinals, _) in found.items() for ordinal in ordinals]


def _stands_in(words: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether some words stand among others, next to each other: «KAST», and not «utkastad»."""
    return any(list(others[at : at + len(words)]) == list(words) for at in range(len(others) - len(words) + 1))


def seeks_sex(text: str) -> bool:
    """Tell whether somebody asks where sex is sold or bought: no text of help is an answer to that."""
    asked = plain(text)
    return _SEEKS_SEX.search(asked) is not None and _OTHER_WISH.search(asked) is None
