"""The web page, built and asked through its real server on 127.0.0.1."""

import asyncio
import base64
import contextlib
import csv
import functools
import html
import importlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

import nmt_rag
from nmt_rag.answering import MAX_QUESTION_LENGTH
from nmt_rag.documents import FileContents
from nmt_rag.documents.passages import split
from nmt_rag.errors import IndexDamagedError
from nmt_rag.interfaces import markup
from nmt_rag.interfaces.page import frame, texts, visits
from nmt_rag.interfaces.page.operators import Operator
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.views import answer as page
from nmt_rag.interfaces.page.views import own
from nmt_rag.interfaces.page.views import source as page_source
from nmt_rag.interfaces.page.visitor.steps import Refused, Step
from nmt_rag.interfaces.serving import connections
from nmt_rag.types import Answer, Document

gr = pytest.importorskip("gradio", reason="needs gradio: pip install nmt-rag[demo]")
pytestmark = [
    # Gradio and what it is made of warn about themselves and one another.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROOT = Path(__file__).parents[3]
QUESTION = "Vilken myndighet beslutar om betänketid?"
RUNNING = {}
"""The pages that run, by their addresses."""


@pytest.fixture(scope="module")
def demo():
    sys.path.insert(0, str(ROOT))
    try:
        import app
    finally:
        sys.path.remove(str(ROOT))
    return app


@pytest.fixture(scope="module")
def blocks(demo):
    return importlib.import_module("nmt_rag.interfaces.page.blocks")


@pytest.fixture(scope="module")
def replying(demo):
    return importlib.import_module("nmt_rag.interfaces.page.replying")


@pytest.fixture(scope="module")
def server(demo):
    return importlib.import_module("nmt_rag.interfaces.page.serving.server")


@pytest.fixture(scope="module")
def rag(_packaged_index):
    with nmt_rag.open() as opened:
        yield opened


@dataclass(frozen=True)
class Running:
    """A page that is served by a process of its own."""

    folder: Path
    log: Path
    port: int = 0
    key: str = ""


@contextmanager
def running(command, *arguments, folder, port=0, key="", **variables):
    """The address of a page that a command serves, in a folder; what it says goes into a file beside that."""
    log = folder.with_suffix(".log")
    with open(log, "wb") as file:
        process = subprocess.Popen(
            [sys.executable, *command, *arguments], stdout=file, stderr=subprocess.STDOUT, cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
        )  # fmt: skip
    try:
        while not (found := re.search(r"Öppna (http://\S+) ", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.05)
        RUNNING[found[1]] = Running(folder, log, port, key)
        yield found[1]
    finally:
        process.terminate()
        status = process.wait(120)
    assert status == 0
    assert "hemlig" not in log.read_text("utf-8").lower()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the page; its first port was taken, and it counts the answers that helped."""
    folder = tmp_path_factory.mktemp("elsewhere")
    operator = folder / "operator.toml"
    operator.write_text('count = "count.json"\n', encoding="utf-8")  # beside it, as the page runs in this folder
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = [str(ROOT / "app.py"), "--port", str(port)]
        with running(arguments, folder=folder, port=port, NMT_RAG_OPERATOR=str(operator)) as address:
            yield address


WITHOUT_STUBS = """
import runpy, app, gradio.component_meta as meta
print(meta.create_or_modify_pyi(type("A", (), {}), "A", []))
runpy.run_path(app.__file__, run_name="__main__")
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The address of the page on one sentence and without a model, with a password, below a proxy."""
    folder = tmp_path_factory.mktemp("other")
    with nmt_rag.open(folder.with_suffix(".index"), encoder=None, create=True) as words:
        words.add(Document("a", "Polisen", "# Polisen\n\nPolisen utreder stöld."))
    arguments = ["--index", str(folder.with_suffix(".index")), "--port", "18060", "--root-path", "/fraga/"]
    key = "Basic " + base64.b64encode("x:hemligt å".encode()).decode()
    environment = {"NMT_RAG_PASSWORD": "hemligt å", "PYTHONPATH": str(ROOT)}
    with running(["-c", WITHOUT_STUBS], *arguments, folder=folder, key=key, **environment) as address:
        yield address


def sent(request):
    """Send a request with the key of the page that it is for, and return the response."""
    for address, served in RUNNING.items():
        if served.key and request.full_url.startswith(address):
            request.add_header("Authorization", served.key)
    return urllib.request.urlopen(request, timeout=120)


def get(address):
    with sent(urllib.request.Request(address)) as response:
        return response.read().decode()


def call(site, trigger, data, target, visitor=""):
    """Do what the browser does for an event, and return the new values of its outputs by their names."""
    config = json.loads(get(f"{site}config"))
    names = {block["id"]: block["props"].get("elem_id") for block in config["components"]}
    function = next(
        function
        for function in config["dependencies"]
        for block, event in function["targets"]
        if event == trigger and names.get(block) == target
    )
    # A visitor of its own each time: what another one chose, such as English, must not be remembered.
    key = visitor or uuid.uuid4().hex
    body = json.dumps({"fn_index": function["id"], "data": data, "session_hash": key}).encode()
    request = urllib.request.Request(f"{site}gradio_api/run/predict", body, {"Content-Type": "application/json"})
    with sent(request) as response:
        values = json.load(response)["data"]
    return {names.get(block) or block: value for block, value in zip(function["outputs"], values, strict=True)}


def ask(site, question):
    got = call(site, "submit", [question, None, "sources"], "question")
    return got["reply"], got["source"]


def actor(answer):
    return re.findall(r'<h2 class="who"[^>]*>(.*?)</h2>', answer)


def quotes(answer):
    return re.findall(r'(?s)<ol class="quotes">.*?</ol>', answer)[0].count("<blockquote")


def test_an_answer_over_the_wire(site, rag):
    answer, source = ask(site, QUESTION)
    given = rag.ask(QUESTION)
    assert actor(answer) == ["<bdi>Migrationsverket</bdi>"]
    assert f"«<bdi>{given.citations[0].quote}</bdi>»" in answer
    assert quotes(answer) == len(given.citations) == 1
    marked = re.findall(r'<mark class="cited" id="mark-1"[^>]*>(.*?)</mark>', source)
    assert marked == [given.citations[0].quote]
    assert source.count('<span class="sentence"') == rag.info()["passages"]
    found = re.findall(r'(?s)<details class="found">.*</details>', answer)[0]
    assert given.citations[0].quote in found
    assert rag.info()["encoder"] in found
    assert found.count("<li>") == 8


def test_an_abstention_over_the_wire(site):
    answer, source = ask(site, "Vilket straff får man för människohandel?")
    assert '<h2 class="silence" data-announce="Vi hittar inget svar på din fråga i källorna.">' in answer
    assert actor(answer) == []
    assert 'class="cited"' not in source
    assert 'class="near" id="mark-a"' in source


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "???"])
def test_an_empty_question(site, question):
    answer, source = ask(site, question)
    assert "Skriv en fråga, så söker vi svaret i källorna." in answer
    assert "<mark" not in source
    assert "Jämställdhetsmyndigheten" in source


@pytest.mark.parametrize("letters", ["å" * 2_000, "polisen " * 250, "😀" * 2_000, "<b>" * 666])
def test_two_thousand_letters(other, letters):
    answer, _ = ask(other, letters)
    assert re.findall(r'data-asked="(.*?)"', answer) == [markup.escape(letters.strip()[:2_000].strip())]
    assert '<h2 class="' in answer


@pytest.mark.parametrize("letters", ["å" * 2_001, "😀" * 12_000, "å\u0301\u0323" * 12_000])
def test_more_is_refused_in_words(site, letters):
    said = "Frågan är för lång. Skriv högst 2\u00a0000 tecken."
    assert ask(site, letters) == (f'<p class="failure" lang="sv" data-announce="{said}">{said}</p>', "")
    assert f"{MAX_QUESTION_LENGTH:,}".replace(",", "\u00a0") in said


@pytest.mark.parametrize(
    "question",
    ["AND OR NOT NEAR(", '*:* "', "<script>alert(1)</script> polisen", "{{1+1}} ${1+1}", "'; DROP TABLE passages; --"],
)
def test_questions_that_are_meant_to_break_something(other, question):
    answer, _ = ask(other, question)
    assert f'data-asked="{markup.escape(question)}"' in answer
    assert "<script" not in answer
    assert "alert(1)</script>" not in answer


def test_english(site):
    answer, source = ask(site, "Which agency decides on a reflection period?")
    assert actor(answer) == ['<bdi lang="sv">Migrationsverket</bdi>']
    assert 'aria-label="The answer" lang="en"' in answer
    assert '<blockquote lang="sv">«' in answer
    assert 'aria-label="The source" lang="en"' in source
    assert '<div class="text" lang="sv">' in source


CHOSEN = [""] * 4
"""Nothing is chosen in the table, the map, the comparison and the source beside."""


def test_the_language_switch_keeps_what_is_chosen(site):
    name = "Polisens Nationella Operativa Avdelning (NOA)"
    place = "deltagande-myndigheter\n2088\n2152"
    chosen = [f"{name}\ninsats", "", "NOA", place]
    got = call(site, "click", [None, "", "sources", *chosen], "language")
    assert re.findall(r'class="does"><bdi>(.*?)</bdi>', got["who-rows"]) == ["har mandat att besluta"]
    assert got["who-rows"].startswith('<p class="count" lang="en"')
    assert "<h3>Words only</h3>" in got["compare-found"]
    assert "Åklagaren leder förundersökningen" in re.findall(r'<mark class="cited"[^>]*>(.*?)</mark>', got["place"])[0]
    assert '<p class="picked">Choose a sentence' in got["place"]


def test_the_language_switch(site):
    got = call(site, "click", [None, "", "sources", *CHOSEN], "language")
    assert got["strip"] == frame.strip("en")
    assert 'answers from the text “<bdi lang="sv">Deltagande myndigheter</bdi>” by <bdi' in got["head"]
    assert got["views"] == frame.navigation("en")
    assert got["question"]["label"] == "Your question"
    assert "value" not in got["question"]  # what was typed stays
    plain = {name: value.get("value", "") if isinstance(value, dict) else value for name, value in got.items()}
    assert (plain["ask"], plain["language"]) == ("Find answer", "På svenska")
    assert plain["reply"] == page.answer(None, "en")
    assert 'lang="en"' in plain["source"]
    assert plain["foot"] == frame.footer("en", "tillganglighet")
    assert [value for value in plain.values() if value in texts.EXAMPLES["en"]] == list(texts.EXAMPLES["en"])
    assert f'<option value="">{texts.TEXTS["en"]["everyone"]}</option>' in got["who-filters"]
    assert got["own-status"] == own.status([], [], "en")


def test_the_language_switch_keeps_the_answer(site):
    call(site, "submit", [QUESTION, None, "sources"], "question", visitor="switches")
    got = call(site, "click", [None, None, "sources", *CHOSEN], "language", visitor="switches")
    assert actor(got["reply"]) == ['<bdi lang="sv">Migrationsverket</bdi>']
    assert 'aria-label="The answer" lang="en"' in got["reply"]
    assert '<mark class="cited"' in got["source"]


def test_own_documents_that_are_gone_are_not_answered_for_by_the_page(site):
    got = call(site, "submit", [QUESTION, None, "own"], "question")
    assert got["reply"] == page.failure("sv", "own_lost")
    assert "Dina dokument finns inte kvar på servern." in got["reply"]
    assert got["source"] == ""


def test_the_page_begins_anew(site):
    got = call(site, "input", [None, None, "sources"], "fresh")
    assert (got["question"], got["reply"]) == ("", page.answer(None, "sv"))
    assert "<mark" not in got["source"]


def test_the_first_bytes_are_swedish(site):
    html = get(site)
    assert re.search(r'<html[^>]*\blang="sv"', html)
    assert re.findall(r'<meta property="og:title" content="([^"]*)"', html) == ["Fråga källan"]
    assert "Click to try out" not in html


def test_the_first_bytes_say_without_javascript_where_to_call(site):
    assert len(re.findall(r"</head>\s*<body[^>]*>" + re.escape(frame.without_script()), get(site))) == 1


@pytest.mark.parametrize("question", ["Kan jag vara anonym?", "Min man slår mig", "Mă bate soțul meu, ajutați-mă"])
def test_beside_the_numbers_stands_nothing_that_is_there_for_those_who_buy(site, question):
    answer, source = ask(site, question)
    assert 'class="answer need"' in answer
    assert "KAST" not in answer
    assert ("<h2" in answer, "<mark" in source) == (True, "<blockquote" in answer)


def test_a_shared_question_is_asked_and_no_question_asks_nothing(site):
    got = call(site, "load", [QUESTION], None)
    assert got["question"] == QUESTION
    assert actor(got["reply"]) == ["<bdi>Migrationsverket</bdi>"]
    shown = [call(site, "load", [""], None)[name] for name in ("question", "reply", "source")]
    assert [value["__type__"] for value in shown] == ["update"] * 3


def test_the_examples_are_answered_as_they_should(rag):
    for language in ("sv", "en"):
        given = [rag.ask(question) for question in texts.EXAMPLES[language]]
        assert [answer.actors for answer in given] == [
            ("Migrationsverket",),
            ("Polisens Nationella Operativa Avdelning (NOA)",),
            ("KAST",),
            ("Mikamottagningen",),
            ("Socialtjänsten", "Ungdomsjouren"),
            (),
        ]


def test_the_settings_that_keep_questions_at_home(site, blocks):
    config = json.loads(get(f"{site}config"))
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert blocks.MOUNT["enable_monitoring"] is False
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert json.loads(get(f"{site}gradio_api/info")) == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_it_listens_on_this_machine_only(site):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", site)
    port = int(site.rstrip("/").rsplit(":", 1)[1])
    listening = [
        line.split()[1]
        for name in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(name).exists()
        for line in Path(name).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening in ([], [f"0100007F:{port:04X}"])


def test_the_accessibility_statement_is_served(site):
    shown = get(f"{site}tillganglighet")
    assert shown == (Path(page.__file__).parents[1] / "accessibility.html").read_text(encoding="utf-8")
    assert "<h1>Tillgänglighetsredogörelse för Fråga källan</h1>" in shown


def test_the_statement_says_how_to_reach_whoever_runs_the_page(demo):
    shown = importlib.import_module("nmt_rag.interfaces.page.serving.server")._statement(
        Operator("Verket", "fraga@ex.se")
    )
    assert 'erbjuder sidan: <a href="mailto:fraga@ex.se">fraga@ex.se</a>. Myndigheten' in shown
    assert "här ska den ansvariga" not in shown


def test_the_questions_that_follow_are_answered(demo, rag):
    following = importlib.import_module("nmt_rag.interfaces.page.replying").following
    shown = following(Site(rag), QUESTION, "sv")
    asked = [html.unescape(one) for one in re.findall('data-question="(.*?)"', shown)]
    assert 1 <= len(asked) <= 3
    assert QUESTION not in asked
    odd = "Vem erbjuder både råd och stöd till personer och deras anhöriga?"  # is made of KAST, and answered of another
    assert odd not in html.unescape(following(Site(rag), "Vem är KAST till för?", "sv"))
    answers = [rag.ask(one) for one in (QUESTION, *asked)]
    assert all(given.answered for given in answers)
    quotes = [{(one.document_id, one.start) for one in given.citations} for given in answers]
    assert all(mine - set().union(*quotes[:number]) for number, mine in enumerate(quotes))  # each says something new
    assert "Vad gör Polisens Nationella Operativa Avdelning (NOA)?" not in following(Site(rag), "Vad gör NOA?", "sv")
    assert following(Site(rag), "Min man slår mig", "sv") == ""  # nothing beside the numbers to call


def test_a_word_on_whether_it_helped_is_counted_and_nothing_else(site):
    assert 'data-helped="yes"' in ask(site, QUESTION)[0]
    for word in ("yes", "no", "yes"):
        call(site, "input", [word], "helped")
    count = RUNNING[site].folder / "count.json"
    assert json.loads(count.read_text(encoding="utf-8")) == {"yes": 2, "no": 1}


def test_a_taken_port_gives_the_next_one(server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with server.listen("127.0.0.1", port) as free:
            assert port < free.getsockname()[1] < port + server.PORTS_TRIED
    with server.listen("127.0.0.1", port) as free:
        assert free.getsockname()[1] == port
        assert free.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # or every kept connection waits 40 ms


def test_a_visitor_that_says_nothing_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.1)

    async def nothing(scope, receive, send): ...

    with server.listen("127.0.0.1", 17980) as taken:
        address = taken.getsockname()
        served = server.serve(nothing, taken)
        with socket.create_connection(address, timeout=10) as silent:
            assert silent.recv(1) == b""  # closed
        served.should_exit = True
        deadline = time.monotonic() + 10
        while taken.fileno() != -1:  # it closes that when it has stopped
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_host_of_another_machine_is_refused(server):
    with pytest.raises(OSError, match="assign"):
        server.listen("192.0.2.1", 7860)


def test_an_error_of_the_index_is_one_calm_sentence(replying, caplog):
    class Broken:
        def ask_with_hits(self, question):
            raise IndexDamagedError("the database is broken")

    assert replying.reply(Broken(), "Hemlig fråga?", "sv") == (page.failure("sv"), "")
    assert [record.message for record in caplog.records if record.name == "nmt_rag"] == ["the database is broken"]


def test_the_source_shown_is_the_cited_one(replying, tmp_path):
    words = nmt_rag.open(tmp_path / "index", encoder=None, create=True)
    words.add(
        Document("a", "Polisen", "# Polisen\n\nPolisen utreder stöld.", url="https://a.se/"),
        Document("b", "Skatteverket", "# Skatteverket\n\nSkatteverket ger ut körkortsfoton.", url="https://b.se/"),
    )
    with words:
        assert replying.start(words, "sv") == page_source.sources([], {}, None, "sv")
        answer, source = replying.reply(words, "Vad gör Polisen?", "sv")
        assert "«<bdi>Polisen utreder stöld.</bdi>»" in answer
        assert re.findall(r'class="label">Källa: <bdi>(.*?)</bdi>', source) == ["Polisen"]


def first_view(site):
    """The field's hint, and whether the examples are shown."""
    parts = {block["props"].get("elem_id"): block["props"] for block in json.loads(get(f"{site}config"))["components"]}
    return parts["question"]["placeholder"], parts["examples"]["visible"]


def test_the_examples_are_shown_only_where_they_can_be_answered(site, other):
    assert first_view(site) == ("Till exempel: Vad gör NOA?", True)
    assert first_view(other) == ("Skriv en fråga om det som källorna tar upp", False)
    answer, _ = ask(other, "Vad gör Polisen?")
    assert "«<bdi>Polisen utreder stöld.</bdi>»" in answer
    assert "Sökmodell: ingen, bara orden." in answer


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--index", "finns-inte"], 1, "app.py: "),
        (["--port", "0"], 2, "--port must be between 1 and 65535, not 0"),
        (["--host", "192.0.2.1", "--index", "finns-inte"], 1, "app.py: "),
        (["--root-path", "fraga"], 2, "--root-path must begin with a slash, not 'fraga'"),
    ],
)
def test_a_wrong_start_is_one_line(demo, capsys, tmp_path, monkeypatch, arguments, code, line):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        sys.exit(demo.main(arguments))
    assert stopped.value.code == code
    error = capsys.readouterr().err
    assert line in error
    assert "Traceback" not in error


