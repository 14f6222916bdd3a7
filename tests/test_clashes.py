"""What makes a passage with a question's words speak of something else."""

import pytest

from nmt_rag.clashes import clashes, says_the_opposite
from nmt_rag.questions import understand


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        # another object than the one asked for
        ("Vem leder rättegången?", "Åklagaren leder förundersökningen och för talan vid rättegången.", True),
        ("Vem leder förundersökningen?", "Åklagaren leder förundersökningen och för talan vid rättegången.", False),
        ("Vem leder utredningen av brott?", "Polisen leder utredningen.", False),
        # negation on one side only
        ("Vem får inte besöka mottagningen?", "Alla får besöka mottagningen.", True),
        ("Vem får inte besöka mottagningen?", "Barn får inte besöka mottagningen.", False),
        ("Vem ansvarar för tandvård?", "Kommunen ansvarar inte för tandvård.", True),
        ("Vem stödjer regionerna?", "Enheten bedriver inte egen verksamhet utan stödjer regionerna.", False),
        # superlatives
        ("Vilken kommun har flest offer?", "Kommunen har offer.", True),
        ("Vilken kommun har flest offer?", "Flest offer har Borås.", False),
        ("Which municipality has the most victims?", "Kommunen har offer.", True),
        # laws
        ("Vad säger brottsbalken om våld?", "Polisen utreder brottslighet och våld.", True),
        ("Vad säger brottsbalken om våld?", "Enligt brottsbalken är våld förbjudet.", False),
        # the verb of a yes-or-no question
        ("Leder polisen förundersökningen?", "Polisen inleder förundersökningen.", True),
        ("Leder polisen förundersökningen?", "Polisen leder förundersökningen.", False),
        ("Kan jouren hämta barnet?", "Jouren ringer barnet.", True),
    ],
)
def test_a_passage_that_speaks_of_something_else(question, text, expected):
    assert clashes(understand(question), text) is expected


@pytest.mark.parametrize(
    ("word", "others", "expected"),
    [("säljer", ("köper", "sex"), True), ("säljer", ("säljer", "sex"), False), ("permanent", ("tidsbegränsat",), True)],
)
def test_opposites(word, others, expected):
    assert says_the_opposite(word, others) is expected
