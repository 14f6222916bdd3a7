"""`nmt-rag serve --workers N`: several processes behind one address that start, answer, die and stop as one server."""

import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

import nmt_rag
from nmt_rag.interfaces.terminal import main
from nmt_rag.types import Document
from tests.interfaces.http.test_server import metrics, server, write

QUERY = {"query": "stöd åt våldsutsatta män"}
ANSWERED = 'nmt_rag_requests_total{method="POST",route="/v1/search",status="200"}'


def workers(process):
    """The ids of the processes that answer, of all that were started: uvicorn's, not Python's own."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def gone(process_id):
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


def counted(address, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", metrics(address), re.M)[1])


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_change_and_a_death_cost_no_request(tmp_path):
    """Both of two workers take up what another process adds, and one that is killed is started anew."""
    write(tmp_path / "i", "Kvinnojouren ger skydd åt våldsutsatta kvinnor.")
    with server("--index", str(tmp_path / "i"), "--workers", "2", "--rate", "0") as (process, address, lines):
        stop, statuses, found, errors = threading.Event(), [], [], []

        def ask():
            try:
                while not stop.wait(0.01):  # each on a connection of its own, which either worker may take
                    response = httpx.post(f"{address}/v1/search", json=QUERY, timeout=120)
                    statuses.append(response.status_code)
                    found.append([hit["document_id"] for hit in response.json()["hits"]])
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        until(lambda: statuses)
        write(tmp_path / "i", "Mansjouren ger stöd åt våldsutsatta män.", "b")
        n_before = len(found)
        until(lambda: len(found) > n_before + 20 or errors)
        stop.set()
        for thread in threads:
            thread.join(60)
        assert (errors, set(statuses)) == ([], {200})
        assert {*map(tuple, found)} == {("a",), ("b", "a")}
        late = found[n_before + 2 :]  # those under way may be of the generation before
        assert late == [["b", "a"]] * len(late)
        assert counted(address, ANSWERED) == len(statuses)  # counted by both workers, told by either

        first, second = workers(process)
        os.kill(first, signal.SIGSTOP)  # it is asked whether it lives, and dies before it says so
        time.sleep(1.5)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(workers(process)) == 2 and first not in workers(process), seconds=40)
        assert second in workers(process)
        assert len(httpx.post(f"{address}/v1/search", json=QUERY, timeout=120).json()["hits"]) == 2
        assert counted(address, ANSWERED) == len(statuses) + 1
        assert counted(address, "nmt_rag_requests_under_way") == 1

        left = workers(process)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err, len(lines)) == (0, "", "", 1)
        assert all(map(gone, left))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_stops_all_with_one_line_and_what_is_under_way_is_finished(tmp_path):
    text = " ".join(f"Kvinnojouren nummer {n} ger skydd åt våldsutsatta." for n in range(3_000))
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text=text), actors="rules")
    with server("--index", str(tmp_path / "i"), "--workers", "2", "--rate", "0") as (process, address, _):
        until(lambda: httpx.get(f"{address}/readyz", timeout=120).status_code == 200)
        found = []

        def ask():
            body = {"quote": "Kvinnojouren nummer 2999 gav skyddet åt de våldsutsatta där.", "document_id": "a"}
            found.append(httpx.post(f"{address}/v1/verify", json=body, timeout=120))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        until(lambda: counted(address, "nmt_rag_requests_under_way") > 2)
        assert len(found) < 5, "the work was too quick to be caught under way"
        process.send_signal(signal.SIGINT)
        for thread in threads:
            thread.join(60)
        out, err = process.communicate(timeout=120)
        assert [response.status_code for response in found] == [200] * 6
        assert (process.returncode, out) == (130, "")
        assert err == "nmt-rag: stopped; nothing that was reported is lost\n"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_worker_outlives_its_parent(tmp_path):
    write(tmp_path / "i", "Text.")
    with server("--index", str(tmp_path / "i"), "--workers", "2") as (process, address, _):
        assert httpx.get(f"{address}/healthz", timeout=120).status_code == 200
        left = workers(process)
        process.kill()
        until(lambda: all(map(gone, left)))


def test_what_keeps_it_from_starting_is_one_line(capsys, tmp_path):
    missing = ["serve", "--workers", "2", "--port", "0", "--index"]
    assert main.main([*missing, str(tmp_path / "saknas")]) == 1
    assert capsys.readouterr().err.startswith("nmt-rag: there is no index in ")
    assert main.main([*missing, f"qdrant+local:{tmp_path}"]) == 1
    assert capsys.readouterr().err == (
        f"nmt-rag: qdrant+local:{tmp_path} is for one process at a time; serve it without --workers\n"
    )
