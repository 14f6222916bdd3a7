"""What fewer bits a weight would cost: the packaged model with its weights rounded, measured on the development halves.

Run ``python -m training.quantise [TASK…]``; it prints one Markdown table. Each row of a matrix (a token's embedding, an
output of a layer) has a scale of its own; biases and norms stay as they are. Nothing is written: the package carries half
precision.

Source: symmetric rounding by rows, as in Wu et al. 2020, "Integer Quantization for Deep Learning Inference", section 3.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nmt_rag.encoders import PackagedEncoder
from nmt_rag.models.bert import Bert, Layer
from training.evaluate import dense_scores, fuse, interval, ndcg, read_task
from training.examples import data_folder

Floats = NDArray[np.float32]
MEGABYTE = 1e6
VOCABULARY_MB = 0.4
"""What the vocabulary and the settings take beside the weights."""


def rounded(matrix: Floats, bits: int, axis: int) -> Floats:
    """A matrix whose values are whole multiples of a scale, one along each row or column.

    Args:
        matrix: (n, m).
        bits: of each value, its sign included; at least 2.
        axis: 1 gives each row its scale, 0 each column.
    """
    values = matrix.astype(np.float32)
    top = 2 ** (bits - 1) - 1
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / top
    return np.asarray(np.clip(np.round(values / scale), -top, top) * scale, np.float32)


def rounded_model(bert: Bert, token_bits: int, layer_bits: int) -> Bert:
    """A model with rounded token embeddings and layers; 16 bits leave them as they are."""

    def linear(part: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        return (rounded(part[0], layer_bits, 0), part[1])

    def layer(each: Layer) -> Layer:
        names = ("attend", "attend_out", "widen", "narrow")
        return replace(each, **{name: linear(getattr(each, name)) for name in names})

    tokens = bert.tokens if token_bits == 16 else rounded(bert.tokens.astype(np.float32), token_bits, 1)
    layers = bert.layers if layer_bits == 16 else tuple(map(layer, bert.layers))
    return replace(bert, tokens=tokens, layers=layers)


def megabytes(bert: Bert, token_bits: int, layer_bits: int) -> float:
    """The size of the package with that many bits a weight."""
    matrices = [part[0] for each in bert.layers for part in (each.attend, each.attend_out, each.widen, each.narrow)]
    others = 2 * bert.positions.size
    weights = bert.tokens.size * token_bits / 8 + sum(matrix.size for matrix in matrices) * layer_bits / 8
    return float((weights + others) / MEGABYTE + VOCABULARY_MB)


def table(tasks: list[str], tell: Callable[[str], None] = print) -> None:
    """Tell the table, one row as soon as it is measured."""
    packaged = PackagedEncoder.open()
    tell("| tokens, layers (bits) | MB | cosine to the packaged one | " + " | ".join(tasks) + " |")
    tell("|---|---|---|" + "---|" * len(tasks))
    sample = read_task(data_folder(), tasks[0]).passages[:200]
    before = packaged.encode_passages(sample)
    for token_bits, layer_bits in ((16, 16), (8, 16), (8, 8), (4, 16), (4, 8), (4, 4)):
        bert = rounded_model(packaged._bert, token_bits, layer_bits)
        encoder = PackagedEncoder(bert, packaged._tokenizer, f"{token_bits}/{layer_bits}")
        cosine = float((encoder.encode_passages(sample) * before).sum(axis=1).mean())
        cells = []
        for name in tasks:
            task = read_task(data_folder(), name)
            dense = dense_scores(task, encoder)
            alone, both = (ndcg(run, task.relevant) for run in (dense, fuse(task.words, dense)))
            cells.append(f"{interval(alone)} / {both.mean():.3f}")
        size = megabytes(packaged._bert, token_bits, layer_bits)
        tell(f"| {token_bits}, {layer_bits} | {size:.1f} | {cosine:.4f} | {' | '.join(cells)} |")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["swefaq_dev", "swequad_dev"])
    table(parser.parse_args().tasks)


if __name__ == "__main__":
    main()