def test_the_command_says_where_the_page_is_and_which_port_was_taken(site):
    served = RUNNING[site]
    said = served.log.read_text("utf-8").splitlines()
    free = int(re.findall(r"sidan använder (\d+)", said[0])[0])
    assert said[:2] == [
        f"Port {served.port} är upptagen; sidan använder {free} i stället.",
        f"Öppna http://127.0.0.1:{free}/ i webbläsaren. Avsluta med Ctrl+C.",
    ]
    assert site == f"http://127.0.0.1:{free}/"
    assert {path.name for path in served.folder.iterdir()} <= {"operator.toml", "count.json"}


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", "Öppna http://127.0.0.1:7860/ i webbläsaren."),
        ("::1", "Öppna http://[::1]:7860/ i webbläsaren."),
        ("0.0.0.0", "Sidan svarar på datorns alla adresser, port 7860."),
        ("::", "Sidan svarar på datorns alla adresser, port 7860."),
    ],
)
def test_an_address_is_said_only_where_a_browser_can_open_it(server, host, said):
    assert server.address(host, 7860) == said


def test_gradio_writes_no_stubs_when_the_page_starts(other):
    (said, *_) = RUNNING[other].log.read_text("utf-8").splitlines()
    assert said == "None"  # Gradio's own function would not have found the source of the class


