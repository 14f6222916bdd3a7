"""Time side by side, and say it in a table: medians of interleaved runs, ratios, targets, memory.

Two things are always timed in turns (A B A B …), so that what else the machine does falls on both alike. The functions
here know nothing of what they time.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number with its unit; ``at_most`` or ``at_least`` is the target, where there is one."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the measurement as a dictionary that JSON can hold."""
        return asdict(self)


def interleaved(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each work took in each of the rounds, run in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            seconds[name].append(timed(work))
    return seconds


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the median of first ÷ second over the rounds, each round compared with itself.

    Raises:
        ValueError: the two have different lengths or are empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"expected two equally long series, got {len(first)} and {len(second)}")
    return statistics.median(a / b for a, b in zip(first, second, strict=True))


@dataclass(frozen=True, slots=True)
class Process:
    """What one run of a program cost."""

    seconds: float
    peak_bytes: int


def run_process(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Process:
    """Run a program to its end; its output is thrown away.

    Linux counts the memory of the process that starts another as that one's until it begins: a program that needs less
    than this process shows as much as this process has.

    Raises:
        RuntimeError: it failed; the message holds what it wrote to stderr.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
    )
    assert process.stderr is not None
    with process.stderr as errors:
        text = errors.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} exited with {process.returncode}: {text.strip()[-500:]}")
    return Process(seconds, _bytes(usage.ru_maxrss))


def resident_bytes() -> int:
    """Return the resident memory of this process now (on Linux; elsewhere its peak)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def table(measurements: Sequence[Measurement]) -> str:
    """Return measurements as a Markdown table."""
    lines = ["| what | measured | target | |", "|---|---:|---|---|"]
    for found in measurements:
        bound = "≤" if found.at_most is not None else "≥"
        limit = found.at_most if found.at_most is not None else found.at_least
        target = "" if limit is None else f"{bound} {number(limit)} {found.unit}".rstrip()
        verdict = {None: "", True: "met", False: "missed"}[found.met]
        lines.append(f"| {found.what} | {number(found.value)} {found.unit} | {target} | {verdict} |")
    return "\n".join(line.replace("  |", " |") for line in lines)


def number(value: float) -> str:
    """Return a number with three significant digits, thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\u00a0")
    return f"{value:.3g}"
