"""Indexes of made-up pages, of which the answering is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nmt_rag.index.index import Index
from nmt_rag.models.encoder import default_encoder
from tests.fakes import remember_what_is_encoded
from tests.made_up_pages import DOCUMENTS


@pytest.fixture(autouse=True)
def _reads_once(reads_once: None) -> None:
    """Read each window once: many tests ask the same questions."""


@pytest.fixture(scope="module", autouse=True)
def _encodes_once() -> Iterator[None]:
    """Encode each text once, for the same reason."""
    with pytest.MonkeyPatch.context() as patch:
        remember_what_is_encoded(patch)
        yield


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """An index of the pages that holds words only."""
    with Index.create(tmp_path_factory.mktemp("answering") / "words", encoder=None) as index:
        index.add(DOCUMENTS.values())
        yield index


@pytest.fixture(scope="module")
def meanings(tmp_path_factory):
    """An index of the pages with the packaged encoder."""
    with Index.create(tmp_path_factory.mktemp("answering") / "meanings", encoder=default_encoder()) as index:
        index.add(DOCUMENTS.values())
        yield index
