"""What a reader of some format hands on: a text in which headings, list items and table rows can be told apart.

A heading becomes a line ``# …`` (one mark a level), a list item ``- …``, a table row ``cell | cell``; blocks are
parted by a blank line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from nmt_rag.documents.decoding import Damage, clean
from nmt_rag.swedish import is_note_mark

_NO_TITLE = re.compile(
    r"(?:untitled|namnlös)\w*(?:[ -]?(?:document|dokument))?\s*\d*|\(?(?:anonymous|unspecified|unknown|no title)\)?|"
    r"(document|dokument|presentation)\s*\d*|microsoft \w+ - .*|.*\.(docx?|indd|odt|pdf|pptx?|rtf|txt|xlsx?)",
    re.IGNORECASE,
)

_DIGIT = re.compile(r"\d")
_FIRST_NUMBER = re.compile(r"\d[\d\s.,:]*(?:[-–/][\d\s.,:]+)*")
_TELEPHONE = re.compile(r"0\d{1,3}[-–][\d\s]{5}")
YEAR = re.compile(r"(?:19|20)\d\d(?:[-/–]\d\d(?:\d\d)?)?")
"""A year, or a school or budget year («2024/25»), that may stand above a column."""

MAX_CELL = 600
"""A cell of an office file with more characters is a column of a page that a table lays out."""
MAX_HEAD = 120
"""A bold paragraph or a row of an office file with more characters heads nothing."""
INDENT = "  "
"""What stands before the mark of an item for each item that it stands within."""
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Digits as they are written raised."""
_SIGNS = {"-": "⁻", "−": "⁻", "+": "⁺", "": ""}
_NUMBER = re.compile(r"(?P<sign>[-−+]?)(?P<digits>\d+)")
_NOTE_MARK = re.compile(r"(?:(?:^|\s*[,–-]\s*)[\[(]?(?:\d{1,3}|[*†‡§]{1,3})[\])]?)+,?|,")

RemarkKind = Literal[
    "scanned", "embedded", "hidden", "encoding", "damaged", "rows", "formulas", "attachments", "struck"
]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was left out of a file, or is doubtful in it.

    ``detail`` is what it concerns, such as the pages («2–4»); ``message`` says it all in one English line.
    """

    kind: RemarkKind
    detail: str
    message: str


def damage_remarks(damage: Damage) -> tuple[Remark, ...]:
    """Return what is to be said about a text of which bytes were no text."""
    told = (
        (damage.n_replaced, "damaged characters: {}, shown as \ufffd; save the file anew if they matter"),
        (damage.n_left_out, "NUL characters: {}, which are no text and were left out"),
    )
    return tuple(Remark("damaged", str(number), message.format(number)) for number, message in told if number)


@dataclass(frozen=True, slots=True)
class FileDraft:
    """What a file's format tells of a document; a field that it does not know is empty.

    ``in_parts`` tells that its headings name parts of it, side by side, and the first is no title.
    """

    text: str
    title: str = ""
    url: str = ""
    publisher: str = ""
    language: str = ""
    pages: tuple[int, ...] = ()
    notes: tuple[Remark, ...] = ()
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, with the mark that makes it a heading or a list item; ``row`` tells a table row.

    ``header`` tells a row that holds the header words of the rows below it, ``first`` the first row of a table.
    """

    text: str
    mark: str = ""
    row: bool = False
    header: bool = False
    first: bool = False


LABEL_ENDS = Block("---")
"""What parts a box with a label in it from the text after it, which that label does not head."""


def boxed(blocks: Iterable[Block], *, in_section: bool = False) -> Iterator[Block]:
    """Yield what stands in a box of its own, and what ends its labels (bold lines and questions), if it has any.

    Args:
        blocks: what stands in the box.
        in_section: whether a heading heads the text around it: then the headings of the box that have text below them
            there are labels.
    """
    has_label = False
    for block, following in itertools.pairwise(itertools.chain(blocks, (None,))):
        if block is None:
            continue
        if in_section and following and block.mark.startswith("#") and may_head(block.text):
            number = block.mark.lstrip("#").strip()
            block = Block(f"**{number} {block.text}**" if number else f"**{block.text}**")
        has_label = has_label or "**" in block.text or any(line.endswith("?") for line in block.text.split("\n"))
        yield block
    if has_label:
        yield LABEL_ENDS


def join_blocks(blocks: Iterable[Block]) -> str:
    """Return the blocks as one text: a blank line between them, but for neighbouring list items and rows.

    A line ``--- | ---``, as in Markdown, parts the header rows of a table from the rows below them. `LABEL_ENDS` is
    left out where a heading follows, or nothing.
    """
    parts: list[str] = []
    previous = None
    for block, following in itertools.pairwise(itertools.chain(blocks, (None,))):
        if block is None or (block is LABEL_ENDS and (following is None or following.mark.startswith("#"))):
            continue
        if previous is not None:
            new_table = block.first or (block.header and not previous.header)
            together = block.row and previous.row and not new_table
            listed = block.mark.strip() == previous.mark.strip() == "-"
            parts.append("\n" if together or listed else "\n\n")
            if together and previous.header and not block.header:
                parts.append(" | ".join(["---"] * (previous.text.count(" | ") + 1)) + "\n")
        parts.append(block.mark + block.text)
        previous = block
    return "".join(parts)


