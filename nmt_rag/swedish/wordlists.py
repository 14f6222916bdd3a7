"""The lists of words that come with the package: one entry a line, lines that begin with # are remarks.

It reads them and knows nothing of what they mean.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


def lines(name: str) -> list[str]:
    """Return the lines of a list that are no remarks, in order."""
    text = resources.files("nmt_rag.swedish").joinpath("lists", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def pairs(name: str) -> list[tuple[str, str]]:
    """Return what stands before and after the equals sign of each line that has one, without white space around it."""
    rows = (line.split("=", 1) for line in lines(name) if "=" in line)
    return [(left.strip(), right.strip()) for left, right in rows]


@lru_cache(maxsize=1)
def frequencies() -> dict[str, float]:
    """Return how common Swedish stems are: the base-2 logarithm of how many of a million words they are."""
    rows = (line.split() for line in lines("frequency_sv.txt"))
    return {stem: float(value) for stem, value in rows}
