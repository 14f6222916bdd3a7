"""Who acts in a passage: on the packaged page, on made-up pages of other services, and on whole authorities."""

import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt_rag.documents import actors, loading, passages
from nmt_rag.documents.actors import finding
from nmt_rag.documents.actors import names as actor_names
from nmt_rag.index.packaged import packaged_corpus
from nmt_rag.types import Document

NOA = "Polisens Nationella Operativa Avdelning (NOA)"
ROLE = "Nationella rapportören mot människohandel"


def document(text, title="Vem gör vad?", **metadata):
    return Document("made-up", title, text, metadata=metadata)


def who(text, title="Vem gör vad?", **metadata):
    """Return the actors of each passage of a text, in order."""
    return [passage.actors for passage in passages.split(document(text, title, **metadata))]


def known(doc):
    """Return the actors of a document and their aliases."""
    headings = [title for _, _, title in passages.headings(doc)]
    found = actors.find(doc, headings, [passage.text for passage in passages.split(doc)])
    return {actor.name: set(actor.aliases) for actor in found}


@pytest.fixture(scope="module")
def page():
    return next(loading.load_file(packaged_corpus() / "deltagande-myndigheter.md"))


def test_the_page_names_its_actors_and_their_aliases(page):
    found = known(page)
    assert list(found)[:9] == [
        "Jämställdhetsmyndigheten",
        "Polismyndigheten",
        NOA,
        "Åklagarmyndigheten",
        "Migrationsverket",
        "Socialtjänsten",
        "Mikamottagningen",
        "Evonhuset",
        "KAST",
    ]
    assert set(found) - set(list(found)[:9]) == {ROLE, "Ungdomsjouren"}
    assert "NOA" in found[NOA]
    assert found["KAST"] == {"Köpare av sexuella tjänster"}
    assert {"KST", "Kompetenscentrum sexuella tjänster"} <= found["Evonhuset"]
    assert "åklagare" in found["Åklagarmyndigheten"]
    assert "polis" in found["Polismyndigheten"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vad gör noa?", [NOA]),
        ("vem är kast till för", ["KAST"]),
        ("Hjälper Köpare av sexuella tjänster anhöriga?", ["KAST"]),
        ("Vad är KST?", ["Evonhuset"]),
        ("Vad gör polisen och åklagaren?", ["Polismyndigheten", "Åklagarmyndigheten"]),
        ("Vad gör Polismyndighetens utredare?", ["Polismyndigheten"]),
        ("Är Socialtjänst samma sak?", ["Socialtjänsten"]),
        ("Vem är den nationella rapportören mot människohandel?", [ROLE]),
        ("Vad gör Tullverket?", []),
        ("Vad är skillnaden mellan Mikamottagningen och KAST?", ["Mikamottagningen", "KAST"]),
    ],
)
def test_names_are_found_in_questions(page, question, expected):
    names = actors.Names(actors.Actor(name, tuple(others)) for name, others in known(page).items())
    assert [mention.actor for mention in names.mentions(question, any_case=True)] == expected


def test_a_mention_says_where_it_stands():
    names = actors.Names([actors.Actor("Rädda Barnen"), actors.Actor("Barnombudsmannen", ("BO",))])
    #        0123456789012345678901234567890123456
    text = "😀 BO och Rädda Barnens jurist, inte bo."
    assert names.mentions(text) == [actors.Mention(2, 4, "Barnombudsmannen"), actors.Mention(9, 22, "Rädda Barnen")]


def test_the_longest_name_wins():
    names = actors.Names([actors.Actor("Polisen"), actors.Actor("Polisens barnavdelning")])
    assert [mention.actor for mention in names.mentions("Polisens barnavdelning och polisen")] == [
        "Polisens barnavdelning",
        "Polisen",
    ]


