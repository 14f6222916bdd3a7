"""The HTTP server and the MCP server under hostile and ordinary requests for minutes: what they reply, what they keep.

`python -m benchmarks.soaking --minutes 30` starts both in processes of their own on the packaged page, sends each what
a careless or hostile client sends between questions that must be answered, and watches memory, open files and threads
(Linux). It is not part of `python -m benchmarks`, and nothing is made up at random that a seed does not repeat.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nmt_rag
from benchmarks import texts
from benchmarks.measuring import Measurement, table
from benchmarks.serving import server

_PATIENCE = 120.0
"""An ordinary request that takes longer is not answered (seconds)."""
_NEIGHBOUR = "127.0.0.2"
"""From where the ordinary questions come: what one address may take is bounded."""
_MARKS = "e" + "\u0301" * 1_500
_HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"}}


@dataclass(slots=True)
class Soak:
    """What came of a server's soak: how many requests of each kind, what went wrong, and what the process held."""

    ordinary: int = 0
    hostile: int = 0
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MB
    files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def sample(self, process: int) -> None:
        """Take in what a process holds now."""
        of = Path(f"/proc/{process}")
        self.memory.append(int(re.findall(r"VmRSS:\s+(\d+)", (of / "status").read_text(encoding="utf-8"))[0]) / 1000)
        self.files.append(len(os.listdir(of / "fd")))
        self.threads.append(len(os.listdir(of / "task")))


def hostile_bodies(draw: random.Random) -> bytes:
    """Return a body that no client of good will sends."""
    question = draw.choice(texts.QUESTIONS)
    made = [
        b"",
        b"{",
        b"[" * 50_000,
        b'{"question": "' + b"\\ud800" * 50 + b'"}',
        b'{"question": "\xff\xfe"}',
        b'{"question": 1e999}',
        b'{"question": NaN, "where": {"id": {"$in": []}}}',
        json.dumps({"question": "x" * 100_000}).encode(),
        json.dumps({"question": _MARKS + question}).encode(),
        json.dumps({"question": "\x00\u202e\ufeff" + question}).encode(),
        json.dumps({"question": question, "where": {"$or": [{"id": "x"}] * 3_000}}).encode(),
        json.dumps({"question": question, "where": {"id": {"$regex": "(a+)+$"}}}).encode(),
        json.dumps({"question": question, "window": -1, "least_confidence": 7}).encode(),
        json.dumps({"questions": [question] * 33}).encode(),
        json.dumps({"query": question, "k": 10**9}).encode(),
        json.dumps({"quote": "Polisen " * 2_000}).encode(),
        json.dumps({"question": "'; DROP TABLE passages; -- <script>alert(1)</script> {{7*7}} %00"}).encode(),
    ]
    body = draw.choice(made)
    if draw.random() < 0.3 and body:  # one byte of it is another
        place = draw.randrange(len(body))
        body = body[:place] + bytes([draw.randrange(256)]) + body[place + 1 :]
    return body


def hostile_request(draw: random.Random) -> tuple[bytes, bool]:
    """Return a request that no client of good will sends, and whether a reply is waited for."""
    body = hostile_bodies(draw)
    path = draw.choice(["/v1/ask", "/v1/search", "/v1/verify", "/v1/ask/batch", "/v1/search/batch"])
    kind = draw.choice(["application/json", "text/plain", "application/json; charset=utf-16", "multipart/form-data"])
    length = draw.choice([len(body)] * 8 + [len(body) + 100, 10**12])
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    if draw.random() < 0.2:
        head += "Accept: text/event-stream\r\n"
    whole = head.encode() + b"\r\n" + body
    others = [
        b"GET /v1/documents/" + draw.choice([b"..%2f..%2fetc%2fpasswd", b"%00", b"x" * 5_000, b"%ff"]),
        b"GET /v1/documents?offset=-1&limit=" + b"9" * 300,
        b"GET /v1/who-does-what?actor=" + b"%CC%81" * 1_000,
        b"TRACE /", b"GET http://169.254.169.254/latest/meta-data/", b"POST /v1/nothing", b"DELETE /v1/documents/x",
    ]  # fmt: skip
    if draw.random() < 0.3:
        whole = draw.choice(others) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    if draw.random() < 0.05:
        whole = draw.randbytes(2_000)
    complete = length == len(body) and whole.startswith(head.encode()) and draw.random() < 0.8
    return (whole if complete else whole[: draw.randrange(1, len(whole) + 1)]), complete


def soak_http(host: str, port: int, end: float, got: Soak, *, seed: int) -> None:
    """Send a server hostile requests and, after each few, one that must be answered."""
    draw = random.Random(seed)
    while time.monotonic() < end:
        for _ in range(4):
            request, waits = hostile_request(draw)
            got.hostile += 1
            reply = _reply(host, port, request, 60.0 if waits else 0.05)
            if (status := _status(reply)) >= 500 and status not in (501, 503, 505):
                got.wrong.append(f"{status} for {request[:200]!r}")
        body = json.dumps({"question": draw.choice(texts.QUESTIONS)}).encode()
        head = (
            f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        )
        got.ordinary += 1
        request = head.encode() + b"\r\n\r\n" + body
        reply = _reply(host, port, request, _PATIENCE, address=_NEIGHBOUR)
        if _status(reply) != 200:
            got.wrong.append(f"an ordinary question got {reply.partition(b'{')[2][:200] or reply!r}")


def _reply(host: str, port: int, request: bytes, seconds: float, *, address: str = "") -> bytes:
    """Return how the reply to a request begins, or nothing where none came in time or the connection was closed."""
    try:
        with socket.create_connection((host, port), seconds + 1, (address, 0) if address else None) as connection:
            connection.settimeout(seconds)
            connection.sendall(request)
            return connection.recv(4_096)
    except OSError:
        return b""


