"""Lines of a text → one line, and the page they stand on: how a quote is shown to people.

The quote itself keeps each character of its source; this is for screens and paper only.
"""

from __future__ import annotations

from nmt_rag.swedish import wholewords
from nmt_rag.types import Passage

_LONGEST_WORD = 80


def unbroken(quote: str) -> str:
    """Return a quote on one line, the words whole that a hyphen parts at the end of a line."""
    return " ".join(wholewords.joined(quote).split()) if "\n" in quote else quote


def row_reading(passage: Passage) -> str:
    """Return a table's row with its header words («Bad | Lördag: 9–15»), or an empty string for any other passage."""
    return passage.reading if has_header_words(passage.text, passage.reading) else ""


def has_header_words(row: str, reading: str) -> bool:
    """Tell whether a row as it is read holds more than its cells."""
    if " | " not in row or reading == row:
        return False
    shown = wholewords.as_read(row)
    return any(cell not in shown for cell in reading.split(" | "))


def joined(text: str, line: str) -> str:
    """Return a text with its next line: a word that a hyphen parts at the end of the text is whole again."""
    return text[:-_LONGEST_WORD] + wholewords.joined(f"{text[-_LONGEST_WORD:]}\n{line}").replace("\n", " ")


def page_label(page: int | None, language: str = "sv") -> str:
    """Return the page as people write it, «s. 12» (``"en"``: «p. 12»), or an empty string where there is none."""
    return "" if page is None else f"{'p.' if language == 'en' else 's.'} {page}"
