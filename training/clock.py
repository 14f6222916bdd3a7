"""How far a training has come: by its steps, or by the clock where it must end by a time."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """A training of so many steps that began at step ``first``; with ``minutes`` it ends by then all the same."""

    steps: int
    minutes: float | None
    first: int = 0
    began: float = field(default_factory=time.monotonic)

    def reached(self, step: int) -> float:
        """Return the step that the learning rate goes by: the one that is next, or further on where time runs out."""
        if not self.minutes:
            return float(step)
        return max(float(step), self.steps * (time.monotonic() - self.began) / (60 * self.minutes))

    def seconds_a_step(self, step: int) -> float:
        """Return how long one step has taken so far, of those since ``first``."""
        return (time.monotonic() - self.began) / (step - self.first)
