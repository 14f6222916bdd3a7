"""One index folder: adding, replacing, removing, filters, what is encoded, who may write, and what verify sees."""

import functools
import json
import math
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePosixPath
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag import swedish
from nmt_rag.documents.passages import split
from nmt_rag.errors import (
    EncodingError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    NmtRagError,
)
from nmt_rag.index import adding
from nmt_rag.index.conditions import filter_key
from nmt_rag.index.index import DATABASE, Added, Index
from nmt_rag.index.storage.files import file_sha256, writer_lock
from nmt_rag.index.storage.rows import row_checksum
from nmt_rag.types import Document, Passage
from tests.index.test_lexical import bm25
from tests.index_samples import WORDS, WordEncoder, document

NAN = np.float32("nan")
NESTED = functools.reduce(lambda inner, _: [inner], range(100_000), [])
QUESTIONS = ["Vem ger rådgivning i ärende 3.1?", "KAST besök", "polisens brott", "betänketid 😀", "uppsökande jour"]


@pytest.fixture
def encoder():
    return WordEncoder()


@pytest.fixture
def index(tmp_path, encoder):
    with Index.create(tmp_path / "åäö index 😀", encoder=encoder) as index:
        yield index


def faults(index):
    return [f"{check.name}: {check.message}" for check in index.verify() if not check.ok]


def answers(index, encoder):
    """What the index finds, by place in a document: ids differ between indexes, hits may not."""
    found = []
    for question in QUESTIONS:
        for hits in (
            index.search_dense(encoder.encode_query(question), 1_000),
            index.search_lexical(question, 1_000),
            index.search_lexical(question, 1_000, where={"ämnen": WORDS[1]}),
        ):
            passages = index.passages_by_id([i for i, _ in hits])
            found.append(sorted((-score, passages[i].document_id, passages[i].start) for i, score in hits))
        documents = index.search_documents(swedish.tokens(question), 1_000)
        found.append(sorted((-score, document_id) for document_id, score in documents))
    return found


def test_holds_what_was_added(index, encoder):
    documents = [document(i) for i in range(5)]
    told = []
    added = index.add(iter(documents), progress=told.append)
    assert added == Added(added=tuple(d.id for d in documents))
    assert sum(told) == 5
    assert list(index.documents()) == documents
    assert index.document_ids() == [d.id for d in documents]
    assert index.document(documents[3].id) == documents[3]
    assert index.document("nej") is None
    chosen = documents[1:4:2]
    assert index.sources([*(d.id for d in chosen), "nej"]) == {d.id: (d.title, d.url) for d in chosen}
    assert [index.passages(d.id) for d in documents] == [split(d) for d in documents]
    assert (index.n_documents, index.n_passages) == (5, sum(len(split(d)) for d in documents))
    assert index.has_several_documents
    assert index.fingerprint == encoder.fingerprint
    assert faults(index) == []
    with pytest.raises(KeyError):
        index.passage(10**6)


def test_places_are_those_of_the_passages(index):
    index.add(document(i, words=6) for i in range(120))  # more passages than one statement reads
    ids = [int(i) for year in ("2020", "2021", "2022") for i in index.matching({"år": year})]
    assert len(ids) == index.n_passages == 840
    found = index.passages_by_id(ids)
    assert index.places([*ids, 10**6]) == {i: (found[i].document_id, found[i].ordinal) for i in ids}


def test_what_is_remembered_of_a_document_lasts_until_the_next_commit(index, encoder):
    one, two, made = document(1), document(2), []

    def outline(document, passages):
        made.append(document.id)
        assert [document.text[p.start : p.end] for p in passages] == [p.text for p in passages]
        return document.title, len(passages)

    index.add([one, two])
    for _ in range(3):
        assert index.remembered(outline, one.id) == (one.title, 4)
    assert index.remembered(outline, two.id) == (two.title, 4)
    assert index.remembered(lambda document, passages: len(passages), one.id) == 4  # something else that is made
    assert index.remembered(outline, "nej") is None
    assert made == [one.id, two.id]
    with Index.open(index.path, encoder=encoder) as other:  # as another process
        other.add([replace(one, title="Ny titel", text=one.text + "\nEn sats till.\n")])
        other.remove(two.id)
    assert index.remembered(outline, one.id) == ("Ny titel", 5)
    assert index.remembered(outline, two.id) is None
    assert made == [one.id, two.id, one.id]


def test_search_finds_the_designed_passage(index, encoder):
    index.add(document(i) for i in range(12))
    best, score = index.search_dense(encoder.encode_query("tolk"), 1)[0]
    assert "tolk" in index.passage(best).text
    assert score == pytest.approx(1.0, abs=0.1)
    best, _ = index.search_lexical("ärende 7.2", 1)[0]
    assert index.passage(best).text.endswith("ärende 7.2.")


