"""Whether silence and confidence are in their place: risk and coverage, their area, calibration.

Every function takes the answers that were given, as ``confidence`` (higher is surer) and ``right``; abstentions are not
among them, they only lower the coverage.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 10
"""Bins of equal width that the calibration error compares; the usual number (Guo et al. 2017)."""


def risk_coverage(confidence: Sequence[float], right: Sequence[bool], n: int) -> list[tuple[float, float]]:
    """Return the curve of risk over coverage: ``(coverage, risk)`` after each answer, the surest first.

    Coverage is the share of all ``n`` questions that would be answered at a threshold, risk the share of wrong ones
    among these answers (El-Yaniv and Wiener 2010). Answers of equal confidence cannot be told apart by a threshold:
    each of them adds the same, so that their order means nothing.

    Args:
        confidence: of each answer.
        right: whether it is right.
        n: how many questions were asked.

    Raises:
        ValueError: there are more answers than questions, or not one ``right`` for each.
    """
    if len(confidence) != len(right) or len(confidence) > n:
        raise ValueError(f"expected at most {n} answers, each right or not; got {len(confidence)} and {len(right)}")
    risks = _risks(np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool))
    return [(rank / n, float(risk)) for rank, risk in enumerate(risks, 1)]


def area(confidence: ArrayLike, right: ArrayLike) -> float:
    """Return the area under the risk-coverage curve: the mean risk over its points (AURC; Geifman et al. 2019).

    0 is best. It ends at the coverage that was reached. 0 where nothing was answered: no answer, no risk.
    """
    risks = _risks(np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool))
    return float(risks.mean()) if len(risks) else 0.0


def _risks(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the risk after each answer, the surest first; equal ones share theirs: (n_answers,)."""
    order = np.argsort(-confidence, kind="stable")
    sure, wrong = confidence[order], ~right[order]
    tie = np.cumsum(np.r_[False, sure[1:] != sure[:-1]]) if len(sure) else np.zeros(0, dtype=np.int64)
    shares = np.bincount(tie, weights=wrong) / np.maximum(1, np.bincount(tie)) if len(sure) else np.zeros(0)
    return np.asarray(np.cumsum(shares[tie]) / np.arange(1, len(sure) + 1), dtype=np.float64)


def bins(confidence: ArrayLike, right: ArrayLike) -> list[tuple[float, float, int]]:
    """Return the mean confidence, the share of right ones and the number of answers of each bin that holds any.

    The bins are ``[0, .1), [.1, .2) … [.9, 1]``.

    Raises:
        ValueError: a confidence is not in [0, 1], or there is not one ``right`` for each.
    """
    given, were = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if given.shape != were.shape or not np.all((given >= 0) & (given <= 1)):
        raise ValueError("expected a confidence between 0 and 1 for each answer, and whether it is right")
    place = np.minimum((given * BINS).astype(np.int64), BINS - 1)
    found = [(place == number) for number in range(BINS)]
    return [
        (float(given[in_bin].mean()), float(were[in_bin].mean()), int(in_bin.sum())) for in_bin in found if any(in_bin)
    ]


def calibration_error(confidence: ArrayLike, right: ArrayLike) -> float:
    """Return the expected calibration error: ``Σ n_bin / n · |share of right ones - mean confidence|`` (0 is best)."""
    found = bins(confidence, right)
    total = sum(n for _, _, n in found)
    return sum(n / total * abs(were - said) for said, were, n in found) if total else 0.0
