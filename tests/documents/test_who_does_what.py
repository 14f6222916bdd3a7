"""Who does what: the page against rows worked out by hand, the rules one by one, the instructions of authorities."""

import csv
import io
import json
import lzma
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag import citations, documents
from nmt_rag.documents import passages
from nmt_rag.documents.who_does_what import spreadsheet, tasks
from nmt_rag.types import Document

PAGE = Path(__file__).parents[2] / "corpus" / "deltagande-myndigheter.md"
POLISEN, ÅKLAGARNA = "Polismyndigheten", "Åklagarmyndigheten"
NOA = "Polisens Nationella Operativa Avdelning (NOA)"
# Read from the page by hand, sentence by sentence: actor, verb, what is said, task.
BY_HAND = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "data" / "who_does_what_page.tsv")
    .read_text(encoding="utf-8")
    .splitlines()[1:]
]


@pytest.fixture(scope="module")
def page():
    [document] = documents.load([PAGE])
    return document


@pytest.fixture(scope="module")
def rows(page):
    return tasks.of_document(page, passages.split(page))


def of(text, title="Prövningsverket", **settings):
    """What the rules read in a text about one authority: (actor, said, task)."""
    document = Document("d", title, text, **settings)
    found = tasks.of_document(document, passages.split(document))
    return [(row.actor, row.said, row.task) for row in found]


def test_the_page_gives_the_rows_worked_out_by_hand(rows):
    assert [(row.actor, row.verb, row.said, row.task) for row in rows] == BY_HAND


def test_only_what_somebody_does_not_do_is_negated(rows):
    assert [(row.actor, row.said) for row in rows if row.negated] == [(NOA, "bedriver inte")]


def test_a_condition_is_told(rows):
    assert {row.condition for row in rows} == {
        "",
        "När ett potentiellt offer för människohandel upptäcks",
        "Om offret behöver hjälp och stöd",
    }


def test_each_row_reads_as_its_sentence_does(rows):
    phrases = {(row.verb, row.actor): row.phrase for row in rows}
    assert phrases["vara", POLISEN] == (
        "När ett potentiellt offer för människohandel upptäcks kan … ofta vara … den första kontaktpunkten"
    )
    help_by = "tillhandahållas av socialtjänsten, frivilligorganisationer eller polisen"
    assert phrases["tillhandahålla", POLISEN] == f"Om offret behöver hjälp och stöd kan detta {help_by}"
    assert phrases["bevilja", "Socialtjänsten"] == (
        "Ansvaret för att bevilja bistånd till personer som är utsatta för människohandel i Sverige ligger hos "
        "socialtjänsten"
    )
    assert phrases["besluta", NOA] == "har mandat att besluta om insatser och resursförstärkningar i hela landet"


