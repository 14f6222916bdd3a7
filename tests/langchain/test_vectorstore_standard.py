"""LangChain's standard suites for vector stores, whole: in memory and in a folder, sync and async."""

import pytest
from langchain_tests.integration_tests import VectorStoreIntegrationTests

from nmt_rag.langchain.vectorstore import FaissVectorStore


class TestInMemory(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self):
        with FaissVectorStore(self.get_embeddings()) as store:
            yield store


class TestInAFolder(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, tmp_path):
        with FaissVectorStore(self.get_embeddings(), tmp_path / "åäö") as store:
            yield store
