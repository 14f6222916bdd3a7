"""Answers of other tools: each form is read into the same thing, and a wrong field is named with its place."""

import io
import json
import sys
import time

import pytest

import nmt_rag
from nmt_rag.errors import CorpusError
from nmt_rag.evaluation.checks.exactness import check
from nmt_rag.evaluation.inputs.answers import CitedQuote, Problem, Retrieved, from_answer
from nmt_rag.evaluation.inputs.fields import FieldError
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.inputs.records import read_records
from nmt_rag.types import Document, Statement

SAID = "Åklagaren leder [1]. Polisen utreder [2]."
STATEMENTS = (Statement("Åklagaren leder.", (1,)), Statement("Polisen utreder.", (2,)))
CONTEXTS = ["Åklagaren leder förundersökningen.", "Polisen utreder brott.", "Ingen frågar."]


def test_our_own_answers_are_read_as_they_are_written(packaged_words):
    with nmt_rag.open(encoder=None) as rag:
        for question in ("Vad gör NOA?", "Vad kostar en banan?"):
            answer = rag.ask(question)
            read = read_answer({**answer.to_dict(), "id": 7}, "svar.jsonl, line 1")
            assert read == from_answer(answer, answer_id="7", place="svar.jsonl, line 1")
            assert check(read, None).faults.count("absent:absent") == len(answer.citations)


def test_ragas_new_and_old():
    new = {
        "user_input": "Vem?",
        "response": SAID,
        "retrieved_contexts": CONTEXTS,
        "retrieved_context_ids": ["a", "b", "c"],
    }
    found = read_answer(new)
    assert (found.question, found.statements, found.answered) == ("Vem?", STATEMENTS, True)
    assert found.citations == (CitedQuote(1, CONTEXTS[0], "a"), CitedQuote(2, CONTEXTS[1], "b"))
    assert [one.source for one in found.retrieved] == ["a", "b", "c"]
    assert [one.score for one in found.retrieved] == sorted((one.score for one in found.retrieved), reverse=True)
    assert found.documents[2] == Document("c", "c", CONTEXTS[2])
    old = read_answer({"question": "Vem?", "answer": "Åklagaren leder.", "contexts": CONTEXTS[:2], "ground_truth": "x"})
    assert old.statements == (Statement("Åklagaren leder.", (1, 2)),)
    assert [one.source for one in old.citations] == ["", ""]


def test_ragchecker():
    row = {
        "query_id": "000",
        "query": "Vem?",
        "gt_answer": "Åklagaren.",
        "response": "Åklagaren leder.",
        "retrieved_context": [{"doc_id": "d1", "text": CONTEXTS[0]}],
    }
    found = read_answer(row)
    assert (found.id, found.question, found.actors, found.confidence) == ("000", "Vem?", None, None)
    assert found.citations == (CitedQuote(1, CONTEXTS[0], "d1"),)
    assert found.retrieved == (Retrieved("d1", CONTEXTS[0], 1.0),)


def test_alce_has_markers_and_documents():
    docs = [{"title": "Sida", "text": CONTEXTS[0]}, {"title": "Sida", "text": CONTEXTS[1]}, {"title": "X", "text": "y"}]
    found = read_answer({"question": "Vem?", "output": f"{SAID} Mer [9].", "docs": docs, "qa_pairs": []})
    assert found.statements == (*STATEMENTS, Statement("Mer.", (9,)))
    assert [one.source for one in found.citations] == ["Sida (1)", "Sida (2)"]
    checked = check(found, None)
    assert [one.verdict for one in checked.quotes] == ["exact", "exact"]
    assert checked.invented == (9,)
    silent = read_answer({"question": "Vem?", "output": "Åklagaren leder.", "docs": docs})
    assert (silent.citations, check(silent, None).uncited) == ((), (0,))


