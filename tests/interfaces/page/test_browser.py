"""The web page in a real Chromium: what a person sees, clicks and hears, at both widths.

Runs where Playwright and a Chromium (``chromium`` on the path, or the variable CHROMIUM) are installed, and is skipped
elsewhere: `make install-browser` installs both, and axe-core, whose rules are held then (or the variable AXE names its
``axe.min.js``).
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: make install-browser")
pytest.importorskip("gradio", reason="needs gradio: pip install nmt-rag[demo]")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
_PACKAGED = importlib.util.find_spec("axe_playwright_python") or importlib.util.find_spec("axe_core_python")
AXE = Path(os.environ.get("AXE") or Path(_PACKAGED.origin if _PACKAGED else "/nowhere").with_name("axe.min.js"))
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: make install-browser")

ROOT = Path(__file__).parents[3]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUESTION = "Vilken myndighet beslutar om betänketid?"
SILENT = "Vilket straff får man för människohandel?"
OF_GRADIO = ("warning", "Method not implemented.")
"""What Gradio 6.31 says of its own when a file is uploaded: its stand-in for a stream of events cannot be closed."""
OF_AXE = "Canvas2D: Multiple readback operations"
"""How Chromium's advice begins on what axe-core does with a canvas of its own; the page has none."""
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
    process.wait(120)
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
        page.wait_for_function(
            "document.title && document.querySelector('[role=main]')"
        )  # Gradio sets its own in between
        return page

    yield opened
    for context in contexts:
        context.close()
    assert strangers == []
    said = [message for message in said if message != OF_GRADIO and not message[1].startswith(OF_AXE)]
    assert [message for message in said if message[0] in {"error", "warning"}] == []


def field(page):
    return page.locator("#question").get_by_role("textbox")


def ask(page, question, heading=".who"):
    field(page).fill(question)
    field(page).press("Enter")
    page.wait_for_function(
        "([q, h]) => document.querySelector('#svar')?.dataset.asked === q && document.querySelector(h)",
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
    assert page.locator("[role=status]").last.text_content() == "Svaret: Migrationsverket. 1 citat."
    assert re.fullmatch(r"#svar-\d+", page.evaluate("location.hash"))
    assert page.title() == "Migrationsverket – Fråga källan"


def test_an_abstention_marks_what_is_near_and_calls_it_no_answer(visit):
    page = visit()
    ask(page, SILENT, ".silence")
    assert page.locator("#reply h2").inner_text() == "Vi hittar inget svar på din fråga i källorna."
    assert page.locator("#reply h3").inner_text() == "Meningar som kan ha med frågan att göra"
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
    assert page.locator("#svar").get_attribute("data-asked") == text.replace("\u202e", "")
    page.wait_for_function("document.title.endsWith(' – Fråga källan')")
    assert page.locator("#reply img").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 780)])
def test_a_reference_brings_the_marked_sentence_into_view(visit, width, height):
    page = visit(width, height)
    ask(page, "Vad gör socialtjänsten?")
    for marker in ("3", "1", "2"):
        page.locator(f"#reply .quotes [data-goto=mark-{marker}]").click()
        page.wait_for_timeout(900)
        mark = page.locator(f"#mark-{marker}")
        assert mark.evaluate(IN_VIEW), marker
        assert mark.evaluate("mark => document.activeElement === mark")
        assert page.locator(".picked").inner_text() == "Gäller: Socialtjänsten"


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
    page.wait_for_function("document.title === 'Migrationsverket – Ask the source'")
    assert page.locator("h1").inner_text() == "Ask the source"
    assert field(page).input_value() == QUESTION  # the question and its answer stay
    assert page.locator("#reply h2").inner_text() == "Migrationsverket"
    go(page, "own")
    assert page.locator("#own-status").inner_text() == "You have added no documents."
    go(page, "ask")
    ask(page, "Which agency decides on a reflection period?")
    assert page.locator("#source .text").get_attribute("lang") == "sv"
    page.get_by_role("button", name="På svenska").click()
    page.wait_for_function("document.documentElement.lang === 'sv'")
    page.wait_for_function("document.title === 'Migrationsverket – Fråga källan'")


def test_the_quick_exit_leaves_nothing(visit):
    page = visit()
    # neither is one of the examples
    questions = ("Vem beslutar om betänketid?", "Vem håller ett första förhör med offret?")
    for question in questions:
        assert question not in page.content()
        ask(page, question)
    page.get_by_role("button", name="Lämna sidan snabbt").click()
    page.wait_for_url("about:blank")
    assert page.locator("body").inner_text() == ""
    while page.go_back() and page.url != "about:blank":  # through the places of both answers
        page.wait_for_selector("#reply .waiting", state="visible")
        assert [question for question in questions if question in page.content()] == []
        assert field(page).input_value() == ""
        assert "betänketid" not in page.title() + page.url


@pytest.mark.parametrize("question", [None, QUESTION, SILENT, "ordutanslut" * 40])
def test_a_narrow_screen_never_scrolls_sideways(visit, question):
    page = visit(360, 780)
    if question:
        ask(page, question, "h2") if len(question) < 200 else (field(page).fill(question), field(page).press("Enter"))
        page.wait_for_selector("#reply h2")
        page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("button.leave").bounding_box()["y"] < 780


def test_the_way_out_stands_still_and_its_note_in_the_middle(visit):
    page, phone = visit(), visit(360, 780)
    before = page.locator("button.leave").bounding_box()
    page.locator(".strip summary").click()
    assert page.locator(".strip .lines a").first.is_visible()
    assert page.locator("button.leave").bounding_box() == before
    note = phone.locator(".way-out small").bounding_box()
    assert note["x"] + note["width"] / 2 == 180


