"""What a server has done so far, as Prometheus reads it: counts and durations, never what was asked.

All of it is written and read in the server's event loop, so there is no lock; prometheus-client writes the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from nmt_rag.types import Answer

MEDIA_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the histogram of durations (seconds)."""

_GAUGES = {
    "requests_under_way": "Requests that are being answered now.",
    "index_documents": "Documents in the index.",
    "index_passages": "Passages in the index.",
    "index_generation": "How often the index was written.",
}


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
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected([*self._counted(), *self._now(gauges)]))
        return generate_latest(registry).decode("utf-8")

    def _counted(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "nmt_rag_requests", "Requests by route, method and status.", labels=["route", "method", "status"]
        )
        for (route, method, status), count in sorted(self._requests.items()):
            requests.add_metric([route, method, str(status)], count)
        yield requests
        seconds = HistogramMetricFamily("nmt_rag_request_seconds", "How long requests took.", labels=["route"])
        for route, counts in sorted(self._buckets.items()):
            below = zip([*map(str, BUCKETS), "+Inf"], accumulate(counts), strict=True)
            seconds.add_metric([route], [(bound, float(count)) for bound, count in below], self._seconds[route])
        yield seconds
        answers = CounterMetricFamily(
            "nmt_rag_answers", "Answers, and abstentions by their reason.", labels=["outcome"]
        )
        for outcome, count in sorted(self._answers.items()):
            answers.add_metric([outcome], count)
        yield answers

    def _now(self, gauges: Mapping[str, float]) -> Iterator[Metric]:
        for name, value in {"requests_under_way": float(self.under_way), **gauges}.items():
            yield GaugeMetricFamily(f"nmt_rag_{name}", _GAUGES.get(name, name), value=value)


class _Collected(Collector):
    """Metrics that are counted already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics
