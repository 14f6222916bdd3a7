"""LlamaIndex: the passages nearest to a question as its nodes, each with the exact place it stands in.

It searches nothing itself; filters are `nmt_rag.index.filters`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nmt_rag import extras
from nmt_rag.answering import search
from nmt_rag.index import filters
from nmt_rag.rag import Rag, windows
from nmt_rag.types import Document, Hit

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.llamaindex", "llama-index-core", "llamaindex") from error


class NmtRetriever(BaseRetriever):
    """Retrieves passages. The metadata are those of `nmt_rag.rag.described`.

    Args:
        rag: the open index.
        k: how many passages at most.
        where: only passages that this filter lets through; see `nmt_rag.index.parse`.
        window: how many passages before and after belong to a node's text.

    Raises:
        ValueError: the filter is not understood, or a number is out of range.
    """

    def __init__(self, rag: Rag, *, k: int = 4, where: Mapping[str, Any] | None = None, window: int = 0) -> None:
        super().__init__()
        filters.parse(where)
        self._rag = rag
        self._options: dict[str, Any] = {"k": search.checked(k), "where": where, "window": windows.checked(window)}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        def found() -> list[NodeWithScore]:
            hits = self._rag.search(query_bundle.query_str, **self._options)
            sources = ((self._rag.document(hit.document_id), hit) for hit in hits)
            return [_node(source, hit) for source, hit in sources if source]

        return self._rag.at_one_moment(found)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(document: Document, hit: Hit) -> NodeWithScore:
    metadata = windows.described(document, hit)
    start, end = metadata["start_index"], metadata["end_index"]
    node = TextNode(
        id_=f"{hit.document_id}:{start}-{end}",
        text=document.text[start:end],
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["start_index", "end_index", "source_sha256"],
    )
    return NodeWithScore(node=node, score=hit.score)
