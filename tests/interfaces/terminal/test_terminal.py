"""The command line as a user meets it: every command and flag, exit statuses, and what goes to which stream."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nmt_rag.interfaces.terminal import commands as terminal_commands
from nmt_rag.interfaces.terminal import lines as terminal
from nmt_rag.interfaces.terminal import main
from nmt_rag.interfaces.terminal.arguments import build_parser
from nmt_rag.types import Answer, Document

PAGE = "deltagande-myndigheter"
DOCS = Path(__file__).parents[3] / "docs"
COMMAND = [sys.executable, "-m", "nmt_rag.interfaces.terminal.main"]


@pytest.fixture
def run(capsys):
    """Run one command in this process: (exit status, stdout, stderr)."""

    def _run(*arguments):
        try:
            status = main.main([str(argument) for argument in arguments])
        except SystemExit as error:  # argparse's way out
            status = error.code
        out, err = capsys.readouterr()
        return status, out, err

    return _run


@pytest.fixture
def sources(tmp_path):
    """A folder of three documents with metadata."""
    folder = tmp_path / "källor å ä ö 😀"
    folder.mkdir()
    (folder / "jour.md").write_text(
        "---\nid: jour\ntitle: Jouren\nurl: https://example.se/jour\når: 2020\n---\n"
        "# Jouren\n\n## Kvinnojouren\n\nKvinnojouren ger skydd åt våldsutsatta.\n",
        encoding="utf-8",
    )
    (folder / "tolk.txt").write_text("Tolkförmedlingen förmedlar tolkar dygnet runt.\n", encoding="utf-16")
    (folder / "rader.jsonl").write_text('{"id": "rad", "text": "Raden nämner skydd.", "år": 2021}\n', encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path, run, sources):
    """The index of `sources`, by words."""
    folder = tmp_path / "mitt index"
    assert run("index", sources, "--index", folder, "--encoder", "none") == (
        0,
        "3 added, 0 replaced, 0 unchanged, 0 failed\n",
        "",
    )
    return folder


# ask


def test_ask_prints_the_actor_the_quote_and_the_place(run):
    status, out, err = run("ask", "Vilken myndighet beslutar om betänketid?")
    actor, quote, place = out.splitlines()
    assert (status, err, actor) == (0, "", "Migrationsverket")
    assert quote.startswith("  «Handläggare på Migrationsverket kan i sitt arbete")
    assert quote.endswith("i enlighet med utlänningslagen.» [1]")
    assert place.startswith("[1] Deltagande myndigheter › Migrationsverket — https://www.nmtsverige.se/om-oss/")


def test_nothing_is_said_of_a_sure_answer_and_less_of_one_that_was_asked_for(run):
    assert "svar" not in run("ask", "Vem är KAST till för?")[1]
    unsure = run("ask", "Måste man legitimera sig hos KAST?")[1].splitlines()
    assert unsure[-2] == "Möjligt svar. Läs citaten i sitt sammanhang innan du litar på dem."
    lines = run("ask", "Kan jag få hjälp att åka hem till mitt land?", "--least-confidence", "0.01")[1].splitlines()
    first, last = (line for line in lines if "svar" in line)
    assert (first, last.partition(". ")[0]) == (
        "Osäkert svar:",
        "Osäkert svar: det ligger under gränsen för vad som annars visas",
    )


def test_ask_json_is_the_answer_of_the_python_api(run):
    import nmt_rag

    _, out, _ = run("ask", "Vem är KAST till för?", "--json")
    with nmt_rag.open() as rag:
        assert json.loads(out) == json.loads(json.dumps(rag.ask("Vem är KAST till för?").to_dict()))


def test_an_abstention_is_no_error(run):
    status, out, err = run("ask", "Vilket straff får man för människohandel?")
    assert (status, err) == (0, "")
    reason, nearest, emergency = out.splitlines()
    assert "«" not in reason
    assert nearest.startswith("  Meningar som kan ha med frågan att göra: «")
    assert emergency == "Vid akut fara: ring 112."


def test_the_frame_may_be_english(run):
    _, out, _ = run("ask", "Vem är KAST till för?", "--language", "en")
    assert out.splitlines()[0] == "KAST"
    assert out.splitlines()[-1] == "(Swedish source text, quoted word for word.)"
    _, out, _ = run("ask", "Vilket straff får man för människohandel?", "--language", "en")
    assert out.splitlines()[1].startswith("  Sentences that may have to do with the question: «")


def test_quotes_of_several_actors_name_whose_they_are(run):
    _, out, _ = run("ask", "Vem leder förundersökningen och vad gör NOA?")
    assert re.match(r"Åklagarmyndigheten, Polisens Nationella Operativa Avdelning", out)
    quoted = [line.partition(": «")[0].strip() for line in out.splitlines() if line.startswith("  ")]
    assert quoted[0] == "Åklagarmyndigheten"
    assert set(quoted[1:]) == {"Polisens Nationella Operativa Avdelning (NOA)"}
    _, out, _ = run("ask", "Vad gör NOA?")
    assert all(line.startswith("  «") for line in out.splitlines() if line.startswith("  "))


def test_a_file_of_questions_is_answered_line_by_line(run, tmp_path):
    questions = ["Vem är KAST till för?", "", "Vad gör NOA?", "rad\u2028slut \x85 betänketid"]
    file = tmp_path / "frågor.jsonl"
    lines = [json.dumps({"question": q, "id": f"q{i}"}, ensure_ascii=False) for i, q in enumerate(questions)]
    file.write_text("\n\n".join(lines), encoding="utf-8")
    status, out, err = run("ask", "--questions", file, "--json")
    rows = [json.loads(line) for line in out.split("\n")[:-1]]
    assert (status, err) == (0, "")
    assert [(row["id"], row["question"].split()) for row in rows] == [
        (f"q{i}", question.split()) for i, question in enumerate(questions)
    ]
    assert [row["answered"] for row in rows[:3]] == [True, False, True]
    status, out, _ = run("ask", "--questions", file)
    assert status == 0
    assert [line for line in out.split("\n") if line.startswith("? ")] == [
        "? Vem är KAST till för?",
        "? ",
        "? Vad gör NOA?",
        "? rad\ufffdslut \ufffd betänketid",
    ]


def test_a_line_may_tell_its_language_and_the_questions_before_it(run, tmp_path):
    file = tmp_path / "q.jsonl"
    follow_up = {"question": "Och gäller det även anhöriga?", "earlier": ["Vem är KAST till för?"], "language": "en"}
    file.write_text(f'{json.dumps(follow_up)}\n{{"question": "Vad gör NOA?", "earlier": "x"}}\n', encoding="utf-8")
    status, out, err = run("ask", "--questions", file, "--json")
    answer = json.loads(out)
    assert (status, answer["language"]) == (1, "en")
    assert answer["citations"][0]["quote"] == "De erbjuder både råd och stöd till personer och deras anhöriga."
    assert err.endswith("q.jsonl, line 2: earlier is a list of questions, oldest first; got 'x'\n")


def test_a_need_told_before_a_line_is_heard(run, tmp_path):
    file = tmp_path / "q.jsonl"
    row = {"question": "Vad gör NOA?", "earlier": ["Min man slår mig."]}
    file.write_text(json.dumps(row), encoding="utf-8")
    assert "020-50 50 50" in run("ask", "--questions", file)[1].replace("\u00a0", " ")


def test_questions_come_from_stdin_too(run, monkeypatch):
    data = '\ufeff{"question": "Vem är KAST till för?"}\n'.encode().removeprefix(b"\xef\xbb\xbf")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
    status, out, _ = run("ask", "--questions", "-", "--json")
    assert (status, json.loads(out)["actors"]) == (0, ["KAST"])


def test_lines_that_hold_no_question_are_told_and_the_others_answered(run, tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"q": 1}\n{"question": 3}\n[1]\n{"question": "Vem är KAST till för?"}\n', encoding="utf-8")
    status, out, err = run("ask", "--questions", file, "--json")
    assert (status, json.loads(out)["actors"]) == (1, ["KAST"])
    assert [line.rsplit(", ", 1)[1] for line in err.splitlines()] == [
        f'line {number}: expected {{"question": "…"}}' for number in (1, 2, 3)
    ]


def test_half_a_line_ends_the_file_with_one_error(run, tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "Vem är KAST till för?"}\n{"question": "Vad', encoding="utf-8")
    status, out, err = run("ask", "--questions", file, "--json")
    assert (status, json.loads(out)["actors"]) == (1, ["KAST"])
    assert re.fullmatch(r"nmt-rag: \S+q\.jsonl, line 2: not JSON \(.*\); the lines before it are done\n", err)


@pytest.mark.parametrize(
    ("content", "says"), [(b'{"question": "\xff"}', "it is not UTF-8"), (None, "No such file"), ("folder", "directory")]
)
def test_a_file_of_questions_that_cannot_be_read_is_told(run, tmp_path, content, says):
    file = tmp_path / "q.jsonl"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    status, out, err = run("ask", "--questions", file)
    assert (status, out) == (1, "")
    assert err.startswith(f"nmt-rag: cannot read {file}: ")
    assert says in err
    assert err.count("\n") == 1


def test_an_index_of_nothing_is_an_error(run, tmp_path):
    (tmp_path / "tom.txt").write_text(" \n", encoding="utf-8")
    index = tmp_path / "i"
    assert run("index", tmp_path / "tom.txt", "--index", index, "--encoder", "none")[0] == 1
    for command in (["ask", "Vad gör NOA?"], ["search", "NOA"]):
        assert run(*command, "--index", index) == (
            1,
            "",
            f"nmt-rag: the index {index} is empty, so nothing can be found; "
            f"add to it with: nmt-rag index PATH --index {index}\n",
        )


# search and filters


ACTORS_SHOWN = "`nmt-rag who-does-what` and `nmt-rag search --json` show how actors are written"
FIELDS_SHOWN = "`nmt-rag documents --json` shows the fields and their values"


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (["--actor", "kvinnojouren"], ""),
        (["--actor", "Skattverket"], f"actor 'Skattverket'; {ACTORS_SHOWN}"),
        (["--where", "foo=bar"], f"foo 'bar'; {FIELDS_SHOWN}"),
        (["--where", "foo=bar", "--where", "år=2020"], f"foo 'bar'; {FIELDS_SHOWN}"),
        (
            ["--where", "år=2020", "--where", "document_id=rad"],
            f"år '2020' and document_id 'rad' together; {FIELDS_SHOWN}",
        ),
        (["--where", "år>2021"], f"år > '2021'; {FIELDS_SHOWN}"),
        (["--where", "år>2020", "--where", "år<2021"], f"år < '2021' and år > '2020' together; {FIELDS_SHOWN}"),
    ],
)
def test_a_filter_that_lets_nothing_through_is_told(run, index, where, told):
    status, out, err = run("ask", "Vem ger skydd?", "--index", index, *where)
    assert (status, err) == (0, f"nmt-rag: no passage has {told}\n" if told else "")
    assert told == "" or out == "Vi hittar inget svar på din fråga i källorna.\n"
    assert run("search", "skydd", "--index", index, *where)[2] == err


def test_search_shows_rank_actor_score_passage_and_place(run, index):
    status, out, err = run("search", "skydd", "--index", index, "-k", 1, "--explain")
    assert (status, err) == (0, "")
    head, passage, place, why = out.splitlines()
    assert re.fullmatch(r" 1\. .+  \d\.\d{3}", head)
    assert passage in ("    «Kvinnojouren ger skydd åt våldsutsatta.»", "    «Raden nämner skydd.»")
    assert re.search(r"\((jour|rad) \d+–\d+\)$", place)
    assert "words rank 1" in why
    assert "matched: skydd" in why
    assert "embedding" not in why


def test_search_json_is_one_hit_a_line_best_first(run, index):
    _, out, _ = run("search", "skydd", "--index", index, "--json", "--explain")
    hits = [json.loads(line) for line in out.splitlines()]
    assert {hit["document_id"] for hit in hits} == {"jour", "rad"}
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert hits[0]["score"] >= hits[1]["score"]
    assert all(hit["explain"].startswith("score ") for hit in hits)
    _, out, _ = run("search", "skydd", "--index", index, "--json", "-k", 1)
    assert [json.loads(line)["rank"] for line in out.splitlines()] == [1]
    assert "explain" not in json.loads(out)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (["--where", "år=2020"], ["jour"]),
        (["--where", "år=2021"], ["rad"]),
        (["--where", "år=1999"], []),
        (["--where", "år=2021", "--where", "document_id=rad"], ["rad"]),
        (["--where", "år=2020", "--where", "document_id=rad"], []),
        (["--where", "url=https://example.se/jour"], ["jour"]),
        (["--actor", "KVINNOJOUREN"], ["jour"]),
        (["--actor", "Kvinnojouren", "--where", "år=2021"], []),
        (["--where", "år = 2020"], ["jour"]),
        (["--where", "år>=2021"], ["rad"]),
        (["--where", "år >= 2020", "--where", "år<2021"], ["jour"]),
        (["--where", "år!=2020"], ["rad"]),
        (["--where", '{"år": {"$in": [2020, 2021]}, "$not": {"document_id": "rad"}}'], ["jour"]),
        (["--where", '{"$and": [{"år": 2020}]}', "--where", '{"$and": [{"år": 2021}]}'], []),
    ],
)
def test_filters_hold_before_the_search(run, index, where, found):
    _, out, _ = run("search", "skydd", "--index", index, "--json", *where)
    assert [json.loads(line)["document_id"] for line in out.splitlines()] == found


def test_an_actor_is_found_by_its_short_name(run):
    _, out, _ = run("search", "verksamhet", "--actor", "noa", "--json", "-k", 50)
    hits = [json.loads(line) for line in out.splitlines()]
    assert len(hits) >= 3
    assert all(any("(NOA)" in actor for actor in hit["passage"]["actors"]) for hit in hits)


def test_nothing_found_is_said(run, index):
    assert run("search", "zxcvbnm", "--index", index) == (0, "Inga träffar.\n", "")
    assert run("search", "zxcvbnm", "--index", index, "--json") == (0, "", "")


# index, documents, show, remove, verify, info


def test_who_does_what_shows_each_actor_its_tasks_and_their_places(run):
    status, out, err = run("who-does-what", "--actor", "noa", "--word", "insats")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "Polisens Nationella Operativa Avdelning (NOA)",
        "  har mandat att besluta om insatser och resursförstärkningar i hela landet",
        "    (deltagande-myndigheter 1429–1551)",
    ]
    assert run("who-does-what", "--actor", "tullen") == (0, "Inga rader.\n", "")
    assert run("who-does-what", "--word", "!") == (0, "Inga rader.\n", "")
    _, out, _ = run("who-does-what", "--actor", "migrationsverket")
    assert out.count("utreda och fatta beslut") == 1


def test_who_does_what_shows_what_a_row_stands_under(run, tmp_path):
    text = "# Kvinnojouren\n\n## Myter om stöd\n\nKvinnojouren betalar hela hyran.\n"
    (tmp_path / "m.md").write_text(text, encoding="utf-8")
    run("index", tmp_path / "m.md", "--index", tmp_path / "i", "--encoder", "none", "--actors", "rules")
    _, out, _ = run("who-does-what", "--index", tmp_path / "i")
    assert out.splitlines() == ["Kvinnojouren", "  Myter om stöd: betalar hela hyran", "    (m.md 34–66)"]


def test_who_does_what_shows_a_task_on_one_line(run, tmp_path):
    text = "# Kvinnojouren\n\nKvinnojouren betalar hyran för den som bor på\njourens boende.\n"
    (tmp_path / "m.md").write_text(text, encoding="utf-8")
    run("index", tmp_path / "m.md", "--index", tmp_path / "i", "--encoder", "none", "--actors", "rules")
    _, out, _ = run("who-does-what", "--index", tmp_path / "i")
    assert out.splitlines()[1] == "  betalar hyran för den som bor på jourens boende"


def test_who_does_what_is_csv_or_json_too(run):
    _, out, _ = run("who-does-what", "--actor", "migrationsverket", "--csv")
    assert [row["verb"] for row in csv.DictReader(io.StringIO(out))] == ["upptäcka", "utreda", "fatta"]
    _, out, _ = run("who-does-what", "--actor", "migrationsverket", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["actor"], row["verb"], row["citation"]["start"]) for row in rows] == [
        ("Migrationsverket", verb, 2418) for verb in ("upptäcka", "utreda", "fatta")
    ]
    status, out, err = run("who-does-what", "--json", "--csv")
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_index_tells_what_was_added_replaced_unchanged_and_failed(run, index, sources):
    (sources / "tolk.txt").write_text("Tolkförmedlingen är stängd.\n", encoding="utf-8")
    (sources / "rader.jsonl").write_text('{"id": "rad", "text": "Raden nämner skydd.", "år": 2021}\n{"id": "ny", "te')
    (sources / "till.txt").write_text("Ännu ett dokument.\n", encoding="latin-1")
    status, out, err = run("index", sources, "--index", index)
    assert (status, out) == (1, "1 added, 1 replaced, 2 unchanged, 1 failed\n")
    assert re.fullmatch(r"nmt-rag: .*rader\.jsonl, line 2: not JSON .*: correct or remove the line\n", err)
    status, out, err = run("index", sources, "--index", index, "--json")
    report = json.loads(out)
    assert (status, err) == (1, "")
    assert sorted(report["unchanged"]) == ["jour", "rad", "till.txt", "tolk.txt"]
    assert [failure["path"] for failure in report["failed"]] == [str(sources / "rader.jsonl")]


def test_documents_lists_them_in_the_order_they_came(run, index):
    assert run("documents", "--index", index) == (
        0,
        "jour\tJouren\thttps://example.se/jour\nrad\trader\ntolk.txt\ttolk\n",
        "",
    )
    _, out, _ = run("documents", "--index", index, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["id"], row["metadata"]) for row in rows] == [
        ("jour", {"år": 2020}),
        ("rad", {"år": 2021}),
        ("tolk.txt", {}),
    ]
    assert rows[1]["characters"] == len("Raden nämner skydd.")
    assert all("text" not in row for row in rows)


def test_show_prints_a_quote_in_its_place(run, index):
    text = "# Jouren\n\n## Kvinnojouren\n\nKvinnojouren ger skydd åt våldsutsatta.\n"
    assert run("show", "jour", "--index", index) == (0, f"{text}\n", "")
    start = text.index("skydd")
    _, out, _ = run("show", "jour", start, start + 5, "--index", index)
    assert out == f"Jouren (jour, {start}–{start + 5})\n{text[:start]}»skydd«{text[start + 5 :]}\n"
    _, out, _ = run("show", "jour", start, start + 5, "--index", index, "--json")
    assert json.loads(out) == {
        "document_id": "jour", "title": "Jouren", "start": start, "end": start + 5, "quote": "skydd",
    }  # fmt: skip
    _, out, _ = run("show", PAGE, 2418, 2719)
    assert out.splitlines()[1].startswith("…")
    assert out.endswith("…\n")
    assert "»Handläggare på Migrationsverket" in out
    assert "utlänningslagen.«" in out


def test_remove_takes_documents_out(run, index):
    status, out, err = run("remove", "rad", "ingen", "--index", index)
    assert (status, out) == (1, "removed rad\n")
    assert err == "nmt-rag: there is no document 'ingen' in the index\n"
    status, out, _ = run("remove", "jour", "--index", index, "--json")
    assert (status, json.loads(out)) == (0, {"removed": ["jour"], "missing": []})
    assert run("documents", "--index", index)[1].count("\n") == 1
    assert run("search", "skydd", "--index", index)[1] == "Inga träffar.\n"


def test_verify_names_each_check(run, index):
    assert run("verify", "--index", index) == (
        0,
        "ok   database\nok   documents\nok   passages\nok   filters\nok   embeddings\nok   lexical\nok   stamps\n",
        "",
    )
    _, out, _ = run("verify", "--json")
    checks = [json.loads(line) for line in out.splitlines()]
    assert [check["name"] for check in checks] == [
        "database", "documents", "passages", "filters", "embeddings", "dense", "lexical", "stamps",
    ]  # fmt: skip
    assert all(check["ok"] for check in checks)


def test_verify_fails_where_a_passage_is_not_the_documents(run, index):
    import sqlite3

    with sqlite3.connect(index / "index.sqlite") as connection:
        connection.execute("UPDATE passages SET start = start + 1 WHERE id = 1")
    connection.close()
    status, out, _ = run("verify", "--index", index)
    assert status == 1
    assert re.search(r"^FAIL passages: .*delete the folder", out, re.MULTILINE)


def test_info_says_what_the_index_holds(run, index):
    status, out, _ = run("info", "--index", index, "--json")
    facts = json.loads(out)
    assert (status, facts["documents"], facts["passages"], facts["encoder"]) == (0, 3, 3, None)
    assert facts["path"] == str(index)
    assert "encoder      none (words only)\n" in run("info", "--index", index)[1]
    assert "encoder      nmt-e5-small-sv@" in run("info")[1]


# recheck


def test_recheck_says_what_became_of_each_citation(run, tmp_path, sources):
    index = tmp_path / "sidan"
    page = Path(__file__).parents[3] / "corpus" / f"{PAGE}.md"
    copy = tmp_path / page.name
    copy.write_bytes(page.read_bytes())
    run("index", copy, "--index", index, "--encoder", "none", "--actors", "rules")
    saved = tmp_path / "svar.jsonl"
    _, pretty, _ = run("ask", "Vem är KAST till för?", "--index", index, "--json")
    question = {"id": 7, "question": "I vilka städer har Åklagarmyndigheten kontor?"}
    (tmp_path / "q.jsonl").write_text(json.dumps(question), encoding="utf-8")
    _, line, _ = run("ask", "--questions", tmp_path / "q.jsonl", "--index", index, "--json")
    saved.write_text(pretty + "\n" + line, encoding="utf-8")
    status, out, err = run("recheck", saved, "--index", index)
    assert (status, err) == (0, "")
    second = pretty.count("\n") + 2
    assert [line.split(":")[0] for line in out.splitlines()] == ["1 [1] exact", f"{second} [1] exact"]

    changed = page.read_text(encoding="utf-8").replace("# Deltagande", "Nytt.\n\n# Deltagande", 1)
    copy.write_text(changed.replace("som köper sex, eller", "som har köpt sex, eller"), encoding="utf-8")
    run("index", copy, "--index", index, "--actors", "rules")
    status, out, _ = run("recheck", saved, "--index", index, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, [row["verdict"] for row in rows]) == (1, ["altered", "moved"])
    assert "köpt" in rows[0]["diff"]
    assert rows[1]["start"] == json.loads(line)["citations"][0]["start"] + len("Nytt.\n\n")


def test_recheck_takes_an_answer_that_the_web_page_saved(run, tmp_path):
    import nmt_rag
    from nmt_rag.interfaces.page.views.passport import passport

    saved = tmp_path / "svar-2026-11-24.html"
    with nmt_rag.open() as rag:
        given = rag.ask("Vad gör Åklagarmyndigheten?")
    page = passport(given, "sv", datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    saved.write_text(page, encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == [
        f"1 [{n}] exact" for n, _ in enumerate(given.citations, 1)
    ]
    saved.write_text(page.replace("talan vid", "yttran vid"), encoding="utf-8")
    status, out, _ = run("recheck", saved)
    assert (status, out.splitlines()[1].split(":")[0]) == (1, "1 [2] altered")
    saved.write_text("<!doctype html><p>En annan sida.</p>", encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, out, len(err.splitlines())) == (1, "", 1)


@pytest.mark.parametrize("text", ['{"question": "nej"}', "[1]", "3", '{"schema": "nmt-rag/answer/1"}'])
def test_recheck_tells_lines_that_are_no_answers(run, tmp_path, text):
    saved = tmp_path / "svar.jsonl"
    saved.write_text(f"\n{text}\n", encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, out) == (1, "")
    assert err.startswith(f"nmt-rag: {saved}, line 2: no answer as `nmt-rag ask --json` prints it (")
    assert err.count("\n") == 1


@pytest.mark.parametrize("value", [5, None, [], {}, True])
@pytest.mark.parametrize("field", ["quote", "document_id", "prefix"])
def test_recheck_names_the_field_of_another_type(run, tmp_path, field, value):
    _, out, _ = run("ask", "Vem är KAST till för?", "--json")
    row = json.loads(out)
    row["citations"][0][field] = value
    saved = tmp_path / "svar.jsonl"
    saved.write_text(json.dumps(row), encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, out) == (1, "")
    assert err.endswith(f"prints it (expected str for '{field}', got {value!r})\n")


def test_recheck_finds_no_document_by_half_a_character(run, tmp_path):
    _, out, _ = run("ask", "Vem är KAST till för?", "--json")
    row = json.loads(out)
    row["citations"][0]["document_id"] = "\ud800"
    saved = tmp_path / "svar.jsonl"
    saved.write_text(json.dumps(row), encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, out.split(":")[0], err) == (1, "1 [1] elsewhere", "")


@pytest.mark.parametrize("text", ["{", "{\n  3\n}", '{\n  "schema": "x"', "[" * 100_000])
def test_recheck_tells_broken_json(run, tmp_path, text):
    saved = tmp_path / "svar.json"
    saved.write_text(text, encoding="utf-8")
    status, out, err = run("recheck", saved)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert ", line 1: not JSON (" in err


# wrong usage and errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["fråga"], "invalid choice: 'fråga'"),
        (["ask"], "a QUESTION or --questions FILE"),
        (["ask", "a", "--questions", "b"], "a QUESTION or --questions FILE"),
        (["ask", "a", "b"], "unrecognized arguments: b"),
        (["ask", "a", "--language", "fi"], "invalid choice: 'fi'"),
        (["ask", "a", "--where", "år"], "expected FIELD=VALUE, got 'år'"),
        (["ask", "a", "--where", "år>nytt"], "the filter of 'år': $gt takes a number or an ISO date; got 'nytt'"),
        (["ask", "a", "--where", '{"år": {"$over": 1}}'], "got '$over'"),
        (["ask", "a", "--where", "{år"], "expected a filter in JSON, got '{år'"),
        (["ask", "a", "--where", "=1"], "expected FIELD=VALUE, got '=1'"),
        (["ask", "a", "--where", "x=1", "--where", "x=2"], "x cannot be both '1' and '2'"),
        (["ask", "a", "--index", ""], "expected the name of a folder"),
        (["ask", "a", "--encoder", ""], "expected the name of an encoder, got nothing"),
        (["ask", "a", "--model", ""], "expected the name of a language model, got nothing"),
        (["embed", "x", "--out", "y", "--encoder", " "], "expected the name of an encoder, got nothing"),
        (["serve", "--host", ""], "expected the name of a host, got nothing"),
        (["search"], "query"),
        (["search", "a", "-k", "0"], "at least 1, got '0'"),
        (["search", "a", "-k", "två"], "at least 1, got 'två'"),
        (["index", "x"], "--index DIR"),
        (["index"], "--index DIR"),
        (["index", "--index", "x"], "PATH … or --from SHARDS"),
        (["remove", "x"], "--index DIR"),
        (["show"], "DOC"),
        (["show", PAGE, "3", "2"], "offsets run from 0 to"),
        (["show", PAGE, "-5", "2"], "got -5 and 2"),
        (["show", PAGE, "0", "99999"], "got 0 and 99999"),
        (["show", PAGE, "x"], "invalid int value: 'x'"),
        (["show", "\udcff"], "expected text in UTF-8"),
        (["ask", "bet\udce4nketid"], "expected text in UTF-8"),
        (["ask", "a", "--earlier", "bet\udce4nketid"], "expected text in UTF-8"),
        (["search", "bet\udce4nketid"], "expected text in UTF-8"),
        (["index", "x", "--index", "ix\udce5"], "expected text in UTF-8"),
        (["embed", "x", "--out", "ix\udce5"], "expected text in UTF-8"),
    ],
)
def test_wrong_usage_is_one_line_and_exits_2(run, arguments, says):
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("nmt-rag")
    assert says in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "a", "--index", "{tmp}/ingen"], "there is no index in {tmp}/ingen; make one with: nmt-rag index"),
        (["ask", "a", "--index", "{tmp}/" + "x" * 300], "File name too long"),
        (["documents", "--index", "{tmp}"], "there is no index in {tmp}"),
        (["show", "ingen"], "there is no document 'ingen' in the index; `nmt-rag documents` lists them"),
        (["index", "{tmp}/ingen", "--index", "{tmp}/i"], "'{tmp}/ingen' does not exist"),
        (["index", "", "--index", "{tmp}/i"], "'' does not exist"),
        (["index", "{tmp}", "--index", "{tmp}/i"], "no documents in this folder"),
        (["index", "{page}", "--index", "{page}"], "is a file"),
        (["index", "{page}", "--index", "{root}/docs"], "holds other files"),
        (["recheck", "{tmp}/ingen"], "cannot read {tmp}/ingen: No such file"),
    ],
)
def test_an_error_is_one_line_and_exits_1_and_leaves_nothing_behind(run, tmp_path, arguments, says):
    page = Path(__file__).parents[3] / "corpus" / f"{PAGE}.md"
    names = {"tmp": tmp_path, "page": page, "root": page.parent.parent}
    status, out, err = run(*(argument.format(**names) for argument in arguments))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("nmt-rag: ")
    assert says.format(**names) in err
    assert list(tmp_path.iterdir()) == []


def test_a_place_for_the_index_that_is_no_text_is_told_before_anything_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setenv("NMT_RAG_INDEX", f"{tmp_path}/ix\udce5")
    status, out, err = run("ask", "Vem är KAST till för?")
    assert (status, out, err.count("\n"), list(tmp_path.iterdir())) == (1, "", 1, [])
    assert "is not UTF-8; give the index a folder of another name" in err


def test_a_need_told_before_shows_the_numbers_and_the_abstention_with_what_is_near(run):
    asked = ("Vilka ställen finns i Stockholm?", "--earlier", "Min pojkvän tvingar mig att sälja sex")
    lines = run("ask", *asked)[1].splitlines()
    assert lines[2].startswith("020-35\u00a040\u00a040: Evonhuset")
    at = lines.index("Numren kontrollerades i november 2026.")
    assert lines[at + 1] == "Vi hittar inget svar på din fråga i källorna."
    assert lines[at + 2].startswith("  Meningar som kan ha med frågan att göra: «")
    lines = run("ask", "Vem kan jag kontakta?", "--earlier", "Vem beslutar om bygglov?")[1].splitlines()
    assert lines[-1] == "Vid akut fara: ring 112."
    assert not [line for line in lines if "020-" in line]


def test_a_follow_up_is_asked_with_the_questions_before_it(run):
    question, first = "Och gäller det även anhöriga?", "Vem är KAST till för?"
    code, out, _ = run("ask", question, "--earlier", first, "--json")
    assert (code, json.loads(out)["engine"]["earlier"]) == (0, [first])
    assert "De erbjuder både råd och stöd till personer och deras anhöriga." in out
    code, _, err = run("ask", "--questions", "-", "--earlier", first)
    assert code != 0
    assert "--earlier goes with a QUESTION" in err


def test_an_index_of_another_encoder_is_read_but_not_searched(run, tmp_path, capsys):
    from nmt_rag.rag import open_rag
    from tests.fakes import ConceptEncoder

    with open_rag(tmp_path / "index", encoder=ConceptEncoder("tolk"), create=True) as rag:
        rag.add(Document(id="d", title="T", text="En tolk kommer."))
    status, _, err = run("search", "tolk", "--index", tmp_path / "index")
    assert status == 1
    assert "was built with concepts@1/2/tolk, not with nmt-e5-small-sv@" in err
    assert run("show", "d", "--index", tmp_path / "index")[1] == "En tolk kommer.\n"
    assert run("verify", "--index", tmp_path / "index")[0] == 0
    assert run("search", "tolk", "--encoder", "none", "--index", tmp_path / "index", "--json")[1].count("\n") == 1
    assert run("remove", "d", "--index", tmp_path / "index")[:2] == (0, "removed d\n")


def test_a_model_that_cannot_be_loaded_is_one_line(run, monkeypatch):
    from nmt_rag.errors import EncodingError

    def refuse(name):
        raise EncodingError(f"cannot load {name}:\n  no\n  network\x1b[31m")

    monkeypatch.setattr("nmt_rag.rag.opening.load_encoder", refuse)
    assert run("ask", "a", "--encoder", "x/y") == (1, "", "nmt-rag: cannot load x/y: no network\ufffd[31m\n")


def test_ctrl_c_is_one_line(run, monkeypatch):
    def interrupted(parsed):
        raise KeyboardInterrupt

    monkeypatch.setitem(terminal_commands.COMMANDS, "info", interrupted)
    assert run("info") == (130, "", "nmt-rag: stopped; nothing that was reported is lost\n")


def test_ctrl_c_is_one_line_while_the_libraries_are_loaded_too(run, monkeypatch):
    class Loading(types.ModuleType):
        def __getattr__(self, name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, terminal_commands.__name__, Loading(terminal_commands.__name__))
    assert run("info") == (130, "", "nmt-rag: stopped; nothing that was reported is lost\n")


def test_an_unforeseen_file_error_is_told_with_its_name(run, monkeypatch):
    def fails(parsed):
        raise PermissionError(13, "Permission denied", "/fil")

    monkeypatch.setitem(terminal_commands.COMMANDS, "info", fails)
    assert run("info") == (1, "", "nmt-rag: /fil: Permission denied\n")


# streams and terminals


def shell(script, index):
    environment = {**os.environ, "NMT": " ".join(COMMAND), "INDEX": str(index)}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONUNBUFFERED": ""}
    return subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=120)


def test_pipes_may_close_early(index):
    done = shell(
        'set -o pipefail; $NMT show jour --index "$INDEX" | head -1; echo $?;'
        '$NMT search skydd --json --index "$INDEX" | true; echo $?',
        index,
    )
    assert (done.stdout, done.stderr) == ("# Jouren\n0\n0\n", "")


def test_a_pipe_that_closes_early_hides_no_failure(index, sources, tmp_path):
    (sources / "trasig.pdf").write_bytes(b"%PDF-1.4 ...")
    done = shell(
        f'$NMT index "{sources}" --index "{tmp_path}/ny" --encoder none | true; echo ${{PIPESTATUS[0]}}', index
    )
    assert done.stdout == "1\n"
    (tmp_path / "lång.txt").write_text("Kvinnojouren ger skydd.\n" * 50_000, encoding="utf-8")
    done = shell(
        f'$NMT index "{tmp_path}/lång.txt" --index "$INDEX" --actors rules >/dev/null;'
        '$NMT show lång.txt --index "$INDEX" | true; echo ${PIPESTATUS[0]}',
        index,
    )
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_a_full_or_closed_stdout_is_no_traceback(index):
    done = shell(
        '$NMT info --index "$INDEX" >/dev/full; echo $?; $NMT info --index "$INDEX" >&-; echo $?;'
        "$NMT ask --questions - <&-; echo $?",
        index,
    )
    assert done.stdout == "1\n0\n1\n"
    assert done.stderr == (
        "nmt-rag: cannot write the output: No space left on device\nnmt-rag: - is stdin, which is closed: give a file\n"
    )


def test_output_is_utf8_in_any_locale(index):
    done = shell(
        "LC_ALL=C PYTHONIOENCODING=ascii $NMT ask 'Vem ger skydd åt våldsutsatta?' --index \"$INDEX\" | sed -n 2p",
        index,
    )
    assert done.stdout.startswith("  «Kvinnojouren ger skydd åt våldsutsatta.»")


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_only_where_they_are_wanted(monkeypatch, environment, coloured):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    screen = _Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    assert main.main(["ask", "Vem är KAST till för?"]) == 0
    assert screen.getvalue().startswith("\x1b[1mKAST\x1b[0m\n" if coloured else "KAST\n")
    assert ("\x1b" in screen.getvalue()) == coloured


def test_no_colours_in_a_pipe(run):
    assert "\x1b" not in run("ask", "Vem är KAST till för?")[1]


def test_progress_shows_on_a_terminal_only(run, tmp_path, monkeypatch):
    screen = _Terminal()
    page = Path(__file__).parents[3] / "corpus"
    monkeypatch.setattr("nmt_rag.progress.PROGRESS_AFTER", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", screen)
        without = ["--encoder", "none", "--actors", "rules"]
        assert main.main(["index", str(page), "--index", str(tmp_path / "i"), *without]) == 0
        assert main.main(["verify", "--index", str(tmp_path / "i")]) == 0
    assert re.search(r"Indexing: 1 documents", screen.getvalue())
    assert re.search(r"Verifying: 7 checks", screen.getvalue())
    assert re.search(r"Reading words: 35 passages", screen.getvalue())
    assert run("verify", "--index", tmp_path / "i")[2] == ""


def test_the_library_writes_on_no_terminal_unasked(tmp_path, monkeypatch):
    from nmt_rag.rag import open_rag

    screen = _Terminal()
    monkeypatch.setattr("nmt_rag.progress.PROGRESS_AFTER", 0.0)
    monkeypatch.setattr(sys, "stderr", screen)
    with open_rag(tmp_path / "i", encoder=None, create=True) as rag:
        rag.add(Document(id="a", title="A", text="En mening."))
        rag.verify()
        assert screen.getvalue() == ""
        rag.add(Document(id="b", title="B", text="En mening."), progress=True)
    assert "Indexing: 1 documents" in screen.getvalue()


def test_what_is_quick_shows_no_progress(tmp_path, monkeypatch):
    screen = _Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main.main(["verify"]) == 0
    assert screen.getvalue() == ""


def test_control_characters_never_reach_the_terminal():
    assert terminal.visible("a\x1b[31m\x9b\u202eb\u2028\ud800") == "a\ufffd[31m\ufffd\ufffdb\ufffd\ufffd"
    kept = "å\u00a0\u2009\u00ad\n\t👩\u200d👧 e\u0301«»"
    assert terminal.visible(kept) == kept


def test_an_answer_without_heading_url_or_actor_is_shown():
    row = {
        "schema": "nmt-rag/answer/1", "question": "?", "language": "sv", "answered": True, "text": "«A.» [1]",
        "abstention": None, "actors": [], "statements": [{"text": "A.", "citations": [1]}], "related": [],
        "citations": [{"marker": 1, "document_id": "d", "title": "Titel", "url": "", "heading": [], "actor": "",
                       "quote": "A.", "start": 0, "end": 2, "source_sha256": ""}],
        "confidence": 1.0, "engine": {},
    }  # fmt: skip
    assert terminal.answer_lines(Answer.from_dict(row)) == ["  «A.» [1]", "[1] Titel (d)"]


# the manual


def test_the_manual_holds_the_current_help(monkeypatch):
    """To renew it after a change: NMT_RAG_WRITE_HELP=1 pytest tests/interfaces/terminal/test_terminal.py -k manual."""
    monkeypatch.setenv("COLUMNS", "80")
    manual = DOCS / "command-line.md"
    text = manual.read_text(encoding="utf-8")
    block = re.compile(r"(```text\n\$ nmt-rag --help\n…\n)(.*?)```", re.DOTALL)
    current = build_parser().format_help().partition("  COMMAND\n")[2].partition("\noptions:")[0]
    if os.environ.get("NMT_RAG_WRITE_HELP"):
        text = block.sub(lambda found: f"{found[1]}{current}```", text)
        manual.write_text(text, encoding="utf-8")
    if sys.version_info < (3, 13):  # argparse words its help in another way since
        assert block.search(text)[2] == current
    subparsers = next(action for action in build_parser()._actions if action.dest == "command").choices
    assert set(subparsers) == set(terminal_commands.COMMANDS)


def test_help_exits_0_and_says_the_version(run):
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    assert "Vilken myndighet beslutar om betänketid?" in out
    import nmt_rag

    assert run("--version") == (0, f"nmt-rag {nmt_rag.__version__}\n", "")
