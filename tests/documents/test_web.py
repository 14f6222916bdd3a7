"""Web pages as people publish them: what a reader sees is kept, and what belongs to the site around it is not."""

import time

import pytest

from nmt_rag.documents.formats import Remark
from nmt_rag.documents.web import charsets, tables
from nmt_rag.documents.web import html as webpages
from nmt_rag.documents.web.tables import Cell, Row
from nmt_rag.errors import CorpusError
from tests import bombs
from tests.durations import assert_in_proportion

SWEDISH = "Avgiften är 25 kronor per år i Älvsbyn"


def text(body):
    return webpages.read_html(f"<html lang=sv><body>{body}</body></html>".encode()).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<ol><li>Sök.<li><p>Vänta.</p></ol>", "1. Sök.\n\n2. Vänta."),
        (
            "<ol><li>Sök.<ol type=a><li>Ring.<li>Skriv.</ol><li>Vänta.</ol>",
            "1. Sök.\n\na) Ring.\n\nb) Skriv.\n\n2. Vänta.",
        ),
        ("<ol start=4><li>Sök.<li value=9>Ring.<li>Vänta.</ol>", "4. Sök.\n\n9. Ring.\n\n10. Vänta."),
        ("<ol><li>Sök.</ol><ol><li>Ring.</ol>", "1. Sök.\n\n1. Ring."),
        ("<ol><li>1. Sök.<li>b) Ring.</ol>", "1. Sök.\n\nb) Ring."),
        ("<ol style='list-style: none'><li>Sök.<li>Ring.</ol>", "- Sök.\n- Ring."),
        ("<ol reversed><li>Sök.</ol><ol type=i><li>Ring.</ol>", "- Sök.\n- Ring."),
        ("<ol start=x><li>Sök.<li value=-2>Ring.<li value=1000>Vänta.</ol>", "1. Sök.\n\n- Ring.\n- Vänta."),
    ],
)
def test_a_list_has_the_numbers_that_a_browser_writes(source, expected):
    assert text(source) == expected


TABLE = (
    "<table><caption>Taxa</caption><thead><tr><th rowspan=2>Grupp</th><th colspan=2>Sommar</th></tr>"
    "<tr><th>Dag</th><th>Kväll</th></tr></thead><tr><td rowspan=2>Barn</td><td>10 kr</td><td>20 kr</td></tr>"
    "<tr><td>11 kr</td><td>21 kr</td></tr><tr><td colspan=3>Helger</td></tr><tr><td>Vuxna</td><td colspan=2>gratis</td>"
    "</tr></table>"
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            TABLE,
            "**Taxa**\n\nGrupp | Sommar | Sommar\nGrupp | Dag | Kväll\n--- | --- | ---\nBarn | 10 kr | 20 kr\n"
            "Barn | 11 kr | 21 kr\n**Helger**\nVuxna | gratis | gratis",
        ),
        (
            "<table><tr><td><td>Må<td>Ti<tr><td>Bad<td>8<td>9</table>",
            " | Må | Ti\n--- | --- | ---\nBad | 8 | 9".strip(),
        ),
        (
            "<table><tr><td>Ort<td>Tid<td>Telefon<tr><td>Lövby<td>8–9<td>012-3</table>",
            "Ort | Tid | Telefon\n--- | --- | ---\nLövby | 8–9 | 012-3",
        ),
        ("<table><tr><td>Måndag<td>Stängt<tr><td>Tisdag<td>8–9</table>", "Måndag | Stängt\nTisdag | 8–9"),
        ("<table><tr><th>Adress<td>Torget 1<tr><th>Ort<td>Lövby</table>", "Adress | Torget 1\nOrt | Lövby"),
        ("<p>Det kostar <s>150</s> <del>175</del> <span style='text-decoration:line-through'>9</span> 200 kr", None),
    ],
)
def test_a_table_keeps_its_cells(source, expected):
    assert text(source).strip() == (expected or "Det kostar 200 kr")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("118<sup>3</sup> personer", "118 personer"),
        ("Stödet<sup><a href='#n'>a</a></sup> ges.<sup>1, 2</sup> Alltid.", "Stödet ges. Alltid."),
        ("30 m<sup>2</sup> och 10<sup>6</sup>", "30 m² och 10⁶"),
        ("kl. 8<sup>30</sup>–16<sup><b>45</b></sup>, 12<sup>50</sup> kr", "kl. 8³⁰–16⁴⁵, 12⁵⁰ kr"),
        ("118<sup><a href='#n'>12</a></sup> och 97<a href='#m'><sup>13</sup></a> personer", "118 och 97 personer"),
        ("10<sup>-6</sup>, 4<sup>1</sup>/<sub>2</sub>, en <sup>1</sup>/3", "10⁻⁶, 4¹/2, en ¹/3"),
        ("CO<sub>2</sub>, 1<sup>st</sup>", "CO2, 1st"),
    ],
)
def test_a_note_mark_is_no_digit(source, expected):
    assert text(f"<p>{source}</p>") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<a href='mailto:info@x.se?subject=a'>registrator</a>", "registrator (info@x.se)"),
        ("<a href='mailto:info@x.se'>info@x.se</a>", "info@x.se"),
        ("<a href='tel:+4612345678'>012-34 56 78</a>", "012-34 56 78"),
        ("<a href='tel:0701234567'>jouren</a>", "jouren (0701234567)"),
        ("<a href='https://x.se'>sidan</a>", "sidan"),
    ],
)
def test_addresses_behind_words_are_kept(source, expected):
    assert text(f"<p>{source}</p>") == expected


