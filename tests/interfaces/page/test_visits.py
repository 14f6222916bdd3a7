"""Visitors' own documents: apart, limited, gone after the visit."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from nmt_rag.interfaces.page import visits
from nmt_rag.interfaces.page.views import own
from nmt_rag.interfaces.page.visitor.steps import Refused, Step, Taken
from nmt_rag.interfaces.page.visits import Visits
from tests.fakes import KeywordReader


def file(folder, name, text="Tullverket utreder smuggling."):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def added(opened, key, *files, address=""):
    return [step for step in opened.steps(key, files, address) if not isinstance(step, Step)]


def test_a_visitor_asks_its_own_documents_only(tmp_path):
    opened = Visits(None)
    both = file(tmp_path, "tull.txt"), file(tmp_path, "skatt.txt", "Skatteverket granskar.")
    assert added(opened, "a", *both) == [Taken("tull.txt"), Taken("skatt.txt")]
    assert added(opened, "b", file(tmp_path, "vård.md", "Regionen ger vård.")) == [Taken("vård.md")]
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
        Step(1, 0.7), Step(1, 0.9), Step(1, 1.0), Taken("tull.txt"), Step(2, 0.0), Refused("virus.exe", "format"),
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
    assert said[:3] == [Step(1, 0.0), Step(1, 0.5), Step(1, 1.0)]
    assert said[3:] == [Taken("vård.txt"), Step(2, 0.0), Step(2, None, askable=True)]
    early = opened.rag("a")
    assert (early.encoder, [document.id for document in early.documents()]) == (None, ["vård.txt", "tull.txt"])
    hits = early.search("Tullverket ärende nummer 4", k=10)
    assert hits[0].passage.text == "Tullverket utreder ärende nummer 4."
    assert {hit.passage.actor for hit in hits if hit.document_id == "tull.txt"} == {""}  # nobody is named unread
    assert len(encoder.batches) == 1  # of the short file
    assert list(steps) == [Step(2, 0.5), Step(2, 1.0), Taken("tull.txt")]
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
    assert [step for step in steps["tull"] if not isinstance(step, Step)] == [Taken("tull.txt")]
    assert held() == ["skatt.txt", "tull.txt"]  # one is whole, the other still by its words
    assert opened.rag("a").encoder is None
    assert list(steps["skatt"])[-1] == Taken("skatt.txt")
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


def test_a_visitor_has_a_bounded_number_of_documents(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_DOCUMENTS", 3)
    opened = Visits(None)
    two, three = (file(tmp_path, f"{n}.jsonl", '{"text": "Polisen hjälper."}\n' * n) for n in (2, 3))
    assert added(opened, "a", two, three) == [Taken("2.jsonl"), Refused("3.jsonl", "too_divided")]
    assert added(opened, "b", three) == [Taken("3.jsonl")]
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
    assert list(steps) == [Taken("tull.txt")]
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
    assert opened.rag("b") is not None
    assert (opened.rag("a"), len(opened)) == (None, 1)  # nobody added anything meanwhile
    now[0] += visits.MAX_IDLE + 1
    opened.sweep()
    assert len(opened) == 0


def test_a_visit_whose_file_is_worked_on_is_not_over(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "STEP", 1)
    now = [0.0]
    opened = Visits(Slow(), clock=lambda: now[0])
    text = "\n\n".join(f"Tullverket utreder ärende nummer {n}." for n in range(4))
    for _ in opened.steps("a", [file(tmp_path, "tull.txt", text)]):
        now[0] += visits.MAX_IDLE - 1
        opened.sweep()
    assert [document.id for document in opened.documents("a")] == ["tull.txt"]


@pytest.mark.parametrize("ends", ["the encoder fails", "the visitor stops"])
def test_a_file_that_was_not_taken_in_after_all_can_be_added_again(tmp_path, monkeypatch, ends):
    monkeypatch.setattr(visits, "MAX_FILES", 1)
    monkeypatch.setattr(visits, "LONG", 1)
    monkeypatch.setattr(visits, "STEP", 1)
    long = file(tmp_path, "tull.txt", "\n\n".join(f"Tullverket utreder ärende nummer {n}." for n in range(3)))
    encoder, encode = Slow(), Slow.encode_passages
    opened = Visits(encoder)
    steps = opened.steps("k", [long])
    assert [next(steps) for _ in range(2)] == [Step(1, 0.0), Step(1, None, askable=True)]
    if ends == "the encoder fails":
        monkeypatch.setattr(Slow, "encode_passages", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(steps)
        monkeypatch.setattr(Slow, "encode_passages", encode)
    else:
        steps.close()
    assert opened.rag("k") is None
    assert added(opened, "k", long) == [Taken("tull.txt")]
    assert [document.id for document in opened.documents("k")] == ["tull.txt"]  # and no "tull.txt (2)"
    assert len(opened.rag("k").search("Tullverket", k=10)) == 3


def test_a_file_whose_reading_failed_takes_no_place(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 1)
    opened, path = Visits(None), file(tmp_path, "tull.txt")
    with monkeypatch.context() as patched:
        patched.setattr(visits.FileReader, "read", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            added(opened, "k", path)
    assert added(opened, "k", path) == [Taken("tull.txt")]


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
    assert added(opened, "a", first, file(tmp_path, name, text), last) == [
        Taken("a.txt"),
        Refused(name, problem),
        Taken("b.txt"),
    ]
    assert [document.id for document in opened.documents("a")] == ["a.txt", "b.txt"]


def test_two_files_of_one_name_are_two_documents_and_the_same_bytes_are_one(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 3)
    texts = {"a": "Tullverket utreder smuggling.", "b": "Regionen ger vård.", "c": "Skatteverket granskar."}
    for folder in texts:
        (tmp_path / folder).mkdir()
    one, other, third = (file(tmp_path / folder, "rutin.txt", text) for folder, text in texts.items())
    opened = Visits(Slow())
    assert added(opened, "k", one, other, one) == [Taken("rutin.txt")] * 3
    assert added(opened, "k", other, third, one) == [Taken("rutin.txt")] * 3  # those it has already take no place
    held = {document.id: document.text for document in opened.documents("k")}
    assert held == dict(zip(("rutin.txt", "rutin.txt (2)", "rutin.txt (3)"), texts.values(), strict=True))
    [cited] = opened.rag("k").ask("Vad ger Regionen?").citations
    assert (cited.document_id, cited.quote) == ("rutin.txt (2)", "Regionen ger vård.")
    assert added(opened, "k", file(tmp_path, "ny.txt"), one) == [Refused("ny.txt", "too_many"), Taken("rutin.txt")]


def test_what_is_left_out_of_a_file_is_told_again_with_it(tmp_path):
    damaged = file(
        tmp_path, "tull.txt", "Tullverket utreder smuggling.\n\nÅklagaren åtalar.".encode("cp1252") + b"\x81"
    )
    opened = Visits(None)
    first = added(opened, "k", damaged)
    assert [[remark.kind for remark in one.remarks] for one in first] == [["damaged"]]
    assert added(opened, "k", damaged) == first


def test_a_file_that_is_gone_is_told(tmp_path, monkeypatch):
    opened = Visits(None)
    last = file(tmp_path, "b.txt", "Regionen ger vård.")
    assert added(opened, "a", tmp_path / "borta.txt", last) == [Refused("borta.txt", "gone"), Taken("b.txt")]
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
    assert isinstance(told, Taken)
    assert (told.name, [(one.kind, one.detail) for one in told.remarks]) == ("tull.pdf", [("scanned", "2–3")])
    assert [document.text for document in opened.documents("a")] == ["Tullverket utreder smuggling."]


def test_files_and_visits_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_FILES", 2)
    monkeypatch.setattr(visits, "MAX_VISITS", 1)
    opened = Visits(None)
    files = [file(tmp_path, f"{number}.txt") for number in range(3)]
    assert added(opened, "a", *files) == [Taken("0.txt"), Taken("1.txt"), Refused("2.txt", "too_many")]
    assert added(opened, "b", files[0]) == [Refused("0.txt", "busy")]


def test_visits_of_one_address_make_room_for_those_of_others(tmp_path, monkeypatch):
    monkeypatch.setattr(visits, "MAX_VISITS", 4)
    opened, path = Visits(None), file(tmp_path, "tull.txt")
    for key in "abcd":
        assert added(opened, key, path, address="192.0.2.1") == [Taken("tull.txt")]
    assert added(opened, "e", path, address="192.0.2.1") == [Refused("tull.txt", "busy")]  # whoever took them all
    opened.rag("a")  # is asked last
    for key in "xy":
        assert added(opened, key, path, address="198.51.100.7") == [Taken("tull.txt")]
    assert [key for key in "abcdexy" if opened.rag(key)] == list("adxy")
    assert added(opened, "z", path, address="198.51.100.7") == [Refused("tull.txt", "busy")]  # two and two
    assert added(opened, "v", path, address="203.0.113.9") == [Taken("tull.txt")]
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