def test_a_question_and_a_request_that_cannot_be_read_are_never_printed_or_logged(site):
    ask(site, "Hemligt ärende 19121212?")
    statuses = []
    for path in ("run/predict", "queue/join"):
        for number in range(12):
            body = json.dumps({"fn_index": number, "data": ["en hemlig fråga"], "session_hash": "a"}).encode()
            headers = {"Content-Type": "application/json"}
            try:
                with urllib.request.urlopen(urllib.request.Request(f"{site}gradio_api/{path}", body, headers)) as got:
                    statuses.append(got.status)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
    assert 500 in statuses  # some could not be read
    written = RUNNING[site].log.read_text("utf-8")  # and what comes later is looked through at the end
    assert "hemlig" not in written.lower()
    assert "19121212" not in written


def test_replies_do_not_mix(site):
    asked = [QUESTION, "Vad gör NOA?", "Vem är KAST till för?", "Vilket straff får man för människohandel?"]
    expected = {question: actor(ask(site, question)[0]) for question in asked}
    assert len({*map(tuple, expected.values())}) == 4
    got = {}
    with ThreadPoolExecutor(4) as pool:
        for question, (answer, _) in pool.map(lambda q: (q, ask(site, q)), list(expected) * 4):
            got.setdefault(question, set()).add(tuple(actor(answer)))
    assert got == {question: {tuple(names)} for question, names in expected.items()}


