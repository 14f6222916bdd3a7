"""Answers of other tools → `CitedAnswer`; which form a JSON object has is told by its fields.

============  ===================================================================================================
answer/1      ``schema: nmt-rag/answer/1``
RAGAS         ``user_input, response, retrieved_contexts``; older: ``question, answer, contexts``
RAGChecker    ``query, response, retrieved_context: [{doc_id, text}]``
ALCE          ``question, output, docs: [{title, text}]``, markers ``[1][2]`` in the output
DeepEval      ``input, actual_output, retrieval_context``, also in camel case
LlamaIndex    ``query, response, source_nodes: [{node: {text, metadata}, score}]``, or ``query, response, contexts``
LangChain     ``input, answer, context`` or ``query, result, source_documents``, the texts as dumped documents
messages      ``content`` with Anthropic's citations, LangChain's or OpenAI's annotations (`.messages`)
LangSmith     ``inputs, outputs`` of a run, an experiment's ``run, example``, its table's ``inputs.question``
minimal       ``question, text | answer, citations: [{quote, source}]``, also ``start, end, marker``
============  ===================================================================================================

Every form may have ``id``, ``answered``, ``actors`` and ``confidence`` beside its own fields; without ``answered`` an
answer with any text counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, in_order, markers_in, split_statements
from nmt_rag.evaluation.inputs.fields import FieldError, Fields
from nmt_rag.evaluation.inputs.forms import messages
from nmt_rag.evaluation.inputs.forms.texts import answer_of, apart, name_in, over_texts, texts_of
from nmt_rag.types import ANSWER_SCHEMA, Statement

ASKED = ("question", "query", "input", "user_input")
SAID = ("answer", "output", "response", "result", "text", "generation")
FOUND = ("contexts", "context", "documents", "source_documents", "retrieved_contexts", "retrieval_context", "docs")
"""Under these names the runs of LangSmith hold a question, an answer and what was retrieved; the first counts."""
_CHAIN = ("input", "answer", "context")
_CAMEL = "retrievalContext"
_DEEPEVAL = re.compile(r"(?s)deepeval_source=(.*?),deepeval_context=(.*)")
_LLAMA_SOURCE = re.compile(r"\ASource \d+:\n")
"""LlamaIndex's `CitationQueryEngine` puts the number that the answer cites before each text."""


def read_answer(value: object, place: str = "") -> CitedAnswer:
    """Return one answer, whichever of the known forms it has.

    Raises:
        FieldError: the form is not known, or a field holds something else than it should.
    """
    row = Fields(value)
    for fits, reader in _READERS:
        if fits(row):
            return reader(row, place)
    if row.has("question") and (row.has("text") or row.has("answer")):  # a form of its own, or another without a key
        raise FieldError("citations", "is missing; write [] where the answer cites nothing")
    raise FieldError(
        "",
        f"no known form of an answer; expected {{schema: {ANSWER_SCHEMA}}}, {{question, text, citations}} or one of "
        f"RAGAS, RAGChecker, ALCE, DeepEval, LlamaIndex, LangChain, LangSmith, Anthropic or OpenAI; got the fields "
        f"{sorted(row.row)[:8]}",
    )


def _native(row: Fields, place: str) -> CitedAnswer:
    cited = [
        CitedQuote(
            marker=_marker(one, "marker"),
            quote=one.text("quote"),
            source=one.text("document_id"),
            start=one.whole("start"),
            end=one.whole("end"),
            prefix=one.text("prefix", ""),
            suffix=one.text("suffix", ""),
            actor=one.text("actor", ""),
        )
        for one in row.rows("citations")
    ]
    shown = [*row.rows("citations"), *row.rows("related")]
    found = in_order((one.text("document_id"), one.text("quote")) for one in shown)
    statements = tuple(Statement(one.text("text"), one.wholes("citations")) for one in row.rows("statements"))
    answered = row.yes("answered")
    return answer_of(
        row,
        place,
        row.text("question"),
        row.text("text"),
        statements,
        cited,
        retrieved=found,
        answered=answered,
    )


