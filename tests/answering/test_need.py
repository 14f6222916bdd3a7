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


# Kinds of need, and what only looks like one


@pytest.mark.parametrize(
    "told",
    [
        "Min dotter säljer bilder på nätet vad ska jag göra", "min son säljer filmer på sig själv",
        "min dotter lägger ut bilder på onlyfans", "my daughter sells pictures online",
        "jag sover på jobbet och får 20 kr i timmen", "vi bor på restaurangen där vi jobbar",
        "chefen ger mig 300 kr om dagen", "chefen behåller min lön", "jag jobbar 15 timmar om dagen",
        "We work seven days a week and sleep in the kitchen", "They pay me 30 kr per hour",
        "jag tror att grannen säljer sin fru", "grannen säljer sin flickvän", "my neighbour sells his wife",
        "I think they are selling girls in the flat", "Jag tror att någon säljs i lägenheten ovanför",
        "på mitt jobb på hotellet kommer det olika män till samma rum", "Massor av män går till rum 12",
        "different men go to the same room",
        "Som sjuksköterska, vad gör jag om patienten verkar utsatt?", "A girl at my school seems to be abused",
        "får ingen mat hemma", "mamma ger mig ingen mat", "det finns ingen mat hemma", "I get no food at home",
        "blir slagen hemma", "han slår både mig och barnen", "Min man gör mig illa", "han ska ta livet av mig",
    ],
)  # fmt: skip
def test_kinds_of_need_are_heard_whether_the_question_is_answered_or_not(told):
    assert need.of(told) == "help"


@pytest.mark.parametrize(
    "fact",
    [
        "Får jag sälja min bil?", "Jag säljer bilder på nätet, måste jag betala skatt?",
        "Min dotter säljer kakor, får hon?",
        "Får jag sova på jobbet när jag har jour?", "Får jag 20 kr i timmen mer i OB?",
        "Jag betalar 20 kr i timmen för parkeringen", "Vad kostar hemtjänst, är det 30 kr i timmen?",
        "Bor olika män på samma rum på boendet?", "Får man ta med mat hem?",
        "Kan jag få mat hem om jag inte lagar mat?",
        "Var kan jag bo som student?", "Var ska jag bo när jag blir gammal?", "Where can I stay as a student?",
        "Var kan jag bo när jag studerar i Malmö?", "Var ska vi bo under renoveringen?",
        "Kan jag få skydd för mina cyklar?", "Jag slog mig på isen, vem betalar?",
        "Min son har skadat sig på skolgården, finns försäkring?",
        "Får jag skada mig om jag faller på isen, vem betalar?",
        "Jag bad dem att slå mig en signal, räcker det?",
        "Föreningen betalar 50 kronor i timmen för hallen, är det rätt?",
        "Can they cut me off if I cannot pay the bill?", "Blir du hotad ringer du 112.",
        "I hurt myself at work, who pays?", "Where can I cut my hair?", "Var kan jag slå mig ner och äta?",
    ],
)  # fmt: skip
def test_a_matter_of_fact_gets_no_box(fact):
    assert need.of(fact) is None
    assert messages.box(fact, "sv") is None


@pytest.mark.parametrize(
    "told",
    [
        "Var kan jag bo i natt?", "Var kan jag bo om jag lämnar honom?", "Kan jag få skydd mot min man?",
        "Kan jag få skydd av polisen?",
    ],
)  # fmt: skip
def test_who_seeks_shelter_or_protection_is_still_heard(told):
    assert need.of(told) == "help"


# Whose box


def second(question, **options):
    """Return the number after 112, with plain spaces."""
    return messages.box(question, "sv", **options).lines[1].number.replace("\u00a0", " ")


def numbers(question, **options):
    return {line.number.replace("\u00a0", " ") for line in messages.box(question, "sv", **options).lines}


@pytest.mark.parametrize(
    "told",
    [
        "Min man slår mig och mina barn", "Min man slår mig. Vem tar hand om mina barn?",
        "Han slår både mig och barnen",
        "My husband beats me and my children", "He beats me and my kids, where do I go",
        "Jag är rädd för min man, vad händer med mina barn?", "Min pappa slår mig och mina barn",
        "Jag blir slagen av min man och mina barn ser det", "Jag är polis och min man slår mig",
    ],
)  # fmt: skip
def test_who_is_harmed_beside_their_children_gets_their_own_box_with_the_childrens_line(told):
    assert second(told) == "020-50 50 50"
    assert "116 111" in numbers(told)


