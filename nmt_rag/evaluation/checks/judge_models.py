"""Models as judges of support: a language model that is asked by a prompt, and a cross-encoder for inference.

Nothing that a model says is taken on trust: an answer of another form is *cannot tell*, and counted. What a model's
verdicts are worth is for labelled pairs to say (`nmt_rag.evaluation.agreement`). Importing this module loads no model.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

from nmt_rag import extras, swedish
from nmt_rag.answering import (
    ChatModel,
    ReasonKind,
    SupportLabel,
    SupportVerdict,
    bare,
    is_literal,
    listen,
    name_of,
    prompt,
    reason,
)
from nmt_rag.errors import EncodingError, GenerationError
from nmt_rag.types import Passage

MAX_FAILURES = 3
"""This many failures in a row are no accident: then the model's error is raised instead of counted."""
MAX_REASON = 300
"""At most this much of a model's reason is kept (characters)."""
SURE = 0.7
"""From this probability on, a cross-encoder's class decides; below it nobody can tell."""
_BLOCK = re.compile(r"^```(?:json)?\s*\n(?P<inside>.*)\n```$", re.DOTALL)
_SCORES: dict[SupportLabel, float] = {"supported": 1.0, "not supported": 0.0, "cannot tell": 0.5}


class ChatJudge:
    """Any LangChain chat model as a judge, asked one pair at a time by the prompt ``support.sv.md`` or ``.en.md``.

    ``asked`` counts the pairs that were sent to the model, ``malformed`` those whose answer could not be read,
    ``failed`` those where the model itself failed; both are *cannot tell*. A literal statement is not sent, nor is one
    whose text or quote speaks to a language model: that no model can be trusted with.

    Args:
        model: any LangChain chat model.
        language: ``"sv"`` or ``"en"``, of the prompt and of the reasons.
    """

    def __init__(self, model: ChatModel, *, language: str = "sv") -> None:
        self._model = model
        self._language = language
        self._in_a_row = 0
        self.asked = 0
        self.malformed = 0
        self.failed = 0

    @property
    def description(self) -> str:
        """One line for readers: which model judged, and how often it gave nothing that could be read."""
        return self.described(self._language)

    def described(self, language: str) -> str:
        """Return `description` in a language, ``"sv"`` or ``"en"``."""
        if language == "en":
            return (
                f"The language model {name_of(self._model)}: {self.asked} pairs asked, {self.malformed} answers could "
                f"not be read, {self.failed} failed. Its error rate is not known; label some pairs to measure it."
            )
        return (
            f"Språkmodellen {name_of(self._model)}: {self.asked} par frågade, {self.malformed} svar gick inte att "
            f"läsa, {self.failed} misslyckades. Hur ofta den har fel är inte känt; märk några par för att mäta det."
        )

    def judge(self, statement: str, quote: str, *, actor: str = "") -> SupportVerdict:
        """Judge one statement by one quote; see `nmt_rag.answering.Judge`.

        Raises:
            GenerationError: the model has failed `MAX_FAILURES` times in a row.
        """
        said = bare(statement)
        if not swedish.words(said) or not swedish.words(quote):
            return self._verdict("cannot tell", "empty")
        if is_literal(said, quote):
            return self._verdict("supported", "literal")
        if any(prompt.addresses_a_model(Passage("", 0, 0, len(text), text)) for text in (said, quote, actor)):
            return self._verdict("cannot tell", "addressed")
        self.asked += 1
        try:
            written = "".join(listen(self._model, _messages(said, quote, actor, self._language)))
        except GenerationError:
            self.failed += 1
            self._in_a_row += 1
            if self._in_a_row >= MAX_FAILURES:
                raise
            return self._verdict("cannot tell", "failed")
        self._in_a_row = 0
        found = parse(written)
        if found is None:
            self.malformed += 1
            return self._verdict("cannot tell", "malformed")
        return self._verdict(found[0], "model", found[1])

    def _verdict(self, verdict: SupportLabel, kind: ReasonKind, detail: str = "") -> SupportVerdict:
        return SupportVerdict(
            verdict, detail or reason(kind, "", verdict, self._language), _SCORES[verdict], kind, detail
        )


