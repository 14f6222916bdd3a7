"""Whether each quote of an answer stands where it is said to, character for character. No model is asked.

Besides the verdicts of `nmt_rag.citations`: which unit offsets count in that are off, what was done to an altered
quote, and whether markers, statements and citations belong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from nmt_rag.citations import Verification, difference, likeness, verify, within_sentences
from nmt_rag.evaluation.checks import alterations
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote, markers_in
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.types import Citation, Document, Verdict


class Holds(Protocol):
    """Documents, as `nmt_rag.evaluation.Sources` holds them."""

    def find(self, name: str) -> Document | None:
        """Return the document that goes by a name."""
        ...

    def holding(self, quote: str) -> Iterator[Document]:
        """Yield the documents that hold a quote literally."""
        ...

    def like(self, quote: str) -> Sequence[Document]:
        """Return the documents that share most with a quote, the likest first."""
        ...


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """What became of one citation.

    ``kind`` says more than the verdict, in one word: ``exact``; for ``moved`` the unit that its offsets count in
    (``utf-16``, ``bytes``, ``crlf`` for line ends of two characters) or ``shifted`` by ``shift`` characters;
    ``document`` for ``elsewhere``; for ``altered`` what was done (see `nmt_rag.evaluation.checks.alterations`);
    ``absent``; ``whole`` where a document is cited and nothing of it quoted, which is no quote to measure. ``known`` is
    False where the sources have no document of the name that is cited.
    """

    marker: int
    verdict: Verdict
    kind: str
    known: bool
    document_id: str | None
    start: int | None
    end: int | None
    shift: int | None
    diff: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the check as a dictionary that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Exactness:
    """What is right and wrong with the citations of one answer, as far as texts alone can tell.

    ``invented`` are markers without a citation, ``doubled`` markers of several citations, ``unused`` the markers of
    citations that no statement refers to, ``uncited`` the numbers (from 0) of statements without any citation.
    """

    quotes: tuple[QuoteCheck, ...]
    invented: tuple[int, ...]
    doubled: tuple[int, ...]
    unused: tuple[int, ...]
    uncited: tuple[int, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """The kind of everything that is wrong, as ``altered:number`` or ``invented_marker``; empty if nothing is."""
        found = [f"{one.verdict}:{one.kind}" for one in self.quotes if one.verdict != "exact"]
        markers = (("invented_marker", self.invented), ("doubled_marker", self.doubled))
        for name, which in (*markers, ("unused_citation", self.unused), ("uncited_statement", self.uncited)):
            found += [name] * len(which)
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return the checks as a dictionary that JSON can hold."""
        return {**asdict(self), "faults": list(self.faults)}


def check(answer: CitedAnswer, sources: Holds | None) -> Exactness:
    """Hold every citation of an answer against the sources, or where there are none against what it brought along.

    An answer that abstains needs no statement cited.
    """
    held = sources if sources is not None else Sources(answer.documents)
    shown = {marker for statement in answer.statements for marker in statement.citations}
    counted = Counter(citation.marker for citation in answer.citations)
    unused = sorted(set(counted) - shown) if answer.statements or not answer.answered else []
    uncited = [n for n, one in enumerate(answer.statements) if not any(m in counted for m in one.citations)]
    return Exactness(
        quotes=tuple(check_quote(citation, held) for citation in answer.citations),
        invented=tuple(sorted((shown | markers_in(answer.text)) - set(counted))),
        doubled=tuple(sorted(marker for marker, n in counted.items() if n > 1)),
        unused=tuple(unused),
        uncited=tuple(uncited) if answer.answered else (),
    )


def with_whole_documents(answer: CitedAnswer, sources: Holds) -> CitedAnswer:
    """Return an answer whose citations that quote nothing have all of the document that they name for their quote."""
    if not any(one.whole for one in answer.citations):
        return answer
    return replace(answer, citations=tuple(_with_document(one, sources) for one in answer.citations))


def _with_document(cited: CitedQuote, sources: Holds) -> CitedQuote:
    document = sources.find(cited.source) if cited.whole else None
    return replace(cited, quote=document.text) if document is not None else cited


def check_quote(cited: CitedQuote, sources: Holds) -> QuoteCheck:
    """Return what became of one citation."""
    document = sources.find(cited.source) if cited.source else None
    known = document is not None or not cited.source
    if cited.whole and document is not None:
        message = f"Nothing is quoted: the whole of {document.id!r} is cited."
        return QuoteCheck(cited.marker, "exact", "whole", True, document.id, 0, len(document.text), None, "", message)
    citation = _citation(cited, document)
    found = verify(citation, document, _others(cited.quote, sources))
    if found.verdict == "elsewhere" and not cited.source:
        return _checked(
            cited, found, "exact", "exact", known, f"No document is named; the quote stands at {_at(found)}."
        )
    if found.verdict == "moved" and (cited.start is None or cited.end is None):
        return _checked(
            cited, found, "exact", "exact", known, f"No offsets are given; the quote stands at {_at(found)}."
        )
    if found.verdict == "moved" and document is not None:
        return _moved(cited, found, document.text)
    if found.verdict in ("altered", "absent") and document is not None:
        return _altered(cited, found, document)
    if found.verdict == "absent" and document is None and cited.quote.strip():
        return _nearest(cited, sources, known)
    kind = {"elsewhere": "document"}.get(found.verdict, found.verdict)
    return _checked(cited, found, found.verdict, kind, known, found.message)


