"""Files → documents: every format against text written by hand, and everything that may be wrong with a file."""

import codecs
import io
import json
import os
import random
import struct
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen import canvas

from nmt_rag.documents import decoding, loading
from nmt_rag.documents.loading import SUFFIXES, Failure, load, load_file
from nmt_rag.documents.office import packages
from nmt_rag.documents.passages import split
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document

SWEDISH = "Åklagaren leder förundersökningen. Även «Köpare av sexuella tjänster» – KAST – når hit: 020-390 000."


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(path: Path) -> Document:
    (document,) = load_file(path)
    return document


def refused(path: Path) -> str:
    """The one failure that a broken file gives, held to be one line that names the file."""
    (failure,) = load([path])
    assert isinstance(failure, Failure)
    assert failure.path == str(path)
    assert path.name in failure.message
    assert "\n" not in failure.message
    assert len(failure.message) < 500
    return failure.message


def pdf(*pages: str, title: str = "", password: str | None = None, algorithm: str = "RC4-128") -> bytes:
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer)
    sheet.setTitle(title)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            sheet.drawString(72, 800 - 14 * number, line)
        sheet.showPage()
    sheet.save()
    if password is None:
        return buffer.getvalue()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(buffer.getvalue()))
    writer.encrypt(user_password=password, owner_password="ägare", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(build) -> bytes:
    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


# Text and its encodings


@pytest.mark.parametrize(
    "data",
    [
        SWEDISH.encode("utf-8"),
        SWEDISH.encode("utf-8-sig"),
        SWEDISH.encode("utf-16"),
        b"\xfe\xff" + SWEDISH.encode("utf-16-be"),
        SWEDISH.encode("utf-16-le"),
        SWEDISH.encode("utf-16-be"),
        SWEDISH.encode("utf-32"),
        codecs.BOM_UTF32_BE + SWEDISH.encode("utf-32-be"),
        SWEDISH.encode("cp1252"),
        unicodedata.normalize("NFD", SWEDISH).encode("utf-8"),
    ],
)
def test_every_encoding_gives_the_same_text(tmp_path, data):
    assert read(write(tmp_path / "a.txt", data)).text == SWEDISH


@pytest.mark.parametrize(
    "text", ["日本語のテスト。カタカナも漢字も。", "中文", "한국어 EU-stöd", "Tel. ☎ \U0001f600 8", "ትግርኛ/عربي"]
)
def test_utf16_of_any_script_is_read(tmp_path, text):
    assert read(write(tmp_path / "a.txt", text.encode("utf-16"))).text == text


def test_latin1_text_keeps_its_no_break_space(tmp_path):
    assert read(write(tmp_path / "a.txt", "Polisen på 5\xa0§ når ärendet".encode("latin-1"))).text == (
        "Polisen på 5\xa0§ når ärendet"
    )


def test_only_line_ends_and_composition_change(tmp_path):
    source = "  Rad ett\r\nRad\u00a0två\rA\u030ango\u0308r\x0b\x0c\x85\u2028\u00ad \tslut \n\n"
    assert read(write(tmp_path / "a.txt", source)).text == (
        "  Rad ett\nRad\u00a0två\nÅngör\x0b\x0c\x85\u2028\u00ad \tslut \n\n"
    )


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
@settings(max_examples=200, deadline=None)
def test_any_utf8_text_comes_back_normalized(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("text") / "a.txt", "Å" + text)
    expected = unicodedata.normalize("NFC", ("Å" + text).replace("\r\n", "\n").replace("\r", "\n"))
    assert read(path).text == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no text"),
        (" \n\t\u00a0\n".encode(), "no text"),
        (b"ord\0 och\0 ord\0", "NUL"),
        (b"ord\0\1\2, ord och ord", "NUL"),
        ((SWEDISH.encode("utf-8") + b"\xff\xfe\xff") * 9, "damaged in many places"),
        (SWEDISH.encode("utf-8")[:1] + b"\x01\x02\x03\x04", "not text"),
        (b"\xff\xfe\x00\xd8a\x00", "utf-16"),
        (SWEDISH.encode("utf-16")[:-1], "utf-16-le"),
        (b"\xff\xfe" + b"Kommunen svarar.", "utf-16-le"),
        (b"\xfe\xff" + (SWEDISH * 2).encode("utf-8"), "utf-16-be"),
        (b"\xff\xfe" + struct.pack("<40H", *range(1, 41)), "utf-16-le"),
        (b"\xff\xfe" + random.Random(6).randbytes(12), "utf-16-le"),
        (b"\xff\xfe\x00\x00" + SWEDISH.encode("utf-8"), "utf-32-le"),
        ("Ett\0ord".encode("utf-16"), "utf-16-le"),
        (bytes(range(0x80, 0x100)), "not text"),
    ],
)
def test_what_is_not_text_is_refused(tmp_path, data, says):
    assert says in refused(write(tmp_path / "a.txt", data))


