"""Own words ↔ the words of a passage: which is which, in order, and whether they hang together in the same way.

As when a sentence is shortened: words may be left out, inflected and joined again. Prepositions stay as they are, and
what is left out between two words may not take a clause with a subject of its own along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nmt_rag import swedish
from nmt_rag.actors import Mention

GLUE = frozenset(
    "och att i på av för till med den det de en ett som är om från hos vid sig sin sitt sina denna detta dessa "
    "dem dess deras där samt".split()
)
"""Words that may be added to those of a source: they join, and say nothing by themselves."""
ARTICLES = frozenset("en ett den det de denna detta dessa sin sitt sina dess deras".split())
PREPOSITIONS = frozenset(
    "av till för från med hos åt om mot vid i på under över utan genom mellan inom kring efter före enligt".split()
)
_ADDED_PREPOSITIONS = frozenset(["", "om", "i", "på"])
"""What may be put before a word that has none in the source: «beslut i ärenden som rör X» is «beslut om X»."""
_ADDED_PREPOSITIONS = frozenset(["", "om", "i", "på"])
"""What may be put before a word that has none in the source: «beslut i ärenden som rör X» is «beslut om X»."""
JOINTS = frozenset("och samt eller men medan".split())
RELATIVES = frozenset("som vars vilken vilket vilka".split())
_MATTERS = frozenset("ärenden ärende frågor fråga mål".split())
_CONCERNS = (["rör"], ["gäller"], ["avser"], ["berör"])
NEAR = 3
ATTRIBUTE = re.compile(
    r"(?!(?:\w*(?:n|st|gr)|r)ad$)(?:\w{2,}(?:ad|at|ade|ant|anta|ig|igt|iga|isk|iskt|iska|iv|ivt|iva|ell|ellt|ella|sam|samma|nde|lös|löst|lösa|full|fullt|"
    r"fulla|bar|bart)|första|andra|tredje|viss|visst|vissa|ny|nytt|nya|stora?|stort|små|egen|eget|egna|vuxna|unga|"
    r"utsatta?|särskil[dt]a?|\w{3,}(?:ens|ets|nas))$"
)
"""A word that narrows the one after it: an adjective, a participle, a genitive."""
_PAST = re.compile(r"\w{2,}(?:ade|ades|dde|ddes)$")
_ENDINGS = frozenset("j a an ad ade ar are at e en er else et het ig iga igt ing ning nd ande t d s".split())
"""What one stem may have more than another of its family: «stöd» and «stödjer», «utred» and «utredning»."""
_WORD = re.compile(r"[^\W_]+")
_MARKS = ",;:–—()"


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case, where it stands, whether a mark of punctuation stands before it, and the actor it names."""

    word: str
    start: int
    end: int
    after_mark: bool
    actor: str = ""


def tokens(text: str, mentions: Sequence[Mention] = ()) -> list[Token]:
    """Return the words of a text, in order; the name of an actor is one word."""
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        named = next((one for one in mentions if one.start <= match.start() < one.end), None)
        mark = any(character in _MARKS for character in text[end : match.start()])
        if named is None:
            found.append(Token(match.group().lower(), match.start(), match.end(), mark))
        elif named.start == match.start():
            found.append(Token(text[named.start : named.end].lower(), named.start, named.end, mark, named.actor))
        end = match.end()
    return found


def aligned(
    mine: Sequence[Token], source: Sequence[Token], quotes: Sequence[tuple[int, int]], headed: Sequence[str]
) -> list[tuple[int, int]] | None:
    """Return which source word each own content word is, as pairs of positions in order, or None.

    The words are looked for inside the quotes, so that these prove every one; a word that the passage has nowhere, but
    its headings have, may stand anywhere. An actor that the own words begin with is left to
    `nmt_rag.agency`; one that follows other words must stand after them in the source, too.
    """
    pairs: list[tuple[int, int]] = []
    position = 0
    for place, token in enumerate(mine):
        if token.word in GLUE or (token.actor and not pairs):
            continue
        places = [
            number
            for number, other in enumerate(source)
            if (token.actor == other.actor if token.actor else same(token.word, other.word))
        ]
        quoted = (n for n in places if any(start <= source[n].start < end for start, end in quotes))
        following = next((number for number in quoted if number >= position), None)
        if following is None:
            if places or not any(same(token.word, other) for other in headed):
                return None
            continue
        pairs.append((place, following))
        position = following + 1
    return pairs


