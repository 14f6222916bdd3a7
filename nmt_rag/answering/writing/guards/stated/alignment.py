"""Own words ↔ the words of a passage: which is which, in order, and whether what is left out may be.

As when a sentence is shortened. Between two words only this may be left out: articles, adverbs that add nothing, one of
several things that are listed, a parenthesis, and «i ärenden som rör». Anything else may turn the meaning round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nmt_rag import swedish
from nmt_rag.documents import Mention

ARTICLES = frozenset("en ett den det de denna detta dessa sin sitt sina dess deras".split())
ADVERBS = frozenset("också även därför vidare dessutom bland annat exempelvis både dels alltså således".split())
"""Words that may be left out anywhere."""
JOINTS = frozenset("och samt eller men medan".split())
PREPOSITIONS = frozenset(
    "av till för från med hos åt om mot vid i på under över utan genom mellan inom kring efter före enligt".split()
)
RELATIVES = frozenset("som vars vilken vilket vilka där".split())
ATTRIBUTE = re.compile(
    r"(?!(?:\w*(?:n|st|gr)|r)ad$)(?:\w{2,}(?:ad|at|ade|ant|anta|ig|igt|iga|isk|iskt|iska|iv|ivt|iva|ell|ellt|ella|sam|"
    r"samma|nde|lös|löst|lösa|full|fullt|fulla|bar|bart)|första|andra|tredje|viss|visst|vissa|få|ny|nytt|nya|stora?|"
    r"stort|små|egen|eget|egna|vuxna|unga|utsatta?|särskil[dt]a?|\w{3,}(?:ens|ets|nas))$"
)
"""A word that narrows the one after it: an adjective, a participle, a genitive."""

_ADDED = ARTICLES | {"och", "samt", "om"}
"""Words that may be put in: «beslut i ärenden som rör X» is «beslut om X»."""
_OPEN = ARTICLES | JOINTS | PREPOSITIONS | RELATIVES | {"att", "är"}
"""Words that nothing ends with."""
_VERB = re.compile(r"\w+(?:a|å|r|s|de|te)$")
"""How a verb may end; without one, what follows «att» breaks off."""
_CONCERNING = re.compile(r"(?:i )?(?:ärenden|ärende|frågor|fråga|mål) som (?:rör|gäller|avser|berör)$")
_PAST = re.compile(r"\w{2,}(?:ade|ades|dde|ddes)$")
_ENDINGS = frozenset("j a an ad ade ar are at e en er else et het ig iga igt ing ning nd ande t d s".split())
"""What one stem may have more than another of its family: «stöd» and «stödjer», «utred» and «utredning»."""
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
    for match in swedish.PLAIN_WORD.finditer(text):
        named = next((one for one in mentions if one.start <= match.start() < one.end), None)
        mark = any(character in _MARKS for character in text[end : match.start()])
        if named is None:
            found.append(Token(match.group().lower(), match.start(), match.end(), mark))
        elif named.start == match.start():
            found.append(Token(text[named.start : named.end].lower(), named.start, named.end, mark, named.actor))
        end = match.end()
    return found


def leading(mine: Sequence[Token]) -> int:
    """Return how many own words are the actors that they begin with: «Polisen och åklagaren …»."""
    count = 0
    for number, token in enumerate(mine):
        if token.actor:
            count = number + 1
        elif token.word not in JOINTS:
            break
    return count


def aligned(
    mine: Sequence[Token], source: Sequence[Token], quotes: Sequence[tuple[int, int]]
) -> list[tuple[int, int]] | None:
    """Return which source word each own word is, as pairs of positions in order, or None where one is none.

    The words are looked for inside the quotes, so that these prove every one. Left out are the actors that the own
    words begin with, which are for `nmt_rag.answering.writing.guards.stated.agency`, and the few words that may be put
    in.
    """
    pairs: list[tuple[int, int]] = []
    position = 0
    quoted = [any(start <= token.start < end for start, end in quotes) for token in source]
    for place in range(leading(mine), len(mine)):
        token = mine[place]
        following = next(
            (n for n in range(position, len(source)) if quoted[n] and _is(token, source[n])),
            None,
        )
        if token.word in _ADDED and (following is None or not _nothing(source[position:following])):
            continue
        if following is None:
            return None
        pairs.append((place, following))
        position = following + 1
    return pairs


def whole(mine: Sequence[Token], source: Sequence[Token], pairs: Sequence[tuple[int, int]], wanted: set[str]) -> bool:
    """Tell whether nothing is left out between the own words that may not be, and they do not break off.

    Args:
        mine: the own words.
        source: the words of the passage.
        pairs: which is which.
        wanted: the actors of the own words: their names may be left out where they stand after the verb.
    """
    if not pairs:
        return True
    after = [token.word for token in source[pairs[-1][1] + 1 :][:1]]
    if mine[-1].word in _OPEN or after == ["eller"]:
        return False
    words = [token.word for token in mine]
    if "att" in words and not any(map(_VERB.match, words[len(words) - words[::-1].index("att") :])):
        return False
    return all(
        _bridged(mine[first + 1 : second], source, left, right, wanted)
        for (first, left), (second, right) in pairwise(pairs)
    )


def _bridged(between: Sequence[Token], source: Sequence[Token], left: int, right: int, wanted: set[str]) -> bool:
    """Tell whether what stands between two words of a source may be left out.

    Args:
        between: the own words between the two, which were put in.
        source: the words of the source.
        left: the place of the first in the source.
        right: the place of the second, after it.
        wanted: the actors of the own words.
    """
    skipped = source[left + 1 : right]
    if all(token.actor in wanted if token.actor else _nothing([token]) for token in skipped):
        return True
    words = " ".join(token.word for token in skipped)
    if _CONCERNING.match(words):
        return True
    if skipped[0].after_mark and skipped[0].word in RELATIVES and source[right].after_mark:
        return True  # «kontoret, som ligger i Malmö, tar emot …»
    joint = source[left].word in JOINTS or any(token.word in JOINTS for token in between)
    back = right
    while back > left + 1 and not source[back].after_mark and _nothing([source[back - 1]]):
        back -= 1
    listed = source[back].after_mark or source[back - 1].word in JOINTS
    return joint and listed and not any(t.actor or t.word in PREPOSITIONS | RELATIVES | {"att"} for t in skipped)


def _nothing(stretch: Sequence[Token]) -> bool:
    """Tell whether a stretch holds only words that say nothing more."""
    return all(token.word in ARTICLES | ADVERBS for token in stretch)


def contiguous(source: Sequence[Token], pairs: Sequence[tuple[int, int]]) -> bool:
    """Tell whether nothing is left out between own words but articles and adverbs."""
    return all(_nothing(source[left + 1 : right]) for (_, left), (_, right) in pairwise(pairs))


def _is(token: Token, other: Token) -> bool:
    return token.actor == other.actor if token.actor else not other.actor and same(token.word, other.word)


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
