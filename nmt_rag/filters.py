"""Filters: the conditions that a search can be limited to, as short keys that every engine can match exactly.

The fields are ``actor`` (any of a passage's actors, upper and lower case alike; one named «Polisens Nationella
Operativa Avdelning (NOA)» also by either of its two names), ``document_id``, the document's own
``title``, ``url``, ``publisher`` and ``language``, and each field of its metadata; one inside a mapping is named with a
dot (``metadata.year``). Values are compared as text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nmt_rag.types import Document, Passage

ACTOR = "actor"
_OWN_FIELDS = ("title", "url", "publisher", "language")
_TWO_NAMES = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")


def filter_key(field: str, value: object) -> str:
    """Return the key of one condition: a hash, so that a value may be long and hold anything."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if field == ACTOR:
        text = text.casefold()
    return hashlib.blake2b(f"{len(field)} {field}{text}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def document_keys(document: Document) -> list[str]:
    """Return the keys that all of a document's passages have; a list matches by any of its items."""
    fields: list[tuple[str, Any]] = [("document_id", document.id)]
    fields += [(name, getattr(document, name)) for name in _OWN_FIELDS]
    fields += [(name, value) for name, value in document.metadata.items() if name != ACTOR]
    return _keys(fields)


def own_keys(document: Document) -> list[str]:
    """Return the keys of a document's own fields, which come back from a database as they were put into it."""
    return _keys([("document_id", document.id), *((name, getattr(document, name)) for name in _OWN_FIELDS)])


def passage_keys(passage: Passage) -> list[str]:
    """Return the keys of a passage's own."""
    return _keys([(ACTOR, [name for actor in passage.actors for name in _names(actor)])])


def wanted_keys(where: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the keys that a filter asks for: of the document, and of the passage."""
    document = [filter_key(name, value) for name, value in where.items() if name != ACTOR]
    return document, [filter_key(ACTOR, where[ACTOR])] if ACTOR in where else []


def _names(actor: str) -> tuple[str, ...]:
    both = _TWO_NAMES.fullmatch(actor)
    return (actor, *both.groups()) if both else (actor,)


def _keys(fields: Iterable[tuple[str, Any]]) -> list[str]:
    keys: dict[str, None] = {}
    for name, value in fields:
        if isinstance(value, Mapping):
            keys.update(dict.fromkeys(_keys((f"{name}.{inner}", item) for inner, item in value.items())))
            continue
        for item in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if item is not None:  # an empty field of front matter: as if it were not there
                keys[filter_key(name, item)] = None
    return list(keys)
