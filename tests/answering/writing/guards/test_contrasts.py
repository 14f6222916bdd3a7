"""Contrasts: each kind of difference is found, and none where there is none."""

import pytest

from nmt_rag.answering.writing.guards.words import acting, contrasts, matching, readings

QUOTES = {
    "permit": "Ansökan om torgplats ska lämnas till Marknadsnämnden senast den 3 april 2024.",
    "boat": "Hamnkontoret hyr inte ut båtar, utan det gör Båtlaget.",
    "dogs": "I vissa fall kan hundar få följa med i vagnen.",
    "lamp": "Lampor över 40 watt får bara bytas av elektriker.",
    "parts": "Vaktmästaren öppnar porten och rektorn låser den efter klockan 17.",
}


def found(statement, quote, actor=""):
    one, other = readings.read(statement), readings.read(QUOTES.get(quote, quote))
    return contrasts.find(one, other, matching.match(one, other), actor)


@pytest.mark.parametrize(
    ("statement", "quote", "kind"),
    [
        ("Ansökan om torgplats ska lämnas senast den 13 april 2024.", "permit", "number"),
        ("Ansökan om torgplats ska lämnas senast den 3 april 2025.", "permit", "number"),
        ("Ansökan om torgplats ska lämnas till Hamnnämnden.", "permit", "actor"),
        ("Ansökan om torgplats ska inte lämnas till Marknadsnämnden.", "permit", "denied"),
        ("Hamnkontoret hyr ut båtar.", "boat", "denied"),
        ("Hundar måste följa med i vagnen.", "dogs", "strength"),
        ("Alla hundar får följa med i vagnen.", "dogs", "strength"),
        ("Endast hundar kan få följa med i vagnen.", "dogs", "strength"),
        ("Lampor över 60 watt får bara bytas av elektriker.", "lamp", "number"),
        ("Lampor under 40 watt får bytas.", "Lampor över 40 watt får bytas.", "number"),
        ("Priset ska höjas i vår.", "Priset ska sänkas i vår.", "opposite"),
        ("Det är lagligt att elda.", "Det är olagligt att elda.", "opposite"),
        ("Kursen hålls i Ystad.", "Kursen hålls i Lund.", "name"),
    ],
)
def test_a_difference_is_found_for_certain(statement, quote, kind):
    first = found(statement, quote)[0]
    assert (first.kind, first.certain) == (kind, True)


@pytest.mark.parametrize("quote", QUOTES.values())
def test_a_text_does_not_differ_from_itself(quote):
    assert found(quote, quote) == []


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("Senast 3/4 2024 ska ansökan om torgplats lämnas till nämnden.", "permit"),
        ("Hamnkontoret hyr inte ut båtar.", "boat"),
        ("Båtlaget hyr ut båtar.", "Båtlaget hyr ut båtar till medlemmar."),
        ("I vissa fall kan hundar följa med.", "dogs"),
        ("Hundar kan få följa med.", "Hundar ska följa med."),  # weaker than the quote
        ("Alla rum har fönster.", "Samtliga rum har fönster."),
        ("Det finns inget rum som saknar fönster.", "Samtliga rum har fönster."),
        ("Polismyndigheten hämtar nyckeln.", "Polisen hämtar nyckeln."),
        ("En fyrtioåring får delta.", "Den som är mellan 30 och 50 år får delta."),
        ("Svar ges inom en månad.", "Svar ges inom fyra veckor."),
    ],
)
def test_other_words_are_no_difference(statement, quote):
    assert found(statement, quote) == []


def test_somebody_else_does_it():
    assert found("Rektorn öppnar porten.", "Läraren öppnar porten, men rektorn låser förrådet.")[0].kind == "actor"
    assert found("Läraren öppnar porten.", "Läraren öppnar porten, men rektorn låser förrådet.") == []


def test_the_documents_actor_counts_as_the_quotes():
    assert found("Kontaktbyrån erbjuder samtal.", "De erbjuder samtal.", "Kontaktbyrån") == []
    assert found("Hamnbyrån erbjuder samtal.", "De erbjuder samtal.", "Kontaktbyrån")[0].certain
    assert [each.certain for each in found("Hamnbyrån erbjuder samtal.", "De erbjuder samtal.")] == [False]


def test_what_another_one_is_denied_is_not_certain():
    (only,) = found("Båtlaget hyr ut båtar.", "boat")
    assert not only.certain


def test_whether_an_actor_acts_or_is_spoken_of():
    one, other = acting.read(readings.read("Skolan får bidrag från kommunen."))
    assert (one.word, one.agent) == ("skolan", True)
    assert (other.word, other.agent) == ("kommunen", False)


def test_synonyms_count_in_both_directions_but_less_than_the_word():
    assert matching.nearness("sms", "chatt") == matching.nearness("chatt", "sms") == matching.SYNONYM
    assert matching.nearness("hundar", "hunden") == 1.0
    assert contrasts.are_opposite("höjer", "sänkning")
    assert not contrasts.are_opposite("höjer", "ökning")
