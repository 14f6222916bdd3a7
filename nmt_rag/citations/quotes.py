"""A quote ↔ its source: make a citation, check it against the text as it is now, find the quote again, show it.

Literal equality decides; nothing is called exact that differs in a single code point. Likeness is only measured to show
a reader what became of a quote that is gone. No document is read or searched for here: callers hand them in.
A quote keeps each character of its source; on one line (`unbroken`) it is for screens and paper only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nmt_rag.citations.comparing import difference, most_similar, places
from nmt_rag.citations.links import at_most_two, deep_link
from nmt_rag.swedish import wholewords
from nmt_rag.types import Answer, Citation, Document, Passage, Verdict

CONTEXT, MAX_CONTEXT = 32, 512  # characters kept on each side of a quote, doubled while they do not tell it from twins
_LONGEST_WORD = 80
_MOST_ABOVE = 400  # what a quote goes on from is no longer, but for a single line of more (characters)
_NOWHERE = "No document that was searched has the quote, or one like it."


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a quote: the verdict, where it is now, and one sentence that says so.

    ``document_id``, ``start`` and ``end`` are None for ``absent``. ``similarity`` is 1 for a literal quote, 0 for an
    absent one, between for ``altered``; there ``diff`` shows ``[-old words-] {+new words+}``, and is empty where only
    white space or the Unicode form differs.
    """

    verdict: Verdict
    document_id: str | None
    start: int | None
    end: int | None
    similarity: float
    diff: str
    message: str


def cite(
    document: Document,
    start: int,
    end: int,
    *,
    marker: int,
    heading: Sequence[str] = (),
    actor: str = "",
    score: float = 0.0,
    reading: str = "",
) -> Citation:
    """Return the citation of ``document.text[start:end]``.

    Args:
        document: the source.
        start: first character of the quote, in code points of ``document.text``.
        end: the character after its last one.
        marker: the citation's number in its answer, from 1.
        heading: the path of headings above the quote.
        actor: who acts or speaks in the quote.
        score: how well the quote supports the answer; higher is better.
        reading: a table's row with its header words, or the headings that a line leads to, from `full_reading`.

    Raises:
        ValueError: the offsets are no place in the text, or the marker is below 1.
    """
    if not _fits(start, end, document.text):
        raise ValueError(
            f"[{start!r}:{end!r}] is no place in document {document.id!r}: "
            f"expected whole numbers with 0 <= start < end <= {len(document.text)}"
        )
    if type(marker) is not int or marker < 1:
        raise ValueError(f"expected a marker of 1 or more, got {marker!r}")
    prefix, suffix = _context(document.text, start, end)
    page = document.page_at(start)
    return Citation(
        marker=marker,
        document_id=document.id,
        title=document.title,
        url=deep_link(document.url, document.text, start, end, page=page),
        heading=tuple(heading),
        actor=actor,
        quote=document.text[start:end],
        start=start,
        end=end,
        source_sha256=document.sha256,
        prefix=prefix,
        suffix=suffix,
        score=score,
        page=page,
        reading=reading,
    )


def cite_passage(
    document: Document, passage: Passage, *, marker: int, actor: str, score: float, reading: str = ""
) -> Citation:
    """Return the citation of a whole passage; its path of headings begins with the title of its document.

    The arguments and errors are those of `cite`.
    """
    path = passage.heading if passage.heading[:1] == (document.title,) else (document.title, *passage.heading)
    return cite(
        document,
        passage.start,
        passage.end,
        marker=marker,
        heading=tuple(filter(None, path)),
        actor=actor,
        score=score,
        reading=reading,
    )


def verify(citation: Citation, document: Document | None, others: Iterable[Document] = ()) -> Verification:
    """Return what became of a citation's quote.

    Looks at the cited place, then for the quote in the whole document, then in the others, and last for a similar
    text in the document. Of several places, the one whose neighbours agree best with the citation's prefix and suffix
    is taken, then the nearest to the old place, then the first.

    Args:
        citation: from any source; its offsets and texts are not trusted. Without a document's id nothing was cited, and
            it is only said where the quote stands.
        document: the cited document as it is now, None if it is gone.
        others: where the quote may have gone; read only if the document does not have it.
    """
    quote = citation.quote
    if not quote.strip():
        return _absent("The citation has no quote: there is nothing to find.")
    if document is not None:
        fits = _fits(citation.start, citation.end, document.text)
        if fits and document.text[citation.start : citation.end] == quote:
            where = "where it was cited" if citation.document_id else "in the sources"
            return _literal("exact", document, citation.start, quote, f"The quote stands {where}")
        place = _best_place(citation, document.text)
        if place is not None:
            return _literal("moved", document, place, quote, "The quote has moved in its document")
    elsewhere = [
        (-_agreement(citation, other.text, place), other.id, place, other)
        for other in others
        if (document is None or other.id != document.id) and (place := _best_place(citation, other.text)) is not None
    ]
    if elsewhere:
        _, _, place, other = min(elsewhere, key=lambda found: found[:3])
        return _literal("elsewhere", other, place, quote, "The quote stands in another document")
    if document is None:
        if not citation.document_id:
            return _absent(_NOWHERE)
        return _absent(f"Document {citation.document_id!r} is gone, and no other one searched has the quote.")
    return _altered(citation, document)


def recheck(
    answer: Answer,
    documents: Callable[[str], Document | None],
    others: Callable[[Citation], Iterable[Document]] = lambda citation: (),
) -> tuple[Verification, ...]:
    """Return what became of each citation of a saved answer, in the answer's order.

    Args:
        answer: the saved answer.
        documents: a document's id → the document as it is now, or None.
        others: a citation → the documents that may hold its quote now; called only for quotes that are not in place.
    """
    return tuple(
        verify(citation, documents(citation.document_id), _lazily(others, citation)) for citation in answer.citations
    )


