"""Web pages as people publish them: what a reader sees is kept, and what belongs to the site around it is not."""

import time

import pytest

from nmt_rag.documents.formats import Remark
from nmt_rag.documents.leading import leads
from nmt_rag.documents.passages import split
from nmt_rag.documents.web import charsets, tables
from nmt_rag.documents.web import html as webpages
from nmt_rag.documents.web.tables import Cell, Row
from nmt_rag.errors import CorpusError
from nmt_rag.types import Document
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
            "1. Sök.\n\n  a) Ring.\n\n  b) Skriv.\n\n2. Vänta.",
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


def test_the_items_of_an_inner_list_stand_further_in():
    rules = "<ul><li>Du får:<ul><li>bada</ul><li>Du får inte:<ul><li><p>springa</p><li>filma<ol><li>barn</ol></ul></ul>"
    assert text(rules) == "- Du får:\n  - bada\n- Du får inte:\n  - springa\n  - filma\n\n    1. barn"
    document = Document(id="regler", title="", text=text(rules))
    told = leads(document, split(document))
    assert [told[ordinal] for ordinal in (1, 3, 4)] == ["Du får:", "Du får inte:", "Du får inte:"]
    assert text("<ul><li><ul><li>bada</ul></ul>") == "- bada"  # the outer item has no text to stand below
    assert text("<ol><li>1. Sök.<ul><li>Ring</ul></ol>") == "1. Sök.\n\n  - Ring"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<ul><li><p>Snö</p><p>Ej tak.</p><li>Lån</ul><p>Ring.", "- Snö\n\n  Ej tak.\n\n- Lån\n\nRing."),
        ("<ul><li>Snö<br><br>Ej tak.<li>Lån</ul>", "- Snö\n\n  Ej tak.\n- Lån"),
        ("<ul><li>Snö<ul><li>tak<p>Ej jag.</p></ul><p>Ej du.</ul>", "- Snö\n  - tak\n\n    Ej jag.\n\n  Ej du."),
        ("<ol><li>1. Sök.<p>Vänta.</ol>", "1. Sök.\n\n  Vänta."),
        ("<ul><li><h2>Snö</h2><p>Ej tak.</p></ul>", "## Snö\n\nEj tak."),
    ],
)
def test_what_stands_further_down_in_an_item_stands_further_in(source, expected):
    assert text(source) == expected


def test_lists_in_one_another_make_no_text_longer_than_its_page():
    page = "<ul><li>a" * 500 + "</ul>" * 500
    assert text(page).endswith("\n                    - a")
    assert len(text(page)) < 3 * len(page)


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


TAKE = "<tr><td><ul><li>Rullstol<li>Hund.</ul><td><p>Aldrig:</p><ol><li>Cykel<li>Skidor</ol>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"<table><tr><th>Med<th>Inte med{TAKE}</table>", "Med | Inte med\n--- | ---\nRullstol; Hund. | {}"),
        (f"<table><caption>Resa</caption>{TAKE}</table>", "**Resa**\n\nRullstol; Hund. | {}"),
        (f"<table>{TAKE}<tr><td>Väska<td>Båt</table>", "Rullstol; Hund. | {}\nVäska | Båt"),
    ],
)
def test_lists_in_the_cells_of_a_table_of_values_stay_in_them(source, expected):
    assert text(source) == expected.format("Aldrig: Cykel; Skidor")


LAYOUT = "- Rullstol\n- Hund.\n\nAldrig:\n\n1. Cykel\n\n2. Skidor"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"<table>{TAKE}</table>", LAYOUT),
        (f"<table role=presentation><tr><th>Med<th>Inte{TAKE}</table>", f"Med | Inte\n\n{LAYOUT}"),
        (f"<table><tr><td>Topp</td></tr>{TAKE}</table>", f"Topp\n\n{LAYOUT}"),
        (f"<table>{TAKE}<tr><td>Text<td>{'lång ' * 121}</table>", f"{LAYOUT}\n\nText | {('lång ' * 121).strip()}"),
        (f"<table><tr><td>{'<table>' + TAKE + '</table>'}<td>Två<tr><td>a<td>b</table>", f"{LAYOUT}\n\nTvå\n\na | b"),
    ],
)
def test_lists_in_a_table_that_lays_out_a_page_are_lists(source, expected):
    assert text(source) == expected


