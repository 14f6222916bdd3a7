"""Synonyms, topic words and English–Swedish word lists: everyday words in the words of authorities, English in Swedish.

Lists that people wrote (``glossary_en_sv.txt``, ``thesaurus_sv.txt``, ``topics_sv.txt``) and one learned from parallel
sentences (``lexicon_en_sv.txt``); this module reads them, and carries an English question over into Swedish words. It
translates no sentences.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nmt_rag.swedish import analyzer as swedish
from nmt_rag.swedish import wordlists

WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
ENGLISH_FUNCTION_WORDS = frozenset(
    "the is are was were what which who whom whose where when why how does do did can could should would will for of "
    "to in on at by with from about and or an a if i my me you your they their he she it there this that be has have "
    "not please tell any get need want carry out during under take long someone somebody anyone ask assist "
    "against happens "
    "into as we our us them him her his its been being had am just also only so if then than very "
    "more most some all".split()
)


@lru_cache(maxsize=2)
def _words_for_words(name: str) -> dict[str, tuple[str, ...]]:
    """Return what a list gives for each stem that stands before an equals sign in it."""
    found: dict[str, list[str]] = {}
    for said, written in wordlists.pairs(name):
        for word in said.split():
            found.setdefault(swedish.stem(word), []).extend(written.lower().split())
    return {stem: tuple(dict.fromkeys(words)) for stem, words in found.items()}


def synonyms(word: str) -> tuple[str, ...]:
    """Return the words that authorities' texts use for an everyday word, or nothing."""
    return _words_for_words("thesaurus_sv.txt").get(swedish.stem(word), ())


def topics(word: str) -> tuple[str, ...]:
    """Return the words in which the law speaks of the matter that a word belongs to; they are no synonyms of it."""
    return _words_for_words("topics_sv.txt").get(swedish.stem(word), ())


@lru_cache(maxsize=1)
def _glossary() -> dict[str, str]:
    return dict(wordlists.pairs("glossary_en_sv.txt"))


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, str]:
    return dict(wordlists.pairs("lexicon_en_sv.txt"))


def is_english(word: str) -> bool:
    """Tell whether a lower-case word is one of the English lists'."""
    return word in _glossary() or _in_lexicon(word) is not None


def _in_lexicon(word: str) -> str | None:
    """Return the Swedish words of an English word, or of the word without its plural's or third person's «s»."""
    found = _lexicon().get(word)
    return _lexicon().get(word.removesuffix("s")) if found is None and len(word) > 4 else found


def translate(text: str) -> str:
    """Return an English question in Swedish words; a word that neither list has stays as it is.

    Question words and other function words are carried over where they decide what is asked for.
    """
    glossary = _glossary()
    words = WORD.findall(text)
    result: list[str] = []
    position = 0
    while position < len(words):
        for length in range(min(6, len(words) - position), 0, -1):
            term = " ".join(words[position : position + length]).lower()
            if term in glossary:
                result.append(glossary[term])
                position += length
                break
        else:
            word = words[position]
            carried = _ENGLISH_FRAME.get(word.lower(), "" if word.lower() in ENGLISH_FUNCTION_WORDS else None)
            if carried is None and not _written_as_name(words, position):
                carried = _in_lexicon(word.lower())
            result.append(word if carried is None else carried)
            position += 1
    return " ".join(part for part in result if part)


def _written_as_name(words: list[str], position: int) -> bool:
    """Tell whether a word has a capital letter where no sentence begins."""
    return position > 0 and words[position][:1].isupper()


_ENGLISH_FRAME = {
    "who": "vem", "whom": "vem", "which": "vilken", "what": "vad", "where": "var", "when": "när", "why": "varför",
    "how": "hur", "does": "gör", "do": "gör", "tell": "berätta", "about": "om", "between": "mellan", "and": "och",
    "is": "är", "are": "är", "many": "många", "much": "mycket", "for": "för", "in": "i", "not": "inte",
    "mean": "betyder",
    "means": "betyder", "stand": "står", "stands": "står",
}  # fmt: skip
