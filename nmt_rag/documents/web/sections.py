"""The blocks of a page in order, where what a heading heads may end before the next heading: an accordion's question.

A text of headings and labels cannot say that a heading ends. So its headings become labels, which a line «---» ends;
where they cannot, the heading above them is written again.
"""

from __future__ import annotations

from typing import Any

from nmt_rag.documents.formats import Block

_LONGEST_LABEL = 200
"""A longer heading is no label when the text is split again, and is not written again."""


class Sections:
    """The blocks of a page, gathered one after the other."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._path: list[tuple[int, str, bool]] = []  # headings: the level, the text, whether its end is known
        self._questions: list[int] = []  # where the headings stand that are of the last one's level, their ends known
        self._become_labels = True  # the questions may
        self._label_ended = False
        self._levels = [0]  # of the first heading in each open element, the page itself first
        self._has_end = False  # the last heading: it ends with an element
        self._ends: dict[Any, int] = {}  # the levels of the headings that end with an element
        self._ended = 0  # headings of this level or more have ended, though no other heading follows

    def begin(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Take in that an element begins; a footer is headed by what heads the element around it."""
        if element.tag == "footer" and element.getparent().tag not in ("blockquote", "figure"):
            self._end_headings(1 + next((level for level in reversed(self._levels) if level), 6))
        if element.tag != "main":
            self._levels.append(0)

    def begin_heading(self, level: int, panel: Any) -> None:  # noqa: ANN401
        """Take in that a heading of a level begins, which ends with an element, if with any."""
        self._has_end = panel is not None
        if self._has_end:
            self._ends[panel] = level

    def end(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element ends, and all text in it was added."""
        if element.tag != "main":
            self._levels.pop()
        if element in self._ends:
            self._end_headings(self._ends.pop(element))

    def end_label(self) -> None:
        """Take in that what follows is not headed by the label before it: an answer has ended."""
        self._label_ended = True

    def end_all_but_title(self) -> None:
        """Take in that what follows is about the page as a whole."""
        if self._path:
            self._end_headings(self._path[0][0] + 1)

    def add(self, block: Block) -> None:
        """Add a block, after what parts it from an answer above."""
        level = len(block.mark) - 1 if block.mark.startswith("#") else 0
        parted = bool(self._ended) and not 0 < level <= self._ended and self._part(self._ended)
        if self._label_ended and not (parted or level or block.text.startswith("**")):
            self.blocks.append(Block("---"))
        self._ended, self._label_ended = 0, False
        if level:
            self._take_heading(level, block.text)
        self.blocks.append(block)

    def _end_headings(self, level: int) -> None:
        """Take in that what follows is not headed by any heading of a level, or of a lower one, before it."""
        self._ended = min(self._ended or level, level)

    def _take_heading(self, level: int, text: str) -> None:
        for place in range(len(self._levels) - 1, -1, -1):
            if self._levels[place]:
                break
            self._levels[place] = level
        above = [heading for heading in self._path if heading[0] < level]
        beside = self._path[len(above) :]
        if any(heading[2] for heading in above):
            self._become_labels = False  # it stands in an answer, which would lose its question
        elif not self._has_end or not beside:
            self._questions, self._become_labels = [], True
        elif not all(heading[0] == level and heading[2] for heading in beside):
            self._become_labels = False  # it would stand below the heading before it
        if self._has_end:
            self._questions.append(len(self.blocks))
        self._path = [*above, (level, text, self._has_end)]

    def _part(self, level: int) -> bool:
        """Part what follows from the headings of a level or more; tell whether a heading now stands right above it."""
        ended = [heading for heading in self._path if heading[0] >= level]
        if not ended:
            return False
        self._path = [heading for heading in self._path if heading[0] < level]
        questions, self._questions = self._questions, []
        if self._become_labels and all(heading[2] for heading in ended) and self._are_labels(questions):
            for place in questions:
                self.blocks[place] = Block(f"**{self.blocks[place].text}**")
            self._label_ended = True
            return False
        above, text, _ = self._path[-1] if self._path else (0, "", False)
        if not 0 < len(text) <= _LONGEST_LABEL:
            self._label_ended = True
            return False
        self.blocks.append(Block(text, "#" * above + " "))
        return True

    def _are_labels(self, questions: list[int]) -> bool:
        """Tell whether some headings would be read as labels, and nothing between them as another one."""
        for place in range(questions[0] if questions else 0, len(self.blocks)):
            block = self.blocks[place]
            if not block.mark.startswith("#"):
                if block.text.startswith("**") or (block.text.endswith("?") and not block.mark.strip()):
                    return False
            elif len(block.text) > _LONGEST_LABEL or "*" in block.text or block.text.endswith((".", "!")):
                return False
            elif place + 1 == len(self.blocks) or self.blocks[place + 1].mark.startswith("#"):
                return False
        return bool(questions)
