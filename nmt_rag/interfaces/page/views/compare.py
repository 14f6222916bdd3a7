"""Hits of several searches → HTML: the same question by words, by meaning and by both, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag.citations import full_reading
from nmt_rag.interfaces.markup import isolate
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.answer import row
from nmt_rag.interfaces.page.views.hits import number
from nmt_rag.types import Hit


def lead(language: str) -> str:
    """Return the title of the view and what it shows."""
    texts = TEXTS[language]
    return f'<div lang="{language}"><h2>{texts["view_compare"]}</h2><p class="lead">{texts["compare_lead"]}</p></div>'


def columns(searches: Sequence[tuple[str, Sequence[Hit]]], language: str) -> str:
    """Return the hits of each search as a column.

    Args:
        searches: the name of each search in `texts` (``"compare_words"``), and its hits, best first.
        language: ``"sv"`` or ``"en"``.
    """
    texts = TEXTS[language]
    note = "" if any(name == "compare_meaning" for name, _ in searches) else f"<p>{texts['compare_no_model']}</p>"
    shown = "".join(f"<section><h3>{texts[name]}</h3>{_list(hits, language)}</section>" for name, hits in searches)
    return f'{note}<div class="columns" lang="{language}">{shown}</div>'


def _hit(hit: Hit, language: str) -> str:
    who = f'<p class="speaker" lang="sv">{isolate(hit.passage.actor)}</p>' if hit.passage.actor else ""
    title = isolate(hit.title or hit.document_id, "sv")
    return (
        f'<li>{who}<p lang="sv">{isolate(hit.passage.text)}</p>{row(full_reading(hit.passage))}'
        f'<p class="why">{TEXTS[language]["score"]} {number(hit.score, 3, language)} · {title}</p></li>'
    )


def _list(hits: Sequence[Hit], language: str) -> str:
    rows = "".join(_hit(hit, language) for hit in hits)
    return f"<ol>{rows}</ol>" if rows else f"<p>{TEXTS[language]['none']}</p>"
