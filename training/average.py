"""The weighted mean of several models of one shape, as one model (Wortsman et al. 2022, "Model soups").

Run ``python -m training.average --target FOLDER MODEL=WEIGHT MODEL=WEIGHT …``; a model is a folder that `training.export` wrote.
Everything but the weights is the first model's.
"""

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

WEIGHTS = "model.safetensors"


def average(models: Mapping[Path, float], target: Path) -> None:
    """Write the mean of models, in half precision.

    Args:
        models: each model's folder and what it counts.
        target: the folder to write, which may be one of them.

    Raises:
        ValueError: the models do not have the same vocabulary and layers, or count nothing.
    """
    total, states = sum(models.values()), {folder: load_file(folder / WEIGHTS) for folder in models}
    first = next(iter(states.values()))
    shapes = {name: tensor.shape for name, tensor in first.items()}
    if total <= 0 or any({name: tensor.shape for name, tensor in s.items()} != shapes for s in states.values()):
        raise ValueError(
            "expected models with the same vocabulary and layers, and weights that are more than 0 together"
        )
    mean = {
        name: sum(np.asarray(states[folder][name], np.float32) * (worth / total) for folder, worth in models.items())
        for name in shapes
    }
    source = next(iter(models))
    if source.resolve() != target.resolve():
        shutil.copytree(source, target, dirs_exist_ok=True)
    save_file({name: np.asarray(value, np.float16) for name, value in mean.items()}, target / WEIGHTS, {"format": "pt"})


def main() -> None:
    """Write the mean of the models that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", metavar="MODEL=WEIGHT")
    parser.add_argument("--target", type=Path, required=True)
    options = parser.parse_args()
    pairs = (one.rpartition("=") for one in options.models)
    average({Path(folder): float(weight) for folder, _, weight in pairs}, options.target)


if __name__ == "__main__":
    main()
