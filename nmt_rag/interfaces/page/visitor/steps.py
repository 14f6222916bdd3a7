"""What is told while a visitor's files are read: how far it is, what was left out, and why a file was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nmt_rag.documents import ReadProblem, Remark

Refusal = Literal["format", "too_large", "too_many", "busy", "gone"] | ReadProblem


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken in, by its own name, and why."""

    name: str
    problem: Refusal


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in, by its own name, and what of it was not read: nothing, where it was read whole."""

    name: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """How far the reading is: the number of the file, from 1, and how much of it is done, from 0 to 1.

    ``share`` is None while nobody knows; ``askable`` tells that the file can be asked from now on, by its words alone.
    """

    number: int
    share: float | None
    askable: bool = False
