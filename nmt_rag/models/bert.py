"""A small BERT encoder in plain numpy: token ids in, unit embeddings out; no torch, no training.

Architecture: Devlin et al. 2019, "BERT", post-norm, with the tanh form of GELU, mean-pooled over all tokens and normalised
like a sentence-transformers model of Transformer, Pooling (mean) and Normalize. Reads the standard folder
(``config.json``, ``model.safetensors``); the half-precision token embeddings stay on disk and are mapped into memory.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bert", "embed", "read_bert", "read_safetensors"]

Floats = NDArray[np.float32]

_DTYPES: dict[str, np.dtype[np.generic]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
_GELU_SCALE = np.float32(math.sqrt(2 / math.pi))
_GELU_CUBE = np.float32(0.044715)
_MASKED = np.float32(-1e9)


@dataclass(frozen=True)
class Layer:
    """One transformer layer; every weight is (in, out), ready to be multiplied from the right."""

    attend: tuple[Floats, Floats]  # query, key and value side by side: (dim, 3 * dim), (3 * dim,)
    attend_out: tuple[Floats, Floats]
    attend_norm: tuple[Floats, Floats]
    widen: tuple[Floats, Floats]
    narrow: tuple[Floats, Floats]
    norm: tuple[Floats, Floats]


@dataclass(frozen=True)
class Bert:
    """The weights of the model and the three numbers that the weights do not tell."""

    tokens: NDArray[np.float16] | Floats  # (n_tokens, dim)
    positions: Floats  # (max_tokens, dim), the embedding of token type 0 included
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float
    pad: int

    @property
    def dim(self) -> int:
        """Width of an embedding."""
        return int(self.tokens.shape[1])

    @property
    def max_tokens(self) -> int:
        """Longest input, in tokens, the two marks at the ends included."""
        return len(self.positions)


def read_safetensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays of a safetensors file, mapped into memory, not read.

    Raises:
        ValueError: the file is not in this format or was cut short.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > size - 8:
            raise ValueError(f"{path.name}: header of {length} bytes in a file of {size}")
        header = json.loads(file.read(length))
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            (start, end), shape, kind = entry["data_offsets"], tuple(map(int, entry["shape"])), str(entry["dtype"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: {name} cannot be read") from error
        if kind not in _DTYPES:
            raise ValueError(f"{path.name}: {name} is of type {kind}, wanted one of {', '.join(_DTYPES)}")
        if not 0 <= start <= end <= size - 8 - length:
            raise ValueError(f"{path.name}: {name} lies in bytes {start} to {end} of {size - 8 - length}")
        dtype = _DTYPES[kind]
        if end - start != dtype.itemsize * math.prod(shape):
            raise ValueError(f"{path.name}: {name} has {end - start} bytes for shape {shape}")
        arrays[name] = np.memmap(path, dtype=dtype, mode="r", offset=8 + length + start, shape=shape)
    return arrays


def read_bert(folder: Path) -> Bert:
    """The model of a Hugging Face folder.

    Raises:
        OSError: a file is missing.
        KeyError: a weight is missing.
        ValueError: the weights or the configuration are not of this architecture.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config["model_type"] != "bert" or config["hidden_act"] != "gelu_pytorch_tanh":
        raise ValueError(
            f"wanted a bert with gelu_pytorch_tanh, got {config['model_type']} with {config['hidden_act']}"
        )
    if config["hidden_size"] % config["num_attention_heads"]:
        raise ValueError(f"width {config['hidden_size']} cannot be shared by {config['num_attention_heads']} heads")
    arrays = read_safetensors(folder / "model.safetensors")

    def array(name: str) -> Floats:
        return np.array(arrays[name], dtype=np.float32)

    def linear(name: str) -> tuple[Floats, Floats]:
        return np.ascontiguousarray(array(f"{name}.weight").T), array(f"{name}.bias")

    def norm(name: str) -> tuple[Floats, Floats]:
        return array(f"{name}.weight"), array(f"{name}.bias")

    def layer(prefix: str) -> Layer:
        parts = [linear(f"{prefix}.attention.self.{part}") for part in ("query", "key", "value")]
        attend = np.concatenate([weight for weight, _ in parts], axis=1), np.concatenate([bias for _, bias in parts])
        return Layer(
            attend,
            linear(f"{prefix}.attention.output.dense"),
            norm(f"{prefix}.attention.output.LayerNorm"),
            linear(f"{prefix}.intermediate.dense"),
            linear(f"{prefix}.output.dense"),
            norm(f"{prefix}.output.LayerNorm"),
        )

    return Bert(
        tokens=arrays["embeddings.word_embeddings.weight"],  # type: ignore[arg-type]
        positions=array("embeddings.position_embeddings.weight") + array("embeddings.token_type_embeddings.weight")[0],
        norm=norm("embeddings.LayerNorm"),
        layers=tuple(layer(f"encoder.layer.{number}") for number in range(config["num_hidden_layers"])),
        heads=int(config["num_attention_heads"]),
        epsilon=float(config["layer_norm_eps"]),
        pad=int(config["pad_token_id"]),
    )


