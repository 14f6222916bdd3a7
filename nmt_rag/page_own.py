"""A visitor's own documents → HTML: what may be added, how far the reading is, what can be asked, what was refused."""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag import documents, visits
from nmt_rag.markup import escape, isolate
from nmt_rag.page_texts import TEXTS
from nmt_rag.types import Document
from nmt_rag.visits import Refused

_LIMITS = {"files": visits.MAX_FILES, "megabytes": visits.MAX_MEGABYTES}
_PROBLEMS = {
    "format": "own_format",
    "too_large": "own_too_large",
    "too_many": "own_too_many",
    "too_long": "own_too_long",
    "too_slow": "own_too_slow",
    "too_heavy": "own_too_heavy",
    "unreadable": "own_unreadable",
    "busy": "own_busy",
}


def lead(language: str) -> str:
    """Return the title of the view, what becomes of the documents, and the limits."""
    texts = TEXTS[language]
    formats = ", ".join(sorted(documents.SUFFIXES))
    words = f'data-here="{texts["own_here"]}" data-or="{texts["own_or"]}" data-choose="{texts["own_choose"]}"'
    return (
        f'<div lang="{language}" {words}><h2>{texts["own_title"]}</h2><p class="lead">{texts["own_lead"]}</p>'
        f'<p class="limits">{texts["own_limits"].format(formats=formats, **_LIMITS)}</p></div>'
    )


def reading(number: int, total: int, language: str) -> str:
    """Return how far the reading of files is, as a bar and in words."""
    words = TEXTS[language]["own_reading"].format(number=number, total=total)
    return (
        f'<p class="count" lang="{language}" data-said="{words}"><label>{words} '
        f'<progress max="{total}" value="{number - 1}"></progress></label></p>'
    )


def status(held: Sequence[Document], refused: Sequence[Refused], language: str, *, removed: bool = False) -> str:
    """Return what can be asked now, and which files were not taken in.

    Args:
        held: the visitor's documents.
        refused: the files that were refused just now.
        language: ``"sv"`` or ``"en"``.
        removed: whether the documents were removed just now.
    """
    texts = TEXTS[language]
    said = texts["own_ready" if held else "own_removed" if removed else "own_none"]
    names = "".join(f"<li>{isolate(document.title or document.id)}</li>" for document in held)
    listed = f'<ul class="held">{names}</ul>' if held else ""
    go = f'<p><button type="button" class="go" data-ask-own>{texts["own_go"]}</button></p>' if held else ""
    failed = "".join(
        f"<li>{isolate(one.name)}: {texts[_PROBLEMS[one.problem]].format(**_LIMITS)}</li>" for one in refused
    )
    wrong = f'<p class="wrong">{texts["own_failed"]}</p><ul class="refused">{failed}</ul>' if failed else ""
    announced = escape(" ".join([said, *([texts["own_failed"]] if failed else [])]))
    return f'<div lang="{language}"><p class="count" data-said="{announced}">{said}</p>{listed}{go}{wrong}</div>'
