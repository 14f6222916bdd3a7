"""Hits → the passages that answer a question, or none and why: the choice, and every reason to refuse it.

How well one passage answers is `nmt_rag.answering.rules.evidence`'s to say; what is made of the choice is
`nmt_rag.answering.rules.answering`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nmt_rag import swedish
from nmt_rag.answering import search
from nmt_rag.answering.help import need
from nmt_rag.answering.rules import evidence, questions
from nmt_rag.answering.rules.background import RuleBackground
from nmt_rag.answering.rules.evidence import Support
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words import holding
from nmt_rag.answering.rules.words.closeness import KNOWN, SAME, likeness
from nmt_rag.documents import actors
from nmt_rag.index import Index, filters
from nmt_rag.models import Encoder
from nmt_rag.swedish import terms
from nmt_rag.types import AbstentionReason, Hit

THRESHOLD = 0.6
"""The least probability of the best passage for an answer to be given; docs/quality.md has the curve."""
TOLD = 0.85
"""The same for a sentence that asks nothing: «Jag vill söka bygglov» may be answered, «han köpte mig» not by chance."""
CANDIDATES = 20
"""How many hits are weighed as evidence."""
MAX_STATEMENTS = 8
"""An answer on all that an actor does stops here: more is a page, not an answer."""
FEW = 3
"""With fewer words than this a question that leans on «där» has nothing to stand on by itself."""
MENTIONED = 0.3
"""A source that covers so much of a question mentions what it is about; below it, the question is off topic."""
WHOLE = 0.92
"""A sentence that names many answers a question for one only where it covers so much of it."""
LEAST_SPREAD = 0.01
"""The least standard deviation of cosines that is told from none: without embeddings all are 0."""
PLURAL_MARGIN = 0.1
"""«Vilka …?» may be answered by several sentences: those whose probability is within this of the best one's."""
ABOUT = 0.95
"""The confidence of an answer to «Vad gör …?» and its kin: the actor is found by its name."""

