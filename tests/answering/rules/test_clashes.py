"""What makes a passage with a question's words speak of something else."""

import pytest

from nmt_rag.answering.rules.questions import understand
from nmt_rag.answering.rules.words.clashes import clashes, says_the_opposite


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
        # a duty
        ("Måste jag anmäla brottet?", "Polisen tar emot en anmälan av brottet.", True),
        ("Måste jag anmäla brottet?", "Du måste anmäla brottet.", False),
        ("Do I have to report the crime?", "Polisen tar emot en anmälan om brott.", True),
        # what only says whom a sentence is about
        ("Var kan jag köpa biljetter?", "Kortet är för personer som köper biljetter.", True),
        ("Where can I buy tickets?", "Kortet är för personer som köper biljetter.", True),
        ("Var kan jag köpa biljetter?", "Du köper biljetter i kassan.", False),
        ("Vem säljer biljetter?", "Huset är öppet för personer som säljer eller köper biljetter.", True),
        ("Vem säljer biljetter?", "Kassan säljer biljetter till personer som åker.", False),
        # another thing after «om» or «mot»
        ("Vem utreder ansökan om körkort?", "Verket utreder en ansökan om bygglov.", True),
        ("Vem utreder ansökan om bygglov?", "Verket utreder en ansökan om bygglov.", False),
        ("Vem samordnar arbetet mot doping?", "Rådet samordnar arbetet mot mobbning.", True),
        ("Vem leder samordningen av vården?", "Rådet leder samordningen av nätverket.", True),
        # a judgement, and how firm a yes would be
        ("Är jag ett offer?", "Ett offer har rätt till stöd.", True),
        ("Är mottagningen bara öppen för kvinnor?", "Mottagningen är öppen för kvinnor.", True),
        ("Är mottagningen bara öppen för kvinnor?", "Mottagningen är öppen endast för kvinnor.", False),
        ("Vem tar hand om barn som far illa?", "Mottagningen är öppen för den som blivit skadad.", True),
        # whom somebody is helped against
        ("Vem hjälper förövare?", "Åklagaren bistår vid krav på skadestånd från förövare.", True),
        ("Vem hjälper offer?", "Åklagaren bistår offer vid krav på skadestånd från förövare.", False),
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
