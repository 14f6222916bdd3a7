"""Lists that choose what a large index compares: against numpy's brute force, and an index in memory that has none."""

import hashlib
import os
import re
from functools import cache

import numpy as np
import pytest

from nmt_rag.index.engines.dense import file as dense_file
from nmt_rag.index.engines.dense import lists as dense_lists
from nmt_rag.index.engines.dense.lists import DenseLists
from nmt_rag.index.engines.dense.search import Dense
from nmt_rag.index.index import Index
from nmt_rag.index.storage.files import read_stamp
from nmt_rag.types import Document, Passage

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is mapped on Windows")

DIM, N = 32, 5_000
CENTRES = np.random.default_rng(5).standard_normal((50, DIM))
FILTERS = [None, {"del": "stor"}, {"del": "liten"}, {"document_id": "d/7"}]


def clustered(rng, n):
    """Unit embeddings around fifty directions."""
    rows = CENTRES[rng.integers(0, len(CENTRES), n)] + 0.6 * rng.standard_normal((n, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class ClusteredEncoder:
    """Draws a clustered embedding for each text, always the same for equal texts."""

    dim, fingerprint = DIM, "clustered/1"

    def encode_query(self, query):
        return self.encode_passages([query])[0]

    def encode_passages(self, passages):
        rows = [drawn(text) for text in passages]
        return np.concatenate(rows) if rows else np.empty((0, DIM), np.float32)


@cache
def drawn(text):
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
    return clustered(np.random.default_rng(seed), 1)


def document(number, version=0):
    lines = "\n\n".join(f"Mening {i} i text {number} av utgåva {version}." for i in range(20))
    return Document(f"d/{number}", f"Text {number}", lines, metadata={"del": "liten" if number % 10 == 0 else "stor"})


def passages_of(document):
    """A passage for each line."""
    found = re.finditer(r"\S.*", document.text)
    places = [(one.start(), one.end(), one.group()) for one in found]
    return [Passage(document.id, n, start, end, text, context=text) for n, (start, end, text) in enumerate(places)]


@pytest.fixture
def encoder():
    return ClusteredEncoder()


@pytest.fixture
def chosen(monkeypatch):
    """Let a fifth of the lists be looked through, and note how many candidates each search got."""
    monkeypatch.setattr(dense_lists, "N_PROBED", 25)
    monkeypatch.setattr(dense_file, "LISTS_FROM", 400)
    monkeypatch.setattr(dense_file, "DENSE_LAG", 0)
    noted, candidates = [], DenseLists.candidates

    def noting(self, query, n, selector):
        ids = candidates(self, query, n, selector)
        noted.append(len(ids))
        return ids

    monkeypatch.setattr(DenseLists, "candidates", noting)
    return noted


def recall(found, exact):
    """The share of the exact hits that were found; what was found has its exact score."""
    scores = dict(exact)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(scores.get(i, exact[-1][1]) == pytest.approx(score, abs=1e-5) or i not in scores for i, score in found)
    return len({i for i, _ in found} & set(scores)) / len(exact)


def test_candidates_are_scored_exactly_and_hold_nearly_all_of_the_best(tmp_path, chosen):
    rng = np.random.default_rng(0)
    rows, ids = clustered(rng, N + 100), rng.permutation(N + 100) + 7
    dense = Dense.empty(DIM)
    dense.add(ids[:N], rows[:N])
    with open(tmp_path / "åäö.faiss", "wb") as file:
        dense.write(file)
    with open(tmp_path / "åäö.lists", "wb") as file:
        DenseLists.build(dense.ids(), dense.embeddings).write(file)
    dense = Dense.map(tmp_path / "åäö.faiss", DenseLists.map(tmp_path / "åäö.lists"))
    dense.add(ids[N:], rows[N:])
    gone = ids[::9]
    dense.remove(gone)
    left = ~np.isin(ids, gone)
    broad, narrow = np.sort(ids[ids % 2 == 0]), np.sort(ids[ids % 5 == 0])
    for allowed, at_least in ((None, 0.98), (broad, 0.98), (narrow, 1.0)):
        chosen.clear()
        held = left if allowed is None else left & np.isin(ids, allowed)
        shares = []
        for query in clustered(rng, 100):
            scored = zip(ids[held].tolist(), (rows[held] @ query).tolist(), strict=True)
            exact = sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:10]
            shares.append(recall(dense.search(query, 10, allowed=allowed), exact))
        assert np.mean(shares) >= at_least
        assert chosen == ([] if allowed is narrow else [120] * 100)
    chosen.clear()
    every = dense.search(rows[0], 10_000)
    assert (chosen, len(every)) == ([], left.sum())


def test_equal_embeddings_still_come_in_order_of_id(tmp_path, chosen):
    rng = np.random.default_rng(1)
    rows = clustered(rng, N)
    rows[1_000:3_000] = rows[0]
    dense = Dense.empty(DIM)
    dense.add(np.arange(N), rows)
    with open(tmp_path / "all", "wb") as file:
        dense.write(file)
    with open(tmp_path / "lists", "wb") as file:
        DenseLists.build(dense.ids(), dense.embeddings).write(file)
    hits = Dense.map(tmp_path / "all", DenseLists.map(tmp_path / "lists")).search(rows[0], 10)
    assert [i for i, _ in hits] == [0, *range(1_000, 1_009)]
    assert chosen == [120]


def test_lists_of_other_passages_or_embeddings_are_told_and_never_give_what_is_not_there(tmp_path, chosen):
    rows, ids = clustered(np.random.default_rng(2), N), np.arange(N) + 3
    dense = Dense.empty(DIM)
    dense.add(ids, rows)
    with open(tmp_path / "all", "wb") as file:
        dense.write(file)

    def mapped(some, embeddings):
        built = DenseLists.build(some, lambda wanted: embeddings[np.searchsorted(some, wanted)])
        with open(tmp_path / "lists", "wb") as file:
            built.write(file)
        return Dense.map(tmp_path / "all", DenseLists.map(tmp_path / "lists"))

    assert mapped(ids, rows).lists_fault() == ""
    for some, embeddings in ((ids[1:], rows[1:]), (ids + 1_000_000, rows)):
        assert mapped(some, embeddings).lists_fault() == "the lists of FAISS hold other passages than its file"
    assert mapped(ids, rows[::-1].copy()).lists_fault() == "the lists of FAISS hold other embeddings than its file"
    exact = dense.search(rows[7], 5)
    assert mapped(ids + 1_000_000, rows).search(rows[7], 5) == exact


def test_a_file_that_holds_no_lists_is_refused(tmp_path):
    for data in (b"", b"noise" * 100):
        (tmp_path / "lists").write_bytes(data)
        with pytest.raises(ValueError, match="FAISS"):
            DenseLists.map(tmp_path / "lists")
    dense = Dense.empty(DIM)
    with open(tmp_path / "flat", "wb") as file:
        dense.write(file)
    with pytest.raises(ValueError, match="expected an IndexIVFScalarQuantizer"):
        DenseLists.map(tmp_path / "flat")


def assert_finds_the_same(index, measure, encoder):
    assert index.document_ids() == measure.document_ids()
    for where in FILTERS:
        shares = []
        for number in range(10):
            query = encoder.encode_query(f"fråga {number}")
            hits, exact = ([*one.search_dense(query, 10, where=where)] for one in (index, measure))
            hits, exact = (
                [(one.places([i])[i], score) for i, score in found] for one, found in ((index, hits), (measure, exact))
            )
            assert len(hits) == len(exact)
            shares.append(recall(hits, exact))
        assert np.mean(shares) >= (0.98 if where in FILTERS[:2] else 1.0)
    assert [check for check in index.verify() if not check.ok] == []


def test_an_index_with_lists_is_added_to_replaced_removed_from_and_opened_again(tmp_path, encoder, chosen, monkeypatch):
    monkeypatch.setattr(dense_lists, "N_PROBED", 10)
    with Index.in_memory(encoder=encoder) as measure, Index.create(tmp_path / "index", encoder=encoder) as index:
        for one in (index, measure):
            one.add((document(i) for i in range(100)), split=passages_of)
        assert index.n_passages == 2_000
        assert_finds_the_same(index, measure, encoder)
        assert 120 in chosen
        for one in (index, measure):
            one.add((document(i, version=1) for i in range(0, 100, 7)), split=passages_of)
            one.remove_all([f"d/{i}" for i in range(5, 100, 11)])
        assert_finds_the_same(index, measure, encoder)
        with Index.open(tmp_path / "index", encoder=encoder) as again:
            for one in (again, index, measure):  # the first of them writes, the second sees it
                if one is not index:
                    one.add([document(1_000)], split=passages_of)
                    one.remove("d/3")
            assert_finds_the_same(again, measure, encoder)
        chosen.clear()
        assert_finds_the_same(index, measure, encoder)
        assert 120 in chosen
        for one in (index, measure):
            one.remove_all([f"d/{i}" for i in range(15, 100)])
        assert not (tmp_path / "index" / dense_file.LISTS_FILE).exists()
        assert_finds_the_same(index, measure, encoder)


@pytest.mark.parametrize("n_written", [0, 1, 2])
def test_a_kill_while_the_files_are_written_loses_nothing(tmp_path, encoder, chosen, monkeypatch, n_written):
    """After none, the first or both of the files were replaced, before the stamp was."""
    folder, replacing, writes = tmp_path / "index", dense_file.replacing, []

    class Killed(BaseException):
        pass

    def killed(path):
        if len(writes) == n_written:
            raise Killed
        writes.append(path.name)
        return replacing(path)

    def no_stamp(*_):
        raise Killed

    with Index.in_memory(encoder=encoder) as measure, Index.create(folder, encoder=encoder) as index:
        for one in (index, measure):
            one.add((document(i) for i in range(25)), split=passages_of)
        assert set(read_stamp(folder / "dense.json").files) == {"dense.faiss", "dense-lists.faiss"}
        with monkeypatch.context() as patched:
            patched.setattr(dense_file, "replacing", killed)
            patched.setattr(dense_file, "write_stamp", no_stamp)
            with pytest.raises(Killed):
                index.add((document(i) for i in range(25, 40)), split=passages_of)
        measure.add((document(i) for i in range(25, 40)), split=passages_of)
        with Index.open(folder, encoder=encoder) as again:
            assert_finds_the_same(again, measure, encoder)
            again.add([document(40)], split=passages_of)
            measure.add([document(40)], split=passages_of)
            assert_finds_the_same(again, measure, encoder)
        assert set(read_stamp(folder / "dense.json").files) == {"dense.faiss", "dense-lists.faiss"}


def test_damaged_or_missing_lists_are_built_again(tmp_path, encoder, chosen):
    folder = tmp_path / "index"
    with Index.in_memory(encoder=encoder) as measure:
        with Index.create(folder, encoder=encoder) as index:
            for one in (index, measure):
                one.add((document(i) for i in range(25)), split=passages_of)
        path = folder / dense_file.LISTS_FILE
        whole = path.read_bytes()
        for damage in (lambda: path.write_bytes(whole[:-9] + bytes(9)), path.unlink):
            damage()
            chosen.clear()
            with Index.open(folder, encoder=encoder) as index:
                assert_finds_the_same(index, measure, encoder)
                assert chosen == []
                for one in (index, measure):
                    one.add([document(99)], split=passages_of)
                    one.remove("d/99")
                assert_finds_the_same(index, measure, encoder)
            assert path.is_file()


def test_an_index_without_lists_gets_them_when_it_is_next_written(tmp_path, encoder, chosen, monkeypatch):
    folder = tmp_path / "index"
    with monkeypatch.context() as patched:
        patched.setattr(dense_file, "LISTS_FROM", 10_000)
        with Index.create(folder, encoder=encoder) as index:
            index.add((document(i) for i in range(25)), split=passages_of)
    assert not (folder / dense_file.LISTS_FILE).exists()
    monkeypatch.setattr(dense_file, "DENSE_LAG", 1_000)
    with Index.open(folder, encoder=encoder) as index:
        index.add([document(25)], split=passages_of)
    assert (folder / dense_file.LISTS_FILE).is_file()
