"""The web demo: a question field, the answer with its quotes, the source beside it, and who does what.

It searches nothing itself: `nmt_rag.open` answers, the `nmt_rag.page…` modules draw. It listens on 127.0.0.1, stores
no question and sends nothing anywhere.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import nmt_rag.page_start  # before Gradio is imported

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio reads them when it is loaded
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import nmt_rag
from nmt_rag import extras

try:
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, PlainTextResponse, Response
except ModuleNotFoundError as error:
    sys.exit(str(extras.missing("the web page", str(error.name), "demo")))

from nmt_rag import (
    messages,
    operators,
    page,
    page_compare,
    page_first,
    page_gate,
    page_hits,
    page_map,
    page_own,
    page_routes,
    page_source,
    page_who,
    passport,
    tables,
    uploads,
    visits,
)
from nmt_rag.asked import MAX_QUESTION
from nmt_rag.page_texts import EXAMPLES, EXAMPLES_DOCUMENT, TEXTS
from nmt_rag.progress import shown
from nmt_rag.rag import Rag
from nmt_rag.site import Site
from nmt_rag.staying_home import stay_home
from nmt_rag.types import Answer, Document

FIRST_PORT = 7860
PORTS_TRIED = 50
"""How many ports after the wanted one are tried."""
HITS_SHOWN = 8
"""How many hits «Så hittades svaret» lists."""
STATEMENT_PATH = "/tillganglighet"
"""Where the accessibility statement stands."""
PASSWORD = "NMT_RAG_PASSWORD"
"""The environment variable with the password that visitors must give; unset is none."""

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine: a page that listens here only, without a password, is called by no other one."""

_FOLDER = Path(page.__file__).parent
_STYLE, _SCRIPT, _STATEMENT = (
    (_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js", "accessibility.html")
)
MOUNT: dict[str, Any] = {
    # Gradio's copies of Source Sans 3 hold Cyrillic letters only; those of Source Sans Pro are whole in these weights.
    "theme": gr.themes.Base(
        font=[gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ),
    # In the head, because Gradio rewrites the selectors of what it is given as css.
    "head": f'<link rel="icon" href="data:,"><style>{_STYLE}</style><script>{_SCRIPT}</script>',
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "ssr_mode": False,
    "show_error": False,
    "max_file_size": f"{visits.MAX_MEGABYTES * 2}mb",  # up to this the page itself says in words what is too large
}
_SEEK = "element.addEventListener('seek', (event) => { props.value = event.detail; trigger('input'); });"
"""How `page.js` asks for a sentence that a row of a table or a line of the map names."""
_FRESH = _SEEK.replace("seek", "fresh")
"""How `page.js` asks for the page as it was before the first question."""
_PICK = _SEEK.replace("seek", "pick")
"""How it tells what the filters of the table and the map are set to."""
_SERIAL = itertools.count(1)
"""The number of each answer: the browser tells by it that the same answer was given once more."""
_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "undocumented"}
_PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}


class Words:
    """The components whose words change with the language, each with the function that says them."""

    def __init__(self) -> None:
        self.components: list[Any] = []
        self._said: list[Callable[[str], Any]] = []

    def __call__(self, component: Any, said: Callable[[str], Any]) -> Any:  # noqa: ANN401 - Gradio ships no types
        """Enter a component, and return it."""
        self.components.append(component)
        self._said.append(said)
        return component

    def html(self, said: Callable[[str], str], **settings: Any) -> Any:  # noqa: ANN401 - the same
        """Return a new piece of the page that a function draws."""
        return self(gr.HTML(said("sv"), **settings, **_PLAIN), said)

    def button(self, name: str, **settings: Any) -> Any:  # noqa: ANN401 - the same
        """Return a new button with words of `page_texts`."""
        return self(gr.Button(TEXTS["sv"][name], **settings), lambda language: TEXTS[language][name])

    def said(self, language: str) -> list[Any]:
        """Return what all components say in a language, in their order."""
        return [said(language) for said in self._said]


