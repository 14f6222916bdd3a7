"""Citations: what is cited is the text, and what became of it is said as it is."""

import dataclasses
import time
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nmt_rag.citations.quotes import MAX_CONTEXT, Verification, cite, recheck, verify
from nmt_rag.types import Answer, Document, Statement

TEXT = (
    "# Polismyndigheten\n\nPolisen upprättar en anmälan. Polis och åklagare samarbetar under förundersökningen.\n\n"
    "# Migrationsverket\n\nMigrationsverket beslutar i ärenden som rör betänketid. Läs mer i våra föreskrifter."
)
POLICE = "Polis och åklagare samarbetar under förundersökningen."
DOCUMENT = Document("nmt", "Deltagande myndigheter", TEXT, url="https://a.se/nmt")


def cited(words, document=DOCUMENT, /, **fields):
    """Return the citation of a quote's first place."""
    start = document.text.index(words)
    return dataclasses.replace(cite(document, start, start + len(words), marker=1), **fields)


def now(text, id="nmt"):
    """Return the document as it reads now."""
    return Document(id, "Deltagande myndigheter", text, url="https://a.se/nmt")


def test_cite_keeps_everything_that_finds_the_quote_again():
    start = TEXT.index(POLICE)
    citation = cite(
        DOCUMENT,
        start,
        start + len(POLICE),
        marker=2,
        heading=["Polismyndigheten"],
        actor="Polismyndigheten",
        score=0.5,
    )
    assert citation.to_dict() == {
        "marker": 2,
        "document_id": "nmt",
        "title": "Deltagande myndigheter",
        "url": "https://a.se/nmt#:~:text=Polis%20och%20%C3%A5klagare%20samarbetar%20under%20"
        "f%C3%B6runders%C3%B6kningen.",
        "heading": ["Polismyndigheten"],
        "actor": "Polismyndigheten",
        "quote": POLICE,
        "start": start,
        "end": start + len(POLICE),
        "source_sha256": DOCUMENT.sha256,
        "prefix": "Polisen upprättar en anmälan. ",
        "suffix": "\n\n# Migrationsverket\n\n",
        "verdict": "exact",
        "score": 0.5,
        "page": None,
        "reading": "",
    }


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (-1, 4),
        (4, 4),
        (5, 4),
        (0, len(TEXT) + 1),
        (10**30, 10**31),
        (0.0, 4),
        (0, float("nan")),
        (False, True),
        ("0", 4),
    ],
)
def test_cite_refuses_what_is_no_place(start, end):
    with pytest.raises(
        ValueError, match=r"is no place in document 'nmt': expected whole numbers with 0 <= start < end"
    ):
        cite(DOCUMENT, start, end, marker=1)


@pytest.mark.parametrize("marker", [0, -1, True, 1.0, "1"])
def test_cite_refuses_what_is_no_marker(marker):
    with pytest.raises(ValueError, match="expected a marker of 1 or more"):
        cite(DOCUMENT, 0, 4, marker=marker)


def test_neighbours_grow_until_they_tell_equal_quotes_apart():
    block = "Mottagningen är öppen för alla. De erbjuder råd och stöd. Kontakten kan ske anonymt."
    document = now(f"KAST. {block}\nEvonhuset. {block}")
    second = document.text.rindex("De erbjuder")
    citation = cite(document, second, second + len("De erbjuder råd och stöd."), marker=1)
    assert "Evonhuset." in citation.prefix
    assert document.text.count(citation.prefix + citation.quote + citation.suffix) == 1


# --- verdicts -----------------------------------------------------------------------------------------------------


def test_exact():
    citation = cited(POLICE)
    assert verify(citation, DOCUMENT) == Verification(
        verdict="exact",
        document_id="nmt",
        start=citation.start,
        end=citation.end,
        similarity=1.0,
        diff="",
        message=f"The quote stands where it was cited: [{citation.start}:{citation.end}] of 'nmt'.",
    )


def test_moved():
    citation, text = cited(POLICE), "En ny inledning.\n\n" + TEXT
    found = verify(citation, now(text))
    assert (found.verdict, found.start, found.end) == ("moved", citation.start + 18, citation.end + 18)


def test_moved_to_the_place_with_the_old_neighbours():
    text = "Mika. De ger stöd. Ring oss.\nKAST. De ger stöd. Mejla oss.\nEvonhuset. De ger stöd. Kom hit."
    places = [text.index("De ger stöd", text.index(name)) for name in ("Mika", "KAST", "Evonhuset")]
    for place in places:
        citation = cite(now(text), place, place + len("De ger stöd."), marker=1)
        found = verify(citation, now("Ny rad.\n" + text + "\nSista raden."))
        assert (found.verdict, found.start) == ("moved", place + 8)


