"""Documents → who does what: actor, verb, task and the sentence that says so, by rules over the text.

Each row is quoted, none is inferred: a sentence whose subject or verb the rules of
`nmt_rag.documents.who_does_what.clauses` do not know gives no row. What a row leaves out («om …», «inte») stands in its
citation, and in ``condition`` and ``negated``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from nmt_rag import citations, swedish
from nmt_rag.documents import actors, leading
from nmt_rag.documents.who_does_what import clauses
from nmt_rag.documents.who_does_what.clauses import Subject
from nmt_rag.documents.who_does_what.predicates import Act
from nmt_rag.progress import counted
from nmt_rag.types import Citation, Document, Passage

GENERIC = re.compile(
    r"\b(?:myndigheten|verket|nämnden|rådet|inspektionen|institutet|delegationen|kommissionen|kommittén|domstolen|styrelsen|"
    r"museet|universitetet|högskolan|anstalten|beredningen|fonden|centret|kansliet|akademin|byrån|stiftelsen|kliniken|"
    r"jouren|enheten|avdelningen|föreningen|förbundet|nätverket|teamet|mottagning(?:en|arna))(s?)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:De|Dessa|Han|Hon)\b")
_JOINS = re.compile(r"\s*(?:,|och|eller|samt|,?\s*[a-zåäö-]+(?:er|or|ar)\s+(?:och|eller))\s*")
_OMITTED = " … "


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Something that the text says an actor does.

    ``verb`` is the infinitive, for filtering; ``said`` the words of the text with it («ska samordna»), with «…» where
    words between them are left out; ``task`` what follows, word for word, or what it is done to («Stöd» ges av …);
    ``condition`` what the sentence begins with instead of the actor («Om det finns särskilda skäl»); ``negated``
    whether the actor does *not* do it. ``phrase`` is all of that to be read, in the order of the sentence. ``citation``
    is the sentence; ``lead`` the one before a list that its item goes on from, or None. ``section`` is what must be
    read before the phrase: the headings above it, and the line above its list («Det här gör vi inte:»), but for those
    that say nothing that the row does not say itself.
    """

    actor: str
    verb: str
    said: str
    task: str
    condition: str
    negated: bool
    phrase: str
    citation: Citation
    lead: Citation | None = None
    section: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a dictionary that JSON can hold."""
        names = ("actor", "verb", "said", "task", "condition", "negated", "section", "phrase")
        row = {name: getattr(self, name) for name in names}
        return {**row, "citation": self.citation.to_dict(), "lead": self.lead.to_dict() if self.lead else None}


@dataclass(frozen=True, slots=True)
class _Lead:
    """A sentence, or an item of a list, that a list goes on from: its act, what is said before it, and its phrase."""

    passage: Passage
    act: Act
    before: str
    phrase: str

    @property
    def said(self) -> str:
        """All that is said up to the list."""
        text, pieces = self.passage.text, self.act.said
        said = _OMITTED.join(text[start:end] for start, end in pieces)
        return " ".join(part for part in (self.before, said, text[slice(*self.act.task)]) if part)


class Shelf(Protocol):
    """Documents and their passages; an index is one."""

    def documents(self) -> Iterator[Document]:
        """Yield the documents."""
        ...

    def passages(self, document_id: str) -> list[Passage]:
        """Return the passages of a document, in the order of its text."""
        ...


def of_index(index: Shelf) -> list[Responsibility]:
    """Return who does what in the documents of an index, in the order of the texts; `chosen` filters them."""
    documents = counted(index.documents(), "Reading", "documents", wanted=False)
    return [row for document in documents for row in of_document(document, index.passages(document.id))]


def of_document(document: Document, passages: Sequence[Passage]) -> list[Responsibility]:
    """Return who does what in a document, in the order of its text.

    Args:
        document: the text.
        passages: its passages with their actors, as `nmt_rag.documents.passages.split` returns them.
    """
    names = actors.Names(_known(document, passages))
    whole = actors.document_actor(document)
    found: list[Responsibility] = []
    leads: list[_Lead] = []
    above = leading.leads(document, passages)

    def add(rows: list[Responsibility], first: Passage) -> None:
        """Add rows that begin with what a passage says."""
        section = _section(document, first, above.get(first.ordinal, ""), names) if rows else ""
        found.extend(replace(row, section=section) for row in rows)

    for number, passage in enumerate(passages):
        following = passages[number + 1] if number + 1 < len(passages) else None
        goes_on = passage.text[-1:] not in ".!?,;" and following is not None and _is_item(document, following)
        if leads and _is_item(document, passage) and passage.heading == leads[0].passage.heading:
            rows, leads = _item(document, passage, leads, whole, goes_on=goes_on)
            add(rows, leads[0].passage)
            continue
        leads = []
        acts = clauses.acts(passage.text, _subjects(passage, passages[number - 1] if number else None, names, whole))
        if acts and goes_on and acts[-1].opened:
            leads = [_Lead(passage, acts[-1], "", _phrase(passage.text, acts[-1]))]
            acts = [act for act in acts if act.said != acts[-1].said]
        for act in acts:
            if act.verb:
                add(_rows(document, passage, act, whole), passage)
    return found


def _section(document: Document, passage: Passage, lead: str, names: actors.Names) -> str:
    """Return what must be read before a row: headings, and what its list goes on from, without what the row says.

    No word of a heading is too small to count: «Det här gör vi inte» has none but such. A heading that denies is left
    out only where the row denies the same; of titles only such a one is read.
    """
    said = {swedish.stem(word) for text in (passage.text, *passage.actors) for word in swedish.words(text)}
    lead = lead.removeprefix(citations.headed(passage.heading[-1])).strip() if passage.heading else lead
    above = (document.title, *passage.heading, lead)
    denying = {one for one in above if swedish.denies_more(one, passage.text, "" if one == lead else lead)}
    told = [one for one in passage.heading if one != document.title or one in denying]
    told = [document.title, *told, lead] if document.title in denying.difference(told) else [*told, lead]
    kept = [
        one for one in told if one in denying or not set(map(swedish.stem, swedish.words(names.beside(one)))) <= said
    ]
    return citations.headed(" › ".join(kept)) if kept else ""


def _known(document: Document, passages: Sequence[Passage]) -> list[actors.Actor]:
    """Return the actors that a document's headings and sentences tell of, and those that its passages have else."""
    told = actors.of_passages(document, passages)
    named = dict.fromkeys(actor.name for actor in told)
    others = dict.fromkeys(name for passage in passages for name in passage.actors if name not in named)
    return [*told, *map(actors.Actor, others)]


