"""LangChain's indexing API over our record manager: cleanup modes against its own, clocks, and what verify sees."""

import json
import sqlite3
import subprocess
import sys
import time

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import InMemoryRecordManager, aindex, index
from langchain_core.vectorstores import InMemoryVectorStore

from nmt_rag.index.index import DATABASE
from nmt_rag.interfaces.terminal import main
from nmt_rag.langchain.vectorstore import FaissVectorStore

EMBEDDING = DeterministicFakeEmbedding(size=6)


def documents(*pairs):
    """Documents given as «source:text»."""
    return [Document(page_content=pair.split(":")[1], metadata={"source": pair.split(":")[0]}) for pair in pairs]


@pytest.fixture(params=["in memory", "in a folder"])
def store(request, tmp_path):
    with FaissVectorStore(EMBEDDING, tmp_path / "i" if request.param == "in a folder" else None) as store:
        yield store


def held(store):
    return sorted(
        f"{one.metadata['source']}:{one.page_content}" for one in store.get_by_ids(store.index.document_ids())
    )


def faults(store):
    return [f"{check.name}: {check.message}" for check in store.verify() if not check.ok]


RUNS = [
    ["a:1", "a:2", "b:1", "c:1"],
    ["a:1", "a:3", "b:1", "a:1"],
    ["a:3"],
    [],
    ["b:2", "c:1", "c:2", "d:1"],
    ["a:1", "a:2", "b:1", "c:1"],
]


@pytest.mark.parametrize("cleanup", [None, "incremental", "full", "scoped_full"])
@pytest.mark.parametrize("batch_size", [1, 100])
def test_every_cleanup_mode_does_what_langchains_own_parts_do(store, cleanup, batch_size):
    oracle, oracle_records = InMemoryVectorStore(EMBEDDING), InMemoryRecordManager("n")
    arguments = {"cleanup": cleanup, "batch_size": batch_size, "source_id_key": "source", "key_encoder": "sha256"}
    for run in RUNS:
        time.sleep(0.001)  # LangChain's own record manager must see time pass
        wanted = index(documents(*run), oracle_records, oracle, **arguments)
        assert index(documents(*run), store.record_manager("n"), store, **arguments) == wanted
        texts = [f"{row['metadata']['source']}:{row['text']}" for row in oracle.store.values()]
        assert held(store) == sorted(texts)
        assert faults(store) == []
    assert [check.name for check in store.verify()][-1] == "records"


async def test_the_same_without_blocking(store):
    manager = store.record_manager()
    await manager.acreate_schema()
    arguments = {"cleanup": "full", "source_id_key": "source", "key_encoder": "sha256"}
    done = await aindex(documents("a:1", "b:1"), manager, store, **arguments)
    assert done == {"num_added": 2, "num_updated": 0, "num_skipped": 0, "num_deleted": 0}
    done = await aindex(documents("a:1", "b:2"), manager, store, **arguments)
    assert done == {"num_added": 1, "num_updated": 0, "num_skipped": 1, "num_deleted": 1}
    assert held(store) == ["a:1", "b:2"]


