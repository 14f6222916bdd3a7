"""The one writer of an index in Qdrant: prepares a generation unseen, shows it with one write, then counts its words.

What a killed writer left is undone by the next one: its generation is given up, so that nothing of it is ever seen,
and words are counted from where the counting stood. Until they are counted, words are scored by the counts of the
generation before: each token keeps both.

A writer that stood still while another took over may send one request more. Each is made so that it does no harm then:
points and tokens have numbers that no other writer gives, removal is marked with a generation that was given up, counts
and weights are written only over older ones, and the one point that shows a generation only as long as it names its
writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nmt_rag.errors import NmtRagError
from nmt_rag.index.conditions import document_keys, passage_keys
from nmt_rag.index.engines.qdrant import bm25
from nmt_rag.index.engines.qdrant.payloads import (
    MOMENT,
    Collections,
    Moment,
    document_payload,
    first_number,
    passage_payload,
    reached,
    unmarked,
    visible,
)
from nmt_rag.index.engines.qdrant.points import EMBEDDING, AllOf, Between, HasId, NoneOf, OneOf, Point, PointId, Sparse
from nmt_rag.index.engines.qdrant.truth import QdrantTruth, scrolled
from nmt_rag.index.engines.qdrant.writing.lease import Lease
from nmt_rag.index.engines.qdrant.writing.word_counts import (
    Analysed,
    Changes,
    analysed,
    counts_at,
    is_weighed,
    token_id,
)
from nmt_rag.index.storage.rows import as_kept, parts_of, text_hash
from nmt_rag.types import Document, Passage

SLICE = 200
"""Points written with one request."""

_NOTHING = (0, 0, 0, 0)


class Writer:
    """One turn of writing. Use `writing`."""

    def __init__(self, collections: Collections, moment: Moment, lease: Lease) -> None:
        self.is_preparing = False  # there may be what no reader sees
        self._at = collections
        self._truth = QdrantTruth(collections)
        self._moment = moment
        self._lease = lease
        self._embeddings: dict[bytes, NDArray[np.float32]] = {}
        self._numbers: dict[str, int] = {}
        self._changes = Changes(moment.totals)

    # Embeddings

    def unknown_hashes(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Return those of some hashes whose embeddings neither this turn nor the index holds."""
        wanted = [value for value in dict.fromkeys(hashes) if value not in self._embeddings]
        for part in parts_of(wanted):
            missing = {value.hex() for value in part}
            where = visible(self._moment, OneOf("hash", tuple(missing)))
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
        before, generation = self._moment, self._moment.following
        held = self._remove([document.id for document, _ in batch], generation)
        first = first_number(generation)
        passages: list[Point] = []
        documents: list[Point] = []
        read: list[Analysed] = []
        for document, split in batch:
            read.append(analysed(document.title, list(enumerate(split, first))))
            first += len(split)
            self._changes.count(read[-1], 1)
        self._number({token for one in read for token in one.tokens()})
        averages = before.averages or self._changes.totals.averages()
        for number, ((document, split), tokens) in enumerate(zip(batch, read, strict=True), first_number(generation)):
            keys = document_keys(as_kept(document))
            for passage, (passage_id, row) in zip(split, tokens.passages.items(), strict=True):
                payload = passage_payload(number, passage, [*keys, *passage_keys(passage)], generation)
                embedding = self._embeddings[text_hash(passage.context)] if before.dim else None
                passages.append(Point(passage_id, payload, embedding, self._weighed(row, averages)))
            whole = self._weighed({"document": tokens.whole}, averages) if split else None
            documents.append(Point(number, document_payload(document, keys, len(split), generation), None, whole))
        self.is_preparing = True
        for some in parts_of(passages, SLICE):
            self._lease.keep_alive()
            self._at.passages.upsert(some)
        for some in parts_of(documents, 20):
            self._lease.keep_alive()
            self._at.documents.upsert(some)
        shown = self._after_removal(held, generation)
        self._show(
            replace(
                shown,
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
        generation = self._moment.following
        held = self._remove(wanted, generation)
        if held:
            self._show(self._after_removal(held, generation))
        there = {point.payload["id"] for point in held}
        return [name for name in wanted if name in there]

    def _remove(self, document_ids: Sequence[str], generation: int) -> list[Point]:
        """Mark what is held of documents as removed in a generation to come; return the documents' points."""
        held = self._truth.document_points(document_ids, fields=["id", "title", "n_passages"])
        for point in held.values():
            self._changes.count(self._analysed(point.payload["title"], self._truth.passages_of(int(point.id))), -1)
        for part in parts_of([int(point.id) for point in held.values()]):
            self._lease.keep_alive()
            self.is_preparing = True
            free, mark = unmarked(self._moment), {"removed": generation}
            self._at.passages.set_fields(AllOf((OneOf("document", tuple(part)), free)), mark)
            self._at.documents.set_fields(AllOf((HasId(tuple(part)), free)), mark)
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
        shown = Point(MOMENT, {**moment.to_payload(), **self._lease.renewed()})
        self._at.documents.upsert([shown], only=self._lease.mine())
        self._lease.assure()
        self.is_preparing = self.is_preparing and moment.generation == self._moment.generation
        self._moment = moment

    # Words

    def settle(self) -> None:
        """Count the words of what was committed, delete what was removed, and weigh anew where lengths have moved."""
        moment = self._moment
        if moment.settled < moment.generation:
            for part in parts_of(self._changes.by_token, 1_000):
                self._lease.keep_alive()
                known = self._at.words.retrieve([token_id(name) for name in part])
                points = []
                for name in part:
                    payload = known[token_id(name)].payload
                    counts = counts_at(payload, moment.settled)
                    now = [count + change for count, change in zip(counts, self._changes.by_token[name], strict=True)]
                    counted = {"number": payload["number"], "now": now, "before": counts, "at": moment.generation}
                    points.append(Point(token_id(name), counted))
                self._at.words.upsert(points, only=Between("at", most=moment.generation - 1))
            self._show(replace(self._moment, settled=moment.generation, totals=self._changes.totals))
            self._changes.by_token.clear()
        self._sweep()
        self._weigh()

    def recover(self) -> None:
        """Undo what a killed writer has left, and count what it did not come to count."""
        if not self._lease.is_first:
            self._show(replace(self._moment, given_up=(*self._moment.given_up, self._moment.following)))
        if given_up := self._moment.given_up:
            for collection in (self._at.passages, self._at.documents):
                collection.delete(OneOf("added", given_up))
                collection.unset_fields(OneOf("removed", given_up), ["removed"])
        settled, generation = self._moment.settled, self._moment.generation
        if settled == generation:
            self._sweep()
            self._weigh()
            return
        for sign, changed in ((1, "added"), (-1, "removed")):
            uncounted = reached(self._moment, changed, after=settled)
            for point in list(scrolled(self._at.documents, uncounted, fields=["title"])):
                self._lease.keep_alive()
                self._changes.count(
                    self._analysed(point.payload["title"], self._truth.passages_of(int(point.id))), sign
                )
        self.settle()

    def _sweep(self) -> None:
        """Delete what no generation shows any more."""
        for collection in (self._at.passages, self._at.documents):
            collection.delete(reached(self._moment, "removed"))

    def _weigh(self) -> None:
        """Write all sparse vectors anew where the mean lengths have moved from those they were made with."""
        moment = self._moment
        averages, weighed_at = moment.totals.averages(), moment.following
        if is_weighed(moment):
            return
        self._show(replace(moment, weighing=True))
        ours = OneOf("weighed", (weighed_at,))
        for collection in (self._at.passages, self._at.documents):
            older = visible(moment, NoneOf(Between("weighed", least=weighed_at)))
            collection.set_fields(older, {"weighed": weighed_at})
        for point in list(scrolled(self._at.documents, visible(moment), fields=["title"])):
            read = self._analysed(point.payload["title"], self._truth.passages_of(int(point.id)))
            weighed: dict[PointId, Sparse] = {
                number: self._weighed(row, averages) for number, row in read.passages.items()
            }
            for part in parts_of(weighed, SLICE):
                self._lease.keep_alive()
                self._at.passages.put_words({number: weighed[number] for number in part}, only=ours)
            if read.passages:
                whole = self._weighed({"document": read.whole}, averages)
                self._at.documents.put_words({point.id: whole}, only=ours)
        self._show(replace(self._moment, averages=averages, weighing=False))

    def _analysed(self, title: str, passages: Sequence[tuple[int, Passage]]) -> Analysed:
        """Return the tokens of a document, each with a number."""
        found = analysed(title, passages)
        self._number(found.tokens())
        return found

    def _number(self, tokens: Iterable[str]) -> None:
        """Give each token its number, those that are new the next ones; they are on disk before any passage has one."""
        for part in parts_of(sorted(token for token in tokens if token not in self._numbers), 1_000):
            keys = {name: token_id(name) for name in part}
            known = self._at.words.retrieve(list(keys.values()), fields=["number"])
            if new := [key for key in keys.values() if key not in known]:
                first = self._moment.last_token + 1
                self._show(replace(self._moment, last_token=self._moment.last_token + len(new)))  # nobody else's now
                blank = {"now": _NOTHING, "before": _NOTHING, "at": 0}
                points = [Point(key, {"number": number, **blank}) for number, key in enumerate(new, first)]
                self._at.words.upsert(points, only=HasId(()))  # a number that is there stays
                known.update(self._at.words.retrieve(new, fields=["number"]))
            self._numbers.update((name, int(known[key].payload["number"])) for name, key in keys.items())

    def _weighed(self, row: Mapping[str, Sequence[str]], averages: Sequence[float]) -> Sparse:
        return bm25.weights(row, self._numbers, averages)


@contextmanager
def writing(collections: Collections) -> Iterator[Writer]:
    """Give the writer of an index for one turn; undo first what a killed one has left.

    Raises:
        IndexLockedError: another writer is at work.
    """
    lease = Lease.take(collections)
    in_order = False
    try:
        writer = Writer(collections, collections.moment(), lease)
        writer.recover()
        in_order = True
        yield writer
    except NmtRagError:
        lease.assure()  # what a request named may be gone because another writer is at work
        raise
    finally:
        lease.release(in_order=in_order and not writer.is_preparing)
