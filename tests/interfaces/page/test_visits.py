"""Visitors' own documents: apart, limited, gone after the visit."""

import contextlib
import io
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from nmt_rag.documents import FileContents
from nmt_rag.documents.passages import split
from nmt_rag.interfaces.page import visits
from nmt_rag.interfaces.page.views import own
from nmt_rag.interfaces.page.visits import Noted, Refused, Step, Visits
from nmt_rag.types import Document
from tests.fakes import KeywordReader


def file(folder, name, text="Tullverket utreder smuggling."):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def added(opened, key, *files, address=""):
    return [step for step in opened.steps(key, files, address) if not isinstance(step, Step)]


def test_a_visitor_asks_its_own_documents_only(tmp_path):
    opened = Visits(None)
    assert (
        added(opened, "a", file(tmp_path, "tull.txt"), file(tmp_path, "skatt.txt", "Skatteverket granskar."))
        == [None] * 2
    )
    assert added(opened, "b", file(tmp_path, "vård.md", "Regionen ger vård.")) == [None]
    assert [document.id for document in opened.documents("a")] == ["tull.txt", "skatt.txt"]
    assert [document.id for document in opened.documents("b")] == ["vård.md"]
    assert opened.rag("a").ask("Vad gör Tullverket?").citations[0].quote == "Tullverket utreder smuggling."
    assert not opened.rag("b").ask("Vad gör Tullverket?").answered
    assert opened.rag("c") is None
    assert opened.documents("c") == []


class Slow:
    """An encoder of two dimensions that keeps what it is given."""

    dim, fingerprint = 2, "slow@1/2/sha256:0000000000000000"

    def __init__(self):
        self.batches = []

    def encode_query(self, query):
        return np.array([1, 0], np.float32)

    def encode_passages(self, passages):
        self.batches.append(list(passages))
        return np.array([[1, 0]] * len(passages), np.float32)


def test_how_far_a_file_is_read_is_told_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "STEP", 4)
    text = "\n\n".join(f"Tullverket utreder ärende nummer {number}." for number in range(10))
    encoder = Slow()
    opened = Visits(encoder)
    said = list(opened.steps("a", [file(tmp_path, "tull.txt", text), file(tmp_path, "virus.exe")]))
    assert said == [
        Step(1, 0.0),
        Step(1, 0.5),  # who acts, in one go
        Step(1, 0.7), Step(1, 0.9), Step(1, 1.0), None, Step(2, 0.0), Refused("virus.exe", "format"),
    ]  # fmt: skip
    assert [len(batch) for batch in encoder.batches] == [4, 4, 2]  # each text once
    assert sorted(hit.dense_rank for hit in opened.rag("a").search("Tullverket", k=10)) == list(range(1, 11))


def test_a_long_file_is_asked_by_its_words_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "LONG", 3)
    short = file(tmp_path, "vård.txt", "Regionen ger vård.")
    long = file(tmp_path, "tull.txt", "\n\n".join(f"Tullverket utreder ärende nummer {n}." for n in range(5)))
    encoder = Slow()
    opened = Visits(encoder)
    steps = opened.steps("a", [short, long])
    said = [next(steps) for _ in range(6)]
    assert said == [Step(1, 0.0), Step(1, 0.5), Step(1, 1.0), None, Step(2, 0.0), Step(2, None, askable=True)]
    early = opened.rag("a")
    assert (early.encoder, [document.id for document in early.documents()]) == (None, ["vård.txt", "tull.txt"])
    hits = early.search("Tullverket ärende nummer 4", k=10)
    assert hits[0].passage.text == "Tullverket utreder ärende nummer 4."
    assert {hit.passage.actor for hit in hits if hit.document_id == "tull.txt"} == {""}  # nobody is named unread
    assert len(encoder.batches) == 1  # of the short file
    assert list(steps) == [Step(2, 0.5), Step(2, 1.0), None]
    whole = opened.rag("a")
    assert whole.encoder is encoder
    assert [document.id for document in whole.documents()] == ["vård.txt", "tull.txt"]


