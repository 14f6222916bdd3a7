"""Which encoder: the packaged one, loaded once in a process, or another by its name."""

from __future__ import annotations

import threading

from nmt_rag.models.encoder import Encoder, PackagedEncoder, require_string
from nmt_rag.models.sentence_transformers import SentenceTransformerEncoder


def load_encoder(name: str) -> Encoder:
    """The encoder of that name: ``"default"`` for the packaged model, else a sentence-transformers name or folder.

    Raises:
        TypeError: the name is not a string.
        ValueError: the name is ``"none"``, which stands for words only where an index is opened, and for no encoder.
        EncodingError: the model cannot be opened.
    """
    require_string(name, "name")
    if name == "none":
        raise ValueError("'none' is no encoder; to search by words only, open the index with encoder=None")
    return default_encoder() if name == "default" else SentenceTransformerEncoder.open(name)


_lock = threading.Lock()

_opened: list[PackagedEncoder] = []


def default_encoder() -> PackagedEncoder:
    """The packaged model, opened once in a process; safe to use from several threads.

    Raises:
        EncodingError: the installed package lacks its model.
    """
    with _lock:
        if not _opened:
            _opened.append(PackagedEncoder.open())
        return _opened[0]
