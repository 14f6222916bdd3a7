"""How far a long work is: a count on stderr, where that is a terminal, after two seconds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

_T = TypeVar("_T")

PROGRESS_AFTER = 2.0
"""What is quicker than this shows nothing (seconds): it would only flicker."""


def counter(what: str, unit: str, *, wanted: bool) -> contextlib.closing[Any]:
    """Return a counter for a ``with`` statement, whose ``update(n)`` counts; it shows only where it is wanted."""
    return contextlib.closing(tqdm(desc=what, unit=f" {unit}", delay=PROGRESS_AFTER, disable=None if wanted else True))


def counted(rows: Iterable[_T], what: str, unit: str, *, wanted: bool) -> Iterable[_T]:
    """Return rows as they come, and count them; see `counter`."""
    passed: Iterable[_T] = tqdm(
        rows, desc=what, unit=f" {unit}", delay=PROGRESS_AFTER, disable=None if wanted else True
    )
    return passed
