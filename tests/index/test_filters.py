"""Filters: the keys equal what comparing the fields as text gives, and whole filters what plain Python finds."""

import dataclasses
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt_rag.index.conditions import All, Compared, Either, Equal, Not, document_keys, filter_key, passage_keys
from nmt_rag.index.filters import MAX_CONDITIONS, FilterError, parse
from nmt_rag.index.index import Index
from nmt_rag.types import Document, Passage
from tests.index_samples import WORDS, WordEncoder

names = st.sampled_from(["år", "ämnen", "a", "a\0b", "aå", "1", "titel"]) | st.text(max_size=3).filter(
    lambda name: not name.startswith("$")  # these are operators
)
values = (
    st.sampled_from(["", "1", "true", "None", "2020", "b\0c", "å"]) | st.integers(-9, 9) | st.booleans() | st.none()
)
fields = st.dictionaries(names, values | st.lists(values, max_size=3), max_size=4)


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def holds(document, name, wanted):
    """The oracle: what the documentation says, in one line a case."""
    own = {"document_id": document.id, "title": document.title, "url": document.url, "publisher": document.publisher}
    value = {**document.metadata, **own, "language": document.language}.get(name)
    found = value if isinstance(value, list) else [value]
    return any(as_text(item) == wanted for item in found if item is not None)


@given(fields, names, values.map(as_text))
def test_keys_match_exactly_where_the_values_are_equal_as_text(metadata, name, wanted):
    document = Document(id="d", title="t", text="x", metadata=metadata)
    for asked, value in [(name, wanted), ("document_id", "d"), ("document_id", wanted), ("language", "sv")]:
        (key,) = parse({asked: value}).keys
        if asked not in ("title", "url", "publisher"):  # metadata may be named like them, too
            assert (key in document_keys(document)) == holds(document, asked, value), (asked, value)


def test_no_name_and_value_share_a_key_with_another_pair():
    assert filter_key("a", "b\0c") != filter_key("a\0b", "c") != filter_key("a\0bc", "")
    assert filter_key("1 a", "b") != filter_key("1", " ab")
    assert filter_key("x", True) == filter_key("x", "true") != filter_key("x", 1)


def test_actors_match_in_any_case_and_by_both_names():
    passage = Passage(
        "d", 0, 0, 1, "x", actors=("Polisens Nationella Operativa Avdelning (NOA)", "KAST", "A (B) C", "Å(B)")
    )
    keys = passage_keys(passage)
    for name in ("noa", "NOA", "polisens nationella operativa avdelning", "Kast", "a (b) c", "å", "B"):
        assert list(parse({"actor": name}).keys) == [filter_key("actor", name)]
        assert filter_key("actor", name) in keys, name
    for name in ("A", "Polisen", "C", "(NOA)", "", "NOA)"):
        assert filter_key("actor", name) not in keys, name


def test_a_field_named_actor_is_the_passages_own():
    document = Document(id="d", title="t", text="x", metadata={"actor": "KAST"})
    assert filter_key("actor", "KAST") not in document_keys(document)


# whole filters

FIELDS = ["år", "ämnen", "datum", "inre.år", "language", "finns inte"]
VALUES = ["alla", "Lund", 2024, 2025.0, "2024", True, "2024-05-01", "2024-05", "2025-01-31T12:30", -3, 0.5, "1e3", "sv"]
BOUNDS = [2024, 0.5, "2024", "2024-05", "2024-05-01", date(2024, 5, 2), "2025-01-31T12:00", -10]

kept = st.sampled_from(VALUES)
metadata = st.fixed_dictionaries(
    {},
    optional={
        "år": kept,
        "ämnen": st.lists(kept, max_size=3),
        "datum": kept | st.none(),
        "inre": st.fixed_dictionaries({"år": kept}),
    },
)
operators = st.dictionaries(
    st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), st.sampled_from(BOUNDS), min_size=1, max_size=2
) | st.one_of(
    *(st.fixed_dictionaries({name: kept}) for name in ("$eq", "$ne")),
    *(st.fixed_dictionaries({name: st.lists(kept, max_size=3)}) for name in ("$in", "$nin")),
)
conditions = kept | st.lists(kept, max_size=3) | operators | st.fixed_dictionaries({"$not": operators})
leaves = st.dictionaries(st.sampled_from(FIELDS), conditions, min_size=1, max_size=2) | st.fixed_dictionaries(
    {"actor": st.sampled_from(["KAST", "kast", "Polisen", ["KAST", "NOA"], {"$ne": "KAST"}])}
)
wheres = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"$and": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"$or": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"$not": inner}),
    ),
    max_leaves=5,
)


