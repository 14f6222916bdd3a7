"""A question to an answer with its quotes, or to an abstention with its reason."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.answering import conversation, messages, question, search
    from nmt_rag.answering.answer import Options, ask, ask_with_hits
    from nmt_rag.answering.help import numbers
    from nmt_rag.answering.help.numbers import Helpline
    from nmt_rag.answering.judging.support import Judge, Outcome, ReaderJudge, Verdict, bare, is_literal
    from nmt_rag.answering.judging.texts import Kind, reason
    from nmt_rag.answering.messages import Box, helplines
    from nmt_rag.answering.writing import giving_up, prompt, tracing, writer
    from nmt_rag.answering.writing.chat import open_model
    from nmt_rag.answering.writing.listening import ChatModel, listen, name_of
    from nmt_rag.answering.writing.writer import Said

__all__ = [
    "Box",
    "ChatModel",
    "Helpline",
    "Judge",
    "Kind",
    "Options",
    "Outcome",
    "ReaderJudge",
    "Said",
    "Verdict",
    "ask",
    "ask_with_hits",
    "bare",
    "conversation",
    "giving_up",
    "helplines",
    "is_literal",
    "listen",
    "messages",
    "name_of",
    "numbers",
    "open_model",
    "prompt",
    "question",
    "reason",
    "search",
    "tracing",
    "writer",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "answering.answer": (
            "Options",
            "ask",
            "ask_with_hits",
        ),
        "answering.conversation": ("conversation",),
        "answering.help.numbers": (
            "Helpline",
            "numbers",
        ),
        "answering.judging.support": (
            "Judge",
            "Outcome",
            "ReaderJudge",
            "Verdict",
            "bare",
            "is_literal",
        ),
        "answering.judging.texts": (
            "Kind",
            "reason",
        ),
        "answering.messages": (
            "Box",
            "helplines",
            "messages",
        ),
        "answering.question": ("question",),
        "answering.search": ("search",),
        "answering.writing.chat": ("open_model",),
        "answering.writing.giving_up": ("giving_up",),
        "answering.writing.listening": (
            "ChatModel",
            "listen",
            "name_of",
        ),
        "answering.writing.prompt": ("prompt",),
        "answering.writing.tracing": ("tracing",),
        "answering.writing.writer": (
            "Said",
            "writer",
        ),
    },
)
