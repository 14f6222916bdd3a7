"""An answer as server-sent events: each statement as soon as it is proven, and last all of it.

Their text is FastAPI's (https://html.spec.whatwg.org/multipage/server-sent-events.html describes it).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from fastapi.sse import format_sse_event

from nmt_rag import strict_json
from nmt_rag.answering import Said
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.http import problems
from nmt_rag.types import Answer


async def events(
    first: Said | Answer, rest: AsyncIterator[Said | Answer], answered: Callable[[Answer], None]
) -> AsyncIterator[bytes]:
    """Yield the events of an answer; what goes wrong after the first is told by an event ``error``, and ends it.

    Args:
        first: what came first of the answer.
        rest: what follows.
        answered: is told the whole answer.
    """
    yield _of(first, answered)
    try:
        async for part in rest:
            yield _of(part, answered)
    except NmtRagError as error:
        yield _event("error", problems.failed(error).to_dict())


def _of(part: Said | Answer, answered: Callable[[Answer], None]) -> bytes:
    if isinstance(part, Answer):
        answered(part)
        return _event("answer", part.to_dict())
    cited = [citation.to_dict() for citation in part.citations]
    told = {"text": part.statement.text, "markers": list(part.statement.citations), "citations": cited}
    return _event("statement", {**told, "uncertain": True} if part.uncertain else told)


def _event(name: str, data: Mapping[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=strict_json.dumps(data))
