"""Files of strangers in a process of their own: what comes back, and what happens to those that ask for too much."""

import functools
import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen import canvas

import nmt_rag
from benchmarks import mutating
from nmt_rag.documents import loading, passages
from nmt_rag.documents.apart import file_reader
from nmt_rag.documents.apart.file_reader import FileContents, FileReader
from nmt_rag.errors import CorpusError
from nmt_rag.interfaces.page import visits
from nmt_rag.interfaces.page.visitor.steps import Refused, Step, Taken
from nmt_rag.interfaces.page.visits import Visits
from nmt_rag.rag import rag as front_door
from tests import bombs

CORPUS = Path(__file__).parents[2] / "corpus"
LIMIT = 1_000_000
word_bomb, pdf_bomb = functools.cache(lambda: bombs.word(1_000_000)), functools.cache(bombs.pdf)


class Hasty(FileReader):
    """Holds only bombs to its seconds: a process starts slowly on a busy machine."""

    def _reply(self, wanted):
        seconds = self._seconds
        self._seconds = seconds if wanted["file"].endswith("sidor.pdf") else 120.0
        try:
            return super()._reply(wanted)
        finally:
            self._seconds = seconds


@pytest.fixture
def reader():
    with FileReader(seconds=20) as opened:
        yield opened


def file(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def pdf_of(*pages):
    made = io.BytesIO()
    sheet = canvas.Canvas(made)
    for page in pages:
        sheet.drawString(72, 700, page)
        sheet.showPage()
    sheet.save()
    return made.getvalue()


def test_what_is_read_apart_is_what_is_read_here(reader, tmp_path):
    paths = [*CORPUS.glob("*.md"), *CORPUS.glob("*.html")]
    paths.append(
        file(tmp_path, "rader.jsonl", b'{"text": "En rad.", "n": [1.5, null]}\n{"text": "En till.", "id": "x"}\n')
    )
    assert len(paths) > 1
    for path in paths:
        here = list(loading.load([path]))
        assert reader.read(path, max_characters=LIMIT) == FileContents(
            tuple(here), tuple(tuple(passages.split(document)) for document in here)
        )


def test_one_process_reads_many_files_and_another_one_those_after_a_bad_one(reader, tmp_path):
    good, bad = file(tmp_path, "a.txt", b"Tolken kommer."), file(tmp_path, "b.pdf", b"%PDF-1.7 trasig")
    found = reader.read(good, max_characters=LIMIT)
    first = reader._process.pid
    assert found.characters == 14
    assert reader.read(good, max_characters=LIMIT) == found
    assert reader._process.pid == first
    assert reader.read(bad, max_characters=LIMIT) == "unreadable"
    assert reader._process is None
    assert reader.read(good, max_characters=LIMIT) == found
    assert reader.read(good, max_characters=13) == "too_long"
    signs = file(tmp_path, "c.txt", ("ﷺ" * 60).encode())  # of 18 letters each
    assert reader.read(signs, max_characters=1_079) == "too_long"
    deep = file(tmp_path, "d.md", f"# {'Rubrik ' * 30}\n\n{'Ja. ' * 1_000}".encode())  # each with its heading
    assert reader.read(deep, max_characters=20_000) == "too_long"
    assert reader.read(deep, max_characters=30_000).characters == 4_214 + 20_900
    assert reader.read(tmp_path / "saknas.txt", max_characters=LIMIT) == "unreadable"
    assert reader.read(good, max_characters=14) == found


def test_metadata_count_as_text(reader, tmp_path):
    metadata = {"m": [{}] * 1_000}
    row = file(tmp_path, "a.jsonl", json.dumps({"text": "Tolken kommer.", **metadata}).encode())
    length = 14 + len(json.dumps(metadata))
    found = reader.read(row, max_characters=length)
    assert found.characters == length == 4_021
    assert dict(found.documents[0].metadata) == metadata
    assert reader.read(row, max_characters=length - 1) == "too_long"


def test_a_reply_of_many_tiny_documents_is_too_long(reader, tmp_path, monkeypatch):
    rows = file(tmp_path, "a.jsonl", b'{"text": "A"}\n' * 4_000)  # 289 bytes of reply for each letter
    assert file_reader.max_reply(4_000) == 1_080_000
    assert reader.read(rows, max_characters=4_000) == "too_long"
    assert len(reader.read(rows, max_characters=60_000).documents) == 4_000
    assert len(reader.read(rows, max_characters=60_000, max_documents=4_000).documents) == 4_000
    assert reader.read(rows, max_characters=60_000, max_documents=3_999) == "too_divided"
    monkeypatch.setattr(file_reader, "_REPLY_LEAST", 0)  # the process says what it says: its reply is not read
    assert reader.read(rows, max_characters=10_000) == "unreadable"


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    bomb, good = file(tmp_path, "sidor.pdf", pdf_bomb()), file(tmp_path, "a.txt", b"Tolken kommer.")
    assert bomb.stat().st_size < 500_000
    with FileReader(seconds=1) as reader:
        assert reader.read(bomb, max_characters=10**9) == "too_slow"
        reader._seconds = 120.0  # a process starts slowly on a busy machine
        assert isinstance(reader.read(good, max_characters=LIMIT), FileContents)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its memory")
def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path):
    bomb, good = file(tmp_path, "liten.docx", word_bomb()), file(tmp_path, "a.txt", b"Tolken kommer.")
    assert bomb.stat().st_size < 500_000
    with FileReader(seconds=300, megabytes=400) as reader:
        assert reader.read(bomb, max_characters=10**9) == "too_heavy"
        assert isinstance(reader.read(good, max_characters=LIMIT), FileContents)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its memory")
