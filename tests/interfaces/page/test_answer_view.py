"""What the page shows: exact HTML for an answer, an abstention and a source, and hostile text everywhere."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib import resources

import pytest

from nmt_rag.answering import messages
from nmt_rag.documents import passages
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces import markup
from nmt_rag.interfaces.markup import listed
from nmt_rag.interfaces.page import frame, operators, texts
from nmt_rag.interfaces.page.operators import Operator
from nmt_rag.interfaces.page.views import answer, hits, passport, source
from nmt_rag.types import Abstention, Answer, Citation, Document, Hit, Passage, Related, Statement

TEXT = "# Aktörer\n\n## NOA\n\nNOA leder arbetet. De beslutar om insatser.\n\n## KAST\n\nKAST ger stöd."
DOCUMENT = Document("sida", "Aktörer", TEXT, url="https://ex.se/a", publisher="NMT")
FIRST = (TEXT.index("NOA leder"), TEXT.index(" De beslutar"))
LAST = (TEXT.index("KAST ger"), len(TEXT))
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</template></textarea></style></script><svg onload=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)} `${alert(1)}`",
    "\"' onmouseover='alert(1)\" x=",
    "[klicka](javascript:alert(1))",
    "\u202egnirts desrever\u202c \u2066\u2067\u200f",
    "&lt;b&gt; &amp; &#60;",
    "\x00\x1b[31m\ud800",
)


def citation(quote="NOA leder arbetet.", place=FIRST, **changes):
    fields = dict(
        marker=1, document_id="sida", title="Aktörer", url="https://ex.se/a#:~:text=NOA", heading=("Aktörer", "NOA"),
        actor="NOA", quote=quote, start=place[0], end=place[1], source_sha256=DOCUMENT.sha256,
    )  # fmt: skip
    return Citation(**{**fields, **changes})


def answered(**changes):
    fields = dict(
        question=" Vad gör NOA? ", language="sv", answered=True, text="", actors=("NOA",), confidence=0.8,
        statements=(Statement("NOA leder arbetet.", (1,)),), citations=(citation(),),
        engine={"answering": "extractive", "encoder": "modell@1", "index_generation": 3},
    )  # fmt: skip
    return Answer(**{**fields, **changes})


def abstained(reason="no_evidence", question="Vad kostar det?", related=()):
    return Answer(question, "sv", False, "", abstention=Abstention(reason, ""), related=related)


class Reader(HTMLParser):
    """Every tag, attribute and text of some HTML, as a browser without scripts would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data

    def values(self, name):
        return [value for key, value in self.attributes if key == name]


def text_of(html):
    return Reader(html).text


# Escaping


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b a=\"x\" c='y'>&", "&lt;b a=&quot;x&quot; c=&#x27;y&#x27;&gt;&amp;"),
        ("{{x}} ${y} `z`", "&#123;&#123;x&#125;&#125; &#36;&#123;y&#125; &#96;z&#96;"),
        ("å\u00a0\n\t\u202e", "å\u00a0\n\t\u202e"),
        ("a\x00b\x1bc\ud800d", "a\ufffdb\ufffdc\ufffdd"),
    ],
)
def test_escape(text, shown):
    assert markup.escape(text) == shown


@pytest.mark.parametrize(
    "url",
    ["https://www.nmtsverige.se/om-oss#:~:text=a%2Cb,-c", "HTTP://EX.SE/å?x=1&y=(2)", "http://127.0.0.1:80/"],
)
def test_addresses_of_the_web_are_kept(url):
    assert markup.safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://ex.se", "https://ex.se/ x", "https://ex.se/\n",
        "https://ex.se/\"onx='", "https://ex.se/<b>", "data:text/html,x", "//ex.se", "/a", "vbscript:x", "file:///etc",
        "https://", "java\nscript:alert(1)", "https:\\\\ex.se",
    ],
)  # fmt: skip
def test_other_addresses_are_dropped(url):
    assert markup.safe_url(url) == ""
    assert markup.link(url, "Öppna") == ""


