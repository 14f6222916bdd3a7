"""Answers as LangChain's runnables and messages, with its standard citations; they can be streamed.

What an answer is, and whether there is one, is settled in `nmt_rag.answering`; here it only changes its form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from nmt_rag import extras
from nmt_rag.answering import ChatModel, Said, tracing
from nmt_rag.errors import GenerationError
from nmt_rag.index import filters
from nmt_rag.rag import Rag
from nmt_rag.types import Answer, Citation

try:
    from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, convert_to_messages
    from langchain_core.messages.content import Citation as Annotation
    from langchain_core.messages.content import create_citation
    from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, run_in_executor
except ModuleNotFoundError as error:
    raise extras.missing("nmt_rag.langchain.runnables", "langchain-core", "langchain") from error

Asked = str | Mapping[str, Any] | Sequence[Any]
"""A question, or a mapping that holds one under ``question``; or the messages of a conversation, or a mapping that
holds them under ``messages``: the last one is the question, and the user's before it are what it may point back to."""


def answer_runnable(
    rag: Rag, *, where: Mapping[str, Any] | None = None, language: str | None = None, model: ChatModel | None = None
) -> Runnable[Asked, dict[str, Any]]:
    """Return a runnable from a question to its answer in the schema ``nmt-rag/answer/1``.

    Args:
        rag: the open index.
        where: only passages that this filter lets through; see `nmt_rag.index.parse`.
        language: ``"sv"`` or ``"en"`` for the frame around the quotes; by default the question's own.
        model: a chat model that words the answers; see `nmt_rag.answering.writing.writer`.

    Raises:
        ValueError: the filter is not understood.
    """
    filters.parse(where)
    tracing.warn_once()

    def answer(asked: Asked) -> dict[str, Any]:
        question, earlier = _questions(asked)
        return rag.ask(question, where=where, language=language, model=model, earlier=earlier).to_dict()

    runnable: Runnable[Any, dict[str, Any]] = RunnableLambda(answer, name="answer")
    # LangChain cannot read the annotations of a function in this module: they are text.
    return runnable.with_types(input_type=Asked, output_type=dict[str, Any])  # type: ignore[arg-type]


class MessageRunnable(Runnable[Asked, AIMessage]):
    """From a question to its answer as a message of LangChain's; streamed, one statement comes at a time.

    Args:
        rag: the open index.
        arguments: what `Rag.ask` takes besides the question.
    """

    def __init__(self, rag: Rag, **arguments: Any) -> None:
        self.name = "answer_message"
        self._rag = rag
        self._arguments = arguments

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:
        """Return the answer as a message; see `answer_message`."""

        def message(asked: Asked) -> AIMessage:
            question, earlier = _questions(asked)
            return answer_message(self._rag.ask(question, earlier=earlier, **self._arguments))

        return self._call_with_config(message, input, config, **kwargs)

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[AIMessage]:
        """Yield the answer as chunks, which add up to what `invoke` returns."""

        def chunks(inputs: Iterator[Asked]) -> Iterator[AIMessage]:
            for asked in inputs:
                yield from self._chunks(asked)

        yield from self._transform_stream_with_config(iter([input]), chunks, config, **kwargs)

    async def astream(
        self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AIMessage]:
        """Yield the answer as chunks without blocking."""

        async def one() -> AsyncIterator[Asked]:
            yield input

        async def chunks(inputs: AsyncIterator[Asked]) -> AsyncIterator[AIMessage]:
            async for asked in inputs:
                coming = self._chunks(asked)
                while chunk := await run_in_executor(None, next, coming, None):
                    yield chunk

        async for chunk in self._atransform_stream_with_config(one(), chunks, config, **kwargs):
            yield chunk

    def _chunks(self, asked: Asked) -> Iterator[AIMessageChunk]:
        question, earlier = _questions(asked)
        return _chunks(self._rag.ask_stream(question, earlier=earlier, **self._arguments))


def message_runnable(
    rag: Rag, *, where: Mapping[str, Any] | None = None, language: str | None = None, model: ChatModel | None = None
) -> MessageRunnable:
    """Return a runnable from a question to its answer as a message with citations; arguments as `answer_runnable`."""
    filters.parse(where)
    tracing.warn_once()
    return MessageRunnable(rag, where=where, language=language, model=model)


