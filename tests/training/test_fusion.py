"""The weights of the fusion: they are fitted with what a search computes, and lean to what finds the answers."""

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from nmt_rag.answering import fusion as product
from nmt_rag.answering.search import search
from nmt_rag.index.index import Index
from nmt_rag.types import Document
from tests.fakes import ConceptEncoder
from training import fusion
from training.written import Put

TEXTS = {
    "vaccin": "Skolsköterskan vaccinerar elever.",
    "samtal": "Kuratorn samtalar om mobbning.",
    "boende": "Kvinnojouren erbjuder skyddat boende.",
    "elever": "Elever i skolan får sprutor av kuratorn.",
}


@pytest.fixture(scope="module")
def encoder():
    return ConceptEncoder("vaccinerar sprutor", "mobbning plågar", "boende härbärge")


@pytest.fixture(scope="module")
def index(encoder):
    index = Index.in_memory(encoder=encoder)
    index.add([Document(name, name, text) for name, text in TEXTS.items()])
    return index


@pytest.mark.parametrize("question", ["Vem vaccinerar elever?", "Vad gör kuratorn åt dem som plågar elever?"])
def test_what_is_fitted_computes_the_scores_of_a_search(index, encoder, question, monkeypatch):
    model = fusion.Fusion()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weights in model.weights.values():
            weights.copy_(torch.randn(weights.shape, generator=generator).round(decimals=3))
    monkeypatch.setattr(product, "_fitted", model.fitted)
    one = fusion.found_for(index, encoder, Put(question, "", "vaccin", ()), "written")
    hits = {hit.document_id: hit.score for hit in search(index, encoder, question)}
    assert dict(zip(one.document, fusion.scores_of(model, one), strict=True)) == pytest.approx(hits, abs=1e-6)
    assert [name for name, right in zip(one.document, one.right, strict=True) if right] == ["vaccin"]


def test_a_fit_leans_to_the_search_that_finds_the_answer():
    rng = np.random.default_rng(0)
    found = []
    for number in range(1_200):
        english = number % 2
        columns = rng.random((6, 7)).astype(np.float32)
        column = 0 if english else 1  # the embedding finds what English questions ask for, words the rest
        signs = np.array([1, 0, 0, 0, 0, 0, english], np.float32)
        right = columns[:, column] == columns[:, column].max()
        found.append(fusion.Found("written", "", number % 4, columns, signs, tuple("abcdef"), right))
    fitted = fusion.fit(found).fitted()
    swedish, english = (
        product.fitted_weights(product.Signs(0, 0, 0, 0, seeks_actor=False, english=bool(one)), fitted)
        for one in (0, 1)
    )
    assert swedish.dense < 0.3 < 0.7 < english.dense
    assert max(swedish.whole, swedish.document) < product.plain_weights(0.5, seeks_actor=False).whole
    scores = fusion.across(found)
    assert (
        np.mean([fusion.first(1)(one, some) for one, some in zip(found, scores, strict=True)]) > 0.45
    )  # by chance .17


def test_documents_are_ranked_by_their_best_passage_by_hand():
    columns = np.zeros((4, 7), np.float32)
    right = np.array([False, False, True, False])
    one = fusion.Found("swequad_dev", "", 0, columns, np.zeros(7, np.float32), ("a", "b", "c", "b"), right)
    assert fusion.ndcg(one, np.array([0.9, 0.8, 0.7, 0.95], np.float32)) == pytest.approx(0.5)  # b, a, c
    assert fusion.first(3)(one, np.array([0.9, 0.8, 0.7, 0.95], np.float32)) == 0.0
