"""Whether a question sounds as if somebody needs help: what must be heard, and what every caseworker asks."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import nmt_rag
from nmt_rag.answering import messages
from nmt_rag.answering.help import askers, doers, helplines, need
from nmt_rag.documents import passages
from nmt_rag.index.index import Index
from nmt_rag.rag import Rag
from nmt_rag.swedish import tongues
from nmt_rag.types import Document

DATA = Path(__file__).parents[1] / "data"


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
        "en kompis pojkvän bestämmer vilka hon ska träffa och tar hennes pengar",
        "Jag behöver råd och stöd",
        "Hej, kan jag prata med någon anonymt?",
        "Kan jag vara anonym?",
        "Finns det hjälp för anhöriga?",
        "Where can I get help anonymously?",
        "Can I stay in Sweden if I report them?",
        "Var kan jag sova i natt?",
        "jag sover i bilen",
        "Kan jag få skydd utan att prata med polisen?",
        "får min chef behålla mitt pass?",
        "jag vill bort från det här livet",
        "jag jobbar varje dag utan lön",
        "jag misstänker att ett barn på min avdelning blir slaget hemma",
        "grannen skriker och slår sin fru",
        "personalen nyper min mamma",
        "Vad händer om jag berättar?",
        "Min kille tar alla mina pengar, vart vänder jag mig?",
        "Vem kan jag kontakta om min vän utsätts?",
        "Finns det någon som kan hjälpa mig?",
        "Can anyone help me?",
        "Kan man få hjälp utan att uppge sitt namn?",
        "Kan jag ringa någonstans gratis?",
        "Vem ska jag ringa?",
        "where can I go?",
        "Jag vill sluta",
        "Jag har blivit lurad att jobba på en nagelsalong",
        "Kan min mamma få stöd?",
        "hjelp",
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
        "Jag tänker på att hoppa",
        "det känns som att det inte finns någon väg ut längre", "Jag ser ingen utväg", "jag ser ingen framtid",
        "Allt känns hopplöst", "det är ingen mening med något längre", "There is no way out for me", "I feel hopeless",
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
        "Jag vill prata med någon om mina sexköp",
        "Vem kan hjälpa mig att få skadestånd?",
        "Hur ansöker jag om uppehållstillstånd i Sverige?",
        "Vad gör KAST?",
        "What does the police do for victims of trafficking?",
        "Who can help me with an application?",
        "Hur många säljer sex i Sverige?",
        "Hjälp med inloggning",
        "Hur slår jag upp ett ord?",
        "Vad är suicidprevention?",
        "Jag vill sluta köpa sex",
        "Var hittar jag en eskort i Malmö?",
        "Vem kan hjälpa mig med en ansökan?",
        "Kan ni hjälpa mig att hitta lagen?",
        "Vem kontaktar socialtjänsten?",
        "Var kan jag läsa mer?",
        "Får polisen ringa någon?",
        "Finns det ingen annan väg ut ur avtalet?",
        "Finns det en utväg för den som säljer sex?",
        "Är det hopplöst att överklaga?",
        "Kan jag vara tjänstledig utan lön?",
        "Kan den som inte vill leva på bidrag få ett arbete?",
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
        ("Får jag veta vem som utreder", False),
        ("Min dator slog av sig", False),
        ("Vi har ett möte i morgon", False),
        ("jag har ingen att prata med", True),
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
    assert doers.is_for_doers(text) == for_doers


@pytest.mark.parametrize("question", ["min vuxna son slår mig", "my daughter takes my money", "mitt barn hotar oss"])
def test_whose_child_harms_them_does_not_ask_for_the_child(question):
    assert need.of(question) == "help"
    assert "parent" not in askers.told(question)
    assert "parent" in askers.told("min dotter slår sig")


@pytest.mark.parametrize(("language", "first"), [("sv", "Är du eller"), ("en", "Are you or"), ("fi", "Är du eller")])
def test_the_numbers_are_the_same_in_both_languages(language, first):
    said = messages.helplines("Min man slår mig", language)
    assert said.startswith(first)
    numbers = ("112", "020-50 50 50", "020-80 80 80", "020-55 00 00", "116 111", "114 14")
    assert all(number.replace(" ", "\u00a0") in said for number in numbers)
    said = messages.helplines("Jag vill dö", language)
    assert all(number in said for number in ("112", "90101", "1177", "116\u00a0111"))


@pytest.mark.parametrize(
    ("question", "second"),
    [
        ("Jag är socialsekreterare och min klient säljer sex", "020-390 000"),
        ("I am a social worker and my client is trafficked", "020-390 000"),
        ("Jag är pappa till en tjej på 14 som rymt hemifrån och hotas", "077-150 50 50"),
        ("Min dotter träffar äldre män och har fått betalt för sex", "077-150 50 50"),
        ("Jag är 15 och har fått betalt för sex", "116 111"),
        ("Jag är man och blir slagen", "020-80 80 80"),
        ("Jag är transkvinna och blev misshandlad", "020-55 00 00"),
        ("Jag säljer sex och vill sluta, hjälp mig", "020-35 40 40"),
        ("Jag slår min fru", "020-555 666"),
        ("Min man slår mig", "020-50 50 50"),
    ],
)
def test_the_box_begins_with_the_number_for_who_asks(question, second):
    box = messages.box(question, "sv")
    assert [one.number for one in box.lines][:2] == ["112", second.replace(" ", "\u00a0")]


@pytest.mark.parametrize(
    "question",
    [
        "Ajutați-mă, vă rog", "Mă bate soțul meu", "помогите мне", "مساعدة", "pomóżcie mi proszę", "ช่วยด้วย",
        "救救我", "cứu tôi với", "mein Mann schlägt mich", "tulungan mo ako", "βοήθεια", "ይርዱኝ",
    ],
)  # fmt: skip
def test_a_question_in_a_language_that_cannot_be_answered_gets_the_box_in_two(question):
    for answered in (True, False):
        box = messages.box(question, "sv", answered=answered)
        assert [lead[:7] for lead in box.leads] == ["Är du e", "Are you"]
        assert len(box.kind) == 2


@pytest.mark.parametrize(
    "cry", ["Ajutor", "pomoc!", "¡Ayuda!", "yardım", "segítség", "Hilfe bitte", "tulong po", "Pomoč"]
)
def test_one_word_for_help_is_heard_in_another_language(cry):
    assert need.heard(cry, answered=False) == "help"
    assert askers.asker(cry) == "foreign"


def test_swedish_and_english_are_not_foreign():
    rows = [json.loads(line) for path in DATA.glob("nmt_*.jsonl") for line in path.read_text("utf-8").splitlines()]
    questions = {row["question"] for row in rows}
    assert len(questions) > 600
    wrong = [question for question in questions if tongues.is_foreign(question)]
    assert wrong == []
    short = (
        "NOA",
        "KAST",
        "bygglov",
        "Polisen?",
        "?",
        "",
        "123",
        "vem e boss",
        "Hjelp meg",
        "hjælp mig",
        "qwerty zxcv",
        "\"' onmouseover='alert(1)\" x=",
    )
    assert [word for word in short if tongues.is_foreign(word)] == []


@pytest.mark.parametrize(
    "told",
    [
        "min son rymmer hemifrån", "min son rymde igår", "min son har rymt", "min syster vill rymma",
        "hans dotter rymmer från hemmet, och jag är orolig",
        "my son runs away", "my son ran away", "my sister is running away", "I want to run away",
        "he makes my sister beg", "they made me steal", "my friend is made to work", "we were made to sleep with men",
        "they make me beg",
    ],
)  # fmt: skip
def test_a_verb_of_danger_is_heard_in_each_of_its_forms(told):
    assert need.of(told) == "help"


@pytest.mark.parametrize("calm", ["Burken rymmer en liter", "Hur många rymmer salen?", "What is this made to do?"])
def test_the_same_verb_of_a_thing_is_not(calm):
    assert need.of(calm) is None


@pytest.mark.parametrize("told", ["Jag går till prostituerade", "jag vill sluta gå till prostituerade"])
def test_who_goes_to_those_who_sell_is_one_who_buys(told):
    assert need.of(told) is None
    assert doers.asks_of_doers(told)


# The numbers


@pytest.mark.parametrize(
    ("told", "first"),
    [
        (
            "Jag är kille, jag är 16 och säljer sex",
            ["112", "116\u00a0111", "020-80\u00a080\u00a080", "020-35\u00a040\u00a040"],
        ),
        ("Jag är kille och blev våldtagen av min tränare", ["112", "116\u00a0111", "020-80\u00a080\u00a080"]),
        ("Jag är transkvinna och tvingas sälja sex", ["112", "020-55\u00a000\u00a000", "020-35\u00a040\u00a040"]),
        ("Min man slår mig", ["112", "020-50\u00a050\u00a050"]),
        ("Min tonåring är kille och säljer sex", ["112", "077-150\u00a050\u00a050"]),
    ],
)
def test_who_tells_two_things_at_once_is_shown_the_numbers_of_both(told, first):
    shown = [line.number for line in messages.box(told, "sv").lines]
    assert shown[: len(first)] == first
    assert len(set(shown)) == len(shown)
    assert ("020-50\u00a050\u00a050" in shown) == told.startswith("Min ")


def test_every_number_has_a_source_and_was_checked_within_a_year():
    for name, line in helplines.lines().items():
        assert line.source.startswith("http"), name
        assert set(line.name) == set(line.whom) == set(line.hours) == {"sv", "en"}, name
        assert date.today() - line.checked < timedelta(days=366), (
            f"{name} ({line.number}): compare it with {line.source}"
        )
        assert line.checked <= date.today(), name


def test_numbers_stand_in_their_file_only():
    """No other file of the package holds a number to call, but 112."""
    written = {line.number.replace("\u00a0", " ") for line in helplines.lines().values()} - {"112"}
    package = Path(__file__).parents[2] / "nmt_rag"
    found = [
        (path.name, number)
        for path in package.rglob("*.*")
        if path.suffix in {".py", ".html", ".js", ".css"}
        for number in written
        if number in path.read_text("utf-8").replace("\\u00a0", " ").replace("\u00a0", " ")
    ]
    assert found == []


# What is there for those who buy or hit

PLACES = Document(
    "platser",
    "Mottagningar",
    """# Mottagningar

