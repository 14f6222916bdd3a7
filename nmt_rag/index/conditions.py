"""The conditions that a filter is made of, as every engine takes them, and the keys of what they ask for.

Values are equal if they are the same text. What is compared by size is a number or an ISO date, as exactly as both are
given: 2024-05-01 is neither before nor after 2024.
"""

from __future__ import annotations

import hashlib
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import numpy as np

from nmt_rag.types import Document, Passage

ACTOR = "actor"
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_OWN_FIELDS = ("title", "url", "publisher", "language")
_TWO_NAMES = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")
NUMBER_PATTERN = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"
"""A number that is written as text; JSON Schema reads the pattern as Python does."""
MAX_NUMBER_LENGTH = 400
"""What is longer is no number (characters)."""
_NUMBER = re.compile(NUMBER_PATTERN)
_MOMENT = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Equal:
    """A field holds one of some values; one that holds a list does so by any of its items."""

    field: str
    values: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        """The keys of the values, of which a document (of ``actor``: a passage) has one."""
        return [filter_key(self.field, value) for value in self.values]


@dataclass(frozen=True, slots=True)
class Compared:
    """A field holds a number or a date on one side of a value: ``operator`` is $gt, $gte, $lt or $lte."""

    field: str
    operator: str
    value: str

    def holds(self, text: str) -> bool:
        """Tell whether the text of a field's value is on the wanted side; no number and no date is on none."""
        found, wanted, compare = number_of(text), number_of(self.value), COMPARISONS[self.operator]
        if found is not None and wanted is not None:
            return compare(found, wanted)
        moment, bound = moment_of(text), moment_of(self.value)
        return moment is not None and bound is not None and compare(*_as_exactly(moment, bound))


@dataclass(frozen=True, slots=True)
class All:
    """Every one of some conditions holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of some conditions holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition does not hold; it does not, either, where the field is lacking."""

    part: Filter


Filter = Equal | Compared | All | Either | Not


@dataclass(frozen=True, slots=True)
class _Moment:
    """The parts of an ISO date that are given, year first, and the same in UTC where it names a zone."""

    local: tuple[int, ...]
    utc: tuple[int, ...] | None


def plain(value: object) -> object:
    """Return a number or truth value of NumPy as Python's, anything else as it is."""
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    return bool(value) if isinstance(value, np.bool_) else value


def as_text(value: object) -> str:
    """Return the text that a value is kept and compared as."""
    value = plain(value)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def number_of(text: str) -> float | None:
    """Return the number that a text is, or None."""
    if len(text) > MAX_NUMBER_LENGTH or not (found := _NUMBER.fullmatch(text)):
        return None
    return int(text) if found[1] is None and found[2] is None else float(text)


def moment_of(text: str) -> _Moment | None:
    """Return the moment that an ISO date is, or None."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    *whole, fraction, zone = found.groups()
    given = [int(part) for part in whole if part is not None]
    if fraction is not None:
        given.append(int(fraction.ljust(6, "0")))
    try:
        local = datetime(*(given + [1] * (3 - len(given))))  # type: ignore[arg-type] # no zone among them
        if zone is None:
            return _Moment(tuple(given), None)
        utc = local.replace(tzinfo=datetime.strptime(zone, "%z").tzinfo).astimezone(UTC)
    except (ValueError, OverflowError):  # a month 13, or an hour before the year 1
        return None
    return _Moment(tuple(given), _parts(utc)[: len(given)])


def _parts(moment: datetime) -> tuple[int, ...]:
    return (*moment.timetuple()[:6], moment.microsecond)


def _as_exactly(one: _Moment, other: _Moment) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return two moments cut to the parts that both give, in UTC where both name a zone and an hour."""
    n_parts = min(len(one.local), len(other.local))
    if one.utc is not None and other.utc is not None:
        return one.utc[:n_parts], other.utc[:n_parts]
    return one.local[:n_parts], other.local[:n_parts]


def filter_key(field: str, value: object) -> str:
    """Return the key of one condition: a hash, so that a value may be long and hold anything."""
    text = as_text(value)
    if field == ACTOR:
        text = text.casefold()
    return hashlib.blake2b(f"{len(field)} {field}{text}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def texts_of(document: Document) -> list[tuple[str, str]]:
    """Return the fields of a document with their values as text; one that holds a list comes once an item."""
    fields: list[tuple[str, Any]] = [("document_id", document.id)]
    fields += [(name, getattr(document, name)) for name in _OWN_FIELDS]
    fields += [(name, value) for name, value in document.metadata.items() if name != ACTOR]
    return _texts(fields)


def document_keys(document: Document) -> list[str]:
    """Return the keys that all of a document's passages have; a list matches by any of its items."""
    return _keys(texts_of(document))


def passage_keys(passage: Passage) -> list[str]:
    """Return the keys of a passage's own."""
    return _keys([(ACTOR, name) for actor in passage.actors for name in _names(actor)])


def _names(actor: str) -> tuple[str, ...]:
    """Return the names that an actor is found by: as it is written and, of «Name (SHORT)», each of the two."""
    both = _TWO_NAMES.fullmatch(actor)
    return (actor, *both.groups()) if both else (actor,)


def _texts(fields: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Return fields with their values as text: each item of a list, and what a mapping holds under dotted names."""
    found: list[tuple[str, str]] = []
    for name, value in fields:
        if isinstance(value, Mapping):
            found += _texts((f"{name}.{inner}", item) for inner, item in value.items())
            continue
        for item in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if item is not None:  # an empty field of front matter: as if it were not there
                found.append((name, as_text(item)))
    return found


def _keys(fields: Iterable[tuple[str, str]]) -> list[str]:
    """Return the key of each field with its value, each key once."""
    return list(dict.fromkeys(filter_key(name, value) for name, value in fields))
