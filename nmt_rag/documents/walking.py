"""A folder → the files below it that are read, by their names; no file is opened.

A link leads only to what lies in the same folder: what lies elsewhere is read where somebody names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset(
    ".csv .docx .eml .htm .html .jsonl .markdown .md .odt .pdf .pptx .rtf .shtml .txt .xhtml .xlsx".split()
)
OTHER_TEXTS = frozenset(
    (
        ".aspx .doc .docm .dot .dotx .epub .mdx .mht .mhtml .msg .odp .ods .pages .ppt .pptm .wpd .wps .xls .xlsm .xps"
    ).split()
)
"""Formats of texts that are not read: a folder that holds one says so, while pictures and programs are passed over."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A folder that cannot be opened, or a link that is not followed, and why."""

    place: str
    reason: str


def walk(root: Path) -> Iterator[Path | Unread]:
    """Yield the files to read below a folder, and what stands there unread; folders and files sorted by name.

    What a link leads to is read in its own place if it is read there; else, as where that is hidden, by the link.
    """
    errors: list[OSError] = []
    visited: set[str] = set()
    home = os.path.realpath(root)
    for folder, folders, names in os.walk(root, onerror=errors.append, followlinks=True):
        real = os.path.realpath(folder)
        below = [] if real in visited else sorted(name for name in folders if not _is_hidden(name))
        here = [] if real in visited else sorted(filter(_is_read, names))
        visited.add(real)
        places = [os.path.join(folder, name) for name in (*here, *below)]
        targets = {place: Path(os.path.realpath(place)) for place in places if os.path.islink(place)}
        outside = {place for place, target in targets.items() if not target.is_relative_to(home)}
        for place in targets:
            if place in outside:
                yield Unread(place, "the link leads out of the folder that is read: give what it leads to")
        kept = {
            place
            for place in places
            if place not in targets or (place not in outside and not _is_read_itself(targets[place], home))
        }
        folders[:] = [name for name in below if os.path.join(folder, name) in kept]
        yield from (Path(folder, name) for name in here if os.path.join(folder, name) in kept)
    yield from (Unread(str(error.filename), reason(error)) for error in errors)


def reason(error: OSError) -> str:
    """Return why a file or folder was not read, and what to do."""
    return f"cannot be opened ({error.strerror or error}): check that it is there and that you may read it"


def _is_read_itself(target: Path, home: str) -> bool:
    """Tell whether what a link leads to, below ``home``, is read in its own place."""
    *above, name = target.relative_to(home).parts or ("",)
    named = _is_read(name) if target.is_file() else target.exists() and not _is_hidden(name)
    return named and not any(map(_is_hidden, above))


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _is_read(name: str) -> bool:
    known = os.path.splitext(name)[1].lower() in SUFFIXES | OTHER_TEXTS
    return known and not name.startswith((".", "~$", "README."))
