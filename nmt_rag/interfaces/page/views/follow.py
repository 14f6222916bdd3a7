"""Questions that follow an answer, made from the text itself: «Vem» before what it says that somebody does.

They are made of `nmt_rag.documents.who_does_what.tasks`, word for word, and only those are shown that are answered.
Nothing is remembered of what others asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag.answering import question
from nmt_rag.documents import Responsibility
from nmt_rag.interfaces.markup import escape
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.types import Answer

TRIED, SHOWN = 5, 3
"""At most this many questions are asked to see whether they are answered, and this many are shown."""
LONGEST = 70
"""A longer question is none that anybody reads on a button (characters)."""


def candidates(given: Answer, rows: Sequence[Responsibility], language: str) -> list[str]:
    """Return questions that the text may answer, those nearest to the answer first, at most `TRIED`.

    What is near the question, and whom it is about, is the answer's own: what it leaves out is not asked about either.

    Args:
        given: the answer, or an abstention with what is near.
        rows: who does what in the texts.
        language: ``"sv"`` or ``"en"``; a row's words are Swedish, so that English asks for actors alone.
    """
    cited = {(one.document_id, one.start) for one in given.citations}
    near = {(one.document_id, one.start) for one in given.related}
    asked = _plain(given.question)
    named = [*given.actors, *(one.actor for one in given.related)]
    acting = {row.actor for row in rows if not _is_named(row.actor, given.question)}
    whole = [TEXTS[language]["follow_actor"].format(actor=actor) for actor in dict.fromkeys(named) if actor in acting]
    parts = [
        _who(row)
        for row in sorted(rows, key=lambda row: _place(row) not in near)
        if (_place(row) in near or row.actor in given.actors) and _place(row) not in cited
    ]
    mixed = [*whole[:2], *(parts if language == "sv" else ()), *whole[2:]]
    new = (one for one in dict.fromkeys(mixed) if one and len(one) <= LONGEST and _plain(one) not in asked)
    return list(new)[:TRIED]


def section(asked: str, wanted: Sequence[str], language: str) -> str:
    """Return the questions as buttons; an empty string where there are none.

    Args:
        asked: the question that they follow, by which the browser tells that they belong to what is shown.
        wanted: the questions.
        language: ``"sv"`` or ``"en"``.
    """
    if not wanted:
        return ""
    spoken = "sv" if language == "sv" else "en"
    buttons = "".join(
        f'<li><button type="button" data-question="{escape(one)}">{escape(one)}</button></li>' for one in wanted[:SHOWN]
    )
    title = TEXTS[language]["follow"]
    return (
        f'<section class="follow" lang="{spoken}" aria-label="{title}" data-follows="{escape(asked.strip())}">'
        f"<h3>{title}</h3><ul>{buttons}</ul></section>"
    )


def _is_named(actor: str, text: str) -> bool:
    """Tell whether a question names an actor itself, by the name or by the short one in brackets behind it."""
    forms = {actor, actor.partition(" (")[0], *re.findall(r"\(([^()]+)\)", actor)}
    return any(re.search(rf"\b{re.escape(form)}\b", text, re.IGNORECASE) for form in forms if form)


def _who(row: Responsibility) -> str:
    """Return the question for whom a row names; an empty string where its words make none.

    One verb after «Vem» is always a question; «leder därför», «roll är att» and «är öppen» may be none.
    """
    if row.negated or row.condition or row.lead or not row.task or " " in row.said or row.verb == "vara":
        return ""
    return f"Vem {row.phrase.strip().rstrip('.:;,')}?"


def _place(row: Responsibility) -> tuple[str, int]:
    return row.citation.document_id, row.citation.start


def _plain(text: str) -> str:
    return question.clean(text).casefold().strip(" ?!.")