def test_equal_documents_are_unchanged_and_equal_texts_are_encoded_once(index, encoder):
    first = document(1)
    index.add([first])
    n_encoded = len(encoder.encoded)
    assert n_encoded == len(set(encoder.encoded)) == 4

    assert index.add([first]) == Added(unchanged=(first.id,))
    assert index.add([replace(first, title="Ny titel", metadata={"år": 1})]) == Added(replaced=(first.id,))
    assert index.sources([first.id]) == {first.id: ("Ny titel", first.url)}
    assert index.add([replace(first, id="kopia")]) == Added(added=("kopia",))
    assert len(encoder.encoded) == n_encoded

    changed = document(1, version=1)  # one sentence of four
    assert index.add([changed]) == Added(replaced=(first.id,))
    assert len(encoder.encoded) == n_encoded + 1
    index.remove("kopia")
    index.add([first])  # its one changed sentence was forgotten with the last document that held it
    assert len(encoder.encoded) == n_encoded + 2
    assert faults(index) == []


def test_the_later_of_two_documents_with_one_id_stays(index):
    one, two = document(1), document(1, version=2)
    assert index.add([one, document(2), two]) == Added(added=(one.id, document(2).id), replaced=(one.id,))
    assert index.document(one.id) == two
    assert faults(index) == []


def test_a_removed_document_is_found_no_more(index, encoder):
    index.add(document(i) for i in range(6))
    gone = document(2)
    ids = index.matching({"document_id": gone.id})
    assert len(ids) == 4
    assert index.remove(gone.id) is True
    assert index.remove(gone.id) is False
    assert index.document(gone.id) is None
    assert index.passages(gone.id) == []
    assert index.passages_by_id(ids.tolist()) == index.places(ids.tolist()) == {}
    assert index.sources([gone.id]) == {}
    found = {i for i, _ in index.search_dense(encoder.encode_query("barn"), 100)}
    found |= {i for i, _ in index.search_lexical("KAST ärende enheten", 100)}
    assert len(found) == 20
    assert found.isdisjoint(ids.tolist())
    assert faults(index) == []


changes = st.lists(st.tuples(st.sampled_from(["add", "add", "remove", "reopen"]), st.integers(0, 7), st.integers(0, 2)))


@settings(deadline=None, max_examples=15)
@given(changes.filter(len))
def test_changed_step_by_step_equals_built_at_once(tmp_path_factory, steps):
    encoder, folder, held = WordEncoder(), tmp_path_factory.mktemp("index"), {}
    index = Index.create(folder / "steps", encoder=encoder)
    for step, number, version in steps:
        if step == "add":
            held[number] = document(number, version=version)
            index.add([held[number]])
        elif step == "remove":
            assert index.remove(document(number).id) is (held.pop(number, None) is not None)
        else:
            index.close()
            index = Index.open(folder / "steps", encoder=encoder)
    assert faults(index) == []
    assert {d.id: d for d in index.documents()} == {d.id: d for d in held.values()}
    with index, Index.create(folder / "at once", encoder=encoder) as whole:
        whole.add(held.values())
        (index.path / "lexical.json").unlink()  # tantivy's statistics count what was removed until it is built again
        index.close()
        with Index.open(index.path, encoder=encoder) as reopened:
            assert answers(reopened, encoder) == answers(whole, encoder)


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        ({"document_id": "dokument/3"}, lambda d, p: d.id == "dokument/3"),
        ({"publisher": "Verket"}, lambda d, p: d.publisher == "Verket"),
        ({"år": "2021"}, lambda d, p: d.metadata["år"] == 2021),
        ({"ämnen": "tolk"}, lambda d, p: "tolk" in d.metadata["ämnen"]),
        ({"öppen": "true"}, lambda d, p: d.metadata["öppen"]),
        ({"actor": "kast"}, lambda d, p: "KAST" in p.actors),
        ({"actor": "KAST", "år": "2020"}, lambda d, p: "KAST" in p.actors and d.metadata["år"] == 2020),
        ({"okänt": "1"}, lambda d, p: False),
        ({"år": "202"}, lambda d, p: False),
    ],
)
def test_filters_let_through_exactly_what_matches(index, encoder, where, matches):
    documents = [document(i) for i in range(12)]
    index.add(documents)
    expected = {(d.id, p.start) for d in documents for p in split(d) if matches(d, p)}

    def places(ids):
        return {(p.document_id, p.start) for p in index.passages_by_id(list(ids)).values()}

    assert places(index.matching(where).tolist()) == expected
    everything = index.search_dense(encoder.encode_query("barn"), 1_000)
    filtered = index.search_dense(encoder.encode_query("barn"), 1_000, where=where)
    assert places(i for i, _ in filtered) == expected
    assert filtered == [hit for hit in everything if hit in filtered]
    words = "Enheten KAST besök ärende"  # in every passage
    assert places(i for i, _ in index.search_lexical(words, 1_000, where=where)) == expected
    assert len(index.search_lexical(words, 1, where=where)) == min(1, len(expected))
    assert index.matching(None) is None
    assert index.matching({}) is None


class Colour(str, Enum):  # noqa: UP042 - as users have them; str() of it is not its value
    RED = "röd"