def test_link():
    assert markup.link("https://ex.se/?a=1&b=2", "Öppna", described='"A"') == (
        '<a href="https://ex.se/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer" aria-label="&quot;A&quot;">'
        "Öppna</a>"
    )


# The page's own words


def test_both_languages_have_the_same_texts():
    assert set(texts.TEXTS["sv"]) == set(texts.TEXTS["en"])
    assert all(value.strip() == value != "" for value in texts.TEXTS["en"].values() if value != " and ")


def test_the_emergency_numbers_can_be_called():
    html = frame.strip("sv")
    assert text_of(html).startswith(
        "Hoppa till fråganVid akut fara, ring 112 Kvinnofridslinjen 020-50\u00a050\u00a050Fler nummer114\u00a014 "
        "Polisen"
    )
    assert text_of(html).endswith(
        "Numren kontrollerades i november 2026.Lämna sidan snabbtBesöket syns ändå i webbläsarens historik."
    )
    assert Reader(html).values("href")[0] == "#question"
    assert Reader(html).values("href")[1:] == [
        f"tel:{number}"
        for number in ("112", "020505050", "11414", "020808080", "020550000", "116111", "90101", "020390000")
    ]


def test_header():
    assert frame.header("en", [DOCUMENT], 1) == (
        '<div data-language="en" lang="en"><h1>Ask the source</h1><p class="lead">Here you get answers from the text '
        '“<bdi lang="sv">Aktörer</bdi>” by <bdi lang="sv">NMT</bdi>. It is not stated how old the text is.</p>'
        '<p class="sender">No text is written by AI. A search model picks the sentences, which are in Swedish. Your '
        "questions are not stored. Published by: no authority; this page is a demonstration.</p></div>"
    )


def test_the_operator_is_named_and_can_be_reached():
    operator = Operator("Verket <i>", "fraga@ex.se", "08-12 34 56")
    assert "Avsändare: <bdi>Verket &lt;i&gt;</bdi>" in frame.header("sv", [DOCUMENT], 1, operator)
    foot = frame.footer("sv", "tillganglighet", operator)
    assert Reader(foot).values("href") == ["mailto:fraga@ex.se", "tel:08123456", "tillganglighet"]
    assert text_of(frame.footer("sv", "tillganglighet", Operator())) == "Tillgänglighet"


def test_the_operator_stands_in_one_file(tmp_path, monkeypatch):
    file = tmp_path / "avsändare.toml"
    file.write_text('sender = "Verket"\nemail = "fraga@ex.se"\n', encoding="utf-8")
    assert operators.read(str(file)) == Operator("Verket", "fraga@ex.se")
    monkeypatch.setenv(operators.VARIABLE, str(file))
    assert operators.read().sender == "Verket"
    monkeypatch.delenv(operators.VARIABLE)
    assert operators.read() == Operator()


@pytest.mark.parametrize("text", ["sender = 3", "phone = '1'", "email = 'nobody'", "sender = ", None, "\x00"])
def test_a_wrong_file_about_the_operator_is_told(tmp_path, text):
    file = tmp_path / "fel.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(NmtRagError, match=r"fel\.toml"):
        operators.read(str(file))


def test_the_age_of_the_text_is_told():
    dated = Document("a", "Aktörer", "T", metadata={"date": "2025-03-01", "retrieved": "2026-11-24"})
    assert frame.covers("sv", [dated], 1).endswith("”. Texten är daterad 2025-03-01. Texten hämtades 2026-11-24.")
    assert "Det framgår inte hur gammal texten är." in frame.header("sv", [DOCUMENT], 1)
    assert "gammal" not in frame.header("sv", [dated], 1)
    assert "Hur gamla de är står vid varje källa, om det är känt." in frame.header("sv", [], 12)
    shown = source.sources([dated, DOCUMENT], {}, None, "sv")
    assert '<p class="about">Texten är daterad 2025-03-01. Texten hämtades 2026-11-24.</p>' in shown
    assert shown.count("Texten ") == 2