def test_two_uploads_at_once_lose_nothing(tmp_path, monkeypatch):
    """One visitor drops a second long file while the first is read."""
    monkeypatch.setattr(visits, "LONG", 3)
    monkeypatch.setattr(visits, "STEP", 2)
    opened = Visits(Slow())
    texts = {"tull": "Tullverket utreder ärende nummer", "skatt": "Skatteverket granskar ärende nummer"}
    steps = {
        name: opened.steps("a", [file(tmp_path, f"{name}.txt", "\n\n".join(f"{text} {n}." for n in range(5)))])
        for name, text in texts.items()
    }

    def held():
        return sorted(document.id for document in opened.documents("a"))

    assert [next(steps["tull"]) for _ in range(2)] == [Step(1, 0.0), Step(1, None, askable=True)]
    assert [next(steps["skatt"]) for _ in range(2)] == [Step(1, 0.0), Step(1, None, askable=True)]
    assert held() == ["skatt.txt", "tull.txt"]  # both by their words
    assert [next(steps["skatt"]) for _ in range(2)] == [Step(1, 0.5), Step(1, 0.7)]
    assert [step for step in steps["tull"] if step is None] == [None]
    assert held() == ["skatt.txt", "tull.txt"]  # one is whole, the other still by its words
    assert opened.rag("a").encoder is None
    assert list(steps["skatt"])[-1] is None
    assert held() == ["skatt.txt", "tull.txt"]
    assert opened.rag("a").encoder is not None


def test_uploads_at_once_keep_the_limit_together(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 2)
    opened = Visits(Slow())
    both = [opened.steps("a", [file(tmp_path, f"{number}.txt")]) for number in range(3)]
    started = [[next(steps), next(steps)] for steps in both]
    assert [each[1] for each in started] == [Step(1, 0.5), Step(1, 0.5), Refused("2.txt", "too_many")]
    for steps in both:
        list(steps)
    assert len(opened.documents("a")) == 2


class Held:
    """Reads a file when the test lets it, and tells when it has begun."""

    def __init__(self, begun, let):
        self.begun, self.let = begun, let

    def read(self, path, *, max_characters, max_documents):
        self.begun.put(path.name)
        assert self.let[path.name].wait(60)
        document = Document(path.name, "", "Tullverket utreder smuggling.")
        return FileContents((document,), (tuple(split(document)),))


@pytest.fixture
def held(tmp_path, monkeypatch):
    """Return visits whose files are read as `Held` reads, what begins a visitor's, which have begun, what lets them."""
    begun, let = queue.Queue(), {name: threading.Event() for name in ("a1", "a2", "a3", "b1")}
    monkeypatch.setattr(visits, "FileReader", lambda: contextlib.nullcontext(Held(begun, let)))
    monkeypatch.setattr(visits.documents, "readable", lambda: [""])
    opened = Visits(None)
    with ThreadPoolExecutor(4) as pool:
        waiting = {}

        def start(name):
            steps = opened.steps(name, [file(tmp_path, name)], address=name[0])
            assert next(steps) == Step(1, 0.0)
            waiting[name] = pool.submit(list, steps)
            return waiting[name]

        yield opened, start, begun, let
        for event in let.values():
            event.set()


def test_one_address_reads_one_file_at_a_time_and_another_one_meanwhile(held):
    opened, start, begun, let = held
    first = start("a1")
    assert begun.get(timeout=60) == "a1"
    later = [start("a2"), start("a3")]
    other = start("b1")
    assert begun.get(timeout=60) == "b1"  # one of the first address would have come before
    let["b1"].set()
    assert other.result(60)[-1] is None
    assert (begun.empty(), first.done()) == (True, False)
    for event in let.values():
        event.set()
    assert [done.result(60)[-1] for done in (first, *later)] == [None] * 3
    assert sorted([begun.get(timeout=60), begun.get(timeout=60)]) == ["a2", "a3"]
    assert len(opened) == 4


def test_a_file_of_a_visit_that_is_over_is_not_read(held):
    opened, start, begun, let = held
    first, second = start("a1"), start("a2")
    name = begun.get(timeout=60)
    waits = {"a1": second, "a2": first}[name]
    gone = {"a1": "a2", "a2": "a1"}[name]
    while gone not in opened._visits:  # it has begun to wait
        pass
    opened.remove(gone)
    let[name].set()
    assert waits.result(60) == []
    assert begun.empty()
    assert opened.rag(gone) is None