STRAYS = {
    "nul": (b"\0", "", "NUL characters: 1, which are no text and were left out"),
    "byte": (b"\x81", "\ufffd", "damaged characters: 1, shown as \ufffd; save the file anew if they matter"),
}


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html", "a.jsonl"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("stray", STRAYS)
def test_one_stray_byte_refuses_no_file_and_is_told(tmp_path, name, encoding, stray):
    byte, kept, says = STRAYS[stray]
    line = f"{SWEDISH} för den som är under 18 år."
    if name.endswith(".jsonl"):
        if encoding != "utf-8":
            return
        line = json.dumps({"text": line}, ensure_ascii=False)
    where = ", line 1" if name.endswith(".jsonl") else ""
    path = write(tmp_path / name, line.encode(encoding).replace(b"leder", b"le" + byte + b"der"))
    document, note = load([path])
    assert document.text == f"{SWEDISH} för den som är under 18 år.".replace("leder", f"le{kept}der")
    assert (note.message, note.kind, note.detail) == (f"{path}{where}: {says}", "damaged", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("stray", [b"\x7f", b"\x01", b"\x1b"])
def test_a_stray_control_character_stays_and_parts_no_word(tmp_path, encoding, stray):
    data = "Länsstyrelsen beslutar om stöd på måndag.".encode(encoding).replace(b"styr", b"st" + stray + b"yr")
    (document,) = load([write(tmp_path / "a.txt", data)])
    (passage,) = split(document)
    assert document.text == passage.text == f"Länsst{stray.decode()}yrelsen beslutar om stöd på måndag."
    assert passage.reading == "Länsstyrelsen beslutar om stöd på måndag."


def test_one_letter_of_utf8_beside_one_damaged_byte_is_utf8(tmp_path):
    document, _ = load([write(tmp_path / "a.txt", "Avgiften är 200".encode() + b"\xff kronor.")])
    assert document.text == "Avgiften är 200\ufffd kronor."


def test_an_escaped_nul_in_a_line_of_jsonl_is_left_out_and_told(tmp_path):
    document, note = load([write(tmp_path / "a.jsonl", r'{"text": "Avgiften är 200\u0000 kronor."}')])
    assert document.text == "Avgiften är 200 kronor."
    assert note.message.endswith("a.jsonl, line 1: NUL characters: 1, which are no text and were left out")


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".jsonl"}))
@pytest.mark.parametrize("size", [1, 40, 3000])
def test_random_bytes_are_refused_in_every_format(tmp_path, suffix, size):
    noise = random.Random(size).randbytes(size)
    assert refused(write(tmp_path / f"brus{suffix}", b"\x00" + noise + b"\xff"))


def test_random_bytes_named_jsonl_give_one_failure(tmp_path):
    assert "not UTF-8" in refused(write(tmp_path / "brus.jsonl", random.Random(0).randbytes(100_000)))


def test_a_page_over_its_limit_is_refused(tmp_path):
    assert "larger than 10 MB" in refused(write(tmp_path / "a.html", b"<p>" * 3_400_000))


def test_a_file_over_the_limit_is_refused_without_reading_it_all(tmp_path):
    path = tmp_path / "stor.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert refused(path) == f"{path}: the file is larger than 50 MB: split it into documents"


# Titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Inledning\n\n## Om  KAST\n# Sist", "Om  KAST"),
        ("\n\n  Kort rad \nMer.", "Kort rad"),
        ("#ungdom\nMer.", "#ungdom"),
        ("ord " * 60, "sida"),
        ("Avgiften är 200 kronor.\n\nDen betalas i kassan.", "sida"),
        ("Ansök nu! Vi hjälper dig", "sida"),
        ("Stödsamtalen är gratis och ges av\nBrottsofferjouren varje torsdag.\n", "sida"),
        ("Vem får stöd?\nDen som bor i Lövby.", "Vem får stöd?"),
    ],
)
def test_title_of_a_text_without_one(tmp_path, text, title):
    assert read(write(tmp_path / "sida.txt", text)).title == title


