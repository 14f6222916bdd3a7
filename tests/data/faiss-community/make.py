"""Write the folder that langchain-community's FAISS store saves; run in an environment of its own, see README.md."""

import sys

from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings


class Letters(Embeddings):
    """How often each of eight letters stands in a text; not of unit norm."""

    def embed_documents(self, texts):
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text):
        return [float(text.lower().count(letter)) for letter in "aeiorstå"]


TEXTS = [
    "Jouren ger råd dygnet runt.",
    "Tolken är gratis för den som söker stöd.",
    "Ansökan prövas av nämnden inom två veckor.",
]
METADATAS = [{"källa": "jour.md", "sida": 1}, {"källa": "tolk.md", "ämnen": ["tolk", "stöd"]}, {}]
IDS = ["jour", "tolk", "nämnd"]

if __name__ == "__main__":
    FAISS.from_texts(TEXTS, Letters(), METADATAS, ids=IDS).save_local(sys.argv[1])
