"""The faces of the wings: their names are found in their rooms when they are first asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy(wing: str, rooms: Mapping[str, tuple[str, ...]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a wing.

    Args:
        wing: the wing's module name.
        rooms: by room below ``nmt_rag``, the names that it gives. Its own name stands for the room as a whole.
    """
    places = {name: room for room, names in rooms.items() for name in names}

    def find(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
        if name not in places:
            raise AttributeError(f"module {wing!r} has no attribute {name!r}")
        room = importlib.import_module(f"nmt_rag.{places[name]}")
        found = room if places[name].endswith(f".{name}") else getattr(room, name)
        setattr(sys.modules[wing], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[wing]), *places})

    return find, names
