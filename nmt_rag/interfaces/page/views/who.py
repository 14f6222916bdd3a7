"""Who does what → HTML: the table «Vem gör vad», each row with its sentence in the source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt_rag.documents import Responsibility, spreadsheet
from nmt_rag.interfaces.lookups import one_each
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.types import Citation

MAX_ROWS = 150
"""More rows than this are cut: the filters find the others (a browser stays quick, and so does a screen reader)."""
_DUTY = re.compile(r"^(?:roll|uppgift|uppdrag|ansvar)\w* är (?:(?:bland annat|främst|också|även) )?att ")
_COPULA = re.compile(r"\bär(?: även| också)?$")
_PREDICATE = re.compile(r"(?!(?:en|ett|den|det|de|att|som|ej|inte)\b)(till för|\w+) (?=\w)")
DOWNLOADS = {
    "sv": ("vem-gor-vad.csv", "vem-gor-vad.json"),
    "en": ("who-does-what.csv", "vem-gor-vad.json"),
}
"""Where the whole table can be fetched in each language, below the page's own address: for Excel, and as JSON."""


def lead(language: str) -> str:
    """Return the title of the view, what it shows, and the whole table to download."""
    texts = TEXTS[language]
    csv, json = (
        f'<a href="{address}" download>{texts[kind]}</a>'
        for address, kind in zip(DOWNLOADS[language], ("csv", "json"), strict=True)
    )
    return (
        f'<div lang="{language}"><h2>{texts["view_who"]}</h2><p class="lead">{texts["who_lead"]}</p>'
        f'<p class="downloads">{texts["whole"]}: {csv} {json}</p></div>'
    )


def csv(rows: Sequence[Responsibility], language: str) -> str:
    """Return the whole table as the Excel of a language opens it: its names of the columns, and what stands between.

    The mark of UTF-8 comes first, without which Excel reads another encoding.
    """
    header = TEXTS[language]["csv_columns"]
    separator = ";" if ";" in header else ","
    return "\ufeff" + spreadsheet.as_csv(rows, columns=header.split(separator), separator=separator)


def filters(actors: Sequence[str], language: str) -> str:
    """Return the choice of an actor and the field for a word, as the browser's own controls; `page.js` listens."""
    texts = TEXTS[language]
    return (
        f'<div class="filters" data-pick="who-pick" lang="{language}">{choice(actors, language, everyone=True)}'
        f'<label><span>{texts["word"]}</span><input type="search" autocomplete="off" '
        f'placeholder="{texts["word_hint"]}"></label></div>'
    )


def choice(actors: Sequence[str], language: str, *, everyone: bool = False) -> str:
    """Return the choice of one actor; with ``everyone`` also of all."""
    texts = TEXTS[language]
    options = "".join(f'<option value="{escape(name)}" lang="sv">{escape(name)}</option>' for name in actors)
    first = f'<option value="">{texts["everyone"]}</option>' if everyone else ""
    return f"<label><span>{texts['actor']}</span><select>{first}{options}</select></label>"


def table(rows: Sequence[Responsibility], language: str, *, filtered: bool = False) -> str:
    """Return the rows as a table, grouped by actor; actors stand in the order in which they come.

    Two verbs with the same words make one row («utreda och fatta beslut»).

    Args:
        rows: who does what, chosen already.
        language: ``"sv"`` or ``"en"``, the language of the words around the quotes.
        filtered: whether the rows were chosen from more, for what is said where there are none.
    """
    texts = TEXTS[language]
    if not rows:
        words = texts["rows_none" if filtered else "rows_empty"]
        return f'<p class="count" lang="{language}" data-said="{words}">{words}</p>'
    rows = one_each(rows)
    shown = rows[:MAX_ROWS]
    if len(shown) < len(rows):
        count = texts["rows_some"].format(shown=len(shown), total=len(rows))
    else:
        count = texts["rows_one" if len(rows) == 1 else "rows"].format(n=len(rows))
    by_actor: dict[str, list[Responsibility]] = {}
    for row in shown:
        by_actor.setdefault(row.actor, []).append(row)
    groups = "".join(_group(actor, mine, language) for actor, mine in by_actor.items())
    return (
        f'<p class="count" lang="{language}" data-said="{count}">{count}</p>'
        f'<table class="who-table" lang="{language}"><caption class="sr">{texts["view_who"]}</caption><thead><tr>'
        f'<th scope="col">{texts["does"]}</th><th scope="col">{texts["task"]}</th>'
        f'<th scope="col">{texts["source"]}</th></tr></thead>{groups}</table>'
    )


def place_button(citation: Citation, language: str) -> str:
    """Return the button that shows a quote in the source beside, where its own link is, too."""
    words = TEXTS[language]["show"]
    where = escape(f"{citation.document_id}\n{citation.start}\n{citation.end}")
    said = f'<span class="sr" lang="sv"> {escape(citation.quote)}</span>'  # for ears alone, in its own language
    return f'<button type="button" data-place="{where}">{words}{said}</button>'


def _group(actor: str, rows: Sequence[Responsibility], language: str) -> str:
    body = "".join(_row(row, language) for row in rows)
    return f'<tbody><tr><th colspan="3" scope="rowgroup" lang="sv">{isolate(actor)}</th></tr>{body}</tbody>'


def _read(said: str, task: str) -> tuple[str, str]:
    """Return what is done and to what, as a table reads it: «är öppen», not «är»; no «roll är bland annat att»."""
    said = _DUTY.sub("", said)
    predicate = _PREDICATE.match(task) if _COPULA.search(said) else None
    return (f"{said} {predicate.group(1)}", task[predicate.end() :]) if predicate else (said, task)


def _row(row: Responsibility, language: str) -> str:
    said, task = _read(row.said, row.task)
    condition = f'<span class="condition">{isolate(row.condition)}: </span>' if row.condition else ""
    section = f'<span class="condition">{isolate(row.section)} </span>' if row.section else ""
    if "…" in said:  # what stands between the verbs belongs between them: «kan detta tillhandahållas av …»
        parts = f'<td lang="sv" class="does" colspan="2">{section}{isolate(row.phrase)}</td>'
        return f'<tr>{parts}<td class="actions">{place_button(row.citation, language)}</td></tr>'
    return (
        f'<tr><td lang="sv" class="does">{section}{isolate(said)}</td><td lang="sv">{condition}{isolate(task)}</td>'
        f'<td class="actions">{place_button(row.citation, language)}</td></tr>'
    )
