"""The data types: what goes to JSON comes back the same, and what is no such row is refused with its reason."""

import dataclasses
import hashlib
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.types import (
    ANSWER_SCHEMA,
    Abstention,
    AbstentionReason,
    Answer,
    Citation,
    Document,
    Hit,
    Passage,
    Related,
    Statement,
    Verdict,
)

TEXT = st.text(max_size=12)
COUNT = st.integers(0, 10**6)
SCORE = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
VALUES = st.recursive(
    st.none() | st.booleans() | COUNT | SCORE | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
METADATA = st.dictionaries(TEXT, VALUES, max_size=3)

DOCUMENTS = st.builds(
    *(Document, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT),
    metadata=METADATA,
    pages=st.lists(COUNT, max_size=3).map(sorted).map(tuple),
)
PASSAGES = st.builds(Passage, *(TEXT, COUNT, COUNT, COUNT, TEXT, TEXTS, TEXTS), st.none() | COUNT, COUNT, TEXT)
RANKS = (st.none() | COUNT, st.none() | SCORE)
HITS = st.builds(Hit, *(COUNT, SCORE, TEXT, PASSAGES, TEXT, TEXT), *RANKS, *RANKS, TEXTS)
CITATIONS = st.builds(
    *(Citation, COUNT, TEXT, TEXT, TEXT, TEXTS, TEXT, TEXT, COUNT, COUNT, TEXT, TEXT, TEXT),
    st.sampled_from(get_args(Verdict)),
    SCORE,
)
ANSWERS = st.builds(
    *(Answer, TEXT, TEXT, st.booleans(), TEXT),
    st.none() | st.builds(Abstention, st.sampled_from(get_args(AbstentionReason)), TEXT),
    TEXTS,
    st.lists(st.builds(Statement, TEXT, st.lists(COUNT, max_size=3).map(tuple)), max_size=2).map(tuple),
    st.lists(CITATIONS, max_size=2).map(tuple),
    st.lists(st.builds(Related, TEXT, TEXT, TEXT, COUNT, COUNT, SCORE), max_size=2).map(tuple),
    SCORE,
    METADATA,
)


@given(DOCUMENTS | PASSAGES | HITS | CITATIONS | ANSWERS)
def test_a_row_of_json_gives_the_same_again(item):
    row = json.loads(json.dumps(item.to_dict(), allow_nan=False))
    assert type(item).from_dict(row) == item
    assert row == item.to_dict()  # no tuples and no dataclasses are left in it


DOCUMENT = Document("d", "Titel", "Så är det.")
PASSAGE = Passage("d", 0, 0, 10, "Så är det.", actors=("Polisen", "Tullen"))
HIT = Hit(1, 0.5, "d", PASSAGE)
CITATION = Citation(1, "d", "Titel", "https://a.se", ("A",), "Polisen", "Så är det.", 0, 10, "0" * 64)
ANSWER = Answer(
    *("Är det så?", "sv", True, "Så är det. [1]"),
    statements=(Statement("Så är det.", (1,)),),
    citations=(CITATION,),
    related=(Related("d", "", "Så.", 0, 3, 0.5),),
)
ITEMS = [DOCUMENT, PASSAGE, HIT, CITATION, ANSWER]
by_type = pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)


@by_type
def test_data_are_frozen(item):
    name = dataclasses.fields(item)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(item, name, "else")


@by_type
def test_an_unknown_key_is_named(item):
    with pytest.raises(ValueError, match=rf"{type(item).__name__} has the keys .*; unknown: \['vector'\]"):
        type(item).from_dict({**item.to_dict(), "vector": 1})


@by_type
def test_a_missing_key_is_named_where_it_has_no_default(item):
    for field in dataclasses.fields(item):
        row = item.to_dict()
        del row[field.name]
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            with pytest.raises(ValueError, match=rf"missing: \['{field.name}'\]"):
                type(item).from_dict(row)
        else:
            default = field.default if field.default is not dataclasses.MISSING else field.default_factory()
            assert getattr(type(item).from_dict(row), field.name) == default


@by_type
@pytest.mark.parametrize("row", [None, "text", [1], 7])
def test_what_is_no_mapping_is_refused(item, row):
    with pytest.raises(TypeError, match=f"expected a mapping with the keys of {type(item).__name__}"):
        type(item).from_dict(row)


