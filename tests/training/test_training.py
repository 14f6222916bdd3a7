"""What measures models and answers, by hand; the trainings themselves are in `test_training_models`."""

import json
import lzma

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the extra training is not installed")

from nmt_rag.index import Index
from nmt_rag.rag import Rag
from nmt_rag.types import Document
from training import answers, searches, words
from training.evaluate import best_by_document, fuse, ndcg


def test_ndcg_by_hand():
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], np.float32)
    assert ndcg(scores, [{1}, {2, 0}]).tolist() == pytest.approx([1 / np.log2(3), (1 + 0.5) / (1 + 1 / np.log2(3))])


def test_a_document_counts_through_its_best_passage_and_fusing_keeps_an_order_that_both_agree_on():
    scores = np.array([[1.0, 5.0, 2.0]], np.float32)
    assert best_by_document(scores, np.array([0, 0, 1])).tolist() == [[5.0, 2.0]]
    assert np.argsort(-fuse(scores, 2 * scores)[0]).tolist() == [1, 2, 0]


def test_the_library_is_measured_by_its_own_searches(tmp_path):
    (tmp_path / "eval").mkdir()
    rows = [
        {"type": "document", "id": "a", "title": "Katter", "text": "Katten jamar.\r\nDen sover."},
        {"type": "passage", "id": "b", "text": "Hunden skäller."},
        {"type": "query", "text": "Vem jamar?", "relevant": ["a"]},
        {"type": "query", "text": "Vad gör hunden?", "relevant": ["a"]},
        {"type": "query", "text": "Vad gör ugglan?", "relevant": [], "answerable": False},
    ]
    with lzma.open(tmp_path / "eval" / "made_up.jsonl.xz", "wt", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(each, ensure_ascii=False) for each in rows))
    line = searches.row(tmp_path, tmp_path, "made_up", None)
    assert line.startswith("| made_up | 2 | 0.500 ")
    assert line == searches.row(tmp_path, tmp_path, "made_up", None)  # the index is there already


def test_a_sentence_that_stands_in_several_documents_is_found_by_chance():
    texts = {"a": "Visum krävs. Det är gratis.", "b": "Pass krävs. Det är gratis.", "c": "Det är gratis."}
    asked = [("a", texts["a"].index("Det")), ("b", 0), ("c", 99)]
    questions = [{"text": "?", "relevant": [name], "start": start} for name, start in asked]
    index = Index.in_memory(encoder=None)
    index.add(Document(name, "", text) for name, text in texts.items())
    of_three = (1 + 1 / np.log2(3) + 1 / np.log2(4)) / 3
    assert searches.chances(Rag(index, None), questions) == f"{(of_three + 1 + 1) / 3:.3f}"
    assert searches.chances(Rag(index, None), [{"text": "?", "relevant": ["a"]}]) == ""  # nobody says where it stands


def test_bm25_of_one_shared_word_by_hand():
    found = words.bm25_scores(["ko"], ["ko hö", "hö", "hö lo"])  # of two tokens and a pair, one, two and a pair
    length = 3 / (7 / 3)
    expected = np.log1p((3 - 1 + 0.5) / 1.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length))
    assert found[0].tolist() == pytest.approx([expected, 0.0, 0.0])


@pytest.mark.parametrize(
    ("answerable", "actors", "quotes", "right"),
    [
        (True, ("A",), ("Alfa gör det.",), True),
        (True, ("B",), ("Alfa gör det.",), False),
        (True, ("A",), ("Beta gör det.",), False),
        (False, (), (), True),
        (False, ("A",), ("Alfa gör det.",), False),
    ],
)
def test_an_answer_is_right_when_actor_sentence_and_silence_are(answerable, actors, quotes, right):
    class Quote:
        def __init__(self, quote):
            self.quote = quote

    class Given:
        answered = bool(quotes)
        citations = tuple(Quote(quote) for quote in quotes)

    Given.actors = actors
    row = {"question": "?", "answerable": answerable, "agencies": [["A"]], "evidence": [["Alfa gör det."]], "kind": "x"}
    assert answers.judge(row, Given()).right is right
