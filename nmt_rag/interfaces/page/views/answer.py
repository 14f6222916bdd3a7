"""Answer → HTML: the header, the answer with its quotes, or the abstention and what is nearest.

It searches nothing and judges nothing. What stands around every answer is drawn by `nmt_rag.interfaces.page.frame`, the
source beside it by `nmt_rag.interfaces.page.views.source`, how it was found by `nmt_rag.interfaces.page.views.hits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nmt_rag.answering import Box, Helpline, messages
from nmt_rag.citations import lead, page_label
from nmt_rag.interfaces.markup import escape, isolate, joined, link, listed, safe_url
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views import follow
from nmt_rag.types import AbstentionReason, Answer, Citation, Related


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an answer on the page.

    Args:
        found: how it was found, HTML of `nmt_rag.interfaces.page.views.hits`.
        saved: the answer as a page of its own, from `nmt_rag.interfaces.page.views.passport`, for the button that saves
            it.
        about: what answers are taken from, HTML of `frame.covers`, said where a question is about something else.
        own: whether a visitor's own documents were asked.
        unfinished: whether these are still being read.
        counted: whether it is asked if the answer helped, and the word counted.
        titled: whether each quote says which document it is from.
        serial: the number of this answer, so that the browser tells it from the same one given again.
    """

    found: str = ""
    saved: str = ""
    about: str = ""
    own: bool = False
    unfinished: bool = False
    counted: bool = False
    titled: bool = False
    serial: int = 0


NOTHING_AROUND = Surroundings()


def answer(given: Answer | None, language: str, around: Surroundings = NOTHING_AROUND) -> str:
    """Return an answer or an abstention as HTML; None is the page before the first question.

    Args:
        given: the answer.
        language: ``"sv"`` or ``"en"``, the language of the words around the quotes, which stay Swedish.
        around: what stands around it.
    """
    texts = TEXTS[language]
    if given is None:
        return f'<p class="waiting" lang="{language}">{texts["waiting"]}</p>'
    box = messages.box(given.question, language, answered=given.answered)
    opened = (
        f'<section class="answer{" need" if box and not given.answered else ""}" id="svar" tabindex="-1" '
        f'aria-label="{texts["answer"]}" lang="{language}" data-asked="{escape(given.question.strip())}" '
        f'data-paper="{texts["passport_asked"]}" data-serial="{around.serial}"{" data-own" if around.own else ""}>'
    )
    if box and not given.answered:
        told = zip(box.languages, box.kind, strict=True)
        kind = "".join(f'<p class="kind" lang="{spoken}">{sentence}</p>' for spoken, sentence in told)
        silence = _abstained(given, language, around)
        return f"{opened}{_helplines(box, language, announced=_silence(given, language))}{kind}{silence}</section>"
    urgent = _helplines(box, language) if box else ""
    body = _answered(given, language, around, box) if given.answered else _abstained(given, language, around)
    asked = not _is_empty(given)
    note = f'<p class="turn unfinished">{texts["own_unfinished"]}</p>' if around.unfinished and asked else ""
    helped = follow.helped(language) if around.counted and asked else ""
    keep = follow.keep(given, language, saved=around.saved, own=around.own) if asked else ""
    return f"{opened}{urgent}{body}{note}{helped}{keep}{around.found}</section>"


def failure(language: str, name: str = "error") -> str:
    """Return what the page says when the search itself failed, or what a text of another name says."""
    words = TEXTS[language][name]
    return f'<p class="failure" lang="{language}" data-announce="{words}">{words}</p>'


def place(citation: Citation, language: str) -> str:
    """Return where a quote stands, for people: its title and headings, the title said once, and its page."""
    return placed(citation.title or citation.document_id, citation.heading, citation.page, language)


def placed(title: str, heading: Sequence[str], page: int | None, language: str) -> str:
    """Return a place in a document for people, as `place` does."""
    return _path(title, heading) + _page(page, language)


