"""Right answers made wrong in one known way each: what an evaluation must find, and under which name.

Right answers are made of two sentences of a document, quoted exactly. A fault that would leave the answer right by
chance (a swapped document that has the quote too, a changed letter that gives another sentence of the sources) is not
planted.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nmt_rag.documents import passages
from nmt_rag.evaluation.checks.alterations import MAX_GAP, MIN_PIECE
from nmt_rag.evaluation.checks.exactness import UNITS
from nmt_rag.evaluation.checks.gold import Gold
from nmt_rag.evaluation.inputs.answers import CitedAnswer, CitedQuote
from nmt_rag.evaluation.inputs.sources import Sources
from nmt_rag.evaluation.measures import Layer
from nmt_rag.evaluation.self_test import spoiling
from nmt_rag.types import Document, Passage, Statement

MIN_WORDS, MAX_WORDS = 7, 60
"""Sentences of so many words are quoted: shorter ones leave no room for some of the faults."""
MAX_SHIFT = 20
"""Offsets are shifted by up to so many characters."""
FAR = 2 * MAX_GAP
"""The two sentences of an answer are farther apart than this: nearer ones joined are a quote that lost words."""
ROUNDS = 3
"""A case may be spoilt so often in one way: another letter or number each time."""


@dataclass(frozen=True, slots=True)
class Case:
    """A right answer with its gold, the document it quotes, and other sentences of that document to spoil it with."""

    answer: CitedAnswer
    gold: Gold
    document: Document
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """A wrong answer, and what must be found: a layer and a kind of fault."""

    kind: str
    layer: Layer
    expected: str
    answer: CitedAnswer
    gold: Gold


Spoil = Callable[[Case, Sources, random.Random], CitedAnswer | tuple[CitedAnswer, Gold] | None]


def right_answers(documents: Sequence[Document], n: int, rng: random.Random) -> list[Case]:
    """Return up to ``n`` right answers, from every document in turn, each of two sentences that are not neighbours."""
    pairs: list[list[tuple[Document, Passage, Passage]]] = []
    quotable: dict[str, list[Passage]] = {}
    for document in documents:
        sentences = [p for p in passages.split(document) if MIN_WORDS <= len(p.text.split()) <= MAX_WORDS]
        once = [p for p in sentences if "\n" not in p.text and document.text.count(p.text) == 1]
        quotable[document.id] = once
        pairs.append([(document, *pair) for pair in _far_apart(once, n, rng)])
    chosen = [pair for turn in itertools.zip_longest(*pairs) for pair in turn if pair is not None][:n]
    rng.shuffle(chosen)
    return [
        _case(number, document, first, second, tuple(p.text for p in quotable[document.id] if p not in (first, second)))
        for number, (document, first, second) in enumerate(chosen)
    ]


def _far_apart(found: Sequence[Passage], n: int, rng: random.Random) -> list[tuple[Passage, Passage]]:
    """Return up to ``n`` pairs of sentences that are far enough apart, by chance; they are counted, and not made."""
    starts = [one.start for one in found]
    first_far = [bisect_right(starts, one.end + FAR) for one in found]
    up_to = list(itertools.accumulate(len(found) - first for first in first_far))
    total = up_to[-1] if up_to else 0
    pairs = []
    for number in rng.sample(range(total), min(total, n)):
        one = bisect_right(up_to, number)
        pairs.append((found[one], found[len(found) - up_to[one] + number]))
    return pairs


def _case(number: int, document: Document, first: Passage, second: Passage, others: tuple[str, ...]) -> Case:
    actor = first.actor or document.title
    answer = CitedAnswer(
        question=f"Fråga {number}?",
        text=f"{first.text} [1] {second.text} [2]",
        answered=True,
        statements=(Statement(first.text, (1,)), Statement(second.text, (2,))),
        citations=tuple(CitedQuote(n, p.text, document.id, p.start, p.end) for n, p in ((1, first), (2, second))),
        id=f"case-{number}",
        actors=(actor,),
    )
    gold = Gold(answer.question, True, answer.id, ((actor,),), ((first.text,), (second.text,)))
    return Case(answer, gold, document, others)


def plant(cases: Sequence[Case], sources: Sources, n: int, rng: random.Random) -> Iterator[Planted]:
    """Yield up to ``n`` faults of each kind, each in an answer that was right."""
    for kind, (layer, expected, spoil) in FAULTS.items():
        found = 0
        for case in (case for _ in range(ROUNDS) for case in cases):
            if found == n:
                break
            spoilt = spoil(case, sources, rng)
            if spoilt is not None:
                found += 1
                answer, gold = spoilt if isinstance(spoilt, tuple) else (spoilt, case.gold)
                yield Planted(kind, layer, expected, answer, gold)


def _requoted(case: Case, quote: str | None, sources: Sources) -> CitedAnswer | None:
    """Return the answer with another first quote, also in what it says; None where the sources have that text."""
    if quote is None or quote == case.answer.citations[0].quote or next(sources.holding(quote), None) is not None:
        return None
    cited = replace(case.answer.citations[0], quote=quote)
    statements = (Statement(quote, (1,)), *case.answer.statements[1:])
    return replace(case.answer, citations=(cited, *case.answer.citations[1:]), statements=statements)


def _altered(change: Callable[[str, random.Random], str | None]) -> Spoil:
    return lambda case, sources, rng: _requoted(case, change(case.answer.citations[0].quote, rng), sources)


def _joined(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    one, other = (citation.quote for citation in case.answer.citations)
    return _requoted(case, f"{one} {other}", sources) if min(len(one), len(other)) >= 2 * MIN_PIECE else None


def _placed(case: Case, start: int, end: int) -> CitedAnswer:
    cited = replace(case.answer.citations[0], start=start, end=end)
    return replace(case.answer, citations=(cited, *case.answer.citations[1:]))


def _shifted(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    """Shift the offsets, but not so that they are right in another unit."""
    cited = case.answer.citations[0]
    shift = rng.choice([-1, 1]) * rng.randrange(1, MAX_SHIFT)
    start, end = (cited.start or 0) + shift, (cited.end or 0) + shift
    right = any(span(case.document.text, start, end) == cited.quote for _, span in UNITS.values())
    return None if start < 0 or right else _placed(case, start, end)


def _in_bytes(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    cited, text = case.answer.citations[0], case.document.text
    start, end = (len(text[:place].encode()) for place in (cited.start or 0, cited.end or 0))
    return None if (start, end) == (cited.start, cited.end) else _placed(case, start, end)


def _in_crlf(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    cited, text = case.answer.citations[0], case.document.text
    lines = text.count("\n", 0, cited.start)
    start, end = (cited.start or 0) + lines, (cited.end or 0) + lines
    in_bytes = UNITS["bytes"][1](text, start, end) == cited.quote
    return _placed(case, start, end) if lines and not in_bytes else None


def _elsewhere(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    cited = case.answer.citations[0]
    other = rng.choice(sources.documents)
    if cited.quote in other.text:
        return None
    moved = replace(cited, source=other.id)
    return replace(case.answer, citations=(moved, *case.answer.citations[1:]))


def _actor(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    other = rng.choice(sources.documents).title
    return replace(case.answer, actors=(other,)) if other.casefold() != case.gold.actors[0][0].casefold() else None


def _dropped(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    statements = (replace(case.answer.statements[0], citations=()), *case.answer.statements[1:])
    text = case.answer.text.replace(" [1]", "", 1)
    return replace(case.answer, text=text, statements=statements, citations=case.answer.citations[1:])


def _other_quote(case: Case, marker: int, rng: random.Random) -> CitedQuote | None:
    if not case.others:
        return None
    quote = rng.choice(case.others)
    start = case.document.text.index(quote)
    return CitedQuote(marker, quote, case.document.id, start, start + len(quote))


def _extra(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    more = _other_quote(case, 3, rng)
    if more is None:
        return None
    first = replace(case.answer.statements[0], citations=(1, 3))
    statements = (first, *case.answer.statements[1:])
    return replace(case.answer, statements=statements, citations=(*case.answer.citations, more))


def _unused(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    more = _other_quote(case, 3, rng)
    return None if more is None else replace(case.answer, citations=(*case.answer.citations, more))


def _invented(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    marker = rng.randrange(3, 20)
    first = replace(case.answer.statements[0], citations=(1, marker))
    return replace(case.answer, statements=(first, *case.answer.statements[1:]))


def _wrong_statement(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer | None:
    """Give the first statement another right quote of the document."""
    other = _other_quote(case, 1, rng)
    said = case.answer.statements[0].text
    if other is None or said in other.quote or other.quote in said:
        return None
    return replace(case.answer, citations=(other, *case.answer.citations[1:]))


def _answered(case: Case, sources: Sources, rng: random.Random) -> tuple[CitedAnswer, Gold]:
    return case.answer, Gold(case.gold.question, False, case.gold.id)


def _silent(case: Case, sources: Sources, rng: random.Random) -> CitedAnswer:
    text = "Vi hittar inget svar på frågan i källorna."
    return replace(case.answer, answered=False, text=text, statements=(), citations=(), actors=())


FAULTS: Mapping[str, tuple[Layer, str, Spoil]] = {
    "one letter": ("exactness", "altered:letters", _altered(spoiling.letter)),
    "one number": ("exactness", "altered:number", _altered(spoiling.number)),
    "«inte» added": ("exactness", "altered:negation", _altered(spoiling.not_added)),
    "«inte» dropped": ("exactness", "altered:negation", _altered(spoiling.not_dropped)),
    "NFD text": ("exactness", "altered:unicode", _altered(spoiling.decomposed)),
    "no-break space replaced": ("exactness", "altered:whitespace", _altered(spoiling.space_replaced)),
    "no-break space added": ("exactness", "altered:whitespace", _altered(spoiling.space_added)),
    "ellipsis inside": ("exactness", "altered:ellipsis", _altered(spoiling.ellipsis)),
    "two quotes joined": ("exactness", "altered:joined", _joined),
    "swapped document": ("exactness", "elsewhere:document", _elsewhere),
    "shifted offsets": ("exactness", "moved:shifted", _shifted),
    "offsets in bytes": ("exactness", "moved:bytes", _in_bytes),
    "offsets with CRLF": ("exactness", "moved:crlf", _in_crlf),
    "dropped citation": ("exactness", "uncited_statement", _dropped),
    "invented marker": ("exactness", "invented_marker", _invented),
    "extra citation, unused": ("exactness", "unused_citation", _unused),
    "extra citation": ("citation", "wrong_citation", _extra),
    "swapped actor": ("citation", "missing_actor", _actor),
    "answer where it should abstain": ("citation", "answered_unanswerable", _answered),
    "abstention where it should answer": ("citation", "silent", _silent),
    "right quote, wrong statement": ("support", "not_supported", _wrong_statement),
}
"""Each kind of fault: the layer that must find it, under which name, and how a right answer is made wrong."""
