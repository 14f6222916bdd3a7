"""How much is measured: the full sizes of docs/benchmarks.md, and tiny ones that a test runs in seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of all benchmarks."""

    rounds: int
    """Interleaved rounds, whose median is told."""
    encoded: int
    """Short passages that are encoded for the throughput of an encoder."""
    searched: int
    """Passages of the index that warm searches run on."""
    queries: int
    """Different queries of the warm searches."""
    indexed: int
    """Documents that are indexed, of three sentences each."""
    grown: tuple[int, ...]
    """Passages of the growing index at which it is measured."""
    judged: int = 10_000
    """Answers whose quotes are checked, of five citations each."""
    listed: tuple[int, ...] = (250_000, 1_000_000)
    """Made-up embeddings that are searched with lists and without."""
    nearby_questions: int = 110
    """Questions that search them."""
    served_seconds: float = 60.0
    """How long clients ask the server."""
    bare_rounds: int = 20
    """How often the questions are asked in a loop, for the bare call beside the server."""
    started_before: int = 1
    """How often each program of a cold start runs before it is measured."""
    made_up: bool = False
    """Whether made-up texts and a cheap encoder stand in for the real ones."""


FULL = Sizes(5, 1_000, 60_000, 100, 5_000, (1_000, 10_000, 100_000))
MILLION = Sizes(5, 1_000, 60_000, 100, 5_000, (1_000, 10_000, 100_000, 1_000_000))
TEN_MILLION = replace(FULL, listed=(10_000_000,), nearby_questions=40)
TINY = Sizes(
    rounds=1,
    encoded=5,
    searched=60,
    queries=2,
    indexed=12,
    grown=(40, 80),
    judged=20,
    listed=(3_000,),
    nearby_questions=20,
    served_seconds=0.2,
    bare_rounds=1,
    started_before=0,
    made_up=True,
)
