"""What the reader is shown: a question and a window of neighbouring sentences as token ids, with the place of each.

``<s> query: question </s> </s> passage: title <sent> sentence 1 <sent> sentence 2 … </s>``. A statement against a quote
is laid out the same way: the statement stands for the question, the sentence before the quote and the quote for the
window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nmt_rag.models.weights import token_id

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["WINDOW_TOKENS", "Layout", "Window", "best_name", "cover"]

MOST_TOKENS = 16
"""At most this long is a name (tokens)."""
MOST_PLACES = 16
"""At most this many places where a name may begin, and as many where it may end, are looked at."""

START, END = 0, 2
QUESTION_TOKENS, TITLE_TOKENS, SENTENCE_TOKENS = 64, 32, 80
WINDOW_TOKENS = 192
"""At most this much of a question, a title with its headings, a sentence, and a window in all (tokens)."""


@dataclass(frozen=True)
class Window:
    """Token ids and half-open spans in them."""

    ids: tuple[int, ...]
    question: tuple[int, int]
    title: tuple[int, int]
    sentences: tuple[tuple[int, int], ...]
    first: int  # the number of its first sentence in the document


class Layout:
    """Turns texts into windows; remembers the tokens of what it has met."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer that knows ``<sent>``."""
        self._tokenizer = tokenizer
        self._mark = token_id(tokenizer, "<sent>")
        self._known: dict[str, tuple[int, ...]] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Tokenise many texts at once."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        for text, encoding in zip(
            unknown, self._tokenizer.encode_batch(unknown, add_special_tokens=False), strict=True
        ):
            self._known[text] = tuple(encoding.ids)

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the token ids of a text, without marks."""
        if text not in self._known:
            self._known[text] = tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)
        return self._known[text]

    def room(self, question: str, title: str) -> int:
        """Return how many tokens of a window are left for sentences."""
        return (
            WINDOW_TOKENS
            - 4
            - self._length(question, "query: ", QUESTION_TOKENS)
            - self._length(title, "passage: ", TITLE_TOKENS)
        )

    def length(self, sentence: str) -> int:
        """Return how many tokens a sentence takes in a window, its mark included."""
        return 1 + min(SENTENCE_TOKENS, len(self.tokens(sentence)))

    def window(self, question: str, title: str, sentences: Sequence[str], first: int = 0) -> Window:
        """Return the window of some sentences; what does not fit is cut at the end of the last sentence that begins in it."""
        question_ids = self.tokens("query: " + question)[:QUESTION_TOKENS]
        title_ids = self.tokens("passage: " + title)[:TITLE_TOKENS]
        ids = [START, *question_ids, END, END, *title_ids]
        title_span = (3 + len(question_ids), 3 + len(question_ids) + len(title_ids))
        spans: list[tuple[int, int]] = []
        for sentence in sentences:
            piece = [self._mark, *self.tokens(sentence)[:SENTENCE_TOKENS]]
            if spans and len(ids) + len(piece) + 1 > WINDOW_TOKENS:
                break
            spans.append((len(ids), min(WINDOW_TOKENS - 1, len(ids) + len(piece))))
            ids = (ids + piece)[: WINDOW_TOKENS - 1]
        return Window((*ids, END), (1, 1 + len(question_ids)), title_span, tuple(spans), first)

    def statement(self, statement: str, title: str, before: str, quote: str) -> Window:
        """Return a statement against a quote, the last sentence; what stands before it is left out where both do not fit."""
        window = self.window(statement, title, [before, quote])
        return window if len(window.sentences) == 2 else self.window(statement, title, ["", quote])

    def places(self, window: Window, title: str, sentences: Sequence[str]) -> list[tuple[str, int, int] | None]:
        """Return where each token of a window stands: its text, begin, end in characters; None for marks and the question."""
        found: list[tuple[str, int, int] | None] = [None] * len(window.ids)
        prompt = "passage: "
        parts = [(window.title[0], window.title[1], title, prompt)]
        parts += [(first + 1, last, text, "") for (first, last), text in zip(window.sentences, sentences, strict=False)]
        for first, last, text, before in parts:
            offsets = self._tokenizer.encode(before + text, add_special_tokens=False).offsets
            for place, (start, end) in zip(range(first, last), offsets, strict=False):
                if start >= len(before) and end > start:
                    found[place] = text, start - len(before), end - len(before)
        return found

    def _length(self, text: str, prompt: str, most: int) -> int:
        return min(most, len(self.tokens(prompt + text)))


def cover(layout: Layout, question: str, title: str, sentences: Sequence[str]) -> list[Window]:
    """Return windows over a whole text, each beginning with the last third of the one before it."""
    room = layout.room(question, title)
    lengths = [layout.length(sentence) for sentence in sentences]
    windows: list[Window] = []
    first = 0
    while first < len(sentences):
        last, used = first, 0
        while last < len(sentences) and (last == first or used + lengths[last] <= room):
            used += lengths[last]
            last += 1
        windows.append(layout.window(question, title, sentences[first:last], first))
        if last >= len(sentences):
            break
        first = max(first + 1, last - max(1, (last - first) // 3))
    return windows


def best_name(
    first: NDArray[np.float32], last: NDArray[np.float32], places: Sequence[tuple[str, int, int] | None]
) -> tuple[str, float]:
    """Return the most probable name, as it is spelled in its best place; empty where none is.

    A name is some whole words; it begins at any of its places and ends at any, so that the begin of one and the end of
    the next make no name of what stands between.
    """
    said = np.array([place is not None for place in places])
    if not said.any():
        return "", 0.0
    ends = np.where(said, np.exp(np.minimum(last - last[said].max(), 0)), 0)
    ends /= ends.sum()
    begins: dict[str, dict[int, float]] = {}
    closes: dict[str, dict[int, float]] = {}
    spelled: dict[str, tuple[float, str]] = {}
    likely = [[int(n) for n in np.argsort(-shares, kind="stable")[:MOST_PLACES]] for shares in (first * said, ends)]
    for begin in likely[0]:
        for end in likely[1]:
            name = _spelled(places[begin], places[end]) if begin <= end < begin + MOST_TOKENS else ""
            if name:
                begins.setdefault(name.lower(), {})[begin] = float(first[begin])
                closes.setdefault(name.lower(), {})[end] = float(ends[end])
                pair = (float(first[begin] * ends[end]), name)
                spelled[name.lower()] = max(pair, spelled.get(name.lower(), pair))
    total = {name: sum(begins[name].values()) * sum(closes[name].values()) for name in spelled}
    best = max(total, key=total.__getitem__, default="")
    return (spelled[best][1], total[best]) if best else ("", 0.0)


def _spelled(begin: tuple[str, int, int] | None, end: tuple[str, int, int] | None) -> str:
    """Return the words from one token to another of the same text; empty where they are cut, or are no words."""
    if not begin or not end or begin[0] is not end[0]:
        return ""
    text, first, last = begin[0], begin[1], end[2]
    while first < last and not text[first].isalnum():
        first += 1
    while first < last and not (text[last - 1].isalnum() or text[last - 1] == ")"):
        last -= 1
    mark = text[begin[1] : begin[2]].isspace()  # what begins a word can be a token of its own
    inside = (first >= begin[2] and not mark) or last <= end[1]  # a token of punctuation alone begins and ends nothing
    cut = text[max(0, first - 1) : first].isalnum() or (
        text[last - 1 : last].isalnum() and text[last : last + 1].isalnum()
    )
    return "" if inside or cut or first >= last else text[first:last]