def _nearest(cited: CitedQuote, sources: Holds, known: bool) -> QuoteCheck:
    """Return what was done to a quote that no document holds, by the place that is most like it in any of them."""
    best: tuple[float, QuoteCheck] | None = None
    for document in sources.like(cited.quote):
        found = _altered(cited, verify(_citation(cited, document), document), document)
        if found.verdict != "altered":
            continue
        pieces = found.kind in ("ellipsis", "joined")
        alike = 1.0 if pieces else likeness(cited.quote, document.text[found.start : found.end])
        if best is None or alike > best[0]:
            best = alike, found
    if best is not None:
        return replace(best[1], known=known, message=_named(cited, best[1].message, known))
    message = _named(cited, "Nothing like the quote stands in any document.", known)
    return QuoteCheck(cited.marker, "absent", "absent", known, None, None, None, None, "", message)


def _named(cited: CitedQuote, message: str, known: bool) -> str:
    return message if known else f"No document is called {cited.source!r}. {message}"


def _at(found: Verification) -> str:
    return f"[{found.start}:{found.end}] of {found.document_id!r}"


def _others(quote: str, sources: Holds) -> Iterator[Document]:
    if quote.strip():
        yield from sources.holding(quote)


def _citation(cited: CitedQuote, document: Document | None) -> Citation:
    """Return a citation as `verify` wants it; offsets that there are none of point nowhere."""
    start, end = (-1, -1) if cited.start is None or cited.end is None else (cited.start, cited.end)
    return Citation(
        marker=cited.marker,
        document_id=document.id if document else cited.source,
        title="",
        url="",
        heading=(),
        actor="",
        quote=cited.quote,
        start=start,
        end=end,
        source_sha256="",
        prefix=cited.prefix,
        suffix=cited.suffix,
    )


def _moved(cited: CitedQuote, found: Verification, text: str) -> QuoteCheck:
    """Tell offsets of another unit from a shift."""
    start, end, now = cited.start or 0, cited.end or 0, found.start or 0
    place = f"it stands at [{found.start}:{found.end}] of {found.document_id!r}"
    for unit, (name, span) in UNITS.items():
        if span(text, start, end) == cited.quote:
            message = f"The offsets [{start}:{end}] count {name}, not characters: {place}."
            return _checked(cited, found, "moved", unit, True, message)
    shift = start - now
    far = f"{abs(shift)} characters too {'far on' if shift > 0 else 'early'}" if shift else "right, the end is not"
    message = f"Right document, wrong place: the start of [{start}:{end}] is {far}; {place}."
    return _checked(cited, found, "moved", "shifted", True, message)


def _altered(cited: CitedQuote, found: Verification, document: Document) -> QuoteCheck:
    """Tell what was done to a quote; one that was put together from pieces is altered, however unlike any place."""
    if not cited.quote.strip():
        return _checked(cited, found, "absent", "absent", True, found.message)
    now = document.text[found.start : found.end] if found.start is not None else ""
    kind = alterations.alteration(cited.quote, now, document.text)
    spot = alterations.one_spot(cited.quote, document.text)
    spot = within_sentences(cited.quote, document.text, *spot) if spot is not None else None
    if spot is not None and kind not in ("unicode", "whitespace", "ellipsis"):
        now = document.text[slice(*spot)]
        note, diff = difference(cited.quote, now)
        message = f"The quote was altered, {note}: [{spot[0]}:{spot[1]}] of {document.id!r}."
        kind = alterations.changed_words(cited.quote, now)
        return QuoteCheck(cited.marker, "altered", kind, True, document.id, *spot, None, diff, message)
    if kind in ("ellipsis", "joined"):
        pieces = (alterations.elided if kind == "ellipsis" else alterations.joined)(cited.quote, document.text)
        places = ", ".join(f"[{start}:{end}]" for start, end in pieces)
        how = "with … between them" if kind == "ellipsis" else "as if they were one"
        message = f"The quote is {len(pieces)} pieces of {document.id!r}, {how}: {places}."
        start, end = pieces[0][0], pieces[-1][1]
        return QuoteCheck(
            cited.marker, "altered", kind, True, document.id, min(start, end), max(start, end), None, "", message
        )
    if found.verdict == "absent":
        return _checked(cited, found, "absent", "absent", True, found.message)
    return _checked(cited, found, "altered", kind, True, found.message)


def _checked(
    cited: CitedQuote, found: Verification, verdict: Verdict, kind: str, known: bool, message: str
) -> QuoteCheck:
    shift = None
    if verdict == "moved" and cited.start is not None and found.start is not None:
        shift = cited.start - found.start
    message = _named(cited, message, known)
    place = (found.document_id, found.start, found.end)
    return QuoteCheck(cited.marker, verdict, kind, known, *place, shift, found.diff, message)


def _utf16(text: str, start: int, end: int) -> str | None:
    """Return what stands between two offsets in UTF-16 code units, as JavaScript, Java and Windows count."""
    return _decoded(text.encode("utf-16-le")[2 * start : 2 * end], "utf-16-le") if 0 <= start < end else None


def _bytes(text: str, start: int, end: int) -> str | None:
    """Return what stands between two offsets in UTF-8 bytes, as Rust, Go and many engines count."""
    return _decoded(text.encode("utf-8")[start:end], "utf-8") if 0 <= start < end else None


def _crlf(text: str, start: int, end: int) -> str | None:
    """Return what stands between two offsets of the text with line ends of two characters."""
    return text.replace("\n", "\r\n")[start:end].replace("\r\n", "\n") if 0 <= start < end else None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


UNITS: dict[str, tuple[str, Callable[[str, int, int], str | None]]] = {
    "bytes": ("bytes of UTF-8", _bytes),
    "utf-16": ("UTF-16 code units", _utf16),
    "crlf": ("characters with line ends of two (\\r\\n)", _crlf),
}
"""The units that offsets may count in besides characters: how they are called, and how a text is cut by them."""