def test_the_numbers_that_fold_out_fold_in_when_one_goes_on(visit):
    page = visit()
    opened = page.locator(".strip details")
    for go_on in (lambda: page.locator("h1").click(), lambda: [page.keyboard.press("Tab") for _ in range(12)]):
        page.locator(".strip summary").click()
        page.locator(".strip .lines a").first.click(trial=True)
        assert opened.evaluate("one => one.open")
        go_on()
        assert not opened.evaluate("one => one.open")
    page.locator(".strip summary").click()
    ask(page, QUESTION)
    assert not opened.evaluate("one => one.open")


def test_twice_the_size_never_scrolls_sideways(visit):
    page = visit(720, 450)  # what 200 % leaves of 1440 by 900
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") == 720


@pytest.mark.parametrize("height", [900, 700])
@pytest.mark.parametrize(
    "question",
    [QUESTION, "Vad gör NOA?", "Vem är KAST till för?", "Hur kan man kontakta Evonhuset?", "Vad gör Evonhuset?"],
)
def test_the_cited_sentence_is_in_view_at_once(visit, question, height):
    page = visit(height=height)
    ask(page, question)
    assert page.locator("#source mark.cited").first.evaluate(IN_VIEW)
    assert page.locator("#reply h2").evaluate(IN_VIEW)
    assert page.locator("button.leave").evaluate(IN_VIEW)


@pytest.mark.parametrize("width", [1440, 360])
def test_whoever_needs_help_reads_the_numbers_first(visit, width):
    page = visit(width=width)
    ask(page, "Min pojkvän tvingar mig att ligga med hans kompisar", ".helplines")
    assert page.locator("#reply .helplines").inner_text().startswith("Är du eller någon annan utsatt för våld")
    assert page.locator("#reply .helplines").evaluate(IN_VIEW)
    assert "KAST" not in page.locator("#reply").inner_text()
    status = page.locator("[role=status]").last
    assert status.text_content().startswith("Är du eller någon annan utsatt")


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
    assert seen[:4] == ["Hoppa till frågan", "112", "020-50\u00a050\u00a050", "Fler nummer"]
    assert seen[4:6] == ["Lämna sidan snabbt", "In English"]
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("body.answered #reply .who")
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


def test_the_focus_goes_from_a_chosen_example_to_its_answer(visit):
    page = visit()
    page.get_by_role("button", name="Vad gör NOA?").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("body.answered #reply .who")
    assert page.evaluate("document.activeElement.id") == "svar"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.goto") == "mark-1"


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
    assert lines[0] == f"”{page.locator('mark.cited').text_content()}”"
    assert lines[1].startswith("Källa: Deltagande myndigheter › Migrationsverket. https://www.nmtsverige.se/om-oss/")
    page.get_by_role("button", name="Kopiera länk till frågan").click()
    page.wait_for_timeout(200)
    assert page.evaluate("navigator.clipboard.readText()") == address + "?q=" + quote(QUESTION, safe="")


def test_a_shared_link_asks_and_leaves_the_address(visit, address):
    page = visit(path="?q=" + quote(QUESTION))
    page.wait_for_selector("#reply .who")
    assert page.locator("#reply h2").inner_text() == "Migrationsverket"
    assert field(page).input_value() == QUESTION
    assert page.url.partition("#")[0] == address


def test_the_saved_answer_is_a_page_of_its_own(visit, browser, tmp_path):
    page = visit()
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.get_by_role("button", name="Spara som fil").click()
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
    assert page.evaluate("history.length") == 3  # the empty page of the new window, this one, and the answer
    assert page.context.cookies() == [] or "bet" not in str(page.context.cookies())
    assert page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))") == []


def go(page, view):
    page.locator(f"nav [data-view={view}]").click()
    page.locator(f".view-{view}").first.wait_for(state="visible")


def place(page):
    """The sentence that is marked in the source beside, once it is there."""
    page.wait_for_function("document.activeElement.matches('#place mark')")
    page.wait_for_timeout(600)
    return page.locator("#place mark")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 780)])
def test_a_row_of_the_table_shows_its_sentence_and_leads_back(visit, width, height):
    page = visit(width, height)
    go(page, "who")
    assert page.locator("nav [aria-current=page]").inner_text() == "Vem gör vad"
    row = page.get_by_role("button", name="Visa i källan NOA\u00a0leder därför")
    row.first.click()
    mark = place(page)
    assert mark.evaluate(IN_VIEW)
    assert mark.text_content().startswith("NOA\u00a0leder därför den operativa verksamheten")
    assert page.locator("#place .picked").inner_text() == "Gäller: Polisens Nationella Operativa Avdelning (NOA)"
    if width < 1000:
        page.locator("#place").get_by_role("button", name="Tillbaka").click()
        assert row.first.evaluate("row => document.activeElement === row")
    row.nth(1).click()  # the same sentence once more
    assert place(page).evaluate(IN_VIEW)


