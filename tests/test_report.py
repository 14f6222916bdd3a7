"""The report of an evaluation: one file that needs nothing, shows quotes in their place, and lets no text do harm."""

import re
from html.parser import HTMLParser

import pytest

from nmt_rag.cited import Problem
from nmt_rag.comparison import compare
from nmt_rag.evaluation import evaluate
from nmt_rag.faults import FAULTS as PLANTED
from nmt_rag.intervals import Interval
from nmt_rag.measures import LAYERS, MEASURES
from nmt_rag.report import report
from nmt_rag.report_plots import calibration_plot, curve_plot, interval_plot, shares_plot
from nmt_rag.report_texts import FAULTS, TEXTS
from nmt_rag.sources import Sources
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
    assert "ändrat: 50,0 %" in html
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
    monkeypatch.setattr("nmt_rag.report.MAX_QUESTIONS", 1)
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
