"""The MCP interface, asked by the official client: in this process, and as a process of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import httpx2
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

import nmt_rag
from nmt_rag.documents.who_does_what import tasks
from nmt_rag.errors import IndexDamagedError, IndexLockedError
from nmt_rag.interfaces import lookups, mcp_server, mcp_streams
from nmt_rag.interfaces.live import open_live
from nmt_rag.interfaces.mcp_server import Server
from nmt_rag.interfaces.terminal import main
from nmt_rag.types import Document

PAGE = "deltagande-myndigheter"
QUESTION = "Vilken myndighet beslutar om betänketid?"
ROOT = Path(nmt_rag.__file__).parent.parent
TOOLS = {"ask", "search", "show_source", "verify_quote", "who_does_what"}


@pytest.fixture(scope="module")
def live():
    live = open_live()
    yield live
    live.close()


def asking(server, work):
    """Run some work with a client of a server, and return what it returns."""

    async def run():
        async with Client(server) as client:
            return await work(client)

    return asyncio.run(run())


def call(live, tool, **arguments):
    """Call one tool; return its object, after holding it to its schema, or the text of its error."""

    async def work(client):
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        result = await client.call_tool(tool, arguments)
        (content,) = result.content
        if result.is_error:
            return content.text
        jsonschema.Draft202012Validator(schemas[tool]).validate(result.structured_content)
        assert json.loads(content.text) == result.structured_content
        return result.structured_content

    return asking(Server(live), work)


def test_a_follow_up_is_asked_with_the_questions_before_it(live):
    earlier, question = ["Vem är KAST till för?"], "Och gäller det även anhöriga?"
    found = call(live, "ask", question=question, earlier=earlier)
    assert found["citations"][0]["quote"] == "De erbjuder både råd och stöd till personer och deras anhöriga."
    assert found["engine"]["earlier"] == earlier


def plain(value):
    return json.loads(json.dumps(value))


# tools


def test_tools_are_typed_and_read_only(live):
    async def work(client):
        return (await client.list_tools()).tools

    tools = asking(Server(live), work)
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert tool.output_schema["additionalProperties"] is False
        assert tool.description
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)


@pytest.mark.parametrize("question", [QUESTION, "Who decides on a reflection period?", "Vem vann VM i fotboll?", ""])
def test_ask_is_the_answer_of_the_python_api(live, question):
    with live.using() as rag:
        assert call(live, "ask", question=question) == plain(rag.ask(question).to_dict())


def test_ask_takes_the_language(live):
    found = call(live, "ask", question="Vem vann VM i fotboll?", language="en")
    with live.using() as rag:
        assert found == plain(rag.ask("Vem vann VM i fotboll?", language="en").to_dict())
    assert found["language"] == "en"
    assert found["abstention"]["message"] == "The sources do not cover what you ask about."


def test_search_is_that_of_the_python_api(live):
    with live.using() as rag:
        wanted = lookups.hit_rows(rag, "betänketid", k=2)
        wide = lookups.hit_rows(rag, "betänketid", k=2, window=1)
    assert call(live, "search", query="betänketid", k=2) == {"hits": plain(wanted)}
    assert any(hit["before"] or hit["after"] for hit in wide)
    assert call(live, "search", query="betänketid", k=2, window=1) == {"hits": plain(wide)}


def test_filters_are_those_of_the_python_api(live):
    where = {"actor": ["NOA", "Migrationsverket"], "language": {"$ne": "en"}}
    with live.using() as rag:
        wanted = lookups.hit_rows(rag, "betänketid", k=3, where=where)
        assert call(live, "ask", question=QUESTION, where=where) == plain(rag.ask(QUESTION, where=where).to_dict())
    assert call(live, "search", query="betänketid", k=3, where=where) == {"hits": plain(wanted)}
    assert len(wanted) == 3
    assert call(live, "search", query="betänketid", where={"document_id": {"$ne": PAGE}}) == {"hits": []}
    for tool, asked_for in (("ask", {"question": ""}), ("search", {"query": ""})):
        told = call(live, tool, **asked_for, where={"a": {"$over": 1}})
        assert "the operators of a field are $eq" in told


def test_an_argument_that_a_tool_does_not_have_is_refused(live):
    for tool, asked_for in (("ask", {"question": QUESTION}), ("search", {"query": "stöd"}), ("who_does_what", {})):
        told = call(live, tool, **asked_for, filter={"actor": "KAST"})
        assert isinstance(told, str)
        assert f"Error executing tool {tool}: an argument is not known; known are " in told
        assert "KAST" not in told


def test_a_source_is_shown_in_its_place(live):
    with live.using() as rag:
        document = rag.document(PAGE)
        (citation,) = rag.ask(QUESTION).citations
    found = call(live, "show_source", document_id=PAGE, start=citation.start, end=citation.end)
    assert (found["text"], found["url"]) == (citation.quote, citation.url)
    assert (found["characters"], found["sha256"]) == (len(document.text), document.sha256)
    around = found["before"] + found["text"] + found["after"]
    assert document.text[citation.start - lookups.AROUND : citation.end + lookups.AROUND] == around
    end = call(live, "show_source", document_id=PAGE, start=0, end=len(document.text))
    assert (end["before"], end["text"], end["after"]) == ("", document.text, "")


def test_a_place_that_is_none_is_told(live, monkeypatch):
    with live.using() as rag:
        length = len(rag.document(PAGE).text)
    for start, end in ((5, 5), (0, length + 1)):
        told = call(live, "show_source", document_id=PAGE, start=start, end=end)
        assert f"expected 0 <= start < end <= {length}" in told
    monkeypatch.setattr(lookups, "MAX_SHOWN", 100)
    assert "at most 100 characters" in call(live, "show_source", document_id=PAGE, start=0, end=101)
    assert "There is no such document" in call(live, "show_source", document_id="nej", start=0, end=1)


@pytest.mark.parametrize(
    ("quote", "document_id", "verdict"),
    [
        ("Handläggare på Migrationsverket kan i sitt arbete", PAGE, "exact"),
        ("Handläggare på Migrationsverket kan i sitt arbete", None, "exact"),
        ("Handläggare på Migrationsverket får i sitt arbete komma att upptäcka offer", None, "altered"),
        ("Det här har ingen skrivit om rymden", None, "absent"),
    ],
)
def test_a_quote_is_verified(live, quote, document_id, verdict):
    found = call(live, "verify_quote", quote=quote, document_id=document_id)
    assert found["verdict"] == verdict
    assert bool(found["url"]) == (verdict != "absent")
    with live.using() as rag:
        shown = rag.document(PAGE).text[slice(found["start"], found["end"])] if found["document_id"] else quote
    assert (shown == quote) == (verdict in ("exact", "absent"))


def test_who_does_what_is_the_table_of_the_index(live, monkeypatch):
    with live.using() as rag:
        rows = tasks.of_index(rag.index)
    found = call(live, "who_does_what", actor="migrationsverket")
    wanted = [row.to_dict() for row in tasks.chosen(rows, actor="migrationsverket")]
    assert found == {"rows": plain(wanted), "total": len(wanted)}
    assert wanted
    monkeypatch.setattr(lookups, "MAX_ROWS", 2)
    found = call(live, "who_does_what")
    assert (len(found["rows"]), found["total"]) == (2, len(rows))
    assert call(live, "who_does_what", actor="finns inte") == {"rows": [], "total": 0}


def test_who_does_what_is_read_once_a_generation(tmp_path, monkeypatch):
    reads, read = [], tasks.of_index
    monkeypatch.setattr(tasks, "of_index", lambda index: reads.append(1) or read(index))
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text="Polismyndigheten ansvarar för utredningen."))
        who = lookups.WhoDoesWhat()
        assert who.rows(rag, "polis")["total"] == who.rows(rag, "")["total"] - 1 == 0
        assert len(reads) == 1
        rag.add(Document(id="b", title="B", text="Migrationsverket ansvarar för tillstånd."))
        assert who.rows(rag, "")["total"] == 2
        assert len(reads) == 2


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": "x" * 2_001}, "at most 2000"),
        ("ask", {"question": "x", "language": "fi"}, "'sv' or 'en'"),
        ("search", {"query": "x", "k": 0}, "greater than or equal to 1"),
        ("search", {"query": "x", "k": 101}, "less than or equal to 100"),
        ("verify_quote", {"quote": ""}, "at least 1"),
        ("show_source", {"document_id": PAGE, "start": -1, "end": 5}, "greater than or equal to 0"),
        ("show_source", {"document_id": PAGE, "start": "0", "end": 5}, "start: input should be a valid integer"),
        ("ask", {"question": "x", "least_confidence": True}, "least_confidence: input should be a valid number"),
        ("ask", {"question": "x", "least_confidence": "0.01"}, "least_confidence: input should be a valid number"),
        ("ask", {"question": "x", "earlier": ["x", 5]}, "earlier.1: input should be a valid string"),
        ("search", {"query": "x", "window": 21}, "less than or equal to 20"),
        ("search", {"query": "x", "window": True}, "window: input should be a valid integer"),
        ("search", {"query": "x", "k": True}, "k: input should be a valid integer"),
        ("search", {"query": "x", "k": "2"}, "k: input should be a valid integer"),
        ("search", {"query": "x", "k": 1.5}, "k: input should be a valid integer"),
        ("search", {"k": 0}, "query: field required; k: input should be greater than or equal to 1."),
    ],
)
def test_wrong_arguments_are_told_in_one_sentence(live, tool, arguments, says):
    told = call(live, tool, **arguments)
    assert says in told
    assert told.startswith(f"Error executing tool {tool}: ")
    assert "\n" not in told
    assert "http" not in told


def test_a_number_is_whole_however_json_writes_it(live):
    assert call(live, "search", query="betänketid", k=2.0) == call(live, "search", query="betänketid", k=2)
    assert call(live, "ask", question="", least_confidence=1)["answered"] is False


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (IndexLockedError("hemlig plats"), "The index is being changed; try again."),
        (IndexDamagedError("hemlig plats"), "The index cannot be used now; the server's log says why."),
        (RuntimeError("hemlig fråga"), "Something went wrong in the server; its log says what."),
        (KeyError("hemlig fråga"), "Something went wrong in the server; its log says what."),
    ],
)
def test_what_goes_wrong_inside_is_told_without_its_inside(caplog, error, says):
    class Failing:
        def using(self):
            raise error

    assert call(Failing(), "ask", question="x") == f"Error executing tool ask: {says}"
    assert "hemlig fråga" not in caplog.text


# documents and the prompt


def test_documents_are_resources(tmp_path, monkeypatch):
    with nmt_rag.open(tmp_path / "i", encoder=None, create=True) as rag:
        ids = ["a", "mapp/fil å?#.md", "/rot", "../upp", "%2F"]
        rag.add(
            *(
                Document(id=name, title="", text=f"Text i {name}.", url=f"https://e.se/{n}")
                for n, name in enumerate(ids)
            )
        )
    live = open_live(tmp_path / "i")

    async def work(client):
        found = (await client.list_resources()).resources
        texts = [(await client.read_resource(str(one.uri))).contents[0] for one in found]
        templates = (await client.list_resource_templates()).resource_templates
        with pytest.raises(MCPError, match="There is no such document"):
            await client.read_resource("nmt-rag://documents/nej")
        return found, texts, templates

    found, texts, templates = asking(Server(live), work)
    assert [(one.name, one.title, one.description) for one in found] == [
        (name, name, f"https://e.se/{n}") for n, name in enumerate(ids)
    ]
    assert [text.text for text in texts] == [f"Text i {name}." for name in ids]
    assert {text.mime_type for text in texts} == {"text/markdown"}
    assert [template.uri_template for template in templates] == ["nmt-rag://documents/{document_id}"]
    monkeypatch.setattr(mcp_server, "MAX_LISTED", 2)
    assert [one.name for one in asking(Server(live), work)[0]] == ids[:2]
    live.close()


def test_the_prompt_asks_for_quotes_only(live):
    async def work(client):
        (prompt,) = (await client.list_prompts()).prompts
        return prompt, await client.get_prompt(prompt.name, {"question": "Vad gör {NOA}?"})

    prompt, found = asking(Server(live), work)
    assert [argument.name for argument in prompt.arguments] == ["question"]
    (message,) = found.messages
    assert message.content.text.endswith("Fråga: Vad gör {NOA}?")
    assert "`ask`" in message.content.text


# a process of its own


COMMAND = ("-m", "nmt_rag.interfaces.terminal.main", "mcp")
PROTECTS = "Vem ger skydd åt våldsutsatta?"


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """The index of one sentence, by its words: a process opens and reads it soon."""
    place = tmp_path_factory.mktemp("short") / "index"
    with nmt_rag.open(place, encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text="Kvinnojouren ger skydd åt våldsutsatta."), actors="rules")
    return place


CRASHING = """
import os, sys
from nmt_rag import rag; from nmt_rag.interfaces.terminal import main as cli
ask = rag.Rag.ask
def crash(self, question, **options):
    print("skräp på stdout")
    os.write(1, b"mer skr\\xc3\\xa4p\\n")
    if "krasch" in question:
        raise RuntimeError(question)
    return ask(self, question, **options)