def test_an_answer_from_documents_that_are_still_read_says_so():
    words = "Dina dokument är inte helt inlästa."
    for given in (answered(), abstained()):
        assert words in answer.answer(given, "sv", answer.Surroundings(own=True, unfinished=True))
        assert words not in answer.answer(given, "sv", answer.Surroundings(own=True))


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ([Document("a", "", "T")], "Här får du svar ur texten ”<bdi>a</bdi>”."),
        ([Document("a", "<b>", "T")], "Här får du svar ur texten ”<bdi>&lt;b&gt;</bdi>”."),
        ([], "Här får du svar ur 12 dokument."),
    ],
)
def test_what_answers_are_taken_from(documents, said):
    assert frame.covers("sv", documents, 12) == said


def test_before_the_first_question():
    assert answer.answer(None, "sv") == '<p class="waiting" lang="sv">Svaret visas här.</p>'
    assert source.sources([], {}, None, "en") == (
        '<p class="waiting" lang="en">Ask a question, and the source will appear here.</p>'
    )


def test_failure():
    assert answer.failure("sv") == (
        '<p class="failure" lang="sv" data-announce="Det gick inte att söka just nu. Försök igen om en stund.">'
        "Det gick inte att söka just nu. Försök igen om en stund.</p>"
    )


# The answer


def test_an_answer_exactly():
    assert answer.answer(answered(), "sv", answer.Surroundings(serial=7)) == (
        '<section class="answer" id="svar" tabindex="-1" aria-label="Svaret" lang="sv" '
        'data-asked="Vad gör NOA?" data-paper="Fråga" data-serial="7">'
        '<h2 class="who" data-announce="Svaret: NOA. 1 citat."><bdi>NOA</bdi></h2>'
        '<p class="support">Troligt svar. Läs citaten och avgör om de svarar på din fråga.</p>'
        '<ol class="quotes"><li><blockquote lang="sv">«<bdi>NOA leder arbetet.</bdi>» '
        '<button type="button" class="jump" data-goto="mark-1" aria-label="Visa i källan: 1">1</button></blockquote>'
        '<p class="actions" data-paper="Källa: Aktörer › NOA">'
        '<a href="https://ex.se/a#:~:text=NOA" target="_blank" rel="noopener noreferrer" '
        'aria-label="Öppna källan 1 (öppnas i en ny flik)">Öppna källan</a>'
        '<button type="button" data-copy="”NOA leder arbetet.”\nKälla: Aktörer › NOA. https://ex.se/a#:~:text=NOA" '
        'data-done="Kopierat">Kopiera med källa</button></p></li></ol>'
        '<p class="keep"><button type="button" data-new>Ny fråga</button>'
        '<button type="button" data-print>Skriv ut</button>'
        '<button type="button" data-share="Vad gör NOA?" data-done="Kopierat">Kopiera länk till frågan</button></p>'
        "</section>"
    )


@pytest.mark.parametrize(
    ("confidence", "kind", "words"),
    [
        (0.8, "support", "Likely answer. Read the quotes and judge whether they answer your question."),
        (0.79, "support unsure", "Possible answer. Read the quotes in their "),
    ],
)
def test_the_confidence_is_said_in_words(confidence, kind, words):
    assert f'<p class="{kind}">{words}' in answer.answer(answered(confidence=confidence), "en")


def test_several_actors_are_named_and_each_quote_has_its_own():
    both = answered(
        actors=("NOA", "KAST"),
        statements=(Statement("NOA leder arbetet.", (1,)), Statement("KAST ger stöd.", (2, 9))),
        citations=(citation(), citation("KAST ger stöd.", LAST, marker=2, actor="KAST", heading=("Aktörer", "KAST"))),
    )
    html = answer.answer(both, "sv")
    assert '<h2 class="who" data-announce="Svaret: NOA och KAST. 2 citat."><bdi>NOA</bdi> och <bdi>KAST' in html
    assert re.findall(r'<p class="speaker" lang="sv"><bdi>(.*?)</bdi>', html) == ["NOA", "KAST"]
    assert re.findall(r'data-goto="(.*?)"', html) == ["mark-1", "mark-2"]


