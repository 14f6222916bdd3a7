"""The arguments of ``nmt-rag evaluate``, and how they are read. It loads nothing and runs nothing."""

from __future__ import annotations

import argparse
import math
import os
from typing import Any

from nmt_rag.evaluation import MEASURES
from nmt_rag.interfaces.terminal.argument_types import name_of

FORMS = ("ragas", "ragchecker", "qrels", "run")
"""What answers can be written as for other tools; `nmt_rag.evaluation.exports` writes them."""
_FILE = name_of("a file")


def add_evaluate(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to those of a parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate",
        help="say how good the citations of answers are, from any system",
        description="Say how good the citations of answers are, from this system or any other.",
        epilog="example: nmt-rag evaluate svar.jsonl --gold frågor.jsonl --sources stöd/ --html rapport.html",
    )
    parser.add_argument(
        "answers",
        nargs="?",
        type=_FILE,
        metavar="ANSWERS.jsonl",
        help="answers as `ask --json` prints them, or RAGAS, RAGChecker, ALCE, DeepEval, LlamaIndex, LangChain, "
        "LangSmith, Anthropic, OpenAI or {question, text, citations: [{quote, source}]}; - is stdin",
    )
    parser.add_argument(
        "--run", type=_FILE, metavar="FILE", help="instead of answers a run in TREC's lines, measured by --qrels"
    )
    parser.add_argument("--qrels", type=_FILE, metavar="FILE", help="which documents are relevant, in TREC's lines")
    parser.add_argument(
        "--gold", type=_FILE, metavar="FILE", help="questions with their actors and evidence, as JSON lines"
    )
    parser.add_argument(
        "--sources",
        type=_FILE,
        metavar="PATH",
        help="the documents quoted: a folder, a file or an index (default: what the answers bring along, or else the "
        "packaged page)",
    )
    parser.add_argument(
        "--judge",
        metavar="NAME",
        default="swedish",
        help="who says whether a quote supports a statement of free text: swedish (the default, offline), none, "
        "cross-encoder:FOLDER, or a language model as provider:model, which is sent both",
    )
    parser.add_argument("--judge-url", metavar="URL", help="the address of that language model's server")
    parser.add_argument(
        "--labels", type=_FILE, metavar="FILE", help="what people say of the statements, to compare the judge with"
    )
    parser.add_argument(
        "--compare",
        type=_FILE,
        metavar="OTHER.jsonl",
        help="answers (with --run: a run) of another system to the same questions",
    )
    parser.add_argument(
        "--history",
        type=_FILE,
        metavar="FILE",
        help="add the means to a file of JSON lines, and show how they went over time",
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="plant a thousand known faults in right answers over the sources, and say how many are found",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with every question")
    parser.add_argument(
        "--html", type=_FILE, metavar="FILE", help="write a report for a browser or for print, one file"
    )
    parser.add_argument("--language", choices=("sv", "en"), default="sv", help="language of the report (default: sv)")
    parser.add_argument("--markdown", action="store_true", help="print Markdown, for a pull request")
    parser.add_argument(
        "--fail-under",
        type=limits,
        default={},
        metavar="MEASURE=N,…",
        help="exit with 1 where a measure is below its limit, as citation_f1=.9,exact=1",
    )
    parser.add_argument(
        "--export",
        type=export,
        action="append",
        default=[],
        metavar="FORM=FILE",
        help=f"write the answers for other tools too: {', '.join(FORMS)}; may repeat",
    )


def misuse(parsed: argparse.Namespace) -> str:
    """Return what is wrong with the arguments taken together; empty where nothing is."""
    trec = parsed.run is not None or parsed.qrels is not None
    if trec and (parsed.run is None or parsed.qrels is None):
        return "--run and --qrels belong together: give both"
    if sum((trec, parsed.self_test, parsed.answers is not None)) != 1:
        return "evaluate takes one of ANSWERS.jsonl, --run with --qrels, and --self-test"
    others = [name for name in ("gold", "sources", "labels", "export") if getattr(parsed, name)]
    if trec and others:
        return f"--run says what was found, not what was answered: --{others[0]} has no use there"
    useless = [
        name
        for name in ("gold", "labels", "compare", "history", "html", "markdown", "fail_under", "export", "judge_url")
        if getattr(parsed, name)
    ]
    if parsed.self_test and useless:
        return f"--self-test makes its own answers and reports: --{useless[0].replace('_', '-')} has no use there"
    if parsed.json and parsed.markdown:
        return "--json and --markdown are two forms of the same evaluation; ask for one at a time"
    if parsed.judge_url and (parsed.judge in ("swedish", "none") or parsed.judge.startswith("cross-encoder:")):
        return "--judge-url is the address of a language model's server: name the model with --judge PROVIDER:MODEL"
    return _overwritten(parsed)


def _overwritten(parsed: argparse.Namespace) -> str:
    """Return which file would be written over another one that is read or written; empty where none would."""
    read = ("answers", "run", "qrels", "gold", "labels", "compare", "sources")
    taken = {os.path.realpath(path): f"the {name}" for name in read if (path := getattr(parsed, name))}
    written = [("--html", parsed.html), ("--history", parsed.history)]
    for option, path in [*written, *((f"--export {form}", path) for form, path in parsed.export)]:
        if path and (other := taken.setdefault(os.path.realpath(path), option)) != option:
            return f"{option} would write over {path}, which is {other}; give it a file of its own"
    return ""


def limits(text: str) -> dict[str, float]:
    """Return the limits of ``--fail-under``: ``citation_f1=.9,exact=1.0``.

    Raises:
        argparse.ArgumentTypeError: a measure is not known, or is one of which less is better, or a limit is no finite
            number.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, equals, limit = (piece.strip() for piece in part.partition("="))
        if name not in MEASURES or MEASURES[name].lower:
            known = ", ".join(one.name for one in MEASURES.values() if not one.lower)
            raise argparse.ArgumentTypeError(f"there is no measure {name!r} to fail under; there are {known}")
        try:
            found[name] = float(limit)
        except ValueError:
            equals = ""
        if not equals or not math.isfinite(found[name]):
            raise argparse.ArgumentTypeError(f"expected MEASURE=NUMBER, got {part!r}")
    return found


def export(text: str) -> tuple[str, str]:
    """Return the form and the file of ``--export FORM=FILE``.

    Raises:
        argparse.ArgumentTypeError: the form is not known, or there is no file.
    """
    form, _, path = text.partition("=")
    if form not in FORMS or not path:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(FORMS)} and =FILE, got {text!r}")
    return form, path
