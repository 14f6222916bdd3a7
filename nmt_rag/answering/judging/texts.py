"""What judges of support say to readers, in Swedish and in English: reasons, and how often the default judge errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nmt_rag import translations

ReasonKind = Literal[
    "literal", "read", "number", "opposite", "missing", "unclear", "empty", "model", "malformed", "failed",
    "addressed",
]  # fmt: skip

_TEXTS = translations.texts("nmt_rag.answering.judging", "texts")


def reason(kind: ReasonKind, detail: str, verdict: str, language: str) -> str:
    """Return the sentence that says why a judge says so; a reason for doubt says that it is one."""
    language = translations.spoken(language)
    text = str(_TEXTS[language]["reasons"][kind]).format(detail)
    doubts = verdict == "cannot tell" and kind not in (
        "unclear",
        "empty",
        "malformed",
        "model",
        "failed",
        "addressed",
    )
    return f"{_TEXTS[language]['perhaps']}{text[:1].lower()}{text[1:]}" if doubts else text


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How often a judge was wrong on pairs that it was neither trained on nor fitted to.

    Of ``supported`` pairs that it called so, ``wrongly_supported`` were not; likewise for those called not supported.
    It decided nothing of ``undecided`` pairs, of ``pairs`` in all.
    """

    supported: int
    wrongly_supported: int
    not_supported: int
    wrongly_not_supported: int
    undecided: int
    pairs: int


ERROR_RATES = ErrorRates(33, 0, 41, 4, 0, 74)
"""The default judge on the held-out half of ``tests/data/support_pairs.jsonl``."""
INTERVALS = (0, 10), (4, 23)
"""Between which per cent the two shares of wrong ones lie with 95 % confidence (Wilson): supported, and not."""


def error_rates(*, language: str) -> str:
    """Return in one line how often the default judge errs, with 95 % intervals: to be printed with every use."""
    rates = ERROR_RATES
    language = translations.spoken(language)
    line: str = _TEXTS[language]["rates"]
    return line.format(
        rates.pairs,
        _share(rates.wrongly_supported, rates.supported, INTERVALS[0], language),
        _share(rates.wrongly_not_supported, rates.not_supported, INTERVALS[1], language),
        f"{rates.undecided}",
    )


def _share(part: int, whole: int, interval: tuple[int, int], language: str) -> str:
    """Return a share with its interval: «3 av 17 (18 %, 95 %-intervall 6–41 %)»."""
    mean, (low, high) = f"{100 * part / max(1, whole):.0f}", interval
    if language == "en":
        return f"{part} of {whole} ({mean}%, 95% interval {low}–{high}%)"
    return f"{part} av {whole} ({mean} %, 95 %-intervall {low}–{high} %)"
