"""What the styles of an OpenDocument text say: bold, raised or unseen text, and the numbers of its lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_NAMESPACES = {
    **{
        name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
        for name in "drawing meta office style table text".split()
    },
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
}


def qualified(name: str) -> str:
    """Return a name such as ``text:h`` as lxml writes it, with its name space in braces."""
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


@dataclass(slots=True)
class Style:
    """What a style says itself; None and "" where it says nothing."""

    base: str = ""
    bold: bool | None = None
    unseen: bool | None = None
    raised: bool | None = None


@dataclass(slots=True)
class Level:
    """One level of a list: the form of its number, "" for a bullet, where it starts and the text around it."""

    form: str = ""
    start: int = 1
    prefix: str = ""
    suffix: str = ""
    n_shown: int = 1


def merged(style: Style, below: Style) -> Style:
    """Return a style with what another one says where it says nothing."""
    return Style(
        bold=below.bold if style.bold is None else style.bold,
        unseen=below.unseen if style.unseen is None else style.unseen,
        raised=below.raised if style.raised is None else style.raised,
    )


def style_of(element: Any) -> Style:  # noqa: ANN401
    """Return what the element of a style says."""
    properties = element.find(qualified("style:text-properties"))
    found = {} if properties is None else properties.attrib
    line, display = found.get(qualified("style:text-line-through-style")), found.get(qualified("text:display"))
    kind = found.get(qualified("style:text-line-through-type"))
    weight, position = found.get(qualified("fo:font-weight")), found.get(qualified("style:text-position"))
    said = line is not None or display is not None or kind is not None
    return Style(
        element.get(qualified("style:parent-style-name"), ""),
        None if weight is None else weight in ("bold", "600", "700", "800", "900"),
        (line or "none") != "none" or (kind or "none") != "none" or display == "none" if said else None,
        None if position is None else position.startswith("super") or (position[:1].isdigit() and position[:1] != "0"),
    )


def level_of(element: Any) -> Level:  # noqa: ANN401
    """Return what the element of a list's level says."""
    return Level(
        element.get(qualified("style:num-format"), "") if "number" in element.tag or "outline" in element.tag else "",
        whole_number(element.get(qualified("text:start-value")), 1),
        element.get(qualified("style:num-prefix"), ""),
        element.get(qualified("style:num-suffix"), ""),
        whole_number(element.get(qualified("text:display-levels")), 1),
    )


def whole_number(text: str | None, otherwise: int) -> int:
    """Return the number that an attribute holds, or another one where it holds none."""
    return int(text) if text is not None and re.fullmatch(r"\d{1,6}", text) else otherwise
