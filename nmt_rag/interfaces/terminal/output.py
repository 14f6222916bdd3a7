"""What a command prints: results on stdout, everything else as one line on stderr.

Besides the web page the only code that prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from nmt_rag import strict_json
from nmt_rag.interfaces.terminal.lines import visible
from nmt_rag.progress import counted


class UsageError(Exception):
    """A command that was called in a way that argparse cannot see is wrong."""


def open_streams() -> None:
    """Make stdout and stderr UTF-8; a stream that the caller closed is a file that swallows what it is given."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def drop_output() -> None:
    """Let nothing that is still buffered be written when Python exits, which would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """Print one line on stderr, whatever the message holds."""
    print(f"nmt-rag: {visible(' '.join(message.split()))}", file=sys.stderr)


def say(message: str) -> None:
    """Print one line on stderr for whoever runs a server."""
    print(f"nmt-rag: {visible(message)}", file=sys.stderr, flush=True)


def counted_rows(rows: Iterable[tuple[int, Any]], what: str, unit: str) -> Iterable[tuple[int, Any]]:
    """Count rows where stdout is no terminal, which would show by itself how far they are."""
    return counted(rows, what, unit, wanted=not sys.stdout.isatty())


def print_shards(n_shards: int, n_kept: int, n_failed: int, folder: str) -> None:
    """Print how many shards lie in a folder, how many of them did before, and how many files failed."""
    shards = f"{n_shards} shard{'' if n_shards == 1 else 's'} in {visible(folder)}, {n_kept} of them there already"
    print(f"{shards}; {n_failed} file{'' if n_failed == 1 else 's'} failed")


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on stdout."""
    for line in lines:
        print(line)


def print_json(value: object) -> None:
    """Print a value as JSON that people can read."""
    print(strict_json.dumps(strict_json.finite(value), indent=2))


def print_json_line(value: object) -> None:
    """Print a value as one line of JSON."""
    print(strict_json.dumps(strict_json.finite(value)))
