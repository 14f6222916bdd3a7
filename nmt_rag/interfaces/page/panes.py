"""What the page shows besides the answer: who does what, the map, the visitor's own documents, the comparison."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# isort: split
import anyio.to_thread
import gradio as gr

from nmt_rag.answering import MAX_QUESTION_LENGTH
from nmt_rag.interfaces.page import visits
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.texts import TEXTS
from nmt_rag.interfaces.page.views import answer as page
from nmt_rag.interfaces.page.views import compare, who
from nmt_rag.interfaces.page.views import map as page_map
from nmt_rag.interfaces.page.views import own as page_own
from nmt_rag.interfaces.page.views import source as page_source
from nmt_rag.interfaces.page.visitor.steps import Refused, Step, Taken
from nmt_rag.interfaces.page.words import PICK, PLAIN, QUIET, SEEK, Worded
from nmt_rag.interfaces.serving import asgi

_OFFSET = re.compile("[0-9]{1,9}")
"""Where a passage begins or ends, as a page sends it; no text has a thousand million characters."""
MAX_TOLD = 1_000
"""Of at most this many visitors it is known what they were told of their documents, to say it in another language."""
_SERIAL = itertools.count(1)
"""The number of each word on a visitor's documents: the browser tells by it that the same was said once more."""


def add_who(site: Site, words: Worded, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the table of who does what, with its filters."""
    with gr.Column(elem_id="who", elem_classes="view-who"):
        words.html(who.lead)
        words.html(lambda spoken: who.filters(site.actors(), spoken), elem_id="who-filters")
        wanted = gr.HTML("", html_template="", elem_id="who-pick", apply_default_css=False, js_on_load=PICK)
        table = words.html(lambda spoken: who.table(site.rows(), spoken), elem_id="who-rows")

    def choose(asked: str, spoken: str) -> str:
        name, word = [*(asked or "").split("\n"), "", ""][:2]
        return who.table(site.chosen(name, word), spoken, filtered=True)

    words.kept(table, wanted, choose)
    wanted.input(choose, [wanted, language], table, trigger_mode="always_last", **QUIET)


def add_map(site: Site, words: Worded, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the map of the network; where it names too many, with a choice of one actor."""
    with gr.Column(elem_id="map", elem_classes="view-map"):
        words.html(lambda spoken: page_map.lead(spoken, tied=bool(site.ties())))
        words.html(lambda spoken: page_map.filters(site.ties(), spoken), elem_id="map-filters")
        wanted = gr.HTML("", html_template="", elem_id="map-pick", apply_default_css=False, js_on_load=PICK)
        drawn = words.html(lambda spoken: page_map.picture(page_map.shown(site.ties()), spoken), elem_id="map-drawn")

    def choose(name: str, spoken: str) -> str:
        return page_map.picture(page_map.shown(site.ties(), name or ""), spoken)

    words.kept(drawn, wanted, choose)
    wanted.input(choose, [wanted, language], drawn, **QUIET)


def add_own(site: Site, words: Worded, *components: Any) -> tuple[OwnDocuments, list[Any]]:  # noqa: ANN401 - Gradio's
    """Add the visitor's own documents: files in, progress, what can be asked, and the way to remove them.

    Args:
        site: what takes them in.
        words: the components whose words change with the language.
        components: the language, and where it is asked.

    Returns:
        What takes them in, and the two components that it draws in another language: what can be asked, and how far the
        reading is.
    """
    language, where = components
    with gr.Column(elem_id="own", elem_classes="view-own"):
        words.html(page_own.lead)
        files = words(
            gr.File(file_count="multiple", label=TEXTS["sv"]["own_drop"], elem_id="own-files", height=160),
            lambda spoken: gr.update(label=TEXTS[spoken]["own_drop"]),
        )
        progress = gr.HTML("", elem_id="own-progress", **PLAIN)
        status = gr.HTML(page_own.status([], [], "sv"), elem_id="own-status", **PLAIN)
        remove = words.button("own_remove", elem_id="own-remove", size="sm", visible=False)

    documents = OwnDocuments(site)
    outputs = [progress, status, files, where, remove]
    files.upload(
        documents.take,
        [files, language],
        outputs,
        show_progress="hidden",
        api_visibility="undocumented",
        concurrency_limit=None,
    )
    remove.click(documents.forget, language, outputs, **QUIET)
    return documents, [status, progress]


@dataclass(slots=True)
class _Told:
    """What a visitor was told last of their own documents, so that it can be said in the other language.

    ``names`` are the documents that were shown, ``files`` what was refused or read in part, ``reading`` the number of
    the file that is being read, how many there are, and how much of it is done.
    """

    language: str
    names: frozenset[str] = frozenset()
    files: Sequence[Refused | Taken] = ()
    removed: bool = False
    unfinished: bool = False
    reading: tuple[int, int, float | None] | None = None


class OwnDocuments:
    """What happens when visitors send documents and remove them, change the language, or leave.

    Gradio calls `take` and `forget`. Each returns or yields what the five components show: how far the reading is, what
    can be asked, the files, where it is asked, and the button that removes.
    """

    def __init__(self, site: Site) -> None:
        self._visits = site.visits
        self._threads = anyio.CapacityLimiter(visits.MAX_READING)
        self._told: dict[str, _Told] = {}

    async def take(self, paths: list[str] | None, spoken: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """Take a visitor's uploads in one after the other.

        Each step waits until no other upload of its address is worked on, and then for a thread; while it waits, it
        holds none. So addresses take turns.
        """
        received, key = [Path(path) for path in paths or ()], request.session_hash or ""
        address = asgi.client(request.client.host) if request.client else ""
        turn = self._visits.turn(key)
        n_removed = turn.n_removed
        told = self._told_to(key, spoken)
        shown = self._read(received, key, told, address, removed=lambda: turn.n_removed != n_removed)
        try:
            async with turn.lock:
                if turn.n_removed != n_removed:
                    yield self._forgotten(key, told)
                    return
                told.reading = 1, len(received), 0.0
                values: tuple[Any, ...] | None = (page_own.reading(*told.reading, told.language), *[gr.skip()] * 4)
                while values is not None:
                    yield values
                    async with self._visits.address_turn(address):
                        values = await _ended(anyio.to_thread.run_sync(next, shown, None, limiter=self._threads))
        finally:
            told.reading = None
            for path in received:
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()  # Gradio makes a folder for each file

    def forget(self, spoken: str, request: gr.Request) -> tuple[Any, ...]:
        """Remove a visitor's documents."""
        key = request.session_hash or ""
        self._visits.remove(key)
        return self._forgotten(key, self._told_to(key, spoken))

    def switch(self, key: str, language: str) -> tuple[str, str]:
        """Say in another language what was told last, and all that will be; return it as `add_own` does."""
        told = self._told.get(key) or _Told(language)
        told.language = language
        return self._status(key, told), page_own.reading(*told.reading, language) if told.reading else ""

    def leave(self, key: str) -> None:
        """Forget a visitor with all they have."""
        self._visits.remove(key)
        self._told.pop(key, None)

    def _told_to(self, key: str, spoken: str) -> _Told:
        """Return what a visitor was told, begun if need be; of those who never left, the first are forgotten."""
        told = self._told.get(key) or _Told(spoken)
        if key:
            while key not in self._told and len(self._told) >= MAX_TOLD:
                self._told.pop(next(iter(self._told)), None)
            self._told[key] = told
        return told

    def _status(self, key: str, told: _Told, *, serial: int = 0) -> str:
        """Return what can be asked of what was told, where it is still there."""
        held = [document for document in self._visits.documents(key) if document.id in told.names]
        return page_own.status(
            held, told.files, told.language, removed=told.removed, unfinished=told.unfinished, serial=serial
        )

    def _forgotten(self, key: str, told: _Told) -> tuple[Any, ...]:
        """Return what is shown once a visitor's documents are removed."""
        told.names, told.files, told.removed, told.reading = frozenset(), (), True, None
        return "", self._status(key, told, serial=next(_SERIAL)), None, *_chosen(own=False)

    def _read(
        self, received: list[Path], key: str, told: _Told, address: str, *, removed: Callable[[], bool]
    ) -> Iterator[tuple[Any, ...]]:
        """Read files, and yield after each step what is shown; ``removed`` tells whether the visitor let them go.

        Between two steps it may wait, so that it looks after each.
        """
        early = False
        files: list[Refused | Taken] = []

        def status(*, unfinished: bool) -> str:
            told.names = frozenset(document.id for document in self._visits.documents(key))
            told.files, told.removed, told.unfinished = tuple(files), removed(), unfinished
            return self._status(key, told, serial=0 if unfinished else next(_SERIAL))

        for step in self._visits.steps(key, received, address):
            if isinstance(step, Step):
                told.reading = step.number, len(received), step.share
                shown: list[Any] = [gr.skip()] * 4
                if step.askable:
                    shown[0] = status(unfinished=True)
                    if not early:  # a choice since then stands
                        shown[2:] = _chosen(own=True)
                    early = True
                yield page_own.reading(*told.reading, told.language), *shown
                if removed():
                    break
            else:
                files.append(step)
        told.reading = None
        said = status(unfinished=False)
        choice = (gr.skip(), gr.skip()) if early and told.names else _chosen(own=bool(told.names))
        yield "", said, None, *choice


def _chosen(*, own: bool) -> tuple[Any, Any]:
    """Return where it is asked from now on, and whether there is something to remove."""
    return gr.update(visible=own, value="own" if own else "sources"), gr.update(visible=own)


def add_compare(site: Site, words: Worded, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the same question searched in three ways."""
    with gr.Column(elem_id="compare", elem_classes="view-compare"):
        words.html(compare.lead)
        with gr.Row(elem_classes="filters"):
            query = words(
                gr.Textbox(label=TEXTS["sv"]["question"], max_lines=1, elem_id="compare-question"),
                lambda spoken: gr.update(label=TEXTS[spoken]["question"]),
            )
            send = words.button("compare_ask", elem_id="compare-ask", scale=0)
        found = words.html(lambda spoken: "", elem_id="compare-found")

    def compared(asked: str, spoken: str) -> str:
        if len(asked) > MAX_QUESTION_LENGTH:
            return page.failure(spoken, "question_too_long")
        return compare.columns(site.compared(asked), spoken)

    words.kept(found, query, compared)
    for event in (query.submit, send.click):
        event(compared, [query, language], found, **QUIET)


def add_place(site: Site, words: Worded, language: Any) -> None:  # noqa: ANN401 - a component
    """Add the source beside the table and the map, and what brings a sentence into it."""
    wanted = gr.HTML("", html_template="", elem_id="wanted", apply_default_css=False, js_on_load=SEEK)
    pane = words.html(page_source.waiting, elem_id="place", elem_classes=["pane", "view-place"])

    def show(asked: str, spoken: str) -> str:
        document_id, start, end = [*(asked or "").split("\n"), "", ""][:3]
        document = site.rag.document(document_id)
        if document is None or not (_OFFSET.fullmatch(start) and _OFFSET.fullmatch(end)):
            return page_source.waiting(spoken)
        sentences = site.rag.index.passages(document_id)
        return page_source.place(document, sentences, int(start), int(end), spoken)

    words.kept(pane, wanted, show)
    wanted.input(show, [wanted, language], pane, **QUIET)


async def _ended(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what the work returns
    """Return what some work returns; who is cancelled meanwhile waits until it has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
