"""Spreadsheets, slides, rich text, OpenDocument and e-mails → text, each against what a person reads in it."""

import datetime
import io
import re
import sys
import zipfile

import openpyxl
import pptx
import pytest
from openpyxl.styles import Font
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

import nmt_rag
from nmt_rag import extras
from nmt_rag.documents import loading, passages
from nmt_rag.documents.office import mail, opendocument, rich_text, sheets, shown_values, slides
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document
from tests.durations import assert_in_proportion

ACCOUNTING = '_-* #,##0.00\\ "kr"_-;\\-* #,##0.00\\ "kr"_-;_-* "-"??\\ "kr"_-;_-@_-'
TABLE = "Aktivitet | Måndag | Lördag\n--- | --- | ---\nMotionssim | 6–8 | 9–15\nBabysim |  | 16–18"


def saved(made) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def readings(draft):
    """The passages as they are read, each proven to stand in the text."""
    found = passages.split(Document("d", draft.title, draft.text, pages=draft.pages))
    assert all(draft.text[one.start : one.end] == one.text for one in found)
    return [(one.heading, one.reading) for one in found]


# Values


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "cp1252"), ("\t", "utf-16"), ("|", "utf-8")]
)
def test_a_row_of_values_is_read_with_its_header(delimiter, encoding):
    text = "Aktivitet;Måndag;Lördag\r\nMotionssim;6–8;9–15\r\nBabysim;;16–18\r\n".replace(";", delimiter)
    draft = sheets.read_csv(text.encode(encoding))
    assert draft.text == TABLE
    assert readings(draft) == [((), "Motionssim | Måndag: 6–8 | Lördag: 9–15"), ((), "Babysim | Lördag: 16–18")]


def test_values_with_commas_and_line_ends_stay_whole():
    data = 'Namn;Avgift;Adress\nStödteamet;12,50;"Torget 2; 3 tr\n123 45 Lövby"\nJouren;1,00;"Gatan | 1"\n'.encode()
    assert sheets.read_csv(data).text.split("\n")[2:] == [
        "Stödteamet | 12,50 | Torget 2; 3 tr 123 45 Lövby",
        "Jouren | 1,00 | Gatan ¦ 1",
    ]


def test_a_long_value_takes_no_longer_than_its_length_tells():
    assert_in_proportion(
        lambda digits: sheets.read_csv(f"a;b\n{digits}x;c\nd;e\n".encode()), "1" * 10_000, "1" * 40_000
    )


def test_a_value_may_be_as_long_as_a_file():
    long = "ord " * 50_000
    assert sheets.read_csv(f'namn;text\nA;"{long}"\nB;kort\n'.encode()).text.split("\n")[2:] == [
        f"A | {long.strip()}",
        "B | kort",
    ]


def test_values_without_a_header_have_none():
    data = "Anna Ek;anna@lovby.se\nBo Å;bo@lovby.se\n".encode()
    assert readings(sheets.read_csv(data)) == [((), "Anna Ek | anna@lovby.se"), ((), "Bo Å | bo@lovby.se")]


@pytest.mark.parametrize(("first", "delimiter"), [("sep=;", ";"), ("SEP=,", ","), ('"sep=|"', "|"), ("sep=;;", ";")])
def test_the_line_that_tells_excel_the_delimiter_is_no_text(first, delimiter):
    rows = [["Enhet", "Avgift"], ["Bad", "12"], ["Gym", "9"]]
    data = "\r\n".join([first, *map(delimiter.join, rows)]).encode("utf-8-sig")
    assert sheets.read_csv(data).text == "Enhet | Avgift\n--- | ---\nBad | 12\nGym | 9"


def test_one_column_is_a_list_of_paragraphs():
    assert sheets.read_csv("Ring polisen.\nGå hem.\n".encode()).text == "Ring polisen.\n\nGå hem."


