"""The benchmarks: their arithmetic, and each of them in a tiny mode. No time is asserted."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import itertools
import json
import lzma
import os
import random
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nmt_rag
from benchmarks import (
    boundaries,
    cold_start,
    encoding,
    exchanging,
    growth,
    indexing,
    judging,
    measuring,
    mutating,
    nearby,
    plot,
    serving,
    soaking,
    texts,
    warm,
    wording,
)
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.cheap import RandomEncoder
from benchmarks.engines import Engines, Recorder
from benchmarks.measuring import Measurement, interleaved, number, ratio, run_process, table, timed
from benchmarks.sizes import FULL, MILLION, TEN_MILLION, TINY
from nmt_rag.answering import search
from nmt_rag.documents.passages import split
from nmt_rag.evaluation import exports
from nmt_rag.evaluation.checks.exactness import check
from nmt_rag.evaluation.evaluating import evaluate
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.index.engines.dense.search import Dense
from nmt_rag.index.index import Index
from tests import chat_server
from tests.fakes import remember_what_is_read


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still; works set it forward."""
    now = [100.0]
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: now[0])
    return now


@dataclass(frozen=True)
class Tiny:
    """What all benchmarks wrote and printed in tiny mode."""

    printed: str
    rows: dict[str, list[Measurement]]
    machines: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """All benchmarks, run once in tiny mode, with two questions and an index of the page of their own."""
    folder, printed = tmp_path_factory.mktemp("results"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NMT_RAG_INDEX", str(folder / "packaged"))
        patch.setattr(texts, "QUESTIONS", texts.QUESTIONS[:2])
        patch.setattr(encoding, "QUERY_REPEATS", 2)
        remember_what_is_read(patch)
        with contextlib.redirect_stdout(printed):
            assert main(["--tiny", "--results", str(folder)]) == 0
    written = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in BENCHMARKS}
    rows = {name: [Measurement(**row) for row in one["measurements"]] for name, one in written.items()}
    return Tiny(printed.getvalue(), rows, {name: one["machine"] for name, one in written.items()})


# Arithmetic


def test_interleaved_runs_in_turns_and_keeps_each_time(clock: list[float]) -> None:
    order: list[str] = []
    costs = {"a": iter((1.0, 2.0, 4.0)), "b": iter((10.0, 20.0, 40.0))}

    def work(name: str) -> None:
        order.append(name)
        clock[0] += next(costs[name])

    found = interleaved({"a": lambda: work("a"), "b": lambda: work("b")}, 3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert found == {"a": [1.0, 2.0, 4.0], "b": [10.0, 20.0, 40.0]}


def test_timed(clock: list[float]) -> None:
    assert timed(lambda: clock.__setitem__(0, 101.5)) == 1.5


def test_ratio_compares_each_round_with_itself() -> None:
    # 1/2, 8/4 and 3/1: the medians alone would give 3/2
    assert ratio([1, 8, 3], [2, 4, 1]) == 2
    with pytest.raises(ValueError, match="got 1 and 2"):
        ratio([1], [1, 2])
    with pytest.raises(ValueError, match="got 0 and 0"):
        ratio([], [])


@pytest.mark.parametrize(
    ("value", "at_most", "at_least", "met"),
    [
        (1.5, 1.5, None, True),
        (1.51, 1.5, None, False),
        (0.8, None, 0.8, True),
        (0.79, None, 0.8, False),
        (9, None, None, None),
    ],
)
def test_target(value: float, at_most: float | None, at_least: float | None, met: bool | None) -> None:
    assert Measurement("x", value, "s", at_most, at_least).met is met


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (9.876, "9.88"), (123.4, "123"), (1234567, "1\u00a0234\u00a0567")],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_table() -> None:
    found = table(
        [Measurement("a", 2, "s"), Measurement("b", 0.5, "", at_most=0.35), Measurement("c", 9, "MB", None, 8)]
    )
    assert found.splitlines() == [
        "| what | measured | target | |",
        "|---|---:|---|---|",
        "| a | 2 s | | |",
        "| b | 0.5 | ≤ 0.35 | missed |",
        "| c | 9 MB | ≥ 8 MB | met |",
    ]