def test_the_end_of_a_table_ends_its_header():
    days = "<table><tr><th>Dag<th>Stängt<tr><td>Måndag<td>20</table>"
    other = "<table><tr><td>Simskola<td>3 mars<tr><td>Gympa<td>5 mars</table>"
    assert text(days + other) == "Dag | Stängt\n--- | ---\nMåndag | 20\n\nSimskola | 3 mars\nGympa | 5 mars"
    assert text("<table><tr><td>1&nbsp;688 kr<td>a<tr><td>b<td>c</table>") == "1\xa0688 kr | a\nb | c"


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
        ("<a href='tel:0123 456 78'>växeln</a>", "växeln (0123 456 78)"),
        ("<a href='tel:+46 123 999 88'>0123-999 88</a>", "0123-999 88"),
        ("<a href='mailto: info@x.se?subject=Hej du'>oss</a>", "oss (info@x.se)"),
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
    "<a href='#innehall'>Hoppa till innehållet</a>",
    "<div><a href='#innehall'>Hoppa till innehållet</a></div>",
    "<div class='cookie-banner'><p>Vi använder kakor.</p><a class='button' href='/ja'>Jag förstår</a></div>",
    "<div id='cookie-consent'><p>Vi använder kakor.</p><a href='#'>Jag förstår</a></div>",
    "<aside><h2>Läs mer</h2><ul><li><a href='/a'>Äldreomsorg</a><li><a href='/b'>Hemtjänst</a></ul></aside>",
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
        "<h1>Kost</h1><ul class=menu><li>Måndag: <a href=1>kött med potatis</a></li><li>Tisdag: <a href=1>fisk</a>",
        "<h1>Uppgifter</h1><div class=gdpr><p>Vi sparar dem i två år.</p><button aria-expanded>Vem?</button></div>",
        "<main><h1>Uppgifter</h1><div class=gdpr><h2>Så sparar vi dem</h2><p>I två år.</p><button>Ja</button></div>",
        "<h1>Kontakt</h1><aside>Växel <a href='tel:0123-45'>0123-45</a> <a href='mailto:a@x.se'>a@x.se eller så</a>",
        "<p>Regler för oss</p><p><a href='#a'>1 Inledning</a></p><h1>Inledning</h1><p>Text.</p>",
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
    "menus in menus": lambda n: (
        "<div class=menu>" * (n // 8) + "<a href=x>y</a> texten här " * n + "</div>" * (n // 8) + "Slut."
    ),
    "headers in headers": lambda n: "<header>" * (n // 8) + "<p>a</p>" * n + "</header>" * (n // 8) + "Slut.",
    "an accordion": lambda n: (
        "<h1>Taxa</h1>" + "<details><summary><h3>F</h3></summary>a</details>" * n + "<p>b</p>" * 2 + "Slut."
    ),
    "questions and text": lambda n: "<details><summary><h3>F</h3></summary>a</details>b" * n + "Slut.",
    "asides": lambda n: (
        "<main><h1>Taxa</h1></main>" + "<div>" * (n // 16) + "<aside><h2>a</h2></aside><aside>b</aside>" * n + "Slut."
        "<aside>Slut.</aside>"
    ),
    "links in a heading": lambda n: "<h1>" + "<a href=#a>b</a>" * n + "</h1>Slut.",
    "footers": lambda n: "<main><h1>Taxa</h1>" + "<h2>a</h2><footer>b</footer>" * n + "Slut.</main>",
    "asides in the text": lambda n: (
        "<h1>Taxa</h1>" + "<aside><h2>a</h2>b</aside>c" * n + "<div>" * (n // 16) + "<aside>b</aside>" * n + "Slut."
    ),
    "parts in parts": lambda n: (
        "<h1>Taxa</h1>" + "<section><h2>a</h2>" * (n // 16) + "b" + "</section>c" * (n // 16) + "<p>d</p>" * n + "Slut."
    ),
    "named panels": lambda n: "<details><summary>a</summary><h2>b</h2>c</details>" * n + "Slut.",
    "panels in panels": lambda n: (
        "<details><summary>a</summary><h2>b</h2>" * (n // 16) + "<p>c</p>" * n + "</details>" * (n // 16) + "Slut."
    ),
    "openers in openers": lambda n: (
        "<div>" * (n // 16) + "<b></b>" * n + "Får jag?" + "</div><p hidden>a</p>" * (n // 16) + "Slut."
    ),
    "words in a link": lambda n: "<a>" + "<span class=sr-only>a</span>" * n + "</a>Slut.",
    "links to places": lambda n: "<ul>" + "<li><a href=#a>b</a>" * n + "</ul><div id=a>Slut.</div>",
    "steps": lambda n: "<ol>" + "<li><b>1</b><h3>a</h3>" * n + "</ol>Slut.",
    "mains": lambda n: "<main>a</main>b" * n + "<main>Slut.</main>",
    "lists in cells": lambda n: "<table><tr><th>a" + "<td><ul><li>b<li>c</ul>" * n + "</table>Slut.",
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


def test_tabs_without_roles_head_their_panels():
    tab = "<li><a data-{}toggle=tab href='#{}'>{}</a></li>"
    panels = "<div id=a><p>40 kronor.</p></div><div id=b><p>80 kronor.</p></div>"
    for name in ("", "bs-"):
        tabs = tab.format(name, "a", "Barn") + tab.format(name, "b", "Vuxna")
        assert text(f"<h1>Taxa</h1><ul class='nav nav-tabs'>{tabs}</ul>{panels}") == (
            "# Taxa\n\n**Barn**\n\n40 kronor.\n\n**Vuxna**\n\n80 kronor."
        )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("<button aria-expanded=false>{}</button>", "<div class=panel><p>{}</p></div>"),
        ("<div><button aria-expanded=false>{}</button></div>", "<div><p>{}</p></div>"),
        ("<button class=accordion>{}</button>", "<div class=panel><p>{}</p></div>"),
        ("<button>{}</button>", "<div hidden><p>{}</p></div>"),
    ],
)
def test_a_button_before_its_panel_is_a_question(question, answer):
    page = "".join(question.format(q) + answer.format(a) for q, a in (("Får jag bada?", "Nej."), ("Och äta?", "Ja.")))
    assert text(f"<h1>Bad</h1>{page}") == "# Bad\n\n**Får jag bada?**\n\nNej.\n\n**Och äta?**\n\nJa."


@pytest.mark.parametrize(
    "page",
    [
        "<button aria-expanded=false>Meny</button><div class=menu><a href=/a>Start</a></div><p>Text.</p>",
        "<button aria-expanded=false>Meny</button><nav>Start</nav><p>Text.</p>",
        "<button>Skriv ut</button><div><p>Text.</p></div>",
        "<button>Ja</button><button>Nej</button><p>Text.</p>",
    ],
)
def test_a_button_that_opens_no_text_is_none_of_it(page):
    assert text(f"<h1>Bad</h1>{page}") == "# Bad\n\nText."


def paths(body):
    document = Document(id="sida", title="", text=text(body))
    return [(" > ".join(one.heading), one.text) for one in split(document)]


QUESTIONS = [
    "<h3><button aria-expanded=false aria-controls={}>{}</button></h3><div id={} hidden><p>{}</p></div>",
    "<details><summary><h3>{1}</h3></summary><p>{3}</p></details>",
    "<h3><button aria-expanded=false>{1}</button></h3><div><p>{3}</p></div>",
    "<div role=heading aria-level=3><button aria-expanded=false>{1}</button></div><div hidden><p>{3}</p></div>",
    "<button aria-controls={0}><h3>{1}</h3></button><div id={2}><p>{3}</p></div>",
    "<ul><li><h3>{1}</h3><p>{3}</p></li></ul>",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "after", ["<p>Skolan börjar i mars.</p>", "<details><summary>När?</summary>Skolan börjar i mars.</details>"]
)
def test_what_follows_an_accordion_is_not_headed_by_its_last_question(question, after):
    asked = question.format("a", "Får jag bada?", "a", "Nej, alla betalar.") + question.format(
        "b", "Och äta?", "b", "Ja."
    )
    headed = "Bad > Frågor > När?" if "details" in after else "Bad > Frågor"
    assert paths(f"<h1>Bad</h1><h2>Frågor</h2>{asked}{after}") == [
        ("Bad > Frågor > Får jag bada?", "Nej, alla betalar."),
        ("Bad > Frågor > Och äta?", "Ja."),
        (headed, "Skolan börjar i mars."),
    ]
    assert text(f"<h1>Bad</h1>{asked}<h2>Mer</h2>").count("### ") == 2  # the next heading ends the question


def test_a_heading_with_a_button_beside_its_words_is_no_question():
    page = "<h1>Bad</h1><h2>Tider {}</h2><div><p>Kl. 9.</p></div><div><p>Aldrig söndagar.</p></div>"
    for button in ("<button>Lyssna</button>", "<button aria-expanded=false aria-controls=a>Lyssna</button>"):
        assert paths(page.format(button))[-1][1] == "Aldrig söndagar."
        assert paths(page.format(button))[-1][0].startswith("Bad > Tider")


def test_a_question_whose_answer_has_headings_of_its_own_ends_with_the_heading_above_it():
    panel = (
        "<details><summary><h3>Får jag bada?</h3></summary><h4>Barn</h4><p>Nej.</p><h4>Vuxna</h4><p>Ja.</p></details>"
    )
    assert paths(f"<h1>Bad</h1><h2>Frågor</h2>{panel}<p>Skolan börjar.</p>") == [
        ("Bad > Frågor > Får jag bada? > Barn", "Nej."),
        ("Bad > Frågor > Får jag bada? > Vuxna", "Ja."),
        ("Bad > Frågor", "Skolan börjar."),
    ]
    inner = "<details><summary><h4>Barn?</h4></summary><p>Nej.</p></details>"
    outer = f"<details><summary><h3>Får jag bada?</h3></summary>{inner}<p>Ja.</p></details>"
    assert paths(f"<h1>Bad</h1>{outer}<p>Skolan börjar.</p>") == [
        ("Bad > Får jag bada? > Barn?", "Nej."),
        ("Bad > Får jag bada?", "Ja."),
        ("Bad", "Skolan börjar."),
    ]


def test_a_footer_is_headed_by_what_heads_the_element_that_it_ends():
    page = "<h1>Bad</h1><h2>Frågor</h2><h3>Kostar det?</h3><p>Nej.</p>{}<footer>Ring oss.</footer>"
    assert paths(f"<main>{page.format('')}</main>")[-1] == ("Bad", "Ring oss.")
    card = "<div><h4>Simskola</h4><p>I mars.</p><footer>För barn.</footer></div>"
    assert paths(f"<main>{page.format(card)}</main>")[-2:] == [
        ("Bad > Frågor > Kostar det? > Simskola", "För barn."),
        ("Bad", "Ring oss."),
    ]


def test_terms_that_share_an_explanation_head_it_together():
    assert text(
        "<dl><dt>Ansökan</dt><dt>Ändring</dt><dd>Görs på webben.</dd><dt>Slut</dt><dd>Två månader.</dd></dl>"
    ) == ("**Ansökan, Ändring**\n\nGörs på webben.\n\n**Slut**\n\nTvå månader.")
    assert text("<dl><dt>Ansökan</dt><dt>Ändring</dt></dl><p>Text.</p>") == "**Ansökan**\n\n**Ändring**\n\n---\n\nText."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<div role=heading aria-level=2>Bad</div><p>Text.</p>", "## Bad\n\nText."),
        ("<span role=heading>Bad</span><p>Text.</p>", "## Bad\n\nText."),
        (
            "<h2>Bad<a href='#bad'>¶</a></h2><h2>Simskola <a href='#b' title='Länk hit'>\u200b</a></h2>",
            "## Bad\n\n## Simskola",
        ),
        ("<h2><a href='#b'>Bad</a></h2>", "## Bad"),
        ("<h2>Bad<span class='mw-editsection'>[<a href='/e'>redigera</a>]</span></h2>", "## Bad"),
    ],
)
def test_headings(source, expected):
    assert text(source) == expected


HERO = "<div class=hero><h1>Bygglov</h1><p>Du behöver bygglov.</p></div>"
ASIDE = "<aside><p>Ring 0123-45 på måndagar.</p></aside>"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            f"{HERO}<main><h2>Ansök</h2><p>På webben.</p></main>",
            "# Bygglov\n\nDu behöver bygglov.\n\n## Ansök\n\nPå webben.",
        ),
        (f"{HERO}<main><h1>Ansök</h1></main>", "# Ansök"),
        (
            f"<div><nav>Start</nav>Logga in {HERO}</div><main><p>Text.</p></main>",
            "# Bygglov\n\nDu behöver bygglov.\n\nText.",
        ),
        ("<h1><a href=/>Lövby</a></h1><main><p>Text.</p></main>", "Text."),
        ("<div hidden><h1>Lövby</h1></div><main><p>Text.</p></main>", "Text."),
        (
            f"<main><h1>Ansök</h1><h2>Hur</h2><p>På webben.</p></main>{ASIDE}<p>Fot</p>",
            "# Ansök\n\n## Hur\n\nPå webben.\n\n# Ansök\n\nRing 0123-45 på måndagar.",
        ),
        (f"<main><h1>Ansök</h1></main><footer>{ASIDE}</footer><div hidden>{ASIDE}</div>", "# Ansök"),
        ("<main><h1>Ansök</h1></main><aside><a href=/a>Läs mer om bygglov</a></aside>", "# Ansök"),
    ],
)
def test_the_title_above_the_text_and_what_stands_beside_it_are_read(page, expected):
    assert text(page) == expected


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            "<base href='https://www.ekby.se/'><link rel=canonical href='/bygglov.html'>",
            "https://www.ekby.se/bygglov.html",
        ),
        (
            "<link rel=canonical href='/bygglov'><meta property='og:url' content='https://ekby.se/b'>",
            "https://ekby.se/b",
        ),
        ("<base href='/x/'><link rel=canonical href='bygglov'>", ""),
        ("<base href='https://ekby.se'><link rel=canonical href='//[x'>", ""),
        ("<base href='https://ekby.se'>", ""),
    ],
)
def test_a_relative_address_goes_on_from_the_base_of_the_page(head, url):
    assert webpages.read_html(f"<html><head>{head}</head><body><p>Text.".encode()).url == url