def test_columns_that_a_wide_file_loses_are_told(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_COLUMNS", 2)
    draft = sheets.read_csv("Ort;Avgift;Telefon\nSäter;20 kr;0225-1\n".encode())
    assert ("Säter" in draft.text, "0225" in draft.text) == (True, False)
    assert [(note.kind, note.message) for note in draft.notes] == [
        ("rows", "it has more than 2 columns: the others were left out")
    ]
    assert sheets.read_csv("Ort;Avgift;\nSäter;20 kr;\n".encode()).notes == ()  # nothing stands there


def test_rows_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    draft = sheets.read_csv(b"Dag;Tid\nm;1\nt;2\no;3\n")
    assert draft.text.endswith("t | 2")
    assert [remark.kind for remark in draft.notes] == ["rows"]


# Workbooks


def test_a_workbook_gives_its_visible_sheets_each_below_its_name():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Taxa"
    for row in (
        ["Taxa för Lövby kommun"],
        [],
        ["Tjänst", "Avgift", "Gäller från"],
        ["Barn"],
        ["Besök", 250.0, datetime.date(2026, 1, 1)],
        ["Resa", 12.5, None],
        [],
        ["Lån"],
    ):
        sheet.append(row)
    sheet["A4"].font = Font(bold=True)
    other = book.create_sheet("Tider")
    other.append(["Dag", "Öppet"])
    other.append(["Måndag", datetime.time(8, 30)])
    book.create_sheet("Gammal").sheet_state = "hidden"
    draft = sheets.read_xlsx(saved(book))
    assert draft.text == (
        "# Taxa\n\n**Taxa för Lövby kommun**\n\nTjänst | Avgift | Gäller från\n--- | --- | ---\n**Barn**\n"
        "Besök | 250 | 2026-01-01\nResa | 12,5 | \nLån |  | \n\n# Tider\n\nDag | Öppet\n--- | ---\nMåndag | 08:30"
    )
    assert readings(draft) == [
        (("Taxa", "Taxa för Lövby kommun", "Barn"), "Besök | Avgift: 250 | Gäller från: 2026-01-01"),
        (("Taxa", "Taxa för Lövby kommun", "Barn"), "Resa | Avgift: 12,5"),
        (("Taxa", "Taxa för Lövby kommun", "Barn"), "Lån"),
        (("Tider",), "Måndag | Öppet: 08:30"),
    ]
    assert [(one.kind, one.detail) for one in draft.notes] == [("hidden", "Gammal")]


def test_merged_cells_count_in_each_row_and_hidden_rows_and_columns_in_none():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Bad", "Grupp", "Vardag", None, "Internt"],
        [None, None, "Dag", "Kväll", None],
        ["Norra", "Barn", 10, 20, "x"],
        [None, "Vuxna", 30, 40, "y"],
        ["Södra", "Barn", 50, 60, "z"],
    ):
        sheet.append(row)
    for area in ("A1:A2", "B1:B2", "C1:D1", "A3:A4"):
        sheet.merge_cells(area)
    sheet.column_dimensions["E"].hidden = True
    sheet.row_dimensions[5].hidden = True
    draft = sheets.read_xlsx(saved(book))
    assert [reading for _, reading in readings(draft)] == [
        "Norra | Grupp: Barn | Vardag Dag: 10 | Vardag Kväll: 20",
        "Norra | Grupp: Vuxna | Vardag Dag: 30 | Vardag Kväll: 40",
    ]
    assert "hidden" in [one.kind for one in draft.notes]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (0.25, "0%", "25 %"),
        (0.125, "0.0%", "12,5 %"),
        (1500, '#,##0 "kr"', "1 500 kr"),
        (1234.5, "#,##0.00", "1 234,50"),
        (1500, "[$kr-41D] #,##0", "kr 1 500"),
        (2024, "General", "2024"),
        (0.005, "0%", "1 %"),
        (2.675, "0.00", "2,68"),
        (12345678901234.0, "General", "12345678901234"),
        (0.1 + 0.2, "General", "0,3"),
        (True, "General", "SANT"),
        ("#REF!", "General", ""),
        (1250000, "#,##0,", "1 250"),
        (1500000, '#,##0.0,,\\ "mnkr"', "1,5 mnkr"),
        (12.5, "#,##0.##", "12,5"),
        (12, "#,##0.##", "12"),
        (12.55, "0.0#", "12,55"),
        (114, "0000", "0114"),
        (12345, "000\\ 00", "123 45"),
        (50, '"ca "0" kr/m³"', "ca 50 kr/m³"),
        (50, '0" %"', "50 %"),
        (77, ";;;", ""),
        ("Dold", ";;;", ""),
        ("Bad", '@" (ny)"', "Bad (ny)"),
        ("Bad", ACCOUNTING, "Bad"),
        (-1234.5, ACCOUNTING, "-1 234,50 kr"),
        (0, ACCOUNTING, "- kr"),
        (-45, "#,##0;(#,##0)", "(45)"),
        (-45, "#,##0;[Red]#,##0", "-45"),
        (-45, "#,##0;[Red]-#,##0", "-45"),
        (-45, "0.0", "-45,0"),
        (50, '[<100]"få";0', "få"),
        (150, '[<100]"få";0', "150"),
        (-5, "[<0]-0;0", "-5"),
        (-5, "[<100]0.0;0", "-5,0"),
        (50, '0 "kr"/"m³"', "50 kr/m³"),
        (0.5, "# ?/8", "0,5"),
        (0.5, "#.00", ",50"),
        (0, "#", ""),
        (3, 'General" st"', "3 st"),
        (2.5, "# ?/?", "2,5"),
        (2.5, "yyyy-mm-dd", "2,5"),
        (12500.0, "0.00E+00", "12500"),
        (1e300, "0", "1" + 300 * "0"),
        (float("inf"), "0", ""),
        (datetime.datetime(2026, 3, 1), "mmm-yy", "2026-03"),
        (datetime.datetime(2026, 3, 1), '"år "yyyy', "2026"),
        (datetime.datetime(2026, 3, 1), "[$-41D]mmmm;@", "mars"),
        (datetime.datetime(2026, 3, 1), "d mmmm", "2026-03-01"),
        (datetime.date(2026, 3, 1), "General", "2026-03-01"),
        (datetime.datetime(2026, 3, 1, 9, 5), "yyyy-mm-dd hh:mm", "2026-03-01 09:05"),
        (datetime.timedelta(hours=26), "[h]:mm", "26:00"),
    ],
)
def test_a_value_is_shown_as_the_sheet_shows_it(value, form, shown):
    assert shown_values.shown(value, form) == shown


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (46082.0, "mmm-yy", "2026-03"),
        (46082.0, "yyyy-mm-dd", "2026-03-01"),
        (0.5, "yyyy", "0,5"),
        (0.5, '0" dm"', "1 dm"),
    ],
)
def test_a_date_of_a_chart_is_a_number_of_days(value, form, shown):
    assert shown_values.point_shown(value, form) == shown