def let_through(where, fields):
    """The oracle: a filter on the values of one passage's fields, in plain Python."""
    holds = []
    for name, wanted in where.items():
        match name, wanted:
            case "$and", parts:
                holds.append(all(let_through(part, fields) for part in parts))
            case "$or", parts:
                holds.append(any(let_through(part, fields) for part in parts))
            case "$not", part:
                holds.append(not let_through(part, fields))
            case _, dict():
                holds += [operated(said, value, name, fields) for said, value in wanted.items()]
            case _:
                holds.append(operated("$in", wanted, name, fields))
    return all(holds)


def operated(said, wanted, name, fields):
    found = listed(fields.get(name))
    match said:
        case "$eq" | "$in":
            return any(same(name, one, value) for one in found for value in listed(wanted))
        case "$ne" | "$nin":
            return not operated("$in", wanted, name, fields)
        case "$not":
            return not let_through({name: wanted}, fields)
        case _:
            return any(beyond(said, one, wanted) for one in found)


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def same(name, one, wanted):
    texts = {as_text(wanted)}
    if isinstance(wanted, int | float) and not isinstance(wanted, bool) and wanted == int(wanted):
        texts |= {str(int(wanted)), str(float(wanted))}
    return as_text(one) in texts or (name == "actor" and one.casefold() == wanted.casefold())


def beyond(said, one, bound):
    compare = {"$gt": "__gt__", "$gte": "__ge__", "$lt": "__lt__", "$lte": "__le__"}[said]
    one, bound = as_text(one), as_text(bound)
    try:
        return getattr(float(one), compare)(float(bound))
    except ValueError:
        pass
    if not all(text[:4].isdigit() and text[4:5] in ("", "-") for text in (one, bound)):
        return False
    cut = min(len(one), len(bound))  # ISO dates stand in the order of their letters
    return getattr(one[:cut], compare)(bound[:cut])


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(metadata, min_size=1, max_size=5), st.lists(wheres, min_size=1, max_size=4))
def test_filters_are_what_plain_python_finds_and_hold_before_both_searches(rows, filters):
    encoder = WordEncoder()
    with Index.in_memory(encoder=encoder) as index:
        documents = [Document(f"d{n}", "t", f"{WORDS[0]} {n}", metadata=row) for n, row in enumerate(rows)]
        half = len(documents) // 2
        for where, part in [(filters[0], documents[:half]), (filters[-1], documents[half:])]:
            index.add(part, split=passages_of)
            index.matching(where)  # values that came later are caught up with
        for where in filters:
            ids = index.matching(where).tolist()
            passages = index.passages_by_id(range(1, 2 * len(documents) + 1))
            wanted = [i for i, one in sorted(passages.items()) if let_through(where, fields_of(one, documents))]
            assert ids == wanted, where
            assert sorted(i for i, _ in index.search_dense(encoder.encode_query("barn"), 99, where=where)) == wanted
            assert sorted(i for i, _ in index.search_lexical(WORDS[0], 99, where=where)) == wanted
            assert len(index.search_lexical(WORDS[0], 1, where=where)) == min(1, len(wanted))


def passages_of(document):
    """Two passages, one of an actor."""
    one = Passage(document.id, 0, 0, 5, document.text[:5], context=document.text)
    return [one, dataclasses.replace(one, ordinal=1, actors=("KAST", "Polisen (NOA)"), context=f"{document.text} 2")]


def fields_of(passage, documents):
    (document,) = [one for one in documents if one.id == passage.document_id]
    inner = {f"inre.{name}": value for name, value in document.metadata.get("inre", {}).items()}
    actors = ["KAST", "Polisen", "NOA", "Polisen (NOA)"] if passage.actors else []
    return {**document.metadata, **inner, "language": "sv", "actor": actors}


