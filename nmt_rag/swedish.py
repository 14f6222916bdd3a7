"""The Swedish analyzer: words, stems, within-word n-grams, stop words and sentences.

It knows nothing of documents or indexes. The tokens follow the recipe measured in docs/retrieval.md: Snowball stems;
the 5-grams of ``_word_``, which join inflections, compounds and misspellings; and pairs of neighbouring words.
"""

from __future__ import annotations

import itertools
import re
import threading
from functools import lru_cache

import Stemmer

from nmt_rag import wordlists
from nmt_rag.composing import composed

NGRAM_LENGTH = 5
"""Length of the within-word n-grams, in characters; the boundary marks count."""

SHORTEST_PARTED = 4
"""Words of so many letters and more have n-grams in the words index: «skola» is part of «grundskola»."""

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

_WORD = re.compile(r"[^\W_]+")
_stemmers = threading.local()


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the Swedish function words that carry no subject matter."""
    return frozenset(word for line in wordlists.lines("stopwords_sv.txt") for word in line.split())


def words(text: str) -> list[str]:
    """Return the lower-case words of a text, in order, in NFC; hyphenated words give their parts."""
    return [word[:MAX_WORD_LENGTH] for word in _WORD.findall(composed(text).lower())]


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


@lru_cache(maxsize=65_536)
def ngrams(word: str) -> tuple[str, ...]:
    """Return the within-word 5-grams of ``_word_``, without accents, for words longer than five letters."""
    return _ngrams(word) if len(word) > NGRAM_LENGTH else ()


def _ngrams(word: str) -> tuple[str, ...]:
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


# Abbreviations after which a sentence goes on, those that may also end one, and words that are one before a number.
_ABBREVIATIONS = frozenset(
    "adj anm apr aug avd bl bl.a ca cirka d.v.s dec dir dnr doc dr dvs e.g ev exkl f.d f.n f.ö feb febr fig fr fr.o.m "
    "fre föreg förf gm h i.e inkl int jan jfr jul jun jur kap kl lör m.a.o mr mrs mån n nov nr nuv o.d obs odont okt "
    "ons prof prop ref resp rskr s s.k s.a.s sep sept sid sk sl st.f stp sön t.ex t.o.m t.v tel tex tis tors uppl "
    "urspr v vol vs å.k äv ö övers övr".split()
)
_ABBREVIATIONS_THAT_MAY_END = frozenset(
    "a.a b.b dyl e.d e.kr e.m etc f.kr f.m f.v.b fl forts ff m.fl m.m mfl mm ngn ngt o.dyl o.s.v osv "
    "p.g.a pga kr st tkr mkr mnkr".split()
)
_ABBREVIATIONS_BEFORE_NUMBERS = frozenset("art bil max min mom par st".split())
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)")
_LAST_TOKEN = re.compile(r"[^\s(\[«»\"”]*$")
_SPACED = re.compile(r"(?:(?<!\w)\w{1,3}\.[ \xa0]){1,2}\w{1,3}$")
_INITIALS = re.compile(r"(?:[A-ZÅÄÖ]\.-?)*[A-ZÅÄÖ]")
_REST = re.compile(r"\s*+")
_OPENING = re.compile(r"[\"'”’»«(–—\-\s]*+")
_LONGEST_ABBREVIATION = 16
"""How far back from a full stop its word is looked for (characters, spaces within an abbreviation counted)."""

_LINE = re.compile(r"[^\n]*\n?")
_LIST_MARK = re.compile(r"\s*(?:[-*•–—·◦▪●]|\(?\d{1,3}[.)]|\(?[a-zåäö]\))\s+", re.IGNORECASE)
_HEADING_MARK = re.compile(r"\s{0,3}#{1,6}\s+\S")
_SECTION_MARK = re.compile(r"\s*(?:\d+\s*(?:[a-z]\s+)?kap\.\s*)?\d+\s*(?:[a-z]\s*)?§")
_WRAP_WIDTH = 60
"""A line shorter than this that ends without punctuation was ended on purpose, not by wrapping (characters)."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the ``(start, end)`` offsets of the sentences, headings and list items of a text, in order.

    Nothing but whitespace falls between them, none is empty, and none begins or ends with whitespace.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        cuts = [start]
        for match in _END.finditer(text, start, end) if not _HEADING_MARK.match(text, start, end) else ():
            if _ends_sentence(text, cuts[-1], match.start(), match.end(), end):
                cuts.append(match.end())
        found: list[tuple[int, int]] = []
        for first, last in itertools.pairwise((*cuts, end)):
            if found and not _WORD.search(text, first, last):
                found[-1] = (found[-1][0], last)  # «Välkommen! 🙂»: a mark alone says nothing
            else:
                found.append((first, last))
        spans += (_trim(text, *span) for span in found)
    return [span for span in spans if span[0] < span[1]]


