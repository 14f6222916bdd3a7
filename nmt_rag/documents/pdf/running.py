"""Running heads, footers and page numbers: struck out of the lines of a file's pages, but where they stand first."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from nmt_rag.documents.pdf.lines import DIGITS, LETTERS, Line, by_row
from nmt_rag.documents.pdf.pages import Word
from nmt_rag.documents.pdf.tables import Table, WordRun

MARGIN = 0.085
"""This share of a page's height at its head and at its foot holds no text of its own."""
_PAGE_NUMBER = re.compile(
    r"(?:sid(?:a|an|or)?\.?|s\.|page|p\.)\s*\d+(?:\s*(?:\(\d+\)|/\s*\d+|av\s+\d+|of\s+\d+))?|"
    r"[-–—]?\s*\d{1,4}\s*[-–—]?|\d+\s*\(\d+\)|\d+\s*(?:/|av|of)\s*\d+|[ivxl]{1,6}",
    re.IGNORECASE,
)
_NUMBER_OF_ALL = re.compile(r"(?:sid(?:a|an)?\.?\s*)?\d+\s*(?:\(\d+\)|/\s*\d+|\bav\s+\d+)\s*$", re.IGNORECASE)

_SENTENCE_OF_A_NOTE = re.compile(r"\d{1,3}[.)]?\s+\S.*[.!?]")


@dataclass(frozen=True, slots=True)
class Margins:
    """Lines (as ids) in the margins of their pages: those apart from the text, those at a place that most pages use."""

    apart: frozenset[int]
    running: frozenset[int]


def in_margins(pages: Sequence[tuple[list[Line], list[Table]]], heights: Sequence[float], body: float) -> Margins:
    """Return the lines at the head and foot of pages that white parts from the text and that are no larger.

    Where most pages have such a line at one height, it is a running head, whatever it says: the names of sections.

    Args:
        pages: the lines and tables of each page.
        heights: those of the pages, 0 where it is not known.
        body: the size of the text.
    """
    places: dict[tuple[bool, int], list[list[Line]]] = {}
    apart: set[int] = set()
    for (lines, _), height in zip(pages, heights, strict=True):
        rows = by_row(lines)
        gaps = [below[0].y - above[0].y for above, below in itertools.pairwise(rows)]
        usual = median(gaps) if gaps else 0.0
        for top in (True, False):
            outer = [row for row in rows if (row[0].y < MARGIN * height if top else row[0].y > (1 - MARGIN) * height)]
            if not height or not outer or len(outer) == len(rows):
                continue
            gap = gaps[len(outer) - 1] if top else gaps[-len(outer)]
            for row in outer:
                largest = max(line.size for line in row)
                parted = gap > (1.4 if largest < 0.95 * body else 1.8) * usual
                if parted and largest <= 1.05 * body and not _SENTENCE_OF_A_NOTE.fullmatch(row[0].text):
                    apart.update(map(id, row))
                    places.setdefault((top, round(row[0].y / 3)), []).append(row)
    least = max(3, (sum(1 for lines, _ in pages if lines) + 1) // 2)
    running: set[int] = set()
    for (top, place), found in places.items():
        if sum(len(places.get((top, near), ())) for near in (place - 1, place, place + 1)) >= least:
            running.update(id(line) for row in found for line in row)
    return Margins(frozenset(apart), frozenset(running))


def body_size(lines: Iterable[Line]) -> float:
    """Return the size that most letters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(2 * line.size) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def strike_running(pages: list[tuple[list[Line], list[Table]]], margins: Margins) -> None:
    """Take out what stands at the head or foot of several pages, but for where it stands first, and page numbers.

    Args:
        pages: the lines and tables of each page; the lists of lines are replaced.
        margins: from `in_margins`.
    """
    rows = [by_row(lines) for lines, _ in pages]
    edges = [[line for row in (*found[:4], *found[4:][-4:]) for line in row] for found in rows]
    counts = Counter(key for lines in edges for key in set(map(_key, lines)))
    same = Counter(text for lines in edges for text in {line.text for line in lines})
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
            apart = id(line) in margins.apart
            if id(line) not in margins.running and (often < 2 or (often < 3 and n_pages > 4 and not apart)):
                continue
            if same[line.text] < 2 and not apart and not _NUMBER_OF_ALL.search(line.text):
                continue  # sentences that differ in a number
            if not LETTERS.search(text) or text in seen or _PAGE_NUMBER.fullmatch(line.text):
                gone.add(id(line))
            else:
                seen.add(text)
                line.running = True
                if same[line.text] < 2:  # «Dnr KS 2025/118» is the same on every page
                    _without_number(line)
        pages[number] = [line for line in lines if id(line) not in gone], tables


def _without_number(line: Line) -> None:
    """Take the page's number off a running head."""
    text = line.text
    match = _NUMBER_OF_ALL.search(text)
    if match and match.start():
        kept = text[: match.start()].rstrip(" |–-,")
        if LETTERS.search(kept):
            first = line.first
            line.cells, line.text = [WordRun([Word(kept, first.x0, line.x1, first.y, first.size, first.bold)])], kept


def _key(line: Line) -> tuple[int, str]:
    """Return where a line stands (in steps of 3 points) and what it says, whatever the numbers in it."""
    return round(line.y / 3), DIGITS.sub("#", line.text.casefold())
