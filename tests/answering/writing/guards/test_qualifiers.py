"""Which small words govern a stretch of a sentence, worked out by hand."""

import pytest

from nmt_rag.answering.writing.guards.stated import qualifiers
from nmt_rag.documents import passages
from nmt_rag.types import Document

CLAUSES = [
    # A sentence with a stretch in brackets, and what governs it.
    ("Polisen bör också [göra en riskbedömning] gällande offret.", "bör"),
    ("Polisen bör utreda och [göra en riskbedömning].", "bör"),
    ("Jouren kan ge råd och nämndens roll är att [fatta beslut] om bidrag.", ""),
    ("Jouren kan ge råd; nämnden [fattar beslut].", ""),
    ("Jouren bör ge råd och nämnden [beslutar om bidrag].", ""),
    ("NOA bedriver inte någon [egen verksamhet] utan stödjer regionerna.", "inte"),
    ("NOA bedriver inte någon verksamhet utan istället [stödjer regionerna].", "inte istället utan"),
    ("[Jouren bistår offret], dock inte ekonomiskt.", "inte"),
    ("[Nämnden ger bidrag] endast till föreningar.", "endast"),
    ("[Jouren är öppen] men kan stängas.", ""),
    ("Om [offret behöver hjälp] kan det ges.", "om"),
    ("Arbetet handlar om [hjälp] till offer.", ""),
    ("[Stödet ges], om sökanden begär det.", "om"),
    ("[Stödet ges] till vuxna om de är medborgare.", "om"),
    ("[Frågor besvaras] om betänketid.", ""),
    ("Sökande ska ha [pass] eller visum.", "eller ska"),
    ("Jouren hjälper [kvinnor] eller män.", ""),
    ("Nämnden föreslår att [avgiften höjs].", "föreslår"),
    ("[Kan jag få hjälp] här?", "? kan"),
    ("[Kan jag få hjälp här?]", "kan"),
]


@pytest.mark.parametrize(("marked", "wanted"), CLAUSES)
def test_what_governs_a_stretch(marked, wanted):
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    assert qualifiers.governing(text, start, end) == set(wanted.split())


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("personer", " som är utsatta", "som"),
        ("personer", ", som är utsatta", ""),
        ("beslut", "\xa0om bidrag", "om"),
        ("bidrag", " till unga", ""),
        ("män", " över 25 år", "över"),
        ("bidrag", "", ""),
        ("bidrag", ".", ""),
    ],
)
def test_what_narrows_the_words_before_it(before, after, word):
    assert qualifiers.narrowed_after(before + after, len(before)) == word


def test_what_stands_over_a_passage():
    items = "Stöd ges inte till\n- barn i Malmö\n- unga i Lund\n"
    text = f"# Stöd\n\n## Endast för vuxna\n\nStödet ges.\n\n## Undantag\n\n{items}"
    found = {one.text: qualifiers.around(one) for one in passages.split(Document(id="d", title="Stöd", text=text))}
    assert found == {
        "Stödet ges.": {"endast"},
        "Stöd ges inte till": {"undantag"},
        "barn i Malmö": {"undantag", "inte"},
        "unga i Lund": {"undantag", "inte"},
    }
