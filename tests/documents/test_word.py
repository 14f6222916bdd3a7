"""Word files → text: automatic numbers, notes, boxes and merged cells as a reader of the page sees them."""

import io
import zipfile

import docx
import pytest

from nmt_rag.documents.office.word.document import read_docx
from nmt_rag.errors import CorpusError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="70">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1.%3"/></w:lvl>
</w:abstractNum>
<w:num w:numId="70"><w:abstractNumId w:val="70"/></w:num>
<w:num w:numId="71"><w:abstractNumId w:val="70"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def of_body(xml: str) -> bytes:
    document = docx.Document()
    document.element.body.insert(
        0, docx.oxml.parse_xml(f'<w:sdt xmlns:w="{W}"><w:sdtContent>{xml}</w:sdtContent></w:sdt>')
    )
    return saved(document)


def repacked(data: bytes, change) -> bytes:
    """Return a package with each part as ``change(name, content)`` returns it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def raised(text: str) -> str:
    return run(text, '<w:vertAlign w:val="superscript"/>')


def sign(code: str, font: str = "Symbol") -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def math(name: str, *parts: str) -> str:
    return f'<m:{name} xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">{"".join(parts)}</m:{name}>'


def term(text: str) -> str:
    return math("r", math("t", text))


FORMULA = run("Avgift = ") + math(
    "oMath",
    term("0,02 · "),
    math("f", math("num", term("lön + ränta")), math("den", term("12"))),
    term(" + "),
    math("sSup", math("e", term("x")), math("sup", term("2"))),
    term(" − "),
    math("rad", math("deg"), math("e", term("2"))),
)


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text) if text else ''}</w:p></w:tc>"


def table(*rows: str, columns: int = 3) -> str:
    grid = "<w:gridCol/>" * columns
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (run("Avgiften är ") + run("150 ", "<w:strike/>") + run("200 kronor."), "Avgiften är 200 kronor."),
        (run("Avgiften är ") + run("150 ", "<w:dstrike/>") + run("200 kronor."), "Avgiften är 200 kronor."),
        (run("Ring oss", '<w:strike w:val="0"/>') + run(" i dag.", '<w:vanish w:val="false"/>'), "Ring oss i dag."),
        (run("Synligt.") + run(" Dolt.", "<w:vanish/>"), "Synligt."),
        (run("118") + run("3", '<w:vertAlign w:val="superscript"/>') + run(" personer."), "118 personer."),
        (run("45 m") + run("2", '<w:vertAlign w:val="superscript"/>') + run(" stor."), "45 m² stor."),
        (run("kl. 8") + raised("3") + raised("0") + run("–16") + raised("15") + run("."), "kl. 8³⁰–16¹⁵."),
        (
            run("12") + raised("50") + run(" kr och 10") + raised("6") + run(" eller 10") + raised("-6"),
            "12⁵⁰ kr och 10⁶ eller 10⁻⁶",
        ),
        (run("4") + raised("1") + run("/2 dl, 118") + raised("3") + run(" st"), "4¹/2 dl, 118 st"),
        (run("Stödet") + raised("1") + raised(",") + raised("2") + run(" ges."), "Stödet ges."),
        (run("200 kronor ") + raised("1") + run("per år."), "200 kronor ¹per år."),
        (run("den 1") + run("a", '<w:vertAlign w:val="superscript"/>') + run(" maj."), "den 1a maj."),
        (run("CO") + run("2", '<w:vertAlign w:val="subscript"/>') + run(" släpps ut."), "CO2 släpps ut."),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run(" Ja"), "☒ Ja"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>' + run(" Nej"), "☐ Nej"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>'
            "</w:fldChar></w:r>" + run(" Medlem"),
            "☒ Medlem",
        ),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
            '<w:listEntry w:val="Norrby"/>'
            '<w:listEntry w:val="Lövby"/></w:ddList></w:ffData></w:fldChar></w:r>',
            "Lövby",
        ),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run(" 60 ") + sign("F0B0") + run("C"), "≥ 60 °C"),
        (sign("E0", "Wingdings") + run(" 2") + sign("B1") + run("1"), "→ 2±1"),
        (run("\uf0b7\tTa med legitimation."), "•\tTa med legitimation."),
        (run("Värdet är \uf0a3 5."), "Värdet är ≤ 5."),
        (FORMULA, "Avgift = 0,02 · (lön + ränta)/12 + x² − √(2)"),
        (
            run("Namn: ") + f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Ange text.')}"
            "</w:sdtContent></w:sdt>" + run("(obligatoriskt)"),
            "Namn: (obligatoriskt)",
        ),
        (
            field("begin") + "<w:r><w:instrText> HYPERLINK </w:instrText></w:r>"
            '<w:r><w:instrText>"mailto:a@lovby.se" </w:instrText></w:r>'
            + field("separate")
            + run("Mejla oss")
            + field("end")
            + run(" i dag."),
            "Mejla oss (a@lovby.se) i dag.",
        ),
        (
            f"<w:fldSimple w:instr=' HYPERLINK \"tel:0123-45\" '>{run('jouren')}</w:fldSimple>"
            + field("begin")
            + "<w:r><w:instrText>PAGE</w:instrText></w:r>"
            + field("end"),
            "jouren (0123-45)",
        ),
        (run("Det \ufb01nns st\u200böd."), "Det finns stöd."),
        (run("Vad kostar ett besök?", "<w:b/>"), "**Vad kostar ett besök?**"),
        (run("Obs!", "<w:b/>") + run(" Ring först."), "Obs! Ring först."),
    ],
)
def test_a_paragraph_as_a_reader_sees_it(runs, text):
    assert read_docx(of_body(f"<w:p>{runs}</w:p>")).text == text


def test_automatic_numbers_count_as_word_counts():
    def item(text, number=70, level=0):
        place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        return f"<w:p><w:pPr>{place}</w:pPr>{run(text)}</w:p>"

    body = (
        item("Ansökan lämnas in.")
        + item("av den sökande", level=1)
        + item("av ett ombud", level=1)
        + item("med fullmakt", level=2)
        + item("Nämnden beslutar.")
        + item("av nämnden", level=1)
        + item("En ny lista.", number=71)
    )
    data = repacked(
        of_body(body), lambda name, content: NUMBERING.encode() if name == "word/numbering.xml" else content
    )
    assert read_docx(data).text.split("\n\n") == [
        "1. Ansökan lämnas in.",
        "  a) av den sökande",
        "  b) av ett ombud",
        "    1.I med fullmakt",
        "2. Nämnden beslutar.",
        "  a) av nämnden",
        "1. En ny lista.",
    ]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_follows_the_paragraph_that_holds_its_mark(kind):
    document = docx.Document()
    paragraph = document.add_paragraph("Ersättningen är 1 500 kronor")
    paragraph._p.append(docx.oxml.parse_xml(f'<w:r xmlns:w="{W}"><w:{kind}Reference w:id="2"/></w:r>'))
    paragraph.add_run(".")
    document.add_paragraph("Den betalas ut i mars.")
    notes = (
        f'<w:{kind}s xmlns:w="{W}"><w:{kind} w:id="2"><w:p>{run("Beloppet gäller bara i Lövby.")}'
        f'<w:r><w:{kind}Reference w:id="2"/></w:r></w:p></w:{kind}></w:{kind}s>'
    )
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI(f"/word/{kind}s.xml"),
        f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml",
        notes.encode(),
        document.part.package,
    )
    document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s")
    assert read_docx(saved(document)).text.split("\n\n") == [
        "Ersättningen är 1 500 kronor.",
        "Beloppet gäller bara i Lövby.",
        "Den betalas ut i mars.",
    ]


def test_merged_cells_header_rows_and_labels_of_a_table():
    header = "<w:trPr><w:tblHeader/></w:trPr>" + cell("Tid") + cell("Aktivitet") + cell("Lördag")
    start, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    xml = table(
        header,
        cell("Sommar", '<w:gridSpan w:val="3"/>'),
        cell("Kväll", start) + cell("Motionssim") + cell("9–15"),
        cell("", goes_on) + cell("Babysim") + cell("16–18"),
        cell("Stängt på helgdagar", '<w:gridSpan w:val="2"/>') + cell(""),
    )
    assert read_docx(of_body(xml)).text.split("\n") == [
        "Tid | Aktivitet | Lördag",
        "--- | --- | ---",
        "**Sommar**",
        "Kväll | Motionssim | 9–15",
        "Kväll | Babysim | 16–18",
        "Stängt på helgdagar | Stängt på helgdagar | ",
    ]


def bold_cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text, '<w:b/>') if text else ''}</w:p></w:tc>"


def test_a_bold_row_below_a_wide_header_cell_is_a_header_too():
    down, goes_on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    top = bold_cell("Grupp", down) + bold_cell("Avgift per månad", wide)
    gym = cell("Gym") + cell("150 kr") + cell("250 kr")
    xml = table(top, bold_cell("", goes_on) + bold_cell("Barn") + bold_cell("Vuxen"), gym)
    assert read_docx(of_body(xml)).text.split("\n") == [
        "Grupp | Avgift per månad | Avgift per månad",
        "Grupp | Barn | Vuxen",
        "--- | --- | ---",
        "Gym | 150 kr | 250 kr",
    ]
    narrow = table(bold_cell("Grupp") + bold_cell("Avgift"), bold_cell("Alla") + bold_cell("50 kr"), gym, columns=2)
    assert read_docx(of_body(narrow)).text.split("\n")[1] == "--- | --- | ---"


@pytest.mark.parametrize(
    ("rows", "headed"),
    [
        # of two columns: amounts of a kind have a header, facts of a form have none
        (("Tjänst | Pris", "Bygglov | 300", "Rivning | från 1 200 kr"), True),
        (("Ärende | Tid", "Bygglov | 2–4 veckor", "Rivning | 10 veckor"), True),
        (("Möte | Dag", "Nämnden | 2025-04-02", "Utskottet | 2025-05-12"), True),
        (("Vem | Telefon", "Eva | 0123-45 67 89", "Bo | 070-123 45 67"), True),
        (("Vad | Öppet", "Mån | 08.00–16.30", "Tis | 10–14"), True),
        (("Handläggare | Stina Dahl", "Diarienummer | SN 2025/77", "Datum | 2025-04-02"), False),
        (("Handläggare | Stina Dahl", "Telefon | 0123-45 67 89", "Bilagor | 2"), False),
        (("Kommun: | Lövby", "Invånare: | 9 000", "Skolor: | 12"), False),
        (("Ort: | Antal:", "Lövby | 9 000", "Näs | 12"), True),
        # years above numbers
        ((" | 2022 | 2023", "Vuxna | 54 | 56", "Barn | 59 | 61"), True),
        (("Placerade | 2022 | 2023 | Ändring", "Vuxna | 54 | 56 | ökar", "Barn | 59 | 61 | ökar"), True),
        (("Termin | 2022/23 | 2023/24", "Vuxna | 54 | 56", "Barn | 59 | 61"), True),
        ((" | 2024", "Vuxna | 54", "Barn | 59"), True),
        (("Byggår | 1962", "Yta | 120", "Rum | 4"), False),
        (("Eva | 1970 | 2001", "Bo | 1985 | 2010", "Li | 1990 | 2020"), False),
        (("Hus 1 | 1962 | 1970", "Yta | 120 | 80", "Rum | 4 | 3"), False),
    ],
)
def test_a_plain_first_row_is_a_header_above_numbers_of_a_kind(rows, headed):
    cells = [row.split(" | ") for row in rows]
    xml = table(*("".join(cell(text.strip()) for text in row) for row in cells), columns=len(cells[0]))
    assert ("---" in read_docx(of_body(xml)).text) == headed


def test_a_bar_in_a_cell_parts_no_cells():
    xml = table(bold_cell("Fråga") + bold_cell("Svar"), cell("Barn Ja|Nej") + cell("Kryssa"), columns=2)
    assert read_docx(of_body(xml)).text == "Fråga | Svar\n--- | ---\nBarn Ja¦Nej | Kryssa"


def test_an_outline_level_makes_a_short_line_a_heading():
    document = docx.Document()
    styles = (
        ("Mellanrubrik", "", '<w:outlineLvl w:val="1"/>'),
        ("Egen", "Mellanrubrik", ""),
        ("Text", "Mellanrubrik", '<w:outlineLvl w:val="9"/>'),
    )
    for name, base, level in styles:
        based = f'<w:basedOn w:val="{base}"/>' if base else ""
        document.styles.element.append(
            docx.oxml.parse_xml(
                f'<w:style xmlns:w="{W}" w:type="paragraph" w:styleId="{name}"><w:name w:val="SK {name}"/>{based}'
                f"<w:pPr>{level}</w:pPr></w:style>"
            )
        )

    def paragraph(text, style="", level=""):
        named = f'<w:pStyle w:val="{style}"/>' if style else ""
        outlined = f'<w:outlineLvl w:val="{level}"/>' if level else ""
        return f"<w:p><w:pPr>{named}{outlined}</w:pPr>{run(text)}</w:p>"

    long = "Den som ansöker ska lämna in alla handlingar till nämnden " * 3
    body = (
        paragraph("Hemtjänst", "Mellanrubrik")
        + paragraph("Avgifter", "Egen")
        + paragraph("Brödtext", "Text")
        + paragraph("Bilaga", level="0")
        + paragraph("Avgiften är 40 kr.", "Egen")
        + paragraph(long, level="0")
        + paragraph("Egen brödtext", "Egen", "9")
        + paragraph("Rubrik", "Heading1", "9")
        + table(f"<w:tc>{paragraph('Pris', 'Egen')}</w:tc>" + cell("40 kr"), columns=2)
    )
    element = docx.oxml.parse_xml(f'<w:sdt xmlns:w="{W}"><w:sdtContent>{body}</w:sdtContent></w:sdt>')
    document.element.body.insert(0, element)
    assert read_docx(saved(document)).text.split("\n\n") == [
        "## Hemtjänst",
        "## Avgifter",
        "Brödtext",
        "# Bilaga",
        "Avgiften är 40 kr.",
        long.strip(),
        "Egen brödtext",
        "# Rubrik",
        "Pris | 40 kr",
    ]


def test_a_character_style_may_raise_a_mark():
    document = docx.Document()
    document.styles.element.append(
        docx.oxml.parse_xml(
            f'<w:style xmlns:w="{W}" w:type="character" w:styleId="Not"><w:name w:val="Notmarkör"/>'
            '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        )
    )
    runs = run("Avgiften är 200 kronor") + run("1", '<w:rStyle w:val="Not"/>') + run(".")
    document.element.body.insert(0, docx.oxml.parse_xml(f'<w:p xmlns:w="{W}">{runs}</w:p>'))
    assert read_docx(saved(document)).text == "Avgiften är 200 kronor."


def test_a_list_in_a_cell_leaves_its_row_whole():
    items = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="ListBullet"/></w:pPr>{run(text)}</w:p>' for text in ("skolor", "förskolor")
    )
    xml = table(cell("Utbildning") + f"<w:tc>{items}</w:tc>", cell("Samtal") + cell("stödteamet"), columns=2)
    assert read_docx(of_body(xml)).text == "Utbildning | skolor; förskolor\nSamtal | stödteamet"


def test_an_address_behind_a_link_is_text():
    document = docx.Document()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    name = document.part.relate_to("mailto:stod@lovby.se?subject=hej", kind, is_external=True)
    paragraph = document.add_paragraph("Skriv till ")
    link = docx.oxml.parse_xml(
        f'<w:hyperlink xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:id="{name}"><w:r><w:t>stödteamet</w:t></w:r></w:hyperlink>'
    )
    paragraph._p.append(link)
    assert read_docx(saved(document)).text == "Skriv till stödteamet (stod@lovby.se)"


def test_strict_open_xml_is_read():
    document = docx.Document()
    document.add_heading("Taxa", 1)
    document.add_paragraph("Avgiften är 200 kronor.")

    def strict(name, content):
        for part in (b"officeDocument", b"wordprocessingml", b"drawingml"):
            content = content.replace(
                b"http://schemas.openxmlformats.org/" + part + b"/2006/", b"http://purl.oclc.org/ooxml/" + part + b"/"
            )
        return content

    data = repacked(saved(document), strict)
    with pytest.raises(KeyError):
        docx.Document(io.BytesIO(data))
    assert read_docx(data).text == "# Taxa\n\nAvgiften är 200 kronor."


def test_what_is_no_word_file_is_refused_in_one_line():
    for data, says in ((b"", "no readable .docx"), (b"\xd0\xcf\x11\xe0" + bytes(600), "of an old format")):
        with pytest.raises(CorpusError, match=says):
            read_docx(data)


def test_a_bold_line_heads_the_lines_below_it_in_its_own_paragraph():
    bold, br = "<w:b/>", "<w:r><w:br/></w:r>"
    paragraphs = [
        run("Boka tid", bold) + br + run("Ring växeln."),
        run("Bekräfta", bold) + br + run("Svara ja.") + br + run("Avboka", bold) + br + run("Svara nej."),
        run("Fet rad ett", bold) + br + run("Fet rad två", bold),
    ]
    text = read_docx(of_body("".join(f"<w:p>{one}</w:p>" for one in paragraphs))).text
    assert text == (
        "**Boka tid**\nRing växeln.\n\n**Bekräfta**\nSvara ja.\n**Avboka**\nSvara nej.\n\nFet rad ett\nFet rad två"
    )


@pytest.mark.parametrize(
    ("title", "ends"), [(run("Myter", "<w:b/>"), "\n\n---"), (run("Vad gäller?"), "\n\n---"), (run("Fakta"), "")]
)
def test_the_label_of_a_text_box_heads_nothing_after_it(title, ends):
    box = (
        f"<w:r><w:pict><w:txbxContent><w:p>{title}</w:p><w:p>{run('Bevis krävs.')}</w:p></w:txbxContent></w:pict></w:r>"
    )
    text = read_docx(of_body(f"<w:p>{run('Anmäl.')}{box}</w:p><w:p>{run('Rektorn ansvarar.')}</w:p>")).text
    assert text.partition("Bevis krävs.")[2] == f"{ends}\n\nRektorn ansvarar."
    alone = read_docx(of_body(f"<w:p>{run('Anmäl.')}{box}</w:p>")).text
    assert alone.endswith("Bevis krävs.")
    in_cell = table(f"<w:tc><w:p>{box}</w:p></w:tc>" + cell("Ja"), columns=2)
    assert "---" not in read_docx(of_body(in_cell)).text


def test_a_heading_with_text_in_a_text_box_is_a_label_of_the_box():
    def paragraph(text, style=""):
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run(text)}</w:p>'

    def box(*paragraphs):
        return f"<w:p><w:r><w:pict><w:txbxContent>{''.join(paragraphs)}</w:txbxContent></w:pict></w:r></w:p>"

    cover = box(paragraph("Riktlinje", "Heading1"), paragraph("Beslutad 2025."))
    banner = box(paragraph("Ansvar", "Heading2"))
    facts = box(paragraph("Myter", "Heading3"), paragraph("Bevis krävs."))
    assert read_docx(of_body(cover + banner + facts + paragraph("Rektorn ansvarar."))).text.split("\n\n") == [
        *("# Riktlinje", "Beslutad 2025.", "## Ansvar", "**Myter**", "Bevis krävs.", "---", "Rektorn ansvarar."),
    ]


def test_a_list_of_contents_is_left_out():
    def code(text):
        return field("begin") + f"<w:r><w:instrText>{text}</w:instrText></w:r>" + field("separate")

    page = code(" PAGEREF _1 ") + run("2") + field("end")
    entries = f"<w:p>{code(' TOC ')}{run('1 Ansvar')}<w:r><w:tab/></w:r>{page}</w:p><w:p>{run('2 Tid')}</w:p>"
    contents = entries + f"<w:p>{field('end')}</w:p>"
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    title = f"<w:sdt>{gallery}<w:sdtContent><w:p>{run('Innehåll')}</w:p>{contents}</w:sdtContent></w:sdt>"
    other = f"<w:p>{code(' DATE ')}{run('2025-04-02')}{field('end')}</w:p>"
    assert read_docx(of_body(contents + other)).text == "2025-04-02"
    assert read_docx(of_body(title + other)).text == "2025-04-02"
    assert read_docx(of_body(entries + other)).text.startswith("1 Ansvar")  # it never ends, and may be anything


def test_items_stand_further_in_by_their_level_or_their_style():
    document = docx.Document()
    document.add_paragraph("Du får inte:", style="List Bullet")
    document.add_paragraph("gå in ensam", style="List Bullet 2")
    document.add_paragraph("flytta möbler", style="List Bullet 3")
    assert read_docx(saved(document)).text == "- Du får inte:\n  - gå in ensam\n    - flytta möbler"
