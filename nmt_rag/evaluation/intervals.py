"""How sure a mean is, and a difference of two: bootstrap intervals over questions, and a paired randomisation test.

Everything is seeded: the same numbers give the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
"""The share of such intervals that hold the true mean."""
SAMPLES = 2_000
"""Bootstrap samples: the ends of an interval then repeat to about a hundredth of its width."""
FLIPS = 10_000
"""Random sign flips of the paired test; a p of .05 then repeats to ± .004."""
SMALL = 100
"""Fewer questions than this are a small set, whose width is told beside every number."""
_CELLS = 2_000_000  # of one block of samples: 16 MB

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over ``n`` questions, and the interval that holds the true one with 95 % confidence."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Return it as ``.873 [.821, .919]`` with three digits."""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def to_dict(self) -> dict[str, float | int]:
        """Return the interval as a dictionary that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """The second of two systems minus the first on the same questions, with its interval and the p-value.

    ``p`` is the chance of a mean difference at least as large, in either direction, if the two did not differ.
    """

    mean: float
    low: float
    high: float
    p: float
    better: int
    worse: int
    n: int

    def to_dict(self) -> dict[str, float | int]:
        """Return the difference as a dictionary that JSON can hold."""
        return asdict(self)


def interval(values: ArrayLike, *, seed: int = 0) -> Interval:
    """Return the mean of one value a question with its percentile bootstrap interval (Efron and Tibshirani 1993).

    Where all values are 0, or all are 1, no sample differs; the interval then ends where such a run of luck has a
    chance of 2.5 % (Clopper and Pearson 1934): ``0.025 ** (1 / n)`` below 1. With 34 right answers of 34: [.897, 1].

    Args:
        values: shape (n_questions,), finite.
        seed: of the random samples.

    Raises:
        ValueError: there is no value, or one is not finite.
    """
    given = _finite(values)
    n, tail = len(given), (1 - LEVEL) / 2
    if np.all(given == 1):
        return Interval(1.0, tail ** (1 / n), 1.0, n)
    if np.all(given == 0):
        return Interval(0.0, 0.0, 1 - tail ** (1 / n), n)
    means = _resampled(n, seed, lambda rows: given[rows].mean(axis=1))
    low, high = _ends(means)
    return Interval(float(given.mean()), low, high, n)


def ratio_interval(counts: ArrayLike, totals: ArrayLike, *, seed: int = 0) -> Interval:
    """Return ``Σ counts / Σ totals`` with its interval, where whole questions are drawn: things of one belong together.

    Args:
        counts: shape (n_questions,): how many things of each question are as they should be.
        totals: shape (n_questions,): how many there are; questions without any may be among them.
        seed: of the random samples.

    Raises:
        ValueError: the shapes differ, or all totals are zero.
    """
    above, below = _finite(counts), _finite(totals)
    if above.shape != below.shape or not below.sum() > 0:
        raise ValueError(f"expected as many counts as totals, not all zero; got {len(above)} and {len(below)}")
    above, below = above[below > 0], below[below > 0]
    share = float(above.sum() / below.sum())
    if np.all(above == 0) or np.all(above == below):  # no sample differs, and the questions are what is independent
        return interval(np.full(len(below), share))
    means = _resampled(len(below), seed, lambda rows: above[rows].sum(axis=1) / below[rows].sum(axis=1))
    low, high = _ends(means)
    return Interval(share, low, high, len(below))


def share_interval(part: int, whole: int) -> Interval:
    """Return a share of things counted, ``part`` of ``whole``, with its interval by E. B. Wilson (1927).

    It stays within [0, 1] and has a width also where nothing or everything is counted; of nothing at all it is 0 to 1.

    Raises:
        ValueError: there are more of the part than of the whole, or fewer than none.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"expected a part from 0 to {whole}, got {part}")
    if whole == 0:
        return Interval(0.0, 0.0, 1.0, 0)
    z = 1.959964
    share, extra = part / whole, z * z / whole
    width = z * math.sqrt(share * (1 - share) / whole + extra / (4 * whole))
    low, high = ((share + extra / 2 + side) / (1 + extra) for side in (-width, width))
    return Interval(share, max(0.0, low), min(1.0, high), whole)


def paired(first: ArrayLike, second: ArrayLike, *, seed: int = 0) -> Difference:
    """Return how much better the second system is than the first on the same questions.

    The p-value is that of the randomisation test (Fisher 1935; Smucker, Allan and Carterette 2007): under "no
    difference" each question's difference might as well have the other sign. All sign patterns are tried where there
    are at most `FLIPS`, else so many random ones, as (1 + as extreme) / (1 + tried).

    Args:
        first: shape (n_questions,).
        second: the same questions in the same order.
        seed: of the random samples.

    Raises:
        ValueError: the shapes differ, or there is no question.
    """
    one, other = _finite(first), _finite(second)
    if one.shape != other.shape:
        raise ValueError(f"expected the same questions, got {len(one)} and {len(other)}")
    differences = other - one
    means = _resampled(len(differences), seed, lambda rows: differences[rows].mean(axis=1))
    low, high = _ends(means)
    changed = differences[differences != 0]
    return Difference(
        mean=float(differences.mean()),
        low=low,
        high=high,
        p=_sign_flips(changed, seed),
        better=int((changed > 0).sum()),
        worse=int((changed < 0).sum()),
        n=len(differences),
    )


def _sign_flips(changed: _Floats, seed: int) -> float:
    n = len(changed)
    if n == 0:
        return 1.0
    observed = abs(changed.sum()) - 1e-9
    if 2**n <= FLIPS:
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ changed) >= observed))
    rng = np.random.default_rng(seed)
    extreme, left = 0, FLIPS
    while left:
        size = min(left, max(1, _CELLS // n))
        signs = 1 - 2 * rng.integers(0, 2, (size, n))
        extreme += int((np.abs(signs @ changed) >= observed).sum())
        left -= size
    return (1 + extreme) / (1 + FLIPS)


def resample(n: int, statistic: Callable[[NDArray[np.int64]], float], *, seed: int = 0) -> tuple[float, float]:
    """Return the ends of the bootstrap interval of any statistic.

    Args:
        n: how many things are drawn from; at least 1.
        statistic: row numbers of shape (n,), drawn with replacement → a number; NaN where it has none, as where a
            sample holds one kind of label only: such samples are left out.
        seed: of the random samples.
    """
    means = _resampled(n, seed, lambda rows: np.array([statistic(row) for row in rows]))
    means = means[~np.isnan(means)]
    return _ends(means) if len(means) else (float("nan"), float("nan"))


def _resampled(n: int, seed: int, statistic: Callable[[NDArray[np.int64]], _Floats]) -> _Floats:
    """Return a statistic of `SAMPLES` random samples, in blocks that take little memory: (n_samples,)."""
    rng = np.random.default_rng(seed)
    size = max(1, _CELLS // n)
    sizes = [min(size, SAMPLES - done) for done in range(0, SAMPLES, size)]
    return np.concatenate([statistic(rng.integers(0, n, (rows, n))) for rows in sizes])


def _ends(means: _Floats) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _finite(values: ArrayLike | Sequence[float]) -> _Floats:
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1 or not len(given) or not np.all(np.isfinite(given)):
        raise ValueError(f"expected finite numbers, one for each of at least one question; got shape {given.shape}")
    return given
