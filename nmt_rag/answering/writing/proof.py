"""Whether a sentence that a language model wrote may be shown: only when its citations prove it, word by word.

Pure and strict: the same sentence and passages always get the same verdict, and in doubt it is no. What is shown of a
quote are the source's own characters, never the model's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nmt_rag import citations, swedish
from nmt_rag.answering.judging import literal
from nmt_rag.answering.judging.support import ReaderJudge
from nmt_rag.answering.writing import drafts
from nmt_rag.answering.writing.drafts import Draft, Piece
from nmt_rag.documents import actors
from nmt_rag.models import Reader
from nmt_rag.types import Passage

Reason = Literal[
    "no_citation", "unknown_marker", "no_quote", "altered_quote", "markup", "too_long", "actor", "number",
    "unsupported", "incomplete", "repeated",
]  # fmt: skip
"""Why a sentence is dropped; docs/generation.md says each in a line."""

MIN_QUOTE_WORDS = 3
"""A shorter quote proves nothing, unless it is the whole passage."""
MAX_SENTENCE_LENGTH = 600
"""Longer own words are no sentence (characters)."""
MAX_LENGTH = 4_000
"""A longer sentence, its quotes included, is dropped: two of the longest passages (characters)."""

MIN_SUPPORT = 0.8
"""From this probability on the reader's word lets own words stand beside their quote."""

NEW_WORDS = 0.2
"""At least this share of a sentence's own words must be other words than its passage's. One that only repeats them
says no more than the quote beside it: of 119 false sentences that cut a quote the judge alone passes 10, with this
none."""

_UNSAFE = re.compile(r"[<>{}\[\]|\\^~@«»\"“”„]|://|www\.|\]\(")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage under the number that the model was shown it by; ``reading`` is what must be read with it."""

    number: int
    passage: Passage
    score: float
    reading: str = ""

    @property
    def lead(self) -> str:
        """What the passage goes on from («Du får inte:»), or an empty string."""
        return citations.lead(self.passage.text, self.reading)


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown: its text, with quotes in «» and no markers, and the passages that prove it.

    ``dropped`` says why the model's own words are not part of it, where only its quotes are.
    """

    text: str
    own: str
    shown: tuple[Shown, ...]
    dropped: Reason | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that may not be shown, and the first thing that is wrong with it."""

    reason: Reason


def check(
    sentence: str, shown: Sequence[Shown], names: actors.Names, reader: Reader | None = None
) -> Released | Dropped:
    """Return the sentence as it may be shown, or why not.

    Every marker must be a passage that was shown, with a quote that stands in it letter for letter (white space
    apart). What is shown of a passage is the whole of it, so that no cut turns it round. The model's own words stand
    before it where their signs, names and numbers are the passage's
    (`nmt_rag.answering.judging.literal`), they do more than repeat its words (`NEW_WORDS`) and the judge of
    support finds that each cited passage says so; else the quotes are released without them, after the name of the
    passage's actor.

    Args:
        sentence: one sentence of a model, hostile until proven.
        shown: the passages that the model was shown.
        names: the actors that the sources know.
        reader: judges support; None for the packaged one.
    """
    if len(sentence) > MAX_LENGTH:
        return Dropped("too_long")
    draft = drafts.parse(sentence)
    if not draft.quotes:
        draft = _whole(draft, shown)
    by_number: Mapping[int, Shown] = {one.number: one for one in shown}
    if reason := _refusal(draft, by_number, names):
        return Dropped(reason)
    cited = tuple(by_number[marker] for marker in draft.markers)
    own = _own(draft)
    repeated = any(_new_words(own, one.passage.reading) < NEW_WORDS for one in cited)
    if len(swedish.words(own)) > 1 and not repeated and not _is_name(own, names):
        judge = ReaderJudge(reader)
        if all(_supported(judge, own, one) for one in cited):
            return Released(_written(own, cited), own, cited)
    return _alone(draft, cited, names)


def _refusal(draft: Draft, by_number: Mapping[int, Shown], names: actors.Names) -> Reason | None:
    """Return the first thing by which a sentence may not be shown, not even its quotes alone; None where there is none.

    Args:
        draft: the sentence, taken apart.
        by_number: the passages that the model was shown.
        names: the actors that the sources know.
    """
    if not draft.markers or _several(draft.own):
        return "no_citation"
    if any(marker not in by_number for marker in draft.markers):
        return "unknown_marker"
    if not draft.quotes:
        return "no_quote"
    if len(draft.own) > MAX_SENTENCE_LENGTH:
        return "too_long"
    cited = [by_number[marker] for marker in draft.markers]
    if _UNSAFE.search(draft.own) or any(literal.strange(draft.own, one.passage.text) for one in cited):
        return "markup"
    places = [[_place(quote, one.passage.text) for quote in draft.quotes] for one in cited]
    if any(all(row[number] is None for row in places) for number in range(len(draft.quotes))):
        return "altered_quote"
    rows = zip(cited, places, strict=True)
    if not all(any(span and _proves(one.passage.text, span) for span in row) for one, row in rows):
        return "no_quote"
    if any(literal.foreign_name(draft.own, one.passage, names) for one in cited):
        return "actor"
    if any(literal.missing_numbers(draft.own, one.passage.reading) for one in cited):
        return "number"
    return "incomplete" if any(map(_hangs, cited)) else None


def _alone(draft: Draft, cited: tuple[Shown, ...], names: actors.Names) -> Released:
    """Return the cited passages without the model's words, after their actor where they name nobody else."""
    main = cited[0].passage.actor
    named = {mention.actor for one in cited for mention in names.mentions(one.passage.text)}
    own = main if main and named <= {main} else ""
    said = [mention.actor for mention in names.mentions(draft.own)]
    kept = not swedish.words(draft.own) or (_is_name(draft.own, names) and said == [main])
    return Released(_written(own, cited), own, cited, dropped=None if kept else "unsupported")


