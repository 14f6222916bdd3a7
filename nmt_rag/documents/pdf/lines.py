"""Words of a page → lines and tables."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nmt_rag.documents.pdf import tables as pdf_tables
from nmt_rag.documents.pdf.drawings import titled_boxes
from nmt_rag.documents.pdf.pages import SMALL, Page, Rectangle, Word, attached
from nmt_rag.documents.pdf.tables import Table, WordRun
from nmt_rag.swedish import blocks, composed, stop_words

NARROW = 12
"""A line of fewer letter heights is too short for a word's wrapping to be told from a line ended on purpose."""
SAME_BASELINE = 0.35
"""Words whose baselines differ by less stand on one line (letter heights)."""
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d*$|…{2,}\s*\d*$|(?:\.\s?){5,}\s*\d[^.]{0,15}$")
DIGITS = re.compile(r"\d+")
LETTERS = re.compile(r"[^\W\d_]{2}")
BULLETS = frozenset("•●▪■◦○–—-·*>➢➤►‣⁃")


@dataclass(slots=True)
class Line:
    """A line of a column: its words from the left, and how far the column reaches.

    ``supported`` tells that other lines reach as far, ``on_purpose`` that lines around it end where they need not,
    ``running`` that it stands on other pages, too, and ``beside`` that it is one of several columns of text. ``box`` is
    the drawn box that it stands in.
    """

    cells: list[WordRun]
    page: int
    edge: float = 0.0
    left: float = 0.0
    supported: bool = False
    on_purpose: bool = False
    running: bool = False
    beside: bool = False
    box: Rectangle | None = None
    x0: float = field(init=False)
    x1: float = field(init=False)
    y: float = field(init=False)
    size: float = field(init=False)
    bold: bool = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Gather what is asked of a line again and again."""
        words = [word for cell in self.cells for word in cell.words]
        self.x0, self.x1, self.y = words[0].x0, self.cells[-1].x1, words[0].y
        self.size = words[0].size if len(words) < 3 else sorted(word.size for word in words)[len(words) // 2]
        self.bold = all(word.bold for word in words)
        self.text = " ".join(word.text for word in words)

    @property
    def first(self) -> Word:
        """Its first word."""
        return self.cells[0].words[0]


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together, as one text; ``breaks`` are the pages that begin within it and where."""

    text: str
    page: int
    lines: list[Line] = field(default_factory=list)
    breaks: list[tuple[int, int]] = field(default_factory=list)
    space_above: float = 0.0
    space_below: float = 0.0
    kind: str = ""  # "" a paragraph, "row", "header", "heading", "running"
    level: int = 0
    box: Rectangle | None = None


def lines_of(page: Page, number: int) -> tuple[list[Line], list[Table]]:
    """Return the lines of a page (those side by side parted by wide gaps into several), and its tables."""
    if not page.words:
        return [], []
    boxes = titled_boxes(page.boxes, page.words, page.height)
    tables, words = pdf_tables.ruled(page.words, page.level, page.upright)
    between_lines, words = pdf_tables.banded(words, page.level)
    tables += between_lines
    for table in tables:
        around = {boxes.get(id(word)) for word in table.words}
        table.box = around.pop() if len(around) == 1 else None
    grouped: dict[Rectangle | None, list[Word]] = defaultdict(list)
    for word in words:
        grouped[boxes.get(id(word))].append(word)
    lines: list[Line] = []
    for box, group in grouped.items():
        found, aligned = _lines_in(group, number, box)
        lines += found
        tables += aligned
    return lines, tables


def _lines_in(words: Sequence[Word], number: int, box: Rectangle | None) -> tuple[list[Line], list[Table]]:
    """Return the lines and the tables that some words of a page's number make, all in one box or in none."""
    tables: list[Table] = []
    rows = _rows(words)
    struck: set[int] = set()
    beside: set[int] = set()
    for start, end, cells, n_header in pdf_tables.aligned(rows):
        if not cells:
            beside.update(range(start, end))
            continue
        struck.update(range(start, end))
        run = [cell for row in rows[start:end] for cell in row]
        left, right = min(cell.x0 for cell in run), max(cell.x1 for cell in run)
        top = min(row[0].words[0].y - row[0].words[0].size for row in rows[start:end])
        bottom = max(row[0].words[0].y for row in rows[start:end])
        within = [word for cell in run for word in cell.words]
        tables.append(Table(left, top, right, bottom, cells, n_header, within, box))
    single = [(i, cell) for i, row in enumerate(rows) if i not in struck for cell in row]
    return [Line([cell], number, beside=i in beside, box=box) for i, cell in single], tables


