"""Hits → answer: choose the sentences that answer the question, word for word, or say that there are none.

No sentence is written here: every statement is a quote. A question is refused when it names what the sources do not
know, when no passage has the kind of thing it asks for, or when the evidence is too weak (`nmt_rag.evidence`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from nmt_rag import actors, citations, evidence, filters, holding, messages, questions, retrieval, swedish
from nmt_rag.closeness import KNOWN, likeness
from nmt_rag.encoders import Encoder
from nmt_rag.evidence import Support
from nmt_rag.index import Index
from nmt_rag.meaning import Meanings
from nmt_rag.questions import Question
from nmt_rag.types import Abstention, AbstentionReason, Answer, Document, Hit, Passage, Related, Statement

THRESHOLD = 0.6
"""The least probability of the best passage for an answer to be given; docs/quality.md has the curve."""
CANDIDATES = 30
"""How many hits are weighed as evidence."""
MAX_STATEMENTS = 8
"""An answer on all that an actor does stops here: more is a page, not an answer."""
N_RELATED = 3
LEAST_SPREAD = 0.01
"""The least standard deviation of cosines that is told from none: without embeddings all are 0."""
PLURAL_MARGIN = 0.1
"""«Vilka …?» may be answered by several sentences: those whose probability is within this of the best one's."""
ABOUT = 0.95
"""The confidence of an answer to «Vad gör …?» and its kin: the actor is found by its name."""

_PLURAL = re.compile(r"\bvilka\s+(?:\w+(?:ar|er|r)\b|myndigheter|aktörer|organisationer)", re.IGNORECASE)
_POINTER = re.compile(r"(?:Läs mer|Se även|Se vidare|Mer information|Kontakta oss|Klicka)\b")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may be cited, with what speaks for it."""

    hit: Hit
    support: Support


class _Source:
    """What answering knows of a document; the index remembers it from question to question."""

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self.document, self.passages = document, tuple(passages)

    @cached_property
    def actors(self) -> tuple[actors.Actor, ...]:
        headings = list(dict.fromkeys(title for passage in self.passages for title in passage.heading))
        return actors.find(self.document, headings, [passage.text for passage in self.passages])

    @cached_property
    def theme(self) -> frozenset[str]:
        """The words of the document's title and opening; a sentence of another section's is no opening."""
        first = self.passages[:2]
        opening = " ".join(passage.text for passage in first if passage.heading == first[0].heading)
        return frozenset(swedish.words(f"{self.document.title} {opening}"))


class _Sources:
    """What answering knows of the documents behind the hits: their text, actors and themes."""

    def __init__(self, index: Index, encoder: Encoder | None, hits: Sequence[Hit]) -> None:
        self._index = index
        self.meanings = Meanings.of(encoder) if encoder else None
        self._read: dict[str, _Source] = {}
        self.document_ids = list(dict.fromkeys(hit.document_id for hit in hits))[:8]
        self.names = actors.Names(actor for each in self.document_ids for actor in self._source(each).actors)

    def _source(self, document_id: str) -> _Source:
        if document_id not in self._read:
            source = self._index.remembered(_Source, document_id)
            if source is None:
                raise KeyError(document_id)
            self._read[document_id] = source
        return self._read[document_id]

    def document(self, document_id: str) -> Document:
        return self._source(document_id).document

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        return self._source(document_id).passages

    def involved(self, passage: Passage) -> set[str]:
        """Return the actors of a passage, and those whose names are part of theirs («Polisens … Avdelning»)."""
        parts = (mention for name in passage.actors for word in name.split() for mention in self.names.mentions(word))
        return {*passage.actors, *(mention.actor for mention in parts)}

    def theme(self, document_id: str) -> frozenset[str]:
        """Return the words of a document's title and opening."""
        return self._source(document_id).theme


