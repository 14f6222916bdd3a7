"""The name that begins and ends of tokens point out: whole words, one of its places at a time."""

import re

import numpy as np
import pytest

from nmt_rag.models.windows import best_name


def named(text, firsts, lasts, pieces=r" ?\w+|[^\w\s]"):
    """The name of a text whose pieces, by number, begin and end it with those weights."""
    places = [None, *((text, match.start(), match.end()) for match in re.finditer(pieces, text))]
    first, last = np.zeros(len(places), np.float32), np.full(len(places), -20, np.float32)
    for weights, where in ((firsts, first), (lasts, last)):
        for number, weight in weights.items():
            where[number] = weight if where is first else np.log(weight)
    return best_name(first, last, places)


def test_a_name_that_stands_twice_is_not_run_together():
    text = "Lotsen ser på, ibland måste lotsen ro"
    name, probability = named(text, {1: 0.5, 7: 0.3}, {1: 0.4, 7: 0.6})
    assert name == "Lotsen"
    assert probability == pytest.approx(0.8, abs=0.01)  # both its begins and both its ends


def test_a_name_of_several_words_has_its_most_probable_begin_and_end():
    text = "Då beslutar Sävby fritidsnämnd om avgiften"
    assert named(text, {3: 0.6, 4: 0.2}, {4: 0.9, 6: 0.1}) == ("Sävby fritidsnämnd", pytest.approx(0.54, abs=0.01))


def test_a_name_is_whole_words_and_no_punctuation():
    pieces = r" ?[A-ZÅÄÖ]|[a-zåäö]{1,4}|[^\w\s]| "
    name, _ = named("Djurvakt ror", {2: 0.6, 1: 0.2}, {3: 0.9, 2: 0.1}, pieces)
    assert name == "Djurvakt"
    assert named("”Lotsen” ror", {1: 0.9, 2: 0.05}, {3: 0.9, 2: 0.05})[0] == "Lotsen"
    assert named("” – ”", {1: 0.9}, {3: 0.9}) == ("", 0.0)


def test_a_name_begins_where_the_space_before_it_does():
    """A word of rare letters begins with a token that is the space before it, and nothing else."""
    pieces = r" (?=Lots)|[^\W_]{1,4}|[^\w\s]| "
    assert named("Nu ror Lotsverket", {4: 0.9}, {7: 0.9}, pieces) == ("Lotsverket", pytest.approx(0.9, abs=0.01))
    assert named("Nu ror Lotsverket", {4: 0.9}, {4: 0.9}, pieces)[1] < 1e-6  # a space is no name


def test_a_name_keeps_its_parenthesis_and_nothing_stands_where_no_text_does():
    assert named("Lotsverket (LV) ror", {1: 0.9}, {4: 0.9})[0] == "Lotsverket (LV)"
    assert best_name(np.zeros(2, np.float32), np.zeros(2, np.float32), [None, None]) == ("", 0.0)
