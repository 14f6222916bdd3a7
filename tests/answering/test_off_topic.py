"""The packaged page's questions, put to made-up pages that do not answer them: hardly one is answered.

Right or silent is what answers promise. A few of the questions have an answer on these pages too; a change may not let
more of them through.
"""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag.documents.loading import load

DATA = Path(__file__).parents[1] / "data"
EVERY = 60
FIRST = {"town": 40, "children": 20}
MOST = 1
"""So many of the 17 questions, every sixtieth from the first of each page, may be answered."""


def questions(pages):
    names = ("nmt_questions_dev", "nmt_development_3", "nmt_development_4", "nmt_development_5")
    rows = [json.loads(line) for name in names for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return list(dict.fromkeys(row["question"] for row in rows))[FIRST[pages] :: EVERY]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Ask the pages of that name."""
    with ExitStack() as stack:
        opened = {}
        for pages in FIRST:
            place = tmp_path_factory.mktemp(pages) / "index"
            opened[pages] = stack.enter_context(nmt_rag.open(place, create=True))
            opened[pages].add(*load(DATA / "pages" / pages), actors="rules")
        yield lambda pages, question: opened[pages].ask(question)


def test_hardly_any_question_of_another_page_is_answered(asked):
    answered = [question for pages in FIRST for question in questions(pages) if asked(pages, question).answered]
    assert len(answered) <= MOST, answered


@pytest.mark.parametrize(
    ("pages", "question"),
    [
        ("town", "Vem forskar om försvar och säkerhet?"),
        ("town", "Vart vänder jag mig om jag är spelberoende?"),
        ("town", "Vem utreder ekonomiska brott?"),
        ("children", "Vilken myndighet betalar ut brottsskadeersättning?"),
        ("children", "I vilka städer har Åklagarmyndigheten kontor?"),
        ("children", "Jag har blivit illa behandlad när jag haft sex och mår dåligt, vart kan jag gå?"),
    ],
)
def test_what_only_sounds_like_an_answer_is_none(asked, pages, question):
    assert not asked(pages, question).answered


@pytest.mark.parametrize(
    "question", ["Vad innehåller ett uppehållstillståndskort?", "Vad handlar mål 5 om?", "Vad gör virkesinköparen?"]
)
def test_the_packaged_page_is_silent_on_what_it_does_not_say(question):
    with nmt_rag.open() as rag:
        assert not rag.ask(question).answered
