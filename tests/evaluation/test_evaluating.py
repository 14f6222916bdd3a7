"""The whole evaluation on a set that a pencil can check, and what is counted where things are missing or double."""

import json
import re
from pathlib import Path

import pytest

from nmt_rag.evaluation.comparison import compare
from nmt_rag.evaluation.evaluating import evaluate
from nmt_rag.evaluation.exports import to_qrels, to_ragas, to_ragchecker, to_run
from nmt_rag.evaluation.inputs.answers import Problem
from nmt_rag.evaluation.inputs.forms.foreign import read_answer
from nmt_rag.evaluation.measures import MEASURES
from nmt_rag.evaluation.trec import read_qrels, read_run
from nmt_rag.interfaces.report.summary import cell, lines, markdown
from nmt_rag.types import Document

LEADS = "Åklagaren leder förundersökningen i alla ärenden."
UTREDER = "Polisen utreder brott i hela landet."
SIDA = Document("sida", "Sidan", f"{LEADS} {UTREDER}")
ANNAN = Document("annan", "Den andra", "Tolkar förmedlas av tolkförmedlingen i kommunen.")
GOLD = [
    {"id": "1", "question": "Vem leder?", "answerable": True, "agencies": [["Åklagaren"]], "evidence": [[LEADS]]},
    {"id": "2", "question": "Vem utreder?", "answerable": True, "agencies": [["Polisen"]], "evidence": [[UTREDER]]},
    {"id": "3", "question": "Vad kostar det?", "answerable": False},
]


def answer(number, *quotes, source="sida", actors=(), said=None, confidence=None, answered=True):
    text = said or " ".join(f"{quote} [{n}]" for n, quote in enumerate(quotes, 1))
    cited = [{"quote": quote, "source": source} for quote in quotes]
    row = {"id": str(number), "question": GOLD[number - 1]["question"], "text": text, "citations": cited}
    return {**row, "actors": list(actors), "confidence": confidence, "answered": answered}


def silent(number, confidence=0.1):
    return answer(number, said="Källorna svarar inte.", answered=False, confidence=confidence)


def means(evaluation):
    return {name: mean.mean for name, mean in evaluation.means.items()}


def test_the_worked_example():
    # 1: right. 2: silent though there is an answer. 3: answered, with a quote of another document.
    answers = [
        answer(1, LEADS, actors=["Åklagaren"], confidence=0.9),
        silent(2),
        answer(3, UTREDER, source="annan", confidence=0.7),
    ]
    found = evaluate(answers, GOLD, [SIDA, ANNAN])
    measured = means(found)
    assert (measured["exact"], measured["elsewhere"]) == (0.5, 0.5)
    assert measured["right"] == pytest.approx(1 / 3)
    assert [measured[f"citation_{name}"] for name in ("precision", "recall", "f1")] == [0.5, 0.5, 0.5]
    assert (measured["actor_accuracy"], measured["actor_precision"], measured["answered"]) == (0.5, 1.0, 0.5)
    assert (measured["abstention_precision"], measured["abstention_recall"]) == (0.0, 0.0)
    assert (measured["over_citation"], measured["under_citation"]) == (pytest.approx(1 / 3), 0.5)
    # Sure of .9 and right, of .7 and wrong: risks 0 and 1/2; |1 − .9|/2 + |0 − .7|/2
    assert measured["aurc"] == 0.25
    assert measured["ece"] == pytest.approx(0.4)
    assert found.curve == ((pytest.approx(1 / 3), 0.0), (pytest.approx(2 / 3), 0.5))
    assert (measured["supported"], measured["support_f1"]) == (1.0, 1.0)
    assert found.problems == ()
    assert list(found.means) == [name for name in MEASURES if name in found.means]
    assert not found.layer("retrieval")
    first = found.to_dict()["questions"][0]
    assert (first["measures"]["right"], first["exactness"]["faults"], first["gold"]["right"]) == (1.0, [], True)


def test_everything_right_is_one_and_everything_missing_is_zero():
    right = [answer(1, LEADS, actors=["Åklagaren"]), answer(2, UTREDER, actors=["Polisen"]), silent(3)]
    measured = means(evaluate(right, GOLD, [SIDA]))
    lower = {name for name in measured if MEASURES[name].lower}
    assert {name: value for name, value in measured.items() if name not in lower and value != 1.0} == {}
    assert {measured[name] for name in lower} == {0.0}
    none = evaluate([], GOLD, [SIDA])
    assert [problem.kind for problem in none.problems] == ["missing_answer"] * 3
    assert {
        means(none)[name] for name in ("right", "citation_f1", "actor_accuracy", "answered", "abstention_recall")
    } == {0.0}


