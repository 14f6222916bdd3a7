"""Answers of other tools → `CitedAnswer`: RAGAS, RAGChecker, ALCE, Anthropic, LangChain, and a minimal form.

Each reader takes one JSON object. Which form it has is told by its fields:

============  ===================================================================================================
answer/1      ``schema: nmt-rag/answer/1``
RAGAS         ``user_input, response, retrieved_contexts``; older: ``question, answer, contexts``
RAGChecker    ``query, response, retrieved_context: [{doc_id, text}]``
ALCE          ``question, output, docs: [{title, text}]``, markers ``[1][2]`` in the output
messages      ``content: [{type: text, text, citations | annotations}]``: Anthropic's citations (``char_location`` and
              its kin) or LangChain's ``Citation`` annotations; the object may also lie under ``message``, ``data`` or
              ``kwargs``; ``question`` and ``documents: [{title, text}]`` beside it
minimal       ``question, text, citations: [{quote, source}]``, also ``start, end, marker``
============  ===================================================================================================

Every form may have ``id``, ``answered``, ``actors`` and ``confidence`` beside its own fields; without ``answered`` an
answer with any text counts as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from nmt_rag import swedish
from nmt_rag.cited import CitedAnswer, CitedQuote, Retrieved, in_order, markers_in, split_statements
from nmt_rag.decoding import normalize
from nmt_rag.fields import FieldError, Fields
from nmt_rag.types import ANSWER_SCHEMA, Document, Statement


def read_answer(value: object, place: str = "") -> CitedAnswer:
    """Return one answer, whichever of the known forms it has.

    Raises:
        FieldError: the form is not known, or a field holds something else than it should.
    """
    row = Fields(value)
    for fits, reader in _READERS:
        if fits(row):
            return reader(row, place)
    raise FieldError(
        "",
        f"no known form of an answer; expected {{schema: {ANSWER_SCHEMA}}}, {{question, text, citations}} or one of "
        f"RAGAS, RAGChecker, ALCE, Anthropic or LangChain; got the fields {sorted(row.row)[:8]}",
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
    return _answer(row, place, "question", row.text("text"), statements, cited, retrieved=found, answered=answered)


def _ragas(row: Fields, place: str) -> CitedAnswer:
    new = row.has("user_input")
    contexts = row.texts("retrieved_contexts" if new else "contexts")
    names = row.texts("retrieved_context_ids")
    named = [(names[number] if number < len(names) else "", text) for number, text in enumerate(contexts)]
    text = row.text("response" if new else "answer")
    return _over_texts(row, place, "user_input" if new else "question", text, named)


def _ragchecker(row: Fields, place: str) -> CitedAnswer:
    named = [(one.name("doc_id"), one.text("text")) for one in row.rows("retrieved_context")]
    return _over_texts(row, place, "query", row.text("response"), named)


def _alce(row: Fields, place: str) -> CitedAnswer:
    docs = [(one.name("id") or one.text("title", ""), one.text("text")) for one in row.rows("docs")]
    twice = {name for name, n in Counter(name for name, _ in docs).items() if n > 1}
    named = [(f"{name} ({n})" if name in twice else name, text) for n, (name, text) in enumerate(docs, 1)]
    return _over_texts(row, place, "question", row.text("output"), named, unmarked=False)


def _over_texts(
    row: Fields, place: str, question: str, text: str, named: Sequence[tuple[str, str]], *, unmarked: bool = True
) -> CitedAnswer:
    """Return an answer that cites whole texts by ``[n]``, or where it has no marker and may, all of them at once."""
    statements = split_statements(text)
    shown = markers_in(text)
    every = range(1, len(named) + 1)
    if not shown and unmarked:
        shown = set(every)
        statements = tuple(Statement(one.text, tuple(every)) for one in statements)
    cited = [CitedQuote(n, named[n - 1][1], named[n - 1][0]) for n in every if n in shown]
    found = in_order(named)
    documents = [_document(name or f"context {n}", name, one) for n, (name, one) in enumerate(named, 1)]
    return _answer(row, place, question, text, statements, cited, retrieved=found, documents=documents)


def _messages(row: Fields, place: str) -> CitedAnswer:
    """Read the text blocks of a message; a sentence has the citations whose block, or span in it, it lies in."""
    documents = [
        _document(one.name("id") or one.text("title", "") or f"document {n}", one.text("title", ""), _text_of(one))
        for n, one in enumerate(row.rows("documents"))
    ]
    text = ""
    cited: list[CitedQuote] = []
    spans: list[tuple[int, int, int]] = []
    for block in _blocks(row):
        if block.text("type", "text") != "text":
            continue
        start, said = len(text), block.text("text")
        text += said
        for one in (*block.rows("citations"), *(_annotations(block))):
            quote = _quote(one, len(cited) + 1, documents)
            first, last = one.whole("start_index"), one.whole("end_index")
            inside = (first, last) if first is not None and last is not None else (0, len(said))
            cited.append(quote)
            spans.append((start + inside[0], start + inside[1], quote.marker))
    statements = tuple(
        Statement(text[a:b], tuple(marker for first, last, marker in spans if first < b and a < last))
        for a, b in swedish.sentences(text)
    )
    return _answer(row, place, "question", text, statements, cited, documents=documents)


def _quote(one: Fields, marker: int, documents: Sequence[Document]) -> CitedQuote:
    index = one.whole("document_index")
    source = one.text("document_title", "") or one.text("url", "") or one.text("source", "") or one.text("title", "")
    if index is not None and 0 <= index < len(documents):
        source = documents[index].id
    located = one.text("type", "") == "char_location"
    start, end = (one.whole("start_char_index"), one.whole("end_char_index")) if located else (None, None)
    return CitedQuote(marker, one.text("cited_text"), source or ("" if index is None else str(index)), start, end)


def _annotations(block: Fields) -> list[Fields]:
    """Return LangChain's citations of a block; other annotations say nothing about sources."""
    return [one for one in block.rows("annotations") if one.text("type", "") == "citation"]


