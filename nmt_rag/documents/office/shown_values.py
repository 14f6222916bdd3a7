"""A value of a cell → the text that a Swedish spreadsheet shows: numbers, dates, times and what is true."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal

_LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]')


def shown(value: object, form: str) -> str:
    """Return a cell's value as a Swedish spreadsheet shows it; an error as nothing."""
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, int | float):
        return as_shown(value, form)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    text = " ".join(str(value).split())
    return "" if re.fullmatch(r"#(?:N/A|NULL!|REF!|DIV/0!|VALUE!|NAME\?|NUM!)", text) else text


def as_shown(value: float, form: str) -> str:
    """Return a number in the format of a cell (``#,##0.00``): decimals, groups of thousands, per cent, words («kr»)."""
    form = form.split(";")[0]
    literal = _LITERAL.search(form)
    words = " ".join((literal[1] or literal[2] or "").split()) if literal else ""
    bare = _LITERAL.sub("", form)
    exact = Decimal(repr(value))
    if "0" not in bare or "E" in bare or "?" in bare:
        text = f"{value:.0f}" if exact == exact.to_integral_value() and abs(value) < 1e15 else f"{value:.10g}"
    else:
        decimals = re.search(r"0\.(0+)", bare)
        place = Decimal(1).scaleb(-len(decimals[1]) if decimals else 0)
        exact = (exact * 100 if "%" in bare else exact).quantize(place, ROUND_HALF_UP)  # as spreadsheets round
        text = f"{exact:,f}".replace(",", " ") if re.search(r"#[,\s\xa0]", bare) else f"{exact:f}"
    text = text.replace(".", ",") + (" %" if "%" in bare else "")
    is_before = literal is not None and not re.search(r"[#0]", form[: literal.start()])
    return (f"{words} {text}" if is_before else f"{text} {words}").strip()
