"""Spans by OpenTelemetry's own SDK: off until asked for, and without a word of what was asked unless that is wanted."""

import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import nmt_rag
from nmt_rag import spans
from nmt_rag.types import Document

QUESTION = "Vem ger skydd?"


@pytest.fixture
def rag(tmp_path):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document("jour", "Jouren", "Jouren ger skydd."))
        yield rag


@pytest.fixture
def finished(monkeypatch):
    monkeypatch.delenv("OTEL_SDK_DISABLED", raising=False)  # the command line sets it
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    yield exporter.get_finished_spans
    spans.disable()


async def test_there_is_none_until_it_is_asked_for(rag, finished):
    rag.ask(QUESTION)
    assert finished() == ()
    spans.enable()
    answer, hits = rag.ask(QUESTION), await rag.asearch(QUESTION, k=3)
    asked, searched = finished()
    assert (asked.name, searched.name) == ("nmt_rag.ask", "nmt_rag.search")
    assert asked.attributes["nmt_rag.answered"] is answer.answered
    assert asked.attributes["nmt_rag.n_citations"] == len(answer.citations)
    assert ("nmt_rag.abstention" in asked.attributes) is (answer.abstention is not None)
    assert dict(searched.attributes) == {"nmt_rag.k": 3, "nmt_rag.window": 0, "nmt_rag.n_hits": len(hits)}
    spans.disable()
    rag.search(QUESTION)
    assert len(finished()) == 2


def test_a_question_is_told_only_where_that_is_wanted_and_an_error_by_its_kind(rag, finished):
    spans.enable()
    rag.search("hemlig fråga")
    with pytest.raises(ValueError, match="hemligt"):
        rag.search("hemlig fråga", where={"a": {"$gt": "hemligt"}})
    spans.enable(questions=True)
    rag.search("öppen fråga")
    rag.ask(question=QUESTION)
    rag.search(query="även så")
    plain, failed, told, asked, searched = finished()
    assert "hemlig" not in plain.to_json() + failed.to_json()
    assert failed.attributes["error.type"] == "FilterError"
    assert failed.status.status_code.name == "ERROR"
    assert failed.events == ()
    assert told.attributes["nmt_rag.question"] == "öppen fråga"
    assert asked.attributes["nmt_rag.question"] == QUESTION  # by its name, too
    assert searched.attributes["nmt_rag.question"] == "även så"


def test_a_missing_package_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ImportError, match=r"nmt_rag\.spans needs opentelemetry-api; install it with: pip install"):
        spans.enable()
