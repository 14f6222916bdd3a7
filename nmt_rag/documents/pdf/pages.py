"""What stands on a page of PDF: words and ruled lines at their places, in points from above.

The ruled lines, level and upright, are found among the paths that the page draws; those that meet make a grid.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2.raw as pdfium

from nmt_rag.documents.formats import RAISED
from nmt_rag.swedish import is_base

NEAR = 2.5
"""Lines and edges at most this far from each other are one (points)."""
SMALL = 0.85
"""Letters of less than this share of another's height are smaller ones: raised, lowered, or a note's mark."""
MAX_PATHS = 4_000
"""A page of more drawn paths is a map or a plan, whose lines rule no table."""
MAX_SEGMENTS = 2_000
"""The same for one path."""
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
class Page:
    """One page: words in the order they were drawn, words that stand crosswise, ruled lines, and pictures.

    ``height`` is 0 where the page is read crosswise.
    """

    words: tuple[Word, ...]
    crosswise: tuple[Word, ...] = ()
    level: tuple[Rule, ...] = ()
    upright: tuple[Rule, ...] = ()
    pictured: bool = False
    height: float = 0.0


@dataclass(slots=True)
class Grid:
    """Ruled lines that meet one another: those of one table, if it is one."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)


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


def drawn(page: Any) -> tuple[list[Rule], list[Rule], bool]:  # noqa: ANN401
    """Return the level and upright lines of a page (y from below), and whether pictures fill a good part of it."""
    level: list[Rule] = []
    upright: list[Rule] = []
    pictured = 0.0
    raw = page.raw
    count = pdfium.FPDFPage_CountObjects(raw)
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    paths = 0
    for i in range(count):
        item = pdfium.FPDFPage_GetObject(raw, i)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
            pictured += max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and paths < MAX_PATHS:
            paths += 1
            _rules(item, level, upright)
    if paths >= MAX_PATHS:
        level, upright = [], []
    area = page.get_width() * page.get_height()
    return level, upright, pictured > 0.2 * area


def _rules(path: Any, level: list[Rule], upright: list[Rule]) -> None:  # noqa: ANN401
    """Add the straight lines of a path, and thin boxes, which many programs draw for lines."""
    segments = pdfium.FPDFPath_CountSegments(path)
    if not 2 <= segments <= MAX_SEGMENTS:
        return
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    before: tuple[float, float] | None = None
    begun: tuple[float, float] | None = None
    for i in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begun = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and before is not None:
            _line(before, here, level, upright)
        if pdfium.FPDFPathSegment_GetClose(segment) and begun is not None:
            _line(here, begun, level, upright)
        before = here


def _line(a: tuple[float, float], b: tuple[float, float], level: list[Rule], upright: list[Rule]) -> None:
    if abs(a[1] - b[1]) < 1 and abs(a[0] - b[0]) > 6:
        level.append(Rule((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    elif abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) > 6:
        upright.append(Rule((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))


def grids(level: Sequence[Rule], upright: Sequence[Rule]) -> list[Grid]:
    """Return the groups of lines that cross or touch one another; those that lie upon each other are one."""
    level, upright = _merged(level), _merged(upright)
    if len(level) < 3 or len(upright) < 3 or len(level) * len(upright) > 200_000:
        return []
    group = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        """Return the line that stands for all of a line's group (union–find, paths halved)."""
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, one in enumerate(level):
        for j, other in enumerate(upright):
            touches = (
                one.start - NEAR <= other.at <= one.end + NEAR and other.start - NEAR <= one.at <= other.end + NEAR
            )
            if touches:
                group[root(i)] = root(len(level) + j)
    met: dict[int, Grid] = {}
    for i, rule in enumerate([*level, *upright]):
        grid = met.setdefault(root(i), Grid())
        (grid.level if i < len(level) else grid.upright).append(rule)
    return [grid for grid in met.values() if grid.level and grid.upright]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Return the lines with those joined that go on from each other, or lie upon each other."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / NEAR), rule.start)):
        last = found[-1] if found else None
        if last and abs(last.at - rule.at) < NEAR and rule.start <= last.end + NEAR:
            found[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            found.append(rule)
    return found
