"""Every engine behind an index is held to the same hits and scores, and to the same promises about crashes.

The measure is an index in memory, whose words are counted anew after every change. A folder counts what was removed
until its words are built again (`lexical_folder.REMOVED_SHARE`), so that is set to nothing here. Qdrant is the real
engine in this process (qdrant-edge-py); the client's calls are tested on the client's own imitation of a server.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nmt_rag import open, swedish
from nmt_rag.answering import search as retrieval
from nmt_rag.documents.passages import split
from nmt_rag.errors import IndexLockedError, IndexMismatchError, IndexNotFoundError, NmtRagError
from nmt_rag.index import adding
from nmt_rag.index.engines import lexical_folder, opening
from nmt_rag.index.engines.dense import file as dense_file
from nmt_rag.index.engines.qdrant import bm25, truth
from nmt_rag.index.engines.qdrant.points import (
    AllOf,
    AnyOf,
    Between,
    CollectionLayout,
    HasId,
    NoneOf,
    OneOf,
    Point,
    Sparse,
)
from nmt_rag.index.engines.qdrant.writing import lease
from nmt_rag.index.engines.qdrant.writing import writer as qdrant_writer
from nmt_rag.index.index import Index
from nmt_rag.index.sealing import seal
from nmt_rag.index.storage import rows
from nmt_rag.index.storage.rows import Place, text_hash
from nmt_rag.interfaces.live import LiveRag
from nmt_rag.interfaces.terminal import main
from nmt_rag.rag import Rag
from tests.index.test_lexical import built, entry
from tests.index_samples import WORDS, WordEncoder, document, placed

edge = pytest.importorskip("nmt_rag.index.engines.qdrant.edge", exc_type=NmtRagError)
server = pytest.importorskip("nmt_rag.index.engines.qdrant.server", exc_type=NmtRagError)

from nmt_rag.index.engines.qdrant.engine import QdrantEngine  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]

FILTERS = [None, {"ämnen": "alla"}, {"actor": "kast"}, {"år": "2021", "öppen": "true"}, {"document_id": "dokument/3"}]
FILTERS += [
    {"år": {"$gte": 2021}, "öppen": {"$ne": False}},
    {"$or": [{"document_id": ["dokument/1", "dokument/2"]}, {"actor": "kast"}]},
    {"$not": {"år": {"$in": [2020, 2021.0]}}},
    {"år": {"$gt": 2030}},
]
QUESTIONS = ["Vem ger rådgivning i ärende 3.1?", "KAST besök", "betänketid för vittnet, pålis", "ärende 😀 tolk"]


class Killed(BaseException):
    """What ends a writer in the middle of its work."""


@pytest.fixture
def encoder():
    return WordEncoder()


@pytest.fixture(autouse=True)
def exact_counts(monkeypatch):
    monkeypatch.setattr(lexical_folder, "REMOVED_SHARE", 0.0)


@pytest.fixture
def client():
    with_memory = server.QdrantClient(":memory:")
    yield with_memory
    with_memory.close()


class Server(server.ServerCluster):
    """A server that goes on when one of its clients goes."""

    def close(self):
        pass


def on_server(client, encoder, *, create=False):
    cluster, where = Server(client), {"address": "qdrant://localhost:6333/texter"}
    if create:
        layout = CollectionLayout(dim=encoder.dim)
        kind = {"fingerprint": encoder.fingerprint, "dim": encoder.dim, "layout": layout}
        return Index(QdrantEngine.create(cluster, "texter", **where, **kind), encoder)
    return Index(QdrantEngine.open(cluster, "texter", **where), encoder)


@pytest.fixture(params=["folder", "folder with lists", "qdrant", "qdrant server"])
def reopened(request, tmp_path, encoder, client, empty_qdrant, monkeypatch):
    """Make an index of each engine; return what opens it again, as another process would."""
    if request.param == "qdrant server":
        on_server(client, encoder, create=True)
        return lambda: on_server(client, encoder)
    if request.param == "qdrant":
        place = empty_qdrant(tmp_path / "åäö 😀")
    else:
        place = tmp_path / "index"
        Index.create(place, encoder=encoder).close()
    if request.param == "folder with lists":
        monkeypatch.setattr(dense_file, "LISTS_FROM", 1)
        monkeypatch.setattr(dense_file, "DENSE_LAG", 0)
    return lambda: Index.open(place, encoder=encoder)


def tokens(question):
    return [*swedish.tokens(question), *swedish.pairs(question)]


def assert_same_hits(found, measure, k):
    """Assert that k hits are the k best of the measure's, with its scores; what ties with the last may be another."""
    scores = dict(measure)
    assert [score for _, score in found] == pytest.approx([s for _, s in measure[:k]], rel=1e-5, abs=2e-4)
    assert [score for _, score in found] == pytest.approx([scores[p] for p, _ in found], rel=1e-5, abs=2e-4)
    assert len(found) == min(k, len(measure)) == len({place for place, _ in found})


