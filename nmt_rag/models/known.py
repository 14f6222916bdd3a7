"""Embeddings that are known already, in an encoder's place: nothing is encoded twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import EncodingError


@dataclass(frozen=True, slots=True)
class KnownEmbeddings:
    """An `Encoder` that hands over the embeddings of passages, as the encoder with that fingerprint made them.

    ``by_text`` holds them by the passages' texts: (dim,) each.
    """

    fingerprint: str
    dim: int
    by_text: Mapping[str, NDArray[np.float32]]

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """Raise EncodingError: no query is encoded here."""
        raise EncodingError(f"only the embeddings of some passages are known; encode a query with {self.fingerprint}")

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages: (n_passages, dim).

        Raises:
            LookupError: that of one passage is not known.
        """
        rows = [self.by_text[text] for text in passages]
        return np.array(rows, np.float32).reshape(len(passages), self.dim)