def answer_message(answer: Answer) -> AIMessage:
    """Return an answer as a message: one text block, and for each quote behind a statement one standard citation.

    ``start_index`` and ``end_index`` of a citation are the statement's place in the message, as LangChain has it; the
    quote's place in the source stands in its ``extras``. The whole answer lies in ``response_metadata["answer"]``.
    """
    block = {"type": "text", "text": answer.text, "annotations": _annotations(answer)}
    return AIMessage(content=[block], response_metadata=_response_metadata(answer))


def _questions(asked: Asked) -> tuple[str, list[str]]:
    """Return the question, and the user's questions before it."""
    found = asked.get("question", asked.get("messages")) if isinstance(asked, Mapping) else asked
    if isinstance(found, str):
        return found, []
    if not isinstance(found, Sequence) or not found:
        raise TypeError(
            "expected a question, messages, or a mapping with one of them under 'question' or 'messages'; got "
            f"{type(asked).__name__}"
        )
    messages = convert_to_messages(found)
    if not isinstance(messages[-1], HumanMessage):
        raise ValueError(f"the last message is the user's question, got one of type {messages[-1].type}")
    *earlier, question = (str(message.text) for message in messages if isinstance(message, HumanMessage))
    return question, earlier


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
    for span, statement in zip(_spans(answer), answer.statements, strict=True):
        found += _cited(span, [by_marker[marker] for marker in statement.citations], first=len(found) + 1)
    return found


def _cited(span: tuple[int, int], quoted: Sequence[Citation], *, first: int) -> list[Annotation]:
    """Return the annotations of one statement, whose place in the message is given; they are numbered from a first."""
    found = []
    for number, citation in enumerate(quoted, first):
        rest = citation.to_dict()
        found.append(
            create_citation(
                id=f"citation-{number}",
                url=rest.pop("url") or None,
                title=rest.pop("title") or None,
                start_index=span[0],
                end_index=span[1],
                cited_text=rest.pop("quote"),
                **rest,
            )
        )
    return found


def _response_metadata(answer: Answer) -> dict[str, Any]:
    return {"output_version": "v1", "model_provider": "nmt_rag", "answer": answer.to_dict()}


def _chunks(parts: Iterator[Said | Answer]) -> Iterator[AIMessageChunk]:
    """Yield a message in pieces of a statement each; the last piece is empty and carries the whole answer.

    What a model words comes as soon as it is proven. The sources' own sentences come with the answer: only then is it
    known what stands around them.
    """
    sent, n_cited, may_send = "", 0, True
    known: dict[int, Citation] = {}
    for part in parts:
        if isinstance(part, Answer):
            yield from _rest(part, sent)
            return
        known.update({citation.marker: citation for citation in part.citations})
        quoted = [known[marker] for marker in part.statement.citations]
        may_send = may_send and part.statement.text not in [citation.quote for citation in quoted]
        if may_send:
            start = len(sent) + bool(sent)
            inside = _cited((start, start + len(part.statement.text)), quoted, first=n_cited + 1)
            marks = "".join(f"[{citation.marker}]" for citation in quoted)
            text = ("\n" if sent else "") + f"{part.statement.text} {marks}"
            yield _chunk(text, inside, begins=not sent)
            sent += text
            n_cited += len(inside)


def _rest(answer: Answer, sent: str) -> Iterator[AIMessageChunk]:
    """Yield what was not sent of an answer, in pieces that end with a statement each, and the end."""
    if not answer.text.startswith(sent):
        raise GenerationError("the sentences that were streamed are not those of the answer; ask without streaming")
    spans, annotations, begin = _spans(answer), _annotations(answer), len(sent)
    ends = [answer.text.rfind("\n", end, start) + 1 or start for (_, end), (start, _) in pairwise(spans)]
    for end in [*(end for end in ends if end > begin + 1), len(answer.text)]:
        inside = [one for one in annotations if begin <= one["start_index"] < end]
        if end > begin or not begin:
            yield _chunk(answer.text[begin:end], inside, begins=not begin)
        begin = end
    metadata = {key: value for key, value in _response_metadata(answer).items() if key != "output_version"}
    yield AIMessageChunk(content=[], response_metadata=metadata, chunk_position="last")


def _chunk(text: str, annotations: list[Annotation], *, begins: bool) -> AIMessageChunk:
    block = {"type": "text", "text": text, "annotations": annotations, "index": 0}
    return AIMessageChunk(content=[block], response_metadata={"output_version": "v1"} if begins else {})
