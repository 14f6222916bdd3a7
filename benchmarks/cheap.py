"""An encoder that costs nothing: a random direction for each text, always the same for equal texts.

For measuring what indexes and engines cost without the encoder; exact search costs the same for any unit embeddings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class RandomEncoder:
    """Unit embeddings drawn from a generator that the text's hash seeds."""

    def __init__(self, dim: int = 384) -> None:
        self.dim = dim
        self.fingerprint = f"random@1/{dim}/none"

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """Return the embedding of one text: (dim,)."""
        return self.encode_passages([query])[0]

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of texts: (n_passages, dim)."""
        rows = np.empty((len(passages), self.dim), np.float32)
        for row, passage in zip(rows, passages, strict=True):
            seed = hashlib.blake2b(passage.encode("utf-8", "replace"), digest_size=8).digest()
            generator = np.random.Generator(np.random.SFC64(int.from_bytes(seed, "little")))
            generator.standard_normal(out=row, dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
