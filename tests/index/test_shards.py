"""Shards: the same bytes whoever makes them, made once, and loaded into any index as if its files had been indexed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nmt_rag import extras
from nmt_rag.documents.loading import Failure, load
from nmt_rag.documents.who_does_what.naming import split
from nmt_rag.errors import CorpusError, IndexMismatchError, NmtRagError
from nmt_rag.index.index import Index
from nmt_rag.interfaces.terminal import main
from nmt_rag.types import Document
from tests.index import ended_jobs
from tests.index_samples import WordEncoder, document, placed

pytest.importorskip("pyarrow")

from nmt_rag.index.shards import embedding, running, shards
from nmt_rag.index.shards.shards import load_shards

N_FILES = 12


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "texter"
    folder.mkdir()
    for number in range(N_FILES):
        (folder / f"{number:02} å.md").write_text(document(number).text, encoding="utf-8")
    rows = [{"id": f"rad/{i}", "text": document(i, version=9).text, "year": 2020 + i} for i in range(3)]
    (folder / "rader.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (folder / "tom.txt").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def encoder(monkeypatch, names_once):
    """The encoder of the tests, in the place of the packaged one; a shard ends after every fourth file or so."""
    encoder = WordEncoder()
    monkeypatch.setattr(embedding, "CUT", 4)
    monkeypatch.setattr(embedding, "load_encoder", lambda name: encoder)
    monkeypatch.setattr(embedding, "_LOADED", {})
    return encoder


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def test_shards_hold_the_documents_their_passages_and_embeddings(folder, encoder, tmp_path):
    made = embedding.embed([folder], tmp_path / "ut")
    assert len(made.shards) > 1
    rows = [row for path in shards.listed(tmp_path / "ut") for row in shards.read(path)]
    wanted = [one for one in load([folder]) if isinstance(one, Document)]
    assert [row.document for row in rows] == wanted
    for row in rows:
        assert list(row.passages) == split(row.document)
        assert row.embeddings.tolist() == encoder.encode_passages([p.context for p in row.passages]).tolist()
    failures = [one for one in load([folder]) if isinstance(one, Failure)]
    assert [one.message for one in made.failed] == [one.message for one in failures]
    assert len(failures) == 1


def test_what_is_there_is_not_made_again(folder, encoder, tmp_path):
    out = tmp_path / "ut"
    first, before = embedding.embed([folder], out), contents(out)
    encoder.encoded.clear()
    again = embedding.embed([folder], out)
    assert (encoder.encoded, again.n_kept, again.shards) == ([], len(first.shards), first.shards)
    assert again.failed == first.failed
    (out / first.shards[1]).unlink()
    assert embedding.embed([folder], out).n_kept == len(first.shards) - 1
    assert contents(out) == before
    embedding.embed([folder], tmp_path / "annan")
    assert contents(tmp_path / "annan") == before


def test_a_changed_file_renews_the_shard_that_it_is_in(folder, encoder, tmp_path):
    out = tmp_path / "ut"
    first = embedding.embed([folder], out)
    (folder / "05 å.md").write_text("Tolk betalas av regionen.\n", encoding="utf-8")
    second = embedding.embed([folder], out)
    assert 1 <= len(set(second.shards) - set(first.shards)) <= 2
    assert len(set(second.shards) & set(first.shards)) >= len(first.shards) - 2
    texts = [row.document.text for path in shards.listed(out) for row in shards.read(path)]
    assert "Tolk betalas av regionen.\n" in texts
    assert document(5).text not in texts


@pytest.mark.parametrize("place", ["folder", "qdrant"])
def test_an_index_from_shards_is_the_index_of_the_files(folder, encoder, tmp_path, place):
    if place == "qdrant":
        pytest.importorskip("qdrant_edge")
    where = tmp_path / "index" if place == "folder" else f"qdrant+local:{tmp_path / 'q'}"
    embedding.embed([folder], tmp_path / "ut")
    encoder.encoded.clear()
    report = load_shards(tmp_path / "ut", where)
    assert (len(report.added), len(report.failed), encoder.encoded) == (N_FILES + 3, 1, [])
    assert load_shards(tmp_path / "ut", where).unchanged == report.added
    with Index.in_memory(encoder=encoder) as direct, Index.open(where, encoder=encoder) as index:
        direct.add(one for one in load([folder]) if isinstance(one, Document))
        assert list(index.documents()) == list(direct.documents())
        assert all(check.ok for check in index.verify())
        for question in ("Vem betalar tolk?", "besök hos KAST"):
            asked = encoder.encode_query(question)
            found, wanted = (dict(placed(one, one.search_dense(asked, 999))) for one in (index, direct))
            assert found == pytest.approx(wanted, rel=1e-5, abs=1e-4)
            found, wanted = (dict(placed(one, one.search_lexical(question, 999))) for one in (index, direct))
            assert found == pytest.approx(wanted, rel=1e-5, abs=1e-4)


def test_shards_of_another_encoder_and_broken_ones_are_refused(folder, encoder, tmp_path):
    out = tmp_path / "ut"
    made = embedding.embed([folder], out)
    Index.create(tmp_path / "index", encoder=WordEncoder("words/2")).close()
    with pytest.raises(IndexMismatchError, match="was built with words/2, not with words/1"):
        load_shards(out, tmp_path / "index")
    with pytest.raises(CorpusError, match="holds no shards: make them with: nmt-rag embed"):
        load_shards(folder, tmp_path / "ny")
    broken = out / made.shards[0]
    broken.write_bytes(broken.read_bytes()[:-9])
    with pytest.raises(CorpusError, match="is no whole shard"):
        load_shards(out, tmp_path / "ny")
    broken.unlink()
    with pytest.raises(CorpusError, match="is missing: run `nmt-rag embed` again"):
        load_shards(out, tmp_path / "ny")
    embedding.embed([folder], out)
    (out / "shards.json").unlink()  # as a run leaves it that was broken off
    with pytest.raises(CorpusError, match="is half made: run the same `nmt-rag embed` again"):
        load_shards(out, tmp_path / "ny")
    assert not (tmp_path / "ny").exists()


def test_two_documents_of_one_id_are_told(folder, encoder, tmp_path):
    (folder / "b.md").write_text("---\nid: 01 å.md\n---\nEtt annat dokument.\n", encoding="utf-8")
    embedding.embed([folder], tmp_path / "ut")
    report = load_shards(tmp_path / "ut", tmp_path / "index")
    assert [one.message for one in report.failed if "is taken" in one.message]
    assert len(report.added) == N_FILES + 3


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "små"
    folder.mkdir()
    for number in range(3):
        text = f"# Rubrik {number}\n\nRegionen betalar tolk {number}. Kommunen ansvarar för boende.\n"
        (folder / f"{number}.jsonl").write_text(json.dumps({"id": str(number), "text": text}), encoding="utf-8")
    return folder


def test_any_number_of_processes_makes_the_same_bytes(small, tmp_path, monkeypatch, capsys):
    """By the command line, with the packaged encoder."""
    monkeypatch.setattr(embedding, "CUT", 1)  # a shard for each file
    assert main.main(["embed", str(small), "--out", str(tmp_path / "ett")]) == 0
    assert "3 shards in " in capsys.readouterr().out
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(main.__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    )
    assert main.main(["embed", str(small), "--out", str(tmp_path / "två"), "--workers", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_kept"] == 0
    assert contents(tmp_path / "ett") == contents(tmp_path / "två")
    index = ["--index", str(tmp_path / "index")]
    assert main.main(["index", "--from", str(tmp_path / "ett"), *index]) == 0
    assert main.main(["index", str(small), "--from", str(tmp_path / "ett"), *index]) == 2
    assert main.main(["search", "Vem betalar tolk?", "-k", "1", *index]) == 0
    assert "Regionen betalar tolk" in capsys.readouterr().out


def test_shards_lie_in_no_folder_of_other_files(small, tmp_path, capsys):
    before = sorted(small.iterdir())
    assert main.main(["embed", str(small), "--out", str(small)]) == 1
    assert f"the folder {small} holds other files (0.jsonl, …)" in capsys.readouterr().err
    assert sorted(small.iterdir()) == before
    assert main.main(["embed", str(small / "0.jsonl"), "--out", str(tmp_path / "ny")]) == 0
    assert capsys.readouterr().out == f"1 shard in {tmp_path / 'ny'}, 0 of them there already; 0 files failed\n"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_ray_makes_the_same_bytes(small, tmp_path, monkeypatch):
    ray = pytest.importorskip("ray", exc_type=ImportError)
    monkeypatch.setattr(embedding, "CUT", 1)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(main.__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    )
    embedding.embed([small], tmp_path / "ett")
    try:
        embedding.embed([small], tmp_path / "ray", workers=2, ray="local")
    finally:
        ray.shutdown()
    assert contents(tmp_path / "ett") == contents(tmp_path / "ray")


@pytest.mark.parametrize(
    "said",
    [
        ["embed", "texter", "--out", "ut", "--encoder", "none"],
        ["index", "--from", "ut", "--index", "i", "--encoder", "none"],
        ["index", "--from", "ut", "--index", "i", "--actors", "rules"],
    ],
)
def test_what_shards_cannot_be_is_refused_not_ignored(small, tmp_path, monkeypatch, capsys, said):
    monkeypatch.chdir(tmp_path)
    try:
        status = main.main(said)
    except SystemExit as ended:
        status = ended.code
    error = capsys.readouterr().err
    assert (status, error.count("\n")) == (2, 1)
    assert "encoder" in error
    assert not (tmp_path / "i").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_worker_ends_the_run_instead_of_being_waited_for():
    with pytest.raises(NmtRagError, match="run the command again"):
        list(running.in_processes(2)(ended_jobs.die, ["a", "b"]))
    with pytest.raises(OSError, match="No space left"):
        list(running.in_processes(2)(ended_jobs.disk_full, ["a", "b"]))


WORKING = """
import sys, time
from nmt_rag.index.shards import running
def work(job):
    open(job, "w").write(str(__import__("os").getpid()))
    time.sleep(600)