def test_metadata_that_json_lacks_is_found_by_what_was_given_and_by_what_comes_back(index):
    given = {
        "dag": date(2024, 5, 1),
        "stund": datetime(2024, 5, 1, 9, 30, tzinfo=UTC),
        "färg": Colour.RED,
        "ämnen": {"tolk", "hyra"},
        "andel": math.nan,
        "bred": (1, 2.5),
        "inre": {"dag": date(2024, 5, 2)},
    }
    index.add([replace(document(1), metadata=given)])
    kept = index.document(document(1).id).metadata
    assert kept["ämnen"] == ["hyra", "tolk"]
    assert kept["andel"] is None
    for name in ("dag", "stund", "färg"):
        for value in (given[name], kept[name]):
            assert len(index.matching({name: value})), (name, value)
    for where in (
        {"ämnen": "tolk"},
        {"bred": 2.5},
        {"inre.dag": "2024-05-02"},
        {"stund": {"$gt": "2024-05-01T08:00Z"}},
    ):
        assert len(index.matching(where)) == len(split(document(1))), where
    assert not len(index.matching({"andel": "nan"}))
    assert faults(index) == []
    named = {"mapp": PurePosixPath("stöd/jour"), "pris": Decimal("1.50"), "nr": UUID(int=7), "kl": time(9, 30)}
    index.add([replace(document(1), metadata=named)])
    assert index.document(document(1).id).metadata == {name: str(value) for name, value in named.items()}


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        ({"id": 3}, TypeError, "the id of a document is text, got int"),
        ({"id": None}, TypeError, "the id of a document is text, got NoneType"),
        ({"title": None}, TypeError, "the title of a document is text, got NoneType"),
        ({"text": b"Hej."}, TypeError, "the text of a document is text, got bytes"),
        ({"metadata": [1]}, TypeError, "the metadata of a document are a mapping, got list"),
        ({"metadata": None}, TypeError, "the metadata of a document are a mapping, got NoneType"),
        (
            {"id": "\ud800"},
            ValueError,
            r"the id of the document '\\ud800' holds half a surrogate pair, which is no char",
        ),
        ({"title": "a\udfff"}, ValueError, "the title of the document 'd' holds half a surrogate pair"),
        ({"text": "a\ud83d b"}, ValueError, "the text of the document 'd' holds half a surrogate pair"),
        ({"metadata": {"a": ["\ud800"]}}, ValueError, "the metadata of the document 'd' holds half"),
        ({"metadata": {"\ud800": 1}}, ValueError, "the metadata of the document 'd' holds half"),
        (
            {"metadata": {"a": 1, "v": np.arange(3)}},
            TypeError,
            "the metadata field 'v' of the document 'd' cannot be kept",
        ),
        ({"metadata": {"v": object()}}, TypeError, "'v' .*the type object has no text of its own"),
        ({"metadata": {"v": b"x"}}, TypeError, "'v' .*the type bytes has no text of its own"),
        ({"metadata": {"v": [{"w": {b"x"}}]}}, TypeError, "'v' .*the type bytes has no text of its own"),
        ({"metadata": {"v": {(1, 2): 3}}}, TypeError, "'v' .*keys must be str"),
        ({"metadata": {"v": NESTED}}, ValueError, "'v' .*it is nested too deeply"),
        ({"metadata": {"v": 10**5_000}}, ValueError, "'v' .* cannot be kept"),
    ],
)
def test_a_document_that_could_not_be_kept_is_told_in_one_sentence(index, wrong, error, told):
    index.add([document(1)])
    with pytest.raises(error, match=told) as raised:
        index.add([Document(**{"id": "d", "title": "", "text": "Hej.", **wrong})])
    assert not isinstance(raised.value, UnicodeError)
    assert index.document_ids() == [document(1).id]
    assert faults(index) == []


def test_numbers_of_numpy_come_back_as_numbers(index):
    given = {"år": np.int64(2026), "andel": np.float32(0.5), "öppen": np.True_, "alla": [np.uint8(1)], "ingen": NAN}
    index.add([replace(document(1), metadata=given)])
    kept = index.document(document(1).id).metadata
    assert kept == {"år": 2026, "andel": 0.5, "öppen": True, "alla": [1], "ingen": None}
    assert [type(value) for value in kept.values()] == [int, float, bool, list, type(None)]
    assert index.add([replace(document(1), metadata=kept)]).unchanged == (document(1).id,)
    for name in ("år", "andel", "öppen"):
        for value in (given[name], kept[name]):
            assert len(index.matching({name: value})), (name, value)
    assert len(index.matching({"år": {"$gt": np.int16(2025)}, "alla": [np.int64(1)]}))
    assert not len(index.matching({"år": np.int64(2025)}))
    assert faults(index) == []


def test_words_only(tmp_path):
    with Index.create(tmp_path, encoder=None) as index:
        index.add([document(1)])
        assert index.fingerprint is None
        assert len(index.search_lexical("KAST", 9, boosts={"text": 1.0})) == 1
        with pytest.raises(IndexMismatchError, match="without an encoder"):
            index.search_dense(np.ones(3, dtype=np.float32), 1)
        assert faults(index) == []
        assert not (tmp_path / "dense.faiss").exists()
    with pytest.raises(IndexMismatchError, match=r"no encoder \(words only\).*words/1"):
        Index.open(tmp_path, encoder=WordEncoder())