TITLES = "<tr><th colspan=2>Betalas inte ut{}<tr><td>Hyra<td>5 kr<tr><th colspan=2>Betalas ut<tr><td>Mat<td>3 kr"


@pytest.mark.parametrize("header", ["", "<tr><th>Post<th>Belopp"])
def test_a_title_row_heads_the_rows_up_to_the_next_one_and_nothing_below_the_table(header):
    assert paths(f"<h1>Bistånd</h1><table>{TITLES.format(header)}</table><p>Kommunen betalar glasögon.</p>") == [
        ("Bistånd > Betalas inte ut", "Hyra | 5 kr"),
        ("Bistånd > Betalas ut", "Mat | 3 kr"),
        ("Bistånd", "Kommunen betalar glasögon."),
    ]


def test_a_title_row_without_rows_of_its_own_is_the_title_of_its_table():
    head, rows = (
        "<tr><th>Vad<th>Kr",
        "<tr><th colspan=2>Barn{}<tr><td>Bad<td>1 kr<tr><th colspan=2>Vuxna<tr><td>Bad<td>2 kr",
    )
    for first, second in ((head, ""), ("", head)):
        page = f"<h1>Bad</h1><table><tr><th colspan=2>Taxa{first}{rows.format(second)}</table><p>Vi har öppet.</p>"
        assert paths(page) == [
            ("Bad > Taxa > Barn", "Bad | 1 kr"),
            ("Bad > Taxa > Vuxna", "Bad | 2 kr"),
            ("Bad", "Vi har öppet."),
        ]