@pytest.mark.parametrize("told", ["Min man slår min dotter", "My husband hits my son", "Min mamma slår min son"])
def test_whose_child_is_harmed_still_asks_for_the_child(told):
    assert second(told) == "077-150 50 50"


@pytest.mark.parametrize(
    "told", ["Min flickvän slår mig", "Min fru slår mig", "min tjej hotar mig", "my wife beats me"]
)
def test_whom_a_woman_harms_may_be_a_woman_or_a_man(told):
    assert {"020-50 50 50", "020-80 80 80"} <= numbers(told)
    assert "020-50 50 50" not in numbers(f"Jag är kille. {told}")


@pytest.mark.parametrize(
    "told",
    [
        "Jag har betalt för sex med någon som kanske var 16", "jag har betalt för sex", "I paid for sex once",
        "I paid a girl for sex", "Jag betalade en tjej för sex, hon verkade ung",
    ],
)  # fmt: skip
def test_who_has_paid_for_sex_bought_it(told):
    assert need.of(told) is None
    assert messages.box(told, "sv") is None
    assert askers.told(told) == ()


@pytest.mark.parametrize(
    "told",
    ["Jag har fått betalt för sex", "han gav mig betalt för sex", "I got paid for sex", "jag får betalt för sex"],
)
def test_who_was_paid_for_sex_sells_it(told):
    assert second(told) == "020-35 40 40"


@pytest.mark.parametrize(
    "told",
    [
        "Jag är rädd att jag ska göra illa min fru", "jag är rädd för att jag ska slå min sambo",
        "Jag är rädd att skada mina barn", "jag gör min sambo illa", "jag vill slå min fru",
        "Var får jag hjälp när det är jag som slår min fru?",
        "I'm afraid I will hurt my wife", "I am scared of hurting my girlfriend",
    ],
)  # fmt: skip
def test_who_fears_to_harm_another_gets_the_line_for_those_who_hit(told):
    assert second(told, answered=True) == "020-555 666"


@pytest.mark.parametrize("told", ["Jag är rädd att min man ska slå mig", "Jag är rädd att han ska göra mig illa"])
def test_who_fears_to_be_harmed_does_not(told):
    assert second(told) == "020-50 50 50"


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ("På mitt jobb får vi 30 kr i timmen", "020-50 50 50"),
        ("På mitt jobb ser jag en elev som blir slagen", "020-390 000"),
    ],
)
def test_who_is_exploited_at_work_asks_for_themselves(told, first):
    assert second(told) == first


def test_a_question_that_cannot_be_read_gets_all_in_both_languages():
    box = messages.box("Мене примушують працювати", "sv")
    assert [box.languages, len(box.leads), len(box.kind)] == [("sv", "en"), 2, 2]
    assert box.checked == (messages.checked("sv"), messages.checked("en"))
    first = messages.helplines("Me obligan a trabajar en la calle sin dinero", "sv").splitlines()[2]
    assert first == f"112: {messages.line(box.lines[0], 'sv')} / {messages.line(box.lines[0], 'en')}"


# In a conversation


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("Jag blir slagen av min man", "Vad gör polisen?", "020-50 50 50"),
        ("Min pojkvän tvingar mig att sälja sex", "Vilka ställen finns i Stockholm?", "020-35 40 40"),
        ("jag vill dö", "Kostar det något?", "90101"),
        ("My wife hits me", "Who can I contact?", "020-80 80 80"),
        ("Min man slår mig", "Vem kan jag kontakta?", "020-50 50 50"),
        ("Kan jag vara anonym?", "Vem kan jag ringa?", "020-50 50 50"),
        ("Vem beslutar om bygglov?", "hjälp", "020-50 50 50"),
        ("Vem beslutar om bygglov?", "Min man slår mig", "020-50 50 50"),
        ("Jag slår min fru", "Vad händer nu?", "020-555 666"),
    ],
)
def test_a_need_told_once_holds(earlier, question, expected):
    for answered in (True, False):
        assert second(question, earlier=[earlier], answered=answered) == expected
    assert (
        messages.helplines(question, "sv", earlier=[earlier])
        .splitlines()[2]
        .startswith(expected.replace(" ", "\u00a0"))
    )