def test_anthropics_char_locations():
    text = "Åklagaren leder förundersökningen. Polisen utreder brott."
    quote = "Polisen utreder brott."
    start = text.index(quote)
    location = {
        "type": "char_location",
        "cited_text": quote,
        "document_index": 0,
        "document_title": "Vem gör vad",
        "start_char_index": start,
        "end_char_index": start + len(quote),
    }
    content = [
        {"type": "text", "text": "Enligt källan "},
        {"type": "text", "text": "är det polisen som utreder", "citations": [location]},
        {"type": "text", "text": ". Mer vet jag inte."},
        {"type": "tool_use", "id": "t", "name": "x", "input": {}},
    ]
    document = {"type": "document", "title": "Vem gör vad", "source": {"type": "text", "data": text}}
    found = read_answer(
        {"question": "Vem utreder?", "message": {"role": "assistant", "content": content}, "documents": [document]}
    )
    assert found.text == "Enligt källan är det polisen som utreder. Mer vet jag inte."
    assert found.statements == (
        Statement("Enligt källan är det polisen som utreder.", (1,)),
        Statement("Mer vet jag inte.", ()),
    )
    assert found.citations == (CitedQuote(1, quote, "Vem gör vad", start, start + len(quote)),)
    checked = check(found, None)
    assert (checked.quotes[0].verdict, checked.uncited) == ("exact", (1,))
    moved = {**location, "start_char_index": start + 1, "end_char_index": start + len(quote) + 1}
    content[1]["citations"] = [moved]
    wrong = read_answer({"question": "Vem utreder?", "content": content, "documents": [{"text": text}]})
    assert wrong.citations[0].source == "document 0"
    assert check(wrong, None).quotes[0].shift == 1


def test_langchains_annotations():
    messages = pytest.importorskip("langchain_core.messages")
    content = pytest.importorskip("langchain_core.messages.content")
    said = "Åklagaren leder. Polisen utreder."
    second = said.index("Polisen")
    block = content.create_text_block(
        said,
        annotations=[
            content.create_citation(title="Sida", cited_text=CONTEXTS[0], start_index=0, end_index=16),
            content.create_citation(
                url="https://x.se/b", cited_text=CONTEXTS[1], start_index=second, end_index=len(said)
            ),
            content.create_non_standard_block({"note": "x"}),
        ],
    )
    message = messages.AIMessage(content=[block])
    for dumped in (
        message.model_dump(mode="json"),
        messages.message_to_dict(message),
        {"message": message.model_dump()},
    ):
        found = read_answer({"question": "Vem?", **dumped})
        assert found.statements == STATEMENTS
        assert found.citations == (CitedQuote(1, CONTEXTS[0], "Sida"), CitedQuote(2, CONTEXTS[1], "https://x.se/b"))


def test_the_minimal_form():
    row = {"question": "Vem?", "text": "Åklagaren leder.", "citations": [{"quote": "x", "source": "a"}, {"quote": "y"}]}
    found = read_answer(row)
    assert found.statements == (Statement("Åklagaren leder.", (1, 2)),)
    assert found.citations == (CitedQuote(1, "x", "a"), CitedQuote(2, "y", ""))
    marked = read_answer({**row, "text": SAID, "confidence": 0.5, "actors": ["A"], "id": 3})
    assert (marked.statements, marked.confidence, marked.actors, marked.id) == (STATEMENTS, 0.5, ("A",), "3")
    assert read_answer({**row, "text": "", "citations": []}).answered is False
    assert read_answer({**row, "text": "Det vet jag inte.", "citations": [], "answered": False}).statements == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "expected an object {…}, got []"),
        ({"a": 1}, "no known form of an answer"),
        ({"question": "x", "text": "y"}, "field `citations`: is missing; write [] where the answer cites nothing"),
        ({"question": "x", "answer": "y"}, "field `citations`: is missing; write [] where the answer cites nothing"),
        ({"question": "x", "answerable": True}, "no known form of an answer"),
        ({"question": 7, "text": "", "citations": []}, "field `question`: expected a string, got 7"),
        ({"question": "", "text": None, "citations": []}, "field `text`: expected a string, got None"),
        ({"question": "", "text": "", "citations": [{}]}, "field `citations[0].quote`: is missing"),
        (
            {"question": "", "text": "", "citations": [{"quote": "", "start": True}]},
            "field `citations[0].start`: expected a whole number, got True",
        ),
        ({"question": "", "text": "", "citations": {}}, "field `citations`: expected a list, got {}"),
        ({"question": "", "text": "", "citations": [], "confidence": 2}, "between 0 and 1, got 2.0"),
        ({"question": "", "text": "", "citations": [], "confidence": "x"}, "field `confidence`: expected a number"),
        (
            {"user_input": "", "response": "", "retrieved_contexts": [1]},
            "field `retrieved_contexts[0]`: expected a string",
        ),
        ({"question": "", "content": [{"text": 1}]}, "field `content[0].text`: expected a string, got 1"),
        ({"schema": "nmt-rag/answer/1", "answered": 1, "text": ""}, "field `answered`: expected true or false, got 1"),
        (
            {
                "schema": "nmt-rag/answer/1",
                "answered": True,
                "text": "",
                "statements": [{"text": "", "citations": ["1"]}],
            },
            "field `statements[0].citations[0]`: expected a whole number, got '1'",
        ),
    ],
)
def test_a_wrong_field_is_named(value, message):
    with pytest.raises(FieldError) as error:
        read_answer(value)
    assert message in str(error.value)


