"""What turns text into embeddings: the protocol, what is checked for all, the Swedish model inside this package.

Importing this module loads no model library; that happens when an encoder is opened.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import EncodingError
from nmt_rag.models.runtime import Body
from nmt_rag.models.weights import fingerprint, opened_once, read_safetensors, read_tokenizer, token_id

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGED_FOLDER = Path(__file__).parent / "nmt-e5-small-sv"

TOKENS_PER_BATCH = 1024
"""Tokens, with padding, that go through the packaged model together: large enough for the matrix products, small enough
for the cache."""

MAX_TOKENS = 256
"""Longest window of the packaged model, in tokens, the two marks at the ends and the prompt included."""

MAX_QUERY_TOKENS = 2_048
"""At most this much of a query is read (tokens): no question of 2,000 characters has more, but for signs that stand for
whole sentences («ﷺ» is taken apart into eighteen letters)."""


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
        """Return the embedding of one query: (dim,)."""
        ...

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages in their order: (n_passages, dim), (0, dim) for none."""
        ...


def require_string(value: object, what: str) -> None:
    """Refuse what is no string.

    Args:
        value: what was given.
        what: how the message calls it, as in ``"query"``.

    Raises:
        TypeError: the value is not a string.
    """
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a string, got {type(value).__name__}")


def without_surrogates(text: str) -> str:
    """Return a text with question marks for lone surrogates, which are no characters and which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()


def checked_passages(passages: Sequence[str]) -> list[str]:
    """Return passages as a list of strings.

    Raises:
        TypeError: they are not a sequence, or one of them is not a string; a single string is no sequence of them.
    """
    if isinstance(passages, str | bytes) or not isinstance(passages, Sequence):
        raise TypeError(f"passages must be a sequence of strings, got {type(passages).__name__}")
    for passage in passages:
        require_string(passage, "a passage")
    return list(passages)


def checked_embeddings(embeddings: NDArray[np.float32], who: str) -> NDArray[np.float32]:
    """Return embeddings scaled to length 1: (n, dim).

    Args:
        embeddings: (n, dim), of any length.
        who: the encoder, for the message.

    Raises:
        EncodingError: one of them is not finite, or zero, which has no direction.
    """
    norms = np.linalg.norm(embeddings, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EncodingError(f"{who} gave an embedding that is not finite, or zero")
    return np.asarray(embeddings / norms, dtype=np.float32)


class PackagedEncoder:
    """The model inside this package, run with onnxruntime.

    Up to 256 tokens are read at once. A longer text is cut into windows of equal length; its embedding is the mean of the
    windows' embeddings, normalised again. Of a query the first `MAX_QUERY_TOKENS` count. An empty text has an embedding
    too, that of no words.
    """

    def __init__(
        self,
        body: Body,
        tokenizer: Tokenizer,
        dim: int,
        prompts: tuple[str, str],
        fingerprint: str,
    ) -> None:
        self._body = body
        self._tokenizer = tokenizer
        self._dim = dim
        self._query, self._passage = prompts
        self._prompt_tokens = {
            prompt: len(tokenizer.encode(prompt.strip(), add_special_tokens=False).ids) for prompt in prompts
        }
        self._fingerprint = fingerprint
        self._start, self._end = (token_id(tokenizer, mark) for mark in ("<s>", "</s>"))

    @classmethod
    def open(cls, folder: Path | None = None) -> PackagedEncoder:
        """Open the packaged model, or another folder of the same form.

        Raises:
            EncodingError: the folder is missing, damaged or of another form.
        """
        folder = folder or PACKAGED_FOLDER
        try:
            tokenizer = read_tokenizer(folder)
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            arrays = read_safetensors(folder / "weights.safetensors")
            n_tokens, dim = map(int, arrays["embeddings.word_embeddings.q"].shape)
            if tokenizer.get_vocab_size() > n_tokens or dim != config["hidden_size"]:
                raise ValueError(
                    f"{tokenizer.get_vocab_size()} tokens in tokenizer.json, {n_tokens} embeddings of width {dim}"
                )
            body = Body.open(folder, pad=token_id(tokenizer, "<pad>"))
            by_kind = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
            prompts = str(by_kind["query"]), str(by_kind["document"])
            version = f"{config.get('nmt_rag_version', '0')}/{dim}"
            name = fingerprint(folder, version, ("weights.safetensors", "tokenizer.json"))
            encoder = cls(body, tokenizer, dim, prompts, name)
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
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``name@version/dim/sha256:<16 hex digits of weights and vocabulary>``."""
        return self._fingerprint

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """Return the embedding of one query: (dim,).

        Raises:
            TypeError: the query is not a string.
            EncodingError: the model gave no finite embedding.
        """
        require_string(query, "query")
        embedding: NDArray[np.float32] = self._encode([query], self._query)[0]
        return embedding

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages in their order: (n_passages, dim).

        Raises:
            TypeError: the passages are not a sequence of strings.
            EncodingError: the model gave no finite embedding.
        """
        return self._encode(checked_passages(passages), self._passage)

    def n_tokens(self, text: str) -> int:
        """Return the number of tokens that a passage is read as, prompt and marks at the ends of its windows included."""
        return sum(map(len, self._windows(text, self._passage)))

    def _windows(self, text: str, prompt: str) -> list[list[int]]:
        """Return the token ids of a text in one window, or in several of equal length, each with its prompt and marks."""
        ids = self._tokenizer.encode(prompt + without_surrogates(text), add_special_tokens=False).ids
        n_prompt = self._prompt_tokens[prompt]
        front, ids = ids[:n_prompt], ids[n_prompt:]
        if prompt == self._query:
            ids = ids[:MAX_QUERY_TOKENS]
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
        return checked_embeddings(sums, self.fingerprint)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Return row numbers sorted by length, in batches of at most `TOKENS_PER_BATCH` tokens with padding."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches and lengths[row] * (len(batches[-1]) + 1) <= TOKENS_PER_BATCH:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


@opened_once
def default_encoder() -> PackagedEncoder:
    """Return the packaged encoder, opened once in a process; safe to use from several threads.

    Raises:
        EncodingError: the installed package lacks its model.
    """
    return PackagedEncoder.open()


def load_encoder(name: str) -> Encoder:
    """Return an encoder by its name: ``"default"`` for the packaged one, else a sentence-transformers name or folder.

    Raises:
        TypeError: the name is not a string.
        ValueError: the name is empty, or ``"none"``, which stands for words only where an index is opened, and for no
            encoder.
        EncodingError: the model cannot be opened.
    """
    from nmt_rag.models.sentence_transformers import SentenceTransformerEncoder  # it is checked by this module

    require_string(name, "name")
    if not name.strip():
        raise ValueError("an encoder has a name, such as 'default'; got nothing")
    if name == "none":
        raise ValueError("'none' is no encoder; to search by words only, open the index with encoder=None")
    return default_encoder() if name == "default" else SentenceTransformerEncoder.open(name)
