"""The bare engines: the same calls to FAISS and tantivy that a search of ours makes, and nothing around them.

A `Recorder` stands between a search and its index and notes what the engines were asked; `Engines` repeats it on the
index's own files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from nmt_rag import swedish
from nmt_rag.index.engines.dense.file import DENSE_FILE
from nmt_rag.index.engines.dense.search import one_thread
from nmt_rag.index.engines.lexical_folder import DOCUMENTS_FOLDER, LEXICAL_FOLDER
from nmt_rag.index.engines.ranking import BOOSTS
from nmt_rag.index.index import Index


@dataclass(frozen=True, slots=True)
class Call:
    """What one search asked of one engine: an embedding or tokens, and how many results."""

    asked: NDArray[np.float32] | tuple[str, ...]
    k: int
    documents: bool = False


@dataclass
class Recorder:
    """An index that notes the calls to its engines; everything else is the index's own."""

    index: Index
    calls: list[Call] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """Return what the index has."""
        return getattr(self.index, name)

    def search_dense(self, embedding: NDArray[np.float32], k: int, **options: Any) -> list[tuple[int, float]]:
        """Note and do a dense search."""
        self.calls.append(Call(embedding, k))
        return self.index.search_dense(embedding, k, **options)

    def search_lexical(self, query: str | Sequence[str], k: int, **options: Any) -> list[tuple[int, float]]:
        """Note and do a lexical search."""
        tokens = swedish.tokens(query) if isinstance(query, str) else query
        self.calls.append(Call(tuple(dict.fromkeys(tokens)), k))
        return self.index.search_lexical(query, k, **options)

    def search_documents(self, tokens: Sequence[str], k: int) -> list[tuple[str, float]]:
        """Note and do a search of whole documents."""
        self.calls.append(Call(tuple(dict.fromkeys(tokens)), k, documents=True))
        return self.index.search_documents(tokens, k)


class Engines:
    """FAISS (on one thread, where it is fastest for one question) and tantivy over the files of an index."""

    def __init__(self, folder: Path) -> None:
        self._faiss: Any = faiss.read_index(str(folder / DENSE_FILE))
        self._words: dict[bool, Any] = {
            documents: tantivy.Index.open(str(folder / (DOCUMENTS_FOLDER if documents else LEXICAL_FOLDER)))
            for documents in (False, True)
        }
        self._searchers = {documents: index.searcher() for documents, index in self._words.items()}

    def __len__(self) -> int:
        """Return the number of embeddings."""
        return int(self._faiss.ntotal)

    def repeat(self, calls: Sequence[Call]) -> list[list[int]]:
        """Make the same calls; return the ids that each found, best first."""
        return [
            self._found(call) if isinstance(call.asked, tuple) else self._nearest(call.asked, call.k) for call in calls
        ]

    def _nearest(self, embedding: NDArray[np.float32], k: int) -> list[int]:
        with one_thread():
            _, ids = self._faiss.search(embedding[np.newaxis], min(k, len(self)))
        return [int(i) for i in ids[0]]

    def _found(self, call: Call) -> list[int]:
        schema, searcher = self._words[call.documents].schema, self._searchers[call.documents]
        shares = [(token, swedish.share(token)) for token in cast(tuple[str, ...], call.asked)]
        terms = [
            (
                Occur.Should,
                Query.boost_query(Query.term_query(schema, name, token, index_option="freq"), boost * share),
            )
            for name, boost in ({"text": 1.0} if call.documents else BOOSTS).items()
            for token, share in shares
        ]
        found = searcher.search(Query.boolean_query(terms), call.k, count=False).hits
        ids: Any = searcher.fast_field_values("id", [address for _, address in found])
        return [int(i) for i in ids]