def test_neighbours_of_the_same_document_are_searched_with_a_passage(tmp_path):
    texts = {"a": "Hästen sover.\n\nKatten jamar.\n\nHunden skäller.\n\nUgglan flyger.", "b": "Fisken simmar."}
    with Index.create(tmp_path, encoder=None) as index:
        index.add(Document(name, name, text) for name, text in texts.items())
        passages = {(p.document_id, p.ordinal): p.text for name in texts for p in index.passages(name)}
        found = {}
        for word in ("katten", "ugglan", "fisken"):
            hits = index.search_lexical(word, 9)
            found[word] = [index.passage(number).text for number, _ in hits]
        only = index.search_lexical("katten", 9, boosts={"text": 1.0})
    assert len(passages) == 5
    assert found["katten"][0] == "Katten jamar."
    assert sorted(found["katten"][1:]) == ["Hunden skäller.", "Hästen sover."]
    assert found["ugglan"] == ["Ugglan flyger.", "Hunden skäller."]  # not the fish of the next document
    assert found["fisken"] == ["Fisken simmar."]
    assert len(only) == 1


def test_an_index_with_embeddings_opens_for_words_but_cannot_be_added_to(index, encoder):
    index.add([document(1)])
    with Index.open(index.path, encoder=None) as words:
        assert words.search_lexical("KAST", 1) == index.search_lexical("KAST", 1)
        with pytest.raises(IndexMismatchError, match=r"words/1.*open it with that encoder"):
            words.add([document(2)])
        assert words.remove(document(1).id)
    assert index.n_documents == 0
    assert not index.has_several_documents


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"fingerprint": None}, TypeError),
        ({"fingerprint": 5}, TypeError),
        ({"dim": "8"}, TypeError),
        ({"dim": 8.0}, TypeError),
        ({"dim": None}, TypeError),
        ({"fingerprint": ""}, ValueError),
        ({"dim": 0}, ValueError),
        ({"dim": np.int64(-1)}, ValueError),
    ],
)
def test_an_encoder_without_a_name_or_a_width_makes_no_index(tmp_path, encoder, wrong, error):
    for name, value in wrong.items():
        setattr(encoder, name, value)
    for make in (lambda: Index.create(tmp_path / "i", encoder=encoder), lambda: Index.in_memory(encoder=encoder)):
        with pytest.raises(error, match=r"an encoder's fingerprint is .* and its dim .*, got "):
            make()
    assert not (tmp_path / "i").exists()


def test_the_width_of_an_encoder_may_be_a_number_of_numpy(tmp_path, encoder):
    encoder.dim = np.int64(encoder.dim)
    Index.create(tmp_path, encoder=encoder).close()
    with Index.open(tmp_path, encoder=encoder) as index:
        index.add([document(1)])
        assert (type(index.dim), index.dim) == (int, encoder.dim)
        assert faults(index) == []


def test_an_encoder_of_another_width_than_the_index_s_adds_nothing(index, encoder):
    index.add([document(1)])
    encoder.dim = 2
    encoder.encode_passages = lambda texts: np.full((len(texts), 2), 0.5**0.5)
    with pytest.raises(EncodingError, match=r"gave embeddings of shape \(\d, 2\), expected \(\d, 13\)"):
        index.add([document(2)])
    assert index.document_ids() == [document(1).id]
    assert faults(index) == []


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("gone", ["deleted", "renamed", "replaced"])
def test_an_index_that_is_gone_is_read_on_and_never_made_again(tmp_path, encoder, gone, warm):
    folder, question = tmp_path / "i", encoder.encode_query("KAST")
    with Index.create(folder, encoder=encoder) as index:
        index.add([document(1)])
    with Index.open(folder, encoder=encoder) as index:
        wanted = len(index.search_lexical("KAST enheten", 99)) if warm else 4
        if gone == "deleted":
            shutil.rmtree(folder)
        else:
            folder.rename(tmp_path / "j")
        if gone == "replaced":
            with Index.create(folder, encoder=encoder) as other:
                other.add([document(2)])
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        assert len(index.search_lexical("KAST enheten", 99)) == len(index.search_dense(question, 99)) == wanted == 4
        for change in (lambda: index.add([document(3)]), lambda: index.remove(document(1).id)):
            with pytest.raises(NmtRagError, match="was moved, deleted or replaced since it was opened; open it again"):
                change()
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
        assert folder.exists() == (gone == "replaced")


def test_what_an_index_left_in_a_folder_does_not_hinder_a_new_one(index, encoder):
    index.add([document(1)])
    (index.path / DATABASE).unlink()
    assert {"lexical", "lexical-documents", "dense.faiss"} <= {path.name for path in index.path.iterdir()}
    with Index.create(index.path, encoder=encoder) as new:
        new.add([document(2)])
        assert new.document_ids() == [document(2).id]
        assert faults(new) == []


def test_an_index_is_written_where_it_lies_whatever_becomes_the_working_folder(tmp_path, encoder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Index.create(Path("i"), encoder=encoder) as index:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        index.add([document(1)])
        assert list((tmp_path / "elsewhere").iterdir()) == []
        assert faults(index) == []
    assert (tmp_path / "i" / "lexical.json").exists()


def test_another_encoder_is_refused_by_name(index):
    with pytest.raises(IndexMismatchError, match="words/1, not with words/2"):
        Index.open(index.path, encoder=WordEncoder("words/2"))


def test_an_empty_index_answers_with_nothing(index, encoder):
    assert index.search_dense(encoder.encode_query("barn"), 3) == []
    assert index.search_lexical("barn", 3) == []
    assert index.search_lexical("", 3) == []
    assert index.add([]) == Added()
    assert index.add([Document(id="tom", title="", text="")]) == Added(added=("tom",))
    assert index.search_lexical("barn", 3) == []
    assert faults(index) == []


def test_create_and_open_say_what_is_wrong_with_a_folder(tmp_path, encoder):
    with pytest.raises(IndexNotFoundError, match=r"no index in .*nmt-rag index"):
        Index.open(tmp_path / "nowhere", encoder=None)
    Index.create(tmp_path / "one", encoder=encoder).close()
    with pytest.raises(NmtRagError, match="already"):
        Index.create(tmp_path / "one", encoder=encoder)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "brev.docx").touch()
    with pytest.raises(NmtRagError, match=r"brev\.docx"):
        Index.create(tmp_path / "two", encoder=encoder)
    with pytest.raises(NmtRagError, match="exists"):
        Index.create(tmp_path / "two" / "brev.docx", encoder=encoder)


