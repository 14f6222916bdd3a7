"""Text → sentences, headings, list items and table rows, as offsets; what a line break means is read from the lines.

A line goes on in the next one where a program wrapped it: it is full, the word below would not have fitted. Where a
sentence ends within a paragraph is settled in `nmt_rag.swedish.sentence_ends`. No heading's meaning is known here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from nmt_rag.swedish.sentence_ends import LONGEST_ABBREVIATION, ends_abbreviated, split

_LIST_MARK = re.compile(r"\s*(?:[-*•–—·◦▪●]|\(?\d{1,3}[.)]|\(?[a-zåäö]\))\s+", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\(?(\d{1,3})[.)]\s")
_NUMBER_AND_CAPITAL = re.compile(r"\d{1,3}\.\s+[A-ZÅÄÖ]")
_HEADING_MARK = re.compile(r"\s{0,3}#{1,6}\s+\S")
_SECTION_MARK = re.compile(r"\s*(?:\d+\s*(?:[a-z]\s+)?kap\.\s*)?\d+\s*(?:[a-z]\s*)?§")
_BOLD_LINE = re.compile(r"\s*(?P<mark>\*\*|__)(?=\S)[^*\n]+(?<=\S)(?P=mark)\s*$")
_RULED = r"\s*+(?::?-{3,}+:?|:-++:?|-++:)\s*+"  # a dash alone may stand for no value
_DELIMITERS = re.compile(rf"\s*+\|?(?:{_RULED}\|)*{_RULED}(?:\|\s*+)?$")
_CELL_END = re.compile(r"\s\|(?:\s|$)")
_UNDERLINE = re.compile(r"[=-]{3,}$")
_ITEM_END = re.compile(r"(?:,|;|\s(?:och|samt|eller))$")
_WIDEST = 150
"""No program wraps lines as long as this (characters): a text with longer ones is one line a paragraph."""

_LINE = re.compile(r"[^\n]*\n?")
_LEADING = frozenset("att av de eller en ett från genom hos i inom mellan och samt som under vid".split())
"""Function words that no line ends with on purpose; «Så går det till» and «Vad hjälper vi med» are headings."""
_CHAPTER_END = re.compile(r"(?:\d\s*(?:[a-z]\s+)?kap\.|§§?|,)$")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]*_]*$")
_FULL = 0.9
"""A line is full where it and the next word exceed this share of the width: letters differ in width."""
_FILLED = 0.75
"""At least this share of the width is taken by every full line where nothing else in the text is wrapped."""


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """Lines that belong together: a paragraph, a heading, a list item or a table row, and its sentences as offsets."""

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]
    row: bool = False


@dataclass(frozen=True, slots=True)
class _TextLine:
    """One line of a text, without the white space around it."""

    start: int
    end: int
    text: str
    row: bool  # of a table


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the ``(start, end)`` offsets of the sentences, headings, list items and table rows of a text, in order.

    Nothing but whitespace falls between them, none is empty, and none begins or ends with whitespace.
    """
    return [span for block in blocks(text) for span in block.sentences]


def in_rows(text: str, parts: Iterable[tuple[int, int]]) -> list[bool]:
    """Tell of parts of a text, in order, whether each stands in a line of cells, as the rows of tables are."""
    found, first, last, is_row = list[bool](), 0, -1, False  # of the line that was looked at last
    for start, end in parts:
        if not first <= start <= end <= last:
            first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end) % (len(text) + 1)  # or its end
            is_row = _n_cell_ends(text[first:last].strip()) > 0
            last = last if text.find("\n", first, last) < 0 else -1
        found.append(is_row)
    return found


def blocks(text: str) -> list[BlockSpan]:
    """Return the blocks of a text that hold anything, in order; their sentences are those of `sentences`."""
    result: list[BlockSpan] = []
    for start, end, row in _bounds(text):
        whole = row or _HEADING_MARK.match(text, start, end) is not None
        found = tuple(trimmed(text, *span) for span in ([(start, end)] if whole else split(text, start, end)))
        found = tuple(span for span in found if span[0] < span[1])
        if found:
            result.append(BlockSpan(found[0][0], found[-1][1], found, row))
    return result


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends of a span inwards past whitespace."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def is_list_item(line: str) -> bool:
    """Tell whether a line begins with a list mark: ``-``, ``•``, ``1.``, ``a)`` or the like."""
    return _LIST_MARK.match(line) is not None


