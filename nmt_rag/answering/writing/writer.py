"""A language model as answer writer: it words what the sources say, and each sentence is shown only when proven.

Whether there is an answer is not for the model to say: `nmt_rag.answering` decides, and where it abstains no model is
asked. What a model writes goes through `nmt_rag.answering.writing.proof`. Any LangChain chat model will do, but nothing
of LangChain is imported here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from nmt_rag import citations
from nmt_rag.answering import choose, conversation, messages
from nmt_rag.answering import question as questions
from nmt_rag.answering.answer import Options
from nmt_rag.answering.quoting import asked_for
from nmt_rag.answering.writing import drafts, proof, showing, tracing
from nmt_rag.answering.writing import prompt as prompting
from nmt_rag.answering.writing.listening import ChatModel, listen, name_of
from nmt_rag.answering.writing.proof import Dropped, Released, Shown
from nmt_rag.answering.writing.showing import Showing
from nmt_rag.documents import actors
from nmt_rag.index import Index
from nmt_rag.models import Encoder, Reader
from nmt_rag.progress import counter
from nmt_rag.types import Answer, Citation, Statement

MAX_SENTENCES = choose.MAX_STATEMENTS
"""A model is stopped when this many of its sentences are released."""
MAX_DROPPED = 40
"""A model is stopped when this many of its sentences are dropped."""
MAX_SAME = 3
"""A model is stopped when it has written one sentence this many times: small ones go round in circles."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer that is being written: the statement, and the citations that it is the first to use.

    ``uncertain`` is the answer's: the whole of it lies below the normal bar.
    """

    statement: Statement
    citations: tuple[Citation, ...]
    uncertain: bool = False


def ask(
    index: Index,
    encoder: Encoder | None,
    text: str,
    model: ChatModel,
    *,
    earlier: Sequence[str] = (),
    **options: Unpack[Options],
) -> Answer:
    """Answer a question in a language model's words, each sentence proven; else in the sources' own; or abstain.

    It is the last result of `stream`, and takes and raises the same.
    """
    *_, answer = stream(index, encoder, text, model, earlier=earlier, **options)
    if not isinstance(answer, Answer):
        raise TypeError(f"the last result of a stream is an Answer, got {type(answer).__name__}")
    return answer


def stream(
    index: Index,
    encoder: Encoder | None,
    text: str,
    model: ChatModel | None,
    *,
    earlier: Sequence[str] = (),
    **options: Unpack[Options],
) -> Iterator[Said | Answer]:
    """Yield each sentence of an answer as soon as it is proven, and last the whole answer.

    Args:
        index: the sources.
        encoder: the encoder that the index was built with, or None for words alone.
        text: the question, in Swedish or English.
        model: any LangChain chat model, or None for the sources' own sentences. It is sent the question and some
            passages, and only where the sources answer.
        earlier: the questions before it, oldest first; the model is sent those that it is read with.
        options: see `nmt_rag.answering.answer.Options`.

    Raises:
        GenerationError: the model failed, or took too long; the sentences that were yielded before still hold.
        IndexLockedError: the index changed each time it was asked.
        ValueError: the language is another one.
        TypeError: the model is no chat model.
    """
    if model is not None and not callable(getattr(model, "stream", None)):
        raise TypeError(
            f"a model is a LangChain chat model, got {type(model).__name__}; nmt_rag.answering.open_model opens one "
            "by its name"
        )
    reader = options.get("reader")

    def found() -> tuple[Answer, Showing | None]:
        """Return the answer in the sources' own words, and what the model is shown: both of one moment."""
        answer, _ = conversation.ask_with_hits(index, encoder, text, earlier=earlier, **options)
        if model is None or not answer.answered:
            return answer, None
        return answer, showing.passages_to_show(index, encoder, answer, options.get("where"), reader)

    extractive, chosen = index.at_one_moment(found)
    if model is None:
        yield from read_out(extractive)
        return
    if chosen is None:
        yield _with_model(extractive, model, asked=False)
        return
    writer = _Writer(extractive, chosen, reader)
    if writer.shown:
        tracing.warn_once()
        whole = " ".join([*extractive.engine.get("earlier", ()), extractive.question])
        prompt = prompting.messages(whole, writer.shown, extractive.language)
        with counter("Writing", "sentences", at_once=True) as bar:
            for sentence in drafts.sentences(listen(model, prompt)):
                said = writer.weigh(sentence)
                bar.update()
                if said:
                    yield said
                if writer.enough(sentence):
                    break
    if writer.statements:
        yield _with_model(writer.answer(name_of(model)), model, writer.dropped, released=len(writer.statements))
    else:
        yield from read_out(_with_model(extractive, model, writer.dropped, asked=bool(writer.shown)))