def test_the_table_is_filtered_by_word_and_actor_and_says_how_many(visit):
    page = visit()
    page.wait_for_timeout(1600)
    go(page, "who")
    counted = "n => document.querySelector('#who-rows .count').textContent === `${n} uppgifter.`"
    assert page.locator("#who-rows .count").inner_text() == "39 uppgifter."
    page.get_by_label("Sök i uppgifterna").press_sequentially("förund")
    page.wait_for_function(counted, arg=5)
    page.wait_for_function("[...document.querySelectorAll('[role=status]')].at(-1).textContent === '5 uppgifter.'")
    page.get_by_label("Myndighet eller verksamhet").select_option(label="Polismyndigheten")
    page.wait_for_function(counted, arg=2)
    assert page.locator("#who-rows .does").all_inner_texts() == ["inleder", "samarbetar"]
    page.get_by_label("Sök i uppgifterna").press("Control+a")
    page.get_by_label("Sök i uppgifterna").press("Delete")
    page.wait_for_function("document.querySelector('#who-rows .count').textContent !== '2 uppgifter.'")
    assert page.evaluate("location.hash") == "#who"
    assert page.title() == "Vem gör vad – Fråga källan"


@pytest.mark.parametrize(("name", "start"), [("CSV", "\ufeffAktör;Verb;Gör;Uppgift"), ("JSON", "[\n {\n")])
def test_the_whole_table_can_be_downloaded(visit, tmp_path, name, start):
    page = visit()
    go(page, "who")
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    assert re.fullmatch(r"vem-gor-vad\.(csv|json)", download.value.suggested_filename)
    download.value.save_as(tmp_path / "tabell")
    text = (tmp_path / "tabell").read_text(encoding="utf-8")
    assert text.startswith(start)
    assert "NOA\u00a0leder därför" in text


def test_a_line_of_the_map_is_reached_with_the_keyboard_and_leads_to_its_sentence(visit):
    page = visit()
    go(page, "map")
    line = page.get_by_role("button", name="Jämställdhetsmyndigheten samordnar Nationellt metodstödsteam")
    line.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    item = page.locator(".ties .chosen")
    assert item.evaluate("item => document.activeElement === item")
    assert item.inner_text().endswith("(NMT)")
    page.get_by_role("button", name="Visa i källan Jämställdhetsmyndigheten ansvarar").click()
    assert place(page).text_content() == "Jämställdhetsmyndigheten ansvarar för samordningen av NMT."


def upload(page, *files):
    page.locator("#own-files input[type=file]").set_input_files(files)


def test_own_documents_are_asked_by_their_visitor_alone_and_removed(visit, tmp_path):
    hostile = tmp_path / "<img src=x onerror=alert(1)>.txt"
    hostile.write_text(
        "# <img src=x onerror=alert(1)>\n\nTullverket utreder smuggling. <script>document.title='x'</script>",
        encoding="utf-8",
    )  # a text's first heading is its title
    wrong = tmp_path / "virus.exe"
    wrong.write_bytes(b"MZ")
    page, other = visit(), visit()
    go(page, "own")
    upload(page, hostile, wrong)
    page.locator("#own .count", has_text="Klart. Du kan fråga i de här dokumenten:").wait_for()
    assert page.locator("#own .refused").inner_text() == "virus.exe: Filformatet stöds inte."
    assert page.locator("#own img").count() == 0
    page.get_by_role("button", name="Fråga i mina dokument").click()
    assert page.get_by_role("radio", name="Mina dokument").is_checked()
    ask(page, "Vad gör Tullverket?")
    assert page.locator("#source mark.cited").all_text_contents()[0] == "Tullverket utreder smuggling."
    assert page.get_by_role("button", name="Kopiera länk till frågan").count() == 0
    name = hostile.name
    assert page.locator("#own .held").text_content() == name
    assert page.locator("#reply .where").first.inner_text() == name
    assert page.locator("#source .text h3").inner_text() == "<img src=x onerror=alert(1)>"
    assert page.locator("#source .label").inner_text() == f"Källa: {name}"
    assert page.locator("#top .lead").is_visible()
    page.emulate_media(media="print")  # the answer is from no page that the header names
    assert not page.locator("#top .lead").is_visible()
    page.emulate_media(media="screen")
    ask(other, "Vad gör Tullverket?", ".silence")
    assert not other.get_by_role("radio", name="Mina dokument").is_visible()
    assert not page.locator("#examples").is_visible()
    assert "Deltagande myndigheter" not in page.locator("#source").text_content()
    page.get_by_role("radio", name="Sidans källor").check()
    page.locator("#source", has_text="Deltagande myndigheter").wait_for()
    ask(page, QUESTION)
    go(page, "own")
    page.get_by_role("button", name="Ta bort mina dokument").click()
    page.locator("#own .count", has_text="Dina dokument är borttagna.").wait_for()
    go(page, "ask")
    assert not page.get_by_role("radio", name="Mina dokument").is_visible()


def compare(page):
    """Go to the comparison, which stands under how an answer was found."""
    ask(page, QUESTION)
    page.locator("#reply .found > summary").click()
    page.get_by_role("button", name="Jämför tre sätt att söka").click()
    page.locator("#compare").wait_for(state="visible")


def test_the_same_announcement_is_heard_and_shown_again(visit):
    page = visit(360, 780)
    for question in ("Vad kostar en bil?", "Vad kostar en båt?"):
        ask(page, question, ".silence")
        assert page.locator("#reply .silence").evaluate(IN_VIEW)
        status = page.locator("[role=status]").last
        assert status.text_content() == "Källorna tar inte upp det du frågar om."
        page.evaluate("document.querySelectorAll('[role=status]').forEach((one) => { one.textContent = ''; })")
        page.evaluate("scrollTo(0, 0)")


