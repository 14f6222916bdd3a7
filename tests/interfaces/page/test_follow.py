"""What the page offers after an answer: questions made from the text, and the count of whether it helped."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from nmt_rag.documents.who_does_what.tasks import Responsibility
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.page.serving.tally import Tally
from nmt_rag.interfaces.page.views import answer, follow
from nmt_rag.types import Abstention, Answer, Citation, Related

EMPTY = Answer(question="", language="sv", answered=False, text="")


def citation(start, actor, quote="Q.", marker=1):
    return Citation(
        marker=marker, document_id="a", title="A", url="", heading=(), actor=actor, quote=quote, start=start,
        end=start + len(quote), source_sha256="", prefix="", suffix="", verdict="exact", score=1.0, page=None,
    )  # fmt: skip


def row(start, actor, phrase, **changed):
    said, _, task = phrase.partition(" ")
    made = Responsibility(actor, said, said, task, "", False, phrase, citation(start, actor))
    return replace(made, **changed)


ROWS = [
    row(0, "Tullverket", "utreder smuggling"),
    row(10, "Tullverket", "begär biträde av Polismyndigheten"),
    row(12, "Tullverket", "leder därför arbetet", said="leder därför"),
    row(14, "Tullverket", "roll är att utreda brott", said="roll är att utreda"),
    row(16, "Tullverket", "är öppet för alla", verb="vara"),
    row(20, "Kustbevakningen", "leder räddningen till sjöss."),
    row(30, "Kustbevakningen", "får ingripa", negated=True),
    row(40, "Tullverket", "ska anmäla brott", condition="Om det finns skäl"),
    row(50, "Tullverket", "utreder " + "många " * 20 + "brott"),
    row(60, "Skatteverket", "granskar deklarationer"),
]
ANSWER = replace(
    EMPTY,
    question="Vem utreder smuggling?",
    answered=True,
    actors=("Tullverket",),
    citations=(citation(0, "Tullverket"),),
    related=(Related("a", "Kustbevakningen", "Kustbevakningen leder räddningen till sjöss.", 20, 60, 0.4),),
)


def offered(given, language="sv"):
    return [one.question for one in follow.candidates(given, ROWS, language)]


def test_questions_are_made_of_what_is_near_and_of_whom_the_answer_names():
    assert offered(ANSWER) == [
        "Vad gör Tullverket?",
        "Vad gör Kustbevakningen?",
        "Vem leder räddningen till sjöss?",
        "Vem begär biträde av Polismyndigheten?",
    ]
    assert offered(ANSWER, "en") == ["What does Tullverket do?", "What does Kustbevakningen do?"]


def test_a_question_is_answered_by_the_sentence_it_was_made_of_and_by_its_actor():
    whole, _, leads, _ = follow.candidates(ANSWER, ROWS, "sv")
    assert (leads.question, leads.actor, leads.place) == (
        "Vem leder räddningen till sjöss?",
        "Kustbevakningen",
        ("a", 20),
    )
    own = replace(ANSWER, actors=("Kustbevakningen",), citations=(citation(20, "Kustbevakningen"),))
    assert leads.is_answered_by(own)
    assert not leads.is_answered_by(replace(own, citations=(citation(60, "Kustbevakningen"),)))
    assert not leads.is_answered_by(replace(own, actors=("Tullverket",)))
    assert not leads.is_answered_by(replace(own, answered=False))
    assert whole.is_answered_by(ANSWER)
    assert not whole.is_answered_by(own)


def test_a_quote_is_told_of_every_actor_of_the_answer_that_it_names():
    names = ("Nationella avdelningen (NOA)", "Tullverket", "Kustbevakningen")
    about = citation(0, "Tullverket", "Tullverket bistår NOA vid gränsen.")
    assert follow.speakers(about, names) == ["Nationella avdelningen (NOA)", "Tullverket"]
    assert follow.speakers(replace(about, actor="Polisen"), names)[0] == "Polisen"
    assert follow.speakers(citation(0, "", "De bistår."), names) == []


def test_what_was_asked_just_now_is_not_asked_again():
    asked = replace(ANSWER, question="vad gör  kustbevakningen ?", actors=("Kustbevakningen",), citations=())
    assert "Vad gör Kustbevakningen?" not in offered(asked)


def test_what_an_answer_leaves_out_is_not_asked_about():
    silent = replace(EMPTY, question="Var är bussen?", abstention=Abstention("no_evidence", ""))
    assert offered(silent) == []
    assert follow.section("Var är bussen?", [], "sv") == ""


def test_questions_are_buttons_and_hostile_words_stay_words():
    html = follow.section('"><b>', ["<i>1</i>?", "2?", "3?", "4?"], "sv")
    assert html.count("<button") == follow.SHOWN
    assert 'data-follows="&quot;&gt;&lt;b&gt;"' in html
    assert '<button type="button" data-question="&lt;i&gt;1&lt;/i&gt;?">&lt;i&gt;1&lt;/i&gt;?</button>' in html


def test_whether_it_helped_is_asked_only_where_it_is_counted():
    assert "data-helped" not in answer.answer(ANSWER, "sv")
    html = answer.answer(ANSWER, "sv", answer.Surroundings(counted=True))
    assert (
        '<button type="button" data-helped="yes">Ja</button> <button type="button" data-helped="no">Nej</button>'
        in html
    )
    assert "data-helped" not in answer.answer(
        replace(ANSWER, question="hjälp", answered=False), "sv", answer.Surroundings(counted=True)
    )


def test_the_count_is_two_numbers_and_nothing_else(tmp_path):
    tally = Tally(tmp_path / "räknat.json")
    assert not list(tmp_path.iterdir())  # nothing is made before the first word
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: tally.add(helped=n % 3 == 0), range(30)))
    assert json.loads((tmp_path / "räknat.json").read_text(encoding="utf-8")) == {"yes": 10, "no": 20}
    assert Tally(tmp_path / "räknat.json").read() == {"yes": 10, "no": 20}
    assert [path.name for path in tmp_path.iterdir()] == ["räknat.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"yes": 1}', '{"yes": 1, "no": true}', '{"yes": 1, "no": 2, "who": "x"}'])
def test_a_file_that_holds_no_count_is_told(tmp_path, text):
    (tmp_path / "fel.json").write_text(text, encoding="utf-8")
    with pytest.raises(NmtRagError, match=r"fel\.json"):
        Tally(tmp_path / "fel.json")