# Markdown


def test_front_matter(tmp_path):
    source = (
        "---\r\nid: nmt/007\r\ntitle: 'Å: möte'\r\nurl: https://x.se/a\r\npublisher: NMT\r\nlanguage: no\r\n"
        "retrieved: 2026-11-24\nat: 2026-11-24 12:30:00\nyear: 2024\nopen: true\ntags: [a, {b: 1.5}]\n---\n\n# Rubrik\n"
    )
    assert read(write(tmp_path / "a.md", source)) == Document(
        id="nmt/007",
        title="Å: möte",
        text="\n# Rubrik\n",
        url="https://x.se/a",
        publisher="NMT",
        language="no",
        metadata={
            "retrieved": "2026-11-24",
            "at": "2026-11-24T12:30:00",
            "year": 2024,
            "open": True,
            "tags": ["a", {"b": 1.5}],
        },
    )


def test_fields_of_a_document_stand_as_they_were_written(tmp_path):
    document = read(write(tmp_path / "a.md", "---\nid: 007\ntitle: 2024-01-02\nurl:\n---\ntext"))
    assert (document.id, document.title, document.url) == ("007", "2024-01-02", "")


@pytest.mark.parametrize(
    "text",
    ["---\n\nEn linje överst, och ingen mer", "text\n---\nid: x\n---\n", "----\nid: x\n---\n", " ---\nid: x\n---\n"],
)
def test_what_is_no_front_matter_is_text(tmp_path, text):
    document = read(write(tmp_path / "a.md", text))
    assert (document.id, document.text) == ("a.md", text)


def test_a_text_file_has_no_front_matter(tmp_path):
    document = read(write(tmp_path / "a.txt", "---\nid: x\n---\ntext"))
    assert (document.id, document.text) == ("a.txt", "---\nid: x\n---\ntext")


def test_empty_front_matter(tmp_path):
    document = read(write(tmp_path / "a.md", "---\n---\ntext"))
    assert (document.text, document.metadata) == ("text", {})


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("title: [a", "not YAML"),
        ("title: a: b", "not YAML"),
        ("bara text", "`field: value`"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("a: .nan", "JSON cannot"),
        ("a: !!binary aGVq", "JSON cannot"),
        ("a: !!python/name:os.system", "not YAML"),
        ("a: 2024-13-45", "not YAML"),
        ("title: [a, b]", "`title`"),
        ("a: " + "[" * 5000, "deep nesting"),
        ("a: " + "9" * 5000, "not YAML"),
        ("a: 0x" + "f" * 3600, "a number of more than 14000 bits"),
        ("a: [{b: 0b" + "1" * 15000 + "}]", "a number of more than 14000 bits"),
    ],
)
def test_bad_front_matter_is_refused(tmp_path, front, says):
    assert says in refused(write(tmp_path / "a.md", f"---\n{front}\n---\ntext"))


# HTML


def html(tmp_path: Path, source: str | bytes) -> Document:
    return read(write(tmp_path / "sida.html", source))