def test_a_new_question_brings_the_examples_back(visit):
    page = visit()
    ask(page, QUESTION)
    assert not page.locator("#examples").is_visible()
    page.get_by_role("button", name="Ny fråga").click()
    page.wait_for_selector("#reply .waiting", state="visible")
    assert page.locator("#examples").is_visible()
    assert field(page).input_value() == ""
    assert page.evaluate("document.activeElement.matches('#question textarea, #question input')")


LUMINANCE = """(element) => {
    const rgb = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
        const c = part / 255;
        return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    });
    const light = (colour) => rgb(colour).reduce((sum, part, n) => sum + part * [.2126, .7152, .0722][n], 0);
    const ground = element.closest("[style]");
    const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), b];
}"""
"""The contrast of an element with what it stands on (WCAG 2.2), and how light that is."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_javascript_the_numbers_stand_first_and_can_be_read(browser, address, scheme):
    context = browser.new_context(
        java_script_enabled=False, color_scheme=scheme, viewport={"width": 1000, "height": 700}
    )
    page = context.new_page()
    page.goto(address)
    for found in (page.locator("noscript h1").first, page.locator("noscript a[href='tel:112']").first):
        assert found.bounding_box()["y"] < 350
        contrast, ground = found.evaluate(LUMINANCE)
        assert contrast >= 4.5
        assert (ground > 0.5) == (scheme == "light")
    assert page.locator("noscript [lang=en]").get_by_text("The page needs JavaScript.").count() == 1
    context.close()


def test_the_first_stop_leads_to_the_question(visit):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#question textarea, #question input')")


def test_everything_lies_in_a_landmark_of_its_own(visit):
    page = visit()
    page.locator("[role=main]").wait_for()
    landmarks = "[role=banner], nav, main, [role=main], [role=contentinfo], [role=region][aria-label]"
    found = page.evaluate(
        "(all) => [...document.querySelectorAll(all)].map((one) => one.getAttribute('role') ?? one.localName)",
        landmarks,
    )
    assert found == ["region", "banner", "nav", "main", "contentinfo"]
    ask(page, QUESTION)  # what Gradio draws later comes to its place
    assert page.locator("[role=main] #svar h2").inner_text() == "Migrationsverket"
    assert page.locator("[role=banner] h1").inner_text() == "Fråga källan"


def test_the_table_has_the_page_until_a_sentence_is_asked_for(visit):
    page = visit(1440, 900)
    go(page, "who")
    width = "one => one.getBoundingClientRect().width"
    assert page.locator(".who-table").evaluate(width) > 1200
    button = page.locator("#who-rows [data-place]").nth(4)
    button.scroll_into_view_if_needed()
    before = button.bounding_box()["y"]
    button.click()
    place(page)
    assert page.locator(".who-table").evaluate(width) > page.locator("#place").evaluate(width) > 400
    assert abs(button.bounding_box()["y"] - before) < 4


def test_what_is_printed_says_when_and_from_where(visit, address):
    page = visit()
    ask(page, QUESTION)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    today = page.evaluate("new Date().toLocaleDateString('sv-SE')")
    assert page.locator(".printed").inner_text() == f"Utskrivet {today}. {address}"
    assert not page.locator("#ask-row").is_visible()
    assert page.locator("#reply .quotes").is_visible()


def test_paper_says_the_question_and_the_source_and_shows_no_controls(visit):
    page = visit()
    page.emulate_media(media="print")
    before = "one => getComputedStyle(one, '::before').content"
    for question, heading in ((QUESTION, ".who"), (SILENT, ".silence")):
        page.emulate_media(media="screen")
        ask(page, question, heading)
        page.emulate_media(media="print")
        assert page.locator("#svar").evaluate(before) == f'"Fråga: {question}"'
        if heading == ".who":
            printed = page.locator("#reply .quotes .actions").first.evaluate(before)
            assert printed == '"Källa: Deltagande myndigheter › Migrationsverket"'
    page.emulate_media(media="screen")
    go(page, "who")
    page.emulate_media(media="print")
    assert [page.locator(f"#who {part}").is_visible() for part in (".filters", ".downloads", "table")] == [
        False, False, True,
    ]  # fmt: skip


def test_while_a_question_is_on_its_way_the_old_answer_is_grey_and_it_is_said(visit):
    page, held = visit(), []
    ask(page, QUESTION)

    def hold(route):
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/**", hold)
    field(page).fill("Vad gör NOA?")
    field(page).press("Enter")
    page.locator(".state", has_text="Söker …").wait_for()
    shown = """() => [getComputedStyle(document.querySelector('#reply > :has(#svar)')).opacity,
        document.querySelector('#reply').ariaBusy]"""
    page.wait_for_timeout(800)  # it fades
    assert page.evaluate(shown) == ["0.45", "true"]
    assert page.locator("[role=status]").last.text_content() == "Söker …"
    held[0].continue_()
    page.wait_for_function("document.querySelector('#svar').dataset.asked === 'Vad gör NOA?'")
    page.wait_for_timeout(800)
    assert page.evaluate(shown) == ["1", None]
    assert not page.locator(".state").is_visible()
    assert page.locator("[role=status]").last.text_content().startswith("Svaret: Polisens Nationella")


def test_a_lost_connection_is_told_in_the_pages_own_words_beside_the_way_out(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="sv-SE")
    page = context.new_page()
    page.goto(address)
    page.locator("#reply .waiting").wait_for()
    context.set_offline(True)
    field(page).fill(QUESTION)
    field(page).press("Enter")
    page.locator(".state", has_text="Det gick inte att söka just nu. Försök igen om en stund.").wait_for()
    page.wait_for_timeout(400)
    assert not page.locator(".toast-wrap").is_visible()
    assert page.get_by_text("Error", exact=True).locator("visible=true").count() == 0  # Gradio's, on what it would draw
    assert page.locator("button.leave").evaluate(IN_VIEW)
    context.close()


def offline_page(browser, address):
    """A page of its own, whose console may tell of what does not get through."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="sv-SE")
    page = context.new_page()
    page.goto(address)
    page.locator("#reply .waiting").wait_for()
    page.wait_for_function("document.title && document.querySelector('[role=main]')")
    page.evaluate("window.same = true")
    return page


