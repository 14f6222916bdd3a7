"""Answer → HTML: the header, the answer with its quotes, or the abstention and what is nearest.

It searches nothing and judges nothing. The source beside the answer is drawn by `nmt_rag.page_source`, how it was
found by `nmt_rag.page_hits`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag import messages
from nmt_rag.lines import page_label
from nmt_rag.markup import escape, isolate, joined, link, listed, safe_url
from nmt_rag.page_texts import EMERGENCY, TEXTS
from nmt_rag.types import Answer, Citation, Document, Related

MAX_QUESTION_SHOWN = 200
"""A longer question is cut where the page repeats it (characters)."""
VIEWS = ("ask", "who", "map", "own", "compare")
"""The parts of the page, in the order of their buttons."""
CLEAR_SUPPORT = 0.8
"""From this confidence the page calls the support clear; below it, it asks the reader to weigh the sentence."""


def strip(language: str) -> str:
    """Return the line above everything: where to call, and the way out."""
    return (
        f'<div class="strip" lang="{language}"><p class="emergency">{_telephones(EMERGENCY[language])}</p>'
        f'<p class="way-out"><button type="button" class="leave" data-leave>{TEXTS[language]["leave"]}</button>'
        f"<small>{TEXTS[language]['history']}</small></p></div>"
    )


def navigation(language: str) -> str:
    """Return the buttons that choose which part of the page is shown; `page.js` keeps track of it."""
    texts = TEXTS[language]
    buttons = (f'<li><button type="button" data-view="{view}">{texts[f"view_{view}"]}</button></li>' for view in VIEWS)
    return f'<nav lang="{language}" aria-label="{texts["views"]}"><ul>{"".join(buttons)}</ul></nav>'


def header(language: str, documents: Sequence[Document], total: int) -> str:
    """Return the title and what the page is; the browser takes the language of the page from it.

    Args:
        language: ``"sv"`` or ``"en"``.
        documents: the one that the page answers from, or none where there are several.
        total: how many there are.
    """
    texts = TEXTS[language]
    return (
        f'<div data-language="{language}" lang="{language}"><h1>{texts["title"]}</h1>'
        f'<p class="lead">{covers(language, documents, total)} {texts["lead"]}</p></div>'
    )


def covers(language: str, documents: Sequence[Document], total: int) -> str:
    """Return the sentence that says what answers are taken from; see `header`."""
    texts = TEXTS[language]
    if not documents:
        return texts["covers"].format(documents=total)
    title, publisher = isolate(documents[0].title or documents[0].id), isolate(documents[0].publisher)
    return texts["covers_one_of" if documents[0].publisher else "covers_one"].format(title=title, publisher=publisher)


def footer(language: str, accessibility: str) -> str:
    """Return the last line: the way to the accessibility statement."""
    words = TEXTS[language]["accessibility"]
    return f'<p class="foot" lang="{language}"><a href="{escape(accessibility)}">{words}</a></p>'


def answer(
    given: Answer | None, language: str, *, found: str = "", saved: str = "", about: str = "", own: bool = False
) -> str:
    """Return an answer or an abstention as HTML; None is the page before the first question.

    Args:
        given: the answer.
        language: ``"sv"`` or ``"en"``, the language of the words around the quotes, which stay Swedish.
        found: how it was found, HTML of `nmt_rag.page_hits`.
        saved: the answer as a page of its own, from `nmt_rag.passport`, for the button that saves it.
        about: what answers are taken from, HTML of `covers`, said where a question is about something else.
        own: whether a visitor's own documents were asked.
    """
    texts = TEXTS[language]
    if given is None:
        return f'<p class="waiting" lang="{language}">{texts["waiting"]}</p>'
    asked = f'<p class="asked">{texts["asked"]}: {isolate(short(given.question))}</p>' if given.question.strip() else ""
    body = _answered(given, language) if given.answered else _abstained(given, language, about, own=own)
    helplines = messages.helplines(given.question, language, answered=given.answered)
    urgent = f'<p class="helplines">{_telephones(helplines)}</p>' if helplines else ""
    return (
        f'<section class="answer" id="svar" tabindex="-1" aria-label="{texts["answer"]}" lang="{language}">'
        f"{asked}{urgent}{body}{_keep(given, language, saved)}{found}</section>"
    )


def failure(language: str, name: str = "error") -> str:
    """Return what the page says when the search itself failed, or what a text of another name says."""
    words = TEXTS[language][name]
    return f'<p class="failure" lang="{language}" data-announce="{words}">{words}</p>'


def short(question: str) -> str:
    """Return the question without outer white space, cut where it is too long to repeat."""
    stripped = question.strip()
    return stripped[:MAX_QUESTION_SHOWN] + ("…" if len(stripped) > MAX_QUESTION_SHOWN else "")


def place(citation: Citation) -> str:
    """Return where a quote stands, for people: its title and headings, the title said once."""
    title = citation.title or citation.document_id
    heading = citation.heading if citation.heading[:1] == (title,) else (title, *citation.heading)
    page = page_label(citation.page)
    return " › ".join(heading) + (f", {page}" if page else "")


def support(given: Answer, language: str) -> str:
    """Return the confidence of an answer in words."""
    return TEXTS[language]["clear" if given.confidence >= CLEAR_SUPPORT else "some"]


def letter(number: int) -> str:
    """Return the label of the near sentence with this number, counted from 0: a, b, c and so on."""
    return chr(ord("a") + number % 26)


def _answered(given: Answer, language: str) -> str:
    texts = TEXTS[language]
    who = listed(given.actors, texts["and"]) or texts["answer"]
    by_marker = {citation.marker: citation for citation in given.citations}
    items: list[str] = []
    for statement in given.statements:
        cited = [by_marker[marker] for marker in statement.citations if marker in by_marker]
        if statement.text not in [citation.quote for citation in cited]:
            items.append(f'<li class="said">{isolate(statement.text)}</li>')
        items.extend(_citation(citation, len(given.actors) > 1, language) for citation in cited)
    said = f"{texts['answer']}: {joined(given.actors, texts['and'])}. {texts['quote']}: {len(by_marker)}."
    announced = escape(f"{messages.helplines(given.question, language, answered=True)} {said}".strip())
    kind = "support" if given.confidence >= CLEAR_SUPPORT else "support unsure"
    return (
        f'<h2 class="who" data-announce="{announced}">{who}</h2><p class="{kind}">{support(given, language)}</p>'
        f'<ol class="quotes">{"".join(items)}</ol>'
        f"{_related(given.related, texts['related'], language, folded=True)}"
    )


def _abstained(given: Answer, language: str, about: str, *, own: bool) -> str:
    """Return why there is no answer and, unless the question is about something else, what comes nearest to it."""
    texts = TEXTS[language]
    reason = given.abstention.reason if given.abstention else "no_evidence"
    message, helplines = messages.abstention(reason, language), messages.helplines(given.question, language)
    heading = f'<h2 class="silence" data-announce="{escape(f"{helplines} {message}".strip())}">{message}</h2>'
    if not given.question.strip():
        return heading
    if reason == "off_topic" or (helplines and reason != "weak_evidence"):
        return heading + (f'<p class="turn">{about}</p>' if about else "")
    turn = f'<p class="turn">{texts["turn_own" if own or helplines else "turn"]}</p>'
    return heading + turn + _related(given.related, texts["nearest"], language, folded=False)


def _citation(citation: Citation, with_actor: bool, language: str) -> str:
    texts = TEXTS[language]
    actor = f'<p class="speaker">{isolate(citation.actor)}</p>' if with_actor and citation.actor else ""
    described = f"{texts['open']} {citation.marker} ({texts['open_new']})"
    copied = escape(f"«{citation.quote}»\n{texts['source']}: {place(citation)}. {safe_url(citation.url)}".strip())
    return (
        f'<li>{actor}<blockquote lang="sv">«{isolate(citation.quote)}» {_jump(str(citation.marker), texts)}'
        f'</blockquote><p class="where">{isolate(place(citation))}</p><p class="actions">'
        f"{link(citation.url, texts['open'], described=described)}"
        f'<button type="button" data-copy="{copied}" data-done="{texts["copied"]}">{texts["copy"]}</button></p></li>'
    )


def _related(related: Sequence[Related], title: str, language: str, *, folded: bool) -> str:
    if not related:
        return ""
    items = "".join(
        f"<li>{f'<p class=speaker>{isolate(near.actor)}</p>' if near.actor else ''}"
        f'<blockquote lang="sv">«{isolate(near.quote)}» {_jump(letter(number), TEXTS[language])}</blockquote></li>'
        for number, near in enumerate(related)
    )
    found = f'<ol class="near">{items}</ol>'
    return f"<details><summary>{title}</summary>{found}</details>" if folded else f"<h3>{title}</h3>{found}"


def _jump(label: str, texts: dict[str, str]) -> str:
    words = f"{texts['show']}: {label}"
    return f'<button type="button" class="jump" data-goto="mark-{label}" aria-label="{words}">{label}</button>'


def _keep(given: Answer, language: str, saved: str) -> str:
    """Return the buttons to save and print the answer, and to copy a link that asks the question again."""
    texts = TEXTS[language]
    if not given.question.strip():
        return ""
    save = f'<button type="button" data-save="{escape(saved)}">{texts["save"]}</button>' if saved else ""
    return (
        f'<p class="keep">{save}<button type="button" data-print>{texts["print"]}</button>'
        f'<button type="button" data-share="{escape(given.question.strip())}" data-done="{texts["copied"]}">'
        f"{texts['share']}</button></p>"
    )


def _telephones(text: str) -> str:
    """Return our own text with its telephone numbers as links."""
    return re.sub(
        "\\b(?:112|114\u00a014|116\u00a0111|1177|90101|020-390\u00a0000|020-50\u00a050\u00a050)\\b",
        lambda number: f'<a href="tel:{"".join(filter(str.isdecimal, number.group()))}">{number.group()}</a>',
        text,
    )
