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


def test_underlined_headings_are_headings_also_beside_marked_ones():
    text = "Badhuset\n========\n\nDet drivs.\n\nTider\n-----\n\nÖppet.\n\n### Helger\n\nStängt.\n\nPris\n---\n\nDyrt."
    assert told(text) == [
        (("Badhuset",), "Det drivs."),
        (("Badhuset", "Tider"), "Öppet."),
        (("Badhuset", "Tider", "Helger"), "Stängt."),
        (("Badhuset", "Pris"), "Dyrt."),
    ]
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


def test_what_closes_a_heading_is_left_out():
    assert told("# Bad ##\n\nA.\n\n## Pris {#pris}\n\nB.") == [(("Bad",), "A."), (("Bad", "Pris"), "B.")]
