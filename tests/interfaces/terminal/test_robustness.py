"""It must hold: hostile questions, broken sources, damaged and shared index folders, full and read-only disks.

All of it through the command line or the Rag object; the parts have finer tests of their own.
"""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nmt_rag
from nmt_rag.errors import NmtRagError
from nmt_rag.index import packaged
from nmt_rag.index.storage.files import signature, writer_lock
from nmt_rag.interfaces.terminal import main
from nmt_rag.interfaces.terminal.arguments import build_parser
from tests.mounts import mounted

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "corpus" / "deltagande-myndigheter.md"
QUESTION = "Vem är KAST till för?"

HOSTILE = {
    "empty": "",
    "blank": " \t\n\u00a0\u2028 ",
    "long word": "å" * 12_000,
    "long text": "Vem beslutar om betänketid? " * 430,
    "long nonsense": " ".join(f"ord{i}" for i in range(2_000)),
    "emoji": "😀👩\u200d👩\u200d👧 🏳️\u200d🌈",
    "emoji within": "Vem är KAST 😀 till för?",
    "control": "\x00\x01\x1b[31m betänketid \x07\x7f\x9b",
    "operators": "AND OR NOT NEAR(",
    "operators within": 'KAST AND NOT "till för" OR NEAR(sex, 3)',
    "everything": "*:*",
    "field": "text:betänketid^10 +id:[1 TO 9] -filter:x~2",
    "quotes": "\"'”»«`",
    "half a quote": 'Vem är "KAST till för?',
    "regular expression": "(.*)+$ [a-z]{1000,} \\",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "sql": "'; DROP TABLE documents; -- \" OR 1=1",
    "format": "%s %n {0} ${HOME} $(reboot)",
    "path": "../../etc/passwd\0.md",
    "json": '{"question": "Vem?"}',
    "combining": "a" + "\u0301" * 500,
    "decomposed": "Vem a\u0308r KAST till fo\u0308r?",
    "right to left": "\u202eföräldrar\u202c שלום",
    "half surrogate": "betänketid \ud800",
    "digits": "1234567890 " * 50,
}


@pytest.fixture(scope="module", autouse=True)
def short(tmp_path_factory):
    """A folder with the beginning of the packaged page and two of its chapters, which is what is asked: soon read."""
    beginning, *chapters = re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))
    kept = [chapter for chapter in chapters if chapter.startswith(("## Migrationsverket", "## Mikamottagningen"))]
    assert len(kept) == 2
    folder = tmp_path_factory.mktemp("short")
    (folder / PAGE.name).write_text("".join([beginning, *kept]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packaged, "packaged_corpus", lambda: folder)
        patch.setenv("NMT_RAG_INDEX", str(tmp_path_factory.mktemp("packaged")))
        yield folder


@pytest.fixture(scope="module")
def rag(short):
    with nmt_rag.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def built(rag):
    """The index of the page. It is copied before it is damaged or changed."""
    return packaged.default_index_path(rag.encoder.fingerprint)


@pytest.fixture
def index(built, tmp_path):
    """A copy of the index, to be damaged or changed."""
    return shutil.copytree(built, tmp_path / "index")


@pytest.fixture(scope="module")
def page(rag):
    (document,) = rag.documents()
    return document


@pytest.fixture
def run(capsys):
    def _run(*arguments):
        try:
            status = main.main([str(argument) for argument in arguments])
        except SystemExit as error:
            status = error.code
        out, err = capsys.readouterr()
        return status, out, err

    return _run


def check(answer, page):
    """An answer with quotes that stand in the source, or an abstention: nothing else, and never a wrong quote."""
    assert answer.answered == (answer.abstention is None) == bool(answer.citations)
    for quote in (*answer.citations, *answer.related):
        assert page.text[quote.start : quote.end] == quote.quote != ""


# questions


@pytest.mark.parametrize("name", HOSTILE)
def test_any_question_gets_an_answer_or_an_abstention(run, rag, page, name):
    check(rag.ask(HOSTILE[name]), page)
    for hit in rag.search(HOSTILE[name], k=5):
        assert page.text[hit.passage.start : hit.passage.end] == hit.passage.text
    for command in ("ask", "search"):
        status, out, err = run(command, "--", HOSTILE[name])
        assert (status, err) == (0, "")
        assert not set(out) & {chr(i) for i in range(32) if chr(i) != "\n"}
        status, out, _ = run(command, "--json", "--", HOSTILE[name])
        assert status == 0
        rows = [json.loads(line) for line in ([out] if command == "ask" else out.splitlines())]
        assert all("schema" in row or "rank" in row for row in rows)


@pytest.mark.parametrize("name", ["emoji within", "decomposed", "half a quote"])
def test_noise_in_a_question_does_not_hide_it(rag, name):
    assert rag.ask(HOSTILE[name]).actors == ("KAST",)


@pytest.mark.parametrize("name", ["empty", "blank", "emoji", "everything", "quotes"])
def test_a_question_without_words_is_an_empty_question(rag, name):
    answer = rag.ask(HOSTILE[name])
    assert answer.abstention is not None
    assert answer.abstention.reason == "empty_question"


@settings(max_examples=6)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["KAST", "AND", '"', "betänketid", "?", "\x1b", "NOA", "(", "-"])).map(" ".join)
)
def test_any_text_gets_an_answer_or_an_abstention(rag, page, question):
    check(rag.ask(question), page)


