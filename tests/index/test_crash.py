"""What an index survives: kill -9, damaged files, a read-only folder, a full disk.

Set NMT_RAG_KILLS=100 for the long run of `test_kill_at_any_moment_loses_nothing_that_was_reported`, and for every
file with every damage in `test_every_derived_file_is_replaced_when_it_is_damaged`.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nmt_rag.errors import IndexDamagedError, NmtRagError
from nmt_rag.index import adding
from nmt_rag.index.engines import lexical_folder
from nmt_rag.index.index import DATABASE, Index
from nmt_rag.index.storage import files
from nmt_rag.index.storage.files import read_stamp
from tests.index_samples import WORDS, WordEncoder, document
from tests.mounts import mounted

N_KILLS = int(os.environ.get("NMT_RAG_KILLS", "3"))
N_SHARES = 1 if "NMT_RAG_KILLS" in os.environ else 3
"""Of so many pairs of a file and a damage one is tried."""

WRITER = """
import sys
from pathlib import Path
from index_samples import WordEncoder, document
from nmt_rag.index import adding, index
from nmt_rag.index.engines.dense import file as dense_file
adding.BATCH_PASSAGES, dense_file.DENSE_LAG, adding.LEXICAL_LAG = 40, 0, 200
n_documents = int(sys.argv[2])
with index.Index.open(Path(sys.argv[1]), encoder=WordEncoder()) as opened:
    print("open", flush=True)
    documents = (document(i, version=int(sys.argv[3])) for i in range(n_documents))
    opened.add(documents, progress=lambda n: print(n, flush=True))
"""


@pytest.fixture
def encoder():
    return WordEncoder()


def faults(index):
    return [f"{check.name}: {check.message}" for check in index.verify() if not check.ok]


def found(index, encoder):
    """Everything that a few searches find, with the quotes."""
    hits = [hit for word in WORDS for hit in index.search_dense(encoder.encode_query(word), 5)]
    hits += [hit for word in WORDS for hit in index.search_lexical(f"{word} ärende 3", 5, where={"ämnen": "alla"})]
    passages = index.passages_by_id([i for i, _ in hits])
    return [(score, passages[i]) for i, score in hits if i in passages]


def built(folder, encoder, n_documents=12):
    with Index.create(folder, encoder=encoder) as index:
        index.add(document(i) for i in range(n_documents))
    return folder


def start_writer(folder, n_documents, version):
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    arguments = [sys.executable, "-c", WRITER, str(folder), str(n_documents), str(version)]
    writer = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
    assert writer.stdout.readline() == "open\n"
    return writer


def test_kill_at_any_moment_loses_nothing_that_was_reported(tmp_path, encoder):
    """Documents are added and later replaced by writers that are killed again and again."""
    n_documents, folder, chance = max(60, 20 * N_KILLS), tmp_path / "index", random.Random(2026)
    Index.create(folder, encoder=encoder).close()
    kills, version, seconds = 0, 0, 1.0
    while kills < N_KILLS:
        writer = start_writer(folder, n_documents, version)
        started = time.monotonic()
        time.sleep(chance.uniform(0, seconds))
        writer.kill()
        reported = sum(map(int, writer.communicate()[0].split()))
        if writer.returncode == 0:  # done before the kill: replace every document in the next round
            version, seconds = version + 1, (time.monotonic() - started) * 0.8
        else:
            kills += 1
        with Index.open(folder, encoder=encoder) as index:
            assert faults(index) == []
            held = {d.id: d for d in index.documents()}
            for i in range(reported):
                assert held[document(i).id] in (document(i, version=version), document(i, version=version - 1))
        if writer.returncode != 0:
            assert all(held[document(i).id] == document(i, version=version) for i in range(reported))
    writer = start_writer(folder, n_documents, version)
    writer.communicate()
    with Index.open(folder, encoder=encoder) as index:
        assert faults(index) == []
        assert list(map(index.document, (document(i).id for i in range(n_documents)))) == [
            document(i, version=version) for i in range(n_documents)
        ]


def test_a_writer_in_another_process_is_named_and_its_lock_dies_with_it(tmp_path, encoder):
    folder = built(tmp_path / "index", encoder)
    writer = start_writer(folder, 5_000, 1)
    writer.stdout.readline()  # its first commit
    with Index.open(folder, encoder=encoder) as index:
        with pytest.raises(NmtRagError, match=f"written by process {writer.pid};"):
            index.add([document(1, version=7)])
        assert index.search_dense(encoder.encode_query("tolk"), 3)
        assert index.search_lexical("tolk", 3)
        writer.kill()
        writer.communicate()
        assert index.add([document(1, version=7)]).replaced == (document(1).id,)
        assert faults(index) == []


def damages():
    noise = random.Random(1).randbytes(4_096)
    return {
        "cut": lambda path: path.write_bytes(path.read_bytes()[:10]),
        "noise": lambda path: path.write_bytes(
            (noise * (path.stat().st_size // len(noise) + 1))[: path.stat().st_size]
        ),
        "empty": lambda path: path.write_bytes(b""),
        "gone": lambda path: path.unlink(),
        "json": lambda path: path.write_bytes(b'{"state": [], "files": null}'),
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder that was added to and removed from, and what is found in it."""
    encoder = WordEncoder()
    folder = built(tmp_path_factory.mktemp("whole") / "index", encoder)
    with Index.open(folder, encoder=encoder) as index:
        expected = found(index, encoder)
        index.add([document(99)])
        index.remove(document(99).id)
    return folder, expected