def test_years_are_header_words_and_bold_tells_a_header():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Brott", 2023, 2024], ["Anmälda", 118, 97]):
        sheet.append(row)
    assert readings(sheets.read_xlsx(saved(book)))[0][1] == "Anmälda | 2023: 118 | 2024: 97"
    other = openpyxl.Workbook()
    for row in (["Steg 1", "10 kr"], ["Anna", "Bo"]):
        other.active.append(row)
    assert len(readings(sheets.read_xlsx(saved(other)))) == 2
    for cell in other.active[1]:
        cell.font = Font(bold=True)
    assert readings(sheets.read_xlsx(saved(other))) == [((), "Anna | 10 kr: Bo")]


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([[None, 2022, 2023], ["Vuxna", 54, 56]], ["Vuxna | 2022: 54 | 2023: 56"]),
        ([[None, 2022, 2023], ["Född", 1950, 1962]], ["2022 | 2023", "Född | 1950 | 1962"]),
        ([["Kommun:", "Lövby"], ["Ansvarig:", "Eva"]], ["Kommun: | Lövby", "Ansvarig: | Eva"]),
    ],
)
def test_years_alone_are_header_words_and_a_fact_of_a_form_is_none(rows, read):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    assert [one for _, one in readings(sheets.read_xlsx(saved(book)))] == read


def test_a_label_below_a_header_or_a_title_above_it_hides_none():
    book = openpyxl.Workbook()
    for row in (["Tjänst", "Vuxen", "Barn"], ["Bad"], ["Enkel", 70, 40], ["Gym"], ["Enkel", 90, 50]):
        book.active.append(row)
    for cell in (*book.active[1], book.active["A2"], book.active["A4"]):
        cell.font = Font(bold=True)
    expected = [(("Bad",), "Enkel | Vuxen: 70 | Barn: 40"), (("Gym",), "Enkel | Vuxen: 90 | Barn: 50")]
    assert readings(sheets.read_xlsx(saved(book))) == expected
    titled = sheets.read_csv("Avgifter 2026;;\nTjänst;Vuxen;Barn\nBad;70;40\n".encode())
    assert readings(titled) == [(("Avgifter 2026",), "Bad | Vuxen: 70 | Barn: 40")]


