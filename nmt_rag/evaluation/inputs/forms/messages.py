"""A chat message with citations → a `CitedAnswer`: Anthropic's, LangChain's and OpenAI's blocks and annotations.

A sentence has the citations whose block, or span in it, it lies in, or that stand right after it. What marks a citation
in the text, as ``【4:0†source】`` or ``([title](url))``, is cut out; markers such as ``[1]`` are no statements, and
tell what is cited only where no annotation does. A block or an annotation of a kind that is not known is an error: it
may hold what was said, or what was cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, in_order, split_statements, stated
from nmt_rag.evaluation.inputs.fields import FieldError, Fields
from nmt_rag.evaluation.inputs.forms import markers
from nmt_rag.evaluation.inputs.forms.texts import answer_of, document_of, name_in, over_texts
from nmt_rag.types import Document, Statement

SAID = ("text", "output_text", "refusal")
"""The types of blocks that hold what is said to the reader."""
NO_SOURCE = ("file_path", "non_standard", "non_standard_annotation")
"""The types of annotations that say nothing about sources."""
_INSIDE = ("message", "data", "kwargs", "response", "body", "result")
"""Under these names a message may lie, also in one another."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What one annotation cites, and where in the message's text.

    ``how`` says what is there: the ``mark`` of the citation, a ``point`` that the citation stands at, or the ``span``
    that it covers.
    """

    quotes: tuple[CitedQuote, ...]
    start: int
    end: int
    how: Literal["mark", "point", "span"]


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a message may cite: the documents beside it, and by file the texts that OpenAI's file search found."""

    documents: tuple[Document, ...]
    found: Mapping[str, tuple[str, list[str]]]


def is_message(row: Fields) -> bool:
    """Return whether a row holds a message, in whatever envelope."""
    inner = _inner(row)
    listed = isinstance(inner.row.get("output"), list) and "docs" not in inner.row
    return "content" in inner.row or listed or _bare(inner) is not None


def read(row: Fields, place: str) -> CitedAnswer:
    """Return the answer of a message.

    Raises:
        FieldError: a field is missing or holds something else than it should, or a block or annotation is not known.
    """
    inner = _inner(row)
    found = _found(inner)
    documents = tuple(
        document_of(one.name("id") or one.text("title", "") or f"document {n}", one.text("title", ""), _text_of(one))
        for n, one in enumerate(row.rows("documents"))
    )
    blocks = [one for one in _blocks(inner) if _says(one)]
    kinds = [one.text("type", "text") for one in blocks]
    said = [one.text("refusal" if kind == "refusal" else "text") for one, kind in zip(blocks, kinds, strict=True)]
    text = "".join(said)
    question = row.text("question", "" if row.has("custom_id") else None)
    anchors: list[_Anchor] = []
    start = 0
    for block, part in zip(blocks, said, strict=True):
        anchors += _anchors(block, start, part, _Texts(documents, found))
        start += len(part)
    if documents and not anchors and markers.numbers_in(text):
        return over_texts(row, place, question, text, [(one.id, one.text) for one in documents], unmarked=False)
    numbers = iter(range(1, 1 + sum(len(one.quotes) for one in anchors)))
    anchors = [replace(one, quotes=tuple(replace(q, marker=next(numbers)) for q in one.quotes)) for one in anchors]
    marks = [(one.start, one.end) for one in anchors if one.how == "mark"]
    answer = answer_of(
        row,
        place,
        question,
        markers.cut(text, marks).text,
        _statements(text, anchors, marks) if anchors else split_statements(text),
        [quote for one in anchors for quote in one.quotes],
        retrieved=in_order((name, text) for name, texts in found.values() for text in texts),
        documents=documents or [document_of(name, name, "\n\n".join(texts)) for name, texts in found.values()],
        answered=False if "refusal" in kinds else None,
    )
    return replace(answer, id=answer.id or row.name("custom_id"))


def _statements(text: str, anchors: list[_Anchor], marks: list[tuple[int, int]]) -> tuple[Statement, ...]:
    """Return the sentences of a message with what its annotations cite; all that marks citations is cut out."""
    bare = markers.cut(text, [*marks, *((start, end) for start, end, _ in markers.places(text))])
    marked = [(one, quote.marker) for one in anchors for quote in one.quotes]
    return stated(
        bare.text,
        [(bare.at(one.start), marker) for one, marker in marked if one.how != "span"],
        [(bare.at(one.start), bare.at(one.end), marker) for one, marker in marked if one.how == "span"],
    )


def _says(block: Fields) -> bool:
    """Return whether a block holds what is said to the reader; thoughts and calls of tools do not.

    Raises:
        FieldError: the block holds text and is of a kind that is not known.
    """
    kind = block.text("type", "text")
    if kind not in SAID and isinstance(block.row.get("text"), str):
        raise FieldError(f"{block.path}.type", f"no known kind of a block with text: {kind!r}; known are {SAID}")
    return kind in SAID