def _lazily(others: Callable[[Citation], Iterable[Document]], citation: Citation) -> Iterator[Document]:
    """Yield the documents of a search that is made only when the first one is asked for."""
    yield from others(citation)


def _fits(start: object, end: object, text: str) -> bool:
    """Return whether the offsets are whole numbers (a bool is none) and name a place in the text."""
    return type(start) is int and type(end) is int and 0 <= start < end <= len(text)


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the words before and after a place: as many as tell it from the other places with the same quote."""
    width = CONTEXT
    while True:
        left, right = max(0, start - width), min(len(text), end + width)
        if width >= MAX_CONTEXT or at_most_two(text, text[left:right]) == 1:
            break
        width *= 2
    while 0 < left < start and (text[left].isspace() or not text[left - 1].isspace()):
        left += 1
    while end < right < len(text) and not text[right - 1].isspace():
        right -= 1
    return text[left:start], text[end:right]


def _best_place(citation: Citation, text: str) -> int | None:
    """Return the offset at which the quote stands with the neighbours it had, None if it stands nowhere."""
    old = citation.start if type(citation.start) is int else 0
    return max(
        places(citation.quote, text),
        key=lambda place: (_agreement(citation, text, place), -abs(place - old), -place),
        default=None,
    )


def _agreement(citation: Citation, text: str, place: int) -> int:
    """Return how many characters agree with the prefix and the suffix around a quote at this place."""
    end = place + len(citation.quote)
    before, after = text[max(0, place - len(citation.prefix)) : place], text[end : end + len(citation.suffix)]
    return _common(citation.prefix[::-1], before[::-1]) + _common(citation.suffix, after)


def _common(left: str, right: str) -> int:
    """Return how many characters two texts have in common from their start."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _literal(verdict: Verdict, document: Document, start: int, quote: str, what: str) -> Verification:
    """Return the verification of a quote that stands literally in a document."""
    end = start + len(quote)
    return Verification(verdict, document.id, start, end, 1.0, "", f"{what}: [{start}:{end}] of {document.id!r}.")


def _absent(message: str) -> Verification:
    """Return the verification of a quote that was not found."""
    return Verification("absent", None, None, None, 0.0, "", message)


def _altered(citation: Citation, document: Document) -> Verification:
    """Return the most similar place of the document, or that the quote is absent."""
    old = citation.start if type(citation.start) is int else 0
    likest = most_similar(citation.quote, document.text, old, citation.prefix, citation.suffix)
    if likest is None:
        nothing_there = f"Nothing like the quote stands in document {document.id!r}."
        return _absent(nothing_there if citation.document_id else _NOWHERE)
    similarity, start, end = likest
    note, diff = difference(citation.quote, document.text[start:end])
    message = f"The quote was altered, {note}: [{start}:{end}] of {document.id!r}."
    return Verification("altered", document.id, start, end, similarity, diff, message)


def unbroken(quote: str) -> str:
    """Return a quote on one line, the words whole that a hyphen parts at the end of a line."""
    return " ".join(wholewords.joined(quote).split()) if "\n" in quote else quote


def full_reading(passage: Passage) -> str:
    """Return what must be read with a passage, as `fuller` does, or an empty string."""
    return fuller(passage.text, passage.reading)


def fuller(text: str, reading: str) -> str:
    """Return a table's row with its header words («Bad | Lördag: 9–15»), or the headings that a line leads to.

    An empty string where the text is read as it stands.
    """
    is_row = " | " in text
    if reading == text or not (is_row or text.endswith(":")):
        return ""
    shown = wholewords.as_read(text) or text
    if is_row:
        return reading if any(cell not in shown for cell in reading.split(" | ")) else ""
    return reading.removeprefix(f"{shown} ") if reading.startswith(f"{shown} ") else ""


def lead(quote: str, reading: str) -> str:
    """Return what an item of a list goes on from («Du får inte:»), of what must be read with it; or an empty string."""
    before = reading.removesuffix(unbroken(quote))
    return "" if before == reading else before.rstrip()


def headed(heading: str) -> str:
    """Return a heading as what goes on from it is shown after it: with a colon, unless it has an end of its own."""
    return heading if heading.endswith(("?", "!", ".", ":")) else f"{heading}:"


def inwards(parts: Sequence[str], between: str) -> str:
    """Return what a quote goes on from, from without inwards; the outer ones are left out where it is too long."""
    first = 0
    while first + 1 < len(parts) and sum(map(len, parts[first:])) > _MOST_ABOVE:
        first += 1
    return between.join(("…", *parts[first:]) if first else parts)


def quoted(quote: str, reading: str) -> str:
    """Return a quote with what must be read with it: before it what an item of a list goes on from, else behind it."""
    if before := lead(quote, reading):
        return f"{before} «{quote}»"
    return f"«{quote}» ({reading})" if reading else f"«{quote}»"


def joined(text: str, line: str) -> str:
    """Return a text with its next line: a word that a hyphen parts at the end of the text is whole again."""
    return text[:-_LONGEST_WORD] + wholewords.joined(f"{text[-_LONGEST_WORD:]}\n{line}").replace("\n", " ")


def page_label(page: int | None, language: str = "sv") -> str:
    """Return the page as people write it, «s. 12» (``"en"``: «p. 12»), or an empty string where there is none."""
    return "" if page is None else f"{'p.' if language == 'en' else 's.'} {page}"
