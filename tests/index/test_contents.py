"""What is kept of documents: for one generation, of the documents used last, and no more than was allowed."""

import threading

from nmt_rag.index.contents import Memory


def test_what_was_kept_is_recalled_in_its_generation_only():
    memory = Memory(100)
    assert memory.recall(1, "a") is None
    memory.keep(1, "a", "A", 10)
    assert memory.recall(1, "a") == "A"
    assert memory.recall(2, "a") is None
    memory.keep(2, "b", "B", 10)  # the first of a new generation: the older ones go
    assert (memory.recall(2, "a"), memory.recall(2, "b"), memory.recall(1, "a")) == (None, "B", None)
    memory.keep(1, "c", "C", 10)  # begun before the commit, done after it
    assert memory.recall(2, "c") is memory.recall(1, "c") is None
    assert memory.recall(2, "b") == "B"


def test_what_was_not_used_for_longest_goes_first():
    memory = Memory(100)
    for key in "abc":
        memory.keep(1, key, key.upper(), 30)
    assert memory.recall(1, "a") == "A"
    memory.keep(1, "d", "D", 40)  # 130 characters: b and c were used before a
    assert [memory.recall(1, key) for key in "abcd"] == ["A", None, "C", "D"]
    memory.keep(1, "large", "L", 101)
    assert [memory.recall(1, key) for key in ("large", "a", "c", "d")] == [None, "A", "C", "D"]


def test_the_same_key_again_counts_once():
    memory = Memory(100)
    for _ in range(9):
        memory.keep(1, "a", "A", 60)
    memory.keep(1, "b", "B", 40)
    assert (memory.recall(1, "a"), memory.recall(1, "b")) == ("A", "B")


def test_many_threads_keep_the_count_right():
    memory = Memory(50)
    wrong = []

    def work(seed):
        for step in range(2_000):
            key = (seed * 7 + step * 13) % 20
            if memory.recall(1, key) not in (None, key + 1):
                wrong.append(key)
            memory.keep(1, key, key + 1, 5)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sum(memory.recall(1, key) is not None for key in range(20)) == 10  # 50 characters, 5 each