@pytest.mark.parametrize("damage", damages())
def test_every_derived_file_is_replaced_when_it_is_damaged(tmp_path, encoder, whole, damage):
    """Each file by one or two kinds of damage, each kind on every third file."""
    folder, expected = whole
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.name != DATABASE)
    assert {"dense.faiss", "dense.json", "lexical.json", "lexical/meta.json", "writer.lock", "writer.pid"} < set(names)
    for number, name in list(enumerate(names))[list(damages()).index(damage) % N_SHARES :: N_SHARES]:
        copy = shutil.copytree(folder, tmp_path / str(number))
        damages()[damage](copy / name)
        if (copy / name).is_file() and (copy / name).read_bytes() == (folder / name).read_bytes():
            continue  # a lock is empty as it is
        with Index.open(copy, encoder=encoder) as index:
            assert sorted(map(str, found(index, encoder))) == pytest.approx(sorted(map(str, expected))), name
            assert faults(index) == [], name
            index.add([document(50)])
            assert faults(index) == [], name
        with Index.open(copy, encoder=encoder) as index:
            assert faults(index) == [], name


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "json"])
def test_a_damaged_database_is_an_error_that_says_so(tmp_path, encoder, damage):
    folder = built(tmp_path / "index", encoder)
    damages()[damage](folder / DATABASE)
    with pytest.raises(IndexDamagedError, match=r"damaged .* build the index again from the documents"):
        Index.open(folder, encoder=encoder)