def joined(mine: Sequence[Token], source: Sequence[Token], pairs: Sequence[tuple[int, int]]) -> bool:
    """Tell whether own words hang together as they do in the source: by their prepositions, and across its clauses.

    Words that break off («… ger skydd åt») hang together with nothing.
    """
    if pairs and mine[-1].word in GLUE | PREPOSITIONS | JOINTS:
        return False
    for place, number in pairs:
        before, there = _preposition(mine, place), _preposition(source, number)
        if before != there and (there or before not in _ADDED_PREPOSITIONS):
            return False
    return all(
        _bridged(mine[first + 1 : second + 1], source, left, right)
        for (first, left), (second, right) in pairwise(pairs)
    )


def _bridged(between: Sequence[Token], source: Sequence[Token], left: int, right: int) -> bool:
    """Tell whether what is left out between two words of a source may be.

    Args:
        between: the own words after the first of the two, with the second.
        source: the words of the source.
        left: the place of the first in the source.
        right: the place of the second, after it.
    """
    skipped = source[left + 1 : right]
    if skipped and skipped[0].after_mark and skipped[0].word in RELATIVES and source[right].after_mark:
        return True  # «kontoret, som ligger i Malmö, tar emot …»
    if _relative(skipped) and not _relative(between[:-1]):
        return False
    if not (any(one.word in JOINTS for one in skipped) or any(one.after_mark for one in source[left + 1 : right + 1])):
        return True
    if not (any(one.word in JOINTS for one in between[:-1]) or any(one.after_mark for one in between)):
        return False
    if right > left + 1 and any(one.word in PREPOSITIONS for one in skipped) and not contiguous(skipped):
        return False  # «skyddar barn mot våld och hot» is not «skyddar barn och hot»
    back = right
    while back > left + 1 and not source[back].after_mark and source[back - 1].word in GLUE - JOINTS:
        back -= 1
    # «föreningen ansöker och kommunen beslutar» is not «föreningen ansöker och beslutar».
    return source[back].after_mark or source[back - 1].word in JOINTS


def contiguous(skipped: Sequence[Token]) -> bool:
    """Tell whether nothing but joining words is left out."""
    return all(token.word in GLUE or token.word in JOINTS for token in skipped)


def _relative(stretch: Sequence[Token]) -> bool:
    """Tell whether a stretch opens a relative clause; «ärenden som rör X» is no more than «X»."""
    words = [token.word for token in stretch]
    return any(
        word in RELATIVES and not (number and words[number - 1] in _MATTERS and words[number + 1 :][:1] in _CONCERNS)
        for number, word in enumerate(words)
    )


def _preposition(tokens: Sequence[Token], place: int) -> str:
    """Return the preposition before a word, articles and attributes between them left out, or an empty string."""
    for token in reversed(tokens[max(0, place - NEAR) : place]):
        if token.word in PREPOSITIONS:
            return token.word
        if token.word not in ARTICLES and not ATTRIBUTE.match(token.word):
            return ""
    return ""


def same(word: str, other: str) -> bool:
    """Tell whether two words are forms of one, or of one family («beslutar», «beslut»).

    Not where the form says who does it or when: one in -s is a passive or a genitive, «beslutade» is past.
    """
    if word == other:
        return True
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < 3:
        return False
    if word.endswith("s") != other.endswith("s") or bool(_PAST.match(word)) != bool(_PAST.match(other)):
        return False
    short, long = sorted((swedish.stem(word), swedish.stem(other)), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and long[len(short) :] in _ENDINGS)