# Made-up pages: each passage's actors, the main one first.
PAGES = {
    "school": (
        "# Stöd i skolan\n\n## Elevhälsan\nElevhälsan arbetar förebyggande. De erbjuder samtal varje vecka.\n\n"
        "## Skolkuratorn\nKuratorn lyssnar.\n\n## Rektor\nBeslutar om åtgärdsprogram.\n\n"
        "## Specialpedagogiska skolmyndigheten (SPSM)\nSPSM ger råd till förskolor.",
        [
            ("Elevhälsan",),
            ("Elevhälsan",),
            ("Skolkuratorn",),
            ("Rektor",),
            ("Specialpedagogiska skolmyndigheten (SPSM)",),
        ],
    ),
    "civil society": (
        "# Stöd\n\n## BRIS – Barnens rätt i samhället\nTelefonen är öppen dygnet runt.\n\n"
        "## Kvinnojouren Tranan\nJouren har skyddat boende. Kontakten kan ske anonymt.\n\n"
        "## Barnahus och Kvinnofridslinjen\nBarnahus samordnar förhör. De finns i Lund. "
        "Kvinnofridslinjen tar emot samtal. Den är gratis.",
        [
            ("BRIS",),
            ("Kvinnojouren Tranan",),
            ("Kvinnojouren Tranan",),
            ("Barnahus",),
            ("Barnahus",),
            ("Kvinnofridslinjen",),
            ("Kvinnofridslinjen",),
        ],
    ),
    "defined": (
        "# Föreningar\n\n## Talita\nTalita är en ideell organisation som möter kvinnor. De har ett boende.\n\n"
        "## Betänketid\nBetänketid är en period om 30 dagar.",
        [("Talita",), ("Talita",), ()],
    ),
    "capitals": (
        "# GDPR\n\nDen gäller alla.\n\n## FAQ\nUppgifter raderas på begäran.\n\n## PM\nAnsökan lämnas i maj.\n\n"
        "## SPSM\nSPSM (Specialpedagogiska skolmyndigheten) ger råd. De svarar i telefon.",
        [(), (), (), ("SPSM",), ("SPSM",)],
    ),
    "parted": (
        "# Stöd\n\nBidraget beslutas av Läns\u00adstyrelsen.\n\nAnsökan prövas av Migra-\ntionsverket i Lund.\n\n"
        "Frågor besvaras av Skatte\u200bverket.",
        [("Länsstyrelsen",), ("Migrationsverket",), ("Skatteverket",)],
    ),
    "two in one sentence": (
        "# Samverkan\n\n## Polisen\nPolisen utreder brott.\n\n## Åklagarmyndigheten\nÅklagaren väcker åtal. "
        "Polis och åklagare samarbetar. Polisen och åklagarna möts.",
        [
            ("Polisen",),
            ("Åklagarmyndigheten",),
            ("Åklagarmyndigheten", "Polisen"),
            ("Åklagarmyndigheten", "Polisen"),
        ],
    ),
    "within another's section": (
        "# Vem gör vad?\n\n## Socialtjänsten\nSocialtjänsten utreder. Fältteamet söker upp unga. "
        "Dessa möten är frivilliga. Ansökan prövas av kommunen.",
        [("Socialtjänsten",), ("Fältteamet",), ("Fältteamet",), ("Socialtjänsten",)],
    ),
    "spoken of": (
        "# Vem gör vad?\n\n## Barnahus\nBarnahus tar emot. Läs mer om Socialtjänsten i Lund. "
        "Förhör hålls av Åklagarmyndigheten i ett särskilt rum.",
        [("Barnahus",), ("Barnahus", "Socialtjänsten"), ("Åklagarmyndigheten",)],
    ),
    "no heading": (
        "Kvinnojouren i Lund hjälper. De har öppet. Socialtjänsten beslutar om bistånd.",
        [("Kvinnojouren",), ("Kvinnojouren",), ("Socialtjänsten",)],
    ),
    "nobody": (
        "# Om betänketid\n\nEn utlänning kan få tid. Erfarenheten visar detta. Riktlinjerna och regelverket gäller. "
        "Området är stort. Halmstad är en stad.",
        [(), (), (), (), ()],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_made_up_pages_work_by_the_same_rules(name):
    text, expected = PAGES[name]
    assert who(text) == expected


def test_a_document_without_text_or_actors_has_none():
    assert who("") == []
    assert who("   \n\n") == []
    assert known(document("")) == {}
    assert actors.document_actor(document("")) == ""


def test_aliases_from_front_matter():
    text = "# Stöd\n\n## Barnahus\nHuset är öppet. Gula villan ligger i Lund.\n\n## Lyktan\nLyktan lyser."
    mapping = {"Barnahus": ["Gula villan"], "Lyktan": "Fyren"}
    assert known(document(text, aliases=mapping)) == {"Barnahus": {"Gula villan"}, "Lyktan": {"Fyren"}}
    assert who(text, aliases=mapping) == [("Barnahus",), ("Barnahus",), ("Lyktan",)]
    # a list is about the one actor of the whole document
    whole = document("Huset är öppet.", actor="Barnahus", aliases=["Gula villan", "Villan"])
    assert known(whole) == {"Barnahus": {"Gula villan", "Villan"}}
    assert known(document(text, aliases=["Villan"])) == {"Barnahus": set()}  # whose would it be?


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Mikamottagningen, Evonhuset och KAST", ("Mikamottagningen", "Evonhuset", "KAST")),
        ("Tullverket & Kustbevakningen", ("Tullverket", "Kustbevakningen")),
        ("Havs- och vattenmyndigheten", ("Havs- och vattenmyndigheten",)),
        ("Barn- och elevombudet", ("Barn- och elevombudet",)),
        ("Inspektionen för vård och omsorg (IVO)", ("Inspektionen för vård och omsorg (IVO)",)),
        ("Åklagarmyndigheten (Riksenheten mot brott)", ("Åklagarmyndigheten",)),
        ("Statens museer för maritim- och försvarshistoria", ("Statens museer för maritim- och försvarshistoria",)),
        ("BUP – Barn- och ungdomspsykiatrin", ("BUP",)),
        ("Polisen", ("Polisen",)),
        ("Öppettider", ()),
        ("Vad gör Polismyndigheten?", ()),
        ("Råd och stöd", ()),
        ("Erfarenheter", ()),
        ("A" * 1000, ()),
        ("", ()),
    ],
)
def test_names_in_a_heading(heading, names):
    assert actors.names_in_heading(heading) == names