def test_each_quote_has_its_own_actor_where_the_heading_names_one_of_several():
    cited = (citation(), citation("KAST ger stöd.", LAST, marker=2, actor="KAST", heading=("Aktörer", "KAST")))
    said = (Statement("NOA leder arbetet.", (1,)), Statement("KAST ger stöd.", (2,)))
    html = answer.answer(answered(actors=("NOA",), statements=said, citations=cited), "sv")
    assert re.findall(r'<p class="speaker" lang="sv"><bdi>(.*?)</bdi>', html) == ["NOA", "KAST"]


def test_three_actors_are_announced_as_a_sentence_lists_them():
    html = answer.answer(answered(actors=("NOA", "KAST", "Polisen")), "sv")
    assert 'data-announce="Svaret: NOA, KAST och Polisen. 1 citat."' in html


def test_a_statement_that_is_no_quote_is_shown_as_what_it_is():
    html = answer.answer(answered(statements=(Statement("De leder.", (1,)),)), "sv")
    assert '<ol class="quotes"><li class="said"><bdi>De leder.</bdi></li><li><blockquote' in html


def test_an_answer_without_an_actor_is_announced_by_its_quotes():
    assert 'data-announce="Svaret: 1 citat."' in answer.answer(answered(actors=()), "sv")


def test_the_names_of_a_headline_are_swedish_and_what_joins_them_is_not():
    html = answer.answer(answered(actors=("NOA", "KAST")), "en")
    assert '<bdi lang="sv">NOA</bdi> and <bdi lang="sv">KAST</bdi></h2>' in html
    assert "lang=" not in html.split("<h2")[1].split(">")[0]


def test_an_answer_without_an_actor_is_called_the_answer():
    assert "<bdi>" not in answer.answer(answered(actors=()), "sv").split("</h2>")[0].split("<h2")[1]


@pytest.mark.parametrize(
    ("title", "heading", "shown"),
    [("A", ("A", "B"), "A › B"), ("A", ("B",), "A › B"), ("", ("B",), "sida › B"), ("A", (), "A")],
)
def test_the_place_of_a_quote_says_the_title_once(title, heading, shown):
    assert answer.place(citation(title=title, heading=heading), "sv") == shown


@pytest.mark.parametrize(
    ("reason", "language", "message"),
    [
        ("no_evidence", "sv", "Vi hittar inget svar på din fråga i källorna."),
        (
            "weak_evidence",
            "en",
            "No sentence clearly answers your question.",
        ),
    ],
)
def test_an_abstention_says_why_and_what_is_nearest(reason, language, message):
    near = Related("sida", "NOA", "NOA leder arbetet.", *FIRST, 0.3)
    html = answer.answer(abstained(reason, related=(near, Related("sida", "", "KAST ger stöd.", *LAST, 0.2))), language)
    assert Reader(html).values("data-announce")[0].startswith(message)
    assert '<h2 class="silence"' in html
    assert 'class="who"' not in html
    assert re.findall(r"«<bdi>(.*?)</bdi>»", html) == ["NOA leder arbetet.", "KAST ger stöd."]
    assert re.findall(r'data-goto="(.*?)"', html) == ["mark-a", "mark-b"]
    assert re.findall(r"<p class=speaker lang=sv><bdi>(.*?)</bdi>", html) == ["NOA"]
    assert re.findall(r"<h3>(.*?)</h3>", html) == [texts.TEXTS[language]["nearest"]]


def test_a_question_about_something_else_is_told_what_the_page_covers():
    near = Related("sida", "NOA", "NOA leder arbetet.", *FIRST, 0.3)
    html = answer.answer(
        abstained("off_topic", related=(near,)), "sv", answer.Surroundings(about=frame.covers("sv", [DOCUMENT], 1))
    )
    assert text_of(html).startswith(
        "Källorna tar inte upp det du frågar om.Här får du svar ur texten ”Aktörer” från NMT.Ny fråga"
    )


