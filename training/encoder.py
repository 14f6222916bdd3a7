"""Fine-tunes the pretrained encoder by contrast: a question against the sentences and passages that do not answer it.

Run ``python -m training.encoder --start FOLDER --work FOLDER --steps 500``. It goes on at the last checkpoint of the work folder and
writes the model to ``WORK/model``. The loss is InfoNCE over the batch (van den Oord et al. 2018): what answers the other questions,
other sentences of the same text and places of other texts that an encoder finds near are the negatives. A batch holds several questions to
one document, so sentence-transformers' losses do not do: they would take another answer to the same question for wrong. Here every
sentence that is known to answer a question is left out of its negatives.
"""

import argparse
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from training.additions import FOLDER, trained_on
from training.ahead import made_ahead
from training.clock import Clock
from training.examples import data_folder, pair_rows, parallel_rows
from training.pieces import PROMPTS
from training.questions import Asked, read_page_questions

SCALE = 50.0  # the pretrained model was trained at 100: its similarities lie close together
OTHER_SOURCES = 0.7  # how often a question that was not written for this project is drawn, to one that was
EACH_DOCUMENT = 4  # questions to one document in a batch
LONG_SHARE, LONG_WORDS = 0.3, (40, 110)  # so many answers are shown as whole passages of about so many words
UNTITLED = 0.25  # so many without their title
ALONE_SHARE = 0.6  # so many of the others without their neighbours
PAIRS = {
    "regeringen.se title-body": 0.3,
    "statute heading-section": 0.2,
    "interpellation question-context": 0.12,
    "docs heading-section": 0.08,
    "interpellation topic-context": 0.06,
    "word-definition": 0.05,
    "parallel": 0.19,
}
PAIRS_FIRST, PAIRS_LAST = 0.6, 0.15  # share of the batches that are pairs, at the beginning and at the end
TOKENS = 224
WARM_UP = 0.06
AVERAGE = 0.995
START, END, PAD = 0, 2, 1
CHUNK = 1024  # texts at once
TOLD = 10


def half_precision(device: str) -> torch.autocast:
    """Products in half precision, except on processors without instructions for it: there it takes eight times as long."""
    able = device != "cpu" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(device, torch.bfloat16, enabled=able)


def rate(progress: float) -> float:
    """Share of the full learning rate: linear warm-up, then linear decay to nothing."""
    return min(progress / WARM_UP, 1.0, (1 - progress) / (1 - WARM_UP) + 0.01)


@dataclass(frozen=True)
class Text:
    """Something to encode: its tokens, and which sentences of which document it shows (half-open)."""

    ids: tuple[int, ...]
    document: str
    first: int = 0
    last: int = 1


@dataclass(frozen=True)
class Example:
    """A question, what answers it, what does not, and the sentences of its document that do."""

    question: str
    ids: tuple[int, ...]
    positive: Text
    negatives: tuple[Text, ...]
    answering: frozenset[int] = frozenset({0})


