"""What the reader is trained on, in batches: windows of similar length, padded, epoch after epoch.

What a window's labels are is `training.tasks`' work.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt_rag import swedish
from nmt_rag.models.windows import Layout, Window
from training.additions import FOLDER, added_actors, added_statements, trained_on
from training.ahead import made_ahead
from training.questions import Asked, read_page_questions
from training.tasks import (
    NEAR_TEXT,
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

TASK_SHARES = {"read": 0.66, "judge": 0.2, "act": 0.14}
OTHER_SOURCES = 1.0  # of the questions that were not written for this project, so many a epoch
TRANSLATED = 0.3  # of the translated statements, so many an epoch, to two times the written ones
SHARED_BANDS = 5  # how many words a statement shares with its quote, in so many bands, tells nothing of its label
MOST_TIMES = 4  # and so many times at most a rare row is shown for that
PAGE_TIMES = 5  # each question on the page stands so many times in an epoch


@dataclass(frozen=True)
class Packed:
    """A batch as small arrays, padded: what a worker hands over. Spans are half-open; an empty one is no sentence."""

    ids: NDArray[np.int32]  # (n, length)
    lengths: NDArray[np.int32]  # (n,)
    question: NDArray[np.int32]  # (n, 2)
    title: NDArray[np.int32]  # (n, 2)
    sentences: NDArray[np.int32]  # (n, n_sentences, 2)
    labels: NDArray[np.int32]


def pack(windows: Sequence[Window], labels: NDArray[np.int32]) -> Packed:
    """Pad windows to the longest."""
    ids = np.ones((len(windows), max(len(window.ids) for window in windows)), np.int32)
    sentences = np.zeros((len(windows), max(len(window.sentences) for window in windows), 2), np.int32)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        sentences[row, : len(window.sentences)] = window.sentences
    spans = (np.array([getattr(window, part) for window in windows], np.int32) for part in ("question", "title"))
    return Packed(ids, np.array([len(window.ids) for window in windows], np.int32), *spans, sentences, labels)


def pack_readings(items: Sequence[Reading]) -> Packed:
    """Labels (n, n_sentences): 1 where a sentence answers, 0 where it does not, -1 where there is none."""
    labels = np.full((len(items), max(len(item.answers) for item in items)), -1, np.int32)
    for row, item in enumerate(items):
        labels[row, : len(item.answers)] = item.answers
    return pack([item.window for item in items], labels)


def pack_judgements(items: Sequence[Judgement]) -> Packed:
    """Labels (n,): the number in `LABELS`."""
    return pack([item.window for item in items], np.array([item.label for item in items], np.int32))


def pack_actings(items: Sequence[Acting]) -> Packed:
    """Labels (n, n_sentences, most, 2): the first and last token of each name, counted from 1.

    0 stands for nobody, -1 for no further name: a sentence of which nothing may be learned has nothing else.
    """
    most = max((len(names or ()) for item in items for names in item.names), default=0)
    labels = np.full((len(items), max(len(item.names) for item in items), max(1, most), 2), -1, np.int32)
    for row, item in enumerate(items):
        for number, names in enumerate(item.names):
            if names:
                labels[row, number, : len(names)] = [(first + 1, last) for first, last in names]
            elif names is not None:
                labels[row, number, 0] = 0
    return pack([item.window for item in items], labels)


PACKS = {"read": pack_readings, "judge": pack_judgements, "act": pack_actings}


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
    near_texts: float = NEAR_TEXT  # so many windows an epoch show a written question a near place of another text


def by_length(items: list, size: int, rng: random.Random) -> list[list]:
    """Batches of windows of similar length, in random order; a task takes more of its windows where they are short."""
    rng.shuffle(items)
    batches = []
    for start in range(0, len(items), size * 30):
        part = sorted(items[start : start + size * 30], key=lambda item: len(item.window.ids))
        batches += [part[first : first + size] for first in range(0, len(part), size)]
    rng.shuffle(batches)
    return batches


def epoch_items(data: Data, task: str, rng: random.Random) -> list:
    """One epoch of windows of a task."""
    if task == "read":
        shares = (
            1.0
            if number in data.added
            else data.seen * (1.0 if data.questions[number].source == "written" else OTHER_SOURCES)
            for number in range(len(data.questions))
        )
        kept = [number for number, share in enumerate(shares) if rng.random() < share]
        near = None
        if data.near:
            place = {n: m for m, n in enumerate(kept)}
            near = [[(place[o], s) for o, s in data.near[n] if o in place] for n in kept]
        return readings(data.layout, [data.questions[n] for n in kept], near, rng, data.near_texts)
    if task == "judge":
        written = evened([row for row in data.statements if row["source"] == "written"], rng)
        other = [row for row in data.statements if row["source"] != "written" and rng.random() < TRANSLATED]
        return judgements(data.layout, [*written, *map(alone, written), *other])
    return list(actings(data.layout, data.documents, rng))


def evened(rows: Sequence[dict[str, object]], rng: random.Random) -> list[dict[str, object]]:
    """Rows with the rarer label repeated where statements share equally many words with their quotes.

    False statements are often written with one word changed, true ones in words of their own: a judge that is shown them as
    they are learns that shared words speak against support.
    """
    bands: dict[tuple[int, bool], list[dict[str, object]]] = {}
    for row in rows:
        said, quote = (set(swedish.words(str(row[part]))) for part in ("statement", "quote"))
        band = min(SHARED_BANDS - 1, int(SHARED_BANDS * len(said & quote) / max(1, len(said))))
        bands.setdefault((band, row["label"] == "supported"), []).append(row)
    found: list[dict[str, object]] = []
    for (band, supported), some in bands.items():
        times = min(MOST_TIMES, max(1.0, len(bands.get((band, not supported), ())) / len(some)))
        found += [row for row in some for _ in range(int(times + rng.random()))]
    return found


def epoch_batches(data: Data, task: str, epoch: int, size: int, seed: int) -> list[Packed]:
    """One epoch of batches of a task."""
    rng = random.Random(f"{seed}/{task}/{epoch}")
    batches = by_length(epoch_items(data, task, rng), size * (2 if task == "judge" else 1), rng)
    if not batches:
        raise SystemExit(f"there are no rows to learn the task {task!r} from")
    return [PACKS[task](batch) for batch in batches]


class Stream:
    """The batches of each task, epoch after epoch; where it stands follows from how many were taken."""

    def __init__(self, data: Data, size: int, seed: int, workers: int = 0) -> None:
        """Nothing is laid out before a task is first asked for; then some epochs ahead, by about so many processes."""
        self._seed = seed
        self._epochs: dict[str, int] = dict.fromkeys(TASK_SHARES, -1)
        self._laid_out = {
            task: made_ahead(
                partial(epoch_batches, data, task, size=size, seed=seed),
                workers=min(workers, max(1, workers - 2) if task == "read" else 1),
            )
            for task in TASK_SHARES
        }
        self._batches = {task: self._one_by_one(task) for task in TASK_SHARES}

    def task_of(self, step: int) -> str:
        """The task of a step."""
        return random.Random(f"{self._seed}/{step}").choices(list(TASK_SHARES), list(TASK_SHARES.values()))[0]

    def skip(self, steps: int) -> None:
        """Pass over the batches of that many steps from the first."""
        for step in range(steps):
            self.take(self.task_of(step))

    def take(self, task: str) -> Packed:
        """The next batch of a task."""
        return next(self._batches[task])

    def epoch(self, task: str) -> int:
        """How many epochs of a task have begun, less one."""
        return self._epochs[task]

    def close(self) -> None:
        """Stop the other processes."""
        for laid_out in self._laid_out.values():
            laid_out.close()

    def _one_by_one(self, task: str) -> Iterator[Packed]:
        for number, batches in enumerate(self._laid_out[task]):
            self._epochs[task] = number
            yield from batches


def read_data(
    start: Path, folder: Path, near: Path | None, page: Path | None, limit: int | None, own: Path = FOLDER
) -> Data:
    """The rows that may be trained on, and the layout with their sentences tokenised."""
    from tokenizers import Tokenizer

    layout = Layout(Tokenizer.from_file(str(start / "tokenizer.json")))
    theirs, ours, documents = trained_on(folder, limit, own)
    rows, added = theirs + ours, range(len(theirs), len(theirs) + len(ours))
    rows += read_page_questions(page)[:limit] * PAGE_TIMES if page else []
    layout.learn(text for row in rows for text in (*row.sentences, f"query: {row.question}", f"passage: {row.title}"))
    found = None
    if near:
        with np.load(near) as kept:
            found = [[(int(o), int(s)) for o, s in row if o >= 0] for row in kept["places"]]
        found += [[] for _ in range(len(rows) - len(found))]
    statements = read_judgements(folder, "train") + added_statements(documents, own)
    acted = read_acted(folder, "train") + added_actors(documents, own)
    return Data(rows, added, found, statements[:limit], acted[:limit], layout)