@pytest.mark.parametrize("bold", [True, False])
def test_two_header_rows_are_read_together_where_cells_of_the_first_are_merged(bold):
    book = openpyxl.Workbook()
    for row in (["Lokal", "Pris", None, "Moms"], [None, "Förening", "Privat", None], ["Hall", 120, 350, 6]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    for cell in (*book.active[1], *book.active[2]) if bold else ():
        cell.font = Font(bold=True)
    assert [one for _, one in readings(sheets.read_xlsx(saved(book)))] == [
        "Hall | Pris Förening: 120 | Pris Privat: 350 | Moms: 6"
    ]


def test_a_formula_that_was_never_computed_is_told():
    book = openpyxl.Workbook()
    book.active.append(["Summa", "=1+1"])
    assert [one.kind for one in sheets.read_xlsx(saved(book)).notes] == ["formulas"]


def test_the_file_names_a_workbook_without_a_title(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Dag", "Tid"], ["Måndag", 8]):
        book.active.append(row)
    book.save(tmp_path / "öppettider.xlsx")
    (document,) = loading.load_file(tmp_path / "öppettider.xlsx")
    assert document.title == "öppettider"


@pytest.mark.parametrize(("stated", "title"), [("", "priser"), ("Taxa 2026", "Taxa 2026")])
def test_none_of_several_sheets_names_the_workbook(tmp_path, stated, title):
    book = openpyxl.Workbook()
    book.active.title = "Priser 2019 (gäller ej)"
    for sheet in (book.active, book.create_sheet("Priser 2026")):
        for row in (["Tjänst", "Avgift"], ["Bad", 8], ["Gym", 9]):
            sheet.append(row)
    book.properties.title = stated
    book.save(tmp_path / "priser.xlsx")
    (document,) = loading.load_file(tmp_path / "priser.xlsx")
    assert document.title == title
    assert [one.heading for one in passages.split(document)] == [
        *[("Priser 2019 (gäller ej)",)] * 2,
        *[("Priser 2026",)] * 2,
    ]


# Slides


def test_a_presentation_gives_its_slides_as_pages():
    deck = pptx.Presentation()
    for title, texts in (("Stöd", ["Samtal", "Skydd"]), ("", ["Ring 0123-45 67 89."]), ("Dold", ["Internt."])):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(texts)
    slide._element.set("show", "0")
    deck.slides[1].notes_slide.notes_text_frame.text = "Säg att samtalen är gratis."
    table = deck.slides[0].shapes.add_table(3, 3, Inches(1), Inches(5), Inches(6), Inches(1)).table
    for number, row in enumerate((["Bad", "Dag", "Tid"], ["Norra", "Mån", "9"], ["", "Tis", "10"])):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    draft = slides.read_pptx(saved(deck))
    assert draft.text == (
        "# Stöd\n\n- Samtal\n- Skydd\n\nBad | Dag | Tid\n--- | --- | ---\nNorra | Mån | 9\nNorra | Tis | 10\n\n"
        "# Bild 2\n\nRing 0123-45 67 89.\n\n**Talarens anteckningar**\n\nSäg att samtalen är gratis."
    )
    assert draft.text[draft.pages[1] :].startswith("# Bild 2")
    assert draft.pages[2] == len(draft.text)
    assert [(one.kind, one.detail) for one in draft.notes] == [("hidden", "3")]
    assert readings(draft)[3] == (("Stöd",), "Norra | Dag: Tis | Tid: 10")


def test_a_chart_is_a_table_of_what_it_shows():
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Anmälda brott"
    data = CategoryChartData()
    data.categories = ["2023", "2024"]
    data.add_series("Rån", (118, 97.5))
    data.add_series("Stöld", (0.25, None), "0%")
    place = (Inches(1), Inches(2), Inches(6), Inches(4))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
    chart.chart_title.text_frame.text = "Antal per år"
    found = readings(slides.read_pptx(saved(deck)))
    assert found == [
        (("Anmälda brott", "Antal per år"), "2023 | Rån: 118 | Stöld: 25 %"),
        (("Anmälda brott", "Antal per år"), "2024 | Rån: 97,5"),
    ]


def slide_of(deck, layout, title):
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide.shapes


def test_headings_beside_each_other_stand_each_above_its_own_text():
    deck = pptx.Presentation()
    shapes = slide_of(deck, 4, "Bemötande")
    for number, text in enumerate(("Gör så här", "Lyssna\nErbjud tolk", "Gör inte så här", "Lämna ut adresser"), 1):
        shapes.placeholders[number].text = text
    shapes.add_textbox(Inches(1), Inches(6.9), Inches(5), Inches(0.3)).text_frame.text = "Källa: Polisen"
    steps = slide_of(deck, 5, "Steg")
    for number, (left, top, width, height, text) in enumerate(
        [(1, 2, 1, 0.5, "Ett"), (2.1, 2, 4, 0.5, "Ring"), (1, 3, 1, 0.8, "Två"), (2.1, 3, 4, 0.8, "Skriv")]
    ):
        box = steps.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        box.text_frame.text = f"{text} {number}"
    assert readings(slides.read_pptx(saved(deck))) == [
        (("Bemötande", "Gör så här"), "Lyssna"),
        (("Bemötande", "Gör så här"), "Erbjud tolk"),
        (("Bemötande", "Gör inte så här"), "Lämna ut adresser"),
        (("Bemötande",), "Källa: Polisen"),
        *((("Steg",), one) for one in ("Ett 0", "Ring 1", "Två 2", "Skriv 3")),
    ]


def test_the_title_of_a_chart_heads_the_chart_alone():
    deck = pptx.Presentation()
    shapes = slide_of(deck, 5, "Brott")
    data = CategoryChartData()
    data.categories = ["2024"]
    data.add_series("Rån", (118,))
    chart = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(6), Inches(4), data).chart
    chart.chart_title.text_frame.text = "Antal"
    shapes.add_textbox(Inches(1), Inches(6.5), Inches(5), Inches(0.3)).text_frame.text = "Ring polisen."
    assert readings(slides.read_pptx(saved(deck))) == [
        (("Brott", "Antal"), "2024 | Rån: 118"),
        (("Brott",), "Ring polisen."),
    ]


def test_what_is_struck_out_is_left_out_and_a_note_mark_is_no_digit():
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Avgift"
    paragraph = slide.shapes.add_textbox(Inches(1), Inches(3), Inches(5), Inches(1)).text_frame.paragraphs[0]
    for text, name, value in (
        ("Avgiften är ", "", ""),
        ("150 ", "strike", "sngStrike"),
        ("118", "", ""),
        ("3", "baseline", "30000"),
        (" kr.", "", ""),
    ):
        run = paragraph.add_run()
        run.text = text
        if name:
            run._r.get_or_add_rPr().set(name, value)
    assert readings(slides.read_pptx(saved(deck))) == [(("Avgift",), "Avgiften är 118 kr.")]


@pytest.mark.parametrize(
    ("baseline", "read"),
    [("30000", "10 m²"), ("30%", "10 m²"), ("30.5%", "10 m²"), ("-25%", "10 m2"), ("0", "10 m2"), ("hög", "10 m2")],
)
def test_what_is_raised_by_any_measure_is_raised(baseline, read):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Yta"
    paragraph = slide.shapes.add_textbox(Inches(1), Inches(3), Inches(5), Inches(1)).text_frame.paragraphs[0]
    for text in ("10 m", "2"):
        paragraph.add_run().text = text
    paragraph.runs[1]._r.get_or_add_rPr().set("baseline", baseline)
    assert readings(slides.read_pptx(saved(deck))) == [(("Yta",), read)]


def test_alternatives_and_formulas_of_a_slide_are_read_once():
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Avgift"
    box = slide.shapes.add_textbox(Inches(1), Inches(3), Inches(5), Inches(1))
    box.text_frame.text = "Taxa = "
    office = "http://schemas.openxmlformats.org"
    formula = (
        f'<a14:m xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" xmlns:m="{office}/officeDocument/'
        '2006/math"><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>'
        "</m:oMath></a14:m>"
    )
    box.text_frame.paragraphs[0]._p.append(pptx.oxml.parse_xml(formula))
    either = pptx.oxml.parse_xml(
        f'<mc:AlternateContent xmlns:mc="{office}/markup-compatibility/2006"><mc:Choice Requires="a14"/><mc:Fallback/>'
        "</mc:AlternateContent>"
    )
    box._element.addprevious(either)
    other = slide.shapes.add_textbox(Inches(1), Inches(5), Inches(5), Inches(1))
    other.text_frame.text = "Taxa (bild)"
    either[1].append(other._element)
    either[0].append(box._element)
    assert readings(slides.read_pptx(saved(deck))) == [(("Avgift",), "Taxa = x²")]


# OpenDocument

_HEAD = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long or name}:1.0"'
    for name, long in (
        ("office", ""),
        ("style", ""),
        ("text", ""),
        ("table", ""),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
        ("fo", "xsl-fo-compatible"),
    )
)


