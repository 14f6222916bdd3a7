"""Answers and abstentions with their quotes, whoever worded them; which passages are kept away, which actors named.

What it needs of a document (`Background`) is worked out once, and remembered by the index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from nmt_rag import citations, swedish
from nmt_rag.answering import messages
from nmt_rag.answering.help import doers, need
from nmt_rag.answering.question import Question, parts
from nmt_rag.documents import actors, leading
from nmt_rag.index import Index, Place
from nmt_rag.types import Abstention, AbstentionReason, Answer, Document, Hit, Passage, Related, Statement

MAX_DOCUMENTS = 8
"""At most this many documents, those of the best hits, are read for the names of actors."""
N_RELATED = 3
"""At most this many passages that lie near a question are shown with its answer."""


class _Source:
    """What answering knows of a document; the index remembers it from question to question."""

    def __init__(self, document: Document, found: Sequence[Passage]) -> None:
        self.document, self.passages = document, tuple(found)

    @cached_property
    def actors(self) -> tuple[actors.Actor, ...]:
        """Who acts in the document, and who is named in it."""
        return actors.of_passages(self.document, self.passages)

    @cached_property
    def leads(self) -> dict[int, str]:
        """What passages go on from, by their ordinals."""
        return leading.leads(self.document, self.passages)

    @cached_property
    def beside(self) -> tuple[dict[int, Sequence[Passage]], ...]:
        """The sentences that passages point back to, and those after them that limit them, by their ordinals."""
        return leading.before(self.document, self.passages), leading.after(self.document, self.passages)

    @cached_property
    def doers(self) -> tuple[frozenset[int], frozenset[str]]:
        """What `doers.sections` tells of the document, by whom its sections and sentences are about, acting or not."""
        return doers.sections(actors.attribute(self.document, self.passages), self.document.title)


@lru_cache(maxsize=32)
def _names(found: tuple[actors.Actor, ...]) -> actors.Names:
    return actors.Names(found)


class Background:
    """What answering knows of the documents behind the hits: their text, passages and actors."""

    def __init__(self, index: Index, hits: Sequence[Hit]) -> None:
        self._index = index
        self._read: dict[str, _Source] = {}
        self.document_ids = list(dict.fromkeys(hit.document_id for hit in hits))[:MAX_DOCUMENTS]
        self.names = _names(tuple(actor for each in self.document_ids for actor in self._source(each).actors))

    def _source(self, document_id: str) -> _Source:
        if document_id not in self._read:
            source = self._index.remembered(_Source, document_id)
            if source is None:
                raise KeyError(document_id)
            self._read[document_id] = source
        return self._read[document_id]

    def document(self, document_id: str) -> Document:
        """Return a document of the index."""
        return self._source(document_id).document

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Return the passages of a document, in order."""
        return self._source(document_id).passages

    def reading(self, passage: Passage) -> str:
        """Return what must be read with a passage, or an empty string: what it goes on from and itself, a table's row.

        All goes on from its section («Myter: Alla väljer det själva.»), and then from a line above it
        (`nmt_rag.documents.leading.leads`).
        """
        lead, whole = self._lead(passage), citations.full_reading(passage)
        return f"{lead} {whole or passage.reading}" if lead else whole

    def told(self, passage: Passage, beside: Collection[Place] = ()) -> str:
        """Return what `reading` does, with what a passage points back to and what limits it, but what is ``beside``."""
        source = self._source(passage.document_id)
        known = {place.ordinal for place in beside if place.document_id == passage.document_id}
        led, near = source.leads.get(passage.ordinal, ""), [each.get(passage.ordinal, ()) for each in source.beside]
        before, after = ([one.reading for one in some if one.ordinal not in known] for some in near)
        before = [one for one in before if one not in led]
        if not before and not after:
            return self.reading(passage)
        said = f"{passage.reading}." if after and passage.text[-1].isalnum() else passage.reading
        return " ".join(filter(None, (self._lead(passage), *before, said, *after)))

    def _lead(self, passage: Passage) -> str:
        """Return its lead below the headings above a passage that say more than actors, the title and itself do.

        One that denies does, unless the passage or its lead denies the same; of titles only such a one is read.
        """
        source, above = self._source(passage.document_id), passage.heading
        title, lead = source.document.title, source.leads.get(passage.ordinal, "")
        leads_itself = bool(lead and above) and lead.startswith(citations.headed(above[-1]))
        said = _meanings((passage.text, lead, *passage.actors))
        known = [said | _meanings([title]), *[said] * len(above)]
        outer = zip(above[:-1] if leads_itself else above, known, strict=False)
        denying = {one for one in (title, *above) if swedish.denies_more(one, passage.text, lead)}
        kept = [one for one, told in outer if one in denying or (one != title and not self._meaning(one) <= told)]
        path = citations.inwards([title, *kept] if title in denying.difference(kept) else kept, " › ")
        if leads_itself:
            return f"{path} › {lead}" if path else lead
        return " ".join(filter(None, (path and citations.headed(path), lead)))

    def _meaning(self, heading: str) -> set[str]:
        """Return what the words of a heading mean that are no function words and name no actor."""
        empty = swedish.stop_words() - swedish.NEGATIONS
        return _meanings(word for word in swedish.words(self.names.beside(heading)) if word.lower() not in empty)

    def doers(self, document_id: str) -> tuple[frozenset[int], frozenset[str]]:
        """Return which passages are there for those who buy, hit or threaten, and whose they are (`doers.sections`)."""
        return self._source(document_id).doers