@pytest.mark.parametrize(
    ("title", "actor"),
    [
        ("Förordning (2009:1173) med instruktion för Pensionsmyndigheten", "Pensionsmyndigheten"),
        ("Förordning med instruktion för Myndigheten för säkerhet (2025:1)", "Myndigheten för säkerhet"),
        (
            "Förordning (2007:1) med instruktion för Statens museer för maritim-, transport- och försvarshistoria",
            "Statens museer för maritim-, transport- och försvarshistoria",
        ),
        ("Lag (2007:1) med instruktion för Rådet för hälsa, arbete och vård", "Rådet för hälsa, arbete och vård"),
        ("Lag (2023:499) med instruktion för Riksdagens ombudsmän (JO)", "Riksdagens ombudsmän (JO)"),
        ("Förordning (2007:1) med instruktion för de regionala provnämnderna", "regionala provnämnderna"),
        ("Förordning (2007:1) med instruktion för Granskningsnämnden för", "Granskningsnämnden för dataspel"),
        ("Förordning (2007:1) med instruktion för", ""),
        ("Kvinnojouren", "Kvinnojouren"),
        ("Deltagande myndigheter", ""),
        ("Hur man gör en anmälan", ""),
    ],
)
def test_the_actor_of_a_document_is_the_authority_of_its_title(title, actor):
    assert actors.document_actor(document("1 § Granskningsnämnden för dataspel prövar ärenden.", title)) == actor


