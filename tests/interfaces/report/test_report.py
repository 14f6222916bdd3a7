"""The report of an evaluation: one file that needs nothing, shows quotes in their place, and lets no text do harm."""

import re
from html.parser import HTMLParser

import pytest

from nmt_rag.evaluation.comparison import compare
from nmt_rag.evaluation.evaluating import evaluate
from nmt_rag.evaluation.inputs.answers import Problem
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.intervals import Interval
from nmt_rag.evaluation.measures import LAYERS, MEASURES
from nmt_rag.evaluation.self_test.faults import FAULTS as PLANTED
from nmt_rag.interfaces.report.html import report
from nmt_rag.interfaces.report.mending import GRAVEST_FIRST, group_of, mends, worst_first
from nmt_rag.interfaces.report.plots import calibration_plot, curve_plot, interval_plot, shares_plot
from nmt_rag.interfaces.report.summary import lines, markdown
from nmt_rag.interfaces.report.texts import FAULTS, MENDS, TEXTS
from nmt_rag.types import Document

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00\"'><style>*{display:none}</style>"
LEADS = "Åklagaren leder förundersökningen i alla ärenden."
SIDA = Document("sida", f"Sidan {HOSTILE}", f"Inledning.\n\n{LEADS} {HOSTILE} Slut.")
GOLD = [
    {"id": "1", "question": "Vem leder?", "answerable": True, "agencies": [["Åklagaren"]], "evidence": [[LEADS]]},
    {"id": "2", "question": f"Vad? {HOSTILE}", "answerable": True, "evidence": [[HOSTILE]]},
]


