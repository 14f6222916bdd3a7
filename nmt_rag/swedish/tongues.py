"""Whether a question is in a language that nothing here can read: neither Swedish nor English, nor near them.

What follows from it is only that the numbers to call are shown, in Swedish and in English: whoever cannot be answered
may need them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from nmt_rag.swedish import analyzer, terms, wordlists

LEAST_SURE = 0.2
"""From this probability a language counts as told, where half of the words at most are known. Of 3,400 questions in
Swedish and English none is told wrong."""
_OURS = frozenset("sv en da no nb nn fo is la zxx".split())
"""Swedish, English, their nearest kin, which a short Swedish question is easily taken for, and what is no language."""
_ENGLISH = frozenset(
    "a am an and are at be can do does for from have he help how i in is it me my not of on or she that the they this "
    "to "
    "was we what when where which who will with you your".split()
)
_HELP = frozenset(
    "aidez aiutami aiutatemi aiuto ajuda ajutati ajutaţi ajutați ajutor alikari alîkarî apua auttakaa auxilio ayuda "
    "ayúdame ayudenme caawi caawimaad cứu gelbėkite giúp hawar hilf hilfe hulp imdat komak madad msaada ndihme ndihmë "
    "ndihmoni nisaidie pagalba palīdzība palīgā pomagajte pomoc pomocy pomoč pomogite pomozite pomozte pomóż saklolo "
    "secours segitseg segítség socorro tulong yardim yardım".split()
)
"""«Help» in languages that are written with Latin letters: one word is too little for the model to tell."""
_SHARED = frozenset("a an as at de den der det du en et i in is la man me min mot no om on per se so to vi".split())
"""Function words of ours that others have too: «Me obligan a trabajar en la calle»."""
_MOST_OWN = 0.5
"""A text of which more is Swedish or English words is one of ours, and no model is loaded."""
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?")
_FEWEST = 3
"""A text of at least this many words, none of them ours, is foreign, however unsure the model is of its language."""


def is_foreign(text: str) -> bool:
    """Tell whether a text is in another script, or surely in another language than Swedish and English.

    Args:
        text: a question, as it was typed.
    """
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return False
    if sum(_is_latin(character) for character in letters) * 2 < len(letters):
        return True
    words = [word for each in text.lower().split() if _LETTERS.fullmatch(word := each.strip('.,:;?!¡¿"”“«»()'))]
    if not words:
        return False  # code, or numbers
    if not _HELP.isdisjoint(words):
        return True
    known = sum(map(_is_known, words))
    if known > _MOST_OWN * len(words):
        return False
    language, probability = _identifier().classify(text)
    sure = float(probability) >= LEAST_SURE or (not known and len(words) >= _FEWEST)
    return language not in _OURS and sure


def _is_known(word: str) -> bool:
    """Tell whether a word is Swedish or English, as far as the lists go that come with the package."""
    own = word in _ENGLISH or word in analyzer.stop_words() or analyzer.stem(word) in wordlists.frequencies()
    return word not in _SHARED and (own or terms.is_english(word))


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


@cache
def _identifier() -> Any:  # noqa: ANN401 - the library ships no types
    """Return the model, loaded once (half a second)."""
    from py3langid import langid  # most questions never need it

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
