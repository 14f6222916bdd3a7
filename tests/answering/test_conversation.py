"""A follow-up is understood from the questions before it: what it is read with, and what is no answer to it."""

from collections import Counter

import pytest
from langchain_core.messages import AIMessageChunk

import nmt_rag
from nmt_rag.answering import conversation
from nmt_rag.rag import Rag
from nmt_rag.types import Document
from tests.doc_blocks import ROOT
from tests.fakes import KeywordReader

TOWN = Document(
    "ekeby",
    "Ekeby kommun",
    """# Ekeby kommun

## Brottsofferjouren

Brottsofferjouren ger stöd till den som har utsatts för brott. Även anhöriga och vittnen kan få stöd. Jouren är öppen
måndag till torsdag. Telefonnumret är 0555-123 45.

## Bygglov

Byggnadsnämnden beslutar om bygglov. Beslutet kommer inom tio veckor. Avgiften är 8 400 kronor.

## Biblioteket

Biblioteket lånar ut böcker. Ett lånekort kostar 20 kronor. Biblioteket är stängt på söndagar.
""",
)


@pytest.fixture(scope="module")
def rag(tmp_path_factory):
    with nmt_rag.open(tmp_path_factory.mktemp("ekeby") / "index", create=True) as rag:
        rag.add(TOWN)
        yield rag


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Och gäller det även anhöriga?", True),
        ("Vilket telefonnummer har de?", True),
        ("Kan man vara anonym där?", True),
        ("Men i Malmö?", True),
        ("Hur då?", True),
        ("And does it cost anything?", True),
        ("Vem beslutar om bygglov?", False),
        ("Vem ger stöd till den som har utsatts för brott?", False),
        ("Who decides on a reflection period?", False),
    ],
)
def test_which_questions_lean_on_those_before_them(question, expected):
    assert conversation.leans(question) is expected


def test_follow_ups_are_told_from_other_questions_that_were_written_apart():
    right = Counter()
    for line in (ROOT / "tests" / "data" / "follow_ups.tsv").read_text(encoding="utf-8").splitlines():
        follows, _, question = line.split("\t")
        right[follows] += conversation.leans(question) is (follows == "ja")
    assert right["ja"] >= 55  # of 60 each; by their pronouns and conjunctions 35 and 38
    assert right["nej"] >= 55


def test_the_weights_are_for_the_packaged_encoder():
    found = conversation.leaning()
    assert found.encoder == nmt_rag.default_encoder().fingerprint, "run python -m training.follow_ups --write"
    assert len(found.weights) == nmt_rag.default_encoder().dim


@pytest.mark.parametrize("question", ["", " \n", "\u200b"])
def test_nothing_leans_on_nothing(question):
    assert not conversation.leans(question)


def test_a_follow_up_that_is_no_text_is_refused(rag):
    with pytest.raises(TypeError, match="a question is a str"):
        rag.ask(5, earlier=["Vem beslutar om bygglov?"])


def test_what_is_talked_about_begins_with_the_last_question_that_stands_by_itself():
    first, second, third = "Vem beslutar om bygglov?", "Vem är KAST till för?", "Kan man vara anonym där?"
    assert conversation.subject([first, second, third]) == (second, third)
    assert conversation.subject([first]) == (first,)
    assert conversation.subject([]) == ()
    assert conversation.subject([first, *[third] * 9]) == (third,) * conversation.MAX_EARLIER


def test_a_follow_up_is_answered_about_what_was_asked_before(rag):
    talk = rag.conversation()
    first = talk.ask("Vem beslutar om bygglov?")
    assert first.citations[0].quote == "Byggnadsnämnden beslutar om bygglov."
    assert "earlier" not in first.engine
    second = talk.ask("Och hur lång tid dröjer det?")
    assert second.citations[0].quote == "Beslutet kommer inom tio veckor."
    assert (second.question, second.engine["earlier"]) == ("Och hur lång tid dröjer det?", ["Vem beslutar om bygglov?"])
    assert talk.earlier == ["Vem beslutar om bygglov?", "Och hur lång tid dröjer det?"]
    assert nmt_rag.Answer.from_json(second.to_json()) == second


