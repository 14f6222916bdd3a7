"""Chat models by name, and a real client that speaks to a real server on this machine over HTTP."""

import json
import subprocess
import sys
import time

import pytest

import nmt_rag
from nmt_rag.answering.writing import listening
from nmt_rag.answering.writing.chat import open_model
from nmt_rag.errors import GenerationError
from nmt_rag.interfaces.terminal import main
from tests.chat_server import serving

QUESTION = "Vilken myndighet beslutar om betänketid?"
SAID = "Migrationsverket: «utreda och fatta beslut i ärenden som rör betänketid»"
PIECES = [f"{SAID} [1]\nPolisen besl"[i : i + 9] for i in range(0, len(SAID) + 16, 9)]


def proven(page):
    """What is shown of it: the whole sentence of the source."""
    return f"Migrationsverket: «{page.ask(QUESTION).citations[0].quote}»"


@pytest.fixture
def server(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        running.pieces = PIECES
        yield running


@pytest.fixture(scope="module")
def page():
    with nmt_rag.open() as rag:
        yield rag


@pytest.fixture
def model(server):
    return open_quick(server)


def open_quick(server):
    """A model whose client does not try again, which would take seconds."""
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="provmodell", base_url=server.url, api_key="none", max_retries=0)


def test_a_real_server_words_the_answer(page, server):
    answer = page.ask(QUESTION, model=open_model("provmodell", url=server.url))
    assert answer.text == f"{proven(page)} [1]"
    assert answer.engine["answering"] == "ChatOpenAI:provmodell"
    assert answer.engine["model"] == {
        "name": "ChatOpenAI:provmodell", "asked": True, "released": 1, "dropped": {"no_citation": 1},
    }  # fmt: skip
    (request,) = server.requests
    assert (request["path"], request["model"], request["stream"]) == ("/v1/chat/completions", "provmodell", True)
    assert request["temperature"] == 0
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"].endswith(f"Frågan: {QUESTION}")


def test_no_request_is_made_where_the_sources_do_not_answer(page, server):
    answer = page.ask("Vilket straff får man för människohandel?", model=open_model("provmodell", url=server.url))
    assert (answer.answered, server.requests) == (False, [])


def test_a_key_of_the_environment_is_the_one_that_is_sent(page, server, monkeypatch):
    page.ask(QUESTION, model=open_model("provmodell", url=server.url))
    monkeypatch.setenv("OPENAI_API_KEY", "hemlig")
    page.ask(QUESTION, model=open_model("openai:provmodell", url=server.url))
    assert server.keys == ["Bearer none", "Bearer hemlig"]


def test_a_sentence_is_heard_before_the_server_has_ended(page, server):
    server.after = "wait"
    server.pieces = [f"{SAID} [1]\n"]
    heard = page.ask_stream(QUESTION, model=open_model("provmodell", url=server.url))
    assert next(heard).statement.text == proven(page)
    assert not server.over.is_set()
    heard.close()


# What goes wrong over HTTP.


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_an_error_of_the_server_is_one_clear_error(page, server, model, status):
    server.status = status
    with pytest.raises(GenerationError, match=rf"^ChatOpenAI:provmodell failed: \w+Error: .*{status}"):
        page.ask(QUESTION, model=model)


@pytest.mark.parametrize("after", ["break", "junk"])
def test_half_a_stream_is_one_clear_error(page, server, model, after):
    server.after = after
    with pytest.raises(GenerationError, match=r"^ChatOpenAI:provmodell failed: \w+"):
        page.ask(QUESTION, model=model)


def test_a_stream_that_ends_in_the_middle_of_a_sentence_gives_what_was_proven(page, server, model):
    server.after = "end"
    assert page.ask(QUESTION, model=model).text == f"{proven(page)} [1]"
    server.pieces = PIECES[:6]
    answer = page.ask(QUESTION, model=model)
    assert (answer.engine["answering"], answer.engine["model"]["released"]) == ("extractive", 0)


def test_a_server_that_stands_still_is_given_up(page, server, model, monkeypatch):
    monkeypatch.setattr(listening, "SECONDS", 0.5)
    server.after = "wait"
    started = time.monotonic()
    with pytest.raises(GenerationError, match=r"ChatOpenAI:provmodell did not finish within 0\.5 seconds"):
        page.ask(QUESTION, model=model)
    assert time.monotonic() - started < 100  # the server would stand still for 120


def test_no_server_at_all_is_one_clear_error(page):
    with serving() as gone:
        model = open_quick(gone)
    with pytest.raises(GenerationError, match=r"^ChatOpenAI:provmodell failed: .*Connection error"):
        page.ask(QUESTION, model=model)


@pytest.mark.parametrize("pieces", [[], [""], ["", "\n"]])
def test_an_empty_answer_gives_the_sources_own_words(page, server, model, pieces):
    server.pieces = pieces
    answer = page.ask(QUESTION, model=model)
    assert answer.engine["answering"] == "extractive"
    assert answer.text.endswith("skrev kunde beläggas; svaret är källornas egna ord.")


