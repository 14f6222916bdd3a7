"""The script that fits and measures the judge of support: statements of questions, made pairs, and the counts."""

import pytest

pytest.importorskip("sklearn", reason="the extra training is not installed")

from nmt_rag.answering.judging.support import SupportVerdict
from training.support import as_statement, best_bar, measured


@pytest.mark.parametrize(
    ("question", "answer", "statement"),
    [
        ("När öppnade museet?", "1901", "1901 öppnade museet."),
        ("Vem leder museet?", "en intendent", "En intendent leder museet."),
        ("Vilken stad ägde museet?", "Ystad", "Ystad ägde museet."),
        ("Hur många rum har museet?", "12", "12 rum har museet."),
        ("Hur många rum har museet?", "tolv", "Tolv rum har museet."),
        ("Vad för slags hus är museet?", "ett torn", ""),
        ("Är museet öppet?", "ja", ""),
        ("När öppnade museet?", " ", ""),
    ],
)
def test_a_question_and_its_answer_make_a_statement(question, answer, statement):
    assert as_statement(question, answer) == statement


def test_the_counts():
    class Judge:
        def judge(self, statement, quote, *, actor=""):
            return SupportVerdict(statement, "", 0.5, "model")

    pairs = [("supported", "", "supported", "")] * 3 + [
        ("cannot tell", "", "supported", "Bad"),
        ("supported", "", "not supported", ""),
    ]
    text = measured(pairs, Judge())
    assert "| supported | 3 | 1 | 0 |" in text
    assert "| not supported | 1 | 0 | 0 |" in text
    assert "right of those called supported: 3 of 4, 0.75" in text
    assert "decided: 4 of 5, 0.80" in text
    assert "not supported ones that are called so: 0 of 1, 0.00" in text


def test_the_bar_is_where_most_are_right_among_those_that_pass_few_false_ones():
    scores = [0.9, 0.8, 0.7, 0.6, 0.2]
    labels = [True, True, False, True, False]
    assert best_bar(scores, labels, false_passed=1.0) == 0.6
    assert best_bar(scores, labels, false_passed=0.0) == 0.8
