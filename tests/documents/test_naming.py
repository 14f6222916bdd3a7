"""Who acts in a passage by a reader: shown where it is sure, in the document's fullest form."""

from dataclasses import replace

import pytest

from nmt_rag.documents import passages
from nmt_rag.documents.who_does_what import full_names, naming, tasks
from nmt_rag.documents.who_does_what.naming import ActorBars
from nmt_rag.models.reader import Named
from nmt_rag.types import Document

BATHS = Document(
    "bad",
    "Badhuset i Sävby",
    """# Badhuset i Sävby

## Sävby fritidsnämnd

Nämnden beslutar om öppettiderna. De prövas varje år.

## Kassan

Kassan stänger klockan sju.

### Om du kommer för sent

Då öppnar badvakten för den som har kort.
""",
)
BARS = ActorBars(0.6, 0.3)


class Names:
    """Says that a name acts in each sentence that holds a word of it; keeps what it was shown."""

    def __init__(self, *names, probability=0.9, nobody=0.05):
        self.names, self.probability, self.nobody, self.seen = names, probability, nobody, []

    def actors(self, text):
        self.seen.append(text)
        return [self._of(sentence) for sentence in text.sentences]

    def _of(self, sentence):
        name = next((name for name in self.names if set(name.split()) & set(sentence.split())), "")
        return Named(name, self.probability, self.nobody) if name else Named("", 0.0, 1.0)


def named(*names, **sure):
    return [one.actors for one in naming.name_actors(Names(*names, **sure), BATHS, passages.split(BATHS), BARS)]


def test_a_name_is_shown_where_the_reader_is_sure_of_it_and_nobody_else_where():
    assert named("badvakten", "Kassan") == [(), (), ("Kassan",), ("badvakten",)]
    assert named("badvakten", probability=0.59) == named("badvakten", nobody=0.3) == [()] * 4
    assert named("De") == [()] * 4  # a pronoun is no name


def test_a_name_is_given_in_the_documents_fullest_form_also_where_two_are_joined():
    text = "# Vård\n\n## Statens institutionsstyrelse (SiS)\n\nSiS och Tullverket utreder. SiS chef utreder.\n"
    document = Document("d", "Vård", text)
    found = naming.name_actors(Names("SiS och Tullverket"), document, passages.split(document), BARS)
    assert found[0].actors == ("Statens institutionsstyrelse", "Tullverket")
    (one,) = naming.name_actors(Names("SiS chef"), document, passages.split(document)[1:], BARS)
    assert one.actors == ("SiS chef",)


def test_who_works_somewhere_is_not_that_place():
    text = "# Färdtjänst\n\nFärdtjänsten kör alla dagar.\n\nFärdtjänsthandläggaren utreder.\n"
    assert acting(text, "Färdtjänsthandläggaren", "Färdtjänst") == ("Färdtjänsthandläggaren",)


def acting(text, name, title="Protokoll"):
    """Whom the last sentence of a text has, where the reader points to a name in it, and to the others before."""
    document = Document("d", title, text)
    split = passages.split(document)
    found = naming.name_actors(Names(*name.split("|")), document, split, BARS)
    return found[-1].actors


@pytest.mark.parametrize(
    ("text", "name", "actors"),
    [
        # the only name of the text that the reader points to
        ("Sävby fritidsnämnd sammanträder. Nämnden beslutar.", "Sävby fritidsnämnd|Nämnden", "Sävby fritidsnämnd"),
        ("Hamnsamordnaren ringer. Samordnaren kallar.", "Hamnsamordnaren|Samordnaren", "Hamnsamordnaren"),
        ("Norrby kommun betalar. Kommunen beslutar.", "Norrby kommun|Kommunen", "Norrby kommun"),
        # two that it could be
        ("Fritidsnämnden ringer. Miljönämnden svarar. Nämnden går.", "Fritidsnämnden|Miljönämnden|Nämnden", "Nämnden"),
        # a role in the indefinite is a kind, and somebody at a place is not the place
        ("Slöjdlärare arbetar. Läraren rättar.", "Slöjdlärare|Läraren", "Läraren"),
        ("Fartygets kapten ringer. Kaptenen svarar.", "Fartygets kapten|Kaptenen", "Kaptenen"),
        ("Personal vid Fritidsnämnden går. Nämnden ler.", "Personal vid Fritidsnämnden|Nämnden", "Fritidsnämnden"),
        # the nearest heading comes first
        ("# A\n\n## Hamngruppen\n\nStigruppen går. Gruppen ror.", "Stigruppen|Gruppen", "Hamngruppen"),
        ("# A\n\n## Lotsnämnden\n\n### Tid\n\nNämnden träffas.", "Nämnden", "Lotsnämnden"),
        # what ends alike by chance, or is no more than another ending
        ("Tullen ringer. Ullen växer.", "Tullen|Ullen", "Ullen"),
        ("Båtvakt söks. Båtvakten ror.", "Båtvakt|Båtvakten", "Båtvakten"),
    ],
)
def test_a_definite_noun_is_given_as_the_one_name_that_it_points_to(text, name, actors):
    assert acting(text, name) == (actors,)


