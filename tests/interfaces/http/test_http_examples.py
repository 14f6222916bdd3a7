"""The chat bot of the examples, against a real server; and the list of all examples."""

import http.client
import re
import runpy
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import nmt_rag

EXAMPLES = Path(__file__).parents[3] / "examples"
post = partial(httpx.post, timeout=120)


@pytest.fixture(scope="module")
def bot(address):
    """The address of a bot that asks a server on the packaged page."""
    with subprocess.Popen(
        [sys.executable, EXAMPLES / "slack_like_bot.py", "--server", address, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield re.search(r"http://\S+", process.stderr.readline()).group()
        process.terminate()
        assert process.communicate(timeout=120) == ("", "")


def mention(text, **event):
    return {"event": {"type": "app_mention", "text": text, "channel": "C1", "ts": "17.5", **event}}


def test_the_bot_answers_with_a_quote_and_its_link(bot):
    said = post(bot, json=mention("<@U0BOT> Vilken myndighet beslutar om betänketid?")).json()
    with nmt_rag.open() as rag:
        (citation,) = rag.ask("Vilken myndighet beslutar om betänketid?").citations
    assert said == {
        "channel": "C1",
        "thread_ts": "17.5",
        "text": f"*Migrationsverket*\n> {citation.quote}\n<{citation.url}|Deltagande myndigheter › Migrationsverket>",
    }


def test_the_bot_says_so_where_the_sources_do_not_answer(bot):
    lines = post(bot, json=mention("Vilket straff får man för människohandel?")).json()["text"].splitlines()
    assert lines[:2] == ["Vi hittar inget svar på din fråga i källorna.", "Närmast frågan i källorna:"]
    assert lines[2].startswith("> ")
    assert post(bot, json=mention("<@U0BOT>")).json()["text"] == "Skriv en fråga, så söker vi svaret i källorna."


def test_the_bot_says_what_must_be_read_with_a_quote():
    citation = {
        "quote": "grilla på balkongen",
        "reading": "Du får inte: grilla på balkongen",
        "heading": ["Regler"],
        "url": "",
    }
    said = runpy.run_path(str(EXAMPLES / "slack_like_bot.py"))["message"]
    given = {"answered": True, "actors": [], "citations": [citation], "related": []}
    assert said(given) == "> Du får inte: grilla på balkongen\nRegler"
    silent = {"answered": False, "abstention": {"message": "Nej."}, "related": [citation]}
    assert said(silent).endswith("> Du får inte: grilla på balkongen")


def test_the_bot_answers_no_bots_and_nothing_else(bot):
    assert post(bot, json={"type": "url_verification", "challenge": "abc"}).json() == {"challenge": "abc"}
    for event in (mention("Vad gör NOA?", bot_id="B1"), mention("hej", type="message"), {}):
        response = post(bot, json=event)
        assert (response.status_code, response.content) == (204, b"")
    assert post(bot, content=b"{").status_code == 400
    assert post(bot, json=[1]).status_code == 400
    for event in (mention(None), mention(3), {"event": None}, {"event": "app_mention"}):
        assert post(bot, json=event).status_code == 400
    for length in ("tre", "-1", ""):
        connection = http.client.HTTPConnection(urlsplit(bot).netloc, timeout=120)
        connection.request("POST", "/", headers={"Content-Length": length})
        assert connection.getresponse().status == 400
        connection.close()


def test_the_bot_apologises_where_the_server_is_gone():
    module = runpy.run_path(str(EXAMPLES / "slack_like_bot.py"))
    said = module["reply"]("http://127.0.0.1:9", mention("Vad gör NOA?"))
    assert said["text"] == "Jag kan inte svara just nu. Försök igen om en stund."


def test_a_source_cannot_call_a_channel_together():
    message = runpy.run_path(str(EXAMPLES / "slack_like_bot.py"))["message"]
    with nmt_rag.open() as rag:
        answer = rag.ask("Vilken myndighet beslutar om betänketid?").to_dict()
    answer["citations"][0] |= {"quote": "Skydd <!channel> & <@U1>", "url": "", "heading": ["A<B", "C"]}
    assert message(answer).splitlines()[1:] == ["> Skydd &lt;!channel&gt; &amp; &lt;@U1&gt;", "A&lt;B › C"]


def test_every_example_stands_in_the_list():
    listed = set(re.findall(r"^\| `([\w.]+)` \|", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".ipynb")}
