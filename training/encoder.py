"""Fine-tunes the pretrained encoder by contrast: a question against the sentences and passages that do not answer it.

Run ``python -m training.encoder --start FOLDER --work FOLDER --steps 500``. It goes on at the last checkpoint of the work folder and
writes the model to ``WORK/model``. The loss is that of sentence-transformers: InfoNCE over the batch (van
den Oord et al. 2018), a hard negative of each question among the negatives; with ``--cached`` gradients are cached (Gao et
al. 2021), so that a batch of thousands fits a GPU. No batch holds two questions to one document or two equal questions: what
answers one of them would count as wrong for the other.
"""

import argparse
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)
from torch import nn

from training.examples import data_folder, pair_rows, parallel_rows
from training.pieces import MAX_TOKENS as WINDOW
from training.pieces import PROMPTS
from training.questions import Asked, passage, read_questions, shown

SCALE = 50.0  # the pretrained model was trained at 100: its similarities lie close together
SHARES = {"statute heading-section": 0.02, "regeringen.se title-body": 0.06, "docs heading-section": 0.05}
QUESTION_SHARES = {"interpellation question-context": 0.1}
PARALLEL = 2_500
MAX_WORDS = 60
SHORT_TOKENS, LONG_TOKENS = 96, 224
WARM_UP = 0.08
LONG_SHARE = 0.12


@dataclass(frozen=True)
class Example:
    """A question, what answers it, what does not, and what it must not meet in a batch."""

    anchor: str
    positive: str
    negative: str | None
    document: str
    long: bool = False  # whole passages: in batches of their own, so that no sentence is padded to their length


@dataclass(frozen=True)
class Plan:
    """How long to train, and in what steps."""

    steps: int
    batch: int
    rate: float
    cached: int
    save_every: int
    seed: int


def rate(progress: float) -> float:
    """Share of the full learning rate: linear warm-up, then linear decay to nothing."""
    return min(progress / WARM_UP, 1.0, (1 - progress) / (1 - WARM_UP) + 0.01)


def from_question(row: Asked, rng: random.Random) -> Iterator[Example]:
    """A question to one of its answering sentences, shown as a passage is encoded, against the most tempting one."""
    if not row.answering:
        return
    others = [n for n in range(len(row.sentences)) if all(abs(n - right) > 1 for right in row.answering)]
    wrong = rng.choice(row.tempting or others or (-1,))
    right = rng.choice(row.answering)
    draw = rng.random()
    if draw < LONG_SHARE:
        positive = passage(row.title, row.sentences, right, rng)
        negative = passage(row.title, row.sentences, wrong, rng) if wrong >= 0 else None
        if wrong >= 0 and abs(wrong - right) < 12:  # the two passages would share sentences
            negative = shown(row.title, row.sentences, wrong, 1 if abs(wrong - right) > 1 else 0)
    else:
        reach = 0 if draw < 0.75 else 1
        positive = shown(row.title, row.sentences, right, reach)
        negative = shown(row.title, row.sentences, wrong, 0) if wrong >= 0 else None
    yield Example(row.question, positive, negative, row.document, draw < LONG_SHARE)


def questions(rows: Iterable[Asked], rng: random.Random) -> list[Example]:
    """One epoch of examples."""
    return [example for row in rows for example in from_question(row, rng)]


def pairs(folder: Path, rng: random.Random) -> dict[str, list[Example]]:
    """Swedish queries with their passages, a share of each source, and English sentences with their translation."""
    examples: dict[str, list[Example]] = {}
    for row in pair_rows(folder):
        share = (SHARES | QUESTION_SHARES).get(row.source, 0.0)
        if share and rng.random() < share:
            text = " ".join(row.passage.split()[:MAX_WORDS])
            examples.setdefault(row.source, []).append(Example(row.query, text, None, text))
    parallel = [row for row in parallel_rows(folder) if not row.source.startswith("ms_") and len(row.sv.split()) > 4]
    chosen = rng.sample(parallel, min(PARALLEL, len(parallel)))
    examples["parallel"] = [Example(row.en, row.sv, None, row.sv) for row in chosen]
    return examples