@pytest.mark.parametrize(
    ("text", "name", "actor"),
    [
        # who is named only later is somebody else, also where nobody else is named
        ("Styrelsen beslutar om uthyrning. Länsstyrelsen ger bidrag.", "Styrelsen|Länsstyrelsen", "Styrelsen"),
        ("Skolan bestämmer. Förskolan lämnar uppgifter.", "Skolan|Förskolan", "Skolan"),
        # who is spoken of already is not somebody that is named afterwards
        ("Nämnden går. Hyresnämnden avgör. Nämnden beslutar.", "Nämnden|Hyresnämnden", "Nämnden"),
        # who is named in another section
        ("## A\n\nHyresnämnden avgör.\n\n## B\n\nNämnden beslutar.", "Nämnden|Hyresnämnden", "Nämnden"),
        # who is named before, in the section or in the text above it
        ("## A\n\nLotsnämnden avgör.\n\nNämnden beslutar.", "Nämnden|Lotsnämnden", "Lotsnämnden"),
        ("# A\n\nLotsnämnden avgör.\n\n## B\n\nNämnden beslutar.", "Nämnden|Lotsnämnden", "Lotsnämnden"),
        ("# A-kassan Alby\n\nKassan prövar. Försäkringskassan betalar.", "Kassan|Försäkringskassan", "A-kassan"),
    ],
)
def test_a_definite_noun_points_to_nobody_who_was_not_named_before_it_where_it_stands(text, name, actor):
    document = Document("d", "Protokoll", text)
    split = passages.split(document)
    found = naming.name_actors(Names(*name.split("|")), document, split, BARS)
    nouns = [one.actors for one in found if one.text.startswith(name.split("|")[0])]
    assert nouns[-1] == (actor,)


def test_of_headings_alone_nobody_is_named():
    document = Document("d", "Rubrik", "# Rubrik\n\n## Två\n")
    assert naming.split(document) == []
    assert list(naming.named_in_steps(document, [])) == []


def test_a_definite_noun_may_point_to_a_name_in_the_title():
    text = "# Tid\n\nNämnden beslutar."
    assert acting(text, "Nämnden", "Protokoll från Lotsnämnden i Sävby, den 3 maj") == ("Lotsnämnden i Sävby",)
    assert acting(text, "Nämnden", "Om lotsnämndens arbete") == ("Nämnden",)


def test_the_reader_is_shown_the_text_with_its_headings_once_each():
    reader = Names()
    naming.name_actors(reader, BATHS, passages.split(BATHS), BARS)
    (text,) = reader.seen
    assert text.title == "Badhuset i Sävby"
    assert text.sentences == (
        "Sävby fritidsnämnd",
        "Nämnden beslutar om öppettiderna.",
        "De prövas varje år.",
        "Kassan",
        "Kassan stänger klockan sju.",
        "Om du kommer för sent",
        "Då öppnar badvakten för den som har kort.",
    )


def test_nobody_acts_in_a_row_because_of_another_row():
    text = "# Beslut\n\n## Tillstånd\n\n| Ärende | Beslutar |\n|---|---|\n| Bygglov | Byggnämnden |\n| Skyltar |  |\n"
    document = Document("d", "Beslut", text)

    class Carrying(Names):
        def _of(self, sentence):
            return Named("Byggnämnden", 0.9, 0.05) if len(self.seen) == 1 else Named("", 0.0, 1.0)

    found = naming.name_actors(Carrying(), document, passages.split(document), BARS)
    assert [(one.text, one.actors) for one in found] == [("Bygglov | Byggnämnden", ("Byggnämnden",)), ("Skyltar", ())]
    headed = replace(document, text=text.replace("## Tillstånd", "## Tillstånd hos Byggnämnden"))
    found = naming.name_actors(Carrying(), headed, passages.split(headed), BARS)
    assert [one.actors for one in found] == [("Byggnämnden",)] * 2


