"""Lines of a text → one line, and the page they stand on: how a quote is shown to people.

The quote itself keeps each character of its source; this is for screens and paper only.
"""

from __future__ import annotations

import re
from functools import reduce

_TOGETHER = frozenset(("och", "eller", "samt", "respektive", "till", "and", "or"))  # «hälso- och sjukvård»
_BREAK = re.compile(r"[ \t]*\n\s*")


def unbroken(quote: str) -> str:
    """Return a quote on one line, the words whole that a hyphen parts at the end of a line."""
    return reduce(joined, _BREAK.split(quote)) if "\n" in quote else quote


def page_label(page: int | None, language: str = "sv") -> str:
    """Return the page as people write it, «s. 12» (``"en"``: «p. 12»), or an empty string where there is none."""
    return "" if page is None else f"{'p.' if language == 'en' else 's.'} {page}"


def joined(text: str, line: str) -> str:
    """Return a text with its next line: a word that a hyphen parts at the end of the text is whole again.

    A hyphen stays where it belongs to the word: after a number, a letter or capitals, before a capital or a number, and
    where «och» or the like follows.
    """
    head = text.rsplit(None, 1)[-1] if text.strip() else ""
    if not text.endswith("-") or len(head) < 2:
        return f"{text} {line}"
    if line and line.split(None, 1)[0].rstrip(".,;:)»") in _TOGETHER:
        return f"{text} {line}"
    part = re.split(r"[-/(«\"']", head[:-1])[-1]
    if not line[:1].islower() or len(part) < 2 or part.isupper() or not part[-1].isalpha():
        return text + line
    return text[:-1] + line