def test_databases_that_are_not_ours_or_of_another_format_are_refused(tmp_path):
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("CREATE TABLE recept (namn TEXT)")
    connection.close()
    with pytest.raises(IndexMismatchError, match="not an nmt_rag index"):
        Index.open(tmp_path, encoder=None)
    Index.create(tmp_path / "ours", encoder=None).close()
    with sqlite3.connect(tmp_path / "ours" / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(IndexMismatchError, match=r"format 99.*reads format 1"):
        Index.open(tmp_path / "ours", encoder=None)


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        (lambda n: np.ones((n, 13)), "norm 3.61"),
        (lambda n: np.full((n, 13), np.nan), "norm nan"),
        (lambda n: np.ones((n, 12)), r"\(3, 12\), expected \(3, 13\)"),
        (lambda n: np.ones((n - 1, 13)), r"\(2, 13\), expected \(3, 13\)"),
    ],
)
def test_an_encoder_that_breaks_its_promise_is_caught(index, encoder, monkeypatch, embeddings, message):
    index.add([document(1)])
    monkeypatch.setattr(encoder, "encode_passages", lambda texts: embeddings(len(texts)))
    with pytest.raises(EncodingError, match=message):
        index.add([document(2)])
    assert index.document_ids() == [document(1).id]
    assert faults(index) == []


def test_a_failing_source_keeps_what_was_committed(index, monkeypatch):
    monkeypatch.setattr(adding, "BATCH_DOCUMENTS", 3)

    def source():
        yield from (document(i) for i in range(7))
        raise RuntimeError("källan tog slut")

    told = []
    with pytest.raises(RuntimeError, match="källan"):
        index.add(source(), progress=told.append)
    assert told == [3, 3]
    assert index.document_ids() == [document(i).id for i in range(6)]
    assert faults(index) == []
    assert index.add(document(i) for i in range(7)).unchanged == tuple(index.document_ids()[:6])


def test_a_second_writer_is_told_who_writes(index):
    index.add([document(1)])
    with writer_lock(index.path), Index.open(index.path, encoder=None) as reader:
        with pytest.raises(IndexLockedError, match=r"written by process \d+; wait"):
            index.add([document(2)])
        with pytest.raises(IndexLockedError):
            reader.remove(document(1).id)
        assert len(reader.search_lexical("KAST", 9, boosts={"text": 1.0})) == 1
    assert index.add([document(2)]).added == (document(2).id,)


def test_readers_see_what_another_committed_and_go_on_while_it_writes(index, encoder):
    index.add([document(1)])
    question = encoder.encode_query("KAST")
    with Index.open(index.path, encoder=encoder) as reader:
        assert len(reader.search_dense(question, 99)) == len(reader.search_lexical("KAST enheten", 99)) == 4
        seen = []

        def source():
            yield document(2)
            seen.append((len(reader.search_dense(question, 99)), len(reader.search_lexical("KAST enheten", 99))))
            yield replace(document(2), text="KAST är nu något annat.")  # the same id: what came before is committed
            seen.append((len(reader.search_dense(question, 99)), len(reader.search_lexical("KAST enheten", 99))))

        index.add(source())
        assert seen == [(4, 4), (8, 4)]  # tantivy is written at the end
        assert len(reader.search_dense(question, 99)) == len(reader.search_lexical("KAST enheten", 99)) == 5
        assert reader.refresh() == index.generation
        index.remove(document(1).id)
        assert len(reader.search_dense(question, 99)) == len(reader.search_lexical("KAST enheten", 99)) == 1
        assert faults(reader) == []


def test_threads_share_one_index(index, encoder):
    index.add(document(i) for i in range(20))
    failures = []

    def search():
        try:
            for i in range(40):
                hits = index.search_dense(encoder.encode_query(WORDS[i % 12]), 5)
                hits += index.search_lexical(f"{WORDS[i % 12]} KAST", 5, where={"öppen": "true"})
                passages = index.passages_by_id([i for i, _ in hits])
                assert all(p.text == index.document(p.document_id).text[p.start : p.end] for p in passages.values())
        except Exception as error:  # what a thread raises is lost otherwise
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(6)]
    for thread in threads:
        thread.start()
    for i in range(20, 40):
        index.add([document(i)])
    for thread in threads:
        thread.join()
    assert failures == []
    assert faults(index) == []