def _own(draft: Draft) -> str:
    """Return the model's own words, or nothing where its quotes stand in the middle of them."""
    pieces = [piece.text for piece in draft.pieces if not piece.quoted and swedish.words(piece.text)]
    return " ".join(pieces[0].split()).strip(" .:,;!–-") if len(pieces) == 1 else ""


def _new_words(own: str, text: str) -> float:
    """Return which share of own words, by their stems, does not stand in a text."""
    said, known = swedish.words(own), {swedish.stem(word) for word in swedish.words(text)}
    return sum(swedish.stem(word) not in known for word in said) / max(1, len(said))


def _is_name(own: str, names: actors.Names) -> bool:
    """Tell whether own words are the name of an actor and say nothing."""
    mentions = names.mentions(own)
    return len(mentions) == 1 and not swedish.words(own[: mentions[0].start] + own[mentions[0].end :])


def _supported(judge: ReaderJudge, own: str, shown: Shown) -> bool:
    """Tell whether the judge of support, and the guards beside it, find that a passage says what own words say.

    It must say so by itself, and with what it goes on from or the sentence before it, where it leans on that one
    («Dessa kommuner …»).
    """
    passage = shown.passage
    before = passage.context.removesuffix(passage.reading).split("\n")[1:]
    leads = {shown.lead, " ".join(line for line in before if line != passage.actor).strip()} - {""}
    readings = [passage.reading, *(f"{lead} {passage.reading}" for lead in sorted(leads))]
    title = " ".join(passage.heading)
    verdicts = [judge.judge(own, reading, actor=passage.actor, title=title) for reading in readings]
    return all(one.verdict == "supported" and one.score >= MIN_SUPPORT for one in verdicts)


def _hangs(shown: Shown) -> bool:
    """Tell whether a passage says nothing by itself: it goes on in small letters, or its lead or heading denies."""
    return shown.passage.text[:1].islower() or any(map(swedish.denies, (shown.lead, *shown.passage.heading[-1:])))


def _whole(draft: Draft, shown: Sequence[Shown]) -> Draft:
    """Return a sentence that is copied from a passage it cites, without quotation marks, as the quote that it is."""
    for one in shown:
        if one.number in draft.markers:
            for copied in (draft.own, draft.own.rstrip(".!? ")):
                if _place(copied, one.passage.text):
                    return Draft((Piece(copied, True),), draft.markers)
    return draft


def _several(own: str) -> bool:
    """Tell whether the model's own words are more than one sentence: only one of them would have the citation."""
    return sum(1 for start, end in swedish.sentences(own) if swedish.PLAIN_WORD.search(own, start, end)) > 1


def _place(quote: str, text: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, whole words only and white space apart, or None."""
    words = quote.split()
    if not words or not swedish.PLAIN_WORD.search(quote):
        return None
    found = re.search(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", text)
    return found.span() if found else None


def _proves(text: str, span: tuple[int, int]) -> bool:
    """Tell whether a quote is long enough to say something."""
    quote = text[span[0] : span[1]]
    return len(swedish.words(quote)) >= min(MIN_QUOTE_WORDS, len(swedish.words(text)))


def _written(own: str, cited: Sequence[Shown]) -> str:
    """Return a sentence as it is shown: own words, and the passages that it cites, whole, in «», after their leads."""
    quotes = " ".join(f"{one.lead} «{one.passage.text}»".lstrip() for one in cited)
    return f"{own}: {quotes}" if own else quotes
