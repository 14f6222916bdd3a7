"""PDF files → text: pages drawn here as programs draw them, against the text that a reader of the page would read."""

import io
import re
import sys
import textwrap
import tracemalloc
from dataclasses import replace

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table

from nmt_rag import citations
from nmt_rag.citations import unbroken
from nmt_rag.documents import passages
from nmt_rag.documents.loading import load_file
from nmt_rag.documents.pdf.lines import Line
from nmt_rag.documents.pdf.order import in_order
from nmt_rag.documents.pdf.pages import Word
from nmt_rag.documents.pdf.tables import WordRun
from nmt_rag.documents.pdf.text import read_pdf
from nmt_rag.errors import CorpusError
from nmt_rag.interfaces.page.views.answer import place
from nmt_rag.interfaces.terminal import lines as terminal
from nmt_rag.interfaces.terminal import main
from nmt_rag.types import Answer, Document, Statement

TEXT = (
    "Den som behöver skyddat boende ansöker hos Socialtjänsten i den kommun där man bor. Stödsamtalen är gratis och "
    "ges av Brottsofferjouren Lövby varje torsdag. Avgiften är 250 kronor (se 4 kap. 2 §) och betalas till "
    "Kulturnämnden senast den 31 mars 2026 av den som har sökt bidrag."
)
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=11, leading=14, spaceAfter=8)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=14, leading=18, spaceAfter=4)


