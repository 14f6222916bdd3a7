"""LangChain: this library as retriever, embeddings and tool.

The runnables are in `nmt_rag.runnables`, the vector store is in `nmt_rag.vectorstore`; both can be had from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nmt_rag import citations, extras, tracing
from nmt_rag.encoders import Encoder, load_encoder
from nmt_rag.listening import ChatModel
from nmt_rag.rag import Rag
from nmt_rag.types import Answer, Document, Hit

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import run_in_executor
    from langchain_core.tools import BaseTool, tool
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain", "langchain-core", "langchain") from error

from nmt_rag.runnables import MessageRunnable, answer_message, answer_runnable, message_runnable
from nmt_rag.vectorstore import FaissVectorStore

__all__ = [
    "FaissVectorStore",
    "MessageRunnable",
    "NmtEmbeddings",
    "NmtRetriever",
    "answer_message",
    "answer_runnable",
    "answer_tool",
    "message_runnable",
]

TOOL_DESCRIPTION = (
    "Answer one question, in Swedish or English, with exact quotes from the sources that are indexed here. "
    "Every quote has a marker such as [1], and its source is listed below. Where the sources do not answer it, this is "
    "said, and nothing else may be taken as an answer from them."
)
"""What a model is told about the tool."""


class NmtEmbeddings(Embeddings):
    """An encoder of this library as LangChain's embeddings; unit norm, so that cosine and inner product agree.

    Args:
        encoder: ``"default"`` for the packaged Swedish model, a sentence-transformers model by name or folder, or an
            encoder of your own.

    Raises:
        EncodingError: the encoder cannot be loaded.
    """

    def __init__(self, encoder: Encoder | str = "default") -> None:
        self.encoder = load_encoder(encoder) if isinstance(encoder, str) else encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the embeddings of passages, in their order."""
        rows: list[list[float]] = self.encoder.encode_passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """Return the embedding of a question."""
        row: list[float] = self.encoder.encode_query(text).tolist()
        return row


class NmtRetriever(BaseRetriever):
    """The passages nearest to a question, each with the exact place it stands in.

    The metadata hold ``document_id``, ``title``, ``heading``, ``actor``, ``start_index`` and ``end_index`` (characters
    of the document's text), ``source_sha256`` of that text, ``url`` of the very sentence, ``page`` and ``score``.
    """

    rag: Rag
    """The open index."""
    k: int = 4
    """How many passages at most."""
    where: dict[str, str] | None = None
    """Only passages with these field values; see `nmt_rag.rag.Rag.search`."""

    def model_post_init(self, _context: object, /) -> None:
        """Warn once where LangSmith's tracing is on."""
        tracing.warn_once()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        where: Mapping[str, str] | None = None,
    ) -> list[LangChainDocument]:
        hits = self.rag.search(query, k=self.k if k is None else k, where=self.where if where is None else where)
        documents = {hit.document_id: self.rag.document(hit.document_id) for hit in hits}
        found = ((hit, documents[hit.document_id]) for hit in hits)
        return [_as_langchain(hit, document) for hit, document in found if document]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        where: Mapping[str, str] | None = None,
    ) -> list[LangChainDocument]:
        return await run_in_executor(None, self._get_relevant_documents, query, k=k, where=where)


def answer_tool(
    rag: Rag,
    *,
    where: Mapping[str, str] | None = None,
    language: str | None = None,
    model: ChatModel | None = None,
    name: str = "ask_the_sources",
) -> BaseTool:
    """Return a tool for agents: a question in, the cited answer as text, and the whole answer as the artifact.

    Args:
        rag: the open index.
        where: only passages with these field values.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
        model: a chat model that words the answers; see `nmt_rag.generation`.
        name: what the model calls the tool.
    """
    tracing.warn_once()

    @tool(name, description=TOOL_DESCRIPTION, response_format="content_and_artifact")
    def ask_the_sources(question: str) -> tuple[str, dict[str, Any]]:
        answer = rag.ask(question, where=where, language=language, model=model)
        return _for_a_model(answer), answer.to_dict()

    return ask_the_sources


def _as_langchain(hit: Hit, document: Document) -> LangChainDocument:
    passage = hit.passage
    cited = citations.cite(document, passage.start, passage.end, marker=hit.rank)
    return LangChainDocument(
        id=f"{document.id}:{passage.start}-{passage.end}",
        page_content=passage.text,
        metadata={
            "document_id": document.id,
            "title": document.title,
            "heading": list(passage.heading),
            "actor": passage.actor,
            "start_index": passage.start,
            "end_index": passage.end,
            "source_sha256": cited.source_sha256,
            "url": cited.url,
            "page": passage.page,
            "score": hit.score,
        },
    )


def _for_a_model(answer: Answer) -> str:
    """Return an answer with its sources listed below, as plain text."""
    lines = [answer.text]
    for citation in answer.citations:
        place = " › ".join(citation.heading) or citation.title or citation.document_id
        lines.append(f"[{citation.marker}] {place}{f' {citation.url}' if citation.url else ''}")
    return "\n".join(lines)
