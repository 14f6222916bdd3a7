"""Who acts in each passage by a trained reader, in place of whom the rules of `nmt_rag.documents.actors` find.

The reader points out a name in the text; whether it is sure enough to be shown is told by bars that were chosen on
texts it had not seen (`training/acting.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from nmt_rag import swedish
from nmt_rag.documents import actors, passages
from nmt_rag.documents.actors import Names
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.models import READER_FOLDER, Named, Reader, Sentences, calibrated, default_reader
from nmt_rag.types import Document, Passage

Namer = Literal["reader", "rules"]
_AND = frozenset({"och", "samt", "eller"})


@dataclass(frozen=True, slots=True)
class ActorBars:
    """A name is shown from a probability of ``name``, and where that of nobody lies below ``nobody``."""

    name: float
    nobody: float


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


def name_actors(reader: Reader, document: Document, found: Sequence[Passage], bars: ActorBars) -> list[Passage]:
    """Return the passages with whom the reader surely names as acting in each; nobody where it names none.

    A name that the document has a fuller form of is given in that form.
    """
    names, whole = Names(actors.of_passages(document, found)), actors.document_actor(document)
    lines, numbers = _lines(document.title, found)
    acting = reader.actors(Sentences(document.title, tuple(lines)))
    return [
        replace(passage, actors=fullest(acting[number].name, names, whole) if _is_sure(acting[number], bars) else ())
        for passage, number in zip(found, numbers, strict=True)
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


def _is_sure(one: Named, bars: ActorBars) -> bool:
    """Tell whether a name is sure enough to be shown; a pronoun names nobody."""
    pronoun = all(word.lower() in swedish.stop_words() for word in swedish.words(one.name))
    return one.probability >= bars.name and one.nobody < bars.nobody and not pronoun


def fullest(name: str, names: Names, whole: str) -> tuple[str, ...]:
    """Return the actor or actors that a name stands for, in the fullest form of the document.

    Args:
        name: as it stands in a sentence.
        names: the actors of the document.
        whole: the one that the document is about, for «nämnden», «myndigheten»; or an empty string.
    """
    if whole and tasks.GENERIC.fullmatch(name) and tasks.means(name.lower(), whole):
        return (whole,)
    rest, mentions = name, names.mentions(name)
    for mention in reversed(mentions):
        rest = rest[: mention.start] + rest[mention.end :]
    return tuple(dict.fromkeys(mention.actor for mention in mentions)) if set(swedish.words(rest)) <= _AND else (name,)
