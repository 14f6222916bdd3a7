"""What many voices ask, from who is in danger to who only has an alarming word: each finds the right door.

``voices.jsonl`` holds a voice, a question, the box that is expected ("help", "life" or "none"; absent where either will
do) and, where it matters, who is heard to ask. No answer of the reader is pinned here.
"""

import json
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag.answering import answer, quoting
from nmt_rag.answering import question as questions
from nmt_rag.answering.help import askers, doers, need
from nmt_rag.answering.quoting import Background

ROWS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data" / "voices.jsonl").read_text("utf-8").splitlines()
]
CRIES = [row for row in ROWS if row.get("box") in {"help", "life"}]
OF_BUYERS = {"buyer", "buyer's partner"}
AT_WORK = {"police", "social worker", "journalist", "teacher", "harmless"}


@pytest.fixture(scope="module")
def page():
    """The packaged page without an encoder."""
    with nmt_rag.open(encoder=None) as opened:
        yield opened


def test_enough_is_asked_in_every_voice():
    assert len({row["question"] for row in ROWS}) == len(ROWS) >= 300
    assert sum(row.get("box") == "none" for row in ROWS) >= 130


def test_a_cry_that_is_not_answered_gets_the_box():
    heard = {row["question"]: need.heard(row["question"], answered=False) for row in CRIES}
    assert [row["question"] for row in CRIES if heard[row["question"]] != row["box"]] == []


def test_a_harmless_question_gets_none():
    """Whether it is answered or not."""
    harmless = [row["question"] for row in ROWS if row.get("box") == "none"]
    assert [asked for asked in harmless if need.heard(asked, answered=False)] == []


def test_who_asks_is_heard():
    told = [(row["question"], row["asker"], askers.asker(row["question"])) for row in ROWS if "asker" in row]
    assert [each for each in told if each[1] != each[2]] == []


def test_what_is_there_for_buyers_is_kept_from_everybody_else(page):
    """Whatever the reader would choose: the passages never reach it."""
    shown = []
    for row in ROWS:
        if row["voice"] in OF_BUYERS:
            continue
        asked = questions.understand(row["question"])
        if row["voice"] in AT_WORK and doers.asks_of_doers(asked.text):  # a journalist asks about those who buy
            continue
        hits = answer.sought(page.index, None, asked)
        if not hits:
            continue
        background = Background(page.index, hits)
        left = quoting.without(hits, quoting.for_doers(asked, hits, background))
        shown += [(row["question"], hit.passage.text) for hit in left if hit.passage.actor == "KAST"]
    assert shown == []


def test_who_buys_is_heard_and_not_taken_for_a_victim():
    buyers = [row["question"] for row in ROWS if row["voice"] == "buyer"]
    assert len(buyers) >= 12
    assert [asked for asked in buyers if need.of(asked)] == []


@pytest.mark.parametrize(
    "asked",
    [
        "Måste KAST anmäla om jag berättar att jag köpt sex?",
        "I keep booking escorts in Stockholm, who can I talk to about it?",
        "har köpt sex i tio år och ingen vet, kan man prata med nån om det",
    ],
)
def test_who_buys_is_shown_what_is_there_for_them(page, asked):
    assert need.of(asked) is None
    question = questions.understand(asked)
    hits = answer.sought(page.index, None, question)
    assert quoting.for_doers(question, hits, Background(page.index, hits)) == frozenset()


def test_a_word_that_holds_a_name_is_not_the_name(page):
    """«Utkastad» holds «kast»."""
    asked = questions.understand("Vem ger råd och stöd till den som blivit utkastad av anhöriga?")
    hits = answer.sought(page.index, None, asked)
    assert "KAST" in {hit.passage.actor for hit in hits}
    left = quoting.without(hits, quoting.for_doers(asked, hits, Background(page.index, hits)))
    assert "KAST" not in {hit.passage.actor for hit in left}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Vem hjälper köpare av sexuella tjänster?", ("KAST", "Evonhuset")),
        ("Where do sex buyers get help?", ("KAST", "Evonhuset")),
        ("Vilka hjälper KAST?", ("Evonhuset",)),
        ("vilka hjälper kast?", ("Evonhuset",)),
        ("Vem hjälper KAST och vad gör Evonhuset?", ("KAST", "Evonhuset")),  # both parts are answered
    ],
)
def test_people_are_not_taken_for_the_name_that_is_short_for_them(page, asked, named):
    question = questions.understand(asked)
    names = Background(page.index, answer.sought(page.index, None, question)).names
    assert quoting.asked_for(question, ["KAST", "Evonhuset"], names) == named


@pytest.mark.parametrize(
    "asked",
    ["Var hittar man eskorter i Malmö?", "kan man köpa sex på thaimassage", "hur mycket kostar en prostituerad"],
)
def test_who_looks_for_sex_is_shown_no_place_of_the_exploited(page, asked):
    given = page.ask(asked)
    assert not given.answered
    assert {near.actor for near in given.related} <= {"KAST"}
