"""A number and the format of its cell (``#,##0.00 "kr";-0``) → the text that a Swedish spreadsheet shows.

The formats are those of Office Open XML (ECMA-376, part 1, 18.8.31): up to four sections, for what is above zero,
below it, zero and a text. Fractions and powers of ten are shown as plain numbers; dates are told elsewhere.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<room>.)|\*(?P<filler>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<power>E[+-])|(?P<digit>[0#?])|(?P<sign>[.,%@;/])|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST, _MOST_DECIMALS = 255, 30
"""What a spreadsheet takes; a format that asks for more is none."""
_EXACT = Context(prec=400)  # all digits of any floating-point number
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


class _Part(NamedTuple):
    """A part of a section: its kind, which is the name of a group of `_PART`, and its text."""

    kind: str
    text: str


def number_text(value: float, form: str) -> str:
    """Return a number as a cell of a format shows it: rounded half up, with a decimal comma and groups of thousands.

    A sign stays where a format tells it by a colour.
    """
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return ""
    sections = _sections(form)
    section, is_signed = _section_for(exact, sections)
    shown = _filled(abs(exact), value, section)
    return f"-{shown}" if exact < 0 and is_signed and shown else shown


def words_in(text: str, form: str) -> str:
    """Return a text as a cell of a format shows it: with words around it, or not at all (``;;;``)."""
    if "@" not in form and form.count(";") < 3:
        return text
    sections = _sections(form)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and not any(part == _Part("sign", "@") for part in section):
        return text
    return _spaced("".join(text if part == _Part("sign", "@") else _words(part) for part in section))


@functools.lru_cache(maxsize=256)
def _sections(form: str) -> list[list[_Part]]:
    """Return the parts of each section of a format."""
    sections: list[list[_Part]] = [[]]
    for found in _PART.finditer(form if 0 < len(form) <= _LONGEST else "General"):
        kind = found.lastgroup or ""
        part = _Part(kind, found[kind])
        if part == _Part("sign", ";"):
            sections.append([])
        else:
            sections[-1].append(part)
    return sections


def _section_for(exact: Decimal, sections: Sequence[list[_Part]]) -> tuple[list[_Part], bool]:
    """Return the section that shows a number, and whether a number below zero gets a sign that is not in it."""
    numeric = [section for section in sections[:3] if _Part("sign", "@") not in section] or [[_Part("general", "")]]
    conditions = [_condition(section) for section in numeric]
    if any(conditions):
        fitting = (
            section
            for section, condition in zip(numeric, conditions, strict=True)
            if condition is None or _COMPARED[condition[0]](exact, condition[1])
        )
        section = next(fitting, numeric[-1])
        return section, not _has_sign(section)
    if exact < 0 and len(numeric) > 1:
        is_coloured = any(part.kind == "bracket" for part in numeric[1])
        return numeric[1], is_coloured and not _has_sign(numeric[1])
    return (numeric[2], False) if exact == 0 and len(numeric) > 2 else (numeric[0], True)


def _has_sign(section: Sequence[_Part]) -> bool:
    return any(part.text in ("-", "−", "(") for part in section)


def _condition(section: Sequence[_Part]) -> tuple[str, Decimal] | None:
    for part in section:
        if part.kind == "bracket" and (found := _CONDITION.fullmatch(part.text)):
            return found[1], Decimal(found[2])
    return None


def _filled(exact: Decimal, value: float, section: Sequence[_Part]) -> str:
    """Return what a section shows of a number that is not below zero."""
    places = [at for at, part in enumerate(section) if part.kind == "digit"]
    if any(part.kind == "power" for part in section) or _is_fraction(section):
        return _general(exact, value)
    if any(_is_general(part) for part in section):
        number = _general(exact, value)
        return _spaced("".join(number if _is_general(part) else _words(part) for part in section))
    if not places:
        is_known = not any(part.kind == "literal" and part.text.isalpha() for part in section)  # no letters of a date
        return _spaced("".join(map(_words, section))) if is_known else _general(exact, value)
    point = next((at for at, part in enumerate(section) if part == _Part("sign", ".")), len(section))
    whole = [at for at in places if at < point]
    decimals = [at for at in places if at > point][:_MOST_DECIMALS]
    commas = [at for at, part in enumerate(section) if part == _Part("sign", ",") and at > places[0]]
    grouped = any(whole and at < whole[-1] for at in commas)
    n_thousands = sum(not whole or at > whole[-1] for at in commas)
    n_percent = sum(part == _Part("sign", "%") for part in section)
    scaled = exact.scaleb(2 * n_percent - 3 * n_thousands)
    scaled = scaled.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _EXACT)  # as spreadsheets round
    digits, _, behind = f"{scaled:f}".partition(".")
    written = _whole_digits(digits, [(at, section[at].text) for at in whole], grouped=grouped)
    needed = max((n for n, at in enumerate(decimals, 1) if section[at].text == "0"), default=0)
    behind = behind.rstrip("0").ljust(needed, "0")
    written.update(zip(decimals, behind, strict=False))
    written[point] = ("" if whole else digits.lstrip("0")) + ("," if behind else "")
    return _spaced("".join(written.get(at, _words(part)) for at, part in enumerate(section)))


def _whole_digits(digits: str, places: Sequence[tuple[int, str]], *, grouped: bool) -> dict[int, str]:
    """Return what each place before the decimal comma shows: the last digit in the last one, the rest in the first.

    Args:
        digits: of the whole number.
        places: where they go in the section, each with its sign: ``0`` shows a digit always, ``#`` and ``?`` where
            there is one.
        grouped: whether thousands are set apart.
    """
    needed = next((len(places) - n for n, (_, sign) in enumerate(places) if sign == "0"), 0)
    digits = digits.lstrip("0").rjust(needed, "0")
    pieces = [
        digit + (" " if grouped and behind and behind % 3 == 0 else "")
        for digit, behind in zip(digits, range(len(digits) - 1, -1, -1), strict=True)
    ]
    written = {at: "" for at, _ in places}
    for at, _ in reversed(places[1:]):
        written[at] = pieces.pop() if pieces else ""
    if places:
        written[places[0][0]] = "".join(pieces)
    return written


def _is_general(part: _Part) -> bool:
    """Tell whether a number stands here as it is without a format."""
    return part.kind == "general" or part == _Part("sign", "@")


def _is_fraction(section: Sequence[_Part]) -> bool:
    """Tell whether a section shows a fraction: a stroke before the places, or the digits, of its denominator."""
    pairs = itertools.pairwise(section)
    return any(one == _Part("sign", "/") and (two.kind == "digit" or two.text.isdigit()) for one, two in pairs)


def _general(exact: Decimal, value: float) -> str:
    is_whole = exact == exact.to_integral_value() and exact < Decimal(10) ** 15
    return f"{exact:.0f}" if is_whole else f"{abs(value):.10g}".replace(".", ",")


def _words(part: _Part) -> str:
    """Return what a part shows that is no digit: words and signs as they are, the room of a letter as a blank."""
    if part.kind in ("quoted", "escaped", "currency", "literal"):
        return part.text
    if part.kind == "room":
        return " "
    return {"%": " %", "/": "/", ".": ","}.get(part.text, "") if part.kind == "sign" else ""


def _spaced(text: str) -> str:
    return " ".join(text.split())
