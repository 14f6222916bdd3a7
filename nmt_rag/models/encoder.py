"""What turns text into embeddings, as every search here needs it: the protocol, and what is checked for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import EncodingError


class Encoder(Protocol):
    """Turns texts into unit embeddings; float32, finite."""

    @property
    def dim(self) -> int:
        """Width of an embedding."""
        ...

    @property
    def fingerprint(self) -> str:
        """``name@revision/dim/sha256:<16 hex digits of the weights>``: equal only for encoders that agree on every text."""
        ...

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """The embedding of one query: (dim,)."""
        ...

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of passages in their order: (n_passages, dim), (0, dim) for none."""
        ...


def require_string(value: object, what: str) -> None:
    """Refuse what is no string, by its name."""
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a string, got {type(value).__name__}")


def without_surrogates(text: str) -> str:
    """The text with question marks for lone surrogates, which are no characters and which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()


def checked_passages(passages: Sequence[str]) -> list[str]:
    """The passages as a list of strings; anything else is refused."""
    if isinstance(passages, str | bytes) or not isinstance(passages, Sequence):
        raise TypeError(f"passages must be a sequence of strings, got {type(passages).__name__}")
    for passage in passages:
        require_string(passage, "a passage")
    return list(passages)


def checked_embeddings(embeddings: NDArray[np.float32], who: str) -> NDArray[np.float32]:
    """Unit embeddings, or an error where one is not finite or has no direction: (n, dim)."""
    norms = np.linalg.norm(embeddings, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EncodingError(f"{who} gave an embedding that is not finite, or zero")
    return np.asarray(embeddings / norms, dtype=np.float32)
