"""The first token embeddings of the new vocabulary: weighted means of the teacher's, over the English tokens each stands for.

Tokens that the parallel texts hardly contain borrow from their nearest neighbours in a Swedish co-occurrence space
(after Minixhofer et al. 2022, "WECHSEL"), and what is left over gets the mean of all embeddings.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

WINDOW = 4
SPACE_DIM = 200
NEIGHBOURS = 10
TRUSTED_LINKS = 3.0
SHARPNESS = 10.0
LINKS_KEPT = 8


def strongest(links: sp.csr_matrix, kept: int) -> sp.csr_matrix:
    """Only the ``kept`` heaviest links of each row, without those below a tenth of the row's heaviest."""
    links = links.tocsr(copy=True)
    for row in range(links.shape[0]):
        part = slice(links.indptr[row], links.indptr[row + 1])
        values = links.data[part]
        if len(values):
            floor = max(values.max() / 10, np.sort(values)[-min(kept, len(values))])
            values[values < floor] = 0
    links.eliminate_zeros()
    return links


def neighbour_space(texts: Sequence[Sequence[int]], size: int, seed: int) -> NDArray[np.float32]:
    """A unit vector of each token from positive pointwise mutual information within a window: (size, SPACE_DIM)."""
    flat = np.concatenate([np.asarray([*ids, *[0] * WINDOW], np.int64) for ids in texts])
    counts = sp.csr_matrix((size, size), dtype=np.float32)
    for step in range(1, WINDOW + 1):
        left, right = flat[:-step], flat[step:]
        real = (left > 0) & (right > 0)
        ones = np.full(int(real.sum()), 1 / step, np.float32)
        counts = counts + sp.csr_matrix((ones, (left[real], right[real])), shape=(size, size))
    counts = (counts + counts.T).tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    smoothed = totals**0.75 / (totals**0.75).sum()
    mutual = np.log(counts.data / (totals[counts.row] * smoothed[counts.col]))
    keep = mutual > 0
    matrix = sp.csr_matrix((mutual[keep], (counts.row[keep], counts.col[keep])), shape=(size, size))
    left_vectors, singular, _ = svds(matrix, k=SPACE_DIM, random_state=seed)
    space = left_vectors * np.sqrt(singular)
    return np.asarray(space / (np.linalg.norm(space, axis=1, keepdims=True) + 1e-9), dtype=np.float32)


def weighted_means(weights: sp.csr_matrix, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of embeddings by row of weights, stretched back to the mean norm of what went in: (n_rows, dim)."""
    total = np.asarray(weights.sum(axis=1)).ravel()
    scale = sp.diags(1 / np.maximum(total, 1e-9)) @ weights
    means = scale @ embeddings
    norms = scale @ np.linalg.norm(embeddings, axis=1)
    return np.asarray(means * (norms / np.maximum(np.linalg.norm(means, axis=1), 1e-9))[:, None], dtype=np.float32)


def borrowed(space: NDArray[np.float32], trusted: NDArray[np.bool_]) -> sp.csr_matrix:
    """For each token, sharpened cosines of its nearest trusted neighbours: (n_tokens, n_tokens), sparse."""
    known = np.flatnonzero(trusted)
    rows, columns, values = [], [], []
    for start in range(0, len(space), 1024):
        similar = space[start : start + 1024] @ space[known].T
        similar[np.arange(start, start + len(similar))[:, None] == known[None, :]] = -1
        best = np.argpartition(-similar, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        rows.append(np.repeat(np.arange(start, start + len(similar)), NEIGHBOURS))
        columns.append(known[best].ravel())
        values.append(np.exp(SHARPNESS * np.take_along_axis(similar, best, axis=1)).ravel())
    coordinates = (np.concatenate(rows), np.concatenate(columns))
    return sp.csr_matrix((np.concatenate(values), coordinates), shape=(len(space), len(space)))


def transplant(
    links: sp.csr_matrix, space: NDArray[np.float32], embeddings: NDArray[np.float32]
) -> NDArray[np.float32]:
    """First embeddings of the new vocabulary: (n_tokens, dim).

    Args:
        links: how strongly each new token stands for each of the teacher's, (n_tokens, n_teacher_tokens).
        space: unit vectors whose neighbours are used alike in Swedish, (n_tokens, SPACE_DIM).
        embeddings: the teacher's token embeddings, (n_teacher_tokens, dim).
    """
    strength = np.asarray(links.sum(axis=1)).ravel()
    direct = weighted_means(strongest(links, LINKS_KEPT), embeddings)
    lent = weighted_means(borrowed(space, strength >= TRUSTED_LINKS), direct)
    share = (strength / (strength + TRUSTED_LINKS))[:, None]
    return np.asarray(share * direct + (1 - share) * lent, dtype=np.float32)
