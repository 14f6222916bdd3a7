"""A quote's place in a text → the link that highlights it in the browser (a text fragment, ``#:~:text=…``).

The algorithm that browsers follow is https://wicg.github.io/scroll-to-text-fragment/. A part of the directive never
crosses a block of the page, so parts stay within one line of the text; Markdown marks, which the page does not show,
are left out. What is unique is judged as Chromium judges it: without regard to case, accents and kinds of space.
The page itself is not fetched: what it shows outside the text (menus, footers) is unknown here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple
from urllib.parse import quote as percent_encode

from nmt_rag.swedish import normalized

# The two limits are those of Chromium's own link generator (blink, text_fragment_selector_generator.cc).
MAX_EXACT = 300  # longer quotes are named by their first and last words
MIN_ALONE = 20  # shorter quotes may stand in a menu as well: they are named together with their neighbours
RANGE_WORDS = 10  # words at each end of a long quote
CONTEXT_WORDS = (3, 6, 12, 24)  # of neighbours, tried in this order until the place is unique

KEY = 12  # at most this many characters from the beginning of a word are looked up in a long text
MAX_PLACES = 500  # of the rarest word of a piece, where the piece is looked for in a long text
SHORT = 20_000  # a shorter text is searched from its beginning, which is as quick (characters)

_WORD = re.compile(r"(?<=\s)\S")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_LIMIT = "{1,500}?"  # how far apart two marks of a pair may stand, so that no text costs quadratic time
_MARKS = tuple(  # every group is something that the page does not show
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^([ \t]*(?:(?:#{1,6}|[-*+>]|\d{1,3}[.)])[ \t]+)+(?:\[[ xX]\][ \t]+)?)",  # heading, list item, block quote
        rf"(?<![\w*])(\*\*|__)(?=\S)[^\n]{_LIMIT}(?<=\S)(\1)(?![\w*])",
        rf"(?<![\w*])([*_])(?![\s*_])[^\n]{_LIMIT}(?<![\s*_])(\1)(?![\w*])",
        rf"(?<!`)(`{{1,3}})(?!`)[^`\n]{_LIMIT}(\1)(?!`)",
        r"(!\[[^\]\n]{0,500}\]\([^()\s]{0,2000}\)[ \t]?)",  # an image
        r"(?<!!)(\[)[^\]\n]{1,500}(\]\([^()\s]{1,2000}(?:[ \t]+\"[^\"\n]{0,500}\")?\))",  # a link
        r"(?<!!)(\[)[^\]\n]{1,500}(\]\[[^\]\n]{0,200}\])",  # one whose address stands elsewhere
        r"(<)(?:https?://[^\s<>]{1,2000}|[\w.+-]{1,100}@[\w.-]{1,200})(>)",
        rf"(?<!~)(~~)(?=[^\s~])[^\n]{_LIMIT}(?<=\S)(\1)(?!~)",
        r"(\\)[!-/:-@\[-`{-~]",  # what stands before a mark that is none
    )
)

_UNSEEN = re.compile(r"^[ \t|:*_=-]+$|^[ \t]*\|[ \t]|[ \t]\|[ \t]*$", re.MULTILINE)
"""A rule, the underline of a heading or of a table's header, the bars around its rows."""


class _Fold(dict[int, str]):
    """Each character → the one that a browser's search takes it for; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = normalized("NFD", chr(code))[0].casefold()[0]
        self[code] = " " if character.isspace() else character
        return self[code]


_FOLD = _Fold({**dict.fromkeys(map(ord, "“”„‟"), '"'), **dict.fromkeys(map(ord, "‘’‚‛"), "'")})


@dataclass(frozen=True, slots=True)
class _Page:
    """What the page shows of a text: runs of white space as one character, blocks as lines, no Markdown marks.

    ``folded`` has the length of ``shown``, and a space for each line break. ``runs`` says which characters of the
    source are shown: the starts in the source, the starts in ``shown``.
    """

    shown: str
    folded: str
    source_starts: tuple[int, ...]
    shown_starts: tuple[int, ...]

    def at(self, offset: int) -> int:
        """Return where the source's offset lies in ``shown``; of what is not shown, where the next thing does."""
        run = bisect_right(self.source_starts, offset) - 1
        if run < 0:
            return 0
        run_end = (*self.shown_starts[run + 1 : run + 2], len(self.shown))[0]
        return min(self.shown_starts[run] + offset - self.source_starts[run], run_end)


