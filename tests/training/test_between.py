"""Weights between two models, by hand."""

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="the extra training is not installed")

from training.between import POSITIONS, TOKENS, TYPES, between


def model(number, *, positions=3, types=0.0):
    return {
        TOKENS: np.full((4, 2), number, np.float32),
        TYPES: np.full((2, 2), types, np.float32),
        POSITIONS: np.full((positions, 2), number, np.float32),
        "encoder.weight": np.full((2, 2), number, np.float32),
    }


def test_each_number_is_the_mean_of_both_but_for_the_tokens():
    found = between(model(8.0), model(2.0, positions=5, types=1.0), 0.25)
    assert found["encoder.weight"] == pytest.approx(np.full((2, 2), 3.5))
    assert found[POSITIONS] == pytest.approx(np.full((3, 2), 0.25 * 8 + 0.75 * 3))  # type 0 is a part of them
    assert (found[TOKENS] == 8).all()
    assert (found[TYPES] == 0).all()
    assert all(np.array_equal(between(model(8.0), model(2.0), 1.0)[name], array) for name, array in model(8.0).items())


def test_another_body_is_refused():
    with pytest.raises(ValueError, match=r"encoder\.weight is \(1, 2\) in the pretrained model"):
        between(model(8.0), model(2.0) | {"encoder.weight": np.ones((1, 2), np.float32)}, 0.5)
    with pytest.raises(ValueError, match=r"the pretrained model has no encoder\.weight"):
        between(model(8.0), {name: array for name, array in model(2.0).items() if name != "encoder.weight"}, 0.5)
