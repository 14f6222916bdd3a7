"""Who acts in each passage by a trained reader, in place of whom the rules of `nmt_rag.documents.actors` find.

The reader points out a name in the text; whether it is sure enough to be shown is told by bars that were chosen on
texts it had not seen (`training/acting.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from nmt_rag import swedish
from nmt_rag.documents import actors, passages
from nmt_rag.documents.actors import Names
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.models import READER_FOLDER, Named, Reader, Sentences, calibrated, default_reader
from nmt_rag.swedish import blocks
from nmt_rag.types import Document, Passage

Namer = Literal["reader", "rules"]
_DEFINITE = re.compile(r"\w{3,}[nt]")
_WORD = re.compile(r"[\w-]+")
_LEAST_MORE = 3
"""A longer name has at least this many letters more in its word: «fritidsnämnden» for «nämnden»."""
_NOBODY = 0.9
"""At least this probable must nobody act, without the cells that hold a name, for a row to name nobody else."""
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


def named_in_steps(document: Document, found: Sequence[Passage]) -> Generator[float, None, list[Passage]]:
    """Return what `named` does; yield between how much of the document is read, from 0 to 1. Raises as `split` does."""
    lines, numbers = _lines(document.title, found)
    reader = default_reader()
    acting: list[Named] = []
    for some in reader.acting(Sentences(document.title, tuple(lines))):
        acting += some
        yield len(acting) / len(lines)
    return _with_actors(reader, document, found, acting, numbers, actor_bars())


def name_actors(reader: Reader, document: Document, found: Sequence[Passage], bars: ActorBars) -> list[Passage]:
    """Return the passages with whom the reader surely names as acting in each; nobody where it names none.

    A name that the document has a fuller form of is given in that form. The rows of a table stand each for itself:
    nobody acts in one because of another, and nobody is named where one row holds two who might.
    """
    lines, numbers = _lines(document.title, found)
    acting = reader.actors(Sentences(document.title, tuple(lines)))
    return _with_actors(reader, document, found, acting, numbers, bars)


def _with_actors(
    reader: Reader,
    document: Document,
    found: Sequence[Passage],
    acting: Sequence[Named],
    numbers: Sequence[int],
    bars: ActorBars,
) -> list[Passage]:
    """Return the passages with those who surely act in them, of whom a reader named in the lines of those numbers."""
    full = in_full(document, found, [acting[number] for number in numbers], [one.heading for one in found], bars)
    rows = [blocks.in_row(document.text, passage.start, passage.end) for passage in found]
    told = [document.title, *(passage.text for passage, row in zip(found, rows, strict=True) if not row)]
    sure: list[bool] = []
    for place, passage in enumerate(found):
        one = acting[numbers[place]]
        near = (passage.reading, *passage.heading, *told)
        sure.append(is_sure(one, bars) and (not rows[place] or any(one.name in text for text in near)))
    named = [place for place, row in enumerate(rows) if row and sure[place]]
    names = [acting[numbers[place]].name for place in named]
    for place in _with_others(reader, document.title, {place: found[place].reading for place in named}, names):
        sure[place] = False
    return [replace(passage, actors=full[place] if sure[place] else ()) for place, passage in enumerate(found)]


def _with_others(reader: Reader, title: str, rows: Mapping[int, str], names: Sequence[str]) -> list[int]:
    """Return the rows in which somebody acts for the reader also without the cells that hold the name it gave.

    In «Bygglov | Beslutar: Byggnämnden | Ersättare: Miljöchefen» it cannot tell who does what the row is about.
    """
    if not rows:
        return []
    others = [
        " | ".join(cell for cell in row.split(" | ") if name not in cell)
        for row, name in zip(rows.values(), names, strict=True)
    ]
    again = reader.actors(Sentences(title, tuple(others)))
    return [place for place, one in zip(rows, again, strict=True) if one.nobody < _NOBODY]


def in_full(
    document: Document,
    found: Sequence[Passage],
    acting: Sequence[Named],
    headings: Sequence[Sequence[str]],
    bars: ActorBars,
) -> list[tuple[str, ...]]:
    """Return the actor or actors that each name stands for, sure or not, in the fullest form of the document.

    Args:
        document: where they act.
        found: its passages.
        acting: whom a reader names, for each of some sentences.
        headings: what each of those stands under.
        bars: how sure a name must be for others to stand for it.
    """
    known = actors.of_passages(document, found)
    whole, names = actors.document_actor(document), Names(known)
    sure = (*(one.name for one in known), *(one.name for one in acting if is_sure(one, bars)))
    return [
        fullest(one.name, names, whole, under=(document.title, *heading), known=sure)
        for one, heading in zip(acting, headings, strict=True)
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


def fullest(
    name: str, names: Names, whole: str, under: Sequence[str] = (), known: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the actor or actors that a name stands for, in the fullest form of the document.

    «Nämnden» is the one that the nearest heading names («Sävby fritidsnämnd»), or that the document is about, or the
    only one of those known in it; where there is more than one, or none, it is given as it stands.

    Args:
        name: as it stands in a sentence.
        names: the actors of the document.
        whole: the one that the document is about, for «nämnden», «myndigheten»; or an empty string.
        under: the headings that the sentence stands under, the document's title first.
        known: other names of the document.
    """
    noun = name.lower() if _DEFINITE.fullmatch(name) else ""
    for heading in reversed(under) if noun else ():
        if near := _only(noun, [mention.actor for mention in names.mentions(heading)] or _phrases(noun, heading)):
            return (near,)
    if whole and tasks.GENERIC.fullmatch(name) and tasks.means(name.lower(), whole):
        return (whole,)
    if noun and (only := _only(noun, known)):
        return (only,)
    rest, mentions = name, names.mentions(name)
    for mention in reversed(mentions):
        rest = rest[: mention.start] + rest[mention.end :]
    return tuple(dict.fromkeys(mention.actor for mention in mentions)) if set(swedish.words(rest)) <= _AND else (name,)


def _only(noun: str, names: Sequence[str]) -> str:
    """Return the only name that a definite noun can point to, at its longest; an empty string where not one can."""
    heads: dict[str, str] = {}
    for name in names:
        head = _head(noun, name)
        if head:
            heads[head] = max(heads.get(head, ""), name, key=len)
    return next(iter(heads.values())) if len(heads) == 1 else ""


def _head(noun: str, name: str) -> str:
    """Return the word of a name that a definite noun repeats the end of, in lower case; or an empty string.

    «Samordnaren» repeats «SIP-samordnaren». An organisation may stand in the indefinite after a genitive: «nämnden»
    repeats «Sävby fritidsnämnd», «kommunen» repeats «Sävbys kommun».
    """
    bare = (noun[:-1], noun[:-2]) if actors.is_organisation_ending(noun) else ()
    before = ""
    for word in _WORD.findall(name.lower()):
        if word in swedish.stop_words():
            break
        if word.endswith(noun) and len(word) >= len(noun) + _LEAST_MORE:
            return str(word)
        if before and any(word == one or (word.endswith(one) and len(word) >= len(one) + _LEAST_MORE) for one in bare):
            return str(word)
        before = word
    return ""


def _phrases(noun: str, heading: str) -> list[str]:
    """Return the words of a heading that a definite noun repeats, with the place after them («… i Sävby»)."""
    found = [re.match(r"[\w-]+(?: i [A-ZÅÄÖ]\w+)?", heading[match.start() :]) for match in _WORD.finditer(heading)]
    return [match.group() for match in found if match and _head(noun, _WORD.findall(match.group())[0])]
