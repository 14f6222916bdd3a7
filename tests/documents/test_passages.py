"""Document → passages: every passage at its place, under its headings, with its neighbours."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.documents import leading, loading, passages
from nmt_rag.index.packaged import packaged_corpus
from nmt_rag.types import Document, Passage
from tests.durations import assert_in_proportion

NBSP = "\xa0"


def split(text, title="Sidan", **fields):
    return passages.split(Document("d", title, text, **fields))


def texts(text, title="Sidan"):
    return [passage.text for passage in split(text, title)]


NOA = "Polisens Nationella Operativa Avdelning (NOA)"
SHARED = "Mikamottagningen, Evonhuset och KAST"
# How each passage begins, the heading it stands under and who acts in it, as a reader sees the page.
GOLDEN = [
    ("Det operativa nätverket Nationellt metodstödsteam", "Deltagande myndigheter", ""),
    (f"Jämställdhetsmyndigheten har{NBSP}utsetts", "Jämställdhetsmyndigheten", "Jämställdhetsmyndigheten"),
    ("Jämställdhetsmyndigheten fungerar", "Jämställdhetsmyndigheten", "Jämställdhetsmyndigheten"),
    ("Jämställdhetsmyndigheten ansvarar", "Jämställdhetsmyndigheten", "Jämställdhetsmyndigheten"),
    ("När ett potentiellt offer", "Polismyndigheten", "Polismyndigheten"),
    ("Polisen upprättar", "Polismyndigheten", "Polismyndigheten"),
    ("Om offret behöver", "Polismyndigheten", "Polismyndigheten, Socialtjänsten"),
    ("Polisen bör också", "Polismyndigheten", "Polismyndigheten"),
    ("Polis och åklagare", "Polismyndigheten", "Polismyndigheten, Åklagarmyndigheten"),
    ("Inom polisen", "Polismyndigheten", "Polismyndigheten, Nationella rapportören mot människohandel"),
    ("NOA bedriver inte", NOA, NOA),
    (f"NOA{NBSP}leder", NOA, NOA),
    ("Vidare ansvarar NOA", NOA, NOA),
    ("Åklagarmyndighetens kontor", "Åklagarmyndigheten (Riks…", "Åklagarmyndigheten"),
    ("Åklagarna och polistjänstemännen", "Åklagarmyndigheten (Riks…", "Åklagarmyndigheten, Polismyndigheten"),
    ("Åklagaren leder", "Åklagarmyndigheten (Riks…", "Åklagarmyndigheten"),
    ("Åklagaren kan initialt", "Åklagarmyndigheten (Riks…", "Åklagarmyndigheten"),
    ("Åklagaren kan begära", "Åklagarmyndigheten (Riks…", "Åklagarmyndigheten"),
    ("Handläggare på Migrationsverket", "Migrationsverket", "Migrationsverket"),
    ("Ansvaret för att bevilja", "Socialtjänsten", "Socialtjänsten"),
    ("Enligt socialtjänstlagen", "Socialtjänsten", "Socialtjänsten"),
    ("Socialtjänsten har befogenhet", "Socialtjänsten", "Socialtjänsten"),
    ("Socialtjänsten arbetar även", "Socialtjänsten", "Socialtjänsten, Ungdomsjouren"),
    ("Detta i syfte", "Socialtjänsten", "Socialtjänsten, Ungdomsjouren"),
    ("Ungdomsjouren ska medverka", "Socialtjänsten", "Ungdomsjouren"),
    ("Mikamottagningen är öppen", SHARED, "Mikamottagningen"),
    ("Mottagningarna är även öppen", SHARED, "Mikamottagningen"),
    ("Läs mer om Mikamottagningen", SHARED, "Mikamottagningen"),
    ("KAST (Köpare av sexuella tjänster)", SHARED, "KAST"),
    ("De erbjuder både råd", SHARED, "KAST"),
    ("Kontakten med mottagningarna", SHARED, "KAST"),
    ("Läs mer om KAST", SHARED, "KAST"),
    ("Evonhuset (tidigare KST", SHARED, "Evonhuset"),
    ("De erbjuder samtal", SHARED, "Evonhuset"),
    ("Läs mer om Evonhuset", SHARED, "Evonhuset"),
]


def test_the_passages_of_the_packaged_page_are_those_a_reader_sees():
    document = next(loading.load_file(packaged_corpus() / "deltagande-myndigheter.md"))
    found = passages.split(document)
    assert len(found) == len(GOLDEN)
    for passage, (beginning, heading, acting) in zip(found, GOLDEN, strict=True):
        assert passage.text.startswith(beginning)
        assert passage.heading[0] == "Deltagande myndigheter"
        assert passage.heading[-1].startswith(heading.rstrip("…"))
        assert ", ".join(passage.actors) == acting
    assert [level for _, level, _ in passages.headings(document)] == [1, *[2] * 7]


# A page of random pieces, put together with the offsets that its passages must have.
WORDS = st.lists(
    st.sampled_from(["Polisen", "hjälper", "åker", "på", "ön", "😀", f"3{NBSP}§", "bl.a.", "«ja»", "café", "råd"]),
    min_size=1,
    max_size=5,
).map(lambda words: " ".join(("Så", *words, "sker.")))
BLOCKS = st.one_of(
    st.tuples(st.just("heading"), st.integers(1, 4), st.sampled_from(["Polisen", "Öppettider", "Råd & stöd 😀"])),
    st.tuples(st.just("paragraph"), st.sampled_from([" ", f"{NBSP}", "\n"]), st.lists(WORDS, min_size=1, max_size=4)),
    st.tuples(st.just("list"), st.sampled_from(["- ", "• ", "1. ", "a) "]), st.lists(WORDS, min_size=1, max_size=3)),
)


@given(st.lists(BLOCKS, max_size=10))
def test_every_passage_of_a_random_page_is_found_at_its_place(blocks):
    text, expected, path = "# Sidan\n\n", [], [(1, "Sidan")]
    for kind, how, what in blocks:
        if kind == "heading":
            path = [*((level, title) for level, title in path if level < how), (how, what)]
            text += f"{'#' * how} {what}\n\n"
            continue
        for item in what:
            text += how if kind == "list" else ""
            expected.append((len(text), item, tuple(title for _, title in path)))
            text += f"{item}\n" if kind == "list" else f"{item}{how}"
        text += "\n\n"
    assert unicodedata.is_normalized("NFC", text)
    found = split(text)
    assert [(passage.start, passage.text, passage.heading) for passage in found] == expected
    assert all(text[passage.start : passage.end] == passage.text for passage in found)
    assert [passage.ordinal for passage in found] == list(range(len(found)))


NOISE = st.lists(
    st.sampled_from([*"# \n.-1)åÖ😀§", NBSP, "##", "\n\n", "Polisen ", "- ", "x" * 150, "Lag (2020:1).", "a " * 1500]),
    max_size=30,
).map("".join)


@given(NOISE | st.text(max_size=80))
def test_passages_are_exact_in_any_text_and_lose_no_word(text):
    found = split(text)
    end = 0
    lost = []
    for passage in found:
        assert end <= passage.start < passage.end
        assert passage.text == text[passage.start : passage.end] == passage.text.strip()
        assert len(passage.text) <= passages.MAX_PASSAGE_LENGTH
        assert passage.context.endswith(f"\n{passage.reading}")
        lost.append(text[end : passage.start])
        end = passage.end
    lost.append(text[end:])
    # The words of what is no passage are those of headings, list marks and notes on statutes.
    headings = "".join(title for _, _, title in passages.headings(Document("d", "Sidan", text)))
    marks = r"Lag \(2020:1\)\.|(?:\(?\d{1,3}[.)]|\(?[a-zåäö]\))\s"
    assert len(re.sub(rf"{marks}|[\W_¹²³⁰⁴-⁹]", "", "".join(lost), flags=re.IGNORECASE)) <= len(headings)


@given(NOISE)
def test_splitting_twice_gives_the_same(text):
    assert split(text) == split(text)


def test_headings_make_a_path():
    found = split("# A-sidan\nEtt.\n\n## Bråk\nTvå.\n\n### Cykel ##\nTre.\n\n## Dans\nFyra.\n\n# Ek\nFem.")
    assert [(passage.text, passage.heading) for passage in found] == [
        ("Ett.", ("A-sidan",)),
        ("Två.", ("A-sidan", "Bråk")),
        ("Tre.", ("A-sidan", "Bråk", "Cykel")),
        ("Fyra.", ("A-sidan", "Dans")),
        ("Fem.", ("Ek",)),
    ]


def test_headings_are_given_with_offset_and_level():
    text = "# Å 😀\n\nText.\n\n### C# och F#\n\nMer.\n\n## Vad gör vi? Vi hjälper\n\nSist."
    document = Document("d", "Sidan", text)
    assert passages.headings(document) == [(0, 1, "Å 😀"), (14, 3, "C# och F#"), (35, 2, "Vad gör vi? Vi hjälper")]


def test_headings_without_marks_are_found_by_their_layout():
    text = (
        "Deltagande myndigheter\n\nFöljande aktörer deltar:\n\nPolismyndigheten\n\nPolisen utreder brott. Den möter "
        "offer.\n\nSocialtjänsten\nSocialtjänsten beslutar om stöd.\n\nRåd\nStöd\nHjälp\n\nSlutet är nära"
    )
    document = Document("d", "Deltagande myndigheter", text)
    assert [(level, title) for _, level, title in passages.headings(document)] == [
        (1, "Deltagande myndigheter"),
        (2, "Polismyndigheten"),
        (2, "Socialtjänsten"),
    ]
    found = passages.split(document)
    assert found[1].heading == ("Deltagande myndigheter", "Polismyndigheten")
    assert [passage.text for passage in found][-4:] == ["Råd", "Stöd", "Hjälp", "Slutet är nära"]


@pytest.mark.parametrize(
    ("text", "titles", "cited"),
    [
        # the title of a page stands above its first heading, and headings are indented as in the page's source
        ("Låna lokal\nAvgifter\nLokalen är gratis.", ["Låna lokal", "Avgifter"], ["Lokalen är gratis."]),
        ("\n\n            Snickare\nSnickare bygger hus.\n     ", ["Snickare"], ["Snickare bygger hus."]),
        (
            "Vi hjälper dig.\n\nÖvrigt\n\n2031:7\n\n1. Nytt är lånet.",
            ["Övrigt", "2031:7"],
            ["Vi hjälper dig.", "Nytt är lånet."],
        ),
        # a statute's heading may end with an abbreviation, a sentence may not
        ("Lokaler m.m.\n\n1 § Nämnden har lokaler.", ["Lokaler m.m."], ["1 § Nämnden har lokaler."]),
        ("Ta med penna m.m.\n\nVälkommen.", [], ["Ta med penna m.m.", "Välkommen."]),
        # what the items below go on with is no heading
        (
            "Uppgifter\n\n3 § Nämnden ska särskilt\n\n1. främja odling, och\n\n2. låna ut redskap.",
            ["Uppgifter"],
            ["3 § Nämnden ska särskilt", "främja odling, och", "låna ut redskap."],
        ),
        ("Priser\n- barn 10 kr\n- vuxna 20 kr", ["Priser"], ["barn 10 kr", "vuxna 20 kr"]),
        (
            "Den som odlar ska ta med\n\nA-kort och kvitto från kassan\nden senaste räkningen\nbevis på lånet.",
            [],
            ["Den som odlar ska ta med", "A-kort och kvitto från kassan", "den senaste räkningen", "bevis på lånet."],
        ),
        # a heading may end with a function word, a line that leads in a list does so too
        ("Boka lokal\nSå bokar du\nRing vaktmästaren.", ["Boka lokal", "Så bokar du"], ["Ring vaktmästaren."]),
        (
            "Boka lokal\nDå ska du\n\nringa i tid\nha betalat.",
            ["Boka lokal"],
            ["Då ska du", "ringa i tid", "ha betalat."],
        ),
        # what minutes say above their text is told by lines, not by headings; a section's number begins one
        (
            "Plats: Hamnkontoret\nNärvarande: Ek och Alm\n\n§ 1 Ekonomi\nKassan räcker.\n\n§ 2 Övrigt\nVi ses i maj.",
            ["§ 1 Ekonomi", "§ 2 Övrigt"],
            ["Plats: Hamnkontoret", "Närvarande: Ek och Alm", "Kassan räcker.", "Vi ses i maj."],
        ),
        (
            "Stöd\n\nStödet är gratis.\n\nGamla nummer\n\nJouren: 0123-444 44\nBoendet: 0123-444 55",
            ["Stöd", "Gamla nummer"],
            ["Stödet är gratis.", "Jouren: 0123-444 44", "Boendet: 0123-444 55"],
        ),
        # a heading that denies ends with the word that does
        (
            "Det gör vi\n\nVi lyssnar.\n\nDet gör vi inte\n\nVi lånar ut pengar.\nVi ger råd.\n\nDET GÖR VI ALDRIG\n\n"
            "Vi slår.",
            ["Det gör vi", "Det gör vi inte", "DET GÖR VI ALDRIG"],
            ["Vi lyssnar.", "Vi lånar ut pengar.", "Vi ger råd.", "Vi slår."],
        ),
        ("Det gör vi inte\n\n- låna ut pengar\n- bada", [], ["Det gör vi inte", "låna ut pengar", "bada"]),
        ("Bilaga 1: Avgifter\n\nBåten kostar mest.", ["Bilaga 1: Avgifter"], ["Båten kostar mest."]),
        ("Det gör vi. Så här gör du.\nRing oss.", [], ["Det gör vi.", "Så här gör du.", "Ring oss."]),
    ],
)
def test_headings_and_lead_lines_without_marks(text, titles, cited):
    last = f"Det sista är en rad {'som ingen bröt, eftersom den är så lång, ' * 4}och slut."
    document = Document("d", "Sidan", f"{text}\n\n{last}")
    assert [title for _, _, title in passages.headings(document)] == titles
    assert [passage.text for passage in passages.split(document)] == [*cited, last]


@pytest.mark.parametrize(
    ("text", "titles", "cited"),
    [
        ("Jouren hjälper.\n\nTelefon 020-390 000\n\n---\n", [], ["Jouren hjälper.", "Telefon 020-390 000"]),
        ("Jouren hjälper.\n\nTelefon 020-390 000\n\n<!-- slut -->\n", [], ["Jouren hjälper.", "Telefon 020-390 000"]),
        ("Jouren hjälper.\n\nTelefon 020-390 000\n\n–\n", [], ["Jouren hjälper.", "Telefon 020-390 000"]),
        ("Hälsningar från Anna\n\n--", [], ["Hälsningar från Anna"]),
        (
            "Jouren hjälper.\n\nBesöksadress: Torget 1\n\nÖppet\n\nVi tar emot alla.",
            ["Öppet"],
            ["Jouren hjälper.", "Besöksadress: Torget 1", "Vi tar emot alla."],
        ),
        ("Ring 112 vid fara\n\nÖppet\n\nVi tar emot alla.", ["Öppet"], ["Ring 112 vid fara", "Vi tar emot alla."]),
    ],
)
def test_a_line_that_heads_nothing_is_cited(text, titles, cited):
    document = Document("d", "Sidan", text)
    assert [title for _, _, title in passages.headings(document)] == titles
    assert [passage.text for passage in passages.split(document)] == cited


def test_marks_in_the_middle_of_a_line_are_left_out_and_dashes_of_speech_stay():
    assert texts("Rådet ska: * ta fram en plan, * svara. Ek sa: – Vi hinner. – Alla får plats.") == [
        "Rådet ska:",
        "ta fram en plan,",
        "svara.",
        "Ek sa:",
        "– Vi hinner.",
        "– Alla får plats.",
    ]


def test_a_line_that_is_too_long_for_a_heading_stays_citable():
    long = "mycket text " * 40
    assert texts(f"# Rubrik\n\n## Det är {long}slut.") == [f"Det är {long}slut."]


def test_hashes_without_a_title_are_no_heading():
    assert texts("#hashtag är ett ord.\n\nText.") == ["#hashtag är ett ord.", "Text."]
    assert passages.headings(Document("d", "Sidan", "##\n\nText.")) == []


def test_list_marks_are_left_out_and_items_are_passages():
    text = "# S\n\nVi erbjuder\n- råd,\n- stöd och\n• hjälp.\n\n1. Ring.\n2. Vänta."
    assert texts(text) == ["Vi erbjuder", "råd,", "stöd och", "hjälp.", "Ring.", "Vänta."]


def test_a_list_item_is_encoded_with_its_introduction():
    found = split("# Stöd\n\nFöljande ska rapporteras till tullen:\n- inkomst,\n- utgift.\n\nSlut.")
    assert [passage.context for passage in found] == [
        "Stöd\nFöljande ska rapporteras till tullen:",
        "Stöd\nFöljande ska rapporteras till tullen:\ninkomst,",
        "Stöd\nFöljande ska rapporteras till tullen:\nutgift.",
        "Stöd\nSlut.",
    ]


def test_a_sentence_that_leans_on_another_is_encoded_with_it():
    found = split("# Sidan\n\n## Barnahus\nBarnahus tar emot. De har öppet. Ring först.\n\n## Vägen\nDet är nära.")
    assert [passage.context for passage in found] == [
        "Barnahus\nBarnahus tar emot.",
        "Barnahus\nBarnahus tar emot.\nDe har öppet.",
        "Barnahus\nRing först.",
        "Vägen\nDet är nära.",  # the sentence before belongs to another heading
    ]


def test_an_actor_that_the_heading_does_not_name_is_encoded_with_the_passage():
    found = split("# Sidan\n\n## Kontakt\nKvinnojouren hjälper. De har öppet.")
    assert [passage.context for passage in found] == [
        "Kontakt\nKvinnojouren\nKvinnojouren hjälper.",
        "Kontakt\nKvinnojouren\nKvinnojouren hjälper.\nDe har öppet.",
    ]


def test_only_the_end_of_a_long_neighbour_is_encoded():
    long = "Barnahus " + "hjälper och " * 50 + "stöder."
    found = split(f"# Sidan\n\n{long} De har öppet.")
    assert found[1].context == f"Sidan\nBarnahus\n{long[-leading.CONTEXT_NEIGHBOURS :]}\nDe har öppet."


def test_a_paragraph_has_one_number():
    found = split("# Sidan\n\nEtt. Två.\n\nTre.\n\n## Nästa\n\nFyra.")
    numbers = {passage.text: passage.paragraph for passage in found}
    assert numbers["Ett."] == numbers["Två."] < numbers["Tre."] < numbers["Fyra."]


def test_a_passage_knows_its_page():
    text = "Första sidan. Mer.\nAndra sidan. Slut."
    found = split(text, pages=(0, text.index("Andra")))
    assert [(passage.text, passage.page) for passage in found] == [
        ("Första sidan.", 1),
        ("Mer.", 1),
        ("Andra sidan.", 2),
        ("Slut.", 2),
    ]
    assert {passage.page for passage in split(text)} == {None}


def test_notes_on_statutes_are_no_passages():
    assert texts("# S\n\n1 § Nämnden prövar ärenden. Förordning (2019:1279).\n\n2 § Lag (2020:1) gäller.") == [
        "1 § Nämnden prövar ärenden.",
        "2 § Lag (2020:1) gäller.",
    ]


def test_equal_sentences_keep_their_own_places():
    found = split("# Sidan\n\nDet är så. Det är så.\n\n- Det är så.\n- Det är så.")
    assert [passage.text for passage in found] == ["Det är så."] * 4
    assert [passage.start for passage in found] == [9, 20, 34, 47]


def test_a_text_without_punctuation_is_cut_at_spaces():
    text = "ord  " * 1000 + "slut"
    found = split(text)
    assert [len(passage.text) for passage in found] == [1998, 1998, 1004]
    assert " ".join(passage.text for passage in found).split() == text.split()
    assert [len(passage.text) for passage in split("x" * 4500)] == [2000, 2000, 500]


def test_a_passage_is_a_passage_of_its_document():
    (passage,) = split("Så är det.", title="Om oss")
    assert passage == Passage("d", 0, 0, 10, "Så är det.", paragraph=1, context="Om oss\nSå är det.")


@pytest.mark.parametrize(
    ("head", "piece", "n", "tail"),
    [
        ("", "x", 200_000, ""),
        ("", "ord ", 50_000, ""),
        ("# ", "a ", 100_000, ""),
        ("# a", " ", 200_000, "b\n\nText."),
        ("# a\n\n", "Det är så. ", 4_000, ""),
        ("", "Kort rad\n", 8_000, ""),
        ("", "- råd\n", 8_000, ""),
        ("", "#\n", 8_000, ""),
        ("Hej.\n\n", "~", 100_000, "`\n"),
        ("Hej.\n\n```", " ", 100_000, "`\n"),
        ("Hej.\n\n---", " ", 50_000, "x|\n"),
        ("", "Ring oss nu. ", 8_000, "Hem | Kontakt"),
        ("", "[" * 300 + "a](" + "x" * 1_690 + "\n\n", 20, ""),
        # where names are looked for
        ("# ", "A", 200_000, ""),
        ("# a", " ", 200_000, "b"),
        ("", "A", 200_000, ""),
        ("", "Aa ", 66_000, ""),
        ("", "Polisen (", 22_000, ""),
        ("", "Om (a) ", 28_000, ""),
        ("", "Abverket hjälper. De kommer. ", 2_000, ""),
        ("", "Ort{}verket hjälper till. ", 800, ""),
    ],
    ids=lambda part: f"{part!r}",
)
def test_a_large_text_takes_no_longer_than_its_length_tells(head, piece, n, tail):
    def work(text):
        assert all(text[passage.start : passage.end] == passage.text for passage in split(text))

    short, long = (head + "".join(piece.format(i) for i in range(size)) + tail for size in (n // 4, n))
    assert_in_proportion(work, short, long)


@pytest.mark.parametrize(
    ("title", "head", "line"),
    [
        ("Sidan", "ord " * 5_000 + "vad?\n\n", "Ja det är bra.\n\n"),
        ("Sidan", "Namn | " + "ord " * 5_000 + "\n--- | ---\n", "Bad | öppet\n"),
        ("ord " * 5_000, "", "Ja det är bra.\n\n"),
    ],
    ids=["question", "header words", "title"],
)
def test_what_heads_many_lines_is_not_written_again_with_each_of_them_where_it_is_long(title, head, line):
    found = split(head + line * 1_000, title)
    assert len(found) >= 1_000
    assert found[-1].text == line.strip()
    assert max(len(passage.context) for passage in found[-1_000:]) < 1_000
    assert max(sum(map(len, passage.heading)) for passage in found) < 1_000


def test_a_question_of_usual_length_still_heads_its_answer():
    (answer,) = split("Vem hjälper " + "den som har flyttat hit " * 10 + "och vill veta mer?\n\nKommunen hjälper till.")
    assert answer.text == "Kommunen hjälper till."
    assert answer.heading[0].startswith("Vem hjälper den")
