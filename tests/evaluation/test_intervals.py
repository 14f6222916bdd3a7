"""Intervals and the paired test: against a plain loop, against enumeration, and by how often they are right."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nmt_rag.evaluation import intervals
from nmt_rag.evaluation.intervals import interval, paired, ratio_interval, share_interval

UNIT = st.floats(0, 1, allow_subnormal=False)


def test_the_interval_is_that_of_a_plain_loop():
    values = [0.0, 0.25, 1.0, 1.0, 0.5]
    rng = np.random.default_rng(7)
    means = sorted(sum(values[i] for i in rng.integers(0, 5, 5)) / 5 for _ in range(intervals.SAMPLES))
    found = interval(values, seed=7)
    assert found.mean == 0.55
    assert (found.low, found.high) == (
        pytest.approx(np.quantile(means, 0.025)),
        pytest.approx(np.quantile(means, 0.975)),
    )
    assert found == interval(values, seed=7)
    assert str(interval([0.5, 0.5])) == "0.500 [0.500, 0.500]"


def test_a_run_of_luck_says_how_little_it_proves():
    # The chance of 34 right of 34 is 2.5 % where the true share is .025 ** (1/34) = .897.
    found = interval([1.0] * 34)
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.8972, abs=5e-5)
    assert found.low**34 == pytest.approx(0.025)
    assert interval([0.0] * 34).high == pytest.approx(1 - found.low)
    exact = stats.binomtest(34, 34).proportion_ci(method="exact")
    assert found.low == pytest.approx(exact.low)


@given(st.lists(UNIT, min_size=1, max_size=30))
def test_an_interval_holds_its_mean_and_stays_within_the_values(values):
    found = interval(values)
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert found.n == len(values)
    assert 0 <= found.low
    assert found.high <= 1 + 1e-9


def test_the_intervals_hold_the_true_mean_as_often_as_they_say():
    rng = np.random.default_rng(1)
    held = [(found := interval(rng.beta(2, 1, 80), seed=n)).low <= 2 / 3 <= found.high for n in range(200)]
    assert 0.90 <= np.mean(held) <= 0.99


def test_large_sets_are_sampled_in_blocks_that_give_the_same(monkeypatch):
    values = np.random.default_rng(0).random(50)
    whole = interval(values)
    monkeypatch.setattr(intervals, "_CELLS", 500)
    assert interval(values) == whole


def test_a_ratio_draws_whole_questions():
    # 3 of 4 citations; a question with none changes nothing
    found = ratio_interval([2, 1, 0], [2, 2, 0])
    assert (found.mean, found.n) == (0.75, 2)
    assert (found.low, found.high) == (0.5, 1.0)
    assert ratio_interval([1, 1, 1], [1, 1, 1]) == interval([1.0, 1.0, 1.0])
    rng = np.random.default_rng(3)
    counts, totals = [3, 0, 1, 2], [4, 1, 1, 5]
    drawn = [rng.integers(0, 4, 4) for _ in range(intervals.SAMPLES)]
    shares = [sum(counts[i] for i in rows) / sum(totals[i] for i in rows) for rows in drawn]
    found = ratio_interval(counts, totals, seed=3)
    assert (found.low, found.high) == (
        pytest.approx(np.quantile(shares, 0.025)),
        pytest.approx(np.quantile(shares, 0.975)),
    )


def test_the_paired_test_is_the_enumeration_of_all_signs():
    # Differences 1, 1, 1: of eight sign patterns two are as extreme: p = 2/8.
    found = paired([0, 0, 0, 1], [1, 1, 1, 1])
    assert (found.mean, found.p, found.better, found.worse, found.n) == (0.75, 0.25, 3, 0, 4)
    first, second = [0.1, 0.5, 0.9, 0.3, 0.0], [0.4, 0.4, 1.0, 0.8, 0.2]
    differences = [b - a for a, b in zip(first, second, strict=True)]
    observed = abs(sum(differences))
    signs = list(itertools.product((1, -1), repeat=5))
    extreme = [abs(sum(s * d for s, d in zip(row, differences, strict=True))) >= observed - 1e-9 for row in signs]
    assert paired(first, second).p == np.mean(extreme)


def test_the_paired_test_of_many_questions_is_near_scipys():
    rng = np.random.default_rng(5)
    first = rng.random(60)
    second = first + rng.normal(0.05, 0.2, 60)
    theirs = stats.permutation_test(
        (second, first), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=9_999, rng=rng
    )
    assert paired(first, second).p == pytest.approx(theirs.pvalue, abs=0.02)
    assert paired(first, first).p == 1.0


def test_no_difference_is_found_significant_as_seldom_as_it_says():
    rng = np.random.default_rng(2)
    found = [paired(rng.random(12), rng.random(12)).p <= 0.05 for _ in range(300)]
    assert np.mean(found) <= 0.09


@pytest.mark.parametrize("values", [[], [math.nan], [[1.0]]])
def test_wrong_values_are_told(values):
    with pytest.raises(ValueError, match="expected finite numbers"):
        interval(values)


def test_wrong_pairs_are_told():
    with pytest.raises(ValueError, match="expected the same questions, got 1 and 2"):
        paired([1], [1, 2])
    with pytest.raises(ValueError, match="not all zero"):
        ratio_interval([0], [0])


def test_the_interval_of_a_share_is_wilsons():
    # 5 of 10: (.5 + .192 ± 1.96 sqrt(.025 + .0096)) / 1.384 = .2366 and .7634
    found = share_interval(5, 10)
    assert (found.mean, found.n) == (0.5, 10)
    assert (found.low, found.high) == (pytest.approx(0.2366, abs=5e-5), pytest.approx(0.7634, abs=5e-5))
    assert share_interval(0, 0) == intervals.Interval(0.0, 0.0, 1.0, 0)
    with pytest.raises(ValueError, match="from 0 to 3"):
        share_interval(4, 3)


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_interval_of_a_share_is_that_of_scipy(part, whole):
    part = min(part, whole)
    found, wanted = share_interval(part, whole), stats.binomtest(part, whole).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(wanted.low, abs=1e-6), pytest.approx(wanted.high, abs=1e-6))
