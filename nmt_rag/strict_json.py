"""JSON as RFC 8259 has it, in and out: no NaN and no Infinity, which Python's own functions read and write.

Other languages' parsers refuse a whole file for one of them.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from nmt_rag.errors import NmtRagError


def dumps(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON, letters as they are.

    Raises:
        NmtRagError: it holds a number that JSON does not have; it is named by its path.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    except ValueError as error:
        place = _not_finite(value, "")
        if place is None:
            raise
        raise NmtRagError(f"JSON has no number for `{place[0]}`, which is {place[1]}: nothing was written") from error


def loads(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return the value that JSON holds.

    Raises:
        ValueError: it is no JSON; ``NaN`` and ``Infinity`` are none, nor is a number that would be read as one.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, parse_constant=_refuse, parse_float=_read)


def decoder() -> json.JSONDecoder:
    """Return a decoder that reads what `loads` does."""
    return json.JSONDecoder(parse_constant=_refuse, parse_float=_read)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON: write null where there is none")


def _read(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is too large a number")
    return value


def finite(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value with null for numbers that JSON does not have: a document's metadata may hold ``.nan``."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _not_finite(value: object, path: str) -> tuple[str, float] | None:
    """Return the path and the value of the first number that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return path or "the value", value
    items: list[tuple[str, object]] = []
    if isinstance(value, dict):
        items = [(f"{path}.{key}" if path else str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{path}[{number}]", item) for number, item in enumerate(value)]
    return next((found for name, item in items if (found := _not_finite(item, name)) is not None), None)