def test_a_visitor_has_a_bounded_number_of_documents(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_DOCUMENTS", 3)
    opened = Visits(None)
    two, three = (file(tmp_path, f"{n}.jsonl", '{"text": "Polisen hjälper."}\n' * n) for n in (2, 3))
    assert added(opened, "a", two, three) == [None, Refused("3.jsonl", "too_divided")]
    assert added(opened, "b", three) == [None]
    assert (len(opened.documents("a")), len(opened.documents("b"))) == (2, 3)
    assert "högst 2000 dokument" in own.status([], [Refused("3.jsonl", "too_divided")], "sv")


def test_what_is_removed_while_it_is_read_is_read_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "STEP", 2)
    text = "\n\n".join(f"Tullverket utreder ärende nummer {n}." for n in range(8))
    encoder = Slow()
    opened = Visits(encoder)
    steps = opened.steps("a", [file(tmp_path, "tull.txt", text), file(tmp_path, "skatt.txt")])
    assert [next(steps).share for _ in range(3)] == [0.0, 0.5, 0.625]
    opened.remove("a")
    assert list(steps) == [None]
    assert (len(encoder.batches), len(opened), opened.rag("a")) == (1, 0, None)


def test_a_visit_that_is_over_leaves_nothing(tmp_path):
    opened = Visits(None)
    added(opened, "a", file(tmp_path, "tull.txt"))
    asking = opened.rag("a")
    asking.reader = KeywordReader({"": 0.999})
    opened.remove("a")
    opened.remove("a")
    assert (opened.rag("a"), len(opened)) == (None, 0)
    assert asking.ask("Vad gör Tullverket?").answered  # a question that was under way is answered
    added(opened, "a", file(tmp_path, "ny.txt", "Regionen ger vård."))
    assert [document.id for document in opened.documents("a")] == ["ny.txt"]


def test_a_quiet_visit_is_over_after_an_hour(tmp_path):
    now = [0.0]
    opened = Visits(None, clock=lambda: now[0])
    added(opened, "a", file(tmp_path, "tull.txt"))
    now[0] = visits.MAX_IDLE - 1
    opened.rag("a")
    now[0] += visits.MAX_IDLE - 1
    added(opened, "b", file(tmp_path, "vård.md", "Regionen ger vård."))
    assert len(opened) == 2
    now[0] += 2
    added(opened, "b", file(tmp_path, "mer.md", "Regionen ger stöd."))
    assert (len(opened), opened.rag("a")) == (1, None)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("virus.exe", b"MZ", "format"),
        ("bild.png", b"\x89PNG", "format"),
        ("utan", b"text", "format"),
        ("tom.txt", b"", "unreadable"),
        ("blank.txt", b" \n\n ", "unreadable"),
        ("trasig.pdf", b"%PDF-1.7 trasig", "unreadable"),
        ("trasig.docx", b"PK\x03\x04 trasig", "unreadable"),
        ("rader.jsonl", b'{"ingen": "text"}\n', "unreadable"),
        ("stor.txt", b"a" * (visits.MAX_MEGABYTES * 1_000_000 + 1), "too_large"),
        ("lång.txt", b"Ord. " * (visits.MAX_CHARACTERS // 5 + 1), "too_long"),
        ("<script>alert(1)<script>.exe", b"", "format"),
    ],
)
def test_what_is_refused_is_told_and_its_neighbours_are_read(tmp_path, name, text, problem):
    opened = Visits(None)
    first, last = file(tmp_path, "a.txt"), file(tmp_path, "b.txt", "Regionen ger vård.")
    assert added(opened, "a", first, file(tmp_path, name, text), last) == [None, Refused(name, problem), None]
    assert [document.id for document in opened.documents("a")] == ["a.txt", "b.txt"]


def test_two_files_of_one_name_are_two_documents_and_the_same_bytes_are_one(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 3)
    texts = {"a": "Tullverket utreder smuggling.", "b": "Regionen ger vård.", "c": "Skatteverket granskar."}
    for folder in texts:
        (tmp_path / folder).mkdir()
    one, other, third = (file(tmp_path / folder, "rutin.txt", text) for folder, text in texts.items())
    opened = Visits(Slow())
    assert added(opened, "k", one, other, one) == [None] * 3
    assert added(opened, "k", other, third, one) == [None] * 3  # those it has already take no place
    held = {document.id: document.text for document in opened.documents("k")}
    assert held == dict(zip(("rutin.txt", "rutin.txt (2)", "rutin.txt (3)"), texts.values(), strict=True))
    [cited] = opened.rag("k").ask("Vad ger Regionen?").citations
    assert (cited.document_id, cited.quote) == ("rutin.txt (2)", "Regionen ger vård.")
    assert added(opened, "k", file(tmp_path, "ny.txt"), one) == [Refused("ny.txt", "too_many"), None]