def test_the_faiss_file_may_lag_and_is_written_again_when_far_behind(index, encoder, monkeypatch):
    index.add([document(1)])
    first = (index.path / "dense.json").read_bytes()
    index.add([document(2)])
    assert (index.path / "dense.json").read_bytes() == first
    with Index.open(index.path, encoder=encoder) as reader:
        assert answers(reader, encoder) == answers(index, encoder)
    monkeypatch.setattr("nmt_rag.index.engines.dense.file.DENSE_LAG", 0)
    index.add([document(3)])
    assert (index.path / "dense.json").read_bytes() != first


def test_whole_documents_are_found_by_all_their_words(index):
    short = Document("a", "Om jouren", "Jouren har öppet.\n\nRing oss.")
    long = Document("b", "Annat", "Vi har öppet.\n\nJouren svarar.\n\nRing.\n\nRing igen.")
    index.add([short, long, Document("c", "Tomt", "")])
    tokens = {d.id: [*swedish.tokens(d.title), *swedish.tokens(d.text)] for d in (short, long)}
    asked = swedish.tokens("jouren ring")
    scores = bm25({i: {"text": held} for i, held in tokens.items()}, asked, {"text": 1.0}, share=swedish.share)
    expected = sorted(scores.items(), key=lambda item: -item[1])
    found = index.search_documents(asked, 5)
    assert [i for i, _ in found] == [i for i, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=2e-4)
    assert index.search_documents(asked, 1) == found[:1]
    index.remove("a")
    assert [i for i, _ in index.search_documents(asked, 5)] == ["b"]
    assert faults(index) == []


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE passages SET start = start + 1 WHERE id = 2", "passages"),
        ("UPDATE passages SET text = 'Annat.' WHERE id = 2", "passages"),
        ("UPDATE documents SET text = text || '.' WHERE number = 1", "documents"),
        ("UPDATE documents SET title = 'Annan' WHERE number = 1", "documents"),
        ("UPDATE documents SET id = 'annat' WHERE number = 1", "documents"),
        ("UPDATE documents SET fields = json_set(fields, '$.url', 'https://ond.example/')", "documents"),
        ("UPDATE documents SET fields = json_set(fields, '$.publisher', 'Polisen')", "documents"),
        ("DELETE FROM document_filters", "filters"),
        (f"UPDATE document_filters SET key = 'x' WHERE key = '{filter_key('år', 2021)}'", "filters"),
        ("INSERT INTO document_filters VALUES ('x', 1)", "filters"),
        ("INSERT INTO passage_filters VALUES ('x', 1)", "filters"),
        ("INSERT INTO passage_filters VALUES ('x', 999)", "filters"),
        ("INSERT INTO document_filters VALUES ('x', 999)", "filters"),
        ("CREATE VIEW sett AS SELECT 1", "database"),
        ("DELETE FROM passages WHERE id = (SELECT max(id) FROM passages)", "passages"),
        ("DELETE FROM embeddings WHERE rowid = 1", "embeddings"),
        ("UPDATE embeddings SET embedding = zeroblob(52) WHERE rowid = 1", "embeddings"),
        ("UPDATE embeddings SET embedding = zeroblob(51) WHERE rowid = 1", "embeddings"),
        ("UPDATE passages SET hash = (SELECT hash FROM passages WHERE id = 3) WHERE id = 2", "embeddings"),
        ("DELETE FROM passages WHERE id = 2", "dense"),
        ("DELETE FROM passages WHERE id = 2", "lexical"),
        ("UPDATE settings SET value = 0 WHERE name = 'generation'", "stamps"),
    ],
)
def test_verify_names_what_is_wrong_and_what_to_do(index, damage, check):
    index.add([document(1)])
    assert faults(index) == []
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(damage)
    connection.close()
    found = {row.name: row.message for row in index.verify() if not row.ok}
    assert check in found
    assert "delete" in found[check]


def test_a_generation_past_all_counting_is_damage(index):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(f"UPDATE settings SET value = {2**63 - 1} WHERE name = 'generation'")
    connection.close()
    with pytest.raises(IndexDamagedError, match="its settings cannot be read"):
        Index.open(index.path, encoder=WordEncoder())


def test_a_passage_with_an_id_past_all_counting_takes_no_memory(index):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        columns = "document, ordinal, start, end, text, heading, actors, page, paragraph, context, hash, crc"
        connection.execute(f"INSERT INTO passages SELECT 4000000000000, {columns} FROM passages WHERE id = 2")
    connection.close()
    ids = np.array([1, 2, 4_000_000_000_000])
    found = index.search_dense(WordEncoder().encode_query("barn"), 10, among=ids)
    assert {1, 2} <= {i for i, _ in found}


def test_a_changed_passage_or_document_is_never_given(index):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute("UPDATE passages SET text = 'Annat.' WHERE id = 2")
        connection.execute("UPDATE documents SET text = 'Annat.'")
    connection.close()
    with pytest.raises(IndexDamagedError, match="passage 2"):
        index.passage(2)
    with pytest.raises(IndexDamagedError, match="dokument/1"):
        index.document("dokument/1")
    assert index.passage(1).text.startswith("Enheten")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE documents SET text = CAST(text AS BLOB)",
        "UPDATE documents SET title = CAST(title AS BLOB)",
        "UPDATE documents SET fields = replace(hex(zeroblob(50000)), '0', '[')",
        "UPDATE documents SET fields = json_set(fields, '$.url', 5)",
        "UPDATE documents SET fields = json_set(fields, '$.pages', json('[\"a\"]'))",
    ],
)
def test_a_row_of_another_kind_is_damage(index, damage):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(IndexDamagedError, match="is damaged"):
        index.document("dokument/1")
    with pytest.raises(IndexDamagedError, match="is damaged"):
        list(index.documents())
    assert any(check.startswith("documents: ") for check in faults(index))


