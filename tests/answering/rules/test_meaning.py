"""How near two words are in meaning: by hand with three dimensions, and with the packaged model."""

import numpy as np
import pytest

import nmt_rag
from nmt_rag.answering.rules.words.meaning import COMMON, MOST_REMEMBERED, Meanings, common_words

EMBEDDINGS = {"bil": (3.0, 1.0, 1.0), "buss": (5.0, 2.0, 1.0), "moln": (1.0, 1.0, 4.0), "ord": (1.0, 1.0, 1.0)}


class _Words:
    """Embeddings given by hand; remembers what it was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, words):
        self.asked.append(tuple(words))
        return np.array([EMBEDDINGS[word] for word in words], np.float32)


def test_the_cosine_is_taken_from_the_centre():
    meanings = Meanings(_Words(), np.ones(3, np.float32))
    # bil - centre = (2, 0, 0), buss - centre = (4, 1, 0), moln - centre = (0, 0, 3)
    assert meanings.near("bil", ("buss",)) == pytest.approx(4 / np.sqrt(17))
    assert meanings.near("bil", ("moln",)) == pytest.approx(0.0)
    assert meanings.near("bil", ("moln", "buss")) == pytest.approx(4 / np.sqrt(17))
    assert meanings.near("bil", ("bil",)) == pytest.approx(1.0)
    assert meanings.near("bil", ("ord",)) == 0.0  # what lies in the centre is near nothing
    assert meanings.near("bil", ()) == 0.0


def test_each_word_is_embedded_once_and_new_ones_together():
    embed = _Words()
    meanings = Meanings(embed, np.zeros(3, np.float32))
    meanings.near("bil", ("buss", "bil"))
    meanings.near("bil", ("buss", "moln", "ord"))
    assert embed.asked == [("buss", "bil"), ("moln", "ord")]


def test_no_more_words_are_remembered_than_said():
    meanings = Meanings(lambda words: np.ones((len(words), 2), np.float32), np.zeros(2, np.float32))
    meanings.learn(f"ord{number}" for number in range(MOST_REMEMBERED))
    assert len(meanings.learn(["ord0"])) == MOST_REMEMBERED
    assert set(meanings.learn(["ord0", "ett", "till"])) == {"ord0", "ett", "till"}


def test_an_encoder_has_its_meanings_once():
    encoder = nmt_rag.default_encoder()
    assert Meanings.of(encoder) is Meanings.of(encoder)


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("telefonen", "telefon", "skadestånd"),
        ("lawyer", "advokat", "missbruk"),
    ],
)
def test_the_packaged_model_knows_what_is_near(word, near, far):
    meanings = Meanings.of(nmt_rag.default_encoder())
    assert meanings.near(word, (near,)) > 0.3 > meanings.near(word, (far,))


def test_the_common_words_are_common():
    assert len(common_words()) == COMMON
    assert "barn" in common_words()
    assert "betänketid" not in common_words()
