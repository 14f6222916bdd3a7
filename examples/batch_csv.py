"""A CSV file of questions → a CSV file of answers, one row each, with the quotes and their places.

    python examples/batch_csv.py
    python examples/batch_csv.py frågor.csv svar.csv
    python examples/batch_csv.py frågor.csv svar.csv --index mitt-index

Without names it answers the questions beside it (`questions.csv`), on stdout. The questions stand in the column
``fråga``; all other columns are kept. A question without an answer keeps its row, with the reason. Excel's files are
read as it writes them in Sweden, too: with semicolons, in Windows-1252; the answers are parted by what the questions
are. What a spreadsheet would take for a formula is given an apostrophe.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

import nmt_rag
from nmt_rag.documents import decode
from nmt_rag.progress import counted

QUESTION = "fråga"
ADDED = ("svarat", "aktörer", "svar", "citat", "källa", "platser", "säkerhet", "skäl")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = ",;\t"


def read(path: Path) -> tuple[str, list[str], list[dict[str, str]]]:
    """Return what parts the columns of a CSV file, their names, and the rows.

    Raises:
        NmtRagError: the file cannot be read, is no text, or has no column of questions.
    """
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise nmt_rag.NmtRagError(f"cannot read {path}: {error.strerror}") from error
    except nmt_rag.NmtRagError as error:
        raise nmt_rag.NmtRagError(f"cannot read {path}: {error}") from error
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=delimiter)
    columns = list(reader.fieldnames or ())
    if QUESTION not in columns:
        raise nmt_rag.NmtRagError(f"{path} has no column {QUESTION!r}; it has {columns}")
    return delimiter, columns, [{name: row[name] for name in columns} for row in reader]


def answered(row: Mapping[str, str], answer: nmt_rag.Answer) -> dict[str, str]:
    """Return a row with its answer; several quotes stand a line each, in the order of their markers."""
    cited = answer.citations
    added = (
        "ja" if answer.answered else "nej",
        ", ".join(answer.actors),
        answer.text if answer.answered else "",
        "\n".join(citation.reading or citation.quote for citation in cited),
        "\n".join(citation.url or citation.document_id for citation in cited),
        "\n".join(f"{citation.document_id} {citation.start}–{citation.end}" for citation in cited),
        f"{answer.confidence:.2f}" if answer.answered else "",
        answer.abstention.message if answer.abstention else "",
    )
    cells = {**row, **dict(zip(ADDED, added, strict=True))}
    return {name: f"'{cell}" if cell.startswith(FORMULA) else cell for name, cell in cells.items()}


def written(path: Path | None) -> AbstractContextManager[TextIO]:
    """Return the file that the answers are written to: one that Excel reads, or stdout."""
    return nullcontext(sys.stdout) if path is None else path.open("w", encoding="utf-8-sig", newline="")


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer the questions of one file into another."""
    parser = argparse.ArgumentParser(description="Answer a CSV file of questions.")
    parser.add_argument("questions", type=Path, nargs="?", default=Path(__file__).with_name("questions.csv"))
    parser.add_argument("answers", type=Path, nargs="?", help="(default: stdout)")
    parser.add_argument("--index", type=Path, help="the index folder (default: the packaged page)")
    parsed = parser.parse_args(arguments)
    try:
        delimiter, columns, rows = read(parsed.questions)
    except nmt_rag.NmtRagError as error:
        parser.exit(1, f"{error}\n")
    with nmt_rag.open(parsed.index) as rag, written(parsed.answers) as file:
        writer = csv.DictWriter(file, [*columns, *ADDED], delimiter=delimiter)
        writer.writeheader()
        n_answered = 0
        for row in counted(rows, "Answering", "questions", wanted=True):
            answer = rag.ask(row[QUESTION])
            n_answered += answer.answered
            writer.writerow(answered(row, answer))
    told = f"{n_answered} av {len(rows)} frågor besvarade"
    print(f"{told}: {parsed.answers}") if parsed.answers else print(told, file=sys.stderr)


if __name__ == "__main__":
    main()
