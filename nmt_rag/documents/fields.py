"""A text and the fields that its file states → a document: fields checked, a title taken from the text if need be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nmt_rag.documents.decoding import FIELDS, Damage, is_scratched, normalize, one_line, plain_values
from nmt_rag.documents.formats import Remark, damage_remarks
from nmt_rag.documents.structure import markdown
from nmt_rag.errors import CorpusError
from nmt_rag.swedish import blocks, composed
from nmt_rag.types import Document

MAX_TITLE = 200  # characters of a heading or first line that may stand as the title
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def made(
    fields: Mapping[str, Any], text: str, place_id: str, *, pages: tuple[int, ...] = (), in_parts: bool = False
) -> Document:
    """Return the document, with what its fields leave out taken from the text and the place it stands in.

    Args:
        fields: what the file states.
        text: all of it.
        place_id: the id that the place gives; without another title, its last part is one.
        pages: where each page begins.
        in_parts: whether the headings of the text name parts of it, so that none of them is its title.

    Raises:
        CorpusError: the text is empty or holds NUL, or a field that is text is something else.
    """
    if not text.strip():
        raise CorpusError("the file holds no text: remove it")
    if "\0" in text:
        raise CorpusError("the text holds a NUL character: remove it")
    known = {name: _known(name, fields.get(name)) for name in FIELDS}
    return Document(
        id=known["id"] or place_id,
        title=known["title"] or ("" if in_parts else _title(text)) or Path(place_id).stem,
        text=text,
        url=known["url"],
        publisher=known["publisher"],
        language=known["language"].replace("_", "-").split("-")[0].lower() or "sv",
        metadata={name: value for name, value in fields.items() if name not in FIELDS},
        pages=pages,
    )


def made_of_line(line: bytes, line_id: str) -> tuple[Document, tuple[Remark, ...]]:
    """Return the document that a line of JSON is, and what is to be said about its text.

    Raises:
        CorpusError: the line is no JSON object with a text, or as `made` raises it.
    """
    try:
        source = line.replace(b"\0", b"").decode("utf-8-sig", "replace" if is_scratched(line) else "strict")
        row = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"not JSON in UTF-8 ({one_line(error)}): correct or remove the line") from error
    if not isinstance(row, dict):
        raise CorpusError("not a JSON object: write {…} with the fields id, title, text")
    text = row.pop("text", None)
    if not isinstance(text, str):
        raise CorpusError("the field `text` is missing or no string: add it")
    nested = row.get("metadata")
    if isinstance(nested, dict):
        del row["metadata"]
        row = {**nested, **row}
    (text,) = plain_values({"text": text}).values()
    n_replaced = source.count("\ufffd") - line.count("\ufffd".encode())
    told = damage_remarks(Damage(line.count(0) + text.count("\0"), n_replaced))
    return made(plain_values(row), normalize(text.replace("\0", "")), line_id), told


def _known(name: str, value: object) -> str:
    """Return a field that every document has, on one line; a number may stand for an id."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise CorpusError(f"the field `{name}` is {value!r}, not a string: put it in quotes")
    line = _UNPRINTABLE.sub(" ", value).strip()
    return re.sub(" +", " ", line) if name == "title" else line


def _title(text: str) -> str:
    """Return the first heading, or else the first line, if it is short and no sentence or part of one."""
    marks = markdown.marks(text)
    marked = next((match for match in _HEADING.finditer(text) if not marks.code.hold(*match.span())), None)
    underlined = min(marks.underlined, default=len(text))
    if marked or underlined < len(text):
        line = marked[1] if marked and marked.start() < underlined else text[underlined:].partition("\n")[0]
        title = markdown.heading(line.strip())
        return title if len(title) <= MAX_TITLE else ""
    beginning = text.lstrip()[: 10 * MAX_TITLE]
    first = blocks.blocks(beginning)[0]
    line = beginning[first.start : first.end]
    alone = len(line) <= MAX_TITLE and "\n" not in line and len(first.sentences) == 1 and not first.row
    return line.strip("*_ ") if alone and line[-1] not in ".!…:;," else ""


def printable(path: Path | str) -> str:
    """Return a path in NFC, with what no line of text can hold written as an escape."""
    text = composed(str(path))
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
