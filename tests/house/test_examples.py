"""The examples run, offline, and show what they say they show."""

import csv
import json
import re
import subprocess
import sys

import pytest

from tests import chat_server
from tests.doc_blocks import ROOT, make_place, run_script

pytestmark = pytest.mark.usefixtures("reads_once")

EXAMPLES = ROOT / "examples"
ON_THE_AGENT = "Vilken myndighet beslutar om betänketid?"


@pytest.fixture
def run(tmp_path):
    """Run an example in a folder and return what it printed."""

    def run(name, *arguments):
        done = run_script(EXAMPLES / name, list(map(str, arguments)), tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def start(tmp_path):
    """Run an example in a process of its own, and return what it printed."""
    place = make_place(tmp_path)

    def start(name, *arguments):
        options = ["-W", "error::DeprecationWarning:__main__"]
        done = subprocess.run([sys.executable, *options, EXAMPLES / name, *map(str, arguments)], **place)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return start


def test_an_agent_answers_from_the_tool_and_its_quotes_are_proven(run):
    said, *sources = run("langchain_agent.py", ON_THE_AGENT).rstrip().split("\n[1] ")
    assert said.startswith("Källorna svarar:\nMigrationsverket: «Handläggare på Migrationsverket kan")
    (source,) = sources
    start, end = map(int, re.fullmatch(r"Deltagande myndigheter › Migrationsverket, (\d+)–(\d+)", source).groups())
    page = (ROOT / "corpus" / "deltagande-myndigheter.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    assert f"«{page[start:end]}»" in said


@pytest.mark.parametrize("name", ["batch_csv.py", "langchain_agent.py", "local_model.py"])
def test_an_example_starts_by_itself(start, name):
    assert start(name, "--help").startswith(f"usage: {name} ")


def test_examples_run_without_an_argument(run):
    assert run("langchain_agent.py") == run("langchain_agent.py", ON_THE_AGENT)
    rows = list(csv.DictReader(run("batch_csv.py").splitlines()))
    assert [(row["nr"], row["svarat"]) for row in rows] == [("1", "ja"), ("2", "ja"), ("3", "nej")]


def test_a_local_model_is_asked_over_http_and_what_it_makes_up_is_dropped(run):
    with chat_server.serving() as server:
        server.pieces = [
            "Migrationsverket: «utreda och fatta beslut i ärenden som rör betänketid» [1]\n",
            "Beslutet tas inom 14 dagar: «utreda och fatta beslut i ärenden som rör betänketid» [1]\n",
        ]
        out = run("local_model.py", "--url", server.url, "--model", "provmodell")
        asked = [one["messages"][-1]["content"] for one in server.requests]
    first, *_, totals, sentences = [line for line in out.splitlines() if line]
    assert first == f"? {ON_THE_AGENT}"
    assert "Migrationsverket: «Handläggare" in out
    assert "14 dagar" not in out
    assert re.fullmatch(r"provmodell was asked 2 of 3 questions, median \d+\.\d s", totals)
    assert re.fullmatch(r"sentences released: \d+; dropped: .*\d number.*", sentences)
    assert [ON_THE_AGENT in one for one in asked] == [True, False]


def test_a_local_model_that_fails_is_told_and_the_next_question_is_asked(run, tmp_path):
    (tmp_path / "frågor.csv").write_text(f"fråga\n{ON_THE_AGENT}\nVad kostar en liter mjölk?\n", encoding="utf-8")
    with chat_server.serving() as server:
        server.status = 400
        out = run("local_model.py", "--questions", "frågor.csv", "--url", server.url, "--model", "provmodell")
    assert f"? {ON_THE_AGENT}\n(ChatOpenAI:provmodell failed: " in out
    assert "? Vad kostar en liter mjölk?\n" in out
    assert out.endswith("provmodell failed at 1 of 2 questions\n")


def test_a_local_model_that_is_not_there_is_told(run):
    out = run("local_model.py")
    assert out.count("? ") == 3
    assert "Migrationsverket: «Handläggare" in out


def test_an_agent_says_where_the_sources_are_silent(run):
    output = run("langchain_agent.py", "Vad kostar en liter mjölk?")
    assert output.startswith("Källorna svarar:\n")
    assert "«" not in output


def test_what_an_agent_makes_up_is_found():
    module = {}
    exec(compile((EXAMPLES / "langchain_agent.py").read_text(encoding="utf-8"), "agent", "exec"), module)
    answer = {"citations": [{"quote": "KAST tar emot anonyma samtal."}]}
    text = "«KAST tar emot anonyma samtal.» och «anonyma» men «KAST tar emot alla»"
    assert module["unproven"](text, [answer]) == ["KAST tar emot alla"]
    assert module["unproven"](text, []) == ["KAST tar emot anonyma samtal.", "anonyma", "KAST tar emot alla"]


def test_a_batch_answers_every_row_and_keeps_its_columns(run, tmp_path):
    questions = [("1", ON_THE_AGENT, "=1+1"), ("2", "Vad kostar en liter mjölk?", ""), ("3", "", "tom")]
    with (tmp_path / "frågor.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("id", "fråga", "not"), *questions])
    assert run("batch_csv.py", "frågor.csv", "svar.csv") == "1 av 3 frågor besvarade: svar.csv\n"
    with (tmp_path / "svar.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["id"], first["svarat"], first["aktörer"], first["not"]) == ("1", "ja", "Migrationsverket", "'=1+1")
    assert first["svar"].startswith(f"Migrationsverket: «{first['citat']}» [1]")
    document_id, start, end = re.fullmatch(r"(\S+) (\d+)–(\d+)", first["platser"]).groups()
    page = (ROOT / "corpus" / f"{document_id}.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    assert page[int(start) : int(end)] == first["citat"]
    assert re.match(r"https://\S+#:~:text=", first["källa"])
    for row in (second, third):
        assert (row["svarat"], row["svar"], row["citat"], row["säkerhet"]) == ("nej", "", "", "")
        assert row["skäl"]


def test_a_batch_without_questions_says_what_is_missing(tmp_path):
    (tmp_path / "fel.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = run_script(EXAMPLES / "batch_csv.py", ["fel.csv", "svar.csv"], tmp_path)
    assert (done.returncode, done.stderr) == (1, "fel.csv has no column 'fråga'; it has ['a', 'b']\n")
    assert not (tmp_path / "svar.csv").exists()


def test_a_batch_reads_what_excel_writes_in_sweden(run, tmp_path):
    text = f"id;fråga;not\r\n1;{ON_THE_AGENT};å, ä, ö\r\n"
    (tmp_path / "frågor.csv").write_bytes(text.encode("cp1252"))
    assert run("batch_csv.py", "frågor.csv", "svar.csv") == "1 av 1 frågor besvarade: svar.csv\n"
    with (tmp_path / "svar.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert (row["id"], row["not"], row["aktörer"]) == ("1", "å, ä, ö", "Migrationsverket")


@pytest.mark.parametrize(
    ("data", "says"), [(b"\x89PNG\r\n\x1a\n\xff\x01", "the file is not text"), (None, "No such file")]
)
def test_a_batch_that_cannot_be_read_is_one_line(tmp_path, data, says):
    if data is not None:
        (tmp_path / "fel.csv").write_bytes(data)
    done = run_script(EXAMPLES / "batch_csv.py", ["fel.csv", "svar.csv"], tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"cannot read fel.csv: {says}")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_runs_from_top_to_bottom(run, tmp_path, path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    make_place(tmp_path)
    (tmp_path / "celler.py").write_text("\n".join(cells), encoding="utf-8")
    output = run(tmp_path / "celler.py")
    assert "Migrationsverket: «" in output
    assert "#:~:text=" in output
    assert "False " in output