def test_without_gold_quotes_and_support_are_judged_all_the_same():
    found = evaluate([answer(1, LEADS), answer(2, "Ingen utreder.")], (), [SIDA])
    assert means(found)["exact"] == 0.5
    assert {MEASURES[name].layer for name in found.means} == {"exactness", "support"}
    assert found.problems == ()


def test_without_sources_there_is_no_exactness_unless_an_answer_brings_them():
    assert "exact" not in evaluate([answer(1, LEADS)]).means
    brought = {"user_input": "Vem?", "response": "Åklagaren [1].", "retrieved_contexts": [LEADS]}
    assert means(evaluate([brought]))["exact"] == 1.0


def test_what_is_double_missing_unknown_or_broken_is_counted_and_listed():
    answers = [
        answer(1, LEADS, source="borta", actors=["Åklagaren"]),
        answer(1, LEADS, UTREDER),
        {"id": "9", "question": "Vad?", "text": "x", "citations": [{"quote": 7}]},
        {"id": "8", "question": "Annat?", "text": "", "citations": []},
        Problem("unreadable", "f, line 5", "not JSON"),
    ]
    found = evaluate(answers, [*GOLD, GOLD[0], {"question": 1}], [SIDA])
    kinds = sorted(problem.kind for problem in found.problems)
    expected = [
        "duplicate_answer",
        "duplicate_gold",
        "missing_answer",
        "missing_answer",
        "missing_gold",
        "unknown_document",
    ]
    assert kinds == sorted([*expected, "unreadable", "unreadable", "unreadable"])
    assert "field `citations[0].quote`: expected a string, got 7" in {p.message for p in found.problems}
    assert len(found.questions) == 5
    assert sum(len(one.exactness.quotes) for one in found.questions if one.exactness) == 3
    assert found.means["right"].n == 3


def test_an_answer_belongs_to_the_gold_of_its_question_where_it_has_no_id():
    row = {**answer(1, LEADS, actors=["Åklagaren"]), "id": None, "question": " vem  LEDER?"}
    assert evaluate([row], GOLD[:1], [SIDA]).means["right"].mean == 1.0


def test_statements_are_checked_literally_and_free_text_by_the_judge():
    class Said:
        def __init__(self, verdict, reason):
            self.verdict, self.reason = verdict, reason

    class Judge:
        description = "en domare"

        def judge(self, statement, quote, *, actor=""):
            asked.append((statement, quote))
            return Said("supported" if "leder" in statement else "not supported", "därför")

    asked = []
    literal = {"id": "1", "question": "?", "text": f"{LEADS} [1]", "citations": [{"quote": LEADS, "source": "sida"}]}
    wrong = {**literal, "id": "2", "text": f"{UTREDER} [1]"}
    free = {**literal, "id": "3", "text": "Åklagaren leder utredningen [1]. Någon utreder det. [1] Utan citat."}
    without = evaluate([literal, wrong, free], (), [SIDA])
    verdicts = [[check.verdict for check in one.support] for one in without.questions]
    assert verdicts == [["supported"], ["not supported"], ["cannot tell", "cannot tell"]]
    assert "but not in the quote" in without.questions[1].support[0].reason
    assert asked == []
    judged = evaluate([literal, wrong, free], (), [SIDA], judge=Judge())
    assert [check.verdict for check in judged.questions[2].support] == ["supported", "not supported"]
    assert asked == [("Åklagaren leder utredningen.", LEADS), ("Någon utreder det.", LEADS)]
    assert judged.judge == "en domare"
    assert judged.questions[2].values["support_recall"].share == pytest.approx(1 / 3)
    assert judged.questions[2].values["support_precision"].share == 0.5


def test_retrieval_counts_documents_and_passages_and_silence_as_zero():
    retrieved = {"user_input": "Vem leder?", "response": "Ingen.", "retrieved_contexts": ["Något annat.", LEADS]}
    retrieved["retrieved_context_ids"] = ["annan", "sida"]
    found = evaluate([retrieved], GOLD, [SIDA, ANNAN])
    assert found.means["passage_rr"].mean == found.means["document_rr"].mean == 0.25
    assert found.means["passage_recall@10"].n == 2
    assert means(found)["passage_success@3"] == 0.5
    assert not [name for name in evaluate([retrieved], GOLD, [SIDA]).means if name.startswith("document")]


