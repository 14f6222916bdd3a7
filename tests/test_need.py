"""Whether a question sounds as if somebody needs help: what must be heard, and what every caseworker asks."""

import pytest

from nmt_rag import messages, need


@pytest.mark.parametrize(
    "question",
    [
        "Min pojkvän tvingar mig att ligga med hans kompisar",
        "Jag blir tvingad att sälja sex, vart kan jag ringa?",
        "hjälp",
        "Snälla hjälp mig!!",
        "jag behöver hjälp",
        "Min man slår mig",
        "Jag blev våldtagen igår",
        "De har tagit mitt pass och jag får inte gå ut",
        "Jag är 15 och har fått betalt för sex",
        "Min syster är såld till en man",
        "Help me please",
        "i got raped last night",
        "I am forced to sell sex, who can help me?",
        "My boss took my passport",
        "nån sprider mina nudes vad gör jag",
        "min man slar mig varje dag",
        "jag e livrädd för honom",
        "mina föräldrar ska gifta bort mig mot min vilja, vem kan stoppa det?",
        "är det människohandel det jag är med om?",
        "Is my boss allowed to keep my passport?",
        "i owe them money and must work, what can i do",
        "ring polisen",
        "Jag är ra\u0308dd fo\u0308r honom",
    ],
)
def test_a_need_for_help_is_heard(question):
    assert need.of(question) == "help"


@pytest.mark.parametrize(
    "question",
    [
        "Jag vill inte leva längre", "Jag vill dö", "jag orkar inte mer", "Hon tänker ta sitt liv", "självmord",
        "I want to die", "jag vill do", "i wanna die", "jag har tagit massa tabletter", 
        "He wants to kill himself", "I don't want to live",
    ],
)  # fmt: skip
def test_a_wish_to_die_is_heard(question):
    assert need.of(question) == "life"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Vem leder förundersökningen?",
        "Vem hjälper personer som utsätts för människohandel?",
        "Vilken myndighet samordnar arbetet mot våld?",
        "Jag köper sex, vem kan jag prata med?",
        "Vem kan hjälpa mig att få skadestånd?",
        "Hur ansöker jag om uppehållstillstånd i Sverige?",
        "Vad gör KAST?",
        "What does the police do for victims of trafficking?",
        "Who can help me with an application?",
        "Hur många säljer sex i Sverige?",
        "Hjälp med inloggning",
        "Hur slår jag upp ett ord?",
        "Vad är suicidprevention?",
    ],
)
def test_other_questions_are_left_alone(question):
    assert need.of(question) is None
    assert messages.helplines(question, "sv") == ""


@pytest.mark.parametrize(
    ("question", "tells"),
    [
        ("han låser in mig", True),
        ("min dotter träffar äldre män och kommer hem med dyra saker", True),
        ("she is not free", True),
        ("Jag undrar vem som leder förundersökningen", False),
        ("betänketid beslut", False),
        ("jag vill sluta köpa sex", False),
        ("Får jag vara anonym", False),
        ("sexköp i Sverige", False),
    ],
)
def test_who_tells_and_asks_nothing(question, tells):
    assert need.tells(question) == tells
    assert bool(messages.helplines(question, "sv")) == tells


@pytest.mark.parametrize(
    ("text", "for_doers"),
    [
        ("KAST är till för personer som köper sex.", True),
        ("Vi hjälper dig som utövat våld i en nära relation.", True),
        ("Evonhuset vänder sig till personer som säljer, köper eller byter sexuella tjänster.", False),
        ("Åklagaren kan bistå vid utkrävande av skadestånd från förövarna.", False),
        ("Stöd till den som utsatts av någon som slår.", False),
    ],
)
def test_what_is_there_for_those_who_buy_or_hit(text, for_doers):
    assert need.is_for_doers(text) == for_doers


@pytest.mark.parametrize(("language", "first"), [("sv", "Är du eller"), ("en", "Are you or"), ("fi", "Är du eller")])
def test_the_numbers_are_the_same_in_both_languages(language, first):
    said = messages.helplines("Min man slår mig", language)
    assert said.startswith(first)
    assert all(number in said for number in ("112", "020-50\u00a050\u00a050", "114\u00a014", "116\u00a0111"))
    assert all(
        number in messages.helplines("Jag vill dö", language) for number in ("112", "90101", "1177", "116\u00a0111")
    )