def test_moved_among_twins_without_neighbours_goes_to_the_nearest_then_the_first():
    citation = dataclasses.replace(cited("Polisen"), prefix="", suffix="", start=10, end=17)
    assert verify(citation, now("Polisen xx Polisen Polisen")).start == 11
    assert verify(citation, now("......Polisen Polisen")).start == 6  # both are 4 away


def test_elsewhere_is_the_best_neighbourhood_then_the_first_id():
    citation = cited(POLICE)
    others = [now(f"x {POLICE} y", "c"), now(f"Polisen upprättar en anmälan. {POLICE}", "b"), now(POLICE, "a")]
    for order in (others, others[::-1]):
        found = verify(citation, now("Inget."), order)
        assert (found.verdict, found.document_id, found.start, found.end) == ("elsewhere", "b", 30, 30 + len(POLICE))
    twins = [now(POLICE, "z"), now(POLICE, "y")]
    assert verify(citation, None, twins).document_id == "y"


def test_the_document_itself_is_not_elsewhere():
    assert verify(cited(POLICE), now("Inget."), [DOCUMENT]).verdict == "absent"


def test_others_are_not_read_when_the_document_has_the_quote():
    def others():
        raise AssertionError("read")
        yield

    assert verify(cited(POLICE), DOCUMENT, others()).verdict == "exact"
    assert verify(cited(POLICE), now("Ny.\n" + TEXT), others()).verdict == "moved"


@pytest.mark.parametrize(
    ("new", "diff"),
    [
        (
            "Polisen och åklagarna samarbetar under förundersökningen.",
            "[-Polis-] {+Polisen+} och [-åklagare-] {+åklagarna+} samarbetar under förundersökningen.",
        ),
        (
            "Polis och åklagare ska samarbeta under hela förundersökningen.",
            "Polis och åklagare [-samarbetar-] {+ska samarbeta+} under {+hela+} förundersökningen.",
        ),
        ("Polis samarbetar under förundersökningen.", "Polis [-och åklagare-] samarbetar under förundersökningen."),
    ],
)
def test_altered_shows_the_difference_and_the_place(new, diff):
    text = TEXT.replace(POLICE, new)
    found = verify(cited(POLICE), now(text))
    assert (found.verdict, text[found.start : found.end], found.diff) == ("altered", new, diff)
    assert found.message == f"The quote was altered, it reads differently now: [{found.start}:{found.end}] of 'nmt'."
    assert 0.4 <= found.similarity < 1


def test_altered_where_only_the_unicode_form_differs():
    start = TEXT.index(POLICE)
    citation = cited(POLICE, quote=unicodedata.normalize("NFD", POLICE), end=start + len(POLICE))
    found = verify(citation, DOCUMENT)
    assert (found.verdict, found.start, found.end, found.diff) == ("altered", start, start + len(POLICE), "")
    assert "only the Unicode form differs" in found.message


@pytest.mark.parametrize("space", [" ", "\n", "  ", "\u2009"])
def test_altered_where_only_white_space_differs(space):
    document = now("Först. I landets samtliga 290\u00a0kommuner finns stöd. Sist.")
    found = verify(cited("samtliga 290\u00a0kommuner finns", document), now(document.text.replace("\u00a0", space)))
    assert (found.verdict, found.start, found.diff) == ("altered", document.text.index("samtliga"), "")
    assert found.end == document.text.index(" stöd") + len(space) - 1
    assert "only white space differs" in found.message


def test_absent_when_the_sentence_is_gone_or_everything_is():
    for document in (now(TEXT.replace(POLICE, "")), now(""), now("Helt andra ord om fiske.")):
        found = verify(cited(POLICE), document)
        assert (found.verdict, found.document_id, found.start, found.end) == ("absent", None, None, None)
        assert found.message == "Nothing like the quote stands in document 'nmt'."
    assert verify(cited(POLICE), None).message == "Document 'nmt' is gone, and no other one searched has the quote."


# --- hostile citations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [-5, 10**40, float("nan"), float("inf"), True, None, "12", 0.0])
@pytest.mark.parametrize("end", [-1, 10**40, float("nan"), False, None, "20"])
def test_offsets_of_any_kind_never_make_a_wrong_exact(start, end):
    found = verify(cited(POLICE, start=start, end=end), DOCUMENT)
    assert (found.verdict, found.start) == ("moved", TEXT.index(POLICE))


def test_a_bool_is_no_offset():
    assert verify(cited("#", start=False, end=True), DOCUMENT).verdict == "moved"


@pytest.mark.parametrize("quote", ["", " ", "\n\u00a0\t"])
def test_an_empty_quote_is_absent(quote):
    found = verify(cited(POLICE, quote=quote), DOCUMENT, [DOCUMENT])
    assert (found.verdict, found.message) == ("absent", "The citation has no quote: there is nothing to find.")


