"""Question → answer: quotes of the passages that answer it, word for word, or an abstention with its reason.

No sentence is written here: every statement is a quote. Which passages answer is `nmt_rag.answering.choose`'s to say,
by what the reader makes of them (`nmt_rag.answering.read`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import TypedDict, Unpack

from nmt_rag import swedish
from nmt_rag.answering import choose, read, search
from nmt_rag.answering import question as questions
from nmt_rag.answering.choose import Calibration, Choice
from nmt_rag.answering.help import doers, need
from nmt_rag.answering.question import Question
from nmt_rag.answering.quoting import (
    Background,
    abstained,
    answered,
    asked_for,
    check_language,
    for_doers,
    introduced,
    without,
)
from nmt_rag.answering.read import ScoredPassage
from nmt_rag.documents import actors
from nmt_rag.index import Index, Place, Where
from nmt_rag.models import Encoder, Reader, default_reader
from nmt_rag.types import Answer, Hit

N_HITS = 20
"""At most this many of the best hits are looked at for windows to read, and as many of the nearest by embedding."""
N_SOUGHT = 60
"""Among this many hits of the search the nearest by their embeddings are sought."""


@dataclass(frozen=True, slots=True)
class _Bars:
    """How sure an answer must be: ``normal`` for one that stands by itself, ``least`` for one marked as uncertain."""

    normal: float
    least: float


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the passages that answer are read, and which of them may."""

    index: Index
    encoder: Encoder | None
    reader: Reader
    where: Where | None
    background: Background
    kept_away: frozenset[Place]


class Options(TypedDict, total=False):
    """How a question is answered.

    ``reader`` tells which passages answer, None is the packaged one; ``where`` lets only some passages through;
    ``language`` is ``"sv"`` or ``"en"``, of the frame around the quotes, by default the question's own;
    ``least_confidence`` is what an answer must reach, in [0, 1], one below the normal bar being marked as uncertain;
    ``strict`` asks for the higher bar of the packaged page.
    """

    reader: Reader | None
    where: Where | None
    language: str | None
    least_confidence: float | None
    strict: bool


def ask(index: Index, encoder: Encoder | None, text: str, **options: Unpack[Options]) -> Answer:
    """Answer a question with quotes from the index, or abstain.

    Args:
        index: the sources.
        encoder: the encoder that the index was built with, or None for words alone.
        text: the question, in Swedish or English.
        options: see `Options`.

    Raises:
        ValueError: the language is another one, or ``least_confidence`` lies outside of [0, 1].
    """
    return ask_with_hits(index, encoder, text, **options)[0]


def ask_with_hits(
    index: Index,
    encoder: Encoder | None,
    text: str,
    *,
    reader: Reader | None = None,
    where: Where | None = None,
    language: str | None = None,
    least_confidence: float | None = None,
    strict: bool = False,
    context: str = "",
) -> tuple[Answer, list[Hit]]:
    """Return what `ask` does, and the hits that the answer was chosen from, best first: none is sought twice.

    A ``context`` is what was asked before (`nmt_rag.answering.conversation`): it is sought and read with the question,
    and what answers it anyway is not taken for an answer to the question.
    """
    check_language(language)
    if least_confidence is not None:
        _check_share("least_confidence", least_confidence)
    question = questions.understand(text)
    framed = replace(question, language=language) if language else question  # what is sought stays as it was asked
    engine = _extractive(index, encoder)
    if not swedish.words(question.text):
        return abstained(framed, "empty_question", [], engine), []
    whole = questions.understand(f"{context} {text}") if context else question
    hits = sought(index, encoder, whole, where)
    if not hits:
        return abstained(framed, "no_evidence", [], engine), []
    background = Background(index, hits)
    kept_away = for_doers(whole, hits, background)
    hits = without(hits, kept_away)
    if _wants_no_quote(question.text, context):
        return abstained(framed, "no_evidence", hits, engine, reading=background.told), hits
    calibration = choose.calibration(with_encoder=encoder is not None)
    bars = _bars(calibration, least_confidence, strict=strict)
    sources = _Sources(index, encoder, reader or default_reader(), where, background, kept_away)
    choices = _choices(sources, whole, hits, calibration, bars.least, context)
    if not choices[-1].chosen:
        near, sure = _nearest_first(choices, hits), choices[-1].probability
        silent = abstained(framed, choices[-1].reason, near, engine, reading=background.told, confidence=sure)
        return silent, hits
    return _answer(framed, choices, hits, background, bars, engine), hits


def _extractive(index: Index, encoder: Encoder | None) -> dict[str, object]:
    """Return what an answer in the sources' own words tells of what answered."""
    return {
        "answering": "extractive",
        "encoder": encoder.fingerprint if encoder else None,
        "index_generation": index.generation,
    }


def _wants_no_quote(question: str, context: str) -> bool:
    """Tell whether no quote answers a question: «Min man slår mig» asks nothing, and to who seeks sex none is told.

    «Vem kan jag kontakta?» asks about what was talked of, where that tells of no need.
    """
    earlier = [context] if context else []
    return doers.seeks_sex(question) or (
        need.tells(question) and need.of(question) is not None and need.of_conversation(question, earlier) is not None
    )


