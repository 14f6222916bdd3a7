"""Files of strangers, read in a process of its own with limits of time and memory.

A small file can ask for hours or for gigabytes, and Python's other threads would stand still meanwhile. The process is
told a path on its standard input and writes what it read as JSON to its standard output: nothing of it is trusted to be
Python's own. It has no secrets of the environment, reaches no other machine and starts no program. What runs in it is
`nmt_rag.documents.apart.process`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from nmt_rag import strict_json, swedish
from nmt_rag.documents.formats import FileDraft, Remark, RemarkKind
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document, Passage

ReadProblem = Literal["unreadable", "too_long", "too_divided", "too_slow", "too_heavy"]

SECONDS = 60.0
"""How long one file may take: five times what the longest text takes that a visitor may have."""
MEGABYTES = 1_024
"""How much memory the process may ask for, its own 200 included; the tree of a page of 10 MB takes 250."""
MAX_REPLY = 200_000_000
"""A longer reply is none (bytes); `max_reply` tells what is for a text of a bounded length."""
_REPLY_LEAST, _REPLY_SHARE = 1_000_000, 20  # bytes for anything, and for each character: texts take four to nine
OWN_SECONDS, OWN_MEGABYTES = 900.0, 4_096
"""The same for a file that an index is made of, which may be as large as `nmt_rag.documents.loading.MAX_FILE_BYTES`."""

_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from nmt_rag.documents.apart import process; process.main()"
)
_KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "RAYON")}


_UNREAD: dict[str, str] = {
    "unreadable": "the file makes the program that reads it fail: save it anew",
    "too_slow": "it takes longer than {minutes} minutes to read the file: split it",
    "too_heavy": "it takes more than {megabytes:,} MB of memory to read the file: split it",
}


@dataclass(frozen=True, slots=True)
class FileContents:
    """The documents of a file, each with its passages, and what was left out."""

    documents: tuple[Document, ...]
    passages: tuple[tuple[Passage, ...], ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def characters(self) -> int:
        """How much there is: texts, as models read them, metadata, and a tenth of the headings above each passage."""
        return sum(map(of_text, self.documents)) + sum(map(of_headings, self.passages))

    def named_apart(self, names: set[str]) -> FileContents:
        """Return the same with a number behind each id that is among ``names``, and enter its ids there."""
        told: list[Document] = []
        for document in self.documents:
            number, name = 1, document.id
            while name in names:
                number, name = number + 1, f"{document.id} ({number + 1})"
            names.add(name)
            told.append(replace(document, id=name))
        both = zip(told, self.passages, strict=True)
        rows = (tuple(replace(row, document_id=one.id) for row in mine) for one, mine in both)
        return replace(self, documents=tuple(told), passages=tuple(rows))


def of_text(document: Document) -> int:
    """Return what a document counts: the characters of its text, as models read them, and of its metadata as JSON."""
    metadata = strict_json.dumps(strict_json.finite(document.metadata)) if document.metadata else ""
    return len(swedish.normalized("NFKC", document.text)) + len(metadata)


def max_reply(max_characters: int) -> int:
    """Return how long a reply may be with documents of so many characters (bytes): in memory it takes far more."""
    return min(MAX_REPLY, _REPLY_LEAST + _REPLY_SHARE * max_characters)


def of_headings(passages: Sequence[Passage]) -> int:
    """Return what the headings of a document's passages count, which each is kept with: a tenth of their characters."""
    return sum(len(heading) for passage in passages for heading in passage.heading) // 10