def list_mark_length(line: str) -> int:
    """Return the number of characters that the list mark (with its spaces) takes at the start of a line."""
    match = _LIST_MARK.match(line)
    return match.end() if match else 0


def goes_on_below(item: str) -> bool:
    """Tell whether a list item, without its mark, is part of one sentence with the items below: «en plan, och»."""
    return not item[:1].isupper() and _ITEM_END.search(item) is not None


def heads_section(line: str, below: str) -> bool:
    """Tell whether a line that ends with an abbreviation stands above a section's mark and has none itself."""
    return ends_abbreviated(line) and _SECTION_MARK.match(below) is not None and _SECTION_MARK.match(line) is None


def is_bold_line(line: str) -> bool:
    """Tell whether all of a line stands between Markdown's marks of bold text."""
    return len(line) <= 2 * _WIDEST and _BOLD_LINE.match(line) is not None


def is_delimiter_row(line: str) -> bool:
    """Tell whether a line parts a table's header from its rows, as in Markdown: ``--- | ---``."""
    return "|" in line and _DELIMITERS.match(line) is not None


def _n_cell_ends(line: str) -> int:
    """Return the number of bars in a line that end a cell of a table."""
    return len(_CELL_END.findall(line)) if "|" in line else 0


def _bounds(text: str) -> list[tuple[int, int, bool]]:
    """Return where each block begins and ends, and whether it is a row: wrapped lines are joined, others are not."""
    lines = _lines_of(text)
    goes_on = _wrapped(lines)
    found: list[tuple[int, int, bool]] = []
    for number, line in enumerate(lines):
        if not line.text:
            continue
        if number and goes_on[number - 1]:
            found[-1] = (found[-1][0], line.end, False)
        else:
            found.append((line.start, line.end, line.row))
    return found


def _lines_of(text: str) -> list[_TextLine]:
    """Return the lines of a text, each told whether it is a row of a table."""
    spans = [match.span() for match in _LINE.finditer(text) if match.start() < match.end()]
    raw = [text[start:end].strip() for start, end in spans]
    cells = [_n_cell_ends(line) + line.startswith("| ") for line in raw]
    label = [count == 0 and is_bold_line(line) for count, line in zip(cells, raw, strict=True)]  # between two rows
    lines: list[_TextLine] = []
    for number, (start, end) in enumerate(spans):
        near = [place for step in (-1, 1) if 0 <= (place := number + step * (1 + _at(label, number + step))) < len(raw)]
        beside = any(cells[place] for place in near) or raw[number].startswith("|")
        row = (cells[number] > 0 and beside) or is_delimiter_row(raw[number])
        lines.append(_TextLine(start, end, raw[number], row))
    return lines


def _wrapped(lines: Sequence[_TextLine]) -> list[bool]:
    """Tell of each line whether the next one goes on with it."""
    goes_on = [False] * len(lines)
    runs = _runs(lines)
    unwrapped = any(len(line.text) > _WIDEST and not line.row for line in lines)
    own = [_own_width(lines, first, last, surely=unwrapped) for first, last in runs]
    widths = [width for width in own if width]
    usual = median(widths) if widths else 0.0
    for (first, last), width in zip(runs, own, strict=True):
        prose = width or lines[last].text.endswith((",", ";")) or _SENTENCE_END.search(lines[last].text)
        items = _items(lines, first, last, wrapped=bool(width)) if unwrapped else frozenset()
        for number in range(first, last):
            above, following = lines[number].text, lines[number + 1].text
            full = prose and (width or not unwrapped) and _is_full(above, following, width or usual)
            lower = following.lstrip('«(”"')[:1].islower()
            opened = above.count("(") > above.count(")") or (following.startswith("§") and above[-1].isdigit())
            surely = _leads_on(above) or bool(full) or following.startswith("(")
            likely = (lower or opened) and (bool(width) or not unwrapped)
            goes_on[number] = number not in items and (surely or likely)
    for number, (line, below) in enumerate(itertools.pairwise(lines)):
        if line.text.endswith(".") and below.text and not (line.row or below.row or _parts(line.text, below.text)):
            # Sentences of one wrapped paragraph may stay together: they are split by their punctuation anyway.
            mid_reference = _CHAPTER_END.search(line.text) is not None and _SECTION_MARK.match(below.text) is not None
            goes_on[number] = below.text[0].islower() or mid_reference or _is_full(line.text, below.text, usual)
    return goes_on


