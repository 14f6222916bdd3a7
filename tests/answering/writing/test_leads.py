"""A model's sentence about an item of a list: what the item goes on from is shown, judged and released with it."""

import numpy as np
import pytest

from nmt_rag.answering.answer import ask
from nmt_rag.answering.writing import prompt, proof, showing
from nmt_rag.answering.writing.proof import Dropped, Shown
from nmt_rag.documents import actors, passages
from nmt_rag.index import Index
from nmt_rag.types import Document
from tests.fakes import KeywordReader

TEXT = """# Boende

{lead}

- Fotografera andra på rummet.
"""
NAMES = actors.Names(())


class Sure:
    """A judge that finds a statement supported by all quotes but those with a word."""

    fingerprint = "sure@1"

    def __init__(self, but="\0"):
        self.but = but

    def read(self, question, windows):
        return [np.full(len(one.sentences), 0.9) for one in windows]

    def support(self, statement, quote, *, title="", before=""):
        return np.array([0.02, 0.97, 0.01] if self.but in quote else [0.97, 0.02, 0.01], np.float32)


def shown(lead):
    index = Index.in_memory(encoder=None)
    index.add([Document("boende.md", "Boende", TEXT.format(lead=lead))])
    reader = KeywordReader({"fotografera": 0.99})
    given = ask(index, None, "Får jag fotografera andra på rummet?", reader=reader)
    return showing.passages_to_show(index, None, given, None, reader).passages


@pytest.mark.parametrize("lead", ["Du får inte:", "Det här är förbjudet:"])
def test_a_model_is_shown_what_an_item_goes_on_from(lead):
    (one,) = shown(lead)
    assert (one.lead, one.passage.text) == (lead, "Fotografera andra på rummet.")
    assert prompt.line(one) == f"[1]  | Boende › {lead[:-1]} | Fotografera andra på rummet."


def test_an_item_below_a_line_that_denies_is_not_released():
    sentence = "Gäster kan ta bilder: «Fotografera andra på rummet» [1]"
    assert proof.check(sentence, shown("Du får inte:"), NAMES, Sure()) == Dropped("incomplete")


def test_own_words_must_be_supported_with_the_line_above_too():
    sentence = "Gäster kan ta bilder: «Fotografera andra på rummet» [1]"
    verdict = proof.check(sentence, shown("Det här är förbjudet:"), NAMES, Sure(but="förbjudet"))
    assert (verdict.text, verdict.dropped) == (
        "Det här är förbjudet: «Fotografera andra på rummet.»",
        "unsupported",
    )
    verdict = proof.check(sentence, shown("Gäster kan:"), NAMES, Sure(but="förbjudet"))
    assert verdict.text == "Gäster kan ta bilder: Gäster kan: «Fotografera andra på rummet.»"


def test_a_heading_is_not_said_twice_to_a_model():
    (passage,) = passages.split(Document("d", "Boende", "# Boende\n\n## Regler\n\n- Lås dörren."))
    assert prompt.line(Shown(2, passage, 0.9, "Regler: Lås dörren.")) == "[2]  | Boende › Regler | Lås dörren."


def test_a_heading_that_only_names_actors_leads_to_nothing_for_a_model_either():
    index = Index.in_memory(encoder=None)
    index.add([Document("d", "Stöd", "# Stöd\n\n## Socialnämnden och Polismyndigheten\n\nSocialnämnden ringer dig.\n")])
    reader = KeywordReader({"ringer": 0.99})
    given = ask(index, None, "Vem ringer?", reader=reader)
    (one,) = showing.passages_to_show(index, None, given, None, reader).passages
    assert (one.passage.text, one.lead, given.citations[0].reading) == ("Socialnämnden ringer dig.", "", "")
