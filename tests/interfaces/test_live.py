"""An index that stays open: another one that is put in its place is taken, and no call is interrupted."""

import shutil
import threading
import time

import pytest

import nmt_rag
from nmt_rag.errors import NmtRagError
from nmt_rag.index import Index
from nmt_rag.interfaces.live import LiveRag, open_live
from nmt_rag.types import Document


def make(path, text):
    with nmt_rag.open(path, encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text=text))
    return path


def swap(new, old):
    """Put one folder in the place of another."""
    old.rename(old.with_name("gammalt"))
    new.rename(old)


def text(live):
    with live.using() as rag:
        return rag.document("a").text


def wait_for(live, wanted):
    deadline = time.monotonic() + 120
    while text(live) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_added_is_seen_at_once(tmp_path):
    live = open_live(make(tmp_path / "i", "Ett."))
    with nmt_rag.open(tmp_path / "i", encoder=None) as writer:
        writer.add(Document(id="a", title="A", text="Två."))
    assert text(live) == "Två."
    live.close()


def test_an_index_that_is_moved_in_is_taken_and_the_old_one_closed_after_its_last_call(tmp_path):
    live = open_live(make(tmp_path / "i", "Ett."), encoder="default")
    with live.using() as old:
        swap(make(tmp_path / "nytt", "Två."), tmp_path / "i")
        wait_for(live, "Två.")
        shutil.rmtree(tmp_path / "gammalt")
        assert old.document("a").text == "Ett."
    with pytest.raises(NmtRagError, match="is closed"):
        old.document("a")
    assert text(live) == "Två."
    live.close()
    with pytest.raises(NmtRagError, match="is closed"):
        text(live)


def test_one_that_cannot_be_opened_is_told_once_and_not_taken(tmp_path, caplog):
    live = open_live(make(tmp_path / "i", "Ett."))
    broken = make(tmp_path / "nytt", "Två.")
    (broken / "index.sqlite").write_bytes(b"inget index")
    swap(broken, tmp_path / "i")
    deadline = time.monotonic() + 120
    while not caplog.records:
        assert text(live) == "Ett."
        assert time.monotonic() < deadline
    for _ in range(3):
        assert text(live) == "Ett."
    assert len(caplog.records) == 1
    assert "the one before stays in use" in caplog.text
    (tmp_path / "i").rename(tmp_path / "trasigt")
    assert text(live) == "Ett."  # nothing there at all
    make(tmp_path / "i", "Tre.")
    wait_for(live, "Tre.")
    live.close()


def test_what_nobody_foresaw_does_not_end_the_following(tmp_path, caplog):
    make(tmp_path / "i", "Ett.")
    failing = [False]

    def opener():
        if failing[0]:
            raise RuntimeError("a session that cannot be made")
        return nmt_rag.open(tmp_path / "i", encoder=None)

    live = LiveRag(opener)
    failing[0] = True
    swap(make(tmp_path / "nytt", "Två."), tmp_path / "i")
    deadline = time.monotonic() + 120
    while "a session that cannot be made" not in caplog.text:
        assert text(live) == "Ett."
        assert time.monotonic() < deadline
    failing[0] = False
    shutil.rmtree(tmp_path / "gammalt")
    swap(make(tmp_path / "nytt", "Tre."), tmp_path / "i")
    wait_for(live, "Tre.")
    live.close()


def test_calls_do_not_wait_for_each_other_while_a_server_tells_which_index_it_holds(tmp_path, monkeypatch):
    live = open_live(make(tmp_path / "i", "Ett."))
    both = threading.Barrier(2, timeout=60)
    identity = Index.identity

    def slow(index):
        both.wait()  # passes only where both calls ask at the same time
        return identity(index)

    monkeypatch.setattr(Index, "identity", slow)
    errors = []

    def ask():
        try:
            assert text(live) == "Ett."
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    live.close()
    assert errors == []


def test_many_threads_ask_while_indexes_come_and_go(tmp_path):
    live = open_live(make(tmp_path / "i", "Skydd 0."))
    stop, seen, errors = threading.Event(), set(), []

    def ask():
        try:
            while not stop.is_set():
                with live.using() as rag:
                    found = rag.search("skydd")
                    assert [hit.document_id for hit in found] == ["a"]
                    seen.add(found[0].passage.text)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 4):
        swap(make(tmp_path / "nytt", f"Skydd {number}."), tmp_path / "i")
        shutil.rmtree(tmp_path / "gammalt")
        wait_for(live, f"Skydd {number}.")
    deadline = time.monotonic() + 120
    while "Skydd 3." not in seen and not errors:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    live.close()
    assert errors == []
