"""Windows: the text around is that of so many whole passages, and stays within the section."""

from dataclasses import replace

import pytest

import nmt_rag
from nmt_rag.types import Document

TEXT = "# A\n\nEtt kommer. Två kommer. Tre kommer. Fyra kommer.\n\n# B\n\nFem kommer. Sex kommer.\n"


@pytest.fixture(scope="module")
def rag(tmp_path_factory):
    with nmt_rag.open(tmp_path_factory.mktemp("i") / "i", encoder=None, create=True) as rag:
        rag.add(Document("d", "d", TEXT))
        yield rag


@pytest.mark.parametrize(
    ("query", "window", "before", "after"),
    [
        ("Två", 0, "", ""),
        ("Två", 1, "Ett kommer. ", " Tre kommer."),
        ("Två", 9, "Ett kommer. ", " Tre kommer. Fyra kommer."),
        ("Fyra", 2, "Två kommer. Tre kommer. ", ""),
        ("Fem", 2, "", " Sex kommer."),
    ],
)
def test_a_hit_has_whole_passages_of_its_section_around_it(rag, query, window, before, after):
    hit = rag.search(query, window=window)[0]
    assert (hit.before, hit.after) == (before, after)
    assert f"{hit.before}{hit.passage.text}{hit.after}" in TEXT
    assert type(hit).from_dict(hit.to_dict()) == hit


def test_an_answers_citations_have_it_as_prefix_and_suffix():
    with nmt_rag.open() as rag:
        question = "Vad gör NOA?"
        answer = rag.ask(question)
        assert rag.widened(answer, window=0) == answer
        short, long = answer.citations[0], rag.widened(answer, window=2).citations[0]
        gone = replace(answer, citations=(replace(short, quote="Något annat."), replace(short, document_id="borta")))
        assert rag.widened(gone, window=2) == gone
        text = rag.document(short.document_id).text
        passages = rag.index.passages(short.document_id)
    assert (long.quote, long.start, long.url) == (short.quote, short.start, short.url)
    begin, end = long.start - len(long.prefix), long.end + len(long.suffix)
    assert text[begin:end] == f"{long.prefix}{long.quote}{long.suffix}"
    assert begin in {passage.start for passage in passages}
    assert end in {passage.end for passage in passages}
    inside = [passage for passage in passages if begin <= passage.start and passage.end <= end]
    assert 2 <= len(inside) <= 5
    assert len({passage.heading for passage in inside}) == 1


@pytest.mark.parametrize(("window", "error"), [("2", TypeError), (True, TypeError), (-1, ValueError), (21, ValueError)])
def test_another_window_is_refused(rag, window, error):
    with pytest.raises(error, match="window is"):
        rag.search("Två", window=window)
    with pytest.raises(error, match="window is"):
        rag.widened(rag.ask("Två"), window=window)