@pytest.mark.parametrize(
    ("value", "said", "bound", "holds"),
    [
        ("2026-03-01T00:30:00+02:00", "$lt", "2026-02-28T23:00:00Z", True),  # 22:30 in UTC
        ("2026-03-01T00:30:00+02:00", "$gte", "2026-03-01", True),  # the day as it was written
        ("2026-03-01T00:30:00+02:00", "$gte", "2026-03-01T00:30", True),
        ("2026-03-01 10:00", "$gt", datetime(2026, 3, 1, 9, 59, tzinfo=UTC), True),
        ("2026-03-01T10:00:00.25", "$gt", "2026-03-01T10:00:00.2", True),
        ("2026", "$gt", "2026-03-01", False),
        ("2026", "$lte", "2026-03-01", True),
        ("2026-13-01", "$gt", "2000", False),
        ("2026-02-30", "$gt", "2000", False),
        ("0000", "$gt", "2000-01", False),
        ("0001-01-01T00:00+02:00", "$lt", "2000", False),
        ("12 345", "$gt", 1, False),
        ("9" * 400, "$gt", "9" * 399, True),
        ("9" * 401, "$gt", 1, False),
        ("1e999", "$gt", 10**300, True),
        ("٣", "$gt", 1, False),
        ("true", "$gt", 0, False),
    ],
)
def test_numbers_and_dates_are_compared_as_exactly_as_both_are_given(value, said, bound, holds):
    assert parse({"f": {said: bound}}).holds(value) is holds


def test_a_filter_is_frozen_and_is_read_once():
    where = parse({"a": [1, "x"], "$or": [{"b": {"$gt": 1, "$not": {"$lte": 2}}}, {"actor": "NOA"}]})
    within = All((Compared("b", "$gt", "1"), Not(Compared("b", "$lte", "2"))))
    assert where == All((Equal("a", ("1", "1.0", "x")), Either((within, Equal("actor", ("NOA",))))))
    assert hash(where) == hash(parse(where))
    assert parse({"a": 1}, inside="metadata") == Equal("metadata.a", ("1", "1.0"))
    assert parse({}) is parse(None) is None


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("år=2024", "maps fields to values"),
        ([{"år": 1}], "maps fields to values"),
        ({1: 2}, "fields are named by text; got 1"),
        ({"$xor": [{"a": 1}]}, r"around fields stand \$and, \$or, \$not; got '\$xor'"),
        ({"$gt": 5}, "around fields stand"),
        ({"$and": []}, r"\$and takes a list of filters; got \[\]"),
        ({"$or": {"a": 1}}, r"\$or takes a list of filters"),
        ({"$or": [{}]}, r"\$or takes filters that name a field"),
        ({"$not": [{"a": 1}]}, "maps fields to values"),
        ({"a": {"$regex": "x"}}, r"of 'a': the operators of a field are .*; got '\$regex'"),
        ({"a": {"b": 1}}, "named with a dot; got 'b'"),
        ({"a": {}}, "the operators of a field are"),
        ({"a": None}, "values are text, numbers"),
        ({"a": [None]}, "values are text, numbers"),
        ({"a": float("nan")}, "values are text, numbers"),
        ({"a": b"x"}, "values are text, numbers"),
        ({"a": {"$eq": [1]}}, "values are text, numbers"),
        ({"a": {"$in": "xy"}}, r"\$in takes a list; got 'xy'"),
        ({"a": {"$not": 5}}, r"\$not within a field takes operators"),
        ({"a": {"$gt": "b"}}, r"\$gt takes a number or an ISO date; got 'b'"),
        ({"a": {"$gt": True}}, "takes a number or an ISO date"),
        ({"a": {"$gt": [1]}}, "takes a number or an ISO date"),
        ({"a": {"$lte": "2024-02-30"}}, "takes a number or an ISO date"),
        ({"actor": {"$gt": 1}}, "names are equal or not"),
        ({"a": ["x"] * 10_001}, "at most 10000 values"),
        ({str(n): 1 for n in range(MAX_CONDITIONS + 1)}, "at most 500 conditions"),
    ],
)
def test_what_is_not_understood_is_an_error_of_one_sentence(where, told):
    with pytest.raises(FilterError, match=f"^the filter.*{told}") as error:
        parse(where)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_a_filter_that_is_too_deep_is_an_error():
    where = {"a": 1}
    for _ in range(2_000):
        where = {"$not": where}
    with pytest.raises(ValueError, match="at most 20 deep"):
        parse(where)


def test_as_many_conditions_as_are_allowed_can_be_searched():
    with Index.in_memory(encoder=None) as index:
        index.add([Document("d", "t", WORDS[0], metadata={"a": 7})], split=passages_of)
        where = {"$or": [{"a": n} for n in range(MAX_CONDITIONS // 2 - 1)]}
        assert index.matching(where).tolist() == [1, 2]
        assert [i for i, _ in index.search_lexical(WORDS[0], 9, where={"$not": {"a": [*range(9_000)]}})] == []
