"""Whether a sentence that a language model wrote may be shown: only when its citations prove it, word by word.

Pure and strict: the same sentence and passages always get the same verdict, and in doubt it is no. What is shown of a
quote are the source's own characters, never the model's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nmt_rag import swedish
from nmt_rag.answering.writing import drafts
from nmt_rag.answering.writing.drafts import Draft, Piece
from nmt_rag.answering.writing.guards import veto
from nmt_rag.answering.writing.guards.stated import alignment, wording
from nmt_rag.documents import actors
from nmt_rag.types import Passage

Reason = Literal[
    "no_citation", "unknown_marker", "no_quote", "altered_quote", "markup", "too_long", "actor", "number", "words",
    "qualifier", "contradicted", "repeated",
]  # fmt: skip
"""Why a sentence is dropped; docs/generation.md says each in a line."""

MIN_QUOTE_WORDS = 3
"""A shorter quote proves nothing, unless it is the whole passage."""
MAX_SENTENCE_LENGTH = 600
"""Longer own words are no sentence (characters)."""
MAX_LENGTH = 4_000
"""The same with the quotes: two of the longest passages."""

_SIGNS = "%‰#&*?"
_QUOTE_STANDS = ("words", "qualifier")
"""What may be at fault with own words and leave the quote beside them as it is: invented actors and numbers do not."""
_UNSAFE = re.compile(r"[<>{}\[\]|\\^~@«»\"“”„]|://|www\.|\]\(")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage under the number that the model was shown it by."""

    number: int
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown: its text, with quotes in «» and no markers, and the passages that prove it.

    ``dropped`` says why the model's own words are not part of it, where only its quotes are.
    """

    text: str
    own: str
    shown: tuple[Shown, ...]
    dropped: Reason | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that may not be shown, and the first thing that is wrong with it."""

    reason: Reason


def check(sentence: str, shown: Sequence[Shown], names: actors.Names) -> Released | Dropped:
    """Return the sentence as it may be shown, or why not.

    Every marker must be a passage that was shown, with a quote that stands in it letter for letter (white space
    apart).
    Every number, actor and other word of the model's own must stand in each passage that is cited, in its order,
    and every «inte», «kan» or «endast» that governs it there must be kept
    (`nmt_rag.answering.writing.guards.stated.wording`).
    Where the own words are at fault otherwise, the quotes are released without them, after the name of the passage's
    actor.

    Args:
        sentence: one sentence of a model, hostile until proven.
        shown: the passages that the model was shown.
        names: the actors that the sources know.
    """
    if len(sentence) > MAX_LENGTH:
        return Dropped("too_long")
    draft = drafts.parse(sentence)
    if not draft.quotes:
        draft = _whole(draft, shown)
    by_number: Mapping[int, Shown] = {one.number: one for one in shown}
    if not draft.markers or _several(draft.own):
        return Dropped("no_citation")
    if any(marker not in by_number for marker in draft.markers):
        return Dropped("unknown_marker")
    if not draft.quotes:
        return Dropped("no_quote")
    if len(draft.own) > MAX_SENTENCE_LENGTH:
        return Dropped("too_long")
    cited = [by_number[marker] for marker in draft.markers]
    if _UNSAFE.search(draft.own) or any(_is_sign(c) and c not in one.passage.text for c in draft.own for one in cited):
        return Dropped("markup")
    places = [[_place(quote, one.passage.text) for quote in draft.quotes] for one in cited]
    if any(all(row[number] is None for row in places) for number in range(len(draft.quotes))):
        return Dropped("altered_quote")
    spans = [[span for span in row if span] for row in places]
    if not all(any(_proves(one.passage.text, span) for span in row) for one, row in zip(cited, spans, strict=True)):
        return Dropped("no_quote")
    fault = _fault(draft.own, cited, spans, names)
    if fault is None and any(_denied(draft.own, one.passage, names) for one in cited):
        return Dropped("contradicted")
    if fault not in _QUOTE_STANDS:
        return Dropped(fault) if fault else Released(_written(draft, cited, places), draft.own, tuple(cited))
    actor = cited[0].passage.actor
    text = cited[0].passage.text
    if any(mention.actor != actor for start, end in spans[0] for mention in names.mentions(text[start:end])):
        actor = ""  # the quote names somebody else: who acts is for it to say
    quoted = Draft(
        (*([Piece(f"{actor}:", False)] if actor else []), *(p for p in draft.pieces if p.quoted)), draft.markers
    )
    if _fault(quoted.own, cited, spans, names):
        return Dropped(fault)
    return Released(_written(quoted, cited, places), quoted.own, tuple(cited), dropped=fault)


def _fault(
    own: str, cited: Sequence[Shown], spans: Sequence[Sequence[tuple[int, int]]], names: actors.Names
) -> Reason | None:
    """Return what in the model's own words, or the cut of its quotes, any of the passages does not prove, or None."""
    faults = (wording.fault(own, one.passage, row, names) for one, row in zip(cited, spans, strict=True))
    return next((fault for fault in faults if fault), None)


def _denied(own: str, passage: Passage, names: actors.Names) -> bool:
    """Tell whether the judge of support, which was made apart from these rules, finds that a passage says otherwise.

    It is not asked about the name of an actor alone, which says nothing.
    """
    if all(token.actor for token in alignment.tokens(own, names.mentions(own))):
        return False
    return veto.says_otherwise(own, passage.text, actor=passage.actor)


def _whole(draft: Draft, shown: Sequence[Shown]) -> Draft:
    """Return a sentence that is copied from a passage it cites, without quotation marks, as the quote that it is."""
    for one in shown:
        if one.number in draft.markers:
            for copied in (draft.own, draft.own.rstrip(".!? ")):
                if _place(copied, one.passage.text):
                    return Draft((Piece(copied, True),), draft.markers)
    return draft


def _is_sign(character: str) -> bool:
    """Tell whether a character says something and is no part of a word: «€», «%», «?», an emoji, an invisible one."""
    category = unicodedata.category(character)
    return category[0] in "SC" or character in _SIGNS


def _several(own: str) -> bool:
    """Tell whether the model's own words are more than one sentence: only one of them would have the citation."""
    return sum(1 for start, end in swedish.sentences(own) if swedish.PLAIN_WORD.search(own, start, end)) > 1


def _place(quote: str, text: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, whole words only and white space apart, or None."""
    words = quote.split()
    if not words or not swedish.PLAIN_WORD.search(quote):
        return None
    found = re.search(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", text)
    return found.span() if found else None


def _proves(text: str, span: tuple[int, int]) -> bool:
    """Tell whether a quote is long enough to say something."""
    quote = text[span[0] : span[1]]
    return len(swedish.words(quote)) >= min(MIN_QUOTE_WORDS, len(swedish.words(text)))


def _written(draft: Draft, cited: Sequence[Shown], places: Sequence[Sequence[tuple[int, int] | None]]) -> str:
    """Return a sentence as it is shown: the model's own words, and between them the source's characters in «»."""
    text = ""
    quotes = iter(zip(*places, strict=True))
    for piece in draft.pieces:
        if piece.quoted:
            one, span = next((one, span) for one, span in zip(cited, next(quotes), strict=True) if span)
            part = f"«{one.passage.text[span[0] : span[1]]}»"
        else:
            part = " ".join(piece.text.split())
        text += part if not text or part[0] in ".,;:!?)" else f" {part}"
    return text
