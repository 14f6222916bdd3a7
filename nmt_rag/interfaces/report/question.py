"""One question of the report: the answer, every quote in its place in the source, what is wrong and why.

All that comes from answers and sources is hostile: it goes through `nmt_rag.interfaces.markup`.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping

from nmt_rag.citations import page_label
from nmt_rag.documents import passages
from nmt_rag.evaluation import CitedAnswer, CitedQuote, QuestionEvaluation, QuoteCheck, Sources, StatementCheck
from nmt_rag.interfaces.markup import escape, isolate
from nmt_rag.interfaces.report.texts import FAULTS, TEXTS
from nmt_rag.types import Document

_LINES = re.compile(r"\n\s*\n")
_CUT_START, _CUT_END = re.compile(r"^\S*\s"), re.compile(r"\s\S*$")
AROUND = 180
"""How much of the source is shown on each side of a quote (characters)."""
MAX_QUOTE = 2_000
"""A longer quote is cut in the report (characters); it is still judged in full."""


def article(one: QuestionEvaluation, sources: Sources | None, language: str) -> str:
    """Return the part of the report about one question."""
    texts = TEXTS[language]
    state = "bad" if one.faults else "good"
    name = f"{escape(one.id)} · " if one.id else ""
    parts = [f'<article class="question {state}"><h3>{name}{isolate(one.question)}</h3>', _faults(one, language)]
    answer = one.answer
    if answer is None:
        parts.append(f'<p class="quiet">{texts["no_answer"]}</p>')
    else:
        parts.append(_answer(answer, one.support, texts))
        if answer.citations and one.exactness is not None:
            held = sources if sources is not None else Sources(answer.documents)
            shown = zip(answer.citations, one.exactness.quotes, strict=True)
            quotes = "".join(_quote(cited, found, held, language) for cited, found in shown)
            parts.append(f'<h4>{texts["quotes"]}</h4><ol class="quotes">{quotes}</ol>')
    if one.against_gold is not None and (one.against_gold.missing or one.against_gold.missing_actors):
        wanted = [*one.against_gold.missing_actors, *one.against_gold.missing]
        items = "".join(f"<li>{isolate(text)}</li>" for text in wanted)
        parts.append(f'<h4>{texts["wanted"]}</h4><ul class="wanted">{items}</ul>')
    return "".join(parts) + "</article>"


def _faults(one: QuestionEvaluation, language: str) -> str:
    """Return what is wrong in words, each kind once."""
    texts = TEXTS[language]
    if not one.faults:
        return f'<p class="verdict">{texts["right"]}</p>'
    counts = Counter(kind for _, kind in one.faults)
    items = "".join(
        f"<li>{FAULTS[language].get(kind, escape(kind))}{f' (× {n})' if n > 1 else ''}</li>"
        for kind, n in counts.items()
    )
    return f'<div class="verdict"><strong>{texts["wrong"]}</strong><ul>{items}</ul></div>'


def _answer(answer: CitedAnswer, support: tuple[StatementCheck, ...], texts: Mapping[str, str]) -> str:
    if not answer.answered:
        return f'<h4>{texts["answer"]}</h4><p class="quiet">{texts["abstains"]}</p><p>{isolate(answer.text)}</p>'
    checks = {one.number: one for one in support}
    items = []
    for number, statement in enumerate(answer.statements):
        markers = "".join(f'<span class="marker">[{marker}]</span>' for marker in statement.citations)
        check = checks.get(number)
        note = f'<span class="support {check.verdict.replace(" ", "-")}">{_said(check, texts)}</span>' if check else ""
        items.append(f"<li>{isolate(statement.text[:MAX_QUOTE])} {markers}{note}</li>")
    shown = f"<ul>{''.join(items)}</ul>" if items else f"<p>{isolate(answer.text[:MAX_QUOTE])}</p>"
    return f'<h4>{texts["answer"]}</h4><div class="answer">{shown}</div>'


def _said(check: StatementCheck, texts: Mapping[str, str]) -> str:
    """Return whether the quotes support a statement, and why; a judge's own reason is in the judge's language."""
    known = {
        "literal": "literal",
        "elsewhere": "elsewhere_statement",
        "empty": "empty",
        "no_judge": "no_judge_statement",
    }
    reason = texts[known[check.kind]] if check.kind in known else escape(check.reason)
    verdict = texts[check.verdict]
    return f"{verdict[0].upper()}{verdict[1:]}. {reason}"


def _quote(cited: CitedQuote, found: QuoteCheck, sources: Sources, language: str) -> str:
    """Return a quote as an item of a list: the verdict on it, why, its place in the source, and the difference."""
    texts = TEXTS[language]
    document = sources.find(found.document_id) if found.document_id else None
    name = isolate(document.title or document.id) if document is not None else ""
    if document is not None and document.pages and found.start is not None and found.kind != "whole":
        name += f", {page_label(document.page_at(found.start), language)}"
    marker = f'<span class="marker">[{cited.marker}]</span>'
    if found.kind == "whole":
        return (
            f'<li><p class="head">{marker} {texts["whole"]} {name}</p><p class="quiet">{texts["whole_about"]}</p></li>'
        )
    head = f'<p class="head">{marker} <span class="tag {found.verdict}">{texts[found.verdict]}</span> {name}</p>'
    if document is None or found.start is None or found.end is None:
        place = f'<blockquote>{isolate(cited.quote[:MAX_QUOTE])}</blockquote><p class="quiet">{texts["nowhere"]}</p>'
    else:
        row = passages.full_reading(document, found.start, found.end)
        place = _in_place(document, found.start, found.end) + (f'<p class="quiet">{isolate(row)}</p>' if row else "")
    return f"<li>{head}{_reason(cited, found, language)}{place}{_as_cited(cited, found, document, texts)}</li>"


def _reason(cited: CitedQuote, found: QuoteCheck, language: str) -> str:
    """Return why a quote is not exact, that its source is unknown, and from where to where it moved."""
    texts = TEXTS[language]
    why = "" if found.verdict == "exact" else FAULTS[language].get(f"{found.verdict}:{found.kind}", "")
    unknown = "" if found.known else texts["unknown"].format(escape(cited.source))
    reason = f'<p class="why">{why} {unknown}</p>' if why or unknown else ""
    if found.verdict == "moved" and cited.start is not None and found.start is not None:
        reason += f'<p class="why">{cited.start}–{cited.end} → {found.start}–{found.end}</p>'
    return reason


def _as_cited(cited: CitedQuote, found: QuoteCheck, document: Document | None, texts: Mapping[str, str]) -> str:
    """Return how the answer cites a quote, where that differs from the source: its words, or the source it names."""
    if found.verdict == "altered" and document is not None and found.kind not in ("ellipsis", "joined"):
        now = document.text[found.start : found.end]
        return f'<p class="diff">{_difference(cited.quote, now)}</p><p class="quiet">{texts["diff"]}</p>'
    if found.verdict == "altered":
        quote = isolate(cited.quote[:MAX_QUOTE])
        return f'<p class="quiet">{texts["cited_as"]}:</p><blockquote>{quote}</blockquote>'
    if found.verdict not in ("elsewhere", "absent"):
        return ""
    said = isolate(cited.source) if cited.source else texts["unnamed"]
    return f'<p class="quiet">{texts["cited_as"]}: {texts["source"]} {said}</p>'


def _in_place(document: Document, start: int, end: int) -> str:
    """Return the source around a place, the place itself marked."""
    first, last = max(0, start - AROUND), min(len(document.text), end + AROUND)
    stop = min(end, start + MAX_QUOTE)
    before, after = (_LINES.sub("\n", part) for part in (document.text[first:start], document.text[end:last]))
    before = _CUT_START.sub("", before) if first else before
    after = _CUT_END.sub("", after) if last < len(document.text) else after
    return (
        f'<blockquote lang="{escape(document.language)}">{"…" if first else ""}{escape(before)}'
        f"<mark>{escape(document.text[start:stop])}{'…' if stop < end else ''}</mark>"
        f"{escape(after)}{'…' if last < len(document.text) else ''}</blockquote>"
    )


def _difference(quote: str, now: str) -> str:
    """Return the words that only the quote has struck out, those that only the source has underlined."""
    old, new = quote[:MAX_QUOTE].split(), now[:MAX_QUOTE].split()
    parts: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(escape(" ".join(old[a:b])))
            continue
        parts += [f"<del>{escape(' '.join(old[a:b]))}</del>"] * (a < b) + [
            f"<ins>{escape(' '.join(new[c:d]))}</ins>"
        ] * (c < d)
    return " ".join(parts)
