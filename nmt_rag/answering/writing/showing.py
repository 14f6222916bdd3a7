"""Which passages a language model is shown: those that would be an answer by themselves, and no others.

They are the quotes of the extractive answer, and the hits that speak for themselves nearly as well as the best one.
What a model never sees it cannot repeat: a passage that is far from the question, that is kept away from who asks
(`nmt_rag.answering.quoting.for_doers`), or that speaks to the model, is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nmt_rag.answering import answer, choose, quoting, read, search
from nmt_rag.answering import question as questions
from nmt_rag.answering.quoting import Background
from nmt_rag.answering.read import ScoredPassage
from nmt_rag.answering.writing import prompt
from nmt_rag.answering.writing.proof import Shown
from nmt_rag.documents import actors
from nmt_rag.index import Index, Place, Where
from nmt_rag.models import Encoder, Reader, default_reader
from nmt_rag.types import Answer, Document, Passage

MAX_SHOWN = 8
"""How many passages a model is shown at most: as many as an extractive answer may quote."""
LEAST, MARGIN = 0.5, 0.1
"""Beside the quotes it is shown what the reader finds at least so probable, and so near to the best one."""


@dataclass(frozen=True, slots=True)
class Showing:
    """The passages under their numbers, the documents they stand in by id, and the actors that those know."""

    passages: tuple[Shown, ...]
    documents: Mapping[str, Document]
    names: actors.Names


def passages_to_show(
    index: Index,
    encoder: Encoder | None,
    extractive: Answer,
    where: Where | None,
    reader: Reader | None = None,
) -> Showing:
    """Return what a model is shown for a question that the sources answer.

    Args:
        index: the sources.
        encoder: the encoder that the index was built with, or None.
        extractive: the answer in the sources' own words; its quotes come first.
        where: only passages with these field values.
        reader: tells which passages answer; None for the packaged one.
    """
    question = questions.understand(extractive.question)
    hits = search.search(index, encoder, question, k=answer.N_HITS, where=where)
    background = Background(index, hits)
    near: list[tuple[Passage, float]] = []
    if not extractive.engine.get("earlier"):  # by itself the question would find what it was not asked about
        kept_away = quoting.for_doers(question, hits, background)
        left, passages = quoting.without(hits, kept_away), background.passages
        scored = read.read(index, encoder, reader or default_reader(), question.text, left, passages)
        near = _near([each for each in scored if each.place not in kept_away])
    ids = dict.fromkeys([one.document_id for one in extractive.citations] + [one.document_id for one, _ in near])
    by_document = {document_id: index.passages(document_id) for document_id in ids}
    chosen: dict[Place, tuple[Passage, float]] = {}
    for passage, score in (*_quoted(extractive, by_document), *near):
        chosen.setdefault(Place(passage.document_id, passage.ordinal), (passage, score))
    safe = [
        (passage, score)
        for passage, score in chosen.values()
        if not _dangerous(passage, by_document[passage.document_id])
    ]
    shown = tuple(
        Shown(number, passage, score, background.reading(passage))
        for number, (passage, score) in enumerate(safe[:MAX_SHOWN], 1)
    )
    held = {document_id: index.document(document_id) for document_id in ids}
    documents = {document_id: document for document_id, document in held.items() if document is not None}
    names = actors.Names(
        [one for name, document in documents.items() for one in actors.of_passages(document, by_document[name])]
    )
    return Showing(tuple(one for one in shown if one.passage.document_id in documents), documents, names)


def _quoted(extractive: Answer, by_document: Mapping[str, Sequence[Passage]]) -> list[tuple[Passage, float]]:
    """Return the passages that an answer quotes, with their scores."""
    return [
        (passage, citation.score)
        for citation in extractive.citations
        for passage in by_document[citation.document_id]
        if passage.start == citation.start
    ]


def _near(scored: Sequence[ScoredPassage]) -> list[tuple[Passage, float]]:
    """Return the passages that a search found and that answer nearly as surely as the best of them, surest first."""
    sure = [(each.hit.passage, round(choose.sigmoid(each.logit), 4)) for each in scored if each.hit.rank]
    least = max(LEAST, max((score for _, score in sure), default=1.0) - MARGIN)
    return sorted(((passage, score) for passage, score in sure if score >= least), key=lambda pair: -pair[1])


def _dangerous(passage: Passage, document: list[Passage]) -> bool:
    """Tell whether a passage, or another one of its paragraph, speaks to a language model."""
    paragraph = (one for one in document if one.paragraph == passage.paragraph)
    return any(map(prompt.addresses_a_model, paragraph))
