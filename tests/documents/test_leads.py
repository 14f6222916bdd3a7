"""What an item of a list goes on from, its line above or its heading, and what question a sentence answers first."""

import pytest

from nmt_rag.documents import leading, passages
from nmt_rag.types import Document

LONG = "ord " * 90 + "som"
DENIED = "Det här får du inte göra."


def told(text, title="Regler"):
    """The passages of a text, each with what it goes on from."""
    document = Document("d", title, text)
    found = passages.split(document)
    leads = leading.leads(document, found)
    assert set(leads) <= {one.ordinal for one in found}
    return [(leads.get(one.ordinal), one.text) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the line above, with a colon or none
        (
            "Du får inte:\n\n- lova pengar\n- ta bilder",
            [(None, "Du får inte:"), ("Du får inte:", "lova pengar"), ("Du får inte:", "ta bilder")],
        ),
        (
            "Myndigheten ska\n1. ge stöd, och\n\n2. följa upp.",
            [(None, "Myndigheten ska"), ("Myndigheten ska", "ge stöd, och"), ("Myndigheten ska", "följa upp.")],
        ),
        # the heading, where no line leads to the list, and where the line above is a whole sentence
        ("# Förbjudet\n\n- Ring chefen.", [("Förbjudet:", "Ring chefen.")]),
        ("# Vad är förbjudet?\n\n* Rökning", [("Vad är förbjudet?", "Rökning")]),
        (
            "# Förbjudet\n\nTänk på säkerheten.\n\n- Rökning",
            [(None, "Tänk på säkerheten."), ("Förbjudet:", "Rökning")],
        ),
        (
            "# Hos oss\n\nDetta är inte tillåtet.\n\n- el",
            [(None, "Detta är inte tillåtet."), ("Hos oss: Detta är inte tillåtet.", "el")],
        ),
        ("Detta ingår inte.\n\n- el", [(None, "Detta ingår inte."), ("Detta ingår inte.", "el")]),
        ("# Förbjudet\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n- Rökning", [(None, "1 | 2"), ("Förbjudet:", "Rökning")]),
        (
            "# Förbjudet\n\n" + "ord " * 90 + "som\n\n- Rökning",
            [(None, ("ord " * 90) + "som"), ("Förbjudet:", "Rökning")],
        ),
        # a line under another heading leads to nothing here
        ("# A\n\nDu får inte:\n\n# B\n\n- ringa", [(None, "Du får inte:"), ("B:", "ringa")]),
        # further sentences of an item, and what comes after the list
        (
            "# Nej\n\n- Lämna inget. Ring\n  aldrig.\n\nVi svarar.\n",
            [("Nej:", "Lämna inget."), ("Nej:", "Ring\n  aldrig."), (None, "Vi svarar.")],
        ),
        # an item that leads to those further in
        (
            "Du får inte:\n- lova\n- visa:\n  - kort\n  - pass\n- ringa",
            [
                (None, "Du får inte:"),
                ("Du får inte:", "lova"),
                ("Du får inte:", "visa:"),
                ("Du får inte: visa:", "kort"),
                ("Du får inte: visa:", "pass"),
                ("Du får inte:", "ringa"),
            ],
        ),
        (
            "Du får:\n- gå in\n- men aldrig\n  - flytta\n- Lunch\n  - soppa\n- Sov gott.\n  - ute",
            [
                (None, "Du får:"),
                ("Du får:", "gå in"),
                ("Du får:", "men aldrig"),
                ("Du får: men aldrig", "flytta"),
                ("Du får:", "Lunch"),
                ("Du får: Lunch:", "soppa"),
                ("Du får:", "Sov gott."),
                ("Du får:", "ute"),
            ],
        ),
        # what first answers a question
        (
            "# Får jag ta med barn?\n\nJa. De får en kontakt.\n\nRing först.\n\n# Får jag röka?\n\n- Nej.",
            [
                ("Får jag ta med barn?", "Ja."),
                (None, "De får en kontakt."),
                (None, "Ring först."),
                ("Får jag röka?", "Nej."),
            ],
        ),
        ("# Får jag röka?\n\nInte om:\n\n- du är ung", [("Får jag röka?", "Inte om:"), ("Inte om:", "du är ung")]),
        ("# Vad kostar det?\n\n| A | B |\n|---|---|\n| Bad | 2 |", [(None, "Bad | 2")]),
        # a table's rows, and the paragraph below a line with a colon
        (
            "Dessa är nedlagda:\n\n| A | B |\n|---|---|\n| Bad | 2 |\n| Gym | 3 |\n\nRing oss.",
            [
                (None, "Dessa är nedlagda:"),
                ("Dessa är nedlagda:", "Bad | 2"),
                ("Dessa är nedlagda:", "Gym | 3"),
                (None, "Ring oss."),
            ],
        ),
        ("# A\n\nAldrig.\n\n| A | B |\n|---|---|\n| Bad | 2 |", [(None, "Aldrig."), ("Aldrig.", "Bad | 2")]),
        ("# A\n\nDe beslutas.\n\n| A | B |\n|---|---|\n| Bad | 2 |", [(None, "De beslutas."), (None, "Bad | 2")]),
        (
            "Det här stämmer inte:\n\nAlla får kort. Alla får larm.\n\nRing oss.",
            [
                (None, "Det här stämmer inte:"),
                ("Det här stämmer inte:", "Alla får kort."),
                ("Det här stämmer inte:", "Alla får larm."),
                (None, "Ring oss."),
            ],
        ),
        # a list goes on below what stands further in, below lines without a blank one, and with the number that follows
        (
            "Vi gör inte:\n\n- Städ\n\n  Ej golv.\n\n- bad\n  Ej bar.\n- lån",
            [
                (None, "Vi gör inte:"),
                ("Vi gör inte:", "Städ"),
                ("Vi gör inte: Städ:", "Ej golv."),
                ("Vi gör inte:", "bad"),
                ("Vi gör inte: bad", "Ej bar."),
                ("Vi gör inte:", "lån"),
            ],
        ),
        (
            "Du får inte:\n- Röka.\nDet gäller alla.\n- elda\n\nRing oss.\n\n- Snusa.",
            [
                (None, "Du får inte:"),
                ("Du får inte:", "Röka."),
                (None, "Det gäller alla."),
                ("Du får inte:", "elda"),
                (None, "Ring oss."),
                ("", "Snusa."),
            ],
        ),
        (
            "Du får inte:\n\n1. Röka.\n\nDet gäller inte dig.\n\n2. elda\n\nDu får:\n\n1. Bada.",
            [
                (None, "Du får inte:"),
                ("Du får inte:", "Röka."),
                (None, "Det gäller inte dig."),
                ("Du får inte:", "elda"),
                (None, "Du får:"),
                ("Du får:", "Bada."),
            ],
        ),
        (
            "Du får inte:\n\n- röka\n\n- elda\n\n1. Ring.\n\n  Vi svarar.\n2. Vänta.",
            [
                (None, "Du får inte:"),
                ("Du får inte:", "röka"),
                ("Du får inte:", "elda"),
                ("", "Ring."),
                ("", "Vi svarar."),
                ("", "Vänta."),
            ],
        ),
        (
            "Du får inte:\n\n1. röka\n\n1. elda\n- inne\n1. bo",
            [
                (None, "Du får inte:"),
                ("Du får inte:", "röka"),
                ("Du får inte:", "elda"),
                ("Du får inte:", "inne"),
                ("Du får inte:", "bo"),
            ],
        ),
        # what only names or dates a picture beside a list leads to nothing; an item leads to no table
        (
            "# A\n\nDet är förbjudet att:\n\nFoto: Anna Ek\n\n- bada\n\n| A | B |\n|---|---|\n| Gym | 3 |",
            [
                (None, "Det är förbjudet att:"),
                ("Det är förbjudet att:", "Foto: Anna Ek"),
                ("Det är förbjudet att:", "bada"),
                (None, "Gym | 3"),
            ],
        ),
        # a sentence that denies leads to one table, a line with a colon to those below each other
        (
            "Gäller inte gäster.\n\n| A | B |\n|---|---|\n| Bad | 2 |\n\n| A | B |\n|---|---|\n| Gym | 3 |",
            [(None, "Gäller inte gäster."), ("Gäller inte gäster.", "Bad | 2"), (None, "Gym | 3")],
        ),
        (
            "Nedlagt:\n\n| A | B |\n|---|---|\n| Bad | 2 |\n\n| A | B |\n|---|---|\n| Gym | 3 |",
            [(None, "Nedlagt:"), ("Nedlagt:", "Bad | 2"), ("Nedlagt:", "Gym | 3")],
        ),
        # a sentence that points to what stands below it, up to the next heading or section
        (
            "# A\n\n**Följande regler upphörde i juni.**\n\nBad kostar. De betalas.\n\nDu får:\n\n- bo\n\n"
            "# B\n\nSov gott.",
            [
                (None, "Följande regler upphörde i juni."),
                ("Följande regler upphörde i juni.", "Bad kostar."),
                ("Följande regler upphörde i juni.", "De betalas."),
                ("Följande regler upphörde i juni.", "Du får:"),
                ("Följande regler upphörde i juni. Du får:", "bo"),
                (None, "Sov gott."),
            ],
        ),
        (
            "Man hör följande. Det är fel.\n\nAlla får.\n\n| A | B |\n|---|---|\n| Bad | 2 |\n\n2 § Alla går.",
            [
                (None, "Man hör följande."),
                (None, "Det är fel."),
                ("Man hör följande. Det är fel.", "Alla får."),
                ("Man hör följande. Det är fel.", "Bad | 2"),
                (None, "2 § Alla går."),
            ],
        ),
        (
            "# A\n\nReglerna nedan är gamla.\n\n- bad\n- gym\n\nRing oss.",
            [
                (None, "Reglerna nedan är gamla."),
                ("A: Reglerna nedan är gamla.", "bad"),
                ("A: Reglerna nedan är gamla.", "gym"),
                (None, "Ring oss."),
            ],
        ),
        # one with more sentences in its paragraph, to these, and the list right below them
        (
            "Följande avslogs. Skälen framgår nedan.\n\n- Boule\n- Kör\n\nVilla Ek får bidrag. Den är bra.",
            [
                (None, "Följande avslogs."),
                ("Följande avslogs.", "Skälen framgår nedan."),
                ("Följande avslogs.", "Boule"),
                ("Följande avslogs.", "Kör"),
                (None, "Villa Ek får bidrag."),
                (None, "Den är bra."),
            ],
        ),
        (
            "Vi gör följande bedömning. Kön minskar. Nya platser öppnar.\n\nMötet avslutas.\n\n- Kaffe",
            [
                (None, "Vi gör följande bedömning."),
                ("Vi gör följande bedömning.", "Kön minskar."),
                ("Vi gör följande bedömning.", "Nya platser öppnar."),
                (None, "Mötet avslutas."),
                ("", "Kaffe"),
            ],
        ),
        # one at the end of its paragraph, to the next one; one that is a paragraph, to those down to a list
        (
            "Nämnden möttes. Följande avslogs.\n\nBoule. Kör.\n\nVilla Ek får bidrag.",
            [
                (None, "Nämnden möttes."),
                (None, "Följande avslogs."),
                ("Följande avslogs.", "Boule."),
                ("Följande avslogs.", "Kör."),
                (None, "Villa Ek får bidrag."),
            ],
        ),
        (
            "Följande ska med.\n\nTa legitimation.\n\n- hyresavi\n\nRådgivningen är gratis.",
            [
                (None, "Följande ska med."),
                ("Följande ska med.", "Ta legitimation."),
                ("Följande ska med.", "hyresavi"),
                (None, "Rådgivningen är gratis."),
            ],
        ),
        # a sentence that denies something else leads to nothing, nor does one that limits what stands above it
        (
            "# A\n\nAnvänd inte hissen.\n\n1. Gå ut.\n\nHunden får inte gå.\n\n| A | B |\n|---|---|\n| Bad | 2 |",
            [
                (None, "Använd inte hissen."),
                ("A:", "Gå ut."),
                (None, "Hunden får inte gå."),
                (None, "Bad | 2"),
            ],
        ),
        ("Nej. Det här får du inte göra.\n\n- elda", [*[(None, one) for one in ("Nej.", DENIED)], (DENIED, "elda")]),
        (
            "# A\n\n- Boule\n\nGäller inte i juli.\n\n| A | B |\n|---|---|\n| Bad | 2 |",
            [("A:", "Boule"), (None, "Gäller inte i juli."), (None, "Bad | 2")],
        ),
        ("Vi städar.\n\nGäller ej:\n\n- ö", [(None, "Vi städar."), (None, "Gäller ej:"), ("Gäller ej:", "ö")]),
        ("- städ\n\nIngår inte.\n\n- ö", [("", "städ"), (None, "Ingår inte."), ("Ingår inte.", "ö")]),
        ("Svar ges följande dag.\n\nRing oss.", [(None, "Svar ges följande dag."), (None, "Ring oss.")]),
        ("Plan för de följande tre.\n\nRing.", [(None, "Plan för de följande tre."), (None, "Ring.")]),
        ("Läs mer om stöd nedan.\n\nRing oss.", [(None, "Läs mer om stöd nedan."), (None, "Ring oss.")]),
        # no list, and a list that nothing leads to
        ("Vi svarar. Ring – inte skriv.", [(None, "Vi svarar."), (None, "Ring – inte skriv.")]),
        ("- Ring chefen.", [("", "Ring chefen.")]),
    ],
)
def test_an_item_goes_on_from_the_line_above_its_list_or_from_its_heading(text, expected):
    assert told(text) == expected


