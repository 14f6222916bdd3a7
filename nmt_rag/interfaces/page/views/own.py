"""A visitor's own documents → HTML: what may be added, how far the reading is, what can be asked, what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nmt_rag import documents
from nmt_rag.documents import Remark, RemarkKind
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.page import visits
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.visitor.steps import Refused, Taken
from nmt_rag.types import Answer, Citation, Document

_LIMITS = {"files": visits.MAX_FILES, "documents": visits.MAX_DOCUMENTS, "megabytes": visits.MAX_MEGABYTES}
_REMARKS: Mapping[RemarkKind, str] = {
    "scanned": "own_scanned",
    "embedded": "own_embedded",
    "hidden": "own_hidden",
    "encoding": "own_damaged",
    "damaged": "own_damaged",
    "rows": "own_rows",
    "formulas": "own_formulas",
    "attachments": "own_attachments",
    "struck": "own_struck",
}


def lead(language: str) -> str:
    """Return the title of the view, what becomes of the documents, and the limits."""
    texts = TEXTS[language]
    formats = ", ".join(sorted(documents.readable()))
    said = {name: texts[f"own_{name}"].format(**_LIMITS) for name in ("here", "or", "choose", "undelivered")}
    words = " ".join(f'data-{name}="{text}"' for name, text in said.items())
    return (
        f'<div lang="{language}" {words}><h2>{texts["own_title"]}</h2><p class="lead">{texts["own_lead"]}</p>'
        f'<p class="limits">{texts["own_limits"].format(formats=formats, **_LIMITS)}</p></div>'
    )


def reading(number: int, total: int, share: float | None, language: str) -> str:
    """Return how far the reading of files is, as a bar and in words.

    Args:
        number: of the file that is being read, from 1.
        total: how many files there are.
        share: how much of it is done, from 0 to 1; None where nobody knows.
        language: ``"sv"`` or ``"en"``.
    """
    value = "" if share is None else f' value="{number - 1 + share:.2f}"'
    words = TEXTS[language]["own_reading"].format(number=number, total=total)
    return (
        f'<p class="count" lang="{language}" data-said="{words}"><label>{words} '
        f'<progress max="{total}"{value}></progress></label></p>'
    )


def named(given: Answer) -> Answer:
    """Return an answer whose quotes are from the files that the visitor knows: the file's name is the title.

    It stands in place of the document's own, which is often but the first heading of many.
    """

    def by_file(one: Citation) -> Citation:
        below = one.heading[1:] if one.heading[:1] == (one.title,) else one.heading
        return replace(one, title=one.document_id, heading=below)

    citations = tuple(map(by_file, given.citations))
    return replace(given, citations=citations)


def status(
    held: Sequence[Document],
    told: Sequence[Refused | Taken],
    language: str,
    *,
    removed: bool = False,
    unfinished: bool = False,
    serial: int = 0,
) -> str:
    """Return what can be asked now, which files were not taken in, and what of the others was not read.

    Args:
        held: the visitor's documents.
        told: the files that were just now refused, or taken in.
        language: ``"sv"`` or ``"en"``.
        removed: whether the documents were removed just now.
        unfinished: whether they can be asked by their words alone yet.
        serial: a number of its own, so that the browser says the same words once more.
    """
    texts = TEXTS[language]
    ready = "own_early" if unfinished else "own_ready"
    said = texts[ready if held else "own_removed" if removed else "own_none"]
    names = "".join(f"<li>{isolate(document.id)}</li>" for document in held)
    listed = f'<ul class="held">{names}</ul>' if held else ""
    go = f'<p><button type="button" class="go" data-ask-own>{texts["own_go"]}</button></p>' if held else ""
    failed = [(one.name, texts[f"own_{one.problem}"].format(**_LIMITS)) for one in told if isinstance(one, Refused)]
    taken = (one for one in told if isinstance(one, Taken))
    noted = [(one.name, " ".join(_remark(remark, texts) for remark in one.remarks)) for one in taken if one.remarks]
    parts = [(texts[head], items) for head, items in (("own_failed", failed), ("own_noted", noted)) if items]
    wrong = "".join(_listed(head, items) for head, items in parts)
    spoken = (f"{head} {' '.join(f'{name}: {why}' for name, why in items)}" for head, items in parts)
    heard = f"{said} {', '.join(document.id for document in held)}." if held and said.endswith(":") else said
    announced = escape(" ".join((heard, *spoken)))
    return (
        f'<div lang="{language}"><p class="count" data-said="{announced}" data-serial="{serial}">{said}</p>'
        f"{listed}{go}{wrong}</div>"
    )


def _listed(head: str, items: Sequence[tuple[str, str]]) -> str:
    """Return files, each with what is said of it, as a list below its heading."""
    rows = "".join(f"<li>{isolate(name)}: {escape(why)}</li>" for name, why in items)
    return f'<p class="wrong">{head}</p><ul class="refused">{rows}</ul>'


def _remark(remark: Remark, texts: Mapping[str, str]) -> str:
    name = _REMARKS[remark.kind]
    name = f"{name}_one" if remark.kind == "scanned" and remark.detail.isdigit() else name
    return texts[name].format(detail=remark.detail)
