"""Who acts in each passage by a trained reader, in place of whom the rules of `nmt_rag.documents.actors` find.

The reader points out a name in the text; whether it is sure enough to be shown is told by bars that were chosen on
texts it had not seen (`training/acting.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

from nmt_rag import swedish
from nmt_rag.documents import passages
from nmt_rag.documents.who_does_what import full_names
from nmt_rag.models import READER_FOLDER, Named, Reader, Sentences, calibrated, default_reader
from nmt_rag.swedish import blocks
from nmt_rag.types import Document, Passage

Namer = Literal["reader", "rules"]
_NOBODY = 0.9
"""At least this probable must nobody act, without the cells that hold a name, for a row to name nobody else."""


@dataclass(frozen=True, slots=True)
class ActorBars:
    """A name is shown from a probability of ``name``, and where that of nobody lies below ``nobody``."""

    name: float
    nobody: float


@dataclass(frozen=True, slots=True)
class _Acting:
    """Who acts in a passage: the name that stands there, and the actors that it stands for."""

    name: str
    actors: tuple[str, ...]
    in_row: bool
    """Whether the passage is a row of a table."""


@lru_cache(maxsize=4)
def actor_bars(folder: Path = READER_FOLDER) -> ActorBars:
    """Return how sure the packaged reader must be of a name. Raises as `nmt_rag.models.calibrated` does."""
    return calibrated(ActorBars, "actors", folder)


def splitting(by: Namer) -> Callable[[Document], list[Passage]]:
    """Return what splits a document into passages, and names who acts in them, by the packaged reader or by rules.

    Raises:
        ValueError: it is neither ``"reader"`` nor ``"rules"``.
    """
    if by not in get_args(Namer):
        raise ValueError(f"actors are named by 'reader' or 'rules', not by {by!r}")
    return split if by == "reader" else passages.split


def split(document: Document) -> list[Passage]:
    """Return the passages of a document with whom the packaged reader names as acting in each.

    Raises:
        ReadingError: the installed package lacks its reader.
    """
    return named(document, passages.split(document))


def named(document: Document, found: Sequence[Passage]) -> list[Passage]:
    """Return passages that are split already with whom the packaged reader names. Raises as `split` does."""
    return name_actors(default_reader(), document, found, actor_bars())


def named_in_steps(document: Document, found: Sequence[Passage]) -> Generator[float, None, list[Passage]]:
    """Return what `named` does; yield between how much of the document is read, from 0 to 1. Raises as `split` does."""
    return (yield from _in_steps(default_reader().acting, document, found, actor_bars()))


def name_actors(reader: Reader, document: Document, found: Sequence[Passage], bars: ActorBars) -> list[Passage]:
    """Return the passages with whom the reader surely names as acting in each; nobody where it names none.

    A name that the document has a fuller form of is given in that form. The rows of a table stand each for itself:
    nobody acts in one because of another, and nobody is named where one row holds two who might.
    """
    steps = _in_steps(lambda text: [reader.actors(text)], document, found, bars)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            passages_named: list[Passage] = end.value
            return passages_named


def _in_steps(
    read: Callable[[Sentences], Iterable[list[Named]]], document: Document, found: Sequence[Passage], bars: ActorBars
) -> Generator[float, None, list[Passage]]:
    """Return what `name_actors` does; yield after each part that is read which share of the document is.

    Args:
        read: who acts in each sentence of a text, some sentences at a time.
        document: where they act.
        found: its passages.
        bars: how sure a name must be.
    """
    if not found:  # headings alone
        return []
    lines, numbers = _lines(document.title, found)
    acting: list[Named] = []
    for some in read(Sentences(document.title, tuple(lines))):
        acting += some
        yield len(acting) / len(lines)
    sure = _sure(document, found, [acting[number] for number in numbers], bars)
    rows = _without_names(found, sure)
    others: list[Named] = []
    for some in read(Sentences(document.title, tuple(rows.values()))) if rows else ():
        others += some
        yield 1.0
    return _with_actors(found, sure, rows, others)


def _sure(document: Document, found: Sequence[Passage], acting: Sequence[Named], bars: ActorBars) -> dict[int, _Acting]:
    """Return who surely acts, by the number of the passage; in a row only who is named in it or outside of all rows."""
    sure = [one.name for one in acting if is_sure(one, bars)]
    full = full_names.in_full(document, found, [one.name for one in acting], [one.heading for one in found], sure)
    rows = blocks.in_rows(document.text, [(passage.start, passage.end) for passage in found])
    told = "\0".join([document.title, *(passage.text for passage, row in zip(found, rows, strict=True) if not row)])
    is_told = cache(told.__contains__)
    return {
        place: _Acting(one.name, full[place], row)
        for place, (passage, one, row) in enumerate(zip(found, acting, rows, strict=True))
        if is_sure(one, bars)
        and (not row or any(one.name in text for text in (passage.reading, *passage.heading)) or is_told(one.name))
    }


def _without_names(found: Sequence[Passage], sure: Mapping[int, _Acting]) -> dict[int, str]:
    """Return the rows in which somebody surely acts without the cells that hold the name, by the passage's number."""
    return {
        place: " | ".join(cell for cell in found[place].reading.split(" | ") if one.name not in cell)
        for place, one in sure.items()
        if one.in_row
    }


def _with_actors(
    found: Sequence[Passage], sure: Mapping[int, _Acting], rows: Mapping[int, str], others: Sequence[Named]
) -> list[Passage]:
    """Return the passages with those who surely act in them.

    A row in which somebody acts for the reader also without the name it gave has none: in «Bygglov | Beslutar:
    Byggnämnden | Ersättare: Miljöchefen» it cannot tell who does what the row is about.
    """
    unsure = {place for place, one in zip(rows, others, strict=True) if one.nobody < _NOBODY}
    return [
        replace(passage, actors=sure[place].actors if place in sure and place not in unsure else ())
        for place, passage in enumerate(found)
    ]


def _lines(title: str, found: Sequence[Passage]) -> tuple[list[str], list[int]]:
    """Return a document as the reader is shown it, headings included, and the number of each passage in it."""
    lines: list[str] = []
    numbers: list[int] = []
    heading: tuple[str, ...] = (title,)
    for passage in found:
        if passage.heading != heading:
            shared = sum(one == other for one, other in zip(passage.heading, heading, strict=False))
            lines += [one for one in passage.heading[shared:] if one != title]
            heading = passage.heading
        numbers.append(len(lines))
        lines.append(passage.reading)
    return lines, numbers


def is_sure(one: Named, bars: ActorBars) -> bool:
    """Tell whether a name is sure enough to be shown; a pronoun names nobody."""
    pronoun = all(word.lower() in swedish.stop_words() for word in swedish.words(one.name))
    return one.probability >= bars.name and one.nobody < bars.nobody and not pronoun