def _status(reply: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", reply)
    return int(found[1]) if found else 0


@contextmanager
def assistant() -> Iterator[tuple[Callable[[bytes], None], Callable[[], bytes], int]]:
    """Start the MCP server; give what writes a line to it, what reads one from it, and its process id."""
    command = [sys.executable, "-m", "nmt_rag.interfaces.terminal.main", "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def write(line: bytes) -> None:
            stdin.write(line.replace(b"\n", b" ") + b"\n")
            stdin.flush()

        write(_message("initialize", 1, _HELLO))
        stdout.readline()
        write(_message("notifications/initialized", None, {}))
        yield write, stdout.readline, process.pid
        stdin.close()


def soak_mcp(write: Callable[[bytes], None], read: Callable[[], bytes], end: float, got: Soak, *, seed: int) -> None:
    """Send an MCP server hostile lines and, after each few, a question whose reply is waited for."""
    draw = random.Random(seed)
    number = 1
    while time.monotonic() < end:
        question = {"name": "ask", "arguments": {"question": draw.choice(texts.QUESTIONS)}}
        lines = [_hostile_line(draw, number + place) for place in range(1, 5)]
        number += 5
        got.hostile += 4
        got.ordinary += 1
        started, line = time.monotonic(), b" "
        try:
            for sent in (*lines, _message("tools/call", number, question)):
                write(sent)
        except OSError:
            line = b""
        while line and not _answers(line, number):
            line = read()
        if not line or time.monotonic() - started > _PATIENCE:
            got.wrong.append("a question was not answered" if line else "the server ended")
            return


def _hostile_line(draw: random.Random, number: int) -> bytes:
    name = draw.choice(["ask", "search", "verify_quote", "read_document", "nothing", "../x", ""])
    arguments = draw.choice(
        [{}, {"question": None}, {"question": "x" * 50_000}, {"question": _MARKS}, {"where": {"$or": []}}, {"k": -1}]
    )
    lines = [
        _message("tools/call", number, {"name": name, "arguments": arguments}),
        _message("resources/read", number, {"uri": draw.choice(["file:///etc/passwd", "nmt-rag://../..", "x"])}),
        _message("prompts/get", number, {"name": "x" * 1_000}),
        _message("nothing/at/all", number, {}),
        _message("notifications/cancelled", None, {"requestId": number - 1}),
        b'{"jsonrpc": "2.0", "id": %d, "method": "tools/call", "params": {"name": "\\ud800"}}' % number,
        hostile_bodies(draw),
    ]
    return draw.choice(lines)


def _message(method: str, number: int | None, params: object) -> bytes:
    row = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(row if number is None else {**row, "id": number}).encode()


def _answers(line: bytes, number: int) -> bool:
    """Tell whether a line is the result that a number was asked for."""
    try:
        row = json.loads(line)
    except ValueError:
        return False
    return isinstance(row, dict) and row.get("id") == number and "result" in row


def run(*, minutes: float, clients: int = 4) -> tuple[list[Measurement], list[str], list[str]]:
    """Return what the soak of both servers measured, their memory by and by, and what went wrong."""
    with nmt_rag.open():  # builds the packaged index, if need be
        pass
    http, mcp = Soak(), Soak()
    with server() as (host, port, http_process), assistant() as (write, read, mcp_process):
        end = time.monotonic() + 60 * minutes
        workers = [
            threading.Thread(target=soak_http, args=(host, port, end, http), kwargs={"seed": number})
            for number in range(clients)
        ]
        workers.append(threading.Thread(target=soak_mcp, args=(write, read, end, mcp), kwargs={"seed": clients}))
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            http.sample(http_process)
            mcp.sample(mcp_process)
            time.sleep(min(5.0, 6 * minutes))
        time.sleep(5)  # what was half sent is given up
        http.sample(http_process)
        mcp.sample(mcp_process)
    measured = [row for name, got in (("HTTP", http), ("MCP", mcp)) for row in _measurements(name, got)]
    held = [
        f"{name}, MB: {' '.join(f'{one:.0f}' for one in got.memory)}" for name, got in (("HTTP", http), ("MCP", mcp))
    ]
    return measured, held, [*http.wrong, *mcp.wrong]


def _measurements(name: str, got: Soak) -> list[Measurement]:
    early = got.memory[len(got.memory) // 5 : 2 * len(got.memory) // 5] or got.memory
    before, after = statistics.median(early), statistics.median(got.memory[-len(early) :])
    return [
        Measurement(f"{name}: ordinary questions", got.ordinary, ""),
        Measurement(f"{name}: hostile requests", got.hostile, ""),
        Measurement(f"{name}: not answered, or an error of the server", len(got.wrong), "", at_most=0),
        Measurement(f"{name}: memory in the second fifth", before, "MB"),
        Measurement(f"{name}: memory in the last fifth", after, "MB", at_most=before * 1.1),
        Measurement(f"{name}: open files, most", max(got.files), ""),
        Measurement(f"{name}: open files, at the end", got.files[-1], "", at_most=got.files[0] + 5),
        Measurement(f"{name}: threads, most", max(got.threads), ""),
        Measurement(f"{name}: threads, at the end", got.threads[-1], "", at_most=max(got.threads[0], 40) + 5),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak both servers, print a table and the first things that went wrong; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soaking", description="HTTP and MCP for minutes.")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=4, help="how many send to the HTTP server at once")
    parsed = parser.parse_args(arguments)
    measured, held, wrong = run(minutes=parsed.minutes, clients=parsed.clients)
    print(table(measured))
    print("\n".join([*held, *wrong[:20]]))
    return int(any(row.met is False for row in measured))


if __name__ == "__main__":
    sys.exit(main())