def foreign(language: str, own: str = "sv") -> str:
    """Return the language of a text that stands among words of ``language``; empty where it is the same."""
    return own if own != language else ""


def row(reading: str) -> str:
    """Return what stands below a quote: a row with its header words, the headings a line leads to, or nothing."""
    return f'<p class="where" lang="sv">{isolate(reading)}</p>' if reading else ""


def quoted(quote: str, reading: str, marker: str = "") -> str:
    """Return a quote with what must be read with it: before it what an item of a list goes on from, else below it."""
    before = lead(quote, reading)
    said = f"{isolate(before)} «{isolate(quote)}»" if before else f"«{isolate(quote)}»"
    return f'<blockquote lang="sv">{said}{marker and f" {marker}"}</blockquote>{"" if before else row(reading)}'


def support(given: Answer, language: str) -> str:
    """Return the confidence of an answer in words."""
    return messages.sureness(given, language)


def letter(number: int) -> str:
    """Return the label of the near sentence with this number, counted from 0: a, b, c and so on."""
    return chr(ord("a") + number % 26)


def near(given: Answer) -> Sequence[Related]:
    """Return the near sentences that are shown: none where the question is about something else."""
    return () if given.abstention and given.abstention.reason == "off_topic" else given.related


def _path(title: str, heading: Sequence[str]) -> str:
    return " › ".join(heading if heading[:1] == (title,) else (title, *heading))


def _page(page: int | None, language: str) -> str:
    label = page_label(page, language)
    return f", {label}" if label else ""


def _answered(given: Answer, language: str, around: Surroundings, box: Box | None) -> str:
    """Return who answers, how sure it is, the statements with their quotes, and what else comes near."""
    texts = TEXTS[language]
    who = listed(given.actors, texts["and"], foreign(language)) or texts["answer"]
    by_marker = {citation.marker: citation for citation in given.citations}
    items: list[str] = []
    for statement in given.statements:
        cited = [by_marker[marker] for marker in statement.citations if marker in by_marker]
        if statement.text not in [citation.quote for citation in cited]:
            items.append(f'<li class="said">{isolate(statement.text)}</li>')
        items.extend(
            _citation(
                citation,
                language,
                speakers=follow.speakers(citation, given.actors) if messages.several_act(given) else (),
                titled=around.titled,
            )
            for citation in cited
        )
    quotes = texts["quote" if len(by_marker) == 1 else "quotes"].format(n=len(by_marker))
    named = f"{joined(given.actors, texts['and'])}. " if given.actors else ""
    said = f"{texts['answer']}: {named}{quotes}."
    announced = escape(" ".join([*(box.leads if box else ()), said]))
    kind = "support" if given.confidence >= messages.CLEAR_SUPPORT else "support unsure"
    return (
        f'<h2 class="who" data-announce="{announced}">{who}</h2><p class="{kind}">{support(given, language)}</p>'
        f'<ol class="quotes">{"".join(items)}</ol>'
        f"{_related(given.related, texts['related'], language, folded=True)}"
    )


def _abstained(given: Answer, language: str, around: Surroundings) -> str:
    """Return why there is no answer and, unless the question is about something else, what comes nearest to it."""
    texts = TEXTS[language]
    reason = _reason(given)
    message = _silence(given, language)
    heading = f'<h2 class="silence" data-announce="{escape(message)}">{message}</h2>'
    if _is_empty(given):
        return heading
    if reason == "off_topic":
        return heading + (f'<p class="turn">{around.about}</p>' if around.about else "")
    turn = f'<p class="turn">{texts["turn_own" if around.own else "turn"]}</p>'
    return heading + turn + _related(given.related, texts["nearest"], language, folded=False)


def _reason(given: Answer) -> AbstentionReason:
    return given.abstention.reason if given.abstention else "no_evidence"


def _silence(given: Answer, language: str) -> str:
    """Return the sentence that says why there is no answer."""
    return messages.abstention(_reason(given), language)


