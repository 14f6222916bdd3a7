"""What to tell someone whose filter lets nothing through: which of its conditions no passage of the index meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nmt_rag.index import ACTOR, SIGNS, Index

_LOOK = {
    True: "`nmt-rag who-does-what` and `nmt-rag search --json` show how actors are written",
    False: "`nmt-rag documents --json` shows the fields and their values",
}


def nothing_through(index: Index, where: Mapping[str, Any]) -> str:
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
