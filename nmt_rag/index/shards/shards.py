"""Shards: documents with their passages and embeddings in Parquet files, made once and loaded into any index.

A shard is named by a hash of all that it is made of (files, encoder, version), so one that is there need not be made
again. Its rows are documents: ``id``, ``document`` and ``passages`` (JSON), ``embeddings`` (float32, one row a passage,
in order). ``shards.json`` lists the shards of the last run in the order of the files. No pickle. It encodes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt_rag import extras
from nmt_rag.documents import Failure, Note
from nmt_rag.errors import CorpusError, EncodingError, IndexNotFoundError, NmtRagError
from nmt_rag.index.adding import Report
from nmt_rag.index.index import Index
from nmt_rag.index.storage.files import replacing
from nmt_rag.index.storage.rows import as_json
from nmt_rag.progress import counter
from nmt_rag.types import Document, Passage

try:
    import pyarrow
    from pyarrow import parquet
except ModuleNotFoundError as error:
    raise NmtRagError(f"shards need pyarrow, which is not installed: {extras.install('embed')}") from error

SHARD_FORMAT = "nmt-rag/shard/1"
LIST = "shards.json"

_arrow: Any = pyarrow
_parquet: Any = parquet
_KEEP = 20_000
"""At least this many embeddings are kept while documents wait to be committed: more than one commit takes."""


@dataclass(frozen=True, slots=True)
class EmbeddedDocument:
    """A document taken apart, with the embeddings of its passages. *Shape:* ``(n_passages, dim)``."""

    document: Document
    passages: tuple[Passage, ...]
    embeddings: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one shard says besides its documents: how it was made, and what could not be read."""

    fingerprint: str
    dim: int
    failed: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()


def write(path: Path, contents: Contents, rows: Sequence[EmbeddedDocument]) -> None:
    """Write a shard, whole or not at all; the same rows give the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    table = _arrow.table(
        {
            "id": [row.document.id for row in rows],
            "document": [as_json(row.document.to_dict()) for row in rows],
            "passages": [as_json([passage.to_dict() for passage in row.passages]) for row in rows],
            "embeddings": [row.embeddings.astype("<f4").tobytes() for row in rows],
        },
        schema=_arrow.schema(
            [(name, _arrow.string()) for name in ("id", "document", "passages")] + [("embeddings", _arrow.binary())]
        ),
    )
    said = {"format": SHARD_FORMAT, **asdict(contents)}
    with replacing(path) as file:
        _parquet.write_table(table.replace_schema_metadata({SHARD_FORMAT: as_json(said)}), file, compression="zstd")


def read_contents(path: Path) -> Contents:
    """Return what a shard says of itself. Raises CorpusError where it is none, or broken."""
    try:
        said = json.loads(_parquet.read_schema(path).metadata[SHARD_FORMAT.encode()])
        failed = tuple(Failure(**row) for row in said["failed"])
        notes = tuple(Note(**row) for row in said["notes"])
        return Contents(said["fingerprint"], int(said["dim"]), failed, notes)
    except (OSError, ValueError, TypeError, KeyError, _arrow.ArrowException) as error:
        raise CorpusError(f"{path} is no whole shard ({error}): delete it and run `nmt-rag embed` again") from error


def read(path: Path) -> Iterator[EmbeddedDocument]:
    """Yield the documents of a shard, few in memory at a time. Raises CorpusError where it is broken."""
    dim = read_contents(path).dim
    try:
        with _parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=16):
                yield from (_row(row, dim) for row in batch.to_pylist())
    except (OSError, ValueError, TypeError, KeyError, _arrow.ArrowException) as error:
        raise CorpusError(f"{path} is no whole shard ({error}): delete it and run `nmt-rag embed` again") from error


def check_own(folder: Path) -> None:
    """Refuse a folder of somebody's documents, among which shards would be lost.

    Raises:
        NmtRagError: it is a file, cannot be opened, or holds other files than shards.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise NmtRagError(f"the folder {folder} cannot be opened: {error.strerror or error}") from error
    if foreign := [name for name in names if not name.startswith((".", LIST)) and ".parquet" not in name]:
        raise NmtRagError(f"the folder {folder} holds other files ({foreign[0]}, …); give the shards one of their own")


def write_list(folder: Path, names: Sequence[str]) -> None:
    """List the shards of a run, in order. Raises OSError where the file cannot be written."""
    with replacing(folder / LIST) as file:
        file.write(json.dumps({"format": SHARD_FORMAT, "shards": list(names)}, indent=1, allow_nan=False).encode())


