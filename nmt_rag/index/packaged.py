"""Where the packaged page lies, and where its index is kept: beside a checkout, else in the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from nmt_rag.index.storage.schema import DATABASE_FORMAT

_PACKAGE = Path(__file__).parents[1]
_CHECKOUT = _PACKAGE.parent


def packaged_corpus() -> Path:
    """Return the folder of documents that the library carries."""
    inside = _PACKAGE / "corpus"
    return inside if inside.is_dir() else _CHECKOUT / "corpus"


def default_index_path(fingerprint: str | None) -> Path:
    """Return where the index of the packaged corpus is kept for an encoder (None: words only).

    A checkout keeps it in its ``index`` folder, an installed library in the user's cache; ``NMT_RAG_INDEX`` names
    another folder. It lies there under a name that holds format and encoder, so that another version of the library,
    or another encoder, builds its own.
    """
    chosen = os.environ.get("NMT_RAG_INDEX")
    checkout = (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / "corpus").is_dir()
    if chosen:
        root = Path(chosen)
    else:
        root = _CHECKOUT / "index" if checkout else Path(platformdirs.user_cache_dir("nmt-rag", appauthor=False))
    name = fingerprint.rsplit(":", 1)[-1] if fingerprint else "words"
    return root / f"packaged-{DATABASE_FORMAT}-{name}"