"""
START = """
import signal, sys, working
from nmt_rag.index.shards import running
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests in the background has it ignored
list(running.in_processes(2)(working.work, sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_a_run_that_was_killed_and_ctrl_c_tells_nothing_of_them(tmp_path, how):
    (tmp_path / "working.py").write_text(WORKING, encoding="utf-8")
    path = os.pathsep.join([str(Path(main.__file__).parents[3]), str(tmp_path)])
    files = [tmp_path / "a", tmp_path / "b"]
    run = subprocess.Popen(
        [sys.executable, "-c", START, *map(str, files)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def until(condition):
        deadline = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def gone(number):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{number}/stat").read_text().rpartition(") ")[2][0] == "Z"

    until(lambda: all(file.exists() and file.read_text() for file in files))
    workers = [int(file.read_text()) for file in files]
    os.kill(run.pid, how) if how == signal.SIGKILL else os.killpg(run.pid, how)  # a terminal sends it to all
    _, error = run.communicate(timeout=120)
    until(lambda: all(map(gone, workers)))
    assert error.count("Traceback") == (how == signal.SIGINT)  # of the process that was started, which is no command


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_a_ray_cluster_that_does_not_answer_is_told_at_once(small, encoder, tmp_path, capsys):
    pytest.importorskip("ray", exc_type=ImportError)
    assert main.main(["embed", str(small), "--out", str(tmp_path / "ut"), "--ray", "127.0.0.1:1"]) == 1
    assert capsys.readouterr().err.startswith("nmt-rag: no Ray cluster answers at 127.0.0.1:1 (")


def test_without_ray_it_is_told_what_to_install(small, encoder, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(NmtRagError, match=re.escape(extras.install("ray"))):
        embedding.embed([small], tmp_path / "ut", ray="local")
