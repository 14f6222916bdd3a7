"""Hits → HTML: «Så hittades svaret», for those who want to see why these sentences came first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nmt_rag.citations import full_reading
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views.answer import foreign, row
from nmt_rag.types import Hit


def hits(found: Sequence[Hit], engine: Mapping[str, Any], language: str, *, answered: bool = True) -> str:
    """Return a fold-out with the hits, their scores, the words that matched, and what searched.

    Args:
        found: the hits, best first; none gives an empty string.
        engine: ``Answer.engine``.
        language: ``"sv"`` or ``"en"``.
        answered: whether they gave an answer, for the title.
    """
    if not found:
        return ""
    texts = TEXTS[language]
    rows = "".join(
        f'<li><p lang="sv">{isolate(hit.passage.text)}</p>{row(full_reading(hit.passage))}{_why(hit, language)}</li>'
        for hit in found
    )
    encoder = escape(str(engine.get("encoder") or texts["words_only"]))
    generation = escape(str(engine.get("index_generation", "")))
    return (
        f'<details class="found"><summary>{texts["found" if answered else "searched"]}</summary>'
        f"<p>{texts['found_lead']}</p><ol>{rows}</ol>"
        f'<p><button type="button" class="plain" data-view="compare">{texts["view_compare"]}</button></p>'
        f'<details class="technical"><summary>{texts["technical"]}</summary>'
        f'<p class="why">{texts["encoder"]}: {encoder}. {texts["generation"]}: {generation}.</p></details></details>'
    )


def _why(hit: Hit, language: str) -> str:
    """Return one line with the numbers of a hit, and the words of the question that stand in its sentence.

    The search by words reads headings and what stands around a sentence, and it knows synonyms.
    """
    texts = TEXTS[language]
    parts = [f"{texts['score']} {number(hit.score, 2, language)}"]
    for word, rank, score in (
        (texts["meaning"], hit.dense_rank, hit.dense_score),
        (texts["words"], hit.lexical_rank, hit.lexical_score),
    ):
        if rank is not None and score is not None:
            parts.append(f"{word}: {texts['place']} {rank} ({number(score, 2, language)})")
    absent = texts["none" if hit.lexical_rank is None else "matched_around"]
    matched = ", ".join(isolate(word, foreign(language)) for word in hit.matched) or absent
    return f'<p class="why">{" · ".join(parts)} · {texts["matched"]}: {matched}</p>'


def number(value: float, digits: int, language: str) -> str:
    """Return a number with the decimal mark of a language."""
    return f"{value:.{digits}f}".replace(".", TEXTS[language]["decimal"])
