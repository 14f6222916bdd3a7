"""The one writer of an index in Qdrant: prepares a generation unseen, shows it with one write, then counts its words.

What a killed writer left is undone by the next one: points of a generation that was never shown are deleted, marks of
removal taken back, and words counted from where the counting stood. Until they are counted, words are scored by the
counts of the generation before: each token keeps both.
"""

from __future__ import annotations

import hashlib
import os
import socket
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import IndexLockedError
from nmt_rag.index.engines.lexical_folder import entries
from nmt_rag.index.engines.qdrant import bm25
from nmt_rag.index.engines.qdrant.bm25 import FIELDS, TokenCounts, Totals
from nmt_rag.index.engines.qdrant.points import EMBEDDING, AllOf, Between, Ids, OneOf, Point, PointId, Sparse
from nmt_rag.index.engines.qdrant.truth import (
    MOMENT,
    Collections,
    Moment,
    QdrantTruth,
    document_payload,
    numbered,
    passage_payload,
    scrolled,
    visible,
)
from nmt_rag.index.filters import document_keys, passage_keys
from nmt_rag.index.storage.rows import parts, text_hash
from nmt_rag.types import Document, Passage

LEASE = 60.0
"""So long (seconds) a writer is believed to be at work after it last said so; each request takes less."""

SLICE = 200
"""Points written with one request."""

DRIFT = 0.01
"""Passages are weighed anew when a field's mean length has moved by more than this share since they were weighed; the
scores are then off by less than that share."""

WEIGHED_AT_ONCE = 20_000
"""An index of at most so many passages is weighed anew however little the mean lengths have moved."""

ROUNDING = 1e-9
"""Mean lengths that lie no further apart are the same, written and read."""

_T = TypeVar("_T")
_NOTHING = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Analysed:
    """The tokens of a document: of each passage by its id, in the fields of passages, and of the whole."""

    passages: dict[int, dict[str, list[str]]]
    whole: list[str]


