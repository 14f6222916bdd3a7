"""Running heads, footers and page numbers: struck out of the lines of a file's pages, but where they stand first."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from nmt_rag.documents.formats import written_number
from nmt_rag.documents.pdf.lines import DIGITS, Line, by_row
from nmt_rag.documents.pdf.pages import Word
from nmt_rag.documents.pdf.tables import Table, WordRun

MARGIN = 0.085
"""This share of a page's height at its head and at its foot holds no text of its own."""
_NUMBERED = re.compile(
    r"(?:(?P<head>.+?)(?:\s[-–—|·•\s]{0,4}|[|·•]\s?))??"
    r"(?:[-–—]\s*)?(?:(?P<word>sid(?:a|an|or)?\.?|s\.|page|p\.)\s*)?(?P<number>\d{1,4}|[ivxl]{1,6}|[IVXL]{1,6})"
    r"(?:\s*(?:\((?P<of>\d{1,4})\)|(?:/|\bav\b|\bof\b)\s*(?P<total>\d{1,4})))?(?:\s*[-–—])?",
    re.IGNORECASE,
)
_NUMBERED_FIRST = re.compile(
    r"(?P<number>\d{1,4})(?:\s*\((?P<of>\d{1,4})\)|\s*/\s*(?P<total>\d{1,4}))?(?:\s+|\s*[|·•]\s*)"
    r"(?:[-–—]\s*)?(?P<head>[^\W\d_]{2}.+)"
)
_YEARS = range(1900, 2100)
"""Whole numbers that are years rather than pages, alone («2025») and as what a number is out of («4/2026»)."""
_ROMAN = {written_number(number, form): number for form in ("lowerRoman", "upperRoman") for number in range(1, 90)}
_SAYS = re.compile(r"[^\W_]")
_SENTENCE_OF_A_NOTE = re.compile(r"\d{1,3}[.)]?\s+\S.*[.!?]")


@dataclass(frozen=True, slots=True)
class Margins:
    """Lines (as ids) in the margins of their pages: those apart from the text, at a place that most pages use, and all.

    A page whose height is not known is all margin.
    """

    apart: frozenset[int]
    running: frozenset[int]
    outer: frozenset[int]


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
    outermost: set[int] = set()
    for (lines, _), height in zip(pages, heights, strict=True):
        rows = by_row(lines)
        gaps = [below[0].y - above[0].y for above, below in itertools.pairwise(rows)]
        usual = median(gaps) if gaps else 0.0
        for top in (True, False):
            outer = [row for row in rows if (row[0].y < MARGIN * height if top else row[0].y > (1 - MARGIN) * height)]
            outermost.update(id(line) for row in (outer if height else rows) for line in row)
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
    return Margins(frozenset(apart), frozenset(running), frozenset(outermost))


