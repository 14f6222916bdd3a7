"""Any sentence-transformers model as an encoder (extra ``models``).

Importing this module loads no model library; that happens when an encoder is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag import extras
from nmt_rag.errors import EncodingError
from nmt_rag.models.encoder import checked_embeddings, checked_passages, require_string, without_surrogates


class SentenceTransformerEncoder:
    """Any sentence-transformers model; its own query and document prompts are used where it has them."""

    def __init__(self, model: Any, dim: int, fingerprint: str) -> None:  # noqa: ANN401 - the class is imported lazily
        self._model = model
        self._dim = dim
        self._fingerprint = fingerprint

    @classmethod
    def open(cls, name_or_path: str) -> SentenceTransformerEncoder:
        """Open a model by its folder, or by name from the models that are kept on this machine; nothing is downloaded.

        Raises:
            EncodingError: sentence-transformers is not installed, or the model is not there or cannot be loaded.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            message = (
                f"the model {name_or_path} needs sentence-transformers; install it with: {extras.install('models')}"
            )
            raise EncodingError(message) from error
        try:
            model = SentenceTransformer(name_or_path, local_files_only=True)
        except Exception as error:  # file and format errors of several libraries
            if isinstance(error, OSError) and not Path(name_or_path).is_dir():
                raise EncodingError(_not_here(name_or_path)) from error
            raise EncodingError(f"cannot load the embedding model {name_or_path}: {error}") from error
        digest = hashlib.sha256()
        for name, tensor in sorted(model.state_dict().items()):
            if ".pooler.dense." in name:
                continue  # not used for embeddings; where a folder lacks it, transformers fills it with random numbers
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
        digest.update(json.dumps(model.prompts, allow_nan=False, sort_keys=True).encode())
        dim = int(model.encode(["a"], show_progress_bar=False).shape[1])
        name, revision = Path(name_or_path).name or name_or_path, _revision(model)
        return cls(model, dim, f"{name}@{revision}/{dim}/sha256:{digest.hexdigest()[:16]}")

    @property
    def dim(self) -> int:
        """Width of an embedding."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``name@revision/dim/sha256:<16 hex digits of weights and prompts>``."""
        return self._fingerprint

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """Return the embedding of one query, with the model's query prompt: (dim,).

        Raises:
            TypeError: the query is not a string.
            EncodingError: the model failed or gave no finite embedding.
        """
        require_string(query, "query")
        embedding: NDArray[np.float32] = self._run(self._model.encode_query, [query])[0]
        return embedding

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages, with the model's document prompt: (n_passages, dim).

        Raises:
            TypeError: the passages are not a sequence of strings.
            EncodingError: the model failed or gave no finite embedding.
        """
        return self._run(self._model.encode_document, checked_passages(passages))

    def _run(self, encode: Any, texts: list[str]) -> NDArray[np.float32]:  # noqa: ANN401
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        try:
            embeddings = encode(
                [without_surrogates(text) for text in texts], convert_to_numpy=True, show_progress_bar=False
            )
        except Exception as error:  # torch, tokenizers and the model's own code
            raise EncodingError(f"{self.fingerprint} failed on {len(texts)} texts: {error}") from error
        found = np.asarray(embeddings, dtype=np.float32)
        if found.shape != (len(texts), self.dim):
            raise EncodingError(f"{self.fingerprint} gave embeddings {found.shape}, wanted {(len(texts), self.dim)}")
        return checked_embeddings(found, self.fingerprint)


def _not_here(name_or_path: str) -> str:
    """Return why a model cannot be opened that is no folder, and what to do."""
    if name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path or name_or_path.count("/") > 1:
        return f"there is no embedding model in {name_or_path}: there is no such folder"
    name = name_or_path if "/" in name_or_path else f"sentence-transformers/{name_or_path}"
    return (
        f"the embedding model {name_or_path} is neither a folder nor kept whole on this machine, and nothing is "
        f"downloaded unasked; fetch it once with: hf download {name}"
    )


def _revision(model: Any) -> str:  # noqa: ANN401
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", None) or "local")[:12]