def test_run_process_tells_peak_memory_and_errors() -> None:
    # From a fresh process: the suite's own memory, which grows with the tests before, would be counted (run_process).
    program = (
        "import sys; from benchmarks.measuring import run_process\n"
        "for code in ('', \"x = b'x' * 300_000_000\"): print(run_process([sys.executable, '-c', code]).peak_bytes)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    small, large = map(int, done.stdout.split())
    assert small < 300_000_000 < large < 360_000_000
    with pytest.raises(RuntimeError, match=r"exited with 3: out of paper"):
        run_process([sys.executable, "-c", "import sys; sys.stderr.write('out of paper'); sys.exit(3)"])


def test_run_process_passes_the_environment() -> None:
    program = "import os, sys; sys.exit(os.environ['BENCHMARK'] != 'here')"
    assert run_process([sys.executable, "-c", program], {"BENCHMARK": "here"}).seconds > 0


# What is measured


def test_cheap_encoder_gives_the_same_unit_embedding_for_the_same_text() -> None:
    encoder = RandomEncoder(16)
    found = encoder.encode_passages(["a", "b", "a", ""])
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], encoder.encode_query("b"))
    assert abs(float(found[0] @ found[1])) < 0.99
    assert encoder.encode_passages([]).shape == (0, 16)


def test_invented_sentences_are_different_and_repeatable() -> None:
    first = list(itertools.islice(texts.invented(), 500))
    assert len(set(first)) == 500
    assert first == list(itertools.islice(texts.invented(), 500))


def test_real_sentences_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {
        "corpus/agency_instructions": {
            "text": "Uppgifter\n\n1 § Kort.\n\nMyndigheten ska samordna stödet. Den ska utreda ärenden."
        },
        "corpus/topical_passages": {"text": "Den ska utreda ärenden."},
        "train/pairs_sv": {"query": "Vem?", "passage": "Regeringen har beslutat om ett nytt uppdrag."},
        "train/parallel_en_sv": {"en": "x", "sv": "Välj ett namn på filen i listan."},
    }
    for name, row in sources.items():
        path = tmp_path / "data" / f"{name}.jsonl.xz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with lzma.open(path, "wt", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    monkeypatch.setenv("NMT_RAG_SHARED", str(tmp_path))
    assert texts.sentences(6)[:5] == [
        "Myndigheten ska samordna stödet.",
        "Den ska utreda ärenden.",
        "Regeringen har beslutat om ett nytt uppdrag.",
        "Välj ett namn på filen i listan.",
        next(texts.invented()),
    ]
    monkeypatch.delenv("NMT_RAG_SHARED")
    assert texts.sentences(3) == list(itertools.islice(texts.invented(), 3))
    assert texts.questions(2) == list(texts.QUESTIONS[:2])


def test_documents_hold_each_sentence_as_one_passage() -> None:
    sentences = texts.sentences(23, made_up=True)
    found = list(texts.documents(sentences, 5))
    assert len(found) == 5
    assert len({document.id for document in found}) == 5
    assert [passage.text for document in found for passage in split(document)] == sentences


def test_engines_repeat_what_a_search_asked(tmp_path: Path) -> None:
    encoder = RandomEncoder(24)
    with Index.create(tmp_path / "index", encoder=encoder) as index:
        index.add(texts.documents(texts.sentences(60, made_up=True), 5))
        recorder = Recorder(index)
        hits = search.search(recorder, encoder, "Vem prövar ansökan om stödet?")
        assert hits == search.search(index, encoder, "Vem prövar ansökan om stödet?")
        dense, words, whole = recorder.calls
        np.testing.assert_array_equal(dense.asked, encoder.encode_query("Vem prövar ansökan om stödet?"))
        nearest, found, documents = Engines(index.path).repeat([dense, words, whole])
        assert nearest == [number for number, _ in index.search_dense(dense.asked, dense.k)]
        ours = dict(index.search_lexical(words.asked, words.k))
        assert set(found) == set(ours)
        scores = [ours[number] for number in found]
        assert scores == sorted(scores, reverse=True)
        places = index.places(documents)
        asked = index.search_documents(whole.asked, whole.k)
        assert {places[number].document_id for number in documents} == {document for document, _ in asked}
        assert whole.documents


def test_large_index_is_built_once(tmp_path: Path) -> None:
    encoder = RandomEncoder()
    with warm.large_index(TINY, encoder, tmp_path) as index:
        assert index.n_passages == TINY.searched
        generation = index.generation
    with warm.large_index(TINY, encoder, tmp_path) as index:
        assert index.generation == generation
    next(tmp_path.glob("*.complete")).unlink()  # as after a kill in the middle of building
    with warm.large_index(TINY, encoder, tmp_path) as index:
        assert index.n_passages == TINY.searched


