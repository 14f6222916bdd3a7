"""Retrieval measures: worked examples that a pencil can check, and equality with ir_measures and pytrec_eval."""

import math

import ir_measures
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.evaluation import metrics

QRELS = {"q": {"a": 1, "b": 1, "c": 1}}
RUN = {"q": {"a": 4.0, "x": 3.0, "b": 2.0, "y": 1.0}}  # relevant at ranks 1 and 3; c was not found


def test_the_worked_example():
    # DCG = 1/log2(2) + 1/log2(4) = 1.5; the best: 1 + 1/log2(3) + 1/2 = 2.1309
    assert metrics.ndcg(QRELS, RUN, 10) == {"q": pytest.approx(1.5 / (1.5 + 1 / math.log2(3)))}
    assert metrics.ndcg(QRELS, RUN, 10)["q"] == pytest.approx(0.7039, abs=5e-5)
    assert metrics.recall(QRELS, RUN, 2) == {"q": pytest.approx(1 / 3)}
    assert metrics.recall(QRELS, RUN, 10) == {"q": pytest.approx(2 / 3)}
    assert metrics.average_precision(QRELS, RUN) == {"q": pytest.approx((1 / 1 + 2 / 3 + 0) / 3)}
    assert metrics.reciprocal_rank(QRELS, RUN) == {"q": 1.0}
    assert metrics.reciprocal_rank({"q": {"b": 1}}, RUN) == {"q": pytest.approx(1 / 3)}
    assert metrics.success(QRELS, RUN, 1) == {"q": 1.0}
    assert metrics.success({"q": {"b": 1}}, RUN, 2) == {"q": 0.0}


def test_grades_gain_as_much_as_they_say():
    # DCG = 1/1 + 3/log2(3); the best: 3/1 + 1/log2(3)
    found = metrics.ndcg({"q": {"a": 1, "b": 3}}, {"q": {"a": 2.0, "b": 1.0}}, 2)["q"]
    assert found == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_a_question_without_results_is_a_zero_and_one_without_qrels_is_not_looked_at():
    qrels = {"q": {"a": 1}, "silent": {"a": 1}}
    run = {"q": {"a": 1.0}, "unknown": {"a": 1.0}}
    assert metrics.reciprocal_rank(qrels, run) == {"q": 1.0, "silent": 0.0}
    assert metrics.mean(metrics.reciprocal_rank(qrels, run)) == 0.5
    assert metrics.mean({}) == 0.0


def test_equal_scores_are_ranked_by_id_from_the_end_of_the_alphabet():
    assert metrics.ranked({"a": 1.0, "c": 1.0, "b": 2.0}) == ["b", "c", "a"]


def test_wrong_arguments_are_told():
    with pytest.raises(ValueError, match="k is at least 1, got 0"):
        metrics.recall(QRELS, RUN, 0)
    with pytest.raises(ValueError, match="the score of document 'a' is not a number"):
        metrics.ranked({"a": math.nan})


NAMES = st.sampled_from([f"d{number}" for number in range(12)])
QUESTIONS = st.sampled_from(["q1", "q2", "q3", "q4"])
SCORES = st.integers(-6, 6).map(lambda number: number / 4)  # many ties; exact in single precision too


@given(
    st.dictionaries(QUESTIONS, st.dictionaries(NAMES, st.integers(-1, 3), min_size=1), min_size=1),
    st.dictionaries(QUESTIONS, st.dictionaries(NAMES, SCORES, min_size=1)),
    st.integers(1, 11),
)
def test_the_numbers_are_those_of_trec_eval(qrels, run, k):
    measures = {
        ir_measures.nDCG @ k: metrics.ndcg(qrels, run, k),
        ir_measures.R @ k: metrics.recall(qrels, run, k),
        ir_measures.Success @ k: metrics.success(qrels, run, k),
        ir_measures.RR: metrics.reciprocal_rank(qrels, run),
        ir_measures.AP: metrics.average_precision(qrels, run),
    }
    seen = dict.fromkeys(measures, 0)
    for found in ir_measures.pytrec_eval.iter_calc(list(measures), qrels, run):
        assert measures[found.measure][found.query_id] == pytest.approx(found.value, abs=1e-9), found
        seen[found.measure] += 1
    assert set(seen.values()) == {len(qrels)}
    means = ir_measures.pytrec_eval.calc_aggregate(list(measures), qrels, run)
    for measure, values in measures.items():
        assert metrics.mean(values) == pytest.approx(means[measure], abs=1e-9)
    direct = pytrec_eval.RelevanceEvaluator(qrels, {"map", "recip_rank", "ndcg_cut.10"}).evaluate(run)
    for question, found in direct.items():
        assert measures[ir_measures.AP][question] == pytest.approx(found["map"], abs=1e-9)
        assert metrics.ndcg(qrels, run, 10)[question] == pytest.approx(found["ndcg_cut_10"], abs=1e-9)