@pytest.mark.parametrize(
    ("column", "value"),
    [("heading", "[" * 100_000), ("heading", "5"), ("actors", "[5]"), ("context", b"a"), ("start", b"1")],
)
def test_a_passage_of_another_kind_with_a_fitting_checksum_is_damage(index, column, value):
    index.add([document(1)])
    columns = "ordinal, start, end, text, heading, actors, page, paragraph, context"
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(f"UPDATE passages SET {column} = ? WHERE id = 1", (value,))
        row = connection.execute(f"SELECT {columns} FROM passages WHERE id = 1").fetchone()
        connection.execute("UPDATE passages SET crc = ? WHERE id = 1", (row_checksum(row),))
    connection.close()
    with pytest.raises(IndexDamagedError, match="passage 1 of 'dokument/1' cannot be read"):
        index.passage(1)


@pytest.mark.parametrize(
    ("put_in", "named"),
    [
        (
            "CREATE TRIGGER tr AFTER INSERT ON documents BEGIN DELETE FROM passages WHERE document < new.number; END",
            "trigger 'tr'",
        ),
        ("CREATE VIEW sett AS SELECT 1", "view 'sett'"),
        ("CREATE TABLE records (a)", "table 'records'"),
        ("DROP INDEX passages_of_hash", "index 'passages_of_hash'"),
    ],
)
def test_a_foreign_schema_is_neither_opened_nor_written_to(index, encoder, put_in, named):
    index.add([document(1)])
    index.add([document(1)])
    n_passages = index.n_passages
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute(put_in)
    connection.close()
    with pytest.raises(IndexDamagedError, match=named):  # one that was open already
        index.add([document(2)])
    assert index.n_passages == n_passages
    assert any(named in fault for fault in faults(index))
    with pytest.raises(IndexDamagedError, match=named):
        Index.open(index.path, encoder=encoder)


def test_what_sqlite_and_indexing_runs_add_is_no_foreign_schema(index, encoder):
    index.add([document(1)])
    index.records("en").update(["dokument/1"], [None], 0.0)
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute("ANALYZE")
    connection.execute("VACUUM")
    connection.close()
    with Index.open(index.path, encoder=encoder) as opened:
        opened.add([document(1)])
        assert faults(opened) == []


@pytest.mark.parametrize("foreign", [True, False])
def test_words_of_other_texts_are_not_taken_for_the_index_s_own(tmp_path, foreign):
    """As many passages under the same ids, and a stamp that was forged: the ids alone tell nothing."""
    texts = (
        "Tullverket utreder smuggling.\n\nPolisen utreder brott.",
        "Pannkakor passar mormor.\n\nPolisen utreder brott.",
    )
    for name, text in zip(("own", "other"), texts if foreign else (texts[0],) * 2, strict=True):
        with Index.create(tmp_path / name, encoder=None) as made:
            made.add([Document("d", "T", text)])
            assert faults(made) == []
    own, other = tmp_path / "own", tmp_path / "other"
    state = json.loads((own / "lexical.json").read_bytes())["state"]
    for folder in ("lexical", "lexical-documents"):
        shutil.rmtree(own / folder)
        shutil.copytree(other / folder, own / folder)
    stamp = json.loads((other / "lexical.json").read_bytes()) | {"state": state}
    (own / "lexical.json").write_text(json.dumps(stamp))
    with Index.open(own, encoder=None) as opened:
        assert len(opened.search_lexical("pannkakor", 5, boosts={"text": 1.0})) == foreign
        found = [fault.split(";")[0] for fault in faults(opened)]
    field = "tantivy holds other words than the database in the field 'text' of passages"
    assert found == ([f"lexical: {field}"] if foreign else [])


def test_an_index_that_is_said_to_hold_words_only_holds_no_embeddings(index):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute("UPDATE settings SET value = NULL WHERE name = 'fingerprint'")
        connection.execute("UPDATE settings SET value = 0 WHERE name = 'dim'")
    connection.close()
    with Index.open(index.path, encoder=None) as opened:
        found = [fault.partition(";")[0] for fault in faults(opened)]
    assert "embeddings: there are embeddings in an index of words only" in found


def test_words_are_compared_after_removals(index):
    index.add(document(i) for i in range(12))
    index.remove("dokument/3")
    assert faults(index) == []


def test_an_index_that_lacks_what_it_found_is_damaged(index):
    index.add([document(1)])

    def work():
        raise LookupError("passage 9 of 'dokument/1' is gone")

    with pytest.raises(IndexDamagedError, match=r"passage 9 of 'dokument/1' is gone.*build it again"):
        index.at_one_moment(work)


def test_a_closed_index_says_so(index):
    index.close()
    index.close()
    with pytest.raises(NmtRagError, match="is closed; open it again"):
        index.document_ids()


