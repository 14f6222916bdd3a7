"""The schema of a filter takes what the server takes, and nothing else."""

import re
from datetime import date, timedelta

import jsonschema
import pytest

from nmt_rag.index import filters
from nmt_rag.interfaces import filter_schema

FILTER = filter_schema.schema("#")
PATTERN = filter_schema._DATE_OR_NUMBER["pattern"]


def taken(value):
    """Whether the server takes a filter that compares with a value."""
    try:
        filters.parse({"year": {"$gte": value}})
    except filters.FilterError:
        return False
    return True


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2024", True), ("2020", True), ("0000", True), ("2024-05", True), ("2024-13", False), ("2024-00", False),
        ("2024-05-31", True), ("2024-04-31", False), ("2024-02-29", True), ("2023-02-29", False), ("1900-02-29", False),
        ("2000-02-29", True), ("2024-05-01T10:00", True), ("2024-05-01 23:59:59.123456+02:00", True),
        ("2024-05-01T24:00", False), ("2024-05-01T10:00Z", True), ("2024-05-01T10", False), ("2024-05T10:00", False),
        ("2024-05-01T10:00+24:00", False), ("1e3", True), ("-0", True), ("+5", True), ("007", True), ("1.50", True),
        ("1.", False), (".5", False), ("1e1000", False), ("", False), ("abc", False), (" 2025", False), ("٢٠٢٥", False),
        ("9" * 400, True), ("9" * 401, False), (2025.5, True), (True, False), ([], False),
    ],
)  # fmt: skip
def test_what_is_compared_with_is_what_the_server_takes(value, wanted):
    assert taken(value) is wanted
    assert jsonschema.Draft202012Validator(FILTER).is_valid({"year": {"$gte": value}}) is wanted


def test_every_day_is_a_date():
    days = [date(2023, 1, 1) + timedelta(n) for n in range(2 * 366)]
    assert all(re.search(PATTERN, day.isoformat()) for day in days)
    spelled = {f"{year}-{month:02}-{day:02}" for year in (2023, 2024) for month in range(14) for day in range(33)}
    wrong = spelled - {day.isoformat() for day in days}
    assert not any(re.search(PATTERN, text) for text in wrong if text < "2025")
