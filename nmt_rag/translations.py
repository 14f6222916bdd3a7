"""What is said on screen, from files that a translator edits: ``NAME.sv.toml`` and ``NAME.en.toml`` beside a module.

A text's ``{name}`` is filled in by the code; the two languages of a file have the same keys.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

LANGUAGES = ("sv", "en")


def spoken(language: str) -> str:
    """Return ``"en"`` for English and ``"sv"`` for any other language: what texts on screen are there in."""
    return "en" if language == "en" else "sv"


def texts(package: str, name: str) -> dict[str, dict[str, Any]]:
    """Return the texts of a file by language.

    Args:
        package: where the files lie, such as ``"nmt_rag.answering"``.
        name: of the file, without language and ending.
    """
    folder = resources.files(package)
    return {
        language: tomllib.loads(folder.joinpath(f"{name}.{language}.toml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