GROUPS = "<tr><td>Hyra<td>5 kr{}<tr><td>Bröd<td>9 kr"
HEADER = "<tr><th>Vad<th>Kr"


@pytest.mark.parametrize(
    ("page", "headed"),
    [
        (f"<tr><th colspan=2>Nej{HEADER}{GROUPS.format('<tr><td colspan=2><b>Mat</b>')}", "Nej > Mat"),
        (f"<tr><td colspan=2>Nej{HEADER}{GROUPS.format('<tr><td colspan=2>Mat')}", "Nej > Mat"),
        (
            f"<thead><tr><th colspan=2>Nej{HEADER}</thead><tbody>{GROUPS.format('<tr><th colspan=2>Mat')}",
            "Nej > Mat",
        ),
        (f"<tr><th colspan=2>Nej{HEADER}{GROUPS.format('<tr><th colspan=2>Mat')}", "Mat"),
        (f"<tr><th colspan=2>Nej{GROUPS.format('<tr><td colspan=2><b>Mat</b>')}", "Mat"),
    ],
)
def test_a_title_above_the_header_row_heads_all_rows_unless_a_later_one_is_of_its_kind(page, headed):
    assert paths(f"<h1>Bistånd</h1><table>{page}</table><p>Efter.</p>") == [
        ("Bistånd > Nej", "Hyra | 5 kr"),
        (f"Bistånd > {headed}", "Bröd | 9 kr"),
        ("Bistånd", "Efter."),
    ]