def test_what_is_left_out_of_a_file_is_told_again_with_it(tmp_path):
    damaged = file(
        tmp_path, "tull.txt", "Tullverket utreder smuggling.\n\nÅklagaren åtalar.".encode("cp1252") + b"\x81"
    )
    opened = Visits(None)
    first = added(opened, "k", damaged)
    assert [type(one) for one in first] == [Noted]
    assert added(opened, "k", damaged) == first


def test_a_file_that_is_gone_is_told(tmp_path, monkeypatch):
    opened = Visits(None)
    last = file(tmp_path, "b.txt", "Regionen ger vård.")
    assert added(opened, "a", tmp_path / "borta.txt", last) == [Refused("borta.txt", "gone"), None]
    assert [document.id for document in opened.documents("a")] == ["b.txt"]
    steps, vanishing = visits.FileReader.read, file(tmp_path, "c.txt")

    def read(reader, path, **named):
        path.unlink()
        return steps(reader, path, **named)

    monkeypatch.setattr(visits.FileReader, "read", read)
    assert added(opened, "a", vanishing) == [Refused("c.txt", "gone")]
    said = own.status(opened.documents("a"), [Refused("c.txt", "gone")], "sv")
    assert "Filen finns inte kvar på servern. Lägg till den igen." in said


def test_pages_without_text_are_told(tmp_path):
    made = io.BytesIO()
    sheet = canvas.Canvas(made)
    sheet.drawString(72, 700, "Tullverket utreder smuggling.")
    for _ in range(2):
        sheet.showPage()
        sheet.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 500, 800)
    sheet.save()
    opened = Visits(None)
    (told,) = added(opened, "a", file(tmp_path, "tull.pdf", made.getvalue()))
    assert isinstance(told, Noted)
    assert (told.name, [(one.kind, one.detail) for one in told.remarks]) == ("tull.pdf", [("scanned", "2–3")])
    assert [document.text for document in opened.documents("a")] == ["Tullverket utreder smuggling."]


def test_files_and_visits_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 2)
    monkeypatch.setattr(visits, "MAX_VISITS", 1)
    opened = Visits(None)
    files = [file(tmp_path, f"{number}.txt") for number in range(3)]
    assert added(opened, "a", *files) == [None, None, Refused("2.txt", "too_many")]
    assert added(opened, "b", files[0]) == [Refused("0.txt", "busy")]


def test_visits_of_one_address_make_room_for_those_of_others(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_VISITS", 4)
    opened, path = Visits(None), file(tmp_path, "tull.txt")
    for key in "abcd":
        assert added(opened, key, path, address="192.0.2.1") == [None]
    assert added(opened, "e", path, address="192.0.2.1") == [Refused("tull.txt", "busy")]  # whoever took them all
    opened.rag("a")  # is asked last
    for key in "xy":
        assert added(opened, key, path, address="198.51.100.7") == [None]
    assert [key for key in "abcdexy" if opened.rag(key)] == list("adxy")
    assert added(opened, "z", path, address="198.51.100.7") == [Refused("tull.txt", "busy")]  # two and two
    assert added(opened, "v", path, address="203.0.113.9") == [None]
    assert len(opened) == 4


def test_who_brings_no_key_has_no_documents(tmp_path):
    opened = Visits(None)
    assert added(opened, "", file(tmp_path, "tull.txt")) == [Refused("tull.txt", "busy")]
    assert (opened.rag(""), len(opened)) == (None, 0)


def test_many_visitors_at_once_never_mix(tmp_path):
    opened = Visits(None)
    paths = {str(n): file(tmp_path, f"{n}.txt", f"Verk{n}verket ger stöd nummer {n}.") for n in range(8)}

    def visit(key):
        added(opened, key, paths[key])
        return [document.text for _ in range(5) for document in opened.documents(key)]

    with ThreadPoolExecutor(6) as pool:
        for key, texts in zip(paths, pool.map(visit, paths), strict=True):
            assert texts == [f"Verk{key}verket ger stöd nummer {key}."] * 5
