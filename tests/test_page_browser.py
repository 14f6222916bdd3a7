"""The web demo in a real Chromium: what a person sees, clicks and hears, at both widths.

Runs where `playwright` (``pip install playwright``) and a Chromium (``/usr/bin/chromium`` or the variable CHROMIUM) are
installed, and is skipped elsewhere. The rules of axe-core are held where the variable AXE names its ``axe.min.js``
(``npm install axe-core``).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
pytest.importorskip("gradio", reason="needs gradio: pip install nmt-rag[demo]")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
AXE = Path(os.environ.get("AXE", "/nowhere"))
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUESTION = "Vilken myndighet beslutar om betänketid?"
SILENT = "Vilket straff får man för människohandel?"
IN_VIEW = """(mark) => {
  const box = mark.getClientRects()[0], at = document.elementFromPoint(box.x + 8, box.y + box.height / 2);
  return box.top >= 0 && box.top < innerHeight && (mark === at || mark.contains(at));
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of the running page."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--port", "17870"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path_factory.mktemp("elsewhere"),
    )  # fmt: skip
    said = ""
    while not (found := re.search(r"Öppna (\S+)", said)):
        line = process.stdout.readline()
        assert line, said
        said += line
    yield found[1]
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.fixture(scope="module")
def browser():
    with playwright_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, address):
    """Open the page at a width; afterwards nothing was asked of another machine, and the console is empty."""
    contexts, strangers, said = [], [], []

    def opened(width=1440, height=900, path="", **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="sv-SE", **settings)
        contexts.append(context)
        page = context.new_page()
        own = (address, "data:", "blob:" + address, "about:")
        page.on("request", lambda request: request.url.startswith(own) or strangers.append(request.url))
        page.on("console", lambda message: said.append((message.type, message.text)))
        page.on("pageerror", lambda error: said.append(("error", str(error))))
        page.goto(address + path)
        page.wait_for_selector("#reply .waiting, #reply section", state="visible")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert strangers == []
    assert [message for message in said if message[0] in {"error", "warning"}] == []


def field(page):
    return page.get_by_role("textbox")


def ask(page, question, heading=".who"):
    field(page).fill(question)
    field(page).press("Enter")
    page.wait_for_function(
        "([q, h]) => document.querySelector('#reply .asked bdi')?.textContent === q && document.querySelector(h)",
        arg=[question, f"#reply {heading}"],
    )
    page.wait_for_timeout(400)


def test_the_question_is_answered_beside_its_marked_source(visit):
    page = visit()
    assert page.title() == "Fråga källan"
    assert page.evaluate("document.documentElement.lang") == "sv"
    ask(page, QUESTION)
    assert page.locator("#reply h2").inner_text() == "Migrationsverket"
    quoted = page.locator("#reply .quotes bdi").all_text_contents()[0]
    assert page.locator("#source mark.cited").all_text_contents() == [quoted]
    assert page.locator("#source mark.cited").evaluate(IN_VIEW)
    assert page.locator("[role=status]").last.text_content() == "Svaret: Migrationsverket. Antal citat: 1."
    assert page.url.endswith("/")


def test_an_abstention_marks_what_is_near_and_calls_it_no_answer(visit):
    page = visit()
    ask(page, SILENT, ".silence")
    assert page.locator("#reply h2").inner_text() == "Källorna svarar inte på frågan."
    assert page.locator("#reply h3").inner_text() == "Närmast frågan i källorna"
    assert page.locator("mark.cited").count() == 0
    page.locator("#reply .jump").first.click()
    page.wait_for_timeout(900)
    assert page.locator("#mark-a").evaluate(IN_VIEW)


def test_beside_an_answer_a_near_sentence_shows_only_when_one_goes_to_it(visit):
    page = visit()
    ask(page, "Vad är skillnaden mellan Mikamottagningen och KAST?")
    label = "mark => getComputedStyle(mark, '::before').content"
    assert page.locator("#mark-1").evaluate(label) == '"1"'
    assert page.locator("#mark-b").evaluate(label) == "none"
    page.locator("#reply summary").first.click()
    page.locator("#reply [data-goto=mark-b]").click()
    assert page.locator("#mark-b").evaluate(label) == '"b"'