def lose(page):
    """Ask while the network is gone for longer than Gradio waits before it tries again."""
    page.context.set_offline(True)
    field(page).fill("Vem utreder smuggling?")
    field(page).press("Enter")
    page.locator(".state", has_text="Det gick inte att söka just nu.").wait_for()
    page.wait_for_timeout(2_300)
    page.context.set_offline(False)


def own_document(page, tmp_path, name="tull.txt", text="Tullverket utreder smuggling."):
    (tmp_path / name).write_text(text, encoding="utf-8")
    go(page, "own")
    upload(page, tmp_path / name)
    page.locator("#own .held", has_text=name).wait_for()


def test_a_lost_connection_takes_neither_the_page_nor_own_documents(browser, address, tmp_path):
    page = offline_page(browser, address)
    own_document(page, tmp_path)
    page.locator("[data-ask-own]").click()
    ask(page, "Vad gör Tullverket?")
    for _ in range(2):  # each failure is told
        lose(page)
    page.wait_for_timeout(2_300)
    assert page.evaluate("window.same")
    assert page.locator("#reply .who").inner_text() == "Tullverket"
    ask(page, "Vem utreder smuggling?")
    assert page.locator("#source mark.cited").all_text_contents() == ["Tullverket utreder smuggling."]
    assert not page.locator(".state").is_visible()
    page.context.close()


def test_a_server_that_was_started_anew_loads_the_page_anew_and_the_question_stays(browser, address, tmp_path):
    for own in (False, True):
        page = offline_page(browser, address)
        if own:
            own_document(page, tmp_path)
            page.locator("[data-ask-own]").click()
        lose(page)
        page.route("**/gradio_api/app_id", lambda route: route.fulfill(json={"app_id": 1}))
        field(page).press("Enter")
        page.wait_for_function("!window.same")
        page.wait_for_function("document.querySelector('#question input')?.value === 'Vem utreder smuggling?'")
        if own:
            assert page.locator(".state").inner_text().startswith("Dina dokument finns inte kvar på servern.")
            assert page.locator("#svar").count() == 0  # it was not asked of the page's own texts
        else:
            page.locator("#svar[data-asked='Vem utreder smuggling?']").wait_for()
        assert page.url.partition("#")[0] == address
        assert "smuggling" not in page.evaluate("JSON.stringify(history.state)")
        page.context.close()


def test_what_failed_is_told_where_it_failed_until_it_works(browser, address, tmp_path):
    page = offline_page(browser, address)
    go(page, "own")
    page.context.set_offline(True)
    (tmp_path / "a.txt").write_text("Polisen.", encoding="utf-8")
    upload(page, tmp_path / "a.txt")
    page.locator(".state", has_text="Det gick inte. Kontrollera").wait_for()
    page.context.set_offline(False)
    go(page, "map")
    assert not page.locator(".state").is_visible()
    go(page, "own")
    assert page.locator(".state").is_visible()
    own_document(page, tmp_path)
    page.wait_for_function("!document.querySelector('.state').textContent")
    page.context.close()


@pytest.mark.parametrize("gap", [20, 300])
def test_going_back_twice_at_once_leads_to_the_second_place(visit, gap):
    page = visit()
    questions = [QUESTION, "Vad gör NOA?", "Vem är KAST till för?"]
    places = []
    for question in questions:
        ask(page, question)
        places.append(page.evaluate("location.hash"))
    page.route("**/gradio_api/run/predict", lambda route: (page.wait_for_timeout(400), route.continue_()))
    length = page.evaluate("history.length")
    page.evaluate("gap => { history.back(); setTimeout(() => history.back(), gap); }", gap)
    page.wait_for_function("q => document.querySelector('#svar')?.dataset.asked === q", arg=questions[0])
    page.wait_for_timeout(1_500)
    page.unroute("**/gradio_api/run/predict")
    for place, question in zip(places, questions, strict=True):
        page.wait_for_function("q => document.querySelector('#svar')?.dataset.asked === q", arg=question)
        page.wait_for_timeout(400)
        assert (page.evaluate("location.hash"), field(page).input_value()) == (place, question)
        page.go_forward()
    assert page.evaluate("history.length") == length


def test_the_box_of_files_is_named_in_the_pages_language_and_removes_nothing_while_it_reads(visit, tmp_path):
    page = visit()
    go(page, "own")
    page.wait_for_function(
        "document.querySelector('#own-files button').ariaLabel === 'Dina filer: Släpp filer här – eller – Välj filer'"
    )
    long = tmp_path / "lång.txt"
    long.write_text("\n\n".join(f"Enhet {n} sköter ärende {n}." for n in range(1_500)), encoding="utf-8")
    upload(page, long)
    page.locator("#own-files .icon-button-wrapper").wait_for()
    page.locator("#own-status", has_text="Du kan redan fråga").wait_for()
    named = """() => [...document.querySelectorAll('#own-files :is(button, a)')]
        .filter((one) => one.getClientRects().length).map((one) => [one.ariaLabel, one.title])"""
    assert page.evaluate(named) == [["Välj filer", "Välj filer"], ["Välj filer", ""]]
    page.get_by_role("button", name="In English").click()
    page.locator("#own-status", has_text="You can already ask").wait_for()
    page.locator("#own-progress", has_text="Reading file 1 of 1").wait_for()
    page.wait_for_function("document.querySelector('#own-files button').ariaLabel === 'Choose files'")
    page.get_by_role("button", name="Remove my documents").click()
    page.locator("#own .count", has_text="Your documents are removed.").wait_for()


