"""The two vocabularies: every line of them, and what they do to a question."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag import swedish
from nmt_rag.swedish.terms import WORD, synonyms, topics, translate


def rows(name):
    """Return the numbered lines of a vocabulary that are no comments."""
    text = resources.files("nmt_rag.swedish").joinpath("lists", name).read_text(encoding="utf-8")
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]


THESAURUS = rows("thesaurus_sv.txt")
TOPICS = rows("topics_sv.txt")
GLOSSARY = rows("glossary_en_sv.txt")


@pytest.mark.parametrize(
    ("name", "lines"),
    [("thesaurus_sv.txt", THESAURUS), ("topics_sv.txt", TOPICS), ("glossary_en_sv.txt", GLOSSARY)],
)
def test_every_line_has_words_on_both_sides(name, lines):
    assert len(lines) > 50
    for number, line in lines:
        left, *right = line.split("=")
        assert len(right) == 1, f"{name}:{number}: not one equals sign: {line}"
        assert swedish.words(left), f"{name}:{number}: nothing on the left: {line}"
        assert swedish.words(right[0]), f"{name}:{number}: nothing on the right: {line}"


def test_every_thesaurus_word_has_the_words_of_its_line():
    for number, line in THESAURUS:
        said, written = line.split("=")
        for word in said.split():
            assert set(written.lower().split()) <= set(synonyms(word)), f"line {number}: {word}"


def test_every_topic_word_has_the_words_of_its_line():
    for number, line in TOPICS:
        said, written = line.split("=")
        for word in said.split():
            assert set(written.lower().split()) <= set(topics(word)), f"line {number}: {word}"


def test_a_topic_is_no_synonym():
    assert "vägtrafik" in topics("körkort")
    assert "vägtrafik" not in synonyms("körkort")


def test_no_english_term_is_given_twice():
    terms = [line.split("=")[0].strip() for _, line in GLOSSARY]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []


def test_every_english_term_is_lower_case_and_can_be_met():
    for number, line in GLOSSARY:
        term = line.split("=")[0].strip()
        assert term == term.lower(), f"line {number}"
        assert " ".join(WORD.findall(term)) == term, f"line {number}: no question has {term!r} in its words"
        assert len(term.split()) <= 6, f"line {number}: longer than what is looked up"


def test_every_english_term_becomes_its_swedish_words():
    for number, line in GLOSSARY:
        english, swedish_words = (side.strip() for side in line.split("="))
        for text in (english, english.upper()):
            assert translate(text) == swedish_words, f"line {number}"


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("What does the police do?", "vad gör polisen gör"),
        ("the Swedish Migration Agency", "Migrationsverket"),  # not «migration agency» with a rest
        ("Which authority decides on residence permits?", "vilken myndighet beslutar uppehållstillstånd"),
        ("How many teapots are there?", "hur många teapots är"),
        ("Frobnicate Umeå in 2024", "Frobnicate Umeå i 2024"),
        ("the of to", ""),
        ("", ""),
        ("?!", ""),
    ],
)
def test_an_english_question_in_swedish_words(english, expected):
    assert translate(english) == expected


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("gärningsman", "förövare"),
        ("advokat", "målsägandebiträde"),
        ("trafficking", "människohandel"),
        ("sexköpare", "köper"),
        ("soc", "socialtjänsten"),
    ],
)
def test_an_everyday_word_has_the_word_of_the_texts(word, written):
    assert written in synonyms(word)


def test_inflections_share_their_synonyms_and_other_words_have_none():
    assert synonyms("förbrytaren") == synonyms("förbrytare") == ("förövare",)
    assert synonyms("cykel") == synonyms("") == ()


def test_synonyms_have_no_repeats():
    for _, line in THESAURUS:
        for word in line.split("=")[0].split():
            assert len(set(synonyms(word))) == len(synonyms(word))


@given(st.lists(st.sampled_from("who the police Umeå 12 agency don't é _ - teapot".split())).map(" ".join))
def test_translating_loses_no_unknown_word(text):
    kept = {"Umeå", "teapot", "é", "don't", "12"}
    carried = translate(text)
    assert [word for word in carried.split() if word in kept] == [word for word in WORD.findall(text) if word in kept]


def test_a_word_that_the_glossary_lacks_is_looked_up_in_the_lexicon():
    assert translate("my neighbour drinks") == "granne dricker drycker"
