"""Tables and labels in a text: a row is one passage, read with its header words; the quote stays as it stands."""

import pytest

from nmt_rag.citations import full_reading
from nmt_rag.documents import passages
from nmt_rag.swedish import wholewords
from nmt_rag.types import Document

MARKDOWN = """# Badet

| | Måndag | Lördag |
|---|:---:|---|
| Crawl | 16–17. Ej lov | 9–10 |
| **Sommar** | | |
| Bastu | stängt | 10–14 |

Biljetter köps i kassan.
"""


def split(text):
    found = passages.split(Document("d", "Sidan", text))
    assert all(text[one.start : one.end] == one.text for one in found)
    return found


def test_a_row_is_read_with_its_header_words_and_cited_as_it_stands():
    found = split(MARKDOWN)
    assert [(one.text, one.reading, one.heading) for one in found] == [
        ("Crawl | 16–17. Ej lov | 9–10", "Crawl | Måndag: 16–17. Ej lov | Lördag: 9–10", ("Badet",)),
        ("Bastu | stängt | 10–14", "Bastu | Måndag: stängt | Lördag: 10–14", ("Badet", "Sommar")),
        ("Biljetter köps i kassan.", "Biljetter köps i kassan.", ("Badet",)),
    ]
    assert found[0].context == "Badet\nCrawl | Måndag: 16–17. Ej lov | Lördag: 9–10"


def test_a_line_that_leads_to_headings_is_read_with_them_and_cited_as_it_stands():
    text = """# Nätverket

Nätverket drivs av följande aktörer:

## Hamnverket

Hamnverket leder arbetet och har två roller:

### Lots

Lotsen följer med.

### Vakt

Vakten ser efter.

## Fyrbolaget

Fyrbolaget betalar. Det ger besked så här:

## Öppet

Måndagar.
"""
    found = {one.text: one for one in split(text) if one.reading != one.text}
    assert {quote: one.reading.removeprefix(quote) for quote, one in found.items()} == {
        "Nätverket drivs av följande aktörer:": " Hamnverket; Fyrbolaget; Öppet",
        "Hamnverket leder arbetet och har två roller:": " Lots; Vakt",
    }
    assert [full_reading(one) for one in found.values()] == ["Hamnverket; Fyrbolaget; Öppet", "Lots; Vakt"]
    document = Document("d", "Sidan", text)
    assert [passages.full_reading(document, one.start, one.end) for one in split(text)] == [
        full_reading(one) for one in split(text)
    ]


def test_a_line_or_row_that_ends_with_a_colon_is_read_as_any_other():
    row = "| Plats | Tid |\n|---|---|\n| Lund | så här: |\n"
    assert [(one.reading, full_reading(one)) for one in split(row)] == [("Lund | Tid: så här:", "Lund | Tid: så här:")]
    parted = "# Visum\n\nAnsökan prövas av Migra-\ntionsverket så här:\n\n## Först\n\nRing.\n\n## Sedan\n\nVänta.\n"
    found = split(parted)[0]
    assert found.reading == "Ansökan prövas av Migrationsverket så här: Först; Sedan"
    assert (full_reading(found), found.actors) == ("Först; Sedan", ("Migrationsverket",))


@pytest.mark.parametrize(
    "below", ["## Hur gör jag?\n\nRing.\n\n## Vad kostar det?\n\nInget.\n", "## Ring\n\nVi svarar.\n", "Ring.\n", ""]
)
def test_a_line_with_a_colon_leads_to_several_headings_that_do_not_ask(below):
    assert {one.reading == one.text for one in split(f"# Hjälp\n\nSå här får du hjälp:\n\n{below}")} == {True}


def test_two_header_rows_are_read_together():
    text = "Grupp | Sommar | Sommar\nGrupp | Dag | Kväll\n--- | --- | ---\nBarn | 10 kr | \n"
    assert [(one.text, one.reading) for one in split(text)] == [("Barn | 10 kr", "Barn | Sommar Dag: 10 kr")]


def test_rows_without_a_header_are_passages_of_their_own():
    rows = [
        "Norra stödteamet, Storgatan 14, Lövby | måndag–torsdag 9–16 | 0123-45 67 01",
        "Södra | tisdag | 0123-45 67 02",
    ]
    assert [one.text for one in split("\n".join(rows))] == rows