def is_list_item(line: str) -> bool:
    """Tell whether a line begins with a list mark: ``-``, ``•``, ``1.``, ``a)`` or the like."""
    return _LIST_MARK.match(line) is not None


def list_mark_length(line: str) -> int:
    """Return the number of characters that the list mark (with its spaces) takes at the start of a line."""
    match = _LIST_MARK.match(line)
    return match.end() if match else 0


def _blocks(text: str) -> list[tuple[int, int]]:
    """Join the lines of a text that are one paragraph broken by wrapping; every other line is a block."""
    blocks: list[tuple[int, int]] = []
    previous = ""
    for match in _LINE.finditer(text):
        line = match.group()
        if line.strip() and previous.strip() and blocks and _continues(previous, line):
            blocks[-1] = (blocks[-1][0], match.end())
        elif line.strip():
            blocks.append(match.span())
        previous = line
    return blocks


def _continues(previous: str, line: str) -> bool:
    """Tell whether a line goes on with the sentence of the line before it."""
    if any(mark.match(line) for mark in (_LIST_MARK, _HEADING_MARK, _SECTION_MARK)) or _HEADING_MARK.match(previous):
        return False
    before, after = previous.rstrip(), line.lstrip()
    if before.endswith((".", "!", "?", ":", "…")):
        # Sentences of one wrapped paragraph may stay together: they are split by their punctuation anyway.
        return before.endswith(".") and after[0].islower()
    if after[0].islower() or before.endswith((",", "-", "–", "(", "/")):
        return True
    return len(before) >= _WRAP_WIDTH


def _ends_sentence(text: str, start: int, dot: int, stop: int, end: int) -> bool:
    """Tell whether the punctuation at ``text[dot:stop]`` ends the sentence that began at ``start``."""
    rest = _skip(_REST, text, stop, end)
    if rest == end:
        return True
    opening = _skip(_OPENING, text, rest, end)
    following = text[opening : min(opening + 1, end)]
    if text[dot] in "!?":
        return not following.islower()
    if text[dot] == "…" or text.startswith("...", dot):
        return following.isupper()
    if following.islower():
        return False
    before = text[max(start, dot - _LONGEST_ABBREVIATION) : dot]
    last = _LAST_TOKEN.search(before)
    written = last.group() if last else ""
    spaced = _SPACED.search(before)
    word, joined = written.lower(), spaced.group().lower().replace(" ", "").replace("\xa0", "") if spaced else ""
    if following.isdigit() and word in _ABBREVIATIONS_BEFORE_NUMBERS:
        return False
    if word in _ABBREVIATIONS_THAT_MAY_END or joined in _ABBREVIATIONS_THAT_MAY_END:
        return following.isupper()
    if word in _ABBREVIATIONS or joined in _ABBREVIATIONS or _INITIALS.fullmatch(written):
        return False  # an abbreviation, or an initial: A. Svensson
    is_mark = word.isdigit() and text[start:dot].strip(" \t\n\xa0(") == word
    return not is_mark  # "1." at the start of a list item belongs to the item


def _skip(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where the run of a pattern's characters that begins at ``start`` ends."""
    match = pattern.match(text, start, end)
    return match.end() if match else start


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends of a span inwards past whitespace."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
