"""What an item of a list goes on from, its line above or its heading, and what question a sentence answers first."""

import pytest

from nmt_rag.documents import passages
from nmt_rag.types import Document

LONG = "ord " * 90 + "som"


def told(text, title="Regler"):
    """The passages of a text, each with what it goes on from."""
    document = Document("d", title, text)
    found = passages.split(document)
    leads = passages.leads(document, found)
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
    before = {place: [one.text for one in some] for place, some in passages.before(document, found).items()}
    assert before == {1: ["KAST ger stöd."], 2: ["KAST ger stöd.", "De är öppna."]}
    many = Document("d", "A", "Vi svarar. " + "De går. " * 9)
    found = passages.before(many, passages.split(many))
    assert [len(found.get(place, ())) for place in range(6)] == [0, 1, 2, 3, 3, 3]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} går. De är öppna.",
        "Du får inte:\n\n- röka\n- dricka\n\nDäremot får du snusa.",
        "| Vem | Pris |\n|---|---|\n| Barn | 30 kr |\n\nDet betalas i kassan.",
    ],
)
def test_nobody_points_back_to_a_long_sentence_an_item_or_a_row(text):
    document = Document("d", "A", text)
    assert passages.before(document, passages.split(document)) == {}


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


@pytest.mark.parametrize("asked", ["# Får jag röka?\n\n", "**Får jag röka?**\n", "Får jag röka? "])
def test_the_question_that_a_place_answers_is_told_from_the_document_alone(asked):
    document = Document("d", "Regler", f"{asked}Nej. Aldrig.\n\nGrinden låses klockan tio.\n")
    (first, *others) = passages.split(document)
    leads = passages.leads(document, [first, *others])
    read = passages.full_reading(document, first.start, first.end)
    assert (leads.get(0), read) == (("Får jag röka?", "Får jag röka? Nej.") if first.heading else (None, ""))
    assert [passages.full_reading(document, one.start, one.end) for one in others] == [""] * len(others)


def test_a_word_that_is_parted_in_the_line_above_is_whole():
    assert told("Du får under inga omstän-\ndigheter:\n\n- ringa")[1] == ("Du får under inga omständigheter:", "ringa")
