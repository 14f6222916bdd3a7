"""Documents → commits: split, encode what is new, and write in batches that each are settled for good.

Text is encoded before the transaction begins, so that readers wait only for the writing. Embeddings are committed
first, under the hash of their text: a kill in the middle of a long document loses none of the work.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from nmt_rag.dictionaries import plain
from nmt_rag.errors import EncodingError
from nmt_rag.index.storage.rows import as_json, digest, text_hash
from nmt_rag.types import Document, Passage

if TYPE_CHECKING:
    from nmt_rag.documents import Failure, Note
    from nmt_rag.index.engines.protocol import Engine
    from nmt_rag.models import Encoder

Settlement = Literal["added", "replaced", "unchanged"]

BATCH_PASSAGES = 1_000
"""At most this many passages, or a document more, are committed together, and at most this many texts
encoded."""

BATCH_DOCUMENTS = 500
"""At most this many documents are settled together: what is unchanged is told now and then too."""

LEXICAL_LAG = 20_000
"""While adding, tantivy is committed every so many passages (a commit costs about 0.1 s), and at the end."""

TEXTS = ("id", "title", "text", "url", "publisher", "language")
"""The fields of a document that are text."""

UNIT_TOLERANCE = 1e-3
"""The norm of an embedding is at most this far from 1: half-precision models come this close."""


@dataclass(frozen=True, slots=True)
class Added:
    """What `Index.add` did, as document ids in the order they came; all of it is committed."""

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the documents that were handed in: their ids, and the files that failed.

    ``notes`` say what was left out of files that were read, such as scanned pages.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Commit:
    """What one transaction settled: document ids with their outcome, and how many passages it wrote."""

    settled: list[tuple[str, Settlement]]
    n_passages: int


def built_with(encoder: Encoder | None) -> tuple[str | None, int]:
    """Return the fingerprint and the dim of an index's encoder, as its settings keep them; None and 0 without one.

    Raises:
        TypeError: the fingerprint is no text, or the dim no whole number.
        ValueError: the fingerprint is empty, or the dim below 1.
    """
    if encoder is None:
        return None, 0
    fingerprint, dim = encoder.fingerprint, encoder.dim
    if not isinstance(fingerprint, str) or not hasattr(dim, "__index__"):
        raise TypeError(f"an encoder's fingerprint is text and its dim a whole number, got {fingerprint!r} and {dim!r}")
    if not fingerprint or operator.index(dim) < 1:
        raise ValueError(f"an encoder's fingerprint is not empty and its dim at least 1, got {fingerprint!r} and {dim}")
    return fingerprint, operator.index(dim)


def add_documents(
    engine: Engine,
    encoder: Encoder | None,
    documents: Iterable[Document],
    split: Callable[[Document], Sequence[Passage]],
    progress: Callable[[int], None] | None,
) -> Added:
    """Add documents as `_commits` does, write their words now and then, and tell what became of each.

    Args:
        engine: whose writer's lock the caller holds.
        encoder: None for words only.
        documents: read one by one.
        split: what takes a document apart.
        progress: called after each commit with the number of documents that it settled.
    """
    settled: list[tuple[str, Settlement]] = []
    behind = 0
    for commit in _commits(engine, encoder, documents, split):
        settled += commit.settled
        behind += commit.n_passages
        if progress:
            progress(len(commit.settled))
        if behind >= LEXICAL_LAG:
            engine.write_words()
            behind = 0
    return Added(*(tuple(name for name, outcome in settled if outcome == kind) for kind in get_args(Settlement)))


def _commits(
    engine: Engine,
    encoder: Encoder | None,
    documents: Iterable[Document],
    split: Callable[[Document], Sequence[Passage]],
) -> Iterator[Commit]:
    """Add documents, split as told, and yield after each commit. The caller holds the writer's lock.

    Raises:
        TypeError: a field of a document that is text is something else, or the metadata are no mapping.
        ValueError: a document holds half a surrogate pair.
        EncodingError: the encoder gave something else than finite unit embeddings.
        NmtRagError: the database cannot be written.
    """
    batch: dict[str, tuple[Document, Sequence[Passage]]] = {}
    settled: list[tuple[str, Settlement]] = []
    n_passages = 0
    for document in documents:
        if document.id in batch:  # the same id twice: the later one replaces the earlier
            yield _commit(engine, encoder, batch, settled)
            batch, settled, n_passages = {}, [], 0
        own = _checked_digest(document)
        if engine.truth.digest(document.id) == own:
            settled.append((document.id, "unchanged"))
        else:
            passages = split(document)
            batch[document.id] = (document, passages)
            n_passages += len(passages)
        if n_passages >= BATCH_PASSAGES or len(batch) + len(settled) >= BATCH_DOCUMENTS:
            yield _commit(engine, encoder, batch, settled)
            batch, settled, n_passages = {}, [], 0
    if batch or settled:
        yield _commit(engine, encoder, batch, settled)


def _checked_digest(document: Document) -> str:
    """Return the digest of a document that can be kept; raises as `_commits` does for another."""
    for name in TEXTS:
        if not isinstance(value := getattr(document, name), str):
            raise TypeError(f"the {name} of a document is text, got {type(value).__name__}")
    if not isinstance(document.metadata, Mapping):
        raise TypeError(f"the metadata of a document are a mapping, got {type(document.metadata).__name__}")
    try:
        return digest(document)
    except (TypeError, RecursionError, ValueError) as error:
        if not isinstance(error, UnicodeEncodeError):
            raise _unkept(document, error) from error
        names = [name for name in TEXTS if _has_half(getattr(document, name))] or ["metadata"]
        raise ValueError(
            f"the {names[0]} of the document {document.id!r} holds half a surrogate pair, which is no character"
        ) from error


def _unkept(document: Document, error: Exception) -> TypeError | ValueError:
    """Return the error that names the first field of a document's metadata that JSON cannot hold."""
    name: object = "metadata"
    for key, value in document.metadata.items():
        try:
            as_json({key: plain(value)})
        except (TypeError, ValueError, RecursionError) as found:
            name, error = key, found
            break
    what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(
        f"the metadata field {name!r} of the document {document.id!r} cannot be kept ({what}): give text, numbers, "
        "dates, lists or mappings"
    )