@pytest.mark.parametrize("name", [5, None, b"ollama:l"])
def test_a_name_that_is_no_text_is_told(name):
    with pytest.raises(TypeError, match="a language model is opened by its name, such as"):
        open_model(name)


# Names.


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "ollama:l",
            r"^the language model ollama:l needs langchain-ollama; install it with: pip install langchain-ollama$",
        ),
        (
            "bedrock:x",
            r"^the language model bedrock:x needs langchain-aws; install it with: pip install langchain-aws$",
        ),
        ("openai:gpt", r"cannot open the language model openai:gpt: .*OPENAI_API_KEY"),
        ("ingen:modell", r"cannot open the language model ingen:modell: ValueError: "),
        ("", r"^a language model has a name, such as ollama:llama3.2; got nothing$"),
    ],
)
def test_a_model_that_cannot_be_opened_says_why(server, name, message):
    with pytest.raises(GenerationError, match=message) as caught:
        open_model(name)
    assert "\n" not in str(caught.value)


def test_without_langchain_one_line_names_the_install(monkeypatch):
    for name in [name for name in sys.modules if name == "langchain" or name.startswith("langchain.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "langchain", None)
    message = r'^a language model needs langchain; install it with: pip install -e "\.\[generation\]"$'
    with pytest.raises(GenerationError, match=message):
        open_model("ollama:llama3.2")


def test_asking_a_model_imports_nothing_of_langchain():
    code = (
        "import os, sys, tempfile; os.environ['NMT_RAG_INDEX'] = tempfile.mkdtemp() + '/i'; import nmt_rag\n"
        "class Model:\n    def stream(self, messages):\n        return iter(())\n"
        "print(nmt_rag.open(encoder=None).ask('Vad gör NOA?', model=Model()).engine['model']['asked'])\n"
        "print([name for name in sys.modules if name.split('.')[0].startswith(('langchain', 'langsmith', 'openai'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "True\n[]\n"


# The command line.


def run(capsys, *arguments):
    try:
        status = main.main(list(arguments))
    except SystemExit as error:
        status = error.code
    return status, *capsys.readouterr()


def test_the_command_line_asks_a_model(page, server, capsys):
    status, out, err = run(capsys, "ask", QUESTION, "--model", "provmodell", "--model-url", server.url)
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[:2] == ["Migrationsverket", f"  {proven(page)} [1]"]
    assert lines[2].startswith("  [1] «Handläggare på Migrationsverket kan i sitt arbete")
    assert lines[3].startswith("[1] Deltagande myndigheter › Migrationsverket — https://")
    assert lines[4:] == [
        "Formulerat av språkmodellen ChatOpenAI:provmodell; varje mening är prövad mot sina citat. "
        "1 mening togs bort eftersom den saknade belägg."
    ]


def test_each_line_of_a_file_is_put_to_the_model(server, capsys, tmp_path):
    file = tmp_path / "frågor.jsonl"
    questions = [QUESTION, "Vilket straff får man för människohandel?"]
    file.write_text("\n".join(json.dumps({"question": one}) for one in questions), encoding="utf-8")
    _, out, _ = run(
        capsys, "ask", "--questions", str(file), "--json", "--model", "openai:provmodell", "--model-url", server.url
    )
    first, second = map(json.loads, out.splitlines())
    assert (first["engine"]["answering"], second["engine"]["answering"]) == ("ChatOpenAI:provmodell", "extractive")
    assert (second["answered"], len(server.requests)) == (False, 1)


def test_a_failing_model_is_one_line_and_status_1(capsys):
    with serving() as gone:
        url = gone.url
    status, out, err = run(capsys, "ask", QUESTION, "--model", "provmodell", "--model-url", url)
    assert (status, out) == (1, "")
    assert err.startswith("nmt-rag: ChatOpenAI:provmodell failed: ")
    assert err.count("\n") == 1
    assert QUESTION not in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model-url", "http://127.0.0.1:1"], "--model-url is the address of a --model NAME"),
        (["--model", "m", "--model-url", "127.0.0.1"], "expected an address such as http://127.0.0.1:8000/v1"),
        (["--model", "m", "--model-url", "file:///etc/passwd"], "expected an address such as"),
    ],
)
def test_wrong_usage_is_said(capsys, arguments, message):
    status, out, err = run(capsys, "ask", QUESTION, *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_traced_questions_are_told_in_one_line(server, capsys, monkeypatch):
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
    question = "Vilket straff får man för människohandel?"
    _, _, err = run(capsys, "ask", question, "--model", "provmodell", "--model-url", server.url)
    assert err.startswith("nmt-rag: LangSmith tracing is on (LANGSMITH_TRACING=true): ")
    assert err.count("\n") == 1
