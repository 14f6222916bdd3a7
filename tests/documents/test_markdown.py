"""What Markdown marks besides headings with #: what no page shows is neither cited nor a heading."""

import pytest

from nmt_rag.documents import fields, passages
from nmt_rag.types import Document


def told(text):
    """The passages of a text with their headings."""
    found = passages.split(Document("d", "Titel", text))
    assert all(text[one.start : one.end] == one.text for one in found)
    return [(one.heading, one.text) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # comments
        ("Avgiften är 5 kr.\n\n<!-- TODO: avgiften blir 9 kr. Fråga Eva. -->\n\nRing.", ["Avgiften är 5 kr.", "Ring."]),
        ("<!-- ett\n\ntvå. -->\n\nRing.", ["Ring."]),
        ("<!-- aldrig slut. Ring.", ["<!-- aldrig slut.", "Ring."]),
        # definitions of links; a note is text
        ("Se [lagen][sol].\n\n[sol]: https://example.se/sol\n", ["Se [lagen][sol]."]),
        ("Allt[^1].\n\n[^1]: Till exempel bil.", ["Allt[^1].", "[^1]: Till exempel bil."]),
        (
            "[Anna]: Badet stänger.\n\n[1]: Socialstyrelsens rapport.",
            ["[Anna]: Badet stänger.", "[1]: Socialstyrelsens rapport."],
        ),
    ],
)
def test_what_no_page_shows_is_not_cited(text, expected):
    assert [said for _, said in told(text)] == expected


def test_a_line_of_code_is_no_heading_and_its_fences_are_not_cited():
    text = "# Ansök\n\n```bash\n# Hämta\ncurl x\n```\n\nSkicka in den.\n\n~~~\n# Inte slut\n\nRing."
    assert told(text) == [
        (("Ansök",), "# Hämta"),
        (("Ansök",), "curl x"),
        (("Ansök",), "Skicka in den."),
        (("Inte slut",), "Ring."),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "    # starta om\n    kör x",
        "\t# starta om\n\tkör x",
        '```yaml title="a.yml"\n# starta om\n```',
        "  ```bash\n  # starta\n  ```",
    ],
)
def test_code_of_any_kind_heads_nothing(code):
    assert told(f"## Drift\n\n{code}\n\n## Ansvar\n\nEnheten svarar.")[-1] == (("Ansvar",), "Enheten svarar.")


def test_underlined_headings_are_headings_also_beside_marked_ones():
    text = "Badhuset\n========\n\nDet drivs.\n\nTider\n-----\n\nÖppet.\n\n### Helger\n\nStängt.\n\nPris\n---\n\nDyrt."
    assert told(text) == [
        (("Badhuset",), "Det drivs."),
        (("Badhuset", "Tider"), "Öppet."),
        (("Badhuset", "Tider", "Helger"), "Stängt."),
        (("Badhuset", "Pris"), "Dyrt."),
    ]
    assert told("Text.\n\n2. Avgifter\n-----------\nAvgiften är 20 kr.\n\nRing.")[1:] == [
        (("2. Avgifter",), "Avgiften är 20 kr."),
        (("2. Avgifter",), "Ring."),
    ]
    columns = "Vad      Pris\n-------------\nBad      2 kr\nGym      3 kr\n\nRing."
    assert [said for _, said in told(columns) if "kr" in said or "Ring" in said] == [
        "Bad      2 kr",
        "Gym      3 kr",
        "Ring.",
    ]
    assert told("Hälsningar\n\nMvh Anna Ek\n-- \nKultur och fritid")[-1][1].endswith("Kultur och fritid")
    assert told("Vi går hem.\n---\n\nRing.") == [((), "Vi går hem."), ((), "Ring.")]  # a sentence above a rule
    assert told("A\n\n---\n\nRing.")[-1][1] == "Ring."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Badhuset\n========\n\n### Helger\n\nStängt.", "Badhuset"),
        ("## Först\n\nText.\n\nSedan\n-----\n\nText.", "Först"),
        ("```\n# Kod\n```\n\n# Bad {#bad}\n\nText.", "Bad"),
    ],
)
def test_the_title_is_the_first_heading_of_either_kind(text, title):
    assert fields.made({}, text, "fil.md").title == title


@pytest.mark.parametrize(
    ("ruled", "is_ruled"), [("|:--|--:|", True), ("|:-|-:|", True), ("|---|---|", True), ("| - | - |", False)]
)
def test_a_table_may_be_ruled_by_single_dashes_with_colons(ruled, is_ruled):
    document = Document("d", "t", f"| Vem | Norm |\n{ruled}\n| Ensam | 5 kr |\n| Två | 8 kr |")
    readings = [one.reading for one in passages.split(document)]
    assert ("Ensam | Norm: 5 kr" in readings, "Ensam | 5 kr" in readings) == (is_ruled, not is_ruled)


def test_a_quoted_question_heads_nothing():
    assert told("> Är badet öppet?\n\nLokalen är stängd.") == [((), "> Är badet öppet?"), ((), "Lokalen är stängd.")]


def test_what_closes_a_heading_is_left_out():
    assert told("# Bad ##\n\nA.\n\n## Pris {#pris}\n\nB.") == [(("Bad",), "A."), (("Bad", "Pris"), "B.")]
