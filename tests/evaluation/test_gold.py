"""Answers against gold: groups of alternatives, precision and recall, what is over and under, who is named."""

import json
from pathlib import Path

import pytest

from nmt_rag.evaluation.checks.gold import Gold, against_gold, meets, read_gold
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote
from nmt_rag.evaluation.inputs.fields import FieldError
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.types import Document, Statement

GOLD = Gold("?", True, actors=(("A", "Alfa"), ("B",)), evidence=(("Ett är ett.", "Ett är en."), ("Två är två.",)))

NAMES = ("sida.txt", "sida", "Sidan", "/hem/sida.txt", "annan", "okänd")


def answer(*quotes, actors=("Alfa", "B"), text="Svar", answered=True, statements=None):
    cited = tuple(CitedQuote(n, quote) for n, quote in enumerate(quotes, 1))
    said = statements or tuple(Statement(quote, (n,)) for n, quote in enumerate(quotes, 1))
    return CitedAnswer("?", text, answered, said, cited, actors=actors)


def test_the_worked_example():
    # Three citations: the first group, something else, the first group again; the second group is missing.
    found = against_gold(answer("Ett är ett.", "Tre är tre.", "Ett är ett."), GOLD)
    assert (found.supporting, found.wrong, found.extra, found.missing) == ((1, 3), (2,), (2, 3), ("Två är två.",))
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == 0.5
    assert found.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    assert (found.statements.recall, found.statements.precision) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found.right is False
    assert against_gold(answer("Ett är en.", "Två är två."), GOLD).right is True


def test_a_second_alternative_of_a_group_adds_something():
    assert against_gold(answer("Ett är ett.", "Ett är en."), GOLD).extra == ()


def test_quotes_meet_evidence_where_one_holds_the_other():
    assert meets("Först. Ett  är\nett. Sedan.", "Ett är ett.")
    assert meets("är ett.", "Ett är ett.")
    assert not meets("ett.", "Ett är ett.")
    assert not meets("Ett", "")
    assert not meets("", "Ett är ett.")


def test_every_group_of_actors_needs_one_and_others_are_told():
    found = against_gold(answer("Ett är ett.", "Två är två.", actors=("ALFA", "C")), GOLD)
    assert (found.actors_named, found.missing_actors, found.extra_actors, found.right) == (False, ("B",), ("C",), False)
    by_text = against_gold(answer("Ett är ett.", "Två är två.", actors=None, text="Alfa och B svarar."), GOLD)
    assert (by_text.actors_named, by_text.extra_actors) == (True, ())


@pytest.mark.parametrize(
    ("actor", "text", "named"),
    [
        ("Sida", "Svaret finns på sidan 4.", False),
        ("Bris", "Tullverket har brist på personal.", False),
        ("Bris", "Ring BRIS.", True),
        ("Bris", "Det är Bris uppgift.", True),
        ("Sida", "Det är Sidas uppgift.", True),
        ("Region Skåne", "Det gör Region  Skåne [1].", True),
        ("Region Skåne", "En region i Skåne gör det.", False),
        ("–", "Det görs – ibland.", False),
    ],
)
def test_an_answer_without_actors_names_those_whose_words_stand_in_it(actor, text, named):
    found = against_gold(answer(actors=None, text=text), Gold("?", True, actors=((actor,),)))
    assert found.actors_named is named


def test_silence_is_right_where_nothing_answers_and_met_nothing_elsewhere():
    silent = answer(answered=False, actors=())
    found = against_gold(silent, GOLD)
    assert (found.right, found.precision, found.recall, found.f1, found.met) == (False, 0.0, 0.0, 0.0, 0)
    assert against_gold(None, GOLD).missing == ("Ett är ett.", "Två är två.")
    unanswerable = Gold("?", False)
    assert against_gold(silent, unanswerable).right is True
    assert against_gold(answer("Ett är ett."), unanswerable).right is False
    assert against_gold(answer("Ett är ett."), unanswerable).extra == (1,)


def test_where_documents_are_wanted_one_of_them_must_be_cited():
    gold = Gold("?", True, relevant=("d1", "d2"))
    cited = (CitedQuote(1, "x", "d3"), CitedQuote(2, "y", "d2"))
    found = against_gold(CitedAnswer("?", "Svar", True, (), cited), gold)
    assert (found.supporting, found.wrong, found.recall, found.right) == ((2,), (1,), 1.0, True)
    assert against_gold(CitedAnswer("?", "Svar", True, (), cited[:1]), gold).right is False


def test_a_wanted_document_goes_by_any_of_its_names():
    sources = Sources([Document("sida.txt", "Sidan", "Ett."), Document("annan.txt", "Den andra", "Två.")])
    said = CitedAnswer("?", "Svar", True, (), tuple(CitedQuote(n, "x", name) for n, name in enumerate(NAMES, 1)))
    found = against_gold(said, Gold("?", True, relevant=("sida.txt",)), sources)
    assert (found.supporting, found.wrong, found.right) == ((1, 2, 3, 4), (5, 6), True)
    assert against_gold(said, Gold("?", True, relevant=("Den andra",)), sources).supporting == (5,)


def test_the_development_questions_are_gold():
    folder = Path(__file__).parents[1] / "data"
    rows = [json.loads(line) for line in (folder / "nmt_questions_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        gold = read_gold(row)
        assert (gold.answerable, gold.id) == (row["answerable"], row["id"])
        assert [list(group) for group in gold.evidence] == (row.get("evidence") or [])
    authority = json.loads((folder / "authority_questions_dev.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (read_gold(authority).answerable, read_gold(authority).relevant) == (True, tuple(authority["relevant"]))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "field `question`: is missing"),
        ({"question": "?", "answerable": "ja"}, "field `answerable`: expected true or false, got 'ja'"),
        ({"question": "?", "evidence": ["a"]}, "field `evidence[0]`: expected a list, got 'a'"),
        ({"question": "?", "evidence": [[]]}, "at least one alternative"),
        ({"question": "?", "evidens": [["a"]]}, "field `evidens`: is not known, and none of answerable, evidence,"),
        ({"question": "?", "agencies": [["A"]], "evidens": [["a"]]}, "field `evidens`: is not known"),
    ],
)
def test_wrong_gold_is_named(row, message):
    with pytest.raises(FieldError) as error:
        read_gold(row)
    assert message in str(error.value)


def test_other_fields_are_passed_over_where_it_is_known_whether_there_is_an_answer():
    assert read_gold({"question": "?", "evidence": [["a"]], "not": "x"}).answerable is True
    assert read_gold({"question": "?", "answerable": False, "not": "x"}).answerable is False
    assert read_gold({"question": "?", "id": 1, "kind": "utan"}).answerable is False
