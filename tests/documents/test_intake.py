"""What is handed to `Rag.add`: lists, iterators, LangChain's documents; and what is refused."""

from datetime import date

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document as Loaded

import nmt_rag
from nmt_rag.documents import intake
from nmt_rag.documents.loading import Failure
from nmt_rag.errors import CorpusError, NmtRagError
from nmt_rag.types import Answer, Document

JOUR = Document(id="jour", title="Jouren", text="Jouren ger skydd.")


def ids(sources):
    return [one.id for one in intake.read(sources)]


def test_lists_and_iterators_of_anything_are_taken(tmp_path):
    (tmp_path / "tolk.txt").write_text("Tolken kommer.", encoding="utf-8")
    (tmp_path / "rad.txt").write_text("Rad följer.", encoding="utf-8")
    loaded = Loaded("Kuratorn samtalar.", metadata={"source": "kurator.md"})
    assert ids([JOUR, [str(tmp_path / "tolk.txt"), (loaded,)], iter([tmp_path / "rad.txt", JOUR])]) == [
        "jour", "kurator.md", "tolk.txt", "rad.txt", "jour",
    ]  # fmt: skip
    assert ids([[], iter([])]) == []


def test_a_path_that_is_given_twice_is_read_once(tmp_path):
    (tmp_path / "tolk.txt").write_text("Tolken kommer.", encoding="utf-8")
    assert ids([tmp_path / "tolk.txt", [str(tmp_path / "tolk.txt")]]) == ["tolk.txt"]


@pytest.mark.parametrize("wrong", [3, None, b"x", BaseLoader, {"text": "x"}, [JOUR, 3]])
def test_another_source_is_refused_before_anything_is_read(wrong):
    with pytest.raises(TypeError, match="a source is a path, a Document, a LangChain document or a list of them, got"):
        intake.read([JOUR, wrong])
    with pytest.raises(CorpusError, match="does not exist"):
        intake.read([[JOUR], ["finns-inte.txt"]])


def test_a_langchain_document_keeps_its_fields():
    metadata = {
        "source": "https://example.se/a",
        "language": "en-GB",
        "title": "A",
        "år": 2024,
        "dag": date(2024, 5, 1),
    }
    (made,) = intake.read([Loaded("Ro\u0308d.\r\nNy rad.", metadata=metadata)])
    assert made == Document(
        "https://example.se/a", "A", "Röd.\nNy rad.", url="https://example.se/a", language="en",
        metadata={"source": "https://example.se/a", "år": 2024, "dag": "2024-05-01"},
    )  # fmt: skip
    (made,) = intake.read(
        [Loaded("# Röd\n\nStaden är röd.", id="7", metadata={"language": "No language found.", "publisher": "Staden"})]
    )
    assert (made.id, made.title, made.language, made.publisher, made.url) == ("7", "Röd", "sv", "Staden", "")
    assert ids([[Loaded("A.", metadata={"source": "a"}), Loaded("B.", metadata={"source": "a"}), Loaded("C.")]]) == [
        "a", "a#2", "text",
    ]  # fmt: skip


def page(number, text, **more):
    return Loaded(text, metadata={"source": "a.pdf", "page": number, "page_label": str(number + 1), **more})


@pytest.mark.parametrize("wrapped", [list, iter])
def test_pages_become_one_document_again(wrapped):
    pages = [page(0, "Ett och"), page(1, "två."), page(2, ""), page(3, "Fyra.")]
    (made,) = intake.read([wrapped(pages)])
    assert (made.id, made.text) == ("a.pdf", "Ett och\n\ntvå.\n\nFyra.")
    assert [made.page_at(made.text.index(word)) for word in ("Ett", "två", "Fyra")] == [1, 2, 4]
    assert made.metadata == {"source": "a.pdf"}
    assert ids([wrapped([page(3, "Fyra."), page(0, "Ett.")])]) == ["a.pdf", "a.pdf#2"]
    assert ids([wrapped([page(0, "Ett.", start_index=0), page(1, "Två.", start_index=9)])]) == ["a.pdf", "a.pdf#2"]
    (made,) = intake.read([wrapped([page(6, "Sju.")])])
    assert (made.page_at(0), made.metadata["page"]) == (7, 6)


@pytest.mark.parametrize(
    ("text", "metadata", "told"),
    [
        (" ", {}, "holds no text"),
        ("a\0b", {}, "NUL"),
        ("a\ud800b", {}, "half a surrogate pair"),
        ("a", {"x": object()}, "which JSON cannot"),
        ("a", {"title": ["x"]}, "the field `title` is"),
    ],
)
def test_what_cannot_be_a_document_is_told_and_the_others_are_taken(text, metadata, told):
    failed, other = intake.read([iter([Loaded(text, metadata={"source": "a", **metadata}), JOUR])])
    assert isinstance(failed, Failure)
    assert failed.message.startswith("a: ")
    assert told in failed.message
    assert other == JOUR


class Loader(BaseLoader):
    def lazy_load(self):
        yield page(0, "Kuratorn samtalar med")
        yield page(1, "barn. Tolken kommer.")


async def test_a_loader_goes_straight_into_an_index(tmp_path, capsys):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        assert rag.add(Loader().lazy_load(), [JOUR], progress=True).added == ("jour", "a.pdf")
        assert rag.add(Loader().load()).unchanged == ("a.pdf",)
        assert rag.add(Loader()).unchanged == rag.add([Loader()]).unchanged == ("a.pdf",)
        hit = rag.search("tolken")[0]
        assert (hit.passage.text, hit.passage.page) == ("Tolken kommer.", 2)
        assert await rag.asearch("tolken", k=3, window=1) == rag.search("tolken", k=3, window=1)
        assert rag.add([Loaded(" ", metadata={"source": "tom"})]).failed[0].path == "tom"
        assert rag.remove(["a.pdf", "finns inte"]) == ["a.pdf"]
        assert (rag.remove([]), rag.remove("jour"), rag.remove("jour")) == ([], True, False)
        with pytest.raises(TypeError, match="the id of a document is text, got int"):
            rag.remove([1])


def test_an_answer_is_written_and_read():
    with nmt_rag.open() as rag:
        for question in ("Vilken myndighet beslutar om betänketid?", "Vad kostar mjölk?"):
            answer = rag.ask(question)
            assert Answer.from_json(answer.to_json()) == Answer.from_dict(answer.to_dict())
            assert Answer.from_json(answer.to_json().encode()).to_json() == answer.to_json()
            assert "\n" not in answer.to_json()
        with pytest.raises(NmtRagError, match="packaged page"):
            rag.remove(["deltagande-myndigheter"])
    with pytest.raises(ValueError, match="expected schema"):
        Answer.from_json("{}")
    with pytest.raises(ValueError, match="Expecting value"):
        Answer.from_json("")