def style(name, family, properties, parent=""):
    base = f' style:parent-style-name="{parent}"' if parent else ""
    named = f'style:name="{name}" style:family="{family}"'
    return f"<style:style {named}{base}><style:text-properties {properties}/></style:style>"


def p(text, style=""):
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def span(text, style):
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def items(*texts, style="", more=""):
    inner = "".join(f"<text:list-item>{text}</text:list-item>" for text in texts)
    return f'<text:list text:style-name="{style}" {more}>{inner}</text:list>'


def row(*cells):
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(text, more=""):
    return f"<table:table-cell {more}>{p(text)}</table:table-cell>"


STYLES = (
    style("Fet", "paragraph", 'fo:font-weight="bold"')
    + style("Struken", "text", 'style:text-line-through-style="solid"')
    + style("S2", "text", "", "Struken")
    + style("Upp", "text", 'style:text-position="super 58%"')
    + """<text:list-style style:name="Steg">
 <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
 <text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>
</text:list-style>
<text:list-style style:name="Punkt"><text:list-level-style-bullet text:level="1"/></text:list-style>"""
)


def odt(body, *, manifest="<manifest/>", head=""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr(
            "content.xml",
            f"<?xml version='1.0'?>{head}<office:document-content {_HEAD} xmlns:xlink='http://www.w3.org/1999/xlink'>"
            f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            '<text:h text:outline-level="2">Stöd</text:h>' + p("Avgiften är\n 200<text:s/>kronor."),
            "## Stöd\n\nAvgiften är 200 kronor.",
        ),
        (p("Vad kostar det?", "Fet") + p("Inget."), "**Vad kostar det?**\n\nInget."),
        (p(f"Det är {span('150 ', 'S2')}200 kr{span('3', 'Upp')}."), "Det är 200 kr³."),
        (
            items(p("Ansök.") + items(p("Skriv."), p("Skicka.")), p("Vänta."), style="Steg")
            + p("Klart.")
            + items(p("Läs."), style="Steg", more='text:continue-numbering="true"'),
            "1. Ansök.\n\n  a) Skriv.\n\n  b) Skicka.\n\n2. Vänta.\n\nKlart.\n\n3. Läs.",
        ),
        (items(p("Samtal"), p("Skydd"), style="Punkt"), "- Samtal\n- Skydd"),
        (
            p(
                "Det är 1 500 kronor<text:note><text:note-citation>1</text:note-citation>"
                f"<text:note-body>{p('Före skatt.')}</text:note-body></text:note>."
            )
            + p("Slut."),
            "Det är 1 500 kronor.\n\nFöre skatt.\n\nSlut.",
        ),
        (
            f"<text:tracked-changes><text:changed-region><text:deletion>{p('Gammalt.')}</text:deletion>"
            "</text:changed-region></text:tracked-changes>"
            + p("Nytt<office:annotation>" + p("Hm.") + "</office:annotation>."),
            "Nytt.",
        ),
        (
            p('Skriv till <text:a xlink:href="mailto:info@lovby.se">oss</text:a>.')
            + p(f"<draw:frame><draw:text-box>{p('Ruta.')}</draw:text-box></draw:frame>Text."),
            "Skriv till oss (info@lovby.se).\n\nText.\n\nRuta.",
        ),
        (
            p(
                "<draw:frame><draw:image/><svg:title>Logotyp</svg:title><svg:desc>Foto av huset</svg:desc></draw:frame>"
                f"Huset<draw:g><draw:custom-shape><svg:title>Ruta</svg:title>{p('OBS! Stängt.')}"
                f"<draw:enhanced-geometry/></draw:custom-shape></draw:g> är öppet 8{span('30', 'Upp')}–16."
            ),
            "Huset är öppet 8³⁰–16.\n\nOBS! Stängt.",
        ),
        (
            "<table:table><table:table-column/><table:table-header-rows>"
            + row(cell("Bad"), cell("Dag"), cell("Tid"))
            + "</table:table-header-rows>"
            + row(cell("Norra", 'table:number-rows-spanned="2"'), cell("Mån"), cell("9"))
            + row("<table:covered-table-cell/>", cell("Tis"), cell("10"))
            + "</table:table>",
            "Bad | Dag | Tid\n--- | --- | ---\nNorra | Mån | 9\nNorra | Tis | 10",
        ),
    ],
)
def test_an_opendocument_text(body, text):
    draft = opendocument.read_odt(odt(body))
    assert draft.text == text
    readings(draft)