def assert_same(index, measure, encoder, *, k=10, filters=FILTERS, questions=QUESTIONS):
    """Assert that an index holds and finds what the measure does."""
    assert (index.n_documents, index.n_passages) == (measure.n_documents, measure.n_passages)
    assert index.document_ids() == measure.document_ids()
    n_all = max(1, measure.n_passages)
    for where in filters:
        found, wanted = (one.matching(where or {"ämnen": "alla"}).tolist() for one in (index, measure))
        assert set(index.places(found).values()) == set(measure.places(wanted).values())
        assert len(found) == len(wanted)
        for question in questions:
            by_words = placed(measure, measure.search_lexical(tokens(question), n_all, where=where))
            assert_same_hits(placed(index, index.search_lexical(tokens(question), k, where=where)), by_words, k)
            embedding = encoder.encode_query(question)
            nearest = placed(measure, measure.search_dense(embedding, n_all, where=where))
            found = placed(index, index.search_dense(embedding, k, where=where))
            assert found == [(place, pytest.approx(score, abs=1e-5)) for place, score in nearest[:k]]
            if where is None:
                places = [Place("dokument/-1", 0), *(place for place, _ in nearest)]
                assert index.similarities(embedding, places) == pytest.approx(dict(nearest), abs=1e-5)
                whole = measure.search_documents(swedish.tokens(question), n_all)
                assert_same_hits(index.search_documents(swedish.tokens(question), k), whole, k)


def faults(index):
    return [f"{check.name}: {check.message}" for check in index.verify() if not check.ok]


@pytest.fixture
def measure(encoder):
    with Index.in_memory(encoder=encoder) as index:
        yield index


def test_all_engines_find_the_same_after_adding_replacing_removing_and_a_restart(reopened, measure, encoder):
    first = [document(i) for i in range(14)]
    changed = [replace(document(1, version=2, words=5), title="Ny titel"), document(20), document(3, version=1)]
    with reopened() as index:
        for one in (index, measure):
            assert len(one.add(first).added) == 14
        assert_same(index, measure, encoder, questions=QUESTIONS[:1])
        for one in (index, measure):
            added = one.add(changed)
            assert (added.replaced, added.added) == ((document(1).id, document(3).id), (document(20).id,))
            assert one.add(changed).unchanged == tuple(d.id for d in changed)
            assert one.remove_all([document(2).id, "nej", document(7).id]) == [document(2).id, document(7).id]
            assert not one.remove("nej")
        assert_same(index, measure, encoder, filters=FILTERS[:2])
    with reopened() as index:
        assert_same(index, measure, encoder)
        assert list(index.documents()) == list(measure.documents())
        assert index.document("nej") is None
        for name in measure.document_ids():
            assert index.passages(name) == measure.passages(name)
        names = [document(1).id, "nej"]
        assert index.sources(names) == measure.sources(names) == {names[0]: ("Ny titel", document(1).url)}
        ids = index.matching({"document_id": names[0]}).tolist()
        held = index.embeddings([*ids, 10**9])
        texts = [index.passage(number).context for number in ids]
        assert np.array_equal(np.array([held[number] for number in ids]), encoder.encode_passages(texts))
        assert faults(index) == []
        assert len({seal(index, b"k" * 16), seal(index, b"k" * 16)}) == 1
        some = index.matching({"år": "2021"})
        assert {i for i, _ in index.search_dense(encoder.encode_query("tolk"), 99, among=some)} == set(some.tolist())


