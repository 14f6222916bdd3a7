"""What a table is made of: runs of words, and the text of a cell. How tables are found stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nmt_rag.citations import joined
from nmt_rag.documents.pdf.pages import Rectangle, Word


@dataclass(slots=True)
class Table:
    """A table: where it stands (left, top, right, bottom, in points from above) and its rows of cells.

    ``words`` are those in its cells, ``box`` the drawn box that it stands in.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    rows: list[list[str]]
    n_header: int = 0
    words: list[Word] = field(default_factory=list)
    box: Rectangle | None = None

    @property
    def y(self) -> float:
        """Where it begins, from above."""
        return self.top

    @property
    def size(self) -> float:
        """A usual height of letters: a table has none of its own."""
        return 10.0


@dataclass(slots=True)
class WordRun:
    """Words side by side without a wide gap."""

    words: list[Word]

    @property
    def x0(self) -> float:
        """Its left end."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Its right end."""
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        """Its words, with a space between each two."""
        return " ".join(word.text for word in self.words)


def by_baseline(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of one cell line by line from above, each from the left."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if lines and abs(word.y - lines[-1][-1].y) < 0.4 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x0) for line in lines]


def in_lines(words: Sequence[Word]) -> str:
    """Return the words of one cell, line by line from above, on one line."""
    text = ""
    for line in by_baseline(words):
        piece = " ".join(word.text for word in line)
        text = joined(text, piece) if text else piece
    return text