class Writer:
    """One turn of writing. Use `writing`."""

    def __init__(self, collections: Collections, moment: Moment, holder: str | None) -> None:
        self._at = collections
        self._truth = QdrantTruth(collections)
        self._moment = moment
        self._holder = holder
        self._until = time.monotonic() + LEASE
        self._embeddings: dict[bytes, NDArray[np.float32]] = {}
        self._numbers: dict[str, int] = {}
        self._changed: dict[str, list[int]] = {}  # token -> what its counts change by since the settled generation
        self._totals = moment.totals

    # Embeddings

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some hashes whose embeddings neither this turn nor the index holds."""
        wanted = [value for value in dict.fromkeys(hashes) if value not in self._embeddings]
        for part in parts(wanted):
            missing = {value.hex() for value in part}
            where = visible(self._moment.generation, OneOf("hash", tuple(missing)))
            for point in scrolled(self._at.passages, where, fields=["hash"], vectors=[EMBEDDING]):
                if point.embedding is not None:
                    self._embeddings[bytes.fromhex(point.payload["hash"])] = point.embedding
                    missing.discard(point.payload["hash"])
                if not missing:
                    break
        return [value for value in wanted if value not in self._embeddings]

    def put_embeddings(self, hashes: Sequence[bytes], embeddings: NDArray[np.float32]) -> None:
        """Hold embeddings until their passages are written."""
        self._embeddings.update(zip(hashes, embeddings, strict=True))

    # Documents

    def upsert(self, batch: Sequence[tuple[Document, Sequence[Passage]]]) -> set[str]:
        """Show documents as one new generation; return the ids of those that were replaced."""
        before = self._moment
        generation = before.generation + 1
        held = self._remove([document.id for document, _ in batch], generation)
        first, number = before.last_passage + 1, before.last_document
        passages: list[Point] = []
        documents: list[Point] = []
        analysed: list[_Analysed] = []
        for document, split in batch:
            rows = [(passage_id, passage) for passage_id, passage in enumerate(split, first)]
            first += len(split)
            analysed.append(self._analysed(document.title, rows))
            self._count(analysed[-1], 1)
        averages = before.averages or self._totals.averages()
        for (document, split), tokens in zip(batch, analysed, strict=True):
            number += 1
            keys = document_keys(document)
            for passage, (passage_id, row) in zip(split, tokens.passages.items(), strict=True):
                payload = passage_payload(number, passage, [*keys, *passage_keys(passage)], generation)
                embedding = self._embeddings[text_hash(passage.context)] if before.dim else None
                passages.append(Point(passage_id, payload, embedding, self._weighed(row, averages)))
            whole = self._weighed({"document": tokens.whole}, averages) if split else None
            documents.append(Point(number, document_payload(document, keys, len(split), generation), None, whole))
        for some in _slices(passages):
            self._work()
            self._at.passages.upsert(some)
        for some in _slices(documents, 20):
            self._work()
            self._at.documents.upsert(some)
        shown = self._after_removal(held, generation)
        self._show(
            replace(
                shown,
                last_document=number,
                last_passage=first - 1,
                n_documents=shown.n_documents + len(documents),
                n_passages=shown.n_passages + len(passages),
                averages=averages,
            )
        )
        self._embeddings.clear()
        return {point.payload["id"] for point in held}

    def delete(self, document_ids: Iterable[str]) -> list[str]:
        """Remove documents in one generation; return the ids of those that were there, in order."""
        wanted = list(dict.fromkeys(document_ids))
        generation = self._moment.generation + 1
        held = self._remove(wanted, generation)
        if held:
            self._show(self._after_removal(held, generation))
        there = {point.payload["id"] for point in held}
        return [name for name in wanted if name in there]

    def _remove(self, document_ids: Sequence[str], generation: int) -> list[Point]:
        """Mark what is held of documents as removed in a generation to come; return the documents' points."""
        held = self._truth.document_points(document_ids, fields=["id", "title", "n_passages"])
        for point in held.values():
            self._count(self._analysed(point.payload["title"], self._truth.passages_of(int(point.id))), -1)
        for part in parts([int(point.id) for point in held.values()]):
            self._work()
            belongs = visible(generation - 1, OneOf("document", tuple(part)))
            self._at.passages.set_fields(belongs, {"removed": generation})
            self._at.documents.set_fields(numbered(part), {"removed": generation})
        return list(held.values())

    def _after_removal(self, held: Sequence[Point], generation: int) -> Moment:
        """Return the moment of a generation from which some documents are gone."""
        before = self._moment
        return replace(
            before,
            generation=generation,
            n_documents=before.n_documents - len(held),
            n_passages=before.n_passages - sum(point.payload["n_passages"] for point in held),
        )

    def _show(self, moment: Moment) -> None:
        """Write the one point that makes a generation the one of now.

        Raises:
            IndexLockedError: another writer has taken over.
        """
        holder = () if self._holder is None else (OneOf("writer", (self._holder,)),)
        unchanged = AllOf((Ids((MOMENT,)), OneOf("generation", (self._moment.generation,)), *holder))
        lease = {} if self._holder is None else {"writer": self._holder, "until": time.time() + LEASE}
        self._at.documents.upsert([Point(MOMENT, {**moment.to_payload(), **lease})], only=unchanged)
        now = self._at.documents.retrieve([MOMENT])[MOMENT].payload
        if (now["generation"], now["settled"], now.get("writer")) != (moment.generation, moment.settled, self._holder):
            raise IndexLockedError(f"another process has taken over the writing of {self._at.address}; run it again")
        self._moment = moment

    # Words

    def settle(self) -> None:
        """Count the words of what was committed, delete what was removed, and weigh anew where lengths have moved."""
        moment = self._moment
        if moment.settled < moment.generation:
            for part in _parts_of(self._changed, 1_000):
                self._work()
                known = self._at.words.retrieve([token_id(name) for name in part])
                points = []
                for name in part:
                    payload = known[token_id(name)].payload
                    counts = counts_at(payload, moment.settled)
                    now = [count + change for count, change in zip(counts, self._changed[name], strict=True)]
                    counted = {"number": payload["number"], "now": now, "before": counts, "at": moment.generation}
                    points.append(Point(token_id(name), counted))
                self._at.words.upsert(points)
            self._show(replace(moment, settled=moment.generation, totals=self._totals))
            self._changed.clear()
        self._sweep()
        self._weigh()

    def recover(self) -> None:
        """Undo what a killed writer has left, and count what it did not come to count."""
        later = Between("added", least=self._moment.generation + 1)
        taken_back = Between("removed", least=self._moment.generation + 1)
        for collection in (self._at.passages, self._at.documents):
            collection.delete(later)
            collection.unset_fields(taken_back, ["removed"])
        self._at.words.delete(Between("number", least=self._moment.last_token + 1))
        settled, generation = self._moment.settled, self._moment.generation
        if settled == generation:
            self._sweep()
            return
        for sign, changed in ((1, "added"), (-1, "removed")):
            for point in list(scrolled(self._at.documents, Between(changed, least=settled + 1), fields=["title"])):
                self._work()
                self._count(self._analysed(point.payload["title"], self._truth.passages_of(int(point.id))), sign)
        self.settle()

    def _sweep(self) -> None:
        """Delete what no generation shows any more."""
        for collection in (self._at.passages, self._at.documents):
            collection.delete(Between("removed", most=self._moment.generation))

    def _weigh(self) -> None:
        """Write all sparse vectors anew where the mean lengths have moved from those they were made with."""
        moment = self._moment
        averages = moment.totals.averages()
        if is_weighed(moment):
            return
        for point in list(scrolled(self._at.documents, visible(moment.generation), fields=["title"])):
            analysed = self._analysed(point.payload["title"], self._truth.passages_of(int(point.id)))
            weighed: dict[PointId, Sparse] = {
                number: self._weighed(row, averages) for number, row in analysed.passages.items()
            }
            for part in _parts_of(weighed, SLICE):
                self._work()
                self._at.passages.put_words({number: weighed[number] for number in part})
            if analysed.passages:
                self._at.documents.put_words({point.id: self._weighed({"document": analysed.whole}, averages)})
        self._show(replace(moment, averages=averages))

    def _analysed(self, title: str, passages: Sequence[tuple[int, Passage]]) -> _Analysed:
        """Return the tokens of a document, each with a number."""
        rows: dict[int, dict[str, list[str]]] = {}
        whole: list[str] = []
        for entry, document in entries((number, passage, title, ()) for number, passage in passages):
            fields = {"text": entry.text, "heading": entry.heading, "around": entry.around}
            rows[entry.id] = {name: list(tokens) for name, tokens in fields.items()}
            if document is not None:
                whole = list(document.text)
        self._number({token for row in rows.values() for tokens in row.values() for token in tokens}.union(whole))
        return _Analysed(rows, whole)

    def _number(self, tokens: Iterable[str]) -> None:
        """Give each token its number, those that are new the next ones; they are on disk before any passage has one."""
        for part in _parts_of([token for token in tokens if token not in self._numbers], 1_000):
            known = self._at.words.retrieve([token_id(name) for name in part], fields=["number"])
            new: list[Point] = []
            number = self._moment.last_token
            for name in sorted(part):
                point = known.get(token_id(name))
                if point is None:
                    number += 1
                    counted = {"number": number, "now": _NOTHING, "before": _NOTHING, "at": 0}
                    new.append(Point(token_id(name), counted))
                self._numbers[name] = number if point is None else int(point.payload["number"])
            self._work()
            self._at.words.upsert(new)
            self._moment = replace(self._moment, last_token=number)

    def _count(self, analysed: _Analysed, sign: int) -> None:
        """Add a document to what the counts change by, or take it out."""
        fields: list[Mapping[str, Sequence[str]]] = [*analysed.passages.values()]
        n_documents = sign if fields else 0
        tokens = list(self._totals.tokens)
        for row in [*fields, {"document": analysed.whole}]:
            for name, field in row.items():
                place = FIELDS.index(name)
                tokens[place] += sign * len(field)
                for token in set(field):
                    self._changed.setdefault(token, [0, 0, 0, 0])[place] += sign
        self._totals = Totals(
            self._totals.passages + sign * len(fields),
            self._totals.documents + n_documents,
            (tokens[0], tokens[1], tokens[2], tokens[3]),
        )

    def _weighed(self, row: Mapping[str, Sequence[str]], averages: Sequence[float]) -> Sparse:
        return bm25.weights(row, self._numbers, averages)

    def _work(self) -> None:
        """Say before each request that this writer is still at work, where it has not said so for a while.

        Raises:
            IndexLockedError: another writer has taken over, or may have.
        """
        if self._holder is None or time.monotonic() < self._until - LEASE / 2:
            return
        if time.monotonic() > self._until:
            held = _lease(self._at)
            if held.get("writer") not in ("", self._holder):
                raise _locked(self._at, held)
            raise IndexLockedError(
                f"this process has been silent for too long to go on writing {self._at.address}; run the same again"
            )
        take_lease(self._at, self._holder)
        self._until = time.monotonic() + LEASE


