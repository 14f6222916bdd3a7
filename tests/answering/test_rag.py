"""The Rag object, and the index of the packaged page: built on first use, and brought up to date."""

import gc
import re
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nmt_rag
from nmt_rag import rag
from nmt_rag.answering import giving_up
from nmt_rag.answering import search as retrieval
from nmt_rag.documents import passages
from nmt_rag.errors import (
    CorpusError,
    EncodingError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    NmtRagError,
)
from nmt_rag.index import Index, contents, packaged
from nmt_rag.index.storage import files
from nmt_rag.rag import opening, packaged_page
from nmt_rag.types import Answer, Document
from tests.fakes import ConceptEncoder, KeywordReader

ENCODER = ConceptEncoder("köper sexköp köpare", "tolk tolkar", "polis")
JOUR = Document(id="jour", title="Jouren", text="Jouren ger skydd.", metadata={"år": 2020})


def faults(opened):
    return [check.message for check in opened.verify() if not check.ok]


def test_an_index_is_made_added_to_and_opened_again(tmp_path):
    (tmp_path / "tolk.txt").write_text("Tolken kommer.", encoding="utf-8")
    with nmt_rag.open(tmp_path / "i", encoder=ENCODER, create=True) as made:
        report = made.add(JOUR, tmp_path / "tolk.txt")
        assert report == rag.Report(added=("jour", "tolk.txt"), replaced=(), unchanged=(), failed=())
        assert made.add(replace(JOUR, title="Ny"), str(tmp_path / "tolk.txt")).to_dict() == {
            "added": (), "replaced": ("jour",), "unchanged": ("tolk.txt",), "failed": (), "notes": (),
        }  # fmt: skip
    with nmt_rag.open(str(tmp_path / "i"), encoder=ENCODER) as opened:
        assert [document.id for document in opened.documents()] == ["tolk.txt", "jour"]
        assert opened.document("jour") == replace(JOUR, title="Ny")
        assert opened.document("ingen") is None
        hit = opened.search("vi behöver tolkar", k=1)[0]
        assert (hit.document_id, hit.passage.text, hit.rank, hit.dense_rank) == ("tolk.txt", "Tolken kommer.", 1, 1)
        assert opened.search("skydd", where={"år": "2020"})[0].document_id == "jour"
        assert (opened.remove("jour"), opened.remove("jour")) == (True, False)
        assert opened.info() == {
            "path": str(tmp_path / "i"), "documents": 1, "passages": 1, "encoder": ENCODER.fingerprint, "generation": 3,
        }  # fmt: skip
        assert faults(opened) == []


def test_a_closed_index_says_so_whatever_is_asked_of_it(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=ENCODER, create=True) as made:
        made.add(JOUR)
    for work in (
        lambda: made.ask("Vem ger skydd?"), lambda: made.search("skydd"), lambda: made.add(JOUR),
        lambda: made.remove("jour"), lambda: made.document("jour"), lambda: list(made.documents()), made.info,
        made.verify, lambda: made.verify_quote("Jouren"),
    ):  # fmt: skip
        with pytest.raises(NmtRagError, match="is closed; open it again to use it"):
            work()


@pytest.mark.parametrize("words_only", [None, "none"])
def test_words_only_by_two_names(tmp_path, words_only):
    with nmt_rag.open(tmp_path / "i", encoder=words_only, create=True) as made:
        made.add(Document(id="a", title="A", text="Kuratorn samtalar."))
        assert made.encoder is None
        assert made.index.fingerprint is None
    with nmt_rag.open(tmp_path / "i", encoder=words_only) as opened:
        assert opened.encoder is None
        assert [hit.document_id for hit in opened.search("kuratorn")] == ["a"]


