"""What holds for every test: no network but this machine, no telemetry, and no index outside a temporary folder."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# One thread for each sum: the tests run beside each other, and what they see does not depend on the number of cores.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

# Before anything imports gradio, huggingface_hub or transformers: they read these once.
os.environ.update(
    DO_NOT_TRACK="1",
    GRADIO_ANALYTICS_ENABLED="False",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
)

# The same examples in every run, so that it fails for what was changed and for nothing else; `make fuzz` draws others.
# The time of one example says nothing on a machine that others use at the same time.
settings.register_profile("nmt_rag", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None, max_examples=1_000, print_blob=True)
settings.load_profile("nmt_rag")

_attempts: list[str] = []


def _is_local(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what would leave this machine, also in threads and at import, and remember that it was tried."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        family, address = getattr(arguments[0], "family", None), arguments[1]
        if family == getattr(socket, "AF_UNIX", None) or address is None:
            return
        host = address[0] if isinstance(address, tuple) else address
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not _is_local(host):
        _attempts.append(f"{event} {host!r}")
        raise ConnectionRefusedError(f"the tests stay on this machine: {event} to {host!r}")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fail a test that tried to leave this machine, even where the code swallowed the refusal."""
    _attempts.clear()
    yield
    tried, _attempts[:] = list(_attempts), []
    assert not tried, f"the network was tried: {tried}"


@pytest.fixture
def network_attempts() -> list[str]:
    """The attempts on the network so far in this test; one that means to try clears it."""
    return _attempts


@pytest.fixture(scope="session", autouse=True)
def _packaged_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the index of the packaged page away from the checkout and from the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NMT_RAG_INDEX", str(tmp_path_factory.mktemp("packaged") / "default"))
        yield


@pytest.fixture
def reads_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packaged reader read each window with a question once in a run, for tests that ask the same in many ways.

    What it says of a window does not depend on the windows beside it: `test_runtime.py` holds that.
    """
    from tests.fakes import remember_what_is_read  # after the network is shut

    remember_what_is_read(monkeypatch)


@pytest.fixture
def packaged_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for the index of the packaged page, for tests without an encoder."""
    from nmt_rag.index import packaged  # after the network is shut

    monkeypatch.setenv("NMT_RAG_INDEX", str(tmp_path / "packaged"))
    return packaged.default_index_path(None)
