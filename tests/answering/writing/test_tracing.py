"""LangSmith's tracing, read from the environment as LangSmith itself reads it, and told once."""

import itertools
import warnings

import langsmith.utils
import pytest

from nmt_rag.answering.writing import tracing

NAMES = ("LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING", "LANGCHAIN_TRACING")
ENDPOINTS = ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT")


@pytest.fixture(autouse=True)
def _untouched(monkeypatch):
    """No variable is set, nothing has been told, and LangSmith remembers no environment, before and after."""
    for name in (*NAMES, *ENDPOINTS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tracing, "_told", type(tracing._told)())
    langsmith.utils.get_env_var.cache_clear()
    yield
    monkeypatch.undo()
    langsmith.utils.get_env_var.cache_clear()


@pytest.mark.parametrize("values", list(itertools.product((None, "", "true", "false"), repeat=4)))
def test_it_is_on_where_langsmith_says_so(values, monkeypatch):
    for name, value in zip(NAMES, values, strict=True):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert bool(tracing.notice()) is langsmith.utils.tracing_is_enabled()


@pytest.mark.parametrize("value", ["True", "1", "yes", " true "])
def test_only_the_word_true_switches_it_on(value, monkeypatch):
    monkeypatch.setenv("LANGSMITH_TRACING", value)
    assert (tracing.notice() != "", langsmith.utils.tracing_is_enabled()) == (False, False)


def test_it_says_where_the_questions_would_go_and_how_to_keep_them(monkeypatch):
    monkeypatch.setenv("LANGCHAIN_TRACING_V2", "true")
    assert "sent to https://api.smith.langchain.com; set LANGCHAIN_TRACING_V2=false" in tracing.notice()
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "https://eu.api.smith.langchain.com")
    assert "sent to https://eu.api.smith.langchain.com;" in tracing.notice()


def test_it_warns_once(monkeypatch):
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    with pytest.warns(tracing.TracingWarning, match="LangSmith tracing is on"):
        tracing.warn_once()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tracing.warn_once()
    assert caught == []


def test_it_is_silent_where_tracing_is_off():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tracing.warn_once()
    assert caught == []
