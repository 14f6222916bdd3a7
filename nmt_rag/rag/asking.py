"""Asking and searching an index: the answers and hits of one moment each, remembered until the index changes."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from nmt_rag import spans
from nmt_rag.answering import ChatModel, Options, Said, ask_with_hits, conversation, messages, readings
from nmt_rag.answering import search as retrieval
from nmt_rag.answering import writer as generation
from nmt_rag.index import Index, Memory, filters
from nmt_rag.models import Encoder, Reader
from nmt_rag.progress import counted
from nmt_rag.rag import windows
from nmt_rag.types import Abstention, Answer, Hit

_T = TypeVar("_T")

ANSWER_SIZE = 20_000
"""What an answer with its hits takes up in the memory of answers, in characters: two hundred are remembered."""


class Asking:
    """The asking half of `nmt_rag.rag.Rag`."""

    def __init__(
        self, index: Index, encoder: Encoder | None, *, packaged: bool = False, reader: Reader | None = None
    ) -> None:
        self.index = index
        self.encoder = encoder
        self.packaged = packaged
        self.reader = reader
        self._answers = Memory()

    @spans.traced("nmt_rag.ask")
    def ask(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Answer:
        """Answer a question with exact quotes, or abstain; see `nmt_rag.answering.answer.ask`.

        A question that is asked again is answered from memory until the index changes.

        Args:
            question: in Swedish or English.
            where: only use passages that this filter lets through; see `nmt_rag.index.parse`.
            language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
            model: a LangChain chat model that words the answer; see `nmt_rag.answering.writing.writer`. Nothing is sent
                to one unless it is given here.
            least_confidence: how sure an answer must be, in [0, 1]; by default what keeps wrong answers rare. What lies
                below that is marked as uncertain (``Answer.uncertain``).
            earlier: the questions asked before it, oldest first, from which one that points back is understood; see
                `nmt_rag.answering.conversation`.

        Raises:
            TypeError: the question is no string, or ``earlier`` no list of them.
            ValueError: the language is another one, the filter is not understood, or ``least_confidence`` lies outside
                of [0, 1].
            GenerationError: the model failed.
        """
        if model is not None:
            options, before = self._options(where, language, least_confidence), _checked(earlier)
            return generation.ask(self.index, self.encoder, question, model, earlier=before, **options)
        return self.ask_with_hits(
            question, where=where, language=language, least_confidence=least_confidence, earlier=earlier
        )[0]

    def ask_many(
        self,
        questions: Iterable[str],
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        least_confidence: float | None = None,
        progress: bool = False,
    ) -> list[Answer]:
        """Answer some questions, in their order; see `ask`.

        Args:
            questions: in Swedish or English.
            where: only use passages with these field values.
            language: of the frames around the quotes.
            least_confidence: how sure an answer must be.
            progress: count the questions on stderr, where that is a terminal.
        """
        if isinstance(questions, str):
            raise TypeError("ask_many takes several questions, got one str; use ask")
        return [
            self.ask(question, where=where, language=language, least_confidence=least_confidence)
            for question in counted(list(questions), "Answering", "questions", wanted=progress)
        ]

    async def aask(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Answer:
        """Do what `ask` does in a thread of its own, so that an event loop goes on."""
        return await asyncio.to_thread(
            self.ask,
            question,
            where=where,
            language=language,
            model=model,
            least_confidence=least_confidence,
            earlier=earlier,
        )

    def ask_with_hits(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> tuple[Answer, list[Hit]]:
        """Return the answer to a question and the hits it was chosen from, best first, for showing how it was found.

        It takes and raises what `ask` does.
        """
        if not isinstance(question, str):
            raise TypeError(f"a question is a str, got {type(question).__name__}")
        options, before = self._options(where, language, least_confidence), _checked(earlier)
        # As they are written: True equals 1, and what is refused must not be recalled, or fail to be looked up.
        key = question, options["where"], repr(language), repr(least_confidence), before

        def work() -> tuple[Answer, tuple[Hit, ...]]:
            """Recall the answer, or find it and keep it."""
            generation = self.index.generation
            if (known := self._answers.recall(generation, key)) is not None:
                return cast(tuple[Answer, tuple[Hit, ...]], known)
            if before:
                answer, hits = conversation.ask_with_hits(self.index, self.encoder, question, earlier=before, **options)
            else:
                answer, hits = ask_with_hits(self.index, self.encoder, question, **options)
            found = self._told_empty(answer), tuple(hits)
            self._answers.keep(generation, key, found, ANSWER_SIZE)
            return found

        answer, hits = self.at_one_moment(work)
        # What is remembered stays as it is, whatever becomes of what one asker got.
        return replace(answer, engine=copy.deepcopy(dict(answer.engine))), list(hits)

    def ask_stream(
        self,
        question: str,
        *,
        where: Mapping[str, Any] | None = None,
        language: str | None = None,
        model: ChatModel | None = None,
        least_confidence: float | None = None,
        earlier: Sequence[str] = (),
    ) -> Iterator[Said | Answer]:
        """Yield each sentence of an answer as soon as it is proven, and last the `Answer` that `ask` returns.

        It takes and raises what `ask` does; see `nmt_rag.answering.writing.writer.stream`.
        """
        if model is None:
            return generation.read_out(
                self.ask(question, where=where, language=language, least_confidence=least_confidence, earlier=earlier)
            )
        options, before = self._options(where, language, least_confidence), _checked(earlier)
        return generation.stream(self.index, self.encoder, question, model, earlier=before, **options)

    def _options(
        self, where: Mapping[str, Any] | None, language: str | None, least_confidence: float | None
    ) -> Options:
        """Return what answering is told besides the question; a filter is read before anything is searched."""
        return {
            "reader": self.reader,
            "where": where if where is None else filters.parse(where),
            "language": language,
            "least_confidence": least_confidence,
            "strict": self.packaged,
        }

    def widened(self, answer: Answer, *, window: int) -> Answer:
        """Return an answer whose citations' ``prefix`` and ``suffix`` hold whole passages, as prompts and people want.

        Args:
            answer: what `ask` returned; a citation whose source has changed since stays as it is.
            window: how many passages before and after a quote, as far as they stand in its section.

        Raises:
            TypeError: the window is no whole number.
            ValueError: it is below 0 or too wide.
        """
        return windows.answer_with_text(self.index, answer, windows.checked(window))

    @spans.traced("nmt_rag.search")
    def search(self, query: str, *, k: int = 10, where: Mapping[str, Any] | None = None, window: int = 0) -> list[Hit]:
        """Return the ``k`` passages nearest to a query, best first; see `nmt_rag.answering.search.search`.

        Args:
            query: a question or some words, in Swedish or English.
            k: how many at most.
            where: only passages that this filter lets through; see `nmt_rag.index.parse`.
            window: how many passages around each its hit's ``before`` and ``after`` hold, within its section.

        Raises:
            TypeError: the query is no text, or ``k`` no whole number.
            ValueError: ``k`` is below 1, the filter is not understood, or the window is too wide.
        """
        window = windows.checked(window)
        return self.at_one_moment(
            lambda: windows.hits_with_text(
                self.index, retrieval.search(self.index, self.encoder, query, k=k, where=where), window
            )
        )

    def readings(self, hits: Sequence[Hit]) -> list[str]:
        """Return what must be read with each hit («Du får inte: röka»), or an empty string; as a citation's `reading`.

        Raises:
            KeyError: a document of a hit is gone.
        """
        return self.at_one_moment(lambda: readings(self.index, hits))

    async def asearch(
        self, query: str, *, k: int = 10, where: Mapping[str, Any] | None = None, window: int = 0
    ) -> list[Hit]:
        """Return what `search` does, without blocking: it runs in a thread."""
        return await asyncio.to_thread(self.search, query, k=k, where=where, window=window)

    def at_one_moment(self, work: Callable[[], _T]) -> _T:
        """Return what some work on the index finds, done again where the index changed meanwhile.

        Raises:
            IndexLockedError: the index changed each time.
        """
        return self.index.at_one_moment(work)

    def _told_empty(self, answer: Answer) -> Answer:
        """Return an answer that says, where it found nothing because the index holds nothing, that it does."""
        if answer.abstention is None or answer.abstention.reason != "no_evidence" or self.index.n_documents:
            return answer
        message = messages.empty_index(answer.language)
        return replace(answer, text=message, abstention=Abstention("no_evidence", message))


def _checked(earlier: Sequence[str]) -> tuple[str, ...]:
    """Return earlier questions. Raises TypeError where they are no sequence of texts."""
    given = tuple(earlier) if isinstance(earlier, Iterable) and not isinstance(earlier, str) else (None,)
    if not all(isinstance(one, str) for one in given):
        raise TypeError(f"earlier is a list of questions, oldest first; got {earlier!r}")
    return cast(tuple[str, ...], given)
