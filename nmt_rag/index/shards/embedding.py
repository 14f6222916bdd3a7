"""Files → shards: read, split and embed in parallel, in processes of this machine or on a Ray cluster.

The files are cut into blocks by what is in them, each block becomes one shard, and a block is always encoded by itself:
so a shard holds the same bytes whoever makes it, a run that was broken off goes on where it was, and a new file renews
the one shard it falls into. A JSONL file is not divided: its lines are one block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nmt_rag
from nmt_rag import documents
from nmt_rag.documents import Failure, Namer, Note
from nmt_rag.errors import CorpusError, NmtRagError
from nmt_rag.index.adding import BATCH_PASSAGES
from nmt_rag.index.shards import running, shards
from nmt_rag.index.shards.shards import Contents, EmbeddedDocument
from nmt_rag.models import Encoder, default_reader, load_encoder
from nmt_rag.progress import counter
from nmt_rag.types import Document

BLOCK_FILES, BLOCK_BYTES = 64, 4_000_000
"""A block ends after so many files or bytes at the latest."""

CUT = 16
"""It ends after each file whose hash this divides: a new file moves only the ends that lie near it."""


@dataclass(frozen=True, slots=True)
class FileBlock:
    """Files that become one shard, each with what its documents' ids are made of, and the shard's name."""

    files: tuple[tuple[str, str], ...]
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a run: its shards in order, how many were there already, and what could not be read."""

    shards: tuple[str, ...]
    n_kept: int
    failed: tuple[Failure, ...]
    notes: tuple[Note, ...]


def embed(
    paths: Sequence[Path | str],
    out: Path,
    *,
    encoder: str = "default",
    actors: Namer = "reader",
    workers: int = 1,
    ray: str | None = None,
) -> Made:
    """Make the shards of files and folders.

    Args:
        paths: files and folders, as `nmt_rag.documents.load` takes them.
        out: the folder of the shards; every worker must reach it and the files.
        encoder: the packaged one (``"default"``) or the name or path of a sentence-transformers model.
        actors: what names who acts in each passage, the packaged reader or rules (`nmt_rag.Rag.add`).
        workers: processes, each with the encoder.
        ray: the address of a Ray cluster, or ``"local"`` to start Ray on this machine; None for Python's own processes.

    Raises:
        CorpusError: a path does not exist or a folder holds no document.
        NmtRagError: Ray is not installed or does not answer, a process was ended, or the folder cannot be written or
            holds other files.
    """
    documents.splitting(actors)
    shards.check_own(out)
    fingerprint = load_encoder(encoder).fingerprint
    made_by = f"{fingerprint} {default_reader().fingerprint if actors == 'reader' else actors}"
    failed: list[Failure] = []
    blocks = list(cut(documents.files(paths), made_by, failed))
    try:
        out.mkdir(parents=True, exist_ok=True)
        missing = [block for block in blocks if not (out / block.name).is_file()]
        run = running.on_ray(ray, workers) if ray else running.in_processes(workers)
        with counter("Embedding", "shards", at_once=True) as bar:
            for _ in run(_work, [_as_text(block, out, encoder, actors) for block in missing]):
                bar.update(1)
        names = tuple(block.name for block in blocks)
        shards.write_list(out, names)
    except OSError as error:
        raise NmtRagError(f"the folder {out} cannot be written: {error.strerror or error}") from error
    said = [shards.read_contents(out / name) for name in names]
    failed += [one for contents in said for one in contents.failed]
    notes = tuple(one for contents in said for one in contents.notes)
    return Made(names, len(blocks) - len(missing), tuple(failed), notes)


def cut(files: Iterable[tuple[Path, str] | Failure], made_by: str, failed: list[Failure]) -> Iterator[FileBlock]:
    """Yield the blocks of files; what cannot be read is put with the failures."""
    block: list[tuple[str, str]] = []
    digests: list[bytes] = []
    n_bytes = 0
    for found in files:
        if isinstance(found, Failure):
            failed.append(found)
            continue
        path, file_id = found
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            n_bytes += path.stat().st_size
        except OSError as error:
            failed.append(Failure(str(path), f"{path}: cannot be opened ({error.strerror or error})"))
            continue
        digests.append(hashlib.blake2b(content + file_id.encode("utf-8", "surrogatepass"), digest_size=20).digest())
        block.append((str(path), file_id))
        if len(block) >= BLOCK_FILES or n_bytes >= BLOCK_BYTES or digests[-1][0] % CUT == 0:
            yield _named(block, digests, made_by)
            block, digests, n_bytes = [], [], 0
    if block:
        yield _named(block, digests, made_by)


def make(block: FileBlock, out: Path, encoder: Encoder, actors: Namer = "reader") -> str:
    """Make one shard and return its name.

    Raises:
        CorpusError: the encoder gave embeddings of another shape.
        OSError: the shard cannot be written.
    """
    failed: list[Failure] = []
    notes: list[Note] = []
    read: list[Document] = []
    for path, file_id in block.files:
        for item in documents.read_as(Path(path), file_id):
            if isinstance(item, Document):
                read.append(item)
            elif isinstance(item, Failure):
                failed.append(item)
            else:
                notes.append(item)
    split = [tuple(documents.splitting(actors)(document)) for document in read]
    texts = list(dict.fromkeys(passage.context for one in split for passage in one))
    parts = [encoder.encode_passages(texts[i : i + BATCH_PASSAGES]) for i in range(0, len(texts), BATCH_PASSAGES)]
    embeddings = np.concatenate(parts) if parts else np.empty((0, encoder.dim), dtype=np.float32)
    if embeddings.shape != (len(texts), encoder.dim):
        raise CorpusError(f"{encoder.fingerprint} gave embeddings of shape {embeddings.shape} for {len(texts)} texts")
    by_text: dict[str, NDArray[np.float32]] = dict(zip(texts, embeddings, strict=True))
    rows = [
        EmbeddedDocument(
            document,
            one,
            np.array([by_text[passage.context] for passage in one], dtype=np.float32).reshape(-1, encoder.dim),
        )
        for document, one in zip(read, split, strict=True)
    ]
    contents = Contents(encoder.fingerprint, encoder.dim, tuple(failed), tuple(notes))
    shards.write(out / block.name, contents, rows)
    return block.name


def _named(block: Sequence[tuple[str, str]], digests: Sequence[bytes], made_by: str) -> FileBlock:
    made_of = "\0".join([shards.SHARD_FORMAT, nmt_rag.__version__, made_by, *(digest.hex() for digest in digests)])
    return FileBlock(tuple(block), f"{hashlib.blake2b(made_of.encode(), digest_size=16).hexdigest()}.parquet")


def _as_text(block: FileBlock, out: Path, encoder: str, actors: Namer) -> str:
    return json.dumps([block.files, block.name, str(out), encoder, actors], allow_nan=False)


def _work(job: str) -> str:
    """Make one shard in whatever process this is; the encoder is loaded once in each."""
    files, name, out, encoder, actors = json.loads(job)
    if encoder not in _LOADED:
        _LOADED[encoder] = load_encoder(encoder)
    block = FileBlock(tuple((path, file_id) for path, file_id in files), name)
    return make(block, Path(out), _LOADED[encoder], actors)


_LOADED: dict[str, Encoder] = {}
