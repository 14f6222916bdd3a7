"""Agreement of labels: the textbooks' examples, and equality with scikit-learn."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.evaluation.agreement import cohen_kappa, krippendorff_alpha

LABELS = st.sampled_from(["supported", "not supported", "cannot tell"])


def test_kappa_of_a_worked_example():
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: p_o = .7, p_e = .5 × .6 + .5 × .4 = .5, kappa = .2 / .5
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = cohen_kappa(first, second)
    assert found.value == pytest.approx(0.4)
    assert (found.equal, found.n) == (0.7, 50)
    assert found.low < 0.4 < found.high
    assert 0.1 < found.low
    assert found.high < 0.7


def test_alpha_of_krippendorffs_own_example():
    # Four observers, twelve units, missing labels: nominal alpha = .743 (Krippendorff 2011, section D)
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[None if label is None else str(label) for label in unit] for unit in zip(*observers, strict=True)]
    found = krippendorff_alpha(units)
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.n == 11
    assert found.low < found.value < found.high


def test_alpha_of_two_is_worked_by_hand():
    # Labels a a, a b, b b: D_o = 2 of 6 unequal pairs-in-place, D_e = 2·3·3/(6·5): alpha = 1 - (2/6)/(18/30) = .444
    assert krippendorff_alpha([["a", "a"], ["a", "b"], ["b", "b"]]).value == pytest.approx(4 / 9)


@settings(max_examples=30)
@given(st.lists(st.tuples(LABELS, LABELS), min_size=2, max_size=12))
def test_kappa_is_scikit_learns(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    first, second = zip(*pairs, strict=True)
    found = cohen_kappa(first, second).value
    if len({*first, *second}) == 1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(metrics.cohen_kappa_score(first, second))


def test_labels_that_never_differ_tell_nothing_from_chance():
    found = cohen_kappa(["a", "a"], ["a", "a"])
    assert math.isnan(found.value)
    assert math.isnan(found.low)
    assert found.equal == 1.0
    assert math.isnan(krippendorff_alpha([["a", "a"]]).value)


def test_wrong_labels_are_told():
    with pytest.raises(ValueError, match="two labels for each"):
        cohen_kappa(["a"], [])
    with pytest.raises(ValueError, match="at least one thing with two labels"):
        krippendorff_alpha([["a", None]])
