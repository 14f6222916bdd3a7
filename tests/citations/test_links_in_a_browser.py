"""Deep links opened in a real Chromium: is exactly the quote highlighted?

Runs where `playwright` (``pip install playwright``) and a Chromium (``/usr/bin/chromium`` or the variable CHROMIUM) are
installed, and is skipped elsewhere; the pages are served from this process on 127.0.0.1. The highlight itself cannot be
queried, so it is painted red with ``::target-text`` and the middle of every character is looked up in a screenshot.

Found with Chromium 156 (Debian 12, November 2026): all links below highlight their quote and nothing else. A prefix or
a suffix may stand in the neighbouring block; a quote may run over ``<b>``, ``<a>``, ``<br>`` and blocks; a part with a
no-break space is found; the first of equal places wins, so short quotes need their neighbours (see the menu's test).
"""

import base64
import html
import os
import re
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nmt_rag.citations.links import deep_link

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
STYLE = "body {font: 16px/1.5 sans-serif; width: 1000px} ::target-text {background-color: #f00; color: transparent}"
CHARACTERS = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node; node = walker.nextNode();) {
    for (let i = 0; i < node.data.length; i++) {
      const range = document.createRange();
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (!/[\s\u200d\ufe0f\u2696\ud800-\udfff]/.test(node.data[i]) && box.width)
        found.push([node.data[i], box.x + scrollX + box.width / 2, box.y + scrollY + box.height / 2]);
    }
  }
  return found;
}"""
REDS = """async ([png, points]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  return points.map(([x, y]) => {
    const [red, green, blue] = pen.getImageData(Math.round(x), Math.round(y), 1, 1).data;
    return red > 200 && green < 60 && blue < 60;
  });
}"""


class Site:
    """One page at a time on 127.0.0.1, and the browser that opens it."""

    def __init__(self, browser, address):
        self.browser, self.address, self.body = browser, address, ""

    def highlighted(self, url):
        """Open an address; return all visible characters of the page and the numbers of the highlighted ones."""
        page = self.browser.new_page()
        page.goto(url, wait_until="load")
        characters = page.evaluate(CHARACTERS)
        picture = base64.b64encode(page.screenshot(full_page=True)).decode()
        reds = page.evaluate(REDS, [picture, [point for _, *point in characters]])
        page.close()
        return "".join(character for character, *_ in characters), {i for i, red in enumerate(reds) if red}


@pytest.fixture(scope="module")
def site():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><html lang=sv><style>{STYLE}</style>{one.body}</html>".encode())

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, playwright_api.sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        one = Site(browser, f"http://127.0.0.1:{server.server_port}/sida")
        yield one
        browser.close()
        server.shutdown()
        thread.join()


INLINE = ((r"\*\*(.+?)\*\*", r"<b>\1</b>"), (r"(?<!\*)\*([^*\n]+)\*", r"<i>\1</i>"), (r"`(.+?)`", r"<code>\1</code>"))
LINK = (r"\[([^]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>')
BLOCKS = ((r"#+ (.*)", "<h2>{}</h2>"), (r"- (.*)", "<ul><li>{}</li></ul>"), (r"\d+\. (.*)", "<ol><li>{}</li></ol>"))


def render(text):
    """Return the page of a Markdown text: each line a block, the marks that the tests use as elements."""
    body = []
    for line in filter(None, text.split("\n")):
        content, block = line, "<p>{}</p>"
        for pattern, element in BLOCKS:
            if found := re.fullmatch(pattern, line):
                content, block = found[1], element
        content = html.escape(content)
        for pattern, element in (*INLINE, LINK):
            content = re.sub(pattern, element, content)
        body.append("<table><tr>{}</tr></table>".format("".join(f"<td>{c}</td>" for c in content.split(" | "))))
        if " | " not in content:
            body[-1] = block.format(content)
    return "".join(body)


def visible(text):
    """Return the characters of a Markdown text that its page shows, without white space."""
    text = re.sub(r"(?m)^(#+|-|\d+\.) ", "", text).replace(" | ", " ")
    for pattern, _ in (*INLINE, LINK):
        text = re.sub(pattern, r"\1", text)
    return re.sub(r"[\s\u200d\ufe0f\u2696\U00010000-\U0010ffff]+", "", text)


def check(site, text, start, end, body=None, url="{}"):
    """Open the deep link of a quote, and hold what is red to what should be."""
    site.body = body or render(text)
    link = deep_link(url.format(site.address), text, start, end)
    shown, red = site.highlighted(link)
    assert shown == visible(text)
    first = len(visible(text[:start]))
    quote = visible(text[start:end])
    assert shown[first : first + len(quote)] == quote
    got = "".join(shown[i] for i in sorted(red))
    assert (got, min(red, default=None)) == (quote, first), link


def seed():
    path = Path(os.environ.get("NMT_RAG_SHARED", "/nowhere")) / "seed" / "deltagande-myndigheter.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def sentences(text):
    """Return the places of a text's sentences and headings, roughly."""
    return [match.span() for match in re.finditer(r"[^\s.][^\n.]*\.?", text)]


