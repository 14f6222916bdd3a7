"""The picture of how an index grows, as plain SVG: time on the left, memory and disk on the right, both logarithmic.

`python -m benchmarks.plot` draws docs/images/scaling.svg from the numbers that `growth` kept.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from benchmarks.measuring import number

SOURCE = Path(".cache/benchmarks/growth.json")
TARGET = Path("docs/images/scaling.svg")

WIDTH, HEIGHT, MARGIN = 460, 320, 62
COLOURS = ("#005ea5", "#b3541e", "#3b7a3b", "#7a3b8f")  # legible on white, and apart for colour-blind eyes
MARKS = ("circle", "square", "triangle", "diamond")
TIMES = ("search", "adding one document", "opening", "adding, a passage")
SPACES = ("resident memory", "disk")

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis: from its value to its place in pixels."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return where a value lies."""
        share = math.log10(value / self.low) / math.log10(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def decades(self) -> list[float]:
        """Return the powers of ten on the axis."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def read(path: Path) -> dict[str, list[tuple[float, float]]]:
    """Return the curves that `growth` measured: for each name, (passages, value)."""
    rows = json.loads(path.read_text(encoding="utf-8"))["measurements"]
    curves: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        size, _, name = row["what"].partition(" passages: ")
        curves.setdefault(name, []).append((float(size.replace("\u00a0", "")), row["value"]))
    return curves


def draw(curves: dict[str, list[tuple[float, float]]]) -> str:
    """Return the picture."""
    panels = (("milliseconds", TIMES), ("megabytes", SPACES))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>How an index grows: time, memory and disk against the number of passages</title>",
        f'<rect width="{2 * WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for place, (unit, names) in enumerate(panels):
        parts.append(f'<g transform="translate({place * WIDTH} 0)">')
        parts += _panel(unit, {name: curves[name] for name in names if name in curves})
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(unit: str, curves: dict[str, list[tuple[float, float]]]) -> list[str]:
    points = [point for curve in curves.values() for point in curve]
    x = _axis([point[0] for point in points], MARGIN, WIDTH - 34)
    y = _axis([point[1] for point in points], HEIGHT - 46, 24)
    parts = [_text(MARGIN, 15, unit), _text((x.start + x.end) / 2, HEIGHT - 8, "passages", "middle")]
    for value in y.decades():
        at = y.place(value)
        parts.append(f'<path d="M{x.start:.1f} {at:.1f}H{x.end:.1f}" stroke="#ddd"/>')
        parts.append(_text(MARGIN - 6, at + 4, number(value), "end"))
    for value in x.decades():
        parts.append(_text(x.place(value), HEIGHT - 28, number(value), "middle"))
    for place, (name, curve) in enumerate(curves.items()):
        parts += _curve(name, [(x.place(size), y.place(value)) for size, value in curve], place)
    return parts


def _curve(name: str, points: Points, place: int) -> list[str]:
    colour, line = COLOURS[place], "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    legend = 36 + 17 * place
    return [
        f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(_mark(MARKS[place], *point, colour) for point in points),
        _mark(MARKS[place], MARGIN + 16, legend - 4, colour),
        _text(MARGIN + 26, legend, name),
    ]


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    shapes = {"circle": "", "square": "h4v8h-8v-8z", "triangle": "l5 9h-10z", "diamond": "l5 5l-5 5l-5-5z"}
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}{shapes[kind]}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    """Return the axis of whole decades that some values fill; a value just above a power of ten still fits below it."""
    low = 10.0 ** math.floor(math.log10(min(values)) + 0.01)
    high = 10.0 ** math.ceil(math.log10(max(values)) - 0.01)
    return Axis(low, max(high, 10 * low), start, end)


if __name__ == "__main__":
    source, target = (Path(given) for given in (sys.argv[1:] or (SOURCE, TARGET)))
    target.write_text(draw(read(source)), encoding="utf-8")
