"""Turns among those who ask, and requests that take them."""

import asyncio

import pytest

from nmt_rag.interfaces.serving.in_turn import InTurn
from nmt_rag.interfaces.serving.turns import Turns


class Client:
    """Sends one request through an application, from an address, and keeps what it is answered."""

    def __init__(self, app, host, number=0):
        self.sent, self.gone, self._came = [], asyncio.Event(), False
        scope = {"type": "http", "client": (host, 1), "number": number}
        self.done = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self):
        if not self._came:
            self._came = True
            return {"type": "http.request", "body": b"fr\xc3\xa5ga", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)


class Page:
    """Answers each request when the test lets it, and notes whose it began with, and what it was sent."""

    def __init__(self):
        self.begun, self.bodies, self.go, self.unread = [], [], asyncio.Semaphore(0), asyncio.Event()
        self.unread.set()

    async def __call__(self, scope, receive, send):
        self.begun.append((scope["client"][0], scope["number"]))
        self.bodies.append((await receive())["body"].decode())
        await self.go.acquire()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.unread.wait()
        await send({"type": "http.response.body", "body": b""})


async def soon(holds):
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)


A, B = "192.0.2.1", "198.51.100.7"


async def test_addresses_take_turns_and_who_left_is_not_worked_on():
    page = Page()
    app = InTurn(page, places=1, from_one=9, refusal="")
    of_a = [Client(app, A, number) for number in range(4)]
    await soon(lambda: page.begun == [(A, 0)])
    of_b = [Client(app, B, number) for number in range(2)]
    of_a[2].gone.set()
    await of_a[2].done
    for _ in range(5):
        page.go.release()
    await asyncio.gather(*(one.done for one in of_a + of_b))
    assert page.begun == [(A, 0), (A, 1), (B, 0), (A, 3), (B, 1)]
    assert set(page.bodies) == {"fråga"}  # also those that were waited with
    assert [len(one.sent) for one in of_a] == [2, 2, 0, 2]


async def test_more_of_one_address_than_may_wait_are_refused():
    page = Page()
    app = InTurn(page, places=1, from_one=2, refusal="Vänta.")
    of_a = [Client(app, A, number) for number in range(3)]
    await of_a[2].done
    assert (of_a[2].sent[0]["status"], of_a[2].sent[1]["body"].decode()) == (429, "Vänta.")
    other = Client(app, B)
    for _ in range(4):
        page.go.release()
    await asyncio.gather(of_a[0].done, of_a[1].done, other.done)
    later = Client(app, A, 4)
    await later.done
    assert [one.sent[0]["status"] for one in (*of_a[:2], other, later)] == [200] * 4


async def test_who_reads_slowly_holds_no_place_and_a_failure_holds_none():
    page = Page()
    page.unread.clear()
    app = InTurn(page, places=1, from_one=9, refusal="")
    slow = Client(app, A)
    page.go.release()
    await soon(lambda: slow.sent)
    other = Client(app, B)
    await soon(lambda: len(page.begun) == 2)
    assert not slow.done.done()
    page.unread.set()
    page.go.release()
    await asyncio.gather(slow.done, other.done)

    async def fails(scope, receive, send):
        raise ZeroDivisionError

    app = InTurn(fails, places=1, from_one=9, refusal="")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(Client(app, A).done, 20)


async def test_a_place_is_lost_neither_where_it_comes_as_the_asker_goes_nor_where_the_waiting_is_cancelled():
    turns, gone = Turns(1), asyncio.Event()
    await turns.take("a")
    waiting = asyncio.ensure_future(turns.take_unless("b", gone.wait))
    cancelled = asyncio.ensure_future(turns.take_unless("c", asyncio.Event().wait))
    for _ in range(3):
        await asyncio.sleep(0)
    turns.leave()
    gone.set()
    cancelled.cancel()
    assert await waiting is False
    assert await asyncio.wait_for(turns.take_unless("d", asyncio.Event().wait), 20) is True
