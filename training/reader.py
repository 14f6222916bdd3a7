"""Trains the reader: which sentences of a window answer, whether a quote carries a statement, who acts in a sentence.

Run ``python -m training.reader --start FOLDER --work FOLDER --steps 4000 [--layers 6]``; it goes on at the last checkpoint of the
work folder, exactly where it stood. One body, three heads, one task a step. A sentence is scored by the mean of its tokens
against the mean of the question's: a scaled cosine, so that the encoder's own geometry is the start, and a linear layer
over that and the sentence's mark that starts at nothing. Kin: Provence (Chirkova et al., ICLR 2025), which labels sentences for RAG.

`evaluate` measures on the development rows; fitting whether to answer is done in `training.decision`.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from training.batches import TASK_SHARES, Data, Packed, Stream, read_data
from training.clock import Clock
from training.encoder import half_precision
from training.examples import data_folder
from training.tasks import NEAR_TEXT

WARM_UP, DECAY_FROM = 120, 0.7
EVERY_RANK = 0.3  # weight of the ranking of a window's evidence above its other sentences
AVERAGE = 0.998
TOLD = 25  # steps from one line to the next
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
    """Windows as tensors, with what is known of them.

    ids, mask and title (which tokens are its) are (n, length); weights of the question (n, length), of sentences
    (n, n_sentences, length). What labels are is each task's own: `pack_readings`, `pack_judgements`, `pack_actings`.
    """

    ids: Tensor
    mask: Tensor
    title: Tensor
    question: Tensor
    sentences: Tensor
    labels: Tensor


def tensors(packed: Packed, device: str) -> Batch:
    """A batch on a device."""
    ids, lengths, question, title, sentences, labels = (
        torch.from_numpy(array).to(device, non_blocking=True)
        for array in (packed.ids, packed.lengths, packed.question, packed.title, packed.sentences, packed.labels)
    )
    place = torch.arange(ids.shape[1], device=device)

    def inside(spans: Tensor) -> Tensor:
        return (place >= spans[..., :1]) & (place < spans[..., 1:])

    def weights(spans: Tensor) -> Tensor:
        return inside(spans) / (spans[..., 1:] - spans[..., :1]).clamp(min=1)

    mask = (place < lengths[:, None]).long()
    return Batch(ids.long(), mask, inside(title), weights(question), weights(sentences), labels.long())


def read_loss(model: Reader, batch: Batch) -> Tensor:
    """Each sentence right or wrong, evidence counting double, and the evidence above the rest of its window."""
    logits = model.read(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)
    known, right = batch.labels >= 0, batch.labels > 0
    each = nn.functional.binary_cross_entropy_with_logits(logits, right.float(), reduction="none")
    loss = (each * torch.where(right, 2.0, 1.0) * known).sum() / known.sum()
    shown = logits.masked_fill(~known, NOTHING)
    above = torch.logsumexp(shown, 1) - torch.logsumexp(shown.masked_fill(~right, NOTHING), 1)
    some = right.any(1)
    return loss + EVERY_RANK * (above * some).sum() / some.sum().clamp(min=1)


def judge_loss(model: Reader, batch: Batch) -> Tensor:
    """Supported against the rest, and softly the two rests apart."""
    logits = model.judge(model.hidden(batch.ids, batch.mask), batch.question, batch.sentences)
    supported = nn.functional.log_softmax(logits, -1)[:, 0]
    rest = torch.logsumexp(nn.functional.log_softmax(logits, -1)[:, 1:], -1)
    two = -torch.where(batch.labels == 0, supported, rest).mean()
    return two + 0.3 * nn.functional.cross_entropy(logits, batch.labels)


def act_loss(model: Reader, batch: Batch) -> Tensor:
    """The likelihood of any right place of a name, or of nobody where nobody acts."""
    first, last, nobody = model.act(model.hidden(batch.ids, batch.mask), batch.sentences, batch.title)
    begin = torch.cat([nobody[:, :, None], first], -1)
    first_right, last_right = (places(batch.labels[..., side], begin.shape[-1]) for side in (0, 1))
    known, somebody = first_right.any(-1), last_right[..., 1:].any(-1)
    starts = torch.logsumexp(begin, -1) - torch.logsumexp(begin.masked_fill(~first_right, NOTHING), -1)
    ends = torch.logsumexp(last, -1) - torch.logsumexp(last.masked_fill(~last_right[..., 1:], NOTHING), -1)
    return ((starts * known).sum() + (ends * somebody).sum()) / (known.sum() + somebody.sum()).clamp(min=1)


def places(numbers: Tensor, size: int) -> Tensor:
    """Which of so many places are among the numbers, (…, most) to (…, size); a negative one is none."""
    hit = torch.zeros((*numbers.shape[:-1], size + 1), dtype=torch.bool, device=numbers.device)
    return hit.scatter(-1, torch.where(numbers < 0, size, numbers), True)[..., :size]


LOSSES = {"read": read_loss, "judge": judge_loss, "act": act_loss}


def rate(step: float, steps: int, taken: float = math.inf) -> float:
    """Share of the full learning rate: a warm-up, a plateau, and a linear decay over the last part.

    Where a clock says how far the training is, the warm-up does not run ahead of the steps that were taken before.
    """
    return min(min(step, taken + 1) / WARM_UP, 1.0, max(0.01, (1 - step / steps) / (1 - DECAY_FROM)))


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
    workers: int = 0
    minutes: float | None = None


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
    optimizer = torch.optim.AdamW(
        [{"params": body}, {"params": heads}], lr=plan.rate, weight_decay=0.01, fused=device == "cuda"
    )
    average = {name: parameter.detach().clone() for name, parameter in learned.items()}
    stream, step, checkpoint = Stream(data, plan.batch, plan.seed, plan.workers), 0, work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        average, step = kept["average"], int(kept["step"])
        stream.skip(step)
    losses: dict[str, list[Tensor]] = {task: [] for task in TASK_SHARES}
    clock, reached = Clock(plan.steps, plan.minutes, step), float(step)
    while reached < plan.steps:
        for group, factor in zip(optimizer.param_groups, (1.0, 10.0), strict=True):
            group["lr"] = plan.rate * factor * rate(reached, plan.steps, step)
        task = stream.task_of(step)
        batch = tensors(stream.take(task), device)
        torch.manual_seed(plan.seed * 1_000_003 + step)  # dropout follows from the step, too: going on changes nothing
        with half_precision(device):
            loss = LOSSES[task](model, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(learned.values(), 1.0, foreach=True)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        reached = clock.reached(step)
        losses[task].append(loss.detach())
        keep = min(AVERAGE, step / (step + 10))
        torch._foreach_lerp_(list(average.values()), [p.detach() for p in learned.values()], 1 - keep)
        if step % TOLD == 0:
            said = ", ".join(
                f"{name} {float(torch.stack(found[-50:]).mean()):.4f}" for name, found in losses.items() if found
            )
            seconds = clock.seconds_a_step(step)
            print(
                f"step {step} of {plan.steps}, epoch {stream.epoch('read')}: {said}, {seconds:.2f} s a step", flush=True
            )
        if step % plan.save_every == 0 or reached >= plan.steps:
            save(work, model, average, optimizer, step)
    stream.close()
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
    parser.add_argument("--workers", type=int, default=0, help="processes that lay windows out beside a GPU")
    parser.add_argument("--minutes", type=float, help="end by then: the rate falls with the clock")
    parser.add_argument("--near-texts", type=float, default=NEAR_TEXT, help="windows of near texts for each question")
    parser.add_argument("--limit", type=int, help="rows of each kind, for a rehearsal")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = read_data(options.start, data_folder(), options.near, options.page, options.limit)
    data.seen, data.near_texts = options.seen, options.near_texts
    plan = Plan(
        options.steps,
        options.batch,
        options.rate,
        options.layers,
        options.dropout,
        options.save_every,
        options.seed,
        options.workers,
        options.minutes,
    )
    train(options.start, options.work, data, plan, options.weights)


if __name__ == "__main__":
    main()
