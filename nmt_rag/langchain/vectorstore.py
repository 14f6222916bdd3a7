"""A LangChain vector store over this library's index: exact search, exact filters, in memory or in a folder.

What is stored is a text with its metadata, unchanged (`langchain.texts`), under the embedding that a LangChain
`Embeddings` object gives. Scores are cosines, or with ``hybrid`` fused with words: higher is better. Nothing is cited.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from nmt_rag import extras
from nmt_rag.answering import search, tracing
from nmt_rag.index import Check
from nmt_rag.langchain import texts as whole_texts
from nmt_rag.langchain.embeddings import EmbeddingsEncoder, opened
from nmt_rag.langchain.indexing import IndexRecordManager
from nmt_rag.langchain.nearest import Near, as_langchain, nearest
from nmt_rag.models import Encoder
from nmt_rag.swedish import TextSplitter

try:
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings
    from langchain_core.runnables import run_in_executor
    from langchain_core.vectorstores import VectorStore, VectorStoreRetriever
    from langchain_core.vectorstores.utils import maximal_marginal_relevance
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain.vectorstore", "langchain-core", "langchain") from error

MetadataFilter = Mapping[str, Any]
"""What the fields of the metadata must hold; see `nmt_rag.index.parse`."""


class FaissVectorStore(VectorStore):
    """Texts with metadata, found by the nearness of their embeddings. Threads may share it.

    Args:
        embedding: what encodes texts and questions; one text is encoded at once, to learn its width.
        path: the folder of the index, made where there is none; without one all is kept in memory.
        hybrid: search for questions by their words, too (BM25 over Swedish stems); scores are then fused ones in
            [0, 1], which order the texts of one search (`nmt_rag.answering.fusion.fuse`). What searches by an embedding
            alone stays as it is.
        splitter: what takes texts apart, such as `nmt_rag.swedish.SentenceSplitter` or LangChain's. A search returns
            pieces then, with ``start_index`` and ``end_index`` in their metadata and the id of their text, whole texts
            come from `get_by_ids`. It holds for texts that are added from then on.

    Raises:
        IndexMismatchError: the folder holds another kind of index, or one of another embedding model.
        NmtRagError: the folder cannot be used; see `nmt_rag.index.Index`.
    """

    def __init__(
        self,
        embedding: Embeddings,
        path: Path | str | None = None,
        *,
        hybrid: bool = False,
        splitter: TextSplitter | None = None,
    ) -> None:
        self._embedding = embedding
        self._hybrid = hybrid
        self._splitter = whole_texts.checked_splitter(splitter)
        self.index = opened(embedding, None if path is None else Path(path))
        """The index; its documents are the texts."""
        self._encoder = EmbeddingsEncoder(embedding, self.index.dim)
        self._turn = threading.Lock()
        self._finalizer = weakref.finalize(self, self.index.close)

    def close(self) -> None:
        """Let go of the index's files; closing twice is harmless."""
        self._finalizer()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    @property
    def embeddings(self) -> Embeddings:
        """What encodes texts and questions."""
        return self._embedding

    def verify(self) -> list[Check]:
        """Prove that the parts of the index agree; see `nmt_rag.index.Index.verify`."""
        return self.index.verify()

    # Changing

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        path: Path | str | None = None,
        hybrid: bool = False,
        splitter: TextSplitter | None = None,
        **kwargs: Any,
    ) -> Self:
        """Return a store with some texts added; see `add_texts`."""
        whole_texts.refuse_unknown(kwargs)
        store = cls(embedding, path, hybrid=hybrid, splitter=splitter)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts, replacing those with the same ids, and return the ids; what has none gets a random one.

        Equal texts are encoded once. Metadata are text, numbers, booleans, None, lists and dictionaries of them.
        ``batch_size``, which LangChain's indexing API hands on, changes nothing.

        Raises:
            ValueError: the numbers of texts, metadatas and ids differ, a value would not come back as it was, or the
                splitter gave what does not stand in a text.
            EncodingError: the embedding model gave zeros, no numbers, or another width.
        """
        whole_texts.refuse_unknown(kwargs)
        whole_texts.refuse_string("texts", texts)
        return self._add(list(texts), metadatas, ids, self._encoder, self._splitter)

    def add_embeddings(
        self,
        text_embeddings: Iterable[tuple[str, Sequence[float]]],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
    ) -> list[str]:
        """Add texts whose embeddings are known already; see `add_texts`. Equal texts keep the first embedding."""
        pairs = list(text_embeddings)
        rows = whole_texts.unit([row for _, row in pairs], self.index.dim)
        given = {text: row for (text, _), row in reversed(list(zip(pairs, rows, strict=True)))}
        return self._add(
            [text for text, _ in pairs], metadatas, ids, whole_texts.GivenEncoder(self.index.dim, given), None
        )

    def _add(
        self,
        texts: list[str],
        metadatas: list[dict[str, Any]] | None,
        ids: Sequence[str | None] | None,
        encoder: Encoder,
        splitter: TextSplitter | None,
    ) -> list[str]:
        names, documents, split = whole_texts.documents_of(texts, metadatas, ids, splitter)
        if documents:
            with self._turn:
                self.index.add(documents, split=split, encoder=encoder)
        return names

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Delete texts in one commit; unknown ids are passed over, and None deletes all, as LangChain has it."""
        whole_texts.refuse_unknown(kwargs)
        whole_texts.refuse_string("ids", ids)
        with self._turn:
            self.index.remove_all(self.index.document_ids() if ids is None else ids)
        return True

    def record_manager(self, namespace: str = "default") -> IndexRecordManager:
        """Return what LangChain's indexing API keeps its records with, in the same database; see `indexing`."""
        return IndexRecordManager(self.index.records(namespace))

    # Reading and searching

    def get_by_ids(self, ids: Sequence[str], /) -> list[LangChainDocument]:
        """Return texts in the order of their ids, each once; unknown ids are passed over."""
        whole_texts.refuse_string("ids", ids)
        found = (self.index.document(text_id) for text_id in dict.fromkeys(ids))
        return [as_langchain(document) for document in found if document]

    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, *, filter: MetadataFilter | None = None, **kwargs: Any
    ) -> list[tuple[LangChainDocument, float]]:
        """Return the k nearest texts with their cosines in [-1, 1], best first; the filter holds before the search.

        Raises:
            ValueError: k is below 1, or the filter is not understood; see `nmt_rag.index.parse`.
            EncodingError: the embedding is zero, not finite, or of another width.
        """
        whole_texts.refuse_unknown(kwargs)
        return [(text, score) for text, score, _ in self._nearest(embedding, k, filter)]

    def similarity_search_by_vector(
        self, embedding: Sequence[float], k: int = 4, **kwargs: Any
    ) -> list[LangChainDocument]:
        """Return the k texts nearest to an embedding; see `similarity_search_with_score_by_vector`."""
        return [text for text, _ in self.similarity_search_with_score_by_vector(embedding, k, **kwargs)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[LangChainDocument, float]]:
        """Return the k texts nearest to a question with their scores; ``filter`` as in the search by vector."""
        return self._scored(query, self._embedding.embed_query(query), k, **kwargs)

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[LangChainDocument]:
        """Return the k texts nearest to a question; ``filter`` as in the search by vector."""
        return [text for text, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def max_marginal_relevance_search_by_vector(
        self,
        embedding: Sequence[float],
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        *,
        filter: MetadataFilter | None = None,
        **kwargs: Any,
    ) -> list[LangChainDocument]:
        """Return k of the fetch_k nearest texts that are near to the embedding and unlike each other.

        Carbonell and Goldstein 1998; ``lambda_mult`` 1 asks for nearness only, 0 for difference only.
        """
        return self._unlike(None, embedding, k, fetch_k, lambda_mult, filter=filter, **kwargs)

    def _unlike(
        self,
        question: str | None,
        embedding: Sequence[float],
        k: int,
        fetch_k: int,
        lambda_mult: float,
        *,
        filter: MetadataFilter | None = None,
        **kwargs: Any,
    ) -> list[LangChainDocument]:
        whole_texts.refuse_unknown(kwargs)
        near = self._nearest(embedding, max(search.checked(k), search.checked(fetch_k, "fetch_k")), filter, question)
        query = whole_texts.unit([embedding], self.index.dim)[0]
        chosen = maximal_marginal_relevance(query, [row.tolist() for *_, row in near], lambda_mult=lambda_mult, k=k)
        return [near[place][0] for place in chosen]

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[LangChainDocument]:
        """Return k of the fetch_k texts nearest to a question, unlike each other; see the search by vector."""
        return self._unlike(query, self._embedding.embed_query(query), k, fetch_k, lambda_mult, **kwargs)

    def as_retriever(self, **kwargs: Any) -> VectorStoreRetriever:
        """Return a retriever over this store; warns once where LangSmith's tracing is on.

        Raises:
            TypeError: an argument is unknown; what a search takes goes into ``search_kwargs``.
        """
        whole_texts.refuse_unknown(
            {name: value for name, value in kwargs.items() if name not in VectorStoreRetriever.model_fields}
        )
        tracing.warn_once()
        return super().as_retriever(**kwargs)

    # The same without blocking: the question is encoded by the embedding model's own coroutine.

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[LangChainDocument, float]]:
        """Return the k texts nearest to a question with their cosines, without blocking."""
        embedding = await self._embedding.aembed_query(query)
        return await run_in_executor(None, self._scored, query, embedding, k, **kwargs)

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[LangChainDocument]:
        """Return the k texts nearest to a question, without blocking."""
        return [text for text, _ in await self.asimilarity_search_with_score(query, k, **kwargs)]

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[LangChainDocument]:
        """Return k of the fetch_k texts nearest to a question, unlike each other, without blocking."""
        embedding = await self._embedding.aembed_query(query)
        return await run_in_executor(None, self._unlike, query, embedding, k, fetch_k, lambda_mult, **kwargs)

    def _scored(
        self, question: str, embedding: Sequence[float], k: int, *, filter: MetadataFilter | None = None, **kwargs: Any
    ) -> list[tuple[LangChainDocument, float]]:
        whole_texts.refuse_unknown(kwargs)
        return [(text, score) for text, score, _ in self._nearest(embedding, k, filter, question)]

    def _nearest(
        self, embedding: Sequence[float], k: int, conditions: MetadataFilter | None, question: str | None = None
    ) -> list[Near]:
        """Return the k nearest texts, best first; a hybrid store needs the question, too."""
        return nearest(self.index, embedding, k, conditions, question=question if self._hybrid else None)

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        """Return the score as a relevance in [0, 1]; what points away is 0."""
        return lambda score: min(1.0, max(0.0, score))