def listed(folder: Path) -> list[Path]:
    """Return the shards of a folder, in the order of the files that they are made of.

    Raises:
        CorpusError: there is no list, as where a run was broken off, or a shard of it is missing.
    """
    if not (folder / LIST).exists() and any(folder.glob("*.parquet")):
        raise CorpusError(f"{folder} is half made: run the same `nmt-rag embed` again, and it goes on where it stopped")
    try:
        names = json.loads((folder / LIST).read_bytes())["shards"]
        paths = [folder / str(name) for name in names]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{folder} holds no shards: make them with: nmt-rag embed PATH --out {folder}") from error
    if missing := next((path for path in paths if not path.is_file()), None):
        raise CorpusError(f"{missing} is missing: run `nmt-rag embed` again")
    return paths


class ShardEncoder:
    """The documents of shards as they are read, and their embeddings for who adds these documents.

    It is no encoder of questions. Raises CorpusError where the shards are not of one encoder.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = listed(folder)
        kinds = {(one.fingerprint, one.dim) for one in self.contents()}
        if len(kinds) != 1:
            raise CorpusError(f"{folder} holds shards of {len(kinds)} encoders: run `nmt-rag embed` again")
        self.fingerprint, self.dim = kinds.pop()
        self._embeddings: dict[str, NDArray[np.float32]] = {}
        self._passages: dict[str, Sequence[Passage]] = {}

    def contents(self) -> Iterator[Contents]:
        """Yield what each shard says of itself."""
        return map(read_contents, self._paths)

    def documents(self, failed: list[Failure]) -> Iterator[Document]:
        """Yield the documents in order; of two with one id the second becomes a failure."""
        seen: set[str] = set()
        for path in self._paths:
            for row in read(path):
                if row.document.id in seen:
                    message = f"{path}: the id {row.document.id!r} is taken: give one of the documents another id"
                    failed.append(Failure(str(path), message))
                    continue
                seen.add(row.document.id)
                while len(self._embeddings) > _KEEP:
                    del self._embeddings[next(iter(self._embeddings))]
                if len(self._passages) > _KEEP:
                    self._passages.clear()
                self._passages[row.document.id] = row.passages
                for passage, embedding in zip(row.passages, row.embeddings, strict=True):
                    self._embeddings.pop(passage.context, None)
                    self._embeddings[passage.context] = embedding
                yield row.document

    def split(self, document: Document) -> Sequence[Passage]:
        """Return the passages of a document that was just read."""
        return self._passages.pop(document.id)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of texts that were just read. *Shape:* ``(n, dim)``."""
        try:
            return np.array([self._embeddings[text] for text in passages], dtype=np.float32).reshape(-1, self.dim)
        except KeyError as error:
            raise EncodingError(f"the shards hold no embedding of {str(error)[:60]}; make them again") from error

    def encode_query(self, query: str) -> NDArray[np.float32]:
        """Refuse: shards hold passages only."""
        raise EncodingError(f"shards encode no questions ({query[:60]!r}); open the index with its encoder")


def load_shards(folder: Path, place: Path | str) -> Report:
    """Add the documents of a folder of shards to an index, which is made where there is none.

    Args:
        folder: what `nmt_rag.index.shards.embedding.embed` wrote.
        place: the index folder, or an address (`nmt_rag.index.engines.opening`).

    Raises:
        CorpusError: a shard is missing or broken.
        IndexMismatchError: the index is of another encoder than the shards.
        IndexLockedError: another process is writing to the index.
    """
    encoder = ShardEncoder(folder)
    contents = list(encoder.contents())
    failed: list[Failure] = [one for said in contents for one in said.failed]
    try:
        index = Index.open(place, encoder=encoder)
    except IndexNotFoundError:
        index = Index.create(place, encoder=encoder)
    with index, counter("Indexing", "documents", at_once=True) as bar:
        added = index.add(encoder.documents(failed), split=encoder.split, progress=bar.update)
    notes = tuple(one for said in contents for one in said.notes)
    return Report(added.added, added.replaced, added.unchanged, tuple(failed), notes)


def _row(row: Mapping[str, Any], dim: int) -> EmbeddedDocument:
    passages = tuple(map(Passage.from_dict, json.loads(row["passages"])))
    embeddings = np.frombuffer(row["embeddings"], dtype="<f4").reshape(len(passages), dim)
    return EmbeddedDocument(Document.from_dict(json.loads(row["document"])), passages, embeddings.astype(np.float32))