@pytest.mark.parametrize("around", ["{}", "<text:p>{}Anmälan görs genast.</text:p>"])
def test_the_label_of_a_box_heads_nothing_after_it(around):
    box = p("Myter", "Fet") + p("Man måste ha bevis.")
    frame = around.format(f"<draw:frame><draw:text-box>{box}</draw:text-box></draw:frame>")
    found = readings(opendocument.read_odt(odt(frame + p("Rektorn ansvarar."))))
    assert found[-2:] == [(("Myter",), "Man måste ha bevis."), ((), "Rektorn ansvarar.")]
    heading = '<text:h text:outline-level="1">Sedan</text:h>'
    assert "---" not in opendocument.read_odt(odt(frame + heading)).text


def test_a_hidden_section_is_told():
    draft = opendocument.read_odt(
        odt('<text:section text:display="none"><text:p>Dolt.</text:p></text:section><text:p>Synligt.</text:p>')
    )
    assert (draft.text, [one.kind for one in draft.notes]) == ("Synligt.", ["hidden"])


def test_an_encrypted_opendocument_text_is_refused():
    with pytest.raises(CorpusError, match="encrypted"):
        opendocument.read_odt(odt("<text:p>x</text:p>", manifest="<manifest:encryption-data/>"))


# Rich text and e-mails


def test_rich_text():
    data = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil\fcharset0 Calibri;}}\f0 St\'f6dsamtal \u228?r gratis.\par"
        r"{\listtext 1.\tab}Ring.\par{\listtext\'b7\tab}Kom.\par"
        r"\trowd\cellx1000\cellx2000\intbl Dag\cell Tid\cell\row\trowd\cellx1000\cellx2000\intbl M\'e5n\cell 9\cell\row"
        r"\pard Slut.\par}"
    ).encode("ascii")
    draft = rich_text.read_rtf(data)
    assert draft.text == "Stödsamtal är gratis.\n\n1. Ring.\n\n- Kom.\n\nDag | Tid\nMån | 9\n\nSlut."
    assert draft.notes == ()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            r"\trowd\cellx1\cellx2\pard\intbl\'d6ver 100 m{\super 3}\cell 15 kr\par dock minst 500 kr\cell\row"
            r"\trowd\cellx1\cellx2\pard\intbl Ja|Nej\line Kanske\cell\cell\row Efter.\par Slut.\par",
            "Över 100 m³ | 15 kr dock minst 500 kr\nJa¦Nej Kanske | \n\nEfter.\n\nSlut.",
        ),
        (
            r"\pard\intbl\itap2 Inre\nestcell ett\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}"
            r"\pard\intbl Yttre\cell Z\cell\row",
            "Inre ett Yttre | Z",
        ),
        (
            r"kl. 8{\super 3}{\super\b 0}\endash 16\super 15\nosupersub , 118{\super 3} st, "
            r"10{\up6 -6} m\super 3\plain /s, 4{\super 1}/2\par",
            "kl. 8³⁰–16¹⁵, 118 st, 10⁻⁶ m³/s, 4¹/2",
        ),
        (
            r"{\pntext\f1\'B7\tab}{\*\pn\pnlvlblt{\pntxtb\'B7}}Ring.\par {\pntext\f1\'B7\tab}Kom.\par"
            r"{\pntext 1.\tab}Vänta.\par",
            "- Ring.\n- Kom.\n\n1. Vänta.",
        ),
        (
            r'Mejla {\field{\*\fldinst{ HYPERLINK "mailto:va@lovby.se"}}{\fldrslt{\ul oss}}}, '
            r"{\field{\*\fldinst{\b HYPERLINK }{mailto:a@lovby.se }}{\fldrslt a@lovby.se}} eller "
            r'{\field{\*\fldinst HYPERLINK "https://lovby.se"}{\fldrslt se}} sidan {\field{\*\fldinst PAGE}}här.\par',
            "Mejla oss (va@lovby.se), a@lovby.se eller se sidan här.",
        ),
        ("Bild{\\pict\\wmetafile8\\bin5 }{\x01\\}} slut.\\par", "Bild slut."),
    ],
)
def test_what_rich_text_sets_apart_stays_apart(source, text):
    assert rich_text.read_rtf(("{\\rtf1\\ansi\\ansicpg1252 " + source + "}").encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("control", "kind"),
    [(r"{\strike 150 }", "struck"), (r"{\footnote Not.}", "hidden"), (r"{\strike0\viewkind4 x}", None)],
)
def test_what_rich_text_hides_is_told(control, kind):
    draft = rich_text.read_rtf((r"{\rtf1 Avgiften \'e4r " + control + r"200 kronor.\par}").encode())
    assert [one.kind for one in draft.notes] == ([kind] if kind else [])