def test_a_title_with_header_rows_of_its_own_stands_below_no_other():
    page = f"<tr><td colspan=2>Nej{HEADER}{GROUPS.format(f'<tr><td colspan=2>Mat{HEADER}')}"
    assert paths(f"<h1>Bistånd</h1><table>{page}</table>")[-1][0] == "Bistånd > Mat"


def test_a_row_without_a_word_is_none_of_its_table():
    blank = "<tr><td colspan=2>&nbsp;</td></tr>"
    assert text(f"<table>{blank}<tr><td>Bad<td>9–15{blank}<tr><td>Gym<td>8–20</table>") == "Bad | 9–15\nGym | 8–20"


def test_a_row_of_one_cell_below_all_others_heads_nothing():
    page = "<table><tr><td>Bad<td>9–15<tr><td colspan=2>Inte på sommaren</table><p>Gymmet har öppet.</p>"
    assert text(page) == "Bad | 9–15\n\nInte på sommaren\n\nGymmet har öppet."


FILMS = "<section><h3>Filmer</h3><p>Visas på onsdagar.</p></section>"
BOX = "<{0}><h2>Danmark</h2><p>Gränsen är 17 år.</p></{0}>"


@pytest.mark.parametrize(
    ("page", "headed"),
    [
        (f"{BOX.format('aside')}<p>Du ska vara 18 år.</p>", "Körkort"),
        (
            f"<h2>Ansök</h2><p>Först.</p>{BOX.format('aside') * 2}<div><p>Du ska vara 18 år.</p></div>",
            "Körkort > Ansök",
        ),
        (f"<h2>Ansök</h2>{BOX.format('aside')}<h3>Krav</h3><p>Du ska vara 18 år.</p>", "Körkort > Ansök > Krav"),
        (f"{BOX.format('aside')}<h3>Krav</h3><p>Du ska vara 18 år.</p>", "Körkort > Krav"),
        (f"<p><b>Krav</b></p><p>Först.</p>{BOX.format('aside')}<p>Du ska vara 18 år.</p>", "Körkort > Krav"),
        ("<aside><p><b>Danmark</b></p><p>17 år.</p></aside><p>Du ska vara 18 år.</p>", "Körkort"),
        (f"{BOX.format('section') * 2}<p>Du ska vara 18 år.</p>", "Körkort"),
        (f"{BOX.format('article')}Du ska vara 18 år.", "Körkort"),
        ("<table><tr><td><h2>Danmark</h2>17 år.</table><p>Du ska vara 18 år.</p>", "Körkort"),
        (f"{BOX.format('section')}<section><p>Du ska vara 18 år.</p></section>", "Körkort > Danmark"),
        (f"{BOX.format('section')}<div><p>Du ska vara 18 år.</p></div>", "Körkort > Danmark"),
        ("<section><h2>Krav</h2></section><p>Du ska vara 18 år.</p>", "Körkort > Krav"),
        (f"{BOX.format('section')}{FILMS}<p>Du ska vara 18 år.</p>", "Körkort"),
        (f"<div>{BOX.format('section')}</div>{FILMS}{FILMS}<p>Du ska vara 18 år.</p>", "Körkort"),
        (f"{BOX.format('section')}<h2>Krav</h2>{FILMS}<p>Du ska vara 18 år.</p>", "Körkort > Krav"),
        (
            f"{BOX.format('section')}<section><h3>Krav</h3><section><h4>Syn</h4>Bra.</section>"
            "<p>Du ska vara 18 år.</p></section>",
            "Körkort > Danmark > Krav",
        ),
    ],
)
def test_what_follows_a_part_of_the_page_is_not_headed_by_its_headings(page, headed):
    assert paths(f"<main><h1>Körkort</h1>{page}</main>")[-1] == (headed, "Du ska vara 18 år.")


def test_the_title_in_a_part_of_its_own_heads_what_follows():
    page = "<section><h1>Körkort</h1><p>Så gör du.</p></section><p>Du ska vara 18 år.</p>"
    assert text(page) == "# Körkort\n\nSå gör du.\n\nDu ska vara 18 år."


def test_the_caption_of_a_picture_heads_nothing():
    picture = "<figure><img src=x><figcaption><strong>Prov i Malmö</strong></figcaption></figure>"
    assert text(f"{picture}<p><b>Krav</b></p><p>Du bokar prov.</p>") == "Prov i Malmö\n\n**Krav**\n\nDu bokar prov."


