"""Work in threads: what it returns, what it yields as it comes, and what becomes of it when nobody listens."""

import asyncio
import threading

import pytest

from nmt_rag.interfaces.http.threads import ASKER, IndexThreads


class Live:
    """An index that counts the calls that are at work on it."""

    def __init__(self):
        self.calls = 0
        self.most = 0

    def using(self):
        return self

    def __enter__(self):  # noqa: D105
        self.calls += 1
        self.most = max(self.most, self.calls)
        return "index"

    def __exit__(self, *_):  # noqa: D105
        self.calls -= 1


def test_work_runs_in_a_thread_on_the_index():
    work = IndexThreads(Live(), 1)
    here = threading.get_ident()

    async def scenario():
        assert await work(lambda index: (index, threading.get_ident() != here)) == ("index", True)
        assert await work.aside(lambda index: index) == "index"
        with pytest.raises(ZeroDivisionError):
            await work(lambda index: 1 / 0)

    asyncio.run(scenario())


def test_what_waits_for_its_turn_does_not_keep_the_short_work_waiting():
    work, release = IndexThreads(Live(), 1), threading.Event()

    async def scenario():
        held = asyncio.create_task(work(lambda index: release.wait(120)))
        await asyncio.sleep(0.01)
        assert await work.aside(lambda index: index) == "index"
        assert not held.done()
        release.set()
        assert await held

    asyncio.run(scenario())


def test_parts_come_one_by_one_from_one_call():
    live = Live()
    work, ready = IndexThreads(live, 1), [threading.Event() for _ in range(3)]

    def parts(index):
        for number, event in enumerate(ready):
            assert event.wait(120)
            yield number

    async def scenario():
        found = []
        ready[0].set()
        async for part in work.parts(parts):
            found.append(part)
            if part < 2:
                ready[part + 1].set()
        return found

    assert asyncio.run(scenario()) == [0, 1, 2]
    assert (live.calls, live.most) == (0, 1)


def test_a_failure_comes_after_the_parts_before_it(caplog):
    def parts(index):
        yield 1
        raise ValueError("hemligt")

    async def scenario():
        found = IndexThreads(Live(), 1).parts(parts)
        assert await anext(found) == 1
        with pytest.raises(ValueError, match="hemligt"):
            await anext(found)

    asyncio.run(scenario())
    assert caplog.records == []


def test_work_that_nobody_listens_to_stops_at_its_next_part(caplog):
    live = Live()
    work, go, made = IndexThreads(live, 1), threading.Event(), []

    def parts(index):
        for number in range(100):
            made.append(number)
            yield number
            if number == 0:
                assert go.wait(120)
        raise ValueError("hemligt")

    async def scenario():
        found = work.parts(parts)
        assert await anext(found) == 0
        await found.aclose()
        go.set()
        await work(lambda index: None)  # the one thread is free again
        assert live.calls == 0

    asyncio.run(scenario())
    assert made == [0, 1]
    assert caplog.records == []


def test_work_that_waits_for_its_turn_when_nobody_listens_any_more_never_begins():
    work, busy, go, begun = IndexThreads(Live(), 1), threading.Event(), threading.Event(), []

    def first(index):
        busy.set()
        assert go.wait(120)

    async def scenario():
        under_way = asyncio.create_task(work(first))
        assert await asyncio.to_thread(busy.wait, 120)
        waiting = work.parts(lambda index: iter(begun.append(1) or [1]))
        listening = asyncio.create_task(anext(waiting))
        await asyncio.sleep(0.05)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await waiting.aclose()
        go.set()
        await under_way
        await work(lambda index: None)

    asyncio.run(scenario())
    assert begun == []


def test_at_the_end_what_is_under_way_is_finished_and_it_can_begin_again():
    work, done = IndexThreads(Live(), 1), []

    async def scenario():
        for _ in range(2):
            async with work.until_done(None):
                task = asyncio.create_task(work(lambda index: done.append(threading.Event().wait(0.05))))
                await asyncio.sleep(0.01)
            await task
        return done

    assert asyncio.run(scenario()) == [False, False]


def test_those_who_ask_take_turns_so_that_who_asks_much_keeps_nobody_waiting():
    work, release, done = IndexThreads(Live(), 1), threading.Event(), []

    async def ask(asker, number):
        ASKER.set(asker)
        await work(lambda index: done.append((asker, number)))

    async def scenario():
        held = asyncio.create_task(work(lambda index: release.wait(120)))
        await asyncio.sleep(0.01)
        asked = [asyncio.create_task(ask("a", number)) for number in range(4)]
        await asyncio.sleep(0.01)
        asked += [asyncio.create_task(ask("b", number)) for number in range(2)]
        await asyncio.sleep(0.01)
        asked[1].cancel()
        release.set()
        await asyncio.gather(held, *asked, return_exceptions=True)

    asyncio.run(scenario())
    assert done == [("a", 0), ("b", 0), ("a", 2), ("b", 1), ("a", 3)]


def test_a_turn_is_not_lost_with_the_event_loop_that_waited_for_it():
    work, release = IndexThreads(Live(), 1), threading.Event()

    async def given_up():
        tasks = [asyncio.create_task(work(lambda index: release.wait(120))) for _ in range(2)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()

    asyncio.run(given_up())
    release.set()
    assert asyncio.run(work(lambda index: index)) == "index"
