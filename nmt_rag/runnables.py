"""Answers as LangChain's runnables and messages, with its standard citations; they can be streamed.

What an answer is, and whether there is one, is settled in `nmt_rag.answering`; here it only changes its form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import pairwise
from typing import Any

from nmt_rag import extras, tracing
from nmt_rag.rag import Rag
from nmt_rag.types import Answer

try:
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.messages.content import Citation as Annotation
    from langchain_core.messages.content import create_citation
    from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, run_in_executor
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.runnables", "langchain-core", "langchain") from error

Asked = str | Mapping[str, Any]
"""A question, or a mapping that holds one under ``question``."""


def answer_runnable(
    rag: Rag, *, where: Mapping[str, str] | None = None, language: str | None = None
) -> Runnable[Asked, dict[str, Any]]:
    """Return a runnable from a question to its answer in the schema ``nmt-rag/answer/1``.

    Args:
        rag: the open index.
        where: only passages with these field values.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
    """
    tracing.warn_once()

    def answer(asked: Asked) -> dict[str, Any]:
        return rag.ask(_question(asked), where=where, language=language).to_dict()

    return RunnableLambda(answer, name="answer")


class MessageRunnable(Runnable[Asked, AIMessage]):
    """From a question to its answer as a message of LangChain's; streamed, one statement comes at a time."""

    def __init__(self, rag: Rag, where: Mapping[str, str] | None, language: str | None) -> None:
        self.name = "answer_message"
        self._rag = rag
        self._where = where
        self._language = language

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:
        """Return the answer as a message; see `answer_message`."""
        return self._call_with_config(lambda asked: answer_message(self._answer(asked)), input, config, **kwargs)

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[AIMessage]:
        """Yield the answer as chunks, which add up to what `invoke` returns."""

        def chunks(inputs: Iterator[Asked]) -> Iterator[AIMessage]:
            for asked in inputs:
                yield from _chunks(self._answer(asked))

        yield from self._transform_stream_with_config(iter([input]), chunks, config, **kwargs)

    async def astream(
        self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AIMessage]:
        """Yield the answer as chunks without blocking."""

        async def one() -> AsyncIterator[Asked]:
            yield input

        async def chunks(inputs: AsyncIterator[Asked]) -> AsyncIterator[AIMessage]:
            async for asked in inputs:
                for chunk in _chunks(await run_in_executor(None, self._answer, asked)):
                    yield chunk

        async for chunk in self._atransform_stream_with_config(one(), chunks, config, **kwargs):
            yield chunk

    def _answer(self, asked: Asked) -> Answer:
        return self._rag.ask(_question(asked), where=self._where, language=self._language)


def message_runnable(
    rag: Rag, *, where: Mapping[str, str] | None = None, language: str | None = None
) -> MessageRunnable:
    """Return a runnable from a question to its answer as a message with citations; arguments as `answer_runnable`."""
    tracing.warn_once()
    return MessageRunnable(rag, where, language)


def answer_message(answer: Answer) -> AIMessage:
    """Return an answer as a message: one text block, and for each quote behind a statement one standard citation.

    ``start_index`` and ``end_index`` of a citation are the statement's place in the message, as LangChain has it; the
    quote's place in the source stands in its ``extras``. The whole answer lies in ``response_metadata["answer"]``.
    """
    block = {"type": "text", "text": answer.text, "annotations": _annotations(answer)}
    return AIMessage(content=[block], response_metadata=_response_metadata(answer))


def _question(asked: Asked) -> str:
    question = asked.get("question") if isinstance(asked, Mapping) else asked
    if not isinstance(question, str):
        raise TypeError(f"expected a question, or a mapping with one under 'question'; got {type(asked).__name__}")
    return question


def _spans(answer: Answer) -> list[tuple[int, int]]:
    """Return where each statement stands in the answer's text, in order."""
    spans: list[tuple[int, int]] = []
    end = 0
    for statement in answer.statements:
        start = answer.text.index(statement.text, end)
        end = start + len(statement.text)
        spans.append((start, end))
    return spans


def _annotations(answer: Answer) -> list[Annotation]:
    """Return a citation for each quote behind each statement, in order."""
    by_marker = {citation.marker: citation for citation in answer.citations}
    found: list[Annotation] = []
    for (start, end), statement in zip(_spans(answer), answer.statements, strict=True):
        for cited in (by_marker[marker] for marker in statement.citations):
            rest = cited.to_dict()
            found.append(
                create_citation(
                    id=f"citation-{len(found) + 1}",
                    url=rest.pop("url") or None,
                    title=rest.pop("title") or None,
                    start_index=start,
                    end_index=end,
                    cited_text=rest.pop("quote"),
                    **rest,
                )
            )
    return found


def _response_metadata(answer: Answer) -> dict[str, Any]:
    return {"output_version": "v1", "model_provider": "nmt_rag", "answer": answer.to_dict()}


def _chunks(answer: Answer) -> Iterator[AIMessageChunk]:
    """Yield a message in pieces that end with a statement each; the last one carries the whole answer."""
    spans, annotations = _spans(answer), _annotations(answer)
    ends = [answer.text.rfind("\n", end, start) + 1 or start for (_, end), (start, _) in pairwise(spans)]
    begin = 0
    for end in [*ends, len(answer.text)]:
        inside = [one for one in annotations if begin <= one["start_index"] < end]
        block = {"type": "text", "text": answer.text[begin:end], "annotations": inside, "index": 0}
        yield AIMessageChunk(content=[block], response_metadata={"output_version": "v1"} if begin == 0 else {})
        begin = end
    metadata = {key: value for key, value in _response_metadata(answer).items() if key != "output_version"}
    yield AIMessageChunk(content=[], response_metadata=metadata, chunk_position="last")
