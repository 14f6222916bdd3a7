"""A question to an answer with its quotes, or to an abstention with its reason."""

from typing import TYPE_CHECKING

from nmt_rag.faces import lazy

if TYPE_CHECKING:
    from nmt_rag.answering import conversation, fusion, messages, question, search
    from nmt_rag.answering.answer import Options, ask, ask_with_hits
    from nmt_rag.answering.help import helplines
    from nmt_rag.answering.help.helplines import Helpline
    from nmt_rag.answering.judging.support import Judge, ReaderJudge, SupportLabel, SupportVerdict, bare, is_literal
    from nmt_rag.answering.judging.texts import ReasonKind, reason
    from nmt_rag.answering.messages import Box
    from nmt_rag.answering.question import MAX_QUESTION_LENGTH
    from nmt_rag.answering.quoting import readings
    from nmt_rag.answering.read import WINDOW_CHARACTERS
    from nmt_rag.answering.writing import giving_up, prompt, tracing, writer
    from nmt_rag.answering.writing.chat import open_model
    from nmt_rag.answering.writing.listening import ChatModel, listen, name_of
    from nmt_rag.answering.writing.writer import Said

__all__ = [
    "MAX_QUESTION_LENGTH",
    "WINDOW_CHARACTERS",
    "Box",
    "ChatModel",
    "Helpline",
    "Judge",
    "Options",
    "ReaderJudge",
    "ReasonKind",
    "Said",
    "SupportLabel",
    "SupportVerdict",
    "ask",
    "ask_with_hits",
    "bare",
    "conversation",
    "fusion",
    "giving_up",
    "helplines",
    "is_literal",
    "listen",
    "messages",
    "name_of",
    "open_model",
    "prompt",
    "question",
    "readings",
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
        "answering.fusion": ("fusion",),
        "answering.help.helplines": (
            "Helpline",
            "helplines",
        ),
        "answering.judging.support": (
            "Judge",
            "SupportLabel",
            "ReaderJudge",
            "SupportVerdict",
            "bare",
            "is_literal",
        ),
        "answering.judging.texts": (
            "ReasonKind",
            "reason",
        ),
        "answering.messages": (
            "Box",
            "messages",
        ),
        "answering.question": (
            "MAX_QUESTION_LENGTH",
            "question",
        ),
        "answering.quoting": ("readings",),
        "answering.read": ("WINDOW_CHARACTERS",),
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
