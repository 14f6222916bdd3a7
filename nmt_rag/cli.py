"""The command line: ``nmt-rag ask``, ``search``, ``index`` and their kin.

Besides the web demo the only code that prints. Results go to stdout, everything else to stderr; an error is one line
and exit status 1 (2 for wrong usage), an abstention is an answer and exits 0.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nmt_rag import documents, extras, passport, records, responsibilities, strict_json, tables, tracing
from nmt_rag.arguments import build_parser
from nmt_rag.errors import NmtRagError
from nmt_rag.listening import ChatModel
from nmt_rag.live import open_live
from nmt_rag.mistyped import nothing_through
from nmt_rag.progress import counted, shown
from nmt_rag.rag import Rag, open_rag
from nmt_rag.terminal import answer_lines, hit_lines, page_lines, quote_lines, row_lines, visible
from nmt_rag.types import Answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _open_streams()
    # Only `--encoder NAME` loads a library that reads these; the hub is then asked for the model and told nothing else.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["OTEL_SDK_DISABLED"] = "true"  # the libraries of the servers would trace what they are asked
    try:
        parsed = build_parser().parse_args(arguments)
        with shown():
            status = _COMMANDS[parsed.command](parsed)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        _complain("stopped; nothing that was reported is lost")
        return 130
    except _UsageError as error:
        _complain(str(error))
        return 2
    except NmtRagError as error:
        _complain(str(error))
        return 1
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:  # one without a name is stdout's, as of a full disk
        if error.filename is None:
            _drop_output()
        _complain(f"{error.filename or 'cannot write the output'}: {error.strerror or error}")
        return 1


class _UsageError(Exception):
    """A command that was called in a way that argparse cannot see is wrong."""


def _open_streams() -> None:
    """Make stdout and stderr UTF-8; a stream that the caller closed is a file that swallows what it is given."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _drop_output() -> None:
    """Let nothing that is still buffered be written when Python exits, which would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    """Print one line on stderr, whatever the message holds."""
    print(f"nmt-rag: {visible(' '.join(message.split()))}", file=sys.stderr)


def _open(parsed: argparse.Namespace, *, create: bool = False) -> Rag:
    encoder = None if parsed.encoder == "none" else parsed.encoder
    return open_rag(parsed.index, encoder=encoder, create=create)


def _open_to_read(parsed: argparse.Namespace) -> Rag:
    """Open an index for a command that encodes nothing, whichever encoder it was built with."""
    return open_rag(parsed.index, encoder="default" if parsed.index is None else None)


def _check_sources(rag: Rag, where: Mapping[str, Any] | None) -> None:
    """Refuse to ask an index of nothing, and tell of a filter that lets nothing through, which may be mistyped."""
    if not rag.index.n_documents:
        path = rag.index.path
        raise NmtRagError(
            f"the index {path} is empty, so nothing can be found; add to it with: nmt-rag index PATH --index {path}"
        )
    if where and (notice := nothing_through(rag.index, where)):
        _complain(notice)


def _where(parsed: argparse.Namespace) -> Mapping[str, Any] | None:
    """Return the filter that all of ``--where`` and ``--actor`` make together."""
    where: dict[str, Any] = {}
    apart: list[Mapping[str, Any]] = []  # what names a field once more, as in --where "year>=2020" --where "year<2024"
    for condition in [*parsed.where, *([{"actor": parsed.actor}] if parsed.actor else [])]:
        for field, value in condition.items():
            if isinstance(value, str) and isinstance(where.get(field, value), str) and where.get(field, value) != value:
                raise _UsageError(f"{field} cannot be both {where[field]!r} and {value!r}; ask for one at a time")
        if where.keys() & condition.keys() or "$and" in condition:
            apart.append(condition)
        else:
            where |= condition
    return ({**where, "$and": apart} if apart else where) or None


def _ask(parsed: argparse.Namespace) -> int:
    if (parsed.question is None) == (parsed.questions is None):
        raise _UsageError("ask takes a QUESTION or --questions FILE")
    where = _where(parsed)
    options: dict[str, Any] = {
        "where": where,
        "language": parsed.language,
        "model": _model(parsed),
        "least_confidence": parsed.least_confidence,
    }
    with _open(parsed) as rag:
        _check_sources(rag, where)
        if parsed.question is not None:
            answer = rag.ask(parsed.question, **options)
            _print_json(answer.to_dict()) if parsed.json else _print_lines(answer_lines(answer))
            return 0
        status = 0
        for number, row in _progress(_json_lines(parsed.questions), "Answering", "questions"):
            question = row.get("question") if isinstance(row, Mapping) else None
            if not isinstance(question, str):
                _complain(f'{parsed.questions}, line {number}: expected {{"question": "…"}}')
                status = 1
                continue
            answer = rag.ask(question, **options)
            if parsed.json:
                _print_json_line({**answer.to_dict(), **({"id": row["id"]} if "id" in row else {})})
            else:
                _print_lines([f"? {visible(question)}", *answer_lines(answer), ""])
    return status


def _model(parsed: argparse.Namespace) -> ChatModel | None:
    """Return the language model that was asked for; where its traffic is traced, that is told as one line."""
    if parsed.model_url is not None and parsed.model is None:
        raise _UsageError("--model-url is the address of a --model NAME")
    if parsed.model is None:
        return None
    from nmt_rag.chat_models import open_model

    if notice := tracing.notice():
        _complain(notice)
        warnings.simplefilter("ignore", tracing.TracingWarning)
    return open_model(parsed.model, url=parsed.model_url)


def _search(parsed: argparse.Namespace) -> int:
    where = _where(parsed)
    with _open(parsed) as rag:
        _check_sources(rag, where)
        hits = rag.search(parsed.query, k=parsed.k, where=where)
    for hit in hits:
        if parsed.json:
            _print_json_line({**hit.to_dict(), **({"explain": hit.explain()} if parsed.explain else {})})
        else:
            _print_lines(hit_lines(hit, explain=parsed.explain))
    if not hits and not parsed.json:
        print("Inga träffar.")
    return 0


def _who_does_what(parsed: argparse.Namespace) -> int:
    if parsed.csv and parsed.json:
        raise _UsageError("--csv and --json are two forms of the same rows; ask for one at a time")
    with _open_to_read(parsed) as rag:
        rows = responsibilities.chosen(responsibilities.of_index(rag.index), actor=parsed.actor, word=parsed.word)
    if parsed.csv:
        print(tables.as_csv(rows), end="")
    elif parsed.json:
        for row in rows:
            _print_json_line(row.to_dict())
    else:
        _print_lines(row_lines(rows) or ["Inga rader."])
    return 0


def _index(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise _UsageError("index needs --index DIR: the folder of the index to create or add to")
    if bool(parsed.paths) == bool(parsed.shards):
        raise _UsageError("index takes PATH … or --from SHARDS")
    if parsed.shards:
        from nmt_rag.engines.loading import load_shards

        report = load_shards(Path(parsed.shards), parsed.index)
    else:
        documents.load(parsed.paths)  # a path that is not there is told before an index is made for it
        with _open(parsed, create=True) as rag:
            report = rag.add(*parsed.paths)
    if parsed.json:
        _print_json(report.to_dict())
    else:
        print(
            f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged, "
            f"{len(report.failed)} failed"
        )
        for message in [*(one.message for one in report.failed), *(one.message for one in report.notes)]:
            _complain(message)
    return 1 if report.failed or (parsed.strict and report.notes) else 0


def _embed(parsed: argparse.Namespace) -> int:
    from nmt_rag.engines.embedding import embed

    made = embed(parsed.paths, Path(parsed.out), encoder=parsed.encoder, workers=parsed.workers, ray=parsed.ray)
    if parsed.json:
        _print_json(dataclasses.asdict(made))
    else:
        n_shards = len(made.shards)
        print(
            f"{n_shards} shards in {parsed.out}, {made.n_kept} of them there already; {len(made.failed)} files failed"
        )
        for message in [*(one.message for one in made.failed), *(one.message for one in made.notes)]:
            _complain(message)
    return 1 if made.failed else 0


def _import_faiss(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise _UsageError("import-faiss needs --index DIR: the folder of the index to create or add to")
    from nmt_rag.faiss_import import import_folder

    done = import_folder(Path(parsed.folder), Path(parsed.index), name=parsed.name)
    if parsed.json:
        _print_json({"added": done.added, "replaced": done.replaced, "unchanged": done.unchanged})
    else:
        print(f"{len(done.added)} added, {len(done.replaced)} replaced, {len(done.unchanged)} unchanged")
    return 0


def _documents(parsed: argparse.Namespace) -> int:
    with _open_to_read(parsed) as rag:
        for document in rag.documents():
            if parsed.json:
                row = document.to_dict()
                del row["text"], row["pages"]
                _print_json_line({**row, "characters": len(document.text)})
            else:
                print(visible("\t".join((document.id, document.title, document.url))).rstrip())
    return 0


def _show(parsed: argparse.Namespace) -> int:
    with _open_to_read(parsed) as rag:
        document = rag.document(parsed.document_id)
    if document is None:
        raise NmtRagError(f"there is no document {parsed.document_id!r} in the index; `nmt-rag documents` lists them")
    start = 0 if parsed.start is None else parsed.start
    end = len(document.text) if parsed.end is None else parsed.end
    if not 0 <= start <= end <= len(document.text):
        raise _UsageError(f"offsets run from 0 to {len(document.text)} in {document.id}, got {start} and {end}")
    if parsed.json:
        place = {"document_id": document.id, "title": document.title, "start": start, "end": end}
        if document.pages:
            place["page"] = document.page_at(start)
        _print_json({**place, "quote": document.text[start:end]})
    elif parsed.start is None:
        text = "\n".join(page_lines(document))
        print(visible(text) if sys.stdout.isatty() else text)
    else:
        _print_lines(quote_lines(document, start, end))
    return 0


def _remove(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise _UsageError("remove needs --index DIR")
    removed: list[str] = []
    missing: list[str] = []
    with _open_to_read(parsed) as rag:
        for document_id in parsed.document_ids:
            (removed if rag.remove(document_id) else missing).append(document_id)
    if parsed.json:
        _print_json({"removed": removed, "missing": missing})
    else:
        _print_lines(f"removed {visible(document_id)}" for document_id in removed)
        for document_id in missing:
            _complain(f"there is no document {document_id!r} in the index")
    return 1 if missing else 0


def _verify(parsed: argparse.Namespace) -> int:
    with _open_to_read(parsed) as rag:
        checks = rag.verify()
    for check in checks:
        if parsed.json:
            _print_json_line({"name": check.name, "ok": check.ok, "message": check.message})
        else:
            print(visible(f"ok   {check.name}" if check.ok else f"FAIL {check.name}: {check.message}"))
    return 0 if all(check.ok for check in checks) else 1


def _info(parsed: argparse.Namespace) -> int:
    with _open_to_read(parsed) as rag:
        facts = rag.info()
    if parsed.json:
        _print_json(facts)
    else:
        for name, value in facts.items():
            print(visible(f"{name:<12} {'none (words only)' if value is None else value}"))
    return 0


def _recheck(parsed: argparse.Namespace) -> int:
    status = 0
    with _open_to_read(parsed) as rag:
        for number, row in _progress(_json_values(parsed.answers), "Rechecking", "answers"):
            try:
                answer = Answer.from_dict(row)
            except (KeyError, TypeError, ValueError, AttributeError):
                _complain(f"{parsed.answers}, line {number}: no answer as `nmt-rag ask --json` prints it")
                status = 1
                continue
            for citation, found in zip(answer.citations, rag.recheck(answer), strict=True):
                status = status if found.verdict == "exact" else 1
                if parsed.json:
                    place = {"document_id": found.document_id, "start": found.start, "end": found.end}
                    verdict = {"line": number, "marker": citation.marker, "verdict": found.verdict}
                    _print_json_line({**verdict, **place, "diff": found.diff})
                else:
                    print(visible(f"{number} [{citation.marker}] {found.verdict}: {found.message}"))
    return status


def _serve(parsed: argparse.Namespace) -> int:
    with _extra("serve"):
        from nmt_rag import serve, server  # noqa: F401 - the server imports the other when it runs
    encoder = None if parsed.encoder == "none" else parsed.encoder
    return server.command(parsed, encoder, _model(parsed), _say)


def _mcp(parsed: argparse.Namespace) -> int:
    encoder = None if parsed.encoder == "none" else parsed.encoder
    with _extra("mcp"):
        from nmt_rag import mcp_server
    if not parsed.http:
        mcp_server.run(open_live(parsed.index, encoder=encoder))
        return 0
    with _extra("serve"):
        from nmt_rag import server
    return server.command_mcp(parsed, encoder, _say)


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Turn a library that is missing into one line that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "nmt_rag":
            raise
        message = f"this command needs {error.name}, which is not installed: {extras.install(name)}"
        raise NmtRagError(message) from error


def _say(message: str) -> None:
    """Print one line on stderr for whoever runs a server."""
    print(f"nmt-rag: {visible(message)}", file=sys.stderr, flush=True)


def _evaluate(parsed: argparse.Namespace) -> int:
    from nmt_rag import evaluate_arguments, evaluate_command

    wrong = evaluate_arguments.misuse(parsed)
    if wrong:
        raise _UsageError(wrong)
    done = evaluate_command.run(parsed)
    _print_lines(line if parsed.json else visible(line) for line in done.lines)
    for complaint in done.complaints:
        _complain(complaint)
    return done.status


def _progress(rows: Iterable[tuple[int, Any]], what: str, unit: str) -> Iterable[tuple[int, Any]]:
    """Count rows where stdout is no terminal, which would show by itself how far they are."""
    return counted(rows, what, unit, wanted=not sys.stdout.isatty())


def _json_lines(path: str) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a JSONL file with their line numbers; a broken line ends it with one clear error."""
    with records.reading(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _parsed(path, number, line)


def _json_values(path: str) -> Iterator[tuple[int, Any]]:
    """Yield the values of a file of JSON, one a line or spread over several, with the line that each begins in."""
    with records.reading(path) as lines:
        value, first = "", 0
        for number, line in enumerate(lines, 1):
            if not value and line.lstrip().startswith("<"):  # an answer that the web page saved
                yield number, _parsed(path, number, passport.answer_json(line + lines.read()))
                return
            if not value:
                first = number
            # A value that is spread out begins with a lone bracket and ends with one that is not indented.
            value = f"{value}{line}" if value or line.strip() else ""
            if value.rstrip() not in ("", "{", "[") and (number == first or line.rstrip() in ("}", "]")):
                yield first, _parsed(path, first, value)
                value = ""
        if value:
            yield first, _parsed(path, first, value)


def _parsed(path: str, number: int, text: str) -> object:
    try:
        return strict_json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NmtRagError(f"{path}, line {number}: not JSON ({error}); the lines before it are done") from error


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(value: object) -> None:
    print(strict_json.dumps(strict_json.finite(value), indent=2))


def _print_json_line(value: object) -> None:
    print(strict_json.dumps(strict_json.finite(value)))


_COMMANDS = {
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


if __name__ == "__main__":
    sys.exit(main())
