"""LangChain's compressors over a reader: of anybody's documents the sentences that answer, or the best documents first.

A reader tells of each sentence how surely it answers; it is this library's own, or any that reads as it does. Nothing
is written here: what is kept is the document's own text, with its exact place.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from nmt_rag import extras
from nmt_rag.answering import WINDOW_CHARACTERS
from nmt_rag.documents import leading, passages
from nmt_rag.errors import ReadingError
from nmt_rag.types import Document, Passage

try:
    from langchain_core.callbacks import Callbacks
    from langchain_core.documents import BaseDocumentCompressor
    from langchain_core.documents import Document as LangChainDocument
    from pydantic import ConfigDict, Field, model_validator
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain.compressor", "langchain-core", "langchain") from error

LEAST_CONFIDENCE = 0.5
"""How surely a kept sentence answers at least."""


@dataclass(frozen=True, slots=True)
class SectionWindow:
    """Neighbouring sentences of one section, below the title of their document."""

    title: str
    sentences: tuple[str, ...]


class ReadsWindows(Protocol):
    """What is asked of a reader; `nmt_rag.models.reader.Reader` is one."""

    def read(self, question: str, windows: Sequence[Any]) -> Sequence[Sequence[float]]:
        """The probability that each sentence answers, for each `SectionWindow`: (n_sentences,) each, in [0, 1]."""
        ...


class _Reading(BaseDocumentCompressor):
    """What both have in common: a reader, and that unknown arguments are refused."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    reader: Any = None
    """What reads (`ReadsWindows`); the packaged one where none is given."""
    k: int | None = Field(default=None, ge=1, strict=True)
    """How many documents are returned at most; None for all."""

    @model_validator(mode="after")
    def _reads(self) -> Self:
        if self.reader is None:
            self.reader = _default_reader()
        if not callable(getattr(self.reader, "read", None)):
            raise ValueError(f"a reader has a method read(question, windows), got {type(self.reader).__name__}")
        return self


class NmtCompressor(_Reading):
    """Keeps the sentences that answer the question; neighbours stay together, what does not answer is dropped.

    The metadata of each are those of its document, with ``start_index`` and ``end_index`` (characters of the document's
    text; where the document itself has a ``start_index``, of the text that it was taken from) and ``relevance_score``,
    the probability of the best sentence; ``reading`` is the text after the line that it goes on from («Du får inte:
    elda»), empty where there is none. The documents stay in their order.
    """

    least_confidence: float = Field(default=LEAST_CONFIDENCE, ge=0.0, le=1.0)
    """How surely a kept sentence answers at least."""

    def compress_documents(
        self, documents: Sequence[LangChainDocument], query: str, callbacks: Callbacks | None = None
    ) -> list[LangChainDocument]:
        """Return what answers of each document, the places of a document in the order of its text."""
        kept: list[LangChainDocument] = []
        for document, found in zip(documents, _read(self.reader, query, documents), strict=True):
            runs = list(_runs(found, self.least_confidence))
            leads = _leads(document, [passage for passage, _ in found]) if runs else {}
            for run in runs:
                start, end = run[0][0].start, run[-1][0].end
                part = _part(document, start, end, max(score for _, score in run))
                lead = leads.get(start, "")
                kept.append(_with(part, reading=f"{lead} {part.page_content}" if lead else ""))
        return kept if self.k is None else _best(kept, self.k)


class NmtReranker(_Reading):
    """Puts the documents whose best sentence most surely answers first; ``relevance_score`` is its probability."""

    def compress_documents(
        self, documents: Sequence[LangChainDocument], query: str, callbacks: Callbacks | None = None
    ) -> list[LangChainDocument]:
        """Return the documents best first, equal ones in the order they came in."""
        scored = [
            _with(document, relevance_score=max((score for _, score in found), default=0.0))
            for document, found in zip(documents, _read(self.reader, query, documents), strict=True)
        ]
        scored.sort(key=lambda document: -document.metadata["relevance_score"])
        return scored[: self.k]


