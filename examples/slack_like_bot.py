"""A chat bot over HTTP: it is mentioned in a channel, asks `nmt-rag serve`, and answers with quotes and links.

Chat services post each message that mentions a bot to an address of the bot's, and show what it replies; the messages
here look like Slack's. The bot knows nothing of indexes: it needs only the address of the server.

    nmt-rag serve --port 8000
    python examples/slack_like_bot.py --server http://127.0.0.1:8000 --port 8080

A bot on the open internet must also check the signature that its chat service sends with each message.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

MENTION = re.compile(r"<@\w+>")
SORRY = "Jag kan inte svara just nu. Försök igen om en stund."


def ask(server: str, question: str) -> dict[str, Any]:
    """Return the server's answer to a question."""
    body = json.dumps({"question": question, "language": "sv"}).encode()
    with urlopen(Request(f"{server}/v1/ask", body, {"Content-Type": "application/json"}), timeout=30) as response:
        return json.load(response)


def plain(text: str) -> str:
    """Return text that the chat shows as it is: a source must not be able to call a channel together."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(citation: dict[str, Any]) -> str:
    """Return a quote as it must be read: an item of a list, say, after the line «Du får inte:» above it."""
    return str(citation.get("reading") or citation["quote"])


def message(answer: dict[str, Any]) -> str:
    """Return an answer as chat text: each quote with what must be read with it, and a link to its place."""
    if not answer["answered"]:
        nearest = [f"> {plain(shown(related))}" for related in answer["related"][:1]]
        above = ["Närmast frågan i källorna:"] if nearest else []
        return "\n".join([answer["abstention"]["message"], *above, *nearest])
    lines = [f"*{plain(', '.join(answer['actors']))}*"] if answer["actors"] else []
    for citation in answer["citations"]:
        source = plain(" › ".join(citation["heading"]))
        lines.append(f"> {plain(shown(citation))}")
        lines.append(f"<{citation['url']}|{source}>" if citation["url"] else source)
    return "\n".join(lines)


def reply(server: str, event: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the bot says to one event of the chat service, or None where it is not asked anything."""
    if event.get("type") == "url_verification":  # the service asks once whether the bot is there
        return {"challenge": event["challenge"]}
    said = event.get("event", {})
    if said.get("type") != "app_mention" or "bot_id" in said:  # never answer a bot, not even oneself
        return None
    question = MENTION.sub("", said.get("text", "")).strip()
    try:
        text = message(ask(server, question))
    except (URLError, TimeoutError, ValueError):
        text = SORRY
    return {"channel": said.get("channel"), "thread_ts": said.get("ts"), "text": text}


class Bot(BaseHTTPRequestHandler):
    """Takes one event in each POST."""

    server_address_of_answers = ""

    def do_POST(self) -> None:
        """Read an event, and send the reply."""
        try:
            length = max(0, int(self.headers.get("Content-Length", 0)))
            event = json.loads(self.rfile.read(min(length, 100_000)))
            said = reply(self.server_address_of_answers, event)
        except (ValueError, KeyError, AttributeError, TypeError):
            self.send_error(400)
            return
        body = json.dumps(said, ensure_ascii=False).encode() if said else b""
        self.send_response(200 if said else 204)
        if said:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: messages are private."""


def main() -> None:
    """Listen until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="where nmt-rag serve listens")
    parser.add_argument("--port", type=int, default=8080, help="where the bot listens")
    options = parser.parse_args()
    Bot.server_address_of_answers = options.server.rstrip("/")
    with ThreadingHTTPServer(("127.0.0.1", options.port), Bot) as bot:
        print(f"listening on http://127.0.0.1:{bot.server_address[1]}", file=sys.stderr, flush=True)
        bot.serve_forever()


if __name__ == "__main__":
    main()
