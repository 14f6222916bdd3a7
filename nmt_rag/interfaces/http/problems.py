"""What the HTTP interface says when it cannot do what was asked: problem details (RFC 9457), in one place.

A problem never repeats what the client sent: a question does not travel further than it must.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from nmt_rag import strict_json
from nmt_rag.errors import GenerationError, IndexLockedError, NmtRagError
from nmt_rag.interfaces.serving.failures import log_failure

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
"""What ``Retry-After`` says where the server has too much to do right now."""


@dataclass(frozen=True, slots=True)
class HttpProblem:
    """One error, told to a client.

    ``errors`` lists what is wrong in the request, each with a ``detail`` and the ``pointer`` (RFC 6901) into its body
    or the name of its ``parameter``.
    """

    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the JSON object. The type is ``about:blank``: the status says which kind it is."""
        row: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            row["errors"] = [dict(error) for error in self.errors]
        return row

    def body(self) -> bytes:
        """Return the JSON object as UTF-8."""
        return strict_json.dumps(self.to_dict()).encode()


def busy(detail: str) -> HttpProblem:
    """Return the problem of a server that can do it, but not now."""
    return HttpProblem(503, detail, {"Retry-After": str(RETRY_SECONDS)})


def failed(error: NmtRagError) -> HttpProblem:
    """Return the problem of an operating error, which is logged here."""
    if isinstance(error, IndexLockedError):
        return busy("The index is being changed; try again.")
    log_failure(error)
    if isinstance(error, GenerationError):
        return HttpProblem(502, "The language model failed; the server's log says how. Try again.")
    return busy("The index cannot be used now; the server's log says why.")


def invalid(found: Sequence[Mapping[str, Any]], names: Collection[str]) -> HttpProblem:
    """Return the problem of a request that does not follow its schema.

    Args:
        found: what pydantic found, each with its ``type``, its ``loc`` (where it is) and its ``msg``.
        names: what a pointer may name, which are the schema's own names: others were made up by the client. The number
            of an item in a list is no name.
    """
    if any(error["type"] == "json_invalid" for error in found):
        return HttpProblem(400, "The body is not JSON.")
    return HttpProblem(
        422, "The request does not follow its description; see `errors`.", errors=[_error(one, names) for one in found]
    )


def _error(found: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    where, *path = found["loc"]
    known = [str(part) for part in itertools.takewhile(lambda part: isinstance(part, int) or part in names, path)]
    if where != "body":
        return {"detail": found["msg"], "parameter": "/".join(known)}
    return {"detail": found["msg"], "pointer": "".join(f"/{part}" for part in known)}