def test_a_pasted_page_is_refused_in_words_each_time_and_not_cut(visit):
    page = visit()
    field(page).fill("å" * 5_000)
    for _ in range(2):
        field(page).press("Enter")
        page.locator("#reply .failure", has_text="Frågan är för lång.").wait_for()
        page.wait_for_timeout(600)
        assert page.locator("#reply").get_attribute("aria-busy") is None
    assert len(field(page).input_value()) == 5_000


def test_an_answer_is_counted_once_however_often_it_is_drawn(visit):
    page = visit()
    ask(page, QUESTION)
    drawn = """() => document.querySelector('#svar').insertAdjacentHTML('beforeend',
        '<p class="helped" data-thanks="Tack."><button type="button" data-helped="yes">Ja</button></p>')"""
    page.evaluate(drawn)
    page.locator("[data-helped]").click()
    page.get_by_role("button", name="In English").click()
    page.wait_for_function("document.querySelector('#svar').lang === 'en'")
    page.evaluate(drawn)
    page.wait_for_function("document.querySelector('.helped').textContent === 'Tack.'")
    ask(page, "What does NOA do?")
    page.evaluate(drawn)
    page.wait_for_timeout(300)
    assert page.locator("[data-helped]").count() == 1


def test_a_refused_file_is_heard_with_its_reason_each_time(visit, tmp_path):
    page = visit()
    page.wait_for_timeout(1600)
    wrong = tmp_path / "virus.exe"
    wrong.write_bytes(b"MZ")
    go(page, "own")
    for _ in range(2):
        page.evaluate("document.querySelectorAll('[role=status]').forEach((one) => { one.textContent = ''; })")
        upload(page, wrong)
        page.wait_for_function(
            "[...document.querySelectorAll('[role=status]')].at(-1).textContent"
            ".endsWith('De här filerna lades inte till: virus.exe: Filformatet stöds inte.')"
        )


def test_a_question_that_follows_is_asked_with_one_click(visit):
    page = visit()
    ask(page, QUESTION)
    follow = page.locator("#more button").first
    follow.wait_for()
    asked = follow.inner_text()
    follow.click()
    page.wait_for_function(
        "q => document.querySelector('#svar')?.dataset.asked === q && document.querySelector('#reply .who')", arg=asked
    )
    assert field(page).input_value() == asked
    ask(page, "hjälp", ".helplines")
    assert not page.locator("#more section").is_visible()


def test_the_field_stands_high_on_a_phone(visit):
    page = visit(360, 780)
    assert page.locator("#question").bounding_box()["y"] < 480
    ask_at, leave = page.locator("#ask").bounding_box(), page.locator("button.leave").bounding_box()
    assert ask_at["y"] + ask_at["height"] <= leave["y"]


def test_the_comparison_goes_on_from_its_answer(visit):
    page = visit()
    compare(page)
    page.locator("#compare-found .columns").wait_for()
    compared = page.locator("#compare-question").get_by_role("textbox")
    assert compared.input_value() == QUESTION
    assert compared.evaluate("one => document.activeElement === one")
    page.wait_for_function("document.title === 'Jämför tre sätt att söka – Fråga källan'")
    assert page.locator("nav [aria-current=true]").inner_text() == "Fråga"
    border = "one => [getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderTopColor]"
    assert compared.evaluate(border) == ["2px", "rgb(71, 88, 95)"]  # as the one of the question
    page.go_back()
    page.wait_for_function("document.title === 'Migrationsverket – Fråga källan'")


def test_searches_are_compared_side_by_side(visit):
    page = visit()
    compare(page)
    page.locator("#compare-question").get_by_role("textbox").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#compare-found .columns").wait_for()
    assert page.locator("#compare-found h3").all_inner_texts() == [
        "Bara ord", "Bara betydelse", "Ord och betydelse, så som sidan söker",
    ]  # fmt: skip
    assert page.locator("#compare-found section").last.locator(".speaker").first.inner_text() == "Migrationsverket"


def test_back_goes_through_answers_and_parts_and_leaves_the_page_last(visit):
    page = visit()
    ask(page, QUESTION)
    ask(page, "Vad gör NOA?")
    go(page, "who")
    assert QUESTION not in page.url
    page.go_back()
    assert page.locator("nav [aria-current=page]").inner_text() == "Fråga"
    page.go_back()
    page.wait_for_function("q => document.querySelector('#svar')?.dataset.asked === q", arg=QUESTION)
    page.wait_for_function("document.title === 'Migrationsverket – Fråga källan'")
    page.go_back()
    page.wait_for_selector("#reply .waiting", state="visible")
    page.wait_for_selector("#examples", state="visible")
    page.go_back()
    assert page.url == "about:blank"
    page.go_forward()
    page.wait_for_selector("#reply .waiting", state="visible")
    assert field(page).first.input_value() == ""
    assert page.locator("nav [aria-current=page]").inner_text() == "Fråga"


