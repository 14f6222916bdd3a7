"""What the arguments of a command name: the index that it opens, the filter, the model, an extra's libraries."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nmt_rag import extras
from nmt_rag.answering import ChatModel, tracing
from nmt_rag.errors import NmtRagError
from nmt_rag.index import ACTOR, SIGNS, Index
from nmt_rag.interfaces.terminal.output import UsageError, complain
from nmt_rag.interfaces.terminal.shared_arguments import LISTENING
from nmt_rag.rag import Rag, open_rag

_LOOK = {
    True: "`nmt-rag who-does-what` and `nmt-rag search --json` show how actors are written",
    False: "`nmt-rag documents --json` shows the fields and their values",
}


def encoder_of(parsed: argparse.Namespace) -> str | None:
    """Return the name of the encoder that was asked for; None for an index of words alone."""
    return None if parsed.encoder == "none" else parsed.encoder


def opened(parsed: argparse.Namespace, *, create: bool = False) -> Rag:
    """Open the index of a command, or the packaged page; make it where that is asked for."""
    return open_rag(parsed.index, encoder=encoder_of(parsed), create=create)


def opened_to_read(parsed: argparse.Namespace) -> Rag:
    """Open an index for a command that encodes nothing, whichever encoder it was built with."""
    return open_rag(parsed.index, encoder="default" if parsed.index is None else None)


def check_sources(rag: Rag, where: Mapping[str, Any] | None) -> None:
    """Refuse to ask an index of nothing, and tell of a filter that lets nothing through, which may be mistyped."""
    if not rag.index.n_documents:
        path = rag.index.path
        raise NmtRagError(
            f"the index {path} is empty, so nothing can be found; add to it with: nmt-rag index PATH --index {path}"
        )
    if where and (notice := _nothing_through(rag.index, where)):
        complain(notice)


def where_of(parsed: argparse.Namespace) -> Mapping[str, Any] | None:
    """Return the filter that all of ``--where`` and ``--actor`` make together."""
    where: dict[str, Any] = {}
    apart: list[Mapping[str, Any]] = []  # what names a field once more, as in --where "year>=2020" --where "year<2024"
    for condition in [*parsed.where, *([{"actor": parsed.actor}] if parsed.actor else [])]:
        for field, value in condition.items():
            if isinstance(value, str) and isinstance(where.get(field, value), str) and where.get(field, value) != value:
                raise UsageError(f"{field} cannot be both {where[field]!r} and {value!r}; ask for one at a time")
        if where.keys() & condition.keys() or "$and" in condition:
            apart.append(condition)
        else:
            where |= condition
    return ({**where, "$and": apart} if apart else where) or None


def check_listening_is_default(parsed: argparse.Namespace) -> None:
    """Refuse what only a server that listens heeds; a default that was written out is none."""
    given = [name for name, default in LISTENING.items() if getattr(parsed, name) != default]
    if given:
        raise UsageError(f"--{given[0].replace('_', '-')} goes with --http")


def model_of(parsed: argparse.Namespace) -> ChatModel | None:
    """Return the language model that was asked for; where its traffic is traced, that is told as one line."""
    if parsed.model_url is not None and parsed.model is None:
        raise UsageError("--model-url is the address of a --model NAME")
    if parsed.model is None:
        return None
    from nmt_rag.answering import open_model

    if notice := tracing.notice():
        complain(notice)
        warnings.simplefilter("ignore", tracing.TracingWarning)
    return open_model(parsed.model, url=parsed.model_url)


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Turn a library that is missing into one line that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "nmt_rag":
            raise
        message = f"this command needs {error.name}, which is not installed: {extras.install(name)}"
        raise NmtRagError(message) from error


def _nothing_through(index: Index, where: Mapping[str, Any]) -> str:
    """Return what is wrong with a filter, on one line, or an empty string where a passage meets it.

    Args:
        index: what is filtered.
        where: the filter; see `nmt_rag.index.parse`.
    """
    if _meets(index, where):
        return ""
    parts = [(field, value) for one in [*where.get("$and", ()), _fields(where)] for field, value in one.items()]
    wanting = [(field, value) for field, value in parts if not _meets(index, {field: value})]
    said = " and ".join(f"{field} {_told(value)}" for field, value in wanting or parts)
    shown = _LOOK[ACTOR in dict(wanting or parts)]
    return f"no passage has {said}{'' if wanting else ' together'}; {shown}"


def _fields(where: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in where.items() if field != "$and"}


def _told(value: object) -> str:
    """Return what a field is to hold, as the command line takes it: ``>= '2024'``."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return repr(value)
    (said, bound), *_ = value.items()
    return f"{SIGNS[said]} {bound!r}" if said in SIGNS else repr(value)


def _meets(index: Index, where: Mapping[str, Any]) -> bool:
    found = index.matching(where)
    return found is None or len(found) > 0
