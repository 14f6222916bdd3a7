"""The automatic numbers of a Word document's lists: each level's form, where it starts, and how far it is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nmt_rag.documents.formats import written_number
from nmt_rag.documents.office.word.elements import children_of, qn, value_of, whole_number


@dataclass(slots=True)
class ListLevel:
    """One level of a list: where it starts, the form of its number and the text around it."""

    start: int = 1
    form: str = "decimal"
    text: str = "%1."


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each is counted."""

    levels: dict[str, dict[int, ListLevel]] = field(default_factory=dict)  # by abstract list
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    by_style: dict[tuple[str, str], int] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def mark(self, number: str, level: int) -> str:
        """Return the mark of a list's next item: ``"- "``, ``"2. "`` or the like."""
        abstract = self.lists.get(number)
        levels = self.levels.get(abstract or "", {})
        form = levels.get(level)
        if abstract is None or form is None or form.form == "bullet":
            return "- "
        counts = self.counted.setdefault(abstract, {})
        if number not in self.begun:
            self.begun.add(number)
            for (other, at), start in self.starts.items():
                if other == number:
                    counts[at] = start - 1
        counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if form.form == "none":
            return ""
        label = form.text
        for at in range(level + 1):
            one = levels.get(at, ListLevel())
            label = label.replace(f"%{at + 1}", written_number(counts.get(at, one.start), one.form))
        return f"{label.strip()} " if label.strip() else ""


def read_numbering(root: Any) -> Numbering:  # noqa: ANN401 - python-docx's elements have no types
    """Return the lists of a document from its part of them; None has none."""
    found = Numbering()
    for abstract in children_of(root, "w:abstractNum"):
        name = abstract.get(qn("w:abstractNumId"), "")
        levels = found.levels.setdefault(name, {})
        for level in children_of(abstract, "w:lvl"):
            at = whole_number(level.get(qn("w:ilvl")), 0)
            text = value_of(level, "w:lvlText")
            levels[at] = ListLevel(
                whole_number(value_of(level, "w:start"), 1), value_of(level, "w:numFmt") or "decimal", text
            )
            if style := value_of(level, "w:pStyle"):
                found.by_style[name, style] = at
    for one in children_of(root, "w:num"):
        number = one.get(qn("w:numId"), "")
        found.lists[number] = value_of(one, "w:abstractNumId")
        for override in children_of(one, "w:lvlOverride"):
            if start := value_of(override, "w:startOverride"):
                found.starts[number, whole_number(override.get(qn("w:ilvl")), 0)] = whole_number(start, 1)
    return found