class FileReader:
    """Reads files in a process, which is started with the first one, and anew after one that went wrong.

    Not for several threads at once. Close it, or use it in a ``with`` statement.

    Args:
        seconds: how long one file may take.
        megabytes: how much memory the process may ask for, where the system can hold it to that (not on Windows).
        yielding: let every other process go first.
    """

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES, yielding: bool = True) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._yielding = yielding
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:  # noqa: D105
        return self

    def __exit__(self, *_: object) -> None:  # noqa: D105
        self.close()

    def read(self, file: Path, *, max_characters: int, max_documents: int | None = None) -> FileContents | ReadProblem:
        """Return what a file holds, or why it was not read.

        Args:
            file: its path; its name becomes the document's.
            max_characters: of text and metadata; what holds more is ``"too_long"``, and so is what takes more than
                `max_reply` with all its short passages.
            max_documents: a file of more, as one of JSON lines may be, is ``"too_divided"``; None for any number.
        """
        wanted = {"file": str(file.absolute()), "max_characters": max_characters, "max_documents": max_documents}
        reply = self._reply(wanted)
        found = reply if isinstance(reply, str) else _of_reply(reply)
        if not isinstance(found, FileContents):
            self.close()
        return found

    def draft(self, file: Path) -> FileDraft:
        """Return what `nmt_rag.documents.loading.read_draft` does.

        Raises:
            CorpusError: the file cannot be read, or asks for too much.
            OSError: it cannot be opened.
        """
        with file.open("rb"):
            pass  # who cannot open it is told why
        reply = self._reply({"file": str(file.absolute())})
        found = reply if isinstance(reply, str) else _draft_of(reply)
        if isinstance(found, FileDraft):
            return found
        if not isinstance(reply, dict):
            self.close()
        message = _UNREAD.get(found, found)
        raise CorpusError(message.format(minutes=f"{self._seconds / 60:.2g}", megabytes=self._megabytes))

    def _reply(self, wanted: dict[str, Any]) -> dict[str, Any] | ReadProblem:
        """Return what the process replies, or why it does not; it has ended then."""
        process = self._process = self._process or self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._seconds, stop)
        timer.start()
        try:
            reply = _exchanged(process, wanted)
        finally:
            timer.cancel()
        if late.is_set():
            return "too_slow"
        if reply is None:  # a library aborts where it gets no memory, or the system ends the process
            return "too_heavy" if process.returncode in (-signal.SIGABRT, -9) else "unreadable"
        return reply

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr] # both are pipes

    def _started(self) -> subprocess.Popen[bytes]:
        limits = str(self._megabytes), "10" if self._yielding else "0", f"{self._seconds:.0f}", str(os.getpid())
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _CHILD, strict_json.dumps(sys.path), *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **_ONE_THREAD},
        )


def _exchanged(process: subprocess.Popen[bytes], wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the process replies, or None where it ended or replies with something else."""
    try:
        process.stdin.write(strict_json.dumps(wanted).encode() + b"\n")  # type: ignore[union-attr] # a pipe
        process.stdin.flush()  # type: ignore[union-attr]
        size = process.stdout.read(8)  # type: ignore[union-attr]
        most = max_reply(wanted["max_characters"]) if "max_characters" in wanted else MAX_REPLY
        length = struct.unpack(">Q", size)[0] if len(size) == 8 else most + 1
        body = process.stdout.read(length) if length <= most else b""  # type: ignore[union-attr]
        reply = json.loads(body)
    except (OSError, ValueError, RecursionError):
        reply = None
    if isinstance(reply, dict):
        return reply
    try:
        process.wait(1)  # it may be ending by itself, and says how
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        process.returncode = 1
    return None


def _of_reply(reply: dict[str, Any]) -> FileContents | ReadProblem:
    """Return what was read; ``"unreadable"`` where a passage is not what stands at its place."""
    if reply.get("problem") in get_args(ReadProblem):
        problem: ReadProblem = reply["problem"]
        return problem
    try:
        texts = tuple(Document.from_dict(row) for row in reply["documents"])
        parts = tuple(tuple(Passage.from_dict(row) for row in rows) for rows in reply["passages"])
        remarks = tuple(_remark(row) for row in reply.get("remarks", ()))
        pairs = list(zip(texts, parts, strict=True))
    except (KeyError, TypeError, ValueError):
        return "unreadable"
    stands = all(
        one.document_id == document.id and one.text == document.text[one.start : one.end]
        for document, found in pairs
        for one in found
    )
    return FileContents(texts, parts, remarks) if stands else "unreadable"


def _draft_of(reply: dict[str, Any]) -> FileDraft | str:
    """Return the draft of a reply, or why there is none: a problem, or a message of our own."""
    if reply.get("problem") in get_args(ReadProblem):
        return str(reply.get("message") or reply["problem"]).replace("{", "{{").replace("}", "}}")
    try:
        row = dict(reply["draft"])
        pages, notes = tuple(row.pop("pages")), tuple(_remark(one) for one in row.pop("notes"))
        draft = FileDraft(**row, pages=pages, notes=notes)
    except (KeyError, TypeError, ValueError):
        return "unreadable"
    texts = (draft.text, draft.title, draft.url, draft.publisher, draft.language)
    is_sound = all(isinstance(text, str) for text in texts) and all(type(page) is int for page in pages)
    is_sound = is_sound and type(draft.in_parts) is bool
    in_order = (
        is_sound and list(pages) == sorted(pages) and (not pages or 0 == pages[0] <= pages[-1] <= len(draft.text))
    )
    return draft if in_order else "unreadable"


def _remark(row: Any) -> Remark:  # noqa: ANN401 - what another process wrote
    """Return a remark of a reply.

    Raises:
        ValueError: it is none.
    """
    remark = Remark(**row)
    if remark.kind not in get_args(RemarkKind) or not all(isinstance(row[name], str) for name in row):
        raise ValueError(f"no remark: {row!r}")
    return remark
