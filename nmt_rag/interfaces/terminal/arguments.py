"""The arguments of the command line: which commands there are, what they take, and their help.

It runs nothing: `nmt_rag.interfaces.terminal.main` does what was asked.
"""

from __future__ import annotations

import argparse
from typing import Any, NoReturn, get_args

import nmt_rag
from nmt_rag.documents import Namer
from nmt_rag.interfaces.terminal.argument_types import (
    address,
    condition,
    count,
    encoder,
    folder,
    index_place,
    plain_text,
    port,
    positive,
    question,
    share,
)
from nmt_rag.interfaces.terminal.evaluating.arguments import add_evaluate

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
        self.exit(2, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


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

    ask = _command(commands, "ask", "answer a question, or say that the sources do not", '"Vem är KAST till för?"')
    ask.add_argument("question", nargs="?", type=question, help="the question, in Swedish or English")
    ask.add_argument(
        "--questions", metavar="FILE", help='answer each line of a JSONL file: {"question": …}; - is stdin'
    )
    ask.add_argument("--language", choices=("sv", "en"), help="language around the quotes (default: the question's)")
    ask.add_argument(
        "--earlier",
        action="append",
        default=[],
        metavar="QUESTION",
        help="what was asked before, if the question points back to it; once for each, oldest first",
    )
    ask.add_argument(
        "--least-confidence",
        type=share,
        metavar="P",
        help="how sure an answer must be, 0 to 1; what lies below the usual bar is marked as uncertain",
    )
    _filters(ask)
    _encoder(ask)
    _model(ask)

    search = _command(commands, "search", "list the passages nearest to some words", "betänketid -k 3 --explain")
    search.add_argument("query", type=question, help="words or a question")
    search.add_argument("-k", type=positive, default=10, metavar="N", help="how many hits (default: %(default)s)")
    search.add_argument("--explain", action="store_true", help="say why each passage was found")
    _filters(search)
    _encoder(search)

    index = _command(
        commands, "index", "create an index, or add documents to it", "stöd/ rapport.pdf --index mitt-index"
    )
    index.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files (.txt .md .html .pdf .docx .odt .csv .eml .jsonl .xlsx .pptx .rtf) and folders",
    )
    index.add_argument("--from", dest="shards", type=folder, metavar="SHARDS", help="what `embed` made, in their stead")
    index.add_argument("--strict", action="store_true", help="fail also where something in a file was left out")
    _actors(index)
    _encoder(index)

    embed = _command(
        commands,
        "embed",
        "read, split and encode files in parallel, for index --from",
        "stöd/ --out delar",
        place=False,
    )
    embed.add_argument("paths", nargs="+", metavar="PATH", help="files and folders, as index takes them")
    embed.add_argument("--out", type=folder, required=True, metavar="SHARDS", help="the folder of the shards (Parquet)")
    embed.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: %(default)s)")
    embed.add_argument(
        "--ray", type=plain_text, metavar="ADDRESS", help="a Ray cluster, or local; else Python's processes"
    )
    _actors(embed)
    embed.add_argument(
        "--encoder",
        type=encoder,
        default="default",
        metavar="NAME",
        help="the packaged one (default), or a sentence-transformers model by name or folder",
    )

    who = _command(
        commands, "who-does-what", "list the actors' tasks, each with the sentence that says so", "--actor NOA --csv"
    )
    who.add_argument("--actor", type=plain_text, default="", help="only actors whose name holds these words")
    who.add_argument("--word", type=plain_text, default="", help="only tasks with words that begin so")
    who.add_argument("--csv", action="store_true", help="print CSV, with the quote and its place in each row")

    imported = _command(
        commands,
        "import-faiss",
        "take over a folder of langchain-community's FAISS store",
        "gammal/ --index mitt-index",
    )
    imported.add_argument("folder", type=folder, metavar="FOLDER", help="what FAISS.save_local wrote")
    imported.add_argument("--name", type=plain_text, default="index", help="its index_name (default: %(default)s)")

    _command(commands, "documents", "list the documents of the index", "--index mitt-index")

    show = _command(commands, "show", "print a document, or a quote in its place", "deltagande-myndigheter 2418 2719")
    show.add_argument("document_id", type=plain_text, metavar="DOC", help="the id of a document")
    show.add_argument("start", nargs="?", type=int, metavar="START", help="first character")
    show.add_argument("end", nargs="?", type=int, metavar="END", help="the character after the last")

    remove = _command(commands, "remove", "remove documents from an index", "gammal-sida --index mitt-index")
    remove.add_argument("document_ids", nargs="+", type=plain_text, metavar="DOC", help="the id of a document")

    _command(commands, "verify", "prove that the index and its sources agree", "--index mitt-index")
    _command(commands, "info", "say what the index holds and how it was built", "--json")

    recheck = _command(
        commands, "recheck", "say what became of the citations of saved answers", "svar.jsonl --index mitt-index"
    )
    recheck.add_argument(
        "answers", metavar="ANSWERS", help="answers as `ask --json` prints or the web page saves them; - is stdin"
    )

    serve = _command(commands, "serve", "answer over HTTP until it is stopped", "--index mitt-index", json=False)
    _encoder(serve)
    _listening(serve)
    serve.add_argument(
        "--workers", type=positive, default=1, metavar="N", help="processes that answer (default: %(default)s)"
    )
    serve.add_argument(
        "--threads", type=positive, metavar="N", help="questions worked on at a time (default: one a core)"
    )
    serve.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=plain_text,
        metavar="ORIGIN",
        help="let pages of this origin ask from a browser; may repeat",
    )
    _model(serve)

    mcp = _command(
        commands, "mcp", "serve assistants (MCP), one over stdin and stdout or many over HTTP", "--http", json=False
    )
    _encoder(mcp)
    mcp.add_argument("--http", action="store_true", help="over HTTP, at /mcp, until it is stopped; the rest needs this")
    _listening(mcp)
    add_evaluate(commands)
    return parser


