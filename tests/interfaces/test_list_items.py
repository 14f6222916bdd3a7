"""An item of a list in an answer: what it goes on from stands beside the quote, which stays exact."""

import datetime
import json
from importlib.resources import files

import jsonschema
import pytest

import nmt_rag
from nmt_rag.answering.answer import ask as nmt_ask
from nmt_rag.citations import quoted
from nmt_rag.evaluation import Sources, evaluate
from nmt_rag.index import Index
from nmt_rag.interfaces import lookups
from nmt_rag.interfaces.page.views.answer import answer as page_answer
from nmt_rag.interfaces.page.views.passport import passport
from nmt_rag.interfaces.report.html import report
from nmt_rag.interfaces.terminal import lines, main
from nmt_rag.langchain import NmtRetriever
from nmt_rag.types import Answer, Document
from tests.fakes import KeywordReader

TEXT = """# Regler på boendet

Du får inte:

- fotografera andra utan att de har sagt ja

## Förbjudet för gäster

- Sova över i rummet.

Grinden låses klockan tio.
"""
DOCUMENT = Document("regler.md", "Regler på boendet", TEXT)
QUOTE, READ = "fotografera andra utan att de har sagt ja", "Du får inte: fotografera andra utan att de har sagt ja"


@pytest.fixture
def ask():
    """Ask; the sentences with a word answer, or nothing does."""
    index = Index.in_memory(encoder=None)
    index.add([DOCUMENT])
    question = "Får jag fotografera andra gäster på rummet?"
    return lambda word: nmt_ask(index, None, question, reader=KeywordReader({word: 0.99}))


