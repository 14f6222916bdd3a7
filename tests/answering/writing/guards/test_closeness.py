"""How near two words are in letters."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag import swedish
from nmt_rag.answering.writing.guards.words import closeness as nearness
from nmt_rag.answering.writing.guards.words.closeness import COMPOUND, SYNONYM_SHARE, closeness

LETTERS = st.text("abåö", max_size=6)


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [
        ("skola", "skolor", 1.0),  # one stem
        ("mottagningen", "mottagningar", 1.0),
        ("betänketid", "betänketiden", 1.0),
        ("åka", "aka", 0.95),  # the same without accents
        ("hälsan", "halsan", 0.95),
        ("orosanmälan", "orosanmalan", 0.95),
        ("utredning", "utrdening", 0.9),  # two neighbours swapped
        ("kurator", "kurrator", 0.9),  # one letter too many
        ("kurator", "kuator", 0.9),  # one too few
        ("barnahus", "barnehus", 0.9),  # another one
        ("barn", "born", 0.0),  # too short to be a typo
        ("orosanmälan", "anmälan", COMPOUND),  # the question's word is narrower
        ("skolsköterska", "sköterska", COMPOUND),
        ("tillståndskort", "tillstånd", COMPOUND),  # and of another thing
        ("regionkoordinatorerna", "regionen", COMPOUND),
        ("tillståndsärenden", "tillstånd", 0.85),  # which is about the same
        ("tillståndsgivning", "tillståndsgivningen", 1.0),
        ("anmälan", "orosanmälan", 0.85),  # the question's word is wider
        ("sköterska", "skolsköterska", 0.85),
        ("barn", "barnahus", 0.85),  # the first part of a short compound
        ("barn", "barnrättsorganisation", 0.6),  # of a long one
        ("hus", "barnahus", 0.0),  # too short to be the last part
        ("skola", "domstol", 0.0),
        ("18", "18", 1.0),
        ("18", "19", 0.0),
        ("2019", "2018", 0.0),
        ("201", "2019", 0.0),
        ("1234567", "1234568", 0.0),
        ("gärningsmannen", "förövaren", SYNONYM_SHARE),
        ("gärningsman", "kylskåp", 0.0),
        ("förbrytare", "förövaer", SYNONYM_SHARE * 0.9),  # a synonym with a typo
    ],
)
def test_closeness_of_two_words(word, other, expected):
    assert closeness(word, (other,)) == pytest.approx(expected)


def test_closeness_counts_shared_parts_of_words_from_two_fifths_on():
    assert closeness("vittnesstöd", ("stödperson",)) == 0.0
    first, second = set(swedish.ngrams("samverkansgrupp")), set(swedish.ngrams("samverkansmöten"))
    assert first & second == {"_samv", "samve", "amver", "mverk", "verka", "erkan", "rkans"}
    assert (len(first), len(second)) == (13, 13)
    assert closeness("samverkansgrupp", ("samverkansmöten",)) == pytest.approx(0.85 * 7 / 13)


@given(st.text("abå", max_size=9), st.text("abå", max_size=9), st.integers(0, 3))
def test_words_within_some_edits_are_those_whose_distance_is_no_larger(first, second, limit):
    assert nearness._within(limit, first, second) == (nearness._edits(first, second) <= limit)


def test_closeness_takes_the_nearest_of_several_words():
    assert closeness("kurator", ("domstol", "kuator", "kurator")) == 1.0
    assert closeness("kurator", ("domstol", "kuator")) == 0.9
    assert closeness("kurator", ()) == 0.0


@given(st.text("abcdeåäö12", min_size=1, max_size=12), st.text("abcdeåäö12", min_size=1, max_size=12))
def test_closeness_stays_between_nothing_and_the_word_itself(word, other):
    assert 0.0 <= closeness(word, (other,)) <= 1.0
    assert closeness(word, (word,)) == 1.0
    assert closeness(word, (other, word)) == 1.0


@cache
def distance(first, second):
    """Return the optimal string alignment distance by its definition, from the end of both texts."""
    if not first or not second:
        return len(first) + len(second)
    ways = [
        distance(first[:-1], second) + 1,
        distance(first, second[:-1]) + 1,
        distance(first[:-1], second[:-1]) + (first[-1] != second[-1]),
    ]
    if len(first) > 1 and len(second) > 1 and first[-2:] == second[-1] + second[-2]:
        ways.append(distance(first[:-2], second[:-2]) + 1)
    return min(ways)


@given(LETTERS, LETTERS)
def test_edits_are_the_optimal_string_alignment_distance(first, second):
    assert nearness._edits(first, second) == distance(first, second)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("", "", 0), ("", "ab", 2), ("ab", "ba", 1), ("ca", "abc", 3), ("kitten", "sitting", 3), ("kast", "kats", 1)],
)
def test_edits_by_hand(first, second, expected):
    assert nearness._edits(first, second) == expected
