"""Semantic search and question answering over Swedish public-sector text, with exact citations.

Importing this package loads no index engine, no model and no web framework; they are loaded when first used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nmt_rag.errors import (
    CorpusError,
    EncodingError,
    GenerationError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    NmtRagError,
    ReadingError,
)
from nmt_rag.types import Abstention, Answer, Citation, Document, Hit, Passage, Related, Statement

if TYPE_CHECKING:
    from nmt_rag.models import Encoder
    from nmt_rag.rag import Rag

__version__ = "0.1.0"

__all__ = [
    "Abstention",
    "Answer",
    "Citation",
    "CorpusError",
    "Document",
    "EncodingError",
    "GenerationError",
    "Hit",
    "IndexDamagedError",
    "IndexLockedError",
    "IndexMismatchError",
    "IndexNotFoundError",
    "NmtRagError",
    "Passage",
    "ReadingError",
    "Related",
    "Statement",
    "ask",
    "default_encoder",
    "open",
]


def open(
    path: Path | str | Sequence[Path | str] | None = None,
    *,
    encoder: Encoder | str | None = "default",
    create: bool = False,
) -> Rag:
    """Open an index, or several as one, ready to be asked; see `nmt_rag.rag.open_rag`."""
    from nmt_rag.rag import open_rag

    return open_rag(path, encoder=encoder, create=create)


def ask(question: str, *, where: Mapping[str, Any] | None = None) -> Answer:
    """Answer a question from the packaged page; `open` serves more than one question better."""
    with open() as rag:
        return rag.ask(question, where=where)


def default_encoder() -> Encoder:
    """Return the packaged encoder, loaded once in a process."""
    from nmt_rag.models import default_encoder as load

    return load()