def _meanings(texts: Iterable[str]) -> set[str]:
    return {meaning for text in texts for meaning in swedish.meanings(text)}


def readings(index: Index, hits: Sequence[Hit]) -> list[str]:
    """Return what must be read with each hit, or an empty string; see `Background.reading`."""
    background = Background(index, hits)
    return [background.reading(hit.passage) for hit in hits]


def check_language(language: str | None) -> None:
    """Raise ValueError for the language of a frame that there is none in."""
    if language not in (None, "sv", "en"):
        raise ValueError(f"language is 'sv' or 'en', got {language!r}")


def for_doers(question: Question, hits: Sequence[Hit], background: Background) -> frozenset[Place]:
    """Return the passages that are kept away from a question: what is there for those who buy, hit or threaten.

    They are for who names such an actor, or asks about those who do it, and tells of no need of their own.
    """
    found = {name: background.doers(name) for name in dict.fromkeys(hit.document_id for hit in hits)}
    named = _named(question, background.names)
    return frozenset(Place(*one) for one in doers.kept_away(question.text, named, found))


def without(hits: Sequence[Hit], kept_away: frozenset[Place]) -> list[Hit]:
    """Return the hits that are not kept away."""
    return [hit for hit in hits if Place(hit.document_id, hit.passage.ordinal) not in kept_away]


def introduced(passage: Passage, background: Background) -> list[str]:
    """Return the actors of the sections that follow a sentence such as «… mellan följande aktörer:»."""
    level = len(passage.heading)
    found: list[str] = []
    for later in background.passages(passage.document_id)[passage.ordinal + 1 :]:
        if later.heading[:level] != passage.heading:
            break
        for title in later.heading[level : level + 1]:
            found.extend(mention.actor for mention in background.names.mentions(title) if mention.actor not in found)
    return found


def related(
    asked: str, hits: Sequence[Hit], reading: Callable[[Passage], str] = citations.full_reading
) -> tuple[Related, ...]:
    """Return the first hits that may be shown to whoever asks; ``reading`` gives what must be read with each."""
    if doers.seeks_sex(asked):  # who looks for the exploited is shown what is there for buyers, and no place of theirs
        hits = [hit for hit in hits if doers.is_for_doers(hit.passage.text)]
    elif need.of(asked):  # nobody who is forced into something is shown what is there for those who buy it
        hits = [hit for hit in hits if not doers.is_for_doers(hit.passage.text)]
    return tuple(
        Related(
            hit.document_id,
            hit.passage.actor,
            hit.passage.text,
            hit.passage.start,
            hit.passage.end,
            round(hit.score, 4),
            reading(hit.passage),
        )
        for hit in hits[:N_RELATED]
    )


