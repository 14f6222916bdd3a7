"""Qrels and runs as TREC writes them, in and out: lines of four and of six columns.

``question 0 document relevance`` and ``question Q0 document rank score tag``. A column may hold no white space: other
tools read ids as they are, so white space and % in ids are written as %20 and the like, and read back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from nmt_rag.errors import CorpusError
from nmt_rag.evaluation.metrics import Qrels, Run, ranked

TAG = "nmt-rag"
_UNSAFE = re.compile(r"[\s%]")


def qrels_lines(qrels: Qrels) -> Iterator[str]:
    """Yield qrels as TREC's lines."""
    for question, relevance in qrels.items():
        for document, grade in relevance.items():
            yield f"{_safe(question)} 0 {_safe(document)} {grade}"


def run_lines(run: Run, tag: str = TAG) -> Iterator[str]:
    """Yield a run as TREC's lines, each question's best document first."""
    for question, scores in run.items():
        for rank, document in enumerate(ranked(scores), 1):
            yield f"{_safe(question)} Q0 {_safe(document)} {rank} {scores[document]!r} {_safe(tag)}"


def read_qrels(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the qrels that lines hold.

    Raises:
        CorpusError: a line has not four columns, or the last is no whole number; it is named.
    """
    found: dict[str, dict[str, int]] = {}
    for number, (question, _, document, grade) in _columns(lines, 4):
        try:
            found.setdefault(question, {})[document] = int(grade)
        except ValueError as error:
            raise CorpusError(f"line {number}: the relevance {grade!r} is no whole number") from error
    return found


def read_run(lines: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return the run that lines hold; ranks are not read, scores decide.

    Raises:
        CorpusError: a line has not six columns, or the fifth is no number; it is named.
    """
    found: dict[str, dict[str, float]] = {}
    for number, (question, _, document, _, score, _) in _columns(lines, 6):
        try:
            value = float(score)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise CorpusError(f"line {number}: the score {score!r} is no number")
        found.setdefault(question, {})[document] = value
    return found


def _columns(lines: Iterable[str], n: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if columns and len(columns) != n:
            raise CorpusError(f"line {number}: expected {n} columns, got {len(columns)}")
        if columns:
            yield number, [unquote(column) for column in columns]


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text) or "-"