def _ragas(row: Fields, place: str) -> CitedAnswer:
    new = row.has("user_input")
    contexts = row.texts("retrieved_contexts" if new else "contexts")
    names = row.texts("retrieved_context_ids")
    named = [(names[number] if number < len(names) else "", text) for number, text in enumerate(contexts)]
    text = row.text("response" if new else "answer")
    return over_texts(row, place, row.text("user_input" if new else "question"), text, named)


def _ragchecker(row: Fields, place: str) -> CitedAnswer:
    named = [(one.name("doc_id"), one.text("text")) for one in row.rows("retrieved_context")]
    return over_texts(row, place, row.text("query"), row.text("response"), named)


def _alce(row: Fields, place: str) -> CitedAnswer:
    docs = [(one.name("id") or one.text("title", ""), one.text("text")) for one in row.rows("docs")]
    return over_texts(row, place, row.text("question"), row.text("output"), apart(docs), unmarked=False)


def _deepeval(row: Fields, place: str) -> CitedAnswer:
    said, found = ("actual_output", "retrieval_context") if "actual_output" in row.row else ("actualOutput", _CAMEL)
    given = row.row.get(found)
    if isinstance(given, str):  # as `EvaluationDataset.save_as("jsonl")` joins them
        row = Fields({**row.row, found: given.split("|")}, row.path)
    named = [
        (match[1], match[2]) if (match := _DEEPEVAL.fullmatch(text)) else (name, text)
        for name, text in texts_of(row, found)
    ]
    row = row if row.has("id") else Fields({**row.row, "id": row.row.get("name")}, row.path)
    return over_texts(row, place, row.text("input"), row.text(said), named)


def _llama_index(row: Fields, place: str) -> CitedAnswer:
    if row.has("source_nodes"):
        named = [_node(one) for one in row.rows("source_nodes")]
    else:
        named = texts_of(row, "contexts")
    question = row.text("question" if row.has("question") else "query")
    return over_texts(row, place, question, row.text("response"), named)


def _node(one: Fields) -> tuple[str, str]:
    """Return the document's name and the text of a LlamaIndex node, old or new, with or without its score."""
    node = Fields(one.row["node"], f"{one.path}.node") if one.has("node") else one
    inside = Fields(node.row["text_resource"], f"{node.path}.text_resource") if node.has("text_resource") else node
    related = node.row.get("relationships")
    source = related.get("1") if isinstance(related, Mapping) else None  # NodeRelationship.SOURCE
    name = name_in(node.row.get("metadata")) or (str(source.get("node_id", "")) if isinstance(source, Mapping) else "")
    return name or node.name("id_"), _LLAMA_SOURCE.sub("", inside.text("text"))


def _chain(row: Fields, place: str) -> CitedAnswer:
    question, said, found = ("query", "result", "source_documents") if row.has("result") else _CHAIN
    return over_texts(row, place, row.text(question), row.text(said), texts_of(row, found))


def _langsmith(row: Fields, place: str) -> CitedAnswer:
    """Read a run's outputs as the answer they are: of any known form, or a question, an answer and what was retrieved.

    Raises:
        FieldError: it is a data set's example, the run has no outputs, or what they hold is not known.
    """
    run = Fields(row.row["run"], "run") if row.has("run") else row
    if run.has("dataset_id") and not row.has("run"):
        raise FieldError("dataset_id", "this is an example of a data set, whose outputs are references: give the runs")
    inputs, outputs = _parts(run, "inputs"), _parts(run, "actual_outputs" if run.has("actual_outputs") else "outputs")
    if not outputs.row:
        why = run.text("error", "")
        raise FieldError("outputs", f"the run has none{f' ({why[:200]})' if why else ''}")
    while isinstance(outputs.row.get("output"), Mapping):
        outputs = Fields(outputs.row["output"], f"{outputs.path}.output")
    known = next((run.row[key] for key in ("reference_example_id", "example_id", "id", "row_id") if run.has(key)), None)
    more = {key: row.row[key] for key in ("id", "answered", "actors", "confidence") if row.has(key)}
    shared = {"id": known, **more, "question": _question(inputs)}
    merged = Fields({**outputs.row, **shared}, outputs.path)
    if isinstance(outputs.row.get("messages"), list) and outputs.row["messages"]:
        last = outputs.item("messages", len(outputs.row["messages"]) - 1)
        return messages.read(Fields({**shared, "message": outputs.row["messages"][-1]}, last), place)
    for fits, reader in _READERS:
        if reader is not _langsmith and fits(merged):
            return reader(merged, place)
    said = next((key for key in SAID if isinstance(outputs.row.get(key), str)), None)
    found = next((key for key in FOUND if isinstance(outputs.row.get(key), list)), None)
    if said is None:
        raise FieldError(
            "outputs", f"no known form of an answer: expected one of {SAID}, got {sorted(outputs.row)[:8]}"
        )
    named = texts_of(outputs, found) if found is not None else []
    return over_texts(merged, place, merged.text("question"), outputs.text(said), named)