## Vändplatsen

Vändplatsen är till för personer som köper sex. De erbjuder råd och stöd till personer och deras anhöriga. Kontakten kan
ske anonymt.

## Bryggan

Bryggan hjälper dig som har utsatts för våld och dig som slår. De tar emot anhöriga.

## För dig som använder våld

Samtalen är gratis. Du kan vara anonym.

## Polisen

Polisen griper den som köper sex. Polisen tar emot anmälningar.
""",
)


def test_a_section_and_an_actor_are_there_for_those_who_buy_or_not_as_a_whole():
    split = passages.split(PLACES)
    ordinals, names = doers.sections(split)
    assert [split[number].text.split()[0] for number in sorted(ordinals)] == [
        "Vändplatsen", "De", "Kontakten", "Samtalen", "Du",
    ]  # fmt: skip
    assert names == {"Vändplatsen", "För dig som använder våld"}


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("Får anhöriga till sexköpare stöd?", True),
        ("I pay for sex and want to quit", True),
        ("Min man går till horor", True),
        ("Finns det stöd för den som slår?", False),
        ("Kan jag vara anonym?", False),
        ("Vem ger råd och stöd?", False),
    ],
)
def test_who_asks_about_those_who_buy(question, wants):
    assert doers.asks_of_doers(question) == wants


@pytest.mark.parametrize(
    "question", ["Kan man vara anonym?", "Vem erbjuder råd och stöd till anhöriga?", "Samtal gratis?"]
)
def test_what_is_there_for_those_who_buy_is_shown_to_nobody_else(question):
    rag = Rag(Index.in_memory(encoder=None), None)
    rag.add(PLACES)
    given, hits = rag.ask_with_hits(question)
    shown = [one.quote for one in (*given.citations, *given.related)] + [hit.passage.text for hit in hits]
    assert not [text for text in shown if text.startswith(("Vändplatsen", "De erbjuder", "Kontakten", "Samtalen"))]
    _, hits = rag.ask_with_hits("Vad erbjuder Vändplatsen?")
    assert [hit for hit in hits if hit.passage.text.startswith("De erbjuder råd och stöd")]


@pytest.mark.parametrize(
    "text",
    [
        "Jag vill lämna prostitutionen",
        "I want to get out of prostitution",
        "Hur tar hon sig ur sexhandeln?",
        "Finns skyddat boende för kvinnor?",
        "En gäst på vårt hotell verkar hållas inlåst av två män",
        "Städaren hittade en inlåst flicka",
        "Grannens städerska verkar hållas fängslad",
        "Flickan på rum 12 har tio män om dagen",
        "Vad gör vi om vi misstänker att en gäst säljs?",
        "Vem kontaktar jag vid misstanke om människohandel?",
        "Could the guest be a victim of trafficking?",
    ],
)
def test_who_wants_out_or_sees_another_held_is_given_numbers(text):
    assert need.of(text) == "help"


@pytest.mark.parametrize(
    "text",
    [
        "Vad gör polisen vid misstanke om människohandel?",
        "Vad gör socialtjänsten för den som lämnar prostitution?",
        "Vilka brott utreder åklagaren när en person misstänks för människohandel?",
        "Min dator hålls låst",
    ],
)
def test_who_asks_of_what_is_done_is_not(text):
    assert need.of(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Var kan jag köpa sex?", True),
        ("Where do I find prostitutes?", True),
        ("Vilka säljer sex i Malmö?", True),
        ("Var hittar man kvinnor som säljer sig?", True),
        ("Hur får jag tag på en eskort?", True),
        ("Var finns stöd för den som säljer sex?", False),
        ("Vart vänder jag mig om jag köper sex och vill sluta?", False),
        ("Är det olagligt att köpa sex?", False),
        ("Where can sex buyers get support?", False),
        ("Hur många säljer sex i Sverige?", False),
    ],
)
def test_who_looks_for_sex_is_told_of_no_place_of_help(text, expected):
    assert doers.seeks_sex(text) is expected
    if expected:
        with nmt_rag.open() as page:
            assert not page.ask(text).answered