def ask(
    index: Index,
    encoder: Encoder | None,
    text: str,
    *,
    where: Mapping[str, str] | None = None,
    language: str | None = None,
) -> Answer:
    """Answer a question with quotes from the index, or abstain.

    Args:
        index: the sources.
        encoder: the encoder that the index was built with, or None for words alone.
        text: the question, in Swedish or English.
        where: only use passages with these field values.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.

    Raises:
        ValueError: the language is another one.
    """
    if language not in (None, "sv", "en"):
        raise ValueError(f"language is 'sv' or 'en', got {language!r}")
    question = questions.understand(text)
    if language:
        question = replace(question, language=language)
    engine = {
        "answering": "extractive",
        "encoder": encoder.fingerprint if encoder else None,
        "index_generation": index.generation,
    }
    if not swedish.words(question.text):
        return _abstain(question, "empty_question", [], engine)
    hits = retrieval.search(index, encoder, question, k=CANDIDATES, where=where)
    if not hits:
        return _abstain(question, "no_evidence", [], engine)
    sources = _Sources(index, encoder, hits)
    chosen: list[_Candidate] = []
    reason: AbstentionReason = "no_evidence"
    named: tuple[str, ...] = ()
    for part in questions.parts(question):
        part_hits = hits if part is question else retrieval.search(index, encoder, part, k=CANDIDATES, where=where)
        found, reason = _choose(part, part_hits, sources, where or {}, named if part.leaning else ())
        named = _named(part, sources)[0] or named
        if not found:
            return _abstain(question, reason, hits, engine)
        chosen.extend(candidate for candidate in found if candidate.hit.passage not in [c.hit.passage for c in chosen])
    return _answer(question, chosen, hits, sources, engine)


def weighed(
    index: Index, encoder: Encoder | None, question: Question, *, where: Mapping[str, str] | None = None
) -> list[tuple[Hit, Support]]:
    """Return the hits that have the kind of thing a question asks for, weighed as `ask` weighs them, best first.

    None where a question asks for nothing narrower than an actor it names.
    """
    hits = retrieval.search(index, encoder, question, k=CANDIDATES, where=where)
    sources = _Sources(index, encoder, hits)
    named, rest = _named(question, sources)
    candidates = _candidates(replace(question, subject=rest), hits, named, sources) if rest else []
    able = [c for c in candidates if c.support.holds and not _POINTER.match(c.hit.passage.text)]
    return [(candidate.hit, candidate.support) for candidate in able]


def _choose(
    question: Question, hits: Sequence[Hit], sources: _Sources, where: Mapping[str, str], meant: tuple[str, ...]
) -> tuple[list[_Candidate], AbstentionReason]:
    """Return the passages that answer a question, best first, or none and why.

    ``meant`` are the actors that «där», «de» and the like stand for where the question names none itself.
    """
    named, rest = _named(question, sources)
    named = named or meant
    if _unknown(question, named, hits):
        return [], "no_evidence"
    if named and not rest:
        found = _about(question, named, sources, set(filters.wanted_keys(where)[1]))
        if found:
            return found, "no_evidence"
    if not rest and not named:
        return [], "off_topic"
    narrowed = replace(question, subject=rest)
    if question.kind == "difference" and len(named) > 1:
        return _each(narrowed, hits, named, sources), "weak_evidence"
    candidates = _candidates(narrowed, hits, named, sources)
    able = [c for c in candidates if c.support.holds and not _POINTER.match(c.hit.passage.text)] or [
        c for c in candidates if c.support.holds
    ]
    if not able:
        return [], "no_evidence"
    if question.kind == "definition":
        able.sort(key=lambda c: not c.support.defines)
    plural = _PLURAL.search(question.swedish) is not None
    lists = [
        candidate
        for candidate in (able if plural and question.kind == "actor" else ())
        if holding.introduces(candidate.hit.passage.text) and candidate.support.coverage >= able[0].support.coverage
    ]
    best = (lists or able)[0]
    if best.support.probability < THRESHOLD:
        return [], "weak_evidence" if best.support.coverage >= 0.3 else "off_topic"
    return [best, *(_others(best, able[1:]) if plural and not lists else ())], "no_evidence"