def test_html_page(tmp_path):
    document = html(
        tmp_path,
        """<!doctype html><html lang="sv-SE"><head><meta name="description" content="Beskrivning"><title> Om
        KAST | NMT</title><link rel="canonical" href="https://x.se/kast"><meta property="og:site_name" content="NMT">
        <style>p{}</style></head><body><nav>Meny</nav><header><a href="/">Logga</a></header>
        <div><h1>Om <em>KAST</em></h1><p>KAST&nbsp;n&aring;s   p&aring;
        <b>02</b>0.<!-- x --> Ring!<br>Alla dagar</p>lös text<script>js()</script>
        <ul><li>Ett<li><p>Två</p><ul><li>Inre</li></ul></ul><ol><li>Först</ol>
        <table><caption>Tider</caption><tr><th>Dag</th><th>Tid</th></tr>
        <tr><td><p>Mån</p></td><td>8<br>till 12</td></tr></table>
        <table><tr><td><h2>Spalt</h2>En</td><td>Två</td></tr></table>
        <pre>rad  ett
  rad två</pre><h3><button>Vem?</button></h3><button>Stäng</button>
        <p hidden>dold</p><p style="DISPLAY : none">dold</p><p hidden="until-found">fälld</p></div>
        <footer>Fot</footer></body></html>""",
    )
    assert document == Document(
        id="sida.html",
        title="Om KAST | NMT",
        url="https://x.se/kast",
        publisher="NMT",
        text="# Om KAST\n\nKAST\u00a0nås på 020. Ring!\nAlla dagar\n\nlös text\n\n- Ett\n- Två\n  - Inre\n\n"
        "1. Först\n\n**Tider**\n\nDag | Tid\n--- | ---\nMån | 8 till 12\n\n"
        "## Spalt\n\nEn\n\nTvå\n\n# Om KAST\n\nrad  ett\n  rad två\n\n### Vem?\n\nfälld",
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Utanför</p><main><p>Inne<footer>Not</footer></main>Efter", "Inne\n\nNot"),
        ("<p>Utanför<div role=main>Inne</div>", "Inne"),
        ("<main></main><p>Ute", "Ute"),
        ("<header><h1>Rubrik</h1></header><p>Text", "# Rubrik\n\nText"),
        ("bara text", "bara text"),
        ("<p>män\u00adniskor A\u030a", "människor Å"),
        ("<h2></h2><p>a<li></li><p>b", "a\n\nb"),
        ("<p>a</p><!-- <p>b</p> --><p>&lt;c&gt; &#0;", "a\n\n<c> \ufffd"),
        ("<?xml version='1.0' encoding='latin-1'?><p>å", "å"),
        ("<body>" + "<div>" * 1500 + "djup", "djup"),
    ],
)
def test_html_text(tmp_path, source, text):
    assert html(tmp_path, source).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_html_encoding_is_found_without_a_declaration(tmp_path, encoding):
    assert html(tmp_path, f"<p>{SWEDISH}".encode(encoding)).text == SWEDISH


@pytest.mark.parametrize("href", ["/relativ", "javascript:alert(1)", "https//x.se", "//[x"])
def test_html_takes_only_a_whole_address_as_its_url(tmp_path, href):
    assert html(tmp_path, f"<link rel=canonical href='{href}'><p>text").url == ""


def test_html_too_deep_is_refused_rather_than_cut(tmp_path):
    assert "too deep" in refused(write(tmp_path / "a.html", "<div>" * 100_000 + "djup"))


@pytest.mark.parametrize("source", ["<p> </p>", "<!-- x -->", "<script>x</script>", "<title>Titel</title>"])
def test_html_without_text_is_refused(tmp_path, source):
    assert "no text" in refused(write(tmp_path / "a.html", source))


def test_html_resolves_no_entity_from_a_file(tmp_path):
    secret = write(tmp_path / "hemlig.txt", "hemligt")
    source = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><p>text &x;</p>'
    assert "hemligt" not in html(tmp_path, source).text


# PDF


def test_pdf_pages_begin_at_their_offsets(tmp_path):
    document = read(write(tmp_path / "a.pdf", pdf("Första sidan är\nlång och", "fortsätter här.", "", "Sista sidan")))
    assert document.text == "Första sidan är lång och fortsätter här.\n\nSista sidan"
    assert document.pages == (0, 25, 42, 42)
    assert document.text[document.pages[1] :].startswith("fortsätter")
    assert document.text[document.pages[3] :] == "Sista sidan"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Årsrapport 2024", "Årsrapport 2024"),
        ("untitled", "Rubrik"),
        ("Untitled document", "Rubrik"),
        ("(anonymous)", "Rubrik"),
        ("Presentation1", "Rubrik"),
        ("Anonymous reporting", "Anonymous reporting"),
        ("Microsoft Word - a.doc", "Rubrik"),
        ("", "Rubrik"),
    ],
)
def test_pdf_title(tmp_path, title, expected):
    assert read(write(tmp_path / "a.pdf", pdf("Rubrik\ntext", title=title))).title == expected


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_pdf_that_needs_a_password_is_refused(tmp_path, algorithm):
    data = pdf("hemligt", password="lösen", algorithm=algorithm)
    assert "encrypted" in refused(write(tmp_path / "a.pdf", data))