def test_a_question_that_is_no_text_is_a_type_error(rag):
    for question in (None, 3, b"Vem?"):
        with pytest.raises((TypeError, AttributeError)):
            rag.ask(question)


# sources


def test_every_kind_of_broken_file_is_one_clear_line(run, tmp_path):
    from tests.documents.test_files import pdf  # the same PDFs as the tests of the reader

    sources, noise = tmp_path / "källor 😀", random.Random(1).randbytes(3_000)
    sources.mkdir()
    text = "Kommunen ger stöd åt våldsutsatta. Jourtelefonen är öppen dygnet runt.\n"
    good = {"utf8.txt": text.encode(), "utf16.txt": text.encode("utf-16"), "latin1.txt": text.encode("latin-1")}
    for name, data in good.items():
        (sources / name).write_bytes(data)
    for suffix in ("pdf", "docx", "txt", "md", "html", "jsonl"):
        (sources / f"brus.{suffix}").write_bytes(noise)
    (sources / "tom.txt").touch()
    (sources / "halv.jsonl").write_text('{"id": "hel", "text": "Hela raden."}\n{"id": "halv", "text": "Halva ra')
    (sources / "krypt.pdf").write_bytes(pdf("Hemligt.", password="hemligt"))
    with open(sources / "stor.txt", "wb") as file:
        file.truncate(200 * 2**20)
    status, out, err = run("index", sources, "--index", tmp_path / "i", "--encoder", "none")
    assert (status, out) == (1, "4 added, 0 replaced, 0 unchanged, 10 failed\n")
    told = dict(re.fullmatch(r"nmt-rag: .*/([^:/]+?): (.*)", line).groups() for line in err.splitlines())
    assert sorted(told) == sorted(
        [*(f"brus.{suffix}" for suffix in ("pdf", "docx", "txt", "md", "html", "jsonl")),
         "tom.txt", "halv.jsonl, line 2", "krypt.pdf", "stor.txt"]
    )  # fmt: skip
    assert "encrypted" in told["krypt.pdf"]
    assert "larger than 50 MB" in told["stor.txt"]
    assert all(re.search(r": (save|correct|remove|export|split)", line) for line in told.values())
    with nmt_rag.open(tmp_path / "i") as opened:
        held = {document.id: document.text for document in opened.documents()}
        assert held == {**dict.fromkeys(good, text), "hel": "Hela raden."}
        assert all(row.ok for row in opened.verify())


