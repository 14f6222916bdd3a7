"""Does a quote say what a statement says? Judges answer *supported*, *not supported* or *cannot tell*.

The default judge is offline: a statement that stands in its quote word for word is supported; any other is held against
the quote for differences (`nmt_rag.contrasts`) and, where none is found, for how much of it the quote carries. Language
models and cross-encoders are judges too (`nmt_rag.support_models`). How often the default judge errs is measured in
docs/support.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np

from nmt_rag import contrasts, evidence, matching, readings, swedish
from nmt_rag.encoders import Encoder
from nmt_rag.matching import Match
from nmt_rag.readings import Reading
from nmt_rag.support_texts import Kind, error_rates, reason

Outcome = Literal["supported", "not supported", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one statement and its quote.

    ``reason`` is one sentence for readers, ``kind`` the same in one word for programs. ``detail`` are the words of the
    statement that it lies in, or what a model said: text from outside, to be escaped, as is the reason that holds it.
    ``score`` is how probable support is, in [0, 1].
    """

    verdict: Outcome
    reason: str
    score: float
    kind: Kind = "model"
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as a dictionary that JSON can hold."""
        return asdict(self)


class Judge(Protocol):
    """Judges whether quotes support statements."""

    def judge(self, statement: str, quote: str, *, actor: str = "") -> Verdict:
        """Judge one statement by one quote.

        Args:
            statement: what is said.
            quote: the text that it rests on; several quotes of one statement are joined by line breaks.
            actor: who acts in the quote by the document it stands in («De erbjuder …» under a heading), or nothing.
        """
        ...


FEATURES = ("gap", "weakest", "cosine", "bias")
WITH_ENCODER = (-1.2, 6.13, 0.3, -3.43)
"""The weight of each feature; fitted by training/support.py on the development half of the labelled pairs."""
WITHOUT_ENCODER = (-1.07, 6.12, 0.0, -3.09)
SUPPORTED = 0.8
"""From this probability on a statement without differences is called supported: chosen on the development half."""
NOT_SUPPORTED = 0.2
"""Below this one it is called not supported."""
WINDOW = 2
"""So many adjacent sentences of a long quote must carry a supported statement: in a page every word is found somewhere.
On passages that were looked at .66 of the statements called supported were right, .76 by two sentences, .82 by one."""
LACKING, HEAVY = 0.5, 0.5
"""A statement with a word that weighs the second or more, and that the quote has nothing nearer to than the first, is
never called supported: one other verb is enough to make it false."""
UNRELATED, SYNONYMOUS = 0.75, 0.95
"""Cosines of two single words: unrelated ones of one field lie below the first, equals in meaning near the second."""
MEANING_SHARE = 0.85
"""What a word of the same meaning counts, against the same word."""

_MARKER = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_ATTRIBUTED = re.compile(
    r"^(?:enligt (?:käll|text|dokument|citat|utdrag)\w*,?\s+"
    r"|(?:det framgår|(?:käll|text|dokument|citat)\w+ (?:anger|säger|uppger|visar))"
    r"(?: av (?:käll|text|dokument|citat)\w*)?,? att\s+)",
    re.IGNORECASE,
)
"""«Enligt källan …», «Det framgår av texten att …»: words about the source, not of it."""
_QUOTED = re.compile(r"^(?:[^«»\n]{1,160}:\s*)?«(?P<quote>[^«»]+)»\s*$")


class SwedishJudge:
    """The default judge: words, numbers, dates, negation, firmness and actors; with an encoder, also meaning."""

    def __init__(self, encoder: Encoder | None = None, *, language: str = "sv") -> None:
        self._encoder = encoder
        self._language = language
        self._words: dict[str, Any] = {}

    @property
    def description(self) -> str:
        """One line for readers: which judge this is and how often it errs, to be printed with every use."""
        return self.described(self._language)

    def described(self, language: str) -> str:
        """Return `description` in a language, ``"sv"`` or ``"en"``."""
        return error_rates(with_encoder=self._encoder is not None, language=language)

    def judge(self, statement: str, quote: str, *, actor: str = "") -> Verdict:
        """Judge one statement by one quote; see `Judge`."""
        said = bare(statement)
        if not swedish.words(said) or not swedish.words(quote):
            return self._verdict("cannot tell", "empty", 0.0)
        if is_literal(said, quote):
            return self._verdict("supported", "literal", 1.0)
        verdict = self._held(said, quote, actor)
        parts = _windows(quote) if verdict.verdict == "supported" else []
        if parts and not any(self._held(said, part, actor).verdict == "supported" for part in parts):
            return self._verdict("cannot tell", "scattered", verdict.score)
        return verdict

    def _held(self, said: str, quote: str, actor: str) -> Verdict:
        """Hold a statement against a text, for differences and then for its words."""
        one, other = readings.read(said), readings.read(quote)
        matches = matching.match(one, other)
        differences = contrasts.find(one, other, matches, actor)
        near = self.nearness(one, other, matches)
        score = self.score(self.features(one, other, matches, near))
        if differences and differences[0].certain:
            first = differences[0]
            return self._verdict("not supported", first.kind, min(score, 1 - score), first.detail)
        lacking = [each.word.text for each, value in zip(matches, near, strict=True) if value < LACKING]
        missing = ", ".join(lacking)
        if score < NOT_SUPPORTED and matches:
            return self._verdict("not supported", "missing", score, missing)
        if differences:
            return self._verdict("cannot tell", differences[0].kind, score, differences[0].detail)
        if score < SUPPORTED or any(evidence.weight(word) >= HEAVY for word in lacking):
            return self._verdict("cannot tell", "unclear", score, missing)
        return self._verdict("supported", "words", score)

    def _verdict(self, verdict: Outcome, kind: Kind, score: float, detail: str = "") -> Verdict:
        return Verdict(verdict, reason(kind, detail, verdict, self._language), score, kind, detail)

    def nearness(self, statement: Reading, quote: Reading, matches: Sequence[Match]) -> list[float]:
        """Return for each word of the statement how near the quote has one, in [0, 1], by letters, list and meaning."""
        if self._encoder is None or not matches or not quote.words:
            return [each.closeness for each in matches]
        meant = self._by_meaning(statement, quote)
        return [max(each.closeness, float(value)) for each, value in zip(matches, meant, strict=True)]

    def features(
        self, statement: Reading, quote: Reading, matches: Sequence[Match], values: Sequence[float]
    ) -> tuple[float, ...]:
        """Return the features of a statement and its quote, in the order of `FEATURES`."""
        if not matches:
            return (1.0, 0.0, self._cosine(statement.text, quote.text), 1.0)
        heavy = [evidence.weight(each.word.text) for each in matches]
        gap = max(weight * (1 - value) for value, weight in zip(values, heavy, strict=True))
        groups: dict[int, list[int]] = {}
        for place, each in enumerate(matches):
            groups.setdefault(each.word.group, []).append(place)
        weakest = min(_mean([values[i] for i in group], [heavy[i] for i in group]) for group in groups.values())
        return (gap, weakest, self._cosine(statement.text, quote.text), 1.0)

    def score(self, features: Sequence[float]) -> float:
        """Return the probability of support, in (0, 1), that the features amount to."""
        return round(evidence.probability(features, WITH_ENCODER if self._encoder else WITHOUT_ENCODER), 4)

    def _cosine(self, statement: str, quote: str) -> float:
        """Return the cosine of the statement and the quote's nearest sentence, in [-1, 1]; 0 without an encoder."""
        if self._encoder is None:
            return 0.0
        parts = [quote[start:end] for start, end in swedish.sentences(quote)] or [quote]
        embeddings = self._encoder.encode_passages([statement, *parts])
        return float((embeddings[1:] @ embeddings[0]).max())

    def _by_meaning(self, statement: Reading, quote: Reading) -> Any:  # noqa: ANN401 - (n_words,) of float
        """Return how near each word of the statement is to a word of the quote by meaning, in [0, MEANING_SHARE]."""
        texts = [word.text for word in (*statement.words, *quote.words)]
        known = self._words  # another thread may begin anew with another dictionary; this one stays whole
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new and len(known) + len(new) > MAX_WORDS:
            known, new = {}, list(dict.fromkeys(texts))
        if new and self._encoder:
            known.update(zip(new, self._encoder.encode_passages(new), strict=True))
        self._words = known
        found = np.stack([known[text] for text in texts])
        cosines = (found[: len(statement.words)] @ found[len(statement.words) :].T).max(axis=1)
        return MEANING_SHARE * np.clip((cosines - UNRELATED) / (SYNONYMOUS - UNRELATED), 0, 1)


