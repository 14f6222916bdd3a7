"""Does a quote say what a statement says? Judges answer *supported*, *not supported* or *cannot tell*.

The default judge is offline: a statement that stands in its quote word for word is supported; of any other the packaged
reader says how probable it is that the quote carries it. One literal guard stands beside it: a number that the quote
lacks is never supported. Language models and cross-encoders are judges too (`nmt_rag.evaluation.checks.judge_models`).
How often the default judge errs is measured in docs/support.md.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt_rag import swedish
from nmt_rag.answering import choose
from nmt_rag.answering.judging.literal import missing_numbers
from nmt_rag.answering.judging.texts import ReasonKind, error_rates, reason
from nmt_rag.models import Reader, default_reader

SupportLabel = Literal["supported", "not supported", "cannot tell"]


@dataclass(frozen=True, slots=True)
class SupportVerdict:
    """What a judge says of one statement and its quote.

    ``reason`` is one sentence for readers, ``kind`` the same in one word for programs. ``detail`` are the words of the
    statement that it lies in, or what a model said: text from outside, to be escaped, as is the reason that holds it.
    ``score`` is how probable support is, in [0, 1].
    """

    verdict: SupportLabel
    reason: str
    score: float
    kind: ReasonKind = "model"
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as a dictionary that JSON can hold."""
        return asdict(self)


class Judgement(Protocol):
    """What any judge says, and why in one sentence; a `SupportVerdict` is one."""

    @property
    def verdict(self) -> SupportLabel:
        """``supported``, ``not supported`` or ``cannot tell``."""
        ...

    @property
    def reason(self) -> str:
        """One sentence for readers."""
        ...


class Judge(Protocol):
    """Judges whether quotes support statements."""

    def judge(self, statement: str, quote: str, *, actor: str = "") -> Judgement:
        """Judge one statement by one quote.

        Args:
            statement: what is said.
            quote: the text that it rests on; several quotes of one statement are joined by line breaks.
            actor: who acts in the quote by the document it stands in («De erbjuder …» under a heading), or nothing.
        """
        ...


WINDOW = 2
"""This many adjacent sentences of a long quote must carry a supported statement: in a page every word is found
somewhere."""
WHOLE = 320
"""A quote of no more characters is held against a statement as a whole: the reader takes in as much at once."""

_MARKER = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_ATTRIBUTED = re.compile(
    r"^(?:enligt (?:käll|text|dokument|citat|utdrag)\w*,?\s+"
    r"|(?:det framgår|(?:käll|text|dokument|citat)\w+ (?:anger|säger|uppger|visar))"
    r"(?: av (?:käll|text|dokument|citat)\w*)?,? att\s+)",
    re.IGNORECASE,
)
"""«Enligt källan …», «Det framgår av texten att …»: words about the source, not of it."""
_QUOTED = re.compile(r"^(?:[^«»\n]{1,160}:\s*)?«(?P<quote>[^«»]+)»\s*$")


class ReaderJudge:
    """The default judge: the packaged reader's second head, and a guard on numbers."""

    def __init__(self, reader: Reader | None = None, *, language: str = "sv") -> None:
        """Take a reader, None for the packaged one, and the language of the reasons, ``"sv"`` or ``"en"``."""
        self._reader = reader
        self._language = language

    @property
    def description(self) -> str:
        """One line for readers: which judge this is and how often it errs, to be printed with every use."""
        return self.described(self._language)

    def described(self, language: str) -> str:
        """Return `description` in a language, ``"sv"`` or ``"en"``."""
        return error_rates(language=language)

    def judge(self, statement: str, quote: str, *, actor: str = "", title: str = "") -> SupportVerdict:
        """Judge one statement by one quote; see `Judge`. The title of the quote's document helps, where it is known."""
        said = bare(statement)
        if not swedish.words(said) or not swedish.words(quote):
            return self._verdict("cannot tell", "empty", 0.0)
        if is_literal(said, quote):
            return self._verdict("supported", "literal", 1.0)
        shares = self.shares(said, quote, title=title or actor)
        score = round(float(shares[0]), 4)
        bars = choose.support_bars()
        if score >= bars.supported:
            lacking = missing_numbers(said, quote)
            if lacking:
                return self._verdict("not supported", "number", score, ", ".join(lacking))
            return self._verdict("supported", "read", score)
        if score >= bars.doubt:
            return self._verdict("cannot tell", "unclear", score)
        return self._verdict("not supported", "opposite" if shares[2] > shares[1] else "missing", score)

    def shares(self, statement: str, quote: str, *, title: str = "") -> NDArray[np.float32]:
        """Return how probable supported, unsupported and contradicted are, by the quote's nearest part: (3,)."""
        reader = self._reader or default_reader()
        found = [reader.support(statement, part, title=title) for part in _parts(quote)]
        return max(found, key=lambda shares: float(shares[0]))

    def _verdict(self, verdict: SupportLabel, kind: ReasonKind, score: float, detail: str = "") -> SupportVerdict:
        return SupportVerdict(verdict, reason(kind, detail, verdict, self._language), score, kind, detail)


def bare(statement: str) -> str:
    """Return a statement without its markers, without «Enligt källan», and without «Actor: «…»» around a quote."""
    text = _ATTRIBUTED.sub("", _MARKER.sub("", statement).strip())
    match = _QUOTED.match(text)
    return match.group("quote").strip() if match else text


def is_literal(statement: str, quote: str) -> bool:
    """Tell whether a statement is whole sentences of its quote, word for word; spaces and end marks aside."""
    said, text = _sentences(statement), _sentences(quote)
    return bool(said) and "\n".join(("", *said, "")) in "\n".join(("", *text, ""))


def _parts(quote: str) -> list[str]:
    """Return a quote in the parts that a statement is held against: the whole, or runs of `WINDOW` sentences."""
    plain = " ".join(quote.split())
    spans = [(start, end) for start, end in swedish.sentences(quote) if swedish.words(quote[start:end])]
    if len(plain) <= WHOLE or len(spans) <= WINDOW:
        return [plain]
    runs = [quote[spans[i][0] : spans[i + WINDOW - 1][1]] for i in range(len(spans) - WINDOW + 1)]
    return [" ".join(run.split()) for run in runs]


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text with single spaces, without their end marks and quotation marks."""
    plain = " ".join(text.split())
    found = [plain[start:end].rstrip(".!?…").strip(" «»\"”'") for start, end in swedish.sentences(plain)]
    return [sentence for sentence in found if sentence]