@pytest.mark.parametrize(
    "quote",
    [
        *(".*", "(?P<a>", "[", "\\", "a{9999}", "(a+)+$", "AND OR NOT NEAR(", "*:*", "<b>x</b>", "'; DROP TABLE"),
        *("\x00\x1f", "🙂👩🏽‍⚖️", "\ud800", "å" * 12_000, "ord " * 4_000, "e\u0301" * 4_000),
    ],
    ids=lambda quote: ascii(quote[:20]),
)
def test_odd_quotes_are_literal_and_quick(quote):
    started = time.process_time()
    assert verify(cited(POLICE, quote=quote), DOCUMENT).verdict == "absent"
    document = now(f"Före {quote} efter")
    assert verify(cited(POLICE, quote=quote), document).start == 5
    assert verify(cited(POLICE, quote=quote + "x", prefix="Före ", suffix=" efter"), document).verdict != "exact"
    assert time.process_time() - started < 30.0  # seconds; a quadratic step would take minutes


# --- a whole answer ----------------------------------------------------------------------------------------------


def test_recheck_goes_through_an_answer_in_order_and_searches_only_for_what_is_lost():
    asked = []
    quotes = (POLICE, "Polisen upprättar en anmälan.", "Läs mer i våra föreskrifter.")
    citations = tuple(dataclasses.replace(cited(quote), marker=n) for n, quote in enumerate(quotes, start=1))
    answer = Answer("?", "sv", True, "x", statements=(Statement("x", (1, 2, 3)),), citations=citations)
    today = {
        "nmt": now(TEXT.replace("Läs mer i våra föreskrifter.", "")),
        "ny": now("Läs mer i våra föreskrifter.", "ny"),
    }

    def search(citation):
        asked.append(citation.marker)
        return today.values()

    found = recheck(answer, today.get, search)
    assert [(v.verdict, v.document_id) for v in found] == [("exact", "nmt"), ("exact", "nmt"), ("elsewhere", "ny")]
    assert asked == [3]
    assert [v.verdict for v in recheck(answer, {}.get)] == ["absent"] * 3


# --- properties ---------------------------------------------------------------------------------------------------

SENTENCES = st.lists(
    st.sampled_from(["De ger stöd.", "Ring oss!", "Åk hit.", "NOA leder.", "E\u0301n å.", "🙂 ja.", "290\u00a0kr."]),
    min_size=1,
    max_size=12,
)


PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)
"""Texts for which `str.isprintable` holds: drawn, since most others would have to be thrown away."""


@given(PRINTABLE, st.data())
def test_what_is_cited_is_the_text_and_verifies(text, data):
    assert text.isprintable()
    assume(text.strip())
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip())
    citation = cite(now(text), start, end, marker=1)
    assert text[citation.start : citation.end] == citation.quote
    assert text.startswith(citation.prefix + citation.quote + citation.suffix, start - len(citation.prefix))
    assert verify(citation, now(text)).verdict == "exact"


@given(SENTENCES, st.data())
def test_text_put_before_or_after_moves_a_quote_by_its_length(sentences, data):
    """Also among repeats of the same sentence, as long as the neighbours that are kept tell the repeats apart."""
    index = data.draw(st.integers(0, len(sentences) - 1))
    text = "Början. " + " ".join(sentences) + " Slutet."
    start = len(" ".join(["Början.", *sentences[:index], ""]))
    citation = cite(now(text), start, start + len(sentences[index]), marker=1)
    assert len(text) < MAX_CONTEXT  # so they do
    before, after = (
        data.draw(st.sampled_from(["", "Ny. ", "Helt ny rad.\n\n"])),
        data.draw(st.sampled_from(["", " Mer."])),
    )
    found = verify(citation, now(before + text + after))
    assume(not (before and (before + text + after)[start : citation.end] == citation.quote))  # a twin took its place
    assert (found.start, found.end) == (start + len(before), citation.end + len(before))
    assert found.verdict == ("moved" if before else "exact")


@given(SENTENCES, SENTENCES, st.data())
def test_every_verdict_is_true(old, new, data):
    """Whatever the text became: exact and moved are literal, altered is not, and absent has no literal place."""
    index = data.draw(st.integers(0, len(old) - 1))
    start = len(" ".join([*old[:index], ""])) if index else 0
    citation = cite(now(" ".join(old)), start, start + len(old[index]), marker=1)
    text = " ".join(new)
    found = verify(citation, now(text))
    if found.verdict in ("exact", "moved"):
        assert text[found.start : found.end] == citation.quote
        assert (found.verdict == "exact") == (found.start == citation.start)
    else:
        assert citation.quote not in text
        assert (found.verdict == "altered") == (found.start is not None)
