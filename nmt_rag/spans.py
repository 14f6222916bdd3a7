"""OpenTelemetry spans around what an index is asked; off until `enable` is called (extra ``telemetry``).

A span tells how long a call took and how it ended: counts, kinds and numbers. Texts of questions are in it only where
`enable` is told so; those of answers and sources never are. Where spans go is the program's own OpenTelemetry set-up.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from nmt_rag import extras
from nmt_rag.types import Answer, Hit

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Tracing:
    """OpenTelemetry's own module, and whether questions are told."""

    trace: Any
    questions: bool


_tracing: _Tracing | None = None


def enable(*, questions: bool = False) -> None:
    """Make spans in this process from now on, with the tracer provider that the program has set.

    Args:
        questions: put the texts of questions into them, which then leave the program wherever spans do.

    Raises:
        ImportError: OpenTelemetry is not installed.
    """
    global _tracing
    try:
        from opentelemetry import trace
    except ModuleNotFoundError as error:
        raise extras.missing("nmt_rag.spans", "opentelemetry-api", "telemetry") from error
    _tracing = _Tracing(trace, questions)


def disable() -> None:
    """Make no more spans."""
    global _tracing
    _tracing = None


def traced(name: str) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Return a decorator that makes a span of a method whose first argument is a question or a query.

    Args:
        name: what the span is called.
    """

    def decorate(method: Callable[_P, _T]) -> Callable[_P, _T]:
        question = list(inspect.signature(method).parameters)[1]

        @functools.wraps(method)
        def call(*arguments: _P.args, **options: _P.kwargs) -> _T:
            tracing = _tracing
            if tracing is None:
                return method(*arguments, **options)
            tracer = tracing.trace.get_tracer("nmt_rag")
            # An error's message may hold what was asked: only its kind is told.
            with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
                if tracing.questions:
                    asked = arguments[1] if len(arguments) > 1 else options.get(question)
                    span.set_attribute("nmt_rag.question", str(asked))
                span.set_attributes({f"nmt_rag.{key}": options[key] for key in ("k", "window") if key in options})
                try:
                    found = method(*arguments, **options)
                except Exception as error:
                    span.set_attribute("error.type", type(error).__name__)
                    span.set_status(tracing.trace.StatusCode.ERROR)
                    raise
                span.set_attributes(_told(found))
                return found

        return call

    return decorate


def _told(found: object) -> Mapping[str, Any]:
    """Return what a span tells of a result."""
    if isinstance(found, Answer):
        reason = {} if found.abstention is None else {"nmt_rag.abstention": found.abstention.reason}
        counts = {"nmt_rag.n_citations": len(found.citations), "nmt_rag.confidence": found.confidence}
        return {"nmt_rag.answered": found.answered, **counts, **reason}
    if isinstance(found, list):
        return {"nmt_rag.n_hits": sum(isinstance(one, Hit) for one in found)}
    return {}
