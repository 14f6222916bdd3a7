"""What a page of PDF draws besides text: ruled lines, boxes, the bullets of lists, and pictures.

Many programs draw a list's bullet as a small disc or square rather than writing a character.
"""

from __future__ import annotations

import bisect
import ctypes
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

from nmt_rag.documents.pdf.pages import NEAR, Rectangle, Rule, Word
from nmt_rag.documents.pdf.tables.ruled import merged, touch

MAX_PATHS = 4_000
"""A page of more drawn paths is a map or a plan, whose lines rule no table."""
MAX_SEGMENTS = 2_000
"""The same for one path."""
_MAX_PAIRS = 200_000
"""A page with more pairs of a level and an upright line is a drawing."""
_DOT = (1.2, 8.0)
"""The least and the greatest width of a bullet, in points."""
_LEAST_BOX = (100.0, 25.0)
"""A rectangle of less width or height, in points, encloses no text of several lines."""
_WHITE = 250
"""A colour of which red, green and blue are each at least this (of 255) is that of the page."""


@dataclass(slots=True)
class Drawings:
    """What a page draws, in points from above: lines, rectangles that may enclose text, and what may be bullets.

    ``strokes`` are the lines that were painted one by one, as rectangles; ``pictured`` tells that pictures fill a good
    part of the page.
    """

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)
    boxes: list[Rectangle] = field(default_factory=list)
    dots: list[Rectangle] = field(default_factory=list)
    strokes: list[Rectangle] = field(default_factory=list)
    pictured: bool = False


def drawings_of(page: Any, height: float) -> Drawings:  # noqa: ANN401
    """Return what a page of a height draws."""
    found = Drawings()
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
            _add_path(item, height, found)
    if paths >= MAX_PATHS:
        found = Drawings()
    found.boxes += _framed(found.strokes)
    found.pictured = pictured > 0.2 * page.get_width() * page.get_height()
    return found


def _add_path(path: Any, height: float, found: Drawings) -> None:  # noqa: ANN401
    """Add the straight lines of a path, and thin boxes, which many programs draw for lines; and what it encloses."""
    segments = pdfium.FPDFPath_CountSegments(path)
    if not 2 <= segments <= MAX_SEGMENTS:
        return
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    begun: tuple[float, float] | None = None
    curved = False
    for i in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        across = matrix.a * x.value + matrix.c * y.value + matrix.e
        here = across, height - (matrix.b * x.value + matrix.d * y.value + matrix.f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begun = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and points:
            _add_line(points[-1], here, found)
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        if pdfium.FPDFPathSegment_GetClose(segment) and begun is not None:
            _add_line(here, begun, found)
        points.append(here)
    xs, ys = zip(*points, strict=True)
    box = Rectangle(min(xs), min(ys), max(xs), max(ys))
    wide, high = box.x1 - box.x0, box.bottom - box.top
    if _DOT[0] < wide < _DOT[1] and 0.75 < wide / max(high, 0.1) < 1.33:
        if curved or _is_filled(path):
            found.dots.append(box)
    elif min(wide, high) < NEAR and (_is_filled(path) or _is_stroked(path)):
        found.strokes.append(box)
    elif wide > _LEAST_BOX[0] and high > _LEAST_BOX[1] and segments <= 6 and not curved:
        at_corners = all(min(a - box.x0, box.x1 - a) < 1 and min(b - box.top, box.bottom - b) < 1 for a, b in points)
        if at_corners and (_is_filled(path) or _is_stroked(path)):
            found.boxes.append(box)


def _framed(strokes: Sequence[Rectangle]) -> list[Rectangle]:
    """Return the rectangles with four lines as sides that meet no other line: those of a grid enclose cells."""
    rules = ([], []) if len(strokes) > MAX_SEGMENTS else (_rules(strokes, level=True), _rules(strokes, level=False))
    level, upright = map(merged, rules)
    if len(level) * len(upright) > _MAX_PAIRS:
        return []
    met = [[side for side in upright if touch(one, side)] for one in level]
    n_met = Counter(id(side) for sides in met for side in sides)
    ends: dict[tuple[int, ...], list[Rule]] = {}
    for one, sides in zip(level, met, strict=True):
        ends.setdefault(tuple(map(id, sides)), []).append(one)
    found: list[Rectangle] = []
    for one, sides in zip(level, met, strict=True):
        pair = ends[tuple(map(id, sides))]
        if len(sides) != 2 or len(pair) != 2 or one is not pair[0] or any(n_met[id(side)] != 2 for side in sides):
            continue
        (left, right), (top, bottom) = sorted(sides, key=_place), sorted(pair, key=_place)
        at_corners = all(
            max(abs(a.start - b.at), abs(a.end - c.at)) < NEAR
            for a, b, c in ((top, left, right), (bottom, left, right), (left, top, bottom), (right, top, bottom))
        )
        if at_corners and right.at - left.at > _LEAST_BOX[0] and bottom.at - top.at > _LEAST_BOX[1]:
            found.append(Rectangle(left.at, top.at, right.at, bottom.at))
    return found


def _rules(strokes: Sequence[Rectangle], *, level: bool) -> list[Rule]:
    """Return the level or the upright lines among those painted."""
    found: list[Rule] = []
    for stroke in strokes:
        if level and stroke.x1 - stroke.x0 > stroke.bottom - stroke.top:
            found.append(Rule((stroke.top + stroke.bottom) / 2, stroke.x0, stroke.x1))
        elif not level and stroke.x1 - stroke.x0 <= stroke.bottom - stroke.top:
            found.append(Rule((stroke.x0 + stroke.x1) / 2, stroke.top, stroke.bottom))
    return found


def _place(rule: Rule) -> float:
    return rule.at


def _is_filled(path: Any) -> bool:  # noqa: ANN401
    """Tell whether a path is filled with another colour than the page's."""
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroked)
    red, green, blue, solid = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, solid)
    return bool(mode.value) and solid.value > 0 and min(red.value, green.value, blue.value) < _WHITE


def _is_stroked(path: Any) -> bool:  # noqa: ANN401
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroked)
    return bool(stroked.value)


def _add_line(a: tuple[float, float], b: tuple[float, float], found: Drawings) -> None:
    if abs(a[1] - b[1]) < 1 and abs(a[0] - b[0]) > 6:
        found.level.append(Rule((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
    elif abs(a[0] - b[0]) < 1 and abs(a[1] - b[1]) > 6:
        found.upright.append(Rule((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))


def bullets(dots: Sequence[Rectangle], words: Sequence[Word]) -> list[Word]:
    """Return a bullet for each of the dots that stands alone before a line of words, at the height of its letters.

    What stands before bold or larger type is an ornament of a heading.
    """
    if not dots or not words:
        return []
    ordered = sorted(words, key=lambda word: word.y)
    heights = [word.y for word in ordered]
    usual = sorted(word.size for word in words)[len(words) // 2]
    found: list[Word] = []
    for dot in sorted(set(dots), key=lambda dot: (dot.top, dot.x0)):
        middle = (dot.top + dot.bottom) / 2
        near = ordered[bisect.bisect(heights, middle) : bisect.bisect(heights, middle + usual)]
        line = [
            word for word in near if 0.05 * word.size < word.y - middle < 0.65 * word.size and word.x1 > dot.x0 - 20
        ]
        first = min((word for word in line if word.x0 >= dot.x1 - 1), key=lambda word: word.x0, default=None)
        if first is None or first.x0 - dot.x1 > 2.5 * first.size or first.size > 1.1 * usual:
            continue
        before = [word for word in line if word.x0 < dot.x1 - 1 and word.x1 > dot.x0 - 1.1 * first.size]
        is_small = 0.15 * first.size < dot.bottom - dot.top < 0.6 * first.size
        beside = [word.bold for word in line if word.x0 >= first.x0 and abs(word.y - first.y) < 0.1 * first.size]
        if is_small and not before and not all(beside):
            found.append(Word("•", dot.x0, dot.x1, first.y, first.size))
    alone = [i for i in range(len(found)) if not _beside(found, i)]
    return [found[i] for i in alone]


def _beside(bullets: Sequence[Word], i: int) -> bool:
    """Tell whether a bullet's neighbour, in their order from above, is one of the same line: both are an ornament."""
    here = bullets[i]
    others = (*bullets[max(0, i - 1) : i], *bullets[i + 1 : i + 2])
    return any(abs(one.y - here.y) < 1 and 0 < abs(one.x0 - here.x0) < 2.5 * here.size for one in others)


def titled_boxes(boxes: Sequence[Rectangle], words: Sequence[Word], height: float) -> dict[int, Rectangle]:
    """Return of each word (as id) that stands in a text below a title within a box, such as a box of facts, that box.

    The title is a line in bold or larger type. A box that cuts words, or of half a page's height, encloses no such
    text, and one within another is part of that.

    Args:
        boxes: what a page draws.
        words: those of the page.
        height: the page's, 0 where it is not known.
    """
    ordered = sorted(words, key=lambda word: word.y)
    heights = [word.y for word in ordered]
    found: dict[int, Rectangle] = {}
    for box in sorted(set(boxes), key=lambda box: (box.bottom - box.top) * (box.x0 - box.x1)):
        if box.bottom - box.top > 0.5 * height:
            continue
        near = ordered[bisect.bisect(heights, box.top) : bisect.bisect(heights, box.bottom)]
        inside = [word for word in near if word.x0 > box.x0 - 1 and word.x1 < box.x1 + 1]
        cut = [word for word in near if word.x0 < box.x0 - 1 < word.x1 or word.x0 < box.x1 + 1 < word.x1]
        if not cut and _is_titled(inside) and not any(id(word) in found for word in inside):
            found.update((id(word), box) for word in inside)
    return found


def _is_titled(words: Sequence[Word]) -> bool:
    """Tell whether the first line of some words, from above, is one in bold or larger type than those below it."""
    title = [word for word in words if word.y - words[0].y < 0.35 * word.size]
    below = words[len(title) :]
    if not title or not below:
        return False
    usual = sorted(word.size for word in below)[len(below) // 2]
    larger = min(word.size for word in title) > 1.1 * usual
    return larger or (all(word.bold for word in title) and not all(word.bold for word in below))
