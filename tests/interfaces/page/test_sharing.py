"""How the addresses that use the page share it."""

import asyncio

import pytest

from nmt_rag.interfaces.page.serving import routes, sharing
from nmt_rag.interfaces.page.serving.sharing import Sharing

A, B = "192.0.2.1", "198.51.100.7"


class Page:
    """Answers a request when the test lets it; notes whose are begun."""

    def __init__(self):
        self.begun, self.go = [], asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.begun.append(scope["client"][0])
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def status(app, host, path, method="POST"):
    """Return the status that a request of a host is answered with."""
    sent = []

    async def receive():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": f"/fraga{path}", "root_path": "/fraga", "client": (host, 1)}
    await app(scope, receive, send)
    if sent[0]["status"] == 429:
        assert sent[1]["body"].decode() == sharing.TOO_MANY
    return sent[0]["status"]


@pytest.mark.parametrize(("method", "path"), [("POST", routes.CALL), ("GET", "/"), ("GET", "/vem-gor-vad.csv")])
async def test_one_address_has_the_page_neither_to_itself_nor_waits_without_end(monkeypatch, method, path):
    monkeypatch.setattr(sharing, "CALLS", 1)
    monkeypatch.setattr(sharing, "READS", 1)
    monkeypatch.setattr(sharing, "FROM_ONE", 4)
    page = Page()
    app = Sharing(page)
    of_a = [asyncio.ensure_future(status(app, A, path, method)) for _ in range(6)]
    await asyncio.sleep(0.05)
    of_b = asyncio.ensure_future(status(app, B, path, method))
    await asyncio.sleep(0.05)
    page.go.set()
    assert await asyncio.gather(*of_a, of_b) == [200] * 4 + [429] * 2 + [200]
    assert page.begun == [A, A, B, A, A]


async def test_streams_and_uploads_on_their_way_take_no_place_and_calls_none_of_what_is_read(monkeypatch):
    monkeypatch.setattr(sharing, "CALLS", 1)
    monkeypatch.setattr(sharing, "READS", 1)
    page = Page()
    app = Sharing(page)
    paths = ["/gradio_api/queue/data", "/gradio_api/heartbeat/a", "/gradio_api/upload_progress", "/"]
    waiting = [asyncio.ensure_future(status(app, A, path, "GET")) for path in paths * 2]
    waiting += [asyncio.ensure_future(status(app, A, path)) for path in [routes.UPLOAD, routes.CALL] * 2]
    await asyncio.sleep(0.05)
    assert len(page.begun) == 3 * 2 + 1 + 2 + 1
    page.go.set()
    assert set(await asyncio.gather(*waiting)) == {200}


async def test_an_address_puts_so_many_events_into_gradios_queue(monkeypatch):
    monkeypatch.setattr(sharing, "QUEUED_FROM_ONE", 2)
    page = Page()
    page.go.set()
    app = Sharing(page, queued=lambda: page.begun)
    hosts = ["2001:db8::1", "2001:db8::2"] * 2  # of one customer
    assert await asyncio.gather(*(status(app, host, routes.JOIN) for host in hosts)) == [200, 200, 429, 429]
    assert await status(app, A, routes.JOIN) == 200
    del page.begun[0]  # it is done
    assert await status(app, "2001:db8::3", routes.JOIN) == 200
