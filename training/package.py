"""Writes a trained body as the package carries it: eight bits a weight, run by onnxruntime, opened by transformers too.

A packaged folder holds ``weights.safetensors`` (for each matrix ``NAME.q``, uint8, and ``NAME.scale``, a float32 for each
BLOCK numbers of a row; vectors in float32), ``model.onnx`` (the computation alone; its numbers are those of
``weights.safetensors``, by offset), ``tokenizer.json`` and ``config.json``. A number is ``(q - 128) * scale``.

Run ``python -m training.package --source FOLDER --target nmt_rag/models/nmt-e5-small-sv --release 2``.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from nmt_rag.models.runtime import BLOCK
from nmt_rag.models.weights import decoded_matrices, read_packaged

Arrays = dict[str, NDArray[np.generic]]
MICROSOFT = "com.microsoft"
WEIGHTS = "weights.safetensors"
ADAPTED = ("reading", "judge")
"""What a reader's body may have adapters for: ``NAME.safetensors`` and the computation with them, ``NAME.onnx``."""
TABLE = "embeddings.word_embeddings"
POSITIONS = "embeddings.position_embeddings"
TYPES = "embeddings.token_type_embeddings"


def eight_bits(matrix: NDArray[np.float32], block: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Quantise a matrix row by row, block by block: (n, k) to (n, k / block, block) and (n, k / block)."""
    blocks = matrix.reshape(len(matrix), -1, block)
    scale = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / 127
    whole = np.rint(blocks / scale[:, :, None]) + 128
    return whole.astype(np.uint8), scale.astype(np.float32)


def quantised(weights: dict[str, NDArray[np.float32]], n_layers: int) -> Arrays:
    """The arrays of ``weights.safetensors``: query, key and value of a layer side by side, position and type added up."""
    arrays: Arrays = {}

    def matrix(name: str, value: NDArray[np.float32], block: int = BLOCK) -> None:
        arrays[f"{name}.q"], arrays[f"{name}.scale"] = eight_bits(np.asarray(value, np.float32), block)

    dim = weights[f"{TABLE}.weight"].shape[1]
    matrix(TABLE, weights[f"{TABLE}.weight"], dim)
    arrays[TABLE + ".q"] = arrays[TABLE + ".q"].reshape(-1, dim)
    arrays[POSITIONS] = (weights[f"{POSITIONS}.weight"] + weights[f"{TYPES}.weight"][0]).astype(np.float16)
    for part in ("weight", "bias"):
        arrays[f"embeddings.LayerNorm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
    for layer in range(n_layers):
        prefix = f"encoder.layer.{layer}"
        mixed = [f"{prefix}.attention.self.{name}" for name in ("query", "key", "value")]
        matrix(f"{prefix}.attention.self", np.concatenate([weights[f"{name}.weight"] for name in mixed]))
        arrays[f"{prefix}.attention.self.bias"] = np.concatenate([weights[f"{name}.bias"] for name in mixed])
        for name in ("attention.output.dense", "intermediate.dense", "output.dense"):
            matrix(f"{prefix}.{name}", weights[f"{prefix}.{name}.weight"])
            arrays[f"{prefix}.{name}.bias"] = weights[f"{prefix}.{name}.bias"]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            for part in ("weight", "bias"):
                arrays[f"{prefix}.{name}.{part}"] = weights[f"{prefix}.{name}.{part}"]
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def graph(
    arrays: Arrays, n_layers: int, n_heads: int, epsilon: float, adapters: Arrays | None = None
) -> onnx.GraphProto:
    """The computation of the body: ``input_ids`` and ``attention_mask`` (n, length) to ``last_hidden_state`` (n, length, dim).

    Where a matrix is among the arrays as ``NAME.weight`` (n, k), it is multiplied in 32 bits; otherwise in eight.
    Where there are adapters of a matrix, ``NAME.down`` (k, rank) and ``NAME.up`` (rank, n), their product is added to its own.
    """
    nodes: list[onnx.NodeProto] = []

    def add(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, output.split(","), name=output, **attributes))
        return output

    def linear(inputs: str, name: str) -> str:
        """Add a product, its bias and its adapters, and return what holds their sum."""
        adapted = f"{name}.down" in (adapters or {})
        output = f"{name}.base" if adapted else f"{name}.out"
        if f"{name}.weight" in arrays:
            add("FusedMatMul", [inputs, f"{name}.weight"], f"{name}.product", domain=MICROSOFT, transB=1)
            product = add("Add", [f"{name}.product", f"{name}.bias"], output)
        else:
            wide, n_blocks, block = arrays[f"{name}.q"].shape
            product = add(
                "MatMulNBits",
                [inputs, f"{name}.q", f"{name}.scale", "", "", f"{name}.bias"],
                output,
                domain=MICROSOFT,
                K=n_blocks * block,
                N=wide,
                bits=8,
                block_size=block,
                accuracy_level=4,
            )
        if not adapted:
            return product
        for end in ("down", "up"):
            add("Cast", [f"{name}.{end}"], f"{name}.{end}.f", to=TensorProto.FLOAT)
        narrow = add("MatMul", [inputs, f"{name}.down.f"], f"{name}.narrow")
        return add("Add", [product, add("MatMul", [narrow, f"{name}.up.f"], f"{name}.added")], f"{name}.out")

    def norm(inputs: str, skipped: str, name: str) -> str:
        total = [inputs, skipped, f"{name}.weight", f"{name}.bias"]
        return add("SkipLayerNormalization", total, f"{name}.out", domain=MICROSOFT, epsilon=epsilon)

    add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    add("Gather", [f"{TABLE}.q", "input_ids"], "tokens.q")
    add("Cast", ["tokens.q"], "tokens.f", to=TensorProto.FLOAT)
    add("Sub", ["tokens.f", "zero"], "tokens.c")
    add("Gather", [f"{TABLE}.scale", "input_ids"], "tokens.s")
    add("Mul", ["tokens.c", "tokens.s"], "tokens")
    add("Shape", ["input_ids"], "length", start=1, end=2)
    add("Slice", [POSITIONS, "begin", "length", "begin"], "places.h")
    add("Cast", ["places.h"], "places", to=TensorProto.FLOAT)
    add("Add", ["tokens", "places"], "embedded")
    scale = ["embedded", "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias"]
    hidden = add("LayerNormalization", scale, "embeddings.out", epsilon=epsilon, axis=-1)
    for layer in range(n_layers):
        prefix = f"encoder.layer.{layer}"
        mixed = linear(hidden, f"{prefix}.attention.self")
        parts = [f"{prefix}.{name}" for name in ("query", "key", "value")]
        add("Split", [mixed], ",".join(parts), axis=-1, num_outputs=3)
        attended = add(
            "MultiHeadAttention",
            [*parts, "", "mask"],
            f"{prefix}.attended",
            domain=MICROSOFT,
            num_heads=n_heads,
        )
        attended = norm(
            linear(attended, f"{prefix}.attention.output.dense"), hidden, f"{prefix}.attention.output.LayerNorm"
        )
        widened = add("Gelu", [linear(attended, f"{prefix}.intermediate.dense")], f"{prefix}.gelu")
        hidden = norm(linear(widened, f"{prefix}.output.dense"), attended, f"{prefix}.output.LayerNorm")
    add("Identity", [hidden], "last_hidden_state")
    dim = arrays[f"{TABLE}.q"].shape[1]
    shape = ["n", "length"]
    constants = [
        helper.make_tensor("zero", TensorProto.FLOAT, [], [128.0]),
        helper.make_tensor("begin", TensorProto.INT64, [1], [0]),
    ]
    return helper.make_graph(
        nodes,
        "bert",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, dim])],
        constants,
    )


def external(name: str, array: NDArray[np.generic], offset: int, location: str) -> onnx.TensorProto:
    """A tensor whose numbers lie in another file."""
    tensor = onnx.TensorProto(name=name, dims=array.shape, data_type=helper.np_dtype_to_tensor_dtype(array.dtype))
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", str(offset)), ("length", str(array.nbytes))):
        tensor.external_data.add(key=key, value=value)
    return tensor


def write(
    target: Path,
    weights: dict[str, NDArray[np.float32]],
    config: dict[str, object],
    others: Arrays | None = None,
    *,
    lent: bool = False,
    decoded: bool = False,
) -> None:
    """Write ``weights.safetensors`` and ``model.onnx`` of a body; ``others`` are arrays of heads, kept beside it.

    Where the embeddings of the tokens are lent by another packaged model, they are not written. A decoded body is lent its
    matrices as numbers of 32 bits.
    """
    target.mkdir(parents=True, exist_ok=True)
    arrays = quantised(weights, int(str(config["num_hidden_layers"])))
    kept = {name: array for name, array in arrays.items() if not (lent and name.startswith(TABLE))}
    save_file(kept | (others or {}), target / WEIGHTS)
    write_computation(target / "model.onnx", with_matrices(arrays) if decoded else arrays, config)


def with_matrices(arrays: Arrays) -> Arrays:
    """Arrays with the matrices of the layers decoded."""
    matrices = decoded_matrices(arrays)
    coded = {name.removesuffix("weight") + part for name in matrices for part in ("q", "scale")}
    kept = {name: array for name, array in arrays.items() if name not in coded}
    return kept | matrices


def write_computation(path: Path, arrays: Arrays, config: dict[str, object], adapters: Arrays | None = None) -> None:
    """Write the computation of a body whose numbers lie in files beside it; those that are in none of them are lent."""
    sizes = int(str(config["num_hidden_layers"])), int(str(config["num_attention_heads"]))
    body = graph(arrays, *sizes, float(str(config["layer_norm_eps"])), adapters)
    offsets = {
        name: (location, offset)
        for location in (WEIGHTS, f"{path.stem}.safetensors")
        if (path.parent / location).exists()
        for name, offset in offsets_of(path.parent / location).items()
    }
    for name, array in (arrays | (adapters or {})).items():
        location, offset = offsets.get(name, ("lent", 0))
        body.initializer.append(external(name, array, offset, location))
    model = helper.make_model(
        body, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)], ir_version=10
    )
    path.write_bytes(model.SerializeToString())


def offsets_of(path: Path) -> dict[str, int]:
    """Where each array of a safetensors file begins, in bytes."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    return {name: 8 + size + row["data_offsets"][0] for name, row in header.items() if name != "__metadata__"}


def package(source: Path, target: Path, release: str) -> None:
    """Package a sentence-transformers folder: weights, computation, tokenizer, prompts and a configuration."""
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config |= {
        "vocab_size": json_size(source),
        "nmt_rag_version": release,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }
    weights = {name: array for name, array in load_file(source / "model.safetensors").items() if "pooler" not in name}
    write(target, weights, config)
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for name in ("tokenizer.json", "tokenizer_config.json", "config_sentence_transformers.json", "manifest.json"):
        if (source / name).exists():
            shutil.copy(source / name, target / name)


def package_reader(start: Path, trained: Path, target: Path, release: str, lender: str | None = None) -> None:
    """Package a trained reader: its body as above, its heads in half precision under ``heads.``.

    Args:
        start: the BERT folder that the training began with.
        trained: ``last.pt`` or ``average.pt``.
        target: where to.
        release: which weights these are.
        lender: the folder beside the target with the model whose embeddings of tokens it has: training keeps them.
    """
    import torch

    state = torch.load(trained, map_location="cpu", weights_only=True)
    arrays = {name: tensor.float().numpy() for name, tensor in state.items()}
    body = {name.removeprefix("body."): array for name, array in arrays.items() if name.startswith("body.")}
    heads: Arrays = {
        f"heads.{name}": array.astype(np.float16) for name, array in arrays.items() if not name.startswith("body.")
    }
    config = json.loads((start / "config.json").read_text(encoding="utf-8"))
    n_layers = 1 + max(int(name.split(".")[2]) for name in body if name.startswith("encoder.layer."))
    config |= {"num_hidden_layers": n_layers, "nmt_rag_version": release}
    if lender:
        config["table_of"] = lender
    write(target, body, config, heads, lent=lender is not None, decoded=True)
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    shutil.copy(start / "tokenizer.json", target / "tokenizer.json")


def package_adapters(purpose: str, folder: Path, trained: Path, share: float) -> None:
    """Write adapters into a packaged reader's folder: one of `ADAPTED`, its numbers and the computation with them.

    Args:
        purpose: what they are for.
        folder: the reader's, which otherwise stays as it is.
        trained: ``average.pt`` of `training.judge` or `training.framed`.
        share: how much of what the adapters add is kept: a part of the way from the old weights to the trained ones errs less
            on texts of another kind than either end (WiSE-FT: Wortsman et al., CVPR 2022).
    """
    import torch

    state = torch.load(trained, map_location="cpu", weights_only=True)
    adapters: Arrays = {}
    for name, tensor in state.items():
        part = tensor.float() * (share if name.endswith(".up") else 1.0)
        adapters[f"encoder.layer.{name}"] = np.ascontiguousarray(part.numpy().T.astype(np.float16))
    save_file(adapters, folder / f"{purpose}.safetensors")
    arrays = {name: array for name, array in read_packaged(folder).items() if not name.startswith("heads.")}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    write_computation(folder / f"{purpose}.onnx", with_matrices(arrays), config, adapters)


def json_size(source: Path) -> int:
    """The number of pieces in a folder's tokenizer."""
    return Tokenizer.from_file(str(source / "tokenizer.json")).get_vocab_size()


def main() -> None:
    """Package from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--reader", type=Path, help="average.pt of training.reader, begun at the source")
    parser.add_argument("--lender", help="the packaged model that lends a reader its embeddings of tokens")
    parser.add_argument("--release", help="which weights these are, for the fingerprint")
    parser.add_argument("--adapters", choices=ADAPTED, help="write those of the reader in the target")
    parser.add_argument("--trained", type=Path, help="average.pt of training.judge, or of training.framed for reading")
    parser.add_argument("--share", type=float, default=0.5, help="how much of the adapters is kept")
    options = parser.parse_args()
    if options.adapters:
        package_adapters(options.adapters, options.target, options.trained, options.share)
    elif not options.source or not options.release:
        parser.error("--source and --release are needed")
    elif options.reader:
        package_reader(options.source, options.reader, options.target, options.release, options.lender)
    else:
        package(options.source, options.target, options.release)


if __name__ == "__main__":
    main()