def _anchors(block: Fields, start: int, said: str, texts: _Texts) -> Iterator[_Anchor]:
    """Yield what the citations of a block cite; the block's text begins at ``start``."""
    for one in (*block.rows("citations"), *block.rows("annotations")):
        kind = one.text("type", "")
        if kind in NO_SOURCE:
            continue
        nested = _is_object(one.row.get(kind))  # OpenAI: {type: url_citation, url_citation: {…}}
        inside = Fields(one.row[kind], f"{one.path}.{kind}") if nested else one
        extras = Fields(one.row["extras"], f"{one.path}.extras") if _is_object(one.row.get("extras")) else one
        quotes = _quotes(one, inside, texts)
        ends = one if one.has("start_index") else inside
        first, last = ends.whole("start_index"), ends.whole("end_index")
        at = one.whole("index") if one.has("index") else extras.whole("index")
        if first is not None and last is not None:
            first, last = _within(first, said), _within(last, said)
            if _marks(said[first:last], one.text("text", "")):
                yield _Anchor(quotes, start + len(said[:first].rstrip(" \t")), start + last, "mark")
            else:
                yield _Anchor(quotes, start + first, start + last, "span")
        elif at is not None and (one.has("file_id") or extras.has("file_id")):
            yield _Anchor(quotes, start + _within(at, said), start + _within(at, said), "point")
        else:
            yield _Anchor(quotes, start, start + len(said), "span")


def _within(place: int, text: str) -> int:
    return max(0, min(place, len(text)))


def _marks(text: str, mark: str) -> bool:
    """Return whether a span of the text marks the citation and says nothing: ``([title](url))``, ``【…】``."""
    return bool(text) and (text == mark or text[0] in "([【\ue200")


def _quotes(one: Fields, inside: Fields, texts: _Texts) -> tuple[CitedQuote, ...]:
    """Return what an annotation cites: its quote, or the texts found in its file, or else the whole document.

    Their markers are given later.

    Raises:
        FieldError: the annotation is of a kind that is not known.
    """
    kind = one.text("type", "")
    index = one.whole("document_index")
    source = one.text("document_title", "") or name_in(inside.row)
    if index is not None and 0 <= index < len(texts.documents):
        source = texts.documents[index].id
    elif index is not None and not source:
        source = str(index)
    located = kind == "char_location"
    start, end = (one.whole("start_char_index"), one.whole("end_char_index")) if located else (None, None)
    for key in ("cited_text", "quote"):
        if inside.has(key):
            return (CitedQuote(0, inside.text(key), source, start, end),)
    name, found = texts.found.get(inside.name("file_id"), ("", []))
    if found:
        return tuple(CitedQuote(0, text, source or name) for text in found)
    source = source or inside.name("file_id")
    if not source:
        raise FieldError(one.path, f"no known kind of a citation: {kind!r} with {sorted(one.row)[:8]}")
    return (CitedQuote(0, "", source, whole=True),)


def _blocks(inner: Fields) -> list[Fields]:
    """Return the blocks of a message.

    Raises:
        FieldError: none of them says anything to the reader, or citations stand where none are known.
    """
    if isinstance(inner.row.get("output"), list):
        items = [one for one in inner.rows("output") if one.text("type", "") == "message"]
        final = [one for one in items if one.text("phase", "") == "final_answer"] or items
        blocks = [block for one in final for block in one.rows("content")]
    elif isinstance(inner.row.get("content"), str) or (inner.has("refusal") and not inner.has("content")):
        key = "content" if inner.has("content") else "refusal"
        kind = "text" if key == "content" else key
        blocks = [Fields({kind: inner.text(key), "type": kind, "annotations": inner.items("annotations")}, inner.path)]
    elif (bare := _bare(inner)) is not None and "content" not in inner.row:
        blocks = [bare]
    else:
        blocks = [_flat(one) for one in inner.rows("content")]
    if inner.items("citations"):
        raise FieldError("citations", "citations beside the content of a message are not known; expected them in it")
    kinds = [block.text("type", "text") for block in blocks]
    given = blocks or inner.row.get("output") or inner.row.get("content")
    if given is None or (given and not set(kinds) & set(SAID)):
        raise FieldError("content", f"nothing is said: expected a block of one of the types {SAID}, got {kinds[:8]}")
    return blocks


def _bare(inner: Fields) -> Fields | None:
    """Return what OpenAI said where it stands without its message, as ``output_text`` or as a block of that type."""
    if isinstance(inner.row.get("output_text"), str):
        return Fields({**inner.row, "type": "output_text", "text": inner.row["output_text"]}, inner.path)
    is_block = inner.row.get("type") == "output_text" and isinstance(inner.row.get("text"), str)
    return inner if is_block else None


def _flat(block: Fields) -> Fields:
    """Return a block of OpenAI's assistants, ``text: {value, annotations}``, as the others are."""
    text = block.row.get("text")
    if not isinstance(text, Mapping):
        return block
    inside = Fields(text, f"{block.path}.text")
    return Fields(
        {"type": "text", "text": inside.text("value"), "annotations": inside.items("annotations")}, block.path
    )


def _found(inner: Fields) -> dict[str, tuple[str, list[str]]]:
    """Return the texts that OpenAI's file search found, by file: its name and its texts, best first."""
    found: dict[str, tuple[str, list[str]]] = {}
    for call in inner.rows("output") if isinstance(inner.row.get("output"), list) else ():
        if call.text("type", "") != "file_search_call":
            continue
        for one in call.rows("results"):
            name = one.text("filename", "") or one.name("file_id")
            found.setdefault(one.name("file_id"), (name, []))[1].append(one.text("text", ""))
    return found


def _inner(row: Fields) -> Fields:
    """Return the message inside its envelopes."""
    choices = row.row.get("choices")
    if isinstance(choices, list) and choices and _is_object(choices[0]):
        return _inner(Fields(choices[0], row.item("choices", 0)))
    for key in _INSIDE:
        if _is_object(row.row.get(key)):
            return _inner(Fields(row.row[key], key))
    return row


def _text_of(one: Fields) -> str:
    """Return a document's text, as ours or as Anthropic's document blocks hold it."""
    return Fields(one.row["source"], f"{one.path}.source").text("data") if one.has("source") else one.text("text")


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)
