"""The index of a vector store: made for an embedding model, or opened and held to the one it was made for.

A LangChain `Embeddings` object has no fingerprint; it is known by what it does with the first text that is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import EncodingError, IndexMismatchError, NmtRagError
from nmt_rag.index import DATABASE, Index
from nmt_rag.langchain import texts

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

SAME_MODEL = 0.98
"""A stored text that is encoded again lies this near to its stored embedding (cosine), or the model is another one.
Rounding, half precision and batching move an embedding by less than a hundredth of that; another model's points
elsewhere."""


class EmbeddingsEncoder:
    """LangChain's embeddings as this library's encoder, scaled to unit norm."""

    def __init__(self, embedding: Embeddings, dim: int) -> None:
        self._embedding = embedding
        self.dim = dim
        self.fingerprint = texts.fingerprint(dim)

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """The embedding of one question: (dim,). Raises EncodingError where it points nowhere."""
        return np.asarray(texts.unit([self._embedding.embed_query(query)], self.dim)[0], dtype=np.float32)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of texts in their order: (n, dim). Raises EncodingError where one points nowhere."""
        return texts.unit(self._embedding.embed_documents(list(passages)), self.dim)


def opened(embedding: Embeddings, path: Path | None) -> Index:
    """Open the index of a store, or make it as wide as the embeddings are; in memory where there is no path.

    Raises:
        IndexMismatchError: the folder holds another kind of index, or one of another embedding model.
        NmtRagError: the folder cannot be used.
    """
    if path is not None and (path / DATABASE).is_file():
        return _reopened(embedding, path)
    dim = len(_embedded(embedding, _PROBE))
    if path is None:
        return Index.in_memory(encoder=EmbeddingsEncoder(embedding, dim))
    try:
        return Index.create(path, encoder=EmbeddingsEncoder(embedding, dim))
    except NmtRagError:
        if not (path / DATABASE).is_file():
            raise
    return _reopened(embedding, path)  # another process has made one meanwhile


_PROBE = "nmt_rag"  # any text will do


def _embedded(embedding: Embeddings, text: str) -> Sequence[float]:
    """Return the embedding of one text as the model gives it. Raises EncodingError where it gives none."""
    rows = embedding.embed_documents([text])
    if len(rows) != 1 or not len(rows[0]):
        raise EncodingError(f"{type(embedding).__name__} gave no embedding for a text; look at the embedding model")
    return rows[0]


def _reopened(embedding: Embeddings, path: Path) -> Index:
    """Open an index, and make sure that the embeddings are those of the model it was built with."""
    index = Index.open(path, encoder=None)
    try:
        texts.require_whole_texts(index)
        held = next((one.id for one in index.documents() if one.text.strip()), None)  # some servers refuse no text
        first = next(iter(index.passages(held)), None) if held is not None else None
        row = _embedded(embedding, first.text if first else _PROBE)
        if len(row) != index.dim:
            raise IndexMismatchError(
                f"the index {path} holds embeddings of width {index.dim}, this model gives {len(row)}; "
                "open it with the model it was built with"
            )
        if first:
            passage_ids = index.matching({"document_id": first.document_id})
            stored = index.embeddings([] if passage_ids is None else passage_ids.tolist()[:1])
            for one in stored.values():
                if float(one @ texts.unit([row], index.dim)[0]) < SAME_MODEL:
                    raise IndexMismatchError(
                        f"the index {path} was built with another embedding model of the same width: the text "
                        f"{first.document_id!r} is encoded otherwise now; open it with the model it was built with"
                    )
    except BaseException:
        index.close()
        raise
    return index
