"""What a server has done so far, as Prometheus reads it: counts and durations, never what was asked.

prometheus-client counts and writes the text. Where several processes serve together, its multi-process mode adds up
what each has counted: https://prometheus.github.io/client_python/multiprocess/
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from nmt_rag.types import Answer

MEDIA_TYPE = CONTENT_TYPE_LATEST
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the histogram of durations (seconds)."""
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable with the folder in which processes that serve together count. prometheus-client reads it."""

_GAUGES = {
    "index_documents": "Documents in the index.",
    "index_passages": "Passages in the index.",
    "index_generation": "How often the index was written.",
}


class Counters:
    """The counts of one server, or of the processes that serve together."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "nmt_rag_requests",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "nmt_rag_request_seconds", "How long requests took.", ["route"], registry=self._registry, buckets=BUCKETS
        )
        self._answers = Counter(
            "nmt_rag_answers", "Answers, and abstentions by their reason.", ["outcome"], registry=self._registry
        )
        self._all_under_way = Gauge(
            "nmt_rag_requests_under_way",
            "Requests that are being answered now.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """How many requests this process is answering now."""
        return self._under_way

    @under_way.setter
    def under_way(self, count: int) -> None:
        """Tell how many they are."""
        self._under_way = count
        self._all_under_way.set(count)

    def served(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. ``route`` is the path as the description has it, without what was filled in."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count one answer: ``answered``, or the reason of the abstention."""
        self._answers.labels(answer.abstention.reason if answer.abstention else "answered").inc()

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return all counts in Prometheus's text format, and some values of now by their names."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected([*self._counted(), *_now(gauges)]))
        return generate_latest(registry).decode("utf-8")

    def _counted(self) -> Iterator[Metric]:
        """Yield what was counted, by every process that serves together, without when each count began."""
        shared = os.environ.get(SHARED)
        families: Iterable[Metric] = self._registry.collect()
        if shared:
            families = MultiProcessCollector(None, shared).collect()  # type: ignore[no-untyped-call]
        for family in families:
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family


def _now(gauges: Mapping[str, float]) -> Iterator[Metric]:
    for name, value in gauges.items():
        yield GaugeMetricFamily(f"nmt_rag_{name}", _GAUGES.get(name, name), value=value)


class _Collected(Collector):
    """Metrics that are counted already."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics
