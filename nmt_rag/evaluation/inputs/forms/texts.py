"""Fields of other tools → a `CitedAnswer`: what all forms share, and the answers that cite whole texts by number.

Which tool writes which fields stands in `nmt_rag.evaluation.inputs.forms.foreign`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nmt_rag.documents import normalize
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, Retrieved, in_order, markers_in, split_statements
from nmt_rag.evaluation.inputs.fields import FieldError, Fields
from nmt_rag.types import Document, Statement

TEXTS = ("text", "page_content", "content")
NAMES = ("source", "file_name", "filename", "file_path", "url", "title", "doc_id", "document_id")
"""Under these names metadata say which document a text comes from; the first that is there counts."""


def answer_of(
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
    """Return an answer with the fields that every form may have: ``id, answered, actors, confidence``.

    Raises:
        FieldError: one of them holds something else than it should.
    """
    if answered is None or row.has("answered"):
        answered = row.yes("answered") if row.has("answered") else bool(text.strip())
    confidence = row.number("confidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise FieldError("confidence", f"expected a number between 0 and 1, got {confidence}")
    return CitedAnswer(
        question=question,
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


def over_texts(
    row: Fields, place: str, question: str, text: str, named: Sequence[tuple[str, str]], *, unmarked: bool = True
) -> CitedAnswer:
    """Return an answer that cites whole texts by ``[n]``, or where it has no marker and may, all of them at once.

    Args:
        row: the whole row, for what every form may have.
        place: the file and line.
        question: what was asked.
        text: the answer.
        named: the texts with the name of the document that each comes from; empty where it has none.
        unmarked: whether an answer without markers cites every text.
    """
    statements = split_statements(text)
    shown = markers_in(text)
    every = range(1, len(named) + 1)
    if not shown and unmarked:
        shown = set(every)
        statements = tuple(Statement(one.text, tuple(every)) for one in statements)
    cited = [CitedQuote(n, named[n - 1][1], named[n - 1][0]) for n in every if n in shown]
    together: dict[str, list[str]] = {}
    for n, (name, one) in enumerate(named, 1):
        together.setdefault(name or f"context {n}", []).append(one)
    documents = [document_of(name, name, "\n\n".join(dict.fromkeys(texts))) for name, texts in together.items()]
    return answer_of(row, place, question, text, statements, cited, retrieved=in_order(named), documents=documents)


def apart(named: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return named texts with a number behind a name that several have: each is a document of its own."""
    twice = {name for name, n in Counter(name for name, _ in named).items() if n > 1 and name}
    return [(f"{name} ({n})" if name in twice else name, text) for n, (name, text) in enumerate(named, 1)]


def texts_of(row: Fields, key: str) -> list[tuple[str, str]]:
    """Return a list of texts with their documents' names: strings, or LangChain's documents and their like.

    Raises:
        FieldError: an item is neither, or has no text.
    """
    values = row.items(key)
    return [
        ("", value) if isinstance(value, str) else _named(Fields(value, row.item(key, number)))
        for number, value in enumerate(values)
    ]


def name_in(metadata: object) -> str:
    """Return the document's name in metadata; empty where there is none."""
    given = metadata if isinstance(metadata, Mapping) else {}
    return next((str(given[key]) for key in NAMES if isinstance(given.get(key), str | int) and given[key] != ""), "")


def document_of(document_id: str, title: str, text: str) -> Document:
    """Return a document that an answer brings along."""
    return Document(id=document_id, title=title or document_id, text=normalize(text))


def _named(one: Fields) -> tuple[str, str]:
    """Return the document's name and the text of an object, as LangChain dumps it, plain or in its own envelope."""
    inside = Fields(one.row["kwargs"], f"{one.path}.kwargs") if isinstance(one.row.get("kwargs"), Mapping) else one
    key = next((key for key in TEXTS if inside.has(key)), TEXTS[0])
    return name_in(inside.row.get("metadata")) or name_in(inside.row) or inside.name("id"), inside.text(key)
