"""The page in Gradio's blocks: the question, the answer with its quotes, the source beside it, the two languages.

It answers nothing itself: that is `nmt_rag.interfaces.page.replying`'s.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import nmt_rag.interfaces.page.serving.start  # before Gradio

# isort: split
import gradio as gr

import nmt_rag
from nmt_rag.interfaces.page import frame, operators, replying, visits
from nmt_rag.interfaces.page.panes import OwnDocuments, add_compare, add_map, add_own, add_place, add_who
from nmt_rag.interfaces.page.serving.tally import Tally
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.texts import EXAMPLES, EXAMPLES_DOCUMENT, TEXTS
from nmt_rag.interfaces.page.views import answer as page
from nmt_rag.interfaces.page.words import ANSWERED, ASKED, FRESH, PICK, PLAIN, QUIET, Worded
from nmt_rag.interfaces.serving.failures import log_failure
from nmt_rag.rag import Rag

STATEMENT_PATH = "/tillganglighet"
"""Where the accessibility statement stands."""

_FOLDER = Path(__file__).parent

_STYLE, _SCRIPT, STATEMENT = (
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


def build(site: Site) -> Any:  # noqa: ANN401 - a gr.Blocks; Gradio ships no types
    """Return the page for an open index."""
    words, operator = Worded(), operators.read()
    tally = Tally(Path(operator.count)) if operator.count else None
    with gr.Blocks(title=TEXTS["sv"]["title"], analytics_enabled=False) as blocks:
        language, last = gr.State("sv"), gr.State("")
        words.html(frame.strip, elem_id="strip")
        with gr.Row(elem_id="top"):
            words.html(
                lambda spoken: frame.header(spoken, replying.only(site.rag), site.rag.info()["documents"], operator),
                elem_id="head",
            )
            other = words.button("switch", elem_id="language")
        words.html(frame.navigation, elem_id="views")
        with gr.Column(elem_id="content"):
            question, where, examples, asking = _question(site, words)
            words.html(frame.state, elem_id="state")
            with gr.Row(elem_id="body"):
                with gr.Column(elem_id="told", elem_classes="view-ask"):
                    answer = words.html(lambda spoken: page.answer(None, spoken), elem_id="reply")
                    more = gr.HTML("", elem_id="more", **PLAIN)
                add_who(site, words, language)
                add_map(site, words, language)
                own, told = add_own(site, words, language, where)
                add_compare(site, words, language)
                source = words.html(
                    lambda spoken: replying.start(site.rag, spoken), elem_id="source", elem_classes=["pane", "view-ask"]
                )
                add_place(site, words, language)
        words.html(lambda spoken: frame.footer(spoken, STATEMENT_PATH[1:], operator), elem_id="foot")
        fresh = gr.HTML("", html_template="", elem_id="fresh", apply_default_css=False, js_on_load=FRESH)
        events = _Events(site, words, own, shown=(answer, source), tally=tally)
        if tally:
            helped = gr.HTML("", html_template="", elem_id="helped", apply_default_css=False, js_on_load=PICK)
            helped.input(events.count, helped, None, **QUIET)
        follow = {"fn": events.follow, "inputs": [last, language, where], "outputs": more, **QUIET}
        inputs, outputs, waits = [question, language, where], [answer, source, last], "always_last"
        for event in asking:
            event(events.ask, inputs, outputs, js=ASKED, trigger_mode=waits, **QUIET).then(**follow, js=ANSWERED)
        where.change(events.elsewhere, [language, where], [examples, question, answer, source, last], **QUIET)
        fresh.input(events.begin, [language, where], [question, answer, source, last], **QUIET)
        other.click(
            events.switch, [language, last, where, *words.sources], [language, *told, *words.components], **QUIET
        ).then(**follow)
        blocks.load(
            events.shared, question, [question, answer, source, last], js="() => window.nmtShared()", **QUIET
        ).then(**follow)
        blocks.unload(events.leave)
    return blocks


class _Events:
    """What happens when a visitor asks, goes elsewhere, begins anew or changes the language.

    Gradio calls the methods; their annotations tell it which of them take the visitor's request.

    Args:
        site: what is asked.
        words: the components whose words change with the language.
        own: visitors' own documents.
        shown: two of these, the answer and the source beside it.
        tally: where it is counted whether an answer helped; None where that is not asked.
    """

    def __init__(
        self, site: Site, words: Worded, own: OwnDocuments, *, shown: tuple[Any, Any], tally: Tally | None
    ) -> None:
        self._site, self._words, self._own, self._shown, self._tally = site, words, own, shown, tally

    def ask(self, asked: str, spoken: str, place: str, request: gr.Request) -> tuple[str, str, str]:
        """Answer a question; return the answer, its sources, and what was asked.

        Where a visitor's own documents are to be asked and are gone (an hour without a question, a lost connection, a
        server that was started anew), that is said: the page's texts are no answer then.
        """
        rag = self._rag(request, place)
        if place == "own" and rag is self._site.rag:
            return page.failure(spoken, "own_lost"), "", ""
        return (*self._answered(rag, asked, spoken), asked)

    def follow(self, asked: str, spoken: str, place: str, request: gr.Request) -> str:
        """Say what else can be asked, once the answer is shown; of a visitor's own documents nothing."""
        own = self._rag(request, place) is not self._site.rag
        return "" if own else replying.following(self._site, asked, spoken)

    def begin(self, spoken: str, place: str, request: gr.Request) -> tuple[str, str, str, str]:
        """Show the page as it was before the first question."""
        return ("", *self._unasked(self._rag(request, place), spoken), "")

    def elsewhere(self, spoken: str, place: str, request: gr.Request) -> tuple[Any, ...]:
        """Show what can be asked now: no example and no source of the page beside a visitor's own documents."""
        rag = self._rag(request, place)
        known = rag.document(EXAMPLES_DOCUMENT) is not None
        hint = TEXTS[spoken]["placeholder" if known else "placeholder_other"]
        return gr.update(visible=known), gr.update(placeholder=hint), *self._unasked(rag, spoken), ""

    def shared(self, asked: str) -> tuple[Any, ...]:
        """Answer the question of a link that somebody was sent; an empty one changes nothing."""
        if not asked:
            return (gr.skip(),) * 4
        return (asked, *self._answered(self._site.rag, asked, "sv"), asked)

    def switch(self, request: gr.Request, spoken: str, asked: str, place: str, *chosen: str) -> list[Any]:
        """Say everything in the other language, the answer too."""
        other = "en" if spoken == "sv" else "sv"
        said = self._words.said(other, chosen)
        rag = self._rag(request, place)
        drawn = self._answered(rag, asked, other) if asked else self._unasked(rag, other)
        for component, html in zip(self._shown, drawn, strict=True):
            said[self._words.components.index(component)] = html
        return [other, *self._own.switch(request.session_hash or "", other), *said]

    def leave(self, request: gr.Request) -> None:
        """Forget a visitor's documents."""
        self._own.leave(request.session_hash or "")

    def count(self, said: str) -> None:
        """Count whether an answer helped; where the file cannot be written, whoever runs the page is told."""
        try:
            if self._tally:
                self._tally.add(helped=said == "yes")
        except nmt_rag.NmtRagError as error:
            log_failure(error)

    def _rag(self, request: gr.Request, place: str) -> Rag:
        """Return what a visitor asks in a place, ``"sources"`` or ``"own"``."""
        return self._site.rag_for(request.session_hash or "", own=place == "own")

    def _answered(self, rag: Rag, asked: str, spoken: str) -> tuple[str, str]:
        """Return the HTML of an answer and of its sources."""
        own = rag is not self._site.rag
        unfinished = own and rag.encoder is None is not self._site.rag.encoder
        counted = self._tally is not None
        return replying.reply(rag, asked, spoken, own=own, unfinished=unfinished, counted=counted)

    def _unasked(self, rag: Rag, spoken: str) -> tuple[str, str]:
        """Return the HTML of the answer and of the source before the first question."""
        return page.answer(None, spoken), replying.start(rag, spoken, own=rag is not self._site.rag)


def _question(site: Site, words: Worded) -> tuple[Any, Any, Any, list[Any]]:
    """Add the question, where it is asked and the examples; return these three, and the events that ask."""
    known = site.rag.document(EXAMPLES_DOCUMENT) is not None
    hint = "placeholder" if known else "placeholder_other"
    with gr.Row(elem_id="ask-row", elem_classes="view-ask"):
        question = words(
            gr.Textbox(
                label=TEXTS["sv"]["question"],
                placeholder=TEXTS["sv"][hint],
                max_lines=1,
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
            words(gr.Button(example, size="sm"), partial(_example, number))
            for number, example in enumerate(EXAMPLES["sv"])
        ]
    chosen = [example.click(lambda text: text, example, question, **QUIET).then for example in examples]
    return question, where, row, [partial(gr.on, [question.submit, send.click]), *chosen]


def _example(number: int, language: str) -> str:
    return EXAMPLES[language][number]


def _places(language: str) -> list[tuple[str, str]]:
    return [(TEXTS[language]["ask_sources"], "sources"), (TEXTS[language]["ask_own"], "own")]
