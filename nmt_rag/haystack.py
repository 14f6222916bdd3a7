"""Haystack: the passages nearest to a question as its documents, each with the exact place it stands in.

It searches nothing itself; filters are `nmt_rag.index.filters`'s, not Haystack's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nmt_rag import extras
from nmt_rag.answering import search
from nmt_rag.index import filters
from nmt_rag.rag import Rag, open_rag, windows
from nmt_rag.types import Document as Source
from nmt_rag.types import Hit

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.haystack", "haystack-ai", "haystack") from error


@component
class NmtRetriever:
    """Retrieves passages. ``meta`` is that of `nmt_rag.rag.described`.

    Args:
        index: the index folder, so that a pipeline can be saved; or an open index; None for the packaged page.
        k: how many passages at most.
        where: only passages that this filter lets through; see `nmt_rag.index.parse`.
        window: how many passages before and after belong to a document's content.
    """

    def __init__(
        self,
        index: Rag | str | None = None,
        *,
        k: int = 4,
        where: Mapping[str, Any] | None = None,
        window: int = 0,
    ) -> None:
        _check(where)
        self.index, self.k, self.where, self.window = index, search.checked(k), where, windows.checked(window)
        self._rag = index if isinstance(index, Rag) else open_rag(index)

    def to_dict(self) -> dict[str, Any]:
        """Return the component as Haystack saves it; an index that was given open is saved by its path."""
        index = str(self.index.index.path) if isinstance(self.index, Rag) else self.index
        made: dict[str, Any] = default_to_dict(self, index=index, k=self.k, where=self.where, window=self.window)
        return made

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> NmtRetriever:
        """Return the component that `to_dict` described."""
        made: NmtRetriever = default_from_dict(cls, data)
        return made

    @component.output_types(documents=list[Document])
    def run(self, query: str, k: int | None = None, where: dict[str, Any] | None = None) -> dict[str, list[Document]]:
        """Return the passages nearest to a question under ``documents``."""
        asked: dict[str, Any] = {"k": self.k if k is None else k, "where": self.where if where is None else where}
        _check(asked["where"])

        def found() -> list[Document]:
            hits = self._rag.search(query, **asked, window=self.window)
            sources = ((self._rag.document(hit.document_id), hit) for hit in hits)
            return [_as_haystack(source, hit) for source, hit in sources if source]

        return {"documents": self._rag.at_one_moment(found)}


def _check(where: Mapping[str, Any] | None) -> None:
    """Raise ValueError for a filter in Haystack's form, which would be one of fields with those names, or none."""
    if isinstance(where, Mapping) and "operator" in where and where.keys() & {"field", "conditions"}:
        raise ValueError("the filter is in Haystack's form; here one reads {'year': {'$gte': 2024}}")
    filters.parse(where)


def _as_haystack(document: Source, hit: Hit) -> Document:
    meta = windows.described(document, hit)
    start, end = meta["start_index"], meta["end_index"]
    return Document(id=f"{document.id}:{start}-{end}", content=document.text[start:end], meta=meta, score=hit.score)