def test_whoever_may_need_help_is_told_where_to_call_before_all_else():
    question = "Min pojkvän tvingar mig att sälja sex"
    html = answer.answer(answered(question=question), "sv")
    assert html.index('<div class="helplines"') < html.index("<h2")
    assert Reader(html).values("href")[:2] == ["tel:112", "tel:020354040"]
    assert Reader(html).values("data-announce")[0].startswith("Är du eller någon annan utsatt för våld, hot eller")
    assert "helplines" not in answer.answer(answered(question="Vem samordnar arbetet mot våld?"), "sv")


@pytest.mark.parametrize("reason", ["no_evidence", "weak_evidence", "off_topic"])
@pytest.mark.parametrize(
    "question", ["Min pojkvän tvingar mig att sälja sex", "hjälp", "Mă bate soțul meu, ajutați-mă"]
)
def test_where_help_is_needed_and_there_is_no_answer_the_box_stands_before_the_abstention(question, reason):
    near = Related("sida", "NOA", "NOA leder arbetet.", *FIRST, 0.3)
    around = answer.Surroundings(found="<p>x</p>", saved="<p>y</p>", about="<b>om</b>")
    html = answer.answer(abstained(reason, question=question, related=(near,)), "sv", around)
    read = Reader(html)
    assert 'class="answer need"' in html
    silence = messages.abstention(reason, "sv")
    assert html.index('<div class="helplines"') < html.index("kan inte ge råd") < html.index(f">{silence}</h2>")
    assert "Numren kontrollerades i november 2026." in read.text
    announced = read.values("data-announce")[0]
    assert announced.startswith("Är du eller någon annan utsatt")
    assert announced.endswith(silence)
    assert "112, Larmnumret" in announced
    assert ("«NOA leder arbetet.»" in read.text) == (reason != "off_topic")
    assert "<p>x</p>" not in html
    assert "data-copy" not in html


def test_a_foreign_question_is_met_in_two_languages():
    read = Reader(answer.answer(abstained(question="помогите мне"), "sv"))
    languages = ["sv", "en"]
    assert [value for value in read.values("lang")][1:3] == languages
    assert "Are you or somebody else subjected to violence" in read.text
    assert "Larmnumret, vid fara för liv eller pågående brott (dygnet runt) / Emergency number, danger" in read.text
    assert "Numren kontrollerades i november 2026.The numbers were checked in November 2026." in read.text
    assert "112, Larmnumret / Emergency number." in read.values("data-announce")[0]


def test_a_wish_to_die_is_met_in_english_too():
    html = answer.answer(abstained(question="I want to die"), "en")
    assert Reader(html).values("href")[:2] == ["tel:112", "tel:90101"]


def test_where_several_documents_are_asked_each_quote_says_which():
    assert '<p class="where"><bdi>Aktörer › NOA</bdi></p>' in answer.answer(
        answered(), "sv", answer.Surroundings(titled=True)
    )


def test_own_documents_are_not_called_authorities():
    html = answer.answer(abstained(), "sv", answer.Surroundings(own=True))
    assert "Prova att fråga med andra ord.</p>" in html


def test_an_empty_question_asks_for_one_and_offers_nothing_to_keep():
    assert answer.answer(abstained("empty_question", "  "), "sv") == (
        '<section class="answer" id="svar" tabindex="-1" aria-label="Svaret" lang="sv" '
        'data-asked="" data-paper="Fråga" data-serial="0"><h2 class="silence" '
        'data-announce="Skriv en fråga, så söker vi svaret i källorna.">'
        "Skriv en fråga, så söker vi svaret i källorna.</h2></section>"
    )


def test_a_question_without_a_word_asks_for_one_and_offers_nothing_to_keep():
    given = abstained("empty_question", "?")
    assert text_of(answer.answer(given, "sv", answer.Surroundings(counted=True, saved="x"))) == (
        "Skriv en fråga, så söker vi svaret i källorna."
    )


def test_a_quote_of_several_actors_is_told_of_all_that_it_names():
    one = citation(actor="NOA", quote="NOA leder arbetet med Tullverket.")
    given = answered(actors=("NOA", "Tullverket"), citations=(one,))
    label = "<bdi>NOA</bdi>, <bdi>Tullverket</bdi>"
    assert f'<p class="speaker" lang="sv">{label}</p>' in answer.answer(given, "sv")
    assert f"<dt>Aktör</dt><dd>{label}</dd>" in passport.passport(given, "sv", datetime(2026, 11, 29))


