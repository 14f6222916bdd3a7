"""RuleQuestion → answer: quotes of the passages that answer it, word for word, or an abstention with its reason.

No sentence is written here: every statement is a quote. Which passages answer is `nmt_rag.answering.rules.choosing`'s
to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nmt_rag import swedish
from nmt_rag.answering import search
from nmt_rag.answering.quoting import (
    abstained,
    answered,
    check_language,
    extractive,
    for_doers,
    introduced,
    without,
)
from nmt_rag.answering.rules import choosing, questions
from nmt_rag.answering.rules.background import RuleBackground
from nmt_rag.answering.rules.choosing import Candidate
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words import holding
from nmt_rag.documents import actors
from nmt_rag.index import Index
from nmt_rag.models import Encoder
from nmt_rag.types import AbstentionReason, Answer, Hit


def ask_with_hits(
    index: Index,
    encoder: Encoder | None,
    text: str,
    *,
    where: Mapping[str, str] | None = None,
    language: str | None = None,
) -> tuple[Answer, list[Hit]]:
    """Answer a question with quotes from the index, or abstain; and return the hits that were chosen from, best first.

    Args:
        index: the sources.
        encoder: the encoder that the index was built with, or None for words alone.
        text: the question, in Swedish or English.
        where: only use passages with these field values.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.

    Raises:
        ValueError: the language is another one.
    """
    check_language(language)
    question = questions.understand(text)
    framed = replace(question, language=language) if language else question  # what is sought stays as it was asked
    engine = extractive(index, encoder)
    if not swedish.words(question.text):
        return abstained(framed, "empty_question", [], engine), []
    hits = search.search(index, encoder, question.plain, k=choosing.CANDIDATES, where=where)
    if not hits:
        return abstained(framed, "no_evidence", [], engine), []
    background = RuleBackground(index, encoder, hits)
    kept_away = for_doers(question.plain, hits, background)
    hits = without(hits, kept_away)
    chosen: list[Candidate] = []
    reason: AbstentionReason = "no_evidence"
    named: tuple[str, ...] = ()
    for part in questions.parts(question):
        part_hits = hits
        if part is not question:
            part_hits = without(
                search.search(index, encoder, part.plain, k=choosing.CANDIDATES, where=where), kept_away
            )
        own, rest = choosing.named_actors(part, background)
        meant = own or (named if part.leaning else ())
        found, reason = choosing.choose(part, part_hits, background, where or {}, named=meant, rest=rest)
        named = own or named
        found = [one for one in found if (one.hit.document_id, one.hit.passage.ordinal) not in kept_away]
        if not found:
            return abstained(framed, reason, _pointing_nowhere(hits), engine), hits
        chosen.extend(candidate for candidate in found if candidate.hit.passage not in [c.hit.passage for c in chosen])
    return answered(
        framed,
        [(one.hit, one.support.probability) for one in chosen],
        _pointing_nowhere(hits),
        background.document,
        actors=_acting(framed, chosen, background),
        confidence=min(one.support.probability for one in chosen),
        engine=engine,
    ), hits


def _pointing_nowhere(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that say something themselves, and not where it stands."""
    return [hit for hit in hits if not choosing.points(hit.passage.text)]


def _acting(question: RuleQuestion, chosen: Sequence[Candidate], background: RuleBackground) -> tuple[str, ...]:
    """Return the actors that the answer names: those who act in the quotes, less those the question itself names."""
    asked = {mention.actor for mention in background.names.mentions(question.swedish, any_case=True)}
    found: list[str] = []
    for candidate in chosen:
        passage = candidate.hit.passage
        if holding.introduces(passage.text):
            found.extend(introduced(passage, background))
        mentions = background.names.mentions(passage.text)
        agent = holding.agent(question.deed, passage.text)
        if agent is not None:  # «… utses av byggherren», «det är rektorn som beslutar»: no other one does it
            found.extend(mention.actor for mention in mentions if agent[0] <= mention.start < agent[1])
            continue
        if _somebody_else_does(question, candidate.hit, mentions):
            continue
        acting = (
            [] if question.kind == "activity" else actors.agents(passage.text, mentions)
        )  # «Vad gör …?» names its own
        found.extend((passage.actor, *(name for name in acting if name in passage.actors)) if passage.actor else ())
    unique = list(dict.fromkeys(found))
    if question.kind in {"actor", "place"}:
        return tuple(name for name in unique if name not in asked) or tuple(unique)
    return tuple(unique)


def _somebody_else_does(question: RuleQuestion, hit: Hit, mentions: Sequence[actors.Mention]) -> bool:
    """Tell whether a sentence names its own doer, and its actor stands in the text before it only.

    «Kommunen sköter skolan. Rektorn leder arbetet.»: it is not the municipality that leads.
    """
    actor, above = hit.passage.actor, " ".join((hit.title, *hit.passage.heading)).lower()
    if question.kind != "actor" or actor.lower() in above or any(mention.actor == actor for mention in mentions):
        return False
    return holding.somebody_does(question.deed, hit.passage.text)