@pytest.mark.parametrize("name", ["dense.faiss", "lexical/meta.json"])
def test_whole_files_that_the_engine_cannot_read_are_built_again(index, encoder, name):
    """As after an upgrade of FAISS or tantivy: the stamp is right, the format another."""
    index.add(document(i) for i in range(5))
    expected = answers(index, encoder)
    stamp = index.path / f"{name.split('.')[0].split('/')[0]}.json"
    before = file_sha256(index.path / name)
    (index.path / name).write_bytes(b"another format")
    stamp.write_text(stamp.read_text().replace(before, file_sha256(index.path / name)))
    with Index.open(index.path, encoder=encoder) as opened:
        assert answers(opened, encoder) == expected
        assert faults(opened) == []
        opened.add([document(9)])
        assert faults(opened) == []


def test_a_database_that_another_program_holds_is_told(index, monkeypatch):
    monkeypatch.setattr("nmt_rag.index.storage.database._BUSY_SECONDS", 0.05)
    with sqlite3.connect(index.path / DATABASE, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IndexLockedError, match="busy; try again"):
            Index.open(index.path, encoder=None)
        other.execute("ROLLBACK")
    other.close()
    Index.open(index.path, encoder=None).close()


def test_titles_are_read_as_text_only(index):
    index.add([document(1)])
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute("UPDATE documents SET title = CAST(title AS BLOB)")
    connection.close()
    with pytest.raises(IndexDamagedError, match="holds bytes where text was added"):
        index.sources(["dokument/1"])


@pytest.mark.parametrize(("name", "value"), [("dim", "tre"), ("dim", 0), ("dim", -1), ("fingerprint", None)])
def test_settings_that_make_no_sense_are_damage(index, name, value):
    with sqlite3.connect(index.path / DATABASE) as connection:
        connection.execute("UPDATE settings SET value = ? WHERE name = ?", (value, name))
    connection.close()
    with pytest.raises(IndexDamagedError, match="settings cannot be read"):
        Index.open(index.path, encoder=None)


def test_a_folder_that_may_not_be_entered_is_told(tmp_path):
    with pytest.raises(NmtRagError, match="File name too long"):
        Index.open(tmp_path / ("å" * 300), encoder=None)


def test_documents_can_be_split_in_another_way_and_encoded_by_another_encoder(index, encoder):
    def whole(one):
        return [Passage(one.id, 0, 0, len(one.text), one.text, context=one.text)]

    other = WordEncoder()
    index.add([document(1)], split=whole, encoder=other)
    (passage,) = index.passages("dokument/1")
    assert passage.text == document(1).text
    assert (encoder.encoded, other.encoded) == ([], [document(1).text])
    assert faults(index) == []


def test_many_documents_are_removed_in_one_commit(index):
    index.add([document(n) for n in range(5)])
    generation = index.generation
    assert index.remove_all(["dokument/3", "finns inte", "dokument/1", "dokument/3"]) == ["dokument/3", "dokument/1"]
    assert index.generation == generation + 1
    assert index.document_ids() == ["dokument/0", "dokument/2", "dokument/4"]
    assert index.remove_all(["finns inte"]) == []
    assert index.generation == generation + 1
    assert faults(index) == []


def test_embeddings_are_given_by_passage_and_those_that_are_gone_left_out(index, encoder):
    index.add([document(1), document(2)])
    ids = index.matching({"document_id": "dokument/2"}).tolist()
    contexts = [index.passage(i).context for i in ids]
    index.remove("dokument/1")
    found = index.embeddings([*ids, 1, 9_999])
    assert list(found) == ids
    np.testing.assert_array_equal(np.stack(list(found.values())), WordEncoder().encode_passages(contexts))


def test_a_search_among_some_passages_finds_no_other(index, encoder):
    index.add([document(n) for n in range(5)])
    query = encoder.encode_query(QUESTIONS[0])
    everything = index.search_dense(query, 1_000)
    chosen = np.sort(np.array([i for i, _ in everything[::3]], dtype=np.int64))
    assert index.search_dense(query, 1_000, among=chosen) == [
        hit for hit in everything if hit[0] in set(chosen.tolist())
    ]
    assert index.search_dense(query, 10, among=np.empty(0, dtype=np.int64)) == []


def test_an_index_in_memory_is_like_one_in_a_folder(index, tmp_path):
    encoder = WordEncoder()
    with Index.in_memory(encoder=encoder) as memory:
        for one in (index, memory):
            one.add([document(n) for n in range(6)])
            one.remove("dokument/2")
            one.add([document(4, version=1)])
        assert answers(memory, encoder) == answers(index, encoder)
        assert list(memory.documents()) == list(index.documents())
        assert faults(memory) == []
        with ThreadPoolExecutor(8) as threads:  # writers wait for each other
            list(threads.map(lambda n: memory.add([document(n)]), range(10, 30)))
        assert memory.n_documents == 25
        assert "(in memory)" in str(memory.path)
    assert not list(tmp_path.rglob("*memory*"))


def test_a_field_within_a_field_is_named_with_a_dot(index):
    index.add([replace(document(1), metadata={"a": {"b": {"c": [1, 2]}, "d": True}}), document(2)])
    for where in ({"a.b.c": "2"}, {"a.d": "true"}, {"a.b.c": "1", "document_id": "dokument/1"}):
        assert {index.passage(i).document_id for i in index.matching(where).tolist()} == {"dokument/1"}, where
    assert index.matching({"a.b": "{'c': [1, 2]}"}).tolist() == []