@pytest.mark.parametrize("question", ["Vad har de för telefonnummer?", "Gäller det även anhöriga?"])
def test_what_the_text_says_of_another_is_no_answer(rag, question):
    assert rag.ask(question).answered  # by itself, it is about the only one that has it
    found = rag.ask(question, earlier=["Vem beslutar om bygglov?"])
    assert not found.answered
    assert found.engine["earlier"] == ["Vem beslutar om bygglov?"]
    assert rag.ask(question, earlier=["Vem ger stöd till den som har utsatts för brott?"]).answered


def test_a_question_that_stands_by_itself_is_answered_by_itself(rag):
    question = "Vem beslutar om bygglov?"
    assert rag.ask(question, earlier=["När är biblioteket stängt?"]) == rag.ask(question)


def test_on_the_packaged_page():
    with nmt_rag.open() as page:
        talk = page.conversation()
        assert talk.ask("Vem är KAST till för?").answered
        assert talk.ask("Och gäller det även anhöriga?").citations[0].quote == (
            "De erbjuder både råd och stöd till personer och deras anhöriga."
        )
        assert not talk.ask("Vad kostar det?").answered


def test_where_to_turn_goes_on_from_what_was_asked_and_quotes_nothing_to_who_told_of_a_need():
    with nmt_rag.open() as page:
        given = page.ask("Finns det stöd för anhöriga?", earlier=["Vem är KAST till för?"])
        assert [one.quote for one in given.citations] == [
            "De erbjuder både råd och stöd till personer och deras anhöriga."
        ]
        told = ["Min man slår mig. Vem är KAST till för?"]
        assert not page.ask("Finns det stöd för anhöriga?", earlier=told).answered


@pytest.mark.parametrize("question", ["Vad kostar det?", "Och hur lång tid dröjer det?", "Vilka fler beslutar?"])
def test_the_earlier_answer_is_not_given_again(rag, question):
    first = rag.ask("Vem beslutar om bygglov?")
    found = rag.ask(question, earlier=["Vem beslutar om bygglov?"])
    assert not {each.quote for each in found.citations} & {each.quote for each in first.citations}


def test_what_answers_the_earlier_question_does_not_answer_this_one(rag):
    sure = {"byggnadsnämnden": 0.999, "avgiften": 0.001}
    found = Rag(rag.index, rag.encoder, reader=KeywordReader(sure)).ask(
        "Vad kostar det?", earlier=["Vem beslutar om bygglov?"]
    )
    assert not found.answered


def test_it_is_read_with_the_question_before_it(rag):
    reader = KeywordReader({})
    Rag(rag.index, rag.encoder, reader=reader).ask("Och när?", earlier=["Vem beslutar om bygglov?"])
    assert [question for question, _ in reader.calls][:2] == [
        "Vem beslutar om bygglov? Och när?",
        "Vem beslutar om bygglov?",
    ]


def test_a_language_model_is_sent_both_questions_and_only_what_answers(rag):
    class Model:
        def stream(self, messages):
            heard.append(messages[-1][1])
            yield AIMessageChunk("Beslutet kommer: «Beslutet kommer inom tio veckor» [1]")

    heard = []
    found = rag.ask("Och hur lång tid dröjer det?", earlier=["Vem beslutar om bygglov?"], model=Model())
    assert found.citations[0].quote == "Beslutet kommer inom tio veckor."
    (prompt,) = heard
    assert "Vem beslutar om bygglov? Och hur lång tid dröjer det?" in prompt
    assert "Beslutet kommer inom tio veckor." in prompt
    assert "Byggnadsnämnden beslutar" not in prompt


@pytest.mark.parametrize("earlier", ["Vem beslutar?", [1], [None]])
def test_what_is_no_list_of_questions_is_refused(rag, earlier):
    with pytest.raises(TypeError, match="earlier is a list of questions"):
        rag.ask("Och när?", earlier=earlier)
