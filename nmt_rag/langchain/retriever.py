"""LangChain: this library as retriever, embeddings and tool.

The runnables are in `nmt_rag.langchain.runnables`, the vector store is in `nmt_rag.langchain.vectorstore`; both can be
had from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Self

from nmt_rag import extras
from nmt_rag.answering import ChatModel, tracing
from nmt_rag.index import filters
from nmt_rag.models import Encoder, load_encoder
from nmt_rag.rag import MAX_WINDOW, Rag, described
from nmt_rag.types import Answer, Document, Hit

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document as LangChainDocument
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import run_in_executor
    from langchain_core.tools import BaseTool, tool
    from pydantic import ConfigDict, Field, model_validator
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain", "langchain-core", "langchain") from error

from nmt_rag.langchain.compressor import NmtCompressor, NmtReranker
from nmt_rag.langchain.runnables import MessageRunnable, answer_message, answer_runnable, message_runnable
from nmt_rag.langchain.vectorstore import FaissVectorStore
from nmt_rag.swedish import SentenceSplitter

__all__ = [
    "FaissVectorStore",
    "MessageRunnable",
    "NmtCompressor",
    "NmtEmbeddings",
    "NmtReranker",
    "NmtRetriever",
    "SentenceSplitter",
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
    """The passages nearest to a question, each with the exact place it stands in; unknown arguments are refused.

    The metadata hold ``document_id``, ``title``, ``heading``, ``actor``, ``start_index`` and ``end_index`` (characters
    of the document's text), ``source_sha256`` of that text, ``url`` of the very sentence, ``page`` and ``score``. With
    a ``window`` the passage's own place stands in ``passage_start`` and ``passage_end``.
    """

    model_config = ConfigDict(extra="forbid")

    rag: Rag
    """The open index."""
    k: int = Field(default=4, ge=1, strict=True)
    """How many passages at most."""
    where: dict[str, Any] | None = None
    """Only passages that this filter lets through; see `nmt_rag.index.parse`."""
    filter: dict[str, Any] | None = None
    """The same, by the name that LangChain's stores give it; one of the two."""
    window: int = Field(default=0, ge=0, le=MAX_WINDOW, strict=True)
    """How many passages before and after each belong to its text, as prompts want it; passages whose texts would
    overlap come as one, in the place of the best."""
    search_kwargs: dict[str, Any] = Field(default_factory=dict)
    """``k``, ``where``, ``filter`` and ``window``, as LangChain's retrievers take them; they go before the others."""

    @model_validator(mode="after")
    def _is_understood(self) -> Self:
        self._options({})
        return self

    def model_post_init(self, context: object, /) -> None:
        """Warn once where LangSmith's tracing is on."""
        tracing.warn_once()

    def _options(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what `Rag.search` is given, of this call and of what the retriever was made with."""
        given = {"k": self.k, "where": self.where, "filter": self.filter, "window": self.window}
        for more in (self.search_kwargs, asked):
            if unknown := sorted(more.keys() - given.keys()):
                raise ValueError(f"a search takes {', '.join(given)}; got {', '.join(unknown)}")
            if more.keys() & {"where", "filter"}:
                given |= {"where": None, "filter": None}
            given |= more
        filter = given.pop("filter")
        if filter is not None and given["where"] is not None:
            raise ValueError("filter and where are two names for the same; give one")
        where: Any = filter if given["where"] is None else given["where"]
        filters.parse(where)
        return {**given, "where": where}

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        where: Mapping[str, Any] | None = None,
        filter: Mapping[str, Any] | None = None,
        window: int | None = None,
    ) -> list[LangChainDocument]:
        asked = {"k": k, "where": where, "filter": filter, "window": window}
        options = self._options({name: value for name, value in asked.items() if value is not None})
        return self.rag.at_one_moment(lambda: self._found(query, options))

    def _found(self, query: str, options: Mapping[str, Any]) -> list[LangChainDocument]:
        """Return what a search finds, with what the index says of it, which may change meanwhile."""
        hits = self.rag.search(query, **options)
        documents = {hit.document_id: self.rag.document(hit.document_id) for hit in hits}
        read = dict(zip(((hit.document_id, hit.passage.start) for hit in hits), self.rag.readings(hits), strict=True))
        wide = options["window"] > 0
        spans = _joined(hits) if wide else [(hit, hit.passage.start, hit.passage.end) for hit in hits]
        found = ((documents[hit.document_id], hit, start, end) for hit, start, end in spans)
        return [
            _as_langchain(document, hit, start, end, read[hit.document_id, hit.passage.start], wide=wide)
            for document, hit, start, end in found
            if document
        ]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        where: Mapping[str, Any] | None = None,
        filter: Mapping[str, Any] | None = None,
        window: int | None = None,
    ) -> list[LangChainDocument]:
        search = partial(self._get_relevant_documents, query, k=k, where=where, filter=filter, window=window)
        return await run_in_executor(None, search)


def answer_tool(
    rag: Rag,
    *,
    where: Mapping[str, Any] | None = None,
    language: str | None = None,
    model: ChatModel | None = None,
    name: str = "ask_the_sources",
) -> BaseTool:
    """Return a tool for agents: a question in, the cited answer as text, and the whole answer as the artifact.

    Args:
        rag: the open index.
        where: only passages that this filter lets through; see `nmt_rag.index.parse`.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
        model: a chat model that words the answers; see `nmt_rag.answering.writing.writer`.
        name: what the model calls the tool.

    Raises:
        ValueError: the filter is not understood.
    """
    filters.parse(where)
    tracing.warn_once()

    @tool(name, description=TOOL_DESCRIPTION, response_format="content_and_artifact")
    def ask_the_sources(question: str) -> tuple[str, dict[str, Any]]:
        answer = rag.ask(question, where=where, language=language, model=model)
        return _for_a_model(answer), answer.to_dict()

    return ask_the_sources


def _joined(hits: Sequence[Hit]) -> list[tuple[Hit, int, int]]:
    """Return hits with the place of their text; of those whose texts overlap the best one has the text of all."""
    spans: list[tuple[Hit, int, int]] = []
    for hit in hits:
        start, end = hit.passage.start - len(hit.before), hit.passage.end + len(hit.after)
        met = [one for one in spans if one[0].document_id == hit.document_id and one[1] < end and start < one[2]]
        joined = (
            met[0][0] if met else hit,
            min([start, *(one[1] for one in met)]),
            max([end, *(one[2] for one in met)]),
        )
        spans = [joined if met and one == met[0] else one for one in spans if one not in met[1:]]
        if not met:
            spans.append(joined)
    return spans


def _as_langchain(document: Document, hit: Hit, start: int, end: int, reading: str, *, wide: bool) -> LangChainDocument:
    passage = hit.passage
    inner: dict[str, Any] = {"passage_start": passage.start, "passage_end": passage.end} if wide else {}
    return LangChainDocument(
        id=f"{document.id}:{start}-{end}",
        page_content=document.text[start:end],
        metadata={**described(document, hit), "start_index": start, "end_index": end, "reading": reading, **inner},
    )


def _for_a_model(answer: Answer) -> str:
    """Return an answer with its sources listed below, as plain text."""
    lines = [answer.text]
    for citation in answer.citations:
        place = " › ".join(citation.heading) or citation.title or citation.document_id
        lines.append(f"[{citation.marker}] {place}{f' {citation.url}' if citation.url else ''}")
    return "\n".join(lines)