@dataclass
class Data:
    """What is drawn from."""

    tokenizer: Tokenizer
    rows: list[Asked]
    near: list[list[tuple[int, int]]] | None
    pairs: dict[str, list[tuple[str, str]]]
    tokens: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the answered questions by document; tokenise every text once."""
        self.by_document: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            if row.answering:
                self.by_document.setdefault(row.document, []).append(number)
        self.documents = list(self.by_document)
        self.weights = [
            len(numbers) * (1.0 if self.rows[numbers[0]].source == "written" else OTHER_SOURCES)
            for numbers in self.by_document.values()
        ]
        written = chain.from_iterable(
            (*row.sentences, PROMPTS["query"] + row.question, PROMPTS["document"] + row.title) for row in self.rows
        )
        written = chain((PROMPTS["document"],), written)
        paired = chain.from_iterable(
            (PROMPTS["query"] + query, PROMPTS["document"] + text)
            for rows in self.pairs.values()
            for query, text in rows
        )
        for texts in (written, paired):
            self._learn(list(dict.fromkeys(texts)))

    def _learn(self, texts: list[str]) -> None:
        for encoding, text in zip(self.tokenizer.encode_batch(texts, add_special_tokens=False), texts, strict=True):
            self.tokens[text] = tuple(encoding.ids[:TOKENS])

    def text(self, row: Asked, first: int, last: int, *, titled: bool = True) -> Text:
        """Sentences below their title."""
        ids = list(self.tokens[PROMPTS["document"] + row.title * titled])
        for sentence in row.sentences[first:last]:
            ids += self.tokens[sentence]
        return Text((START, *ids[:TOKENS], END), row.document, first, last)


def passage(row: Asked, number: int, rng: random.Random) -> tuple[int, int]:
    """Where a passage of LONG_WORDS words around a sentence begins and ends, grown at random to either side."""
    first, last = number, number + 1
    words = len(row.sentences[number].split())
    enough = rng.randint(*LONG_WORDS)
    while words < enough and (first > 0 or last < len(row.sentences)):
        if first > 0 and (last == len(row.sentences) or rng.random() < 0.5):
            first -= 1
            words += len(row.sentences[first].split())
        else:
            words += len(row.sentences[last].split())
            last += 1
    return first, last


def from_question(data: Data, number: int, rng: random.Random) -> Example:
    """A question to one of its answering sentences, shown as a passage is encoded, against others of its text and elsewhere."""
    row = data.rows[number]
    answering = frozenset(row.answering)
    right = rng.choice(row.answering)
    draw = rng.random()
    reach = 0 if draw < ALONE_SHARE else 1
    titled = rng.random() >= UNTITLED

    def beside(number: int, size: int) -> tuple[int, int]:
        if draw > 1 - LONG_SHARE:
            return passage(row, number, rng)
        return max(0, number - reach), min(size, number + reach + 1)

    size = len(row.sentences)
    negatives = []
    others = [n for n in range(size) if all(abs(n - answer) > reach for answer in answering)]
    tempting = [n for n in row.tempting if n in others]
    for choices in (tempting or others, others):
        if choices:
            place = rng.choice(choices)
            first, last = beside(place, size)
            if answering.intersection(range(first, last)):
                first, last = place, place + 1
            negatives.append(data.text(row, first, last, titled=titled))
    if data.near and number < len(data.near) and data.near[number]:
        other, place = rng.choice(data.near[number])
        found = data.rows[other]
        first, last = max(0, place - reach), min(len(found.sentences), place + reach + 1)
        negatives.append(data.text(found, first, last, titled=titled))
    asked = (START, *data.tokens[PROMPTS["query"] + row.question], END)
    shown = data.text(row, *beside(right, size), titled=titled)
    return Example(row.question, asked, shown, tuple(negatives), answering)


def from_pair(data: Data, query: str, text: str) -> Example:
    """A query and its passage."""
    asked, shown = (data.tokens[PROMPTS[kind] + part] for kind, part in (("query", query), ("document", text)))
    return Example(query, (START, *asked, END), Text((START, *shown, END), text), ())


@dataclass(frozen=True)
class Batch:
    """Questions and candidates, the answer of question i being candidate i, and which are no negatives of which."""

    questions: list[tuple[int, ...]]
    candidates: list[tuple[int, ...]]
    barred: NDArray[np.bool_]  # (n_questions, n_candidates)


def batch_of(examples: Sequence[Example]) -> Batch:
    """The positives of all, then the negatives of all; what is known to answer a question is barred, but for its own answer."""
    candidates = [example.positive for example in examples] + [text for e in examples for text in e.negatives]
    barred = np.zeros((len(examples), len(candidates)), np.bool_)
    at: dict[str, list[int]] = {}
    for place, text in enumerate(candidates):
        at.setdefault(text.document, []).append(place)
    asked: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        asked.setdefault(example.question, []).append(number)
    for number, example in enumerate(examples):
        for place in at[example.positive.document]:
            text = candidates[place]
            if example.answering.intersection(range(text.first, text.last)):
                barred[number, place] = True
        for same in asked[example.question]:
            barred[number, same] = True
        barred[number, number] = False
    return Batch([example.ids for example in examples], [text.ids for text in candidates], barred)


def batch_at(data: Data, step: int, progress: float, size: int, seed: int) -> Batch:
    """The batch of a step, which follows from its number: questions of some documents, or pairs of one source."""
    rng = random.Random(f"{seed}/{step}")
    share = PAIRS_FIRST + (PAIRS_LAST - PAIRS_FIRST) * progress
    if data.pairs and rng.random() < share:
        source = rng.choices(list(data.pairs), [PAIRS[source] for source in data.pairs])[0]
        chosen = rng.sample(data.pairs[source], min(2 * size, len(data.pairs[source])))
        return batch_of([from_pair(data, query, text) for query, text in chosen])
    documents: list[str] = []
    while len(documents) < size / EACH_DOCUMENT:
        documents += rng.choices(data.documents, data.weights, k=1)
    numbers: dict[int, None] = {}
    for document in documents:
        found = data.by_document[document]
        numbers |= dict.fromkeys(rng.sample(found, min(EACH_DOCUMENT, len(found))))
    return batch_of([from_question(data, number, rng) for number in numbers])


def embed(body: BertModel, texts: Sequence[tuple[int, ...]], device: str) -> Tensor:
    """Unit means of the last states, (n_texts, dim); texts of similar length are run together."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    parts = []
    for start in range(0, len(order), CHUNK):
        some = [texts[number] for number in order[start : start + CHUNK]]
        ids = np.full((len(some), len(some[-1])), PAD, np.int64)
        for row, text in enumerate(some):
            ids[row, : len(text)] = text
        lengths = torch.tensor([len(text) for text in some]).to(device, non_blocking=True)
        shown = torch.from_numpy(ids).to(device, non_blocking=True)
        mask = torch.arange(ids.shape[1], device=device) < lengths[:, None]
        states = body(input_ids=shown, attention_mask=mask.long()).last_hidden_state.float()
        parts.append((states * mask[:, :, None]).sum(1) / lengths[:, None])
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return nn.functional.normalize(torch.cat(parts)[back.to(device)], dim=-1)