FEE = "<{0}>Maxtaxa</{0}><p>{1} kr.</p>"
NAMED_PANELS = [
    f"<dl><dt>Barn</dt><dd>{FEE}</dd><dt>Äldre</dt><dd>{FEE}</dd></dl>",
    f"<details><summary>Barn</summary>{FEE}</details><details><summary>Äldre</summary>{FEE}</details>",
    "<div role=tablist><a role=tab href=#a>Barn</a><a role=tab href=#b>Äldre</a></div>"
    f"<div id=a role=tabpanel>{FEE}</div><section id=b role=tabpanel hidden>{FEE}</section>",
    f"<button aria-controls=a>Barn</button><div id=a>{FEE}</div><button aria-controls=b>Äldre</button>"
    f"<div id=b hidden>{FEE}</div>",
    f"<h2><button aria-controls=a>Barn</button></h2><div id=a>{FEE}</div>"
    f"<details><summary><h2>Äldre</h2></summary>{FEE}</details>",
]


@pytest.mark.parametrize("panels", NAMED_PANELS)
@pytest.mark.parametrize("tag", ["h2", "h3"])
def test_the_name_of_a_panel_stands_above_the_headings_in_it(panels, tag):
    first, second = FEE.format(tag, 1), FEE.format(tag, 2)
    page = panels.replace(FEE, first, 1).replace(FEE, second, 1)
    assert paths(f"<h1>Avgifter</h1>{page}<p>Nämnden beslutar.</p>") == [
        ("Avgifter > Barn > Maxtaxa", "1 kr."),
        ("Avgifter > Äldre > Maxtaxa", "2 kr."),
        ("Avgifter", "Nämnden beslutar."),
    ]


def test_the_headings_of_a_panel_in_a_panel_stand_below_both_names():
    inner = "<details><summary>Förskola</summary><h2>Maxtaxa</h2><p>1 kr.</p></details>"
    outer = f"<details><summary>Barn</summary><h2>Allmänt</h2><p>2 kr.</p>{inner}<p>3 kr.</p></details>"
    assert paths(f"<h1>Avgifter</h1>{outer}<h2>Mer</h2><p>4 kr.</p>") == [
        ("Avgifter > Barn > Allmänt", "2 kr."),
        ("Avgifter > Barn > Förskola > Maxtaxa", "1 kr."),
        ("Avgifter > Barn", "3 kr."),
        ("Avgifter > Mer", "4 kr."),
    ]


CLOSED = [
    "<div>{}</div><div style='display: none;'><p>{}</p></div>",
    "<p>{}</p><p style='display:none'>{}</p>",
    "<div class=q><span>{}</span></div><ul hidden><li>{}</ul>",
    "<div><span>{}</span><div style='display:none'>{}</div></div>",
    "<a href='#'>{}</a><div style='display:none'>{}</div>",
    "<h3 onclick='x()'>{}</h3><p style='display:none'>{}</p>",
    "<div class=head><h3>{}</h3></div><div style='display:none'>{}</div>",
    "<div><button>{}</button><section><p>{}</p></section></div>",
]


@pytest.mark.parametrize("question", CLOSED)
def test_a_closed_answer_has_its_question_whatever_opens_it(question):
    page = question.format("Vem betalar?", "Kommunen.") + question.format("Vem söker?", "Du själv.")
    assert paths(f"<h1>Bad</h1>{page}<p>Vi har öppet.</p>") == [
        ("Bad > Vem betalar?", "Kommunen."),
        ("Bad > Vem söker?", "Du själv."),
        ("Bad", "Vi har öppet."),
    ]


@pytest.mark.parametrize(
    "opener",
    [
        "<div class='expand-control'>Exempel</div>",
        "<span class='accordion-title'>Exempel</span>",
        "<p tabindex=0>Exempel</p>",
        "<a href='javascript:void(0)'>Exempel</a>",
    ],
)
def test_what_a_click_opens_is_headed_by_what_is_clicked(opener):
    page = f"<h1>Bad</h1>{opener}<div style='display:none'>Du får bada.</div><p>Vi har öppet.</p>"
    assert text(page) == "# Bad\n\n**Exempel**\n\nDu får bada.\n\n---\n\nVi har öppet."


@pytest.mark.parametrize(
    "page",
    [
        "<p>Vi har öppet.</p><div style='display:none'>{}</div>",
        "<p>Hittar du inte?</p><div class=cookie-banner style='display:none'>{}</div>",
        "<p>Vi har öppet.</p><span style='display:none'>{}</span>",
        "<p>Öppet</p><p>Tider</p><p hidden>{}</p>",
    ],
)
def test_what_is_hidden_below_a_line_that_nobody_clicks_stays_hidden(page):
    assert "Gammal" not in text(page.format("Gammal text."))


def test_links_to_panels_of_which_some_are_hidden_are_tabs():
    tabs = "<ul><li><a href='#a'>Villa</a><li class=x><a href='#b'>Radhus</a></ul>"
    panels = "<div id=a><p>Varje vecka.</p></div><div id=b style='display:none'><p>Aldrig.</p></div>"
    assert text(f"<h1>Avfall</h1>{tabs}{panels}<p>Slut.</p>") == (
        "# Avfall\n\n**Villa**\n\nVarje vecka.\n\n**Radhus**\n\nAldrig.\n\n---\n\nSlut."
    )