def reply(rag: Rag, question: str, language: str, *, own: bool = False) -> tuple[str, str]:
    """Return the HTML of the answer and of its sources.

    A question in English gets English words around the quotes on the Swedish page too. ``own`` tells whether the
    documents are the visitor's. Where only the numbers to call are shown, no source is.
    """
    if len(question) > MAX_QUESTION:
        return page.failure(language, "question_too_long"), ""
    try:
        given, hits = rag.ask_with_hits(question)
        said = "en" if "en" in (language, given.language) else "sv"
        documents = _cited(rag, given)
        told = page.before(given, {document.id: rag.index.passages(document.id) for document in documents})
        drawn = page.answer(
            given,
            said,
            found=page_hits.hits(hits[:HITS_SHOWN], given.engine, said, answered=given.answered),
            saved=passport.passport(given, said, datetime.now().astimezone(), told),
            about=page.covers(said, _only(rag), rag.info()["documents"]),
            own=own,
            titled=own or rag.info()["documents"] > 1,
            before=told,
            serial=next(_SERIAL),
        )
        if not given.answered and messages.box(question, said):
            return drawn, ""
        return drawn, _sources(rag, documents, given, said)
    except nmt_rag.NmtRagError as error:
        logging.getLogger("nmt_rag").error("%s", error)  # the error names the index, never the question
        return page.failure(language), ""


def start(rag: Rag, language: str) -> str:
    """Return the HTML of the source before the first question: the document, if there is only one."""
    return _sources(rag, _only(rag), None, language)


def build(site: Site) -> Any:  # noqa: ANN401 - a gr.Blocks; Gradio ships no types
    """Return the page for an open index."""
    words, operator = Words(), operators.read()
    with gr.Blocks(title=TEXTS["sv"]["title"], analytics_enabled=False) as blocks:
        language, last = gr.State("sv"), gr.State("")
        words.html(page.strip, elem_id="strip")
        with gr.Row(elem_id="top"):
            words.html(
                lambda spoken: page.header(spoken, _only(site.rag), site.rag.info()["documents"], operator),
                elem_id="head",
            )
            other = words.button("switch", elem_id="language")
        words.html(page.navigation, elem_id="views")
        question, where, examples, events = _question(site, words)
        with gr.Row(elem_id="body"):
            answer = words.html(lambda spoken: page.answer(None, spoken), elem_id="reply", elem_classes="view-ask")
            _who(site, words, language)
            _map(site, words, language)
            status = _own(site, words, language, where)
            _compare(site, words, language)
            source = words.html(
                lambda spoken: start(site.rag, spoken), elem_id="source", elem_classes=["pane", "view-ask"]
            )
            _place(site, words, language)
        words.html(lambda spoken: page.footer(spoken, STATEMENT_PATH[1:], operator), elem_id="foot")
        fresh = gr.HTML("", html_template="", elem_id="fresh", apply_default_css=False, js_on_load=_FRESH)

        def ask(asked: str, spoken: str, place: str, request: gr.Request) -> tuple[str, str, str]:
            asked_of = site.asked(request.session_hash or "", place == "own")
            return (*reply(asked_of, asked, spoken, own=asked_of is not site.rag), asked)

        def begin(spoken: str, place: str, request: gr.Request) -> tuple[str, str, str, str]:
            asked_of = site.asked(request.session_hash or "", place == "own")
            return "", page.answer(None, spoken), start(asked_of, spoken), ""

        def elsewhere(spoken: str, place: str, request: gr.Request) -> tuple[Any, ...]:
            """Show what can be asked now: no example and no source of the page beside a visitor's own documents."""
            asked_of = site.asked(request.session_hash or "", place == "own")
            known = asked_of.document(EXAMPLES_DOCUMENT) is not None
            hint = TEXTS[spoken]["placeholder" if known else "placeholder_other"]
            return (
                gr.update(visible=known),
                gr.update(placeholder=hint),
                page.answer(None, spoken),
                start(asked_of, spoken),
                "",
            )

        def shared(asked: str) -> tuple[Any, ...]:
            return (asked, *reply(site.rag, asked, "sv"), asked) if asked else (gr.skip(),) * 4

        def switch(spoken: str, asked: str, place: str, request: gr.Request) -> list[Any]:
            """Say everything in the other language, the answer too."""
            other = "en" if spoken == "sv" else "sv"
            said = words.said(other)
            asked_of = site.asked(request.session_hash or "", place == "own")
            drawn = page.answer(None, other), start(asked_of, other)
            if asked:
                drawn = reply(asked_of, asked, other, own=asked_of is not site.rag)
            for component, html in zip((answer, source), drawn, strict=True):
                said[words.components.index(component)] = html
            held = page_own.status(site.visits.documents(request.session_hash or ""), [], other)
            return [other, held, *said]

        def leave(request: gr.Request) -> None:
            site.visits.remove(request.session_hash or "")

        for event in events:
            event(ask, [question, language, where], [answer, source, last], **_QUIET)
        where.change(elsewhere, [language, where], [examples, question, answer, source, last], **_QUIET)
        fresh.input(begin, [language, where], [question, answer, source, last], **_QUIET)
        other.click(switch, [language, last, where], [language, status, *words.components], **_QUIET)
        blocks.load(shared, question, [question, answer, source, last], js="() => window.nmtShared()", **_QUIET)
        blocks.unload(leave)
    return blocks


