"""A long text → pieces of whole sentences, as offsets, for stores whose texts are too long to be encoded at once.

`SentenceSplitter` makes them; any other splitter with ``split_text`` does, LangChain's among them, as long as each of
its pieces stands in the text. Nothing is encoded or stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nmt_rag.swedish import blocks


class TextSplitter(Protocol):
    """What takes a text apart."""

    def split_text(self, text: str) -> list[str]:
        """Return pieces of the text in its order; they may overlap."""
        ...


@dataclass(frozen=True, slots=True)
class SentenceSplitter:
    """Takes texts apart between sentences, by what a Swedish sentence is («bl.a.» ends none).

    Args:
        size: how long a piece is at most (characters); a sentence that is longer is a piece of its own.
        overlap: how much of a piece is said again in the next one at most (characters), in whole sentences.

    Raises:
        ValueError: size is below 1, or overlap is below 0 or not below size.
    """

    size: int = 1_000
    overlap: int = 0

    def __post_init__(self) -> None:
        """Refuse settings that cannot be."""
        if self.size < 1 or not 0 <= self.overlap < self.size:
            raise ValueError(f"expected size >= 1 and 0 <= overlap < size, got {self.size} and {self.overlap}")

    def split_text(self, text: str) -> list[str]:
        """Return the pieces in the order of the text."""
        return [text[start:end] for start, end in self.spans(text)]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the pieces begin and end."""
        whole = blocks.sentences(text)
        found: list[tuple[int, int]] = []
        first = 0
        for number, (_, end) in enumerate(whole):
            if number > first and end - whole[first][0] > self.size:
                found.append((whole[first][0], whole[number - 1][1]))
                first = self._again(whole, first, number, end)
        if whole:
            found.append((whole[first][0], whole[-1][1]))
        return found

    def _again(self, whole: Sequence[tuple[int, int]], first: int, number: int, end: int) -> int:
        """Return the sentence with which the next piece begins: the earliest one that overlap and size allow."""
        begins = whole[number - 1][1] - self.overlap
        return next(n for n in range(first + 1, number + 1) if n == number or begins <= whole[n][0] >= end - self.size)


def spans(splitter: TextSplitter, text: str) -> list[tuple[int, int]]:
    """Return where a splitter's pieces stand in a text.

    Raises:
        ValueError: a piece does not stand in the text, after the beginning of the one before.
    """
    if isinstance(splitter, SentenceSplitter):
        return splitter.spans(text)
    found: list[tuple[int, int]] = []
    begin = 0
    for piece in splitter.split_text(text):
        start = text.find(piece, begin)
        if start < 0 or not piece:
            raise ValueError(
                f"the splitter gave a piece that does not stand in the text: {piece[:60]!r}; let it change nothing"
            )
        found.append((start, start + len(piece)))
        begin = start + 1
    return found
