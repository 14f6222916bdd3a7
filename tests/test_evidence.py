"""How well a passage supports an answer: closeness of words, what is asked for, and the features by hand."""

import math
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag import evidence, swedish
from nmt_rag.evidence import (
    COMPOUND,
    CONTEXT_SHARE,
    DECISION,
    FEATURES,
    HEADING_SHARE,
    LEAST_WEIGHT,
    RANKING,
    SYNONYM_SHARE,
    assess,
    closeness,
    holds,
    introduces,
    probability,
    weight,
)
from nmt_rag.questions import understand
from nmt_rag.types import Passage

LETTERS = st.text("abåö", max_size=6)


def passage(text, *, heading=(), actors=(), context=""):
    return Passage("dok", 0, 0, len(text), text, heading=heading, actors=actors, context=context)


def feature(support, name):
    return support.features[FEATURES.index(name)]


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
    assert evidence._within(limit, first, second) == (evidence._edits(first, second) <= limit)


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
    assert evidence._edits(first, second) == distance(first, second)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("", "", 0), ("", "ab", 2), ("ab", "ba", 1), ("ca", "abc", 3), ("kitten", "sitting", 3), ("kast", "kats", 1)],
)
def test_edits_by_hand(first, second, expected):
    assert evidence._edits(first, second) == expected


def test_a_rare_word_weighs_most_and_a_common_one_least():
    assert weight("orosanmälansgruppsxyz") == 1.0
    assert weight("abonnemang") == pytest.approx(1 - 5.7 / 14.0)  # 5.7 in frequency_sv.txt
    assert weight("och") == LEAST_WEIGHT
    assert weight("barnahus") > weight("barn") >= LEAST_WEIGHT


def test_every_frequency_is_a_number_for_one_stem():
    frequencies = evidence._frequencies()
    assert len(frequencies) > 10_000
    assert max(frequencies.values()) <= 20  # base-2 logarithm of a share of a million
    assert all(math.isfinite(value) for value in frequencies.values())


def test_probability_by_hand():
    assert probability((0.0, 0.0), (3.0, 4.0)) == 0.5
    assert probability((1.0, -2.0), (3.0, 1.0)) == pytest.approx(1 / (1 + math.exp(-1)))
    assert probability((1.0,), (math.log(3),)) == pytest.approx(0.75)
    with pytest.raises(ValueError, match="shorter"):
        probability((1.0, 2.0), (1.0,))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=8))
def test_probability_lies_between_zero_and_one_and_turns_with_the_sign(pairs):
    features, weights = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = probability(features, weights)
    assert 0.0 < found < 1.0
    assert probability([-value for value in features], weights) == pytest.approx(1 - found)


def test_each_feature_has_a_weight():
    assert len(FEATURES) == len(RANKING) == len(DECISION)
    assert DECISION[FEATURES.index("fused")] == 0.0  # scaled anew for every question: it may not decide


