"""What runs within the lines of a web page: bold text, icons, and what links and raised text come to at their ends.

Bold text is marked until its line is whole: only a line that is bold from end to end may be a label.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from nmt_rag.documents.formats import raised_text

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

BOLD, BOLD_ENDS = "\x02", "\x03"
"""No page holds these: they mark bold text until its line is whole."""

_BOLD_TEXT = re.compile(f"{BOLD}[^{BOLD_ENDS}]*{BOLD_ENDS}?")
_MAX_LABEL = 100
_NOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-zA-Z])[\])]?(?:\s*[,–-]\s*[\[(]?\d{1,3}[\])]?)*$")
_ADDRESS = re.compile(r"\s*(?P<kind>mailto|tel):(?P<address>[^?]{3,200})", re.IGNORECASE)

_EDITING = "mw-editsection"  # of MediaWiki
_INLINE = frozenset({"b", "div", "em", "i", "small", "span", "strong"})
_ICON_FONT = re.compile(r"(?:^|\s)material-(?:icons|symbols)(?:$|[\s_-])")
_ICON = re.compile(r"(?:^|[\s_-])icons?(?:$|[\s_-])", re.IGNORECASE)
_SPOKEN = re.compile(r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-?reader(?:-text|-only)?)(?:$|\s)", re.IGNORECASE)
_LABELS = ("data-label", "data-title", "data-th")


def is_spoken(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Tell whether words within a line are there for who listens to the page: they are parted from those around."""
    return element.tag == "span" and _SPOKEN.search(element.get("class", "")) is not None


def is_unread(element: Any) -> bool:  # noqa: ANN401
    """Tell whether what stands within a line is none of its words.

    Such are an icon that a font makes of a word, what is said to be hidden from who listens and named as an icon, a
    link to edit a part, what a link says only to who listens, and a column's name before each cell, for small screens.
    """
    if element.tag not in _INLINE:
        return False
    name = element.get("class", "")
    if element.get("aria-hidden") == "true" and (element.tag == "i" or _ICON.search(name)):
        return True
    around = element.getparent()
    if name and (_ICON_FONT.search(name) or (element.tag == "span" and _EDITING in name.split())):
        return True
    if around is None or around.tag not in ("a", "td"):
        return False
    before, following = element.getprevious(), element.getnext()
    if around.tag == "a" and is_spoken(element):
        beside = [around.text, element.tail, *(() if following is None else following.itertext())]
        beside += [] if before is None else [*before.itertext(), before.tail]
        return any(map(str.isalnum, "".join(filter(None, beside))))
    label = next(filter(None, map(around.get, _LABELS)), "").strip()
    return bool(label) and before is None and "".join(element.itertext()).strip(" \n:") == label


def ends_before(element: Any) -> str:  # noqa: ANN401
    """Return the last words right before an element, where those are no heading's."""
    above = element.getprevious()
    if above is None:
        return (element.getparent().text or "").rstrip()
    while not (above.tail or "").strip() and re.fullmatch("h[1-6]", above.tag) is None:
        inner = next(above.iterchildren(reversed=True), None)
        if inner is None:
            return (above.text or "").rstrip()
        above = inner
    return (above.tail or "").rstrip()


def end_inline(element: Any, pieces: list[str], first: int) -> None:  # noqa: ANN401
    """Take in that a link or raised text ends: an address behind words is kept; a mark, or link to a note, not.

    Args:
        element: the link or raised text.
        pieces: what was gathered of its paragraph, which is changed.
        first: where its own begin among them.
    """
    inner = plain("".join(pieces[first:]))
    words = inner.strip()
    address = _ADDRESS.match(element.get("href", "")) if element.tag == "a" else None
    if address:
        written = " ".join(unquote(address["address"]).split())
        shown = re.sub(r"[\s()-]", "", written) in re.sub(r"[\s()-]", "", words)
        if not shown and not _same_number(written, words):
            pieces.append(f" ({written})" if words else written)
    if element.tag == "sup" and first <= len(pieces) and words:
        before = plain("".join(pieces[max(0, first - 8) : first]))
        if element.find(".//a") is None and element.getparent().tag != "a":
            pieces[first:] = [raised_text(inner, before, element.tail or "")]
        elif _NOTE.match(words) and before[-1:].strip():
            pieces[first:] = []


def is_all_bold(text: str) -> bool:
    """Tell whether no word of a text with bold text marked is not bold."""
    return BOLD in text and not _BOLD_TEXT.sub("", text).strip()


def plain(text: str) -> str:
    """Return a text without the marks of bold text."""
    return text.replace(BOLD, "").replace(BOLD_ENDS, "")


def label(line: str) -> str:
    """Return a line with Markdown's marks of bold text where all of it is bold and it reads as a label or question."""
    words = re.sub(" +", " ", plain(line)).strip()
    whole = bool(words) and not re.search(r"[^\W_]", _BOLD_TEXT.sub("", line))
    return (
        f"**{words}**" if whole and len(words) <= _MAX_LABEL and words[-1] not in ".!,;" and "*" not in words else words
    )


def _same_number(address: str, words: str) -> bool:
    """Tell whether the words of a link already are its number, in whatever form: +46 8 12 34, 08-12 34."""
    digits = re.sub(r"\D", "", words).removeprefix("46").lstrip("0")
    return len(digits) >= 3 and re.sub(r"\D", "", address).removeprefix("46").lstrip("0") == digits
