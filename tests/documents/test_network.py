"""The ties between actors: the page against ties worked out by hand, and the rules one by one."""

from pathlib import Path

import pytest

from nmt_rag import citations, documents
from nmt_rag.documents import passages
from nmt_rag.documents.who_does_what import network
from nmt_rag.types import Document

PAGE = Path(__file__).parents[2] / "corpus" / "deltagande-myndigheter.md"
NMT = "Nationellt metodstödsteam mot prostitution och människohandel (NMT)"
NOA = "Polisens Nationella Operativa Avdelning (NOA)"


def ties(text, title="Prövningsverket"):
    document = Document("d", title, text)
    return [(tie.kind, tie.target, tie.group) for tie in network.of_document(document, passages.split(document))]


def test_the_page_gives_the_ties_worked_out_by_hand():
    [page] = documents.load([PAGE])
    found = network.of_document(page, passages.split(page))
    assert [(tie.source, tie.kind, tie.target, tie.group) for tie in found] == [
        *(
            (name, "ingår", NMT, False)
            for name in (
                "Jämställdhetsmyndigheten", "Polismyndigheten", NOA, "Åklagarmyndigheten", "Migrationsverket",
                "Socialtjänsten", "Mikamottagningen", "Evonhuset", "KAST",
            )
        ),
        ("Jämställdhetsmyndigheten", "stödjer", "frivilligorganisationer", True),
        ("Jämställdhetsmyndigheten", "samordnar", NMT, False),
        (NOA, "stödjer", "polisregionerna", True),
        ("Polismyndigheten", "samverkar", "Åklagarmyndigheten", False),
    ]  # fmt: skip
    assert all(citations.verify(tie.citation, page).verdict == "exact" for tie in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Verket ska samverka med Polismyndigheten och Tullverket i frågor om Kustbevakningen.",
         [("samverkar", "Polismyndigheten", False), ("samverkar", "Tullverket", False)]),
        ("Verket leder Smittskyddsenheten.", [("leder", "Smittskyddsenheten", False)]),
        ("Verket ska bistå länsstyrelserna vid kriser.", [("stödjer", "länsstyrelserna", True)]),
        ("Verket ger stöd till kommuner och Polismyndigheten.",
         [("stödjer", "Polismyndigheten", False), ("stödjer", "kommuner", True)]),
        ("Verket ska samverka med\n\n- Tullverket, och\n- Polismyndigheten.",
         [("samverkar", "Tullverket", False), ("samverkar", "Polismyndigheten", False)]),
        # Named, but tied to nobody.
        ("Verket samordnar arbetet i frågor som rör Polismyndigheten.", []),
        ("Verket ska stödja Polismyndighetens arbete.", []),
        ("Verket ska inte samverka med Polismyndigheten.", []),
        ("Verket utreder Polismyndigheten.", []),
        ("Verket samverkar med Aktiebolaget Svensk Exportkredit.", []),
        ("Verket samverkar med sig självt.", []),
    ],
)  # fmt: skip
def test_the_rules_one_by_one(text, expected):
    assert ties(text) == expected


def test_a_tie_that_is_told_twice_is_told_once_with_its_first_sentence():
    text = "Verket samverkar med Tullverket. Verket ska samarbeta med Tullverket."
    document = Document("d", "Prövningsverket", text)
    [tie] = network.of_document(document, passages.split(document))
    assert tie.citation.quote == "Verket samverkar med Tullverket."
    assert tie.to_dict()["citation"]["end"] == 32