def cell_text(blocks: Sequence[Block]) -> str:
    """Return the blocks of a table's cell as one line: a list item is parted by a semicolon from what follows it."""
    parts: list[str] = []
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        text = " ".join(block.text.split())
        item = block.mark and not block.mark.startswith("#")
        parts.append(f"{text};" if following and item and not text.endswith(tuple(".!?:;,")) else text)
    return " ".join(parts)


def is_plain_cell(text: str, blocks: Sequence[Block]) -> bool:
    """Tell whether a cell, of a text and the blocks in it, holds a table's value, not a part of a page."""
    return len(text) <= MAX_CELL and not any(block.row or block.mark.startswith("#") for block in blocks)


def without_bars(text: str) -> str:
    """Return a cell's text with its bars broken, as a whole one ends a cell."""
    return text.replace("|", "¦")


def may_head(text: str) -> bool:
    """Tell whether a text is short and no sentence, as what heads other text is."""
    return len(text) <= MAX_HEAD and "**" not in text and text[-1:] not in ".,;"


def may_label(text: str) -> bool:
    """Tell whether a text alone in its row may label the rows below it: a short one that is no sentence."""
    return 0 < len(text) <= MAX_HEAD and text[-1] not in ".!" and "*" not in text


def is_above_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row has no number but years, and a column below it nothing else: it holds header words.

    In two columns all numbers below must be of one kind, as prices are: «Diarienummer | SN 2025/77» above «Datum |
    2025-04-02» are facts of a form.
    """
    head, body = rows[0], rows[1:]
    if len(body) < 2 or is_field(head) or not all(head[1:]):
        return False
    columns = [[row[i] for row in body if len(row) > i and row[i]] for i in range(1, len(head))]
    numbers = [column for column in columns if len(column) > 1 and all(map(_DIGIT.search, column))]
    if any(map(_DIGIT.search, head)) and not _is_of_years(head, columns):
        return False
    return bool(numbers) and (len(head) != 2 or len({_number_kind(text) for text in numbers[0]}) == 1)


def is_field(row: Sequence[str]) -> bool:
    """Tell whether a row says what it tells before a colon, as in a form: «Kommun: | Lövby»."""
    return bool(row) and row[0].endswith(":") and not all(text.endswith(":") for text in row)


def _is_of_years(head: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row holds different years, and words, above columns of something else.

    A single year stands below an empty corner: «Byggår | 1962» is a fact.
    """
    years = [text for text in head[1:] if YEAR.fullmatch(text)]
    others = [text for text in head if text not in years]
    below = (column for text, column in zip(head[1:], columns, strict=True) if text in years)
    return (
        len(set(years)) == len(years) > bool(head[0])
        and not any(map(_DIGIT.search, others))
        and not any(column and all(map(YEAR.fullmatch, column)) for column in below)
    )


def _number_kind(text: str) -> str:
    """Return what the first number of a text is: an amount («från 1 200 kr», «2–4 år») or how it is put together."""
    found = _FIRST_NUMBER.search(text)
    number = found[0] if found else ""
    form = re.sub(r"[\d\s.,:]+", "0", number.replace("–", "-"))
    return form if "/" in form or form.count("-") > 1 or _TELEPHONE.match(number) else "amount"


def hidden_address(link: str, shown: str) -> str:
    """Return the e-mail address or telephone number that a link leads to, unless its words show it, else nothing."""
    kind, _, rest = link.partition(":")
    address = rest.partition("?")[0] if kind.lower() in ("mailto", "tel") else ""
    return "" if re.sub(r"\W", "", address) in re.sub(r"\W", "", shown) else address


def raised_text(text: str, before: str, behind: str = "") -> str:
    """Return what a raised text is written as: a note's mark as nothing, another number raised, the rest as it is.

    Args:
        text: what stands raised.
        before: what stands before it in its paragraph, at least a word of it; where nothing does, it is no mark.
        behind: what stands right behind it, where that is known; a stroke makes it the numerator of a fraction.
    """
    mark = text.strip()
    number = _NUMBER.fullmatch(mark)
    if not before.strip() or (not number and not _NOTE_MARK.fullmatch(mark)):
        return text
    if not number:
        return ""
    is_part = number["sign"] or behind.startswith(("/", "⁄"))
    if not is_part and is_note_mark(re.split(r"\s", before)[-1], number["digits"]):
        return ""
    return text.replace(mark, _SIGNS[number["sign"]] + number["digits"].translate(RAISED))


def sensible_title(title: object) -> str:
    """Return a title from a file's properties, unless a program put its own there."""
    text = clean(str(title or "")).strip()
    return "" if _NO_TITLE.fullmatch(text) else text


def written_number(number: int, form: str) -> str:
    """Return a number as a list writes it: ``4``, ``d``, ``D``, ``iv``, ``IV`` or ``04``."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for value, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            "m cm d cd c xc l xl x ix v iv i".split(),
            strict=True,
        ):
            text += sign * (number // value)
            number %= value
        return text if form == "lowerRoman" else text.upper()
    return f"{number:02}" if form == "decimalZero" else str(number)