class _Extent(NamedTuple):
    """A part of the page, ``[start:end]`` of ``shown``."""

    start: int
    end: int


def text_fragment(text: str, start: int, end: int) -> str:
    """Return ``#:~:text=…`` that highlights ``text[start:end]``, or an empty string where nothing is to be seen.

    A quote that begins or ends inside a word is widened to the whole word, since browsers match whole words.
    Where the same words stand several times and no neighbours tell them apart, the first of them is highlighted.

    Args:
        text: the document's text; its lines are the page's blocks, or parts of them.
        start: first character of the quote.
        end: the character after its last one.

    Raises:
        ValueError: not ``0 <= start < end <= len(text)``.
    """
    _check_place(text, start, end)
    page = _page(text)
    quote = _whole_words(page.folded, page.at(start), page.at(end))
    if quote.start >= quote.end:
        return ""
    first, last = _ends(page.shown, quote)
    at_risk = quote.end - quote.start < MIN_ALONE or not _stands_free(page.folded, quote)
    if not at_risk and _is_unique(page.folded, first, last, quote):
        return _directive(page.shown, first, last, quote, quote)
    context = quote
    for words, across in product(CONTEXT_WORDS, (False, True)):
        context = _Extent(
            _before(page.shown, quote.start, words, across=across), _after(page.shown, quote.end, words, across=across)
        )
        if context != quote and _is_unique(page.folded, first, last, context):
            break
    return _directive(page.shown, first, last, quote, context)


def deep_link(url: str, text: str, start: int, end: int, *, page: int | None = None) -> str:
    """Return the address that opens the page at the quote; an empty string where there is no address.

    A fragment of the address is kept (``page#part`` becomes ``page#part:~:text=…``), an old directive is replaced.
    With the ``page`` of a PDF the link opens that page instead (``#page=12``, RFC 8118).

    Raises:
        ValueError: not ``0 <= start < end <= len(text)``.
    """
    _check_place(text, start, end)
    base = url.partition(":~:")[0].removesuffix("#")
    if not base:
        return ""
    if page is not None:
        return f"{base.partition('#')[0]}#page={page}"
    fragment = text_fragment(text, start, end)
    if not fragment:
        return base
    return base + (fragment.removeprefix("#") if "#" in base else fragment)


def _check_place(text: str, start: int, end: int) -> None:
    if not 0 <= start < end <= len(text):
        raise ValueError(f"offsets [{start}:{end}] are no place in a text of {len(text)} characters")


@lru_cache(maxsize=4)  # an answer cites few documents, each several times
def _page(text: str) -> _Page:
    """Return what the page shows of a text."""
    text = _UNSEEN.sub(lambda match: " " * len(match[0]), text).replace(" | ", " \n ")  # a cell is a block of its own
    hidden = [
        match.span(group) for marks in _MARKS for match in marks.finditer(text) for group in range(1, marks.groups + 1)
    ]
    for match in _SPACES.finditer(text):
        keep = match.start() + max(match.group().find("\n"), 0)
        hidden += [(match.start(), keep), (keep + 1, match.end())]
    shown: list[str] = []
    source_starts: list[int] = []
    shown_starts: list[int] = []
    position = length = 0
    for start, end in [*sorted(hidden), (len(text), len(text))]:
        if position < start:
            source_starts.append(position)
            shown_starts.append(length)
            shown.append(text[position:start])
            length += start - position
        position = max(position, end)
    joined = "".join(shown)
    return _Page(joined, joined.translate(_FOLD), tuple(source_starts), tuple(shown_starts))


def _whole_words(folded: str, start: int, end: int) -> _Extent:
    """Return the quote without white space at its ends, and with its first and last word whole."""
    while start < end and folded[start] == " ":
        start += 1
    while start < end and folded[end - 1] == " ":
        end -= 1
    while 0 < start < end and folded[start - 1].isalnum() and folded[start].isalnum():
        start -= 1
    while start < end < len(folded) and folded[end - 1].isalnum() and folded[end].isalnum():
        end += 1
    return _Extent(start, end)


def _stands_free(folded: str, quote: _Extent) -> bool:
    """Return whether white space or the text's border stands on both sides of the quote."""
    return folded[quote.start - 1 : quote.start] in ("", " ") and folded[quote.end : quote.end + 1] in ("", " ")