def contrast(body: BertModel, batch: Batch, device: str) -> Tensor:
    """InfoNCE of each question against the candidates that are not barred."""
    barred = torch.from_numpy(batch.barred).to(device, non_blocking=True)
    embedded = embed(body, [*batch.questions, *batch.candidates], device)
    questions, candidates = embedded[: len(batch.questions)], embedded[len(batch.questions) :]
    scores = (SCALE * questions @ candidates.T).masked_fill(barred, -1e4)
    return nn.functional.cross_entropy(scores, torch.arange(len(questions), device=device))


@dataclass(frozen=True)
class Plan:
    """How long to train, and in what steps."""

    steps: int
    batch: int
    rate: float
    save_every: int
    seed: int
    workers: int = 0
    minutes: float | None = None


def train(start: Path, work: Path, data: Data, plan: Plan) -> None:
    """Train for so many steps, or go on where the last checkpoint of the work folder stands; averaged weights are saved."""
    torch.manual_seed(plan.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    body = BertModel.from_pretrained(
        str(start), add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    body.to(device).train()
    for parameter in body.embeddings.word_embeddings.parameters():
        parameter.requires_grad = False  # rare pieces would drift from the frequent ones; the reader shares the table
    learned = {name: parameter for name, parameter in body.named_parameters() if parameter.requires_grad}
    average = {name: parameter.detach().clone() for name, parameter in learned.items()}
    optimizer = torch.optim.AdamW(learned.values(), lr=plan.rate, weight_decay=0.01, fused=device == "cuda")
    checkpoint, step = work / "checkpoint.pt", 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        body.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        average, step = kept["average"], int(kept["step"])
    losses: list[Tensor] = []
    clock, reached = Clock(plan.steps, plan.minutes, step), float(step)

    def drawn(number: int) -> Batch:
        """The batch of a step."""
        return batch_at(data, number, min(1.0, number / plan.steps), plan.batch, plan.seed)

    stream = made_ahead(drawn, step, plan.workers, each=4)
    while reached < plan.steps:
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate(reached / plan.steps)
        with half_precision(device):
            loss = contrast(body, next(stream), device)
        loss.backward()
        nn.utils.clip_grad_norm_(learned.values(), 1.0, foreach=True)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        reached = clock.reached(step)
        losses.append(loss.detach())
        keep = min(AVERAGE, step / (step + 10))
        torch._foreach_lerp_(list(average.values()), [p.detach() for p in learned.values()], 1 - keep)
        if step % TOLD == 0:
            said = float(torch.stack(losses[-50:]).mean())
            print(
                f"step {step} of {plan.steps}: loss {said:.4f}, {clock.seconds_a_step(step):.2f} s a step", flush=True
            )
        if step % plan.save_every == 0 or reached >= plan.steps:
            save(start, work, body, average, optimizer, step)
    stream.close()


def save(
    start: Path,
    work: Path,
    body: BertModel,
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    """A checkpoint that appears whole or not at all, and the model: the start's folder with the averaged weights."""
    partial = (work / "checkpoint.pt").with_suffix(".partial")
    torch.save(
        {"model": body.state_dict(), "average": average, "optimizer": optimizer.state_dict(), "step": step}, partial
    )
    partial.replace(work / "checkpoint.pt")
    shutil.copytree(start, work / "model", dirs_exist_ok=True)
    weights = body.state_dict() | average
    save_file(
        {name: tensor.cpu().contiguous() for name, tensor in weights.items()},
        work / "model" / "model.safetensors",
        metadata={"format": "pt"},
    )


def read_pairs(folder: Path, limit: int | None) -> dict[str, list[tuple[str, str]]]:
    """Swedish queries with their passages by source, and English sentences with their translation."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in pair_rows(folder):
        if row.source in PAIRS:
            found.setdefault(row.source, []).append((row.query, row.passage))
    general = [row for row in parallel_rows(folder) if not row.source.startswith("ms_") and len(row.sv.split()) > 4]
    found["parallel"] = [(row.en, row.sv) for row in general]
    return {source: rows[:limit] for source, rows in found.items() if rows}


def read_data(
    start: Path, folder: Path, near: Path | None, page: Path | None, limit: int | None, own: Path = FOLDER
) -> Data:
    """The rows that may be trained on, with their texts tokenised."""
    theirs, ours, _ = trained_on(folder, limit, own)
    rows = theirs + ours + (read_page_questions(page)[:limit] if page else [])
    found = None
    if near:
        with np.load(near) as kept:
            found = [[(int(o), int(s)) for o, s in row if o >= 0] for row in kept["places"]]
    return Data(Tokenizer.from_file(str(start / "tokenizer.json")), rows, found, read_pairs(folder, limit))


def main() -> None:
    """Fine-tune from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--near", type=Path, help="hard places, from training.mine")
    parser.add_argument("--page", type=Path, help="questions written on the packaged page, to be trained on too")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--batch", type=int, default=64, help="hundreds on a GPU")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--save-every", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw batches beside a GPU")
    parser.add_argument("--minutes", type=float, help="end by then: the rate falls with the clock")
    parser.add_argument("--limit", type=int, help="rows of each source, for a rehearsal")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = read_data(options.start, data_folder(), options.near, options.page, options.limit)
    plan = Plan(
        options.steps,
        options.batch,
        options.rate,
        options.save_every,
        options.seed,
        options.workers,
        options.minutes,
    )
    train(options.start, options.work, data, plan)


if __name__ == "__main__":
    main()
