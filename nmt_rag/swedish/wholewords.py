"""Unicode normalisation, and joining of words that are hyphenated at line ends; unseen signs and note marks left out.

The characters of a document stay as they are, and so do quotes; joining is only for reading, searching and naming.

Nothing else in the package normalizes Unicode. Python sorts the combining marks behind a letter one by one, which takes
the square of their number, while no other thread runs: 160 kB of marks took seven seconds. So no letter keeps more than
`MAX_MARKS` in a row; behind them stands a combining grapheme joiner, which is not seen and ends the row. That is
Unicode's Stream-Safe Text Format (UAX #15, section 13); no written language has more than a handful.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

MAX_MARKS = 30
"""At most this many combining marks stand in a row, counted as they are when taken apart (UAX #15)."""
JOINER = "\u034f"

# No mark stands below U+0300. One may be two when taken apart, and the character before it may hold three.
_ROW = re.compile("[\\s\\S]?[\u0300-\U0010ffff]{13,}")
_HAS_ROW = re.compile("[\u0300-\U0010ffff][\u0300-\U0010ffff]{12}")  # re skips to a first character, not to a repeat
LIGATURES = dict(zip(map(ord, "ﬀﬁﬂﬃﬄﬅﬆ"), "ff fi fl ffi ffl st st".split(), strict=True))
"""Ligatures, as code points, with the letters that each stands for."""
_UNSEEN = dict.fromkeys([*map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), *range(9), *range(14, 32), 127])
_SEEN_OTHERWISE = {**LIGATURES, **_UNSEEN}
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _SEEN_OTHERWISE)))}]")
_SOFT_BREAK = re.compile(r"\u00ad[ \t]*\n[ \t]*")
_PARTED = re.compile(r"(?P<before>[^\W_]+)(?P<hyphen>[-‐])[ \t]*\n[ \t]*(?P<after>[^\W_]+)")
_COORDINATION = frozenset("och eller samt respektive till and or".split())
"""What follows a hyphen that stays, as in «hälso- och sjukvård»."""
_STRUCK = re.compile(r"~~(?=\S)[^~\n]{1,500}~~ ?")
_NOTE_MARK = re.compile(
    r"^\[\^[\w-]{1,20}\]:\s*|\[\^[\w-]{1,20}\]|(?<![^\s¹²³⁰⁴-⁹])(?P<base>[^\s¹²³⁰⁴-⁹]*+)(?P<raised>[¹²³⁰⁴-⁹]++)"
    r"(?![/⁄][\d₀-₉])"  # the numerator of a fraction
)
_RAISED = re.compile("[¹²³⁰⁴-⁹]")
_OF_A_NUMBER = re.compile(r"\d[.:,]?$")
_POWER_OF = re.compile(r"(?:^|[\W\d])(?:[cdkm]?m|[a-zA-Z])$|^(?:.*\W)?10$")
_EMPHASIS = re.compile(r"(?<![\w*])(?P<mark>\*\*|__)(?=\S)(?P<inner>[^\n]{1,500}?)(?<=\S)(?P=mark)(?![\w*])")
_LINK = re.compile(
    r"(?<!!)\[(?P<words>[^\]\n]{1,500}+)\]\((?=[^()\s])(?:(?:mailto|tel):(?P<address>[^()\s?]{1,200}+))?+[^()\n]{0,2300}+\)"
)


def composed(text: str) -> str:
    """Return a text in NFC."""
    return normalized("NFC", text)


def normalized(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return a text in a normal form, with long rows of combining marks parted."""
    if text.isascii():
        return text
    return unicodedata.normalize(form, _ROW.sub(_parted, text) if _HAS_ROW.search(text) else text)


def _parted(match: re.Match[str]) -> str:
    """Return a row of combining marks with a joiner after each `MAX_MARKS` of them."""
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


def joined(text: str) -> str:
    """Return the text with whole words: those that a line end parts are joined, ligatures are written as letters.

    A hyphen stays where the word has one of its own: before «och», after a single letter, capitals or a digit
    («hälso-⏎och», «e-⏎post», «EU-⏎direktivet»).
    """
    if "\n" in text:
        text = _PARTED.sub(_join, _SOFT_BREAK.sub("", text))
    return text.translate(_SEEN_OTHERWISE) if _ODD.search(text) else text


def as_read(text: str) -> str:
    """Return a passage's text on one line, with whole words and without what is struck out, note marks and emphasis."""
    text = joined(text)
    if "~~" in text:
        text = _STRUCK.sub("", text)
    if "[^" in text or _RAISED.search(text):
        text = _NOTE_MARK.sub(_without_note, text)
    if "**" in text or "__" in text:
        text = _EMPHASIS.sub(r"\g<inner>", text)
    if "](" in text:
        text = _LINK.sub(_linked, text)
    return " ".join(text.split()) if "\n" in text else text


def _join(match: re.Match[str]) -> str:
    before, hyphen, after = match["before"], match["hyphen"], match["after"]
    if after.lower() in _COORDINATION:
        return f"{before}{hyphen} {after}"
    own = len(before) == 1 or before[-1].isupper() or before[-1].isdigit() or not after[0].islower()
    return before + (hyphen if own else "") + after


def _without_note(match: re.Match[str]) -> str:
    base, raised = match["base"] or "", match["raised"] or ""
    return match.group() if raised and not is_note_mark(base, raised) else base


def is_note_mark(before: str, raised: str) -> bool:
    """Tell whether raised digits mark a note, rather than belong to the word or number that they stand behind.

    Kept are exponents (m², 10⁶, s⁻¹), and two digits behind a number: minutes (8³⁰), or öre (12⁵⁰, 12:⁵⁰). Some of
    these may be a note's mark all the same; but where a mark stays, nothing is said that is not so, and without its
    minutes an hour is another one.

    Args:
        before: what stands before them, at least the last word; nothing marks no note.
        raised: the digits, raised or not.
    """
    part = (len(raised) == 2 and _OF_A_NUMBER.search(before)) or before[-1:] in "⁺⁻"
    return bool(before) and not part and not is_base(before)


def is_base(text: str) -> bool:
    """Tell whether what stands before a raised digit takes an exponent (m², km², 10⁶) rather than a note."""
    return _POWER_OF.search(text) is not None


def _linked(match: re.Match[str]) -> str:
    words, address = match["words"], match["address"]
    return words if not address or address in words else f"{words} ({address})"