def body_size(lines: Iterable[Line]) -> float:
    """Return the size that most letters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(2 * line.size) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


@dataclass(frozen=True, slots=True)
class _Numbered:
    """What a line says that may end with its page's number: the text before it, the number, of how many, and how sure.

    ``counts`` is what is the same on all pages that are counted in one way.
    """

    head: str
    number: int
    total: int
    sure: bool
    counts: Hashable


def strike_running(pages: list[tuple[list[Line], list[Table]]], margins: Margins, body: float) -> None:
    """Take out what stands at the head or foot of several pages, but for where it stands first, and page numbers.

    Args:
        pages: the lines and tables of each page; the lists of lines are replaced.
        margins: from `in_margins`.
        body: the size of the text.
    """
    rows = [by_row(lines) for lines, _ in pages]
    edges = [[line for row in (*found[:4], *found[4:][-4:]) for line in row] for found in rows]
    counts = Counter(key for lines in edges for key in set(map(_key, lines)))
    same = Counter(text for lines in edges for text in {line.text for line in lines})
    n_pages = sum(1 for found in rows if found)
    numbers = _page_numbers(edges, margins, body)
    seen: set[str] = set()
    for number, outer in enumerate(edges):
        lines, tables = pages[number]
        gone: set[int] = set()
        outermost = set(map(id, (*rows[number][0], *rows[number][-1]))) if len(rows[number]) > 1 else set()
        last = set(map(id, rows[number][-2])) if len(rows[number]) > 2 else set()
        for line in outer:
            page = numbers.get(id(line))
            if page and not page.head and (id(line) in outermost or (page.total and id(line) in last)):
                gone.add(id(line))
                continue
            place, text = _key(line)
            often = counts[place, text] + counts[place - 1, text] + counts[place + 1, text]
            apart = id(line) in margins.apart
            if id(line) not in margins.running and (often < 2 or (often < 3 and n_pages > 4 and not apart)):
                continue
            if same[line.text] < 2 and not apart and not (page and page.total):
                continue  # sentences that differ in a number
            said = page.head if page else line.text
            if not _SAYS.search(said) or said.casefold() in seen:
                gone.add(id(line))
            else:
                seen.add(said.casefold())
                line.running = True
                if page:
                    first = line.first
                    word = Word(said, first.x0, line.x1, first.y, first.size, first.bold)
                    line.cells, line.text = [WordRun([word])], said
        pages[number] = [line for line in lines if id(line) not in gone], tables


def _page_numbers(edges: Sequence[Sequence[Line]], margins: Margins, body: float) -> dict[int, _Numbered]:
    """Return the lines (as ids) that end with the number of their page: it says so, or it counts as the pages do.

    What does not count with the pages is a case, a motion, a year; what is larger or bolder than the text and stands in
    its area is a heading. A number alone counts with two pages, or is its page's; one behind other words needs a
    third of all pages, and three of them where it is not said of how many it is.
    """
    found: dict[int, tuple[int, _Numbered]] = {}
    for index, lines in enumerate(edges):
        for line in lines:
            page = _numbered(line.text)
            in_text = id(line) not in margins.outer and (line.size > 1.05 * body or line.bold)
            if page and (page.sure or not in_text):
                found[id(line)] = index, page
    shifts = Counter(key for key, _ in {((page.counts, page.number - index), index) for index, page in found.values()})
    n_pages = sum(1 for lines in edges if lines)
    kept = {}
    for key, (index, page) in found.items():
        pages = shifts[page.counts, page.number - index]
        if page.head:
            counts = 3 * pages >= n_pages and pages >= (2 if page.total else 3)
        else:
            counts = pages > 1 or page.number == index + 1
        if page.sure or counts:
            kept[key] = page
    return kept


def _numbered(text: str) -> _Numbered | None:
    """Return what a line that ends as page numbers do says («Plan – sida 3 (12)», «3/12», «iii»), or None.

    One that begins so («3 | Plan») counts with those of the same text: others are the numbers of sections.
    """
    ends = _NUMBERED.fullmatch(text)
    match = ends or _NUMBERED_FIRST.fullmatch(text)
    if match is None:
        return None
    head, written, word = match["head"] or "", match["number"], (ends["word"] or "") if ends else ""
    number = int(written) if written.isdecimal() else _ROMAN.get(written, 0)  # «Liv» and «ill» are no numbers
    total = int(match["of"] or match["total"] or 0)
    if not number or (total and (number > total or total in _YEARS)) or (number in _YEARS and not word):
        return None
    if head.endswith("§") or (head and not word and not written.isdecimal()):
        return None
    sure = word.lower().startswith(("s", "page")) or (not head and (match["of"] is not None or written.islower()))
    return _Numbered(head, number, total, sure, (bool(head) if ends else head, total))


def _key(line: Line) -> tuple[int, str]:
    """Return where a line stands (in steps of 3 points) and what it says, whatever the numbers in it."""
    return round(line.y / 3), DIGITS.sub("#", line.text.casefold())
