"""A chat model → the text that it writes, in pieces as they come, with an end: of characters, of time, of patience.

Whatever a model or its server does ends in text or in one `GenerationError`: an exception of any library, a stream that
stands still, one that never ends.
"""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from nmt_rag.answering.writing.giving_up import is_given_up
from nmt_rag.errors import GenerationError

MAX_CHARACTERS = 8_000
"""A model that writes more is cut off: eight sentences with their quotes need a fraction of it."""
SECONDS = 120.0
"""How long a model may take in all; a small one on a processor writes some sentences in that time."""
MAX_AHEAD = 256
"""A model waits when it is this many pieces ahead of who reads it."""
LOOK = 0.2
"""How often it is looked whether anybody still waits for what a model writes (seconds)."""
NO_CHUNKS = "No generation chunks were returned"
"""What LangChain's `BaseChatModel.stream` raises as a ValueError after a stream that ended without a chunk: the model
wrote nothing, as one whose stream is empty."""
MAX_MESSAGE = 200
"""At most this much of another library's message is told (characters)."""


class ChatModel(Protocol):
    """What is used of a LangChain chat model: it streams messages whose ``text`` is what it wrote."""

    def stream(self, input: Any, /) -> Iterator[Any]:  # noqa: ANN401 - LangChain's own name and types
        """Yield the chunks of the answer to some messages."""
        ...


def listen(model: ChatModel, messages: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what a model writes, as it comes, until it ends or has written `MAX_CHARACTERS`.

    The model runs in a thread of its own, so that one that stands still is given up; closing this iterator tells it to
    stop at its next chunk, and so does whoever gives the work up (`nmt_rag.answering.writing.giving_up`).

    Raises:
        GenerationError: the model raised, took longer than `SECONDS`, streams no text, or nobody waits for it.
    """
    deadline = time.monotonic() + SECONDS
    enough = threading.Event()
    heard = _heard(model, messages, enough)
    characters = 0
    try:
        while characters < MAX_CHARACTERS:
            left = deadline - time.monotonic()
            if is_given_up():
                raise GenerationError(f"{name_of(model)} was stopped: nobody waits for its answer any more")
            if left <= 0.0:
                raise GenerationError(
                    f"{name_of(model)} did not finish within {SECONDS:g} seconds: try a smaller model, or ask without"
                )
            try:
                piece = heard.get(timeout=min(LOOK, left))
            except queue.Empty:
                continue
            if isinstance(piece, Exception):
                raise GenerationError(f"{name_of(model)} failed: {told(piece)}") from piece
            if piece is None:
                return
            yield piece[: MAX_CHARACTERS - characters]
            characters += len(piece)
    finally:
        enough.set()


def _heard(
    model: ChatModel, messages: Sequence[tuple[str, str]], enough: threading.Event
) -> queue.Queue[str | Exception | None]:
    """Return what a model writes in a thread of its own until ``enough`` is set: pieces, then None or its error."""
    heard: queue.Queue[str | Exception | None] = queue.Queue(maxsize=MAX_AHEAD)

    def tell(piece: str | Exception | None) -> None:
        """Put a piece into the queue, unless nobody waits for it any more."""
        while not enough.is_set():
            with contextlib.suppress(queue.Full):
                return heard.put(piece, timeout=LOOK)

    def read() -> None:
        """Hand on what the model writes, to its end or until it is enough."""
        try:
            for chunk in model.stream(list(messages)):
                if enough.is_set():
                    return
                tell(str(chunk.text))
            tell(None)
        except Exception as error:  # of any provider's library: handed to the one who listens
            tell(None if isinstance(error, ValueError) and str(error) == NO_CHUNKS else error)

    threading.Thread(target=contextvars.copy_context().run, args=(read,), daemon=True).start()
    return heard


def name_of(model: object) -> str:
    """Return how a model is called in an answer: its class, and the name that it was opened by."""
    given = next((name for key in ("model_name", "model") if isinstance(name := getattr(model, key, None), str)), "")
    return f"{type(model).__name__}:{given}" if given else type(model).__name__


def told(error: Exception) -> str:
    """Return what another library says went wrong, on one line and cut, with the exception's name."""
    message = " ".join(str(error).split())
    short = message[:MAX_MESSAGE] + ("…" if len(message) > MAX_MESSAGE else "")
    return f"{type(error).__name__}: {short}" if short else type(error).__name__
