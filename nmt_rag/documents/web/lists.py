"""The items of a page's lists → their marks: the numbers that a browser writes, further in below an outer item."""

from __future__ import annotations

import re
from typing import Any

from nmt_rag.documents.formats import INDENT, written_number
from nmt_rag.documents.web.inline import HEADINGS

_UNMARKED = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\(?(?:\d+|[a-zåäö])[.)]", re.IGNORECASE)
_STEP = re.compile(r"\s*(\d{1,3})[.)]?\s*")
_NAMES = HEADINGS | {"b", "strong"}
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter"}
_MOST_LISTED = {"decimal": 1000, "lowerLetter": 27, "upperLetter": 27}
"""Up to here a list's numbers are read as its marks again when the text is split."""
_DEEPEST = 10
"""Items stand at most this many levels in: the marks of deeper ones would make the text longer than the page."""


class ListMarks:
    """The marks of the items of a page, asked for while the items begin and end."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}  # the next number of each numbered list
        self._levels: list[int] = []  # of each open item: how many levels in the items of a list within it stand
        self._written: list[bool] = []  # of each open item: whether some of its text was

    def begin(self, item: Any) -> str:  # noqa: ANN401 - lxml has no types
        """Return the mark of an item that begins, with the number a browser writes before it («punkt 2» points to it).

        An item that is numbered by hand has none.
        """
        level = self._levels[-1] if self._levels else 0
        mark = self._mark(item)
        self._levels.append(level if mark else level + 1)
        self._written.append(False)
        return INDENT * min(level, _DEEPEST) + mark

    @property
    def below(self) -> str:
        """What stands before each further line of the innermost item: they begin below its text, as in Markdown."""
        return INDENT * min(self._levels[-1], _DEEPEST) if self._written and self._written[-1] else ""

    def write(self, mark: str) -> None:
        """Take in that text of the innermost item was written: a list within the item stands below its mark."""
        if self._written and not self._written[-1]:
            self._written[-1] = True
            self._levels[-1] += bool(mark.strip())

    def end(self) -> None:
        """Take in that the innermost item ends."""
        self._levels.pop()
        self._written.pop()

    def _mark(self, item: Any) -> str:  # noqa: ANN401
        parent = item.getparent()
        if (
            parent is None
            or parent.tag != "ol"
            or parent.get("reversed") is not None
            or _UNMARKED.search(parent.get("style", ""))
        ):
            return "- "
        following = self._numbers.get(parent, _whole(parent.get("start"), 1))
        number = _whole(item.get("value"), following)
        self._numbers[parent] = number + 1
        form = _FORMS.get(parent.get("type", "1"))
        if _NUMBERED.match(item.text or ""):
            return ""
        if form is None or not 0 < number < _MOST_LISTED[form]:
            return "- "
        written = written_number(number, form)
        return f"{written}. " if form == "decimal" else f"{written}) "


def is_step_number(element: Any) -> bool:  # noqa: ANN401
    """Tell whether an element is but the number of a step, above what names the step.

    The steps stand side by side and count from 1: other numbers say something themselves («12 kommuner»).
    """
    item, following = element.getparent(), element.getnext()
    if following is None or item.tag not in ("div", "li") or element.getprevious() is not None:
        return False
    inner = next(following.iterchildren(), None) if following.tag == "div" else None
    named = following.tag in HEADINGS or (inner is not None and inner.tag in _NAMES)
    if not named or not (number := _step(item)):
        return False
    before, behind = item.getprevious(), item.getnext()
    first = 1 if before is None else 1 + _step(before)
    return number == first and (number > 1 or (behind is not None and _step(behind) == 2))


def _step(item: Any) -> int:  # noqa: ANN401
    """Return the number that alone fills the first element of an item, or 0."""
    first = next(item.iterchildren(), None)
    if first is None or len(first) or (item.text or "").strip() or (first.tail or "").strip():
        return 0
    found = _STEP.fullmatch(first.text or "")
    return int(found[1]) if found else 0


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and re.fullmatch(r"\s*-?\d{1,5}\s*", value) else otherwise
