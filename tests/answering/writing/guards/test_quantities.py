"""Quantities: one value, however it is written."""

import pytest

from nmt_rag.answering.writing.guards.words.quantities import Quantity, read, spans


def values(text):
    return [(quantity.value, quantity.unit, quantity.limit) for quantity in read(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tre veckor", "21 dagar"),
        ("ett halvår", "sex månader"),
        ("två timmar", "120 minuter"),
        ("15 mars", "15/3"),
        ("den 1 maj", "den 1:e maj"),
        ("4,2 miljoner kronor", "4 200 000 kr"),
        ("tjugofem personer", "25 personer"),
        ("tvåhundra ärenden", "200 ärenden"),
        ("klockan 16.00", "fyra på eftermiddagen"),
        ("kl. 8", "klockan 8.00"),
        ("var sjätte månad", "två gånger om året"),
        ("årligen", "en gång per år"),
        ("10 %", "tio procent"),
    ],
)
def test_the_same_value_written_in_two_ways(one, other):
    assert [(value, unit) for value, unit, _ in values(one)] == [(value, unit) for value, unit, _ in values(other)]
    assert values(one)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("senast den 15 mars 2025", [(315, "date", "most"), (2025, "year", "")]),
        ("2025-03-15", [(2025, "year", ""), (315, "date", "")]),
        ("i maj", [(5, "monthname", "")]),
        ("mellan 13 och 22 år", [(156, "month", "least"), (264, "month", "most")]),
        ("10–12 veckor", [(70, "day", "least"), (84, "day", "most")]),
        ("klockan 8.30–16.00", [(510, "clock", ""), (960, "clock", "")]),
        ("mellan klockan 13 och 15", [(780, "clock", ""), (900, "clock", "")]),
        ("högst sex månader", [(6, "month", "most")]),
        ("minst en gång var sjätte månad", [(2, "per year", "least")]),
        ("under 18 år", [(216, "month", "most")]),
        ("under sex månader", [(6, "month", "")]),
        ("tisdagar och torsdagar", [(2, "weekday", ""), (4, "weekday", "")]),
        ("en tredjedel", [(1 / 3, "share", "")]),
        ("förordningen (2000:605)", [(2000605, "statute", "")]),
        ("ring 010-456 78 90", [(104567890, "telephone", "")]),
        ("den 32 januari", [(32, "number", "")]),
        ("en person och ett hus", []),
        ("inga tal här", []),
        ("", []),
    ],
)
def test_what_is_read(text, wanted):
    assert values(text) == wanted


def test_sex_is_a_number_only_where_it_is_one():
    assert values("köper sex, ersättning för sex, ha sex med någon") == []
    assert values("sex kommuner, inom sex veckor, en sexåring") == [
        (6, "number", ""),
        (42, "day", "most"),
        (72, "month", ""),
    ]


def test_what_is_counted_and_where_it_stands():
    assert read("för 17 skyddade boenden") == [
        Quantity(17, "number", nouns=("skydd", "boend"), start=4, end=6, written=17)
    ]
    assert spans("för 4,2 miljoner kronor.") == [(4, 23)]
    assert read("en nittonåring")[0].age