def _candidates(question: Question, hits: Sequence[Hit], named: Sequence[str], sources: _Sources) -> list[_Candidate]:
    """Return the hits in which an actor that the question names takes part, if it names any, weighed, best first."""
    concerned = [hit for hit in hits if not named or set(named) & sources.involved(hit.passage)]
    cosines = [hit.dense_score or 0.0 for hit in concerned]
    mean = sum(cosines) / max(1, len(cosines))
    spread = max(LEAST_SPREAD, (sum((each - mean) ** 2 for each in cosines) / max(1, len(cosines))) ** 0.5)
    candidates = []
    for place, hit in enumerate(concerned):
        others = max((cosine for other, cosine in enumerate(cosines) if other != place), default=cosines[place])
        support = evidence.assess(
            question,
            hit.passage,
            named=named,
            theme=sources.theme(hit.document_id) if hit.document_id in sources.document_ids else frozenset(),
            dense=(cosines[place] - mean) / spread,
            margin=cosines[place] - others,
            fused=hit.score,
            meanings=sources.meanings,
        )
        candidates.append(_Candidate(hit, support))
    return sorted(candidates, key=lambda c: (-c.support.rank, c.hit.rank))


def _others(best: _Candidate, rest: Sequence[_Candidate]) -> list[_Candidate]:
    """Return the passages that answer «vilka …?» as well as the best one does, each for another actor."""
    found: list[_Candidate] = []
    for candidate in rest:
        known = {c.hit.passage.actor for c in (best, *found)}
        near = candidate.support.probability >= max(THRESHOLD, best.support.probability - PLURAL_MARGIN)
        if near and candidate.hit.passage.actor and candidate.hit.passage.actor not in known:
            found.append(candidate)
    return found[: MAX_STATEMENTS - 1]


def _each(question: Question, hits: Sequence[Hit], named: Sequence[str], sources: _Sources) -> list[_Candidate]:
    """Return the best passage of each actor that is compared, or nothing where one of them has none."""
    found = []
    for name in named:
        own = [hit for hit in hits if hit.passage.actor == name]
        weighed = _candidates(question, own, [name], sources)
        if not weighed or weighed[0].support.probability < THRESHOLD:
            return []
        found.append(weighed[0])
    return found


