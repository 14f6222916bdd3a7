"""Answers as OpenAI, LangSmith, DeepEval, LlamaIndex and RAGChecker write them: read, or told, never silence."""

import json

import pytest

from nmt_rag.evaluation.evaluating import evaluate
from nmt_rag.evaluation.inputs.answers import CitedQuote
from nmt_rag.evaluation.inputs.fields import FieldError
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.inputs.records import read_each
from nmt_rag.types import Document, Statement

OPEN, FREE = "Jouren har öppet dygnet runt.", "Samtalen är gratis."
JOUR = Document("jour.md", "Jouren", f"# Jouren\n\n{OPEN} {FREE}")
ASKED = "När har jouren öppet?"
GOLD = [{"id": "q1", "question": ASKED, "answerable": True, "evidence": [[OPEN]]}]


def openai(*annotations, text=f"{OPEN} {FREE}", kind="output_text"):
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": kind, "text": text, "annotations": list(annotations)}],
    }


def file_citation(index, name="jour.md"):
    return {"type": "file_citation", "index": index, "file_id": "file-1", "filename": name}


def test_openais_files_are_cited_as_whole_documents_after_the_sentence_they_follow():
    found = read_answer({"id": "q1", "question": ASKED, **openai(file_citation(len(OPEN)))})
    assert found.statements == (Statement(OPEN, (1,)), Statement(FREE, ()))
    assert found.citations == (CitedQuote(1, "", "jour.md", whole=True),)
    judged = evaluate([{"id": "q1", "question": ASKED, **openai(file_citation(5))}], GOLD, [JOUR])
    assert "exact" not in judged.means  # nothing is quoted, so nothing is exact or absent
    assert (judged.means["answered"].mean, judged.means["supported"].mean) == (1.0, 1.0)
    assert [(one.kind, one.message) for one in judged.problems] == [
        ("no_quote", "nothing is quoted of 'jour.md': the whole document counts as cited")
    ]
    missing = evaluate([{"question": ASKED, **openai(file_citation(5, "borta.md"))}], (), [JOUR])
    assert missing.means["absent"].mean == 1.0
    assert [one.kind for one in missing.problems] == ["unknown_document"]


@pytest.mark.parametrize("form", [{"output_text": f"{OPEN} {FREE}"}, {"type": "output_text", "text": f"{OPEN} {FREE}"}])
def test_openais_text_with_annotations_is_read_without_its_message(form):
    found = read_answer({"id": "q1", "question": ASKED, **form, "annotations": [file_citation(len(OPEN))]})
    assert found == read_answer({"id": "q1", "question": ASKED, **openai(file_citation(len(OPEN)))})
    whole = {"output": [openai(file_citation(len(OPEN)))], "output_text": "Detsamma, av paketet."}
    assert read_answer({"id": "q1", "question": ASKED, **whole}) == found


def test_the_forms_are_those_of_openais_package():
    types = pytest.importorskip("openai.types.responses")
    link = {"type": "url_citation", "url": "https://exempel.se", "title": "Jouren", "start_index": 0, "end_index": 4}
    message = types.ResponseOutputMessage.model_validate(
        {"id": "m", "status": "completed", **openai(file_citation(5), link)}
    )
    found = read_answer({"question": ASKED, **json.loads(message.model_dump_json())})
    assert [one.source for one in found.citations] == ["jour.md", "https://exempel.se"]
    assert found.statements == (Statement(OPEN, (2, 1)), Statement(FREE, ()))


def test_openais_search_results_are_what_its_citations_quote():
    results = [{"file_id": "file-1", "filename": "jour.md", "text": text, "score": 0.5} for text in (OPEN, FREE)]
    search = {"type": "file_search_call", "id": "fs", "queries": [], "status": "completed", "results": results}
    response = {"id": "resp_1", "object": "response", "output": [search, openai(file_citation(200))]}
    for row in (response, {"response": response}, {"custom_id": "q1", "response": {"body": response}}):
        found = read_answer({"question": ASKED, **row})
        assert found.citations == (CitedQuote(1, OPEN, "jour.md"), CitedQuote(2, FREE, "jour.md"))
        assert found.statements == (Statement(OPEN, ()), Statement(FREE, (1, 2)))
        assert [one.text for one in found.retrieved] == [OPEN, FREE]
    assert evaluate([{"question": ASKED, **response}]).means["exact"].mean == 1.0
    assert read_answer({"custom_id": "q1", "response": {"body": response}}).id == "q1"


