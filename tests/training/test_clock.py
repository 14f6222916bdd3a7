"""A training ends with its steps, or by the clock."""

import pytest

from training import clock
from training.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """Seconds that pass when told to."""
    passed = [100.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: passed[0])
    return passed


def test_without_an_end_the_steps_count(now):
    told = Clock(1000, None, first=200, began=now[0])
    now[0] += 3600
    assert told.reached(210) == 210.0
    assert told.seconds_a_step(210) == 360.0


def test_the_clock_pushes_on_where_steps_are_slow(now):
    told = Clock(1000, 10, began=now[0])
    now[0] += 150  # a quarter of the time
    assert told.reached(100) == 250.0
    assert told.reached(400) == 400.0
    now[0] += 450
    assert told.reached(101) == 1000.0
