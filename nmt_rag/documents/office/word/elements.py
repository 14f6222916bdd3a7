"""Elements of a Word document: their names, what stands below them, and what their properties say.

python-docx's elements have no types; where there is no element, nothing stands below it.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn as qualified

qn = functools.cache(qualified)  # it takes a name apart each time, and is asked for some at each paragraph

VAL, R_PR = qn("w:val"), qn("w:rPr")
_B, *_ = TOLD_OF_A_RUN = tuple(qn(f"w:{name}") for name in "b strike dstrike vanish".split())
OFF = frozenset(("0", "false", "off", "none"))


def part_of(document: Any, kind: str) -> Any:  # noqa: ANN401
    """Return the root of the part that a document is related to, or None."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(kind) and not relation.is_external:
            part = relation.target_part
            return part.element if hasattr(part, "element") else parse_xml(part.blob)
    return None


def children_of(element: Any, name: str) -> list[Any]:  # noqa: ANN401
    """Return the children of a name, as in ``"w:lvl"``."""
    return [] if element is None else element.findall(qn(name))


def child_of(element: Any, tag: str) -> Any:  # noqa: ANN401
    """Return the first child of a qualified name, or None."""
    return None if element is None else next(element.iterchildren(tag), None)


def first_if(element: Any, tag: str) -> Any:  # noqa: ANN401
    """Return the first child if it has a qualified name, or None: properties stand first."""
    return element[0] if len(element) and element[0].tag == tag else None


def value_of(element: Any, name: str) -> str:  # noqa: ANN401
    """Return the value of the first child of a name, as in ``"w:numId"``, or an empty string."""
    found = child_of(element, qn(name))
    return "" if found is None else found.get(VAL, "")


def whole_number(text: str | None, otherwise: int) -> int:
    """Return a whole number of at most six digits, or another where a text is none."""
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text) else otherwise


def bold_and_unseen(element: Any) -> tuple[bool | None, bool | None]:  # noqa: ANN401
    """Return whether a run's properties make it bold, and whether unseen; None where they do not say."""
    if element is None:
        return None, None
    said: dict[str, bool] = {}
    for child in element.iterchildren(*TOLD_OF_A_RUN):
        said.setdefault(child.tag, child.get(VAL, "true") not in OFF)
    bold = said.pop(_B, None)
    return bold, any(said.values()) if said else None