def test_a_stated_actor_stands_above_the_title():
    assert actors.document_actor(document("", "Kvinnojouren", actor=" Unizon ")) == "Unizon"


@pytest.mark.parametrize(
    ("name", "written", "is_it"),
    [
        ("Statens energimyndighet", "Energimyndigheten ska", True),
        ("Statens skolverk", "Skolverkets statistik", True),
        ("Totalförsvarets plikt- och prövningsverk", "Plikt- och prövningsverket får", True),
        ("Skolväsendets överklagandenämnd", "Överklagandenämnden prövar", True),
        ("Styrelsen för internationellt utvecklingssamarbete (Sida)", "Sidas bistånd", True),
        ("Styrelsen för internationellt utvecklingssamarbete (Sida)", "på nästa sida", False),
        ("Tullverket", "Polisen och tullen", True),
        ("Tullverket", "befrielse från tull", False),
        ("Åklagarmyndigheten", "åklagarnas beslut", True),
        ("Arbetsgivarverket", "en arbetsgivare", False),
    ],
)
def test_what_else_an_authority_is_called(name, written, is_it):
    found = known(document("Text.", f"Förordning (2007:1) med instruktion för {name}"))
    names = actors.Names(actors.Actor(actor, tuple(others)) for actor, others in found.items())
    assert [mention.actor for mention in names.mentions(written)] == [name] * is_it


INSTRUCTION = (
    "Uppgifter\n\n1 § Myndigheten ansvarar för vatten. Den ska samverka med\n\nKustbevakningen,\n\n"
    "Tullverket i fråga om gränser, och\n\nge Polismyndigheten tillfälle att yttra sig.\n\n"
    "2 § Inom myndigheten finns Vattenrådet.\n\n3 § Vattenrådet ska ge råd. Det består av fem ledamöter.\n\n"
    "4 § Rapporten lämnas till Regeringskansliet."
)


def test_an_instruction_is_its_authoritys_but_for_sentences_that_begin_with_another():
    title = "Förordning (2007:1) med instruktion för Vattenmyndigheten"
    main = [found[0] for found in who(INSTRUCTION, title)]
    assert main == [*["Vattenmyndigheten"] * 6, "Vattenrådet", "Vattenrådet", "Vattenmyndigheten"]


NAMES = st.sampled_from(
    [
        "Polisen",
        "Barnahus",
        "BRIS – Barnens rätt i samhället",
        "Kvinnojouren",
        "Kust- och tullverket",
        "Elevhälsan (EH)",
    ]
)
SENTENCES = st.sampled_from(
    ["De hjälper.", "Polis och jour möts.", "Läs mer om BRIS.", "Det är så.", "råd,", "Han kom."]
)


@given(st.lists(st.tuples(NAMES, st.lists(SENTENCES, min_size=1, max_size=4)), max_size=5))
def test_every_actor_of_a_passage_is_an_actor_of_the_document(sections):
    doc = document("\n\n".join(f"## {name}\n\n{' '.join(found)}" for name, found in sections))
    names = known(doc)
    for passage in passages.split(doc):
        assert set(passage.actors) <= set(names)
        assert len(set(passage.actors)) == len(passage.actors)
        assert passage.actor  # each section has a name above it


