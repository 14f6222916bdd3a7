"""Word alignment by expectation maximisation (IBM model 1), both directions multiplied: which English tokens a token stands for.

Source: Brown et al. 1993, "The mathematics of statistical machine translation", model 1; agreement of the two directions after
Liang, Taskar and Klein 2006. Vectorised over all co-occurring token pairs of all sentences at once.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from tokenizers import Tokenizer

ROUNDS = 5
LONGEST = 40


def cooccurrences(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Every pair of tokens of every sentence pair.

    Returns the distinct pairs as ``source * width + target`` and, for each co-occurrence, the number of its distinct pair, of its
    target position and of its source position (positions counted over the whole corpus): four flat arrays.
    """
    keys, targets, sources = [], [], []
    target_start = source_start = 0
    for left, right in zip(source, target, strict=True):
        n, m = len(left), len(right)
        keys.append((np.repeat(np.asarray(left, np.int64), m) * width) + np.tile(np.asarray(right, np.int64), n))
        targets.append(np.tile(np.arange(target_start, target_start + m, dtype=np.int32), n))
        sources.append(np.repeat(np.arange(source_start, source_start + n, dtype=np.int32), m))
        target_start += m
        source_start += n
    distinct, which = np.unique(np.concatenate(keys), return_inverse=True)
    return distinct, which.astype(np.int32), np.concatenate(targets), np.concatenate(sources)


def expected_counts(
    which: NDArray[np.int32], position: NDArray[np.int32], given: NDArray[np.int64], pairs: int
) -> NDArray[np.float64]:
    """How often each distinct pair is expected to be linked when every position picks one partner: (n_distinct,).

    ``given`` is the conditioning token of each distinct pair; its probabilities sum to one.
    """
    probability = np.ones(pairs)
    counts = probability
    for _ in range(ROUNDS):
        weights = probability[which]
        weights /= np.bincount(position, weights=weights)[position]
        counts = np.bincount(which, weights=weights, minlength=pairs)
        probability = counts / np.bincount(given, weights=counts)[given]
    return counts


def align(source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], shape: tuple[int, int]) -> sp.csr_matrix:
    """Expected links on which both directions agree: (source vocabulary, target vocabulary), geometric mean of the two counts."""
    kept = [
        (left, right)
        for left, right in zip(source, target, strict=True)
        if 0 < len(left) <= LONGEST and 0 < len(right) <= LONGEST
    ]
    distinct, which, target_at, source_at = cooccurrences(
        [left for left, _ in kept], [right for _, right in kept], shape[1]
    )
    rows, columns = distinct // shape[1], distinct % shape[1]
    forward = expected_counts(which, target_at, rows, len(distinct))
    backward = expected_counts(which, source_at, columns, len(distinct))
    links = np.sqrt(forward * backward)
    keep = links > 1e-2
    return sp.csr_matrix((links[keep].astype(np.float32), (rows[keep], columns[keep])), shape=shape)


def overlaps(texts: Sequence[str], source: Tokenizer, target: Tokenizer) -> sp.csr_matrix:
    """Two tokenisations of the same English text: how often each source token covers each target token."""
    rows, columns = [], []
    left_all = source.encode_batch(list(texts), add_special_tokens=False)
    right_all = target.encode_batch(list(texts), add_special_tokens=False)
    for left, right in zip(left_all, right_all, strict=True):
        other = 0
        for token, (start, end) in zip(left.ids, left.offsets, strict=True):
            while other < len(right.ids) and right.offsets[other][1] <= start:
                other += 1
            reach = other
            while reach < len(right.ids) and right.offsets[reach][0] < end:
                rows.append(token)
                columns.append(right.ids[reach])
                reach += 1
    shape = (source.get_vocab_size(), target.get_vocab_size())
    return sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
