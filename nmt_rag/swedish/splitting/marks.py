"""The marks of a line: a list item's, a heading's, a section's, those of bold text and of a table."""

from __future__ import annotations

import re

from nmt_rag.swedish.splitting.sentence_ends import ends_abbreviated

LIST_MARK = re.compile(r"\s*(?:[-*•–—·◦▪●]|\(?\d{1,3}[.)]|\(?[a-zåäö]\))\s+", re.IGNORECASE)
HEADING_MARK = re.compile(r"\s{0,3}#{1,6}\s+\S")
SECTION_MARK = re.compile(r"\s*(?:\d+\s*(?:[a-z]\s+)?kap\.\s*)?\d+\s*(?:[a-z]\s*)?§")
_BOLD_LINE = re.compile(r"\s*(?P<mark>\*\*|__)(?=\S)[^*\n]+(?<=\S)(?P=mark)\s*$")
_DELIMITERS = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)*\s*:?-{3,}:?\s*\|?\s*$")
_CELL_END = re.compile(r"\s\|(?:\s|$)")
ITEM_END = re.compile(r"(?:,|;|\s(?:och|samt|eller))$")
WIDEST = 150
"""No program wraps lines as long as this (characters): a text with longer ones is one line a paragraph."""


def is_list_item(line: str) -> bool:
    """Tell whether a line begins with a list mark: ``-``, ``•``, ``1.``, ``a)`` or the like."""
    return LIST_MARK.match(line) is not None


def list_mark_length(line: str) -> int:
    """Return the number of characters that the list mark (with its spaces) takes at the start of a line."""
    match = LIST_MARK.match(line)
    return match.end() if match else 0


def goes_on_below(item: str) -> bool:
    """Tell whether a list item, without its mark, is part of one sentence with the items below: «en plan, och»."""
    return not item[:1].isupper() and ITEM_END.search(item) is not None


def heads_section(line: str, below: str) -> bool:
    """Tell whether a line that ends with an abbreviation stands above a section's mark and has none itself."""
    return ends_abbreviated(line) and SECTION_MARK.match(below) is not None and SECTION_MARK.match(line) is None


def is_bold_line(line: str) -> bool:
    """Tell whether all of a line stands between Markdown's marks of bold text."""
    return len(line) <= 2 * WIDEST and _BOLD_LINE.match(line) is not None


def is_delimiter_row(line: str) -> bool:
    """Tell whether a line parts a table's header from its rows, as in Markdown: ``--- | ---``."""
    return "|" in line and _DELIMITERS.match(line) is not None


def n_cell_ends(line: str) -> int:
    """Return the number of bars in a line that end a cell of a table."""
    return len(_CELL_END.findall(line)) if "|" in line else 0
