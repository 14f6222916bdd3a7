"""What was read → what answers: the best one, others that are as sure, and why there is none."""

import json
import math
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.answering import choose as choosing
from nmt_rag.answering.choose import FEATURES, MAX_STATEMENTS, Calibration, choose
from nmt_rag.answering.read import ScoredPassage
from nmt_rag.errors import ReadingError
from nmt_rag.types import Hit, Passage

NUMBERS = Calibration(
    worth=(10.0, 2.0),
    answer={name: float(name == "logit") for name in FEATURES},
    few=dict.fromkeys(FEATURES, 0.0),
    bar=0.5,
    strict_bar=0.8,
    also_within=1.0,
    also_bar=0.6,
    off_topic=0.3,
)


def reading(logit, *, similarity=0.5, score=0.0, rank=1, document="a", ordinal=0, text=""):
    passage = Passage(document, ordinal, 10 * ordinal, 10 * ordinal + 9, text or f"Mening {ordinal} i {document}.")
    return ScoredPassage(Hit(rank, score, document, passage), logit, similarity)


WHOLE = asdict(NUMBERS)
DAMAGED = [
    json.dumps({"with_encoder": row})
    for row in (
        WHOLE | {"answer": {"logit": 1.0}},
        WHOLE | {"few": {"logit": 1.0}},
        WHOLE | {"bar": "hög"},
        WHOLE | {"answer": WHOLE["answer"] | {"bias": None}},
    )
]


def chosen(*readings, bar=0.5):
    return choose(readings, NUMBERS, bar=bar)


def test_the_worth_of_a_passage_is_the_logit_with_shares_of_similarity_and_score():
    assert choosing.worth(reading(1.0, similarity=0.5, score=0.25), NUMBERS.worth) == 1.0 + 10 * 0.5 + 2 * 0.25


def test_the_best_one_is_chosen_and_its_probability_is_the_confidence():
    low, high = reading(0.5, ordinal=1), reading(2.0, ordinal=5)
    found = chosen(low, high)
    assert found.chosen == (high,)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-2.0)))


def test_similarity_decides_between_equals():
    far, near = reading(1.0, similarity=0.2), reading(1.0, similarity=0.4, ordinal=5)
    assert chosen(far, near).chosen[0] == near


def test_others_are_cited_that_are_nearly_as_good_and_sure_by_themselves():
    best, near, unsure, worse = (
        reading(2.0),
        reading(1.2, ordinal=1),
        reading(0.2, ordinal=2, similarity=0.65),  # of the worth, but the reader gives it no more than .55
        reading(0.9, ordinal=3),
    )
    assert chosen(worse, unsure, near, best).chosen == (best, near)


def test_a_sentence_that_stands_in_two_documents_is_no_rival_of_itself_and_is_cited_once():
    sentence = "Kassan stänger klockan sju."
    one, again = (reading(2.0, document=name, rank=n, text=sentence) for n, name in enumerate("ab", 1))
    other = reading(0.0, document="c", text="Kassan öppnar.")
    assert chosen(again, one, other) == chosen(one, other)
    assert chosen(one, again).chosen == (one,)
    assert chosen(one, replace(again, hit=other.hit)).chosen == (one, replace(again, hit=other.hit))


def test_an_answer_stops_at_a_page():
    assert len(chosen(*(reading(2.0, ordinal=n) for n in range(20))).chosen) == MAX_STATEMENTS


@pytest.mark.parametrize(
    ("logit", "similarity", "reason"),
    [(-0.5, 0.5, "weak_evidence"), (-3.0, 0.5, "no_evidence"), (-0.5, 0.2, "off_topic"), (-0.5, 0.0, "weak_evidence")],
)
def test_why_there_is_no_answer(logit, similarity, reason):
    found = chosen(reading(logit, similarity=similarity))
    assert (found.chosen, found.reason) == ((), reason)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-logit)))


@pytest.mark.parametrize(("n", "share"), [(0, 1.0), (1, 0.9), (4, 0.6), (9, 0.1), (10, 0.0), (40, 0.0)])
def test_among_few_readings_other_weights_are_added(n, share):
    numbers = replace(NUMBERS, few={name: 2.0 * (name == "bias") for name in FEATURES})
    assert numbers.weights(n)[FEATURES.index("bias")] == pytest.approx(2.0 * share)
    assert numbers.weights(n)[FEATURES.index("logit")] == 1.0


def test_a_line_alone_is_judged_by_the_weights_of_few():
    numbers = replace(NUMBERS, few={name: 2.0 * (name == "bias") for name in FEATURES})
    found = choose([reading(0.5)], numbers, bar=0.5)
    assert found.probability == pytest.approx(1 / (1 + math.exp(-0.5 - 0.9 * 2.0)))