def test_each_button_in_an_item_of_its_own_is_a_question():
    items = "<li><button>Får jag bada?</button><div>Nej.</div><li><button>Och äta?</button><div>Ja.</div>"
    assert paths(f"<h1>Bad</h1><ul>{items}</ul><p>Vi har öppet.</p>") == [
        ("Bad > Får jag bada?", "Nej."),
        ("Bad > Och äta?", "Ja."),
        ("Bad", "Vi har öppet."),
    ]


def test_buttons_that_all_say_the_same_are_no_questions():
    cards = "<li><button>Spara</button><div>Simskola.</div></li><li><button>Spara</button><div>Vattengympa.</div></li>"
    assert text(f"<h1>Kurser</h1><ul>{cards}</ul>") == "# Kurser\n\n- Simskola.\n- Vattengympa."


def test_a_short_hidden_sentence_is_told():
    for tag in ("p", "li"):
        page = f"<h1>Bad</h1><p>Text.</p><ul><{tag} hidden>Badet stänger i morgon.</{tag}></ul>"
        (note,) = webpages.read_html(page.encode()).notes
        assert (note.kind, note.detail) == ("hidden", "Badet stänger i morgon.")
    assert webpages.read_html(b"<h1>Bad</h1><p hidden>Laddar...</p>").notes == ()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<main><h1>Bad</h1><p>Ett.</p></main><nav>Meny</nav><section><p>Två.</p></section><main><p>Tre.</p></main>",
            "# Bad\n\nEtt.\n\nTvå.\n\nTre.",
        ),
        ("<div><main><h1>Bad</h1></main></div>Meny<div><main><p>Två.</p></main></div>", "# Bad\n\nTvå."),
        ("<main><h1>Bad</h1></main><main hidden><p>Två.</p></main>", "# Bad"),
        ("<main hidden><p>Ett.</p></main><main><h1>Bad</h1></main>", "# Bad"),
        ("<main><h1>Bad</h1><main><p>Två.</p></main></main><aside><p>Ring.</p></aside>", "# Bad\n\nTvå.\n\nRing."),
        (
            "<main><h1>Bad</h1></main><aside><p>Ring.</p></aside><main><p>Två.</p></main><aside><p>Fråga.</p></aside>",
            "# Bad\n\nRing.\n\nTvå.\n\nFråga.",
        ),
    ],
)
def test_each_main_part_is_read_once_and_what_stands_between_them(page, expected):
    assert text(page) == expected


@pytest.mark.parametrize("heading", ["<h2>Kontakt</h2>", "<p><b>Kontakt</b></p>", "<h2>Mer</h2><p><b>Kontakt</b></p>"])
@pytest.mark.parametrize("main", ["<main>{}</main>", "<div role=main>{}</div>", "<div><main>{}</main></div>"])
def test_the_headings_of_a_main_part_end_with_it(main, heading):
    first, second = (
        main.format(f"<h1>Bad</h1>{heading}<p>Ring.</p>"),
        main.format("<p>Två.</p><h2>Tre</h2><p>Fyra.</p>"),
    )
    headed = "Bad > Mer > Kontakt" if "Mer" in heading else "Bad > Kontakt"
    assert paths(first + second) == [(headed, "Ring."), ("Bad", "Två."), ("Bad > Tre", "Fyra.")]
    aside = main.format(f"<h1>Bad</h1>{heading}<p>Ring.</p><aside><p><b>Taxa</b></p><p>Noll.</p></aside>")
    assert paths(aside + second)[2:] == [("Bad", "Två."), ("Bad > Tre", "Fyra.")]


@pytest.mark.parametrize("around", ["<main>{}</main>", "<div>{}</div>"])
def test_a_header_with_the_only_title_is_read(around):
    header = "<header><h2>Bygglov</h2><p>Nämnden beslutar.</p>{}</header>"
    page = around.format("<h3>Avgift</h3><p>300 kronor.</p>")
    assert text(header.format("") + page) == ("## Bygglov\n\nNämnden beslutar.\n\n### Avgift\n\n300 kronor.")
    assert text(header.format("<a href=/>Start</a>") + page) == "### Avgift\n\n300 kronor."
    assert "Nämnden" not in text(header.format("") + around.format("<h1>Avgift</h1><p>300 kronor.</p>"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ring <span class=visually-hidden>telefonnummer</span>0771-11 22.", "Ring telefonnummer 0771-11 22."),
        (
            "Ring <span class=sr-only>telefon</span><b>0771</b> (<span class=sr-only>jour</span>).",
            "Ring telefon 0771 (jour).",
        ),
        ("Bad<span class='u-visuallyhidden'>huset</span>, Lövby", "Bad huset, Lövby"),
        ("<a href=/x>Ansök<span class=sr-only>Öppnas i nytt fönster.</span></a> nu.", "Ansök nu."),
        ("<a href=/x><svg></svg><span class=sr-only>Facebook</span></a>", "Facebook"),
        ("<i class=material-icons>phone</i>0771-11 22", "0771-11 22"),
        ("Mer<span class='material-symbols-outlined'>chevron_right</span>", "Mer"),
        ("<span class='btn-icon' aria-hidden=true>+</span>Mer", "Mer"),
        ("<i aria-hidden=true>phone</i>0771-11 22", "0771-11 22"),
        ("Bad<span aria-hidden=true>huset</span>", "Badhuset"),
    ],
)
def test_icons_and_words_for_who_listens_are_no_part_of_the_words_beside_them(source, expected):
    assert text(f"<p>{source}</p>") == expected


