"""RuleQuestion → answer: quotes of the passages that answer it, word for word, or an abstention with its reason.

No sentence is written here: every statement is a quote. Which passages answer is `nmt_rag.answering.rules.choosing`'s
to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nmt_rag import citations, swedish
from nmt_rag.answering import messages, search
from nmt_rag.answering.help import need
from nmt_rag.answering.quoting import for_doers, heading, introduced, without
from nmt_rag.answering.rules import choosing, questions
from nmt_rag.answering.rules.background import RuleBackground
from nmt_rag.answering.rules.choosing import Candidate
from nmt_rag.answering.rules.questions import RuleQuestion
from nmt_rag.answering.rules.words import holding
from nmt_rag.documents import actors
from nmt_rag.index import Index
from nmt_rag.models import Encoder
from nmt_rag.types import Abstention, AbstentionReason, Answer, Hit, Related, Statement

N_RELATED = 3


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
    return ask_with_hits(index, encoder, text, where=where, language=language)[0]


def ask_with_hits(
    index: Index,
    encoder: Encoder | None,
    text: str,
    *,
    where: Mapping[str, str] | None = None,
    language: str | None = None,
) -> tuple[Answer, list[Hit]]:
    """Return what `ask` does, and the hits that the answer was chosen from, best first: none is sought twice."""
    if language not in (None, "sv", "en"):
        raise ValueError(f"language is 'sv' or 'en', got {language!r}")
    question = questions.understand(text)
    framed = replace(question, language=language) if language else question  # what is sought stays as it was asked
    engine = {
        "answering": "extractive",
        "encoder": encoder.fingerprint if encoder else None,
        "index_generation": index.generation,
    }
    if not swedish.words(question.text):
        return _abstain(framed, "empty_question", [], engine), []
    hits = search.search(index, encoder, question.plain, k=choosing.CANDIDATES, where=where)
    if not hits:
        return _abstain(framed, "no_evidence", [], engine), []
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
            return _abstain(framed, reason, hits, engine), hits
        chosen.extend(candidate for candidate in found if candidate.hit.passage not in [c.hit.passage for c in chosen])
    return _answer(framed, chosen, hits, background, engine), hits


def _answer(
    question: RuleQuestion,
    chosen: Sequence[Candidate],
    hits: Sequence[Hit],
    background: RuleBackground,
    engine: Mapping[str, object],
) -> Answer:
    """Return the answer that quotes the chosen passages."""
    quoted = []
    statements = []
    lines = []
    acting = _acting(question, chosen, background)
    for marker, candidate in enumerate(chosen, 1):
        passage = candidate.hit.passage
        citation = citations.cite(
            background.document(passage.document_id),
            passage.start,
            passage.end,
            marker=marker,
            heading=heading(candidate.hit),
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
        related=_related(question, [hit for hit in hits if (hit.document_id, hit.passage.start) not in cited]),
        confidence=round(min(candidate.support.probability for candidate in chosen), 4),
        engine=dict(engine),
    )


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


def _related(question: RuleQuestion, hits: Sequence[Hit]) -> tuple[Related, ...]:
    hits = [hit for hit in hits if not choosing.points(hit.passage.text)]
    if need.of(question.text):  # nobody who is forced into something is shown what is there for those who buy it
        hits = [hit for hit in hits if not need.is_for_doers(hit.passage.text)]
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


def _abstain(
    question: RuleQuestion, reason: AbstentionReason, hits: Sequence[Hit], engine: Mapping[str, object]
) -> Answer:
    message = messages.abstention(reason, question.language)
    return Answer(
        question=question.text,
        language=question.language,
        answered=False,
        text=message,
        abstention=Abstention(reason, message),
        related=_related(question, hits),
        engine=dict(engine),
    )
