"""Qrels and runs of TREC: what is written is read back, by us and by ir_measures; a wrong line is named."""

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.errors import CorpusError
from nmt_rag.evaluation.trec import qrels_lines, read_qrels, read_run, run_lines

SAFE = st.text("abcåäö% \n\xa0:/", min_size=1, max_size=6)


@given(st.dictionaries(SAFE, st.dictionaries(SAFE, st.integers(-1, 4), min_size=1)))
def test_qrels_are_read_back(qrels):
    assert read_qrels(qrels_lines(qrels)) == qrels


@given(st.dictionaries(SAFE, st.dictionaries(SAFE, st.floats(allow_nan=False), min_size=1)))
def test_runs_are_read_back(run):
    assert read_run(run_lines(run)) == run


def test_the_lines_are_trecs(tmp_path):
    run = {"q 1": {"a": 0.5, "b": 2.0}}
    assert list(run_lines(run)) == ["q%201 Q0 b 1 2.0 nmt-rag", "q%201 Q0 a 2 0.5 nmt-rag"]
    assert list(qrels_lines({"q": {"a": 1}})) == ["q 0 a 1"]
    (tmp_path / "run").write_text("\n".join(run_lines(run)), encoding="utf-8")
    (tmp_path / "qrels").write_text("\n".join(qrels_lines({"q 1": {"a": 1}})), encoding="utf-8")
    found = ir_measures.calc_aggregate(
        [ir_measures.RR],
        ir_measures.read_trec_qrels(str(tmp_path / "qrels")),
        ir_measures.read_trec_run(str(tmp_path / "run")),
    )
    assert found == {ir_measures.RR: 0.5}


@pytest.mark.parametrize(
    ("read", "line", "message"),
    [
        (read_qrels, "q 0 a", "line 2: expected 4 columns, got 3"),
        (read_qrels, "q 0 a ja", "line 2: the relevance 'ja' is no whole number"),
        (read_run, "q Q0 a 1 nan t", "line 2: the score 'nan' is no number"),
        (read_run, "q Q0 a 1 x t", "line 2: the score 'x' is no number"),
    ],
)
def test_a_wrong_line_is_named(read, line, message):
    with pytest.raises(CorpusError, match=message):
        read(["", line])