def test_half_a_database_is_an_error_that_says_so(tmp_path, encoder):
    folder = built(tmp_path / "index", encoder)
    data = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(data[: len(data) // 2])
    with pytest.raises(IndexDamagedError, match="damaged"):
        Index.open(folder, encoder=encoder)


def test_noise_anywhere_in_the_database_never_gives_a_wrong_quote(tmp_path, encoder):
    folder, chance = built(tmp_path / "index", encoder), random.Random(3)
    data = (folder / DATABASE).read_bytes()
    truth = {document(i).id: document(i) for i in range(12)}
    outcomes = {"right": 0, "error": 0}
    for _ in range(30):
        place, length = chance.randrange(len(data)), chance.choice([1, 40, 4_096])
        (folder / DATABASE).write_bytes(data[:place] + chance.randbytes(length) + data[place + length :])
        try:
            with Index.open(folder, encoder=encoder) as index:
                for _, passage in found(index, encoder):
                    assert truth[passage.document_id].text[passage.start : passage.end] == passage.text
                for held in index.documents():
                    assert held.text == truth[held.id].text
                index.verify()
            outcomes["right"] += 1
        except NmtRagError:
            outcomes["error"] += 1
    assert min(outcomes.values()) > 0


def test_derived_files_of_another_index_are_not_used(tmp_path, encoder):
    one, two = built(tmp_path / "one", encoder), tmp_path / "two"
    with Index.create(two, encoder=encoder) as index:
        index.add(document(i) for i in range(20, 24))
    for name in ("dense.faiss", "dense.json", "lexical.json"):
        shutil.copy(one / name, two / name)
    shutil.rmtree(two / "lexical")
    shutil.copytree(one / "lexical", two / "lexical")
    with Index.open(two, encoder=encoder) as index:
        assert [fault.split(" belongs")[0] for fault in faults(index)] == ["stamps: dense.json"]
        assert index.add([document(20)]).unchanged
        assert faults(index) == []
        assert {passage.document_id for _, passage in found(index, encoder)} == {document(i).id for i in range(20, 24)}


@pytest.mark.parametrize("lag", ["current", "behind", "missing"])
def test_a_read_only_folder_answers_the_same(tmp_path, encoder, lag, monkeypatch):
    folder = built(tmp_path / "läs bara", encoder)
    with Index.open(folder, encoder=encoder) as index:
        expected = found(index, encoder)
        if lag == "behind":  # a writer died between its commit and the words index
            monkeypatch.setattr(lexical_folder.LexicalFolder, "write", lambda self: None)
            index.remove(document(11).id)
            expected = None
        monkeypatch.undo()
    if lag == "missing":
        (folder / "dense.faiss").unlink()
        (folder / "lexical" / "meta.json").unlink()
    view = tmp_path / "view"
    view.mkdir()
    with mounted("--bind", str(folder), str(view)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(view)], check=True)
        with Index.open(view, encoder=encoder) as index:
            if expected is not None:
                assert found(index, encoder) == expected
            assert index.search_lexical("ärende 11.0", 3) != []
            assert faults(index) == []
            with pytest.raises(NmtRagError, match=r"(?i)read-only"):
                index.add([document(70)])
            with pytest.raises(NmtRagError, match=r"(?i)read-only"):
                index.remove(document(1).id)
        with pytest.raises(NmtRagError, match=r"(?i)read-only"):
            Index.create(view / "ny", encoder=encoder)
    with Index.open(folder, encoder=encoder) as index:
        assert faults(index) == []


def test_a_folder_that_cannot_be_locked_is_built_in_memory(tmp_path, encoder, monkeypatch):
    folder = built(tmp_path / "index", encoder)
    with Index.open(folder, encoder=encoder) as index:
        expected = index.search_lexical("ärende", 99)
    (folder / "lexical.json").unlink()

    def refused(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lexical_folder, "writer_lock", refused)
    with Index.open(folder, encoder=encoder) as index:
        assert faults(index) == []
        assert index.search_lexical("ärende", 99) == expected != []
    assert not (folder / "lexical.json").exists()


def test_a_full_disk_leaves_the_index_at_its_last_commit(tmp_path, encoder, monkeypatch):
    monkeypatch.setattr(adding, "BATCH_PASSAGES", 40)
    (tmp_path / "full").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=700k", "tmpfs", str(tmp_path / "full")) as disk:
        told = []
        with Index.create(disk / "index", encoder=encoder) as index:
            with pytest.raises(NmtRagError, match=r"disk is full.*last commit; make room"):
                index.add((document(i) for i in range(3_000)), progress=told.append)
            assert index.n_documents >= sum(told) > 0
            assert index.search_dense(encoder.encode_query("tolk"), 3)
            assert index.search_lexical("tolk", 3)
        with Index.open(disk / "index", encoder=encoder) as index:
            assert faults(index) == []
            n_documents = index.n_documents
            with pytest.raises(NmtRagError, match="disk is full"):
                index.add(document(i) for i in range(3_000))
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        with Index.open(disk / "index", encoder=encoder) as index:
            added = index.add(document(i) for i in range(600))
            assert len(added.unchanged) >= min(n_documents, 600) > 0
            assert faults(index) == []


@pytest.mark.parametrize("size", ["0k", "30k", "60k"])
def test_creating_on_a_full_disk_says_so(tmp_path, encoder, size):
    (tmp_path / "full").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=200k", "tmpfs", str(tmp_path / "full")) as disk:
        left = 1_024 * int(size[:-1])
        (disk / "ballast").write_bytes(bytes(200 * 1_024 - left - 4_096 * (left > 0)))
        (disk / "index").mkdir(exist_ok=True)
        with pytest.raises(NmtRagError, match=r"disk|written"):
            Index.create(disk / "index", encoder=encoder)
        (disk / "ballast").unlink()
        with Index.create(disk / "index", encoder=encoder) as index:
            assert faults(index) == []


@pytest.mark.skipif(os.name != "posix", reason="there every file is read at every opening")
def test_only_files_that_changed_are_read_to_see_whether_they_are_whole(tmp_path, monkeypatch):
    encoder, read, checksum = WordEncoder(), [], files.file_sha256
    monkeypatch.setattr(files, "file_sha256", lambda path: read.append(path.name) or checksum(path))

    def opened(path):
        read.clear()
        with Index.open(path, encoder=encoder) as index:
            index.refresh()
            found = [index.search_lexical("ärende 3", 5), index.search_dense(encoder.encode_query("tolk"), 5)]
        return found, sorted(read)

    with Index.create(tmp_path / "index", encoder=encoder) as index:
        index.add(document(i) for i in range(8))
        index.add([document(9)])
    found, names = opened(tmp_path / "index")
    assert names == []
    words = read_stamp(tmp_path / "index" / "lexical.json").files
    everything = sorted(["dense.faiss", *(Path(name).name for name in words)])
    copy = shutil.copytree(tmp_path / "index", tmp_path / "kopia")  # keeps the times of change
    assert opened(copy) == (found, everything)
    os.utime(tmp_path / "index" / "dense.faiss")
    assert opened(tmp_path / "index") == (found, ["dense.faiss"])
    stamp = json.loads((tmp_path / "index" / "lexical.json").read_bytes())
    del stamp["seen"]  # as an earlier version wrote it
    (tmp_path / "index" / "lexical.json").write_text(json.dumps(stamp))
    assert opened(tmp_path / "index") == (found, everything)


def test_a_writer_reads_a_copied_folder_once(tmp_path, monkeypatch):
    encoder, read, checksum = WordEncoder(), [], files.file_sha256
    with Index.create(tmp_path / "index", encoder=encoder) as index:
        index.add(document(i) for i in range(8))
    copy = shutil.copytree(tmp_path / "index", tmp_path / "kopia")
    monkeypatch.setattr(files, "file_sha256", lambda path: read.append(path.name) or checksum(path))
    with Index.open(copy, encoder=encoder) as index:
        index.add([document(9)])
        assert faults(index) == []
    segments = [name for name in read if name.endswith(".idx")]
    with Index.open(copy, encoder=encoder) as index:
        read.clear()
        index.refresh()
    assert len(segments) >= 1
    assert [name for name in read if name.endswith(".idx")] == []


def test_a_stamp_is_only_read_where_it_is_one(tmp_path):
    for text in ("", "[]", "null", '{"state": 1}', '{"state": {"index": "a"}, "files": {}}', "[" * 100_000):
        (tmp_path / "stamp").write_text(text)
        assert read_stamp(tmp_path / "stamp") is None
