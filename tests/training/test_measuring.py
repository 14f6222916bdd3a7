"""What is measured of the reader: whether a name is right, which bars are best, which questions nothing answers."""

import json

import pytest

pytest.importorskip("sklearn", reason="the extra training is not installed")

from nmt_rag.models.reader import Named
from nmt_rag.types import Document
from training import acting
from training.written import Put, everywhere, unanswered


@pytest.mark.parametrize(
    ("name", "actors", "right"),
    [
        ("Kommunen", ["kommunen"], True),
        ("Parkeringsvakter", ["parkeringsvakt"], True),  # another ending
        ("granskningsnämnden", ["granskningsnämnden för radio och tv"], True),  # its first words
        ("Skatteverket och Tullverket", ["Skatteverket", "Tullverket"], True),
        ("Skatteverket och Tullverket", ["Skatteverket"], False),
        ("nämnden", ["Utrikesförvaltningens antagningsnämnd"], False),
        ("", ["Kommunen"], False),
        ("Kommunen", [], False),
    ],
)
def test_whether_a_name_is_right(name, actors, right):
    assert acting.right(name, actors) is right


def test_the_best_bars_have_few_wrong_names_and_then_most_right_ones():
    def case(actors, name, probability, nobody=0.0):
        return acting.Case(tuple(actors), Named(name, probability, nobody), "")

    found = [
        case(["Kommunen"], "Kommunen", 0.9),
        *[case(["Kommunen"], "Kommunen", 0.7)] * 38,
        case(["Kommunen"], "Tullverket", 0.65),  # one wrong in forty is borne
        case(["Kommunen"], "Kommunen", 0.6),
        *[case(["Kommunen"], "Tullverket", 0.5)] * 2,  # three are not
        case(["du"], "du", 0.9),
        case([], "Tullverket", 0.8, nobody=0.4),
    ]
    bars = acting.best_bars(found)
    assert 0.5 < bars.name <= 0.6
    assert bars.nobody <= 0.3
    assert acting.shares(found, bars) == pytest.approx((40 / 44, 1 / 44, 3 / 44, 1.0))  # «du» is not shown


def test_questions_without_an_answer_are_put_to_their_text_alone(tmp_path):
    rows = [
        {"doc": "a", "question": "Is it free?", "kind": "near_en"},
        {"doc": "b", "question": "Varför?", "kind": "x"},
    ]
    path = tmp_path / "u.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (put,) = unanswered({"a", "c"}, path)
    assert (put.question, put.kind, put.group, put.evidence) == ("Is it free?", "near_en", "a", ())
    assert unanswered({"a"}, tmp_path / "none.jsonl") == []


def test_a_sentence_answers_wherever_it_stands_word_for_word():
    texts = {
        "a": "Vi svarar.\nKassan stänger klockan sju.",
        "b": "Kassan stänger\nklockan sju. Hej.",
        "c": "Kassan stänger.",
    }
    documents = [Document(name, "Bad", text) for name, text in texts.items()]
    asked = [
        Put("När stänger kassan?", "answered", "a", ((("a", 26, 37),),)),
        Put("Vad kostar det?", "unanswered", "a", ()),
    ]
    assert [one.evidence for one in everywhere(documents, asked)] == [
        ((("a", 26, 37), ("a", 11, 38), ("b", 0, 27)),),
        (),
    ]