@pytest.mark.parametrize(
    "question",
    [
        "Vem kan jag kontakta?", "Kan jag vara anonym?", "Finns det stöd för anhöriga?", "Vart ska jag vända mig?",
        "Kan ni hjälpa mig?", "Who can I call?", "Kan min mamma få hjälp?",
    ],
)  # fmt: skip
def test_where_to_turn_is_a_cry_only_where_nothing_else_was_talked_of(question):
    assert need.of(question) == "help"
    assert messages.box(question, "sv", earlier=["Vem beslutar om bygglov?"]) is None
    assert messages.box(question, "sv", earlier=["Min man slår mig", "Vem beslutar om bygglov?"]) is not None


def test_the_words_of_two_questions_are_not_read_as_one():
    earlier = ["Min man slår mig", "Vad ska jag göra om jag"]
    assert "Är du rädd för vad du gör" not in str(messages.helplines("slår min man mig igen?", "sv", earlier=earlier))


# Other wordings of the same


@pytest.mark.parametrize(
    "told",
    [
        # blows
        "han kastar saker på mig", "min man knuffar mig", "hon puttar mig", "min man drar mig i håret",
        "min sambo spottar på mig", "han har slagit sönder min telefon", "my husband pushes me", "he slapped me",
        "min kille tog stryptag på mig",
        "he threw a plate at me", "min kompis får stryk hemma",
        # sex that nobody agreed to
        "någon hade sex med mig när jag var full", "min bror har legat med mig", "han slutade inte fast jag sa nej",
        "jag blev knuffad av min man", "he holds me down",
        "he had sex with me while I was asleep", "jag vaknade naken hos en kille", "jag måste dansa naken för män",
        "min lärare skickar bilder",
        # held, watched and taken
        "de har tagit mig hit och jag vet inte var jag är", "he will not let me see my family",
        "vart kan jag fly inatt",
        "han låter mig inte träffa mina vänner", "de låser in mig i källaren", "mitt ex står utanför min port",
        # seen and heard
        "pappa slår mamma", "jag hör slag från lägenheten ovanför",
    ],
)  # fmt: skip
def test_blows_and_coercion_are_heard_in_other_words(told):
    assert need.of(told) == "help"


@pytest.mark.parametrize(
    "ordinary",
    [
        "Jag knuffar en rullstol på jobbet", "Får jag putta barnen i vagnen?", "Grannen kastar löv på min gräsmatta",
        "He pushes me to apply for the job", "Vad gör jag om appen låter mig inte logga in?",
        "Jag slog sönder min telefon, ersätts den?", "Jag vet inte var jag är folkbokförd",
        "Jag blev sparkad från jobbet", "Vi fick stryk i matchen",
        "Min lärare skickar bilder från resan till föräldrarna", "Får jag skaka mattor på balkongen?",
        "Jag hör gräl och musik från grannen, vem klagar jag hos?",
    ],
)  # fmt: skip
def test_the_same_words_of_something_ordinary_are_not(ordinary):
    assert need.of(ordinary) is None


@pytest.mark.parametrize(
    "fact",
    [
        "Jag slog mitt huvud i dörren på jobbet", "Jag slog mitt knä, var ligger närakuten?",
        "I hurt my back at work, who pays?", "I hit my head, where is the nearest clinic?",
        "Jag har skadat mitt knä", "I beat my brother at chess", "Han slog mig i schack, får jag en ny match?",
    ],
)  # fmt: skip
def test_who_hurts_themselves_by_accident_or_wins_a_game_harms_nobody(fact):
    assert need.of(fact) is None
    assert "hits" not in askers.told(fact)


@pytest.mark.parametrize("told", ["han slog mitt huvud i väggen", "Jag ramlade och han slog mig", "he hurt my back"])
def test_whom_another_hurts_is_still_heard(told):
    assert second(told, answered=True) == "020-50 50 50"


