"""What tells a follow-up question is fitted from its embedding, and measured on questions it was not fitted to."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra training is not installed")

from training import follow_ups


def test_the_weights_find_what_tells_them_apart():
    follows = np.arange(60) % 2 == 0
    embeddings = np.random.default_rng(0).normal(size=(60, 3)) * 0.1
    embeddings[:, 1] += np.where(follows, 1.0, -1.0)
    found = follow_ups.fit(embeddings, follows, "made-up")
    assert found.encoder == "made-up"
    assert found.weights[1] > 5 * max(abs(found.weights[0]), abs(found.weights[2]))
    assert ((embeddings @ np.array(found.weights) + found.bias > 0) == follows).all()


def test_no_question_is_both_fitted_and_measured():
    fitted, held_out = (follow_ups.read(path) for path in (follow_ups.FITTED, follow_ups.HELD_OUT))
    assert sum(follows for follows, _ in held_out) == len(held_out) / 2 == 60
    assert not {question.casefold() for _, question in fitted} & {question.casefold() for _, question in held_out}