def _check_share(name: str, value: float) -> None:
    """Raise TypeError for what is no number, ValueError for one outside of [0, 1]."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} is a number in [0, 1], got {value!r}")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} lies in [0, 1], got {value!r}")


def _bars(calibration: Calibration, least_confidence: float | None, *, strict: bool) -> _Bars:
    normal = calibration.strict_bar if strict else calibration.bar
    return _Bars(normal, normal if least_confidence is None else least_confidence)


def _choices(
    sources: _Sources, question: Question, hits: Sequence[Hit], calibration: Calibration, bar: float, context: str
) -> list[Choice]:
    """Choose what answers each part of a question, as far as the first part that nothing answers."""
    choices: list[Choice] = []
    for part in [question] if context else questions.parts(question):
        near, among = (hits, sources) if part is question else _of_part(sources, question, part)
        choice = Choice((), 0.0)
        for scored in _read(among, part.text, near, context):
            n_before = max(1, len(choice.chosen))
            choice = choose.choose(scored, calibration, bar=bar, language=part.language)
            if choose.is_settled(choice.probability, bar) and len(choice.chosen) <= n_before:
                break  # where several answer, more is read as long as more come
        choices.append(choice)
        if not choice.chosen:
            break
    return choices


def _of_part(sources: _Sources, question: Question, part: Question) -> tuple[list[Hit], _Sources]:
    """Return the hits of a part of a question, and the sources without what is kept away in their documents too."""
    hits = sought(sources.index, sources.encoder, part, sources.where)
    kept_away = sources.kept_away | for_doers(question, hits, Background(sources.index, hits))
    return without(hits, kept_away), replace(sources, kept_away=kept_away)


def _read(sources: _Sources, text: str, hits: Sequence[Hit], context: str) -> Iterator[list[ScoredPassage]]:
    """Read the passages around hits that may be cited, a part and then all; a context's own answer is taken off."""
    index, encoder, reader, passages = sources.index, sources.encoder, sources.reader, sources.background.passages
    turns = read.in_turns(index, encoder, reader, text, hits, passages)
    if context:
        together, earlier = (read.read(index, encoder, reader, each, hits, passages) for each in (text, context))
        turns = iter([read.beyond(together, earlier)])
    for scored in turns:
        yield [each for each in scored if each.place not in sources.kept_away and (each.hit.rank or not sources.where)]


def _answer(
    framed: Question,
    choices: Sequence[Choice],
    hits: Sequence[Hit],
    background: Background,
    bars: _Bars,
    engine: Mapping[str, object],
) -> Answer:
    """Return the answer of all that was chosen, each passage once."""
    chosen: dict[Place, ScoredPassage] = {}
    for choice in choices:
        for each in choice.chosen:
            chosen.setdefault(each.place, each)
    cited = list(chosen.values())
    confidence = min(choice.probability for choice in choices)
    return answered(
        framed,
        [(each.hit, choose.sigmoid(each.logit)) for each in cited],
        _nearest_first(choices, hits),
        background.document,
        reading=background.reading,
        told=partial(background.told, beside=chosen.keys()),
        actors=_acting(framed, cited, background),
        confidence=confidence,
        engine=engine,
        uncertain=confidence < bars.normal,
    )


def _nearest_first(choices: Sequence[Choice], hits: Sequence[Hit]) -> list[Hit]:
    """Return what may answer although it is not cited: by turns what was read, of most worth first, and the hits.

    The search has its turns because not all is read. Of a question in parts the best of each part come first.
    """
    scored = [each.hit for turn in zip_longest(*(choice.order for choice in choices)) for each in turn if each]
    first: dict[Place, Hit] = {}
    for hit in (hit for pair in zip_longest(scored, hits) for hit in pair if hit):
        first.setdefault(Place(hit.document_id, hit.passage.ordinal), hit)
    return list(first.values())


def sought(index: Index, encoder: Encoder | None, question: Question, where: Where | None = None) -> list[Hit]:
    """Return the hits that may be read for a question, in the order of the search: its best, and the nearest."""
    return [
        hit
        for hit in search.search(index, encoder, question, k=N_SOUGHT, where=where)
        if hit.rank <= N_HITS or (hit.dense_rank or N_SOUGHT) <= N_HITS
    ]


def _acting(question: Question, chosen: Sequence[ScoredPassage], background: Background) -> tuple[str, ...]:
    """Return the actors that the answer names: those who act in the quotes."""
    found: list[str] = []
    for each in chosen:
        passage = each.hit.passage
        if passage.text.endswith(":"):
            found.extend(introduced(passage, background))
        if passage.actor:
            acting = actors.agents(passage.text, background.names.mentions(passage.text))
            found.extend((passage.actor, *(name for name in acting if name in passage.actors)))
    return asked_for(question, found, background.names)
