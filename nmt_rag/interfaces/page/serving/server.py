"""The server of the page: what it serves besides the page, the port it finds, and how it stops."""

from __future__ import annotations

import logging
import re
import signal
import socket
import threading
from pathlib import Path

# isort: split
import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from nmt_rag.documents import spreadsheet
from nmt_rag.interfaces.page import frame, operators
from nmt_rag.interfaces.page.blocks import MOUNT, STATEMENT, STATEMENT_PATH, build
from nmt_rag.interfaces.page.serving import first, gate, receiving, routes, sharing
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views import who
from nmt_rag.interfaces.serving import connections

PORTS_TRIED = 50
"""How many ports after the wanted one are tried."""
STOP_SECONDS = 3
"""How long what is being answered may take when the page is stopped (seconds); streams held open end then."""
MAX_SESSIONS = 1_000
"""Of how many browsers Gradio keeps the choices, some 100 kB each; one away for longest begins in Swedish again."""
MAX_STREAMS = 20_000
"""Of how many visitors Gradio keeps what their uploads tell; the first ones are forgotten, also while they run."""
MAX_QUEUE = 100
"""At most this many uploads wait in Gradio's queue, which begins each at once while fewer than 40 are under way."""


def application(site: Site, *, root_path: str = "", password: str = "", hosts: frozenset[str] | None = None) -> FastAPI:
    """Return the server of the page: the page itself, the accessibility statement, the table to download, and health.

    Args:
        site: what is served.
        root_path: the path that a proxy in front serves the page below, as in ``"/fraga"``.
        password: what visitors must give; empty is none.
        hosts: the names that the page may be called by; None is any.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    swedish, json = (f"/{address}" for address in who.DOWNLOADS["sv"])
    english = f"/{who.DOWNLOADS['en'][0]}"
    own = (
        (STATEMENT_PATH, lambda: HTMLResponse(_statement(operators.read()))),
        (gate.HEALTH_PATH, lambda: PlainTextResponse("ok\n")),
        (swedish, lambda: Response(who.csv(site.rows(), "sv"), media_type="text/csv; charset=utf-8")),
        (english, lambda: Response(who.csv(site.rows(), "en"), media_type="text/csv; charset=utf-8")),
        (json, lambda: Response(spreadsheet.as_json(site.rows()), media_type="application/json")),
    )
    for path, answer in own:
        app.add_api_route(path, answer, methods=["GET"], include_in_schema=False)
    receiving.keep_nothing()
    blocks = build(site)
    blocks.state_session_capacity = MAX_SESSIONS
    blocks.queue(max_size=MAX_QUEUE)
    blocks._queue.pending_messages_per_session.max_size = MAX_STREAMS
    events = blocks._queue.event_ids_to_events

    def queued() -> list[str]:
        return [event.request.client.host for event in events.values() if event.request.client]

    gr.mount_gradio_app(app, blocks, path="/", root_path=root_path or None, **MOUNT)
    for part in (gr.queueing, gr.routes):  # they would print what was sent along with what went wrong
        vars(part)["traceback"] = gate.Quiet()
    folder = Path(gr.utils.get_upload_folder())
    joined = {number for number, function in blocks.fns.items() if function.queue}
    functions = {routes.JOIN: joined, routes.CALL: blocks.fns.keys() - joined}
    app.add_middleware(sharing.Sharing, queued=queued)
    app.add_middleware(routes.Doors, folder=folder, own=[path for path, _ in own], functions=functions)
    app.add_middleware(first.Swedish, title=TEXTS["sv"]["title"], without_script=frame.without_script())
    app.add_middleware(gate.PageGate, password=password, hosts=hosts)
    return app


def listen(host: str, wanted: int) -> socket.socket:
    """Return a listening socket on the first free port from the wanted one on.

    Raises:
        OSError: none of `PORTS_TRIED` ports is free, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(wanted + PORTS_TRIED, 65536) - 1
    for port in range(wanted, last + 1):
        taken = socket.socket(family)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it only where the protocol is named
        try:
            taken.bind((host, port))
            taken.listen(128)
        except OSError as error:
            taken.close()
            if port == last or "assign" in str(error):
                raise
        else:
            return taken
    raise OSError(f"no port from {wanted} on is free")


class PageServer(uvicorn.Server):
    """uvicorn's server, in a thread of its own."""

    def __init__(self, config: uvicorn.Config, taken: socket.socket) -> None:
        super().__init__(config)
        self.thread = threading.Thread(target=self.run, kwargs={"sockets": [taken]}, daemon=True)


def serve(app: FastAPI, taken: socket.socket) -> PageServer:
    """Serve in a thread, and return when the page can be opened. No request is logged."""
    connections.prepare()
    config = uvicorn.Config(
        app,
        http=connections.Protocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = PageServer(config, taken)
    server.thread.start()
    while not server.started:
        server.thread.join(0.02)
        if not server.thread.is_alive():
            raise OSError("the server did not start")
    return server


def address(host: str, port: int) -> str:
    """Say where the page is: no browser can open the address that stands for every address of the machine."""
    if host in ("0.0.0.0", "::"):
        return f"Sidan svarar på datorns alla adresser, port {port}."
    return f"Öppna http://{f'[{host}]' if ':' in host else host}:{port}/ i webbläsaren."


def wait(server: PageServer) -> None:
    """Wait until the page is stopped, with Ctrl+C or by the system, and let what is being answered be answered."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    stopped.wait()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # that streams are broken off now is no error
    server.should_exit = True
    server.thread.join(2 * STOP_SECONDS)


def _statement(operator: operators.Operator) -> str:
    """Return the accessibility statement, with the ways to reach whoever runs the page in the place kept for them."""
    ways = ", ".join(operator.contact_links())
    return re.sub(r"<em>.*?</em>", lambda kept: ways or kept[0], STATEMENT, flags=re.DOTALL)
