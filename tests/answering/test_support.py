"""The default judge: literal statements, the reader's word for the rest, and two literal guards."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.answering import choose
from nmt_rag.answering.judging.support import WHOLE, ReaderJudge, SupportVerdict, bare, is_literal
from tests.fakes import WordsReader

QUOTE = "Hamnkontoret lagar bryggan varje vår. Avgiften är 40 kronor för medlemmar."


class Says(WordsReader):
    """Says the same of every statement and remembers what it was shown."""

    def __init__(self, *shares):
        super().__init__()
        self.shares = shares
        self.shown = []

    def support(self, statement, quote, *, title="", before=""):
        self.shown.append((statement, quote, title))
        return np.array(self.shares, np.float32)


SURE, NOT_SAID, DENIED = (0.98, 0.01, 0.01), (0.01, 0.98, 0.01), (0.01, 0.01, 0.98)


@pytest.mark.parametrize(
    "statement",
    [
        "Hamnkontoret lagar bryggan varje vår.",
        "Avgiften är 40 kronor för medlemmar",
        QUOTE,
        "Hamnkontoret: «Hamnkontoret lagar bryggan varje vår.» [1]",
        "Hamnkontoret  lagar\nbryggan varje vår. [1, 2]",
        "Enligt källan Hamnkontoret lagar bryggan varje vår.",
    ],
)
def test_whole_sentences_of_the_quote_are_supported_literally(statement):
    reader = Says(*NOT_SAID)
    assert ReaderJudge(reader).judge(statement, QUOTE) == SupportVerdict(
        "supported", "Påståendet står ordagrant i citatet.", 1.0, "literal"
    )
    assert reader.shown == []


@pytest.mark.parametrize("statement", ["lagar bryggan", "Hamnkontoret lagar", "40 kronor", ""])
def test_a_part_of_a_sentence_is_not_literal(statement):
    assert not is_literal(statement, QUOTE)


@pytest.mark.parametrize(
    ("shares", "verdict", "kind"),
    [(SURE, "supported", "read"), (NOT_SAID, "not supported", "missing"), (DENIED, "not supported", "opposite")],
)
def test_the_reader_judges_what_is_not_literal(shares, verdict, kind):
    found = ReaderJudge(Says(*shares)).judge("Bryggan lagas varje vår.", QUOTE)
    assert (found.verdict, found.kind, found.score) == (verdict, kind, shares[0])


def test_between_the_bars_nobody_can_tell():
    bars = choose.support_bars()
    middle = (bars.supported + bars.doubt) / 2
    found = ReaderJudge(Says(middle, 1 - middle, 0.0)).judge("Bryggan lagas varje vår.", QUOTE)
    assert (found.verdict, found.kind) == ("cannot tell", "unclear")


@pytest.mark.parametrize(
    ("statement", "verdict", "kind"),
    [
        ("Avgiften är 45 kronor för medlemmar.", "not supported", "number"),
        ("Medlemmar betalar 40 kronor.", "supported", "read"),
    ],
)
def test_a_number_that_the_quote_lacks_is_never_supported(statement, verdict, kind):
    found = ReaderJudge(Says(*SURE)).judge(statement, QUOTE)
    assert (found.verdict, found.kind) == (verdict, kind)


@pytest.mark.parametrize(
    ("statement", "supported"),
    [
        ("Nej, det går inte att äta i rummet.", True),
        ("Nej, man får inte äta där.", True),
        ("Ja, det går att äta i rummet.", False),
        ("Det går att äta i rummet.", False),
    ],
)
def test_yes_and_no_stand_before_what_is_said(statement, supported):
    assert (ReaderJudge().judge(statement, "Det går inte att äta i rummet.").verdict == "supported") == supported


def test_the_actor_is_shown_as_the_title():
    reader = Says(*SURE)
    ReaderJudge(reader).judge("Skolan lagar den.", "De lagar bryggan.", actor="Skolan")
    assert reader.shown == [("Skolan lagar den.", "De lagar bryggan.", "Skolan")]


def test_a_long_quote_must_carry_it_in_two_adjacent_sentences():
    sentences = [f"Mening nummer {word} handlar om något helt annat som ingen frågar efter." for word in "abcdefgh"]
    quote = " ".join(sentences)
    assert len(quote) > WHOLE
    reader = Says(*NOT_SAID)
    ReaderJudge(reader).judge("Bryggan lagas.", quote)
    assert [shown for _, shown, _ in reader.shown] == [f"{a} {b}" for a, b in itertools.pairwise(sentences)]


def test_the_detail_names_the_number():
    assert ReaderJudge(Says(*SURE)).judge("Avgiften är 45 kronor.", QUOTE).detail == "45"


def test_nothing_supports_nothing():
    judge = ReaderJudge(Says(*SURE))
    for statement, quote in (("Bryggan lagas.", ""), ("…", QUOTE)):
        assert (judge.judge(statement, quote).verdict, judge.judge(statement, quote).kind) == ("cannot tell", "empty")


def test_a_statement_is_laid_bare():
    assert bare("Hamnkontoret: «Bryggan lagas.» [1]") == "Bryggan lagas."
    assert bare("Det framgår av texten att bryggan lagas [2].") == "bryggan lagas."
    assert bare("Bryggan [är] lagad.") == "Bryggan [är] lagad."


def test_several_quotes_of_one_statement_are_joined():
    statement = "Hamnkontoret lagar bryggan. Båtarna ligger vid kajen."
    verdict = ReaderJudge(Says(*NOT_SAID)).judge(statement, "Hamnkontoret lagar bryggan.\nBåtarna ligger vid kajen.")
    assert verdict.kind == "literal"


@settings(max_examples=40)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=20))
def test_any_text_gets_a_verdict(statement, quote, actor):
    found = ReaderJudge().judge(statement, quote, actor=actor)
    assert found.verdict in ("supported", "not supported", "cannot tell")
    assert 0 <= found.score <= 1


@given(st.text(alphabet="abcåäö 0123456789.,:-()\n", min_size=1, max_size=300))
def test_every_text_supports_itself_or_is_empty(text):
    assert ReaderJudge(Says(*SURE)).judge(text, text).verdict != "not supported"
