"""A quote that stands nowhere → what was done to it: one word for programs, and the difference for readers.

Only the text decides, no model. The kinds, in the order they are looked for: ``unicode`` (NFD or another form of the
same letters), ``whitespace`` (a no-break space, a line end), ``ellipsis`` (pieces of the document with … between),
``joined`` (pieces set side by side without a mark), ``case``, ``punctuation``, ``negation``, ``number``, ``letters``
(one word by a letter or two), ``words``.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Sequence
from itertools import islice, product

from nmt_rag import swedish
from nmt_rag.citations import places
from nmt_rag.swedish import composed

ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3})\s*")
NEGATIONS = swedish.NEGATIONS | {"utan"}
MAX_PIECES = 6
"""A quote in more pieces than this is called altered words: it was not put together from sentences."""
MIN_PIECE = 12
"""A piece shorter than this may stand in the document by chance (characters)."""
MAX_GAP = 40
"""Pieces nearer to each other than this have lost words between them; farther ones were joined (characters)."""
MAX_PLACES = 8
"""At most this many places of a quote's beginning are looked at."""
MAX_CUT = 2
"""By so many words a quote's beginning or end may be too long by chance."""
MIN_LITERAL = 0.6
"""A quote with less of it left as it was differs in more than one spot."""
SIMILAR = 0.75
"""Two words this similar (difflib) are one word with other letters."""


def alteration(quote: str, now: str, document: str) -> str:
    """Return the kind of what was done to a quote.

    Args:
        quote: as it is cited; it stands nowhere in the document.
        now: the most similar place of the document; empty where there is none.
        document: the whole text of the document.
    """
    if now and composed(quote) == composed(now):
        return "unicode"
    if now and composed(quote).split() == composed(now).split():
        return "whitespace"
    if elided(quote, document):
        return "ellipsis"
    if joined(quote, document):
        return "joined"
    return changed_words(quote, now)


def one_spot(quote: str, document: str) -> tuple[int, int] | None:
    """Return the place of the document that a quote differs from in one spot only, or None.

    What comes before the spot and what comes after it stand there literally, `MIN_LITERAL` of the quote in all, and not
    much farther from each other than in the quote.
    """
    before = _longest(lambda n: quote[:n] in document, len(quote))
    after = _longest(lambda n: quote[len(quote) - n :] in document, len(quote))
    if min(len(quote), before + after) < MIN_LITERAL * len(quote):
        return None
    # One of the two may go on into the spot by chance, because so much of it stands elsewhere: try shorter ones, too.
    starts = [0, *(match.end() for match in re.finditer(r"\s+", quote))]
    firsts = [before, *sorted((at for at in starts if at < before), reverse=True)[:MAX_CUT]]
    lasts = [after, *(len(quote) - at for at in starts if len(quote) - at < after)][: MAX_CUT + 1]
    for first, last in product(firsts, lasts):
        place = _spot(quote, min(first, len(quote) - last), last, document)
        place = place or _spot(quote, first, min(last, len(quote) - first), document)
        if place is not None:
            return place
    return None


def _spot(quote: str, before: int, after: int, document: str) -> tuple[int, int] | None:
    """Return the place where the first and the last so many characters of a quote stand near each other."""
    first, last, n = quote[:before], quote[len(quote) - after :], len(quote.split())
    if not re.search(r"\s", last.rstrip()):  # the last word differs: as many words, from the quote's beginning
        start = document.find(first)
        words = [match.end() for match in islice(re.finditer(r"\S+", document[start:]), n)]
        return (start, start + words[-1]) if words and before >= MIN_LITERAL * len(quote) else None
    if not re.search(r"\s", first.lstrip()):
        end = document.find(last) + after
        words = [match.start() for match in re.finditer(r"\S+", document[:end])][-n:]
        return (words[0], end) if words and after >= MIN_LITERAL * len(quote) else None
    near = len(quote) - before - after + MAX_GAP
    found: list[tuple[int, int, int]] = []
    # The longer of the two is looked for in the whole document, the other one near it. They may share letters and the
    # space around a word that was put in.
    if before >= after:
        for start in islice(places(first, document), MAX_PLACES):
            low = max(start + 1, start + before - near)
            for end in places(last, document[low : start + before + near + after]):
                found.append((abs(low + end - start - before), start, low + end + after))
    else:
        for end in islice(places(last, document), MAX_PLACES):
            low = max(0, end - near - before)
            for start in places(first, document[low : end + near]):
                if low + start < end:
                    found.append((abs(end - low - start - before), low + start, end + after))
    return min(found)[1:] if found else None


def _longest(fits: Callable[[int], bool], most: int) -> int:
    """Return the largest number up to ``most`` that fits, where every smaller one does, too."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def elided(quote: str, document: str) -> list[tuple[int, int]]:
    """Return the places of the pieces between a quote's ellipses, in order; nothing where one does not stand there."""
    pieces = [piece for piece in ELLIPSIS.split(quote) if piece.strip()]
    if not ELLIPSIS.search(quote) or not pieces:
        return []
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in pieces:
        start = document.find(piece, position)
        if start < 0:
            return []
        position = start + len(piece)
        spans.append((start, position))
    return spans


def joined(quote: str, document: str) -> list[tuple[int, int]]:
    """Return the places of the pieces that a quote was joined of, far from each other; nothing where it was not.

    Each piece is the longest beginning of what is left that stands in the document, cut back to a word's end.
    """
    spans: list[tuple[int, int]] = []
    rest = quote
    while rest:
        piece = _longest_beginning(rest, document)
        if len(piece.strip()) < MIN_PIECE or len(spans) == MAX_PIECES:
            return []
        start = document.find(piece)
        spans.append((start, start + len(piece)))
        rest = rest[len(piece) :].lstrip()
    apart = [(one, other) for one, other in itertools.pairwise(spans) if not _near(one, other)]
    return spans if apart else []


def _near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return 0 <= other[0] - one[1] <= MAX_GAP


def _longest_beginning(text: str, document: str) -> str:
    """Return the longest beginning of a text that the document has; it ends where a word of the text ends."""
    low = _longest(lambda n: text[:n] in document, len(text))
    if low < len(text) and not text[low].isspace():
        while low and not text[low - 1].isspace():
            low -= 1
    return text[:low].rstrip()


def changed_words(quote: str, now: str) -> str:
    """Return the kind of what differs between a quote and the place it was taken from, word by word."""
    before, after = composed(quote).split(), composed(now).split()
    if not after:
        return "words"
    if [word.casefold() for word in before] == [word.casefold() for word in after]:
        return "case"
    left, right = _bare(before), _bare(after)
    if left == right:
        return "punctuation"
    gone: list[str] = []
    come: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += left[a:b]
            come += right[c:d]
    changed = {*gone, *come}
    if changed & NEGATIONS and (set(gone) & NEGATIONS) != (set(come) & NEGATIONS):
        return "negation"
    if any(_is_number(word) for word in changed):
        return "number"
    if len(gone) == len(come) == 1 and difflib.SequenceMatcher(None, gone[0], come[0]).ratio() >= SIMILAR:
        return "letters"
    return "words"


def _is_number(word: str) -> bool:
    return any(character.isdigit() for character in word) or word in swedish.NUMBER_WORDS


def _bare(words: Sequence[str]) -> list[str]:
    """Return words in lower case without punctuation."""
    bare = ("".join(letter for letter in word.casefold() if letter.isalnum()) for word in words)
    return [word for word in bare if word]
