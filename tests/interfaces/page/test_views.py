"""The other parts of the page: the table, the map, one's own documents, the comparison; exact HTML and hostile text."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import get_args

import pytest

from nmt_rag.documents import passages
from nmt_rag.documents.formats import Remark, RemarkKind
from nmt_rag.documents.who_does_what import network, spreadsheet, tasks
from nmt_rag.documents.who_does_what.tasks import Responsibility
from nmt_rag.errors import NmtRagError
from nmt_rag.index.index import Index
from nmt_rag.interfaces.page import frame, operators
from nmt_rag.interfaces.page import texts as page_texts
from nmt_rag.interfaces.page.serving import first
from nmt_rag.interfaces.page.site import Site
from nmt_rag.interfaces.page.views import answer, compare, own, source, who
from nmt_rag.interfaces.page.views import map as page_map
from nmt_rag.interfaces.page.visitor.steps import Refused, Taken
from nmt_rag.interfaces.page.visits import MAX_FILES, MAX_IDLE, MAX_MEGABYTES
from nmt_rag.rag import Rag
from nmt_rag.types import Document, Hit, Passage
from tests.interfaces.page.test_answer_view import HOSTILE, Reader, answered, citation, text_of

TEXT = (
    "# Aktörer\n\n## Tullverket\n\n"
    "Tullverket leder och samordnar Kustbevakningen. Om det behövs får Tullverket pröva fall."
)
DOCUMENT = Document("sida", "Aktörer", TEXT, url="https://ex.se/a")


def rows_of(document=DOCUMENT):
    return tasks.of_document(document, passages.split(document))


def ties_of(*texts):
    documents = [Document(f"d{number}", title, text) for number, (title, text) in enumerate(texts)]
    return [tie for document in documents for tie in network.of_document(document, passages.split(document))]


@pytest.fixture
def site(tmp_path):
    rag = Rag(Index.in_memory(encoder=None), None)
    rag.add(DOCUMENT)
    with rag:
        yield Site(rag)


# The table


def test_the_table_has_a_group_for_each_actor_and_a_place_for_each_row():
    html = who.table(rows_of(), "sv")
    assert text_of(html).startswith("2 uppgifter.Vem gör vadGörUppgiftKällaTullverketleder och samordnar")
    places = Reader(html).values("data-place")
    first, last = (TEXT.index(start) for start in ("Tullverket leder", "Om det"))
    assert places == [f"sida\n{first}\n{last - 1}", f"sida\n{last}\n{len(TEXT)}"]
    assert Reader(html).values("scope") == ["col", "col", "col", "rowgroup"]
    assert '<td lang="sv" class="does" colspan="2"><bdi>Om det behövs får' in html


def test_a_row_shows_what_it_stands_under():
    text = "## Myter om tull\n\nTullverket leder arbetet.\n\nOm det behövs får Tullverket besluta om stöd."
    shown = text_of(who.table(rows_of(Document("a", "Tullverket", text)), "sv"))
    assert "Myter om tull: leder" in shown
    assert "Myter om tull: Om det behövs får … besluta om stöd" in shown


def test_an_actor_has_one_group_however_its_rows_come():
    rows = rows_of()
    other = [row for row in rows_of(Document("b", "Skatteverket", "Skatteverket utreder brott."))]
    html = who.table([rows[0], *other, rows[2]], "sv")
    assert re.findall(r'scope="rowgroup" lang="sv"><bdi>(\w+)', html) == ["Tullverket", "Skatteverket"]


def test_many_rows_are_cut_and_it_is_said(monkeypatch):
    monkeypatch.setattr(who, "MAX_ROWS", 1)
    html = who.table(rows_of(), "sv")
    assert html.count("data-place") == 1
    assert text_of(html).startswith("De första 1 av 2 uppgifter visas.")


@pytest.mark.parametrize(
    ("said", "task", "shown"),
    [
        ("är", "öppen för personer", ("är öppen", "för personer")),
        ("är även", "till för barn som", ("är även till för", "barn som")),
        ("är", "en myndighet under regeringen", ("är", "en myndighet under regeringen")),
        ("roll är bland annat att utreda och fatta", "beslut", ("utreda och fatta", "beslut")),
        ("ger", "stöd till barn", ("ger", "stöd till barn")),
    ],
)
def test_a_row_reads_as_people_say_it(said, task, shown):
    assert who._read(said, task) == shown


@pytest.mark.parametrize(("filtered", "says"), [(True, "rows_none"), (False, "rows_empty")])
def test_no_row_is_said(filtered, says):
    assert text_of(who.table([], "sv", filtered=filtered)) == page_texts.TEXTS["sv"][says]


# The map


def svg(html):
    return ElementTree.fromstring(re.search(r"<figure.*?(<svg.*</svg>)<ul", html, re.DOTALL)[1])


def test_the_map_draws_each_tie_and_lists_it():
    ties = ties_of(("Tullverket", "Tullverket samverkar med Skatteverket. Tullverket leder Kustbevakningen."))
    html = page_map.picture(ties, "sv")
    drawn = svg(html)
    assert [group.get("aria-label") for group in drawn.iter("g") if group.get("role") == "button"] == [
        "Tullverket samverkar med Skatteverket",
        "Tullverket leder Kustbevakningen",
    ]
    assert [line.get("class") for line in drawn.iter("line")] == ["cooperates", "reach", "leads", "reach"]
    assert [line.get("marker-end") for line in drawn.iter("line")] == [None, None, "url(#arrow)", None]
    assert drawn.find("title").text == "Så hör de ihop"
    assert drawn.find("desc").text == "3 namn och 2 linjer mellan dem. Samma sak står i listan under kartan."
    assert {group.get("data-tie") for group in drawn.iter("g")} - {None} == {"tie-1", "tie-2"}
    assert re.findall(r'id="(tie-\d)"', html) == ["tie-1", "tie-2"]
    assert "«<bdi>Tullverket leder Kustbevakningen.</bdi>»" in html


def test_lines_between_the_same_two_names_run_beside_each_other():
    ties = ties_of(("Tullverket", "Tullverket samverkar med Skatteverket. Tullverket leder Skatteverket."))
    ties += ties_of(("Skatteverket", "Skatteverket leder Tullverket."))
    drawn = svg(page_map.picture(ties, "sv"))
    reach = [
        [float(line.get(name)) for name in ("x1", "y1", "x2", "y2")]
        for line in drawn.iter("line")
        if line.get("class") == "reach"
    ]
    assert len(reach) == 3
    ends = [(min(one[1], one[3]), one[0]) for one in reach]  # they run upright: the names stand above each other
    assert all(one[0] == pytest.approx(one[2]) for one in reach)
    assert sorted(x for _, x in ends) == pytest.approx([page_map.WIDTH / 2 + by for by in (-24, 0, 24)])


def test_the_map_is_the_same_each_time_and_its_names_stand_apart():
    text = "".join(
        f"Tullverket samverkar med {name}verket. " for name in "Skatte Luft Fart Vatten Skogs Rymd Post".split()
    )
    ties = ties_of(("Tullverket", text))
    assert page_map.picture(ties, "sv") == page_map.picture(ties, "sv")
    boxes = [
        [float(rect.get(name)) for name in ("x", "y", "width", "height")]
        for rect in svg(page_map.picture(ties, "sv")).iter("rect")
    ]
    assert len(boxes) == 8
    for number, (x, y, width, height) in enumerate(boxes):
        assert 0 <= x <= page_map.WIDTH - width
        assert 0 <= y <= page_map.HEIGHT - height
        for a, b, _, other in boxes[number + 1 :]:
            assert abs(x - a) >= width or y + height <= b or b + other <= y


def test_too_many_names_give_the_map_of_one():
    many = "".join(f"Tullverket samverkar med {letter}verket. " for letter in ("Luft", "Fart", "Vatten"))
    ties = ties_of(("Tullverket", many), ("Skatteverket", "Skatteverket leder Kustbevakningen."))
    assert page_map.shown(ties) == tuple(ties)
    assert [tie.target for tie in page_map.shown(ties, "Skatteverket")] == ["Kustbevakningen"]
    assert page_map.names(ties)[0] == "Tullverket"


def test_the_network_is_what_its_members_are_part_of_and_is_listed_once():
    text = "# Nätverket\n\nNätverket Rikets Team (RT) bedrivs i samverkan mellan följande aktörer:\n\n## Tullverket\n\n"
    ties = ties_of(("Nätverket", f"{text}Tullverket utreder.\n\n## Skatteverket\n\nSkatteverket prövar."))
    assert {(tie.kind, tie.target) for tie in ties} == {("ingår", "Rikets Team")}
    html = page_map.picture(ties, "sv")
    assert "Tullverket ingår i Rikets Team" in html
    assert re.findall(r"<strong[^>]*><bdi>(.*?)</bdi></strong> (.*?)</p>", html) == [("Rikets Team", "består av")]
    assert re.findall(r'id="tie-\d"[^>]*><bdi>(.*?)<', html) == ["Tullverket", "Skatteverket"]


def test_the_filters_are_the_browsers_own():
    html = who.filters(["A <b>", "KAST"], "sv")
    assert Reader(html).values("value") == ["", "A <b>", "KAST"]
    assert Reader(html).values("data-pick") == ["who-pick"]
    assert text_of(html).startswith("Myndighet eller verksamhetAllaA <b>KASTSök i uppgifterna")


def test_a_task_between_its_verbs_is_one_cell():
    html = who.table(rows_of(Document("a", "Stöd", "Om det behövs kan stöd tillhandahållas av Tullverket.")), "sv")
    assert "…" not in html


def test_no_tie_is_said():
    assert text_of(page_map.picture([], "sv")) == page_texts.TEXTS["sv"]["map_none"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("KAST", ["KAST"]),
        ("Polisens Nationella Operativa Avdelning (NOA)", ["Polisens Nationella", "Operativa Avdelning", "(NOA)"]),
        ("Jämställdhetsmyndigheten", ["Jämställdhetsmyndigheten"]),
        ("x" * 40, ["x" * 21 + "-", "x" * 19]),
        ("ord " * 60, ["ord ord ord ord ord"] * 3 + ["ord ord ord ord ord…"]),
    ],
)
def test_names_are_wrapped(name, lines):
    assert page_map._wrapped(name) == lines


# Own documents and the comparison


def test_own_documents_are_named_and_what_was_refused_is_said():
    held = Document("aktörer.md", "Aktörer", "T")  # called by the name of its file, which the visitor knows
    html = own.status([held], [Refused("hemlig.exe", "format"), Refused("stor.pdf", "too_large")], "sv")
    assert text_of(html) == (
        "Klart. Du kan fråga i de här dokumenten:aktörer.mdFråga i mina dokumentDe här filerna lades inte till:"
        f"hemlig.exe: Filformatet stöds inte.stor.pdf: Filen är större än {MAX_MEGABYTES}\u00a0MB."
    )
    assert f"Högst {MAX_FILES} filer, högst" in own.lead("sv")
    assert text_of(own.status([], [], "sv", removed=True)) == "Dina dokument är borttagna."


def test_what_was_refused_is_announced_with_name_and_reason_and_anew_each_time():
    html = [own.status([], [Refused('a".exe', "format")], "sv", serial=serial) for serial in (1, 2)]
    assert Reader(html[0]).values("data-said") == [
        'Du har inte lagt in några dokument. De här filerna lades inte till: a".exe: Filformatet stöds inte.'
    ]
    assert html[0] != html[1]


def test_documents_are_gone_after_an_hour_and_with_the_page():
    assert "när du stänger eller laddar om sidan, när du inte har frågat på en timme, eller när du" in own.lead("sv")
    assert MAX_IDLE == 3_600


@pytest.mark.parametrize(
    ("title", "heading", "shown"),
    [
        ("Avsnitt 1", ("Avsnitt 1", "Avsnitt 27"), "rapport.pdf › Avsnitt 27, s. 27"),  # its first heading is its title
        ("Avsnitt 1", ("Avsnitt 1",), "rapport.pdf, s. 27"),
        ("", ("Bilaga",), "rapport.pdf › Bilaga, s. 27"),
    ],
)
def test_a_quote_of_an_own_document_stands_in_its_file(title, heading, shown):
    one = citation(document_id="rapport.pdf", title=title, heading=heading, page=27, url="")
    given = own.named(answered(citations=(one,)))
    assert answer.place(given.citations[0], "sv") == shown
    html = answer.answer(given, "sv", answer.Surroundings(titled=True, own=True))
    assert f'<p class="where"><bdi>{shown.partition(",")[0]}</bdi>, s. 27</p>' in html
    assert f"Källa: {shown}." in Reader(html).values("data-copy")[0]
    html = answer.answer(given, "en", answer.Surroundings(titled=True, own=True))
    assert f'<p class="where"><bdi lang="sv">{shown.partition(",")[0]}</bdi>, p. 27</p>' in html
    assert f"Source: {shown.replace('s. 27', 'p. 27')}." in Reader(html).values("data-copy")[0]


@pytest.mark.parametrize(("url", "says"), [("", "pick_own"), ("javascript:a()", "pick_own"), ("https://ex.se", "pick")])
def test_a_link_to_a_sentence_is_promised_only_where_there_is_one(url, says):
    document = Document("a", "A", "NOA leder arbetet.", url=url)
    sentences = passages.split(document)
    for html in (
        source.sources([document], {"a": sentences}, None, "sv"),
        source.place(document, sentences, 0, 3, "sv"),
    ):
        assert f'<p class="picked">{page_texts.TEXTS["sv"][says]}</p>' in html


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ("3", "Sidan 3 är en bild utan text. Läs in den med textigenkänning (OCR) först."),
        ("2–9, 12", "Sidorna 2–9, 12 är bilder utan text. Läs in dem med textigenkänning (OCR) först."),
    ],
)
def test_pages_of_an_own_document_that_are_pictures_are_said(detail, sentence):
    noted = Taken("plan.pdf", (Remark("scanned", detail, "pages … hold no text"),))
    html = own.status([DOCUMENT], [noted], "sv")
    assert text_of(html).endswith(f"Viktigt om de här filerna:plan.pdf: {sentence}")
    assert "Viktigt om de här filerna:" in html.partition('data-said="')[2].partition('"')[0]
    assert all(
        text_of(own.status([], [Taken("a", (Remark(kind, "<b>", ""),))], language))
        for kind in get_args(RemarkKind)
        for language in ("sv", "en")
    )


def test_reading_is_a_bar_and_words():
    html = own.reading(3, 10, 0.5, "sv")
    assert text_of(html).strip() == "Läser fil 3 av 10"
    assert '<progress max="10" value="2.50">' in html


def test_the_comparison_has_a_column_for_each_search(site):
    found = site.compared("leder")
    assert [name for name, _ in found] == ["compare_words"]
    html = compare.columns(found, "sv")
    assert html.startswith("<p>De här källorna är indexerade utan sökmodell.")
    assert "<bdi>Tullverket leder och samordnar Kustbevakningen.</bdi>" in html
    assert site.compared("  ") == []


def test_a_site_reads_its_texts_again_only_when_they_change(site):
    rows = site.rows()
    assert [row.verb for row in rows] == ["leda", "samordna", "pröva"]
    assert site.rows() is rows
    assert site.actors() == ["Tullverket"]
    assert [row.verb for row in site.chosen("Tullverket", "fall")] == ["pröva"]
    assert site.chosen("Tull", "") == []
    site.rag.add(Document("b", "Skatteverket", "Skatteverket samverkar med Tullverket."))
    assert site.actors() == ["Skatteverket", "Tullverket"]
    assert [tie.source for tie in site.ties()] == ["Tullverket", "Tullverket", "Skatteverket"]


# Hostile text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_every_part(text):
    text = text.replace("\ud800", "")  # which no document holds
    document = Document(text, text, f"{text}\n\nTullverket leder Kustbevakningen ({text}).", url=text)
    passage = Passage(text, 0, 0, 1, text, actors=(text,))
    shown = (
        who.table(rows_of(document), "sv")
        + page_map.picture(network.of_document(document, passages.split(document)), "sv")
        + own.status([document], [Refused(text, "unreadable")], "sv")
        + compare.columns([("compare_words", [Hit(1, 1.0, text, passage, title=text)])], "sv")
    )
    read = Reader(shown)
    assert set(read.tags) <= {
        *(
            "p",
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "bdi",
            "span",
            "button",
            "div",
            "ul",
            "ol",
            "li",
        ),
        *("section", "h3", "figure", "svg", "title", "desc", "defs", "marker", "path", "g", "line", "rect", "text"),
        *("tspan", "strong", "blockquote"),
    }
    assert [name for name, _ in read.attributes if name.startswith("on")] == []
    assert not any((value or "").lower().strip().startswith("javascript:") for _, value in read.attributes)
    assert "${" not in shown
    assert "{{" not in shown


def test_every_word_is_there_in_both_languages():
    assert page_texts.TEXTS["sv"].keys() == page_texts.TEXTS["en"].keys()
    for language in ("sv", "en"):
        assert Reader(frame.navigation(language)).values("data-view") == list(frame.VIEWS)
        assert [who.lead(language), page_map.lead(language), own.lead(language), compare.lead(language)]


def test_the_code_of_the_page_knows_no_gradio():
    folder = Path(answer.__file__).parent
    assert [path.name for path in folder.glob("*.py") if "import gradio" in path.read_text(encoding="utf-8")] == []


def test_the_map_tells_of_lines_only_where_there_are_some():
    assert text_of(page_map.lead("sv", tied=False)) == page_texts.TEXTS["sv"]["map_title"]
    assert "Varje linje är en mening" in page_map.lead("sv")


def test_a_browser_without_javascript_shows_what_the_page_is_and_where_to_call():
    html = frame.without_script()
    assert html.startswith('<noscript><div style="color-scheme: light dark;')
    assert html.index('lang="sv"') < html.index("Sidan behöver Javascript.") < html.index("tel:112")
    assert html.index("tel:112") < html.index('lang="en"') < html.index("The page needs JavaScript.")
    assert Reader(html).values("href")[:3] == ["tel:112", "tel:020505050", "tel:11414"]
    page = "<html><head><script>// kept on <body></script></head>\n<body class='a'><p></p></body></html>"
    assert first.written(page, "T", html) == page.replace("<p>", f"{html}<p>")


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("090-16 10 00", "090161000"),
        ("+46 90 16 10 00", "+4690161000"),
        ("+46 (0)90-16 10 00", "+4690161000"),
        ("(090) 16 10 00", "090161000"),
        ("090-16 10 00 (växel, anknytning 12)", "090161000"),
        ("Växel: 08\u2013123\u00a045\u00a067, dygnet runt 112", "081234567"),
        ("112", "112"),
        ("ring växeln", ""),
    ],
)
def test_a_telephone_is_called_by_its_first_number(written, dialled):
    assert operators.dialled(written) == dialled


def test_a_telephone_without_a_number_is_refused(tmp_path):
    (tmp_path / "op.toml").write_text('telephone = "ring växeln"', encoding="utf-8")
    with pytest.raises(NmtRagError, match="telephone holds no number: 'ring växeln'"):
        operators.read(str(tmp_path / "op.toml"))


def test_the_ways_to_reach_the_operator_are_apart():
    foot = frame.footer("sv", "t", operators.Operator("Verket", "fraga@ex.se", "090-16 10 00"))
    assert text_of(foot) == "Kontakt: fraga@ex.se, 090-16 10 00 · Tillgänglighet"


def test_the_table_is_written_for_the_excel_of_each_language():
    row = Responsibility("Åklagaren", "leda", "leder", "arbetet; hela", "", False, "leder arbetet; hela", citation())
    swedish, english = (who.csv([row], language) for language in ("sv", "en"))
    assert swedish.startswith("\ufeffAktör;Verb;Gör;Uppgift;Villkor;Nekas;Citat;")
    assert swedish.splitlines()[1].startswith('Åklagaren;leda;leder;"arbetet; hela";;0;')
    assert english == "\ufeff" + spreadsheet.as_csv([row])
    assert len(page_texts.TEXTS["sv"]["csv_columns"].split(";")) == len(spreadsheet.COLUMNS)
    assert ['href="vem-gor-vad.csv"' in who.lead("sv"), 'href="who-does-what.csv"' in who.lead("en")] == [True, True]