def test_fused_hits_are_the_same(tmp_path, measure, encoder, empty_qdrant):
    with Index.open(empty_qdrant(tmp_path), encoder=encoder) as index:
        for one in (index, measure):
            one.add(document(i) for i in range(30))
            one.remove(document(4).id)
        for question in QUESTIONS:
            found, wanted = (retrieval.search(one, encoder, question, k=8) for one in (index, measure))
            assert [h.score for h in found] == pytest.approx([h.score for h in wanted], abs=1e-5)
            assert [(h.passage, h.title, h.matched) for h in found] == [(h.passage, h.title, h.matched) for h in wanted]


@pytest.mark.parametrize("reopened", ["folder", "folder with lists", "qdrant"], indirect=True)
def test_more_than_one_commit_and_one_page(reopened, measure, encoder, monkeypatch):
    """With filters, removed and replaced documents, and a restart."""
    monkeypatch.setattr(adding, "BATCH_PASSAGES", 250)
    with reopened() as index:
        for one in (index, measure):
            one.add(document(i, words=9) for i in range(70))
            one.add(document(i, words=7, version=1) for i in range(0, 70, 11))
            one.remove_all(document(i).id for i in range(0, 70, 13))
    with reopened() as index:
        assert index.n_passages > max(rows.PAGE, truth.PAGE, 2 * adding.BATCH_PASSAGES)
        assert_same(index, measure, encoder, filters=[*FILTERS[:3], FILTERS[5]], questions=QUESTIONS[:2])


operations = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 5), min_size=1, max_size=3), st.integers(0, 2)),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 5), max_size=2), st.just(0)),
        st.tuples(st.just("restart"), st.just([]), st.just(0)),
    ),
    min_size=2,
    max_size=6,
)


@pytest.mark.parametrize("engine", ["folder", "folder with lists", "qdrant"])
@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=operations)
def test_any_operations_leave_all_engines_alike(tmp_path_factory, empty_qdrant, monkeypatch, engine, operations):
    if engine == "folder with lists":
        monkeypatch.setattr(dense_file, "LISTS_FROM", 1)
        monkeypatch.setattr(dense_file, "DENSE_LAG", 0)
    folder = tmp_path_factory.mktemp("any")
    encoder, place = WordEncoder(), empty_qdrant(folder) if engine == "qdrant" else folder / "index"
    index = (Index.open if engine == "qdrant" else Index.create)(place, encoder=encoder)
    measure = Index.in_memory(encoder=encoder)
    for kind, numbers, version in operations:
        if kind == "restart":
            index.close()
            index = Index.open(place, encoder=encoder)
        for one in (index, measure):
            if kind == "add":
                one.add(document(i, version=version, words=2 + version) for i in numbers)
            elif kind == "remove":
                one.remove_all(document(i).id for i in numbers)
    assert_same(index, measure, encoder, filters=FILTERS[:2], questions=QUESTIONS[:2])
    assert list(index.documents()) == list(measure.documents())
    assert faults(index) == []
    index.close()
    measure.close()
    shutil.rmtree(folder)


# Crashes


def change(index):
    index.add([document(1, version=5, words=4), document(8)])
    index.remove(document(3).id)


def test_a_writer_that_ends_at_any_step_shows_each_document_whole_or_not_at_all(
    tmp_path, measure, encoder, empty_qdrant, monkeypatch
):
    """In one index, which is put back between; it stays open beside the writers, as a reader has it."""
    before = [document(i) for i in range(5)]
    measure.add(before)
    shown = [list(measure.documents())]
    measure.add([document(1, version=5, words=4), document(8)])
    shown.append(list(measure.documents()))
    measure.remove(document(3).id)
    shown.append(list(measure.documents()))
    update, place, seen = edge.EdgePoints._update, empty_qdrant(tmp_path), set()
    with Index.open(place, encoder=encoder) as reader:
        reader.add(before)
        for last in range(2, 100, 7):
            steps = []

            def broken(self, operation, steps=steps, last=last):
                steps.append(operation)
                if len(steps) == last:
                    raise Killed
                update(self, operation)

            with Index.open(place, encoder=encoder) as index:
                monkeypatch.setattr(edge.EdgePoints, "_update", broken)
                try:
                    change(index)
                except Killed:
                    done = False
                else:
                    done = True
                monkeypatch.setattr(edge.EdgePoints, "_update", update)
                held = list(index.documents())
                assert held in shown
                seen.add(shown.index(held))
                assert faults(index) == []
                for one in held:
                    passages = index.passages(one.id)
                    assert [one.text[p.start : p.end] for p in passages] == [p.text for p in passages]
                    assert len(index.matching({"document_id": one.id})) == len(passages) > 0
                everything = {i for i, _ in index.search_lexical("enheten kast arbetar besök", 999)}
                assert everything == {i for one in held for i in index.matching({"document_id": one.id}).tolist()}
            assert list(reader.documents()) == held
            if done:
                break
            with Index.open(place, encoder=encoder) as index:  # the next writer
                change(index)
                assert sorted(index.document_ids()) == sorted(measure.document_ids())
                assert faults(index) == []
                if last % 3 == 0:
                    by_words = dict(placed(measure, measure.search_lexical(tokens(QUESTIONS[0]), 999)))
                    found = dict(placed(index, index.search_lexical(tokens(QUESTIONS[0]), 999)))
                    assert found == pytest.approx(by_words, rel=1e-5, abs=2e-4)
                index.remove(document(8).id)
                index.remove_all(document(i).id for i in range(5))
                index.add(before)
    assert done
    assert last > 15
    assert seen == {0, 1, 2}