def test_a_sentence_that_points_back_is_read_after_those_it_points_to():
    said = "KAST ger stöd. De är öppna. Då ringer du. KAST finns i Malmö. Den som vill går in."
    text = f"# A\n\n{said}\n\n## B\n\nDe stänger."
    document = Document("d", "A", text)
    found = passages.split(document)
    before = {place: [one.text for one in some] for place, some in leading.before(document, found).items()}
    assert before == {1: ["KAST ger stöd."], 2: ["KAST ger stöd.", "De är öppna."]}
    many = Document("d", "A", "Vi svarar. " + "De går. " * 9)
    found = leading.before(many, passages.split(many))
    assert [len(found.get(place, ())) for place in range(6)] == [0, 1, 2, 3, 3, 3]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} går. De är öppna.",
        "Plats ges i maj. Det första barnet betalar mest.",
        "Du får inte:\n\n- röka\n- dricka\n\nDäremot får du snusa.",
        "| Vem | Pris |\n|---|---|\n| Barn | 30 kr |\n\nDet betalas i kassan.",
    ],
)
def test_nobody_points_back_to_a_long_sentence_an_item_or_a_row_nor_with_an_article(text):
    document = Document("d", "A", text)
    assert leading.before(document, passages.split(document)) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Alla får larm. Detta gäller bara äldre. Men aldrig gäster. Ring oss.",
            {0: ["Detta gäller bara äldre.", "Men aldrig gäster."], 1: ["Men aldrig gäster."]},
        ),
        ("Alla får bygga.\n\nSå löd regeln före 2019. Nu krävs lov.", {0: ["Så löd regeln före 2019."]}),
        # also one without a subject of its own, and behind «OBS!»
        ("Alla får larm. Gäller bara dig som bor ensam.", {0: ["Gäller bara dig som bor ensam."]}),
        ("Alla får larm. Gäller det inte barn?", {}),
        ("Alla får larm. Det\ngäller bara äldre.", {0: ["Det\ngäller bara äldre."]}),
        ("Resan kostar. OBS! Gäller inte norrut.", {0: ["OBS!", "Gäller inte norrut."], 1: ["Gäller inte norrut."]}),
        ("Maten kostar. Observera att detta inte gäller helger.", {0: ["Observera att detta inte gäller helger."]}),
        ("Alla får söka. Endast föreningar kan få.", {0: ["Endast föreningar kan få."]}),
        ("Du får lån. Det finns undantag.", {0: ["Det finns undantag."]}),
        ("- Boule\n- Kör\n\nGäller inte i juli.", {0: ["Gäller inte i juli."], 1: ["Gäller inte i juli."]}),
        ("- städ\n\nIngår inte.\n\n- fönster", {}),
        # an article points to nothing, nor does «Det finns»
        ("Hallen är öppen. Den nya hallen öppnar inte i år.", {}),
        ("Larm kostar. De anställda tar inte emot pengar.", {}),
        ("Larm kostar. De kommuner som vill tar inte emot pengar.", {}),
        ("Alla får låna. Det finns inga tidningar.", {}),
        ("Hunden får följa med. Hon som sköter växeln svarar inte.", {}),
        ("Alla får bygga. Så länge det inte regnar går det.", {}),
        ("Alla får larm. De är öppna. Vi svarar inte.", {}),
        ("Alla får larm.\n\nUndantag görs för:\n\n- gäster", {}),
        ("Det stämmer inte:\n\nDet är inte sant.\n\n# B\n\nDet är inte fel.", {}),
        # what stands below a list or table limits all of it; a further sentence of an item, that item
        (
            "Fritt är:\n\n- bod\n- Tak. Det får inte läcka.\n\nOvanstående gäller inte här.",
            {
                1: ["Ovanstående gäller inte här."],
                2: ["Det får inte läcka.", "Ovanstående gäller inte här."],
                3: ["Ovanstående gäller inte här."],
            },
        ),
        (
            "| A | B |\n|---|---|\n| Bad | 2 |\n| Gym | 3 |\n\nUndantag görs i juli.",
            {0: ["Undantag görs i juli."], 1: ["Undantag görs i juli."]},
        ),
        ("- bod\n- tak\n\n  Det får inte läcka.\n- mur", {1: ["Det får inte läcka."]}),
    ],
)
def test_a_sentence_that_points_back_and_limits_is_read_after_what_it_limits(text, expected):
    document = Document("d", "A", text)
    after = leading.after(document, passages.split(document))
    assert {place: [one.text for one in some] for place, some in after.items()} == expected


