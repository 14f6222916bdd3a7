"""The blocks of a page in order, where what a heading heads may end before the next heading: an accordion's question.

A text of headings and labels cannot say that a heading ends. So its headings become labels, which a line «---» ends;
where they cannot, the headings above them are written again.
"""

from __future__ import annotations

from typing import Any

from nmt_rag.documents.formats import Block

_LONGEST_LABEL = 200
"""A longer heading is no label when the text is split again, and is not written again."""
_LOWEST = 6
_BOXES = frozenset({"article", "section", "table"})
_RUNNING = frozenset({"blockquote", "dl", "ol", "p", "pre", "table", "ul"})
_Heading = tuple[int, str, bool]
"""The level, the text, whether its end is known."""


class Sections:
    """The blocks of a page, gathered one after the other."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._path: list[_Heading] = []  # the headings of what follows, as the text tells
        self._label = ""  # the one below them
        self._due: list[_Heading] | None = None  # those that it has, where the text does not tell so yet
        self._due_label: str | None = None  # the one below them, if that was told
        self._questions: list[int] = []  # where the headings stand that are of the last one's level, their ends known
        self._become_labels = True  # the questions may
        self._label_ended = False
        self._closed: list[_Heading] = []  # those of them whose part of the page has ended
        self._levels = [0]  # of the first heading in each open element, the page itself first
        self._has_end = False  # the last heading: it ends with an element
        self._ends: dict[Any, int] = {}  # the levels of the headings that end with an element
        self._around: dict[Any, tuple[list[_Heading], str]] = {}  # the open asides: what heads the text around them
        self._deeper: dict[Any, int] = {}  # by how much the headings in panels stand below those of the page
        self._open: dict[Any, int] = {}  # the same of the open ones
        self._depth = 0  # the sum of that

    def begin(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Take in that an element begins; a footer is headed by what heads the element around it."""
        if element.tag == "footer" and element.getparent().tag not in ("blockquote", "figure"):
            self._end_headings(1 + next((level for level in reversed(self._levels) if level), _LOWEST))
        elif element.tag == "aside":
            self._around[element] = (self._headings(), self._label_now())
        if element in self._deeper:
            self._deepen(element, self._deeper.pop(element))
        if element.tag != "main":
            self._levels.append(0)

    def begin_heading(self, level: int, panel: Any, highest: int) -> int:  # noqa: ANN401
        """Take in that a heading begins, and return its level.

        Args:
            level: its level on the page.
            panel: the element that it ends with, or None.
            highest: the highest level of the other headings in that, or 0; they stand below it.
        """
        told, level = level, min(level + self._depth, _LOWEST)
        self._has_end = panel is not None
        if self._has_end:
            self._ends[panel] = level
            self._put_below(panel, 1 + told - highest if highest else 0)
        return level

    def begin_name(self, panel: Any, highest: int) -> int:  # noqa: ANN401
        """Take in that the name of a panel begins which has headings, and return the level at which it is one.

        It is below what heads the panel and above the headings in it, which stand deeper where that leaves no level.

        Args:
            panel: the element that it ends with.
            highest: the highest level of the headings in that.
        """
        inner = min(highest + self._depth, _LOWEST)
        above = [heading[0] for heading in self._headings() if heading[0] < inner]
        level = min(above[-1] + 1 if above else 2, inner)
        self._has_end = True
        self._ends[panel] = level
        self._put_below(panel, 1 if level == inner else 0)
        return level

    def ends_with(self, panel: Any, highest: int) -> None:  # noqa: ANN401
        """Take in that the headings in a panel end with it, the highest of which has a level."""
        self._ends.setdefault(panel, min(highest + self._depth, _LOWEST))

    def end(self, element: Any) -> None:  # noqa: ANN401
        """Take in that an element ends, and all text in it was added."""
        first = self._levels.pop() if element.tag != "main" else 0
        self._depth -= self._open.pop(element, 0)
        if element in self._ends:
            self._end_headings(self._ends.pop(element))
        elif element in self._around:
            around = self._around.pop(element)
            if self._path and around != (self._headings(), self._label_now()):
                self._due, self._due_label = around
        elif first and element.tag in _BOXES and self._path and self._path[0][0] < first:
            if not self.blocks[-1].mark.startswith("#"):  # it holds more than headings
                self._end_part(first, text_follows=_text_follows(element))
        if element.tag == "main" or element.get("role") == "main":  # a page may have another one
            self.end_all_but_title()

    def end_label(self) -> None:
        """Take in that what follows is not headed by the label before it: an answer has ended."""
        self._label_ended = True

    def end_all_but_title(self) -> None:
        """Take in that what follows is about the page as a whole."""
        if self._path:
            self._end_headings(self._path[0][0] + 1)
        self._due_label = None
        if self._label_now():
            self.end_label()

    def add(self, block: Block) -> None:
        """Add a block, after what parts it from an answer above."""
        level = len(block.mark) - 1 if block.mark.startswith("#") else 0
        bold = block.text.startswith("**")
        if self._due is not None:
            due, self._due = [heading for heading in self._due if not level or heading[0] < level], None
            self._part(due, [heading for heading in self._path if not level or heading[0] < level])
            label, self._due_label = self._due_label, None
            if label is not None and label != self._label_now() and not (level or bold):
                self._label_ended = not label
                self.blocks += [Block(label)] if label else []
                self._label = label
        if self._label_ended and not (level or bold):
            self.blocks.append(Block("---"))
            self._label = ""
        self._label_ended = False
        if level:
            self._take_heading(level, block.text)
            self._label = ""
        elif bold and not block.row:
            self._label = next((line for line in reversed(block.text.split("\n")) if _is_bold(line)), "")
        self.blocks.append(block)

    def _headings(self) -> list[_Heading]:
        return self._path if self._due is None else self._due

    def _label_now(self) -> str:
        if self._due_label is not None:
            return self._due_label
        return "" if self._label_ended else self._label

    def _end_headings(self, level: int) -> None:
        """Take in that what follows is not headed by any heading of a level, or of a lower one, before it."""
        self._due = [heading for heading in self._headings() if heading[0] < level]

    def _end_part(self, first: int, *, text_follows: bool) -> None:
        """Take in that a part of the page ends: text right below it is not headed by it, nor by any part before it.

        Args:
            first: the level of the first heading in it, which is not the page's title.
            text_follows: text stands right below it. Else what follows may be another part that its headings head.
        """
        headings = self._headings()
        self._closed = [heading for heading in headings if heading[0] >= first or _is_one(heading, self._closed)]
        if text_follows:
            due = [heading for heading in headings if heading[0] < first]
            while len(due) > 1 and _is_one(due[-1], self._closed):
                due.pop()
            self._due = due

    def _deepen(self, panel: Any, by: int) -> None:  # noqa: ANN401
        self._open[panel] = by
        self._depth += by

    def _put_below(self, panel: Any, by: int) -> None:  # noqa: ANN401
        """Take in that the headings in a panel, which its name may stand in, too, are deeper than on the page."""
        if by > 0 and panel.tag == "details":
            self._deepen(panel, by)
        elif by > 0:
            self._deeper[panel] = by

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

    def _part(self, due: list[_Heading], written: list[_Heading]) -> None:
        """Part what follows from the headings above it that have ended.

        Args:
            due: its headings.
            written: those that it would have in the text.
        """
        if due == written:
            return
        self._path = due
        common = next((n for n, pair in enumerate(zip(due, written, strict=False)) if pair[0] != pair[1]), None)
        common = min(len(due), len(written)) if common is None else common
        ended = written[common:]
        questions, self._questions = self._questions, []
        known = self._become_labels and common == len(due) and all(heading[2] for heading in ended)
        if known and self._are_labels(questions):
            for place in questions:
                self.blocks[place] = Block(f"**{self.blocks[place].text}**")
            self._label_ended = True
            return
        first = common if common < len(due) else common - 1
        while first >= 0 and ended and ended[0][0] < due[first][0]:
            first -= 1  # it would stand below what has ended
        again = due[first:] if first >= 0 else []
        if again and all(0 < len(text) <= _LONGEST_LABEL for _, text, _ in again):
            self.blocks += [Block(text, "#" * level + " ") for level, text, _ in again]
            self._label_ended, self._label = False, ""
        else:
            self._label_ended = True

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


def _is_one(heading: _Heading, headings: list[_Heading]) -> bool:
    """Tell whether a heading is one of some, not only written as one."""
    return any(heading is one for one in headings)


def _is_bold(line: str) -> bool:
    return len(line) > 4 and line.startswith("**") and line.endswith("**")


def _text_follows(element: Any) -> bool:  # noqa: ANN401
    """Tell whether text stands right below a part of a page, which no other part holds."""
    following = element.getnext()
    return bool((element.tail or "").strip()) or (following is not None and following.tag in _RUNNING)
