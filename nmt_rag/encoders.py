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

from nmt_rag import extras
from nmt_rag.errors import EncodingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from nmt_rag.models.runtime import Body

__all__ = ["Encoder", "PackagedEncoder", "SentenceTransformerEncoder", "default_encoder", "load_encoder"]

PACKAGED_FOLDER = Path(__file__).parent / "models" / "nmt-e5-small-sv"

TOKENS_PER_BATCH = 1024
"""Tokens, with padding, that go through the packaged model together: large enough for the matrix products, small enough
for the cache."""

MAX_TOKENS = 256
"""Longest window of the packaged model, in tokens, the two marks at the ends and the prompt included."""


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
    """The model inside this package, run with onnxruntime.

    Up to 256 tokens are read at once. A longer text is cut into windows of equal length; its embedding is the mean of the
    windows' embeddings, normalised again. An empty text has an embedding too, that of no words.
    """

    def __init__(
        self,
        body: Body,
        tokenizer: Tokenizer,
        table: tuple[NDArray[Any], NDArray[Any]],
        prompts: tuple[str, str],
        fingerprint: str,
    ) -> None:
        self._body = body
        self._tokenizer = tokenizer
        self._numbers, self._scales = table
        self._query, self._passage = prompts
        self._prompt_tokens = {
            prompt: len(tokenizer.encode(prompt.strip(), add_special_tokens=False).ids) for prompt in prompts
        }
        self._fingerprint = fingerprint
        self._start, self._end = (int(tokenizer.token_to_id(mark) or 0) for mark in ("<s>", "</s>"))

    @classmethod
    def open(cls, folder: Path | None = None) -> PackagedEncoder:
        """Open the packaged model, or another folder of the same form.

        Raises:
            EncodingError: the folder is missing, damaged or of another form.
        """
        from tokenizers import Tokenizer

        from nmt_rag.models.runtime import Body
        from nmt_rag.models.weights import read_safetensors

        folder = folder or PACKAGED_FOLDER
        try:
            text = (folder / "tokenizer.json").read_bytes()
            tokenizer = Tokenizer.from_buffer(text)
            tokenizer.no_truncation()
            tokenizer.no_padding()
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            with (folder / "weights.safetensors").open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            digest.update(text)
            arrays = read_safetensors(folder / "weights.safetensors")
            table = arrays["embeddings.word_embeddings.q"], arrays["embeddings.word_embeddings.scale"]
            n_tokens, dim = table[0].shape
            if tokenizer.get_vocab_size() > n_tokens or dim != config["hidden_size"]:
                raise ValueError(
                    f"{tokenizer.get_vocab_size()} tokens in tokenizer.json, {n_tokens} embeddings of width {dim}"
                )
            body = Body.open(folder, pad=int(tokenizer.token_to_id("<pad>") or 0))
            stated = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
            prompts = str(stated["query"]), str(stated["document"])
            version = config.get("nmt_rag_version", "0")
            encoder = cls(
                body,
                tokenizer,
                table,
                prompts,
                f"{folder.name}@{version}/{dim}/sha256:{digest.hexdigest()[:16]}",
            )
        except Exception as error:  # the tokenizers library raises bare Exception
            raise EncodingError(
                f"cannot open the embedding model in {folder} ({error}); install nmt-rag again"
            ) from error
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
        return int(self._numbers.shape[1])

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
        embedding: NDArray[np.float32] = self._encode([query], self._query)[0]
        return embedding

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of passages in their order: (n_passages, dim).

        Raises:
            TypeError: the passages are not a sequence of strings.
            EncodingError: the model gave no finite embedding.
        """
        return self._encode(_checked_passages(passages), self._passage)

    def encode_words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The mean token embeddings of single words, before the first layer: (n_words, dim), not of unit length."""
        pieces = [self._tokenizer.encode(_without_surrogates(word), add_special_tokens=False).ids for word in words]
        rows = [self._embeddings(ids or [self._end]).mean(axis=0) for ids in pieces]
        return np.array(rows, np.float32).reshape(len(rows), self.dim)

    def _embeddings(self, ids: list[int]) -> NDArray[np.float32]:
        """The token embeddings of some tokens: (n_tokens, dim)."""
        return np.asarray((self._numbers[ids].astype(np.float32) - 128) * self._scales[ids], np.float32)

    def n_tokens(self, text: str) -> int:
        """The number of tokens that a passage is read as, prompt and marks at the ends of its windows included."""
        return sum(map(len, self._windows(text, self._passage)))

    def _windows(self, text: str, prompt: str) -> list[list[int]]:
        """The text's token ids in one window, or in several of equal length, each with its prompt and its two marks."""
        ids = self._tokenizer.encode(prompt + _without_surrogates(text), add_special_tokens=False).ids
        n_prompt = self._prompt_tokens[prompt]
        front, ids = ids[:n_prompt], ids[n_prompt:]
        count = max(1, -(-len(ids) // (MAX_TOKENS - 2 - n_prompt)))
        length = max(1, -(-len(ids) // count))
        starts = range(0, max(1, len(ids)), length)
        return [[self._start, *front, *ids[start : start + length], self._end] for start in starts]

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        owners: list[int] = []
        windows: list[list[int]] = []
        for number, text in enumerate(texts):
            parts = self._windows(text, prompt)
            windows += parts
            owners += [number] * len(parts)
        sums = np.zeros((len(texts), self.dim), np.float32)
        for rows in _batches([len(window) for window in windows]):
            hidden = self._body.hidden([windows[row] for row in rows])
            for row, states in zip(rows, hidden, strict=True):
                mean = states[: len(windows[row])].mean(axis=0)
                sums[owners[row]] += mean / np.linalg.norm(mean)
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