def test_a_long_question_is_shared_whole():
    html = answer.answer(abstained(question="å" * 12_000), "sv")
    assert Reader(html).values("data-share") == ["å" * 12_000]


# The source


def test_the_source_exactly():
    assert source.text_html(DOCUMENT, (), source.marks(DOCUMENT, answered()), "sv") == (
        "<h3>Aktörer</h3><h4>NOA</h4>"
        '<p><mark class="cited" id="mark-1" tabindex="-1" data-label="1">NOA leder arbetet.</mark>'
        " De beslutar om insatser.</p><h4>KAST</h4><p>KAST ger stöd.</p>"
    )


def test_every_sentence_of_the_source_has_its_actor_and_its_own_link():
    sentences = passages.split(DOCUMENT)
    html = source.sources([DOCUMENT], {"sida": sentences}, answered(), "sv")
    read = Reader(html)
    assert read.values("data-actor") == [passage.actor for passage in sentences]
    assert read.values("data-where") == ["Aktörer › NOA", "Aktörer › NOA", "Aktörer › KAST"]
    assert read.values("data-ordinal") == ["0", "1", "2"]
    assert all(url.startswith("https://ex.se/a#:~:text=") for url in read.values("data-url"))
    assert len(set(read.values("data-url"))) == 3
    assert re.findall(r'<span class="sentence"[^>]*>(.*?)</span>', html) == [
        '<mark class="cited" id="mark-1" tabindex="-1" data-label="1">NOA leder arbetet.</mark>',
        "De beslutar om insatser.",
        "KAST ger stöd.",
    ]
    assert '<h2 class="label">Källa: <bdi>Aktörer</bdi></h2><p class="about"><bdi>NMT</bdi> · <a href=' in html


def test_the_packaged_page_is_shown_whole():
    text = resources.files("nmt_rag").parent.joinpath("corpus/deltagande-myndigheter.md").read_text(encoding="utf-8")
    document = Document("d", "D", text.split("---\n", 2)[2])
    shown = text_of(source.text_html(document, passages.split(document), (), "sv"))
    assert re.sub(r"\s+", "", shown) == re.sub(r"\s+|^#+", "", document.text, flags=re.MULTILINE)


def test_marks_outside_the_text_or_across_others_are_left_out():
    wrong = answered(
        citations=(citation(), citation(place=(FIRST[0] + 2, FIRST[1] + 9), marker=2), citation(place=LAST, marker=3)),
        related=(
            Related("sida", "", "", 5, 5, 0.0),
            Related("sida", "", "", -3, 4, 0.0),
            Related("sida", "", "", 0, len(TEXT) + 1, 0.0),
            Related("annan", "", "", *LAST, 0.0),
            Related("sida", "", "", 2, 9, 0.0),
        ),
    )
    assert source.marks(DOCUMENT, wrong) == [
        source.Mark(2, 9, "e", False),
        source.Mark(*FIRST, "1", True),
        source.Mark(*LAST, "3", True),
    ]
    assert source.marks(DOCUMENT, None) == []


@pytest.mark.parametrize(("reason", "labels"), [("no_evidence", ["a"]), ("weak_evidence", ["a"]), ("off_topic", [])])
def test_the_source_marks_no_more_than_the_abstention_names(reason, labels):
    given = abstained(reason, related=(Related("sida", "", "NOA leder arbetet.", *FIRST, 0.3),))
    assert [mark.label for mark in source.marks(DOCUMENT, given)] == labels
    assert re.findall(r'data-goto="mark-(.*?)"', answer.answer(given, "sv")) == labels


def test_a_mark_over_two_lines_is_named_once():
    document = Document("sida", "T", "Ett två\ntre fyra")
    assert source.text_html(document, (), [source.Mark(4, 11, "1", True)], "sv") == (
        '<p>Ett <mark class="cited" id="mark-1" tabindex="-1" data-label="1">två</mark></p>'
        '<p><mark class="cited">tre</mark> fyra</p>'
    )