def test_openais_links_are_cut_out_of_the_text():
    link = "([exempel.se](https://exempel.se/jour))"
    text = f"{OPEN} {link} {FREE}"
    place = {"start_index": text.index(link), "end_index": text.index(link) + len(link)}
    flat = {"type": "url_citation", "url": "https://exempel.se/jour", "title": "Jouren", **place}
    nested = {"type": "url_citation", "url_citation": {k: v for k, v in flat.items() if k != "type"}}
    chat = {"choices": [{"message": {"role": "assistant", "content": text, "annotations": [nested]}}]}
    for row in (openai(flat, text=text), chat):
        found = read_answer({"question": ASKED, **row})
        assert found.text == f"{OPEN} {FREE}"
        assert found.statements == (Statement(OPEN, (1,)), Statement(FREE, ()))
        assert found.citations == (CitedQuote(1, "", "https://exempel.se/jour", whole=True),)
    plain = f"{OPEN} {FREE}"
    covering = {**flat, "start_index": plain.index(FREE), "end_index": len(plain)}
    assert read_answer({"question": ASKED, **openai(covering, text=plain)}).statements[-1] == Statement(FREE, (1,))


def test_markers_in_a_messages_text_are_no_statements():
    text = f"{OPEN} [1] {FREE} [2]"
    bare = {"choices": [{"message": {"role": "assistant", "content": text}}]}
    found = evaluate([{"question": ASKED, **bare}]).questions[0]
    assert found.answer.statements == (Statement(OPEN, (1,)), Statement(FREE, (2,)))
    assert [kind for _, kind in found.faults] == ["invented_marker"] * 2 + ["uncited_statement"] * 2
    # As this library's own messages have it: an annotation over the sentence, and its marker behind.
    spans = [(text.index(quote), text.index(quote) + len(quote)) for quote in (OPEN, FREE)]
    kind = {"type": "citation", "title": "jour.md"}
    cited = [{**kind, "start_index": a, "end_index": b, "cited_text": text[a:b]} for a, b in spans]
    found = evaluate([{"question": ASKED, **openai(*cited, text=text, kind="text")}], (), [JOUR])
    assert found.questions[0].answer.statements == (Statement(OPEN, (1,)), Statement(FREE, (2,)))
    assert (found.questions[0].faults, found.means["statements_cited"].mean) == ((), 1.0)


def test_openais_assistants_mark_their_citations_in_the_text():
    mark = "【4:0†jour.md】"
    value = f"{OPEN}{mark} {FREE}"
    cited = {"file_id": "file-1", "quote": OPEN}
    at = {"start_index": len(OPEN), "end_index": len(OPEN + mark)}
    annotation = {"type": "file_citation", "text": mark, "file_citation": cited, **at}
    content = [{"type": "text", "text": {"value": value, "annotations": [annotation]}}]
    found = read_answer({"question": ASKED, "role": "assistant", "content": content})
    assert (found.text, found.statements[0]) == (f"{OPEN} {FREE}", Statement(OPEN, (1,)))
    assert found.citations == (CitedQuote(1, OPEN),)