def test_texts_without_names_are_of_the_documents_that_hold_them_or_of_none_that_counts():
    nameless = {"user_input": "Vem leder?", "response": "Ingen.", "retrieved_contexts": [ANNAN.text, LEADS]}
    found = evaluate([nameless], GOLD[:1], [SIDA, ANNAN])
    assert (found.means["document_rr"].mean, found.means["passage_rr"].mean) == (0.5, 0.5)
    unknown = {**nameless, "retrieved_contexts": [f"Så här: {LEADS}"]}
    found = evaluate([unknown], GOLD[:1], [SIDA, ANNAN])
    assert found.means["passage_rr"].mean == 1.0
    assert not [name for name in found.means if name.startswith("document")]
    empty = {**nameless, "retrieved_contexts": []}
    found = evaluate([empty, {**nameless, "user_input": "Vem utreder?"}], GOLD[:2], [SIDA, ANNAN])
    assert (found.means["document_rr"].mean, found.means["document_rr"].n) == (0.25, 2)


def test_what_is_no_list_of_rows_and_no_document_is_told():
    for wrong in (None, 3, "a.jsonl", answer(1, LEADS)):
        with pytest.raises(TypeError, match=f"answers is a list of rows, got {type(wrong).__name__}"):
            evaluate(wrong)
    with pytest.raises(TypeError, match="gold is a list of rows, got str"):
        evaluate([], "g.jsonl")
    for sources in ("stöd", ["stöd"]):
        with pytest.raises(TypeError, match=r"sources are documents \(nmt_rag\.Document\), got str"):
            evaluate([], (), sources)


def test_two_sets_of_answers_are_compared_question_by_question():
    first = evaluate([answer(1, LEADS, actors=["Åklagaren"]), silent(2), silent(3)], GOLD, [SIDA])
    second = evaluate(
        [silent(1), answer(2, UTREDER, actors=["Polisen"]), silent(3), {**silent(3), "id": "4", "question": "4"}],
        GOLD,
        [SIDA],
    )
    found = compare(first, second)
    assert (found.differences["right"].mean, found.differences["right"].p) == (0.0, 1.0)
    assert (found.differences["right"].better, found.differences["right"].worse) == (1, 1)
    assert [(change.id, change.better, change.measure) for change in found.changes] == [
        ("1", False, "right"),
        ("2", True, "right"),
    ]
    assert (found.only_first, found.only_second) == (0, 1)
    assert json.dumps(found.to_dict())
    text = "\n".join(lines(second, found))
    assert "better right 0.00 → 1.00  2 Vem utreder?" in text
    assert "1 better, 1 worse of 3" in text
    assert "| 2 Vem utreder? | `right` | 0.00 | 1.00 | better |" in "\n".join(markdown(second, found))


def test_a_small_set_says_so_and_foreign_text_means_nothing_to_markdown():
    found = evaluate([{**answer(1, LEADS), "id": "<b>|x", "question": "<i>"}], GOLD, [SIDA])
    text = "\n".join(lines(found))
    assert text.startswith(
        "4 questions, a small set: right is 0.00 here, and over many such questions may be anything from 0.00 to 0.71"
    )
    assert "Problems: 1 missing gold, 3 missing answer" in text
    assert cell("<b>|`x`\n_y_ [z](u)") == "&lt;b&gt;\\|\\`x\\` \\_y\\_ \\[z\\]\\(u\\)"
    assert "<b>" not in "\n".join(markdown(found))


def test_exports_are_read_back():
    found = evaluate([answer(1, LEADS, actors=["Åklagaren"]), silent(3)], GOLD, [SIDA])
    ragas = [json.loads(line) for line in to_ragas(found)]
    assert ragas[0]["retrieved_contexts"] == ragas[0]["reference_contexts"] == [LEADS]
    assert read_answer(ragas[0]).citations[0].source == "sida"
    checker = json.loads("\n".join(to_ragchecker(found)))["results"]
    assert (checker[0]["query_id"], checker[0]["gt_answer"]) == ("1", LEADS)
    assert read_answer(checker[0]).question == "Vem leder?"
    assert read_qrels(to_qrels(found)) == {"1": {"e0.0": 1}, "2": {"e0.0": 1}}
    assert read_run(to_run(found)) == {}
    native = {"user_input": "Vem leder?", "response": "x", "retrieved_contexts": ["y", LEADS]}
    assert read_run(to_run(evaluate([native], GOLD, [SIDA]))) == {"1": {"r0": 1.0, "e0.0": 0.5}}


def test_the_example_of_the_documentation_runs(capsys):
    text = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    code = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    exec("\n".join(code), {})
    assert capsys.readouterr().out.startswith("1.000 [")


def test_every_measure_is_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert [
        name
        for name, one in MEASURES.items()
        if one.layer != "retrieval" and name not in text and "supported" not in name
    ] == []
