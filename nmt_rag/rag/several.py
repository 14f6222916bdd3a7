"""Several indexes asked as one: their documents in one index in memory, which follows them.

Each document's id is headed by the name of its index's folder or collection, as in ``stöd/jour.md``. Embeddings are
taken over, so nothing is encoded; words are counted over all documents together, so that every score is what it would
be if one index held them all. That takes the memory of all of them: for more than some hundred thousand passages, build
one index.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt_rag.answering import Said
from nmt_rag.citations import Verification
from nmt_rag.errors import IndexLockedError, IndexMismatchError, NmtRagError
from nmt_rag.index import MOMENTS, Check, Index, opening
from nmt_rag.models import Encoder, KnownEmbeddings
from nmt_rag.progress import counter
from nmt_rag.rag.opening import load, open_rag
from nmt_rag.rag.rag import Rag
from nmt_rag.types import Answer, Document, Passage

_T = TypeVar("_T")

BATCH = 100
"""How many documents are taken over at a time."""


def open_several(paths: Sequence[Path | str], *, encoder: Encoder | str | None = "default") -> Rag:
    """Open indexes, in folders or at addresses, to be asked as one; see `nmt_rag.rag.open_rag`.

    Raises:
        ValueError: there are none, or one is given twice.
        IndexMismatchError: they were not built with the same encoder.
    """
    if not paths:
        raise ValueError("several indexes are at least one; got an empty list")
    names = _names(paths)
    known = encoder if encoder == "default" else load(encoder)
    parts: dict[str, Rag] = {}
    try:
        for name, path in zip(names, paths, strict=True):
            parts[name] = open_rag(path, encoder=known)
        first = parts[names[0]]
        for name, part in parts.items():
            if part.index.fingerprint != first.index.fingerprint or (part.encoder is None) != (first.encoder is None):
                raise IndexMismatchError(
                    f"the indexes {first.index.path} and {parts[name].index.path} were built with different encoders; "
                    "open them one by one, or build one of them again"
                )
        return SeveralRag(parts)
    except BaseException:
        for part in parts.values():
            part.close()
        raise


def _names(places: Sequence[Path | str]) -> list[str]:
    """Return a name for each index: its folder's or collection's, with as much before it as tells them apart."""
    whole = [_whole_name(place) for place in places]
    if len(set(whole)) < len(whole):
        raise ValueError(f"the index {next(one for one, n in Counter(whole).items() if n > 1)} is given twice")
    length = 1
    while len({one.parts[-length:] for one in whole}) < len(whole):
        length += 1
    return ["/".join(part for part in one.parts[-length:] if part != one.anchor) for one in whole]


def _whole_name(place: Path | str) -> PurePath:
    """Return the folder of an index, or its collection after the server's address."""
    if not opening.is_address(place):
        return Path(place).resolve()
    address = opening.parsed(str(place))
    return address.folder.resolve() if address.folder else PurePosixPath(address.url, address.collection)


class SeveralRag(Rag):
    """Several indexes as one; it is read only. Use `open_several`.

    Args:
        parts: the open indexes by their names, of one encoder; they are closed with this.
    """

    def __init__(self, parts: dict[str, Rag]) -> None:
        first = next(iter(parts.values()))
        super().__init__(Index.in_memory(encoder=_known(first.index, {})), first.encoder)
        self._parts = parts
        self._seen: dict[str, int] = {}
        self._turn = threading.Lock()
        self.follow()

    def close(self) -> None:
        """Let go of all of the indexes' files."""
        super().close()
        for part in self._parts.values():
            part.close()

    def follow(self) -> None:
        """Take over what has changed in the indexes since the last time; every question does so first."""
        with self._turn:
            for name, part in self._parts.items():
                if part.index.generation != self._seen.get(name):
                    self._seen[name] = self._take_over(name, part.index)

    def at_one_moment(self, work: Callable[[], _T]) -> _T:
        """Return what some work finds in the indexes as they are now; see `Rag.at_one_moment`."""
        self.follow()
        return super().at_one_moment(work)

    def ask_stream(self, *question: Any, **options: Any) -> Iterator[Said | Answer]:  # noqa: ANN401 - those of `Rag`'s
        """Yield an answer's sentences, from the indexes as they are now; see `Rag.ask_stream`."""
        self.follow()
        return super().ask_stream(*question, **options)

    def documents(self) -> Iterator[Document]:
        """Yield the documents that the indexes hold now."""
        self.follow()
        return super().documents()

    def document(self, document_id: str) -> Document | None:
        """Return one document as its index holds it now, or None."""
        self.follow()
        return super().document(document_id)

    def verify(self, *, progress: bool = False) -> list[Check]:
        """Prove what `Rag.verify` does of the documents as they are now."""
        self.follow()
        return super().verify(progress=progress)

    def recheck(self, answer: Answer) -> tuple[Verification, ...]:
        """Return what became of each citation of a saved answer by now; see `Rag.recheck`."""
        self.follow()
        return super().recheck(answer)

    def widened(self, answer: Answer, *, window: int) -> Answer:
        """Return an answer whose citations have whole passages around them as they are now; see `Rag.widened`."""
        self.follow()
        return super().widened(answer, window=window)

    def info(self) -> dict[str, Any]:
        """Return what the indexes hold together and how they were built."""
        self.follow()
        return {**super().info(), "path": " + ".join(str(part.index.path) for part in self._parts.values())}

    def _refuse_change(self, what: str) -> None:
        raise NmtRagError(f"several indexes are open as one, nobody can {what}; open the one that is meant by itself")

    def _take_over(self, name: str, index: Index) -> int:
        """Make this index hold what another holds; return the generation of it."""
        for _ in range(MOMENTS):
            generation = index.generation
            try:
                self._copy(name, index)
            except LookupError:  # it changed meanwhile
                continue
            if index.generation == generation:
                return generation
        raise IndexLockedError(f"the index {index.path} changes all the time; ask again when the writer is done")

    def _copy(self, name: str, index: Index) -> None:
        ids = index.document_ids()
        held = {one for one in self.index.document_ids() if one.startswith(f"{name}/")}
        self.index.remove_all(held - {f"{name}/{one}" for one in ids})
        with counter("Opening", "documents") as bar:
            for start in range(0, len(ids), BATCH):
                self._copy_some(name, index, ids[start : start + BATCH])
                bar.update(len(ids[start : start + BATCH]))

    def _copy_some(self, name: str, index: Index, ids: Sequence[str]) -> None:
        found = index.matching({"document_id": list(ids)})
        numbers = [] if found is None else found.tolist()
        passages, rows = index.passages_by_id(numbers), index.embeddings(numbers)
        split: dict[str, list[Passage]] = {}
        for passage in passages.values():
            split.setdefault(passage.document_id, []).append(passage)
        encoder = _known(index, {passages[number].context: row for number, row in rows.items()})

        def taken() -> Iterator[Document]:
            for document_id in ids:
                document = index.document(document_id)
                if document is None:
                    raise LookupError(document_id)
                yield replace(document, id=f"{name}/{document_id}")

        def taken_apart(document: Document) -> list[Passage]:
            own = sorted(split.get(document.id.removeprefix(f"{name}/"), ()), key=lambda passage: passage.ordinal)
            return [replace(passage, document_id=document.id) for passage in own]

        self.index.add(taken(), split=taken_apart, encoder=encoder)


def _known(index: Index, by_text: Mapping[str, NDArray[np.float32]]) -> KnownEmbeddings | None:
    """Return some embeddings of an index in the place of its encoder; None where it holds words only."""
    return None if index.fingerprint is None else KnownEmbeddings(index.fingerprint, index.dim, by_text)
