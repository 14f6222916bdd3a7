"""What every way of answering does alike: whom a passage is kept from, whom a lead line names, where a quote stands."""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag.answering.background import Background
from nmt_rag.answering.help import need
from nmt_rag.answering.question import Question
from nmt_rag.types import Hit, Passage


def for_doers(question: Question, hits: Sequence[Hit], background: Background) -> frozenset[tuple[str, int]]:
    """Return the passages that are kept away from a question: what is there for those who buy, hit or threaten.

    They are for who names such an actor, or asks about those who do it, and tells of no need of their own.
    """
    found = [(name, *background.doers(name)) for name in dict.fromkeys(hit.document_id for hit in hits)]
    named = {mention.actor for mention in background.names.mentions(question.swedish, any_case=True)}
    asked = question.text.lower()
    wanted = need.asks_of_doers(question.text) or any(
        name in named or name.lower() in asked for _, _, names in found for name in names
    )
    if wanted and not need.of(question.text):
        return frozenset()
    return frozenset((document_id, ordinal) for document_id, ordinals, _ in found for ordinal in ordinals)


def without(hits: Sequence[Hit], kept_away: frozenset[tuple[str, int]]) -> list[Hit]:
    """Return the hits that are not kept away."""
    return [hit for hit in hits if (hit.document_id, hit.passage.ordinal) not in kept_away]


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


def heading(hit: Hit) -> tuple[str, ...]:
    """Return the heading path of a hit, beginning with the title of its document."""
    path = hit.passage.heading
    return path if path and path[0] == hit.title else tuple(part for part in (hit.title, *path) if part)
