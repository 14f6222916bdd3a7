"""Whether a question is in a language that nothing here can read: neither Swedish nor English, nor near them.

What follows from it is only that the numbers to call are shown, in Swedish and in English: whoever cannot be answered
may need them.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from nmt_rag.swedish import analyzer

LEAST_SURE = 0.5
"""From this probability a language counts as told. Of 652 Swedish and English questions one is told wrong."""
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
_MOST_OWN = 0.34
"""From this share of Swedish and English function words on a text is taken for one of ours, and no model is loaded."""


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
    words = [word.strip(".,?!¡¿") for word in text.lower().split()]
    if not _HELP.isdisjoint(words):
        return True
    own = sum(word in _ENGLISH or word in analyzer.stop_words() for word in words)
    if own >= _MOST_OWN * len(words):
        return False
    language, probability = _identifier().classify(text)
    return language not in _OURS and float(probability) >= LEAST_SURE


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


@cache
def _identifier() -> Any:  # noqa: ANN401 - the library ships no types
    """Return the model, loaded once (half a second)."""
    from py3langid import langid  # most questions never need it

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
