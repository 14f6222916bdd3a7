"""A follow-up question → its answer, by the questions before it.

«Och gäller det även anhöriga?» is asked of what the question before it was about. The search and the reader are given
both; what would have answered the earlier question anyway is not taken for an answer to this one. No language model
rewrites anything, and nothing is stored. The answers that were given play no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

from nmt_rag.answering import answer as answering
from nmt_rag.answering import question as questions
from nmt_rag.answering.answer import Options
from nmt_rag.index import Index
from nmt_rag.models import Encoder
from nmt_rag.types import Answer, Citation, Hit

MAX_EARLIER = 3
"""So many earlier questions are read at most with a follow-up, the last ones."""


def checked(earlier: Sequence[str]) -> tuple[str, ...]:
    """Return earlier questions.

    Raises:
        TypeError: they are no sequence of texts.
    """
    if isinstance(earlier, str) or not all(isinstance(one, str) for one in earlier):
        raise TypeError("earlier is a list of questions, oldest first")
    return tuple(earlier)


def subject(earlier: Sequence[str]) -> tuple[str, ...]:
    """Return the earlier questions that tell what is talked about: from the last one that stands by itself."""
    last = list(earlier)[-MAX_EARLIER:]
    for number in range(len(last) - 1, -1, -1):
        if not questions.points_back(last[number]):
            return tuple(last[number:])
    return tuple(last)


def ask_with_hits(
    index: Index,
    encoder: Encoder | None,
    text: str,
    *,
    earlier: Sequence[str] = (),
    **options: Unpack[Options],
) -> tuple[Answer, list[Hit]]:
    """Return the answer to a question and the hits that it was chosen from, best first.

    A question that stands by itself is answered by itself. One that points back is answered with those before it; where
    that gives nothing, by itself, but only from the sections that answer what it points back to.
    ``engine["earlier"]`` holds the questions that it was read with. Arguments and errors are those of
    `nmt_rag.answering.ask_with_hits`, and

    Args:
        index: the sources.
        encoder: the encoder of the index.
        text: the question.
        earlier: the questions before it, oldest first.
        options: see `nmt_rag.answering.answer.Options`.
    """

    def asked(question: str, context: str = "") -> tuple[Answer, list[Hit]]:
        return answering.ask_with_hits(index, encoder, question, context=context, **options)

    before = subject(earlier) if questions.points_back(text) else ()
    if not before:
        return asked(text)
    together, hits = asked(text, " ".join(before))
    if not together.answered:
        alone, found = asked(text)
        if alone.answered and _sections(alone.citations) <= _sections(asked(before[0])[0].citations):
            together, hits = alone, found
    return replace(together, engine={**together.engine, "earlier": list(before)}), hits


def _sections(cited: Sequence[Citation]) -> set[tuple[str, tuple[str, ...]]]:
    return {(citation.document_id, citation.heading) for citation in cited}
