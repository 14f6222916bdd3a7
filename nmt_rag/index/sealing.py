"""An index's truth → a keyed seal: who holds the key can tell later that not a letter was changed, by anyone.

Checksums tell damage; whoever may write in the folder can write them anew. A seal is an HMAC-SHA256 (RFC 2104) over
every row of the database, so that nobody without the key can make one that fits. Keep key and seal outside the folder,
and seal again after every change. The files beside the database are derived from it: `Index.verify` holds them to it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from typing import Any

from nmt_rag.index.index import Index

MIN_KEY = 16
"""A shorter key can be guessed (bytes); `secrets.token_bytes(32)` makes a good one."""


def seal(index: Index, key: bytes) -> str:
    """Return the seal of what an index holds now, in hexadecimal.

    Raises:
        ValueError: the key has fewer than `MIN_KEY` bytes.
        IndexDamagedError: the database holds a trigger, a view or a table that is none of the index's own.
    """
    if len(key) < MIN_KEY:
        raise ValueError(f"a key has at least {MIN_KEY} bytes, this one {len(key)}: take secrets.token_bytes(32)")
    made = hmac.new(key, digestmod="sha256")
    for row in index.rows():
        for part in _parts(row):
            made.update(part)
    return made.hexdigest()


def holds(index: Index, key: bytes, sealed: str) -> bool:
    """Tell whether an index holds exactly what it held when it was sealed. Raises as `seal` does."""
    return hmac.compare_digest(seal(index, key).encode(), sealed.encode())


def _parts(row: Sequence[Any]) -> Iterator[bytes]:
    """Yield a row as bytes that no other row has: each value with its type and length before it."""
    yield b"(%d" % len(row)
    for value in row:
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        yield b"%s %d:" % (type(value).__name__.encode(), len(data))
        yield data
