"""`nmt-rag serve` as a process of its own: it starts, answers, follows its index, and stops when it is told to."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

import nmt_rag
from nmt_rag.interfaces.http import server as process_module
from nmt_rag.interfaces.terminal import main
from nmt_rag.types import Document

COMMAND = [sys.executable, "-m", "nmt_rag.interfaces.terminal.main", "serve", "--port", "0"]
ADDRESS = re.compile(r"listening on (http://\S+)")


def _heeds_ctrl_c():
    """Undo what a shell does to its background jobs, which these tests may be part of."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def server(*arguments, **environment):
    """A server in a process: it, its address, and the lines that it wrote to stderr so far."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=_heeds_ctrl_c,
    )
    lines, address = [], None
    try:
        while address is None:
            lines.append(process.stderr.readline())
            assert lines[-1], process.wait(120)
            address = ADDRESS.search(lines[-1])
        yield process, address.group(1), lines
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(120)
        process.stdout.close()
        process.stderr.close()


def write(path, text, document_id="a"):
    with nmt_rag.open(path, encoder=None, create=True) as rag:
        rag.add(Document(id=document_id, title="A", text=text), actors="rules")


def test_it_answers_logs_nothing_of_it_and_finishes_what_is_under_way_at_sigterm(tmp_path):
    """Whoever is being answered when the server is told to stop gets the whole answer; nobody else comes in."""
    write(tmp_path / "i", "Kvinnojouren ger skydd åt våldsutsatta.")
    write(tmp_path / "i", " ".join(f"Mottagningen nummer {n} har öppet varje vardag." for n in range(3_000)), "b")
    arguments = ("--index", str(tmp_path / "i"), "--threads", "1", "--rate", "0")
    with server(*arguments, NMT_RAG_TOKEN="hemligt-ord") as (process, address, lines):
        key = {"authorization": "Bearer hemligt-ord"}
        with httpx.Client(base_url=address, headers=key, timeout=120) as client:
            asked = {"question": "Vem ger skydd åt våldsutsatta?"}
            assert client.post("/v1/ask", json=asked).json()["actors"] == ["Kvinnojouren"]
            assert client.post("/v1/ask", content=b"{", headers={"content-type": "application/json"}).status_code == 400
            assert client.get("/v1/documents/saknas").status_code == 404
            assert httpx.post(f"{address}/v1/ask", json={"question": "skydd"}, timeout=120).status_code == 401
            big = client.post("/v1/ask", content=b"x" * 100_000, headers={"content-type": "application/json"})
            assert (big.status_code, big.headers["content-type"]) == (413, "application/problem+json")
            assert "server" not in big.headers
            named = client.post("/v1/ask", json=asked, headers={"host": "annan.example"})
            assert named.status_code == 200  # who has the token may call it as they like
        found = []

        def ask():
            body = {"quote": "Mottagningen nummer 2999 hade det öppet på varje vardag.", "document_id": "b"}
            found.append(httpx.post(f"{address}/v1/verify", json=body, headers=key, timeout=120))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        under_way = 0
        deadline = time.monotonic() + 120
        while under_way + len(found) < 6 or under_way < 2:
            assert time.monotonic() < deadline
            told = metrics(address, **key)
            under_way = int(re.search(r"^nmt_rag_requests_under_way (\d+)\.0$", told, re.M).group(1)) - 1
            assert len(found) < 5, "the work was too quick to be caught under way"
        process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(30)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err, len(lines)) == (0, "", "", 1)
        assert [response.status_code for response in found] == [200] * 6
        assert {response.json()["verdict"] for response in found} == {"altered"}
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/healthz", timeout=120)


def metrics(address, **headers):
    return httpx.get(f"{address}/metrics", headers=headers, timeout=120).text


def test_one_that_everyone_reaches_without_a_token_says_so_and_ctrl_c_stops_it_with_one_line(tmp_path):
    write(tmp_path / "i", "Text.")
    with server("--index", str(tmp_path / "i"), "--host", "0.0.0.0") as (process, _, lines):
        assert lines[0] == "nmt-rag: everyone who reaches 0.0.0.0 may ask: set NMT_RAG_TOKEN to ask for a token\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out) == (130, "")
        assert err == "nmt-rag: stopped; nothing that was reported is lost\n"


def test_a_second_ctrl_c_right_after_the_first_is_one_line_too(tmp_path):
    write(tmp_path / "i", "Text.")
    with server("--index", str(tmp_path / "i")) as (process, _, _):
        process.send_signal(signal.SIGINT)
        time.sleep(0.03)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (130, "nmt-rag: stopped; nothing that was reported is lost\n")


def test_names_are_let_in_and_no_request_is_dropped_while_the_index_changes_and_is_replaced(tmp_path):
    place = tmp_path / "i"
    write(place, "Kvinnojouren ger skydd åt våldsutsatta.")
    with server("--index", str(place), "--rate", "0", "--allow-host", "svar.example") as (process, address, _):
        for host, status in (("svar.example:80", 200), ("annan.example", 421), ("localhost", 200)):
            response = httpx.post(f"{address}/v1/ask", headers={"host": host}, timeout=120, json={"question": "skydd"})
            assert response.status_code == status
        stop, statuses, quotes, errors = threading.Event(), set(), set(), []

        def ask():
            try:
                with httpx.Client(base_url=address, timeout=120) as client:
                    while not stop.wait(0.01):
                        response = client.post("/v1/ask", json={"question": "Vem ger skydd åt våldsutsatta?"})
                        statuses.add(response.status_code)
                        quotes.update(citation["quote"] for citation in response.json()["citations"])
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(5):
            write(place, f"{'Nytt. ' * number}Kvinnojouren ger skydd åt våldsutsatta {number}.")
        write(tmp_path / "annat", "Mansjouren ger skydd åt våldsutsatta.")
        place.rename(tmp_path / "gammalt")
        (tmp_path / "annat").rename(place)
        deadline = time.monotonic() + 120
        while "Mansjouren ger skydd åt våldsutsatta." not in quotes and not errors:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        shutil.rmtree(tmp_path / "gammalt")
        stop.set()
        for thread in threads:
            thread.join(30)
        assert (errors, statuses) == ([], {200})
        assert quotes <= {
            "Kvinnojouren ger skydd åt våldsutsatta.",
            *(f"Kvinnojouren ger skydd åt våldsutsatta {number}." for number in range(5)),
            "Mansjouren ger skydd åt våldsutsatta.",
        }
        process.terminate()
        assert process.wait(120) == 0


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", {"localhost", "127.0.0.1", "::1", "a.example"}),
        ("127.0.0.2", {"localhost", "127.0.0.1", "127.0.0.2", "::1", "a.example"}),
        ("0.0.0.0", None),
        ("server.example", None),
    ],
)
def test_names_are_asked_for_only_on_this_machine(host, names):
    assert process_module.hosts(host, ["a.example"]) == names


@pytest.fixture
def run(capsys):
    def _run(*arguments):
        status = main.main(["serve", *map(str, arguments)])
        return status, *capsys.readouterr()

    return _run


def test_what_keeps_it_from_starting_is_one_line(run, tmp_path, monkeypatch):
    status, out, err = run("--index", tmp_path / "saknas", "--port", 0)
    assert (status, out) == (1, "")
    assert err.startswith("nmt-rag: there is no index in ")
    write(tmp_path / "i", "Text.")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = run("--index", tmp_path / "i", "--port", port)
    assert (status, err) == (1, f"nmt-rag: cannot listen on 127.0.0.1, port {port}: Address already in use\n")
    monkeypatch.setenv("NMT_RAG_TOKEN", "")
    status, _, err = run("--index", tmp_path / "i")
    assert (status, err.count("\n")) == (1, 1)
    assert "NMT_RAG_TOKEN is set but empty" in err


def test_a_missing_extra_names_its_install(run, monkeypatch):
    for name in ("server", "app"):
        monkeypatch.delitem(sys.modules, f"nmt_rag.interfaces.http.{name}", raising=False)
        monkeypatch.delattr(f"nmt_rag.interfaces.http.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    status, out, err = run()
    assert (status, out) == (1, "")
    assert err == 'nmt-rag: this command needs uvicorn, which is not installed: pip install -e ".[serve]"\n'


def test_an_index_is_closed_whatever_the_server_ends_with(tmp_path, monkeypatch):
    closed = []
    write(tmp_path / "i", "Jouren ringer.")
    live = process_module.open_live(tmp_path / "i", encoder=None)
    monkeypatch.setattr(process_module, "open_live", lambda *_, **__: live)
    monkeypatch.setattr(live, "close", lambda: closed.append(True))

    def fails(*_, **__):
        raise RuntimeError("the server broke down")

    monkeypatch.setattr(process_module, "run", fails)
    with pytest.raises(RuntimeError, match="broke down"):
        main.main(["serve", "--port", "0", "--index", str(tmp_path / "i"), "--encoder", "none"])
    assert closed == [True]
