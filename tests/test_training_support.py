"""The script that fits and measures the judge of support: statements of questions, made pairs, and the counts."""

import pytest

pytest.importorskip("sklearn", reason="the extra training is not installed")

from nmt_rag.support import Verdict
from training.support import as_statement, made, measured, read_pairs


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


def test_made_pairs_are_wrong_ones_of_the_development_half_alone():
    rows = read_pairs("development")
    quotes = {row["quote"] for row in rows}
    supported = [row for row in rows if row["label"] == "supported"]
    pairs = made(rows)
    assert len(pairs) == 3 * len(supported)
    assert {label for _, _, label in pairs} == {"not supported"}
    assert {quote for _, quote, _ in pairs} <= quotes
    right = {(row["statement"], row["quote"]) for row in supported}
    assert not right & {(statement, quote) for statement, quote, _ in pairs}
    assert pairs == made(rows)


def test_the_counts():
    class Judge:
        def judge(self, statement, quote, *, actor=""):
            return Verdict(statement, "", 0.5, "model")

    pairs = [("supported", "", "supported")] * 3 + [
        ("cannot tell", "", "supported"),
        ("supported", "", "not supported"),
    ]
    text = measured(pairs, Judge())
    assert "| supported | 3 | 1 | 0 |" in text
    assert "| not supported | 1 | 0 | 0 |" in text
    assert "right of those called supported: 3 of 4, 0.75" in text
    assert "decided: 4 of 5, 0.80" in text
    assert "not supported ones that are called so: 0 of 1, 0.00" in text
