"""The words of a PDF's pages → paragraphs, headings, list items and tables, in the order they are read.

A line break of the page is a space here, and a word that was parted at the end of a line is whole: where a line ends
is the page's matter and no writer's. What stands on every page (running heads) is read once, a page's number never.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nmt_rag import swedish
from nmt_rag.citations import joined
from nmt_rag.documents.formats import Block
from nmt_rag.documents.pdf import tables as pdf_tables
from nmt_rag.documents.pdf.tables import Cell, Table
from nmt_rag.documents.pdf.words import File, Page, Word, attached
from nmt_rag.swedish import blocks, composed

MAX_HEADING_LENGTH = 120
"""A longer line is a paragraph in large or bold type (characters)."""

NARROW = 12
"""A line of fewer letter heights is too short for a word's wrapping to be told from a line ended on purpose."""

_PAGE_NUMBER = re.compile(
    r"(?:sid(?:a|an|or)?\.?|s\.|page|p\.)\s*\d+(?:\s*(?:\(\d+\)|/\s*\d+|av\s+\d+|of\s+\d+))?|"
    r"[-–—]?\s*\d{1,4}\s*[-–—]?|\d+\s*\(\d+\)|\d+\s*(?:/|av|of)\s*\d+|[ivxl]{1,6}",
    re.IGNORECASE,
)
_NUMBER_OF_ALL = re.compile(r"(?:sid(?:a|an)?\.?\s*)?\d+\s*(?:\(\d+\)|/\s*\d+|\bav\s+\d+)\s*$", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+[A-ZÅÄÖ]")
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d*$|…{2,}\s*\d*$")
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡]+)[.)]?\s+\S")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_BULLET = frozenset("•●▪■◦○–—-·*>➢➤►‣⁃")


@dataclass(slots=True)
class Line:
    """A line of a column: its words from the left, and how far the column reaches.

    ``supported`` tells that other lines reach as far, ``on_purpose`` that lines around it end where they need not, and
    ``running`` that it stands on other pages, too.
    """

    cells: list[Cell]
    page: int
    edge: float = 0.0
    left: float = 0.0
    supported: bool = False
    on_purpose: bool = False
    running: bool = False
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


def read(file: File) -> list[tuple[Block, int, list[tuple[int, int]]]]:
    """Return the blocks of a file in reading order, each with its page (from 0) and the pages that begin within it."""
    pages = [_lines(page, number) for number, page in enumerate(file.pages)]
    _strike_running(pages)
    flow: list[Paragraph] = []
    body = _body(line for lines, _ in pages for line in lines)
    for number, (lines, tables) in enumerate(pages):
        running = [Paragraph(line.text, number, kind="running") for line in lines if line.running]
        found = _paragraphs(_in_order([*(line for line in lines if not line.running), *tables]), number)
        crosswise = [" ".join(word.text for word in file.pages[number].crosswise)]
        found = _notes_first(found, body)
        if flow and found:
            _join_over(flow, found)
        flow += running + found + [Paragraph(text, number) for text in crosswise if _LETTERS.search(text)]
    _headings(flow)
    return [_block(paragraph) for paragraph in flow]


def _block(paragraph: Paragraph) -> tuple[Block, int, list[tuple[int, int]]]:
    kind = paragraph.kind
    mark = "#" * paragraph.level + " " if kind == "heading" else ""
    text = Block(paragraph.text, mark, row=kind in ("row", "header"), header=kind == "header")
    return text, paragraph.page, [(page, at + len(mark)) for page, at in paragraph.breaks]


# Words → lines and tables


def _lines(page: Page, number: int) -> tuple[list[Line], list[Table]]:
    """Return the lines of a page (those side by side parted by wide gaps into several), and its tables."""
    if not page.words:
        return [], []
    tables, words = pdf_tables.ruled(page.words, page.level, page.upright)
    rows = _rows(words)
    struck: set[int] = set()
    for start, end, cells, n_header in pdf_tables.aligned(rows):
        struck.update(range(start, end))
        run = [cell for row in rows[start:end] for cell in row]
        top = min(row[0].words[0].y - row[0].words[0].size for row in rows[start:end])
        tables.append(
            Table(
                min(cell.x0 for cell in run),
                top,
                max(cell.x1 for cell in run),
                max(row[0].words[0].y for row in rows[start:end]),
                cells,
                n_header,
            )
        )
    lines = [Line([cell], number) for i, row in enumerate(rows) if i not in struck for cell in row]
    return lines, tables


