"""What the doors of the servers have in common: by which names a server is called."""

import pytest

from nmt_rag.interfaces import asgi

NAMES = ["localhost", "127.0.0.1", "::1", "[fe80::1]", "Svar.Example"]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "127.0.0.1:", "[::1]", "[::1]:80", "[FE80::1]", "svar.example", "SVAR.example:1"],
)
def test_a_server_knows_its_names(host):
    assert asgi.called_by({b"host": host.encode()}, NAMES)


@pytest.mark.parametrize(
    "host",
    [
        *("", ":", ":80", "*", "ond.example", "localhost.ond.example", "localhost:80.ond.example", "localhost:x"),
        *("www.svar.example", "localhost@ond.example", "localhost ", "localhost.", "[::2]", "[::1", "::1", "[::1]x"),
        *("[localhost]", "[]", "locälhost"),
    ],
)
def test_and_no_other(host):
    assert not asgi.called_by({b"host": host.encode()}, NAMES)
    assert asgi.called_by({b"host": host.encode()}, None)


def test_without_a_host_it_is_called_by_no_name():
    assert not asgi.called_by({}, NAMES)
    assert not asgi.called_by({}, [])
    assert asgi.called_by({}, None)
