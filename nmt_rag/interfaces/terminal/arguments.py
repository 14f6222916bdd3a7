"""The arguments of the command line: which commands there are, what they take, and their help.

It runs nothing: `nmt_rag.interfaces.terminal.main` does what was asked.
"""

from __future__ import annotations

import argparse
from typing import Any

import nmt_rag
from nmt_rag.interfaces.terminal.argument_types import (
    encoder,
    folder,
    origin,
    plain_text,
    positive,
    question,
    share,
)
from nmt_rag.interfaces.terminal.evaluating.arguments import add_evaluate
from nmt_rag.interfaces.terminal.shared_arguments import (
    Parser,
    add_actors,
    add_command,
    add_encoder,
    add_filters,
    add_listening,
    add_model,
    add_repeated,
)

EPILOG = """\
examples:
  nmt-rag ask "Vilken myndighet beslutar om betänketid?"
  nmt-rag ask "Vem är KAST till för?" --json
  nmt-rag index stöd/ --index mitt-index
  nmt-rag search "skadestånd" --index mitt-index -k 3 --explain
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="nmt-rag",
        description="Semantic search and question answering over Swedish text, with exact citations.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nmt-rag {nmt_rag.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    _add_ask(commands)
    _add_search(commands)
    _add_index(commands)
    _add_embed(commands)
    _add_who_does_what(commands)
    _add_import_faiss(commands)
    add_command(commands, "documents", "list the documents of the index", "--index mitt-index")
    _add_show(commands)
    _add_remove(commands)
    add_command(commands, "verify", "prove that the index and its sources agree", "--index mitt-index")
    add_command(commands, "info", "say what the index holds and how it was built", "--json")
    _add_recheck(commands)
    _add_serve(commands)
    _add_mcp(commands)
    add_evaluate(commands)
    return parser


def _add_ask(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "ask", "answer a question, or say that the sources do not", '"Vem är KAST till för?"'
    )
    parser.add_argument("question", nargs="?", type=question, help="the question, in Swedish or English")
    parser.add_argument(
        "--questions", metavar="FILE", help='answer each line of a JSONL file: {"question": …}; - is stdin'
    )
    parser.add_argument("--language", choices=("sv", "en"), help="language around the quotes (default: the question's)")
    parser.add_argument(
        "--earlier",
        action="append",
        default=[],
        type=question,
        metavar="QUESTION",
        help="what was asked before, if the question points back to it; once for each, oldest first",
    )
    parser.add_argument(
        "--least-confidence",
        type=share,
        metavar="P",
        help="how sure an answer must be, 0 to 1; what lies below the usual bar is marked as uncertain",
    )
    add_filters(parser)
    add_encoder(parser)
    add_model(parser)


def _add_search(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(commands, "search", "list the passages nearest to some words", "betänketid -k 3 --explain")
    parser.add_argument("query", type=question, help="words or a question")
    parser.add_argument("-k", type=positive, default=10, metavar="N", help="how many hits (default: %(default)s)")
    parser.add_argument("--explain", action="store_true", help="say why each passage was found")
    add_filters(parser)
    add_encoder(parser)


def _add_index(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "index", "create an index, or add documents to it", "stöd/ rapport.pdf --index mitt-index"
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files (.txt .md .html .pdf .docx .odt .csv .eml .jsonl .xlsx .pptx .rtf) and folders",
    )
    parser.add_argument(
        "--from", dest="shards", type=folder, metavar="SHARDS", help="what `embed` made, in their stead"
    )
    parser.add_argument("--strict", action="store_true", help="fail also where something in a file was left out")
    add_actors(parser)
    add_encoder(parser)


def _add_embed(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands,
        "embed",
        "read, split and encode files in parallel, for index --from",
        "stöd/ --out delar",
        place=False,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders, as index takes them")
    parser.add_argument(
        "--out", type=folder, required=True, metavar="SHARDS", help="the folder of the shards (Parquet)"
    )
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: %(default)s)")
    parser.add_argument(
        "--ray", type=plain_text, metavar="ADDRESS", help="a Ray cluster, or local; else Python's processes"
    )
    add_actors(parser)
    parser.add_argument(
        "--encoder",
        type=encoder,
        default="default",
        metavar="NAME",
        help="the packaged one (default), or a sentence-transformers model by name or folder",
    )


def _add_who_does_what(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "who-does-what", "list the actors' tasks, each with the sentence that says so", "--actor NOA --csv"
    )
    parser.add_argument("--actor", type=plain_text, default="", help="only actors whose name holds these words")
    parser.add_argument("--word", type=plain_text, default="", help="only tasks with words that begin so")
    parser.add_argument("--csv", action="store_true", help="print CSV, with the quote and its place in each row")


def _add_import_faiss(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands,
        "import-faiss",
        "take over a folder of langchain-community's FAISS store",
        "gammal/ --index mitt-index",
    )
    parser.add_argument("folder", type=folder, metavar="FOLDER", help="what FAISS.save_local wrote")
    parser.add_argument("--name", type=plain_text, default="index", help="its index_name (default: %(default)s)")


def _add_show(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "show", "print a document, or a quote in its place", "deltagande-myndigheter 2418 2719"
    )
    parser.add_argument("document_id", type=plain_text, metavar="DOC", help="the id of a document")
    parser.add_argument("start", nargs="?", type=int, metavar="START", help="first character")
    parser.add_argument("end", nargs="?", type=int, metavar="END", help="the character after the last")


def _add_remove(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(commands, "remove", "remove documents from an index", "gammal-sida --index mitt-index")
    parser.add_argument("document_ids", nargs="+", type=plain_text, metavar="DOC", help="the id of a document")


def _add_recheck(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "recheck", "say what became of the citations of saved answers", "svar.jsonl --index mitt-index"
    )
    parser.add_argument(
        "answers", metavar="ANSWERS", help="answers as `ask --json` prints or the web page saves them; - is stdin"
    )


def _add_serve(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(commands, "serve", "answer over HTTP until it is stopped", "--index mitt-index", json=False)
    add_encoder(parser)
    add_listening(parser)
    parser.add_argument(
        "--workers", type=positive, default=1, metavar="N", help="processes that answer (default: %(default)s)"
    )
    parser.add_argument(
        "--threads", type=positive, metavar="N", help="questions worked on at a time (default: one a core)"
    )
    add_repeated(parser, "--allow-origin", origin, metavar="ORIGIN", said="let pages of this origin ask from a browser")
    add_model(parser)


def _add_mcp(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    parser = add_command(
        commands, "mcp", "serve assistants (MCP), one over stdin and stdout or many over HTTP", "--http", json=False
    )
    add_encoder(parser)
    parser.add_argument(
        "--http", action="store_true", help="over HTTP, at /mcp, until it is stopped; the rest needs this"
    )
    add_listening(parser)
