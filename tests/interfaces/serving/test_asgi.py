"""What the doors of the servers have in common: by which names a server is called, and whose an address is."""

import asyncio

import hypothesis
import pytest
from hypothesis import strategies as st
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from nmt_rag.interfaces.serving import asgi

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


@pytest.mark.parametrize(
    ("host", "customer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("64:ff9b::c000:202", "192.0.2.2"),
        ("64:ff9b::1:c000:202", "0064:ff9b:0000:0000"),  # not of that network
        ("2002:c000:201:5::9", "192.0.2.1"),  # 6to4
        ("2001:0:c000:2ff:0:63bf:3fff:fdfe", "192.0.2.1"),  # Teredo turns its bits around
        ("2001:db8:1:2::1", "2001:0db8:0001:0000"),
        ("2001:db8:1:2:ffff::9", "2001:0db8:0001:0000"),
        ("2001:db8:1:ff::1", "2001:0db8:0001:0000"),
        ("2001:db8:1:100::1", "2001:0db8:0001:0100"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("fe80::2%25", "fe80:0000:0000:0000"),
        ("::ffff:192.0.2.1%eth0", "192.0.2.1"),
        *((host, "") for host in ("", "%eth0", "unknown", "192.0.2.1:80", "1.2.3", "fe80::g%x", "ä" * 70_000)),
    ],
)
def test_an_address_is_its_customers(host, customer):
    assert asgi.client(host) == customer


@hypothesis.given(
    st.text(st.characters(max_codepoint=255), max_size=40)
    | st.from_regex(r"\A\[?([0-9a-f]{0,4}:){1,7}[0-9a-f.]{0,9}(%[^,]{0,9})?\]?(:\d{0,6})?\Z").filter(
        lambda text: all(ord(letter) < 256 for letter in text)
    )
)
@hypothesis.example("fe80::1%eth0")
@hypothesis.example("[fe80::1%eth0]:80")
def test_whatever_a_proxy_says_of_its_client_is_read(said):
    """X-Forwarded-For is whatever was sent to the proxy, where that hands it on."""
    found = []

    async def app(scope, receive, send):
        found.append(asgi.client(scope["client"][0]))

    headers = [(b"x-forwarded-for", said.encode("latin-1"))]
    scope = {"type": "http", "client": ("::1", 1), "headers": headers, "scheme": "http"}
    asyncio.run(ProxyHeadersMiddleware(app, trusted_hosts=["::1"])(scope, None, None))
    assert len(found[0]) <= 19
