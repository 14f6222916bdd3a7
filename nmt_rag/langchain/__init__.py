"""This library as retriever, vector store, embeddings, runnables and tool of LangChain."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.langchain.compressor import NmtCompressor, NmtReranker
    from nmt_rag.langchain.faiss_import import import_folder
    from nmt_rag.langchain.retriever import NmtEmbeddings, NmtRetriever, answer_tool
    from nmt_rag.langchain.runnables import answer_runnable, message_runnable
    from nmt_rag.langchain.vectorstore import FaissVectorStore

__all__ = [
    "FaissVectorStore",
    "NmtCompressor",
    "NmtEmbeddings",
    "NmtReranker",
    "NmtRetriever",
    "answer_runnable",
    "answer_tool",
    "import_folder",
    "message_runnable",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "langchain.compressor": (
            "NmtCompressor",
            "NmtReranker",
        ),
        "langchain.faiss_import": ("import_folder",),
        "langchain.retriever": (
            "NmtEmbeddings",
            "NmtRetriever",
            "answer_tool",
        ),
        "langchain.runnables": (
            "answer_runnable",
            "message_runnable",
        ),
        "langchain.vectorstore": ("FaissVectorStore",),
    },
)