def test_an_address_leads_to_its_part_of_the_page_and_one_of_an_old_visit_to_its_start(visit, address):
    page = visit()
    for name, title in (("who", "Vem gör vad – Fråga källan"), ("svar-7", "Fråga källan")):
        page.goto("about:blank")
        page.goto(f"{address}#{name}")
        page.wait_for_function("title => document.title === title", arg=title)
    assert page.url == address


def test_an_address_that_leads_to_no_answer_is_dropped(visit):
    page = visit()
    ask(page, QUESTION)
    page.evaluate("location.hash = '#svar-9999'")
    page.wait_for_function("location.hash === ''")
    page.locator("#examples").wait_for()


def test_back_shows_the_answer_of_the_documents_that_were_asked(visit, tmp_path):
    own = tmp_path / "tull.txt"
    own.write_text("Tullverket utreder smuggling.", encoding="utf-8")
    page = visit()
    ask(page, QUESTION)
    go(page, "ask")  # the part that is shown already: no place of its own
    go(page, "own")
    upload(page, own)
    page.locator("[data-ask-own]").click()
    ask(page, "Vad gör Tullverket?")
    for back, shown in ((page.go_back, QUESTION), (page.go_forward, "Vad gör Tullverket?")):
        back()
        page.wait_for_selector("nav [data-view=own][aria-current]")
        back()
        page.wait_for_function(
            "q => document.querySelector('#svar')?.dataset.asked === q && document.querySelector('#reply .who')",
            arg=shown,
        )
        wanted = "Mina dokument" if "Tullverket" in shown else "Sidans källor"
        assert page.get_by_role("radio", name=wanted).is_checked()
    page.get_by_role("radio", name="Sidans källor").check()
    page.locator("#examples").wait_for()  # nothing is answered there yet


def test_the_language_stays_one_step_and_the_filters_stay(visit):
    page = visit()
    ask(page, QUESTION)
    go(page, "who")
    page.get_by_label("Sök i uppgifterna").fill("förund")
    page.wait_for_function("document.querySelector('#who-rows .count').textContent === '5 uppgifter.'")
    places = page.evaluate("history.length")
    page.get_by_role("button", name="In English").click()
    page.wait_for_function("document.querySelector('#who-rows .count').textContent === '5 tasks.'")
    assert page.get_by_label("Search the tasks").input_value() == "förund"
    page.wait_for_function("document.querySelector('#language').lang === 'sv'")
    go(page, "ask")
    page.wait_for_function("document.querySelector('#svar').lang === 'en'")
    assert page.evaluate("history.length") == places + 1  # the part that was gone to
    page.go_back()
    page.go_back()
    page.wait_for_function("document.title === 'Migrationsverket – Ask the source'")


def test_the_focus_is_never_lost(visit, tmp_path):
    page, phone = visit(), visit(360, 780)
    ask(phone, QUESTION)
    assert phone.evaluate("document.activeElement.id") == "svar"
    assert phone.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none"
    own = tmp_path / "tull.txt"
    own.write_text("Tullverket utreder smuggling.", encoding="utf-8")
    page.evaluate(
        """() => { window.heard = []; const live = [...document.querySelectorAll('[role=status]')].at(-1);
        new MutationObserver(() => window.heard.push(live.textContent)).observe(live, {childList: true}); }"""
    )
    go(page, "own")
    upload(page, own)
    page.locator("#own .held").wait_for()
    page.wait_for_timeout(600)
    heard = [said for said in page.evaluate("window.heard") if said][-1]
    assert heard == "Klart. Du kan fråga i de här dokumenten: tull.txt."
    page.get_by_role("button", name="Ta bort mina dokument").click()
    page.locator("#own .count", has_text="Dina dokument är borttagna.").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Dina filer")


def test_what_is_tapped_is_large_enough_and_below_the_way_out(visit):
    page = visit(360, 780, forced_colors="active")
    ask(page, QUESTION)
    small = """() => [...document.querySelectorAll('a, button, input, select, summary')]
        .filter((one) => one.getClientRects().length)
        .filter((one) => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 24)
        .map((one) => one.outerHTML)"""
    assert page.evaluate(small) == []
    go(page, "own")
    label, leave = page.locator("#own-files [data-testid=block-label]"), page.locator(".way-out")
    page.evaluate("by => scrollBy(0, by)", label.bounding_box()["y"] - leave.bounding_box()["y"] - 8)
    assert label.bounding_box()["y"] > leave.bounding_box()["y"]
    top = "one => { const b = one.getBoundingClientRect(); return document.elementFromPoint(b.x + 9, b.y + 9); }"
    assert label.evaluate_handle(top).evaluate("one => one.closest('.way-out') !== null")


