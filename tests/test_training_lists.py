"""The lists that training makes, and what quantisation does to numbers: by hand."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the extra training is not installed")

from nmt_rag.encoders import PACKAGED_FOLDER, PackagedEncoder
from training.lexicon import lexicon
from training.quantise import megabytes, rounded, rounded_model


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


@pytest.mark.parametrize(
    ("bits", "axis", "expected"),
    [
        (2, 1, [[2.0, 0.0, -2.0], [0.0, 1.0, 0.0]]),  # one step to each side of 0: scales 2 and 1
        (3, 1, [[2.0, 2 / 3, -2.0], [0.0, 1.0, 0.0]]),  # three steps: scales 2/3 and 1/3; 0.1 lies nearest 0
        (2, 0, [[2.0, 1.0, -2.0], [0.0, 1.0, 0.0]]),  # a scale for each column
    ],
)
def test_rounding_by_hand(bits, axis, expected):
    matrix = np.array([[2.0, 0.9, -2.0], [0.1, 1.0, 0.0]], np.float32)
    assert rounded(matrix, bits, axis) == pytest.approx(np.array(expected, np.float32))


def test_a_rounded_model_is_smaller_and_nearly_the_same():
    packaged = PackagedEncoder.open()
    on_disk = sum(file.stat().st_size for file in PACKAGED_FOLDER.rglob("*") if file.is_file()) / 1e6
    assert megabytes(packaged._bert, 16, 16) == pytest.approx(on_disk, abs=0.1)
    assert megabytes(packaged._bert, 8, 8) == pytest.approx(on_disk / 2, abs=0.4)
    texts = ["Vem beslutar om betänketid?", "Kontakten kan ske anonymt."]
    eight = PackagedEncoder(rounded_model(packaged._bert, 8, 8), packaged._tokenizer, "8")
    cosines = (eight.encode_passages(texts) * packaged.encode_passages(texts)).sum(axis=1)
    assert (cosines > 0.998).all()
    assert (cosines < 1.0).all()