def _command(
    commands: Any,  # noqa: ANN401 - argparse's own type is private
    name: str,
    text: str,
    example: str,
    *,
    json: bool = True,
    place: bool = True,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=f"example: nmt-rag {name} {example}"
    )
    if place:
        writes = name in ("index", "import-faiss", "remove")  # never to the packaged page
        otherwise = "needed" if writes else "default: the packaged page"
        parser.add_argument(
            "--index", type=index_place, metavar="DIR", help=f"the index folder or address ({otherwise})"
        )
    if json:
        parser.add_argument("--json", action="store_true", help="print JSON (JSON lines where there are many)")
    return parser


def _listening(parser: argparse.ArgumentParser) -> None:
    """Add what a server is told of where it listens and whom it lets in."""
    parser.add_argument(
        "--host", type=plain_text, default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument("--port", type=port, default=8000, help="0 takes any that is free (default: %(default)s)")
    parser.add_argument(
        "--rate", type=count, default=600, metavar="N", help="requests a minute and address; 0: any (default: 600)"
    )
    parser.add_argument(
        "--max-bytes", type=positive, default=65_536, metavar="N", help="longest request (default: %(default)s)"
    )
    parser.add_argument(
        "--timeout", type=positive, metavar="SECONDS", help="for one request (default: 30, with a model 150)"
    )
    parser.add_argument(
        "--trust-proxy",
        action="append",
        default=[],
        type=plain_text,
        metavar="ADDRESS",
        help="believe this proxy's X-Forwarded-For; may repeat",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=plain_text,
        metavar="NAME",
        help="a name that this machine is called by, besides localhost; may repeat",
    )


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--actor", type=plain_text, help="only passages in which this actor acts or is named")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        type=condition,
        metavar="FILTER",
        help="only documents with this metadata: FIELD=VALUE, also != >= <= > <, or a filter in JSON; may repeat",
    )


def _actors(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--actors",
        choices=get_args(Namer),
        default="reader",
        help="what names who acts: the packaged reader (default), or rules, which are quicker and more often wrong",
    )


def _encoder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        default="default",
        metavar="NAME",
        help="the packaged one (default), none (words only), or a sentence-transformers model by name or folder",
    )


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        type=plain_text,
        metavar="NAME",
        help="let a language model word the answer: provider:model, such as ollama:llama3.2; it is sent the question",
    )
    parser.add_argument(
        "--model-url", type=address, metavar="URL", help="the address of the model's server, if it is not the usual"
    )