def test_each_row_is_quoted_word_for_word_from_its_place(page, rows):
    for row in rows:
        assert page.text[row.citation.start : row.citation.end] == row.citation.quote
        assert citations.verify(row.citation, page).verdict == "exact"
        assert row.task in row.citation.quote
        assert all(piece in row.citation.quote for piece in row.said.split(" … "))
        assert row.citation.actor == row.actor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The subject before its verb, behind it, and behind a condition.
        ("Prövningsverket samordnar tillsynen.", [("samordnar", "tillsynen")]),
        ("Vidare samordnar verket tillsynen.", [("samordnar", "tillsynen")]),
        ("Om det behövs får verket besluta om tillsyn.", [("får … besluta", "om tillsyn")]),
        ("2 § Verket ska vid behov samordna tillsynen.", [("ska vid behov samordna", "tillsynen")]),
        # What is coordinated, with an object each or one for all; what is not.
        ("Verket leder och samordnar tillsynen.", [("leder och samordnar", "tillsynen")] * 2),
        ("Verket ska leda arbetet och följa upp det.", [("ska leda", "arbetet"), ("ska … följa upp", "det")]),
        ("Verket får ta ut avgifter, besluta om dem och använda dem.",
         [("får ta ut", "avgifter"), ("får … besluta", "om dem"), ("får … använda", "dem")]),
        ("Verket har till uppgift att samla, bygga upp kunskap om och visa konst.",
         [("har till uppgift att samla, bygga upp kunskap om och visa", "konst")] * 3),
        ("Verket hjälper personer som säljer och köper sex.", [("hjälper", "personer som säljer och köper sex")]),
        ("Verket ska verka för att stärka och skydda barn.", [("ska verka", "för att stärka och skydda barn")]),
        ("Verket prövar ansökningar och anmälningar.", [("prövar", "ansökningar och anmälningar")]),
        ("Verket ska inte pröva fall utan lämna råd.", [("ska inte pröva", "fall utan lämna råd")]),
        # Duties.
        ("Verket har mandat att besluta om insatser.", [("har mandat att besluta", "om insatser")]),
        ("Verket har det yttersta ansvaret för tillsynen.", [("har det yttersta ansvaret", "för tillsynen")]),
        ("Verkets uppgift är att utreda och fatta beslut.", [("uppgift är att utreda och fatta", "beslut")] * 2),
        ("Ansvaret för att ge stöd ligger hos verket.", [("Ansvaret för att ge … ligger hos verket", "stöd")]),
        # What is done by it, and who it is that does it.
        ("Stöd tillhandahålls av Prövningsverket.", [("tillhandahålls av Prövningsverket", "Stöd")]),
        ("Stöd ska inte ges av verket.", [("ska inte ges av verket", "Stöd")]),
        ("Vid behov ska även stöd snarast ges av verket.", [("ska även … ges av verket", "stöd snarast")]),
        ("Därefter ska frågan prövas av verket.", [("ska … prövas av verket", "frågan")]),
        ("När stöd ska ges av verket gäller lagen.", []),
        ("Om stöd ges av verket gäller lagen.", []),
        ("Frågor om stöd som rör barn prövas av verket.", [("prövas av verket", "Frågor om stöd som rör barn")]),
        ("Chefen får avgöra ärenden som ska prövas av verket.", []),
        ("Ärenden som inte enligt 3 § ska prövas av verket avslås.", []),
        ("Ärenden som inte behöver prövas av verket avslås.", []),
        ("Det är verket som leder arbetet.", [("leder", "arbetet")]),
        ("Det kan ofta vara verket som leder arbetet.", [("kan ofta vara … som leder", "arbetet")]),
        ("Då kan det vara verket som är ansvarigt.", [("kan … vara", "ansvarigt")]),
        ("Det kan inte vara verket som leder arbetet.", []),
        # No act of the authority, or nobody's.
        ("Verket leds av en chef.", []),
        ("Chefen för Prövningsverket beslutar om resor.", []),
        ("Vid verket ska det finnas ett råd.", []),
        ("När verket beslutar om stöd gäller lagen.", []),
        ("Sökanden är en person som hörs av Prövningsverket.", []),
        ("Om det finns en nämnd som leder Prövningsverket ska den anmäla det.", []),
        ("Ärenden prövas av verkets ordförande.", []),
        ("Vid förfall beslutar verkets chef om resor.", []),
        ("Ärenden avgörs av Prövningsverkets nämnd.", []),
        ("Rådet beslutar om bidrag.", []),
        ("Verket har ett råd.", []),
        ("Läs mer om Prövningsverket.", []),
        ("", []),
    ],
)  # fmt: skip
def test_the_rules_one_by_one(text, expected):
    assert of(text) == [("Prövningsverket", said, task) for said, task in expected]


def test_a_list_goes_on_from_the_sentence_before_it():
    text = (
        "1 § Verket ska\n\n1. samordna tillsynen,\n2. ta fram och sprida statistik, och\n3. handlägga frågor om\n"
        "a) stöd, och\nb) bidrag.\n\nVerket ansvarar för följande områden:\n- tillsyn,\n- råd.\n\nAndra avgör resten."
    )
    document = Document("d", "Prövningsverket", text)
    found = tasks.of_document(document, passages.split(document))
    assert [(row.verb, row.said, row.task) for row in found] == [
        ("samordna", "ska samordna", "tillsynen"),
        ("ta fram", "ska ta fram och sprida", "statistik"),
        ("sprida", "ska ta fram och sprida", "statistik"),
        ("handlägga", "ska handlägga frågor om", "stöd"),
        ("handlägga", "ska handlägga frågor om", "bidrag"),
        ("ansvara", "ansvarar för följande områden", "tillsyn"),
        ("ansvara", "ansvarar för följande områden", "råd"),
    ]
    assert [row.phrase for row in found] == [f"{row.said} {row.task}" for row in found]
    assert [row.lead.quote for row in found][:4] == ["1 § Verket ska"] * 3 + ["handlägga frågor om"]
    assert [row.citation.quote for row in found][:2] == ["samordna tillsynen,", "ta fram och sprida statistik, och"]