@pytest.mark.parametrize(
    ("item", "key"),
    [
        *((DOCUMENT, "pages"), (PASSAGE, "heading"), (PASSAGE, "actors"), (HIT, "matched"), (CITATION, "heading")),
        *((ANSWER, "actors"), (ANSWER, "statements"), (ANSWER, "citations"), (ANSWER, "related")),
    ],
)
def test_a_string_is_no_list(item, key):
    with pytest.raises(TypeError, match=f"expected a list for '{key}', got 'Polisen'"):
        type(item).from_dict({**item.to_dict(), key: "Polisen"})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("abstention", {"reason": "off_topic"}, r"Abstention needs .*missing: \['message'\]"),
        ("statements", [{"text": "A"}], r"Statement needs .*missing: \['citations'\]"),
        ("statements", [{"text": "A", "citations": [], "x": 1}], r"Statement has .*unknown: \['x'\]"),
        ("citations", [{}], "Citation needs the keys"),
        ("related", [{"document_id": "d"}], "Related needs the keys"),
    ],
)
def test_what_is_wrong_inside_an_answer_is_named(key, value, message):
    with pytest.raises(ValueError, match=message):
        Answer.from_dict({**ANSWER.to_dict(), key: value})


def test_an_answer_says_its_schema():
    assert next(iter(ANSWER.to_dict().items())) == ("schema", ANSWER_SCHEMA)
    for schema in (None, "nmt-rag/answer/2"):
        with pytest.raises(ValueError, match="expected schema 'nmt-rag/answer/1', got"):
            Answer.from_dict({**ANSWER.to_dict(), "schema": schema})


def test_the_hash_of_a_document_is_that_of_its_utf8_bytes():
    assert DOCUMENT.sha256 == hashlib.sha256("Så är det.".encode()).hexdigest()
    # The empty text's is known from FIPS 180-4.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Document("d", "t", "").sha256 == empty


def test_the_first_actor_is_the_main_one():
    assert PASSAGE.actor == "Polisen"
    assert dataclasses.replace(PASSAGE, actors=()).actor == ""


def test_a_hit_explains_itself():
    assert HIT.explain() == "score 0.500 · matched: –"
    found = dataclasses.replace(
        HIT, dense_rank=2, dense_score=0.81249, lexical_rank=1, lexical_score=7.5, matched=("råd", "stöd")
    )
    assert found.explain() == ("score 0.500 · embedding rank 2 (0.812) · words rank 1 (7.50) · matched: råd, stöd")


@pytest.mark.parametrize("wrong", [5, None, [], {}, True])
@by_type
def test_a_value_of_another_type_is_refused_with_its_field(item, wrong):
    for name in ("id", "quote", "document_id", "question"):
        if name in item.to_dict():
            with pytest.raises(TypeError, match=f"expected str for '{name}', got "):
                type(item).from_dict({**item.to_dict(), name: wrong})


@pytest.mark.parametrize(
    ("item", "key", "wrong", "expected"),
    [
        (CITATION, "start", "0", "expected int for 'start', got '0'"),
        (CITATION, "start", True, "expected int for 'start', got True"),
        (CITATION, "page", "1", "expected int or null for 'page', got '1'"),
        (CITATION, "score", None, "expected float or int for 'score', got None"),
        (CITATION, "heading", [1], "expected str for 'heading', got 1"),
        (ANSWER, "answered", 1, "expected bool for 'answered', got 1"),
        (ANSWER, "engine", [], "expected a mapping for 'engine', got "),
        (ANSWER, "text", {"x": "y" * 10**6}, "expected str for 'text', got {'x': 'yy"),
    ],
)
def test_the_message_tells_field_type_and_value(item, key, wrong, expected):
    with pytest.raises(TypeError) as told:
        type(item).from_dict({**item.to_dict(), key: wrong})
    assert str(told.value).startswith(expected)
    assert len(str(told.value)) < 150


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"citations": [{**CITATION.to_dict(), "verdict": "foo"}]}, "expected one of ['exact', "),
        ({"abstention": {"reason": "zz", "message": "m"}}, "expected one of ['no_evidence', "),
        ({"confidence": float("nan")}, "expected a finite number for 'confidence', got nan"),
    ],
)
def test_a_word_or_number_that_no_answer_has_is_refused(row, expected):
    with pytest.raises(ValueError) as told:  # noqa: PT011 - the message is compared below
        Answer.from_dict({**ANSWER.to_dict(), **row})
    assert str(told.value).startswith(expected)


@pytest.mark.parametrize(
    ("pages", "error", "told"),
    [
        (("a",), TypeError, r"the pages of a document are the offsets at which they start, got \('a',\)"),
        ((0, 2.5), TypeError, "are the offsets"),
        ((5, 3), ValueError, r"start one after the other, got \(5, 3\)"),
        ((-1, 3), ValueError, "start one after the other"),
    ],
)
def test_pages_are_ascending_offsets(pages, error, told):
    with pytest.raises(error, match=told):
        dataclasses.replace(DOCUMENT, pages=pages)
    assert dataclasses.replace(DOCUMENT, pages=(0, 3, 3)).page_at(3) == 3  # an empty page begins where the next does


def test_a_whole_number_is_a_float_too():
    assert type(HIT).from_dict({**HIT.to_dict(), "score": 1}).score == 1