def embed(bert: Bert, texts: Sequence[Sequence[int]]) -> Floats:
    """Unit embeddings of texts given as token ids, each at most ``max_tokens`` long and not empty: (n_texts, dim)."""
    lengths = np.array([len(text) for text in texts])
    longest = int(lengths.max())
    real = np.arange(longest) < lengths[:, None]
    ids = np.full((len(texts), longest), bert.pad)
    ids[real] = np.concatenate([np.asarray(text) for text in texts])
    hidden = bert.tokens[ids].astype(np.float32) + bert.positions[:longest]
    hidden = _normalised(hidden, bert.norm, bert.epsilon)
    blocked = None if real.all() else np.where(real, np.float32(0), _MASKED)[:, None, None, :]
    for layer in bert.layers:
        attended = _linear(_attention(_linear(hidden, layer.attend), bert.heads, blocked), layer.attend_out)
        hidden = _normalised(np.add(attended, hidden, out=attended), layer.attend_norm, bert.epsilon)
        widened = _linear(_gelu(_linear(hidden, layer.widen)), layer.narrow)
        hidden = _normalised(np.add(widened, hidden, out=widened), layer.norm, bert.epsilon)
    means = (hidden * real[:, :, None]).sum(axis=1) / lengths[:, None].astype(np.float32)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def _linear(inputs: Floats, layer: tuple[Floats, Floats]) -> Floats:
    weight, bias = layer
    flat = inputs.reshape(-1, inputs.shape[-1]) @ weight
    flat += bias
    return flat.reshape(*inputs.shape[:-1], -1)


def _normalised(inputs: Floats, layer: tuple[Floats, Floats], epsilon: float) -> Floats:
    """Layer normalisation over the last axis, in place."""
    inputs -= inputs.mean(axis=-1, keepdims=True)
    variance = np.einsum("...d,...d->...", inputs, inputs)[..., None] / np.float32(inputs.shape[-1])
    inputs /= np.sqrt(variance + np.float32(epsilon))
    inputs *= layer[0]
    inputs += layer[1]
    return inputs


def _gelu(inputs: Floats) -> Floats:
    """Gaussian error linear unit, tanh form, in place."""
    inner = inputs * inputs
    inner *= _GELU_CUBE
    inner += np.float32(1)
    inner *= inputs
    inner *= _GELU_SCALE
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inputs *= inner
    inputs *= np.float32(0.5)
    return inputs


def _attention(mixed: Floats, heads: int, blocked: Floats | None) -> Floats:
    """Scaled dot-product attention: (n_texts, n_tokens, 3 * dim) to (n_texts, n_tokens, dim)."""
    n_texts, n_tokens, width = mixed.shape
    size = width // 3 // heads
    query, key, value = mixed.reshape(n_texts, n_tokens, 3, heads, size).transpose(2, 0, 3, 1, 4)
    scores = query @ key.swapaxes(-1, -2)
    scores *= np.float32(1 / math.sqrt(size))
    if blocked is not None:
        scores += blocked
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray((scores @ value).swapaxes(1, 2)).reshape(n_texts, n_tokens, width // 3)