@pytest.mark.parametrize("place", sentences(seed()), ids=str)
def test_every_sentence_of_the_seed_page(site, place):
    check(site, seed(), *place)


@pytest.mark.parametrize("place", [(m.start(), m.end()) for m in re.finditer(r".+", seed())], ids=str)
def test_every_paragraph_of_the_seed_page(site, place):
    check(site, seed(), *place)


TWINS = "# Stöd\n\nDe erbjuder råd. Kontakten är anonym.\n\n# Hjälp\n\nDe erbjuder råd. Ring oss.\n\nDe erbjuder råd."
CASES = {
    "commas": ("Först. Barn, unga, och deras familjer, får stöd. Sist.", "Barn, unga, och deras familjer, får stöd."),
    "hyphens": (
        "Vi ger stöd- och behandlingsinsatser i Sverige – alltid. Slut.",
        "Vi ger stöd- och behandlingsinsatser i",
    ),
    "a dash first": ("Före detta – KST och andra mottagningar finns här.", "– KST och andra mottagningar finns"),
    "ampersand": (
        "Drift. Frågor & svar om människohandel & prostitution. Kontakt.",
        "Frågor & svar om människohandel &",
    ),
    "no-break space": (
        "Ett. Alla 290\u00a0kommuner har\u00a0ansvar för det. Två.",
        "Alla 290\u00a0kommuner har\u00a0ansvar för det.",
    ),
    "percent, plus, hash": ("Del 1. Andelen är 50 % + moms #1 = ja? Del 2.", "Andelen är 50 % + moms #1 = ja?"),
    "quotation marks": (
        "Han sade så. «Beslutet» är “fattat” och ‘klart’ i dag. Hon teg.",
        "«Beslutet» är “fattat” och ‘klart’ i dag.",
    ),
    "brackets and slash": (
        "Se. KAST (Köpare av tjänster) och/eller NMT:s stöd. Ja.",
        "KAST (Köpare av tjänster) och/eller NMT:s stöd.",
    ),
    "emoji": ("Hej då. Ring 👩🏽‍⚖️ och få hjälp med ansökan 🙂 nu. Hej.", "Ring 👩🏽‍⚖️ och få hjälp med ansökan 🙂 nu."),
    "the only words": ("Ja.", "Ja."),
    "the page's first words": ("Migrationsverket beslutar. Sedan inget mer.", "Migrationsverket beslutar."),
    "the page's last words": ("Sedan inget mer. Migrationsverket beslutar.", "Migrationsverket beslutar."),
    "a list item": (
        "Vi gör:\n- råd och stöd till barn\n- råd och stöd till vuxna\n- samtal",
        "- råd och stöd till vuxna",
    ),
    "a short list item": ("Vi gör:\n- råd\n- stöd\n- råd\n- samtal", "- stöd"),
    "a numbered item": (
        "Gör så här:\n1. Ring polisen i din kommun.\n2. Vänta på svar.",
        "1. Ring polisen i din kommun.",
    ),
    "a heading": (
        "# Sida\nOm Migrationsverket\n# Migrationsverket\nHandläggare på Migrationsverket.",
        "# Migrationsverket",
    ),
    "bold and links": (
        "Före. Läs **mer om** [KAST i Stockholm](/kast) eller *Göteborg* här. Efter.",
        "Läs **mer om** [KAST i Stockholm](/kast) eller *Göteborg* här.",
    ),
    "a table row": (
        "Kontakt:\nNOA | 010-563 70 00 | dygnet runt\nKAST | 020-12 34 56 | dagtid",
        "KAST | 020-12 34 56 | dagtid",
    ),
    "two paragraphs": (
        "Inledning här.\n\nFörsta stycket om stöd.\n\nAndra stycket om hjälp.\n\nSlut.",
        "stycket om stöd.\n\nAndra",
    ),
    "no space between sentences": ("Det var allt från oss.Nästa mening kom direkt.Slut.", "Nästa mening kom direkt."),
    "a bracket before": ("Här (och bara här finns hjälpen) står det.", "och bara här finns hjälpen"),
    "a very long word": ("Ett " + "å" * 2000 + " ord.", "å" * 2000),
    "a long sentence twice": (("Mycket " + "lång text om stöd " * 25 + "slut. A. ") * 2, None),
}