@pytest.mark.parametrize(
    ("lead", "items", "expected"),
    [
        ("Verket ska inte:", "- betala bidrag\n- lämna råd", [("ska inte betala", True), ("ska inte lämna", True)]),
        ("Verket får aldrig:", "a) betala bidrag\nb) ge råd", [("får aldrig betala", True), ("får aldrig ge", True)]),
        ("Här får verket inte:", "- betala bidrag", [("får … inte betala", True)]),
        ("Verket får endast:", "- betala bidrag", [("får endast betala", False)]),
        ("Verket ska:", "- inte betala bidrag\n- lämna råd", [("ska inte betala", True), ("ska lämna", False)]),
        ("Verket har inte ansvar för bidrag.", "", [("har inte ansvar", True)]),
        ("Verket ska inte betala:", "- bidrag", [("ska inte betala", True)]),
    ],
)
def test_what_a_list_must_not_do_stays_forbidden(lead, items, expected):
    document = Document("d", "Prövningsverket", f"{lead}\n\n{items}")
    found = tasks.of_document(document, passages.split(document))
    assert [(row.said, row.negated) for row in found] == expected


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("## Myter om stöd\n\nVerket betalar hela hyran.", ["Myter om stöd:"]),
        ("## Det här gör vi inte\n\nVerket betalar skulder.", ["Det här gör vi inte:"]),
        ("## Det här gör vi inte\n\n- Verket betalar skulder.", ["Det här gör vi inte:"]),
        ("Det här är inte sant:\n\n- Verket betalar skulder.", ["Det här är inte sant:"]),
        ("## Äldre regler\n\n### Bidrag\n\nVerket betalar skulder.", ["Äldre regler › Bidrag:"]),
        ("## Myter\n\nVerket ska:\n\n- betala skulder", ["Myter:"]),
        ("## Myter\n\nVerket ska ge råd om:\n\n- skulder", ["Myter:"]),
        # what denies is told, unless the row denies the same, of a title too
        ("## Verket hjälper inte\n\nVerket hjälper den som inte kan.", ["Verket hjälper inte:"]),
        ("## Verket hjälper inte\n\nVerket hjälper inte barn.", [""]),
        ("Följande rader är fel.\n\nVerket betalar skulder.", ["Följande rader är fel."]),
        ("## Betalar verket hyran?\n\nVerket betalar skulder.", ["Betalar verket hyran?"]),
        ("## Prövningsverket\n\nVerket betalar skulder.", [""]),
        ("## Skulder\n\n- Verket betalar skulder.", [""]),
        ("# Prövningsverket\n\nVerket ska:\n\n- betala skulder", [""]),
    ],
)
def test_a_row_carries_what_it_stands_under(text, sections):
    document = Document("d", "Prövningsverket", text)
    found = tasks.of_document(document, passages.split(document))
    assert [row.section for row in found] == sections
    read = csv.DictReader(io.StringIO(spreadsheet.as_csv(found)))
    assert [row["section"] for row in read] == sections
    assert [row.to_dict()["section"] for row in found] == sections


def test_a_row_carries_a_title_that_denies():
    below = "## Prövningsverket\n\nVerket betalar skulder."
    for text in (f"# Det här görs inte\n\n{below}", below):
        document = Document("d", "Det här görs inte", text)
        found = tasks.of_document(document, passages.split(document))
        assert [row.section for row in found] == ["Det här görs inte:"]


