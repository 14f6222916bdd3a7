"""A value of a cell → the text that a Swedish spreadsheet shows: numbers, dates, times and what is true.

A date is written as ISO 8601 has it, whatever its format, so that it is known what it is; but no day or year is told
that the sheet does not show.
"""

from __future__ import annotations

import datetime
import re

from nmt_rag.documents.office.number_formats import number_text, words_in

_WORDS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
_DAY_ZERO = datetime.datetime(1899, 12, 30)
_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()


def shown(value: object, form: str) -> str:
    """Return a cell's value as a Swedish spreadsheet shows it; an error as nothing."""
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, int | float):
        return number_text(value, form)
    if isinstance(value, datetime.date):  # or a date with a time
        return _date(value, _bare(form))
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    text = " ".join(str(value).split())
    return "" if re.fullmatch(r"#(?:N/A|NULL!|REF!|DIV/0!|VALUE!|NAME\?|NUM!)", text) else words_in(text, form)


def point_shown(value: float, form: str) -> str:
    """Return a number of a chart as it shows it; where its format is that of a date, it counts days since 1899."""
    bare = _bare(form)
    if not re.search("[ymd]", bare) or re.search("[0#?]|general", bare):
        return shown(value, form)
    if not 1 <= value < 2_958_466:  # the year 10,000
        return shown(value, "General")
    return shown(_DAY_ZERO + datetime.timedelta(days=value), form)


def _bare(form: str) -> str:
    """Return the first section of a format without its words."""
    return _WORDS.sub("", form).casefold().partition(";")[0]


def _date(date: datetime.date, form: str) -> str:
    """Return a date, or the year or month of it that is all that a format without a day or hour shows."""
    if not re.search("[dhs]", form):
        if "y" in form:
            return f"{date.year:04}-{date.month:02}" if "m" in form else f"{date.year:04}"
        if "m" in form:
            return _MONTHS[date.month - 1]
    if not isinstance(date, datetime.datetime) or date.time() == datetime.time():
        return date.isoformat()[:10]
    return date.isoformat(" ", "minutes")
