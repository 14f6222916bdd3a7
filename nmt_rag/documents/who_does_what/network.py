"""Who does what → how actors are tied to one another: who coordinates, supports, leads or works with whom.

Each tie is quoted. It is read from the rows of `nmt_rag.documents.who_does_what.tasks` (and from a sentence that says
that a network is made up of the actors of the sections after it); a sentence that names the other side only in passing
ties nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from nmt_rag.documents import actors
from nmt_rag.documents.actors import Actor
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.documents.who_does_what.sentence import is_genitive
from nmt_rag.documents.who_does_what.tasks import Responsibility
from nmt_rag.types import Citation, Document, Passage

RelationKind = Literal["samordnar", "samverkar", "stödjer", "leder", "ingår"]
"""What ties two actors; «ingår» ties a member to the network that it is part of."""
KINDS: dict[str, RelationKind] = {
    **dict.fromkeys(("samordna", "koordinera", "sammankalla"), "samordnar"),
    **dict.fromkeys(("samverka", "samarbeta", "samråda"), "samverkar"),
    **dict.fromkeys(("stödja", "stöda", "bistå", "biträda", "hjälpa"), "stödjer"),
    **dict.fromkeys(("leda", "styra"), "leder"),
}
"""What each verb (infinitive) says of two actors."""
_BY_NOUN = (
    ("samordnar", re.compile(r"\b\w*samordning(?:en)? av\b")),
    ("samverkar", re.compile(r"\b\w*(?:samverkan|samarbete|samråd) med\b")),
    ("stödjer", re.compile(r"\b\w*stöd(?:et)? (?:till|åt)\b")),
    ("leder", re.compile(r"\bledning(?:en)? av\b")),
)
"""The same said with a noun: «ansvarar för samordningen av NMT», «ger metodstöd till frivilligorganisationer»."""
_GIVES = frozenset("ansvara ge erbjuda lämna svara tillhandahålla bedriva ha".split())
_STOP = re.compile(
    r"[.;:]|\b(?:i|om|för|genom|vid|när|på|inom|under|enligt|som|så|vilka|där|utifrån|till|åt|av|mot|från|hos)\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?!andra\b|övriga\b)[a-zåäö-]{2,}(?:organisation(?:er|erna)|region(?:er|erna)|förening(?:ar|arna)|kommun(?:er|erna))\b|"
    r"\b(?:kommuner(?:na)?|regioner(?:na)?|länsstyrelser(?:na)?)\b"
)
"""Actors that are only named together: «polisregionerna», «frivilligorganisationer»."""
_NETWORK = re.compile(r"\b([A-ZÅÄÖ][\w-]*(?: [a-zåäö][\w-]*){1,7}) \(([A-ZÅÄÖ]{2,7})\)")
_TEAM = re.compile(r"(?:team|nätverk|samverkan|råd|grupp|forum)(?:et|en)?$")
_TOGETHER = re.compile(r"\b(?:samverka\w*|samarbeta\w*|samverkan|samarbete)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relation:
    """One tie: ``source`` does what ``kind`` says to or with ``target``; ``group`` where that is no single actor."""

    source: str
    kind: RelationKind
    target: str
    group: bool
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        """Return the relation as a dictionary that JSON can hold."""
        row = {name: getattr(self, name) for name in ("source", "kind", "target", "group")}
        return {**row, "citation": self.citation.to_dict()}


def of_document(
    document: Document, passages: Sequence[Passage], rows: Sequence[Responsibility] | None = None
) -> list[Relation]:
    """Return the ties that a document tells of, each once, in the order of its text.

    Args:
        document: the text.
        passages: its passages, as `nmt_rag.documents.passages.split` returns them.
        rows: who does what in it, where that is known already.
    """
    known = actors.of_passages(document, passages)
    names = actors.Names((*known, *_networks(passages, known)))
    found = [*_made_up_of(document, passages, names)]
    rows = tasks.of_document(document, passages) if rows is None else rows
    for row in rows:
        if not row.negated:
            found += _of_row(row, names)
    found += _together(rows)
    return list({(tie.source, tie.kind, tie.target): tie for tie in reversed(found)}.values())[::-1]


def _of_row(row: Responsibility, names: actors.Names) -> Iterator[Relation]:
    """Yield the ties of one row: its object, or what stands behind «med» and its kin."""
    kind = KINDS.get(row.verb)
    if kind:
        yield from _ties(row, kind, _object(row.task, row.said, kind), names)
    elif row.verb.split()[0] in _GIVES:
        for other, pattern in _BY_NOUN:
            match = pattern.search(row.task)
            if match:
                yield from _ties(row, other, _until(row.task[match.end() :]), names)  # type: ignore[arg-type]


def _object(task: str, said: str, kind: RelationKind) -> str:
    """Return the part of a task that names the other side."""
    if kind == "samverkar":
        match = re.match(r"(?:\w+ )?med\b", task)
        return _until(task[match.end() :]) if match else _until(task) if said.endswith(" med") else ""
    return _until(task)


def _until(text: str) -> str:
    """Return a text up to the next preposition or clause."""
    stop = _STOP.search(text)
    return text[: stop.start()] if stop else text


def _ties(row: Responsibility, kind: RelationKind, zone: str, names: actors.Names) -> Iterator[Relation]:
    """Yield the ties of a row to the actors and groups that are named in a part of its task."""
    mentions = names.mentions(zone)
    for mention in mentions:
        after = zone[mention.end :]
        whole = after[:1] != "-" and not re.match(r"\s+[A-ZÅÄÖ]", after)  # not «Aktiebolaget Svensk Exportkredit»
        if mention.actor != row.actor and whole and not _owns(zone, mention):
            yield Relation(row.actor, kind, mention.actor, False, row.citation)
    for match in _GROUP.finditer(zone):
        if not any(mention.start < match.end() and match.start() < mention.end for mention in mentions):
            yield Relation(row.actor, kind, match.group(), True, row.citation)


def _owns(text: str, mention: actors.Mention) -> bool:
    """Tell whether a name only owns what is spoken of: «Polismyndighetens arbete»."""
    genitive = is_genitive(text[mention.start : mention.end], (mention.actor,))
    return genitive and re.match(r"\s+\w", text[mention.end :]) is not None


def _together(rows: Sequence[Responsibility]) -> Iterator[Relation]:
    """Yield the ties of several actors that are the subject of one verb: «Polis och åklagare samarbetar»."""
    for first, second in pairwise(rows):
        same = (first.verb, first.citation.start, first.task) == (second.verb, second.citation.start, second.task)
        if same and KINDS.get(first.verb) == "samverkar" and not first.negated and not first.task.startswith("med "):
            yield Relation(first.actor, "samverkar", second.actor, False, first.citation)


def _made_up_of(document: Document, passages: Sequence[Passage], names: actors.Names) -> Iterator[Relation]:
    """Yield the ties of a network to the actors of the sections after «… i samverkan mellan följande aktörer:»."""
    for passage in passages:
        mentions = names.mentions(passage.text)
        if not (mentions and passage.text.endswith(":") and _TOGETHER.search(passage.text)):
            continue
        level = len(passage.heading)
        after = (one.heading for one in passages[passage.ordinal + 1 :] if one.heading[:level] == passage.heading)
        for title in dict.fromkeys(heading[level] for heading in after if len(heading) > level):
            for name in dict.fromkeys(mention.actor for mention in names.mentions(title)):
                if name != mentions[0].actor:
                    citation = tasks.cite(document, passage, mentions[0].actor)
                    yield Relation(name, "ingår", mentions[0].actor, False, citation)


def _networks(passages: Sequence[Passage], known: Sequence[Actor]) -> Iterator[Actor]:
    """Yield the teams and networks that a text explains an acronym of: «Nationellt metodstödsteam … (NMT)»."""
    taken = {alias for actor in known for alias in (actor.name, *actor.aliases)}
    for passage in passages:
        for match in _NETWORK.finditer(passage.text):
            name, acronym = match.groups()
            if acronym not in taken and any(_TEAM.search(word.lower()) for word in name.split()):
                yield Actor(f"{name} ({acronym})", (acronym,))
