"""What every interface's tests share: they ask the same pages the same questions in many ways."""

import pytest

from tests.fakes import remember_what_is_encoded, remember_who_acts


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
    remember_who_acts(monkeypatch)