def _question(site: Site, words: Words) -> tuple[Any, Any, Any, list[Any]]:
    """Add the question, where it is asked and the examples; return these three, and the events that ask."""
    known = site.rag.document(EXAMPLES_DOCUMENT) is not None
    hint = "placeholder" if known else "placeholder_other"
    with gr.Row(elem_id="ask-row", elem_classes="view-ask"):
        question = words(
            gr.Textbox(
                label=TEXTS["sv"]["question"],
                placeholder=TEXTS["sv"][hint],
                max_lines=1,
                max_length=MAX_QUESTION,
                scale=1,
                elem_id="question",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search"),
            ),
            lambda spoken: gr.update(label=TEXTS[spoken]["question"], placeholder=TEXTS[spoken][hint]),
        )
        send = words.button("ask", variant="primary", elem_id="ask", scale=0)
    where = words(
        gr.Radio(
            _places("sv"), value="sources", label=TEXTS["sv"]["ask_in"], visible=False, elem_id="where",
            elem_classes="view-ask",
        ),
        lambda spoken: gr.update(choices=_places(spoken), label=TEXTS[spoken]["ask_in"]),
    )  # fmt: skip
    with gr.Row(elem_id="examples", elem_classes="view-ask", visible=known) as row:
        examples = [
            words(gr.Button(example, size="sm"), lambda spoken, number=number: EXAMPLES[spoken][number])
            for number, example in enumerate(EXAMPLES["sv"])
        ]
    chosen = [example.click(lambda text: text, example, question, **_QUIET).then for example in examples]
    return question, where, row, [question.submit, send.click, *chosen]