def _is_empty(given: Answer) -> bool:
    """Tell whether nothing was asked: no character, or none that a question is made of."""
    reason = given.abstention.reason if given.abstention else ""
    return not given.question.strip() or reason == "empty_question"


def _helplines(box: Box, language: str, *, announced: str = "") -> str:
    """Return the box with where to call.

    Args:
        box: what it holds.
        language: of its name, for a screen reader.
        announced: where a screen reader hears the box, what it hears after it.
    """
    told = zip(box.languages, box.leads, strict=True)
    leads = "".join(f'<p class="first" lang="{spoken}">{lead}</p>' for spoken, lead in told)
    names = (
        f"{one.number}, {' / '.join(dict.fromkeys(one.name[spoken] for spoken in box.languages))}." for one in box.lines
    )
    heard = f' data-announce="{escape(" ".join([*box.leads, *names, announced]))}"' if announced else ""
    lines = "".join(helpline(one, *box.languages) for one in box.lines)
    told = zip(box.languages, box.checked, strict=True)
    checked = "".join(f'<p class="checked" lang="{spoken}">{sentence}</p>' for spoken, sentence in told)
    return (
        f'<div class="helplines" role="group" aria-label="{TEXTS[language]["call"]}"{heard}>{leads}'
        f'<ul class="lines">{lines}</ul>{checked}</div>'
    )


def helpline(one: Helpline, *languages: str) -> str:
    """Return where to call, as an item of a list, said in each language."""
    said = " / ".join(f'<span lang="{spoken}">{messages.line(one, spoken)}</span>' for spoken in languages)
    return f"<li>{telephone(one)} <span>{said}</span></li>"


def telephone(one: Helpline) -> str:
    """Return a number, as a link that calls it."""
    return f'<a class="tel" href="tel:{one.digits}">{one.number}</a>'


def _citation(citation: Citation, language: str, *, speakers: Sequence[str], titled: bool) -> str:
    """Return a quote as an item of a list: whom it is about, its place and buttons."""
    texts = TEXTS[language]
    actor = f'<p class="speaker" lang="sv">{", ".join(map(isolate, speakers))}</p>' if speakers else ""
    described = f"{texts['open']} {citation.marker} ({texts['open_new']})"
    before = lead(citation.quote, citation.reading)
    read = f"{citation.reading}\n" if citation.reading and not before else ""
    said = f"{before} ”{citation.quote}”".strip()
    copied = f"{said}\n{read}{texts['source']}: {place(citation, language)}. {safe_url(citation.url)}".strip()
    path = isolate(_path(citation.title or citation.document_id, citation.heading), foreign(language))
    printed = escape(f"{texts['source']}: {place(citation, language)}")
    paper = "" if titled else f' data-paper="{printed}"'
    from_where = f'<p class="where">{path}{_page(citation.page, language)}</p>' if titled else ""
    return (
        f"<li>{actor}{quoted(citation.quote, citation.reading, _jump(str(citation.marker), texts))}"
        f'{from_where}<p class="actions"{paper}>'
        f"{link(citation.url, texts['open'], described=described)}"
        f'<button type="button" data-copy="{escape(copied)}" data-done="{texts["copied"]}">{texts["copy"]}</button>'
        "</p></li>"
    )


def _related(related: Sequence[Related], title: str, language: str, *, folded: bool) -> str:
    if not related:
        return ""
    items = "".join(
        f"<li>{f'<p class=speaker lang=sv>{isolate(near.actor)}</p>' if near.actor else ''}"
        f"{quoted(near.quote, near.reading, _jump(letter(number), TEXTS[language]))}</li>"
        for number, near in enumerate(related)
    )
    found = f'<ol class="near">{items}</ol>'
    return f"<details><summary>{title}</summary>{found}</details>" if folded else f"<h3>{title}</h3>{found}"


def _jump(label: str, texts: dict[str, str]) -> str:
    words = f"{texts['show']}: {label}"
    return f'<button type="button" class="jump" data-goto="mark-{label}" aria-label="{words}">{label}</button>'
