"""LangChain's standard suites for retrievers, embeddings and tools, whole."""

import pytest
from langchain_tests.integration_tests import (
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
    ToolsIntegrationTests,
)
from langchain_tests.unit_tests import EmbeddingsUnitTests, ToolsUnitTests

import nmt_rag
from nmt_rag.langchain.retriever import NmtEmbeddings, NmtRetriever, answer_tool

QUESTION = "Vilken myndighet beslutar om betänketid?"


@pytest.fixture(scope="module")
def rag():
    with nmt_rag.open() as rag:
        yield rag


class WithRag:
    """Gives the suites, whose parameters are properties, an open index."""

    @pytest.fixture(autouse=True)
    def _open(self, rag):
        self.rag = rag


class TestRetriever(WithRag, RetrieversIntegrationTests):
    retriever_constructor = NmtRetriever
    retriever_query_example = QUESTION

    @property
    def retriever_constructor_params(self):
        return {"rag": self.rag}


class TestEmbeddings(EmbeddingsIntegrationTests):
    embeddings_class = NmtEmbeddings


class TestEmbeddingsUnit(EmbeddingsUnitTests):
    embeddings_class = NmtEmbeddings


class TestTool(WithRag, ToolsIntegrationTests):
    @property
    def tool_constructor(self):
        return answer_tool(self.rag)

    @property
    def tool_invoke_params_example(self):
        return {"question": QUESTION}


class TestToolUnit(WithRag, ToolsUnitTests):
    @property
    def tool_constructor(self):
        return answer_tool(self.rag)

    @property
    def tool_invoke_params_example(self):
        return {"question": QUESTION}