def test_records_are_kept_by_namespace_time_and_group(store, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("nmt_rag.index.storage.records.time.time", lambda: clock[0])
    manager, other = store.record_manager("a"), store.record_manager("b")
    manager.create_schema()
    manager.update(["1", "2", "3"], group_ids=["x", "y", None])
    other.update(["1", "9"])
    clock[0] = 2000.0
    manager.update(["2", "4"], group_ids=["x", "y"])
    assert manager.exists(["4", "9", "1", "1"]) == [True, False, True, True]
    assert other.exists(["9", "4"]) == [True, False]
    assert manager.list_keys() == ["1", "3", "2", "4"]
    assert manager.list_keys(before=2000.0) == ["1", "3"]
    assert manager.list_keys(after=1000.0) == ["2", "4"]
    assert manager.list_keys(after=1000.0, before=2000.0) == []
    assert manager.list_keys(group_ids=["x"]) == ["1", "2"]
    assert manager.list_keys(group_ids=["x", "y"], limit=2) == ["1", "2"]
    assert manager.list_keys(group_ids=[]) == []
    manager.delete_keys(["1", "finns inte"])
    assert manager.list_keys() == ["3", "2", "4"]
    assert other.list_keys() == ["1", "9"]
    with pytest.raises(ValueError, match="2 keys and 1 group ids"):
        manager.update(["1", "2"], group_ids=["x"])


def test_many_keys_are_asked_for_at_once(store):
    manager, keys = store.record_manager(), [str(n) for n in range(1_234)]
    manager.update(keys[::2])
    assert manager.exists(keys) == [n % 2 == 0 for n in range(1_234)]


@pytest.mark.parametrize("back", [0.0, 5_000.0])
def test_a_clock_that_is_set_back_loses_no_text(store, monkeypatch, back):
    clock = [1e9]
    monkeypatch.setattr("nmt_rag.index.storage.records.time.time", lambda: clock[0])
    manager = store.record_manager()
    arguments = {"cleanup": "full", "source_id_key": "source", "key_encoder": "sha256"}
    index(documents("a:1", "a:2"), manager, store, **arguments)
    clock[0] -= back
    assert index(documents("a:2", "a:3"), manager, store, **arguments)["num_deleted"] == 1
    assert held(store) == ["a:2", "a:3"]

    def set_back():  # in the middle of a run
        yield from documents("a:2")
        clock[0] -= back
        yield from documents("a:4")

    index(set_back(), manager, store, batch_size=1, **arguments)
    assert held(store) == ["a:2", "a:4"]


def test_verify_notices_where_records_and_texts_disagree(store):
    arguments = {"cleanup": "full", "source_id_key": "source", "key_encoder": "sha256"}
    index(documents("a:1", "a:2", "b:1"), store.record_manager(), store, **arguments)
    assert faults(store) == []
    gone = store.index.document_ids()[1]
    store.delete([gone])
    (fault,) = faults(store)
    assert fault.startswith(
        f"records: 1 records without a text ({gone!r}); index the texts again with force_update=True"
    )
    # Without force_update the text would be skipped: its record says that it is there.
    assert index(documents("a:1", "a:2", "b:1"), store.record_manager(), store, **arguments)["num_skipped"] == 3
    assert held(store) == ["a:1", "b:1"]
    index(documents("a:1", "a:2", "b:1"), store.record_manager(), store, force_update=True, **arguments)
    assert faults(store) == []
    assert held(store) == ["a:1", "a:2", "b:1"]
    store.add_texts(["förbi", "förbi 2"], [{"source": "x"}] * 2, ids=["x", "y"])
    (fault,) = faults(store)
    assert fault.startswith("records: 2 texts without a record ('x', …); ")
    store.delete(["x", "y", gone])
    (fault,) = faults(store)
    assert fault.startswith(f"records: 1 records without a text ({gone!r}); ")


def test_a_store_without_records_has_none_to_check(store):
    store.add_texts(["a"])
    assert "records" not in [check.name for check in store.verify()]
    store.record_manager()
    assert faults(store) == []


def test_records_lie_in_the_same_file_and_the_command_line_sees_them(tmp_path, capsys):
    with FaissVectorStore(EMBEDDING, tmp_path / "i") as store:
        index(documents("a:1"), store.record_manager(), store, key_encoder="sha256")

    def verified():
        status = main.main(["verify", "--index", str(tmp_path / "i"), "--json"])
        rows = {row["name"]: row["ok"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
        return status, rows["records"], all(ok for name, ok in rows.items() if name != "records")

    assert verified() == (0, True, True)
    connection = sqlite3.connect(tmp_path / "i" / DATABASE)
    with connection:
        connection.execute("INSERT INTO records VALUES ('default', 'borta', NULL, 1.0)")
    connection.close()
    assert verified() == (1, False, True)


def test_a_kill_between_the_store_and_the_records_is_noticed(tmp_path):
    code = (
        "import os, sys; from langchain_core.documents import Document;"
        "from langchain_core.embeddings import DeterministicFakeEmbedding; from langchain_core.indexing import index;"
        "from nmt_rag.langchain.vectorstore import FaissVectorStore;"
        "store = FaissVectorStore(DeterministicFakeEmbedding(size=6), sys.argv[1]); manager = store.record_manager();"
        "run = lambda *texts: index([Document(page_content=text) for text in texts], manager, store, cleanup='full',"
        " key_encoder='sha256'); run('a', 'b');"
        "manager.delete_keys = lambda keys: os._exit(9); run('a')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "i")], capture_output=True, timeout=120)
    assert done.returncode == 9, done.stderr
    with FaissVectorStore(EMBEDDING, tmp_path / "i") as store:
        (fault,) = faults(store)
        assert "1 records without a text" in fault