def test_growth_reaches_each_size(tiny: Tiny) -> None:
    names = ("adding, a passage", "search", "adding one document", "opening", "the first document after opening")
    names += ("resident memory", "disk")
    found = {row.what: row.value for row in tiny.rows["growth"]}
    sizes = list(dict.fromkeys(int(what.split()[0]) for what in found))
    assert list(found) == [f"{size} passages: {name}" for size in sizes for name in names]
    assert [size >= wanted for size, wanted in zip(sizes, TINY.grown, strict=True)] == [True, True]
    assert sizes[0] == 40
    assert all(value > 0 for value in found.values())
    assert found[f"{sizes[1]} passages: disk"] > found["40 passages: disk"]


def test_percentile_is_the_nearest_rank() -> None:
    assert [serving.percentile([30, 10, 20, 50, 40], percent) for percent in (1, 20, 21, 95, 100)] == [
        10,
        10,
        20,
        50,
        50,
    ]
    assert serving.percentile(range(1, 101), 95) == 95
    assert serving.percentile([7.0], 95) == 7.0


def test_processor_time_is_that_of_the_process() -> None:
    before, start = serving.processor_seconds(os.getpid()), time.process_time()
    while time.process_time() - start < 0.2:
        pass
    assert serving.processor_seconds(os.getpid()) - before == pytest.approx(time.process_time() - start, abs=0.05)


def test_a_load_counts_what_is_not_answered() -> None:
    async def scenario() -> tuple[serving.Load, list[str]]:
        questions: list[str] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = int(head.rpartition(b"Content-Length: ")[2].split()[0])
                    questions.append(json.loads(await reader.readexactly(length))["question"])
                    status = b"503 Busy" if len(questions) % 4 == 0 else b"200 OK"
                    writer.write(b"HTTP/1.1 %b\r\nContent-Length: 3\r\n\r\nxyz" % status)
            writer.close()

        listening = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        found = await serving.load("127.0.0.1", port, clients=3, seconds=0.3)
        listening.close()
        return found, questions

    found, questions = asyncio.run(scenario())
    assert len(found.seconds) == len(questions) > 4
    assert found.failed == len(questions) // 4
    assert set(questions) <= set(texts.QUESTIONS)


# The command line


def test_every_benchmark_runs_in_tiny_mode(tiny: Tiny) -> None:
    assert list(tiny.rows) == list(BENCHMARKS)
    for name, found in tiny.rows.items():
        assert tiny.machines[name]["cores"] >= 1
        assert found
        assert all(np.isfinite(row.value) and row.value > 0 for row in found)
        assert f"## {name}\n\n{table(found)}\n" in tiny.printed
    targets = {
        row.what: (row.at_most, row.at_least)
        for found in tiny.rows.values()
        for row in found
        if row.at_most or row.at_least
    }
    assert targets["`nmt-rag ask` ÷ import"] == (0.35, None)
    assert targets["`nmt-rag ask`, peak resident memory"] == (400, None)
    assert targets["one query"] == (15, None)
    assert targets["passages a second"] == (None, 165)
    assert targets["`search` on 60 passages ÷ encoder and bare engines"] == (1.5, None)
    assert targets["indexing ÷ encoder alone"] == (None, 0.8)
    assert targets["share of the requests that were answered"] == (None, 1)


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["warp"])
    assert caught.value.code == 2
    assert "there is no benchmark warp; there are cold-start" in capsys.readouterr().err


def test_sizes_are_those_that_were_promised() -> None:
    assert (FULL.searched, FULL.indexed, FULL.grown[-1], MILLION.grown[-1]) == (60_000, 5_000, 100_000, 1_000_000)
    assert BENCHMARKS == {
        "cold-start": cold_start.run,
        "encoding": encoding.run,
        "warm": warm.run,
        "indexing": indexing.run,
        "growth": growth.run,
        "judging": judging.run,
        "nearby": nearby.run,
        "serving": serving.run,
    }
    assert (FULL.listed[-1], TEN_MILLION.listed) == (nearby.PROMISED, (10_000_000,)) == (1_000_000, (10_000_000,))
    assert (FULL.served_seconds, serving.CLIENTS) == (60, 50)


def test_made_up_embeddings_lie_around_their_bases_and_are_the_same_each_time() -> None:
    bases = RandomEncoder(32).encode_passages([f"text {i}" for i in range(200)])
    made = np.concatenate([*nearby.around(bases, 500)])
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(500), abs=1e-6)
    nearest = (made @ bases.T).max(axis=1)
    assert 0.7 < np.median(nearest) < 0.95
    assert np.array_equal(np.concatenate([*nearby.around(bases, 500)]), made)
    streamed, at_once, dense = io.BytesIO(), io.BytesIO(), Dense.empty(32)
    nearby.write(streamed, nearby.around(bases, 500), 500, 32)
    dense.add(np.arange(1, 501), made)
    dense.write(at_once)
    assert streamed.getvalue() == at_once.getvalue()