def test_pdf_that_opens_without_a_password_is_read(tmp_path):
    assert read(write(tmp_path / "a.pdf", pdf("öppet", password=""))).text == "öppet"


def test_pdf_without_text_is_refused(tmp_path):
    assert "scanned" in refused(write(tmp_path / "a.pdf", pdf("", "")))


def test_damaged_pdf_is_refused_and_nothing_is_printed(tmp_path):
    data = pdf("text " * 20, "mer text")
    write(tmp_path / "a.pdf", data[: len(data) // 3])
    code = f"from nmt_rag.documents.loading import load; print(len(list(load({str(tmp_path)!r}))))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("1\n", "")


# Word


def test_docx_in_document_order(tmp_path):
    def build(document):
        document.add_paragraph("Handbok", style="Title")
        document.add_heading("Om NMT", 1)
        document.add_paragraph("NMT\u00a0ger stöd. A\u030a")
        document.add_paragraph("Ett", style="List Bullet")
        document.add_paragraph("Två", style="List Number")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["Dag", "Tid", "Mån", "8–12"], strict=True):
            cell.text = text
        document.add_heading("Rubrik\ntvå", 2)
        document.add_paragraph("Rad ett\nrad\ttvå")
        document.styles["Heading 3"].name = "Rubrik 3"
        document.styles["Heading 4"].base_style = document.styles["Rubrik 3"]
        document.styles["Heading 4"].name = "Egen"
        document.add_paragraph("Tre", style="Rubrik 3")
        document.add_paragraph("Egen", style="Egen")
        document.core_properties.title = "Handbok för NMT"

    assert read(write(tmp_path / "a.docx", word(build))) == Document(
        id="a.docx",
        title="Handbok för NMT",
        text="# Handbok\n\n# Om NMT\n\nNMT\u00a0ger stöd. Å\n\n- Ett\n\n1. Två\n\nDag | Tid\nMån | 8–12\n\n"
        "## Rubrik två\n\nRad ett\nrad\ttvå\n\n### Tre\n\n### Egen",
    )


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (
            "<w:p><w:ins><w:r><w:t>ny</w:t></w:r></w:ins><w:del><w:r><w:delText>bort</w:delText></w:r></w:del></w:p>",
            "ny",
        ),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>fält</w:t></w:r></w:p></w:sdtContent></w:sdt>", "fält"),
        ("<w:p><w:hyperlink><w:r><w:t>länk</w:t></w:r></w:hyperlink><w:r><w:noBreakHyphen/></w:r></w:p>", "länk\u2011"),
        ("<w:p><w:moveFrom><w:r><w:t>flyttad</w:t></w:r></w:moveFrom><w:r><w:t>kvar</w:t></w:r></w:p>", "kvar"),
        (
            "<w:p><w:r><w:t>text</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>ruta</w:t></w:r></w:p></w:txbxContent>"
            "</w:pict><w:t> slut</w:t></w:r></w:p>",
            "text slut\n\nruta",
        ),
        ('<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>punkt</w:t></w:r></w:p>', "- punkt"),
        ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>ensam</w:t></w:r></w:p></w:tc></w:tr></w:tbl>", "ensam"),
    ],
)
def test_docx_markup(tmp_path, xml, text):
    def build(document):
        document.element.body.insert(0, docx.oxml.parse_xml(f"<w:sdt {W}><w:sdtContent>{xml}</w:sdtContent></w:sdt>"))

    assert read(write(tmp_path / "a.docx", word(build))).text == text


