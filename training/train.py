"""The training loop: distil the teacher over parallel texts, later mixed with contrast on Swedish query-passage pairs.

Run ``python -m training.train --work FOLDER --minutes 55``. The learning rate follows the clock, so that a run always ends decayed,
however slow the machine; every few minutes a checkpoint is written, and a run that was stopped continues at the last one.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm
from transformers import BertModel

from training.prepare import PairIds
from training.student import batches_by_length, build_student, embed

TEMPERATURE = 0.05
BANK = 2_048
CONTRAST_WEIGHT = 1.0
WARM_UP = 0.06
ENGLISH_EVERY = 4
QUERY_TOKENS, PASSAGE_TOKENS = 40, 96
RATES = {"embeddings": 3e-4, "body": 1e-4}


@dataclass(frozen=True)
class TrainingData:
    """Token ids and teacher embeddings: rows of ``swedish``, ``english`` and ``teacher`` belong together."""

    swedish: list[list[int]]
    english: list[list[int]]
    teacher: NDArray[np.float16]  # (n_texts, dim)
    pairs: dict[str, list[PairIds]]  # by source


@dataclass(frozen=True)
class Plan:
    """How long to train and on what."""

    minutes: float
    batch_tokens: int
    contrast_from: float
    contrast_every: int
    seed: int
    device: str
    bf16: bool = False
    contrast_batch: int = 192
    checkpoint_minutes: float = 6.0


def distillation_batches(data: TrainingData, plan: Plan, epoch: int) -> Iterator[tuple[str, list[int]]]:
    """One epoch of batches of similar length in random order, every fourth one English."""
    rng = random.Random(plan.seed * 1000 + epoch)
    rows = list(range(len(data.teacher)))
    rng.shuffle(rows)
    lengths = [data.swedish[row] for row in rows]
    batches = [[rows[position] for position in batch] for batch in batches_by_length(lengths, plan.batch_tokens)]
    rng.shuffle(batches)
    for number, batch in enumerate(batches):
        yield ("english" if number % ENGLISH_EVERY == ENGLISH_EVERY - 1 else "swedish"), batch


def distillation_loss(embeddings: Tensor, target: Tensor, bank: Tensor) -> Tensor:
    """Cosine distance to the teacher, plus the divergence of similarities to a bank of other teacher embeddings.

    Args:
        embeddings: what the student says, (n_texts, dim).
        target: what the teacher says, (n_texts, dim).
        bank: other texts by the teacher, (n_bank, dim).
    """
    keys = torch.cat([target, bank])
    wanted = nn.functional.softmax(target @ keys.T / TEMPERATURE, dim=-1)
    said = nn.functional.log_softmax(embeddings @ keys.T / TEMPERATURE, dim=-1)
    return (1 - (embeddings * target).sum(-1)).mean() + 0.2 * nn.functional.kl_div(said, wanted, reduction="batchmean")


class Contrast:
    """InfoNCE on one source a step: each query against all passages of the batch, a hard negative of each among them.

    Equal queries are masked. Gradients are cached (Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory
    Limited Setup"), so that a batch may be larger than what fits the memory at once.
    """

    def __init__(self, data: TrainingData, plan: Plan) -> None:
        """Sources are drawn by the square root of their size."""
        self._pairs = data.pairs
        self._sources = list(data.pairs)
        self._weights = [len(data.pairs[source]) ** 0.5 for source in self._sources]
        self._rng = random.Random(plan.seed)
        self._plan = plan

    def backward(self, student: BertModel, weight: float) -> float:
        """Add the gradients of one drawn batch to the student's, and return its loss."""
        source = self._rng.choices(self._sources, self._weights)[0]
        pairs = self._pairs[source]
        batch = self._rng.sample(pairs, min(self._plan.contrast_batch, len(pairs)))
        wrong = [pairs[self._rng.choice(negatives)] for *_, negatives in batch if negatives]
        queries = [query[:QUERY_TOKENS] for _, query, _, _ in batch]
        passages = [passage[:PASSAGE_TOKENS] for _, _, passage, _ in [*batch, *wrong]]
        numbers = torch.tensor([number for number, *_ in [*batch, *wrong]], device=self._plan.device)
        texts = [*queries, *passages]
        parts = batches_by_length(texts, self._plan.batch_tokens)
        embeddings = torch.zeros(len(texts), student.config.hidden_size, device=self._plan.device)
        with torch.no_grad():
            for rows in parts:
                embeddings[rows] = self._embedded(student, texts, rows)
        embeddings.requires_grad_()
        scores = embeddings[: len(queries)] @ embeddings[len(queries) :].T / TEMPERATURE
        same = numbers[: len(queries), None] == numbers[None, :]
        same.fill_diagonal_(fill_value=False)
        right = torch.arange(len(queries), device=self._plan.device)
        loss = nn.functional.cross_entropy(scores.masked_fill(same, -1e4), right)
        (weight * loss).backward()  # type: ignore[no-untyped-call]
        gradients = embeddings.grad
        assert gradients is not None
        for rows in parts:
            (self._embedded(student, texts, rows) * gradients[rows]).sum().backward()
        return float(loss.detach())

    def _embedded(self, student: BertModel, texts: list[list[int]], rows: list[int]) -> Tensor:
        with torch.autocast(self._plan.device, torch.bfloat16, enabled=self._plan.bf16):
            return embed(student, [texts[row] for row in rows])


def rate(progress: float) -> float:
    """Share of the full learning rate: linear warm-up, then linear decay to a twentieth."""
    return min(progress / WARM_UP, 1.0) * max(1 - progress, 0.05)


def optimizer_of(student: BertModel) -> torch.optim.Optimizer:
    """AdamW with a rate of its own for the token embeddings."""
    tokens = student.embeddings.word_embeddings.weight
    body = [parameter for parameter in student.parameters() if parameter is not tokens]
    groups = [{"params": [tokens], "lr": RATES["embeddings"]}, {"params": body, "lr": RATES["body"]}]
    for group in groups:
        group["full"] = group["lr"]
    return torch.optim.AdamW(groups, weight_decay=0.0, betas=(0.9, 0.98))


def save(path: Path, student: BertModel, optimizer: torch.optim.Optimizer, progress: dict[str, float]) -> None:
    """A checkpoint that appears whole or not at all, and a snapshot of the weights alone."""
    partial = path.with_suffix(".partial")
    torch.save({"student": student.state_dict(), "optimizer": optimizer.state_dict(), "progress": progress}, partial)
    partial.rename(path)
    torch.save(student.state_dict(), path.with_name(f"snapshot-{int(progress['seconds'] // 60):03d}.pt"))


def train(
    student: BertModel,
    data: TrainingData,
    plan: Plan,
    checkpoint: Path,
    seconds_now: Callable[[], float] = time.monotonic,
) -> None:
    """Train until the minutes are spent by the given clock, from the checkpoint where there is one."""
    torch.manual_seed(plan.seed)
    student.to(plan.device).train()
    optimizer = optimizer_of(student)
    progress = {"seconds": 0.0, "epoch": 0.0, "step": 0.0}
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=plan.device, weights_only=True)
        student.load_state_dict(kept["student"])
        optimizer.load_state_dict(kept["optimizer"])
        progress = kept["progress"]
    contrast = Contrast(data, plan)
    said: dict[str, float] = {}
    budget, saved, clock = plan.minutes * 60, progress["seconds"], seconds_now()
    bar = tqdm(total=int(budget), initial=int(progress["seconds"]), unit="s", desc="train", mininterval=20)
    rng = np.random.default_rng(plan.seed + int(progress["step"]))
    while progress["seconds"] < budget:
        for language, rows in distillation_batches(data, plan, int(progress["epoch"])):
            share = progress["seconds"] / budget
            for group in optimizer.param_groups:
                group["lr"] = group["full"] * rate(share)
            texts = data.swedish if language == "swedish" else data.english
            bank = torch.from_numpy(data.teacher[rng.integers(0, len(data.teacher), BANK)].astype(np.float32)).to(
                plan.device
            )
            target = torch.from_numpy(data.teacher[rows].astype(np.float32)).to(plan.device)
            with torch.autocast(plan.device, torch.bfloat16, enabled=plan.bf16):
                loss = distillation_loss(embed(student, [texts[row] for row in rows]), target, bank)
            loss.backward()  # type: ignore[no-untyped-call]
            if data.pairs and share >= plan.contrast_from and int(progress["step"]) % plan.contrast_every == 0:
                said["contrast"] = contrast.backward(student, CONTRAST_WEIGHT)
            nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            now = seconds_now()
            bar.update(int(progress["seconds"] + now - clock) - int(progress["seconds"]))
            progress["seconds"] += now - clock
            progress["step"] += 1
            clock = now
            if progress["step"] % 20 == 0:
                said |= {"step": progress["step"], "epoch": progress["epoch"], "loss": loss.item()}
                bar.set_postfix({name: f"{value:.4g}" for name, value in said.items()})
            if progress["seconds"] - saved > plan.checkpoint_minutes * 60 or progress["seconds"] >= budget:
                save(checkpoint, student, optimizer, progress)
                saved = progress["seconds"]
            if progress["seconds"] >= budget:
                return
        progress["epoch"] += 1


