"""The documents that visitors of the web page ask about: in memory, apart for each visitor, gone after the visit.

Nothing is written to disk here; the files themselves are removed by whoever received them. They are read in a process
apart (`nmt_rag.documents.apart.file_reader`), so that no file keeps another visitor's question waiting.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt_rag import documents
from nmt_rag.documents import FileContents, FileReader, naming
from nmt_rag.index import Index
from nmt_rag.interfaces.page.visitor.steps import Refusal, Refused, Step, Taken
from nmt_rag.interfaces.page.visitor.visit import Visit
from nmt_rag.models import Encoder, KnownEmbeddings
from nmt_rag.rag import Rag
from nmt_rag.types import Document, Passage

MAX_FILES = 20
"""At most this many files a visitor may have."""
MAX_DOCUMENTS = 2_000
"""At most this many documents a visitor may have, such as lines of a file: each takes 10 to 20 ms, however short."""
MAX_MEGABYTES = 10
"""The largest file (megabytes); a page of running text takes about 3 kB."""
MAX_CHARACTERS = 3_000_000
"""The most that a visitor's texts may hold together (characters): about 1,000 pages, read in some ten seconds."""
MAX_VISITS = 30
"""At most this many visitors may have documents at once, about 100 MB of memory each at the most."""
MAX_IDLE = 3_600.0
"""After this long without a question a visit is over (seconds), for browsers that do not say that they left."""

MAX_READING = 2
"""Files of at most this many addresses are worked on at a time, one of each; who calls `Visits.steps` sees to it."""
STEP = 64
"""How many passages are encoded between two words on how far it is."""
NAMING = 0.5
"""The share of the time that goes to finding out who acts in a file; the rest goes to its embeddings."""
LONG = 100
"""A file of more passages than this, some three pages, can be asked by its words while the rest is worked out."""