@pytest.mark.skipif("NMT_RAG_SHARED" not in os.environ, reason="needs NMT_RAG_SHARED")
def test_the_authority_of_nearly_all_agency_instructions_is_known():
    folder = Path(os.environ["NMT_RAG_SHARED"], "data", "corpus")
    with lzma.open(folder / "agency_instructions.jsonl.xz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    with lzma.open(folder / "agencies.jsonl.xz", "rt", encoding="utf-8") as file:
        official = {sfs: row["name"] for row in map(json.loads, file) for sfs in row["instruction"] or ()}
    found = {row["sfs"]: actors.document_actor(Document(row["sfs"], row["title"], row["text"])) for row in rows}
    assert len(rows) == 209
    assert sum(bool(name) for name in found.values()) >= 207
    pairs = [(found[sfs].lower(), name.lower()) for sfs, name in official.items() if sfs in found]
    assert len(pairs) > 150
    assert sum(mine == theirs for mine, theirs in pairs) >= 0.95 * len(pairs), [p for p in pairs if p[0] != p[1]]


def test_a_name_of_one_word_that_does_something_is_an_actor():
    text = (
        "# Stöd\n\nBarn- och ungdomspsykiatrin (BUP) och Socialtjänstlagen (SoL) nämns här.\n\n"
        "## Fältgruppen\n\nFältgruppen söker upp ungdomar.\n\n## Målgruppen\n\nMålgruppen är ungdomar.\n\n"
        "BUP ger krisstöd.\n"
    )
    found = {actor.name: actor.aliases for actor in actors.of_passages(document(text), passages.split(document(text)))}
    assert found["Barn- och ungdomspsykiatrin"] == ("BUP",)
    assert "Fältgruppen" in found
    assert not {"Målgruppen", "Socialtjänstlagen", "SoL"} & set(found)


def test_names_of_several_words_in_a_sentence():
    text = (
        "# Beslut\n\nBygg- och miljönämnden beslutar om bygglov. Tekniska nämnden fastställer taxan.\n\n"
        "Barn- och ungdomar deltar. Bygg- och miljönämndens beslut gäller.\n"
    )
    split = passages.split(document(text))
    found = [actor.name for actor in actors.of_passages(document(text), split)]
    assert found == ["Bygg- och miljönämnden", "Tekniska nämnden"]
    assert [passage.actor for passage in split[:2]] == ["Bygg- och miljönämnden", "Tekniska nämnden"]


def test_an_actor_that_is_explained_again_and_again_takes_time_in_proportion(monkeypatch):
    asked = []
    stems_of = finding.stems_of
    monkeypatch.setattr(finding, "stems_of", lambda name: asked.append(name) or stems_of(name))

    def counted(n):
        asked.clear()
        found = finding.find(Document(id="d", title="t", text="x"), [], ["Skolverket (SV) ska leda arbetet."] * n)
        assert [(one.name, one.aliases) for one in found] == [("Skolverket", ("SV",))]
        return len(asked)

    assert counted(400) < 3 * counted(200)


ROWS = """# Tider och beslut

## Tider

| Verksamhet | Öppet |
|---|---|
| Familjerådgivningen | mån 9–16 |
| Simhallen |  |
| återvinning | tis 13–18 |

Den har stängt på helger.

## Nämnder

Socialnämnden svarar på frågor.

| Ärende | Beslutar |
|---|---|
| Bygglov | Byggnämnden |
| de som söker färdtjänst | 2 veckor |

De får svar inom två dagar.
"""


def test_nobody_is_carried_on_from_row_to_row_or_out_of_a_table():
    assert who(ROWS) == [
        *[("Familjerådgivningen",), (), (), ()],
        *[("Socialnämnden",), ("Byggnämnden",), (), ("Socialnämnden",)],
    ]


def test_a_row_belongs_to_whom_its_section_is_about():
    text = "# Vem gör vad?\n\n## Byggnämnden\n\nBygglov | 10 veckor\nSkyltar | 2 veckor\n"
    assert who(text) == [("Byggnämnden",), ("Byggnämnden",)]


@pytest.mark.parametrize(
    ("title", "is_name"),
    [
        ("Kultur- och fritidsnämnden", True),
        ("Lokala barnrådet", True),
        ("Statens energimyndighet", True),
        ("Protokoll kultur- och fritidsnämnden", False),
        ("Reglemente för socialnämnden", False),
    ],
)
def test_a_title_that_ends_with_an_organisation_is_its_name_only_where_all_of_it_is(title, is_name):
    assert actor_names.is_name(title) == is_name
