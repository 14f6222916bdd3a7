"""The stored texts that lie nearest to an embedding, or to a question's words, too, as documents of LangChain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag import extras
from nmt_rag.answering import fusion, search
from nmt_rag.index import Index
from nmt_rag.langchain import texts as whole_texts
from nmt_rag.types import Document, Passage

try:
    from langchain_core.documents import Document as LangChainDocument
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain.nearest", "langchain-core", "langchain") from error

Near = tuple[LangChainDocument, float, NDArray[np.float32]]
"""A text with its score and its embedding."""


def nearest(
    index: Index, embedding: Sequence[float], k: int, conditions: Mapping[str, Any] | None, *, question: str | None
) -> list[Near]:
    """Return the k nearest texts, best first.

    Args:
        index: the index of a store.
        embedding: what is searched for.
        k: how many texts.
        conditions: what the fields of their metadata must hold.
        question: what is searched for by its words, too, or None.
    """
    k = search.checked(k)
    query = whole_texts.unit([embedding], index.dim)[0]
    where = whole_texts.condition(conditions)
    if question is not None:
        pool = max(search.CANDIDATES, 2 * k)
        dense = index.search_dense(query, pool, where=where)
        words = index.search_lexical(question, pool, where=where)
        fused = fusion.fuse(dense, words, fusion.DENSE_WEIGHT)
        hits = sorted(fused.items(), key=lambda hit: (-hit[1], hit[0]))[:k]
    else:
        hits = index.search_dense(query, k, where=where)
    ids = [passage_id for passage_id, _ in hits]
    passages, rows = index.passages_by_id(ids), index.embeddings(ids)
    found = []
    for passage_id, score in hits:
        # What another process removed or replaced since the search is left out.
        passage = passages.get(passage_id)
        document = index.document(passage.document_id) if passage else None
        if passage and document and document.text[passage.start : passage.end] == passage.text:
            if passage_id in rows:
                found.append((_passage(document, passage), score, rows[passage_id]))
    return found


def _passage(document: Document, passage: Passage) -> LangChainDocument:
    if whole_texts.PIECES not in document.metadata:  # it was not taken apart: a ``start_index`` is its own
        return as_langchain(document)
    metadata = {**whole_texts.own_metadata(document), "start_index": passage.start, "end_index": passage.end}
    return LangChainDocument(id=document.id, page_content=passage.text, metadata=metadata)


def as_langchain(document: Document) -> LangChainDocument:
    """Return a whole text as a document of LangChain."""
    return LangChainDocument(id=document.id, page_content=document.text, metadata=whole_texts.own_metadata(document))