def test_the_saved_page_is_in_the_reply(site, rag):
    answer, _ = ask(site, QUESTION)
    saved = re.findall(r'(?s)data-save="(.*?)"', answer)[0]
    data = html.unescape(saved).split('id="nmt-rag-answer">')[1].split("</script>")[0]
    assert Answer.from_dict(json.loads(data)) == rag.ask(QUESTION)


def test_the_whole_table_and_the_health_check_are_served(site, rag):
    rows = json.loads(get(f"{site}vem-gor-vad.json"))
    assert [(row["actor"], row["verb"]) for row in rows][:2] == [
        ("Jämställdhetsmyndigheten", "samordna"),
        ("Jämställdhetsmyndigheten", "fungera"),
    ]
    text = get(f"{site}vem-gor-vad.csv")
    assert text.startswith("\ufeffAktör;Verb;Gör;Uppgift;Villkor;Nekas;Citat")
    assert len(list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))) == len(rows) == 40
    assert get(f"{site}who-does-what.csv").startswith("\ufeffactor,verb,said,task,condition,negated,quote")
    assert get(f"{site}halsa") == "ok\n"


def test_the_table_is_filtered_over_the_wire(site):
    got = call(site, "input", ["Migrationsverket\ninsats", None], "who-pick")["who-rows"]
    assert "Ingen uppgift stämmer med det du har valt." in got
    name = "Polisens Nationella Operativa Avdelning (NOA)"
    got = call(site, "input", [f"{name}\ninsats", None], "who-pick")["who-rows"]
    assert re.findall(r'class="does"><bdi>(.*?)</bdi>', got) == ["har mandat att besluta"]
    for asked in ("", "\n", "a\nb\nc", "<b>"):
        assert 'class="count"' in call(site, "input", [asked, None], "who-pick")["who-rows"]


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("deltagande-myndigheter\n2088\n2152", ["Åklagaren leder förundersökningen och för talan vid rättegången."]),
        ("deltagande-myndigheter\n0\n999999", []),
        ("deltagande-myndigheter\n" + "9" * 5_000 + "\n1", []),
        ("finns-inte\n0\n5", []),
        ("deltagande-myndigheter", []),
        ("<script>\n-1\nx", []),
        ("", []),
    ],
)
def test_a_place_in_the_source_is_shown_over_the_wire(site, asked, marked):
    got = call(site, "input", [asked, None], "wanted")["place"]
    assert re.findall(r'<mark class="cited" id="mark-här"[^>]*>(.*?)</mark>', got) == marked
    assert "<script" not in got


