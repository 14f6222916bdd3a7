"""A language model's text → draft sentences, as they come: the words of the model, its quotes and its markers.

It only takes apart. Nothing is believed here: `nmt_rag.answering.writing.proof` says which sentences may be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nmt_rag.swedish import composed

# Every repeat is bounded, so that no text takes long: a number of more digits is text, and more markers are none.
_MARKER = r"\[ ?[0-9]{1,3}(?: ?, ?[0-9]{1,3}){0,7} ?\]"
_BREAK = re.compile(
    rf"[\n\r]|(?:(?<=\S)|(?<=\S[ \xa0]))(?:{_MARKER} ?){{1,8}}[.!?]?[ \t\xa0]{{1,4}}(?=[A-ZÅÄÖ«»\"“”„])"
)
_LONGEST_BREAK = 600
"""At most this far back begins a break that a new piece of text completes (characters)."""
_QUOTES = (
    r"«(?P<guillemets>[^«»]*)»",
    r"»(?P<danish>[^«»]*)«",
    r"»(?P<swedish>[^«»]*)»",
    r"\"(?P<straight>[^\"]*)\"",
    r"[“”„](?P<curly>[^“”„]*)[“”]",
)
_PIECES = re.compile("|".join((*_QUOTES, rf"(?P<marker>{_MARKER})")))
_LEADING = re.compile(r"^(?:\s*(?:#{1,6}\s+|[-*•–—·]\s+|>\s+|\d{1,2}[.)]\s+))+")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`+")
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a draft: the model's own words, or what stands between quotation marks."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it: its pieces in order, without the markers, and the markers in order."""

    pieces: tuple[Piece, ...]
    markers: tuple[int, ...]

    @property
    def own(self) -> str:
        """The model's own words, on one line, with the quotes taken out."""
        return " ".join(" ".join(piece.text for piece in self.pieces if not piece.quoted).split())

    @property
    def quotes(self) -> tuple[str, ...]:
        """What stands between quotation marks, in order."""
        return tuple(piece.text for piece in self.pieces if piece.quoted)


def sentences(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of a text that comes in chunks, each as soon as it has ended.

    A sentence ends with its line, or after its markers where another one begins. What stands between ``<think>`` and
    ``</think>`` (how some models show that they reason) is left out, also where it never ends.
    """
    buffer, thinking = "", False
    for chunk in chunks:
        seen = max(0, len(buffer) - _LONGEST_BREAK)
        buffer += chunk
        while True:
            if thinking:
                end = buffer.find(_THOUGHT_ENDS)
                if end < 0:
                    buffer = buffer[-len(_THOUGHT_ENDS) :]
                    break
                buffer, thinking = buffer[end + len(_THOUGHT_ENDS) :], False
            thought = buffer.find(_THOUGHT)
            written = buffer if thought < 0 else buffer[:thought]
            broken = _BREAK.search(written, seen)
            seen = 0
            if broken:
                sentence, buffer = buffer[: broken.end()], buffer[broken.end() :]
            elif thought >= 0:
                sentence, buffer, thinking = written, buffer[thought + len(_THOUGHT) :], True
            else:
                break
            if sentence.strip():
                yield sentence.strip()
    if not thinking and buffer.strip():
        yield buffer.strip()


def parse(sentence: str) -> Draft:
    """Return a sentence taken apart, in NFC; marks of lists, headings and emphasis are left out of its own words."""
    text = _LEADING.sub("", composed(sentence))
    pieces: list[Piece] = []
    markers: list[int] = []
    end = 0
    for match in _PIECES.finditer(text):
        _add(pieces, text[end : match.start()])
        end = match.end()
        if match["marker"]:
            markers.extend(int(number) for number in re.findall(r"[0-9]+", match["marker"]))
        else:
            quote = next(group for name, group in match.groupdict().items() if name != "marker" and group is not None)
            pieces.append(Piece(quote, True))
    _add(pieces, text[end:])
    return Draft(tuple(pieces), tuple(dict.fromkeys(markers)))


def _add(pieces: list[Piece], own: str) -> None:
    words = _EMPHASIS.sub("", own)
    if words.strip():
        pieces.append(Piece(words, False))