def _ends(shown: str, quote: _Extent) -> tuple[_Extent, _Extent]:
    """Return the quote's first and last words, for a quote of several lines or a long one; else twice the quote."""
    line_end = shown.find("\n", quote.start, quote.end)
    if line_end < 0 and quote.end - quote.start <= MAX_EXACT:
        return quote, quote
    line_start = shown.rfind("\n", quote.start, quote.end) + 1
    first = _Extent(quote.start, _after(shown, quote.start, RANGE_WORDS, across=False))
    last = _Extent(_before(shown, quote.end, RANGE_WORDS, across=False), quote.end)
    first = _Extent(quote.start, min(first.end, line_end if line_end >= 0 else quote.end))
    last = _Extent(max(last.start, line_start, quote.start), quote.end)
    return (first, last) if first.end < last.start else (quote, quote)


def _before(shown: str, position: int, words: int, *, across: bool) -> int:
    """Return where up to so many words before the position begin, on its line or, if ``across``, the line before."""
    if across and shown[position - 1 : position] == "\n":
        position -= 1
    line = shown.rfind("\n", 0, position) + 1
    for _ in range(words):
        if position > line:
            position = shown.rfind(" ", line, position - 1) + 1 or line
    return position


def _after(shown: str, position: int, words: int, *, across: bool) -> int:
    """Return where up to so many words after the position end, on its line or, if ``across``, the next line."""
    if across and shown[position : position + 1] == "\n":
        position += 1
    line = shown.find("\n", position)
    line = line if line >= 0 else len(shown)
    for _ in range(words):
        if position < line:
            space = shown.find(" ", position + 1, line)
            position = space if space >= 0 else line
    return position


def _is_unique(folded: str, first: _Extent, last: _Extent, context: _Extent) -> bool:
    """Return whether the directive's parts are found at the quote, and nowhere else on the page."""
    if first == last:
        return at_most_two(folded, folded[context.start : context.end]) == 1
    head, tail = folded[context.start : first.end], folded[last.start : context.end]
    return at_most_two(folded, head) == 1 and folded.find(tail, first.end) == last.start


def _directive(shown: str, first: _Extent, last: _Extent, quote: _Extent, context: _Extent) -> str:
    """Return the directive of the parts, percent-encoded."""
    prefix = _encode(shown[context.start : quote.start])
    suffix = _encode(shown[quote.end : context.end])
    parts = [f"{prefix}-"] if prefix else []
    parts.append(_encode(shown[first.start : first.end]))
    if first != last:
        parts.append(_encode(shown[last.start : last.end]))
    if suffix:
        parts.append(f"-{suffix}")
    return "#:~:text=" + ",".join(parts)


def _encode(part: str) -> str:
    """Return the part percent-encoded, the hyphen too: it is a mark of the directive.

    A lone surrogate, which no address can hold, becomes U+FFFD, as a page shows it.
    """
    whole = part.strip().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return percent_encode(whole, safe="").replace("-", "%2D")


def at_most_two(text: str, piece: str) -> int:
    """Return how often a piece stands in a text, overlapping places included; two is as good as any more.

    The words of a long text are looked up once: to search it from its beginning for each of its sentences takes the
    square of its length. So would a piece all of whose words stand everywhere: it counts as two where it is not found
    to be so at the first `MAX_PLACES` of them.
    """
    places = _places(text, piece) if len(text) > SHORT else None
    if places is None:
        first = text.find(piece)
        return 0 if first < 0 else 1 if text.find(piece, first + 1) < 0 else 2
    offset, starts = places
    found = 0
    for start in starts[:MAX_PLACES]:
        found += text.startswith(piece, start - offset) if start >= offset else 0
        if found == 2:
            break
    return found if len(starts) <= MAX_PLACES else 2


def _places(text: str, piece: str) -> tuple[int, list[int]] | None:
    """Return where the rarest word of a piece stands in the piece, and where in the text; None where it has none."""
    words = _words(text)
    offsets = [match.start() for match in _WORD.finditer(piece) if match.start() <= len(piece) - KEY]
    rarest = min(offsets, key=lambda offset: len(words.get(piece[offset : offset + KEY], ())), default=None)
    return None if rarest is None else (rarest, words.get(piece[rarest : rarest + KEY], []))


@lru_cache(maxsize=2)  # the text of a document, and what its page shows of it
def _words(text: str) -> dict[str, list[int]]:
    """Return where the words of a text begin, by their first characters and what follows them."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for match in _WORD.finditer(text):
        found[text[match.start() : match.start() + KEY]].append(match.start())
    return dict(found)
