"""Some questions are answered at least as well as the baseline says; `make evaluate` asks three times as many."""

import pytest

pytest.importorskip("scipy", reason="the extra training is not installed")

from nmt_rag.evaluation.inputs.answers import from_answer
from nmt_rag.types import Answer
from training import development


@pytest.mark.parametrize("way", ["words", "fused"])  # what is used; a table compares with embeddings alone
def test_no_measure_falls_below_the_baseline(way, tmp_path, monkeypatch):
    """Where a change is worth it all the same, renew the baseline: python -m training.development --write."""
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / way))
    every = development.SAMPLED
    found = development.means(development.measure(way, development.read_rows(every)).judged())
    assert development.below(found, development.baseline(every)[way], development.TOLERANCE[every]) == []
    assert found["exact"] == 1.0


def test_all_ways_have_a_baseline_of_all_measures():
    for every in development.TOLERANCE:
        kept = development.baseline(every)
        assert set(kept) == set(development.WAYS)
        assert all(set(measured) == set(development.KEPT) for measured in kept.values())


def test_some_of_the_answers_are_judged_as_by_themselves():
    rows = [{"id": str(n), "question": f"{n}?", "answerable": n == 3} for n in range(5)]
    answers = [from_answer(Answer(row["question"], "sv", False, ""), answer_id=row["id"]) for row in rows]
    whole = development.Answered(rows, answers, [])
    assert [one.id for one in whole.judged(2).questions] == ["0", "2", "4"]
    assert len(whole.judged().questions) == 5
    assert whole.judged(2).means["abstention_precision"].mean == 1.0
    assert whole.judged().means["abstention_precision"].mean == 0.8


def test_what_falls_or_is_missing_is_named():
    baseline = {"right": 0.9, "exact": 1.0}
    assert development.below({"right": 0.9, "exact": 1.0}, baseline, 0.025) == []
    assert development.below({"right": 0.88}, {"right": 0.9}, 0.025) == []
    assert development.below({"right": 0.873}, baseline, 0.025) == [
        "right is 0.873, the baseline 0.900",
        "exact is 0.000, the baseline 1.000",
    ]


def test_the_table_has_a_column_for_each_way():
    one = development.evaluate(
        [{"question": "?", "text": "", "citations": []}], [{"question": "?", "answerable": False}]
    )
    shown = development.table({"words": one, "fused": one})
    assert shown.startswith("1 development questions.\n\n| measure | words | fused |\n")
    assert "| `right` | 1.000 [0.025, 1.000] | 1.000 [0.025, 1.000] |" in shown