MAX_WORDS = 20_000
"""So many words' embeddings are kept (about 30 MB); then the judge begins anew."""


def bare(statement: str) -> str:
    """Return a statement without its markers, without «Enligt källan», and without «Actor: «…»» around a quote."""
    text = _ATTRIBUTED.sub("", _MARKER.sub("", statement).strip())
    match = _QUOTED.match(text)
    return match.group("quote").strip() if match else text


def is_literal(statement: str, quote: str) -> bool:
    """Tell whether a statement is whole sentences of its quote, word for word; spaces and end marks aside."""
    said, text = _sentences(statement), _sentences(quote)
    return bool(said) and "\n".join(("", *said, "")) in "\n".join(("", *text, ""))


def _windows(text: str) -> list[str]:
    """Return the runs of `WINDOW` adjacent sentences of a text; none where it has no more."""
    spans = swedish.sentences(text)
    if len(spans) <= WINDOW:
        return []
    return [text[spans[i][0] : spans[i + WINDOW - 1][1]] for i in range(len(spans) - WINDOW + 1)]


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text with single spaces, without their end marks and quotation marks."""
    plain = " ".join(text.split())
    found = [plain[start:end].rstrip(".!?…").strip(" «»\"”'") for start, end in swedish.sentences(plain)]
    return [sentence for sentence in found if sentence]


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