class _Writer:
    """The answer as far as it is written: what was released of a model's sentences, and what was dropped."""

    def __init__(self, extractive: Answer, chosen: Showing, reader: Reader | None) -> None:
        self._extractive = extractive
        self._reader = reader
        self._documents = chosen.documents
        self._names = chosen.names
        self._actors: list[str] = []
        self._citations: dict[tuple[str, int], Citation] = {}
        self.shown = chosen.passages
        self.statements: list[Statement] = []
        self.dropped: Counter[str] = Counter()
        self._written: Counter[str] = Counter()

    def enough(self, sentence: str) -> bool:
        """Tell whether the model is to be stopped after a sentence that it has just written."""
        self._written[sentence] += 1
        done = len(self.statements) >= MAX_SENTENCES or self.dropped.total() >= MAX_DROPPED
        return done or self._written[sentence] >= MAX_SAME

    def weigh(self, sentence: str) -> Said | None:
        """Return a sentence as it is released, or None where it is dropped, which is counted."""
        if prompting.NO_ANSWER.fullmatch(sentence):
            return None
        verdict = proof.check(sentence, self.shown, self._names, self._reader)
        if isinstance(verdict, Dropped):
            self.dropped[verdict.reason] += 1
            return None
        if verdict.dropped:
            self.dropped[verdict.dropped] += 1
            quotes = verdict.text[verdict.text.index("«") :]
            if any(quotes in one.text for one in self.statements):
                return None  # they have been told, and in more words
        known = len(self._citations)
        markers = tuple(self._cited(one).marker for one in verdict.shown)
        statement = Statement(verdict.text, markers)
        if statement in self.statements:
            self.dropped["repeated"] += 1
            return None
        self.statements.append(statement)
        self._actors.extend(_acting(verdict, self._names))
        return Said(statement, tuple(self._citations.values())[known:], self._extractive.uncertain)

    def answer(self, writer: str) -> Answer:
        """Return the answer that the released sentences are."""
        lines = [messages.uncertain(self._extractive.language)] if self._extractive.uncertain else []
        lines += [f"{one.text} {''.join(f'[{marker}]' for marker in one.citations)}" for one in self.statements]
        if self._extractive.language == "en":
            lines.append(messages.SOURCE_LANGUAGE_EN)
        related = tuple(one for one in self._extractive.related if (one.document_id, one.start) not in self._citations)
        return replace(
            self._extractive,
            text="\n".join(lines),
            actors=asked_for(questions.understand(self._extractive.question), self._actors, self._names),
            statements=tuple(self.statements),
            citations=tuple(self._citations.values()),
            related=related,
            engine={**self._extractive.engine, "answering": writer},
        )

    def _cited(self, shown: Shown) -> Citation:
        """Return the citation of a passage, whole as it is shown."""
        passage = shown.passage
        key = passage.document_id, passage.start
        if key not in self._citations:
            self._citations[key] = citations.cite_passage(
                self._documents[passage.document_id],
                passage,
                marker=len(self._citations) + 1,
                actor=passage.actor,
                score=shown.score,
                reading=shown.reading,
            )
        return self._citations[key]


def _acting(released: Released, names: actors.Names) -> list[str]:
    """Return the actors that act in a sentence's own words, or those of its passages where it names none."""
    named = actors.agents(released.own, names.mentions(released.own))
    return named or [one.passage.actor for one in released.shown if one.passage.actor]


def read_out(answer: Answer) -> Iterator[Said | Answer]:
    """Yield the statements of an answer that is there already, and the answer."""
    told: set[int] = set()
    for statement in answer.statements:
        new = tuple(one for one in answer.citations if one.marker in statement.citations and one.marker not in told)
        told.update(one.marker for one in new)
        yield Said(statement, new, answer.uncertain)
    yield answer


def _with_model(
    answer: Answer,
    model: ChatModel,
    dropped: Mapping[str, int] | None = None,
    *,
    released: int = 0,
    asked: bool = True,
) -> Answer:
    """Return an answer whose engine tells what became of the model's sentences, and its text if none was released."""
    told = {
        "name": name_of(model),
        "asked": asked,
        "released": released,
        "dropped": dict(sorted((dropped or {}).items())),
    }
    engine = {**answer.engine, "model": told}
    if not answer.answered or released:
        return replace(answer, engine=engine)
    lines = answer.text.split("\n")
    at = len(lines) - 1 if answer.language == "en" else len(lines)
    lines.insert(at, messages.writer(engine, answer.language))
    return replace(answer, text="\n".join(lines), engine=engine)
