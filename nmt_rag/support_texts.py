"""What judges of support say to readers, in Swedish and in English: reasons, and how often the default judge errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nmt_rag.intervals import share_interval

Kind = Literal[
    "literal", "words", "number", "denied", "opposite", "strength", "actor", "name", "missing", "unclear", "scattered",
    "empty", "model", "malformed", "failed", "addressed",
]  # fmt: skip

_REASONS: dict[str, dict[Kind, str]] = {
    "sv": {
        "literal": "Påståendet står ordagrant i citatet.",
        "words": "Citatet säger det som påståendet säger, och inga skillnader hittades.",
        "number": "Talet, datumet eller tiden «{}» stämmer inte med citatet.",
        "denied": "Det ena förnekar det som det andra säger: «{}».",
        "opposite": "Citatet säger motsatsen till «{}».",
        "strength": "Påståendet är starkare än citatet: «{}».",
        "actor": "Citatet säger det inte om «{}».",
        "name": "Namnet «{}» står inte i citatet.",
        "missing": "Citatet säger inget om «{}».",
        "unclear": "Orden räcker inte för att avgöra om citatet säger det.",
        "scattered": "Orden finns i citatet, men inte tillsammans.",
        "empty": "Påståendet eller citatet är tomt.",
        "model": "Modellen har bedömt det så.",
        "malformed": "Modellens svar gick inte att läsa.",
        "failed": "Modellen svarade inte.",
        "addressed": "Texten vänder sig till en språkmodell, så ingen sådan får bedöma den.",
    },
    "en": {
        "literal": "The statement stands word for word in the quote.",
        "words": "The quote says what the statement says, and no differences were found.",
        "number": "The number, date or time «{}» does not agree with the quote.",
        "denied": "One denies what the other says: «{}».",
        "opposite": "The quote says the opposite of «{}».",
        "strength": "The statement is stronger than the quote: «{}».",
        "actor": "The quote does not say it of «{}».",
        "name": "The name «{}» is not in the quote.",
        "missing": "The quote says nothing about «{}».",
        "unclear": "The words are not enough to tell whether the quote says it.",
        "scattered": "The words are in the quote, but not together.",
        "empty": "The statement or the quote is empty.",
        "model": "The model has judged so.",
        "malformed": "The model's answer could not be read.",
        "failed": "The model did not answer.",
        "addressed": "The text speaks to a language model, so none is asked to judge it.",
    },
}
_PERHAPS = {"sv": "Det går inte att avgöra. Kanske: ", "en": "It cannot be told. Perhaps: "}


def reason(kind: Kind, detail: str, verdict: str, language: str) -> str:
    """Return the sentence that says why a judge says so; a reason for doubt says that it is one."""
    language = "en" if language == "en" else "sv"
    text = _REASONS[language][kind].format(detail)
    doubts = verdict == "cannot tell" and kind not in (
        "unclear",
        "scattered",
        "empty",
        "malformed",
        "model",
        "failed",
        "addressed",
    )
    return f"{_PERHAPS[language]}{text[:1].lower()}{text[1:]}" if doubts else text


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How often a judge was wrong on pairs that it had not been tuned on.

    Of ``supported`` pairs that it called so, ``wrongly_supported`` were not; likewise for those called not supported.
    It decided nothing of ``undecided`` pairs, of ``pairs`` in all.
    """

    supported: int
    wrongly_supported: int
    not_supported: int
    wrongly_not_supported: int
    undecided: int
    pairs: int


ERROR_RATES = {True: ErrorRates(18, 3, 37, 7, 19, 74), False: ErrorRates(17, 3, 38, 8, 19, 74)}
"""The default judge with an encoder (True) and without, on the held-out half of ``tests/data/support_pairs.jsonl``."""

_LINES = {
    "sv": "Svensk kontroll av ord, tal, nekanden och aktörer, utan språkmodell. Uppmätt på {} märkta par: av dem som "
    "kallades stödda var {} fel, av dem som kallades ej stödda var {} fel, och {} avgjordes inte.",
    "en": "A Swedish check of words, numbers, denials and actors, without a language model. Measured on {} labelled "
    "pairs: of those called supported {} were wrong, of those called not supported {} were wrong, and {} were left "
    "undecided.",
}


def error_rates(*, with_encoder: bool, language: str) -> str:
    """Return in one line how often the default judge errs, with 95 % intervals: to be printed with every use."""
    rates = ERROR_RATES[with_encoder]
    language = "en" if language == "en" else "sv"
    return _LINES[language].format(
        rates.pairs,
        _share(rates.wrongly_supported, rates.supported, language),
        _share(rates.wrongly_not_supported, rates.not_supported, language),
        f"{rates.undecided}",
    )


def _share(part: int, whole: int, language: str) -> str:
    """Return a share with its interval: «3 av 17 (18 %, 95 %-intervall 6–41 %)»."""
    found = share_interval(part, whole)
    mean, low, high = (f"{100 * value:.0f}" for value in (found.mean, found.low, found.high))
    if language == "en":
        return f"{part} of {whole} ({mean}%, 95% interval {low}–{high}%)"
    return f"{part} av {whole} ({mean} %, 95 %-intervall {low}–{high} %)"
