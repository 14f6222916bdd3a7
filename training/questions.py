"""Questions with their answering sentences, as training texts: how a sentence is shown in its context.

Reads ``train/reader_sv`` of the data folder. Sampling windows for the reader is `training.tasks`' work, not done here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt_rag.documents import passages
from nmt_rag.documents.loading import load
from nmt_rag.index import packaged
from nmt_rag.types import Document
from training.examples import read_rows


@dataclass(frozen=True)
class Asked:
    """One question to one document: its sentences in order, and which of them answer."""

    question: str
    kind: str
    source: str
    text: str  # "public", "made up" or ""
    document: str
    title: str
    sentences: tuple[str, ...]
    evidence: tuple[tuple[int, ...], ...]  # groups of sentence numbers: one of each group is needed
    tempting: tuple[int, ...]
    split: str

    @property
    def answering(self) -> tuple[int, ...]:
        """The numbers of all sentences that answer, in order; empty where nothing does."""
        return tuple(sorted({number for group in self.evidence for number in group}))


def read_questions(folder: Path) -> list[Asked]:
    """Every row of ``reader_sv``, in the order of the file."""
    return [
        Asked(
            str(row["question"]),
            str(row["kind"]),
            str(row["source"]),
            str(row.get("text") or ""),
            str(row["doc"]),
            str(row["title"] or ""),
            tuple(map(str, row["sentences"])),  # type: ignore[call-overload]
            tuple(tuple(group) for group in row["evidence"]),  # type: ignore[attr-defined]
            tuple(row["tempting"] or ()),  # type: ignore[arg-type]
            str(row["split"]),
        )
        for row in read_rows(folder / "train" / "reader_sv.jsonl.xz")
    ]


def read_page_questions(path: Path) -> list[Asked]:
    """Questions that were written on the packaged page, to train on: the page's passages below their headings, in order.

    A row of the file holds ``question``, ``kind``, ``evidence`` (groups of passages, by their text: one of each is needed) and
    ``tempting``.
    """
    (page,) = (
        found
        for found in load([packaged.packaged_corpus() / "deltagande-myndigheter.md"])
        if isinstance(found, Document)
    )
    sentences: list[str] = []
    place: dict[str, int] = {}
    path_above: tuple[str, ...] = (page.title,)
    for passage in passages.split(page):
        if passage.heading != path_above:
            new = passage.heading[len([a for a, b in zip(passage.heading, path_above, strict=False) if a == b]) :]
            sentences += [heading for heading in new if heading != page.title]
            path_above = passage.heading
        place[" ".join(passage.text.split())] = len(sentences)
        sentences.append(passage.reading)
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        numbers = [tuple(place[" ".join(text.split())] for text in group) for group in row["evidence"]]
        tempting = tuple(place[" ".join(text.split())] for text in row.get("tempting") or ())
        rows.append(
            Asked(
                row["question"],
                row["kind"],
                "written",
                "public",
                "page",
                page.title,
                tuple(sentences),
                tuple(numbers),
                tempting,
                "train",
            )
        )
    return rows


def shown(title: str, sentences: Sequence[str], number: int, reach: int) -> str:
    """A sentence below its title, with so many neighbours on each side: one line for the title, one for the text."""
    first, last = max(0, number - reach), number + reach + 1
    return "\n".join(part for part in (title, " ".join(sentences[first:last])) if part)
