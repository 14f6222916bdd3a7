"""Whether a passage holds the kind of thing that is asked for."""

import pytest

from nmt_rag.answering.rules.questions import understand
from nmt_rag.answering.rules.words.holding import agent, holds, introduces
from nmt_rag.types import Passage


def passage(text, *, heading=(), actors=(), context=""):
    return Passage("dok", 0, 0, len(text), text, heading=heading, actors=actors, context=context)


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
    "punishment": "Vilket straff ger brottet?",
    "other": "Berättelse om jouren?",
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
        ("number", "Jouren har tre nya platser."),
        ("punishment", "Brottet ger fängelse i ett år."),
        ("punishment", "Straffskalan är vid."),
        ("punishment", "Det är inte olagligt."),
        ("contact", "Ring 031-123 45 67."),
        ("contact", "Jouren nås på 0340-88 12 34."),
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
        ("manner", "Anmäl via e-tjänsten."),
        ("manner", "Oro anmäls genom ett samtal."),
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
        ("number", "Jouren har 12 anställda och många platser."),
        ("punishment", "Brottet utreds av polisen."),
        ("contact", "Jouren har en telefon."),
        ("contact", "Jouren har 12 platser."),
        ("contact", "Jouren öppnade 2014 i Borås."),
        ("manner", "Skolan anmäler oro."),
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


@pytest.mark.parametrize("text", [QUESTIONS["actor"], "Var kan jag få stöd?"])
def test_an_actor_is_whom_and_where_to_turn(text):
    question = understand(text)
    assert question.kind in {"actor", "place"}
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


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("I vilka städer har jouren kontor?", "Jourens kontor finns i Borås och Umeå.", True),
        ("I vilka städer har jouren kontor?", "Jouren utser en kontorschef.", False),
        ("Vart vänder jag mig med frågor?", "Jouren svarar på frågor.", True),
    ],
)
def test_which_towns_asks_for_places_even_where_somebody_acts(question, text, expected):
    asked = understand(question)
    assert asked.kind in {"place", "actor"}
    assert holds(asked, Passage("d", 0, 0, len(text), text, actors=("Jouren",))) is expected


def test_where_something_lies_is_a_place_and_no_actor():
    question = understand("Var ligger jouren?")
    assert holds(question, passage("Den ligger i Borås.", actors=("Kvinnojouren Linnea",))) is True
    assert holds(question, passage("Den ger stöd.", actors=("Kvinnojouren Linnea",))) is False


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Vem är chef för jouren?", "Chefen heter Eva Ek.", True),
        ("Vem är chef för jouren?", "Ring 031-123 45 67.", False),
        ("Vad är e-postadressen?", "Skriv till jouren@example.se.", True),
        ("Vad är e-postadressen?", "Ring 031-123 45 67.", False),
        ("Vad är adressen till jouren?", "Jouren finns på Storgatan 5.", True),
        ("Vad är adressen till jouren?", "Jouren finns på en gata.", False),
        ("När har jouren öppet?", "Jouren tar emot vardagar.", True),
        ("Vad är jourens öppettider?", "Jouren har telefon 031-123 45 67.", False),
    ],
)
def test_addresses_and_opening_hours(question, text, expected):
    assert holds(understand(question), passage(text)) is expected


@pytest.mark.parametrize(
    ("deed", "text", "named"),
    [
        ("utser", "Kontrollansvarig utses av byggherren.", "byggherren"),
        ("beviljar", "Larmet beviljas av biståndshandläggaren i kommunen.", "biståndshandläggaren i kommunen"),
        ("beslutar", "Det är socialtjänsten i kommunen som beslutar om placering.", "socialtjänsten i kommunen "),
        ("beslutar", "Nämnden beslutar om bygglov.", None),
        ("betalar", "Kontrollansvarig utses av byggherren.", None),
        ("", "Kontrollansvarig utses av byggherren.", None),
    ],
)
def test_who_does_it_where_another_word_begins_the_sentence(deed, text, named):
    place = agent(deed, text)
    assert (text[place[0] : place[1]] if place else None) == named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kronofogden beslutar om skuldsanering.", True),
        ("Bygg- och miljönämnden beslutar om bygglov.", True),
        ("Rektor beslutar om ledighet.", True),
        ("Här beslutar man om ledighet.", False),
        ("Kronofogden utreder skulder.", False),
    ],
)
def test_somebody_who_is_no_known_actor_may_do_it(text, expected):
    assert holds(understand("Vem beslutar om det?"), passage(text)) is expected