def test_a_refusal_is_a_silence_and_a_call_of_a_tool_is_no_answer():
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": "Det kan jag inte svara på."}]}
    for row in (refusal, {"choices": [{"message": {"content": None, "refusal": "Det kan jag inte svara på."}}]}):
        found = read_answer({"question": ASKED, **row})
        assert (found.answered, found.text) == (False, "Det kan jag inte svara på.")
    call = {"type": "tool_use", "id": "t", "name": "sök", "input": {}}
    for row in (
        {"content": [call]},
        {"output": [{"type": "function_call", "name": "sök"}]},
        {"choices": [{"message": {"content": None, "tool_calls": []}}]},
    ):
        with pytest.raises(FieldError, match="nothing is said"):
            read_answer({"question": ASKED, **row})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (openai(kind="summary_text"), "nothing is said: expected a block of one of the types"),
        ({"content": [{"text": OPEN}, {"type": "x", "text": FREE}]}, "no known kind of a block with text: 'x'"),
        (openai({"type": "audio_citation", "n": 1}), "no known kind of a citation: 'audio_citation'"),
        ({"content": OPEN, "citations": [{"start": 0, "end": 5}]}, "citations beside the content of a message"),
        ({"inputs": {"question": ASKED}, "outputs": None, "error": "Timeout"}, r"the run has none \(Timeout\)"),
        ({"inputs": {"question": ASKED}, "outputs": {"score": 1}}, "no known form of an answer: expected one of"),
        ({"inputs": {"n": 1}, "outputs": {"answer": OPEN}}, "no question: expected one of"),
        ({"dataset_id": "d", "inputs": {"question": ASKED}, "outputs": {"answer": OPEN}}, "an example of a data set"),
        (
            {"input": ASKED, "actual_output": None, "retrieval_context": None},
            "`actual_output`: expected a string, got None",
        ),
        ({"query": ASKED, "svar": OPEN}, "no known form of an answer"),
    ],
)
def test_what_is_not_known_is_told(row, message):
    with pytest.raises(FieldError, match=message):
        read_answer({"question": ASKED, **row} if "query" not in row else row)


def test_a_broken_row_is_told_with_its_line(tmp_path):
    path = tmp_path / "svar.jsonl"
    rows = [{"question": ASKED, **openai(text=OPEN)}, {"question": ASKED, **openai(kind="summary_text")}]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = list(read_each(str(path), read_answer))
    assert (found[0].text, found[1].kind, found[1].place) == (OPEN, "unreadable", f"{path}, line 2")


def test_ragcheckers_input(tmp_path):
    row = {"query_id": "0", "query": ASKED, "gt_answer": "Dygnet runt.", "response": OPEN}
    found = [{"doc_id": "000", "text": OPEN}, {"doc_id": "000", "text": FREE}]
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"input_data": [{**row, "retrieved_context": found}]}, indent=1), encoding="utf-8")
    (read,) = read_each(str(path), read_answer)
    assert (read.id, read.citations) == ("0", (CitedQuote(1, OPEN, "000"), CitedQuote(2, FREE, "000")))
    assert evaluate([read]).means["exact"].mean == 1.0  # both texts of one document


def test_deepeval_as_it_dumps_and_saves_its_cases(tmp_path):
    case = {"input": ASKED, "name": "q1", "actual_output": f"{OPEN} [2]", "expected_output": None}
    marked = f"deepeval_source=jour.md,deepeval_context={OPEN}"
    expected = (CitedQuote(2, OPEN, "jour.md"),)
    assert read_answer({**case, "retrieval_context": [FREE, marked]}).citations == expected
    assert read_answer({**case, "retrieval_context": f"{FREE}|{marked}"}).citations == expected
    camel = {"input": ASKED, "actualOutput": f"{OPEN} [2]", "retrievalContext": [FREE, OPEN], "name": "q1"}
    assert (read_answer(camel).citations, read_answer(camel).id) == ((CitedQuote(2, OPEN),), "q1")
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"testCases": [camel], "metricsScores": []}), encoding="utf-8")
    assert [one.id for one in read_each(str(path), read_answer)] == ["q1"]


def node(text, **more):
    related = {"1": {"node_id": "doc-1", "class_name": "RelatedNodeInfo"}}
    return {"node": {"id_": "n", "relationships": related, "text": text, "metadata": {}, **more}, "score": 0.8}


def test_llamaindex_with_the_numbers_of_its_citation_engine():
    nodes = [node(f"Source 1:\n{OPEN}\n", metadata={"file_name": "jour.md", "file_path": "/d/jour.md"}), node(FREE)]
    found = read_answer({"query": ASKED, "response": f"{OPEN} [1]", "source_nodes": nodes, "metadata": {}})
    assert found.citations == (CitedQuote(1, f"{OPEN}\n", "jour.md"),)
    assert [one.source for one in found.retrieved] == ["jour.md", "doc-1"]
    newer = node("", metadata={"file_name": "jour.md"}, text_resource={"text": OPEN, "mimetype": None})
    assert read_answer({"query": ASKED, "response": OPEN, "source_nodes": [newer]}).citations[0].quote == OPEN
    judged = {"query": ASKED, "contexts": [OPEN, FREE], "response": OPEN, "passing": True, "score": None}
    assert [one.quote for one in read_answer(judged).citations] == [OPEN, FREE]