def records(tmp_path, text):
    path = tmp_path / "f.jsonl"
    path.write_text(text, encoding="utf-8")
    return [(place.rsplit("f.jsonl, ")[-1], value) for place, value in read_records(str(path))]


def test_broken_lines_are_told_and_the_others_read(tmp_path):
    found = records(tmp_path, '\n{"a": 1}\n{"a": \n\n{"a": 3}\n')
    assert [place for place, _ in found] == ["line 2", "line 3", "line 5"]
    assert [found[0][1], found[2][1]] == [{"a": 1}, {"a": 3}]
    assert isinstance(found[1][1], Problem)
    assert found[1][1].kind == "unreadable"
    broken_first = records(tmp_path, '{"a": \n{"a": 3}\n')
    assert isinstance(broken_first[0][1], Problem)
    assert broken_first[1] == ("line 2", {"a": 3})
    assert records(tmp_path, "") == records(tmp_path, "\n\n") == []


def test_values_may_be_spread_over_lines_or_stand_in_one_list(tmp_path):
    rows = [{"a": 1}, {"a": 2}]
    assert records(tmp_path, json.dumps(rows, indent=1)) == [
        ("line 1, record 1", rows[0]),
        ("line 1, record 2", rows[1]),
    ]
    assert [row for _, row in records(tmp_path, json.dumps({"results": rows}))] == rows
    assert [row for _, row in records(tmp_path, json.dumps({"args": {}, "data": rows}, indent=2))] == rows
    spread = "\n".join(json.dumps(row, indent=2) for row in rows)
    assert records(tmp_path, spread) == [("line 1", rows[0]), ("line 4", rows[1])]


def test_many_records_that_are_spread_out_are_read_in_one_go(tmp_path):
    row = {"question": "q", "text": "å" * 1_500}
    began = time.process_time()
    found = records(tmp_path, "\n".join(json.dumps(row, indent=1) for _ in range(4_000)))
    assert time.process_time() - began < 4
    assert (len(found), found[-1]) == (4_000, (f"line {4 * 3_999 + 1}", row))


def test_stdin_may_begin_with_a_byte_order_mark_as_a_file_may(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"a": 1}\n')))
    assert list(read_records("-")) == [("-, line 1", {"a": 1})]


def test_a_file_that_is_not_there_or_not_utf8_is_told(tmp_path):
    with pytest.raises(CorpusError, match=r"saknas\.jsonl: No such file"):
        list(read_records(str(tmp_path / "saknas.jsonl")))
    (tmp_path / "latin").write_bytes("å".encode("latin-1"))
    with pytest.raises(CorpusError, match="not UTF-8"):
        list(read_records(str(tmp_path / "latin")))