def test_hostile_questions_are_shown_as_text(visit):
    page = visit()
    text = "<img src=x onerror=\"document.title='1'\"> ${document.title='2'} {{1+1}} \u202epolisen"
    field(page).fill(text)
    field(page).press("Enter")
    page.wait_for_selector("#reply h2")
    # The library takes marks of direction out of a question.
    assert page.locator("#reply .asked bdi").text_content() == text.replace("\u202e", "")
    assert page.title() == "Fråga källan"
    assert page.locator("#reply img").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 780)])
def test_a_reference_brings_the_marked_sentence_into_view(visit, width, height):
    page = visit(width, height)
    ask(page, "Vad gör NOA?")
    for marker in ("3", "1", "2"):
        page.locator(f"#reply .quotes [data-goto=mark-{marker}]").click()
        page.wait_for_timeout(900)
        mark = page.locator(f"#mark-{marker}")
        assert mark.evaluate(IN_VIEW), marker
        assert mark.evaluate("mark => document.activeElement === mark")
        assert page.locator(".picked").inner_text() == "Gäller: Polisens Nationella Operativa Avdelning (NOA)"


def test_a_sentence_of_the_source_tells_its_actor_and_its_link(visit):
    page = visit()
    sentence = page.locator(".sentence", has_text="Polisen upprättar en anmälan")
    sentence.click()
    assert page.locator(".picked").inner_text() == "Gäller: Polismyndigheten"
    link = page.get_by_role("link", name="Öppna meningen").get_attribute("href")
    assert link == sentence.get_attribute("data-url")
    assert link.startswith("https://www.nmtsverige.se/om-oss/deltagande-myndigheter#:~:text=Polisen%20uppr")
    page.get_by_role("button", name="Nästa mening").click()
    chosen = page.locator(".sentence.chosen").all_text_contents()
    assert chosen[0].startswith("Om offret behöver hjälp och stöd")
    page.get_by_role("button", name="Föregående mening").click()
    assert page.locator(".sentence.chosen").all_text_contents() == sentence.all_text_contents()


def test_the_language_switch_changes_the_page_and_its_language(visit):
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="In English").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert page.title() == "Ask the source"
    assert page.locator("h1").inner_text() == "Ask the source"
    assert field(page).input_value() == ""
    ask(page, "Which agency decides on a reflection period?")
    assert page.locator("#reply .asked").inner_text().startswith("You asked: ")
    assert page.locator("#source .text").get_attribute("lang") == "sv"
    page.get_by_role("button", name="På svenska").click()
    page.wait_for_function("document.documentElement.lang === 'sv'")
    assert page.title() == "Fråga källan"


def test_the_quick_exit_leaves_nothing(visit):
    page = visit()
    ask(page, QUESTION)
    page.get_by_role("button", name="Lämna sidan snabbt").click()
    page.wait_for_url("about:blank")
    assert page.locator("body").inner_text() == ""
    page.go_back()
    assert QUESTION not in page.content()


@pytest.mark.parametrize("question", [None, QUESTION, SILENT, "ordutanslut" * 40])
def test_a_narrow_screen_never_scrolls_sideways(visit, question):
    page = visit(360, 780)
    if question:
        ask(page, question, "h2") if len(question) < 200 else (field(page).fill(question), field(page).press("Enter"))
        page.wait_for_selector("#reply h2")
        page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("button.leave").bounding_box()["y"] < 780


def test_twice_the_size_never_scrolls_sideways(visit):
    page = visit(720, 450)  # what 200 % leaves of 1440 by 900
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") == 720


def test_the_keyboard_reaches_everything_in_order(visit):
    page = visit()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(e => e.getAttribute('aria-label') || e.textContent.trim() || e.tagName)(document.activeElement)"
            )
        )
        if "TEXTAREA" in seen[-1] or page.evaluate("document.activeElement.matches('#question textarea, input')"):
            break
    assert seen[:5] == ["112", "114\u00a014", "020-390\u00a0000", "Lämna sidan snabbt", "In English"]
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#reply .who")
    for _ in range(20):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        if page.evaluate("document.activeElement.dataset.goto") == "mark-1":
            break
    page.keyboard.press("Enter")
    page.wait_for_timeout(900)
    assert page.locator("#mark-1").evaluate("mark => document.activeElement === mark")
    assert page.locator("#mark-1").evaluate(IN_VIEW)