def lang(text, **metadata):
    return {"page_content": text, "metadata": metadata, "type": "Document"}


def test_langsmith_runs_experiments_and_tables():
    outputs = {"answer": f"{OPEN} [2]", "documents": [lang(FREE), lang(OPEN, source="jour.md")]}
    run = {"id": "r", "run_type": "chain", "inputs": {"question": ASKED}, "outputs": outputs, "trace_id": "r"}
    table = {"inputs.question": ASKED, **{f"outputs.{key}": value for key, value in outputs.items()}, "example_id": "e"}
    uploaded = {"row_id": "e", "inputs": {"query": ASKED}, "expected_outputs": {}, "actual_outputs": outputs}
    for row, name in (
        (run, "r"),
        ({"run": {**run, "reference_example_id": "e"}, "example": {"id": "e"}, "evaluation_results": {}}, "e"),
        (table, "e"),
        (uploaded, "e"),
        ({**run, "outputs": {"output": outputs}}, "r"),
        ({**run, "inputs": {"messages": [{"role": "user", "content": ASKED}]}}, "r"),
    ):
        found = read_answer(row)
        assert (found.id, found.question, found.statements) == (name, ASKED, (Statement(OPEN, (2,)),)), row
        assert found.citations == (CitedQuote(2, OPEN, "jour.md"),)
    own = {"text": OPEN, "citations": [{"quote": OPEN, "source": "jour.md"}]}
    assert read_answer({**run, "outputs": own}).citations == (CitedQuote(1, OPEN, "jour.md"),)
    messages = [{"type": "human", "content": ASKED}, {"type": "ai", **openai(file_citation(3))}]
    found = read_answer({**run, "outputs": {"messages": messages}})
    assert found.citations == (CitedQuote(1, "", "jour.md", whole=True),)


def test_a_real_langsmith_run_is_read():
    schemas = pytest.importorskip("langsmith.schemas")
    documents = pytest.importorskip("langchain_core.documents")
    load = pytest.importorskip("langchain_core.load")
    found = load.dumpd(documents.Document(page_content=OPEN, metadata={"source": "jour.md"}))
    run = schemas.Run(
        id="00000000-0000-0000-0000-000000000001",
        name="rag",
        start_time="2026-11-01T00:00:00",
        run_type="chain",
        inputs={"question": ASKED},
        outputs={"answer": OPEN, "context": [found]},
        trace_id="00000000-0000-0000-0000-000000000001",
    )
    assert read_answer(json.loads(run.model_dump_json())).citations == (CitedQuote(1, OPEN, "jour.md"),)


def test_langchains_chains():
    retrieval = {"input": ASKED, "context": [lang(OPEN, source="jour.md")], "answer": OPEN}
    older = {"query": ASKED, "source_documents": [lang(OPEN, source="jour.md")], "result": OPEN}
    assert read_answer(retrieval).citations == read_answer(older).citations == (CitedQuote(1, OPEN, "jour.md"),)


def test_citations_may_be_names_of_documents_only():
    found = read_answer({"question": ASKED, "answer": f"{OPEN} [1]", "citations": ["jour.md", "b.md"]})
    assert found.citations == (CitedQuote(1, "", "jour.md", whole=True), CitedQuote(2, "", "b.md", whole=True))


def test_markers_of_a_message_without_citations_are_those_of_the_documents_beside_it():
    row = {"question": ASKED, "content": f"{OPEN} [2]", "documents": [{"text": FREE}, {"text": OPEN}]}
    assert read_answer(row).citations == (CitedQuote(2, OPEN, "document 1"),)


def test_a_marker_of_an_unknown_style_is_told():
    cited = [{"quote": OPEN, "source": "jour.md"}, {"quote": FREE, "source": "jour.md"}]
    row = {"question": ASKED, "text": f"{OPEN} [doc1] {FREE} [doc2]", "citations": cited}
    says = "'[doc1]' is no known marker of a citation: every sentence counts as citing everything"
    assert [one.message for one in evaluate([row], (), [JOUR]).problems] == [says]
    assert evaluate([{**row, "text": f"{OPEN} [1] {FREE} [2]"}], (), [JOUR]).problems == ()
