"""What judges say to readers, and that the error rates printed are those of the held-out pairs."""

import json
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from nmt_rag.answering.judging.support import ReaderJudge
from nmt_rag.answering.judging.texts import ERROR_RATES, INTERVALS, ErrorRates, ReasonKind, error_rates, reason
from nmt_rag.evaluation import share_interval
from tests.doc_blocks import blocks

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", get_args(ReasonKind))
def test_every_kind_has_a_sentence(kind, language):
    said = reason(kind, "ordet", "not supported", language)
    assert said.endswith(".")
    assert "{" not in said


def test_a_reason_for_doubt_says_that_it_is_one():
    assert reason("number", "17", "not supported", "sv") == "Talet ”17” står inte i citatet."
    assert reason("number", "17", "cannot tell", "sv") == (
        "Det går inte att avgöra. Kanske: talet ”17” står inte i citatet."
    )


def test_hostile_braces_stay_what_they_are():
    assert "{0}{kind}" in reason("number", "{0}{kind}", "not supported", "en")


def test_the_rates_are_those_of_the_held_out_half():
    rows = [json.loads(line) for line in (ROOT / "tests/data/support_pairs.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["half"] == "held_out"]
    judge = ReaderJudge()
    found = Counter((judge.judge(row["statement"], row["quote"]).verdict, row["label"]) for row in rows)
    measured = ErrorRates(
        supported=found["supported", "supported"] + found["supported", "not supported"],
        wrongly_supported=found["supported", "not supported"],
        not_supported=found["not supported", "not supported"] + found["not supported", "supported"],
        wrongly_not_supported=found["not supported", "supported"],
        undecided=found["cannot tell", "supported"] + found["cannot tell", "not supported"],
        pairs=len(rows),
    )
    assert ERROR_RATES == measured, "say what it is now: python -m training.support --held-out"


def test_the_intervals_are_those_of_the_rates():
    shares = (
        (ERROR_RATES.wrongly_supported, ERROR_RATES.supported),
        (ERROR_RATES.wrongly_not_supported, ERROR_RATES.not_supported),
    )
    measured = [share_interval(part, whole) for part, whole in shares]
    assert [(round(100 * each.low), round(100 * each.high)) for each in measured] == list(INTERVALS)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_line_is_in_the_documentation(language):
    line = error_rates(language=language)
    assert line in (ROOT / "docs/support.md").read_text(encoding="utf-8")
    assert ReaderJudge(language=language).description == line


def test_the_examples_in_the_documentation_run():
    names = {}
    examples = blocks(ROOT / "docs/support.md", "python")
    for example in examples:
        exec(compile(example, "docs/support.md", "exec"), names)
    assert len(examples) == 2
