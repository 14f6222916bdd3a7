"""The lists that training makes, by hand."""

import pytest

pytest.importorskip("scipy", reason="the extra training is not installed")

from training.lexicon import lexicon


def test_alignment_links_words_that_come_together():
    nouns = {"house": "hus", "dog": "hund", "road": "väg", "child": "barn"}
    colours = {"red": "röd", "green": "grön", "blue": "blå"}
    pairs = [
        (["the", colour, noun, "sleeps"], [rött, sak, "sover"])
        for colour, rött in colours.items()
        for noun, sak in nouns.items()
    ]
    found = lexicon(pairs * 2)
    assert {word: found[word] for word in (*nouns, *colours)} == {
        word: [swedish] for word, swedish in (*nouns.items(), *colours.items())
    }
    assert found["sleeps"] == ["sover"]
    assert "the" not in found