SITE = [
    "<div class='cookie-banner'><p>Vi använder kakor.</p><button>Ja</button></div>",
    "<ul class=menu><li><a href=/a>Start</a><li><a href=/b>Om oss</a></ul>",
    "<ul><li><a href=1>A</a><li><a href=1>B</a><li><a href=1>C</a><li><a href=1>D</a><li><a href=1>E</a></ul>",
    "<ul><li><a href=1>Start</a><li><a href=1>Bygga</a><li><a href=1>Skola</a><li><a href=1>Kontakt</a></ul>",
    "<p>Dela: <a href='https://www.facebook.com/sharer/sharer.php?u=x'>Facebook</a></p>",
    "<nav>Meny</nav>",
    "<div class='sv-breadcrumbs'><a href=/>Start</a> / <a href=/o>Omsorg</a> / Avgifter för vård och omsorg</div>",
    "<noscript><div id=x></noscript>",
    "<noscript><p>Slå på skript",
    "<div style='display:none' class=menu>Dold meny</div>",
]


@pytest.mark.parametrize("site", SITE)
def test_the_site_around_a_page_is_left_out_also_without_main(site):
    if site.startswith("<noscript><p>"):
        assert text(f"{site}<h1>Avgifter</h1><p>Avgiften är 200 kronor.").endswith(
            "# Avgifter\n\nAvgiften är 200 kronor."
        )
    else:
        assert text(f"{site}<h1>Avgifter</h1><p>Avgiften är 200 kronor.") == "# Avgifter\n\nAvgiften är 200 kronor."


CONTACT = "<p>Lövby kommun, Torget 1</p><p>Telefon 0123-45 67 00</p>"
FOOTERS = [
    f"<div class='footer'>{CONTACT}</div>",
    f"<div class='l-grid site-footer' id=x>{CONTACT}</div><script>var x = 1;</script>",
    f"<div id=sidfot>{CONTACT}</div><div class='cookie-banner'><p>Vi använder kakor.</p><button>Ja</button></div>",
    f"<div role=contentinfo>{CONTACT}</div>",
    f"<footer>{CONTACT}</footer>",
    f"<div class=footer>{CONTACT}</div>" * 40,
]


def test_a_style_without_end_is_read_at_once():
    style = "text-decoration:" * 300_000  # took minutes where each of them was followed to the end
    assert (
        text(f'<h1>Avgifter</h1><p style="{style}">Avgiften är 200 kronor.') == "# Avgifter\n\nAvgiften är 200 kronor."
    )
    assert text('<h1>Taxa</h1><p>Ett <b style="color: red; text-decoration-line : line-through">två</b> tre.') == (
        "# Taxa\n\nEtt tre."
    )


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("around", ["{}", "<div id=wrapper>{}</div>"])
def test_the_footer_of_a_page_is_left_out_whatever_its_element(footer, around):
    page = f"<h1>Avgifter</h1><div><p>Avgiften är 200 kronor.</p></div>{footer}"
    assert text(f"<body>{around.format(page)}") == "# Avgifter\n\nAvgiften är 200 kronor."


