"""The answer's JSON Schema: what `Answer.to_dict` gives passes, and every broken answer is refused."""

import copy
import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.types import Abstention, Answer, Citation, Related, Statement

SCHEMA = json.loads((files("nmt_rag.interfaces") / "schemas" / "answer-1.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

QUOTE = "Migrationsverket beslutar om betänketid."
CITATION = Citation(
    marker=1,
    document_id="deltagande-myndigheter",
    title="Deltagande myndigheter",
    url="https://example.org/sida#:~:text=Migrationsverket",
    heading=("Deltagande myndigheter", "Migrationsverket"),
    actor="Migrationsverket",
    quote=QUOTE,
    start=10,
    end=10 + len(QUOTE),
    source_sha256="0123456789abcdef" * 4,
    prefix="Före. ",
    suffix=" Efter.",
    score=0.83,
)
RELATED = Related("deltagande-myndigheter", "", "En annan mening.", 60, 76, 0.41)
ENGINE = {"answering": "extractive", "encoder": "nmt-static", "index_generation": 3}
ANSWERED = Answer(
    question="Vilken myndighet beslutar om betänketid?",
    language="sv",
    answered=True,
    text=f"Migrationsverket: «{QUOTE}» [1]",
    actors=("Migrationsverket",),
    statements=(Statement(QUOTE, (1,)),),
    citations=(CITATION,),
    related=(RELATED,),
    confidence=0.91,
    engine=ENGINE,
)
ABSTAINED = Answer(
    question="Vad kostar ett besök hos KAST?",
    language="sv",
    answered=False,
    text="",
    abstention=Abstention("weak_evidence", "Vi hittar inget svar på frågan i källorna."),
    related=(RELATED,),
    confidence=0.2,
    engine={"answering": "extractive", "encoder": None, "index_generation": 0},
)
MODEL = {"name": "ChatOllama:llama3.2", "asked": True, "released": 1, "dropped": {"words": 2}}
WORDED = replace(ANSWERED, engine={**ENGINE, "answering": "ChatOllama:llama3.2", "model": MODEL})
EMPTY = Answer(
    question="",
    language="sv",
    answered=False,
    text="",
    abstention=Abstention("empty_question", "Frågan är tom."),
    engine=ENGINE,
)


def test_the_schema_itself_is_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "answer", [ANSWERED, ABSTAINED, EMPTY, WORDED], ids=["answered", "abstained", "empty question", "worded by a model"]
)
def test_an_answer_passes_and_returns_from_json_unchanged(answer):
    row = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
    VALIDATOR.validate(row)
    assert Answer.from_dict(row) == answer
    assert set(row) == set(SCHEMA["required"]) == set(SCHEMA["properties"]) - {"id"}


def test_what_an_asker_calls_a_question_is_handed_on_and_read_again():
    row = {**ANSWERED.to_dict(), "id": 7}
    VALIDATOR.validate(row)
    assert Answer.from_dict(row) == ANSWERED


def set_at(*path_and_value):
    """Return a change that sets the value at a path; the last argument is the value."""
    *path, last, value = path_and_value

    def change(row):
        for key in path:
            row = row[key]
        row[last] = value

    return change


def drop(*path):
    """Return a change that removes what stands at a path."""

    def change(row):
        for key in path[:-1]:
            row = row[key]
        del row[path[-1]]

    return change


BROKEN_ANSWERED = {
    "another schema": set_at("schema", "nmt-rag/answer/2"),
    "an unknown field": set_at("note", "x"),
    "an unknown field in a citation": set_at("citations", 0, "leaf", 3),
    "an unknown field in a statement": set_at("statements", 0, "note", ""),
    "an unknown field in related": set_at("related", 0, "marker", 1),
    "an unknown field in engine": set_at("engine", "secret", "x"),
    "an abstention beside an answer": set_at("abstention", {"reason": "off_topic", "message": "Nej."}),
    "an answer without citations": set_at("citations", []),
    "an answer without statements": set_at("statements", []),
    "an answer without text": set_at("text", ""),
    "a statement without citations": set_at("statements", 0, "citations", []),
    "a statement citing one source twice": set_at("statements", 0, "citations", [1, 1]),
    "a marker of zero": set_at("citations", 0, "marker", 0),
    "a marker that is a boolean": set_at("citations", 0, "marker", True),
    "a marker that is a text": set_at("statements", 0, "citations", ["1"]),
    "a negative start": set_at("citations", 0, "start", -1),
    "an end of zero": set_at("citations", 0, "end", 0),
    "a start with a fraction": set_at("citations", 0, "start", 1.5),
    "an empty quote": set_at("citations", 0, "quote", ""),
    "a hash too short": set_at("citations", 0, "source_sha256", "abc"),
    "a hash in capitals": set_at("citations", 0, "source_sha256", "A" * 64),
    "an unknown verdict": set_at("citations", 0, "verdict", "perhaps"),
    "a heading that is a text": set_at("citations", 0, "heading", "Migrationsverket"),
    "no actor": set_at("citations", 0, "actor", None),
    "a score that is a text": set_at("citations", 0, "score", "0.8"),
    "a confidence above one": set_at("confidence", 1.01),
    "a confidence below zero": set_at("confidence", -0.01),
    "answered as a text": set_at("answered", "true"),
    "an actor without a name": set_at("actors", [""]),
    "an actor twice": set_at("actors", ["NOA", "NOA"]),
    "a language by its name": set_at("language", "svenska"),
    "an engine without its encoder": drop("engine", "encoder"),
    "related without its score": drop("related", 0, "score"),
}
BROKEN_ABSTAINED = {
    "no abstention": set_at("abstention", None),
    "an unknown reason": set_at("abstention", "reason", "bored"),
    "a reason without a message": drop("abstention", "message"),
    "an empty message": set_at("abstention", "message", ""),
    "an unknown field in abstention": set_at("abstention", "hint", "x"),
    "citations": set_at("citations", [CITATION.to_dict()]),
    "statements": set_at("statements", [{"text": QUOTE, "citations": [1]}]),
    "actors": set_at("actors", ["NOA"]),
}


@pytest.mark.parametrize(
    ("answer", "change"),
    [pytest.param(ANSWERED, change, id=name) for name, change in BROKEN_ANSWERED.items()]
    + [pytest.param(ABSTAINED, change, id=f"abstained with {name}") for name, change in BROKEN_ABSTAINED.items()],
)
def test_a_broken_answer_is_refused(answer, change):
    row = copy.deepcopy(answer.to_dict())
    VALIDATOR.validate(row)
    change(row)
    assert not VALIDATOR.is_valid(row)


@pytest.mark.parametrize(
    "model",
    [
        "llama",
        {**MODEL, "question": "Vem?"},
        {**MODEL, "name": ""},
        {**MODEL, "asked": "ja"},
        {**MODEL, "released": -1},
        {**MODEL, "dropped": {"words": 0}},
        {**MODEL, "dropped": 2},
        *({key: value for key, value in MODEL.items() if key != gone} for gone in MODEL),
    ],
)
def test_a_broken_account_of_a_model_is_refused(model):
    row = WORDED.to_dict()
    VALIDATOR.validate(row)
    row["engine"]["model"] = model
    assert not VALIDATOR.is_valid(row)


@pytest.mark.parametrize("field", sorted(ANSWERED.to_dict()))
def test_every_field_is_required(field):
    row = ANSWERED.to_dict()
    del row[field]
    assert not VALIDATOR.is_valid(row)


@pytest.mark.parametrize("field", sorted(set(CITATION.to_dict()) - {"page", "reading"}))
def test_every_field_of_a_citation_is_required(field):
    row = ANSWERED.to_dict()
    del row["citations"][0][field]
    assert not VALIDATOR.is_valid(row)


def test_from_dict_refuses_another_schema():
    with pytest.raises(ValueError, match="expected schema 'nmt-rag/answer/1', got 'nmt-rag/answer/2'"):
        Answer.from_dict({**ANSWERED.to_dict(), "schema": "nmt-rag/answer/2"})


@given(
    question=st.text(),
    quotes=st.lists(st.tuples(st.text(min_size=1), st.integers(0, 10**9), st.floats(-1, 1)), min_size=1, max_size=4),
)
def test_any_text_survives_the_round_trip(question, quotes):
    citations = tuple(
        Citation(n, "dok", "", "", (), "", quote, start, start + len(quote), "0" * 64, score=score)
        for n, (quote, start, score) in enumerate(quotes, start=1)
    )
    answer = Answer(
        question=question,
        language="en",
        answered=True,
        text="x",
        statements=tuple(Statement(c.quote, (c.marker,)) for c in citations),
        citations=citations,
        engine=ENGINE,
    )
    row = json.loads(json.dumps(answer.to_dict()))
    VALIDATOR.validate(row)
    assert Answer.from_dict(row) == answer


def test_the_page_of_a_citation_may_be_left_out_and_counts_from_1():
    row = ANSWERED.to_dict()
    for page, valid in ((None, True), (12, True), (0, False), ("12", False)):
        row["citations"][0]["page"] = page
        assert VALIDATOR.is_valid(row) is valid
    del row["citations"][0]["page"]
    assert VALIDATOR.is_valid(row)
    assert Answer.from_dict(row).citations[0].page is None
