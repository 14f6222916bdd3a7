"""A table's row in an answer: its header words stand beside the quote wherever it is shown; the quote stays exact."""

import dataclasses
import datetime
import json
from importlib.resources import files

import jsonschema
import pytest

from nmt_rag.answering.question import understand
from nmt_rag.answering.quoting import abstained, answered
from nmt_rag.citations import full_reading
from nmt_rag.documents import passages
from nmt_rag.evaluation import Sources, evaluate
from nmt_rag.interfaces.page.views.answer import answer as page_answer
from nmt_rag.interfaces.page.views.compare import columns
from nmt_rag.interfaces.page.views.hits import hits as page_hits
from nmt_rag.interfaces.page.views.passport import passport
from nmt_rag.interfaces.report.html import report
from nmt_rag.interfaces.terminal import lines
from nmt_rag.types import Answer, Document, Hit

TEXT = """# Simhallen

| | Måndag | Lördag |
| --- | --- | --- |
| Motionssim | 6–8 | 9–15 |
| Varmbad | stängt | 10–14 |

Simhallen stänger på julafton.
"""
DOCUMENT = Document("simhall.md", "Simhallen", TEXT)
ROW, QUOTE, READ = 0, "Motionssim | 6–8 | 9–15", "Motionssim | Måndag: 6–8 | Lördag: 9–15"
ENGINE = {"answering": "extractive", "encoder": None, "index_generation": 1}


def found() -> list[Hit]:
    return [
        Hit(rank, 1.0, DOCUMENT.id, one, DOCUMENT.title) for rank, one in enumerate(passages.split(DOCUMENT), start=1)
    ]


@pytest.fixture
def given() -> Answer:
    question = understand("När är det motionssim på lördag?")
    return answered(
        question, [(found()[ROW], 0.9)], found(), lambda _: DOCUMENT, actors=(), confidence=0.9, engine=ENGINE
    )


def test_the_answer_holds_the_row_with_its_header_words_and_the_exact_quote(given):
    (citation,) = given.citations
    assert (citation.quote, citation.reading) == (QUOTE, READ)
    assert TEXT[citation.start : citation.end] == QUOTE
    assert given.text == f"«{QUOTE}» ({READ}) [1]"
    assert [one.reading for one in given.related] == ["Varmbad | Måndag: stängt | Lördag: 10–14", ""]
    schema = json.loads((files("nmt_rag.interfaces") / "schemas" / "answer-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(given.to_dict())
    assert Answer.from_json(given.to_json()) == given


def test_an_answer_saved_before_rows_had_a_reading_is_still_read(given):
    row = given.to_dict()
    for one in (*row["citations"], *row["related"]):
        del one["reading"]
    assert Answer.from_dict(row).citations[0] == dataclasses.replace(given.citations[0], reading="")


def test_a_terminal_shows_it(given):
    assert lines.answer_lines(given)[0] == f"  «{QUOTE}» ({READ}) [1]"
    assert lines.hit_lines(found()[ROW], READ, explain=False)[1] == f"    «{QUOTE}» ({READ})"
    silent = abstained(understand("När är det motionssim?"), "weak_evidence", found(), ENGINE)
    assert lines.answer_lines(silent)[1].endswith(f"«{QUOTE}» ({READ})")


def test_the_page_shows_it_below_the_quote_and_copies_it(given):
    html = page_answer(given, "sv")
    shown = f'<p class="where" lang="sv"><bdi>{READ}</bdi></p>'
    assert f"«<bdi>{QUOTE}</bdi>»" in html
    assert html.index(f"«<bdi>{QUOTE}</bdi>»") < html.index(shown)
    assert f"”{QUOTE}”\n{READ}\n" in html
    assert shown in passport(given, "sv", datetime.datetime(2026, 11, 27))
    assert shown in page_hits(found(), ENGINE, "sv")
    assert shown in columns([("compare_words", found())], "sv")


def test_the_report_shows_it(given):
    html = "".join(report(evaluate([given], sources=[DOCUMENT]), Sources([DOCUMENT])))
    assert f'<p class="quiet"><bdi>{READ}</bdi></p>' in html


@pytest.mark.parametrize(
    "text",
    [
        "Simhallen stänger på julafton.",
        "Motionssim | 6–8 | 9–15\nVarmbad | stängt | 10–14",  # no header words
        "A | B | C\n--- | --- | ---\n**a** | | 5\nd | e | f",
    ],
)
def test_only_a_row_with_header_words_has_a_reading(text):
    document = Document("d", "t", text)
    first = passages.split(document)[0]
    has = "---" in text
    assert (full_reading(first) != "") is has
    assert (passages.full_reading(document, first.start, first.end) != "") is has
    if has:
        assert full_reading(first) == "a | C: 5"
