"""What the web page says, in Swedish and in English: the texts of ``texts.sv.toml`` and ``texts.en.toml``."""

from __future__ import annotations

from nmt_rag import translations
from nmt_rag.answering import messages

_FOUND = translations.texts("nmt_rag.interfaces.page", "texts")

EXAMPLES_DOCUMENT = "deltagande-myndigheter"
"""The document that the examples are about; without it in the index they are not shown."""
EXAMPLES: dict[str, tuple[str, ...]] = {language: tuple(found.pop("examples")) for language, found in _FOUND.items()}
TEXTS: dict[str, dict[str, str]] = {
    language: {**found, "nearest": messages.NEAREST[language]} for language, found in _FOUND.items()
}