@pytest.mark.parametrize(
    "page",
    [
        f"<article><h1>Taxa</h1><p>Ett.</p><div class=footer>{CONTACT}</div></article>",
        f"<h1>Taxa</h1><div><p>Ett.</p><div class=footer>{CONTACT}</div></div><p>Mer om taxan.</p>",
        f"<h1>Taxa</h1><div class=card><p>Ett.</p><div class=card-footer>{CONTACT}</div></div>",
        f"<h1>Taxa</h1><div class=footer><details><summary>Var?</summary>{CONTACT}</details></div>",
        f"<div class=footer><h1>Taxa</h1>{CONTACT}</div>",
        f"<p>Taxa</p><div class=footer>{CONTACT}</div>",
    ],
)
def test_what_is_only_named_as_a_footer_is_text(page):
    assert "Lövby kommun, Torget 1\n\nTelefon 0123-45 67 00" in text(page)


@pytest.mark.parametrize(
    "page",
    [
        "<div class='cookie-policy'><h1>Kakor</h1><p>Vi använder kakor.</p></div>",
        "<h1>Kakor</h1><ul class=menu><li>Måndag: soppa</li><li>Tisdag: <a href=/x>gröt</a> och lingon</li></ul>",
        "<h1>Länkar</h1><ul><li><a href=1>Start</a><li><a href=1>Bygga</a>"
        "<li><a href=1>Skola</a><li><a href=1>Kost</a></ul>",
    ],
)
def test_what_only_looks_like_the_site_is_kept(page):
    assert len(text(page).split()) >= 5


@pytest.mark.parametrize("href", ["#", "", "/sida", "#finns-inte"])
def test_a_link_that_opens_nothing_parts_no_paragraphs(href):
    menu = f"<p><a href='{href}' aria-expanded=true>Mer</a></p>"
    assert text(f"{menu}<h1>Taxa</h1><div><p>Ett.</p></div><div id=''><p>Två.</p></div><p>Tre.</p>") == (
        "Mer\n\n# Taxa\n\nEtt.\n\nTvå.\n\nTre."
    )


def test_hidden_text_that_nothing_opens_is_told():
    hidden = "Det här är en dold text som ingen läsare ser och som är lång nog. Den är det."
    draft = webpages.read_html(f"<h1>Sidan</h1><p>Text.</p><div style='display:none'>{hidden}</div>".encode())
    assert draft.text == "# Sidan\n\nText."
    message = f"text that the page hides was left out: «{hidden[:60]}»"
    assert draft.notes == (Remark("hidden", hidden[:60], message),)


RUSSIAN = "Бесплатная помощь для всех"
CHARSETS = [
    *(
        ("iso-8859-15", "iso8859-15", f"{SWEDISH} €"),
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
    ),
    *(("iso-8859-5", "iso8859-5", RUSSIAN), ("macintosh", "mac-roman", SWEDISH), ("ISO-8859-1", "cp1252", SWEDISH)),
    *(("shift_jis", "shift_jis", "日本語テスト"), ("gb2312", "gbk", "中文测试"), ("euc-kr", "euc-kr", "무료 지원")),
    *(("windows-1256", "cp1256", "مساعدة مجانية"), ("iso-8859-2", "iso8859-2", "Bezpłatna pomoc źródło")),
    *(("windows-1253", "cp1253", "Δωρεάν βοήθεια"), ("iso-8859-9", "cp1254", "ücretsiz yardım ğış")),
]


@pytest.mark.parametrize(("label", "encoding", "words"), CHARSETS)
@pytest.mark.parametrize(
    "form", ["<meta charset='{}'>", "<meta http-equiv=Content-Type content='text/html; charset={}'>"]
)
def test_the_declared_encoding_is_followed(label, encoding, words, form):
    source, notes = charsets.decode_page(form.format(label).encode() + f"<p>{words}</p>".encode(encoding))
    assert f"<p>{words}</p>" in source
    assert notes == ()


