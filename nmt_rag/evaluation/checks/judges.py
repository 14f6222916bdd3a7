"""A judge of support by its name, as the command line takes it: offline, a cross-encoder, or a language model."""

from __future__ import annotations

from typing import Protocol

from nmt_rag.answering import Judge, ReaderJudge

CROSS_ENCODER = "cross-encoder:"
"""What stands before the folder or name of a cross-encoder."""


class OwnJudge(Judge, Protocol):
    """A judge of this library: it can say who it is."""

    def described(self, language: str) -> str:
        """Return in one line which judge this is and how often it errs, in ``"sv"`` or ``"en"``."""
        ...


def open_judge(name: str, *, url: str | None = None, language: str = "sv") -> OwnJudge | None:
    """Return the judge of that name, or nobody for ``none``.

    Args:
        name: ``swedish`` (offline), ``none``, ``cross-encoder:FOLDER``, or ``provider:model`` of a language model,
            which is sent every statement of free text with its quotes.
        url: the address of the language model's server, if it is not the usual.
        language: ``"sv"`` or ``"en"``, of the reasons.

    Raises:
        EncodingError: the cross-encoder cannot be opened.
        GenerationError: the language model cannot be opened.
    """
    if name == "none":
        return None
    if name == "swedish":
        return ReaderJudge(language=language)
    from nmt_rag.evaluation.checks.judge_models import ChatJudge, CrossEncoderJudge

    if name.startswith(CROSS_ENCODER):
        return CrossEncoderJudge.open(name.removeprefix(CROSS_ENCODER), language=language)
    from nmt_rag.answering import open_model

    return ChatJudge(open_model(name, url=url), language=language)
