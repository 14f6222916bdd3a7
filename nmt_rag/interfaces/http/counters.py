"""What a server has done so far, as Prometheus reads it: counts and durations, never what was asked.

https://prometheus.io/docs/instrumenting/exposition_formats/ describes the text. All of it is written and read in the
server's event loop, so there is no lock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

from nmt_rag.types import Answer

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the histogram of durations (seconds)."""


class Counters:
    """The counts of one server."""

    def __init__(self) -> None:
        self.under_way = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()

    def served(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is the path as the description has it, without what was filled in."""
        self._requests[route, method, status] += 1
        self._buckets.setdefault(route, [0] * (len(BUCKETS) + 1))[bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] += seconds  # type: ignore[assignment] # a Counter adds seconds as well

    def answered(self, answer: Answer) -> None:
        """Count one answer: ``answered``, or the reason of the abstention."""
        self._answers[answer.abstention.reason if answer.abstention else "answered"] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return all counts in Prometheus's text format, and some values of now by their names."""
        return "".join(f"{line}\n" for line in self._lines(gauges))

    def _lines(self, gauges: Mapping[str, float]) -> Iterator[str]:
        yield "# HELP nmt_rag_requests_total Requests by route, method and status."
        yield "# TYPE nmt_rag_requests_total counter"
        for (route, method, status), count in sorted(self._requests.items()):
            yield f'nmt_rag_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}'
        yield "# HELP nmt_rag_request_seconds How long requests took."
        yield "# TYPE nmt_rag_request_seconds histogram"
        for route, counts in sorted(self._buckets.items()):
            below = 0
            for bound, count in zip([*map(str, BUCKETS), "+Inf"], counts, strict=True):
                below += count
                yield f'nmt_rag_request_seconds_bucket{{route="{route}",le="{bound}"}} {below}'
            yield f'nmt_rag_request_seconds_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'nmt_rag_request_seconds_count{{route="{route}"}} {below}'
        yield "# HELP nmt_rag_answers_total Answers, and abstentions by their reason."
        yield "# TYPE nmt_rag_answers_total counter"
        for outcome, count in sorted(self._answers.items()):
            yield f'nmt_rag_answers_total{{outcome="{outcome}"}} {count}'
        for name, value in {"requests_under_way": float(self.under_way), **gauges}.items():
            yield f"# TYPE nmt_rag_{name} gauge"
            yield f"nmt_rag_{name} {value:g}"
