"""People's labels beside a judge's verdicts: how far they agree, and what a wrong label file is told."""

import json

import pytest

from nmt_rag.evaluation.evaluating import evaluate
from nmt_rag.evaluation.inputs.fields import FieldError
from nmt_rag.evaluation.inputs.labels import Label, agreements, read_label
from nmt_rag.interfaces.report.summary import lines
from nmt_rag.interfaces.terminal.main import main
from nmt_rag.types import Document

YES, NO = "supported", "not supported"


def test_the_judge_is_held_against_what_most_people_say():
    labels = [
        Label("a", 0, (YES, YES, NO)),
        Label("a", 1, (NO, NO, None)),
        Label("b", 0, (YES, NO)),  # nobody's label: it counts among the people only
        Label("c", 0, (YES,)),
        Label("c", 9, (YES, YES)),  # the judge has not seen it
    ]
    found = agreements(labels, {("a", 0): YES, ("a", 1): YES, ("b", 0): YES, ("c", 0): NO})
    # Judge yes yes no, people yes no yes: p_o = 1/3, p_e = 4/9 + 1/9: kappa = (1/3 - 5/9) / (4/9) = -.5
    assert found["judge"].value == pytest.approx(-0.5)
    assert (found["judge"].n, found["judge"].equal) == (3, pytest.approx(1 / 3))
    assert found["people"].n == 4
    assert agreements([], {}) == {}
    assert set(agreements([Label("a", 0, (YES,))], {})) == set()


def test_an_evaluation_tells_it(tmp_path, capsys):
    sida = Document("sida", "Sidan", "Åklagaren leder förundersökningen. Polisen utreder brott.")
    cited = [{"quote": "Polisen utreder brott.", "source": "sida"}]
    answers = [
        {"id": "1", "question": "Vem?", "text": "Polisen utreder brott. [1]", "citations": cited},
        {"id": "2", "question": "Vem?", "text": "Åklagaren leder förundersökningen. [1]", "citations": cited},
    ]
    rows = [
        {"id": "1", "statement": 0, "labels": [YES, YES]},
        {"id": "2", "statement": 0, "label": "cannot tell"},
        {"id": "3"},
    ]
    found = evaluate(answers, (), [sida], labels=rows)
    assert (found.agreement["judge"].equal, found.agreement["judge"].n) == (1.0, 2)
    assert "field `statement`: is missing" in {problem.message for problem in found.problems}
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["agreement"]["people"]["value"] is None
    assert "The judge and people (Cohen's kappa)" in "\n".join(lines(found))
    for name, content in (("a", answers), ("l", rows)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, content)), encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "a"), "--labels", str(tmp_path / "l"), "--html", str(tmp_path / "h")]) == 1
    assert "line 3: field `statement`: is missing" in capsys.readouterr().err
    assert "Cohens kappa" in (tmp_path / "h").read_text(encoding="utf-8")


def test_labels_that_fit_nothing_are_told_and_an_agreement_without_a_value_is_not_shown(tmp_path, capsys):
    cited = [{"quote": "Polisen utreder brott.", "source": "sida"}]
    answers = [{"id": "1", "question": "Vem?", "text": "Polisen utreder brott. [1]", "citations": cited}]
    rows = [{"id": one, "statement": number, "label": YES} for one, number in (("1", 0), ("1", 1), ("1", -1), ("2", 0))]
    found = evaluate(answers, (), [Document("sida", "Sidan", "Polisen utreder brott.")], labels=rows)
    assert [(one.kind, one.place, one.message) for one in found.problems] == [
        ("unreadable", "label 2", "field `statement`: the answer '1' has 1 statements, numbered from 0; got 1"),
        ("unreadable", "label 3", "field `statement`: the answer '1' has 1 statements, numbered from 0; got -1"),
        ("unreadable", "label 4", "field `id`: no answer has the id '2'"),
    ]
    assert "The judge and people (Cohen's kappa): equal on 100.0% of 1" in lines(found)
    for name, content in (("a", answers), ("l", rows[:1])):
        (tmp_path / name).write_text("\n".join(map(json.dumps, content)), encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "a"), "--labels", str(tmp_path / "l"), "--html", str(tmp_path / "h")]) == 0
    shown = (tmp_path / "h").read_text(encoding="utf-8")
    assert "nan" not in capsys.readouterr().out
    assert "Cohens kappa" not in shown


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "1", "statement": "0"}, "field `statement`: expected a whole number"),
        ({"statement": 0}, "field `id`: is missing"),
        ({"id": "1", "statement": 0, "label": "ja"}, "expected one of supported, not supported, cannot tell or null"),
        ({"id": "1", "statement": 0, "labels": "supported"}, "expected a list"),
    ],
)
def test_a_wrong_label_is_named(row, message):
    with pytest.raises(FieldError) as error:
        read_label(row)
    assert message in str(error.value)