def chosen(rows: Iterable[Responsibility], *, actor: str = "", word: str = "") -> list[Responsibility]:
    """Return the rows that are asked for.

    Args:
        rows: who does what.
        actor: words that the actor's name holds, in upper or lower case, in any of their forms; empty is all.
        word: beginnings of words that the verb, task or condition holds; empty is all.

    What is given but holds no word, such as «!», is found nowhere.
    """
    stems, starts = set(map(swedish.stem, swedish.words(actor))), swedish.words(word)
    if (actor.strip() and not stems) or (word.strip() and not starts):
        return []
    return [
        row
        for row in rows
        if stems.issubset(map(swedish.stem, swedish.words(row.actor)))
        and _begin(starts, swedish.words(f"{row.verb} {row.said} {row.task} {row.condition}"))
    ]


def _begin(starts: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether each start begins some word: «förund» is in «leder förundersökningen»."""
    return all(any(word.startswith(start) for word in words) for start in starts)


def _subjects(passage: Passage, previous: Passage | None, names: actors.Names, whole: str) -> list[Subject]:
    """Return whoever is named in a passage, «myndigheten» and «de» included, actors that are listed together as one."""
    text = passage.text
    found = [Subject(mention.start, mention.end, (mention.actor,)) for mention in names.mentions(text)]
    for match in GENERIC.finditer(text):
        meant = next((name for name in (passage.actor, whole) if name and means(match.group().lower(), name)), "")
        if meant and not any(one.start < match.end() and match.start() < one.end for one in found):
            found.append(Subject(match.start(), match.end() - len(match.group(1)), (meant,)))
    if passage.actor:
        pronoun = _PRONOUN.match(text)
        before = names.mentions(previous.text)[:1] if previous and previous.paragraph == passage.paragraph else ()
        if pronoun and not found and any(not one.start and one.actor == passage.actor for one in before):
            found.append(Subject(pronoun.start(), pronoun.end(), (passage.actor,)))
    joined: list[Subject] = []
    for subject in sorted(found, key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last and subject.actors == last.actors[-1:] and text[last.end : subject.start].strip() == "(":
            continue  # KAST (Köpare av sexuella tjänster)
        if last and _JOINS.fullmatch(text[last.end : subject.start]):
            joined.pop()
            subject = Subject(last.start, subject.end, tuple(dict.fromkeys((*last.actors, *subject.actors))))
        joined.append(subject)
    return joined


def means(word: str, actor: str) -> bool:
    """Tell whether «myndigheten» or «verket» can be another word for an actor."""
    stem = re.sub(r"(?:en|et|arna|n)s?$", "", word)
    return stem == "myndighet" or stem in actor.lower()


def _is_item(document: Document, passage: Passage) -> bool:
    """Tell whether a passage is an item of a list: it begins with a small letter, or has a list mark before it."""
    line = document.text.rfind("\n", 0, passage.start) + 1
    return passage.text[:1].islower() or swedish.list_mark_length(document.text[line : passage.end]) > 0


def _rows(document: Document, passage: Passage, act: Act, whole: str) -> list[Responsibility]:
    """Return a row for each actor of an act who acts in the passage, or whom the whole document is about."""
    return [
        Responsibility(
            actor=name,
            verb=act.verb,
            said=_OMITTED.join(passage.text[start:end] for start, end in act.said),
            task=passage.text[slice(*act.task)],
            condition=passage.text[slice(*act.condition)],
            negated=act.negated,
            phrase=_phrase(passage.text, act),
            citation=cite(document, passage, name),
        )
        for name in act.actors
        if name in (*passage.actors, whole)
    ]


def _item(
    document: Document, passage: Passage, leads: list[_Lead], whole: str, *, goes_on: bool
) -> tuple[list[Responsibility], list[_Lead]]:
    """Return what an item of a list adds to the sentence before the list, and what the next item goes on from.

    Args:
        document: the text.
        passage: the item.
        leads: the sentence before the list, and the items that this one may go on from.
        whole: whom the whole document is about, or an empty string.
        goes_on: whether the item has no end of its own and another one follows.
    """
    acts: list[Act] = []
    for lead in reversed(leads):
        acts = clauses.continued(passage.text, lead.act)
        if acts:
            leads = leads[: leads.index(lead) + 1]
            break
    lead = leads[-1]
    if acts and goes_on and acts[-1].opened and lead.act.opened == "infinitive":
        leads = [*leads, _Lead(passage, acts[-1], lead.said, f"{lead.phrase} {_phrase(passage.text, acts[-1])}")]
        acts = [act for act in acts if act.said != acts[-1].said]
    found = []
    for act in acts:
        for row in _rows(document, passage, act, whole):
            said = " ".join(part for part in (lead.said, row.said) if part)
            condition = leads[0].passage.text[slice(*leads[0].act.condition)]
            cited = cite(document, lead.passage, row.actor)
            phrase = f"{lead.phrase} {row.phrase}"
            found.append(replace(row, said=said, condition=condition, phrase=phrase, lead=cited))
    return found, leads


def _phrase(text: str, act: Act) -> str:
    """Return condition, what is said and task in the order of the sentence, «…» for the words between them."""
    phrase, last = "", 0
    for start, end in sorted(span for span in (act.condition, *act.said, act.task) if span[0] < span[1]):
        gap = text[last:start]
        phrase += ("" if not phrase else _OMITTED if re.search(r"\w", gap) else gap or " ") + text[start:end]
        last = end
    return phrase


def cite(document: Document, passage: Passage, actor: str) -> Citation:
    """Return the citation of a whole passage for one actor."""
    return citations.cite_passage(document, passage, marker=1, actor=actor, score=1.0)
