"""Where a quote stands in the documents of an index now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nmt_rag import citations
from nmt_rag.answering import search as retrieval
from nmt_rag.citations import Verification
from nmt_rag.index import Index
from nmt_rag.types import Citation, Document


def verified(index: Index, quote: str, document_id: str | None) -> Verification:
    """Tell whether a quote stands in a document of an index (None: in any), letter for letter, and where."""
    said = Citation(1, document_id or "", "", "", (), "", quote, 0, 0, "")
    near = list(holding(index, said)) if document_id is None else []
    document = next((one for one in near if quote in one.text), near[0] if near else None)
    if document_id is not None:
        document = index.document(document_id)
    if document is not None:
        start = max(document.text.find(quote), 0)
        said = replace(said, document_id=document.id, start=start, end=start + len(quote))
    return citations.verify(said, document, holding(index, said))


def holding(index: Index, citation: Citation) -> Iterator[Document]:
    """Yield the documents that may hold a quote now: those that its words find."""
    hits = retrieval.search(index, None, citation.quote, k=50) if citation.quote.strip() else []
    for document_id in dict.fromkeys(hit.document_id for hit in hits):
        document = index.document(document_id)
        if document is not None and document_id != citation.document_id:
            yield document
