"""The three things the reader learns, as training items: which sentences answer, whether a quote carries a statement, who acts.

Every item is a window with its labels; how they are drawn is decided here, the loss in `training.reader`.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from nmt_rag.models.reader import WHO
from nmt_rag.models.windows import Layout, Window
from training.examples import read_rows
from training.questions import Asked

LABELS = ("supported", "unsupported", "contradicted")
ELSEWHERE = 0.2  # so many answered questions are also shown a place of the same text without the answer
OTHER_TEXT = 0.25  # so many are also shown another text
NEAR_TEXT = 0.5  # the same, or more than one, where it is known which other texts an encoder finds near


@dataclass(frozen=True)
class Reading:
    """A window, and for each sentence whether it answers."""

    window: Window
    answers: tuple[bool, ...]


@dataclass(frozen=True)
class Judgement:
    """A statement and a quote (the last sentence of the window), and the number of its label."""

    window: Window
    label: int


@dataclass(frozen=True)
class Acting:
    """A window, and for each sentence the places of the names of who acts: None where nothing may be learned of it."""

    window: Window
    names: tuple[tuple[tuple[int, int], ...] | None, ...]


def grow(
    layout: Layout, question: str, title: str, sentences: Sequence[str], around: int, rng: random.Random
) -> Window:
    """A window grown at random to either side of a sentence until it is full."""
    room = layout.room(question, title)
    first = last = around
    used = layout.length(sentences[around])
    while True:
        sides = [
            place
            for place in (first - 1, last + 1)
            if 0 <= place < len(sentences) and used + layout.length(sentences[place]) <= room
        ]
        if not sides:
            return layout.window(question, title, sentences[first : last + 1], first)
        place = rng.choice(sides)
        used += layout.length(sentences[place])
        first, last = min(first, place), max(last, place)


def reading(layout: Layout, row: Asked, around: int, rng: random.Random) -> Reading:
    """A window of a question's own text."""
    window = grow(layout, row.question, row.title, row.sentences, around, rng)
    answering = set(row.answering)
    return Reading(window, tuple(window.first + n in answering for n in range(len(window.sentences))))


def readings(
    layout: Layout,
    rows: Sequence[Asked],
    near: Sequence[Sequence[tuple[int, int]]] | None,
    rng: random.Random,
    near_texts: float = NEAR_TEXT,
) -> list[Reading]:
    """One epoch: each question around its answer or what tempts, some beside it, some against another text.

    Args:
        layout: for the windows.
        rows: the questions.
        near: for each row, places ``(row, sentence)`` in other texts that an encoder finds near; None: any place.
        rng: draws.
        near_texts: so many windows of near places for each question.
    """
    items: list[Reading] = []
    for number, row in enumerate(rows):
        right = row.answering
        items.append(reading(layout, row, rng.choice(right or row.tempting or range(len(row.sentences))), rng))
        if rng.random() < ELSEWHERE:
            far = [n for n in range(len(row.sentences)) if all(abs(n - answer) > 1 for answer in right)]
            tempting = [n for n in row.tempting if n in far]
            if far:
                items.append(reading(layout, row, rng.choice(tempting or far), rng))
        more = near_texts if near else OTHER_TEXT
        for _ in range(int(more + rng.random()) if row.source == "written" else 0):
            if near and near[number]:
                other_row, place = rng.choice(near[number])
                other = rows[other_row]
            else:
                other = rng.choice(rows)
                place = rng.randrange(len(other.sentences))
            if other.document != row.document:
                window = grow(layout, row.question, other.title, other.sentences, place, rng)
                items.append(Reading(window, (False,) * len(window.sentences)))
    return items


def judgements(layout: Layout, rows: Sequence[dict[str, object]]) -> list[Judgement]:
    """Each statement with its quote and the sentence before it."""
    return [
        Judgement(
            layout.statement(
                str(row["statement"]), str(row["title"] or ""), str(row["before"] or ""), str(row["quote"])
            ),
            LABELS.index(str(row["label"])),
        )
        for row in rows
    ]


def alone(row: dict[str, object]) -> dict[str, object]:
    """The same statement and quote without title and the sentence before."""
    return row | {"title": "", "before": ""}


def read_judgements(folder: Path, split: str) -> list[dict[str, object]]:
    """The rows of ``judge_sv`` of one split."""
    return [row for row in read_rows(folder / "train" / "judge_sv.jsonl.xz") if row["split"] == split]


@dataclass(frozen=True)
class Acted:
    """A whole document with who acts in each of its sentences."""

    title: str
    sentences: tuple[str, ...]
    actors: tuple[tuple[str, ...], ...]


def read_acted(folder: Path, split: str) -> list[Acted]:
    """The documents of ``actors_sv`` of one split."""
    rows = [row for row in read_rows(folder / "train" / "actors_sv.jsonl.xz") if row["split"] == split]
    rows.sort(key=lambda row: (str(row["doc"]), int(str(row["number"]))))
    documents = []
    for _, group in groupby(rows, key=lambda row: row["doc"]):
        found = list(group)
        documents.append(
            Acted(
                str(found[0]["title"] or ""),
                tuple(str(row["sentence"]) for row in found),
                tuple(tuple(map(str, row["actors"])) for row in found),  # type: ignore[call-overload]
            )
        )
    return documents


def places(layout: Layout, window: Window, name: str, number: int) -> list[tuple[int, int]]:
    """Where a name stands in a window, as spans of tokens: in the sentence, else before it, else in the title."""
    spellings = {
        tuple(layout.tokens(form)) for form in (name, name[:1].upper() + name[1:], name[:1].lower() + name[1:])
    }
    start, end = window.sentences[number]
    for first, last in ((start, end), (window.title[1], start), window.title):
        found = [
            (place, place + len(spelling))
            for spelling in spellings
            if spelling
            for place in range(first, last - len(spelling) + 1)
            if window.ids[place : place + len(spelling)] == spelling
        ]
        if found:
            return found
    return []


def actings(layout: Layout, documents: Sequence[Acted], rng: random.Random) -> Iterator[Acting]:
    """One epoch of windows over the documents, each begun at a random sentence."""
    for document in documents:
        first = 0
        while first < len(document.sentences):
            window = layout.window(WHO, document.title, document.sentences[first:], first)
            names: list[tuple[tuple[int, int], ...] | None] = []
            for n in range(len(window.sentences)):
                actors = document.actors[first + n]
                found = [place for actor in actors for place in places(layout, window, actor, n)]
                names.append(tuple(found) if found or not actors else None)
            yield Acting(window, tuple(names))
            first += max(1, rng.randint(len(window.sentences) // 2, len(window.sentences)))
