"""What follows an answer: whose words its quotes are, its buttons, and questions made from the text itself.

A question is «Vem» before what the text says that somebody does, made of `nmt_rag.documents.who_does_what.tasks`, word
for word, and only those are shown that are answered. Nothing is remembered of what others asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.answering import question
from nmt_rag.documents import Responsibility
from nmt_rag.interfaces.markup import escape
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.types import Answer, Citation

TRIED, SHOWN = 5, 3
"""At most this many questions are asked to see whether they are answered, and this many are shown."""
LONGEST = 70
"""A longer question is none that anybody reads on a button (characters)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, the actor that its answer must name, and the sentence that it must cite, where it is made of one."""

    question: str
    actor: str
    place: tuple[str, int] | None = None

    def is_answered_by(self, given: Answer) -> bool:
        """Tell whether an answer is the one that the question was made for: «Vem …?» may well have another."""
        cited = {(one.document_id, one.start) for one in given.citations}
        return given.answered and self.actor in given.actors and (self.place is None or self.place in cited)


def candidates(given: Answer, rows: Sequence[Responsibility], language: str) -> list[Candidate]:
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
    acting = {row.actor for row in rows if not is_named(row.actor, given.question)}
    whole = [
        Candidate(TEXTS[language]["follow_actor"].format(actor=actor), actor)
        for actor in dict.fromkeys(named)
        if actor in acting
    ]
    parts = [
        Candidate(_who(row), row.actor, _place(row))
        for row in sorted(rows, key=lambda row: _place(row) not in near)
        if (_place(row) in near or row.actor in given.actors) and _place(row) not in cited
    ]
    mixed = [*whole[:2], *(parts if language == "sv" else ()), *whole[2:]]
    once = {one.question: one for one in reversed(mixed)}  # of two rows with the same words the first
    new = dict.fromkeys(one.question for one in mixed)
    return [once[one] for one in new if one and len(one) <= LONGEST and _plain(one) not in asked][:TRIED]


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


def speakers(citation: Citation, actors: Sequence[str]) -> list[str]:
    """Return whom a quote of an answer is about: its own actor, and those of the answer's ``actors`` that it names."""
    own = [] if citation.actor in actors or not citation.actor else [citation.actor]
    return own + [actor for actor in actors if actor == citation.actor or is_named(actor, citation.quote)]


def helped(language: str) -> str:
    """Return whether the answer helped, as a question with two buttons; `page.js` thanks and hands the word on."""
    texts = TEXTS[language]
    buttons = " ".join(
        f'<button type="button" data-helped="{word}">{texts[f"helped_{word}"]}</button>' for word in ("yes", "no")
    )
    return f'<p class="helped" data-thanks="{texts["helped_thanks"]}"><span>{texts["helped"]}</span> {buttons}</p>'


def keep(given: Answer, language: str, *, saved: str, own: bool) -> str:
    """Return the buttons to ask anew, save and print; to copy a link, but for documents that only the visitor has.

    Args:
        given: the answer.
        language: ``"sv"`` or ``"en"``.
        saved: the answer as a page of its own; empty is none.
        own: whether a visitor's own documents were asked.
    """
    texts = TEXTS[language]
    save = f'<button type="button" data-save="{escape(saved)}">{texts["save"]}</button>' if saved else ""
    asked = escape(given.question.strip())
    share = f'<button type="button" data-share="{asked}" data-done="{texts["copied"]}">{texts["share"]}</button>'
    return (
        f'<p class="keep"><button type="button" data-new>{texts["new"]}</button>{save}'
        f'<button type="button" data-print>{texts["print"]}</button>{"" if own else share}</p>'
    )


def is_named(actor: str, text: str) -> bool:
    """Tell whether a text names an actor itself, by the name or by the short one in brackets behind it."""
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