def batched(examples: Sequence[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """The examples in full batches, no two of one document in a batch; what is left over goes to the next epoch."""
    waiting = list(examples)
    rng.shuffle(waiting)
    batches: list[list[Example]] = []
    while len(waiting) >= size:
        batch: list[Example] = []
        met: set[str] = set()
        left: list[Example] = []
        for example in waiting:
            if len(batch) < size and example.document not in met and example.anchor not in met:
                batch.append(example)
                met |= {example.document, example.anchor}
            else:
                left.append(example)
        if len(batch) < size:
            break
        batches.append(batch)
        waiting = left
    return batches


def all_batches(folder: Path, size: int, seed: int, limit: int | None) -> list[list[Example]]:
    """One epoch of batches of every source, in random order: the questions, each shown in one way, and some pairs."""
    rng = random.Random(seed)
    rows = [row for row in read_questions(folder)[:limit] if row.split == "train"]
    written = [row for row in rows if row.source == "written"]
    others = [row for row in rows if row.source != "written"]
    batches: list[list[Example]] = []
    for group in (written, rng.sample(others, len(others) // 3)):
        examples = [example for row in group for example in from_question(row, rng) if example.negative]
        for long in (False, True):
            batches += batched([example for example in examples if example.long == long], size, rng)
    for found in pairs(folder, rng).values():
        batches += batched(found[:limit], size, rng)
    rng.shuffle(batches)
    return batches


def columns(batch: Sequence[Example]) -> list[list[str]]:
    """The texts of a batch with their prompts in front: questions, what answers them, what does not."""
    texts = [
        [PROMPTS["query"] + example.anchor for example in batch],
        [PROMPTS["document"] + example.positive for example in batch],
    ]
    if all(example.negative is not None for example in batch):
        texts.append([PROMPTS["document"] + str(example.negative) for example in batch])
    return texts


def train(start: Path, work: Path, plan: Plan, limit: int | None) -> None:
    """Train for so many steps, or go on where the last checkpoint of the work folder stands."""
    torch.manual_seed(plan.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    model = SentenceTransformer(str(start), device=device, local_files_only=True, config_kwargs=still)
    for parameter in model[0].auto_model.embeddings.word_embeddings.parameters():
        parameter.requires_grad = False  # rare pieces would drift from the frequent ones; the reader shares the table
    loss_of: nn.Module = (
        CachedMultipleNegativesRankingLoss(model, scale=SCALE, mini_batch_size=plan.cached)
        if plan.cached
        else MultipleNegativesRankingLoss(model, scale=SCALE)
    )
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=plan.rate, weight_decay=0.01)
    checkpoint = work / "checkpoint.pt"
    step = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        step = int(kept["step"])
    losses: list[float] = []
    began = time.monotonic()
    batches: list[list[Example]] = []
    epoch, place = -1, 0
    while step < plan.steps:
        # Which batch a step takes depends on the step alone, so that a run that goes on takes those it would have taken.
        while epoch < 0 or step - place >= len(batches):
            place += len(batches)
            epoch += 1
            batches = all_batches(data_folder(), plan.batch, plan.seed + epoch, limit)
            if not batches:
                raise SystemExit(f"no source has {plan.batch} rows that may meet in a batch; take a smaller --batch")
        batch = batches[step - place]
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate(step / plan.steps)
        model.max_seq_length = LONG_TOKENS if batch[0].long else SHORT_TOKENS
        features = [
            {name: values.to(device) for name, values in model.preprocess(texts).items() if hasattr(values, "to")}
            for texts in columns(batch)
        ]
        with torch.autocast(device, torch.bfloat16):
            loss = loss_of(features, torch.arange(len(batch), device=device))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        losses.append(float(loss.detach()))
        if step % 10 == 0:
            seconds = (time.monotonic() - began) / len(losses)
            print(f"step {step} of {plan.steps}: loss {np.mean(losses[-10:]):.4f}, {seconds:.2f} s a step", flush=True)
        if step % plan.save_every == 0 or step == plan.steps:
            partial = checkpoint.with_suffix(".partial")
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, partial)
            partial.replace(checkpoint)
            model.max_seq_length = WINDOW
            model.save(str(work / "model"), create_model_card=False)


def main() -> None:
    """Fine-tune from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=64, help="hundreds on a GPU")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--cached", type=int, default=0, help="texts in memory at once; 0: the whole batch")
    parser.add_argument("--save-every", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, help="rows of each source, for a rehearsal")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    plan = Plan(options.steps, options.batch, options.rate, options.cached, options.save_every, options.seed)
    train(options.start, options.work, plan, options.limit)


if __name__ == "__main__":
    main()