def _parts(run: Fields, name: str) -> Fields:
    """Return the inputs or outputs of a run, or of a row of an experiment's table: ``outputs.answer``."""
    if isinstance(run.row.get(name), Mapping):
        return Fields(run.row[name], name)
    start = f"{name}."
    return Fields({key[len(start) :]: value for key, value in run.row.items() if key.startswith(start)}, name)


def _question(inputs: Fields) -> str:
    """Return what was asked in a run: a named field, or the last message of the asker.

    Raises:
        FieldError: there is neither.
    """
    asked = next((key for key in ASKED if isinstance(inputs.row.get(key), str)), None)
    if asked is not None:
        return inputs.text(asked)
    for one in reversed(inputs.rows("messages")):
        inside = Fields(one.row["data"], f"{one.path}.data") if isinstance(one.row.get("data"), Mapping) else one
        if one.text("role", one.text("type", "")) in ("user", "human"):
            return inside.text("content")
    raise FieldError("inputs", f"no question: expected one of {ASKED} or messages, got {sorted(inputs.row)[:8]}")


def _minimal(row: Fields, place: str) -> CitedAnswer:
    text = row.text("text" if row.has("text") or not row.has("answer") else "answer")
    cited = [
        CitedQuote(
            marker=_marker(one, "marker") if one.has("marker") else number,
            quote=one.text("quote"),
            source=one.name("source"),
            start=one.whole("start"),
            end=one.whole("end"),
            prefix=one.text("prefix", ""),
            suffix=one.text("suffix", ""),
        )
        if isinstance(one, Fields)
        else CitedQuote(number, "", one, whole=True)
        for number, one in enumerate(_cited(row), 1)
    ]
    statements = split_statements(text)
    if not markers_in(text):
        statements = tuple(Statement(one.text, tuple(quote.marker for quote in cited)) for one in statements)
    return answer_of(row, place, row.text("question"), text, statements, cited)


def _cited(row: Fields) -> list[Fields | str]:
    """Return the citations of a row: objects, or no more than the names of documents."""
    values = row.items("citations")
    return [one if isinstance(one, str) else Fields(one, row.item("citations", n)) for n, one in enumerate(values)]


def _marker(row: Fields, key: str) -> int:
    marker = row.whole(key)
    if marker is None:
        raise FieldError(f"{row.path}.{key}", "is missing")
    return marker


def _holds(*keys: str) -> Callable[[Fields], bool]:
    return lambda row: all(key in row.row for key in keys)


def _is_run(row: Fields) -> bool:
    inside = row.row.get("run")
    keys = {*row.row, *(inside if isinstance(inside, Mapping) else ())}
    return any(key == "outputs" or key == "actual_outputs" or key.startswith("outputs.") for key in keys)


_READERS: list[tuple[Callable[[Fields], Any], Callable[[Fields, str], CitedAnswer]]] = [
    (lambda row: row.row.get("schema") == ANSWER_SCHEMA, _native),
    (_holds("user_input"), _ragas),
    (_holds("question", "answer", "contexts"), _ragas),
    (_holds("query", "retrieved_context"), _ragchecker),
    (_holds("output", "docs"), _alce),
    (_holds("input", "actual_output"), _deepeval),
    (_holds("input", "actualOutput"), _deepeval),
    (_holds("response", "source_nodes"), _llama_index),
    (_holds("response", "contexts"), _llama_index),
    (_holds("query", "result", "source_documents"), _chain),
    (_holds(*_CHAIN), _chain),
    (_is_run, _langsmith),
    (_holds("text", "citations"), _minimal),
    (_holds("answer", "citations"), _minimal),
    (messages.is_message, messages.read),
]
