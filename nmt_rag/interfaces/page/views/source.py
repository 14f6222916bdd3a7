"""Document → HTML: the source beside the answer, its cited sentences marked, every sentence with actor and link."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nmt_rag.citations import deep_link
from nmt_rag.documents import passages
from nmt_rag.interfaces.markup import escape, isolate, link, safe_url
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.answer import foreign, letter, near, placed
from nmt_rag.swedish import is_delimiter_row
from nmt_rag.types import Answer, Document, Passage

MAX_SHOWN = 60_000
"""A longer document is shown around its first marked sentence only (characters; a browser stays quick with it)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a document to set off: a cited sentence (``label`` is its number) or a near one."""

    start: int
    end: int
    label: str
    cited: bool


def sources(
    documents: Sequence[Document], sentences: Mapping[str, Sequence[Passage]], given: Answer | None, language: str
) -> str:
    """Return the documents with their cited and near sentences marked.

    Args:
        documents: those to show, in order.
        sentences: a document's id → its passages, in the order of its text.
        given: the answer whose sentences are marked, or None.
        language: the language of the words around the documents.
    """
    texts = TEXTS[language]
    if not documents:
        return f'<p class="waiting" lang="{language}">{texts["many"]}</p>'
    shown = "".join(_article(one, sentences.get(one.id, ()), marks(one, given), language) for one in documents)
    linked = any(safe_url(one.url) for one in documents)
    kind = "sources answered" if given and given.answered else "sources"
    return (
        f'<section class="{kind}" aria-label="{texts["sources"]}" lang="{language}">'
        f"{_picker(texts, linked)}{shown}</section>"
    )


def days(document: Document, language: str) -> list[str]:
    """Return the sentences that say how old a text is, by the ``date`` and ``retrieved`` of its metadata."""
    told = ((name, document.metadata.get(field)) for name, field in (("written", "date"), ("retrieved", "retrieved")))
    return [TEXTS[language][name].format(date=escape(str(day))) for name, day in told if day]


def waiting(language: str) -> str:
    """Return what stands where `place` will be."""
    return f'<p class="waiting" lang="{language}">{TEXTS[language]["place_waiting"]}</p>'


def place(document: Document, sentences: Sequence[Passage], start: int, end: int, language: str) -> str:
    """Return one document with one place of it marked, for a row of a table or a line of the map."""
    texts = TEXTS[language]
    where = f"{document.id}\n{start}\n{end}"
    spans = [Mark(start, end, texts["here"], True)] if 0 <= start < end <= len(document.text) else []
    return (
        f'<section class="sources answered" aria-label="{texts["sources"]}" lang="{language}">'
        f"{_picker(texts, bool(safe_url(document.url)), 'back_row', where)}"
        f"{_article(document, sentences, spans, language)}</section>"
    )


def marks(document: Document, given: Answer | None) -> list[Mark]:
    """Return the spans of a document that an answer cites, and the shown near ones beside them, in text order."""
    if given is None:
        return []
    wanted = [Mark(c.start, c.end, str(c.marker), True) for c in given.citations if c.document_id == document.id]
    wanted += [
        Mark(r.start, r.end, letter(number), False)
        for number, r in enumerate(near(given))
        if r.document_id == document.id
    ]
    chosen: list[Mark] = []
    for mark in wanted:
        inside = 0 <= mark.start < mark.end <= len(document.text)
        if inside and all(mark.end <= other.start or other.end <= mark.start for other in chosen):
            chosen.append(mark)
    return sorted(chosen, key=lambda mark: mark.start)


def text_html(
    document: Document,
    sentences: Sequence[Passage],
    spans: Sequence[Mark],
    language: str,
    start: int = 0,
    end: int | None = None,
) -> str:
    """Return a document's text from ``start`` to ``end`` as headings and paragraphs; ``language`` is the page's.

    Every character but white space around lines, the marks of headings and the line below a table's header is kept.
    """
    text = document.text
    end = len(text) if end is None else end
    levels = {offset: level for offset, level, _ in passages.headings(document)}
    starts = [passage.start for passage in sentences]
    blocks: list[str] = []
    for line in re.finditer(r"[^\n]+", text[start:end]):
        first, last = start + line.start(), start + line.end()
        here = sentences[max(0, bisect.bisect_right(starts, first) - 1) : bisect.bisect_left(starts, last)]
        level = next((levels[offset] for offset in range(first, min(first + 4, last)) if offset in levels), 0)
        if level and not any(first <= passage.start for passage in here):  # a question before its answer is no heading
            mark = re.match(r"\s*(?:#{1,6}\s+|(\*\*|__)(?=.*\1\s*$))", text[first:last])
            if mark and mark[1]:
                last = first + len(text[first:last].rstrip()) - len(mark[1])
            first += mark.end() if mark else 0
        else:
            level = 0
        if text[first:last].strip() and not is_delimiter_row(text[first:last]):
            tag = f"h{min(level + 2, 6)}" if level else "p"
            blocks.append(f"<{tag}>{_line(document, first, last, here, spans, language)}</{tag}>")
    return "".join(blocks)


def _article(document: Document, sentences: Sequence[Passage], spans: Sequence[Mark], language: str) -> str:
    texts = TEXTS[language]
    start, end, note = 0, len(document.text), ""
    if end > MAX_SHOWN:
        middle = next((mark.start for mark in spans if mark.cited), spans[0].start if spans else 0)
        start = max(0, document.text.rfind("\n", 0, max(0, middle - MAX_SHOWN // 2)) + 1)
        end = min(end, start + MAX_SHOWN)
        note = f'<p class="cut">{texts["cut"]}</p>'
    described = f"{texts['open']}: {document.title or document.id} ({texts['open_new']})"
    spoken = foreign(language, document.language)
    publisher = isolate(document.publisher, spoken) if document.publisher else ""
    parts = (publisher, " ".join(days(document, language)), link(document.url, texts["open"], described=described))
    about = " · ".join(part for part in parts if part)
    return (
        f'<article><h2 class="label">{texts["source"]}: {isolate(document.title or document.id, spoken)}</h2>'
        f'<p class="about">{about}</p>{note}<div class="text" lang="{escape(document.language)}">'
        f"{text_html(document, sentences, spans, language, start, end)}</div></article>"
    )


def _picker(texts: Mapping[str, str], linked: bool, back: str = "back", where: str = "") -> str:
    """Return the bar that tells about the chosen sentence; `page.js` fills it in."""
    pick = texts["pick" if linked else "pick_own"]
    return (
        f'<div class="picker" role="group" aria-label="{pick}" data-shown="{escape(where)}">'
        f'<p class="picked">{pick}</p>'
        f'<p class="actions"><button type="button" class="back" data-return>{texts[back]}</button>'
        f'<button type="button" data-step="-1">{texts["before"]}</button>'
        f'<button type="button" data-step="1">{texts["after"]}</button>'
        f'<a class="picked-link" hidden target="_blank" rel="noopener noreferrer">{texts["open_sentence"]}</a>'
        f'<button type="button" class="picked-copy" hidden data-copy="" data-done="{texts["copied"]}">{texts["copy"]}'
        f"</button></p>"
        f'<template data-about="{texts["about"]}" data-nobody="{texts["nobody"]}" data-source="{texts["source"]}">'
        "</template></div>"
    )


def _line(
    document: Document, start: int, end: int, sentences: Iterable[Passage], spans: Sequence[Mark], language: str
) -> str:
    """Return one line, the sentences on it set off so that each can be chosen."""
    parts: list[str] = []
    position = start
    for passage in sentences:
        first, last = max(passage.start, position), min(passage.end, end)
        if first >= last:
            continue
        linked = document.url if safe_url(document.url) else ""
        url = deep_link(linked, document.text, passage.start, passage.end, page=passage.page)
        where = placed(document.title or document.id, passage.heading, passage.page, language)
        parts.append(_marked(document.text, position, first, spans))
        parts.append(
            f'<span class="sentence" data-ordinal="{passage.ordinal}" data-actor="{escape(passage.actor)}" '
            f'data-where="{escape(where)}" data-url="{escape(url)}">{_marked(document.text, first, last, spans)}</span>'
        )
        position = last
    return "".join(parts) + _marked(document.text, position, end, spans)


def _marked(text: str, start: int, end: int, spans: Iterable[Mark]) -> str:
    """Return a piece of text with the parts of the spans that fall on it marked; the style sheet draws the number."""
    parts: list[str] = []
    position = start
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first >= last:
            continue
        name = f' id="mark-{span.label}" tabindex="-1" data-label="{span.label}"' if first == span.start else ""
        kind = "cited" if span.cited else "near"
        parts.append(f'{escape(text[position:first])}<mark class="{kind}"{name}>{escape(text[first:last])}</mark>')
        position = last
    return "".join(parts) + escape(text[position:end])