def test_a_source_that_is_missing_or_none_adds_nothing(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        with pytest.raises(CorpusError, match="does not exist"):
            made.add(JOUR, tmp_path / "ingen")
        with pytest.raises(TypeError, match="a path, a Document, a LangChain document or a list of them, got int"):
            made.add(JOUR, 3)
        assert made.info()["documents"] == 0
        assert made.add() == rag.Report((), (), (), ())


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_the_text_of_a_document_is_kept_normalized(tmp_path, end):
    text = "# Ro\u0308da huset\n\nKuratorn samtalar med alla.\n\nTolken kommer.\n"
    given = Document(
        id="a", title="A", text=text.replace("\n", end), pages=(0, text.replace("\n", end).index("Tolken"))
    )
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        assert made.add(given).added == ("a",)
        kept = made.document("a")
        assert kept.text == text.replace("o\u0308", "ö")
        hits = {hit.passage.text: hit.passage for hit in made.search("kuratorn tolken")}
        assert sorted(hits) == ["Kuratorn samtalar med alla.", "Tolken kommer."]
        assert [hits[name].page for name in sorted(hits)] == [1, 2]
        assert all(kept.text[one.start : one.end] == name for name, one in hits.items())
        assert hits["Tolken kommer."].heading == ("Röda huset",)
        assert made.add(given, kept).unchanged == ("a", "a")


@pytest.mark.parametrize("text", ["", " \n\t\r"])
def test_a_document_without_text_is_a_failure_as_a_file_is(tmp_path, text):
    (tmp_path / "tom.txt").write_text(text, encoding="utf-8")
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        made.add(JOUR)
        report = made.add(replace(JOUR, text=text), tmp_path / "tom.txt", Document(id="b", title="", text="Tolken."))
        assert report.added == ("b",)
        assert [one.path for one in report.failed] == ["jour", str(tmp_path / "tom.txt")]
        assert report.failed[0].message == "jour: the document holds no text: leave it out"
        assert made.document("jour") == JOUR


def test_an_index_of_nothing_says_so(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        empty = "Det finns inga källor att söka i: indexet är tomt."
        answer = made.ask("Vad gör NOA?")
        assert (answer.answered, answer.text, answer.abstention.message) == (False, empty, empty)
        assert made.ask("What does NOA do?").text == "There are no sources to search: the index is empty."
        assert made.ask("").abstention.reason == "empty_question"
        made.add(JOUR)
        assert made.ask("Vad gör NOA?").text != empty


def test_the_packaged_page_is_not_changed(pages, packaged_words):
    with nmt_rag.open(encoder=None) as opened:
        generation = opened.index.generation
        for change in (lambda: opened.add(JOUR), lambda: opened.add(pages), lambda: opened.remove("a")):
            with pytest.raises(NmtRagError, match=r'nmt_rag\.open\("my-index", create=True\)$'):
                change()
        assert opened.index.generation == generation
    with nmt_rag.open(packaged_words, encoder=None) as opened:
        assert opened.document("a") is not None
        assert opened.document("jour") is None


def test_broken_files_are_reported_and_the_others_added(tmp_path):
    (tmp_path / "a.txt").write_text("En mening.", encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-inte")
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        report = made.add(tmp_path)
        assert report.added == ("a.txt",)
        assert [failure.path for failure in report.failed] == [str(tmp_path / "b.pdf")]
        assert made.ask("Vad är en mening?").engine == {
            "answering": "extractive", "encoder": None, "index_generation": 1,
        }  # fmt: skip


def test_no_index_is_an_error_and_makes_no_folder(tmp_path):
    with pytest.raises(IndexNotFoundError):
        nmt_rag.open(tmp_path / "i")
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_cannot_be_loaded_leaves_no_folder(tmp_path, monkeypatch):
    def refuse(name):
        raise EncodingError(name)

    monkeypatch.setattr(opening, "load_encoder", refuse)
    with pytest.raises(EncodingError, match="någon/modell"):
        nmt_rag.open(tmp_path / "i", encoder="någon/modell", create=True)
    assert list(tmp_path.iterdir()) == []


def test_the_default_encoder_leaves_a_words_index_as_it_is(tmp_path):
    nmt_rag.open(tmp_path / "i", encoder=None, create=True).close()
    with nmt_rag.open(tmp_path / "i") as opened:
        assert opened.encoder is None
        opened.add(JOUR)
        assert opened.search("skydd")[0].dense_rank is None
    with pytest.raises(IndexMismatchError, match="words only"):
        nmt_rag.open(tmp_path / "i", encoder=ENCODER)


def test_many_threads_ask_at_once():
    wanted = {"Vem är KAST till för?": ("KAST",), "Vilken myndighet beslutar om betänketid?": ("Migrationsverket",)}
    with nmt_rag.open() as opened:
        found: list[tuple[str, ...]] = []

        def ask():
            found.extend(opened.ask(question).actors for question in wanted)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == sorted([*wanted.values()] * 4)


def test_ask_on_the_package_itself_answers_from_the_packaged_page():
    answer = nmt_rag.ask("Vem är KAST till för?")
    assert answer.actors == ("KAST",)
    assert Answer.from_dict(answer.to_dict()) == answer


def test_recheck_finds_a_quote_that_went_to_another_document(tmp_path):
    text = "Tolkförmedlingen förmedlar tolkar till socialtjänsten."
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        made.add(Document(id="förr", title="Tolkförmedlingen", text=text))
        made.reader = KeywordReader({"förmedlar": 0.999})
        answer = made.ask("Vem förmedlar tolkar?")
        assert [citation.quote for citation in answer.citations] == [text]
        made.remove("förr")
        assert [found.verdict for found in made.recheck(answer)] == ["absent"]
        made.add(Document(id="nu", title="Tolkförmedlingen", text=f"Ny inledning.\n\n{text}"))
        (found,) = made.recheck(answer)
        assert (found.verdict, found.document_id, found.start) == ("elsewhere", "nu", len("Ny inledning.\n\n"))


# the packaged page


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """A corpus of two pages in the place of the packaged one."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(
            f"---\nid: {name}\n---\n# Sida {name}\n\nSidan {name} finns.\n", encoding="utf-8"
        )
    (folder / "README.md").write_text("Om mappen.", encoding="utf-8")
    monkeypatch.setattr(packaged, "packaged_corpus", lambda: folder)
    return folder


def held():
    with nmt_rag.open(encoder=None) as opened:
        assert faults(opened) == []
        return {document.id: document.text for document in opened.documents()}, opened.index.generation


def test_the_packaged_index_follows_its_pages(pages, packaged_words):
    before, generation = held()
    assert sorted(before) == ["a", "b"]
    assert held() == (before, generation)

    (pages / "a.md").write_text("---\nid: a\n---\n# Sida a\n\nSidan a är ny.\n", encoding="utf-8")
    after, generation = held()
    assert (after["a"], after["b"]) == ("# Sida a\n\nSidan a är ny.\n", before["b"])
    assert held() == (after, generation)  # the order has changed, and nothing is done again

    (pages / "b.md").unlink()
    assert list(held()[0]) == ["a"]


def test_the_packaged_index_follows_the_fields_of_its_pages(pages, packaged_words):
    held()
    (pages / "a.md").write_text(
        "---\nid: a\nurl: https://example.se\n---\n# Sida a\n\nSidan a finns.\n", encoding="utf-8"
    )
    with nmt_rag.open(encoder=None) as opened:
        assert opened.document("a").url == "https://example.se"


def test_the_packaged_index_is_split_anew_by_another_version(pages, packaged_words, monkeypatch):
    held()
    split = passages.split

    def other(document):
        return [replace(passage, actors=("Ny aktör",)) for passage in split(document)]

    monkeypatch.setattr("nmt_rag.documents.passages.split", other)
    with nmt_rag.open(encoder=None) as opened:
        assert {hit.passage.actor for hit in opened.search("sidan finns", where={"actor": "ny aktör"})} == {"Ny aktör"}


def test_words_of_another_analyzer_are_not_searched(pages, packaged_words, monkeypatch):
    held()
    stamp = packaged_words / "lexical.json"
    before = stamp.read_text()
    stamp.write_text(re.sub(r'"analyzer": "\w+"', '"analyzer": "0"', before))
    assert stamp.read_text() != before
    with nmt_rag.open(encoder=None) as opened:
        assert opened.search("sidan finns")
    assert '"analyzer": "0"' not in stamp.read_text()


def test_a_place_that_cannot_be_written_is_no_hindrance(pages, tmp_path, monkeypatch):
    (tmp_path / "fil").touch()
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / "fil" / "index"))
    opened = nmt_rag.open(encoder=None)
    folder = opened.index.path
    assert opened.search("sidan finns")
    assert folder.is_dir()
    opened.close()
    del opened
    gc.collect()
    assert not folder.exists()


def test_a_damaged_packaged_index_is_told(pages, packaged_words):
    held()
    (packaged_words / "index.sqlite").write_bytes(b"SQLite for")
    with pytest.raises(NmtRagError, match="delete the folder"):
        nmt_rag.open(encoder=None)
    shutil.rmtree(packaged_words)
    assert sorted(held()[0]) == ["a", "b"]


def test_a_first_build_waits_for_another_ones(pages, packaged_words, monkeypatch):
    packaged_words.mkdir(parents=True)
    with files.writer_lock(packaged_words):
        monkeypatch.setattr(packaged_page, "WAIT_FOR_FIRST_BUILD", 0.2)
        with pytest.raises(IndexLockedError, match="process"):
            nmt_rag.open(encoder=None)
    monkeypatch.setattr(packaged_page, "WAIT_FOR_FIRST_BUILD", 60.0)
    held_lock, free = threading.Event(), threading.Event()

    def hold():
        with files.writer_lock(packaged_words):
            held_lock.set()
            free.wait(0.5)

    thread = threading.Thread(target=hold)
    thread.start()
    held_lock.wait()
    assert sorted(held()[0]) == ["a", "b"]
    thread.join()


def test_the_real_page_is_the_only_one_in_the_packaged_index():
    page = Path(nmt_rag.__file__).parent.parent / "corpus" / "deltagande-myndigheter.md"
    with nmt_rag.open() as opened:
        (document,) = opened.documents()
        assert document.text == page.read_text(encoding="utf-8").split("---\n", 2)[2]


def test_an_index_that_another_made_meanwhile_is_opened(tmp_path, monkeypatch):
    create = Index.create

    def too_late(path, *, encoder):
        create(path, encoder=encoder).close()
        return create(path, encoder=encoder)

    monkeypatch.setattr(Index, "create", too_late)
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as opened:
        assert opened.info()["documents"] == 0


# One moment, and quotes


def test_an_answer_is_of_one_moment_of_the_index(tmp_path, monkeypatch):
    """A commit between the search and the reading of the text must not give an old quote at a place of the new one."""
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as asked:
        asked.add(Document(id="a", title="A", text="Kvinnojouren ger skydd åt våldsutsatta."))
        monkeypatch.setattr(contents, "MOMENTS", 5)
        search, left = retrieval.search, [3]

        def and_change(*arguments, **options):
            hits = search(*arguments, **options)
            if left[0]:
                left[0] -= 1
                with nmt_rag.open(tmp_path / "i", encoder=None) as writer:
                    if left[0] == 1:
                        writer.remove("a")
                    else:
                        text = f"{'Nytt. ' * abs(3 - left[0])}Kvinnojouren ger skydd åt våldsutsatta."
                        writer.add(Document(id="a", title="A", text=text))
            return hits

        monkeypatch.setattr(retrieval, "search", and_change)
        answer = asked.ask("Vem ger skydd åt våldsutsatta?")
        assert left == [0]
        (citation,) = answer.citations
        assert (citation.quote, citation.start) == ("Kvinnojouren ger skydd åt våldsutsatta.", 18)
        assert asked.document("a").text[citation.start : citation.end] == citation.quote
        assert answer.engine["index_generation"] == asked.index.generation
        left[0] = 100
        with pytest.raises(IndexLockedError, match="changes all the time"):
            asked.search("skydd")


def test_a_failure_that_no_change_explains_is_told(tmp_path, monkeypatch):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as asked:
        calls = []
        monkeypatch.setattr(retrieval, "search", lambda *_, **__: calls.append(1) or {}["x"])
        with pytest.raises(KeyError):
            asked.search("skydd")
        assert calls == [1]


@pytest.mark.parametrize(
    ("quote", "document_id", "verdict", "place"),
    [
        ("ger skydd åt", None, "exact", ("jour", 7, 19)),
        ("ger skydd åt", "jour", "exact", ("jour", 7, 19)),
        ("ger skydd åt", "tolk", "elsewhere", ("jour", 7, 19)),
        ("ger skydd åt", "ingen", "elsewhere", ("jour", 7, 19)),
        ("Tolken kommer.", None, "exact", ("tolk", 0, 14)),
        ("Jouren ger inget skydd åt våldsutsatta kvinnor.", None, "altered", ("jour", 0, 41)),
        ("Jouren ger inget skydd åt våldsutsatta kvinnor.", "jour", "altered", ("jour", 0, 41)),
        ("Något helt annat står här", None, "absent", (None, None, None)),
        ("Något helt annat står här", "jour", "absent", (None, None, None)),
        ("", None, "absent", (None, None, None)),
        ("…", None, "absent", (None, None, None)),
    ],
)
def test_a_quote_is_verified(tmp_path, quote, document_id, verdict, place):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as asked:
        asked.add(Document(id="jour", title="J", text="Jouren ger skydd åt våldsutsatta kvinnor."))
        asked.add(Document(id="tolk", title="T", text="Tolken kommer."))
        found = asked.verify_quote(quote, document_id=document_id)
        assert (found.verdict, (found.document_id, found.start, found.end)) == (verdict, place)
        if verdict in ("exact", "elsewhere"):
            assert asked.document(place[0]).text[place[1] : place[2]] == quote


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("har du rätt till, och", ("region", 28, 49)),  # its words stand in sixty others, more often
        ("olk har", ("region", 24, 31)),  # and here in none
        ("rätt till tolk.", ("kommun0", 11, 26)),
    ],
)
def test_a_quote_that_stands_anywhere_is_found_whatever_its_words_are(tmp_path, quote, place):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as asked:
        asked.add(Document(id=f"kommun{n}", title="K", text="Här har du rätt till tolk.") for n in range(60))
        asked.add(Document(id="region", title="R", text="På mottagningen är det tolk har du rätt till, och annat."))
        found = asked.verify_quote(quote)
        assert (found.verdict, found.document_id, found.start, found.end) == ("exact", *place)
        assert found.message.startswith("The quote stands in the sources: [")
        other = asked.verify_quote(quote, document_id="kommun1")
        assert (other.verdict, other.document_id == "region") == (
            ("elsewhere", True) if place[0] == "region" else ("exact", False)
        )
        assert asked.verify_quote("Inget av detta.").message == (
            "No document that was searched has the quote, or one like it."
        )


def test_texts_are_not_read_on_for_a_quote_that_nobody_waits_for(tmp_path, monkeypatch):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as asked:
        asked.add(Document(id=f"{n}", title="K", text="Här har du rätt till tolk.") for n in range(9))
        given_up, read, documents = threading.Event(), [], asked.index.documents

        def counted():
            for document in documents():
                read.append(document.id)
                given_up.set()
                yield document

        monkeypatch.setattr(asked.index, "documents", counted)
        with giving_up.until(given_up):
            assert asked.verify_quote("Inget av detta").verdict == "absent"
        assert read == ["0"]


def test_an_answer_comes_with_the_hits_it_was_chosen_from():
    with nmt_rag.open() as rag:
        answer, hits = rag.ask_with_hits("Vad gör NOA?")
        assert answer == rag.ask("Vad gör NOA?")
        assert hits[:8] == rag.search("Vad gör NOA?", k=8)
        assert rag.ask_with_hits(" ") == (rag.ask(" "), [])


def test_what_is_remembered_stays_as_it_is_whatever_becomes_of_what_one_asker_got():
    with nmt_rag.open() as rag:
        for earlier in ((), ("Vad gör NOA?",)):
            answer, hits = rag.ask_with_hits("Vad gör KAST?", earlier=earlier)
            kept = answer.to_json(), list(hits)
            answer.engine["answering"] = "x"
            answer.engine.get("earlier", []).clear()
            hits.clear()
            again, hits = rag.ask_with_hits("Vad gör KAST?", earlier=earlier)
            assert (again.to_json(), hits) == kept
            assert rag.ask("Vad gör KAST?", earlier=earlier).to_json() == kept[0]


def test_wrong_arguments_are_told_in_one_sentence(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as made:
        made.add(JOUR, replace(JOUR, id="rad", metadata={"år": 2021}))
        assert [hit.document_id for hit in made.search("skydd", where={"document_id": ["rad", "x"]})] == ["rad"]
        assert [hit.document_id for hit in made.search("skydd", where={"år": {"$gt": 2020}})] == ["rad"]
        for wrong, error, told in [
            ({"k": "3"}, TypeError, "k is a whole number, got '3'"),
            ({"k": 2.0}, TypeError, "k is a whole number, got 2.0"),
            ({"k": True}, TypeError, "k is a whole number, got True"),
            ({"k": None}, TypeError, "k is a whole number, got None"),
            ({"k": np.True_}, TypeError, "k is a whole number, got np.True_"),
            ({"window": np.float32(2)}, TypeError, "window is a whole number"),
            ({"k": np.int64(0)}, ValueError, "k is at least 1, got 0"),
            ({"where": {"a": {"$over": 1}}}, ValueError, "the operators of a field"),
            ({"where": "år=2020"}, ValueError, "a filter|maps fields to values"),
        ]:
            with pytest.raises(error, match=told):
                made.search("skydd", **wrong)
        with pytest.raises(TypeError, match="the query is text, got int"):
            made.search(3)
        for question in (3, ["Vem ger skydd?"], {}, None):
            with pytest.raises(TypeError, match="a question is a str, got "):
                made.ask(question)
        assert made.ask("Vem ger skydd?", least_confidence=1) == made.ask("Vem ger skydd?", least_confidence=1.0)
        for wrong, error in [(True, TypeError), ([1], TypeError), (2, ValueError)]:  # True is equal to 1
            with pytest.raises(error, match="least_confidence"):
                made.ask("Vem ger skydd?", least_confidence=wrong)
        with pytest.raises(TypeError, match="a quote is text, got NoneType"):
            made.verify_quote(None)
        with pytest.raises(TypeError, match="the citations of an Answer are checked again, got str"):
            made.recheck("x")
        for asked in (made.ask, made.ask_stream):
            with pytest.raises(ValueError, match="maps fields to values"):
                asked("", where=["år"])
            for earlier in (None, 3, "Vad?", [1]):
                with pytest.raises(TypeError, match="earlier is a list of questions, oldest first; got "):
                    asked("", earlier=earlier)
        numbers = {"k": np.int64(1), "window": np.uint8(1), "where": {"år": np.int32(2021)}}
        assert made.search("skydd", **numbers) == made.search("skydd", k=1, window=1, where={"år": 2021})
        for path in ((one for one in ["i"]), 3, b"i", {"i"}):
            with pytest.raises(TypeError, match=f"a path, an address or a list of them; got {type(path).__name__}"):
                nmt_rag.open(path)
        for encoder in (3, ConceptEncoder, b"default"):
            with pytest.raises(TypeError, match="an encoder has fingerprint, dim, encode_query, encode_passages; got"):
                nmt_rag.open(tmp_path / "i", encoder=encoder)
    for call in (
        lambda: made.ask("Vem ger skydd?"),
        lambda: made.search("skydd"),
        lambda: made.add(JOUR),
        lambda: made.remove("jour"),
        lambda: made.document("jour"),
        lambda: list(made.documents()),
        made.info,
    ):
        with pytest.raises(NmtRagError, match=f"the index {tmp_path / 'i'} is closed; open it again to use it"):
            call()
