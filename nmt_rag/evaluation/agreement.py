"""How far labels agree beyond chance: Cohen's kappa of two labellers, Krippendorff's alpha of any number.

Labels are names without order (``supported``, ``not supported`` …). Intervals are bootstrapped over what is labelled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from nmt_rag.evaluation.intervals import resample


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement (1: perfect, 0: as by chance) over ``n`` things, its 95 % interval, and how often labels are equal.

    ``value`` is NaN where all labels are one and the same: nothing can be told from chance then.
    """

    value: float
    low: float
    high: float
    equal: float
    n: int

    def to_dict(self) -> dict[str, float | int | None]:
        """Return the agreement as a dictionary that JSON can hold: None for what cannot be told."""
        return {name: None if math.isnan(value) else value for name, value in asdict(self).items()}


def cohen_kappa(first: Sequence[str], second: Sequence[str], *, seed: int = 0) -> Agreement:
    """Return Cohen's kappa (1960): ``(p_o - p_e) / (1 - p_e)``.

    ``p_o`` is how often the two give the same label, ``p_e`` how often they would if each kept to its own shares.

    Raises:
        ValueError: the two have not labelled the same number of things, or none.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"expected two labels for each of at least one thing, got {len(first)} and {len(second)}")
    names = {name: number for number, name in enumerate(sorted({*first, *second}))}
    one, other = (np.array([names[label] for label in labels], dtype=np.int64) for labels in (first, second))

    def kappa(rows: NDArray[np.int64]) -> float:
        left, right = (np.bincount(labels[rows], minlength=len(names)) / len(rows) for labels in (one, other))
        expected = float(left @ right)
        observed = float((one[rows] == other[rows]).mean())
        return (observed - expected) / (1 - expected) if expected < 1 else float("nan")

    low, high = resample(len(one), kappa, seed=seed)
    return Agreement(kappa(np.arange(len(one))), low, high, float((one == other).mean()), len(one))


def krippendorff_alpha(labels: Sequence[Sequence[str | None]], *, seed: int = 0) -> Agreement:
    """Return Krippendorff's alpha for names: ``1 - D_o / D_e`` (Computing Krippendorff's Alpha-Reliability, 2011).

    ``D_o`` is the share of unequal pairs of labels within the things, each thing weighing as its labels; ``D_e`` that
    of all pairs of labels. Things with fewer than two labels say nothing and are left out.

    Args:
        labels: for each thing its labels, None for one that is missing.
        seed: of the random samples.

    Raises:
        ValueError: no thing has two labels.
    """
    kept = [[label for label in thing if label is not None] for thing in labels]
    kept = [thing for thing in kept if len(thing) > 1]
    if not kept:
        raise ValueError("expected at least one thing with two labels")
    names = {name: number for number, name in enumerate(sorted({label for thing in kept for label in thing}))}
    counts = np.zeros((len(kept), len(names)))
    for row, thing in enumerate(kept):
        for label in thing:
            counts[row, names[label]] += 1
    sizes = counts.sum(axis=1)
    unequal = (sizes**2 - (counts**2).sum(axis=1)) / (sizes - 1)

    def alpha(rows: NDArray[np.int64]) -> float:
        total = sizes[rows].sum()
        shares = counts[rows].sum(axis=0)
        expected = (total**2 - (shares**2).sum()) / (total - 1)
        return float(1 - unequal[rows].sum() / expected) if expected > 0 else float("nan")

    low, high = resample(len(kept), alpha, seed=seed)
    equal = 1 - float((unequal / sizes).mean())
    return Agreement(alpha(np.arange(len(kept))), low, high, equal, len(kept))
