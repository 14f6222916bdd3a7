"""What the report of an evaluation says, in Swedish and English: ``texts.sv.toml`` and ``texts.en.toml``."""

from __future__ import annotations

from collections.abc import Mapping

from nmt_rag import translations

_FOUND = translations.texts("nmt_rag.interfaces.report", "texts")

TEXTS: Mapping[str, Mapping[str, str]] = {language: found["texts"] for language, found in _FOUND.items()}
FAULTS: Mapping[str, Mapping[str, str]] = {language: found["faults"] for language, found in _FOUND.items()}
"""What is wrong with an answer, in words."""
MENDS: Mapping[str, Mapping[str, str]] = {language: found["mends"] for language, found in _FOUND.items()}
"""What to do about each group of faults."""