def test_a_password_and_a_path_below_a_proxy(other):
    assert get(f"{other}halsa") == "ok\n"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{other}vem-gor-vad.csv", timeout=120)
    with sent(urllib.request.Request(f"{other}config")) as response:
        assert json.load(response)["root"].endswith("/fraga")
        assert "default-src 'self'" in response.headers["content-security-policy"]
    assert "hemligt" not in RUNNING[other].log.read_text("utf-8")


def test_an_empty_password_and_a_strange_name_are_refused(demo, capsys, monkeypatch, site):
    monkeypatch.setenv("NMT_RAG_PASSWORD", " ")
    with pytest.raises(SystemExit, match="2"):
        demo.main([])
    assert "NMT_RAG_PASSWORD is set but empty" in capsys.readouterr().err
    with pytest.raises(urllib.error.HTTPError, match="421"):
        sent(urllib.request.Request(f"{site}config", headers={"Host": "ond.example"}))


@pytest.fixture
def words():
    """The packaged page by its words."""
    with nmt_rag.open(encoder=None) as opened:
        yield opened


async def shown(take, files, visitor):
    """Return what the page shows one after the other while a visitor's files are taken in."""
    return [values async for values in take(files, "sv", visitor)]


async def test_a_visitors_documents_are_gone_from_memory_and_disk(blocks, words, tmp_path):
    file = tmp_path / "hash" / "tull.txt"
    file.parent.mkdir()
    file.write_text("Tullverket utreder smuggling.", encoding="utf-8")
    site = Site(words)
    named = {function.name: function.fn for function in blocks.build(site).fns.values()}
    visitor = SimpleNamespace(session_hash="a", client=None)
    *_, (progress, status, files, where, _) = await shown(named["take"], [str(file)], visitor)
    assert "Klart." in status
    assert progress == ""
    assert (files, where["value"]) == (None, "own")
    assert not file.parent.exists()
    assert [document.text for document in site.visits.documents("a")] == ["Tullverket utreder smuggling."]
    assert site.rag_for("a", own=True) is site.visits.rag("a")
    assert site.rag_for("b", own=True) is words
    named["leave"](visitor)
    assert len(site.visits) == 0