def test_what_a_passage_goes_on_from_is_short():
    deep = "".join(f"{'  ' * level}- {'ord ' * 30}{level}:\n" for level in range(6))
    (last, _) = told(f"{deep}{'  ' * 6}- blankett")[-1]
    assert last.startswith("… ")
    assert last.count(":") == 3
    assert last.endswith("5:")


def test_what_must_be_read_with_a_place_is_told_from_the_document_alone():
    text = "Du får inte:\n\n- lova pengar\n- ta bilder\n"
    document = Document("d", "Regler", text)
    start = text.index("ta bilder")
    assert passages.full_reading(document, start, start + 9) == "Du får inte: ta bilder"
    assert passages.full_reading(document, start + 3, start + 9) == "Du får inte: ta bilder"
    assert passages.full_reading(document, 0, 12) == ""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Följande upphörde i juni.\n\nVi går. Bad kostar 5 kr.", "Följande upphörde i juni. Bad kostar 5 kr."),
        ("Inte:\n\n- Städ\n\n  Bad kostar 5 kr.", "Inte: Städ: Bad kostar 5 kr."),
    ],
)
def test_what_points_to_a_place_from_above_is_told_from_the_document_alone(text, read):
    document = Document("d", "Regler", text)
    assert passages.full_reading(document, text.index("Bad"), len(text)) == read


@pytest.mark.parametrize("asked", ["# Får jag röka?\n\n", "**Får jag röka?**\n", "Får jag röka? "])
def test_the_question_that_a_place_answers_is_told_from_the_document_alone(asked):
    document = Document("d", "Regler", f"{asked}Nej. Aldrig.\n\nGrinden låses klockan tio.\n")
    (first, *others) = passages.split(document)
    leads = leading.leads(document, [first, *others])
    read = passages.full_reading(document, first.start, first.end)
    assert (leads.get(0), read) == (("Får jag röka?", "Får jag röka? Nej.") if first.heading else (None, ""))
    assert [passages.full_reading(document, one.start, one.end) for one in others] == [""] * len(others)


def test_a_word_that_is_parted_in_the_line_above_is_whole():
    assert told("Du får under inga omstän-\ndigheter:\n\n- ringa")[1] == ("Du får under inga omständigheter:", "ringa")