def test_three_broken_files_of_300_do_not_stop_the_others(run, tmp_path):
    sources = tmp_path / "källor"
    sources.mkdir()
    for number in range(300):
        (sources / f"{number:03}.txt").write_text(f"Ärende {number} gäller stöd.", encoding="utf-8")
    broken = ["017.txt", "150.txt", "299.txt"]
    for name in broken:
        (sources / name).write_bytes(b"\x00\xff\x00\xfe\x81")
    status, out, err = run("index", sources, "--index", tmp_path / "i", "--encoder", "none", "--actors", "rules")
    assert (status, out) == (1, "297 added, 0 replaced, 0 unchanged, 3 failed\n")
    assert [Path(line.split(": ")[1]).name for line in err.splitlines()] == broken
    with nmt_rag.open(tmp_path / "i") as opened:
        names = [document.id for document in opened.documents()]
        assert names == [f"{number:03}.txt" for number in range(300) if f"{number:03}.txt" not in broken]
        assert [hit.document_id for hit in opened.search("ärende 232", k=1)] == ["232.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process is read as on Linux")
def test_a_sparse_file_of_200_mb_takes_no_memory(tmp_path):
    for suffix in ("txt", "jsonl", "pdf", "html"):
        with open(tmp_path / f"stor.{suffix}", "wb") as file:
            file.truncate(200 * 2**20)
    code = (
        "import re, sys; from nmt_rag.interfaces.terminal import main as cli; status = cli.main(sys.argv[1:]);"
        "peak = re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read());"  # getrusage counts the parent's, too
        "print(status, int(peak[1]) // 1024)"
    )
    arguments = ["index", str(tmp_path), "--index", str(tmp_path / "i"), "--encoder", "none"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True)
    summary, last = done.stdout.splitlines()
    assert summary == "0 added, 0 replaced, 0 unchanged, 4 failed"
    assert done.stderr.count("\n") == 4
    status, megabytes = map(int, last.split())
    assert status == 1
    assert 20 < megabytes < 300


# index folders


def damaged_copies(index, tmp_path):
    """Yield a copy of an index for each of its files, cut to 10 bytes or filled with noise, with the file's name.

    Those of the words' engine, which are many and vouched for alike, are cut and filled by turns.
    """
    noise = random.Random(2)
    names = sorted(str(path.relative_to(index)) for path in index.rglob("*") if path.is_file())
    assert {"index.sqlite", "dense.faiss", "dense.json", "lexical.json", "lexical/meta.json"} <= set(names)
    for name in names:
        kinds = ("cut", "noise")
        if name.startswith("lexical/") and name != "lexical/meta.json":
            kinds = (kinds[names.index(name) % 2],)
        for kind in kinds:
            copy = shutil.copytree(index, tmp_path / f"{kind}-{names.index(name)}")
            data = (copy / name).read_bytes()
            (copy / name).write_bytes(data[:10] if kind == "cut" else noise.randbytes(max(10, len(data))))
            yield copy, name
            shutil.rmtree(copy, ignore_errors=True)  # the engine may still be writing


def test_every_damaged_file_is_rebuilt_or_told(run, index, tmp_path):
    expected = run("ask", QUESTION, "--index", index)
    assert expected[:1] == (0,)
    assert "«KAST (Köpare av sexuella tjänster)\xa0är till för" in expected[1]
    for copy, name in damaged_copies(index, tmp_path):
        found = run("ask", QUESTION, "--index", copy)
        if name == "index.sqlite":
            status, out, err = found
            assert (status, out, err.count("\n")) == (1, "", 1)
            assert re.search(r"is damaged .* build the index again from the documents|not an nmt_rag index", err), err
        else:
            assert found == expected, name
            assert run("verify", "--index", copy)[0] == 0, name


def test_noise_of_the_same_size_under_the_old_time_is_seen(run, index):
    expected = run("ask", QUESTION, "--index", index)
    noise = random.Random(3)
    names = ["dense.faiss", *(f"lexical/{path.name}" for path in (index / "lexical").iterdir() if path.stat().st_size)]
    assert len(names) > 5
    for name in names:
        path = index / name
        if not path.exists():
            continue  # of the words index that the noise before has had built again
        before = path.stat()
        with open(path, "r+b") as file:
            file.write(noise.randbytes(before.st_size))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        assert run("ask", QUESTION, "--index", index) == expected, name
        assert run("verify", "--index", index)[0] == 0, name


