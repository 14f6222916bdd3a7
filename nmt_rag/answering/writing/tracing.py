"""Whether LangSmith's tracing is switched on, which sends questions and sources off this machine: told once.

It reads the environment as LangSmith does, and loads nothing of it.
"""

from __future__ import annotations

import os
import threading
import warnings

_NAMES = ("LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), ("LANGSMITH_TRACING", "LANGCHAIN_TRACING")
_told = threading.Event()


class TracingWarning(UserWarning):
    """Questions and sources will be sent to a tracing service."""


def notice() -> str:
    """Return the sentence that says where traces go, or an empty string where tracing is off.

    The first of LangSmith's variables that holds anything decides; only ``true`` switches it on.
    """
    for pair in _NAMES:
        name = next((name for name in pair if os.environ.get(name, "").strip()), "")
        if name:
            if os.environ[name] != "true":
                return ""
            return (
                f"LangSmith tracing is on ({name}=true): questions and source texts that pass through LangChain are "
                f"sent to {_endpoint()}; set {name}=false to keep them on this machine"
            )
    return ""


def warn_once() -> None:
    """Warn with `TracingWarning` where tracing is on, the first time in this process."""
    told = notice()
    if told and not _told.is_set():
        _told.set()
        warnings.warn(told, TracingWarning, stacklevel=2)


def _endpoint() -> str:
    given = (os.environ.get(name, "").strip() for name in ("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT"))
    return next((address for address in given if address), "https://api.smith.langchain.com")