def drawn(*pages) -> bytes:
    """Return a PDF of which each function draws a page."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=A4)
    for page in pages:
        sheet.setFont("Helvetica", 11)
        page(sheet)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def lines(*texts: str, x: float = 72, top: float = 780, leading: float = 14):
    """Return what draws some lines; an empty one is a blank line."""

    def draw(sheet):
        for number, text in enumerate(texts):
            if text:
                sheet.drawString(x, top - leading * number, text)

    return draw


def both(*draws):
    return lambda sheet: [draw(sheet) for draw in draws]


def laid_out(story, width: float = 450, **on_page) -> bytes:
    buffer = io.BytesIO()
    margin = (A4[0] - width) / 2
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=margin, rightMargin=margin).build(story, **on_page)
    return buffer.getvalue()


def text_of(data: bytes) -> str:
    return read_pdf(data).text


def sentences(data: bytes) -> list[str]:
    draft = read_pdf(data)
    document = Document("d", "t", draft.text, pages=draft.pages)
    found = passages.split(document)
    assert all(document.text[one.start : one.end] == one.text for one in found)
    return [one.text for one in found]


# Lines


@pytest.mark.parametrize("width", [150, 200, 250, 320, 450])
def test_a_wrapped_line_ends_no_sentence(width):
    assert text_of(laid_out([Paragraph(TEXT, BODY)] * 3, width)) == "\n\n".join([TEXT] * 3)


@pytest.mark.parametrize("leading", [13, 16, 18, 20, 24, 27, 30])
def test_lines_set_wide_apart_below_a_heading_are_one_paragraph(leading):
    heading = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=14, leading=leading + 3, spaceAfter=4)
    wide = ParagraphStyle("wide", fontName="Helvetica", fontSize=11, leading=leading, spaceAfter=leading - 5)
    story = [part for n in (1, 2) for part in (Paragraph(f"{n} Om tillsyn", heading), Paragraph(TEXT, wide))]
    assert text_of(laid_out(story)) == f"# 1 Om tillsyn\n\n{TEXT}\n\n# 2 Om tillsyn\n\n{TEXT}"


def test_lines_that_were_ended_on_purpose_stay_apart():
    address = ["Brottsofferjouren Lövby", "Storgatan 3", "123 45 Lövby", "Telefon 0123-45 67 89"]
    assert text_of(drawn(lines(*address))).split("\n\n") == address


def test_blank_lines_and_indents_begin_paragraphs():
    data = drawn(
        both(
            lines("Nämnden beslutar om bidrag till föreningar i kommunen och betalar", "ut dem i mars."),
            lines("Den som inte är nöjd kan överklaga beslutet till förvaltningsrätten", top=752, x=86),
            lines("inom tre veckor.", top=738),
        )
    )
    assert text_of(data) == (
        "Nämnden beslutar om bidrag till föreningar i kommunen och betalar ut dem i mars.\n\n"
        "Den som inte är nöjd kan överklaga beslutet till förvaltningsrätten inom tre veckor."
    )


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("Länsstyrel-", "sen beslutar om ersättning.", "Länsstyrelsen beslutar om ersättning."),
        ("Detta följer av EU-", "direktivet om offer.", "Detta följer av EU-direktivet om offer."),
        ("Regionen ansvarar för hälso-", "och sjukvård.", "Regionen ansvarar för hälso- och sjukvård."),
        ("Skriv till oss med e-", "post eller brev.", "Skriv till oss med e-post eller brev."),
        ("Planen gäller åren 2024-", "2026 i hela länet.", "Planen gäller åren 2024-2026 i hela länet."),
        ("Kommunen heter Upplands-", "Bro sedan länge.", "Kommunen heter Upplands-Bro sedan länge."),
    ],
)
def test_a_hyphen_at_the_line_end(above, below, whole):
    assert text_of(drawn(lines(above, below))) == whole
    over_pages = read_pdf(drawn(lines(above), lines(below)))
    assert over_pages.text == whole
    assert over_pages.text[over_pages.pages[1] :] in below


def test_ligatures_soft_hyphens_and_zero_width_spaces_hide_no_word(dejavu):
    def page(sheet):
        sheet.setFont("DejaVu", 11)
        sheet.drawString(72, 780, "Det ﬁnns stöd, och Läns\u00adstyrelsen har en aﬀisch om ﬂytt\u200bhjälp.")

    assert text_of(drawn(page)) == "Det finns stöd, och Länsstyrelsen har en affisch om flytthjälp."


def test_words_with_narrow_gaps_and_words_drawn_in_pieces():
    def page(sheet):
        x = 72
        for word in "Stödteamet svarar på frågor".split():
            sheet.drawString(x, 780, word)
            x += pdfmetrics.stringWidth(word, "Helvetica", 11) + 2.2
        x = 72
        for piece in ("Kvinno", "jouren", " Lin", "den"):
            sheet.drawString(x, 740, piece)
            x += pdfmetrics.stringWidth(piece, "Helvetica", 11)

    assert text_of(drawn(page)).split("\n\n") == ["Stödteamet svarar på frågor", "Kvinnojouren Linden"]


def test_words_drawn_letter_by_letter_on_a_page_of_short_cells_are_whole():
    def page(sheet):
        for row in range(40):
            for x, text in ((60, f"Kommun {chr(65 + row % 26)}"), (250, "Socialjouren"), (440, f"0123-45 {row:02} 00")):
                for letter in text:
                    sheet.drawString(x, 780 - 13 * row, letter)
                    x += pdfmetrics.stringWidth(letter, "Helvetica", 11)

    rows = [f"Kommun {chr(65 + row % 26)} | Socialjouren | 0123-45 {row:02} 00" for row in range(40)]
    assert text_of(drawn(page)).split("\n") == rows


def test_bold_that_is_drawn_twice_is_read_once():
    def page(sheet):
        for shift in (0, 0.3):
            sheet.drawString(72 + shift, 780, "Anmäl till polisen.")
        x = 72
        for letter in "Ring oss i dag.":
            sheet.drawString(x, 740, letter)
            sheet.drawString(x + 0.25, 740, letter)
            x += pdfmetrics.stringWidth(letter, "Helvetica", 11)

    assert text_of(drawn(page)).split("\n\n") == ["Anmäl till polisen.", "Ring oss i dag."]


def test_note_marks_are_no_digits_and_powers_stay():
    story = [
        Paragraph("År 2024 fick 118<super>3</super> personer stöd<super>12</super> av Stödteamet.", BODY),
        Paragraph("Lokalen är på 45 m<super>2</super> och utsläppen av CO<sub>2</sub> är små.", BODY),
    ]
    assert sentences(laid_out(story)) == [
        "År 2024 fick 118³ personer stöd av Stödteamet.",  # a note or a power: as it stands there
        "Lokalen är på 45 m² och utsläppen av CO2 är små.",
    ]


@pytest.mark.parametrize(
    ("drawn_as", "text"),
    [
        (
            "Vi har öppet kl. 8^30^–16^15^ och badet kostar 12^50^ kr.",
            "Vi har öppet kl. 8³⁰–16¹⁵ och badet kostar 12⁵⁰ kr.",
        ),
        ("Vattnet får innehålla 10^6^ bakterier.", "Vattnet får innehålla 10⁶ bakterier."),
        ("Halten är högst 10^−6^ gram.", "Halten är högst 10⁻⁶ gram."),
        ("Ytan är 25 m^2^ och trycket 3 kg/m^3^.", "Ytan är 25 m² och trycket 3 kg/m³."),
        ("Kommunen har 1 200^1^ invånare.", "Kommunen har 1 200¹ invånare."),
        ("Stödet^1^ ges varje år.^2,3^ Det är gratis.^12^", "Stödet ges varje år. Det är gratis."),
    ],
)
def test_of_raised_numbers_only_the_marks_of_notes_are_left_out(drawn_as, text):
    def page(sheet):
        x = 72
        for turn, piece in enumerate(drawn_as.split("^")):
            size, raised = (7, 4) if turn % 2 else (11, 0)
            sheet.setFont("Symbol" if "−" in piece else "Helvetica", size)
            sheet.drawString(x, 780 + raised, piece)
            x += sheet.stringWidth(piece, sheet._fontname, size)

    assert text_of(drawn(page)) == text


def test_a_raised_number_that_was_drawn_digit_by_digit_is_one():
    def page(sheet):
        x = 72
        for piece, size, raised in (("kl. 8", 11, 0), ("3", 7, 4), ("0", 7, 4), (" till 16", 11, 0)):
            sheet.setFont("Helvetica", size)
            sheet.drawString(x, 780 + raised, piece)
            x += sheet.stringWidth(piece, "Helvetica", size)

    assert text_of(drawn(page)) == "kl. 8³⁰ till 16"


# Pages


def test_running_heads_and_page_numbers_stand_in_no_sentence():
    def page(number, *texts):
        return both(
            lines("Lövby kommun – Handlingsplan 2026", top=810),
            lines(*texts, top=770),
            lines("Storgatan 1, telefon 0123-45 67 89", top=50),
            lines(f"Sida {number} (3)", x=480, top=30),
        )

    draft = read_pdf(
        drawn(
            page(1, "Beslut om stöd fattas av enhetschefen på"),
            page(2, "Familjeenheten i Norra Lövby. Ärenden som rör barn", "handläggs av en egen grupp med ansvar för"),
            page(3, "Skolan i hela kommunen."),
        )
    )
    assert draft.text.split("\n\n") == [
        "Lövby kommun – Handlingsplan 2026",
        "Storgatan 1, telefon 0123-45 67 89",
        "Beslut om stöd fattas av enhetschefen på Familjeenheten i Norra Lövby. "
        "Ärenden som rör barn handläggs av en egen grupp med ansvar för Skolan i hela kommunen.",
    ]
    assert [draft.text[start : start + 6] for start in draft.pages] == ["Lövby ", "Familj", "Skolan"]


PROSE = textwrap.wrap(" ".join(f"Nämnden beslutar om bidrag nummer {n + 100} till Lövby." for n in range(150)), 80)


def on_pages(n_pages, *draws):
    """Return what stands on pages of running text besides that; each call draws some of it on a page of a number."""

    def page(number):
        text = lines(*PROSE[number * 10 : (number + 1) * 10], top=700)
        return both(text, *(lambda sheet, draw=draw: draw(sheet, number) for draw in draws))

    text = text_of(drawn(*map(page, range(n_pages))))
    return [line for line in text.split("\n\n") if line not in " ".join(PROSE) or len(line) < 10]


def line_at(text, x: float, y: float, font: str = "Helvetica", size: float = 9):
    """Return what draws the line that a function tells of each page (from 0)."""

    def draw(sheet, number):
        sheet.setFont(font, size)
        sheet.drawString(x, y, text(number))

    return draw


@pytest.mark.parametrize("y", [30, 805])
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (lambda n: str(n + 1), []),
        (lambda n: str(n + 17), []),
        (lambda n: f"– {n + 1} –", []),
        (lambda n: ["i", "ii", "iii", "iv", "1", "2", "3", "4"][n], []),
        (lambda n: ["", "i", "1", "2", "3", "4", "5", "6"][n], []),
        (lambda n: f"Sida {n + 3} (12)", []),
        (lambda n: f"{n + 1}/8", []),
        (lambda n: f"{n + 1} av 8", []),
        (lambda n: f"Page {n + 1} of 8", []),
        (lambda n: f"Dnr KS 2025/118 Sida {n + 1} (8)", ["Dnr KS 2025/118"]),
        (lambda n: f"Lövby kommun | {n + 1}", ["Lövby kommun"]),
        (lambda n: f"{n + 1} | Lövby kommun", ["Lövby kommun"]),
    ],
)
def test_what_counts_with_the_pages_is_their_number(text, kept, y):
    assert on_pages(8, line_at(text, 72, y)) == kept


@pytest.mark.parametrize("y", [770, 805])
@pytest.mark.parametrize(
    "texts",
    [
        ["§ 12", "§ 13", "§ 14"],
        ["Dnr KS 2026/33", "Dnr KS 2026/34", "Dnr KS 2026/35"],
        ["Motion nr 4/2026", "Motion nr 5/2026", "Motion nr 7/2025"],
        ["2024", "2025", "2026"],
        ["2026-03-04", "2026-04-08", "2026-05-13"],
        ["12", "40", "33"],
        ["1 Inledning", "2 Uppdraget", "3 Ekonomi"],
    ],
)
def test_a_number_that_does_not_count_with_the_pages_is_text(texts, y):
    found = on_pages(3, line_at(lambda n: texts[n], 72, y))
    assert [line.removeprefix("# ") for line in found] == texts


@pytest.mark.parametrize(
    "texts",
    [
        ["Mål 1 av 3", "Mål 2 av 3", "Mål 3 av 3"],
        ["Inledning", "Liv", "Arbete"],
        ["2024", "2025", "2026"],
        ["§ 12 Dnr KS 2026/33", "§ 13 Dnr KS 2026/34", "§ 14 Dnr KS 2026/35"],
    ],
)
def test_a_heading_at_the_top_of_the_text_is_no_pages_number(texts):
    headings = [f"# {text}" for text in texts]
    assert on_pages(3, line_at(lambda n: texts[n], 72, 760, "Helvetica-Bold", 16)) == headings


def test_a_running_head_keeps_its_date_where_it_stands_first():
    pieces = (line_at(lambda n: "Protokoll", 72, 805), line_at(lambda n: "2026-03-04", 300, 805))
    assert on_pages(3, *pieces, line_at(lambda n: f"{n + 1} (3)", 500, 805)) == ["Protokoll 2026-03-04"]


@pytest.mark.parametrize("angle", [30, 45, 55, -45])
def test_a_stamp_across_the_page_is_no_part_of_its_text(angle):
    def stamp(sheet, number):
        sheet.saveState()
        sheet.translate(200, 500)
        sheet.rotate(angle)
        sheet.setFont("Helvetica-Bold", 60)
        sheet.drawString(0, 0, "UTKAST")
        sheet.restoreState()

    assert on_pages(3, stamp) == on_pages(3)


SECTIONS = ["Inledning", "Mål och inriktning", "Uppdraget", "Insatser för barn", "Ekonomi", "Källor"]
RUNNING = {
    "odd and even pages": lambda n: ["Handlingsplan 2026", "Lövby kommun"][n % 2],
    "the section, which changes": lambda n: SECTIONS[n],
    "the section and a number": lambda n: f"{SECTIONS[n]} – sida {n + 1} (6)",
    "some pages only": lambda n: "Lövby kommun – Handlingsplan 2026" if n in (1, 4) else "",
}


@pytest.mark.parametrize("size", [9, 11])
@pytest.mark.parametrize("name", RUNNING)
def test_a_running_head_cuts_no_sentence_and_heads_none(name, size):
    n_lines = 40

    def page(number):
        def draw(sheet):
            sheet.setFont("Helvetica", size)
            sheet.drawString(72, 805, RUNNING[name](number))
            sheet.setFont("Helvetica", 11)
            lines(*wrapped[number * n_lines : (number + 1) * n_lines], top=760, leading=16)(sheet)

        return draw

    wrapped = textwrap.wrap(" ".join(f"Nämnden beslutar om bidrag nummer {n} till Lövby." for n in range(400)), 80)
    draft = read_pdf(drawn(*map(page, range(6))))
    heads = {RUNNING[name](n).removesuffix(f" – sida {n + 1} (6)") for n in range(6)} - {""}
    body = [line for line in draft.text.split("\n\n") if line not in heads]
    assert " ".join(body) == " ".join(wrapped[: 6 * n_lines])
    assert sorted(line for line in draft.text.split("\n\n") if line in heads) == sorted(heads)  # each once


def test_the_first_line_of_a_page_is_no_running_head():
    pages = [lines(f"{number} § Taxa", "", f"Avgiften är {number} 500 kronor för den som söker.") for number in "12345"]
    assert text_of(drawn(*pages)).count("§ Taxa") == 5
    slides = [
        both(lambda sheet: sheet.setFont("Helvetica", 24), lines(f"Steg {name}", top=800), lines("Text.", top=600))
        for name in ("ett", "två", "tre", "fyra")
    ]
    assert text_of(drawn(*slides)).count("Steg") == 4


def test_a_note_at_the_foot_cuts_no_sentence():
    def first(sheet):
        lines("Beloppet betalas ut av den som har beslutat om det, det vill", top=120)(sheet)
        sheet.setFont("Helvetica", 8)
        lines("1 Beloppet gäller bara den som bor i Lövby.", top=60)(sheet)

    draft = read_pdf(
        drawn(both(lines(*["Nämnden beslutar om bidrag till föreningar."] * 8), first), lines("säga av nämnden."))
    )
    assert "det vill säga av nämnden." in draft.text
    assert "1 Beloppet gäller bara den som bor i Lövby." in draft.text.split("\n\n")
    assert draft.text[draft.pages[1] :] == "säga av nämnden."


def test_a_line_far_outside_the_page_takes_no_memory():
    placed = [Word("Vi", 20_000_000.0 * (number % 2), 20_000_040.0, 20.0 * number, 11) for number in range(8)]
    tracemalloc.start()
    found = in_order([Line([WordRun([word])], 1) for word in placed])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(len(column) for column in found) == 8
    assert peak < 20_000_000


def test_two_columns_are_read_one_after_the_other_however_they_are_drawn():
    left = (
        "Den som har utsatts för våld kan|få stöd av Kvinnojouren Linden i|"
        "Lövby. Samtalen är gratis och du|kan vara anonym hela tiden."
    )
    right = (
        "Polisen tar emot din anmälan på|telefon 114 14 eller på stationen.|"
        "Ring 112 om det är bråttom eller|om någon är i fara just nu."
    )
    rows = list(zip(left.split("|"), right.split("|"), strict=True))

    def page(sheet):
        sheet.setFont("Helvetica-Bold", 16)
        sheet.drawString(72, 800, "Hjälp till dig som är utsatt för våld")
        sheet.setFont("Helvetica", 11)
        for number, (one, other) in enumerate(rows):
            sheet.drawString(72, 760 - 14 * number, one)
            sheet.drawString(320, 760 - 14 * number, other)

    expected = ["# Hjälp till dig som är utsatt för våld", left.replace("|", " "), right.replace("|", " ")]
    assert text_of(drawn(page)).split("\n\n") == expected


def test_what_stands_in_the_margins_belongs_to_no_column():
    columns = both(lines(*textwrap.wrap(TEXT, 40), top=740), lines(*textwrap.wrap(TEXT, 40), x=320, top=740))

    def page(sheet):
        sheet.setFont("Helvetica", 8)
        for x, y, text in ((72, 805, "Lövby kommun"), (500, 805, "Sida 1 (2)"), (72, 30, "Justerandes sign")):
            sheet.drawString(x, y, text)
        sheet.setFont("Helvetica", 11)
        columns(sheet)
        lines("och ingen annan.", top=740 - 14 * len(textwrap.wrap(TEXT, 40)))(sheet)

    text = text_of(drawn(page))
    assert f"{TEXT} och ingen annan." in text or f"{TEXT}\n\noch ingen annan." in text
    assert text.endswith(f"{TEXT}\n\nJusterandes sign")


def test_short_columns_below_headings_are_no_table():
    texts = {
        "Skola": "Alla barn har rätt till skola. Anmäl ditt barn hos rektor. Skolskjuts söks på webben senast i maj.",
        "Vård": "Ring vårdcentralen för tid. Jouren har öppet alla kvällar. Tolk är gratis för dig som behöver en.",
        "Arbete": "Arbetsförmedlingen hjälper dig att söka jobb. Kommunen har sommarjobb för unga i hela länet.",
    }

    def page(sheet):
        lines("Till dig som är ny i kommunen och behöver stöd av någon av oss som arbetar här.", top=760)(sheet)
        for x, (heading, text) in zip((60, 235, 410), texts.items(), strict=True):
            sheet.setFont("Helvetica-Bold", 14)
            sheet.drawString(x, 720, heading)
            sheet.setFont("Helvetica", 10)
            lines(*textwrap.wrap(text, 33), x=x, top=705, leading=12)(sheet)
        sheet.setFont("Helvetica", 11)
        lines(*PROSE[:8], top=610)(sheet)

    found = text_of(drawn(page)).split("\n\n")
    assert [line for line in found if line.startswith("#")] == [f"# {heading}" for heading in texts]
    assert " ".join(found[1:]).startswith(" ".join(f"# {heading} {text}" for heading, text in texts.items()))


def test_columns_of_a_real_layout_go_on_from_each_other():
    buffer = io.BytesIO()
    frames = [Frame(50, 60, 240, 740), Frame(310, 60, 240, 740)]
    document = BaseDocTemplate(buffer, pagesize=A4)
    document.addPageTemplates(PageTemplate(frames=frames))
    document.build([Paragraph(TEXT, BODY)] * 14)
    assert text_of(buffer.getvalue()) == "\n\n".join([TEXT] * 14)


@pytest.mark.parametrize("lower", [3, 4, 7, 10])
def test_a_heading_in_a_column_parts_and_joins_no_lines_of_the_one_beside_it(lower):
    left, right = textwrap.wrap(TEXT, 44), textwrap.wrap(TEXT, 40)
    columns = both(lines(*left, leading=12), lines(*right, x=320, top=760 - lower, leading=12))

    def page(sheet):
        sheet.setFont("Helvetica-Bold", 16)
        sheet.drawString(320, 780 - lower, "Stöd och avgift")
        sheet.setFont("Helvetica", 11)
        columns(sheet)

    assert text_of(drawn(page)).split("\n\n") == [TEXT, "# Stöd och avgift", TEXT]


def in_bold(*texts, x: float = 72, top: float = 780):
    """Return what draws lines in bold type."""
    return lambda sheet: (sheet.setFont("Helvetica-Bold", 11), lines(*texts, x=x, top=top)(sheet), regular(sheet))


def regular(sheet):
    sheet.setFont("Helvetica", 11)


@pytest.mark.parametrize("gap", [16, 30])
def test_a_heading_below_two_columns_heads_what_reaches_over_both(gap):
    data = drawn(
        both(
            in_bold("Utbildning"),
            lines(
                "Länsstyrelsen utbildar all personal", "om våld under tre dagar. Anmälan", "öppnar den 1 juni.", top=764
            ),
            in_bold("Polisen byter system", top=720),
            lines("Systemet för bedömningar av hot", "tas i drift i oktober i hela landet.", x=320, top=771),
            lines("Polisen utbildas först och får då", "stöd i ett helt år.", x=320, top=743),
            in_bold("Fråga juristen", top=695),
            lines("Som privatperson får du vara anonym när du anmäler oro för ett barn i kommunen.", top=695 - gap),
        )
    )
    assert " ".join(text_of(data).split()) == (
        "# Utbildning Länsstyrelsen utbildar all personal om våld under tre dagar. Anmälan öppnar den 1 juni. "
        "# Polisen byter system Systemet för bedömningar av hot tas i drift i oktober i hela landet. Polisen utbildas "
        "först och får då stöd i ett helt år. "
        "# Fråga juristen Som privatperson får du vara anonym när du anmäler oro för ett barn i kommunen."
    )


def boxed(x: float, bottom: float, width: float, height: float, *, frame: bool):
    """Return what draws a box on the page, framed or grey."""

    def draw(sheet):
        sheet.setFillGray(0.9)
        sheet.rect(x, bottom, width, height, stroke=int(frame), fill=int(not frame))
        sheet.setFillGray(0)

    return draw


@pytest.mark.parametrize("frame", [True, False])
def test_a_box_beside_the_text_cuts_no_sentence(frame):
    data = drawn(
        both(
            boxed(330, 730, 200, 64, frame=frame),
            in_bold("Kontakt", x=340),
            lines("Socialjouren: 0123-45 00 00", "Öppet dygnet runt", x=340, top=766),
            in_bold("Fråga juristen", top=785),
            lines("Som privatperson får du vara anonym när du", "anmäler oro för ett barn. Ansökan görs hos", top=771),
            lines("handläggaren, som prövar den. Nämnden", "kan bevilja bistånd. Beslutet meddelas av", top=743),
            lines("Enhetschefen skriftligen och kan överklagas till förvaltningsrätten inom tre veckor.", top=715),
        )
    )
    assert text_of(data).split("\n\n") == [
        "# Fråga juristen",
        "Som privatperson får du vara anonym när du anmäler oro för ett barn. Ansökan görs hos handläggaren, som "
        "prövar den. Nämnden kan bevilja bistånd. Beslutet meddelas av Enhetschefen skriftligen och kan överklagas "
        "till förvaltningsrätten inom tre veckor.",
        "## Kontakt",
        "Socialjouren: 0123-45 00 00",
        "Öppet dygnet runt",
    ]


@pytest.mark.parametrize("frame", [True, False])
def test_the_title_of_a_box_heads_nothing_below_the_box(frame):
    data = drawn(
        both(
            in_bold("Orosanmälan", top=800),
            lines(*PROSE[:2]),
            boxed(66, 705, 440, 50, frame=frame),
            in_bold("Myter om anmälan", top=738),
            lines("Man måste ha bevis för att få anmäla.", top=718),
            lines("Källa: Socialnämnden", x=330, top=718),
            lines(*PROSE[:2], top=680),
        )
    )
    found = passages.split(Document("d", "t", text_of(data)))
    around, within = found[0].heading, (*found[0].heading, "Myter om anmälan")
    assert around[-1] == "Orosanmälan"
    assert [(one.heading == around, one.heading == within) for one in found if "nummer 100" in one.text] == [
        (True, False),
        (True, False),
    ]
    assert [one.heading for one in found if "bevis" in one.text] == [within]


@pytest.mark.parametrize("ruled", [False, True])
def test_four_lines_that_meet_no_other_are_a_box(ruled):
    def sides(sheet):
        for x0, y0, x1, y1 in ((66, 755, 506, 755), (66, 705, 506, 705), (66, 705, 66, 755), (506, 705, 506, 755)):
            sheet.line(x0, y0, x1, y1)
        if ruled:
            sheet.line(66, 730, 506, 730)

    title, inside = in_bold("Myter om anmälan", top=738), lines("Man måste ha bevis för att få anmäla.", top=715)
    data = drawn(
        both(in_bold("Orosanmälan", top=800), lines(*PROSE[:1]), sides, title, inside, lines(PROSE[1], top=680))
    )
    found = passages.split(Document("d", "t", text_of(data)))
    last = [one.heading[-1] for one in found if PROSE[1][:20] in one.text]
    assert last == ["Myter om anmälan" if ruled else "Orosanmälan"]


def test_a_note_at_the_foot_of_a_column_parts_no_sentence_that_goes_on_in_the_next():
    half = textwrap.wrap(TEXT, 40)
    columns = both(lines(*half[:3], top=740), lines(*half[3:], x=320, top=740))

    def page(sheet):
        columns(sheet)
        sheet.setFont("Helvetica", 8)
        sheet.drawString(72, 690, "1) Se nämndens delegationsordning.")

    assert text_of(drawn(page)).split("\n\n") == ["1) Se nämndens delegationsordning.", TEXT]


def test_a_turned_page_is_read_as_a_person_turns_it():
    def page(sheet):
        sheet.setPageRotation(90)
        sheet.translate(A4[0], 0)
        sheet.rotate(90)
        lines("Beslut om stöd fattas av enhetschefen på", "Familjeenheten i Norra Lövby.", top=500)(sheet)

    assert text_of(drawn(page)) == "Beslut om stöd fattas av enhetschefen på Familjeenheten i Norra Lövby."


def test_pages_that_are_only_pictures_are_named():
    picture = ImageReader(Image.new("L", (60, 80), 200))

    def scanned(sheet):
        sheet.drawImage(picture, 0, 0, *A4)

    draft = read_pdf(drawn(lines("Protokoll nr 4."), scanned, scanned, lambda sheet: None, scanned))
    (note,) = draft.notes
    assert (note.kind, note.detail) == ("scanned", "2–3, 5")
    assert note.message.startswith("pages 2–3, 5 hold no text")
    assert read_pdf(drawn(lines("Protokoll nr 4."), lambda sheet: None)).notes == ()
    with pytest.raises(CorpusError, match="scanned"):
        read_pdf(drawn(scanned))


def test_a_number_that_is_the_same_on_every_page_is_no_pages_number():
    def page(number):
        return both(
            lines(TEXT[:70]),
            lines("Lövby kommun, dnr KS 2025/118", top=40),
            lines(f"Riktlinje {number}/3", top=25),
        )

    text = text_of(drawn(*(page(number) for number in (1, 2, 3))))
    assert text.count("Lövby kommun, dnr KS 2025/118") == 1
    assert text.count("Riktlinje") == 1
    assert "/3" not in text


# Headings and lists


def test_headings_by_type_and_their_levels():
    larger = ParagraphStyle("larger", HEADING, fontSize=18, leading=22)
    bold = ParagraphStyle("bold", HEADING, fontSize=11)
    story = [
        Paragraph("Handlingsplan", larger),
        Paragraph("4. Ansvar", HEADING),
        Paragraph(TEXT, BODY),
        Paragraph("Vad kostar ett besök?", bold),
        Paragraph(TEXT, BODY),
        Paragraph("5. Lösenord m.m.", HEADING),
        Paragraph(TEXT, BODY),
        Paragraph("Ta med kvitto m.m.", BODY),
        Paragraph(TEXT, BODY),
    ]
    assert [one for one in text_of(laid_out(story)).split("\n\n") if one != TEXT] == [
        "# Handlingsplan",
        "## 4. Ansvar",
        "### Vad kostar ett besök?",
        "## 5. Lösenord m.m.",
        "Ta med kvitto m.m.",
    ]


def test_numbered_headings_in_the_type_of_the_text_and_numbered_lists():
    data = drawn(
        lines(
            "5. Lösenord",
            "Ett lösenord ska vara minst tolv tecken långt och får inte delas med andra.",
            "",
            "6. Skydd av uppgifter",
            "Uppgifterna lämnas ut endast till den som har rätt till dem enligt lag.",
            "",
            "Gör så här:",
            "1. Fyll i blanketten",
            "2. Skriv under den",
            "3. Skicka den till nämnden",
        )
    )
    assert [one for one in text_of(data).split("\n\n") if one.startswith("#")] == [
        "# 5. Lösenord",
        "# 6. Skydd av uppgifter",
    ]
    assert sentences(data)[-3:] == ["Fyll i blanketten", "Skriv under den", "Skicka den till nämnden"]


def test_a_sentence_may_end_with_a_number_that_begins_a_line():
    whole = "Den som behöver hjälp på kvällen kan ringa mellan 17 och 22. Därefter hänvisas alla till jouren i Lövby."
    at = whole.index("22.")
    assert sentences(drawn(lines(whole[: at - 1], whole[at:]))) == [whole[: at + 3], whole[at + 4 :]]
    items = ["Du ska ha fyllt 20 år och vara bosatt här i kommunen, eller", "Du ska ha ett intyg från skolan i Lövby."]
    assert sentences(drawn(lines(*(f"{n}. {item}" for n, item in enumerate(items, 1))))) == items


def test_items_in_larger_type_head_nothing():
    def page(sheet):
        items = ["1. Fyll i ansökan", "2. Lämna in den", "3. Vänta på beslut"]
        sheet.setFont("Helvetica", 13)
        lines(*items, leading=18)(sheet)
        sheet.setFont("Helvetica", 11)
        lines(*PROSE[:5], top=700)(sheet)

    assert sentences(drawn(page))[:3] == ["Fyll i ansökan", "Lämna in den", "Vänta på beslut"]


def test_bullets_are_list_items_and_their_wrapped_lines_belong_to_them():
    def page(sheet):
        for number, text in enumerate(["Stöd av Kvinnojouren Linden i Lövby, som har öppet", "Skydd"]):
            sheet.drawString(72, 780 - 28 * number, "•")
            sheet.drawString(90, 780 - 28 * number, text)
        sheet.drawString(90, 766, "Dygnet runt.")

    assert sentences(drawn(page)) == ["Stöd av Kvinnojouren Linden i Lövby, som har öppet Dygnet runt.", "Skydd"]


def test_a_bullet_that_is_drawn_and_not_written_is_one():
    def page(sheet):
        lines("Handläggaren får inte:", "", "Lämna ut adressen till boendet", "Kontakta förövaren", "Ringa hem")(sheet)
        sheet.circle(60, 780 - 2 * 14 + 3.5, 1.5, stroke=0, fill=1)
        sheet.circle(60, 780 - 3 * 14 + 3.5, 2.2, stroke=1, fill=0)
        sheet.rect(58.5, 780 - 4 * 14 + 2, 3, 3, stroke=0, fill=1)

    items = ["• Lämna ut adressen till boendet", "• Kontakta förövaren", "• Ringa hem"]
    assert text_of(drawn(page)).split("\n\n") == ["Handläggaren får inte:", *items]


def test_a_square_before_a_heading_a_box_to_tick_and_dots_in_a_row_are_no_bullets():
    def page(sheet):
        lines(*PROSE[:3], "", "Samtycke lämnas", "", *PROSE[:3], top=750)(sheet)
        sheet.setFont("Helvetica-Bold", 11)
        sheet.drawString(72, 780, "Om tillsyn")
        sheet.rect(62, 782, 4, 4, stroke=0, fill=1)
        sheet.rect(62, 694, 4, 4, stroke=1, fill=0)
        for number in range(3):
            sheet.circle(50 + 8 * number, 753, 1.5, stroke=0, fill=1)

    text = text_of(drawn(page))
    assert text.startswith("# Om tillsyn\n\n")
    assert "•" not in text


def test_raised_references_leave_two_columns_apart():
    left = [
        "Stödet ges av kommunen i alla län.^12,14–16 Den som^",
        "behöver skydd ansöker hos nämnden.^3^ Beslutet",
        "gäller i ett år^4^ och kan ändras när nya^",
        "uppgifter kommer in från polisen i Norrby.^5-7^",
        "Ersättningen är 90 kronor för en natt.^8^ Den^",
        "betalas ut av Försäkringskassan varje månad.",
    ]
    right = [
        "Polisen utreder brott mot barn i hela^9^ landet.",
        "Åklagaren leder utredningen när någon är^",
        "misstänkt för brottet.^10,11^ Domstolen prövar^",
        "sedan saken och hör vittnen från skolan.^2^ Den",
        "som är under arton år får ett eget biträde^6^",
        "under hela tiden och betalar ingenting själv.",
    ]

    def page(sheet):
        for x, top, texts in ((60, 700, left), (320, 695.5, right)):
            for number, text in enumerate(texts):
                at, y = x, top - 13 * number
                for turn, piece in enumerate(text.split("^")):
                    size, raised = (6, 3.6) if turn % 2 else (10, 0)
                    sheet.setFont("Helvetica", size)
                    sheet.drawString(at, y + raised, piece)
                    at += sheet.stringWidth(piece, "Helvetica", size) + (0.8 if piece.endswith(".") else 0)

    without = [" ".join(re.sub(r"\^[\d,–-]*\^?", "", text) for text in texts) for texts in (left, right)]
    assert text_of(drawn(page)) == "\n\n".join(without)


# Tables and forms


def test_a_ruled_table_gives_a_row_a_line_with_its_header():
    cell = ParagraphStyle("cell", BODY, fontSize=10, leading=12)
    rows = [
        ["Åtgärd", "Ansvarig", "Tid"],
        [Paragraph("Utbildning av personal i skolor och förskolor", cell), "Barnnämnden", "2026"],
        ["Samtal", "Socialnämnden", "2027"],
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold")]
    data = laid_out([Paragraph(TEXT, BODY), Table(rows, [120, 120, 60], style=style), Paragraph(TEXT, BODY)])
    assert text_of(data).split("\n\n")[1].split("\n") == [
        "Åtgärd | Ansvarig | Tid",
        "--- | --- | ---",
        "Utbildning av personal i skolor och förskolor | Barnnämnden | 2026",
        "Samtal | Socialnämnden | 2027",
    ]


@pytest.mark.parametrize("bold", [True, False])
def test_a_second_header_row_below_a_cell_over_several_columns_is_read_with_the_first(bold):
    rows = [
        ["Tjänst", "Avgift per månad", ""],
        ["", "Barn", "Vuxen"],
        ["Simning", "100 kr", "200 kr"],
        ["Gym", "150 kr", "250 kr"],
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1))]
    style += [("FONT", (0, 0), (-1, 1), "Helvetica-Bold")] if bold else []
    draft = read_pdf(laid_out([Table(rows, [120] * 3, style=style)]))
    found = passages.split(Document("d", "t", draft.text))
    assert [one.reading for one in found] == [
        "Simning | Avgift per månad Barn: 100 kr | Avgift per månad Vuxen: 200 kr",
        "Gym | Avgift per månad Barn: 150 kr | Avgift per månad Vuxen: 250 kr",
    ]


@pytest.mark.parametrize("merged", [True, False])
def test_a_row_of_one_cell_labels_the_rows_below_it(merged):
    rows = [
        ["Tjänst", "Avgift per år", ""],
        ["", "Vanlig", "Nedsatt"],
        ["Hyra", "", ""],
        ["Ramp", "400 kr", "200 kr"],
        ["Besök", "", ""],
        ["Råd", "9 kr", "7 kr"],
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1))]
    for row in (2, 4):
        style += [("SPAN", (0, row), (2, row)) if merged else ("FONT", (0, row), (0, row), "Helvetica-Bold")]
    draft = read_pdf(laid_out([Table(rows, [120] * 3, style=style)]))
    found = passages.split(Document("d", "t", draft.text))
    assert [(one.heading, one.reading) for one in found] == [
        (("Hyra",), "Ramp | Avgift per år Vanlig: 400 kr | Avgift per år Nedsatt: 200 kr"),
        (("Besök",), "Råd | Avgift per år Vanlig: 9 kr | Avgift per år Nedsatt: 7 kr"),
    ]


def between_lines(*rows, columns=(72, 190, 300), bold=(), ruled=(), end=520):
    """Return what draws rows of cells, each with its lines, with a level line above the rows of some numbers."""

    def draw(sheet):
        y = 760
        for number, row in enumerate([*rows, []]):
            if number in ruled:
                sheet.line(columns[0] - 4, y, end, y)
            sheet.setFont("Helvetica-Bold" if number in bold else "Helvetica", 11)
            for x, cell in zip(columns, row, strict=bool(row)):
                lines(*cell, x=x, top=y - 14)(sheet)
            y -= 10 + 14 * max(map(len, row), default=0)

    return draw


def test_level_lines_alone_rule_rows_whose_cells_wrap():
    rows = [
        [["Åtgärd"], ["Ansvarig", "funktion i", "kommunen"], ["Kommentar"]],
        [
            ["Utbilda personal", "om våld"],
            ["Socialchefen"],
            ["Det sker i samverkan med Länsstyrelsen", "och kräver två dagar"],
        ],
        [["Ta fram en rutin"], ["Enhetschefen"], ["Rutinen får inte lämnas ut utan att", "nämnden har prövat det"]],
    ]
    data = drawn(both(in_bold("Åtgärder", top=790), between_lines(*rows, bold=[0], ruled=[1, 2, 3])))
    assert text_of(data) == (
        "# Åtgärder\n\nÅtgärd | Ansvarig funktion i kommunen | Kommentar\n--- | --- | ---\n"
        "Utbilda personal om våld | Socialchefen | Det sker i samverkan med Länsstyrelsen och kräver två dagar\n"
        "Ta fram en rutin | Enhetschefen | Rutinen får inte lämnas ut utan att nämnden har prövat det"
    )


def test_level_lines_drawn_cell_by_cell_part_columns_without_white_between():
    rows = [["Nr", "Ärende", "Delegat"], ["3.1 Beslut om insatser för vuxna", "", ""]]
    rows += [["3.1.1", "Beslut om boende i annan kommun", "Enhetschef"], ["3.1.2", "Avslag", "Nämnden"]]
    style = [("LINEBELOW", (column, 0), (column, -1), 0.5, colors.black) for column in range(3)]
    style += [("FONTNAME", (0, 0), (-1, 1), "Helvetica-Bold")]
    style += [("SPAN", (0, 1), (-1, 1)), ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2)]
    data = laid_out([Paragraph(TEXT, BODY), Table(rows, colWidths=[32, 162, 70], style=style), Paragraph(TEXT, BODY)])
    assert text_of(data).split("\n\n")[1].split("\n") == [
        "Nr | Ärende | Delegat",
        "--- | --- | ---",
        "**3.1 Beslut om insatser för vuxna**",
        "3.1.1 | Beslut om boende i annan kommun | Enhetschef",
        "3.1.2 | Avslag | Nämnden",
    ]


def test_lines_that_a_cell_ends_on_purpose_are_parted_and_the_last_row_needs_no_line_below():
    rows = [
        [["Plats och tid"], ["Kommunhuset, kl. 13.15"]],
        [["Beslutande"], ["Karin Ek (S), ordförande", "Lars Norén (M)", "Fatima Ali (V)"]],
        [["Justeringens plats", "och tid"], ["Socialkontoret, 2025-04-28"]],
        [["Paragrafer"], ["41–48"]],
    ]
    data = drawn(both(between_lines(*rows, columns=(72, 190), ruled=[0, 1, 2, 3]), lines(*PROSE[:2], top=580)))
    assert text_of(data).split("\n\n")[0].split("\n") == [
        "Plats och tid | Kommunhuset, kl. 13.15",
        "Beslutande | Karin Ek (S), ordförande; Lars Norén (M); Fatima Ali (V)",
        "Justeringens plats och tid | Socialkontoret, 2025-04-28",
        "Paragrafer | 41–48",
    ]


def test_rows_between_lines_at_the_head_and_foot_of_a_table_stay_rows_of_their_own():
    rows = [
        [["Län"], ["Vuxna"], ["Barn"]],
        [["Kalmar", "Gotland", "Blekinge"], ["72", "79", "86"], ["61", "67", "73"]],
    ]
    data = drawn(both(between_lines(*rows, bold=[0], ruled=[0, 1, 2]), lines(*PROSE[:3], top=640)))
    text = text_of(data).split("\n\n")[0]
    assert text == "Län | Vuxna | Barn\n--- | --- | ---\nKalmar | 72 | 61\nGotland | 79 | 67\nBlekinge | 86 | 73"


@pytest.mark.parametrize("bold", [True, False])
@pytest.mark.parametrize(
    "style",
    [
        ("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("LINEBELOW", (0, 0), (-1, -2), 0.5, colors.black),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black),
        ("LINEABOVE", (0, 2), (-1, -1), 0.5, colors.black),
        ("LINEBELOW", (0, 0), (-1, -3), 0.5, colors.black),
    ],
)
def test_rows_without_a_level_line_above_or_below_belong_to_the_table(style, bold):
    rows = [["Tjänst", "Pris", "Tid"], ["Bygglov", "5 000 kr", "10 v"], ["Altan", "300 kr", "2 v"]]
    rows += [["Mur", "80 kr", "8 v"], ["Staket", "12 000 kr", "4 v"], ["Plank", "400 kr", "3 v"]]
    styles = [style, ("ALIGN", (1, 0), (1, -1), "RIGHT")]
    styles += [("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")] if bold else []
    data = laid_out([Paragraph(TEXT, BODY), Table(rows, style=styles), Paragraph(TEXT, BODY)])
    text, table, below = text_of(data).split("\n\n")
    assert text == below == TEXT
    assert [line.split(" | ") for line in table.split("\n") if "---" not in line] == rows
    assert table.split("\n")[1] == "--- | --- | ---"


def test_a_wrapped_row_left_for_the_last_page_stands_below_the_repeated_header():
    rows = [["Roll", "Ansvar"]] + [[f"Handläggare {n}", Paragraph("Utreder ärenden " * 4, BODY)] for n in range(1, 21)]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    style += [("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"), ("LEFTPADDING", (0, 0), (-1, -1), 6)]
    table = Table(rows, style=style, colWidths=[120, 200], repeatRows=1)
    draft = read_pdf(laid_out([table, Paragraph(TEXT, BODY)]))
    assert len(draft.pages) == 2
    assert draft.text[draft.pages[1] :].split("\n")[:4] == [
        "Roll | Ansvar",
        "--- | ---",
        "Handläggare 20 | " + " ".join(["Utreder ärenden"] * 4),
        "",
    ]


def test_a_form_with_a_line_below_each_field_keeps_the_first_one():
    fields = [["Namn", "Anna Ek"], ["Telefon", "0123-45 67 89"], ["E-post", "a@b.se"]]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)]
    data = laid_out([Paragraph(TEXT, BODY), Table(fields, style=style), Paragraph(TEXT, BODY)])
    assert text_of(data).split("\n\n")[1] == "Namn | Anna Ek\nTelefon | 0123-45 67 89\nE-post | a@b.se"


def test_a_line_of_text_below_a_table_is_no_row_of_it():
    rows = [["Roll", "Ansvar"], ["Chef", "Beslutar"], ["Nämnd", "Följer upp"]]
    style = [("LINEBELOW", (column, 0), (column, -1), 0.5, colors.black) for column in range(2)]
    style += [("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")]
    below = ["Priset gäller per år.", "Källa: SCB"]
    for text in below:
        table = Table(rows, style=style, colWidths=[60, 200], hAlign="LEFT")
        data = laid_out([Paragraph(TEXT, BODY), table, Paragraph(text, BODY)])
        assert text_of(data).split("\n\n")[1:] == [
            "Roll | Ansvar\n--- | ---\nChef | Beslutar\nNämnd | Följer upp",
            text,
        ]


def test_a_label_holds_on_the_next_page_below_the_repeated_header():
    rows = [["Nr", "Ärende"], ["3.1 Vuxna", ""], ["3.1.1", "Avslag"], ["3.2 Barn", ""]]
    rows += [[f"3.2.{n}", f"Beslut {n}"] for n in range(1, 61)]
    bold = [("FONTNAME", (0, row), (-1, row), "Helvetica-Bold") for row in (0, 1, 3)]
    grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
    whole = [("SPAN", (0, row), (-1, row)) for row in (1, 3)]
    draft = read_pdf(laid_out([Table(rows, style=[grid, *bold, *whole], repeatRows=1)]))
    assert len(draft.pages) == 2
    assert draft.text[draft.pages[1] :].startswith("Nr | Ärende\n--- | ---\n**3.2 Barn**\n3.2.")
    found = passages.split(Document("d", "t", draft.text, pages=draft.pages))
    assert [one.heading[-1] for one in found[-60:]] == ["3.2 Barn"] * 60


def test_lines_with_dots_that_lead_to_a_price_stay_apart():
    prices = ["Vuxen" + 110 * "." + " 75 kr", "Barn 7–17 år" + 98 * "." + "40 kr", "Årskort" + 105 * "." + "1 900 kr"]
    assert text_of(drawn(lines(*PROSE[:2], "", *prices))).split("\n\n")[1:] == prices


def test_a_cell_over_several_rows_labels_each():
    rows = [["Kväll", "Motionssim", "9–15"], ["", "Babysim", "16–18"], ["Morgon", "Motionssim", "6–8"]]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (0, 0), (0, 1))]
    assert text_of(laid_out([Table(rows, [100] * 3, style=style)])).split("\n") == [
        "Kväll | Motionssim | 9–15",
        "Kväll | Babysim | 16–18",
        "Morgon | Motionssim | 6–8",
    ]


def test_headings_between_tables_alone_are_headings():
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    rows = {
        "Hemtjänst i Lövby": [["Tjänst", "Pris"], ["Städning", "350 kr"], ["Tvätt", "200 kr"]],
        "Bibliotek": [["Tjänst", "Pris"], ["Förlorat lånekort", "20 kr"], ["Fjärrlån", "10 kr"]],
    }
    story = [part for name, table in rows.items() for part in (Paragraph(name, HEADING), Table(table, style=grid))]
    found = re.findall(r"^#+ .*", text_of(laid_out([Paragraph("<font size=20>Taxor</font>", HEADING), *story])), re.M)
    assert found == ["# Taxor", "## Hemtjänst i Lövby", "## Bibliotek"]


def test_columns_that_align_are_a_table_without_ruled_lines():
    rows = [
        ("Aktivitet", "Måndag", "Lördag"),
        ("Motionssim", "6–8", "9–15"),
        ("Babysim", "10–11", "16–17"),
        ("Bastu", "6–20", "9–17"),
    ]

    def page(sheet):
        for number, row in enumerate(rows):
            for x, cell in zip((72, 200, 330), row, strict=True):
                sheet.drawString(x, 780 - 16 * number, cell)
        sheet.drawString(72, 690, "Simhallen är stängd på helgdagar enligt nämndens beslut.")

    assert text_of(drawn(page)).split("\n") == [
        "Aktivitet | Måndag | Lördag",
        "--- | --- | ---",
        "Motionssim | 6–8 | 9–15",
        "Babysim | 10–11 | 16–17",
        "Bastu | 6–20 | 9–17",
        "",
        "Simhallen är stängd på helgdagar enligt nämndens beslut.",
    ]


def test_a_cell_heads_nothing():
    rows = [["Måndag", "9–17"], ["Tisdag", "10–18"]]
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (0, -1), "Helvetica-Bold")]
    data = laid_out([Paragraph("Öppettider", HEADING), Table(rows, [100] * 2, style=style), Paragraph(TEXT, BODY)])
    assert [line for line in text_of(data).split("\n") if line.startswith("#")] == ["# Öppettider"]


def test_what_is_filled_into_a_form_stands_with_its_label():
    def page(sheet):
        form = sheet.acroForm
        lines("Ansökan om bidrag", "", "Föreningens namn:", "", "", "Medlem", "", "", "Anonym", "", "", "Ort:")(sheet)
        form.textfield(name="namn", value="Kvinnojouren Linden", x=200, y=746, width=200, height=20)
        form.checkbox(name="medlem", checked=True, x=200, y=706, size=14)
        form.checkbox(name="anonym", checked=False, x=200, y=664, size=14)
        form.choice(name="ort", value="Lövby", options=["Lövby", "Norrby"], x=200, y=620, width=100, height=20)

    text = text_of(drawn(page))
    assert "Föreningens namn: Kvinnojouren Linden" in text
    assert "Ort: Lövby" in text
    assert "Medlem ☒" in text.replace(" | ", " ")
    assert "Anonym ☐" in text.replace(" | ", " ")


def test_the_last_lines_of_a_form_head_nothing(tmp_path):
    def page(sheet):
        lines("Ansökan om bidrag", "", "", "Namn:", "", "", "Belopp:")(sheet)
        for name, value, y in (("namn", "Kvinnojouren Linden", 732), ("belopp", "45 000 kronor", 690)):
            sheet.acroForm.textfield(name=name, value=value, x=200, y=y, width=200, height=20)

    (tmp_path / "ansokan.pdf").write_bytes(drawn(page))
    (document,) = load_file(tmp_path / "ansokan.pdf")
    quotes = [one.text for one in passages.split(document)]
    assert quotes[-2:] == ["Namn: Kvinnojouren Linden", "Belopp: 45 000 kronor"]


def test_a_ticked_line_heads_nothing_wherever_its_box_stands():
    def page(sheet):
        lines("Blankett för anmälan", "", "Jag är vårdnadshavare", "", "Jag är god man", "", "Kommun: Lövby")(sheet)
        for y, ticked in ((752, True), (724, False)):
            sheet.acroForm.checkbox(name=str(y), checked=ticked, x=220, y=y - 2, size=12)

    assert sentences(drawn(page))[-3:] == ["Jag är vårdnadshavare ☒", "Jag är god man ☐", "Kommun: Lövby"]


@pytest.fixture(scope="session")
def dejavu() -> None:
    """A font with ligatures, where the machine has it."""
    path = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    try:
        pdfmetrics.registerFont(TTFont("DejaVu", path))
    except Exception:
        pytest.skip("no DejaVu fonts on this machine")


# The page in what is shown of it


def test_a_citation_names_the_page_wherever_it_is_shown(tmp_path, capsys, monkeypatch):
    first = lines("Nämnden beslutar om bidrag till föreningar i hela kommunen.")
    second = lines("Kulturskolan lånar ut instrument till barn och unga i Lövby.")
    (tmp_path / "plan.pdf").write_bytes(drawn(first, second))
    index = str(tmp_path / "index")
    assert main.main(["index", str(tmp_path / "plan.pdf"), "--index", index, "--encoder", "none", "--strict"]) == 0
    capsys.readouterr()
    assert main.main(["search", "instrument", "--index", index, "--encoder", "none"]) == 0
    assert "s. 2 (plan.pdf" in capsys.readouterr().out
    (document,) = load_file(tmp_path / "plan.pdf")
    assert main.main(["show", "plan.pdf", "--index", index]) == 0
    assert capsys.readouterr().out == document.text + "\n"  # no mark of a page in a pipe
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main.main(["show", "plan.pdf", "--index", index]) == 0
    monkeypatch.undo()
    assert capsys.readouterr().out == (
        "– s. 1 –\nNämnden beslutar om bidrag till föreningar i hela kommunen.\n"
        "– s. 2 –\nKulturskolan lånar ut instrument till barn och unga i Lövby.\n"
    )
    start = document.text.index("Kulturskolan")
    citation = citations.cite(
        replace(document, title="plan", url="https://a.se/plan.pdf#del"), start, start + 12, marker=1
    )
    assert (citation.page, citation.url) == (2, "https://a.se/plan.pdf#page=2")
    answer = Answer("?", "sv", True, "", statements=(Statement("Kulturskolan", (1,)),), citations=(citation,))
    assert terminal.answer_lines(answer)[-1] == "[1] plan, s. 2 — https://a.se/plan.pdf#page=2"
    assert [place(citation, language) for language in ("sv", "en")] == ["plan, s. 2", "plan, p. 2"]


def test_strict_fails_where_pages_were_left_out(tmp_path, capsys):
    def scanned(sheet):
        sheet.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, *A4)

    (tmp_path / "blandad.pdf").write_bytes(drawn(lines("Protokoll nr 4."), scanned))
    command = ["index", str(tmp_path / "blandad.pdf"), "--encoder", "none"]
    assert main.main([*command, "--index", str(tmp_path / "a")]) == 0
    (told,) = capsys.readouterr().err.strip().split("\n")
    assert "blandad.pdf: page 2 holds no text" in told
    assert main.main([*command, "--index", str(tmp_path / "b"), "--strict"]) == 1


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("Stödet ges av\nBrottsofferjouren.", "Stödet ges av Brottsofferjouren."),
        ("Länsstyrel-\n  sen beslutar.", "Länsstyrelsen beslutar."),
        ("EU-\ndirektivet om hälso-\noch sjukvård", "EU-direktivet om hälso- och sjukvård"),
        ("Ingen radbrytning – alls.", "Ingen radbrytning – alls."),
    ],
)
def test_a_quote_is_shown_without_line_breaks(quote, shown):
    assert unbroken(quote) == shown