def repack(data: bytes, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return buffer.getvalue()


def test_docx_zip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MAX_UNPACKED_BYTES", 1_000_000)
    data = repack(word(lambda document: None), "word/document.xml", b" " * 1_000_001)
    assert len(data) < 100_000
    assert "unpacks to" in refused(write(tmp_path / "a.docx", data))


def test_docx_resolves_no_entity(tmp_path):
    secret = write(tmp_path / "hemlig.txt", "hemligt")
    xml = f"""<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "inre">]>
    <w:document {W}><w:body><w:p><w:r><w:t>text &x; &y;</w:t></w:r></w:p></w:body></w:document>"""
    path = write(tmp_path / "a.docx", repack(word(lambda document: None), "word/document.xml", xml.encode()))
    assert [item.text for item in load([path]) if isinstance(item, Document)] in ([], ["text"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted or of an old format"),
        (b"PK\x03\x04 half a zip", "no readable .docx"),
        (b"", "no readable .docx"),
        (word(lambda document: None), "no text"),
    ],
)
def test_docx_that_cannot_be_read_is_refused(tmp_path, data, says):
    assert says in refused(write(tmp_path / "a.docx", data))


# JSONL


def test_jsonl_rows(tmp_path):
    rows = [
        {
            "id": "sfs 2009:1173",
            "title": "A",
            "text": "Ett\r\ntva\u030a",
            "url": "https://x.se",
            "år": [1, None],
        },
        {"text": "# Rubrik\nutan id", "publisher": "NMT", "language": "en-GB", "title": None},
        {"id": 7, "text": "tal", "metadata": {"a": 1, "b": 2}, "b": 3},
        {"id": "m", "text": "x", "metadata": "ingen mängd"},
    ]
    source = "\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    assert list(load([write(tmp_path / "d.jsonl", source)])) == [
        Document("sfs 2009:1173", "A", "Ett\ntvå", url="https://x.se", metadata={"år": [1, None]}),
        Document("d.jsonl#3", "Rubrik", "# Rubrik\nutan id", publisher="NMT", language="en"),
        Document("7", "tal", "tal", metadata={"a": 1, "b": 3}),
        Document("m", "x", "x", metadata={"metadata": "ingen mängd"}),
    ]


BAD_LINES = {
    '{"id": "x", "text": "halv': "not JSON",
    "[1, 2]": "not a JSON object",
    '{"id": "x"}': "`text`",
    '{"text": 5}': "`text`",
    '{"text": "  "}': "no text",
    '{"text": "\\ud800"}': "surrogate",
    '{"text": "a", "x": ["\\udfff"]}': "surrogate",
    '{"text": "a", "x": NaN}': "nan",
    '{"text": "a", "x": 1e999}': "inf",
    '{"text": "a", "id": ["x"]}': "`id`",
    '{"text": "a", "title": true}': "`title`",
    "[" * 100_000: "not JSON",
    '{"text": "a", "x": ' + "9" * 5000 + "}": "not JSON",
}


def test_bad_jsonl_lines_are_told_and_the_rest_is_read(tmp_path):
    lines = [line for number, bad in enumerate(BAD_LINES) for line in (bad, json.dumps({"id": number, "text": "bra"}))]
    path = write(tmp_path / "d.jsonl", "\n".join(lines))
    items = list(load([path]))
    assert [item.id for item in items[1::2]] == [str(number) for number in range(len(BAD_LINES))]
    for number, (failure, says) in enumerate(zip(items[0::2], BAD_LINES.values(), strict=True)):
        assert failure.message.startswith(f"{path}, line {2 * number + 1}: ")
        assert says in failure.message


def test_the_second_line_with_one_id_is_told(tmp_path):
    path = write(
        tmp_path / "d.jsonl", '{"id": "a", "text": "ett"}\n{"id": "a", "text": "två"}\n{"id": "b", "text": "tre"}'
    )
    first, failure, third = load([path])
    assert (first.text, third.text) == ("ett", "tre")
    assert failure.message == (
        f"{path}, line 2: the id 'a' is taken by a document of {path}: give one of them another id"
    )


def test_a_jsonl_line_in_latin1_is_told(tmp_path):
    path = write(tmp_path / "d.jsonl", b'{"text": "gr\xe5"}\n{"text": "bra"}')
    failure, document = load([path])
    assert "line 1: not JSON in UTF-8" in failure.message
    assert document.text == "bra"


def test_a_jsonl_line_over_the_limit_is_told_and_passed(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "MAX_FILE_BYTES", 100)
    lines = ['{"text": "%s"}' % ("x" * size) for size in (5, 87, 88, 187, 188, 1000)]
    items = list(load([write(tmp_path / "d.jsonl", "\n".join([*lines, '{"text": "sist"}']))]))
    assert [len(lines[1] + "\n"), len(lines[2] + "\n")] == [100, 101]
    sizes = [len(item.text) if isinstance(item, Document) else None for item in items]
    assert sizes == [5, 87, None, None, None, None, 4]


def test_empty_jsonl_is_refused(tmp_path):
    assert "no text" in refused(write(tmp_path / "d.jsonl", "\n \n"))


