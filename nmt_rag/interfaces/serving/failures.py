"""What goes wrong in a server, logged without what was asked."""

from __future__ import annotations

import logging
import traceback

from nmt_rag.errors import GenerationError, NmtRagError

_log = logging.getLogger("nmt_rag")


def log_failure(error: BaseException) -> None:
    """Log which error happened where.

    The message of one that is not ours stays out, for it may hold a question; so does that of a language model, which
    may repeat what it was sent. Our others name files.
    """
    if isinstance(error, GenerationError):
        _log.error("the language model failed: %s", type(error.__cause__ or error).__name__)
        return
    if isinstance(error, NmtRagError):
        _log.error("%s", error)
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"
    _log.error("a request failed: %s at %s", type(error).__name__, place)