class Turn:
    """Whose turn it is among the uploads of a visitor, and how often the documents were removed meanwhile."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.n_removed = 0


class Visits:
    """The visits that have documents, by the key of each. Threads may share it."""

    def __init__(self, encoder: Encoder | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._encoder = encoder
        self._clock = clock
        self._visits: dict[str, Visit] = {}
        self._turns: weakref.WeakValueDictionary[str, Turn] = weakref.WeakValueDictionary()
        self._address_turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many visits have documents."""
        return len(self._visits)

    def steps(self, key: str, files: Sequence[Path], address: str = "") -> Iterator[Step | Refused | Taken]:
        """Read files into a visit, one at a time; yield how far it is, and of each what came of it.

        Two files of one name are two documents, the second ``"rutin.txt (2)"``; with the same bytes they are one, and
        count once. Between two steps nothing is worked on, so that others may have their turn.

        Args:
            key: the visitor's own, which nobody else knows.
            files: as they were received; their names are shown, so they are the visitor's.
            address: where the visitor comes from; visits that are many from one make room for those from others.
        """
        with FileReader() as reader:
            for number, file in enumerate(files, 1):
                if number > 1 and key and key not in self._visits:
                    return  # the visitor left, or removed the documents
                yield Step(number, 0.0)
                yield from self._add(key, file, number, reader, address)

    def turn(self, key: str) -> Turn:
        """Return what the uploads of a visitor wait at, as long as there is one; for the server's event loop."""
        return self._turns.setdefault(key, Turn())

    def address_turn(self, address: str) -> asyncio.Lock:
        """Return what each step of the uploads of an address waits at; for the server's event loop."""
        return self._address_turns.setdefault(address, asyncio.Lock())

    def sweep(self) -> None:
        """Forget the visits that are over, those not asked for `MAX_IDLE`."""
        with self._lock:
            self._forget_idle()

    def rag(self, key: str) -> Rag | None:
        """Return what a visit has to ask, or None where it has no document, or is over."""
        with self._lock:
            self._forget_idle()
            visit = self._visits.get(key)
            asked = visit and (visit.by_words or visit.rag)
            if not visit or not asked or not asked.info()["documents"]:
                return None
            visit.used = self._clock()
            return asked

    def documents(self, key: str) -> list[Document]:
        """Return the documents of a visit, in the order they came."""
        rag = self.rag(key)
        return list(rag.documents()) if rag else []

    def remove(self, key: str) -> None:
        """Forget a visit and all it has; a visit without documents is forgotten, too."""
        if turn := self._turns.get(key):
            turn.n_removed += 1  # what waits is not read
        with self._lock:
            self._visits.pop(key, None)  # a question that is being answered keeps its own reference until it is done

    def _add(
        self, key: str, file: Path, number: int, reader: FileReader, address: str
    ) -> Iterator[Step | Refused | Taken]:
        """Read a file into a visit; yield how far it is, and last what came of it."""
        visit = self._visit(key, address)
        if visit is None:
            yield Refused(file.name, "busy")
            return
        read = _read(visit, file, reader)
        if isinstance(read, str):
            yield Refused(file.name, read)
            return
        same, found = read
        long, is_taken = self._encoder is not None and sum(map(len, found.passages)) > LONG, False
        try:
            if long:
                visit.ask_by_words(found)
                yield Step(number, None, askable=True)
            if found.documents:
                yield from self._work_out(key, visit, found, number)
            is_taken = True
        finally:
            if not is_taken:  # it can be added once more
                visit.take_back(same, found)
            if long:
                visit.ask_as_before(found)
        yield Taken(file.name, found.remarks)

    def _work_out(self, key: str, visit: Visit, found: FileContents, number: int) -> Iterator[Step]:
        """Find out who acts in a file, encode it and put it into the visit; stop where the visit is over."""
        passages: dict[str, Sequence[Passage]] = {}
        n_passages, n_named = sum(map(len, found.passages)), 0
        part = NAMING if self._encoder else 1.0
        for one, rows in zip(found.documents, found.passages, strict=True):
            steps, share = naming.named_in_steps(one, rows), 0.0
            while one.id not in passages:
                try:
                    share = next(steps)
                except StopIteration as end:
                    passages[one.id] = end.value
                    n_named += len(rows)
                else:
                    yield Step(number, part * (n_named + share * len(rows)) / n_passages)
                    if not self._goes_on(key, visit):
                        return
        known: dict[str, NDArray[np.float32]] = {}
        for step in self._encode({one.context for rows in found.passages for one in rows}, known, number):
            yield step
            if not self._goes_on(key, visit):
                return
        encoder = self._encoder and KnownEmbeddings(self._encoder.fingerprint, self._encoder.dim, known)
        visit.rag.index.add(found.documents, split=lambda document: passages[document.id], encoder=encoder)

    def _encode(self, texts: set[str], known: dict[str, NDArray[np.float32]], number: int) -> Iterator[Step]:
        """Enter the embeddings of texts into ``known``, some at a time, and say after each how far it is."""
        if self._encoder is None:
            return
        waiting = sorted(texts, key=len)  # of like length, so that a batch has little padding
        for first in range(0, len(waiting), STEP):
            some = waiting[first : first + STEP]
            known.update(zip(some, self._encoder.encode_passages(some), strict=True))
            yield Step(number, NAMING + (1 - NAMING) * len(known) / len(waiting))

    def _visit(self, key: str, address: str) -> Visit | None:
        """Return the visit with a key, begun if need be; None where there are too many, or where the key is empty."""
        if not key:  # who brings none would share documents with all who do the same
            return None
        with self._lock:
            self._forget_idle()
            if key not in self._visits and len(self._visits) >= MAX_VISITS:
                self._make_room(address)
            if key not in self._visits and len(self._visits) < MAX_VISITS:
                index = Index.in_memory(encoder=self._encoder)
                self._visits[key] = Visit(Rag(index, self._encoder), self._clock(), address)
            visit = self._visits.get(key)
            if visit:
                visit.used = self._clock()
            return visit

    def _goes_on(self, key: str, visit: Visit) -> bool:
        """Tell whether a visit is not over, which it is not while a file of it is worked on."""
        visit.used = self._clock()
        return self._visits.get(key) is visit

    def _forget_idle(self) -> None:
        """End the visits that were not asked for long; the caller holds the lock."""
        now = self._clock()
        for key in [key for key, visit in self._visits.items() if now - visit.used > MAX_IDLE]:
            del self._visits[key]

    def _make_room(self, address: str) -> None:
        """End the visit that was asked longest ago, of the address with most, where that has two more than another."""
        counted = Counter(visit.address for visit in self._visits.values())
        most, n_most = counted.most_common(1)[0]
        if n_most > counted[address] + 1:
            of_most = (key for key, visit in self._visits.items() if visit.address == most)
            del self._visits[min(of_most, key=lambda key: self._visits[key].used)]


def _read(visit: Visit, file: Path, reader: FileReader) -> tuple[tuple[str, str], FileContents] | Refusal:
    """Return the name and the SHA-256 of a file that a visit has room for, and what it holds, or why it does not.

    It is counted. Of one that the visit has already, nothing but what was left out is returned.
    """
    if file.suffix.lower() not in documents.readable():
        return "format"
    try:
        if file.stat().st_size > MAX_MEGABYTES * 1_000_000:
            return "too_large"
        same = file.name, hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return "gone"
    with visit.lock:
        if same in visit.known:
            return same, FileContents((), (), visit.known[same])
        if visit.files >= MAX_FILES:
            return "too_many"
        visit.files += 1
    has_place = False
    try:
        found: FileContents | Refusal = reader.read(
            file, max_characters=MAX_CHARACTERS - visit.characters, max_documents=MAX_DOCUMENTS - visit.documents
        )
        with visit.lock:
            if same in visit.known:  # it came twice at once
                return same, FileContents((), (), visit.known[same])
            if not isinstance(found, str) and visit.documents + len(found.documents) > MAX_DOCUMENTS:
                found = "too_divided"
            if not isinstance(found, str) and visit.characters + found.characters > MAX_CHARACTERS:
                found = "too_long"
            if not isinstance(found, str):
                has_place = True
                visit.characters += found.characters
                visit.known[same] = found.remarks
                visit.documents += len(found.documents)
                return same, found.named_apart(visit.names)
    finally:
        if not has_place:
            with visit.lock:
                visit.files -= 1
    return found if file.exists() else "gone"