@pytest.mark.parametrize(
    ("name", "bomb", "seconds", "told"),
    [
        ("liten.docx", word_bomb, 300.0, "it takes more than 400 MB of memory to read the file: split it"),
        ("sidor.pdf", pdf_bomb, 1.5, "it takes longer than 0.025 minutes to read the file: split it"),
        ("trasig.docx", lambda: b"PK\x03\x04 trasig", 60.0, "the file is no readable .docx"),
    ],
)
def test_an_index_is_made_without_a_file_that_asks_for_too_much(tmp_path, monkeypatch, name, bomb, seconds, told):
    folder = tmp_path / "filer"
    (folder / "tull").mkdir(parents=True)
    file(folder, name, bomb())
    file(folder / "tull", "plan.pdf", pdf_of("Tullverket utreder smuggling."))
    monkeypatch.setattr(front_door, "OWN_SECONDS", seconds)
    monkeypatch.setattr(front_door, "OWN_MEGABYTES", 400)
    monkeypatch.setattr(front_door, "FileReader", Hasty)
    with nmt_rag.open(tmp_path / "index", encoder=None, create=True) as opened:
        report = opened.add(folder)
        (document,) = opened.documents()
    (failure,) = report.failed
    assert failure.message.startswith(f"{folder}/{name}: {told}")
    assert (document.id, document.text) == ("tull/plan.pdf", "Tullverket utreder smuggling.")
    assert report.added == ("tull/plan.pdf",)


def test_a_draft_is_the_same_apart(reader, tmp_path):
    made = docx.Document()
    made.add_heading("Avgifter")
    made.add_paragraph("Avgiften är 200 kronor {en gång}.")
    made.save(tmp_path / "a.docx")
    for path in (tmp_path / "a.docx", file(tmp_path, "a.pdf", pdf_of("Avgiften", "Betala i kassan."))):
        assert reader.draft(path) == loading.read_draft(path)
    for path in (file(tmp_path, "b.pdf", b"%PDF-1.7 {trasig}"), file(tmp_path, "b.docx", b"{")):
        with pytest.raises(CorpusError) as here:
            loading.read_draft(path)
        with pytest.raises(CorpusError) as apart:
            reader.draft(path)
        assert str(apart.value) == str(here.value)
    with pytest.raises(OSError, match="saknas"):
        reader.draft(tmp_path / "saknas.pdf")


def test_what_a_library_parses_is_read_apart(tmp_path):
    given = []

    def draft(path):
        given.append(path.suffix)
        return loading.read_draft(path)

    for suffix, data in mutating.samples().items():
        (tmp_path / f"fil{suffix}").write_bytes(data)
    list(loading.load(tmp_path, draft=draft))
    assert given == [".csv", ".docx", ".eml", ".html", ".odt", ".pdf", ".pptx", ".rtf", ".xlsx"]


@pytest.mark.parametrize(
    "draft",
    [
        None,
        {},
        {"text": 7, "title": "", "url": "", "publisher": "", "language": "", "pages": [], "notes": []},
        {"text": "a", "title": "", "url": "", "publisher": "", "language": "", "pages": [0, 2], "notes": []},
        {"text": "a", "title": "", "url": "", "publisher": "", "language": "", "pages": [], "notes": [{"kind": "x"}]},
    ],
)
def test_a_draft_of_another_process_is_not_trusted(draft):
    assert file_reader._draft_of({"problem": None, "draft": draft}) == "unreadable"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({}, "unreadable"),
        ({"problem": "nonsens"}, "unreadable"),
        ({"problem": None, "documents": [], "passages": [[]]}, "unreadable"),
        ({"problem": None, "documents": [{"id": "a"}], "passages": [[]]}, "unreadable"),
        ({"problem": None, "documents": 7, "passages": 7}, "unreadable"),
        ({"problem": "too_heavy"}, "too_heavy"),
    ],
)
def test_a_reply_is_not_trusted(reply, expected):
    assert file_reader._of_reply(reply) == expected
    passage = {"document_id": "a", "ordinal": 0, "start": 0, "end": 3, "text": "Nej"}
    row = {"problem": None, "documents": [{"id": "a", "title": "", "text": "Ja."}], "passages": [[passage]]}
    assert file_reader._of_reply(row) == "unreadable"  # a quote that does not stand there