# The picture


def test_axis_by_hand() -> None:
    axis = plot.Axis(1, 1000, 0, 300)
    assert [round(axis.place(value), 6) for value in (1, 10, 1000)] == [0, 100, 300]
    assert axis.decades() == [1, 10, 100, 1000]
    assert plot.Axis(0.1, 10, 200, 0).place(1) == pytest.approx(100)


def test_picture_shows_each_curve_at_its_place(tmp_path: Path) -> None:
    rows = [
        {"what": f"{size}\u00a0000 passages: {name}", "value": value * size}
        for size in (1, 10)
        for name, value in (("search", 1.0), ("opening", 10.0), ("disk", 3.0), ("resident memory", 9.0))
    ]
    (tmp_path / "growth.json").write_text(json.dumps({"measurements": rows}), encoding="utf-8")
    curves = plot.read(tmp_path / "growth.json")
    assert curves["search"] == [(1000, 1), (10_000, 10)]
    picture = plot.draw(curves)
    root = ET.fromstring(picture)
    said = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"milliseconds", "megabytes", "search", "opening", "disk", "resident memory"} <= set(said)
    lines = [node.get("d") for node in root.iter("{http://www.w3.org/2000/svg}path") if node.get("fill") == "none"]
    # the axes go from 1 to 100 over 274 to 24 pixels, and from 1,000 to 10,000 over 62 to 426
    assert lines[0] == "M62.0 274.0L426.0 149.0"
    assert lines[1] == "M62.0 149.0L426.0 24.0"


def test_the_answers_that_are_judged_are_wrong_in_known_ways() -> None:
    documents = list(texts.documents(texts.sentences(60, made_up=True), 10))
    rows = list(judging.answers(documents, 200))
    sources = Sources(documents)
    verdicts = Counter(one.verdict for row in rows for one in check(read_answer(row), sources).quotes)
    assert verdicts.total() == 1_000
    assert 750 < verdicts["exact"] < 860
    assert {"moved", "altered", "absent", "elsewhere"} <= set(verdicts)
    seconds, exact, first, last = judging._measure(TINY)
    assert seconds > 0
    assert 60 <= exact <= 100
    assert 0 < first < 1.01 * last  # what a process holds may fall a little, too


COPY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2]); print('kopia: klar')"
LOSE = (
    "import sys; text = open(sys.argv[1], encoding='utf-8').read(); "
    "open(sys.argv[2], 'w', encoding='utf-8').write(text.replace('dygnet', 'natten'))"
)


