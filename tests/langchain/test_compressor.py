"""The compressor and the reranker over a reader whose relevance is designed: exact places, order, what is refused."""

import pytest
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.retrievers import BaseRetriever

import nmt_rag
from nmt_rag.errors import ReadingError
from nmt_rag.langchain.compressor import WINDOW_CHARACTERS, NmtCompressor, NmtReranker
from nmt_rag.langchain.retriever import NmtRetriever
from tests.fakes import KeywordReader

TEXT = """# Jouren

Jouren har öppet dygnet runt. Jouren ger skydd åt alla. Skydd ges också åt barn. Kaffe finns.

# Tolken

Tolken ger skydd åt ingen. Tolken talar.
"""
TEXTS = [
    Document("Kaffe finns. Te också.", metadata={"source": "kafé.md"}),
    Document(TEXT, metadata={"source": "jour.md", "title": "Jour"}, id="j"),
    Document("  Skydd ges i Lund.", metadata={"source": "lund.md", "start_index": 100}),
]


@pytest.fixture
def reader():
    return KeywordReader({"skydd åt": 0.9, "skydd": 0.6, "kaffe": 0.2})


def test_the_sentences_that_answer_are_kept_with_their_places(reader):
    kept = NmtCompressor(reader=reader).compress_documents(TEXTS, "Vem får skydd?")
    assert [(one.page_content, one.metadata["relevance_score"]) for one in kept] == [
        ("Jouren ger skydd åt alla. Skydd ges också åt barn.", 0.9), ("Tolken ger skydd åt ingen.", 0.9),
        ("Skydd ges i Lund.", 0.6),
    ]  # fmt: skip
    for one in kept[:2]:
        assert TEXT[one.metadata["start_index"] : one.metadata["end_index"]] == one.page_content
        assert (one.id, one.metadata["source"], one.metadata["title"]) == ("j", "jour.md", "Jour")
    assert (kept[2].metadata["start_index"], kept[2].metadata["end_index"]) == (102, 119)
    assert TEXTS[1].metadata == {"source": "jour.md", "title": "Jour"}  # what was given is as it was
    assert {question for question, _ in reader.calls} == {"Vem får skydd?"}
    (_, windows), *_ = reader.calls
    assert windows[1].title == "Jour"
    assert windows[1].sentences[:2] == ("Jouren", "Jouren har öppet dygnet runt.")


def test_what_a_sentence_goes_on_from_is_told(reader):
    texts = [Document("# Regler\n\nDu får inte:\n\n- sälja kaffe\n- ge skydd\n")]
    (kept,) = NmtCompressor(reader=reader, least_confidence=0.5).compress_documents(texts, "Skydd?")
    assert (kept.page_content, kept.metadata["reading"]) == ("ge skydd", "Du får inte: ge skydd")


def test_settings_hold(reader):
    contents = [
        [one.page_content for one in NmtCompressor(reader=reader, **settings).compress_documents(TEXTS, "Skydd?")]
        for settings in ({"least_confidence": 0.7}, {"least_confidence": 0.95}, {"k": 1}, {"k": 2})
    ]
    assert contents == [
        ["Jouren ger skydd åt alla.", "Tolken ger skydd åt ingen."],
        [],
        ["Jouren ger skydd åt alla. Skydd ges också åt barn."],
        ["Jouren ger skydd åt alla. Skydd ges också åt barn.", "Tolken ger skydd åt ingen."],
    ]
    assert NmtCompressor(reader=reader).compress_documents([], "Skydd?") == []
    assert NmtCompressor(reader=reader).compress_documents([Document("")], "Skydd?") == []


def test_a_reranker_puts_first_what_answers(reader):
    ranked = NmtReranker(reader=reader).compress_documents(TEXTS, "Vem får skydd?")
    assert [(one.metadata["source"], one.metadata["relevance_score"]) for one in ranked] == [
        ("jour.md", 0.9), ("lund.md", 0.6), ("kafé.md", 0.2),
    ]  # fmt: skip
    assert [one.page_content for one in ranked] == [TEXTS[n].page_content for n in (1, 2, 0)]
    assert len(NmtReranker(reader=reader, k=1).compress_documents(TEXTS, "Vem får skydd?")) == 1
    assert [one.metadata["source"] for one in NmtReranker(reader=reader).compress_documents(TEXTS, "")] == [
        "jour.md", "lund.md", "kafé.md",
    ]  # fmt: skip
    (empty,) = NmtReranker(reader=reader).compress_documents([Document("")], "x")
    assert empty.metadata == {"relevance_score": 0.0}


def test_a_long_document_is_read_in_windows_and_no_sentence_is_lost(reader):
    sentences = [f"Mening nummer {n} handlar om skydd." for n in range(200)]
    (kept,) = NmtCompressor(reader=reader).compress_documents([Document(" ".join(sentences))], "Skydd?")
    assert kept.page_content == " ".join(sentences)
    (_, windows), *_ = reader.calls
    assert [sentence for window in windows for sentence in window.sentences] == sentences
    assert all(sum(map(len, window.sentences)) <= WINDOW_CHARACTERS for window in windows)


@pytest.mark.parametrize("kind", [NmtCompressor, NmtReranker])
async def test_both_are_langchains_own_kind(kind, reader):
    compressor = kind(reader=reader)
    assert isinstance(compressor, BaseDocumentCompressor)
    assert await compressor.acompress_documents(TEXTS, "Skydd?") == compressor.compress_documents(TEXTS, "Skydd?")
    for wrong, told in [
        ({"readr": reader}, "Extra inputs"),
        ({"reader": 3}, r"a reader has a method read\(question, windows\), got int"),
        ({"reader": reader, "k": 0}, "greater than or equal to 1"),
        ({"reader": reader, "least_confidence": 2}, "Extra inputs|less than or equal to 1"),
    ]:
        with pytest.raises(ValueError, match=told):
            kind(**wrong)

    class Broken:
        def read(self, question, windows):
            return [[0.5] for _ in windows]

    with pytest.raises(ReadingError, match="the reader gave 1 numbers for 3 sentences"):
        kind(reader=Broken()).compress_documents([Document("Ett. Två. Tre.")], "x")


def test_it_works_in_langchains_compression_retriever(reader):
    retrievers = pytest.importorskip("langchain_classic.retrievers")
    with nmt_rag.open() as rag:
        retriever = retrievers.ContextualCompressionRetriever(
            base_compressor=NmtCompressor(reader=KeywordReader({"betänketid": 0.8})),
            base_retriever=NmtRetriever(rag=rag, k=5, window=2),
        )
        assert isinstance(retriever, BaseRetriever)
        found = retriever.invoke("betänketid")
        assert found
        for one in found:
            source = rag.document(one.metadata["document_id"]).text
            assert source[one.metadata["start_index"] : one.metadata["end_index"]] == one.page_content
            assert "betänketid" in one.page_content.lower()
