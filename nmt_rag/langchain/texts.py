"""Texts as they are: one text is one document and, unless it is split, one passage and one embedding.

It knows no LangChain. `nmt_rag.langchain.vectorstore` is the store; `nmt_rag.langchain.faiss_import` fills one from a
folder.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag.documents import MAX_BITS
from nmt_rag.errors import EncodingError, IndexMismatchError
from nmt_rag.index import WHOLE_TEXTS, Filter, Index, Where, parse
from nmt_rag.swedish import TextSplitter, pieces
from nmt_rag.types import Document, Passage

METADATA = "metadata"
"""The field of a document's metadata that holds a text's own, so that neither gets in the other's way."""

PIECES = "pieces"
"""The field that tells how a text was taken apart."""

MAX_DEPTH = 50
"""How deep metadata may be nested; Python's JSON gives up at a thousand."""
MAX_VALUES = 100_000
"""How many values the metadata of one text may hold, each counted as often as it is reached: a small file can hold one
list in another a billion times."""
_PLAIN = (str, int, float, bool, type(None))


class GivenEncoder:
    """An encoder that computes nothing: it has the embeddings of some texts and knows no other."""

    def __init__(self, dim: int, embeddings: Mapping[str, NDArray[np.float32]]) -> None:
        self.dim = dim
        self.fingerprint = fingerprint(dim)
        self._embeddings = embeddings

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """The embedding of one of the texts: (dim,). Raises EncodingError for another."""
        return np.asarray(self.encode_passages([query])[0], dtype=np.float32)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of some of the texts: (n_passages, dim). Raises EncodingError for another."""
        try:
            return unit([self._embeddings[text] for text in passages], self.dim)
        except KeyError as error:
            raise EncodingError(f"no embedding was given for the text {error.args[0][:60]!r}") from error


def fingerprint(dim: int) -> str:
    """Return the fingerprint of an index of whole texts: it says which kind it is, not which model was used."""
    return f"{WHOLE_TEXTS}{dim}"


def require_whole_texts(index: Index) -> None:
    """Raise IndexMismatchError where an index is not one of whole texts."""
    if index.fingerprint is None or not index.fingerprint.startswith(WHOLE_TEXTS):
        raise IndexMismatchError(
            f"the index {index.path} holds documents in passages, not whole texts; open it with nmt_rag.open "
            "(in LangChain: NmtRetriever), or give the vector store a folder of its own"
        )


def unit(rows: Sequence[Any], dim: int) -> NDArray[np.float32]:
    """Return embeddings scaled to unit norm. *Shape:* ``(n, dim)``.

    Raises:
        EncodingError: they have another shape, are not finite, or one is zero and points nowhere.
    """
    if not len(rows):
        return np.zeros((0, dim), dtype=np.float32)
    try:
        found = np.asarray(rows, dtype=np.float64)
    except ValueError as error:
        raise EncodingError(
            "the embeddings are not equally wide rows of numbers; look at the embedding model"
        ) from error
    if found.shape != (len(rows), dim):
        raise EncodingError(
            f"the embeddings have shape {found.shape}, expected {(len(rows), dim)}; was the model changed?"
        )
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EncodingError("an embedding is zero or not finite; look at the embedding model")
    return np.asarray(found / norms, dtype=np.float32)


def text_document(
    text_id: str, text: str, metadata: Mapping[str, Any], places: Sequence[tuple[int, int]] = ()
) -> Document:
    """Return the document that a text lies in; ``places`` are those of its pieces, where it is taken apart.

    Raises:
        TypeError: the id or the text is no string.
        ValueError: the metadata holds what would not come back as it was, or a text holds half a character.
    """
    for what, value in (("id", text_id), ("text", text)):
        if not isinstance(value, str):
            raise TypeError(f"the {what} of a text must be a string, got {type(value).__name__}")
        _require_plain(text_id, what, value)
    _require_plain(text_id, METADATA, metadata)
    kept: dict[str, Any] = {METADATA: dict(metadata)}
    if places:  # so that a text that is taken apart in another way is not taken for the same
        kept[PIECES] = hashlib.blake2b(repr(list(places)).encode(), digest_size=8).hexdigest()
    return Document(id=text_id, title="", text=text, language="", metadata=kept)


def own_metadata(document: Document) -> dict[str, Any]:
    """Return the metadata that a text was added with."""
    return dict(document.metadata.get(METADATA, {}))


def whole(document: Document) -> list[Passage]:
    """Return a document as its one passage."""
    return [Passage(document.id, 0, 0, len(document.text), document.text, context=document.text)]


def in_pieces(document: Document, places: Sequence[tuple[int, int]]) -> list[Passage]:
    """Return a document as one passage for each of some places of its text."""
    texts = [(start, end, document.text[start:end]) for start, end in places]
    return [Passage(document.id, n, start, end, text, context=text) for n, (start, end, text) in enumerate(texts)]


def condition(wanted: Where | None) -> Filter | None:
    """Return a filter on the texts' own metadata; see `nmt_rag.index.parse`.

    Raises:
        ValueError: it is not understood.
    """
    return parse(wanted, inside=METADATA)


def _require_plain(text_id: str, place: str, value: Any) -> None:  # noqa: ANN401 - any value
    """Raise ValueError where a value would not come back from JSON as it was, or holds too much to look through."""
    waiting = [(place, value, 0)]
    n_seen = 0
    while waiting:
        place, value, depth = waiting.pop()
        n_seen += 1
        if depth > MAX_DEPTH or n_seen > MAX_VALUES:
            raise ValueError(
                f"the {place[:60]} of {text_id!r} is nested too deeply, or holds more than {MAX_VALUES} values"
            )
        if isinstance(value, Mapping):
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ValueError(
                        f"the {place} of {text_id!r} has the key {key!r}; keys must be strings to come back as they are"
                    )
                waiting += [(f"{place}.{key}", key, depth + 1), (f"{place}.{key}", item, depth + 1)]
        elif isinstance(value, list):
            waiting += [(place, item, depth + 1) for item in value]
        else:
            _require_plain_value(text_id, place, value)


def _require_plain_value(text_id: str, place: str, value: object) -> None:
    if not isinstance(value, _PLAIN):
        raise ValueError(
            f"the {place} of {text_id!r} is a {type(value).__name__}, which would not come back as it was; "
            "give text, numbers, booleans, None, lists or dictionaries"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"the {place} of {text_id!r} is {value}, which would come back as None; give None")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ValueError(f"the {place} of {text_id!r} is a number of more than {MAX_BITS} bits; give it as text")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"the {place} of {text_id!r} holds half a surrogate pair, which is no character"
            ) from error


def documents_of(
    texts: Sequence[str],
    metadatas: Sequence[dict[str, Any]] | None,
    ids: Sequence[str | None] | None,
    splitter: TextSplitter | None,
) -> tuple[list[str], list[Document], Callable[[Document], list[Passage]]]:
    """Return the ids of texts (a random one where none is given), their documents, and what splits these.

    Raises:
        ValueError: the numbers of texts, metadatas and ids differ, or a value would not come back as it was.
    """
    for what, values in (("metadatas", metadatas), ("ids", ids)):
        if values is not None and len(values) != len(texts):
            raise ValueError(f"there are {len(texts)} texts and {len(values)} {what}; give as many, or none")
    names = [name or str(uuid.uuid4()) for name in ids or [None] * len(texts)]
    places = [_places(splitter, text) if splitter and isinstance(text, str) else [] for text in texts]
    rows = zip(names, texts, metadatas or [{}] * len(texts), places, strict=True)
    documents = [text_document(*row) for row in rows]
    places_of = {(name, text): own for name, text, own in zip(names, texts, places, strict=True)}

    def split(document: Document) -> list[Passage]:
        own = places_of[document.id, document.text]
        return in_pieces(document, own) if own else whole(document)

    return names, documents, split


def _places(splitter: TextSplitter, text: str) -> list[tuple[int, int]]:
    """Return where the pieces of a text begin and end; one without any is a piece itself."""
    return list(pieces.spans(splitter, text)) or [(0, len(text))]


def checked_splitter(splitter: TextSplitter | None) -> TextSplitter | None:
    """Return a splitter.

    Raises:
        TypeError: it takes no texts apart.
    """
    if splitter is not None and (isinstance(splitter, type) or not callable(getattr(splitter, "split_text", None))):
        raise TypeError(f"a splitter has a method split_text(text), got {splitter!r}")
    return splitter


def refuse_string(what: str, values: object) -> None:
    """Raise TypeError for a string in place of many: it would be taken apart into letters."""
    if isinstance(values, str):
        raise TypeError(f"{what} is a list of strings, got the string {values[:60]!r}")


def refuse_unknown(kwargs: Mapping[str, Any]) -> None:
    """Raise TypeError for arguments that are not known: a misspelt filter must not be a search without one."""
    if kwargs:
        raise TypeError(f"unexpected arguments: {', '.join(sorted(kwargs))}")
