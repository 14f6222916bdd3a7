"""A tiny server on this machine that speaks as OpenAI's chat completions do, and says what a test tells it to."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatServer(ThreadingHTTPServer):
    """Answers every request with ``pieces``, streamed where that is asked for; ``requests`` holds what came.

    ``status`` other than 200 is an error; ``after`` is what happens when the pieces are told: ``"done"`` as it should
    be, ``"break"`` in the middle of a chunk, ``"end"`` without a last word, ``"wait"`` for ever, ``"junk"`` no JSON.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pieces: list[str] = []
        self.status = 200
        self.after = "done"
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({"path": self.path, **body})
        self.server.keys.append(self.headers.get("Authorization"))
        self.close_connection = True
        with contextlib.suppress(ConnectionError):
            if self.server.status != 200:
                self._whole(self.server.status, {"error": {"message": "modellen är trasig", "type": "server_error"}})
            elif body.get("stream"):
                self._stream()
            else:
                message = {"role": "assistant", "content": "".join(self.server.pieces)}
                self._whole(200, {**_HEAD, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    def _whole(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        chunked = self.server.after == "break"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in self.server.pieces:
            chunk = {**_HEAD, "object": "chat.completion.chunk"}
            data = {**chunk, "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
            self._event(json.dumps(data), chunked)
        if self.server.after == "done":
            self._event("[DONE]", chunked)
        elif self.server.after == "junk":
            self._event("{inte json", chunked)
        elif self.server.after == "wait":
            self.server.over.wait(120)

    def _event(self, data: str, chunked: bool) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n" if chunked else event)
        self.wfile.flush()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


_HEAD = {"id": "svar-1", "object": "chat.completion", "created": int(time.time()), "model": "provmodell"}


@contextlib.contextmanager
def serving() -> Iterator[ChatServer]:
    """Run a server for as long as the block lasts."""
    with ChatServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