def test_a_long_document_is_shown_around_its_quote():
    lines = [f"Mening nummer {i} om stöd." for i in range(6000)]
    document = Document("sida", "T", "\n".join(lines))
    start = document.text.index("Mening nummer 4000")
    cited = answered(citations=(citation(lines[4000], (start, start + len(lines[4000]))),))
    html = source.sources([document], {}, cited, "sv")
    shown = re.findall(r"<p>(?:<mark[^>]*>)?(Mening nummer \d+ om stöd\.)", html)
    assert lines[4000] in shown
    assert shown == lines[lines.index(shown[0]) : lines.index(shown[-1]) + 1]
    assert source.MAX_SHOWN - 100 < len("\n".join(shown)) <= source.MAX_SHOWN
    assert '<p class="cut">Texten är lång. Här visas bara delen kring citatet.</p>' in html


# How it was found


def test_hits_exactly():
    passage = Passage("sida", 0, *FIRST, "NOA leder <arbetet>.")
    found = [
        Hit(1, 0.8765, "sida", passage, dense_rank=2, dense_score=0.5, lexical_rank=1, lexical_score=12.345,
            matched=("noa", "leder")),
        Hit(2, 0.1, "sida", passage),
    ]  # fmt: skip
    assert hits.hits(found, {"encoder": "modell@1", "index_generation": 3}, "sv") == (
        '<details class="found"><summary>Så hittades svaret</summary>'
        "<p>Sökningen jämför frågan med varje mening på två sätt: ord för ord och efter betydelse. Här är de "
        "meningar som fick högst poäng. Poängen går från 0 till 1. Talet inom parentes är delsökningens eget mått, "
        "och det för ord kan vara större än 1.</p><ol>"
        '<li><p lang="sv"><bdi>NOA leder &lt;arbetet&gt;.</bdi></p>'
        '<p class="why">Poäng 0,88 · betydelse: plats 2 (0,50) · ord: plats 1 (12,35) · ord ur frågan: '
        "<bdi>noa</bdi>, <bdi>leder</bdi></p></li>"
        '<li><p lang="sv"><bdi>NOA leder &lt;arbetet&gt;.</bdi></p>'
        '<p class="why">Poäng 0,10 · ord ur frågan: inga</p></li></ol>'
        '<p><button type="button" class="plain" data-view="compare">Jämför tre sätt att söka</button></p>'
        '<details class="technical"><summary>Tekniska uppgifter</summary>'
        '<p class="why">Sökmodell: modell@1. Indexets version: 3.</p></details></details>'
    )
    assert "Score 0.88 · meaning: rank 2 (0.50)" in hits.hits(found, {}, "en")
    assert "Search model: none, words only." in hits.hits(found, {"encoder": None}, "en")
    assert hits.hits([], {}, "sv") == ""


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "inga i själva meningen"), ("en", "none in the sentence itself")]
)
def test_a_hit_by_words_that_stand_around_its_sentence_says_so(language, said):
    """The search by words reads the heading, too: it gives such a hit a place, though no word of it stands within."""
    passage = Passage("sida", 0, *FIRST, "NOA leder arbetet.")
    found = [Hit(1, 0.5, "sida", passage, lexical_rank=3, lexical_score=2.46)]
    why = re.findall(r'<p class="why">(.*?)</p>', hits.hits(found, {}, language))[0]
    assert why.rpartition(": ")[2].startswith(said)


# The saved answer

SAVED = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def test_a_saved_answer_holds_everything_to_check_it():
    html = passport.passport(answered(), "sv", SAVED)
    assert html.startswith('<!doctype html><html lang="sv"><head><meta charset="utf-8">')
    read = Reader(html)
    assert "Fråga: Vad gör NOA?NOA«NOA leder arbetet.»AktörNOAKällaAktörer › NOA" in read.text
    technical = f"Tekniska uppgifterTecken{FIRST[0]}–{FIRST[1]}Källtextens SHA-256{DOCUMENT.sha256}"
    assert f"Adresshttps://ex.se/a#:~:text=NOA{technical}" in read.text
    assert "Sparat2026-11-24 09:05Tekniska uppgifterSökningmodell@1, indexets version 3" in read.text
    assert not {"img", "link", "iframe", "object"} & set(read.tags)
    assert read.values("src") == []
    assert "default-src 'none'; style-src 'unsafe-inline'" in read.values("content")
    data = html.split('id="nmt-rag-answer">')[1].split("</script>")[0]
    assert Answer.from_dict(json.loads(data)) == answered()


