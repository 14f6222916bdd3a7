"""Planted faults: every one is a fault of its kind, and the exactness layer finds them all, by name, on real texts."""

import itertools
import json
import lzma
import os
import random
import time
from pathlib import Path

import pytest

from nmt_rag import documents
from nmt_rag.documents import passages
from nmt_rag.evaluation.checks.exactness import UNITS, check_quote
from nmt_rag.evaluation.inputs.answers import CitedQuote
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.self_test import faults, run, spoiling
from nmt_rag.evaluation.self_test.faults import FAR, FAULTS, plant, right_answers
from nmt_rag.evaluation.self_test.run import lines, sections
from nmt_rag.index import packaged
from nmt_rag.interfaces.terminal.main import main
from nmt_rag.types import Document


@pytest.fixture(scope="module")
def page():
    return list(documents.load(packaged.packaged_corpus()))


@pytest.fixture(scope="module")
def found(page):
    """What the self-test finds on the packaged page."""
    return run.self_test(page)


def test_a_thousand_faults_on_the_packaged_page_are_found(found):
    assert found.passed
    assert [one for one in found.kinds if one.found < one.planted] == []
    assert sum(one.planted for one in found.kinds) > 1_000
    assert all(one.planted for one in found.kinds)
    assert set(found.alarms.values()) == {0}
    text = "\n".join(lines(found))
    assert "| one letter | exactness | 60 | 60 | 1.000 |" in text
    assert text.endswith("passed")


@pytest.mark.skipif("NMT_RAG_SHARED" not in os.environ, reason="NMT_RAG_SHARED names the folder with public corpora")
def test_and_over_the_instructions_of_authorities(page):
    path = Path(os.environ["NMT_RAG_SHARED"]) / "data" / "corpus" / "agency_instructions.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    some = [Document(id=row["sfs"], title=row["title"], text=row["text"]) for row in rows[::4]]
    found = run.self_test([*page, *some], each=15)
    assert found.passed
    assert [one for one in found.kinds if one.found < one.planted] == []
    assert (found.right, set(found.alarms.values())) == (400, {0})


def test_what_is_planted_is_wrong_in_that_way_only(page):
    parts = sections(page[0])
    sources = Sources(parts)
    cases = right_answers(parts, 30, random.Random(1))
    for case in cases:
        for citation in case.answer.citations:
            assert case.document.text[citation.start : citation.end] == citation.quote
    planted = list(plant(cases, sources, 5, random.Random(1)))
    assert {one.kind for one in planted} == set(FAULTS)
    by_id = {case.answer.id: case for case in cases}
    for one in planted:
        right = by_id[one.answer.id]
        assert (one.answer, one.gold) != (right.answer, right.gold), one.kind
        if one.expected.startswith("altered"):
            assert all(one.answer.citations[0].quote not in part.text for part in parts)
        if one.kind == "swapped document":
            assert one.answer.citations[0].quote not in sources.find(one.answer.citations[0].source).text


def test_one_thing_is_spoilt():
    rng = random.Random(0)
    quote = "Myndigheten får inte\xa0neka stöd enligt 12 § lagen till någon som är utsatt."
    letter = spoiling.letter(quote, rng)
    assert len(letter) == len(quote)
    assert sum(a != b for a, b in zip(letter, quote, strict=True)) == 1
    number = spoiling.number(quote, rng)
    assert next(a for a, b in zip(number, quote, strict=True) if a != b).isdigit()
    assert spoiling.not_added(quote, rng) is None
    assert spoiling.not_added("Ett två tre fyra.", rng).replace("inte ", "") == "Ett två tre fyra."
    assert spoiling.not_dropped("Hon får inte neka.", rng) == "Hon får neka."
    assert spoiling.space_replaced(quote, rng) == quote.replace("\xa0", " ")
    assert spoiling.space_replaced("utan", rng) is None
    assert " … " in spoiling.ellipsis(quote, rng)
    assert spoiling.number("utan siffror", rng) is None


def test_the_sentences_of_an_answer_are_any_two_that_stand_far_apart():
    text = "\n\n".join(f"Mening nummer {n} handlar om ett ärende som nämnd {n} ska utreda." for n in range(12))
    document = Document("d", "", text)
    found = passages.split(document)
    far = {(a.start, b.start) for a, b in itertools.combinations(found, 2) if a.end + FAR < b.start}
    cases = right_answers([document], 1_000, random.Random(3))
    pairs = [tuple(cited.start for cited in case.answer.citations) for case in cases]
    assert len(pairs) == len(far) > 12
    assert set(pairs) == far
    assert len(right_answers([document], 5, random.Random(3))) == 5


def test_the_pairs_of_a_long_document_are_not_all_made():
    document = Document("d", "", "\n\n".join(f"Ärende {n} ska utredas inom {n} dagar." for n in range(5_000)))
    found = passages.split(document)
    began = time.process_time()
    assert len(faults._far_apart(found, 50, random.Random(4))) == 50
    assert time.process_time() - began < 2


def test_offsets_in_utf16_are_found_where_a_text_has_such_characters(page):
    text = f"🙂 {page[0].text}"
    document = Document("d", "", text)
    for part in right_answers([document], 20, random.Random(2)):
        cited = part.answer.citations[0]
        start, end = (len(text[:place].encode("utf-16-le")) // 2 for place in (cited.start, cited.end))
        assert UNITS["utf-16"][1](text, start, end) == cited.quote
        found = check_quote(CitedQuote(1, cited.quote, "d", start, end), Sources([document]))
        assert (found.verdict, found.kind, found.shift) == ("moved", "utf-16", 1)


def test_the_command_runs_it_and_exits_with_what_it_found(capsys, tmp_path, monkeypatch, page, found):
    test = run.self_test
    monkeypatch.setattr(
        run, "self_test", lambda given, **options: found if [*given] == page else test(given, **options)
    )
    assert main(["evaluate", "--self-test", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
    (tmp_path / "kort.txt").write_text("Ingenting att citera.", encoding="utf-8")
    assert main(["evaluate", "--self-test", "--sources", str(tmp_path)]) == 1
    assert "FAILED" in capsys.readouterr().out
    assert main(["evaluate", "a.jsonl", "--self-test"]) == 2
