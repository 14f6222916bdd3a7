"""An encoder between the pretrained one and the fine-tuned one: each number the mean of both, so much of it the fine-tuned one's.

Run ``python -m training.between --pretrained E5 --share 0.5 --target FOLDER``: it writes the packaged encoder as a
sentence-transformers folder with such numbers, to be measured by ``training.evaluate --model FOLDER`` and packaged. What fine-tuning
forgets of other kinds of text comes back in part (WiSE-FT: Wortsman et al., CVPR 2022). The table of tokens stays as it is packaged.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from nmt_rag.models.encoder import PACKAGED_FOLDER
from nmt_rag.models.unpacking import unpack

TOKENS = "embeddings.word_embeddings.weight"
POSITIONS = "embeddings.position_embeddings.weight"
TYPES = "embeddings.token_type_embeddings.weight"
WEIGHTS = "model.safetensors"

Weights = Mapping[str, NDArray[np.float32]]


def between(fine: Weights, pretrained: Weights, share: float) -> dict[str, NDArray[np.float32]]:
    """The numbers of a body, so much of each the fine-tuned one's.

    Args:
        fine: as `nmt_rag.models.unpacking` writes them, where the embedding of token type 0 is a part of the positions.
        pretrained: of the same body, its positions and types apart.
        share: from 0 to 1.

    Raises:
        ValueError: a matrix of one is missing in the other, or has another shape.
    """
    found = dict(fine)
    for name in fine.keys() - {TOKENS, TYPES}:
        if name not in pretrained:
            raise ValueError(f"the pretrained model has no {name}")
        start = pretrained[name]
        if name == POSITIONS:
            start = start[: len(fine[name])] + pretrained[TYPES][0]
        if start.shape != fine[name].shape:
            raise ValueError(
                f"{name} is {start.shape} in the pretrained model, {fine[name].shape} in the fine-tuned one"
            )
        found[name] = (share * fine[name] + (1 - share) * start).astype(np.float32)
    return found


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packaged", type=Path, default=PACKAGED_FOLDER)
    parser.add_argument("--pretrained", type=Path, required=True, help="what training.pretrained wrote")
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--target", type=Path, required=True)
    options = parser.parse_args()
    unpack(options.packaged, options.target)
    (file,) = options.target.rglob(WEIGHTS)
    (start,) = options.pretrained.rglob(WEIGHTS)
    save_file(between(load_file(file), load_file(start), options.share), file, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