def _has_half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _commit(
    engine: Engine,
    encoder: Encoder | None,
    batch: dict[str, tuple[Document, Sequence[Passage]]],
    settled: list[tuple[str, Settlement]],
) -> Commit:
    """Write a batch in one transaction; documents that were held go out in the same one."""
    if not batch:
        return Commit(settled, 0)
    if encoder is not None:
        _encode(engine, encoder, [p.context for _, passages in batch.values() for p in passages])
    replaced = engine.upsert(list(batch.values()))
    outcomes: list[tuple[str, Settlement]] = [(name, "replaced" if name in replaced else "added") for name in batch]
    return Commit([*settled, *outcomes], sum(len(passages) for _, passages in batch.values()))


def _encode(engine: Engine, encoder: Encoder, texts: Sequence[str]) -> None:
    """Encode those texts whose embeddings the engine lacks, and hand it the embeddings."""
    by_hash = {text_hash(text): text for text in texts}
    unknown = engine.unknown_hashes(by_hash)
    for first in range(0, len(unknown), BATCH_PASSAGES):
        hashes = unknown[first : first + BATCH_PASSAGES]
        embeddings = np.asarray(encoder.encode_passages([by_hash[value] for value in hashes]), dtype=np.float32)
        if embeddings.shape != (wanted := (len(hashes), engine.dim)):  # another width would damage the index
            raise EncodingError(f"{encoder.fingerprint} gave embeddings of shape {embeddings.shape}, expected {wanted}")
        norms = np.linalg.norm(embeddings, axis=1)
        if not np.all(np.abs(norms - 1.0) <= UNIT_TOLERANCE):  # also where a norm is NaN
            worst = int(np.argmax(np.nan_to_num(np.abs(norms - 1.0), nan=np.inf)))
            raise EncodingError(
                f"{encoder.fingerprint} gave an embedding of norm {norms[worst]:.3g} instead of 1 "
                f"for the text {by_hash[hashes[worst]][:60]!r}"
            )
        engine.put_embeddings(hashes, embeddings)
