"""What every interface's tests share: they ask the packaged page the same questions in many ways."""

import pytest


@pytest.fixture(autouse=True)
def _reads_once(reads_once: None) -> None:
    """Read each window once: what is asked through one interface is read already for the next."""
