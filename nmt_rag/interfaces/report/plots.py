"""The plots of the report: inline SVG that needs no script, has the page's colours and says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from nmt_rag.evaluation import Interval
from nmt_rag.interfaces.markup import escape

WIDTH, HEIGHT = 320, 220
LEFT, BOTTOM, TOP, RIGHT = 44, 40, 12, 12
"""A plot and its margins (pixels in its own scale)."""
NUMBERS = ((0.0, "middle", "0"), (0.5, "middle", "0.5"), (1.0, "middle", "1"))
"""What is written below the axis across: where, from 0 to 1, how it is anchored there, and the text."""


def interval_plot(mean: Interval) -> str:
    """Return a line from 0 to 1 with the interval and the mean on it."""
    low, at, high = (6 + 188 * min(1.0, max(0.0, value)) for value in (mean.low, mean.mean, mean.high))
    said = f"{mean.mean:.3f}, {mean.low:.3f}–{mean.high:.3f}"
    return (
        f'<svg class="bar" viewBox="0 0 200 18" role="img" aria-label="{said}">'
        '<path class="rule" d="M6 9H194M6 5v8M100 6v6M194 5v8"/>'
        f'<path class="range" d="M{low:.1f} 9H{high:.1f}"/><circle class="mean" cx="{at:.1f}" cy="9" r="4.5"/></svg>'
    )


def shares_plot(shares: Sequence[tuple[str, str, float]], total: str) -> str:
    """Return one bar cut into shares: ``(class name, what it says, share)``; each is told below it in words."""
    parts, legend, start = [], [], 0.0
    for name, words, share in shares:
        if share > 0:
            parts.append(f'<rect class="{name}" x="{start * 600:.1f}" y="0" width="{share * 600:.1f}" height="22"/>')
            legend.append(f'<li><span class="key {name}"></span>{escape(words)}</li>')
        start += share
    return (
        f'<svg class="shares" viewBox="0 0 600 22" preserveAspectRatio="none" role="img" aria-label="{escape(total)}">'
        f'{"".join(parts)}</svg><ul class="legend">{"".join(legend)}</ul>'
    )


def curve_plot(points: Sequence[tuple[float, float]], title: str, across: str, up: str) -> str:
    """Return risk over coverage as a stepless line."""
    line = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return _plot(f'<polyline class="curve" points="{line}"/>', title, across, up)


def calibration_plot(bins: Sequence[tuple[float, float, int]], title: str, across: str, up: str) -> str:
    """Return mean confidence against the share of right ones, a point for each bin, larger for more answers."""
    most = max((n for _, _, n in bins), default=1)
    points = "".join(
        f'<circle class="mean" cx="{_x(said):.1f}" cy="{_y(were):.1f}" r="{3 + 6 * (n / most) ** 0.5:.1f}"/>'
        for said, were, n in bins
    )
    diagonal = f'<path class="even" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    return _plot(diagonal + points, title, across, up)


def history_plot(points: Sequence[tuple[str, Interval]], title: str, across: str, up: str) -> str:
    """Return means over time, the oldest first, as a line with the interval of each; ``points`` have their dates."""
    places = [_x(number / max(1, len(points) - 1)) for number in range(len(points))]
    drawn = "".join(
        f'<path class="range" d="M{x:.1f} {_y(_inside(mean.low)):.1f}V{_y(_inside(mean.high)):.1f}"/>'
        f'<circle class="mean" cx="{x:.1f}" cy="{_y(_inside(mean.mean)):.1f}" r="4"/>'
        for x, (_, mean) in zip(places, points, strict=True)
    )
    line = " ".join(f"{x:.1f},{_y(_inside(mean.mean)):.1f}" for x, (_, mean) in zip(places, points, strict=True))
    said = f"{title}: {', '.join(f'{date} {mean.mean:.3f}' for date, mean in points)}"
    ends = ((0.0, "start", points[0][0]), (1.0, "end", points[-1][0])) if len(points) > 1 else ()
    return _plot(f'<polyline class="curve" points="{line}"/>{drawn}', said, across, up, ends)


def _inside(value: float) -> float:
    return min(1.0, max(0.0, value))


def _plot(inside: str, title: str, across: str, up: str, below: Sequence[tuple[float, str, str]] = NUMBERS) -> str:
    """Return two axes with what is drawn between them: from 0 to 1 upwards, and across by what is written below."""
    ticks = "".join(
        f'<text x="{_x(value):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="{anchor}">{escape(text)}</text>'
        for value, anchor, text in below
    )
    ticks += "".join(
        f'<text x="{LEFT - 6}" y="{_y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        f'<path class="grid" d="M{LEFT} {_y(value):.1f}H{WIDTH - RIGHT}"/>'
        for value in (0, 0.5, 1)
    )
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{ticks}'
        f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>{inside}'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(11 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text></svg>"
    )


def _x(value: float) -> float:
    return LEFT + value * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM)