async def test_documents_removed_while_they_are_read_are_said_to_be_removed(blocks, words):
    site = Site(words)

    def steps(key, files, address):
        yield Step(1, 0.5)
        site.visits.remove(key)

    site.visits.steps = steps
    take = next(one for one in blocks.build(site).fns.values() if one.name == "take")
    told = await shown(take.fn, [], SimpleNamespace(session_hash="a", client=None))
    assert "Dina dokument är borttagna." in told[-1][1]


async def test_a_switch_of_language_says_what_was_told_and_what_comes(blocks, words, tmp_path):
    """Also while a file is read: how far that is, that the rest is searched by words, and what was refused."""
    site, told = Site(words), []

    def steps(key, files, address):
        yield Refused("a.exe", "format")
        for share in (0.2, 0.4):
            yield Step(1, share, askable=True)

    file = tmp_path / "tull.txt"
    file.write_text("Tullverket utreder smuggling.", encoding="utf-8")
    list(site.visits.steps("a", [file]))
    site.visits.steps = steps
    named = {function.name: function.fn for function in blocks.build(site).fns.values()}
    visitor = SimpleNamespace(session_hash="a", client=None)

    def switch(spoken):
        _, status, progress, *_ = named["switch"](visitor, spoken, "", "own", *CHOSEN)
        return status, progress

    async for progress, status, *_ in named["take"]([str(file)], "sv", visitor):
        told.append((status, progress))
        if len(told) == 2:  # the first says that it waits for its turn
            told.append(switch("sv"))
    told = [*told[1:], switch("en"), switch("sv")]
    assert [re.findall(r"Läser fil 1|Reading file 1", progress)[:1] for _, progress in told] == [
        ["Läser fil 1"], ["Reading file 1"], ["Reading file 1"], [], [], [],
    ]  # fmt: skip
    early, done = "You can already ask", "Done. You can ask"
    assert [next((words for words in ("Du kan redan", early, "Klart.", done) if words in status), status)
            for status, _ in told] == ["Du kan redan", early, early, done, "Klart.", done]  # fmt: skip
    assert all("<bdi>tull.txt</bdi>" in status and "<bdi>a.exe</bdi>: " in status for status, _ in told)
    named["leave"](visitor)
    assert switch("sv") == (own.status([], [], "en"), "")


