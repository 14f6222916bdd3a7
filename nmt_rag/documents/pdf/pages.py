"""What stands on a page of PDF: words and ruled lines at their places, in points from above.

The ruled lines, level and upright, are found among the paths that the page draws.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

MAX_PATHS = 4_000
"""A page of more drawn paths is a map or a plan, whose lines rule no table."""
MAX_SEGMENTS = 2_000
"""The same for one path."""


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


@dataclass(frozen=True, slots=True)
class File:
    """A PDF: its pages, and what it says of itself."""

    pages: tuple[Page, ...]
    title: str
    language: str


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
