"""What runs in the process that reads files of strangers: it takes their paths and replies with what it read, as JSON.

What reads the files is `nmt_rag.documents` and `nmt_rag.documents.passages`, as everywhere.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from nmt_rag import strict_json
from nmt_rag.documents import loading as documents
from nmt_rag.documents import passages
from nmt_rag.documents.apart.file_reader import max_reply, of_headings, of_text
from nmt_rag.documents.apart.staying_home import stay_home
from nmt_rag.documents.loading import Failure
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document


def main() -> None:
    """Read the files that are named on standard input, until it ends; reply to each on standard output."""
    for name in ("nmt_rag.documents.formats", "nmt_rag.documents.web.html"):
        importlib.import_module(name)  # before the limits, so that they are for the files
    wanted, told = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no reply
    megabytes, niceness, seconds, parent = map(int, sys.argv[2:6])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _limit(megabytes, niceness)
    stay_home(alone=True)
    for line in wanted:
        row = json.loads(line)
        _limit_time(seconds)
        file = Path(row["file"])
        try:
            reply = (
                _read(file, row["max_characters"], row["max_documents"]) if "max_characters" in row else _drafted(file)
            )
        except MemoryError:
            reply = {"problem": "too_heavy"}
        if reply["problem"] == "unreadable" and _asked_for_much(megabytes):
            reply = {"problem": "too_heavy"}
        _tell(told, reply, max_reply(row["max_characters"]) if "max_characters" in row else None)


def _read(file: Path, max_characters: int, max_documents: int | None) -> dict[str, Any]:
    """Return the reply of a file's documents with their passages, or why it was not read."""
    found: list[Document] = []
    remarks: list[dict[str, Any]] = []
    length = 0
    for one in documents.load([file]):
        if isinstance(one, Failure):
            return {"problem": "too_heavy" if "MemoryError" in one.message else "unreadable"}
        if isinstance(one, documents.Note):
            remarks.append({"kind": one.kind, "detail": one.detail, "message": one.message})
            continue
        length += of_text(one)
        if length > max_characters:
            return {"problem": "too_long"}
        found += [one] if one.text.strip() else []
        if max_documents is not None and len(found) > max_documents:
            return {"problem": "too_divided"}
    if not found:
        return {"problem": "unreadable"}
    split = [passages.split(document) for document in found]
    if length + sum(map(of_headings, split)) > max_characters:
        return {"problem": "too_long"}
    return {
        "problem": None,
        "documents": [document.to_dict() for document in found],
        "passages": [[passage.to_dict() for passage in rows] for rows in split],
        "remarks": remarks,
    }


def _drafted(file: Path) -> dict[str, Any]:
    """Return the reply of a file's draft, or why there is none, with the message of what reads it."""
    try:
        return {"problem": None, "draft": dataclasses.asdict(documents.read_draft(file))}
    except CorpusError as error:
        return {"problem": "too_heavy" if "MemoryError" in str(error) else "unreadable", "message": str(error)}


def _tell(told: BinaryIO, reply: dict[str, Any], n_most: int | None) -> None:
    """Write a reply; in place of one of more bytes than ``n_most``, that there is too much."""
    body = strict_json.dumps(strict_json.finite(reply)).encode()
    if n_most is not None and len(body) > n_most:
        body = strict_json.dumps({"problem": "too_long"}).encode()
    told.write(struct.pack(">Q", len(body)) + body)
    told.flush()


def _limit(megabytes: int, niceness: int) -> None:
    """Hold this process to some memory, and let other ones go first."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(niceness)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Let the system end this process a little after the one that started it would have."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 10, most))


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone.

    Not by Linux's signal for that: it comes when the thread is gone that started this process.
    """
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _asked_for_much(megabytes: int) -> bool:
    """Tell whether this process came near its limit; parsers call what they got no memory for damaged."""
    try:  # not getrusage: on Linux its peak is at least that of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        return False
    return peak > 0.6 * (megabytes << 20)
