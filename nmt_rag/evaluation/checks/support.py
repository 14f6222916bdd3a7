"""Does a quote say what a statement says? Literally, or by a judge that the caller plugs in.

A statement that stands word for word in its quotes is supported. One that stands word for word in the sources, but not
in its quotes, has the wrong citation. Anything else is free text: a judge says ``supported``, ``not supported`` or
``cannot tell``; without a judge nobody can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nmt_rag.answering import Judge, SupportLabel
from nmt_rag.evaluation.checks.attribution import Attribution, attribution
from nmt_rag.evaluation.checks.exactness import Holds
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote
from nmt_rag.types import Statement

MIN_WORDS = 5
"""A statement of fewer words may stand in the sources by chance."""
_QUOTES = " «»“”„\"'’\t\n"


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """Whether the quotes of one statement (its number in the answer, from 0) say what it says.

    ``kind`` tells how that was found: ``literal``, ``elsewhere`` (it stands word for word in the document ``reason``
    names), ``empty``, ``no_judge`` or ``judged``. ``reason`` is a sentence for readers.
    """

    number: int
    verdict: SupportLabel
    kind: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the check as a dictionary that JSON can hold."""
        return asdict(self)


def check_statements(
    answer: CitedAnswer, sources: Holds | None, judge: Judge | None
) -> tuple[tuple[StatementCheck, ...], Attribution]:
    """Return what each cited statement's quotes say, and ALCE's counts with that for support.

    Statements without a citation are not judged; in ALCE's counts they are not supported, nor is what nobody can tell.
    """
    quotes: dict[int, CitedQuote] = {}
    for citation in answer.citations:
        quotes.setdefault(citation.marker, citation)
    known: dict[tuple[str, tuple[int, ...]], StatementCheck] = {}

    def decided(statement: Statement, markers: tuple[int, ...]) -> StatementCheck:
        key = (statement.text, markers)
        if key not in known:
            given = [quotes[marker] for marker in markers if marker in quotes]
            known[key] = _decide(statement.text, given, sources, judge)
        return known[key]

    def supports(statement: Statement, markers: tuple[int, ...]) -> bool:
        return decided(statement, markers).verdict == "supported"

    checks = [
        replace(decided(statement, tuple(dict.fromkeys(statement.citations))), number=number)
        for number, statement in enumerate(answer.statements)
        if any(marker in quotes for marker in statement.citations)
    ]
    return tuple(checks), attribution(answer.statements, supports)


def _decide(statement: str, quotes: Sequence[CitedQuote], sources: Holds | None, judge: Judge | None) -> StatementCheck:
    said = _plain(statement)
    if not said or not quotes:
        return StatementCheck(0, "cannot tell", "empty", "There is no statement, or no quote, to compare.")
    if any(said in _plain(one.quote) for one in quotes) or said in _plain(" ".join(one.quote for one in quotes)):
        return StatementCheck(0, "supported", "literal", "The statement stands word for word in the quote.")
    if sources is not None and len(said.split()) >= MIN_WORDS:
        holding = next(sources.holding(statement.strip(_QUOTES)), None)
        if holding is not None:
            reason = f"The statement stands word for word in {holding.id!r}, but not in the quote."
            return StatementCheck(0, "not supported", "elsewhere", reason)
    if judge is None:
        return StatementCheck(0, "cannot tell", "no_judge", "The statement is free text, and there is no judge.")
    actors = ", ".join(dict.fromkeys(one.actor for one in quotes if one.actor))
    found = judge.judge(statement, "\n".join(one.quote for one in quotes), actor=actors)
    return StatementCheck(0, found.verdict, "judged", found.reason)


def _plain(text: str) -> str:
    """Return a text as it is compared: single spaces, without quotation marks around it."""
    return " ".join(text.split()).strip(_QUOTES)
