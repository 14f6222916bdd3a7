"""A path, an address, several of them or none → an index with its encoder, ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nmt_rag.errors import IndexNotFoundError, NmtRagError
from nmt_rag.index import Index
from nmt_rag.models import Encoder, load_encoder
from nmt_rag.rag.rag import Rag

_OF_AN_ENCODER = ("fingerprint", "dim", "encode_query", "encode_passages")


def open_rag(
    path: Path | str | Sequence[Path | str] | None = None,
    *,
    encoder: Encoder | str | None = "default",
    create: bool = False,
) -> Rag:
    """Open an index, or without a path the packaged page, whose index is built on first use.

    Args:
        path: the index folder, or an address such as ``qdrant://localhost:6333/texter``
            (`nmt_rag.index.engines.opening`); a list of several to ask them as one, see `nmt_rag.rag.several`.
        encoder: ``"default"`` for the packaged one (an index that holds words only is opened without), the name or
            path of a sentence-transformers model, an encoder of your own, or None (or ``"none"``) to use words only.
        create: make the index if there is none at ``path``.

    Raises:
        IndexNotFoundError: there is no index at ``path``.
        IndexMismatchError: the index was built with another encoder.
        IndexDamagedError: its database is broken.
        EncodingError: the encoder cannot be loaded.
        TypeError: the path or the encoder is something else.
    """
    if path is None:
        from nmt_rag.rag import packaged_page  # it opens that index with this function

        return packaged_page.open_packaged(load(encoder))
    if not isinstance(path, str | Path):
        if isinstance(path, bytes) or not isinstance(path, Sequence):
            raise TypeError(f"an index is opened by a path, an address or a list of them; got {type(path).__name__}")
        from nmt_rag.rag import several  # it opens each of them with this function

        return several.open_several(path, encoder=encoder)
    try:
        index = Index.open(path, encoder=None)  # first: a model may take long to load
    except IndexNotFoundError:
        if not create:
            raise
        return _created(path, load(encoder))
    if encoder is None or (encoder == "default" and index.fingerprint is None):
        return Rag(index, None)
    index.close()
    loaded = load(encoder)
    return Rag(Index.open(path, encoder=loaded), loaded)


def _created(path: Path | str, encoder: Encoder | None) -> Rag:
    """Make an index, or open the one that another process has made meanwhile."""
    try:
        return Rag(Index.create(path, encoder=encoder), encoder)
    except NmtRagError:
        try:
            return Rag(Index.open(path, encoder=encoder), encoder)
        except IndexNotFoundError:
            pass
        raise


def load(encoder: Encoder | str | None) -> Encoder | None:
    """Return an encoder by its name, or as it is; None for words only. Raises TypeError where it is no encoder."""
    if encoder is None or isinstance(encoder, str):
        return None if encoder in (None, "none") else load_encoder(encoder)
    if isinstance(encoder, type) or not all(hasattr(encoder, name) for name in _OF_AN_ENCODER):
        raise TypeError(f"an encoder has {', '.join(_OF_AN_ENCODER)}; got {encoder!r}")
    return encoder