QUESTIONS = {
    "price": "Vad kostar ett besök?",
    "time": "När öppnar jouren?",
    "number": "Hur många platser har jouren?",
    "contact": "Vad är telefonnumret till jouren?",
    "reason": "Varför görs en orosanmälan?",
    "name": "Vad kallas samtalen?",
    "place": "Var ligger jouren?",
    "actor": "Vem ger stöd?",
    "definition": "Vad är en orosanmälan?",
    "activity": "Vad gör jouren?",
    "difference": "Vad är skillnaden mellan jouren och skolan?",
    "manner": "Hur anmäler jag oro?",
    "other": "Vilket straff ger brottet?",
}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("price", "Besöket är gratis."),
        ("price", "Ett besök kostar 200 kronor."),
        ("price", "Jouren tar ingen AVGIFT."),
        ("time", "Jouren öppnar 08.00."),
        ("time", "Den finns sedan 2014."),
        ("time", "Kuratorn är här på torsdagar."),
        ("time", "Barnet får stöd så länge det behövs."),
        ("number", "Jouren har 12 platser."),
        ("contact", "Ring 031-123 45 67."),
        ("contact", "Skriv till jouren@example.se."),
        ("contact", "Läs mer på www.example.se."),
        ("contact", "Chefen heter Eva Ek."),
        ("reason", "En anmälan görs för att skydda barnet."),
        ("reason", "Syftet är att barnet ska få hjälp."),
        ("name", "Samtalen kallas barnförhör."),
        ("name", "Barn- och ungdomspsykiatrin (BUP) ger vård."),
        ("place", "Jouren ligger i Västerås."),
        ("place", "Stödet ges inom skolan."),
        ("actor", "Hjälpen ges mellan följande aktörer:"),
        ("definition", "Vad som helst."),
        ("activity", "Vad som helst."),
        ("difference", "Vad som helst."),
        ("manner", "Vad som helst."),
        ("other", "Vad som helst."),
    ],
)
def test_a_passage_holds_what_is_asked_for(kind, text):
    question = understand(QUESTIONS[kind])
    assert question.kind == kind
    assert holds(question, passage(text)) is True


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("price", "Jouren tar emot besök."),
        ("price", "Jouren satsar krafterna på besök."),
        ("time", "Jouren öppnar för alla."),
        ("time", "Jouren ger stöd åt kvinnor."),
        ("number", "Jouren har många platser."),
        ("contact", "Jouren har en telefon."),
        ("contact", "Jouren har 12 platser."),
        ("reason", "En anmälan görs av skolan."),
        ("name", "Samtalen hålls av polisen."),
        ("place", "Jouren ger stöd åt kvinnor."),
        ("place", "Jouren arbetar i skolor."),
        ("actor", "Stöd ges åt kvinnor."),
        ("actor", "Stöd ges mellan jul och nyår:"),
    ],
)
def test_a_passage_lacks_what_is_asked_for(kind, text):
    question = understand(QUESTIONS[kind])
    assert question.kind == kind
    assert holds(question, passage(text)) is False


@pytest.mark.parametrize("kind", ["actor", "place"])
def test_an_actor_is_whom_and_where_to_turn(kind):
    question = understand(QUESTIONS[kind])
    assert holds(question, passage("Den ger stöd.", actors=("Kvinnojouren Linnea",))) is True
    assert holds(question, passage("Den ger stöd.")) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stödet ges i samverkan mellan följande aktörer:", True),
        ("Dessa deltar:", True),
        ("FÖLJANDE verksamheter ingår i samrådet:", True),
        ("Stödet ges i samverkan mellan följande aktörer.", False),
        ("Samrådet har två uppgifter:", False),
        ("Följande gäller: skolan anmäler till socialtjänsten:", False),
        ("Den påföljande veckan:", False),
        ("Dessa deltar:\n", False),
        ("", False),
    ],
)
def test_a_sentence_that_introduces_whoever_follows_it(text, expected):
    assert introduces(text) is expected


def test_coverage_weighs_each_subject_word_by_what_it_tells():
    question = understand("Vem utreder mobbning?")
    assert question.subject == ("utreder", "mobbning")
    rare, common = weight("mobbning"), weight("utreder")
    only_one = assess(question, passage("Rektorn utreder saken.", actors=("Rektorn",)))
    assert only_one.coverage == pytest.approx(common / (common + rare))
    assert feature(only_one, "gap") == pytest.approx(rare)
    assert only_one.missing == ("mobbning",)
    both = assess(question, passage("Rektorn utreder mobbningen.", actors=("Rektorn",)))
    assert both.coverage == feature(both, "coverage") == pytest.approx(1.0)
    assert feature(both, "gap") == 0.0
    assert both.missing == ()
    assert both.rank > only_one.rank
    assert both.probability > only_one.probability


def test_a_word_that_is_half_there_is_not_missing():
    support = assess(understand("Vem skriver orosanmälan?"), passage("Rektorn skriver en anmälan."))
    heavy = weight("orosanmälan")
    assert support.missing == ()
    assert support.coverage == pytest.approx((weight("skriver") + heavy * COMPOUND) / (weight("skriver") + heavy))