def _named(question: Question, sources: _Sources) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the known actors that a question names, and its subject words without their names."""
    text = question.swedish
    mentions = sources.names.mentions(text, any_case=True)
    inside = {word for mention in mentions for word in swedish.words(text[mention.start : mention.end])}
    rest = [
        word
        for word in question.subject
        if word not in inside and not (word == question.asked and questions.is_generic(word))
    ]
    found = [mention.actor for mention in mentions]
    for word in list(rest):
        close = sources.names.nearest(word)
        if close:
            found.append(close)
            rest.remove(word)
    return tuple(dict.fromkeys(found)), tuple(rest)


def _unknown(question: Question, named: Sequence[str], hits: Sequence[Hit]) -> bool:
    """Tell whether a question names something, or gives a number, that no hit knows."""
    translated = question.language == "en"
    suspects = [
        word
        for name in question.proper
        if not translated or name in question.untranslated
        for word in swedish.words(name)
    ]
    suspects += [word for word in question.subject if word.isdigit() or actors.is_organisation(word)]
    if not suspects:
        return False
    known = {
        word
        for hit in hits
        for word in swedish.words(" ".join((hit.passage.text, hit.title, *hit.passage.heading, *hit.passage.actors)))
    }
    return any(likeness(word, known) < KNOWN for word in suspects)


def _about(question: Question, named: Sequence[str], sources: _Sources, allowed: set[str]) -> list[_Candidate]:
    """Return what the sources say of actors that a question names without asking for anything narrower.

    All that an actor does, in the order of the source, where that is asked for; else the one sentence that
    introduces it, or that holds the time, the place or whatever is asked for. ``allowed`` are the keys that a filter
    asks of a passage; the documents are those of the hits, which the filter has let through.
    """
    found: list[_Candidate] = []
    for name in named:
        own = [
            passage
            for document_id in sources.document_ids
            for passage in sources.passages(document_id)
            if name in passage.actors
            and not _POINTER.match(passage.text)
            and holding.holds(question, passage)
            and allowed <= set(filters.passage_keys(passage))
        ]
        acting = [passage for passage in own if passage.actor == name]
        everything = question.kind == "activity"
        for passage in (acting or own)[: MAX_STATEMENTS if everything else 1]:
            document = sources.document(passage.document_id)
            hit = Hit(len(found) + 1, 1.0, passage.document_id, passage, document.title, document.url)
            found.append(_Candidate(hit, Support(ABOUT, ABOUT, 1.0, (), (), True)))
    return found


def _answer(
    question: Question,
    chosen: Sequence[_Candidate],
    hits: Sequence[Hit],
    sources: _Sources,
    engine: Mapping[str, object],
) -> Answer:
    """Return the answer that quotes the chosen passages."""
    quoted = []
    statements = []
    lines = []
    acting = _acting(question, chosen, sources)
    for marker, candidate in enumerate(chosen, 1):
        passage = candidate.hit.passage
        citation = citations.cite(
            sources.document(passage.document_id),
            passage.start,
            passage.end,
            marker=marker,
            heading=_heading(candidate.hit),
            actor=passage.actor,
            score=round(candidate.support.probability, 4),
        )
        quoted.append(citation)
        statements.append(Statement(passage.text, (marker,)))
        lines.append(
            f"{passage.actor}: «{passage.text}» [{marker}]" if passage.actor else f"«{passage.text}» [{marker}]"
        )
    if question.language == "en":
        lines.append(messages.SOURCE_LANGUAGE_EN)
    cited = {(citation.document_id, citation.start) for citation in quoted}
    return Answer(
        question=question.text,
        language=question.language,
        answered=True,
        text="\n".join(lines),
        actors=acting,
        statements=tuple(statements),
        citations=tuple(quoted),
        related=_related([hit for hit in hits if (hit.document_id, hit.passage.start) not in cited]),
        confidence=round(min(candidate.support.probability for candidate in chosen), 4),
        engine=dict(engine),
    )


def _acting(question: Question, chosen: Sequence[_Candidate], sources: _Sources) -> tuple[str, ...]:
    """Return the actors that the answer names: those who act in the quotes, less those the question itself names."""
    asked = {mention.actor for mention in sources.names.mentions(question.swedish, any_case=True)}
    found: list[str] = []
    for candidate in chosen:
        passage = candidate.hit.passage
        if holding.introduces(passage.text):
            found.extend(_introduced(passage, sources))
        acting = actors.agents(passage.text, sources.names.mentions(passage.text))
        found.extend((passage.actor, *(name for name in acting if name in passage.actors)) if passage.actor else ())
    unique = list(dict.fromkeys(found))
    if question.kind in {"actor", "place"}:
        return tuple(name for name in unique if name not in asked) or tuple(unique)
    return tuple(unique)


def _introduced(passage: Passage, sources: _Sources) -> list[str]:
    """Return the actors of the sections that follow a sentence such as «… mellan följande aktörer:»."""
    level = len(passage.heading)
    found: list[str] = []
    for later in sources.passages(passage.document_id)[passage.ordinal + 1 :]:
        if later.heading[:level] != passage.heading:
            break
        for title in later.heading[level : level + 1]:
            found.extend(mention.actor for mention in sources.names.mentions(title) if mention.actor not in found)
    return found


def _heading(hit: Hit) -> tuple[str, ...]:
    """Return the heading path of a hit, beginning with the title of its document."""
    path = hit.passage.heading
    return path if path and path[0] == hit.title else tuple(part for part in (hit.title, *path) if part)


def _related(hits: Sequence[Hit]) -> tuple[Related, ...]:
    return tuple(
        Related(
            hit.document_id,
            hit.passage.actor,
            hit.passage.text,
            hit.passage.start,
            hit.passage.end,
            round(hit.score, 4),
        )
        for hit in hits[:N_RELATED]
    )


def _abstain(question: Question, reason: AbstentionReason, hits: Sequence[Hit], engine: Mapping[str, object]) -> Answer:
    message = messages.abstention(reason, question.language)
    return Answer(
        question=question.text,
        language=question.language,
        answered=False,
        text=message,
        abstention=Abstention(reason, message),
        related=_related(hits),
        engine=dict(engine),
    )
