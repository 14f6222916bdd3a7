"""Hard negatives: passages that share a query's words, that the model takes to be near it, and that do not answer it.

Each query is given some passages of its own source that the words index ranks high. One that the model finds almost as near as the
right one is left out, since it may answer as well (the margin of Moreira et al. 2024, "NV-Retriever").
"""

from collections.abc import Sequence

import numpy as np

from nmt_rag.progress import counted
from training.evaluate import Embeds
from training.examples import Pair
from training.words import bm25_scores

POOL = 4_000
"""So many pairs of one source are searched together."""
LOOKED_AT = 30
"""So many of the best passages by words are weighed."""
NEGATIVES = 4
"""At most so many are kept for a query."""
MARGIN = 0.95
"""A passage counts as wrong where its cosine with the query is below this share of the right one's."""


def mine(pairs: Sequence[Pair], encoder: Embeds, rng: np.random.Generator) -> list[list[int]]:
    """Return for each pair the positions of pairs whose passages are hard negatives for its query, hardest first.

    Args:
        pairs: of one source.
        encoder: tells which passages may be right as well.
        rng: deals the pairs to pools.
    """
    found: list[list[int]] = [[] for _ in pairs]
    order = rng.permutation(len(pairs))
    for start in counted(range(0, len(pairs), POOL), "Mining negatives", "pools", wanted=True):
        pool = order[start : start + POOL].tolist()
        queries, passages = [pairs[number].query for number in pool], [pairs[number].passage for number in pool]
        words = bm25_scores(queries, passages)
        asked, said = encoder.encode_passages(queries), encoder.encode_passages(passages)
        for row, number in enumerate(pool):
            limit = MARGIN * float(asked[row] @ said[row])
            for column in np.argsort(-words[row], kind="stable")[:LOOKED_AT].tolist():
                if words[row, column] <= 0 or len(found[number]) == NEGATIVES:
                    break
                same = queries[column] == queries[row] or passages[column] == passages[row]
                if not same and float(asked[row] @ said[column]) < limit:
                    found[number].append(pool[column])
    return found
