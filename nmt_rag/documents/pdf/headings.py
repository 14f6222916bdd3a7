"""Which paragraphs of a text head the ones below them, on which level and how far."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nmt_rag.documents.pdf.lines import (
    BULLETS,
    LETTERS,
    Paragraph,
    has_leaders,
    has_no_end,
    is_item,
)
from nmt_rag.documents.pdf.pages import Word
from nmt_rag.swedish import ends_abbreviated

MAX_HEADING_LENGTH = 120
"""A longer line is a paragraph in large or bold type (characters)."""
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+[A-ZÅÄÖ]")


def mark_headings(flow: list[Paragraph], in_tables: Iterable[Word] = ()) -> None:
    """Mark the headings: by type that is larger or bolder than most, else by standing alone above a text.

    Args:
        flow: the paragraphs of a file, in reading order.
        in_tables: the words of its tables, whose type is the usual one where all paragraphs may be headings.
    """
    sizes: Counter[tuple[float, bool]] = Counter()
    for paragraph in flow:
        for line in paragraph.lines:
            sizes[round(2 * line.size) / 2, line.bold] += len(line.text)
    if all(_may_head(paragraph, flow, i) for i, paragraph in enumerate(flow) if paragraph.lines):
        for word in in_tables:
            sizes[round(2 * word.size) / 2, word.bold] += len(word.text)
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
        elif bold and not bold_body and (size >= 0.95 * body or paragraph.box) and LETTERS.search(paragraph.text):
            found.append((paragraph, body + 0.2 if size > body else body + 0.1))
        elif _stands_above(flow, i):
            found.append((paragraph, body))
    levels = sorted({size for _, size in found}, reverse=True)
    for paragraph, size in found:
        paragraph.kind, paragraph.level = "heading", min(6, levels.index(size) + 1)


def with_boxes_ended(flow: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs with headings that hold no longer than the box they stand in.

    Those in a box are lower ones of the section around it, whose heading is repeated where the section goes on.
    """
    done: list[Paragraph] = []
    section: Paragraph | None = None
    ended = False
    for _, run in itertools.groupby(flow, key=lambda one: one.box and (one.page, one.box)):
        paragraphs = list(run)
        first = next((one for one in paragraphs if one.kind != "running"), None)
        if ended and section is not None and first is not None and first.kind != "heading":
            done.append(replace(section, page=paragraphs[0].page))
        ended = ended and first is None
        heads = [one for one in paragraphs if one.kind == "heading"]
        done += paragraphs
        if paragraphs[0].box is None:
            section = heads[-1] if heads else section
        elif heads and section is not None:
            deeper = max(0, section.level + 1 - min(one.level for one in heads))
            for one in heads:
                one.level = min(6, one.level + deeper)
            ended = paragraphs[-1].kind != "heading"
    return done


def repeat_label(flow: Sequence[Paragraph], paragraphs: list[Paragraph]) -> None:
    """Repeat the last label of a table above its rows on the next page, where its header is repeated as well.

    Args:
        flow: what stands before the page.
        paragraphs: the page's.
    """
    headers = [one.text for one in itertools.takewhile(lambda one: one.kind == "header", paragraphs)]
    above: list[str] = []
    label: Paragraph | None = None
    for one in reversed(flow if headers else ()):
        if one.kind == "header":
            above.insert(0, one.text)
        elif one.kind == "row" and not above:
            label = label or (one if one.text.startswith("**") else None)
        elif one.kind != "running":
            break
    rows = paragraphs[len(headers) :]
    if label is not None and above == headers and rows and not rows[0].text.startswith("**"):
        paragraphs.insert(len(headers), replace(label, page=rows[0].page))


def _may_head(paragraph: Paragraph, flow: list[Paragraph], i: int) -> bool:
    """Tell whether a paragraph is short, ends as headings do and has something below it."""
    text = paragraph.text
    if len(text) > MAX_HEADING_LENGTH or len(paragraph.lines) > 4 or paragraph.breaks:
        return False
    if not LETTERS.search(text) and not _YEAR.fullmatch(text):
        return False
    if text[-1] in ".,;:" and not ends_abbreviated(text):
        return False
    if has_leaders(text) or text[:1] in BULLETS or "☐" in text or "☒" in text:
        return False  # a box may stand before its label or after it
    if is_item(paragraph.lines[0]) and any(_is_next_item(paragraph, other) for other in flow[max(0, i - 1) : i + 2]):
        return False
    below = next((other for other in flow[i + 1 :]), None)
    return below is not None


def _is_next_item(item: Paragraph, other: Paragraph) -> bool:
    """Tell whether another paragraph beside an item is one as well, in the same type: both are of a list."""
    if other is item or not other.lines:
        return False
    one, line = item.lines[0], other.lines[0]
    return is_item(line) and (line.bold, round(line.size)) == (one.bold, round(one.size))


def _stands_above(flow: list[Paragraph], i: int) -> bool:
    """Tell whether a line in the type of the text heads it: alone, set apart or numbered, above a sentence."""
    here, below = flow[i], flow[i + 1]
    text = here.text
    if len(here.lines) > 1 or len(text) > 80 or not (text[0].isupper() or _NUMBERED.match(text)):
        return False
    if has_no_end(text) or text[-1] == "." or text.startswith("Läs mer"):
        return False
    sentence = below.kind == "row" or (below.text[-1:] in ".!?" and len(below.text) > 25) or len(below.lines) > 1
    if not sentence or (below.lines and is_item(below.lines[0]) and _NUMBERED.match(text)):
        return False
    above = flow[i - 1] if i else None
    if above is not None and above.kind == "running":
        above = None
    if is_item(here.lines[0]):
        if not _NUMBERED.match(text):
            return False
        in_list = above is not None and above.lines and is_item(above.lines[0]) and here.space_above < 1.8
        return not in_list and not (below.lines and is_item(below.lines[0]))
    set_apart = here.space_above > 1.15 * min(here.space_below, 2.5) or above is None
    lone = above is None or above.kind or above.text[-1:] in ".!?:" or here.space_above > 1.8 or len(above.lines) > 1
    return bool(set_apart and lone)