@pytest.mark.parametrize(("width", "height"), [(640, 480), (360, 780), (320, 256)])  # 1280 by 1024 at 200 and 400 %
@pytest.mark.parametrize("view", ["ask", "who", "map", "own"])
def test_no_part_of_a_narrow_page_scrolls_sideways(visit, view, width, height):
    page = visit(width, height)
    go(page, view)
    assert page.evaluate("document.documentElement.scrollWidth") == width


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental"]
STATES = {
    "start": {},
    "answer": {"question": QUESTION},
    "abstention": {"question": SILENT},
    "help": {"question": "Min man slår mig"},
    "help in two languages, narrow and dark": {
        "question": "помогите мне",
        "width": 360,
        "height": 780,
        "color_scheme": "dark",
    },
    "English": {"english": True, "question": "What does NOA do?"},
    "dark": {"question": QUESTION, "color_scheme": "dark"},
    "narrow": {"question": "Vad gör NOA?", "width": 360, "height": 780},
    "narrow and dark": {"question": SILENT, "width": 360, "height": 780, "color_scheme": "dark"},
    "twice the size": {"question": QUESTION, "width": 640, "height": 480},
    "forced colours and no motion": {"question": QUESTION, "forced_colors": "active", "reduced_motion": "reduce"},
    "hostile": {"question": " ".join(["<script>alert(1)</script> polisen"] * 3)},
    "table": {"view": "who"},
    "map": {"view": "map"},
    "own documents": {"view": "own"},
    "own documents before the first": {"view": "own", "empty": True},
    "an answer of own documents": {"view": "own", "own": "Vad gör NOA?"},
    "an answer of own documents, English, narrow and dark": {
        "view": "own",
        "own": "What does NOA do?",
        "english": True,
        "width": 360,
        "height": 780,
        "color_scheme": "dark",
    },
    "own documents, forced colours": {"view": "own", "forced_colors": "active"},
    "an empty question": {"question": ""},
    "something else": {"question": "Vad kostar en bil?"},
    "numbers that fold out": {"unfolded": True},
    "table without a row": {"view": "who", "word": "xyzzy"},
    "map with a chosen line": {"view": "map", "line": True},
    "comparison": {"view": "compare"},
    "table, narrow and dark": {"view": "who", "width": 360, "height": 780, "color_scheme": "dark"},
    "map, narrow and dark": {"view": "map", "width": 360, "height": 780, "color_scheme": "dark"},
    "own documents, dark": {"view": "own", "color_scheme": "dark"},
    "comparison, dark": {"view": "compare", "color_scheme": "dark"},
    "English table": {"view": "who", "english": True},
}


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: make install-browser")
@pytest.mark.parametrize("state", [*STATES, "statement"])
def test_axe_finds_nothing(visit, address, state):
    settings = dict(STATES.get(state, {}))
    question, english = settings.pop("question", None), settings.pop("english", False)
    view, own = settings.pop("view", None), settings.pop("own", None)
    empty, word, line = (settings.pop(name, None) for name in ("empty", "word", "line"))
    unfolded = settings.pop("unfolded", False)
    page = visit(**settings)
    if unfolded:
        page.locator(".strip summary").click()
    if state == "statement":
        page.get_by_role("link", name="Tillgänglighet").click()
        page.wait_for_url(address + "tillganglighet")
    if english:
        page.get_by_role("button", name="In English").click()
        page.wait_for_function("document.documentElement.lang === 'en'")
    if question is not None:
        ask(page, question, "[data-announce]")
        page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
        page.evaluate("scrollTo(0, 0)")  # where the open strip lies over nothing
    if view == "compare":
        compare(page)
    elif view:
        go(page, view)
    if word:
        page.get_by_label("Sök i uppgifterna").fill(word)
        page.locator("#who-rows", has_text="Ingen uppgift").wait_for()
    elif view == "who":
        page.locator("#who-rows [data-place]").first.click()
        place(page)
    elif line:
        page.locator("[data-tie]").first.focus()
        page.keyboard.press("Enter")
        page.locator("#place .picker").wait_for()
    elif view == "own" and not empty:
        upload(page, *Path(__file__).parents[3].joinpath("corpus").glob("deltagande*.md"), Path(__file__))
        page.locator("#own .refused").wait_for()
        page.wait_for_function("document.querySelector('#own-files button')?.ariaLabel?.includes(': ') ?? true")
        if own:
            page.locator("[data-ask-own]").click()
            ask(page, own, "[data-announce]")
            page.locator("#reply summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
            page.evaluate("scrollTo(0, 0)")
    elif view == "compare":
        page.locator("#compare-question").get_by_role("textbox").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("#compare-found .columns").wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    shown = [
        (rule["id"], node["html"], node["failureSummary"]) for rule in found["violations"] for node in rule["nodes"]
    ]
    assert shown == []
    assert "color-contrast" in [rule["id"] for rule in found["passes"]]
    known = {rule["id"] for kind in ("passes", "inapplicable") for rule in found[kind]}
    assert {"label-content-name-mismatch", "focus-order-semantics"} <= known  # of the experimental ones


VISITING = """
import sys, time
import nmt_rag
from nmt_rag.interfaces.page.serving import server as serving
from nmt_rag.interfaces.page.site import Site
from playwright.sync_api import sync_playwright
chromium, flags, file = sys.argv[1], sys.argv[2].split(), sys.argv[3]
site = Site(nmt_rag.open(encoder=None))
taken = serving.listen("127.0.0.1", 17950)
server = serving.serve(serving.application(site), taken)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
    for way_out in (lambda page: page.close(), lambda page: page.locator("button.leave").click()):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        page.wait_for_selector("#reply .waiting", state="visible")
        page.locator("nav [data-view=own]").click()
        page.locator("#own-files input[type=file]").set_input_files(file)
        page.locator("#own .held").wait_for()
        assert len(site.visits) == 1
        way_out(page)
        end = time.monotonic() + 120
        while len(site.visits) and time.monotonic() < end:
            time.sleep(0.1)
        assert len(site.visits) == 0
server.should_exit = True
print("gone")
"""


def test_who_closes_the_page_or_leaves_it_quickly_takes_the_documents_along(tmp_path):
    file = tmp_path / "tull.txt"
    file.write_text("Tullverket utreder smuggling.", encoding="utf-8")
    command = [sys.executable, "-c", VISITING, CHROMIUM, " ".join(FLAGS), str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip().endswith("gone"), done.stderr