def test_the_whole_page_can_be_left_with_the_keyboard(visit):
    page = visit()
    page.locator("button.leave").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("about:blank")


def test_forced_colours_and_no_motion(visit):
    page = visit(forced_colors="active", reduced_motion="reduce")
    ask(page, QUESTION)
    assert page.locator("mark.cited").evaluate("mark => getComputedStyle(mark).outlineStyle") == "solid"
    page.evaluate("document.querySelector('#source').scrollTop = 0")
    page.locator("#reply [data-goto=mark-1]").click()
    assert page.locator("#mark-1").evaluate(IN_VIEW)  # at once, without a slide


def test_copy_and_share(visit, address):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.locator("#reply [data-copy]").click()
    page.get_by_role("button", name="Kopierat").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    lines = copied.split("\n")
    assert lines[0] == f"«{page.locator('mark.cited').text_content()}»"
    assert lines[1].startswith("Källa: Deltagande myndigheter › Migrationsverket. https://www.nmtsverige.se/om-oss/")
    page.get_by_role("button", name="Kopiera länk till frågan").click()
    page.wait_for_timeout(200)
    assert page.evaluate("navigator.clipboard.readText()") == address + "?q=" + quote(QUESTION, safe="")


def test_a_shared_link_asks_and_leaves_the_address(visit, address):
    page = visit(path="?q=" + quote(QUESTION))
    page.wait_for_selector("#reply .who")
    assert page.locator("#reply h2").inner_text() == "Migrationsverket"
    assert field(page).input_value() == QUESTION
    assert page.url == address


def test_the_saved_answer_is_a_page_of_its_own(visit, browser, tmp_path):
    page = visit()
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.get_by_role("button", name="Spara svaret som fil").click()
    assert re.fullmatch(r"svar-\d{4}-\d\d-\d\d\.html", download.value.suggested_filename)
    download.value.save_as(tmp_path / "svar.html")
    saved = browser.new_page()
    saved.goto((tmp_path / "svar.html").as_uri())
    assert saved.locator("h1").inner_text() == "Migrationsverket"
    assert saved.locator("blockquote bdi").all_text_contents() == page.locator("mark.cited").all_text_contents()
    assert saved.locator("dd").all_text_contents()[0] == "Migrationsverket"
    saved.close()


def test_nothing_is_kept_in_the_browser(visit):
    page = visit()
    ask(page, QUESTION)
    kept = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert "betänketid" not in kept
    assert page.evaluate("history.length") == 2  # the empty page of the new window, and this one
    assert page.context.cookies() == [] or "bet" not in str(page.context.cookies())
    assert page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))") == []


STATES = {
    "start": {},
    "answer": {"question": QUESTION},
    "abstention": {"question": SILENT},
    "English": {"english": True, "question": "What does NOA do?"},
    "dark": {"question": QUESTION, "color_scheme": "dark"},
    "narrow": {"question": "Vad gör NOA?", "width": 360, "height": 780},
    "narrow and dark": {"question": SILENT, "width": 360, "height": 780, "color_scheme": "dark"},
}


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install axe-core, AXE=…/axe.min.js")
@pytest.mark.parametrize("state", [*STATES, "statement"])
def test_axe_finds_nothing(visit, address, state):
    settings = dict(STATES.get(state, {}))
    question, english = settings.pop("question", None), settings.pop("english", False)
    page = visit(**settings)
    if state == "statement":
        page.get_by_role("link", name="Tillgänglighet").click()
        page.wait_for_url(address + "tillganglighet")
    if english:
        page.get_by_role("button", name="In English").click()
        page.wait_for_function("document.documentElement.lang === 'en'")
    if question:
        ask(page, question, "h2")
        page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    shown = [
        (rule["id"], node["html"], node["failureSummary"]) for rule in found["violations"] for node in rule["nodes"]
    ]
    assert shown == []
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]
