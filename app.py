"""The web demo: ask the packaged page, or another index, in the browser. No retrieval logic."""

from __future__ import annotations

import argparse
import os
from html import escape

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr

import nmt_rag
from nmt_rag.rag import Rag
from nmt_rag.types import Answer

URGENT = (
    "Akut fara: ring 112. Polisen: 114 14. Stöd till yrkesverksamma som möter utsatta: 020-390 000 "
    "(Jämställdhetsmyndigheten). Frågor sparas inte."
)
SWEDISH = "<script>document.documentElement.lang='sv'</script>"


def render(answer: Answer) -> str:
    """Return an answer as HTML in which everything from outside is escaped."""
    if not answer.answered:
        near = "".join(f"<li>«{escape(related.quote)}»</li>" for related in answer.related[:1])
        return f"<p>{escape(answer.text)}</p>" + (f"<p>Det närmaste källorna säger:</p><ul>{near}</ul>" if near else "")
    parts = [f"<h2>{escape(', '.join(answer.actors))}</h2>"] if answer.actors else []
    for citation in answer.citations:
        link = ""
        if citation.url.startswith(("https://", "http://")):
            link = f' <a href="{escape(citation.url)}" rel="noreferrer" target="_blank">Öppna källan</a>'
        parts.append(f"<blockquote>«{escape(citation.quote)}» [{citation.marker}]{link}</blockquote>")
    return "".join(parts)


def render_source(rag: Rag, answer: Answer) -> str:
    """Return the cited document as HTML with the quotes marked."""
    if not answer.citations:
        return ""
    document = rag.document(answer.citations[0].document_id)
    if document is None:
        return ""
    html, end = [], 0
    for citation in sorted(answer.citations, key=lambda c: c.start):
        if citation.document_id == document.id and citation.start >= end:
            html.append(escape(document.text[end : citation.start]))
            html.append(f"<mark>[{citation.marker}] {escape(citation.quote)}</mark>")
            end = citation.end
    html.append(escape(document.text[end:]))
    return f'<div style="white-space:pre-wrap">{"".join(html)}</div>'


def build(rag: Rag) -> gr.Blocks:
    """Return the page for an open index."""

    def ask(question: str) -> tuple[str, str]:
        answer = rag.ask(question or "")
        return render(answer), render_source(rag, answer)

    with gr.Blocks(title="Vem gör vad mot människohandel?", analytics_enabled=False) as page:
        gr.Markdown("# Vem gör vad mot prostitution och människohandel?")
        gr.Markdown(URGENT)
        question = gr.Textbox(label="Din fråga", placeholder="Vilken myndighet beslutar om betänketid?")
        button = gr.Button("Fråga", variant="primary")
        answer, source = gr.HTML(label="Svar"), gr.HTML(label="Källan")
        button.click(ask, question, [answer, source], api_name=False)
        question.submit(ask, question, [answer, source], api_name=False)
    return page


def main() -> None:
    """Start the page on this machine and print its address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index folder (default: the packaged page)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=None, help="default: the first free one from 7860")
    options = parser.parse_args()
    rag = nmt_rag.open(options.index)
    build(rag).launch(server_name=options.host, server_port=options.port, share=False, head=SWEDISH, quiet=False)


if __name__ == "__main__":
    main()
