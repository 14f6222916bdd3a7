"""Does a quote say what a statement says? Literally, or by a judge that the caller plugs in.

A statement that stands word for word in its quotes is supported. One that stands word for word in the sources, but not
in its quotes, has the wrong citation. Anything else is free text: a judge says ``supported``, ``not supported`` or
``cannot tell``; without a judge nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from nmt_rag.attribution import Attribution, attribution
from nmt_rag.cited import CitedAnswer
from nmt_rag.exactness import Holds
from nmt_rag.types import Statement

Support = Literal["supported", "not supported", "cannot tell"]
MIN_WORDS = 5
"""A statement of fewer words may stand in the sources by chance."""
_QUOTES = " «»“”„\"'’\t\n"


class Judgement(Protocol):
    """What a judge says, and why."""

    @property
    def verdict(self) -> Support:
        """``supported``, ``not supported`` or ``cannot tell``."""
        ...

    @property
    def reason(self) -> str:
        """One sentence for readers."""
        ...


class Judge(Protocol):
    """Whoever says whether a quote supports a statement."""

    def judge(self, statement: str, quote: str) -> Judgement:
        """Return whether the quote says what the statement says."""
        ...


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """Whether the quotes of one statement (its number in the answer, from 0) say what it says.

    ``literal`` tells that no judge was needed.
    """

    number: int
    verdict: Support
    literal: bool
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
    quotes: dict[int, str] = {}
    for citation in answer.citations:
        quotes.setdefault(citation.marker, citation.quote)
    known: dict[tuple[str, tuple[int, ...]], tuple[Support, bool, str]] = {}

    def decided(statement: Statement, markers: tuple[int, ...]) -> tuple[Support, bool, str]:
        key = (statement.text, markers)
        if key not in known:
            given = [quotes[marker] for marker in markers if marker in quotes]
            known[key] = _decide(statement.text, given, sources, judge)
        return known[key]

    checks = []
    for number, statement in enumerate(answer.statements):
        markers = tuple(dict.fromkeys(statement.citations))
        if any(marker in quotes for marker in markers):
            verdict, literal, reason = decided(statement, markers)
            checks.append(StatementCheck(number, verdict, literal, reason))
    supports: Callable[[Statement, tuple[int, ...]], bool] = lambda statement, markers: (  # noqa: E731
        decided(statement, markers)[0] == "supported"
    )
    return tuple(checks), attribution(answer.statements, supports)


def _decide(
    statement: str, quotes: Sequence[str], sources: Holds | None, judge: Judge | None
) -> tuple[Support, bool, str]:
    if not quotes:
        return "not supported", True, "The markers have no citation."
    said = _plain(statement)
    if not said:
        return "cannot tell", True, "The statement says nothing."
    if said in _plain(" ".join(quotes)):
        return "supported", True, "The statement stands word for word in the quote."
    if sources is not None and len(said.split()) >= MIN_WORDS:
        holding = next(sources.holding(statement.strip(_QUOTES)), None)
        if holding is not None:
            reason = f"The statement stands word for word in {holding.id!r}, but not in the quote."
            return "not supported", True, reason
    if judge is None:
        return "cannot tell", False, "The statement is free text, and there is no judge."
    found = judge.judge(statement, " ".join(quotes))
    return found.verdict, False, found.reason


def _plain(text: str) -> str:
    """Return a text as it is compared: single spaces, without quotation marks around it."""
    return " ".join(text.split()).strip(_QUOTES)