def test_roles_make_a_table():
    row = "<div role=row><span role={0}>{1}</span><span role={0}>{2}</span></div>"
    head, body = row.format("columnheader", "Dag", "Tid"), row.format("cell", "Måndag", "8–12")
    expected = "Dag | Tid\n--- | ---\nMåndag | 8–12"
    assert text(f"<div role=table>{head}{body}</div>") == expected
    assert text(f"<div role=table><div role=rowgroup>{head}</div><div role=rowgroup>{body}</div></div>") == expected


def test_the_name_of_its_column_in_a_cell_is_not_read():
    cell = "<td data-label=Tjänst><span>{}</span>{}</td><td data-label=Pris>5 kr</td>"
    assert text(f"<table><tr>{cell.format('Tjänst:', 'Bygglov')}</table>") == "Bygglov | 5 kr"
    assert text(f"<table><tr>{cell.format('Nytt ', 'bygglov')}</table>") == "Nytt bygglov | 5 kr"


CONTENTS = "<ul><li><a href='#a'>Symtom</a></li><li><a href='#b'>Får jag {}?</a></li></ul>"


def test_the_contents_of_a_page_are_not_read():
    page = "<h2 id=a>Symtom</h2><p>Inga.</p><h2 id=b>Får jag bada?</h2><p>Ja.</p>"
    assert text(f"<main><h1>Hosta</h1>{CONTENTS.format('bada')}{page}</main>") == (
        "# Hosta\n\n## Symtom\n\nInga.\n\n## Får jag bada?\n\nJa."
    )
    assert "- Symtom" in text(f"<h1>Hosta</h1>{CONTENTS.format('bada')}")  # which leads nowhere
    for lead in ("<p>Läs om:</p>", "<div><p>Läs <b>om:</b></p></div>", "Läs om:", "<p>Läs</p>om:"):  # it goes on there
        assert "- Symtom" in text(f"<h1>Hosta</h1>{lead}{CONTENTS.format('bada')}{page}")
    assert "- Symtom" in text(
        f"<h1>Hosta</h1>{CONTENTS.format('bada').replace('</a></li></ul>', '</a> Ja.</ul>')}{page}"
    )


STEP = "<li><span>{}</span><h3>{}</h3><p>{}</p></li>"


def test_the_number_of_a_step_is_none_of_its_text():
    steps = STEP.format(1, "Ansök", "Fyll i.") + STEP.format("2.", "Vänta", "Vi svarar.")
    for page in (steps, steps.replace("<h3>", "<div><h3>").replace("</p>", "</p></div>")):
        assert paths(f"<h1>Lov</h1><ul>{page}</ul><p>Avgiften är 4 kr.</p>") == [
            ("Lov > Ansök", "Fyll i."),
            ("Lov > Vänta", "Vi svarar."),
            ("Lov", "Avgiften är 4 kr."),
        ]
    for numbers in ((12, 13), (1, 4), (1, 1)):
        facts = "".join(STEP.format(number, "kommuner", "Deltar.") for number in numbers)
        assert f"- {numbers[0]}\n" in text(f"<h1>Vi</h1><ul>{facts}</ul>")


def test_a_number_that_a_line_begins_with_is_text():
    items = "<li><b>1</b> <strong>Fel:</strong> Om igen.</li><li><b>2</b> <strong>Slut:</strong> Klart.</li>"
    assert text(f"<ul>{items}</ul>") == "- 1 Fel: Om igen.\n- 2 Slut: Klart."


def test_a_link_named_as_a_skip_link_is_left_out_wherever_it_stands():
    skip = "<a class='lp-skip' href='#c'>Till innehållet</a>"
    page = "<h1 id=c>Bad</h1><p>Text.</p>"
    for above in ("<div class=cookies><p>Kakor.</p><button>OK</button></div>", "<p>Lövby</p>"):
        assert "Till innehållet" not in text(f"{above}<div>{skip}</div>{page}")
    assert "Till innehållet" in text(f"<main>{page}<p>{skip}</p></main>")


def test_a_question_that_a_click_opens_alone_in_its_section_ends_with_it():
    page = (
        b"<body><section><h2><button aria-expanded=false>Vad kostar det?</button></h2><div>300 kr.</div>"
        b"<p>Priset.</p></section><p>Ring oss.</p></body>"
    )
    text = webpages.read_html(page).text
    assert [line for line in text.splitlines() if line][-1] == "Ring oss."
    assert "300 kr." in text


def test_what_stands_between_two_main_parts_is_read():
    page = "<main><p>Du kan söka stöd.</p></main>Ring 0123-45 67.<main><p>Avgiften är noll.</p></main>"
    assert webpages.read_html(page.encode()).text.split("\n\n") == [
        "Du kan söka stöd.",
        "Ring 0123-45 67.",
        "Avgiften är noll.",
    ]
