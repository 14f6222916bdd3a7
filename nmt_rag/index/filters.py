"""Filters as they are written → the conditions that a search is limited to.

A filter maps fields to what they must hold, as in ``{"year": {"$gte": 2024}, "kommun": ["Lund", "Malmö"]}``; `parse`
turns it into frozen conditions, the same for Python, LangChain, HTTP, MCP and the command line. The fields are
``actor`` (any of a passage's actors, upper and lower case alike; one named «Polisens Nationella Operativa Avdelning
(NOA)» also by either of its two names), ``document_id``, the document's own ``title``, ``url``, ``publisher`` and
``language``, and each field of its metadata; one inside a mapping is named with a dot (``metadata.year``).

Values are equal if they are the same text; numbers also where they are written otherwise (5, 5.0). What is compared by
size is a number or an ISO date, as exactly as both are given: 2024-05-01 is neither before nor after 2024. No engine is
known here: `without_comparisons` leaves conditions that are keys alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from nmt_rag.index.conditions import (
    ACTOR,
    COMPARISONS,
    All,
    Compared,
    Either,
    Equal,
    Filter,
    Not,
    as_text,
    moment_of,
    number_of,
    plain,
)

MAX_DEPTH = 20
"""Conditions stand in each other at most this deep (levels)."""
MAX_CONDITIONS = 500
"""A filter holds at most this many conditions."""
MAX_VALUES = 10_000
"""A filter names at most this many values."""

SIGNS: Mapping[str, str] = {"$gte": ">=", "$lte": "<=", "$ne": "!=", "$gt": ">", "$lt": "<"}
"""How operators are written in short, as in ``year>=2024``."""

_OPERATORS = ("$eq", "$ne", "$in", "$nin", *COMPARISONS, "$not")
_TOGETHER = ("$and", "$or", "$not")


class FilterError(ValueError):
    """A filter that is not understood; ``rule`` says what would be, without repeating what was asked."""

    def __init__(self, rule: str, *, field: str = "", got: object) -> None:
        super().__init__(f"the filter{f' of {_shown(field)}' if field else ''}: {rule}; got {_shown(got)}")
        self.rule = rule


Where = Mapping[str, Any] | Filter
"""A filter as it is written, or as `parse` returned it."""


def parse(where: Where | None, *, inside: str = "") -> Filter | None:
    """Return what a filter asks for, or None where it asks for nothing.

    Args:
        where: by field the wanted value, a list of which any will do, or operators with what they take: ``$eq``,
            ``$ne``, ``$in``, ``$nin``, ``$gt``, ``$gte``, ``$lt``, ``$lte``, ``$not``; all must hold. ``$and`` and
            ``$or`` take lists of such mappings, ``$not`` takes one. ``$ne``, ``$nin`` and ``$not`` also let through
            what lacks the field.
        inside: the mapping that the fields stand in, for documents that keep all their metadata in one.

    Raises:
        FilterError: (a ValueError) it is of another form, names an unknown operator, or one is given what it cannot
            take.
    """
    if where is None or isinstance(where, Filter):
        return where
    reader = _Reader(f"{inside}." if inside else "")
    return reader.conditions(where, 0) if where or not isinstance(where, Mapping) else None


def without_comparisons(condition: Filter, values: Callable[[str], Iterable[str]]) -> Filter:
    """Return a filter of `Equal` alone (under All, Either and Not) that lets the same documents through.

    Args:
        condition: any filter.
        values: a field → every value that a document holds there, as `texts_of` gives them.
    """
    match condition:
        case Compared(field=field):
            return Equal(field, tuple(sorted(value for value in values(field) if condition.holds(value))))
        case All(parts):
            return All(tuple(without_comparisons(part, values) for part in parts))
        case Either(parts):
            return Either(tuple(without_comparisons(part, values) for part in parts))
        case Not(part):
            return Not(without_comparisons(part, values))
        case _:
            return condition


class _Reader:
    """Reads one filter, and counts what it names."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._n_conditions = 0
        self._n_values = 0

    def conditions(self, where: object, depth: int) -> Filter:
        """Return what a mapping of fields asks for."""
        if not isinstance(where, Mapping):
            raise FilterError("it maps fields to values, as {'year': 2026} or {'year': {'$gte': 2024}}", got=where)
        self._count(len(where), depth)
        parts: list[Filter] = []
        for name, wanted in where.items():
            if not isinstance(name, str):
                raise FilterError("fields are named by text", got=name)
            if name in _TOGETHER:
                parts.append(self._together(name, wanted, depth + 1))
            elif name.startswith("$"):
                raise FilterError(f"around fields stand {', '.join(_TOGETHER)}", got=name)
            else:
                parts.append(self._field(name, wanted, depth + 1))
        return _all(parts)

    def _together(self, name: str, wanted: object, depth: int) -> Filter:
        """Return what ``$and``, ``$or`` or ``$not`` around whole filters asks for."""
        if name == "$not":
            return Not(self._nonempty(name, wanted, depth))
        if not isinstance(wanted, list | tuple) or not wanted:
            raise FilterError(f"{name} takes a list of filters", got=wanted)
        parts = tuple(self._nonempty(name, one, depth) for one in wanted)
        return All(parts) if name == "$and" else Either(parts)

    def _nonempty(self, name: str, wanted: object, depth: int) -> Filter:
        """Return what a filter within another asks for; it must ask for something."""
        if isinstance(wanted, Mapping) and not wanted:
            raise FilterError(f"{name} takes filters that name a field", got=wanted)
        return self.conditions(wanted, depth)

    def _field(self, name: str, wanted: object, depth: int) -> Filter:
        """Return what is asked of one field: to equal a value or one of a list, or what its operators say."""
        if isinstance(wanted, list | tuple | set | frozenset):
            return self._equal(name, wanted)
        if not isinstance(wanted, Mapping):
            return self._equal(name, [wanted])
        self._count(len(wanted), depth)
        unknown = [one for one in wanted if one not in _OPERATORS]
        if unknown or not wanted:
            known = f"the operators of a field are {', '.join(_OPERATORS)}, and a field within it is named with a dot"
            raise FilterError(known, field=name, got=unknown[0] if unknown else wanted)
        return _all([self._operated(name, said, value, depth) for said, value in wanted.items()])

    def _operated(self, name: str, said: str, value: object, depth: int) -> Filter:
        """Return what one operator asks of a field."""
        if said == "$not":
            if not isinstance(value, Mapping):
                raise FilterError("$not within a field takes operators, as {'$gt': 5}", field=name, got=value)
            return Not(self._field(name, value, depth + 1))
        if said in ("$in", "$nin"):
            if not isinstance(value, list | tuple | set | frozenset):
                raise FilterError(f"{said} takes a list", field=name, got=value)
            found = self._equal(name, value)
            return found if said == "$in" else Not(found)
        if said in ("$eq", "$ne"):
            found = self._equal(name, [value])
            return found if said == "$eq" else Not(found)
        if name == ACTOR and not self._prefix:
            raise FilterError("names are equal or not, there is no more and less", field=name, got=said)
        value = plain(value)
        text = as_text(value)
        if isinstance(value, bool) or not _is_plain(value) or (number_of(text) is None and moment_of(text) is None):
            raise FilterError(f"{said} takes a number or an ISO date", field=name, got=value)
        return Compared(f"{self._prefix}{name}", said, text)

    def _equal(self, name: str, values: Collection[object]) -> Equal:
        """Return the condition that a field holds one of some values, in any of their spellings."""
        self._n_values += len(values)
        if self._n_values > MAX_VALUES:
            raise FilterError(f"it names at most {MAX_VALUES} values", field=name, got=self._n_values)
        given = [plain(value) for value in values]
        for value in given:
            if not _is_plain(value):
                known = "values are text, numbers, true or false, dates, or lists of them"
                raise FilterError(known, field=name, got=value)
        texts = dict.fromkeys(text for value in given for text in _spellings(value))
        return Equal(f"{self._prefix}{name}", tuple(texts))

    def _count(self, n_conditions: int, depth: int) -> None:
        """Count conditions that stand at a depth. Raises FilterError where there are too many or they are too deep."""
        self._n_conditions += n_conditions
        if depth > MAX_DEPTH:
            raise FilterError(f"it is at most {MAX_DEPTH} deep", got=depth)
        if self._n_conditions > MAX_CONDITIONS:
            raise FilterError(f"it holds at most {MAX_CONDITIONS} conditions", got=self._n_conditions)


def _all(parts: Sequence[Filter]) -> Filter:
    """Return the condition that all of some hold; one alone stays what it is."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _is_plain(value: object) -> bool:
    """Tell whether a value is text, a finite number, true or false, or a date."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, str | int | float | date)  # a bool is an int, a datetime a date


def _spellings(value: object) -> list[str]:
    """Return the texts that a value may be kept as: a whole number may have been given as 5 or as 5.0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 1e15 or value != int(value):
        return [as_text(value)]
    return [str(int(value)), str(float(value))]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