def test_a_header_without_rows_stays_citable():
    assert [one.text for one in split("Text.\n\nDag | Tid\n--- | ---\n")] == ["Text.", "Dag | Tid"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ansökan prövas av Migra-\ntionsverket i Lund.", "Ansökan prövas av Migrationsverket i Lund."),
        ("Avgiften är ~~150~~ 200 kronor.", "Avgiften är 200 kronor."),
        ("Stödet gavs till 118³ personer på 30 m².", "Stödet gavs till 118 personer på 30 m²."),
        ("Stödet är **500 kronor**[^2] i år.", "Stödet är 500 kronor i år."),
        ("[^2]: Beloppet gäller 2026.", "Beloppet gäller 2026."),
        ("Skriv [till oss](mailto:info@lovby.se) först.", "Skriv till oss (info@lovby.se) först."),
        (
            "Vård för EU-\nmedborgare, hälso-\noch sjukvård, e-\npost.",
            "Vård för EU-medborgare, hälso- och sjukvård, e-post.",
        ),
    ],
)
def test_a_passage_is_read_with_whole_words(text, read):
    (passage,) = split(text)
    assert passage.text == text
    assert passage.reading == read == wholewords.as_read(text)
    assert passage.context.startswith("Sidan\n")
    assert passage.context.endswith(f"\n{read}")


def told(text):
    return [(one.heading[1:], one.text) for one in split(text)]


@pytest.mark.parametrize(
    ("line", "heading", "quotes"),
    [
        ("Steg 1. Anmäl till polisen", ("Steg 1. Anmäl till polisen",), []),
        ("Vem får stöd? Hur länge?", ("Vem får stöd? Hur länge?",), []),
        ("Vi har öppet dygnet runt. Ring 0123-45", (), ["Vi har öppet dygnet runt.", "Ring 0123-45"]),
        ("Hon sade: ”Vänta.” Alla gick", (), ["Hon sade: ”Vänta.”", "Alla gick"]),
    ],
)
def test_a_bold_line_of_several_sentences_is_one_label_or_loses_none(line, heading, quotes):
    assert told(f"# Råd\n\n**{line}**\n\nChefen ansvarar.\n") == [
        *(((), quote) for quote in quotes),
        (heading, "Chefen ansvarar."),
    ]
    last = told(f"# Råd\n\nChefen ansvarar.\n\n**{line}**\n")
    assert not any("**" in quote for _, quote in last)
    assert " ".join(quote for _, quote in last[1:]) == line


def test_questions_in_a_row_are_one_label():
    assert told("# Råd\n\nVem får stöd? Hur länge? Alla, i fem år.\n") == [
        (("Vem får stöd? Hur länge?",), "Alla, i fem år.")
    ]


def test_a_line_leads_to_no_label_below_a_rule():
    text = "# Flyg\n\nTa inte med:\n\n**Gas**\n\nTub.\n\n**Kniv**\n\nAlla.\n\n---\n\nRing oss.\n\n**Hund**\n\nGratis.\n"
    assert split(text)[0].reading == "Ta inte med: Gas; Kniv"
    sections = "# Flyg\n\nTa inte med:\n\n## Gas\n\nTub.\n\n---\n\n## Kniv\n\nAlla.\n"
    assert split(sections)[0].reading == "Ta inte med: Gas; Kniv"


def test_a_question_before_its_answer_ends_what_a_question_above_heads():
    asked = "# Stöd\n\n{}\n\nEn månad.\n\nVar ansöker jag? Hos nämnden.\n\nRing oss.\n"
    assert told(asked.format("Hur länge gäller det?")) == [
        (("Hur länge gäller det?",), "En månad."),
        (("Var ansöker jag?",), "Hos nämnden."),
        ((), "Ring oss."),
    ]
    assert told(asked.format("## Hur länge gäller det?"))[1][0] == ("Hur länge gäller det?", "Var ansöker jag?")


def test_a_ticked_question_is_no_label():
    assert told("# Stöd\n\n☒ Ja ☐ Nej Har barnet en god man?\n\nNamn: Ek.\n") == [
        ((), "☒ Ja ☐ Nej Har barnet en god man?"),
        ((), "Namn: Ek."),
    ]
