"""ALCE's citation precision, recall and F1, and what silence and confidence are worth: examples for a pencil."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.evaluation.checks.abstaining import area, bins, calibration_error, risk_coverage
from nmt_rag.evaluation.checks.attribution import attribution, f1
from nmt_rag.types import Statement


def supported_by(*good):
    """Statement → supported where the quotes hold one of these sets of markers."""
    return lambda statement, markers: any(set(one) <= set(markers) for one in good)


def test_the_worked_example():
    # s1 [1][2]: 1 suffices, so 2 is irrelevant; s2 [3]: not supported; s3: no citation; s4 [1][4]: only both together.
    statements = [Statement("s1", (1, 2)), Statement("s2", (3,)), Statement("s3", ()), Statement("s4", (1, 4))]

    def supports(statement, markers):
        needed = {"s1": {1}, "s2": {9}, "s3": set(), "s4": {1, 4}}[statement.text]
        return needed <= set(markers)

    found = attribution(statements, supports)
    assert (found.supported, found.statements, found.precise, found.citations) == (2, 4, 3, 5)
    assert (found.recall, found.precision) == (0.5, 0.6)
    assert found.f1 == pytest.approx(2 * 0.6 * 0.5 / 1.1)


def test_two_citations_that_each_suffice_are_both_precise():
    assert attribution([Statement("s", (1, 2))], supported_by({1}, {2})).precise == 2


def test_nothing_said_or_cited_is_a_zero():
    nothing = attribution([], supported_by())
    assert (nothing.recall, nothing.precision, nothing.f1) == (0.0, 0.0, 0.0)
    assert f1(0, 0) == 0.0


def test_a_marker_that_comes_twice_counts_once():
    found = attribution([Statement("s", (1, 1))], supported_by({1}))
    assert (found.precise, found.citations) == (1, 1)


def test_the_risk_coverage_curve_of_a_worked_example():
    # Four questions, three answered: the surest right, the next wrong, the last right.
    curve = risk_coverage([0.9, 0.5, 0.7], [True, True, False], 4)
    assert curve == [(0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(1 / 3))]
    assert area([0.9, 0.5, 0.7], [True, True, False]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert area([], []) == 0.0
    assert risk_coverage([], [], 3) == []


def test_answers_of_equal_confidence_share_their_risk():
    assert risk_coverage([0.5, 0.5], [True, False], 2) == [(0.5, 0.5), (1.0, 0.5)]


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=8), st.randoms())
def test_the_order_of_answers_means_nothing(pairs, random):
    shuffled = pairs[:]
    random.shuffle(shuffled)
    curves = [risk_coverage(*zip(*each, strict=True), len(each)) for each in (pairs, shuffled)]
    for one, other in zip(*curves, strict=True):
        assert one == pytest.approx(other)
    assert curves[0][-1] == pytest.approx((1.0, 1 - sum(right for _, right in pairs) / len(pairs)))


def test_the_calibration_error_of_a_worked_example():
    # [.9, 1]: says .95 and 1.0, half are right: 2/4 · |.5 − .975|; [.6, .7): says .6 twice, both right: 2/4 · .4
    confidence, right = [0.95, 1.0, 0.6, 0.6], [True, False, True, True]
    assert bins(confidence, right) == [(pytest.approx(0.6), 1.0, 2), (pytest.approx(0.975), 0.5, 2)]
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.4 + 0.5 * 0.475)
    assert calibration_error([], []) == 0.0


def test_wrong_arguments_are_told():
    with pytest.raises(ValueError, match="at most 1 answers"):
        risk_coverage([0.1, 0.2], [True, True], 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration_error([1.5], [True])
