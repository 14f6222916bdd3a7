"""`nmt-rag evaluate` as it is called: what it prints, what it complains about, how it exits."""

import json

import pytest

from nmt_rag.interfaces.terminal.main import main

QUOTE = "Polisen upprättar en anmälan och inleder en förundersökning samt håller ett första förhör med offret."
GOLD = {"id": "1", "question": "Vem?", "answerable": True, "agencies": [["Polisen"]], "evidence": [[QUOTE]]}


def minimal(quote=QUOTE, source="deltagande-myndigheter", **more):
    cited = [{"quote": quote, "source": source}]
    return {"id": "1", "question": "Vem?", "text": f"{quote} [1]", "citations": cited, "actors": ["Polisen"], **more}


@pytest.fixture
def file(tmp_path):
    def write(name, *rows):
        path = tmp_path / name
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
        return str(path)

    return write


def run(capsys, *arguments):
    status = main(["evaluate", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_answers_are_held_against_the_packaged_page_and_gold(file, capsys):
    status, out, err = run(capsys, file("a.jsonl", minimal()), "--gold", file("g.jsonl", GOLD))
    assert (status, err) == (0, "")
    assert out.startswith(
        "1 question, a small set: right is 1.00 here, and over many such questions may be anything from 0.03 to 1.00\n"
    )
    assert "  exact                  1.000 [0.025, 1.000]" in out


def test_the_summary_is_english_and_the_report_and_its_reasons_are_in_their_language(file, capsys, tmp_path):
    free = minimal(text="Polisen sjunger varje morgon. [1]")
    page = tmp_path / "rapport.html"
    _, out, _ = run(capsys, file("a.jsonl", free), "--html", str(page))
    assert "Free text was judged by: A small Swedish reading model" in out
    assert "Fri text har bedömts av: En liten svensk läsmodell" in page.read_text(encoding="utf-8")
    assert run(capsys, file("a.jsonl", free), "--markdown")[1].count("Svensk") == 0


@pytest.mark.parametrize("rows", [(), ("", "  "), ("[]",)])
def test_no_answer_at_all_is_an_error(file, capsys, rows):
    path = file("tom.jsonl", *rows)
    says = "holds no answer: give answers as JSON lines, as `nmt-rag ask --json` prints them\n"
    assert run(capsys, path) == (1, "", f"nmt-rag: {path} {says}")
    assert run(capsys, file("a.jsonl", minimal()), "--compare", path) == (1, "", f"nmt-rag: {path} {says}")


def test_json_holds_every_question(file, capsys):
    altered = minimal(QUOTE.replace("ett första", "ett andra"))
    status, out, _ = run(capsys, file("a.jsonl", altered), "--json")
    found = json.loads(out)
    assert (status, found["schema"]) == (0, "nmt-rag/evaluation/1")
    assert found["exactness"]["altered"]["mean"] == 1.0
    assert found["questions"][0]["exactness"]["quotes"][0]["diff"].startswith("… ") or "[-andra-]" in out
    assert found["citation"] == {}


def test_sources_may_be_a_folder_a_file_or_an_index(file, capsys, tmp_path):
    (tmp_path / "stöd").mkdir()
    (tmp_path / "stöd" / "jour.md").write_text("# Jouren\n\nJouren ger skydd åt våldsutsatta.\n", encoding="utf-8")
    answers = file("a.jsonl", minimal("Jouren ger skydd åt våldsutsatta.", "jour.md"))
    main(["index", str(tmp_path / "stöd"), "--index", str(tmp_path / "i"), "--encoder", "none"])
    capsys.readouterr()
    for source in (tmp_path / "stöd", tmp_path / "stöd" / "jour.md", tmp_path / "i"):
        status, out, _ = run(capsys, answers, "--sources", str(source), "--json")
        assert json.loads(out)["exactness"]["exact"]["mean"] == 1.0, source
        assert status == 0
    assert run(capsys, answers, "--sources", str(tmp_path / "saknas"))[0] == 1


def test_what_is_left_out_of_a_source_is_told_and_is_no_failure(file, capsys, tmp_path):
    rows = "\n".join(";".join(["Jouren ger skydd åt våldsutsatta.", *["x"] * 250]) for _ in range(3))
    (tmp_path / "bred.csv").write_text(rows, encoding="utf-8")
    answers = file("a.jsonl", minimal("Jouren ger skydd åt våldsutsatta.", "bred.csv"))
    status, _, err = run(capsys, answers, "--sources", str(tmp_path / "bred.csv"))
    assert (status, "it has more than 200 columns: the others were left out" in err) == (0, True)


def test_fail_under_exits_with_one_and_names_the_measure(file, capsys):
    answers, gold = file("a.jsonl", minimal("Nej nej nej nej.")), file("g.jsonl", GOLD)
    assert run(capsys, answers, "--gold", gold, "--fail-under", "markers=1")[0] == 0
    status, _, err = run(capsys, answers, "--gold", gold, "--fail-under", "exact=1.0,citation_f1=.9")
    assert (status, err.splitlines()) == (
        1,
        ["nmt-rag: exact is 0.0000, below 1", "nmt-rag: citation_f1 is 0.0000, below 0.9"],
    )
    status, _, err = run(capsys, answers, "--fail-under", "citation_f1=.9")
    assert status == 1
    assert "citation_f1 was not measured" in err


@pytest.mark.parametrize("limit", ["f1=1", "exact", "exact=x", "exact=nan", "exact=inf", "altered=.1", ""])
def test_a_wrong_limit_is_a_wrong_use(file, capsys, limit):
    with pytest.raises(SystemExit) as error:
        main(["evaluate", "a.jsonl", "--fail-under", limit])
    assert error.value.code == 2
    assert "--fail-under" in capsys.readouterr().err


def test_a_wrong_line_names_file_line_and_field_and_the_rest_is_judged(file, capsys):
    answers = file("a.jsonl", minimal(), '{"half', minimal(7), minimal(id="2"))
    status, out, err = run(capsys, answers, "--json")
    assert status == 1
    assert len(json.loads(out)["questions"]) == 2
    assert err.splitlines()[0].startswith(f"nmt-rag: {answers}, line 2: not JSON")
    assert err.splitlines()[1] == f"nmt-rag: {answers}, line 3: field `citations[0].quote`: expected a string, got 7"


def test_two_files_are_compared_and_written_for_other_tools(file, capsys, tmp_path):
    gold = file("g.jsonl", GOLD)
    status, out, _ = run(
        capsys,
        *(file("a.jsonl", minimal("Nej nej nej nej.")), "--gold", gold, "--compare", file("b.jsonl", minimal())),
        *("--markdown", "--export", f"ragas={tmp_path / 'r.jsonl'}", "--export", f"qrels={tmp_path / 'q'}"),
    )
    assert status == 0
    assert "| 1 Vem? | `right` | 0.00 | 1.00 | better |" in out
    assert json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8"))["user_input"] == "Vem?"
    assert (tmp_path / "q").read_text(encoding="utf-8") == "1 0 e0.0 1\n"
    assert run(capsys, file("a.jsonl", minimal()), "--export", f"run={tmp_path / 'no' / 'f'}")[0] == 1
    with pytest.raises(SystemExit):
        main(["evaluate", "a", "--export", "trec=x"])


def test_answers_of_another_tool_are_held_against_what_they_bring_along(file, capsys):
    row = {"user_input": "Vem?", "response": "Polisen [1].", "retrieved_contexts": ["Polisen gör det."]}
    assert json.loads(run(capsys, file("a.jsonl", row), "--json")[1])["exactness"]["exact"]["mean"] == 1.0


def test_a_report_is_written_in_swedish_or_english(file, capsys, tmp_path):
    answers = file("a.jsonl", minimal())
    for language, title in (("sv", "Så bra är citaten"), ("en", "How good the citations are")):
        path = tmp_path / f"{language}.html"
        assert run(capsys, answers, "--html", str(path), "--language", language)[0] == 0
        assert f"<h1>{title}</h1>" in path.read_text(encoding="utf-8")


def test_it_needs_answers(capsys):
    assert run(capsys)[0] == 2


QRELS = ("1 0 a 1", "1 0 b 2", "2 0 a 1", "3 0 c 1", "4 0 d 0")
RUN = ("1 Q0 b 1 3.5 x", "1 Q0 z 2 2.5 x", "1 Q0 a 3 1.5 x", "2 Q0 z 1 2 x", "2 Q0 a 2 1 x", "9 Q0 a 1 1 x")


def test_a_run_is_measured_by_qrels_as_trec_eval_does(file, capsys, tmp_path):
    pytrec_eval = pytest.importorskip("pytrec_eval")
    run_file, qrels_file = file("run.txt", *RUN), file("qrels.txt", *QRELS)
    page = tmp_path / "rapport.html"
    status, out, err = run(capsys, "--run", run_file, "--qrels", qrels_file, "--json", "--html", str(page))
    assert (status, err) == (0, "")
    found = json.loads(out)
    qrels = {"1": {"a": 1, "b": 2}, "2": {"a": 1}, "3": {"c": 1}}
    scores = {"1": {"b": 3.5, "z": 2.5, "a": 1.5}, "2": {"z": 2.0, "a": 1.0}, "3": {"none": 1.0}}
    oracle = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "recip_rank", "map"}).evaluate(scores)
    for ours, theirs in (("ndcg@10", "ndcg_cut_10"), ("rr", "recip_rank"), ("ap", "map")):
        mean = sum(one[theirs] for one in oracle.values()) / 3
        assert found["retrieval"][f"document_{ours}"]["mean"] == pytest.approx(mean, abs=1e-9)
    assert {one["kind"]: one["message"] for one in found["problems"]} == {
        "missing_answer": "no result for '3'",
        "missing_gold": "no qrels for '9'",
    }
    assert "nDCG@10" in page.read_text(encoding="utf-8")
    better = file("better.txt", *RUN, "3 Q0 c 1 1 x")
    out = run(capsys, "--run", run_file, "--qrels", qrels_file, "--compare", better, "--fail-under", "document_rr=.9")
    assert out[0] == 1
    assert "better document_ndcg@10 0.00 → 1.00  3" in out[1]
    assert "document_rr is 0.5000, below 0.9" in out[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.jsonl", "--run", "r", "--qrels", "q"], "evaluate takes one of ANSWERS.jsonl, --run with --qrels, and"),
        ([], "evaluate takes one of ANSWERS.jsonl, --run with --qrels, and --self-test"),
        (["--run", "r"], "--run and --qrels belong together: give both"),
        (["a.jsonl", "--qrels", "q"], "--run and --qrels belong together: give both"),
        (["--run", "r", "--qrels", "q", "--gold", "g"], "--gold has no use there"),
        (["--self-test", "--gold", "g"], "--self-test makes its own answers and reports: --gold has no use there"),
        (["--self-test", "--html", "h"], "--html has no use there"),
        (["--self-test", "--fail-under", "exact=1"], "--fail-under has no use there"),
        (["a.jsonl", "--judge-url", "http://127.0.0.1:1"], "name the model with --judge PROVIDER:MODEL"),
        (["a.jsonl", "--json", "--markdown"], "ask for one at a time"),
        (["a.jsonl", "--html", ""], "expected the name of a file, got nothing"),
        (["a.jsonl", "--html", "a.jsonl"], "--html would write over a.jsonl, which is the answers"),
        (["a.jsonl", "--export", "ragas=./a.jsonl"], "--export ragas would write over ./a.jsonl, which is the answers"),
        (["a.jsonl", "--gold", "g", "--history", "g"], "--history would write over g, which is the gold"),
        (["a.jsonl", "--html", "h", "--export", "ragas=h"], "--export ragas would write over h, which is --html"),
    ],
)
def test_arguments_that_do_not_go_together_are_a_wrong_use(capsys, arguments, says):
    try:
        status = main(["evaluate", *arguments])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert says in capsys.readouterr().err