async def test_one_visitors_twelve_uploads_keep_no_other_one_waiting(blocks, words):
    go, begun = threading.Event(), []

    def steps(key, files, address):
        begun.append(key)
        if key == "a":
            go.wait(20)
        yield Refused(f"{key}.txt", "format")

    site = Site(words)
    site.visits.steps = steps
    take = next(one for one in blocks.build(site).fns.values() if one.name == "take")
    assert take.concurrency_limit is None

    def one(key):
        host = {"a": "192.0.2.1", "b": "198.51.100.7"}[key]
        visitor = SimpleNamespace(session_hash=key, client=SimpleNamespace(host=host))
        return asyncio.ensure_future(shown(take.fn, [], visitor))

    twelve = [one("a") for _ in range(12)]
    await asyncio.sleep(0.1)
    assert "b.txt" in (await asyncio.wait_for(one("b"), 10))[-1][1]
    assert begun == ["a", "b"]
    twelve[0].cancel()  # a visitor cannot start a second reading by giving up the first
    await asyncio.sleep(0.1)
    assert begun == ["a", "b"]
    go.set()
    assert all("a.txt" in told[-1][1] for told in await asyncio.gather(*twelve[1:]))
    assert begun == ["a", "b", *["a"] * 11]
    go.clear()
    waits = [one("a"), one("a")][1]
    await asyncio.sleep(0.1)
    site.visits.remove("a")
    later = one("a")
    await asyncio.sleep(0.1)
    del begun[:]
    go.set()
    assert "borttagna" in (await waits)[-1][1]  # its visitor left, or removed the documents
    assert "a.txt" in (await later)[-1][1]
    assert begun == ["a"]


