"""Text to embeddings: the packaged Swedish model, or any sentence-transformers model.

Importing this module loads no model library; that happens when an encoder is opened. Searching is not done here.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import EncodingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from nmt_rag.models.bert import Bert

__all__ = ["Encoder", "PackagedEncoder", "SentenceTransformerEncoder", "default_encoder", "load_encoder"]

PACKAGED_FOLDER = Path(__file__).parent / "models" / "nmt-sv-minilm"

TOKENS_PER_BATCH = 512
"""Tokens, with padding, that go through the packaged model together: large enough for the matrix products, small enough
for the cache. Passages a second: 254 with 512, 250 with 1024, 235 with 2048, 214 with 4096 (2 shared cores)."""

INSTALL_MODELS = 'pip install "nmt-rag[models]"'


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


class PackagedEncoder:
    """The model inside this package, run with numpy.

    Up to 256 tokens are read at once. A longer text is cut into windows of equal length; its embedding is the mean of the
    windows' embeddings, normalised again. An empty text has an embedding too, that of no words.
    """

    def __init__(self, bert: Bert, tokenizer: Tokenizer, fingerprint: str) -> None:
        self._bert = bert
        self._tokenizer = tokenizer
        self._fingerprint = fingerprint
        self._start, self._end = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))

    @classmethod
    def open(cls, folder: Path | None = None) -> PackagedEncoder:
        """Open the packaged model, or another folder of the same architecture.

        Raises:
            EncodingError: the folder is missing, damaged or of another architecture.
        """
        from tokenizers import Tokenizer

        from nmt_rag.models.bert import read_bert

        folder = folder or PACKAGED_FOLDER
        try:
            bert = read_bert(folder)
            text = (folder / "tokenizer.json").read_bytes()
            tokenizer = Tokenizer.from_buffer(text)
            version = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("nmt_rag_version", "0")
            with (folder / "model.safetensors").open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            digest.update(text)
            if tokenizer.get_vocab_size() > len(bert.tokens):
                raise ValueError(
                    f"{tokenizer.get_vocab_size()} tokens in tokenizer.json, {len(bert.tokens)} embeddings"
                )
        except Exception as error:  # the tokenizers library raises bare Exception
            raise EncodingError(
                f"cannot open the embedding model in {folder} ({error}); install nmt-rag again"
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        encoder = cls(bert, tokenizer, f"{folder.name}@{version}/{bert.dim}/sha256:{digest.hexdigest()[:16]}")
        try:
            encoder.encode_query("")  # weights whose shapes do not fit, or that are no numbers, fail here and not later
        except (ValueError, IndexError, EncodingError) as error:
            raise EncodingError(
                f"the embedding model in {folder} is broken ({error}); install nmt-rag again"
            ) from error
        return encoder

    @property
    def dim(self) -> int:
        """Width of an embedding."""
        return self._bert.dim

    @property
    def fingerprint(self) -> str:
        """``name@version/dim/sha256:<16 hex digits of weights and vocabulary>``."""
        return self._fingerprint

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """The embedding of one query: (dim,).

        Raises:
            TypeError: the query is not a string.
            EncodingError: the model gave no finite embedding.
        """
        _require_string(query, "query")
        embedding: NDArray[np.float32] = self._encode([query])[0]
        return embedding

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of passages in their order: (n_passages, dim).

        Raises:
            TypeError: the passages are not a sequence of strings.
            EncodingError: the model gave no finite embedding.
        """
        return self._encode(_checked_passages(passages))

    def encode_words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The mean token embeddings of single words, before the first layer: (n_words, dim), not of unit length.

        Thirty times faster than `encode_passages`, and better for a word alone: of 1,500 pairs of synonyms 36 % are nearer
        than 99 % of random pairs, 31 % by `encode_passages`.
        """
        pieces = [self._tokenizer.encode(_without_surrogates(word), add_special_tokens=False).ids for word in words]
        rows = [self._bert.tokens[ids or [self._end]].astype(np.float32).mean(axis=0) for ids in pieces]
        return np.array(rows, np.float32).reshape(len(rows), self.dim)

    def n_tokens(self, text: str) -> int:
        """The number of tokens that a text is read as, the marks at the ends of its windows included."""
        return sum(map(len, self._windows(text)))

    def _windows(self, text: str) -> list[list[int]]:
        """The text's token ids in one window, or in several of equal length, each between its two marks."""
        ids = self._tokenizer.encode(_without_surrogates(text), add_special_tokens=False).ids
        count = max(1, -(-len(ids) // (self._bert.max_tokens - 2)))
        length = max(1, -(-len(ids) // count))
        starts = range(0, max(1, len(ids)), length)
        return [[self._start, *ids[start : start + length], self._end] for start in starts]

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        from nmt_rag.models.bert import embed
        from nmt_rag.models.threads import in_parallel, one_blas_thread

        owners: list[int] = []
        windows: list[list[int]] = []
        for number, text in enumerate(texts):
            parts = self._windows(text)
            windows += parts
            owners += [number] * len(parts)
        batches = _batches([len(window) for window in windows])
        sums = np.zeros((len(texts), self.dim), np.float32)

        def one(rows: list[int]) -> NDArray[np.float32]:
            return embed(self._bert, [windows[row] for row in rows])

        with one_blas_thread:
            found = in_parallel(one, batches)
        for rows, embeddings in zip(batches, found, strict=True):
            np.add.at(sums, [owners[row] for row in rows], embeddings)
        return _checked_embeddings(sums, self.fingerprint)


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
            message = f"the model {name_or_path} needs sentence-transformers; install it with: {INSTALL_MODELS}"
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
        digest.update(json.dumps(model.prompts, sort_keys=True).encode())
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
        """The embedding of one query, with the model's query prompt: (dim,).

        Raises:
            TypeError: the query is not a string.
            EncodingError: the model failed or gave no finite embedding.
        """
        _require_string(query, "query")
        embedding: NDArray[np.float32] = self._run(self._model.encode_query, [query])[0]
        return embedding

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of passages, with the model's document prompt: (n_passages, dim).

        Raises:
            TypeError: the passages are not a sequence of strings.
            EncodingError: the model failed or gave no finite embedding.
        """
        return self._run(self._model.encode_document, _checked_passages(passages))

    def _run(self, encode: Any, texts: list[str]) -> NDArray[np.float32]:  # noqa: ANN401
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        try:
            embeddings = encode(
                [_without_surrogates(text) for text in texts], convert_to_numpy=True, show_progress_bar=False
            )
        except Exception as error:  # torch, tokenizers and the model's own code
            raise EncodingError(f"{self.fingerprint} failed on {len(texts)} texts: {error}") from error
        found = np.asarray(embeddings, dtype=np.float32)
        if found.shape != (len(texts), self.dim):
            raise EncodingError(f"{self.fingerprint} gave embeddings {found.shape}, wanted {(len(texts), self.dim)}")
        return _checked_embeddings(found, self.fingerprint)


def load_encoder(name: str) -> Encoder:
    """The encoder of that name: ``"default"`` for the packaged model, else a sentence-transformers name or folder.

    Raises:
        TypeError: the name is not a string.
        ValueError: the name is ``"none"``, which stands for words only where an index is opened, and for no encoder.
        EncodingError: the model cannot be opened.
    """
    _require_string(name, "name")
    if name == "none":
        raise ValueError("'none' is no encoder; to search by words only, open the index with encoder=None")
    return default_encoder() if name == "default" else SentenceTransformerEncoder.open(name)


_lock = threading.Lock()
_opened: list[PackagedEncoder] = []


def default_encoder() -> PackagedEncoder:
    """The packaged model, opened once in a process; safe to use from several threads.

    Raises:
        EncodingError: the installed package lacks its model.
    """
    with _lock:
        if not _opened:
            _opened.append(PackagedEncoder.open())
        return _opened[0]


def _require_string(value: object, what: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a string, got {type(value).__name__}")


def _not_here(name_or_path: str) -> str:
    """Why a model cannot be opened that is no folder, and what to do."""
    if name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path or name_or_path.count("/") > 1:
        return f"there is no embedding model in {name_or_path}: there is no such folder"
    name = name_or_path if "/" in name_or_path else f"sentence-transformers/{name_or_path}"
    return (
        f"the embedding model {name_or_path} is neither a folder nor kept whole on this machine, and nothing is "
        f"downloaded unasked; fetch it once with: hf download {name}"
    )


def _without_surrogates(text: str) -> str:
    """The text with question marks for lone surrogates, which are no characters and which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()


def _checked_passages(passages: Sequence[str]) -> list[str]:
    if isinstance(passages, str | bytes) or not isinstance(passages, Sequence):
        raise TypeError(f"passages must be a sequence of strings, got {type(passages).__name__}")
    for passage in passages:
        _require_string(passage, "a passage")
    return list(passages)


def _checked_embeddings(embeddings: NDArray[np.float32], who: str) -> NDArray[np.float32]:
    """Unit embeddings, or an error where one is not finite or has no direction: (n, dim)."""
    norms = np.linalg.norm(embeddings, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EncodingError(f"{who} gave an embedding that is not finite, or zero")
    return np.asarray(embeddings / norms, dtype=np.float32)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers sorted by length, in batches of at most TOKENS_PER_BATCH tokens with padding."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches and lengths[row] * (len(batches[-1]) + 1) <= TOKENS_PER_BATCH:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def _revision(model: Any) -> str:  # noqa: ANN401
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", None) or "local")[:12]
