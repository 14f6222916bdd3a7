"""The words index in a few lines of sparse arithmetic: BM25 over Snowball stems and within-word 5-grams.

A stand-in for the library's own index, so that training can measure fusion without building anything on disk.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
import Stemmer
from numpy.typing import NDArray

K1, B = 1.2, 0.75
GRAM = 5
LONG_WORD = 5
STOP_WORDS = frozenset(
    "och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu har inte hans "
    "honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här ha mot alla under "
    "någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din dessa några deras blir mina "
    "samma vilken er sådan vår blivit dess inom mellan sådant varför varje vilka ditt vem vilket sitta sådana vart dina vars vårt våra "
    "ert era vilkas ska the of to and a in is it".split()
)
_WORD = re.compile(r"\w+")
_STEMMER = Stemmer.Stemmer("swedish")


def tokens(text: str) -> list[str]:
    """Stems of the words that are not stop words, and 5-grams of ``_word_`` for words longer than 5 letters."""
    words = [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]
    grams = [f"_{word}_"[i : i + GRAM] for word in words if len(word) > LONG_WORD for i in range(len(word) + 3 - GRAM)]
    return ["=" + stem for stem in _STEMMER.stemWords(words)] + grams


def bm25_scores(queries: Sequence[str], passages: Sequence[str]) -> NDArray[np.float32]:
    """Okapi BM25 of every passage for every query: (n_queries, n_passages), 0 where nothing is shared."""
    vocabulary: dict[str, int] = {}
    counts = [Counter(tokens(text)) for text in passages]
    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for token, number in count.items():
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
    query_rows, query_columns = [], []
    for row, query in enumerate(queries):
        known = {vocabulary[token] for token in tokens(query) if token in vocabulary}
        query_rows += [row] * len(known)
        query_columns += known
    query_matrix = sp.csr_matrix(
        (np.ones(len(query_rows), np.float32), (query_rows, query_columns)), (len(queries), len(vocabulary))
    )
    return np.asarray((query_matrix @ weights.T).todense(), dtype=np.float32)
