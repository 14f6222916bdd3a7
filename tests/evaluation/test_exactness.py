"""Quotes against their sources: every verdict and kind, units of offsets, markers, and documents by other names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.evaluation.checks.exactness import check, check_quote
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, split_statements
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.types import Document, Statement

TEXT = (
    "Jouren 🙂 ger råd.\nÅklagaren leder förundersökningen i 21 kommuner.\nSocialtjänsten får inte neka hjälp.\n"
    "Polisen\xa0bör göra en riskbedömning gällande offret. Den är öppen varje vardag för alla som behöver stöd."
)
PAGE = Document(id="sida", title="Sidan", text=TEXT, url="https://exempel.se/sida")
OTHER = Document(id="annan", title="Den andra", text="Tolkförmedlingen förmedlar tolkar till hela landet.")
SOURCES = Sources([PAGE, OTHER])
LEADS = "Åklagaren leder förundersökningen i 21 kommuner."
START = TEXT.index(LEADS)


def quoted(quote, source="sida", start=None, end=None):
    return check_quote(CitedQuote(1, quote, source, start, end), SOURCES)


def at(quote, start, end):
    found = quoted(quote, "sida", start, end)
    return found.verdict, found.kind, found.shift


def test_a_quote_in_its_place_is_exact_and_one_without_offsets_is_so_anywhere_in_its_document():
    assert at(LEADS, START, START + len(LEADS)) == ("exact", "exact", None)
    found = quoted(LEADS)
    assert (found.verdict, found.start, found.end) == ("exact", START, START + len(LEADS))
    assert "No offsets are given" in found.message
    assert (quoted(LEADS, "").verdict, quoted(LEADS, "").document_id) == ("exact", "sida")


def test_offsets_that_are_off_say_in_which_unit():
    before = TEXT[:START]
    in_bytes = len(before.encode())
    assert at(LEADS, in_bytes, in_bytes + len(LEADS.encode())) == ("moved", "bytes", in_bytes - START)
    in_utf16 = len(before.encode("utf-16-le")) // 2
    assert in_utf16 == START + 1
    assert at(LEADS, in_utf16, in_utf16 + len(LEADS)) == ("moved", "utf-16", 1)
    later = "Socialtjänsten får inte neka hjälp."
    place = TEXT.index(later)
    in_crlf = place + TEXT[:place].count("\n")
    assert at(later, in_crlf, in_crlf + len(later)) == ("moved", "crlf", 2)
    assert at(LEADS, START + 7, START + 7 + len(LEADS)) == ("moved", "shifted", 7)
    assert at(LEADS, START - 3, START + 7) == ("moved", "shifted", -3)
    assert at(LEADS, START, START + 3) == ("moved", "shifted", 0)
    found = quoted(LEADS, "sida", START + 7, START + 7 + len(LEADS))
    assert found.message.startswith("Right document, wrong place: the start of")
    assert "7 characters too far on" in found.message
    assert (
        "count bytes of UTF-8, not characters"
        in quoted(LEADS, "sida", in_bytes, in_bytes + len(LEADS.encode())).message
    )


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        (unicodedata.normalize("NFD", LEADS), "unicode"),
        ("Polisen bör göra en riskbedömning gällande offret.", "whitespace"),
        ("Åklagaren leder\xa0förundersökningen i 21 kommuner.", "whitespace"),
        ("Åklagaren leder förundersökningen … får inte neka hjälp.", "ellipsis"),
        ("Åklagaren leder [...] i 21 kommuner.", "ellipsis"),
        ("Åklagaren leder förundersökningen Den är öppen varje vardag", "joined"),
        ("åklagaren leder förundersökningen i 21 kommuner.", "case"),
        ("Åklagaren leder förundersökningen, i 21 kommuner.", "punctuation"),
        ("Åklagaren leder inte förundersökningen i 21 kommuner.", "negation"),
        ("Socialtjänsten får neka hjälp.", "negation"),
        ("Åklagaren leder förundersökningen i 12 kommuner.", "number"),
        ("Åklagaren leder förundersökningen i tre kommuner.", "number"),
        ("Åklagaren leder förundersökninger i 21 kommuner.", "letters"),
        ("Åklagaren sköter förundersökningen i 21 kommuner.", "words"),
    ],
)
def test_what_was_done_to_an_altered_quote_is_named(quote, kind):
    found = quoted(quote)
    assert (found.verdict, found.kind) == ("altered", kind)
    assert found.document_id == "sida"


def test_an_altered_quote_shows_the_difference():
    assert quoted("Åklagaren leder förundersökningen i 12 kommuner.").diff.endswith("i [-12-] {+21+} kommuner.")


def test_another_document_is_named_and_an_unknown_one_is_told():
    found = quoted("Tolkförmedlingen förmedlar tolkar till hela landet.")
    assert (found.verdict, found.kind, found.document_id, found.known) == ("elsewhere", "document", "annan", True)
    found = quoted(LEADS, "borttagen")
    assert (found.verdict, found.document_id, found.known) == ("elsewhere", "sida", False)
    assert found.message.startswith("No document is called 'borttagen'.")
    found = quoted("Månen är en ost.", "borttagen")
    assert (found.verdict, found.known) == ("absent", False)
    assert quoted("Månen är en ost.").kind == "absent"
    assert quoted("  ").verdict == "absent"


@pytest.mark.parametrize(
    "name", ["sida", "Sidan", "sidan", "https://exempel.se/sida", "https://exempel.se/sida#:~:text=x"]
)
def test_a_document_goes_by_its_id_title_and_address(name):
    assert SOURCES.find(name) is PAGE


def test_a_name_that_two_documents_share_names_neither_but_an_id_its_own():
    twins = Sources([Document("a", "Lika", "x y z"), Document("b", "Lika", "x"), Document("Lika", "Tredje", "w")])
    assert twins.find("Lika").id == "Lika"
    assert twins.find("lika") is None
    assert twins.find("saknas") is None


words = st.text("abå \n\xa0", min_size=0, max_size=40)


@given(st.lists(words, min_size=1, max_size=6), words)
def test_documents_that_hold_a_quote_are_all_found(texts, quote):
    documents = [Document(str(number), "", text) for number, text in enumerate(texts)]
    expected = [document.id for document in documents if quote in document.text]
    assert [document.id for document in Sources(documents).holding(quote)] == expected


@given(st.text("aå🙂\n ", min_size=1, max_size=30), st.integers(0, 29), st.integers(1, 30))
def test_offsets_in_bytes_and_utf16_never_pass_for_another_quote(text, start, length):
    quote = text[start : start + length]
    if not quote.strip():
        return
    sources = Sources([Document("d", "", text)])
    first, last = len(text[:start].encode()), len(text[: start + len(quote)].encode())
    found = check_quote(CitedQuote(1, quote, "d", first, last), sources)
    assert found.verdict in ("exact", "moved")
    assert text[found.start : found.end] == quote
    assert (found.kind == "exact") == (text[first:last] == quote and last <= len(text))
    if found.verdict == "moved":
        assert found.kind == "bytes"


def answer(text, statements, citations, answered=True):
    return CitedAnswer("?", text, answered, tuple(Statement(*one) for one in statements), tuple(citations))


def test_markers_statements_and_citations_belong_together():
    cited = [CitedQuote(1, LEADS, "sida"), CitedQuote(2, LEADS, "sida"), CitedQuote(2, LEADS, "sida")]
    found = check(answer("A [1]. B [7].", [("A", (1,)), ("B", (7,)), ("C", ())], cited), SOURCES)
    assert (found.invented, found.doubled, found.unused, found.uncited) == ((7,), (2,), (2,), (1, 2))
    assert found.faults == (
        "invented_marker",
        "doubled_marker",
        "unused_citation",
        "uncited_statement",
        "uncited_statement",
    )
    right = check(answer("A [1]", [("A", (1,))], [CitedQuote(1, LEADS, "sida")]), SOURCES)
    assert right.faults == ()
    assert right.to_dict()["quotes"][0]["verdict"] == "exact"


def test_an_abstention_needs_no_citation():
    assert check(answer("Källorna svarar inte.", [("Källorna svarar inte.", ())], [], False), SOURCES).faults == ()


def test_without_sources_an_answer_is_held_against_what_it_brings_along():
    brought = CitedAnswer("?", "A [1]", True, (Statement("A", (1,)),), (CitedQuote(1, "x y", "d"),), documents=(OTHER,))
    assert check(brought, None).quotes[0].verdict == "absent"


def test_sentences_with_their_markers():
    found = split_statements(
        "Åklagaren leder [1][2]. Polisen utreder. [3] Ingen vet det. [1](https://x.se) är en länk. [4]"
    )
    assert found == (
        Statement("Åklagaren leder.", (1, 2)),
        Statement("Polisen utreder.", (3,)),
        Statement("Ingen vet det.", ()),
        Statement("[1](https://x.se) är en länk.", (4,)),
    )
    assert split_statements("") == ()


HALL = Document(
    "simhallen.md",
    "Simhallen",
    "# Simhallen\n\n| Vem | Pris |\n|---|---|\n| Vuxen | 70 kr |\n| Barn | 30 kr |\n\n- Vuxen 70 kr\n- Barn 30 kr\n\n"
    "Simhallen har öppet alla dagar utom\nmidsommarafton mellan klockan 9 och 20. Badet är gratis för barn under 7 år.",
)
BOOKS = Document("bok/lån.md", "Lån", "Biblioteket har öppet alla dagar utom söndag. Simhallen ligger i centrum.")
HALLS = Sources([BOOKS, HALL])


@pytest.mark.parametrize("source", ["", "simhallen.md"])
@pytest.mark.parametrize(
    ("quote", "kind", "now"),
    [
        ("Badet är gratis för barn under 7 år.", "exact", "Badet är gratis för barn under 7 år."),
        ("utom midsommarafton mellan klockan 9", "whitespace", "utom\nmidsommarafton mellan klockan 9"),
        ("Badet är gratis för barn under 9 år.", "number", "Badet är gratis för barn under 7 år."),
        ("| Vuxen | 60 kr |", "number", "| Vuxen | 70 kr |"),
        ("| Vuxen | 70 kr | ungefär", "words", "| Vuxen | 70 kr |"),
        ("- Vuxen 70 kr kontant", "words", "- Vuxen 70 kr"),
        ("endast - Barn 30 kr", "words", "- Barn 30 kr"),
        ("mellan klockan 9 och 20. Dock", "words", "mellan klockan 9 och 20."),
    ],
)
def test_without_offsets_or_a_source_the_nearest_place_is_found_and_no_more_than_its_row(source, quote, kind, now):
    found = check_quote(CitedQuote(1, quote, source), HALLS)
    assert (found.verdict, found.kind) == ("exact" if kind == "exact" else "altered", kind)
    assert (found.document_id, HALL.text[found.start : found.end], found.known) == ("simhallen.md", now, True)


def test_a_quote_of_an_unknown_document_is_shown_at_its_nearest_place_and_one_like_nothing_at_none():
    found = check_quote(CitedQuote(1, "Badet är gratis för barn under 9 år.", "badet.md"), HALLS)
    assert (found.verdict, found.kind, found.known) == ("altered", "number", False)
    assert found.message.startswith("No document is called 'badet.md'. The quote was altered")
    nowhere = check_quote(CitedQuote(1, "Tåget till Malmö är inställt."), HALLS)
    assert (nowhere.verdict, nowhere.message) == ("absent", "Nothing like the quote stands in any document.")


def test_a_document_goes_by_its_file_name_with_folders_and_ending_or_without():
    for name in ("simhallen.md", "simhallen", "Simhallen", "källor/simhallen.md", "C:\\källor\\simhallen.md"):
        assert HALLS.find(name) is HALL, name
    for name in ("lån.md", "lån", "bok/lån.md"):
        assert HALLS.find(name) is BOOKS, name
    bare = Document("simhallen", "Badet", HALL.text)
    assert Sources([bare]).find("simhallen.md") is bare
    for name in ("simhallen.pdf", "hallen.md", ""):
        assert HALLS.find(name) is None, name


@given(st.integers(0, 3), st.sampled_from(["kontant", "endast", "-", "8"]), st.booleans())
def test_a_word_too_many_never_takes_a_word_of_the_next_row(row, word, before):
    rows = ["| Vuxen | 70 kr per gång |", "| Barn | 30 kr per gång |", "| Student | 50 kr |", "| Ledsagare | 0 kr |"]
    text = "# Priser\n\n| Vem | Pris |\n|---|---|\n" + "\n".join(rows) + "\n\nSlut."
    quote = f"{word} {rows[row]}" if before else f"{rows[row]} {word}"
    found = check_quote(CitedQuote(1, quote), Sources([Document("d", "", text)]))
    assert found.verdict == "altered"
    assert text[found.start : found.end] == rows[row]
