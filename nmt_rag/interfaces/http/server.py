"""The process behind `nmt-rag serve` and `nmt-rag mcp --http`: where it listens, what it asks of clients, how it stops.

What is answered is `nmt_rag.interfaces.http.app`'s or `nmt_rag.interfaces.mcp_server`'s; how several processes serve
together stands in `nmt_rag.interfaces.http.workers`.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import closing

import uvicorn

from nmt_rag.answering import ChatModel
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.http.gate import Limits
from nmt_rag.interfaces.live import LiveRag, open_live
from nmt_rag.interfaces.serving import connections
from nmt_rag.interfaces.serving.asgi import LOCAL_HOSTS, App

TOKEN = "NMT_RAG_TOKEN"
"""The environment variable that holds the token which clients must send."""
DRAIN_SECONDS = 30
"""How long requests under way are waited for when the server is told to stop."""
SECONDS = 30
"""How long a request may take, from its first byte to its last."""
SECONDS_WITH_MODEL = 150
"""The same where a language model words the answers, which has 120 seconds of its own."""


def command(
    parsed: argparse.Namespace, encoder: str | None, model: ChatModel | None, say: Callable[[str], None]
) -> int:
    """Run ``nmt-rag serve`` as its arguments say; return its exit status.

    Args:
        parsed: the arguments.
        encoder: the name of the encoder, None for words only.
        model: what words the answers; None for the sources' own sentences.
        say: tells whoever started the server something.
    """
    from nmt_rag.interfaces.http import workers  # it and the next need FastAPI
    from nmt_rag.interfaces.http.app import THREADS, Settings, build

    n_threads = parsed.threads or max(1, THREADS // parsed.workers)
    settings = Settings(origins=tuple(parsed.allow_origin), threads=n_threads, model=model)
    seconds = SECONDS if model is None else SECONDS_WITH_MODEL

    def made(live: LiveRag, limits: Limits, key: str | None) -> App:
        return build(live, dataclasses.replace(settings, limits=limits, token=key))

    def run_many(listening: socket.socket, limits: Limits, key: str | None, ready: Callable[[], None]) -> int:
        told = dataclasses.replace(settings, limits=limits, token=key, model=None)
        named = None if model is None else (parsed.model, parsed.model_url)
        worker = workers.Worker(parsed.index, encoder, named, told)
        return workers.run(worker, listening, _config(workers.Config, parsed.trust_proxy), parsed.workers, ready)

    if parsed.workers > 1 and str(parsed.index).startswith("qdrant+local:"):
        raise NmtRagError(f"{parsed.index} is for one process at a time; serve it without --workers")
    return _serve(parsed, encoder, seconds, made, say, run_many=run_many if parsed.workers > 1 else None)


def command_mcp(parsed: argparse.Namespace, encoder: str | None, say: Callable[[str], None]) -> int:
    """Run ``nmt-rag mcp --http`` as its arguments say; return its exit status. The arguments are those of `command`."""
    from nmt_rag.interfaces import mcp_http, mcp_server

    return _serve(parsed, encoder, SECONDS, mcp_server.http_app, say, path=mcp_http.HTTP_PATH)


def _serve(
    parsed: argparse.Namespace,
    encoder: str | None,
    seconds: int,
    made: Callable[[LiveRag, Limits, str | None], App],
    say: Callable[[str], None],
    *,
    path: str = "",
    run_many: Callable[[socket.socket, Limits, str | None, Callable[[], None]], int] | None = None,
) -> int:
    """Open an index and serve what is made of it, its limits and its token, until it is stopped.

    Where several processes serve, each opens the index; here it is only tried, so that what is wrong is told at once.
    """
    key = token()
    limits = Limits(
        body_bytes=parsed.max_bytes,
        seconds=float(parsed.timeout or seconds),
        a_minute=parsed.rate,
        hosts=hosts(parsed.host, parsed.allow_host) if key is None and not parsed.trust_proxy else None,
    )
    listening = listen(parsed.host, parsed.port)
    with listening:
        with closing(open_live(parsed.index, encoder=encoder)) as live:
            host, port = listening.getsockname()[:2]
            if key is None and not ipaddress.ip_address(host).is_loopback:
                say(f"everyone who reaches {host} may ask: set {TOKEN} to ask for a token")
            where = f"listening on http://{f'[{host}]' if ':' in host else host}:{port}{path} (Ctrl-C stops it)"
            if run_many is None:
                run(made(live, limits, key), listening, proxies=parsed.trust_proxy, ready=lambda: say(where))
                return 0
        return run_many(listening, limits, key, lambda: say(where))


def token() -> str | None:
    """Return the token that the environment asks of clients, or None.

    Raises:
        NmtRagError: the variable is there but empty: a server that was meant to be closed would stand open.
    """
    found = os.environ.get(TOKEN)
    if found is not None and not found.strip():
        raise NmtRagError(f"{TOKEN} is set but empty; set it to a token, or unset it to let everyone in")
    return found.strip() if found else None


def hosts(host: str, also: Sequence[str]) -> frozenset[str] | None:
    """Return the names by which a server that listens on this machine only may be called; None where any will do.

    A page in a browser can have its own name lead to this machine, and would then be let in as its own server (DNS
    rebinding); by its name it is told apart.
    """
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    return LOCAL_HOSTS | {host, *also} if loopback else None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        NmtRagError: the port is taken, or the host is not of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # below 0: a name's fault
        raise NmtRagError(f"cannot listen on {host}, port {port}: {why}") from error
    # asyncio sets it only where a socket names its protocol; without it every reply on a kept connection waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it answers and heeds signals: one before that may be lost in an import."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.force_exit:  # uvicorn leaves it out after a second Ctrl-C, which breaks the application off instead
            await self.lifespan.shutdown()


def run(
    app: App, listening: socket.socket, *, proxies: Sequence[str] = (), ready: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGTERM or Ctrl-C; what is under way is finished first.

    Args:
        app: what `build` returned.
        listening: where to listen, from `listen`.
        proxies: addresses of proxies whose X-Forwarded-For is believed.
        ready: is called when it answers.
    """
    connections.prepare()
    config = _config(uvicorn.Config, proxies)(app)
    # uvicorn raises the signal once more when it is done, which would end the process as killed.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        _Server(config, ready).run(sockets=[listening])
    finally:
        signal.signal(signal.SIGTERM, before)


def _config(kind: type[uvicorn.Config], proxies: Sequence[str]) -> Callable[..., uvicorn.Config]:
    """Return what makes uvicorn's configuration of an application, and of what it is told more."""
    return functools.partial(
        kind,
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        lifespan="on",
        http=connections.Protocol,
        ws="none",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
