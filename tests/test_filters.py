"""Filters: the keys equal what comparing the fields as text gives, for any fields and values."""

from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.filters import document_keys, filter_key, passage_keys, wanted_keys
from nmt_rag.types import Document, Passage

names = st.sampled_from(["år", "ämnen", "a", "a\0b", "aå", "1", "titel"]) | st.text(max_size=3)
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
        (key,), passage = wanted_keys({asked: value})
        assert passage == []
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
        assert wanted_keys({"actor": name}) == ([], [filter_key("actor", name)])
        assert filter_key("actor", name) in keys, name
    for name in ("A", "Polisen", "C", "(NOA)", "", "NOA)"):
        assert filter_key("actor", name) not in keys, name


def test_a_field_named_actor_is_the_passages_own():
    document = Document(id="d", title="t", text="x", metadata={"actor": "KAST"})
    assert filter_key("actor", "KAST") not in document_keys(document)
    assert wanted_keys({"actor": "KAST", "år": "1"}) == ([filter_key("år", "1")], [filter_key("actor", "KAST")])