def read_data(work: Path) -> TrainingData:
    """What ``training.prepare`` left in the work folder."""
    stored = json.loads((work / "tokens.json").read_text(encoding="utf-8"))
    return TrainingData(stored["swedish"], stored["english"], np.load(work / "teacher.npy"), stored["pairs"])


def first_student(work: Path) -> BertModel:
    """The student before its first step: a trained model where there is one to go on from, else the transplanted one."""
    if (work / "start").exists():
        return BertModel.from_pretrained(str(work / "start"), add_pooling_layer=False)
    return build_student(np.load(work / "init.npy"), json.loads((work / "layers.json").read_text()))


def main() -> None:
    """Train the student on what ``training.prepare`` left in the work folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--batch-tokens", type=int, default=2_048)
    parser.add_argument("--contrast-from", type=float, default=0.4)
    parser.add_argument("--contrast-every", type=int, default=3)
    parser.add_argument("--contrast-batch", type=int, default=192, help="thousands on a GPU")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument(
        "--bf16", action="store_true", help="half precision on a processor that multiplies it (always on cuda)"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    plan = Plan(
        options.minutes,
        options.batch_tokens,
        options.contrast_from,
        options.contrast_every,
        options.seed,
        options.device,
        options.bf16 or options.device == "cuda",
        options.contrast_batch,
    )
    train(first_student(options.work), read_data(options.work), plan, options.work / "checkpoint.pt")


if __name__ == "__main__":
    main()
