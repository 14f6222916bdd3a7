"""Whether a sentence that a language model wrote may be shown: only when its citations prove it, word by word.

Pure and strict: the same sentence and passages always get the same verdict, and in doubt it is no. What is shown of a
quote are the source's own characters, never the model's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nmt_rag import actors, drafts, qualifiers, swedish
from nmt_rag.drafts import Draft, Piece
from nmt_rag.types import Passage

Reason = Literal[
    "no_citation", "unknown_marker", "no_quote", "altered_quote", "markup", "too_long", "actor", "number", "words",
    "qualifier", "repeated",
]  # fmt: skip
"""Why a sentence is dropped; docs/generation.md says each in a line."""

MIN_QUOTE_WORDS = 3
"""A shorter quote proves nothing, unless it is the whole passage."""
MAX_SENTENCE_LENGTH = 600
"""Longer own words are no sentence (characters)."""
MAX_LENGTH = 4_000
"""The same with the quotes: two of the longest passages."""

_GLUE = frozenset(
    "och att i på av för till med den det de en ett som är om från hos vid sig sin sitt sina denna detta dessa dem "
    "dess deras där".split()
)
"""Words that a sentence may add to those of its source: they join, and say nothing by themselves."""
_PREPOSITIONS = frozenset("av till för från med hos åt om mot vid i på".split())
_NUMBER_WORDS = frozenset(
    "två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo trettio "
    "fyrtio femtio sextio sjuttio åttio nittio hundra tusen miljon miljoner miljard miljarder hälften dubbelt januari "
    "februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag torsdag fredag "
    "lördag söndag".split()
)
_ENDINGS = frozenset("j a an ad ade ar are at e en er else et het ig iga igt ing ning nd ande t d s".split())
"""What one stem may have more than another of its family: «stöd» and «stödjer», «utred» and «utredning»."""
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[ .,:\xa0/–-]?\d+)*")
_UNSAFE = re.compile(r"[<>{}\[\]|\\^~@«»\"“”„]|://|www\.|\]\(")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage under the number that the model was shown it by."""

    number: int
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Released:
    """A sentence that may be shown: its text, with quotes in «» and no markers, and the passages that prove it."""

    text: str
    own: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that may not be shown, and the first thing that is wrong with it."""

    reason: Reason


def check(sentence: str, shown: Sequence[Shown], names: actors.Names) -> Released | Dropped:
    """Return the sentence as it may be shown, or why not.

    Every marker must be a passage that was shown, with a quote that stands in it letter for letter (white space
    apart).
    Every number, actor and other word of the model's own must stand in each passage that is cited, in its order,
    and every «inte», «kan» or «endast» that governs it there must be kept.

    Args:
        sentence: one sentence of a model, hostile until proven.
        shown: the passages that the model was shown.
        names: the actors that the sources know.
    """
    if len(sentence) > MAX_LENGTH:
        return Dropped("too_long")
    draft = drafts.parse(sentence)
    if not draft.quotes:
        draft = _whole(draft, shown)
    by_number: Mapping[int, Shown] = {one.number: one for one in shown}
    if not draft.markers or _several(draft.own):
        return Dropped("no_citation")
    if any(marker not in by_number for marker in draft.markers):
        return Dropped("unknown_marker")
    if not draft.quotes:
        return Dropped("no_quote")
    if len(draft.own) > MAX_SENTENCE_LENGTH:
        return Dropped("too_long")
    if _UNSAFE.search(draft.own) or any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} for c in draft.own):
        return Dropped("markup")
    cited = [by_number[marker] for marker in draft.markers]
    places = [[_place(quote, one.passage.text) for quote in draft.quotes] for one in cited]
    if any(all(row[number] is None for row in places) for number in range(len(draft.quotes))):
        return Dropped("altered_quote")
    for one, row in zip(cited, places, strict=True):
        spans = [span for span in row if span]
        if not any(_proves(one.passage.text, span) for span in spans):
            return Dropped("no_quote")
        reason = _wrong(draft.own, one.passage, spans, names)
        if reason:
            return Dropped(reason)
    return Released(_written(draft, cited, places), draft.own, tuple(cited))


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
    return sum(1 for start, end in swedish.sentences(own) if _WORD.search(own, start, end)) > 1


def _place(quote: str, text: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, whole words only and white space apart, or None."""
    words = quote.split()
    if not words or not _WORD.search(quote):
        return None
    found = re.search(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", text)
    return found.span() if found else None


def _proves(text: str, span: tuple[int, int]) -> bool:
    """Tell whether a quote is long enough to say something."""
    quote = text[span[0] : span[1]]
    return len(swedish.words(quote)) >= min(MIN_QUOTE_WORDS, len(swedish.words(text)))


def _wrong(own: str, passage: Passage, spans: Sequence[tuple[int, int]], names: actors.Names) -> Reason | None:
    """Return what in the model's own words a passage and the quotes from it do not prove, or None."""
    quoted = " \n ".join(passage.text[start:end] for start, end in spans)
    numbers = _numbers(passage.text, spans)
    if numbers is None or not {" ".join(number.split()) for number in _NUMBER.findall(own)} <= numbers:
        return "number"
    if not _NUMBER_WORDS.intersection(swedish.words(own)) <= set(swedish.words(quoted)):
        return "number"
    mentions = names.mentions(own)
    if not _acts(own, mentions, passage, names):
        return "actor"
    rest = own
    for mention in reversed(mentions):
        rest = f"{rest[: mention.start]} § {rest[mention.end :]}"
    matched = _matched(rest, passage)
    if matched is None:
        return "words"
    said = set(swedish.words(own))
    for start, end in spans:
        inside = set(swedish.words(passage.text[start:end]))
        if not qualifiers.governing(passage.text, start, end) <= inside | said:
            return "qualifier"
    if matched:
        governing = qualifiers.governing(passage.text, min(s for s, _ in matched), max(e for _, e in matched))
        if governing & qualifiers.NEGATIONS or not governing <= said:
            return "qualifier"
    return None


def _numbers(text: str, spans: Sequence[tuple[int, int]]) -> set[str] | None:
    """Return the numbers that quotes hold, or None where a quote cuts one in two: «har 12» of «har 12 000 platser»."""
    whole: set[str] = set()
    for match in _NUMBER.finditer(text):
        for start, end in spans:
            if match.start() < start < match.end() or match.start() < end < match.end():
                return None
            if start <= match.start() and match.end() <= end:
                whole.add(" ".join(match.group().split()))
    return whole


def _acts(own: str, mentions: Sequence[actors.Mention], passage: Passage, names: actors.Names) -> bool:
    """Tell whether each actor of a sentence is the passage's too, acts where it acts, and stands in the same order."""
    if not mentions:
        return True
    there = names.mentions(passage.text)
    known = list(dict.fromkeys((*passage.actors[:1], *(mention.actor for mention in there), *passage.actors)))
    wanted = list(dict.fromkeys(mention.actor for mention in mentions))
    if not set(wanted) <= set(known):
        return False
    acting = {*passage.actors[:1], *actors.agents(passage.text, there)}
    if not set(actors.agents(own, mentions)) <= acting:
        return False
    return sorted(wanted, key=known.index) == wanted


def _matched(rest: str, passage: Passage) -> list[tuple[int, int]] | None:
    """Return where the content words of a sentence stand in a passage, or None where one does not, or not in order.

    A word of the passage's headings may stand anywhere. A word that begins the sentence may not be one that the
    passage only has after a preposition: «utsetts av regeringen» does not make the government act.
    """
    source = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(passage.text)]
    headed = swedish.words(" ".join(passage.heading))
    spans: list[tuple[int, int]] = []
    position = 0
    for place, word in enumerate(re.findall(r"§|[^\W_]+", rest)):
        written = word.lower()
        if written == "§" or written in _GLUE:
            continue
        places = [number for number, (other, _, _) in enumerate(source) if _same(written, other)]
        following = next((number for number in places if number >= position), None)
        if following is None:
            if not places and any(_same(written, other) for other in headed):
                continue
            return None
        before = source[following - 1][0] if following else ""
        if not place and before in _PREPOSITIONS:
            return None
        position = following + 1
        spans.append((source[following][1], source[following][2]))
    return spans


def _same(word: str, other: str) -> bool:
    """Tell whether two lower-case words are forms of one word, or of one family («beslutar», «beslut»)."""
    if word == other:
        return True
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < 3:
        return False
    short, long = sorted((swedish.stem(word), swedish.stem(other)), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and long[len(short) :] in _ENDINGS)


def _written(draft: Draft, cited: Sequence[Shown], places: Sequence[Sequence[tuple[int, int] | None]]) -> str:
    """Return a sentence as it is shown: the model's own words, and between them the source's characters in «»."""
    text = ""
    quotes = iter(zip(*places, strict=True))
    for piece in draft.pieces:
        if piece.quoted:
            one, span = next((one, span) for one, span in zip(cited, next(quotes), strict=True) if span)
            part = f"«{one.passage.text[span[0] : span[1]]}»"
        else:
            part = " ".join(piece.text.split())
        text += part if not text or part[0] in ".,;:!?)" else f" {part}"
    return text