@pytest.mark.parametrize(
    ("probability", "bar", "settled"),
    [
        (0.61, 0.5, True),
        (0.59, 0.5, False),
        (0.19, 0.5, True),
        (0.21, 0.5, False),
        (0.75, 0.8, False),
        (0.1, 0.05, False),
    ],
)
def test_what_is_sure_either_way_needs_no_more_reading(probability, bar, settled):
    """Never between the asker's bar and it: a low bar is still reached, a high one still missed, after all of it."""
    assert choosing.is_settled(probability, bar) is settled


def test_nothing_read_is_no_evidence():
    assert choose([], NUMBERS, bar=0.5) == choosing.Choice((), 0.0, "no_evidence")


def test_the_features_of_the_best_one():
    order = [
        reading(2.0, similarity=0.5, score=1.0, rank=2, ordinal=4),
        reading(1.0, similarity=0.5, ordinal=5),  # beside it: no rival
        reading(-1.0, similarity=0.6, document="b"),
        reading(0.0, similarity=0.4, ordinal=9),
        reading(-math.inf, similarity=0.3, ordinal=10),  # not read
    ]
    values = dict(zip(FEATURES, choosing.features(order, NUMBERS.worth, "sv"), strict=True))
    assert values == {
        "logit": 2.0,
        "similarity": 0.5,
        "score": 1.0,
        "margin": pytest.approx((2.0 + 5.0 + 2.0) - (-1.0 + 6.0)),
        "sum": pytest.approx(math.log1p(sum(1 / (1 + math.exp(-x)) for x in (2.0, 1.0, 0.0, -1.0)))),
        "rival_1": 1.0,
        "rival_2": 0.0,
        "rival_3": -1.0,
        "rival_4": choosing.LOWEST,
        "rival_5": choosing.UNRIVALLED,
        "highest_similarity": 0.6,
        "third_similarity": 0.5,
        "reciprocal_rank": 0.5,
        "document_margin": pytest.approx(2.0 - -1.0),
        "similarity_logit": 1.0,
        "worth_share": pytest.approx(1 / (1 + math.exp(-3.0) + math.exp(-4.0) + math.exp(-5.0))),
        "higher_logits": 0.0,
        "higher_similarities": 1.0,
        "english": 0.0,
        "english_logit": 0.0,
        "bias": 1.0,
    }
    english = dict(zip(FEATURES, choosing.features(order, NUMBERS.worth, "en"), strict=True))
    assert english == values | {"english": 1.0, "english_logit": 2.0}


def test_one_passage_alone_is_held_against_one_that_says_nothing():
    margin = choosing.features([reading(2.0, score=1.0)], NUMBERS.worth, "sv")[FEATURES.index("margin")]
    assert margin == pytest.approx(2.0 + 2.0 - choosing.UNRIVALLED)


@given(st.lists(st.tuples(st.floats(-13, 13), st.floats(-1, 1), st.floats(0, 1)), max_size=12), st.floats(0, 1))
def test_whatever_was_read_the_choice_is_in_order_and_within_its_bar(values, bar):
    readings = [reading(a, similarity=b, score=c, ordinal=n) for n, (a, b, c) in enumerate(values)]
    found = choose(readings, NUMBERS, bar=bar)
    assert 0.0 <= found.probability <= 1.0
    assert bool(found.chosen) == (bool(readings) and found.probability >= bar)
    worths = [choosing.worth(each, NUMBERS.worth) for each in found.chosen]
    assert worths == sorted(worths, reverse=True)


def test_the_logistic_function_never_overflows():
    assert choosing.sigmoid(-1e4) == 0.0
    assert choosing.sigmoid(1e4) == 1.0
    assert choosing.sigmoid(0.0) == 0.5


def test_the_numbers_of_the_package_are_of_the_right_form():
    for with_encoder in (True, False):
        numbers = choosing.calibration(with_encoder=with_encoder)
        assert [len(each) for each in (numbers.worth, numbers.answer, numbers.few)] == [2, *[len(FEATURES)] * 2]
    bars = choosing.support_bars()
    assert 0.0 <= bars.doubt <= bars.supported <= 1.0


@pytest.mark.parametrize("text", ["", "{}", "[]", json.dumps({"with_encoder": {"worth": 1}}), *DAMAGED])
def test_a_damaged_file_of_numbers_is_told_of(tmp_path, text):
    (tmp_path / "calibration.json").write_text(text)
    with pytest.raises(ReadingError, match=r"cannot read .*calibration\.json"):
        choosing.calibration(with_encoder=True, folder=tmp_path)
