"""The Swedish analyzer: words, stems, within-word n-grams and stop words.

It knows nothing of documents or indexes. The tokens follow the recipe measured in docs/retrieval.md: Snowball stems;
the 5-grams of ``_word_``, which join inflections, compounds and misspellings; and pairs of neighbouring words.
"""

from __future__ import annotations

import itertools
import re
import threading
from functools import lru_cache

import Stemmer

from nmt_rag.swedish import wholewords, wordlists

NGRAM_LENGTH = 5
"""Length of the within-word n-grams, in characters; the boundary marks count."""

SHORTEST_PARTED = 4
"""Words of at least this many letters have n-grams in the words index: «skola» is part of «grundskola»."""

NGRAM_MARK, PAIR_MARK = "~", "+"
"""What an n-gram begins with, and what joins a pair of stems: neither is ever part of a stem."""

NGRAM_SHARE = 0.2
"""What an n-gram counts in a search, against a stem: a word has several, and together they should weigh as one."""

NGRAM_SHARE_UNKNOWN = 0.5
"""The same where no passage has the word's stem: a misspelling or a rare compound, found by its parts alone."""

PAIR_SHARE = 0.5
"""What a pair of neighbouring words counts, against a stem."""

MAX_WORD_LENGTH = 64
"""Longer "words" are cut here: they are keyboard mash or data, and would only fill the index."""

NEGATIONS = frozenset("inte ej icke aldrig ingen inget inga ingenting ingalunda varken".split())
"""The words that deny."""

_UP_TO_TWENTY = (
    "noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo"
).split()
_TENS = "trettio fyrtio femtio sextio sjuttio åttio nittio".split()
_FIGURES = {
    **{word: str(number) for number, word in enumerate(_UP_TO_TWENTY)},
    **{word: str(10 * tens) for tens, word in enumerate(_TENS, 3)},
    "en": "1",
}
NUMBER_WORDS = frozenset(_FIGURES) | frozenset("hundra tusen miljon miljoner miljard miljarder".split())
"""The numbers that are one word; the large ones say how many only with the number before them: «fem hundra»."""

PLAIN_WORD = re.compile(r"[^\W_]+")
"""A word as it is written, of letters and figures; a hyphen parts it. `words` reads more closely."""

_WORD = re.compile(r"[^\W_¹²³⁰⁴-⁹]+")  # a raised digit is a note's mark, or an exponent
_stemmers = threading.local()


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the Swedish function words that carry no subject matter."""
    return frozenset(word for line in wordlists.lines("stopwords_sv.txt") for word in line.split())


def words(text: str) -> list[str]:
    """Return the lower-case words of a text, in order, in NFC; hyphenated words give their parts.

    A word that a line end or an unseen sign parts is one word: «Länsstyrel-⏎sen».
    """
    whole = wholewords.joined(wholewords.composed(text))
    return [word[:MAX_WORD_LENGTH] for word in _WORD.findall(whole.lower())]


def denies(text: str) -> bool:
    """Tell whether a text has a word that denies."""
    return not NEGATIONS.isdisjoint(words(text))


def meanings(text: str) -> list[str]:
    """Return what the words of a text mean, in order: their stems; all words that deny are one."""
    return ["inte" if word in NEGATIONS else stem(word) for word in words(text)]


def denies_more(heading: str, *below: str) -> bool:
    """Tell whether a heading denies what no text below it denies itself, with the words of the heading in a row.

    «Vi hjälper den som inte kan svenska.» holds the words of «Vi hjälper inte», and says the opposite.
    """
    said = f" {' '.join(meanings(heading))} "
    return denies(heading) and not any(said in f" {' '.join(meanings(text))} " for text in below)


def number_figures(word: str) -> str:
    """Return a number that is written as a lower-case word in figures, or an empty string where it is none or large.

    «En» and «ett» are 1, and are articles besides.
    """
    return _FIGURES.get(word, "")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the Snowball stem of one lower-case Swedish word.

    Source: https://snowballstem.org/algorithms/swedish/stemmer.html
    """
    stemmer = getattr(_stemmers, "swedish", None)
    if stemmer is None:
        stemmer = _stemmers.swedish = Stemmer.Stemmer("swedish")
    return str(stemmer.stemWord(word))


_FOLD = str.maketrans("åäöéèüæø", "aaoeeuao")


def fold(text: str) -> str:
    """Return the text with å, ä, ö and their kin written as a and o, as on a keyboard without them."""
    return text.translate(_FOLD)


def _ngrams(word: str) -> tuple[str, ...]:
    """Return the within-word 5-grams of ``_word_``, without accents."""
    marked = f"_{fold(word)}_"
    return tuple(marked[i : i + NGRAM_LENGTH] for i in range(len(marked) - NGRAM_LENGTH + 1))


def tokens(text: str) -> list[str]:
    """Return the tokens that the words index holds for a text: stems and n-grams of its words, stop words out.

    A text of nothing but stop words keeps them, so that every text with a letter has a token.
    """
    found = words(text)
    stop = stop_words()
    kept = [word for word in found if word not in stop] or found
    return [token for word in kept for token in _word_tokens(word)]


@lru_cache(maxsize=65_536)
def _word_tokens(word: str) -> tuple[str, ...]:
    parts = _ngrams(word) if len(word) >= SHORTEST_PARTED else ()
    return (stem(word), *(NGRAM_MARK + part for part in parts))


def pairs(text: str) -> list[str]:
    """Return a token for each two words side by side that are not both stop words: their stems, joined."""
    stop = stop_words()
    return [
        f"{stem(first)}{PAIR_MARK}{stem(second)}"
        for first, second in itertools.pairwise(words(text))
        if first not in stop or second not in stop
    ]


def share(token: str, *, known: bool = True) -> float:
    """Return what a token counts in a search, in (0, 1]: stems most.

    Args:
        token: a stem, an n-gram or a pair.
        known: whether the stem of the n-gram's word stands in what is searched.
    """
    if token.startswith(NGRAM_MARK):
        return NGRAM_SHARE if known else NGRAM_SHARE_UNKNOWN
    return PAIR_SHARE if PAIR_MARK in token else 1.0


def is_stem(token: str) -> bool:
    """Tell whether a token is a stem: neither an n-gram nor a pair."""
    return not token.startswith(NGRAM_MARK) and PAIR_MARK not in token
