"""What the tests of the adapters share: they ask the same questions in many ways."""

import pytest


@pytest.fixture(autouse=True)
def _reads_once(reads_once: None) -> None:
    """Read each window once: what one adapter asks is read already for the next."""
