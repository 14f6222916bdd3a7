"""What a server grants a connection before its request is there, tried on servers that run."""

import asyncio
import contextlib
import http.client
import logging
import pickle
import socket
import subprocess
import sys
import threading
import time

import pytest
import uvicorn

from nmt_rag.interfaces.http import server as process
from nmt_rag.interfaces.http import workers
from nmt_rag.interfaces.serving import connections

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def hello(scope, receive, send):
    """Answer without reading the body."""
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": b"hej"})


@contextlib.contextmanager
def serving(kind=uvicorn.Config, proxies=(), app=hello):
    """The address of a server in a thread, as the HTTP interface has it."""
    with process.listen("127.0.0.1", 0) as listening:
        address = listening.getsockname()
        server = uvicorn.Server(process._config(kind, proxies)(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(30)


def connect(address, source="127.0.0.1"):
    return socket.create_connection(address, timeout=10, source_address=(source, 0))


def closed(connection):
    """Wait until the server closes a connection; tell whether it did."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def answers(connection, request=GET):
    """Send a request and tell whether it is answered."""
    try:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.read() == b"hej"
    except (OSError, http.client.HTTPException):
        return False


def drip(connection, seconds=5.0):
    """Send a byte of a header now and then until the server closes the connection; return how long it took."""
    began = time.monotonic()
    try:
        connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        while time.monotonic() < began + seconds:
            connection.sendall(b"a")
            time.sleep(0.02)
    except OSError:
        pass
    return time.monotonic() - began


@pytest.mark.parametrize("kind", [uvicorn.Config, workers.Config])
def test_a_connection_without_headers_is_closed(monkeypatch, kind):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    with serving(kind) as address, connect(address) as silent, connect(address) as slow, connect(address) as kept:
        assert answers(kept)
        assert drip(slow) < 3
        assert closed(silent)
        assert answers(kept)  # between requests it may be silent for longer
        assert drip(kept) < 3


def test_a_body_after_its_response_is_no_way_to_stay(monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    with serving() as address, connect(address) as connection:
        assert answers(connection, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < began + 5:
                connection.sendall(b"a")
                time.sleep(0.02)
        assert time.monotonic() < began + 3


def test_a_response_may_take_longer_than_headers(monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.1)

    async def slow(scope, receive, send):
        if scope["type"] == "http":
            await asyncio.sleep(0.4)
        await hello(scope, receive, send)

    with serving(app=slow) as address, connect(address) as connection:
        assert answers(connection)


@pytest.mark.skipif(sys.platform != "linux", reason="has 127.0.0.2 without further ado")
@pytest.mark.parametrize(("proxies", "in_at_once"), [((), 3), (("127.0.0.1",), 5)])
def test_one_address_has_so_many_connections_and_a_proxy_any_number(monkeypatch, proxies, in_at_once):
    monkeypatch.setattr(connections, "MOST_FROM_ONE", 3)
    with serving(proxies=proxies) as address, contextlib.ExitStack() as opened:
        several = [opened.enter_context(connect(address)) for _ in range(5)]
        assert sum(answers(one) for one in several) == in_at_once
        assert answers(opened.enter_context(connect(address, "127.0.0.2")))
        for one in several:
            one.close()
        deadline = time.monotonic() + 10
        while not answers(opened.enter_context(connect(address))):  # those that are closed are counted no more
            assert time.monotonic() < deadline
    assert not connections.Protocol._open


def test_workers_are_sent_the_same():
    config = pickle.loads(pickle.dumps(process._config(workers.Config, ["::1"])(hello)))
    assert config.http is connections.Protocol


OUT_OF_FILES = """
import asyncio.constants, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (30, 60))
asyncio.constants.ACCEPT_RETRY_DELAY = 0.05
from nmt_rag.interfaces.serving import connections
from nmt_rag.interfaces.http import server
connections.HEADER_SECONDS = 0.5

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    body = str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": body})

with server.listen("127.0.0.1", 0) as listening:
    print(listening.getsockname()[1], flush=True)
    server.run(app, listening)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files as Linux does")
def test_a_server_out_of_files_says_so_once_and_recovers():
    """It has asked for all that the system grants, 60; eighty silent connections hold more than that."""
    child = subprocess.Popen(
        [sys.executable, "-c", OUT_OF_FILES], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        address = ("127.0.0.1", int(child.stdout.readline()))
        with contextlib.ExitStack() as opened:
            for _ in range(80):
                opened.enter_context(connect(address))
            with connect(address) as probe:
                probe.sendall(GET)
                response = http.client.HTTPResponse(probe)
                response.begin()
                assert response.read() == b"60"
        time.sleep(1.5)  # asyncio accepts again a second after it could not; a stop before that is told as a failure
    finally:
        child.terminate()
        _, err = child.communicate(timeout=60)
    assert err == "new connections wait: [Errno 24] Too many open files\n"


def test_what_anyone_can_have_logged_is_logged_once_a_minute():
    now = [100.0]
    seldom = connections._Seldom(lambda: now[0])

    def passes(message):
        return seldom.filter(logging.LogRecord("asyncio", logging.WARNING, "", 0, message, None, None))

    assert [passes("Invalid HTTP request received.") for _ in range(3)] == [True, False, False]
    assert [passes("something else") for _ in range(2)] == [True, True]
    failed = [logging.LogRecord("nmt_rag", 40, "", 0, "a request failed: %s at %s", (n, n), None) for n in "ab"]
    assert [seldom.filter(one) for one in failed * 2] == [True, True, False, False]
    now[0] = 161.0
    assert [passes("Invalid HTTP request received.") for _ in range(2)] == [True, False]


def test_a_limit_that_the_system_does_not_grant_is_left(monkeypatch):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = []

    def refuse(which, limits):
        asked.append(limits)
        raise ValueError

    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    connections.prepare()
    monkeypatch.undo()
    assert asked == [(65_536, resource.RLIM_INFINITY)]
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
