"""What stands on a page of PDF: words, ruled lines and boxes at their places, in points from above."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nmt_rag.documents.formats import RAISED
from nmt_rag.swedish import is_base

NEAR = 2.5
"""Lines and edges at most this far from each other are one (points)."""
SMALL = 0.85
"""Letters of less than this share of another's height are smaller ones: raised, lowered, or a note's mark."""
_NOTE_MARK = re.compile(r"[\d,*†‡)–−-]*[\d,*†‡)]|[–−-]")
_NUMBER, _POWER = re.compile(r"[0-9]+"), re.compile(r"[–−-]?[0-9]*")
_AFTER_DIGIT = re.compile(f"[0-9{''.join(map(chr, RAISED.values()))}⁻]$")  # a raised number may be drawn in pieces
_AS_RAISED = RAISED | dict.fromkeys(map(ord, "–−-"), "⁻")


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two gaps: its text, left and right end, baseline (from above) and font, in points."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line: level at ``at`` from above, or upright at ``at`` from the left, from ``start`` to ``end``."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle that is filled or framed."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: words in the order they were drawn, words that stand crosswise, ruled lines, boxes, and pictures.

    ``height`` is 0 where the page is read crosswise.
    """

    words: tuple[Word, ...]
    crosswise: tuple[Word, ...] = ()
    level: tuple[Rule, ...] = ()
    upright: tuple[Rule, ...] = ()
    boxes: tuple[Rectangle, ...] = ()
    pictured: bool = False
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class File:
    """A PDF: its pages, and what it says of itself."""

    pages: tuple[Page, ...]
    title: str
    language: str


def attached(word: Word, piece: Word) -> Word | None:
    """Return a word with a piece that was drawn right after it, or None where the two are apart.

    A raised number is a note's mark and left out, but for a power («m²», «10⁶») and for one that a digit stands right
    before: minutes and öre («8³⁰») look no other than a note does there, and what is doubtful stays, raised.
    """
    if not -0.3 * word.size < piece.x0 - word.x1 < 0.2 * word.size:
        return None
    smaller = piece.size < SMALL * word.size
    if smaller and word.y - piece.y > 0.12 * word.size and _NOTE_MARK.fullmatch(piece.text):
        kept = _NUMBER.fullmatch(piece.text) if _AFTER_DIGIT.search(word.text) else None
        power = _POWER.fullmatch(piece.text) if is_base(word.text) else None
        text = word.text + (piece.text.translate(_AS_RAISED) if kept or power else "")
        return replace(word, text=text, x1=max(word.x1, piece.x1))  # the mark's room is no gap
    if abs(piece.y - word.y) < (0.55 if smaller else 0.15) * word.size and piece.size < 1.2 * word.size:
        return replace(word, text=word.text + piece.text, x1=piece.x1)
    return None
