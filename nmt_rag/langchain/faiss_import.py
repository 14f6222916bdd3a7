"""A folder that langchain-community's FAISS store saved → an index of whole texts, with the embeddings as they are.

The texts lie in a pickle, which may run any code when it is read the usual way. Here it is read by an unpickler that
knows two classes by name, gives empty ones in their place, and refuses everything else. LangChain is not needed.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import CorpusError
from nmt_rag.index import DATABASE, Added, Index
from nmt_rag.langchain import texts
from nmt_rag.progress import counter
from nmt_rag.types import Document

_DOCSTORES = {
    (module, "InMemoryDocstore")
    for module in ("langchain_community.docstore.in_memory", "langchain.docstore.in_memory")
}
_DOCUMENTS = {
    (module, "Document")
    for module in (
        "langchain_core.documents.base",
        "langchain_core.documents",
        "langchain.schema.document",
        "langchain.schema",
        "langchain.docstore.document",
    )
}
EXPORT = "docs/from-langchain-community.md tells how to export such texts yourself"


@dataclass(frozen=True, slots=True)
class SavedStore:
    """What a folder holds: the texts as documents, and their embeddings in the same order, not scaled: (n, dim)."""

    documents: list[Document]
    embeddings: NDArray[np.float32]


def import_folder(folder: Path, path: Path, *, name: str = "index") -> Added:
    """Add the texts of a saved folder to an index for `nmt_rag.langchain.FaissVectorStore`, replacing equal ids.

    Args:
        folder: where langchain-community's ``FAISS.save_local`` wrote.
        path: the index folder, made where there is none.
        name: the ``index_name`` of ``save_local``.

    Raises:
        CorpusError: the folder cannot be read, holds anything but texts, or its two files do not fit.
        EncodingError: an embedding is zero or not finite.
        IndexMismatchError: the index is of another kind, or of another width.
        NmtRagError: the index cannot be written.
    """
    saved = read_folder(folder, name=name)
    given = {one.text: row for one, row in reversed(list(zip(saved.documents, saved.embeddings, strict=True)))}
    encoder = texts.GivenEncoder(saved.embeddings.shape[1], given)
    make = Index.open if (path / DATABASE).is_file() else Index.create
    with make(path, encoder=encoder) as index, counter("Importing", "texts") as bar:
        return index.add(saved.documents, split=texts.whole, progress=bar.update)


def read_folder(folder: Path, *, name: str = "index") -> SavedStore:
    """Read a saved folder. Raises CorpusError as `import_folder` does."""
    embeddings = _read(folder / f"{name}.faiss", _embeddings)
    docstore, ids = _read(folder / f"{name}.pkl", _docstore)
    if ids.keys() != set(range(len(embeddings))):
        raise CorpusError(
            f"{folder}: {name}.faiss holds {len(embeddings)} embeddings, {name}.pkl names {len(ids)} texts for them; "
            "save the store again"
        )
    documents = [_document(folder, ids[row], docstore) for row in range(len(embeddings))]
    if len({one.id for one in documents}) != len(documents):
        raise CorpusError(f"{folder}: two embeddings belong to one id; save the store again")
    return SavedStore(documents, embeddings)


def _read(path: Path, parse: Callable[[BinaryIO, Path], Any]) -> Any:  # noqa: ANN401 - what the parser returns
    try:
        with path.open("rb") as file:
            return parse(file, path)
    except OSError as error:
        raise CorpusError(
            f"cannot read {path}: {error.strerror or error}; give the folder that FAISS.save_local wrote"
        ) from error


def _embeddings(file: BinaryIO, path: Path) -> NDArray[np.float32]:
    from nmt_rag.index import read_embeddings

    try:
        return read_embeddings(file)
    except (ValueError, MemoryError) as error:
        raise CorpusError(f"cannot import {path}: {error}; {EXPORT}") from error


def _docstore(file: BinaryIO, path: Path) -> tuple[dict[object, Any], dict[object, object]]:
    """Return the texts by their ids, and the id of each row of embeddings."""
    unpickler = _Unpickler(file)
    try:
        found = unpickler.load()
    except _Refused as error:
        raise CorpusError(
            f"{path} is refused: it asks for {error}, and only texts with plain metadata are read, never code; {EXPORT}"
        ) from error
    except Exception as error:  # a pickle of anything may fail in any way
        raise CorpusError(f"{path} is no docstore that FAISS.save_local wrote ({type(error).__name__})") from error
    match found:
        case (docstore, {**ids}) if isinstance(docstore, unpickler.docstore):
            held = vars(docstore).get("_dict")
            if isinstance(held, dict) and all(isinstance(one, unpickler.document) for one in held.values()):
                return {key: vars(one) for key, one in held.items()}, ids
    raise CorpusError(f"{path} is no docstore that FAISS.save_local wrote; {EXPORT}")


def _document(folder: Path, text_id: object, docstore: dict[object, Any]) -> Document:
    state = docstore.get(text_id) if isinstance(text_id, str) else None
    if not isinstance(text_id, str) or state is None:
        raise CorpusError(f"{folder}: there is an embedding but no text for {text_id!r}; save the store again")
    fields = state.get("__dict__", state)  # pydantic's classes keep their fields under this name
    try:
        return texts.text_document(text_id, fields["page_content"], fields["metadata"])
    except (KeyError, TypeError, ValueError) as error:
        fault = f"the text {text_id!r} has no {error}" if isinstance(error, KeyError) else error
        raise CorpusError(f"{folder}: {fault}; {EXPORT}") from error


class _Refused(Exception):
    """A pickle asks for something that is not a text."""


class _Unpickler(pickle._Unpickler):
    """Reads a docstore. It imports nothing; each has stand-ins of its own, so that no pickle can change another's.

    It is Python's own in Python: the one in C takes as much memory as a line of ten bytes asks for. It needs three
    times as long, 2.6 seconds for 100,000 texts.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.docstore = type("InMemoryDocstore", (), {})
        self.document = type("Document", (), {})

    def find_class(self, module: str, name: str, /) -> type:
        """Return the stand-in for a class; everything else is refused, also what lies within the two classes."""
        if (module, name) in _DOCSTORES:
            return self.docstore
        if (module, name) in _DOCUMENTS:
            return self.document
        raise _Refused(f"{module}.{name}")

    def persistent_load(self, pid: object, /) -> object:
        """Refuse what lies outside the pickle."""
        raise _Refused(f"the outside object {pid!r}")
