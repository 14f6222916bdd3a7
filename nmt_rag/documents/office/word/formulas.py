"""A formula of an office file (Office Math) → one line of text: ``(a + b)/2``, ``x²``, ``√(2)``.

Fractions, powers, indices, roots and brackets are written; of anything else, its texts one after the other.
"""

from __future__ import annotations

from typing import Any

from nmt_rag.documents.formats import RAISED

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FORMULA = f"{_M}oMath"
"""The qualified name of a formula's element."""


def formula_text(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return a formula, or a part of one, on one line."""
    name = str(element.tag).removeprefix(_M)
    if name == "t":
        return element.text or ""
    if name == "f":
        return f"{_whole(element, 'num')}/{_whole(element, 'den')}"
    if name in ("sSup", "sSub", "sSubSup"):
        index = _part(element, "sub")
        return _whole(element, "e") + (f"_{index}" if index else "") + _power(_part(element, "sup"))
    if name == "rad":
        degree = _part(element, "deg")
        return f"{degree.translate(RAISED)}√({_part(element, 'e')})"
    if name == "d":
        begins, ends = (_said(element, f"{end}Chr", sign) for end, sign in (("beg", "("), ("end", ")")))
        return begins + _said(element, "sepChr", "|").join(map(formula_text, element.findall(f"{_M}e"))) + ends
    if name == "nary":
        sign, parts = _said(element, "chr", "∫"), (_part(element, one) for one in ("sub", "sup", "e"))
        below, above, text = parts
        return sign + (f"_({below})" if below else "") + (f"^({above})" if above else "") + f" {text}"
    return "".join(formula_text(child) for child in element if isinstance(child.tag, str))


def _part(element: Any, name: str) -> str:  # noqa: ANN401
    """Return the text of a part of an element, such as a fraction's numerator."""
    part = element.find(f"{_M}{name}")
    return "" if part is None else formula_text(part).strip()


def _whole(element: Any, name: str) -> str:  # noqa: ANN401
    """Return the text of a part, in brackets where it is more than one number or word."""
    text = _part(element, name)
    return text if text.replace(",", "").replace(".", "").isalnum() or not text else f"({text})"


def _power(text: str) -> str:
    if not text:
        return ""
    return text.translate(RAISED) if text.isascii() and text.isdigit() else f"^({text})"


def _said(element: Any, name: str, otherwise: str) -> str:  # noqa: ANN401
    """Return the character that an element's properties name, which may be none."""
    said = element.find(f"{_M}{element.tag.removeprefix(_M)}Pr/{_M}{name}")
    return otherwise if said is None else str(said.get(f"{_M}val", ""))
