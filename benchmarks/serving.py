"""`nmt-rag serve` under load: many clients that ask one question after the other, against the same calls in a loop.

The clients are one event loop with bare sockets in this process, which costs little; the server is a process of its
own, on the packaged page. Each client asks again as soon as it is answered, so the server is always full: a request
then takes how many clients there are, times what one answer costs.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO

import nmt_rag
from benchmarks import texts
from benchmarks.measuring import Measurement, timed
from benchmarks.sizes import Sizes
from nmt_rag.rag import Rag

CLIENTS = 50
_COMMAND = (sys.executable, "-m", "nmt_rag.interfaces.terminal.main", "serve", "--port", "0", "--rate", "0")
_ADDRESS = re.compile(r"http://([^:]+):(\d+)")


@dataclass(slots=True)
class Load:
    """What came back: the seconds of each request, and how many were not answered with status 200."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0


def run(sizes: Sizes) -> list[Measurement]:
    """Measure one client and fifty, for as long as the sizes say, and the same questions without a server."""
    encoder = "none" if sizes.made_up else "default"
    with nmt_rag.open(encoder=None if sizes.made_up else "default") as rag:
        before = _bare(rag, sizes.bare_rounds)
        with server("--encoder", encoder) as (host, port, process):
            asyncio.run(load(host, port, clients=1, seconds=min(1.0, sizes.served_seconds)))  # warm
            alone = asyncio.run(load(host, port, clients=1, seconds=sizes.served_seconds / 4))
            start = processor_seconds(process)
            many = asyncio.run(load(host, port, clients=CLIENTS, seconds=sizes.served_seconds))
            spent = processor_seconds(process) - start
        start = time.process_time()
        after = _bare(rag, sizes.bare_rounds)
        cost = (time.process_time() - start) / len(after)
        bare = before + after
    return [
        Measurement("processor time of an answer, bare call", 1000 * cost, "ms"),
        Measurement(f"the same over HTTP, {CLIENTS} clients", 1000 * spent / len(many.seconds), "ms"),
        Measurement("the bare call `Rag.ask`, median", 1000 * statistics.median(bare), "ms"),
        Measurement("the bare call, p95", 1000 * percentile(bare, 95), "ms"),
        Measurement("one client, p95", 1000 * percentile(alone.seconds, 95), "ms"),
        Measurement(f"{CLIENTS} clients, median", 1000 * statistics.median(many.seconds), "ms"),
        Measurement(f"{CLIENTS} clients, p95", 1000 * percentile(many.seconds, 95), "ms"),
        Measurement(f"{CLIENTS} clients, slowest", 1000 * max(many.seconds), "ms"),
        Measurement(f"{CLIENTS} clients, requests", len(many.seconds), ""),
        Measurement(f"{CLIENTS} clients, answers a second", len(many.seconds) / sizes.served_seconds, ""),
        Measurement("the bare call, answers a second", 1 / statistics.mean(bare), ""),
        Measurement("share of the requests that were answered", _answered(alone, many), "", at_least=1),
    ]


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


@contextmanager
def server(*arguments: str) -> Iterator[tuple[str, int, int]]:
    """Start a server on the packaged page, give its host, port and process id, and stop it."""
    process = subprocess.Popen([*_COMMAND, *arguments], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = _ADDRESS.search(line)
        if found is None:
            raise RuntimeError(f"the server did not start: {line.strip()}")
        threading.Thread(target=_drained, args=(process.stderr,), daemon=True).start()
        yield found.group(1), int(found.group(2)), process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _drained(log: IO[str]) -> None:
    """Read a server's log to its end: one that nobody reads stops the server when the pipe is full."""
    with log:
        for _ in log:
            pass


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has taken so far, whatever else the machine did (Linux only)."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def load(host: str, port: int, *, clients: int, seconds: float) -> Load:
    """Let clients ask one question after the other, each on its own connection, for so many seconds, at least one."""
    found, end = Load(), time.perf_counter() + seconds
    requests = [_request(question) for question in texts.QUESTIONS]
    await asyncio.gather(
        *(_client(host, port, requests[n % len(requests) :] + requests, end, found) for n in range(clients))
    )
    return found


async def _client(host: str, port: int, requests: Sequence[bytes], end: float, found: Load) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for request in itertools.cycle(requests):
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length.group(1)) if length else 0)
        found.seconds.append(time.perf_counter() - start)
        found.failed += not head.startswith(b"HTTP/1.1 200 ")
        if time.perf_counter() >= end:
            break
    writer.close()
    await writer.wait_closed()


def _request(question: str) -> bytes:
    body = json.dumps({"question": question}, ensure_ascii=False).encode()
    head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def _answered(*loads: Load) -> float:
    return 1 - sum(one.failed for one in loads) / sum(len(one.seconds) for one in loads)


def _bare(rag: Rag, rounds: int) -> list[float]:
    return [timed(partial(rag.ask, question)) for _ in range(rounds) for question in texts.QUESTIONS]