def _at(values: Sequence[bool], place: int) -> bool:
    return 0 <= place < len(values) and values[place]


def _items(lines: Sequence[_TextLine], first: int, last: int, *, wrapped: bool) -> frozenset[int]:
    """Return the lines of a stretch that are items of a list without marks: two or more in a row end as items do.

    Where the stretch may have been wrapped, all do: items of about the same length look like full lines.
    """
    ended = [_ITEM_END.search(line.text) is not None for line in lines[first:last]]
    if wrapped and not all(ended):
        return frozenset()
    return frozenset(
        first + place for place, item in enumerate(ended) if item and (_at(ended, place - 1) or _at(ended, place + 1))
    )


def _runs(lines: Sequence[_TextLine]) -> list[tuple[int, int]]:
    """Return the first and last lines of the stretches that may be one sentence: no mark, row or end inside them."""
    runs: list[tuple[int, int]] = []
    numbers = _last_numbers(lines)
    first = 0
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        inside = (
            following is not None
            and line.text
            and following.text
            and not (line.row or following.row)
            and (number + 1 in numbers or not _parts(line.text, following.text))
            and not _ends(line.text)
        )
        if not inside:
            if first < number:
                runs.append((first, number))
            first = number + 1
    return runs


def _last_numbers(lines: Sequence[_TextLine]) -> frozenset[int]:
    """Return the lines that begin with the last number of the sentence above them: «mellan 17 och⏎22. Därefter …».

    The line above ends with a function word, and no item stands above that has the number before.
    """
    found: set[int] = set()
    item = 0
    for place, line in enumerate(lines):
        match = _NUMBER.match(line.text)
        if match is None:
            continue
        above = lines[place - 1].text if place else ""
        open_above = _ends_leading(above) and not (_HEADING_MARK.match(above) or is_bold_line(above))
        if open_above and _NUMBER_AND_CAPITAL.match(line.text) and int(match[1]) not in (1, item + 1):
            found.add(place)
        else:
            item = int(match[1])
    return frozenset(found)


def _parts(line: str, following: str) -> bool:
    """Tell whether a mark at the start of a line, or a heading above it, parts it from the line before."""
    if _HEADING_MARK.match(line) or is_bold_line(line) or _UNDERLINE.match(line):
        return True
    if is_bold_line(following) or _UNDERLINE.match(following):
        return True
    if _SECTION_MARK.match(following):
        return not (_CHAPTER_END.search(line) or _leads_on(line))  # «enligt 4 kap.⏎2 § socialtjänstlagen»
    return any(mark.match(following) for mark in (_LIST_MARK, _HEADING_MARK))


def _ends(line: str) -> bool:
    """Tell whether a line ends with a mark that ends a sentence, or leads in what stands below."""
    return line.endswith(":") or _SENTENCE_END.search(line) is not None


def _leads_on(line: str) -> bool:
    """Tell whether a line cannot be the last of its sentence: it ends with a comma, a hyphen or a function word."""
    if line.endswith((",", "-", "–", "(", "/", "\u00ad")):
        return True
    return _ends_leading(line)


def _ends_leading(line: str) -> bool:
    """Tell whether a line ends with a function word that something must follow."""
    word = line[-LONGEST_ABBREVIATION:].rsplit(None, 1)[-1].lower() if line else ""
    return word in _LEADING and " " in line


def _is_full(line: str, following: str, width: float) -> bool:
    """Tell whether the first word of the next line would not have fitted on a line of a width; none does on 0."""
    return width > 0 and len(line) + 1 + len(following.split(None, 1)[0]) > _FULL * width


def _own_width(lines: Sequence[_TextLine], first: int, last: int, *, surely: bool) -> int:
    """Return the width that a stretch was wrapped to (characters), or 0 where nothing proves that it was.

    Args:
        lines: those of the whole text.
        first: where the stretch begins.
        last: its last line.
        surely: two lines may be full by chance; ask for more, and for full lines all along.
    """
    width = max(len(lines[number].text) for number in range(first, last + 1))
    pairs = [(lines[number].text, lines[number + 1].text) for number in range(first, last)]
    proven = [line for line, below in pairs if (below[0].islower() or _leads_on(line)) and _is_full(line, below, width)]
    if surely and (len(proven) < max(2, len(pairs)) or min(map(len, proven)) < _FILLED * width):
        return 0
    return width if proven and width <= _WIDEST else 0
