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
        "a) av den sökande",
        "b) av ett ombud",
        "1.I med fullmakt",
        "2. Nämnden beslutar.",
        "a) av nämnden",
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
