"""Whether work takes time in proportion to its length: processor time, whatever else the machine does."""

from __future__ import annotations

import time
from collections.abc import Callable

LEAST = 0.1
"""Seconds below which nothing is compared."""
TRIES = 3
"""So often it is measured before it counts as too long: a busy machine takes twice the processor time now and then."""


def assert_in_proportion(work: Callable[[str], object], short: str, long: str) -> None:
    """Assert that a text four times as long takes no more than eight times as long; a square would take sixteen."""
    for _ in range(TRIES):
        first, then = (_seconds(work, text) for text in (short, long))
        if then < 8 * max(first, LEAST):
            return
    raise AssertionError(f"{first:.2f} s, and {then:.2f} s for four times the length")


def _seconds(work: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    work(text)
    return time.process_time() - started