def test_an_item_may_begin_with_where_or_how():
    text = "Verket ska\n\n- på nationell nivå samordna tillsynen,\n- i syfte att minska brott ge råd, och\n- för barn."
    assert of(text) == [
        ("Prövningsverket", "ska på nationell nivå samordna", "tillsynen"),
        ("Prövningsverket", "ska i syfte att minska brott ge", "råd"),
    ]


def test_a_pronoun_means_the_actor_that_the_sentence_before_begins_with():
    text = "# Stöd\n\n## Kvinnojouren\n\nKvinnojouren är öppen. De erbjuder samtal.\n\nDe lämnar råd."
    assert of(text, "Stöd") == [("Kvinnojouren", "är", "öppen"), ("Kvinnojouren", "erbjuder", "samtal")]


def test_several_actors_of_one_verb_have_a_row_each(rows):
    together = [row.actor for row in rows if row.verb == "samarbeta"]
    assert together == [POLISEN, ÅKLAGARNA]


def test_rows_are_chosen_by_actor_and_by_the_beginning_of_words(rows):
    assert {row.actor for row in tasks.chosen(rows, actor="noa")} == {NOA}
    assert {row.actor for row in tasks.chosen(rows, actor="NATIONELLA avdelning")} == {NOA}
    assert {row.actor for row in tasks.chosen(rows, actor="nationella avdelningen")} == {NOA}
    assert [row.verb for row in tasks.chosen(rows, word="förund", actor="Polismyndigheten")] == [
        "inleda",
        "samarbeta",
    ]
    assert tasks.chosen(rows) == rows
    assert tasks.chosen(rows, word="upptäcka") == [row for row in rows if row.verb == "upptäcka"]
    assert tasks.chosen(rows, actor="Tullverket") == []


def test_the_csv_has_a_row_each_and_no_formula(rows):
    read = list(csv.DictReader(io.StringIO(spreadsheet.as_csv(rows))))
    assert [(row["actor"], row["verb"], row["said"], row["task"]) for row in read] == BY_HAND
    assert [int(row["end"]) - int(row["start"]) for row in read] == [len(row["quote"]) for row in read]
    hostile = Document("=1+1", "Prövningsverket", "Prövningsverket visar -2+3|cmd.")
    found = tasks.of_document(hostile, passages.split(hostile))
    [read] = csv.DictReader(io.StringIO(spreadsheet.as_csv(found)))
    assert (read["document_id"], read["task"]) == ("'=1+1", "'-2+3|cmd")


def test_the_json_is_the_rows(rows):
    read = json.loads(spreadsheet.as_json(rows))
    assert read == json.loads(json.dumps([row.to_dict() for row in rows]))
    assert list(read[0]) == [
        *("actor", "verb", "said", "task", "condition", "negated", "section", "phrase", "citation", "lead")
    ]


WORDS = [
    *"Verket verket ska och , . att som leder leda Prövningsverket inte har ansvar för".split(),
    *"om : är av ; ( ) - 1. § ges".split(),
    "\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=24))
def test_whatever_is_said_stands_in_the_text(words):
    document = Document("d", "Prövningsverket", " ".join(words))
    for row in tasks.of_document(document, passages.split(document)):
        assert row.task in document.text
        assert document.text[row.citation.start : row.citation.end] == row.citation.quote


@pytest.mark.skipif("NMT_RAG_SHARED" not in os.environ, reason="needs NMT_RAG_SHARED")
def test_nearly_all_agency_instructions_tell_who_does_what():
    path = Path(os.environ["NMT_RAG_SHARED"], "data", "corpus", "agency_instructions.jsonl.xz")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        rows = [Document(row["sfs"], row["title"], row["text"]) for row in map(json.loads, file)]
    texts = rows[:: int(os.environ.get("NMT_RAG_EVERY", "5"))]  # 1: all of them
    counts: Counter[str] = Counter()
    for document in texts:
        split = passages.split(document)
        found = tasks.of_document(document, split)
        counts[document.id] = len(found)
        for row in found:
            assert document.text[row.citation.start : row.citation.end] == row.citation.quote
            assert row.task in (row.citation.quote if row.lead is None else document.text)
    assert len(rows) == 209
    assert sum(count > 0 for count in counts.values()) >= 0.975 * len(texts)
    assert sum(counts.values()) >= 21.54 * len(texts)
