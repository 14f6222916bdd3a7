"""The numpy model: against sentence-transformers on the same folders, and against arithmetic done by hand."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from nmt_rag.encoders import PACKAGED_FOLDER
from nmt_rag.models import bert
from nmt_rag.models.bert import embed, read_bert, read_safetensors


@pytest.fixture(scope="module")
def model() -> bert.Bert:
    return read_bert(PACKAGED_FOLDER)


def damaged(folder: Path, change) -> Path:
    """A copy of the packaged model whose weights were changed."""
    shutil.copytree(PACKAGED_FOLDER, folder)
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")
    return folder


def test_read_safetensors_equals_the_library() -> None:
    path = PACKAGED_FOLDER / "model.safetensors"
    theirs = load_file(path)
    ours = read_safetensors(path)
    assert ours.keys() == theirs.keys()
    for name, array in theirs.items():
        assert ours[name].dtype == array.dtype
        np.testing.assert_array_equal(ours[name], array)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<i8"])
def test_read_safetensors_reads_each_type(tmp_path: Path, dtype: str) -> None:
    array = np.arange(6, dtype=dtype).reshape(2, 3)
    save_file({"a": array}, tmp_path / "a.safetensors")
    np.testing.assert_array_equal(read_safetensors(tmp_path / "a.safetensors")["a"], array)


@pytest.mark.parametrize("kept", [0, 5, 8, 30, -1])
def test_read_safetensors_refuses_a_file_that_was_cut(tmp_path: Path, kept: int) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    save_file({"a": np.ones((2, 3), np.float32)}, whole)
    cut.write_bytes(whole.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"cut"):
        read_safetensors(cut)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}, "a has 8 bytes for shape"),
        ({"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}, "a lies in bytes -8 to 0 of 8"),
        ({"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}, "a is of type BF16"),
        ({"dtype": "F32", "shape": [2]}, "a cannot be read"),
        ([], "a cannot be read"),
    ],
)
def test_read_safetensors_refuses_a_header_that_does_not_fit(tmp_path: Path, entry: object, message: str) -> None:
    header = json.dumps({"a": entry}).encode()
    (tmp_path / "x").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(ValueError, match=message):
        read_safetensors(tmp_path / "x")


def test_one_token_by_hand(model: bert.Bert) -> None:
    """With one token attention is the value itself, so a loop in double precision is short enough to check."""
    token = 77

    def normalised(x: np.ndarray, weights: tuple) -> np.ndarray:
        return (x - x.mean()) / math.sqrt(x.var() + model.epsilon) * weights[0] + weights[1]

    x = normalised(model.tokens[token].astype(np.float64) + model.positions[0], model.norm)
    for layer in model.layers:
        value = (x @ layer.attend[0] + layer.attend[1])[2 * model.dim :]
        x = normalised(x + value @ layer.attend_out[0] + layer.attend_out[1], layer.attend_norm)
        wide = x @ layer.widen[0] + layer.widen[1]
        wide = np.array([0.5 * v * (1 + math.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3))) for v in wide])
        x = normalised(x + wide @ layer.narrow[0] + layer.narrow[1], layer.norm)
    np.testing.assert_allclose(embed(model, [[token]])[0], x / np.linalg.norm(x), atol=2e-6)


def test_padding_changes_nothing(model: bert.Bert) -> None:
    texts = [[2, 50, 3], [2, *range(100, 180), 3], [2, 3], [2, *range(300, 554), 3]]
    together = embed(model, texts)
    alone = np.concatenate([embed(model, [text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert together.dtype == np.float32


def test_weights_are_not_changed_by_use(model: bert.Bert) -> None:
    before = model.positions.copy(), model.layers[0].attend[0].copy(), np.array(model.tokens[:9])
    embed(model, [[1, 2, 3, 4]])
    for array, kept in zip((model.positions, model.layers[0].attend[0], model.tokens[:9]), before, strict=True):
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("model_type", "roberta", "got roberta"),
        ("hidden_act", "relu", "with relu"),
        ("num_attention_heads", 7, "heads"),
    ],
)
def test_read_bert_refuses_another_architecture(tmp_path: Path, key: str, value: object, message: str) -> None:
    folder = shutil.copytree(PACKAGED_FOLDER, tmp_path / "m")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, key: value}), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_bert(folder)


def test_read_bert_names_a_missing_weight(tmp_path: Path) -> None:
    folder = damaged(tmp_path / "m", lambda weights: weights.pop("encoder.layer.1.output.dense.bias"))
    with pytest.raises(KeyError, match=r"encoder\.layer\.1\.output\.dense\.bias"):
        read_bert(folder)


def test_read_bert_without_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bert(tmp_path / "nowhere")
