"""The web demo: a question field, the answer with its quotes, and the source beside it.

It searches nothing itself: `nmt_rag.open` answers, the `nmt_rag.page…` modules draw. It listens on 127.0.0.1, stores
no question and sends nothing anywhere.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: Gradio reads them when it is loaded
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

import nmt_rag
from nmt_rag import page, page_hits, page_source, passport
from nmt_rag.page_texts import EXAMPLES, EXAMPLES_DOCUMENT, TEXTS
from nmt_rag.rag import Rag
from nmt_rag.types import Answer, Document

FIRST_PORT = 7860
PORTS_TRIED = 50
"""How many ports after the wanted one are tried."""
HITS_SHOWN = 8
"""How many hits «Så hittades svaret» lists."""
STATEMENT_PATH = "/tillganglighet"
"""Where the accessibility statement stands."""

_FOLDER = Path(page.__file__).parent
_STYLE, _SCRIPT, _STATEMENT = (
    (_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js", "accessibility.html")
)
LAUNCH: dict[str, Any] = {
    # Gradio's copies of Source Sans 3 hold Cyrillic letters only; those of Source Sans Pro are whole in these weights.
    "theme": gr.themes.Base(
        font=[gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ),
    # In the head, because Gradio rewrites the selectors of what it is given as css.
    "head": f"<style>{_STYLE}</style><script>{_SCRIPT}</script>",
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "share": False,
    "ssr_mode": False,
    "quiet": True,
    "prevent_thread_lock": True,
}


def reply(rag: Rag, question: str, language: str) -> tuple[str, str]:
    """Return the HTML of the answer and of its sources.

    A question in English gets English words around the quotes on the Swedish page too.
    """
    try:
        given = rag.ask(question)
        shown = "en" if "en" in (language, given.language) else "sv"
        hits = rag.search(question, k=HITS_SHOWN) if question.strip() else []
        return (
            page.answer(
                given,
                shown,
                found=page_hits.hits(hits, given.engine, shown),
                saved=passport.passport(given, shown, datetime.now().astimezone()),
            ),
            _sources(rag, _cited(rag, given), given, shown),
        )
    except nmt_rag.NmtRagError as error:
        logging.getLogger("nmt_rag").error("%s", error)  # the error names the index, never the question
        return page.failure(language), ""


def start(rag: Rag, language: str) -> str:
    """Return the HTML of the source before the first question: the document, if there is only one."""
    return _sources(rag, _only(rag), None, language)


def build(rag: Rag) -> Any:  # noqa: ANN401 - a gr.Blocks; Gradio ships no types
    """Return the page for an open index."""
    texts = TEXTS["sv"]
    quiet: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "undocumented"}
    known = rag.document(EXAMPLES_DOCUMENT) is not None
    hint = "placeholder" if known else "placeholder_other"
    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}

    def ask(question: str, language: str) -> tuple[str, str]:
        return reply(rag, question, language)

    def shared(question: str) -> tuple[Any, ...]:
        return (question, *reply(rag, question, "sv")) if question else (gr.skip(), gr.skip(), gr.skip())

    def switch(language: str) -> list[Any]:
        other = "en" if language == "sv" else "sv"
        words = TEXTS[other]
        return [
            other,
            page.strip(other),
            page.header(other),
            gr.update(label=words["question"], placeholder=words[hint], value=""),
            words["ask"],
            words["switch"],
            page.answer(None, other),
            start(rag, other),
            page.footer(other, STATEMENT_PATH[1:]),
            *EXAMPLES[other],
        ]

    with gr.Blocks(title=texts["title"], analytics_enabled=False) as blocks:
        language = gr.State("sv")
        strip = gr.HTML(page.strip("sv"), elem_id="strip", **plain)
        with gr.Row(elem_id="top"):
            head = gr.HTML(page.header("sv"), elem_id="head", **plain)
            other = gr.Button(texts["switch"], elem_id="language")
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label=texts["question"],
                placeholder=texts[hint],
                max_lines=1,
                scale=1,
                elem_id="question",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search"),
            )
            send = gr.Button(texts["ask"], variant="primary", elem_id="ask", scale=0)
        with gr.Row(elem_id="examples", visible=known):
            examples = [gr.Button(example, size="sm") for example in EXAMPLES["sv"]]
        with gr.Row(elem_id="body"):
            answer = gr.HTML(page.answer(None, "sv"), elem_id="reply", **plain)
            source = gr.HTML(start(rag, "sv"), elem_id="source", **plain)
        foot = gr.HTML(page.footer("sv", STATEMENT_PATH[1:]), elem_id="foot", **plain)

        for event in (question.submit, send.click):
            event(ask, [question, language], [answer, source], **quiet)
        for example in examples:
            example.click(lambda text: text, example, question, **quiet).then(
                ask, [question, language], [answer, source], **quiet
            )
        other.click(
            switch, language, [language, strip, head, question, send, other, answer, source, foot, *examples], **quiet
        )
        blocks.load(shared, question, [question, answer, source], js="() => window.nmtShared()", **quiet)
    return blocks


def serve(blocks: Any, host: str, port: int) -> str:  # noqa: ANN401 - the same
    """Start the server in a thread, and return the address of the page."""
    app, address, _ = blocks.launch(server_name=host, server_port=port, **LAUNCH)
    add_statement(app)
    return str(address)


def add_statement(app: FastAPI) -> None:
    """Let the server show the accessibility statement, before Gradio's own routes, which catch every path."""
    route = APIRoute(STATEMENT_PATH, lambda: HTMLResponse(_STATEMENT), methods=["GET"], include_in_schema=False)
    app.router.routes.insert(0, route)


def free_port(host: str, wanted: int) -> int:
    """Return the first free port from the wanted one on.

    Raises:
        OSError: none of `PORTS_TRIED` ports is free, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if port == wanted + PORTS_TRIED - 1 or "assign" in str(error):
                    raise
            else:
                return port
    raise OSError(f"no port from {wanted} on is free")


def main(arguments: list[str] | None = None) -> int:
    """Start the demo, print its address and wait."""
    parser = argparse.ArgumentParser(description="The nmt-rag web demo.")
    parser.add_argument("--index", metavar="DIR", help="an index folder (default: the packaged page)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the port to listen on (default: %(default)s)")
    options = parser.parse_args(arguments)
    if not 1 <= options.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {options.port}")
    try:
        rag = nmt_rag.open(options.index)
        port = free_port(options.host, options.port)
        blocks = build(rag)
        address = serve(blocks, options.host, port)
    except (nmt_rag.NmtRagError, OSError) as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 1
    if port != options.port:
        print(f"Port {options.port} är upptagen; sidan använder {port} i stället.")
    print(f"Öppna {address} i webbläsaren. Avsluta med Ctrl+C.", flush=True)
    blocks.block_thread()
    rag.close()
    return 0


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
