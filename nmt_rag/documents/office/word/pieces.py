"""The pieces of a paragraph's text, each all bold or raised or neither → the text as a reader sees it.

What the pieces hold is gathered elsewhere; here note marks are left out, numbers raised, and bold lines marked.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from nmt_rag.documents.formats import may_head, raised_text

_REACH = 40
"""So many characters before a raised text tell what it is: at least the word that it belongs to."""


class TextPiece(NamedTuple):
    """A piece of text, and how it is written."""

    text: str
    bold: bool
    raised: bool = False


def settled(pieces: Sequence[TextPiece]) -> list[TextPiece]:
    """Return the pieces with what is raised as it is read; Word may write one raised number as several pieces."""
    if not any(piece.raised for piece in pieces):
        return list(pieces)
    groups = itertools.groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.raised)
    runs = [list(group) for _, group in groups]
    before = ""
    for number, run in enumerate(runs):
        text = "".join(piece.text for piece in run)
        if run[0].raised:
            text = raised_text(text, before, runs[number + 1][0].text if number + 1 < len(runs) else "")
            run[:] = [TextPiece(text, run[0].bold)]
        before = (before + text)[-_REACH:]
    return [piece for run in runs for piece in run]


def labelled(pieces: Sequence[TextPiece]) -> str:
    """Return the text with marks around the line that is bold and heads what follows, in it or below it."""
    text = "".join([piece.text for piece in pieces])
    if not any(piece.bold for piece in pieces):
        return text
    lines: list[list[TextPiece]] = [[]]
    for piece in pieces:
        first, *others = piece.text.split("\n")
        lines[-1].append(TextPiece(first, piece.bold))
        lines += [[TextPiece(other, piece.bold)] for other in others]
    written = ["".join(piece.text for piece in line).strip() for line in lines]
    heads = [bool(words) and _heads(words, line) for words, line in zip(written, lines, strict=True)]
    if not any(heads) or (all(heads) and len(heads) > 1):
        return text
    return "\n".join(f"**{words}**" if head else words for words, head in zip(written, heads, strict=True))


def _heads(text: str, line: Sequence[TextPiece]) -> bool:
    """Tell whether a line is bold all through and short: it heads what follows."""
    return all(piece.bold for piece in line if piece.text.strip()) and may_head(text)