KILLED = """
import os, random, signal, sys
from tests.index_samples import WordEncoder, document
from nmt_rag.index.engines.qdrant import edge
from nmt_rag.index.index import Index
update, left = edge.EdgePoints._update, [int(sys.argv[2])]
def broken(self, operation):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    update(self, operation)
edge.EdgePoints._update = broken
with Index.open(sys.argv[1], encoder=WordEncoder()) as index:
    index.add(document(i, version=1) for i in range(4))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_killed_process_loses_nothing_that_was_committed(tmp_path, encoder, empty_qdrant):
    place = empty_qdrant(tmp_path)
    with Index.open(place, encoder=encoder) as index:
        index.add(document(i) for i in range(3))
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    for n_updates in (10, 13):
        done = subprocess.run([sys.executable, "-c", KILLED, place, str(n_updates)], env=environment, check=False)
        assert done.returncode == -signal.SIGKILL
        with Index.open(place, encoder=encoder) as index:
            assert list(index.documents()) in (
                [document(i) for i in range(3)],
                [document(i, version=1) for i in range(4)],
            )
            assert faults(index) == []
    with Index.open(place, encoder=encoder) as index:
        index.add(document(i, version=1) for i in range(4))
        assert [index.document(document(i).id) for i in range(4)] == [document(i, version=1) for i in range(4)]
        assert faults(index) == []


def test_a_reader_sees_the_old_text_until_the_new_one_is_shown(tmp_path, encoder, empty_qdrant, monkeypatch):
    place = empty_qdrant(tmp_path)
    with Index.open(place, encoder=encoder) as writer, Index.open(place, encoder=encoder) as reader:
        writer.add([document(1)])
        seen, show = [], qdrant_writer.Writer._show

        def watched(self, moment):
            if moment.generation == self._moment.generation:  # what is written beside a generation shows nothing new
                return show(self, moment)
            seen.append((reader.document(document(1).id), len(reader.search_lexical("enheten", 99))))
            show(self, moment)
            return seen.append((reader.document(document(1).id), len(reader.search_lexical("enheten", 99))))

        monkeypatch.setattr(qdrant_writer.Writer, "_show", watched)
        writer.add([document(1, version=1, words=5)])
    assert seen[:2] == [(document(1), 4), (document(1, version=1, words=5), 6)]


# One writer


def test_one_writer_at_a_time_and_a_silent_one_is_followed(client, encoder, monkeypatch):
    one, two = on_server(client, encoder, create=True), on_server(client, encoder)
    with one._engine.writing():
        with pytest.raises(IndexLockedError, match=f"is being written by .*:{os.getpid()}:"):
            two.add([document(1)])
        assert two.n_documents == 0
        later = SimpleNamespace(time=lambda: time.time() + 100, monotonic=lambda: time.monotonic() + 100)
        monkeypatch.setattr(lease, "time", later)
        two.add([document(2)])
        passages = split(document(3))
        one._engine.put_embeddings([text_hash(p.context) for p in passages], np.ones((len(passages), encoder.dim)))
        with two._engine.writing(), pytest.raises(IndexLockedError, match="has taken over the writing of qdrant"):
            one._engine.upsert([(document(3), passages)])
        with pytest.raises(IndexLockedError, match="has taken over the writing of qdrant"):
            one._engine.upsert([(document(3), passages)])
    assert two.document_ids() == [document(2).id]
    two.add([document(4)])
    assert one.document_ids() == [document(2).id, document(4).id]
    assert faults(two) == []


def test_a_local_index_belongs_to_one_process(tmp_path, encoder, empty_qdrant):
    place = empty_qdrant(tmp_path)
    with Index.open(place, encoder=encoder):
        script = f"from nmt_rag.index.index import Index\nIndex.open({place!r}, encoder=None)"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "IndexLockedError" in done.stderr
    assert "open in another process" in done.stderr


# Places


def test_what_is_not_there_and_what_is_already(tmp_path, encoder):
    place = f"qdrant+local:{tmp_path / 'q'}"
    with pytest.raises(IndexNotFoundError, match="make one with: nmt-rag index PATH --index qdrant"):
        Index.open(place, encoder=None)
    Index.create(place, encoder=encoder).close()
    with pytest.raises(NmtRagError, match="there is an index at"):
        Index.create(place, encoder=encoder)
    with pytest.raises(IndexMismatchError, match="was built with words/1, not with words/2"):
        Index.open(place, encoder=WordEncoder("words/2"))
    with Index.open(place, encoder=None) as index:
        with pytest.raises(IndexMismatchError, match="open it with that encoder to add"):
            index.add([document(1)])
        assert index.search_lexical("tolk", 3) == []


def test_a_server_that_does_not_answer_is_told_in_one_sentence():
    with pytest.raises(NmtRagError, match=r"the Qdrant server does not do what was asked .*see that it runs"):
        Index.open("qdrant://127.0.0.1:1/texter", encoder=None)


@pytest.mark.parametrize(
    ("place", "url", "collection"),
    [
        ("qdrant://host/texter", "http://host:6333", "texter"),
        ("qdrant://10.0.0.1:7000/a-b_c.d", "http://10.0.0.1:7000", "a-b_c.d"),
        ("qdrant://[::1]:6334/texter", "http://[::1]:6334", "texter"),
        ("qdrant+https://[fd00::2]/texter", "https://[fd00::2]:6333", "texter"),
        (
            "qdrant+https://q.example.se:443/texter?search=scalar&shards=6&replicas=2",
            "https://q.example.se:443",
            "texter",
        ),
    ],
)
def test_addresses(place, url, collection):
    address = opening.parsed(place)
    assert (address.url, address.collection, address.folder) == (url, collection, None)
    if "?" in place:
        assert address.layout == CollectionLayout(search="scalar", shards=6, replicas=2)
        assert address.text == place.partition("?")[0]


@pytest.mark.parametrize(
    "place",
    [
        *("qdrant://host", "qdrant://host/a/b", "qdrant:///a", "qdrant://me:secret@host/a", "qdrant+local:"),
        *("qdrant://host:abc/a", "qdrant://host:70000/a", "qdrant://[::1/a", "qdrant://me:secret@host/a?color=red"),
        *("qdrant://host/a?search=fast", "qdrant://host/a?shards=0", "qdrant://host/a?color=red"),
    ],
)
def test_wrong_addresses_are_refused_and_a_password_is_not_repeated(place):
    assert opening.is_address(place)
    with pytest.raises(ValueError, match="expected") as refused:
        opening.parsed(place)
    assert "secret" not in str(refused.value)


def test_paths_are_no_addresses(tmp_path):
    assert not any(map(opening.is_address, ["index", "./qdrant", tmp_path, "C:\\qdrant", "qdrant", "qdrants://x/y"]))


@pytest.mark.parametrize("search", ["hnsw", "scalar", "binary"])
def test_embeddings_searched_in_a_shorter_form_have_the_scores_of_the_long_one(tmp_path, measure, encoder, search):
    with Index.create(f"qdrant+local:{tmp_path}?search={search}", encoder=encoder) as index:
        for one in (index, measure):
            one.add(document(i) for i in range(8))
        assert_same(index, measure, encoder, filters=FILTERS[:2], questions=QUESTIONS[:1])


def test_rag_answers_verifies_and_rechecks(tmp_path, reads_once):
    """The same answers as from a folder, by the packaged encoder and reader."""
    text = "# Betänketid\n\nMigrationsverket beslutar om betänketid. Den är minst 30 dagar.\n\nKAST tar emot besök.\n"
    source = tmp_path / "sida.md"
    source.write_text(text, encoding="utf-8")
    places = [tmp_path / "folder", f"qdrant+local:{tmp_path / 'q'}"]
    answers = []
    for place in places:
        with open(place, create=True) as rag:
            rag.add(source)
            answers.append(rag.ask("Vilken myndighet beslutar om betänketid?"))
            assert all(check.ok for check in rag.verify())
            assert [v.verdict for v in rag.recheck(answers[-1])] == ["exact"] * len(answers[-1].citations)
            assert rag.verify_quote("Den är minst 30 dagar.").verdict == "exact"
            assert rag.info()["path"] == str(place)
    assert answers[0].citations == answers[1].citations
    assert answers[0].text == answers[1].text


def test_the_command_line_takes_an_address(tmp_path, capsys):
    source, place = tmp_path / "sida.md", f"qdrant+local:{tmp_path / 'q'}"
    source.write_text("# Tolk\n\nRegionen betalar tolk. Kommunen svarar för boende.\n", encoding="utf-8")
    words = ["--index", place, "--encoder", "none"]
    assert main.main(["index", str(source), *words]) == 0
    assert main.main(["search", "tolk", "-k", "1", *words]) == 0
    assert "Regionen betalar tolk." in capsys.readouterr().out
    assert main.main(["verify", "--index", place]) == 0
    with Index.open(place, encoder=None) as index:
        assert index.embeddings([1]) == {}
        before = seal(index, b"k" * 16)
    with Index.open(place, encoder=None) as index:
        assert seal(index, b"k" * 16) == before
        index.remove("sida.md")
        assert seal(index, b"k" * 16) != before
    assert main.main(["info", "--index", place]) == 0
    with pytest.raises(SystemExit):
        main.main(["search", "tolk", "--index", "qdrant://host/a/b", "--encoder", "none"])
    assert "expected an address such as" in capsys.readouterr().err


def test_a_server_follows_an_index_that_is_built_anew(client, encoder):
    on_server(client, encoder, create=True).add([document(1)])
    live = LiveRag(lambda: Rag(on_server(client, encoder), encoder))
    with live.using() as rag:
        assert rag.index.document_ids() == [document(1).id]
    server.ServerCluster(client).drop("texter-documents")
    on_server(client, encoder, create=True).add([document(2)])
    with live.using():
        pass
    if (opening := live._opening) is not None:  # it may be done already
        opening.join()
    with live.using() as rag:
        assert rag.index.document_ids() == [document(2).id]


# Parts


@pytest.fixture(params=["edge", "server"])
def points(request, tmp_path, client):
    cluster = edge.EdgeCluster(tmp_path) if request.param == "edge" else server.ServerCluster(client)
    yield cluster.create("delar", CollectionLayout(dim=2, indexed={"kind": "keyword", "n": "integer"}))
    cluster.close()


def test_conditions_choose_the_same_points_in_every_client(points):
    points.upsert(
        [Point(i, {"kind": ["a", "b"] if i % 2 else ["c"], "n": i}, np.ones(2, np.float32)) for i in range(1, 7)]
    )
    points.upsert([Point(9, {"kind": ["a"]})])
    cases = [
        (AllOf(()), {1, 2, 3, 4, 5, 6, 9}),
        (AnyOf(()), set()),
        (OneOf("kind", ("a",)), {1, 3, 5, 9}),
        (OneOf("kind", ("a", "c")), {1, 2, 3, 4, 5, 6, 9}),
        (OneOf("kind", ()), set()),
        (OneOf("n", (2, 3)), {2, 3}),
        (Between("n", least=5), {5, 6}),
        (Between("n", least=2, most=3), {2, 3}),
        (NoneOf(Between("n", most=5)), {6, 9}),
        (AnyOf((HasId((1, 77)), AllOf((OneOf("kind", ("c",)), NoneOf(HasId((4,))))))), {1, 2, 6}),
        (HasId(()), set()),
    ]
    for condition, wanted in cases:
        found, after = points.scroll(condition, limit=100, fields=["n"])
        assert ({point.id for point in found}, after) == (wanted, None)
        assert points.count(condition) == len(wanted)
        assert {i for i, _ in points.nearest(np.ones(2, np.float32), 10, where=condition)} == wanted - {9}
    first, after = points.scroll(AllOf(()), limit=4)
    rest, end = points.scroll(AllOf(()), limit=4, after=after)
    assert ([p.id for p in [*first, *rest]], end) == ([1, 2, 3, 4, 5, 6, 9], None)


def test_points_are_changed_in_place(points):
    points.upsert([Point(1, {"n": 1, "kind": "x"}, np.array([1, 0], np.float32), Sparse([3, 7], [1.0, 0.5]))])
    points.upsert([Point(1, {"n": 2})], only=OneOf("n", (5,)))
    assert points.retrieve([1, 2])[1].payload == {"n": 1, "kind": "x"}
    points.set_fields(HasId((1,)), {"m": 3})
    points.unset_fields(OneOf("kind", ("x",)), ["kind"])
    points.put_words({1: Sparse([5], [9.0])}, only=OneOf("n", (5,)))
    points.put_words({1: Sparse([4], [2.0])}, only=OneOf("n", (2, 1)))
    kept = points.retrieve([1], vectors=["embedding", "words"])[1]
    assert kept.payload == {"n": 1, "m": 3}
    assert kept.embedding.tolist() == [1.0, 0.0]
    assert kept.words == Sparse([4], [2.0])
    assert points.nearest(Sparse([4, 9], [0.5, 1.0]), 5, where=AllOf(())) == [(1, 1.0)]
    points.upsert([Point(1, {"n": 2})], only=OneOf("n", (1,)))
    assert points.retrieve([1])[1].payload == {"n": 2}
    points.upsert([Point(1, {"n": 3}), Point(2, {"n": 4})], only=HasId(()))
    assert {key: point.payload["n"] for key, point in points.retrieve([1, 2]).items()} == {1: 2, 2: 4}
    points.delete(OneOf("n", (2,)))
    assert points.retrieve([1]) == {}


def test_lengths_are_rounded_as_lucene_rounds_them():
    assert [
        bm25.rounded_length(n) for n in [0, 1, 39, 40, 41, 42, 55, 56, 57, 60, 87, 88, 95, 96, 151, 152, 167, 168]
    ] == [*[0, 1, 39, 40, 40, 42, 54, 56, 56, 60, 84, 88, 88, 96, 144, 152, 152, 168]]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from("abcd"), max_size=90), min_size=1, max_size=6), st.lists(st.sampled_from("abcde"))
)
def test_the_product_of_the_vectors_is_tantivys_score(texts, question):
    numbers = {token: place for place, token in enumerate("abcd", 1)}
    totals = bm25.Totals(len(texts), 0, (sum(map(len, texts)), 0, 0, 0))
    known = {t: bm25.TokenCounts(numbers[t], (sum(t in text for text in texts), 0, 0, 0)) for t in "abcd"}
    asked = bm25.query(question, known, totals, {"text": 2.0}, lesser={"b"})
    found = {}
    for number, text in enumerate(texts, 1):
        made = bm25.weights({"text": text}, numbers, totals.averages())
        product = sum(w * v for i, w in zip(*asked, strict=True) for j, v in zip(*made, strict=True) if i == j)
        if product:
            found[number] = product
    hits = built([entry(number, text) for number, text in enumerate(texts, 1)]).search(
        question, 99, boosts={"text": 2.0}, lesser={"b"}
    )
    assert found == pytest.approx(dict(hits), rel=1e-5, abs=2e-4)


def test_words_of_the_index_hold_no_word_that_no_passage_has(tmp_path, encoder, empty_qdrant):
    """A stem whose last passage is gone counts as unknown again: its n-grams then count more."""
    with (
        Index.open(empty_qdrant(tmp_path), encoder=encoder) as index,
        Index.in_memory(encoder=encoder) as measure,
    ):
        for one in (index, measure):
            one.add([document(1), replace(document(2), text=f"Polisstationen {WORDS[3]}.\n")])
            one.add([replace(document(3), text="Polisstationer har öppet.\n")])
            one.remove(document(2).id)
        found, wanted = (one.search_lexical("polisstationen", 5) for one in (index, measure))
        assert [s for _, s in found] == pytest.approx([s for _, s in wanted], abs=1e-4)
