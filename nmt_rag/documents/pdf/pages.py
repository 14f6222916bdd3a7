"""What stands on a page of PDF: words and ruled lines at their places, in points from above."""

from __future__ import annotations

from dataclasses import dataclass


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
class Page:
    """One page: words in the order they were drawn, words that stand crosswise, ruled lines, and pictures."""

    words: tuple[Word, ...]
    crosswise: tuple[Word, ...] = ()
    level: tuple[Rule, ...] = ()
    upright: tuple[Rule, ...] = ()
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A PDF: its pages, and what it says of itself."""

    pages: tuple[Page, ...]
    title: str
    language: str
