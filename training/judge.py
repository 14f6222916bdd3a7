"""Trains the judge's adapters: what the packaged reader adds to its body when it holds a statement against a quote.

Run ``python -m training.judge --work FOLDER --steps 3000``; it goes on at the last checkpoint of the work folder. The body and
the heads stay as they are packaged, so that reading is untouched; each of the body's matrices gets a narrow product beside it
(LoRA: Hu et al., ICLR 2022), query, key and value one that they share the narrow end of. ``training.package --adapters judge`` writes them.
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from nmt_rag.models.reader import READER_FOLDER
from nmt_rag.models.unpacking import float_weights
from nmt_rag.models.windows import Layout
from training.additions import FOLDER, added_statements, trained_on
from training.ahead import made_ahead
from training.batches import TRANSLATED, Packed, by_length, evened, pack_judgements
from training.clock import Clock
from training.encoder import half_precision
from training.examples import data_folder
from training.reader import Reader, judge_loss, rate, tensors
from training.tasks import alone, judgements, read_judgements

RANK = 16
SCALE = 2.0
"""What an adapter gives is multiplied by this."""
UNMARKED = 0.3  # so many statements are shown without their full stop: a model's own words often have none
TIMES = {
    "kort": 0.5,
    "omkastad": 0.5,
    "synonym": 0.5,
    "fritt": 0.5,
    "frame": 1.5,
    "twin": 0.5,
    "near": 1.0,
    "rule": 1.0,
    "plain": 2.0,
    "relation": 1.0,
}
"""How often statements stand in an epoch that were written in pairs, true and false ones equally close to their quotes, or, as
twins, for two quotes in nearly the same words, true of one and not of the other: freely, nearly word for word, of rules, as
short plain sentences that leave out much, and of what stands in which relation to what."""
OTHERS = 0.3  # so many of the others: the reader was trained on them
AVERAGE = 0.995
TOLD, SAVED = 50, 200
MIXED, ATTENDED, WIDE, NARROW = "attention.self", "attention.output.dense", "intermediate.dense", "output.dense"


class Adapter(nn.Module):
    """What is added to a product: ``up(down(x))``, nothing at first."""

    def __init__(self, down: nn.Parameter, wide: int) -> None:
        """Take the narrow end, (RANK, k), and how many numbers come out."""
        super().__init__()
        self.down = down
        self.up = nn.Parameter(torch.zeros(wide, RANK))
        self.on = True

    def forward(self, module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> Tensor:
        """As a hook of the product: its output and, where it is on, what is added."""
        if not self.on:
            return output
        return output + SCALE * nn.functional.linear(nn.functional.linear(inputs[0], self.down), self.up)


def adapted(body: BertModel, layers: int | None = None) -> dict[str, Adapter]:
    """Add adapters to each matrix of a body, or of so many of its upper layers, and return them by its name."""
    found: dict[str, Adapter] = {}
    n_layers = len(body.encoder.layer)
    for number in range(n_layers - (layers or n_layers), n_layers):
        layer = body.encoder.layer[number]
        attention = layer.attention.self
        products = [[attention.query, attention.key, attention.value]]
        products += [[layer.attention.output.dense], [layer.intermediate.dense], [layer.output.dense]]
        for name, group in zip((MIXED, ATTENDED, WIDE, NARROW), products, strict=True):
            down = nn.Parameter(torch.randn(RANK, group[0].in_features) / group[0].in_features ** 0.5)
            for part, module in zip(("q", "k", "v"), group, strict=False):
                adapter = Adapter(down, module.out_features)
                module.register_forward_hook(adapter)
                found[f"{number}.{name}.{part}" if len(group) > 1 else f"{number}.{name}"] = adapter
    return found


def opened(folder: Path, dropout: float = 0.0) -> Reader:
    """A packaged reader in torch, its numbers as they are packaged."""
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = BertConfig(**settings | {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0})
    model = Reader(BertModel(config, add_pooling_layer=False))
    weights = {
        name.removeprefix("heads.") if name.startswith("heads.") else f"body.{name}": torch.from_numpy(np.array(array))
        for name, array in float_weights(folder).items()
    }
    own = model.state_dict()
    model.load_state_dict(own | {name: value.reshape(own[name].shape) for name, value in weights.items()})
    return model.eval()


def frozen(folder: Path, device: str, dropout: float = 0.0) -> Reader:
    """A packaged reader on a device, its own numbers kept as they are: only adapters learn."""
    model = opened(folder, dropout).to(device)
    for parameter in model.parameters():
        parameter.requires_grad = False
    if device == "cpu":  # there torch's own attention takes three times as long in half precision
        model.body.set_attn_implementation("eager")
    return model


def adapters_of(found: dict[str, Adapter]) -> dict[str, Tensor]:
    """The adapters as they are kept: ``NAME.down`` (RANK, k) and ``NAME.up`` (n, RANK), query, key and value one."""
    kept: dict[str, Tensor] = {}
    for name, adapter in found.items():
        name = name.removesuffix(".q").removesuffix(".k").removesuffix(".v")
        kept[f"{name}.down"] = adapter.down.detach()
        up = SCALE * adapter.up.detach()
        kept[f"{name}.up"] = torch.cat([kept[f"{name}.up"], up]) if f"{name}.up" in kept else up
    return kept


@dataclass(frozen=True)
class Statements:
    """What is trained on, and how it is laid out."""

    rows: list[dict[str, object]]
    layout: Layout
    size: int  # statements in a batch
    seed: int

    def epoch(self, number: int) -> list[Packed]:
        """The batches of one epoch: the written pairs with and without title, evened, and some translated ones."""
        rng = random.Random(f"{self.seed}/judge/{number}")
        rows = [
            row
            for row in self.rows
            if row["source"] == "written"
            for _ in range(int(TIMES.get(str(row.get("trick")), OTHERS) + rng.random()))
        ]
        rows = evened([*rows, *map(alone, rows)], rng)
        rows += [row for row in self.rows if row["source"] != "written" and rng.random() < TRANSLATED]
        shown = [
            row | {"statement": str(row["statement"]).rstrip(".")} if rng.random() < UNMARKED else row for row in rows
        ]
        return [pack_judgements(batch) for batch in by_length(judgements(self.layout, shown), self.size, rng)]


@dataclass(frozen=True)
class Plan:
    """How long to train, and in what steps."""

    steps: int
    batch: int
    rate: float
    seed: int
    minutes: float | None = None
    layers: int | None = None  # so many upper ones are adapted, or all
    dropout: float = 0.0
    workers: int = 0


def train(
    folder: Path, work: Path, data: Path, plan: Plan, own: Path = FOLDER, earlier: Path | None = None
) -> dict[str, Tensor]:
    """Train for so many steps, or go on where the last checkpoint stands; return the averaged adapters.

    Args:
        folder: the packaged reader, which stays as it is.
        work: for checkpoints.
        data: the folder of what to train on.
        plan: how long.
        own: the folder of what was written here.
        earlier: the adapters of another training to begin with; those below the layers of the plan stay as they are.
    """
    torch.manual_seed(plan.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = frozen(folder, device, plan.dropout).train()
    found = adapted(model.body, None if earlier else plan.layers)
    layout = Layout(Tokenizer.from_file(str(folder / "tokenizer.json")))
    statements = read_judgements(data, "train") + added_statements(trained_on(data, own=own)[2], own)
    for adapter in found.values():
        adapter.to(device)
    if earlier:
        begin_with(found, torch.load(earlier, map_location=device, weights_only=True))
    lowest = len(model.body.encoder.layer) - (plan.layers or len(model.body.encoder.layer))
    above = [adapter for name, adapter in found.items() if int(name.partition(".")[0]) >= lowest]
    learned = list(dict.fromkeys(parameter for adapter in above for parameter in adapter.parameters()))
    average = [parameter.detach().clone() for parameter in learned]
    optimizer = torch.optim.AdamW(learned, lr=plan.rate, weight_decay=0.01)
    laid_out = made_ahead(Statements(statements, layout, plan.batch, plan.seed).epoch, workers=plan.workers)
    step, checkpoint = 0, work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        put(learned, kept["learned"])
        average, step = kept["average"], int(kept["step"])
        optimizer.load_state_dict(kept["optimizer"])
    stream = islice(chain.from_iterable(laid_out), step, None)
    print(f"{len(statements)} statements, {sum(p.numel() for p in learned):,} numbers to learn", flush=True)
    clock, reached, losses = Clock(plan.steps, plan.minutes, step), float(step), list[Tensor]()
    while reached < plan.steps:
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate(reached, plan.steps, step)
        torch.manual_seed(plan.seed * 1_000_003 + step)  # dropout follows from the step, too: going on changes nothing
        with half_precision(device):
            loss = judge_loss(model, tensors(next(stream), device))
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        reached = clock.reached(step)
        losses.append(loss.detach())
        torch._foreach_lerp_(average, [p.detach() for p in learned], 1 - min(AVERAGE, step / (step + 10)))
        if step % TOLD == 0:
            lately = float(torch.stack(losses[-TOLD:]).mean())
            print(f"step {step}, {lately:.4f}, {clock.seconds_a_step(step):.2f} s a step", flush=True)
        if step % SAVED == 0 or reached >= plan.steps:
            whole = {"learned": [p.detach() for p in learned], "average": average, "step": step}
            torch.save(whole | {"optimizer": optimizer.state_dict()}, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").replace(checkpoint)
    put(learned, average)
    adapters = {name: value.cpu() for name, value in adapters_of(found).items()}
    torch.save(adapters, work / "average.pt")
    laid_out.close()
    return adapters


def begin_with(found: dict[str, Adapter], kept: dict[str, Tensor]) -> None:
    """Give adapters the numbers that `adapters_of` took of others."""
    for name, adapter in found.items():
        product, part = (name[:-2], "qkv".index(name[-1])) if name[-2:] in (".q", ".k", ".v") else (name, 0)
        wide = len(adapter.up)
        adapter.down.data.copy_(kept[f"{product}.down"])
        adapter.up.data.copy_(kept[f"{product}.up"][part * wide : (part + 1) * wide] / SCALE)


def put(parameters: Sequence[nn.Parameter], values: Sequence[Tensor]) -> None:
    """Give parameters other numbers."""
    for parameter, value in zip(parameters, values, strict=True):
        parameter.data.copy_(value)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=READER_FOLDER)
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--earlier", type=Path, help="average.pt of another training to begin with")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, help="end by then: the rate falls with the clock")
    parser.add_argument(
        "--layers", type=int, help="adapt so many of the upper layers: half of them take two thirds of the time"
    )
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--workers", type=int, default=0, help="processes that lay statements out beside a GPU")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        options.steps,
        options.batch,
        options.rate,
        options.seed,
        options.minutes,
        options.layers,
        options.dropout,
        options.workers,
    )
    train(options.reader, options.work, data_folder(), plan, earlier=options.earlier)


if __name__ == "__main__":
    main()