@pytest.mark.parametrize("code", ["import os; os.abort()", "print('x' * 99)", "import time; time.sleep(60)", ""])
def test_a_process_that_ends_or_talks_nonsense_is_a_file_that_cannot_be_read(monkeypatch, tmp_path, code):
    monkeypatch.setattr(file_reader, "_CHILD", code)
    with FileReader(seconds=1 if "sleep" in code else 60) as reader:
        found = reader.read(file(tmp_path, "a.txt", b"x"), max_characters=1)
    assert found == {"import os; os.abort()": "too_heavy", "import time; time.sleep(60)": "too_slow"}.get(
        code, "unreadable"
    )


def test_the_process_has_no_secrets_and_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("NMT_RAG_PASSWORD", "hemligt")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    with FileReader() as reader:
        reader.read(file(tmp_path, "a.txt", b"Tolken kommer."), max_characters=LIMIT)
        environment = Path(f"/proc/{reader._process.pid}/environ")
        if environment.exists():
            assert b"hemligt" not in environment.read_bytes()
            assert b"PYTHON" not in environment.read_bytes()


@pytest.mark.parametrize("reads", [False, True])
def test_a_process_whose_parent_is_gone_ends(tmp_path, reads):
    path = file(tmp_path, "sidor.pdf", pdf_bomb()) if reads else file(tmp_path, "a.txt", b"Tolken kommer.")
    code = (
        "import os, sys, threading, time; from pathlib import Path\n"
        "from nmt_rag.documents.apart.file_reader import FileReader\nr = FileReader()\n"
        "work = threading.Thread(target=r.read, args=[Path(sys.argv[1])], kwargs={'max_characters': 10**6})\n"
        f"work.start(); work.join({1.5 if reads else None}); assert work.is_alive() is {reads}\n"
        "print(r._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=CORPUS.parent)
    child = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{child}/stat")
        if state.exists() and state.read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the process lives on")


def test_the_system_ends_a_process_that_its_parent_forgot(tmp_path, monkeypatch):
    """The time is for each file, however many a process has read."""
    monkeypatch.setattr(threading.Timer, "start", lambda _: None)
    monkeypatch.setattr(threading.Timer, "cancel", lambda _: None)
    with FileReader(seconds=7) as reader:
        process = reader._process = reader._started()
        for _ in range(2):
            assert isinstance(
                reader.read(file(tmp_path, "a.txt", b"Tolken kommer."), max_characters=LIMIT), FileContents
            )
        if (limits := Path(f"/proc/{process.pid}/limits")).exists():
            (soft,) = [line.split()[3] for line in limits.read_text().splitlines() if line.startswith("Max cpu time")]
            assert 17 <= int(soft) <= 30


def test_a_bomb_keeps_no_other_visitor_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr(file_reader, "SECONDS", 3.0)
    monkeypatch.setattr(visits, "FileReader", lambda: Hasty(seconds=3))
    opened = Visits(None)

    def added(key, *files):
        return [step for step in opened.steps(key, files, "") if not isinstance(step, Step)]

    assert added("b", file(tmp_path, "tull.txt", b"Tullverket utreder smuggling.")) == [Taken("tull.txt")]
    assert opened.rag("b").ask("Vad gör Tullverket?").answered  # the reader is open before anybody waits
    told = []
    bomber = threading.Thread(
        target=lambda: told.extend(
            added("a", file(tmp_path, "sidor.pdf", pdf_bomb()), file(tmp_path, "b.txt", b"Hej."))
        )
    )
    bomber.start()
    slowest = 0.0
    while bomber.is_alive():
        began = time.monotonic()
        assert opened.rag("b").ask("Vad gör Tullverket?").answered
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.02)
    assert told == [Refused("sidor.pdf", "too_slow"), Taken("b.txt")]
    assert slowest < 2.0  # a bomb is read for three seconds
    assert json.dumps([document.id for document in opened.documents("a")]) == '["b.txt"]'
