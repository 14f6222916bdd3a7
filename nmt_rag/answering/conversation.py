"""A follow-up question → its answer, by the questions before it.

«Och gäller det även anhöriga?» is asked of what the question before it was about: so says the packaged encoder's
embedding of it. The search and the reader are given both; what would have answered the earlier question anyway is not
taken for an answer to this one. No language model rewrites anything, and nothing is stored. The answers that were given
play no part.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Unpack

import numpy as np

from nmt_rag.answering import answer as answering
from nmt_rag.answering import question as questions
from nmt_rag.answering.answer import Options
from nmt_rag.index import Index
from nmt_rag.models import Encoder, default_encoder
from nmt_rag.types import Answer, Citation, Hit

MAX_EARLIER = 3
"""At most this many earlier questions are read with a follow-up, the last ones."""
FOLLOW_UPS = Path(__file__).with_name("follow_ups.json")
"""What `Leaning` is read from; `training.follow_ups` writes it."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """A logistic regression: above 0, a question is understood only from those before it.

    ``encoder`` is the fingerprint of the encoder whose embeddings the ``weights`` are for: (dim,).
    """

    encoder: str
    weights: tuple[float, ...]
    bias: float


@lru_cache(maxsize=1)
def leaning() -> Leaning:
    """Return the weights that come with the package."""
    row = json.loads(FOLLOW_UPS.read_text(encoding="utf-8"))
    return Leaning(row["encoder"], tuple(row["weights"]), row["bias"])


def leans(question: str) -> bool:
    """Tell whether a question is understood only from those before it: «Och gäller det även anhöriga?», «Till vem?».

    Raises:
        TypeError: the question is no string.
        EncodingError: the installed package lacks its encoder.
    """
    text = questions.understand(question).text
    model = leaning()
    return bool(text) and float(np.dot(default_encoder().encode_query(text), model.weights)) + model.bias > 0.0


def subject(earlier: Sequence[str]) -> tuple[str, ...]:
    """Return the earlier questions that tell what is talked about: from the last one that stands by itself."""
    last = list(earlier)[-MAX_EARLIER:]
    for number in range(len(last) - 1, -1, -1):
        if not leans(last[number]):
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

    A question that stands by itself is answered by itself. One that leans is answered with those before it; where that
    gives nothing, by itself, but only from the sections that answer what it leans on.
    ``engine["earlier"]`` holds the questions that it was read with. Arguments and errors are those of
    `nmt_rag.answering.ask_with_hits`, and

    Args:
        index: the sources.
        encoder: the encoder of the index.
        text: the question.
        earlier: the questions before it, oldest first.
        options: see `nmt_rag.answering.answer.Options`.
    """

    def answer_to(question: str, context: str = "") -> tuple[Answer, list[Hit]]:
        """Return what is answered to a question, read with the ones before it where there are any."""
        return answering.ask_with_hits(index, encoder, question, context=context, **options)

    before = subject(earlier) if earlier and leans(text) else ()
    if not before:
        return answer_to(text)
    together, hits = answer_to(text, " ".join(before))
    if not together.answered:
        alone, hits_alone = answer_to(text)
        if alone.answered and _goes_on(alone.citations, answer_to(before[0])[0].citations):
            together, hits = alone, hits_alone
    return replace(together, engine={**together.engine, "earlier": list(before)}), hits


def _goes_on(cited: Sequence[Citation], earlier: Sequence[Citation]) -> bool:
    """Tell whether an answer stands in the sections of an earlier one, and is not that one again."""
    return _sections(cited) <= _sections(earlier) and cited[0].quote != earlier[0].quote


def _sections(cited: Sequence[Citation]) -> set[tuple[str, tuple[str, ...]]]:
    return {(citation.document_id, citation.heading) for citation in cited}