def test_nobody_is_named_in_a_row_that_holds_two_who_might_act():
    text = "# Beslut\n\n| Ärende | Beslutar | Ersättare |\n|---|---|---|\n| Bygglov | Byggnämnden | Miljöchefen |\n"
    text += "| Skyltar | Byggnämnden | ingen |\n\nByggnämnden möter Miljöchefen.\n"
    document = Document("d", "Beslut", text)
    reader = Names("Byggnämnden", "Miljöchefen")
    found = naming.name_actors(reader, document, passages.split(document), BARS)
    assert [one.actors for one in found] == [(), ("Byggnämnden",), ("Byggnämnden",)]
    assert reader.seen[1].sentences == ("Bygglov | Ersättare: Miljöchefen", "Skyltar | Ersättare: ingen")


def test_the_packaged_reader_names_nobody_in_a_row_of_two_and_the_one_in_a_row_of_one():
    rows = ["Bygglov | Byggnämnden | Miljöchefen", "Tips | Polisen | 114 14", "Pass | Anna Berg | måndag"]
    text = "# Vem beslutar?\n\n| Ärende | Beslutar | Annat |\n|---|---|---|\n" + "\n".join(f"| {row} |" for row in rows)
    found = naming.split(Document("d", "Vem beslutar?", text))
    assert [one.actors for one in found] == [(), ("Polisen",), ("Anna Berg",)]


def test_who_does_what_tells_of_those_whom_the_reader_names_and_of_no_others():
    text = "# Larm\n\nFöreningen Nattljus följer med till läkaren. Tullverket granskar varorna.\n"
    document = Document("d", "Larm", text)
    found = naming.name_actors(Names("Föreningen Nattljus"), document, passages.split(document), BARS)
    (row,) = tasks.of_document(document, found)
    assert (row.actor, row.phrase) == ("Föreningen Nattljus", "följer med till läkaren")


def test_actors_are_named_by_the_reader_or_by_rules():
    assert naming.splitting("rules") is passages.split
    assert naming.splitting("reader") is naming.split
    with pytest.raises(ValueError, match="not by 'guesses'"):
        naming.splitting("guesses")


def test_the_packaged_reader_names_who_acts_in_a_long_text():
    names = "Socialnämnden Kommunen Regionen Rektorn Skatteverket Länsstyrelsen Försäkringskassan Polisen".split()
    said = "\n\n".join(f"{name} beslutar om bidrag till föreningar. Avgiften är hundra kronor." for name in names)
    found = naming.split(Document("d", "Stöd i Sävby", f"# Stöd i Sävby\n\n{said}"))
    assert len(found) == 16
    assert {name for one in found for name in one.actors} <= set(names)
    assert sum(bool(one.actors) for one in found if one.text.startswith("Avgiften")) <= 1


@pytest.mark.parametrize(
    "line",
    ["Polisen hjälper.", "{}nämnden hjälper.", "## {}nämnden\n\nNämnden hjälper.", "Statens {}verk (S{}) hjälper."],
)
def test_twice_as_long_a_document_takes_twice_as_many_comparisons(line, monkeypatch):
    compared = []
    heads, entries = full_names._head, full_names.Names._entry

    def counted_heads(noun, name):
        compared.append(name)
        return heads(noun, name)

    class Counted(dict):
        def get(self, key, default=()):
            compared.extend(found := super().get(key, default))
            return found

    def counted_entry(self, *arguments, **options):
        if not isinstance(self._by_stems, Counted):
            self._by_stems = Counted(self._by_stems)
        return entries(self, *arguments, **options)

    monkeypatch.setattr(full_names, "_head", counted_heads)
    monkeypatch.setattr(full_names.Names, "_entry", counted_entry)
    counts = []
    for n in (100, 200):
        letters = ["".join("abcdefghij"[int(digit)] for digit in str(1000 + number)) for number in range(n)]
        text = "\n\n".join(line.replace("{}", one.title(), 1).replace("{}", one.upper()) for one in letters)
        document = Document("d", "Text", f"# Text\n\n{text}\n")
        compared.clear()
        naming.name_actors(Names("Polisen", "Nämnden", "Statens"), document, passages.split(document), BARS)
        counts.append(len(compared))
    assert counts[1] <= 2.2 * counts[0] + 10
