"""Hits and citations → the same with the text around them, in whole passages, for prompts and for people.

What is around never leaves the section that a passage stands in: under another heading somebody else may act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, SupportsIndex

from nmt_rag import citations
from nmt_rag.answering import Said, search
from nmt_rag.index import Index
from nmt_rag.types import Answer, Citation, Document, Hit, Passage

MAX_WINDOW = 20
"""At most this many passages on each side may be asked for: a page of text and more."""


def checked(window: SupportsIndex) -> int:
    """Return a window.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is below 0 or above `MAX_WINDOW`.
    """
    window = search.whole(window, "window")
    if not 0 <= window <= MAX_WINDOW:
        raise ValueError(f"window is 0 to {MAX_WINDOW} passages on each side, got {window}")
    return window


def around(passages: Sequence[Passage], first: int, last: int, window: int) -> tuple[int, int]:
    """Return from where to where the passages around some passages go, as offsets in their document.

    Args:
        passages: all of the document, in the order of the text.
        first: the ordinal of the first passage.
        last: that of the last.
        window: how many passages on each side, as far as they stand under the same headings.
    """
    begin, end = first, last
    while begin > max(0, first - window) and passages[begin - 1].heading == passages[first].heading:
        begin -= 1
    while end < min(len(passages) - 1, last + window) and passages[end + 1].heading == passages[last].heading:
        end += 1
    return passages[begin].start, passages[end].end


def hits_with_text(index: Index, hits: Iterable[Hit], window: int) -> list[Hit]:
    """Return hits with the text before and after them.

    Args:
        index: where they were found.
        hits: what `nmt_rag.answering.search.search` returned.
        window: how many passages on each side; 0 leaves hits as they are.
    """
    return [_hit(index, hit, window) for hit in hits] if window else list(hits)


def answer_with_text(index: Index, answer: Answer, window: int) -> Answer:
    """Return an answer whose citations' prefix and suffix are whole passages; see `hits_with_text`."""
    if not window:
        return answer
    return replace(answer, citations=tuple(citation_with_text(index, one, window) for one in answer.citations))


def part_with_text(index: Index, part: Said | Answer, window: int) -> Said | Answer:
    """Return what a stream yields, with the text around its citations; see `answer_with_text`."""
    if isinstance(part, Answer):
        return answer_with_text(index, part, window)
    return replace(part, citations=tuple(citation_with_text(index, one, window) for one in part.citations))


def citation_with_text(index: Index, citation: Citation, window: int) -> Citation:
    """Return a citation whose prefix and suffix are whole passages; see `hits_with_text`."""
    read = index.remembered(_read, citation.document_id) if window else None
    if read is None:
        return citation
    text, passages = read
    if text[citation.start : citation.end] != citation.quote:  # the source has changed since
        return citation
    inside = [p.ordinal for p in passages if p.start < citation.end and p.end > citation.start]
    if not inside:
        return citation
    start, end = around(passages, inside[0], inside[-1], window)
    start, end = min(start, citation.start), max(end, citation.end)
    return replace(citation, prefix=text[start : citation.start], suffix=text[citation.end : end])


def described(document: Document, hit: Hit) -> dict[str, Any]:
    """Return what other tools are told of a hit beside its text: the document's metadata, where it stands, under what.

    ``start_index`` and ``end_index`` are those of the text with what is around it, ``passage_start`` and
    ``passage_end``, where there is anything around it, those of the passage.
    """
    passage = hit.passage
    cited = citations.cite(document, passage.start, passage.end, marker=hit.rank)
    inner = {"passage_start": passage.start, "passage_end": passage.end} if hit.before or hit.after else {}
    return {
        **document.metadata,
        "document_id": document.id,
        "title": document.title,
        "heading": list(passage.heading),
        "actor": passage.actor,
        "start_index": passage.start - len(hit.before),
        "end_index": passage.end + len(hit.after),
        **inner,
        "source_sha256": cited.source_sha256,
        "url": cited.url,
        "page": passage.page,
        "score": hit.score,
    }


def _hit(index: Index, hit: Hit, window: int) -> Hit:
    read = index.remembered(_read, hit.document_id)
    if read is None:
        return hit
    text, passages = read
    found = hit.passage
    start, end = around(passages, found.ordinal, found.ordinal, window)
    return replace(hit, before=text[start : found.start], after=text[found.end : end])


def _read(document: Document, passages: Sequence[Passage]) -> tuple[str, tuple[Passage, ...]]:
    return document.text, tuple(passages)
