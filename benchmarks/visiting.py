"""The web page under load: visitors who ask every fifth second, no answer mixed up, memory over many questions.

`python -m benchmarks.visiting` starts the page in a process of its own and asks it as the browser does. It is not
part of `python -m benchmarks`, since a minute of load and thousands of questions take several minutes.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nmt_rag
from benchmarks.measuring import Measurement, table
from benchmarks.serving import percentile

_APP = Path(__file__).parents[1] / "app.py"
_ASKED = re.compile(r'data-asked="([^"]*)"')
_QUESTIONS = Path(__file__).parents[1] / "training" / "data" / "page_questions.jsonl"


@dataclass(slots=True)
class Visits:
    """What came back to all visitors: the seconds of each question, and how many answers were another question's."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0


class Visitor:
    """One browser: its own session and connection, asking as the page's script does."""

    def __init__(self, address: str, number: int) -> None:
        self._host = address.removeprefix("http://").rstrip("/")
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        self._session = f"visitor{number}"
        config = json.loads(self._get("/config"))
        names = {block["id"]: block["props"].get("elem_id") for block in config["components"]}
        self._function = next(
            function["id"]
            for function in config["dependencies"]
            for block, event in function["targets"]
            if event == "submit" and names.get(block) == "question"
        )

    def ask(self, question: str) -> str:
        """Return which question the answer that comes back says it is of."""
        data = {"fn_index": self._function, "data": [question, None, "sources"], "session_hash": self._session}
        body = json.dumps(data).encode()
        self._connection.request("POST", "/gradio_api/run/predict", body, {"Content-Type": "application/json"})
        answer = json.loads(self._read())["data"][0]
        found = _ASKED.search(answer)
        return html.unescape(found[1]) if found else ""

    def _get(self, path: str) -> str:
        self._connection.request("GET", path)
        return self._read()

    def _read(self) -> str:
        reply = self._connection.getresponse().read().decode()
        self._connection.close()  # the server gives up a connection that rests for five seconds
        return reply


@contextmanager
def page(port: int = 18900) -> Iterator[tuple[str, int]]:
    """Serve the page in a process of its own; yield its address and the number of the process."""
    process = subprocess.Popen(
        [sys.executable, str(_APP), "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        said = ""
        while not (found := re.search(r"http://\S+", said)) or "Öppna" not in said:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"the page did not start: {said}")
            said += line
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(20)


def asked() -> list[str]:
    """Return questions on the packaged page, no two alike: none is answered from memory."""
    rows = map(json.loads, _QUESTIONS.read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(row["question"].strip() for row in rows))


def load(address: str, visitors: int, seconds: float, every: float) -> Visits:
    """Let visitors ask, each every so many seconds, evenly spread, and hold each answer against its question."""
    questions = asked()
    Visitor(address, 0).ask(questions[-1])  # what the first question opens is opened
    got = Visits()
    end = time.monotonic() + seconds

    def visit(number: int) -> None:
        """Ask at even steps until the time is over."""
        visitor = Visitor(address, number)
        next_time = time.monotonic() + every * number / visitors
        turn = number
        while (now := time.monotonic()) < end:
            if now < next_time:
                time.sleep(next_time - now)
            start = time.perf_counter()
            question = questions[turn % len(questions)]
            wrong = visitor.ask(question) != question
            got.seconds.append(time.perf_counter() - start)
            got.wrong += wrong
            next_time = max(next_time + every, time.monotonic())
            turn += visitors

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(1, visitors + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def memory(process: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000


def cpu(process: int) -> float:
    """Return the processor seconds that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def run(*, visitors: int, seconds: float, every: float, questions: int) -> list[Measurement]:
    """Return what the load and the many questions measured."""
    with nmt_rag.open():  # builds the packaged index, if need be
        pass
    with page() as (address, process):
        used = cpu(process)
        got = load(address, visitors, seconds, every)
        used = cpu(process) - used
        visitor = Visitor(address, 0)
        known = asked()
        before = after = memory(process)
        for number in range(questions):
            visitor.ask(f"{known[number % len(known)]} {number}")
            if number == questions // 5:
                before = memory(process)
        after = memory(process)
    return [
        Measurement(f"questions of {visitors} visitors, one every {every:g} seconds each", len(got.seconds), ""),
        Measurement("answers of another question, or none", got.wrong, "", at_most=0),
        Measurement("median", 1000 * percentile(got.seconds, 50), "ms"),
        Measurement("p95", 1000 * percentile(got.seconds, 95), "ms", at_most=500),
        Measurement("processor time for each", 1000 * used / max(1, len(got.seconds)), "ms"),
        Measurement(f"memory after {questions // 5} questions", before, "MB"),
        Measurement(f"memory after {questions} questions", after, "MB", at_most=before * 1.05 + 5),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.visiting", description="The web page under load.")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds from one question of a visitor to the next")
    parser.add_argument("--questions", type=int, default=5_000, help="how many are asked to see whether memory grows")
    parsed = parser.parse_args(arguments)
    print(table(run(visitors=parsed.visitors, seconds=parsed.seconds, every=parsed.every, questions=parsed.questions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
