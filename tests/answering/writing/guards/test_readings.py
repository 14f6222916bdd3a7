"""Clauses: what is denied, how firmly it is said, and which words carry meaning."""

import pytest

from nmt_rag.answering.writing.guards.words.readings import FLAT, MAY, MUST, USUALLY, read


def denied(text):
    return {word.text for word in read(text).words if word.denied}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nämnden prövar ansökan.", set()),
        ("Nämnden prövar inte ansökan.", {"nämnden", "prövar", "ansökan"}),
        ("Kontoret lämnar inte ut nycklar, utan lagar lås.", {"kontoret", "lämnar", "ut", "nycklar"} - {"ut"}),
        ("Lagen hindrar inte flytt.", set()),  # two denials
        ("Lagen hindrar inte att båten flyttas.", set()),
        ("Lagen hindrar att båten flyttas.", {"lagen", "båten", "flyttas"}),
        ("Kaptenen säger att båten inte flyttas.", {"båten", "flyttas"}),
        ("Båten har inte rätt att ligga kvar.", {"båten", "ligga", "kvar"}),
        ("Båten flyttas inte förrän i maj.", set()),
        ("Båten flyttas när isen inte bär.", {"isen", "bär"}),
        ("Lagen hindrar flytt.", {"lagen", "flytt"}),
        ("Boenden som inte har kök får bidrag.", {"kök"}),  # the main clause goes on after the relative one
        ("Chefen och inte kassören har nyckeln.", {"kassören"}),
        ("Tältet säljs utan stänger.", {"stänger"}),
        ("Besöket är utan kostnad.", set()),  # a fixed phrase
        ("Tältet är öppet men saknar golv.", {"golv"}),
    ],
)
def test_what_is_denied(text, wanted):
    assert denied(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nämnden kan pröva ansökan.", (MAY,)),
        ("Nämnden får pröva ansökan.", (MAY,)),
        ("Nämnden får ersättning.", (FLAT,)),  # receives
        ("Nämnden bör pröva ansökan.", (USUALLY,)),
        ("Nämnden prövar ansökan.", (FLAT,)),
        ("Nämnden måste pröva ansökan.", (MUST,)),
        ("Nämnden ska pröva ansökan men kan vänta.", (MUST, MAY)),
    ],
)
def test_how_firmly_it_is_said(text, wanted):
    assert read(text).strength == wanted


def test_words_without_exception_and_choice():
    assert read("Alla ansökningar prövas alltid.").every == {"alla", "alltid"}
    assert read("Endast vuxna prövas.").only == {"endast"}
    assert read("Man får själv välja tid.").optional
    assert not read("Man får en tid.").optional


def test_quantities_and_function_words_are_no_content_and_items_are_groups():
    words = read("De delar ut 4,2 miljoner kronor till hus, tält och båtar.").words
    assert [word.text for word in words] == ["delar", "hus", "tält", "båtar"]
    assert [word.group for word in words] == [0, 0, 1, 2]
    assert {word.clause for word in words} == {0}


def test_places_are_those_of_the_text():
    text = "Det är kostnadsfritt att besöka kontoret."
    assert [(word.text, word.start) for word in read(text).words] == [
        ("gratis", 7),
        ("besöka", text.index("besöka")),
        ("kontoret", text.index("kontoret")),
    ]


def test_nothing_is_read_from_nothing():
    assert read("").words == read("…!").words == ()
