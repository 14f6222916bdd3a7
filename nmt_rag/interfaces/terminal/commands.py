"""What each command does: open the index, ask the library, hand the outcome to `output`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from nmt_rag import documents
from nmt_rag.documents import spreadsheet, tasks
from nmt_rag.errors import NmtRagError
from nmt_rag.interfaces.live import open_live
from nmt_rag.interfaces.lookups import read_hits, without_text
from nmt_rag.interfaces.terminal.given import (
    check_listening_is_default,
    check_sources,
    encoder_of,
    extra,
    model_of,
    opened,
    opened_to_read,
    where_of,
)
from nmt_rag.interfaces.terminal.input import json_lines, json_values, question_of
from nmt_rag.interfaces.terminal.lines import answer_lines, hit_lines, page_lines, quote_lines, row_lines, visible
from nmt_rag.interfaces.terminal.output import (
    UsageError,
    complain,
    counted_rows,
    print_json,
    print_json_line,
    print_lines,
    print_shards,
    say,
)
from nmt_rag.types import Answer


def _ask(parsed: argparse.Namespace) -> int:
    if (parsed.question is None) == (parsed.questions is None):
        raise UsageError("ask takes a QUESTION or --questions FILE")
    if parsed.earlier and parsed.question is None:
        raise UsageError("--earlier goes with a QUESTION")
    where = where_of(parsed)
    options: dict[str, Any] = {
        "where": where,
        "language": parsed.language,
        "model": model_of(parsed),
        "least_confidence": parsed.least_confidence,
        "earlier": parsed.earlier,
    }
    with opened(parsed) as rag:
        check_sources(rag, where)
        if parsed.question is not None:
            answer = rag.ask(parsed.question, **options)
            print_json(answer.to_dict()) if parsed.json else print_lines(answer_lines(answer, parsed.earlier))
            return 0
        status = 0
        for number, row in counted_rows(json_lines(parsed.questions), "Answering", "questions"):
            try:
                question, own = question_of(row)
                answer = rag.ask(question, **options | own)
            except (TypeError, ValueError) as error:
                complain(f"{parsed.questions}, line {number}: {error}")
                status = 1
                continue
            if parsed.json:
                print_json_line({**answer.to_dict(), **({"id": row["id"]} if "id" in row else {})})
            else:
                print_lines([f"? {visible(question)}", *answer_lines(answer, own.get("earlier") or ()), ""])
    return status


def _search(parsed: argparse.Namespace) -> int:
    where = where_of(parsed)
    with opened(parsed) as rag:
        check_sources(rag, where)
        hits = read_hits(rag, parsed.query, k=parsed.k, where=where)
    for hit, reading in hits:
        if parsed.json:
            explained = {"explain": hit.explain()} if parsed.explain else {}
            print_json_line({**hit.to_dict(), "reading": reading, **explained})
        else:
            print_lines(hit_lines(hit, reading, explain=parsed.explain))
    if not hits and not parsed.json:
        print("Inga träffar.")
    return 0


def _who_does_what(parsed: argparse.Namespace) -> int:
    if parsed.csv and parsed.json:
        raise UsageError("--csv and --json are two forms of the same rows; ask for one at a time")
    with opened_to_read(parsed) as rag:
        rows = tasks.chosen(tasks.of_index(rag.index), actor=parsed.actor, word=parsed.word)
    if parsed.csv:
        print(spreadsheet.as_csv(rows), end="")
    elif parsed.json:
        for row in rows:
            print_json_line(row.to_dict())
    else:
        print_lines(row_lines(rows) or ["Inga rader."])
    return 0


def _index(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise UsageError("index needs --index DIR: the folder of the index to create or add to")
    if bool(parsed.paths) == bool(parsed.shards):
        raise UsageError("index takes PATH … or --from SHARDS")
    if parsed.shards and (parsed.encoder != "default" or parsed.actors != "reader"):
        raise UsageError("the encoder and the actors of shards were chosen when they were made: nmt-rag embed --help")
    if parsed.shards:
        from nmt_rag.index import load_shards

        report = load_shards(Path(parsed.shards), parsed.index)
    else:
        documents.load(parsed.paths)  # a path that is not there is told before an index is made for it
        with opened(parsed, create=True) as rag:
            report = rag.add(*parsed.paths, actors=parsed.actors)
    if parsed.json:
        print_json(report.to_dict())
    else:
        print(
            f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged, "
            f"{len(report.failed)} failed"
        )
        for message in [*(one.message for one in report.failed), *(one.message for one in report.notes)]:
            complain(message)
    return 1 if report.failed or (parsed.strict and report.notes) else 0


def _import_faiss(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise UsageError("import-faiss needs --index DIR: the folder of the index to create or add to")
    from nmt_rag.langchain import import_folder

    done = import_folder(Path(parsed.folder), Path(parsed.index), name=parsed.name)
    if parsed.json:
        print_json({"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged})
    else:
        print(f"{len(done.added)} added, {len(done.replaced)} replaced, {len(done.unchanged)} unchanged")
    return 0


def _documents(parsed: argparse.Namespace) -> int:
    with opened_to_read(parsed) as rag:
        for document in rag.documents():
            if parsed.json:
                print_json_line({**without_text(document), "characters": len(document.text)})
            else:
                print(visible("\t".join((document.id, document.title, document.url))).rstrip())
    return 0


def _show(parsed: argparse.Namespace) -> int:
    with opened_to_read(parsed) as rag:
        document = rag.document(parsed.document_id)
    if document is None:
        raise NmtRagError(f"there is no document {parsed.document_id!r} in the index; `nmt-rag documents` lists them")
    start = 0 if parsed.start is None else parsed.start
    end = len(document.text) if parsed.end is None else parsed.end
    if not 0 <= start <= end <= len(document.text):
        raise UsageError(f"offsets run from 0 to {len(document.text)} in {document.id}, got {start} and {end}")
    if parsed.json:
        place = {"document_id": document.id, "title": document.title, "start": start, "end": end}
        page = {"page": document.page_at(start)} if document.pages else {}
        print_json({**place, **page, "quote": document.text[start:end]})
    elif parsed.start is None:
        print(visible("\n".join(page_lines(document))) if sys.stdout.isatty() else document.text)
    else:
        print_lines(quote_lines(document, start, end))
    return 0


def _remove(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise UsageError("remove needs --index DIR")
    removed: list[str] = []
    missing: list[str] = []
    with opened_to_read(parsed) as rag:
        for document_id in parsed.document_ids:
            (removed if rag.remove(document_id) else missing).append(document_id)
    if parsed.json:
        print_json({"removed": removed, "missing": missing})
    else:
        print_lines(f"removed {visible(document_id)}" for document_id in removed)
        for document_id in missing:
            complain(f"there is no document {document_id!r} in the index")
    return 1 if missing else 0


def _verify(parsed: argparse.Namespace) -> int:
    with opened_to_read(parsed) as rag:
        checks = rag.verify()
    for check in checks:
        if parsed.json:
            print_json_line({"name": check.name, "ok": check.ok, "message": check.message})
        else:
            print(visible(f"ok   {check.name}" if check.ok else f"FAIL {check.name}: {check.message}"))
    return 0 if all(check.ok for check in checks) else 1


def _info(parsed: argparse.Namespace) -> int:
    with opened_to_read(parsed) as rag:
        facts = rag.info()
    if parsed.json:
        print_json(facts)
    else:
        for name, value in facts.items():
            print(visible(f"{name:<12} {'none (words only)' if value is None else value}"))
    return 0


def _recheck(parsed: argparse.Namespace) -> int:
    status = 0
    with opened_to_read(parsed) as rag:
        for number, row in counted_rows(json_values(parsed.answers), "Rechecking", "answers"):
            try:
                answer = Answer.from_dict(row)
            except (TypeError, ValueError) as error:
                complain(f"{parsed.answers}, line {number}: no answer as `nmt-rag ask --json` prints it ({error})")
                status = 1
                continue
            for citation, found in zip(answer.citations, rag.recheck(answer), strict=True):
                status = status if found.verdict == "exact" else 1
                if parsed.json:
                    place = {"document_id": found.document_id, "start": found.start, "end": found.end}
                    verdict = {"line": number, "marker": citation.marker, "verdict": found.verdict}
                    print_json_line({**verdict, **place, "diff": found.diff})
                else:
                    print(visible(f"{number} [{citation.marker}] {found.verdict}: {found.message}"))
    return status


def _serve(parsed: argparse.Namespace) -> int:
    with extra("serve"):
        from nmt_rag.interfaces.http import app, server  # noqa: F401 - the server imports the other when it runs
    return server.command(parsed, encoder_of(parsed), model_of(parsed), say)


def _mcp(parsed: argparse.Namespace) -> int:
    with extra("mcp"):
        from nmt_rag.interfaces import mcp_server
    if not parsed.http:
        check_listening_is_default(parsed)
        mcp_server.run(open_live(parsed.index, encoder=encoder_of(parsed)))
        return 0
    with extra("serve"):
        from nmt_rag.interfaces.http import server
    return server.command_mcp(parsed, encoder_of(parsed), say)


def _embed(parsed: argparse.Namespace) -> int:
    from nmt_rag.index import embed

    names: dict[str, Any] = {"encoder": parsed.encoder, "actors": parsed.actors}
    made = embed(parsed.paths, Path(parsed.out), workers=parsed.workers, ray=parsed.ray, **names)
    if parsed.json:
        print_json(dataclasses.asdict(made))
    else:
        print_shards(len(made.shards), made.n_kept, len(made.failed), parsed.out)
        for message in [*(one.message for one in made.failed), *(one.message for one in made.notes)]:
            complain(message)
    return 1 if made.failed else 0


def _evaluate(parsed: argparse.Namespace) -> int:
    from nmt_rag.interfaces.terminal.evaluating import arguments, evaluate

    if wrong := arguments.misuse(parsed):
        raise UsageError(wrong)
    done = evaluate.run(parsed)
    print_lines(line if parsed.json else visible(line) for line in done.lines)
    for complaint in done.complaints:
        complain(complaint)
    return done.status


COMMANDS = {
    "ask": _ask,
    "search": _search,
    "who-does-what": _who_does_what,
    "index": _index,
    "embed": _embed,
    "import-faiss": _import_faiss,
    "documents": _documents,
    "show": _show,
    "remove": _remove,
    "verify": _verify,
    "info": _info,
    "recheck": _recheck,
    "serve": _serve,
    "evaluate": _evaluate,
    "mcp": _mcp,
}