def test_a_match_around_the_sentence_counts_less_than_one_in_it():
    question = understand("Mobbning?")
    own = assess(question, passage("Mobbning är förbjuden."))
    heading = assess(question, passage("Den är förbjuden.", heading=("Skolan", "Mobbning")))
    context = assess(question, passage("Den är förbjuden.", context="Mobbning är vanligt. Den är förbjuden."))
    theme = assess(question, passage("Den är förbjuden."), theme=frozenset({"mobbning"}))
    title = assess(question, passage("Den är förbjuden.", heading=("Mobbning", "Skolan")))
    assert [s.coverage for s in (own, heading, context, theme, title)] == pytest.approx(
        [1.0, HEADING_SHARE, CONTEXT_SHARE, CONTEXT_SHARE, 0.0]
    )


def test_the_generic_noun_that_is_asked_for_need_not_stand_in_the_passage():
    question = understand("Vilken myndighet granskar skolor?")
    support = assess(question, passage("Skolinspektionen granskar skolor.", actors=("Skolinspektionen",)))
    assert support.coverage == pytest.approx(1.0)
    assert support.missing == ()


@pytest.mark.parametrize(
    ("actors", "named", "expected"),
    [
        (("Bris", "BUP"), (), 0.0),
        (("Bris", "BUP"), ("Bris",), 1.0),
        (("Bris", "BUP"), ("BUP",), 0.3),
        (("Bris", "BUP"), ("Elevhälsan",), -1.0),
        ((), ("Elevhälsan",), -1.0),
    ],
)
def test_whether_a_named_actor_acts(actors, named, expected):
    support = assess(understand("Vem ger stöd?"), passage("De ger stöd.", actors=actors), named=named)
    assert feature(support, "actor") == expected
    assert feature(support, "acts") == float(bool(actors))


def test_scores_of_the_search_are_features_as_they_are():
    support = assess(understand("Vem ger stöd?"), passage("De ger stöd."), dense=-0.25, fused=0.75)
    assert (feature(support, "dense"), feature(support, "fused"), feature(support, "bias")) == (-0.25, 0.75, 1.0)
    assert support.rank == probability(support.features, RANKING)
    assert support.probability == probability(support.features, DECISION)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Vad är en orosanmälan?", "Orosanmälan är en uppgift om ett barn.", True),
        ("Vad betyder BUP?", "Barn- och ungdomspsykiatrin (BUP) ger vård.", True),
        ("Vad är en orosanmälan?", "Skolan gör en orosanmälan.", False),
        ("Vem gör en orosanmälan?", "Orosanmälan görs av skolan.", False),
    ],
)
def test_a_definition_begins_with_its_term_or_gives_it_in_a_parenthesis(question, text, expected):
    assert assess(understand(question), passage(text)).defines is expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Vilket straff ger misshandel?", "Misshandel är ett brott.", False),
        ("Vilket straff ger misshandel?", "Misshandel ger fängelsestraff.", True),
        ("Hur överklagar man beslutet?", "Beslutet fattas av nämnden.", False),
        ("Hur överklagar man beslutet?", "Beslutet överklagas till domstol.", True),
        ("Vilken myndighet granskar skolor?", "Inspektionen granskar skolor.", True),
    ],
)
def test_the_very_thing_that_is_asked_for_must_be_there(question, text, expected):
    assert assess(understand(question), passage(text, actors=("Inspektionen",))).holds is expected


@given(st.text(), st.text(), st.lists(st.text(min_size=1, max_size=12), max_size=3).map(tuple))
def test_any_question_and_any_passage_can_be_weighed(question, text, actors):
    support = assess(understand(question), passage(text, actors=actors, heading=("A", text[:20]), context=text))
    assert 0.0 < support.probability < 1.0
    assert 0.0 < support.rank < 1.0
    assert 0.0 <= support.coverage <= 1.0 + 1e-9
    assert 0.0 <= feature(support, "gap") <= 1.0
    assert set(support.missing) <= set(understand(question).subject)