def test_an_empty_export_and_a_missing_file_are_told(file, capsys, tmp_path):
    status, _, err = run(capsys, file("a.jsonl", minimal()), "--export", f"qrels={tmp_path / 'q.txt'}")
    assert (status, err) == (
        1,
        f"nmt-rag: {tmp_path / 'q.txt'} is empty: no answer has what the form qrels tells (is --gold missing?)\n",
    )
    status, _, err = run(capsys, "--run", file("run.txt", *RUN), "--qrels", str(tmp_path / "ingen"))
    assert (status, err) == (
        1,
        f"nmt-rag: cannot read {tmp_path / 'ingen'}: No such file or directory; give another file\n",
    )


def test_a_line_that_is_not_trecs_is_named(file, capsys):
    broken = file("run.txt", RUN[0], "1 Q0 b 1")
    status, _, err = run(capsys, "--run", broken, "--qrels", file("qrels.txt", *QRELS))
    assert (status, err) == (1, f"nmt-rag: {broken}, line 2: expected 6 columns, got 4\n")
    empty = file("tom.txt")
    assert "holds no line" in run(capsys, "--run", file("run.txt", *RUN), "--qrels", empty)[2]


def test_a_history_keeps_the_means_and_shows_how_they_went(file, capsys, tmp_path):
    history, page = tmp_path / "historik.jsonl", tmp_path / "rapport.html"
    wrong = minimal(QUOTE.replace("ett första", "ett andra"))
    arguments = ("--history", str(history), "--html", str(page))
    first = run(capsys, file("a.jsonl", wrong), *arguments)
    assert (first[0], first[2], "Since the run before" in first[1]) == (0, "", False)
    assert "Över tid" not in page.read_text(encoding="utf-8")
    _, out, _ = run(capsys, file("a.jsonl", minimal()), *arguments)
    assert "exact                  0.000 → 1.000 (+1.000)" in out
    html = page.read_text(encoding="utf-8")
    assert "Över tid" in html
    assert '<polyline class="curve" points="44.0,180.0 308.0,12.0"/>' in html
    rows = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    assert [row["means"]["exact"]["mean"] for row in rows] == [0.0, 1.0]
    assert {row["schema"] for row in rows} == {"nmt-rag/history/1"}
    assert "**Since the run before" in run(capsys, file("a.jsonl", minimal()), *arguments, "--markdown")[1]
    before = history.read_text(encoding="utf-8")
    nowhere = str(tmp_path / "saknas" / "rapport.html")
    failed = run(capsys, file("a.jsonl", minimal()), "--history", str(history), "--html", nowhere)
    assert (failed[0], "cannot write" in failed[2]) == (1, True)
    assert history.read_text(encoding="utf-8") == before  # it is done again
    history.write_text('{"schema": "x"}\n', encoding="utf-8")
    status, _, err = run(capsys, file("a.jsonl", minimal()), *arguments)
    assert status == 1
    assert "line 1: field `schema`: expected 'nmt-rag/history/1', got 'x'" in err
    assert history.read_text(encoding="utf-8") == '{"schema": "x"}\n'
