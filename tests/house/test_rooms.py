"""How many rooms a question enters, and a file on its way into an index: the files of the package whose code runs.

Counted is what is done for each question and each file, not what is done once: the second of two. The stones (the data,
the exceptions, the counter, spans, JSON) and the faces are no rooms. The numbers grow only with a reason.
"""

import sys
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag.documents import loading

PACKAGE = Path(nmt_rag.__file__).parent
STONES = {
    "dictionaries.py",
    "types.py",
    "errors.py",
    "extras.py",
    "faces.py",
    "progress.py",
    "strict_json.py",
    "spans.py",
    "translations.py",
}

QUESTION, FILE = 31, 46
"""The rooms that a question to the packaged page enters, and a web page that is added with the packaged reader."""

PAGE = """<html><head><title>{title}</title></head><body><h1>{title}</h1>
<p>{actor} beslutar om skyddat boende. Du ansöker hos Polisen.</p><ul><li>Ring 020-50 50 50.</li></ul></body></html>"""


def entered(work):
    """Return the rooms whose functions run while some work is done."""
    found = set()

    def profile(frame, event, argument):
        if event == "call":
            found.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    below = {Path(name).relative_to(PACKAGE).as_posix() for name in found if Path(name).is_relative_to(PACKAGE)}
    return {name for name in below if name not in STONES and not name.endswith("__init__.py")}


@pytest.fixture(scope="module")
def rag():
    with nmt_rag.open() as opened:
        opened.ask("Vad gör NOA?")
        yield opened


def test_a_question_enters_few_rooms(rag):
    rooms = entered(lambda: rag.ask("Vilken myndighet hjälper personer som vill återvända till sitt hemland?"))
    assert len(rooms) <= QUESTION, sorted(rooms)
    assert rooms.isdisjoint({"answering/conversation.py", "index/filters.py"})  # nobody asked for either


def test_a_question_that_is_asked_again_is_remembered(rag):
    rag.ask("Vad gör KAST?")
    assert entered(lambda: rag.ask("Vad gör KAST?")) <= {
        "rag/asking.py",
        "index/contents.py",
        "index/storage/store.py",
        "index/storage/database.py",
    }


def test_a_file_enters_few_rooms(tmp_path):
    first, second = tmp_path / "boende.html", tmp_path / "stod.html"
    first.write_text(PAGE.format(title="Boende", actor="Socialtjänsten"), encoding="utf-8")
    second.write_text(PAGE.format(title="Stöd", actor="Migrationsverket"), encoding="utf-8")
    with nmt_rag.open(tmp_path / "index", create=True) as rag:
        rag.add(first)
        rooms = entered(lambda: rag.add(second))
    rooms |= entered(lambda: list(loading.load_file(second)))  # what the process apart does
    assert len(rooms) <= FILE, sorted(rooms)
