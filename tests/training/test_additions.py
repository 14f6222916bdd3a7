"""What was written here is laid out as the data folder's rows are, and every row of it can be."""

import json
import os

import pytest

from tests import tiny_models
from training import additions, examples, questions
from training.questions import Asked

TEXT = Asked(
    "Vem?", "who", "written", "public", "a:1", "Bad", ("Badet leds av Eva.", "Hon har nyckeln."), ((0,),), (), "train"
)
OTHERS = Asked("Vem?", "who", "swequad", "", "b:1", "", ("Någon annan.",), ((0,),), (), "train")


def write(folder, name, *rows):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_row_takes_its_text_from_its_document(tmp_path):
    write(tmp_path, additions.DOCUMENTS, {"doc": "own:1", "title": "Is", "sentences": ["Isen spolas.", "Den är hal."]})
    write(
        tmp_path,
        additions.QUESTIONS,
        {"doc": "a:1", "question": "Vem låser?", "kind": "other", "evidence": [[1, 0]], "tempting": []},
        {"doc": "own:1", "question": "När?", "kind": "near", "evidence": [], "tempting": [0]},
        {"doc": "gone", "question": "Var?", "kind": "near", "evidence": [], "tempting": []},
    )
    write(
        tmp_path,
        additions.STATEMENTS,
        {"doc": "a:1", "sentence": 1, "statement": "Eva kan låsa upp.", "label": "supported", "trick": "para"},
        {"doc": "own:1", "sentence": 0, "statement": "Isen skrapas.", "label": "unsupported", "trick": "word"},
    )
    write(tmp_path, additions.ACTORS, {"doc": "a:1", "actors": [[[0, 14, 17], "du"], [[-1, 0, 3]]]})
    documents = additions.texts([TEXT, OTHERS], tmp_path)
    assert set(documents) == {"a:1", "own:1"}
    first, second = additions.added_questions(documents, tmp_path)
    assert (first.sentences, first.title, first.evidence, first.answering) == (TEXT.sentences, "Bad", ((1, 0),), (0, 1))
    assert (second.document, second.tempting, second.text, second.split) == ("own:1", (0,), "made up", "train")
    near, start = additions.added_statements(documents, tmp_path)
    assert (near["before"], near["quote"], near["title"]) == ("Badet leds av Eva.", "Hon har nyckeln.", "Bad")
    assert (start["before"], start["quote"], start["label"]) == ("", "Isen spolas.", "unsupported")
    (acted,) = additions.added_actors(documents, tmp_path)
    assert acted.actors == (("Eva", "du"), ("Bad",))


def test_a_public_document_is_put_together_of_places(tmp_path):
    assert additions.public_texts(tmp_path, tmp_path) == {}
    places = [[1, "query", 0, 8], [1, "passage", 0, 16], [0, "passage", 3, 10]]
    write(tmp_path, additions.PUBLIC, {"doc": "pairs:1", "title": [1, "query", 11, 16], "sentences": places})
    pairs = [("Annat", "Om hunden."), ("Prövning – Lagen", "Verket\n  prövar. Sedan.")]
    (tmp_path / "train").mkdir()
    tiny_models.write_rows(
        tmp_path / "train" / "pairs_sv.jsonl.xz", [{"query": q, "passage": text, "src": "x"} for q, text in pairs]
    )
    wanted = additions.Text("Lagen", ("Prövning", "Verket prövar.", "hunden."), "public")
    assert additions.public_texts(tmp_path, tmp_path) == {"pairs:1": wanted}


def test_nothing_is_added_where_nothing_was_written(tmp_path):
    documents = additions.texts([TEXT], tmp_path)
    assert not additions.added_questions(documents, tmp_path)
    assert not additions.added_statements(documents, tmp_path)
    assert not additions.added_actors(documents, tmp_path)


def test_our_own_documents_carry_their_rows():
    documents = additions.texts([])
    for row in additions.added_questions(documents):
        assert row.question
        assert all(0 <= n < len(row.sentences) for n in (*row.answering, *row.tempting)), row
        assert not set(row.answering) & set(row.tempting), row
        assert bool(row.evidence) == (row.kind != "near"), row
    for statement in additions.added_statements(documents):
        assert statement["label"] in ("supported", "unsupported", "contradicted")
        assert statement["statement"]
    for acted in additions.added_actors(documents):
        assert len(acted.actors) == len(acted.sentences)


@pytest.mark.skipif(not os.environ.get("NMT_RAG_SHARED"), reason="the data folder is not here")
def test_every_row_finds_its_document():
    folder = examples.data_folder()
    documents = additions.texts(questions.read_questions(folder)) | additions.public_texts(folder)
    for name in (additions.QUESTIONS, additions.STATEMENTS, additions.ACTORS):
        assert {row["doc"] for row in additions.lines(additions.FOLDER / name)} <= set(documents), name
