"""Answer → one HTML file of its own, to save or print: quotes, sources, checksums, date, index generation.

The file loads nothing and runs nothing; the whole answer (``nmt-rag/answer/1``) stands in it as JSON, so that a
program can check the quotes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from nmt_rag import strict_json, translations
from nmt_rag.answering import messages
from nmt_rag.interfaces.markup import escape, isolate, link, listed, safe_url
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.answer import foreign, place, quoted, support
from nmt_rag.interfaces.page.views.follow import speakers
from nmt_rag.types import Answer, Citation

_STYLE = (
    "body{font:17px/1.5 'Source Sans Pro',system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em;"
    "color:#14252b;background:#fff}h1{font-size:1.9em;line-height:1.2;margin:.2em 0 .6em}"
    "blockquote{margin:0;padding:0;font-size:1.1em}li{margin:0 0 1.4em}bdi,dd{overflow-wrap:anywhere}"
    "a{color:#0b5563}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.2em;font-size:.9em;margin:.6em 0}"
    "dt{font-weight:bold}dd{margin:0}@media(max-width:520px){dl{display:block}}"
)
_EMBEDDED = re.compile(r'<script\b[^>]*\bid="nmt-rag-answer"[^>]*>(.*?)</script>', re.DOTALL | re.IGNORECASE)
_TEXT = "passport_"
"""How the names of its texts begin."""


def passport(given: Answer, language: str, saved: datetime) -> str:
    """Return an answer, or an abstention, as a complete HTML page.

    Args:
        given: the answer.
        language: ``"sv"`` or ``"en"``, the language of the words around the quotes.
        saved: when it was given; shown to the minute.
    """
    words = {name.removeprefix(_TEXT): text for name, text in TEXTS[language].items() if name.startswith(_TEXT)}
    question = given.question.strip()
    if given.answered:
        title = listed(given.actors, words["and"], foreign(language)) or words["answer"]
        rows = "".join(
            f"<li>{_cited(one, speakers(one, given.actors), words, language)}</li>" for one in given.citations
        )
        body = f"<ol>{rows}</ol><p>{support(given, language)} {words['note']}</p>"
    else:
        title = messages.abstention(given.abstention.reason if given.abstention else "no_evidence", language)
        body = ""
    box = messages.helplines(given.question, language, answered=given.answered)
    numbers = "".join(f"<li>{escape(line)}</li>" for line in box.splitlines())
    urgent = f'<ul class="numbers">{numbers}</ul>' if numbers else ""
    if urgent and not given.answered:
        body = f"<p>{title}</p>"
        title = messages.CALL[translations.spoken(language)]
    engine = (
        f"{given.engine.get('encoder') or words['words']}, {words['generation']} {given.engine.get('index_generation')}"
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(question[:80])}</title><style>{_STYLE}</style></head><body><main>"
        f"<p>{words['asked']}: {isolate(question)}</p><h1>{title}</h1>{urgent}{body}"
        f"<dl><dt>{words['saved']}</dt><dd>{saved:%Y-%m-%d %H:%M}</dd></dl>"
        f"<details><summary>{words['technical']}</summary><dl><dt>{words['engine']}</dt><dd>{escape(engine)}</dd></dl>"
        f"</details></main>"
        f'<script type="application/json" id="nmt-rag-answer">{_json(given)}</script></body></html>\n'
    )


def answer_json(html: str) -> str:
    """Return the answer that stands in a page that `passport` made, as JSON; an empty string where there is none."""
    match = _EMBEDDED.search(html)
    return match.group(1) if match else ""


def _cited(citation: Citation, names: Sequence[str], words: dict[str, str], language: str) -> str:
    """Return one quote with all that is needed to find and check it; ``names`` are those whom it is about."""
    rows = [
        (words["actor"], ", ".join(isolate(name, foreign(language)) for name in names)),
        (words["source"], isolate(place(citation, language), foreign(language))),
        (words["address"], link(citation.url, escape(safe_url(citation.url)))),
    ]
    technical = [(words["place"], f"{citation.start}–{citation.end}"), (words["hash"], escape(citation.source_sha256))]
    return (
        f"{quoted(citation.quote, citation.reading)}{_rows(rows)}"
        f"<details><summary>{words['technical']}</summary>{_rows(technical)}</details>"
    )


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    return f"<dl>{listed}</dl>"


def _json(given: Answer) -> str:
    """Return the answer as JSON that cannot end the element it stands in."""
    text = strict_json.dumps(given.to_dict())
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