def _rows(words: Sequence[Word]) -> list[list[Cell]]:
    """Return the words on each baseline, from above, parted at wide gaps."""
    bases = _bases(words)
    rows: list[list[Word]] = []
    places: dict[int, int] = {}  # of each word its row
    base = size = 0.0
    for word in sorted((word for word in words if id(word) not in bases), key=lambda word: word.y):
        # What is raised or lowered is smaller, and lies on the line that it touches.
        small = min(word.size, size) < 0.85 * max(word.size, size)
        if rows and word.y - base < (0.6 * max(word.size, size) if small else 0.35 * size):
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
        cells = [Cell([row[0]])]
        for word in row[1:]:
            before = cells[-1].words[-1]
            gap = word.x0 - before.x1
            whole = attached(before, word) if gap < _touching(before, word) and _one_word(before, word) else None
            if whole is not None:
                cells[-1].words[-1] = replace(whole, text=composed(whole.text))
            elif gap > 1.1 * max(word.size, before.size) and not _is_mark(cells[-1]):
                cells.append(Cell([word]))
            else:
                cells[-1].words.append(word)
        found.append(cells)
    return found


def _bases(words: Sequence[Word]) -> dict[int, int]:
    """Return of each raised or lowered word the one that it was set beside (both as ids).

    The lines of a column beside it may lie closer in height.
    """
    if not words:
        return {}
    usual = sorted(word.size for word in words)[len(words) // 2]
    large = sorted((word for word in words if word.size >= 0.85 * usual), key=lambda word: word.y)
    heights = [word.y for word in large]
    found: dict[int, int] = {}
    for word in words:
        if word.size >= 0.85 * usual:
            continue
        first, last = bisect.bisect(heights, word.y - 0.6 * usual), bisect.bisect(heights, word.y + 0.6 * usual)
        beside = [
            (gap, id(other))
            for other in large[first:last]
            if word.size < 0.85 * other.size
            and abs(word.y - other.y) > 0.1 * other.size
            and -0.1 * other.size < (gap := word.x0 - other.x1) < 0.35 * other.size
        ]
        if beside:
            found[id(word)] = min(beside)[1]
    return found


def _touching(before: Word, word: Word) -> float:
    """Return the gap below which two words touch: a small number stands a little apart."""
    return 0.15 * before.size if word.size < 0.85 * before.size else 0.08 * word.size


def _one_word(before: Word, word: Word) -> bool:
    """Tell whether two words that touch were one, drawn in two pieces or with a small number."""
    return word.size < 0.85 * before.size or (before.text[-1:].isalpha() and word.text[:1].islower())


def _is_mark(cell: Cell) -> bool:
    """Tell whether a cell holds nothing but a list mark, which its text follows after a gap."""
    text = cell.text
    return (
        text in _BULLET
        or text == "o"
        or (len(text) < 6 and blocks.is_list_item(text + " x"))
        or (re.fullmatch(r"\d{1,2}(?:\.\d{1,2})+\.?|§|\d+\s*§", text) is not None)
    )


# Running heads and page numbers


def _strike_running(pages: list[tuple[list[Line], list[Table]]]) -> None:
    """Take out what stands at the head or foot of several pages, but for where it stands first, and page numbers."""
    rows = [_by_row(lines) for lines, _ in pages]
    edges = [[line for row in (*found[:4], *found[4:][-4:]) for line in row] for found in rows]
    counts = Counter(key for lines in edges for key in set(map(_key, lines)))
    n_pages = sum(1 for found in rows if found)
    seen: set[str] = set()
    for number, outer in enumerate(edges):
        lines, tables = pages[number]
        gone: set[int] = set()
        for row in (*rows[number][:1], *rows[number][-2:]):
            for line in row:
                text = line.text
                alone = _PAGE_NUMBER.fullmatch(text) and (n_pages > 1 or not text.isalpha()) and len(rows[number]) > 1
                outermost = row is rows[number][0] or row is rows[number][-1] or _NUMBER_OF_ALL.fullmatch(text)
                if alone and outermost:
                    gone.add(id(line))
        for line in outer:
            place, text = _key(line)
            often = counts[place, text] + counts[place - 1, text] + counts[place + 1, text]
            if often < 2 or (often < 3 and n_pages > 4):
                continue
            if not _LETTERS.search(text) or text in seen or _PAGE_NUMBER.fullmatch(line.text):
                gone.add(id(line))
            else:
                seen.add(text)
                line.running = True
                _without_number(line)
        pages[number] = [line for line in lines if id(line) not in gone], tables


def _without_number(line: Line) -> None:
    """Take the page's number off a running head."""
    text = line.text
    match = _NUMBER_OF_ALL.search(text)
    if match and match.start():
        kept = text[: match.start()].rstrip(" |–-,")
        if _LETTERS.search(kept):
            first = line.first
            line.cells, line.text = [Cell([Word(kept, first.x0, line.x1, first.y, first.size, first.bold)])], kept


def _by_row(lines: Iterable[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.y, line.x0)):
        if rows and line.y - rows[-1][-1].y < 0.35 * line.first.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _key(line: Line) -> tuple[int, str]:
    """Return where a line stands (in steps of 3 points) and what it says, whatever the numbers in it."""
    return round(line.y / 3), _DIGITS.sub("#", line.text.casefold())


# Reading order


def _in_order(items: Sequence[Line | Table]) -> list[list[Line] | Table]:
    """Return a page's columns of lines, and its tables between them, in the order they are read."""
    if not items:
        return []
    gutter = _gutter(items)
    if gutter is None:
        parts = _at_gaps(items)
        if len(parts) > 1 and any(_gutter(part) is not None for part in parts):
            return [column for part in parts for column in _in_order(part)]
        return _column(items)
    found: list[list[Line] | Table] = []
    left: list[Line | Table] = []
    right: list[Line | Table] = []
    for item in sorted(items, key=lambda item: item.y):
        if item.x0 < gutter < item.x1:
            found += [*_in_order(left), *_in_order(right), *_column([item])]
            left, right = [], []
        else:
            (left if item.x1 <= gutter else right).append(item)
    return [*found, *_in_order(left), *_in_order(right)]


def _column(items: Sequence[Line | Table]) -> list[list[Line] | Table]:
    """Return one column from above: its lines, parted by its tables."""
    lines = [_whole(row) for row in _by_row(item for item in items if isinstance(item, Line))]
    if lines:
        _measure(lines)
    found: list[list[Line] | Table] = []
    for table in sorted((item for item in items if isinstance(item, Table)), key=lambda table: table.y):
        above = [line for line in lines if line.y <= table.y + 1]
        lines = lines[len(above) :]
        found += [above, table] if above else [table]
    return [*found, lines] if lines else found


def _whole(row: list[Line]) -> Line:
    """Return the pieces of a row as one line."""
    return row[0] if len(row) == 1 else Line([cell for line in row for cell in line.cells], row[0].page)


def _at_gaps(items: Sequence[Line | Table]) -> list[list[Line | Table]]:
    """Return the lines parted where much white lies between them."""
    parts: list[list[Line | Table]] = []
    bottom = 0.0
    for item in sorted(items, key=lambda item: item.y):
        if parts and item.y - bottom < 2.2 * item.size:
            parts[-1].append(item)
        else:
            parts.append([item])
        bottom = max(bottom, item.bottom if isinstance(item, Table) else item.y)
    return parts


def _gutter(items: Sequence[Line | Table]) -> float | None:
    """Return the middle of the white strip between two columns of text, or None."""
    lines = sorted(items, key=lambda item: item.y)
    if len(lines) < 6:
        return None
    left = min(line.x0 for line in lines)
    right = max(line.x1 for line in lines)
    width = int(right - left) + 2
    if width < 100 or sum(line.x0 > left + 0.25 * width for line in lines) < 3:
        return None
    change = [0] * (width + 2)
    for line in lines:
        change[max(0, int(line.x0 - left))] += 1
        change[min(width, int(line.x1 - left) + 1)] -= 1
    allowed = max(1, len(lines) // 12)
    best: tuple[int, int] | None = None
    over, start = 0, None
    for x in range(width):
        over += change[x]
        if over <= allowed:
            start = x if start is None else start
        if start is not None and (over > allowed or x == width - 1):
            if start > 0.1 * width and x < 0.95 * width and (best is None or x - start > best[1] - best[0]):
                best = (start, x)
            start = None
    if best is None or best[1] - best[0] < 7:
        return None
    middle = left + (best[0] + best[1]) / 2
    one = [line for line in lines if line.x1 <= middle]
    other = [line for line in lines if line.x0 >= middle]
    if len(one) < 3 or len(other) < 3:
        return None
    if _labelled(one, other):
        return None
    together = min(one[-1].y, other[-1].y) - max(one[0].y, other[0].y)
    return middle if together > 2 * lines[0].size else None


def _labelled(one: Sequence[Line | Table], other: Sequence[Line | Table]) -> bool:
    """Tell whether the left side holds the labels of what stands beside it, rather than a text of its own."""
    left = [line for line in one if isinstance(line, Line)]
    right = [line for line in other if isinstance(line, Line)]
    beside = sum(any(abs(line.y - label.y) < 0.35 * line.size for label in left) for line in right)
    if beside < 0.7 * len(right) or not left:
        return False
    width = max(line.x1 - line.x0 for line in left)
    full = sum(line.x1 - line.x0 > 0.75 * width for line in left)
    return width < NARROW * left[0].size or full < 0.5 * len(left)


# Lines → paragraphs


def _paragraphs(items: Sequence[list[Line] | Table], number: int) -> list[Paragraph]:
    flow: list[Paragraph] = []
    for item in items:
        if isinstance(item, Table):
            flow += _rows_of(item, number)
            continue
        found = _of_column(item, number)
        if flow and found and not flow[-1].kind and flow[-1].lines and _goes_on(flow[-1], found[0], apart=True):
            _append(flow[-1], found.pop(0))
        flow += found
    return flow


def _rows_of(table: Table, number: int) -> list[Paragraph]:
    rows = table.rows
    n_header = table.n_header or _header_by_numbers(rows)
    found = []
    for i, row in enumerate(rows):
        text = " | ".join(cell.replace("|", "¦") for cell in row).rstrip()
        if len(row) == 2 and row[0].endswith(":"):
            text = f"{row[0]} {row[1]}".strip()
        found.append(Paragraph(text, number, kind="header" if i < n_header else "row"))
    return found


def _header_by_numbers(rows: list[list[str]]) -> int:
    """Return 1 where the first row has no number and a column below it has nothing else."""
    head, body = rows[0], rows[1:]
    if len(body) < 2 or any(_DIGITS.search(cell) for cell in head) or not all(head[1:]):
        return 0
    columns = [[row[i] for row in body if row[i]] for i in range(1, len(head))]
    return int(any(len(column) > 1 and all(map(_DIGITS.search, column)) for column in columns))


def _measure(lines: list[Line]) -> None:
    """Tell each line of a column how far the column reaches, and whether other lines show that."""
    edge = max(line.x1 for line in lines)
    left = min(line.x0 for line in lines)
    near = sum(line.x1 - left > 0.8 * (edge - left) for line in lines)
    for line in lines:
        line.edge, line.left, line.supported = edge, left, near > 1


def _of_column(lines: list[Line], number: int) -> list[Paragraph]:
    found: list[Paragraph] = []
    gaps = [below.y - above.y for above, below in itertools.pairwise(lines)]
    group: list[Line] = []
    for i, line in enumerate(lines):
        if group and (gaps[i - 1] > _leading(lines, i) * line.size or abs(group[-1].size - line.size) > 0.5):
            _judge(group)
            group = []
        group.append(line)
    _judge(group)
    for i, line in enumerate(lines):
        space = gaps[i - 1] / max(line.size, 1.0) if i else 9.0
        one = Paragraph(line.text, number, [line], space_above=space)
        if found:
            found[-1].space_below = space
        if found and space < _leading(lines, i) and _goes_on(found[-1], one):
            _append(found[-1], one)
        else:
            found.append(one)
    if found:
        found[-1].space_below = 9.0
    return found


def _judge(group: list[Line]) -> None:
    """Tell the lines of a group if some of them end where there was room: an address, a list, a verse."""
    full = short = 0
    for line, below in itertools.pairwise(group):
        if _was_full(line, below):
            full += 1
        elif line.text[-1:] not in ".!?:…,-–" and not below.text[:1].islower() and not _has_no_end(line.text):
            short += 1
    if short and 3 * short >= full:
        for line in group:
            line.on_purpose = True


def _leading(lines: list[Line], i: int) -> float:
    """Return the distance beyond which a line begins another paragraph, in letter heights."""
    near = [
        (below.y - above.y) / max(below.size, 1.0)
        for above, below in zip(lines[max(0, i - 6) : i + 5], lines[max(0, i - 5) : i + 6], strict=False)
    ]
    usual = [distance for distance in near if 0.8 < distance < 2.1]
    return 1.25 * min(usual) + 0.05 if usual else 1.6


def _goes_on(before: Paragraph, after: Paragraph, *, apart: bool = False) -> bool:
    """Tell whether a line goes on with the paragraph before it (``apart``: in another column or on another page)."""
    line, last = after.lines[0], before.lines[-1]
    text, following = before.text, line.text
    size = max(last.size, 1.0)
    if abs(line.size - last.size) > 0.12 * size or _LEADERS.search(text) or _LEADERS.search(following):
        return False
    if line.bold != last.bold and (line.bold or (len(before.lines) == 1 and last.bold)):
        return False
    if _is_item(line) or following[:1] in "☐☒":
        return False
    ended = text[-1:] in ".!?:…" or text[-2:] in (".”", ".»", ".)")
    if apart:
        if ended:
            return False
        return (
            following[:1].islower()
            or text[-1:] in ",-–(/"
            or (_has_no_end(text) or (_was_full(last, line) and len(before.lines) > 1))
        )
    if line.bold and last.bold and line.size > 0 and len(before.lines) == 1:
        return _was_full(last, line) or following[:1].islower()
    indented = line.x0 - last.x0
    if ended and len(before.lines) > 1 and indented > 0.8 * size:
        return False  # a first line's indent
    if ended and not _was_full(last, line):
        return False
    if len(text) > 1 and text[-1] == "-" and text[-2].isalnum() and following[:1].isalnum():
        return True
    if _is_item(before.lines[0]) and line.x0 - before.lines[0].x0 > 0.5 * size:  # below an item's text
        return not ended and (following[:1].islower() or _was_full(last, line))
    if last.x1 - last.x0 > NARROW * size:
        if following[:1].islower() or text[-1:] in ",-–(/":
            return True
    if not ended and _has_no_end(text):
        return True
    if last.on_purpose or last.edge - last.left < NARROW * size:
        return False
    return _was_full(last, line) and (line.supported or last.x1 - last.x0 > 30 * size)


def _has_no_end(text: str) -> bool:
    """Tell whether a text ends with a word that something must follow."""
    last = text.rsplit(None, 1)[-1]
    return last.islower() and last in swedish.stop_words() and len(text) > len(last)


def _was_full(last: Line, line: Line) -> bool:
    """Tell whether a line had no room for the first word of the next."""
    first = line.first
    return last.x1 + (first.x1 - first.x0) + 0.2 * first.size > last.edge - 0.4 * first.size


def _is_item(line: Line) -> bool:
    text = line.text
    if text[:1] in _BULLET and (len(text) < 2 or text[1:2] == " "):
        return True
    if text[:2] == "o ":
        return True
    return blocks.is_list_item(text) and not re.match(r"\(?\d{3}[.)]", text)


def _append(before: Paragraph, after: Paragraph) -> None:
    """Add a paragraph to the one before it."""
    text = joined(before.text, after.text)
    start = len(text) - len(after.text)
    if after.page != (before.breaks[-1][0] if before.breaks else before.page):
        before.breaks.append((after.page, start))
    before.breaks += [(page, at + start) for page, at in after.breaks]
    before.text, before.space_below = text, after.space_below
    before.lines += after.lines


def _join_over(flow: list[Paragraph], found: list[Paragraph]) -> None:
    """Join the first paragraph of a page to the last one of the page before, if the sentence goes on."""
    before, after = flow[-1], found[0]
    if before.lines and after.lines and not before.kind and not after.kind and _goes_on(before, after, apart=True):
        _append(before, found.pop(0))


def _notes_first(found: list[Paragraph], body: float) -> list[Paragraph]:
    """Put the notes at the foot of a page before its last paragraph, which may go on over the page."""
    n = len(found)
    while n > 1 and found[n - 1].lines and found[n - 1].lines[0].size < 0.93 * body and not found[n - 1].kind:
        n -= 1
    notes = found[n:]
    if not notes or not _NOTE.match(notes[0].text) or found[n - 1].kind or found[n - 1].text[-1:] in ".!?:":
        return found
    return [*found[: n - 1], *notes, found[n - 1]]


def _body(lines: Iterable[Line]) -> float:
    """Return the size that most letters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(2 * line.size) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


# Headings


def _headings(flow: list[Paragraph]) -> None:
    """Mark the headings: by type that is larger or bolder than most, else by standing alone above a text."""
    sizes: Counter[tuple[float, bool]] = Counter()
    for paragraph in flow:
        for line in paragraph.lines:
            sizes[round(2 * line.size) / 2, line.bold] += len(line.text)
    if not sizes:
        return
    body, bold_body = sizes.most_common(1)[0][0]
    found: list[tuple[Paragraph, float]] = []
    for i, paragraph in enumerate(flow):
        if paragraph.kind or not paragraph.lines or not _may_head(paragraph, flow, i):
            continue
        size = round(2 * max(line.size for line in paragraph.lines)) / 2
        bold = all(line.bold for line in paragraph.lines)
        if size >= 1.12 * body:
            found.append((paragraph, size))
        elif bold and not bold_body and size >= 0.95 * body:
            found.append((paragraph, body + 0.2 if size > body else body + 0.1))
        elif _stands_above(flow, i):
            found.append((paragraph, body))
    levels = sorted({size for _, size in found}, reverse=True)
    for paragraph, size in found:
        paragraph.kind, paragraph.level = "heading", min(6, levels.index(size) + 1)


def _may_head(paragraph: Paragraph, flow: list[Paragraph], i: int) -> bool:
    text = paragraph.text
    if len(text) > MAX_HEADING_LENGTH or len(paragraph.lines) > 4 or not _LETTERS.search(text) or paragraph.breaks:
        return False
    if text[-1] in ".,;:" and not blocks.ends_abbreviated(text):
        return False
    if _LEADERS.search(text) or text[:1] in _BULLET or text[:1] in "☐☒":
        return False
    below = next((other for other in flow[i + 1 :]), None)
    return below is not None


def _stands_above(flow: list[Paragraph], i: int) -> bool:
    """Tell whether a line in the type of the text heads it: alone, set apart or numbered, above a sentence."""
    here, below = flow[i], flow[i + 1]
    text = here.text
    if len(here.lines) > 1 or len(text) > 80 or not (text[0].isupper() or _NUMBERED.match(text)):
        return False
    if _has_no_end(text) or text[-1] == "." or text.startswith("Läs mer"):
        return False
    sentence = below.kind == "row" or (below.text[-1:] in ".!?" and len(below.text) > 25) or len(below.lines) > 1
    if not sentence or (below.lines and _is_item(below.lines[0]) and _NUMBERED.match(text)):
        return False
    above = flow[i - 1] if i else None
    if above is not None and above.kind == "running":
        above = None
    if _is_item(here.lines[0]):
        if not _NUMBERED.match(text):
            return False
        in_list = above is not None and above.lines and _is_item(above.lines[0]) and here.space_above < 1.8
        return not in_list and not (below.lines and _is_item(below.lines[0]))
    set_apart = here.space_above > 1.15 * min(here.space_below, 2.5) or above is None
    lone = above is None or above.kind or above.text[-1:] in ".!?:" or here.space_above > 1.8 or len(above.lines) > 1
    return bool(set_apart and lone)
