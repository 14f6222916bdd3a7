"""How well a passage supports an answer: closeness of words, what is asked for, and the features by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.answering.rules import evidence
from nmt_rag.answering.rules.evidence import (
    CONTEXT_SHARE,
    DECISION,
    FEATURES,
    HEADING_SHARE,
    LEAST_WEIGHT,
    RANKING,
    assess,
    probability,
    weight,
)
from nmt_rag.answering.rules.questions import understand
from nmt_rag.answering.rules.words.closeness import COMPOUND
from nmt_rag.swedish import wordlists
from nmt_rag.types import Passage


def passage(text, *, heading=(), actors=(), context=""):
    return Passage("dok", 0, 0, len(text), text, heading=heading, actors=actors, context=context)


def feature(support, name):
    return support.features[FEATURES.index(name)]


def test_a_rare_word_weighs_most_and_a_common_one_least():
    assert weight("orosanmälansgruppsxyz") == 1.0
    assert weight("abonnemang") == pytest.approx(1 - 5.7 / 14.0)  # 5.7 in frequency_sv.txt
    assert weight("och") == LEAST_WEIGHT
    assert weight("barnahus") > weight("barn") >= LEAST_WEIGHT


def test_every_frequency_is_a_number_for_one_stem():
    frequencies = wordlists.frequencies()
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
    assert all(one or other for one, other in zip(RANKING, DECISION, strict=True))


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
    context = assess(question, passage("Den är förbjuden.", context="Mobbning är vanligt.\nDen är förbjuden."))
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


def test_scores_of_the_search_are_features_as_they_are():
    support = assess(understand("Vem ger stöd?"), passage("De ger stöd."), dense=-0.25, fused=0.75)
    found = [feature(support, name) for name in ("dense", "fused", "bias")]
    assert found == [-0.25, 0.75, 1.0]
    assert (
        support.by_itself
        == assess(understand("Vem ger stöd?"), passage("De ger stöd."), dense=-0.25, fused=1.0).probability
    )
    assert support.rank == probability(support.features, RANKING)
    assert support.probability == probability(support.features, DECISION)


@pytest.mark.parametrize(
    ("question", "named", "expected"),
    [
        ("Vem ger stöd?", (), (1.0, 0.0, 0.0)),
        ("När ger rektorn stöd?", ("Rektorn",), (0.0, 1.0, 0.0)),
        ("Who gives support?", (), (1.0, 0.0, 1.0)),
    ],
)
def test_the_kind_of_question_is_a_feature(question, named, expected):
    support = assess(understand(question), passage("De ger stöd."), named=named)
    assert tuple(feature(support, name) for name in ("seeks_actor", "names_actor", "english")) == expected


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("Mål 5 handlar om jämställdhet.", ("Målen",), True),
        ("Målet handlar om jämställdhet.", ("Målen", "Mål 5"), True),
        ("Mål 4 handlar om utbildning.", ("Målen",), False),
        ("Målet handlar om utbildning.", ("Målen",), False),
    ],
)
def test_a_number_that_is_asked_about_must_be_there(text, heading, expected):
    question = understand("Vad handlar mål 5 om?")
    assert assess(question, passage(text, heading=heading)).holds is expected


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


class _Pairs:
    """The cosines of a few pairs of words."""

    def __init__(self, cosines):
        self.cosines = cosines

    def near(self, word, others):
        return max((self.cosines.get((word, other), 0.0) for other in others), default=0.0)


def test_a_word_near_in_meaning_counts_by_how_near_it_is():
    question = understand("Vem skriver betyget?")
    halfway = (evidence.UNRELATED + evidence.ALIKE) / 2
    said = passage("Rektorn skriver omdömet.", actors=("Rektorn",))
    skriver, betyget = weight("skriver"), weight("betyget")
    for cosine, share in ((evidence.UNRELATED, 0.0), (halfway, 0.5), (evidence.ALIKE, 1.0), (0.9, 1.0)):
        support = assess(question, said, meanings=_Pairs({("betyget", "omdömet"): cosine}))
        meant = evidence.MEANING_SHARE * share
        assert feature(support, "meaning") == pytest.approx((skriver + betyget * meant) / (skriver + betyget))
        assert support.coverage == pytest.approx(skriver / (skriver + betyget))  # letters only
    assert feature(support, "words") == pytest.approx(2 / evidence.MANY_WORDS)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Får jouren gripa ungdomar?", "Jouren ger stöd åt ungdomar.", False),
        ("Får jouren gripa ungdomar?", "Jouren griper ungdomar.", True),
        ("Does the authority grant a residence permit?", "Myndigheten beviljar uppehållstillstånd.", True),
        ("Does the authority grant citizenship?", "Myndigheten beviljar uppehållstillstånd.", False),
        ("Vem betalar tolken?", "Kommunen har en tolk.", False),
        ("Vem betalar tolken?", "Kommunen betalar en tolk.", True),
        ("Vilka deltar i samrådet?", "Kommunen leder samrådet.", False),
        ("Vem ger stöd i Borås?", "Jouren ger stöd i Malmö.", False),
        ("Vem ger stöd i Borås?", "Jouren ger stöd i Borås.", True),
        ("Vem ger stöd i Sverige?", "Jouren ger stöd.", True),
        ("Vem ger stöd åt den som säljer sex?", "Jouren ger stöd åt den som köper sex.", False),
        ("Vem ger stöd åt den som säljer sex?", "Jouren ger stöd åt den som säljer eller köper sex.", True),
        ("Vad är mobbning?", "Skolan arbetar mot mobbning.", False),
        ("Vad är mobbning?", "Mobbning är upprepade kränkningar.", True),
        ("Vad är ett ombud?", "Du har rätt till ett ombud, det vill säga en jurist.", True),
        ("Vad är syftet med samrådet?", "Samrådet hålls för att skydda barnet.", True),
        ("Hur många tolkar har jouren?", "Jouren har 12 platser och en tolk.", False),
        ("Hur många platser har jouren?", "Jouren har 12 platser.", True),
        ("Hur långt fängelsestraff ger misshandel?", "Misshandel utreds av polisen.", False),
    ],
)
def test_what_must_stand_in_the_passage_itself(question, text, expected):
    everything = _Pairs({})
    everything.near = lambda word, others: 1.0  # a model to which all words mean the same proves nothing
    actors = ("Jouren",)
    assert assess(understand(question), passage(text, actors=actors)).holds is expected
    if not expected and understand(question).closed:
        assert not assess(understand(question), passage(text, actors=actors), meanings=everything).holds


def test_a_place_may_stand_in_another_sentence_about_the_same_actor():
    said = passage("Jouren ger stöd.", actors=("Jouren",))
    for question in ("Vem ger stöd i Borås?", "Finns det stöd i Borås?"):
        assert not assess(understand(question), said).holds
        assert assess(understand(question), said, known=frozenset(("borås", "jouren"))).holds


def test_what_is_there_must_be_said_to_be_there():
    said = passage("Kontoret i Borås utreder brott.", actors=("Kontoret",))
    assert not assess(understand("Finns det hjälp i Borås?"), said).holds
    assert assess(
        understand("Finns det hjälp i Borås?"), passage("Kontoret i Borås ger hjälp.", actors=("Kontoret",))
    ).holds
