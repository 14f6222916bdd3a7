"""Which of Gradio's routes are open, and that nobody makes the page ask another machine for anything."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag.interfaces.page.serving import routes, uploads
from nmt_rag.interfaces.page.serving.routes import BadEvent, Doors, cleaned, serves
from nmt_rag.types import Document

ROOT = Path(__file__).parents[3]
ADDRESS = "http://frammande.example/x"
FILE = {"meta": {"_type": "gradio.FileData"}, "orig_name": "x.txt", "size": 1, "mime_type": "text/plain"}


def event(path, **more):
    return {"fn_index": 1, "data": [[{"path": path, **FILE, **more}], "sv"], "session_hash": "a"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/config",
        "/theme.css",
        "/gradio_api/startup-events",
        "/gradio_api/heartbeat/ab12",
        "/gradio_api/queue/data",
        "/assets/index-B3Rj_x.js",
        "/static/fonts/SourceSansPro/SourceSansPro-Bold.woff2",
        "/gradio_api/info",
    ],
)
def test_the_page_is_read(path):
    assert serves("GET", path)
    assert serves("HEAD", path)
    assert not serves("POST", path)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://a.example/x",
        "/gradio_api/file=//a.example/x",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/http://a.example/x",
        "//gradio_api/file=http://a.example/x",
        "/file=http://a.example/x",
        "/gradio_api/proxy=http://a.hf.space/x",
        "/gradio_api/stream/a/b/1/playlist.m3u8",
        "/gradio_api/deep_link",
        "/gradio_api/custom_component/a/client/component/index.js",
        "/gradio_api/%66ile=http://a.example/x",
        "/gradio_api/FILE=http://a.example/x",
        "/assets/../config",
        "/assets/..%2f..%2fetc",
        "/assets//etc/passwd",
        "/assets/.env",
        "/static/a\\..\\b",
        "/static/a\x00b",
        "/config/",
        "/monitoring",
        "/gradio_api/call/ask",
        "/gradio_api/heartbeat/a/b",
        "/gradio_api/queue/status",
        "/gradio_api/openapi.json",
        "/docs",
        "",
    ],
)
def test_every_other_path_is_shut(path):
    assert not serves("GET", path)
    assert not serves("HEAD", path)


@pytest.mark.parametrize(
    "path", ["component_server", "process_recording", "call/ask", "api/predict", "stream/a", "vibe-edit/"]
)
def test_nothing_else_can_be_sent_to(path):
    assert not serves("POST", f"/gradio_api/{path}")
    assert not serves("PUT", "/gradio_api/upload")
    assert serves("POST", "/gradio_api/upload")
    assert serves("POST", "/gradio_api/queue/join")


@pytest.mark.parametrize(
    "query",
    [
        "deep_link=a", "view=dark&deep_link=../a", "Deep_Link=a", "__sign=a",
        "%64eep_link=a", "deep%5Flink=..%2Fa", "a=1;deep_link=a", "deep_link", "+deep_link=a", "_%5fsign=a",
    ],
)  # fmt: skip
def test_saved_states_are_not_opened(query):
    assert not serves("GET", "/config", query)
    assert serves("GET", "/config", "q=vad%20%C3%A4r%20deep_link")


def test_an_event_is_handed_on_without_the_addresses_of_its_files(tmp_path):
    file = tmp_path / "ab12" / "tull.txt"
    file.parent.mkdir()
    file.write_text("x")
    sent = json.dumps(event(str(file), url=ADDRESS, is_stream=True)).encode()
    assert json.loads(cleaned(sent, tmp_path)) == event(str(file), url=None, is_stream=False)
    question = {"data": ["Vad står på http://polisen.se och file=http://x?", None, "sources"], "fn_index": 0}
    assert json.loads(cleaned(json.dumps(question).encode(), tmp_path)) == question


@pytest.mark.parametrize(
    "path",
    [
        ADDRESS,
        "HTTP://a.example",
        "https:/a.example",
        "//a.example/x",
        "\\\\a.example\\x",
        "file:///etc/passwd",
        "/etc/passwd",
        "etc/passwd",
        "",
        ".",
        "{folder}",
        "{folder}/../x",
        "{folder}/link",
        "{folder}x/y",
        "{folder}/not-there",
        "{folder}/sub",
        "{folder}/a\x00b",
        None,
        7,
        ["x"],
    ],
)
def test_a_file_that_was_not_uploaded_is_refused(tmp_path, path):
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "sub").mkdir()
    named = path.replace("{folder}", str(tmp_path)) if isinstance(path, str) else path
    for body in (event(named), {"data": [{"deep": {"in": [{"path": named}]}}]}, {"path": named}):
        with pytest.raises(BadEvent, match="not uploaded"):
            cleaned(json.dumps(body).encode(), tmp_path)


def test_an_event_names_a_hundred_files_at_most(tmp_path):
    (tmp_path / "a").touch()
    one = {"path": str(tmp_path / "a"), **FILE}
    assert len(json.loads(cleaned(json.dumps({"data": [[one] * 100]}).encode(), tmp_path))["data"][0]) == 100
    with pytest.raises(BadEvent, match="too many files"):
        cleaned(json.dumps({"data": [[one] * 50, {"deep": [one] * 51}]}).encode(), tmp_path)


@pytest.mark.parametrize("called", [-1, 2, 1_000_000_000, None, "1", 1.0, True, [1]])
def test_an_event_calls_what_the_page_has(tmp_path, called):
    body = json.dumps({"data": [], "fn_index": called}).encode()
    some = {routes.JOIN: {0, 1}, routes.CALL: {0, 1}}
    for path in ("queue/join", "run/predict"):
        assert through(tmp_path, "POST", f"/gradio_api/{path}", body=body, functions=some) == (400, [])
        known = json.dumps({"data": [], "fn_index": 1}).encode()
        assert through(tmp_path, "POST", f"/gradio_api/{path}", body=known, functions=some)[0] == 200
    assert through(tmp_path, "POST", "/gradio_api/reset", body=b'{"event_id": "a"}', functions=some)[0] == 200


def test_what_waits_in_gradios_queue_is_not_called_and_the_rest_is_not_put_there(tmp_path):
    """Its queue knows neither turns nor addresses."""
    apart = {routes.JOIN: {8}, routes.CALL: {13}}
    for path, right in ((routes.JOIN, 8), (routes.CALL, 13)):
        for called in (8, 13):
            body = json.dumps({"data": [], "fn_index": called}).encode()
            assert through(tmp_path, "POST", path, body=body, functions=apart)[0] == (200 if called == right else 400)


def test_a_long_address_and_a_failure_are_told_in_swedish(tmp_path):
    async def broken(_scope, _receive, send):
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"21")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})

    def answer(query):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": []}
        asyncio.run(Doors(broken, folder=tmp_path)(scope, None, send))
        assert len(sent) == 2
        return sent[0]["status"], sent[1]["body"].decode()

    assert answer(b"q=" + b"%61" * 30_000) == (414, "Adressen är för lång.\n")
    assert answer(b"q=" + b"%f0%9f%8f%b3" * 2_000) == (500, routes.FAILED)
    assert routes.FAILED.startswith("Något gick fel.")


def test_the_folder_of_a_page_that_was_killed_is_removed_with_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere = tmp_path / "annat"
    elsewhere.mkdir()
    (tmp_path / "nmt-rag-page-link").symlink_to(elsewhere)
    code = (
        "import os, tempfile\nfrom nmt_rag.interfaces.page.serving import uploads\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\nwith uploads.folder() as made:\n"
        "    (made / 'hemlig.txt').write_text('x')\n    print(made, flush=True)\n    input()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    left = Path(child.stdout.readline().strip())
    with uploads.folder() as first:
        assert (left / "hemlig.txt").exists()  # its page is alive
        child.kill()
        child.communicate()
        with uploads.folder() as second:
            assert sorted(tmp_path.iterdir()) == sorted([elsewhere, tmp_path / "nmt-rag-page-link", first, second])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["annat", "nmt-rag-page-link"]


def test_of_two_members_with_one_name_the_one_that_was_checked_is_read(tmp_path):
    (tmp_path / "a").touch()
    own = f'"path": "{tmp_path}/a"'
    with pytest.raises(BadEvent):
        cleaned(f'{{"data": [{{{own}, "path": "{ADDRESS}"}}]}}'.encode(), tmp_path)
    assert ADDRESS.encode() not in cleaned(f'{{"data": [{{"path": "{ADDRESS}", {own}}}]}}'.encode(), tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 30 + b"1" + b"}" * 30,
        b'{"a": "\\ud800"}',
        b'{"session_hash": "%s"}' % (b"s" * 101),
    ],
)
def test_what_is_no_event_is_refused(tmp_path, body):
    with pytest.raises(BadEvent):
        cleaned(body, tmp_path)


def through(folder, method, path, *, body=b"", headers=(), own=(), functions=None):
    """Return the status that the doors answer a request with, and what came through them."""
    came, sent = [], []

    async def page(scope, receive, send):
        message = await receive()
        came.append((scope["path"], dict(scope["headers"]), message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
    asyncio.run(Doors(page, folder=folder, own=own, functions=functions)(scope, receive, send))
    return sent[0]["status"], came


def test_the_doors(tmp_path):
    body = json.dumps({"data": ["å"]}).encode()
    status, [(path, headers, seen)] = through(
        tmp_path, "POST", "/gradio_api/queue/join", body=body, headers=[(b"Content-Type", b"text/plain"), (b"x", b"y")]
    )
    assert (status, path, json.loads(seen)) == (200, "/gradio_api/queue/join", {"data": ["å"]})
    assert headers == {b"x": b"y", b"content-type": b"application/json", b"content-length": str(len(seen)).encode()}
    assert through(tmp_path, "POST", "/gradio_api/queue/join", body=json.dumps(event(ADDRESS)).encode()) == (400, [])
    assert through(tmp_path, "POST", "/gradio_api/queue/join", body=b" " * (routes.MAX_BODY + 1)) == (413, [])
    assert through(tmp_path, "GET", f"/gradio_api/file={ADDRESS}") == (404, [])
    assert through(tmp_path, "GET", "/halsa") == (404, [])
    assert through(tmp_path, "GET", "/halsa", own=["/halsa"])[0] == 200
    assert through(tmp_path, "POST", "/halsa", own=["/halsa"]) == (404, [])


def test_uploads_have_a_quota(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 20_100)
    monkeypatch.setattr(uploads, "MAX_REQUEST", 20_050)
    (tmp_path / "a").write_bytes(b"x" * 20_060)

    def status(size):
        return through(tmp_path, "POST", "/gradio_api/upload", headers=[(b"content-length", size)])[0]

    assert [status(size) for size in (b"40", b"41", b"20051", b"9" * 40, b"-1", b"")] == [200, 507, 413, 413, 411, 411]
    both = [(b"content-length", b"40"), (b"Transfer-Encoding", b"chunked")]
    assert through(tmp_path, "POST", "/gradio_api/upload", headers=both)[0] == 411


def test_empty_files_take_room_too(tmp_path):
    for name in "abc":
        (tmp_path / name).touch()
    assert uploads.room(tmp_path) == uploads.MAX_BYTES - 3 * uploads.LEAST


def reading(folder, path, chunks, length, *, taken=lambda body: None):
    """Return the statuses that a request gets whose body comes in chunks; after the last one nothing comes any more."""
    sent, waiting = [], list(chunks)

    async def page(scope, receive, send):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client went away")
            taken(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": body != b""}

    async def send(message):
        sent.append(message)

    headers = [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(asyncio.wait_for(Doors(page, folder=folder)(scope, receive, send), 20))
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


def test_what_is_announced_and_does_not_come_takes_no_room_and_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", uploads.LEAST)
    monkeypatch.setattr(uploads, "SECONDS", 0.2)
    monkeypatch.setattr(routes, "EVENT_SECONDS", 0.2)
    room = []
    assert reading(tmp_path, routes.UPLOAD, [b"x"], 8_000, taken=lambda _: room.append(uploads.room(tmp_path))) == [408]
    assert room == [uploads.LEAST]
    assert reading(tmp_path, "/gradio_api/queue/join", [b"{"], 8_000) == [408]


def test_what_is_there_no_room_for_is_cut_off_on_its_way(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 20_000)
    monkeypatch.setattr(uploads, "STEP", 1)
    chunks = [b"x" * 15_000, b"y", b"z" * 1_000, b""]

    def taken(body):  # somebody else's file comes in between
        (tmp_path / body[:1].decode()).write_bytes(body)

    assert reading(tmp_path, routes.UPLOAD, chunks, 16_001, taken=taken) == [507]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]


@pytest.mark.parametrize("path", [routes.UPLOAD, "/gradio_api/upload_progress", "/gradio_api/queue/data"])
def test_what_gradio_keeps_is_short(path):
    method = "POST" if path == routes.UPLOAD else "GET"
    assert serves(method, path, "upload_id=" + "a" * 190)
    assert not serves(method, path, "upload_id=" + "a" * 191)
    assert serves("GET", "/", "q=" + "a" * 20_000)
    assert serves("GET", "/config", "q=" + "a" * 20_000)


def test_what_nobody_took_in_is_removed(tmp_path):
    old, new, below = tmp_path / "a" / "gammal.txt", tmp_path / "b" / "ny.txt", tmp_path / "c" / "d"
    below.mkdir(parents=True)
    for file in (old, new):
        file.parent.mkdir()
        file.write_text("x")
    for path in (old, old.parent, below, below.parent):
        os.utime(path, (1_000, 1_000))
    os.utime(new, (1_200, 1_200))
    assert uploads.sweep(tmp_path, now=1_000 + uploads.SECONDS + 100) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b", "ny.txt"]
    assert uploads.room(tmp_path) == uploads.MAX_BYTES - uploads.LEAST


def test_the_folder_is_swept_while_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "EVERY", 0.01)
    file = tmp_path / "a.txt"
    file.write_text("x")
    os.utime(file, (1_000, 1_000))
    also = []
    with uploads.swept(tmp_path, also=lambda: also.append(1)):
        for _ in range(1_000):
            if also:
                break
            asyncio.run(asyncio.sleep(0.01))
    assert (file.exists(), bool(also)) == (False, True)


HERE, THERE = "http://127.0.0.1:8099/trap", "http://frammande{n}.example/x"
SPELLINGS = [
    "/gradio_api/file={}",
    "/gradio_api/file%3D{}",
    "/gradio_api/%66ile={}",
    "//gradio_api/file={}",
    "/gradio_api//file={}",
    "/gradio_api/file/{}",
    "/file={}",
    "/gradio_api/./file={}",
    "/x/../gradio_api/file={}",
    "/gradio_api/proxy={}",
]


def attacks():
    """Return requests as (method, path, body) that would have the server fetch an address."""
    found, n = [], 0
    for spelling in SPELLINGS:
        for encode in (str, lambda a: a.replace(":", "%3A").replace("/", "%2F"), lambda a: a.replace("/", "%252F"),
                       lambda a: a.removeprefix("http:"), str.upper):  # fmt: skip
            n += 1
            found += [("GET", spelling.format(encode(address)), None) for address in (THERE.format(n=n), HERE)]
            found.append(("HEAD", spelling.format(encode(HERE)), None))
    for path in ("queue/join", "run/predict", "call/take", "api/predict", "component_server"):
        for named in (THERE.format(n=f"b{n}"), HERE, "//frammande.example/x", HERE.replace("http", "HTTP")):
            for fn_index in range(20 if path in ("queue/join", "run/predict") else 1):  # what is not shut at once
                body = {**event(named), "fn_index": fn_index, "session_hash": "abc"}
                found.append(("POST", f"/gradio_api/{path}", json.dumps(body)))
    return found


@pytest.mark.skipif(not shutil.which("unshare") or not shutil.which("ip"), reason="needs unshare and ip, of Linux")
def test_nothing_that_is_sent_to_the_page_makes_it_look_up_a_name(tmp_path):
    pytest.importorskip("gradio", reason="needs gradio: pip install nmt-rag[demo]")
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    inside = f'ip link set lo up && mount --bind {tmp_path}/resolv.conf /etc/resolv.conf && exec "$@"'
    for flags in ("-nm", "-rnm"):
        prefix = ["unshare", flags, "sh", "-c", inside, "sh"]
        if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            break
    else:
        pytest.skip("network namespaces are not allowed here")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with nmt_rag.open(tmp_path / "index", encoder=None, create=True) as words:
        words.add(Document("a", "Polisen", "Polisen utreder stöld."), actors="rules")
    done = subprocess.run(
        [*prefix, sys.executable, str(ROOT / "tests" / "open_door.py"), "--index", str(tmp_path / "index")],
        input=json.dumps(attacks()), capture_output=True, text=True, timeout=240, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["canary"]  # the recorder records
    assert (seen["names"], seen["reached"]) == ([], [])
    assert {request: status for request, status in seen["statuses"].items() if status not in (400, 404)} == {}