def _rows(words: Sequence[Word]) -> list[list[WordRun]]:
    """Return the words on each baseline, from above, parted at wide gaps."""
    bases = _bases(words)
    usual = sorted(word.size for word in words)[len(words) // 2] if words else 0.0
    rows: list[list[Word]] = []
    places: dict[int, int] = {}  # of each word its row
    base = size = 0.0
    for word in sorted((word for word in words if id(word) not in bases), key=lambda word: word.y):
        # What is raised or lowered is smaller, and lies on the line that it touches; a heading aside touches none.
        less, more = min(word.size, size), max(word.size, size)
        small = less < SMALL * more and (less < SMALL * usual or (bool(rows) and _touches(word, rows[-1], 0.7 * more)))
        if rows and word.y - base < (0.6 * more if small else SAME_BASELINE * (less if less < SMALL * more else size)):
            rows[-1].append(word)
            base, size = (word.y, word.size) if word.size > size else (base, size)
        else:
            rows.append([word])
            base, size = word.y, word.size
        places[id(word)] = len(rows) - 1
    for word in words:
        if id(word) in bases:
            rows[places[bases[id(word)]]].append(word)
    found = []
    for row in rows:
        row.sort(key=lambda word: word.x0)
        cells = [WordRun([row[0]])]
        for word in row[1:]:
            before = cells[-1].words[-1]
            gap = word.x0 - before.x1
            whole = attached(before, word) if gap < _touching(before, word) and _one_word(before, word) else None
            if whole is not None:
                cells[-1].words[-1] = replace(whole, text=composed(whole.text))
            elif gap > 1.1 * max(word.size, before.size) and not _is_mark(cells[-1]):
                cells.append(WordRun([word]))
            else:
                cells[-1].words.append(word)
        found.append(cells)
    return found


def _touches(word: Word, row: Sequence[Word], gap: float) -> bool:
    """Tell whether a word stands beside one of another size."""
    others = (one for one in row if not SMALL * one.size <= word.size <= one.size / SMALL)
    return any(word.x0 - other.x1 < gap and other.x0 - word.x1 < gap for other in others)


def _bases(words: Sequence[Word]) -> dict[int, int]:
    """Return of each raised or lowered word the one that it was set beside (both as ids).

    The lines of a column beside it may lie closer in height.
    """
    if not words:
        return {}
    usual = sorted(word.size for word in words)[len(words) // 2]
    large = sorted((word for word in words if word.size >= SMALL * usual), key=lambda word: word.y)
    heights = [word.y for word in large]
    found: dict[int, int] = {}
    for word in words:
        if word.size >= SMALL * usual:
            continue
        first, last = bisect.bisect(heights, word.y - 0.6 * usual), bisect.bisect(heights, word.y + 0.6 * usual)
        beside = [
            (gap, id(other))
            for other in large[first:last]
            if word.size < SMALL * other.size
            and abs(word.y - other.y) > 0.1 * other.size
            and -0.1 * other.size < (gap := word.x0 - other.x1) < 0.35 * other.size
        ]
        if beside:
            found[id(word)] = min(beside)[1]
    return found


def _touching(before: Word, word: Word) -> float:
    """Return the gap below which two words touch: a small number stands a little apart."""
    return 0.15 * before.size if word.size < SMALL * before.size else 0.08 * word.size


def _one_word(before: Word, word: Word) -> bool:
    """Tell whether two words that touch were one, drawn in two pieces or with a small number."""
    stop = word.text[:1] in ".,;:!?)" and word.text[1:2] != "."  # behind a raised number; no leaders
    return word.size < SMALL * before.size or stop or (before.text[-1:].isalpha() and word.text[:1].islower())


def _is_mark(cell: WordRun) -> bool:
    """Tell whether a cell holds nothing but a list mark, which its text follows after a gap."""
    text = cell.text
    return (
        text in BULLETS
        or text == "o"
        or (len(text) < 6 and blocks.is_list_item(text + " x"))
        or (re.fullmatch(r"\d{1,2}(?:\.\d{1,2})+\.?|§|\d+\s*§", text) is not None)
    )


def by_row(lines: Iterable[Line]) -> list[list[Line]]:
    """Return the lines from above, those side by side together."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.y, line.x0)):
        if rows and line.y - rows[-1][-1].y < SAME_BASELINE * line.first.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def has_leaders(text: str) -> bool:
    """Tell whether dots lead to the end of a text, or to the page's number or the price there."""
    return _LEADERS.search(text[-60:]) is not None


def is_item(line: Line) -> bool:
    """Tell whether a line begins an item of a list."""
    text = line.text
    if text[:1] in BULLETS and (len(text) < 2 or text[1:2] == " "):
        return True
    if text[:2] == "o ":
        return True
    return blocks.is_list_item(text) and not re.match(r"\(?\d{3}[.)]", text)


def has_no_end(text: str) -> bool:
    """Tell whether a text ends with a word that something must follow."""
    last = text.rsplit(None, 1)[-1]
    return last.islower() and last in stop_words() and len(text) > len(last)
