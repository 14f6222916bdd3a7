"""A visitor's question → the HTML of its answer, of the sources beside it, and of what else can be asked.

An open `Rag` answers, the views draw; nothing here knows how the page is built or served.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime

import nmt_rag
from nmt_rag.answering import MAX_QUESTION_LENGTH, messages
from nmt_rag.interfaces.page import frame
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.views import answer as page
from nmt_rag.interfaces.page.views import follow as page_follow
from nmt_rag.interfaces.page.views import hits as page_hits
from nmt_rag.interfaces.page.views import own as page_own
from nmt_rag.interfaces.page.views import passport
from nmt_rag.interfaces.page.views import source as page_source
from nmt_rag.interfaces.serving.failures import log_failure
from nmt_rag.rag import Rag
from nmt_rag.types import Answer, Document

HITS_SHOWN = 8
"""How many hits «Så hittades svaret» lists."""

_SERIAL = itertools.count(1)
"""The number of each answer: the browser tells by it that the same answer was given once more."""


def reply(
    rag: Rag, question: str, language: str, *, own: bool = False, unfinished: bool = False, counted: bool = False
) -> tuple[str, str]:
    """Return the HTML of the answer and of its sources.

    A question in English gets English words around the quotes on the Swedish page too. ``own`` tells whether the
    documents are the visitor's, ``unfinished`` whether these are still being read, ``counted`` whether it is asked if
    the answer helped.
    """
    if len(question) > MAX_QUESTION_LENGTH:
        return page.failure(language, "question_too_long"), ""
    try:
        given, hits = rag.ask_with_hits(question)
        said = "en" if "en" in (language, given.language) else "sv"
        documents = _cited(rag, given)
        if own:
            given, documents = page_own.named(given), _by_file(documents)
        around = page.Surroundings(
            found=page_hits.hits(hits[:HITS_SHOWN], given.engine, said, answered=given.answered),
            saved=passport.passport(given, said, datetime.now().astimezone()),
            about=frame.covers(said, _by_file(only(rag)) if own else only(rag), rag.info()["documents"]),
            own=own,
            unfinished=unfinished,
            counted=counted,
            titled=own or rag.info()["documents"] > 1,
            serial=next(_SERIAL),
        )
        return page.answer(given, said, around), _sources(rag, documents, given, said)
    except nmt_rag.NmtRagError as error:
        log_failure(error)
        return page.failure(language), ""


def start(rag: Rag, language: str, *, own: bool = False) -> str:
    """Return the HTML of the source before the first question: the document, if there is only one; see `reply`."""
    return _sources(rag, _by_file(only(rag)) if own else only(rag), None, language)


def following(site: Site, question: str, language: str) -> str:
    """Return the HTML of what else the page's own texts answer, near to a question that was asked just now."""
    if not question.strip() or len(question) > MAX_QUESTION_LENGTH:
        return ""
    try:
        given = site.rag.ask(question)
        if messages.box(question, language, answered=given.answered):
            return ""
        said = "en" if "en" in (language, given.language) else "sv"
        cited = {(one.document_id, one.start) for one in given.citations}
        found: list[str] = []
        for one in page_follow.candidates(given, site.rows(), said):
            answered = site.rag.ask(one.question)
            new = {(each.document_id, each.start) for each in answered.citations} - cited
            if new and one.is_answered_by(answered):  # the same quotes once more are no other answer
                cited |= new
                found.append(one.question)
            if len(found) == page_follow.SHOWN:
                break
        return page_follow.section(question, found, said)
    except nmt_rag.NmtRagError as error:
        log_failure(error)
        return ""


def only(rag: Rag) -> list[Document]:
    """Return the document of an index that holds a single one."""
    return list(rag.documents()) if rag.info()["documents"] == 1 else []


def _sources(rag: Rag, documents: list[Document], given: Answer | None, language: str) -> str:
    """Return the HTML of documents, with the sentences of each."""
    sentences = {document.id: rag.index.passages(document.id) for document in documents}
    return page_source.sources(documents, sentences, given, language)


def _cited(rag: Rag, given: Answer) -> list[Document]:
    """Return the documents that an answer cites, or else those near the question, or else the only one."""
    spans = given.citations or page.near(given)
    documents = [rag.document(document_id) for document_id in dict.fromkeys(span.document_id for span in spans)]
    return [document for document in documents if document] or only(rag)


def _by_file(documents: list[Document]) -> list[Document]:
    """Return a visitor's own documents with the names of their files for titles."""
    return [replace(document, title=document.id) for document in documents]