@pytest.mark.skipif(os.name != "posix", reason="there every file is read at every opening")
def test_bytes_that_changed_unseen_by_the_file_system_give_no_wrong_quote_and_are_found_by_verify(
    run, rag, page, index
):
    data = bytearray((index / "dense.faiss").read_bytes())
    start = len(data) - 8 * rag.info()["passages"] - 4 * 384 * 5  # in the last five embeddings, before the ids
    data[start : start + 4_000] = np.full(1_000, 0.5, dtype="<f4").tobytes()
    (index / "dense.faiss").write_bytes(data)
    stamp = json.loads((index / "dense.json").read_bytes())
    stamp["seen"]["dense.faiss"] = signature(index / "dense.faiss")  # as where a medium lost bits by itself
    (index / "dense.json").write_text(json.dumps(stamp))
    with nmt_rag.open(index) as opened:
        for question in (QUESTION, "Vem är KAST till för?", "Vad gör NOA?"):
            check(opened.ask(question), page)
        told = {row.name: row.message for row in opened.verify() if not row.ok}
    assert set(told) == {"dense", "stamps"}
    assert "delete dense.json and lexical.json" in told["stamps"]
    for name in ("dense.json", "lexical.json"):
        (index / name).unlink()
    assert run("verify", "--index", index)[0] == 0


def test_a_second_writer_is_told_the_process_and_readers_go_on(run, short, index):
    with writer_lock(index):
        for arguments in (["index", short / PAGE.name], ["remove", "deltagande-myndigheter"]):
            status, out, err = run(*arguments, "--index", index)
            assert (status, out) == (1, "")
            told = f"the index {index} is being written by process {os.getpid()}; wait until it is done and try again"
            assert err == f"nmt-rag: {told}\n"
        assert "«KAST (Köpare av sexuella tjänster)\xa0är till för" in run("ask", QUESTION, "--index", index)[1]
        assert run("documents", "--index", index)[0] == 0
    assert run("remove", "deltagande-myndigheter", "--index", index)[0] == 0


FIRST = """
import sys; from pathlib import Path; from nmt_rag.index import packaged; from nmt_rag.interfaces.terminal import main
packaged.packaged_corpus = lambda: Path(sys.argv[1])
print(flush=True); input()
sys.exit(main.main(sys.argv[2:]))
"""


def test_several_processes_may_make_the_first_index_at_once(short, tmp_path):
    environment = {**os.environ, "NMT_RAG_INDEX": str(tmp_path / "ny"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", FIRST, str(short), "ask", QUESTION, "--json"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    started = [subprocess.Popen(command, env=environment, **pipes) for _ in range(3)]
    for process in started:
        assert process.stdout.readline() == b"\n"  # it is ready to begin with the others
    for process in started:
        process.stdin.write(b"\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], outputs
    assert len({out for out, _ in outputs}) == 1
    assert json.loads(outputs[0][0])["actors"] == ["KAST"]


def test_a_read_only_index_answers_and_refuses_changes(run, built, tmp_path):
    index, view = shutil.copytree(built, tmp_path / "läs bara 😀"), tmp_path / "vy"
    expected = run("ask", QUESTION, "--index", index)[1]
    view.mkdir()
    with mounted("--bind", str(index), str(view)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(view)], check=True)
        assert run("ask", QUESTION, "--index", view) == (0, expected, "")
        assert run("verify", "--index", view)[0] == 0
        for arguments in (["index", ROOT / "README.md"], ["remove", "deltagande-myndigheter"]):
            status, out, err = run(*arguments, "--index", view)
            assert (status, out, err.count("\n")) == (1, "", 1)
            assert "Read-only file system" in err


def test_a_full_disk_is_told_and_loses_nothing(run, tmp_path):
    sources = tmp_path / "källor"
    sources.mkdir()
    for number in range(120):
        (sources / f"{number:03}.txt").write_text(f"Ärende {number}: " + "stöd åt utsatta " * 400, encoding="utf-8")
    (tmp_path / "disk").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path / "disk")) as disk:
        arguments = ["index", "--index", disk / "index", "--encoder", "none", "--actors", "rules"]
        assert run(*arguments, sources / "000.txt")[0] == 0
        status, out, err = run(*arguments, sources)
        assert (status, out) == (1, "")
        assert re.fullmatch(
            r"nmt-rag: the disk is full: .* after its last commit; make room and run the same again\n", err
        )
        assert run("show", "000.txt", "--index", disk / "index")[0] == 0
        assert run("verify", "--index", disk / "index")[0] == 0
        subprocess.run(["mount", "-o", "remount,size=30m", str(disk)], check=True)
        status, out, _ = run(*arguments, sources)
        assert status == 0
        added, unchanged = map(int, re.match(r"(\d+) added, 0 replaced, (\d+) unchanged, 0 failed\n", out).groups())
        assert (added + unchanged, unchanged >= 1) == (120, True)
        assert run("verify", "--index", disk / "index")[0] == 0


