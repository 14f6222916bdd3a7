"""The index of the packaged page: built on first use, and brought up to date with this version of the library."""

from __future__ import annotations

import tempfile
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

from nmt_rag import documents
from nmt_rag.documents import passages
from nmt_rag.errors import IndexLockedError, NmtRagError
from nmt_rag.index import Index
from nmt_rag.index import packaged as corpora
from nmt_rag.models import Encoder
from nmt_rag.rag.opening import open_rag
from nmt_rag.rag.rag import Rag
from nmt_rag.types import Document

WAIT_FOR_FIRST_BUILD = 60.0
"""How long a process waits while another builds the packaged index for the first time (seconds)."""


def open_packaged(encoder: Encoder | None) -> Rag:
    """Open the index of the packaged corpus; build it, or bring it up to date, where that is needed.

    Where its place cannot be written it is built in a temporary folder, for this process alone.
    """
    pages = [page for page in documents.load(_pages()) if isinstance(page, Document)]
    path = corpora.default_index_path(encoder.fingerprint if encoder else None)
    try:
        return _up_to_date(path, encoder, pages)
    except NmtRagError as error:
        if isinstance(error, IndexLockedError) or not isinstance(error.__cause__, OSError):
            raise
    folder = tempfile.TemporaryDirectory(prefix="nmt-rag-", ignore_cleanup_errors=True)
    rag = _up_to_date(Path(folder.name), encoder, pages)
    weakref.finalize(rag, folder.cleanup)
    return rag


def _up_to_date(path: Path, encoder: Encoder | None, pages: Sequence[Document]) -> Rag:
    """Open an index of some pages and of nothing else, made where there is none."""
    deadline = time.monotonic() + WAIT_FOR_FIRST_BUILD
    while True:
        try:
            rag = open_rag(path, encoder=encoder, create=True)
            try:
                _bring_up_to_date(rag.index, pages)
            except BaseException:
                rag.close()
                raise
            return Rag(rag.index, rag.encoder, packaged=True)
        except IndexLockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _bring_up_to_date(index: Index, pages: Sequence[Document]) -> None:
    """Make an index hold some pages as this version of the library reads and splits them."""
    wanted = {page.id: page for page in pages}
    for document in list(index.documents()):
        page = wanted.get(document.id)
        if page != document or passages.split(document) != index.passages(document.id):
            index.remove(document.id)
    if len(wanted) != index.n_documents:
        index.add(pages)


def _pages() -> list[Path]:
    """Return the files of the packaged corpus."""
    return sorted(page for page in corpora.packaged_corpus().glob("*.md") if page.name != "README.md")
