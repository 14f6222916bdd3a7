"""Text → one of Unicode's normal forms, in a time that grows with the text: the only module that normalizes.

Python sorts the combining marks behind a letter one by one, which takes the square of their number, while no other
thread runs: 160 kB of marks took seven seconds. So no letter keeps more than `MAX_MARKS` in a row; behind them stands a
combining grapheme joiner, which is not seen and ends the row. That is Unicode's Stream-Safe Text Format (UAX #15,
section 13); no written language has more than a handful.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

MAX_MARKS = 30
"""So many combining marks may stand in a row, counted as they are when taken apart (UAX #15)."""
JOINER = "\u034f"

# No mark stands below U+0300. One may be two when taken apart, and the character before it may hold three.
_ROW = re.compile("[\\s\\S]?[\u0300-\U0010ffff]{13,}")
_HAS_ROW = re.compile("[\u0300-\U0010ffff][\u0300-\U0010ffff]{12}")  # re skips to a first character, not to a repeat


def composed(text: str) -> str:
    """Return a text in NFC."""
    return normalized("NFC", text)


def normalized(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return a text in a normal form, with long rows of combining marks parted."""
    if text.isascii():
        return text
    return unicodedata.normalize(form, _ROW.sub(_parted, text) if _HAS_ROW.search(text) else text)


def _parted(match: re.Match[str]) -> str:
    parts: list[str] = []
    row = 0
    for character in match[0]:
        # What a character is made of: marks before its letter, if any, and marks behind it.
        marks = [unicodedata.combining(part) != 0 for part in unicodedata.normalize("NFKD", character)]
        leading = len(marks) if all(marks) else marks.index(False)
        if row + leading > MAX_MARKS:
            parts.append(JOINER)
            row = 0
        row = row + leading if leading == len(marks) else marks[::-1].index(False)
        parts.append(character)
    return "".join(parts)