def _default_reader() -> ReadsWindows:
    """Return the packaged reader.

    Raises:
        ReadingError: this version has none.
    """
    try:
        found: ReadsWindows = importlib.import_module("nmt_rag.models.reader").default_reader()
    except ModuleNotFoundError as error:
        raise ReadingError("this version of nmt_rag has no reader of its own; give one: reader=…") from error
    return found


def _read(
    reader: ReadsWindows, question: str, documents: Sequence[LangChainDocument]
) -> list[list[tuple[Passage, float]]]:
    """Return the sentences of each document in order, with how surely each answers; all are read together."""
    spans: list[tuple[int, list[Passage]]] = []
    windows: list[SectionWindow] = []
    for number, document in enumerate(documents):
        text = _document(str(number), document)
        for part in _parts(passages.split(text)):
            headings = [heading for heading in part[0].heading if heading != text.title]
            spans.append((number, part))
            windows.append(SectionWindow(text.title, (*headings, *(passage.reading for passage in part))))
    found: list[list[tuple[Passage, float]]] = [[] for _ in documents]
    read = reader.read(question, windows) if windows else []
    for (number, part), window, scores in zip(spans, windows, read, strict=True):
        if len(scores) != len(window.sentences):
            raise ReadingError(f"the reader gave {len(scores)} numbers for {len(window.sentences)} sentences")
        own = scores[len(window.sentences) - len(part) :]  # after those of the headings
        found[number] += [(passage, float(score)) for passage, score in zip(part, own, strict=True)]
    return found


def _document(name: str, document: LangChainDocument) -> Document:
    return Document(id=name, title=str(document.metadata.get("title") or ""), text=document.page_content)


def _parts(sentences: Sequence[Passage]) -> Iterator[list[Passage]]:
    """Yield the sentences in parts of one section that are no longer than `WINDOW_CHARACTERS`, or one by itself."""
    part: list[Passage] = []
    size = 0
    for passage in sentences:
        if part and (passage.heading != part[0].heading or size + len(passage.reading) > WINDOW_CHARACTERS):
            yield part
            part, size = [], 0
        part.append(passage)
        size += len(passage.reading)
    if part:
        yield part


def _runs(found: Sequence[tuple[Passage, float]], least: float) -> Iterator[list[tuple[Passage, float]]]:
    """Yield the neighbouring sentences that answer, as far as they stand in one section."""
    run: list[tuple[Passage, float]] = []
    for passage, score in found:
        goes_on = run and run[-1][0].ordinal + 1 == passage.ordinal and run[-1][0].heading == passage.heading
        if run and (score < least or not goes_on):
            yield run
            run = []
        if score >= least:
            run.append((passage, score))
    if run:
        yield run


def _part(document: LangChainDocument, start: int, end: int, score: float) -> LangChainDocument:
    base = document.metadata.get("start_index")
    first = base if isinstance(base, int) and not isinstance(base, bool) else 0
    made = _with(document, start_index=first + start, end_index=first + end, relevance_score=score)
    return made.model_copy(update={"page_content": document.page_content[start:end]})


def _leads(document: LangChainDocument, sentences: Sequence[Passage]) -> dict[int, str]:
    """Return what sentences of a document go on from, by where they begin; all of them are given."""
    leads = leading.leads(_document("", document), sentences)
    return {sentences[ordinal].start: lead for ordinal, lead in leads.items()}


def _with(document: LangChainDocument, **more: float | str) -> LangChainDocument:
    return document.model_copy(update={"metadata": {**document.metadata, **more}})


def _best(documents: Sequence[LangChainDocument], k: int) -> list[LangChainDocument]:
    """Return the k documents of the highest scores, in the order they stand in."""
    order = sorted(range(len(documents)), key=lambda number: (-documents[number].metadata["relevance_score"], number))
    return [documents[number] for number in sorted(order[:k])]