@contextmanager
def writing(collections: Collections) -> Iterator[Writer]:
    """Give the writer of an index for one turn; undo first what a killed one has left.

    Raises:
        IndexLockedError: another writer is at work.
    """
    holder = None if collections.cluster.exclusive else f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    if holder:
        take_lease(collections, holder)
    try:
        writer = Writer(collections, collections.moment(), holder)
        writer.recover()
        yield writer
    finally:
        if holder:
            mine = AllOf((Ids((MOMENT,)), OneOf("writer", (holder,))))
            collections.documents.set_fields(mine, {"writer": "", "until": 0.0})


def take_lease(collections: Collections, holder: str) -> None:
    """Make one the writer, where there is none, where it is already, or where the last one has long been silent.

    Raises:
        IndexLockedError: another writer is at work; the message names its machine and process.
    """
    payload = _lease(collections)
    last = str(payload.get("writer", ""))
    if last not in ("", holder) and float(str(payload.get("until", 0.0))) > time.time():
        raise _locked(collections, payload)
    # Of two that come here at once the second does not find the writer that it has read, and takes nothing.
    free = AllOf((Ids((MOMENT,)), OneOf("writer", (last,))))
    collections.documents.set_fields(free, {"writer": holder, "until": time.time() + LEASE})
    if (now := _lease(collections)).get("writer") != holder:
        raise _locked(collections, now)