def test_what_a_killed_first_build_left_behind_is_no_hindrance(tmp_path, monkeypatch):
    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / "ny"))
    place = packaged.default_index_path(None)
    place.mkdir(parents=True)
    for name in ("index.sqlite.tmp", "dense.faiss.123.tmp", "writer.pid", "writer.lock"):
        (place / name).write_bytes(b"halv")
    with nmt_rag.open(encoder=None) as opened:
        assert opened.ask(QUESTION).actors == ("KAST",)
        assert all(row.ok for row in opened.verify())


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "brev.txt").write_text("Hej.", encoding="utf-8")
    with pytest.raises(NmtRagError, match="other files"):
        nmt_rag.open(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["brev.txt"]


@pytest.mark.parametrize(
    ("option", "value", "kept"),
    [
        ("--trust-proxy", "10.0.0.1", "10.0.0.1"),
        ("--trust-proxy", "10.0.0.0/8", "10.0.0.0/8"),
        ("--trust-proxy", "fd00::/8", "fd00::/8"),
        ("--trust-proxy", "x", None),
        ("--trust-proxy", "10.0.0.1/8", None),  # no network begins there, and nothing would match
        ("--trust-proxy", "*", None),
        ("--allow-origin", "https://example.se", "https://example.se"),
        ("--allow-origin", "HTTPS://Big.SE/", "https://big.se"),
        ("--allow-origin", "https://big.se:443", "https://big.se"),
        ("--allow-origin", "http://localhost:3000", "http://localhost:3000"),
        ("--allow-origin", "https://[::1]:8443", "https://[::1]:8443"),
        ("--allow-origin", "https://räksmörgås.se", "https://xn--rksmrgs-5wao1o.se"),
        ("--allow-origin", "*", "*"),
        ("--allow-origin", "example.se", None),
        ("--allow-origin", "https://example.se/sida", None),
        ("--allow-origin", "https://a@example.se", None),
        ("--allow-host", "Svar.Example", "svar.example"),
        ("--allow-host", "[::1]", "::1"),
        ("--allow-host", "192.0.2.1", "192.0.2.1"),
        ("--allow-host", "http://x/", None),
        ("--allow-host", "x:8000", None),
        ("--allow-host", "", None),
    ],
)
def test_what_could_never_match_is_refused_or_written_as_clients_send_it(option, value, kept, capsys):
    name = option.strip("-").replace("-", "_")
    if kept is not None:
        assert getattr(build_parser().parse_args(["serve", option, value]), name) == [kept]
        return
    with pytest.raises(SystemExit) as stopped:
        build_parser().parse_args(["serve", option, value])
    assert stopped.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f"nmt-rag serve: argument {option}: expected ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("sent", [["--port", "8001"], ["--rate", "0"], ["--allow-host", "x"], ["--timeout", "5"]])
def test_what_only_a_server_that_listens_heeds_is_refused_without_one(sent, capsys):
    assert main.main(["mcp", *sent]) == 2
    assert capsys.readouterr().err == f"nmt-rag: {sent[0]} goes with --http\n"


def test_a_database_that_may_not_be_read_is_told_so(run, built, monkeypatch):
    def refuse(*_, **__):
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr(sqlite3, "connect", refuse)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    message = f"the index database {built / 'index.sqlite'} may not be read; let whoever runs this read it"
    assert run("info", "--index", built) == (1, "", f"nmt-rag: {message}\n")
