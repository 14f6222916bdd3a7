"""What a Word document shows without text: boxes that are ticked or not, symbols, and the choices of form fields."""

from __future__ import annotations

import re
from typing import Any

from nmt_rag.documents.office.word.elements import OFF, VAL, qn, value_of, whole_number

_BOXES = {0xFE: "☒", 0xFD: "☒", 0x78: "☒", 0x54: "☒", 0x52: "☒", 0x53: "☒", 0x6F: "☐", 0xA8: "☐", 0x71: "☐"}
_BOXES |= {0xA3: "☐", 0xFC: "✓", 0xFB: "✗"}  # Wingdings and Wingdings 2
_ARROWS = {0xDF: "←", 0xE0: "→", 0xE8: "→"}  # Word makes one of «-->»
# Adobe's encoding of the font Symbol; a blank where there is no such character, or it is a part of a large bracket.
_SYMBOLS = dict(
    enumerate(
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼".ljust(0x80)
        + "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑         "
        + " 〉∫",
        0x20,
    )
)
_WINGDINGS = {
    **dict.fromkeys((0x6E, 0x76, 0xA7, 0xD8), "•"),
    **{code: _BOXES[code] for code in (0x6F, 0xA8, 0xFC, 0xFE)},
}
TYPED = {0xF000 + code: sign for code, sign in {**_SYMBOLS, **_WINGDINGS}.items() if sign != " "}
"""Characters that were typed in a symbol font, as code points of its private area, with what they look like.

They are those of the font Symbol, but for the bullets and boxes that people take from Wingdings.
"""


def symbol(element: Any) -> str:  # noqa: ANN401
    """Return a character of a symbol font: a box, ticked or not, a sign of Symbol; of an ordinary font itself."""
    code = element.get(qn("w:char"), "")
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0
    font = element.get(qn("w:font"), "").casefold()
    if "wingdings" in font:
        return (_BOXES | _ARROWS).get(number & 0xFF, "")
    if font == "symbol":
        return _SYMBOLS.get(number & 0xFF, "")
    return "" if not number or 0xD800 <= number <= 0xF8FF else chr(number)


def form_value(element: Any) -> str:  # noqa: ANN401
    """Return what an old form field shows: a box or the chosen entry of a list (a text field has its text)."""
    box = element.find(qn("w:checkBox"))
    if box is not None:
        said = box.find(qn("w:checked"))
        said = box.find(qn("w:default")) if said is None else said
        return "☒" if said is not None and said.get(VAL, "true") not in OFF else "☐"
    choices = element.find(qn("w:ddList"))
    if choices is None:
        return ""
    entries = [one.get(VAL, "") for one in choices.findall(qn("w:listEntry"))]
    chosen = whole_number(value_of(choices, "w:result"), 0)
    return entries[chosen] if 0 <= chosen < len(entries) else ""
