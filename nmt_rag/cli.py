"""The command line: ``nmt-rag ask``, ``search``, ``index`` and their kin.

Besides the web demo the only code that prints. Results go to stdout, everything else to stderr; an error is one line
and exit status 1 (2 for wrong usage), an abstention is an answer and exits 0.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import nmt_rag
from nmt_rag.errors import NmtRagError
from nmt_rag.rag import Rag, open_rag
from nmt_rag.types import Answer, Document, Hit

EPILOG = """\
examples:
  nmt-rag ask "Vilken myndighet beslutar om betänketid?"
  nmt-rag ask "Vem är KAST till för?" --json
  nmt-rag index stöd/ --index mitt-index
  nmt-rag search "skadestånd" --index mitt-index -k 3 --explain
"""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="nmt-rag",
        description="Semantic search and question answering over Swedish text, with exact citations.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nmt-rag {nmt_rag.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    ask = _command(commands, "ask", "answer a question, or say that the sources do not", "Vem är KAST till för?")
    ask.add_argument("question", nargs="?", help="the question, in Swedish or English")
    ask.add_argument(
        "--questions", metavar="FILE", help='answer each line of a JSONL file: {"question": …}; - is stdin'
    )
    ask.add_argument("--language", choices=("sv", "en"), help="language around the quotes (default: the question's)")
    _filters(ask)

    search = _command(commands, "search", "list the passages nearest to some words", "betänketid")
    search.add_argument("query", help="words or a question")
    search.add_argument("-k", type=_positive, default=10, metavar="N", help="how many hits (default: %(default)s)")
    search.add_argument("--explain", action="store_true", help="say why each passage was found")
    _filters(search)

    index = _command(
        commands, "index", "create an index, or add documents to it", "stöd/ rapport.pdf --index mitt-index"
    )
    index.add_argument("paths", nargs="+", metavar="PATH", help="files (.txt .md .html .pdf .docx .jsonl) and folders")

    documents = _command(commands, "documents", "list the documents of the index", "")
    documents.set_defaults(command="documents")

    show = _command(commands, "show", "print a document, or a quote in its place", "deltagande-myndigheter 2871 3140")
    show.add_argument("document_id", metavar="DOC")
    show.add_argument("start", nargs="?", type=int, metavar="START", help="first character")
    show.add_argument("end", nargs="?", type=int, metavar="END", help="the character after the last")

    remove = _command(commands, "remove", "remove documents from an index", "gammal-sida --index mitt-index")
    remove.add_argument("document_ids", nargs="+", metavar="DOC")

    _command(commands, "verify", "prove that the index and its sources agree", "--index mitt-index")
    _command(commands, "info", "say what the index holds and how it was built", "--json")

    recheck = _command(
        commands, "recheck", "say what became of the citations of saved answers", "svar.jsonl --index mitt-index"
    )
    recheck.add_argument("answers", metavar="ANSWERS.jsonl", help="answers as `ask --json` prints them; - is stdin")
    return parser


def _command(
    commands: Any,  # noqa: ANN401 - argparse's own type is private
    name: str,
    text: str,
    example: str,
) -> argparse.ArgumentParser:
    shown = json.dumps(example, ensure_ascii=False) if "?" in example else example
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=f"example: nmt-rag {name} {shown}".rstrip(),
    )
    parser.add_argument("--index", metavar="DIR", help="the index folder (default: the packaged page)")
    parser.add_argument("--json", action="store_true", help="print JSON (JSON lines where there are many)")
    parser.add_argument(
        "--encoder",
        default="default",
        metavar="NAME",
        help="default, none (words only), or a sentence-transformers model",
    )
    return parser


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--actor", help="only passages in which this actor acts or is named")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="only documents with this metadata; may repeat",
    )


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parsed = build_parser().parse_args(arguments)
    try:
        status = _COMMANDS[parsed.command](parsed)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("nmt-rag: stopped; nothing that was reported is lost", file=sys.stderr)
        return 130
    except (NmtRagError, _UsageError) as error:
        print(f"nmt-rag: {error}", file=sys.stderr)
        return 2 if isinstance(error, _UsageError) else 1


class _UsageError(Exception):
    """A command that was called in a way that argparse cannot see is wrong."""


def _open(parsed: argparse.Namespace, *, create: bool = False) -> Rag:
    encoder = None if parsed.encoder == "none" else parsed.encoder
    return open_rag(parsed.index, encoder=encoder, create=create)


def _where(parsed: argparse.Namespace) -> Mapping[str, str] | None:
    where: dict[str, str] = {}
    for condition in parsed.where:
        field, equals, value = condition.partition("=")
        if not equals or not field.strip():
            raise _UsageError(f"--where takes FIELD=VALUE, got {condition!r}")
        where[field.strip()] = value
    if parsed.actor:
        where["actor"] = parsed.actor
    return where or None


def _ask(parsed: argparse.Namespace) -> int:
    if (parsed.question is None) == (parsed.questions is None):
        raise _UsageError("ask takes a QUESTION or --questions FILE")
    where = _where(parsed)
    with _open(parsed) as rag:
        if parsed.question is not None:
            answer = rag.ask(parsed.question, where=where, language=parsed.language)
            _print_json(answer.to_dict()) if parsed.json else _print_answer(answer)
            return 0
        status = 0
        for number, row in _json_lines(parsed.questions):
            question = row.get("question") if isinstance(row, Mapping) else None
            if not isinstance(question, str):
                print(f'nmt-rag: {parsed.questions}, line {number}: expected {{"question": "…"}}', file=sys.stderr)
                status = 1
                continue
            answer = rag.ask(question, where=where, language=parsed.language)
            extra = {"id": row["id"]} if "id" in row else {}
            if parsed.json:
                print(json.dumps({**answer.to_dict(), **extra}, ensure_ascii=False))
            else:
                print(f"? {question}")
                _print_answer(answer)
                print()
    return status


def _search(parsed: argparse.Namespace) -> int:
    with _open(parsed) as rag:
        hits = rag.search(parsed.query, k=parsed.k, where=_where(parsed))
    for hit in hits:
        if parsed.json:
            row = hit.to_dict()
            print(json.dumps({**row, "explain": hit.explain()} if parsed.explain else row, ensure_ascii=False))
        else:
            _print_hit(hit, explain=parsed.explain)
    if not hits and not parsed.json:
        print("Inga träffar.")
    return 0


def _index(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise _UsageError("index needs --index DIR: the folder of the index to create or add to")
    with _open(parsed, create=True) as rag:
        report = rag.add(*parsed.paths, progress=sys.stderr.isatty())
    if parsed.json:
        _print_json(report.to_dict())
    else:
        print(
            f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged, "
            f"{len(report.failed)} failed"
        )
        for failure in report.failed:
            print(f"nmt-rag: {failure.message}", file=sys.stderr)
    return 1 if report.failed else 0


def _documents(parsed: argparse.Namespace) -> int:
    with _open(parsed) as rag:
        for document in rag.documents():
            if parsed.json:
                row = document.to_dict()
                del row["text"], row["pages"]
                print(json.dumps({**row, "characters": len(document.text)}, ensure_ascii=False))
            else:
                print("\t".join((document.id, document.title, document.url)).rstrip())
    return 0


def _show(parsed: argparse.Namespace) -> int:
    with _open(parsed) as rag:
        document = rag.document(parsed.document_id)
        if document is None:
            raise NmtRagError(
                f"there is no document {parsed.document_id!r} in the index; `nmt-rag documents` lists them"
            )
        start = 0 if parsed.start is None else parsed.start
        end = len(document.text) if parsed.end is None else parsed.end
        if not 0 <= start <= end <= len(document.text):
            raise _UsageError(f"offsets run from 0 to {len(document.text)} in {document.id}, got {start} and {end}")
        if parsed.json:
            quote = document.text[start:end]
            _print_json(
                {"document_id": document.id, "title": document.title, "start": start, "end": end, "quote": quote}
            )
        elif parsed.start is None:
            print(document.text)
        else:
            _print_in_place(document, start, end)
    return 0


def _remove(parsed: argparse.Namespace) -> int:
    if parsed.index is None:
        raise _UsageError("remove needs --index DIR")
    status = 0
    with _open(parsed) as rag:
        for document_id in parsed.document_ids:
            if rag.remove(document_id):
                print(f"removed {document_id}")
            else:
                print(f"nmt-rag: there is no document {document_id!r} in the index", file=sys.stderr)
                status = 1
    return status


def _verify(parsed: argparse.Namespace) -> int:
    with _open(parsed) as rag:
        checks = rag.verify()
    for check in checks:
        if parsed.json:
            print(json.dumps({"name": check.name, "ok": check.ok, "message": check.message}, ensure_ascii=False))
        else:
            print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.message}".rstrip(": "))
    return 0 if all(check.ok for check in checks) else 1


def _info(parsed: argparse.Namespace) -> int:
    with _open(parsed) as rag:
        facts = rag.info()
    if parsed.json:
        _print_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name.replace('_', ' '):<12} {value}")
    return 0


def _recheck(parsed: argparse.Namespace) -> int:
    status = 0
    with _open(parsed) as rag:
        for number, row in _json_lines(parsed.answers):
            try:
                answer = Answer.from_dict(row)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                print(f"nmt-rag: {parsed.answers}, line {number}: no saved answer ({error})", file=sys.stderr)
                status = 1
                continue
            for citation, found in zip(answer.citations, rag.recheck(answer), strict=True):
                status = status if found.verdict == "exact" else 1
                if parsed.json:
                    place = {"document_id": found.document_id, "start": found.start, "end": found.end}
                    facts = {
                        "line": number,
                        "marker": citation.marker,
                        "verdict": found.verdict,
                        **place,
                        "diff": found.diff,
                    }
                    print(json.dumps(facts, ensure_ascii=False))
                else:
                    print(f"{number} [{citation.marker}] {found.verdict}: {found.message}")
    return status


def _json_lines(path: str) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a JSONL file with their line numbers; a broken line ends it with one clear error."""
    try:
        lines: Iterable[str] = sys.stdin if path == "-" else Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NmtRagError(f"cannot read {path}: {error}; give a JSONL file in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise NmtRagError(f"{path}, line {number}: not JSON ({error}); the lines before it are done") from error


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _style(text: str, code: str) -> str:
    """Return a text in a terminal style, or as it is where colours are not wanted."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{code}m{text}\x1b[0m"


def _visible(text: str) -> str:
    """Return a text without the control characters that a terminal would obey."""
    return "".join(c if c.isprintable() or c in "\n\t\xa0" else "�" for c in text)


def _print_answer(answer: Answer) -> None:
    if not answer.answered:
        print(_visible(answer.text))
        for related in answer.related[:1]:
            near = "Nearest in the sources" if answer.language == "en" else "Det närmaste källorna säger"
            print(f"  {near}: «{_visible(related.quote)}»")
        return
    if answer.actors:
        print(_style(_visible(", ".join(answer.actors)), "1"))
    for statement in answer.statements:
        markers = "".join(f" [{marker}]" for marker in statement.citations)
        print(f"  «{_visible(statement.text)}»{markers}")
    for citation in answer.citations:
        place = " › ".join(citation.heading) or citation.title
        print(_style(_visible(f"[{citation.marker}] {place}" + (f" — {citation.url}" if citation.url else "")), "2"))
    if answer.language == "en":
        print(answer.text.rsplit("\n", 1)[-1])


def _print_hit(hit: Hit, *, explain: bool) -> None:
    place = " › ".join(dict.fromkeys((hit.title, *hit.passage.heading)))
    print(f"{hit.rank:>2}. {_style(_visible(hit.passage.actor or hit.title), '1')}  {hit.score:.3f}")
    print(f"    «{_visible(hit.passage.text)}»")
    print(f"    {_style(_visible(f'{place} ({hit.document_id} {hit.passage.start}–{hit.passage.end})'), '2')}")
    if explain:
        print(f"    {hit.explain()}")


def _print_in_place(document: Document, start: int, end: int) -> None:
    """Print a quote between marks, with the text around it."""
    before = document.text[max(0, start - 200) : start]
    after = document.text[end : end + 200]
    print(_visible(f"{document.title} ({document.id}, {start}–{end})"))
    quote = _style(f"»{_visible(document.text[start:end])}«", "1")
    print(f"…{_visible(before)}{quote}{_visible(after)}…")


_COMMANDS = {
    "ask": _ask,
    "search": _search,
    "index": _index,
    "documents": _documents,
    "show": _show,
    "remove": _remove,
    "verify": _verify,
    "info": _info,
    "recheck": _recheck,
}


if __name__ == "__main__":
    sys.exit(main())
