"""What each item of a list goes on from: the line above the list, and the items that it stands below.

The rest of what a passage is read with stands in `nmt_rag.documents.leading`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nmt_rag import swedish
from nmt_rag.citations import headed, inwards
from nmt_rag.types import Passage

_NUMBER = re.compile(r"\s*\(?(\d{1,3})[.)]")


class Items:
    """The list that items stand in, while the passages of a text are gone through: what each of them goes on from.

    An item that is no whole sentence leads to what stands further in below it. A list goes on after a paragraph that
    stands further in than its first item, after lines without a blank one that lead to nothing, and with the number
    that follows; a number 1 below a blank line begins another one, where the items above have no numbers.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._outer: list[tuple[int, str]] = []  # what leads to what stands further in than so many characters
        self._numbers: dict[int, int] = {}  # the last number, by how far in it stands
        self._first = 0  # how far in the first item stands
        self._parted = False  # whether a blank line stands below the last item
        self._colon = (0, "")  # a paragraph of an item that leads to the next one, or to an inner list
        self.are_open = False
        self.lead = ""

    def take(self, passage: Passage, line: int, near: Passage | None, above: Callable[[], str]) -> bool:
        """Take in a passage that begins a line; tell whether it stands in a list, which then is open.

        Args:
            passage: it.
            line: where its line begins.
            near: the passage before it under its heading, or None.
            above: gives what a list that begins here would go on from, but for its heading.
        """
        mark = self._text[line : passage.start]
        indent = len(mark) - len(mark.lstrip())
        item = mark != "" and swedish.list_mark_length(self._text[line : passage.end]) == len(mark)
        number = int(match[1]) if item and (match := _NUMBER.match(mark)) else 0
        blank = near is not None and self._text.count("\n", near.end, passage.start) > 1
        self._parted = blank if self.are_open else self._parted or blank
        if near is None:
            self._outer = []
        if not item and not (self.are_open and near and indent > self._first and not mark.strip(" \t\xa0*_")):
            self.are_open = False
            return False
        follows = number == self._numbers.get(indent, 0) + 1 > 1
        another = number == 1 and blank and indent == self._first and indent not in self._numbers
        goes_on = (self.are_open and not another) or follows or not (self.are_open or self._parted or above())
        if not (self._outer and goes_on):
            self._outer = [(-1, _lead(above(), passage.heading))]
            self._numbers, self._first = {}, indent
        while self._outer[-1][0] >= indent:
            self._outer.pop()
        self.lead = inwards([text for _, text in self._outer if text], " ")
        if not item:
            self._outer = [one for one in self._outer if one is not self._colon]
            self._colon = (indent - 1, passage.text)
            self._outer += [self._colon] if passage.text.endswith(":") else []
        if item and not passage.text.endswith((".", "!", "?")):
            plain = passage.text.endswith((":", ",")) or not passage.text[0].isupper()
            self._outer.append((indent, passage.text if plain else headed(passage.text)))
        if number:
            self._numbers[indent] = number
        self.are_open, self._parted = True, False
        return True


def _lead(above: str, heading: Sequence[str]) -> str:
    """Return what a list goes on from: the line right above it under its heading, its heading, or both."""
    title = headed(heading[-1]) if heading else ""
    return f"{title} {above}".strip() if above.endswith((".", "!")) else above or title
