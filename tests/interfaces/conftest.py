"""What every interface's tests share: they ask the same pages the same questions in many ways."""

from collections.abc import Iterator

import pytest

from nmt_rag.models.reader import Named, PackagedReader, Sentences
from tests.fakes import remember_what_is_encoded

_acting: dict[tuple[str, Sentences], list[list[Named]]] = {}


@pytest.fixture(autouse=True)
def _reads_once(reads_once: None) -> None:
    """Read each window once: what is asked through one interface is read already for the next."""


@pytest.fixture(autouse=True)
def _encodes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encode each text once: the same page is indexed many times, and asked the same."""
    remember_what_is_encoded(monkeypatch)


@pytest.fixture(autouse=True)
def _names_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packaged reader tell once in a run who acts in a text: the same page is indexed many times."""
    acting = PackagedReader.acting

    def remembered(self: PackagedReader, text: Sentences) -> Iterator[list[Named]]:
        key = self.fingerprint, text
        if key in _acting:
            yield from map(list, _acting[key])
            return
        steps = []
        for some in acting(self, text):
            steps.append(list(some))
            yield some
        _acting[key] = steps

    monkeypatch.setattr(PackagedReader, "acting", remembered)