def parse(written: str) -> tuple[SupportLabel, str] | None:
    """Return the verdict and the reason that a model wrote, or None where it did not keep to the form.

    The form is one JSON object with the keys ``verdict`` and ``reason``, and nothing around it but one code block.
    """
    text = written.strip()
    block = _BLOCK.match(text)
    try:
        row = json.loads(block.group("inside") if block else text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or set(row) != {"verdict", "reason"} or not isinstance(row["reason"], str):
        return None
    if row["verdict"] not in get_args(SupportLabel):
        return None
    said = " ".join(row["reason"].split())
    return row["verdict"], said[:MAX_REASON] + ("…" if len(said) > MAX_REASON else "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys are all different; which of two would count is nobody's to guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _messages(statement: str, quote: str, actor: str, language: str) -> list[tuple[str, str]]:
    """Return the messages for a chat model; each text stays one line within a fence that none of them holds."""
    statement, quote, actor = (" ".join(text.split()) for text in (statement, quote, actor))
    quote = f"{actor}: «{quote}»" if actor else quote
    return prompt.fenced("support", language, "TEXT", {"statement": statement, "quote": quote})


class CrossEncoderJudge:
    """A sentence-transformers cross-encoder for natural language inference as a judge: the quote is its premise.

    One of its classes must be entailment, by its label; a model with a single output gives the probability of support.
    """

    def __init__(self, model: Any, name: str, entailment: int, *, language: str = "sv") -> None:  # noqa: ANN401
        self._model = model
        self._name = name
        self._entailment = entailment
        self._language = language

    @classmethod
    def open(cls, name_or_path: str, *, language: str = "sv") -> CrossEncoderJudge:
        """Open a cross-encoder by its folder, or by name from those kept on this machine; nothing is downloaded.

        Raises:
            EncodingError: sentence-transformers is not installed, the model cannot be loaded, or no class entails.
        """
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise EncodingError(
                f"the cross-encoder {name_or_path} needs sentence-transformers; install it with: "
                f"{extras.install('models')}"
            ) from error
        try:
            model = CrossEncoder(name_or_path, local_files_only=True)
        except Exception as error:  # file and format errors of several libraries
            raise EncodingError(
                f"cannot load the cross-encoder {name_or_path} ({type(error).__name__}); it must be a folder or kept "
                f"on this machine: fetch it once with: hf download {name_or_path}"
            ) from error
        labels = {int(number): str(label).lower() for number, label in (model.config.id2label or {}).items()}
        entailing = [number for number, label in labels.items() if label.startswith(("entail", "support"))]
        if model.num_labels > 1 and len(entailing) != 1:
            found = ", ".join(labels.values())
            raise EncodingError(f"the cross-encoder {name_or_path} has no one class called entailment, but: {found}")
        return cls(model, Path(name_or_path).name, entailing[0] if model.num_labels > 1 else 0, language=language)

    @property
    def description(self) -> str:
        """One line for readers: which model judged."""
        return self.described(self._language)

    def described(self, language: str) -> str:
        """Return `description` in a language, ``"sv"`` or ``"en"``."""
        if language == "en":
            return f"The cross-encoder {self._name}. Its error rate is not known; label some pairs to measure it."
        return f"Korskodaren {self._name}. Hur ofta den har fel är inte känt; märk några par för att mäta det."

    def judge(self, statement: str, quote: str, *, actor: str = "") -> SupportVerdict:
        """Judge one statement by one quote; see `nmt_rag.answering.Judge`.

        Raises:
            EncodingError: the model failed, or gave no probability.
        """
        said = bare(statement)
        if not swedish.words(said) or not swedish.words(quote):
            return self._verdict("cannot tell", "empty", 0.0)
        if is_literal(said, quote):
            return self._verdict("supported", "literal", 1.0)
        score = self._probability(said, f"{actor}: {quote}" if actor else quote)
        label: SupportLabel = "supported" if score >= SURE else "not supported" if score <= 1 - SURE else "cannot tell"
        return self._verdict(label, "model", score)

    def _probability(self, statement: str, quote: str) -> float:
        pair = tuple(text.encode("utf-8", "replace").decode() for text in (quote, statement))
        many = self._model.num_labels > 1
        try:
            found = self._model.predict([pair], apply_softmax=many, convert_to_numpy=True, show_progress_bar=False)
            score = float(found[0][self._entailment] if many else found[0])
        except Exception as error:  # torch, tokenizers and the model's own code
            raise EncodingError(f"the cross-encoder {self._name} failed: {type(error).__name__}: {error}") from error
        if not 0 <= score <= 1:
            raise EncodingError(f"the cross-encoder {self._name} gave {score}, which is no probability")
        return score

    def _verdict(self, verdict: SupportLabel, kind: ReasonKind, score: float) -> SupportVerdict:
        return SupportVerdict(verdict, reason(kind, "", verdict, self._language), round(score, 4), kind)