class Reader(HTMLParser):
    """Collects tags and checks that they close in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "path", "rect", "circle", "polyline", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


ALTERED = LEADS.replace("alla", "inga")


def evaluation(quote=ALTERED, **more):
    cited = [{"quote": quote, "source": "sida", **more}]
    rows = [
        {
            "id": "1",
            "question": "Vem leder?",
            "text": f"{quote} [1]",
            "citations": cited,
            "actors": ["A"],
            "confidence": 0.8,
        },
        {
            "id": HOSTILE,
            "question": HOSTILE,
            "text": HOSTILE,
            "citations": [{"quote": HOSTILE, "source": HOSTILE}],
            "confidence": 0.5,
        },
        Problem("unreadable", "fil, rad 3", HOSTILE),
    ]
    return evaluate(rows, GOLD, [SIDA])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_one_file_that_runs_and_fetches_nothing(language):
    html = "".join(report(evaluation(), Sources([SIDA]), language=language))
    page = read(html)
    assert not {"script", "img", "link", "iframe", "a", "form"} & set(page.tags)
    assert page.tags.count("style") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("href", "src", "style")]
    assert "url(" not in html
    assert "@import" not in html
    assert "\x00" not in html
    assert f'<html lang="{language}">' in html
    assert "alert(1)" in "".join(page.text)
    assert [tag for tag in page.tags if tag == "h1"] == ["h1"]


def test_an_altered_quote_is_shown_in_its_place_with_the_difference():
    html = "".join(report(evaluation(), Sources([SIDA])))
    assert f"<mark>{LEADS}</mark>" in html
    assert "<del>inga</del> <ins>alla</ins>" in html
    assert FAULTS["sv"]["altered:words"] in html or FAULTS["sv"]["altered:negation"] in html
    assert "Enligt facit" in html
    assert html.index("Frågor med något fel") > html.index("Vad som är fel")
    assert "0,000" in html
    assert "ändrat: 50,0\u00a0%" in html
    assert "0.000" in "".join(report(evaluation(), Sources([SIDA]), language="en"))


def test_moved_and_unknown_quotes_say_so():
    html = "".join(report(evaluation(LEADS, start=0, end=5), Sources([SIDA])))
    assert f"0–5 → 12–{12 + len(LEADS)}" in html
    assert "finns inte bland dokumenten" in html


def test_a_comparison_is_shown():
    first, second = evaluation(), evaluation(LEADS)
    html = "".join(report(second, Sources([SIDA]), comparison=compare(first, second)))
    read(html)
    assert "Jämfört med de första svaren" in html
    assert '<span class="lower">bättre</span>' in html


def test_only_so_many_questions_are_shown_those_with_faults_first(monkeypatch):
    monkeypatch.setattr("nmt_rag.interfaces.report.html.MAX_QUESTIONS", 1)
    html = "".join(report(evaluation(LEADS), Sources([SIDA])))
    assert html.count('<article class="question bad">') == 1
    assert "Här visas 1 av 3 frågor" in html


def test_everything_that_can_be_wrong_has_words_in_both_languages():
    assert TEXTS["sv"].keys() == TEXTS["en"].keys()
    assert FAULTS["sv"].keys() == FAULTS["en"].keys()
    assert {expected for _, expected, _ in PLANTED.values()} <= FAULTS["sv"].keys()
    assert {f"{layer}_about" for layer in LAYERS} | set(LAYERS) <= TEXTS["sv"].keys()
    assert all(one.om and one.about for one in MEASURES.values())


def test_the_plots_draw_what_they_are_given():
    assert interval_plot(Interval(0.5, 0.25, 1.0, 4)).count('cx="100.0"') == 1
    assert 'd="M53.0 9H194.0"' in interval_plot(Interval(0.5, 0.25, 1.0, 4))
    points = re.search(r'points="([^"]+)"', curve_plot([(0.5, 0.0), (1.0, 1.0)], "t", "x", "y"))[1]
    assert points == "176.0,180.0 308.0,12.0"
    assert calibration_plot([(0.0, 0.0, 1), (1.0, 1.0, 4)], "t", "x", "y").count("<circle") == 2
    bar = shares_plot([("exact", "<b>", 0.75), ("moved", "x", 0.25), ("absent", "y", 0.0)], "t")
    assert 'x="450.0" y="0" width="150.0"' in bar
    assert "&lt;b&gt;</li>" in bar
    assert "absent" not in bar


def wrong(name, *quotes, said=None):
    text = said or " ".join(f"{quote} [{n}]" for n, quote in enumerate(quotes, 1))
    cited = [{"quote": quote, "source": "sida"} for quote in quotes]
    return {"id": name, "question": f"Fråga {name}?", "text": text, "citations": cited}


ROWS = [
    wrong("rätt", LEADS),
    wrong("utan mellanslag", LEADS.replace(" i ", "\u00a0i\u00a0")),
    wrong("ändrat", LEADS.replace("alla", "inga")),
    wrong("två fel", LEADS.replace("alla", "inga"), LEADS.replace("leder", "styr")),
    wrong("påhittat", "Ingen har någonsin sagt detta om saken."),
    wrong("utan citat", said="Det vet alla. [7]"),
]


def test_what_is_gravest_stands_first():
    found = evaluate(ROWS, (), [SIDA])
    order = ["påhittat", "två fel", "ändrat", "utan citat", "utan mellanslag", "rätt"]
    assert [one.id for one in worst_first(found.questions)] == order
    kinds = [(one.kind, one.n, [each.id for each in one.questions]) for one in mends(found)]
    assert kinds[:2] == [("absent:absent", 1, ["påhittat"]), ("altered:negation", 2, ["ändrat", "två fel"])]
    html = "".join(report(found, Sources([SIDA])))
    read(html)
    first = html[html.index("Åtgärda först") : html.index("Står citaten där")]
    assert first.index("Citatet finns inte i källan.") < first.index("Ett nekande ord")
    assert "Ta bort citatet: källorna säger inte detta." in first
    assert first.count("<bdi>Fråga två fel?</bdi>") == 2
    articles = re.findall(r'<article class="question \w+"><h3>([^<]+) · ', html)
    assert articles == order
    assert "Inget fel hittades i något svar." in "".join(report(evaluate(ROWS[:1], (), [SIDA]), Sources([SIDA])))


@pytest.mark.parametrize("form", [lines, markdown])
def test_the_terminal_and_markdown_name_what_fails_worst_first(form):
    text = "\n".join(form(evaluate(ROWS, (), [SIDA]))).replace("\\", "")
    assert text.index("Mend first") < text.index("Questions with something wrong, worst first: 5 of 6")
    names = [
        "påhittat Fråga påhittat?: absent:absent",
        "två fel Fråga två fel?: altered:negation, altered:words",
        "ändrat Fråga",
    ]
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)
    assert "Copy the quote from the source instead of writing it anew." in text
    assert "rätt Fråga rätt?" not in text
    assert "Mend first" not in "\n".join(form(evaluate(ROWS[:1], (), [SIDA])))
    many = "\n".join(form(evaluate([wrong(f"n{n}", "Detta sade ingen.") for n in range(12)], (), [SIDA])))
    assert "… and 2 more" in many
    broken = [Problem("unreadable", f"fil, rad {n}", "not JSON") for n in range(23)]
    assert "… and 3 more" in "\n".join(form(evaluate([*ROWS[:1], *broken], (), [SIDA])))
    twice = evaluate([wrong("a", "Detta sade ingen.", "Detta sade ingen.")], (), [SIDA])
    assert "absent:absent × 2" in "\n".join(form(twice))


def test_every_fault_has_its_gravity_and_what_to_do_about_it():
    groups = {group_of(kind) for kind in FAULTS["sv"]}
    assert groups == {group_of(kind) for kind in GRAVEST_FIRST}
    assert groups == set(MENDS["sv"]) == set(MENDS["en"])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "1 fråga. En enda fråga säger lite. Måttet ”helt rätt svar” är 0,00 här, men kan"),
        ("en", "1 question. A single question says little. The measure “answered with every actor and all evidence"),
    ],
)
def test_a_single_question_is_one_and_its_measure_has_a_name(language, said):
    rows = [{"id": "1", "question": "Vem leder?", "text": "Nej [1]", "citations": [{"quote": LEADS, "source": "sida"}]}]
    html = "".join(report(evaluate(rows, GOLD[:1], [SIDA]), Sources([SIDA]), language=language))
    assert said in "".join(read(html).text)