class Held:
    """Reads a file when the test lets it, and notes when it has begun."""

    def __init__(self, begun, let):
        self.begun, self.let = begun, let

    def read(self, path, *, max_characters, max_documents):
        self.begun.append(path.name)
        assert self.let[path.name].wait(60)
        document = Document(path.name, "", "Tullverket utreder smuggling.")
        return FileContents((document,), (tuple(split(document)),))


@pytest.fixture
def held(blocks, words, tmp_path, monkeypatch):
    """Return a site whose uploads are read as `Held` reads, what begins one, which have begun, and what lets them."""
    begun, let = [], {f"{letter}{number}": threading.Event() for letter in "ab" for number in range(30)}
    monkeypatch.setattr(visits, "FileReader", lambda: contextlib.nullcontext(Held(begun, let)))
    monkeypatch.setattr(visits.documents, "readable", lambda: [""])
    site = Site(words)

    @functools.cache
    def take():  # made in the test's own event loop
        return next(one.fn for one in blocks.build(site).fns.values() if one.name == "take")

    def start(name):
        path = tmp_path / name / name
        path.parent.mkdir()
        path.write_text("x", encoding="utf-8")
        host = {"a": "192.0.2.1", "b": "198.51.100.7"}[name[0]]
        visitor = SimpleNamespace(session_hash=name, client=SimpleNamespace(host=host))
        return asyncio.ensure_future(shown(take(), [str(path)], visitor))

    yield site, start, begun, let
    for event in let.values():
        event.set()


async def until(holds):
    """Wait until something holds."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_one_address_reads_one_file_at_a_time_and_holds_no_other_one_up(held):
    site, start, begun, let = held
    many = [start(f"a{number}") for number in range(12)]  # more than there are threads
    await until(lambda: begun == ["a0"])
    other = start("b0")
    await until(lambda: begun == ["a0", "b0"])  # one more of the first address would have come before
    let["b0"].set()
    assert "Klart." in (await asyncio.wait_for(other, 60))[-1][1]
    assert begun == ["a0", "b0"]
    assert not any(one.done() for one in many)
    for event in let.values():
        event.set()
    assert all("Klart." in told[-1][1] for told in await asyncio.gather(*many))
    assert sorted(begun) == sorted(["b0", *(f"a{number}" for number in range(12))])
    assert len(site.visits) == 13


async def test_a_file_of_a_visit_that_ends_while_it_waits_is_not_read(held):
    site, start, begun, let = held
    first, second = start("a0"), start("a1")
    await until(lambda: begun == ["a0"])
    site.visits.remove("a1")
    let["a0"].set()
    assert "Klart." in (await first)[-1][1]
    assert "borttagna" in (await second)[-1][1]
    assert (begun, len(site.visits), site.visits.rag("a1")) == (["a0"], 1, None)


def test_what_is_wrong_is_told_in_few_words(site):
    def status(path, body=None):
        request = urllib.request.Request(f"{site}{path}", body, {"Content-Type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(request, timeout=120)
        return error.value.code, error.value.read().decode()

    assert status("?q=" + "%61" * 20_000) == (414, "Adressen är för lång.\n")
    for number in (-1, 1_000_000_000):
        for path in ("run/predict", "queue/join"):
            body = json.dumps({"fn_index": number, "data": [], "session_hash": "a"}).encode()
            assert status(f"gradio_api/{path}", body) == (400, "Det som skickades går inte att läsa.\n")


def test_what_is_sent_as_a_file_is_a_file(site):
    def send(head):
        body = b"--B\r\nContent-Disposition: form-data; " + head + b"\r\n\r\nPolisen.\r\n--B--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        request = urllib.request.Request(f"{site}gradio_api/upload", body, headers)
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.loads(response.read())

    assert [Path(path).name for path in send(b'name="files"; filename="a.txt"')] == ["a.txt"]
    with pytest.raises(urllib.error.HTTPError, match="400"):  # it would be kept in memory, however long it is
        send(b'name="files"')
