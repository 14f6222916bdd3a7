"""The default judge: literal statements, and free text held against its quote."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.support import SwedishJudge, Verdict, bare, is_literal

QUOTE = "Hamnkontoret lagar bryggan varje vår. Avgiften är 40 kronor för medlemmar."


class Meaning:
    """An encoder that knows one thing: «reparerar» means «lagar». Every other word stands alone."""

    dim = 64
    fingerprint = "meaning"

    def encode_query(self, query):
        return self.encode_passages([query])[0]

    def encode_passages(self, passages):
        rows = np.zeros((len(passages), self.dim), np.float32)
        for row, passage in enumerate(passages):
            for word in passage.lower().replace("reparerar", "lagar").split():
                rows[row, sum(word.encode()) % self.dim] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norms == 0, 1, norms)


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
    assert SwedishJudge().judge(statement, QUOTE) == Verdict(
        "supported", "Påståendet står ordagrant i citatet.", 1.0, "literal"
    )


@pytest.mark.parametrize("statement", ["lagar bryggan", "Hamnkontoret lagar", "40 kronor", ""])
def test_a_part_of_a_sentence_is_not_literal(statement):
    assert not is_literal(statement, QUOTE)


def test_a_part_that_turns_the_meaning_is_not_supported():
    verdict = SwedishJudge().judge("Båten får vändas.", "Båten får inte vändas. Då sjunker den.")
    assert (verdict.verdict, verdict.kind) == ("not supported", "denied")


@pytest.mark.parametrize(
    ("statement", "verdict", "kind"),
    [
        ("Varje vår lagas bryggan av Hamnkontoret.", "supported", "words"),
        ("Avgiften för medlemmar är 40 kr.", "supported", "words"),
        ("Hamnkontoret lagar inte bryggan.", "not supported", "denied"),
        ("Avgiften är 45 kronor för medlemmar.", "not supported", "number"),
        ("Skolan lagar bryggan varje vår.", "not supported", "actor"),
        ("Endast medlemmar betalar avgiften.", "not supported", "strength"),
        ("Hamnkontoret lagar bryggan och säljer fisk till restauranger.", "not supported", "missing"),
        ("Hamnkontoret reparerar bryggan varje vår.", "cannot tell", "unclear"),
        ("…", "cannot tell", "empty"),
    ],
)
def test_free_text_is_judged_by_words_alone(statement, verdict, kind):
    found = SwedishJudge().judge(statement, QUOTE)
    assert (found.verdict, found.kind) == (verdict, kind)
    assert 0 <= found.score <= 1


def test_an_encoder_adds_meaning():
    judged = SwedishJudge(Meaning()).judge("Hamnkontoret reparerar bryggan varje vår.", QUOTE)
    assert judged.verdict == "supported"
    assert judged.score > SwedishJudge().judge("Hamnkontoret reparerar bryggan varje vår.", QUOTE).score


def test_the_detail_names_the_words():
    assert SwedishJudge().judge("Avgiften är 45 kronor.", QUOTE).detail == "45"
    assert "fisk" in SwedishJudge().judge("Hamnkontoret säljer fisk.", QUOTE).detail


def test_a_number_alone_is_no_statement_that_words_could_carry():
    assert SwedishJudge().judge("40", "Avgiften är 40, porto 5.").kind == "unclear"
    assert SwedishJudge().judge("45", "Avgiften är 40.").kind == "number"


def test_an_empty_quote_supports_nothing():
    assert SwedishJudge().judge("Bryggan lagas.", "").verdict == "cannot tell"


def test_a_statement_is_laid_bare():
    assert bare("Hamnkontoret: «Bryggan lagas.» [1]") == "Bryggan lagas."
    assert bare("Det framgår av texten att bryggan lagas [2].") == "bryggan lagas."
    assert bare("Bryggan [är] lagad.") == "Bryggan [är] lagad."


def test_words_scattered_over_a_long_quote_support_nothing():
    quote = "Hamnkontoret ligger i Visby. Solen skiner. Alla badar. Glass finns. Varje vår lagar skolan bryggan."
    found = SwedishJudge().judge("Varje vår badar alla i Visby.", quote)
    assert (found.verdict, found.kind) == ("cannot tell", "scattered")
    assert SwedishJudge().judge("Varje vår lagas bryggan av skolan.", quote).verdict == "supported"
    assert SwedishJudge().judge("Alla badar när solen skiner.", quote).verdict == "supported"  # two sentences together


def test_several_quotes_of_one_statement_are_joined():
    statement = "Hamnkontoret lagar bryggan. Båtarna ligger vid kajen."
    verdict = SwedishJudge().judge(statement, "Hamnkontoret lagar bryggan.\nBåtarna ligger vid kajen.")
    assert verdict.kind == "literal"


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=20))
def test_any_text_gets_a_verdict(statement, quote, actor):
    found = SwedishJudge().judge(statement, quote, actor=actor)
    assert found.verdict in ("supported", "not supported", "cannot tell")
    assert 0 <= found.score <= 1


@given(st.text(alphabet="abcåäö 0123456789.,:-()\n", min_size=1, max_size=300))
def test_every_text_supports_itself_or_is_empty(text):
    assert SwedishJudge().judge(text, text).verdict != "not supported"


def test_only_so_many_words_are_remembered(monkeypatch):
    monkeypatch.setattr("nmt_rag.support.MAX_WORDS", 8)
    judge = SwedishJudge(Meaning())
    first = judge.judge("Hamnkontoret reparerar bryggan varje vår.", QUOTE)
    for number in range(20):
        judge.judge(f"Skutan {'abcdefghijklmnopqrst'[number] * 5} seglar.", QUOTE)
    assert len(judge._words) <= 16
    assert judge.judge("Hamnkontoret reparerar bryggan varje vår.", QUOTE) == first