@pytest.mark.parametrize("name", CASES)
def test_awkward_quotes(site, name):
    text, quote = CASES[name]
    start = len(text) // 2 if quote is None else text.index(quote)
    check(site, text.strip(), start, start + len(quote) if quote else text.rindex(" A."))


@pytest.mark.parametrize("start", [match.start() for match in re.finditer("De erbjuder råd", TWINS)])
def test_each_of_several_equal_quotes(site, start):
    check(site, TWINS, start, start + len("De erbjuder råd."))


def test_a_quote_inside_a_word_is_widened_to_the_word(site):
    text = "Stöd mot människohandeln finns i Sverige."
    site.body = render(text)
    start = text.index("handel")
    shown, red = site.highlighted(deep_link(site.address, text, start, start + len("handel")))
    assert "".join(shown[i] for i in sorted(red)) == "människohandeln"


def test_a_quote_that_begins_inside_a_link(site):
    text = "Före. Läs mer om [KAST i Stockholm](/kast) eller Malmö."
    site.body = render(text)
    shown, red = site.highlighted(deep_link(site.address, text, text.index("i Stock"), len(text)))
    assert "".join(shown[i] for i in sorted(red)) == "iStockholmellerMalmö."


@pytest.mark.parametrize("separator", [" ", "<br>", "</p><p>"])
def test_a_line_break_may_be_anything_on_the_page(site, separator):
    text = "Polisen upprättar en anmälan.\nPolisen håller ett\nförsta förhör med offret.\nPolisen håller ett möte."
    start, end = text.index("Polisen håller"), text.index("\nPolisen håller ett möte")
    check(site, text, start, end, body="<p>" + text.replace("\n", separator) + "</p>")


def test_an_address_with_its_own_fragment_and_query(site):
    text = "Före. Åklagaren leder förundersökningen. Efter."
    start = text.index("Åklagaren")
    check(site, text, start, text.index(" Efter"), url="{}?a=1&b=å#del")


def test_a_menu_with_the_same_words_does_not_catch_the_highlight(site):
    text = "# Migrationsverket\nHandläggare utreder ärenden.\n# NOA\nNOA leder."
    site.body = "<nav><ul><li>Migrationsverket</li><li>NOA</li></ul></nav>" + render(text)
    shown, red = site.highlighted(deep_link(site.address, text, 2, 18))
    assert "".join(shown[i] for i in sorted(red)) == "Migrationsverket"
    assert min(red) == len("MigrationsverketNOA")
