"""The styles of a Word document: what each says of headings, lists, bold and hidden text, with what it is based on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nmt_rag.documents.formats import INDENT
from nmt_rag.documents.office.word.elements import R_PR, VAL, bold_and_unseen, child_of, qn, value_of, whole_number
from nmt_rag.documents.office.word.numbering import Numbering

_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])", re.IGNORECASE)
_LIST = re.compile(r"(?:list (?:bullet|number)|punktlista|numrerad lista)(?: (?P<level>[2-9])\b)?", re.IGNORECASE)


@dataclass(slots=True)
class WordStyle:
    """What a style says itself; None and "" where it says nothing.

    ``mark`` is that of its name, and ``outline`` that of its outline level, "" for body text.
    """

    mark: str = ""
    base: str = ""
    numbering: str = ""
    level: int | None = None
    bold: bool | None = None
    unseen: bool | None = None
    raised: bool | None = None
    outline: str | None = None


class Styles:
    """The styles of one document, each looked up once."""

    def __init__(self, root: Any, numbering: Numbering) -> None:  # noqa: ANN401 - python-docx's elements have no types
        """Take the root of the document's part of styles, and its lists."""
        self._styles = _styles(root)
        self._numbering = numbering
        self._whole: dict[str, WordStyle] = {}

    def of(self, element: Any) -> WordStyle:  # noqa: ANN401
        """Return what the style that an element names says, with what the styles say that it is based on."""
        identifier = "" if element is None else element.get(VAL, "")
        if identifier not in self._whole:
            self._whole[identifier] = self._with_bases(identifier)
        return self._whole[identifier]

    def _with_bases(self, identifier: str) -> WordStyle:
        """Return what a style and those it is based on say, the nearest first."""
        whole = WordStyle()
        for _ in range(10):  # styles may be based on one another in a ring
            one = self._styles.get(identifier)
            if one is None:
                break
            whole.mark = whole.mark or one.mark
            if not whole.numbering and one.numbering:
                whole.numbering = one.numbering
                at = self._numbering.by_style.get((self._numbering.lists.get(one.numbering, ""), identifier))
                whole.level = one.level if at is None else at
            whole.bold = one.bold if whole.bold is None else whole.bold
            whole.unseen = one.unseen if whole.unseen is None else whole.unseen
            whole.raised = one.raised if whole.raised is None else whole.raised
            whole.outline = one.outline if whole.outline is None else whole.outline
            identifier = one.base
        return whole


def _styles(root: Any) -> Mapping[str, WordStyle]:  # noqa: ANN401
    found: dict[str, WordStyle] = {}
    for style in root.findall(qn("w:style")):
        bold, unseen = bold_and_unseen(child_of(style, R_PR))
        one = WordStyle(_style_mark(value_of(style, "w:name")), value_of(style, "w:basedOn"), bold=bold, unseen=unseen)
        place = value_of(child_of(style, R_PR), "w:vertAlign")
        one.raised = place == "superscript" if place else None
        one.outline = outline_mark(child_of(style, qn("w:pPr")))
        numbering = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is not None:
            one.numbering, one.level = value_of(numbering, "w:numId"), whole_number(value_of(numbering, "w:ilvl"), 0)
        found[style.get(qn("w:styleId"), "")] = one
    return found


def outline_mark(properties: Any) -> str | None:  # noqa: ANN401
    """Return the mark of the outline level that a paragraph's or style's properties say, "" for body text (9)."""
    level = whole_number(value_of(properties, "w:outlineLvl"), -1)
    if level < 0:
        return None
    return "#" * min(level + 1, 6) + " " if level < 9 else ""


def _style_mark(name: str) -> str:
    if heading := _HEADING.match(name):
        return "#" * min(int(heading[1]), 6) + " "
    if name.casefold() == "title":
        return "# "
    listed = _LIST.match(name)
    return INDENT * (int(listed["level"] or 1) - 1) + "- " if listed else ""