def test_a_saved_abstention_says_so():
    read = Reader(passport.passport(abstained(), "en", SAVED))
    assert (
        "Question: Vad kostar det?We find no answer to your question in the sources.Saved2026-11-24 09:05" in read.text
    )
    assert "blockquote" not in read.tags


def test_a_saved_answer_carries_the_numbers_to_call():
    question = "Min man slår mig"
    for given in (answered(question=question), abstained(question=question)):
        text = text_of(passport.passport(given, "sv", SAVED))
        assert "112: Larmnumret" in text
        assert "020-50\u00a050\u00a050: Kvinnofridslinjen" in text
    assert text.index("Här finns någon att ringa") < text.index("112: Larmnumret") < text.index("Vi hittar inget svar")
    assert "112: " not in text_of(passport.passport(answered(), "sv", SAVED))


# Hostile text

SAFE_TAGS = {
    "a", "article", "bdi", "blockquote", "button", "details", "div", "h2", "h3", "h4", "li", "mark", "ol", "p",
    "section", "span", "summary", "template", "ul",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text):
    document = Document(
        text, text, f"# {text}\n\nFörst {text} sist.", url=f"javascript:{text}", publisher=text, language=text
    )
    sentences = [Passage(text, 0, 4, len(document.text), document.text[4:], (text,), (text,))]
    given = answered(
        question=text,
        actors=(text, text),
        statements=(Statement(text, (1,)), Statement(text + text, (1,))),
        citations=(citation(text, (4, 9), document_id=text, title=text, heading=(text,), actor=text, url=text),),
        related=(Related(text, text, text, 1, 3, 0.0),),
    )
    hit = Hit(1, 0.5, text, sentences[0], matched=(text,))
    found = hits.hits([hit], {"encoder": text, "index_generation": text}, "sv")
    saved = passport.passport(given, "sv", SAVED)
    html = (
        answer.answer(given, "sv", answer.Surroundings(found=found, saved=saved))
        + answer.answer(abstained(question=text, related=given.related), "sv")
        + source.sources([document], {text: sentences}, given, "sv")
    )
    read = Reader(html)
    assert set(read.tags) <= SAFE_TAGS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.values("href") == []
    assert set(read.values("data-url")) == {""}
    assert not re.search(r"[{}$`]", html)
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", text)
    assert read.text.count(shown) >= 8
    assert read.values("data-save") == [re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", saved)]
    html.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_saved_answer(text):
    given = answered(question=text, actors=(text,), citations=(citation(text, url=text, title=text, actor=text),))
    html = passport.passport(given, "sv", SAVED)
    html.encode("utf-8")
    read = Reader(html)
    assert read.tags.count("script") == 1
    assert "img" not in read.tags
    assert "svg" not in read.tags
    assert read.values("href") == []
    data = html.split('id="nmt-rag-answer">')[1].split("</script>")[0]
    assert Answer.from_dict(json.loads(data)) == given


def test_the_files_of_the_page_are_in_the_package_and_ask_for_nothing_elsewhere():
    for name in ("page.css", "page.js", "accessibility.html"):
        text = resources.files("nmt_rag.interfaces.page").joinpath(name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|@import|url\(|//[a-z]+\.[a-z]", text), name


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["A"], "<bdi>A</bdi>"),
        (["A", "B"], "<bdi>A</bdi> och <bdi>B</bdi>"),
        (["A", "<b>", "C"], "<bdi>A</bdi>, <bdi>&lt;b&gt;</bdi> och <bdi>C</bdi>"),
    ],
)
def test_names_are_listed_as_in_a_sentence(names, expected):
    assert listed(names, " och ") == expected
