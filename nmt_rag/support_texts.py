"""What judges of support say to readers, in Swedish and in English: their reasons, and how often the default one errs."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "literal", "words", "number", "denied", "opposite", "strength", "actor", "name", "missing", "unclear", "empty",
    "model", "malformed",
]  # fmt: skip

_REASONS: dict[str, dict[Kind, str]] = {
    "sv": {
        "literal": "Påståendet står ordagrant i citatet.",
        "words": "Citatet säger det som påståendet säger, och inga skillnader hittades.",
        "number": "Talet, datumet eller tiden «{}» stämmer inte med citatet.",
        "denied": "Det ena nekar det som det andra säger: «{}».",
        "opposite": "Citatet säger motsatsen till «{}».",
        "strength": "Påståendet är starkare än citatet: «{}».",
        "actor": "Citatet säger det inte om «{}».",
        "name": "Namnet «{}» står inte i citatet.",
        "missing": "Citatet säger inget om «{}».",
        "unclear": "Orden räcker inte för att avgöra om citatet säger det.",
        "empty": "Påståendet eller citatet är tomt.",
        "model": "Modellen har bedömt det så.",
        "malformed": "Modellens svar gick inte att läsa.",
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
        "empty": "The statement or the quote is empty.",
        "model": "The model has judged so.",
        "malformed": "The model's answer could not be read.",
    },
}
_PERHAPS = {"sv": "Det går inte att avgöra. Kanske: ", "en": "It cannot be told. Perhaps: "}


def reason(kind: Kind, detail: str, verdict: str, language: str) -> str:
    """Return the sentence that says why a judge says so; a reason for doubt says that it is one."""
    language = "en" if language == "en" else "sv"
    text = _REASONS[language][kind].format(detail)
    doubts = verdict == "cannot tell" and kind not in ("unclear", "empty", "malformed", "model")
    return f"{_PERHAPS[language]}{text[:1].lower()}{text[1:]}" if doubts else text


def error_rates(*, with_encoder: bool, language: str) -> str:
    """Placeholder until measured."""
    return ""