def counts_at(payload: Mapping[str, object], settled: int) -> tuple[int, int, int, int]:
    """Return a token's counts in the generation that is settled."""
    counts = payload["now"] if int(str(payload["at"])) <= settled else payload["before"]
    return tuple(counts)  # type: ignore[arg-type, return-value]


def token_id(name: str) -> str:
    """Return the id of a token's point: 128 bits of a hash, so that no two tokens meet."""
    return str(uuid.UUID(bytes=hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()))


def known_tokens(collections: Collections, names: Sequence[str], settled: int) -> dict[str, TokenCounts]:
    """Return what is counted of tokens in the generation that is settled, by their names."""
    points = collections.words.retrieve([token_id(name) for name in names])
    return {
        name: TokenCounts(points[key].payload["number"], counts_at(points[key].payload, settled))
        for name in names
        if (key := token_id(name)) in points
    }


def is_weighed(moment: Moment) -> bool:
    """Tell whether passages need not be weighed anew: the mean lengths are those that they were weighed against."""
    averages = moment.totals.averages()
    most = ROUNDING if moment.n_passages <= WEIGHED_AT_ONCE else DRIFT
    return moved(moment.averages or averages, averages) <= most


def moved(before: Sequence[float], now: Sequence[float]) -> float:
    """Return by what share the mean length of that field has changed that has changed most."""
    return max((abs(new - old) / max(old, 1e-9) for old, new in zip(before, now, strict=True)), default=0.0)


def _lease(collections: Collections) -> Mapping[str, object]:
    point = collections.documents.retrieve([MOMENT], fields=["writer", "until"]).get(MOMENT)
    return {} if point is None else point.payload


def _locked(collections: Collections, payload: Mapping[str, object]) -> IndexLockedError:
    return IndexLockedError(
        f"the index {collections.address} is being written by {payload.get('writer', 'another process')}; "
        "wait until it is done and try again"
    )


def _slices(points: Sequence[Point], size: int = SLICE) -> Iterator[Sequence[Point]]:
    return (points[i : i + size] for i in range(0, len(points), size))


def _parts_of(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rows = list(values)
    return (rows[i : i + size] for i in range(0, len(rows), size))
