"""Trains the reader: which sentences of a window answer, whether a quote carries a statement, who acts in a sentence.

Run ``python -m training.reader --start FOLDER --work FOLDER --steps 4000 [--layers 6]``; it goes on at the last checkpoint of the
work folder, exactly where it stood. One body, three heads, one task a step. A sentence is scored by the mean of its tokens
against the mean of the question's: a scaled cosine, so that the encoder's own geometry is the start, and a linear layer
over that and the sentence's mark that starts at nothing. Kin: Provence (Chirkova et al., ICLR 2025), which labels sentences for RAG.

`evaluate` measures on the development rows; fitting whether to answer is done in `training.decision`.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertModel

from nmt_rag.models.windows import Layout, Window
from training.additions import FOLDER, added_actors, added_statements, trained_on
from training.examples import data_folder
from training.questions import Asked, read_page_questions
from training.tasks import (
    Acting,
    Judgement,
    Reading,
    actings,
    alone,
    judgements,
    read_acted,
    read_judgements,
    readings,
)

TASK_SHARES = {"read": 0.64, "judge": 0.22, "act": 0.14}
OTHER_SOURCES = 0.5  # of the questions that were not written for this project, so many a epoch
TRANSLATED = 0.3  # of the translated statements, so many an epoch, to two times the written ones
PAGE_TIMES = 8  # each question on the page stands so many times in an epoch
WARM_UP, DECAY_FROM = 120, 0.7
EVERY_RANK = 0.3  # weight of the ranking of a window's evidence above its other sentences
AVERAGE = 0.998
NOTHING = -1e4
REGIONS = ("sentence", "previous", "earlier", "title")  # where a name may stand, seen from a sentence


class Reader(nn.Module):
    """The body and its three heads."""

    def __init__(self, body: BertModel) -> None:
        """Start each head where the body's geometry alone decides, or at nothing."""
        super().__init__()
        dim = body.config.hidden_size
        self.body = body
        self.answers = nn.Linear(5 * dim, 1)
        nn.init.zeros_(self.answers.weight)
        nn.init.zeros_(self.answers.bias)
        self.scale = nn.Parameter(torch.tensor(12.0))
        self.center = nn.Parameter(torch.tensor(0.85))
        self.supports = nn.Sequential(nn.Linear(4 * dim, 256), nn.Tanh(), nn.Linear(256, 3))
        self.first = nn.Linear(2 * dim, dim)
        self.last = nn.Linear(2 * dim, dim)
        self.where = nn.Parameter(torch.zeros(len(REGIONS)))
        self.nobody = nn.Linear(2 * dim, 1)

    def hidden(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The body's last states: (n, length, dim)."""
        return self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()

    def read(self, hidden: Tensor, question: Tensor, sentences: Tensor) -> Tensor:
        """How surely each sentence answers, as logits: (n, n_sentences).

        Args:
            hidden: states, (n, length, dim).
            question: weights of the question's tokens, (n, length), each row summing to 1.
            sentences: the same for each sentence, (n, n_sentences, length).
        """
        asked = torch.einsum("bl,blh->bh", question, hidden)
        said = torch.einsum("bsl,blh->bsh", sentences, hidden)
        cosine = nn.functional.cosine_similarity(said, asked[:, None], dim=-1)
        whole = hidden[:, :1].expand(-1, said.shape[1], -1)
        marks = (sentences > 0).float().argmax(-1)  # a sentence's mark, its first token: no long sentence thins it out
        mark = hidden.gather(1, marks[:, :, None].expand(-1, -1, hidden.shape[-1]))
        features = torch.cat([said, said * asked[:, None], whole, mark, mark * asked[:, None]], -1)
        return self.scale * (cosine - self.center) + self.answers(features).squeeze(-1) - 2.0

    def judge(self, hidden: Tensor, question: Tensor, sentences: Tensor) -> Tensor:
        """Supported, unsupported or contradicted, as logits: (n, 3); the last sentence is the quote."""
        stated = torch.einsum("bl,blh->bh", question, hidden)
        quoted = torch.einsum("bl,blh->bh", sentences[:, -1], hidden)
        return self.supports(torch.cat([stated, quoted, (stated - quoted).abs(), hidden[:, 0]], -1))

    def act(self, hidden: Tensor, sentences: Tensor, title: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Where the name of who acts begins and ends, (n, n_sentences, length) each, and nobody: (n, n_sentences).

        A name stands in the sentence, before it or in the title; elsewhere a place has `NOTHING`.

        Args:
            hidden: states, (n, length, dim).
            sentences: weights of each sentence's tokens, (n, n_sentences, length).
            title: which tokens are the title's, (n, length).
        """
        said = torch.einsum("bsl,blh->bsh", sentences, hidden)
        inside = sentences > 0
        mark = hidden.gather(1, inside.float().argmax(-1)[:, :, None].expand(-1, -1, hidden.shape[-1]))
        asks = torch.cat([said, mark], -1)
        size = hidden.shape[-1] ** 0.5
        region = regions(inside, title)
        bias = torch.cat([self.where, self.where.new_tensor([NOTHING])])[region]
        first = torch.einsum("bsh,blh->bsl", self.first(asks), hidden) / size + bias
        last = torch.einsum("bsh,blh->bsl", self.last(asks), hidden) / size + bias
        nobody = self.nobody(torch.cat([said, hidden[:, :1].expand_as(said)], -1)).squeeze(-1)
        return first, last, nobody


def regions(inside: Tensor, title: Tensor) -> Tensor:
    """The number in `REGIONS` of each token as seen from each sentence, one more elsewhere: (n, n_sentences, length).

    Args:
        inside: which tokens are each sentence's, (n, n_sentences, length).
        title: which tokens are the title's, (n, length).
    """
    earlier = inside.long().cumsum(1).bool() & ~inside
    previous = torch.zeros_like(inside)
    previous[:, 1:] = inside[:, :-1]
    region = torch.full(inside.shape, len(REGIONS), device=inside.device)
    region[title[:, None].expand_as(inside)] = REGIONS.index("title")
    region[earlier] = REGIONS.index("earlier")
    region[previous] = REGIONS.index("previous")
    region[inside] = REGIONS.index("sentence")
    return region


@dataclass(frozen=True)
class Batch:
    """Windows as tensors.

    ids, mask and title (which tokens are its) are (n, length); weights of the question (n, length), of sentences
    (n, n_sentences, length).
    """

    ids: Tensor
    mask: Tensor
    title: Tensor
    question: Tensor
    sentences: Tensor


def tensors(windows: Sequence[Window], device: str) -> Batch:
    """Pad windows to the longest."""
    length = max(len(window.ids) for window in windows)
    most = max(len(window.sentences) for window in windows)
    ids = torch.ones(len(windows), length, dtype=torch.long)
    mask = torch.zeros(len(windows), length, dtype=torch.long)
    title = torch.zeros(len(windows), length, dtype=torch.bool)
    question = torch.zeros(len(windows), length)
    sentences = torch.zeros(len(windows), most, length)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
        title[row, window.title[0] : window.title[1]] = True
        first, last = window.question
        question[row, first:last] = 1 / (last - first)
        for number, (first, last) in enumerate(window.sentences):
            sentences[row, number, first:last] = 1 / max(1, last - first)
    return Batch(*(tensor.to(device) for tensor in (ids, mask, title, question, sentences)))


def read_loss(model: Reader, items: Sequence[Reading], device: str) -> Tensor:
    """Each sentence right or wrong, evidence counting double, and the evidence above the rest of its window."""
    batch = tensors([item.window for item in items], device)
    logits = model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)
    labels = torch.full(logits.shape, -1.0, device=device)
    for row, item in enumerate(items):
        labels[row, : len(item.answers)] = torch.tensor(item.answers, dtype=torch.float, device=device)
    known, right = labels >= 0, labels > 0
    weight = torch.where(right, 2.0, 1.0)[known]
    loss = nn.functional.binary_cross_entropy_with_logits(logits[known], labels[known], weight=weight)
    some = right.any(1)
    if some.any():
        shown = logits.masked_fill(~known, NOTHING)[some]
        best = shown.masked_fill(~right[some], NOTHING)
        loss = loss + EVERY_RANK * (torch.logsumexp(shown, 1) - torch.logsumexp(best, 1)).mean()
    return loss


def judge_loss(model: Reader, items: Sequence[Judgement], device: str) -> Tensor:
    """Supported against the rest, and softly the two rests apart."""
    batch = tensors([item.window for item in items], device)
    logits = model.judge(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)
    labels = torch.tensor([item.label for item in items], device=device)
    supported = nn.functional.log_softmax(logits, -1)[:, 0]
    rest = torch.logsumexp(nn.functional.log_softmax(logits, -1)[:, 1:], -1)
    two = -torch.where(labels == 0, supported, rest).mean()
    return two + 0.3 * nn.functional.cross_entropy(logits, labels)


def act_loss(model: Reader, items: Sequence[Acting], device: str) -> Tensor:
    """The likelihood of any right place of a name, or of nobody where nobody acts."""
    batch = tensors([item.window for item in items], device)
    first, last, nobody = model.act(model.hidden(batch.ids, batch.mask), batch.sentences, batch.title)
    losses = []
    for row, item in enumerate(items):
        for number, names in enumerate(item.names):
            if names is None:
                continue
            begin = torch.cat([nobody[row, number : number + 1], first[row, number]])
            total = torch.logsumexp(begin, 0)
            if not names:
                losses.append(total - begin[0])
                continue
            starts = torch.tensor(sorted({place[0] + 1 for place in names}), device=device)
            ends = torch.tensor(sorted({place[1] - 1 for place in names}), device=device)
            losses.append(total - torch.logsumexp(begin[starts], 0))
            losses.append(torch.logsumexp(last[row, number], 0) - torch.logsumexp(last[row, number][ends], 0))
    return torch.stack(losses).mean() if losses else first.sum() * 0


@dataclass
class Data:
    """What is trained on, before it is laid out in windows."""

    questions: list[Asked]
    added: range  # the numbers of those questions that were written here
    near: list[list[tuple[int, int]]] | None
    statements: list[dict[str, object]]
    documents: list
    layout: Layout
    seen: float = 1.0  # so many of the other questions an epoch: less in a training that goes on with what was added


def by_length(items: list, size: int, rng: random.Random) -> list[tuple[str, list]]:
    """Batches of windows of similar length, in random order; a task takes more of its windows where they are short."""
    rng.shuffle(items)
    batches = []
    for start in range(0, len(items), size * 30):
        part = sorted(items[start : start + size * 30], key=lambda item: len(item.window.ids))
        batches += [part[first : first + size] for first in range(0, len(part), size)]
    rng.shuffle(batches)
    return batches


class Stream:
    """The batches of each task, epoch after epoch; where it stands follows from how many were taken."""

    def __init__(self, data: Data, size: int, seed: int) -> None:
        """Nothing is laid out before the first batch is asked for."""
        self._data, self._size, self._seed = data, size, seed
        self._epochs: dict[str, int] = dict.fromkeys(TASK_SHARES, -1)
        self._batches: dict[str, list] = {task: [] for task in TASK_SHARES}
        self._taken: dict[str, int] = dict.fromkeys(TASK_SHARES, 0)

    def task_of(self, step: int) -> str:
        """The task of a step."""
        return random.Random(f"{self._seed}/{step}").choices(list(TASK_SHARES), list(TASK_SHARES.values()))[0]

    def skip(self, steps: int) -> None:
        """Pass over the batches of that many steps from the first."""
        for step in range(steps):
            self.take(self.task_of(step), skipped=True)

    def take(self, task: str, *, skipped: bool = False) -> list:
        """The next batch of a task."""
        if self._taken[task] >= len(self._batches[task]):
            self._epochs[task] += 1
            self._taken[task] = 0
            rng = random.Random(f"{self._seed}/{task}/{self._epochs[task]}")
            self._batches[task] = by_length(self._epoch(task, rng), self._size * (2 if task == "judge" else 1), rng)
            if not self._batches[task]:
                raise SystemExit(f"there are no rows to learn the task {task!r} from")
        self._taken[task] += 1
        return [] if skipped else self._batches[task][self._taken[task] - 1]

    def epoch(self, task: str) -> int:
        """How many epochs of a task have begun, less one."""
        return self._epochs[task]

    def _epoch(self, task: str, rng: random.Random) -> list:
        data = self._data
        if task == "read":
            kept = [n for n in range(len(data.questions)) if rng.random() < self._share(n)]
            near = None
            if data.near:
                place = {n: m for m, n in enumerate(kept)}
                near = [[(place[o], s) for o, s in data.near[n] if o in place] for n in kept]
            return readings(data.layout, [data.questions[n] for n in kept], near, rng)
        if task == "judge":
            written = [row for row in data.statements if row["source"] == "written"]
            other = [row for row in data.statements if row["source"] != "written" and rng.random() < TRANSLATED]
            return judgements(data.layout, [*written, *map(alone, written), *other])
        return list(actings(data.layout, data.documents, rng))

    def _share(self, number: int) -> float:
        """How often a question comes in an epoch."""
        if number in self._data.added:
            return 1.0
        return self._data.seen * (1.0 if self._data.questions[number].source == "written" else OTHER_SOURCES)


LOSSES = {"read": read_loss, "judge": judge_loss, "act": act_loss}


def rate(step: int, steps: int) -> float:
    """Share of the full learning rate: a warm-up, a plateau, and a linear decay over the last part."""
    return min(step / WARM_UP, 1.0, max(0.01, (1 - step / steps) / (1 - DECAY_FROM)))


def build(start: Path, n_layers: int, dropout: float) -> Reader:
    """The reader on the lowest layers of a BERT folder; its token embeddings stay as they are."""
    body = BertModel.from_pretrained(
        str(start), add_pooling_layer=False, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0
    )
    if n_layers > len(body.encoder.layer):
        raise SystemExit(f"{start} has {len(body.encoder.layer)} layers, {n_layers} were asked for")
    body.encoder.layer = body.encoder.layer[:n_layers]
    body.config.num_hidden_layers = n_layers
    for parameter in body.embeddings.word_embeddings.parameters():
        parameter.requires_grad = False
    return Reader(body)


def begin_with(model: Reader, weights: dict[str, Tensor]) -> None:
    """Take the weights that fit; the names of the others are printed."""
    own = model.state_dict()
    fitting = {name: value.float() for name, value in weights.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(own | fitting)
    print("begins anew:", ", ".join(sorted(own.keys() - fitting.keys())) or "nothing", flush=True)


@dataclass(frozen=True)
class Plan:
    """How long to train, and in what steps."""

    steps: int
    batch: int
    rate: float
    layers: int
    dropout: float
    save_every: int
    seed: int


def train(start: Path, work: Path, data: Data, plan: Plan, earlier: Path | None = None) -> Reader:
    """Train for so many steps, or go on where the last checkpoint stands; returns the averaged weights.

    Args:
        start: a BERT folder.
        work: for checkpoints.
        data: what to train on.
        plan: how long.
        earlier: the last weights of another training to begin with; a head that has another shape there begins anew.
    """
    torch.manual_seed(plan.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = build(start, plan.layers, plan.dropout).to(device).train()
    if earlier:
        begin_with(model, torch.load(earlier, map_location=device, weights_only=True))
    learned = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    body = [parameter for name, parameter in learned.items() if name.startswith("body")]
    heads = [parameter for name, parameter in learned.items() if not name.startswith("body")]
    optimizer = torch.optim.AdamW([{"params": body}, {"params": heads}], lr=plan.rate, weight_decay=0.01)
    average = {name: parameter.detach().clone() for name, parameter in learned.items()}
    stream, step, checkpoint = Stream(data, plan.batch, plan.seed), 0, work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        average, step = kept["average"], int(kept["step"])
        stream.skip(step)
    losses: dict[str, list[float]] = {task: [] for task in TASK_SHARES}
    began, first = time.monotonic(), step
    while step < plan.steps:
        for group, factor in zip(optimizer.param_groups, (1.0, 10.0), strict=True):
            group["lr"] = plan.rate * factor * rate(step, plan.steps)
        task = stream.task_of(step)
        items = stream.take(task)
        torch.manual_seed(plan.seed * 1_000_003 + step)  # dropout follows from the step, too: going on changes nothing
        with torch.autocast(device, torch.bfloat16):
            loss = LOSSES[task](model, items, device)
        loss.backward()
        nn.utils.clip_grad_norm_(learned.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        losses[task].append(float(loss.detach()))
        keep = min(AVERAGE, step / (step + 10))
        with torch.no_grad():
            for name, parameter in learned.items():
                average[name].lerp_(parameter, 1 - keep)
        if step % 25 == 0:
            said = ", ".join(f"{name} {np.mean(found[-50:]):.4f}" for name, found in losses.items() if found)
            seconds = (time.monotonic() - began) / (step - first)
            print(
                f"step {step} of {plan.steps}, epoch {stream.epoch('read')}: {said}, {seconds:.2f} s a step", flush=True
            )
        if step % plan.save_every == 0 or step == plan.steps:
            save(work, model, average, optimizer, step)
    model.load_state_dict(model.state_dict() | average)
    return model.eval()


def save(work: Path, model: Reader, average: dict[str, Tensor], optimizer: torch.optim.Optimizer, step: int) -> None:
    """A checkpoint that appears whole or not at all; beside it the last and the averaged weights alone, in half precision."""
    whole = {"model": model.state_dict(), "average": average, "optimizer": optimizer.state_dict(), "step": step}
    last = {name: tensor.detach().half() for name, tensor in model.state_dict().items()}
    half = last | {name: tensor.half() for name, tensor in average.items()}
    for name, value in (("last.pt", last), ("average.pt", half), ("checkpoint.pt", whole)):
        partial = work / f"{name}.partial"
        torch.save(value, partial)
        partial.replace(work / name)


def read_data(
    start: Path, folder: Path, near: Path | None, page: Path | None, limit: int | None, own: Path = FOLDER
) -> Data:
    """The rows that may be trained on, and the layout with their sentences tokenised."""
    from tokenizers import Tokenizer

    layout = Layout(Tokenizer.from_file(str(start / "tokenizer.json")))
    theirs, ours, documents = trained_on(folder, limit, own)
    rows, added = theirs + ours, range(len(theirs), len(theirs) + len(ours))
    rows += read_page_questions(page)[:limit] * PAGE_TIMES if page else []
    layout.learn(sentence for row in rows for sentence in row.sentences)
    found = None
    if near:
        with np.load(near) as kept:
            found = [[(int(o), int(s)) for o, s in row if o >= 0] for row in kept["places"]]
        found += [[] for _ in range(len(rows) - len(found))]
    statements = read_judgements(folder, "train") + added_statements(documents, own)
    acted = read_acted(folder, "train") + added_actors(documents, own)
    return Data(rows, added, found, statements[:limit], acted[:limit], layout)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True, help="a BERT folder: the pretrained or fine-tuned encoder")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="last.pt of an earlier training, to begin with")
    parser.add_argument(
        "--near",
        type=Path,
        help="hard places: an .npz with ``places``, (n_rows, n, 2) of row and sentence, -1 where there is none",
    )
    parser.add_argument("--page", type=Path, help="questions written on the packaged page, to be trained on too")
    parser.add_argument("--steps", type=int, default=4_000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seen", type=float, default=1.0, help="share an epoch of the questions not written here")
    parser.add_argument("--limit", type=int, help="rows of each kind, for a rehearsal")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = read_data(options.start, data_folder(), options.near, options.page, options.limit)
    data.seen = options.seen
    plan = Plan(
        options.steps, options.batch, options.rate, options.layers, options.dropout, options.save_every, options.seed
    )
    train(options.start, options.work, data, plan, options.weights)


if __name__ == "__main__":
    main()
