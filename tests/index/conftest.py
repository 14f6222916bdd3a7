"""What the index tests share: empty indexes in Qdrant's engine, made once in a run and copied for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt_rag.index.index import Index
from tests.fakes import remember_who_acts
from tests.index_samples import WordEncoder


@pytest.fixture(scope="session")
def empty_qdrant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """Return what puts an empty index for `WordEncoder` into a folder and gives its address.

    Its files have room for 480 MB, of which 1 MB is written: to make one, or to copy its holes too, takes seconds.
    """
    pytest.importorskip("qdrant_edge")
    made = tmp_path_factory.mktemp("qdrant") / "empty"
    Index.create(f"qdrant+local:{made}", encoder=WordEncoder()).close()
    copy = _copied_without_holes if hasattr(os, "SEEK_DATA") else shutil.copy2

    def put(folder: Path) -> str:
        shutil.copytree(made, folder, copy_function=copy, dirs_exist_ok=True)
        return f"qdrant+local:{folder}"

    return put


def _copied_without_holes(source: str, target: str) -> None:
    with open(source, "rb") as read, open(target, "wb") as written:
        size, end = os.fstat(read.fileno()).st_size, 0
        written.truncate(size)
        while end < size:
            try:
                start = os.lseek(read.fileno(), end, os.SEEK_DATA)
            except OSError:  # nothing is written from here on
                return
            end = os.lseek(read.fileno(), start, os.SEEK_HOLE)
            os.pwrite(written.fileno(), os.pread(read.fileno(), end - start, start), start)


@pytest.fixture
def names_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packaged reader tell once in a run who acts in a text, for tests that index the same texts many times."""
    remember_who_acts(monkeypatch)
