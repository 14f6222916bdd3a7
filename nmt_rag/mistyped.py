"""What to tell someone whose filter lets nothing through: which of its conditions no passage of the index meets."""

from __future__ import annotations

from collections.abc import Mapping

from nmt_rag.filters import ACTOR
from nmt_rag.index import Index

_LOOK = {
    True: "`nmt-rag who-does-what` and `nmt-rag search --json` show how actors are written",
    False: "`nmt-rag documents --json` shows the fields and their values",
}


def nothing_through(index: Index, where: Mapping[str, str]) -> str:
    """Return what is wrong with a filter, on one line, or an empty string where a passage meets it.

    Args:
        index: what is filtered.
        where: the wanted value of each field, as `Index.matching` takes them.
    """
    if _meets(index, where):
        return ""
    wanting = {field: value for field, value in where.items() if not _meets(index, {field: value})}
    told = wanting or where
    said = " and ".join(f"{field} {value!r}" for field, value in told.items())
    return f"no passage has {said}{'' if wanting else ' together'}; {_LOOK[ACTOR in told]}"


def _meets(index: Index, where: Mapping[str, str]) -> bool:
    found = index.matching(where)
    return found is None or len(found) > 0
