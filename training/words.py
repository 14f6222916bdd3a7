"""The words index in a few lines of sparse arithmetic: BM25 over the tokens of the library's analyzer.

A stand-in for the library's own index, so that training can measure fusion without building anything on disk. It
scores whole passages; the library also has the fields of `nmt_rag.index.engines.ranking.BOOSTS`.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nmt_rag import swedish

K1, B = 1.2, 0.75


def tokens(text: str) -> list[str]:
    """Stems, n-grams and pairs, as the words index holds them and is asked for them."""
    return [*swedish.tokens(text), *swedish.pairs(text)]


def shares(query: str, vocabulary: dict[str, int]) -> dict[int, float]:
    """What each token of a query counts, by its column; n-grams count more after a stem that no passage has."""
    found: dict[int, float] = {}
    known = True
    for token in tokens(query):
        if swedish.is_stem(token):
            known = token in vocabulary
        if token in vocabulary:
            found.setdefault(vocabulary[token], swedish.share(token, known=known))
    return found


def bm25_scores(queries: Sequence[str], passages: Sequence[str]) -> NDArray[np.float32]:
    """Okapi BM25 of every passage for every query: (n_queries, n_passages), 0 where nothing is shared."""
    vocabulary: dict[str, int] = {}
    rows, columns, values = [], [], []
    for row, text in enumerate(passages):
        for token, number in Counter(tokens(text)).items():
            rows.append(row)
            columns.append(vocabulary.setdefault(token, len(vocabulary)))
            values.append(number)
    frequency = sp.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(passages), len(vocabulary)))
    lengths = np.asarray(frequency.sum(axis=1)).ravel()
    document_frequency = np.bincount(frequency.indices, minlength=len(vocabulary))
    idf = np.log1p((len(passages) - document_frequency + 0.5) / (document_frequency + 0.5)).astype(np.float32)
    norm = np.repeat(K1 * (1 - B + B * lengths / lengths.mean()), np.diff(frequency.indptr))
    weights = sp.csr_matrix(
        (frequency.data * (K1 + 1) / (frequency.data + norm), frequency.indices, frequency.indptr), frequency.shape
    )
    weights = weights @ sp.diags(idf)
    asked = [shares(query, vocabulary) for query in queries]
    query_rows = np.repeat(np.arange(len(queries)), [len(found) for found in asked])
    query_columns = [column for found in asked for column in found]
    query_values = np.array([share for found in asked for share in found.values()], np.float32)
    query_matrix = sp.csr_matrix((query_values, (query_rows, query_columns)), (len(queries), len(vocabulary)))
    return np.asarray((query_matrix @ weights.T).todense(), dtype=np.float32)
