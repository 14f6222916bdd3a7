"""A JSON object read field by field; an error names the field by its whole path, as ``citations[2].quote``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

_T = TypeVar("_T")


class FieldError(ValueError):
    """A field that is missing or holds something else than it should."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"field `{field}`: {message}" if field else message)
        self.field = field


class Fields:
    """One JSON object and where it stands in its row."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise FieldError(path, f"expected an object {{…}}, got {_shown(value)}")
        self.row: Mapping[str, Any] = value
        self.path = path

    def has(self, key: str) -> bool:
        """Return whether a field is there and not null."""
        return self.row.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string, which must be there unless there is a default for it."""
        if not self.has(key) and default is not None:
            return default
        return self._checked(key, str, "a string")

    def name(self, key: str) -> str:
        """Return a string or whole number as a string; empty where there is none."""
        value = self.row.get(key)
        return str(value) if _whole(value) else self.text(key, "")

    def yes(self, key: str) -> bool:
        """Return a truth value, which must be there."""
        return self._checked(key, bool, "true or false")

    def whole(self, key: str) -> int | None:
        """Return a whole number, or None where there is none."""
        value = self.row.get(key)
        if value is not None and not _whole(value):
            raise FieldError(self._name(key), f"expected a whole number, got {_shown(value)}")
        return value

    def number(self, key: str) -> float | None:
        """Return a finite number, or None where there is none."""
        value = self.row.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise FieldError(self._name(key), f"expected a number, got {_shown(value)}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; empty where there is none."""
        found = self._list(key)
        for number, value in enumerate(found):
            if not isinstance(value, str):
                raise FieldError(self.item(key, number), f"expected a string, got {_shown(value)}")
        return tuple(found)

    def wholes(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers; empty where there is none."""
        found = self._list(key)
        for number, value in enumerate(found):
            if not _whole(value):
                raise FieldError(self.item(key, number), f"expected a whole number, got {_shown(value)}")
        return tuple(found)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of strings; empty where there is none."""
        found = self._list(key)
        rows = [Fields({"": value}, self.item(key, number)) for number, value in enumerate(found)]
        return tuple(row.texts("") for row in rows)

    def rows(self, key: str) -> list[Fields]:
        """Return a list of objects; empty where there is none."""
        return [Fields(value, self.item(key, number)) for number, value in enumerate(self._list(key))]

    def items(self, key: str) -> list[Any]:
        """Return a list of anything; empty where there is none."""
        return list(self._list(key))

    def item(self, key: str, number: int) -> str:
        """Return the path of an item of a list, for messages."""
        return f"{self._name(key)}[{number}]"

    def _list(self, key: str) -> list[Any]:
        return self._checked(key, list, "a list") if self.has(key) else []

    def _checked(self, key: str, kind: type[_T], called: str) -> _T:
        if key not in self.row:
            raise FieldError(self._name(key), "is missing")
        value = self.row[key]
        if not isinstance(value, kind):
            raise FieldError(self._name(key), f"expected {called}, got {_shown(value)}")
        return value

    def _name(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