def _who(site: Site, words: Words, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the table of who does what, with its filters."""
    with gr.Column(elem_id="who", elem_classes="view-who"):
        words.html(page_who.lead)
        words.html(lambda spoken: page_who.filters(site.actors(), spoken), elem_id="who-filters")
        wanted = gr.HTML("", html_template="", elem_id="who-pick", apply_default_css=False, js_on_load=_PICK)
        table = words.html(lambda spoken: page_who.table(site.rows(), spoken), elem_id="who-rows")

    def choose(asked: str, spoken: str) -> str:
        name, word = [*(asked or "").split("\n"), "", ""][:2]
        return page_who.table(site.chosen(name, word), spoken, filtered=True)

    wanted.input(choose, [wanted, language], table, trigger_mode="always_last", **_QUIET)


def _map(site: Site, words: Words, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the map of the network; where it names too many, with a choice of one actor."""
    with gr.Column(elem_id="map", elem_classes="view-map"):
        words.html(page_map.lead)
        words.html(lambda spoken: page_map.filters(site.ties(), spoken), elem_id="map-filters")
        wanted = gr.HTML("", html_template="", elem_id="map-pick", apply_default_css=False, js_on_load=_PICK)
        drawn = words.html(lambda spoken: page_map.picture(page_map.shown(site.ties()), spoken), elem_id="map-drawn")
    wanted.input(
        lambda name, spoken: page_map.picture(page_map.shown(site.ties(), name or ""), spoken),
        [wanted, language], drawn, **_QUIET,
    )  # fmt: skip


def _own(site: Site, words: Words, language: Any, where: Any) -> Any:  # noqa: ANN401 - components
    """Add the visitor's own documents: files in, progress, what can be asked (returned), and the way to remove them."""
    with gr.Column(elem_id="own", elem_classes="view-own"):
        words.html(page_own.lead)
        files = words(
            gr.File(file_count="multiple", label=TEXTS["sv"]["own_drop"], elem_id="own-files", height=160),
            lambda spoken: gr.update(label=TEXTS[spoken]["own_drop"]),
        )
        status = gr.HTML(page_own.status([], [], "sv"), elem_id="own-status", **_PLAIN)
        remove = words.button("own_remove", elem_id="own-remove", size="sm", visible=False)

    def take(paths: list[str] | None, spoken: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        received = [Path(path) for path in paths or ()]
        key, told = request.session_hash or "", []
        try:
            for number, said in enumerate(site.visits.add(key, received), 1):
                told += [said] if said else []
                if number < len(received):
                    yield page_own.reading(number + 1, len(received), spoken), gr.skip(), gr.skip(), gr.skip()
        finally:
            for path in received:
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()  # Gradio makes a folder for each file
        held = site.visits.documents(key)
        yield page_own.status(held, told, spoken), None, *chosen(bool(held))

    def forget(spoken: str, request: gr.Request) -> tuple[Any, ...]:
        site.visits.remove(request.session_hash or "")
        return page_own.status([], [], spoken, removed=True), None, *chosen(False)

    def chosen(own: bool) -> tuple[Any, Any]:
        return gr.update(visible=own, value="own" if own else "sources"), gr.update(visible=own)

    outputs = [status, files, where, remove]
    files.upload(
        take, [files, language], outputs, show_progress="hidden", api_visibility="undocumented", concurrency_limit=8
    )
    remove.click(forget, language, outputs, **_QUIET)
    return status


def _compare(site: Site, words: Words, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the same question searched in three ways."""
    with gr.Column(elem_id="compare", elem_classes="view-compare"):
        words.html(page_compare.lead)
        with gr.Row(elem_classes="filters"):
            query = words(
                gr.Textbox(
                    label=TEXTS["sv"]["question"], max_lines=1, max_length=MAX_QUESTION, elem_id="compare-question"
                ),
                lambda spoken: gr.update(label=TEXTS[spoken]["question"], value=""),
            )
            send = words.button("compare_ask", elem_id="compare-ask", scale=0)
        found = words.html(lambda spoken: "", elem_id="compare-found")
    for event in (query.submit, send.click):
        event(
            lambda asked, spoken: page_compare.columns(site.compared(asked), spoken), [query, language], found, **_QUIET
        )


def _place(site: Site, words: Words, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the source beside the table and the map, and what brings a sentence into it."""
    wanted = gr.HTML("", html_template="", elem_id="wanted", apply_default_css=False, js_on_load=_SEEK)
    pane = words.html(page_source.waiting, elem_id="place", elem_classes=["pane", "view-place"])

    def show(asked: str, spoken: str) -> str:
        document_id, start, end = [*(asked or "").split("\n"), "", ""][:3]
        document = site.rag.document(document_id)
        if document is None or not (start.isdecimal() and end.isdecimal()):
            return page_source.waiting(spoken)
        sentences = site.rag.index.passages(document_id)
        return page_source.place(document, sentences, int(start), int(end), spoken)

    wanted.input(show, [wanted, language], pane, **_QUIET)


def _places(language: str) -> list[tuple[str, str]]:
    return [(TEXTS[language]["ask_sources"], "sources"), (TEXTS[language]["ask_own"], "own")]


def application(site: Site, *, root_path: str = "", password: str = "", hosts: frozenset[str] | None = None) -> FastAPI:
    """Return the server of the page: the page itself, the accessibility statement, the table to download, and health.

    Args:
        site: what is served.
        root_path: the path that a proxy in front serves the page below, as in ``"/fraga"``.
        password: what visitors must give; empty is none.
        hosts: the names that the page may be called by; None is any.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    csv, json = (f"/{address}" for address in page_who.DOWNLOADS)
    own = (
        (STATEMENT_PATH, lambda: HTMLResponse(_STATEMENT)),
        (page_gate.HEALTH_PATH, lambda: PlainTextResponse("ok\n")),
        (csv, lambda: Response("\ufeff" + tables.as_csv(site.rows()), media_type="text/csv; charset=utf-8")),
        (json, lambda: Response(tables.as_json(site.rows()), media_type="application/json")),
    )
    for path, answer in own:
        app.add_api_route(path, answer, methods=["GET"], include_in_schema=False)
    gr.mount_gradio_app(app, build(site), path="/", root_path=root_path or None, **MOUNT)
    for part in (gr.queueing, gr.routes):  # they would print what was sent along with what went wrong
        part.traceback = page_gate.Quiet()
    folder = Path(gr.utils.get_upload_folder())
    app.add_middleware(page_routes.Doors, folder=folder, own=[path for path, _ in own])
    app.add_middleware(page_first.Swedish, title=TEXTS["sv"]["title"])
    app.add_middleware(page_gate.Gate, password=password, hosts=hosts)
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


def serve(app: FastAPI, taken: socket.socket) -> uvicorn.Server:
    """Serve in a thread, and return when the page can be opened. No request is logged."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
        if not thread.is_alive():
            raise OSError("the server did not start")
    return server


def main(arguments: list[str] | None = None) -> int:
    """Start the demo, print its address and wait."""
    parser = argparse.ArgumentParser(
        description="The nmt-rag web demo.",
        epilog=f"The environment variable {PASSWORD} holds the password that visitors must give, if any.",
    )
    parser.add_argument("--index", metavar="DIR", help="an index folder (default: the packaged page)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the port to listen on (default: %(default)s)")
    parser.add_argument("--root-path", default="", metavar="PATH", help="where a proxy in front serves the page")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="a name that a proxy on this machine serves the page by, where there is no password; may repeat",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not 1 <= options.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {options.port}")
    root_path = options.root_path.rstrip("/")
    if root_path and not root_path.startswith("/"):
        parser.error(f"--root-path must begin with a slash, not {options.root_path!r}")
    password = os.environ.get(PASSWORD)
    if password is not None and not password.strip():
        parser.error(f"{PASSWORD} is set but empty; set it to a password, or unset it to let everyone in")
    hosts = None if password or options.host not in LOCAL_HOSTS else LOCAL_HOSTS | {*map(str.lower, options.allow_host)}
    with tempfile.TemporaryDirectory(prefix="nmt-rag-page-") as folder, shown():
        os.environ["GRADIO_TEMP_DIR"] = folder  # what a visitor uploads; each file is removed when it is read
        try:
            rag = nmt_rag.open(options.index)
            taken = listen(options.host, options.port)
            site = Site(rag)
            server = serve(application(site, root_path=root_path, password=password or "", hosts=hosts), taken)
        except (nmt_rag.NmtRagError, OSError) as error:
            print(f"app.py: {error}", file=sys.stderr)
            return 1
        port = taken.getsockname()[1]
        if port != options.port:
            print(f"Port {options.port} är upptagen; sidan använder {port} i stället.")
        stay_home()
        print(f"{_where(options.host, port)} Avsluta med Ctrl+C.", flush=True)
        with uploads.swept(Path(folder)):
            _wait(server)
        rag.close()
    return 0


def _where(host: str, port: int) -> str:
    """Say where the page is: no browser can open the address that stands for every address of the machine."""
    if host in ("0.0.0.0", "::"):
        return f"Sidan svarar på datorns alla adresser, port {port}."
    return f"Öppna http://{f'[{host}]' if ':' in host else host}:{port}/ i webbläsaren."


def _wait(server: uvicorn.Server) -> None:
    """Wait until the page is stopped, with Ctrl+C or by the system, and let what is being answered be answered."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    stopped.wait()
    server.should_exit = True


def _sources(rag: Rag, documents: list[Document], given: Answer | None, language: str) -> str:
    """Return the HTML of documents, with the sentences of each."""
    sentences = {document.id: rag.index.passages(document.id) for document in documents}
    return page_source.sources(documents, sentences, given, language)


def _cited(rag: Rag, given: Answer) -> list[Document]:
    """Return the documents that an answer cites, or else those near the question, or else the only one."""
    spans = given.citations or given.related
    documents = [rag.document(document_id) for document_id in dict.fromkeys(span.document_id for span in spans)]
    return [document for document in documents if document] or _only(rag)


def _only(rag: Rag) -> list[Document]:
    """Return the document of an index that holds a single one."""
    return list(rag.documents()) if rag.info()["documents"] == 1 else []


if __name__ == "__main__":
    sys.exit(main())
