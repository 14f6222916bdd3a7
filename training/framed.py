"""Teaches a packaged reader what it errs in, and holds its answers to everything else.

Run ``python -m training.framed --work FOLDER --minutes 40``. Under headings such as «Myter» or «Gällde till 2023» stands what is not so;
a plain practical question is often answered tersely, from another side or by a general word. Adapters as
the judge's are trained in turns on questions to such texts, in windows as the library shows them, and on
other questions, whose logits are held to those of the reader as it is packaged (learning without forgetting: Li and Hoiem,
ECCV 2016), so that its calibration stays true.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from nmt_rag.answering.answer import sought
from nmt_rag.answering.question import understand
from nmt_rag.answering.read import shown, windows
from nmt_rag.index.index import Index
from nmt_rag.models.encoder import default_encoder
from nmt_rag.models.reader import READER_FOLDER
from nmt_rag.models.windows import Layout
from nmt_rag.types import Hit
from training.additions import trained_on
from training.batches import Packed, by_length, pack_readings
from training.clock import Clock
from training.encoder import half_precision
from training.examples import data_folder
from training.judge import Adapter, adapted, adapters_of, begin_with, frozen, put
from training.questions import Asked
from training.reader import Reader, rate, read_loss, tensors
from training.tasks import Reading, readings
from training.written import laid_out

TAUGHT = ("frame:", "daily:")
"""What the ids of the documents begin with whose questions are taught."""
HELD = 0.1
"""What a squared difference of two logits weighs beside a cross-entropy."""
LOWEST = -9.0
AVERAGE = 0.99
TOLD = 25


def as_shown(layout: Layout, rows: Sequence[Asked], n_windows: int = 4) -> list[list[Reading]]:
    """For each question the windows that the library reads first of an index of all the texts, and those around what answers or tempts."""
    documents, put = laid_out(rows)
    index = Index.in_memory(encoder=default_encoder())
    index.add(documents)
    passages = {document.id: index.passages(document.id) for document in documents}
    found = []
    _, tempting = laid_out(replace(row, evidence=(row.tempting,)) for row in rows)
    for row, asked, tempted in zip(rows, put, tempting, strict=True):
        anchors = [
            Hit(1, 1.0, row.document, passage, title=row.title)
            for where in (asked, tempted)
            for passage in passages[row.document]
            if where.answered_by(row.document, passage.start, passage.end)
        ]
        hits = sought(index, default_encoder(), understand(row.question))
        spans = [*windows(hits, passages.__getitem__, n_windows), *windows(anchors, passages.__getitem__, n_windows)]
        items = []
        for span in {(one.hit.document_id, one.first, one.last): one for one in spans}.values():
            text, part = shown(span), span.passages[span.first : span.last]
            answers = [asked.answered_by(one.document_id, one.start, one.end) for one in part]
            window = layout.window(row.question, text.title, text.sentences)
            labels = [*[False] * (len(text.sentences) - len(answers)), *answers]
            items.append(Reading(window, tuple(labels[: len(window.sentences)])))
        found.append(items)
    return found


def taught_batches(shown_for: Sequence[Sequence[Reading]], size: int, seed: int) -> Iterator[Packed]:
    """Batches without end of the windows of the questions that are taught."""
    for epoch in count():
        rng = random.Random(f"{seed}/framed/{epoch}")
        yield from map(pack_readings, by_length([item for items in shown_for for item in items], size, rng))


def other_batches(layout: Layout, rows: Sequence[Asked], size: int, seed: int) -> Iterator[Packed]:
    """Batches without end of other questions, as the reader was trained on them."""
    for epoch in count():
        rng = random.Random(f"{seed}/others/{epoch}")
        items = readings(layout, rng.sample(rows, min(len(rows), 4_000)), None, rng)
        yield from map(pack_readings, by_length(items, size, rng))


def logits(model: Reader, packed: Packed) -> tuple[Tensor, Tensor]:
    """The logits of the sentences of a batch, and which there are."""
    batch = tensors(packed, "cpu")
    return model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences), batch.labels >= 0


def held_loss(model: Reader, adapters: Sequence[Adapter], packed: Packed) -> Tensor:
    """How far the logits of a batch are from those without adapters."""
    with torch.no_grad():
        for adapter in adapters:
            adapter.on = False
        before, known = logits(model, packed)
        for adapter in adapters:
            adapter.on = True
    after, _ = logits(model, packed)
    same = nn.functional.binary_cross_entropy_with_logits(after, before.sigmoid(), reduction="none")
    apart = (after.clamp(min=LOWEST) - before.clamp(min=LOWEST)) ** 2
    return ((same + HELD * apart) * known).sum() / known.sum()


@dataclass(frozen=True)
class Plan:
    """How long to train, and in what steps."""

    minutes: float
    batch: int = 32
    rate: float = 4e-4
    layers: int = 6
    seed: int = 0


def train(folder: Path, work: Path, data: Path, plan: Plan, earlier: Path | None = None) -> dict[str, Tensor]:
    """Train until the time is over; return the averaged adapters."""
    torch.manual_seed(plan.seed)
    model = frozen(folder, "cpu")
    found = adapted(model.body, plan.layers)
    if earlier:
        begin_with(found, torch.load(earlier, weights_only=True))
    adapters = list(found.values())
    learned = list(dict.fromkeys(parameter for adapter in adapters for parameter in adapter.parameters()))
    average = [parameter.detach().clone() for parameter in learned]
    optimizer = torch.optim.AdamW(learned, lr=plan.rate, weight_decay=0.01)
    layout = Layout(Tokenizer.from_file(str(folder / "tokenizer.json")))
    seen, added, _ = trained_on(data)
    rows = [row for row in added if row.document.startswith(TAUGHT)]
    others = [row for row in (*seen, *added) if not row.document.startswith(TAUGHT)]
    print(f"{len(rows)} questions to learn, {len(others)} others", flush=True)
    some = taught_batches(as_shown(layout, rows), plan.batch, plan.seed)
    rest = other_batches(layout, others, plan.batch, plan.seed)
    clock, step, reached = Clock(10**9, plan.minutes, 0), 0, 0.0
    told: list[tuple[float, float]] = []
    while reached < 1.0:
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate(reached * 10_000, 10_000, step)
        with half_precision("cpu"):
            learning = read_loss(model, tensors(next(some), "cpu"))
            holding = held_loss(model, adapters, next(rest)) if step % 2 else learning.new_zeros(())
        (learning + holding).backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        reached = clock.reached(step) / 10**9
        told.append((float(learning.detach()), float(holding.detach())))
        torch._foreach_lerp_(average, [p.detach() for p in learned], 1 - min(AVERAGE, step / (step + 10)))
        if step % TOLD == 0:
            means = (sum(column) / TOLD for column in zip(*told[-TOLD:], strict=True))
            print(f"step {step}, {reached:.0%}: " + ", ".join(f"{mean:.4f}" for mean in means), flush=True)
        if step % (4 * TOLD) == 0 or reached >= 1.0:
            last = [parameter.detach().clone() for parameter in learned]
            put(learned, average)
            torch.save(adapters_of(found), work / "average.pt")
            put(learned, last)
    return adapters_of(found)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=READER_FOLDER)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--earlier", type=Path, help="average.pt of another training to begin with")
    parser.add_argument("--minutes", type=float, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    train(options.reader, options.work, data_folder(), Plan(options.minutes), options.earlier)


if __name__ == "__main__":
    main()