def test_load_file_raises_at_a_bad_line(tmp_path):
    path = write(tmp_path / "d.jsonl", '{"text": "bra"}\n{')
    lines = load_file(path)
    assert next(lines).text == "bra"
    with pytest.raises(CorpusError, match="line 2"):
        next(lines)


# Folders, ids and files that are not there


def test_a_folder_is_read_in_order_with_stable_ids(tmp_path):
    for name in [
        "b.txt",
        "a.md",
        "a.txt",
        "ö/å 🙂 c.TXT",
        "ö/.dold.txt",
        ".git/x.txt",
        "bild.png",
        "~$a.docx",
        "README.md",
    ]:
        write(tmp_path / unicodedata.normalize("NFD", name), "text")
    write(tmp_path / "c.md", "---\nid: egen\n---\ntext")
    assert [item.id for item in load(tmp_path)] == ["a.md", "a.txt", "b.txt", "egen", "ö/å 🙂 c.TXT"]
    assert [item.id for item in load([str(tmp_path / "README.md")])] == ["README.md"]


def test_a_second_document_with_the_same_id_is_told(tmp_path):
    first = write(tmp_path / "a" / "x.txt", "ett")
    second = write(tmp_path / "b" / "x.txt", "två")
    document, failure = load([tmp_path / "a", tmp_path / "b"])
    assert document.text == "ett"
    assert failure == Failure(
        str(second), f"{second}: the id 'x.txt' is taken by a document of {first}: give one of them another id"
    )


def test_three_broken_files_among_many(tmp_path):
    for number in range(50):
        write(tmp_path / f"{number:02}.txt", f"text {number}")
    for name in ["07.txt", "20.txt", "33.txt"]:
        write(tmp_path / name, b"\0\1\2\3")
    items = list(load([tmp_path]))
    assert sum(isinstance(item, Document) for item in items) == 47
    assert [Path(item.path).name for item in items if isinstance(item, Failure)] == ["07.txt", "20.txt", "33.txt"]


def test_linked_folders_are_read_once_and_loops_end(tmp_path):
    write(tmp_path / "corpus" / "a.txt", "a")
    write(tmp_path / "annat" / "b.txt", "b")
    write(tmp_path / "corpus" / ".gömt" / "c.txt", "c")
    write(tmp_path / "corpus" / "mapp" / "b.txt", "b")
    (tmp_path / "corpus" / "b.txt").symlink_to(tmp_path / "corpus" / "mapp" / "b.txt")
    (tmp_path / "corpus" / "länk").symlink_to(tmp_path / "corpus" / ".gömt")
    (tmp_path / "corpus" / "loop").symlink_to(tmp_path / "corpus")
    (tmp_path / "corpus" / ".gömt" / "upp").symlink_to(tmp_path / "corpus")
    assert [item.id for item in load(tmp_path / "corpus")] == ["a.txt", "länk/c.txt", "mapp/b.txt"]


def test_a_link_that_leads_out_of_its_folder_is_told_and_not_followed(tmp_path):
    write(tmp_path / "corpus" / "a.txt", "a")
    secret = write(tmp_path / "annat" / "hemligt.txt", "b")
    (tmp_path / "corpus" / "fil.txt").symlink_to(secret)
    (tmp_path / "corpus" / "mapp").symlink_to(tmp_path / "annat")
    (tmp_path / "genväg").symlink_to(tmp_path / "corpus")
    for folder in (tmp_path / "corpus", tmp_path / "genväg"):
        items = list(load(folder))
        assert [item.id for item in items if isinstance(item, Document)] == ["a.txt"]
        failed = [item for item in items if isinstance(item, Failure)]
        assert [Path(item.path).name for item in failed] == ["fil.txt", "mapp"]
        assert all("the link leads out of" in item.message for item in failed)
    assert [item.id for item in load(tmp_path / "corpus" / "fil.txt")] == ["fil.txt"]


def test_a_file_counts_once_however_it_is_given(tmp_path):
    write(tmp_path / "a.txt", "a")
    write(tmp_path / "mapp" / "b.txt", "b")
    assert [item.id for item in load([tmp_path, tmp_path / "a.txt", tmp_path / "mapp"])] == ["a.txt", "mapp/b.txt"]
    assert [item.id for item in load([tmp_path / "mapp", tmp_path])] == ["b.txt", "a.txt"]
    (tmp_path / "länk.txt").symlink_to(tmp_path / "a.txt")
    assert [item.id for item in load([tmp_path / "länk.txt", tmp_path / "a.txt"])] == ["länk.txt"]


