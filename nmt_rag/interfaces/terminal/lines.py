"""Answers, hits and quotes → the lines that a terminal shows. It prints nothing itself."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence

from nmt_rag import translations
from nmt_rag.answering import messages
from nmt_rag.citations import page_label, quoted, unbroken
from nmt_rag.documents import Responsibility
from nmt_rag.interfaces.lookups import one_each
from nmt_rag.types import Answer, Document, Hit

PACKAGED = "deltagande-myndigheter"
"""The document of the packaged index, whose readers may need help themselves."""
AROUND = 200
"""How much of a document is shown before and after a quote (characters)."""

_BOLD, _FAINT = "1", "2"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def answer_lines(answer: Answer, earlier: Sequence[str] = ()) -> list[str]:
    """Return an answer with its quotes and where they stand, or an abstention with the nearest passage.

    Numbers to call come first, where the question or one of the ``earlier`` ones tells of a need.
    """
    helplines = messages.helplines(answer.question, answer.language, answered=answer.answered, earlier=earlier)
    urgent = [_style(line, _BOLD) for line in helplines.splitlines()]
    if not answer.answered:
        language = translations.spoken(answer.language)
        nearest = [
            f"  {messages.NEAREST[language]}: {_quoted(related.quote, related.reading)}"
            for related in answer.related[:1]
            if answer.abstention and answer.abstention.reason != "off_topic"
        ]
        packaged = any(related.document_id == PACKAGED for related in answer.related)
        emergency = [_style(messages.EMERGENCY[language], _FAINT)] if packaged and not urgent else []
        return [*urgent, visible(answer.text), *nearest, *emergency]
    lines = [*urgent, *([_style(messages.uncertain(answer.language), _BOLD)] if answer.uncertain else [])]
    lines += [_style(visible(", ".join(answer.actors)), _BOLD)] if answer.actors else []
    said = {statement.text for statement in answer.statements}
    cited = {citation.quote: citation for citation in answer.citations}
    several = messages.several_act(answer)
    for statement in answer.statements:
        markers = "".join(f" [{marker}]" for marker in statement.citations)
        citation = cited.get(statement.text)
        text = _quoted(citation.quote, citation.reading) if citation else visible(unbroken(statement.text))
        who = f"{visible(citation.actor)}: " if citation and several and citation.actor else ""
        lines.append(f"  {who}{text}{markers}")
    if answer.confidence < messages.CLEAR_SUPPORT:
        lines.append(_style(messages.sureness(answer, answer.language), _FAINT))
    for citation in answer.citations:
        place = " › ".join(citation.heading) or citation.title
        page = f", {page_label(citation.page, answer.language)}" if citation.page else ""
        where = f" — {citation.url}" if citation.url else f" ({citation.document_id})"
        if citation.quote not in said:
            lines.append(f"  [{citation.marker}] {_quoted(citation.quote, citation.reading)}")
        lines.append(_style(visible(f"[{citation.marker}] {place}{page}{where}"), _FAINT))
    if answer.language == "en":
        lines.append(visible(answer.text.rsplit("\n", 1)[-1]))
    writer = messages.writer(answer.engine, answer.language)
    return [*lines, visible(writer)] if writer else lines


def hit_lines(hit: Hit, reading: str, *, explain: bool) -> list[str]:
    """Return a hit: its rank, actor and score, the passage with what must be read with it, and where it stands."""
    place = " › ".join(dict.fromkeys((hit.title, *hit.passage.heading)))
    place += f", {page_label(hit.passage.page)}" if hit.passage.page else ""
    lines = [
        f"{hit.rank:>2}. {_style(visible(hit.passage.actor or hit.title), _BOLD)}  {hit.score:.3f}",
        f"    {_quoted(hit.passage.text, reading)}",
        f"    {_style(visible(f'{place} ({hit.document_id} {hit.passage.start}–{hit.passage.end})'), _FAINT)}",
    ]
    return [*lines, f"    {visible(hit.explain())}"] if explain else lines


def row_lines(rows: Sequence[Responsibility]) -> list[str]:
    """Return who does what: each actor once for its rows in turn, then the verb, the task and the place of each.

    Two verbs with the same words are one line («utreda och fatta beslut»).
    """
    lines: list[str] = []
    actor = ""
    for row in one_each(rows):
        if row.actor != actor:
            lines.append(_style(visible(row.actor), _BOLD))
            actor = row.actor
        cited = row.citation
        lines.append(f"  {visible(unbroken(' '.join(filter(None, (row.section, row.phrase)))))}")
        page = f", {page_label(cited.page)}" if cited.page else ""
        lines.append(_style(visible(f"    ({cited.document_id} {cited.start}–{cited.end}{page})"), _FAINT))
    return lines


def quote_lines(document: Document, start: int, end: int) -> list[str]:
    """Return ``document.text[start:end]`` between » and «, with the text around it."""
    first, last = max(0, start - AROUND), min(len(document.text), end + AROUND)
    before = ("…" if first else "") + visible(document.text[first:start])
    after = visible(document.text[end:last]) + ("…" if last < len(document.text) else "")
    quote = _style(f"»{visible(document.text[start:end])}«", _BOLD)
    page = f", {page_label(document.page_at(start))}" if document.pages else ""
    return [visible(f"{document.title} ({document.id}, {start}–{end}{page})"), f"{before}{quote}{after}"]


def page_lines(document: Document) -> list[str]:
    """Return a document's text, with a line «– s. 2 –» where each page begins."""
    starts = dict.fromkeys(document.pages)  # a page without text begins where the next one does
    if len(starts) < 2:
        return [document.text]
    ends = [*list(starts)[1:], len(document.text)]
    lines: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        if start < end:
            lines += [f"– {page_label(document.page_at(start))} –", document.text[start:end].strip("\n")]
    return lines


def _quoted(quote: str, reading: str) -> str:
    """Return a quote on one line, with what must be read with it."""
    return visible(quoted(unbroken(quote), reading))


def visible(text: str) -> str:
    """Return a text with U+FFFD for what a terminal would obey: control characters and marks of direction."""
    return "".join("\ufffd" if _commands(character) else character for character in text)


def _commands(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _style(text: str, code: str) -> str:
    """Return a text in a terminal style, or as it is where colours are not wanted (https://no-color.org)."""
    plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{code}m{text}\x1b[0m"
