"""Frozen dataclasses ↔ the dictionaries that JSON can hold; what comes back is checked against the fields' types."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_MAX_SHOWN = 80
"""How much of a value of a wrong type its message repeats (characters)."""


def made(cls: type[_T], row: Mapping[str, Any]) -> _T:
    """Return a dataclass of a row that holds what it needs and nothing else.

    Raises:
        ValueError: a key is missing or unknown, a word is none of the field's, or a number is none in JSON.
        TypeError: the row is no mapping, or a value in it is of another type.
    """
    if not isinstance(row, Mapping):
        raise TypeError(f"expected a mapping with the keys of {cls.__name__}, got {type(row).__name__}")
    kinds, required = _fields(cls)  # type: ignore[arg-type] # a class is hashable
    missing, unknown = [name for name in required if name not in row], [key for key in row if key not in kinds]
    if missing:
        raise ValueError(f"{cls.__name__} needs the keys {required}; missing: {missing}")
    if unknown:
        raise ValueError(f"{cls.__name__} has the keys {list(kinds)}; unknown: {unknown}")
    return cls(**{key: _read(kinds[key], key, value) for key, value in row.items()})


@lru_cache(maxsize=16)
def _fields(cls: Any) -> tuple[dict[str, Any], list[str]]:  # noqa: ANN401 - any dataclass
    """Return the kinds of a dataclass's fields, and the names of those that have no default."""
    fields, kinds = dataclasses.fields(cls), get_type_hints(cls)
    bare = [f.name for f in fields if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING]
    return {one.name: kinds[one.name] for one in fields}, bare


def _read(kind: Any, key: str, value: Any) -> Any:  # noqa: ANN401 - the kind of a field
    """Return a value of a row as a field of some kind holds it.

    Raises:
        TypeError: the value is of another type. Where the field holds several a string would be taken apart into
            letters.
        ValueError: it is none of the field's words, or a number that JSON does not have.
    """
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError(f"expected a list for {key!r}, got {_shown(value)}")
        return tuple(_read(get_args(kind)[0], key, one) for one in value)
    if get_origin(kind) is Mapping:
        if not isinstance(value, Mapping):
            raise TypeError(f"expected a mapping for {key!r}, got {_shown(value)}")
        return dict(value)
    found: Any = next((one for one in (kind, *get_args(kind)) if dataclasses.is_dataclass(one)), None)
    if found is not None:
        return None if value is None and found is not kind else made(found, value)
    taken = _types(kind)
    if not isinstance(value, taken) or (isinstance(value, bool) and bool not in taken):
        names = " or ".join("null" if one is NoneType else one.__name__ for one in taken)
        raise TypeError(f"expected {names} for {key!r}, got {_shown(value)}")
    if get_origin(kind) is Literal and value not in get_args(kind):
        raise ValueError(f"expected one of {list(get_args(kind))} for {key!r}, got {_shown(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected a finite number for {key!r}, got {value}")
    return value


@lru_cache(maxsize=16)
def _types(kind: Any) -> tuple[type, ...]:  # noqa: ANN401 - the kind of a field
    """Return the types that JSON has for a kind of plain values: a whole number is a float too, a bool no number."""
    if get_origin(kind) is Literal:
        return (str,)
    if get_args(kind):
        return tuple(one for part in get_args(kind) for one in _types(part))
    return (float, int) if kind is float else (kind,)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"


def plain(value: Any) -> Any:  # noqa: ANN401 - it walks any dataclass
    """Turn dataclasses, mappings and tuples into dictionaries and lists, in field order."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