@pytest.mark.parametrize(
    "told",
    [
        "jag tog stryptag på min fru", "I slapped my wife", "jag har knuffat min tjej", "jag skakade min bebis",
        "jag blir så arg att jag slår", "I lose control and hit my son", "jag har skadat någon",
        "jag kan inte kontrollera min ilska mot min sambo", "jag har hotat att döda min fru",
        "jag skriker på mina barn och slår dem",
    ],
)  # fmt: skip
def test_who_harms_another_in_other_words_gets_the_line_for_those_who_hit(told):
    assert second(told, answered=True) == "020-555 666"


@pytest.mark.parametrize(
    "ordinary",
    [
        "Jag vill bli volontär på en kvinnojour", "Jag vill skänka pengar till en kvinnojour",
        "Vi vill starta en kvinnojour, hur gör vi?", "Kan chefen tvinga mig att jobba övertid?",
        "De tvingar mig att använda BankID", "Jag tvingas betala parkering, är det lagligt?",
        "Skatteverket hotar mig med kronofogden", "Kommunen hotar med vite, vad gör jag?",
        "Jag har blivit utsatt för bluffaktura", "Kan jag ta mina barn på jobbet?",
        "Får vi servera alkohol mot betalning?", "Jag har fått en sponsor till vår förening, måste vi redovisa?",
        "My visa expires in May, how do I renew it?", "Min Ford Escort är avställd",
    ],
)  # fmt: skip
def test_ordinary_words_that_sound_like_danger_get_no_box(ordinary):
    assert messages.box(ordinary, "sv", answered=True) is None


@pytest.mark.parametrize(
    "told",
    [
        "chefen tvingar mig att jobba övertid utan lön", "han tvingar mig att använda droger", "han hotar mig med kniv",
        "chefen tvingar mig att betala skatten och tar mitt pass", "kommunen hotar med att ta mina barn",
        "jag jobbar på en kvinnojour och blir slagen hemma", "jag ligger med män mot betalning", "my visa expired",
        "min sponsor tog mitt pass", "han tar mina barn", "jag söker plats på en kvinnojour", "jag blir utsatt för hot",
    ],
)  # fmt: skip
def test_a_need_beside_or_like_what_is_ordinary_is_heard(told):
    assert need.of(told) == "help"


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ("Jag är kvinna och min fru slår mig", "020-50 50 50"),
        ("jag är lesbisk och min fru slår mig", "020-50 50 50"),
        ("My girlfriend hits me, I am a woman", "020-50 50 50"),
        ("min man slår mig, jag är också man", "020-80 80 80"),
        ("jag är gift med en kvinna som slår mig", "020-80 80 80"),
        ("min exfru hotar mig", "020-80 80 80"),
        ("my stepfather touches me at night", "116 111"),
        ("pappa slår mamma", "116 111"),
        ("min lärare skickar bilder", "116 111"),
    ],
)
def test_the_words_say_whose_line_comes_first(told, first):
    assert second(told, answered=True) == first


@pytest.mark.parametrize("told", ["min bebis andas inte", "my baby is not breathing", "mitt barn har druckit klorin"])
def test_whose_life_is_in_danger_is_told_to_call_112(told):
    box = messages.box(told, "sv", answered=True)
    assert box.leads == ("Är någons liv i fara? Ring 112 nu.",)
    assert [line.number for line in box.lines] == ["112", "1177"]


def test_who_is_beaten_senseless_still_gets_the_lines_on_violence():
    assert "020-50 50 50" in numbers("han slår mig så att min son är medvetslös")
    assert messages.box("Väggen andas inte", "sv", answered=True) is None


@pytest.mark.parametrize(
    "earlier", ["jag är ensam med honom", "han är här nu", "nie mam pieniędzy i szef zabrał paszport"]
)
@pytest.mark.parametrize("question", ["Vart kan jag vända mig?", "Vem kan jag ringa?", "Kan jag vara anonym?"])
def test_a_box_that_was_shown_holds_where_it_is_only_asked_where_to_turn(earlier, question):
    for answered in (True, False):
        assert messages.box(earlier, "sv") is not None
        assert second(question, earlier=[earlier], answered=answered) == "020-50 50 50"
        assert messages.box(question, "sv", earlier=["Vem beslutar om bygglov?"], answered=answered) is None