@pytest.mark.parametrize(
    ("label", "encoding", "read"),
    [
        ("utf-8", "cp1252", "windows-1252"),
        ("windows-1251", "cp1252", "windows-1252"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("utf-16", "utf-8", "utf-8"),
        ("nonsens", "cp1252", "windows-1252"),
    ],
)
def test_a_declaration_that_lies_is_not_followed_and_told(label, encoding, read):
    source, notes = charsets.decode_page(f"<meta charset={label}><p>{SWEDISH}</p>".encode(encoding))
    assert SWEDISH in source
    message = f"the declared encoding is '{label}', but the text is not written in it: it was read as {read}"
    assert notes == (Remark("encoding", label, message),)


@pytest.mark.parametrize("stray", [b"\x00", b"\x7f", b"\x01", b"\xff"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_one_stray_byte_refuses_no_page(stray, encoding):
    page = f"<h1>Avgifter</h1><p>{SWEDISH}, men inte för den som är under 18 år.</p>"
    draft = webpages.read_html(page.encode(encoding).replace(b"kronor", stray + b"kronor"))
    assert (
        draft.text.replace("\ufffd", "").replace("ÿ", "")
        == f"# Avgifter\n\n{SWEDISH}, men inte för den som är under 18 år."
    )


def test_an_element_of_very_many_attributes_is_refused_at_once():
    started = time.process_time()
    with pytest.raises(CorpusError) as refused:
        webpages.read_html(bombs.html())
    assert time.process_time() - started < 20.0  # seconds; its tree takes minutes
    assert str(refused.value) == (
        "the element <p> has 900,000 attributes: open the page in a browser and save the text"
    )
    for quoted in ("a{}='>'", 'a{}=">"', "a{} =\n'>'"):  # each ">" seems to end the element
        with pytest.raises(CorpusError, match="1,001 attributes"):
            webpages.read_html(f"<p {' '.join(map(quoted.format, range(1_001)))}>Text</p>".encode())
    many = " ".join(f"data-{number}=b" for number in range(webpages.MAX_ATTRIBUTES))
    assert text(f"<p {many}>Polisen hjälper dig.</p>") == "Polisen hjälper dig."


FREEZING = {
    "one attribute of megabytes": lambda n: "<p title='" + "a > b " * n * 25 + "'>Slut.",
    "scripts never closed": lambda n: "Slut.<p>" + "<script>" * n * 10,
    "styles never closed": lambda n: "Slut.<p>" + "<style " * n * 10,
    "comments never closed": lambda n: "Slut.<p>" + "<!--" * n * 10,
    "noscript never closed": lambda n: "<noscript>" * n * 10 + "Slut.",
    "noscript never ended": lambda n: "Slut.<p>" + "<noscript " * n * 10,
    "panels": lambda n: (
        "".join(f"<button aria-controls=p{i}>F</button><div id=p{i} hidden>x</div>" for i in range(n)) + "Slut."
    ),
    "merged cells": lambda n: "<table>" + "<tr><td rowspan=99 colspan=99>ord<td>b" * n + "</table>Slut.",
    "one wide row": lambda n: "<table><tr>" + "<td>a" * n + "<tr><td>b" * n + "</table>Slut.",
}


@pytest.mark.parametrize("name", FREEZING)
def test_no_page_takes_longer_than_its_length_tells(name):
    def work(page):
        found = text(page)
        assert "Slut." in found
        assert len(found) <= 12 * len(page)

    assert_in_proportion(work, FREEZING[name](2_000), FREEZING[name](8_000))


def test_merged_cells_are_repeated_as_far_as_a_table_may_grow():
    merged = [Row((Cell("Barn", rows=3), Cell("10 kr"))), Row((Cell("11 kr"),)), Row((Cell("12 kr"),))]
    assert [block.text for block in tables.blocks(merged)] == ["Barn | 10 kr", "Barn | 11 kr", "Barn | 12 kr"]
    long = "ord " * 1_000
    wide = [Row((Cell(long, rows=50), Cell("x"))), *[Row((Cell("y"),))] * 60]
    assert [block.text for block in tables.blocks(wide)] == [f"{long} | x", *["y | "] * 60]


def test_a_row_outside_of_any_table_is_read():
    row = webpages.etree.fromstring("<body><tr><td>Bad</td><td>9–15</td></tr></body>")  # browsers and lxml part it
    assert webpages._text(row)[0] == "Bad | 9–15"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<li><a role=tab href=#a>Barn</a></li>", "<li><a role=tab href=#b>Vuxna</a></li>"),
        ("<button role=tab aria-controls=a>Barn</button>", "<button role=tab aria-controls=b>Vuxna</button>"),
        ("<div role=tab data-bs-target='#a'>Barn</div>", "<div role=tab data-bs-target='#b'>Vuxna</div>"),
    ],
)
def test_each_tab_heads_its_own_panel(first, second):
    panels = "<div id=a role=tabpanel><p>40 kronor.</p></div><div id=b role=tabpanel hidden><p>80 kronor.</p></div>"
    page = f"<h1>Taxa</h1><ul role=tablist>{first}{second}</ul>{panels}<p>Slut.</p>"
    assert text(page) == "# Taxa\n\n**Barn**\n\n40 kronor.\n\n**Vuxna**\n\n80 kronor.\n\n---\n\nSlut."


def test_a_panel_with_a_heading_of_its_own_needs_no_tab():
    page = "<div role=tablist><a role=tab href=#a>Barn</a></div><div id=a><h2>Barn och unga</h2><p>40 kronor.</p></div>"
    assert text(page) == "## Barn och unga\n\n40 kronor."