def answered(
    question: Question,
    quoted: Sequence[tuple[Hit, float]],
    hits: Sequence[Hit],
    document: Callable[[str], Document],
    *,
    reading: Callable[[Passage], str] = citations.full_reading,
    told: Callable[[Passage], str] | None = None,
    actors: tuple[str, ...],
    confidence: float,
    engine: Mapping[str, Any],
    uncertain: bool = False,
) -> Answer:
    """Return the answer that quotes some passages.

    Args:
        question: in the language of the frame around the quotes.
        quoted: the passages, each with how probable it is that it answers.
        hits: what else was found; what is not quoted lies near.
        document: gives a document by its id.
        reading: gives what must be read with a passage.
        told: the same with the sentences it points back to, which are no statements of the answer's text.
        actors: whom the answer names.
        confidence: how probable it is that the answer is right.
        engine: what answered.
        uncertain: whether it lies below the normal bar.
    """
    lines = [messages.uncertain(question.language)] if uncertain else []
    cited, statements = [], []
    for marker, (hit, probability) in enumerate(quoted, 1):
        passage = hit.passage
        citation = citations.cite_passage(
            document(passage.document_id),
            passage,
            marker=marker,
            actor=passage.actor,
            score=round(probability, 4),
            reading=(told or reading)(passage),
        )
        cited.append(citation)
        statements.append(Statement(passage.text, (marker,)))
        who = f"{passage.actor}: " if passage.actor else ""
        lines.append(f"{who}{citations.quoted(passage.text, reading(passage))} [{marker}]")
    if question.language == "en":
        lines.append(messages.SOURCE_LANGUAGE_EN)
    places = {(citation.document_id, citation.start) for citation in cited}
    others = [hit for hit in hits if (hit.document_id, hit.passage.start) not in places]
    return Answer(
        question=question.text,
        language=question.language,
        answered=True,
        text="\n".join(lines),
        actors=actors,
        statements=tuple(statements),
        citations=tuple(cited),
        related=related(question.text, others, told or reading),
        confidence=round(confidence, 4),
        engine=dict(engine),
        uncertain=uncertain,
    )


def abstained(
    question: Question,
    reason: AbstentionReason,
    hits: Sequence[Hit],
    engine: Mapping[str, Any],
    *,
    reading: Callable[[Passage], str] = citations.full_reading,
    confidence: float = 0.0,
) -> Answer:
    """Return the abstention for a reason, with what lies near."""
    message = messages.abstention(reason, question.language)
    return Answer(
        question=question.text,
        language=question.language,
        answered=False,
        text=message,
        abstention=Abstention(reason, message),
        related=related(question.text, hits, reading),
        confidence=round(confidence, 4),
        engine=dict(engine),
    )


def asked_for(question: Question, found: Sequence[str], names: actors.Names) -> tuple[str, ...]:
    """Return the actors that an answer names; to «who?» alone none that the question names, if there are others."""
    unique = tuple(dict.fromkeys(found))
    if not question.seeks or len(parts(question)) > 1:
        return unique
    named = _named(question, names)
    return tuple(name for name in unique if name not in named) or unique


def _named(question: Question, names: actors.Names) -> set[str]:
    """Return the actors that a question names.

    A name of several words is one where it is written as a name: «köpare av sexuella tjänster» are people, whatever
    KAST is short for.
    """
    asked = question.swedish
    found = names.mentions(asked, any_case=True)
    return {one.actor for one in found if " " not in asked[one.start : one.end] or asked[one.start].isupper()}
