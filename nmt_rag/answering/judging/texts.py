"""What judges of support say to readers, in Swedish and in English: reasons, and how often the default judge errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nmt_rag.evaluation import share_interval

Kind = Literal[
    "literal", "read", "number", "denied", "opposite", "missing", "unclear", "empty", "model", "malformed", "failed",
    "addressed",
]  # fmt: skip

_REASONS: dict[str, dict[Kind, str]] = {
    "sv": {
        "literal": "Påståendet står ordagrant i citatet.",
        "read": "Citatet bär upp påståendet, enligt läsmodellen.",
        "number": "Talet «{}» står inte i citatet.",
        "denied": "Det ena nekar, det andra inte.",
        "opposite": "Citatet säger något annat än påståendet, enligt läsmodellen.",
        "missing": "Citatet säger inte det som påståendet säger, enligt läsmodellen.",
        "unclear": "Läsmodellen är osäker på om citatet säger det.",
        "empty": "Påståendet eller citatet är tomt.",
        "model": "Modellen har bedömt det så.",
        "malformed": "Modellens svar gick inte att läsa.",
        "failed": "Modellen svarade inte.",
        "addressed": "Texten vänder sig till en språkmodell, så ingen sådan får bedöma den.",
    },
    "en": {
        "literal": "The statement stands word for word in the quote.",
        "read": "The quote carries the statement, by the reading model.",
        "number": "The number «{}» is not in the quote.",
        "denied": "One denies, the other does not.",
        "opposite": "The quote says something else than the statement, by the reading model.",
        "missing": "The quote does not say what the statement says, by the reading model.",
        "unclear": "The reading model is unsure whether the quote says it.",
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


ERROR_RATES = ErrorRates(21, 3, 53, 19, 0, 74)
"""The default judge on the held-out half of ``tests/data/support_pairs.jsonl``."""

_LINES = {
    "sv": "En liten svensk läsmodell på den egna datorn, med kontroll av tal och nekanden. Uppmätt på {} märkta par: "
    "av dem som kallades stödda var {} fel, av dem som kallades ej stödda var {} fel, och {} avgjordes inte.",
    "en": "A small Swedish reading model on this machine, with a check of numbers and denials. Measured on {} labelled "
    "pairs: of those called supported {} were wrong, of those called not supported {} were wrong, and {} were left "
    "undecided.",
}


def error_rates(*, language: str) -> str:
    """Return in one line how often the default judge errs, with 95 % intervals: to be printed with every use."""
    rates = ERROR_RATES
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