def test_answers_that_a_tool_gives_back_changed_are_told(monkeypatch, capsys):
    tools = {name: (code, exports.to_ragas) for name, code in (("kopia", COPY), ("tapp", LOSE), ("fel", "1 / 0"))}
    monkeypatch.setattr(exchanging, "TOOLS", tools)
    assert exchanging.main([f"kopia={sys.executable}"]) == 0
    assert capsys.readouterr().out == "kopia: klar\n2 answers came back as they were from 1 tools\n"
    assert exchanging.main([f"tapp={sys.executable}", f"fel={sys.executable}"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("tapp: sent [")
    assert out[-1] == "fel: ZeroDivisionError: division by zero"
    assert exchanging.main(["okänd=python"]) == 2
    assert "tools are kopia, tapp, fel" in capsys.readouterr().err


def test_the_answers_that_are_exchanged_are_right_ones():
    found = evaluate(exchanging.ANSWERS, exchanging.GOLD, exchanging.SOURCES)
    assert [one.faults for one in found.questions] == [(), ()]


# Hostile requests and damaged files


def test_every_sample_is_read_and_damaged_ones_end_in_documents_or_one_line(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for suffix, data in mutating.samples().items():
        file = tmp_path / f"fil{suffix}"
        file.write_bytes(data)
        assert mutating.wrong(file, counts) == ""
    assert counts["Document"] == len(mutating.samples()) + 1  # two of .jsonl
    assert counts["Failure"] == 0
    said: list[str] = []
    counts = mutating.run(n=2, seconds=120, seed=3, kept=tmp_path / "kept", said=said.append)
    assert said == []
    assert counts["files"] >= len(mutating.samples())
    assert counts["faults"] == 0


def test_what_is_no_document_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise RuntimeError("sönder")

    monkeypatch.setattr(mutating.passages, "split", broken)
    said: list[str] = []
    counts = mutating.run(n=1, seconds=60, seed=1, kept=tmp_path, said=said.append)
    assert counts["faults"] == len(said) == len(list(tmp_path.iterdir())) > 0
    assert all(line.endswith("RuntimeError: sönder") for line in said)


def test_hostile_requests_are_the_same_for_a_seed() -> None:
    first, second = (soaking.hostile_request(random.Random(7)) for _ in range(2))
    assert first == second
    assert len({soaking.hostile_request(random.Random(number))[0] for number in range(200)}) > 150


def test_sentences_count_as_found_and_as_whole() -> None:
    document = [["Avgiften är 200 kr. Den höjs.", "Ring tel. 08-12 34."], ["Öppet"], ["Bad | 9–15"]]
    assert boundaries.outcomes(document, 0) == [
        ("Avgiften är 200 kr. Den höjs.", True, False),  # our rules cut it inside
        ("Ring tel. 08-12 34.", True, True),
        ("Öppet", True, True),
        ("Bad | 9–15", True, True),
    ]


def test_marked_pages_are_compared_with_their_passages_as_text_and_as_files(tmp_path: Path) -> None:
    text = "Snickare\nSnickare bygger hus.  Råd ges m.m.\n\n1. Ring oss\n2. Vänta – vi svarar"
    marked = ["Snickare bygger hus.", "Råd ges m.m.", "Ring oss", "Vänta –", "vi svarar"]  # the reader parts the last
    spans = [(text.index(one), text.index(one) + len(one)) for one in marked]
    (tmp_path / "sida.txt").write_text(text, encoding="utf-8")
    marks = tmp_path / "marks.jsonl"
    row = {"file": "sida.txt", "id": "", "sha256": hashlib.sha256(text.encode()).hexdigest(), "marks": spans}
    marks.write_text(json.dumps(row) + "\n", encoding="utf-8")
    pages = boundaries.marked_pages(tmp_path, marks)
    assert boundaries.compared(pages[0]) == (5, 4, 3, ["Vänta –", "vi svarar"])
    found = boundaries.run_pages(pages)
    assert [one.value for one in found] == [3 / 5, 3 / 4] * 3
    (tmp_path / "sida.txt").write_text(text + "!", encoding="utf-8")
    with pytest.raises(RuntimeError, match="not the text that was marked"):
        boundaries.marked_pages(tmp_path, marks)


def test_the_marks_of_real_pages_are_offsets_in_order_and_no_text() -> None:
    rows = [json.loads(line) for line in boundaries.MARKS.read_text(encoding="utf-8").splitlines()]
    assert len({(row["file"], row["id"]) for row in rows}) == len(rows) >= 40
    for row in rows:
        assert set(row) == {"file", "id", "sha256", "marks"}
        offsets = list(itertools.chain.from_iterable(row["marks"]))
        assert offsets == sorted(offsets)
        assert all(start < end for start, end in row["marks"])


@pytest.mark.skipif("NMT_RAG_SHARED" not in os.environ, reason="the marked pages are not here")
def test_the_sentences_of_real_pages_are_those_a_reader_marked() -> None:
    got = [boundaries.compared(page) for page in boundaries.marked_pages(Path(os.environ["NMT_RAG_SHARED"]))]
    n_marked, n_found, n_same = (sum(one[which] for one in got) for which in range(3))
    assert n_same >= 0.99 * n_marked
    assert n_same >= 0.99 * n_found


@pytest.mark.usefixtures("reads_once")
def test_what_a_model_words_is_counted_over_http(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nmt_rag, "open", partial(nmt_rag.open, encoder=None))
    said = "Migrationsverket beslutar om betänketid: «utreda och fatta beslut i ärenden som rör betänketid» [1]\n"
    with chat_server.serving() as server:
        server.pieces = [said, "Svaret är:\n"]
        assert wording.main(["--n", "1", "--url", server.url, "--model", "provmodell"]) == 0
        n_asked = len(server.requests)
    rows = dict(re.findall(r"^\| (.*?) \| ([\d.]+)", capsys.readouterr().out, flags=re.MULTILINE))
    assert int(rows["questions put to the model"]) == n_asked > 0
    assert rows["sentences dropped: no_citation"] == str(n_asked)
    assert rows["of which it failed or took too long"] == "0"
    assert int(rows["answered in its words"]) == int(rows["sentences released"]) <= n_asked
    assert float(rows["with it, median"]) > 0