MESSAGE = (
    "From: =?utf-8?q?St=C3=B6dteamet?= <stod@lovby.se>\nTo: anna@ex.se\nSubject: =?utf-8?q?Tid_f=C3=B6r_samtal?=\n"
    "Date: Mon, 02 Mar 2026 09:00:00 +0100\nMIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n\n{body}\n"
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("text/plain", "Du har tid den 5 mars."), ("text/html", "<p>Du har tid <b>den 5 mars</b>.</p>")],
)
def test_an_email(kind, body):
    draft = mail.read_eml(MESSAGE.format(kind=kind, body=body).encode())
    assert draft.title == "Tid för samtal"
    assert draft.text == (
        "# Tid för samtal\n\nFrån: Stödteamet <stod@lovby.se>\n\nTill: anna@ex.se\n\n"
        "Datum: Mon, 02 Mar 2026 09:00:00 +0100\n\nDu har tid den 5 mars."
    )
    assert readings(draft)[-1] == (("Tid för samtal",), "Du har tid den 5 mars.")


@pytest.mark.parametrize(
    ("label", "encoding", "words", "kinds"),
    [
        ("us-ascii", "cp1252", "Avgiften för stöd är 25 € på måndag.", []),
        ("us-ascii", "utf-8", "Avgiften för stöd är 25 € på måndag.", ["encoding"]),
        ("utf-8", "cp1252", "Avgiften för stöd är 25 € på måndag.", ["encoding"]),
        ("iso-8859-1", "utf-8", "Avgiften för stöd är 25 € på måndag.", ["encoding"]),
        ("x-okand", "utf-8", "Avgiften för stöd är 25 € på måndag.", ["encoding"]),
        ("koi8-r", "koi8-r", "Помощь бесплатная.", []),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_the_declared_charset_of_an_email_is_followed_where_it_is_true(kind, label, encoding, words, kinds):
    body = f"<p>{words}</p>" if kind == "text/html" else words
    head = MESSAGE.format(kind=kind, body=body).replace("charset=utf-8", f"charset={label}")
    draft = mail.read_eml(head.encode(encoding))
    assert draft.text.endswith(f"\n\n{words}")
    assert [note.kind for note in draft.notes] == kinds


ALTERNATIVES = (
    "Subject: Brev\nMIME-Version: 1.0\nContent-Type: multipart/{}; boundary=b\n\n--b\n"
    "Content-Type: text/plain; charset=utf-8\n\n{}\n--b\nContent-Type: text/html; charset=utf-8\n\n{}\n--b--\n"
)


@pytest.mark.parametrize(
    ("kind", "plain", "page", "text"),
    [
        (
            "alternative",
            "Se https://lovby.se/nyhetsbrev/nummer/1",
            "<p>Maten kommer på tisdag.</p>",
            "Maten kommer på tisdag.",
        ),
        (
            "alternative",
            "Maten kommer på tisdag.",
            "<h1>Mat</h1><p>Maten kommer på tisdag.</p>",
            "Maten kommer på tisdag.",
        ),
        ("mixed", "Hej!", "<p>Maten kommer på tisdag.</p>", "Hej!"),
    ],
)
def test_the_page_of_an_email_is_read_where_its_plain_text_only_leads_there(kind, plain, page, text):
    assert mail.read_eml(ALTERNATIVES.format(kind, plain, page).encode()).text == f"# Brev\n\n{text}"


def test_a_quoted_paragraph_of_an_email_is_one_line():
    quoted = (
        "> När är mötet? Vi vill veta det\n> innan fredag.\n>\n> Ta med:\n> - pass\n> - kort\n> > Hej,\n> > allt väl."
    )
    text = mail.read_eml(f"Subject: Möte\n\nPå måndag.\n\n{quoted}\n".encode()).text
    assert text.partition("På måndag.\n\n")[2] == (
        "> När är mötet? Vi vill veta det innan fredag.\n\n> Ta med:\n> - pass\n> - kort\n> > Hej, allt väl."
    )


def test_what_the_page_of_an_email_hides_is_told():
    hidden = "<p style='display:none'>Detta erbjudande gäller bara den som läser. Det är dolt för alla andra.</p>"
    draft = mail.read_eml(MESSAGE.format(kind="text/html", body=f"<p>Du har tid.</p>{hidden}").encode())
    assert [note.kind for note in draft.notes] == ["hidden"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_unencoded_head_is_read(encoding):
    draft = mail.read_eml("From: Åsa Ek <a@lovby.se>\nSubject: Möte om stöd\n\nHej.".encode(encoding))
    assert draft.text == "# Möte om stöd\n\nFrån: Åsa Ek <a@lovby.se>\n\nHej."


def test_attachments_are_named():
    parts = [
        *("MIME-Version: 1.0", "Subject: Hej", 'Content-Type: multipart/mixed; boundary="b"', ""),
        *("--b", "Content-Type: text/plain", "", "Se bilagan."),
        *("--b", "Content-Type: application/pdf", 'Content-Disposition: attachment; filename="beslut.pdf"', "", "x"),
        *("--b--", ""),
    ]
    (note,) = mail.read_eml("\n".join(parts).encode()).notes
    assert (note.kind, note.detail) == ("attachments", "beslut.pdf")


def test_many_attachments_and_long_names_are_told_in_one_short_line():
    parts = ["MIME-Version: 1.0", "Subject: Hej", 'Content-Type: multipart/mixed; boundary="b"', ""]
    parts += ["--b", "Content-Type: text/plain", "", "Se bilagan."]
    for number in range(60):
        named = f'Content-Disposition: attachment; filename="{number}{"x" * 200}.pdf"'
        parts += ["--b", "Content-Type: application/pdf", named, "", "x"]
    (note,) = mail.read_eml("\n".join([*parts, "--b--", ""]).encode()).notes
    assert note.detail == ", ".join(f"{number}{'x' * 79}" for number in range(5)) + " and 55 more"


# In an index


def test_a_folder_of_office_files_is_indexed_and_what_was_left_out_told(tmp_path):
    folder = tmp_path / "filer"
    folder.mkdir()
    book, deck = openpyxl.Workbook(), pptx.Presentation()
    for row in (["Tjänst", "Avgift"], ["Besök", 250]):
        book.active.append(row)
    book.active.title = "Taxa"
    book.create_sheet("Gammal").sheet_state = "hidden"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Stöd", "Stödteamet ger stöd till alla som bor i Lövby."
    for name, data in (
        ("a.xlsx", saved(book)),
        ("b.pptx", saved(deck)),
        ("c.odt", odt("<text:p>Polisen utreder brott.</text:p>")),
    ):
        (folder / name).write_bytes(data)
    with nmt_rag.open(tmp_path / "index", encoder=None, create=True) as opened:
        report = opened.add(folder)
        assert (report.added, report.failed) == (("a.xlsx", "b.pptx", "c.odt"), ())
        assert [(note.kind, note.detail) for note in report.notes] == [("hidden", "Gammal")]
        (hit, *_) = opened.search("avgift för besök", k=1)
        assert (hit.passage.text, hit.passage.heading) == ("Besök | 250", ("Taxa",))
        (hit, *_) = opened.search("stödteamet", k=1)
        assert (hit.passage.page, hit.passage.heading) == (1, ("Stöd",))


def test_a_format_whose_library_is_missing_is_not_offered(monkeypatch):
    assert {".xlsx", ".pptx", ".rtf"} < loading.readable() == loading.SUFFIXES
    monkeypatch.setattr(loading.importlib.util, "find_spec", lambda name: None)
    assert loading.SUFFIXES - loading.readable() == {".xlsx", ".pptx", ".rtf"}


# What is wrong with a file

READERS = [slides.read_pptx, sheets.read_xlsx, rich_text.read_rtf, mail.read_eml, opendocument.read_odt]


@pytest.mark.parametrize(
    ("read", "module"), [(slides.read_pptx, "pptx"), (sheets.read_xlsx, "openpyxl"), (rich_text.read_rtf, "striprtf")]
)
def test_without_the_library_a_file_is_refused_in_one_line(monkeypatch, read, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CorpusError, match=re.escape(extras.install("office"))):
        read(rb"{\rtf1}")


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 half a file", b"\xd0\xcf\x11\xe0 old", odt("<text:p>x</text:p>")[:-40]]
)
def test_a_damaged_file_is_refused(read, data):
    with pytest.raises(CorpusError) as refused:
        read(data)
    assert "\n" not in str(refused.value)


def test_entities_are_refused_before_a_library_sees_them():
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "ha" * 9 + '"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(CorpusError, match="entities"):
        opendocument.read_odt(odt("<text:p>&b;</text:p>", head=bomb))
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(openpyxl.Workbook()))) as old, zipfile.ZipFile(book, "w") as new:
        for entry in old.infolist():
            head = bomb.encode("utf-16") if entry.filename == "xl/worksheets/sheet1.xml" else b""
            new.writestr(entry, head + old.read(entry))
    with pytest.raises(CorpusError, match="entities"):
        sheets.read_xlsx(book.getvalue())


def test_headers_of_any_length_are_read_in_bounded_time():
    many = "; ".join(f"a*{number}*=utf-8''x" for number in range(20_000))
    addresses = ", ".join(["a@b.se"] * 20_000)
    kind = f"text/plain; charset=utf-8; {many}"
    data = f"From: anna@b.se\nTo: {addresses}\nSubject: Tolkar\nContent-Type: {kind}\n\nHej alla.\n"
    found = mail.read_eml(data.encode())
    assert found.title == "Tolkar"
    assert found.text.endswith("Hej alla.")


def test_quoted_code_and_signatures_keep_their_lines():
    head = "From: a@b.se\nSubject: Hej\nContent-Type: text/plain; charset=utf-8\n\n"
    quoted = "> Vi ses\n> i morgon.\n\nHej\n\n> Hej\n> -- \n> Anna Ek\n"
    text = mail.read_eml((head + quoted).encode()).text
    assert "> Vi ses i morgon." in text
    assert "-- Anna" not in text