def test_broken_links_and_pipes_are_told(tmp_path):
    (tmp_path / "borta.txt").symlink_to(tmp_path / "finns-inte.txt")
    os.mkfifo(tmp_path / "rör.txt")
    gone, pipe = load(tmp_path)
    assert "No such file" in gone.message
    assert "no ordinary file" in pipe.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_and_folders_are_told(tmp_path):
    write(tmp_path / "låst.txt", "text").chmod(0)
    write(tmp_path / "mapp" / "a.txt", "text").parent.chmod(0)
    file, folder = load(tmp_path)
    assert "Permission denied" in file.message
    assert "Permission denied" in folder.message


@pytest.mark.parametrize("name", ["finns-inte", "finns-inte.txt", "a\0b", "x" * 5000])
def test_a_path_that_does_not_exist_raises_before_anything_is_read(tmp_path, name):
    write(tmp_path / "a.txt", "text")
    with pytest.raises(CorpusError, match="does not exist"):
        load([tmp_path, tmp_path / name])


def test_an_empty_path_is_not_the_current_folder():
    with pytest.raises(CorpusError, match="does not exist"):
        load([""])


def test_a_folder_without_documents_raises(tmp_path):
    write(tmp_path / "bild.png", "x")
    with pytest.raises(CorpusError, match="no documents in this folder"):
        load(tmp_path)


def test_a_file_of_an_unknown_format_is_refused_by_name(tmp_path):
    assert "format is not known" in refused(write(tmp_path / "bild.png", "x"))


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_file_name_that_is_not_unicode(tmp_path):
    path = os.fsencode(tmp_path) + b"/r\xe5\n.txt"
    with open(path, "wb") as file:
        file.write(b"text")
    assert [item.id for item in load(tmp_path)] == ["r\\udce5\\n.txt"]


def test_names_in_either_unicode_form_give_one_id(tmp_path):
    write(tmp_path / unicodedata.normalize("NFD", "å.txt"), "text")
    assert read(tmp_path / unicodedata.normalize("NFD", "å.txt")).id == "å.txt"


# Documents hold what they promise


@given(data=st.binary(max_size=300), suffix=st.sampled_from(sorted(SUFFIXES)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_sound_document_or_a_failure(tmp_path_factory, data, suffix):
    path = write(tmp_path_factory.mktemp("any") / f"a{suffix}", data)
    for item in load([path]):
        if isinstance(item, Failure):
            assert "\n" not in item.message
            continue
        assert item.text.strip()
        assert item.text == decoding.normalize(item.text)
        assert item.title
        assert Document.from_dict(json.loads(json.dumps(item.to_dict(), allow_nan=False))) == item
        item.sha256  # noqa: B018 - raises where the text is not Unicode


def test_clean_mends_what_pdf_fonts_break():
    assert (
        decoding.clean("männi\u00ad \nskohandel a\x00b\ud83d\ude42\ud800 A\u030a\r\n")
        == "människohandel ab🙂\ufffd Å\n"
    )


def test_importing_documents_loads_no_format_library():
    code = "import sys, nmt_rag.documents; print([m for m in ('pypdfium2', 'docx', 'lxml') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_folder_tells_of_texts_in_formats_that_are_not_read(tmp_path):
    for name in ("a.txt", "b.doc", "c.png", "d.XLS", "e.mht", "f.mhtml", "g.aspx", "h.mdx"):
        write(tmp_path / name, "Jouren ger skydd.")
    found = list(load(tmp_path))
    assert [one.id for one in found if isinstance(one, Document)] == ["a.txt"]
    told = [Path(one.path).name for one in found if isinstance(one, Failure)]
    assert told == ["b.doc", "d.XLS", "e.mht", "f.mhtml", "g.aspx", "h.mdx"]


@pytest.mark.parametrize("name", ["a.htm", "a.shtml", "a.xhtml"])
def test_a_web_page_is_read_whatever_it_is_called(tmp_path, name):
    page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><h1>Bad</h1><p>Kl. 9.<br/></p></body>"
    assert read(write(tmp_path / name, page)).text == "# Bad\n\nKl. 9."
