"""Dense search against numpy's brute force, with filters, deletes, ties and arguments that cannot be right."""

import io
import tempfile
import threading
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.index.engines.dense.search import Dense

DIM = 4


def unit(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def brute_force(held, query, k, allowed=None):
    """Score every embedding with numpy; best first, ties by id."""
    scored = [(i, round(float(row @ query), 5)) for i, row in held.items() if allowed is None or i in allowed]
    return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:k]


def mapped(dense):
    """What is written of some embeddings, mapped from a file that has no name any more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "åäö.faiss")
        with open(path, "wb") as file:
            dense.write(file)
        return Dense.map(path)


# Few directions, so that equal scores are common: a corner of the cube {-1, 0, 1}^4 that is not the origin.
corners = st.lists(st.sampled_from([-1, 0, 1]), min_size=DIM, max_size=DIM).filter(any).map(unit)


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(1, 60), corners, max_size=40),
    st.sets(st.integers(1, 60)),
    st.none() | st.sets(st.integers(1, 60)),
    corners,
    st.integers(1, 50),
    st.integers(0, 40),
)
def test_search_equals_brute_force(held, removed, allowed, query, k, n_of_file):
    """Whether all of them came one by one, or the first of them lie in a file that is mapped."""
    ids = np.array(list(held), dtype=np.int64)
    rows = np.array(list(held.values()), dtype=np.float32).reshape(len(held), DIM)
    dense = Dense.empty(DIM)
    dense.add(ids[:n_of_file], rows[:n_of_file])
    if n_of_file:
        dense = mapped(dense)
    dense.add(ids[n_of_file:], rows[n_of_file:])
    dense.remove(np.array(sorted(removed), dtype=np.int64))
    left = {i: row for i, row in held.items() if i not in removed}

    wanted = None if allowed is None else np.array(sorted(allowed), dtype=np.int64)
    hits = dense.search(query, k, allowed=wanted)

    expected = brute_force(left, query, k, allowed)
    assert [(i, round(score, 5)) for i, score in hits] == expected
    assert dense.ids().tolist() == [i for i in held if i in left]
    assert len(dense) == len(left)
    again = mapped(dense)
    assert again.ids().tolist() == dense.ids().tolist()
    for one in (dense, again):
        assert one.embeddings(one.ids()).tolist() == [left[i].tolist() for i in one.ids()]


def test_equal_embeddings_come_in_order_of_id_even_where_k_cuts_through_them():
    rows = unit([[1, 2, 3, 4]] * 100 + [[1, 0, 0, 0]])
    dense = Dense.empty(DIM)
    order = np.random.default_rng(0).permutation(101)
    dense.add(order.astype(np.int64), rows[order])
    assert [i for i, _ in dense.search(rows[0], 3)] == [0, 1, 2]
    assert [i for i, _ in dense.search(rows[100], 3)] == [100, 0, 1]


def test_file_keeps_every_bit_and_searches_the_same(tmp_path):
    rng = np.random.default_rng(1)
    rows = unit(rng.standard_normal((50, DIM)))
    dense = Dense.empty(DIM)
    dense.add(np.arange(7, 57), rows)
    dense.remove(np.array([9, 10]))
    path = tmp_path / "åäö 😀.faiss"
    with open(path, "wb") as file:
        dense.write(file)
    with open(path, "rb") as file:
        loaded = Dense.read(file)
    assert mapped(dense).search(rows[3], 9) == dense.search(rows[3], 9)
    assert loaded.ids().tolist() == dense.ids().tolist()
    assert np.array_equal(loaded.embeddings(np.array([7, 56])), rows[[0, 49]])
    assert loaded.search(rows[3], 9) == dense.search(rows[3], 9)
    loaded.add(np.array([99]), rows[:1])  # the map of ids was read too
    assert loaded.embeddings(np.array([99])).tolist() == rows[:1].tolist()


def test_a_search_uses_one_thread_and_leaves_the_number_of_threads_as_it_was():
    rows = unit(np.random.default_rng(3).standard_normal((3_000, 64)))
    dense = Dense.empty(64)
    dense.add(np.arange(3_000), rows)
    before = faiss.omp_get_max_threads()
    results, seen, inside = [], [], threading.Event()

    def watch():
        inside.wait(10)
        seen.append(faiss.omp_get_max_threads())

    watcher = threading.Thread(target=watch)
    watcher.start()
    index, used = dense._faiss, []

    class Spy:
        def __getattr__(self, name):
            return getattr(index, name)

        def search(self, *arguments, **options):
            used.append(faiss.omp_get_max_threads())
            inside.set()
            watcher.join()
            return index.search(*arguments, **options)

    try:
        for threads in (1, 2, 5):
            faiss.omp_set_num_threads(threads)
            dense._faiss = Spy()
            results.append(dense.search(rows[7], 50))
            assert faiss.omp_get_max_threads() == threads
            with pytest.raises(ValueError, match="NaN"):
                dense.search(rows[0] * np.nan, 1)
            assert faiss.omp_get_max_threads() == threads
    finally:
        faiss.omp_set_num_threads(before)
    assert used == [1, 1, 1]
    assert seen == [faiss.omp_get_max_threads()]  # another thread keeps its own number, also meanwhile
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("data", [b"", b"noise" * 100, bytes(1000)])
def test_read_refuses_what_is_no_faiss_file(data):
    with pytest.raises(ValueError, match="FAISS"):
        Dense.read(io.BytesIO(data))


def test_an_empty_index_or_filter_finds_nothing():
    dense = Dense.empty(DIM)
    query = unit([1, 0, 0, 0])
    assert dense.search(query, 5) == []
    dense.add(np.array([1]), query[np.newaxis])
    assert dense.search(query, 5, allowed=np.array([], dtype=np.int64)) == []
    assert dense.search(query, 5, allowed=np.array([2])) == []
    assert dense.embeddings(np.array([], dtype=np.int64)).shape == (0, DIM)


def test_wrong_arguments_name_what_was_expected():
    dense = Dense.empty(DIM)
    query = unit([1, 0, 0, 0])
    dense.add(np.array([1]), query[np.newaxis])
    with pytest.raises(ValueError, match=r"\(4,\), got \(3,\)"):
        dense.search(query[:3], 1)
    with pytest.raises(ValueError, match="NaN"):
        dense.search(query * np.nan, 1)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        dense.search(query, 0)
    with pytest.raises(ValueError, match=r"\(2, 4\), got \(1, 4\)"):
        dense.add(np.array([2, 3]), query[np.newaxis])