_PLURAL = re.compile(r"\bvilka\s+(?:\w+(?:ar|er|r)\b|myndigheter|aktörer|organisationer)", re.IGNORECASE)
_ENGLISH_NAME = re.compile(
    r"\b(?:[A-Z][a-z]+ )+(?:Authority|Agency|Board|Court|Office|Service|Services|Department|Council|Inspectorate)\b"
)
_POINTER = re.compile(r"(?:Läs mer|Se även|Se vidare|Mer information|Kontakta oss|Klicka)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be cited, with what speaks for it."""

    hit: Hit
    support: Support


def weighed(
    index: Index, encoder: Encoder | None, question: RuleQuestion, *, where: Mapping[str, str] | None = None
) -> list[tuple[Hit, Support]]:
    """Return the hits that have the kind of thing a question asks for, weighed as `ask` weighs them, best first.

    None where a question asks for nothing narrower than an actor it names.
    """
    hits = search.search(index, encoder, question.plain, k=CANDIDATES, where=where)
    background = RuleBackground(index, encoder, hits)
    named, rest = named_actors(question, background)
    candidates = candidates_of(replace(question, subject=rest), hits, named, background) if rest else []
    return [(candidate.hit, candidate.support) for candidate in _able(candidates)]


def choose(
    question: RuleQuestion,
    hits: Sequence[Hit],
    background: RuleBackground,
    where: Mapping[str, str],
    *,
    named: tuple[str, ...],
    rest: tuple[str, ...],
) -> tuple[list[Candidate], AbstentionReason]:
    """Return the passages that answer a question, best first, or none and why.

    Args:
        question: what is asked.
        hits: where the answer may stand, best first.
        background: what is known of their documents.
        where: the filter that the hits have passed.
        named: the actors that the question names, or that «där», «de» and the like stand for in it.
        rest: its subject words without their names; see `named_actors`.
    """
    if names_the_unknown(question, named, hits):
        near = candidates_of(replace(question, subject=rest), hits, named, background) if rest else []
        return [], "no_evidence" if named or _mentioned(near) else "off_topic"
    if question.closed and not rest:
        return [], "no_evidence"
    if named and not rest:
        found = _about(question, named, background, set(filters.wanted_keys(where)[1]))
        return found, "no_evidence"
    if not rest or (question.leaning_alone and not named and len(rest) < FEW):
        return [], "off_topic"
    told = need.tells(question.text)
    if told and need.of(question.text):  # «Min man slår mig» asks nothing: no quote is near enough to it
        return [], "no_evidence"
    narrowed = replace(question, subject=rest)
    if question.kind == "difference":
        if len(named) < 2:
            return [], "no_evidence"
        return _each(narrowed, hits, named, background), "weak_evidence"
    candidates = candidates_of(narrowed, hits, named, background)
    if question.kind == "actor" and question.deed in narrowed.subject and named:
        # «Vem leder NOA?» asks for another one than NOA.
        candidates = [c for c in candidates if set(c.hit.passage.actors) - set(named)]
    able = _able(candidates) or [candidate for candidate in candidates if candidate.support.holds]
    if question.kind == "definition":
        able.sort(key=lambda c: not c.support.defines)
    plural = _PLURAL.search(question.swedish) is not None
    if not plural:  # «… mellan följande aktörer:» names many, where one is asked for
        whole = 2.0 if question.closed else WHOLE
        able = [c for c in able if not holding.introduces(c.hit.passage.text) or c.support.coverage >= whole]
    mentioned = named or _mentioned(candidates)
    if not able:
        return [], "no_evidence" if mentioned else "off_topic"
    lists = [
        candidate
        for candidate in (able if plural and question.kind == "actor" else ())
        if holding.introduces(candidate.hit.passage.text) and candidate.support.coverage >= able[0].support.coverage
    ]
    best = (lists or able)[0]
    if best.support.probability < (TOLD if told else THRESHOLD):
        return [], "weak_evidence" if mentioned else "off_topic"
    return [best, *(_others(best, able[1:]) if plural and not lists else ())], "no_evidence"


def candidates_of(
    question: RuleQuestion, hits: Sequence[Hit], named: Sequence[str], background: RuleBackground
) -> list[Candidate]:
    """Return the hits in which an actor that the question names takes part, if it names any, weighed, best first."""
    concerned = [hit for hit in hits if not named or set(named) & background.involved(hit.passage)]
    if question.closed and len(named) > 1:  # «Anmäler KAST köpare till polisen?» asks what KAST does
        concerned = [hit for hit in concerned if hit.passage.actor == named[0]]
    cosines = [hit.dense_score or 0.0 for hit in concerned]
    mean = sum(cosines) / max(1, len(cosines))
    spread = max(LEAST_SPREAD, (sum((each - mean) ** 2 for each in cosines) / max(1, len(cosines))) ** 0.5)
    candidates = []
    for hit, cosine in zip(concerned, cosines, strict=True):
        support = evidence.assess(
            question,
            hit.passage,
            named=named,
            theme=background.theme(hit.document_id),
            dense=(cosine - mean) / spread,
            fused=hit.score,
            meanings=background.meanings,
            known=background.words_about(hit.passage),
        )
        candidates.append(Candidate(hit, support))
    return sorted(candidates, key=lambda c: (-c.support.rank, c.hit.rank))


def _mentioned(candidates: Sequence[Candidate]) -> bool:
    """Tell whether a source mentions what a question is about."""
    return any(candidate.support.coverage >= MENTIONED for candidate in candidates)


def points(text: str) -> bool:
    """Tell whether a sentence only points to where more stands: «Läs mer om …»."""
    return _POINTER.match(text) is not None


def _able(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that hold what is asked for, and do not just point to it («Läs mer om …»)."""
    return [each for each in candidates if each.support.holds and not points(each.hit.passage.text)]


def _others(best: Candidate, rest: Sequence[Candidate]) -> list[Candidate]:
    """Return the passages that answer «vilka …?» as well as the best one does, each for another actor."""
    found: list[Candidate] = []
    for candidate in rest:
        known = {c.hit.passage.actor for c in (best, *found)}
        near = candidate.support.by_itself >= max(THRESHOLD, best.support.by_itself - PLURAL_MARGIN)
        if near and candidate.hit.passage.actor and candidate.hit.passage.actor not in known:
            found.append(candidate)
    return found[: MAX_STATEMENTS - 1]


def _each(
    question: RuleQuestion, hits: Sequence[Hit], named: Sequence[str], background: RuleBackground
) -> list[Candidate]:
    """Return the best passage of each actor that is compared, or nothing where one of them has none."""
    found = []
    for name in named:
        own = [hit for hit in hits if hit.passage.actor == name]
        weighed = candidates_of(question, own, [name], background)
        if not weighed or weighed[0].support.probability < THRESHOLD:
            return []
        found.append(weighed[0])
    return found


def named_actors(question: RuleQuestion, background: RuleBackground) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the known actors that a question names, and its subject words without their names."""
    text = question.swedish
    mentions = background.names.mentions(text, any_case=True)
    inside = {word for mention in mentions for word in swedish.words(text[mention.start : mention.end])}
    rest = [
        word
        for word in question.subject
        if word not in inside and not (word == question.asked and questions.is_generic(word))
    ]
    found = [mention.actor for mention in mentions]
    for word in list(rest):
        close = background.names.nearest(word)
        if close:
            found.append(close)
            rest.remove(word)
    return tuple(dict.fromkeys(found)), tuple(rest)


def names_the_unknown(question: RuleQuestion, named: Sequence[str], hits: Sequence[Hit]) -> bool:
    """Tell whether a question names something, or gives a number, that no hit knows."""
    translated = question.language == "en"
    if any(not terms.is_known_name(match.group()) for match in _ENGLISH_NAME.finditer(question.text)):
        return True
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
    return any(likeness(word, known) < (SAME if actors.is_organisation(word) else KNOWN) for word in suspects)


def _about(
    question: RuleQuestion, named: Sequence[str], background: RuleBackground, allowed: set[str]
) -> list[Candidate]:
    """Return what the sources say of actors that a question names without asking for anything narrower.

    All that an actor does, in the order of the source, where that is asked for; else the one sentence that
    introduces it, or that holds the time, the place or whatever is asked for. ``allowed`` are the keys that a filter
    asks of a passage; the documents are those of the hits, which the filter has let through.
    """
    found: list[Candidate] = []
    for name in named:
        own = [
            passage
            for document_id in background.document_ids
            for passage in background.passages(document_id)
            if name in passage.actors
            and (question.kind == "place" or not points(passage.text))
            and holding.holds(question, passage)
            and allowed <= set(filters.passage_keys(passage))
        ]
        acting = [passage for passage in own if passage.actor == name]
        everything = question.kind == "activity"
        for passage in (acting or own)[: MAX_STATEMENTS if everything else 1]:
            document = background.document(passage.document_id)
            hit = Hit(len(found) + 1, 1.0, passage.document_id, passage, document.title, document.url)
            found.append(Candidate(hit, Support(ABOUT, ABOUT, 1.0, (), (), True)))
    return found