rag.Rag.ask = crash
sys.exit(cli.main(["mcp", *sys.argv[1:]]))
"""


def test_the_official_client_asks_a_process_that_goes_on_after_a_crash_and_whose_stdout_is_the_protocols(
    short, tmp_path
):
    async def work(client):
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        assert "never instructions" in client.instructions
        crashed = await client.call_tool("ask", {"question": "hemlig krasch"})
        return crashed, (await client.call_tool("ask", {"question": PROTECTS})).structured_content

    arguments = ["-c", CRASHING, "--index", str(short)]
    process = StdioServerParameters(command=sys.executable, args=arguments, env={"PYTHONPATH": str(ROOT)})
    with open(tmp_path / "err", "w+", encoding="utf-8") as log:
        crashed, answered = asking(stdio_client(process, errlog=log), work)
        log.seek(0)
        logged = log.read()
    assert crashed.is_error
    assert crashed.content[0].text.endswith("Something went wrong in the server; its log says what.")
    assert answered["actors"] == ["Kvinnojouren"]
    with nmt_rag.open(short) as rag:
        assert answered == plain(rag.ask(PROTECTS).to_dict())
    assert logged.count("nmt-rag: a request failed: RuntimeError at ") == 1
    assert "hemlig" not in logged


def message(method, number=None, **params):
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **({"id": number} if number else {})})


def test_all_that_was_asked_is_answered_though_stdin_ends_and_each_line_is_a_message_and_nothing_is_logged(short):
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    half = "en halva \ud800"
    lines = [
        message("initialize", 1, **hello),
        message("notifications/initialized"),
        "hemligt skräp som inte är JSON",
        "",
        "[" * 5_000,
        '{"jsonrpc": "2.0", "hemligt": 1}',
        message("tools/call", 2, name="ask", arguments={"question": half}),
        message("tools/call", 3, name=half, arguments={}),
        message(half, 4),
        message(half),  # nobody waits for a reply
        json.dumps({"jsonrpc": "2.0", "id": half, "method": "tools/list"}),  # no reply could name it
        message("tools/call", 5, name="ask", arguments={"question": PROTECTS}),
        message("tools/call", 6, name="search", arguments={"query": "skydd"}),
        message("notifications/cancelled", requestId=6),
        message("notifications/cancelled", requestId=[]),
        message("notifications/cancelled", requestId={}),
        '{"jsonrpc": "1.0", "id": 12, "method": "ping"}',
        message("tools/call", 7, name="verify_quote", arguments={"quote": "Kvinnojouren"}),
        message("tools/call", 8, name="hemligt", arguments={}),
        message("tools/call", 9, name="ask", arguments={"hemligt": 1}),
        message("hemligt", 10),
        message("tools/list", 11),
    ]
    done = subprocess.run(
        [sys.executable, *COMMAND, "--index", short],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["jsonrpc"] for row in rows] == ["2.0"] * len(rows)
    unnamed = [row["error"]["code"] for row in rows if row["id"] is None]
    assert unnamed == [-32700, -32700, -32600, -32600]
    found = {row["id"]: row for row in rows if row["id"] is not None}
    assert found.keys() - {6} == {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12}
    for number in (2, 3, 4, 12):
        assert found[number]["error"] == {"code": -32600, "message": mcp_streams.UNREADABLE}
    assert found[5]["result"]["structuredContent"]["actors"] == ["Kvinnojouren"]
    assert found[7]["result"]["structuredContent"]["verdict"] == "exact"
    assert found[9]["result"]["isError"] is True
    assert "error" in found[10]
    assert "en halva" not in done.stdout


@pytest.mark.parametrize(
    ("line", "code", "number"),
    [
        *((json.dumps({"jsonrpc": "2.0", "id": odd, "method": "ping"}), -32600, None) for odd in (1.5, None, True, {})),
        *((text, -32600, None) for text in ("[]", '[{"jsonrpc": "2.0", "id": 8, "method": "ping"}]', "5", "{}")),
        ('{"jsonrpc": "2.0", "id": 12}', -32600, 12),
        ('{"jsonrpc": "2.0", "id": "å", "method": 5}', -32600, "å"),
        ('{"jsonrpc": "2.0", "method": 5}', -32600, None),
        ('{"id": 12, "method": "ping"}', -32600, 12),
        ('{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}', -32600, 1),
        ('{"jsonrpc": "2.0", "id": 1', -32700, None),
        ("\ufffd", -32700, None),
    ],
)
def test_a_line_that_is_no_message_is_told(line, code, number):
    with pytest.raises(mcp_streams.Unreadable) as told:
        mcp_streams.read(line)
    assert (told.value.code, told.value.request_id) == (code, number)


@pytest.mark.parametrize(
    "line",
    [
        *("", " \r\n"),
        '{"jsonrpc": "2.0", "method": "\\ud800"}',  # a notification
        '{"jsonrpc": "2.0", "id": 1.5, "result": 5}',  # a reply
    ],
)
def test_a_line_that_nobody_waits_for_a_reply_to_is_passed_over(line):
    assert mcp_streams.read(line) is None


def test_a_line_that_is_a_message_is_read():
    assert mcp_streams.read('{"jsonrpc": "2.0", "id": 1, "method": "ping", "extra": 1}\r\n').id == 1
    assert mcp_streams.read('{"jsonrpc": "2.0", "method": "ping"}').method == "ping"
    assert mcp_streams.read('{"jsonrpc": "2.0", "id": 5, "result": {}}').result == {}


@pytest.mark.parametrize(("asked", "cancelled"), [("23", 23), (23, "23"), (23, 23), ("x", "x")])
def test_what_is_cancelled_is_not_waited_for_however_its_id_is_written(asked, cancelled):
    """The package knows 23 and "23" as one request, and gives a cancelled one no reply."""

    async def lines():
        yield json.dumps({"jsonrpc": "2.0", "id": asked, "method": "ping"})
        yield json.dumps({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": True}})
        yield json.dumps({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": cancelled}})

    async def serve(read, write):
        async for _ in read:
            pass

    async def scenario():
        send, receive = anyio.create_memory_object_stream(9)
        with receive, anyio.fail_after(60):
            await mcp_streams.between(lines(), send, serve)

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_where_nobody_reads_any_more_it_ends_quietly(short):
    with subprocess.Popen(
        [sys.executable, *COMMAND, "--index", short],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.close()
        process.stdin.write("[]\n" * 3)
        process.stdin.close()
        assert process.wait(120) == 0
        assert process.stderr.read() == ""


def test_it_is_served_over_http_behind_the_same_gate(short):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NMT_RAG_TOKEN": "nyckel"}
    with subprocess.Popen(
        [sys.executable, *COMMAND, "--http", "--port", "0", "--rate", "40", "--index", short],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        address = process.stderr.readline().split()[3]
        assert address.endswith("/mcp")

        async def work(client):
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            answered, missing = await asyncio.gather(
                client.call_tool("ask", {"question": PROTECTS, "where": {"language": ["sv"]}}),
                client.call_tool("show_source", {"document_id": "nej", "start": 0, "end": 1}),
            )
            (document, *_) = (await client.list_resources()).resources
            return answered.structured_content, missing, (await client.read_resource(str(document.uri))).contents[0]

        async def run():
            async with httpx2.AsyncClient(headers={"Authorization": "Bearer nyckel"}, timeout=120) as http:
                async with Client(streamable_http_client(address, http_client=http)) as client:
                    return await work(client)

        answered, missing, content = asyncio.run(run())
        with nmt_rag.open(short) as rag:
            assert answered == plain(rag.ask(PROTECTS).to_dict())
            assert content.text == rag.document("a").text
        assert missing.is_error
        headers = {"Authorization": "Bearer nyckel", "Accept": "application/json, text/event-stream"}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        with httpx2.Client(headers=headers, timeout=120) as http:
            assert http.post(address, json=body).status_code == 200
            assert http.post(address, json=body, headers={"Authorization": "Bearer fel"}).status_code == 401
            assert (
                http.post(address, content="x" * 70_000, headers={"Content-Type": "application/json"}).status_code
                == 413
            )
            half = http.post(
                address,
                content=json.dumps(body | {"method": "\ud800"}).encode(),
                headers={"Content-Type": "application/json"},
            )
            assert half.status_code == 400
            for method in ("GET", "DELETE"):
                other = http.request(method, address)
                assert (other.status_code, other.headers["allow"]) == (405, "POST")
            assert http.get(address + "/nej").status_code == 404
            for path, status in (("healthz", "ok"), ("readyz", "ready")):
                health = httpx2.get(address.removesuffix("mcp") + path)
                assert (health.status_code, health.json()) == (200, {"status": status})
            assert {http.post(address, json=body).status_code for _ in range(50)} == {200, 429}
        process.terminate()
        assert process.wait(120) == 0
        assert process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(stop, short):
    with subprocess.Popen(
        [sys.executable, *COMMAND, "--index", short],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write(message("ping", 1) + "\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(stop)
        assert process.wait(120) == -stop
        assert process.stderr.read() == ""


def test_what_keeps_it_from_starting_is_one_line(tmp_path, capsys, monkeypatch):
    assert main.main(["mcp", "--index", str(tmp_path / "saknas")]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("nmt-rag: there is no index in ")
    monkeypatch.delitem(sys.modules, "nmt_rag.interfaces.mcp_server")
    monkeypatch.delattr(nmt_rag.interfaces, "mcp_server")
    monkeypatch.setitem(sys.modules, "mcp", None)
    for name in [name for name in sys.modules if name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    assert main.main(["mcp"]) == 1
    assert 'is not installed: pip install -e ".[mcp]"' in capsys.readouterr().err
