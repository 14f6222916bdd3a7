"""What stands before the page: the password, the headers, the health check."""

import asyncio
import base64

import pytest

from nmt_rag.interfaces.page.serving import gate
from nmt_rag.interfaces.page.serving.gate import PageGate


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"hej"})


def ask(password="", path="/", given=None, kind="http", root_path="", hosts=None, host="localhost:7860"):
    """Return what the gate sends: (status, headers, body)."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode()), *([(b"authorization", given)] if given is not None else [])]
    scope = {"type": kind, "path": path, "headers": headers, "root_path": root_path}
    asyncio.run(PageGate(hello, password=password, hosts=hosts)(scope, None, send))
    if kind == "websocket":
        return sent[0]["type"], {}, b""
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def basic(text):
    return b"Basic " + base64.b64encode(text.encode())


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(gate, "WAIT_AFTER_WRONG", 0.0)


def test_without_a_password_everyone_comes_in_and_requests_stay_home():
    status, headers, body = ask()
    assert (status, body) == (200, b"hej")
    assert headers[b"x-own"] == b"1"
    assert headers[b"referrer-policy"] == b"no-referrer"
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy  # no other machine is named


@pytest.mark.parametrize("given", [basic("vem:lösen å"), basic(":lösen å"), b"basic " + basic("x:lösen å")[6:]])
def test_the_password_lets_in(given):
    assert ask("lösen å", given=given)[0] == 200


@pytest.mark.parametrize(
    "given",
    [
        None,
        b"",
        b"Basic",
        b"Basic !!",
        b"Bearer abc",
        basic("lösen å"),
        basic("x:lösen"),
        basic("x:lösen å "),
        basic("x:"),
    ],
)
def test_anything_else_is_refused(given):
    status, headers, body = ask("lösen å", given=given)
    assert (status, body.decode()) == (401, "Sidan kräver lösenord.\n")
    assert headers[b"www-authenticate"] == b'Basic realm="Fraga kallan", charset="UTF-8"'


def test_every_path_and_kind_is_behind_it_but_the_health_check():
    assert ask("x", path="/vem-gor-vad.csv")[0] == 401
    assert ask("x", path="/gradio_api/upload")[0] == 401
    assert ask("x", kind="websocket")[0] == "websocket.close"
    assert ask("x", path="/halsa")[0] == 200
    assert ask("x", path="/fraga/halsa", root_path="/fraga")[0] == 200
    assert ask("x", path="/halsa/../vem-gor-vad.csv")[0] == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200), ("localhost", 200), ("LocalHost:80", 200), ("[::1]:7860", 200),
        ("ond.example:7860", 421), ("127.0.0.1.ond.example", 421), ("", 421), ("[::2]", 421),
    ],
)  # fmt: skip
def test_a_page_of_this_machine_is_called_by_its_own_names_only(host, status):
    hosts = frozenset({"127.0.0.1", "localhost", "::1"})
    assert ask(hosts=hosts, host=host)[0] == status
    assert ask(hosts=hosts, host=host, path="/halsa")[0] == 200
    assert ask(host=host)[0] == 200


def test_what_goes_wrong_is_logged_without_what_was_sent(caplog):
    async def broken(scope, receive, send):
        raise ValueError("needed: 3, received: en hemlig fråga")

    asyncio.run(PageGate(broken)({"type": "http", "method": "GET", "path": "/", "headers": []}, None, None))
    assert "hemlig" not in caplog.text
    assert "a request failed: ValueError at " in caplog.text


async def reflecting(scope, receive, send):
    """Answer as Gradio does where it is called by another name than this machine's: any site may read along."""
    headers = [(b"Access-Control-Allow-Origin", b"https://ond.example"), (b"access-control-allow-credentials", b"true")]
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, (b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"hej"})


def from_site(method="POST", **headers):
    """Return the status of a request that a page of some site makes, and the names of the answer's headers."""
    sent = []

    async def send(message):
        sent.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/config", "headers": [(b"host", b"fraga.example"), *pairs]}
    asyncio.run(PageGate(reflecting)(scope, None, send))
    return sent[0]["status"], {name.lower() for name, _ in sent[0]["headers"]}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "https://fraga.example"}, 200),
        ({"origin": "https://fraga.example", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": "https://utat.example", "x_forwarded_host": "utat.example"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"origin": "http://fraga.example:8080"}, 200),
        ({"origin": "http://fraga.example.ond.example:8080"}, 403),
        ({"origin": "https://ond.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://fraga.example.ond.example"}, 403),
        ({"origin": "https://ond.example", "sec_fetch_site": "cross-site"}, 403),
        ({"origin": "https://annan.fraga.example", "sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 403),
    ],
)
def test_another_site_neither_sends_nor_reads(headers, status):
    found, names = from_site(**headers)
    assert found == status
    assert not any(name.startswith(b"access-control-") for name in names)


def test_a_link_from_another_site_is_followed_and_nothing_else():
    assert from_site("GET", sec_fetch_site="cross-site", sec_fetch_mode="navigate")[0] == 200
    assert from_site("GET", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")[0] == 403
    assert from_site("OPTIONS", origin="https://ond.example", access_control_request_method="POST")[0] == 403