def test_the_answer_says_what_the_item_goes_on_from_and_keeps_the_exact_quote(ask):
    given = ask("fotografera")
    (citation,) = given.citations
    assert (citation.quote, citation.reading) == (QUOTE, READ)
    assert TEXT[citation.start : citation.end] == QUOTE
    assert given.text == f"Du får inte: «{QUOTE}» [1]"
    assert given.statements[0].text == QUOTE
    assert {one.quote: one.reading for one in given.related} == {
        "Sova över i rummet.": "Förbjudet för gäster: Sova över i rummet.",
        "Grinden låses klockan tio.": "Förbjudet för gäster: Grinden låses klockan tio.",
        "Du får inte:": "",
    }
    schema = json.loads((files("nmt_rag.interfaces") / "schemas" / "answer-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(given.to_dict())
    assert Answer.from_json(given.to_json()) == given


def test_a_silent_answer_says_it_of_what_lies_near(ask):
    silent = ask("ingenting")
    assert not silent.answered
    assert READ in [one.reading for one in silent.related]
    (near,) = [line for line in lines.answer_lines(silent) if "«" in line]
    assert near.endswith((f"Du får inte: «{QUOTE}»", "Förbjudet för gäster: «Sova över i rummet.»"))


def test_a_terminal_the_page_and_the_report_show_it(ask):
    given = ask("fotografera")
    assert f"  Du får inte: «{QUOTE}» [1]" in lines.answer_lines(given)
    html = page_answer(given, "sv")
    assert f"<bdi>Du får inte:</bdi> «<bdi>{QUOTE}</bdi>»" in html
    assert f"Du får inte: ”{QUOTE}”\nKälla: " in html
    assert f"<bdi>Du får inte:</bdi> «<bdi>{QUOTE}</bdi>»" in passport(given, "sv", datetime.datetime(2026, 11, 27))
    assert READ not in html.split("data-copy")[0]
    assert f"<bdi>{READ}</bdi>" in "".join(report(evaluate([given], sources=[DOCUMENT]), Sources([DOCUMENT])))


@pytest.mark.parametrize(
    ("quote", "reading", "shown"),
    [
        ("Bad | 9–15", "Bad | Lördag: 9–15", "«Bad | 9–15» (Bad | Lördag: 9–15)"),
        ("lova\n  pengar", "Du får inte: lova pengar", "Du får inte: «lova\n  pengar»"),
        ("Vi öppnar.", "", "«Vi öppnar.»"),
    ],
)
def test_what_is_read_with_a_quote_stands_before_it_where_it_goes_on_from_that(quote, reading, shown):
    assert quoted(quote, reading) == shown


def test_a_sentence_is_shown_after_its_section_but_for_an_actors_name_and_what_it_names_itself():
    text = """# Jouren

## Myter om polisen

Alla väljer det själva.

## Polisen

De utreder brott.

## Öppettider

Öppettiderna är 9 till 15.
"""
    index = Index.in_memory(encoder=None)
    index.add([Document("jouren.md", "Jouren", text)])
    asked = "Vem väljer det själva, vad utreder polisen och när är det öppet?"
    given = nmt_ask(index, None, asked, reader=KeywordReader({"själva": 0.99, "utreder": 0.99, "9 till": 0.99}))
    assert {one.quote: one.reading for one in given.citations} == {
        "Alla väljer det själva.": "Myter om polisen: Alla väljer det själva.",
        "De utreder brott.": "",
        "Öppettiderna är 9 till 15.": "",
    }
    assert "Myter om polisen: «Alla väljer det själva.»" in given.text


@pytest.mark.parametrize(
    ("text", "quote", "reading"),
    [
        # every heading that says more, also above an item's and above a question
        ("## Ingår inte\n\n### Städning\n\n- fönster", "fönster", "Ingår inte › Städning: fönster"),
        ("## Till 2024\n\n### Vad kostar det?\n\n5 kr.", "5 kr.", "Till 2024 › Vad kostar det? 5 kr."),
        ("## Myter\n\n### Pengar\n\n#### Hyra\n\nAlla får.", "Alla får.", "Myter › Pengar › Hyra: Alla får."),
        ("## Myter\n\nDu får:\n\n- sova", "sova", "Myter: Du får: sova"),
        # a word that denies says more than the quote, unless it denies as well
        ("## Inte öppet\n\nJouren är öppen.", "Jouren är öppen.", "Inte öppet: Jouren är öppen."),
        ("## Inte öppen\n\nJouren är aldrig öppen.", "Jouren är aldrig öppen.", ""),
        (
            "## Ger inte råd\n\nGer råd om den inte går.",
            "Ger råd om den inte går.",
            "Ger inte råd: Ger råd om den inte går.",
        ),
        ("## Det gör vi inte\n\nEj detta.", "Ej detta.", "Det gör vi inte: Ej detta."),
        # a first heading that says no more than the title
        ("# Om jouren\n\nJa.", "Ja.", ""),
        ("# Jourens myter\n\nAlla får.", "Alla får.", "Jourens myter: Alla får."),
        # the sentences that a quote points back to, where they are not quoted beside it
        ("Jouren hjälper. Det är gratis.", "Det är gratis.", "Jouren hjälper. Det är gratis."),
        ("Jouren hjälper. Den som vill ringer.", "Den som vill ringer.", ""),
        # a sentence that points to it from above, and what limits it right after it
        (
            "Följande upphörde i juni.\n\nJouren hjälper. Det är gratis.",
            "Det är gratis.",
            "Följande upphörde i juni. Jouren hjälper. Det är gratis.",
        ),
        ("Jouren hjälper. Det gäller bara barn.", "Jouren hjälper.", "Jouren hjälper. Det gäller bara barn."),
        ("Fritt:\n\n- bod\n\nDet gäller inte här.", "bod", "Fritt: bod. Det gäller inte här."),
        # what is no whole sentence limits nothing
        ("# Jouren\n\nJouren ger ut nycklar.\n\nDet får du inte göra\n\nRing dit.", "Jouren ger ut nycklar.", ""),
        # a line with a colon leads to what it names, and no further
        ("# Jouren\n\nRing inte:\n\n0123-45 67\n\nHuset är öppet.", "0123-45 67", "Ring inte: 0123-45 67"),
        ("# Jouren\n\nRing inte:\n\n0123-45 67\n\nHuset är öppet.", "Huset är öppet.", ""),
        # also within an item
        (
            "# Jouren\n\n- Vi städar.\n\n  Vi städar inte:\n\n  Källare\n\n- Vi lagar mat.",
            "Källare",
            "Jouren: Vi städar inte: Källare",
        ),
        (
            "# Jouren\n\n- Vi städar.\n\n  Vi städar inte:\n\n  - Vind\n\n- Vi lagar mat.",
            "Vind",
            "Jouren: Vi städar inte: Vind",
        ),
        (
            "# Jouren\n\n- Vi städar.\n\n  Vi städar inte:\n\n  Källare\n\n- Vi lagar mat.",
            "Vi lagar mat.",
            "Jouren: Vi lagar mat.",
        ),
    ],
)
def test_what_must_be_read_with_a_quote(text, quote, reading):
    index = Index.in_memory(encoder=None)
    index.add([Document("jouren.md", "Jouren", text)])
    given = nmt_ask(index, None, quote, reader=KeywordReader({quote.lower(): 0.99}))
    assert [(one.quote, one.reading) for one in given.citations] == [(quote, reading)]


@pytest.mark.parametrize(
    ("above", "below", "reading"),
    [
        ("## Ingår inte", "Detta gäller inte här.", "Ingår inte: Bad | B: tid. Detta gäller inte här."),
        ("Du får inte:", "Undantag finns bara här.", "Du får inte: Bad | B: tid. Undantag finns bara här."),
    ],
)
def test_a_row_keeps_what_it_goes_on_from_where_what_limits_it_stands_below_the_table(above, below, reading):
    index = Index.in_memory(encoder=None)
    text = f"{above}\n\n| A | B |\n|---|---|\n| Bad | tid |\n\n{below}"
    index.add([Document("jouren.md", "Jouren", text)])
    given = nmt_ask(index, None, "När är det bad?", reader=KeywordReader({"bad |": 0.99}))
    assert [(one.quote, one.reading) for one in given.citations] == [("Bad | tid", reading)]


@pytest.mark.parametrize("above", ["# Jouren hjälper inte\n\n", ""])
@pytest.mark.parametrize(
    ("quote", "reading"),
    [
        ("Alla får pengar.", "Jouren hjälper inte: Alla får pengar."),
        ("Jouren hjälper aldrig barn.", ""),
    ],
)
def test_a_title_that_denies_is_read_with_each_quote(above, quote, reading):
    index = Index.in_memory(encoder=None)
    index.add([Document("jouren.md", "Jouren hjälper inte", f"{above}{quote}")])
    given = nmt_ask(index, None, quote, reader=KeywordReader({quote.lower(): 0.99}))
    assert [(one.quote, one.reading) for one in given.citations] == [(quote, reading)]


def test_what_limits_a_quote_is_shown_behind_it_unless_it_is_quoted_too():
    index = Index.in_memory(encoder=None)
    index.add([Document("jouren.md", "Jouren", "Jouren hjälper. Det är bara gratis.")])
    given = nmt_ask(index, None, "Hjälper jouren gratis?", reader=KeywordReader({"hjälper.": 0.99}))
    shown = "«Jouren hjälper.» (Jouren hjälper. Det är bara gratis.)"
    assert f"  {shown} [1]" in lines.answer_lines(given)
    assert '<p class="where" lang="sv"><bdi>Jouren hjälper. Det är bara gratis.</bdi></p>' in page_answer(given, "sv")
    assert given.text == "«Jouren hjälper.» [1]"
    both = nmt_ask(index, None, "Hjälper jouren gratis?", reader=KeywordReader({"hjälper.": 0.99, "gratis.": 0.98}))
    assert {one.quote: one.reading for one in both.citations} == {"Jouren hjälper.": "", "Det är bara gratis.": ""}


def test_what_is_quoted_beside_a_quote_is_not_read_before_it_again():
    index = Index.in_memory(encoder=None)
    index.add([Document("jouren.md", "Jouren", "Jouren hjälper. Det är gratis.")])
    given = nmt_ask(index, None, "Hjälper jouren gratis?", reader=KeywordReader({"hjälper.": 0.99, "gratis.": 0.98}))
    assert {one.quote: one.reading for one in given.citations} == {"Jouren hjälper.": "", "Det är gratis.": ""}


def test_what_is_found_is_told_with_what_must_be_read_with_it(tmp_path, capsys):
    source = tmp_path / "gård.md"
    source.write_text("# Gården\n\nDu får inte:\n\n- elda\n- parkera\n", encoding="utf-8")
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(source, actors="rules")
        hits = rag.search("elda", k=1)
        assert rag.readings(hits) == ["Du får inte: elda"]
        (found,) = NmtRetriever(rag=rag, k=1).invoke("elda")
        assert (found.page_content, found.metadata["reading"]) == ("elda", "Du får inte: elda")
        assert [hit["reading"] for hit in lookups.hit_rows(rag, "elda", k=1)] == ["Du får inte: elda"]  # HTTP, MCP
    assert main.main(["search", "elda", "--index", str(tmp_path / "i"), "--json", "-k", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["reading"] == "Du får inte: elda"