def _blocks(row: Fields) -> list[Fields]:
    inner = _message(row)
    return (
        [Fields({"text": inner.text("content")})]
        if isinstance(inner.row.get("content"), str)
        else inner.rows("content")
    )


def _message(row: Fields) -> Fields:
    for key in ("message", "data", "kwargs"):
        if isinstance(row.row.get(key), dict):
            return _message(Fields(row.row[key], key))
    return row


def _text_of(one: Fields) -> str:
    """Return a document's text, as ours or as Anthropic's document blocks hold it."""
    return Fields(one.row["source"], f"{one.path}.source").text("data") if one.has("source") else one.text("text")


def _minimal(row: Fields, place: str) -> CitedAnswer:
    text = row.text("text")
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
        for number, one in enumerate(row.rows("citations"), 1)
    ]
    statements = split_statements(text)
    if not markers_in(text):
        statements = tuple(Statement(one.text, tuple(quote.marker for quote in cited)) for one in statements)
    return _answer(row, place, "question", text, statements, cited)


def _answer(
    row: Fields,
    place: str,
    question: str,
    text: str,
    statements: tuple[Statement, ...],
    cited: Sequence[CitedQuote],
    *,
    retrieved: Sequence[Retrieved] = (),
    documents: Sequence[Document] = (),
    answered: bool | None = None,
) -> CitedAnswer:
    if answered is None:
        answered = row.yes("answered") if row.has("answered") else bool(text.strip())
    confidence = row.number("confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise FieldError("confidence", f"expected a number between 0 and 1, got {confidence}")
    return CitedAnswer(
        question=row.text(question),
        text=text,
        answered=answered,
        statements=statements if answered else (),
        citations=tuple(cited),
        id=row.name("id") or row.name("query_id"),
        actors=row.texts("actors") if row.has("actors") else None,
        confidence=confidence,
        retrieved=tuple(retrieved),
        documents=tuple(documents),
        place=place,
    )


def _marker(row: Fields, key: str) -> int:
    marker = row.whole(key)
    if marker is None:
        raise FieldError(f"{row.path}.{key}", "is missing")
    return marker


def _document(document_id: str, title: str, text: str) -> Document:
    return Document(id=document_id, title=title or document_id, text=normalize(text))


def _holds(*keys: str) -> Callable[[Fields], bool]:
    return lambda row: all(key in row.row for key in keys)


_READERS: list[tuple[Callable[[Fields], Any], Callable[[Fields, str], CitedAnswer]]] = [
    (lambda row: row.row.get("schema") == ANSWER_SCHEMA, _native),
    (_holds("user_input"), _ragas),
    (_holds("question", "answer", "contexts"), _ragas),
    (_holds("query", "retrieved_context"), _ragchecker),
    (_holds("output", "docs"), _alce),
    (lambda row: "content" in _message(row).row, _messages),
    (_holds("text", "citations"), _minimal),
]
